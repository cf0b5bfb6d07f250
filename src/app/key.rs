//! Keys as the program knows them, whatever terminal they come from.

use std::borrow::Cow;

/// A key press. Characters carry their own case (`Char('R')` is shift-r); no command needs Ctrl or Alt, and only what
/// a shell has for who types a line, or for a screen that is spoilt, is there with Ctrl.
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
    /// Ctrl-U: what is typed before the cursor goes.
    EraseLine,
    /// Ctrl-W: the word before the cursor goes.
    EraseWord,
    /// Ctrl-L: all is painted anew.
    Repaint,
    /// A function key, `F(5)` is F5.
    F(u8),
}

/// How the keys that type nothing are called in files.
const NAMES: [(&str, Key); 17] = [
    ("space", Key::Space),
    ("enter", Key::Enter),
    ("esc", Key::Esc),
    ("tab", Key::Tab),
    ("shift-tab", Key::BackTab),
    ("backspace", Key::Backspace),
    ("up", Key::Up),
    ("down", Key::Down),
    ("left", Key::Left),
    ("right", Key::Right),
    ("home", Key::Home),
    ("end", Key::End),
    ("pgup", Key::PageUp),
    ("pgdn", Key::PageDown),
    ("delete", Key::Delete),
    ("ctrl-l", Key::Repaint),
    ("f1", Key::F(1)),
];

impl Key {
    /// The key that a file means: one character, a word like `space` or `left`, or `f1` to `f12`.
    pub fn named(name: &str) -> Option<Self> {
        let mut chars = name.chars();
        if let (Some(char), None) = (chars.next(), chars.next()) {
            return (!char.is_control() && !char.is_whitespace()).then_some(Self::Char(char));
        }
        let number = name.strip_prefix('f').filter(|digits| !digits.starts_with(['0', '+']));
        if let Some(number) = number.and_then(|digits| digits.parse().ok()).filter(|number| (1..=12).contains(number)) {
            return Some(Self::F(number));
        }
        NAMES.iter().find(|(word, _)| *word == name).map(|(_, key)| *key)
    }

    /// How a file calls it.
    pub fn name(self) -> String {
        match self {
            Self::Char(char) => char.to_string(),
            Self::F(number) => format!("f{number}"),
            _ => NAMES.iter().find(|(_, key)| *key == self).map(|(word, _)| (*word).to_owned()).unwrap_or_default(),
        }
    }

    /// The words by which files call keys, for who mistypes one.
    pub(crate) fn words() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(word, _)| *word)
    }

    /// Whether a line that is typed into takes it.
    pub(crate) fn edits(self) -> bool {
        matches!(
            self,
            Self::Char(_)
                | Self::Space
                | Self::Left
                | Self::Right
                | Self::Home
                | Self::End
                | Self::Backspace
                | Self::Delete
                | Self::EraseLine
                | Self::EraseWord
        )
    }

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
            Self::EraseLine => "ctrl-u",
            Self::EraseWord => "ctrl-w",
            Self::Repaint => "ctrl-l",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_again_by_its_name() {
        let keys =
            NAMES.iter().map(|(_, key)| *key).chain(['x', 'X', '/', 'é'].map(Key::Char)).chain((2..=12).map(Key::F));
        for key in keys {
            assert_eq!(Key::named(&key.name()), Some(key));
        }
        for wrong in ["", " ", "f0", "f13", "f+1", "Space", "ctrl-c", "\t"] {
            assert_eq!(Key::named(wrong), None, "{wrong:?}");
        }
    }
}
