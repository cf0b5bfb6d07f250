//! What is typed, found, cut, played by itself and kept, on the screen.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod screen;

use paxoscope::app::{Effect, Key, Model, Msg, Offer, Recent, Theme, update};
use paxoscope::pmmc::ProcessId;
use paxoscope::world::Action;
use ratatui::buffer::Cell;
use screen::{draw, glyphs, home, lesson, play as press, sandbox, styled, usual};

fn step(model: &Model) -> u32 {
    model.stage().unwrap().session().step()
}

fn typed(model: &mut Model, text: &str) {
    for char in text.chars() {
        update(model, Msg::Key(if char == ' ' { Key::Space } else { Key::Char(char) }));
    }
}

/// The usual sandbox after these keys, in which a line was typed.
fn with_line(script: &str, line: &str) -> Model {
    let mut model = usual(script);
    typed(&mut model, line);
    model
}

#[test]
fn lines_that_are_typed() {
    for (name, script, line) in [
        ("actions", "e enter :", ""),
        ("messages", "r enter e enter 1 :", "deliver "),
        ("bugs", ":", "rule broken +"),
        ("cut", "e enter p", ""),
        ("autoplay", "A", ""),
        ("find", "r enter e enter 1 /", "a1"),
    ] {
        let model = with_line(script, line);
        insta::assert_snapshot!(format!("typed_{name}"), glyphs(&draw(&model, 80, 24)));
    }
    let mut refused = with_line(":", "elect A0");
    press(&mut refused, "enter");
    insta::assert_snapshot!("typed_refused", styled(&draw(&refused, 80, 24)));
    let mut chosen = with_line("r enter e enter 1 :", "deliver ");
    press(&mut chosen, "tab tab tab");
    insta::assert_snapshot!("typed_chosen_60x18", glyphs(&draw(&chosen, 60, 18)));
}

#[test]
fn every_fault_by_hand() {
    let table = [
        ("", "partition A0 L0 | A1 A2", 1),
        ("p enter", "heal", 2),
        ("e enter", "drop all", 4),
        ("e enter", "drop all to A1", 2),
        ("e enter", "resend L0", 2),
        ("", "rule broken +no_tiebreak", 1),
        ("", "rule window 2", 1),
        ("", "crash A0", 1),
    ];
    for (script, line, steps) in table {
        let mut model = usual(script);
        update(&mut model, Msg::Key(Key::Char(':')));
        typed(&mut model, line);
        press(&mut model, "enter");
        assert_eq!((step(&model), model.notice()), (steps, None), "{line}");
        assert_eq!(model.overlay(), None, "{line}");
    }
    let mut cut = usual("p enter");
    assert!(cut.stage().unwrap().world().partition().is_some());
    press(&mut cut, "p enter");
    assert!(cut.stage().unwrap().world().partition().is_none());
    assert_eq!(step(&usual("e enter tab down*6 X enter")), 2, "all to the chosen process");
}

#[test]
fn a_timeout_and_a_ping_of_a_leader_with_a_rival() {
    let mut model = usual("e 0 e 1");
    for line in ["deliver L1>A0", "deliver L0>A0", "deliver A0>L0", "ping L0", "timeout L0"] {
        assert_eq!(update(&mut model, Msg::Line(line.to_owned())), [], "{line}");
        assert_eq!(model.notice(), None, "{line}");
    }
    assert_eq!(step(&model), 7);
}

#[test]
fn lines_are_remembered() {
    let mut model = usual("");
    for line in ["elect L0", "elect L1", "elect L0"] {
        press(&mut model, ":");
        typed(&mut model, line);
        press(&mut model, "enter");
    }
    press(&mut model, ": up up enter");
    let last = model.stage().unwrap().session().last_action().cloned();
    assert_eq!(format!("{:?}", last.unwrap()), "Elect(LeaderId(1))");
}

#[test]
fn finding_lists_less_and_esc_lists_all() {
    let mut model = with_line("r enter e enter 1 /", "p1a");
    let shown = |model: &Model| model.stage().unwrap().shown().len();
    assert_eq!(shown(&model), 3);
    press(&mut model, "enter down enter");
    assert_eq!((shown(&model), step(&model)), (2, 3), "what is delivered is what was found");
    insta::assert_snapshot!("found", glyphs(&draw(&model, 80, 24)));
    press(&mut model, "esc");
    assert!(shown(&model) > 2);
    let mut nothing = with_line("r enter /", "zzz");
    press(&mut nothing, "enter");
    assert!(nothing.notice().is_some_and(|notice| notice.refused));
    press(&mut nothing, "esc");
    assert_eq!(shown(&nothing), 2);
}

#[test]
fn a_number_selects_a_message() {
    assert_eq!(usual("r enter e enter 4").stage().unwrap().selected_row(), 3);
    let why = usual("r enter 4").notice().unwrap().text.clone();
    assert_eq!(why, "there is no message 4: 1 to 2 are");
}

#[test]
fn u_goes_back_and_its_capital_forward_again() {
    assert_eq!(step(&usual("e enter r enter u u U")), 1);
    assert_eq!(step(&usual("p enter u")), 0);
}

/// What a run does that plays itself: as long as it is asked for, one step a tick.
#[test]
fn a_run_plays_itself_and_pauses() {
    let mut model = usual("");
    let tick = |model: &mut Model| update(model, Msg::Tick);
    let start = update(&mut model, Msg::Key(Key::Char('a')));
    assert_eq!(start, [Effect::WakeAfter(250)]);
    for number in 1..=40 {
        assert_eq!(tick(&mut model), [Effect::WakeAfter(250)]);
        assert_eq!(step(&model), number);
    }
    assert_eq!(update(&mut model, Msg::Key(Key::Char('+'))), [Effect::WakeAfter(125)]);
    press(&mut model, "?");
    tick(&mut model);
    assert_eq!(step(&model), 40, "it waits while something lies on top");
    press(&mut model, "esc left*3 x");
    tick(&mut model);
    assert_eq!(update(&mut model, Msg::Key(Key::Char('a'))), []);
    assert_eq!(tick(&mut model), [], "paused, it asks for nothing");
    insta::assert_snapshot!("autoplay_paused", glyphs(&draw(&model, 80, 24)));
    press(&mut model, "a H");
    assert_eq!(tick(&mut model), [], "nobody looks at it");
}

/// What nobody asked for is told as such, also after going back and forward; a step by hand is nobody's idea but one's own.
#[test]
fn a_run_that_plays_itself_says_what_was_its_own_idea() {
    const IDEA: &str = "autoplay's own idea: ";
    let screen = |model: &Model| glyphs(&draw(model, 80, 24));
    let mut model = usual("r enter e enter a");
    let mut ideas = Vec::new();
    for _ in 0..40 {
        update(&mut model, Msg::Tick);
        let told = screen(&model);
        let action = model.stage().unwrap().session().last_action().unwrap().clone();
        let is_delivery = matches!(action, Action::Deliver(_));
        assert_eq!(told.contains(IDEA), !is_delivery, "{action:?}\n{told}");
        if !is_delivery {
            let idea = told.split(IDEA).nth(1).unwrap().lines().next().unwrap();
            ideas.push((action, idea.trim_end().to_owned()));
        }
    }
    press(&mut model, "a");
    let of =
        |wanted: fn(&Action) -> bool| ideas.iter().find(|(action, _)| wanted(action)).map(|(_, idea)| idea.as_str());
    let elected = of(|action| matches!(action, Action::Elect(_)));
    assert_eq!(elected, Some("L1 had not run yet, and each leader runs once"));
    assert_eq!(of(|action| matches!(action, Action::Request(..))), Some("nothing was left to deliver"));
    // Back at the election, which is then made by hand.
    let elects = |model: &Model| matches!(model.stage().unwrap().session().last_action(), Some(Action::Elect(_)));
    while !elects(&model) {
        press(&mut model, "left");
    }
    assert!(screen(&model).contains(IDEA), "{}", screen(&model));
    press(&mut model, "w");
    assert!(screen(&model).contains(IDEA), "{}", screen(&model));
    press(&mut model, "w left right");
    assert!(screen(&model).contains(IDEA), "{}", screen(&model));
    press(&mut model, "left e 1");
    assert!(elects(&model) && !screen(&model).contains(IDEA), "{}", screen(&model));
}

/// Why each thing that a run does by itself was done.
#[test]
fn every_idea_of_a_run_that_plays_itself_has_its_reason() {
    let mut model = usual("A back*80");
    typed(&mut model, "watch drop 5 twice 5 crash 500 seed 3");
    press(&mut model, "enter");
    let mut reasons = std::collections::BTreeSet::new();
    for _ in 0..600 {
        update(&mut model, Msg::Tick);
        let stage = model.stage().unwrap();
        // A loss, a double and a crash were asked for.
        let is_fault = |action: &Action| matches!(action, Action::Drop(_) | Action::Duplicate(_) | Action::Crash(_));
        let begins =
            if stage.session().last_action().is_some_and(is_fault) { "as asked: " } else { "autoplay's own idea: " };
        let idea = stage.why().pop().filter(|one| one.starts_with(begins));
        let is_delivery = matches!(stage.session().last_action(), Some(Action::Deliver(_)));
        assert_eq!(idea.is_none(), is_delivery, "{:?}", stage.session().last_action());
        reasons.extend(idea.as_deref().and_then(|idea| idea.rsplit(' ').next()).map(str::to_owned));
    }
    for end in ["once", "deliver", "lost", "doubled", "then", "enough", "again"] {
        assert!(reasons.contains(end), "{end}: {reasons:?}");
    }
}

/// With losses, doubles and crashes, commands are decided all the same, and the invariants hold.
#[test]
fn a_run_with_faults_gets_commands_decided() {
    let mut model = sandbox((3, 2, 2), "A");
    press(&mut model, "back*80");
    typed(&mut model, "watch drop 5 twice 5 crash 3000 seed 3");
    press(&mut model, "enter");
    for _ in 0..3000 {
        update(&mut model, Msg::Tick);
    }
    let stage = model.stage().unwrap();
    assert!(stage.session().violations().is_empty());
    assert!(stage.world().replicas().iter().any(|replica| replica.state.log.len() > 3));
}

#[test]
fn an_invariant_that_breaks_pauses_it() {
    let mut model = usual(":");
    typed(&mut model, "rule broken +quorum_1_of_3");
    press(&mut model, "enter A back*80");
    typed(&mut model, "eager drop 30 crash 500");
    press(&mut model, "enter");
    let paused = (0..3000).any(|_| update(&mut model, Msg::Tick).is_empty());
    assert!(paused, "{}", glyphs(&draw(&model, 80, 24)));
    assert!(!model.stage().unwrap().session().violations().is_empty(), "{:?}", model.notice());
}

/// With two acceptors of three down nothing is decided any more: the run pauses and says so, and goes on when one is back.
#[test]
fn a_run_that_waits_for_a_restart_pauses_instead_of_standing_still() {
    let mut model = sandbox((3, 1, 2), "r enter e enter 1 c A 1 enter c A 2 enter");
    update(&mut model, Msg::Key(Key::Char('a')));
    let paused = (0..200).any(|_| update(&mut model, Msg::Tick).is_empty());
    assert!(paused, "{}", glyphs(&draw(&model, 80, 24)));
    assert!(model.notice().unwrap().text.ends_with("down or cut off: A1 and A2"), "{:?}", model.notice());
    press(&mut model, "c A 1 enter");
    update(&mut model, Msg::Key(Key::Char('a')));
    for _ in 0..60 {
        update(&mut model, Msg::Tick);
    }
    assert!(glyphs(&draw(&model, 80, 24)).contains("★ chosen"), "{}", glyphs(&draw(&model, 80, 24)));
}

#[test]
fn a_run_with_losses_takes_no_step_for_what_sends_nothing_and_pauses_where_nobody_can_ask() {
    let mut model = usual("A");
    press(&mut model, "back*80");
    typed(&mut model, "eager drop 10 seed 3");
    press(&mut model, "enter");
    for _ in 0..200 {
        update(&mut model, Msg::Tick);
    }
    let session = model.stage().unwrap().session();
    assert!(step(&model) >= 200, "clients ask for more: {}", step(&model));
    let resends = session.actions().into_iter().filter(|action| matches!(action, Action::Resend(_))).count();
    assert!(resends < 40, "{resends} of 200 send again");
    press(&mut model, "a");
    // Nobody is left who could ask.
    let mut model = usual("A");
    press(&mut model, "back*80");
    typed(&mut model, "drop 10");
    press(&mut model, "enter");
    update(&mut model, Msg::Line("crash C0".to_owned()));
    for _ in 0..200 {
        update(&mut model, Msg::Tick);
    }
    let told = model.notice().map(|notice| notice.text.clone()).unwrap_or_default();
    assert!(told.starts_with("paused: nobody who is up waits for an answer"), "{told} {}", step(&model));
}

#[test]
fn a_run_with_losses_goes_on_past_what_waits_for_somebody_who_is_down() {
    let mut model = sandbox((3, 2, 2), "");
    for line in ["crash R1", "elect L0"] {
        update(&mut model, Msg::Line(line.to_owned()));
    }
    press(&mut model, "A back*80");
    typed(&mut model, "eager drop 1 seed 3");
    press(&mut model, "enter");
    for _ in 0..600 {
        update(&mut model, Msg::Tick);
    }
    let actions = model.stage().unwrap().session().actions();
    let requests = actions.into_iter().filter(|action| matches!(action, Action::Request(..))).count();
    assert!(requests > 5, "{requests} {:?}", model.notice());
    assert_eq!(model.notice().map(|notice| notice.text.as_str()).filter(|text| text.starts_with("paused")), None);
}

/// What a step sends is not selected where it is not listed: Enter delivers what is marked.
#[test]
fn what_is_delivered_is_listed_whatever_a_step_sends() {
    let mut model = with_line("e enter /", "p1a");
    press(&mut model, "enter r enter");
    let stage = model.stage().unwrap();
    let selected = stage.selected().unwrap();
    assert!(stage.shown().iter().any(|(_, envelope, _)| *envelope == selected), "{selected:?}");
}

/// A client that it crashed comes back like everybody else, and meanwhile the others go on.
#[test]
fn a_run_that_crashes_its_only_client_goes_on() {
    for seed in [5, 7, 9] {
        // For seed 5 L0 is scouting, and A2 is down for good.
        let mut model = usual(if seed == 5 { "e 0 c A 2 enter A back*80" } else { "A back*80" });
        typed(&mut model, &format!("watch drop 30 crash 200 seed {seed}"));
        press(&mut model, "enter");
        for number in 0..800 {
            let next = update(&mut model, Msg::Tick);
            assert!(!next.is_empty(), "seed {seed}, tick {number}: {:?}", model.notice());
        }
        let actions = model.stage().unwrap().session().actions();
        let client = |action: &&Action| matches!(action, Action::Restart(ProcessId::Client(_)));
        assert!(actions.iter().any(|action| client(&action)), "seed {seed}: {actions:?}");
    }
}

/// Whoever still waits sends again, also when no client is up; and the words for the pause name who waits for whom.
#[test]
fn a_run_without_a_client_goes_on_while_somebody_sends_again() {
    let mut model = usual("e 0");
    for line in ["crash C0", "drop all"] {
        update(&mut model, Msg::Line(line.to_owned()));
    }
    let mut lossless = model.clone();
    press(&mut model, "A back*80");
    typed(&mut model, "drop 1 seed 1");
    press(&mut model, "enter");
    let paused = (0..300).any(|_| update(&mut model, Msg::Tick).is_empty());
    let told = |model: &Model| model.notice().map(|notice| notice.text.clone()).unwrap_or_default();
    assert!(paused && model.stage().unwrap().world().leaders().iter().any(|leader| leader.state.active));
    assert_eq!(told(&model), "paused: nobody who is up waits for an answer, and C0, which could ask for more, is down");
    press(&mut lossless, "a");
    let paused = (0..300).any(|_| update(&mut lossless, Msg::Tick).is_empty());
    assert!(paused && told(&lossless).starts_with("paused: L0 waits for an answer, and "), "{}", told(&lossless));
}

/// A leader whose ballot is not kept forgets in a crash that it ran; the words for its next run do not.
#[test]
fn a_leader_that_ran_before_a_crash_is_not_said_to_run_for_the_first_time() {
    let mut returned = 0;
    for seed in 30..36 {
        let mut model = usual("");
        update(&mut model, Msg::Line("rule stable -leader.ballot_num".to_owned()));
        press(&mut model, "A back*80");
        typed(&mut model, &format!("watch crash 800 seed {seed}"));
        press(&mut model, "enter");
        let mut ran = std::collections::BTreeSet::new();
        for _ in 0..600 {
            update(&mut model, Msg::Tick);
            let stage = model.stage().unwrap();
            let Some(Action::Elect(leader)) = stage.session().last_action() else { continue };
            let why = stage.why().pop().unwrap();
            let is_first = ran.insert(*leader);
            assert_eq!(why.contains("had not run yet"), is_first, "seed {seed}: {why}");
            returned += usize::from(why.contains("came back"));
        }
    }
    assert!(returned > 0);
}

#[test]
fn what_is_found_is_selected_with_the_arrows_whatever_had_the_focus() {
    let mut model = with_line("r enter e enter tab /", "p1a");
    press(&mut model, "enter");
    let before = model.stage().unwrap().selected().unwrap().clone();
    press(&mut model, "down");
    let after = model.stage().unwrap().selected().unwrap().clone();
    assert_ne!(before, after);
    assert_eq!(after.message, before.message);
}

#[test]
fn a_lesson_does_not_play_itself() {
    assert!(lesson("a").notice().is_some_and(|notice| notice.refused));
}

fn screens() -> Vec<Model> {
    let long = format!("e enter enter*6 {} e 1 enter*2", "r enter enter*30 ".repeat(12));
    let mut models: Vec<Model> = [
        "",
        "r enter e enter 1 enter*13 e 1 enter*4",
        "e enter c a 1 enter down*3",
        "?",
        ":",
        "p",
        "p enter",
        "c",
        "r",
        &long,
    ]
    .iter()
    .map(|script| usual(script))
    .collect();
    models.extend(["space", "space 1", "space 1 space s", "space*20"].iter().map(|script| lesson(script)));
    models.push(home());
    models.push(sandbox((7, 5, 3), "r enter e enter 1 enter*10"));
    models.push(with_line(":", "request C0 put é 界"));
    models
}

#[test]
fn ascii_draws_ascii_only() {
    for model in screens() {
        for (columns, rows) in [(80, 24), (60, 18), (40, 12), (100, 30), (160, 50), (20, 3)] {
            let screen = glyphs(&draw(&model.clone().with_ascii(true), columns, rows));
            assert!(screen.is_ascii(), "{screen}");
        }
    }
    let model = usual("r enter e enter 1 enter*13 e 1 enter*4").with_ascii(true);
    insta::assert_snapshot!("ascii_80x24", glyphs(&draw(&model, 80, 24)));
}

/// In ASCII no border moves, and no word is lost: only blanks give way to the second letter of an arrow. Keys have longer
/// names, so that the last row may have room for fewer.
#[test]
fn ascii_moves_no_border_and_loses_no_word() {
    // Some letters stand for glyphs, too.
    let words = |cells: &[Cell]| -> String {
        let text = cells.iter().map(Cell::symbol).filter(|symbol| symbol.is_ascii()).collect::<String>();
        text.chars().filter(|char| char.is_ascii_alphanumeric() && !"oxvV".contains(*char)).collect()
    };
    for model in screens() {
        let (before, after) = (draw(&model, 100, 30), draw(&model.clone().with_ascii(true), 100, 30));
        for (one, other) in before.content.chunks(100).zip(after.content.chunks(100)).take(29) {
            assert_eq!(words(one), words(other));
            for (one, other) in one.iter().zip(other) {
                let border = match one.symbol() {
                    "│" => "|",
                    "╭" | "╮" | "╰" | "╯" => "+",
                    "┃" | "┎" | "┖" => "#",
                    _ => continue,
                };
                assert_eq!(other.symbol(), border);
            }
        }
    }
}

#[test]
fn themes_are_told_apart_by_name_and_only_mono_has_no_colours() {
    let model = usual("e enter c a 1 enter enter");
    for theme in Theme::ALL {
        assert_eq!(Theme::named(theme.name()), Some(theme));
        let light = matches!(theme, Theme::Light | Theme::Projector);
        let buffer = draw(&model.clone().with_theme(theme).with_background(Some(light)), 80, 24);
        let colours = buffer.content.iter().any(|cell| cell.fg != ratatui::style::Color::Reset);
        assert_eq!(colours, theme != Theme::Mono, "{theme:?}");
    }
}

#[test]
fn what_is_kept_is_every_step_and_quitting_asks_no_more() {
    let mut model = usual("").with_keeping();
    let effects = update(&mut model, Msg::Line("elect L0".to_owned()));
    let [Effect::Keep(keep)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((keep.run, keep.branch, keep.lines.as_slice()), (0, 0, &["elect L0".to_owned()][..]));
    assert_eq!(keep.head.as_ref().unwrap().title, "Sandbox");
    assert_eq!(update(&mut model, Msg::Key(Key::Char('q'))), [Effect::Quit]);
    update(&mut model, Msg::NotKept("the disk is full".to_owned()));
    insta::assert_snapshot!("not_kept", glyphs(&draw(&model, 80, 24)));
    assert_eq!(update(&mut model, Msg::Key(Key::Char('q'))), [], "now a run would be lost");
}

#[test]
fn home_offers_recent_runs() {
    let run = Recent { name: "run.ron".into(), title: "A duel".into(), about: "12 steps, 3 minutes ago".into() };
    let mut model = Model::home(Vec::new()).with_offers(vec![Offer::Recent(run)]);
    insta::assert_snapshot!("home_with_recent_runs", glyphs(&draw(&model, 80, 24)));
    assert_eq!(update(&mut model, Msg::Key(Key::Enter)), [Effect::Load("run.ron".into())]);
    let text = "Scenario(format: 1, title: \"A duel\", actions: [\"elect L0\", \"elect L1\"])";
    update(&mut model, Msg::Loaded { name: "run.ron".into(), text: Ok(text.into()) });
    assert_eq!((step(&model), model.stage().unwrap().title()), (2, "A duel"));
    let mut gone = home();
    update(&mut gone, Msg::Loaded { name: "run.ron".into(), text: Err("run.ron: there is no such file".into()) });
    assert!(gone.notice().is_some_and(|notice| notice.refused));
}
