//! Prediction without an answer key: "what will A0 do?" The right choice is what the engine does to a copy of the
//! world; the wrong ones are what it does to a copy in which one well-known misconception is true. So a wrong choice
//! has a name, and gets an answer that names it.

use std::fmt;

use crate::pmmc::{
    Acceptor, Bug, Effects, Leader, Message, OnPreempted, P2aRule, PValue, ProcessId, Reason, Replica, RuleChange,
    StableField,
};
use crate::world::text::{self, Notation};
use crate::world::{
    Action, Envelope, Event, Field, Refusal, World, acceptor_fields, fields, joined, leader_fields, replica_fields,
    sentences,
};

/// What one process does in one step: which of its fields change, and what it sends.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Outcome {
    /// `ballot_num: 0 → 0.1`, one text a field that changes.
    changes: Vec<String>,
    /// `p1b(0.1, []) to L1`, one text a message.
    sends: Vec<String>,
}

impl Outcome {
    fn new(before: &[Field], after: &[Field], sent: &[(ProcessId, Message)]) -> Self {
        let pairs = before.iter().zip(after).filter(|(old, new)| old != new);
        let changes = pairs.map(|((name, old), (_, new))| format!("{name}: {old} → {new}")).collect();
        Self { changes, sends: sends(sent) }
    }

    /// The two lines to show: what changes, and what is sent.
    pub fn lines(&self) -> Vec<String> {
        self.lines_of(&self.changes)
    }

    fn lines_of(&self, changes: &[String]) -> Vec<String> {
        let or = |parts: &[String], nothing: &str| if parts.is_empty() { nothing.to_owned() } else { parts.join(", ") };
        vec![or(changes, "nothing changes"), format!("sends {}", or(&self.sends, "nothing"))]
    }

    /// The same without scouts and commanders: what a leader sends tells of them.
    fn brief_lines(&self) -> Vec<String> {
        let told = |change: &&String| !change.starts_with("scouts: ") && !change.starts_with("commanders: ");
        self.lines_of(&self.changes.iter().filter(told).cloned().collect::<Vec<_>>())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines().join("; "))
    }
}

/// The messages sent, equal ones to several receivers told once.
fn sends(sent: &[(ProcessId, Message)]) -> Vec<String> {
    let mut told: Vec<(String, Vec<ProcessId>)> = Vec::new();
    for (to, message) in sent {
        let message = text::message(Notation::Screen, message);
        match told.iter_mut().find(|(known, _)| *known == message) {
            Some((_, receivers)) => receivers.push(*to),
            None => told.push((message, vec![*to])),
        }
    }
    told.into_iter().map(|(message, to)| format!("{message} to {}", joined(to))).collect()
}

/// One of the things that a process might do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    /// What it would do.
    pub outcome: Outcome,
    /// The name of what whoever chooses this believes; `None`: it is what happens.
    pub misconception: Option<&'static str>,
    correction: Option<&'static str>,
}

/// A question about one action: what will the process that handles it do?
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prediction {
    choices: Vec<Choice>,
    truth: usize,
    reason: String,
    /// Whether scouts and commanders can be left out, as nobody needs them to tell the choices apart.
    brief: bool,
}

/// Why there is nothing to ask about an action.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum NoQuestion {
    #[error("{0}")]
    Refused(#[from] Refusal),
    #[error("no process handles this action, so nobody's doing can be predicted; ask about a delivery")]
    Nobody,
    #[error(
        "every misconception that is known leads to what really happens ({0}), so there is no wrong choice to offer; \
         ask about another message"
    )]
    NoWrongChoice(String),
}

/// The most wrong choices of a question.
const MOST_WRONG: usize = 3;

impl Prediction {
    /// The question that an action is: the truth and the wrong choices, all of them played by the engine.
    pub fn new(world: &World, action: &Action) -> Result<Self, NoQuestion> {
        let who = handler(action).ok_or(NoQuestion::Nobody)?;
        let (truth, events) = play(world, who, &[], action)?;
        let reason = sentences(Notation::Screen, action, &to_the_point(&events)).join("; ");
        let mut choices = vec![Choice { outcome: truth.clone(), misconception: None, correction: None }];
        for wrong in &MISCONCEPTIONS {
            let Some(outcome) = (wrong.alternative)(world, who, action) else { continue };
            if choices.len() <= MOST_WRONG && choices.iter().all(|known| known.outcome != outcome) {
                let (misconception, correction) = (Some(wrong.id), Some(wrong.correction));
                choices.push(Choice { outcome, misconception, correction });
            }
        }
        if choices.len() < 2 {
            return Err(NoQuestion::NoWrongChoice(truth.to_string()));
        }
        // An order that tells nothing about which is true, and is the same for the whole class.
        let question = choices.iter().map(|choice| scramble(0, &choice.outcome.to_string())).fold(0, u64::wrapping_add);
        choices.sort_by_cached_key(|choice| (scramble(question, &choice.outcome.to_string()), choice.outcome.clone()));
        let truth = choices.iter().position(|choice| choice.misconception.is_none()).unwrap_or_default();
        let brief = choices.iter().enumerate().all(|(at, choice)| {
            let lines = choice.outcome.brief_lines();
            let hides_all = lines.starts_with(&["nothing changes".to_owned()]) && !choice.outcome.changes.is_empty();
            !hides_all && choices.iter().take(at).all(|other| other.outcome.brief_lines() != lines)
        });
        Ok(Self { choices, truth, reason, brief })
    }

    /// What the learner chooses from.
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// A choice as it is shown: what changes, and what is sent.
    pub fn lines(&self, choice: usize) -> Vec<String> {
        let outcome = self.choices.get(choice).map(|choice| &choice.outcome);
        outcome.map(|one| if self.brief { one.brief_lines() } else { one.lines() }).unwrap_or_default()
    }

    /// Which choice is what happens.
    pub fn truth(&self) -> usize {
        self.truth
    }

    /// Why it happens, in the engine's words.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Whether this choice is what happens.
    pub fn is_right(&self, choice: usize) -> bool {
        choice == self.truth
    }

    /// What is said to who chose this; to who chose nothing, only why it happens.
    pub fn verdict(&self, choice: Option<usize>) -> String {
        let reason = &self.reason;
        match choice.and_then(|at| self.choices.get(at)) {
            None => format!("{reason}."),
            Some(Choice { correction: None, .. }) => format!("Right. {reason}."),
            Some(Choice { correction: Some(correction), .. }) => format!("No: {correction}. {reason}."),
        }
    }
}

/// What happened without the count that completes a majority: that there is one says it.
fn to_the_point(events: &[Event]) -> Vec<Event> {
    let reasons = || {
        events.iter().filter_map(|event| if let Event::Executed { reason, .. } = event { Some(reason) } else { None })
    };
    let elected = reasons().any(|reason| matches!(reason, Reason::P1bMajority { .. }));
    let decided = reasons().any(|reason| matches!(reason, Reason::P2bMajority { .. }));
    let is_told = |event: &&Event| match event {
        Event::Executed { reason: Reason::P1bCount { .. }, .. } => !elected,
        Event::Executed { reason: Reason::P2bCount { .. }, .. } => !decided,
        _ => true,
    };
    events.iter().filter(is_told).cloned().collect()
}

/// FNV-1a and a last stir, by hand: the order of choices must be the same for years, on every machine.
pub(super) fn scramble(seed: u64, text: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325 ^ seed, step);
    (hash ^ (hash >> 29)).wrapping_mul(0x94d0_49bb_1331_11eb) ^ (hash >> 32)
}

/// The process whose doing is asked for.
fn handler(action: &Action) -> Option<ProcessId> {
    match action {
        Action::Deliver(envelope) => Some(envelope.to),
        Action::Elect(leader) | Action::Timeout(leader) => Some((*leader).into()),
        Action::Crash(process) | Action::Restart(process) | Action::Resend(process) => Some(*process),
        _ => None,
    }
}

/// What `who` does when these actions happen to a copy of the world; what is sent counts for the last one only.
fn play(world: &World, who: ProcessId, before: &[Action], action: &Action) -> Result<(Outcome, Vec<Event>), Refusal> {
    let mut copy = world.clone();
    for action in before {
        copy.apply(action)?;
    }
    let events = copy.apply(action)?;
    let sent: Vec<_> = events.iter().filter_map(sent_by(who)).collect();
    let notation = Notation::Screen;
    let outcome = Outcome::new(&fields(world, notation, who), &fields(&copy, notation, who), &sent);
    Ok((outcome, events))
}

fn sent_by(who: ProcessId) -> impl Fn(&Event) -> Option<(ProcessId, Message)> {
    move |event| match event {
        Event::Sent(envelope) if envelope.from == who => Some((envelope.to, envelope.message.clone())),
        _ => None,
    }
}

/// Something that is widely believed and not so.
struct Misconception {
    /// Its name, for scores and tests.
    id: &'static str,
    /// The sentence that puts it right.
    correction: &'static str,
    /// What the engine would do if it were so; `None` where it does not apply.
    alternative: fn(&World, ProcessId, &Action) -> Option<Outcome>,
}

/// The misconceptions, for each role the most tempting first. Most are a deliberate bug or another rule of the engine.
static MISCONCEPTIONS: [Misconception; 21] = [
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
        correction: "an acceptor always answers, even when it refuses: the answer tells which ballot it has",
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
        id: "ignore_pvals",
        correction: "what a majority may have chosen wins over what the leader itself wants",
        alternative: |world, who, action| with_bug(world, who, action, Bug::IgnorePvals),
    },
    Misconception {
        id: "pmax_lowest",
        correction: "of several commands that were accepted in a slot, the one of the highest ballot counts",
        alternative: |world, who, action| with_bug(world, who, action, Bug::PmaxLowest),
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
        correction: "a leader asks for votes only once it is elected; until then it keeps what it is asked for",
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
        correction: "a preempted leader waits before it runs again: two that run at once can go on for ever",
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::script::parse_action;
    use crate::world::{Setup, World};

    fn world(actions: &[&str]) -> World {
        let mut world = World::new(&Setup::default()).unwrap();
        for action in actions {
            let action = parse_action(action, &world).unwrap();
            world.apply(&action).unwrap();
        }
        world
    }

    fn question(world: &World, action: &str) -> Prediction {
        Prediction::new(world, &parse_action(action, world).unwrap()).unwrap()
    }

    fn misconceptions(prediction: &Prediction) -> Vec<&'static str> {
        prediction.choices().iter().filter_map(|choice| choice.misconception).collect()
    }

    #[test]
    fn leaders_and_replicas_have_misconceptions_too() {
        let elected = world(&["request C0 put k1 v1", "deliver C0>R0", "deliver R0>L0", "elect L0", "deliver L0>A0"]);
        let scout = question(&elected, "deliver A0>L0");
        assert!(misconceptions(&scout).contains(&"one_is_enough"), "{scout:?}");
        let mut decided = elected;
        for action in ["deliver A0>L0", "deliver L0>A1", "deliver A1>L0", "elect L1", "deliver L1>A0 p1a"] {
            let action = parse_action(action, &decided).unwrap();
            decided.apply(&action).unwrap();
        }
        for action in ["deliver L0>A0 p2a", "deliver L0>A1 p2a", "deliver A1>L0 p2b"] {
            let action = parse_action(action, &decided).unwrap();
            decided.apply(&action).unwrap();
        }
        let preempted = question(&decided, "deliver A0>L0 p2b");
        assert!(misconceptions(&preempted).contains(&"preempted_rescout"), "{preempted:?}");
    }

    #[test]
    fn an_election_has_no_wrong_choice() {
        let fresh = world(&[]);
        let refusal = Prediction::new(&fresh, &parse_action("elect L0", &fresh).unwrap());
        assert!(matches!(refusal, Err(NoQuestion::NoWrongChoice(_))), "{refusal:?}");
        assert_eq!(Prediction::new(&fresh, &Action::Heal), Err(NoQuestion::Nobody));
    }

    /// Of every delivery of some random runs: one truth, it is what the engine does, and no wrong choice is it.
    #[test]
    fn the_truth_is_the_engines() {
        let mut asked: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        let mut random = 1_u64;
        for _ in 0..20 {
            let mut world = world(&["request C0 put k1 v1", "request C0 append k1 v2", "elect L0", "elect L1"]);
            for _ in 0..300 {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let is_delivery = |action: &Action| matches!(action, Action::Deliver(_));
                let mut actions = world.enabled();
                if random >> 60 > 0 && actions.iter().any(is_delivery) {
                    actions.retain(is_delivery);
                }
                let action = actions[(random >> 33) as usize % actions.len()].clone();
                if let Action::Deliver(envelope) = &action {
                    let counts = asked.entry(envelope.message.kind().name()).or_default();
                    counts.1 += 1;
                    if let Ok(prediction) = Prediction::new(&world, &action) {
                        counts.0 += 1;
                        is_sound(&prediction, &world, envelope.to, &action);
                    }
                }
                world.apply(&action).unwrap();
            }
        }
        // An acceptor can always be asked about.
        assert_eq!(asked["p1a"].0, asked["p1a"].1, "{asked:?}");
        assert_eq!(asked["p2a"].0, asked["p2a"].1, "{asked:?}");
        assert!(asked["p1b"].0 > 0 && asked["p2b"].0 > 0 && asked["decision"].0 > 0, "{asked:?}");
        println!("{asked:?}");
    }

    fn is_sound(prediction: &Prediction, world: &World, who: ProcessId, action: &Action) {
        let (truth, _) = play(world, who, &[], action).unwrap();
        let choices = prediction.choices();
        assert!((2..=MOST_WRONG + 1).contains(&choices.len()));
        for (at, choice) in choices.iter().enumerate() {
            assert_eq!(choice.outcome == truth, prediction.is_right(at));
            assert_eq!(choice.misconception.is_none(), prediction.is_right(at));
            assert_eq!(prediction.verdict(Some(at)).starts_with("Right."), prediction.is_right(at));
        }
    }
}
