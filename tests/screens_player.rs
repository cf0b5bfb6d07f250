//! The lesson player as a student meets it: tasks that are solved in another way, what a task forbids, answers with their
//! reasons, notes beside a question, and the way home.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod screen;

use paxoscope::app::{Id, Key, Model, Msg, Overlay, Place, update};
use paxoscope::script::Lesson;
use paxoscope::teach::{Player, Question, TaskState, built_in};
use screen::{draw, glyphs, home, play, press, usual};

/// This lesson at this beat, the first being 1, on a usual terminal.
fn at(id: &str, beat: usize) -> Model {
    let file = built_in().iter().find(|lesson| lesson.id == id).unwrap();
    let mut player = Player::new(Lesson::parse(file.file, file.text).unwrap()).unwrap();
    player.jump_to(beat - 1);
    let mut model = Model::lesson(player);
    update(&mut model, Msg::Resize(80, 24));
    model
}

fn player(model: &Model) -> &Player {
    model.stage().unwrap().lesson().unwrap()
}

fn screen(model: &Model) -> String {
    glyphs(&draw(model, 80, 24))
}

fn act(model: &mut Model, lines: &[&str]) {
    for line in lines {
        update(model, Msg::Line((*line).to_owned()));
        assert!(model.notice().is_none_or(|notice| !notice.refused), "{line}: {:?}", model.notice());
    }
}

/// The beat of this lesson in which a task of this title is.
fn beat_of(id: &str, title: &str) -> usize {
    let model = at(id, 1);
    1 + player(&model).lesson().beats.iter().position(|beat| beat.title.text == title).unwrap()
}

#[test]
fn who_solved_a_task_in_another_way_is_told_that_the_lesson_goes_on_with_its_own() {
    let told = "From here the lesson goes on with its own solution; yours is kept, R shows it.";
    let elected = |acceptors: [&str; 2]| {
        let mut model = at("tour", beat_of("tour", "Elections: e"));
        let [one, other] = acceptors;
        act(&mut model, &["elect L0", &format!("deliver L0>{one}"), &format!("deliver L0>{other}")]);
        act(&mut model, &[&format!("deliver {one}>L0"), &format!("deliver {other}>L0")]);
        assert_eq!(player(&model).task().unwrap().state, TaskState::Solved);
        press(&mut model, "space");
        model
    };
    let other_way = elected(["A1", "A2"]);
    assert!(player(&other_way).left_own_run());
    let text = screen(&other_way);
    assert!(text.contains(told) || text.contains("the lesson's own run; R: yours"), "{text}");
    // Its own way is there, and nothing is said where nothing else is shown.
    let same_way = elected(["A0", "A1"]);
    assert!(!player(&same_way).left_own_run() && !screen(&same_way).contains("own run"), "{}", screen(&same_way));
}

#[test]
fn what_a_task_forbids_is_refused_before_anything_is_asked() {
    let model = at("tour", beat_of("tour", "Step: Enter delivers"));
    for key in ['e', 'c', 'r', 'S', 'p', 'X', 'x', 'd'] {
        let mut model = model.clone();
        update(&mut model, Msg::Key(Key::Char(key)));
        let notice = model.notice().unwrap();
        assert!(notice.refused && notice.text.contains("you may only deliver"), "{key}: {notice:?}");
        assert_eq!(model.overlay(), None, "{key}");
    }
    // In a game the policy elects.
    let mut game = at("adversary", 4);
    press(&mut game, "e");
    assert!(game.overlay().is_none() && game.notice().unwrap().text.contains("policy"), "{:?}", game.notice());
    // Off the path and after the goal everything may be done.
    let mut solved = model;
    press(&mut solved, "enter c");
    assert!(matches!(solved.overlay(), Some(Overlay::Pick(_))), "{:?}", solved.notice());
}

#[test]
fn an_election_puts_its_messages_in_sight() {
    let mut model = at("acceptors", beat_of("acceptors", "Your turn: B into A0"));
    let before = model.stage().unwrap().selected().cloned();
    press(&mut model, "e 0");
    let selected = model.stage().unwrap().selected().cloned().unwrap();
    assert_ne!(before.as_ref(), Some(&selected));
    assert_eq!(format!("{}>{} {:?}", selected.from, selected.to, selected.message.kind()), "L0>A0 P1a");
    assert!(screen(&model).contains("L0 → A0  p1a(1.0)"), "{}", screen(&model));
}

#[test]
fn a_message_is_not_ignored_and_why() {
    let model = at("two-phases", 4);
    let question = player(&model).question().unwrap();
    let nothing = question.choices.iter().position(|choice| choice[0] == "nothing changes").unwrap();
    let mut model = model;
    press(&mut model, &(nothing + 1).to_string());
    let text = screen(&model).replace("\n ", " ");
    assert!(text.contains("No: it is not ignored: L0's scout of 0.0 still waits for the answer of A1."), "{text}");
    assert!(text.contains("L0 becomes active: a majority adopted its ballot_num 0.0."), "{text}");
}

/// The rows of the lesson's panel.
fn panel(screen: &str) -> Vec<&str> {
    let title = |line: &&str| line.starts_with("─ ") && !line.starts_with("─ in flight") && !line.starts_with("─ why");
    let rows: Vec<&str> = screen.lines().collect();
    let Some(first) = rows.iter().position(title) else { return Vec::new() };
    let more = rows[first + 1..].iter().take_while(|line| !line.starts_with("─ ") && !line.contains(" → "));
    more.copied().take(7).collect()
}

/// Choices say things as the stage does, no answer is cut at its beginning, and no reason is cut at all, whatever is
/// answered in any lesson.
#[test]
fn answers_are_whole_at_80x24() {
    let mut answers = 0;
    for file in built_in() {
        let mut model = at(file.id, 1);
        while !player(&model).finished() {
            let open = player(&model).question().filter(Question::is_open);
            for choice in 0..open.as_ref().map_or(0, |question| question.choices.len()) {
                let told = open.as_ref().unwrap().choices[choice].join("; ");
                assert!(!told.contains("commanders: [") && !told.contains("scouts: ["), "{told}");
                let mut answered = model.clone();
                press(&mut answered, &(choice + 1).to_string());
                let text = screen(&answered);
                let cut = panel(&text).into_iter().any(|row| row.contains('…'));
                assert!(!cut, "{} {choice}\n{text}", file.id);
                answers += 1;
            }
            let text = screen(&model);
            assert!(!panel(&text).iter().any(|row| row.trim_start().starts_with('…')), "{text}");
            update(&mut model, Msg::Key(Key::PageDown));
        }
    }
    assert!(answers > 100, "{answers}");
}

/// The notes for the lecturer stand where nothing is asked.
#[test]
fn notes_cover_no_choice() {
    let mut seen = 0;
    for file in built_in() {
        for beat in 1..=player(&at(file.id, 1)).beat_count() {
            let mut model = at(file.id, beat);
            let (notes, question) = (player(&model).beat().notes, player(&model).question());
            let (Some(_), Some(question)) = (notes, question) else { continue };
            let before = screen(&model);
            press(&mut model, "n");
            let text = screen(&model);
            assert!(text.contains("for the lecturer"), "{text}");
            for choice in 1..=question.choices.len() {
                let row = before.lines().find(|line| line.starts_with(&format!("   {choice} ")));
                assert!(row.is_some_and(|row| text.contains(row)), "{} {beat}: choice {choice}\n{text}", file.id);
            }
            seen += 1;
        }
    }
    assert!(seen > 0, "{seen}");
}

#[test]
fn a_future_that_is_shown_first_is_the_first() {
    for file in built_in() {
        let mut model = at(file.id, 1);
        let mut before = 0;
        while !player(&model).finished() {
            let view = player(&model).beat();
            if view.futures.len() > 1 && before != player(&model).beat_number() {
                before = player(&model).beat_number();
                assert_eq!(view.future_number, 1, "{} {before}", file.id);
                assert!(screen(&model).contains(&format!("or 1/{}", view.futures.len())), "{}", screen(&model));
                let mut other = model.clone();
                press(&mut other, "o");
                assert_eq!(player(&other).beat().future_number, 2);
            }
            update(&mut model, Msg::Key(Key::PageDown));
        }
    }
}

/// What a light has seen the header says, too: what is broken now, and what was before.
#[test]
fn the_header_and_the_lights_tell_the_same() {
    let mut told_apart = 0;
    for id in ["stable-storage", "acceptor-rules"] {
        let mut model = at(id, 1);
        while !player(&model).finished() {
            let out = player(&model).lights().iter().any(|light| !light.holds);
            let header = screen(&model).lines().next().unwrap().to_owned();
            assert!(!out || header.contains('✗'), "{header}");
            told_apart += usize::from(header.contains("before"));
            for invariant in player(&model).violated() {
                assert!(header.contains(&format!("{invariant:?}")), "{invariant:?}: {header}");
            }
            update(&mut model, Msg::Key(Key::PageDown));
        }
    }
    assert!(told_apart > 0);
}

/// A game says of each message in how many steps it must arrive, and a lecturer shows it in a few presses, there and back.
#[test]
fn a_game_is_planned_and_shown_in_a_few_presses() {
    let mut model = at("adversary", 4);
    assert!(screen(&model).contains("in 12"), "{}", screen(&model));
    press(&mut model, "enter");
    assert!(screen(&model).contains("in 11"), "{}", screen(&model));
    press(&mut model, "Z");
    let mut steps = vec![0];
    while !player(&model).task().unwrap().reached {
        update(&mut model, Msg::Key(Key::PageDown));
        steps.push(player(&model).task().unwrap().steps);
        assert!(steps.len() < 12, "{steps:?}");
    }
    for before in steps.iter().rev().skip(1).take(3) {
        update(&mut model, Msg::Key(Key::PageUp));
        assert_eq!(player(&model).task().unwrap().steps, *before, "{steps:?}");
    }
}

#[test]
fn what_must_arrive_now_is_selected() {
    let mut model = at("adversary", 4);
    for _ in 0..200 {
        let task = player(&model).task().unwrap();
        if let Some(due) = task.game.as_ref().and_then(|game| game.due_now.clone()) {
            assert_eq!(model.stage().unwrap().selected(), Some(&due));
            assert!(screen(&model).contains("now"), "{}", screen(&model));
            press(&mut model, "left right");
            assert_eq!(model.stage().unwrap().selected(), Some(&due), "also after a look back");
            return;
        }
        press(&mut model, "down enter");
    }
    panic!("nothing was ever due");
}

/// While a text is typed to look for messages, what is found is to be seen, and the line that is typed.
#[test]
fn what_is_looked_for_is_seen_while_it_is_typed() {
    let mut model = at("acceptors", beat_of("acceptors", "Your turn: B into A0"));
    press(&mut model, "/ p2b");
    let text = screen(&model);
    assert!(text.contains("with \"p2b\"") && text.contains("A0 → L1  p2b(0.1, 0)"), "{text}");
    assert!(text.contains("p2b▏") || text.lines().rev().take(4).any(|line| line.contains("p2b")), "{text}");
}

#[test]
fn home_goes_on_after_a_lesson_and_says_when_all_are_done() {
    let last = built_in().last().unwrap().id;
    let mut model = at(last, 1);
    while !player(&model).finished() {
        update(&mut model, Msg::Key(Key::PageDown));
    }
    press(&mut model, "H");
    assert_eq!((model.place(), model.home_screen().selected), (Place::Home, 0), "the first that is not finished");
    let mut all = home();
    update(&mut all, Msg::Resize(80, 24));
    play(&mut all, "enter");
    while !(player(&all).finished() && all.next_lesson().is_none()) {
        update(&mut all, Msg::Key(Key::PageDown));
    }
    press(&mut all, "H");
    assert_eq!(all.home_screen().selected, 0);
    assert!(all.notice().is_some_and(|notice| notice.text.contains("all of them are finished")), "{:?}", all.notice());
    assert!(screen(&all).contains("▸ A tour of the stage"), "{}", screen(&all));
}

#[test]
fn home_is_walked_by_its_keys_and_cuts_nothing_without_a_mark() {
    let mut model = home();
    update(&mut model, Msg::Resize(80, 24));
    press(&mut model, "end");
    let last = model.home_screen().selected;
    assert_eq!(last + 1, model.home_screen().offers.len());
    press(&mut model, "end");
    assert!(model.notice().is_some_and(|notice| !notice.refused), "the end is no refusal");
    press(&mut model, "home");
    assert_eq!(model.home_screen().selected, 0);
    for line in 0..=last {
        model.select_at_home(line);
        let text = screen(&model);
        let below: Vec<&str> = text.lines().skip_while(|row| !row.starts_with("──")).skip(1).collect();
        let told = below.split_last().unwrap().1.join(" ");
        assert!(told.trim_end().ends_with(['.', '?', '!', '…']) || told.len() < 79, "{told}");
    }
    // What cannot act here is marked in the help.
    press(&mut model, "?");
    let text = screen(&model);
    assert!(text.contains("· e           elect a leader") && text.contains("  home        start of the run"), "{text}");
}

/// Red is for what was refused; the end of a list is no mistake.
#[test]
fn harmless_things_are_told_plainly() {
    for (script, id) in [("up", Id::Up), ("left", Id::Back), ("right", Id::Forward)] {
        let model = usual(script);
        assert!(model.notice().is_some_and(|notice| !notice.refused), "{id:?}");
        assert!(!screen(&model).contains("nothing done"), "{id:?}");
    }
    let model = usual("enter");
    assert!(model.notice().is_some_and(|notice| notice.refused) && screen(&model).contains("✗ nothing done"));
}
