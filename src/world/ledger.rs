//! A sorted map for memories of long runs: they are kept many times over, so copies share what neither changed.

use std::cmp::Ordering;
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Entries, sorted by key, in pieces, and the pieces in racks. A copy of the map shares them all; a change copies only the
/// list of racks, and the rack and the piece that it touches.
#[derive(Clone)]
pub(super) struct Ledger<K, V> {
    /// None is empty, none is larger than [`RACK`], and all in one are below all in the next.
    racks: Arc<Vec<Rack<K, V>>>,
    /// How many entries there are: copies with more are not compared one by one.
    len: usize,
}

/// Never empty, and never larger than [`RACK`].
type Rack<K, V> = Arc<Vec<Piece<K, V>>>;

/// Never empty, and never larger than [`PIECE`]; all in one are below all in the next.
type Piece<K, V> = Arc<Vec<(K, V)>>;

/// How many entries a piece has at most: so few that copying one is cheap, so many that listing them is.
const PIECE: usize = 32;

/// How many pieces are in a rack at most.
const RACK: usize = 64;

/// How much room is made in a piece that is full of what it has.
const ROOM: usize = 8;

/// In which rack, in which piece there, and where in it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Place {
    rack: usize,
    piece: usize,
    entry: usize,
}

impl<K, V> Default for Ledger<K, V> {
    fn default() -> Self {
        Self { racks: Arc::default(), len: 0 }
    }
}

impl<K: Ord + Clone, V: Clone> Ledger<K, V> {
    /// Where the first entry is, or would be, whose key is not before this place.
    fn place(&self, before: impl Fn(&K) -> bool) -> Place {
        let is_before = |piece: &Piece<K, V>| piece.last().is_some_and(|(key, _)| before(key));
        let at = self.racks.partition_point(|rack| rack.last().is_some_and(is_before));
        let pieces = self.racks.get(at).map_or(&[][..], |rack| rack);
        let piece = pieces.partition_point(is_before);
        let entry = pieces.get(piece).map_or(0, |piece| piece.partition_point(|(key, _)| before(key)));
        Place { rack: at, piece, entry }
    }

    /// The value of this key.
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        let place = self.place(|other| other < key);
        let (found, value) = self.racks.get(place.rack)?.get(place.piece)?.get(place.entry)?;
        (found == key).then_some(value)
    }

    /// Whether there is a value of this key.
    pub(super) fn has(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// Changes the value of this key, which is a first value if there was none.
    pub(super) fn change(&mut self, key: K, first: impl FnOnce() -> V, change: impl FnOnce(&mut V)) {
        let place = self.place(|other| *other < key);
        if self.is_at(&key, place) {
            change(&mut self.piece_at(place)[place.entry].1);
            return;
        }
        let mut value = first();
        change(&mut value);
        self.insert(place, (key, value));
    }

    /// Forgets the value of this key, if there is one.
    pub(super) fn remove(&mut self, key: &K) {
        let place = self.place(|other| other < key);
        if !self.is_at(key, place) {
            return;
        }
        self.len -= 1;
        let piece = self.piece_at(place);
        piece.remove(place.entry);
        if !piece.is_empty() {
            return;
        }
        let racks = Arc::make_mut(&mut self.racks);
        let rack = Arc::make_mut(&mut racks[place.rack]);
        rack.remove(place.piece);
        if rack.is_empty() {
            racks.remove(place.rack);
        }
    }

    /// Whether the entry at this place has this key.
    fn is_at(&self, key: &K, place: Place) -> bool {
        let piece = self.racks.get(place.rack).and_then(|rack| rack.get(place.piece));
        piece.and_then(|piece| piece.get(place.entry)).is_some_and(|(found, _)| found == key)
    }

    /// The piece at a place where one is, to be changed: from now on it is shared with no copy.
    fn piece_at(&mut self, place: Place) -> &mut Vec<(K, V)> {
        let rack = Arc::make_mut(&mut Arc::make_mut(&mut self.racks)[place.rack]);
        Arc::make_mut(&mut rack[place.piece])
    }

    /// Between two pieces: the end of the first one, so that what grows at its end fills its pieces.
    fn fill(&self, Place { rack, piece, entry }: Place) -> Place {
        let (rack, piece) = match (rack, piece, entry) {
            (0, 0, 0) => return Place { rack, piece, entry },
            (_, 0, 0) => (rack - 1, self.racks[rack - 1].len() - 1),
            (_, _, 0) => (rack, piece - 1),
            _ => return Place { rack, piece, entry },
        };
        Place { rack, piece, entry: self.racks[rack][piece].len() }
    }

    /// Adds an entry at the place where it belongs.
    fn insert(&mut self, place: Place, new: (K, V)) {
        self.len += 1;
        let Place { rack: at, piece: within, entry } = self.fill(place);
        let racks = Arc::make_mut(&mut self.racks);
        let Some(rack) = racks.get_mut(at) else {
            racks.push(Arc::new(vec![Arc::new(vec![new])]));
            return;
        };
        let rack = Arc::make_mut(rack);
        let piece = Arc::make_mut(&mut rack[within]);
        if piece.len() < PIECE {
            if piece.len() == piece.capacity() {
                piece.reserve_exact(ROOM);
            }
            piece.insert(entry, new);
            return;
        }
        // Cut where it grows: what grows in the middle of the map fills its pieces, and its racks, too.
        let rest = piece.split_off(entry);
        let after = if entry == PIECE {
            vec![new]
        } else {
            piece.push(new);
            rest
        };
        rack.insert(within + 1, Arc::new(after));
        if rack.len() > RACK {
            let rest = rack.split_off(within + 1);
            racks.insert(at + 1, Arc::new(rest));
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Every entry, by key.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.racks.iter().flat_map(|rack| rack.iter()).flat_map(|piece| piece.iter()).map(|(key, value)| (key, value))
    }

    /// The entries from one key to another, by key.
    pub(super) fn range(&self, keys: RangeInclusive<K>) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        let (first, last) = (self.place(|key| key < keys.start()), self.place(|key| key <= keys.end()));
        let racks = (first.rack..self.racks.len().min(last.rack + 1)).map(|at| (at, &self.racks[at]));
        let pieces = racks.flat_map(move |(at, rack)| {
            let from = if at == first.rack { first.piece } else { 0 };
            let to = if at == last.rack { last.piece + 1 } else { rack.len() };
            (from..to).filter_map(move |within| Some(((at, within), rack.get(within)?)))
        });
        let entries = pieces.flat_map(move |(at, piece)| {
            let from = if at == (first.rack, first.piece) { first.entry } else { 0 };
            let to = if at == (last.rack, last.piece) { last.entry } else { piece.len() };
            piece.get(from..to).unwrap_or_default()
        });
        entries.map(|(key, value)| (key, value))
    }
}

// How the entries are cut into pieces is nobody's business: only the entries count.

impl<K: Ord + Clone, V: Clone + PartialEq> PartialEq for Ledger<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<K: Ord + Clone, V: Clone + Eq> Eq for Ledger<K, V> {}

impl<K: Ord + Clone, V: Clone + Ord> PartialOrd for Ledger<K, V> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: Ord + Clone, V: Clone + Ord> Ord for Ledger<K, V> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.iter().cmp(other.iter())
    }
}

impl<K: Ord + Clone + fmt::Debug, V: Clone + fmt::Debug> fmt::Debug for Ledger<K, V> {
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
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn it_is_what_a_plain_map_is(keys in proptest::collection::vec((0_u16..6_000, 0..4_u8), 0..9_000), from in 0_u16..6_000, many in 0_u16..3_000, forgetful in 0..5_u8) {
            let (mut plain, mut ledger) = (BTreeMap::new(), Ledger::default());
            let mut copies = Vec::new();
            for (at, (key, chance)) in keys.into_iter().enumerate() {
                if at % 900 == 0 {
                    copies.push((plain.clone(), ledger.clone()));
                }
                if chance < forgetful {
                    // Also whole stretches, so that pieces and racks are left empty.
                    for key in key..=key + u16::from(chance) * 40 {
                        plain.remove(&key);
                        ledger.remove(&key);
                    }
                } else {
                    *plain.entry(key).or_insert(10_u32) += 1;
                    ledger.change(key, || 10_u32, |value| *value += 1);
                }
            }
            copies.push((plain, ledger));
            for (plain, ledger) in &copies {
                prop_assert_eq!(ledger.len, plain.len());
                prop_assert!(ledger.iter().eq(plain.iter()));
                prop_assert!(ledger.iter().rev().eq(plain.iter().rev()));
                prop_assert!(ledger.range(from..=from + many).eq(plain.range(from..=from + many)));
                prop_assert!(ledger.range(from..=from + many).rev().eq(plain.range(from..=from + many).rev()));
                prop_assert!((0..6_000).all(|key| ledger.get(&key) == plain.get(&key)));
                let pieces = || ledger.racks.iter().flat_map(|rack| rack.iter());
                prop_assert!(pieces().all(|piece| (1..=PIECE).contains(&piece.len())));
                prop_assert!(ledger.racks.iter().all(|rack| (1..=RACK).contains(&rack.len())));
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
        let pieces: usize = ledger.racks.iter().map(|rack| rack.len()).sum();
        assert!(pieces <= 2_560 / PIECE + 16, "{pieces}");
    }
}
