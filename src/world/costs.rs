//! What things cost: messages by kind, one-way delays and stable writes, per command and per election (slides: "What are
//! the costs to using Paxos?"). Folded from actions and events beside the world.

use crate::pmmc::{Ballot, Cluster, CommandId, Message, MessageKind, PValue, ProcessId, Reason, Slot, StableField};

use super::ledger::Ledger;
use super::{Action, Envelope, Event};

/// How many messages a command costs without faults: `3r + rl + 2n`, of which every replica gets the request and the
/// decision and sends a response, every leader a proposal from every replica, and every acceptor a p2a and answers it.
pub fn messages_of_a_command(cluster: Cluster) -> u64 {
    let (r, l, n) = (u64::from(cluster.replicas), u64::from(cluster.leaders), u64::from(cluster.acceptors));
    3 * r + r * l + 2 * n
}

/// How many messages an election costs that takes over `k` proposals: `2n + K(2n + r)`.
pub fn messages_of_an_election(cluster: Cluster, k: u64) -> u64 {
    let (r, n) = (u64::from(cluster.replicas), u64::from(cluster.acceptors));
    2 * n + k * (2 * n + r)
}

/// What was spent on one command or election.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Bill {
    /// Messages sent, by kind. A long run has many elections: there are as many numbers as kinds, and no list of them.
    messages: [u32; MessageKind::ALL.len()],
    /// Writes to stable storage, by field.
    writes: [u32; StableField::ALL.len()],
    /// Adopted and preempted, whether they were messages in flight or took effect inside a step.
    pub local: u32,
}

impl Bill {
    /// Messages sent, by kind; the kinds that were. Adopted and preempted stay inside a machine and are counted in
    /// `local`.
    pub fn messages(&self) -> impl Iterator<Item = (MessageKind, u64)> {
        MessageKind::ALL.into_iter().zip(self.messages.map(u64::from)).filter(|(_, count)| *count > 0)
    }

    /// Writes to stable storage, by field; the fields that were written.
    pub fn writes(&self) -> impl Iterator<Item = (StableField, u64)> {
        StableField::ALL.into_iter().zip(self.writes.map(u64::from)).filter(|(_, count)| *count > 0)
    }

    /// All messages that crossed the network.
    pub fn total(&self) -> u64 {
        self.messages().map(|(_, count)| count).sum()
    }

    /// The writes without which agreement is not safe: those of acceptors and leaders.
    pub fn writes_for_safety(&self) -> u64 {
        let replica = |field: StableField| field.name().starts_with("replica.");
        self.writes().filter(|(field, _)| !replica(*field)).map(|(_, count)| count).sum()
    }

    fn add(&mut self, item: Item) {
        let count = match item {
            Item::Message(kind) => &mut self.messages[kind as usize],
            Item::Write(field) => &mut self.writes[field as usize],
            Item::Local => &mut self.local,
        };
        *count = count.saturating_add(1);
    }
}

/// What is paid for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Item {
    Message(MessageKind),
    Write(StableField),
    Local,
}

/// Who pays for a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Payer {
    Command(CommandId),
    Election(Ballot),
    Nobody,
}

/// The costs of a run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Costs {
    commands: Ledger<CommandId, Bill>,
    elections: Ledger<Ballot, Bill>,
    /// Commanders that a leader started because it was elected, by election: it pays for them.
    take_over: Ledger<(Ballot, Slot, CommandId), ()>,
    /// How many messages, one after the other, led to each message in flight, and how many copies of it there are: what
    /// is no longer in flight is forgotten, so that a long run needs no more memory for it.
    chain: Ledger<Envelope, (u32, u32)>,
    /// The same for the first response to each command.
    delays: Ledger<CommandId, u32>,
    /// The same for the `adopted` of each election.
    election_delays: Ledger<Ballot, u32>,
    /// How many scouts and commanders heard a majority.
    round_trips: u64,
}

impl Costs {
    /// Takes in a step.
    pub fn observe(&mut self, action: &Action, events: &[Event]) {
        let delivered = match action {
            Action::Deliver(envelope) => Some(envelope),
            _ => None,
        };
        let before = delivered.and_then(|envelope| self.chain.get(envelope)).map_or(0, |(delays, _)| *delays);
        self.note_copies(action);
        self.note_delays(delivered, before, events);
        self.note_take_over(events);
        for event in events {
            match event {
                Event::Executed { reason, .. } => self.pay_locally(reason),
                Event::Written { field, .. } => {
                    let payer = self.payer_of_step(delivered, events);
                    self.pay(payer, Item::Write(*field));
                }
                Event::Sent(envelope) => self.pay_message(envelope, before, events),
                Event::World(_) => {}
            }
        }
    }

    fn note_copies(&mut self, action: &Action) {
        match action {
            Action::Deliver(envelope) | Action::Drop(envelope) => match self.chain.get(envelope) {
                Some((_, 0..=1)) => self.chain.remove(envelope),
                Some(_) => self.chain.change(envelope.clone(), Default::default, |(_, copies)| *copies -= 1),
                None => {}
            },
            Action::Duplicate(envelope) if self.chain.has(envelope) => {
                self.chain.change(envelope.clone(), Default::default, |(_, copies)| *copies = copies.saturating_add(1));
            }
            _ => {}
        }
    }

    fn note_delays(&mut self, delivered: Option<&Envelope>, before: u32, events: &[Event]) {
        for event in events {
            match (event, delivered.map(|envelope| &envelope.message)) {
                (
                    Event::Executed { reason: Reason::ClientResponse { command, first: true }, .. },
                    Some(Message::Response { .. }),
                ) => {
                    self.delays.change(*command, || before, |_| {});
                }
                (Event::Executed { reason: Reason::P1bMajority { ballot, .. }, .. }, _) => {
                    self.election_delays.change(*ballot, || before, |_| {});
                }
                _ => {}
            }
        }
    }

    fn note_take_over(&mut self, events: &[Event]) {
        let adopted = |event: &Event| matches!(event, Event::Executed { reason: Reason::Adopted { .. }, .. });
        if !events.iter().any(adopted) {
            return;
        }
        for event in events {
            if let Event::Executed { reason: Reason::SpawnCommander { pvalue }, .. } = event {
                self.take_over.change(by_election(pvalue), || (), |()| {});
            }
        }
    }

    fn pay_locally(&mut self, reason: &Reason) {
        if matches!(reason, Reason::P1bMajority { .. } | Reason::P2bMajority { .. }) {
            self.round_trips += 1;
        }
        let payer = match *reason {
            Reason::P1bMajority { ballot, .. } | Reason::P1bPreempted { ballot, .. } => Payer::Election(ballot),
            Reason::P2bPreempted { pvalue, .. } => self.payer_of_pvalue(pvalue),
            _ => Payer::Nobody,
        };
        self.pay(payer, Item::Local);
    }

    fn pay_message(&mut self, envelope: &Envelope, before: u32, events: &[Event]) {
        // What stays inside a machine is no delay.
        let delays = if envelope.message.is_local() { before } else { before.saturating_add(1) };
        let sent = |in_flight: &mut (u32, u32)| *in_flight = (delays, in_flight.1.saturating_add(1));
        self.chain.change(envelope.clone(), Default::default, sent);
        if envelope.message.is_local() {
            // Paid for by the reason that sent it, so that both ways of delivering it cost the same.
            return;
        }
        let payer = self.payer_of_message(envelope, events);
        self.pay(payer, Item::Message(envelope.message.kind()));
    }

    fn payer_of_message(&self, envelope: &Envelope, events: &[Event]) -> Payer {
        match &envelope.message {
            Message::Request { command } | Message::Response { command, .. } | Message::Propose { command, .. } => {
                Payer::Command(*command)
            }
            Message::Decision { command, .. } => match envelope.from {
                ProcessId::Leader(_) => decided_by(events).map_or(Payer::Nobody, |one| self.payer_of_pvalue(one)),
                _ => Payer::Command(*command),
            },
            Message::P2a { pvalue } | Message::P2b { to: pvalue, .. } => self.payer_of_pvalue(*pvalue),
            Message::P1a { ballot } | Message::P1b { to: ballot, .. } => Payer::Election(*ballot),
            Message::Learn { .. }
            | Message::Ping { .. }
            | Message::Pong { .. }
            | Message::Adopted { .. }
            | Message::Preempted { .. } => Payer::Nobody,
        }
    }

    fn payer_of_step(&self, delivered: Option<&Envelope>, events: &[Event]) -> Payer {
        let elected = events.iter().find_map(|event| match event {
            Event::Executed { reason: Reason::Elect { ballot }, .. } => Some(*ballot),
            _ => None,
        });
        match (elected, delivered) {
            (Some(ballot), _) => Payer::Election(ballot),
            (None, Some(envelope)) => self.payer_of_message(envelope, events),
            (None, None) => Payer::Nobody,
        }
    }

    fn payer_of_pvalue(&self, pvalue: PValue) -> Payer {
        if self.take_over.has(&by_election(&pvalue)) {
            Payer::Election(pvalue.ballot)
        } else {
            Payer::Command(pvalue.command)
        }
    }

    fn pay(&mut self, payer: Payer, item: Item) {
        match payer {
            Payer::Command(command) => self.commands.change(command, Bill::default, |bill| bill.add(item)),
            Payer::Election(ballot) => self.elections.change(ballot, Bill::default, |bill| bill.add(item)),
            Payer::Nobody => {}
        }
    }

    /// What each command cost.
    pub fn commands(&self) -> impl Iterator<Item = (CommandId, &Bill)> {
        self.commands.iter().map(|(command, bill)| (*command, bill))
    }

    /// What each election cost, with the commanders that it started for slots known before.
    pub fn elections(&self) -> impl Iterator<Item = (Ballot, &Bill)> {
        self.elections.iter().map(|(ballot, bill)| (*ballot, bill))
    }

    /// What this command cost.
    pub fn command(&self, command: CommandId) -> Option<&Bill> {
        self.commands.get(&command)
    }

    /// What this election cost.
    pub fn election(&self, ballot: Ballot) -> Option<&Bill> {
        self.elections.get(&ballot)
    }

    /// How many round trips to the acceptors came to their end: a majority had answered a scout or commander.
    pub fn round_trips(&self) -> u64 {
        self.round_trips
    }

    /// How many commanders an election started for slots known before: the K of `2n + K(2n + r)`.
    pub fn taken_over(&self, ballot: Ballot) -> usize {
        self.take_over.range((ballot, Slot(0), CommandId(0))..=(ballot, Slot(u32::MAX), CommandId(u16::MAX))).count()
    }

    /// One-way delays from the client's request to its first response.
    pub fn delays(&self, command: CommandId) -> Option<u32> {
        self.delays.get(&command).copied()
    }

    /// One-way delays from the first p1a to the majority of p1b's.
    pub fn election_delays(&self, ballot: Ballot) -> Option<u32> {
        self.election_delays.get(&ballot).copied()
    }
}

/// A pvalue as it is found by its election.
fn by_election(pvalue: &PValue) -> (Ballot, Slot, CommandId) {
    (pvalue.ballot, pvalue.slot, pvalue.command)
}

/// The pvalue whose commander found its majority in this step.
fn decided_by(events: &[Event]) -> Option<PValue> {
    events.iter().find_map(|event| match event {
        Event::Executed { reason: Reason::P2bMajority { pvalue, .. }, .. } => Some(*pvalue),
        _ => None,
    })
}
