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
mod simulate;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app::{Model, Offer, Theme};
use crate::script::{FileError, Position, Scenario, parse_action};
use crate::session::Session;
use crate::world::Setup;
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
    /// Play random runs with faults, and judge every invariant after every step
    Simulate(simulate::Args),
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
        Some(Command::Simulate(args)) => simulate::run(&args),
        Some(Command::Lesson(args)) => lesson::run(&args),
        Some(Command::Sandbox { scenario }) => sandbox(scenario.as_deref()),
        None => Ok(interactive(Model::home(Offer::built_in()))),
    }
}

/// A free run on the screen: of the usual cluster, or of a scenario with its actions ahead.
fn sandbox(scenario: Option<&Path>) -> Result<ExitCode, Failure> {
    let Some(path) = scenario else {
        let session = Session::new(Setup::default()).map_err(|error| Failure::Usage(error.to_string()))?;
        return Ok(interactive(Model::sandbox(session)));
    };
    let name = input::name_of(path);
    let scenario = Scenario::parse(&name, &input::read(path)?)?;
    let session = Session::new(scenario.setup().clone());
    let mut session = session.map_err(|error| FileError::new(&name, Position::default(), error.to_string()))?;
    for line in &scenario.actions {
        let action = parse_action(&line.text, session.world()).map_err(|error| error.to_string());
        action
            .and_then(|action| session.act(action).map_err(|refusal| refusal.to_string()))
            .map_err(|why| FileError::new(&name, line.at, format!("`{}`: {why}", line.text)))?;
    }
    session.to_start();
    Ok(interactive(Model::sandbox(session)))
}

/// The program on the screen. `NO_COLOR` is a wish for no colour at all.
fn interactive(model: Model) -> ExitCode {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let mut model = if no_color { model.with_theme(Theme::Mono) } else { model };
    match term::run(&mut model, ui::view) {
        Ok(ended) => ExitCode::from(ended.exit_code()),
        Err(error) => {
            complain(&error.to_string());
            ExitCode::from(error.exit_code())
        }
    }
}
