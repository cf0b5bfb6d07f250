//! The step that breaks an invariant says so first, and the list of invariants leads back to it; while a wrong rule is
//! hidden nothing tells which it is. What a slide shows of what no process tells: a loss, a cut, a rival.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod screen;

use paxoscope::app::{Key, Model, Msg, update};
use paxoscope::script::Lesson;
use paxoscope::teach::{Player, built_in};
use screen::{draw, glyphs, play, press, usual};

/// A is chosen under 0.0; then L1, which ignores what was accepted, is elected and commands B.
fn breach() -> Model {
    let mut model = usual("");
    for line in [
        "rule broken +ignore_pvals",
        "request C0 put k1 v1",
        "request C0 put k1 v2",
        "deliver C0>R0 request(A)",
        "deliver C0>R1 request(B)",
        "elect L0",
        "deliver L0>A0",
        "deliver L0>A1",
        "deliver A0>L0",
        "deliver A1>L0",
        "deliver R0>L0 propose",
        "deliver L0>A0 p2a",
        "deliver L0>A1 p2a",
        "deliver R1>L1 propose",
        "elect L1",
        "deliver L1>A0",
        "deliver L1>A1",
        "deliver A0>L1",
        "deliver A1>L1",
    ] {
        update(&mut model, Msg::Line(line.to_owned()));
        assert!(model.notice().is_none_or(|notice| !notice.refused), "{line}: {:?}", model.notice());
    }
    model
}

fn screen(model: &Model, (columns, rows): (u16, u16)) -> String {
    glyphs(&draw(model, columns, rows))
}

/// The text without line breaks inside a panel.
fn flowing(screen: &str) -> String {
    screen.split_whitespace().collect::<Vec<_>>().join(" ")
}

const SAID: &str = "✗ C2, D9 broken: A was chosen for slot 1 under 0.0, but a commander of 0.1 carries B";

#[test]
fn the_step_that_breaks_an_invariant_says_so_first() {
    let model = breach();
    for size in [(60, 18), (80, 24), (100, 30)] {
        let shown = screen(&model, size);
        assert!(flowing(&shown).contains(SAID), "{shown}");
        let hints = shown.lines().last().unwrap().trim();
        assert!(hints.starts_with("I invariants"), "{hints}");
    }
}

#[test]
fn enter_at_a_broken_invariant_goes_to_the_step_that_broke_it() {
    let mut model = breach();
    let broke = model.stage().unwrap().session().step();
    play(&mut model, "e 0 enter enter");
    assert!(model.stage().unwrap().session().step() > broke);
    assert!(!flowing(&screen(&model, (80, 24))).contains(SAID), "a later step broke nothing");
    press(&mut model, "I");
    assert!(screen(&model, (80, 24)).contains("enter the step that broke it"));
    update(&mut model, Msg::Key(Key::Enter));
    assert_eq!(model.stage().unwrap().session().step(), broke);
    update(&mut model, Msg::Key(Key::Enter));
    assert_eq!(model.notice().unwrap().text, "this is the step that broke C2");
    assert_eq!(model.stage().unwrap().session().step(), broke);
    press(&mut model, "esc");
    assert!(flowing(&screen(&model, (80, 24))).contains(SAID));
}

/// For every rule that may be hidden: the steps that break an invariant, and the words in every place that says why.
#[test]
fn a_hidden_rule_is_not_told_by_its_guard() {
    let file = built_in().iter().find(|lesson| lesson.id == "bug-hunt").unwrap();
    let lesson = Lesson::parse(file.file, file.text).unwrap();
    let suspects = lesson.variants();
    let mut told_after = 0;
    for which in 0..suspects {
        let mut player = Player::new(lesson.clone().drawn(which)).unwrap();
        let hunt = lesson.beats.iter().position(|beat| beat.hunt().is_some()).unwrap();
        player.jump_to(hunt);
        let mut model = Model::lesson(player);
        for _ in 0..60 {
            press(&mut model, "space");
            let player = model.stage().unwrap().lesson().unwrap();
            if player.beat_number() > hunt + 1 {
                break;
            }
            assert!(player.hides_rule());
            for key in ["", "w"] {
                let mut looked = model.clone();
                press(&mut looked, if key.is_empty() { "esc" } else { key });
                for size in [(60, 18), (80, 24), (160, 50)] {
                    let shown = screen(&looked, size);
                    assert!(!shown.contains("though"), "{shown}");
                    assert!(!shown.contains("✗ no"), "{shown}");
                }
            }
        }
        press(&mut model, "1");
        // After the answer it may be told, at the very same steps.
        told_after += usize::from((0..40).any(|_| {
            let why = model.stage().unwrap().why();
            press(&mut model, "left");
            why.iter().any(|sentence| sentence.contains("though"))
        }));
        assert!(!model.stage().unwrap().hides_rule(), "answered");
    }
    assert!(told_after >= 2, "{told_after} of {suspects}");
}

#[test]
fn a_slide_shows_what_is_lost_and_how_the_network_is_cut() {
    let mut model = breach();
    press(&mut model, "s");
    let act = |model: &mut Model, line: &str| {
        update(model, Msg::Line(line.to_owned()));
        screen(model, (60, 18))
    };
    let shown = act(&mut model, "drop L1>A1 p2a");
    assert!(shown.contains("Leader L1") && shown.contains("━✗ lost") && shown.contains("to A1"), "{shown}");
    let shown = act(&mut model, "partition R0 L0 A0 | R1 L1 A1");
    assert!(shown.contains("R0 L0 A0 ‖ R1 L1 A1") && shown.contains("C0 A2: in no group"), "{shown}");
    assert!(!shown.contains("Leader"), "{shown}");
    let shown = act(&mut model, "heal");
    assert!(shown.contains("the network is whole again") && shown.contains("L0 L1 A0 A1 A2"), "{shown}");
}

#[test]
fn a_leader_shows_the_rival_that_it_has_just_got() {
    let mut model = breach();
    for line in ["elect L0", "deliver L0>A0 p1a", "deliver L1>A0 p2a", "deliver A0>L1 p2b"] {
        update(&mut model, Msg::Line(line.to_owned()));
    }
    for size in [(80, 24), (100, 30)] {
        assert!(screen(&model, size).contains("rival: none → 1.0"), "{}", screen(&model, size));
    }
    press(&mut model, "s");
    assert!(screen(&model, (60, 18)).contains("rival: none → 1.0"));
}

#[test]
fn esc_out_of_a_view_leads_back_to_the_messages() {
    for view in ["i", "w", "I", "T"] {
        let mut model = usual("e enter");
        play(&mut model, view);
        press(&mut model, "esc");
        let hints = screen(&model, (80, 24)).lines().last().unwrap().to_owned();
        assert!(hints.contains("enter deliver"), "{view}: {hints}");
    }
    let mut model = screen::lesson("space");
    play(&mut model, "i esc");
    assert!(screen(&model, (80, 24)).lines().last().unwrap().contains("space"));
}

#[test]
fn a_filter_that_nothing_matches_says_of_how_many() {
    let mut model = usual("e enter");
    for key in ["/", "R", "9", "enter"] {
        press(&mut model, key);
    }
    for size in [(60, 18), (80, 24)] {
        let shown = screen(&model, size);
        assert!(shown.contains("in flight: none of 3 contains \"R9\""), "{shown}");
    }
}

#[test]
fn a_diagram_says_how_much_of_it_is_out_of_sight() {
    let mut model = usual("r enter e enter enter*22");
    press(&mut model, "T");
    let shown = screen(&model, (80, 24));
    let title = shown.lines().nth(1).unwrap();
    assert!(title.contains("step 24 · ↑ 12 more"), "{title}");
}
