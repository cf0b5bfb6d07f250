//! Every branch of every handler, from a table; and every rule's id is given by some step.

// Helpers of tests are tests too, which clippy does not see.
#![allow(clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fmt::Write;

use paxoscope::export::{StepView, narration};
use paxoscope::script::{Line, Scenario, Step, message_text};
use paxoscope::world::listing::{EXPLANATIONS, explanation};
use paxoscope::world::text::Notation;
use paxoscope::world::{Event, sentences};

const TABLE: &str = include_str!("engine_table.txt");

/// The closed list of rule ids, as other programs know it.
const RULES: &str = "client.request client.response replica.request.new replica.request.known replica.propose \
    replica.decision.new replica.decision.known replica.perform replica.skip replica.displaced replica.learn \
    leader.elect leader.propose.new leader.propose.known leader.adopted leader.pmax leader.adopted.stale leader.preempted \
    leader.preempted.stale leader.spawn_commander scout.p1b.count scout.p1b.majority scout.p1b.preempted scout.gone \
    commander.p2b.count commander.p2b.majority commander.p2b.preempted commander.p2b.lower commander.gone \
    acceptor.p1a.adopt acceptor.p1a.refuse acceptor.p2a.accept acceptor.p2a.refuse world.drop world.duplicate \
    world.crash world.restart world.partition world.heal world.resend world.rule leader.ping leader.ping.answer \
    leader.pong";

/// One case of the table.
struct Case {
    name: String,
    scenario: Scenario,
    /// `rules:`, `sent:` and `state:` lines as they stand.
    expected: String,
}

fn cases() -> Vec<Case> {
    let blocks = TABLE.split("\n\n").map(str::trim).filter(|block| block.starts_with("case: "));
    blocks.map(case).collect()
}

fn case(block: &str) -> Case {
    let of = |key: &str| block.lines().filter_map(|line| line.strip_prefix(key)).collect::<Vec<_>>();
    let (name, fields) = (of("case: ").concat(), of("scenario: ").concat());
    let file = Scenario::parse(&name, &format!("(format: 1, {fields})")).unwrap_or_else(|error| panic!("{error}"));
    let actions = of("given: ").into_iter().chain(of("when: ")).map(Line::from).collect();
    let keys = ["rules: ", "sent: ", "state: "];
    let outcome = block.lines().filter(|line| keys.iter().any(|key| line.starts_with(key)));
    let expected = outcome.map(|line| line.to_owned() + "\n").collect();
    Case { name, scenario: Scenario { actions, ..file }, expected }
}

fn last_step(case: &Case) -> Step {
    let steps = case.scenario.run().expect("a world");
    let last = steps.map(|step| step.unwrap_or_else(|error| panic!("{}: {error}", case.name))).last();
    last.expect("a step")
}

fn rules(step: &Step) -> Vec<&'static str> {
    step.events.iter().filter_map(Event::rule).collect()
}

/// What a step did, as the table writes it.
fn outcome(step: &Step) -> String {
    let mut text = format!("rules: {}\n", rules(step).join(" "));
    for event in &step.events {
        if let Event::Sent(envelope) = event {
            let message = message_text(envelope, &step.after);
            writeln!(text, "sent: {}>{} {message}", envelope.from, envelope.to).expect("memory");
        }
    }
    for line in narration::step_text(&StepView::from(step)).lines() {
        let clause = line.trim_start();
        let process = clause.split('.').next().unwrap_or_default();
        let is_process = process.len() == 2 && process.starts_with(['C', 'R', 'L', 'A']);
        if line.starts_with("  ") && is_process {
            writeln!(text, "state: {}", clause.trim_end_matches('.')).expect("memory");
        }
    }
    text
}

#[test]
fn every_branch_does_what_the_table_says() {
    let mut wrong = String::new();
    for case in cases() {
        let step = last_step(&case);
        let found = outcome(&step);
        if found != case.expected {
            writeln!(wrong, "{}\nexpected:\n{}found:\n{found}", case.name, case.expected).expect("memory");
        }
        let amnesia = case.name.starts_with("amnesia");
        assert_eq!(step.violations.is_empty(), !amnesia, "{}: {:?}", case.name, step.violations);
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_rule_of_the_closed_list_is_given_by_some_step() {
    let given: BTreeSet<&str> = cases().iter().flat_map(|case| rules(&last_step(case))).collect();
    let closed: BTreeSet<&str> = RULES.split_whitespace().collect();
    assert_eq!(given, closed);
}

#[test]
fn every_rule_has_its_sentence_its_lines_of_pseudo_code_and_no_other_has() {
    for case in cases() {
        let step = last_step(&case);
        let sentences = sentences(Notation::Screen, &step.action, &step.events);
        let rules = rules(&step);
        assert_eq!(sentences.len(), rules.len(), "{}: one sentence for each rule", case.name);
        for (rule, sentence) in rules.iter().zip(&sentences) {
            assert!(explanation(rule).is_some_and(|one| !one.lines.is_empty()), "{rule} has no pseudo-code");
            assert!(sentence.contains(' ') && !sentence.contains(rule), "{rule} has no sentence: {sentence}");
        }
    }
    let explained: BTreeSet<&str> = EXPLANATIONS.iter().map(|(rule, _)| *rule).collect();
    assert_eq!(explained, RULES.split_whitespace().collect());
}
