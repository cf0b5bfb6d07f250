//! What a learner and a lecturer can do with a lesson.

use paxoscope::script::parse_action;
use paxoscope::teach::{Player, Showed, Tally, TaskState, Went};

use super::{acceptors_player, frame};

#[test]
fn answers_are_graded_kept_and_explained() {
    let mut player = acceptors_player();
    player.next();
    let open = player.question().unwrap();
    assert!(open.is_open() && open.verdict.is_none());
    assert_eq!((frame(&player).as_str(), player.score()), ("ballot_num: 0, accepted: []", (0, 0)));
    assert_eq!(player.session().steps_ahead(), 0, "the future gives nothing away");
    let silent = open.choices.iter().position(|lines| lines.contains(&"sends nothing".to_owned())).unwrap();
    assert_eq!(player.answer(silent), Some(false));
    let question = player.question().unwrap();
    let verdict = question.verdict.unwrap();
    assert!(verdict.starts_with("No: an acceptor always answers"), "{verdict}");
    assert_eq!(question.reason.as_deref(), Some("A0 adopts 0.1: it has no ballot yet."));
    assert_eq!(player.answer(silent), None, "an answer is an answer");
    assert_eq!((frame(&player).as_str(), player.score()), ("ballot_num: 0.1, accepted: []", (0, 1)));

    assert_eq!(player.next(), Went::ToBeat);
    let lines = ["nothing changes", "sends p1b(0.1, [], to 0.0) to L0"];
    let right = player.question().unwrap().choices.iter().position(|choice| *choice == lines).unwrap();
    assert_eq!((player.answer(99), player.answer(right)), (None, Some(true)));
    assert_eq!(player.score(), (1, 2));
    assert_eq!((player.previous(), player.previous()), (Went::TakenBack, Went::ToBeat));
    let again = player.question().unwrap();
    assert_eq!((again.given, again.is_open()), (Some(silent), false));
    assert_eq!(frame(&player), "ballot_num: 0.1, accepted: []");
    player.next();
    assert_eq!(player.question().unwrap().given, None, "it is asked again");
    player.next();
    assert_eq!(player.question().unwrap().given, Some(right));
}

#[test]
fn the_truth_has_no_favourite_place() {
    let mut player = acceptors_player();
    let mut places = std::collections::BTreeSet::new();
    while player.next() != Went::Nowhere {
        places.extend(player.question().and_then(|question| question.truth));
    }
    assert!(places.len() > 1, "{places:?}");
}

#[test]
fn the_clicker_alone_shows_everything_and_earns_nothing() {
    let mut player = acceptors_player();
    let mut went = Vec::new();
    while !player.finished() {
        went.push(player.next());
    }
    let count = |what| went.iter().filter(|one| **one == what).count();
    assert_eq!(count(Went::ToBeat), player.beat_count() - 1);
    // Six questions, and one task that is shown step by step once it was said to be one.
    assert_eq!((count(Went::Revealed), count(Went::TaskIsOpen)), (6, 1));
    assert_eq!(count(Went::Step(Showed::Step)), SOLUTION.len());
    assert_eq!((count(Went::ToFuture), count(Went::Nowhere)), (1, 1));
    let Tally { right, wrong, revealed, .. } = player.tally();
    assert_eq!((right, wrong, revealed, player.tasks()), (0, 0, 6, (0, 1)), "what is revealed is not wrong");
    let mut back = Vec::new();
    while back.last() != Some(&Went::Nowhere) {
        back.push(player.previous());
    }
    let taken_back = back.iter().filter(|went| **went == Went::TakenBack).count();
    assert_eq!(taken_back, 6 + SOLUTION.len(), "a task that was left is walked back step by step");
    assert_eq!(back.iter().filter(|went| **went == Went::ToFuture).count(), 1);
    assert_eq!((player.beat_number(), frame(&player).as_str()), (1, "ballot_num: 0, accepted: []"));
}

#[test]
fn both_futures_are_kept_and_flipped_between() {
    let mut player = acceptors_player();
    while player.beat().futures.is_empty() {
        player.next();
    }
    assert!(player.beat().future == 0 && player.session().world().leaders()[0].state.active);
    let first = player.session().world().clone();
    assert!(player.flip());
    assert_eq!((player.beat().future, player.off_path()), (1, false));
    let second = player.session().world().clone();
    assert_ne!(first, second);
    assert_eq!((player.previous(), player.session().world()), (Went::ToFuture, &first));
    let beat = player.beat_number();
    assert_eq!((player.previous(), player.beat_number()), (Went::ToBeat, beat - 1));
    player.next();
    assert_eq!((player.next(), player.session().world()), (Went::ToFuture, &second), "all of them again");
    assert!(player.flip());
    assert_eq!(player.session().world(), &first);
    player.next();
    let before = player.session().world();
    assert_eq!(before, &second, "the lesson goes on where it says, whichever future was shown last");
}

/// The first task of the acceptors' lesson, at its start.
fn at_task() -> Player {
    let mut player = acceptors_player();
    while player.task().is_none() {
        player.next();
    }
    player
}

fn act(player: &mut Player, line: &str) -> Result<(), String> {
    let action = parse_action(line, player.session().world()).map_err(|error| error.to_string())?;
    player.act(action).map_err(|error| error.to_string())
}

const SOLUTION: [&str; 7] = [
    "elect L0",
    "deliver L0>A1 p1a(1.0)",
    "deliver L0>A2 p1a(1.0)",
    "deliver A1>L0 p1b(1.0, [])",
    "deliver A2>L0 p1b(1.0, [])",
    "deliver L0>A0 p1a(1.0)",
    "deliver L0>A0 p2a(1.0, 0, B)",
];

#[test]
fn a_task_is_solved_by_the_learner_and_keeps_its_credit() {
    let mut player = at_task();
    let start = player.session().world().clone();
    let task = player.task().unwrap();
    assert_eq!((task.state, task.goal.as_str()), (TaskState::Open, "Accepted(\"A0\", _, 0, \"B\")"));
    assert_eq!(task.limits.as_deref(), Some("you may only deliver, drop and elect; at most 20 deliveries"));
    assert_eq!(
        act(&mut player, "crash L0").unwrap_err(),
        "you may only deliver, drop and elect in this task, not crash"
    );
    let first = player.hint();
    assert!(first.is_some() && player.hint().is_some() && player.hint().is_some());
    assert_eq!((player.task().unwrap().hint, player.hint()), (3, first), "after the last one the first");
    assert_eq!((player.task().unwrap().hint, player.task().unwrap().hints.len()), (1, 3));
    // A way of one's own: the trap first, then another ballot.
    for line in ["elect L0", "deliver L0>A0 p1a(1.0)", "deliver A0>L0 p1b(1.0", "elect L0", "deliver L0>A0 p1a(2.0)"] {
        if act(&mut player, line).is_err() {
            act(&mut player, "deliver A0>L0 p1b(1.0, [(0.1, 0, A)])").unwrap();
        }
    }
    assert!(!player.off_path() && player.task().unwrap().state == TaskState::Open);
    for line in ["deliver L0>A1 p1a(2.0)", "deliver L0>A2 p1a(2.0)", "deliver A1>L0 p1b(2.0", "deliver A2>L0 p1b(2.0"] {
        let line = if line.ends_with("2.0") { format!("{line}, [])") } else { line.to_owned() };
        act(&mut player, &line).unwrap();
    }
    act(&mut player, "deliver L0>A0 p2a(2.0, 0, B)").unwrap();
    let task = player.task().unwrap();
    assert_eq!((task.state, task.steps, task.deliveries), (TaskState::Solved, 10, 8));
    assert!(player.beat().say[0].contains("No rule is broken"));
    assert_eq!(player.tasks(), (1, 1));
    act(&mut player, "crash L0").unwrap();
    let mine = player.session().world().clone();
    assert_eq!(player.next(), Went::ToBeat);
    player.previous();
    assert_eq!(player.session().world(), &mine, "the task is as it was left");
    assert!(player.reset_task());
    let task = player.task().unwrap();
    assert_eq!((player.session().world(), task.state, task.reached, task.hint), (&start, TaskState::Solved, false, 0));
    assert!(player.beat().say[0].contains(&task.say), "what is told is true of what is shown");
    assert_eq!(player.next(), Went::ToBeat, "what was solved holds nobody up");
}

#[test]
fn the_solution_is_shown_step_by_step_and_earns_nothing() {
    let mut player = at_task();
    assert_eq!(player.show_step(), Showed::Step);
    act(&mut player, SOLUTION[1]).unwrap();
    assert_eq!(player.show_step(), Showed::Step, "a learner who goes the same way is on it");
    act(&mut player, "drop L0>A0 p1a(1.0)").unwrap();
    let tried = player.session().here();
    assert_eq!(player.show_step(), Showed::BackToStart);
    assert_eq!(player.task().unwrap().steps, 0);
    for _ in SOLUTION {
        assert_eq!(player.show_step(), Showed::Step);
    }
    assert_eq!((player.show_step(), player.task().unwrap().state), (Showed::Nothing, TaskState::Shown));
    assert_eq!(player.tasks(), (0, 1));
    player.session_mut().jump(tried);
    assert!(!player.off_path(), "what was tried is still there");
    player.reset_task();
    for line in SOLUTION {
        act(&mut player, line).unwrap();
    }
    assert_eq!((player.task().unwrap().state, player.tasks()), (TaskState::Solved, (1, 1)), "on one's own it counts");
}

#[test]
fn going_on_shows_a_task_on_purpose_only() {
    let mut player = at_task();
    assert_eq!(player.next(), Went::TaskIsOpen);
    act(&mut player, SOLUTION[0]).unwrap();
    assert_eq!(player.next(), Went::TaskIsOpen, "who plays is asked again");
    player.forget_walk();
    assert_eq!((player.next(), player.task().unwrap().shown), (Went::TaskIsOpen, None));
    for step in 2..=SOLUTION.len() {
        assert!(player.walks());
        assert_eq!(player.next(), Went::Step(Showed::Step));
        assert_eq!(player.task().unwrap().shown, Some((step, SOLUTION.len())));
    }
    let task = player.task().unwrap();
    assert_eq!((task.state, task.reached, player.walks()), (TaskState::Shown, true, false));
    // Back by some steps, and there again.
    assert_eq!((player.previous(), player.previous()), (Went::TakenBack, Went::TakenBack));
    assert!(player.beat().say[0].contains(&task.say) && player.walks());
    assert_eq!((player.next(), player.next()), (Went::Step(Showed::Step), Went::Step(Showed::Step)));
    assert_eq!((player.next(), player.tasks()), (Went::ToBeat, (0, 1)));
}

#[test]
fn a_task_that_was_skipped_can_be_solved_after_all() {
    let mut player = at_task();
    let start = player.session().here();
    player.hint();
    assert!(player.skip_task());
    assert_eq!((player.task().unwrap().state, player.task().unwrap().steps), (TaskState::Skipped, SOLUTION.len()));
    assert!(!player.skip_task());
    assert_eq!((player.next(), player.tasks()), (Went::ToBeat, (0, 1)));
    player.previous();
    assert!(player.reset_task());
    let task = player.task().unwrap();
    assert_eq!((task.state, task.hint, task.hints.len(), task.steps), (TaskState::Open, 0, 0, 0));
    assert!(player.beat().say[0].contains(&task.say));
    for line in SOLUTION {
        act(&mut player, line).unwrap();
    }
    assert_eq!((player.task().unwrap().state, player.tasks()), (TaskState::Solved, (1, 1)));
    player.session_mut().jump(start);
    player.session_mut().back();
    assert!(player.off_path(), "before its start is outside of the task");
    assert_eq!(act(&mut player, "crash L1"), Ok(()), "and there everything is allowed");
    assert_eq!((player.next(), player.off_path()), (Went::BackToPath, false));
}

#[test]
fn an_answer_is_hidden_again_and_the_first_one_counts() {
    let mut player = acceptors_player();
    while player.question().is_none() {
        player.next();
    }
    let (beat, before) = (player.beat_number(), player.session().here());
    let truth = {
        let mut other = player.clone();
        other.next();
        other.question().unwrap().truth.unwrap()
    };
    let wrong = usize::from(truth == 0);
    assert_eq!(player.answer(wrong), Some(false));
    assert_eq!((player.previous(), player.beat_number(), player.session().here()), (Went::TakenBack, beat, before));
    let asked = player.question().unwrap();
    assert!(asked.is_open() && asked.verdict.is_none() && player.asked().is_some());
    assert_eq!(player.answer(truth), Some(true));
    assert_eq!((player.question().unwrap().given, player.score()), (Some(truth), (0, 1)));
    player.previous();
    player.previous();
    assert_eq!((player.beat_number(), player.next()), (beat - 1, Went::ToBeat));
    assert!(player.question().unwrap().is_open(), "it is asked again");
    assert_eq!((player.next(), player.score()), (Went::Revealed, (0, 1)));
    assert_eq!(player.next(), Went::ToBeat);
}

#[test]
fn an_authors_question_is_answered_with_its_whys() {
    let mut player = acceptors_player();
    while player.beat_number() < player.beat_count() {
        player.next();
    }
    let open = player.question().unwrap();
    assert!(open.is_open() && open.choices.len() == 4 && player.asked().is_none());
    let truth = open.choices.iter().position(|lines| lines[0].contains("which reports A")).unwrap();
    let wrong = open.choices.iter().position(|lines| lines[0].contains("L1 stays")).unwrap();
    let mut other = player.clone();
    assert_eq!(player.answer(wrong), Some(false));
    let closed = player.question().unwrap();
    assert_eq!(
        (closed.truth, closed.verdict.as_deref()),
        (Some(truth), Some("No: any leader may run at any time; L0 just did."))
    );
    assert!(player.beat().say[0].starts_with("Two majorities share"), "why the right one is right is for all");
    assert_eq!(other.answer(truth), Some(true));
    assert_eq!(other.question().unwrap().verdict.as_deref(), Some("Right."));
    assert_eq!(other.score().0, player.score().0 + 1);
}

#[test]
fn leaving_the_path_loses_nothing() {
    let mut player = acceptors_player();
    player.next();
    let asked = player.asked().unwrap().clone();
    let other = player.session().world().enabled().into_iter().find(|action| *action != asked).unwrap();
    player.act(other).unwrap();
    let tried = player.session().here();
    assert!(player.off_path() && player.question().unwrap().is_open());
    assert_eq!(player.next(), Went::BackToPath);
    assert!(!player.off_path() && player.question().unwrap().is_open());
    player.session_mut().jump(tried);
    assert!(player.off_path(), "what was tried is still there");
    assert!(player.back_to_path() && !player.back_to_path());
    player.act(asked).unwrap();
    assert!(!player.off_path());
    assert_eq!((player.question().is_some_and(|question| !question.is_open()), player.score()), (true, (0, 0)));
}
