//! Messages that change nothing at their receiver as it is now: its handler would refuse or ignore them, or has counted
//! them already. What an acceptor refuses it answers all the same, and that preempts.

use std::fmt;

use crate::pmmc::{Context, Count, ProcessId, Reason};

use super::step::{Input, Local};
use super::text::ballot_num;
use super::{Envelope, Event, LocalRef, World};

/// Why a message would change nothing if it arrived now, in few words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stale {
    /// It comes too late.
    Late(String),
    /// It would be refused now, but that may change.
    Early(String),
}

impl fmt::Display for Stale {
    /// `stale: A1 has 0.1`, `early: A1 has 0.0`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Late(words) => write!(f, "stale: {words}"),
            Self::Early(words) => write!(f, "early: {words}"),
        }
    }
}

/// Why this message would change nothing if it arrived now. The handler itself is asked, on a copy of the one process.
pub fn stale(world: &World, envelope: &Envelope) -> Option<Stale> {
    told(world.context(), world.local(envelope.to)?, envelope)
}

/// The same, if another message to the same process arrived first; none if that one cannot arrive now.
pub fn stale_after(world: &World, first: &Envelope, envelope: &Envelope) -> Option<Stale> {
    world.can_deliver(first).ok()?;
    let (after, _) = arrival(world.context(), world.local(envelope.to)?, first);
    told(world.context(), after.look(), envelope)
}

fn told(context: &Context, receiver: LocalRef<'_>, envelope: &Envelope) -> Option<Stale> {
    let Envelope { from, to, .. } = envelope;
    let words = match refusal(context, receiver, envelope)? {
        // It gives the same answer once more: its first one may be lost.
        Reason::P1aRefuse { ballot, ballot_num: own } if own == Some(ballot) => return None,
        Reason::P2aRefuse { pvalue, ballot_num: own } if own < Some(pvalue.ballot) => {
            return Some(Stale::Early(format!("{to} has {}", ballot_num(own))));
        }
        Reason::P1aRefuse { ballot_num: own, .. } | Reason::P2aRefuse { ballot_num: own, .. } => {
            format!("{to} has {}", ballot_num(own))
        }
        Reason::P1bCount { count: Count { first: false, .. }, .. }
        | Reason::P2bCount { count: Count { first: false, .. }, .. } => format!("{from} is counted"),
        Reason::P2bLower { ballot_num: own, .. } => format!("{from} had {}", ballot_num(own)),
        Reason::ScoutGone { .. } => "its scout is gone".to_owned(),
        Reason::CommanderGone { .. } => "its commander is gone".to_owned(),
        Reason::ProposeKnown { kept, .. } => format!("{to} has {kept} there"),
        Reason::AdoptedStale { ballot_num: own, .. } | Reason::PreemptedStale { ballot_num: own, .. } => {
            format!("{to} has {own}")
        }
        Reason::DecisionKnown { slot, command, known } if command == known => format!("{to} knows Op{slot}"),
        Reason::DecisionKnown { known, .. } => format!("{to} has {known} there"),
        Reason::RequestKnown { command, .. } => format!("{to} has {command}"),
        Reason::ClientResponse { first: false, .. } => format!("{to} has its answer"),
        _ => return None,
    };
    Some(Stale::Late(words))
}

/// Why the receiver stays as it is and, unless it is an acceptor, sends nothing; none if it does not.
fn refusal(context: &Context, before: LocalRef<'_>, envelope: &Envelope) -> Option<Reason> {
    let (after, events) = arrival(context, before, envelope);
    let answers = matches!(envelope.to, ProcessId::Acceptor(_));
    let is_sent = |event: &Event| matches!(event, Event::Sent(_));
    if after.look() != before || !answers && events.iter().any(is_sent) {
        return None;
    }
    events.iter().find_map(|event| match event {
        Event::Executed { reason, .. } => Some(*reason),
        _ => None,
    })
}

/// What a message makes of its receiver, and what happens.
fn arrival(context: &Context, before: LocalRef<'_>, envelope: &Envelope) -> (Local, Vec<Event>) {
    let input = Input::Receive { from: envelope.from, message: &envelope.message };
    before.keep().step(context, envelope.to, &input)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pmmc::{
        Bug, DuplicateRequest, Local, LowerP2b, MessageKind, Op, P2aRule, RuleChange, Rules, StableField,
    };
    use crate::world::{Action, Setup};

    /// Numbers by chance.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, sides: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % sides
        }

        fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
            all[self.roll(all.len())]
        }

        fn change(&mut self) -> RuleChange {
            let on = self.roll(2) == 0;
            match self.roll(8) {
                0 => RuleChange::P2a(self.one_of(P2aRule::ALL)),
                1 => RuleChange::LowerP2b(self.one_of(LowerP2b::ALL)),
                2 => RuleChange::Window(1 + self.roll(3) as u32),
                3 => RuleChange::DuplicateRequest(self.one_of(DuplicateRequest::ALL)),
                4 => RuleChange::StateReduction(on),
                5 => RuleChange::Stable(self.one_of(&StableField::ALL), on),
                _ => RuleChange::Broken(self.one_of(Bug::ALL), on),
            }
        }

        /// Mostly a delivery; now and then a request, another rule, or anything else.
        fn action(&mut self, world: &World) -> Action {
            let all = world.enabled();
            let deliveries: Vec<&Action> = all.iter().filter(|one| matches!(one, Action::Deliver(_))).collect();
            match self.roll(40) {
                0 | 1 => Action::Request(world.cluster().clients().next().unwrap(), Op::Noop),
                2 => Action::Rule(self.change()),
                3.. if !deliveries.is_empty() => deliveries[self.roll(deliveries.len())].clone(),
                _ => all[self.roll(all.len())].clone(),
            }
        }
    }

    /// Whether its arrival leaves the receiver as it is, and nobody hears of it but from an acceptor.
    fn changes_nothing(world: &World, envelope: &Envelope) -> bool {
        let mut after = world.clone();
        let events = after.apply(&Action::Deliver(envelope.clone())).unwrap();
        let sends = events.iter().any(|event| matches!(event, Event::Sent(_)));
        after.local(envelope.to) == world.local(envelope.to)
            && (!sends || matches!(envelope.to, ProcessId::Acceptor(_)))
    }

    /// Runs by chance under rules by chance, which change now and then.
    #[test]
    fn what_is_stale_changes_nothing_and_what_changes_nothing_is_stale() {
        use MessageKind::{Adopted, Decision, P1a, P1b, P2a, P2b, Preempted, Propose, Request, Response};
        let mut told = std::collections::BTreeMap::new();
        for seed in 1..=300 {
            let mut dice = Dice(seed);
            let mut rules = Rules { local: dice.one_of(Local::ALL), ..Rules::default() };
            (0..dice.roll(4)).for_each(|_| rules.change(dice.change()));
            let Ok(mut world) = World::new(&Setup { rules, ..Setup::default() }) else { continue };
            for _ in 0..150 {
                for (envelope, _) in world.network().distinct().filter(|(one, _)| world.can_deliver(one).is_ok()) {
                    let words = stale(&world, envelope);
                    let nothing = changes_nothing(&world, envelope);
                    assert!(nothing || words.is_none(), "{:?} {envelope:?} {words:?}", world.context().rules);
                    let kind = envelope.message.kind();
                    let may_be_lost = matches!(kind, P1a | P2a | MessageKind::Ping);
                    let silent = matches!(kind, MessageKind::Pong | MessageKind::Learn | Preempted);
                    // A broken rule may do again what is done.
                    let broken = !world.context().rules.broken.is_empty();
                    assert!(!nothing || words.is_some() || may_be_lost || silent || broken, "{envelope:?}");
                    let first = words.map(|words| matches!(words, Stale::Early(_)));
                    *told.entry((kind, first)).or_insert(0) += 1;
                }
                let action = dice.action(&world);
                let before = world.clone();
                if let (Ok(_), Action::Deliver(first)) = (world.apply(&action), &action) {
                    let to_the_same = world.network().distinct().filter(|(one, _)| one.to == first.to);
                    for (then, _) in to_the_same {
                        assert_eq!(stale_after(&before, first, then), stale(&world, then), "{first:?} {then:?}");
                    }
                }
            }
        }
        let stale =
            [Request, Propose, Decision, P1a, P1b, P2a, P2b, Adopted, Preempted, Response].map(|kind| (kind, false));
        for (kind, early) in stale.into_iter().chain([(P2a, true)]) {
            assert!(told.get(&(kind, Some(early))) > Some(&5), "{kind:?}, early: {early}, too seldom: {told:?}");
        }
    }
}
