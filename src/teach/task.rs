//! A free task: its goal followed over whatever the learner does, its limits, hints, and its solution step by step.

use std::collections::{BTreeMap, BTreeSet};

use crate::explore::Goal;
use crate::script::{BeatKind, FileError, Lesson, Line, Try, VERBS, nearest, verb_of};
use crate::session::NodeId;
use crate::world::{Action, Follow, Predicate, Refusal, Watch, World};

use super::plan::{Stage, error_at};
use super::player::{Player, Went};
use super::way::{Effort, Way};

/// A task as far as it may be seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Task {
    /// The task's text.
    pub say: String,
    /// The goal, as a predicate.
    pub goal: String,
    /// What the author demands besides the goal: `at most 12 deliveries, without crash`.
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
    /// How far it is.
    pub state: TaskState,
}

/// How far a task is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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

/// What the author allows in a task.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    goal: Predicate,
    allow: Vec<&'static str>,
    without: Vec<&'static str>,
    at_most: Option<usize>,
    /// Whether the lesson goes on from the task's start.
    pub(super) from_start: bool,
}

/// What became of a task.
#[derive(Clone, Debug)]
pub(super) struct TaskVisit {
    /// Where the learner is in it, or was last.
    pub(super) here: NodeId,
    hints: usize,
    state: TaskState,
    /// The moments that a step which was shown led to.
    shown: BTreeSet<NodeId>,
    judged: BTreeMap<NodeId, Judged>,
    /// Whether going on once more skips it.
    skips_next: bool,
}

/// A moment of a task, judged.
#[derive(Clone, Debug)]
struct Judged {
    follow: Follow,
    met: bool,
    steps: usize,
    deliveries: usize,
    /// Nothing before it was shown or against the task's terms.
    fair: bool,
}

impl TaskVisit {
    pub(super) fn new(start: NodeId) -> Self {
        Self {
            here: start,
            hints: 0,
            state: TaskState::Open,
            shown: BTreeSet::new(),
            judged: BTreeMap::new(),
            skips_next: false,
        }
    }
}

impl Terms {
    /// What the author wrote, understood.
    pub(super) fn new(lesson: &Lesson, name: &str, task: &Try, before: &Stage) -> Result<Self, FileError> {
        let verbs = |lines: &[Line]| -> Result<Vec<&'static str>, FileError> {
            lines
                .iter()
                .map(|line| verb(line).map_err(|why| error_at(lesson, line, &format!("{name}: {why}"))))
                .collect()
        };
        if let Some(unknown) = task.goal.unknown_name(before.world.cluster()) {
            return Err(error_at(lesson, &task.goal_line, &format!("{name}, `goal`: {unknown}")));
        }
        let from_start = match &task.then {
            None => false,
            Some(then) if then.text == "solution" => false,
            Some(then) if then.text == "start" => true,
            Some(then) => {
                let what = format!("{name}: `then` is \"{then}\": expected \"solution\" or \"start\"");
                return Err(error_at(lesson, then, &what));
            }
        };
        Ok(Self {
            goal: task.goal.clone(),
            allow: verbs(&task.allow)?,
            without: verbs(&task.without)?,
            at_most: task.at_most.map(|limit| limit.number),
            from_start,
        })
    }

    /// The shortest way to the goal from here, if it keeps to the terms and is found with this effort.
    fn way(&self, solution: &[Action], from: &Judged, stage: (&World, &Watch), effort: Effort) -> Option<Vec<Action>> {
        let allows = |verb| (self.allow.is_empty() || self.allow.contains(&verb)) && !self.without.contains(&verb);
        let goal = Goal::Find(self.goal.clone(), from.follow.clone());
        let (world, watch) = stage;
        let way = Way { world, watch, goal, solution, allows: &allows }.shortest(effort)?;
        let mut deliveries = from.deliveries;
        let kept = way.iter().all(|action| {
            let fine = self.refuses(action, deliveries).is_none();
            deliveries += usize::from(matches!(action, Action::Deliver(_)));
            fine
        });
        kept.then_some(way)
    }

    /// Whether a search from the task's start finds a way within its limits, too.
    pub(super) fn is_found(&self, before: &Stage, solution: &[Action]) -> bool {
        let start = self.start(&before.world, before.watch());
        let way = self.way(solution, &start, (&before.world, before.watch()), Effort::Proof);
        way.is_some_and(|way| !way.is_empty())
    }

    /// Why this action may not be taken after so many deliveries; `None` if it may.
    pub(super) fn refuses(&self, action: &Action, deliveries: usize) -> Option<String> {
        let verb = verb_of(action);
        if !self.allow.is_empty() && !self.allow.contains(&verb) {
            return Some(format!("`{verb}` is not part of this task: it is solved with {}", self.allow.join(", ")));
        }
        if self.without.contains(&verb) {
            return Some(format!("this task is to be solved without `{verb}`"));
        }
        match self.at_most {
            Some(most) if verb == "deliver" && deliveries >= most => Some(format!(
                "this task allows {most} deliveries, and all of them are used: go back, or begin it again"
            )),
            _ => None,
        }
    }

    fn limits(&self) -> Option<String> {
        let most = self.at_most.map(|most| format!("at most {most} deliveries"));
        let only = (!self.allow.is_empty()).then(|| format!("with {} only", self.allow.join(", ")));
        let without = (!self.without.is_empty()).then(|| format!("without {}", self.without.join(", ")));
        let all: Vec<String> = [most, only, without].into_iter().flatten().collect();
        (!all.is_empty()).then(|| all.join("; "))
    }

    /// Proves that a task can be solved as its author says, and not without doing anything; else where it is wrong and
    /// why.
    pub(super) fn prove(&self, task: &Try, before: &Stage, solution: &[Action]) -> Result<(), (Line, String)> {
        let goal = &task.goal_line;
        let wrong_goal = |what: &str| Err((goal.clone(), format!("the goal {goal} {what}")));
        let mut stage = before.clone();
        let mut judged = self.start(&stage.world, stage.watch());
        if judged.met {
            return wrong_goal("is met at the task's start already");
        }
        for (index, action) in solution.iter().enumerate() {
            if judged.met {
                let what = format!("is met after {index} of the solution's {} steps already", solution.len());
                return wrong_goal(&(what + "; leave the others out, or ask for more"));
            }
            if let Some(why) = self.refuses(action, judged.deliveries) {
                let line = task.way.actions.get(index).unwrap_or(goal);
                let limit = task.at_most.filter(|limit| judged.deliveries >= limit.number);
                let at = limit.map_or(line.at, |limit| limit.at);
                let what = format!("the solution's step {}, `{line}`, is not allowed: {why}", index + 1);
                return Err((Line { text: String::new(), at }, what));
            }
            stage.take(action).map_err(|why| (goal.clone(), why))?;
            judged = self.after(judged, action, &stage.world, stage.watch());
        }
        if judged.met { Ok(()) } else { wrong_goal("is not met when the solution ends") }
    }

    fn start(&self, world: &World, watch: &Watch) -> Judged {
        let mut follow = Follow::new(&self.goal);
        let met = follow.observe(&self.goal, world, watch);
        Judged { follow, met, steps: 0, deliveries: 0, fair: true }
    }

    fn after(&self, mut judged: Judged, action: &Action, world: &World, watch: &Watch) -> Judged {
        judged.fair &= self.refuses(action, judged.deliveries).is_none();
        judged.steps += 1;
        judged.deliveries += usize::from(matches!(action, Action::Deliver(_)));
        judged.met = judged.follow.observe(&self.goal, world, watch);
        judged
    }
}

fn verb(line: &Line) -> Result<&'static str, String> {
    VERBS.into_iter().find(|verb| *verb == line.text).ok_or_else(|| match nearest(&line.text, VERBS) {
        Some(near) => format!("`{line}` is no verb of the action language; did you mean `{near}`?"),
        None => format!("`{line}` is no verb of the action language: expected one of {}", VERBS.join(", ")),
    })
}

/// Tasks, as the screen plays them.
impl Player {
    /// The task of this beat, if it is one.
    pub fn task(&self) -> Option<Task> {
        let beat = self.lesson().beats.get(self.at)?;
        let (BeatKind::Try(file), Some((terms, visit))) = (&beat.kind, self.task_parts()) else { return None };
        let judged = self.judged();
        Some(Task {
            say: beat.say.text.clone(),
            goal: file.goal_line.text.clone(),
            limits: terms.limits(),
            hints: file.hints.iter().take(visit.hints).map(|hint| hint.text.clone()).collect(),
            hint_count: file.hints.len(),
            steps: judged.as_ref().map_or(0, |judged| judged.steps),
            deliveries: judged.as_ref().map_or(0, |judged| judged.deliveries),
            at_most: terms.at_most,
            state: visit.state,
        })
    }

    /// Tasks solved, and tasks left behind or solved so far.
    pub fn tasks(&self) -> (usize, usize) {
        let seen = self.visits.iter().enumerate().filter_map(|(at, visit)| {
            let state = visit.task.as_ref()?.state;
            (at != self.at || self.finished() || state != TaskState::Open).then_some(state)
        });
        seen.fold((0, 0), |(solved, all), state| (solved + usize::from(state == TaskState::Solved), all + 1))
    }

    /// One more hint, if there is one.
    pub fn hint(&mut self) -> Option<String> {
        let BeatKind::Try(file) = &self.lesson().beats.get(self.at)?.kind else { return None };
        let given = self.visits.get(self.at)?.task.as_ref()?.hints;
        let hint = file.hints.get(given)?.text.clone();
        let visit = self.task_visit_mut()?;
        visit.hints += 1;
        visit.skips_next = false;
        Some(hint)
    }

    /// "Show me one step": takes the next step of the solution if we are on its way, else the first step of the shortest
    /// way from here; if none is found soon, it leads back to the task's start. A run with such a step in it earns nothing; begun again it can.
    pub fn show_step(&mut self) -> Showed {
        let Some(start) = self.task_start() else { return Showed::Nothing };
        if self.judged().is_some_and(|judged| judged.met) {
            return Showed::Nothing;
        }
        let solution = self.solution();
        let mut taken = Vec::new();
        let inside = self.session().replay(start, |_, action, _, _| taken.push(action.clone()));
        let next = solution.get(taken.len()).filter(|_| inside && solution.starts_with(&taken)).cloned();
        let showed = match next {
            None => self.show_own_way(&solution).unwrap_or_else(|| {
                self.session_mut().jump(start);
                Showed::BackToStart
            }),
            // The plan took it in this very state: it is not refused.
            Some(action) => {
                if self.session_mut().act(action).is_err() {
                    return Showed::Nothing;
                }
                self.was_shown();
                Showed::Step
            }
        };
        self.task_moved();
        showed
    }

    /// Takes the first step of the shortest way from where the learner went; `None` if none is found.
    fn show_own_way(&mut self, solution: &[Action]) -> Option<Showed> {
        let (terms, _) = self.task_parts()?;
        let session = self.session();
        let way = terms.way(solution, &self.judged()?, (session.world(), session.watch()), Effort::Step)?;
        let left = way.len().checked_sub(1)?;
        self.session_mut().act(way.into_iter().next()?).ok()?;
        self.was_shown();
        Some(Showed::OwnWay(left))
    }

    /// Takes these steps from that moment, as steps that are shown: in a task they earn nothing. Only in a hunt they do:
    /// there the schedule is found in whatever way, and its meaning is asked for.
    pub fn branch(&mut self, from: NodeId, schedule: Vec<Action>) -> Result<(), NotDone> {
        self.session_mut().jump(from);
        let is_hunt = self.lesson().beats.get(self.at).is_some_and(|beat| beat.hunt().is_some());
        for action in schedule {
            self.session_mut().act(action)?;
            if is_hunt {
                self.learner_acted();
            } else {
                self.was_shown();
            }
        }
        Ok(())
    }

    /// Begins the task again. What was tried stays in the session as a branch. False if there is no task here.
    pub fn reset_task(&mut self) -> bool {
        let Some(start) = self.task_start() else { return false };
        self.session_mut().jump(start);
        self.task_moved();
        true
    }

    /// Gives the task up: its solution is played, without credit. False if there is no open task here.
    pub fn skip_task(&mut self) -> bool {
        let open = self.task_parts().is_some_and(|(_, visit)| visit.state == TaskState::Open);
        let Some(start) = self.task_start().filter(|_| open) else { return false };
        self.session_mut().jump(start);
        for action in self.solution() {
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

    /// Going on from a task that is open: the first time it only says so, the second time it skips it.
    pub(super) fn next_in_task(&mut self) -> Option<Went> {
        let visit = self.task_visit_mut().filter(|visit| visit.state == TaskState::Open)?;
        if !visit.skips_next {
            visit.skips_next = true;
            return Some(Went::TaskIsOpen);
        }
        self.skip_task();
        Some(Went::Revealed)
    }

    /// Why the task that is open does not allow this; `None` if it does, or there is none.
    pub(super) fn task_refuses(&self, action: &Action) -> Option<String> {
        let (terms, visit) = self.task_parts()?;
        let judged = self.judged().filter(|_| visit.state == TaskState::Open)?;
        terms.refuses(action, judged.deliveries)
    }

    /// The learner took a step: whatever was shown of it before, now it is theirs.
    pub(super) fn learner_acted(&mut self) {
        let here = self.session().here();
        if let Some(visit) = self.task_visit_mut()
            && visit.shown.remove(&here)
        {
            visit.judged.clear();
        }
        self.task_moved();
    }

    /// Where the lesson goes on after this task.
    pub(super) fn task_end(&mut self, beat: usize) -> Option<NodeId> {
        let terms = self.plan.beats.get(beat)?.terms.as_ref()?;
        let (start, from_start) = (self.visits.get(beat)?.start, terms.from_start);
        let solution = self.plan.beats.get(beat)?.ways.first()?.actions.clone();
        Some(if from_start { start } else { self.play(start, &solution) })
    }

    fn task_start(&self) -> Option<NodeId> {
        self.visits.get(self.at).filter(|visit| visit.task.is_some()).map(|visit| visit.start)
    }

    fn task_parts(&self) -> Option<(&Terms, &TaskVisit)> {
        self.plan.beats.get(self.at)?.terms.as_ref().zip(self.visits.get(self.at)?.task.as_ref())
    }

    pub(super) fn task_visit_mut(&mut self) -> Option<&mut TaskVisit> {
        self.visits.get_mut(self.at)?.task.as_mut()
    }

    fn solution(&self) -> Vec<Action> {
        let way = self.plan.beats.get(self.at).and_then(|beat| beat.ways.first());
        way.map(|way| way.actions.clone()).unwrap_or_default()
    }

    fn was_shown(&mut self) {
        let here = self.session().here();
        if let Some(visit) = self.task_visit_mut()
            && visit.shown.insert(here)
        {
            visit.judged.remove(&here);
        }
    }

    /// Notes where we are, judges it, and gives credit where the goal is met.
    pub(super) fn task_moved(&mut self) {
        let here = self.session().here();
        let Some(judged) = self.judged() else { return };
        let Some(visit) = self.task_visit_mut() else { return };
        visit.here = here;
        visit.skips_next = false;
        if judged.met {
            visit.state = match visit.state {
                _ if judged.fair => TaskState::Solved,
                TaskState::Open => TaskState::Shown,
                other => other,
            };
        }
        visit.judged.insert(here, judged);
    }

    /// Whether the session is at the task's start or after it.
    pub(super) fn in_task(&self) -> bool {
        self.task_start().is_some_and(|start| self.session().is_after(start))
    }

    /// The moment that is shown, judged; `None` outside of the task.
    fn judged(&self) -> Option<Judged> {
        let (terms, visit) = self.task_parts()?;
        let (start, here) = (self.task_start()?, self.session().here());
        if let Some(known) = visit.judged.get(&here) {
            return Some(known.clone());
        }
        let stage = &self.plan.beats.get(self.at)?.before;
        let mut judged = terms.start(&stage.world, stage.watch());
        let inside = self.session().replay(start, |node, action, world, watch| {
            judged = terms.after(judged.clone(), action, world, watch);
            judged.fair &= !visit.shown.contains(&node);
        });
        inside.then_some(judged)
    }
}
