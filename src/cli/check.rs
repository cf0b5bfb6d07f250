//! `paxoscope check [FILE…]`: lessons and scenarios are parsed and played to their end; lessons are held to what they
//! claim.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::script::{FileError, Position, Scenario, is_lesson, printable};
use crate::teach::{Summary, built_in, check_text};

use super::new::TEMPLATES;
use super::options::{Options, user_lesson_files};
use super::output::{Failure, complain};
use super::{input, new};

/// So many errors of a file are told: who has mended them sees the others.
const MOST_TOLD: usize = 20;

#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The files to check; without any, everything built in and in your folders of lessons
    files: Vec<PathBuf>,
}

pub(crate) fn run(args: &Args, options: &Options) -> Result<ExitCode, Failure> {
    let mut out = io::stdout().lock();
    let mut bad = 0_usize;
    let mut report = |checked: Result<String, Vec<FileError>>| -> Result<(), Failure> {
        match checked {
            Ok(verdict) => writeln!(out, "{}", printable(&verdict))?,
            Err(errors) => {
                bad += 1;
                for error in errors.iter().take(MOST_TOLD) {
                    complain(&error.to_string());
                }
                if errors.len() > MOST_TOLD {
                    complain(&format!("and {} more errors in this file", errors.len() - MOST_TOLD));
                }
            }
        }
        Ok(())
    };
    let mut files = args.files.clone();
    if files.is_empty() {
        files.extend(user_lesson_files());
        files.extend(options.named_lesson_files()?);
        for lesson in built_in() {
            report(check_lesson(lesson.file, lesson.text))?;
        }
        for new::Template { kind, text } in TEMPLATES {
            report(check(&format!("built-in template of `new {kind}`"), text))?;
        }
    }
    for file in &files {
        let text = input::read(file).map_err(|error| vec![error]);
        report(text.and_then(|text| check(&input::name_of(file), &text)))?;
    }
    Ok(ExitCode::from(if bad > 0 { 2 } else { 0 }))
}

/// Lessons and scenarios are told apart by how they begin.
fn check(name: &str, text: &str) -> Result<String, Vec<FileError>> {
    if is_lesson(text) { check_lesson(name, text) } else { check_scenario(name, text).map_err(|error| vec![error]) }
}

/// One line about a lesson that is well.
fn check_lesson(name: &str, text: &str) -> Result<String, Vec<FileError>> {
    let (_, Summary { beats, questions, tasks, searched, forks, steps, checks }) = check_text(name, text)?;
    let counts = [
        count(beats, "beat", "beats"),
        count(questions, "question", "questions"),
        searched_count(tasks, searched),
        count(forks, "fork", "forks"),
        count(steps, "step", "steps"),
    ];
    Ok(format!("{name}: ok, {}; {} hold", counts.join(", "), count(checks, "claim", "claims")))
}

/// `3 tasks (2 solved by search)`; what no search solved, the author's way does.
fn searched_count(tasks: usize, searched: usize) -> String {
    let tasks = count(tasks, "task", "tasks");
    if searched == 0 { tasks } else { format!("{tasks} ({searched} solved by search)") }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
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
    let count = count(scenario.actions.len(), "action", "actions");
    Ok(format!("{name}: ok, {count} played{first_violation}"))
}
