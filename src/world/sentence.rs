//! The sentence for every reason, with the numbers filled in. It says what the process did and, after the colon, why.

use crate::pmmc::{Count, PValue, ProcessId, Reason};

use super::text::{Notation, ballot_num, pvalue};
use super::{Action, Envelope, Event, Partition, WorldRule, text};

/// One sentence for each rule that a step executed, in order.
pub fn sentences(notation: Notation, action: &Action, events: &[Event]) -> Vec<String> {
    let sent = events.iter().any(|event| matches!(event, Event::Sent(_)));
    events
        .iter()
        .filter_map(|event| match event {
            Event::Executed { process, reason } => Some(sentence(notation, *process, reason)),
            Event::World(WorldRule::Resend) if !sent => Some(match action {
                Action::Resend(process) => format!("{process} has nothing to send again: nothing is unanswered"),
                _ => WorldRule::Resend.rule().to_owned(),
            }),
            Event::World(rule) => Some(world_sentence(notation, *rule, action)),
            Event::Sent(_) | Event::Written { .. } => None,
        })
        .collect()
}

/// The part of a sentence that says what was done, without why.
pub fn what_was_done(sentence: &str) -> &str {
    let why = [": ", ", though ", " above its ballot_num"].iter().filter_map(|why| sentence.find(why)).min();
    why.and_then(|at| sentence.get(..at)).unwrap_or(sentence)
}

/// What a step is about, where that is not the last thing that it did: a leader starts its commanders because it becomes
/// active.
pub fn headline(events: &[Event]) -> Option<String> {
    events.iter().find_map(|event| match event {
        Event::Executed { process, reason: reason @ Reason::Adopted { .. } } => {
            Some(what_was_done(&sentence(Notation::Screen, *process, reason)).to_owned())
        }
        _ => None,
    })
}

/// What this process did for this reason.
pub fn sentence(notation: Notation, process: ProcessId, reason: &Reason) -> String {
    match process {
        ProcessId::Client(_) => client_sentence(process, reason),
        ProcessId::Replica(_) => replica_sentence(process, reason),
        ProcessId::Leader(_) => leader_sentence(notation, process, reason),
        ProcessId::Acceptor(_) => acceptor_sentence(notation, process, reason),
    }
}

fn client_sentence(client: ProcessId, reason: &Reason) -> String {
    match *reason {
        Reason::ClientRequest { command } => format!("{client} asks every replica for {command}"),
        Reason::ClientResponse { command, first: true } => {
            format!("{client} has the answer to {command}: it is the first one")
        }
        Reason::ClientResponse { command, first: false } => {
            format!("{client} ignores the response: it already has the answer to {command}")
        }
        _ => rule_only(client, reason),
    }
}

fn replica_sentence(replica: ProcessId, reason: &Reason) -> String {
    match *reason {
        Reason::RequestNew { command } => format!("{replica} takes {command} into its requests"),
        Reason::RequestKnown { command, performed: false } => {
            format!("{replica} ignores request({command}): {command} already waits in its requests")
        }
        Reason::RequestKnown { command, performed: true } => {
            format!("{replica} answers at once: it performed {command} before")
        }
        Reason::ReplicaPropose { slot, command } => {
            format!("{replica} proposes \"Op{slot} should be {command}\": slot {slot} is free and within the window")
        }
        Reason::DecisionNew { slot, command } => format!("{replica} learns \"Op{slot} is {command}\""),
        Reason::DecisionKnown { slot, command, known } if command == known => {
            format!("{replica} ignores the decision: it knows \"Op{slot} is {command}\" already")
        }
        Reason::DecisionKnown { slot, command, known } => {
            format!("{replica} keeps {known} for slot {slot}, though it is now told {command}: a slot is decided once")
        }
        Reason::Perform { slot, command } => {
            format!("{replica} performs {command}: slot {slot} is the next to perform (slot_out)")
        }
        Reason::Skip { slot, command, earlier } => {
            format!("{replica} skips {command} in slot {slot}: it performed {command} already, in slot {earlier}")
        }
        Reason::Displaced { slot, command, by } => {
            format!("{replica} wants {command} again: {by} took slot {slot} from it")
        }
        Reason::Learn { slot, known: Some(command) } => format!("{replica} passes on \"Op{slot} is {command}\""),
        Reason::Learn { slot, known: None } => format!("{replica} has no answer: it does not know slot {slot} either"),
        _ => rule_only(replica, reason),
    }
}

fn leader_sentence(notation: Notation, leader: ProcessId, reason: &Reason) -> String {
    match *reason {
        Reason::Elect { ballot } => {
            format!("{leader} runs for office with ballot {ballot}: its scout asks every acceptor")
        }
        Reason::ProposeNew { slot, command, active: true } => {
            format!("{leader} takes {command} for slot {slot}: it had no proposal there")
        }
        Reason::ProposeNew { slot, command, active: false } => {
            format!("{leader} keeps {command} for slot {slot} until it is active: it had no proposal there")
        }
        Reason::ProposeKnown { slot, command, kept } if command == kept => {
            format!("{leader} ignores propose({slot}, {command}): it has {command} in slot {slot} already")
        }
        Reason::ProposeKnown { slot, command, kept } => {
            format!("{leader} ignores propose({slot}, {command}): its slot {slot} is taken by {kept}")
        }
        Reason::Adopted { ballot } => format!("{leader} becomes active: a majority adopted its ballot_num {ballot}"),
        Reason::Pmax { accepted: PValue { slot, ballot, command }, own } => {
            let does = match own {
                None => format!("takes {command} for slot {slot}"),
                Some(own) if own == command => format!("keeps {command} for slot {slot}"),
                Some(own) => format!("gives up {own} for slot {slot} and takes {command}"),
            };
            format!("{leader} {does} (pmax): it was accepted under {ballot}")
        }
        Reason::AdoptedStale { ballot, ballot_num } => {
            format!("{leader} ignores adopted({ballot}): its ballot_num is {ballot_num} now")
        }
        Reason::Preempted { by, ballot_num: own } => {
            format!("{leader} is preempted: {} > its ballot_num {own}", ballot_num(by))
        }
        Reason::PreemptedStale { by, ballot_num: own } => {
            let relation = if by == Some(own) { "=" } else { "<" };
            format!("{leader} ignores preempted({0}): {0} {relation} its ballot_num {own}", ballot_num(by))
        }
        Reason::LeaderPing { rival } => {
            format!("{leader} asks whether {} is still there: {rival} preempted {leader}", rival.leader)
        }
        Reason::PingAnswer { .. } => format!("{leader} answers the ping: it is still there"),
        Reason::Pong { ballot, rival } if rival == Some(ballot) => {
            format!("{leader} hears from its rival {}: it goes on waiting", ballot.leader)
        }
        Reason::Pong { ballot, .. } => format!("{leader} ignores the pong: {ballot} is not its rival"),
        Reason::SpawnCommander { pvalue: one } => {
            format!("{leader} starts a commander: it asks every acceptor for {}", pvalue(notation, &one))
        }
        _ => scout_sentence(leader, reason)
            .or_else(|| commander_sentence(notation, leader, reason))
            .unwrap_or_else(|| rule_only(leader, reason)),
    }
}

fn scout_sentence(leader: ProcessId, reason: &Reason) -> Option<String> {
    Some(match *reason {
        Reason::P1bCount { from, count: Count { first: false, .. }, .. } => {
            format!("{leader}'s scout has counted {from} already: answers are counted by acceptor")
        }
        Reason::P1bCount { ballot, from, ballot_num: carried, .. } if carried != Some(ballot) => {
            format!("{leader}'s scout counts {from}, though its answer carries {}, not {ballot}", ballot_num(carried))
        }
        Reason::P1bCount { ballot, from, count: Count { missing, .. }, .. } => {
            format!("{leader}'s scout counts {from}: it adopted {ballot}{}", to_majority(missing))
        }
        Reason::P1bMajority { ballot, missing: 1.. } => {
            format!("{leader}'s scout is done, though no majority adopted {ballot}")
        }
        Reason::P1bMajority { ballot, .. } => format!("{leader}'s scout is done: a majority adopted {ballot}"),
        Reason::P1bPreempted { ballot, from, by } => {
            format!("{leader}'s scout gives up: {from} has {} > its ballot {ballot}", ballot_num(by))
        }
        Reason::ScoutGone { ballot, from } => {
            format!("{leader} ignores the p1b of {from}: its scout of {ballot} is gone")
        }
        _ => return None,
    })
}

/// `; 1 more makes a majority`; nothing if it is reached, which the next sentence tells.
fn to_majority(missing: u8) -> String {
    match missing {
        0 => String::new(),
        1 => "; 1 more makes a majority".to_owned(),
        _ => format!("; {missing} more make a majority"),
    }
}

fn commander_sentence(notation: Notation, leader: ProcessId, reason: &Reason) -> Option<String> {
    Some(match *reason {
        Reason::P2bCount { from, count: Count { first: false, .. }, .. } => {
            format!("{leader}'s commander has counted {from} already: votes are counted by acceptor")
        }
        Reason::P2bCount { pvalue: one, from, ballot_num: carried, .. } if carried != Some(one.ballot) => {
            let ballot = one.ballot;
            format!(
                "{leader}'s commander counts {from}, though its answer carries {}, not {ballot}",
                ballot_num(carried)
            )
        }
        Reason::P2bCount { pvalue: one, from, count: Count { missing, .. }, .. } => {
            let what = pvalue(notation, &one);
            format!("{leader}'s commander counts {from}: it accepted {what}{}", to_majority(missing))
        }
        Reason::P2bMajority { pvalue: one, missing: 1.. } => {
            let what = pvalue(notation, &one);
            format!(
                "{leader}'s commander tells all replicas \"Op{} is {}\", though no majority accepted {what}",
                one.slot, one.command
            )
        }
        Reason::P2bMajority { pvalue: one, .. } => {
            let what = pvalue(notation, &one);
            format!(
                "{leader}'s commander tells all replicas \"Op{} is {}\": a majority accepted {what}",
                one.slot, one.command
            )
        }
        Reason::P2bPreempted { pvalue: one, from, by } => {
            format!("{leader}'s commander gives up: {from} has {} > its ballot {}", ballot_num(by), one.ballot)
        }
        Reason::P2bLower { pvalue: one, from, ballot_num: lower } => {
            format!("{leader}'s commander gets no vote: {from} has {} < its ballot {}", ballot_num(lower), one.ballot)
        }
        Reason::CommanderGone { pvalue: one, from } => {
            let what = pvalue(notation, &one);
            format!("{leader} ignores the p2b of {from}: its commander for {what} is gone")
        }
        _ => return None,
    })
}

fn acceptor_sentence(notation: Notation, acceptor: ProcessId, reason: &Reason) -> String {
    let unequal = match notation {
        Notation::Files => "!=",
        Notation::Screen => "≠",
    };
    match *reason {
        Reason::P1aAdopt { ballot, before: None } => format!("{acceptor} adopts {ballot}: it has no ballot yet"),
        Reason::P1aAdopt { ballot, before: Some(before) } if before >= ballot => {
            let relation = if before == ballot { "=" } else { "<" };
            format!("{acceptor} adopts {ballot}, though {ballot} {relation} its ballot_num {before}")
        }
        Reason::P1aAdopt { ballot, before: Some(before) } => {
            format!("{acceptor} adopts {ballot}: {ballot} > its ballot_num {before}")
        }
        Reason::P1aRefuse { ballot, ballot_num: current } => {
            let relation = if current == Some(ballot) { "=" } else { "<" };
            let current = ballot_num(current);
            format!("{acceptor} keeps ballot_num {current}: {ballot} {relation} {current}")
        }
        Reason::P2aAccept { pvalue: one, before } => {
            let what = pvalue(notation, &one);
            match before {
                Some(before) if before == one.ballot => {
                    format!("{acceptor} accepts {what}: {before} = its ballot_num")
                }
                Some(before) if before > one.ballot => {
                    format!("{acceptor} accepts {what}, though {} < its ballot_num {before}", one.ballot)
                }
                Some(before) => {
                    format!(
                        "{acceptor} accepts {what} above its ballot_num: {} > {before} (rule p2a: at_least)",
                        one.ballot
                    )
                }
                None => format!("{acceptor} accepts {what}: it has no ballot yet (rule p2a: at_least)"),
            }
        }
        Reason::P2aRefuse { pvalue: one, ballot_num: current } => {
            let what = pvalue(notation, &one);
            let p2a = if notation == Notation::Files { format!("p2a{what}") } else { format!("p2a({what})") };
            match current {
                Some(current) => {
                    format!("{acceptor} refuses {p2a}: {} {unequal} its ballot_num {current}", one.ballot)
                }
                None => format!("{acceptor} refuses {p2a}: it has not adopted {}", one.ballot),
            }
        }
        _ => rule_only(acceptor, reason),
    }
}

/// A reason of one role at a process of another: no handler gives such a one.
fn rule_only(process: ProcessId, reason: &Reason) -> String {
    format!("{process}: {}", reason.rule())
}

fn world_sentence(notation: Notation, rule: WorldRule, action: &Action) -> String {
    match (rule, action) {
        (WorldRule::Drop, Action::Drop(envelope)) => format!("{} is lost", one_message(notation, envelope)),
        (WorldRule::Duplicate, Action::Duplicate(envelope)) => {
            format!("{} is in flight once more", one_message(notation, envelope))
        }
        (WorldRule::Crash(process), _) => {
            format!("{process} crashes: only what is in stable storage is left")
        }
        (WorldRule::Restart(process), _) => {
            format!("{process} restarts with what was in stable storage")
        }
        (WorldRule::Partition, Action::Partition(partition)) => {
            format!("The network is cut: {}", groups(partition))
        }
        (WorldRule::Heal, _) => "The network is whole again".to_owned(),
        (WorldRule::Resend, Action::Resend(process)) => format!("{process} sends again what was not answered"),
        (WorldRule::Rule, Action::Rule(change)) => format!("From here on another rule holds: {change}"),
        (rule, _) => rule.rule().to_owned(),
    }
}

fn one_message(notation: Notation, envelope: &Envelope) -> String {
    format!("{} from {} to {}", text::message(notation, &envelope.message), envelope.from, envelope.to)
}

/// The groups of a partition as the action language writes them: `A0 L0 | A1 A2`.
pub(crate) fn groups(partition: &Partition) -> String {
    let groups: Vec<String> = partition
        .groups()
        .iter()
        .map(|group| group.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        .collect();
    groups.join(" | ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pmmc::{Ballot, CommandId, LeaderId, Slot};

    /// What a leader takes over is said whatever it wanted itself, also where only what was done is told.
    #[test]
    fn a_leader_that_takes_over_names_pmax() {
        let accepted =
            PValue { ballot: Ballot { seqnum: 0, leader: LeaderId(0) }, slot: Slot(1), command: CommandId(0) };
        for (own, does) in [
            (None, "L1 takes A for slot 1 (pmax)"),
            (Some(0), "L1 keeps A for slot 1 (pmax)"),
            (Some(1), "L1 gives up B for slot 1 and takes A (pmax)"),
        ] {
            let reason = Reason::Pmax { accepted, own: own.map(CommandId) };
            let told = sentence(Notation::Screen, LeaderId(1).into(), &reason);
            assert_eq!(told, format!("{does}: it was accepted under 0.0"));
            assert_eq!(what_was_done(&told), does);
        }
    }
}
