//! Whom a leader suspects, and how long.
#![allow(clippy::unwrap_used, clippy::panic)]

use paxoscope::pmmc::LeaderId;
use paxoscope::script::parse_action;
use paxoscope::session::Session;
use paxoscope::world::Setup;

/// Who suspects L1 after each of these actions.
fn after(lines: &[&str]) -> Vec<Vec<LeaderId>> {
    let mut session = Session::new(Setup::default()).unwrap();
    let step = |line: &&str| {
        session.act(parse_action(line, session.world()).unwrap()).unwrap();
        session.suspicions().of(LeaderId(1)).collect()
    };
    lines.iter().map(step).collect()
}

const TIMEOUT: [&str; 6] = [
    "elect L0",
    "elect L1",
    "deliver L1>A0 p1a(0.1)",
    "deliver L0>A0 p1a(0.0)",
    "deliver A0>L0 p1b(0.1, [], to 0.0)",
    "timeout L0",
];

#[test]
fn a_leader_is_suspected_until_it_is_heard_of_again() {
    let by_l0 = vec![LeaderId(0)];
    let run = |more: &[&str]| after(&[TIMEOUT.as_slice(), more].concat()).split_off(TIMEOUT.len() - 2);
    // Silence and what others do change nothing; the news that it ran again does.
    assert_eq!(
        run(&["deliver L0>A0 p1a(1.0)", "elect L1", "deliver L1>A1 p1a(1.1)", "deliver L0>A1 p1a(1.0)"]),
        [vec![], by_l0.clone(), by_l0.clone(), by_l0.clone(), by_l0.clone(), by_l0.clone()]
    );
    let heard = ["elect L1", "deliver L1>A1 p1a(1.1)", "deliver L0>A1 p1a(1.0)", "deliver A1>L0 p1b(1.1, [], to 1.0)"];
    assert_eq!(run(&heard).last(), Some(&vec![]));
    assert_eq!(run(&["crash L0"]).last(), Some(&vec![]));
}

#[test]
fn a_ping_of_the_suspected_leader_is_a_sign_of_life() {
    let pinged = [
        "deliver L0>A0 p1a(1.0)",
        "deliver L1>A1 p1a(0.1)",
        "deliver L0>A1 p1a(1.0)",
        "deliver L1>A2 p1a(0.1)",
        "deliver L0>A2 p1a(1.0)",
        "resend L1",
        "deliver L1>A0 p1a(0.1)",
        "deliver A0>L1 p1b(1.0, [], to 0.1)",
        "ping L1",
    ];
    let found = after(&[TIMEOUT.as_slice(), &pinged, &["deliver L1>L0 ping(1.0)"]].concat());
    assert_eq!(found[found.len() - 2..], [vec![LeaderId(0)], vec![]]);
}
