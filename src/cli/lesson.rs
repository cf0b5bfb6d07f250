//! `paxoscope lesson [ID|FILE]`: without an argument the list.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::app::Model;
use crate::script::{Lesson, nearest};
use crate::teach::{Player, drawn};

use super::input;
use super::options::Options;
use super::output::Failure;

#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Which one: its id, or a file; without it, the list
    #[arg(value_name = "ID|FILE")]
    lesson: Option<String>,
    /// Which rule a hunt hides: the same seed hides the same one (without it, any)
    #[arg(long, value_name = "N", requires = "lesson")]
    seed: Option<u64>,
}

pub(crate) fn run(args: &Args, options: &Options) -> Result<ExitCode, Failure> {
    let lessons = options.all_lessons()?;
    let Some(name) = &args.lesson else {
        list(&lessons)?;
        return Ok(ExitCode::SUCCESS);
    };
    let seed = args.seed.unwrap_or_else(any_seed);
    super::interactive(Model::lesson(load(name, &lessons, seed)?), options)
}

/// A seed that nobody chose.
pub(crate) fn any_seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(1, |since| u64::from(since.subsec_nanos()))
}

fn list(lessons: &[Lesson]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    for lesson in lessons {
        writeln!(out, "{:<18} {}", lesson.id.text, lesson.title)?;
        writeln!(out, "{:<18} {}", "", lesson.about)?;
    }
    Ok(())
}

/// The lesson of this id, or in this file, at its beginning.
pub(crate) fn load(name: &str, lessons: &[Lesson], seed: u64) -> Result<Player, Failure> {
    if let Some(found) = lessons.iter().find(|lesson| lesson.id.text == name) {
        return Ok(Player::new(drawn(found.clone(), seed))?);
    }
    let path = Path::new(name);
    let is_file = path.extension().is_some() || path.components().count() > 1 || path.exists() || name == "-";
    if is_file {
        let lesson = Lesson::parse(&input::name_of(path), &input::read(path)?)?;
        return Ok(Player::new(drawn(lesson, seed))?);
    }
    let ids = lessons.iter().map(|lesson| lesson.id.text.as_str());
    let advice = match nearest(name, ids) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`paxoscope lesson` lists them; a file's name ends with .ron".to_owned(),
    };
    let shown: String = name.chars().filter(|char| !char.is_control()).take(80).collect();
    Err(Failure::Usage(format!("there is no lesson `{shown}`; {advice}")))
}
