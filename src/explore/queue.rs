//! Worlds packed into words of 16 bits that wait for their turn.

use std::collections::VecDeque;

use super::allow::Left;
use super::place::Place;

/// Stands before a number that needs two words.
const LONG: u16 = u16::MAX;

/// Which of the parts that most worlds do not need are there.
const LEFT: u16 = 1;
const REQUESTED: u16 = 2;
const HISTORY: u16 = 4;
const MEMORY: u16 = 8;

/// Some packed worlds, one after the other.
#[derive(Debug, Default)]
pub(super) struct Packed {
    words: Vec<u16>,
    /// Where each ends.
    ends: Vec<u32>,
}

impl Packed {
    pub(super) fn push(&mut self, place: &Place) {
        let flag = |is: bool, flag: u16| if is { flag } else { 0 };
        let parts = flag(!place.left.is_empty(), LEFT)
            | flag(place.requested > 0, REQUESTED)
            | flag(place.history > 0, HISTORY)
            | flag(place.memory > 0, MEMORY);
        self.words.push(parts);
        if parts & LEFT > 0 {
            self.words.extend(place.left.0.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])));
        }
        if parts & REQUESTED > 0 {
            self.write(place.requested);
        }
        if parts & HISTORY > 0 {
            self.write(place.history);
        }
        if parts & MEMORY > 0 {
            self.words.extend((0..4).map(|word| (place.memory >> (16 * word)) as u16));
        }
        self.write(place.network.len() as u32);
        place.locals.iter().for_each(|local| self.write(*local));
        place.network.iter().for_each(|envelope| self.write(*envelope));
        self.ends.push(self.words.len() as u32);
    }

    #[inline]
    fn write(&mut self, number: u32) {
        if number < u32::from(LONG) {
            self.words.push(number as u16);
        } else {
            self.words.extend([LONG, number as u16, (number >> 16) as u16]);
        }
    }

    pub(super) fn clear(&mut self) {
        self.words.clear();
        self.ends.clear();
    }

    pub(super) fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<u16>() + self.ends.capacity() * size_of::<u32>()
    }
}

/// Takes packed worlds apart.
struct Reader<'a> {
    words: std::slice::Iter<'a, u16>,
}

impl Reader<'_> {
    #[inline]
    fn word(&mut self) -> u16 {
        self.words.next().copied().unwrap_or(0)
    }

    #[inline]
    fn number(&mut self) -> u32 {
        match self.word() {
            LONG => u32::from(self.word()) | u32::from(self.word()) << 16,
            short => u32::from(short),
        }
    }

    fn place(&mut self, processes: usize, place: &mut Place) {
        let parts = self.word();
        place.left = Left([0; 8]);
        if parts & LEFT > 0 {
            for two in place.left.0.chunks_exact_mut(2) {
                two.copy_from_slice(&self.word().to_le_bytes());
            }
        }
        place.requested = if parts & REQUESTED > 0 { self.number() } else { 0 };
        place.history = if parts & HISTORY > 0 { self.number() } else { 0 };
        place.memory = 0;
        if parts & MEMORY > 0 {
            place.memory = (0..4).fold(0, |memory, word| memory | u64::from(self.word()) << (16 * word));
        }
        let messages = self.number();
        place.locals.clear();
        place.locals.extend((0..processes).map(|_| self.number()));
        place.network.clear();
        place.network.extend((0..messages).map(|_| self.number()));
    }
}

/// So many words lie together; what was taken out is used again, or given back.
const CHUNK: usize = 1 << 17;

/// Packed worlds, first in, first out.
#[derive(Debug, Default)]
pub(super) struct Queue {
    chunks: VecDeque<Vec<u16>>,
    /// How much of the first chunk was taken out.
    taken: usize,
    count: usize,
    /// An empty chunk, for the next one that is needed.
    spare: Option<Vec<u16>>,
}

impl Queue {
    pub(super) fn append(&mut self, worlds: &Packed) {
        if worlds.ends.is_empty() {
            return;
        }
        if self.chunks.back().is_none_or(|chunk| chunk.len() + worlds.words.len() > CHUNK) {
            let empty = self.spare.take().unwrap_or_else(|| Vec::with_capacity(CHUNK));
            self.chunks.push_back(empty);
        }
        if let Some(chunk) = self.chunks.back_mut() {
            chunk.extend_from_slice(&worlds.words);
            self.count += worlds.ends.len();
        }
    }

    /// Takes out the first; false if there is none.
    pub(super) fn pop(&mut self, processes: usize, place: &mut Place) -> bool {
        while self.chunks.front().is_some_and(|chunk| self.taken >= chunk.len()) {
            if let Some(mut empty) = self.chunks.pop_front().filter(|empty| empty.capacity() == CHUNK) {
                empty.clear();
                self.spare = Some(empty);
            }
            self.taken = 0;
        }
        let Some(chunk) = self.chunks.front() else { return false };
        let mut reader = Reader { words: chunk[self.taken..].iter() };
        reader.place(processes, place);
        self.taken = chunk.len() - reader.words.len();
        self.count -= 1;
        true
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn bytes(&self) -> usize {
        let words: usize = self.chunks.iter().chain(&self.spare).map(Vec::capacity).sum();
        words * size_of::<u16>()
    }
}

/// Which world waits, how many actions lead to it, and where it begins.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    world: u32,
    depth: u32,
    start: usize,
}

/// Packed worlds, last in, first out.
#[derive(Debug, Default)]
pub(super) struct Stack {
    words: Vec<u16>,
    waiting: Vec<Waiting>,
}

impl Stack {
    /// Puts worlds on top; the last one will come out first. They are numbered from `first` on.
    pub(super) fn append(&mut self, worlds: &Packed, first: u32, depth: usize) {
        let before = self.words.len();
        let starts = [0].into_iter().chain(worlds.ends.iter().copied());
        let waiting =
            |(start, world): (u32, u32)| Waiting { world, depth: depth as u32, start: before + start as usize };
        self.waiting.extend(starts.zip(first..).take(worlds.ends.len()).map(waiting));
        self.words.extend_from_slice(&worlds.words);
    }

    /// Takes out the top one: its number and depth; `None` if there is none.
    pub(super) fn pop(&mut self, processes: usize, place: &mut Place) -> Option<(u32, usize)> {
        let Waiting { world, depth, start } = self.waiting.pop()?;
        Reader { words: self.words[start..].iter() }.place(processes, place);
        self.words.truncate(start);
        Some((world, depth as usize))
    }

    pub(super) fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<u16>() + self.waiting.capacity() * size_of::<Waiting>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_the_stack_comes_off_it_last_first() {
        let mut stack = Stack::default();
        let place = |number: u32| Place { locals: vec![number, 9], network: vec![number; 3], ..Place::default() };
        let mut packed = Packed::default();
        for number in 0..10 {
            packed.push(&place(number));
            if number % 3 == 0 {
                let first = stack.waiting.len() as u32;
                stack.append(&packed, first, number as usize);
                packed.clear();
            }
        }
        let mut read = Place::default();
        for number in (0..10_u32).rev() {
            assert_eq!(stack.pop(2, &mut read), Some((number, number.next_multiple_of(3) as usize)));
            assert_eq!(read, place(number));
        }
        assert_eq!((stack.pop(2, &mut read), stack.words.len()), (None, 0));
    }

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
        let mut packed = Packed::default();
        for number in 0..20_000 {
            packed.push(&place(number));
            if number % 7 == 0 {
                queue.append(&packed);
                packed.clear();
            }
        }
        queue.append(&packed);
        let mut read = Place::default();
        for number in 0..20_000 {
            assert!(queue.pop(3, &mut read));
            assert_eq!(read, place(number));
        }
        assert!(!queue.pop(3, &mut read) && queue.len() == 0);
    }
}
