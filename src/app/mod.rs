//! The program without a terminal: what is shown (`Model`), what can happen to it (`Msg`), and `update`, which does
//! no I/O but returns `Effect`s for whoever runs it (terminal, test, export).
//!
//! Everything that can be done is a row of [`COMMANDS`]: dispatch, hint bar and help read that one table.

mod actions;
mod commands;
mod key;
pub mod lesson;
mod model;
mod prompt;
mod stage;
mod theme;
mod views;

pub use commands::{COMMANDS, Command, Group, Hint, Id, Scope, help_columns, hints};
pub use key::Key;
pub use model::{Effect, Home, Model, Msg, Notice, Offer, Overlay, Place, update};
pub use prompt::{Line, Pick, Purpose};
pub use stage::{Focus, Play, Stage};
pub use theme::Theme;
pub use views::{View, Views};
