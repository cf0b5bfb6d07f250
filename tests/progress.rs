//! What is reached in lessons: kept as the learner goes, shown at home, taken up again; begun again, jumped in, and
//! reloaded while its author writes it.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod screen;

use paxoscope::app::{Effect, Key, Model, Msg, Offer, Place, update};
use paxoscope::script::Lesson;
use paxoscope::teach::{Difficulty, Progress, QuizTerms, Role, TaskState, built_in};
use screen::{draw, glyphs, home, keys, lesson, press};

fn screen(model: &Model) -> String {
    glyphs(&draw(model, 80, 24))
}

/// What is kept while these keys are pressed.
fn kept(model: &mut Model, script: &str) -> Vec<Progress> {
    let effects = keys(script).into_iter().flat_map(|key| update(model, Msg::Key(key)));
    effects.filter_map(|effect| if let Effect::KeepProgress(kept) = effect { Some(*kept) } else { None }).collect()
}

/// As after a new start of the program, with what was kept.
fn restarted(kept: &Progress) -> Model {
    let again = Progress::parse("kept", &kept.to_ron()).unwrap();
    assert_eq!(again, *kept);
    home().with_progress([again])
}

fn open_acceptors(model: &mut Model) {
    let line = model
        .home_screen()
        .offers
        .iter()
        .position(|offer| offer.lesson().is_some_and(|one| one.id.text == "acceptors"));
    model.select_at_home(line.unwrap());
    press(model, "enter");
}

fn beat(model: &Model) -> usize {
    model.stage().unwrap().lesson().unwrap().beat_number()
}

#[test]
fn every_answer_is_kept_at_once_and_taken_up_after_a_restart() {
    let mut model = lesson("").with_keeping();
    assert_eq!(kept(&mut model, "left right").len(), 0, "looking around is no progress");
    let told = kept(&mut model, "space 1 space 2 space");
    assert_eq!(told.len(), 5, "{told:#?}");
    let mut model = restarted(told.last().unwrap());
    assert!(screen(&model).contains("beat 4/13"), "{}", screen(&model));
    open_acceptors(&mut model);
    assert_eq!(beat(&model), 4);
    let tally = model.stage().unwrap().lesson().unwrap().tally();
    assert_eq!((tally.answered(), tally.revealed), (2, 0));
    assert!(screen(&model).contains("at beat 4: pgup goes back, B (or --begin) begins again"), "{}", screen(&model));
}

/// A lesson that was left in rehearsal can be given from its beginning.
#[test]
fn a_lesson_that_was_left_can_begin_at_its_first_beat() {
    let mut model = lesson("").with_keeping();
    let told = kept(&mut model, "space 1 space 2 space");
    let mut model = restarted(told.last().unwrap());
    let lesson = model.home_screen().offers.iter().filter_map(Offer::lesson).find(|one| one.id.text == "acceptors");
    model.begin_lesson(&lesson.unwrap().clone()).unwrap();
    assert_eq!((beat(&model), model.notice()), (1, None));
}

/// A lecture that was rehearsed has the same order: what is finished is not left out.
#[test]
fn the_next_lesson_is_the_same_before_and_after_it_was_finished() {
    let mut model = home();
    let listed: Vec<Lesson> = model.home_screen().offers.iter().filter_map(Offer::lesson).cloned().collect();
    let at = listed.iter().position(|one| one.id.text == "elections").unwrap();
    model.open_lesson(&listed[at + 1]).unwrap();
    while !model.stage().unwrap().lesson().unwrap().finished() {
        update(&mut model, Msg::Key(Key::PageDown));
    }
    model.open_lesson(&listed[at]).unwrap();
    assert_eq!(model.next_lesson().map(|next| &next.id), Some(&listed[at + 1].id));
}

#[test]
fn a_finished_lesson_leads_home_to_the_next_and_keeps_its_mark() {
    let mut model = lesson("").with_keeping();
    let mut last = None;
    while !model.stage().unwrap().lesson().unwrap().finished() {
        last = kept(&mut model, "space").pop().or(last);
    }
    assert!(screen(&model).contains(" space/pgdn next lesson · H home · "), "{}", screen(&model));
    let end = "✓ The end. space: next lesson, Four rules, each broken; H: home.";
    assert!(screen(&model).contains(end), "{}", screen(&model));
    press(&mut model, "H");
    let selected = |model: &Model| screen(model).lines().find(|line| line.contains('▸')).unwrap().to_owned();
    assert!(selected(&model).contains("Four rules"), "{}", screen(&model));
    let mut model = restarted(&last.unwrap());
    assert!(screen(&model).contains("Acceptors vote on leaders      ✓"), "{}", screen(&model));
    open_acceptors(&mut model);
    assert_eq!(beat(&model), 1, "what is finished begins at its beginning");
    let again = kept(&mut model.with_keeping(), "space 1").pop().unwrap();
    assert!(again.finished.is_some() && !again.done, "and stays finished");
}

#[test]
fn beginning_again_takes_two_presses_and_forgets_the_answers() {
    let mut model = lesson("space 1 space").with_keeping();
    press(&mut model, "B");
    assert!(beat(&model) == 3 && screen(&model).contains("B once more"), "{}", screen(&model));
    press(&mut model, "left B");
    assert_eq!(beat(&model), 3, "a key between takes the first press back");
    let told = kept(&mut model, "B").pop().unwrap();
    assert_eq!((beat(&model), told.beat, told.marks.len()), (1, 1, 0));
    press(&mut model, "B");
    assert!(screen(&model).contains("This is where the lesson begins"), "{}", screen(&model));
}

#[test]
fn a_task_goes_on_where_it_was() {
    let mut model = lesson("").with_keeping();
    let mut told = Vec::new();
    while model.stage().unwrap().lesson().unwrap().task().is_none() {
        told.extend(kept(&mut model, "space"));
    }
    told.extend(kept(&mut model, "g e 0 G"));
    let mut model = restarted(told.last().unwrap());
    open_acceptors(&mut model);
    let task = model.stage().unwrap().lesson().unwrap().task().unwrap();
    assert_eq!((task.state, task.hints.len(), task.steps), (TaskState::Open, 1, 2));
    // Its text is one key away, whatever lies above it.
    let text = "Get B into A0 all the same";
    assert!(screen(&model).contains(text));
    for (away, back) in
        [("w", "esc"), ("?", "esc"), ("home", "space"), ("left left left", "space"), ("T", "esc"), (":", "esc")]
    {
        press(&mut model, &format!("{away} {back}"));
        assert!(screen(&model).contains(text), "{away} {back}:\n{}", screen(&model));
    }
    press(&mut model, "g g L");
    let whole = screen(&model);
    for part in [text, "goal: Accepted(", "terms: you may only deliver", "hint: B must come", "hint: Take L0's"] {
        assert!(whole.contains(part), "{part}:\n{whole}");
    }
    press(&mut model, "x");
    let notes = "for the lecturer";
    assert!(!whole.contains(notes) && !screen(&model).contains(notes), "only who asks for them sees the notes");
    press(&mut model, "n");
    assert!(screen(&model).contains(notes), "{}", screen(&model));
    press(&mut model, "pgup");
    assert!(screen(&model).contains(notes), "one shown step back is the same beat");
    press(&mut model, "pgup pgdn");
    assert!(!screen(&model).contains(notes), "until another beat is shown");
    assert!(screen(&model).contains(text), "any key goes back");
}

#[test]
fn a_slide_is_jumped_to_from_everywhere_and_hides_its_answer() {
    let mut model = home();
    press(&mut model, "J");
    assert!(screen(&model).contains("the slide's number:"), "{}", screen(&model));
    press(&mut model, "2 0 enter");
    assert!(beat(&model) == 7 && model.stage().unwrap().asks(), "{}", screen(&model));
    press(&mut model, "pgup pgup");
    assert!(beat(&model) == 5 && model.stage().unwrap().asks(), "a question that was jumped over is not given away");
    press(&mut model, "J 5 enter");
    assert_eq!(model.stage().unwrap().title(), "Ballots");
    press(&mut model, "J 0 enter");
    assert!(screen(&model).contains("Write the number of a slide"), "{}", screen(&model));
    press(&mut model, "esc J 1 enter");
    assert!(screen(&model).contains("No lesson shows slide 1"), "{}", screen(&model));
    press(&mut model, "esc");
    update(&mut model, Msg::Line("slide 21".to_owned()));
    assert!(
        beat(&model) == 7 && screen(&model).contains("No beat shows slide 21: this is slide 20"),
        "{}",
        screen(&model)
    );
    assert_eq!(model.show_slide(30), Ok(()));
}

#[test]
fn a_lesson_asks_for_a_beat_to_be_shown_large() {
    let file = built_in().iter().find(|lesson| lesson.id == "acceptors").unwrap();
    let old = "(slide: 8, beat: \"An acceptor, before anything\")";
    assert!(file.text.contains(old));
    let text = file.text.replace(old, "(slide: 8, beat: \"An acceptor, before anything\", large: true)");
    let mut model = home();
    model.open_lesson(&Lesson::parse("large.ron", &text).unwrap()).unwrap();
    let large = |model: &Model| model.stage().unwrap().large(false);
    assert!(large(&model));
    press(&mut model, "space");
    assert!(!large(&model));
    press(&mut model, "pgup s");
    assert!(!large(&model), "the user knows better");
}

/// `Model` with a lesson file on the stage, at this beat.
fn with_file(text: &str, script: &str) -> Model {
    let mut model = home().with_files(["my.ron".to_owned()]);
    model.open_lesson(&Lesson::parse("my.ron", text).unwrap()).unwrap();
    press(&mut model, script);
    model
}

fn save(model: &mut Model, text: &str) {
    update(model, Msg::Saved { name: "my.ron".to_owned(), text: Ok(text.to_owned()) });
}

#[test]
fn the_file_on_the_stage_is_watched_and_no_other() {
    let text = include_str!("../assets/lesson.ron");
    let mut model = with_file(text, "");
    let mut watch = |msg: Msg| {
        update(&mut model, msg)
            .into_iter()
            .find_map(|effect| if let Effect::Watch(file) = effect { Some(file) } else { None })
    };
    let file = Some("my.ron".to_owned());
    assert_eq!(watch(Msg::Resize(80, 24)), Some(file.clone()));
    assert_eq!(watch(Msg::Key(Key::Space)), None, "it is told once");
    assert_eq!(watch(Msg::Key(Key::Char('H'))), Some(None));
    assert_eq!(watch(Msg::Key(Key::Enter)), Some(file), "the open run is selected");
    // A built-in lesson is no file.
    let mut model = lesson("");
    assert_eq!(update(&mut model, Msg::Resize(80, 24)), []);
}

#[test]
fn a_saved_file_is_shown_on_the_same_beat_and_its_errors_in_place() {
    let text = include_str!("../assets/lesson.ron");
    let mut model = with_file(text, "space 1 space");
    let title = "A majority";
    assert!(screen(&model).contains(title));
    // A beat more in front of it, and other words.
    let more = text.replacen("    beats: [", "    beats: [Say(title: \"New\", say: \"Words.\"),", 1);
    save(&mut model, &more.replace("make two of three: L0 is active", "are enough"));
    assert!(beat(&model) == 4 && screen(&model).contains(title), "{}", screen(&model));
    assert!(screen(&model).contains("A0's answer and A1's are enough"), "{}", screen(&model));
    assert_eq!(model.stage().unwrap().lesson().unwrap().tally().answered(), 1);
    let good = screen(&model);
    for (wrong, says) in [
        (more.replace("look_at", "lookat"), "did you mean `look_at`?"),
        (more.replace("deliver L0>A1 p1a(0.0)", "deliver L0>A1 p1a(9.0)"), "beat 4 (A majority), action 2"),
        ("\u{1b}[2J".to_owned(), "my.ron:1:1: the invisible character \\u{1b} in the text"),
        (String::new(), "my.ron:1:1"),
    ] {
        save(&mut model, &wrong);
        let shown = screen(&model);
        assert!(shown.contains("✗ the lesson's file") && shown.replace("\n ", " ").contains(says), "{shown}");
        assert!(shown.contains(title) && beat(&model) == 4, "the last good version goes on:\n{shown}");
    }
    press(&mut model, "esc");
    assert_eq!(screen(&model), good);
    // A claim that does not hold: it can be played, so it is, and the error is told.
    save(&mut model, &more.replace("\"L0.active: true\"", "\"L0.active: false\""));
    assert!(screen(&model).contains("my.ron:52:22"), "{}", screen(&model));
    save(&mut model, &more);
    assert!(!screen(&model).contains("✗ the lesson's file"), "{}", screen(&model));
    update(&mut model, Msg::Saved { name: "my.ron".to_owned(), text: Err("my.ron: it is gone".to_owned()) });
    assert!(screen(&model).contains("it is gone"));
}

#[test]
fn a_quiz_is_taken_on_the_stage() {
    let terms = QuizTerms { seed: 7, role: Some(Role::Acceptor), difficulty: Difficulty::Easy };
    let mut model = Model::quiz(terms).unwrap();
    insta::assert_snapshot!("quiz_80x24", screen(&model));
    press(&mut model, "1");
    insta::assert_snapshot!("quiz_answered_80x24", screen(&model));
    press(&mut model, "space space");
    assert!(screen(&model).contains("1 revealed"), "{}", screen(&model));
    press(&mut model, "space left x");
    assert!(screen(&model).contains("space leads back"), "{}", screen(&model));
    press(&mut model, "space");
    assert!(model.stage().unwrap().asks());
    press(&mut model, "pgup pgup pgup");
    assert!(screen(&model).contains("This is the first question"), "{}", screen(&model));
    press(&mut model, "B");
    assert!(screen(&model).contains("Only a lesson begins again"));
    press(&mut model, "H");
    assert!(screen(&model).contains("▸ Quiz 7 acceptors easy"), "{}", screen(&model));
    assert!(matches!(model.place(), Place::Home));
    let quiz = model.home_screen().offers.iter().position(|offer| matches!(offer, Offer::Quiz(_))).unwrap();
    model.select_at_home(quiz);
    press(&mut model, "enter");
    assert!(screen(&model).contains("Question 1"));
}

#[test]
fn sending_again_is_a_key() {
    let mut model = screen::usual("e enter x x x S");
    assert!(screen(&model).contains("▸L0"), "who has something to send comes first:\n{}", screen(&model));
    press(&mut model, "enter");
    assert_eq!(model.stage().unwrap().world().network().len(), 3, "{}", screen(&model));
    press(&mut model, "S a");
    assert!(screen(&model).contains("No leader, replica or client that is up here is called"), "{}", screen(&model));
    let mut model = screen::usual("e 0 tab S");
    assert!(screen(&model).contains("R0"), "the chosen process sends again:\n{}", screen(&model));
    press(&mut model, "esc");
}
