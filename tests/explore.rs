//! The search counts exactly the worlds that there are, finds what there is to find by the shortest way, and never claims
//! what a replay does not show.

#![allow(clippy::unwrap_used, clippy::panic)]

mod by_hand;

use paxoscope::explore::{Allow, Goal, Job, Limit, Limits, Progress, Question, Search, Verdict};
use paxoscope::pmmc::{Bug, ClientId, Local, Op, Start};
use paxoscope::script::{Line, Scenario, action_text, parse_predicate};
use paxoscope::world::{Follow, Invariant, Request, Setup, Watch, World};

use by_hand::{BIG, Counts, by_hand, by_stateright, ends, first_alarms};

fn setup(text: &str) -> Setup {
    Scenario::parse("test", text).unwrap_or_else(|error| panic!("{error}")).setup
}

fn question(goal: Goal, allow: &str) -> Question {
    Question { goal, allow: allow.parse().unwrap(), limits: Limits::default() }
}

fn search(setup: &Setup, question: Question) -> Search {
    let start = World::new(setup).unwrap();
    Search::without_reductions(&start, &Watch::new(&start), question).unwrap()
}

/// The same with reductions.
fn reduced(setup: &Setup, question: Question) -> Search {
    let start = World::new(setup).unwrap();
    Search::new(&start, &Watch::new(&start), question).unwrap()
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
        "(format: 1, cluster: (acceptors: 1, leaders: 2, replicas: 1, clients: 0), rules: (start: run, local: stepped),
          proposals: [\"L0 1 put k v\"])",
        "duplicate,crash",
    ),
    (
        "(format: 1, cluster: (acceptors: 1, leaders: 2, replicas: 1, clients: 0), rules: (start: run),
          proposals: [\"L0 1 put k v\"])",
        "restart",
    ),
    (
        "(format: 1, cluster: (acceptors: 1, leaders: 1, replicas: 2), rules: (window: 1), workload: [\"C0 put k v\"])",
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

/// The same a size larger: for the release build.
const MEDIUM: &[(&str, &str)] = &[
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
];

#[test]
fn it_counts_what_there_is() {
    counts(SMALL);
}

#[test]
#[ignore = "half a minute: cargo test --release --test explore -- --ignored"]
fn it_counts_what_there_is_on_larger_configurations() {
    counts(MEDIUM);
    correct(MEDIUM);
    changes_no_verdict(MEDIUM);
}

fn counts(configurations: &[(&str, &str)]) {
    for (text, allow) in configurations {
        let setup = setup(text);
        let mut search = search(&setup, question(Goal::nothing(), allow));
        assert_eq!(search.finish(), Verdict::Held, "{text}");
        assert_eq!(counted(&search), by_hand(&setup, allow), "{text} {allow}");
        assert_eq!(search.progress().states, by_stateright(&setup, allow), "by Stateright: {text} {allow}");
    }
}

/// Correct variants are searched to the end, and nothing is found; no search leaves worlds behind that it has not told of.
#[test]
fn correct_variants_hold() {
    correct(SMALL);
}

fn correct(configurations: &[(&str, &str)]) {
    for (text, allow) in configurations.iter().filter(|(text, _)| !text.contains("stable: []")) {
        let setup = setup(text);
        let mut all = search(&setup, question(Goal::Check(Invariant::ALL.to_vec()), allow));
        assert_eq!(all.finish(), Verdict::Held, "{text} {allow}");
        let progress = all.progress();
        assert_eq!((progress.waiting, progress.per_depth.iter().sum::<u64>()), (0, progress.states as u64));
    }
}

/// Two leaders, three acceptors, two commands for one slot: more than a million worlds. By hand, in release.
#[test]
#[ignore = "minutes: cargo test --release --test explore -- --ignored"]
fn stateright_counts_the_same_on_a_million_worlds() {
    let setup = setup(BIG);
    let mut search = search(&setup, question(Goal::nothing(), ""));
    search.finish();
    assert_eq!(search.progress().states, 1_345_494);
    assert_eq!(by_stateright(&setup, ""), 1_345_494);
}

/// A bug, what may happen besides deliveries, what its schedule leads to, and how long the shortest is.
struct Row {
    name: &'static str,
    /// How many actions of the scenario lie there before step 1.
    from: usize,
    allow: &'static str,
    find: &'static str,
    length: usize,
}

const fn row(name: &'static str, from: usize, allow: &'static str, find: &'static str, length: usize) -> Row {
    Row { name, from, allow, find, length }
}

const CHOSEN: &str = "All([Chosen(1, \"A\"), Chosen(1, \"B\")])";
/// Of three leaders any two.
const TWO_CHOSEN: &str = "Violated(D2)";
const DECIDED: &str = "Violated(D2)";

/// The lengths are the published ones. `count_dups` has its two duplications more, which that network does by itself, and
/// `reuse_ballot` three steps more, by which its leader comes to want B.
const QUICK: [Row; 7] = [
    row("quorum_1_of_3", 0, "", DECIDED, 10),
    row("ignore_pvals", 0, "", CHOSEN, 14),
    row("own_first", 0, "", CHOSEN, 14),
    row("accept_lower", 0, "", CHOSEN, 14),
    row("no_tiebreak", 0, "", CHOSEN, 14),
    row("overwrite", 2, "", CHOSEN, 13),
    row("no_dedup", 1, "", "Violated(R3)", 13),
];

const SLOW: [Row; 15] = [
    row("amnesia", 0, "restart", CHOSEN, 15),
    row("forget_accepted", 0, "restart", CHOSEN, 15),
    row("forget_ballot", 0, "restart", CHOSEN, 16),
    row("quorum_1_of_3_chosen", 0, "", CHOSEN, 12),
    row("scout_quorum_1", 0, "", CHOSEN, 12),
    row("cmdr_quorum_1", 0, "", DECIDED, 14),
    row("half_quorum", 0, "", DECIDED, 18),
    row("adopt_lower", 0, "", CHOSEN, 15),
    row("lower_p2b_is_vote", 0, "", DECIDED, 18),
    row("stale_p1b", 0, "", CHOSEN, 18),
    row("count_dups", 0, "duplicate=2", DECIDED, 18),
    row("reuse_ballot_chosen", 0, "restart,request", CHOSEN, 18),
    row("pmax_lowest", 0, "", TWO_CHOSEN, 20),
    row("pmax_first", 0, "", TWO_CHOSEN, 20),
    row("accept_no_raise", 0, "", TWO_CHOSEN, 20),
];

/// The rows whose searches without reductions take too much for a test.
const HUGE: [&str; 3] = ["pmax_lowest", "pmax_first", "accept_no_raise"];

fn finds(row: &Row, reduces: bool) {
    let path = std::path::Path::new("tests/scenarios/bugs").join(row.name).with_extension("ron");
    let mut scenario = Scenario::parse(row.name, &std::fs::read_to_string(path).unwrap()).unwrap();
    scenario.actions.truncate(row.from);
    if row.allow.contains("request") {
        let wanted = Op::Put { key: "k".to_owned(), value: "B".to_owned() };
        scenario.setup.workload.push(Request { client: ClientId(0), op: wanted });
    }
    let mut run = scenario.run().unwrap();
    assert_eq!(run.by_ref().flatten().count(), row.from);
    let (world, watch) = (run.world().clone(), run.watch().clone());
    let predicate = parse_predicate("find", row.find).unwrap();
    let question = question(Goal::find(predicate.clone()), row.allow);
    let begin = if reduces { Search::new } else { Search::without_reductions };
    let Verdict::Found(actions) = begin(&world, &watch, question).unwrap().finish() else {
        panic!("{} is not found", row.name)
    };
    assert_eq!(actions.len(), row.length, "{}", row.name);
    // As text, it replays to the claim.
    let mut after = world;
    for action in &actions {
        let text = action_text(action, &after);
        after.apply(action).unwrap();
        scenario.actions.push(Line { text, ..Line::default() });
    }
    let mut run = scenario.run().unwrap();
    let mut follow = Follow::new(&predicate);
    let mut held = Vec::new();
    while let Some(step) = run.next() {
        step.unwrap_or_else(|error| panic!("{error}"));
        held.push(follow.observe(&predicate, run.world(), run.watch()));
    }
    assert_eq!(held.iter().position(|holds| *holds), Some(held.len() - 1), "{}", row.name);
}

#[test]
fn bugs_are_found_by_the_shortest_schedule() {
    for row in &QUICK {
        finds(row, true);
        finds(row, false);
    }
}

#[test]
#[ignore = "a minute: cargo test --release --test explore -- --ignored"]
fn bugs_that_take_longer_are_found_by_the_shortest_schedule() {
    for row in &SLOW {
        finds(row, true);
        if !HUGE.contains(&row.name) {
            finds(row, false);
        }
    }
}

/// The protocol in the settings of the rows, without any bug: searched to the end, and nothing is found.
#[test]
#[ignore = "a minute: cargo test --release --test explore -- --ignored"]
fn the_protocol_without_bugs_is_searched_to_the_end() {
    let with = |rules: &str, cluster: &str| {
        format!(
            "(format: 1, rules: (start: run, local: stepped{rules}), cluster: (clients: 0{cluster}),
              proposals: [\"L0 1 put k A\", \"L1 1 put k B\"])"
        )
    };
    let variants = [
        with("", ""),
        with(", p2a: at_least", ""),
        with(", state_reduction: true", ""),
        with(", p2a: at_least, state_reduction: true", ""),
        with(", lower_p2b: exit", ""),
        with("", ", acceptors: 4"),
    ];
    for text in variants {
        let mut search = reduced(&setup(&text), question(Goal::Check(Invariant::ALL.to_vec()), ""));
        assert_eq!(search.finish(), Verdict::Held, "{text}");
        assert_eq!(search.progress().waiting, 0);
    }
}

/// What a search says, as far as reductions must not change it.
fn outcome(search: &mut Search) -> (Option<usize>, bool) {
    match search.finish() {
        Verdict::Found(actions) | Verdict::Violated { actions, .. } => (Some(actions.len()), true),
        Verdict::NotFound | Verdict::Held | Verdict::Stopped(Limit::Depth) => (None, false),
        other @ Verdict::Stopped(_) => panic!("{other:?}"),
    }
}

/// With and without reductions the same is found, by schedules of the same length.
fn compare(setup: &Setup, goal: &Goal, allow: &str, depth: usize) -> bool {
    let limits = Limits { depth: Some(depth), ..Limits::default() };
    let asked = || Question { limits, ..question(goal.clone(), allow) };
    let (mut with, mut without) = (reduced(setup, asked()), search(setup, asked()));
    let found = outcome(&mut with);
    assert_eq!(found, outcome(&mut without), "{goal:?} {allow} {:?} {:?}", setup.rules, setup.cluster);
    assert!(with.progress().states <= without.progress().states);
    found.1
}

#[test]
fn reductions_change_no_verdict_on_any_small_configuration() {
    changes_no_verdict(SMALL);
}

fn changes_no_verdict(configurations: &[(&str, &str)]) {
    for (text, allow) in configurations {
        let setup = setup(text);
        compare(&setup, &Goal::Check(Invariant::ALL.to_vec()), allow, usize::MAX);
        for invariant in Invariant::ALL {
            compare(&setup, &Goal::Check(vec![invariant]), allow, 12);
        }
    }
}

#[test]
fn reductions_hide_no_bug() {
    let found = hidden(|place| place % 11 == 0);
    assert!(found > 10, "there is something to hide: {found}");
}

#[test]
#[ignore = "half a minute: cargo test --release --test explore -- --ignored"]
fn reductions_hide_no_bug_from_any_invariant() {
    let found = hidden(|_| true);
    assert!(found > 30, "there is something to hide: {found}");
}

/// Plays each bug in some clusters, asks for all invariants and for some of them alone; how often one was broken.
fn hidden(is_asked: impl Fn(usize) -> bool) -> usize {
    let clusters = [
        (
            "(format: 1, rules: (start: run), cluster: (acceptors: 2, leaders: 2, replicas: 2, clients: 0),
           proposals: [\"L0 1 put k A\", \"L1 1 put k B\"])",
            "restart",
            7,
        ),
        (
            "(format: 1, rules: (start: run, local: stepped), cluster: (acceptors: 3, leaders: 1, replicas: 1),
           proposals: [\"L0 1 put k A\"], workload: [\"C0 put k B\"])",
            "request,duplicate",
            7,
        ),
        (
            "(format: 1, rules: (start: run, on_preempted: rescout), cluster: (acceptors: 1, leaders: 2, replicas: 2),
           workload: [\"C0 put k A\", \"C0 put k B\"])",
            "request,crash",
            8,
        ),
    ];
    let mut found = 0;
    for bug in Bug::ALL {
        for (text, allow, depth) in clusters {
            let mut setup = setup(text);
            setup.rules.broken.insert(*bug);
            if World::new(&setup).is_err() {
                continue;
            }
            found += usize::from(compare(&setup, &Goal::Check(Invariant::ALL.to_vec()), allow, depth));
            for (place, invariant) in Invariant::ALL.into_iter().enumerate() {
                if is_asked(place + *bug as usize) {
                    found += usize::from(compare(&setup, &Goal::Check(vec![invariant]), allow, depth));
                }
            }
        }
    }
    found
}

/// Numbers that look random.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn predicate(&mut self, depth: usize) -> String {
        const ATOMS: [&str; 20] = [
            "Active(_)",
            "Active(\"L0\")",
            "Scouting(\"L1\")",
            "BallotNum(_, \"1.0\")",
            "BallotNum(\"A1\", \"0.1\")",
            "BallotNum(\"A0\", \"0\")",
            "Accepted(_, _, 1, \"A\")",
            "Accepted(\"A1\", \"0.0\", 1, _)",
            "Chosen(1, \"A\")",
            "Chosen(1, \"B\")",
            "Decided(_, 1, \"B\")",
            "Decided(\"R1\", 1, _)",
            "SlotOut(_, 2)",
            "InFlight(\"p1a\")",
            "InFlight(\"p2b\")",
            "Violated(D6)",
            "Violated(A1)",
            "Violated(_)",
            "Sent(\"p1b\", AtLeast(3))",
            "Up(\"A0\")",
        ];
        if depth == 0 {
            return ATOMS[self.below(ATOMS.len())].to_owned();
        }
        let (one, other) = (self.predicate(depth - 1), self.predicate(depth - 1));
        match self.below(7) {
            0 | 1 => format!("All([{one}, {other}])"),
            2 => format!("Any([{one}, {other}])"),
            3 => format!("Not({one})"),
            4 => format!("Ever({one})"),
            5 => format!("Then({one}, {other})"),
            _ => one,
        }
    }
}

#[test]
fn reductions_answer_random_questions_alike() {
    let mut dice = Dice(7);
    let mut found = 0;
    for round in 0..60 {
        let mut setup = setup(
            "(format: 1, cluster: (acceptors: 2, leaders: 2, replicas: 2, clients: 0),
              proposals: [\"L0 1 put k A\", \"L1 1 put k B\"])",
        );
        if round % 2 == 0 {
            setup.rules.broken.insert(Bug::ALL[dice.below(Bug::ALL.len())]);
        }
        setup.rules.start = if dice.below(2) == 0 { Start::Run } else { Start::Idle };
        setup.rules.local = if dice.below(2) == 0 { Local::Stepped } else { Local::Instant };
        if World::new(&setup).is_err() {
            continue;
        }
        let allow =
            ["", "elect=2", "elect,drop", "elect,restart", "elect,duplicate", "elect,crash,timeout"][dice.below(6)];
        let predicate = parse_predicate("find", &dice.predicate(1 + round % 3)).unwrap();
        found += usize::from(compare(&setup, &Goal::find(predicate), allow, 6));
    }
    assert!((8..56).contains(&found), "{found}");
}

/// Runs the jobs of a search on threads, the last one first.
fn crew(jobs: Vec<Job<'_>>) {
    std::thread::scope(|scope| jobs.into_iter().rev().for_each(|job| drop(scope.spawn(job))));
}

/// The verdict with its schedule, and every count, are the same whatever the number of threads.
#[test]
fn threads_change_nothing() {
    let bug = |name: &str| {
        let mut setup = setup(BIG);
        setup.rules.broken.extend(Bug::ALL.iter().filter(|bug| bug.name() == name));
        setup
    };
    let predicate = |text: &str| Goal::find(parse_predicate("find", text).unwrap());
    let by = |depth: Option<usize>, states: Option<usize>| Limits { depth, states, bytes: None };
    let cases = [
        (bug(""), Goal::nothing(), by(Some(11), None)),
        (bug(""), Goal::nothing(), by(None, Some(17_001))),
        (bug("ignore_pvals"), predicate(CHOSEN), by(None, None)),
        (bug("quorum_1_of_3"), predicate("Then(Chosen(1, \"A\"), Chosen(1, \"B\"))"), by(Some(11), None)),
        (bug("accept_lower"), Goal::Check(Invariant::ALL.to_vec()), by(Some(12), None)),
    ];
    for (setup, goal, limits) in cases {
        let start = World::new(&setup).unwrap();
        for begin in [Search::new, Search::without_reductions] {
            let run = |threads: usize| {
                let asked = Question { limits, ..question(goal.clone(), "") };
                let mut search = begin(&start, &Watch::new(&start), asked).unwrap().with_crew(threads, crew);
                let verdict = search.finish();
                let Progress { states, transitions, per_depth, transitions_per_depth, waiting, .. } = search.progress();
                (verdict, states, transitions, per_depth, transitions_per_depth, waiting)
            };
            let alone = run(1);
            for threads in [2, 3, 5] {
                assert_eq!(run(threads), alone, "{threads} threads: {goal:?} {limits:?}");
            }
        }
    }
}

/// The world after each step is judged as [`Watch`] judges it: what the search says of every world is what it says.
#[test]
fn every_invariant_alone_is_broken_after_as_many_steps_as_by_hand() {
    for name in ["ignore_pvals", "quorum_1_of_3", "overwrite", "accept_lower", "adopt_lower", "no_tiebreak"] {
        let path = std::path::Path::new("tests/scenarios/bugs").join(name).with_extension("ron");
        let scenario = Scenario::parse(name, &std::fs::read_to_string(path).unwrap()).unwrap();
        let rules = scenario.setup.rules.clone();
        let small = setup(
            "(format: 1, cluster: (acceptors: 2, leaders: 2, replicas: 1, clients: 0),
              proposals: [\"L0 1 put k A\", \"L1 1 put k B\"])",
        );
        let setup = Setup { rules, ..small };
        let first = first_alarms(&setup, 12);
        for invariant in Invariant::ALL {
            let limits = Limits { depth: Some(12), ..Limits::default() };
            let asked = Question { goal: Goal::Check(vec![invariant]), allow: Allow::default(), limits };
            let alarm = match search(&setup, asked).finish() {
                Verdict::Violated { actions, .. } => Some(actions.len()),
                Verdict::Held | Verdict::Stopped(Limit::Depth) => None,
                other => panic!("{other:?}"),
            };
            assert_eq!(alarm, first.get(&invariant).copied(), "{name} {invariant:?}");
        }
    }
}

#[test]
fn limits_end_it_and_say_so() {
    let setup = setup(BIG);
    let asked = |limits: Limits| Question { limits, ..question(Goal::nothing(), "") };
    let mut by_states = search(&setup, asked(Limits { states: Some(1000), ..Limits::default() }));
    assert_eq!(by_states.finish(), Verdict::Stopped(Limit::States));
    assert_eq!(by_states.progress().states, 1000);
    let mut by_depth = search(&setup, asked(Limits { depth: Some(5), ..Limits::default() }));
    assert_eq!(by_depth.finish(), Verdict::Stopped(Limit::Depth));
    assert_eq!(by_depth.progress().per_depth, [1, 6, 24, 68, 153, 285]);
    let mut by_bytes = search(&setup, asked(Limits { bytes: Some(4 << 20), ..Limits::default() }));
    assert_eq!(by_bytes.finish(), Verdict::Stopped(Limit::Memory));
    // Step by step it is the same search.
    let mut stepped = search(&setup, asked(Limits { depth: Some(9), ..Limits::default() }));
    while stepped.run(1).is_none() {}
    let mut at_once = search(&setup, asked(Limits { depth: Some(9), ..Limits::default() }));
    at_once.finish();
    assert_eq!(stepped.progress(), at_once.progress());
}

#[test]
fn what_a_predicate_remembers_belongs_to_the_world() {
    let setup = setup(SMALL[0].0);
    let find = |text: &str| {
        let predicate = parse_predicate("find", text).unwrap();
        match search(&setup, question(Goal::find(predicate), SMALL[0].1)).finish() {
            Verdict::Found(actions) => Some(actions.len()),
            Verdict::NotFound => None,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(find("Up(_)"), Some(0));
    assert_eq!(find("Active(\"L0\")"), Some(3));
    // Elected, and again passive, which only a second run for office makes it.
    assert_eq!(find("Then(Active(\"L0\"), Not(Active(\"L0\")))"), Some(4));
    assert_eq!(find("All([Ever(InFlight(\"p1a\")), Not(InFlight(\"p1a\")), Answered(\"A\")])"), Some(10));
    assert_eq!(find("Sent(\"p1a\", AtLeast(3))"), None);
    assert_eq!(find("All([Decided(\"R0\", 1, \"A\"), Sent(\"p1a\", Exactly(1))])"), Some(9));
}

/// Finds it with and without reductions; both must say the same.
fn shortest(text: &str, allow: &str, find: &str) -> Option<usize> {
    let scenario = Scenario::parse("test", text).unwrap_or_else(|error| panic!("{error}"));
    let mut run = scenario.run().unwrap();
    assert!(run.by_ref().all(|step| step.is_ok()), "{text}");
    let (world, watch) = (run.world().clone(), run.watch().clone());
    let [with, without] = [Search::new, Search::without_reductions].map(|begin| {
        let asked = question(Goal::find(parse_predicate("find", find).unwrap()), allow);
        outcome(&mut begin(&world, &watch, asked).unwrap()).0
    });
    assert_eq!(with, without, "{find}");
    with
}

/// A leader that forgot its ballot runs with it again, so that votes from before the crash count for its new commander.
#[test]
fn an_answer_to_a_ballot_that_is_used_again_is_not_dead() {
    let text = "(format: 1, cluster: (acceptors: 1, leaders: 1, replicas: 1, clients: 0),
        rules: (broken: [reuse_ballot]), proposals: [\"L0 1 put k A\"],
        actions: [\"elect L0\", \"deliver L0>A0 p1a(0.0)\", \"deliver A0>L0 p1b(0.0, [])\",
            \"deliver L0>A0 p2a(0.0, 1, A)\", \"restart L0\"])";
    // elect, p1a, p1b, then the old p2b, decision.
    assert_eq!(shortest(text, "elect", "Decided(\"R0\", 1, _)"), Some(5));
}

/// A1 falls back in the second step; the third is A0's. In the order that breaks A1 last it is not what is asked for.
#[test]
fn what_the_last_step_did_not_break_depends_on_the_last_step() {
    let text = "(format: 1, cluster: (acceptors: 2, leaders: 2, replicas: 1, clients: 0),
        rules: (start: run, broken: [adopt_lower]))";
    let find = "All([Not(Violated(A1)), Not(InFlightTo(\"A1\")), Sent(\"p1b\", Exactly(3)),
        BallotNum(\"A0\", \"0.0\"), BallotNum(\"A1\", \"0.0\")])";
    assert_eq!(shortest(text, "", find), Some(3));
    // After any step that changes nothing it is so, too: also after one that reductions would leave out.
    assert_eq!(shortest(text, "", "All([Not(Violated(_)), Ever(Violated(A1))])"), Some(3));
}

/// More than a world can remember is refused, not forgotten.
#[test]
fn a_question_with_too_much_to_remember_is_refused() {
    let nested = |count: usize| format!("{}Up(_){}", "Ever(".repeat(count), ")".repeat(count));
    for (count, fits) in [(10, true), (64, true), (65, false)] {
        let Ok(predicate) = parse_predicate("find", &nested(count)) else { continue };
        let start = World::new(&setup(SMALL[0].0)).unwrap();
        let begun = Search::new(&start, &Watch::new(&start), question(Goal::find(predicate), ""));
        assert_eq!(begun.is_ok(), fits, "{count}");
    }
    let wide = format!("All([{}])", vec!["Ever(All([]))"; 65].join(", "));
    let start = World::new(&setup(SMALL[0].0)).unwrap();
    let asked = question(Goal::find(parse_predicate("find", &wide).unwrap()), "");
    assert!(Search::new(&start, &Watch::new(&start), asked).is_err());
}

/// Depth-first visits the same worlds, finds what there is, by ways that may be longer, and is honest about its limits.
#[test]
fn depth_first_visits_the_same_worlds() {
    for (text, allow) in SMALL {
        let setup = setup(text);
        for begin in [search, reduced] {
            let mut deep = begin(&setup, question(Goal::nothing(), allow)).depth_first();
            let mut wide = begin(&setup, question(Goal::nothing(), allow));
            assert_eq!((deep.finish(), deep.progress().waiting), (wide.finish(), 0), "{text}");
            let (deep, wide) = (deep.progress(), wide.progress());
            assert_eq!((deep.states, deep.transitions), (wide.states, wide.transitions), "{text}");
            assert_eq!(deep.per_depth.iter().sum::<u64>(), deep.states as u64);
        }
    }
    let start = World::new(&setup(BIG)).unwrap();
    let watch = Watch::new(&start);
    let asked =
        |limits: Limits| Question { limits, ..question(Goal::find(parse_predicate("find", CHOSEN).unwrap()), "") };
    let begin = |limits: Limits| Search::new(&start, &watch, asked(limits)).unwrap().depth_first();
    // What lies below is not looked at, so that it says nothing of it.
    assert_eq!(begin(Limits { depth: Some(7), ..Limits::default() }).finish(), Verdict::Stopped(Limit::Depth));
    assert_eq!(begin(Limits { states: Some(900), ..Limits::default() }).finish(), Verdict::Stopped(Limit::States));
    assert_eq!(begin(Limits { bytes: Some(1 << 20), ..Limits::default() }).finish(), Verdict::Stopped(Limit::Memory));
    let mut broken = setup(BIG);
    broken.rules.broken.insert(Bug::IgnorePvals);
    let start = World::new(&broken).unwrap();
    let mut deep = Search::new(&start, &Watch::new(&start), asked(Limits::default())).unwrap().depth_first();
    let Verdict::Found(actions) = deep.finish() else { panic!("it is there") };
    assert!(actions.len() >= 14 && deep.progress().states < 20_000, "{}", actions.len());
}

/// The published listing can hang with reliable delivery: of the worlds in which nothing is in flight any more, so many are
/// without a decision.
#[test]
fn a_commander_that_takes_a_late_promise_for_a_refusal_can_hang() {
    let ends = |rules: &str| ends(&setup(&ending(rules, 1)));
    assert_eq!(ends("lower_p2b: exit"), (7, 3));
    assert_eq!(ends("lower_p2b: ignore"), (4, 0));
    assert_eq!(ends("p2a: at_least"), (1, 0));
}

#[test]
#[ignore = "a minute: cargo test --release --test explore -- --ignored"]
fn with_two_leaders_it_can_hang_in_more_ways() {
    let ends = |rules: &str| ends(&setup(&ending(rules, 2)));
    assert_eq!(ends("lower_p2b: exit"), (108, 42));
    assert_eq!(ends("lower_p2b: ignore"), (47, 0));
}

fn ending(rules: &str, leaders: usize) -> String {
    let proposals = ["\"L0 1 put k A\"", "\"L1 1 put k B\""][..leaders].join(", ");
    format!(
        "(format: 1, rules: (start: run, local: stepped, {rules}), proposals: [{proposals}],
          cluster: (acceptors: 3, leaders: {leaders}, replicas: 1, clients: 0))"
    )
}
