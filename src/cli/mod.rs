//! The command line: clap types, one file a subcommand. May import every room.
//!
//! Data goes to standard output, talk to standard error. Exit codes: 0 held, found, all well; 1 violated, expectation
//! failed, searched to the end and not found; 2 wrong usage, bad file, action not enabled; 3 stopped by a budget.

mod check;
mod explore;
mod input;
mod lesson;
mod new;
mod output;
mod replay;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app::Model;
use crate::{term, ui};

use output::{Failure, complain};

/// Paxos Made Moderately Complex, live in a terminal, one message at a time.
#[derive(Parser, Debug)]
#[command(name = "paxoscope", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Play with a cluster of your own
    Sandbox {
        /// The scenario to open
        scenario: Option<PathBuf>,
    },
    /// Take a lesson
    Lesson(lesson::Args),
    /// Check lessons and scenarios: parsed, played to their end, held to what they claim
    Check(check::Args),
    /// Write a commented template that passes check
    New(new::Args),
    /// Play a scenario's actions and write down every step
    Replay(replay::Args),
    /// Find the shortest schedule that leads somewhere, or show that there is none
    Explore(explore::Args),
}

/// Runs the program named on the command line; the exit code is the contract's (0, 1, 2 or 3).
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => {
            // A reader that has gone away hears nothing, and that is all right.
            let _ = usage.print();
            return ExitCode::from(if usage.use_stderr() { 2 } else { 0 });
        }
    };
    output::finish(dispatch(cli))
}

fn dispatch(cli: Cli) -> Result<ExitCode, Failure> {
    match cli.command {
        Some(Command::Check(args)) => check::run(&args),
        Some(Command::New(args)) => new::run(&args),
        Some(Command::Replay(args)) => replay::run(&args),
        Some(Command::Explore(args)) => explore::run(&args),
        Some(Command::Lesson(args)) => lesson::run(&args),
        None | Some(Command::Sandbox { .. }) => Ok(interactive()),
    }
}

/// The program on the screen.
fn interactive() -> ExitCode {
    match term::run(&mut Model::default(), ui::view) {
        Ok(ended) => ExitCode::from(ended.exit_code()),
        Err(error) => {
            complain(&error.to_string());
            ExitCode::from(error.exit_code())
        }
    }
}
