//! `paxoscope lesson [ID|FILE]`: without an argument the list.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::app::Model;
use crate::script::{Lesson, nearest};
use crate::teach::{Player, built_in};

use super::input;
use super::output::Failure;

#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Which one: its id, or a file; without it, the list
    #[arg(value_name = "ID|FILE")]
    lesson: Option<String>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let Some(name) = &args.lesson else {
        list()?;
        return Ok(ExitCode::SUCCESS);
    };
    Ok(super::interactive(Model::lesson(load(name)?)))
}

fn list() -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    for built_in in built_in() {
        let lesson = Lesson::parse(built_in.file, built_in.text)?;
        writeln!(out, "{:<18} {}", lesson.id.text, lesson.title)?;
        writeln!(out, "{:<18} {}", "", lesson.about)?;
    }
    Ok(())
}

/// The lesson of this id, or in this file, at its beginning.
pub(crate) fn load(name: &str) -> Result<Player, Failure> {
    if let Some(found) = built_in().iter().find(|lesson| lesson.id == name) {
        return Ok(Player::new(Lesson::parse(found.file, found.text)?)?);
    }
    let path = Path::new(name);
    let is_file = path.extension().is_some() || path.components().count() > 1 || path.exists() || name == "-";
    if is_file {
        return Ok(Player::new(Lesson::parse(&input::name_of(path), &input::read(path)?)?)?);
    }
    let ids = built_in().iter().map(|lesson| lesson.id);
    let advice = match nearest(name, ids) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`paxoscope lesson` lists them; a file's name ends with .ron".to_owned(),
    };
    let shown: String = name.chars().filter(|char| !char.is_control()).take(80).collect();
    Err(Failure::Usage(format!("there is no lesson `{shown}`; {advice}")))
}
