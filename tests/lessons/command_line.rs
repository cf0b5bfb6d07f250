//! `check`, `new lesson` and `lesson` on the command line.

use std::process::Command;

fn paxoscope(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_paxoscope")).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn check_plays_every_built_in_lesson() {
    let (code, out, err) = paxoscope(&["check"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    for lesson in super::built_in() {
        let line = out.lines().find(|line| line.starts_with(lesson.file)).unwrap();
        assert!(line.contains(": ok, "), "{line}");
    }
}

#[test]
fn check_tells_a_lesson_from_a_scenario() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mine.ron");
    let wrong = super::acceptors().replace("A0.ballot_num: 0\"", "A0.ballot_num: 3.1\"");
    std::fs::write(&file, format!("/* a comment */ {wrong}")).unwrap();
    let (code, out, err) = paxoscope(&["check", file.to_str().unwrap()]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("mine.ron:47:22: beat 1"), "{err}");
}

#[test]
fn a_new_lesson_passes_check_and_is_not_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mine.ron");
    let path = file.to_str().unwrap();
    let (code, _, err) = paxoscope(&["new", "lesson", path]);
    assert_eq!(code, Some(0));
    assert!(err.ends_with(&format!("`paxoscope check {path}` plays it\n")), "{err}");
    let (code, out, err) = paxoscope(&["check", path]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.contains("1 task"), "{out}");
    assert_eq!(paxoscope(&["new", "lesson", path]).0, Some(2));
    assert_eq!(paxoscope(&["lesson", path]).0, Some(2), "no terminal, but it is loaded");
}

#[test]
fn lessons_are_listed_and_a_wrong_name_is_answered() {
    let (code, out, _) = paxoscope(&["lesson"]);
    assert_eq!(code, Some(0));
    let ids: Vec<&str> = super::built_in().iter().map(|lesson| lesson.id).collect();
    let listed: Vec<&str> = out.lines().step_by(2).map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(listed, ids);
    assert!(out.contains("\nacceptors          Acceptors vote on leaders\n"), "{out}");
    let (code, _, err) = paxoscope(&["lesson", "aceptors"]);
    assert_eq!(code, Some(2));
    assert_eq!(err, "paxoscope: there is no lesson `aceptors`; did you mean `acceptors`?\n");
    assert_eq!(paxoscope(&["lesson", "nowhere.ron"]).2, "paxoscope: nowhere.ron: there is no such file\n");
}
