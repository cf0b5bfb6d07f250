//! The panel at the side of a large screen: what was executed is whole, and stands where it stood.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod screen;

use std::collections::BTreeSet;

use paxoscope::app::{Key, Model, Msg, update};
use paxoscope::script::Lesson;
use paxoscope::teach::{Player, built_in};
use screen::{draw, glyphs};

const HEADING: &str = "pseudo-code executed, messages sent";

/// Where the panel begins.
fn column(text: &str) -> usize {
    let line = text.lines().find(|line| line.contains(HEADING)).unwrap();
    line.split(HEADING).next().unwrap().chars().count() - 1
}

#[test]
fn what_was_executed_is_whole_and_does_not_move() {
    for (columns, rows) in [(160, 50), (250, 70)] {
        for file in built_in() {
            let mut model = Model::lesson(Player::new(Lesson::parse(file.file, file.text).unwrap()).unwrap());
            update(&mut model, Msg::Resize(columns, rows));
            let mut places = BTreeSet::new();
            while !model.stage().unwrap().lesson().unwrap().finished() {
                let text = glyphs(&draw(&model, columns, rows));
                let side = |line: &str| line.chars().skip(column(&text)).collect::<String>();
                let at = text.lines().position(|line| line.contains(HEADING));
                places.insert(at);
                let mut listed = text.lines().skip(at.unwrap() + 1).map(side);
                let cut = listed.by_ref().take_while(|line| !line.trim().is_empty()).find(|line| line.ends_with('…'));
                assert_eq!(cut, None, "{}\n{text}", file.id);
                update(&mut model, Msg::Key(Key::PageDown));
            }
            assert_eq!(places.len(), 1, "{}: {places:?}", file.id);
        }
    }
}
