//! The built-in lessons, played; and that the checker notices whatever is made wrong in a copy.
#![allow(clippy::unwrap_used, clippy::panic)]

use paxoscope::script::{Beat, BeatKind, FileError, Lesson, Line, Position, parse_action};
use paxoscope::teach::{Player, Question, Showed, TaskState, Went, built_in, check_text};
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
                assert!(summary.questions > 1 && summary.tasks > 0, "{summary:?}");
                assert!(matches!(parsed.beats.last().unwrap().kind, BeatKind::Ask(_)), "it ends with a question");
                let predicts = |beat: &Beat| matches!(beat.kind, BeatKind::Predict { .. });
                assert!(parsed.beats.iter().any(predicts), "it has a prediction");
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

fn lesson(id: &str) -> Player {
    let found = built_in().iter().find(|lesson| lesson.id == id).unwrap();
    Player::new(Lesson::parse(found.file, found.text).unwrap()).unwrap()
}

/// `active: true, ballot_num: 0.0, proposals: []`, as on the slides.
fn leader_frame(player: &Player, leader: usize) -> String {
    let world = player.session().world();
    let id = world.cluster().leaders().nth(leader).unwrap();
    let all = fields(world, Notation::Screen, id.into());
    let on_slide = |name: &str| ["active", "ballot_num", "proposals"].contains(&name);
    let shown = all.iter().filter(|(name, _)| on_slide(name)).map(|(name, value)| format!("{name}: {value}"));
    shown.collect::<Vec<_>>().join(", ")
}

/// L0's frames in the order in which a clicker shows them, each once; and the title of the beat in which each came up.
fn leader_frames(id: &str) -> Vec<(String, String)> {
    let mut player = lesson(id);
    let mut seen: Vec<(String, String)> = Vec::new();
    loop {
        let frame = leader_frame(&player, 0);
        if seen.last().is_none_or(|(_, last)| *last != frame) {
            seen.push((player.beat().title, frame));
        }
        if player.next() == Went::Nowhere {
            return seen;
        }
    }
}

fn are_frames(id: &str, expected: &[(&str, &str)]) {
    let seen = leader_frames(id);
    let seen: Vec<_> = seen.iter().map(|(title, frame)| (title.as_str(), frame.as_str())).collect();
    assert_eq!(seen, expected);
}

/// Row 6: `active: false, ballot_num: 1.0, proposals: []`, and both sides of the "Or…", each made to happen and shown.
#[test]
fn the_election_frames_are_the_slides() {
    let running = "active: false, ballot_num: 1.0, proposals: []";
    let elected = "active: true, ballot_num: 1.0, proposals: []";
    are_frames(
        "elections",
        &[
            ("A leader that is back", "active: false, ballot_num: 0.0, proposals: []"),
            ("It runs", running),
            ("Your turn: L0 is elected", elected),
            ("Your turn: L0 is preempted", running),
            ("Elected? Or…", elected),
            ("Elected? Or…", running),
        ],
    );
}

/// Row 9: the slide's states of the leader, through the preemption.
#[test]
fn the_proposal_frames_are_the_slides() {
    are_frames(
        "proposals",
        &[
            ("A leader with nothing to do", "active: true, ballot_num: 0.0, proposals: []"),
            ("Op1 should be A", "active: true, ballot_num: 0.0, proposals: [⟨1, A⟩]"),
            ("Preempted", "active: false, ballot_num: 0.0, proposals: [⟨1, A⟩]"),
        ],
    );
    let mut player = lesson("proposals");
    while player.beat().futures.is_empty() {
        player.next();
    }
    // The other side of the "Or…": "Op1 is A", to three replicas.
    let told = |player: &Player| {
        let in_flight = player.session().world().network().distinct();
        in_flight.filter(|(envelope, _)| envelope.message.kind().name() == "decision").count()
    };
    assert_eq!(
        (leader_frame(&player, 0).as_str(), told(&player)),
        ("active: true, ballot_num: 0.0, proposals: [⟨1, A⟩]", 3)
    );
}

/// Row 7: the leader of 3.0 holds ⟨1, B⟩, meets ⟨2.1, 1, A⟩ and becomes active with ⟨1, A⟩.
#[test]
fn the_past_is_learned_as_the_slides_say() {
    let frames: Vec<String> = leader_frames("learning-the-past").into_iter().map(|(_, frame)| frame).collect();
    let at = |frame: &str| frames.iter().position(|one| one == frame).unwrap();
    let before = at("active: false, ballot_num: 3.0, proposals: [⟨1, B⟩]");
    assert!(before < at("active: true, ballot_num: 3.0, proposals: [⟨1, A⟩]"), "{frames:?}");
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
    // Six questions and one task, which takes one press more.
    assert_eq!((count(Went::Revealed), count(Went::TaskIsOpen)), (7, 1));
    assert_eq!((count(Went::ToFuture), count(Went::Nowhere)), (1, 1));
    assert_eq!((player.score(), player.tasks()), ((0, 6), (0, 1)));
    while player.previous() != Went::Nowhere {}
    assert_eq!((player.beat_number(), frame(&player).as_str()), (1, "ballot_num: 0, accepted: []"));
}

#[test]
fn both_futures_are_kept_and_flipped_between() {
    let mut player = player();
    while player.beat().futures.is_empty() {
        player.next();
    }
    assert!(player.beat().future == 0 && player.session().world().leaders()[0].state.active);
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

/// The first task of the acceptors' lesson, at its start.
fn at_task() -> Player {
    let mut player = player();
    while player.task().is_none() {
        player.next();
    }
    player
}

fn act(player: &mut Player, line: &str) -> Result<(), String> {
    let action = parse_action(line, player.session().world()).map_err(|error| error.to_string())?;
    player.act(action).map_err(|error| error.to_string())
}

const SOLUTION: [&str; 7] = [
    "elect L0",
    "deliver L0>A1 p1a(1.0)",
    "deliver L0>A2 p1a(1.0)",
    "deliver A1>L0 p1b(1.0, [])",
    "deliver A2>L0 p1b(1.0, [])",
    "deliver L0>A0 p1a(1.0)",
    "deliver L0>A0 p2a(1.0, 0, B)",
];

#[test]
fn a_task_is_solved_by_the_learner_and_keeps_its_credit() {
    let mut player = at_task();
    let start = player.session().world().clone();
    let task = player.task().unwrap();
    assert_eq!((task.state, task.goal.as_str()), (TaskState::Open, "Accepted(\"A0\", _, 0, \"B\")"));
    assert_eq!(task.limits.as_deref(), Some("at most 20 deliveries; with deliver, drop, elect only"));
    assert_eq!(
        act(&mut player, "crash L0").unwrap_err(),
        "`crash` is not part of this task: it is solved with deliver, drop, elect"
    );
    assert!(player.hint().is_some() && player.hint().is_some() && player.hint().is_some());
    assert_eq!((player.hint(), player.task().unwrap().hints.len()), (None, 3));
    // A way of one's own: the trap first, then another ballot.
    for line in ["elect L0", "deliver L0>A0 p1a(1.0)", "deliver A0>L0 p1b(1.0", "elect L0", "deliver L0>A0 p1a(2.0)"] {
        if act(&mut player, line).is_err() {
            act(&mut player, "deliver A0>L0 p1b(1.0, [(0.1, 0, A)])").unwrap();
        }
    }
    assert!(!player.off_path() && player.task().unwrap().state == TaskState::Open);
    for line in ["deliver L0>A1 p1a(2.0)", "deliver L0>A2 p1a(2.0)", "deliver A1>L0 p1b(2.0", "deliver A2>L0 p1b(2.0"] {
        let line = if line.ends_with("2.0") { format!("{line}, [])") } else { line.to_owned() };
        act(&mut player, &line).unwrap();
    }
    act(&mut player, "deliver L0>A0 p2a(2.0, 0, B)").unwrap();
    let task = player.task().unwrap();
    assert_eq!((task.state, task.steps, task.deliveries), (TaskState::Solved, 10, 8));
    assert!(player.beat().say[0].contains("No rule is broken"));
    assert_eq!(player.tasks(), (1, 1));
    act(&mut player, "crash L0").unwrap();
    let mine = player.session().world().clone();
    assert_eq!(player.next(), Went::ToBeat);
    player.previous();
    assert_eq!(player.session().world(), &mine, "the task is as it was left");
    assert!(player.reset_task());
    assert_eq!((player.session().world(), player.task().unwrap().state), (&start, TaskState::Solved));
}

#[test]
fn the_solution_is_shown_step_by_step_and_earns_nothing() {
    let mut player = at_task();
    assert_eq!(player.show_step(), Showed::Step);
    act(&mut player, SOLUTION[1]).unwrap();
    assert_eq!(player.show_step(), Showed::Step, "a learner who goes the same way is on it");
    act(&mut player, "drop L0>A0 p1a(1.0)").unwrap();
    let tried = player.session().here();
    assert_eq!(player.show_step(), Showed::BackToStart);
    assert_eq!(player.task().unwrap().steps, 0);
    for _ in SOLUTION {
        assert_eq!(player.show_step(), Showed::Step);
    }
    assert_eq!((player.show_step(), player.task().unwrap().state), (Showed::Nothing, TaskState::Shown));
    assert_eq!(player.tasks(), (0, 1));
    player.session_mut().jump(tried);
    assert!(!player.off_path(), "what was tried is still there");
    player.reset_task();
    for line in SOLUTION {
        act(&mut player, line).unwrap();
    }
    assert_eq!((player.task().unwrap().state, player.tasks()), (TaskState::Solved, (1, 1)), "on one's own it counts");
}

#[test]
fn a_task_is_skipped_on_purpose_only() {
    let mut player = at_task();
    let start = player.session().here();
    assert_eq!(player.next(), Went::TaskIsOpen);
    act(&mut player, SOLUTION[0]).unwrap();
    assert_eq!((player.next(), player.next()), (Went::TaskIsOpen, Went::Revealed));
    assert_eq!((player.task().unwrap().state, player.task().unwrap().steps), (TaskState::Skipped, SOLUTION.len()));
    assert!(!player.skip_task());
    assert_eq!((player.next(), player.tasks()), (Went::ToBeat, (0, 1)));
    player.previous();
    player.session_mut().jump(start);
    player.session_mut().back();
    assert!(player.off_path(), "before its start is outside of the task");
    assert_eq!(act(&mut player, "crash L1"), Ok(()), "and there everything is allowed");
    assert_eq!((player.next(), player.off_path()), (Went::BackToPath, false));
}

#[test]
fn an_authors_question_is_answered_with_its_whys() {
    let mut player = player();
    while player.beat_number() < player.beat_count() {
        player.next();
    }
    let open = player.question().unwrap();
    assert!(open.is_open() && open.choices.len() == 4 && player.asked().is_none());
    let truth = open.choices.iter().position(|lines| lines[0].contains("which reports A")).unwrap();
    let wrong = open.choices.iter().position(|lines| lines[0].contains("L1 stays")).unwrap();
    let mut other = player.clone();
    assert_eq!(player.answer(wrong), Some(false));
    let closed = player.question().unwrap();
    assert_eq!(
        (closed.truth, closed.verdict.as_deref()),
        (Some(truth), Some("No: any leader may run at any time; L0 just did."))
    );
    assert!(player.beat().say[0].starts_with("Two majorities share"), "why the right one is right is for all");
    assert_eq!(other.answer(truth), Some(true));
    assert_eq!(other.question().unwrap().verdict.as_deref(), Some("Right."));
    assert_eq!(other.score().0, player.score().0 + 1);
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
            BeatKind::Ask(ask) => all.extend(&ask.checks.expect),
            BeatKind::Try(task) => all.extend(task.way.checks.expect.iter().chain(&task.way.checks.unchanged)),
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
            BeatKind::Say(_) | BeatKind::Ask(_) => {}
            BeatKind::Try(task) => all.extend(&task.way.actions),
            BeatKind::Do(way) | BeatKind::Predict { way, .. } => all.extend(&way.actions),
            BeatKind::Or { futures, .. } => all.extend(futures.iter().flat_map(|future| &future.way.actions)),
        }
    }
    all
}

/// The file with one of its lines changed.
fn with(text: &str, line: &Line, new: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let changed = &mut lines[line.at.line - 1];
    let column = changed.char_indices().nth(line.at.column - 1).unwrap().0;
    let (before, after) = changed.split_at(column);
    let old = format!("\"{}\"", line.text);
    assert!(after.starts_with(&old), "{after}");
    *changed = format!("{before}\"{new}\"{}", &after[old.len()..]);
    lines.join("\n")
}

/// `check` says no to this copy, and names this line.
fn is_told(file: &str, text: &str, line: &Line) {
    let found = check_text(file, text).map(|(lesson, _)| panic!("{} passed: {line}", lesson.id)).unwrap_err();
    assert!(found.iter().any(|error| error.position == line.at), "{line}: {found:#?}");
    let sentence = found[0].to_string();
    assert!(sentence.starts_with(file) && sentence.len() > file.len() + 30, "{sentence}");
}

#[test]
fn a_changed_claim_pointer_or_action_is_told_with_its_place() {
    for built_in in built_in() {
        let lesson = Lesson::parse(built_in.file, built_in.text).unwrap();
        let (claims, actions) = (claims(&lesson), actions(&lesson));
        assert!(claims.len() > 10 && actions.len() > 10);
        for line in actions {
            is_told(built_in.file, &with(built_in.text, line, &format!("un{line}")), line);
        }
        // All at once, from the last one back: each makes those behind it on its line stand one column further.
        let mut text = built_in.text.to_owned();
        let mut places = claims;
        places.sort_by_key(|line| line.at);
        for line in places.iter().rev() {
            text = with(&text, line, &format!("{line}7"));
        }
        let found = check_text(built_in.file, &text).map(|(lesson, _)| panic!("{} passed", lesson.id)).unwrap_err();
        for (index, line) in places.iter().enumerate() {
            let before = places[..index].iter().filter(|other| other.at.line == line.at.line).count();
            let at = Position { column: line.at.column + before, ..line.at };
            assert!(found.iter().any(|error| error.position == at), "{line}: {found:#?}");
        }
    }
}

/// The text from this place on.
fn rest(text: &str, at: Position) -> usize {
    let before: usize = text.split_inclusive('\n').take(at.line - 1).map(str::len).sum();
    let line = text[before..].lines().next().unwrap();
    before + line.char_indices().nth(at.column - 1).map_or(line.len(), |(byte, _)| byte)
}

/// What follows the value, `Name(…)`, that this text begins with.
fn after_value(text: &str) -> &str {
    let mut depth = 0_i32;
    for (byte, char) in text.char_indices() {
        depth += i32::from(char == '(') - i32::from(char == ')');
        if depth == 0 && char == ')' {
            return &text[byte + 1..];
        }
    }
    ""
}

/// A solution that misses its last step, a goal that holds at the start or never, a limit that is one too low, and a
/// right choice that is none.
#[test]
fn a_changed_solution_goal_limit_or_key_is_told_with_its_place() {
    let mut limits = 0;
    for built_in in built_in() {
        let (file, text) = (built_in.file, built_in.text);
        let lesson = Lesson::parse(file, text).unwrap();
        let behind_hunt = |at: usize| at > 0 && lesson.beats[at - 1].hunt().is_some();
        for (at, beat) in lesson.beats.iter().enumerate() {
            match &beat.kind {
                // The question behind a hunt has its key from the draw.
                BeatKind::Ask(_) if behind_hunt(at) => {}
                BeatKind::Ask(ask) => {
                    let flag = rest(text, ask.choices.iter().find(|choice| choice.right).unwrap().text.at);
                    let wrong = format!("{}{}", &text[..flag], text[flag..].replacen("right: true", "right: false", 1));
                    is_told(file, &wrong, &ask.ask);
                    let other = &ask.choices.iter().rfind(|choice| !choice.right).unwrap().text;
                    let at = rest(text, other.at);
                    let both = text[at..].replacen("why:", "right: true, why:", 1);
                    let found = check_text(file, &format!("{}{both}", &text[..at])).unwrap_err();
                    assert!(found[0].to_string().contains("2 of "), "{found:?}");
                }
                BeatKind::Try(task) => {
                    let last = task.way.actions.last().unwrap();
                    let at = rest(text, last.at);
                    let after = text[at..].strip_prefix(&format!("\"{last}\"")).unwrap();
                    let after = after.strip_prefix(',').unwrap_or(after);
                    let shorter = format!("{}{after}", &text[..at]);
                    let found = check_text(file, &shorter).unwrap_err();
                    assert!(found.iter().any(|error| error.position == task.goal_line.at), "{found:?}");
                    let at = rest(text, task.goal_line.at);
                    for new in ["All([])", "Any([])"] {
                        let changed = format!("{}{new}{}", &text[..at], after_value(&text[at..]));
                        is_told(file, &changed, &task.goal_line);
                    }
                    if let Some(limit) = task.at_most {
                        limits += 1;
                        let at = rest(text, limit.at);
                        let deliveries =
                            task.way.actions.iter().filter(|line| line.text.starts_with("deliver")).count();
                        let digits = limit.number.to_string();
                        let lower = text[at..].replacen(&digits, &(deliveries - 1).to_string(), 1);
                        let line = Line { text: digits, at: limit.at };
                        is_told(file, &format!("{}{lower}", &text[..at]), &line);
                    }
                }
                _ => {}
            }
        }
    }
    assert!(limits > 0, "no lesson has a limit");
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

/// The format's page shows a whole lesson, and two beats that can be put at its end: all must pass.
#[test]
fn the_page_about_the_format_is_right() {
    let page = include_str!("../lessons/README.md");
    let shown: Vec<&str> = page.split("```ron\n").skip(1).map(|after| after.split("```").next().unwrap()).collect();
    let (lesson, beats) = shown.split_first().unwrap();
    assert_eq!(beats.len(), 2);
    let open = lesson.trim_end().strip_suffix("],\n)").unwrap();
    for end in [String::new(), beats.concat()] {
        if let Err(errors) = check_text("README.md", &format!("{open}{end}],\n)")) {
            panic!("{errors:#?}");
        }
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
}

/// `LESSON=tour cargo test --test lessons -- --ignored --nocapture` prints every beat of that lesson, or of all, as it is
/// told, to read it as a student.
#[test]
#[ignore = "for reading"]
fn read_aloud() {
    let only = std::env::var("LESSON").ok();
    for lesson in built_in().iter().filter(|lesson| only.as_ref().is_none_or(|only| lesson.id == only)) {
        println!("\n======== {}", lesson.id);
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
                    if at + 1 == question.choices.len() {
                        println!("     then: {}", learner.beat().say.join(" "));
                    }
                }
            }
            if let Some(task) = player.task().filter(|task| task.state == TaskState::Open) {
                println!("   goal {}   {}", task.goal, task.limits.unwrap_or_default());
                let mut learner = player.clone();
                while let Some(hint) = learner.hint() {
                    println!("     hint: {hint}");
                }
                learner.skip_task();
                println!("     then: {}", learner.beat().say.join(" "));
                player.next();
                player.next();
            }
            println!("   A0: {}   look at {}", frame(&player), beat.look_at.join(" "));
            if player.next() == Went::Nowhere {
                break;
            }
        }
    }
}
