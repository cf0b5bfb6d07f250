//! The choices of a question, on the screen of a lecture: each is whole, so that none is taken for another one.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod screen;

use paxoscope::app::{Key, Model, Msg, update};
use paxoscope::script::Lesson;
use paxoscope::teach::{Difficulty, Player, Question, QuizTerms, built_in};
use screen::{draw, glyphs, press};

fn player(model: &Model) -> &Player {
    model.stage().unwrap().lesson().unwrap()
}

/// What stands on the screen behind each number of a choice, by its mark.
fn told(screen: &str, number: usize) -> String {
    let heads = ["▸", " ", "✓", "✗"].map(|mark| format!(" {mark} {number} "));
    let mut lines = screen.lines().skip_while(|line| !heads.iter().any(|head| line.starts_with(head.as_str())));
    let first = lines.next().unwrap_or_default();
    let rest = lines.take_while(|line| line.starts_with("     ") && line.chars().nth(5).is_some_and(|one| one != ' '));
    let all: Vec<&str> = first.split_whitespace().skip_while(|word| *word != number.to_string()).skip(1).collect();
    [all, rest.flat_map(str::split_whitespace).collect()].concat().join(" ")
}

/// Every frame with a choice on it, at the least size of a lecture and at the usual one, as a slide and with all processes.
fn frames(model: &Model, mut check: impl FnMut(&str, &str)) {
    for (columns, rows) in [(60, 18), (80, 24)] {
        for large in [false, true] {
            let mut model = model.clone();
            update(&mut model, Msg::Resize(columns, rows));
            if model.stage().unwrap().large(rows < 24) != large {
                update(&mut model, Msg::Key(Key::F(5)));
                press(&mut model, "esc");
            }
            check(&format!("{columns}x{rows} large {large}"), &glyphs(&draw(&model, columns, rows)));
        }
    }
}

/// Every choice of this question that is not whole.
fn cut_choices(model: &Model, cut: &mut Vec<String>) -> usize {
    let Some(question) = player(model).question() else { return 0 };
    let is_shown = |at: &usize| question.is_open() || question.truth == Some(*at) || question.given == Some(*at);
    let mut seen = 0;
    frames(model, |size, screen| {
        for at in (0..question.choices.len()).filter(is_shown) {
            seen += 1;
            let whole: Vec<String> = question.choices[at].join("; ").split_whitespace().map(str::to_owned).collect();
            if told(screen, at + 1) != whole.join(" ") {
                let title = &player(model).lesson().id.text;
                cut.push(format!("{title} beat {} {size}: {}\n{screen}", player(model).beat_number(), whole.join(" ")));
            }
        }
    });
    seen
}

/// A clicker has no key for the whole text: what it shows a class must be whole.
#[test]
fn no_choice_of_a_lesson_is_cut() {
    let (mut cut, mut seen) = (Vec::new(), 0);
    for file in built_in() {
        let mut model = Model::lesson(Player::new(Lesson::parse(file.file, file.text).unwrap()).unwrap());
        while !player(&model).finished() {
            seen += cut_choices(&model, &mut cut);
            let asked =
                player(&model).question().filter(Question::is_open).map_or(0, |question| question.choices.len());
            for number in 1..=asked {
                let mut answered = model.clone();
                press(&mut answered, &number.to_string());
                seen += cut_choices(&answered, &mut cut);
            }
            update(&mut model, Msg::Key(Key::PageDown));
        }
    }
    assert!(seen > 500, "{seen}");
    assert!(cut.is_empty(), "{} of {seen}:\n{}", cut.len(), cut.join("\n"));
}

#[test]
fn no_choice_of_a_quiz_is_cut() {
    let (mut cut, mut seen) = (Vec::new(), 0);
    for (seed, difficulty) in
        (0..12).zip([Difficulty::Easy, Difficulty::default(), Difficulty::Hard].into_iter().cycle())
    {
        let mut model = Model::quiz(QuizTerms { seed, role: None, difficulty }).unwrap();
        for _ in 0..2 * 6 {
            seen += cut_choices(&model, &mut cut);
            update(&mut model, Msg::Key(Key::PageDown));
        }
    }
    assert!(seen > 500, "{seen}");
    assert!(cut.is_empty(), "{} of {seen}:\n{}", cut.len(), cut.join("\n"));
}
