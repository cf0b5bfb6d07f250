//! The selection follows from the steps: whoever walks away and comes back finds what was selected, and the same key goes on.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod screen;

use paxoscope::app::{Model, Msg, update};
use paxoscope::script::Lesson;
use paxoscope::session::{NodeId, Session};
use paxoscope::teach::{Player, built_in};
use paxoscope::world::Envelope;
use paxoscope::world::text::{self, Notation};
use screen::{draw, glyphs, play, press, sandbox, usual};

/// `SplitMix64`: the same seed is the same test for years.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).unwrap()
    }
}

fn selected(model: &Model) -> Option<String> {
    let envelope = model.stage().unwrap().selected()?;
    let words = text::message(Notation::Screen, &envelope.message);
    Some(format!("{} → {} {words}", envelope.from, envelope.to))
}

/// The rows of the list, with what stands in them.
fn rows(model: &Model) -> Vec<(usize, Envelope)> {
    model.stage().unwrap().shown().into_iter().map(|one| (one.row, one.envelope.clone())).collect()
}

fn session(model: &Model) -> &Session {
    model.stage().unwrap().session()
}

/// What plays, and what walks; the first ones come more often.
const KEYS: [&str; 20] = [
    "enter", "enter", "enter", "enter", "enter", "down", "up", "x", "D", "e 0", "e 1", "r enter", "c enter", "left",
    "left", "right", "home", "end", "o", "space",
];

/// Ways from here that lead back to here.
fn there_and_back(random: &mut Random, model: &Model) -> Option<String> {
    let (back, ahead) = (session(model).step() as usize, session(model).steps_ahead() as usize);
    let most = |steps: usize, random: &mut Random| 1 + random.below(steps.clamp(1, 6));
    Some(match random.below(4) {
        0 if back > 0 => {
            let count = most(back, random).min(back);
            format!("left*{count} right*{count}")
        }
        1 if ahead > 0 => {
            let count = most(ahead, random).min(ahead);
            format!("right*{count} left*{count}")
        }
        2 if back > 0 => format!("home right*{back}"),
        3 if back > 0 && ahead == 0 => "home end".to_owned(),
        _ => return None,
    })
}

/// Presses a key of these that is drawn, and puts away what it opens.
fn any_key(random: &mut Random, model: &mut Model, keys: &[&'static str]) -> &'static str {
    let key = keys[random.below(keys.len())];
    play(model, key);
    if model.overlay().is_some() {
        press(model, "esc");
    }
    key
}

/// How often who walked away and came back found the same, and the same keys did the same.
fn walk_away(seed: usize, mut model: Model, keys: &[&'static str], steps: usize) -> usize {
    let (mut random, mut compared, mut told) = (Random(seed as u64), 0, String::new());
    for _ in 0..steps {
        told = format!("{told} {}", any_key(&mut random, &mut model, keys));
        let Some(way) = there_and_back(&mut random, &model) else { continue };
        let mut walked = model.clone();
        play(&mut walked, &way);
        assert_eq!(session(&walked).here(), session(&model).here(), "seed {seed}:{told}, then {way}");
        let mut kept = model.clone();
        let is_near = session(&model).step() < 150;
        for enter in 0..4 {
            assert!(!is_near || rows(&walked) == rows(&kept), "seed {seed}:{told}, then {way}, enter {enter}");
            assert_eq!(selected(&walked), selected(&kept), "seed {seed}:{told}, then {way}, enter {enter}");
            press(&mut walked, "enter");
            press(&mut kept, "enter");
            assert_eq!(session(&walked).world(), session(&kept).world(), "seed {seed}:{told}, then {way}");
        }
        compared += 1;
    }
    compared
}

const SIZES: [(u8, u8, u8); 3] = [(3, 2, 2), (5, 3, 2), (3, 3, 1)];

#[test]
fn who_comes_back_finds_what_was_selected() {
    let each = if cfg!(debug_assertions) { 120 } else { 600 };
    let free = (0..24).map(|seed| walk_away(seed, sandbox(SIZES[seed % 3], "r enter e 1"), &KEYS, each));
    let compared: usize = free.sum();
    assert!(compared > each * 8, "{compared}");
}

#[test]
fn in_a_lesson_as_well() {
    let each = if cfg!(debug_assertions) { 60 } else { 300 };
    let keys: Vec<&str> = KEYS.into_iter().chain(["space", "pgup", "G", "Z", "1"]).collect();
    let mut compared = 0;
    for (seed, file) in built_in().iter().enumerate() {
        let mut model = Model::lesson(Player::new(Lesson::parse(file.file, file.text).unwrap()).unwrap());
        // Into its middle, where it has steps and tasks.
        play(&mut model, &format!("pgdn*{}", 4 + seed % 7));
        compared += walk_away(seed, model, &keys, each);
    }
    assert!(compared > each * 5, "{compared}");
}

/// Where only Enter was pressed after some beginning, as many undos and Enters tell the same story.
#[test]
fn undo_and_enter_tell_the_same_story() {
    let mut compared = 0;
    for seed in 0..40 {
        let mut random = Random(seed as u64);
        let mut model = sandbox(SIZES[seed % 3], "r enter e 0 r enter e 1");
        for _ in 0..random.below(30) {
            any_key(&mut random, &mut model, &KEYS);
        }
        play(&mut model, "end");
        let mut there: Vec<(NodeId, Option<String>)> = Vec::new();
        for _ in 0..25 {
            there.push((session(&model).here(), selected(&model)));
            press(&mut model, "enter");
        }
        let steps = there.partition_point(|(at, _)| *at < session(&model).here());
        play(&mut model, &format!("left*{steps}"));
        for (at, wanted) in there.iter().take(steps) {
            assert_eq!((session(&model).here(), &selected(&model)), (*at, wanted), "seed {seed}");
            press(&mut model, "enter");
            compared += 1;
        }
    }
    assert!(compared > 300, "{compared}");
}

/// What one selected by hand, and what stood selected when a process crashed, is selected again, too.
#[test]
fn what_a_student_saw_selected_comes_back() {
    for (keys, way) in [
        ("r enter", "left right"),
        ("r enter e 1", "left*2 right*2"),
        ("r enter e 1 enter", "home end"),
        ("e 1 down c enter", "left right"),
        ("e 0 down*2", "left right"),
    ] {
        let (mut walked, kept) = (usual(keys), usual(keys));
        play(&mut walked, way);
        assert_eq!(selected(&walked), selected(&kept), "{keys}, {way}");
        assert!(selected(&walked).is_some(), "{keys}");
    }
    // A request is undone: what was selected before it is selected.
    let mut model = usual("r enter e 0 enter*20");
    let before = selected(&model);
    play(&mut model, "r enter left");
    assert_eq!(selected(&model), before);
    assert!(before.is_some());
}

/// Delivers the message whose words these are.
fn deliver(model: &mut Model, wanted: &str) {
    let words = |one: &Envelope| format!("{} → {} {}", one.from, one.to, text::message(Notation::Screen, &one.message));
    let shown = model.stage().unwrap().shown();
    let number = shown.iter().find(|one| words(one.envelope).starts_with(wanted)).unwrap().row + 1;
    press(model, &number.to_string());
    assert!(selected(model).is_some_and(|one| one.starts_with(wanted)), "{wanted}");
    press(model, "enter");
}

/// Where nothing that is in flight is of any use, it goes on with what was just sent, and then down the list.
#[test]
fn what_was_just_sent_comes_first_though_it_is_stale() {
    let mut model = sandbox((5, 1, 1), "e 0 enter*10 r enter enter");
    deliver(&mut model, "R0 → L0 propose");
    for acceptor in ["A0", "A1", "A2", "A3"] {
        deliver(&mut model, &format!("L0 → {acceptor} p2a"));
    }
    for acceptor in ["A0", "A1", "A2"] {
        deliver(&mut model, &format!("{acceptor} → L0 p2b"));
    }
    deliver(&mut model, "L0 → R0 decision");
    deliver(&mut model, "R0 → C0 response");
    deliver(&mut model, "L0 → A4 p2a");
    let stale = ["A4 → L0 p2b(0.0, 1)", "A3 → L0 p2b(0.0, 1)"];
    assert_eq!(selected(&model).as_deref(), Some(stale[0]), "the older one is above it");
    // At the bottom it goes on from the top.
    let mut compared = Vec::new();
    while let Some(one) = selected(&model) {
        compared.push(one);
        press(&mut model, "enter");
    }
    assert!(compared.iter().map(String::as_str).filter(|one| one.contains("p2b")).eq(stale), "{compared:?}");
}

/// Nothing is selected, and so nothing delivered, that a filter hides.
#[test]
fn a_filter_hides_nothing_that_is_selected() {
    let mut hidden = 0;
    for (seed, filter) in ["p1b", "p2a", "l0", "0.1", "decision"].into_iter().cycle().take(20).enumerate() {
        let mut random = Random(seed as u64);
        let mut model = sandbox(SIZES[seed % 3], "r enter e 0 r enter e 1 enter*4");
        play(&mut model, &format!("/ {filter} enter"));
        for _ in 0..100 {
            any_key(&mut random, &mut model, &KEYS);
            let stage = model.stage().unwrap();
            let shown = stage.shown();
            assert!(stage.selected().is_none_or(|one| shown.iter().any(|listed| listed.envelope == one)));
            assert_eq!(stage.selected().is_none(), shown.is_empty(), "seed {seed}");
            hidden += usize::from(shown.is_empty() && !stage.rows().is_empty());
        }
    }
    assert!(hidden > 20, "{hidden}");
    let mut model = usual("e 0 enter*3");
    play(&mut model, "/ p1a enter");
    assert_eq!(selected(&model), None);
}

/// What stands in the boxes of the acceptors at 80x24, without their edges, at which wires end.
fn acceptors(model: &Model) -> Vec<String> {
    let screen = glyphs(&draw(model, 80, 24));
    let column = screen.lines().skip(2).take(14).map(|line| line.chars().skip(55).take(24).collect::<String>());
    let whole = column.collect::<Vec<_>>().join("\n");
    let boxes: Vec<String> = whole.split("ballot_num").skip(1).map(|one| one.lines().take(3).collect()).collect();
    assert_eq!(boxes.len(), 3, "{screen}");
    boxes
}

/// A folded list moves with what changes it, not with what is selected: only the box that the message would change may.
#[test]
fn a_folded_list_does_not_move_with_the_selection() {
    let mut model = usual("e 0 enter*6");
    update(&mut model, Msg::Resize(80, 24));
    for _ in 0..4 {
        play(&mut model, "r enter enter*24");
    }
    play(&mut model, "e 1 enter*7");
    assert!(acceptors(&model).iter().all(|one| one.contains("…+")), "{:?}", acceptors(&model));
    play(&mut model, "up*30");
    let (mut compared, mut steps) = (0, 0);
    loop {
        let here = acceptors(&model);
        let before = model.stage().unwrap().selected().map(|one| one.to.to_string());
        press(&mut model, "down");
        if model.notice().is_some() {
            break;
        }
        let after = model.stage().unwrap().selected().map(|one| one.to.to_string());
        for (at, (was, is)) in here.iter().zip(acceptors(&model)).enumerate() {
            let touched = [&before, &after].into_iter().flatten().any(|to| *to == format!("A{at}"));
            compared += usize::from(!touched);
            assert!(touched || was == &is, "{was}\n{is}\n{:?}\n{}", selected(&model), glyphs(&draw(&model, 80, 24)));
        }
        steps += 1;
    }
    // Nor does it when another acceptor accepts: what was accepted last stays in sight. Only what is chosen gets its star.
    play(&mut model, "home end");
    let votes = |text: &str| text.replace(|char| "★▌│─ ".contains(char), "");
    let to = |model: &Model| model.stage().unwrap().selected().map(|one| one.to.to_string());
    for _ in 0..8 {
        let (here, before) = (acceptors(&model), to(&model));
        press(&mut model, "enter");
        for (at, (was, is)) in here.iter().zip(acceptors(&model)).enumerate() {
            let touched = [&before, &to(&model)].into_iter().flatten().any(|to| *to == format!("A{at}"));
            compared += usize::from(!touched);
            assert!(touched || votes(was) == votes(&is), "{was}\n{is}");
        }
    }
    assert!(steps > 8 && compared > 30, "{steps}, {compared}");
}
