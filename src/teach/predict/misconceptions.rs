//! What is widely believed of the protocol and not so, each with what would happen if it were.

use std::sync::Arc;

use crate::pmmc::{
    Acceptor, Bug, CommandId, Effects, Leader, Message, OnPreempted, P2aRule, PValue, ProcessId, Replica, RuleChange,
    Slot, StableField,
};
use crate::world::text::Notation;
use crate::world::{Action, Envelope, World, acceptor_fields, fields, leader_fields, replica_fields};

use super::outcome::{Outcome, play, sent_by};

/// Something that is widely believed and not so.
pub(super) struct Misconception {
    /// Its name, for scores and tests.
    pub(super) id: &'static str,
    /// The sentence that puts it right.
    pub(super) correction: &'static str,
    /// What the engine would do if it were so; `None` where it does not apply.
    pub(super) alternative: fn(&World, ProcessId, &Action) -> Option<Outcome>,
}

/// The misconceptions, for each role the most tempting first. Most are a deliberate bug or another rule of the engine.
pub(super) static MISCONCEPTIONS: [Misconception; 37] = [
    Misconception {
        id: "adopt_lower",
        correction: "ballot numbers only increase: an acceptor never goes back to a lower ballot",
        alternative: |world, who, action| with_bug(world, who, action, Bug::AdoptLower),
    },
    Misconception {
        id: "accept_lower",
        correction: "an acceptor accepts only from its current ballot, and this one is not it",
        alternative: |world, who, action| with_bug(world, who, action, Bug::AcceptLower),
    },
    Misconception {
        id: "no_answer",
        correction: "an acceptor always answers, whether it agrees or refuses: the answer tells which ballot it has",
        alternative: |world, who, action| acceptors_only(who).and_then(|()| lost(world, who, action)),
    },
    Misconception {
        id: "p1a_is_p2a",
        correction: "p1a is phase 1: it carries no command, so nothing is accepted, and what answers it is a p1b",
        alternative: p1a_as_p2a,
    },
    Misconception {
        id: "p2a_is_p1a",
        correction: "p1a asks for a promise, p2a for a vote: what answers a p2a is a p2b",
        alternative: p2a_as_p1a,
    },
    Misconception {
        id: "p2a_at_least",
        correction: "a p2a needs the very ballot that was adopted: a higher one must come as a p1a first",
        alternative: |world, who, action| with_rule(world, who, action, RuleChange::P2a(P2aRule::AtLeast)),
    },
    Misconception {
        id: "forgets_votes",
        correction: "an acceptor never removes what it accepted: neither a new promise nor a crash takes a vote back",
        alternative: forgets_votes,
    },
    Misconception {
        id: "pmax_lowest",
        correction: "of several votes that are reported for a slot, the one of the highest ballot counts",
        alternative: |world, who, action| with_bug(world, who, action, Bug::PmaxLowest),
    },
    Misconception {
        id: "ignore_pvals",
        correction: "what a majority may have chosen wins over what the leader itself wants",
        alternative: |world, who, action| with_bug(world, who, action, Bug::IgnorePvals),
    },
    Misconception {
        id: "one_is_enough",
        correction: "one answer is not a majority",
        alternative: |world, who, action| with_bug(world, who, action, Bug::Quorum1Of3),
    },
    Misconception {
        id: "lower_p2b_is_vote",
        correction: "a p2b with a lower ballot is no vote: that acceptor has not accepted",
        alternative: |world, who, action| with_bug(world, who, action, Bug::LowerP2bIsVote),
    },
    Misconception {
        id: "stale_p1b",
        correction: "a promise counts only for the ballot that was promised",
        alternative: |world, who, action| with_bug(world, who, action, Bug::StaleP1b),
    },
    Misconception {
        id: "leads_unelected",
        correction: "a leader sends p2a only once it is elected; until then it keeps what it is asked for",
        alternative: leads_unelected,
    },
    Misconception {
        id: "performs_over_gap",
        correction: "commands are performed in the order of their slots, so a replica waits for the slot before",
        alternative: performs_over_gap,
    },
    Misconception {
        id: "overwrite",
        correction: "one command a slot and ballot: the first proposal for a slot stays",
        alternative: |world, who, action| with_bug(world, who, action, Bug::Overwrite),
    },
    Misconception {
        id: "passive_always",
        correction: "only a ballot above its own preempts a leader",
        alternative: |world, who, action| with_bug(world, who, action, Bug::PassiveAlways),
    },
    Misconception {
        id: "drops_proposals",
        correction: "a preempted leader keeps its proposals: elected again, it pushes them again",
        alternative: drops_proposals,
    },
    Misconception {
        id: "preempted_rescout",
        correction: "so the paper's listing has it; here, as on the slides, a preempted leader waits: two that run at once can go on for ever",
        alternative: |world, who, action| with_rule(world, who, action, RuleChange::OnPreempted(OnPreempted::Rescout)),
    },
    Misconception {
        id: "no_dedup",
        correction: "a command that was decided twice is performed once",
        alternative: |world, who, action| with_bug(world, who, action, Bug::NoDedup),
    },
    Misconception {
        id: "no_repropose",
        correction: "a replica proposes a command again when another took its slot",
        alternative: |world, who, action| with_bug(world, who, action, Bug::NoRepropose),
    },
    Misconception {
        id: "needs_all",
        correction: "a majority is enough: nobody waits for all acceptors, of which some may be down",
        alternative: needs_all,
    },
    Misconception {
        id: "decides_alone",
        correction: "an elected leader decides nothing alone: a majority must accept every command",
        alternative: decides_alone,
    },
    Misconception {
        id: "elects_each",
        correction: "it is elected already, for all slots: a command needs phase 2 only",
        alternative: elects_each,
    },
    Misconception {
        id: "next_free_slot",
        correction: "a leader gives no command another slot: its replica proposes it again once it learns that the slot went",
        alternative: next_free_slot,
    },
    Misconception {
        id: "adopts_rival",
        correction: "a leader never takes another's ballot: all its ballots end with its own number",
        alternative: adopts_rival,
    },
    Misconception {
        id: "same_ballot",
        correction: "each run needs a ballot above all that was seen, or acceptors would refuse it",
        alternative: same_ballot,
    },
    Misconception {
        id: "active_at_once",
        correction: "who runs is not elected yet: a majority must promise first",
        alternative: active_at_once,
    },
    Misconception {
        id: "asks_majority",
        correction: "it waits for a majority, but asks every acceptor: it cannot know which of them are up",
        alternative: asks_majority,
    },
    Misconception {
        id: "tells_again",
        correction: "the commander that asked for this vote is gone: a later vote changes nothing, and nobody is told again",
        alternative: tells_again,
    },
    Misconception {
        id: "performs_request",
        correction: "a replica performs only what is decided; what is requested it proposes for a slot",
        alternative: performs_request,
    },
    Misconception {
        id: "one_leader",
        correction: "a replica does not know which leader leads, so it tells all of them",
        alternative: one_leader,
    },
    Misconception {
        id: "notes_only",
        correction: "every slot before it is known, so the replica performs the command at once and answers",
        alternative: notes_only,
    },
    Misconception {
        id: "tells_others",
        correction: "the leader tells every replica itself; a replica passes a decision on only when it is asked",
        alternative: tells_others,
    },
    Misconception {
        id: "asks_again",
        correction: "a leader starts one commander for a slot in a ballot: nothing that comes later starts it again",
        alternative: asks_again,
    },
    Misconception {
        id: "runs_when_asked",
        correction: "a proposal makes nobody run for office: a passive leader keeps it and waits",
        alternative: runs_when_asked,
    },
    Misconception {
        id: "answers_all",
        correction: "an acceptor answers who asked, and tells nobody else",
        alternative: answers_all,
    },
    Misconception { id: "ignored", correction: "this message is not ignored", alternative: lost },
];

fn acceptors_only(who: ProcessId) -> Option<()> {
    matches!(who, ProcessId::Acceptor(_)).then_some(())
}

/// The message is lost, or is ignored without a word.
fn lost(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    let Action::Deliver(_) = action else { return None };
    let same = fields(world, Notation::Screen, who);
    Some(Outcome::new(&same, &same, &[]))
}

/// Another rule holds.
fn with_rule(world: &World, who: ProcessId, action: &Action, change: RuleChange) -> Option<Outcome> {
    play(world, who, &[Action::Rule(change)], action).ok().map(|(outcome, _)| outcome)
}

/// A deliberate bug is played; where the lesson plays it already, its absence is no misconception.
fn with_bug(world: &World, who: ProcessId, action: &Action, bug: Bug) -> Option<Outcome> {
    with_rule(world, who, action, RuleChange::Broken(bug, true))
}

/// The acceptor promises and votes in one go, for what the leader wants in its first slot.
fn p1a_as_p2a(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    let Action::Deliver(Envelope { from: ProcessId::Leader(leader), message: Message::P1a { ballot }, .. }) = action
    else {
        return None;
    };
    let wants = &world.leader(*leader)?.state.proposals;
    let (&slot, &command) = wants.first_key_value()?;
    let pvalue = PValue { slot, ballot: *ballot, command };
    acceptor_handles(world, who, (*leader).into(), &[Message::P1a { ballot: *ballot }, Message::P2a { pvalue }])
}

fn p2a_as_p1a(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    let Action::Deliver(Envelope { from, message: Message::P2a { pvalue }, .. }) = action else { return None };
    acceptor_handles(world, who, *from, &[Message::P1a { ballot: pvalue.ballot }])
}

/// What an acceptor does when these messages come instead; what it sends counts for the last one only.
fn acceptor_handles(world: &World, who: ProcessId, from: ProcessId, messages: &[Message]) -> Option<Outcome> {
    let ProcessId::Acceptor(id) = who else { return None };
    let before = &world.acceptor(id)?.state;
    let mut after = Acceptor::clone(before);
    let mut effects = Effects::default();
    for message in messages {
        effects = Effects::default();
        after.handle(world.context(), from, message, &mut effects);
    }
    let (before, after) = (acceptor_fields(Notation::Screen, before), acceptor_fields(Notation::Screen, &after));
    Some(Outcome::new(&before, &after, &effects.sent))
}

/// A leader that is preempted drops what it wanted.
fn drops_proposals(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    let (ProcessId::Leader(id), Action::Deliver(_)) = (who, action) else { return None };
    let before = Leader::clone(&world.leader(id)?.state);
    let mut copy = world.clone();
    let events = copy.apply(action).ok()?;
    let mut after = Leader::clone(&copy.leader(id)?.state);
    if after.rival == before.rival || after.proposals.is_empty() {
        return None;
    }
    after.proposals.clear();
    let sent: Vec<_> = events.iter().filter_map(sent_by(who)).collect();
    let (before, after) = (leader_fields(Notation::Screen, &before), leader_fields(Notation::Screen, &after));
    Some(Outcome::new(&before, &after, &sent))
}

/// The leader acts on a proposal although nobody elected it.
fn leads_unelected(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    let (ProcessId::Leader(id), Action::Deliver(Envelope { from, message: message @ Message::Propose { .. }, .. })) =
        (who, action)
    else {
        return None;
    };
    let before = Leader::clone(&world.leader(id)?.state);
    let mut after = Leader { active: true, ..before.clone() };
    let mut effects = Effects::default();
    after.handle(world.context(), *from, message, &mut effects);
    after.active = before.active;
    let (before, after) = (leader_fields(Notation::Screen, &before), leader_fields(Notation::Screen, &after));
    Some(Outcome::new(&before, &after, &effects.sent))
}

/// The replica performs a decision at once, whatever stands before it in the log.
fn performs_over_gap(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    let (
        ProcessId::Replica(id),
        Action::Deliver(Envelope { from, message: message @ Message::Decision { slot, .. }, .. }),
    ) = (who, action)
    else {
        return None;
    };
    let before = Replica::clone(&world.replica(id)?.state);
    if *slot <= before.slot_out || before.decisions.contains_key(slot) {
        return None;
    }
    let mut after = Replica { slot_out: *slot, ..before.clone() };
    let mut effects = Effects::default();
    after.handle(world.context(), *from, message, &mut effects);
    let (before, after) = (replica_fields(Notation::Screen, &before), replica_fields(Notation::Screen, &after));
    Some(Outcome::new(&before, &after, &effects.sent))
}

/// As if it had crashed, and `accepted` were not in stable storage.
fn forgets_votes(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    let (ProcessId::Acceptor(_), Action::Deliver(_)) = (who, action) else { return None };
    let forgets = Action::Rule(RuleChange::Stable(StableField::AcceptorAccepted, false));
    play(world, who, &[forgets, Action::Restart(who)], action).ok().map(|(outcome, _)| outcome)
}

/// What a leader that does something else than the engine's would do: its state and what it sent, changed.
fn leader_else(
    world: &World,
    who: ProcessId,
    action: &Action,
    change: impl FnOnce(&Leader, &mut Leader, &mut Vec<(ProcessId, Message)>) -> Option<()>,
) -> Option<Outcome> {
    let ProcessId::Leader(id) = who else { return None };
    let before = Leader::clone(&world.leader(id)?.state);
    let mut copy = world.clone();
    let events = copy.apply(action).ok()?;
    let mut after = Leader::clone(&copy.leader(id)?.state);
    let mut sent: Vec<_> = events.iter().filter_map(sent_by(who)).collect();
    change(&before, &mut after, &mut sent)?;
    let (before, after) = (leader_fields(Notation::Screen, &before), leader_fields(Notation::Screen, &after));
    Some(Outcome::new(&before, &after, &sent))
}

/// The same of a replica.
fn replica_else(
    world: &World,
    who: ProcessId,
    action: &Action,
    change: impl FnOnce(&Replica, &mut Replica, &mut Vec<(ProcessId, Message)>) -> Option<()>,
) -> Option<Outcome> {
    let ProcessId::Replica(id) = who else { return None };
    let before = Replica::clone(&world.replica(id)?.state);
    let mut copy = world.clone();
    let events = copy.apply(action).ok()?;
    let mut after = Replica::clone(&copy.replica(id)?.state);
    let mut sent: Vec<_> = events.iter().filter_map(sent_by(who)).collect();
    change(&before, &mut after, &mut sent)?;
    let (before, after) = (replica_fields(Notation::Screen, &before), replica_fields(Notation::Screen, &after));
    Some(Outcome::new(&before, &after, &sent))
}

/// The message that this delivery brings.
fn delivered(action: &Action) -> Option<&Envelope> {
    if let Action::Deliver(envelope) = action { Some(envelope) } else { None }
}

/// A majority has answered, but the leader waits for the others, too.
fn needs_all(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    let Envelope { from: ProcessId::Acceptor(from), message, .. } = delivered(action)? else { return None };
    leader_else(world, who, action, |before, after, sent| {
        let mut waits = before.clone();
        let waitfor = match message {
            Message::P1b { to, accepted, .. } if !after.scouts.contains_key(to) => {
                let scout = waits.scouts.get_mut(to)?;
                Arc::make_mut(&mut scout.pvalues).extend(accepted.iter().copied());
                &mut scout.waitfor
            }
            Message::P2b { to, .. } if !after.commanders.contains_key(to) => &mut waits.commanders.get_mut(to)?.waitfor,
            _ => return None,
        };
        let others_missing = waitfor.remove(from) && !waitfor.is_empty();
        // Who is preempted has heard enough.
        let preempted = after.rival != before.rival;
        sent.clear();
        *after = waits;
        (others_missing && !preempted).then_some(())
    })
}

/// What is proposed to a leader that is elected, and that this leader takes for its slot.
fn taken_proposal(before: &Leader, after: &Leader, action: &Action) -> Option<(Slot, CommandId)> {
    let Message::Propose { slot, command } = delivered(action)?.message else { return None };
    (before.active && !before.proposals.contains_key(&slot) && after.proposals.contains_key(&slot))
        .then_some((slot, command))
}

/// The leader tells the replicas at once what was proposed to it.
fn decides_alone(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    leader_else(world, who, action, |before, after, sent| {
        let (slot, command) = taken_proposal(before, after, action)?;
        after.commanders.clone_from(&before.commanders);
        let replicas = world.cluster().replicas();
        *sent = replicas.map(|replica| (replica.into(), Message::Decision { slot, command })).collect();
        Some(())
    })
}

/// The leader runs again for every command.
fn elects_each(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    leader_else(world, who, action, |before, after, sent| {
        taken_proposal(before, after, action)?;
        after.commanders.clone_from(&before.commanders);
        let mut effects = Effects::default();
        after.run_for_office(world.context(), &mut effects);
        *sent = effects.sent;
        Some(())
    })
}

/// The leader asks no more acceptors than it needs.
fn asks_majority(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    leader_else(world, who, action, |_, _, sent| {
        let all = sent.len();
        let beyond =
            |to: &ProcessId| matches!(to, ProcessId::Acceptor(id) if usize::from(id.0) >= world.cluster().majority());
        sent.retain(|(to, message)| !(beyond(to) && matches!(message, Message::P1a { .. } | Message::P2a { .. })));
        (sent.len() < all).then_some(())
    })
}

/// The leader puts a command whose slot is taken into the next one.
fn next_free_slot(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    leader_else(world, who, action, |before, after, sent| {
        let Message::Propose { slot, command } = delivered(action)?.message else { return None };
        let kept = *before.proposals.get(&slot)?;
        let (last, _) = before.proposals.last_key_value()?;
        let mut effects = Effects::default();
        let message = Message::Propose { slot: last.next(), command };
        after.handle(world.context(), who, &message, &mut effects);
        *sent = effects.sent;
        (kept != command).then_some(())
    })
}

/// The leader that is preempted takes the ballot that beat it.
fn adopts_rival(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    leader_else(world, who, action, |before, after, _| {
        let rival = after.rival.filter(|_| after.rival != before.rival && !after.active)?;
        after.ballot_num = rival;
        Some(())
    })
}

/// The leader runs again with the ballot that it had.
fn same_ballot(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    leader_else(world, who, action, |before, after, sent| {
        let scout =
            after.scouts.remove(&after.ballot_num).filter(|_| before.ran && after.ballot_num != before.ballot_num)?;
        after.scouts.insert(before.ballot_num, scout);
        after.ballot_num = before.ballot_num;
        for (_, message) in sent {
            if let Message::P1a { ballot } = message {
                *ballot = before.ballot_num;
            }
        }
        Some(())
    })
}

/// Who runs leads.
fn active_at_once(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    if !matches!(action, Action::Elect(_) | Action::Timeout(_)) {
        return None;
    }
    leader_else(world, who, action, |_, after, _| {
        after.active = true;
        Some(())
    })
}

/// Another vote for what is decided: the leader tells it again.
fn tells_again(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    leader_else(world, who, action, |before, _, sent| {
        let Message::P2b { ballot_num, to } = delivered(action)?.message else { return None };
        let is_vote = ballot_num == Some(to.ballot) && !before.commanders.contains_key(&to);
        let decision = Message::Decision { slot: to.slot, command: to.command };
        *sent = world.cluster().replicas().map(|replica| (replica.into(), decision.clone())).collect();
        is_vote.then_some(())
    })
}

/// The replica performs what a client asks for, and answers.
fn performs_request(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    replica_else(world, who, action, |before, after, sent| {
        let Message::Request { command } = delivered(action)?.message else { return None };
        let mut alone = before.clone();
        let mut effects = Effects::default();
        let message = Message::Decision { slot: before.slot_out, command };
        alone.handle(world.context(), who, &message, &mut effects);
        alone.decisions.clone_from(&before.decisions);
        alone.slot_out = before.slot_out;
        *sent = effects.sent;
        *after = alone;
        (!before.results.contains_key(&command)).then_some(())
    })
}

/// The replica proposes to the first leader only.
fn one_leader(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    replica_else(world, who, action, |_, _, sent| {
        let all = sent.len();
        let first = |to: &ProcessId| matches!(to, ProcessId::Leader(id) if id.0 == 0);
        sent.retain(|(to, message)| !matches!(message, Message::Propose { .. }) || first(to));
        (sent.len() < all).then_some(())
    })
}

/// The replica notes a decision and leaves it at that.
fn notes_only(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    replica_else(world, who, action, |before, after, sent| {
        let performed = after.slot_out > before.slot_out;
        let decisions = std::mem::take(&mut after.decisions);
        *after = Replica { decisions, ..before.clone() };
        sent.clear();
        performed.then_some(())
    })
}

/// The replica passes on what it learned.
fn tells_others(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    replica_else(world, who, action, |before, _, sent| {
        let message = &delivered(action)?.message;
        let Message::Decision { slot, .. } = message else { return None };
        let others = world.cluster().replicas().map(ProcessId::from).filter(|other| *other != who);
        let all = sent.len();
        sent.extend(others.map(|other| (other, message.clone())));
        (sent.len() > all && !before.decisions.contains_key(slot)).then_some(())
    })
}

/// The leader sends its p2a once more.
fn asks_again(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    leader_else(world, who, action, |before, _, sent| {
        let pvalue = match delivered(action)?.message {
            Message::Propose { slot, .. } if before.active => {
                PValue { slot, ballot: before.ballot_num, command: *before.proposals.get(&slot)? }
            }
            Message::P2b { to, .. } if !before.commanders.contains_key(&to) => to,
            _ => return None,
        };
        *sent = world.cluster().acceptors().map(|acceptor| (acceptor.into(), Message::P2a { pvalue })).collect();
        Some(())
    })
}

/// A passive leader runs for office because a replica wants something.
fn runs_when_asked(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    leader_else(world, who, action, |before, after, sent| {
        let Message::Propose { .. } = delivered(action)?.message else { return None };
        let mut effects = Effects::default();
        after.run_for_office(world.context(), &mut effects);
        *sent = effects.sent;
        (!before.active).then_some(())
    })
}

/// The acceptor's answer goes to every leader.
fn answers_all(world: &World, who: ProcessId, action: &Action) -> Option<Outcome> {
    acceptors_only(who)?;
    let mut copy = world.clone();
    let events = copy.apply(action).ok()?;
    let answers: Vec<_> = events.iter().filter_map(sent_by(who)).collect();
    let leaders = || world.cluster().leaders().map(ProcessId::from);
    let sent: Vec<_> =
        answers.iter().flat_map(|(_, message)| leaders().map(|leader| (leader, message.clone()))).collect();
    let notation = Notation::Screen;
    let outcome = Outcome::new(&fields(world, notation, who), &fields(&copy, notation, who), &sent);
    (sent.len() > answers.len()).then_some(outcome)
}
