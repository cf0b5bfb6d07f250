//! Messages that come to nothing at their receiver as it is now: they are refused or ignored, or counted already.

use crate::pmmc::{Ballot, Bug, Leader, Message, P2aRule, ProcessId};

use super::text::ballot_num;
use super::{Envelope, World};

/// Why nothing would come of this message if it arrived now, in few words: `stale: A1 has 0.1`; `early: A1 has 0.0`, if
/// that may change. Only guards are looked at: this is asked for every message of a list.
pub fn stale(world: &World, envelope: &Envelope) -> Option<String> {
    let to = envelope.to;
    match to {
        ProcessId::Acceptor(id) => of_acceptor(world, to, world.acceptor(id)?.state.ballot_num, &envelope.message),
        ProcessId::Leader(id) => of_leader(world, &world.leader(id)?.state, envelope),
        ProcessId::Replica(id) => {
            let replica = &world.replica(id)?.state;
            match &envelope.message {
                Message::Decision { slot, .. } if replica.decisions.contains_key(slot) => {
                    Some(format!("stale: {to} knows Op{slot}"))
                }
                Message::Request { command } if replica.requests.contains(command) => {
                    let answers = world.context().rules.duplicate_request == crate::pmmc::DuplicateRequest::Answer;
                    let performed = answers && replica.results.contains_key(command);
                    (!performed).then(|| format!("stale: {to} has {command}"))
                }
                _ => None,
            }
        }
        ProcessId::Client(id) => match &envelope.message {
            Message::Response { command, .. } if world.client(id)?.state.responses.contains_key(command) => {
                Some(format!("stale: {to} has its answer"))
            }
            _ => None,
        },
    }
}

/// A ballot that is not the acceptor's. To an equal p1a it gives the same answer once more: its first one may be lost.
fn of_acceptor(world: &World, to: ProcessId, own: Option<Ballot>, message: &Message) -> Option<String> {
    let rules = &world.context().rules;
    let is_low = |ballot: Ballot| own > Some(ballot);
    let has = ballot_num(own);
    match message {
        Message::P1a { ballot } if is_low(*ballot) && !rules.broken(Bug::AdoptLower) => {
            Some(format!("stale: {to} has {has}"))
        }
        Message::P2a { pvalue } if !rules.broken(Bug::AcceptLower) => match rules.p2a {
            _ if is_low(pvalue.ballot) => Some(format!("stale: {to} has {has}")),
            P2aRule::Equal if own != Some(pvalue.ballot) => Some(format!("early: {to} has {has}")),
            _ => None,
        },
        _ => None,
    }
}

fn of_leader(world: &World, leader: &Leader, envelope: &Envelope) -> Option<String> {
    let rules = &world.context().rules;
    let from = envelope.from;
    let waits =
        |waitfor: &std::collections::BTreeSet<_>| matches!(from, ProcessId::Acceptor(id) if waitfor.contains(&id));
    match &envelope.message {
        Message::P1b { .. } if rules.broken(Bug::StaleP1b) => None,
        Message::P1b { to, ballot_num, .. } => match leader.scouts.get(to) {
            None => Some("stale: its scout is gone".to_owned()),
            Some(scout) if *ballot_num == Some(*to) && !waits(&scout.waitfor) => {
                Some(format!("stale: {from} is counted"))
            }
            Some(_) => None,
        },
        Message::P2b { to, ballot_num } => match leader.commanders.get(to) {
            None => Some("stale: its commander is gone".to_owned()),
            Some(commander) if *ballot_num == Some(to.ballot) && !waits(&commander.waitfor) => {
                (!rules.broken(Bug::CountDups)).then(|| format!("stale: {from} is counted"))
            }
            Some(_) => None,
        },
        Message::Propose { slot, .. } if !rules.broken(Bug::Overwrite) => {
            leader.proposals.get(slot).map(|kept| format!("stale: {} has {kept} there", envelope.to))
        }
        Message::Adopted { ballot, .. } if *ballot != leader.ballot_num => Some(has(leader)),
        Message::Preempted { ballot } if *ballot <= Some(leader.ballot_num) => {
            (!rules.broken(Bug::PassiveAlways)).then(|| has(leader))
        }
        _ => None,
    }
}

fn has(leader: &Leader) -> String {
    format!("stale: {} has {}", ProcessId::from(leader.id), leader.ballot_num)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pmmc::{Count, Reason};
    use crate::world::{Action, Event, Setup};

    /// What its handler says of it, before all that follows.
    fn is_refused(world: &World, envelope: &Envelope) -> bool {
        let events = world.clone().apply(&Action::Deliver(envelope.clone())).unwrap();
        let reason = events.iter().find_map(|event| match event {
            Event::Executed { reason, .. } => Some(*reason),
            _ => None,
        });
        reason.is_some_and(|reason| match reason {
            Reason::P1aRefuse { ballot, ballot_num } => ballot_num != Some(ballot),
            Reason::P1bCount { count: Count { first, .. }, .. }
            | Reason::P2bCount { count: Count { first, .. }, .. }
            | Reason::ClientResponse { first, .. } => !first,
            Reason::RequestKnown { performed, .. } => !performed,
            Reason::P2aRefuse { .. }
            | Reason::ScoutGone { .. }
            | Reason::CommanderGone { .. }
            | Reason::ProposeKnown { .. }
            | Reason::DecisionKnown { .. }
            | Reason::AdoptedStale { .. }
            | Reason::PreemptedStale { .. } => true,
            _ => false,
        })
    }

    /// Runs by chance, under the rules as they are and with each of these broken.
    #[test]
    fn what_is_stale_is_what_the_handlers_refuse() {
        let bugs = [None, Some(Bug::AdoptLower), Some(Bug::AcceptLower), Some(Bug::Overwrite), Some(Bug::CountDups)];
        let mut refused = 0;
        for (seed, bug) in (1_u64..).zip(bugs.into_iter().cycle().take(40)) {
            let mut setup = Setup::default();
            setup.rules.broken.extend(bug);
            let mut world = World::new(&setup).unwrap();
            let mut dice = seed;
            for _ in 0..150 {
                for (envelope, _) in world.network().distinct().filter(|(one, _)| world.can_deliver(one).is_ok()) {
                    let told = stale(&world, envelope);
                    assert_eq!(told.is_some(), is_refused(&world, envelope), "{bug:?} {envelope:?} {told:?}");
                    refused += usize::from(told.is_some());
                }
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let chance = (dice >> 33) as usize;
                let all: Vec<Action> = world.enabled();
                let more = setup.cluster.clients().next().filter(|_| chance.is_multiple_of(17));
                let action = match more {
                    Some(client) => Action::Request(client, crate::pmmc::Op::Noop),
                    None => all[chance % all.len()].clone(),
                };
                let _ = world.apply(&action);
            }
        }
        assert!(refused > 1_000, "{refused}");
    }
}
