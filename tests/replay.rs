//! The program itself: bytes, exit codes, and what it says to bad input.

// Helpers of tests are tests too, which clippy does not see.
#![allow(clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const SMALL: &str = r#"Scenario(
    format: 1,
    title: "A late p1a",
    cluster: (acceptors: 1, leaders: 2, replicas: 1, clients: 1),
    actions: [
        "request C0 put k1 v1", "elect L0", "deliver L0>A0 p1a(0.0)", "deliver A0>L0 p1b", "deliver C0>R0",
        "duplicate R0>L0", "deliver R0>L0", "deliver L0>A0 p2a", "elect L1", "deliver L1>A0", "crash L1",
        "deliver A0>L0 p2b", "deliver L0>R0", "deliver R0>C0", "partition A0 L0 | L1 R0", "heal", "restart L1",
    ],
)
"#;

/// Acceptors that forget everything in a crash: two values are chosen for slot 1.
const AMNESIA: &str = r#"(
    format: 1,
    rules: (stable: []),
    cluster: (acceptors: 1),
    proposals: ["L0 1 put k v", "L1 1 put k w"],
    actions: ["elect L0", "deliver L0>A0", "deliver A0>L0", "deliver L0>A0", "restart A0",
              "elect L1", "deliver L1>A0", "deliver A0>L1", "deliver L1>A0"],
)"#;

fn paxoscope(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paxoscope"));
    command.current_dir(directory).args(arguments).stdin(Stdio::null()).output().expect("it runs")
}

fn with_stdin(directory: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paxoscope"));
    command.current_dir(directory).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it runs");
    child.stdin.take().expect("a pipe").write_all(input).expect("it reads");
    child.wait_with_output().expect("it ends")
}

fn directory_with(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    for (name, bytes) in files {
        std::fs::write(directory.path().join(name), bytes).expect("a file");
    }
    directory
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn json_is_what_the_contract_says() {
    let directory = directory_with(&[("small.ron", SMALL.as_bytes())]);
    let output = paxoscope(directory.path(), &["replay", "small.ron", "--format", "json"]);
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
    insta::assert_snapshot!("json", text(&output.stdout));
    let again = paxoscope(directory.path(), &["replay", "small.ron", "--format", "json"]);
    assert_eq!(output.stdout, again.stdout);
}

#[test]
fn text_is_ascii_and_reads_well() {
    let directory = directory_with(&[("small.ron", SMALL.as_bytes())]);
    let output = paxoscope(directory.path(), &["replay", "small.ron"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_ascii());
    insta::assert_snapshot!("text", text(&output.stdout));
    let other = SMALL.replace("k1 v1", "k\u{e9} \u{27e8}v").replace("late", "\u{e9}late");
    let output = with_stdin(directory.path(), &["replay", "-"], other.as_bytes());
    assert!(output.status.success() && output.stdout.is_ascii());
    assert!(text(&output.stdout).contains("put k\\u{e9} \\u{27e8}v"));
}

#[test]
fn to_stops_early() {
    let directory = directory_with(&[("small.ron", SMALL.as_bytes())]);
    for (to, lines) in [("0", 1), ("3", 4), ("17", 18)] {
        let output = paxoscope(directory.path(), &["replay", "small.ron", "--format=json", "--to", to]);
        assert_eq!((output.status.code(), text(&output.stdout).lines().count()), (Some(0), lines));
    }
}

#[test]
fn a_violation_is_told_and_exits_1() {
    let directory = directory_with(&[("amnesia.ron", AMNESIA.as_bytes())]);
    let output = paxoscope(directory.path(), &["replay", "amnesia.ron"]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stdout);
    assert!(said.contains("\n  L1 wants B (put k w) in slot 1.\n"));
    let told = ": slot 1: a majority accepted A under 0.0, and a majority B under 0.1.\n";
    assert!(said.contains("\n  VIOLATED: D2 ("), "{said}");
    assert!(said.contains(told), "{said}");
    let output = paxoscope(directory.path(), &["replay", "amnesia.ron", "--to", "4"]);
    assert_eq!(output.status.code(), Some(0));
    let output = paxoscope(directory.path(), &["check", "amnesia.ron"]);
    assert_eq!(text(&output.stdout), "amnesia.ron: ok, 9 actions played; from step 5 on A1 is violated\n");
}

#[test]
fn what_came_before_a_refused_action_is_printed() {
    let refused = SMALL.replace("\"crash L1\"", "\"crash L1\", \"crash L1\"");
    let directory = directory_with(&[("refused.ron", refused.as_bytes())]);
    let output = paxoscope(directory.path(), &["replay", "refused.ron", "--format", "json"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stdout).lines().count(), 12);
    assert_eq!(text(&output.stderr), "paxoscope: refused.ron:7:107: action 12, `crash L1`: L1 is already crashed\n");
}

/// Files that are no scenario.
const BAD: &[(&str, &str)] = &[
    ("empty", ""),
    ("no RON", "hello, world"),
    ("a comment of another language", "# a scenario\n(format: 1)"),
    ("a keymap", "Keymap(format: 1)"),
    ("not closed", "Scenario(format: 1"),
    ("no format", "Scenario()"),
    ("format to come", "Scenario(format: 2, shards: 3)"),
    ("old format", "(format: 0)"),
    ("format as text", "(format: \"1\")"),
    ("more after the end", "(format: 1) x"),
    ("unknown field", "(format: 1,\n  acions: [])"),
    ("unknown field in cluster", "(format: 1, cluster: (leader: 2))"),
    ("field twice", "(format: 1, format: 1)"),
    ("300 leaders", "(format: 1, cluster: (leaders: 300))"),
    ("-1 leaders", "(format: 1, cluster: (leaders: -1))"),
    ("120 leaders", "(format: 1, cluster: (leaders: 120))"),
    ("no acceptors", "(format: 1, cluster: (acceptors: 0))"),
    ("half a leader", "(format: 1, cluster: (leaders: 1.5))"),
    ("leaders as text", "(format: 1, cluster: (leaders: \"2\"))"),
    ("unknown rule", "(format: 1, rules: (on_preempt: wait))"),
    ("unknown value", "(format: 1, rules: (on_preempted: resout))"),
    ("value in quotes", "(format: 1, rules: (on_preempted: \"wait\"))"),
    ("no window", "(format: 1, rules: (window: 0))"),
    ("half of three", "(format: 1, rules: (broken: [half_quorum]))"),
    ("first slot", "(format: 1, rules: (first_slot: 2))"),
    ("unknown stable field", "(format: 1, rules: (stable: [\"acceptor.acepted\"]))"),
    ("action without quotes", "(format: 1, actions: [elect])"),
    ("no comma", "(format: 1, actions: [\n  \"elect L0\"\n  \"elect L1\"])"),
    ("workload", "(format: 1, workload: [\"C0 noop\", \"C0 git k\"])"),
    ("workload of nobody", "(format: 1, workload: [\"C0 noop\", \"C1 get k\"])"),
    ("proposal", "(format: 1, proposals: [\"L0 one noop\"])"),
    ("proposal of nobody", "(format: 1, proposals: [\"L0 1 noop\", \"L2 1 noop\"])"),
    ("two proposals", "(format: 1, proposals: [\"L0 1 noop\",\n\"L0 1 noop\"])"),
    ("unknown command", "(format: 1, proposals: [\"L0 1 A\"])"),
    ("action", "(format: 1, actions: [\n  // first\n  \"elect L0\",\n  r#\"delivr L0>A0\"#])"),
    ("action not in flight", "(format: 1, actions: [\"elect L0\", \"deliver L0>A0 p1a(0.1)\"])"),
    ("action of nobody", "(format: 1, actions: [\"elect L5\"])"),
    ("action not enabled", "(format: 1, actions: [\"heal\"])"),
    ("NUL in an action", "(format: 1, actions: [\"elect\\u{0} L0\"])"),
    ("escape in the title", "(format: 1, title: \"\\u{1b}[2J\")"),
    ("NUL", "(format: 1, title: \"a\0b\")"),
    ("nested", "(format: 1, actions: [[[[[\"elect L0\"]]]]])"),
];

#[test]
fn bad_files_are_answered_in_one_sentence() {
    let directory = directory_with(&[]);
    let mut table = String::new();
    for (what, bad) in BAD {
        std::fs::write(directory.path().join("bad.ron"), bad).expect("a file");
        let checked = paxoscope(directory.path(), &["check", "bad.ron"]);
        let played = paxoscope(directory.path(), &["replay", "bad.ron"]);
        assert_eq!((checked.status.code(), played.status.code()), (Some(2), Some(2)), "{what}");
        assert_eq!(text(&checked.stderr), text(&played.stderr), "{what}");
        assert_eq!(text(&checked.stderr).lines().count(), 1, "{what}");
        writeln!(table, "{what}\n    {}", text(&checked.stderr).trim_end()).expect("memory");
    }
    insta::assert_snapshot!("bad_files", table);
}

#[test]
fn deep_nesting_and_noise_never_crash_it() {
    let directory = directory_with(&[]);
    let open = |bracket: &str| format!("(format: 1, title: {}", bracket.repeat(200_000)).into_bytes();
    let noise: Vec<u8> = (0..100_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for input in [open("("), open("["), open("/*"), open("{"), open("Some("), open("\""), noise] {
        let output = with_stdin(directory.path(), &["check", "-"], &input);
        assert_eq!((output.status.code(), text(&output.stderr).lines().count()), (Some(2), 1));
    }
}

#[test]
fn files_that_cannot_be_read_and_wrong_usage() {
    let directory =
        directory_with(&[("latin1.ron", b"(format: 1,\n title: \"\xe9\")"), ("small.ron", SMALL.as_bytes())]);
    std::fs::create_dir(directory.path().join("folder")).expect("a directory");
    let calls: &[&[&str]] = &[
        &["replay", "missing.ron"],
        &["replay", "folder"],
        &["check", "missing.ron", "small.ron", "folder"],
        &["replay", "latin1.ron"],
        &["replay", "small.ron", "--to", "18"],
        &["replay", "small.ron", "--to", "x"],
        &["replay", "small.ron", "--format", "xml"],
        &["replay"],
        &["repla", "small.ron"],
        &["new", "scenario", "small.ron"],
        &["new", "scenario", "nowhere/a.ron"],
        &["new", "scenario", "folder"],
        &["check"],
    ];
    let mut table = String::new();
    for call in calls {
        let output = paxoscope(directory.path(), call);
        writeln!(table, "{} -> {:?}", call.join(" "), output.status.code()).expect("memory");
        for (name, said) in [("out", &output.stdout), ("err", &output.stderr)] {
            text(said).lines().for_each(|line| writeln!(table, "    {name} {line}").expect("memory"));
        }
    }
    insta::assert_snapshot!("usage", table);
}

#[test]
fn a_new_scenario_passes_check_and_is_not_overwritten() {
    let directory = directory_with(&[]);
    assert_eq!(paxoscope(directory.path(), &["new", "scenario", "mine.ron"]).status.code(), Some(0));
    let output = paxoscope(directory.path(), &["check", "mine.ron"]);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(0), "mine.ron: ok, 14 actions played\n"));
    assert_eq!(paxoscope(directory.path(), &["new", "scenario", "mine.ron"]).status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let directory = directory_with(&[]);
    let actions = "\"elect L0\", ".repeat(5_000);
    std::fs::write(directory.path().join("long.ron"), format!("(format: 1, actions: [{actions}])")).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_paxoscope"));
    command.current_dir(directory.path()).args(["replay", "long.ron"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
}

#[test]
fn an_expectation_holds_fails_or_is_wrong() {
    let directory = directory_with(&[("small.ron", SMALL.as_bytes()), ("amnesia.ron", AMNESIA.as_bytes())]);
    let run = |file: &str, more: &[&str]| {
        let output = paxoscope(directory.path(), &[&["replay", file, "--expect"], more].concat());
        (output.status.code().expect("it ends"), text(&output.stderr))
    };
    for (file, held) in [
        ("small.ron", "Chosen(1, _)"),
        ("small.ron", "All([Decided(\"R0\", 1, \"A\"), Answered(\"A\"), Up(\"L1\")])"),
        ("small.ron", "Not(Active(\"L1\"))"),
        ("small.ron", "Then(Not(Up(\"L1\")), Up(\"L1\"))"),
        ("amnesia.ron", "All([Ever(Not(Violated(_))), Violated(D2)])"),
    ] {
        assert_eq!(run(file, &[held]), (0, String::new()), "{held}");
    }
    let failing = [
        ("Chosen(2, _)", "after step 17: expected Chosen(2, _), which does not hold"),
        ("Any([Up(\"C0\"), Up(\"L1\")])", ""),
        (
            "All([Up(_), All([Chosen(1, \"A\"), Violated(R1)]), Any([])])",
            "after step 17: expected All([Up(_), All([Chosen(1, \"A\"), Violated(R1)]), Any([])]); these do not hold: \
             Violated(R1), Any([])",
        ),
        (
            "Any([Chosen(3, _), Chosen(2, _)])",
            "after step 17: expected Any([Chosen(3, _), Chosen(2, _)]); none of these holds",
        ),
        ("Not(Up(\"A0\"))", "after step 17: expected Not(Up(\"A0\")), which does not hold"),
    ];
    for (predicate, sentence) in failing {
        let expected = if sentence.is_empty() { (0, String::new()) } else { (1, format!("paxoscope: {sentence}\n")) };
        assert_eq!(run("small.ron", &[predicate]), expected);
    }
    assert_eq!(run("small.ron", &["Chosen(1, _)", "--to", "8"]).0, 0);
    assert_eq!(run("small.ron", &["Chosen(1, _)", "--to", "7"]).0, 1);
    for (predicate, sentence) in [
        ("Chosen(1, A)", "--expect:1:11: the word `A` stands bare: expected it in double quotes, or `_` for any"),
        ("Active(\"L7\")", "--expect: there is no L7 in this cluster"),
        ("Chose(1, _)", "--expect:1:1: unknown name `Chose`: expected"),
    ] {
        let (code, said) = run("small.ron", &[predicate]);
        assert!(
            code == 2 && said.starts_with(&format!("paxoscope: {sentence}")) && said.lines().count() == 1,
            "{said}"
        );
    }
}
