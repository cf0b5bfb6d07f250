//! A lesson that its author changes while it is on the stage: it stays on its beat; what is wrong with the file is told
//! in place, while the last good version goes on.

use crate::script::Lesson;
use crate::teach::check_lesson;

use super::lesson::Player;
use super::model::{Effect, Model, Offer};
use super::{Play, Stage};

impl Model {
    /// The same with the names of the lesson files that may change while they are played.
    #[must_use]
    pub fn with_files(mut self, names: impl IntoIterator<Item = String>) -> Self {
        self.files.extend(names);
        self
    }

    /// Asks for the file on the stage to be watched, if it is another than before.
    pub(crate) fn note_file(&mut self) -> Option<Effect> {
        let file = self.stage().and_then(file_of).filter(|file| self.files.contains(*file));
        if file == self.watched.as_deref() {
            return None;
        }
        self.watched = file.map(str::to_owned);
        Some(Effect::Watch(self.watched.clone()))
    }

    /// A lesson's file was saved.
    pub(crate) fn reload(&mut self, name: &str, text: Result<String, String>) {
        let lesson = text.and_then(|text| Lesson::parse(name, &text).map_err(|error| error.to_string()));
        for stage in self.stages.iter_mut().filter(|stage| file_of(stage) == Some(name)) {
            let trouble = lesson.clone().and_then(|lesson| replace(stage, lesson));
            stage.set_trouble(trouble.err());
        }
        let Ok(lesson) = lesson else { return };
        for offer in &mut self.home.offers {
            if let Offer::Lesson(old) = offer
                && old.file == name
            {
                *old = lesson.clone().into();
            }
        }
    }
}

fn file_of(stage: &Stage) -> Option<&str> {
    match stage.play() {
        Play::Lesson(player) => Some(&player.lesson().file),
        Play::Quiz(_) | Play::Sandbox(_) => None,
    }
}

/// Plays the new version from the same beat on, if it can be played; says what `check` would say of it.
fn replace(stage: &mut Stage, lesson: Lesson) -> Result<(), String> {
    let Some(player) = stage.lesson() else { return Ok(()) };
    let player: Player = player.reloaded(lesson).map_err(|error| error.to_string())?;
    let checked = check_lesson(player.lesson()).map(|_| ());
    stage.replace(player);
    checked.map_err(|errors| {
        let more = match errors.len() {
            0 | 1 => String::new(),
            count => format!(" (and {} more)", count - 1),
        };
        format!("{}{more}", errors.first().map(ToString::to_string).unwrap_or_default())
    })
}
