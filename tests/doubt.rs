//! Tries to make the explorer lie: random clusters, rules, deliberate bugs, runs before the search, budgets and questions,
//! each answered by a search that knows no tricks, worlds and watches cloned and compared, and by the explorer in every
//! way it has. Its answers must be the same, and what it finds must replay, as text, on the engine.

#![allow(clippy::unwrap_used, clippy::panic)]

mod by_hand;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use by_hand::{Used, budget, possible};
use paxoscope::dice::Dice;
use paxoscope::explore::{Goal, Job, Limit, Limits, Question, Search, Verdict, Walks, polish};
use paxoscope::pmmc::{Bug, DuplicateRequest, Local, LowerP2b, OnPreempted, P2aRule, StableField, Start};
use paxoscope::script::{Line, Scenario, action_text, parse_predicate};
use paxoscope::world::{Action, Follow, Invariant, Predicate, Violation, Watch, World};

/// The most worlds that the slow search looks at: fewer where it is slower still.
const MOST: usize = if cfg!(debug_assertions) { 250 } else { 2_000 };

/// One question about one run.
struct Case {
    scenario: Scenario,
    world: World,
    watch: Watch,
    goal: Goal,
    asked: String,
    allow: String,
}

impl Case {
    fn question(&self, limits: Limits) -> Question {
        Question { goal: self.goal.clone(), allow: self.allow.parse().unwrap(), limits }
    }

    fn told(&self) -> String {
        format!("{} --allow {}\n{}", self.asked, self.allow, self.scenario.to_ron())
    }

    /// Whether a state is what is asked for; what is remembered is brought up to date.
    fn sees(&self, follow: &mut Follow, world: &World, watch: &Watch) -> bool {
        match &self.goal {
            Goal::Find(predicate, _) => follow.observe(predicate, world, watch),
            Goal::Check(invariants) => watch.violations().iter().any(|one| invariants.contains(&one.invariant)),
        }
    }

    fn follow(&self) -> Follow {
        match &self.goal {
            Goal::Find(_, follow) => follow.clone(),
            Goal::Check(_) => Follow::new(&Predicate::Any(Vec::new())),
        }
    }
}

/// What the slow search says.
#[derive(PartialEq, Eq, Debug)]
struct Truth {
    /// How long the shortest schedule is.
    shortest: Option<usize>,
    /// Every schedule of up to so many steps was looked at; `None` is all of them.
    depth: Option<usize>,
}

/// Breadth-first over worlds with their whole watches; what a watch says of a state is judged anew beside it.
fn truth(case: &Case) -> Truth {
    let mut follow = case.follow();
    if case.sees(&mut follow, &case.world, &case.watch) {
        return Truth { shortest: Some(0), depth: None };
    }
    let mut seen: BTreeMap<u64, Vec<(World, Watch, Used, Follow)>> = BTreeMap::new();
    let mut count = 0;
    let mut level = vec![(case.world.clone(), case.watch.clone(), budget(&case.allow), follow)];
    for depth in 0.. {
        let mut next = Vec::new();
        for (world, watch, left, follow) in &level {
            for (action, left) in possible(world, left) {
                let (mut after, mut watched, mut followed) = (world.clone(), watch.clone(), follow.clone());
                let events = after.apply(&action).unwrap();
                watched.observe(world, &after, &events);
                agrees(&watched, &after);
                if case.sees(&mut followed, &after, &watched) {
                    return Truth { shortest: Some(depth + 1), depth: Some(depth) };
                }
                let mut hasher = DefaultHasher::new();
                (&after, &followed).hash(&mut hasher);
                let alike = seen.entry(hasher.finish()).or_default();
                let state = (after, watched, left, followed);
                // What the last step broke does not matter for what comes.
                let same = |other: &(World, Watch, Used, Follow)| {
                    (&other.0, other.1.history(), &other.2, &other.3)
                        == (&state.0, state.1.history(), &state.2, &state.3)
                };
                if !alike.iter().any(same) {
                    alike.push(state.clone());
                    next.push(state);
                    count += 1;
                }
                if count > MOST {
                    return Truth { shortest: None, depth: Some(depth) };
                }
            }
        }
        if next.is_empty() {
            return Truth { shortest: None, depth: None };
        }
        level = next;
    }
    panic!("there are endless depths")
}

/// A watch judges again only what a step touched; it must say what judging everything says.
fn agrees(watch: &Watch, world: &World) {
    let about_steps = [Invariant::R4, Invariant::R5, Invariant::A1, Invariant::A2, Invariant::D7];
    let named = |list: Vec<Violation>| list.into_iter().map(|one| one.invariant).collect::<Vec<_>>();
    let (kept, anew) = (named(watch.violations()), named(watch.judge_all(world)));
    assert!(anew.iter().all(|one| kept.contains(one)), "{anew:?} do not hold, the watch says {kept:?}");
    assert!(kept.iter().all(|one| anew.contains(one) || about_steps.contains(one)), "{anew:?} only, not {kept:?}");
}

fn crew(jobs: Vec<Job<'_>>) {
    std::thread::scope(|scope| jobs.into_iter().rev().for_each(|job| drop(scope.spawn(job))));
}

/// Asks the explorer in every way.
fn doubt(case: &Case, truth: &Truth) {
    let depth = truth.shortest.or(truth.depth);
    let limits = Limits { depth, ..Limits::default() };
    let mut counts = Vec::new();
    for (threads, reduces) in [(1, false), (1, true), (2, true), (4, true), (3, false)] {
        let begin = if reduces { Search::new } else { Search::without_reductions };
        let mut search = begin(&case.world, &case.watch, case.question(limits)).unwrap().with_crew(threads, crew);
        let verdict = search.finish();
        let told = || format!("{threads} threads, reduced: {reduces}\n{}", case.told());
        let found = match &verdict {
            Verdict::Found(actions) | Verdict::Violated { actions, .. } => Some(actions),
            Verdict::NotFound | Verdict::Held => None,
            Verdict::Stopped(Limit::Depth) if truth.depth.is_some() => None,
            other @ Verdict::Stopped(_) => panic!("{other:?}, but {truth:?}: {}", told()),
        };
        assert_eq!(found.map(Vec::len), truth.shortest, "{}", told());
        let counted = (verdict.clone(), search.progress().states, search.progress().transitions);
        match counts.iter().find(|(others, _)| *others == reduces) {
            None => counts.push((reduces, counted)),
            Some((_, others)) => assert_eq!(&counted, others, "{}", told()),
        }
        if let Some(actions) = found {
            replays(case, actions);
            let polished = polish(&case.world, &case.watch, &case.question(limits), actions.clone());
            assert_eq!(polished.len(), actions.len(), "it can be shorter: {polished:?} {}", told());
            replays(case, &polished);
        }
    }
    // What was not found up to the depth of the slow search is not found at all if the quick one says so.
    let beyond = Limits { states: Some(20 * MOST), ..Limits::default() };
    let ends = [Search::new, Search::without_reductions].map(|begin| {
        match begin(&case.world, &case.watch, case.question(beyond)).unwrap().finish() {
            Verdict::Found(actions) | Verdict::Violated { actions, .. } => Some(Some(actions.len())),
            Verdict::NotFound | Verdict::Held => Some(None),
            Verdict::Stopped(Limit::States) => None,
            other @ Verdict::Stopped(_) => panic!("{other:?}: {}", case.told()),
        }
    });
    if let [Some(with), Some(without)] = ends {
        assert_eq!(with, without, "further on: {}", case.told());
    }
    let (is_nowhere, is_found) = (ends.contains(&Some(None)), ends.iter().flatten().any(Option::is_some));
    deeply(case, limits, truth.shortest.is_some() || is_found, is_nowhere);
    let mut walks = Walks::new(&case.world, &case.watch, case.question(Limits::default()), 1);
    if let Some(walked) = walks.run(20) {
        replays(case, &walked);
        let polished = polish(&case.world, &case.watch, &case.question(Limits::default()), walked.clone());
        replays(case, &polished);
        assert!(polished.len() <= walked.len(), "{}", case.told());
        let found = [truth.shortest].into_iter().chain(ends.into_iter().flatten());
        for shortest in found.flatten() {
            assert!(shortest <= polished.len(), "{shortest} is not the shortest: {polished:?} {}", case.told());
        }
        assert!(!ends.contains(&Some(None)), "by chance it is found: {polished:?} {}", case.told());
    }
}

/// Depth-first: with a limit that it can reach, and without; whether breadth-first it was found, or found to be nowhere.
fn deeply(case: &Case, limits: Limits, is_there: bool, is_nowhere: bool) {
    for begin in [Search::new, Search::without_reductions] {
        for limits in [limits, Limits { states: Some(20 * MOST), depth: Some(200), bytes: None }] {
            let mut search = begin(&case.world, &case.watch, case.question(limits)).unwrap().depth_first();
            match search.finish() {
                Verdict::Found(actions) | Verdict::Violated { actions, .. } => {
                    assert!(!is_nowhere && limits.depth.is_none_or(|most| actions.len() <= most));
                    replays(case, &actions);
                }
                Verdict::NotFound | Verdict::Held => {
                    assert!(!is_there, "{}", case.told());
                    assert_eq!(search.progress().waiting, 0);
                }
                Verdict::Stopped(Limit::Depth) => assert!(limits.depth.is_some()),
                Verdict::Stopped(Limit::States) => assert!(limits.states.is_some()),
                other @ Verdict::Stopped(_) => panic!("{other:?}: {}", case.told()),
            }
        }
    }
}

/// As text, a schedule leads to what is asked for with its last step, and not before; within what is allowed.
fn replays(case: &Case, actions: &[Action]) {
    let mut scenario = case.scenario.clone();
    let (mut world, mut left) = (case.world.clone(), budget(&case.allow));
    for action in actions {
        scenario.actions.push(Line { text: action_text(action, &world), ..Line::default() });
        let mut allowed = possible(&world, &left).into_iter();
        (_, left) = allowed
            .find(|(other, _)| other == action)
            .unwrap_or_else(|| panic!("{action:?} is not allowed: {}", case.told()));
        world.apply(action).unwrap();
    }
    let read = Scenario::parse("found", &scenario.to_ron()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(read.actions.len(), scenario.actions.len());
    let mut run = read.run().unwrap();
    let mut follow = match &case.goal {
        Goal::Find(predicate, _) => Follow::new(predicate),
        Goal::Check(_) => case.follow(),
    };
    let mut held = vec![case.sees(&mut follow, run.world(), run.watch())];
    while let Some(step) = run.next() {
        step.unwrap_or_else(|error| panic!("{error}: {}", case.told()));
        held.push(case.sees(&mut follow, run.world(), run.watch()));
    }
    let since = &held[case.scenario.actions.len()..];
    let first = since.iter().position(|holds| *holds);
    assert_eq!(first, Some(since.len() - 1), "{actions:?} {}", case.told());
}

fn some<T: Copy>(dice: &mut Dice, all: &[T]) -> T {
    *dice.pick(all).unwrap()
}

fn scenario(dice: &mut Dice) -> Scenario {
    let sizes = (some(dice, &[1, 2, 2, 3]), some(dice, &[1, 2, 2]), some(dice, &[1, 1, 2]), some(dice, &[0, 1]));
    let (acceptors, leaders, replicas, clients) = sizes;
    let proposals = match (dice.below(4), leaders) {
        (0, _) => "",
        (1, _) | (_, 1) => "\"L0 1 put k A\"",
        _ => "\"L0 1 put k A\", \"L1 1 put k B\"",
    };
    let workload = match (clients, dice.below(3)) {
        (0, _) => "",
        (_, 0) => "\"C0 put k A\", \"C0 put k B\"",
        _ => "\"C0 put k A\"",
    };
    let text = format!(
        "(format: 1, cluster: (acceptors: {acceptors}, leaders: {leaders}, replicas: {replicas}, clients: {clients}),
          proposals: [{proposals}], workload: [{workload}])"
    );
    let mut scenario = Scenario::parse("random", &text).unwrap();
    let rules = &mut scenario.setup.rules;
    rules.on_preempted = some(dice, OnPreempted::ALL);
    rules.p2a = some(dice, P2aRule::ALL);
    rules.lower_p2b = some(dice, LowerP2b::ALL);
    rules.start = some(dice, Start::ALL);
    rules.local = some(dice, Local::ALL);
    rules.duplicate_request = some(dice, DuplicateRequest::ALL);
    rules.state_reduction = dice.below(3) == 0;
    rules.window = some(dice, &[1, 5]);
    if dice.below(3) == 0 {
        rules.stable = StableField::ALL.into_iter().filter(|_| dice.below(2) == 0).collect();
    }
    for _ in 0..dice.below(3) {
        let plain = scenario.setup.clone();
        scenario.setup.rules.broken.insert(some(dice, Bug::ALL));
        if World::new(&scenario.setup).is_err() {
            scenario.setup = plain;
        }
    }
    scenario
}

/// Some steps before the search, as text.
fn lead_in(dice: &mut Dice, scenario: &mut Scenario) {
    let mut world = World::new(&scenario.setup).unwrap();
    let most = some(dice, &[0, 0, 2, 5, 10, 20]);
    for _ in 0..dice.below(most + 1) {
        let enabled = world.enabled();
        let plain: Vec<&Action> =
            enabled.iter().filter(|one| matches!(one, Action::Deliver(_) | Action::Request(..))).collect();
        let action = if dice.below(3) > 0 { dice.pick(&plain).copied() } else { dice.pick(&enabled) };
        let text = match (action, dice.below(12)) {
            (_, 0) => rule(dice),
            (_, 1) if dice.below(3) == 0 => "partition A0 | L0".to_owned(),
            (Some(action), _) => action_text(action, &world),
            (None, _) => continue,
        };
        let mut longer = scenario.clone();
        longer.actions.push(Line { text, ..Line::default() });
        let mut run = longer.run().unwrap();
        if run.by_ref().all(|step| step.is_ok()) {
            world = run.world().clone();
            drop(run);
            *scenario = longer;
        }
    }
}

fn rule(dice: &mut Dice) -> String {
    let sign = some(dice, &["+", "-"]);
    match dice.below(7) {
        0 => format!("rule on_preempted {}", some(dice, OnPreempted::ALL).name()),
        1 => format!("rule p2a {}", some(dice, P2aRule::ALL).name()),
        2 => format!("rule local {}", some(dice, Local::ALL).name()),
        3 => format!("rule state_reduction {}", dice.below(2) == 0),
        4 => format!("rule stable {sign}{}", some(dice, &StableField::ALL).name()),
        5 => format!("rule broken -{}", some(dice, Bug::ALL).name()),
        _ => format!("rule broken +{}", some(dice, Bug::ALL).name()),
    }
}

/// What may happen: few things, seldom.
fn allow(dice: &mut Dice) -> String {
    let mut list = Vec::new();
    for name in ["drop", "duplicate", "crash", "restart", "elect", "elect", "resend", "timeout", "request", "request"] {
        if dice.below(6) == 0 && !list.iter().any(|one: &String| one.starts_with(name)) {
            list.push(match dice.below(6) {
                0 => format!("{name}=2"),
                1 if name != "duplicate" && name != "elect" => format!("{name}=*"),
                _ => format!("{name}=1"),
            });
        }
    }
    list.join(",")
}

const ATOMS: [&str; 40] = [
    "Active(_)",
    "Active(\"L0\")",
    "Scouting(_)",
    "Scouting(\"L0\")",
    "BallotNum(_, \"1.0\")",
    "BallotNum(\"A0\", \"0.0\")",
    "BallotNum(\"A0\", \"0\")",
    "BallotNum(\"L0\", \"1.0\")",
    "Accepted(_, _, 1, \"A\")",
    "Accepted(_, _, 1, \"B\")",
    "Accepted(\"A0\", \"0.0\", 1, _)",
    "Proposal(_, 1, \"B\")",
    "Proposal(\"R0\", _, _)",
    "Proposal(\"L0\", 1, \"B\")",
    "Chosen(1, \"A\")",
    "Chosen(1, \"B\")",
    "Chosen(2, _)",
    "Decided(_, 1, \"B\")",
    "Decided(\"R0\", 1, _)",
    "SlotOut(_, 2)",
    "SlotOut(\"R0\", 3)",
    "Up(_)",
    "Up(\"A0\")",
    "Up(\"L0\")",
    "InFlight(\"p1a\")",
    "InFlight(\"p2b\")",
    "InFlight(\"p1b\")",
    "InFlight(\"preempted\")",
    "InFlight(_)",
    "InFlightTo(\"A0\")",
    "InFlightTo(_)",
    "Sent(\"p1b\", AtLeast(3))",
    "Sent(\"p2a\", Exactly(2))",
    "Sent(\"decision\", AtMost(1))",
    "App(_, \"k\", \"A\")",
    "App(\"R0\", \"k\", \"B\")",
    "Answered(\"A\")",
    "Answered(_)",
    "Waiting(_)",
    "Waiting(\"A\")",
];

fn predicate(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 {
        return match dice.below(8) {
            0 => "Violated(_)".to_owned(),
            1 | 2 => format!("Violated({:?})", some(dice, &Invariant::ALL)),
            _ => some(dice, &ATOMS).to_owned(),
        };
    }
    let (one, other) = (predicate(dice, depth - 1), predicate(dice, depth - 1));
    match dice.below(10) {
        0..=2 => format!("All([{one}, {other}])"),
        3 => format!("Any([{one}, {other}])"),
        4 | 5 => format!("Not({one})"),
        6 => format!("Ever({one})"),
        7 | 8 => format!("Then({one}, {other})"),
        _ => one,
    }
}

/// A random question; `None` if the dice made one that cannot be asked.
fn case(seed: u64) -> Option<Case> {
    let mut dice = Dice::new(seed);
    let dice = &mut dice;
    let mut scenario = scenario(dice);
    lead_in(dice, &mut scenario);
    let allow = allow(dice);
    let mut run = scenario.run().unwrap();
    let kind = dice.below(4);
    let (asked, goal) = if kind == 0 {
        let some: Vec<_> = Invariant::ALL.into_iter().filter(|_| dice.below(3) == 0).collect();
        let asked = if dice.below(2) == 0 { Invariant::ALL.to_vec() } else { some };
        (format!("--check {asked:?}"), Goal::Check(asked))
    } else {
        let text = predicate(dice, kind - 1);
        let predicate = if dice.below(20) == 0 {
            Predicate::stuck(run.world()).unwrap()
        } else {
            parse_predicate("find", &text).unwrap()
        };
        if predicate.unknown_name(scenario.setup.cluster).is_some() {
            return None;
        }
        let mut follow = Follow::new(&predicate);
        for _ in 0..scenario.actions.len() {
            follow.observe(&predicate, run.world(), run.watch());
            run.next().unwrap().unwrap();
        }
        (format!("--find '{text}'"), Goal::Find(predicate, follow))
    };
    run.by_ref().for_each(|step| drop(step.unwrap()));
    let (world, watch) = (run.world().clone(), run.watch().clone());
    drop(run);
    if matches!(&goal, Goal::Find(predicate, _) if Predicate::stuck(&world).is_none() && *predicate == Predicate::stuck(&World::new(&scenario.setup).unwrap()).unwrap())
    {
        return None;
    }
    Some(Case { scenario, world, watch, goal, asked, allow })
}

/// So many cases from this seed on: how many were asked, found at once, found, and searched to the end in vain.
fn doubt_all(first: u64, cases: u64) -> [usize; 4] {
    let mut counts = [0; 4];
    for seed in first..first + cases {
        let Some(case) = case(seed) else { continue };
        let told = format!("seed {seed}: {}", case.told());
        let truth = std::panic::catch_unwind(|| truth(&case)).unwrap_or_else(|_| panic!("{told}"));
        let place = match truth {
            Truth { shortest: Some(0), .. } => 1,
            Truth { shortest: Some(_), .. } => 2,
            Truth { shortest: None, depth: None } => 3,
            Truth { .. } => 0,
        };
        counts[0] += 1;
        counts[place] += usize::from(place > 0);
        assert!(std::panic::catch_unwind(|| doubt(&case, &truth)).is_ok(), "{truth:?} {told}");
    }
    counts
}

#[test]
fn it_does_not_lie() {
    let [asked, at_once, found, none] = doubt_all(0, 50);
    assert!(asked > 35 && at_once < asked / 2 && found > 3 && none > 3, "{asked} {at_once} {found} {none}");
}

/// Hundreds of cases; `DOUBT_CASES=1000` asks more, and `DOUBT_FIRST` others.
#[test]
#[ignore = "minutes: cargo test --release --test doubt -- --ignored"]
fn it_does_not_lie_in_hundreds_of_cases() {
    let number = |name: &str, usual: u64| std::env::var(name).map_or(usual, |text| text.parse().unwrap());
    let counts = doubt_all(number("DOUBT_FIRST", 1000), number("DOUBT_CASES", 250));
    println!("asked, at once, found, none: {counts:?}");
}
