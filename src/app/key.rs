//! Keys as the program knows them, whatever terminal they come from.

use std::borrow::Cow;

/// A key press. Characters carry their own case (`Char('R')` is shift-r); no command ever needs Ctrl or Alt.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum Key {
    /// A printable character other than space.
    Char(char),
    Space,
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    Delete,
    /// A function key, `F(5)` is F5.
    F(u8),
}

impl Key {
    /// How the key is called on screen: as it stands on keyboards, in few letters.
    pub fn label(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Char(char) => return Cow::Owned(char.to_string()),
            Self::F(number) => return Cow::Owned(format!("F{number}")),
            Self::Space => "space",
            Self::Enter => "enter",
            Self::Esc => "esc",
            Self::Tab => "tab",
            Self::BackTab => "shift-tab",
            Self::Backspace => "backspace",
            Self::Up => "↑",
            Self::Down => "↓",
            Self::Left => "←",
            Self::Right => "→",
            Self::Home => "home",
            Self::End => "end",
            Self::PageUp => "pgup",
            Self::PageDown => "pgdn",
            Self::Delete => "delete",
        })
    }
}
