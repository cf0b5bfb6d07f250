//! How a search ends, and how far it is.

use crate::world::{Action, Invariant};

/// How a search ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// What was looked for, with the shortest schedule that leads there.
    Found(Vec<Action>),
    /// An invariant is broken after the last action.
    Violated {
        /// Which one.
        invariant: Invariant,
        /// Where it does not hold.
        why: String,
        /// The shortest schedule that breaks any.
        actions: Vec<Action>,
    },
    /// Every world was visited, and it holds in none.
    NotFound,
    /// Every world was visited, and all invariants hold in each.
    Held,
    /// A limit came first.
    Stopped(Limit),
}

/// What ended a search without an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Limit {
    Depth,
    States,
    Memory,
    /// The found schedule does not lead to what was found when it is replayed: a defect of the search.
    Contradiction,
}

impl Limit {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Depth => "depth",
            Self::States => "states",
            Self::Memory => "memory",
            Self::Contradiction => "contradiction",
        }
    }
}

/// Why a question cannot be answered.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum Unanswerable {
    #[error("the predicate has more than 64 parts")]
    TooLong,
}

/// How far a search is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    /// Distinct worlds, the initial one included.
    pub states: usize,
    /// Enabled actions of the worlds expanded.
    pub transitions: u64,
    /// Distinct worlds first met at each depth.
    pub per_depth: Vec<u64>,
    /// Enabled actions of the worlds expanded at each depth.
    pub transitions_per_depth: Vec<u64>,
    /// Worlds that wait for being expanded.
    pub waiting: usize,
    /// Bytes of memory that it takes now.
    pub bytes: usize,
    /// How often a handler of the engine was called.
    pub calls: usize,
}

impl Progress {
    /// How many actions lead to the worlds that were met last.
    pub fn depth(&self) -> usize {
        self.per_depth.len().saturating_sub(1)
    }
}
