//! A table from a local state and a message to one number: what came of it. Read for everything that can happen in every
//! world, so most of it lies in plain rows; what does not fit there is in a [`Memo`].

use super::memo::Memo;

/// Nothing is known of a pair yet.
pub(super) const UNKNOWN: u32 = u32::MAX;
/// Rows take no more than so many cells.
const MOST_CELLS: usize = 1 << 24;

/// A row of each local state, a column for each message that may come to it.
#[derive(Debug)]
pub(super) struct Pairs {
    /// Where each row begins, and how long it is.
    rows: Vec<(u32, u32)>,
    cells: Vec<u32>,
    rest: Memo,
}

impl Pairs {
    pub(super) fn new() -> Self {
        Self { rows: Vec::new(), cells: Vec::new(), rest: Memo::new() }
    }

    #[inline]
    pub(super) fn get(&self, row: u32, column: u32) -> u32 {
        if let Some(&(start, length)) = self.rows.get(row as usize)
            && column < length
        {
            return self.cells[(start + column) as usize];
        }
        self.get_from_rest(row, column)
    }

    #[cold]
    fn get_from_rest(&self, row: u32, column: u32) -> u32 {
        self.rest.get(row, column).unwrap_or(UNKNOWN)
    }

    pub(super) fn insert(&mut self, row: u32, column: u32, value: u32) {
        if self.rows.len() <= row as usize {
            self.rows.resize(row as usize + 1, (0, 0));
        }
        let (start, length) = self.rows[row as usize];
        let fits = column < length || {
            let wider = (column + 1).next_power_of_two().max(8);
            self.cells.len() + wider as usize <= MOST_CELLS && self.widen(row, start, length, wider)
        };
        if fits {
            let (start, _) = self.rows[row as usize];
            self.cells[(start + column) as usize] = value;
        } else {
            self.rest.insert(row, column, value);
        }
    }

    /// Moves a row to the end, where it has room. What of it was in the rest before goes with it.
    fn widen(&mut self, row: u32, start: u32, length: u32, wider: u32) -> bool {
        let moved = self.cells.len() as u32;
        self.cells.extend_from_within(start as usize..(start + length) as usize);
        self.cells.resize((moved + wider) as usize, UNKNOWN);
        for column in length..wider {
            if let Some(value) = self.rest.get(row, column) {
                self.cells[(moved + column) as usize] = value;
            }
        }
        self.rows[row as usize] = (moved, wider);
        true
    }

    pub(super) fn bytes(&self) -> usize {
        self.cells.capacity() * size_of::<u32>() + self.rows.capacity() * size_of::<(u32, u32)>() + self.rest.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let mut pairs = Pairs::new();
        let value = |row: u32, column: u32| row * 10_000 + column;
        let known = |row: u32, column: u32| (row * 7 + column).is_multiple_of(3);
        for column in 0..9000 {
            for row in (0..3000).step_by(1 + column as usize % 50) {
                if known(row, column) {
                    pairs.insert(row, column, value(row, column));
                }
            }
        }
        for column in 0..9000 {
            for row in (0..3000).step_by(1 + column as usize % 50) {
                let expected = if known(row, column) { value(row, column) } else { UNKNOWN };
                assert_eq!(pairs.get(row, column), expected, "{row} {column}");
            }
        }
        assert!(pairs.cells.len() <= MOST_CELLS && pairs.rest.len() > 0, "some did not fit");
    }
}
