//! The words of lessons: bold, code and lists, wrapped between words.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::script::{Emphasis, paragraphs};

use super::Palette;
use super::text::{cut, width, wrap};

/// What begins an item of a list, and what stands before its other lines.
const BULLET: [&str; 2] = ["· ", "  "];

/// A word, in pieces of one style each.
type Word = Vec<(String, Emphasis)>;

/// The text in lines of at most so many cells.
pub(crate) fn lines(text: &str, cells: usize, base: Style, palette: &Palette) -> Vec<Line<'static>> {
    let style = |emphasis| match emphasis {
        Emphasis::Plain => base,
        Emphasis::Bold => base.patch(palette.strong),
        Emphasis::Code => base.patch(palette.accent),
    };
    let mut lines = Vec::new();
    for paragraph in paragraphs(text) {
        let [first, others] = if paragraph.item { BULLET } else { ["", ""] };
        let room = cells.saturating_sub(width(first)).max(1);
        let words = words(paragraph.pieces.into_iter().map(|piece| (piece.text, piece.style)), room);
        let mut line = Line::styled(first, base);
        let mut used = 0;
        for word in words {
            let word_cells: usize = word.iter().map(|(text, _)| width(text)).sum();
            if used > 0 && used + 1 + word_cells > room {
                lines.push(std::mem::replace(&mut line, Line::styled(others, base)));
                used = 0;
            }
            if used > 0 {
                line.push_span(Span::styled(" ", base));
                used += 1;
            }
            used += word_cells;
            line.spans.extend(word.into_iter().map(|(text, emphasis)| Span::styled(text, style(emphasis))));
        }
        lines.push(line);
    }
    lines
}

/// The first so many lines; if more there are, the last one shown says so.
pub(crate) fn at_most(mut lines: Vec<Line<'static>>, rows: usize, cells: usize) -> Vec<Line<'static>> {
    let more = lines.len() > rows;
    lines.truncate(rows);
    if let Some(last) = lines.last_mut().filter(|_| more) {
        if last.width() + 2 > cells {
            *last =
                Line::raw(cut(&last.to_string(), cells.saturating_sub(2)).trim_end_matches('…').trim_end().to_owned());
        }
        last.push_span(Span::raw(" …"));
    }
    lines
}

/// Splits pieces at spaces; a word that is wider than a line is broken inside.
fn words(pieces: impl Iterator<Item = (String, Emphasis)>, cells: usize) -> Vec<Word> {
    let mut all: Vec<Word> = vec![Vec::new()];
    for (text, style) in pieces {
        for (nth, part) in text.split(' ').enumerate() {
            if nth > 0 {
                all.push(Vec::new());
            }
            for (nth, chunk) in wrap(part, cells).into_iter().enumerate() {
                if nth > 0 {
                    all.push(Vec::new());
                }
                all.last_mut().into_iter().for_each(|word| word.push((chunk.clone(), style)));
            }
        }
    }
    all.retain(|word| word.iter().any(|(text, _)| !text.is_empty()));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Colors, Theme};

    #[test]
    fn marks_become_styles_and_lines_keep_within_the_width() {
        let palette = Palette::of(Theme::Mono, Colors::None, None);
        let lines = lines("One **big** rule (`p1a`):\n- first things first", 12, Style::new(), &palette);
        let told: Vec<String> = lines.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["One big rule", "(p1a):", "· first", "  things", "  first"]);
        assert!(lines[0].spans.iter().any(|span| span.content == "big" && span.style == palette.strong));
        assert!(told.iter().all(|line| width(line) <= 12));
        let told: Vec<String> = at_most(lines, 2, 12).iter().map(ToString::to_string).collect();
        assert_eq!(told, ["One big rule", "(p1a): …"]);
    }
}
