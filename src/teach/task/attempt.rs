//! What became of a task: the learner's steps in it, its hints, and what counts.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::script::{BeatKind, action_text};
use crate::session::NodeId;
use crate::teach::player::Player;
use crate::world::Action;

use super::terms::{Judged, Terms};
use super::walk::Walk;
use super::{NotDone, TaskState};

/// What became of a task.
#[derive(Clone, Debug)]
pub(in crate::teach) struct TaskVisit {
    /// Where the learner is in it, or was last.
    pub(in crate::teach) here: NodeId,
    pub(in crate::teach) hints: usize,
    /// Which of them is in sight, the first being 1.
    pub(in crate::teach) hint: usize,
    pub(in crate::teach) state: TaskState,
    /// The moments that a step which was shown led to.
    pub(in crate::teach) shown: BTreeSet<NodeId>,
    pub(super) judged: BTreeMap<NodeId, Judged>,
    /// How far its solution was shown by whoever only goes on.
    pub(super) walk: Walk,
    /// Whether the learner did more than go on: a step of their own, a hint, a step that they asked for.
    pub(super) own: bool,
    /// Where the goal was met last.
    pub(in crate::teach) met: Option<Met>,
}

/// Where a goal was met.
#[derive(Clone, Debug)]
pub(in crate::teach) struct Met {
    pub(in crate::teach) at: NodeId,
    /// In a hunt the steps to there: what comes after it is about this run.
    pub(in crate::teach) steps: Vec<String>,
}

impl TaskVisit {
    pub(in crate::teach) fn new(start: NodeId) -> Self {
        Self {
            here: start,
            hints: 0,
            hint: 0,
            state: TaskState::Open,
            shown: BTreeSet::new(),
            judged: BTreeMap::new(),
            walk: Walk::default(),
            own: false,
            met: None,
        }
    }
}

/// Tasks, as the learner plays them.
impl Player {
    /// Tasks solved, and tasks left behind or solved so far.
    pub fn tasks(&self) -> (usize, usize) {
        let seen = self.visits.iter().enumerate().filter_map(|(at, visit)| {
            let state = visit.task.as_ref()?.state;
            (at != self.at || self.finished() || state != TaskState::Open).then_some(state)
        });
        seen.fold((0, 0), |(solved, all), state| (solved + usize::from(state == TaskState::Solved), all + 1))
    }

    /// Whether the learner did nothing so far but go on: a lecturer in front of a class does so.
    pub fn was_only_shown(&self) -> bool {
        let own = self.visits.iter().filter_map(|visit| visit.task.as_ref()).any(|task| task.own);
        !own && self.tally().answered() == 0
    }

    /// One more hint, or after the last one the first again, if there is any.
    pub fn hint(&mut self) -> Option<String> {
        let BeatKind::Try(file) = &self.lesson().beats.get(self.at)?.kind else { return None };
        let (given, count) = (self.visits.get(self.at)?.task.as_ref()?, file.hints.len());
        let next = if given.hints < count { given.hints } else { given.hint % count.max(1) };
        let hint = file.hints.get(next)?.text.clone();
        let visit = self.task_visit_mut()?;
        visit.hint = next + 1;
        visit.hints = visit.hints.max(visit.hint);
        visit.own = true;
        Some(hint)
    }

    /// Takes these steps from that moment, as steps that are shown: in a task they earn nothing. Only in a hunt they do,
    /// once their end is [reached](Self::travelled): there the schedule is found in whatever way, and its meaning is asked
    /// for.
    pub fn branch(&mut self, from: NodeId, schedule: Vec<Action>) -> Result<(), NotDone> {
        self.session_mut().jump(from);
        let is_hunt = self.is_hunt(self.at);
        for action in schedule {
            self.session_mut().act(action)?;
            if is_hunt {
                self.is_learners();
            } else {
                self.was_shown();
            }
        }
        Ok(())
    }

    /// The learner went to another moment of the run: in a hunt what is met there is seen now.
    pub fn travelled(&mut self) {
        if self.is_hunt(self.at) && self.in_task() {
            self.task_moved();
        }
    }

    pub(in crate::teach) fn is_hunt(&self, beat: usize) -> bool {
        self.lesson().beats.get(beat).is_some_and(|beat| beat.hunt().is_some())
    }

    /// Begins the task again, with no hint in sight; skipped or shown, it can still be solved. What was tried stays in the
    /// session as a branch. False if there is no task here.
    pub fn reset_task(&mut self) -> bool {
        let Some(start) = self.task_start() else { return false };
        self.session_mut().jump(start);
        if let Some(visit) = self.task_visit_mut() {
            (visit.hints, visit.hint) = (0, 0);
            visit.walk = Walk::default();
            if visit.state != TaskState::Solved {
                visit.state = TaskState::Open;
            }
        }
        self.task_moved();
        true
    }

    /// Gives the task up: its solution is played, without credit. False if there is no task here that is still to be
    /// solved.
    pub fn skip_task(&mut self) -> bool {
        let Some(start) = self.task_start().filter(|_| self.task_is_open()) else { return false };
        self.session_mut().jump(start);
        for action in self.solution().to_vec() {
            if self.session_mut().act(action).is_err() {
                break;
            }
            self.was_shown();
        }
        self.task_moved();
        if let Some(visit) = self.task_visit_mut() {
            visit.state = TaskState::Skipped;
        }
        true
    }

    /// Whether there is a task here that was never solved, nor its goal reached on the way to the moment that is shown.
    pub(super) fn task_is_open(&self) -> bool {
        let solved = self.task_parts().is_none_or(|(_, visit)| visit.state == TaskState::Solved);
        !solved && self.judged().is_some_and(|judged| !judged.reached)
    }

    /// Whether the goal of this task was reached on the way to the moment that is shown.
    pub(in crate::teach) fn goal_was_reached(&self) -> bool {
        self.judged().is_some_and(|judged| judged.reached)
    }

    /// Why the task that is open does not allow this; `None` if it does, or there is none.
    pub(in crate::teach) fn task_refuses(&self, action: &Action) -> Option<String> {
        let (terms, visit) = self.task_parts()?;
        let judged = self.judged().filter(|_| visit.state == TaskState::Open)?;
        terms.refuses(action, &judged)
    }

    /// In a game the policy's steps follow the learner's.
    pub(in crate::teach) fn let_policy_act(&mut self) {
        while let Some(action) = self.judged().and_then(|judged| judged.due()) {
            if self.session_mut().act(action).is_err() {
                break;
            }
        }
    }

    /// The learner took a step: whatever was shown of it before, now it is theirs.
    pub(in crate::teach) fn learner_acted(&mut self) {
        self.is_learners();
        self.task_moved();
    }

    /// The step to here is none that was shown.
    fn is_learners(&mut self) {
        let here = self.session().here();
        if let Some(visit) = self.task_visit_mut() {
            visit.own = true;
        }
        if let Some(visit) = self.task_visit_mut()
            && visit.shown.remove(&here)
        {
            visit.judged.clear();
        }
    }

    /// Where the question after a hunt is asked: in the run that met its goal.
    pub(in crate::teach) fn hunt_end(&self, beat: usize) -> Option<NodeId> {
        let met = self.visits.get(beat)?.task.as_ref()?.met.as_ref()?;
        self.is_hunt(beat).then_some(met.at)
    }

    /// Whether the learner met the goal of this task in a run of their own, and the beat after it begins elsewhere: in the
    /// run of the lesson's solution.
    pub(in crate::teach) fn leaves_own_run(&self, beat: usize) -> bool {
        let follows =
            self.plan.beats.get(beat).and_then(|beat| beat.terms.as_ref()).is_some_and(|terms| !terms.from_start);
        let task = self.visits.get(beat).and_then(|visit| visit.task.as_ref());
        let met = task.filter(|task| task.state == TaskState::Solved).and_then(|task| task.met.as_ref());
        let (Some(met), Some(next)) = (met.filter(|_| follows), self.visits.get(beat + 1)) else { return false };
        let world = |node| self.session().world_at(node);
        self.put_back_after(beat).is_none() && met.at != next.start && world(met.at) != world(next.start)
    }

    /// Where the lesson goes on after this task.
    pub(in crate::teach) fn task_end(&mut self, beat: usize) -> Option<NodeId> {
        let terms = self.plan.beats.get(beat)?.terms.as_ref()?;
        let (start, from_start) = (self.visits.get(beat)?.start, terms.from_start);
        let solution = self.plan.beats.get(beat)?.ways.first()?.actions.clone();
        Some(if from_start { start } else { self.play(start, &solution) })
    }

    pub(in crate::teach) fn task_start(&self) -> Option<NodeId> {
        self.visits.get(self.at).filter(|visit| visit.task.is_some()).map(|visit| visit.start)
    }

    pub(super) fn task_parts(&self) -> Option<(&Terms, &TaskVisit)> {
        self.plan.beats.get(self.at)?.terms.as_ref().zip(self.visits.get(self.at)?.task.as_ref())
    }

    pub(in crate::teach) fn task_visit_mut(&mut self) -> Option<&mut TaskVisit> {
        self.visits.get_mut(self.at)?.task.as_mut()
    }

    pub(in crate::teach) fn solution(&self) -> &[Action] {
        let way = self.plan.beats.get(self.at).and_then(|beat| beat.ways.first());
        way.map(|way| way.actions.as_slice()).unwrap_or_default()
    }

    /// Notes where we are, judges it, and gives credit where the goal is met.
    pub(in crate::teach) fn task_moved(&mut self) {
        let here = self.session().here();
        let Some(judged) = self.judged().map(Cow::into_owned) else { return };
        let met = if judged.met { self.newly_met() } else { None };
        let Some(visit) = self.task_visit_mut() else { return };
        visit.here = here;
        visit.met = met.or(visit.met.take());
        if judged.met {
            visit.state = match visit.state {
                _ if judged.fair => TaskState::Solved,
                TaskState::Open => TaskState::Shown,
                other => other,
            };
        }
        visit.judged.insert(here, judged);
    }

    /// Here the goal is met, and not only still.
    fn newly_met(&self) -> Option<Met> {
        let (start, at) = (self.task_start()?, self.session().here());
        let visit = self.visits.get(self.at)?.task.as_ref()?;
        if visit.met.as_ref().is_some_and(|met| met.at == at) {
            return None;
        }
        let mut steps = Vec::new();
        if self.is_hunt(self.at) {
            let mut before = self.session().world_at(start);
            self.session().replay(start, |_, action, world, _| {
                steps.push(action_text(action, &before));
                before = world.clone();
            });
        }
        Some(Met { at, steps })
    }

    /// Whether the session is at the task's start or after it.
    pub(in crate::teach) fn in_task(&self) -> bool {
        self.task_start().is_some_and(|start| self.session().is_after(start))
    }

    /// The moment that is shown, judged; `None` outside of the task.
    pub(super) fn judged(&self) -> Option<Cow<'_, Judged>> {
        let (terms, visit) = self.task_parts()?;
        let (start, here) = (self.task_start()?, self.session().here());
        if let Some(known) = visit.judged.get(&here) {
            return Some(Cow::Borrowed(known));
        }
        let stage = &self.plan.beats.get(self.at)?.before;
        let mut judged = terms.start(&stage.world, stage.watch());
        let inside = self.session().replay(start, |node, action, world, watch| {
            judged = terms.after(judged.clone(), action, world, watch);
            judged.fair &= !visit.shown.contains(&node);
            judged.of_solution = judged.of_solution.filter(|taken| self.solution().get(*taken) == Some(action));
            judged.of_solution = judged.of_solution.map(|taken| taken + 1);
        });
        inside.then_some(Cow::Owned(judged))
    }
}
