//! Colour or no colour: one pure decision, so that it can be tested by table.

use std::ffi::OsString;

/// What `--color` asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ColorChoice {
    /// Whatever the surroundings suggest.
    #[default]
    Auto,
    /// Colours, whatever they suggest.
    Always,
    /// No colours, whatever they suggest.
    Never,
}

/// What a theme may use. Bold, reverse and underline stay in both: meaning is never colour alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ColorMode {
    /// Colours may be used.
    Color,
    /// The terminal's own foreground and background only.
    Mono,
}

/// What the decision looks at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Surroundings {
    /// Whether the output goes to a terminal.
    pub is_terminal: bool,
    /// `NO_COLOR`, <https://no-color.org>: set and not empty means no colours.
    pub no_color: Option<OsString>,
    /// `CLICOLOR_FORCE`: set and not `0` means colours even into a pipe.
    pub clicolor_force: Option<OsString>,
    /// `CLICOLOR`: `0` means no colours.
    pub clicolor: Option<OsString>,
    /// `TERM`: `dumb` means no colours.
    pub term: Option<OsString>,
}

impl Surroundings {
    /// Those of this process, for an output that is, or is not, a terminal.
    pub fn of_this_process(is_terminal: bool) -> Self {
        Self {
            is_terminal,
            no_color: std::env::var_os("NO_COLOR"),
            clicolor_force: std::env::var_os("CLICOLOR_FORCE"),
            clicolor: std::env::var_os("CLICOLOR"),
            term: std::env::var_os("TERM"),
        }
    }
}

/// Decides. The flag beats the environment; in the environment, a wish for no colours beats a wish for colours.
pub fn color_mode(choice: ColorChoice, around: &Surroundings) -> ColorMode {
    let is = |value: &Option<OsString>, wanted: &str| value.as_ref().is_some_and(|value| value == wanted);
    let is_set = |value: &Option<OsString>| value.as_ref().is_some_and(|value| !value.is_empty());
    let colors = match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if is_set(&around.no_color) => false,
        ColorChoice::Auto if is_set(&around.clicolor_force) && !is(&around.clicolor_force, "0") => true,
        ColorChoice::Auto => around.is_terminal && !is(&around.term, "dumb") && !is(&around.clicolor, "0"),
    };
    if colors { ColorMode::Color } else { ColorMode::Mono }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(settings: &str) -> Surroundings {
        let mut around = Surroundings::default();
        for setting in settings.split_whitespace() {
            let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
            let value = Some(OsString::from(value));
            match name {
                "tty" => around.is_terminal = true,
                "NO_COLOR" => around.no_color = value,
                "CLICOLOR_FORCE" => around.clicolor_force = value,
                "CLICOLOR" => around.clicolor = value,
                "TERM" => around.term = value,
                other => panic!("{other}?"),
            }
        }
        around
    }

    #[test]
    fn the_flag_beats_the_environment_and_no_beats_yes() {
        use ColorChoice::{Always, Auto, Never};
        use ColorMode::{Color, Mono};
        let table = [
            (Auto, "tty TERM=xterm-256color", Color),
            (Auto, "tty", Color),
            (Auto, "TERM=xterm-256color", Mono),
            (Auto, "tty TERM=dumb", Mono),
            (Auto, "tty NO_COLOR=1", Mono),
            (Auto, "tty NO_COLOR=0", Mono),
            (Auto, "tty NO_COLOR=", Color),
            (Auto, "CLICOLOR_FORCE=1", Color),
            (Auto, "CLICOLOR_FORCE=0", Mono),
            (Auto, "CLICOLOR_FORCE=", Mono),
            (Auto, "tty CLICOLOR_FORCE=0", Color),
            (Auto, "tty CLICOLOR_FORCE=1 NO_COLOR=1", Mono),
            (Auto, "tty CLICOLOR_FORCE=1 TERM=dumb", Color),
            (Auto, "tty CLICOLOR=0", Mono),
            (Auto, "tty CLICOLOR=1", Color),
            (Always, "NO_COLOR=1 TERM=dumb", Color),
            (Never, "tty CLICOLOR_FORCE=1", Mono),
        ];
        for (choice, settings, expected) in table {
            assert_eq!(color_mode(choice, &around(settings)), expected, "{choice:?} with {settings:?}");
        }
    }
}
