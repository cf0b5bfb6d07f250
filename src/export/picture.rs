//! A screen as a picture: text, or SVG. Made of cells, so that it is what a terminal shows; nothing is embedded in it.

use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use crate::app::{Model, Theme};
use crate::ui;

/// The screen of this model at this size.
pub fn screen(model: &Model, columns: u16, rows: u16) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
    ui::draw(model, buffer.area, &mut buffer);
    buffer
}

/// Whether a picture in this theme is dark on light.
pub fn is_light(theme: Theme) -> bool {
    Paper::of(theme).is_light
}

/// The glyphs, a row a line, without blanks at the end.
pub fn text(buffer: &Buffer) -> String {
    let mut out = String::new();
    for row in rows(buffer) {
        let line: String = row.iter().map(Cell::symbol).collect();
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn rows(buffer: &Buffer) -> impl Iterator<Item = &[Cell]> {
    buffer.content.chunks(usize::from(buffer.area.width).max(1))
}

/// How wide and high a cell is, and how far above its bottom letters stand.
const CELL: (u32, u32, u32) = (9, 18, 5);
/// The margin around.
const MARGIN: u32 = 10;

/// The screen as SVG: every run of cells that look alike is one text, held to the width of its cells whatever font shows
/// it. `title` is what it shows, for who cannot see it.
pub fn svg(buffer: &Buffer, theme: Theme, title: &str) -> String {
    let paper = Paper::of(theme);
    let width = u32::from(buffer.area.width) * CELL.0 + 2 * MARGIN;
    let height = u32::from(buffer.area.height) * CELL.1 + 2 * MARGIN;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\">\n<title>{}</title>\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"6\" fill=\"{}\"/>\n\
         <g font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"15\" \
         xml:space=\"preserve\">\n",
        escaped(title),
        paper.back
    );
    for (y, row) in (0..).zip(rows(buffer)) {
        let mut x = 0;
        for run in row.chunk_by(|one, other| look(one) == look(other) && !parts(one, other)) {
            write_run(&mut out, run, (x, y), paper);
            x += run.len() as u32;
        }
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// What makes two cells look alike.
fn look(cell: &Cell) -> (Color, Color, Modifier) {
    (cell.fg, cell.bg, cell.modifier)
}

/// Whether a text ends between these two: at the side of a box. In a font that is wider or narrower a box stays whole then,
/// whatever stands in it and beside it.
fn parts(one: &Cell, other: &Cell) -> bool {
    const SIDES: &str = "│┃";
    const EDGES: &str = "╭╮╰╯┏┓┗┛│┃";
    let is = |cell: &Cell, glyphs: &str| !cell.symbol().is_empty() && glyphs.contains(cell.symbol());
    let is_side = |cell: &Cell| is(cell, SIDES);
    let is_end = |edge: &Cell, outside: &Cell| outside.symbol() == " " && is(edge, EDGES);
    is_side(one) || is_side(other) || is_end(one, other) || is_end(other, one)
}

fn write_run(out: &mut String, run: &[Cell], (column, row): (u32, u32), paper: Paper) {
    let Some(first) = run.first() else { return };
    let reversed = first.modifier.contains(Modifier::REVERSED);
    let (mut fore, mut back) = (paper.colour(first.fg, paper.fore), paper.colour(first.bg, paper.back));
    if reversed {
        std::mem::swap(&mut fore, &mut back);
    }
    let (left, top) = (MARGIN + column * CELL.0, MARGIN + row * CELL.1);
    let width = run.len() as u32 * CELL.0;
    if back != paper.back {
        // A string never fails to be written to.
        let _ =
            writeln!(out, "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{}\" fill=\"{back}\"/>", CELL.1);
    }
    let text: String = run.iter().map(Cell::symbol).collect();
    let blanks = text.len() - text.trim_start().len();
    let shown = text.trim();
    if shown.is_empty() {
        return;
    }
    let cells = ui::cells(shown);
    let x = left + blanks as u32 * CELL.0;
    let mut style = String::new();
    for (modifier, attribute) in [
        (Modifier::BOLD, " font-weight=\"bold\""),
        (Modifier::UNDERLINED, " text-decoration=\"underline\""),
        (Modifier::DIM, " opacity=\"0.7\""),
    ] {
        if first.modifier.contains(modifier) {
            style.push_str(attribute);
        }
    }
    let _ = writeln!(
        out,
        "<text x=\"{x}\" y=\"{}\" fill=\"{fore}\"{style} textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\">{}</text>",
        top + CELL.1 - CELL.2,
        cells as u32 * CELL.0,
        escaped(shown)
    );
}

/// The colours that a terminal would have.
#[derive(Clone, Copy)]
struct Paper {
    fore: &'static str,
    back: &'static str,
    is_light: bool,
}

impl Paper {
    const fn of(theme: Theme) -> Self {
        match theme {
            Theme::Light | Theme::Projector => Self { fore: "#1f2328", back: "#ffffff", is_light: true },
            Theme::Dark | Theme::HighContrast | Theme::Mono => {
                Self { fore: "#e6e6e6", back: "#16181d", is_light: false }
            }
        }
    }

    /// One of the terminal's 16 colours, as legible on this paper.
    const fn colour(self, colour: Color, usual: &'static str) -> &'static str {
        match (colour, self.is_light) {
            (Color::Red, true) => "#b3261e",
            (Color::Red, false) => "#ff7b72",
            (Color::LightRed, _) => "#ff8f88",
            (Color::Green, true) => "#1a6e2e",
            (Color::Green, false) => "#7ee787",
            (Color::LightGreen, _) => "#9cf0a4",
            (Color::Yellow, true) => "#7d5600",
            (Color::Yellow, false) => "#f0c649",
            (Color::LightYellow, _) => "#ffe07a",
            (Color::Blue, true) => "#0a4fb0",
            (Color::Blue, false) => "#79b8ff",
            (Color::Magenta, true) => "#8a2a8f",
            (Color::Magenta, false) => "#e09aee",
            (Color::Cyan, true) => "#0b6470",
            (Color::Cyan, false) => "#76d9e6",
            (Color::LightCyan, _) => "#a2ecf5",
            (Color::Gray, _) => "#b4b8bf",
            (Color::DarkGray, _) => "#5c636b",
            _ => usual,
        }
    }
}

/// Whatever a key, a value or a title holds, it is text in the picture.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // No XML can hold these.
            _ if char.is_control() || matches!(char, '\u{fffe}' | '\u{ffff}') => out.push('?'),
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::Style;

    #[test]
    fn whatever_is_on_the_screen_is_text_in_the_picture() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 1));
        buffer.set_string(0, 0, "a<&\"'> b", Style::new());
        buffer.set_string(9, 0, "red", Style::new().fg(Color::Red).reversed());
        let svg = svg(&buffer, Theme::Dark, "</title><script>");
        assert!(svg.contains(">a&lt;&amp;&quot;&#39;&gt; b</text>"), "{svg}");
        assert!(svg.contains("<title>&lt;/title&gt;&lt;script&gt;</title>"), "{svg}");
        assert!(svg.contains("fill=\"#ff7b72\"/>"), "reversed, the colour is behind the text: {svg}");
        assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
    }
}
