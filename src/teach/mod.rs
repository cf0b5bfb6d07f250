//! Lessons: the player, the prediction of what a process will do, and the checker that plays every lesson.
//!
//! [`Player`] is where to start: it goes through a [`crate::script::Lesson`] beat by beat over a session of the real
//! engine. [`Prediction`] makes a question out of any action: its choices are what the engine does and what it would do
//! if a well-known misconception were true. [`check_lesson`] holds a lesson to everything that it claims.
//!
//! Architecture invariant: no file and no clock is known here, and no frame is made up: every state that is shown was
//! reached by the engine.

mod asked;
mod built_in;
mod check;
mod expect;
mod plan;
mod player;
mod predict;
mod task;
mod way;

pub use built_in::{BuiltIn, built_in, drawn};
pub use check::{Summary, check_lesson, check_text};
pub use player::{BeatView, Player, Question, Went};
pub use predict::{Choice, NoQuestion, Outcome, Prediction};
pub use task::{NotDone, Showed, Task, TaskState};
