//! Keys as the program knows them, whatever terminal they come from.

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
