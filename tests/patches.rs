//! The user's own keys and colours, and the examples in `assets`: `UPDATE_ASSETS=1 cargo test --test patches` writes the
//! one of the keys anew.

#![allow(clippy::unwrap_used, clippy::panic)]

mod screen;

use std::fmt::Write;
use std::process::Command;
use std::{env, fs};

use paxoscope::app::{COMMANDS, Colors, Group, Key, Keymap, Model, Theme};
use paxoscope::script::{Look, Slots, ThemeFile};
use screen::{draw, glyphs, lesson, play, usual};

/// The keymap as it is without a patch, with every command explained.
fn usual_keys() -> String {
    let mut text = String::from(
        "// The usual keys. Yours are a patch of them: copy what you want to change into keymap.ron in your folder of\n\
         // settings (`paxoscope doctor` says where that is), or name a file with `--keymap FILE`. What a patch does not\n\
         // name stays as it is. A key is one character, `f1` to `f12`, or one of: space enter esc tab shift-tab backspace\n\
         // up down left right home end pgup pgdn delete ctrl-l. No key may mean two things in the same place.\n\
         Keymap(\n    format: 1,\n    keys: {\n",
    );
    for group in Group::ALL {
        writeln!(text, "        // {}", group.title()).unwrap();
        for command in COMMANDS.iter().filter(|command| command.group == group) {
            let keys: Vec<String> = command.keys.iter().map(|key| format!("{:?}", key.name())).collect();
            let line = format!("{:?}: [{}],", command.id.name(), keys.join(", "));
            let fixed = if command.id.is_fixed() { "// always so: " } else { "" };
            writeln!(text, "        {fixed}{line} // {}", command.sentence).unwrap();
        }
    }
    text.push_str("    },\n)\n");
    text
}

#[test]
fn the_example_of_a_keymap_is_the_usual_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/keymap.ron");
    let expected = usual_keys();
    if env::var_os("UPDATE_ASSETS").is_some() {
        fs::write(path, &expected).unwrap();
    }
    let text = fs::read_to_string(path).unwrap();
    assert!(text == expected, "assets/keymap.ron is stale: UPDATE_ASSETS=1 cargo test --test patches");
    let keymap = Keymap::parse("keymap.ron", &text).unwrap_or_else(|error| panic!("{error}"));
    for command in COMMANDS {
        assert_eq!(keymap.keys(command), command.keys);
    }
}

#[test]
fn the_example_of_a_theme_is_read_and_is_seen() {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/theme.ron")).unwrap();
    let patch = ThemeFile::parse("theme.ron", &text).unwrap_or_else(|error| panic!("{error}"));
    let Slots { changed, selected, muted, leader, down, good, bad, accent, strong } = patch.looks;
    for look in [changed, selected, muted, leader, down, good, bad, accent, strong] {
        assert!(look != Look::default(), "the example shows every slot");
    }
    let model = usual("e enter enter c a 1 enter").with_colors(Colors::True);
    let seen = |model: &Model| draw(model, 80, 24).content.iter().map(|cell| cell.fg).collect::<Vec<_>>();
    let patched = model.clone().with_theme_patch(patch);
    assert_ne!(seen(&patched), seen(&model));
    let (mono, patched) = (model.with_theme(Theme::Mono), patched.with_theme(Theme::Mono));
    assert_eq!(seen(&patched), seen(&mono), "without colours nothing brings them back");
}

#[test]
fn patched_keys_act_and_are_what_the_screen_says() {
    let text = r#"(format: 1, keys: {"elect": ["E", "f3"], "help": ["f1"], "go-on": ["y"], "task-hint": ["f4"]})"#;
    let keymap = Keymap::parse("keymap.ron", text).unwrap_or_else(|error| panic!("{error}"));
    let mut model = usual("").with_keymap(keymap.clone());
    play(&mut model, "e");
    assert!(model.notice().unwrap().text.starts_with("e is not a key here; F1 shows all"), "{:?}", model.notice());
    let screen = glyphs(&draw(&model, 80, 24));
    assert!(screen.contains("E elect") && screen.contains("F1 all keys"), "{screen}");
    play(&mut model, "enter");
    assert_eq!(model.notice().unwrap().text, "nothing is in flight: r makes a request, E elects a leader");
    play(&mut model, "E enter");
    assert_eq!(model.stage().unwrap().session().step(), 1);
    paxoscope::app::update(&mut model, paxoscope::app::Msg::Key(Key::F(1)));
    let help = glyphs(&draw(&model, 100, 60));
    assert!(help.contains("E F3"), "{help}");
    let lesson = lesson("").with_keymap(keymap);
    let screen = glyphs(&draw(&lesson, 80, 24));
    assert!(screen.contains("y go on") && !screen.contains("space"), "{screen}");
}

/// A bad file is told in one sentence, with its place; nothing is started.
#[test]
fn a_bad_file_is_told_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("paxoscope");
    fs::create_dir(&own).unwrap();
    let table = [
        (
            "keymap.ron",
            r#"Keymap(format: 1, keys: {"elct": ["E"]})"#,
            ":1:26: there is no command `elct`; did you mean `elect`?",
        ),
        ("keymap.ron", "", ":1:1: expected `Keymap(` here"),
        ("theme.ron", "Theme(format: 1, mutd: ())", ":1:18: unknown field `mutd` in `Theme`: expected "),
        ("theme.ron", "Theme(format: 1, muted: (color: \"gren\"))", ":1:33: `gren` is no colour: expected "),
        ("theme.ron", "Theme(format: 1, base: \"dork\")", ":1:24: there is no such theme: expected `dark`, "),
        (
            "theme.ron",
            "Theme(format: 9, chords: 1)",
            ":1:15: the file has format 9: expected format 1; a newer paxoscope can read it",
        ),
    ];
    for (name, text, expected) in table {
        let path = own.join(name);
        fs::write(&path, text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_paxoscope"));
        let output = command.env("XDG_CONFIG_HOME", folder.path()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{said}");
        assert!(said.contains(&format!("{name}{expected}")), "{said}");
        fs::remove_file(path).unwrap();
    }
}
