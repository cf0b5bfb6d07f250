//! The lesson checker: plays a lesson, holds it to all that it claims, and reads it for what would not fit the screen.

use std::collections::BTreeSet;

use unicode_width::UnicodeWidthStr;

use crate::script::{Ask, Beat, BeatKind, Checks, FileError, Future, Lesson, Line, Try, parse_action};

use super::expect::{exists, holds, is_unchanged};
use super::plan::{Plan, PlannedBeat, Stage, error_at, name_beat};
use super::player::{Player, Went};
use super::task::{Showed, TaskState};

/// The most words of a beat: what is read in 15 seconds at the back of a lecture hall.
const MOST_WORDS: usize = 50;
/// The width of the words on a terminal of 80 columns, and the most lines that they may take.
const TEXT_COLUMNS: usize = 76;
const TEXT_LINES: usize = 6;
/// The most columns of a title, a branch's name and a slide's phrase.
const TITLE_COLUMNS: usize = 44;
const NAME_COLUMNS: usize = 28;
const SLIDE_COLUMNS: usize = 60;
/// The same of a written choice: one line each.
const CHOICE_COLUMNS: usize = 70;
const MOST_CHOICES: usize = 5;

/// What is in a lesson that passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(missing_docs)]
pub struct Summary {
    pub beats: usize,
    pub questions: usize,
    pub tasks: usize,
    /// Tasks for which a search found a way within their limits, too. For the others the author's way is the proof.
    pub searched: usize,
    pub forks: usize,
    /// Steps of the real cluster, those of every future counted.
    pub steps: usize,
    /// Claims about states that were held to.
    pub checks: usize,
}

/// Reads and checks a lesson file.
pub fn check_text(file: &str, text: &str) -> Result<(Lesson, Summary), Vec<FileError>> {
    let lesson = Lesson::parse(file, text).map_err(|error| vec![error])?;
    let summary = check_lesson(&lesson)?;
    // With a hunt, every rule that may be hidden.
    for which in 1..lesson.variants() {
        check_lesson(&lesson.clone().drawn(which))?;
    }
    Ok((lesson, summary))
}

/// Checks a lesson: plays every beat and future, judges every claim, and tries every answer of every question.
pub fn check_lesson(lesson: &Lesson) -> Result<Summary, Vec<FileError>> {
    let mut checker = Checker { lesson, errors: Vec::new(), summary: Summary::default() };
    checker.head();
    for (index, beat) in lesson.beats.iter().enumerate() {
        checker.words(index, beat);
    }
    match Plan::new(lesson) {
        Err(error) => checker.errors.push(error),
        Ok(plan) => {
            checker.summary.steps = plan.way.len();
            for (index, (beat, planned)) in lesson.beats.iter().zip(&plan.beats).enumerate() {
                checker.claims(index, beat, planned);
            }
            checker.answers();
        }
    }
    checker.summary.beats = lesson.beats.len();
    if checker.errors.is_empty() { Ok(checker.summary) } else { Err(checker.errors) }
}

struct Checker<'a> {
    lesson: &'a Lesson,
    errors: Vec<FileError>,
    summary: Summary,
}

impl Checker<'_> {
    fn error(&mut self, line: &Line, what: &str) {
        self.errors.push(error_at(self.lesson, line, what));
    }

    fn head(&mut self) {
        let Lesson { id, title, about, .. } = self.lesson;
        let plain = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-';
        if id.text.is_empty() || !id.text.chars().all(plain) {
            self.error(id, "the id is typed on the command line: expected small letters, digits and `-`");
        }
        self.fits(title, "the title", TITLE_COLUMNS);
        self.fits(about, "`about`", TEXT_COLUMNS);
        for line in [title, about] {
            if line.text.is_empty() {
                self.error(line, "this text is empty: the list of lessons needs it");
            }
        }
    }

    fn fits(&mut self, line: &Line, name: &str, most: usize) {
        let columns = line.text.width();
        if columns > most {
            self.error(line, &format!("{name} takes {columns} columns: expected {most} at most; shorten it"));
        }
    }

    /// That everything that is read at once can be read at once.
    fn words(&mut self, index: usize, beat: &Beat) {
        let name = name_beat(self.lesson, index);
        self.fits(&beat.title, &format!("{name}: the title"), TITLE_COLUMNS);
        if beat.title.text.is_empty() {
            self.error(&beat.title, &format!("{name}: the title is empty"));
        }
        if let Some(slide) = &beat.slide {
            self.fits(slide, &format!("{name}: the slide's phrase"), SLIDE_COLUMNS);
        }
        match &beat.kind {
            BeatKind::Say(_) | BeatKind::Do(_) => self.text(&name, &[&beat.say]),
            BeatKind::Predict { ask, after, slide_after, .. } => {
                self.text(&name, &[&beat.say, ask]);
                if let Some(after) = after {
                    self.text(&format!("{name}, after the answer"), &[after]);
                }
                if let Some(slide) = slide_after {
                    self.fits(slide, &format!("{name}: the slide's phrase"), SLIDE_COLUMNS);
                }
            }
            BeatKind::Ask(ask) => self.ask_words(&name, beat, ask),
            BeatKind::Try(task) => {
                self.text(&name, &[&beat.say]);
                for (at, hint) in task.hints.iter().enumerate() {
                    self.text(&format!("{name}, hint {}", at + 1), &[hint]);
                }
                if let Some(after) = &task.after {
                    self.text(&format!("{name}, after the task"), &[after]);
                }
            }
            BeatKind::Or { futures, .. } => {
                let mut names = BTreeSet::new();
                for future in futures {
                    if !names.insert(&future.name.text) {
                        let what = format!("{name}: two futures are called \"{}\"; rename one", future.name);
                        self.error(&future.name, &what);
                    }
                    let name = format!("{name}, future \"{}\"", future.name);
                    self.fits(&future.name, &format!("{name}: the name"), NAME_COLUMNS);
                    self.text(&name, &[&beat.say, &future.say]);
                }
            }
        }
    }

    fn ask_words(&mut self, name: &str, beat: &Beat, ask: &Ask) {
        self.text(name, &[&beat.say, &ask.ask]);
        if ask.choices.len() > MOST_CHOICES {
            let what = format!("{name}: {} choices: expected {MOST_CHOICES} at most", ask.choices.len());
            self.error(&ask.ask, &what);
        }
        let right = ask.choices.iter().find(|choice| choice.right).and_then(|choice| choice.why.as_ref());
        let mut texts = BTreeSet::new();
        for choice in &ask.choices {
            let name = format!("{name}, choice \"{}\"", choice.text);
            self.fits(&choice.text, &name, CHOICE_COLUMNS);
            if choice.text.text.is_empty() || !texts.insert(&choice.text.text) {
                self.error(&choice.text, &format!("{name}: it is empty or there twice; say something else"));
            }
            match &choice.why {
                Some(why) if !why.text.is_empty() => {
                    // Who chose it reads this, and then why the right one is right.
                    let after = right.filter(|_| !choice.right);
                    self.text(&name, &after.into_iter().chain([why]).collect::<Vec<_>>());
                }
                _ if choice.right => {}
                _ => self.error(&choice.text, &format!("{name} is wrong: add `why` it is")),
            }
        }
    }

    /// Paragraphs that are on the screen together.
    fn text(&mut self, name: &str, paragraphs: &[&Line]) {
        let Some(line) = paragraphs.iter().rev().find(|line| !line.text.is_empty()) else {
            let blame = paragraphs.first().copied().cloned().unwrap_or_default();
            self.error(&blame, &format!("{name}: there is nothing to read"));
            return;
        };
        let words: usize = paragraphs.iter().map(|line| line.text.split_whitespace().count()).sum();
        let lines: usize = paragraphs.iter().map(|line| wrapped_lines(&line.text)).sum();
        if words > MOST_WORDS {
            self.error(
                line,
                &format!("{name}: {words} words: expected {MOST_WORDS} at most; say less, or in two beats"),
            );
        } else if lines > TEXT_LINES {
            let what = format!("{name}: the text takes {lines} lines of {TEXT_COLUMNS} columns: expected {TEXT_LINES}");
            self.error(line, &(what + " at most; say less"));
        }
    }

    /// That everything that is claimed is so, and everything pointed at is there.
    fn claims(&mut self, index: usize, beat: &Beat, planned: &PlannedBeat) {
        let name = name_beat(self.lesson, index);
        for pointer in &beat.look_at {
            let there = exists(&pointer.text, &planned.before.world);
            self.judge(pointer, &name, "look_at", there);
        }
        match &beat.kind {
            BeatKind::Say(checks) => self.checks(&name, checks, planned, 0),
            BeatKind::Do(way) => {
                if way.actions.is_empty() {
                    self.error(&beat.title, &format!("{name} does nothing: add actions, or make it a `Say`"));
                }
                self.checks(&name, &way.checks, planned, 0);
            }
            BeatKind::Predict { way, .. } => {
                self.summary.questions += 1;
                self.checks(&name, &way.checks, planned, 0);
            }
            BeatKind::Ask(ask) => {
                self.summary.questions += 1;
                self.checks(&name, &ask.checks, planned, 0);
            }
            BeatKind::Try(task) => {
                self.summary.tasks += 1;
                let solution = planned.ways.first().map(|way| way.actions.as_slice()).unwrap_or_default();
                let found = planned.terms.as_ref().is_some_and(|terms| terms.is_found(&planned.before, solution));
                self.summary.searched += usize::from(found);
                self.checks(&name, &task.way.checks, planned, 0);
                self.hints(&name, &beat.title, task);
            }
            BeatKind::Or { futures, .. } => {
                self.summary.forks += 1;
                for (at, future) in futures.iter().enumerate() {
                    self.checks(&format!("{name}, future \"{}\"", future.name), &future.way.checks, planned, at);
                }
                self.fork(&name, &beat.title, futures, planned);
            }
        }
        self.summary.steps += planned.ways.iter().map(|way| way.actions.len()).sum::<usize>();
    }

    fn checks(&mut self, name: &str, checks: &Checks, planned: &PlannedBeat, way: usize) {
        let Some(after) = planned.ways.get(way).map(|way| &way.after) else { return };
        let Stage { world: before, .. } = &planned.before;
        for line in &checks.expect {
            self.judge(line, name, "expect", holds(&line.text, after));
        }
        for line in &checks.unchanged {
            self.judge(line, name, "unchanged", is_unchanged(&line.text, before, &after.world));
        }
    }

    fn judge(&mut self, line: &Line, name: &str, part: &str, verdict: Result<(), String>) {
        self.summary.checks += 1;
        if let Err(why) = verdict {
            self.error(line, &format!("{name}, `{part}`: {why}"));
        }
    }

    /// That who is stuck in a task gets help. That it can be solved as its author says was proved by the plan.
    fn hints(&mut self, name: &str, title: &Line, task: &Try) {
        if task.hints.is_empty() {
            self.error(title, &format!("{name} has no hints: give at least one"));
        }
        if let Some(empty) = task.hints.iter().find(|hint| hint.text.is_empty()) {
            self.error(empty, &format!("{name}: this hint is empty"));
        }
    }

    /// That an "Or…" is one.
    fn fork(&mut self, name: &str, title: &Line, futures: &[Future], planned: &PlannedBeat) {
        if futures.len() < 2 {
            self.error(title, &format!("{name} is an \"Or\" with {} futures: expected two or more", futures.len()));
        }
        for (at, future) in futures.iter().enumerate() {
            let Some(end) = planned.ways.get(at).map(|way| &way.after.world) else { continue };
            let same = planned.ways.iter().take(at).position(|way| way.after.world == *end);
            if let Some(other) = same.and_then(|other| futures.get(other)) {
                let what = format!(
                    "{name}: the futures \"{}\" and \"{}\" end in the same state; let them differ",
                    other.name, future.name
                );
                self.error(&future.name, &what);
            }
        }
    }

    /// That every question takes the true answer and refuses every other, played as a learner plays.
    fn answers(&mut self) {
        let Ok(mut player) = Player::new(self.lesson.clone()) else { return };
        loop {
            let line = &self.lesson.beats[player.beat_number() - 1].title;
            if let Some(question) = player.question().filter(super::Question::is_open) {
                let name = name_beat(self.lesson, player.beat_number() - 1);
                let mut marked_right = 0;
                for choice in 0..question.choices.len() {
                    let mut learner = player.clone();
                    let said = learner.answer(choice);
                    let is_true = learner.question().and_then(|question| question.truth) == Some(choice);
                    let counted = learner.score().0 > player.score().0;
                    if said != Some(is_true) || counted != is_true {
                        self.error(line, &format!("{name}: choice {} is not marked as the engine acts", choice + 1));
                    }
                    marked_right += usize::from(counted);
                }
                if question.choices.len() < 2 || marked_right != 1 {
                    self.error(line, &format!("{name}: a question needs one right choice and at least one wrong one"));
                }
            }
            self.played_task(&player);
            if player.next() == Went::Nowhere {
                break;
            }
        }
    }

    /// That a task, played as a learner plays it, gives credit for its solution and for nothing less.
    fn played_task(&mut self, player: &Player) {
        let fresh = |task: &super::Task| task.state == TaskState::Open && task.steps == 0;
        // What is wrong already is told once.
        if !self.errors.is_empty() || !player.task().is_some_and(|task| fresh(&task)) {
            return;
        }
        let index = player.beat_number() - 1;
        let (name, title) = (name_beat(self.lesson, index), &self.lesson.beats[index].title);
        let mut shown = player.clone();
        while shown.show_step() == Showed::Step {}
        let mut skipped = player.clone();
        skipped.skip_task();
        let mut learner = player.clone();
        let mut refused = None;
        for line in self.lesson.beats[index].solution() {
            let action = parse_action(&line.text, learner.session().world()).map_err(|error| error.to_string());
            let done = action.and_then(|action| learner.act(action).map_err(|error| error.to_string()));
            refused = refused.or(done.err());
        }
        let state = |player: &Player| player.task().map(|task| task.state);
        if let Some(why) = refused {
            self.error(title, &format!("{name}: the solution cannot be played: {why}"));
        } else if state(&learner) != Some(TaskState::Solved) {
            self.error(title, &format!("{name}: a learner who plays the solution does not solve the task"));
        }
        if state(&shown) != Some(TaskState::Shown) || state(&skipped) != Some(TaskState::Skipped) {
            self.error(title, &format!("{name}: what is shown or skipped must end the task and give no credit"));
        }
    }
}

/// How many lines a text takes, wrapped between words.
fn wrapped_lines(text: &str) -> usize {
    let mut lines = 0;
    let mut column = 0;
    for word in text.split_whitespace() {
        let columns = word.width();
        if lines == 0 || column + 1 + columns > TEXT_COLUMNS {
            lines += columns.div_ceil(TEXT_COLUMNS).max(1);
            column = columns;
        } else {
            column += 1 + columns;
        }
    }
    lines
}
