//! What is to be written where, so that one picture becomes another.

use ratatui::buffer::{Buffer, Cell, CellWidth};

use super::pen::Look;

/// One character as it stands on the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Glyph<'a> {
    pub(super) symbol: &'a str,
    pub(super) look: Look,
    /// How many cells it takes; 0 for a cell that a wide character before it covers.
    pub(super) cells: u16,
}

impl Glyph<'_> {
    /// Whether erasing leaves exactly this.
    fn is_erased(&self) -> bool {
        self.symbol == " " && self.look == Look::default() && self.cells == 1
    }
}

/// The characters of a row.
fn glyphs<'a>(row: &'a [Cell], out: &mut Vec<Glyph<'a>>) {
    out.clear();
    while out.len() < row.len() {
        let cell = &row[out.len()];
        let symbol = cell.symbol();
        let cells = if symbol.is_empty() { 0 } else { symbol.cell_width() };
        let look = Look::of(cell);
        // What takes no cell, or more than are left, cannot be shown: nothing is shown in its place.
        if cells == 0 || usize::from(cells) > row.len() - out.len() {
            out.push(Glyph { symbol: " ", look, cells: 1 });
            continue;
        }
        out.push(Glyph { symbol, look, cells });
        out.extend((1..cells).map(|_| Glyph { symbol: "", look, cells: 0 }));
    }
}

/// A piece of a row that is written in one go.
#[derive(Clone, Debug)]
pub(super) struct Stroke<'a> {
    pub(super) x: u16,
    pub(super) y: u16,
    pub(super) ink: Ink<'a>,
}

impl Stroke<'_> {
    /// The column where the cursor is then; it may be behind the last one.
    pub(super) fn end(&self) -> usize {
        let cells = match &self.ink {
            Ink::Text(glyphs) => glyphs.iter().map(|glyph| usize::from(glyph.cells)).sum(),
            Ink::Erase(_) | Ink::EraseRow => 0,
        };
        usize::from(self.x) + cells
    }
}

/// What is written.
#[derive(Clone, Debug)]
pub(super) enum Ink<'a> {
    /// These, one after the other.
    Text(Vec<Glyph<'a>>),
    /// So many cells are made blank; the cursor stays.
    Erase(u16),
    /// All cells to the end of the row are made blank; the cursor stays.
    EraseRow,
}

/// As many blanks at the end of a row take more bytes than erasing them.
const WORTH_ERASING_ROW: usize = 4;
/// The same at the end of a text, where the cursor need not go on.
const WORTH_ERASING_LAST: usize = 5;
/// The same between other characters: the cursor must then be moved on.
const WORTH_ERASING: usize = 10;

/// All that must be written, row by row, to turn what is shown into the next picture of the same size.
pub(super) fn strokes<'a>(shown: &'a Buffer, next: &'a Buffer) -> Vec<Stroke<'a>> {
    let columns = usize::from(next.area.width).max(1);
    let rows = shown.content.chunks(columns).zip(next.content.chunks(columns));
    let (mut old, mut new) = (Vec::new(), Vec::new());
    let mut strokes = Vec::new();
    for (y, (shown, next)) in (0..).zip(rows) {
        if shown == next {
            continue;
        }
        glyphs(shown, &mut old);
        glyphs(next, &mut new);
        row_strokes(y, &old, &new, &mut strokes);
    }
    strokes
}

fn row_strokes<'a>(y: u16, old: &[Glyph<'a>], new: &[Glyph<'a>], strokes: &mut Vec<Stroke<'a>>) {
    let changed = |x: usize| old[x] != new[x];
    let tail = new.len() - new.iter().rev().take_while(|glyph| glyph.is_erased()).count();
    let erased = (tail..new.len()).filter(|x| changed(*x));
    let (first_erased, count) = (erased.clone().next(), erased.count());
    let end = if count >= WORTH_ERASING_ROW { tail } else { new.len() };
    let mut x = 0;
    while x < end {
        if !changed(x) || new[x].cells == 0 {
            x += 1;
            continue;
        }
        let blanks = (x..end).take_while(|at| changed(*at) && new[*at].is_erased()).count();
        if blanks >= WORTH_ERASING {
            strokes.push(Stroke { x: x as u16, y, ink: Ink::Erase(blanks as u16) });
            x += blanks;
            continue;
        }
        let stop = stop_of(x, end, new, changed);
        let text_end = stop - new[x..stop].iter().rev().take_while(|glyph| glyph.is_erased()).count();
        let text_end = if stop - text_end >= WORTH_ERASING_LAST { text_end } else { stop };
        if text_end > x {
            let text = new[x..text_end].iter().filter(|glyph| glyph.cells > 0).copied().collect();
            strokes.push(Stroke { x: x as u16, y, ink: Ink::Text(text) });
        }
        if stop > text_end {
            strokes.push(Stroke { x: text_end as u16, y, ink: Ink::Erase((stop - text_end) as u16) });
        }
        x = stop;
    }
    if let Some(x) = first_erased.filter(|_| count >= WORTH_ERASING_ROW) {
        // All from the tail on is blank: wherever the text before ends, there the cursor is already.
        let written = strokes.last().filter(|stroke| stroke.y == y).map_or(0, Stroke::end);
        let x = if (tail..x).contains(&written) { written } else { x };
        strokes.push(Stroke { x: x as u16, y, ink: Ink::EraseRow });
    }
}

/// Where the text that begins here ends: it goes on over what is unchanged where writing that is not longer than moving
/// on to what is not.
fn stop_of(start: usize, end: usize, new: &[Glyph<'_>], changed: impl Fn(usize) -> bool) -> usize {
    let mut stop = start;
    loop {
        let mut blanks = 0;
        while stop < end && changed(stop) && blanks < WORTH_ERASING {
            blanks = if new[stop].is_erased() { blanks + 1 } else { 0 };
            stop += 1;
        }
        if blanks >= WORTH_ERASING {
            return stop - blanks;
        }
        while stop < end && new[stop].cells == 0 {
            stop += 1;
        }
        let next = (stop..end.min(stop + MOST_REWRITTEN)).find(|x| changed(*x));
        let Some(next) = next.filter(|next| *next > start && is_worth_writing(&new[stop - 1..=*next])) else {
            return stop;
        };
        // A wide character is written whole.
        stop = next;
    }
}

/// More is never shorter than moving on.
const MOST_REWRITTEN: usize = 6;

/// Whether what is between the first and the last of these takes no more bytes than moving over it.
fn is_worth_writing(glyphs: &[Glyph<'_>]) -> bool {
    let (Some(first), Some(last)) = (glyphs.first(), glyphs.last()) else { return false };
    let gap = &glyphs[1..glyphs.len() - 1];
    let mut look = first.look;
    let mut bytes = 0;
    for glyph in gap.iter().chain([last]) {
        if !(glyph.symbol == " " && look.writes_blank(glyph.look)) {
            bytes += look.distance(glyph.look);
            look = glyph.look;
        }
        bytes += glyph.symbol.len();
    }
    let moving = if gap.len() == 1 { 3 } else { 4 };
    bytes <= moving + first.look.distance(last.look) + last.symbol.len()
}
