//! The picture in pure ASCII, for consoles and fonts without anything else. Every glyph that is one cell wide stays one
//! cell wide, so that nothing moves.

use std::borrow::Cow;

use ratatui::buffer::{Buffer, Cell};

/// What stands for a glyph outside ASCII. Marks that mean different things stay different.
const fn letter(glyph: char) -> char {
    match glyph {
        '─' | '·' | '–' | '—' => '-',
        '━' => '=',
        '‖' => '/',
        '│' | '▏' | '▹' => '|',
        '╭' | '╮' | '╰' | '╯' | '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' => '+',
        '┏' | '┓' | '┗' | '┛' | '┎' | '┖' | '┃' | '┣' | '┫' | '┳' | '┻' | '╋' => '#',
        '▌' | '≠' => '!',
        '▸' | '→' | '≥' => '>',
        '◂' | '←' => '<',
        '⟨' => '(',
        '⟩' => ')',
        '●' => 'o',
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

/// Two characters for one glyph, if the cell before it is free.
const fn two_letters(glyph: char) -> Option<[&'static str; 2]> {
    match glyph {
        '→' => Some(["-", ">"]),
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

/// Replaces every symbol outside ASCII.
pub(crate) fn draw(buf: &mut Buffer) {
    let width = usize::from(buf.area.width).max(1);
    for at in 0..buf.content.len() {
        let Some(glyph) = buf.content[at].symbol().chars().next().filter(|char| !char.is_ascii()) else { continue };
        let before_is_free = at % width > 0 && buf.content[at - 1].symbol() == " ";
        let behind_is_free = (at + 1) % width > 0 && buf.content[at + 1].symbol() == " ";
        match two_letters(glyph) {
            // `L1 > A0`, as actions are written: two letters would take the blank from one side.
            _ if glyph == '→' && before_is_free && behind_is_free && names_process(&buf.content[at + 1..]) => {
                buf.content[at].set_char('>');
            }
            // `(→ 0.1)` is no comparison.
            Some([first, second]) if behind_is_free && !before_is_free => {
                buf.content[at].set_symbol(first);
                buf.content[at + 1].set_symbol(second);
            }
            Some([first, second]) if before_is_free => {
                buf.content[at - 1].set_symbol(first);
                buf.content[at].set_symbol(second);
            }
            _ => {
                buf.content[at].set_char(letter(glyph));
            }
        }
    }
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
        assert_eq!(ascii_text("0.0 → 0.1 ≠ ⟨1, A⟩ …"), "0.0 -> 0.1 != (1, A) ...");
    }
}
