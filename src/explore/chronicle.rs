//! What was ever voted, commanded and decided, as numbers: only the parts that the question needs, and only if it needs
//! any, for a world is then as often visited as there are histories that lead to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::world::{Event, History, Invariant, World, fails};

use super::lexicon::Gap;
use super::memo::Memo;
use super::print::{Part, constant};
use super::question::{Asked, Atoms};
use super::symmetry::{Names, Symmetry};

/// What was ever voted and decided.
#[derive(Debug)]
pub(super) struct KnownHistory {
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
    /// The part of a fingerprint that each makes, one for each renaming.
    prints: Vec<u128>,
    names: Names<History>,
    symmetry: Symmetry,
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
    pub(super) fn new(start: &World, atoms: Atoms, asked: Asked, symmetry: Symmetry) -> Self {
        Self {
            histories: Vec::new(),
            ids: BTreeMap::new(),
            prints: Vec::new(),
            names: Names::new(),
            symmetry,
            memo: Memo::new(),
            atoms,
            asked,
            probe: start.rearranged([], [], usize::MAX),
        }
    }

    /// The number of a history.
    pub(super) fn history(&mut self, history: History) -> u32 {
        if let Some(id) = self.ids.get(&history) {
            return *id;
        }
        let id = self.histories.len() as u32;
        for renaming in &self.symmetry.renamings {
            let name = self.names.number(renaming.history(&history));
            self.prints.push(constant(Part::History, 0, name));
        }
        let asked = ALONE.into_iter().filter(|one| self.asked.has(*one));
        let shared = Arc::new(history);
        self.histories.push(KnownHistory {
            atoms: self.atoms.of_history(&shared),
            broken: asked.filter(|one| fails(&self.probe, &shared, *one, None)).collect(),
            is_contested: shared.contested().next().is_some(),
            history: Arc::clone(&shared),
        });
        self.ids.insert(shared, id);
        id
    }

    /// The history after a step.
    pub(super) fn after(&self, history: u32, step: u32) -> Result<u32, Gap> {
        self.memo.get(history, step).ok_or(Gap::History(history, step))
    }

    /// Finds out the history after a step.
    pub(super) fn fill_after(&mut self, history: u32, step: u32, events: &[Event]) {
        let mut grown = (*self.histories[history as usize].history).clone();
        grown.fold(events);
        let after = self.history(grown);
        self.memo.insert(history, step, after);
    }

    /// The parts of the fingerprints that a history makes.
    pub(super) fn prints(&self, history: u32) -> &[u128] {
        let renamings = self.symmetry.renamings.len();
        &self.prints[history as usize * renamings..][..renamings]
    }

    /// The fingerprint of a history as it is.
    pub(super) fn print(&self, history: u32) -> u128 {
        self.prints(history)[0]
    }

    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        const EACH: usize = 2048;
        let prints = self.prints.capacity() * size_of::<u128>();
        self.memo.bytes() + prints + (self.histories.len() + self.names.len()) * EACH
    }
}
