//! What processes say to each other (paper, sections 2 and 3).

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use super::{Ballot, CommandId, OpResult, PValue, Slot};

/// A message. Scouts and commanders are part of their leader's process and have no address of their own, so what
/// answers one carries which: `p1b` the scout's ballot, `p2b` the commander's pvalue (the field `to`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[allow(missing_docs)]
pub enum Message {
    /// Client to replica: please perform this.
    Request { command: CommandId },
    /// Replica to client: performed, and this came out.
    Response { command: CommandId, result: OpResult },
    /// Replica to leader: "Op`slot` should be `command`".
    Propose { slot: Slot, command: CommandId },
    /// Commander to replica: "Op`slot` is `command`".
    Decision { slot: Slot, command: CommandId },
    /// Replica to replica: tell me the decision of this slot if you know it.
    Learn { slot: Slot },
    /// Leader to the leader that preempted it with this ballot: are you still there?
    Ping { ballot: Ballot },
    /// The answer to a ping.
    Pong { ballot: Ballot },
    /// Scout to acceptor: prepare.
    P1a { ballot: Ballot },
    /// Acceptor to scout: the promise, or the higher ballot that forbids it; and all that was accepted.
    P1b { ballot_num: Option<Ballot>, accepted: Arc<BTreeSet<PValue>>, to: Ballot },
    /// Commander to acceptor: accept this.
    P2a { pvalue: PValue },
    /// Acceptor to commander: its `ballot_num`; equal to the commander's, it is a vote.
    P2b { ballot_num: Option<Ballot>, to: PValue },
    /// Scout to its own leader: elected, and this is what a majority had accepted.
    Adopted { ballot: Ballot, pvalues: Arc<BTreeSet<PValue>> },
    /// Scout or commander to its own leader: somebody has a higher ballot (`None` only with `lower_p2b: exit`).
    Preempted { ballot: Option<Ballot> },
}

/// The kinds of messages, by the paper's names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[allow(missing_docs)]
pub enum MessageKind {
    Request,
    Response,
    Propose,
    Decision,
    Learn,
    Ping,
    Pong,
    P1a,
    P1b,
    P2a,
    P2b,
    Adopted,
    Preempted,
}

impl MessageKind {
    /// All kinds.
    pub const ALL: [Self; 13] = [
        Self::Request,
        Self::Response,
        Self::Propose,
        Self::Decision,
        Self::Learn,
        Self::Ping,
        Self::Pong,
        Self::P1a,
        Self::P1b,
        Self::P2a,
        Self::P2b,
        Self::Adopted,
        Self::Preempted,
    ];

    /// The paper's name, in lower case: `p1a`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Propose => "propose",
            Self::Decision => "decision",
            Self::Learn => "learn",
            Self::Ping => "ping",
            Self::Pong => "pong",
            Self::P1a => "p1a",
            Self::P1b => "p1b",
            Self::P2a => "p2a",
            Self::P2b => "p2b",
            Self::Adopted => "adopted",
            Self::Preempted => "preempted",
        }
    }
}

impl Message {
    /// Which kind of message it is.
    pub const fn kind(&self) -> MessageKind {
        match self {
            Self::Request { .. } => MessageKind::Request,
            Self::Response { .. } => MessageKind::Response,
            Self::Propose { .. } => MessageKind::Propose,
            Self::Decision { .. } => MessageKind::Decision,
            Self::Learn { .. } => MessageKind::Learn,
            Self::Ping { .. } => MessageKind::Ping,
            Self::Pong { .. } => MessageKind::Pong,
            Self::P1a { .. } => MessageKind::P1a,
            Self::P1b { .. } => MessageKind::P1b,
            Self::P2a { .. } => MessageKind::P2a,
            Self::P2b { .. } => MessageKind::P2b,
            Self::Adopted { .. } => MessageKind::Adopted,
            Self::Preempted { .. } => MessageKind::Preempted,
        }
    }

    /// Whether it goes from a scout or commander to its own leader, inside one machine: never lost, never duplicated.
    pub const fn is_local(&self) -> bool {
        matches!(self, Self::Adopted { .. } | Self::Preempted { .. })
    }
}
