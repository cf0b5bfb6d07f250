//! `paxoscope new scenario|lesson FILE`: a commented template to begin with.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;

use crate::script::{FileError, Position};

use super::input;
use super::output::{Failure, complain};

#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// What to write
    #[arg(value_enum)]
    kind: Kind,
    /// Where to; a file that is there is never overwritten
    file: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Kind {
    /// How a run begins, and its actions
    Scenario,
    /// Beats told along a run, with predictions, a task and a question
    Lesson,
}

/// A file to begin with.
pub(crate) struct Template {
    /// What `new` calls it.
    pub(crate) kind: &'static str,
    /// The whole file.
    pub(crate) text: &'static str,
}

/// All templates; `check` without arguments checks them.
pub(crate) const TEMPLATES: [Template; 2] = [
    Template { kind: "scenario", text: include_str!("../../assets/scenario.ron") },
    Template { kind: "lesson", text: include_str!("../../assets/lesson.ron") },
];

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let [scenario, lesson] = &TEMPLATES;
    let (text, next) = match args.kind {
        Kind::Scenario => (scenario.text, "`paxoscope replay {}` plays it"),
        Kind::Lesson => (lesson.text, "`paxoscope check {}` plays it"),
    };
    let name = args.file.display().to_string();
    let fail = |what: String| FileError::new(&name, Position::default(), what);
    let mut file = File::create_new(&args.file).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => fail("there is such a file already, and it was left as it is".to_owned()),
        ErrorKind::NotFound => fail("there is no such directory".to_owned()),
        _ => fail(input::reason(&args.file, &error)),
    })?;
    file.write_all(text.as_bytes()).map_err(|error| fail(error.to_string()))?;
    complain(&format!("wrote {name}; {}", next.replace("{}", &name)));
    Ok(ExitCode::SUCCESS)
}
