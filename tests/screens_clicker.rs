//! A lecture by a clicker alone, and a student's keys: what each press shows, in every lesson.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod screen;

use std::collections::{BTreeMap, BTreeSet};

use paxoscope::app::{Key, Model, Msg, Place, update};
use paxoscope::script::Lesson;
use paxoscope::teach::{Player, Question, Tally, TaskState, built_in};
use paxoscope::world::Action;
use screen::{draw, glyphs, home, play, press};

fn lesson(id: &str) -> Model {
    let file = built_in().iter().find(|lesson| lesson.id == id).unwrap();
    Model::lesson(Player::new(Lesson::parse(file.file, file.text).unwrap()).unwrap())
}

fn player(model: &Model) -> &Player {
    model.stage().unwrap().lesson().unwrap()
}

/// Presses one key of a clicker: the picture changes, and nothing says that it cannot be done.
fn click(model: &mut Model, key: Key) -> String {
    let before = glyphs(&draw(model, 80, 24));
    update(model, Msg::Key(key));
    let after = glyphs(&draw(model, 80, 24));
    assert_ne!(before, after, "{key:?} shows nothing");
    let refused = model.notice().filter(|notice| notice.refused);
    assert_eq!(refused, None, "{after}");
    assert!(!after.contains('✗') || before.contains("R4") || !after.contains("nothing done"), "{after}");
    after
}

/// Where a lesson is: its id, the beat, whether its question is open, and the future that is shown.
type At = (String, usize, Option<bool>, usize);

fn at(model: &Model) -> At {
    let player = player(model);
    let open = player.question().map(|question| question.is_open());
    (player.lesson().id.text.clone(), player.beat_number(), open, player.beat().future)
}

/// All that a lesson has to show.
fn all_of(player: &Player) -> Vec<At> {
    let lesson = player.lesson();
    let mut player = player.clone();
    let mut all = Vec::new();
    for beat in 0..lesson.beats.len() {
        player.jump_to(beat);
        let at = |open, future| (lesson.id.text.clone(), beat + 1, open, future);
        match (player.question(), player.beat()) {
            (Some(_), _) => all.extend([at(Some(true), 0), at(Some(false), 0)]),
            (None, view) if view.futures.is_empty() || view.table.is_some() => all.push(at(None, view.future)),
            (None, view) => all.extend((0..view.futures.len()).map(|future| at(None, future))),
        }
    }
    all
}

/// From the home screen through every lesson, and all the way back.
#[test]
fn a_clicker_gives_the_whole_course() {
    let mut model = home();
    click(&mut model, Key::F(5));
    let (mut seen, mut all) = (BTreeSet::new(), Vec::new());
    let mut ids: Vec<String> = Vec::new();
    loop {
        let id = player(&model).lesson().id.text.clone();
        if ids.last() != Some(&id) {
            assert_eq!((player(&model).beat_number(), player(&model).tally()), (1, Tally::default()), "{id}");
            all.extend(all_of(player(&model)));
            ids.push(id.clone());
        }
        seen.insert(at(&model));
        if player(&model).finished() && model.next_lesson().is_none() {
            break;
        }
        let screen = click(&mut model, Key::PageDown);
        if let Some(next) = model.next_lesson().filter(|_| player(&model).finished()) {
            assert!(screen.replace('\n', " ").contains("next lesson"), "{}: {screen}", next.title);
        }
        let player = player(&model);
        assert!(!player.off_path());
        assert!(player.task().is_none_or(|task| task.state != TaskState::Skipped), "every step of it is shown");
    }
    let in_order: Vec<&str> = built_in().iter().map(|lesson| lesson.id).collect();
    assert_eq!(ids, in_order);
    let missed: Vec<&At> = all.iter().filter(|at| !seen.contains(*at)).collect();
    assert!(missed.is_empty(), "never shown: {missed:?}");
    let mut back = BTreeSet::new();
    while (player(&model).lesson().id.text.as_str(), player(&model).beat_number()) != (in_order[0], 1) {
        back.insert(at(&model));
        click(&mut model, Key::PageUp);
    }
    back.insert(at(&model));
    let missed: Vec<&At> = all.iter().filter(|at| !back.contains(*at)).collect();
    assert!(missed.is_empty(), "never shown on the way back: {missed:?}");
    // At the first beat there is nothing before, which is no mistake.
    update(&mut model, Msg::Key(Key::PageUp));
    assert!(model.notice().is_some_and(|notice| !notice.refused));
    assert_eq!(model.place(), Place::Stage(0));
}

/// A clicker sends Esc and F5 by turns, `.` and `b`: the slide comes and goes, the rest leaves all as it is.
#[test]
fn the_other_keys_of_a_clicker_are_harmless() {
    let mut model = lesson("acceptors");
    play(&mut model, "pgdn*4");
    let (place, whole) = (at(&model), glyphs(&draw(&model, 80, 24)));
    press(&mut model, "esc");
    // It is said, and no mistake.
    assert!(model.notice().is_some_and(|notice| !notice.refused && notice.text.contains("nothing is open on top")));
    update(&mut model, Msg::Key(Key::F(5)));
    press(&mut model, "esc");
    assert_eq!((model.notice(), glyphs(&draw(&model, 80, 24))), (None, whole.clone()));
    update(&mut model, Msg::Key(Key::F(5)));
    assert!(model.notice().is_none() && glyphs(&draw(&model, 80, 24)) != whole);
    press(&mut model, "esc . pgdn b pgdn");
    assert_eq!((at(&model), glyphs(&draw(&model, 80, 24))), (place, whole));
}

/// Every way to answer every question, where the room is least.
fn player_to_end(model: &mut Model) {
    let most = 20 * player(model).beat_count();
    for _ in 0..most {
        if player(model).finished() {
            return;
        }
        update(model, Msg::Key(Key::PageDown));
    }
    panic!("the lesson does not end");
}

/// Going back from the end asks the last question again, as it stood before.
#[test]
fn the_end_goes_away_with_the_last_answer() {
    let mut model = lesson("acceptors");
    player_to_end(&mut model);
    assert!(glyphs(&draw(&model, 80, 24)).contains("The end."));
    let asked = click(&mut model, Key::PageUp);
    let question = player(&model).question().unwrap();
    assert!(question.is_open() && !asked.contains("The end."), "{asked}");
}

#[test]
fn the_right_answer_is_always_in_sight() {
    for file in built_in() {
        let mut model = lesson(file.id);
        while !player(&model).finished() {
            let count =
                player(&model).question().filter(Question::is_open).map_or(0, |question| question.choices.len());
            if count > 0 {
                for (columns, rows) in [(80, 24), (60, 18)] {
                    let screen = glyphs(&draw(&model, columns, rows));
                    let choices: BTreeSet<Vec<&str>> =
                        (1..=count).map(|choice| choice_lines(&screen, choice)).collect();
                    assert_eq!(
                        choices.len(),
                        count,
                        "{:?} at {columns}x{rows}: no two read the same\n{screen}",
                        at(&model)
                    );
                }
            }
            for choice in 1..=count {
                let mut answered = model.clone();
                press(&mut answered, &choice.to_string());
                let truth = player(&answered).question().unwrap().truth.unwrap() + 1;
                for (columns, rows) in [(80, 24), (60, 18), (40, 12)] {
                    let screen = glyphs(&draw(&answered, columns, rows));
                    let has = |mark: &str, choice: usize| screen.contains(&format!("{mark} {choice} "));
                    assert!(has("✓", truth), "{:?} at {columns}x{rows}, choice {choice}\n{screen}", at(&model));
                    assert!(choice == truth || rows < 18 || has("✗", choice), "{:?}, {choice}\n{screen}", at(&model));
                }
            }
            press(&mut model, "space");
        }
    }
}

/// A choice as it is drawn.
fn choice_lines(screen: &str, choice: usize) -> Vec<&str> {
    let head = format!("   {choice} ");
    let mut lines = screen.lines().skip_while(|line| !line.starts_with(&head));
    let first = lines.next().map_or("", |line| line.trim_start_matches(&head));
    std::iter::once(first).chain(lines.take_while(|line| line.starts_with("     "))).collect()
}

/// While a solution is shown, what the next press does is announced: its message is the selected one.
#[test]
fn a_solution_announces_its_next_step() {
    let mut steps = 0;
    for file in built_in() {
        let mut model = lesson(file.id);
        while !player(&model).finished() {
            let next = player(&model).next_shown();
            if let Some(Action::Deliver(envelope) | Action::Drop(envelope)) = &next {
                let selected = model.stage().unwrap().selected();
                assert_eq!(selected, Some(envelope), "{:?}", at(&model));
            }
            press(&mut model, "pgdn");
            if let Some(action) = next {
                let session = player(&model).session();
                // An adversary's network may act right after it.
                assert!(session.last_action() == Some(&action) || file.id == "adversary", "{:?}", at(&model));
                steps += 1;
            }
        }
    }
    assert!(steps > 100, "{steps}");
}

/// Whichever way a frame is come to, the same message is selected: what is said of it is the same.
#[test]
fn the_way_back_selects_what_was_selected() {
    let frame = |model: &Model| {
        let steps = player(model).task().map(|task| task.steps);
        ((at(model), steps), model.stage().unwrap().selected().cloned())
    };
    for file in built_in() {
        let mut model = lesson(file.id);
        let mut there = BTreeMap::new();
        while !player(&model).finished() {
            there.extend([frame(&model)]);
            update(&mut model, Msg::Key(Key::PageDown));
        }
        let mut seen = 0;
        while model.notice().is_none_or(|notice| !notice.text.contains("first beat")) {
            update(&mut model, Msg::Key(Key::PageUp));
            let (now, selected) = frame(&model);
            assert_eq!(there.get(&now), Some(&selected), "{now:?}");
            seen += 1;
        }
        assert!(seen > player(&model).beat_count(), "{seen}");
    }
}

/// The rows of messages below the title of the list.
fn message_rows(screen: &str) -> usize {
    let below = screen.lines().skip_while(|line| !line.contains("─ in flight")).skip(1);
    below.take_while(|line| line.contains(" → ")).count()
}

/// A student asks for all hints and all steps of every task, and begins again: the messages stay in sight, the hints go
/// when they are of no use, and what is told is true of what is shown.
#[test]
fn hints_never_hide_the_messages() {
    let mut tasks = 0;
    for file in built_in() {
        let mut model = lesson(file.id);
        while !player(&model).finished() {
            if player(&model).task().is_some_and(|task| task.steps == 0) && !player(&model).walks() {
                tasks += 1;
                one_task(model.clone());
            }
            press(&mut model, "space");
        }
    }
    assert!(tasks > 20, "{tasks}");
}

fn one_task(mut model: Model) {
    let task = player(&model).task().unwrap();
    for hint in 1..=task.hint_count + 1 {
        press(&mut model, "g");
        let screen = glyphs(&draw(&model, 80, 24));
        let rows = message_rows(&screen);
        let there = model.stage().unwrap().rows().len();
        assert!(rows >= there.min(2), "{:?}, hint {hint}: {rows} of {there} messages\n{screen}", at(&model));
        let number = if hint > task.hint_count { 1 } else { hint };
        assert!(task.hint_count < 2 || screen.contains(&format!("hint {number} of")), "{screen}");
        glyphs(&draw(&model, 60, 18));
    }
    for _ in 0..100 {
        if player(&model).task().unwrap().reached {
            break;
        }
        press(&mut model, "G");
    }
    let (solved, screen) = (player(&model).task().unwrap(), glyphs(&draw(&model, 80, 24)));
    assert!(solved.reached && solved.state == TaskState::Shown, "{:?}\n{screen}", at(&model));
    assert!(!screen.contains("hint 1 of") && screen.contains("try it yourself"), "{:?}\n{screen}", at(&model));
    press(&mut model, "Z");
    let again = player(&model).task().unwrap();
    assert_eq!((again.state, again.steps, again.hint), (TaskState::Open, 0, 0));
    assert!(player(&model).beat().say.contains(&again.say));
    press(&mut model, ">");
    assert_eq!(player(&model).task().unwrap().state, TaskState::Skipped);
    press(&mut model, "Z space esc space");
    let task = player(&model).task().unwrap();
    assert_eq!((task.state, task.steps), (TaskState::Open, 0), "another key takes the first press back");
}

/// The lessons whose slides a class sees, press by press, at the least size for boxes.
const SHOWN: [&str; 4] = ["acceptors", "elections", "learning-the-past", "proposals"];

/// Every moment of a lesson that a clicker shows, as boxes or, with F5, as rows.
fn pressed_through(id: &str, rows: bool) -> Vec<(At, String)> {
    let mut model = lesson(id);
    update(&mut model, Msg::Resize(60, 18));
    if rows {
        update(&mut model, Msg::Key(Key::F(5)));
    }
    let mut all = Vec::new();
    while !player(&model).finished() {
        all.push((at(&model), glyphs(&draw(&model, 60, 18))));
        update(&mut model, Msg::Key(Key::PageDown));
    }
    all
}

/// The lines above the lesson's panel.
fn stage_lines(screen: &str) -> impl Iterator<Item = &str> {
    screen.lines().skip(2).take_while(|line| !line.starts_with("─ "))
}

/// What stands in each box of a leader, its borders included.
fn leader_boxes(screen: &str) -> Vec<String> {
    let rows: Vec<Vec<char>> = stage_lines(screen).map(|line| line.chars().collect()).collect();
    let mut boxes = Vec::new();
    for (top, row) in rows.iter().enumerate() {
        let lefts = (0..row.len()).filter(|x| ['╭', '▌'].contains(&row[*x]));
        for left in lefts.filter(|x| row[x + 2..].iter().collect::<String>().starts_with("Leader L")) {
            let right = left + row[left..].iter().position(|char| *char == '╮').unwrap();
            let inside = rows[top..].iter().map(|row| row[left..=right].iter().collect::<String>());
            let height = 1 + inside.clone().position(|line| line.starts_with('╰')).unwrap();
            boxes.push(inside.take(height).collect::<Vec<_>>().join("\n"));
        }
    }
    boxes
}

/// Whatever has changed, a leader's box has the fields of the slides, and below them, beside its rival, what has changed.
#[test]
fn a_leaders_box_has_the_fields_of_the_slides() {
    let mut lost = Vec::new();
    for id in SHOWN {
        let mut leaders = 0;
        for (at, screen) in pressed_through(id, false) {
            for leader in leader_boxes(&screen) {
                for field in ["active: ", "ballot_num: ", "proposals: "] {
                    assert!(leader.contains(field), "{at:?}\n{screen}");
                }
                leaders += 1;
                if leader.contains("rival: none →") {
                    lost.push(format!("{at:?}\n{leader}"));
                }
            }
        }
        assert!(leaders > 0, "{id}");
    }
    insta::assert_snapshot!("leaders_that_lost_60x18", lost.join("\n"));
}

/// Beside a leader's name stands whether it is active, so that its field gives way to `ballot_num`.
#[test]
fn a_leaders_row_has_its_ballot() {
    let of_leader = |line: &&str| line.chars().nth(1) == Some('L');
    let mut elected = String::new();
    for id in SHOWN {
        for (at, screen) in pressed_through(id, true) {
            for line in stage_lines(&screen).filter(of_leader) {
                let behind: String = line.chars().skip("▌L0 ".chars().count()).collect();
                let first = behind.split(' ').find(|word| word.starts_with("ballot") || word.contains('.'));
                let first = first.unwrap_or_default();
                let told =
                    ["ballot_num:", "ballot"].contains(&first) || first.starts_with(|char: char| char.is_ascii_digit());
                assert!(told && !behind.contains("active:"), "{at:?}\n{screen}");
            }
            if at.0 == "acceptors" && at.1 == 4 || at.0 == "proposals" && at.1 == 6 {
                elected.push_str(&screen);
                elected.push('\n');
            }
        }
    }
    insta::assert_snapshot!("rows_of_leaders_60x18", elected);
}

/// Where each process has a row, too, the sentence that asks is whole.
#[test]
fn what_is_asked_is_whole_below_rows() {
    for file in built_in() {
        let mut model = lesson(file.id);
        update(&mut model, Msg::Resize(60, 18));
        update(&mut model, Msg::Key(Key::F(5)));
        while !player(&model).finished() {
            if let Some(question) = player(&model).question().filter(Question::is_open) {
                let screen = glyphs(&draw(&model, 60, 18));
                let told: Vec<&str> = screen.split(['─', ' ', '\n']).filter(|word| !word.is_empty()).collect();
                let ask = question.ask.replace(['`', '*'], "");
                let asks = ask.split_inclusive(". ").flat_map(|text| text.split_inclusive("? "));
                let asks = asks.filter(|sentence| sentence.trim().ends_with('?')).last().unwrap_or(&ask);
                let asks: Vec<&str> = asks.split_whitespace().collect();
                assert!(told.join(" ").contains(&asks.join(" ")), "{:?}: {asks:?}\n{screen}", at(&model));
            }
            update(&mut model, Msg::Key(Key::PageDown));
        }
    }
}
