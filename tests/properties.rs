//! Random runs under every rule: nothing panics, no invariant is ever violated, every action can be said and is
//! understood again.

// Helpers of tests are tests too, which clippy does not see.
#![allow(clippy::expect_used, clippy::panic)]

use paxoscope::pmmc::{
    ClientId, Cluster, CommandId, DuplicateRequest, Local, LowerP2b, OnPreempted, Op, P2aRule, ProcessId, RuleChange,
    Rules, Slot, StableField, Start,
};
use paxoscope::script::{Scenario, action_text, parse_action};
use paxoscope::world::{Action, Partition, Request, Setup, Watch, World};

const SEEDS: u64 = 20;
const STEPS: usize = 10_000;
/// More messages in flight than this are thinned out, so that runs stay small.
const CROWDED: usize = 40;

/// `SplitMix64`: a seed in a failing test must mean the same run for years.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }
}

/// A cluster and rules of its own for every seed.
fn setup(random: &mut Random) -> Setup {
    let cluster = Cluster {
        acceptors: random.pick(&[3, 3, 4, 5]),
        leaders: random.pick(&[1, 2, 3]),
        replicas: random.pick(&[1, 2, 3]),
        clients: random.pick(&[1, 2]),
    };
    let rules = Rules {
        on_preempted: random.pick(OnPreempted::ALL),
        p2a: random.pick(P2aRule::ALL),
        lower_p2b: random.pick(LowerP2b::ALL),
        first_slot: random.pick(&[Slot(0), Slot(1)]),
        window: random.pick(&[1, 2, 5]),
        start: random.pick(Start::ALL),
        local: random.pick(Local::ALL),
        duplicate_request: random.pick(DuplicateRequest::ALL),
        state_reduction: random.pick(&[false, true]),
        ..Rules::default()
    };
    let workload = (0..12)
        .map(|number| Request { client: ClientId(number % cluster.clients), op: op(random, usize::from(number)) })
        .collect();
    Setup { cluster, rules, workload, proposals: Vec::new() }
}

fn op(random: &mut Random, number: usize) -> Op {
    let key = format!("k{}", random.below(3));
    match number % 4 {
        0 => Op::Put { key, value: format!("v{number}") },
        1 => Op::Append { key, value: "+(1,".to_owned() },
        2 => Op::Get { key },
        _ => Op::Noop,
    }
}

/// How likely an enabled action is: drops as likely as duplicates, more likely when many messages are in flight.
fn weight(action: &Action, crowded: bool, down: usize) -> usize {
    match action {
        Action::Deliver(_) => 60,
        Action::Drop(_) => {
            if crowded {
                60
            } else {
                6
            }
        }
        Action::Duplicate(_) => {
            if crowded {
                0
            } else {
                6
            }
        }
        Action::Restart(_) => 40,
        Action::Crash(_) => {
            if down < 2 {
                2
            } else {
                0
            }
        }
        Action::Request(..) => 20,
        Action::Elect(_) | Action::Timeout(_) | Action::Resend(_) => {
            if crowded {
                0
            } else {
                4
            }
        }
        _ => 1,
    }
}

/// What `enabled` does not list: cuts, rules, requests for the second time.
fn unlisted(random: &mut Random, world: &World) -> Action {
    let processes: Vec<ProcessId> = world.cluster().processes().collect();
    match random.below(5) {
        0 if world.partition().is_some() => Action::Heal,
        1 => {
            let left = |random: &mut Random| processes.iter().copied().filter(|_| random.below(2) == 0).collect();
            let one: std::collections::BTreeSet<ProcessId> = left(random);
            let other = processes.iter().copied().filter(|process| !one.contains(process)).collect();
            Partition::new([one, other]).map_or(Action::Heal, Action::Partition)
        }
        2 => Action::Restart(random.pick(&processes)),
        3 => Action::Rule(RuleChange::OnPreempted(random.pick(OnPreempted::ALL))),
        _ => Action::RequestAgain(ClientId(0), CommandId(random.below(3) as u16)),
    }
}

fn choose(random: &mut Random, world: &World) -> Action {
    if random.below(50) == 0 {
        return unlisted(random, world);
    }
    let crowded = world.network().len() > CROWDED;
    let down = world.cluster().processes().filter(|process| !world.is_up(*process)).count();
    let enabled = world.enabled();
    let total: usize = enabled.iter().map(|action| weight(action, crowded, down)).sum();
    let mut at = random.below(total.max(1));
    for action in enabled {
        let weight = weight(&action, crowded, down);
        if at < weight {
            return action;
        }
        at -= weight;
    }
    unlisted(random, world)
}

/// The action's text, parsed against the same world, is the action.
fn round_trip(action: &Action, world: &World) {
    let text = action_text(action, world);
    assert_eq!(parse_action(&text, world).as_ref(), Ok(action), "{text}");
}

fn random_run(seed: u64) {
    let random = &mut Random(seed);
    let setup = setup(random);
    let mut world = World::new(&setup).expect("a sound setup");
    let mut watch = Watch::new(&world);
    let mut delivered = 0;
    for step in 0..STEPS {
        let action = choose(random, &world);
        if step % 10 == 0 {
            round_trip(&action, &world);
        }
        if step % 500 == 0 {
            assert_eq!(watch.judge_all(&world), [], "seed {seed}, step {step}");
            for enabled in world.enabled() {
                round_trip(&enabled, &world);
                assert!(world.clone().apply(&enabled).is_ok(), "seed {seed}, step {step}: {enabled:?}");
            }
        }
        let before = world.clone();
        match world.apply(&action) {
            Ok(events) => watch.observe(&before, &world, &events),
            // Only what `enabled` does not list may be refused, and a refusal changes nothing.
            Err(refusal) => {
                assert!(!before.enabled().contains(&action), "seed {seed}, step {step}: {action:?}: {refusal}");
                assert_eq!(world, before);
            }
        }
        delivered += usize::from(matches!(action, Action::Deliver(_)));
        assert_eq!(watch.violations(), [], "seed {seed}, step {step}, {setup:?}");
    }
    assert!(delivered > STEPS / 4, "seed {seed} delivers too little: {delivered}");
    assert!(watch.history().decided(Slot(2)).next().is_some(), "seed {seed} decides too little");
}

#[test]
fn random_runs_hold_first_half() {
    (0..SEEDS / 2).for_each(random_run);
}

#[test]
fn random_runs_hold_second_half() {
    (SEEDS / 2..SEEDS).for_each(random_run);
}

#[test]
fn a_process_that_forgets_its_promise_breaks_agreement() {
    // The random runs can find a violation: with amnesia they do.
    let broken = (0..200).any(|seed| {
        let random = &mut Random(seed);
        let mut setup = setup(random);
        setup.rules.stable.remove(&StableField::AcceptorBallotNum);
        setup.rules.stable.remove(&StableField::AcceptorAccepted);
        let mut world = World::new(&setup).expect("a sound setup");
        let mut watch = Watch::new(&world);
        (0..2_000).any(|_| {
            let action = choose(random, &world);
            let before = world.clone();
            if let Ok(events) = world.apply(&action) {
                watch.observe(&before, &world, &events);
            }
            !watch.violations().is_empty()
        })
    });
    assert!(broken);
}

/// One to four characters of the text replaced, removed, doubled or moved.
fn mutated(random: &mut Random, text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let strange: Vec<char> = "()[]{}\"'`\\,:;.>|/*#r0179-+AZaz_ \n\t\0\u{1b}\u{feff}⟨⟩→é\u{10ffff}".chars().collect();
    for _ in 0..=random.below(4) {
        let at = random.below(chars.len().max(1));
        match random.below(4) {
            0 if at < chars.len() => chars[at] = random.pick(&strange),
            1 if at < chars.len() => drop(chars.remove(at)),
            2 if at < chars.len() => {
                let end = (at + 1 + random.below(20)).min(chars.len());
                let piece = chars[at..end].to_vec();
                let to = random.below(chars.len());
                chars.splice(to..to, piece);
            }
            _ => chars.insert(at.min(chars.len()), random.pick(&strange)),
        }
    }
    chars.into_iter().collect()
}

#[test]
fn no_text_makes_it_panic() {
    let random = &mut Random(7);
    let scenario = include_str!("scenarios/worked_trace.ron");
    for _ in 0..3_000 {
        let text = mutated(random, scenario);
        match Scenario::parse("mutated.ron", &text) {
            Ok(scenario) => {
                let again = Scenario::parse("again.ron", &scenario.to_ron());
                assert_eq!(again.as_ref(), Ok(&scenario), "{text}");
                let steps = scenario.run().expect("a sound setup").filter_map(Result::err);
                steps.for_each(|error| assert!(sentence(&error.to_string()), "{error}"));
            }
            Err(error) => {
                let lines = text.split('\n').count();
                assert!((1..=lines).contains(&error.position.line) && error.position.column > 0, "{error}");
                assert!(sentence(&error.to_string()), "{error}");
            }
        }
    }
    let mut world = World::new(&setup(random)).expect("a sound setup");
    for _ in 0..2_000 {
        let action = choose(random, &world);
        let text = mutated(random, &action_text(&action, &world));
        match parse_action(&text, &world) {
            Ok(understood) => round_trip(&understood, &world),
            Err(error) => {
                assert!(sentence(&error.to_string()), "{error}");
                assert!((1..=text.chars().count() + 1).contains(&error.column), "{text:?}: {error}");
            }
        }
        // What may be refused is refused without a trace.
        let _ = world.apply(&action);
    }
}

/// One line that a terminal can be given.
fn sentence(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(char::is_control)
}
