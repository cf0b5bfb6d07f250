//! The tree of runs. Every run from one beginning is a path in it: going back destroys no future, a new action in the
//! past makes a branch, and the old future stays one key away.
//!
//! Where a run is, is an action log: a world of the past is the nearest checkpoint plus a replay.

mod tree;

pub use tree::{Moment, NodeId, Session};
