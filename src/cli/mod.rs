//! The command line: clap types, one file a subcommand. May import every room.
//!
//! Data goes to standard output, talk to standard error. Exit codes: 0 held, found, all well; 1 violated, expectation
//! failed, searched to the end and not found; 2 wrong usage, bad file, action not enabled; 3 stopped by a budget.

mod check;
mod dialogue;
mod doctor;
mod explore;
mod export;
mod input;
mod lesson;
mod new;
mod options;
mod output;
mod paper;
mod plain;
mod progress;
mod quiz;
mod replay;
mod runs;
mod sandbox;
mod seeker;
mod simulate;
mod usage;
mod watch;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::app::{Effect, Model, Msg, Offer};
use crate::{term, ui};

use options::Options;
use output::{Failure, complain};
use runs::Keeper;
use seeker::Seeker;
use watch::Watcher;

/// Paxos Made Moderately Complex, live in a terminal, one message at a time.
#[derive(Parser, Debug)]
#[command(name = "paxoscope", version, about)]
struct Cli {
    #[command(flatten)]
    options: Options,
    /// Go on with the run that was left last
    #[arg(long)]
    resume: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Play with a cluster of your own
    Sandbox(sandbox::Args),
    /// Take a lesson
    Lesson(lesson::Args),
    /// What will this process do? Questions without end
    Quiz(quiz::Args),
    /// Check lessons and scenarios: parsed, played to their end, held to what they claim
    Check(check::Args),
    /// Write a commented template that passes check
    New(new::Args),
    /// Play a scenario's actions and write down every step
    Replay(replay::Args),
    /// The stage at one moment, as text or as a picture
    Export(export::Args),
    /// Completions for a shell
    Completions(paper::Args),
    /// The manual page
    Man,
    /// What this terminal is, and a test card of glyphs
    Doctor,
    /// Find the shortest schedule that leads somewhere, or show that there is none
    Explore(explore::Args),
    /// Play random runs with faults, and judge every invariant after every step
    Simulate(simulate::Args),
}

/// Runs the program named on the command line; the exit code is the contract's (0, 1, 2 or 3).
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let Some(sentence) = usage::sentence(&error, &Cli::command()) else {
                // A reader that has gone away hears nothing, and that is all right.
                let _ = error.print();
                return ExitCode::SUCCESS;
            };
            complain(&sentence);
            return ExitCode::from(2);
        }
    };
    output::finish(dispatch(cli))
}

fn dispatch(cli: Cli) -> Result<ExitCode, Failure> {
    let options = &cli.options;
    match cli.command {
        Some(_) if cli.resume => {
            Err(Failure::Usage("`--resume` opens the run that was left last: it takes no command".into()))
        }
        Some(Command::Check(args)) => check::run(&args, options),
        Some(Command::New(args)) => new::run(&args),
        Some(Command::Replay(args)) => replay::run(&args),
        Some(Command::Explore(args)) => explore::run(&args),
        Some(Command::Simulate(args)) => simulate::run(&args),
        Some(Command::Export(args)) => export::run(&args, options),
        Some(Command::Completions(args)) => paper::completions(&args),
        Some(Command::Man) => paper::man(),
        Some(Command::Doctor) => doctor::run(options),
        Some(Command::Lesson(args)) => lesson::run(&args, options),
        Some(Command::Quiz(args)) => quiz::run(&args, options),
        Some(Command::Sandbox(args)) => sandbox::run(&args, options),
        None if cli.resume => resume(options),
        None => interactive(home(), options),
    }
}

fn home() -> Model {
    let recent = runs::recent().into_iter().map(Offer::Recent);
    let (kept, broken) = progress::all();
    let told: Vec<String> = broken.iter().map(|why| format!("progress that cannot be read: {why}")).collect();
    for why in &told {
        complain(why);
    }
    Model::home(Offer::built_in())
        .with_offers(recent.chain([quiz::any()]).collect())
        .with_progress(kept)
        .with_seed(lesson::any_seed())
        .with_notice(told.into_iter().next())
}

/// The run that was left last, at its end.
fn resume(options: &Options) -> Result<ExitCode, Failure> {
    let (name, text) = runs::newest().ok_or_else(|| Failure::Usage("no run was saved yet".into()))?;
    let mut model = home().with_keeping();
    model.resume(&name, &text)?;
    interactive(model, options)
}

/// The program as the options want it.
fn interactive(model: Model, options: &Options) -> Result<ExitCode, Failure> {
    show(options.apply(model)?, options)
}

/// The program on the screen, or line by line.
fn show(model: Model, options: &Options) -> Result<ExitCode, Failure> {
    if options.plain {
        return plain::run(model);
    }
    let mut model = model.with_keeping();
    Ok(match on_screen(&mut model) {
        Ok(ended) => ExitCode::from(ended.exit_code()),
        Err(error) => {
            complain(&error.to_string());
            ExitCode::from(error.exit_code())
        }
    })
}

fn on_screen(model: &mut Model) -> Result<term::Ended, term::Error> {
    // Started at the first wish: there is nobody to tell before the loop runs.
    let mut keeper: Option<Keeper> = None;
    let mut watcher: Option<Watcher> = None;
    let mut seeker = Seeker::default();
    term::run(model, ui::draw, ui::target, |effect: &Effect, teller| {
        let teller = teller.clone();
        if let Effect::Watch(name) = effect {
            let start = || Watcher::start(move |msg| teller.tell(msg));
            watcher.get_or_insert_with(start).watch(name.clone());
            return;
        }
        seeker.carry_out(effect, &teller);
        let keeper = keeper.get_or_insert_with(|| {
            let teller = teller.clone();
            Keeper::start(move |why| teller.tell(Msg::NotKept(why)))
        });
        if let Some(answer) = keeper.carry_out(effect) {
            teller.tell(answer);
        }
        // What is seen is kept: a kill right after it takes nothing back.
        if matches!(effect, Effect::KeepProgress(_)) {
            keeper.wait_a_moment();
        }
    })
}
