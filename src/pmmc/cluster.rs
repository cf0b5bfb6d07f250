//! How many processes of each role there are.

use serde::{Deserialize, Deserializer, Serialize, de};

use super::{AcceptorId, ClientId, LeaderId, ProcessId, ReplicaId};

/// The size of the cluster.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Cluster {
    #[serde(deserialize_with = "count")]
    pub acceptors: u8,
    #[serde(deserialize_with = "count")]
    pub leaders: u8,
    #[serde(deserialize_with = "count")]
    pub replicas: u8,
    #[serde(deserialize_with = "count")]
    pub clients: u8,
}

/// A number of processes: one that is far too large, or negative, is told so, rather than that it does not fit a byte.
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    let count = i64::deserialize(deserializer)?;
    let most = Cluster::MOST_OF_A_ROLE;
    u8::try_from(count).map_err(|_| match count {
        ..0 => de::Error::custom(format_args!("{count} is less than none: expected 0 to {most}")),
        _ => de::Error::custom(format_args!("{count} are too many: at most {most} fit")),
    })
}

impl Default for Cluster {
    fn default() -> Self {
        Self { acceptors: 3, leaders: 2, replicas: 2, clients: 1 }
    }
}

impl Cluster {
    /// The most processes of one role that a cluster can have.
    pub const MOST_OF_A_ROLE: u8 = 99;

    /// How many acceptors are a majority: more than half (paper, section 2.2: `|waitfor| < n/2` says the same).
    pub fn majority(&self) -> usize {
        usize::from(self.acceptors) / 2 + 1
    }

    /// `C0, C1, …`
    pub fn clients(&self) -> impl Iterator<Item = ClientId> + use<> {
        (0..self.clients).map(ClientId)
    }

    /// `R0, R1, …`
    pub fn replicas(&self) -> impl Iterator<Item = ReplicaId> + use<> {
        (0..self.replicas).map(ReplicaId)
    }

    /// `L0, L1, …`
    pub fn leaders(&self) -> impl Iterator<Item = LeaderId> + use<> {
        (0..self.leaders).map(LeaderId)
    }

    /// `A0, A1, …`
    pub fn acceptors(&self) -> impl Iterator<Item = AcceptorId> + use<> {
        (0..self.acceptors).map(AcceptorId)
    }

    /// All processes, in the fixed order: clients, replicas, leaders, acceptors.
    pub fn processes(&self) -> impl Iterator<Item = ProcessId> + use<> {
        let clients = self.clients().map(ProcessId::from);
        let replicas = self.replicas().map(ProcessId::from);
        let leaders = self.leaders().map(ProcessId::from);
        clients.chain(replicas).chain(leaders).chain(self.acceptors().map(ProcessId::from))
    }

    /// Whether this process is part of the cluster.
    pub fn has(&self, process: ProcessId) -> bool {
        match process {
            ProcessId::Client(id) => id.0 < self.clients,
            ProcessId::Replica(id) => id.0 < self.replicas,
            ProcessId::Leader(id) => id.0 < self.leaders,
            ProcessId::Acceptor(id) => id.0 < self.acceptors,
        }
    }
}
