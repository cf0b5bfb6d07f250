//! The model and its update.

use super::Key;

/// Everything that is on the screen.
#[derive(Debug, Default)]
pub struct Model {}

/// What can happen to the program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// The terminal has this many columns and rows now.
    Resize(u16, u16),
}

/// What whoever runs the program must do for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Leave; the terminal is given back.
    Quit,
    /// Stop the process as Ctrl-Z does (Unix only), and paint everything anew on return.
    Suspend,
}

/// Changes the model; does no I/O.
pub fn update(_model: &mut Model, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Key(Key::Char('q')) => vec![Effect::Quit],
        _ => Vec::new(),
    }
}
