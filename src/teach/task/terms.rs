//! What a task's author asks for and allows, and a moment of it judged by that.

use crate::explore::Goal;
use crate::script::{FileError, Lesson, Line, Score, Try, VERBS, nearest, parse_action, verb_of};
use crate::teach::game::{GameTerms, GameView, Standing};
use crate::teach::plan::{Played, Stage, error_at};
use crate::teach::way::{Effort, Way};
use crate::world::{Action, Follow, Predicate, Watch, World};

/// What the author allows in a task.
#[derive(Clone, Debug)]
pub(in crate::teach) struct Terms {
    goal: Predicate,
    pub(super) allow: Vec<&'static str>,
    pub(super) without: Vec<&'static str>,
    pub(super) at_most: Option<usize>,
    pub(in crate::teach) game: Option<GameTerms>,
    /// Whether the lesson goes on from the task's start.
    pub(in crate::teach) from_start: bool,
}

/// A moment of a task, judged.
#[derive(Clone, Debug)]
// Each says something else of the moment, and a game needs them all.
#[allow(clippy::struct_excessive_bools)]
pub(in crate::teach) struct Judged {
    follow: Follow,
    pub(super) met: bool,
    /// The goal was met here or before.
    pub(super) reached: bool,
    /// The game is over: what ends it has happened.
    pub(in crate::teach) over: bool,
    pub(in crate::teach) game: Option<Standing>,
    pub(super) steps: usize,
    pub(super) deliveries: usize,
    /// Nothing before it was shown or against the task's terms.
    pub(super) fair: bool,
    /// How many steps of the solution led here, if nothing else did.
    pub(super) of_solution: Option<usize>,
}

impl Terms {
    /// What the author wrote, understood.
    pub(in crate::teach) fn new(lesson: &Lesson, name: &str, task: &Try, before: &Stage) -> Result<Self, FileError> {
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
    pub(super) fn way(
        &self,
        solution: &[Action],
        from: &Judged,
        stage: (&World, &Watch),
        effort: Effort,
    ) -> Option<Vec<Action>> {
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
    pub(in crate::teach) fn is_found(&self, before: &Stage, solution: &[Action]) -> bool {
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
    pub(super) fn limits(&self, used: usize) -> Option<String> {
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
    pub(in crate::teach) fn play(&self, task: &Try, before: &Stage) -> Result<Played, (Line, String)> {
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

    /// How the game stands, if it is one.
    pub(super) fn game_view(&self, judged: &Judged) -> Option<GameView> {
        Some(self.game.as_ref()?.view(judged.game.as_ref()?, judged.over))
    }

    /// Takes a step, and then the policy's.
    pub(in crate::teach) fn step(
        &self,
        played: &mut Played,
        judged: &mut Judged,
        action: Action,
    ) -> Result<(), String> {
        let mut next = Some(action);
        while let Some(action) = next {
            played.take(action.clone())?;
            *judged = self.after(judged.clone(), &action, &played.after.world, played.after.watch());
            next = judged.due();
        }
        Ok(())
    }

    pub(in crate::teach) fn start(&self, world: &World, watch: &Watch) -> Judged {
        let mut follow = Follow::new(&self.goal);
        let met = follow.observe(&self.goal, world, watch);
        let game = self.game.as_ref().map(|game| game.begin(world));
        let over = met && game.is_some();
        let met = met && game.is_none();
        Judged { follow, met, reached: met, over, game, steps: 0, deliveries: 0, fair: true, of_solution: Some(0) }
    }

    pub(super) fn after(&self, mut judged: Judged, action: &Action, world: &World, watch: &Watch) -> Judged {
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

/// Why a task does not allow a verb; `None` if it does.
pub(super) fn forbidden(allow: &[&str], without: &[&str], verb: &str) -> Option<String> {
    if !allow.is_empty() && !allow.contains(&verb) {
        return Some(format!("you may only {} in this task, not {verb}", listed(allow, "and")));
    }
    without.contains(&verb).then(|| format!("you may not {verb} in this task"))
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
