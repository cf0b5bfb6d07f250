//! Lessons that search: the hunt for a hidden rule, and "show me one step" from wherever the learner went.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;

use paxoscope::explore::{Allow, Answer, Goal, Limits, Quest, Question};
use paxoscope::script::{Lesson, parse_action};
use paxoscope::teach::{Player, Progress, Showed, TaskState, Went, built_in, check_text, drawn};
use paxoscope::world::{Action, Invariant};

fn lesson(id: &str) -> Lesson {
    let found = built_in().iter().find(|lesson| lesson.id == id).unwrap();
    Lesson::parse(found.file, found.text).unwrap()
}

/// At the hunt, with this suspect hidden.
fn at_hunt(which: usize) -> Player {
    let mut player = Player::new(lesson("bug-hunt").drawn(which)).unwrap();
    player.next();
    player.next();
    player.next();
    assert_eq!(player.task().unwrap().state, TaskState::Open);
    player
}

#[test]
fn a_seed_hides_a_rule_and_every_rule_has_its_seed() {
    let hidden = |seed: u64| drawn(lesson("bug-hunt"), seed).setup.rules.broken;
    assert_eq!(lesson("bug-hunt").variants(), 5);
    for first in [0, 3, 1_000_000, u64::MAX - 4] {
        let hidden: BTreeSet<_> = (first..=first + 4).map(hidden).collect();
        assert_eq!(hidden.len(), 5, "seeds that follow each other hide different rules: {first}");
    }
    for seed in 0..40 {
        assert_eq!((hidden(seed).len(), hidden(seed)), (1, hidden(seed)));
    }
    assert_eq!(drawn(lesson("acceptors"), 3), lesson("acceptors"), "without a hunt nothing is drawn");
}

/// Whoever lets the explorer look finds a schedule, gets credit for it, and has to name the rule then.
#[test]
fn what_the_explorer_finds_solves_the_hunt() {
    for which in 0..5 {
        let mut player = at_hunt(which);
        let (world, watch) = (player.session().world().clone(), player.session().watch().clone());
        let goal = Goal::Check(Invariant::ALL.to_vec());
        let question = Question { goal, allow: Allow::default(), limits: Limits::default() };
        let Answer::Found { actions, shortest: true } = Quest::new(&world, &watch, question, 1).unwrap().finish()
        else {
            panic!("suspect {which}")
        };
        let from = player.session().here();
        player.branch(from, actions).unwrap();
        player.session_mut().jump(from);
        player.travelled();
        assert_eq!(player.task().unwrap().state, TaskState::Open, "suspect {which}: nobody saw the alarm yet");
        player.session_mut().to_end();
        player.travelled();
        assert_eq!(player.task().unwrap().state, TaskState::Solved, "suspect {which}");
        let broken = player.session().here();
        player.session_mut().jump(from);
        assert!(!player.off_path());
        assert_eq!((player.next(), player.session().here()), (Went::ToBeat, broken), "it is asked about this run");
        let hidden = lesson("bug-hunt").drawn(which);
        let hunt = hidden.beats[2].hunt().unwrap().suspects[which].clone();
        let question = player.question().unwrap();
        let right = question.choices.iter().position(|choice| choice.concat() == hunt.text.text).unwrap();
        for choice in 0..5 {
            let mut player = player.clone();
            assert_eq!(player.answer(choice), Some(choice == right), "suspect {which}, choice {choice}");
            let said = player.beat().say.join(" ");
            assert!(said.contains(&hunt.why.text), "{said}");
        }
    }
}

/// Whoever broke the invariant in a run of their own is asked about that run, also after a pause.
#[test]
fn the_question_is_about_the_learners_own_run() {
    let mut player = at_hunt(0);
    for line in ["deliver L1>A2 p1a(0.1)", "deliver L0>A2 p1a(0.0)"] {
        let action = parse_action(line, player.session().world()).unwrap();
        player.act(action).unwrap();
    }
    let own = player.session().world().clone();
    assert_eq!((player.next(), player.session().world()), (Went::ToBeat, &own));
    assert!(!player.left_own_run());
    let kept = Progress::parse("p", &player.progress().unwrap().to_ron()).unwrap();
    let again = Player::resume(lesson("bug-hunt"), &kept).unwrap();
    assert_eq!((again.beat_number(), again.session().world()), (4, &own));
    // Another way to break it: the question goes with it.
    assert_eq!(player.previous(), Went::ToBeat);
    assert!(player.reset_task());
    for line in ["deliver L1>A1 p1a(0.1)", "deliver L0>A1 p1a(0.0)"] {
        let action = parse_action(line, player.session().world()).unwrap();
        player.act(action).unwrap();
    }
    let other = player.session().world().clone();
    assert_ne!(other, own);
    assert_eq!((player.next(), player.session().world()), (Went::ToBeat, &other));
}

#[test]
fn a_hunt_by_hand_counts_and_the_rule_cannot_be_changed() {
    let mut player = at_hunt(0);
    let mut act = |line: &str| {
        let action = parse_action(line, player.session().world()).unwrap();
        player.act(action).map_err(|why| why.to_string())
    };
    assert!(act("rule broken -adopt_lower").unwrap_err().contains("rule"));
    act("deliver L1>A2 p1a(0.1)").unwrap();
    act("deliver L0>A2 p1a(0.0)").unwrap();
    assert_eq!(player.task().unwrap().state, TaskState::Solved);
}

const HUNT: &str = include_str!("../lessons/bug-hunt.ron");

#[test]
fn the_checker_looks_at_every_suspect() {
    // A step of the last suspect's solution is left out.
    let wrong = HUNT.replace("                        \"deliver L1>A1 p1a(0.1)\",\n", "");
    assert_ne!(wrong, HUNT);
    let errors = check_text("hunt.ron", &wrong).unwrap_err();
    assert!(errors[0].to_string().contains("hunt.ron:"), "{errors:?}");
    let start = HUNT.find("        Hunt(").unwrap();
    let end = HUNT.rfind("    ],\n)").unwrap();
    let twice = format!("{}{}{}", &HUNT[..end], &HUNT[start..end], &HUNT[end..]);
    let errors = check_text("hunt.ron", &twice).unwrap_err();
    assert!(errors[0].to_string().contains("second hunt"), "{errors:?}");
}

/// Off the solution's way, each step shown is one of the shortest way from there, to the goal.
#[test]
fn one_step_is_shown_from_wherever_the_learner_went() {
    let mut own_ways = 0;
    for id in ["tour", "roles", "elections", "chosen-vs-known", "stable-storage"] {
        let mut player = Player::new(lesson(id)).unwrap();
        loop {
            if player.task().is_some_and(|task| task.state == TaskState::Open && task.steps == 0) && !player.walks() {
                own_ways += usize::from(gone_astray(player.clone()));
            }
            if player.next() == Went::Nowhere {
                break;
            }
        }
    }
    assert!(own_ways >= 5, "{own_ways}");
}

/// Delivers something else than the solution does first, and is led to the goal from there; whether there was anything.
fn gone_astray(mut player: Player) -> bool {
    let solution = player.lesson().beats[player.beat_number() - 1].solution()[0].text.clone();
    let first = parse_action(&solution, player.session().world()).unwrap();
    let others = player.session().world().enabled().into_iter();
    let astray = others.filter(|action| matches!(action, Action::Deliver(_)) && *action != first);
    let went = astray.into_iter().any(|action| player.act(action).is_ok());
    if !went || player.task().unwrap().state != TaskState::Open {
        return false;
    }
    let mut left = None;
    loop {
        match player.show_step() {
            Showed::OwnWay(now) => {
                assert!(left.is_none_or(|before| now + 1 == before), "each step is one less to go");
                left = Some(now);
            }
            Showed::Step => left = left.map(|before: usize| before - 1),
            Showed::Nothing => break,
            Showed::BackToStart => return false,
        }
    }
    assert_eq!((left, player.task().unwrap().state), (Some(0), TaskState::Shown));
    true
}
