//! What a task says at the least size of a lecture: a clicker has no key for the whole text.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod screen;

use paxoscope::app::{Key, Model, Msg, update};
use paxoscope::script::{Lesson, paragraphs};
use paxoscope::teach::{Player, built_in};
use screen::{draw, glyphs};

const SIZE: (u16, u16) = (60, 18);

fn player(model: &Model) -> &Player {
    model.stage().unwrap().lesson().unwrap()
}

/// The words of a text or a screen, one blank between them; an item's mark is none.
fn words(text: &str) -> String {
    text.split_whitespace().filter(|word| *word != "·").collect::<Vec<_>>().join(" ")
}

/// The same as it stands on the screen, without its marks for bold and code.
fn plain(text: &str) -> String {
    let paragraphs = paragraphs(text).into_iter();
    let told = paragraphs.map(|one| one.pieces.into_iter().map(|piece| piece.text).collect::<String>());
    words(&told.collect::<Vec<_>>().join(" "))
}

/// Every frame of every task of the built-in lessons, as the clicker goes through them.
fn frames(mut check: impl FnMut(&Model, &str, &str)) {
    for file in built_in() {
        let mut model = Model::lesson(Player::new(Lesson::parse(file.file, file.text).unwrap()).unwrap());
        update(&mut model, Msg::Resize(SIZE.0, SIZE.1));
        while !player(&model).finished() {
            if player(&model).task().is_some() {
                check(&model, file.id, &glyphs(&draw(&model, SIZE.0, SIZE.1)));
            }
            update(&mut model, Msg::Key(Key::PageDown));
        }
    }
}

#[test]
fn a_light_that_went_out_is_never_cut_away() {
    let mut seen = 0;
    frames(|model, id, screen| {
        for light in player(model).lights().into_iter().filter(|light| !light.holds) {
            seen += 1;
            assert!(screen.contains(&format!("✗ {}", light.name)), "{id}: {}\n{screen}", light.name);
        }
    });
    assert!(seen > 20, "{seen}");
}

#[test]
fn what_a_task_says_is_whole() {
    let (mut cut, mut seen) = (Vec::new(), 0);
    frames(|model, id, screen| {
        let told = words(screen);
        let task = player(model).task().filter(|task| !task.reached && task.shown.is_none() && task.stuck.is_none());
        // Those of a game are longer, and may end in a mark. All begin with a capital letter.
        let limits = task
            .filter(|task| task.game.is_none())
            .and_then(|task| task.limits)
            .map(|limits| limits.chars().skip(1).collect());
        for text in player(model).beat().say.into_iter().chain(limits) {
            seen += 1;
            if !told.contains(&plain(&text)) {
                cut.push(format!("{id} beat {}: {}\n{screen}", player(model).beat_number(), plain(&text)));
            }
        }
    });
    assert!(seen > 50, "{seen}");
    assert!(cut.is_empty(), "{} of {seen}:\n{}", cut.len(), cut.join("\n"));
}

/// What a clicker does is offered, and how far we are is told, whatever else has to give way.
#[test]
fn the_keys_of_a_clicker_and_the_step_are_in_sight() {
    let mut broken = 0;
    frames(|model, id, screen| {
        let session = model.stage().unwrap().session();
        broken += usize::from(session.violations().len() > 3);
        let (header, keys) = (screen.lines().next().unwrap(), screen.lines().last().unwrap());
        let title: String = player(model).lesson().title.text.chars().take(12).collect();
        let step = format!("step {} ", session.step());
        assert!(header.contains(&title) && header.contains(&step), "{id}\n{screen}");
        let shown = player(model).task().is_some_and(|task| task.shown.is_some());
        assert!(keys.contains("/pgdn ") && (!shown || keys.contains("pgup ")), "{id}\n{screen}");
    });
    assert!(broken > 1, "{broken}");
}
