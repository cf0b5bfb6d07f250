//! Finding schedules for people: walks, what is left out, the order, and questions that make sense now.

#![allow(clippy::unwrap_used, clippy::panic)]

use paxoscope::explore::{Allow, Answer, Goal, Limits, Quest, Question, Search, Verdict, Walks, polish, suggestions};
use paxoscope::script::{Scenario, action_text, parse_action, parse_predicate};
use paxoscope::world::{Action, Follow, Predicate, Setup, Watch, World};

const BOTH: &str = "All([Chosen(1, \"A\"), Chosen(1, \"B\")])";

fn bug(name: &str) -> World {
    let path = std::path::Path::new("tests/scenarios/bugs").join(name).with_extension("ron");
    let scenario = Scenario::parse(name, &std::fs::read_to_string(path).unwrap()).unwrap();
    World::new(&scenario.setup).unwrap()
}

fn predicate(text: &str) -> Predicate {
    parse_predicate("test", text).unwrap()
}

fn question(text: &str, allow: &str) -> Question {
    Question { goal: Goal::find(predicate(text)), allow: allow.parse().unwrap(), limits: Limits::default() }
}

/// A world after these lines, and what is remembered of them.
fn after(lines: &[&str]) -> (World, Watch) {
    let mut world = World::new(&Setup::default()).unwrap();
    let mut watch = Watch::new(&world);
    for line in lines {
        let before = world.clone();
        let events = world.apply(&parse_action(line, &world).unwrap()).unwrap();
        watch.observe(&before, &world, &events);
    }
    (world, watch)
}

/// After which step a schedule first leads to what is asked for; `None` if one cannot be taken, or none leads there.
fn first(start: &World, watch: &Watch, asked: &Predicate, actions: &[Action]) -> Option<usize> {
    let (mut world, mut watch) = (start.clone(), watch.clone());
    let mut follow = Follow::new(asked);
    let mut there = follow.observe(asked, &world, &watch).then_some(0);
    for (number, action) in (1..).zip(actions) {
        let before = world.clone();
        let events = world.apply(action).ok()?;
        watch.observe(&before, &world, &events);
        if follow.observe(asked, &world, &watch) && there.is_none() {
            there = Some(number);
        }
    }
    there
}

fn texts(start: &World, actions: &[Action]) -> Vec<String> {
    let mut world = start.clone();
    let text = |action: &Action| {
        let text = action_text(action, &world);
        world.apply(action).unwrap();
        text
    };
    actions.iter().map(text).collect()
}

#[test]
fn walks_find_what_can_be_and_repeat_by_their_seed() {
    for (name, allow) in [("ignore_pvals", ""), ("accept_lower", ""), ("amnesia", "restart")] {
        let start = bug(name);
        let watch = Watch::new(&start);
        for seed in 0..5 {
            let find = || Walks::new(&start, &watch, question(BOTH, allow), seed).run(20_000);
            let found = find().unwrap_or_else(|| panic!("{name}, seed {seed}"));
            assert_eq!(first(&start, &watch, &predicate(BOTH), &found), Some(found.len()), "{name}, seed {seed}");
            assert_eq!(find(), Some(found), "{name}, seed {seed}");
        }
    }
    let right = World::new(&Setup { rules: Setup::default().rules, ..two_proposals() }).unwrap();
    assert_eq!(Walks::new(&right, &Watch::new(&right), question(BOTH, ""), 1).run(500), None);
}

fn two_proposals() -> Setup {
    Scenario::parse("test", "(format: 1, rules: (start: run), proposals: [\"L0 1 put k A\", \"L1 1 put k B\"])")
        .unwrap()
        .setup
}

#[test]
fn walks_keep_to_what_may_happen() {
    let (start, watch) = after(&["request C0 put k v"]);
    let count = |allow: &str, verb: &str| {
        let mut asked = question("Sent(\"p1a\", AtLeast(1000))", allow);
        asked.limits.depth = Some(60);
        // Nothing is found, so each walk goes on for as long as it may: the budget is seen in what is possible at all.
        let mut walks = Walks::new(&start, &watch, asked, 3);
        assert_eq!(walks.run(50), None, "{allow} {verb}");
        walks.steps()
    };
    // Two requests to replicas, and what they propose to two leaders each: six deliveries, and nothing else.
    assert_eq!(count("", "deliver"), 50 * 6);
    assert!(count("elect", "elect") > 50 * 6);
    assert!(Walks::new(&start, &watch, question("Active(_)", ""), 1).run(100).is_none());
    assert!(Walks::new(&start, &watch, question("Not(Up(\"A0\"))", ""), 1).run(100).is_none());
    let down = "All([Not(All([Up(\"A0\"), Up(\"A1\"), Up(\"A2\")])), Active(_)])";
    let crashed = Walks::new(&start, &watch, question(down, "crash,elect"), 1).run(5_000).unwrap();
    let lines = texts(&start, &crashed);
    assert_eq!(lines.iter().filter(|line| line.starts_with("crash")).count(), 1, "{lines:?}");
}

/// What is left of a schedule cannot be left out, and it is the same question still.
#[test]
fn nothing_in_a_polished_schedule_can_go() {
    for (name, allow, most) in [("ignore_pvals", "", 18), ("adopt_lower", "", 22), ("amnesia", "restart", 20)] {
        let start = bug(name);
        let watch = Watch::new(&start);
        for seed in 0..4 {
            let asked = question(BOTH, allow);
            let walked = Walks::new(&start, &watch, asked.clone(), seed).run(50_000).unwrap();
            let polished = polish(&start, &watch, &asked, walked.clone());
            assert_eq!(first(&start, &watch, &predicate(BOTH), &polished), Some(polished.len()), "{name} {seed}");
            assert!(polished.len() <= walked.len().min(most), "{name} {seed}: {}", polished.len());
            for left_out in 0..polished.len() {
                let mut fewer = polished.clone();
                fewer.remove(left_out);
                assert_eq!(first(&start, &watch, &predicate(BOTH), &fewer), None, "{name} {seed}: {left_out} can go");
            }
        }
    }
}

/// Without the request that is not needed, the next one's command is called A: the schedule goes on to mean the same.
#[test]
fn what_is_left_is_numbered_anew() {
    let text = "(format: 1, cluster: (acceptors: 1, leaders: 1, replicas: 1),
        workload: [\"C0 put k v\", \"C0 put k w\"])";
    let start = World::new(&Scenario::parse("test", text).unwrap().setup).unwrap();
    let watch = Watch::new(&start);
    let lines = [
        "elect L0",
        "request C0 put k v",
        "request C0 put k w",
        "deliver C0>R0 request(B)",
        "deliver R0>L0 propose(1, B)",
        "elect L0",
        "deliver L0>A0 p1a(1.0)",
        "deliver A0>L0 p1b(1.0, [])",
        "deliver L0>A0 p2a(1.0, 1, B)",
    ];
    let mut world = start.clone();
    let mut actions = Vec::new();
    for line in lines {
        let action = parse_action(line, &world).unwrap();
        world.apply(&action).unwrap();
        actions.push(action);
    }
    let asked = question("Chosen(1, _)", "request,elect=2");
    let polished = polish(&start, &watch, &asked, actions);
    assert_eq!(
        texts(&start, &polished),
        [
            "request C0 put k v",
            "deliver C0>R0 request(A)",
            "deliver R0>L0 propose(1, A)",
            "elect L0",
            "deliver L0>A0 p1a(0.0)",
            "deliver A0>L0 p1b(0.0, [])",
            "deliver L0>A0 p2a(0.0, 1, A)"
        ]
    );
}

#[test]
fn the_order_keeps_together_what_belongs_together() {
    let start = bug("ignore_pvals");
    let watch = Watch::new(&start);
    let asked = question(BOTH, "");
    let Verdict::Found(shortest) = Search::new(&start, &watch, asked.clone()).unwrap().finish() else { panic!() };
    let polished = polish(&start, &watch, &asked, shortest.clone());
    assert_eq!(polished.len(), shortest.len(), "the shortest stays as long as it is");
    insta::assert_snapshot!(texts(&start, &polished).join("\n"));
}

#[test]
fn a_quest_has_a_witness_first_and_then_the_shortest() {
    let start = bug("ignore_pvals");
    let watch = Watch::new(&start);
    let mut quest = Quest::new(&start, &watch, question(BOTH, ""), 1).unwrap();
    while quest.witness().is_none() {
        assert_eq!(quest.run(), None);
    }
    let witness = quest.witness().unwrap().len();
    let Answer::Found { actions, shortest: true } = quest.finish() else { panic!() };
    assert_eq!(actions.len(), 14);
    assert!(witness >= 14);
    let mut limited = question(BOTH, "");
    limited.limits.states = Some(500);
    let mut quest = Quest::new(&start, &watch, limited, 1).unwrap();
    assert!(matches!(quest.finish(), Answer::Found { shortest: false, .. }), "the witness stays");
    let (start, watch) = after(&["elect L0"]);
    let finish = |text: &str| Quest::new(&start, &watch, question(text, ""), 1).unwrap().finish();
    assert_eq!(finish("Active(\"L1\")"), Answer::None);
    assert_eq!(finish("Up(_)"), Answer::Found { actions: Vec::new(), shortest: true });
}

#[test]
fn a_request_gets_stuck_when_nobody_leads() {
    let (start, watch) = after(&["request C0 put k v"]);
    let stuck = Predicate::stuck(&start).unwrap();
    let asked = |allow: &str| Question {
        goal: Goal::find(stuck.clone()),
        allow: allow.parse::<Allow>().unwrap(),
        limits: Limits::default(),
    };
    let Verdict::Found(actions) = Search::new(&start, &watch, asked("")).unwrap().finish() else { panic!() };
    assert_eq!(actions.len(), 6, "all is delivered, and no leader is active");
    assert_eq!(first(&start, &watch, &stuck, &actions), Some(6));
    // What is in flight to somebody who is down cannot be delivered.
    let (start, watch) = after(&["request C0 put k v", "crash R0", "crash R1"]);
    assert_eq!(first(&start, &watch, &Predicate::stuck(&start).unwrap(), &[]), Some(0));
    let (start, _) = after(&["partition A0 | A1"]);
    assert_eq!(Predicate::stuck(&start), None);
}

fn asks(lines: &[&str]) -> Vec<String> {
    let (world, watch) = after(lines);
    suggestions(&world, &watch).into_iter().map(|one| format!("{} [{}]", one.ask, one.allow)).collect()
}

/// L0 is elected, with a command to propose.
const ELECTED: [&str; 8] = [
    "request C0 put k v",
    "deliver C0>R0",
    "deliver R0>L0",
    "elect L0",
    "deliver L0>A0 p1a",
    "deliver L0>A1 p1a",
    "deliver A0>L0 p1b",
    "deliver A1>L0 p1b",
];
/// A majority votes for it.
const VOTED: [&str; 2] = ["deliver L0>A0 p2a", "deliver L0>A1 p2a"];

#[test]
fn questions_are_those_of_the_moment() {
    let chosen = [&ELECTED[..], &VOTED, &["request C0 put k w"]].concat();
    let told = ["deliver A0>L0 p2b", "deliver A1>L0 p2b", "drop L0>R0 decision", "drop L0>R1 decision"];
    let lost = [&ELECTED[..], &VOTED, &told].concat();
    let all = [
        ("at the beginning", asks(&[])),
        ("asked", asks(&["request C0 put k v"])),
        ("elected", asks(&ELECTED)),
        ("chosen", asks(&chosen)),
        ("told, and lost", asks(&lost)),
        ("broken", asks(&["rule stable -acceptor.accepted"])),
    ];
    let told: Vec<String> = all.iter().map(|(name, asks)| format!("{name}\n  {}", asks.join("\n  "))).collect();
    insta::assert_snapshot!(told.join("\n"));
    // Nobody tells it again but a leader that is elected anew.
    let (world, watch) = after(&lost);
    let learn = suggestions(&world, &watch).into_iter().find(|one| one.ask.contains("learn that Op1 is A")).unwrap();
    let question = Question { goal: learn.goal, allow: learn.allow, limits: Limits::default() };
    let answer = Quest::new(&world, &watch, question, 1).unwrap().finish();
    assert!(matches!(answer, Answer::Found { .. }), "{answer:?}");
}

/// Every question that is offered can be answered, and what is found leads there.
#[test]
fn what_is_suggested_is_answered() {
    let (world, watch) = after(&[&ELECTED[..], &VOTED].concat());
    let limits = Limits { states: Some(20_000), ..Limits::default() };
    let mut found = 0;
    for one in suggestions(&world, &watch) {
        let question = Question { goal: one.goal.clone(), allow: one.allow, limits };
        if let Answer::Found { actions, .. } = Quest::new(&world, &watch, question, 1).unwrap().finish() {
            found += 1;
            let Goal::Find(predicate, _) = &one.goal else { panic!("{} is broken", one.ask) };
            assert_eq!(first(&world, &watch, predicate, &actions), Some(actions.len()), "{}", one.ask);
        }
    }
    assert!(found >= 4, "{found}");
}
