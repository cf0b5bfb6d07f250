//! Screens as text, for tests.
#![allow(dead_code)]

use paxoscope::app::{Key, Model, Msg, update};
use paxoscope::session::Session;
use paxoscope::world::Setup;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};

/// The keys of a script: words are keys by name, anything else is typed letter by letter.
pub(crate) fn keys(script: &str) -> Vec<Key> {
    let key = |word: &str| -> Vec<Key> {
        match word {
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
            "pgup" => vec![Key::PageUp],
            "pgdn" => vec![Key::PageDown],
            other => other.chars().map(Key::Char).collect(),
        }
    };
    script.split_whitespace().flat_map(key).collect()
}

pub(crate) fn press(model: &mut Model, script: &str) {
    for key in keys(script) {
        update(model, Msg::Key(key));
    }
}

pub(crate) fn sandbox(setup: &Setup) -> Model {
    Model::sandbox(Session::new(setup.clone()).unwrap())
}

pub(crate) fn buffer(model: &Model, columns: u16, rows: u16) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| paxoscope::ui::view(model, frame)).unwrap();
    terminal.backend().buffer().clone()
}

/// The glyphs, a row a line.
pub(crate) fn glyphs(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width).max(1);
    let row = |row: &[ratatui::buffer::Cell]| {
        let text: String = row.iter().map(ratatui::buffer::Cell::symbol).collect();
        format!("{}\n", text.trim_end())
    };
    buffer.content.chunks(width).map(row).collect()
}

/// One letter a cell for its style, and what the letters mean.
pub(crate) fn styles(buffer: &Buffer) -> String {
    let mut seen: Vec<(Color, Color, Modifier)> = Vec::new();
    let mut out = String::new();
    let width = usize::from(buffer.area.width).max(1);
    for row in buffer.content.chunks(width) {
        let mut line = String::new();
        for cell in row {
            let style = (cell.fg, cell.bg, cell.modifier);
            if style == (Color::Reset, Color::Reset, Modifier::empty()) {
                line.push(if cell.symbol() == " " { ' ' } else { '.' });
                continue;
            }
            let at = seen.iter().position(|other| *other == style).unwrap_or_else(|| {
                seen.push(style);
                seen.len() - 1
            });
            line.push(char::from(b'a' + u8::try_from(at).unwrap()));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    for (letter, (fg, bg, modifier)) in (b'a'..).zip(seen) {
        let style = Style::new().fg(fg).bg(bg).add_modifier(modifier);
        out.push_str(&format!("{}: {fg} on {bg} {modifier:?}\n", char::from(letter)));
        let _ = style;
    }
    out
}
