//! A free task as it is seen: its text and goal, its limits, how far it is, what was shown of it.

mod attempt;
mod terms;
mod walk;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::script::{BeatKind, verb_of};
use crate::world::Refusal;

use super::game::{GameView, POLICY_RUNS};
use super::player::Player;

pub(super) use attempt::TaskVisit;
use terms::Judged;
pub(super) use terms::Terms;

/// A task as far as it may be seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Task {
    /// The task's text.
    pub say: String,
    /// The goal, as a predicate.
    pub goal: String,
    /// What the author demands besides the goal: `you may not crash; at most 12 deliveries`, or `5 of 12 deliveries used`.
    pub limits: Option<String>,
    /// The hints given so far.
    pub hints: Vec<String>,
    /// How many there are in all.
    pub hint_count: usize,
    /// How many steps were taken since the task's start, and how many of them are deliveries.
    pub steps: usize,
    #[allow(missing_docs)]
    pub deliveries: usize,
    /// How many deliveries it may take.
    pub at_most: Option<usize>,
    /// How the game stands, if it is one.
    pub game: Option<GameView>,
    /// How far it is.
    pub state: TaskState,
    /// Whether its goal was reached on the way to the moment that is shown.
    pub reached: bool,
    /// Which step of the solution was shown last, and how many it has, while the moment that is shown is on its way.
    pub shown: Option<(usize, usize)>,
    /// How many of its steps going on shows at a press.
    pub stride: usize,
    /// Which of its steps going on leads to now, and how many it has, while going on shows them.
    pub coming: Option<(usize, usize)>,
    /// The hint that is in sight, the first being 1.
    pub hint: usize,
    /// Why its goal is not met any more by going on, where that is all but certain.
    pub stuck: Option<Stuck>,
    allow: Vec<&'static str>,
    without: Vec<&'static str>,
    /// The verbs of its solution.
    uses: BTreeSet<&'static str>,
}

impl Task {
    /// Whether it may be solved with actions of this verb.
    pub fn allows(&self, verb: &str) -> bool {
        self.why_not(verb).is_none()
    }

    /// Why no action of this verb may be taken in it; `None` if one may.
    pub fn why_not(&self, verb: &str) -> Option<String> {
        if self.game.is_some() && !matches!(verb, "deliver" | "drop") {
            return Some(POLICY_RUNS.to_owned());
        }
        terms::forbidden(&self.allow, &self.without, verb)
    }

    /// Whether this verb is one to solve it with: its author names it, or uses it in the solution.
    pub fn is_for(&self, verb: &str) -> bool {
        self.allow.contains(&verb) || self.uses.contains(&verb)
    }
}

/// Why a task's goal cannot be met, or is not met this way: nothing that can or may still arrive changes anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stuck {
    /// In a hunt: in this order nothing broke.
    NothingBroke,
    /// Nothing but deliveries is allowed.
    OutOfReach,
    /// All deliveries that it may take are used.
    UsedUp,
}

/// How far a task is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum TaskState {
    /// The goal was not met yet.
    Open,
    /// The learner reached the goal: it counts.
    Solved,
    /// The goal was met on a run with steps that were shown: begun again without them it can still be solved.
    Shown,
    /// It was skipped: its solution was played.
    Skipped,
}

/// What "show me one step" did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Showed {
    /// The next step of the solution was taken.
    Step,
    /// The learner was on another way: the first step of the shortest way from there was taken, and so many are left.
    OwnWay(usize),
    /// The learner was on another way than the solution: we are at the task's start now, and the next time its first
    /// step is taken.
    BackToStart,
    /// There is nothing to show: no task, or its goal is met here.
    Nothing,
}

/// Why an action was not done.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotDone {
    /// The world refuses it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The task does not allow it.
    #[error("{0}")]
    NotInTask(String),
}

/// Tasks, as they are seen.
impl Player {
    /// The task of this beat, if it is one.
    pub fn task(&self) -> Option<Task> {
        let beat = self.lesson().beats.get(self.at)?;
        let (BeatKind::Try(file), Some((terms, visit))) = (&beat.kind, self.task_parts()) else { return None };
        let judged = self.judged();
        let judged = judged.as_deref();
        Some(Task {
            say: beat.say.text.clone(),
            goal: file.goal.line.text.clone(),
            limits: terms.limits(judged.map_or(0, |judged| judged.deliveries)),
            hints: file.hints.iter().take(visit.hints).map(|hint| hint.text.clone()).collect(),
            hint_count: file.hints.len(),
            steps: judged.map_or(0, |judged| judged.steps),
            deliveries: judged.map_or(0, |judged| judged.deliveries),
            at_most: terms.at_most,
            game: judged.and_then(|judged| terms.game_view(judged)),
            state: visit.state,
            reached: judged.is_some_and(|judged| judged.reached),
            shown: self.shown_of_solution(visit),
            stride: walk::stride(self.solution().len()),
            coming: self.coming(),
            hint: visit.hint,
            stuck: self.stuck(terms),
            allow: terms.allow.clone(),
            without: terms.without.clone(),
            uses: self.solution().iter().map(verb_of).collect(),
        })
    }

    /// Whether nothing that can arrive leads anywhere any more. Only a step or an election from elsewhere might.
    fn stuck(&self, terms: &Terms) -> Option<Stuck> {
        let is_spent = |judged: &Judged| !judged.reached && terms.at_most.is_some_and(|most| judged.deliveries >= most);
        if self.in_task() && terms.game.is_none() && self.judged().as_deref().is_some_and(is_spent) {
            return Some(Stuck::UsedUp);
        }
        let only_delivers = terms.allow.as_slice() == ["deliver"] && terms.game.is_none();
        let why = if self.is_hunt(self.at) { Stuck::NothingBroke } else { Stuck::OutOfReach };
        let is_asked = why == Stuck::NothingBroke || only_delivers;
        if !is_asked || !self.in_task() || self.judged().is_none_or(|judged| judged.reached || judged.steps == 0) {
            return None;
        }
        self.session().world().is_idle().then_some(why)
    }
}
