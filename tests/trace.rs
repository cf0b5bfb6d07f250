//! The worked trace, computed by an independent model, against the engine: after each of its 51 deliveries every
//! process's state and every message sent.

// Helpers of tests are tests too, which clippy does not see.
#![allow(clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use paxoscope::pmmc::{AcceptorId, Ballot, CommandId, Message, PValue, ProcessId, Slot};
use paxoscope::script::{Scenario, Step, message_text};
use paxoscope::world::{Action, Envelope, Event, World};

const PAGE: &str = include_str!("worked_trace.txt");
const SCENARIO: &str = include_str!("scenarios/worked_trace.ron");

/// Actions before the page's line 1: the two requests.
const BEFORE_PAGE: usize = 2;

struct PageLine<'a> {
    number: usize,
    delivery: String,
    states: Vec<&'a str>,
    sent: &'a str,
}

fn page() -> Vec<PageLine<'static>> {
    let lines = PAGE.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let mut parts = line.split('|').map(str::trim);
            let mut part = || parts.next().expect("three parts");
            let (step, states, sent) = (part(), part(), part());
            let (number, delivery) = step.split_once(' ').expect("a number and a delivery");
            let delivery = leader_for_sender(delivery);
            PageLine { number: number.parse().expect("a number"), delivery, states: states.split("; ").collect(), sent }
        })
        .collect()
}

/// `S0.1->a2 …` and `C0.1/1->a2 …` are sent by L1.
fn leader_for_sender(delivery: &str) -> String {
    let (from, rest) = delivery.split_once("->").expect("a sender");
    let leader = from.strip_prefix(['S', 'C']).and_then(|ballot| ballot.split('/').next()?.split_once('.'));
    leader.map_or_else(|| delivery.to_owned(), |(_, leader)| format!("L{leader}->{rest}"))
}

fn process_name(process: ProcessId) -> String {
    match process {
        ProcessId::Client(_) => "client".to_owned(),
        ProcessId::Replica(id) => format!("R{}", id.0 + 1),
        ProcessId::Leader(id) => id.to_string(),
        ProcessId::Acceptor(id) => format!("a{}", id.0 + 1),
    }
}

fn pvalue_text(PValue { slot, ballot, command }: &PValue) -> String {
    format!("{ballot}/{slot}{command}")
}

fn pvalues_text(set: &BTreeSet<PValue>) -> String {
    let mut sorted: Vec<&PValue> = set.iter().collect();
    sorted.sort_by_key(|pvalue| (pvalue.ballot, pvalue.slot));
    format!("{{{}}}", sorted.into_iter().map(pvalue_text).collect::<Vec<_>>().join(" "))
}

fn ballot_text(ballot: Option<Ballot>) -> String {
    ballot.map_or_else(|| "_".to_owned(), |ballot| ballot.to_string())
}

fn slots_text(map: &BTreeMap<Slot, CommandId>) -> String {
    let entries: Vec<_> = map.iter().map(|(slot, command)| format!("{slot}:{command}")).collect();
    format!("{{{}}}", entries.join(","))
}

fn list_text(list: &[CommandId]) -> String {
    format!("[{}]", list.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
}

fn waitfor_text(set: &BTreeSet<AcceptorId>) -> String {
    let names: Vec<_> = set.iter().map(|id| process_name((*id).into())).collect();
    format!("w{{{}}}", names.join(","))
}

/// Every process, scout and commander of the world in the page's notation.
fn states(world: &World) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for node in world.replicas() {
        let r = &node.state;
        let (requests, proposals) = (list_text(&r.requests), slots_text(&r.proposals));
        let (decisions, log) = (slots_text(&r.decisions), list_text(&r.log));
        let text = format!("{}/{} q{requests} p{proposals} d{decisions} log{log}", r.slot_in, r.slot_out);
        all.insert(process_name(r.id.into()), text);
    }
    for node in world.leaders() {
        let l = &node.state;
        let active = if l.active { "T" } else { "F" };
        all.insert(l.id.to_string(), format!("{} {active} {}", l.ballot_num, slots_text(&l.proposals)));
        for (ballot, scout) in &l.scouts {
            let text = format!("{} v{}", waitfor_text(&scout.waitfor), pvalues_text(&scout.pvalues));
            all.insert(format!("S{ballot}"), text);
        }
        for (pvalue, commander) in &l.commanders {
            let text = format!("{} {}", pvalue_text(pvalue), waitfor_text(&commander.waitfor));
            all.insert(format!("C{}/{}", pvalue.ballot, pvalue.slot), text);
        }
    }
    for (id, node) in world.cluster().acceptors().zip(world.acceptors()) {
        let text = format!("{} {}", ballot_text(node.state.ballot_num), pvalues_text(&node.state.accepted));
        all.insert(process_name(id.into()), text);
    }
    all
}

fn message(message: &Message) -> String {
    let name = message.kind().name();
    match message {
        Message::Request { command } => format!("{name}({command})"),
        Message::Propose { slot, command } | Message::Decision { slot, command } => format!("{name}({slot} {command})"),
        Message::P1a { ballot } => format!("{name}({ballot})"),
        Message::P1b { ballot_num, accepted, .. } => {
            format!("{name}({} {})", ballot_text(*ballot_num), pvalues_text(accepted))
        }
        Message::P2a { pvalue } => format!("{name}({})", pvalue_text(pvalue)),
        Message::P2b { ballot_num, .. } => format!("{name}({})", ballot_text(*ballot_num)),
        Message::Adopted { ballot, pvalues } => format!("{name}({ballot} {})", pvalues_text(pvalues)),
        Message::Preempted { ballot } => format!("{name}({})", ballot_text(*ballot)),
        _ => unreachable!("not on the page"),
    }
}

/// Answers go to the scout or commander that they are for.
fn receiver(envelope: &Envelope) -> String {
    match &envelope.message {
        Message::P1b { to, .. } => format!("S{to}"),
        Message::P2b { to, .. } => format!("C{}/{}", to.ballot, to.slot),
        _ => process_name(envelope.to),
    }
}

fn delivery(action: &Action) -> String {
    let Action::Deliver(envelope) = action else { panic!("the page only delivers: {action:?}") };
    format!("{}->{} {}", process_name(envelope.from), receiver(envelope), message(&envelope.message))
}

fn is_response(envelope: &Envelope) -> bool {
    matches!(envelope.message, Message::Response { .. })
}

/// What a step sent, without responses: equal messages together, in the order sent.
fn sent(step: &Step) -> String {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for event in &step.events {
        let Event::Sent(envelope) = event else { continue };
        if is_response(envelope) {
            continue;
        }
        let (text, to) = (message(&envelope.message), receiver(envelope));
        match groups.last_mut() {
            Some((last, receivers)) if *last == text => receivers.push(to),
            _ => groups.push((text, vec![to])),
        }
    }
    let texts: Vec<_> = groups.iter().map(|(text, to)| format!("{text}->{}", to.join(","))).collect();
    if texts.is_empty() { "-".to_owned() } else { texts.join("; ") }
}

/// Makes the page's line happen to the expected states.
fn expect(states: &mut BTreeMap<String, String>, line: &PageLine<'_>) {
    for state in &line.states {
        let (name, text) = state.split_once(' ').expect("a process and its state");
        let (name, spawned) = name.strip_prefix('+').map_or((name, false), |name| (name, true));
        assert_eq!(!spawned, states.contains_key(name), "{}: {state}", line.number);
        match text {
            "unchanged" => {}
            "exits" => drop(states.remove(name)),
            text => drop(states.insert(name.to_owned(), text.to_owned())),
        }
    }
}

#[test]
fn every_process_and_message_is_as_on_the_page() {
    let scenario = Scenario::parse("worked_trace.ron", SCENARIO).expect("a scenario");
    let page = page();
    assert_eq!((page.len(), scenario.actions.len()), (51, 51 + BEFORE_PAGE));
    let mut run = scenario.run().expect("a world");
    for _ in 0..BEFORE_PAGE {
        run.next().expect("a request").expect("enabled");
    }
    let boot = [("R1", "1/1 q[] p{} d{} log[]"), ("R2", "1/1 q[] p{} d{} log[]"), ("L0", "0.0 F {}")];
    let boot = boot.into_iter().chain([("L1", "0.1 F {}"), ("a1", "_ {}"), ("a2", "_ {}"), ("a3", "_ {}")]);
    let boot = boot.chain([("S0.0", "w{a1,a2,a3} v{}"), ("S0.1", "w{a1,a2,a3} v{}")]);
    let mut expected: BTreeMap<_, _> = boot.map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    assert_eq!(states(run.world()), expected);
    assert_eq!(run.world().network().len(), 4 + 6);

    let mut responses = String::new();
    let mut chosen = Vec::new();
    for line in &page {
        let step = run.next().expect("a step").expect("enabled");
        assert_eq!(step.number, line.number + BEFORE_PAGE);
        assert_eq!(delivery(&step.action), line.delivery, "line {}", line.number);
        expect(&mut expected, line);
        assert_eq!(states(&step.after), expected, "line {}", line.number);
        assert_eq!(sent(&step), line.sent, "line {}", line.number);
        assert_eq!(step.violations, [], "line {}", line.number);
        for event in &step.events {
            if let Event::Sent(envelope) = event
                && is_response(envelope)
            {
                write!(responses, "{} {}>{};", line.number, envelope.from, message_text(envelope, &step.after))
                    .unwrap();
            }
        }
        let slots = (1..=3).filter(|slot| run.history().chosen(Slot(*slot)).next().is_some()).count();
        if slots > chosen.len() {
            chosen.push(line.number);
        }
    }
    assert!(run.next().is_none());
    assert_eq!(chosen, [10, 35, 47]);
    assert_eq!(responses, "13 R0>response(A, v1);14 R1>response(A, v1);38 R0>response(B, v2);39 R1>response(B, v2);");
    assert_eq!(in_flight(run.world()), FINALLY_IN_FLIGHT);
}

fn in_flight(world: &World) -> Vec<String> {
    let text = |envelope: &Envelope| format!("{}>{} {}", envelope.from, envelope.to, message_text(envelope, world));
    world.network().each().map(text).collect()
}

/// The page's 18 and the 4 responses.
const FINALLY_IN_FLIGHT: [&str; 22] = [
    "C0>R0 request(B)",
    "R0>C0 response(A, v1)",
    "R0>C0 response(B, v2)",
    "R0>L1 propose(1, A)",
    "R1>C0 response(A, v1)",
    "R1>C0 response(B, v2)",
    "R1>L1 propose(2, B)",
    "R1>L1 propose(3, A)",
    "L0>A0 p2a(1.0, 1, A)",
    "L0>A1 p2a(1.0, 1, A)",
    "L0>A2 p1a(0.0)",
    "L0>A2 p1a(1.0)",
    "L0>A2 p2a(0.0, 1, A)",
    "L0>A2 p2a(1.0, 1, A)",
    "L0>A2 p2a(0.0, 2, B)",
    "L0>A2 p2a(1.0, 2, B)",
    "L0>A2 p2a(1.0, 3, A)",
    "L1>A0 p1a(0.1)",
    "L1>A0 p1a(2.1)",
    "L1>A1 p1a(2.1)",
    "L1>A2 p1a(2.1)",
    "L1>A2 p2a(0.1, 1, A)",
];
