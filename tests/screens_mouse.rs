//! The mouse on the screen, messages that are seen to move, and the search in the help.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod screen;

use paxoscope::app::{Effect, Focus, Id, Key, Model, Mouse, Msg, Overlay, Target, update};
use paxoscope::ui::target;
use paxoscope::world::Action;
use screen::{draw, glyphs, home, lesson, play, sandbox, usual};

fn sized(mut model: Model, columns: u16, rows: u16) -> Model {
    update(&mut model, Msg::Resize(columns, rows));
    model
}

/// Where this text begins on the screen, and the screen.
fn find(model: &Model, text: &str) -> (u16, u16) {
    let (columns, rows) = model.size();
    let screen = glyphs(&draw(model, columns, rows));
    let places =
        (0..).zip(screen.lines()).filter_map(|(row, line)| Some((line[..line.find(text)?].chars().count(), row)));
    // The leftmost one: what happened is told at the right.
    let (column, row) = places.min().unwrap_or_else(|| panic!("{text} is not on\n{screen}"));
    (u16::try_from(column).unwrap(), row)
}

fn mouse(model: &mut Model, mouse: Mouse, at: (u16, u16)) -> Vec<Effect> {
    let target = target(model, at);
    update(model, Msg::Mouse(mouse, target))
}

fn click(model: &mut Model, text: &str) -> Vec<Effect> {
    let at = find(model, text);
    mouse(model, Mouse::Press, at)
}

fn step(model: &Model) -> u32 {
    model.stage().unwrap().session().step()
}

#[test]
fn a_click_selects_and_another_one_delivers() {
    for (columns, rows) in [(80, 24), (100, 30), (160, 50), (60, 18)] {
        let mut model = sized(usual("r enter e enter 1").with_mouse(true), columns, rows);
        let message = model.stage().unwrap().rows().into_iter().map(|(envelope, _)| envelope).nth(1).unwrap().clone();
        let shown = format!("{} → {}", message.from, message.to);
        click(&mut model, &shown);
        assert_eq!((model.stage().unwrap().selected(), step(&model)), (Some(&message), 2), "{columns}x{rows}");
        click(&mut model, &shown);
        assert_eq!(step(&model), 3, "{columns}x{rows}");
    }
}

/// A list that is longer than its panel stays where it is, so that a second click in the same cell means the same line.
#[test]
fn two_clicks_in_one_cell_mean_one_line() {
    for row in [16, 17] {
        let mut model = sized(usual("r enter e enter 1 enter*4").with_mouse(true), 80, 24);
        let Some(Target::Message { at, .. }) = target(&model, (20, row)) else { panic!("no message in row {row}") };
        let message = model.stage().unwrap().rows()[at].0.clone();
        mouse(&mut model, Mouse::Press, (20, row));
        assert_eq!((model.stage().unwrap().selected(), step(&model)), (Some(&message), 6), "row {row}");
        mouse(&mut model, Mouse::Press, (20, row));
        let delivered = model.stage().unwrap().session().last_action().cloned();
        assert_eq!(delivered, Some(Action::Deliver(message)), "row {row}");
    }
    let mut model = sized(home(), 80, 16);
    play(&mut model, "down*16");
    for row in [3, 4] {
        let Some(Target::Line { at, .. }) = target(&model, (20, row)) else { panic!("no line in row {row}") };
        mouse(&mut model, Mouse::Press, (20, row));
        assert_eq!(model.home_screen().selected, at);
        assert!(matches!(target(&model, (20, row)), Some(Target::Line { at: now, .. }) if now == at), "row {row}");
    }
}

#[test]
fn a_click_chooses_a_process_and_a_hint_does_what_it_says() {
    let mut model = sized(usual("r enter e enter"), 80, 24);
    let at = find(&model, "╭ A1");
    mouse(&mut model, Mouse::Press, at);
    assert_eq!(model.stage().unwrap().focused_process().unwrap().to_string(), "A1");
    click(&mut model, "c crash");
    assert!(!model.stage().unwrap().world().is_up("A1".parse().unwrap()));
    click(&mut model, "? all keys");
    assert!(matches!(model.overlay(), Some(Overlay::Help(_))));
    click(&mut model, "esc close");
    assert_eq!(model.overlay(), None);
}

#[test]
fn the_wheel_moves_what_is_under_it() {
    let mut model = sized(usual("r enter e enter"), 80, 24);
    let list = find(&model, "in flight");
    let before = model.stage().unwrap().selected_row();
    mouse(&mut model, Mouse::WheelDown, list);
    assert_eq!(model.stage().unwrap().selected_row(), before + 1);
    mouse(&mut model, Mouse::WheelUp, list);
    mouse(&mut model, Mouse::WheelUp, list);
    assert_eq!(
        (model.stage().unwrap().selected_row(), model.notice()),
        (before.saturating_sub(1), None),
        "silent at the end"
    );
    let boxes = find(&model, "╭ A1");
    mouse(&mut model, Mouse::WheelDown, boxes);
    assert_eq!(model.stage().unwrap().focus(), Focus::Processes);
    let mut help = sized(usual("?"), 80, 24);
    let first = glyphs(&draw(&help, 80, 24));
    mouse(&mut help, Mouse::WheelDown, (10, 10));
    assert_ne!(glyphs(&draw(&help, 80, 24)), first);
}

#[test]
fn at_home_a_click_selects_and_another_one_opens() {
    let mut model = sized(home(), 80, 24);
    click(&mut model, "Sandbox");
    assert!(model.stage().is_none());
    click(&mut model, "Sandbox");
    assert!(model.stage().is_some());
}

#[test]
fn the_mouse_is_turned_on_and_off() {
    let mut model = sized(usual(""), 80, 24);
    assert_eq!(update(&mut model, Msg::Key(Key::Char('m'))), [Effect::Mouse(true)]);
    assert!(model.mouse() && !model.notice().unwrap().refused);
    assert_eq!(update(&mut model, Msg::Key(Key::Char('m'))), [Effect::Mouse(false)]);
}

/// Wherever the mouse is, what is under it is what is drawn there.
#[test]
fn what_is_under_the_mouse_is_what_is_drawn_there() {
    for script in ["r enter e enter enter*9", "e enter / p 1", "r enter e enter w", "r enter e enter v", "tab s"] {
        for (columns, rows) in [(40, 12), (60, 18), (80, 24), (160, 50)] {
            let model = sized(usual(script), columns, rows);
            let screen = glyphs(&draw(&model, columns, rows));
            let all: Vec<String> =
                model.stage().unwrap().rows().iter().map(|(one, _)| format!("{} → {}", one.from, one.to)).collect();
            for (y, line) in (0..).zip(screen.lines()) {
                for x in (0..columns).step_by(9) {
                    match target(&model, (x, y)) {
                        Some(Target::Message { at, .. }) => {
                            assert!(line.contains(&all[at]), "{x},{y}: {} in\n{screen}", all[at]);
                        }
                        Some(Target::Hint(id)) => assert!(y + 1 == rows, "{id:?}"),
                        _ => {}
                    }
                }
            }
        }
    }
    assert_eq!(target(&sized(usual("b"), 80, 24), (3, 3)), None, "nothing is under it on a blank screen");
    assert_eq!(target(&sized(usual(""), 10, 3), (3, 1)), None);
}

fn frames(model: &mut Model) -> Vec<String> {
    let mut frames = Vec::new();
    while model.stage().unwrap().motion().is_some() {
        frames.push(glyphs(&draw(model, 80, 24)));
        let effects = update(model, Msg::Tick);
        assert_eq!(
            effects.is_empty(),
            model.stage().unwrap().motion().is_none(),
            "it asks for the next frame: {effects:?}"
        );
    }
    frames
}

/// L0's first p1a on its way to A0, frame by frame, and when it has come.
#[test]
fn a_message_is_seen_to_move() {
    let mut model = sized(usual("r enter e enter down*4"), 80, 24).with_motion(true);
    assert_eq!(update(&mut model, Msg::Key(Key::Enter)), [Effect::WakeAfter(30)]);
    let mut frames = frames(&mut model);
    assert_eq!(frames.len(), 4);
    frames.push(glyphs(&draw(&model, 80, 24)));
    let between: Vec<String> = frames
        .iter()
        .map(|frame| {
            frame
                .lines()
                .skip(2)
                .take(12)
                .map(|line| line.chars().skip(45).take(12).collect::<String>() + "\n")
                .collect()
        })
        .collect();
    insta::assert_snapshot!("moving", between.join("\n"));
}

#[test]
fn a_key_ends_what_moves_and_calm_moves_nothing() {
    let start = || sized(usual("r enter e enter down*4"), 80, 24);
    let mut model = start().with_motion(true);
    play(&mut model, "enter down");
    assert_eq!(model.stage().unwrap().motion(), None);
    let mut calm = start();
    assert_eq!(update(&mut calm, Msg::Key(Key::Enter)), []);
    let mut back = start().with_motion(true);
    play(&mut back, "enter left");
    assert_eq!(back.stage().unwrap().motion(), None, "going back moves nothing");
    let mut slow = start().with_motion(true);
    update(&mut slow, Msg::Slow);
    assert_eq!(update(&mut slow, Msg::Key(Key::Enter)), []);
}

/// Moving messages take nothing from the pace of a run that plays itself.
#[test]
fn a_run_that_plays_itself_keeps_its_pace() {
    let mut model = usual("").with_motion(true);
    update(&mut model, Msg::Key(Key::Char('a')));
    let (mut waited, mut steps) = (0, 0);
    for _ in 0..400 {
        let effects = update(&mut model, Msg::Tick);
        let [Effect::WakeAfter(pause)] = effects.as_slice() else { panic!("{effects:?}") };
        waited += pause;
        steps = step(&model);
    }
    assert!(steps > 50 && waited.abs_diff(u64::from(steps) * 250) <= 250, "{steps} steps in {waited} ms");
    // A hand between two steps does not stop it.
    play(&mut model, "enter down enter");
    let all = (0..40).map(|_| update(&mut model, Msg::Tick));
    assert!(all.filter(|effects| !effects.is_empty()).count() == 40 && step(&model) > steps + 2);
}

#[test]
fn the_help_is_searched() {
    let mut model = sized(usual("?"), 80, 24);
    play(&mut model, "/ c r a s h");
    insta::assert_snapshot!("help_searched", glyphs(&draw(&model, 80, 24)));
    play(&mut model, "enter");
    let screen = glyphs(&draw(&model, 80, 24));
    assert!(screen.contains("keys with \"crash\"") && !screen.contains("duplicate"), "{screen}");
    play(&mut model, "esc");
    assert!(glyphs(&draw(&model, 80, 24)).contains("duplicate"));
    play(&mut model, "/ z e b r a");
    insta::assert_snapshot!("help_searched_in_vain", glyphs(&draw(&model, 80, 24)));
    play(&mut model, "esc esc");
    assert_eq!(model.overlay(), None);
    let why = sized(lesson("?"), 80, 24);
    assert_eq!(target(&why, find(&why, "/ search")), Some(Target::Hint(Id::Find)));
}

/// A suggestion is taken, changed or typed over.
#[test]
fn a_suggestion_is_typed_over() {
    let request = |script: &str| {
        let mut model = usual(script);
        update(&mut model, Msg::Key(Key::Enter));
        model.stage().unwrap().world().context().commands.first().map(|command| command.op.to_string())
    };
    assert_eq!(request("r").as_deref(), Some("put k1 v1"));
    assert_eq!(request("r n o o p").as_deref(), Some("noop"));
    assert_eq!(request("r back 9").as_deref(), Some("put k1 v9"));
    assert_eq!(request("r left right 7").as_deref(), Some("put k1 v17"));
}

/// So is an old value: of how a run plays itself, of a name, of a text to find. An arrow changes it instead.
#[test]
fn an_old_value_is_typed_over() {
    let typed = |script: &str| {
        let model = usual(script);
        match model.overlay() {
            Some(Overlay::Typing(typing)) => typing.line.text(),
            Some(Overlay::Name(line)) => line.text(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(typed("A"), "watch drop 0 twice 0 crash 0 seed 1");
    assert_eq!(typed("A e a g e r"), "eager");
    assert_eq!(typed("A back 7"), "watch drop 0 twice 0 crash 0 seed 7");
    // Once it plays, the line is the one that it plays by.
    assert_eq!(typed("A back 7 enter a A"), "watch drop 0 twice 0 crash 0 seed 7");
    assert_eq!(typed("A home right left e"), "ewatch drop 0 twice 0 crash 0 seed 1");
    assert_eq!(typed("e enter / p1a enter / L"), "L");
    assert_eq!(typed("e enter / p1a enter / end 0"), "p1a0");
    assert_eq!(typed("e enter enter left x R N old enter N new"), "new");
    // A line of the language goes on.
    assert_eq!(typed("p R"), "partition L0 A0 | L1 A1 A2R");
}

/// However long the line is, the cursor is to be seen, and the reason stands before what is quoted.
#[test]
fn a_long_line_scrolls_and_the_reason_comes_first() {
    let long = "x".repeat(150);
    let mut model = sized(usual(&format!("r {long} END")), 80, 24);
    let shown = glyphs(&draw(&model, 80, 24));
    assert!(shown.contains("a client asks: …") && shown.contains("xEND"), "{shown}");
    play(&mut model, "home");
    let shown = glyphs(&draw(&model, 80, 24));
    assert!(shown.contains("a client asks: xxx") && shown.contains("x…"), "{shown}");
    play(&mut model, "enter");
    insta::assert_snapshot!(
        "long_request_refused",
        glyphs(&draw(&model, 80, 24)).lines().skip(20).collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn ctrl_c_asks_as_quitting_does_and_a_second_one_leaves() {
    let mut model = usual("r enter : e");
    assert_eq!(update(&mut model, Msg::Interrupt), []);
    assert_eq!(model.overlay(), Some(&Overlay::Quit));
    assert_eq!(update(&mut model, Msg::Interrupt), [Effect::Quit]);
    assert_eq!(update(&mut home(), Msg::Interrupt), [Effect::Quit]);
    assert_eq!(update(&mut sandbox((3, 2, 2), "").with_keeping(), Msg::Interrupt), [Effect::Quit]);
}
