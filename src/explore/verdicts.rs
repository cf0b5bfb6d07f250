//! Invariants that need more than one part of a world: judged by the engine once for each combination of the parts that
//! they look at, and remembered.

use crate::pmmc::ProcessId;
use crate::world::{Invariant, World, fails};

use super::known::Known;
use super::lexicon::{KnownEnvelope, Lexicon};
use super::place::Place;
use super::print::{Part, constant};
use super::question::Asked;
use super::seen::Seen;

/// What was judged so far.
#[derive(Debug)]
pub(super) struct Verdicts {
    asked: Asked,
    /// Combinations in which an invariant holds.
    hold: Seen,
}

impl Known {
    /// The world that these numbers mean.
    fn world(&self, place: &Place) -> World {
        let Lexicon { processes, locals, envelopes, .. } = &self.lexicon;
        let nodes = place.locals.iter().map(|local| &*locals[*local as usize].local);
        let messages = place.network.iter().map(|envelope| &*envelopes[*envelope as usize].envelope);
        let requested = self.start.requested() + place.requested as usize;
        self.start.rearranged(processes.iter().copied().zip(nodes), messages, requested)
    }

    /// The sum over the messages in flight from this process of these kinds.
    fn sum_of_messages(&self, place: &Place, position: usize, is: impl Fn(&KnownEnvelope) -> bool) -> u128 {
        let Lexicon { routes, envelopes, .. } = &self.lexicon;
        let sent = place.network.iter().filter(|id| usize::from(routes[**id as usize].from) == position);
        let of_kind = sent.filter(|id| is(&envelopes[**id as usize]));
        of_kind.fold(0, |sum: u128, id| sum.wrapping_add(self.lexicon.envelope_print(*id)))
    }

    fn sum_of_locals(&self, place: &Place, is: impl Fn(ProcessId) -> bool) -> u128 {
        let pairs = place.locals.iter().zip(&self.lexicon.processes).filter(|(_, process)| is(**process));
        pairs.fold(0, |sum: u128, (local, _)| sum.wrapping_add(self.lexicon.local_print(*local)))
    }
}

const fn is_acceptor(process: ProcessId) -> bool {
    matches!(process, ProcessId::Acceptor(_))
}

impl Verdicts {
    pub(super) fn new(asked: Asked) -> Self {
        Self { asked, hold: Seen::new() }
    }

    /// Which invariants it judges.
    pub(super) const fn asked(&self) -> Asked {
        self.asked
    }

    /// What fails in a world, of all that is asked.
    pub(super) fn all(&mut self, place: &Place, known: &Known) -> Asked {
        let everybody = 0..place.locals.len();
        everybody.fold(Asked::NONE, |broken, position| broken.and(self.after_step(place, position, known)))
    }

    /// What fails in a world of what a step of this process may have broken. In the world before, all held.
    pub(super) fn after_step(&mut self, place: &Place, position: usize, known: &Known) -> Asked {
        if self.asked.is_empty() {
            return Asked::NONE;
        }
        let history = &known.chronicle.histories[place.history as usize];
        let alone = known.lexicon.locals[place.locals[position] as usize].broken.and(history.broken);
        let together = match known.lexicon.processes[position] {
            ProcessId::Client(_) => Asked::NONE,
            ProcessId::Replica(_) => self.replicas(place, known),
            ProcessId::Leader(_) => {
                let own = self.leader(place, position, known).and(self.ballot(place, position, known));
                own.and(self.contest(place, known))
            }
            ProcessId::Acceptor(_) => self.acceptor(place, position, known),
        };
        alone.and(together)
    }

    fn replicas(&mut self, place: &Place, known: &Known) -> Asked {
        let key = || known.sum_of_locals(place, |process| matches!(process, ProcessId::Replica(_)));
        self.judge(Invariant::R1, None, key, place, known)
    }

    /// D6 looks at the acceptors, too.
    fn leader(&mut self, place: &Place, position: usize, known: &Known) -> Asked {
        let local = place.locals[position];
        if !known.lexicon.locals[local as usize].is_active {
            return Asked::NONE;
        }
        let key = || known.sum_of_locals(place, is_acceptor).wrapping_add(known.lexicon.local_print(local));
        self.judge(Invariant::D6, Some(position), key, place, known)
    }

    fn ballot(&mut self, place: &Place, position: usize, known: &Known) -> Asked {
        let history = known.chronicle.print(place.history);
        let key = || known.lexicon.local_print(place.locals[position]).wrapping_add(history);
        self.judge(Invariant::D7, Some(position), key, place, known)
    }

    fn contest(&mut self, place: &Place, known: &Known) -> Asked {
        if !known.chronicle.histories[place.history as usize].is_contested {
            return Asked::NONE;
        }
        let key = || known.sum_of_locals(place, is_acceptor).wrapping_add(known.chronicle.print(place.history));
        self.judge(Invariant::D9, None, key, place, known)
    }

    fn acceptor(&mut self, place: &Place, position: usize, known: &Known) -> Asked {
        let history = known.chronicle.print(place.history);
        let alone = || known.lexicon.local_print(place.locals[position]).wrapping_add(history);
        let told = || alone().wrapping_add(known.sum_of_messages(place, position, |one| one.is_p1b));
        let voted = || history.wrapping_add(known.sum_of_messages(place, position, |one| one.is_p2b));
        let mut broken = self.judge(Invariant::A3, Some(position), alone, place, known);
        broken = broken.and(self.judge(Invariant::D4, Some(position), told, place, known));
        broken = broken.and(self.judge(Invariant::D5, Some(position), voted, place, known));
        for leader in 0..place.locals.len() {
            broken = broken.and(self.leader(place, leader, known));
        }
        broken.and(self.contest(place, known))
    }

    /// Whether an invariant fails, at this process or anywhere; the key says all that it looks at.
    fn judge(
        &mut self,
        invariant: Invariant,
        position: Option<usize>,
        key: impl Fn() -> u128,
        place: &Place,
        known: &Known,
    ) -> Asked {
        if !self.asked.has(invariant) {
            return Asked::NONE;
        }
        let at = position.map_or(usize::from(u16::MAX), |position| position);
        let print = key().wrapping_add(constant(Part::Verdict, at, invariant as u32));
        if self.hold.has(print) {
            return Asked::NONE;
        }
        let world = known.world(place);
        let history = &known.chronicle.histories[place.history as usize].history;
        let process = position.map(|position| known.lexicon.processes[position]);
        if fails(&world, history, invariant, process) {
            return [invariant].into_iter().collect();
        }
        self.hold.insert(print);
        Asked::NONE
    }

    pub(super) fn bytes(&self) -> usize {
        self.hold.bytes()
    }
}
