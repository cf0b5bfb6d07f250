//! Views that are open: what tab, esc, their own keys and the arrows do in them, and that each explains its own signs.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod screen;

use paxoscope::app::{Focus, Model, Msg, View, update};
use screen::{draw, glyphs, lesson, play, usual};

const SIZES: [(u16, u16); 6] = [(40, 12), (60, 18), (80, 24), (100, 30), (160, 50), (250, 70)];

const VIEWS: [(&str, View, &str); 7] = [
    ("w", View::Why, "why"),
    ("v", View::Votes, "votes in slot"),
    ("T", View::Time, "space-time"),
    ("K", View::Knowledge, "who knows"),
    ("I", View::Invariants, "invariants hold"),
    ("$", View::Costs, "costs"),
    ("R", View::Runs, "1 run"),
];

fn shown(model: &Model, (columns, rows): (u16, u16)) -> String {
    glyphs(&draw(model, columns, rows))
}

#[test]
fn tab_leaves_the_focus_of_a_view_and_the_view_stays_to_be_seen() {
    for size in SIZES {
        for (key, view, title) in VIEWS {
            let mut model = usual(&format!("r enter e enter {key}"));
            assert!(shown(&model, size).contains(title), "{title} {size:?}");
            play(&mut model, "tab");
            let stage = model.stage().unwrap();
            assert_eq!((stage.view(), stage.focus()), (Some(view), Focus::InFlight));
            let selected = stage.selected_row();
            assert!(shown(&model, size).contains(title), "{title} {size:?}");
            // The arrows select messages now, and a row tells which one.
            play(&mut model, "down");
            assert_ne!(model.stage().unwrap().selected_row(), selected);
            let number = model.stage().unwrap().selected_row() + 1;
            assert!(shown(&model, size).contains(&format!("▸{number}")), "{title} {size:?}");
            play(&mut model, "tab");
            assert_eq!(model.stage().unwrap().focused_view(), Some(view));
            play(&mut model, "tab esc");
            assert_eq!(model.stage().unwrap().view(), None, "esc closes what is seen");
            play(&mut model, &format!("{key} tab {key}"));
            assert_eq!(model.stage().unwrap().view(), None, "so does its own key");
        }
    }
}

#[test]
fn tab_in_a_process_shows_the_next_one() {
    for size in SIZES {
        let mut model = usual("r enter e enter i");
        let mut seen = Vec::new();
        for _ in 0..9 {
            let screen = shown(&model, size);
            let title = screen.lines().find_map(|line| line.split_once("all of ")).unwrap().1;
            seen.push(title.split(' ').nth(1).unwrap().to_owned());
            play(&mut model, "tab");
        }
        assert_eq!(seen.iter().filter(|one| **one == seen[0]).count(), 2, "{seen:?}");
        assert_eq!(seen[0], seen[8], "round and round");
        assert_eq!(model.stage().unwrap().focused_view(), Some(View::Process));
    }
}

#[test]
fn in_a_lesson_the_words_have_the_place_of_a_view_without_the_focus_and_its_key_shows_it_again() {
    let mut model = lesson("v");
    assert!(shown(&model, (80, 24)).contains("votes in slot"));
    play(&mut model, "tab");
    assert!(!shown(&model, (80, 24)).contains("votes in slot"));
    play(&mut model, "v");
    assert!(shown(&model, (80, 24)).contains("votes in slot"));
    play(&mut model, "v");
    assert_eq!(model.stage().unwrap().view(), None);
    play(&mut model, "v tab esc");
    assert_eq!(model.notice().map(|notice| notice.text.as_str()), Some("votes is closed"));
}

#[test]
fn the_help_offers_to_scroll_only_what_does_not_fit() {
    let mut model = usual("?");
    update(&mut model, Msg::Resize(80, 24));
    assert!(shown(&model, (80, 24)).contains("↑↓ scroll"));
    play(&mut model, "/ c r a s h enter");
    assert!(!shown(&model, (80, 24)).contains("↑↓ scroll"));
}

#[test]
fn the_arrows_are_offered_only_where_something_scrolls_and_change_nothing_elsewhere() {
    for size in SIZES {
        for key in ["w", "I", "$", "i"] {
            let mut model = usual(&format!("r enter e enter enter enter {key}"));
            let screen = shown(&model, size);
            let is_cut = screen.contains(" more ─") && screen.contains("↓ ");
            // In a table of costs one after the other is told of, though all stand there.
            let is_table = screen.contains("messages formula  delays");
            assert!(key == "$" || !is_table, "{key} {size:?}\n{screen}");
            let offered = screen.contains("↑↓ scroll");
            assert_eq!(offered, is_cut || is_table, "{key} {size:?}\n{screen}");
            play(&mut model, "down");
            assert_eq!(shown(&model, size) != screen, offered, "{key} {size:?}");
        }
    }
}

/// A step that changes no process says what became of the network; a restart says what stable storage is for, if anything.
#[test]
fn why_says_what_became_of_the_network() {
    let told = |script: &str| shown(&usual(script), (80, 24));
    for (script, wanted) in [
        ("e enter x w", "in flight: 3 → 2"),
        ("e enter d w", "in flight: 3 → 4"),
        ("p enter w", "the network: whole → L0 A0 | L1 A1 A2"),
        ("p enter p enter w", "the network: L0 A0 | L1 A1 A2 → whole"),
        ("c C 0 enter c enter w", "C0.up: false → true"),
        ("e 1 w", "ballot_num: 0.1, as it was"),
        ("e 1 e 1 w", "ballot_num := 1.1"),
        ("e enter enter*6 e 1 enter*4 w", "2 < 1.5 ✗ no"),
    ] {
        let screen = told(script);
        assert!(screen.contains(wanted) && !screen.contains("nothing changed"), "{script}\n{screen}");
    }
    assert!(!told("c C 0 enter c enter w").contains("so that always"), "nobody relies on a client");
    assert!(told("c A 0 enter c enter w").contains("invariant A3:"));
    assert!(told("c L 0 enter c enter w").contains("invariant D7:"));
    assert!(told("c R 0 enter c enter w").contains("invariant R4:"));
}

/// Where a row stands for two copies, rows and messages are told apart.
#[test]
fn copies_are_counted_as_messages_and_not_as_rows() {
    let model = usual("e enter d");
    assert!(shown(&model, (80, 24)).contains("in flight 4, 3 different"), "{}", shown(&model, (80, 24)));
    let model = usual("e enter d w");
    assert!(shown(&model, (80, 24)).contains("1 of 3 different"), "{}", shown(&model, (80, 24)));
    assert!(!shown(&usual("e enter w"), (80, 24)).contains("different"));
}

#[test]
fn what_a_key_does_in_a_view_does_not_depend_on_what_was_drawn() {
    for size in SIZES {
        for script in [
            "r enter e i tab down",
            "r enter e i tab tab tab tab down down",
            "r enter e w enter enter down down",
            "I down down",
            "$ r enter e enter down",
        ] {
            let (mut drawn, mut not_drawn) = (usual(""), usual(""));
            update(&mut drawn, Msg::Resize(size.0, size.1));
            update(&mut not_drawn, Msg::Resize(size.0, size.1));
            for key in script.split(' ') {
                shown(&drawn, size);
                play(&mut drawn, key);
                play(&mut not_drawn, key);
            }
            assert_eq!(shown(&drawn, size), shown(&not_drawn, size), "{script} {size:?}");
        }
    }
}

#[test]
fn who_knows_has_a_legend_with_every_sign_and_none_that_means_something_else() {
    for size in SIZES {
        let model = usual("r enter e enter K");
        let screen = shown(&model, size);
        let legend = screen.lines().find(|line| line.contains("○ wants")).unwrap_or_else(|| panic!("{screen}"));
        for sign in ["· no", "○ wants", "2/3 votes", "✓ told", "✓ was told", "● performed", "● done"] {
            let (glyph, _) = sign.split_once(' ').unwrap();
            assert!(legend.contains(glyph), "{sign} {size:?}");
        }
        assert!(!legend.contains('…') && !legend.contains('?'), "{legend}");
    }
}

#[test]
fn the_fields_of_a_process_are_explained_beside_or_below_them() {
    for size in [(60, 18), (80, 24), (160, 50)] {
        let mut model = usual("e 0 i");
        play(&mut model, "tab");
        let screen = (0..8).map(|_| {
            play(&mut model, "tab");
            shown(&model, size)
        });
        let leader = screen.filter(|screen| screen.contains("all of leader L0")).last().unwrap();
        for words in ["whether it ever ran for office", "the higher ballot that preempted it", "phase 2"] {
            assert!(leader.contains(words), "{words} {size:?}\n{leader}");
        }
    }
}

#[test]
fn the_diagram_at_the_side_has_room_for_its_words() {
    let mut model = usual("r enter e enter");
    play(&mut model, "enter*12 T");
    let screen = shown(&model, (160, 50));
    for whole in ["the beginning", "request C0 put k1 v1", "p1b(0.0, [])", "━ led here"] {
        assert!(screen.contains(whole), "{whole}\n{screen}");
    }
}
