//! The picture: [`draw`] a model into a buffer. Changes no state.
//!
//! Where each panel stands depends on the size of the terminal and of the cluster only, never on the state that is
//! shown, so that nothing jumps between the steps of a run.

mod ascii;
mod beat_text;
mod bottom;
mod boxes;
mod cast;
mod choices;
mod fields;
mod flight;
mod header;
mod help;
mod home;
mod lesson;
mod list;
mod plan;
mod prose;
mod rows;
mod seek;
mod slide;
mod stage;
mod text;
mod theme;
mod typing;
mod view_costs;
mod view_grid;
mod view_runs;
mod view_time;
mod view_why;
mod views;
mod wires;
mod work;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

use crate::app::{Hint, Id, Model, Overlay, Place, Stage, Target, hints};

pub use ascii::ascii_text;
pub use theme::Palette;

/// Every character outside ASCII that the panels draw by themselves. Each one is one cell wide in every terminal's
/// tables, and a test holds the screens to it.
pub const GLYPHS: &str = "─│╭╮╰╯┏┓┗┛┎┖━┃▌▸▹◂●○♛◎✗✓‖↓↑←→…⟨⟩×≠≥·▏├┤┼┬┣┫┳┻╋★";

/// The least size at which anything but "make me larger" is shown.
pub const LEAST: (u16, u16) = (40, 12);

/// How many cells a text takes.
pub fn cells(text: &str) -> usize {
    text::width(text)
}

/// A part of the screen, and what the mouse means there. Of two that overlap the later one counts.
type Zone = (Rect, Target);

/// What is under this cell of the model's screen, which is laid out as for drawing.
pub fn target(model: &Model, (column, row): (u16, u16)) -> Option<Target> {
    let (columns, rows) = model.size();
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
    let zones = draw_all(model, &Palette::of_model(model), buffer.area, &mut buffer);
    let here = Position { x: column, y: row };
    zones.into_iter().rev().find(|(area, _)| area.contains(here)).map(|(_, target)| target)
}

/// Draws the whole screen into a buffer.
pub fn draw(model: &Model, area: Rect, buf: &mut Buffer) {
    let palette = Palette::of_model(model);
    draw_all(model, &palette, area, buf);
    if model.ascii() {
        ascii::draw(buf);
    }
    palette.lay_ground(area, buf);
}

fn draw_all(model: &Model, palette: &Palette, area: Rect, buf: &mut Buffer) -> Vec<Zone> {
    let area = area.intersection(buf.area);
    if area.is_empty() || model.overlay() == Some(&Overlay::Blank) {
        return Vec::new();
    }
    if area.width < LEAST.0 || area.height < LEAST.1 {
        let size = format!("{}x{}", LEAST.0, LEAST.1);
        let told = [format!("Paxoscope needs {size}"), format!("needs {size}"), size];
        let told = told.iter().find(|told| text::width(told) <= area.width.into()).unwrap_or(&told[2]);
        text::put(buf, area, 0, 0, &Line::raw(text::cut(told, area.width.into())));
        return Vec::new();
    }
    if let Some(Overlay::Help(help)) = model.overlay() {
        return help::draw(model, help, area, buf, palette);
    }
    if let (Some(Overlay::Text), Some(player)) = (model.overlay(), model.stage().and_then(Stage::lesson)) {
        beat_text::draw(player, area, buf, palette);
        return Vec::new();
    }
    match (model.place(), model.stage()) {
        (Place::Stage(_), Some(stage)) => stage::draw(model, stage, area, buf, palette),
        _ => home::draw(model, area, buf, palette),
    }
}

/// The cells of ` · `.
const BETWEEN: usize = 3;

/// What only shows when a screen is drawn, and decides what its hint bar offers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    /// What a lesson tells has no room; then how to see all of it comes right after how to go on.
    pub(crate) is_cut: bool,
    /// Up and down are of use: they are not where all that they could scroll is to be seen.
    pub(crate) scrolls: bool,
}

/// The hint bar: what can be pressed now, as much of it as fits whole; how to see all keys always does.
pub(crate) fn hint_bar(model: &Model, seen: Seen, area: Rect, buf: &mut Buffer, palette: &Palette) -> Vec<Zone> {
    let mut hints = hints(model);
    hints.retain(|hint| seen.scrolls || hint.id != Id::Up);
    if model.ascii() {
        for hint in &mut hints {
            hint.keys = ascii::key_names(&hint.keys);
        }
    }
    if seen.is_cut && model.overlay().is_none() {
        hints.retain(|hint| hint.id != Id::FullText);
        let behind = hints.iter().position(|hint| hint.id == Id::GoOn).map_or(0, |at| at + 1);
        let keys = model.keymap().first(Id::FullText);
        hints.insert(behind, Hint { id: Id::FullText, keys, label: "full text".into() });
    }
    let width_of = |hint: &Hint| text::width(&hint.keys) + 1 + text::width(&hint.label);
    let cells = usize::from(area.width).saturating_sub(2);
    let mut used = 0;
    if let Some((last, others)) = hints.split_last() {
        used = width_of(last);
        // A clicker has no other keys than these: in a room they come before all else.
        let in_room = area.width < plan::THREE_COLUMNS || model.theme() == crate::app::Theme::Projector;
        let shows = model
            .stage()
            .and_then(Stage::lesson)
            .and_then(crate::app::lesson::Player::task)
            .is_some_and(|task| task.shown.is_some());
        let is_first = |hint: &Hint| in_room && (hint.id == Id::GoOn || shows && hint.id == Id::BeatBefore);
        let mut fits: Vec<bool> = vec![false; others.len()];
        for first in [true, false] {
            for (hint, fits) in others.iter().zip(&mut fits).filter(|(hint, _)| is_first(hint) == first) {
                *fits = used + width_of(hint) + BETWEEN <= cells;
                used += if *fits { width_of(hint) + BETWEEN } else { 0 };
            }
        }
        let mut fits = fits.into_iter().chain([true]);
        hints.retain(|_| fits.next().unwrap_or_default());
    }
    let mut zones = Vec::new();
    if used > cells {
        return zones;
    }
    let mut line = Line::raw(" ");
    for (at, hint) in hints.iter().enumerate() {
        if at > 0 {
            line.push_span(ratatui::text::Span::styled(" · ", palette.muted));
        }
        let place = Rect { x: area.x + line.width() as u16, width: width_of(hint) as u16, ..area };
        // Of keys that each mean something else none is meant.
        if !hint.id.is_fixed() {
            zones.push((place, Target::Hint(hint.id)));
            if hint.id == Id::Back && !hint.keys.ends_with(' ') {
                // Two keys in one hint.
                let back = text::width(&model.keymap().first(Id::Back)) as u16;
                zones.push((Rect { x: place.x + back, width: place.width - back, ..place }, Target::Hint(Id::Forward)));
            }
        }
        line.push_span(ratatui::text::Span::styled(hint.keys.clone(), palette.accent));
        line.push_span(ratatui::text::Span::raw(format!(" {}", hint.label)));
    }
    text::put(buf, area, 0, 0, &line);
    zones
}
