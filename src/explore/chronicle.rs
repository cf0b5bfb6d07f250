//! What was ever voted, commanded and decided, as numbers: only the parts that the question needs, and only if it needs
//! any, for a world is then as often visited as there are histories that lead to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::world::{Event, History, Invariant, World, fails};

use super::memo::Memo;
use super::print::{Part, constant};
use super::question::{Asked, Atoms};

/// What was ever voted and decided.
#[derive(Debug)]
pub(super) struct KnownHistory {
    pub(super) print: u128,
    pub(super) atoms: u64,
    /// Which invariants fail, whatever the rest of the world is.
    pub(super) broken: Asked,
    /// Whether two commands met in any slot.
    pub(super) is_contested: bool,
    pub(super) history: Arc<History>,
}

/// All histories known so far.
#[derive(Debug)]
pub(super) struct Chronicle {
    pub(super) histories: Vec<KnownHistory>,
    ids: BTreeMap<Arc<History>, u32>,
    memo: Memo,
    atoms: Atoms,
    asked: Asked,
    /// A world to judge a history beside.
    probe: World,
}

/// The invariants that need nothing but the history.
const ALONE: [Invariant; 7] =
    [Invariant::A4, Invariant::A5, Invariant::C1, Invariant::C2, Invariant::D1, Invariant::D2, Invariant::D3];

impl Chronicle {
    pub(super) fn new(start: &World, atoms: Atoms, asked: Asked) -> Self {
        let probe = start.rearranged([], [], usize::MAX);
        Self { histories: Vec::new(), ids: BTreeMap::new(), memo: Memo::new(), atoms, asked, probe }
    }

    /// The number of a history.
    pub(super) fn history(&mut self, history: History) -> u32 {
        if let Some(id) = self.ids.get(&history) {
            return *id;
        }
        let id = self.histories.len() as u32;
        let asked = ALONE.into_iter().filter(|one| self.asked.has(*one));
        self.histories.push(KnownHistory {
            print: constant(Part::History, 0, id),
            atoms: self.atoms.of_history(&history),
            broken: asked.filter(|one| fails(&self.probe, &history, *one, None)).collect(),
            is_contested: history.contested().next().is_some(),
            history: Arc::new(history.clone()),
        });
        self.ids.insert(Arc::new(history), id);
        id
    }

    /// The history after a step.
    pub(super) fn after(&mut self, history: u32, step: u32, events: &[Event]) -> u32 {
        if let Some(after) = self.memo.get(history, step) {
            return after;
        }
        let mut grown = (*self.histories[history as usize].history).clone();
        grown.fold(events);
        let after = self.history(grown);
        self.memo.insert(history, step, after);
        after
    }

    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        const EACH: usize = 2048;
        self.memo.bytes() + self.histories.len() * EACH
    }
}
