//! Any size, any keys: no panic, no foreign glyph, and what is seen never depends on what was seen before.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod screen;

use paxoscope::app::{COMMANDS, Key, Model, Mouse, Msg, Theme, update};
use paxoscope::ui::{GLYPHS, target};
use paxoscope::world::World;
use screen::{draw, home, lesson, sandbox, usual};
use unicode_width::UnicodeWidthChar;

/// `SplitMix64`: the same seed is the same test for years.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).unwrap()
    }
}

fn random_key(random: &mut Random) -> Key {
    let bound: Vec<Key> = COMMANDS.iter().flat_map(|command| command.keys).copied().collect();
    match random.below(10) {
        // What gets a run somewhere comes more often.
        0..=2 => Key::Enter,
        3 => Key::Space,
        4 => Key::Down,
        5 => [Key::Char('v'), Key::Char('é'), Key::Char('界'), Key::Delete, Key::F(2)][random.below(5)],
        _ => bound[random.below(bound.len())],
    }
}

fn foreign(model: &Model, columns: u16, rows: u16) -> Option<char> {
    let buffer = draw(model, columns, rows);
    let mut chars = buffer.content.iter().flat_map(|cell| cell.symbol().chars());
    chars.find(|char| !(char.is_ascii_graphic() || *char == ' ' || GLYPHS.contains(*char) || "éÉ界".contains(*char)))
}

#[test]
fn every_glyph_is_one_cell_wide() {
    for glyph in GLYPHS.chars() {
        assert_eq!(glyph.width(), Some(1), "{glyph}");
    }
}

/// A key, the mouse somewhere, the next moment, or what a terminal says.
fn random_msg(random: &mut Random, model: &Model, (columns, rows): (u16, u16)) -> Msg {
    match random.below(8) {
        0 => {
            let at = (columns.saturating_sub(1), rows.saturating_sub(1));
            let at = (random.below(usize::from(at.0) + 1), random.below(usize::from(at.1) + 1));
            let at = (u16::try_from(at.0).unwrap(), u16::try_from(at.1).unwrap());
            let mouse = [Mouse::Press, Mouse::WheelUp, Mouse::WheelDown][random.below(3)];
            Msg::Mouse(mouse, target(model, at))
        }
        1 => Msg::Tick,
        2 if random.below(20) == 0 => {
            [Msg::Background([255; 3]), Msg::Slow, Msg::Interrupt, Msg::NotKept("no room".into())][random.below(4)]
                .clone()
        }
        _ => Msg::Key(random_key(random)),
    }
}

/// Everything done can be undone: each run that is open leads back to its beginning, and every branch that was made is
/// still there.
fn assert_nothing_is_lost(model: &Model, branches: &mut Vec<usize>) {
    for (at, stage) in model.stages().iter().enumerate() {
        let count = stage.session().run_count();
        match branches.get_mut(at) {
            Some(before) => {
                assert!(
                    stage.lesson().is_some() || count >= *before,
                    "a branch is gone: {before} were there, {count} are"
                );
                *before = count;
            }
            None => branches.push(count),
        }
        let mut session = stage.session().clone();
        let (here, now) = (session.here(), session.world().clone());
        session.to_start();
        assert_eq!(session.step(), 0);
        let world = World::new(session.setup()).unwrap();
        assert_eq!(session.world(), &world, "the beginning is the world as it is set up");
        session.jump(here);
        assert_eq!(session.world(), &now, "and back again it is the same world");
    }
}

#[test]
fn any_size_any_keys_and_the_mouse() {
    // Unoptimized, drawing so many screens takes minutes; CI runs all of it.
    const EVENTS: usize = if cfg!(debug_assertions) { 4_000 } else { 20_000 };
    const EACH: usize = 250;
    let starts: [fn() -> Model; 5] =
        [home, || usual(""), || lesson(""), || sandbox((7, 5, 3), ""), || sandbox((1, 1, 9), "")];
    for seed in 0..EVENTS / EACH {
        let mut random = Random(seed as u64);
        let mut model = starts[random.below(starts.len())]().with_theme(Theme::ALL[random.below(3)]);
        model = model.with_motion(random.below(2) == 0).with_mouse(random.below(2) == 0);
        let mut branches = Vec::new();
        for event in 0..EACH {
            let small = random.below(4) > 0;
            let columns = random.below(if small { 110 } else { 301 });
            let rows = random.below(if small { 40 } else { 101 });
            let (columns, rows) = (u16::try_from(columns).unwrap(), u16::try_from(rows).unwrap());
            update(&mut model, Msg::Resize(columns, rows));
            let msg = random_msg(&mut random, &model, (columns, rows));
            update(&mut model, msg);
            assert_eq!(foreign(&model, columns, rows), None, "seed {seed}, {columns}x{rows}");
            if event % 50 == 49 {
                assert_nothing_is_lost(&model, &mut branches);
            }
        }
    }
}

/// Without colour no cell has any.
#[test]
fn mono_has_no_colour() {
    for script in ["", "r enter e enter enter*12", "e enter c a 0 down enter", "?", "r"] {
        let buffer = draw(&usual(script).with_theme(Theme::Mono), 100, 30);
        let reset = ratatui::style::Color::Reset;
        assert!(buffer.content.iter().all(|cell| cell.fg == reset && cell.bg == reset), "{script}");
    }
}
