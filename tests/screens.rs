//! Every screen, as text and, where it matters, with its styles. `INSTA_UPDATE=always` rewrites the pictures; with `CI`
//! set nothing is written.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod screen;

use paxoscope::app::{Model, Theme};
use screen::{draw, glyphs, home, lesson, press, sandbox, styled, usual};

/// L0 runs, its p1a reach everybody, one answer is counted.
const HALF_WAY: &str = "r enter e enter 1 enter*8";
/// A is decided and performed, and the client has its answer.
const DECIDED: &str = "r enter e enter 1 enter*22";
/// L0 is elected and its commander counts votes; L1 runs with a higher ballot and has every promise.
const DUEL: &str = "r enter e enter 1 enter*13 e 1 enter*4";

fn look(name: &str, model: &Model, (columns, rows): (u16, u16)) {
    insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), glyphs(&draw(model, columns, rows)));
}

fn look_closely(name: &str, model: &Model, (columns, rows): (u16, u16)) {
    insta::assert_snapshot!(format!("{name}_{columns}x{rows}_styles"), styled(&draw(model, columns, rows)));
}

const COMPACT: (u16, u16) = (80, 24);
const MIDDLE: (u16, u16) = (100, 30);
const LARGE: (u16, u16) = (160, 50);

#[test]
fn home_screen() {
    look_closely("home", &home(), COMPACT);
    let mut model = usual(HALF_WAY);
    press(&mut model, "H");
    look("home_with_an_open_run", &model, COMPACT);
}

#[test]
fn a_fresh_sandbox() {
    for size in [COMPACT, MIDDLE, LARGE, (60, 18), (40, 12), (39, 12)] {
        look("fresh", &usual(""), size);
    }
}

#[test]
fn an_election_half_way() {
    for size in [COMPACT, MIDDLE, LARGE, (60, 18), (40, 12)] {
        look("half_way", &usual(HALF_WAY), size);
    }
    for theme in Theme::ALL {
        let light = matches!(theme, Theme::Light | Theme::Projector);
        let model = usual(HALF_WAY).with_theme(theme).with_background(Some(light));
        look_closely(&format!("half_way_{}", theme.name()), &model, COMPACT);
    }
}

#[test]
fn two_leaders() {
    for size in [COMPACT, MIDDLE, LARGE] {
        look("duel", &usual(DUEL), size);
    }
}

#[test]
fn a_decided_command() {
    look("decided", &usual(DECIDED), COMPACT);
    look("decided", &usual(DECIDED), LARGE);
}

#[test]
fn a_crash_and_the_messages_that_wait() {
    let model = usual("r enter e enter 1 c a 1 enter down*3");
    look("crash", &model, COMPACT);
    look_closely("crash_mono", &model.with_theme(Theme::Mono), COMPACT);
    look("refused", &usual("r enter e enter 1 c a 1 enter down*3 enter"), COMPACT);
}

#[test]
fn prompts() {
    look_closely("request", &usual("r"), COMPACT);
    look("request_mistaken", &usual("r back*6 x enter"), COMPACT);
    look("pick", &usual("r enter c"), COMPACT);
    look("quit", &usual("r enter q"), COMPACT);
}

#[test]
fn help() {
    let mut model = usual(HALF_WAY);
    press(&mut model, "?");
    for size in [COMPACT, LARGE, (60, 18)] {
        look("help", &model, size);
    }
}

#[test]
fn a_chosen_process() {
    look_closely("chosen", &usual("r enter e enter 1 tab down*3"), COMPACT);
}

#[test]
fn branches() {
    look("branches", &usual("r enter e enter 1 enter*4 left*2 x o"), COMPACT);
}

#[test]
fn large_clusters() {
    for size in [COMPACT, MIDDLE, LARGE] {
        look("seven_acceptors", &sandbox((7, 5, 3), HALF_WAY), size);
    }
    look("three_replicas", &sandbox((5, 3, 3), "r enter e enter 1 enter*24"), COMPACT);
}

/// Long lists are folded around what changed, with a mark.
#[test]
fn twelve_slots() {
    let script = format!("e enter enter*6 {} e 1 enter*2", "r enter enter*30 ".repeat(12));
    for size in [COMPACT, MIDDLE] {
        look("twelve_slots", &usual(&script), size);
    }
}

#[test]
fn a_lesson() {
    look_closely("lesson_question", &lesson("space"), COMPACT);
    for size in [COMPACT, MIDDLE, LARGE, (60, 18), (40, 12)] {
        look("lesson_answered", &lesson("space 1"), size);
    }
    look_closely("lesson_slide", &lesson("space 1 space s"), COMPACT);
    look("lesson_off_path", &lesson("space*5 down enter"), COMPACT);
    look("lesson_task", &lesson("space*12 down enter"), COMPACT);
}

/// Every view at every size, of a run in which L1 preempts L0 after A was chosen.
const PREEMPTED: &str = "r enter e enter 1 enter*14 e 1 down enter*5";

fn view(name: &str, script: &str) {
    for size in [COMPACT, MIDDLE, LARGE, (60, 18), (40, 12)] {
        look(&format!("view_{name}"), &usual(script), size);
    }
    look_closely(&format!("view_{name}_mono"), &usual(script).with_theme(Theme::Mono), COMPACT);
}

#[test]
fn view_why() {
    view("why", &format!("{HALF_WAY} w"));
    look("view_why_at_the_beginning", &usual("w"), COMPACT);
    // Scout, leader and commander in one step.
    look("view_why_elected", &usual("r enter e enter 1 enter*11 w left*2"), COMPACT);
    // The second leader, after A was chosen.
    look("view_why_second_leader", &usual(&format!("{PREEMPTED} w left")), COMPACT);
    look("view_why_performed", &usual(&format!("{DECIDED} w left*6")), COMPACT);
}

#[test]
fn view_votes() {
    view("votes", &format!("{PREEMPTED} v"));
    look("view_votes_of_nothing", &usual("v"), COMPACT);
    look("view_votes_seven", &sandbox((7, 5, 3), "r enter e enter 1 enter*40 v"), COMPACT);
}

/// Many slots: one of them as a grid, all of them as a table that scrolls.
#[test]
fn views_of_many_slots() {
    let script = format!("e enter enter*6 {} e 1 enter*2", "r enter enter*30 ".repeat(12));
    look("view_votes_twelve_slots", &usual(&format!("{script} v up*9")), COMPACT);
    look("view_knowledge_twelve_slots", &usual(&format!("{script} K up*4")), COMPACT);
    look("view_process_twelve_slots", &usual(&format!("{script} tab down*5 i down*20")), COMPACT);
}

#[test]
fn view_space_time() {
    view("time", &format!("{PREEMPTED} T"));
    look("view_time_back", &usual(&format!("{PREEMPTED} T up*6")), COMPACT);
    look("view_time_lost", &usual("e enter x enter c a 1 enter d enter*2 T"), COMPACT);
    look("view_time_seven", &sandbox((7, 5, 3), &format!("{HALF_WAY} T")), COMPACT);
}

#[test]
fn view_knowledge() {
    view("knowledge", &format!("{PREEMPTED} K"));
    look("view_knowledge_seven", &sandbox((7, 5, 3), "r enter e enter 1 enter*60 K"), COMPACT);
}

#[test]
fn view_invariants_and_costs() {
    view("invariants", &format!("{HALF_WAY} I"));
    view("costs", &format!("{DECIDED} $"));
}

#[test]
fn view_runs() {
    view("runs", "r enter e enter 1 enter*4 left*2 x left*2 c a 0 enter enter R up");
    // Two runs, neither of which we are on.
    look("view_runs_compared", &usual("e enter enter*3 left*2 x left left c a 0 enter R down C up*2"), COMPACT);
    look("view_runs_named", &usual("e enter enter*4 left*2 x R N lost enter"), COMPACT);
}

#[test]
fn view_process() {
    view("process", &format!("{DUEL} tab down*2 i"));
}

#[test]
fn views_beside_a_lesson() {
    for size in [COMPACT, LARGE] {
        look("view_why_lesson", &lesson("space 1 w"), size);
        look("view_votes_lesson", &lesson("space*9 v"), size);
    }
}

/// The boxes keep their places and sizes through a whole run. (The wires turn corners, too, but only between them.)
#[test]
fn nothing_jumps_between_steps() {
    const EDGES: [usize; 6] = [0, 20, 26, 48, 54, 79];
    let corners = |model: &Model| -> Vec<usize> {
        let buffer = draw(model, 80, 24);
        let is_corner = |symbol: &str| ["╭", "╮", "╰", "╯", "┏", "┓", "┗", "┛"].contains(&symbol);
        // The one who acted is marked at its name.
        let is_marked = |at: usize| {
            let behind = |cells: usize| buffer.content[at + cells].symbol();
            behind(0) == "▌" && ["R", "L", "A"].contains(&behind(2)) && behind(3).parse::<u8>().is_ok()
        };
        let cells = buffer.content.iter().enumerate().take(80 * 14);
        let corners =
            cells.filter(|(at, cell)| EDGES.contains(&(at % 80)) && (is_corner(cell.symbol()) || is_marked(*at)));
        corners.map(|(at, _)| at).collect()
    };
    let mut model = usual("r enter e enter 1");
    let before = corners(&model);
    assert_eq!(before.len(), 4 * 7);
    for _ in 0..30 {
        press(&mut model, "enter");
        assert_eq!(corners(&model), before);
    }
}
