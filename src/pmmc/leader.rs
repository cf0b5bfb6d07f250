//! The leader with its scouts and commanders (paper, Figs. 6 and 7; slides "Leader: Getting Elected", "Leader:
//! Handling proposals"). Scouts and commanders live inside their leader's process, each with its own state; several
//! scouts of one leader can be alive at once, and old ones keep running after the leader moved on.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

use super::{
    AcceptorId, Ballot, CommandId, Context, Effects, LeaderId, Local, LowerP2b, Message, OnPreempted, PValue,
    ProcessId, Reason, Slot, StableField,
};

/// A leader's state.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Leader {
    /// Who it is; the last part of all its ballots.
    pub id: LeaderId,
    /// Elected, as far as it knows: two leaders may believe it at the same time.
    pub active: bool,
    /// The ballot that it ran with last; its first one if it never ran.
    pub ballot_num: Ballot,
    /// Whether it ever ran for office.
    pub ran: bool,
    /// The highest ballot above its own that preempted it since its last run.
    pub rival: Option<Ballot>,
    /// What it wants decided, at most one command a slot.
    pub proposals: BTreeMap<Slot, CommandId>,
    /// Scouts at work, by their ballot.
    pub scouts: BTreeMap<Ballot, Scout>,
    /// Commanders at work, by their pvalue.
    pub commanders: BTreeMap<PValue, Commander>,
}

/// A scout: one attempt to get its ballot adopted by a majority (phase 1).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Scout {
    /// Acceptors that have not answered yet.
    pub waitfor: BTreeSet<AcceptorId>,
    /// All that the answers said was accepted.
    pub pvalues: Arc<BTreeSet<PValue>>,
}

/// A commander: one attempt to get its pvalue accepted by a majority (phase 2).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Commander {
    /// Acceptors that have not voted yet.
    pub waitfor: BTreeSet<AcceptorId>,
}

/// What becomes of a scout or commander after a message.
#[derive(PartialEq, Eq)]
enum Fate {
    Lives,
    Exits,
}

impl Leader {
    /// A leader before its first run: passive, knowing nothing.
    pub fn new(id: LeaderId) -> Self {
        Self {
            id,
            active: false,
            ballot_num: Ballot { seqnum: 0, leader: id },
            ran: false,
            rival: None,
            proposals: BTreeMap::new(),
            scouts: BTreeMap::new(),
            commanders: BTreeMap::new(),
        }
    }

    /// One step: handles one message, and with `local: instant` also what its scouts and commanders tell it.
    pub fn handle(&mut self, ctx: &Context, from: ProcessId, message: &Message, effects: &mut Effects) {
        self.dispatch(ctx, from, message, effects);
        if ctx.rules.local == Local::Instant {
            self.take_local_messages(ctx, effects);
        }
    }

    fn dispatch(&mut self, ctx: &Context, from: ProcessId, message: &Message, effects: &mut Effects) {
        match (message, from) {
            (Message::Propose { slot, command }, _) => self.on_propose(ctx, *slot, *command, effects),
            (Message::P1b { ballot_num, accepted, to }, ProcessId::Acceptor(acceptor)) => {
                self.on_p1b(ctx, *to, acceptor, *ballot_num, accepted, effects);
            }
            (Message::P2b { ballot_num, to }, ProcessId::Acceptor(acceptor)) => {
                self.on_p2b(ctx, *to, acceptor, *ballot_num, effects);
            }
            (Message::Adopted { ballot, pvalues }, _) => self.on_adopted(ctx, *ballot, pvalues, effects),
            (Message::Preempted { ballot }, _) => self.on_preempted(ctx, *ballot, effects),
            _ => {}
        }
    }

    /// Adopted and preempted go from one part of this process to another: handled at once, in the order sent.
    fn take_local_messages(&mut self, ctx: &Context, effects: &mut Effects) {
        while let Some(at) = effects.sent.iter().position(|(_, message)| message.is_local()) {
            let (to, message) = effects.sent.remove(at);
            self.dispatch(ctx, to, &message, effects);
        }
    }

    /// Runs for office: a new scout with a ballot above all that this leader has seen. Proposals, commanders and older
    /// scouts stay.
    pub fn run_for_office(&mut self, ctx: &Context, effects: &mut Effects) {
        self.active = false;
        // D7: ballot_num only grows, and no two scouts share a ballot.
        if self.ran {
            let seen = self.rival.map_or(0, |rival| rival.seqnum).max(self.ballot_num.seqnum);
            self.ballot_num = Ballot { seqnum: seen.saturating_add(1), leader: self.id };
        }
        self.ran = true;
        self.rival = None;
        effects.because(Reason::Elect { ballot: self.ballot_num });
        self.scouts.insert(self.ballot_num, Scout::start(ctx));
        effects.broadcast(ctx.cluster.acceptors(), &Message::P1a { ballot: self.ballot_num });
    }

    /// A replica wants this command in this slot.
    fn on_propose(&mut self, ctx: &Context, slot: Slot, command: CommandId, effects: &mut Effects) {
        // C1: one command a slot and ballot, so the first proposal for a slot stays.
        if let Some(&kept) = self.proposals.get(&slot) {
            effects.because(Reason::ProposeKnown { slot, command, kept });
            return;
        }
        self.proposals.insert(slot, command);
        effects.because(Reason::ProposeNew { slot, command, active: self.active });
        if self.active {
            self.spawn_commander(ctx, slot, command, effects);
        }
    }

    /// A majority promised this ballot.
    fn on_adopted(&mut self, ctx: &Context, ballot: Ballot, pvalues: &BTreeSet<PValue>, effects: &mut Effects) {
        if ballot != self.ballot_num {
            effects.because(Reason::AdoptedStale { ballot, ballot_num: self.ballot_num });
            return;
        }
        // C2: what a majority may already have chosen wins over this leader's own wishes (proposals ◁ pmax).
        self.proposals.extend(pmax(pvalues));
        self.active = true;
        effects.because(Reason::Adopted { ballot });
        for (slot, command) in self.proposals.clone() {
            self.spawn_commander(ctx, slot, command, effects);
        }
    }

    /// Somebody has a higher ballot.
    fn on_preempted(&mut self, ctx: &Context, by: Option<Ballot>, effects: &mut Effects) {
        if by <= Some(self.ballot_num) {
            effects.because(Reason::PreemptedStale { by, ballot_num: self.ballot_num });
            return;
        }
        self.active = false;
        self.rival = self.rival.max(by);
        effects.because(Reason::Preempted { by, ballot_num: self.ballot_num });
        if ctx.rules.on_preempted == OnPreempted::Rescout {
            self.run_for_office(ctx, effects);
        }
    }

    fn spawn_commander(&mut self, ctx: &Context, slot: Slot, command: CommandId, effects: &mut Effects) {
        let pvalue = PValue { slot, ballot: self.ballot_num, command };
        effects.because(Reason::SpawnCommander { pvalue });
        self.commanders.insert(pvalue, Commander::start(ctx));
        effects.broadcast(ctx.cluster.acceptors(), &Message::P2a { pvalue });
    }

    fn on_p1b(
        &mut self,
        ctx: &Context,
        to: Ballot,
        from: AcceptorId,
        ballot_num: Option<Ballot>,
        accepted: &BTreeSet<PValue>,
        effects: &mut Effects,
    ) {
        let Some(scout) = self.scouts.get_mut(&to) else {
            effects.because(Reason::ScoutGone { ballot: to, from });
            return;
        };
        if scout.on_p1b(ctx, (self.id, to), from, ballot_num, accepted, effects) == Fate::Exits {
            self.scouts.remove(&to);
        }
    }

    fn on_p2b(
        &mut self,
        ctx: &Context,
        to: PValue,
        from: AcceptorId,
        ballot_num: Option<Ballot>,
        effects: &mut Effects,
    ) {
        let Some(commander) = self.commanders.get_mut(&to) else {
            effects.because(Reason::CommanderGone { pvalue: to, from });
            return;
        };
        if commander.on_p2b(ctx, (self.id, to), from, ballot_num, effects) == Fate::Exits {
            self.commanders.remove(&to);
        }
    }

    /// Scouts and commanders at work send again to whom they wait for.
    pub fn resend(&self, effects: &mut Effects) {
        for (&ballot, scout) in &self.scouts {
            effects.broadcast(scout.waitfor.iter().copied(), &Message::P1a { ballot });
        }
        for (&pvalue, commander) in &self.commanders {
            effects.broadcast(commander.waitfor.iter().copied(), &Message::P2a { pvalue });
        }
    }

    /// A crash: scouts, commanders and wishes are gone; `ballot_num` survives if it is in stable storage.
    pub fn lose_volatile_state(&mut self, ctx: &Context) {
        let fresh = Self::new(self.id);
        *self = if ctx.rules.is_stable(StableField::LeaderBallotNum) {
            Self { ballot_num: self.ballot_num, ran: self.ran, ..fresh }
        } else {
            fresh
        };
    }
}

/// For each slot the command of the highest ballot (paper, section 2.3). At most one command a ballot and slot: A4.
fn pmax(pvalues: &BTreeSet<PValue>) -> BTreeMap<Slot, CommandId> {
    // Sorted by slot, then ballot: the last entry of a slot, its highest ballot, is what stays in the map.
    pvalues.iter().map(|pvalue| (pvalue.slot, pvalue.command)).collect()
}

impl Scout {
    fn start(ctx: &Context) -> Self {
        Self { waitfor: ctx.cluster.acceptors().collect(), pvalues: Arc::default() }
    }

    fn on_p1b(
        &mut self,
        ctx: &Context,
        (leader, ballot): (LeaderId, Ballot),
        from: AcceptorId,
        ballot_num: Option<Ballot>,
        accepted: &BTreeSet<PValue>,
        effects: &mut Effects,
    ) -> Fate {
        match ballot_num.cmp(&Some(ballot)) {
            Ordering::Equal => {
                Arc::make_mut(&mut self.pvalues).extend(accepted);
                // Replies are counted by acceptor, so that a duplicate counts once.
                self.waitfor.remove(&from);
                effects.because(Reason::P1bCount { ballot, from, waiting: self.waitfor.len() as u8 });
                if !is_majority(ctx, &self.waitfor) {
                    return Fate::Lives;
                }
                effects.because(Reason::P1bMajority { ballot });
                effects.send(leader, Message::Adopted { ballot, pvalues: Arc::clone(&self.pvalues) });
                Fate::Exits
            }
            Ordering::Greater => {
                effects.because(Reason::P1bPreempted { ballot, from, by: ballot_num });
                effects.send(leader, Message::Preempted { ballot: ballot_num });
                Fate::Exits
            }
            // An acceptor that answers p1a(b) has at least b.
            Ordering::Less => Fate::Lives,
        }
    }
}

impl Commander {
    fn start(ctx: &Context) -> Self {
        Self { waitfor: ctx.cluster.acceptors().collect() }
    }

    fn on_p2b(
        &mut self,
        ctx: &Context,
        (leader, pvalue): (LeaderId, PValue),
        from: AcceptorId,
        ballot_num: Option<Ballot>,
        effects: &mut Effects,
    ) -> Fate {
        match ballot_num.cmp(&Some(pvalue.ballot)) {
            Ordering::Equal => {
                self.waitfor.remove(&from);
                effects.because(Reason::P2bCount { pvalue, from, waiting: self.waitfor.len() as u8 });
                if !is_majority(ctx, &self.waitfor) {
                    return Fate::Lives;
                }
                effects.because(Reason::P2bMajority { pvalue });
                let decision = Message::Decision { slot: pvalue.slot, command: pvalue.command };
                effects.broadcast(ctx.cluster.replicas(), &decision);
                Fate::Exits
            }
            Ordering::Greater => {
                effects.because(Reason::P2bPreempted { pvalue, from, by: ballot_num });
                effects.send(leader, Message::Preempted { ballot: ballot_num });
                Fate::Exits
            }
            // The branch that the paper's listing lacks: a p2a overtook the p1a that should have raised ballot_num.
            Ordering::Less => {
                effects.because(Reason::P2bLower { pvalue, from, ballot_num });
                if ctx.rules.lower_p2b == LowerP2b::Ignore {
                    return Fate::Lives;
                }
                effects.send(leader, Message::Preempted { ballot: ballot_num });
                Fate::Exits
            }
        }
    }
}

/// Whether so many answered that those waited for are fewer than half: the paper's `|waitfor| < n/2`.
fn is_majority(ctx: &Context, waitfor: &BTreeSet<AcceptorId>) -> bool {
    usize::from(ctx.cluster.acceptors).saturating_sub(waitfor.len()) >= ctx.cluster.majority()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pvalue(seqnum: u32, leader: u8, slot: u32, command: u16) -> PValue {
        PValue { slot: Slot(slot), ballot: Ballot { seqnum, leader: LeaderId(leader) }, command: CommandId(command) }
    }

    #[test]
    fn pmax_takes_the_highest_ballot_of_each_slot() {
        let pvalues = BTreeSet::from([pvalue(0, 0, 1, 0), pvalue(0, 1, 1, 1), pvalue(0, 0, 2, 1), pvalue(1, 0, 2, 2)]);
        let expected = BTreeMap::from([(Slot(1), CommandId(1)), (Slot(2), CommandId(2))]);
        assert_eq!(pmax(&pvalues), expected);
    }
}
