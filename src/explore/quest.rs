//! A question on its way: random walks first, for a quick witness, then breadth-first for the shortest schedule or the
//! certainty that there is none. What is found is made readable.

use crate::world::{Action, Watch, World};

use super::polish::polish;
use super::question::Question;
use super::search::Search;
use super::verdict::{Limit, Unanswerable, Verdict};
use super::walk::Walks;

/// How many walks are made first.
const WALKS: usize = 2_000;
/// How many walks, and how many worlds, are one slice of work: a few milliseconds.
const WALKS_AT_ONCE: usize = 32;
const WORLDS_AT_ONCE: usize = 2_048;

/// What came of a question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// There is a schedule.
    Found {
        /// Made readable: see [`polish`].
        actions: Vec<Action>,
        /// Whether there is certainly none that is shorter.
        shortest: bool,
    },
    /// Every world was visited, and it is in none.
    None,
    /// A limit came first.
    Stopped(Limit),
}

/// How far a question is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Status {
    /// Random walks made.
    pub walks: usize,
    /// Distinct worlds visited.
    pub states: usize,
    /// How many actions lead to the worlds that were met last.
    pub depth: usize,
}

/// A question that is being answered. It goes on for as long as it is told to.
#[derive(Debug)]
pub struct Quest {
    start: World,
    watch: Watch,
    question: Question,
    walks: Walks,
    search: Search,
    witness: Option<Vec<Action>>,
    answer: Option<Answer>,
}

impl Quest {
    /// Begins from this world; `watch` is what was ever voted and decided before. The seed is that of the walks.
    pub fn new(start: &World, watch: &Watch, question: Question, seed: u64) -> Result<Self, Unanswerable> {
        let search = Search::new(start, watch, question.clone())?;
        let walks = Walks::new(start, watch, question.clone(), seed);
        let (start, watch) = (start.clone(), watch.clone());
        Ok(Self { start, watch, question, walks, search, witness: None, answer: None })
    }

    /// One slice of work; the answer, once it is there.
    pub fn run(&mut self) -> Option<&Answer> {
        if self.answer.is_none() {
            if self.witness.is_none() && self.walks.done() < WALKS {
                self.walk();
            } else {
                self.look();
            }
        }
        self.answer.as_ref()
    }

    /// Goes on to the end.
    pub fn finish(&mut self) -> Answer {
        loop {
            if let Some(answer) = self.run() {
                return answer.clone();
            }
        }
    }

    /// A schedule that leads there, while it is not known yet whether it is the shortest.
    pub fn witness(&self) -> Option<&[Action]> {
        self.witness.as_deref()
    }

    /// How far it is.
    pub fn status(&self) -> Status {
        let progress = self.search.progress();
        Status { walks: self.walks.done(), states: progress.states, depth: progress.depth() }
    }

    fn walk(&mut self) {
        if let Some(actions) = self.walks.run(WALKS_AT_ONCE) {
            self.witness = Some(self.polished(actions));
        }
    }

    fn look(&mut self) {
        let Some(verdict) = self.search.run(WORLDS_AT_ONCE).cloned() else { return };
        self.answer = Some(match verdict {
            Verdict::Found(actions) | Verdict::Violated { actions, .. } => {
                Answer::Found { actions: self.polished(actions), shortest: true }
            }
            Verdict::NotFound | Verdict::Held => Answer::None,
            Verdict::Stopped(limit) => match self.witness.take() {
                Some(actions) => Answer::Found { actions, shortest: false },
                None => Answer::Stopped(limit),
            },
        });
    }

    fn polished(&self, actions: Vec<Action>) -> Vec<Action> {
        polish(&self.start, &self.watch, &self.question, actions)
    }
}
