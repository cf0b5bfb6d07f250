//! From one picture to the next with as few bytes as it takes: what is the same is not written again.

use std::io;

use crossterm::queue;
use crossterm::terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::cursor::{self, Place};
use super::order::order;
use super::pen::Look;
use super::strokes::{Glyph, Ink, Stroke, strokes};

/// So many bytes, written at once, come at once, over a network too: a terminal need not be told to wait for the rest.
/// On a line that is slower, seeing them come is better than waiting.
const ONE_PACKET: usize = 1_200;

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
    /// once, if they are written at once; none, if it is the same. Who writes them may add to them.
    pub fn paint(
        &mut self,
        (columns, rows): (u16, u16),
        draw: impl FnOnce(Rect, &mut Buffer),
    ) -> io::Result<&mut Vec<u8>> {
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
        let strokes = strokes(&self.shown, &self.next);
        if is_whole || !strokes.is_empty() {
            queue!(self.bytes, BeginSynchronizedUpdate)?;
            let begin = self.bytes.len();
            if is_whole {
                queue!(self.bytes, Clear(ClearType::All))?;
            }
            let mut hand = Hand { at: None, look: Look::default(), columns, out: &mut self.bytes };
            // What says which step this is comes last, where a terminal shows what has come so far: it is true then.
            let (head, rest) = strokes.split_at(strokes.partition_point(|stroke| stroke.y == 0));
            hand.draw_all(rest)?;
            hand.draw_all(head)?;
            if self.bytes.len() - begin > ONE_PACKET {
                queue!(self.bytes, EndSynchronizedUpdate)?;
            } else {
                self.bytes.drain(..begin);
            }
        }
        std::mem::swap(&mut self.shown, &mut self.next);
        self.is_stale = false;
        Ok(&mut self.bytes)
    }
}

/// What writes: where it is, and in which look.
struct Hand<'a> {
    /// Nowhere that is known, at first and behind the last column.
    at: Option<Place>,
    look: Look,
    columns: u16,
    out: &'a mut Vec<u8>,
}

impl Hand<'_> {
    /// Draws all of these; then the look is the terminal's own again.
    fn draw_all(&mut self, strokes: &[Stroke<'_>]) -> io::Result<()> {
        for next in order(strokes, (self.at, self.look), self.columns) {
            self.draw(&strokes[next])?;
        }
        self.turn(Look::default())
    }

    /// In which look a character is written; a blank in the one that is at hand, if that is not seen.
    fn look_for(&self, glyph: &Glyph<'_>) -> Look {
        if glyph.symbol == " " && self.look.writes_blank(glyph.look) { self.look } else { glyph.look }
    }

    fn look_for_erasing(&self) -> Look {
        if self.look.erases_plainly() { self.look } else { Look::default() }
    }

    fn draw(&mut self, stroke: &Stroke<'_>) -> io::Result<()> {
        let start = (stroke.x, stroke.y);
        cursor::go(self.at, start, self.out)?;
        self.at = Some(start);
        match &stroke.ink {
            Ink::Text(glyphs) => self.write_all(glyphs, start),
            Ink::Erase(cells) => {
                self.turn(self.look_for_erasing())?;
                io::Write::write_fmt(self.out, format_args!("\x1b[{cells}X"))
            }
            Ink::EraseRow => {
                self.turn(self.look_for_erasing())?;
                queue!(self.out, Clear(ClearType::UntilNewLine))
            }
        }
    }

    fn write_all(&mut self, glyphs: &[Glyph<'_>], (mut x, y): Place) -> io::Result<()> {
        for glyph in glyphs {
            if self.at.is_none() {
                cursor::go(None, (x, y), self.out)?;
                self.at = Some((x, y));
            }
            self.write(glyph)?;
            x += glyph.cells;
        }
        Ok(())
    }

    fn write(&mut self, glyph: &Glyph<'_>) -> io::Result<()> {
        self.turn(self.look_for(glyph))?;
        let then = self.at.map(|(x, y)| (x + glyph.cells, y)).filter(|(x, _)| *x < self.columns);
        if glyph.symbol.chars().nth(1).is_none() {
            self.out.extend(glyph.symbol.as_bytes());
            self.at = then;
            return Ok(());
        }
        // Terminals differ in how many cells they take for what is put together of several characters.
        if let (Some(here), 2..) = (self.at, glyph.cells) {
            self.out.extend((0..glyph.cells).map(|_| b' '));
            cursor::go(then, here, self.out)?;
        }
        self.out.extend(glyph.symbol.as_bytes());
        self.at = None;
        Ok(())
    }

    fn turn(&mut self, look: Look) -> io::Result<()> {
        self.look.turn_into(look, self.out)?;
        self.look = look;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
