//! `paxoscope doctor`: what this terminal is, and whether it shows what the screen needs.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use crate::ui;

use super::options::{Options, config_folder};
use super::output::Failure;
use super::runs;

/// The variables that decide about colours and glyphs.
const VARIABLES: [&str; 10] =
    ["TERM", "COLORTERM", "COLORFGBG", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "LANG", "LC_ALL", "TMUX", "SSH_TTY"];

pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let mut out = io::stdout().lock();
    let is = |yes: bool| if yes { "a terminal" } else { "not a terminal" };
    writeln!(out, "paxoscope {}", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "standard input: {}", is(io::stdin().is_terminal()))?;
    writeln!(out, "standard output: {}", is(io::stdout().is_terminal()))?;
    match crossterm::terminal::size().ok().filter(|(columns, _)| *columns > 0) {
        Some((columns, rows)) => writeln!(out, "size: {columns}x{rows}, {}", verdict(columns, rows))?,
        None => writeln!(out, "size: unknown")?,
    }
    for name in VARIABLES {
        if let Some(value) = std::env::var_os(name) {
            let shown: String = value.to_string_lossy().chars().filter(|char| !char.is_control()).take(80).collect();
            writeln!(out, "{name}: {shown}")?;
        }
    }
    let (theme, is_guess) = options.theme(options.theme_patch()?.as_ref());
    let guess = if is_guess { ", unless the terminal says what its background is" } else { "" };
    writeln!(out, "colours: {}", options.colors().name())?;
    writeln!(out, "theme: {}{guess}", theme.name())?;
    writeln!(out, "over a slow line: --calm and --color never send least; --plain sends sentences only")?;
    if let Some(folder) = config_folder() {
        writeln!(out, "your own keymap.ron and theme.ron are looked for in: {}", folder.display())?;
    }
    match runs::folder() {
        Some(folder) => writeln!(out, "runs are saved in: {}", folder.display())?,
        None => writeln!(out, "runs cannot be saved: there is no home folder")?,
    }
    if let Some(data) = runs::data_folder() {
        writeln!(out, "lessons of your own are read from: {}", data.join("lessons").display())?;
    }
    if options.ascii {
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "\nGlyphs: every line must end below the bar at its end; if not, or if boxes show: --ascii.")?;
    let glyphs: Vec<char> = ui::GLYPHS.chars().collect();
    for row in glyphs.chunks(10) {
        let line: String = row.iter().flat_map(|glyph| [*glyph, ' ']).collect();
        writeln!(out, "  {line}{}|", " ".repeat(2 * (10 - row.len())))?;
    }
    writeln!(out, "  ╭────────╮   ▌ A0 ────╮")?;
    writeln!(out, "  │ corner │──▸│ meets  │")?;
    writeln!(out, "  ╰────────╯   ╰────────╯")?;
    Ok(ExitCode::SUCCESS)
}

fn verdict(columns: u16, rows: u16) -> &'static str {
    match (columns, rows) {
        (columns, rows) if columns < ui::LEAST.0 || rows < ui::LEAST.1 => "too small: 40x12 is needed",
        (columns, rows) if columns < 80 || rows < 24 => "small: one panel less is shown",
        _ => "enough for the whole stage",
    }
}
