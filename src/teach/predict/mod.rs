//! Prediction without an answer key: "what will A0 do?" The right choice is what the engine does to a copy of the
//! world; the wrong ones are what it does to a copy in which one well-known misconception is true. So a wrong choice
//! has a name, and gets an answer that names it.

mod misconceptions;
mod outcome;

pub use outcome::Outcome;

use std::borrow::Cow;
use std::fmt;

use crate::pmmc::{ProcessId, Reason};
use crate::world::text::{Notation, pvalue};
use crate::world::{Action, Event, Refusal, World, sentences};

use super::words::choice_rows;
use misconceptions::MISCONCEPTIONS;
use outcome::play;

/// One of the things that a process might do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    /// What it would do.
    pub outcome: Outcome,
    /// The name of what whoever chooses this believes; `None`: it is what happens.
    pub misconception: Option<&'static str>,
    correction: Option<Cow<'static, str>>,
}

/// A question about one action: what will the process that handles it do?
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prediction {
    choices: Vec<Choice>,
    truth: usize,
    reason: String,
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

/// The most rows that its choices take at 80x24, where a question of one row has one message below it.
const CHOICE_ROWS: usize = 6;

impl Prediction {
    /// The question that an action is: the truth and the wrong choices, all of them played by the engine.
    pub fn new(world: &World, action: &Action) -> Result<Self, NoQuestion> {
        let who = handler(action).ok_or(NoQuestion::Nobody)?;
        let (truth, events) = play(world, who, &[], action)?;
        let reason = sentences(Notation::Screen, action, &to_the_point(&events)).join("; ");
        let mut choices = vec![Choice { outcome: truth.clone(), misconception: None, correction: None }];
        for wrong in &MISCONCEPTIONS {
            let Some(outcome) = (wrong.alternative)(world, who, action) else { continue };
            // Nor may two read the same.
            let is_new = |known: &Choice| known.outcome != outcome && known.outcome.lines() != outcome.lines();
            let rows = |outcome: &Outcome| choice_rows(&outcome.lines());
            let taken: usize = choices.iter().map(|known| rows(&known.outcome)).sum();
            let fits = choices.len() < 2 || taken + rows(&outcome) <= CHOICE_ROWS;
            if choices.len() <= MOST_WRONG && fits && choices.iter().all(is_new) {
                let because = if wrong.id == IGNORED { handled(who, &events) } else { None };
                let correction = Some(because.map_or(Cow::Borrowed(wrong.correction), Cow::Owned));
                choices.push(Choice { outcome, misconception: Some(wrong.id), correction });
            }
        }
        if choices.len() < 2 {
            return Err(NoQuestion::NoWrongChoice(truth.to_string()));
        }
        // An order that tells nothing about which is true, and is the same for the whole class.
        let question = choices.iter().map(|choice| scramble(0, &choice.outcome.to_string())).fold(0, u64::wrapping_add);
        choices.sort_by_cached_key(|choice| (scramble(question, &choice.outcome.to_string()), choice.outcome.clone()));
        let truth = choices.iter().position(|choice| choice.misconception.is_none()).unwrap_or_default();
        Ok(Self { choices, truth, reason })
    }

    /// What the learner chooses from.
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// A choice as it is shown: what changes, and what is sent.
    pub fn lines(&self, choice: usize) -> Vec<String> {
        self.choices.get(choice).map(|choice| choice.outcome.lines()).unwrap_or_default()
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

    /// What is said to who chose this; nothing to who chose nothing.
    pub fn verdict(&self, choice: Option<usize>) -> Option<String> {
        let choice = self.choices.get(choice?)?;
        Some(choice.correction.as_ref().map_or_else(|| "Right.".to_owned(), |correction| format!("No: {correction}.")))
    }
}

fn reasons(events: &[Event]) -> impl Iterator<Item = &Reason> {
    events.iter().filter_map(|event| if let Event::Executed { reason, .. } = event { Some(reason) } else { None })
}

/// What happened without what the rest of it says: the count that completes a majority, the scout or commander that ends
/// with it or gives up, and the commander that begins, of which the p2a tells that are sent.
fn to_the_point(events: &[Event]) -> Vec<Event> {
    let any = |is: fn(&Reason) -> bool| reasons(events).any(is);
    let scouted = any(|reason| matches!(reason, Reason::P1bMajority { .. }));
    let elected = any(|reason| matches!(reason, Reason::Adopted { .. }));
    let decided = any(|reason| matches!(reason, Reason::P2bMajority { .. }));
    let preempted = any(|reason| matches!(reason, Reason::Preempted { .. }));
    let proposed = any(|reason| matches!(reason, Reason::ReplicaPropose { .. }));
    let others = any(|reason| !matches!(reason, Reason::SpawnCommander { .. }));
    let is_told = |event: &&Event| match event {
        Event::Executed { reason, .. } => match reason {
            Reason::P1bCount { .. } => !scouted,
            Reason::P1bMajority { .. } => !elected,
            Reason::P2bCount { .. } => !decided,
            Reason::P1bPreempted { .. } | Reason::P2bPreempted { .. } => !preempted,
            Reason::RequestNew { .. } => !proposed,
            Reason::SpawnCommander { .. } => !others,
            _ => true,
        },
        _ => true,
    };
    events.iter().filter(is_told).cloned().collect()
}

/// The misconception that a message is ignored which is not.
const IGNORED: &str = "ignored";

/// Why a message is not ignored: what its guard saw.
fn handled(who: ProcessId, events: &[Event]) -> Option<String> {
    let waits = |what: String, from: &dyn fmt::Display| format!("{who}'s {what} still waits for the answer of {from}");
    let why = reasons(events).find_map(|reason| match *reason {
        Reason::P1bCount { ballot, from, .. } | Reason::P1bPreempted { ballot, from, .. } => {
            Some(waits(format!("scout of {ballot}"), &from))
        }
        Reason::P2bCount { pvalue: one, from, .. }
        | Reason::P2bPreempted { pvalue: one, from, .. }
        | Reason::P2bLower { pvalue: one, from, .. } => {
            Some(waits(format!("commander of {}", pvalue(Notation::Screen, &one)), &from))
        }
        Reason::ProposeNew { slot, .. } => Some(format!("{who} had no proposal for slot {slot}")),
        Reason::RequestNew { command } => Some(format!("{who} did not have {command} yet")),
        Reason::DecisionNew { slot, .. } => Some(format!("{who} did not know yet what slot {slot} is")),
        Reason::Learn { slot, known: Some(_) } => Some(format!("{who} knows what slot {slot} is")),
        Reason::RequestKnown { command, performed: true } => {
            Some(format!("{who} performed {command} and has its result"))
        }
        _ => None,
    })?;
    Some(format!("it is not ignored: {why}"))
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
    fn where_no_misconception_matters_nothing_is_asked() {
        let fresh = world(&[]);
        let refusal = Prediction::new(&fresh, &parse_action("crash A1", &fresh).unwrap());
        assert!(matches!(refusal, Err(NoQuestion::NoWrongChoice(_))), "{refusal:?}");
        assert_eq!(Prediction::new(&fresh, &Action::Heal), Err(NoQuestion::Nobody));
    }

    /// Of every delivery of some random runs: one truth, it is what the engine does, and no wrong choice is it.
    #[test]
    fn the_truth_is_the_engines() {
        // Of each kind: asked, delivered, and asked with three choices or more.
        let mut asked: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
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
                        counts.2 += usize::from(prediction.choices().len() > 2);
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

    /// What is true names every scout and commander that comes, goes, or heard an answer.
    fn names_its_work(world: &World, who: ProcessId, action: &Action, told: &str) {
        let ProcessId::Leader(id) = who else { return };
        let mut after = world.clone();
        after.apply(action).unwrap();
        let [before, after] = [world, &after].map(|world| world.leader(id).unwrap().state.clone());
        let scouts = before.scouts.keys().chain(after.scouts.keys());
        for ballot in scouts.filter(|one| before.scouts.get(one) != after.scouts.get(one)) {
            let stays = before.scouts.contains_key(ballot) && after.scouts.contains_key(ballot);
            let name = if stays { "scout".to_owned() } else { format!("scout {ballot}") };
            assert!(told.contains(&name), "{name}: {told}");
        }
        let commanders = before.commanders.keys().chain(after.commanders.keys());
        for one in commanders.filter(|one| before.commanders.get(one) != after.commanders.get(one)) {
            let [short, long] = [format!("cmdr {} {}", one.slot, one.command), pvalue(Notation::Screen, one)];
            assert!(told.contains(&short) || told.contains(&long), "{one:?}: {told}");
        }
    }

    /// Where a scout or commander comes or goes, each choice says what becomes of it.
    #[test]
    fn choices_name_what_becomes_of_scouts_and_commanders() {
        let mut world =
            world(&["elect L0", "deliver L0>A0", "deliver A0>L0", "elect L1", "deliver L1>A1", "deliver L0>A1"]);
        let bad_news = question(&world, "deliver A1>L0");
        assert_eq!(bad_news.lines(bad_news.truth()).join("; "), "rival: none → 0.1, scout 0.0 → none; sends nothing");
        for action in ["deliver L1>A0", "deliver A1>L1", "deliver A0>L1", "request C0 put k1 v1", "deliver C0>R0"] {
            let action = parse_action(action, &world).unwrap();
            world.apply(&action).unwrap();
        }
        let proposed = question(&world, "deliver R0>L1");
        let told = "proposals: +⟨1, A⟩, +cmdr 1 A; sends p2a(⟨0.1, 1, A⟩) to A0, A1, A2";
        assert_eq!(proposed.lines(proposed.truth()).join("; "), told);
    }

    fn is_sound(prediction: &Prediction, world: &World, who: ProcessId, action: &Action) {
        let (truth, _) = play(world, who, &[], action).unwrap();
        let choices = prediction.choices();
        assert!((2..=MOST_WRONG + 1).contains(&choices.len()));
        let mut shown: Vec<_> = (0..choices.len()).map(|at| prediction.lines(at)).collect();
        names_its_work(world, who, action, &prediction.lines(prediction.truth())[0]);
        shown.sort();
        shown.dedup();
        assert_eq!(shown.len(), choices.len(), "two choices read the same: {prediction:?}");
        for (at, choice) in choices.iter().enumerate() {
            assert_eq!(choice.outcome == truth, prediction.is_right(at));
            assert_eq!(choice.misconception.is_none(), prediction.is_right(at));
            assert_eq!(prediction.verdict(Some(at)).unwrap() == "Right.", prediction.is_right(at));
        }
    }
}
