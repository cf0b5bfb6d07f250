//! The tree of runs, and runs that make themselves. Every run from one beginning is a path in the tree: going back
//! destroys no future, a new action in the past makes a branch, and the old future stays one key away.
//!
//! Where a run is, is an action log: a world of the past is the nearest checkpoint plus a replay.

mod autoplay;
mod log;
mod schedule;
mod shorten;
mod simulate;
mod tree;

pub use autoplay::{Autoplay, Millis, Policy, Settings};
pub use schedule::{Fault, Schedule};
pub use simulate::{Ending, Failed, Fair, Plan, Wrong, requests};
pub use tree::{Chart, End, Link, Moment, NodeId, Row, Run, Session};
