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

/// What a key could not do is told where no choice stands, at every size.
#[test]
fn what_is_refused_covers_no_choice() {
    let mut seen = std::collections::BTreeSet::new();
    for file in built_in() {
        let mut model = at(file.id, 1);
        while !player(&model).finished() {
            let asked = player(&model).question().filter(Question::is_open);
            for key in "gGfxdyzp".chars().map(Key::Char).chain([Key::Enter]).filter(|_| asked.is_some()) {
                let mut refused = model.clone();
                update(&mut refused, Msg::Key(key));
                let Some(notice) = refused.notice().filter(|_| refused.overlay().is_none()) else { continue };
                let told: String = notice.text.chars().skip(1).take(12).collect();
                for (columns, rows) in [(60, 18), (80, 24), (100, 30), (160, 50)] {
                    let [before, text] = [&model, &refused].map(|model| glyphs(&draw(model, columns, rows)));
                    assert!(text.contains(&told), "{key:?} {columns}x{rows}: {told}\n{text}");
                    for choice in 1..=asked.as_ref().unwrap().choices.len() {
                        let head = [format!("   {choice} "), format!(" ▸ {choice} ")];
                        let starts = |line: &&str| head.iter().any(|head| line.contains(head.as_str()));
                        let row = before.lines().find(starts).unwrap();
                        assert!(text.contains(row), "{key:?} {columns}x{rows}: choice {choice}\n{text}");
                    }
                }
                seen.insert(key);
            }
            update(&mut model, Msg::Key(Key::PageDown));
        }
    }
    assert!(seen.len() >= 5 && seen.contains(&Key::Enter) && seen.contains(&Key::Char('g')), "{seen:?}");
}

/// What the last line tells to press is what the task is solved with.
#[test]
fn a_task_names_the_keys_that_solve_it() {
    for (id, title, key) in
        [("tour", "elections", "e elect"), ("replicas", "lose it", "x drop"), ("replicas", "lose it", "S send again")]
    {
        let beats = player(&at(id, 1)).beat_count();
        let of_task = |beat: &usize| {
            let model = at(id, *beat);
            let player = player(&model);
            player.task().is_some() && player.beat().title.to_lowercase().contains(title)
        };
        let beat = (1..=beats).find(of_task).unwrap();
        let text = screen(&at(id, beat));
        let hints = text.trim_end().lines().last().unwrap();
        assert!(hints.contains(key), "{id}: {hints}");
    }
}

/// A view that was opened in a beat does not lie over the words of the next one.
#[test]
fn a_view_goes_with_its_beat() {
    let mut model = at("tour", 6);
    press(&mut model, "w");
    assert!(model.stage().unwrap().view().is_some());
    press(&mut model, "space");
    assert_eq!((player(&model).beat_number(), model.stage().unwrap().view()), (7, None));
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
                let named = format!("· 1 of {}: ", view.futures.len());
                // What is compared stands side by side: no future is the first.
                assert_eq!(screen(&model).contains(&named), view.table.is_none(), "{}", screen(&model));
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

/// The selection is on what a step sent: the same key goes on with what has just been sent, not with what is old.
#[test]
fn enter_goes_on_with_what_was_just_sent() {
    let selected = |model: &Model| {
        let stage = model.stage().unwrap();
        stage.selected().map(|one| format!("{}>{} {}", one.from, one.to, one.message.kind().name()))
    };
    let mut model = usual("r enter e enter");
    let mut way = Vec::new();
    for _ in 0..17 {
        way.extend(selected(&model));
        press(&mut model, "enter");
    }
    let whole = "L0>A0 p1a, L0>A1 p1a, L0>A2 p1a, A0>L0 p1b, A1>L0 p1b, C0>R0 request, C0>R1 request, R0>L0 propose, \
                 R0>L1 propose, L0>A0 p2a, L0>A1 p2a, L0>A2 p2a, A0>L0 p2b, A1>L0 p2b, L0>R0 decision, L0>R1 decision, \
                 R0>C0 response";
    assert_eq!(way.join(", "), whole);
    assert_eq!(model.stage().unwrap().world().clients()[0].state.responses.len(), 1);
    // After a step back it goes the same way again.
    let mut again = usual("r enter e enter");
    play(&mut again, "enter enter left enter enter enter");
    assert_eq!(selected(&again).as_deref(), Some("A1>L0 p1b"));
    // What a lesson's last step sent counts, too: its stale neighbour in the list waits.
    let mut task = at("replicas", beat_of("replicas", "Your turn: B at last"));
    assert_eq!(selected(&task).as_deref(), Some("R0>C0 response"));
    press(&mut task, "enter");
    assert_eq!(selected(&task).as_deref(), Some("R0>L0 propose"), "{}", screen(&task));
    assert!(screen(&task).contains("▸2 R0 → L0  propose(3, B)"), "{}", screen(&task));
    // Who selects by hand goes down from there, where nothing comes of it.
    let mut chosen = usual("e enter enter*3 down enter");
    assert_eq!(selected(&chosen).as_deref(), Some("A2>L0 p1b"));
    play(&mut chosen, "enter");
    assert_eq!(selected(&chosen).as_deref(), Some("A0>L0 p1b"));
}

/// What a resend is for is selected, not what would be ignored.
#[test]
fn a_resend_selects_what_is_of_use() {
    let mut model = at("replicas", beat_of("replicas", "Your turn: lose it, and mend it"));
    press(&mut model, "x S enter");
    let sent = model.stage().unwrap().selected().unwrap();
    assert_eq!((sent.from.to_string(), sent.message.kind().name()), ("R0".to_owned(), "learn"), "{}", screen(&model));
    // R1 knows nothing yet: nothing moves, and it is told why.
    press(&mut model, "enter");
    assert!(screen(&model).contains("R1 has no answer: it does not know slot 1 either"), "{}", screen(&model));
    press(&mut model, "enter left");
    assert_eq!(model.notice(), None);
}

/// What is crashed by default is a server at the selected message, never a client that is up.
#[test]
fn no_client_is_crashed_by_default() {
    let likely = |model: &mut Model| {
        press(model, "c");
        let Some(Overlay::Pick(pick)) = model.overlay() else { panic!("nothing is asked") };
        let process = pick.process().unwrap().to_string();
        press(model, "esc");
        process
    };
    let mut model = usual("r enter e enter enter*16");
    assert_eq!(likely(&mut model), "R0", "its response is selected");
    press(&mut model, "enter");
    assert_eq!(likely(&mut model), "R1");
    for (keys, expected) in [("c C 0 enter", "C0"), ("c C 0 enter", "R1"), ("c A 2 enter", "A2"), ("c A 2 enter", "A2")]
    {
        press(&mut model, keys);
        assert_eq!(likely(&mut model), expected, "{keys}");
    }
    let mut model = usual("e enter enter*6");
    assert_eq!(model.stage().unwrap().selected(), None);
    assert_eq!(likely(&mut model), "L0", "the last step was about it");
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
        // What is last in the list waits.
        play(&mut model, "up*20 enter");
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
    let line = |model: &Model| {
        model.home_screen().offers.iter().position(|offer| offer.shelved().is_some_and(|one| one.id == last)).unwrap()
    };
    assert_eq!((model.place(), model.home_screen().selected), (Place::Home, line(&model)), "the one just played");
    assert!(model.notice().is_some_and(|notice| notice.text.contains("not finished yet: A tour of the stage")));
    let mut all = home();
    update(&mut all, Msg::Resize(80, 24));
    play(&mut all, "enter");
    while !(player(&all).finished() && all.next_lesson().is_none()) {
        update(&mut all, Msg::Key(Key::PageDown));
    }
    press(&mut all, "H");
    assert_eq!(all.home_screen().selected, line(&all));
    assert!(all.notice().is_some_and(|notice| notice.text.contains("all of them are finished")), "{:?}", all.notice());
    assert!(screen(&all).contains("▸ One rule is wrong here"), "{}", screen(&all));
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

/// A class has heard what is to be done, and a clicker goes on with it; a student's slip gives nothing away.
#[test]
fn a_clicker_walks_at_once_and_space_asks_first() {
    let task = at("elections", beat_of("elections", "Your turn: L0 is elected"));
    let mut clicked = task.clone();
    update(&mut clicked, Msg::Key(Key::PageDown));
    assert_eq!(player(&clicked).task().unwrap().shown, Some((1, 2)));
    assert!(screen(&clicked).contains("The solution, step 1 of 2:"), "{}", screen(&clicked));
    assert!(screen(&clicked).lines().last().unwrap().contains("pgdn step 2 of 2"), "{}", screen(&clicked));
    let mut student = task.clone();
    press(&mut student, "space");
    let text = screen(&student);
    assert_eq!(player(&student).task().unwrap().steps, 0);
    assert!(text.lines().last().unwrap().contains("Your turn; g: hint, space again: step 1 of 2"), "{text}");
    assert_eq!(text.matches(" → ").count(), screen(&task).matches(" → ").count(), "the list is whole\n{text}");
    press(&mut student, "space");
    assert_eq!(player(&student).task().unwrap().steps, 1);
}

/// A solution that was shown is walked as the first time by whoever comes back to it: each press one step, both ways.
#[test]
fn a_task_that_was_left_is_walked_step_by_step_again() {
    let tasks = [
        ("acceptors", "Your turn: B into A0"),
        ("proposals", "Your turn: Op1 is A"),
        ("acceptor-rules", "Your turn: with a restart"),
    ];
    for (id, title) in tasks {
        let mut model = at(id, beat_of(id, title));
        let beat = player(&model).beat_number();
        let place = |model: &Model| (player(model).beat_number(), player(model).task().map_or(0, |task| task.steps));
        let mut walked = vec![place(&model)];
        while player(&model).beat_number() == beat {
            press(&mut model, "pgdn");
            walked.push(place(&model));
        }
        // Two presses back and two on; then back to the beat before, and the whole way on.
        let count = walked.len();
        assert!(count > 4, "{id}: {walked:?}");
        for back in [3, count] {
            for expected in walked.iter().rev().skip(1).take(back - 1) {
                press(&mut model, "pgup");
                assert_eq!(place(&model), *expected, "{id}\n{}", screen(&model));
            }
            if back == count {
                press(&mut model, "pgup");
                assert_eq!(player(&model).beat_number(), beat - 1, "{id}");
                // What was jumped over may have a question that is still open.
                while player(&model).beat_number() < beat {
                    press(&mut model, "pgdn");
                }
                assert_eq!(place(&model), walked[0], "{id}\n{}", screen(&model));
            }
            for expected in walked.iter().skip(count - back + 1) {
                press(&mut model, "pgdn");
                assert_eq!(place(&model), *expected, "{id}\n{}", screen(&model));
            }
        }
    }
}

/// What a beat tells of in one press is marked in one frame, and what was taken away is seen.
#[test]
fn a_crash_shows_what_it_took_away() {
    let forgot = at("stable-storage", beat_of("stable-storage", "A2 forgets its promise"));
    assert!(screen(&forgot).contains("ballot_num: 0.1 → 0 "), "{}", screen(&forgot));
    let lost = at("stable-storage", beat_of("stable-storage", "A1 crashes"));
    assert!(screen(&lost).contains("accepted: [⟨0.0,1,A⟩]→[]"), "{}", screen(&lost));
    let empty = at("stable-storage", beat_of("stable-storage", "R0 crashes"));
    assert!(screen(&empty).contains("app: {k1: v1} → {}"), "{}", screen(&empty));
}

/// A question about something that is no message points at no message.
#[test]
fn a_question_about_a_timeout_shows_the_timeout() {
    let mut model = at("when-to-run", beat_of("when-to-run", "L1 gives up on L0"));
    for (columns, rows) in [(80, 24), (60, 18), (100, 30)] {
        update(&mut model, Msg::Resize(columns, rows));
        let text = glyphs(&draw(&model, columns, rows));
        assert!(text.contains("▸ timeout L1") && !text.contains("──▸"), "{text}");
        assert!(!text.lines().any(|line| line.contains('▸') && line.contains("p1b")), "{text}");
    }
}

#[test]
fn lights_and_votes_are_whole_where_there_is_little_room() {
    let mut model = at("acceptor-rules", 1);
    update(&mut model, Msg::Resize(60, 18));
    let lights = |model: &Model| {
        let text = glyphs(&draw(model, 60, 18));
        assert!(player(model).lights().iter().all(|light| text.contains(&format!("✓ {}", light.name))), "{text}");
        text
    };
    lights(&model);
    press(&mut model, "pgdn");
    let text = lights(&model);
    assert!(!text.contains("lower") && !text.contains("hears from"), "{text}");
}

/// A clicker's lecture is not marked: nobody answered.
#[test]
fn nobody_is_scored_who_only_went_on() {
    let mut shown = at("elections", 1);
    while !player(&shown).finished() {
        update(&mut shown, Msg::Key(Key::PageDown));
        let text = screen(&shown);
        assert!(!text.contains("try it yourself") && !text.contains("Your answers"), "{text}");
        assert!(!text.lines().next().unwrap().contains("   or "), "{text}");
    }
    let mut asked = at("elections", beat_of("elections", "Your turn: L0 is elected"));
    press(&mut asked, "G G");
    assert!(screen(&asked).contains("try it yourself"), "{}", screen(&asked));
    assert!(player(&asked).task().is_some_and(|task| task.reached));
}

/// Beats are the same whichever way one comes to them, the selected message, too.
#[test]
fn a_beat_selects_the_same_message_on_the_way_back() {
    for file in built_in() {
        let mut model = at(file.id, 1);
        // From the stage's own beginning, as `lesson` opens it.
        press(&mut model, "pgdn pgup");
        let mut told = std::collections::BTreeMap::new();
        let place = |model: &Model| {
            let player = player(model);
            let open = player.question().map(|question| question.is_open());
            (player.task().is_none()).then(|| (player.beat_number(), open, player.beat().future))
        };
        while !player(&model).finished() {
            if let Some(place) = place(&model) {
                told.insert(place, model.stage().unwrap().selected().cloned());
            }
            update(&mut model, Msg::Key(Key::PageDown));
        }
        let mut compared = 0;
        while player(&model).beat_number() > 1 {
            update(&mut model, Msg::Key(Key::PageUp));
            if let Some(selected) = place(&model).and_then(|place| told.get(&place)) {
                assert_eq!(&model.stage().unwrap().selected().cloned(), selected, "{} {:?}", file.id, place(&model));
                compared += 1;
            }
        }
        assert!(compared > 1, "{}", file.id);
    }
}

/// A note leaves what a lesson tells and asks in sight.
#[test]
fn notes_leave_the_lesson_in_sight() {
    let mut table = at("acceptor-rules", beat_of("acceptor-rules", "The votes to come"));
    let whole = screen(&table);
    update(&mut table, Msg::Key(Key::F(5)));
    let text = screen(&table);
    assert!(text.lines().last().unwrap().contains("shows a table"), "{text}");
    assert_eq!(whole.lines().take(23).collect::<Vec<_>>(), text.lines().take(23).collect::<Vec<_>>());
    let mut home = home();
    update(&mut home, Msg::Resize(80, 24));
    play(&mut home, "enter pgdn*3 H enter");
    let beat = player(&home).beat_number();
    let mut later = screen::home().with_progress(home.progress_in("tour").cloned());
    update(&mut later, Msg::Resize(80, 24));
    press(&mut later, "enter");
    let text = screen(&later);
    assert!(text.lines().last().unwrap().contains(&format!("at beat {beat}: pgup goes back")), "{text}");
}

/// The score of a game is told of its end, not of what is played afterwards.
#[test]
fn a_score_ends_with_the_game() {
    let mut model = at("adversary", beat_of("adversary", "Your turn: patient leaders"));
    let score = |model: &Model| player(model).task().unwrap().game.unwrap();
    for _ in 0..200 {
        if score(&model).over {
            break;
        }
        press(&mut model, "enter");
    }
    let at_end = score(&model);
    assert!(at_end.over, "{}", screen(&model));
    press(&mut model, "enter enter enter");
    assert_eq!(score(&model).score, at_end.score);
}

/// A replica that wants nothing has nothing to say again; that is told, and it is no step.
#[test]
fn nothing_is_sent_again_where_nothing_is_missing() {
    let mut model = usual("S");
    let steps = model.stage().unwrap().session().step();
    press(&mut model, "R 0 enter");
    assert_eq!(model.stage().unwrap().session().step(), steps);
    assert!(model.notice().is_some_and(|notice| notice.text.contains("nothing to send again")), "{:?}", model.notice());
}

/// Whoever delivers everything in order in the hunt is told that this order hides the fault.
#[test]
fn a_hunt_in_which_nothing_broke_says_so() {
    let mut quiet = 0;
    for seed in 0..5 {
        let file = built_in().iter().find(|lesson| lesson.id == "bug-hunt").unwrap();
        let lesson = Lesson::parse(file.file, file.text).unwrap().drawn(seed);
        let mut hunter = Player::new(lesson).unwrap();
        hunter.jump_to(2);
        let mut model = Model::lesson(hunter);
        update(&mut model, Msg::Resize(80, 24));
        for _ in 0..60 {
            let task = player(&model).task().unwrap();
            let nothing_broke = screen(&model).contains("Nothing broke. Z, and another order.");
            assert_eq!(nothing_broke, task.stuck.is_some(), "{}", screen(&model));
            if task.reached || nothing_broke {
                quiet += usize::from(nothing_broke);
                break;
            }
            press(&mut model, "enter");
        }
    }
    assert!(quiet > 0);
}

/// `e` offers the leader that the task is about, and after that the one that has just run.
#[test]
fn the_leader_that_is_meant_is_offered() {
    let mut model = at("ballots", beat_of("ballots", "Your turn: leader 0 on top"));
    assert!(player(&model).task().is_some());
    press(&mut model, "e");
    let picked = |model: &Model| match model.overlay() {
        Some(Overlay::Pick(pick)) => pick.process(),
        other => panic!("{other:?}"),
    };
    let first = picked(&model);
    press(&mut model, "enter e");
    assert_eq!(picked(&model), first);
}

/// Where all deliveries are used, it is said at once, with what helps; and nothing more is offered to be delivered.
#[test]
fn a_used_up_task_says_so() {
    let mut model = at("chosen-vs-known", beat_of("chosen-vs-known", "Your turn: chosen in secret"));
    act(&mut model, &["deliver L0>A0 p2a"]);
    assert!(!screen(&model).contains("deliveries are used"));
    act(&mut model, &["deliver A0>L0 p2b"]);
    let task = player(&model).task().unwrap();
    assert!(!task.reached && Some(task.deliveries) == task.at_most, "{}", screen(&model));
    let text = screen(&model);
    assert!(text.contains("All 2 deliveries are used: ← takes one back, Z begins again."), "{text}");
    let bar = text.lines().last().unwrap();
    assert!(!bar.contains("enter deliver") && bar.contains("Z begin again"), "{text}");
    press(&mut model, "left");
    assert!(!screen(&model).contains("deliveries are used"), "{}", screen(&model));
}

/// A first space in a task only says whose turn it is: the selected message stays selected.
#[test]
fn a_first_space_in_a_task_leaves_the_selection_alone() {
    let mut model = at("chosen-vs-known", beat_of("chosen-vs-known", "Your turn: let them know"));
    let row = |model: &Model| model.stage().unwrap().selected_row();
    for number in ["1", "2", "3"] {
        press(&mut model, number);
        let before = row(&model);
        press(&mut model, "space");
        assert!(model.notice().unwrap().text.contains("your turn"), "{}", screen(&model));
        assert_eq!(row(&model), before, "{}", screen(&model));
    }
}

/// In words and without a key: which invariant the last step of a hunt broke.
#[test]
fn the_end_of_a_hunt_says_what_broke() {
    for (columns, rows) in [(80, 24), (60, 18)] {
        let mut model = at("bug-hunt", 3);
        update(&mut model, Msg::Resize(columns, rows));
        while !player(&model).task().unwrap().reached {
            update(&mut model, Msg::Key(Key::PageDown));
        }
        let broken = model.stage().unwrap().session().broken_by_step();
        let text = glyphs(&draw(&model, columns, rows));
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(!broken.is_empty());
        for one in broken.iter().take(2) {
            let says = format!("✗ invariant {:?}: {}", one.invariant, one.invariant.meaning());
            assert!(words.contains(&says), "{says}\n{text}");
        }
        assert!(words.contains("which of them should not have been?"), "{text}");
    }
}

/// The end of a lesson and its line at home count the same answers.
#[test]
fn the_end_and_home_count_alike() {
    let mut model = at("elections", 1);
    let mut given = 0;
    while !player(&model).finished() {
        if player(&model).question().is_some_and(|question| question.is_open()) && given < 2 {
            given += 1;
            press(&mut model, "1");
        }
        update(&mut model, Msg::Key(Key::PageDown));
    }
    let told = paxoscope::app::lesson::right(player(&model).tally()).unwrap();
    assert!(told.contains(" of 4 right"), "{told}");
    assert!(screen(&model).contains(&format!("Your answers: {told}")), "{}", screen(&model));
    press(&mut model, "H");
    assert!(screen(&model).contains(&format!("✓ {told}")), "{}", screen(&model));
}

/// In a quiz there is no lesson to go back to; with nothing open esc says so.
#[test]
fn a_quiz_speaks_of_its_question() {
    let terms =
        paxoscope::teach::QuizTerms { seed: 3, role: None, difficulty: paxoscope::teach::Difficulty::default() };
    let mut model = Model::quiz(terms).unwrap();
    update(&mut model, Msg::Resize(80, 24));
    press(&mut model, "esc");
    assert!(model.notice().is_some_and(|notice| !notice.refused && notice.text.contains("nothing is open on top")));
    press(&mut model, "left");
    let text = screen(&model);
    assert!(text.contains("back to the question") && !text.contains("lesson"), "{text}");
}

/// What is chosen stays in sight through all lessons: it goes out only in the question whether something is, which then
/// nothing on the screen answers, and is back with the answer.
#[test]
fn the_star_goes_out_only_where_it_would_be_the_answer() {
    let mut out = Vec::new();
    for file in built_in() {
        let mut model = Model::lesson(Player::new(Lesson::parse(file.file, file.text).unwrap()).unwrap());
        update(&mut model, Msg::Resize(80, 24));
        while !player(&model).finished() {
            let history = model.stage().unwrap().session().history();
            let is_chosen = history.slots().any(|slot| history.chosen(slot).next().is_some());
            let text = screen(&model);
            if is_chosen && !text.lines().take(2).any(|line| line.contains('★')) {
                let screens = format!("{text}{}", glyphs(&draw(&model, 60, 18)));
                assert!(!screens.contains('★') && player(&model).question().unwrap().is_open(), "{screens}");
                for key in ["K", "v"] {
                    let mut looks = model.clone();
                    press(&mut looks, key);
                    assert!(looks.notice().unwrap().refused && looks.stage().unwrap().view().is_none());
                    // Nor is it left open where the answer is hidden again.
                    press(&mut looks, &format!("pgdn {key}"));
                    assert!(looks.stage().unwrap().view().is_some());
                    press(&mut looks, "pgup");
                    assert!(looks.stage().unwrap().view().is_none() && !screen(&looks).contains('★'));
                }
                out.push(format!("{}: {}", file.id, player(&model).beat().title));
            }
            update(&mut model, Msg::Key(Key::PageDown));
        }
    }
    assert_eq!(out, ["chosen-vs-known: Is A chosen now?"]);
}

/// A row has room for one thing that a message would do: that its leader becomes active, not what follows from it.
#[test]
fn a_preview_names_what_a_message_is_about() {
    let mut model = usual("");
    act(&mut model, &["request C0 put k1 v1", "deliver C0>R0", "deliver R0>L0", "elect L0"]);
    act(&mut model, &["deliver L0>A0", "deliver L0>A1", "deliver A0>L0"]);
    for (columns, rows) in [(60, 18), (80, 24)] {
        update(&mut model, Msg::Resize(columns, rows));
        play(&mut model, "w / p1b enter");
        let text = glyphs(&draw(&model, columns, rows));
        let row = text.lines().find(|line| line.contains("A1 → L0  p1b(0.0, [])") && line.contains("then:")).unwrap();
        assert!(row.contains("L0 becomes active") && !row.ends_with('…'), "{text}");
        press(&mut model, "esc");
    }
}

/// `q` leaves the program: how to get home instead stands in the last line, on a usual terminal, in a free run and beside all
/// that a lesson tells or asks. A task has other keys to name.
#[test]
fn the_way_home_is_in_sight() {
    let last = |model: &Model| screen(model).lines().last().unwrap().to_owned();
    for script in ["", "r enter", "r enter e enter", "r enter e enter enter*9"] {
        let model = usual(script);
        assert!(last(&model).contains(" · H home · "), "{script}: {}", last(&model));
    }
    let mut seen = 0;
    for id in ["acceptors", "elections", "replicas"] {
        let mut model = at(id, 1);
        while !player(&model).finished() {
            if player(&model).task().is_none() && player(&model).beat().futures.is_empty() {
                assert!(last(&model).contains(" · H home · "), "{}", screen(&model));
                seen += 1;
            }
            update(&mut model, Msg::Key(Key::PageDown));
        }
    }
    assert!(seen > 20, "{seen}");
}

/// While a rule is hidden, what it leaves out where that does no harm tells nobody which one it is: why a step went so is
/// the same, whatever is hidden.
#[test]
fn a_hidden_rule_is_told_by_what_it_does_only() {
    let hunt = built_in().iter().find(|lesson| lesson.id == "bug-hunt").unwrap();
    let told = |which: usize| {
        let mut player = Player::new(Lesson::parse(hunt.file, hunt.text).unwrap().drawn(which)).unwrap();
        player.jump_to(2);
        let mut model = Model::lesson(player);
        update(&mut model, Msg::Resize(80, 24));
        let mut told = Vec::new();
        // L0 is elected, A0 votes for A; then L0 runs again, and what it hears is what it wants.
        for line in [
            "deliver L0>A1 p1a",
            "deliver A0>L0 p1b",
            "deliver A1>L0 p1b",
            "deliver L0>A0 p2a",
            "elect L0",
            "deliver L0>A0 p1a(1.0)",
            "deliver L0>A1 p1a(1.0)",
            "deliver A0>L0 p1b(1.0, [(0.0, 1, A)])",
            "deliver A1>L0 p1b(1.0, [])",
        ] {
            act(&mut model, &[line]);
            press(&mut model, "w");
            // Below it stand the messages, and what they would do.
            told.push(screen(&model).lines().take(22).collect::<Vec<_>>().join("\n"));
            press(&mut model, "esc");
        }
        let [first, again] = [&told[2], told.last().unwrap()];
        assert!(first.contains("L0 becomes active") && again.contains("L0 becomes active"), "{again}");
        told
    };
    // With scout_quorum_1 the first answer elects.
    let whole = told(0);
    for which in [2, 3, 4] {
        for (one, other) in whole.iter().zip(told(which)) {
            assert_eq!(*one, other, "suspect {which}");
        }
    }
}
