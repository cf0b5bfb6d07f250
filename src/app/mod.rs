//! The program without a terminal: what is shown (`Model`), what can happen to it (`Msg`), and `update`, which does
//! no I/O but returns `Effect`s for whoever runs it (terminal, test, export).

mod key;
mod model;

pub use key::Key;
pub use model::{Effect, Model, Msg, update};
