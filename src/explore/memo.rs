//! A table from two numbers to one: what a handler gave for a state and an input.

use super::print::spread;

/// An empty place.
const EMPTY: u64 = u64::MAX;

/// Open addressing, at most half full.
#[derive(Debug)]
pub(super) struct Memo {
    places: Vec<(u64, u32)>,
    count: usize,
}

impl Memo {
    pub(super) fn new() -> Self {
        Self { places: vec![(EMPTY, 0); 1024], count: 0 }
    }

    /// What is remembered for these two.
    pub(super) fn get(&self, first: u32, second: u32) -> Option<u32> {
        let key = key(first, second);
        let (there, value) = self.places[self.find(key)];
        (there == key).then_some(value)
    }

    /// Remembers it.
    pub(super) fn insert(&mut self, first: u32, second: u32, value: u32) {
        if self.count * 2 >= self.places.len() {
            let twice = vec![(EMPTY, 0); self.places.len() * 2];
            let old = std::mem::replace(&mut self.places, twice);
            for (key, value) in old.into_iter().filter(|(key, _)| *key != EMPTY) {
                let place = self.find(key);
                self.places[place] = (key, value);
            }
        }
        let key = key(first, second);
        let place = self.find(key);
        self.count += usize::from(self.places[place].0 == EMPTY);
        self.places[place] = (key, value);
    }

    fn find(&self, key: u64) -> usize {
        let last = self.places.len() - 1;
        let mut place = spread(key) as usize & last;
        while self.places[place].0 != key && self.places[place].0 != EMPTY {
            place = (place + 1) & last;
        }
        place
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn bytes(&self) -> usize {
        self.places.len() * size_of::<(u64, u32)>()
    }
}

const fn key(first: u32, second: u32) -> u64 {
    (first as u64) << 32 | second as u64
}
