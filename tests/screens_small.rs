//! The least size of a lecture: what a task says, for which a clicker has no key, and where all processes stand.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod screen;

use std::collections::BTreeMap;

use paxoscope::app::{Key, Model, Msg, update};
use paxoscope::pmmc::ProcessId;
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

/// Every frame of the built-in lessons at this size with all processes in sight, as a clicker goes through them.
fn frames_of_all(size: (u16, u16), mut check: impl FnMut(&Model, &str)) {
    for file in built_in() {
        let mut model = Model::lesson(Player::new(Lesson::parse(file.file, file.text).unwrap()).unwrap());
        update(&mut model, Msg::Resize(size.0, size.1));
        update(&mut model, Msg::Key(Key::F(5)));
        while !player(&model).finished() {
            check(&model, file.id);
            update(&mut model, Msg::Key(Key::PageDown));
        }
    }
}

/// What stands above the lesson's title.
fn stage(model: &Model, (columns, rows): (u16, u16)) -> Vec<Vec<char>> {
    let screen = glyphs(&draw(model, columns, rows));
    screen.lines().take_while(|line| !line.starts_with('─')).map(|line| line.chars().collect()).collect()
}

/// Where the name of each process stands: behind one mark.
fn places(model: &Model, size: (u16, u16)) -> BTreeMap<ProcessId, (usize, usize)> {
    let stage = stage(model, size);
    let is_at = |name: &str, line: &[char], x: usize| {
        let name: Vec<char> = format!("{name} ").chars().collect();
        line[x..].starts_with(&name) && x > 0 && " ●▹▸┃▌".contains(line[x - 1])
    };
    let place = |process: ProcessId| {
        let name = process.to_string();
        let mut all = (1..stage.len()).flat_map(|y| (0..stage[y].len()).map(move |x| (x, y)));
        Some((process, all.find(|(x, y)| is_at(&name, &stage[*y], *x))?))
    };
    servers(model).filter_map(place).collect()
}

/// The eye is on one process: it stays where it is when the answer comes.
#[test]
fn no_process_moves_between_a_question_and_its_answer() {
    for size in [SIZE, (80, 18)] {
        let (mut asked, mut seen) = (None, 0);
        frames_of_all(size, |model, id| {
            let beat = player(model).beat_number();
            let question = player(model).question();
            let before = asked.take();
            let Some(question) = question.filter(|_| player(model).beat().panel.is_none()) else { return };
            let places = places(model, size);
            if question.is_open() {
                assert_eq!(places.len(), servers(model).count());
                asked = Some((id.to_owned(), beat, places));
            } else {
                seen += 1;
                assert_eq!(before, Some((id.to_owned(), beat, places)), "{}", glyphs(&draw(model, size.0, size.1)));
            }
        });
        assert!(seen > 50, "{seen}");
    }
}

/// All but the clients.
fn servers(model: &Model) -> impl Iterator<Item = ProcessId> {
    let cluster = player(model).session().world().cluster();
    cluster.processes().filter(|process| !matches!(process, ProcessId::Client(_)))
}

/// What a leader wants is what the questions are about: it is shown, or it has the mark of what is cut.
#[test]
fn no_leader_hides_what_it_wants() {
    let mut seen = 0;
    frames_of_all(SIZE, |model, id| {
        let stage = stage(model, SIZE);
        let world = player(model).session().world();
        for (process, (x, y)) in places(model, SIZE) {
            let ProcessId::Leader(leader) = process else { continue };
            let wants = &world.leader(leader).unwrap().state.proposals;
            let row: String = stage[y][x..].iter().collect();
            seen += usize::from(!wants.is_empty());
            let is_told = |slot| row.contains('…') || row.contains(&format!("⟨{slot},"));
            let has_list = wants.is_empty() || row.contains(" p[") || row.contains(" proposals: [");
            assert!(has_list && wants.keys().all(is_told), "{id}: {wants:?}\n{row}");
        }
    });
    assert!(seen > 300, "{seen}");
}

/// From step to step, on slides and in rows, a commander is called the same, and all rows are written alike.
#[test]
fn one_thing_has_one_name() {
    let mut seen = 0;
    let mut check = |model: &Model, id: &str, is_slide: bool| {
        for line in stage(model, SIZE) {
            let line: String = line.iter().collect();
            seen += usize::from(line.contains("cmdr "));
            assert!(!line.contains("commander ") && !line.contains("waits: "), "{id}\n{line}");
            assert!(!line.contains("cmdr ⟨") && !line.contains("scout: "), "{id}\n{line}");
            let is_row = !is_slide && line.chars().nth(1).is_some_and(|role| "RLA".contains(role));
            assert!(!is_row || !line.contains("⟩, ⟨") && !line.contains("{A0, A"), "{id}\n{line}");
        }
    };
    frames_of_all(SIZE, |model, id| check(model, id, false));
    frames(|model, id, _| check(model, id, true));
    assert!(seen > 100, "{seen}");
}
