//! The stage as a class sees it: every frame of the slides that a lesson shows, a duel, a partition, a large cluster and
//! many slots, at four sizes; and what must hold of every such picture.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod screen;

use std::fmt::Write;
use std::sync::{Mutex, OnceLock};

use paxoscope::app::lesson::TaskState;
use paxoscope::app::{Model, Theme};
use paxoscope::script::{Lesson, plain};
use paxoscope::teach::{Player, built_in};
use ratatui::buffer::Buffer;
use screen::{draw, glyphs, play, press, sandbox, styled, usual};

/// A clicker's 80x24, a laptop, a large terminal, a wall.
const SIZES: [(u16, u16); 4] = [(80, 24), (100, 30), (160, 50), (250, 70)];
/// The lessons that show frames of the slides.
const FRAMED: [&str; 4] = ["acceptors", "elections", "learning-the-past", "proposals"];
/// Where every process has one line, and where one panel is shown at a time.
const SMALL: [(u16, u16); 2] = [(60, 18), (40, 12)];

/// Thirty commands, decided one after the other, then another leader runs.
fn thirty_slots() -> Model {
    usual(&format!("e enter enter*6 {} e 1 enter*2", "r enter enter*30 ".repeat(30)))
}

/// L0 and A0 on one side; L1 is elected on the other, while L0 still believes that it leads.
fn partition() -> Model {
    let mut model = usual("r enter e enter 1 enter*13");
    for line in ["partition A0 L0 R0 | A1 A2 L1 R1", "elect L1"] {
        paxoscope::app::update(&mut model, paxoscope::app::Msg::Line(line.to_owned()));
    }
    play(&mut model, "enter*2");
    model
}

/// What takes long to play is played once for all tests.
type Played<T> = Mutex<Option<T>>;

fn once<T: Clone>(played: &Played<T>, play: impl FnOnce() -> T) -> T {
    played.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert_with(play).clone()
}

fn scenes() -> Vec<(&'static str, Model)> {
    static PLAYED: Played<Vec<(&'static str, Model)>> = Mutex::new(None);
    once(&PLAYED, play_scenes)
}

fn play_scenes() -> Vec<(&'static str, Model)> {
    vec![
        ("duel", usual("r enter e enter 1 enter*13 e 1 enter*4")),
        ("partition", partition()),
        ("seven_acceptors", sandbox((7, 5, 5), "r enter e enter 1 enter*40")),
        ("thirty_slots", thirty_slots()),
    ]
}

fn lesson(id: &str) -> Model {
    let file = built_in().iter().find(|lesson| lesson.id == id).unwrap();
    Model::lesson(Player::new(Lesson::parse(file.file, file.text).unwrap()).unwrap())
}

/// Every moment of a lesson in order: each beat, with its question open and answered, and each of its futures.
fn moments(id: &str) -> Vec<Model> {
    static PLAYED: OnceLock<Vec<Played<Vec<Model>>>> = OnceLock::new();
    let at = built_in().iter().position(|lesson| lesson.id == id).unwrap();
    let all = PLAYED.get_or_init(|| built_in().iter().map(|_| Mutex::new(None)).collect());
    once(&all[at], || play_moments(id))
}

fn play_moments(id: &str) -> Vec<Model> {
    let mut model = lesson(id);
    let mut moments = vec![model.clone()];
    let at = |model: &Model| {
        let player = model.stage().unwrap().lesson().unwrap();
        let step = player.session().here();
        (player.beat_number(), player.question().map(|question| question.is_open()), player.beat().future, step)
    };
    for _ in 0..400 {
        let before = at(&model);
        press(&mut model, "space");
        if at(&model) == before && !model.stage().unwrap().lesson().unwrap().finished() {
            // An open task says so first.
            press(&mut model, "space");
        }
        if at(&model) == before {
            break;
        }
        moments.push(model.clone());
    }
    moments
}

/// The moments of a lesson that a slide shows; of a lesson whose slides are in the longer lecture only, all in which it
/// tells or asks.
fn frames(id: &str) -> Vec<Model> {
    let all = moments(id);
    let slides = |model: &Model| model.stage().unwrap().lesson().unwrap().beat().slide.is_some();
    let has_slides = all.iter().filter(|model| slides(model)).count() > 2;
    let plays = |model: &Model| model.stage().unwrap().lesson().unwrap().task().is_some();
    let is_framed = |model: &Model| if has_slides { slides(model) } else { !plays(model) };
    all.into_iter().filter(is_framed).collect()
}

fn gallery(models: &[Model], (columns, rows): (u16, u16)) -> String {
    let mut out = String::new();
    for (at, model) in models.iter().enumerate() {
        writeln!(out, "{} of {}\n{}", at + 1, models.len(), glyphs(&draw(model, columns, rows))).unwrap();
    }
    out
}

#[test]
fn the_frames_of_the_slides() {
    for id in FRAMED {
        let frames = frames(id);
        assert!(frames.len() >= 3, "{id}");
        for (columns, rows) in SIZES {
            insta::assert_snapshot!(format!("{id}_{columns}x{rows}"), gallery(&frames, (columns, rows)));
        }
        insta::assert_snapshot!(format!("{id}_60x18"), gallery(&frames, (60, 18)));
    }
}

#[test]
fn scenes_at_every_size() {
    for (name, model) in scenes() {
        for (columns, rows) in SIZES.into_iter().chain(SMALL) {
            insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), glyphs(&draw(&model, columns, rows)));
        }
    }
}

/// In the slide view every process that a beat is about is to be seen, also where there is little room; after a step of a
/// task the one that took it, and of the others those that fit.
#[test]
fn a_slide_leaves_nobody_out() {
    let mut most = 0;
    for (name, model) in all_models() {
        let Some(player) = model.stage().unwrap().lesson() else { continue };
        let beat = player.beat();
        if beat.panel.is_some() || beat.look_at.is_empty() {
            continue;
        }
        for (columns, rows) in [(80, 24), (100, 30), (60, 18), (60, 16)] {
            let mut model = model.clone();
            paxoscope::app::update(&mut model, paxoscope::app::Msg::Resize(columns, rows));
            if !model.stage().unwrap().large(columns < 80) {
                press(&mut model, "s");
            }
            let text = glyphs(&draw(&model, columns, rows));
            // What the beat says begins with a line of its own.
            let above: Vec<&str> = text.lines().skip(1).take_while(|line| !line.starts_with('─')).collect();
            let above = above.join("\n");
            let stage = model.stage().unwrap();
            let task = player.task();
            let has_begun = task.as_ref().is_some_and(|task| task.steps > 0) && stage.marks_step();
            let actor = stage.actor().filter(|_| has_begun).map(|actor| actor.to_string());
            // On a small screen a task has one layout from its first frame on.
            let has_all = !has_begun && (columns >= 80 || task.is_none());
            let looked_at = beat.look_at.iter().filter_map(|one| one.split('.').next()).filter(|_| has_all);
            for process in looked_at.chain(actor.as_deref()) {
                let is_there = process.starts_with('C') || above.contains(&format!("{process} "));
                assert!(is_there, "{name} at {columns}x{rows}: {process}\n{text}");
            }
            most = most.max(beat.look_at.len());
        }
    }
    assert!(most >= 4);
}

fn symbol(buffer: &Buffer, x: u16, y: u16) -> &str {
    buffer.cell((x, y)).map_or("", |cell| cell.symbol())
}

/// What is wrong with the boxes of a picture: one that has a name in its upper border must be closed all round.
fn broken_borders(buffer: &Buffer) -> Vec<String> {
    let mut faults = Vec::new();
    for y in 0..buffer.area.height {
        for x in 0..buffer.area.width {
            let named = ["R", "L", "A", "C"].contains(&symbol(buffer, x + 2, y))
                && [" ", "▹", "●", "▸"].contains(&symbol(buffer, x + 1, y));
            if !["╭", "┎"].contains(&symbol(buffer, x, y)) || !named {
                continue;
            }
            let right = (x + 1..buffer.area.width).find(|at| symbol(buffer, *at, y) == "╮");
            let Some(right) = right else {
                faults.push(format!("the box at {x},{y} has no right corner"));
                continue;
            };
            let bottom = (y + 1..buffer.area.height).find(|at| ["╰", "┖"].contains(&symbol(buffer, x, *at)));
            let closed = bottom.is_some_and(|bottom| {
                let sides = (y + 1..bottom)
                    .all(|at| ["│", "┃", "▌"].contains(&symbol(buffer, x, at)) && symbol(buffer, right, at) == "│");
                sides && symbol(buffer, right, bottom) == "╯"
            });
            if !closed {
                faults.push(format!("the box at {x},{y} is not closed"));
            }
        }
    }
    faults
}

fn all_models() -> Vec<(String, Model)> {
    let scenes = scenes().into_iter().map(|(name, model)| (name.to_owned(), model));
    let lessons = built_in().iter().flat_map(|lesson| {
        let moments = moments(lesson.id).into_iter().enumerate();
        moments.map(|(at, model)| (format!("{} {at}", lesson.id), model)).collect::<Vec<_>>()
    });
    scenes.chain(lessons).collect()
}

/// The boxes that have a name in their upper border: left, top, right and bottom.
fn boxes(buffer: &Buffer) -> Vec<[u16; 4]> {
    let (columns, rows) = (buffer.area.width, buffer.area.height);
    let mut found = Vec::new();
    for (y, x) in (0..rows).flat_map(|y| (0..columns).map(move |x| (y, x))) {
        // Whatever a process is marked with, its name stays where it is.
        let is_named = |x: u16| x < columns && ["R", "L", "A", "C"].contains(&symbol(buffer, x, y));
        let corner = ["╭", "┎"].contains(&symbol(buffer, x, y)) && is_named(x + 2);
        if corner && [" ", "▹", "●", "▸"].contains(&symbol(buffer, x + 1, y)) {
            let right = (x + 1..columns).find(|at| symbol(buffer, *at, y) == "╮");
            let bottom = (y + 1..rows).find(|at| ["╰", "┖"].contains(&symbol(buffer, x, *at)));
            if let (Some(right), Some(bottom)) = (right, bottom) {
                found.push([x, y, right, bottom]);
            }
        }
    }
    found
}

/// No box moves between the frames of a lesson, nor in a run.
#[test]
fn no_box_moves_between_steps() {
    let same = |name: &str, models: &[Model], size: (u16, u16)| {
        let first = boxes(&draw(&models[0], size.0, size.1));
        for model in models {
            let buffer = draw(model, size.0, size.1);
            assert_eq!(boxes(&buffer), first, "{name} at {size:?}\n{}", glyphs(&buffer));
        }
        first.len()
    };
    for size in SIZES {
        for id in FRAMED {
            // Other beats of these lessons show a grid in place of the boxes.
            let plain = |model: &Model| model.stage().unwrap().lesson().unwrap().beat().panel.is_none();
            let models: Vec<Model> = frames(id).into_iter().filter(plain).collect();
            assert!(same(id, &models, size) >= 7, "{id} at {size:?}");
        }
        for cluster in [(3, 2, 2), (7, 5, 5), (5, 3, 3), (1, 1, 1)] {
            let mut model = sandbox(cluster, "");
            let mut models = vec![model.clone()];
            for key in "r enter e 0 enter*24 c a 0 enter x d left*3".split(' ') {
                play(&mut model, key);
                if model.overlay().is_none() {
                    models.push(model.clone());
                }
            }
            same(&format!("{cluster:?}"), &models, size);
        }
    }
}

/// What is left out of a box or of a message carries a mark: where a bracket is not closed there is a `…`.
#[test]
fn nothing_is_cut_without_a_mark() {
    let open = |text: &str| {
        let pairs = [('(', ')'), ('[', ']'), ('⟨', '⟩'), ('{', '}')];
        let count = |sought: char| text.chars().filter(|char| *char == sought).count();
        !text.contains('…') && pairs.iter().any(|(left, right)| count(*left) != count(*right))
    };
    for (name, model) in all_models() {
        for (columns, rows) in SIZES.into_iter().chain(SMALL) {
            let buffer = draw(&model, columns, rows);
            for [left, top, right, bottom] in boxes(&buffer) {
                let line = |y: u16| (left + 1..right).map(|x| symbol(&buffer, x, y)).collect::<String>();
                let text = (top..=bottom).map(line).collect::<Vec<_>>().join("\n");
                assert!(!open(&text), "{name} at {columns}x{rows}:\n{text}");
            }
            for line in glyphs(&buffer).lines().filter(|line| line.contains(" → ") && line.contains("  p")) {
                // What stands at the side is about something else.
                let line = line.split(" │ ").next().unwrap_or(line);
                assert!(!open(line), "{name} at {columns}x{rows}: {line}");
            }
        }
    }
}

/// A cut network and a slide's frame in colours on dark and on light, and without any.
#[test]
fn frames_in_three_themes() {
    let frame = frames("elections").swap_remove(8);
    for (name, model) in [("partition", partition()), ("preempted", frame)] {
        for theme in [Theme::Dark, Theme::Light, Theme::Mono] {
            let model = model.clone().with_theme(theme).with_background(Some(theme == Theme::Light));
            insta::assert_snapshot!(format!("{name}_{}_80x24_styles", theme.name()), styled(&draw(&model, 80, 24)));
        }
    }
}

#[test]
fn every_box_is_closed_at_every_size() {
    for (name, model) in all_models() {
        for (columns, rows) in SIZES.into_iter().chain(SMALL).chain([(80, 18), (90, 22), (140, 34), (200, 60)]) {
            assert_eq!(broken_borders(&draw(&model, columns, rows)), [""; 0], "{name} at {columns}x{rows}");
        }
    }
}

/// A question of any lesson, with all its choices, is whole where a class looks at it; and at 60x18, too, but for a
/// choice that is longer than its line, which then says so.
#[test]
fn questions_are_whole() {
    for (name, model) in all_models() {
        let Some(question) =
            model.stage().unwrap().lesson().and_then(Player::question).filter(paxoscope::teach::Question::is_open)
        else {
            continue;
        };
        for (columns, rows) in SIZES.into_iter().chain([(60, 18)]) {
            let text = glyphs(&draw(&model, columns, rows));
            // Without the panels beside it the words follow one another.
            let words: String =
                text.split('\n').map(|line| line.split('│').next_back().unwrap().trim()).collect::<Vec<_>>().join(" ");
            let asked = plain(&question.ask).split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains(&asked), "{name} at {columns}x{rows}: {asked}\n{text}");
            for choice in 1..=question.choices.len() {
                assert!(text.contains(&format!(" {choice} ")), "{name} at {columns}x{rows}: choice {choice}\n{text}");
            }
        }
    }
}

/// What is to be done in a task is whole where a class looks at it.
#[test]
fn tasks_are_whole() {
    let told = |text: &str| plain(text).replace("- ", "").split_whitespace().collect::<Vec<_>>().join(" ");
    for (name, model) in all_models() {
        let Some(task) = model.stage().unwrap().lesson().and_then(Player::task) else { continue };
        // While the solution is shown, what the step did matters more.
        if task.state != TaskState::Open || task.shown.is_some() {
            continue;
        }
        for (columns, rows) in SIZES {
            let text = glyphs(&draw(&model, columns, rows));
            let words: String =
                text.split('\n').map(|line| line.split('│').next_back().unwrap().trim()).collect::<Vec<_>>().join(" ");
            let words = words.replace("· ", "");
            assert!(words.contains(&told(&task.say)), "{name} at {columns}x{rows}: {}\n{text}", task.say);
        }
    }
}

/// The rows in which a panel begins.
fn panel_rows(model: &Model, (columns, rows): (u16, u16)) -> Vec<(usize, String)> {
    let text = glyphs(&draw(model, columns, rows));
    let titles = ["─ in flight", "─ why", "─ then", "─ rules", "─ 21 inv", "─ space-time"];
    let begins = |line: &str| {
        // Why a key did nothing stands where the why stands.
        let line = line.replace("─ ✗ nothing done", "─ why").replace("─ done", "─ why");
        titles.iter().find(|title| line.contains(**title)).map(|title| (*title).to_owned())
    };
    text.lines().enumerate().filter_map(|(at, line)| begins(line).map(|title| (at, title))).collect()
}

/// Panels stay where they are through a whole run, at every size.
#[test]
fn no_panel_moves_between_steps() {
    for size in SIZES.into_iter().chain(SMALL) {
        let mut model = usual("");
        let at_first = panel_rows(&model, size);
        assert!(!at_first.is_empty());
        for key in "r enter e enter 1 enter*24 c a 0 enter e 1 enter*4 x d left*3".split(' ') {
            play(&mut model, key);
            if model.overlay().is_none() {
                assert_eq!(panel_rows(&model, size), at_first, "{size:?} after {key}");
            }
        }
    }
}

/// Beside the message that is asked about, what the step before changed would look like the answer; and when the answer
/// is told, the message that came is seen, not the next one of the list. Where none came, no old one looks as if it had.
#[test]
fn a_question_is_about_the_message_to_come_and_its_answer_about_the_one_that_came() {
    for id in ["acceptors", "elections", "proposals"] {
        let (mut open, mut told) = (0, 0);
        let mut asked = None;
        for model in moments(id) {
            let stage = model.stage().unwrap();
            let question = stage.lesson().unwrap().question().is_some();
            if stage.asks() {
                open += 1;
                asked = stage.selected().map(|one| (one.from, one.to));
                for (columns, rows) in SIZES.into_iter().chain([(60, 18)]) {
                    let text = glyphs(&draw(&model, columns, rows));
                    // The diagram of the run is about the past.
                    let (stage, _) = text.split_once("─ space-time ─").unwrap_or((&text, ""));
                    assert!(!stage.contains(['▌', '┎', '┃', '━', '✗']), "{id}\n{text}");
                }
            } else if let Some((from, to)) = asked.take().filter(|_| question) {
                let text = glyphs(&draw(&model, 60, 18));
                // Beside two boxes there is no room for what arrived.
                let alone = stage.marks_step()
                    && stage.actor() == Some(to)
                    && !text.lines().any(|line| line.contains('┎') && line.contains('╭'));
                assert!(!alone || text.contains(&format!("arrived from {from}")), "{id}\n{text}");
                let text = glyphs(&draw(&model, 80, 24));
                let marks = text.contains(['┎', '┃', '━']);
                assert_eq!(marks, stage.marks_step(), "{id}\n{text}");
                told += 1;
            }
        }
        assert!(open > 1 && told > 1, "{id}: {open} questions, {told} answers");
    }
}

/// A way, or a message, beside what has changed is that of what changed it, not of what may come next.
#[test]
fn what_comes_next_does_not_stand_beside_what_changed() {
    // A1's answer makes L0 active; A2's is selected.
    let mut model = usual("e enter enter*5");
    assert!(model.stage().unwrap().selected().is_some_and(|next| next.from.to_string() == "A2"));
    let text = glyphs(&draw(&model, 80, 24));
    let gap: Vec<String> = text.lines().skip(2).take(12).map(|line| line.chars().skip(49).take(5).collect()).collect();
    assert!(gap.iter().any(|cells| cells.contains('━')), "{text}");
    assert!(!gap.iter().any(|cells| cells.contains(['│', '─'])), "{text}");
    press(&mut model, "s");
    let text = glyphs(&draw(&model, 80, 24));
    assert!(text.contains("arrived from A1") && !text.contains("from A2"), "{text}");
}

/// The way of the last message stays whole, and that of the next one branches off; in ASCII, too.
#[test]
fn two_ways_from_one_process_are_both_drawn() {
    let model = usual("e enter enter");
    let text = glyphs(&draw(&model, 80, 24));
    assert!(text.contains("━━┳━▸") && text.contains("╰─▸"), "{text}");
    // Two ways through the gap of the replicas that share nothing.
    let mut model = usual("r enter enter*3");
    let to = |model: &Model| model.stage().unwrap().selected().map(|one| format!("{}>{}", one.from, one.to));
    while to(&model).as_deref() != Some("R1>L1") {
        press(&mut model, "down");
    }
    for (columns, rows) in [(80, 24), (100, 30), (160, 50)] {
        let text = glyphs(&draw(&model, columns, rows));
        let ways = |glyph: &str| text.lines().filter(|line| line.contains(&format!("{glyph}▸"))).count();
        assert_eq!((ways("━"), ways("─")), (1, 1), "{text}");
    }
}

/// Where a message was lost the way of the next one does not run through its mark.
#[test]
fn a_lost_message_has_its_way_to_itself() {
    let mut model = usual("r enter enter*6 e enter");
    press(&mut model, "x");
    let text = glyphs(&draw(&model, 80, 24));
    let way = text.lines().find(|line| line.contains('✗')).unwrap();
    assert!(way.contains("━✗A"), "{text}");
    let others = text.lines().filter(|line| line.contains("│─") || line.contains("──▸"));
    assert_eq!(others.count(), 0, "{text}");
}

/// The numbers of messages that wait do not cut the wires, nor do the wires cover them.
#[test]
fn wires_are_whole_beside_the_numbers() {
    let mut seen = 0;
    for (name, model) in all_models() {
        let buffer = draw(&model, 80, 24);
        let is_of_boxes = model.stage().unwrap().lesson().is_none_or(|player| player.beat().panel.is_none());
        if !is_of_boxes || model.stage().unwrap().large(false) {
            continue;
        }
        // Between the leaders and the acceptors.
        for (x, y) in (49..54).flat_map(|x| (3..13).map(move |y| (x, y))) {
            if ["╮", "┓", "╭", "┏"].contains(&symbol(&buffer, x, y)) {
                let below = symbol(&buffer, x, y + 1);
                let text = glyphs(&buffer);
                assert!(["│", "┃", "╯", "┛", "╰", "┗"].contains(&below), "{name} at {x},{y}: {below}\n{text}");
                seen += 1;
            }
        }
    }
    assert!(seen > 20);
}

/// On a screen as large as a wall the run's diagram stands below the messages, and the view on it is that very one.
#[test]
fn a_wall_shows_the_run_as_a_diagram() {
    let mut model = usual("r enter enter*6 e enter enter*3");
    let before = glyphs(&draw(&model, 250, 70));
    assert!(before.contains("─ space-time ─") && before.contains("─ in flight 3 ─"), "{before}");
    press(&mut model, "T");
    let without_hints = |text: &str| text.lines().take(69).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(without_hints(&glyphs(&draw(&model, 250, 70))), without_hints(&before));
    press(&mut model, "v");
    let votes = glyphs(&draw(&model, 250, 70));
    assert!(votes.contains("─ votes in slot 1") && !votes.contains("─ space-time ─"), "{votes}");
    // A question's answer is among the steps to come.
    for model in moments("acceptors").into_iter().filter(|model| model.stage().unwrap().asks()) {
        let text = glyphs(&draw(&model, 250, 70));
        let step = model.stage().unwrap().session().step();
        assert!(text.contains(&format!("▸{step:>4} ")) && !text.contains(&format!("{:>5} │", step + 1)), "{text}");
    }
}

/// The star is at what a majority accepted under one ballot: not at a vote for the same command under another one.
#[test]
fn only_what_a_majority_has_bears_a_star() {
    let mut script = vec!["request C0 put k1 v1".to_owned(), "elect L0".to_owned(), "elect L1".to_owned()];
    let mut deliver = |messages: &str| script.extend(messages.split("; ").map(|one| format!("deliver {one}")));
    deliver("C0>R0 request(A); R0>L0 propose(1, A); R0>L1 propose(1, A)");
    deliver("L0>A0 p1a(0.0); L0>A1 p1a(0.0); A0>L0 p1b(0.0, []); A1>L0 p1b(0.0, []); L0>A0 p2a(⟨0.0, 1, A⟩)");
    deliver("L1>A0 p1a(0.1); L1>A1 p1a(0.1); A0>L1 p1b(0.1, [⟨0.0, 1, A⟩]); A1>L1 p1b(0.1, [])");
    deliver("L1>A1 p2a(⟨0.1, 1, A⟩); L1>A0 p2a(⟨0.1, 1, A⟩)");
    let model = after(&script.iter().map(String::as_str).collect::<Vec<_>>());
    let text = glyphs(&draw(&model, 160, 50));
    assert!(text.contains("⟨0.1, 1, A⟩★") && text.contains("⟨0.0, 1, A⟩, "), "{text}");
    assert!(!text.contains("⟨0.0, 1, A⟩★"), "{text}");
}

/// Of more scouts than there are lines the one of its `ballot_num` is told whole.
#[test]
fn of_many_scouts_the_newest_has_most_room() {
    let model = after(&["elect L0"; 14]);
    let text = glyphs(&draw(&model, 80, 24));
    assert!(text.contains("ballot_num: 13.0") && text.contains("▌scout 13.0 {A0,A1,A2}"), "{text}");
    assert!(text.contains("scout 12.0 … …+12"), "{text}");
}

/// Where the selected message waits, how to select another one and what ends the wait are to be seen first.
#[test]
fn a_message_that_waits_is_no_dead_end() {
    let model = after(&["request C0 put k1 v1", "crash R0"]);
    let text = glyphs(&draw(&model, 80, 24));
    let hints = text.trim_end().lines().last().unwrap();
    assert!(!hints.contains("deliver") && hints.starts_with(" ↑↓ select · c restart · "), "{hints}");
    let model = after(&["request C0 put k1 v1", "partition C0 | R0 R1"]);
    let text = glyphs(&draw(&model, 80, 24));
    assert!(text.contains("↑↓ select · p heal · "), "{text}");
}

/// The words that say what a process is, and the glyph before each.
const STATES: [&str; 6] = ["♛ active", "◎ scouting", "↓ preempted", "? suspected", "✗ crashed", "‖ cut off"];

/// Every state is told by a glyph and a word, so that it is told without colour.
#[test]
fn states_are_told_apart_without_colour() {
    let shown = |script: &str, lines: &[&str], state: &str| {
        for size in SIZES.into_iter().chain([(60, 18)]) {
            let mut model = usual(script).with_theme(Theme::Mono);
            for line in lines {
                paxoscope::app::update(&mut model, paxoscope::app::Msg::Line((*line).to_owned()));
                assert_eq!(model.notice(), None, "{line}");
            }
            let text = glyphs(&draw(&model, size.0, size.1));
            // In words, too, where there is room for them.
            let in_words = state.replace("◎ ?", "◎ scouting ?");
            assert!(text.contains(state) || text.contains(&in_words), "{state} at {size:?}\n{text}");
        }
    };
    let elected = "e enter enter*6";
    shown(elected, &[], STATES[0]);
    shown("e enter", &[], STATES[1]);
    let preempted = ["elect L0", "elect L1", "deliver L1>A0 p1a(0.1)", "deliver L0>A0 p1a(0.0)"];
    let answer = "deliver A0>L0 p1b(0.1, [], to 0.0)";
    shown("", &[preempted.as_slice(), &[answer]].concat(), STATES[2]);
    shown("", &[preempted.as_slice(), &[answer, "timeout L0"]].concat(), STATES[3]);
    // As long as nothing is heard of it, and beside what it is.
    let later = [answer, "timeout L0", "deliver L0>A0 p1a(1.0)", "deliver L1>A1 p1a(0.1)"];
    shown("", &[preempted.as_slice(), &later].concat(), "◎ ? suspected");
    shown("", &["crash A1"], STATES[4]);
    shown("", &["partition A0 | A1 A2"], STATES[5]);
}

fn after(lines: &[&str]) -> Model {
    let mut model = usual("");
    for line in lines {
        paxoscope::app::update(&mut model, paxoscope::app::Msg::Line((*line).to_owned()));
        assert_eq!(model.notice(), None, "{line}");
    }
    model
}

fn screen_of(model: &Model) -> String {
    glyphs(&draw(model, 100, 30))
}

/// Before a message is delivered the screen says what it would do, in the box and in words, and what would take that
/// away; then it does just that.
#[test]
fn what_a_message_would_do_is_shown_before() {
    let mut model = after(&["elect L0", "elect L1"]);
    // L0's p1a to A0 is looked at; L1's has a higher ballot.
    press(&mut model, "1");
    let text = screen_of(&model);
    assert!(text.contains("ballot_num: 0 (→ 0.0)"), "{text}");
    assert!(text.contains("then:  A0 adopts 0.0"), "{text}");
    assert!(text.contains("becomes stale if p1a(0.1) of L1 arrives first"), "{text}");
    press(&mut model, "enter");
    assert!(screen_of(&model).contains("ballot_num: 0 → 0.0"));

    let mut overtaken = after(&["elect L0", "elect L1", "deliver L1>A0 p1a(0.1)"]);
    press(&mut overtaken, "1");
    let text = screen_of(&overtaken);
    assert!(text.contains("▸1 L0 → A0  p1a(0.0)") && text.contains("then:  A0 keeps ballot_num 0.1"), "{text}");
    assert!(!text.contains("becomes stale"), "nothing can take away what it has not\n{text}");
}

/// A message of which nothing would come says so in its row, selected or not, in place of the slides' word; not while a
/// lesson asks what will come of it.
#[test]
fn what_is_stale_says_so_in_its_row() {
    let script =
        ["elect L0", "elect L1", "deliver L1>A0 p1a(0.1)", "deliver L1>A1 p1a(0.1)", "deliver A0>L1 p1b(0.1, [])"];
    for selected in ["1", "2"] {
        let mut model = after(&script);
        press(&mut model, selected);
        let text = screen_of(&model);
        let row = |message: &str| text.lines().find(|line| line.contains(message)).unwrap_or_default().to_owned();
        assert!(row("L0 → A0  p1a(0.0)").contains("stale: A0 has 0.1"), "{text}");
        assert!(row("L0 → A1  p1a(0.0)").contains("stale: A1 has 0.1"), "{text}");
        assert!(row("L0 → A2  p1a(0.0)").contains("\"prepare\""), "{text}");
    }
    let more =
        ["deliver A1>L1 p1b(0.1, [])", "request C0 noop", "deliver C0>R0 request(A)", "deliver R0>L1 propose(1, A)"];
    let text = glyphs(&draw(&after(&[&script[..], &more].concat()), 160, 50));
    let early = text.lines().find(|line| line.contains("L1 → A2  p2a")).unwrap_or_default();
    assert!(early.contains("early: A2 has 0"), "its prepare has not come\n{text}");
}

/// Why it cannot be delivered now stands where it would be said what it does.
#[test]
fn why_a_message_waits_is_shown() {
    let text = screen_of(&after(&["elect L0", "crash A0"]));
    assert!(text.contains("waits: A0 is crashed") && !text.contains("(→"), "{text}");
    let text = screen_of(&after(&["elect L0", "partition A0 | L0"]));
    assert!(text.contains("is cut off from"), "{text}");
}

/// While a lesson tells or asks nothing says what comes next.
#[test]
fn a_lesson_gives_nothing_away() {
    for id in ["acceptors", "elections", "proposals"] {
        for model in moments(id) {
            let player = model.stage().unwrap().lesson().unwrap();
            if player.task().is_some() {
                continue;
            }
            for (columns, rows) in SIZES.into_iter().chain(SMALL) {
                let text = glyphs(&draw(&model, columns, rows));
                assert!(!text.contains("then:") && !text.contains("(→") && !text.contains("(+"), "{id}\n{text}");
            }
        }
    }
}
