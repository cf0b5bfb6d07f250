//! Plain mode through pipes, as a screen reader or a script has it; and the runs that are kept as they go.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_paxoscope");

fn program(data: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(args).current_dir(env!("CARGO_MANIFEST_DIR")).env("XDG_DATA_HOME", data);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn talk_in(data: &Path, args: &[&str], input: &[u8]) -> Output {
    let mut child = program(data, args).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

/// What is said to these lines; all is well, and nothing goes to standard error.
#[track_caller]
fn talk(args: &[&str], input: &str) -> String {
    let data = tempfile::tempdir().unwrap();
    let output = talk_in(data.path(), args, input.as_bytes());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
    String::from_utf8(output.stdout).unwrap()
}

fn runs(data: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(data.join("paxoscope/runs")).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files
}

#[test]
fn a_run_in_sentences() {
    let input = "request C0 put k1 v1\nelect L0\nlist\n3\nback\nforward\nstate A0\nundo 2\ncrash A1\nor\nwhere\nwhy\n";
    insta::assert_snapshot!("sandbox", talk(&["--plain", "sandbox"], input));
}

#[test]
fn a_lesson_in_sentences() {
    let input = "next\n1\nnext\nnext\nprevious\nelect L0\nnext\n";
    insta::assert_snapshot!("lesson", talk(&["--plain", "lesson", "acceptors"], input));
    let ascii = talk(&["--plain", "--ascii", "lesson", "acceptors"], &"next\n".repeat(60));
    assert!(ascii.is_ascii());
    assert!(ascii.contains("That was the last beat."), "{ascii}");
}

/// A task's hints, a step of its solution, and its beginning, by words.
#[test]
fn a_task_in_sentences() {
    let said = talk(&["--plain", "lesson", "tour"], "next\nnext\nhint\nshow\nreset\nreset\nhelp\n");
    insta::assert_snapshot!("task", said.split("Type an action in one line").next().unwrap());
    for word in ["  hint: ", "  show: ", "  reset: "] {
        assert!(said.contains(word), "{said}");
    }
}

/// Whatever is typed, there is one sentence, and the next line is heard.
#[test]
fn bad_input_gets_one_sentence() {
    let lines = [
        "foo",
        "deliver",
        "deliver L9>A0",
        "99999999999999999999",
        "0",
        "7",
        "answer",
        "answer 1",
        "state X",
        "quit now",
        "back -1",
        "crash",
        "rule window 0",
        "drop all to",
        "partition A0",
        "lesson",
        ":",
        "\u{7}\u{1b}[2J",
        "é 界",
    ];
    for line in lines {
        let said = talk(&["--plain", "sandbox"], &format!("{line}\nwhere\n"));
        let answer: Vec<&str> = said.lines().skip(3).collect();
        assert!(answer[0].starts_with("Not done: ") && answer[0].ends_with('.'), "{line:?}: {answer:?}");
        assert!(!said.contains('\u{1b}'), "{said:?}");
        assert!(answer[1].starts_with("Scenario: Sandbox."), "{line:?}: {answer:?}");
    }
}

#[test]
fn a_sandbox_has_as_many_processes_as_the_command_line_says() {
    let said =
        talk(&["--plain", "sandbox", "--acceptors", "5", "--leaders", "3", "--replicas", "1"], "elect L2\nlist\n");
    assert!(said.contains("5 acceptors, 3 leaders, 1 replica") && said.contains("L2>A4 p1a(0.2)"), "{said}");
    let data = tempfile::tempdir().unwrap();
    for (args, what) in [
        (["--acceptors", "0"], "a whole number from 1 to 99"),
        (["--leaders", "200"], "a whole number from 1 to 99"),
        (["--replicas", "x"], "a whole number from 1 to 99"),
        (["--clients", "300"], "a whole number from 0 to 99"),
        (["x.ron", "--clients=2"], "do not go together"),
    ] {
        let output = talk_in(data.path(), &[&["--plain", "sandbox"], args.as_slice()].concat(), b"");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(what), "{args:?}: {output:?}");
    }
}

#[test]
fn any_bytes_are_survived() {
    let data = tempfile::tempdir().unwrap();
    for input in [&b"\xff\xfe\n\0\nelect L0"[..], &"x".repeat(300_000).into_bytes(), b""] {
        let output = talk_in(data.path(), &["--plain", "sandbox"], input);
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn home_is_a_list() {
    let list = talk(&["--plain"], "");
    let sandbox = list.lines().find(|line| line.contains(". sandbox")).unwrap();
    let number: usize = sandbox.trim().split('.').next().unwrap().parse().unwrap();
    let input = format!("{number}\nelect L0\nhome\n{}\n{}\n", number + 3, number + 2);
    let said = talk(&["--plain"], &input);
    for part in ["1. lesson", "open run Sandbox", "Not done: open a lesson", "Step 1", "Run: Sandbox. Step 1."] {
        assert!(said.contains(part), "{part} is missing in:\n{said}");
    }
}

#[test]
fn lessons_of_a_folder_come_too() {
    let dir = tempfile::tempdir().unwrap();
    let lesson = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/lessons/acceptors.ron")).unwrap();
    fs::write(dir.path().join("a.ron"), lesson.replacen("\"acceptors\"", "\"mine\"", 1)).unwrap();
    fs::write(dir.path().join("b.ron"), lesson.replacen("\"Acceptors vote on leaders\"", "\"Another\"", 1)).unwrap();
    let folder = dir.path().to_str().unwrap();
    let said = talk(&["--lessons", folder, "lesson"], "");
    assert!(said.contains("mine") && said.contains("Another"), "{said}");
    assert_eq!(said.matches("Acceptors vote on leaders").count(), 1, "the built-in one has given way:\n{said}");
    assert!(talk(&["--plain", "--lessons", folder, "lesson", "mine"], "").contains("Beat 1 of"));
    let data = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("c.ron"), "Lesson(").unwrap();
    let output = talk_in(data.path(), &["--lessons", folder, "lesson"], b"");
    assert_eq!(output.status.code(), Some(2));
    let output = talk_in(data.path(), &["--lessons", "nowhere", "lesson"], b"");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "paxoscope: nowhere: there is no such folder\n");
}

#[test]
fn every_branch_of_a_run_is_a_file_that_plays() {
    let data = tempfile::tempdir().unwrap();
    talk_in(
        data.path(),
        &["--plain", "sandbox"],
        b"elect L0\ncrash A0\nback\ncrash A1\nrestart A1\nback 2\ncrash A0\n",
    );
    let files = runs(data.path());
    assert_eq!(files.len(), 2);
    let count = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        paxoscope::script::Scenario::parse("run", &text).unwrap().actions.len()
    };
    assert_eq!(files.iter().map(count).collect::<Vec<_>>(), [2, 3]);
    // It goes on where it was, in the same file.
    let output = talk_in(data.path(), &["--plain", "--resume"], b"elect L1\n");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("Run: Sandbox. Step 3.\n") && said.contains("Step 4: elect L1."), "{said}");
    assert_eq!(runs(data.path()).iter().map(count).collect::<Vec<_>>(), [2, 4]);
}

#[test]
fn without_a_saved_run_resume_says_so() {
    let data = tempfile::tempdir().unwrap();
    let output = talk_in(data.path(), &["--plain", "--resume"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "paxoscope: no run was saved yet\n");
}

/// The data folder cannot be written: that is said once, and the run goes on.
#[test]
fn a_run_that_cannot_be_saved_goes_on() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("file");
    fs::write(&file, "").unwrap();
    let output = talk_in(&file, &["--plain", "sandbox"], b"elect L0\nelect L1\nelect L0\n");
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.matches("cannot be saved").count(), 1, "{said}");
    assert!(said.contains("Step 3: elect L0."), "{said}");
    assert_eq!(output.status.code(), Some(0));
}

/// Killed at any moment, a run loses at most the step that was not answered yet, and its file plays.
#[cfg(unix)]
#[test]
fn a_kill_loses_at_most_the_last_step() {
    let data = tempfile::tempdir().unwrap();
    for stop in [1, 2, 3, 7, 20, 45] {
        let mut child = program(data.path(), &["--plain", "sandbox"]).spawn().unwrap();
        let mut keyboard = child.stdin.take().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        for number in 1..=stop {
            writeln!(keyboard, "elect L{}", number % 2).unwrap();
            let step = format!("Step {number}: ");
            assert!(said.by_ref().map(Result::unwrap).any(|line| line.starts_with(&step)));
        }
        // More is under way when it is killed.
        let _ = keyboard.write_all(b"elect L0\nelect L1\nelect L0\n");
        child.kill().unwrap();
        child.wait().unwrap();
        let newest = runs(data.path()).into_iter().filter(|path| path.extension().is_some_and(|end| end == "ron"));
        let newest = newest.max_by_key(|path| fs::metadata(path).unwrap().modified().unwrap()).unwrap();
        let checked = Command::new(PROGRAM).arg("check").arg(&newest).output().unwrap();
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
        let text = fs::read_to_string(&newest).unwrap();
        let kept = paxoscope::script::Scenario::parse("run", &text).unwrap().actions.len();
        assert!((stop..=stop + 3).contains(&kept), "{stop} steps were answered, {kept} are kept");
    }
}

/// A quiz: the same seed asks everybody the same; answers are counted, what is revealed is not.
#[test]
fn a_quiz_in_sentences() {
    let input = "1\nnext\nnext\nnext\nprevious\nwhere\nlist\nnext\n2\n";
    let said = talk(&["--plain", "quiz", "--seed", "7", "--role", "leader"], input);
    insta::assert_snapshot!("quiz", said);
    assert_eq!(said, talk(&["--plain", "quiz", "--seed", "7", "--role", "leader"], input));
    assert_ne!(said, talk(&["--plain", "quiz", "--seed", "8", "--role", "leader"], input));
    let hard = talk(&["--plain", "quiz", "--seed", "7", "--difficulty", "hard"], &"next\n".repeat(8));
    assert!(hard.starts_with("Quiz 7 hard.") && hard.contains("Question 5."), "{hard}");
}

/// What was reached is there at the next start, and what cannot be read is told and does no harm.
#[test]
fn a_lesson_goes_on_where_it_was_left() {
    let data = tempfile::tempdir().unwrap();
    let lesson = ["--plain", "lesson", "acceptors"];
    let first = talk_in(data.path(), &lesson, b"next\n1\nnext\n");
    assert!(String::from_utf8_lossy(&first.stdout).contains("Beat 3 of 13"));
    let file = data.path().join("paxoscope/progress/lesson-acceptors.ron");
    assert!(fs::read_to_string(&file).unwrap().contains("beat: 3,"));
    // Another window finishes it; this one, which was begun before, does not take that away.
    let mut slow = program(data.path(), &lesson).spawn().unwrap();
    let mut keyboard = slow.stdin.take().unwrap();
    let mut said = BufReader::new(slow.stdout.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    talk_in(data.path(), &lesson, "next\n".repeat(60).as_bytes());
    assert!(fs::read_to_string(&file).unwrap().contains("finished: Some("));
    keyboard.write_all(b"next\n").unwrap();
    drop(keyboard);
    slow.wait().unwrap();
    let kept = fs::read_to_string(&file).unwrap();
    assert!(kept.contains("finished: Some(") && kept.contains("beat: 3,"), "{kept}");
    let again = String::from_utf8(talk_in(data.path(), &lesson, b"").stdout).unwrap();
    assert!(again.contains("Beat 3 of 13"), "{again}");
    let home = String::from_utf8(talk_in(data.path(), &["--plain"], b"").stdout).unwrap();
    assert!(home.contains("Acceptors vote on leaders, begun, at beat 3: "), "{home}");
    fs::write(&file, "Progress(\u{7}").unwrap();
    let broken = talk_in(data.path(), &["--plain"], b"");
    let told = String::from_utf8(broken.stderr).unwrap();
    assert!(told.starts_with("paxoscope: progress that cannot be read: ") && told.lines().count() == 1, "{told}");
    assert!(!told.contains('\u{7}') && String::from_utf8(broken.stdout).unwrap().contains("1. lesson"));
}

/// The user's own folder and the one that is named: the named one wins over it, and both over what is built in.
#[test]
fn lessons_of_ones_own_come_from_two_folders() {
    let data = tempfile::tempdir().unwrap();
    let own = data.path().join("paxoscope/lessons");
    let named = data.path().join("class");
    let template = include_str!("../assets/lesson.ron");
    let write = |folder: &Path, id: &str, title: &str| {
        fs::create_dir_all(folder).unwrap();
        let text = template.replacen("\"my-lesson\"", &format!("\"{id}\""), 1);
        fs::write(folder.join(format!("{id}.ron")), text.replacen("\"My lesson\"", &format!("\"{title}\""), 1))
            .unwrap();
    };
    write(&own, "tour", "My own tour");
    write(&own, "both", "From my folder");
    write(&named, "both", "From the class");
    let folder = named.to_str().unwrap();
    let list = |args: &[&str]| String::from_utf8(talk_in(data.path(), args, b"").stdout).unwrap();
    let listed = list(&["lesson"]);
    assert!(listed.contains("My own tour") && listed.contains("From my folder"), "{listed}");
    assert!(!listed.contains("A tour of the stage"), "{listed}");
    let listed = list(&["lesson", "--lessons", folder]);
    assert!(listed.contains("From the class") && !listed.contains("From my folder"), "{listed}");
    let checked = list(&["check", "--lessons", folder]);
    assert_eq!(checked.lines().filter(|line| line.contains("both.ron: ok")).count(), 2, "{checked}");
    assert!(checked.contains("lessons/tour.ron: ok") && checked.contains("class"), "{checked}");
    fs::write(named.join("broken.ron"), "Lesson(").unwrap();
    assert_eq!(talk_in(data.path(), &["check", "--lessons", folder], b"").status.code(), Some(2));
}

#[test]
fn a_lesson_begins_at_a_slide() {
    let said = talk(&["--plain", "lesson", "--slide", "13"], "slide 5\nslide x\n");
    assert!(said.contains("Beat 3 of 13: A late p1a."), "{said}");
    assert!(said.contains("slide 5: Ballots.\n") && said.contains("Lesson: Ballots."), "{said}");
    assert!(said.contains("Not done: write the number of a slide of the lecture, like 8."), "{said}");
}

#[test]
fn questions_to_the_explorer_are_asked_in_lines() {
    let input =
        "request C0 put k v\nfind\nfind 1\nopen\nforward\nfind Active(\"L1\")\nback\nopen\nfind 8\nfind Nope(1)\n";
    insta::assert_snapshot!("find", talk(&["--plain", "sandbox"], input));
}
