//! The messages in flight: a sorted multiset. There is no age and no order between them: any may be next.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::pmmc::{Message, ProcessId};

/// A message on its way.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[allow(missing_docs)]
pub struct Envelope {
    pub from: ProcessId,
    pub to: ProcessId,
    pub message: Message,
}

/// All messages in flight. Equal messages are interchangeable, so only their number is kept.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Network {
    /// Sorted, no message twice: worlds are copied more often than messages come and go, and a list is copied fast; it is
    /// not copied at all before something changes.
    copies: Arc<Vec<(Envelope, u32)>>,
}

impl Network {
    fn find(&self, envelope: &Envelope) -> Result<usize, usize> {
        self.copies.binary_search_by(|(other, _)| other.cmp(envelope))
    }

    /// Puts one more copy in flight.
    pub fn add(&mut self, envelope: Envelope) {
        let found = self.find(&envelope);
        let copies = Arc::make_mut(&mut self.copies);
        match found {
            Ok(at) => copies[at].1 = copies[at].1.saturating_add(1),
            Err(at) => copies.insert(at, (envelope, 1)),
        }
    }

    /// Takes one copy out; false if there was none.
    pub fn take(&mut self, envelope: &Envelope) -> bool {
        let Ok(at) = self.find(envelope) else { return false };
        let copies = Arc::make_mut(&mut self.copies);
        match copies[at].1 {
            1 => drop(copies.remove(at)),
            many => copies[at].1 = many - 1,
        }
        true
    }

    /// Whether a copy is in flight.
    pub fn has(&self, envelope: &Envelope) -> bool {
        self.find(envelope).is_ok()
    }

    /// The place of a message among the distinct ones; none, if it is not in flight.
    pub fn place_of(&self, envelope: &Envelope) -> Option<usize> {
        self.find(envelope).ok()
    }

    /// The distinct message at this place, with how many copies of it.
    pub fn nth(&self, place: usize) -> Option<(&Envelope, u32)> {
        self.copies.get(place).map(|(envelope, copies)| (envelope, *copies))
    }

    /// The distinct messages with how many copies of each, in order.
    pub fn distinct(&self) -> impl ExactSizeIterator<Item = (&Envelope, u32)> {
        self.copies.iter().map(|(envelope, copies)| (envelope, *copies))
    }

    /// Every message, equal ones as often as they are in flight.
    pub fn each(&self) -> impl Iterator<Item = &Envelope> {
        self.copies.iter().flat_map(|(envelope, copies)| std::iter::repeat_n(envelope, *copies as usize))
    }

    /// The distinct messages from this process, in order.
    pub fn sent_by(&self, from: ProcessId) -> impl Iterator<Item = (&Envelope, u32)> {
        let first = self.copies.partition_point(|(envelope, _)| envelope.from < from);
        let same = move |entry: &&(Envelope, u32)| entry.0.from == from;
        self.copies[first..].iter().take_while(same).map(|(envelope, copies)| (envelope, *copies))
    }

    /// How many messages are in flight, copies counted.
    pub fn len(&self) -> usize {
        self.copies.iter().map(|(_, copies)| *copies as usize).sum()
    }

    /// Whether nothing is in flight.
    pub fn is_empty(&self) -> bool {
        self.copies.is_empty()
    }

    /// Keeps only the messages for which this holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&Envelope) -> bool) {
        Arc::make_mut(&mut self.copies).retain(|(envelope, _)| keep(envelope));
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.copies.iter())
    }
}
