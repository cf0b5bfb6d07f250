//! `paxoscope check [FILE…]`: scenarios are parsed and played to their end.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::script::{FileError, Position, Scenario};

use super::new::TEMPLATES;
use super::output::{Failure, complain};
use super::{input, new};

#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The files to check; without any, everything built in
    files: Vec<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let mut out = io::stdout().lock();
    let mut bad = 0_usize;
    let mut report = |checked: Result<String, FileError>| -> Result<(), Failure> {
        match checked {
            Ok(verdict) => writeln!(out, "{verdict}")?,
            Err(error) => {
                bad += 1;
                complain(&error.to_string());
            }
        }
        Ok(())
    };
    if args.files.is_empty() {
        for new::Template { kind, text } in TEMPLATES {
            report(check_scenario(&format!("built-in template of `new {kind}`"), text))?;
        }
    }
    for file in &args.files {
        let text = input::read(file);
        report(text.and_then(|text| check_scenario(&input::name_of(file), &text)))?;
    }
    Ok(ExitCode::from(if bad > 0 { 2 } else { 0 }))
}

/// One line about a scenario that is well.
fn check_scenario(name: &str, text: &str) -> Result<String, FileError> {
    let scenario = Scenario::parse(name, text)?;
    let run = scenario.run().map_err(|error| FileError::new(name, Position::default(), error.to_string()))?;
    let mut first_violation = String::new();
    for step in run {
        let step = step.map_err(|error| error.in_file(name))?;
        if let (true, Some(violation)) = (first_violation.is_empty(), step.violations.first()) {
            first_violation = format!("; from step {} on {:?} is violated", step.number, violation.invariant);
        }
    }
    let count = match scenario.actions.len() {
        1 => "1 action".to_owned(),
        many => format!("{many} actions"),
    };
    Ok(format!("{name}: ok, {count} played{first_violation}"))
}
