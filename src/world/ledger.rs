//! A sorted map for what only grows: memories of long runs are kept many times over, so copies share what neither changed.

use std::cmp::Ordering;
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Entries, sorted by key, in pieces. A copy of the map shares the pieces; a change copies only the piece that it
/// touches.
#[derive(Clone)]
pub(super) struct Ledger<K, V> {
    /// None is empty, none is larger than [`PIECE`], and all in one are below all in the next.
    pieces: Vec<Arc<Vec<(K, V)>>>,
    /// How many entries there are: copies with more are not compared one by one.
    len: usize,
}

/// How many entries a piece has at most: so few that copying one is cheap, so many that listing them is.
const PIECE: usize = 32;

/// How much room is made in a piece that is full of what it has.
const ROOM: usize = 8;

impl<K, V> Default for Ledger<K, V> {
    fn default() -> Self {
        Self { pieces: Vec::new(), len: 0 }
    }
}

impl<K: Ord + Copy, V: Clone> Ledger<K, V> {
    /// Where the first entry is, or would be, whose key is not before this place: which piece, and where in it.
    fn place(&self, before: impl Fn(&K) -> bool) -> (usize, usize) {
        let all_before = |piece: &Arc<Vec<(K, V)>>| piece.last().is_some_and(|(key, _)| before(key));
        let at = self.pieces.partition_point(all_before);
        (at, self.pieces.get(at).map_or(0, |piece| piece.partition_point(|(key, _)| before(key))))
    }

    /// The value of this key.
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        let (at, within) = self.place(|other| other < key);
        let (found, value) = self.pieces.get(at)?.get(within)?;
        (found == key).then_some(value)
    }

    /// Whether there is a value of this key.
    pub(super) fn has(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// Changes the value of this key, which is a first value if there was none.
    pub(super) fn change(&mut self, key: K, first: impl FnOnce() -> V, change: impl FnOnce(&mut V)) {
        let (at, within) = self.place(|other| *other < key);
        if let Some(piece) = self.pieces.get_mut(at)
            && piece.get(within).is_some_and(|(found, _)| *found == key)
        {
            change(&mut Arc::make_mut(piece)[within].1);
            return;
        }
        let mut value = first();
        change(&mut value);
        self.insert((at, within), (key, value));
    }

    /// Adds an entry at the place where it belongs.
    fn insert(&mut self, (at, within): (usize, usize), entry: (K, V)) {
        self.len += 1;
        // Between two pieces: the end of the first one, so that what grows at its end fills its pieces.
        let (at, within) = match at.checked_sub(1) {
            Some(before) if within == 0 => (before, self.pieces[before].len()),
            _ => (at, within),
        };
        let Some(piece) = self.pieces.get_mut(at) else {
            self.pieces.push(Arc::new(vec![entry]));
            return;
        };
        let piece = Arc::make_mut(piece);
        if piece.len() < PIECE {
            if piece.len() == piece.capacity() {
                piece.reserve_exact(ROOM);
            }
            piece.insert(within, entry);
            return;
        }
        // Cut where it grows: what grows in the middle of the map fills its pieces, too.
        let rest = piece.split_off(within);
        let after = if within == PIECE {
            vec![entry]
        } else {
            piece.push(entry);
            rest
        };
        self.pieces.insert(at + 1, Arc::new(after));
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Every entry, by key.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.pieces.iter().flat_map(|piece| piece.iter()).map(|(key, value)| (key, value))
    }

    /// The entries from one key to another, by key.
    pub(super) fn range(&self, keys: RangeInclusive<K>) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        let (first, from) = self.place(|key| key < keys.start());
        let (last, to) = self.place(|key| key <= keys.end());
        let end = self.pieces.len().min(last + 1);
        let pieces = self.pieces.get(first..end).unwrap_or_default();
        let entries = pieces.iter().enumerate().flat_map(move |(at, piece)| {
            let start = if at == 0 { from } else { 0 };
            let end = if first + at == last { to } else { piece.len() };
            piece.get(start..end).unwrap_or_default()
        });
        entries.map(|(key, value)| (key, value))
    }
}

// How the entries are cut into pieces is nobody's business: only the entries count.

impl<K: Ord + Copy, V: Clone + PartialEq> PartialEq for Ledger<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<K: Ord + Copy, V: Clone + Eq> Eq for Ledger<K, V> {}

impl<K: Ord + Copy, V: Clone + Ord> PartialOrd for Ledger<K, V> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: Ord + Copy, V: Clone + Ord> Ord for Ledger<K, V> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.iter().cmp(other.iter())
    }
}

impl<K: Ord + Copy + fmt::Debug, V: Clone + fmt::Debug> fmt::Debug for Ledger<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_what_a_plain_map_is(keys in proptest::collection::vec(0_u16..600, 0..900), from in 0_u16..600, many in 0_u16..300) {
            let (mut plain, mut ledger) = (BTreeMap::new(), Ledger::default());
            let mut copies = Vec::new();
            for key in keys {
                if plain.len() % 50 == 0 {
                    copies.push((plain.clone(), ledger.clone()));
                }
                *plain.entry(key).or_insert(10_u32) += 1;
                ledger.change(key, || 10_u32, |value| *value += 1);
            }
            copies.push((plain, ledger));
            for (plain, ledger) in &copies {
                prop_assert_eq!(ledger.len, plain.len());
                prop_assert!(ledger.iter().eq(plain.iter()));
                prop_assert!(ledger.iter().rev().eq(plain.iter().rev()));
                prop_assert!(ledger.range(from..=from + many).eq(plain.range(from..=from + many)));
                prop_assert!(ledger.range(from..=from + many).rev().eq(plain.range(from..=from + many).rev()));
                prop_assert!((0..600).all(|key| ledger.get(&key) == plain.get(&key)));
                prop_assert!(ledger.pieces.iter().all(|piece| (1..=PIECE).contains(&piece.len())));
            }
            for pair in copies.windows(2) {
                prop_assert_eq!(pair[0].1.cmp(&pair[1].1), pair[0].0.cmp(&pair[1].0));
                prop_assert_eq!(pair[0].1 == pair[1].1, pair[0].0 == pair[1].0);
            }
        }
    }

    #[test]
    fn what_grows_at_the_ends_of_its_parts_fills_its_pieces() {
        let mut ledger = Ledger::default();
        for round in 0..320_u32 {
            for part in 0..8_u32 {
                ledger.change((part, round), || (), |()| {});
            }
        }
        assert!(ledger.pieces.len() <= 2_560 / PIECE + 16, "{}", ledger.pieces.len());
    }
}
