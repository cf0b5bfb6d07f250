//! `paxoscope simulate`: what it finds, writes and says; and the correct variants of the protocol over many random runs.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

use paxoscope::pmmc::{Bug, Cluster, DuplicateRequest, LowerP2b, OnPreempted, P2aRule, Rules};
use paxoscope::session::{Failed, Fair, Fault, Plan, Wrong, requests};
use paxoscope::world::Setup;

/// Every correct variant: 1 to 5 acceptors with every combination of the paper's choices.
fn variants() -> Vec<Setup> {
    let mut variants = Vec::new();
    for acceptors in 1..=5 {
        let cluster = Cluster { acceptors, leaders: 2 + acceptors % 2, ..Cluster::default() };
        for (&p2a, &lower_p2b) in
            P2aRule::ALL.iter().flat_map(|p2a| LowerP2b::ALL.iter().map(move |lower| (p2a, lower)))
        {
            for (&on_preempted, state_reduction) in
                OnPreempted::ALL.iter().flat_map(|preempted| [false, true].map(|reduces| (preempted, reduces)))
            {
                let rules = Rules { p2a, lower_p2b, on_preempted, state_reduction, ..Rules::default() };
                variants.push(Setup { cluster, rules, ..Setup::default() });
            }
        }
    }
    variants
}

/// 50 runs of 2,000 steps of each of the 80 variants, all faults: `cargo test --release --test simulate -- --ignored`.
/// With `SEEDS=1000` in the environment, 1,000 runs of each.
#[test]
#[ignore = "takes a minute even with --release"]
fn correct_variants_break_nothing_in_many_runs() {
    let seeds: u64 = std::env::var("SEEDS").map_or(50, |text| text.parse().unwrap());
    let (variants, next) = (variants(), AtomicUsize::new(0));
    let work = || {
        let mut steps = 0;
        while let Some(setup) = variants.get(next.fetch_add(1, Ordering::Relaxed)) {
            let plan = Plan { setup: setup.clone(), steps: 2_000, faults: Fault::ALL.to_vec(), fair: None };
            for seed in 0..seeds {
                let ending = plan.play(seed, |_| {}).unwrap();
                assert_eq!(ending.failure, None, "seed {seed} of {:?} {:?}", setup.cluster, setup.rules);
                steps += ending.steps;
            }
        }
        steps
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let steps: usize = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    println!("{} variants x {seeds} seeds: {steps} steps, no invariant violated", variants.len());
    assert_eq!(steps as u64, 2_000 * seeds * variants.len() as u64);
}

/// Fair runs of each variant, without faults, and with faults that stop while requests wait: all are answered, soon.
fn answers_every_request(seeds: std::ops::Range<u64>) {
    let stopping = Fault::ALL.into_iter().filter(|fault| *fault != Fault::Partition).collect();
    let (mut runs, mut longest, mut overtaken) = (0, 0, 0);
    for (faults, faults_stop_after) in [(Vec::new(), 0), (stopping, 200)] {
        for mut setup in variants() {
            setup.workload = requests(&setup, 10);
            // As the paper has it, a client whose answers were all lost is never answered again.
            setup.rules.duplicate_request = DuplicateRequest::Answer;
            let fair = Some(Fair { faults_stop_after });
            let plan = Plan { setup, steps: 4_000, faults: faults.clone(), fair };
            for seed in seeds.clone() {
                let ending = plan.play(seed, |_| {}).unwrap();
                assert_eq!(ending.failure.map(|failed| failed.what), None, "seed {seed} of {:?}", plan.setup);
                longest = longest.max(ending.steps);
                overtaken += usize::from(ending.steps > faults_stop_after);
                runs += 1;
            }
        }
    }
    println!("{runs} fair runs, every request answered within {longest} steps");
    // Else there would have been nothing left to answer when faults stopped.
    assert_eq!((runs, overtaken), (160 * (seeds.end - seeds.start) as usize, runs));
}

#[test]
fn correct_variants_answer_every_request_in_fair_runs() {
    answers_every_request(1..3);
}

/// `cargo test --release --test simulate -- --ignored`; with `SEEDS=1000` in the environment, 1,000 of each.
#[test]
#[ignore = "takes a while even with --release"]
fn correct_variants_answer_every_request_in_many_fair_runs() {
    let seeds = std::env::var("SEEDS").map_or(50, |text| text.parse().unwrap());
    answers_every_request(1..seeds + 1);
}

fn paxoscope(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_paxoscope")).current_dir(directory).args(arguments).output().unwrap()
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn bug(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/bugs").join(name).display().to_string()
}

#[test]
fn a_correct_cluster_holds_and_the_rate_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| paxoscope(directory.path(), &[&["simulate", "--steps", "300"], arguments].concat());
    let output = run(&["--seeds", "3"]);
    assert_eq!(said(&output.stdout), "3 runs, 900 steps: no invariant violated\n");
    let talk = said(&output.stderr);
    assert!(
        output.status.code() == Some(0) && talk.ends_with(" steps a second\n") && talk.lines().count() == 1,
        "{talk}"
    );
    assert_eq!(run(&["--faults", "none"]).status.code(), Some(0));
    assert_eq!(run(&["--faults", "drop,crash"]).status.code(), Some(0));
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn what_is_broken_is_written_down_shortened_and_never_over_another_file() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| std::fs::read_to_string(directory.path().join(name)).unwrap();
    let scenario = bug("cmdr_quorum_1.ron");
    let arguments = ["simulate", &scenario, "--seed", "3", "--seeds", "20", "--steps", "500"];
    let (one, other) = (paxoscope(directory.path(), &arguments), paxoscope(directory.path(), &arguments));
    assert_eq!((one.status.code(), said(&one.stdout)), (Some(1), said(&other.stdout)));
    assert!(said(&one.stdout).contains("D1 is violated: "), "{}", said(&one.stdout));
    assert!(said(&one.stderr).contains("`paxoscope replay simulate-3.ron`"), "{}", said(&one.stderr));
    assert_eq!(file("simulate-3.ron"), file("simulate-3-2.ron"));
    let replay =
        |more: &[&str]| paxoscope(directory.path(), &[&["replay", "simulate-3.ron"], more].concat()).status.code();
    assert_eq!((replay(&[]), replay(&["--expect", "Violated(D1)"])), (Some(1), Some(0)));
    // Elected, voted, counted: nothing else is needed.
    assert!(file("simulate-3.ron").matches("\n        \"").count() <= 12, "{}", file("simulate-3.ron"));
}

#[test]
fn a_message_is_known_by_who_sent_it_when_elections_and_requests_before_it_are_left_out() {
    let setup = Setup { rules: Rules { broken: [Bug::IgnorePvals].into(), ..Rules::default() }, ..Setup::default() };
    let plan = Plan { setup, steps: 2_000, faults: Fault::ALL.to_vec(), fair: None };
    let mut lengths = Vec::new();
    for seed in 0..10 {
        let Some(Failed { actions, what: Wrong::Violated(violation) }) = plan.play(seed, |_| {}).unwrap().failure
        else {
            continue;
        };
        let count = actions.len();
        lengths.push((count, plan.shorten(actions, violation.invariant).len()));
    }
    // 10 steps elect two leaders; a few more request, propose and vote for two commands.
    let long = lengths.iter().filter(|(before, _)| *before > 100).count();
    let short = lengths.iter().filter(|(_, after)| *after <= 25).count();
    assert!(long >= 5 && short * 10 >= lengths.len() * 7, "{lengths:?}");
}

#[test]
fn fair_runs_answer_every_request_and_say_whose_answer_is_lost_for_ever() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("answer.ron"), "(format: 1, rules: (duplicate_request: answer))").unwrap();
    let run = |arguments: &[&str]| paxoscope(directory.path(), &[&["simulate", "--fair"], arguments].concat());
    let output = run(&["--seeds", "5"]);
    assert!(said(&output.stdout).ends_with(" every request answered, no invariant violated\n"));
    let faults = ["--seeds", "10", "--steps", "5000", "--faults", "drop,duplicate,crash"];
    assert_eq!(run(&[&["answer.ron"], faults.as_slice()].concat()).status.code(), Some(0));
    let lossy = run(&["--seeds", "20", "--steps", "10000", "--faults", "drop,crash"]);
    assert_eq!(lossy.status.code(), Some(1));
    assert!(said(&lossy.stdout).contains("its answers were lost, and as in the paper replicas never answer again"));
    let whole = said(&lossy.stderr);
    assert!(whole.contains(": the whole run, for a shorter one only leaves more unanswered"), "{whole}");
    let short = run(&["--steps", "150"]);
    let why = "requests were, the last in step ";
    assert!(short.status.code() == Some(1) && said(&short.stdout).contains(why), "{}", said(&short.stdout));
    assert!(said(&short.stdout).ends_with("; `--steps 600` tells whether it needs more time\n"));
}

#[test]
fn wrong_usage_is_answered() {
    let directory = tempfile::tempdir().unwrap();
    for (arguments, sentence) in [
        (["--faults", "dorp"], "`--faults dorp`: expected "),
        (["--faults", "none,drop"], "--faults none goes with no other fault"),
        (["--faults=partition", "--fair"], "--fair knows no partition"),
        (["--seeds", "0"], "`--seeds 0`: expected a whole number, 1 or more"),
        (["--seed", "1"], "no.ron: there is no such file"),
    ] {
        let file = if sentence.starts_with("no.ron") { vec!["no.ron"] } else { vec![] };
        let output = paxoscope(directory.path(), &[&["simulate"], file.as_slice(), arguments.as_slice()].concat());
        assert!(output.status.code() == Some(2) && said(&output.stderr).contains(sentence), "{}", said(&output.stderr));
    }
}
