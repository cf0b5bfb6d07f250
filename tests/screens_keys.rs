//! The table of commands: no key means two things in one place, every command has its words, every key acts or says why,
//! and the hint bar always fits.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod screen;

use std::collections::BTreeMap;

use paxoscope::app::{COMMANDS, Effect, Key, Model, Msg, Scope, hints, update};
use paxoscope::teach::QuizTerms;
use screen::{draw, glyphs, home, lesson, sandbox, usual};

const SCOPES: [Scope; 8] =
    [Scope::Home, Scope::Stage, Scope::Help, Scope::Request, Scope::Pick, Scope::Typing, Scope::Blank, Scope::Quit];

/// One model for each place and many states of it.
fn models() -> Vec<Model> {
    let lessons = ["", "space", "space 1", "space*20", "space 3 space*4 s", "space*12 down enter", "tab down*4"];
    let runs = [
        "",
        "r enter",
        "e enter enter*3",
        "r enter e enter 1 enter*30",
        "e 1 e 0 enter*9 left*3 x o",
        "e enter c a 0 enter c l 0 enter c l 1 enter c c 0",
        "r",
        "c",
        "e",
        "?",
        "e enter q",
        "b",
        "e enter tab down*2 c e",
        "r enter H",
        "r enter H down",
        "w",
        "r enter e enter 1 enter*30 w left",
        "r enter e enter 1 enter*20 v",
        "r enter r enter e enter enter*20 v up",
        "e enter enter*3 T up*2",
        "e enter K tab",
        "e enter enter*5 I down*3",
        "r enter e enter 1 enter*20 $",
        "e 1 e 0 enter*9 left*3 x R",
        "e 1 e 0 enter*9 left*3 x R down N",
        "e enter enter*4 tab down*2 i",
        ":",
        "r enter :",
        "e enter : e l tab",
        "p",
        "p enter",
        "p enter p",
        "X",
        "e enter X",
        "e enter / p 1",
        "e enter / z",
        "e enter / a 1 enter",
        "a",
        "a a",
        "A",
    ];
    let mut models: Vec<Model> = runs.iter().map(|script| usual(script)).collect();
    models.extend(lessons.iter().map(|script| lesson(script)));
    models.push(home());
    models.push(Model::quiz(QuizTerms { seed: 3, ..QuizTerms::default() }).unwrap());
    models.extend(["J", "J x", "f", "B"].map(lesson));
    models.push(usual("S"));
    models.push(sandbox((1, 1, 1), "e"));
    models
}

#[test]
fn no_key_means_two_things_in_one_place() {
    for scope in SCOPES {
        let mut taken: BTreeMap<Key, &str> = BTreeMap::new();
        for command in COMMANDS.iter().filter(|command| command.applies(scope)) {
            for key in command.keys {
                let other = taken.insert(*key, command.name);
                assert_eq!(other, None, "{key:?} in {scope:?} also means {}", command.name);
            }
        }
    }
}

#[test]
fn every_command_has_a_key_a_place_and_its_words() {
    let mut names = BTreeMap::new();
    for command in COMMANDS {
        assert!(!command.keys.is_empty() && !command.scopes.is_empty(), "{}", command.name);
        assert!(command.sentence.ends_with('.') && command.sentence.chars().count() <= 66, "{}", command.sentence);
        assert!(command.name.chars().count() <= 25, "{}", command.name);
        assert_eq!(names.insert(command.name, command.id), None);
        assert!(COMMANDS.iter().filter(|other| other.id == command.id).count() == 1);
    }
}

#[test]
fn every_key_acts_or_says_why() {
    let others = ['v', 'X', '7', 'é', '界'].map(Key::Char);
    let more = [Key::Backspace, Key::Delete, Key::F(1), Key::Space, Key::PageUp, Key::Home, Key::End];
    let bound = COMMANDS.iter().flat_map(|command| command.keys).copied();
    let keys: Vec<Key> = bound.chain(others).chain(more).collect();
    for model in models() {
        for key in &keys {
            let mut after = model.clone();
            let effects = update(&mut after, Msg::Key(*key));
            let edits = matches!(model.scope(), Scope::Request | Scope::Pick | Scope::Typing);
            let same = format!("{:?}", (after.place(), after.overlay(), after.home_screen().selected, after.stages()))
                == format!("{:?}", (model.place(), model.overlay(), model.home_screen().selected, model.stages()))
                && after.theme() == model.theme();
            // A clicker sends it by itself: in a lesson it is silent where nothing is open.
            let silent = *key == Key::Esc && model.stage().is_some_and(|stage| stage.lesson().is_some());
            assert!(
                silent || !same || !effects.is_empty() || after.notice().is_some() || edits,
                "{key:?} in {:?} does nothing and says nothing",
                model.scope()
            );
            if let Some(notice) = after.notice() {
                assert!(notice.text.chars().count() > 4 && !notice.text.ends_with('.'), "{:?}", notice.text);
            }
        }
    }
}

/// A command that says it is available acts; one that says why not is refused with just that.
#[test]
fn a_command_acts_when_it_says_so() {
    for model in models() {
        for command in COMMANDS.iter().filter(|command| command.applies(model.scope())) {
            let mut after = model.clone();
            let key = command.keys[0];
            update(&mut after, Msg::Key(key));
            match command.why_not(&model) {
                None => {}
                Some(why) if matches!(model.scope(), Scope::Request | Scope::Pick | Scope::Typing) => drop(why),
                Some(why) => assert_eq!(after.notice().map(|notice| notice.text.clone()), Some(why)),
            }
        }
    }
}

#[test]
fn the_hint_bar_fits_whole_words_at_every_width() {
    for model in models() {
        let all: Vec<String> = hints(&model).iter().map(|hint| format!("{} {}", hint.keys, hint.label)).collect();
        if all.is_empty() {
            continue;
        }
        for columns in (40..200).step_by(3) {
            let screen = glyphs(&draw(&model, columns, 24));
            let bar = screen.lines().last().unwrap().trim();
            for shown in bar.split(" · ") {
                assert!(all.iter().any(|hint| hint == shown), "{shown:?} at {columns} is none of {all:?}");
            }
            assert!(bar.ends_with(all.last().unwrap().as_str()), "{bar}");
        }
    }
}

#[test]
fn the_common_cases_take_two_keys() {
    let requested = usual("r enter");
    assert_eq!(requested.stage().unwrap().session().step(), 1);
    for two in ["e enter", "e 1", "c enter"] {
        assert_eq!(usual(two).stage().unwrap().session().step(), 1, "{two}");
    }
    assert_eq!(sandbox((3, 1, 1), "e").stage().unwrap().session().step(), 1, "one leader: one key");
    assert_eq!(usual("tab down down e").stage().unwrap().session().step(), 1, "a chosen leader: one key");
}

#[test]
fn quitting_asks_only_if_a_run_would_be_lost() {
    let quit = |mut model: Model| update(&mut model, Msg::Key(Key::Char('q')));
    for model in [home(), usual(""), lesson("space 1")] {
        assert_eq!(quit(model), [Effect::Quit]);
    }
    assert_eq!(quit(usual("e enter")), []);
    assert_eq!(quit(usual("e enter q")), [Effect::Quit]);
    assert_eq!(usual("e enter q esc").overlay(), None);
}

/// Going home closes nothing: a lesson goes on where it was left, and so does a run.
#[test]
fn home_keeps_every_run_open() {
    let mut model = lesson("space 1 space H");
    let place = paxoscope::teach::built_in().iter().position(|lesson| lesson.id == "acceptors").unwrap();
    screen::play(&mut model, &format!("up*30 down*{place} enter"));
    assert_eq!(model.stage().unwrap().lesson().unwrap().beat_number(), 3);
    assert_eq!(model.stages().len(), 1);
    let mut model = usual("r enter H");
    screen::play(&mut model, "enter");
    assert_eq!(model.stage().unwrap().session().step(), 1);
}

/// Esc closes what is on top and never leaves a lesson; F5 starts; `b` and `.` blank the screen until the next key.
#[test]
fn a_clicker_cannot_lose_the_lesson() {
    for script in ["esc", "esc esc esc", "b space", ". pgdn", "? esc esc", "b esc"] {
        assert_eq!(lesson(script).stage().unwrap().lesson().unwrap().beat_number(), 1, "{script}");
    }
    let mut model = home();
    update(&mut model, Msg::Key(Key::F(5)));
    assert!(model.stage().is_some());
    let blank = draw(&lesson("b"), 80, 24);
    assert!(glyphs(&blank).trim().is_empty());
}

/// A selection keeps to its message, and goes on to the next one that can be delivered.
#[test]
fn the_selection_does_not_wander() {
    let selected = |script: &str| usual(script).stage().unwrap().selected().cloned();
    assert_eq!(selected("e enter down*2 d"), selected("e enter down*2"));
    // What a process is made to send is selected, wherever the selection was; its copies to others come next.
    let to = |script: &str| selected(script).map(|envelope| format!("{}>{}", envelope.from, envelope.to)).unwrap();
    assert_eq!(to("e enter down*2 e enter"), "L1>A0");
    assert_eq!(["enter", "enter*2"].map(|more| to(&format!("e enter down*2 e enter {more}"))), ["L1>A1", "L1>A2"]);
    assert_eq!(to("r enter enter*6 e enter r enter"), "C0>R0");
    let model = usual("e enter c a 1 enter enter");
    let stage = model.stage().unwrap();
    assert!(stage.selected().is_some_and(|envelope| stage.world().can_deliver(envelope).is_ok()));
    let model = usual("e enter down enter left");
    let again = model.stage().unwrap().selected().cloned();
    assert_eq!(again, usual("e enter down").stage().unwrap().selected().cloned(), "back selects what was delivered");
}

/// Only Enter: from a request and an election to the answer, and nobody is stuck on the way.
#[test]
fn enter_alone_gets_a_command_decided() {
    let model = usual("r enter e enter 1 enter*30");
    let world = model.stage().unwrap().world();
    assert!(world.network().is_empty());
    assert!(world.clients()[0].state.pending.is_empty());
    assert!(world.replicas().iter().all(|replica| replica.state.app.get("k1").map(String::as_str) == Some("v1")));
}
