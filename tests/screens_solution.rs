//! A task's solution as it is shown: the line is that of the step that has just happened, and the slide keeps its layout.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod screen;

use paxoscope::app::{Key, Model, Msg, update};
use paxoscope::pmmc::ProcessId;
use paxoscope::script::Lesson;
use paxoscope::teach::{Player, built_in};
use paxoscope::world::{Action, Event};
use screen::{draw, glyphs};

/// Every frame of every task's shown solution, from the open task to its end, with the lesson's id.
fn solutions() -> Vec<(String, Vec<Model>)> {
    let mut all = Vec::new();
    for file in built_in() {
        let mut model = Model::lesson(Player::new(Lesson::parse(file.file, file.text).unwrap()).unwrap());
        let mut frames = Vec::new();
        while !player(&model).finished() {
            let beat = player(&model).beat_number();
            if player(&model).task().is_some() {
                frames.push(model.clone());
            }
            update(&mut model, Msg::Key(Key::PageDown));
            if player(&model).beat_number() != beat && !frames.is_empty() {
                all.push((format!("{} {beat}", file.id), std::mem::take(&mut frames)));
            }
        }
    }
    assert!(all.len() > 10, "{}", all.len());
    all
}

fn player(model: &Model) -> &Player {
    model.stage().unwrap().lesson().unwrap()
}

/// Who took part in the last step of a solution.
fn parties(model: &Model) -> Vec<ProcessId> {
    let was_shown = player(model).task().unwrap().shown.is_some();
    let last = model.stage().unwrap().session().last_action().filter(|_| was_shown);
    let all = last.into_iter().flat_map(Action::parties);
    all.filter(|one| !matches!(one, ProcessId::Client(_))).collect()
}

/// Where boxes begin and end, and what cells they have.
fn corners(text: &str, rows: usize) -> Vec<(usize, usize)> {
    let lines = text.lines().enumerate().skip(2).take(rows);
    let cells = lines.flat_map(|(y, line)| line.chars().enumerate().map(move |(x, cell)| (x, y, cell)));
    // The upper left one may be a mark, as a line may be that changed.
    cells.filter(|(.., cell)| "╮╰╯".contains(*cell)).map(|(x, y, _)| (x, y)).collect()
}

#[test]
fn the_slide_of_a_solution_shows_who_takes_part_in_one_layout() {
    for (columns, rows) in [(80, 24), (60, 18), (160, 50)] {
        for (name, frames) in solutions() {
            let (mut layout, mut top) = (None, None);
            for mut model in frames {
                update(&mut model, Msg::Resize(columns, rows));
                if columns >= 80 {
                    update(&mut model, Msg::Key(Key::F(5)));
                }
                if player(&model).beat().look_at.is_empty() {
                    continue;
                }
                let text = glyphs(&draw(&model, columns, rows));
                let stage = rows as usize / 2;
                let boxes = corners(&text, stage);
                assert!(!boxes.is_empty(), "{name}\n{text}");
                let heading = text.lines().position(|line| line.starts_with("─ ")).filter(|_| columns < 160);
                assert_eq!(*top.get_or_insert(heading), heading, "{name}\n{text}");
                assert_eq!(*layout.get_or_insert(boxes.clone()), boxes, "{name}\n{text}");
                for process in parties(&model).into_iter().take(boxes.len() / 3) {
                    let is_named = |line: &str| {
                        ['╭', '▌'].iter().any(|edge| {
                            line.split(*edge).skip(1).any(|title| {
                                title
                                    .split_whitespace()
                                    .take(3)
                                    .any(|word| word.trim_start_matches(['▹', '●']) == process.to_string())
                            })
                        })
                    };
                    assert!(text.lines().any(is_named), "{name}: {process}\n{text}");
                }
            }
        }
    }
}

/// A way on the stage is that of the step that was shown, or of what it sent: never that of the step to come.
#[test]
fn the_way_beside_a_shown_step_is_its_own() {
    let mut steps = 0;
    for (name, frames) in solutions() {
        for mut model in frames {
            update(&mut model, Msg::Resize(80, 24));
            let stage = model.stage().unwrap();
            let text = glyphs(&draw(&model, 80, 24));
            let column = |process: ProcessId| match process {
                ProcessId::Client(_) => 0,
                ProcessId::Replica(_) => 2,
                ProcessId::Leader(_) => 3,
                ProcessId::Acceptor(_) => 4,
            };
            if player(&model).task().unwrap().shown.is_none() || stage.large(false) {
                continue;
            }
            if let Some(next) = stage.pointed_at() {
                let now = &stage.session().now().events;
                assert!(now.iter().any(|event| *event == Event::Sent(next.clone())), "{name}\n{text}");
            }
            if let Some(Action::Deliver(last)) = stage.session().last_action()
                && i32::abs(column(last.from) - column(last.to)) == 1
            {
                let ways: String = text.lines().skip(2).take(14).collect();
                assert!(ways.contains('━'), "{name}\n{text}");
                assert!(!ways.contains("─▸") && !ways.contains("◂─"), "{name}\n{text}");
                steps += 1;
            }
        }
    }
    assert!(steps > 30, "{steps}");
}

/// Where there is little room a task still says how a clicker goes on, and its limits, if need be in part and with a mark.
#[test]
fn an_open_task_on_a_small_screen_names_the_clicker_and_its_limits() {
    let mut seen = 0;
    for (name, frames) in solutions() {
        let mut model = frames[0].clone();
        for large in [false, true] {
            update(&mut model, Msg::Resize(60, 18));
            if model.stage().unwrap().large(true) != large {
                update(&mut model, Msg::Key(Key::F(5)));
            }
            let text = glyphs(&draw(&model, 60, 18));
            // What a step has just broken comes before all else.
            let alarms = model.stage().unwrap().alarm().is_some();
            assert!(alarms || text.lines().last().unwrap().contains("space/pgdn "), "{name}\n{text}");
            if name.starts_with("acceptors ") {
                assert!(text.contains("You may only deliver, drop and elect; at most 20"), "{name}\n{text}");
                assert!(text.contains("deliveries.") || text.contains("20 …"), "{name}\n{text}");
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 2);
}
