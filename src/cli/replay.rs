//! `paxoscope replay FILE`: plays a scenario's actions and writes down every step.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;

use crate::export::{StepView, json, narration};
use crate::script::{FileError, Position, Scenario};

use super::input;
use super::output::Failure;

#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The scenario; `-` is standard input
    file: PathBuf,
    /// How to write the steps
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Stop after action N (0: only how it begins)
    #[arg(long, value_name = "N")]
    to: Option<usize>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Plain sentences
    Text,
    /// One object a line
    Json,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let name = input::name_of(&args.file);
    let scenario = Scenario::parse(&name, &input::read(&args.file)?)?;
    let last = match args.to {
        Some(to) if to > scenario.actions.len() => {
            let has = scenario.actions.len();
            return Err(Failure::Usage(format!("--to {to} is too far: {name} has {has} actions")));
        }
        to => to.unwrap_or(scenario.actions.len()),
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let played = play(&scenario, &name, args.format, last, &mut out);
    // What came before an action that is not enabled is printed before the complaint.
    out.flush()?;
    Ok(if played? { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// Plays and writes; tells whether an invariant was violated.
fn play(scenario: &Scenario, name: &str, format: Format, last: usize, out: &mut impl Write) -> Result<bool, Failure> {
    let mut run = scenario.run().map_err(|error| FileError::new(name, Position::default(), error.to_string()))?;
    let violations = run.violations();
    match format {
        Format::Text => out.write_all(narration::initial_text(&scenario.title, run.world(), &violations).as_bytes())?,
        Format::Json => writeln!(out, "{}", json::initial_line(run.world(), &violations))?,
    }
    let mut violated = !violations.is_empty();
    for step in run.by_ref().take(last) {
        let step = step.map_err(|error| error.in_file(name))?;
        violated |= !step.violations.is_empty();
        let view = StepView::from(&step);
        match format {
            Format::Text => out.write_all(narration::step_text(&view).as_bytes())?,
            Format::Json => writeln!(out, "{}", json::step_line(&view))?,
        }
    }
    Ok(violated)
}
