//! A lesson played through once: every text turned into what it means, and every world that the lesson goes through.

use crate::pmmc::{Bug, StableField};
use crate::script::{Ask, BeatKind, FileError, Fork, Lesson, Line, Origin, Play, Predict, parse_action};
use crate::session::{Autoplay, Policy, Settings};
use crate::world::{Action, Costs, Envelope, Follow, History, Setup, SetupError, Watch, World};

use super::asked::Asked;
use super::count::Counted;
use super::predict::Prediction;
use super::table::{Column, Table};
use super::task::Terms;

/// The state at one moment of a lesson.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    pub(super) world: World,
    watch: Watch,
    costs: Costs,
}

impl Stage {
    /// The beginning of a run.
    pub(super) fn new(setup: &Setup) -> Result<Self, SetupError> {
        let world = World::new(setup)?;
        Ok(Self { watch: Watch::new(&world), world, costs: Costs::default() })
    }

    /// What was ever voted and decided up to now.
    pub(super) fn history(&self) -> &History {
        self.watch.history()
    }

    /// What was watched up to now.
    pub(super) fn watch(&self) -> &Watch {
        &self.watch
    }

    /// What was spent up to now.
    pub(super) fn costs(&self) -> &Costs {
        &self.costs
    }

    pub(super) fn take(&mut self, action: &Action) -> Result<(), String> {
        let before = self.world.clone();
        let events = self.world.apply(action).map_err(|refusal| refusal.to_string())?;
        self.watch.observe(&before, &self.world, &events);
        self.costs.observe(action, &events);
        Ok(())
    }
}

/// One way that a beat can go.
#[derive(Clone, Debug)]
pub(super) struct Played {
    pub(super) actions: Vec<Action>,
    pub(super) after: Stage,
}

/// A beat, played.
#[derive(Clone, Debug)]
pub(super) struct PlannedBeat {
    pub(super) before: Stage,
    /// The ways that it can go: one, or as many as a fork has futures.
    pub(super) ways: Vec<Played>,
    /// From which of its ways the lesson goes on.
    pub(super) then: usize,
    /// The question, if it asks one.
    pub(super) asked: Option<Asked>,
    /// What is allowed, if it is a task.
    pub(super) terms: Option<Terms>,
    /// What is compared, if it compares.
    pub(super) table: Option<Table>,
    /// Where the compared runs end that are no branches of the lesson's run.
    pub(super) elsewhere: Vec<Stage>,
    /// What became of the rule that is broken in it, as it is said.
    pub(super) broken: Option<String>,
    /// It goes back: what was broken is put back, or it is about what else could have followed.
    pub(super) back: Option<Back>,
}

/// Where a beat begins that goes back to an earlier one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Back {
    pub(super) beat: usize,
    /// Which of its futures, where that one ended; `None`: where the beat began.
    pub(super) future: Option<usize>,
}

impl Back {
    fn stage(self, beats: &[PlannedBeat]) -> Option<&Stage> {
        let earlier = beats.get(self.beat)?;
        match self.future {
            Some(future) => earlier.ways.get(future).map(|way| &way.after),
            None => Some(&earlier.before),
        }
    }
}

/// A lesson, played.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) way: Vec<Action>,
    pub(super) beats: Vec<PlannedBeat>,
}

/// A rule that is broken for some beats.
struct Broken {
    /// The beat that broke it, and the first one that is whole again.
    by: usize,
    until: usize,
    rule: String,
}

impl Plan {
    /// Plays the lesson to its end, or to the first thing in it that cannot be done.
    pub(super) fn new(lesson: &Lesson) -> Result<Self, FileError> {
        let start = Stage::new(&lesson.setup).map_err(|error| error_at(lesson, &lesson.title, &error.to_string()))?;
        let way = play(lesson, "the way", &start, &lesson.way)?;
        let mut now = way.after;
        let mut beats: Vec<PlannedBeat> = Vec::new();
        let mut broken: Option<Broken> = None;
        for index in 0..lesson.beats.len() {
            let mended = broken.take_if(|broken| broken.until == index);
            let mended = mended.map(|broken| Back { beat: broken.by, future: None });
            let back = begins_at(lesson, index, &beats, broken.as_ref())?.or(mended);
            if let Some(earlier) = back.and_then(|back| back.stage(&beats)) {
                now = earlier.clone();
            }
            let mut beat = plan_beat(lesson, index, &now)?;
            beat.back = back;
            if let BeatKind::Break { rule, beats: count } = &lesson.beats[index].kind {
                let until = index + 1 + count.number;
                begin_break(lesson, index, rule, broken.as_ref(), until)?;
                broken = Some(Broken { by: index, until, rule: rule.text.clone() });
            }
            beat.broken = broken.as_ref().map(|broken| said(&broken.rule));
            let stays = beat.terms.as_ref().is_some_and(|terms| terms.from_start);
            if let Some(played) = beat.ways.get(beat.then).filter(|_| !stays) {
                now = played.after.clone();
            }
            beats.push(beat);
        }
        Ok(Self { way: way.actions, beats })
    }
}

/// Where this beat begins, if it names an earlier one.
fn begins_at(
    lesson: &Lesson,
    index: usize,
    beats: &[PlannedBeat],
    broken: Option<&Broken>,
) -> Result<Option<Back>, FileError> {
    let Some(Origin { beat: from, future }) = &lesson.beats[index].origin else { return Ok(None) };
    let name = name_beat(lesson, index);
    let Some(beat) = lesson.beats.iter().take(index).position(|beat| beat.title.text == from.text) else {
        let what = format!("{name}: `from` names no beat before this one: expected the title of one");
        return Err(error_at(lesson, from, &what));
    };
    if broken.is_some() || beats.iter().skip(beat).any(|beat| beat.broken.is_some()) {
        let what =
            format!("{name}: a rule is broken between the beat that `from` names and this one: leave `from` out");
        return Err(error_at(lesson, from, &what));
    }
    let future = future.as_ref().map(|future| future_at(lesson, &name, beat, future)).transpose()?;
    Ok(Some(Back { beat, future }))
}

/// Which future of that beat has this name.
fn future_at(lesson: &Lesson, name: &str, beat: usize, future: &Line) -> Result<usize, FileError> {
    let earlier = &lesson.beats[beat];
    earlier.future(future).ok_or_else(|| {
        let what = match &earlier.kind {
            BeatKind::Or(fork) => format!("names no future of that beat: expected one of {}", names(fork)),
            _ => "is of an `Or`, and the beat that `from` names is none: leave `future` out".to_owned(),
        };
        error_at(lesson, future, &format!("{name}: `future` {what}"))
    })
}

/// The names of its futures, to choose from.
fn names(fork: &Fork) -> String {
    fork.futures.iter().map(|future| format!("\"{}\"", future.name)).collect::<Vec<_>>().join(", ")
}

/// What became of a rule: in quotation marks stands the one that is switched off, so that nobody takes it for what holds.
fn said(change: &str) -> String {
    let bug = change.strip_prefix("broken +");
    let bug = bug.and_then(|name| Bug::ALL.iter().copied().find(|bug| bug.name() == name));
    let field = change.strip_prefix("stable -").and_then(StableField::named);
    match bug.map(Bug::rule).or(field.map(StableField::rule)) {
        Some(rule) => format!("switched off: \"{rule}\""),
        None => format!("changed: {change}"),
    }
}

fn begin_break(
    lesson: &Lesson,
    index: usize,
    rule: &Line,
    broken: Option<&Broken>,
    until: usize,
) -> Result<(), FileError> {
    let name = name_beat(lesson, index);
    let left = lesson.beats.len() - index - 1;
    let what = if let Some(broken) = broken {
        format!("{name}: `{}` is still broken here: one rule at a time; make its `beats` fewer", broken.rule)
    } else if until == index + 1 || until > lesson.beats.len() {
        format!("{name}: `beats` says for how many beats it is broken: expected 1 to {left}")
    } else {
        return Ok(());
    };
    Err(error_at(lesson, rule, &what))
}

/// The most actions of one beat, one future or the way: nobody can follow more.
const MOST_STEPS: usize = 500;

/// An error at this line of the lesson's file.
pub(super) fn error_at(lesson: &Lesson, line: &Line, what: &str) -> FileError {
    FileError::new(&lesson.file, line.at, what)
}

/// How an error names a beat: `beat 4 (A late p1a)`.
pub(super) fn name_beat(lesson: &Lesson, index: usize) -> String {
    let title: String = lesson.beats.get(index).iter().flat_map(|beat| beat.title.text.chars()).take(60).collect();
    format!("beat {} ({title})", index + 1)
}

fn plan_beat(lesson: &Lesson, index: usize, before: &Stage) -> Result<PlannedBeat, FileError> {
    let name = name_beat(lesson, index);
    let one_way = |actions: &[Line]| play(lesson, &name, before, actions).map(|played| vec![played]);
    let mut planned = PlannedBeat {
        before: before.clone(),
        ways: Vec::new(),
        then: 0,
        asked: None,
        terms: None,
        table: None,
        elsewhere: Vec::new(),
        broken: None,
        back: None,
    };
    let no_steps = || vec![Played { actions: Vec::new(), after: before.clone() }];
    match &lesson.beats[index].kind {
        BeatKind::Say => planned.ways = no_steps(),
        BeatKind::Ask(ask) => {
            planned.ways = no_steps();
            planned.asked = Some(plan_ask(lesson, &name, ask)?);
        }
        BeatKind::Try(task) => {
            let terms = Terms::new(lesson, &name, task, before)?;
            let solution = terms.play(task, before);
            let played = solution.map_err(|(line, why)| error_at(lesson, &line, &format!("{name}: {why}")))?;
            planned.ways = vec![played];
            planned.terms = Some(terms);
        }
        BeatKind::Do(actions) => planned.ways = one_way(actions)?,
        BeatKind::Predict(predict) => {
            planned.ways = one_way(&predict.actions)?;
            planned.asked = plan_question(lesson, &name, predict, &planned)?;
        }
        BeatKind::Or(fork) => plan_fork(lesson, &name, fork, &mut planned)?,
        BeatKind::Compare { fork, rows } => plan_comparison(lesson, &name, fork, rows, &mut planned)?,
        BeatKind::Play(play) => planned.ways = vec![play_by_itself(lesson, &name, before, play)?],
        BeatKind::Break { rule, .. } => {
            let line = Line { text: format!("rule {rule}"), at: rule.at };
            planned.ways = one_way(&[line])?;
        }
    }
    Ok(planned)
}

fn plan_question(
    lesson: &Lesson,
    name: &str,
    predict: &Predict,
    planned: &PlannedBeat,
) -> Result<Option<Asked>, FileError> {
    let Some(played) = planned.ways.first() else { return Ok(None) };
    if let Some(count) = &predict.count {
        let counted = Counted::new(&count.text, &played.after);
        let counted = counted.map_err(|why| error_at(lesson, count, &format!("{name}, `count`: {why}")))?;
        return Ok(Some(Asked::Count(counted)));
    }
    let Some(action) = played.actions.first() else { return Ok(None) };
    let question = Prediction::new(&planned.before.world, action);
    let line = predict.actions.first().unwrap_or(&predict.ask);
    let question = question.map_err(|error| error_at(lesson, line, &format!("{name}: {error}")))?;
    Ok(Some(Asked::Engine(question)))
}

fn plan_fork(lesson: &Lesson, name: &str, fork: &Fork, planned: &mut PlannedBeat) -> Result<(), FileError> {
    for future in &fork.futures {
        let name = format!("{name}, future \"{}\"", future.name);
        planned.ways.push(play(lesson, &name, &planned.before, &future.actions)?);
    }
    if let Some(then) = &fork.then {
        let at = fork.futures.iter().position(|future| future.name == *then);
        planned.then = at.ok_or_else(|| {
            let what = format!("{name}: `then` names no future: expected one of {}", names(fork));
            error_at(lesson, then, &what)
        })?;
    }
    Ok(())
}

/// Two runs side by side: from here on, or each in a cluster of its own from the beginning.
fn plan_comparison(
    lesson: &Lesson,
    name: &str,
    fork: &Fork,
    rows: &[Line],
    planned: &mut PlannedBeat,
) -> Result<(), FileError> {
    let elsewhere = fork.futures.iter().filter(|future| future.cluster.is_some()).count();
    let mut columns = Vec::new();
    if elsewhere == 0 {
        plan_fork(lesson, name, fork, planned)?;
        columns.extend(planned.ways.iter().map(|way| way.after.clone()));
    } else if elsewhere < fork.futures.len() {
        let odd = fork.futures.iter().find(|future| future.cluster.is_none()).map_or(&lesson.title, |odd| &odd.name);
        let what = format!("{name}: some runs have a `cluster` of their own: give this one a `cluster`, too");
        return Err(error_at(lesson, odd, &what));
    } else {
        for future in &fork.futures {
            let name = format!("{name}, run \"{}\"", future.name);
            let cluster = future.cluster.unwrap_or(lesson.setup.cluster);
            let start = Stage::new(&Setup { cluster, ..lesson.setup.clone() });
            let start = start.map_err(|error| error_at(lesson, &future.name, &format!("{name}: {error}")))?;
            columns.push(play(lesson, &name, &start, &future.actions)?.after);
        }
        planned.ways = vec![Played { actions: Vec::new(), after: planned.before.clone() }];
    }
    let names = fork.futures.iter().map(|future| future.name.text.clone());
    let columns: Vec<Column> = names.zip(columns).map(|(name, stage)| Column { name, stage }).collect();
    let table = Table::new(&columns, rows);
    planned.table = Some(table.map_err(|(line, why)| error_at(lesson, &line, &format!("{name}, `rows`: {why}")))?);
    planned.elsewhere = columns.into_iter().filter(|_| elsewhere > 0).map(|column| column.stage).collect();
    Ok(())
}

/// The policies of runs that play themselves, by the names that they have in lessons.
const POLICIES: [(&str, Policy); 2] = [("watch", Policy::Watch), ("eager", Policy::Eager)];

/// A run that plays itself until something holds.
fn play_by_itself(lesson: &Lesson, name: &str, before: &Stage, play: &Play) -> Result<Played, FileError> {
    let fail = |line: &Line, what: String| error_at(lesson, line, &format!("{name}: {what}"));
    let Some((_, policy)) = POLICIES.iter().find(|(name, _)| *name == play.policy.text) else {
        let what = format!("there is no policy \"{}\": expected \"watch\" or \"eager\"", play.policy);
        return Err(fail(&play.policy, what));
    };
    let until = &play.until;
    if let Some(unknown) = until.predicate.unknown_name(before.world.cluster()) {
        return Err(fail(&until.line, format!("`until`: {unknown}")));
    }
    let mut after = before.clone();
    let mut autoplay = Autoplay::new(play.seed, Settings { policy: *policy, ..Settings::default() }, &after.world);
    let mut follow = Follow::new(&until.predicate);
    if follow.observe(&until.predicate, &after.world, after.watch()) {
        return Err(fail(&until.line, format!("{} holds already, so nothing is played", until.line)));
    }
    let mut actions = Vec::new();
    while let Some(action) = autoplay.next(&after.world).filter(|_| actions.len() < play.at_most.number) {
        let before = after.world.clone();
        let events = after.world.apply(&action).map_err(|refusal| fail(&until.line, refusal.to_string()))?;
        after.watch.observe(&before, &after.world, &events);
        after.costs.observe(&action, &events);
        autoplay.observe(&events);
        actions.push(action);
        if follow.observe(&until.predicate, &after.world, after.watch()) {
            return Ok(Played { actions, after });
        }
    }
    let steps = actions.len();
    Err(fail(&until.line, format!("{} does not hold after {steps} steps; ask for less, or give `at_most`", until.line)))
}

fn plan_ask(lesson: &Lesson, name: &str, ask: &Ask) -> Result<Asked, FileError> {
    let (count, right) = (ask.choices.len(), ask.choices.iter().filter(|choice| choice.right).count());
    if count < 2 || right != 1 {
        let what = format!(
            "{name}: {right} of {count} choices say `right: true`: expected exactly one, and at least one wrong choice"
        );
        let line = ask.choices.iter().rev().find(|choice| choice.right).map_or(&ask.ask, |choice| &choice.text);
        return Err(error_at(lesson, line, &what));
    }
    Ok(Asked::author(ask))
}

/// The line that delivers all that is in flight and all that follows from it, the oldest first.
const DELIVER_ALL: &str = "deliver all";

/// The most steps that one such line may stand for.
const MOST_AT_ONCE: usize = 2000;

/// Plays these lines from a stage. Who speaks of them in errors is `name`.
fn play(lesson: &Lesson, name: &str, from: &Stage, lines: &[Line]) -> Result<Played, FileError> {
    if let Some(line) = lines.get(MOST_STEPS) {
        let what = format!("{name}: {} actions: expected {MOST_STEPS} at most; show less", lines.len());
        return Err(error_at(lesson, line, &what));
    }
    let mut played = Played { actions: Vec::new(), after: from.clone() };
    for (index, line) in lines.iter().enumerate() {
        let done = if line.text == DELIVER_ALL { played.deliver_all() } else { played.obey(line) };
        done.map_err(|why| {
            let what = format!("{name}, action {}, `{}`: {why}", index + 1, line.text);
            error_at(lesson, line, &what)
        })?;
    }
    Ok(played)
}

impl Played {
    fn obey(&mut self, line: &Line) -> Result<(), String> {
        let action = parse_action(&line.text, &self.after.world).map_err(|error| error.to_string())?;
        self.take(action)
    }

    /// Makes this happen, too.
    pub(super) fn take(&mut self, action: Action) -> Result<(), String> {
        self.after.take(&action)?;
        self.actions.push(action);
        Ok(())
    }

    fn deliver_all(&mut self) -> Result<(), String> {
        let first = self.actions.len();
        loop {
            let world = &self.after.world;
            let can = |one: &&Envelope| world.can_deliver(one).is_ok();
            let round: Vec<Envelope> = world.network().each().filter(can).cloned().collect();
            if round.is_empty() {
                break;
            }
            if self.actions.len() - first > MOST_AT_ONCE {
                return Err(format!("this comes to no end within {MOST_AT_ONCE} steps"));
            }
            for envelope in round {
                self.take(Action::Deliver(envelope))?;
            }
        }
        if self.actions.len() == first { Err("nothing that can arrive is in flight".to_owned()) } else { Ok(()) }
    }
}
