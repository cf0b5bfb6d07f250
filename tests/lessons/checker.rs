//! The checker: whatever is made wrong in a copy of a lesson is told, with its place and with advice.

use paxoscope::script::{BeatKind, FileError, Lesson, Line, Position, Score, Try};
use paxoscope::teach::{Player, Went, built_in, check_text, find_slide};

use super::{FILE, acceptors};

fn errors(text: &str) -> Vec<FileError> {
    check_text(FILE, text).map(|(lesson, _)| panic!("{} passed", lesson.id)).unwrap_err()
}

fn told(text: &str) -> String {
    errors(text).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Every claim, pointer and row of a comparison, with the line that it stands on.
fn claims(lesson: &Lesson) -> Vec<&Line> {
    let mut all: Vec<&Line> = Vec::new();
    for beat in &lesson.beats {
        all.extend(beat.look_at.iter().chain(&beat.checks.expect).chain(&beat.checks.unchanged));
        if let BeatKind::Or(fork) | BeatKind::Compare { fork, .. } = &beat.kind {
            all.extend(fork.futures.iter().flat_map(|one| one.checks.expect.iter().chain(&one.checks.unchanged)));
        }
    }
    all
}

/// Every text that must be understood for the lesson to be played: actions, rules, rows, policies, what is counted.
fn played(lesson: &Lesson) -> Vec<&Line> {
    let mut all: Vec<&Line> = lesson.way.iter().collect();
    for beat in &lesson.beats {
        match &beat.kind {
            BeatKind::Say | BeatKind::Ask(_) | BeatKind::Play(_) => {}
            BeatKind::Break { rule, .. } => all.push(rule),
            BeatKind::Try(task) => {
                all.extend(&task.solution);
                all.extend(task.game.iter().map(|game| &game.policy));
            }
            BeatKind::Do(actions) => all.extend(actions),
            BeatKind::Predict(predict) => all.extend(predict.actions.iter().chain(&predict.count)),
            BeatKind::Or(fork) => all.extend(fork.futures.iter().flat_map(|future| &future.actions)),
            BeatKind::Compare { fork, rows } => {
                all.extend(fork.futures.iter().flat_map(|future| &future.actions).chain(rows));
            }
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
        let (claims, played) = (claims(&lesson), played(&lesson));
        assert!(claims.len() > 10 && played.len() > 10);
        for line in played {
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

/// The text with another value in the place of one, `Name(…)` or a number.
fn with_value(text: &str, at: Position, new: &str) -> String {
    let byte = rest(text, at);
    let after = &text[byte..];
    let digits = after.find(|char: char| !char.is_ascii_digit()).unwrap_or(0);
    let after = if digits > 0 { &after[digits..] } else { after_value(after) };
    format!("{}{new}{after}", &text[..byte])
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
                BeatKind::Try(task) => limits += usize::from(a_changed_task_is_told(file, text, task)),
                BeatKind::Play(play) => {
                    for new in ["All([])", "Any([])"] {
                        is_told(file, &with_value(text, play.until.line.at, new), &play.until.line);
                    }
                }
                BeatKind::Break { rule, beats } => {
                    is_told(file, &with_value(text, beats.at, "999"), rule);
                }
                _ => {}
            }
        }
    }
    assert!(limits > 0, "no lesson has a limit");
}

/// Whether the task has a limit.
fn a_changed_task_is_told(file: &str, text: &str, task: &Try) -> bool {
    let goal = &task.goal.line;
    let last = task.solution.last().unwrap();
    let at = rest(text, last.at);
    let after = text[at..].strip_prefix(&format!("\"{last}\"")).unwrap();
    let shorter = format!("{}{}", &text[..at], after.strip_prefix(',').unwrap_or(after));
    let score = task.game.as_ref().map(|game| game.score);
    let place = match score {
        Some(Score::Beat(mark)) => mark.at,
        _ => goal.at,
    };
    let found = check_text(file, &shorter).unwrap_err();
    assert!(found.iter().any(|error| error.position == place), "{found:?}");
    match score {
        // What ends a game never happens: nobody has anything to reach.
        Some(Score::Bound(mark)) => {
            let line = Line { text: String::new(), at: mark.at };
            is_told(file, &with_value(text, mark.at, "5"), &line);
        }
        Some(Score::Beat(mark)) => {
            let line = Line { text: String::new(), at: mark.at };
            for number in [mark.number - 1, mark.number + 1] {
                is_told(file, &with_value(text, mark.at, &number.to_string()), &line);
            }
        }
        None => {
            for new in ["All([])", "Any([])"] {
                is_told(file, &with_value(text, goal.at, new), goal);
            }
        }
    }
    let Some(limit) = task.at_most else { return false };
    let deliveries = task.solution.iter().filter(|line| line.text.starts_with("deliver")).count();
    let line = Line { text: String::new(), at: limit.at };
    is_told(file, &with_value(text, limit.at, &(deliveries - 1).to_string()), &line);
    true
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

/// A question that would not be whole below the stage at 80x24 is told.
#[test]
fn a_question_that_does_not_fit_is_told() {
    let choices = "(text: \"One\", right: true), (text: \"Two\", why: \"w\"), (text: \"Three\", why: \"w\"),
        (text: \"Four\", why: \"w\"), (text: \"Five\", why: \"w\")";
    let lesson = |cluster: &str, words: usize| {
        let say = "words ".repeat(words);
        format!(
            "Lesson(format: 1, id: \"x\", title: \"X\", about: \"x\", cluster: {cluster}, beats: [\n    Ask(title: \"T\",
            say: \"{say}\", ask: \"Which?\", choices: [{choices}])])"
        )
    };
    assert!(check_text("x.ron", &lesson("()", 20)).is_ok());
    let found = told(&lesson("()", 40));
    assert!(
        found.contains(":2:16: beat 1 (T): the question and its choices take 10 rows at 80x24: expected 8 at most"),
        "{found}"
    );
    assert!(told(&lesson("(leaders: 4)", 20)).contains("expected 6 at most"));
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
        (beats("Say(title: \"T\", say: \"\u{7}\"),", 1), "invisible character"),
        ("Lesson(".to_owned(), ""),
    ] {
        let found = errors(&text);
        let told = found[0].to_string();
        assert!(found.len() == 1 && told.contains(says) && told.lines().count() == 1, "{told}");
        assert!(told.len() < 600 && !told.chars().any(char::is_control), "{told}");
    }
}

/// An "Or…" that begins where an earlier beat began; one that names none, or over a broken rule; and a slide's future.
#[test]
fn what_an_or_begins_from_and_what_a_slide_shows_is_told() {
    let [proposals, rules] =
        ["proposals", "acceptor-rules"].map(|id| built_in().iter().find(|one| one.id == id).unwrap());
    for (old, new, says) in [
        ("from: \"L1 is ahead\"", "from: \"L1 is a head\"", "`from` names no beat before this one"),
        ("from: \"L1 is ahead\"", "from: \"Your turn: Op1 is A\"", "`from` names no beat before this one"),
        ("future: \"Op1 is A\"", "future: \"Op2 is A\"", "has no future \"Op2 is A\""),
        ("look_at: [\"L0\", \"R0\"]", "look_at: [\"R0\"]", "the slide shows a leader; point at it in `look_at`"),
    ] {
        assert!(proposals.text.contains(old), "{old}");
        let found = told(&proposals.text.replacen(old, new, 1));
        assert!(found.contains(says), "{new}: {found}");
    }
    let or = "Or(title: \"Or\", say: \"What else?\", from: \"Three rules, and one that follows\", futures: [
        (name: \"one\", actions: [\"elect L0\"]), (name: \"other\", actions: [\"elect L1\"])]),\n    ],\n)";
    let end = rules.text.rfind("],").unwrap();
    let found = told(&format!("{}{or}", &rules.text[..end]));
    assert!(found.contains("a rule is broken between"), "{found}");
}

/// A question that begins where a future of an "Or…" ended: told with its place are one that is none, one of a beat that has
/// none, one of no beat, and a beat that comes later.
#[test]
fn what_a_beat_goes_back_to_is_told() {
    let elections = built_in().iter().find(|one| one.id == "elections").unwrap();
    let (from, future) = ("from: \"Elected? Or…\",", "future: \"elected\",");
    for (old, new, blamed, says) in [
        (
            future,
            "future: \"elect\",",
            "\"elect\"",
            "`future` names no future of that beat: expected one of \"elected\", \"ref",
        ),
        (
            from,
            "from: \"It runs\",",
            "future: \"elected\"",
            "`future` is of an `Or`, and the beat that `from` names is none",
        ),
        (
            from,
            "",
            "future: \"elected\"",
            "`future` is one of the beat that `from` names: add `from`, or leave `future` out",
        ),
        (from, "from: \"Elected, for how long?\",", "from: \"Elected, for", "`from` names no beat before this one"),
    ] {
        let broken = elections.text.replacen(old, new, 1);
        let (at, line) = broken.lines().enumerate().filter(|(_, line)| line.contains(blamed)).last().unwrap();
        let column = line.find('"').unwrap();
        let found = errors(&broken);
        let text = found[0].to_string();
        assert!(found.len() == 1 && text.contains(says), "{new}: {found:?}");
        assert!(text.contains(&format!(":{}:{}:", at + 1, column + 1)), "{new}: {text}");
    }
}

/// What it goes back to is played: the question about the other future stands in it, and the way there and back as well.
#[test]
fn a_question_can_stand_in_the_other_future() {
    let elections = built_in().iter().find(|one| one.id == "elections").unwrap();
    let mut player = Player::new(Lesson::parse(elections.file, elections.text).unwrap()).unwrap();
    let mut jumped = player.clone();
    while player.beat_number() < player.beat_count() {
        player.next();
    }
    jumped.jump_to(player.beat_count() - 1);
    for player in [&mut player, &mut jumped] {
        let active = |player: &Player| {
            let world = player.session().world();
            (world.leaders()[0].state.active, world.acceptors()[1].state.ballot_num.unwrap().to_string())
        };
        assert!(player.question().unwrap().is_open() && !player.off_path());
        assert_eq!(active(player), (true, "1.0".to_owned()));
        player.previous();
        assert_eq!(active(player), (false, "1.1".to_owned()), "the beat before is where it was");
        player.next();
        player.next();
        assert_eq!(active(player), (true, "1.0".to_owned()));
    }
}

/// A slide leads to its own future of an "Or…", and going back to the other one.
#[test]
fn a_slide_shows_its_own_future() {
    let lessons: Vec<Lesson> = built_in().iter().map(|one| Lesson::parse(one.file, one.text).unwrap()).collect();
    for (slide, future, shown) in [(35, None, "preempted"), (37, Some(1), "Op1 is A")] {
        let place = find_slide(&lessons, slide).unwrap();
        assert_eq!((place.slide, place.future), (slide, future));
        let mut player = Player::new(lessons[place.lesson].clone()).unwrap();
        player.jump_to(place.beat);
        player.show_future(place.future.unwrap_or_default());
        let beat = player.beat();
        assert_eq!(beat.futures[beat.future], shown);
    }
}

/// The format's page shows a whole lesson, and two beats that can be put at its end: all must pass.
#[test]
fn the_page_about_the_format_is_right() {
    let page = include_str!("../../lessons/README.md");
    let shown: Vec<&str> = page.split("```ron\n").skip(1).map(|after| after.split("```").next().unwrap()).collect();
    let (lesson, beats) = shown.split_first().unwrap();
    assert_eq!(beats.len(), 6);
    let open = lesson.trim_end().strip_suffix("],\n)").unwrap();
    for end in [String::new(), beats.concat()] {
        if let Err(errors) = check_text("README.md", &format!("{open}{end}],\n)")) {
            panic!("{errors:#?}");
        }
    }
}

/// A lesson on something that no built-in one is about, written with the format's page alone.
#[test]
fn a_lesson_written_by_the_page_alone_passes() {
    let (lesson, summary) = check_text("cut-off.ron", include_str!("cut-off.ron")).unwrap();
    assert!(built_in().iter().all(|built_in| built_in.id != lesson.id.text));
    assert!(summary.questions >= 3 && summary.tasks == 1 && summary.forks == 1, "{summary:?}");
    let mut player = Player::new(lesson).unwrap();
    while player.next() != Went::Nowhere {}
    assert_eq!((player.finished(), player.tasks()), (true, (0, 1)));
}

/// A row of a lesson's table of slides that leads nowhere is told with its place.
#[test]
fn a_wrong_row_of_the_slide_table_is_told() {
    for (old, new, says) in [
        (
            "beat: \"One vote\"",
            "beat: \"One vota\"",
            "ron:15:27: `slide_table`: no beat is called \"One vota\"; did you mean",
        ),
        ("(slide: 19,", "(slide: 20,", "slide 20 is there twice"),
        ("(slide: 19,", "(slide: 0,", "ron:15:17: `slide_table`: slides are counted from 1"),
        ("(slide: 19,", "(slide: 70000,", "does not fit here"),
        ("(slide: 19, beat", "(slide: 19, beet", "did you mean `beat`?"),
    ] {
        assert!(acceptors().contains(old));
        let found = told(&acceptors().replacen(old, new, 1));
        assert!(found.contains(says), "{new}: {found}");
    }
    let lessons: Vec<Lesson> = built_in().iter().map(|one| Lesson::parse(one.file, one.text).unwrap()).collect();
    let seen: std::collections::BTreeSet<_> =
        lessons.iter().flat_map(|lesson| lesson.slide_table.iter().map(|row| row.slide.number)).collect();
    // Several lessons may show a slide; the one that comes first in the list is where `J` goes.
    for (slide, id) in [(3, "two-phases"), (4, "roles"), (23, "acceptor-rules"), (29, "when-to-run"), (37, "proposals")]
    {
        let shows = lessons.iter().filter(|lesson| lesson.slide_table.iter().any(|row| row.slide.number == slide));
        assert!(shows.count() > 1, "slide {slide}");
        assert_eq!(lessons[find_slide(&lessons, slide).unwrap().lesson].id.text, id, "slide {slide}");
    }
    assert!(seen.len() > 20, "{seen:?}");
}
