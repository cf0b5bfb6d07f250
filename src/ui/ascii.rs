//! The picture in pure ASCII, for consoles and fonts without anything else. Every glyph that is one cell wide stays one
//! cell wide, so that nothing moves; only an arrow or a comparison gets its second letter where blanks behind it give way.

use std::borrow::Cow;

use ratatui::buffer::{Buffer, Cell};

/// What stands for a glyph outside ASCII. Marks that mean different things stay different.
const fn letter(glyph: char) -> char {
    match glyph {
        '─' | '–' | '—' => '-',
        '·' => '.',
        '━' => '=',
        '‖' => '/',
        '│' | '▏' => '|',
        '▹' => ':',
        '╭' | '╮' | '╰' | '╯' | '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' => '+',
        '┏' | '┓' | '┗' | '┛' | '┃' | '┣' | '┫' | '┳' | '┻' | '╋' => '#',
        '▌' | '≠' => '!',
        '▸' | '→' | '≥' => '>',
        '◂' | '←' => '<',
        '⟨' => '(',
        '⟩' => ')',
        '●' => 'o',
        '○' => '%',
        '★' => '*',
        '◎' => '@',
        '✗' | '×' => 'x',
        '✓' => 'V',
        '↓' => 'v',
        '♛' | '↑' => '^',
        '…' => '~',
        '’' | '‘' => '\'',
        '“' | '”' => '"',
        _ => '?',
    }
}

/// Two characters for one glyph, if there is a cell to spare.
const fn two_letters(glyph: char) -> Option<[&'static str; 2]> {
    match glyph {
        '→' => Some(["-", ">"]),
        '←' => Some(["<", "-"]),
        '≠' => Some(["!", "="]),
        '≥' => Some([">", "="]),
        _ => None,
    }
}

/// Whether a process stands behind the blank.
fn names_process(cells: &[Cell]) -> bool {
    let is = |at: usize, wanted: fn(&str) -> bool| cells.get(at).is_some_and(|cell| wanted(cell.symbol()));
    is(1, |role| matches!(role, "C" | "R" | "L" | "A")) && is(2, |digit| digit.chars().all(|one| one.is_ascii_digit()))
}

/// The names of keys in words: `^v` reads as one key with control.
pub(super) fn key_names(keys: &str) -> String {
    keys.replace("↑↓", "up/down").replace('↑', "up").replace('↓', "down")
}

/// Replaces every symbol outside ASCII.
pub(crate) fn draw(buf: &mut Buffer) {
    let width = usize::from(buf.area.width).max(1);
    for row in buf.content.chunks_mut(width) {
        for at in 0..row.len() {
            if let Some(glyph) = row[at].symbol().chars().next().filter(|char| !char.is_ascii()) {
                replace(glyph, row, at);
            }
        }
    }
}

fn replace(glyph: char, row: &mut [Cell], at: usize) {
    let is =
        |at: Option<usize>, symbol: &str| at.and_then(|at| row.get(at)).is_some_and(|cell| cell.symbol() == symbol);
    let is_free = |at: Option<usize>| is(at, " ");
    let (before, behind) = (is_free(at.checked_sub(1)), is_free(Some(at + 1)));
    let [wide_before, wide_behind] = [before && is_free(at.checked_sub(2)), behind && is_free(Some(at + 2))];
    // `<>`, two keys.
    let is_pair = glyph == '←' && is(Some(at + 1), "→") || glyph == '→' && is(at.checked_sub(1), "<");
    // `L1 > A0`, as actions are written.
    let is_route = glyph == '→' && before && behind && names_process(&row[at + 1..]);
    let Some([first, second]) = two_letters(glyph).filter(|_| !is_pair && !is_route) else {
        row[at].set_char(letter(glyph));
        return;
    };
    let slack = if wide_before || wide_behind { None } else { slack(&row[at + 1..]) };
    let start = match slack {
        // All up to there moves by one cell.
        Some(given) => {
            row[at + 1..=at + 1 + given].rotate_right(1);
            row[at + 1] = row[at].clone();
            at
        }
        // `(→ 0.1)` is no comparison.
        None if wide_behind && !wide_before || behind && !before => at,
        // `false->true`, alike on both sides.
        None if behind && !wide_before => {
            let end = end_of_text(&row[at + 1..]);
            row[at + 1..at + 1 + end].rotate_left(1);
            at - 1
        }
        None if before => at - 1,
        None => {
            row[at].set_char(letter(glyph));
            return;
        }
    };
    row[start].set_symbol(first);
    row[start + 1].set_symbol(second);
}

/// Where the first of two blanks, or of two cells of a horizontal line, stands before any border: one is enough there. A
/// blank before the border is not needed either.
fn slack(row: &[Cell]) -> Option<usize> {
    let end = end_of_text(row);
    let two = row[..end]
        .windows(2)
        .position(|two| two[0].symbol() == two[1].symbol() && matches!(two[0].symbol(), " " | "─"));
    two.or_else(|| end.checked_sub(1).filter(|last| end < row.len() && row[*last].symbol() == " "))
}

/// Where the border is, or the row ends.
fn end_of_text(row: &[Cell]) -> usize {
    let ends = |cell: &Cell| "│┃▌╮╯┛┓╰╭┏".contains(cell.symbol());
    row.iter().position(ends).unwrap_or(row.len())
}

/// A text that is read from top to bottom, in ASCII: here a glyph may become several letters.
pub fn ascii_text(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            _ if char.is_ascii() => out.push(char),
            '…' => out.push_str("..."),
            _ => match two_letters(char) {
                Some(letters) => out.extend(letters),
                None => out.push(letter(char)),
            },
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::GLYPHS;

    #[test]
    fn every_glyph_of_the_panels_has_its_letter() {
        for glyph in GLYPHS.chars() {
            assert_ne!(letter(glyph), '?', "{glyph}");
        }
        assert_eq!(key_names("↑↓"), "up/down");
        assert_eq!(ascii_text("0.0 → 0.1 ≠ ⟨1, A⟩ …"), "0.0 -> 0.1 != (1, A) ...");
    }

    #[test]
    fn an_arrow_keeps_its_blanks_where_there_is_room() {
        let drawn = |text: &str| {
            let mut buffer = Buffer::with_lines([text]);
            draw(&mut buffer);
            buffer.content.iter().map(Cell::symbol).collect::<String>()
        };
        assert_eq!(drawn("│active: false → true   │"), "|active: false -> true  |");
        assert_eq!(drawn("│ballot: 0.0 → 0.1 (→ 0.2)   │"), "|ballot: 0.0 -> 0.1 (-> 0.2) |");
        assert_eq!(drawn("╰ in: 1→2 out: 1 ──╯"), "+ in: 1->2 out: 1 -+");
        assert_eq!(drawn("│active: false → true│"), "|active: false->true |", "no cell is free");
        assert_eq!(drawn("│0.0 → 1.0│0.0 ≠ 0.1│"), "|0.0->1.0 |0.0!=0.1 |");
        assert_eq!(drawn("  L1 → A0  p1a(0.1)"), "  L1 > A0  p1a(0.1)");
        assert_eq!(drawn(" ←→ steps · x drop  "), " <> steps . x drop  ");
        assert_eq!(drawn(" e elect · ←  steps ·  → steps"), " e elect . <- steps . -> steps");
        assert_eq!(drawn("│[⟨1,A→B⟩] │"), "|[(1,A->B)]|");
        assert_eq!(drawn("│[⟨1, A→B⟩]  │"), "|[(1, A->B)] |");
    }
}
