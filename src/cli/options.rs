//! The options that mean the same everywhere.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::app::{Colors, Keymap, Model, Offer, Theme};
use crate::script::{FileError, Lesson, Position, ThemeFile, nearest};
use crate::term::{ColorChoice, Kind, Surroundings, colors};

use super::input;
use super::output::{Failure, complain};
use super::runs::data_folder;

// Each is a flag of the command line.
#[allow(clippy::struct_excessive_bools)]
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct Options {
    /// Line by line instead of on the whole screen: for screen readers, pipes and scripts
    #[arg(long, global = true)]
    pub(crate) plain: bool,
    /// The colours of the screen: dark, light, high-contrast, projector, mono, or a file that changes one of them
    #[arg(long, global = true, value_name = "NAME|FILE", value_parser = parse_theme)]
    theme: Option<ThemeChoice>,
    /// A file of keys, in place of your own keymap.ron
    #[arg(long, global = true, value_name = "FILE")]
    keymap: Option<PathBuf>,
    /// The mouse selects and delivers (else it marks and copies text, as ever)
    #[arg(long, global = true)]
    mouse: bool,
    /// Nothing moves by itself
    #[arg(long, global = true)]
    calm: bool,
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

/// What `--theme` names.
#[derive(Clone, Debug)]
enum ThemeChoice {
    Named(Theme),
    File(PathBuf),
}

fn parse_theme(text: &str) -> Result<ThemeChoice, String> {
    if let Some(theme) = Theme::named(text) {
        return Ok(ThemeChoice::Named(theme));
    }
    if Path::new(text).extension().is_some_and(|extension| extension == "ron") {
        return Ok(ThemeChoice::File(text.into()));
    }
    let names: Vec<String> = Theme::ALL.iter().map(|theme| format!("`{}`", theme.name())).collect();
    let meant = nearest(text, Theme::ALL.iter().map(|theme| theme.name()));
    let meant = meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
    Err(format!("expected {} or a file that ends in `.ron`{meant}", names.join(", ")))
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
    /// How many colours an output has that is, or is not, a terminal.
    pub(crate) fn colors(&self) -> Colors {
        colors(self.color, &Surroundings::of_this_process(io::stdout().is_terminal()))
    }

    /// The theme for this output, and whether nobody chose it. No wish for colours is stronger than that for none.
    pub(crate) fn theme(&self, patch: Option<&ThemeFile>) -> (Theme, bool) {
        let named = match &self.theme {
            Some(ThemeChoice::Named(theme)) => Some(*theme),
            Some(ThemeChoice::File(_)) | None => {
                patch.and_then(|patch| patch.base.as_ref()).and_then(|base| Theme::named(&base.text))
            }
        };
        choose(named, self.colors(), background_is_light())
    }

    /// What the theme would be if the output were a terminal that shows colours: for pictures.
    pub(crate) fn theme_of_picture(&self) -> Theme {
        match (self.color, &self.theme) {
            (ColorChoice::Never, _) => Theme::Mono,
            (_, Some(ThemeChoice::Named(theme))) => *theme,
            (_, Some(ThemeChoice::File(_)) | None) => Theme::default(),
        }
    }

    /// What the user changes of a theme: in the file that is named, else in the user's own, if there is one.
    pub(crate) fn theme_patch(&self) -> Result<Option<ThemeFile>, Failure> {
        let path = match &self.theme {
            Some(ThemeChoice::File(path)) => Some(path.clone()),
            Some(ThemeChoice::Named(_)) | None => own_file("theme.ron"),
        };
        let Some(path) = path else { return Ok(None) };
        let name = input::name_of(&path);
        let theme = ThemeFile::parse(&name, &input::read(&path)?)?;
        if let Some(base) = theme.base.as_ref().filter(|base| Theme::named(&base.text).is_none()) {
            let mut error = FileError::new(&name, base.at, "there is no such theme");
            let names: Vec<String> = Theme::ALL.iter().map(|theme| format!("`{}`", theme.name())).collect();
            error.expected = Some(names.join(", ").into());
            return Err(error.into());
        }
        Ok(Some(theme))
    }

    /// The keys: those of the file that is named, else of the user's own, else the usual ones.
    fn keymap(&self) -> Result<Keymap, Failure> {
        match self.keymap.clone().or_else(|| own_file("keymap.ron")) {
            Some(path) => Ok(Keymap::parse(&input::name_of(&path), &input::read(&path)?)?),
            None => Ok(Keymap::default()),
        }
    }

    /// The model as these options want it.
    pub(crate) fn apply(&self, model: Model) -> Result<Model, Failure> {
        let (own, broken) = self.own_lessons()?;
        let files: Vec<String> = own.iter().map(|lesson| lesson.file.clone()).collect();
        let offers = own.into_iter().map(|lesson| Offer::Lesson(lesson.into())).collect();
        let model = model.with_ascii(self.ascii).with_offers(offers).with_files(files);
        let model = model.with_notice(broken.into_iter().next());
        if self.plain {
            return Ok(model);
        }
        let patch = self.theme_patch()?;
        let (theme, is_guess) = self.theme(patch.as_ref());
        let model = if is_guess { model.with_guessed_theme(theme) } else { model.with_theme(theme) };
        let model = match patch {
            Some(patch) => model.with_theme_patch(patch),
            None => model,
        };
        let colors = self.colors();
        let model = model.with_colors(colors).with_background(background_is_light());
        // Without colours the moving message would be hard to tell from the line that it leaves behind.
        let moves = !self.calm && colors != Colors::None;
        Ok(model.with_keymap(self.keymap()?).with_mouse(self.mouse).with_motion(moves))
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

/// What `COLORFGBG` says: `foreground;background`, each one of the 16 colours; 7 and 15 are white. A system's own console
/// is dark, and cannot be asked.
fn background_is_light() -> Option<bool> {
    match std::env::var("COLORFGBG") {
        Ok(both) => both.rsplit(';').next().map(|back| matches!(back, "7" | "15")),
        Err(_) => Kind::here().is_console.then_some(false),
    }
}

fn choose(wanted: Option<Theme>, colors: Colors, light: Option<bool>) -> (Theme, bool) {
    match (colors, wanted) {
        (Colors::None, _) => (Theme::Mono, false),
        (_, Some(theme)) => (theme, false),
        (_, None) => (if light == Some(true) { Theme::Light } else { Theme::Dark }, true),
    }
}

/// Where the user's own keymap and theme are: `XDG_CONFIG_HOME`, or the platform's place for a program's settings.
pub(crate) fn config_folder() -> Option<PathBuf> {
    let var = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let config = var("XDG_CONFIG_HOME").or_else(|| {
        if cfg!(windows) {
            var("APPDATA")
        } else if cfg!(target_os = "macos") {
            var("HOME").map(|home| home.join("Library/Application Support"))
        } else {
            var("HOME").map(|home| home.join(".config"))
        }
    });
    config.map(|config| config.join("paxoscope"))
}

/// A file of the user's own, if it is there.
fn own_file(name: &str) -> Option<PathBuf> {
    config_folder().map(|folder| folder.join(name)).filter(|path| path.exists())
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
        let table = [
            (None, Colors::Sixteen, None, (Theme::Dark, true)),
            (None, Colors::True, Some(true), (Theme::Light, true)),
            (None, Colors::Indexed, Some(false), (Theme::Dark, true)),
            (Some(Theme::Projector), Colors::Sixteen, Some(false), (Theme::Projector, false)),
            (Some(Theme::Dark), Colors::None, Some(true), (Theme::Mono, false)),
        ];
        for (wanted, colors, light, expected) in table {
            assert_eq!(choose(wanted, colors, light), expected, "{wanted:?} {colors:?} {light:?}");
        }
    }
}
