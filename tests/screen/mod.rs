//! Screens as text, for tests.
// Helpers of tests fail as tests do; not every test file uses all of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code)]

use std::fmt::Write;

use paxoscope::app::{Key, Model, Msg, Offer, update};
use paxoscope::script::Lesson;
use paxoscope::session::Session;
use paxoscope::teach::{Player, built_in};
use paxoscope::world::Setup;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

/// The keys of a script: words are keys by name, anything else is typed letter by letter.
pub(crate) fn keys(script: &str) -> Vec<Key> {
    let key = |word: &str| match word {
        "enter" => vec![Key::Enter],
        "space" => vec![Key::Space],
        "esc" => vec![Key::Esc],
        "tab" => vec![Key::Tab],
        "up" => vec![Key::Up],
        "down" => vec![Key::Down],
        "left" => vec![Key::Left],
        "right" => vec![Key::Right],
        "home" => vec![Key::Home],
        "end" => vec![Key::End],
        "back" => vec![Key::Backspace],
        "pgup" => vec![Key::PageUp],
        "pgdn" => vec![Key::PageDown],
        other => other.chars().map(Key::Char).collect(),
    };
    script.split_whitespace().flat_map(key).collect()
}

pub(crate) fn press(model: &mut Model, script: &str) {
    for key in keys(script) {
        update(model, Msg::Key(key));
    }
}

/// A script in which `enter*7` is seven times Enter.
pub(crate) fn play(model: &mut Model, script: &str) {
    for word in script.split_whitespace() {
        match word.split_once('*') {
            Some((key, times)) => (0..times.parse().unwrap()).for_each(|_| press(model, key)),
            None => press(model, word),
        }
    }
}

pub(crate) fn home() -> Model {
    Model::home(Offer::built_in())
}

/// A sandbox of so many acceptors, leaders and replicas, after these keys.
pub(crate) fn sandbox((acceptors, leaders, replicas): (u8, u8, u8), script: &str) -> Model {
    let mut setup = Setup::default();
    setup.cluster.acceptors = acceptors;
    setup.cluster.leaders = leaders;
    setup.cluster.replicas = replicas;
    let mut model = Model::sandbox(Session::new(setup).unwrap());
    play(&mut model, script);
    model
}

/// The usual sandbox after these keys.
pub(crate) fn usual(script: &str) -> Model {
    sandbox((3, 2, 2), script)
}

/// The lesson `acceptors` after these keys.
pub(crate) fn lesson(script: &str) -> Model {
    let file = built_in().iter().find(|lesson| lesson.id == "acceptors").unwrap();
    let player = Player::new(Lesson::parse(file.file, file.text).unwrap()).unwrap();
    let mut model = Model::lesson(player);
    play(&mut model, script);
    model
}

pub(crate) fn draw(model: &Model, columns: u16, rows: u16) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
    paxoscope::ui::draw(model, buffer.area, &mut buffer);
    buffer
}

fn lines(buffer: &Buffer, of: impl Fn(&Cell) -> String) -> String {
    let width = usize::from(buffer.area.width).max(1);
    let line = |row: &[Cell]| format!("{}\n", row.iter().map(&of).collect::<String>().trim_end());
    buffer.content.chunks(width).map(line).collect()
}

/// The glyphs, a row a line.
pub(crate) fn glyphs(buffer: &Buffer) -> String {
    lines(buffer, |cell| cell.symbol().to_owned())
}

/// The glyphs, then one letter a cell for its style, then what the letters mean.
pub(crate) fn styled(buffer: &Buffer) -> String {
    let style = |cell: &Cell| (cell.fg, cell.bg, cell.modifier);
    let plain = (Color::Reset, Color::Reset, Modifier::empty());
    let mut seen = vec![plain];
    for cell in &buffer.content {
        if !seen.contains(&style(cell)) {
            seen.push(style(cell));
        }
    }
    let letters = lines(buffer, |cell| {
        let at = seen.iter().position(|one| *one == style(cell)).unwrap();
        let letter = if at == 0 { ' ' } else { char::from(b'a' + u8::try_from(at).unwrap() - 1) };
        letter.to_string()
    });
    let mut out = format!("{}\n{letters}\n", glyphs(buffer));
    for (letter, (fg, bg, modifier)) in (b'a'..).zip(&seen[1..]) {
        writeln!(out, "{}: {fg} on {bg}, {modifier:?}", char::from(letter)).unwrap();
    }
    out
}
