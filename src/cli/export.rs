//! `paxoscope export FILE`: the stage as a picture, in text or SVG.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;

use crate::app::{Model, Play, Stage, session_of};
use crate::export::picture;
use crate::script::{FileError, Lesson, Position, Scenario, is_lesson};
use crate::teach::Player;
use crate::ui;

use super::input;
use super::options::Options;
use super::output::Failure;

#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The scenario or lesson; `-` is standard input
    file: PathBuf,
    /// What kind of picture
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The moment after action N of a scenario, or after going on N times in a lesson; the end if there is no N
    #[arg(long, value_name = "N")]
    step: Option<usize>,
    /// How many columns and rows the screen has
    #[arg(long, value_name = "WxH", default_value = "80x24", value_parser = size, allow_hyphen_values = true)]
    size: (u16, u16),
    /// Where to; else standard output
    #[arg(short = 'o', long, value_name = "OUT")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// The glyphs, a row a line
    Text,
    /// A picture for web pages and slides
    Svg,
}

/// The largest picture: nobody has a larger screen.
const LARGEST: (u16, u16) = (500, 200);

fn size(text: &str) -> Result<(u16, u16), String> {
    let parsed = text.split_once(['x', 'X', '×']).and_then(|(width, height)| {
        let (width, height) = (width.parse::<u16>().ok()?, height.parse::<u16>().ok()?);
        let fits = (ui::LEAST.0..=LARGEST.0).contains(&width) && (ui::LEAST.1..=LARGEST.1).contains(&height);
        fits.then_some((width, height))
    });
    let (least, most) = (ui::LEAST, LARGEST);
    parsed.ok_or_else(|| {
        format!("expected columns and rows, like 80x24, from {}x{} to {}x{}", least.0, least.1, most.0, most.1)
    })
}

pub(crate) fn run(args: &Args, options: &Options) -> Result<ExitCode, Failure> {
    let name = input::name_of(&args.file);
    let text = input::read(&args.file)?;
    let stage = if is_lesson(&text) { of_lesson(&name, &text, args.step)? } else { of_run(&name, &text, args.step)? };
    let title = format!("Paxoscope: {}, step {}", stage.title(), stage.session().step());
    let theme = options.theme_of_picture();
    // The picture has the ground that the theme is made for.
    let mut model = Model::default().with_theme(theme).with_background(Some(picture::is_light(theme)));
    model = model.with_ascii(options.ascii);
    model.open_stage(stage, None);
    let screen = picture::screen(&model, args.size.0, args.size.1);
    let picture = match args.format {
        Format::Text => picture::text(&screen),
        Format::Svg => picture::svg(&screen, model.theme(), &title),
    };
    match &args.output {
        Some(path) => write(path, &picture)?,
        None => io::stdout().lock().write_all(picture.as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, picture: &str) -> Result<(), FileError> {
    let fail = |error: io::Error| {
        let what = match error.kind() {
            io::ErrorKind::NotFound => "there is no such directory".to_owned(),
            _ => input::reason(path, &error),
        };
        FileError::new(&path.display().to_string(), Position::default(), what)
    };
    fs::write(path, picture).map_err(fail)
}

/// A scenario after so many actions.
fn of_run(name: &str, text: &str, step: Option<usize>) -> Result<Stage, Failure> {
    let scenario = Scenario::parse(name, text)?;
    let has = scenario.actions.len();
    let step = step.unwrap_or(has);
    if step > has {
        return Err(Failure::Usage(format!("--step {step} is too far: {name} has {has} actions")));
    }
    let mut session = session_of(name, &scenario)?;
    for _ in step..has {
        session.back();
    }
    Ok(Stage::new(Play::Sandbox(Box::new(session))).titled(&scenario.title))
}

/// No lesson is longer.
const MOST_PRESSES: usize = 10_000;

/// A lesson after going on so many times.
fn of_lesson(name: &str, text: &str, step: Option<usize>) -> Result<Stage, Failure> {
    let mut player = Player::new(Lesson::parse(name, text)?)?;
    for done in 0..step.unwrap_or(MOST_PRESSES) {
        if player.finished() {
            let Some(step) = step else { break };
            return Err(Failure::Usage(format!("--step {step} is too far: {name} ends after {done}")));
        }
        player.next();
    }
    Ok(Stage::new(Play::Lesson(Box::new(player))))
}
