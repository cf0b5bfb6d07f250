//! The cluster around the protocol: who is up, what is in flight, what can happen next and what then happens.
//!
//! [`World`] is a plain value. [`World::enabled`] lists what can happen, in a fixed order; [`World::apply`] makes one
//! action happen and returns the [`Event`]s; [`Watch`] folds them, beside the world, into the [`History`] of what was ever
//! voted and decided, and judges the invariants; [`sentence`] puts a reason into words.
//!
//! Architecture invariant: no clock, no I/O, no randomness and no user interface is known here.

mod action;
mod apply;
mod changes;
mod costs;
mod enabled;
mod event;
mod explain;
mod fields;
mod grid;
mod history;
mod invariants;
mod judge;
mod knowledge;
mod ledger;
pub mod listing;
mod network;
mod partition;
mod predicate;
mod sentence;
mod stale;
mod state;
mod step;
pub mod text;
mod watch;

pub use action::Action;
pub use apply::Refusal;
pub use changes::{Change, changes};
pub use costs::{Bill, Costs, messages_of_a_command, messages_of_an_election};
pub(crate) use enabled::enabled_at;
pub use event::{Event, WorldRule};
pub use explain::{Lit, Note, lit, protected};
pub use fields::{Field, FieldValue, acceptor_fields, change_text, fields, joined, leader_fields, replica_fields};
pub use grid::{Cell, Fate, Grid, GridRow, Reading, grid, slots};
pub use history::{History, Kept, Voters};
pub use invariants::{Invariant, Violation};
pub(crate) use judge::{fails, judge_change, judge_reason};
pub use knowledge::{Knowledge, LeaderKnows, ReplicaKnows, knowledge};
pub use network::{Envelope, Network};
pub use partition::Partition;
pub use predicate::{BallotNum, Follow, Predicate, Times, Which};
pub(crate) use predicate::{Facts, Subject};
pub(crate) use sentence::groups;
pub use sentence::{headline, sentence, sentences, what_was_done};
pub use stale::{Stale, stale, stale_after};
pub use state::{InitialProposal, Node, Proposed, Request, Setup, SetupError, World};
pub use step::{Input, Local, LocalRef};
pub use watch::Watch;
