//! The rooms of the house may import only what the table in the crate's documentation says. The table is read from
//! there, so that it and this test cannot drift apart.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Crates that only some rooms may touch, as they are named in the table.
const GUARDED_CRATES: [&str; 2] = ["ratatui", "crossterm"];
/// What only the rooms that touch the outside world may use, by the path's beginning or the two names that give it away.
const OUTSIDE: [&[&str]; 4] = [&["std", "fs"], &["std", "thread"], &["time", "Instant"], &["time", "SystemTime"]];
const OUTSIDE_ROOMS: [&str; 2] = ["term", "cli"];
/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 7] = ["util", "utils", "common", "helper", "helpers", "misc", "shared"];

/// Each room with everything that it may import, rooms and guarded crates.
struct House {
    may_import: BTreeMap<String, BTreeSet<String>>,
}

impl House {
    /// Reads the table: `| [room] | what lives there | what it may import |`. "What stands below that" is the closure.
    fn of_docs(source: &str) -> Self {
        let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut see_all = Vec::new();
        for line in source.lines().filter_map(|line| line.strip_prefix("//! |")) {
            let columns: Vec<&str> = line.trim_end_matches('|').split('|').collect();
            let &[room, _, imports] = columns.as_slice() else {
                continue;
            };
            let Some(room) = words(room).into_iter().next().filter(|room| room != "room") else {
                continue;
            };
            let imports = words(imports);
            if imports.contains("all") {
                see_all.push(room.clone());
            }
            assert!(named.insert(room.clone(), imports).is_none(), "{room} is twice in the table");
        }
        let everything: BTreeSet<String> = named.keys().cloned().chain(GUARDED_CRATES.map(String::from)).collect();
        for room in see_all {
            named.insert(room, everything.clone());
        }
        for (room, imports) in &named {
            let unknown: Vec<_> = imports.difference(&everything).collect();
            assert!(unknown.is_empty(), "the table lets {room} import {unknown:?}, which is no room");
        }
        let may_import = named.keys().map(|room| (room.clone(), closure(room, &named))).collect();
        Self { may_import }
    }

    fn is_room(&self, name: &str) -> bool {
        self.may_import.contains_key(name)
    }

    /// What is wrong with one file. `module` is its path in the crate: `["app", "model"]` for `app/model.rs`.
    fn faults(&self, module: &[&str], source: &str) -> Vec<String> {
        let mut faults = Vec::new();
        let empty = module.iter().find(|name| EMPTY_NAMES.contains(name));
        faults.extend(empty.map(|name| format!("a module named {name} says nothing about what is inside")));
        let Some(room) = module.first() else {
            return faults;
        };
        let Some(may_import) = self.may_import.get(*room) else {
            faults.push(format!("{room} is no room of the table in src/lib.rs"));
            return faults;
        };
        for target in paths(&tokens(source)).iter().filter_map(|path| self.target(module, path)) {
            if target != *room && !may_import.contains(&target) {
                faults.push(format!("{room} may not import {target}"));
            }
        }
        if !OUTSIDE_ROOMS.contains(room) && module.last() != Some(&"tests") {
            let touches = |path: &Vec<String>| OUTSIDE.iter().find(|outside| touches(path, outside)).copied();
            let product = without_test_modules(tokens(source));
            for outside in paths(&product).iter().filter_map(touches) {
                faults.push(format!("{room} may not use {}: it comes in as an argument", outside.join("::")));
            }
        }
        faults
    }

    /// The room or guarded crate that a path leads to, if any; `*` for the whole crate, which no table allows.
    fn target(&self, module: &[&str], path: &[String]) -> Option<String> {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        if let Some(guarded) = GUARDED_CRATES.iter().rev().find(|guarded| names.contains(guarded)) {
            return Some((*guarded).to_owned());
        }
        let room = match names.as_slice() {
            ["crate" | "paxoscope", "*" | "self", ..] => return Some("*".to_owned()),
            ["crate" | "paxoscope", room, ..] => room,
            ["super", ..] => {
                let ups = names.iter().take_while(|name| **name == "super").count();
                if ups < module.len() {
                    return None;
                }
                names.get(ups)?
            }
            _ => return None,
        };
        self.is_room(room).then(|| (*room).to_owned())
    }
}

fn touches(path: &[String], outside: &[&str]) -> bool {
    let any_of_time = path.windows(2).any(|pair| pair == ["time", "*"]) && outside[0] == "time";
    any_of_time || path.windows(2).any(|pair| pair == outside)
}

/// The words of a cell of the table, without backticks and brackets.
fn words(cell: &str) -> BTreeSet<String> {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    cell.split(|character| !is_part(character)).filter(|word| !word.is_empty()).map(String::from).collect()
}

fn closure(room: &str, named: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    let mut below = BTreeSet::new();
    let mut to_visit = vec![room];
    while let Some(next) = to_visit.pop() {
        for import in named.get(next).into_iter().flatten() {
            if below.insert(import.clone()) {
                to_visit.push(import);
            }
        }
    }
    below
}

/// The names and signs of Rust source, without comments, strings, characters and lifetimes. `::` is one sign.
fn tokens(source: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = length_of_noise(rest);
        if length > 0 {
            rest = &rest[length..];
            continue;
        }
        let is_name = |character: char| character.is_alphanumeric() || character == '_';
        let length = if is_name(first) {
            rest.find(|character| !is_name(character)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        tokens.push(rest[..length].to_owned());
        rest = &rest[length..];
    }
    tokens
}

/// How long what stands first is if it is no code: a space, a comment, a string, a character, a lifetime.
fn length_of_noise(rest: &str) -> usize {
    let until = |start: usize, end: &str| rest[start..].find(end).map_or(rest.len(), |at| start + at + end.len());
    if rest.starts_with("//") {
        until(2, "\n")
    } else if rest.starts_with("/*") {
        length_of_block_comment(rest)
    } else if let Some(hashes) = hashes_of_raw_string(rest) {
        let quote = rest.find('"').unwrap_or(0);
        until(quote + 1, &format!("\"{}", "#".repeat(hashes)))
    } else if rest.starts_with('"') {
        length_of_quoted(rest, '"')
    } else if let Some(after) = rest.strip_prefix('\'') {
        let mut after = after.chars();
        match (after.next(), after.next()) {
            (Some('\\'), _) => length_of_quoted(rest, '\''),
            (Some(inside), Some('\'')) => 2 + inside.len_utf8(),
            _ => 1,
        }
    } else {
        rest.chars().next().filter(|character| character.is_whitespace()).map_or(0, char::len_utf8)
    }
}

fn length_of_block_comment(rest: &str) -> usize {
    let mut depth = 0;
    for at in rest.char_indices().map(|(at, _)| at) {
        if rest[at..].starts_with("/*") {
            depth += 1;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            if depth == 0 {
                return at + 2;
            }
        }
    }
    rest.len()
}

fn hashes_of_raw_string(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let text = after.trim_start_matches('#');
    text.starts_with('"').then(|| after.len() - text.len())
}

fn length_of_quoted(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        if character == quote && !is_escaped {
            return at + character.len_utf8();
        }
        is_escaped = character == '\\' && !is_escaped;
    }
    rest.len()
}

/// Every path in the tokens, groups taken apart: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn paths(tokens: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if is_name(&tokens[at]) {
            at = path_from(tokens, at, &[], &mut found);
        } else {
            at += 1;
        }
    }
    found
}

fn is_name(token: &str) -> bool {
    token.chars().next().is_some_and(|first| first.is_alphanumeric() || first == '_')
}

/// Reads the path that begins at a name; returns where reading goes on.
fn path_from(tokens: &[String], mut at: usize, before: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = before.to_vec();
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("{") => return group_from(tokens, at + 1, &path, found),
            Some("*") => path.push("*".into()),
            Some(name) if is_name(name) => path.push(name.into()),
            _ => {}
        }
        if tokens.get(at + 1).map(String::as_str) != Some("::") {
            found.push(path);
            return at + 1;
        }
        at += 2;
    }
}

fn group_from(tokens: &[String], mut at: usize, before: &[String], found: &mut Vec<Vec<String>>) -> usize {
    while let Some(token) = tokens.get(at) {
        at = match token.as_str() {
            "}" => return at + 1,
            "as" => at + 2,
            "," | "::" => at + 1,
            _ => path_from(tokens, at, before, found),
        };
    }
    at
}

/// Tests of a room may read files and clocks: drops every `#[cfg(test)] mod name { … }`.
fn without_test_modules(tokens: Vec<String>) -> Vec<String> {
    const HEAD: [&str; 8] = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
    let mut kept: Vec<String> = Vec::new();
    let mut depth = None;
    for token in tokens {
        match (&mut depth, token.as_str()) {
            (Some(depth), "{") => *depth += 1,
            (Some(depth), "}") => *depth -= 1,
            (Some(_), _) => {}
            (None, _) => {
                kept.push(token);
                // The name of the module has just been kept; its block is what comes next.
                let names_test_module = kept.len() > HEAD.len() && {
                    let from = kept.len() - 1 - HEAD.len();
                    kept[from..kept.len() - 1] == HEAD
                };
                depth = names_test_module.then_some(0);
                continue;
            }
        }
        if depth == Some(0) {
            depth = None;
        }
    }
    kept
}

fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_under(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// `["app", "model"]` for `app/model.rs`, `["app"]` for `app/mod.rs`, nothing for the crate's own roots.
fn module_of(file: &Path) -> Vec<String> {
    let without_extension = file.with_extension("");
    let mut module: Vec<String> =
        without_extension.iter().map(|part| part.to_str().expect("file names are plain").to_owned()).collect();
    if module.last().is_some_and(|last| last == "mod") || module == ["lib"] || module == ["main"] {
        module.pop();
    }
    module
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn this_house() -> House {
    House::of_docs(&fs::read_to_string(src().join("lib.rs")).unwrap())
}

#[test]
fn every_arrow_is_in_the_table() {
    let (house, src) = (this_house(), src());
    let mut faults = Vec::new();
    for file in files_under(&src) {
        let relative = file.strip_prefix(&src).unwrap();
        let module = module_of(relative);
        let module: Vec<&str> = module.iter().map(String::as_str).collect();
        let source = fs::read_to_string(&file).unwrap();
        let in_file = house.faults(&module, &source);
        faults.extend(in_file.iter().map(|fault| format!("src/{}: {fault}", relative.display())));
    }
    assert!(faults.is_empty(), "the table is in src/lib.rs:\n{}", faults.join("\n"));
}

#[test]
fn every_room_of_the_table_exists() {
    let house = this_house();
    assert!(house.may_import.len() >= 5, "the table in src/lib.rs was not understood");
    for room in house.may_import.keys() {
        let place = src().join(room);
        assert!(place.join("mod.rs").exists() || place.with_extension("rs").exists(), "{room} is only in the table");
    }
}

/// Two copies are two queues of keys and two ideas of whether raw mode is on.
#[test]
fn there_is_one_crossterm() {
    let lock = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock")).unwrap();
    assert_eq!(lock.matches("name = \"crossterm\"").count(), 1);
}

#[cfg(test)]
mod the_check_itself {
    use super::*;

    const TABLE: &str = "
//! | room | what lives there | may import |
//! |---|---|---|
//! | [`ground`] | a | |
//! | [`middle`] | b | `ground` |
//! | [`beside`] | c | `ground` |
//! | [`top`] | d | `middle`, ratatui |
//! | `term` | e | `top`, crossterm |
//! | `cli` | f | all |
";

    #[track_caller]
    fn check(module: &str, source: &str, expected: &[&str]) {
        let module: Vec<&str> = module.split('/').collect();
        let faults = House::of_docs(TABLE).faults(&module, source);
        let matches = faults.iter().zip(expected).all(|(fault, part)| fault.contains(part));
        assert!(faults.len() == expected.len() && matches, "{source}\n{faults:#?}");
    }

    #[test]
    fn what_stands_below_is_allowed() {
        check("top", "use crate::{ground::A, middle::{B, C as D}}; use ratatui::Frame;", &[]);
        check("term", "use crate::ground; use crossterm::event; let x = std::fs::read(p);", &[]);
        check("cli/run", "use crate::{top, beside}; use super::super::beside; use crossterm::tty;", &[]);
        check("middle/deep", "use super::beside; use super::Thing; use crate::middle::Thing;", &[]);
        check("ground", "pub(crate) struct A; pub(in crate::ground) struct B; use std::time::Duration;", &[]);
    }

    #[test]
    fn arrows_upwards_and_sideways_are_not() {
        let error = &["ground may not import middle"];
        check("ground", "use crate::middle::B;", error);
        check("ground", "fn f() { crate::middle::b() }", error);
        check("ground", "use super::middle;", error);
        check("ground/deep", "use super::super::middle::B;", error);
        check("ground", "use crate::{ground::A, middle};", error);
        check("ground", "use { crate::middle, std::fmt };", error);
        check("ground", "macro_rules! m { () => { $crate::middle::B } }", error);
        check("ground", "#[cfg(test)] mod tests { use crate::middle::B; }", error);
        check("beside", "use crate::middle;", &["beside may not import middle"]);
        check("ground", "use crate::*;", &["ground may not import *"]);
        check("cellar", "", &["cellar is no room"]);
    }

    #[test]
    fn the_outside_world_is_for_the_outermost_rooms() {
        check("middle", "use ratatui::Frame;", &["middle may not import ratatui"]);
        check("top", "use ratatui::crossterm::event;", &["top may not import crossterm"]);
        check("top", "use std::{fmt, fs};", &["may not use std::fs"]);
        check("top", "let t = std::thread::spawn(f);", &["may not use std::thread"]);
        check("top", "use std::time::{Duration, Instant};", &["may not use time::Instant"]);
        check("top", "use std::time; let t = time::SystemTime::now();", &["may not use time::SystemTime"]);
        check("top", "enum Local { Instant, Stepped } let l = Local::Instant;", &[]);
        check("top", "#[cfg(test)]\nmod tests { use std::fs; mod deep { use std::fs; } }", &[]);
        check("top", "#[cfg(test)] mod tests { fn f() {} } use std::fs;", &["may not use std::fs"]);
        check("top", "#[cfg(test)] mod tests; use std::fs;", &["may not use std::fs"]);
        check("top/tests", "use std::fs;", &[]);
    }

    #[test]
    fn comments_and_strings_are_no_code() {
        check(
            "ground",
            "// use crate::middle;\n/* crate::top /* crate::top */ crate::top */ /// [`crate::top`]\n",
            &[],
        );
        check("ground", r##"let s = "crate::top \" crate::top"; let r = r#"crate::top"#; let c = '"';"##, &[]);
        check("ground", "fn f<'a>(x: &'a str) { let c = '\\''; crate::top::g() }", &["ground may not import top"]);
    }

    #[test]
    fn names_that_say_nothing_are_refused() {
        check("top/util", "", &["a module named util"]);
        check("top/helpers/x", "", &["a module named helpers"]);
    }

    #[test]
    #[should_panic(expected = "which is no room")]
    fn a_table_that_names_no_room_is_refused() {
        House::of_docs("//! | `top` | a | `attic` |");
    }
}
