//! `paxoscope lesson [ID|FILE]`: without an argument the list.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::app::{Offer, Shelved};
use crate::script::{Lesson, nearest};
use crate::teach::drawn;

use super::input;
use super::options::Options;
use super::output::Failure;

#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Which one: its id, or a file; without it, the list
    #[arg(value_name = "ID|FILE")]
    lesson: Option<String>,
    /// Begin at the beat that shows this slide of the lecture
    #[arg(long, value_name = "N")]
    slide: Option<usize>,
    /// Begin at the first beat, not where you left the lesson
    #[arg(long, requires = "lesson", conflicts_with = "slide")]
    begin: bool,
    /// Which rule a hunt hides: the same seed hides the same one (without it, any)
    #[arg(long, value_name = "N", requires = "lesson")]
    seed: Option<u64>,
}

pub(crate) fn run(args: &Args, options: &Options) -> Result<ExitCode, Failure> {
    let mut model = options.apply(super::home())?;
    let lessons: Vec<&Shelved> = model.home_screen().offers.iter().filter_map(Offer::shelved).collect();
    if (&args.lesson, args.slide) == (&None, None) {
        list(&lessons)?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(name) = &args.lesson {
        let Loaded { lesson, is_file } = load(name, &lessons)?;
        let lesson = match args.seed {
            None => lesson,
            Some(_) if lesson.variants() == 1 => return Err(nothing_hidden(name)),
            Some(seed) => drawn(lesson, seed),
        };
        model = model.with_files(is_file.then(|| lesson.file.clone()));
        if args.begin {
            model.begin_lesson(&lesson)?;
        } else {
            model.open_lesson(&lesson)?;
        }
    }
    if let Some(slide) = args.slide {
        model.show_slide(slide).map_err(Failure::Usage)?;
    }
    super::show(model, options)
}

/// A seed that nobody chose.
pub(crate) fn any_seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(1, |since| u64::from(since.subsec_nanos()))
}

fn nothing_hidden(name: &str) -> Failure {
    Failure::Usage(format!("the lesson `{name}` hides no rule: `--seed` is for a lesson with a hunt, like bug-hunt"))
}

fn list(lessons: &[&Shelved]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    for lesson in lessons {
        writeln!(out, "{:<18} {}", lesson.id, lesson.title)?;
        writeln!(out, "{:<18} {}", "", lesson.about)?;
    }
    Ok(())
}

/// A lesson, and whether it was named by its file.
struct Loaded {
    lesson: Lesson,
    is_file: bool,
}

/// The lesson of this id, or in this file.
fn load(name: &str, lessons: &[&Shelved]) -> Result<Loaded, Failure> {
    if let Some(lesson) = lessons.iter().find(|lesson| lesson.id == name).and_then(|lesson| lesson.lesson()) {
        return Ok(Loaded { lesson: lesson.clone(), is_file: false });
    }
    let path = Path::new(name);
    let is_file = path.extension().is_some() || path.components().count() > 1 || path.exists() || name == "-";
    if is_file {
        let lesson = Lesson::parse(&input::name_of(path), &input::read(path)?)?;
        return Ok(Loaded { lesson, is_file: name != "-" });
    }
    let ids = lessons.iter().map(|lesson| lesson.id.as_str());
    let advice = match nearest(name, ids) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`paxoscope lesson` lists them; a file's name ends with .ron".to_owned(),
    };
    let shown: String = name.chars().filter(|char| !char.is_control()).take(80).collect();
    Err(Failure::Usage(format!("there is no lesson `{shown}`; {advice}")))
}
