//! The set of fingerprints seen: open addressing in many small tables, each of which grows by itself, so that growing
//! never needs much more memory than there is already.

/// How many tables: the first bits of the lower half of a fingerprint say which.
const TABLES: usize = 256;
/// A table begins with so many lines.
const FIRST_LINES: usize = 16;
/// How many fingerprints are in a line.
const LINE: usize = 4;

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

/// As much as the memory fetches at once. Zero is an empty place; no fingerprint is zero.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Line([u128; LINE]);

/// A fingerprint stands in the first line, from its own one on, that had room.
#[derive(Debug)]
struct Table {
    lines: Vec<Line>,
    count: usize,
}

impl Seen {
    pub(super) fn new() -> Self {
        Self { tables: (0..TABLES).map(|_| Table { lines: vec![EMPTY; FIRST_LINES], count: 0 }).collect() }
    }

    /// Looks at where a fingerprint would be, without deciding anything. Looking at many first lets the memory fetch them
    /// all at once.
    #[inline]
    pub(super) fn glance(&self, print: u128) -> u64 {
        let lines = &self.tables[table_of(print)].lines;
        lines[line_of(print, lines.len())].0[0] as u64
    }

    /// Adds a fingerprint; whether it was not there yet.
    #[inline]
    pub(super) fn insert(&mut self, print: u128) -> bool {
        self.tables[table_of(print)].add(print)
    }

    pub(super) fn has(&self, print: u128) -> bool {
        self.tables[table_of(print)].find(print.max(1)).is_none()
    }

    /// So many parts that do not touch each other.
    pub(super) fn shards(&mut self, count: usize) -> impl Iterator<Item = Shard<'_>> {
        let size = TABLES.div_ceil(count.max(1));
        let parts = self.tables.chunks_mut(size).enumerate();
        parts.map(move |(number, tables)| Shard { first: number * size, tables })
    }

    /// How much memory it takes, with what small tables leave behind when they grow: the allocator keeps those pieces.
    pub(super) fn bytes(&self) -> usize {
        const KEPT: usize = 128 << 10;
        let rooms = self.tables.iter().map(|table| table.lines.len() * size_of::<Line>());
        rooms.map(|room| room + room.min(KEPT)).sum()
    }
}

impl Shard<'_> {
    /// The same for a fingerprint that may belong here.
    #[inline]
    pub(super) fn glance(&self, print: u128) -> u64 {
        let table = self.tables.get(table_of(print).wrapping_sub(self.first));
        table.map_or(0, |table| table.lines[line_of(print, table.lines.len())].0[0] as u64)
    }

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
const fn line_of(print: u128, lines: usize) -> usize {
    let low = (print as u64) << 8;
    ((low as u128 * lines as u128) >> 64) as usize
}

const EMPTY: Line = Line([0; LINE]);

impl Table {
    /// Where it would be; `None` if it is there.
    #[inline]
    fn find(&self, print: u128) -> Option<(usize, usize)> {
        let lines = self.lines.as_slice();
        let mut at = line_of(print, lines.len());
        loop {
            for (place, there) in lines[at].0.iter().enumerate() {
                if *there == print {
                    return None;
                }
                if *there == 0 {
                    return Some((at, place));
                }
            }
            at = if at + 1 == lines.len() { 0 } else { at + 1 };
        }
    }

    #[inline]
    fn add(&mut self, print: u128) -> bool {
        let print = print.max(1);
        let Some((at, place)) = self.find(print) else { return false };
        self.lines[at].0[place] = print;
        self.count += 1;
        // At most three of four places are taken.
        if self.count * 4 > self.lines.len() * LINE * 3 {
            self.grow();
        }
        true
    }

    /// Takes twice the room.
    #[cold]
    fn grow(&mut self) {
        let room = self.lines.len() * 2;
        let old = std::mem::replace(&mut self.lines, vec![EMPTY; room]);
        for print in old.into_iter().flat_map(|line| line.0).filter(|print| *print != 0) {
            if let Some((at, place)) = self.find(print) {
                self.lines[at].0[place] = print;
            }
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
        assert!(seen.bytes() < 100_000 * 2 * 44, "{}", seen.bytes());
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
