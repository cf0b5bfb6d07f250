//! Why a process did what it did: which rule fired, with the values that its guard saw.

use super::{AcceptorId, Ballot, CommandId, PValue, Slot};

/// How an answer counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Count {
    /// Whether it is the first of its acceptor: answers are counted by acceptor.
    pub first: bool,
    /// How many acceptors have not answered: the paper's `|waitfor|`.
    pub waiting: u8,
    /// How many more make a majority.
    pub missing: u8,
}

/// One executed rule. Small and `Copy`: who only searches pays nothing for it; who reads has it turned into a sentence
/// by `world`. The process that executed it is known from where the reason is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Reason {
    ClientRequest {
        command: CommandId,
    },
    ClientResponse {
        command: CommandId,
        first: bool,
    },
    RequestNew {
        command: CommandId,
    },
    RequestKnown {
        command: CommandId,
        performed: bool,
    },
    ReplicaPropose {
        slot: Slot,
        command: CommandId,
    },
    DecisionNew {
        slot: Slot,
        command: CommandId,
    },
    DecisionKnown {
        slot: Slot,
        command: CommandId,
        known: CommandId,
    },
    Perform {
        slot: Slot,
        command: CommandId,
    },
    Skip {
        slot: Slot,
        command: CommandId,
        earlier: Slot,
    },
    Displaced {
        slot: Slot,
        command: CommandId,
        by: CommandId,
    },
    Learn {
        slot: Slot,
        known: Option<CommandId>,
    },
    Elect {
        ballot: Ballot,
    },
    ProposeNew {
        slot: Slot,
        command: CommandId,
        active: bool,
    },
    ProposeKnown {
        slot: Slot,
        command: CommandId,
        kept: CommandId,
    },
    Adopted {
        ballot: Ballot,
    },
    /// In one slot, what was accepted takes the place of what the leader wanted, if it wanted anything; it may be the same.
    Pmax {
        accepted: PValue,
        own: Option<CommandId>,
    },
    AdoptedStale {
        ballot: Ballot,
        ballot_num: Ballot,
    },
    Preempted {
        by: Option<Ballot>,
        ballot_num: Ballot,
    },
    PreemptedStale {
        by: Option<Ballot>,
        ballot_num: Ballot,
    },
    LeaderPing {
        rival: Ballot,
    },
    PingAnswer {
        ballot: Ballot,
    },
    Pong {
        ballot: Ballot,
        rival: Option<Ballot>,
    },
    SpawnCommander {
        pvalue: PValue,
    },
    P1bCount {
        ballot: Ballot,
        from: AcceptorId,
        /// What the answer carries; only a broken rule counts another than its own.
        ballot_num: Option<Ballot>,
        count: Count,
    },
    P1bMajority {
        ballot: Ballot,
        /// How many more make a majority: some, only if a rule is broken.
        missing: u8,
    },
    P1bPreempted {
        ballot: Ballot,
        from: AcceptorId,
        by: Option<Ballot>,
    },
    ScoutGone {
        ballot: Ballot,
        from: AcceptorId,
    },
    P2bCount {
        pvalue: PValue,
        from: AcceptorId,
        /// What the answer carries; only a broken rule counts another than its own.
        ballot_num: Option<Ballot>,
        count: Count,
    },
    P2bMajority {
        pvalue: PValue,
        /// How many more make a majority: some, only if a rule is broken.
        missing: u8,
    },
    P2bPreempted {
        pvalue: PValue,
        from: AcceptorId,
        by: Option<Ballot>,
    },
    P2bLower {
        pvalue: PValue,
        from: AcceptorId,
        ballot_num: Option<Ballot>,
    },
    CommanderGone {
        pvalue: PValue,
        from: AcceptorId,
    },
    P1aAdopt {
        ballot: Ballot,
        before: Option<Ballot>,
    },
    P1aRefuse {
        ballot: Ballot,
        ballot_num: Option<Ballot>,
    },
    P2aAccept {
        pvalue: PValue,
        before: Option<Ballot>,
    },
    P2aRefuse {
        pvalue: PValue,
        ballot_num: Option<Ballot>,
    },
}

impl Reason {
    /// The rule's id: one of a closed list, `role.event.branch`.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::ClientRequest { .. } => "client.request",
            Self::ClientResponse { .. } => "client.response",
            Self::RequestNew { .. } => "replica.request.new",
            Self::RequestKnown { .. } => "replica.request.known",
            Self::ReplicaPropose { .. } => "replica.propose",
            Self::DecisionNew { .. } => "replica.decision.new",
            Self::DecisionKnown { .. } => "replica.decision.known",
            Self::Perform { .. } => "replica.perform",
            Self::Skip { .. } => "replica.skip",
            Self::Displaced { .. } => "replica.displaced",
            Self::Learn { .. } => "replica.learn",
            Self::Elect { .. } => "leader.elect",
            Self::ProposeNew { .. } => "leader.propose.new",
            Self::ProposeKnown { .. } => "leader.propose.known",
            Self::Adopted { .. } => "leader.adopted",
            Self::Pmax { .. } => "leader.pmax",
            Self::AdoptedStale { .. } => "leader.adopted.stale",
            Self::Preempted { .. } => "leader.preempted",
            Self::PreemptedStale { .. } => "leader.preempted.stale",
            Self::LeaderPing { .. } => "leader.ping",
            Self::PingAnswer { .. } => "leader.ping.answer",
            Self::Pong { .. } => "leader.pong",
            Self::SpawnCommander { .. } => "leader.spawn_commander",
            Self::P1bCount { .. } => "scout.p1b.count",
            Self::P1bMajority { .. } => "scout.p1b.majority",
            Self::P1bPreempted { .. } => "scout.p1b.preempted",
            Self::ScoutGone { .. } => "scout.gone",
            Self::P2bCount { .. } => "commander.p2b.count",
            Self::P2bMajority { .. } => "commander.p2b.majority",
            Self::P2bPreempted { .. } => "commander.p2b.preempted",
            Self::P2bLower { .. } => "commander.p2b.lower",
            Self::CommanderGone { .. } => "commander.gone",
            Self::P1aAdopt { .. } => "acceptor.p1a.adopt",
            Self::P1aRefuse { .. } => "acceptor.p1a.refuse",
            Self::P2aAccept { .. } => "acceptor.p2a.accept",
            Self::P2aRefuse { .. } => "acceptor.p2a.refuse",
        }
    }
}
