//! What was ever voted, commanded and decided: folded from events beside the world, and no part of its equality. It
//! only grows, and survives every crash.

use std::ops::RangeInclusive;

use crate::pmmc::{
    AcceptorId, Ballot, Cluster, CommandId, LeaderId, Message, MessageKind, PValue, ProcessId, Reason, Slot,
};

use super::ledger::Ledger;
use super::{Event, World};

/// A set of acceptors, as one bit each: a cluster has fewer than 128.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Voters(u128);

impl Voters {
    fn add(&mut self, acceptor: AcceptorId) {
        self.0 |= 1_u128.checked_shl(acceptor.0.into()).unwrap_or(0);
    }

    /// Whether this acceptor is one of them.
    pub fn has(self, acceptor: AcceptorId) -> bool {
        self.0.checked_shr(acceptor.0.into()).unwrap_or(0) & 1 == 1
    }

    /// How many they are.
    pub fn count(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Who they are, in order.
    pub fn iter(self) -> impl Iterator<Item = AcceptorId> {
        (0..128).map(AcceptorId).filter(move |acceptor| self.has(*acceptor))
    }
}

/// What one acceptor ever voted for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
struct Cast {
    /// How many pvalues it accepted.
    votes: usize,
    /// The slots in which it accepted any, with the highest ballot of each.
    slots: Ledger<Slot, Ballot>,
}

/// What was ever done for one command in one slot.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(super) struct Traces {
    /// The highest ballot of its commanders.
    pub(super) commanded: Option<Ballot>,
    /// The highest ballot under which anybody accepted it.
    pub(super) voted: Option<Ballot>,
    /// The lowest ballot under which a majority accepted it: it is chosen.
    pub(super) chosen: Option<Ballot>,
}

/// Which parts of its memory a run keeps: a search keeps only what its question needs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
#[allow(missing_docs, clippy::struct_excessive_bools)]
pub struct Kept {
    pub votes: bool,
    pub commanders: bool,
    pub scouts: bool,
    pub decided: bool,
    pub told: bool,
    pub sent: bool,
}

impl Kept {
    /// Everything.
    pub const ALL: Self = Self { votes: true, commanders: true, scouts: true, decided: true, told: true, sent: true };
}

impl Kept {
    /// Whether any of these parts takes in this event.
    pub(crate) fn is_touched_by(self, event: &Event) -> bool {
        match event {
            Event::Executed { reason: Reason::P2aAccept { .. }, .. } => self.votes,
            Event::Executed { reason: Reason::SpawnCommander { .. }, .. } => self.commanders,
            Event::Executed { reason: Reason::P2bMajority { .. }, .. } => self.told,
            Event::Executed { reason: Reason::Elect { .. }, .. } => self.scouts,
            Event::Sent(envelope) => self.sent || self.decided && matches!(envelope.message, Message::Decision { .. }),
            _ => false,
        }
    }
}

/// The run's memory.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct History {
    kept: Kept,
    majority: usize,
    /// Who ever accepted which pvalue.
    votes: Ledger<PValue, Voters>,
    /// The same by acceptor.
    by_acceptor: Vec<Cast>,
    /// How many commanders were ever started for each pvalue.
    commanders: Ledger<PValue, u32>,
    /// How many scouts were ever started for each ballot.
    scouts: Ledger<Ballot, u32>,
    /// Commands that were ever said to be decided, by slot.
    decided: Ledger<(Slot, CommandId), ()>,
    /// The pvalues whose commanders found a majority and told every replica, by slot.
    told: Ledger<PValue, ()>,
    /// What was ever commanded, voted or decided in a slot, by command.
    slots: Ledger<(Slot, CommandId), Traces>,
    /// How many messages of each kind were ever sent.
    sent: [u64; MessageKind::ALL.len()],
    /// Whether acceptors ever kept one pvalue a slot only.
    pub(super) reduced: bool,
}

impl History {
    /// Before the first step of a cluster of this size.
    pub fn new(cluster: Cluster) -> Self {
        Self {
            kept: Kept::ALL,
            majority: cluster.majority(),
            votes: Ledger::default(),
            by_acceptor: vec![Cast::default(); usize::from(cluster.acceptors)],
            commanders: Ledger::default(),
            scouts: Ledger::default(),
            decided: Ledger::default(),
            told: Ledger::default(),
            slots: Ledger::default(),
            sent: Default::default(),
            reduced: false,
        }
    }

    /// Takes in what lies there before the first step: leaders may run for office already.
    pub(super) fn begin(&mut self, world: &World) {
        self.reduced = world.context().rules.state_reduction;
        for ballot in world.leaders().iter().flat_map(|node| node.state.scouts.keys()) {
            self.scouts.change(*ballot, u32::default, |count| *count += 1);
        }
        for envelope in world.network().each() {
            self.sent[envelope.message.kind() as usize] += 1;
        }
    }

    /// The same memory with only these parts, which keeps no others from here on.
    #[must_use]
    pub(crate) fn only(&self, kept: Kept) -> Self {
        let mut less = Self { kept, ..self.clone() };
        if !kept.votes {
            less.votes.clear();
            less.by_acceptor.iter_mut().for_each(|cast| *cast = Cast::default());
        }
        if !kept.commanders {
            less.commanders.clear();
        }
        if !kept.scouts {
            less.scouts.clear();
        }
        if !kept.decided {
            less.decided.clear();
        }
        if !kept.told {
            less.told.clear();
        }
        if !kept.sent {
            less.sent = Default::default();
        }
        less.slots.clear();
        for (place, traces) in self.slots.iter() {
            let commanded = traces.commanded.filter(|_| kept.commanders);
            let (voted, chosen) = (traces.voted.filter(|_| kept.votes), traces.chosen.filter(|_| kept.votes));
            less.slots.change(*place, || Traces { commanded, voted, chosen }, |_| {});
        }
        less
    }

    /// The same memory of a cluster whose acceptors have other names.
    #[must_use]
    pub(crate) fn renamed(&self, name: impl Fn(AcceptorId) -> AcceptorId) -> Self {
        let mut other = self.clone();
        other.votes.clear();
        for (&pvalue, voters) in self.votes.iter() {
            let rename = |renamed: &mut Voters| voters.iter().for_each(|acceptor| renamed.add(name(acceptor)));
            other.votes.change(pvalue, Voters::default, rename);
        }
        for (acceptor, cast) in (0..).map(AcceptorId).zip(&self.by_acceptor) {
            if let Some(place) = other.by_acceptor.get_mut(usize::from(name(acceptor))) {
                place.clone_from(cast);
            }
        }
        other
    }

    /// Takes in what happened in a step.
    pub fn fold(&mut self, events: &[Event]) {
        let kept = self.kept;
        for event in events.iter().filter(|event| kept.is_touched_by(event)) {
            match event {
                Event::Executed { process, reason } => self.executed(*process, reason),
                Event::Sent(envelope) => self.was_sent(&envelope.message),
                Event::World(_) | Event::Written { .. } => {}
            }
        }
    }

    fn was_sent(&mut self, message: &Message) {
        if self.kept.sent {
            self.sent[message.kind() as usize] += 1;
        }
        if let (Message::Decision { slot, command }, true) = (message, self.kept.decided) {
            self.decided.change((*slot, *command), || (), |()| {});
            self.trace(*slot, *command, |_| {});
        }
    }

    fn executed(&mut self, process: ProcessId, reason: &Reason) {
        match (process, *reason) {
            (ProcessId::Acceptor(acceptor), Reason::P2aAccept { pvalue, .. }) => self.voted(acceptor, pvalue),
            (_, Reason::SpawnCommander { pvalue }) => {
                self.commanders.change(pvalue, u32::default, |count| *count += 1);
                let ballot = Some(pvalue.ballot);
                self.trace(pvalue.slot, pvalue.command, |traces| traces.commanded = traces.commanded.max(ballot));
            }
            (_, Reason::P2bMajority { pvalue, .. }) => {
                self.told.change(pvalue, || (), |()| {});
            }
            (_, Reason::Elect { ballot }) => self.scouts.change(ballot, u32::default, |count| *count += 1),
            _ => {}
        }
    }

    fn trace(&mut self, slot: Slot, command: CommandId, change: impl FnOnce(&mut Traces)) {
        self.slots.change((slot, command), Traces::default, change);
    }

    fn voted(&mut self, acceptor: AcceptorId, pvalue: PValue) {
        let mut voters = self.voters(&pvalue);
        if voters.has(acceptor) {
            return;
        }
        voters.add(acceptor);
        self.votes.change(pvalue, Voters::default, |kept| *kept = voters);
        let chosen = self.is_chosen(&pvalue);
        let ballot = pvalue.ballot;
        self.trace(pvalue.slot, pvalue.command, |traces| {
            traces.voted = traces.voted.max(Some(ballot));
            if chosen {
                traces.chosen = Some(traces.chosen.map_or(ballot, |lowest| lowest.min(ballot)));
            }
        });
        if let Some(own) = self.by_acceptor.get_mut(usize::from(acceptor)) {
            own.votes += 1;
            own.slots.change(pvalue.slot, || ballot, |highest| *highest = ballot.max(*highest));
        }
    }

    /// Who ever accepted this pvalue.
    pub fn voters(&self, pvalue: &PValue) -> Voters {
        self.votes.get(pvalue).copied().unwrap_or_default()
    }

    /// Every pvalue that was ever accepted, with who accepted it.
    pub fn votes(&self) -> impl DoubleEndedIterator<Item = (&PValue, Voters)> {
        self.votes.iter().map(|(pvalue, voters)| (pvalue, *voters))
    }

    /// The votes in one slot, by ballot.
    pub fn votes_for(&self, slot: Slot) -> impl Iterator<Item = (&PValue, Voters)> {
        self.votes.range(whole(slot)).map(|(pvalue, voters)| (pvalue, *voters))
    }

    /// How many pvalues this acceptor should have in `accepted`.
    pub(super) fn votes_to_keep(&self, acceptor: AcceptorId) -> usize {
        let own = self.by_acceptor.get(usize::from(acceptor));
        own.map_or(0, |own| if self.reduced { own.slots.len() } else { own.votes })
    }

    /// Whether this acceptor ever accepted another pvalue of this ballot or a higher one in the same slot.
    pub(super) fn voted_otherwise(&self, acceptor: AcceptorId, vote: &PValue) -> bool {
        let otherwise = |other: &PValue| other.command != vote.command;
        let own = self.by_acceptor.get(usize::from(acceptor)).and_then(|own| own.slots.get(&vote.slot));
        let from_here = PValue { command: CommandId(0), ..*vote }..=*whole(vote.slot).end();
        own.is_some_and(|highest| *highest > vote.ballot)
            || self.votes.range(from_here).any(|(other, voters)| otherwise(other) && voters.has(acceptor))
    }

    /// What a majority ever accepted for this slot under one ballot, with the lowest such ballot of each command: the
    /// slot is chosen, whether or not anybody knows it.
    pub fn chosen(&self, slot: Slot) -> impl Iterator<Item = (CommandId, Ballot)> {
        self.traces_for(slot).filter_map(|(command, traces)| traces.chosen.map(|ballot| (command, ballot)))
    }

    /// Whether a majority ever accepted this very pvalue.
    pub fn is_chosen(&self, pvalue: &PValue) -> bool {
        self.voters(pvalue).count() >= self.majority
    }

    /// The commanders that were ever started for this slot, by ballot, with how many of each.
    pub fn commanders_for(&self, slot: Slot) -> impl Iterator<Item = (&PValue, u32)> {
        self.commanders.range(whole(slot)).map(|(pvalue, count)| (pvalue, *count))
    }

    /// The pvalues of the commanders that were ever started for this command in this slot, by ballot.
    pub(super) fn commanded(&self, like: &PValue) -> impl DoubleEndedIterator<Item = &PValue> {
        let command = like.command;
        let of_slot = self.commanders.range(whole(like.slot)).map(|(pvalue, _)| pvalue);
        of_slot.filter(move |pvalue| pvalue.command == command)
    }

    /// How many commanders were ever started for this pvalue.
    pub fn commanders(&self, pvalue: &PValue) -> u32 {
        self.commanders.get(pvalue).copied().unwrap_or(0)
    }

    /// How many scouts were ever started with this ballot.
    pub fn scouts(&self, ballot: Ballot) -> u32 {
        self.scouts.get(&ballot).copied().unwrap_or(0)
    }

    /// Every ballot with which a scout was ever started.
    pub fn scout_ballots(&self) -> impl Iterator<Item = (Ballot, u32)> {
        self.scouts.iter().map(|(ballot, count)| (*ballot, *count))
    }

    /// The commands that were ever said to be decided for this slot.
    pub fn decided(&self, slot: Slot) -> impl Iterator<Item = CommandId> {
        self.decided.range(in_slot(slot)).map(|((_, command), ())| *command)
    }

    /// The pvalues of this slot whose commanders found a majority and told every replica.
    pub fn told_for(&self, slot: Slot) -> impl Iterator<Item = &PValue> {
        self.told.range(whole(slot)).map(|(pvalue, ())| pvalue)
    }

    /// How many messages of this kind were ever sent.
    pub fn sent(&self, kind: MessageKind) -> u64 {
        self.sent[kind as usize]
    }

    /// Every slot in which anything was ever commanded, voted or decided.
    pub fn slots(&self) -> impl DoubleEndedIterator<Item = Slot> {
        let is_first = |(slot, command): &(Slot, CommandId)| {
            self.traces_for(*slot).next().is_some_and(|(first, _)| first == *command)
        };
        self.slots.iter().map(|(place, _)| *place).filter(is_first).map(|(slot, _)| slot)
    }

    /// The slots in which more than one command was ever commanded, voted or decided.
    pub fn contested(&self) -> impl Iterator<Item = Slot> {
        self.slots().filter(|slot| self.traces_for(*slot).nth(1).is_some())
    }

    /// The commands that were ever commanded, voted or decided in this slot.
    pub(super) fn traces_for(&self, slot: Slot) -> impl Iterator<Item = (CommandId, &Traces)> {
        self.slots.range(in_slot(slot)).map(|((_, command), traces)| (*command, traces))
    }

    /// The same, without one command.
    pub(super) fn rivals_of(&self, pvalue: &PValue) -> impl Iterator<Item = (CommandId, &Traces)> {
        let own = pvalue.command;
        self.traces_for(pvalue.slot).filter(move |(command, _)| *command != own)
    }
}

/// Every command in a slot.
fn in_slot(slot: Slot) -> RangeInclusive<(Slot, CommandId)> {
    (slot, CommandId(0))..=(slot, CommandId(u16::MAX))
}

/// Every pvalue of a slot.
pub(super) fn whole(slot: Slot) -> RangeInclusive<PValue> {
    let bound = |seqnum, leader, command| PValue {
        slot,
        ballot: Ballot { seqnum, leader: LeaderId(leader) },
        command: CommandId(command),
    };
    bound(0, 0, 0)..=bound(u32::MAX, u8::MAX, u16::MAX)
}
