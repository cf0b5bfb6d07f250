//! The search counts exactly the worlds that there are, finds what there is to find by the shortest way, and never claims
//! what a replay does not show.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use paxoscope::explore::{Allow, Chance, Goal, Limit, Limits, Question, Search, Verdict};
use paxoscope::pmmc::Rules;
use paxoscope::script::{Scenario, parse_predicate};
use paxoscope::world::{Action, Invariant, Setup, Watch, World};

fn setup(text: &str) -> Setup {
    Scenario::parse("test", text).unwrap_or_else(|error| panic!("{error}")).setup
}

fn question(goal: Goal, allow: &str) -> Question {
    Question { goal, allow: allow.parse().unwrap(), limits: Limits::default() }
}

fn search(setup: &Setup, question: Question) -> Search {
    let start = World::new(setup).unwrap();
    Search::new(&start, &Watch::new(&start), question).unwrap()
}

/// What is counted: worlds and transitions, and the worlds of each depth.
#[derive(PartialEq, Eq, Debug)]
struct Counts {
    states: usize,
    transitions: u64,
    per_depth: Vec<u64>,
}

fn counted(search: &Search) -> Counts {
    let progress = search.progress();
    Counts { states: progress.states, transitions: progress.transitions, per_depth: progress.per_depth }
}

/// Configurations that are small enough to be searched in every way.
const SMALL: &[(&str, &str)] = &[
    ("(format: 1, cluster: (acceptors: 1, leaders: 1, replicas: 1), workload: [\"C0 put k v\"])", "request,elect=2"),
    ("(format: 1, cluster: (acceptors: 2, leaders: 1, replicas: 1), proposals: [\"L0 1 put k v\"])", "elect=2,drop=2"),
    (
        "(format: 1, cluster: (acceptors: 1, leaders: 2, replicas: 1), rules: (start: run, local: stepped),
          proposals: [\"L0 1 put k v\", \"L1 1 put k w\"])",
        "duplicate,crash",
    ),
    (
        "(format: 1, cluster: (acceptors: 2, leaders: 2, replicas: 1, clients: 0), rules: (start: run),
          proposals: [\"L0 1 put k v\"])",
        "restart",
    ),
    (
        "(format: 1, cluster: (acceptors: 1, leaders: 1, replicas: 2), rules: (window: 1),
          workload: [\"C0 put k v\", \"C0 get k\"])",
        "request,elect",
    ),
    (
        "(format: 1, cluster: (acceptors: 1, leaders: 2, replicas: 1), proposals: [\"L0 1 put k v\"])",
        "elect=2,timeout=1,resend=1",
    ),
    ("(format: 1, cluster: (acceptors: 2, leaders: 1, replicas: 1), rules: (stable: []))", "crash=*,elect=1"),
    ("(format: 1, cluster: (acceptors: 3, leaders: 1, replicas: 1), proposals: [\"L0 1 noop\"])", "elect"),
    (
        "(format: 1, cluster: (acceptors: 1, leaders: 2, replicas: 1), rules: (start: run,
          state_reduction: true, p2a: at_least), proposals: [\"L0 1 put k v\", \"L1 1 put k w\"])",
        "drop=1",
    ),
];

/// How often each chance was used, and what is left.
type Used = Vec<(Chance, Option<u8>)>;

fn budget(allow: &str) -> Used {
    let part = |item: &str| {
        let (name, times) = item.split_once('=').unwrap_or((item, if item == "request" { "*" } else { "1" }));
        let chance = Chance::ALL.into_iter().find(|one| one.name() == name).unwrap();
        (chance, times.parse().ok())
    };
    allow.split(',').filter(|item| !item.is_empty()).map(part).collect()
}

/// Everything that may happen in a world, by the slow way: what `enabled` lists and the budget allows.
fn possible(world: &World, left: &Used) -> Vec<(Action, Used)> {
    let restarts = left.iter().any(|(chance, _)| matches!(chance, Chance::Crash | Chance::Restart));
    let ups = world.cluster().processes().filter(|process| world.is_up(*process)).map(Action::Restart);
    let all = world.enabled().into_iter().chain(ups);
    all.filter_map(|action| {
        let chance = match &action {
            Action::Deliver(_) => return Some((action, left.clone())),
            Action::Restart(process) if !world.is_up(*process) => return restarts.then(|| (action, left.clone())),
            Action::Drop(_) => Chance::Drop,
            Action::Duplicate(_) => Chance::Duplicate,
            Action::Crash(_) => Chance::Crash,
            Action::Restart(_) => Chance::Restart,
            Action::Elect(_) => Chance::Elect,
            Action::Resend(_) => Chance::Resend,
            Action::Timeout(_) => Chance::Timeout,
            Action::Request(..) => Chance::Request,
            other => panic!("{other:?}"),
        };
        let mut after = left.clone();
        let (_, times) = after.iter_mut().find(|(one, times)| *one == chance && *times != Some(0))?;
        *times = times.map(|times| times - 1);
        Some((action, after))
    })
    .collect()
}

/// The same search by cloning worlds and comparing them.
fn by_hand(setup: &Setup, allow: &str) -> Counts {
    let mut seen: BTreeMap<u64, Vec<(World, Used)>> = BTreeMap::new();
    let mut add = |state: &(World, Used)| {
        let mut hasher = DefaultHasher::new();
        state.0.hash(&mut hasher);
        let alike = seen.entry(hasher.finish()).or_default();
        let is_new = !alike.contains(state);
        if is_new {
            alike.push(state.clone());
        }
        is_new
    };
    let mut level = vec![(World::new(setup).unwrap(), budget(allow))];
    add(&level[0]);
    let mut counts = Counts { states: 0, transitions: 0, per_depth: Vec::new() };
    while !level.is_empty() {
        counts.states += level.len();
        counts.per_depth.push(level.len() as u64);
        let mut next = Vec::new();
        for (world, left) in &level {
            for (action, left) in possible(world, left) {
                counts.transitions += 1;
                let mut after = world.clone();
                after.apply(&action).unwrap();
                let state = (after, left);
                if add(&state) {
                    next.push(state);
                }
            }
        }
        level = next;
    }
    counts
}

#[test]
fn it_counts_what_there_is() {
    for (text, allow) in SMALL {
        let setup = setup(text);
        let mut search = search(&setup, question(Goal::nothing(), allow));
        assert_eq!(search.finish(), Verdict::Held, "{text}");
        println!("{} {}", search.progress().states, search.progress().calls);
        let counts = counted(&search);
        assert_eq!(counts, by_hand(&setup, allow), "{text} {allow}");
    }
}
