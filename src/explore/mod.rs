//! Search over worlds: find a schedule that leads somewhere, or show that there is none.
//!
//! A [`Search`] runs the engine itself, the same handlers that the screen shows. Each is called once for each local state
//! and input and remembered; a world is then a short list of numbers whose fingerprint is a sum, so that most of what can
//! happen costs a few additions. What is found is replayed on the engine before it is told.
//!
//! Worlds are told apart by fingerprints of 128 bits, see `print`. What was ever voted and decided belongs to a world only
//! as far as the question needs it.
//!
//! Architecture invariant: no clock, no thread and no file is known here. A search runs for as long as it is told to;
//! limits of time and giving up are the caller's.

mod allow;
mod chronicle;
mod eye;
mod lexicon;
mod memo;
mod place;
mod polish;
mod print;
mod quest;
mod question;
mod retake;
mod search;
mod seen;
mod suggest;
mod verdicts;
mod walk;

pub use allow::{Allow, Chance};
pub use polish::polish;
pub use quest::{Answer, Quest, Status};
pub use question::{Goal, Limits, Question};
pub use search::{Limit, Progress, Search, Unanswerable, Verdict};
pub use suggest::{Suggestion, suggestions};
pub use walk::Walks;
