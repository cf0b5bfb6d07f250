//! The set of fingerprints seen: open addressing in many small tables, each of which grows by itself, so that growing
//! never needs much more memory than there is already.

/// How many tables: the first bits of the lower half of a fingerprint say which.
const TABLES: usize = 256;
/// A table begins with room for so many.
const FIRST_ROOM: usize = 64;

/// A set of fingerprints.
#[derive(Debug)]
pub(super) struct Seen {
    tables: Vec<Table>,
}

/// Some of its tables, for one thread.
#[derive(Debug)]
pub(super) struct Shard<'a> {
    first: usize,
    tables: &'a mut [Table],
}

/// Zero is an empty place; no fingerprint is zero.
#[derive(Debug)]
struct Table {
    places: Vec<u128>,
    count: usize,
}

impl Seen {
    pub(super) fn new() -> Self {
        Self { tables: (0..TABLES).map(|_| Table { places: vec![0; FIRST_ROOM], count: 0 }).collect() }
    }

    /// Looks at where a fingerprint would be, without deciding anything. Looking at many first lets the memory fetch them
    /// all at once.
    #[inline]
    pub(super) fn glance(&self, print: u128) -> u64 {
        let places = &self.tables[table_of(print)].places;
        places[place_of(print, places.len())] as u64
    }

    /// Adds a fingerprint; whether it was not there yet.
    #[inline]
    pub(super) fn insert(&mut self, print: u128) -> bool {
        self.tables[table_of(print)].add(print)
    }

    pub(super) fn has(&self, print: u128) -> bool {
        let print = print.max(1);
        let table = &self.tables[table_of(print)];
        table.places[table.find(print)] == print
    }

    /// So many parts that do not touch each other.
    pub(super) fn shards(&mut self, count: usize) -> impl Iterator<Item = Shard<'_>> {
        let size = TABLES.div_ceil(count.max(1));
        let parts = self.tables.chunks_mut(size).enumerate();
        parts.map(move |(number, tables)| Shard { first: number * size, tables })
    }

    pub(super) fn bytes(&self) -> usize {
        self.tables.iter().map(|table| table.places.len() * size_of::<u128>()).sum()
    }
}

impl Shard<'_> {
    /// Adds a fingerprint that belongs here; whether it was not there yet.
    #[inline]
    pub(super) fn insert(&mut self, print: u128) -> Option<bool> {
        let table = self.tables.get_mut(table_of(print).wrapping_sub(self.first))?;
        Some(table.add(print))
    }
}

#[inline]
const fn table_of(print: u128) -> usize {
    (print as u64 >> 56) as usize
}

#[inline]
const fn place_of(print: u128, places: usize) -> usize {
    let low = (print as u64) << 8;
    ((low as u128 * places as u128) >> 64) as usize
}

impl Table {
    /// Where it is, or the empty place where it would be.
    #[inline]
    fn find(&self, print: u128) -> usize {
        let places = self.places.as_slice();
        let mut place = place_of(print, places.len());
        loop {
            let there = places[place];
            if there == print || there == 0 {
                return place;
            }
            place += 1;
            if place == places.len() {
                place = 0;
            }
        }
    }

    #[inline]
    fn add(&mut self, print: u128) -> bool {
        let print = print.max(1);
        let place = self.find(print);
        if self.places[place] != 0 {
            return false;
        }
        self.places[place] = print;
        self.count += 1;
        // At most three of four places are taken.
        if self.count * 4 > self.places.len() * 3 {
            self.grow();
        }
        true
    }

    /// Takes 1.5 times the room.
    #[cold]
    fn grow(&mut self) {
        let room = self.places.len() + self.places.len() / 2;
        let old = std::mem::replace(&mut self.places, vec![0; room]);
        for print in old.into_iter().filter(|print| *print != 0) {
            let place = self.find(print);
            self.places[place] = print;
        }
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
        assert!(seen.insert(0) && !seen.insert(0) && seen.has(0) && !seen.has(constant(Part::Local, 1, 0)));
        assert!(seen.bytes() < 100_000 * 34, "{}", seen.bytes());
    }

    #[test]
    fn every_fingerprint_belongs_to_one_part() {
        let mut seen = Seen::new();
        for count in [1, 2, 3, 7, 300] {
            for id in 0..1000 {
                let print = constant(Part::Verdict, count, id);
                let answers: Vec<_> = seen.shards(count).filter_map(|mut shard| shard.insert(print)).collect();
                assert_eq!(answers, [true]);
            }
        }
    }
}
