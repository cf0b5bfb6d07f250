//! A lesson played through once: every text turned into what it means, and every world that the lesson goes through.

use crate::script::{Ask, BeatKind, FileError, Lesson, Line, Way, parse_action};
use crate::world::{Action, History, Watch, World};

use super::asked::Asked;
use super::predict::Prediction;
use super::task::Terms;

/// The state at one moment of a lesson.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    pub(super) world: World,
    watch: Watch,
}

impl Stage {
    /// What was ever voted and decided up to now.
    pub(super) fn history(&self) -> &History {
        self.watch.history()
    }

    /// What was watched up to now.
    pub(super) fn watch(&self) -> &Watch {
        &self.watch
    }

    pub(super) fn take(&mut self, action: &Action) -> Result<(), String> {
        let before = self.world.clone();
        let events = self.world.apply(action).map_err(|refusal| refusal.to_string())?;
        self.watch.observe(&before, &self.world, &events);
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
    /// The ways that it can go: one, or as many as an "Or…" has futures.
    pub(super) ways: Vec<Played>,
    /// From which of its ways the lesson goes on.
    pub(super) then: usize,
    /// The question, if it asks one.
    pub(super) asked: Option<Asked>,
    /// What is allowed, if it is a task.
    pub(super) terms: Option<Terms>,
}

/// A lesson, played.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) way: Vec<Action>,
    pub(super) beats: Vec<PlannedBeat>,
}

impl Plan {
    /// Plays the lesson to its end, or to the first thing in it that cannot be done.
    pub(super) fn new(lesson: &Lesson) -> Result<Self, FileError> {
        let world = World::new(&lesson.setup).map_err(|error| error_at(lesson, &lesson.title, &error.to_string()))?;
        let start = Stage { watch: Watch::new(&world), world };
        let way = play(lesson, "the way", &start, &lesson.way)?;
        let mut now = way.after;
        let mut beats = Vec::new();
        for index in 0..lesson.beats.len() {
            let beat = plan_beat(lesson, index, &now)?;
            let stays = beat.terms.as_ref().is_some_and(|terms| terms.from_start);
            if let Some(played) = beat.ways.get(beat.then).filter(|_| !stays) {
                now = played.after.clone();
            }
            beats.push(beat);
        }
        Ok(Self { way: way.actions, beats })
    }
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
    let one_way = |way: &Way| play(lesson, &name, before, &way.actions).map(|played| vec![played]);
    let mut planned = PlannedBeat { before: before.clone(), ways: Vec::new(), then: 0, asked: None, terms: None };
    let no_steps = || vec![Played { actions: Vec::new(), after: before.clone() }];
    match &lesson.beats[index].kind {
        BeatKind::Say(_) => planned.ways = no_steps(),
        BeatKind::Ask(ask) => {
            planned.ways = no_steps();
            planned.asked = Some(plan_ask(lesson, &name, ask)?);
        }
        BeatKind::Try(task) => {
            let terms = Terms::new(lesson, &name, task, before)?;
            planned.ways = one_way(&task.way)?;
            let solution = planned.ways.first().map(|way| way.actions.as_slice()).unwrap_or_default();
            let proved = terms.prove(task, before, solution);
            proved.map_err(|(line, why)| error_at(lesson, &line, &format!("{name}: {why}")))?;
            planned.terms = Some(terms);
        }
        BeatKind::Do(way) => planned.ways = one_way(way)?,
        BeatKind::Predict { ask, way, .. } => {
            planned.ways = one_way(way)?;
            let action = planned.ways.first().and_then(|played| played.actions.first());
            if let Some(action) = action {
                let question = Prediction::new(&before.world, action);
                let line = way.actions.first().unwrap_or(ask);
                let question = question.map_err(|error| error_at(lesson, line, &format!("{name}: {error}")))?;
                planned.asked = Some(Asked::Engine(question));
            }
        }
        BeatKind::Or { futures, then } => {
            for future in futures {
                let name = format!("{name}, future \"{}\"", future.name);
                planned.ways.push(play(lesson, &name, before, &future.way.actions)?);
            }
            if let Some(then) = then {
                let at = futures.iter().position(|future| future.name == *then);
                planned.then = at.ok_or_else(|| {
                    let names: Vec<_> = futures.iter().map(|future| format!("\"{}\"", future.name)).collect();
                    let what = format!("{name}: `then` names no future: expected one of {}", names.join(", "));
                    error_at(lesson, then, &what)
                })?;
            }
        }
    }
    Ok(planned)
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

/// Plays these lines from a stage. Who speaks of them in errors is `name`.
fn play(lesson: &Lesson, name: &str, from: &Stage, lines: &[Line]) -> Result<Played, FileError> {
    let mut after = from.clone();
    let mut actions = Vec::new();
    if let Some(line) = lines.get(MOST_STEPS) {
        let what = format!("{name}: {} actions: expected {MOST_STEPS} at most; show less", lines.len());
        return Err(error_at(lesson, line, &what));
    }
    for (index, line) in lines.iter().enumerate() {
        let action = parse_action(&line.text, &after.world).map_err(|error| error.to_string());
        let done = action.and_then(|action| after.take(&action).map(|()| action));
        let action = done.map_err(|why| {
            let what = format!("{name}, action {}, `{}`: {why}", index + 1, line.text);
            error_at(lesson, line, &what)
        })?;
        actions.push(action);
    }
    Ok(Played { actions, after })
}
