//! How far a learner is in a lesson, as it is kept between two runs of the program: the beat that is shown, and what
//! became of every question and task. A lesson that has changed meanwhile takes of it what still fits, beat by beat.

use serde::{Deserialize, Serialize};

use crate::script::{FileError, Lesson, Position, action_text, parse_action, parse_ron};
use crate::session::NodeId;

use super::player::Player;
use super::task::{Task, TaskState};

/// The newest format of progress files.
const FORMAT: u32 = 1;
/// The most steps of an open task that are kept.
const MOST_STEPS: usize = 1000;
/// The longest id for which progress is kept: it becomes a file's name.
const LONGEST_ID: usize = 64;

/// How a question was answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Answered {
    /// By the right choice.
    Right,
    /// By this wrong choice, the first being 0.
    Wrong(usize),
    /// By nobody: it was shown.
    Revealed,
}

/// What became of a task.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskMark {
    /// How far it is.
    pub state: TaskState,
    /// How many hints were given.
    #[serde(default)]
    pub hints: usize,
    /// The steps taken in it, if it is the beat that is shown.
    #[serde(default)]
    pub steps: Vec<String>,
    /// Which of them were shown, the first being 0.
    #[serde(default)]
    pub shown: Vec<usize>,
}

/// What became of one beat.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BeatMark {
    /// The beat's number, the first being 1.
    pub beat: usize,
    /// Its title, by which it is found again in a lesson that has changed.
    pub title: String,
    /// How its question was answered, if it was.
    #[serde(default)]
    pub answer: Option<Answered>,
    /// What became of its task, if it is one.
    #[serde(default)]
    pub task: Option<TaskMark>,
}

/// Questions and tasks, counted. What was revealed is neither right nor wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Tally {
    pub right: usize,
    pub wrong: usize,
    pub revealed: usize,
    pub solved: usize,
    /// Tasks that were left behind, shown or skipped.
    pub unsolved: usize,
}

impl Tally {
    /// Questions that somebody answered.
    pub fn answered(&self) -> usize {
        self.right + self.wrong
    }
}

/// How far a learner is in a lesson.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename = "Progress", deny_unknown_fields)]
pub struct Progress {
    format: u32,
    /// The lesson's id.
    pub lesson: String,
    /// The number of the beat that is shown, the first being 1.
    pub beat: usize,
    /// Its title.
    pub title: String,
    /// How many beats there are.
    pub beats: usize,
    /// With a hunt: which of its suspects is the one, the first being 0.
    #[serde(default)]
    pub hidden: Option<usize>,
    /// Whether the last beat was left.
    pub done: bool,
    /// What was reached when the lesson was last finished, if it ever was: beginning again does not take it away.
    pub finished: Option<Tally>,
    /// What became of the beats in which there is anything to become.
    pub marks: Vec<BeatMark>,
}

/// Whether progress in a lesson of this id can be kept: it becomes a file's name.
pub(super) fn is_plain_id(id: &str) -> bool {
    let plain = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-';
    !id.is_empty() && id.len() <= LONGEST_ID && id.chars().all(plain)
}

impl Progress {
    /// Reads a progress file.
    pub fn parse(file: &str, text: &str) -> Result<Self, FileError> {
        let progress: Self = parse_ron(file, text)?;
        let wrong = |what: &str| Err(FileError::new(file, Position::default(), what.to_owned()));
        if progress.format != FORMAT {
            return wrong(&format!("the file has format {}: expected format {FORMAT}", progress.format));
        }
        if !is_plain_id(&progress.lesson) {
            return wrong("`lesson` is no lesson's id");
        }
        Ok(progress)
    }

    /// The file's text.
    pub fn to_ron(&self) -> String {
        // Nothing in it cannot be written.
        let text = ron::ser::to_string_pretty(self, ron::ser::PrettyConfig::default()).unwrap_or_default();
        format!("// How far somebody is in a lesson of Paxoscope. Delete this file to begin it again.\n{text}\n")
    }

    /// Whether the lesson was begun and not left at its end, so that it goes on somewhere.
    pub fn is_under_way(&self) -> bool {
        !self.done && (self.beat > 1 || !self.marks.is_empty())
    }

    /// Keeps what was best of all times that the lesson was finished: beginning again takes nothing away, and neither does
    /// another window in which it is not finished yet.
    #[must_use]
    pub fn with_best_of(mut self, before: Option<&Self>) -> Self {
        let best = before.and_then(|before| before.finished);
        self.finished = self.finished.into_iter().chain(best).max_by_key(|tally| (tally.right, tally.solved));
        self
    }

    fn mark_of(&self, beat: usize, title: &str) -> Option<&BeatMark> {
        let same_title = || self.marks.iter().filter(|mark| mark.title == title);
        same_title().find(|mark| mark.beat == beat + 1).or_else(|| same_title().next())
    }
}

/// What is kept, and taken up again.
impl Player {
    /// Questions answered right, and questions answered. What was revealed counts as neither.
    pub fn score(&self) -> (usize, usize) {
        let Tally { right, wrong, .. } = self.tally();
        (right, right + wrong)
    }

    /// What became of all questions and tasks so far.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for beat in 0..self.visits.len() {
            match self.answered(beat) {
                Some(Answered::Right) => tally.right += 1,
                Some(Answered::Wrong(_)) => tally.wrong += 1,
                Some(Answered::Revealed) => tally.revealed += 1,
                None => {}
            }
        }
        let (solved, all) = self.tasks();
        Tally { solved, unsolved: all - solved, ..tally }
    }

    fn answered(&self, beat: usize) -> Option<Answered> {
        self.visits.get(beat)?.counts
    }

    /// How far it is, to be kept; `None` if the lesson's id is none by which it could be found again.
    pub fn progress(&self) -> Option<Progress> {
        let lesson = self.lesson();
        if !is_plain_id(&lesson.id.text) {
            return None;
        }
        let mark = |(beat, title): (usize, &String)| {
            let (answer, task) = (self.answered(beat), self.task_mark(beat));
            (answer.is_some() || task.is_some()).then(|| BeatMark {
                beat: beat + 1,
                title: title.clone(),
                answer,
                task,
            })
        };
        let titles = lesson.beats.iter().map(|beat| &beat.title.text);
        Some(Progress {
            format: FORMAT,
            lesson: lesson.id.text.clone(),
            beat: self.beat_number(),
            title: self.beat().title,
            beats: self.beat_count(),
            hidden: lesson.hidden,
            done: self.finished(),
            finished: self.finished().then(|| self.tally()),
            marks: titles.enumerate().take(self.visits.len()).filter_map(mark).collect(),
        })
    }

    fn task_mark(&self, beat: usize) -> Option<TaskMark> {
        let task = self.visits.get(beat)?.task.as_ref()?;
        let mut mark = TaskMark { state: task.state, hints: task.hints, steps: Vec::new(), shown: Vec::new() };
        if beat == self.at
            && let Some(start) = self.task_start()
        {
            let mut before = self.session().world_at(start);
            self.session().replay(start, |node, action, world, _| {
                if mark.steps.len() < MOST_STEPS {
                    if task.shown.contains(&node) {
                        mark.shown.push(mark.steps.len());
                    }
                    mark.steps.push(action_text(action, &before));
                }
                before = world.clone();
            });
        } else if let Some(met) = task.met.as_ref().filter(|_| self.is_hunt(beat)) {
            // The question after it is about this run.
            mark.steps = met.steps.iter().take(MOST_STEPS).cloned().collect();
        }
        (mark.state != TaskState::Open || mark.hints > 0 || !mark.steps.is_empty()).then_some(mark)
    }

    /// Takes a lesson up where it was left. What does not fit the lesson any more is left out.
    pub fn resume(lesson: Lesson, progress: &Progress) -> Result<Self, FileError> {
        let mut player = Self::new(lesson.with_hidden(progress.hidden))?;
        let shown = player.beat_of(progress);
        for beat in 0..=shown {
            player.reach(beat);
            let title = player.lesson().beats[beat].title.text.clone();
            if let Some(mark) = progress.mark_of(beat, &title) {
                player.take_up(mark, beat == shown);
            }
        }
        player.finished = progress.done && shown + 1 == player.beat_count();
        Ok(player)
    }

    /// The same place in a lesson that was changed by its author. Refused if anything in it cannot be done.
    pub fn reloaded(&self, lesson: Lesson) -> Result<Self, FileError> {
        if let Some(progress) = self.progress() {
            return Self::resume(lesson, &progress);
        }
        let mut player = Self::new(lesson.with_hidden(self.lesson().hidden))?;
        player.jump_to(self.at);
        Ok(player)
    }

    /// The beat that was shown: the nearest one of its title, else the one of its number.
    fn beat_of(&self, progress: &Progress) -> usize {
        let number = progress.beat.saturating_sub(1);
        let last = self.beat_count().saturating_sub(1);
        let same = |beat: &usize| {
            Some(progress.title.as_str()) == self.lesson().beats.get(*beat).map(|beat| beat.title.text.as_str())
        };
        let nearest = (0..=last).filter(same).min_by_key(|beat| beat.abs_diff(number));
        nearest.unwrap_or(number.min(last))
    }

    /// Shows this beat, the first being 0, whatever lies between: questions that were jumped over stay open.
    pub fn jump_to(&mut self, beat: usize) {
        let beat = beat.min(self.beat_count().saturating_sub(1));
        self.back_to_path();
        self.task_moved();
        self.reach(beat);
        self.go_to(beat);
    }

    /// Goes on to this beat, if it was not reached before.
    fn reach(&mut self, beat: usize) {
        while self.visits.len() <= beat.min(self.beat_count().saturating_sub(1)) {
            let from = self.end_of(self.visits.len() - 1);
            self.at = self.visits.len();
            self.enter(from);
        }
        self.at = beat;
    }

    /// From where the beat after this one goes on, though its question may be open.
    fn end_of(&mut self, beat: usize) -> NodeId {
        if let Some(before) = self.put_back_after(beat) {
            return before;
        }
        let after_hunt = beat > 0 && self.is_hunt(beat - 1);
        let open = self.visits.get(beat).filter(|visit| visit.ends.is_empty() && visit.task.is_none() && !after_hunt);
        let way = self.plan.beats.get(beat).and_then(|planned| planned.ways.get(planned.then));
        match (open.map(|visit| visit.start), way.map(|way| way.actions.clone())) {
            (Some(start), Some(actions)) => self.play(start, &actions),
            _ => self.path_end(beat),
        }
    }

    /// Lets the beat where we are be as it was left.
    fn take_up(&mut self, mark: &BeatMark, is_shown: bool) {
        if let (Some(answer), true) = (mark.answer, self.question_is_open()) {
            let (truth, count) = self.key().map_or((0, 1), |key| (key.truth(), key.choices().len()));
            self.reveal(match answer {
                Answered::Right => Some(truth),
                Answered::Revealed => None,
                Answered::Wrong(choice) if choice < count && choice != truth => Some(choice),
                // The choices are others now; wrong it was all the same.
                Answered::Wrong(_) => Some((truth + 1) % count),
            });
        }
        if let Some(mark) = &mark.task {
            self.take_up_task(mark, is_shown);
        }
    }

    fn take_up_task(&mut self, mark: &TaskMark, is_shown: bool) {
        let Some(start) = self.task_start() else { return };
        self.session_mut().jump(start);
        let mut shown = Vec::new();
        let is_met_so = !is_shown && self.is_hunt(self.at) && !mark.steps.is_empty();
        for (at, line) in mark.steps.iter().take(MOST_STEPS).enumerate().filter(|_| is_shown || is_met_so) {
            let Ok(action) = parse_action(line, self.session().world()) else { break };
            if self.session_mut().act(action).is_err() {
                break;
            }
            if mark.shown.contains(&at) {
                shown.push(self.session().here());
            }
        }
        if is_met_so {
            self.task_moved();
        } else if !is_shown && mark.state != TaskState::Open {
            let solution = self.solution().to_vec();
            let end = self.play(start, &solution);
            shown.push(end);
        }
        let here = self.session().here();
        let hints = mark.hints.min(self.task().map_or(0, |task: Task| task.hint_count));
        if let Some(task) = self.task_visit_mut() {
            (task.here, task.state) = (here, mark.state);
            (task.hints, task.hint) = (hints, hints);
            task.shown.extend(shown);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::teach::{Went, built_in};

    fn lesson(id: &str) -> Lesson {
        let found = built_in().iter().find(|lesson| lesson.id == id).unwrap();
        Lesson::parse(found.file, found.text).unwrap()
    }

    fn again(player: &Player) -> Player {
        let text = player.progress().unwrap().to_ron();
        Player::resume(player.lesson().clone(), &Progress::parse("p", &text).unwrap()).unwrap()
    }

    /// What is seen of a player.
    fn seen(player: &Player) -> String {
        let task = player.task().map(|task| (task.state, task.hints, task.steps));
        let place = (player.beat_number(), player.beat(), player.question(), task, player.tally(), player.finished());
        format!("{place:?} {:?}", player.session().world())
    }

    /// Every lesson, kept and taken up again after every key of a learner who answers, right and wrong, asks for hints
    /// and for steps: it is as it was.
    #[test]
    fn whatever_is_kept_is_taken_up_as_it_was() {
        for found in built_in() {
            let mut player = Player::new(lesson(found.id)).unwrap();
            let mut round = 0;
            loop {
                round += 1;
                if player.question().is_some_and(|question| question.is_open()) && round % 3 > 0 {
                    let truth = player.key().unwrap().truth();
                    player.answer(if round % 3 == 1 { truth } else { usize::from(truth == 0) });
                    assert_eq!(seen(&again(&player)), seen(&player), "{} {round}", found.id);
                }
                if player.task().is_some_and(|task| task.state == TaskState::Open) {
                    player.hint();
                    player.show_step();
                    assert_eq!(seen(&again(&player)), seen(&player), "{} {round}", found.id);
                }
                let went = player.next();
                // Of an "Or…" that is left the first future is shown again.
                if went != Went::ToFuture && went != Went::TaskIsOpen {
                    assert_eq!(seen(&again(&player)), seen(&player), "{} {round}", found.id);
                }
                if went == Went::Nowhere {
                    break;
                }
            }
            assert!(player.progress().unwrap().finished.is_some());
        }
    }

    #[test]
    fn a_lesson_that_has_changed_takes_what_still_fits() {
        let mut player = Player::new(lesson("acceptors")).unwrap();
        player.next();
        player.answer(0);
        player.next();
        let (title, tally) = (player.beat().title, player.tally());
        let mut changed = lesson("acceptors");
        let more = changed.beats[0].clone();
        changed.beats.insert(0, more);
        let again = player.reloaded(changed.clone()).unwrap();
        assert_eq!((again.beat_number(), again.beat().title, again.tally()), (4, title, tally));
        changed.beats.truncate(2);
        let again = player.reloaded(changed).unwrap();
        assert_eq!((again.beat_number(), again.tally()), (2, Tally::default()));
    }

    #[test]
    fn a_jump_leaves_questions_open() {
        let mut player = Player::new(lesson("acceptors")).unwrap();
        let mut walked = player.clone();
        while walked.beat_number() < 9 {
            walked.next();
        }
        player.jump_to(8);
        assert_eq!(player.session().world(), walked.session().world());
        assert_eq!((player.beat_number(), player.tally()), (9, Tally::default()));
        player.jump_to(2);
        assert!(player.question().unwrap().is_open());
        assert_eq!(player.answer(player.key().unwrap().truth()), Some(true));
        assert_eq!((player.next(), player.beat_number()), (Went::ToBeat, 4));
        player.jump_to(99);
        assert_eq!(player.beat_number(), player.beat_count());
    }

    #[test]
    fn a_file_that_is_none_is_refused() {
        let text = Player::new(lesson("tour")).unwrap().progress().unwrap().to_ron();
        for (old, new) in [("format: 1", "format: 2"), ("lesson: \"tour\"", "lesson: \"../tour\""), ("done", "dune")] {
            assert!(text.contains(old), "{text}");
            assert!(Progress::parse("p", &text.replace(old, new)).is_err(), "{new}");
        }
    }
}
