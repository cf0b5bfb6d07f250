//! The leader with its scouts and commanders (paper, Figs. 6 and 7; slides "Leader: Getting Elected", "Leader:
//! Handling proposals"). Scouts and commanders live inside their leader's process, each with its own state; several
//! scouts of one leader can be alive at once, and old ones keep running after the leader moved on.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

use super::{
    AcceptorId, Ballot, Bug, CommandId, Context, Count, Effects, LeaderId, Local, LowerP2b, Message, OnPreempted,
    PValue, ProcessId, Reason, Slot, StableField,
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
            (Message::Ping { ballot }, _) => {
                effects.because(Reason::PingAnswer { ballot: *ballot });
                effects.send(from, Message::Pong { ballot: *ballot });
            }
            // What a pong is good for is a matter of time, which the protocol does not know.
            (Message::Pong { ballot }, _) => {
                effects.because(Reason::Pong { ballot: *ballot, rival: self.rival });
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
        let seqnum = if self.ran { self.highest_seqnum_seen().saturating_add(1) } else { 0 };
        let leader = if ctx.rules.broken(Bug::NoTiebreak) { LeaderId(0) } else { self.id };
        self.ballot_num = Ballot { seqnum, leader };
        // Before the first p1a leaves: a ballot that was forgotten would be used twice.
        effects.write(ctx, StableField::LeaderBallotNum);
        self.ran = true;
        self.rival = None;
        effects.because(Reason::Elect { ballot: self.ballot_num });
        self.scouts.insert(self.ballot_num, Scout::start(ctx));
        effects.broadcast(ctx.cluster.acceptors(), &Message::P1a { ballot: self.ballot_num });
    }

    /// Asks the leader that preempted it whether it is still there (paper, section 3).
    pub fn ping(&self, effects: &mut Effects) {
        if let Some(rival) = self.rival {
            effects.because(Reason::LeaderPing { rival });
            effects.send(rival.leader, Message::Ping { ballot: rival });
        }
    }

    fn highest_seqnum_seen(&self) -> u32 {
        self.rival.map_or(0, |rival| rival.seqnum).max(self.ballot_num.seqnum)
    }

    /// A replica wants this command in this slot.
    fn on_propose(&mut self, ctx: &Context, slot: Slot, command: CommandId, effects: &mut Effects) {
        // C1: one command a slot and ballot, so the first proposal for a slot stays.
        if let Some(&kept) = self.proposals.get(&slot)
            && !ctx.rules.broken(Bug::Overwrite)
        {
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
        effects.because(Reason::Adopted { ballot });
        self.take_over(ctx, &pmax(ctx, pvalues), effects);
        self.active = true;
        for (slot, command) in self.proposals.clone() {
            self.spawn_commander(ctx, slot, command, effects);
        }
    }

    /// The paper's `proposals ◁ pmax`. C2: what a majority may already have chosen takes the place of what this leader
    /// wanted in the same slot.
    fn take_over(&mut self, ctx: &Context, accepted: &BTreeMap<Slot, PValue>, effects: &mut Effects) {
        if ctx.rules.broken(Bug::IgnorePvals) {
            return;
        }
        for (&slot, &accepted) in accepted {
            let own = self.proposals.get(&slot).copied();
            if own.is_some() && ctx.rules.broken(Bug::OwnFirst) {
                continue;
            }
            self.proposals.insert(slot, accepted.command);
            effects.because(Reason::Pmax { accepted, own });
        }
    }

    /// Somebody has a higher ballot.
    fn on_preempted(&mut self, ctx: &Context, by: Option<Ballot>, effects: &mut Effects) {
        if by <= Some(self.ballot_num) {
            self.active &= !ctx.rules.broken(Bug::PassiveAlways);
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
        let (to, counts_as) = self.answered_scout(ctx, to, ballot_num);
        let Some(scout) = self.scouts.get_mut(&to) else {
            effects.because(Reason::ScoutGone { ballot: to, from });
            return;
        };
        if scout.on_p1b(ctx, (self.id, to), from, (ballot_num, counts_as), accepted, effects) == Fate::Exits {
            self.scouts.remove(&to);
        }
    }

    /// Which scout an answer is for, and the ballot that it carries: D4 holds only if an answer counts for none but the
    /// scout that it answers.
    fn answered_scout(&self, ctx: &Context, to: Ballot, ballot_num: Option<Ballot>) -> (Ballot, Option<Ballot>) {
        match self.scouts.last_key_value() {
            Some((&newest, _)) if ctx.rules.broken(Bug::StaleP1b) && ballot_num <= Some(newest) => {
                (newest, Some(newest))
            }
            _ => (to, ballot_num),
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

/// For each slot what was accepted under the highest ballot (paper, section 2.3). At most one command a ballot and slot:
/// A4.
fn pmax(ctx: &Context, pvalues: &BTreeSet<PValue>) -> BTreeMap<Slot, PValue> {
    // Sorted by slot, then ballot: the last entry of a slot, its highest ballot, is what stays in the map.
    let by_slot = pvalues.iter().map(|pvalue| (pvalue.slot, *pvalue));
    if ctx.rules.broken(Bug::PmaxLowest) { by_slot.rev().collect() } else { by_slot.collect() }
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
        (ballot_num, counts_as): (Option<Ballot>, Option<Ballot>),
        accepted: &BTreeSet<PValue>,
        effects: &mut Effects,
    ) -> Fate {
        match counts_as.cmp(&Some(ballot)) {
            Ordering::Equal => {
                self.learn_accepted(ctx, accepted);
                // Answers are counted by acceptor, so that a duplicate counts once.
                let first = self.waitfor.remove(&from);
                let count = counted(ctx, first, &self.waitfor);
                effects.because(Reason::P1bCount { ballot, from, ballot_num, count });
                if !is_majority(ctx, &self.waitfor, Bug::ScoutQuorum1) {
                    return Fate::Lives;
                }
                effects.because(Reason::P1bMajority { ballot, missing: count.missing });
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

    /// pvalues := pvalues ∪ accepted.
    fn learn_accepted(&mut self, ctx: &Context, accepted: &BTreeSet<PValue>) {
        let pvalues = Arc::make_mut(&mut self.pvalues);
        if ctx.rules.broken(Bug::PmaxFirst) {
            for pvalue in accepted {
                if !pvalues.iter().any(|first| first.slot == pvalue.slot) {
                    pvalues.insert(*pvalue);
                }
            }
        } else {
            pvalues.extend(accepted);
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
        match vote_carried(ctx, pvalue, ballot_num).cmp(&Some(pvalue.ballot)) {
            Ordering::Equal => {
                let first = self.count(ctx, from);
                let count = counted(ctx, first, &self.waitfor);
                effects.because(Reason::P2bCount { pvalue, from, ballot_num, count });
                if !is_majority(ctx, &self.waitfor, Bug::CmdrQuorum1) {
                    return Fate::Lives;
                }
                effects.because(Reason::P2bMajority { pvalue, missing: count.missing });
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

    /// Votes are counted by acceptor, so that a duplicate counts once. Whether this one counts.
    fn count(&mut self, ctx: &Context, from: AcceptorId) -> bool {
        self.waitfor.remove(&from) || ctx.rules.broken(Bug::CountDups) && self.waitfor.pop_first().is_some()
    }
}

/// The ballot that a p2b carries; D1 holds only if nothing but the commander's own ballot is a vote.
fn vote_carried(ctx: &Context, pvalue: PValue, ballot_num: Option<Ballot>) -> Option<Ballot> {
    if ctx.rules.broken(Bug::LowerP2bIsVote) { ballot_num.max(Some(pvalue.ballot)) } else { ballot_num }
}

/// How an answer counted, and how many are missing to a majority.
fn counted(ctx: &Context, first: bool, waitfor: &BTreeSet<AcceptorId>) -> Count {
    let answered = usize::from(ctx.cluster.acceptors).saturating_sub(waitfor.len());
    let missing = ctx.cluster.majority().saturating_sub(answered) as u8;
    Count { first, waiting: waitfor.len() as u8, missing }
}

/// Whether so many answered that those waited for are fewer than half: the paper's `|waitfor| < n/2`. D6, D1: any two
/// majorities share an acceptor.
fn is_majority(ctx: &Context, waitfor: &BTreeSet<AcceptorId>, one_suffices: Bug) -> bool {
    let acceptors = usize::from(ctx.cluster.acceptors);
    let answered = acceptors.saturating_sub(waitfor.len());
    let rules = &ctx.rules;
    let one_is_enough = rules.broken(one_suffices) || rules.broken(Bug::Quorum1Of3);
    let half_is_enough = rules.broken(Bug::HalfQuorum) && answered * 2 >= acceptors;
    answered >= ctx.cluster.majority() || half_is_enough || (one_is_enough && answered >= 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pmmc::{Cluster, Rules};

    fn pvalue(seqnum: u32, leader: u8, slot: u32, command: u16) -> PValue {
        PValue { slot: Slot(slot), ballot: Ballot { seqnum, leader: LeaderId(leader) }, command: CommandId(command) }
    }

    #[test]
    fn pmax_takes_the_highest_ballot_of_each_slot() {
        let pvalues = BTreeSet::from([pvalue(0, 0, 1, 0), pvalue(0, 1, 1, 1), pvalue(0, 0, 2, 1), pvalue(1, 0, 2, 2)]);
        let expected = BTreeMap::from([(Slot(1), pvalue(0, 1, 1, 1)), (Slot(2), pvalue(1, 0, 2, 2))]);
        let ctx = Context { cluster: Cluster::default(), rules: Rules::default(), commands: Vec::new() };
        assert_eq!(pmax(&ctx, &pvalues), expected);
    }
}
