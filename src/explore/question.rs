//! What a search is asked, and what of it can be answered part by part.

use std::cell::{Cell, RefCell};

use crate::pmmc::ProcessId;
use crate::world::{Envelope, Facts, Follow, History, Invariant, Kept, LocalRef, Predicate, Subject};

use super::allow::Allow;

/// What is looked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Goal {
    /// A world in which this holds, with what it remembers of the run before the search begins.
    Find(Predicate, Follow),
    /// A world, or a step, that breaks one of these.
    Check(Vec<Invariant>),
}

impl Goal {
    /// A world in which this holds; it remembers nothing yet.
    pub fn find(predicate: Predicate) -> Self {
        let follow = Follow::new(&predicate);
        Self::Find(predicate, follow)
    }

    /// Nothing: every world is visited.
    pub fn nothing() -> Self {
        Self::Check(Vec::new())
    }
}

/// Where a search ends without an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Limits {
    /// The longest schedule.
    pub depth: Option<usize>,
    /// The most distinct worlds.
    pub states: Option<usize>,
    /// The most bytes of memory.
    pub bytes: Option<usize>,
}

/// What a search is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    /// What is looked for.
    pub goal: Goal,
    /// What may happen besides deliveries.
    pub allow: Allow,
    /// Where it ends without an answer.
    pub limits: Limits,
}

/// A set of invariants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Asked(u32);

impl Asked {
    pub(super) const NONE: Self = Self(0);

    pub(super) const fn has(self, invariant: Invariant) -> bool {
        self.0 & (1 << invariant as u32) != 0
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Invariant> {
        Invariant::ALL.into_iter().filter(move |one| self.has(*one))
    }

    /// Whether any of them is about steps: it may fail after one step that leads to a world and hold after another.
    pub(super) const fn is_about_steps(self) -> bool {
        use Invariant::{A1, A2, D7, R4, R5};
        self.has(A1) || self.has(A2) || self.has(D7) || self.has(R4) || self.has(R5)
    }

    /// Which parts of the history they need.
    pub(super) fn kept(self) -> Kept {
        use Invariant::{A3, A4, A5, C1, C2, D1, D2, D3, D4, D5, D7, D9};
        let any = |needing: &[Invariant]| needing.iter().any(|one| self.has(*one));
        Kept {
            votes: any(&[A3, A4, A5, C2, D1, D2, D4, D5, D9]),
            commanders: any(&[C1, C2, D9]),
            scouts: any(&[D7]),
            decided: any(&[D1, D2, D3]),
            // Only what is shown of a run tells it.
            told: false,
            sent: false,
        }
    }
}

impl FromIterator<Invariant> for Asked {
    fn from_iter<I: IntoIterator<Item = Invariant>>(all: I) -> Self {
        all.into_iter().fold(Self::NONE, |set, one| Self(set.0 | 1 << one as u32))
    }
}

/// The parts of a predicate that have no parts, in the order in which it asks them. Each holds if it holds of any local
/// state, message or history that is there, so a world's answers are the answers of its parts together.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Atoms {
    atoms: Vec<Predicate>,
}

impl Atoms {
    /// `None` if there are too many, or too much to remember.
    pub(super) fn of(predicate: &Predicate) -> Option<Self> {
        if predicate.memories() > 64 {
            return None;
        }
        let found = Collector::default();
        predicate.holds(&found, &mut vec![false; predicate.memories()], &mut 0);
        let atoms = found.0.into_inner();
        (atoms.len() <= 64).then_some(Self { atoms })
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Predicate> {
        self.atoms.iter()
    }

    fn bits(&self, subject: Subject, holds: impl Fn(&Predicate) -> bool) -> u64 {
        let all = self.atoms.iter().enumerate().filter(|(_, atom)| atom.subject() == subject);
        all.filter(|(_, atom)| holds(atom)).fold(0, |bits, (place, _)| bits | 1 << place)
    }

    pub(super) fn of_local(&self, process: ProcessId, local: LocalRef<'_>) -> u64 {
        self.bits(Subject::Process, |atom| atom.holds_at(process, local))
    }

    pub(super) fn of_envelope(&self, envelope: &Envelope) -> u64 {
        self.bits(Subject::Message, |atom| atom.holds_of(envelope))
    }

    pub(super) fn of_history(&self, history: &History) -> u64 {
        self.bits(Subject::History, |atom| atom.holds_in(history))
    }

    pub(super) fn of_broken(&self, broken: Asked) -> u64 {
        self.bits(Subject::Verdict, |atom| broken.iter().any(|one| atom.holds_for(one)))
    }

    pub(super) fn are_about(&self, subject: Subject) -> bool {
        self.atoms.iter().any(|atom| atom.subject() == subject)
    }

    /// The invariants that they name.
    pub(super) fn asked(&self) -> Asked {
        Invariant::ALL.into_iter().filter(|one| self.atoms.iter().any(|atom| atom.holds_for(*one))).collect()
    }

    /// Which parts of the history they need.
    pub(super) fn kept(&self) -> Kept {
        let kept = self.asked().kept();
        let any = |is: fn(&Predicate) -> bool| self.atoms.iter().any(is);
        Kept {
            votes: kept.votes || any(|atom| matches!(atom, Predicate::Chosen(..))),
            sent: any(|atom| matches!(atom, Predicate::Sent(..))),
            ..kept
        }
    }
}

/// Whether a predicate may hold because the last step broke nothing: then a world is to be judged after every step that
/// leads to it, also one that changes nothing.
pub(super) fn denies_a_step(predicate: &Predicate) -> bool {
    fn denies(predicate: &Predicate, is_denied: bool) -> bool {
        match predicate {
            Predicate::Not(inner) => denies(inner, !is_denied),
            Predicate::Ever(inner) => denies(inner, is_denied),
            Predicate::Then(first, second) => denies(first, is_denied) || denies(second, is_denied),
            Predicate::All(parts) | Predicate::Any(parts) => parts.iter().any(|part| denies(part, is_denied)),
            atom => {
                let named = Invariant::ALL.into_iter().filter(|one| atom.holds_for(*one));
                is_denied && named.collect::<Asked>().is_about_steps()
            }
        }
    }
    denies(predicate, false)
}

#[derive(Default)]
struct Collector(RefCell<Vec<Predicate>>);

impl Facts for Collector {
    fn hold(&self, atom: &Predicate) -> bool {
        self.0.borrow_mut().push(atom.clone());
        false
    }
}

/// The answers of one world to all atoms: a predicate always asks every one of them, in the same order.
struct Answers {
    bits: u64,
    asked: Cell<u32>,
}

impl Facts for Answers {
    fn hold(&self, _: &Predicate) -> bool {
        let place = self.asked.get();
        self.asked.set(place + 1);
        self.bits >> place & 1 == 1
    }
}

/// Whether the predicate holds with these answers and memories; the memories are brought up to date.
pub(super) fn holds(predicate: &Predicate, bits: u64, memory: &mut u64) -> bool {
    let answers = Answers { bits, asked: Cell::new(0) };
    let count = predicate.memories();
    if count == 0 {
        return predicate.holds(&answers, &mut [], &mut 0);
    }
    let mut held: Vec<bool> = (0..count).map(|place| *memory >> place & 1 == 1).collect();
    let holds = predicate.holds(&answers, &mut held, &mut 0);
    *memory = held.iter().rev().fold(0, |all, bit| all << 1 | u64::from(*bit));
    holds
}
