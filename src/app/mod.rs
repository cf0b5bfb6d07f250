//! The program without a terminal: what is shown (`Model`), what can happen to it (`Msg`), and `update`, which does
//! no I/O but returns `Effect`s for whoever runs it (terminal, test, export).
//!
//! Everything that can be done is a row of [`COMMANDS`]: dispatch, hint bar and help read that one table.

mod actions;
mod auto;
mod command;
mod commands;
mod contrast;
mod foresight;
mod habits;
mod help;
mod hints;
mod kept;
mod key;
mod keymap;
mod legend;
pub mod lesson;
mod model;
mod motion;
mod mouse;
mod orders;
mod progress;
mod prompt;
mod reload;
mod seek;
mod shelved;
mod stage;
mod theme;
mod typing;
mod views;

pub use auto::Auto;
pub use command::{Command, Group, Id, Scope};
pub use commands::COMMANDS;
pub use contrast::Rgb;
pub(crate) use contrast::contrast;
pub use foresight::Foresight;
pub use help::{Help, HelpLine, help_cells, help_columns};
pub use hints::{Hint, hints};
pub use kept::{Head, Keep, session_of};
pub use key::Key;
pub use keymap::Keymap;
pub use legend::{LEGEND, LEGEND_TITLE, MARK_CELLS, Mark, gloss};
pub use model::{Effect, Home, Model, Msg, Notice, Offer, Overlay, Place, Recent, update};
pub use motion::Motion;
pub use mouse::{Mouse, Target};
pub use orders::{meaning, offers, orders};
pub use prompt::{Line, Pick, Purpose};
pub use seek::{CHANCES, News, Seek, Sought, Stand, Told, grouped};
pub use shelved::Shelved;
pub use stage::{BOXES, Focus, NO_STAGE, Play, Stage, is_small};
pub use theme::{Colors, Theme};
pub use typing::{Ask, Typing};
pub use views::{View, Views};
