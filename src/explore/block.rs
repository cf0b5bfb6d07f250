//! Some worlds of one depth on their way through a search: expanded, looked up, and what is new built. Blocks are worked
//! on in any order, by any thread; what they give is taken in the order of their worlds, so that the answer does not hang
//! on how many threads there are.

use std::hint::black_box;

use super::expand::{Candidate, Worker};
use super::known::{Act, Known};
use super::lexicon::Gap;
use super::log::Log;
use super::place::Place;
use super::queue::{Packed, Queue, Stack};
use super::seen::{Seen, Shard};

/// So many fingerprints are touched before they are looked up.
const GLANCE: usize = 128;

/// A world that is kept, or judged.
#[derive(Clone, Copy, Debug)]
struct Pick {
    candidate: u32,
    is_new: bool,
}

/// What was found: the act of the last step, and whether the world it leads to is new.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    pub(super) parent: u32,
    pub(super) code: u32,
    pub(super) is_new: bool,
}

/// Some worlds of one depth.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// The number of the first.
    first: u32,
    count: usize,
    places: Vec<Place>,
    /// How each came about.
    codes: Vec<u32>,
    candidates: Vec<Candidate>,
    /// How many transitions each has.
    transitions: Vec<u32>,
    /// What must be found out before it can be expanded.
    gap: Option<Gap>,
    picks: Vec<Pick>,
    /// New worlds, and where each comes from.
    pub(super) worlds: Packed,
    pub(super) sources: Vec<(u32, u32)>,
    pub(super) answer: Option<Answer>,
}

impl Block {
    /// Takes the next worlds out of the queue.
    pub(super) fn load(&mut self, first: u32, count: usize, processes: usize, queue: &mut Queue, log: &Log) {
        self.first = first;
        self.empty();
        self.places.resize_with(count.max(self.places.len()), Place::default);
        for place in self.places.iter_mut().take(count) {
            if queue.pop(processes, place) {
                let world = first + self.codes.len() as u32;
                self.codes.push(came_by(world, log));
            }
        }
        self.count = self.codes.len();
    }

    /// Takes the top world off the stack, and says how many actions lead to it; `None` if there is none.
    pub(super) fn load_top(&mut self, processes: usize, stack: &mut Stack, log: &Log) -> Option<usize> {
        self.empty();
        self.places.resize_with(self.places.len().max(1), Place::default);
        let (world, depth) = stack.pop(processes, self.places.first_mut()?)?;
        self.first = world;
        self.codes.push(came_by(world, log));
        self.count = 1;
        Some(depth)
    }

    fn empty(&mut self) {
        self.codes.clear();
        self.count = 0;
        (self.gap, self.answer) = (None, None);
        self.candidates.clear();
        self.transitions.clear();
        self.picks.clear();
        self.worlds.clear();
        self.sources.clear();
    }

    /// Lists what can happen in its worlds; up to where something must be found out first.
    pub(super) fn expand(&mut self, known: &Known, worker: &mut Worker) {
        self.gap = None;
        for index in self.transitions.len()..self.count {
            let before = self.candidates.len();
            let world = (index as u32, self.codes[index]);
            match known.expand(&self.places[index], world, worker, &mut self.candidates) {
                Ok(count) => self.transitions.push(count),
                Err(gap) => {
                    self.candidates.truncate(before);
                    self.gap = Some(gap);
                    return;
                }
            }
        }
    }

    /// What must be found out before it can go on.
    pub(super) const fn gap(&self) -> Option<Gap> {
        self.gap
    }

    /// Touches the places of all fingerprints, so that the memory fetches them at once instead of one after the other.
    pub(super) fn glance(&self, seen: &Seen) {
        black_box(self.candidates.iter().fold(0, |sum, one| sum ^ seen.glance(one.print)));
    }

    /// Looks up what stands in a part of the table.
    pub(super) fn look_up(&self, shard: &mut Shard<'_>, picks: &mut Vec<u64>) {
        for (part, candidates) in self.candidates.chunks(GLANCE).enumerate() {
            black_box(candidates.iter().fold(0, |sum, one| sum ^ shard.glance(one.print)));
            for (index, candidate) in candidates.iter().enumerate() {
                if let Some(is_new) = shard.insert(candidate.print)
                    && (is_new || candidate.is_judged)
                {
                    picks.push(((part * GLANCE + index) as u64) << 1 | u64::from(is_new));
                }
            }
        }
    }

    /// Takes what was found in one or more parts of the table, in the order of the worlds.
    pub(super) fn take_picks<'a>(&mut self, parts: impl Iterator<Item = &'a [u64]>) {
        let mut all: Vec<u64> = parts.flatten().copied().collect();
        all.sort_unstable();
        self.picks.extend(all.iter().map(|pick| Pick { candidate: (pick >> 1) as u32, is_new: pick & 1 == 1 }));
    }

    /// Looks up everything.
    pub(super) fn look_up_all(&mut self, seen: &mut Seen) {
        for (index, candidate) in self.candidates.iter().enumerate() {
            let is_new = seen.insert(candidate.print);
            if is_new || candidate.is_judged {
                self.picks.push(Pick { candidate: index as u32, is_new });
            }
        }
    }

    /// Builds what is new and judges it, up to the first answer.
    pub(super) fn settle(&mut self, known: &Known, worker: &mut Worker) {
        for pick in &self.picks {
            let Candidate { parent, code, print, .. } = self.candidates[pick.candidate as usize];
            let act = Act::of(code);
            worker.build(known, &self.places[parent as usize], act);
            let is_answer = known.is_answer(&mut worker.target, act, &mut worker.verdicts);
            debug_assert_eq!(known.print_of(&worker.target), print);
            if is_answer {
                self.answer = Some(Answer { parent: self.first + parent, code, is_new: pick.is_new });
                return;
            }
            if pick.is_new {
                self.worlds.push(&worker.target);
                self.sources.push((self.first + parent, code));
            }
        }
    }

    /// How many transitions its worlds have, up to and with this one.
    pub(super) fn transitions_up_to(&self, world: u32) -> u64 {
        let worlds = (world - self.first) as usize + 1;
        self.transitions.iter().take(worlds).map(|count| u64::from(*count)).sum()
    }

    /// The number of the last world.
    pub(super) const fn last(&self) -> u32 {
        self.first + (self.count as u32).saturating_sub(1)
    }

    /// How many worlds it has, up to and with this one.
    pub(super) const fn count_up_to(&self, world: u32) -> u32 {
        world + 1 - self.first
    }

    pub(super) fn bytes(&self) -> usize {
        let place = self.places.first().map_or(0, |place| (place.locals.len() + 2 * place.network.len() + 20) * 4);
        let sources = self.sources.capacity() * size_of::<(u32, u32)>();
        self.candidates.capacity() * size_of::<Candidate>() + self.places.len() * place + self.worlds.bytes() + sources
    }
}

/// The code of the act by which a world came about. The first world is its own parent: it came about by nothing.
fn came_by(world: u32, log: &Log) -> u32 {
    log.get(world).filter(|(parent, _)| *parent != world).map_or(u32::MAX, |(_, code)| code)
}
