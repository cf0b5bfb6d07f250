//! The action language and the RON formats: parsing, printing, and errors that say where and what to do.
//!
//! [`parse_action`] turns one line into a [`crate::world::Action`] of a world, [`action_text`] prints it again;
//! [`Scenario`] is the scenario file, [`Lesson`] the lesson file. Every format is loaded through [`parse_ron`], so that every file's errors look
//! alike. Texts come in as `&str`: where they come from is not known here.
//!
//! Architecture invariant: no file, no clock and no user interface is known here.

mod action;
mod complete;
mod complete_predicate;
mod cursor;
mod error;
mod file;
mod keymap;
mod lesson;
mod lesson_file;
mod message;
mod nearest;
mod predicate;
mod prose;
mod rule;
mod scenario;
mod theme;

pub use action::{VERBS, action_text, parse_action, parse_proposal, parse_request, verb_of};
pub use complete::completions;
pub use complete_predicate::predicate_completions;
#[cfg(feature = "terminal")]
pub(crate) use error::printable;
pub use error::{ActionError, FileError, Position};
pub use file::{Line, Located, parse_ron};
pub use keymap::KeymapFile;
pub use lesson::{
    Answer, Ask, Beat, BeatKind, Checks, Fork, Future, Game, Goal, Hunt, Lesson, Light, Limit, Origin, Play, Predict,
    Score, SlideRow, Suspect, Try, is_lesson,
};
pub use message::message_text;
pub(crate) use nearest::nearest;
pub use predicate::{Question, parse_predicate, predicate_text};
pub use prose::{Emphasis, Paragraph, Piece, paragraphs, plain};
pub use scenario::{Run, Scenario, Step, StepError, Why};
pub use theme::{Ink, Look, Slots, ThemeFile};
