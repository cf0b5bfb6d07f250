//! A world as numbers.

use super::allow::Left;

/// A world as numbers; what they mean stands in the lexicon.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Place {
    /// The local state of each process.
    pub(super) locals: Vec<u32>,
    /// The messages in flight, sorted; equal ones as often as they are.
    pub(super) network: Vec<u32>,
    pub(super) left: Left,
    /// How many requests of the workload were made since the search began.
    pub(super) requested: u32,
    /// What was ever voted and decided, as far as the question needs it.
    pub(super) history: u32,
    /// What the predicate remembers, one bit each.
    pub(super) memory: u64,
}

impl Place {
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.locals.clone_from(&other.locals);
        self.network.clone_from(&other.network);
        self.left = other.left;
        self.requested = other.requested;
        self.history = other.history;
        self.memory = other.memory;
    }

    /// Takes one copy out of flight.
    pub(super) fn take(&mut self, envelope: u32) {
        if let Some(at) = self.network.iter().position(|other| *other == envelope) {
            self.network.remove(at);
        }
    }

    /// Puts one more copy in flight.
    pub(super) fn add(&mut self, envelope: u32) {
        let above = self.network.iter().rev().take_while(|other| **other > envelope).count();
        self.network.insert(self.network.len() - above, envelope);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_network_stays_sorted() {
        let mut place = Place::default();
        for envelope in [5, 1, 3, 3, 9] {
            place.add(envelope);
        }
        place.take(3);
        place.take(7);
        assert_eq!(place.network, [1, 3, 5, 9]);
    }
}
