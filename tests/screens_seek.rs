//! Questions to the explorer on the screen: the panel, how a search goes, what is found, and the branch that it becomes.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod screen;

use paxoscope::app::{Effect, Model, Msg, News, Overlay, Sought, Stand, update};
use paxoscope::explore::{Answer, Asks, Limit, Quest, Status};
use paxoscope::teach::TaskState;
use screen::{draw, glyphs, keys, lesson, play, usual};

/// A is chosen in slot 1, and only L0 knows of it; B is asked for.
fn chosen() -> Model {
    let mut model = usual("");
    for line in [
        "request C0 put k1 v1",
        "deliver C0>R0",
        "deliver R0>L0",
        "elect L0",
        "deliver L0>A0",
        "deliver L0>A1",
        "deliver A0>L0",
        "deliver A1>L0",
        "deliver L0>A0 p2a",
        "deliver L0>A1 p2a",
        "request C0 put k2 v2",
    ] {
        update(&mut model, Msg::Line(line.to_owned()));
        assert_eq!(model.notice(), None, "{line}");
    }
    model
}

/// Presses keys, and hands on what is to be done outside.
fn effects(model: &mut Model, script: &str) -> Vec<Effect> {
    keys(script).into_iter().flat_map(|key| update(model, Msg::Key(key))).collect()
}

/// The question that these keys ask.
fn asked(model: &mut Model, script: &str) -> Sought {
    let asked = effects(model, script).into_iter().find_map(|effect| match effect {
        Effect::Explore(sought) => Some(*sought),
        _ => None,
    });
    asked.unwrap_or_else(|| panic!("{script} asks nothing: {:?}", model.notice()))
}

/// Answers it as somebody outside does.
fn answer(model: &mut Model, sought: &Sought) -> Answer {
    let mut quest = Quest::new(&sought.start, &sought.watch, sought.question.clone(), 1).unwrap();
    let answer = quest.finish();
    let news = News::Over(answer.clone(), quest.status());
    update(model, Msg::Explored { id: sought.id, news });
    answer
}

fn typed(model: &mut Model, text: &str) {
    for char in text.chars() {
        let key = if char == ' ' { paxoscope::app::Key::Space } else { paxoscope::app::Key::Char(char) };
        update(model, Msg::Key(key));
    }
}

#[test]
fn the_panel_of_questions() {
    for (columns, rows) in [(80, 24), (100, 30), (160, 50), (60, 18), (40, 12)] {
        let mut model = chosen();
        update(&mut model, Msg::Resize(columns, rows));
        play(&mut model, "f down down e x");
        insta::assert_snapshot!(format!("seek_{columns}x{rows}"), glyphs(&draw(&model, columns, rows)));
    }
}

#[test]
fn how_a_search_goes_and_ends() {
    let mut model = chosen();
    let sought = asked(&mut model, "f 5");
    let id = sought.id;
    let status = |walks, states, depth| Status { walks, states, depth };
    let shows = |model: &Model, what: &str| {
        let screen = glyphs(&draw(model, 80, 24));
        assert!(screen.contains(what), "{what}\n{screen}");
    };
    update(&mut model, Msg::Explored { id, news: News::Going(status(640, 1, 0)) });
    shows(&model, "640 random walks");
    update(&mut model, Msg::Explored { id, news: News::Going(status(2000, 12_345, 7)) });
    insta::assert_snapshot!("seek_going_80x24", glyphs(&draw(&model, 80, 24)));
    update(&mut model, Msg::Explored { id: id + 1, news: News::Over(Answer::None, status(0, 1, 0)) });
    shows(&model, "Looking…");
    let stopped = News::Over(Answer::Stopped(Limit::States), status(2000, 4_000_000, 13));
    update(&mut model, Msg::Explored { id, news: stopped });
    shows(&model, "Not found within 4,000,000 worlds: no schedule of up to 12 steps does it;");
    play(&mut model, "esc");
    let sought = asked(&mut model, "4");
    assert!(sought.id > id, "what is heard of an older search is not taken for this one");
    let none = News::Over(Answer::None, status(2000, 345_678, 40));
    update(&mut model, Msg::Explored { id: sought.id, news: none });
    insta::assert_snapshot!("seek_none_80x24", glyphs(&draw(&model, 80, 24)));
}

#[test]
fn why_not_is_said_in_the_engines_reasons() {
    let table = [
        (
            "r enter e enter p enter",
            "2",
            "It cannot, with deliveries alone.",
            "2 messages wait: the network is cut (p heals)",
        ),
        (
            "e enter c A 1 enter c A 2 enter",
            "1",
            "It cannot, with deliveries alone.",
            "1 message waits: A1 is crashed (c restarts). 1 message waits: A2 is crashed (c restarts)",
        ),
        (
            "e enter x x x",
            "1",
            "It cannot, with deliveries alone.",
            "Nothing is in flight. Searched to the end: 1 world.",
        ),
    ];
    for (script, number, head, reason) in table {
        let mut model = usual(script);
        let sought = asked(&mut model, &format!("f {number}"));
        answer(&mut model, &sought);
        let Some(Overlay::Seek(seek)) = model.overlay() else { panic!("closed") };
        let verdict = seek.verdict(Some(model.keymap())).unwrap();
        assert!(verdict.starts_with(head) && verdict.contains(reason), "{script}: {verdict}");
    }
}

#[test]
fn each_question_says_whether_it_asks_for_a_way() {
    for script in ["", "e enter", "r enter e enter enter*6"] {
        let mut model = usual(script);
        play(&mut model, "f");
        let Some(Overlay::Seek(seek)) = model.overlay() else { panic!("closed") };
        assert!(!seek.questions.is_empty());
        for one in &seek.questions {
            let expected = if one.ask.starts_with("How ") { Asks::How } else { Asks::Whether };
            assert_eq!(one.asks, expected, "{}", one.ask);
        }
    }
}

#[test]
fn a_schedule_offers_to_scroll_only_what_does_not_fit() {
    for (columns, rows) in [(80, 24), (100, 30), (160, 50), (60, 18), (160, 200)] {
        let mut model = chosen();
        update(&mut model, Msg::Resize(columns, rows));
        let sought = asked(&mut model, "f 1");
        answer(&mut model, &sought);
        let screen = glyphs(&draw(&model, columns, rows));
        let head = screen.lines().find(|line| line.contains("the schedule")).unwrap_or_else(|| panic!("{screen}"));
        assert_eq!(screen.contains("↑↓ scroll"), head.contains(" more"), "{columns}x{rows}\n{screen}");
    }
}

#[test]
fn a_schedule_becomes_a_branch_where_it_starts() {
    for (columns, rows) in [(80, 24), (100, 30), (160, 50)] {
        let mut model = chosen();
        update(&mut model, Msg::Resize(columns, rows));
        let sought = asked(&mut model, "f 5");
        answer(&mut model, &sought);
        insta::assert_snapshot!(format!("seek_found_{columns}x{rows}"), glyphs(&draw(&model, columns, rows)));
    }
    // From a moment that has a future already: the schedule is the other one.
    let mut model = chosen();
    play(&mut model, "left");
    assert_eq!(model.stage().unwrap().session().steps_ahead(), 1);
    let step = |model: &Model| model.stage().unwrap().session().step();
    let (before, here) = (step(&model), model.stage().unwrap().session().here());
    let sought = asked(&mut model, "f 5");
    let Answer::Found { actions, .. } = answer(&mut model, &sought) else { panic!() };
    assert_eq!(effects(&mut model, "enter"), []);
    let session = model.stage().unwrap().session();
    assert_eq!((session.here(), session.steps_ahead()), (here, actions.len() as u32));
    let named: Vec<_> = session.runs().iter().filter_map(|run| session.name(run.start)).collect();
    assert_eq!(named, ["L0 and L1 active"]);
    insta::assert_snapshot!("seek_opened_80x24", glyphs(&draw(&model, 80, 24)));
    play(&mut model, "right");
    assert_eq!(model.stage().unwrap().session().last_action(), actions.first());
    play(&mut model, "end");
    assert!(model.stage().unwrap().world().leaders().iter().all(|node| node.state.active));
    play(&mut model, "o");
    assert_eq!(step(&model), before + 1, "the request lay ahead before");
}

#[test]
fn a_witness_can_be_opened_before_the_search_ends() {
    let mut model = chosen();
    let sought = asked(&mut model, "f 5");
    play(&mut model, "enter");
    assert!(model.notice().is_some_and(|notice| notice.text.contains("nothing is found yet")));
    let mut quest = Quest::new(&sought.start, &sought.watch, sought.question.clone(), 1).unwrap();
    while quest.witness().is_none() {
        quest.run();
    }
    let witness = quest.witness().unwrap().to_vec();
    update(&mut model, Msg::Explored { id: sought.id, news: News::Witness(witness.clone()) });
    let told = glyphs(&draw(&model, 80, 24));
    assert!(told.contains("found by chance. Looking for the shortest") && !told.contains("Nothing is found"), "{told}");
    assert_eq!(effects(&mut model, "enter"), [Effect::StopExploring]);
    assert_eq!(model.stage().unwrap().session().steps_ahead(), witness.len() as u32);
    assert_eq!(model.overlay(), None);
}

#[test]
fn esc_stops_goes_back_and_closes() {
    let mut model = chosen();
    let sought = asked(&mut model, "f 8");
    let stand = |model: &Model| match model.overlay() {
        Some(Overlay::Seek(seek)) => seek.stand.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(effects(&mut model, "esc"), [Effect::StopExploring]);
    assert_eq!(stand(&model), Stand::Asking);
    update(&mut model, Msg::Explored { id: sought.id, news: News::Over(Answer::None, Status::default()) });
    assert_eq!(stand(&model), Stand::Asking, "it was given up");
    assert_eq!(effects(&mut model, "esc"), []);
    assert_eq!(model.overlay(), None);
}

/// What was said while it looked does not stay below the answer.
#[test]
fn an_answer_takes_away_what_was_said_before() {
    let mut model = chosen();
    let sought = asked(&mut model, "f 3");
    play(&mut model, "enter");
    assert!(glyphs(&draw(&model, 80, 24)).contains("Nothing is found yet"));
    let news = News::Over(Answer::Stopped(Limit::States), Status::default());
    update(&mut model, Msg::Explored { id: sought.id, news });
    let told = glyphs(&draw(&model, 80, 24));
    assert!(told.contains("Not found within") && !told.contains("Nothing is found yet"), "{told}");
}

#[test]
fn what_may_happen_can_be_chosen() {
    let mut model = usual("r enter f");
    let allow = |model: &mut Model, script: &str| {
        play(model, script);
        match model.overlay() {
            Some(Overlay::Seek(seek)) => seek.allow().to_string(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(allow(&mut model, ""), "elect=1");
    assert_eq!(allow(&mut model, "e x x c"), "drop=2,crash=1,elect=2");
    assert_eq!(allow(&mut model, "e e d s"), "drop=2,duplicate=1,crash=1,resend=1");
    // With two drops and an answer that is lost nobody is told.
    let sought = asked(&mut model, "1");
    assert_eq!(sought.question.allow.to_string(), "drop=2,duplicate=1,crash=1,resend=1");
}

#[test]
fn any_predicate_can_be_typed() {
    let mut model = chosen();
    play(&mut model, "f up");
    assert!(model.notice().is_some_and(|notice| !notice.refused), "up from the first question: told, and no refusal");
    play(&mut model, "9");
    typed(&mut model, "Cho");
    play(&mut model, "tab");
    insta::assert_snapshot!("seek_typed_80x24", glyphs(&draw(&model, 80, 24)));
    typed(&mut model, "2, \"B\"");
    play(&mut model, "enter");
    assert!(model.notice().is_some_and(|notice| notice.text.contains("closing")), "{:?}", model.notice());
    typed(&mut model, ")");
    let sought = asked(&mut model, "enter");
    let Answer::Found { actions, shortest: true } = answer(&mut model, &sought) else { panic!() };
    assert_eq!(actions.len(), 4, "a request, a proposal, and the votes of a majority");
    play(&mut model, "esc esc f 9 up");
    assert!(glyphs(&draw(&model, 80, 24)).contains("Chosen(2, \"B\")"), "what was typed is remembered");
    play(&mut model, "esc");
    assert!(matches!(model.overlay(), Some(Overlay::Seek(_))), "back to the questions");
    for wrong in ["Chosen(", "Nonsense(1)", "Active(\"L7\")", ""] {
        let mut model = usual("f 4");
        typed(&mut model, wrong);
        play(&mut model, "enter");
        assert!(model.notice().is_some_and(|notice| notice.refused), "{wrong}");
    }
}

/// In a lesson nothing is given away while it asks, and a schedule that was found earns nothing.
#[test]
fn a_search_solves_no_lesson() {
    let mut model = lesson("");
    while !model.stage().unwrap().asks() {
        play(&mut model, "space");
    }
    play(&mut model, "f");
    assert!(model.overlay().is_none() && model.notice().is_some_and(|notice| notice.refused));
    let task = |model: &Model| model.stage().unwrap().lesson().unwrap().task();
    while task(&model).is_none() {
        play(&mut model, "1 space");
    }
    let goal = task(&model).unwrap().goal;
    play(&mut model, "f");
    let count = match model.overlay() {
        Some(Overlay::Seek(seek)) => seek.questions.len() + 1,
        other => panic!("{other:?}"),
    };
    play(&mut model, &count.to_string());
    typed(&mut model, &goal);
    let sought = asked(&mut model, "enter");
    let Answer::Found { actions, .. } = answer(&mut model, &sought) else { panic!("{goal}") };
    play(&mut model, "enter");
    for _ in &actions {
        play(&mut model, "right");
    }
    assert_eq!(task(&model).unwrap().steps, actions.len());
    assert_eq!(task(&model).unwrap().state, TaskState::Open, "seen, not done");
}
