//! A world as numbers, and worlds packed into bytes that wait for their turn.

use std::collections::VecDeque;

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
        if let Ok(at) = self.network.binary_search(&envelope) {
            self.network.remove(at);
        }
    }

    /// Puts one more copy in flight.
    pub(super) fn add(&mut self, envelope: u32) {
        let at = self.network.partition_point(|other| *other < envelope);
        self.network.insert(at, envelope);
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        self.locals.iter().for_each(|local| write_number(bytes, (*local).into()));
        if let Some(used) = self.left.0.iter().rposition(|times| *times > 0) {
            bytes.push(used as u8 + 1);
            bytes.extend(&self.left.0[..=used]);
        } else {
            bytes.push(0);
        }
        write_number(bytes, self.requested.into());
        write_number(bytes, self.history.into());
        write_number(bytes, self.memory);
        write_number(bytes, self.network.len() as u64);
        let mut before = 0;
        for &envelope in &self.network {
            write_number(bytes, u64::from(envelope - before));
            before = envelope;
        }
    }

    fn read(&mut self, processes: usize, bytes: &mut impl Iterator<Item = u8>) {
        self.locals.clear();
        self.locals.extend((0..processes).map(|_| read_number(bytes) as u32));
        self.left = Left([0; 8]);
        let used = bytes.next().unwrap_or(0);
        for times in self.left.0.iter_mut().take(used.into()) {
            *times = bytes.next().unwrap_or(0);
        }
        self.requested = read_number(bytes) as u32;
        self.history = read_number(bytes) as u32;
        self.memory = read_number(bytes);
        let count = read_number(bytes);
        self.network.clear();
        let mut before = 0;
        self.network.extend((0..count).map(|_| {
            before += read_number(bytes) as u32;
            before
        }));
    }
}

fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read_number(bytes: &mut impl Iterator<Item = u8>) -> u64 {
    let mut number = 0;
    let mut shift = 0;
    for byte in bytes {
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
        shift += 7;
    }
    number
}

/// How many bytes of packed worlds lie together; what was taken out is given back so many at a time.
const CHUNK: usize = 1 << 18;

/// Packed worlds, first in, first out.
#[derive(Debug, Default)]
pub(super) struct Queue {
    chunks: VecDeque<Vec<u8>>,
    /// How much of the first chunk was taken out.
    taken: usize,
    count: usize,
}

impl Queue {
    pub(super) fn push(&mut self, place: &Place) {
        if self.chunks.back().is_none_or(|chunk| chunk.len() >= CHUNK) {
            self.chunks.push_back(Vec::with_capacity(CHUNK + CHUNK / 16));
        }
        if let Some(chunk) = self.chunks.back_mut() {
            place.write(chunk);
            self.count += 1;
        }
    }

    /// Takes out the first; false if there is none.
    pub(super) fn pop(&mut self, processes: usize, place: &mut Place) -> bool {
        while self.chunks.front().is_some_and(|chunk| self.taken >= chunk.len()) {
            self.chunks.pop_front();
            self.taken = 0;
        }
        let Some(chunk) = self.chunks.front() else { return false };
        let mut rest = chunk[self.taken..].iter().copied();
        place.read(processes, &mut rest);
        self.taken = chunk.len() - rest.len();
        self.count -= 1;
        true
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn bytes(&self) -> usize {
        self.chunks.iter().map(Vec::capacity).sum()
    }
}

/// Where each world came from: the number of the world before it, and what was done there.
#[derive(Debug, Default)]
pub(super) struct Log {
    chunks: Vec<Vec<(u32, u32)>>,
}

impl Log {
    pub(super) fn push(&mut self, parent: u32, action: u32) {
        if self.chunks.last().is_none_or(|chunk| chunk.len() == CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.push((parent, action));
        }
    }

    fn get(&self, world: u32) -> Option<(u32, u32)> {
        self.chunks.get(world as usize / CHUNK)?.get(world as usize % CHUNK).copied()
    }

    /// The actions that lead to a world, from the first, which is its own parent.
    pub(super) fn actions_to(&self, mut world: u32) -> Vec<u32> {
        let mut actions = Vec::new();
        while let Some((parent, action)) = self.get(world).filter(|(parent, _)| *parent != world) {
            actions.push(action);
            world = parent;
        }
        actions.reverse();
        actions
    }

    pub(super) fn bytes(&self) -> usize {
        self.chunks.len() * CHUNK * size_of::<(u32, u32)>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let mut queue = Queue::default();
        let place = |number: u32| Place {
            locals: vec![number, 300 * number, 0],
            network: (0..number % 40).map(|step| step * number).collect(),
            left: Left([0, (number % 3) as u8, 0, 0, 255, 0, 0, 0]),
            requested: number % 2,
            history: number * 7,
            memory: u64::MAX >> (number % 60),
        };
        (0..20_000).for_each(|number| queue.push(&place(number)));
        let mut read = Place::default();
        for number in 0..20_000 {
            assert!(queue.pop(3, &mut read));
            assert_eq!(read, place(number));
        }
        assert!(!queue.pop(3, &mut read) && queue.len() == 0);
    }

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
