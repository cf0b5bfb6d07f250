//! The built-in lessons, played; and that the checker notices whatever is made wrong in a copy.
#![allow(clippy::unwrap_used, clippy::panic)]

mod checker;
#[cfg(feature = "terminal")]
mod command_line;
mod frames;
mod kinds;
mod player;

use paxoscope::script::{Beat, BeatKind, Lesson};
use paxoscope::teach::{Player, Question, TaskState, Went, built_in, check_text};
use paxoscope::world::fields;
use paxoscope::world::text::Notation;

const FILE: &str = "lessons/acceptors.ron";

fn acceptors() -> &'static str {
    built_in().iter().find(|lesson| lesson.id == "acceptors").unwrap().text
}

fn acceptors_player() -> Player {
    Player::new(Lesson::parse(FILE, acceptors()).unwrap()).unwrap()
}

/// `ballot_num: 0.1, accepted: []`, as on the slides.
fn frame(player: &Player) -> String {
    let world = player.session().world();
    let a0 = world.cluster().acceptors().next().unwrap();
    let all = fields(world, Notation::Screen, a0.into());
    let shown = all.iter().filter(|(name, _)| *name != "up").map(|(name, value)| format!("{name}: {value}"));
    shown.collect::<Vec<_>>().join(", ")
}

fn lesson(id: &str) -> Player {
    let found = built_in().iter().find(|lesson| lesson.id == id).unwrap();
    Player::new(Lesson::parse(found.file, found.text).unwrap()).unwrap()
}

#[test]
fn every_built_in_lesson_passes() {
    for lesson in built_in() {
        match check_text(lesson.file, lesson.text) {
            Ok((parsed, summary)) => {
                assert_eq!(parsed.id.text, lesson.id);
                assert!(summary.questions > 1 && summary.tasks > 0, "{summary:?}");
                assert!(matches!(parsed.beats.last().unwrap().kind, BeatKind::Ask(_)), "it ends with a question");
                let predicts = |beat: &Beat| matches!(beat.kind, BeatKind::Predict(_));
                assert!(parsed.beats.iter().any(predicts), "it has a prediction");
            }
            Err(errors) => panic!("{errors:#?}"),
        }
    }
}

/// `LESSON=tour cargo test --test lessons -- --ignored --nocapture` prints every beat of that lesson, or of all, as it is
/// told, to read it as a student.
#[test]
#[ignore = "for reading"]
fn read_aloud() {
    let only = std::env::var("LESSON").ok();
    for lesson in built_in().iter().filter(|lesson| only.as_ref().is_none_or(|only| lesson.id == only)) {
        println!("\n======== {}", lesson.id);
        let mut player = Player::new(Lesson::parse(lesson.file, lesson.text).unwrap()).unwrap();
        loop {
            let beat = player.beat();
            println!(
                "\n{}/{} {}   [{}]",
                player.beat_number(),
                player.beat_count(),
                beat.title,
                beat.slide.unwrap_or_default()
            );
            if let Some(name) = beat.futures.get(beat.future) {
                println!("   or: {name}");
            }
            beat.say.iter().for_each(|say| println!("   {say}"));
            if let Some(question) = player.question().filter(Question::is_open) {
                println!("   {}", question.ask);
                for (at, choice) in question.choices.iter().enumerate() {
                    println!("   {} {}", at + 1, choice.join(" · "));
                }
                for at in 0..question.choices.len() {
                    let mut learner = player.clone();
                    learner.answer(at);
                    println!("     {} > {}", at + 1, learner.question().unwrap().verdict.unwrap());
                    if at + 1 == question.choices.len() {
                        println!("     then: {}", learner.beat().say.join(" "));
                    }
                }
            }
            if let Some(task) = player.task().filter(|task| task.state == TaskState::Open) {
                println!("   goal {}   {}", task.goal, task.limits.unwrap_or_default());
                let mut learner = player.clone();
                for _ in 0..learner.task().unwrap().hint_count {
                    println!("     hint: {}", learner.hint().unwrap_or_default());
                }
                learner.skip_task();
                println!("     then: {}", learner.beat().say.join(" "));
                player.skip_task();
            }
            println!("   A0: {}   look at {}", frame(&player), beat.look_at.join(" "));
            if player.next() == Went::Nowhere {
                break;
            }
        }
    }
}
