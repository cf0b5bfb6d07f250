//! A free task: its goal followed over whatever the learner does, its limits, hints, and its solution step by step.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::explore::Goal;
use crate::script::{
    BeatKind, FileError, Lesson, Line, Score, Try, VERBS, action_text, nearest, parse_action, verb_of,
};
use crate::session::NodeId;
use crate::world::{Action, Follow, Predicate, Refusal, Watch, World};

use super::game::{GameTerms, GameView, POLICY_RUNS, Standing};
use super::plan::{Played, Stage, error_at};
use super::player::{Player, Went};
use super::way::{Effort, Way};

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
    /// Why its goal is not met any more without beginning again, where that is certain.
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
        forbidden(&self.allow, &self.without, verb)
    }

    /// Whether this verb is one to solve it with: its author names it, or uses it in the solution.
    pub fn is_for(&self, verb: &str) -> bool {
        self.allow.contains(&verb) || self.uses.contains(&verb)
    }
}

/// Why a task does not allow a verb; `None` if it does.
fn forbidden(allow: &[&str], without: &[&str], verb: &str) -> Option<String> {
    if !allow.is_empty() && !allow.contains(&verb) {
        return Some(format!("you may only {} in this task, not {verb}", listed(allow, "and")));
    }
    without.contains(&verb).then(|| format!("you may not {verb} in this task"))
}

/// Why a task's goal cannot be met, or is not met this way: nothing that can still arrive changes anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stuck {
    /// In a hunt: in this order nothing broke.
    NothingBroke,
    /// Nothing but deliveries is allowed.
    OutOfReach,
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

/// What the author allows in a task.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    goal: Predicate,
    allow: Vec<&'static str>,
    without: Vec<&'static str>,
    at_most: Option<usize>,
    pub(super) game: Option<GameTerms>,
    /// Whether the lesson goes on from the task's start.
    pub(super) from_start: bool,
}

/// What became of a task.
#[derive(Clone, Debug)]
pub(super) struct TaskVisit {
    /// Where the learner is in it, or was last.
    pub(super) here: NodeId,
    pub(super) hints: usize,
    /// Which of them is in sight, the first being 1.
    pub(super) hint: usize,
    pub(super) state: TaskState,
    /// The moments that a step which was shown led to.
    pub(super) shown: BTreeSet<NodeId>,
    judged: BTreeMap<NodeId, Judged>,
    /// Where going on shows the next step of the solution.
    walks_at: Option<NodeId>,
    /// From where going on showed steps of the solution, one place a press.
    rests: Vec<NodeId>,
    /// Its end, if it was come back to from behind: then going back and on lead over the whole of it.
    came_back_to: Option<NodeId>,
    /// Whether the learner did more than go on: a step of their own, a hint, a step that they asked for.
    own: bool,
    /// Where the goal was met last.
    pub(super) met: Option<Met>,
}

/// Where a goal was met.
#[derive(Clone, Debug)]
pub(super) struct Met {
    pub(super) at: NodeId,
    /// In a hunt the steps to there: what comes after it is about this run.
    pub(super) steps: Vec<String>,
}

/// A moment of a task, judged.
#[derive(Clone, Debug)]
// Each says something else of the moment, and a game needs them all.
#[allow(clippy::struct_excessive_bools)]
pub(super) struct Judged {
    follow: Follow,
    pub(super) met: bool,
    /// The goal was met here or before.
    reached: bool,
    /// The game is over: what ends it has happened.
    pub(super) over: bool,
    pub(super) game: Option<Standing>,
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
            hint: 0,
            state: TaskState::Open,
            shown: BTreeSet::new(),
            judged: BTreeMap::new(),
            walks_at: None,
            rests: Vec::new(),
            came_back_to: None,
            own: false,
            met: None,
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
        let part = if task.game.is_some() { "until" } else { "goal" };
        if let Some(unknown) = task.goal.predicate.unknown_name(before.world.cluster()) {
            return Err(error_at(lesson, &task.goal.line, &format!("{name}, `{part}`: {unknown}")));
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
            goal: task.goal.predicate.clone(),
            allow: verbs(&task.allow)?,
            without: verbs(&task.without)?,
            at_most: task.at_most.map(|limit| limit.number),
            game: task.game.as_ref().map(|game| GameTerms::new(lesson, name, game)).transpose()?,
            from_start,
        })
    }

    /// The shortest way to the goal from here, if it keeps to the terms and is found with this effort. A game is not
    /// searched: its policy answers each step.
    fn way(&self, solution: &[Action], from: &Judged, stage: (&World, &Watch), effort: Effort) -> Option<Vec<Action>> {
        if self.game.is_some() {
            return None;
        }
        let allows = |verb| (self.allow.is_empty() || self.allow.contains(&verb)) && !self.without.contains(&verb);
        let goal = Goal::Find(self.goal.clone(), from.follow.clone());
        let (world, watch) = stage;
        let way = Way { world, watch, goal, solution, allows: &allows }.shortest(effort)?;
        let mut judged = from.clone();
        let kept = way.iter().all(|action| {
            let fine = self.refuses(action, &judged).is_none();
            judged.deliveries += usize::from(matches!(action, Action::Deliver(_)));
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

    /// Why the learner may not take this action at such a moment; `None` if they may.
    pub(super) fn refuses(&self, action: &Action, judged: &Judged) -> Option<String> {
        if let (Some(game), Some(standing)) = (&self.game, &judged.game) {
            let again = || "it has been decided, and the game is over: begin it again".to_owned();
            return match (judged.over, judged.met) {
                (false, _) => game.refuses(standing, action),
                (true, met) => (!met).then(again),
            };
        }
        let verb = verb_of(action);
        if let Some(why) = forbidden(&self.allow, &self.without, verb) {
            return Some(why);
        }
        match self.at_most {
            Some(most) if verb == "deliver" && judged.deliveries >= most => Some(format!(
                "this task allows {most} deliveries, and all of them are used: go back, or begin it again"
            )),
            _ => None,
        }
    }

    /// What is demanded besides the goal, and how much of it is used up.
    fn limits(&self, used: usize) -> Option<String> {
        let most = self.at_most.map(|most| match used {
            0 => format!("at most {most} deliveries"),
            _ => format!("{used} of {most} deliveries used"),
        });
        // Nobody who was not told of it thinks of changing a rule.
        let forbidden: Vec<&str> = self.without.iter().copied().filter(|verb| *verb != "rule").collect();
        let only = (!self.allow.is_empty()).then(|| format!("you may only {}", listed(&self.allow, "and")));
        let without = (!forbidden.is_empty()).then(|| format!("you may not {}", listed(&forbidden, "or")));
        let game = self.game.as_ref().map(GameTerms::limits);
        let all: Vec<String> = [only, without, most, game].into_iter().flatten().collect();
        (!all.is_empty()).then(|| all.join("; "))
    }

    /// Plays the solution, and so proves that a task can be solved as its author says, and not without doing anything;
    /// else where it is wrong and why. What a policy does between the learner's steps is part of what is played.
    pub(super) fn play(&self, task: &Try, before: &Stage) -> Result<Played, (Line, String)> {
        let goal = &task.goal.line;
        let what_of = |what: &str| match self.game.as_ref().map(|game| game.score) {
            Some(Score::Beat(limit)) => (Line { text: String::new(), at: limit.at }, format!("the score {what}")),
            _ => (goal.clone(), format!("the goal {goal} {what}")),
        };
        let mut played = Played { actions: Vec::new(), after: before.clone() };
        let mut judged = self.start(&before.world, before.watch());
        if judged.met || judged.over {
            return Err(what_of("is met at the task's start already"));
        }
        let count = task.solution.len();
        for (index, line) in task.solution.iter().enumerate() {
            if judged.met {
                let what = format!("is met after {index} of the solution's {count} steps already");
                return Err(what_of(&(what + "; leave the others out, or ask for more")));
            }
            let deliveries = judged.deliveries;
            let fail = |why: String| {
                let limit = task.at_most.filter(|limit| deliveries >= limit.number);
                let at = limit.map_or(line.at, |limit| limit.at);
                (Line { text: String::new(), at }, format!("the solution's step {}, `{line}`, {why}", index + 1))
            };
            let action = parse_action(&line.text, &played.after.world);
            let action = action.map_err(|error| (line.clone(), format!("action {}, `{line}`: {error}", index + 1)))?;
            if let Some(why) = self.refuses(&action, &judged) {
                return Err(fail(format!("is not allowed: {why}")));
            }
            self.step(&mut played, &mut judged, action).map_err(|why| fail(format!("cannot be taken: {why}")))?;
        }
        if judged.met { Ok(played) } else { Err(what_of("is not met when the solution ends")) }
    }

    /// Takes a step, and then the policy's.
    pub(super) fn step(&self, played: &mut Played, judged: &mut Judged, action: Action) -> Result<(), String> {
        let mut next = Some(action);
        while let Some(action) = next {
            played.take(action.clone())?;
            *judged = self.after(judged.clone(), &action, &played.after.world, played.after.watch());
            next = judged.due();
        }
        Ok(())
    }

    pub(super) fn start(&self, world: &World, watch: &Watch) -> Judged {
        let mut follow = Follow::new(&self.goal);
        let met = follow.observe(&self.goal, world, watch);
        let game = self.game.as_ref().map(|game| game.begin(world));
        let over = met && game.is_some();
        let met = met && game.is_none();
        Judged { follow, met, reached: met, over, game, steps: 0, deliveries: 0, fair: true }
    }

    fn after(&self, mut judged: Judged, action: &Action, world: &World, watch: &Watch) -> Judged {
        let by_policy = judged.due().as_ref() == Some(action);
        judged.fair &= by_policy || self.refuses(action, &judged).is_none();
        judged.steps += 1;
        judged.deliveries += usize::from(matches!(action, Action::Deliver(_)));
        let holds = judged.follow.observe(&self.goal, world, watch);
        let (Some(game), Some(standing)) = (&self.game, &mut judged.game) else {
            judged.met = holds;
            judged.reached |= holds;
            return judged;
        };
        // What comes after the end is no part of the game.
        if !judged.over {
            game.observe(standing, action, world);
        }
        judged.over |= holds;
        judged.met = match game.score {
            Score::Beat(mark) => (judged.met || standing.clock >= mark.number) && !holds,
            Score::Bound(_) => judged.over,
        };
        judged.reached |= judged.met;
        judged
    }
}

impl Judged {
    /// What a policy does before the learner does anything more.
    pub(super) fn due(&self) -> Option<Action> {
        let standing = self.game.as_ref().filter(|_| !self.met && !self.over)?;
        standing.due.clone()
    }
}

/// Of a solution with more steps than this going on shows some at a press.
const LONG_SOLUTION: usize = 12;

/// In about so many presses a long solution is shown.
const PRESSES: usize = 8;

/// How many steps of a solution with so many going on shows at a press.
fn stride(steps: usize) -> usize {
    if steps > LONG_SOLUTION { steps.div_ceil(PRESSES) } else { 1 }
}

/// The verbs as a sentence lists them: `deliver, drop and elect`.
fn listed(verbs: &[&str], last: &str) -> String {
    match verbs.split_last() {
        Some((end, [])) => (*end).to_owned(),
        Some((end, others)) => format!("{} {last} {end}", others.join(", ")),
        None => String::new(),
    }
}

fn verb(line: &Line) -> Result<&'static str, String> {
    VERBS.into_iter().find(|verb| *verb == line.text).ok_or_else(|| match nearest(&line.text, VERBS) {
        Some(near) => format!("`{line}` is no verb of the action language; did you mean `{near}`?"),
        None => format!("`{line}` is no verb of the action language: expected one of {}", VERBS.join(", ")),
    })
}

fn game_view(terms: &Terms, judged: Option<&Judged>) -> Option<GameView> {
    let judged = judged?;
    Some(terms.game.as_ref()?.view(judged.game.as_ref()?, judged.over))
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
            goal: file.goal.line.text.clone(),
            limits: terms.limits(judged.as_ref().map_or(0, |judged| judged.deliveries)),
            hints: file.hints.iter().take(visit.hints).map(|hint| hint.text.clone()).collect(),
            hint_count: file.hints.len(),
            steps: judged.as_ref().map_or(0, |judged| judged.steps),
            deliveries: judged.as_ref().map_or(0, |judged| judged.deliveries),
            at_most: terms.at_most,
            game: game_view(terms, judged.as_ref()),
            state: visit.state,
            reached: judged.as_ref().is_some_and(|judged| judged.reached),
            shown: self.shown_of_solution(visit),
            stride: stride(self.solution().len()),
            coming: self.coming(),
            hint: visit.hint,
            stuck: self.stuck(terms),
            allow: terms.allow.clone(),
            without: terms.without.clone(),
            uses: self.solution().iter().map(verb_of).collect(),
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

    /// Whether nothing that can arrive leads anywhere any more. Only a step or an election from elsewhere might.
    fn stuck(&self, terms: &Terms) -> Option<Stuck> {
        let only_delivers = terms.allow.as_slice() == ["deliver"] && terms.game.is_none();
        let why = if self.is_hunt(self.at) { Stuck::NothingBroke } else { Stuck::OutOfReach };
        let is_asked = why == Stuck::NothingBroke || only_delivers;
        if !is_asked || !self.in_task() || self.judged().is_none_or(|judged| judged.reached || judged.steps == 0) {
            return None;
        }
        self.session().world().is_idle().then_some(why)
    }

    /// Which step of the solution going on leads to, and how many it has, while it shows them.
    fn coming(&self) -> Option<(usize, usize)> {
        let count = self.solution().len();
        let (stride, taken) = (stride(count), self.taken_of_solution().filter(|_| self.walks())?);
        Some((((taken / stride + 1) * stride).min(count), count))
    }

    /// Whether the learner did nothing so far but go on: a lecturer in front of a class does so.
    pub fn was_only_shown(&self) -> bool {
        let own = self.visits.iter().filter_map(|visit| visit.task.as_ref()).any(|task| task.own);
        !own && self.tally().answered() == 0
    }

    /// Which step of the solution was shown last, if we are on its way.
    fn shown_of_solution(&self, visit: &TaskVisit) -> Option<(usize, usize)> {
        let was_shown = visit.shown.contains(&self.session().here());
        let step = if was_shown { self.taken_of_solution()? } else { return None };
        Some((step, self.solution().len()))
    }

    /// How many steps of the solution were taken, if nothing else was.
    fn taken_of_solution(&self) -> Option<usize> {
        let (solution, mut taken) = (self.solution(), Vec::new());
        let inside = self.session().replay(self.task_start()?, |_, action, _, _| taken.push(action.clone()));
        (inside && solution.starts_with(&taken)).then_some(taken.len())
    }

    /// Shows steps of the solution as far as going on does: one, or of a long solution up to the next of its strides.
    fn show_stride(&mut self) -> Showed {
        let stride = stride(self.solution().len());
        let strides = |player: &Self| player.taken_of_solution().map(|step| step / stride);
        let before = strides(self).unwrap_or(0);
        loop {
            let showed = self.show_one();
            let goes_on = showed == Showed::Step && self.task_is_open() && strides(self) == Some(before);
            if !goes_on {
                return showed;
            }
        }
    }

    /// "Show me one step": takes the next step of the solution if we are on its way, else the first step of the shortest
    /// way from here; if none is found soon, it leads back to the task's start. A run with such a step in it earns
    /// nothing; begun again it can.
    pub fn show_step(&mut self) -> Showed {
        if let Some(visit) = self.task_visit_mut() {
            (visit.own, visit.came_back_to) = (true, None);
        }
        self.show_one()
    }

    fn show_one(&mut self) -> Showed {
        let Some(start) = self.task_start() else { return Showed::Nothing };
        if self.judged().is_some_and(|judged| judged.met) {
            return Showed::Nothing;
        }
        let showed = match self.next_of_solution() {
            None => self.show_own_way(&self.solution()).unwrap_or_else(|| {
                self.session_mut().jump(start);
                Showed::BackToStart
            }),
            // The plan took it in this very state: it is not refused.
            Some(action) => {
                if self.session_mut().act(action).is_err() {
                    return Showed::Nothing;
                }
                self.was_shown();
                self.let_policy_act();
                // What the policy answers belongs to the step.
                self.was_shown();
                Showed::Step
            }
        };
        self.task_moved();
        showed
    }

    /// What the solution does next, if we are on it.
    fn next_of_solution(&self) -> Option<Action> {
        self.solution().into_iter().nth(self.taken_of_solution()?)
    }

    /// The step that going on would show, while it shows the solution.
    pub fn next_shown(&self) -> Option<Action> {
        self.next_of_solution().filter(|_| self.walks())
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

    pub(super) fn is_hunt(&self, beat: usize) -> bool {
        self.lesson().beats.get(beat).is_some_and(|beat| beat.hunt().is_some())
    }

    /// Begins the task again, with no hint in sight; skipped or shown, it can still be solved. What was tried stays in the
    /// session as a branch. False if there is no task here.
    pub fn reset_task(&mut self) -> bool {
        let Some(start) = self.task_start() else { return false };
        self.session_mut().jump(start);
        if let Some(visit) = self.task_visit_mut() {
            (visit.hints, visit.hint) = (0, 0);
            (visit.walks_at, visit.came_back_to) = (None, None);
            visit.rests.clear();
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

    /// Whether there is a task here that was never solved, nor its goal reached on the way to the moment that is shown.
    fn task_is_open(&self) -> bool {
        let solved = self.task_parts().is_none_or(|(_, visit)| visit.state == TaskState::Solved);
        !solved && self.judged().is_some_and(|judged| !judged.reached)
    }

    /// Whether going on shows the next step of the solution: it said so before, or a step was shown just now.
    pub fn walks(&self) -> bool {
        let here = self.session().here();
        let walks = |visit: &TaskVisit| visit.walks_at == Some(here) || visit.shown.contains(&here);
        self.task_is_open() && self.task_parts().is_some_and(|(_, visit)| walks(visit))
    }

    /// From here on going on shows the solution at once: for a class nothing need be said before.
    pub fn begin_walk(&mut self) {
        let here = self.session().here();
        let is_open = self.in_task() && self.task_is_open();
        if let Some(visit) = self.task_visit_mut().filter(|_| is_open) {
            visit.walks_at = Some(here);
        }
    }

    /// Whoever did something else is asked again before a first step is shown.
    pub fn forget_walk(&mut self) {
        if let Some(visit) = self.task_visit_mut() {
            visit.walks_at = None;
        }
    }

    /// This beat was come back to from the one behind it: if steps were shown up to here, they are gone over as a whole.
    pub(super) fn came_back(&mut self) {
        let here = self.session().here();
        let is_end = self.judged().is_some_and(|judged| judged.reached);
        if let Some(visit) = self.task_visit_mut() {
            visit.came_back_to = Some(here).filter(|here| is_end && visit.shown.contains(here));
        }
    }

    /// Over the whole of a task that was come back to from behind: from its end to its start, or from there to its end.
    fn stride_over(&mut self, forward: bool) -> bool {
        let (here, start) = (self.session().here(), self.task_start());
        let end = self.task_parts().and_then(|(_, visit)| visit.came_back_to);
        let (Some(start), Some(end)) = (start, end) else { return false };
        let (from, to) = if forward { (start, end) } else { (end, start) };
        if here != from {
            return false;
        }
        self.session_mut().jump(to);
        self.task_moved();
        if let Some(visit) = self.task_visit_mut() {
            visit.walks_at = Some(to);
            visit.rests.clear();
        }
        true
    }

    /// Going on from a task that is open: the first time it only says so, from then on it shows the solution step by step.
    pub(super) fn next_in_task(&mut self) -> Option<Went> {
        if !self.task_is_open() {
            return None;
        }
        if self.stride_over(true) {
            return Some(Went::Step(Showed::Step));
        }
        let walks = self.walks();
        let rest = self.session().here();
        if let Some(visit) = self.task_visit_mut().filter(|_| walks) {
            visit.rests.push(rest);
        }
        let showed = if walks { self.show_stride() } else { Showed::Nothing };
        let here = self.session().here();
        self.task_visit_mut()?.walks_at = Some(here);
        match showed {
            _ if !walks => Some(Went::TaskIsOpen),
            // A game that is lost: there is no step to show.
            Showed::Nothing => None,
            showed => Some(Went::Step(showed)),
        }
    }

    /// Takes the last step that was shown back, with what the policy of a game answered to it. False if we are after none.
    pub(super) fn previous_in_task(&mut self) -> bool {
        let Some(start) = self.task_start() else { return false };
        if self.stride_over(false) {
            return true;
        }
        let here = self.session().here();
        let Some((_, visit)) = self.task_parts() else { return false };
        let mut after_shown = visit.shown.contains(&here);
        if visit.walks_at == Some(here) {
            self.session().replay(start, |moment, _, _, _| after_shown |= visit.shown.contains(&moment));
        }
        if here == start || !after_shown {
            return false;
        }
        let rest = self.last_rest();
        loop {
            let here = self.session().here();
            let was_shown = self.task_parts().is_some_and(|(_, visit)| visit.shown.contains(&here));
            if here == start || !self.session_mut().back() {
                break;
            }
            if rest.map_or(was_shown, |rest| self.session().here() == rest) {
                break;
            }
        }
        self.task_moved();
        let here = self.session().here();
        if let Some(visit) = self.task_visit_mut() {
            visit.walks_at = Some(here);
        }
        true
    }

    /// From where going on showed the steps that led to here.
    fn last_rest(&mut self) -> Option<NodeId> {
        let here = self.session().here();
        loop {
            let rest = self.task_visit_mut()?.rests.pop()?;
            if rest != here && self.session().is_after(rest) {
                return Some(rest);
            }
        }
    }

    /// Why the task that is open does not allow this; `None` if it does, or there is none.
    pub(super) fn task_refuses(&self, action: &Action) -> Option<String> {
        let (terms, visit) = self.task_parts()?;
        let judged = self.judged().filter(|_| visit.state == TaskState::Open)?;
        terms.refuses(action, &judged)
    }

    /// In a game the policy's steps follow the learner's.
    pub(super) fn let_policy_act(&mut self) {
        while let Some(action) = self.judged().and_then(|judged| judged.due()) {
            if self.session_mut().act(action).is_err() {
                break;
            }
        }
    }

    /// The learner took a step: whatever was shown of it before, now it is theirs.
    pub(super) fn learner_acted(&mut self) {
        self.is_learners();
        self.task_moved();
    }

    /// The step to here is none that was shown.
    fn is_learners(&mut self) {
        let here = self.session().here();
        if let Some(visit) = self.task_visit_mut() {
            (visit.own, visit.came_back_to) = (true, None);
        }
        if let Some(visit) = self.task_visit_mut()
            && visit.shown.remove(&here)
        {
            visit.judged.clear();
        }
    }

    /// Where the question after a hunt is asked: in the run that met its goal.
    pub(super) fn hunt_end(&self, beat: usize) -> Option<NodeId> {
        let met = self.visits.get(beat)?.task.as_ref()?.met.as_ref()?;
        self.is_hunt(beat).then_some(met.at)
    }

    /// Whether the learner met the goal of this task in a run of their own, and the beat after it begins elsewhere: in the
    /// run of the lesson's solution.
    pub(super) fn leaves_own_run(&self, beat: usize) -> bool {
        let follows =
            self.plan.beats.get(beat).and_then(|beat| beat.terms.as_ref()).is_some_and(|terms| !terms.from_start);
        let task = self.visits.get(beat).and_then(|visit| visit.task.as_ref());
        let met = task.filter(|task| task.state == TaskState::Solved).and_then(|task| task.met.as_ref());
        let (Some(met), Some(next)) = (met.filter(|_| follows), self.visits.get(beat + 1)) else { return false };
        let world = |node| self.session().world_at(node);
        self.put_back_after(beat).is_none() && met.at != next.start && world(met.at) != world(next.start)
    }

    /// Where the lesson goes on after this task.
    pub(super) fn task_end(&mut self, beat: usize) -> Option<NodeId> {
        let terms = self.plan.beats.get(beat)?.terms.as_ref()?;
        let (start, from_start) = (self.visits.get(beat)?.start, terms.from_start);
        let solution = self.plan.beats.get(beat)?.ways.first()?.actions.clone();
        Some(if from_start { start } else { self.play(start, &solution) })
    }

    pub(super) fn task_start(&self) -> Option<NodeId> {
        self.visits.get(self.at).filter(|visit| visit.task.is_some()).map(|visit| visit.start)
    }

    fn task_parts(&self) -> Option<(&Terms, &TaskVisit)> {
        self.plan.beats.get(self.at)?.terms.as_ref().zip(self.visits.get(self.at)?.task.as_ref())
    }

    pub(super) fn task_visit_mut(&mut self) -> Option<&mut TaskVisit> {
        self.visits.get_mut(self.at)?.task.as_mut()
    }

    pub(super) fn solution(&self) -> Vec<Action> {
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
