//! What the terminal reports, as the program knows it. The one place where key presses are told from releases and
//! where modifiers are judged.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::app::{Effect, Key, Mouse, Msg};

/// What an event of the terminal asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Request {
    /// Something for the model.
    Tell(Msg),
    /// The mouse did something in this column and row.
    Mouse(Mouse, (u16, u16)),
    /// Something that works whatever the model is busy with.
    Do(Effect),
}

/// Translates an event; `None` is one that means nothing to the program.
pub(crate) fn request(event: &Event) -> Option<Request> {
    match event {
        Event::Key(key) => request_of_key(*key),
        Event::Mouse(mouse) => request_of_mouse(*mouse),
        Event::Resize(columns, rows) => Some(Request::Tell(Msg::Resize(*columns, *rows))),
        _ => None,
    }
}

fn request_of_mouse(event: MouseEvent) -> Option<Request> {
    let mouse = match event.kind {
        MouseEventKind::Down(MouseButton::Left) => Mouse::Press,
        MouseEventKind::ScrollUp => Mouse::WheelUp,
        MouseEventKind::ScrollDown => Mouse::WheelDown,
        _ => return None,
    };
    Some(Request::Mouse(mouse, (event.column, event.row)))
}

fn request_of_key(event: KeyEvent) -> Option<Request> {
    let wanted = match event.kind {
        KeyEventKind::Press => true,
        KeyEventKind::Repeat => is_movement(event.code),
        KeyEventKind::Release => false,
    };
    if !wanted {
        return None;
    }
    match event.code {
        // No command needs Ctrl; these two are what people press when they know no other way out, and three do what they
        // do in a shell.
        KeyCode::Char('c' | 'C') if only_ctrl(event) => Some(Request::Tell(Msg::Interrupt)),
        KeyCode::Char('z' | 'Z') if only_ctrl(event) => Some(Request::Do(Effect::Suspend)),
        KeyCode::Char('l' | 'L') if only_ctrl(event) => Some(Request::Tell(Msg::Key(Key::Repaint))),
        KeyCode::Char('u' | 'U') if only_ctrl(event) => Some(Request::Tell(Msg::Key(Key::EraseLine))),
        KeyCode::Char('w' | 'W') if only_ctrl(event) => Some(Request::Tell(Msg::Key(Key::EraseWord))),
        // Some terminals send Ctrl-H for Backspace.
        KeyCode::Char('h') if only_ctrl(event) => Some(Request::Tell(Msg::Key(Key::Backspace))),
        _ => key(event).map(|key| Request::Tell(Msg::Key(key))),
    }
}

/// A key held down moves on; it never delivers, crashes or confirms twice.
fn is_movement(code: KeyCode) -> bool {
    matches!(code, KeyCode::Up | KeyCode::Down | KeyCode::Left | KeyCode::Right | KeyCode::Home | KeyCode::End)
}

fn only_ctrl(event: KeyEvent) -> bool {
    event.modifiers.contains(KeyModifiers::CONTROL) && !event.modifiers.contains(KeyModifiers::ALT)
}

/// Whether Ctrl or Alt makes another key of this character. `AltGr`, which types `@`, `|` or `[` on many keyboards, is
/// reported as both together on Windows.
fn is_chord(modifiers: KeyModifiers) -> bool {
    let chord = modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SUPER);
    let alt_gr = KeyModifiers::CONTROL | KeyModifiers::ALT;
    !(chord.is_empty() || cfg!(windows) && chord == alt_gr)
}

fn key(event: KeyEvent) -> Option<Key> {
    Some(match event.code {
        KeyCode::Char(_) if is_chord(event.modifiers) => return None,
        KeyCode::Char(' ') => Key::Space,
        // Shift is in the character already; some terminals report it besides, some do not.
        KeyCode::Char(character) if !character.is_control() => Key::Char(character),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => Key::BackTab,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Delete => Key::Delete,
        KeyCode::F(number) => Key::F(number),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(code: KeyCode, modifiers: KeyModifiers) -> Option<Request> {
        request(&Event::Key(KeyEvent::new(code, modifiers)))
    }

    fn of_kind(code: KeyCode, kind: KeyEventKind) -> Option<Request> {
        request(&Event::Key(KeyEvent::new_with_kind(code, KeyModifiers::NONE, kind)))
    }

    #[allow(clippy::unnecessary_wraps)]
    fn tell(key: Key) -> Option<Request> {
        Some(Request::Tell(Msg::Key(key)))
    }

    #[test]
    fn every_key_of_the_program_has_its_event() {
        let table = [
            (KeyCode::Char('q'), Key::Char('q')),
            (KeyCode::Char('é'), Key::Char('é')),
            (KeyCode::Char(' '), Key::Space),
            (KeyCode::Enter, Key::Enter),
            (KeyCode::Esc, Key::Esc),
            (KeyCode::Tab, Key::Tab),
            (KeyCode::BackTab, Key::BackTab),
            (KeyCode::Backspace, Key::Backspace),
            (KeyCode::Up, Key::Up),
            (KeyCode::Down, Key::Down),
            (KeyCode::Left, Key::Left),
            (KeyCode::Right, Key::Right),
            (KeyCode::Home, Key::Home),
            (KeyCode::End, Key::End),
            (KeyCode::PageUp, Key::PageUp),
            (KeyCode::PageDown, Key::PageDown),
            (KeyCode::Delete, Key::Delete),
            (KeyCode::F(5), Key::F(5)),
        ];
        for (code, key) in table {
            assert_eq!(pressed(code, KeyModifiers::NONE), tell(key), "{code:?}");
            assert_eq!(of_kind(code, KeyEventKind::Release), None, "{code:?} released");
        }
    }

    #[test]
    fn shift_is_in_the_character_already() {
        for character in ['R', '?', ':', '⟨'] {
            for modifiers in [KeyModifiers::NONE, KeyModifiers::SHIFT] {
                let key = tell(Key::Char(character));
                assert_eq!(pressed(KeyCode::Char(character), modifiers), key, "{character} {modifiers:?}");
            }
        }
        assert_eq!(pressed(KeyCode::Char(' '), KeyModifiers::SHIFT), tell(Key::Space));
        for code in [KeyCode::Tab, KeyCode::BackTab] {
            assert_eq!(pressed(code, KeyModifiers::SHIFT), tell(Key::BackTab));
        }
    }

    #[test]
    fn chords_do_nothing_but_leave_suspend_repaint_and_erase() {
        let ctrl = KeyModifiers::CONTROL;
        assert_eq!(pressed(KeyCode::Char('l'), ctrl), tell(Key::Repaint));
        assert_eq!(pressed(KeyCode::Char('c'), ctrl), Some(Request::Tell(Msg::Interrupt)));
        assert_eq!(pressed(KeyCode::Char('z'), ctrl), Some(Request::Do(Effect::Suspend)));
        assert_eq!(pressed(KeyCode::Char('h'), ctrl), tell(Key::Backspace));
        assert_eq!(pressed(KeyCode::Char('u'), ctrl), tell(Key::EraseLine));
        assert_eq!(pressed(KeyCode::Char('w'), ctrl), tell(Key::EraseWord));
        assert_eq!(pressed(KeyCode::Char('q'), ctrl), None);
        assert_eq!(pressed(KeyCode::Char('q'), KeyModifiers::ALT), None);
        assert_eq!(pressed(KeyCode::Char('c'), ctrl | KeyModifiers::ALT).is_some(), cfg!(windows));
        assert_eq!(pressed(KeyCode::Insert, KeyModifiers::NONE), None);
        assert_eq!(pressed(KeyCode::Char('\u{7}'), KeyModifiers::NONE), None);
    }

    #[test]
    fn a_key_held_down_moves_and_does_nothing_else() {
        assert_eq!(of_kind(KeyCode::Down, KeyEventKind::Repeat), tell(Key::Down));
        for code in [KeyCode::Enter, KeyCode::Char('x'), KeyCode::Char(' '), KeyCode::PageDown] {
            assert_eq!(of_kind(code, KeyEventKind::Repeat), None, "{code:?}");
        }
    }

    #[test]
    fn a_new_size_is_told_and_the_rest_is_not() {
        assert_eq!(request(&Event::Resize(1, 0)), Some(Request::Tell(Msg::Resize(1, 0))));
        for event in [Event::FocusGained, Event::FocusLost] {
            assert_eq!(request(&event), None);
        }
    }
}
