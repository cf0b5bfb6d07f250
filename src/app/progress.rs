//! How far the learner is in each lesson: kept as they go, shown at home, taken up again; a lesson begun again, a jump to
//! a slide of the lecture, and the next question of a quiz.

use crate::script::{FileError, Lesson};
use crate::teach::{Progress, drawn, find_slide};

use super::actions::Outcome;
use super::lesson::{Player, Went};
use super::model::{Effect, Model, Notice, Offer, Overlay, Place};
use super::{Id, Key, Line, Play, Shelved, Stage};

const DONE: Outcome = Ok(Vec::new());

impl Model {
    /// The same with what was reached in lessons before.
    #[must_use]
    pub fn with_progress(mut self, kept: impl IntoIterator<Item = Progress>) -> Self {
        self.progress.extend(kept.into_iter().map(|progress| (progress.lesson.clone(), progress)));
        self
    }

    /// How far the learner is in the lesson of this id, if it was ever begun.
    pub fn progress_in(&self, lesson: &str) -> Option<&Progress> {
        self.progress.get(lesson)
    }

    /// Puts a lesson on the stage: where it is open, where it was left, or at its first beat.
    pub fn open_lesson(&mut self, lesson: &Lesson) -> Result<(), FileError> {
        self.open_lesson_at(lesson, false)
    }

    /// Puts a lesson on the stage at its first beat, wherever it was left.
    pub fn begin_lesson(&mut self, lesson: &Lesson) -> Result<(), FileError> {
        self.open_lesson_at(lesson, true)
    }

    fn open_lesson_at(&mut self, lesson: &Lesson, its_first_beat: bool) -> Result<(), FileError> {
        // A lesson that is open goes on where it was left.
        let is_open =
            |stage: &Stage| stage.lesson().is_some_and(|player| player.lesson().id == lesson.id && !player.finished());
        if let Some(at) = self.stages.iter().position(is_open) {
            self.place = Place::Stage(at);
            return Ok(());
        }
        // Who asks for a seed gets what it hides, whatever was hidden the last time.
        let fits = |progress: &&Progress| lesson.hidden.is_none() || lesson.hidden == progress.hidden;
        let kept = self.progress.get(&lesson.id.text).filter(|progress| progress.is_under_way() && !its_first_beat);
        let kept = kept.filter(fits);
        let seed = self.seed.wrapping_add(self.stages.len() as u64);
        let player = match kept {
            Some(progress) => Player::resume(lesson.clone(), progress)?,
            None if lesson.hidden.is_some() => Player::new(lesson.clone())?,
            None => Player::new(drawn(lesson.clone(), seed))?,
        };
        let beat = player.beat_number();
        self.open(Play::Lesson(Box::new(player)));
        if beat > 1 {
            let (again, back) = (self.keymap.first(Id::BeginAgain), self.keymap.first(Id::BeatBefore));
            self.tell(format!("you left it at beat {beat}: {back} goes back, {again} (or --begin) begins again"));
        }
        Ok(())
    }

    /// Shows the beat that shows this slide of the lecture; why not, if none does.
    pub fn show_slide(&mut self, slide: usize) -> Result<(), String> {
        jump_to_slide(self, &slide.to_string()).map(|_| ())
    }

    /// The same with something to say at first.
    #[must_use]
    pub fn with_notice(mut self, text: Option<String>) -> Self {
        if let Some(text) = text {
            self.tell(text);
        }
        self
    }

    /// Says that something was done.
    pub(crate) fn tell(&mut self, text: String) {
        self.notice = Some(Notice { text, refused: false });
    }

    /// Takes note of how far the lesson on the stage is; what has changed is to be kept.
    pub(crate) fn note_progress(&mut self) -> Option<Effect> {
        let Some(Play::Lesson(player)) = self.stage().map(Stage::play) else { return None };
        let now = player.progress()?;
        let before = self.progress.get(&now.lesson);
        if before.is_none() && !now.is_under_way() && !now.done {
            return None;
        }
        let now = now.with_best_of(before);
        if before == Some(&now) {
            return None;
        }
        self.progress.insert(now.lesson.clone(), now.clone());
        self.keeps.then(|| Effect::KeepProgress(Box::new(now)))
    }

    /// The line at home of the lesson that comes after this one: always the same one, for a lecture is rehearsed.
    pub(crate) fn line_after(&self, lesson: &str) -> Option<usize> {
        let lessons = self.home.offers.iter().enumerate().filter_map(|(line, offer)| Some((line, offer.shelved()?)));
        lessons.skip_while(|(_, other)| other.id != lesson).nth(1).map(|(line, _)| line)
    }

    /// The line at home of this lesson.
    pub(crate) fn line_of(&self, lesson: &str) -> Option<usize> {
        self.home.offers.iter().position(|offer| offer.shelved().is_some_and(|other| other.id == lesson))
    }

    /// The lessons at home that were not finished yet.
    pub(crate) fn unfinished(&self) -> impl Iterator<Item = &Shelved> {
        self.home.offers.iter().filter_map(Offer::shelved).filter(|lesson| self.is_unfinished(lesson))
    }

    fn is_unfinished(&self, lesson: &Shelved) -> bool {
        self.progress_in(&lesson.id).is_none_or(|progress| progress.finished.is_none())
    }

    /// The lesson that going on opens from the end of the one on the stage.
    pub fn next_lesson(&self) -> Option<&Lesson> {
        let Some(Play::Lesson(player)) = self.stage().map(Stage::play) else { return None };
        let went = self.went_on.iter().find(|(from, _)| self.place == Place::Stage(*from));
        if let Some((_, to)) = went {
            return self.stages.get(*to)?.lesson().map(Player::lesson);
        }
        let line = self.line_after(&player.lesson().id.text)?;
        self.home.offers.get(line).and_then(Offer::lesson)
    }
}

/// From the end of a lesson to the next one, which then is where it was left; from that of the last one home.
pub(crate) fn next_lesson(model: &mut Model, key: Key) -> Outcome {
    let Place::Stage(from) = model.place else { return DONE };
    if let Some((_, to)) = model.went_on.iter().find(|(other, _)| *other == from) {
        model.place = Place::Stage(*to);
        return DONE;
    }
    let Some(next) = model.next_lesson().cloned() else { return super::actions::go_home(model, key) };
    model.open_lesson(&next).map_err(|error| error.to_string())?;
    if let Place::Stage(to) = model.place {
        model.went_on.retain(|(_, other)| *other != to);
        model.went_on.push((from, to));
    }
    DONE
}

/// From the first beat of a lesson back to the end of the one from which it was gone on to.
pub(crate) fn lesson_before(model: &mut Model) -> Outcome {
    let before = model.went_on.iter().find(|(_, to)| model.place == Place::Stage(*to)).map(|(from, _)| *from);
    match before {
        Some(from) => model.place = Place::Stage(from),
        None => model.tell("this is the first beat".to_owned()),
    }
    DONE
}

/// Begins the lesson again. Asks for a second press, for what was answered is forgotten by it.
pub(crate) fn begin_again(model: &mut Model, key: Key) -> Outcome {
    if model.pressed_before != Some(key) {
        model.presses_again = Some(key);
        let text = format!("{} once more begins the lesson again, with no question answered yet", key.label());
        model.tell(text);
        return DONE;
    }
    let player = model.stage().and_then(Stage::lesson).map(|player| player.lesson().clone());
    let lesson = player.ok_or_else(|| NO_LESSON.to_owned())?;
    let player = Player::new(lesson).map_err(|error| error.to_string())?;
    if let Some(stage) = model.stage_mut() {
        stage.teach(|old| *old = player);
    }
    DONE
}

const NO_LESSON: &str = "only a lesson begins again";

pub(crate) fn cannot_begin_again(model: &Model) -> Option<String> {
    match model.stage()?.play() {
        Play::Lesson(player) if player.beat_number() == 1 && player.tally().answered() == 0 => {
            Some("this is where the lesson begins".to_owned())
        }
        Play::Lesson(_) => None,
        Play::Quiz(_) | Play::Sandbox(_) => Some(NO_LESSON.to_owned()),
    }
}

/// Goes on in a quiz; `None` if none is on the stage.
pub(crate) fn next_question(stage: &mut Stage) -> Option<Outcome> {
    let went = stage.take_quiz(crate::teach::Quiz::next)?;
    Some(if went == Went::Nowhere { Err("no further question was found".to_owned()) } else { DONE })
}

/// Asks for a slide's number.
// Every command of the table has this type.
#[allow(clippy::unnecessary_wraps)]
pub(crate) fn ask_for_slide(model: &mut Model, _: Key) -> Outcome {
    model.overlay = Some(Overlay::Slide(Line::default()));
    DONE
}

/// Why no slide can be jumped to.
pub(crate) fn cannot_jump(model: &Model) -> Option<String> {
    let any = lessons(model).any(|lesson| !lesson.slide_table.is_empty());
    (!any).then(|| "no lesson here says which slides it shows".to_owned())
}

/// The lesson on the stage, then those at home.
fn lessons(model: &Model) -> impl Iterator<Item = &Lesson> {
    let on_stage = match model.stage().map(Stage::play) {
        Some(Play::Lesson(player)) => Some(player.lesson()),
        _ => None,
    };
    on_stage.into_iter().chain(model.home.offers.iter().filter_map(Offer::lesson))
}

/// Goes to the beat that shows the slide of this number.
pub(crate) fn jump_to_slide(model: &mut Model, text: &str) -> Outcome {
    let slide = text.trim().parse().ok().filter(|slide| (1..=9999).contains(slide));
    let slide: usize = slide.ok_or_else(|| "write the number of a slide of the lecture, like 8".to_owned())?;
    let found =
        find_slide(lessons(model), slide).and_then(|place| Some((place, lessons(model).nth(place.lesson)?.clone())));
    let Some((place, lesson)) = found else {
        return Err(format!("no lesson shows slide {slide}, nor one before it"));
    };
    model.open_lesson(&lesson).map_err(|error| error.to_string())?;
    model.overlay = None;
    if let Some(stage) = model.stage_mut() {
        stage.teach(|player| {
            player.jump_to(place.beat);
            player.show_future(place.future.unwrap_or_default());
        });
    }
    model.tell(if place.slide == slide {
        format!("slide {slide}: {}", lesson.title)
    } else {
        format!("no beat shows slide {slide}: this is slide {}, {}", place.slide, lesson.title)
    });
    DONE
}
