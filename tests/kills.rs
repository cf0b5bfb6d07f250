//! The real program, killed at random moments while it plays lessons and runs: nothing that was finished is lost, what
//! was on the screen is kept, and every file that is left can be read.
#![cfg(unix)]
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod pty;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use paxoscope::app::session_of;
use paxoscope::dice::Dice;
use paxoscope::script::Scenario;
use paxoscope::teach::Progress;
use pty::Terminal;

/// None is the next of another one: who goes on at its end must not play, and keep, what another terminal plays.
const LESSONS: [&str; 3] = ["roles", "acceptors", "elections"];

/// The beat that the header shows: `Ballots   3/10   step 5`.
fn shown_beat(screen: &str) -> Option<usize> {
    let header = screen.lines().next()?;
    header.split("   ").find_map(|part| part.trim().split_once('/')?.0.parse().ok())
}

fn kept(data: &Path) -> BTreeMap<String, Progress> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(data.join("paxoscope/progress")).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "ron") {
            let text = fs::read_to_string(&path).unwrap();
            let progress = Progress::parse("kept", &text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
            all.insert(progress.lesson.clone(), progress);
        }
    }
    all
}

/// Every saved run can be read and played to its end.
fn runs_are_whole(data: &Path) -> usize {
    let mut count = 0;
    for entry in fs::read_dir(data.join("paxoscope/runs")).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "ron") {
            let text = fs::read_to_string(&path).unwrap();
            let scenario = Scenario::parse("run", &text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
            session_of("run", &scenario).unwrap();
            count += 1;
        }
    }
    count
}

/// In each round three lessons and a run that plays itself, fast, are killed at once, each at its moment.
fn kill_and_look(seed: u64, rounds: usize) {
    let data = tempfile::tempdir().unwrap();
    let mut dice = Dice::new(seed);
    let mut before: BTreeMap<String, Progress> = BTreeMap::new();
    let (mut finished, mut moved) = (0, 0);
    // A long run, all of which is written anew after each step.
    let long = data.path().join("long.ron");
    let steps = "\"restart A0\", ".repeat(500);
    fs::write(&long, format!("Scenario(format: 1, title: \"Long\", actions: [{steps}])")).unwrap();
    for round in 0..rounds {
        let mut lessons: Vec<Terminal> =
            LESSONS.iter().map(|id| Terminal::start(data.path(), &["lesson", id])).collect();
        let mut sandbox = Terminal::start(data.path(), &["sandbox", long.to_str().unwrap()]);
        sandbox.wait_for("invariants hold");
        sandbox.type_keys("\u{1b}[Fa+++++");
        sandbox.wait_for("plays 128/s");
        for lesson in &lessons {
            lesson.wait_for("invariants hold");
        }
        // As fast as they come: the kill finds the program writing.
        for lesson in &mut lessons {
            lesson.type_keys(&" ".repeat(1 + dice.below(8)));
        }
        thread::sleep(Duration::from_millis(dice.below(60) as u64));
        // What is on the screen at this moment; the kill comes at once.
        let shown: Vec<(String, Option<usize>, bool)> = LESSONS
            .iter()
            .zip(lessons)
            .map(|(id, lesson)| {
                let screen = lesson.contents();
                lesson.kill();
                ((*id).to_owned(), shown_beat(&screen), screen.contains("The end."))
            })
            .collect();
        sandbox.kill();
        let now = kept(data.path());
        for (id, beat, at_end) in shown {
            let (Some(beat), old) = (beat, before.get(&id)) else { panic!("{id}: no beat is shown") };
            let Some(new) = now.get(&id) else {
                assert!(beat <= 2 && old.is_none(), "round {round}, {id}: beat {beat} was shown, nothing is kept");
                continue;
            };
            // A disk that is slow to answer may cost the last key, never more.
            let reached = if new.done { new.beats } else { new.beat };
            assert!(reached + 1 >= beat, "round {round}, {id}: beat {beat} was shown, {new:#?} is kept");
            assert!(!at_end || new.finished.is_some() || new.beat == new.beats, "round {round}, {id}: {new:#?}");
            if let Some(old) = old {
                assert!(old.finished.is_none() || new.finished.is_some(), "round {round}, {id}: the mark is lost");
                moved += usize::from(old != new);
            }
            finished += usize::from(new.done);
        }
        before = now;
    }
    assert!(runs_are_whole(data.path()) > 0);
    assert!(moved > rounds / 2, "only {moved} steps of progress in {rounds} rounds");
    println!("{rounds} rounds: progress moved {moved} times, a lesson was finished {finished} times");
    // And the program reads it all.
    let mut home = Command::new(env!("CARGO_BIN_EXE_paxoscope"));
    home.arg("--plain").env("XDG_DATA_HOME", data.path()).stdin(Stdio::null());
    let output = home.output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn what_was_reached_survives_a_few_kills() {
    kill_and_look(1, 4);
}

/// A hundred kills.
#[test]
#[ignore = "half a minute; runs in CI"]
fn what_was_reached_survives_a_hundred_kills() {
    kill_and_look(2, 25);
}
