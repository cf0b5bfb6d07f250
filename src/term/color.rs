//! How many colours: one pure decision, so that it can be tested by table.

use std::ffi::OsString;

use crate::app::Colors;

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
    /// `TERM`: `dumb`, and names of terminals without colours, mean none; `xterm-256color` says how many.
    pub term: Option<OsString>,
    /// `COLORTERM`: `truecolor` or `24bit` means all colours.
    pub colorterm: Option<OsString>,
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
            colorterm: std::env::var_os("COLORTERM"),
        }
    }
}

/// Decides. The flag beats the environment; in the environment, a wish for no colours beats a wish for colours. How many
/// there are is the terminal's word: `COLORTERM`, else the name in `TERM`.
pub fn colors(choice: ColorChoice, around: &Surroundings) -> Colors {
    let is = |value: &Option<OsString>, wanted: &str| value.as_ref().is_some_and(|value| value == wanted);
    let is_set = |value: &Option<OsString>| value.as_ref().is_some_and(|value| !value.is_empty());
    let term = around.term.as_ref().map(|term| term.to_string_lossy().to_lowercase()).unwrap_or_default();
    let wanted = match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if is_set(&around.no_color) => false,
        ColorChoice::Auto if is_set(&around.clicolor_force) && !is(&around.clicolor_force, "0") => true,
        ColorChoice::Auto => around.is_terminal && !is_without_colors(&term) && !is(&around.clicolor, "0"),
    };
    if !wanted {
        Colors::None
    } else if is(&around.colorterm, "truecolor") || is(&around.colorterm, "24bit") || term.ends_with("-direct") {
        Colors::True
    } else if term.contains("256") {
        Colors::Indexed
    } else {
        Colors::Sixteen
    }
}

/// Whether terminals of this name show no colours.
fn is_without_colors(term: &str) -> bool {
    term == "dumb" || term.ends_with("-mono") || term.ends_with("-m") || (term.starts_with("vt") && term != "vt340")
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
                "COLORTERM" => around.colorterm = value,
                other => panic!("{other}?"),
            }
        }
        around
    }

    #[test]
    fn the_flag_beats_the_environment_and_no_beats_yes() {
        use ColorChoice::{Always, Auto, Never};
        use Colors::{Indexed, None as Mono, Sixteen, True};
        let table = [
            (Auto, "tty TERM=xterm-256color", Indexed),
            (Auto, "tty TERM=xterm-256color COLORTERM=truecolor", True),
            (Auto, "tty TERM=xterm COLORTERM=24bit", True),
            (Auto, "tty TERM=xterm-direct", True),
            (Auto, "tty TERM=linux", Sixteen),
            (Auto, "tty TERM=xterm-mono COLORTERM=truecolor", Mono),
            (Auto, "tty TERM=vt100", Mono),
            (Always, "TERM=vt100", Sixteen),
            (Auto, "tty", Sixteen),
            (Auto, "TERM=xterm-256color", Mono),
            (Auto, "tty TERM=dumb", Mono),
            (Auto, "tty NO_COLOR=1", Mono),
            (Auto, "tty NO_COLOR=0", Mono),
            (Auto, "tty NO_COLOR=", Sixteen),
            (Auto, "CLICOLOR_FORCE=1", Sixteen),
            (Auto, "CLICOLOR_FORCE=0", Mono),
            (Auto, "CLICOLOR_FORCE=", Mono),
            (Auto, "tty CLICOLOR_FORCE=0", Sixteen),
            (Auto, "tty CLICOLOR_FORCE=1 NO_COLOR=1", Mono),
            (Auto, "tty CLICOLOR_FORCE=1 TERM=dumb", Sixteen),
            (Auto, "tty CLICOLOR=0", Mono),
            (Auto, "tty CLICOLOR=1", Sixteen),
            (Always, "NO_COLOR=1 TERM=dumb", Sixteen),
            (Never, "tty CLICOLOR_FORCE=1", Mono),
        ];
        for (choice, settings, expected) in table {
            assert_eq!(colors(choice, &around(settings)), expected, "{choice:?} with {settings:?}");
        }
    }
}
