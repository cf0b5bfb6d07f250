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
mod count;
mod expect;
mod game;
mod plan;
mod player;
mod predict;
mod progress;
mod quiz;
mod shown;
mod slides;
mod subject;
mod table;
mod task;
mod way;
mod words;

pub use built_in::{BuiltIn, built_in, drawn};
pub use check::{Summary, check_lesson, check_text};
pub use game::GameView;
pub use player::{BeatView, Player, Question, Went};
pub use predict::{Choice, NoQuestion, Outcome, Prediction};
pub use progress::{Answered, BeatMark, Progress, Tally, TaskMark};
pub use quiz::{Difficulty, Quiz, QuizTerms, Role};
pub use shown::{Lit, Panel};
pub use slides::{SlidePlace, find_slide};
pub use table::{Row, Table};
pub use task::{NotDone, Showed, Stuck, Task, TaskState};
