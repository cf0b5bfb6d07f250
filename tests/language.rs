//! The action language: what can be said, and what is answered to what cannot.

// Helpers of tests are tests too, which clippy does not see.
#![allow(clippy::expect_used, clippy::panic)]

use paxoscope::script::{Scenario, action_text, parse_action};
use paxoscope::world::World;

/// The world after these actions.
fn world_after(scenario: &str) -> World {
    let scenario = Scenario::parse("test.ron", scenario).unwrap_or_else(|error| panic!("{error}"));
    let mut run = scenario.run().expect("a world");
    for step in run.by_ref() {
        step.unwrap_or_else(|error| panic!("{error}"));
    }
    run.world().clone()
}

/// Two leaders ran; A0 has accepted a value of each; L0's commander was answered by a higher ballot.
fn busy() -> World {
    world_after(
        r#"(format: 1, proposals: ["L0 1 put k1 v1"], actions: [
            "elect L0", "deliver L0>A0", "deliver L0>A1", "deliver A0>L0", "deliver A1>L0",
            "elect L1", "deliver L0>A0 p2a", "deliver L1>A0 p1a",
            "deliver L1>A1 p1a", "deliver L0>A1 p2a", "request C0 put k2 v2", "deliver C0>R0",
        ])"#,
    )
}

#[test]
fn what_is_said_is_understood() {
    let world = busy();
    let table = [
        ("request C0 put k1 v1", "request C0 put k1 v1"),
        ("  request\tC0  append k1 v)⟨ ", "request C0 append k1 v)⟨"),
        ("request C0 get k", "request C0 get k"),
        ("request C0 noop", "request C0 noop"),
        ("request C0 B", "request C0 B"),
        ("elect L1", "elect L1"),
        ("deliver L0>A2 p1a(0.0)", "deliver L0>A2 p1a(0.0)"),
        ("deliver L0 > A2 p1a( 0.0 )", "deliver L0>A2 p1a(0.0)"),
        ("deliver L0→A2 p1a", "deliver L0>A2 p1a(0.0)"),
        ("deliver L0->A2 p2a", "deliver L0>A2 p2a(0.0, 1, A)"),
        ("drop L0>A2 p2a(⟨0.0, 1, A⟩)", "drop L0>A2 p2a(0.0, 1, A)"),
        ("duplicate A0>L1", "duplicate A0>L1 p1b(0.1, [(0.0, 1, A)])"),
        ("deliver A0>L1 p1b(0.1,[⟨0.0,1,A⟩])", "deliver A0>L1 p1b(0.1, [(0.0, 1, A)])"),
        ("deliver A0>L0", "deliver A0>L0 p2b(0.0, 1)"),
        ("deliver A0>L0 p2b(0.0, 1, for A)", "deliver A0>L0 p2b(0.0, 1)"),
        ("deliver A1>L0 p2b(0.1, 1, to 0.0)", "deliver A1>L0 p2b(0.1, 1, to 0.0)"),
        ("crash A1", "crash A1"),
        ("restart C0", "restart C0"),
        ("resend R1", "resend R1"),
        ("timeout L0", "timeout L0"),
        ("partition A2 A0|L1", "partition L1 | A0 A2"),
        ("partition R0 | R1 | C0", "partition C0 | R0 | R1"),
        ("heal", "heal"),
        ("rule on_preempted rescout", "rule on_preempted rescout"),
        ("rule p2a at_least", "rule p2a at_least"),
        ("rule lower_p2b exit", "rule lower_p2b exit"),
        ("rule window 3", "rule window 3"),
        ("rule local stepped", "rule local stepped"),
        ("rule duplicate_request answer", "rule duplicate_request answer"),
        ("rule stable -acceptor.accepted", "rule stable -acceptor.accepted"),
        ("rule stable +replica.app", "rule stable +replica.app"),
    ];
    for (text, printed) in table {
        let action = parse_action(text, &world).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(action_text(&action, &world), printed);
        assert_eq!(parse_action(printed, &world).as_ref(), Ok(&action), "{printed}");
    }
}

#[test]
fn what_is_not_understood_is_answered_in_one_sentence() {
    let world = busy();
    let texts = [
        "",
        "delivr L0>A0",
        "Elect L0",
        "explode A0",
        "elect",
        "elect A0",
        "elect l1",
        "elect L7x",
        "elect L300",
        "elect L0 now",
        "crash L01",
        "request C0",
        "request R0 put a b",
        "request C0 putt a b",
        "request C0 put a",
        "request C0 put a b c",
        "request C0 ZZZZ",
        "deliver",
        "deliver L0",
        "deliver L0 A0",
        "deliver L0>",
        "deliver L0>A7 p1a(0.0)",
        "deliver L0>A2",
        "deliver L0>A2 p1x(0.0)",
        "deliver L0>A2 p1a(0.0",
        "deliver L0>A2 p1a(0.7)",
        "deliver A2>L0",
        "deliver A0>L1 p1b(0.1, [])",
        "deliver C0>R0 request(B)",
        "duplicate L0>R0 decision(1, A)",
        "partition",
        "partition A0 A1",
        "partition A0 | | A1",
        "partition A0 | A0",
        "partition A0 | B1",
        "rule",
        "rule on_preemptd wait",
        "rule on_preempted waits",
        "rule on_preempted",
        "rule window 0",
        "rule first_slot 0",
        "rule stable acceptor.accepted",
        "rule stable -acceptor.acepted",
        "rule local xyzzy",
        "elect L0\nelect L1",
        "elect \u{1b}[2J",
    ];
    let answer = |text: &&str| match parse_action(text, &world) {
        Ok(action) => format!("{text:?}\n    UNDERSTOOD: {action:?}\n"),
        Err(error) => format!("{text:?}\n  {:>3} {error}\n", error.column),
    };
    insta::assert_snapshot!(texts.iter().map(answer).collect::<String>());
}

#[test]
fn answers_to_two_commanders_that_read_the_same_say_for_which_command() {
    let world = world_after(
        r#"(format: 1, rules: (stable: ["acceptor.ballot_num", "acceptor.accepted"]), actions: [
            "request C0 put k1 v1", "request C0 put k2 v2",
            "deliver C0>R0 request(A)", "deliver C0>R1 request(B)",
            "elect L0", "deliver L0>A0", "deliver L0>A1", "duplicate A0>L0", "duplicate A1>L0",
            "deliver A0>L0", "deliver A1>L0", "deliver R0>L0", "deliver L0>A0 p2a",
            "restart L0", "elect L0", "deliver A0>L0 p1b", "deliver A1>L0 p1b", "deliver R1>L0",
            "deliver L0>A0 p2a(0.0, 1, B)",
        ])"#,
    );
    for command in ["A", "B"] {
        let text = format!("deliver A0>L0 p2b(0.0, 1, for {command})");
        let action = parse_action(&text, &world).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(action_text(&action, &world), text);
    }
    let error = parse_action("deliver A0>L0 p2b(0.0, 1)", &world).expect_err("two match");
    assert_eq!(
        error.to_string(),
        "2 different messages from A0 to L0 match; write which: `p2b(0.0, 1, for A)`, `p2b(0.0, 1, for B)`"
    );
}

#[test]
fn a_scenario_prints_and_is_the_same_again() {
    let texts = [
        "(format: 1)",
        include_str!("../assets/scenario.ron"),
        include_str!("scenarios/worked_trace.ron"),
        r##"Scenario(format: 1, title: "say \"x\" \\ ü", cluster: (clients: 0, acceptors: 5),
            rules: (stable: [], first_slot: 0, window: 9, p2a: at_least, lower_p2b: exit, duplicate_request: answer),
            proposals: ["L0 0 put k v", "L1 0 A", "L1 2 noop"],
            actions: [r#"elect L0"#, /* a */ "elect\u{20}L1" // b
            ])"##,
    ];
    for text in texts {
        let scenario = Scenario::parse("one.ron", text).unwrap_or_else(|error| panic!("{error}"));
        let printed = scenario.to_ron();
        let again = Scenario::parse("two.ron", &printed).unwrap_or_else(|error| panic!("{error}\n{printed}"));
        assert_eq!(again, scenario);
        assert_eq!(again.to_ron(), printed);
    }
    let scenario = Scenario::parse("one.ron", texts[3]).expect("a scenario");
    insta::assert_snapshot!(scenario.to_ron());
}

#[test]
fn lines_know_where_they_stand() {
    let text = "\u{feff}// first\n(format: 1, actions: [\n  \"elect L0\", // ü /* \n /* a /* b */ \"no\" */ r#\"elect \"L0\"\"#])";
    let scenario = Scenario::parse("test.ron", text).expect("a scenario");
    let places: Vec<_> = scenario.actions.iter().map(|line| (line.at.line, line.at.column)).collect();
    assert_eq!(places, [(3, 3), (4, 23)]);
}
