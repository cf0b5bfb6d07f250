//! The cluster around the protocol: who is up, what is in flight, what can happen next and what then happens.
//!
//! [`World`] is a plain value. [`World::enabled`] lists what can happen, in a fixed order; [`World::apply`] makes one
//! action happen and returns the [`Event`]s; [`History`] folds events into what was ever voted and decided, beside the
//! world; [`check`] judges the invariants; [`sentence`] puts a reason into words.
//!
//! Architecture invariant: no clock, no I/O, no randomness and no user interface is known here.

mod action;
mod apply;
mod changes;
mod enabled;
mod event;
mod history;
mod invariants;
mod network;
mod partition;
mod sentence;
mod state;
pub mod text;

pub use action::Action;
pub use apply::Refusal;
pub use changes::{Change, changes};
pub use event::{Event, WorldRule};
pub use history::History;
pub use invariants::{Invariant, Violation, check};
pub use network::{Envelope, Network};
pub use partition::Partition;
pub(crate) use sentence::groups;
pub use sentence::{sentence, sentences};
pub use state::{InitialProposal, Node, Proposed, Request, Setup, SetupError, World};
