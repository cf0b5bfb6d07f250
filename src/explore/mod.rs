//! Search over worlds: find a schedule that leads somewhere, or show that there is none.
//!
//! A [`Search`] runs the engine itself, the same handlers that the screen shows. Each is called once for each local state
//! and input and remembered; a world is then a short list of numbers whose fingerprint is a sum, so that most of what can
//! happen costs a few additions. What is found is replayed on the engine before it is told.
//!
//! Worlds are told apart by fingerprints of 128 bits, see `print`. What was ever voted and decided belongs to a world only
//! as far as the question needs it.
//!
//! `search` is the loop. It takes worlds out of the `queue` in blocks; a `block` lists what can happen in them (`expand`),
//! looks the fingerprints up in `seen`, and builds and judges what is new. What the numbers mean is `known`: the engine's
//! steps are in the `lexicon`, what was ever voted in the `chronicle`, and the judgements of invariants in `verdicts`.
//! `symmetry` and `dead` make it visit fewer worlds, where `reductions` says that it is sound; `team` shares out the work.
//!
//! Architecture invariant: no clock, no thread and no file is known here. A search runs for as long as it is told to;
//! limits of time, giving up and threads ([`Crew`]) are the caller's.

mod allow;
mod block;
mod chronicle;
mod dead;
mod expand;
mod eye;
mod known;
mod lexicon;
mod log;
mod memo;
mod pairs;
mod place;
mod polish;
mod print;
mod quest;
mod question;
mod queue;
mod reductions;
mod retake;
mod search;
mod seen;
mod suggest;
mod symmetry;
mod team;
mod verdict;
mod verdicts;
mod walk;

pub use allow::{Allow, Chance};
pub use polish::polish;
pub use quest::{Answer, Quest, Status};
pub use question::{Goal, Limits, Question};
pub use reductions::{Reduction, Reductions};
pub use search::Search;
pub use suggest::{Asks, Suggestion, suggestions};
pub use team::{Crew, Job};
pub use verdict::{Limit, Progress, Unanswerable, Verdict};
pub use walk::Walks;
