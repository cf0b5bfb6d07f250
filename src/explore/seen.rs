//! The set of fingerprints seen: open addressing in many small tables, each of which grows by itself, so that growing
//! never needs much more memory than there is already.

/// How many tables: the first bits of a fingerprint say which.
const TABLES: usize = 256;
/// A table begins with room for so many.
const FIRST_ROOM: usize = 64;

/// A set of fingerprints.
#[derive(Debug)]
pub(super) struct Seen {
    tables: Vec<Table>,
    count: usize,
    room: usize,
}

/// Zero is an empty place; no fingerprint is zero.
#[derive(Debug)]
struct Table {
    places: Vec<u128>,
    count: usize,
}

impl Seen {
    pub(super) fn new() -> Self {
        let tables = (0..TABLES).map(|_| Table { places: vec![0; FIRST_ROOM], count: 0 }).collect();
        Self { tables, count: 0, room: TABLES * FIRST_ROOM }
    }

    /// Looks at where a fingerprint would be, without deciding anything. Looking at many first lets the memory fetch them
    /// all at once.
    pub(super) fn glance(&self, print: u128) -> u64 {
        let places = &self.tables[table_of(print)].places;
        places[place_of(print, places.len())] as u64
    }

    /// Adds a fingerprint; whether it was not there yet.
    pub(super) fn insert(&mut self, print: u128) -> bool {
        let print = print.max(1);
        let table = &mut self.tables[table_of(print)];
        if !table.insert(print) {
            return false;
        }
        table.count += 1;
        self.count += 1;
        // At most three of four places are taken.
        if table.count * 4 > table.places.len() * 3 {
            self.room += table.grow();
        }
        true
    }

    pub(super) fn has(&self, print: u128) -> bool {
        let print = print.max(1);
        let table = &self.tables[table_of(print)];
        table.places[table.find(print)] == print
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn bytes(&self) -> usize {
        self.room * size_of::<u128>()
    }
}

const fn table_of(print: u128) -> usize {
    (print >> 120) as usize
}

const fn place_of(print: u128, places: usize) -> usize {
    let low = print as u64;
    ((low as u128 * places as u128) >> 64) as usize
}

impl Table {
    /// Where it is, or the empty place where it would be.
    fn find(&self, print: u128) -> usize {
        let mut place = place_of(print, self.places.len());
        loop {
            let there = self.places[place];
            if there == print || there == 0 {
                return place;
            }
            place += 1;
            if place == self.places.len() {
                place = 0;
            }
        }
    }

    fn insert(&mut self, print: u128) -> bool {
        let place = self.find(print);
        let is_new = self.places[place] == 0;
        self.places[place] = print;
        is_new
    }

    /// Takes 1.5 times the room; how much more it is.
    fn grow(&mut self) -> usize {
        let more = self.places.len() / 2;
        let room = self.places.len() + more;
        let old = std::mem::replace(&mut self.places, vec![0; room]);
        for print in old.into_iter().filter(|print| *print != 0) {
            self.insert(print);
        }
        more
    }
}

#[cfg(test)]
mod tests {
    use super::super::print::{Part, constant};
    use super::*;

    #[test]
    fn it_is_a_set() {
        let mut seen = Seen::new();
        for round in [true, false] {
            for id in 0..100_000 {
                assert_eq!(seen.insert(constant(Part::Local, 0, id)), round);
            }
        }
        assert_eq!(seen.len(), 100_000);
        assert!(seen.insert(0) && !seen.insert(0) && seen.has(0) && !seen.has(constant(Part::Local, 1, 0)));
        assert!(seen.bytes() < 100_000 * 34, "{}", seen.bytes());
    }
}
