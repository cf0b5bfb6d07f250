//! `paxoscope explore`: its answers as text and JSON, its exit codes, what it saves.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;
use std::process::{Command, Output};

const SMALL: &str = r#"(format: 1, cluster: (acceptors: 1, leaders: 1, replicas: 1),
    workload: ["C0 put k v"], actions: ["request C0 put k v", "elect L0"])"#;

fn explore(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paxoscope"));
    command.current_dir(directory).arg("explore").args(arguments).output().unwrap()
}

fn directory() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("small.ron"), SMALL).unwrap();
    directory
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn exit_codes_say_what_was_found() {
    let directory = directory();
    let chosen = "Chosen(1, \"A\")";
    let calls: &[(&[&str], i32, &str)] = &[
        (&["small.ron", "--from", "2", "--find", chosen], 0, "Found: what was looked for, in 5 steps"),
        (&["small.ron", "--allow", "request,elect", "--find", chosen], 0, "Found: what was looked for, in 7 steps"),
        (&["small.ron", "--find", chosen], 1, "Not found: "),
        (&["small.ron", "--allow", "request,elect"], 0, "Held: the invariants"),
        (&["small.ron", "--allow", "elect=2", "--check", "D2", "--max-depth", "2"], 3, "Stopped by the limit of depth"),
        (&["small.ron", "--allow", "request,elect", "--max-states", "5"], 3, "Stopped by the limit of states"),
        (&["small.ron", "--always", "Up(_)"], 0, "Held: Up(_)"),
        (&["small.ron", "--from", "2", "--always", "Not(Active(_))"], 1, "Violated in 2 steps, and in no fewer: Not("),
        (&["small.ron", "--from", "1", "--deadlock"], 0, "Found: an open request with nothing to deliver, in 2 steps"),
        (&["small.ron", "--deadlock"], 1, "Not found: an open request"),
        (
            &["small.ron", "--from", "2", "--find", chosen, "--order", "depth"],
            0,
            "Found: what was looked for, depth-first in ",
        ),
        (&["small.ron", "--find", chosen, "--order", "depth"], 1, "Not found: "),
        (
            &["small.ron", "--from", "2", "--find", chosen, "--order", "depth", "--max-depth", "2"],
            3,
            "Stopped by the limit of depth: no answer. Depth-first, not every schedule of any length was looked at",
        ),
    ];
    for (arguments, code, said) in calls {
        let output = explore(directory.path(), arguments);
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(*code), String::new()), "{arguments:?}");
        assert!(text(&output.stdout).starts_with(said), "{arguments:?}: {}", text(&output.stdout));
    }
    std::fs::write(directory.path().join("cut.ron"), "(format: 1, actions: [\"partition R0 | R1\"])").unwrap();
    let wrong: &[&[&str]] = &[
        &["small.ron", "--from", "3"],
        &["small.ron", "--find", "Chosn(1, _)"],
        &["small.ron", "--find", "Active(\"L5\")"],
        &["small.ron", "--check", "D17"],
        &["small.ron", "--check", "D2", "--find", "Up(_)"],
        &["small.ron", "--always", "Active(\"L5\")"],
        &["small.ron", "--walks", "5"],
        &["small.ron", "--allow", "explode"],
        &["small.ron", "--break", "everything"],
        &["small.ron", "--max-memory", "much"],
        &["small.ron", "--threads", "0"],
        &["small.ron", "--order", "depth", "--threads", "2"],
        &["cut.ron", "--from", "1", "--deadlock"],
        &["missing.ron"],
    ];
    for arguments in wrong {
        let output = explore(directory.path(), arguments);
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), String::new()), "{arguments:?}");
    }
}

#[test]
fn json_is_what_the_contract_says_and_what_is_saved_replays() {
    let directory = directory();
    let arguments = ["small.ron", "--allow", "crash,elect,request", "--format", "json"];
    let broken = [&arguments[..], &["--break", "forget_ballot", "--check", "A1", "--save", "found.ron"]].concat();
    let output = explore(directory.path(), &broken);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&answer["verdict"], &answer["invariant"]), (&"violated".into(), &"A1".into()));
    assert_eq!(answer["length"], answer["actions"].as_array().unwrap().len());
    assert!(answer["why"].as_str().unwrap().contains("A0's ballot_num went from 0.0 to 0"));
    let total: u64 = answer["per_depth"].as_array().unwrap().iter().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(answer["states"], total);
    for key in ["transitions", "depth", "seconds", "peak_bytes"] {
        assert!(answer[key].is_number(), "{key}");
    }
    assert_eq!(answer["reductions"], serde_json::json!(["dead messages"]));
    let mut replay = Command::new(env!("CARGO_BIN_EXE_paxoscope"));
    let replayed = replay.current_dir(directory.path()).args(["replay", "found.ron"]).output().unwrap();
    assert_eq!(replayed.status.code(), Some(1));
    assert!(text(&replayed.stdout).contains("VIOLATED: A1"));
    // What is there is not overwritten, and the same question has the same answer.
    let again = explore(directory.path(), &broken);
    assert_eq!(again.status.code(), Some(2));
    let again: serde_json::Value =
        serde_json::from_slice(&explore(directory.path(), &broken[..broken.len() - 2]).stdout).unwrap();
    assert_eq!((&again["actions"], &again["states"]), (&answer["actions"], &answer["states"]));
}

#[test]
fn walks_give_an_answer_where_the_search_is_stopped() {
    let directory = directory();
    let find = ["small.ron", "--from", "2", "--find", "Answered(\"A\")", "--max-states", "6", "--format", "json"];
    assert_eq!(explore(directory.path(), &find).status.code(), Some(3));
    let walks = [&find[..], &["--walks=50"]].concat();
    let output = explore(directory.path(), &walks);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stderr).contains("found by chance, in walk "), "{}", text(&output.stderr));
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&answer["verdict"], &answer["shortest"]), (&"found".into(), &false.into()));
    assert_eq!(answer["length"], answer["sentences"].as_array().unwrap().len());
    let whole = [&find[..5], &["--walks=50", "--format", "json"]].concat();
    let answer: serde_json::Value = serde_json::from_slice(&explore(directory.path(), &whole).stdout).unwrap();
    assert_eq!((&answer["verdict"], &answer["shortest"]), (&"found".into(), &true.into()));
}

/// Where a reduction is unsound it is off by itself, and the answer says why; and the answer is the same with none, and
/// with any number of threads.
#[test]
fn reductions_that_are_unsound_are_off_and_say_so() {
    let directory = directory();
    let json = |arguments: &[&str]| -> serde_json::Value {
        let output =
            explore(directory.path(), &[arguments, &["--allow", "elect,request", "--format", "json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)))
    };
    let why =
        |answer: &serde_json::Value, place: usize| answer["not_reduced"][place]["why"].as_str().unwrap().to_owned();
    let anybody = json(&["--find", "Accepted(_, _, 1, _)"]);
    assert_eq!(anybody["reductions"], serde_json::json!(["symmetry", "dead messages"]));
    assert!(anybody.get("not_reduced").is_none());
    let named = json(&["--find", "All([BallotNum(\"A1\", \"0.0\"), SlotOut(\"R0\", 1)])"]);
    assert_eq!(named["reductions"], serde_json::json!(["dead messages"]));
    assert_eq!((why(&named, 0), why(&named, 1)), ("the question names A1".into(), "the question names R0".into()));
    let messages = json(&["--find", "InFlight(\"p1b\")"]);
    assert_eq!(messages["reductions"], serde_json::json!(["symmetry"]));
    assert_eq!(why(&messages, 0), "the question looks at messages");
    let invariants = json(&["--check", "all", "--max-depth", "3"]);
    assert_eq!(
        (why(&invariants, 0), why(&invariants, 1)),
        ("D4 looks at every p1b".into(), "D5 looks at every p2b".into())
    );
    std::fs::write(directory.path().join("cut.ron"), "(format: 1, actions: [\"partition R0 | R1\"])").unwrap();
    let cut = json(&["cut.ron", "--from", "1", "--find", "Active(_)"]);
    assert_eq!(why(&cut, 0), "the network is cut");
    for more in [&["--no-reductions"][..], &["--threads", "3"]] {
        let question = ["--find", "All([BallotNum(_, \"0.1\"), Accepted(_, _, 1, _)])"];
        let other = json(&[&question[..], more].concat());
        let plain = json(&question);
        assert_eq!((&other["verdict"], &other["length"]), (&plain["verdict"], &plain["length"]), "{more:?}");
    }
    let output = explore(directory.path(), &["--find", "BallotNum(\"A1\", \"0.1\")", "--stats"]);
    assert!(text(&output.stdout).contains("Not reduced by symmetry, wholly or in part: the question names A1."));
}
