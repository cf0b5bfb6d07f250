//! The lesson checker: plays a lesson, holds it to all that it claims, and reads it for what would not fit the screen.

use crate::dice::Dice;
use crate::script::{Beat, BeatKind, Checks, FileError, Future, Lesson, Line, Score, Try, parse_action};

use super::expect::{exists, holds, is_unchanged};
use super::plan::{Plan, PlannedBeat, Played, Stage, error_at, name_beat};
use super::player::{Player, Went};
use super::shown::Panel;
use super::table::MOST_ROWS;
use super::task::{Showed, TaskState, Terms};

/// How many networks try to get further in a game than its author says that anybody gets.
const ADVERSARIES: u64 = 240;

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

pub(super) struct Checker<'a> {
    pub(super) lesson: &'a Lesson,
    errors: Vec<FileError>,
    summary: Summary,
}

impl Checker<'_> {
    pub(super) fn error(&mut self, line: &Line, what: &str) {
        self.errors.push(error_at(self.lesson, line, what));
    }

    /// That everything that is claimed is so, and everything pointed at is there.
    fn claims(&mut self, index: usize, beat: &Beat, planned: &PlannedBeat) {
        let name = name_beat(self.lesson, index);
        self.pointers(&name, &beat.look_at, planned);
        if let Some(show) = &beat.show {
            self.judge(show, &name, "show", Panel::named(show).map(|_| ()));
        }
        self.checks(&name, &beat.checks, planned, planned.ways.get(planned.then).map(|way| &way.after));
        match &beat.kind {
            BeatKind::Say | BeatKind::Play(_) | BeatKind::Break { .. } => {}
            BeatKind::Do(actions) => {
                if actions.is_empty() {
                    self.error(&beat.title, &format!("{name} does nothing: add actions, or make it a `Say`"));
                }
            }
            BeatKind::Predict(_) | BeatKind::Ask(_) => self.summary.questions += 1,
            BeatKind::Try(task) => {
                self.summary.tasks += 1;
                let solution = planned.ways.first().map(|way| way.actions.as_slice()).unwrap_or_default();
                let found = planned.terms.as_ref().is_some_and(|terms| terms.is_found(&planned.before, solution));
                self.summary.searched += usize::from(found);
                self.hints(&name, &beat.title, task);
                // What is wrong already is told first.
                if let Some(terms) = planned.terms.as_ref().filter(|_| self.errors.is_empty()) {
                    self.bound(&name, terms, planned);
                }
            }
            BeatKind::Or(fork) | BeatKind::Compare { fork, .. } => {
                self.summary.forks += 1;
                let branches = planned.ways.iter().map(|way| &way.after).filter(|_| planned.elsewhere.is_empty());
                let ends: Vec<&Stage> = planned.elsewhere.iter().chain(branches).collect();
                for (future, end) in fork.futures.iter().zip(&ends) {
                    let name = format!("{name}, future \"{}\"", future.name);
                    self.pointers(&name, &future.look_at, planned);
                    self.checks(&name, &future.checks, planned, Some(end));
                }
                self.fork(&name, &beat.title, &fork.futures, &ends);
                self.table(&name, &beat.title, planned);
            }
        }
        self.summary.steps += planned.ways.iter().map(|way| way.actions.len()).sum::<usize>();
    }

    fn pointers(&mut self, name: &str, look_at: &[Line], planned: &PlannedBeat) {
        for pointer in look_at {
            let there = exists(&pointer.text, &planned.before.world);
            self.judge(pointer, name, "look_at", there);
        }
    }

    fn checks(&mut self, name: &str, checks: &Checks, planned: &PlannedBeat, after: Option<&Stage>) {
        let Some(after) = after else { return };
        let Stage { world: before, .. } = &planned.before;
        for line in &checks.expect {
            self.judge(line, name, "expect", holds(&line.text, after));
        }
        for line in &checks.unchanged {
            self.judge(line, name, "unchanged", is_unchanged(&line.text, before, &after.world));
        }
    }

    fn table(&mut self, name: &str, title: &Line, planned: &PlannedBeat) {
        let Some(table) = &planned.table else { return };
        let count = table.rows.len();
        if count == 0 || count > MOST_ROWS {
            let what = format!("{name} compares {count} things: expected 1 to {MOST_ROWS}; say which in `rows`");
            self.error(title, &what);
        }
        if count > 0 && !table.rows.iter().any(super::Row::differs) {
            self.error(title, &format!("{name}: the runs are the same in every row; compare what differs"));
        }
    }

    /// That nobody gets further in a game than its author says, as far as some hundred networks can tell.
    fn bound(&mut self, name: &str, terms: &Terms, planned: &PlannedBeat) {
        let Some((game, Score::Bound(limit))) = terms.game.as_ref().map(|game| (game, game.score)) else { return };
        for seed in 0..ADVERSARIES {
            let mut dice = Dice::new(seed);
            let mut played = Played { actions: Vec::new(), after: planned.before.clone() };
            let mut judged = terms.start(&played.after.world, played.after.watch());
            while let Some(standing) = judged.game.as_ref().filter(|_| !judged.over) {
                if standing.clock >= limit.number {
                    let line = Line { text: String::new(), at: limit.at };
                    let what = format!(
                        "{name}: `bound` is {}, but a network got further than that (number {seed} of those that the \
                         checker plays); ask for more, or let leaders wait longer",
                        limit.number
                    );
                    self.error(&line, &what);
                    return;
                }
                let next = game.adversary(standing, &played.after.world, seed, &mut dice);
                if next.is_none_or(|action| terms.step(&mut played, &mut judged, action).is_err()) {
                    let line = Line { text: String::new(), at: limit.at };
                    self.error(&line, &format!("{name}: the game can come to a standstill: nothing is left to arrive"));
                    return;
                }
            }
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
    fn fork(&mut self, name: &str, title: &Line, futures: &[Future], ends: &[&Stage]) {
        if futures.len() < 2 {
            self.error(title, &format!("{name} is an \"Or\" with {} futures: expected two or more", futures.len()));
        }
        for (at, (future, end)) in futures.iter().zip(ends).enumerate() {
            let same = ends.iter().take(at).position(|other| other.world == end.world);
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
                self.question_fits(&name, line, &player, &question);
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
