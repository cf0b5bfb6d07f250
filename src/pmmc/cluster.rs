//! How many processes of each role there are.

use serde::{Deserialize, Serialize};

use super::{AcceptorId, ClientId, LeaderId, ProcessId, ReplicaId};

/// The size of the cluster.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Cluster {
    pub acceptors: u8,
    pub leaders: u8,
    pub replicas: u8,
    pub clients: u8,
}

impl Default for Cluster {
    fn default() -> Self {
        Self { acceptors: 3, leaders: 2, replicas: 2, clients: 1 }
    }
}

impl Cluster {
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
