//! The README shows the real screen and the real keys. `UPDATE_README=1 cargo test --test readme` writes them anew.

#![allow(clippy::unwrap_used, clippy::panic)]

mod screen;

use std::fmt::Write;
use std::{env, fs};

use paxoscope::app::{COMMANDS, Group, Keymap};
use screen::{draw, glyphs, lesson};

/// The lesson at the moment that it is about: A0 has kept its promise, and two leaders believe that they lead.
fn picture() -> String {
    let model = lesson("space space space 3");
    format!("```text\n{}```\n", glyphs(&draw(&model, 80, 24)))
}

fn keys() -> String {
    let mut table = String::from("| key | what it does |\n|---|---|\n");
    for group in Group::ALL {
        writeln!(table, "| | **{}** |", group.title()).unwrap();
        for command in COMMANDS.iter().filter(|command| command.group == group) {
            let keys: Vec<_> = Keymap::default().label(command).split(' ').map(|key| format!("`{key}`")).collect();
            writeln!(table, "| {} | {} |", keys.join(" "), command.sentence).unwrap();
        }
    }
    table
}

/// The text with what stands between the marks replaced.
fn with(text: &str, mark: &str, block: &str) -> String {
    let begin = format!("<!-- {mark}: written by the test `readme` -->\n");
    let end = format!("<!-- /{mark} -->");
    let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("README.md has no mark {begin}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("README.md has no mark {end}"));
    format!("{before}{begin}{block}{end}{after}")
}

#[test]
fn the_readme_shows_what_is() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let text = fs::read_to_string(path).unwrap();
    let expected = with(&with(&text, "screen", &picture()), "keys", &keys());
    if env::var_os("UPDATE_README").is_some() {
        fs::write(path, &expected).unwrap();
        return;
    }
    assert!(text == expected, "README.md is stale: run `UPDATE_README=1 cargo test --test readme` and look at it");
}
