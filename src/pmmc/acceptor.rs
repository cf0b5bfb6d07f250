//! The acceptor (paper, Fig. 4; slides "Acceptors"): votes on leaders, remembers what it accepted.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use super::{Ballot, Bug, Context, Effects, LeaderId, Message, P2aRule, PValue, ProcessId, Reason, StableField};

/// An acceptor's state: two variables, and nothing else.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize)]
pub struct Acceptor {
    /// The highest ballot that it promised; `None` (printed `0`) before the first.
    pub ballot_num: Option<Ballot>,
    /// Every pvalue that it ever accepted.
    pub accepted: Arc<BTreeSet<PValue>>,
}

impl Acceptor {
    /// One step: handles one message from a leader's scout or commander.
    pub fn handle(&mut self, ctx: &Context, from: ProcessId, message: &Message, effects: &mut Effects) {
        let ProcessId::Leader(leader) = from else { return };
        match message {
            Message::P1a { ballot } => self.on_p1a(ctx, leader, *ballot, effects),
            Message::P2a { pvalue } => self.on_p2a(ctx, leader, *pvalue, effects),
            _ => {}
        }
    }

    /// A scout asks for a promise. The answer always comes and always tells the truth.
    fn on_p1a(&mut self, ctx: &Context, scout: LeaderId, ballot: Ballot, effects: &mut Effects) {
        let before = self.ballot_num;
        // A1: ballot_num only grows. A vote for a lower ballot is no longer possible after the answer (D4).
        if Some(ballot) > self.ballot_num || ctx.rules.broken(Bug::AdoptLower) {
            self.ballot_num = Some(ballot);
            effects.write(ctx, StableField::AcceptorBallotNum);
            effects.because(Reason::P1aAdopt { ballot, before });
        } else {
            effects.because(Reason::P1aRefuse { ballot, ballot_num: before });
        }
        let answer = Message::P1b { ballot_num: self.ballot_num, accepted: Arc::clone(&self.accepted), to: ballot };
        effects.send(scout, answer);
    }

    /// A commander asks for a vote.
    fn on_p2a(&mut self, ctx: &Context, commander: LeaderId, pvalue: PValue, effects: &mut Effects) {
        let before = self.ballot_num;
        // A2: only values of the current ballot are accepted.
        let current = match ctx.rules.p2a {
            P2aRule::Equal => Some(pvalue.ballot) == before,
            P2aRule::AtLeast => Some(pvalue.ballot) >= before,
        };
        if !current && !ctx.rules.broken(Bug::AcceptLower) {
            effects.because(Reason::P2aRefuse { pvalue, ballot_num: before });
            effects.send(commander, Message::P2b { ballot_num: before, to: pvalue });
            return;
        }
        // With the rule `at_least` a vote is a promise, too.
        if current && Some(pvalue.ballot) != before && !ctx.rules.broken(Bug::AcceptNoRaise) {
            self.ballot_num = Some(pvalue.ballot);
            effects.write(ctx, StableField::AcceptorBallotNum);
        }
        self.accept(ctx, pvalue, effects);
        effects.because(Reason::P2aAccept { pvalue, before });
        effects.send(commander, Message::P2b { ballot_num: Some(pvalue.ballot), to: pvalue });
    }

    /// A3: what was accepted is never removed; with state reduction only what a later ballot makes redundant is.
    fn accept(&mut self, ctx: &Context, pvalue: PValue, effects: &mut Effects) {
        if self.accepted.contains(&pvalue) {
            return;
        }
        effects.write(ctx, StableField::AcceptorAccepted);
        let accepted = Arc::make_mut(&mut self.accepted);
        if ctx.rules.state_reduction {
            accepted.retain(|kept| kept.slot != pvalue.slot);
        }
        accepted.insert(pvalue);
    }

    /// A crash: what is not in stable storage is gone.
    pub fn lose_volatile_state(&mut self, ctx: &Context) {
        if !ctx.rules.is_stable(StableField::AcceptorBallotNum) {
            self.ballot_num = None;
        }
        if !ctx.rules.is_stable(StableField::AcceptorAccepted) {
            self.accepted = Arc::default();
        }
    }
}
