//! Messages that can never act again: whoever gets one stays as it is, now and in every later state, and what it answers
//! can do nothing either. Worlds that differ in nothing else lead to the same, so such messages are left out of them. A
//! shortest schedule never delivers one.
//!
//! A message is dead when its receiver has no use for it ([`DeadRules::is_inert`]) and, if the receiver would answer, its
//! sender none for the answer ([`DeadRules::is_done`]). Both rest on what never goes back: ballots grow, a leader never
//! uses one twice, what was proposed and decided stays. Where a rule, a deliberate bug or a crash takes that away, the
//! message counts as alive.

use crate::pmmc::{Bug, LowerP2b, Message, Rules, StableField};
use crate::world::{Envelope, Local};

/// What of that may be relied on in a search.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(clippy::struct_excessive_bools)]
pub(super) struct DeadRules {
    /// Whether messages are left out at all.
    pub(super) on: bool,
    /// Whether nothing looks at p1b in flight.
    pub(super) unseen_p1b: bool,
    /// Whether nothing looks at p2b in flight.
    pub(super) unseen_p2b: bool,
    /// Whether no process loses anything.
    pub(super) no_crash: bool,
}

impl DeadRules {
    /// No message is left out.
    pub(super) const NONE: Self = Self { on: false, unseen_p1b: false, unseen_p2b: false, no_crash: false };

    /// Whether the answer of the receiver decides, too.
    pub(super) const fn is_answered(message: &Message) -> bool {
        matches!(message, Message::P1a { .. } | Message::P2a { .. })
    }

    /// Whether the receiver does nothing with this message but answering, now and ever.
    pub(super) fn is_inert(self, rules: &Rules, receiver: &Local, message: &Message) -> bool {
        let keeps = |field| self.no_crash || rules.is_stable(field);
        let ballots_grow = keeps(StableField::AcceptorBallotNum) && !rules.broken(Bug::AdoptLower);
        match (receiver, message) {
            (Local::Acceptor(node), Message::P1a { ballot }) => {
                self.unseen_p1b && ballots_grow && node.state.ballot_num >= Some(*ballot)
            }
            (Local::Acceptor(node), Message::P2a { pvalue }) => {
                let refused = node.state.ballot_num > Some(pvalue.ballot) && !rules.broken(Bug::AcceptLower);
                self.unseen_p2b && ballots_grow && refused
            }
            (Local::Leader(_), Message::P1b { .. } | Message::P2b { .. }) => self.is_late(rules, receiver, message),
            (Local::Leader(node), Message::Propose { slot, .. }) => {
                self.no_crash && node.state.proposals.contains_key(slot) && !rules.broken(Bug::Overwrite)
            }
            (Local::Leader(node), Message::Adopted { ballot, .. }) => {
                keeps(StableField::LeaderBallotNum) && *ballot < node.state.ballot_num
            }
            (Local::Leader(node), Message::Preempted { ballot }) => {
                let stale = *ballot <= Some(node.state.ballot_num) && !rules.broken(Bug::PassiveAlways);
                keeps(StableField::LeaderBallotNum) && stale
            }
            (Local::Replica(node), Message::Decision { slot, .. }) => {
                self.no_crash && node.state.decisions.contains_key(slot)
            }
            (Local::Client(node), Message::Response { command, .. }) => {
                self.no_crash && node.state.responses.contains_key(command)
            }
            _ => false,
        }
    }

    /// Whether an answer comes too late: the scout or commander that it is for is gone and will not come again.
    fn is_late(self, rules: &Rules, leader: &Local, answer: &Message) -> bool {
        match answer {
            Message::P1b { to, .. } => self.unseen_p1b && self.is_done(rules, leader, &Message::P1a { ballot: *to }),
            Message::P2b { ballot_num, to } => {
                let refusal = *ballot_num < Some(to.ballot);
                let ignored = rules.lower_p2b == LowerP2b::Ignore && !rules.broken(Bug::LowerP2bIsVote);
                let never = refusal && ignored;
                self.unseen_p2b && (never || self.is_done(rules, leader, &Message::P2a { pvalue: *to }))
            }
            _ => false,
        }
    }

    /// Whether any answer to this message comes too late for the leader that sent it.
    pub(super) fn is_done(self, rules: &Rules, sender: &Local, message: &Message) -> bool {
        let Local::Leader(node) = sender else { return false };
        let leader = &node.state;
        if !(self.no_crash || rules.is_stable(StableField::LeaderBallotNum)) || !leader.ran {
            return false;
        }
        match message {
            // A new scout has a ballot above all that this leader ran with.
            Message::P1a { ballot } => {
                let gone = !leader.scouts.contains_key(ballot) && *ballot <= leader.ballot_num;
                gone && !rules.broken(Bug::StaleP1b)
            }
            // A commander is started when its ballot is adopted, once, or for a slot without a proposal.
            Message::P2a { pvalue } => {
                let again = rules.broken(Bug::Overwrite) && pvalue.ballot == leader.ballot_num;
                !leader.commanders.contains_key(pvalue) && pvalue.ballot <= leader.ballot_num && !again
            }
            _ => false,
        }
    }
}

/// Whether it would be an answer to this message.
pub(super) fn answers(sent: &Envelope, question: &Envelope) -> bool {
    let kind = match (&sent.message, &question.message) {
        (Message::P1b { to, .. }, Message::P1a { ballot }) => to == ballot,
        (Message::P2b { to, .. }, Message::P2a { pvalue }) => to == pvalue,
        _ => false,
    };
    kind && sent.to == question.from
}
