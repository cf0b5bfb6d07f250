//! Who takes part: clients `C0…`, replicas `R0…`, leaders `L0…`, acceptors `A0…`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! process_id {
    ($name:ident, $letter:literal, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub struct $name(pub u8);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($letter, "{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = String;

            /// Exactly as it prints: no leading zeros, no other case.
            fn from_str(text: &str) -> Result<Self, String> {
                let number = text.strip_prefix($letter).and_then(|digits| digits.parse().ok());
                let id = number.map(Self).filter(|id| id.to_string() == text);
                id.ok_or_else(|| format!(concat!("{:?} is no name such as ", $letter, "0"), text))
            }
        }

        impl From<$name> for usize {
            fn from(id: $name) -> usize {
                usize::from(id.0)
            }
        }
    };
}

process_id!(ClientId, "C", "A client, `C0` the first.");
process_id!(
    ReplicaId,
    "R",
    "A replica, `R0` the first: it keeps the log and the state machine (the slides: like a learner)."
);
process_id!(
    LeaderId,
    "L",
    "A leader, `L0` the first: it gets elected and drives the protocol (the slides: like a proposer)."
);
process_id!(AcceptorId, "A", "An acceptor, `A0` the first: it votes on leaders.");

/// Any process of the cluster. The order (clients, replicas, leaders, acceptors) is the fixed order of every list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum ProcessId {
    Client(ClientId),
    Replica(ReplicaId),
    Leader(LeaderId),
    Acceptor(AcceptorId),
}

impl ProcessId {
    /// Its number among the processes of its role.
    pub const fn index(self) -> u8 {
        match self {
            Self::Client(id) => id.0,
            Self::Replica(id) => id.0,
            Self::Leader(id) => id.0,
            Self::Acceptor(id) => id.0,
        }
    }
}

impl fmt::Display for ProcessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(id) => id.fmt(f),
            Self::Replica(id) => id.fmt(f),
            Self::Leader(id) => id.fmt(f),
            Self::Acceptor(id) => id.fmt(f),
        }
    }
}

impl FromStr for ProcessId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let client = text.parse().map(Self::Client);
        let replica = || text.parse().map(Self::Replica);
        let leader = || text.parse().map(Self::Leader);
        let acceptor = || text.parse().map(Self::Acceptor);
        let none = |_: String| format!("{text:?} is no process such as C0, R0, L0 or A0");
        client.or_else(|_| replica()).or_else(|_| leader()).or_else(|_| acceptor()).map_err(none)
    }
}

impl From<ClientId> for ProcessId {
    fn from(id: ClientId) -> Self {
        Self::Client(id)
    }
}

impl From<ReplicaId> for ProcessId {
    fn from(id: ReplicaId) -> Self {
        Self::Replica(id)
    }
}

impl From<LeaderId> for ProcessId {
    fn from(id: LeaderId) -> Self {
        Self::Leader(id)
    }
}

impl From<AcceptorId> for ProcessId {
    fn from(id: AcceptorId) -> Self {
        Self::Acceptor(id)
    }
}
