//! Lessons.

mod fields;
mod predict;

pub use fields::{Field, fields};
pub use predict::{Choice, NoQuestion, Outcome, Prediction};
