//! From the bytes of a Unix terminal to what they mean: keys, the mouse, and the answer to a question.
//!
//! Crossterm reads keys too, but it takes the first byte of an arrow that a slow line brings byte by byte for Esc, and
//! keeps the answer that tells how far a terminal has got ([`super::pace`]) to itself. What means nothing here is dropped
//! whole, so that no part of it is taken for keys.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::wake::Said;

/// What begins like a sequence and is longer is none.
const LONGEST: usize = 64;
const ESC: u8 = 0x1b;

/// Takes bytes as they come, in whatever pieces.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    /// The beginning of something.
    held: Vec<u8>,
}

/// What a few bytes are.
enum Read {
    /// The beginning of something.
    More,
    /// Something whole that means nothing here.
    Nothing,
    /// Something whole.
    Whole(Said),
}

impl Decoder {
    /// Whether more must come before it is known what came.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.held.is_empty()
    }

    /// Takes these bytes; what they say is added to `said`.
    pub(crate) fn take(&mut self, bytes: &[u8], said: &mut Vec<Said>) {
        for &byte in bytes {
            // A sequence that is broken off by another one; and Esc before one.
            if byte == ESC && self.is_waiting() {
                self.give_up(said);
            }
            if self.held.len() == LONGEST {
                // Only how it ends is still of interest.
                self.held.pop();
            }
            self.held.push(byte);
            match read(&self.held) {
                Read::More => continue,
                Read::Whole(one) if self.held.len() < LONGEST => said.push(one),
                Read::Nothing | Read::Whole(_) => {}
            }
            self.held.clear();
        }
    }

    /// Nothing more comes: an escape alone was the key.
    pub(crate) fn give_up(&mut self, said: &mut Vec<Said>) {
        if self.held == [ESC] {
            said.push(key(KeyCode::Esc, KeyModifiers::NONE));
        }
        self.held.clear();
    }
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> Said {
    Said::Event(Event::Key(KeyEvent::new(code, modifiers)))
}

fn whole(said: Option<Said>) -> Read {
    said.map_or(Read::Nothing, Read::Whole)
}

fn read(bytes: &[u8]) -> Read {
    match bytes {
        [] | [ESC] | [ESC, b'O'] => Read::More,
        [ESC, b'[', rest @ ..] => read_csi(rest),
        [ESC, b'O', b'M'] => Read::Whole(key(KeyCode::Enter, KeyModifiers::NONE)),
        [ESC, b'O', letter, ..] => whole(code_of_letter(*letter).map(|code| key(code, KeyModifiers::NONE))),
        [ESC, rest @ ..] => read_typed(rest, KeyModifiers::ALT),
        _ => read_typed(bytes, KeyModifiers::NONE),
    }
}

/// A character, or a key that is one control character.
fn read_typed(bytes: &[u8], with: KeyModifiers) -> Read {
    let control = |first: char, at: u8| (KeyCode::Char(char::from(first as u8 + at)), with | KeyModifiers::CONTROL);
    let (code, modifiers) = match bytes[0] {
        b'\r' => (KeyCode::Enter, with),
        b'\t' => (KeyCode::Tab, with),
        0x7f => (KeyCode::Backspace, with),
        0 => (KeyCode::Char(' '), with | KeyModifiers::CONTROL),
        byte @ 0x01..=0x1a => control('a', byte - 0x01),
        byte @ 0x1b..=0x1f => control('3', byte - 0x1b),
        first => {
            let length = match first {
                0x00..=0x7f => 1,
                0xc0..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf7 => 4,
                _ => return Read::Nothing,
            };
            if bytes.len() < length && bytes[1..].iter().all(|byte| byte & 0xc0 == 0x80) {
                return Read::More;
            }
            let Some(char) = std::str::from_utf8(bytes).ok().and_then(|text| text.chars().next()) else {
                return Read::Nothing;
            };
            let shift = if char.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
            (KeyCode::Char(char), with | shift)
        }
    };
    Read::Whole(key(code, modifiers))
}

/// What follows `ESC [`: parameters and the letter that ends them.
fn read_csi(rest: &[u8]) -> Read {
    // The Linux console's F1 to F5, and a mouse without a form for large screens, go on behind the letter.
    match rest {
        [b'['] => return Read::More,
        [b'[', letter @ b'A'..=b'E'] => return Read::Whole(key(KeyCode::F(1 + letter - b'A'), KeyModifiers::NONE)),
        [b'M', mouse @ ..] if mouse.len() < 3 => return Read::More,
        [b'M', mouse @ ..] => {
            let number = |at: usize| mouse.get(at).map_or(0, |byte| u16::from(byte.saturating_sub(32)));
            return whole(mouse_at(number(0), number(1), number(2), true));
        }
        _ => {}
    }
    let Some((&last, parameters)) = rest.split_last() else { return Read::More };
    match last {
        0x20..=0x3f => Read::More,
        0x40..=0x7e => whole(csi(parameters, last)),
        _ => Read::Nothing,
    }
}

/// A whole sequence.
fn csi(parameters: &[u8], last: u8) -> Option<Said> {
    let text = std::str::from_utf8(parameters).ok()?;
    if let Some(text) = text.strip_prefix('<') {
        let [button, column, row] = *numbers(text).as_slice() else { return None };
        return matches!(last, b'M' | b'm').then(|| mouse_at(button, column, row, last == b'M')).flatten();
    }
    if last == b'n' {
        return matches!(text, "0" | "3").then_some(Said::Answer);
    }
    let given = numbers(text);
    let first = given.first().copied().unwrap_or(1);
    let (modifiers, kind) = held_down(text);
    let code = match last {
        b'~' if first == 27 => code_of_char(given.get(2).copied()?)?,
        b'~' => code_of_number(first)?,
        b'u' => code_of_char(first)?,
        b'Z' => return Some(key(KeyCode::BackTab, KeyModifiers::SHIFT)),
        // Else it is where the cursor is.
        b'R' => return None,
        letter => code_of_letter(letter)?,
    };
    Some(Said::Event(Event::Key(KeyEvent::new_with_kind(code, modifiers, kind))))
}

/// The numbers between semicolons; of `1:2` the first.
fn numbers(text: &str) -> Vec<u16> {
    let number = |part: &str| part.split(':').next().and_then(|digits| digits.parse().ok()).unwrap_or(0);
    text.split(';').map(number).collect()
}

/// What is held down with a key, and what happened to it: `1;5` and `1;5:3`.
fn held_down(text: &str) -> (KeyModifiers, KeyEventKind) {
    let mut parts = text.split(';').nth(1).unwrap_or_default().split(':');
    let mask = parts.next().and_then(|digits| digits.parse::<u8>().ok()).unwrap_or(1).saturating_sub(1);
    let kind = match parts.next() {
        Some("2") => KeyEventKind::Repeat,
        Some("3") => KeyEventKind::Release,
        _ => KeyEventKind::Press,
    };
    let bits = [(1, KeyModifiers::SHIFT), (2, KeyModifiers::ALT), (4, KeyModifiers::CONTROL), (8, KeyModifiers::SUPER)];
    let held = bits.into_iter().filter(|(bit, _)| mask & bit != 0).map(|(_, modifier)| modifier).collect();
    (held, kind)
}

fn code_of_letter(letter: u8) -> Option<KeyCode> {
    Some(match letter {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P'..=b'S' => KeyCode::F(1 + letter - b'P'),
        _ => return None,
    })
}

fn code_of_number(number: u16) -> Option<KeyCode> {
    let number = u8::try_from(number).ok()?;
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => KeyCode::F(number - 10),
        17..=21 => KeyCode::F(number - 11),
        23 | 24 => KeyCode::F(number - 12),
        _ => return None,
    })
}

/// A key told by its character, as terminals do that are set to tell more than of old.
fn code_of_char(number: u16) -> Option<KeyCode> {
    Some(match number {
        9 => KeyCode::Tab,
        13 => KeyCode::Enter,
        27 => KeyCode::Esc,
        127 => KeyCode::Backspace,
        _ => KeyCode::Char(char::from_u32(number.into()).filter(|char| !char.is_control())?),
    })
}

/// What the mouse did; a terminal counts from 1.
fn mouse_at(button: u16, column: u16, row: u16, pressed: bool) -> Option<Said> {
    let kind = match button & 0b1110_0011 {
        0 if pressed => MouseEventKind::Down(MouseButton::Left),
        64 => MouseEventKind::ScrollUp,
        65 => MouseEventKind::ScrollDown,
        _ => return None,
    };
    let (column, row) = (column.saturating_sub(1), row.saturating_sub(1));
    Some(Said::Event(Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said, with a silence at the end.
    fn said_in(pieces: impl IntoIterator<Item = Vec<u8>>) -> Vec<Said> {
        let (mut decoder, mut said) = (Decoder::default(), Vec::new());
        for piece in pieces {
            decoder.take(&piece, &mut said);
        }
        decoder.give_up(&mut said);
        said
    }

    fn said(bytes: &[u8]) -> Vec<Said> {
        let whole = said_in([bytes.to_vec()]);
        assert_eq!(said_in(bytes.iter().map(|byte| vec![*byte])), whole, "byte by byte: {bytes:?}");
        whole
    }

    #[track_caller]
    fn assert_key(bytes: &str, code: KeyCode, modifiers: KeyModifiers) {
        assert_eq!(said(bytes.as_bytes()), [key(code, modifiers)], "{bytes:?}");
    }

    #[test]
    fn keys_are_known_in_every_form_that_terminals_give_them() {
        let table = [
            ("\x1b[A", KeyCode::Up),
            ("\x1bOA", KeyCode::Up),
            ("\x1b[B", KeyCode::Down),
            ("\x1b[C", KeyCode::Right),
            ("\x1b[D", KeyCode::Left),
            ("\x1b[H", KeyCode::Home),
            ("\x1b[1~", KeyCode::Home),
            ("\x1b[7~", KeyCode::Home),
            ("\x1bOF", KeyCode::End),
            ("\x1b[4~", KeyCode::End),
            ("\x1b[2~", KeyCode::Insert),
            ("\x1b[3~", KeyCode::Delete),
            ("\x1b[5~", KeyCode::PageUp),
            ("\x1b[6~", KeyCode::PageDown),
            ("\x1bOP", KeyCode::F(1)),
            ("\x1b[[E", KeyCode::F(5)),
            ("\x1b[15~", KeyCode::F(5)),
            ("\x1b[17~", KeyCode::F(6)),
            ("\x1b[24~", KeyCode::F(12)),
            ("\x1bOM", KeyCode::Enter),
            ("\r", KeyCode::Enter),
            ("\t", KeyCode::Tab),
            ("\x7f", KeyCode::Backspace),
            ("\x1b", KeyCode::Esc),
            ("\x1b[27u", KeyCode::Esc),
            ("q", KeyCode::Char('q')),
            ("é", KeyCode::Char('é')),
            ("⟨", KeyCode::Char('⟨')),
            ("😀", KeyCode::Char('😀')),
        ];
        for (bytes, code) in table {
            assert_key(bytes, code, KeyModifiers::NONE);
        }
    }

    #[test]
    fn what_is_held_down_with_a_key_is_known() {
        let table = [
            ("\x03", KeyCode::Char('c'), KeyModifiers::CONTROL),
            ("\x08", KeyCode::Char('h'), KeyModifiers::CONTROL),
            ("\x1a", KeyCode::Char('z'), KeyModifiers::CONTROL),
            ("\0", KeyCode::Char(' '), KeyModifiers::CONTROL),
            ("\x1bq", KeyCode::Char('q'), KeyModifiers::ALT),
            ("R", KeyCode::Char('R'), KeyModifiers::SHIFT),
            ("\x1b[Z", KeyCode::BackTab, KeyModifiers::SHIFT),
            ("\x1b[1;5D", KeyCode::Left, KeyModifiers::CONTROL),
            ("\x1b[3;2~", KeyCode::Delete, KeyModifiers::SHIFT),
            ("\x1b[99;5u", KeyCode::Char('c'), KeyModifiers::CONTROL),
            ("\x1b[27;3;13~", KeyCode::Enter, KeyModifiers::ALT),
        ];
        for (bytes, code, modifiers) in table {
            assert_key(bytes, code, modifiers);
        }
        let released = KeyEvent::new_with_kind(KeyCode::Up, KeyModifiers::NONE, KeyEventKind::Release);
        assert_eq!(said(b"\x1b[1;1:3A"), [Said::Event(Event::Key(released))]);
    }

    #[test]
    fn the_answer_is_heard_among_keys_and_is_no_key() {
        let letter = |letter| key(KeyCode::Char(letter), KeyModifiers::NONE);
        assert_eq!(said(b"a\x1b[0nb"), [letter('a'), Said::Answer, letter('b')]);
    }

    #[test]
    fn what_means_nothing_is_dropped_whole() {
        let table: [&[u8]; 14] = [
            b"\x1b[12;40R",
            b"\x1b[?64;1;22c",
            b"\x1b[>1;10;0c",
            b"\x1b[?2026;2$y",
            b"\x1b[200~",
            b"\x1b[I",
            b"\x1b[1;1x",
            b"\x1bOz",
            b"\x1b[<35;3;4M",
            b"\x1b[<0;3;4m",
            b"\x1b[",
            b"\x1b[1;",
            b"\xff",
            b"\xc3(",
        ];
        for bytes in table {
            assert_eq!(said(bytes), [], "{}", bytes.escape_ascii());
            let text = [bytes, b"\x1b[A"].concat();
            assert_eq!(said(&text).len(), 1, "{} and then an arrow", bytes.escape_ascii());
        }
        assert_eq!(said(&[b"\x1b[".to_vec(), vec![b'1'; 500], b"~q".to_vec()].concat()).len(), 1, "however long it is");
    }

    #[test]
    fn an_escape_before_a_sequence_is_the_key() {
        let keys = [key(KeyCode::Esc, KeyModifiers::NONE), key(KeyCode::Up, KeyModifiers::NONE)];
        assert_eq!(said(b"\x1b\x1b[A"), keys);
    }

    #[test]
    fn the_mouse_is_where_it_is() {
        let at = |kind, column, row| {
            vec![Said::Event(Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))]
        };
        let press = MouseEventKind::Down(MouseButton::Left);
        assert_eq!(said(b"\x1b[<0;200;1M"), at(press, 199, 0));
        assert_eq!(said(b"\x1b[<64;3;4M"), at(MouseEventKind::ScrollUp, 2, 3));
        assert_eq!(said(b"\x1b[<69;3;4M"), at(MouseEventKind::ScrollDown, 2, 3));
        assert_eq!(said(b"\x1b[M !!"), at(press, 0, 0));
    }
}
