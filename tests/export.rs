//! Pictures of the stage, and what a packager installs beside the program. `UPDATE_ASSETS=1 cargo test --test export`
//! makes the pictures in `assets` anew.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn run(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paxoscope"));
    command.args(args).current_dir(ROOT).env_remove("NO_COLOR").output().unwrap()
}

#[track_caller]
fn printed(args: &[&str]) -> String {
    let output = run(args);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn refused(args: &[&str], why: &str) {
    let output = run(args);
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(why), "{args:?}: {said}");
}

#[test]
fn the_pictures_in_assets_are_fresh() {
    for (format, file) in [("text", "assets/stage.txt"), ("svg", "assets/stage.svg")] {
        let made = printed(&["export", "assets/stage.ron", "--format", format]);
        let path = Path::new(ROOT).join(file);
        if std::env::var_os("UPDATE_ASSETS").is_some() {
            fs::write(&path, &made).unwrap();
        }
        let there = fs::read_to_string(&path).unwrap_or_default();
        assert!(there == made, "{file} is stale: run `UPDATE_ASSETS=1 cargo test --test export` and look at it");
    }
}

/// Every size is a whole picture: so many lines, none wider.
#[test]
fn every_size_is_a_whole_picture() {
    for (columns, rows) in [(40, 12), (60, 18), (80, 24), (160, 50), (500, 200)] {
        let text = printed(&["export", "assets/stage.ron", "--size", &format!("{columns}x{rows}")]);
        assert_eq!(text.lines().count(), rows);
        assert!(text.lines().all(|line| line.chars().count() <= columns));
    }
}

#[test]
fn a_step_is_the_moment_after_that_action() {
    for (step, shown) in [("0", "step 0 of 12"), ("3", "step 3 of 12"), ("12", "step 12 ")] {
        assert!(printed(&["export", "assets/stage.ron", "--step", step]).contains(shown), "{step}");
    }
    assert!(printed(&["export", "lessons/acceptors.ron", "--step", "0"]).contains("  1/"));
    assert!(!printed(&["export", "lessons/acceptors.ron"]).contains("  1/"));
    assert!(printed(&["--ascii", "export", "assets/stage.ron"]).is_ascii());
}

#[test]
fn what_cannot_be_drawn_is_refused_in_one_sentence() {
    refused(&["export", "assets/stage.ron", "--step", "13"], "--step 13 is too far: assets/stage.ron has 12 actions");
    refused(&["export", "lessons/acceptors.ron", "--step", "999"], "--step 999 is too far");
    refused(&["export", "nowhere.ron"], "there is no such file");
    refused(&["export", "assets/stage.ron", "-o", "nowhere/there"], "there is no such directory");
    for size in ["80", "0x0", "39x12", "501x24", "80x24x2", "-1x9", "axb"] {
        refused(&["export", "assets/stage.ron", &format!("--size={size}")], "expected columns and rows, like 80x24");
    }
    refused(&["--theme", "pink"], "high-contrast");
    refused(&["--color", "maybe"], "always");
}

/// Every element is closed, and nothing is loaded from anywhere.
#[test]
fn svg_is_sound() {
    for theme in ["dark", "light", "high-contrast", "projector", "mono"] {
        let svg = printed(&["--theme", theme, "export", "lessons/acceptors.ron", "--step", "3", "--format", "svg"]);
        assert_eq!(svg.matches("<text ").count(), svg.matches("</text>").count());
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
        assert!(!svg.contains("href") && !svg.contains("url(") && !svg.contains("@import"));
        let colours = svg.matches("fill=\"#").count();
        assert!(colours > 20, "{theme}");
    }
}

#[test]
fn every_shell_has_completions_and_the_manual_names_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(printed(&["completions", shell]).contains("sandbox"), "{shell}");
    }
    let manual = printed(&["man"]);
    for name in ["sandbox", "lesson", "check", "replay", "export", "doctor", "theme"] {
        assert!(manual.contains(name), "{name}");
    }
}

#[test]
fn the_doctor_shows_what_decides() {
    let said = printed(&["doctor"]);
    for part in ["standard output: not a terminal", "theme: mono", "♛", "runs are saved in"] {
        assert!(said.contains(part), "{part} is missing in:\n{said}");
    }
    assert!(printed(&["--color", "always", "--theme", "light", "doctor"]).contains("theme: light"));
    assert!(printed(&["doctor", "--ascii"]).is_ascii());
}
