//! The real terminal: taking it, giving it back whatever happens, and the loop between.
//!
//! Start with [`run`]. It is the only place that starts threads for the screen: one waits for keys, one for signals, one
//! for the terminal to be closed, and each sends to one channel; the loop sleeps on that channel, so nothing ticks.
//! This room knows the model only as something to send messages to and to draw; what is on the screen is not its affair.

mod background;
mod color;
mod cursor;
#[cfg(unix)]
mod decode;
#[cfg(debug_assertions)]
mod fault;
mod guard;
mod input;
mod kind;
mod line;
mod order;
mod pace;
mod paint;
mod pen;
mod run;
#[cfg(unix)]
mod signals;
mod strokes;
mod wake;

pub use color::{ColorChoice, Surroundings, colors};
pub use kind::Kind;
pub use paint::Painter;
pub use run::run;
pub use wake::Teller;

/// Why the loop ended although nothing went wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// The user left.
    Quit,
    /// A signal asked the program to end; the number is the system's.
    Signal(i32),
    /// The terminal was closed.
    TerminalClosed,
}

impl Ended {
    /// The exit code: 0, or what a shell reports for the signal (a closed terminal counts as the hang-up that it is,
    /// since the system's SIGHUP may or may not arrive first).
    pub fn exit_code(self) -> u8 {
        const HANG_UP: i32 = 1;
        let signal = match self {
            Self::Quit => return 0,
            Self::Signal(signal) => signal,
            Self::TerminalClosed => HANG_UP,
        };
        u8::try_from(128 + signal).unwrap_or(u8::MAX)
    }
}

/// Why the screen could not be shown, or not any longer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Standard input or output is a pipe or a file. This is wrong usage: exit code 2.
    #[error(
        "{0} is not a terminal, and this command draws on the whole screen; \
         `paxoscope replay FILE` prints a run, and `--plain` works line by line"
    )]
    NotATerminal(&'static str),
    /// The terminal refused something.
    #[error("the terminal failed: {0}")]
    Io(#[from] std::io::Error),
    /// A thread beside the loop broke down: a bug.
    #[error("a part of the program stopped working (a bug in Paxoscope): {0}")]
    Broken(String),
}

impl Error {
    /// The exit code: 2, as for all that cannot be done as asked.
    pub fn exit_code(&self) -> u8 {
        2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_are_those_that_a_shell_reports() {
        let table = [
            (Ended::Quit, 0),
            (Ended::Signal(15), 143),
            (Ended::Signal(2), 130),
            (Ended::TerminalClosed, 129),
            (Ended::Signal(4000), 255),
        ];
        for (ended, code) in table {
            assert_eq!(ended.exit_code(), code, "{ended:?}");
        }
    }

    #[test]
    fn without_a_terminal_the_error_names_the_ways_out() {
        let text = Error::NotATerminal("standard input").to_string();
        for part in ["standard input", "not a terminal", "paxoscope replay FILE", "--plain"] {
            assert!(text.contains(part), "{part} is missing in: {text}");
        }
    }
}
