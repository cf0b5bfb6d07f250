//! The options that mean the same everywhere.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::app::{Model, Offer, Theme};
use crate::script::{FileError, Lesson, Position};
use crate::term::{ColorChoice, ColorMode, Surroundings, color_mode};

use super::input;
use super::output::{Failure, complain};
use super::runs::data_folder;

#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct Options {
    /// Line by line instead of on the whole screen: for screen readers, pipes and scripts
    #[arg(long, global = true)]
    pub(crate) plain: bool,
    /// The colours of the screen
    #[arg(long, global = true, value_name = "NAME", value_enum)]
    theme: Option<Theme>,
    /// Whether colours are used at all
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = ColorChoice::Auto)]
    color: ColorChoice,
    /// Draw with ASCII only
    #[arg(long, global = true)]
    pub(crate) ascii: bool,
    /// A folder of lessons that are added to the built-in ones, or take their place
    #[arg(long, global = true, value_name = "DIR")]
    lessons: Option<PathBuf>,
}

impl ValueEnum for Theme {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

impl ValueEnum for ColorChoice {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Auto, Self::Always, Self::Never]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }))
    }
}

impl Options {
    /// The theme for an output that is, or is not, a terminal. No wish for colours is stronger than that for none.
    pub(crate) fn theme(&self) -> Theme {
        let around = Surroundings::of_this_process(io::stdout().is_terminal());
        let background = std::env::var("COLORFGBG").ok();
        choose(self.theme, color_mode(self.color, &around), background.as_deref())
    }

    /// What the theme would be if the output were a terminal that shows colours: for pictures.
    pub(crate) fn theme_of_picture(&self) -> Theme {
        match self.color {
            ColorChoice::Never => Theme::Mono,
            ColorChoice::Auto | ColorChoice::Always => self.theme.unwrap_or_default(),
        }
    }

    /// The model as these options want it.
    pub(crate) fn apply(&self, model: Model) -> Result<Model, Failure> {
        let (own, broken) = self.own_lessons()?;
        let files: Vec<String> = own.iter().map(|lesson| lesson.file.clone()).collect();
        let offers = own.into_iter().map(|lesson| Offer::Lesson(Box::new(lesson))).collect();
        let model = model.with_theme(self.theme()).with_ascii(self.ascii).with_offers(offers).with_files(files);
        Ok(model.with_notice(broken.into_iter().next()))
    }

    /// The lessons of the user's own folder, and those of the folder that was named, which win. What is broken in the
    /// user's own folder is told and left out: it must not keep anybody from anything else.
    fn own_lessons(&self) -> Result<(Vec<Lesson>, Vec<String>), Failure> {
        let (mut lessons, mut broken) = (Vec::new(), Vec::new());
        for path in user_lesson_files() {
            match read_lesson(&path) {
                Ok(lesson) => lessons.push(lesson),
                Err(error) => {
                    complain(&error.to_string());
                    broken.push(error.to_string());
                }
            }
        }
        for path in self.named_lesson_files()? {
            lessons.push(read_lesson(&path)?);
        }
        Ok((lessons, broken))
    }

    /// The lesson files of the folder that was named.
    pub(crate) fn named_lesson_files(&self) -> Result<Vec<PathBuf>, FileError> {
        self.lessons.as_deref().map_or_else(|| Ok(Vec::new()), ron_files)
    }
}

fn read_lesson(path: &Path) -> Result<Lesson, FileError> {
    Lesson::parse(&input::name_of(path), &input::read(path)?)
}

/// The lesson files in the user's data folder; none, if there is no such folder.
pub(crate) fn user_lesson_files() -> Vec<PathBuf> {
    let folder = data_folder().map(|data| data.join("lessons"));
    folder.and_then(|folder| ron_files(&folder).ok()).unwrap_or_default()
}

fn choose(wanted: Option<Theme>, mode: ColorMode, background: Option<&str>) -> Theme {
    // `COLORFGBG` is `foreground;background`, each one of the 16 colours; 7 and 15 are white.
    let is_light = background.and_then(|both| both.rsplit(';').next()).is_some_and(|one| matches!(one, "7" | "15"));
    match (mode, wanted) {
        (ColorMode::Mono, _) => Theme::Mono,
        (ColorMode::Color, Some(theme)) => theme,
        (ColorMode::Color, None) if is_light => Theme::Light,
        (ColorMode::Color, None) => Theme::Dark,
    }
}

/// The files of a folder whose names end with `.ron`, in the order of their names.
fn ron_files(dir: &Path) -> Result<Vec<PathBuf>, FileError> {
    let fail = |error: io::Error| {
        let what = if error.kind() == io::ErrorKind::NotFound {
            "there is no such folder".to_owned()
        } else {
            format!("this folder of lessons cannot be read: {error}")
        };
        FileError::new(&dir.display().to_string(), Position::default(), what)
    };
    let entries = fs::read_dir(dir).map_err(fail)?;
    let mut files =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().map_err(fail)?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "ron"));
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_colours_beats_every_theme_and_the_background_decides_what_nobody_else_does() {
        use ColorMode::{Color, Mono};
        let table = [
            (None, Color, None, Theme::Dark),
            (None, Color, Some("0;15"), Theme::Light),
            (None, Color, Some("0;default;7"), Theme::Light),
            (None, Color, Some("15;0"), Theme::Dark),
            (Some(Theme::Projector), Color, Some("15;0"), Theme::Projector),
            (Some(Theme::Dark), Mono, Some("0;15"), Theme::Mono),
        ];
        for (wanted, mode, background, expected) in table {
            assert_eq!(choose(wanted, mode, background), expected, "{wanted:?} {mode:?} {background:?}");
        }
    }
}
