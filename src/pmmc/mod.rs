//! The protocol and nothing else: Paxos Made Moderately Complex (van Renesse and Altinbuken, ACM Computing Surveys
//! 47(3), 2015), role by role, as pure handlers that read like the paper's listing.
//!
//! A role is a plain struct; a handler takes the [`Context`] (rules, cluster, table of commands), one message, and an
//! [`Effects`] that collects what the process sends and the [`Reason`]s of what it did, in the order executed. The same
//! state and message always give the same new state, messages and reasons.
//!
//! Architecture invariant: no network, no crash, no clock, no randomness and no text is known here.

mod acceptor;
mod ballot;
mod bug;
mod client;
mod cluster;
mod command;
mod context;
mod leader;
mod message;
mod process;
mod reason;
mod replica;
mod rules;

pub use acceptor::Acceptor;
pub use ballot::{Ballot, PValue, Slot};
pub use bug::Bug;
pub use client::Client;
pub use cluster::Cluster;
pub use command::{Command, CommandId, Op, OpResult, State};
pub use context::{Context, Effects};
pub use leader::{Commander, Leader, Scout};
pub use message::{Message, MessageKind};
pub use process::{AcceptorId, ClientId, LeaderId, ProcessId, ReplicaId};
pub use reason::{Count, Reason};
pub use replica::Replica;
pub use rules::{DuplicateRequest, Local, LowerP2b, OnPreempted, P2aRule, RuleChange, Rules, StableField, Start};
