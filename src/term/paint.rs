//! From one picture to the next with as few bytes as it takes: what is the same is not written again.

use std::io;

use crossterm::queue;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// What a terminal shows, and what it is to show next.
#[derive(Debug, Default)]
pub struct Painter {
    shown: Buffer,
    next: Buffer,
    bytes: Vec<u8>,
    is_stale: bool,
}

impl Painter {
    /// For a terminal of which nothing is known yet.
    pub fn new() -> Self {
        Self { is_stale: true, ..Self::default() }
    }

    /// The terminal may show anything now: the next picture is painted whole.
    pub fn forget(&mut self) {
        self.is_stale = true;
    }

    /// The bytes that turn what is shown into what `draw` draws on a screen of this size, for the terminal to show all at
    /// once; none, if it is the same.
    pub fn paint(&mut self, (columns, rows): (u16, u16), draw: impl FnOnce(Rect, &mut Buffer)) -> io::Result<&[u8]> {
        let area = Rect::new(0, 0, columns, rows);
        self.bytes.clear();
        self.next.resize(area);
        self.next.reset();
        draw(area, &mut self.next);
        let is_whole = self.is_stale || self.shown.area != area;
        if is_whole {
            self.shown.resize(area);
            self.shown.reset();
        }
        let changes = self.shown.diff(&self.next);
        if is_whole || !changes.is_empty() {
            queue!(self.bytes, BeginSynchronizedUpdate)?;
            let mut backend = CrosstermBackend::new(&mut self.bytes);
            if is_whole {
                backend.clear()?;
            }
            backend.draw(changes.into_iter())?;
            queue!(self.bytes, EndSynchronizedUpdate)?;
        }
        std::mem::swap(&mut self.shown, &mut self.next);
        self.is_stale = false;
        Ok(&self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::Style;

    fn text(painter: &mut Painter, size: (u16, u16), text: &str) -> usize {
        let draw = |area: Rect, buf: &mut Buffer| {
            if !area.is_empty() {
                buf.set_string(0, 0, text, Style::new());
            }
        };
        painter.paint(size, draw).unwrap().len()
    }

    #[test]
    fn what_is_the_same_is_not_written_again() {
        let mut painter = Painter::new();
        let whole = text(&mut painter, (20, 2), "twenty letters or so");
        assert_eq!(text(&mut painter, (20, 2), "twenty letters or so"), 0);
        let one = text(&mut painter, (20, 2), "twenty letters or sO");
        assert!(0 < one && one < whole, "{one} of {whole}");
        painter.forget();
        assert!(text(&mut painter, (20, 2), "twenty letters or sO") >= whole);
        assert!(text(&mut painter, (21, 2), "twenty letters or sO") >= whole, "another size is another picture");
        assert_eq!(text(&mut painter, (0, 0), "").min(1), 1, "no room is a picture too");
    }
}
