//! `paxoscope replay FILE`: plays a scenario's actions and writes down every step.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;

use crate::export::{StepView, json, narration};
use crate::script::{FileError, Position, Run, Scenario, parse_predicate, predicate_text};
use crate::world::{Follow, Predicate};

use super::input;
use super::output::{Failure, complain};

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
    /// What must hold in the last state shown, like 'Chosen(1, _)'
    #[arg(long, value_name = "PREDICATE")]
    expect: Option<String>,
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
    let mut expected = args.expect.as_ref().map(|text| Expected::new(text, &scenario)).transpose()?;
    let mut out = BufWriter::new(io::stdout().lock());
    let played = play(&scenario, &name, (args.format, last), expected.as_mut(), &mut out);
    // What came before an action that is not enabled is printed before the complaint.
    out.flush()?;
    let violated = played?;
    let failed = match expected {
        None => violated,
        Some(expected) => {
            let failure = expected.failure();
            if let Some(failure) = &failure {
                complain(&format!("after step {last}: {failure}"));
            }
            failure.is_some()
        }
    };
    Ok(ExitCode::from(u8::from(failed)))
}

/// Plays and writes; tells whether an invariant was violated.
fn play(
    scenario: &Scenario,
    name: &str,
    (format, last): (Format, usize),
    mut expected: Option<&mut Expected>,
    out: &mut impl Write,
) -> Result<bool, Failure> {
    let mut run = scenario.run().map_err(|error| FileError::new(name, Position::default(), error.to_string()))?;
    let violations = run.violations();
    match format {
        Format::Text => out.write_all(narration::initial_text(&scenario.title, run.world(), &violations).as_bytes())?,
        Format::Json => writeln!(out, "{}", json::initial_line(run.world(), &violations))?,
    }
    let mut violated = !violations.is_empty();
    let mut look = |run: &Run<'_>| expected.iter_mut().for_each(|expected| expected.observe(run));
    look(&run);
    for _ in 0..last {
        let Some(step) = run.next() else { break };
        let step = step.map_err(|error| error.in_file(name))?;
        violated |= !step.violations.is_empty();
        let view = StepView::from(&step);
        match format {
            Format::Text => out.write_all(narration::step_text(&view).as_bytes())?,
            Format::Json => writeln!(out, "{}", json::step_line(&view))?,
        }
        look(&run);
    }
    Ok(violated)
}

/// A predicate that is to hold at the end. Its parts are followed, too, to tell which of them fails.
struct Expected {
    predicate: Predicate,
    follow: Follow,
    holds: bool,
    parts: Vec<Expected>,
}

impl Expected {
    fn new(text: &str, scenario: &Scenario) -> Result<Self, Failure> {
        let predicate = parse_predicate("--expect", text)?;
        match predicate.unknown_name(scenario.setup.cluster) {
            None => Ok(Self::of(predicate)),
            Some(what) => Err(FileError::new("--expect", Position::default(), what).into()),
        }
    }

    fn of(predicate: Predicate) -> Self {
        let parts = match &predicate {
            Predicate::All(parts) | Predicate::Any(parts) => parts.iter().cloned().map(Self::of).collect(),
            _ => Vec::new(),
        };
        Self { follow: Follow::new(&predicate), predicate, holds: false, parts }
    }

    fn observe(&mut self, run: &Run<'_>) {
        self.holds = self.follow.observe(&self.predicate, run.world(), run.watch());
        self.parts.iter_mut().for_each(|part| part.observe(run));
    }

    /// What does not hold, as a clause.
    fn failure(&self) -> Option<String> {
        if self.holds {
            return None;
        }
        let expected = format!("expected {}", predicate_text(&self.predicate));
        let failing: Vec<String> = self.failing().into_iter().map(predicate_text).collect();
        Some(match (&self.predicate, failing.as_slice()) {
            (Predicate::All(_), parts) => format!("{expected}; these do not hold: {}", parts.join(", ")),
            (Predicate::Any(_), _) => format!("{expected}; none of these holds"),
            _ => format!("{expected}, which does not hold"),
        })
    }

    /// The smallest parts that must hold and do not.
    fn failing(&self) -> Vec<&Predicate> {
        match self.predicate {
            _ if self.holds => Vec::new(),
            Predicate::All(_) => self.parts.iter().flat_map(Self::failing).collect(),
            _ => vec![&self.predicate],
        }
    }
}
