//! The built-in lessons, played; and that the checker notices whatever is made wrong in a copy.
#![allow(clippy::unwrap_used, clippy::panic)]

use paxoscope::script::{BeatKind, FileError, Lesson, Line};
use paxoscope::teach::{Player, Question, Went, built_in, check_text};
use paxoscope::world::fields;
use paxoscope::world::text::Notation;

const FILE: &str = "lessons/acceptors.ron";

fn acceptors() -> &'static str {
    built_in().iter().find(|lesson| lesson.id == "acceptors").unwrap().text
}

fn player() -> Player {
    Player::new(Lesson::parse(FILE, acceptors()).unwrap()).unwrap()
}

/// `ballot_num: 0.1, accepted: []`, as on the slides.
fn frame(player: &Player) -> String {
    let world = player.session().world();
    let a0 = world.cluster().acceptors().next().unwrap();
    let all = fields(world, Notation::Screen, a0.into());
    let shown = all.iter().filter(|(name, _)| *name != "up").map(|(name, value)| format!("{name}: {value}"));
    shown.collect::<Vec<_>>().join(", ")
}

fn errors(text: &str) -> Vec<FileError> {
    check_text(FILE, text).map(|(lesson, _)| panic!("{} passed", lesson.id)).unwrap_err()
}

fn told(text: &str) -> String {
    errors(text).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_built_in_lesson_passes() {
    for lesson in built_in() {
        match check_text(lesson.file, lesson.text) {
            Ok((parsed, summary)) => {
                assert_eq!(parsed.id.text, lesson.id);
                assert!(summary.questions > 0 && summary.forks > 0, "{summary:?}");
            }
            Err(errors) => panic!("{errors:#?}"),
        }
    }
}

/// Row 4 of the curriculum: nine boxes, in order, each beside its slide, in nineteen steps of the real cluster.
#[test]
fn the_nine_frames_are_the_slides() {
    let mut player = player();
    let mut seen: Vec<(String, String, u32)> = Vec::new();
    loop {
        let slide = player.beat().slide.unwrap_or_default();
        if let Some(rest) = slide.strip_prefix("Acceptors ") {
            let number = rest.split(' ').next().unwrap().to_owned();
            if seen.last().is_none_or(|(last, ..)| *last != number) {
                seen.push((number, frame(&player), player.session().step()));
            }
        }
        if player.next() == Went::Nowhere {
            break;
        }
    }
    let fresh = "ballot_num: 0, accepted: []";
    let promised = "ballot_num: 0.1, accepted: []";
    let accepted = "ballot_num: 0.1, accepted: [⟨0.1, 0, A⟩]";
    let expected = [
        ("1/9", fresh, 12),
        ("2/9", promised, 13),
        ("3/9", promised, 13),
        ("4/9", promised, 14),
        ("5/9", promised, 17),
        ("6/9", accepted, 18),
        ("7/9", accepted, 18),
        ("8/9", accepted, 18),
        ("9/9", accepted, 19),
    ];
    let seen: Vec<_> = seen.iter().map(|(number, frame, step)| (number.as_str(), frame.as_str(), *step)).collect();
    assert_eq!(seen, expected);
}

#[test]
fn answers_are_graded_kept_and_explained() {
    let mut player = player();
    player.next();
    let open = player.question().unwrap();
    assert!(open.is_open() && open.verdict.is_none());
    assert_eq!((frame(&player).as_str(), player.score()), ("ballot_num: 0, accepted: []", (0, 0)));
    assert_eq!(player.session().steps_ahead(), 0, "the future gives nothing away");
    let silent = open.choices.iter().position(|lines| lines.contains(&"sends nothing".to_owned())).unwrap();
    assert_eq!(player.answer(silent), Some(false));
    let verdict = player.question().unwrap().verdict.unwrap();
    assert!(verdict.starts_with("No: an acceptor always answers"), "{verdict}");
    assert!(verdict.ends_with("A0 adopts 0.1: it has no ballot yet."), "{verdict}");
    assert_eq!(player.answer(silent), None, "an answer is an answer");
    assert_eq!((frame(&player).as_str(), player.score()), ("ballot_num: 0.1, accepted: []", (0, 1)));

    assert_eq!(player.next(), Went::ToBeat);
    let lines = ["nothing changes", "sends p1b(0.1, [], to 0.0) to L0"];
    let right = player.question().unwrap().choices.iter().position(|choice| *choice == lines).unwrap();
    assert_eq!((player.answer(99), player.answer(right)), (None, Some(true)));
    assert_eq!(player.score(), (1, 2));
    player.previous();
    let again = player.question().unwrap();
    assert_eq!((again.given, again.is_open()), (Some(silent), false));
    assert_eq!(frame(&player), "ballot_num: 0.1, accepted: []");
    player.next();
    assert_eq!(player.question().unwrap().given, Some(right));
}

#[test]
fn the_truth_has_no_favourite_place() {
    let mut player = player();
    let mut places = std::collections::BTreeSet::new();
    while player.next() != Went::Nowhere {
        places.extend(player.question().and_then(|question| question.truth));
    }
    assert!(places.len() > 1, "{places:?}");
}

#[test]
fn the_clicker_alone_shows_everything_and_earns_nothing() {
    let mut player = player();
    let mut went = Vec::new();
    while !player.finished() {
        went.push(player.next());
    }
    let count = |what| went.iter().filter(|one| **one == what).count();
    assert_eq!(count(Went::ToBeat), player.beat_count() - 1);
    assert_eq!((count(Went::Revealed), count(Went::ToFuture), count(Went::Nowhere)), (5, 1, 1));
    assert_eq!(player.score(), (0, 5));
    while player.previous() != Went::Nowhere {}
    assert_eq!((player.beat_number(), frame(&player).as_str()), (1, "ballot_num: 0, accepted: []"));
}

#[test]
fn both_futures_are_kept_and_flipped_between() {
    let mut player = player();
    while player.beat().futures.is_empty() {
        player.next();
    }
    let b = "ballot_num: 1.0, accepted: [⟨0.1, 0, A⟩, ⟨1.0, 0, B⟩]";
    assert_eq!((player.beat().future, frame(&player).as_str()), (0, b));
    let first = player.session().world().clone();
    assert!(player.flip());
    assert_eq!((player.beat().future, player.off_path()), (1, false));
    let second = player.session().world().clone();
    assert_ne!(first, second);
    assert!(player.flip());
    assert_eq!(player.session().world(), &first);
    player.next();
    let before = player.session().world();
    assert_eq!(before, &second, "the lesson goes on where it says, whichever future was shown last");
}

#[test]
fn leaving_the_path_loses_nothing() {
    let mut player = player();
    player.next();
    let asked = player.asked().unwrap().clone();
    let other = player.session().world().enabled().into_iter().find(|action| *action != asked).unwrap();
    player.act(other).unwrap();
    let tried = player.session().here();
    assert!(player.off_path() && player.question().unwrap().is_open());
    assert_eq!(player.next(), Went::BackToPath);
    assert!(!player.off_path() && player.question().unwrap().is_open());
    player.session_mut().jump(tried);
    assert!(player.off_path(), "what was tried is still there");
    assert!(player.back_to_path() && !player.back_to_path());
    player.act(asked).unwrap();
    assert!(!player.off_path());
    assert_eq!((player.question().is_some_and(|question| !question.is_open()), player.score()), (true, (0, 1)));
}

/// Every claim and every pointer of a lesson, with the line that it stands on.
fn claims(lesson: &Lesson) -> Vec<&Line> {
    let mut all: Vec<&Line> = Vec::new();
    for beat in &lesson.beats {
        all.extend(&beat.look_at);
        match &beat.kind {
            BeatKind::Say(checks) => all.extend(checks.expect.iter().chain(&checks.unchanged)),
            BeatKind::Do(way) | BeatKind::Predict { way, .. } => {
                all.extend(way.checks.expect.iter().chain(&way.checks.unchanged));
            }
            BeatKind::Or { futures, .. } => {
                for future in futures {
                    all.extend(future.way.checks.expect.iter().chain(&future.way.checks.unchanged));
                }
            }
        }
    }
    all
}

fn actions(lesson: &Lesson) -> Vec<&Line> {
    let mut all: Vec<&Line> = lesson.way.iter().collect();
    for beat in &lesson.beats {
        match &beat.kind {
            BeatKind::Say(_) => {}
            BeatKind::Do(way) | BeatKind::Predict { way, .. } => all.extend(&way.actions),
            BeatKind::Or { futures, .. } => all.extend(futures.iter().flat_map(|future| &future.way.actions)),
        }
    }
    all
}

/// The file with one of its lines changed.
fn with(line: &Line, new: &str) -> String {
    let mut lines: Vec<String> = acceptors().lines().map(str::to_owned).collect();
    let changed = &mut lines[line.at.line - 1];
    let column = changed.char_indices().nth(line.at.column - 1).unwrap().0;
    let (before, after) = changed.split_at(column);
    let old = format!("\"{}\"", line.text);
    assert!(after.starts_with(&old), "{after}");
    *changed = format!("{before}\"{new}\"{}", &after[old.len()..]);
    lines.join("\n")
}

#[test]
fn a_changed_claim_pointer_or_action_is_told_with_its_place() {
    let lesson = Lesson::parse(FILE, acceptors()).unwrap();
    let (claims, actions) = (claims(&lesson), actions(&lesson));
    assert!(claims.len() > 60 && actions.len() > 30);
    let changed_claims = claims.into_iter().map(|line| (line, format!("{}7", line.text)));
    let changed_actions = actions.into_iter().map(|line| (line, format!("un{}", line.text)));
    for (line, new) in changed_claims.chain(changed_actions) {
        let found = errors(&with(line, &new));
        assert!(found.iter().any(|error| error.position == line.at), "{line}: {found:#?}");
        let sentence = found[0].to_string();
        assert!(sentence.starts_with(FILE) && sentence.len() > FILE.len() + 30, "{sentence}");
    }
}

#[test]
fn what_is_wrong_is_said_with_advice() {
    let text = acceptors();
    let change = |old: &str, new: &str| {
        assert!(text.contains(old), "{old}");
        told(&text.replacen(old, new, 1))
    };
    let long = "word ".repeat(60);
    for (old, new, says) in [
        (
            "expect: [\"A0.ballot_num: 0\"",
            "expect: [\"A0.ballot_num: 0.0\"",
            "expected A0.ballot_num to be 0.0, but it is 0",
        ),
        ("unchanged: [\"A0\"]", "unchanged: [\"L0\", \"R0\", \"A0.log\"]", "A0 has no field `log`: expected one of"),
        (
            "unchanged: [\"A0\", \"L1\"]",
            "unchanged: [\"L0\"]",
            "expected L0 to stay as it is, but active changes from true to false",
        ),
        ("\"L0.active: true\"", "\"L0.actve: true\"", "L0 has no field `actve`; did you mean `active`?"),
        (
            "look_at: [\"A0\"]",
            "look_at: [\"A3\"]",
            "there is no process `A3`: expected one of C0, R0, R1, L0, L1, A0, A1, A2",
        ),
        ("in flight: A0>L1 p1b(0.1, [])", "in flight: A0>L1 p1b(0.2, [])", "in flight"),
        ("action: \"deliver L1>A0 p1a(0.1)\"", "action: \"heal\"", "not partitioned"),
        ("action: \"deliver L1>A0 p1a(0.1)\"", "action: \"partition A0 | L0\"", "ask about a delivery"),
        ("action: \"deliver L1>A0 p1a(0.1)\"", "action: \"crash A1\"", "no wrong choice to offer"),
        ("then: \"p2a for A first\"", "then: \"nowhere\"", "expected one of \"p1a(1.0) first\", \"p2a for A first\""),
        ("name: \"p1a(1.0) first\"", "name: \"p2a for A first\"", "two futures are called"),
        ("say: \"A0 has voted", &format!("say: \"{long} A0 has voted"), "expected 50 at most"),
        ("id: \"acceptors\"", "id: \"The acceptors\"", "typed on the command line"),
        ("look_at:", "lookat:", "did you mean `look_at`?"),
        ("format: 1", "format: 2", "expected format 1"),
        ("acceptors: 3", "acceptors: 0", "a cluster needs at least one acceptor"),
        ("first_slot: 0", "first_slot: 7", "first_slot must be 0 or 1"),
        ("\"One vote\"", "\"One \\u{1b}[2Jvote\"", "control characters"),
    ] {
        let found = change(old, new);
        assert!(found.contains(says), "{new}: {found}");
        assert!(!found.contains('\u{1b}'));
    }
}

#[test]
fn futures_that_end_alike_are_no_fork() {
    let lesson = r#"Lesson(format: 1, id: "x", title: "X", about: "x", beats: [
        Or(title: "Fork", say: "Which?", futures: [
            (name: "one", say: "One.", actions: ["crash A0", "crash A1"]),
            (name: "other", say: "Other.", actions: ["crash A1", "crash A0"]),
        ]),
        Do(title: "Nothing", say: "Nothing.", actions: []),
    ])"#;
    let found = told(lesson);
    assert!(
        found.contains(
            "lessons/acceptors.ron:4:20: beat 1 (Fork): the futures \"one\" and \"other\" end in the same state"
        ),
        "{found}"
    );
    assert!(found.contains("beat 2 (Nothing) does nothing"), "{found}");
}

#[test]
fn hostile_files_get_one_clear_sentence() {
    let head = r#"Lesson(format: 1, id: "x", title: "X", about: "x", "#;
    let beats = |beat: &str, count: usize| format!("{head}beats: [{}])", beat.repeat(count));
    let long = "word ".repeat(200_000);
    for (text, says) in [
        (beats("Say(title: \"T\", say: \"Words.\"),", 10_000), "10000 beats: expected 1 to 200"),
        (beats("", 1), "0 beats"),
        (format!("{head}beats: {}", "[".repeat(100_000)), ""),
        (beats(&format!("Say(title: \"T\", say: \"{long}\"),"), 1), "200000 words: expected 50 at most"),
        (format!("{head}cluster: (acceptors: 99999999999999999999), beats: []"), ""),
        (beats(&format!("Say(title: \"{long}\", say: \"Words.\"),"), 1), "columns: expected 44 at most"),
        (beats(&format!("Do(title: \"T\", say: \"Words.\", actions: [\"{long}\"]),"), 1), "action 1"),
        (beats("Say(title: \"T\", say: \"\u{7}\"),", 1), "control character"),
        ("Lesson(".to_owned(), ""),
    ] {
        let found = errors(&text);
        let told = found[0].to_string();
        assert!(found.len() == 1 && told.contains(says) && told.lines().count() == 1, "{told}");
        assert!(told.len() < 600 && !told.chars().any(char::is_control), "{told}");
    }
}

/// The format's page shows a whole lesson: it must pass.
#[test]
fn the_page_about_the_format_is_right() {
    let page = include_str!("../lessons/README.md");
    let (_, after) = page.split_once("```ron\n").unwrap();
    let (lesson, _) = after.split_once("```").unwrap();
    if let Err(errors) = check_text("README.md", lesson) {
        panic!("{errors:#?}");
    }
}

#[cfg(feature = "terminal")]
mod command_line {
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
        assert!(err.contains("mine.ron:36:22: beat 1"), "{err}");
    }

    #[test]
    fn lessons_are_listed_and_a_wrong_name_is_answered() {
        let (code, out, _) = paxoscope(&["lesson"]);
        assert_eq!(code, Some(0));
        assert!(out.starts_with("acceptors    Acceptors vote on leaders\n"), "{out}");
        let (code, _, err) = paxoscope(&["lesson", "aceptors"]);
        assert_eq!(code, Some(2));
        assert_eq!(err, "paxoscope: there is no lesson `aceptors`; did you mean `acceptors`?\n");
        assert_eq!(paxoscope(&["lesson", "nowhere.ron"]).2, "paxoscope: nowhere.ron: there is no such file\n");
    }
}

/// `cargo test --test lessons -- --ignored --nocapture` prints every beat as it is told, to read it as a student.
#[test]
#[ignore = "for reading"]
fn read_aloud() {
    for lesson in built_in() {
        let mut player = Player::new(Lesson::parse(lesson.file, lesson.text).unwrap()).unwrap();
        loop {
            let beat = player.beat();
            println!(
                "\n{}/{} {}   [{}]",
                player.beat_number(),
                player.beat_count(),
                beat.title,
                beat.slide.unwrap_or_default()
            );
            if let Some(name) = beat.futures.get(beat.future) {
                println!("   or: {name}");
            }
            beat.say.iter().for_each(|say| println!("   {say}"));
            if let Some(question) = player.question().filter(Question::is_open) {
                println!("   {}", question.ask);
                for (at, choice) in question.choices.iter().enumerate() {
                    println!("   {} {}", at + 1, choice.join(" · "));
                }
                for at in 0..question.choices.len() {
                    let mut learner = player.clone();
                    learner.answer(at);
                    println!("     {} > {}", at + 1, learner.question().unwrap().verdict.unwrap());
                }
            }
            println!("   A0: {}   look at {}", frame(&player), beat.look_at.join(" "));
            if player.next() == Went::Nowhere {
                break;
            }
        }
    }
}
