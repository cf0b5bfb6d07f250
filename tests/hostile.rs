//! Files that were made to hurt: whatever reads them answers with one clear sentence, soon, and nothing of what they hold
//! reaches the terminal as it is.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod pty;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use pty::Terminal;

const HEAD: &str = r#"Lesson(format: 1, id: "x", title: "X", about: "x", "#;
/// No file takes longer, even on a machine that is busy with other tests.
const SOON: Duration = Duration::from_secs(20);

fn lesson(beats: &str) -> String {
    format!("{HEAD}beats: [{beats}])")
}

/// Lessons that none can be, with what is said of them.
fn hostile_lessons() -> Vec<(&'static str, String, &'static str)> {
    let say = "Say(title: \"T\", say: \"Words.\"),";
    let megabyte = "word ".repeat(1 << 18);
    let say_this = |text: &str| lesson(&format!("Say(title: \"T\", say: \"{text}\")"));
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    let task = |goal: &str| {
        lesson(&format!("Try(title: \"T\", say: \"S.\", goal: {goal}, hints: [\"h\"], solution: [\"elect L0\"])"))
    };
    vec![
        ("deep lists", format!("{HEAD}beats: {}", deep("[", "]")), "found `[[[["),
        ("deep unclosed", format!("{HEAD}beats: {}", "[(".repeat(100_000)), ""),
        ("deep goal", task(&format!("{}Up(_){}", "Not(".repeat(50_000), ")".repeat(50_000))), "brackets"),
        (
            "huge cluster",
            format!("{HEAD}cluster: (acceptors: 99999999999999999999), beats: [])"),
            "99999999999999999999",
        ),
        ("huge format", lesson(say).replace("format: 1", "format: 4294967295"), "format 4294967295"),
        ("huge limit", task("Up(_), at_most: 18446744073709551616"), ""),
        ("huge slot", task("Chosen(18446744073709551615, \"A\")"), ""),
        ("a megabyte of text", say_this(&megabyte), "longer than 1024 kB"),
        (
            "a long title",
            lesson(&format!("Say(title: \"{}\", say: \"S.\")", "t".repeat(90_000))),
            "columns: expected 44",
        ),
        ("a long word", say_this(&"w".repeat(90_000)), "lines of 76 columns"),
        ("ten thousand beats", lesson(&say.repeat(10_000)), "10000 beats: expected 1 to 200"),
        (
            "many actions",
            lesson(&format!("Do(title: \"T\", say: \"S.\", actions: [{}])", "\"elect L0\",".repeat(50_000))),
            "50000 actions: expected 500 at most",
        ),
        (
            "many pointers",
            lesson(&format!("Say(title: \"T\", say: \"S.\", look_at: [{}])", "\"A9\",".repeat(50_000))),
            "there is no process `A9`",
        ),
        ("an escape", say_this("\u{1b}]0;evil\u{7}\u{1b}[2J"), "\\u{1b}"),
        ("a written escape", say_this("\\u{1b}[2J\\u{7}"), "control characters"),
        ("an escape in a name", lesson(say).replace("id:", "i\u{1b}[2Jd:"), "\\u{1b}"),
        ("C1 controls", say_this("\u{9b}2J"), "\\u{9b}"),
        ("text turned around", say_this("\u{202e}drow\u{200b}"), "\\u{202e}"),
        ("written and turned around", say_this("\\u{202e}drow"), "control characters"),
        ("a null", say_this("\0"), "\\u{0}"),
        (
            "an id that is a path",
            lesson(say).replace("\"x\", title", "\"../../x\", title"),
            "typed on the command line",
        ),
        ("nothing", String::new(), ""),
        ("half", "Lesson(".to_owned(), ""),
        ("an action", lesson("Do(title: \"T\", say: \"S.\", actions: [\"deliver \\u{1b}[2J\"])"), "control characters"),
    ]
}

struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

fn paxoscope(data: &Path, args: &[&OsStr], input: &[u8]) -> Said {
    let start = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_paxoscope"));
    command.args(args).env("XDG_DATA_HOME", data);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may end before it has read anything.
    let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), input);
    let output = child.wait_with_output().unwrap();
    assert!(start.elapsed() < SOON, "{args:?} took {:?}", start.elapsed());
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Nothing in it steers a terminal, and it is not long.
#[track_caller]
fn is_harmless(name: &str, text: &str, most: usize) {
    let steers = |char: char| (char.is_control() && char != '\n') || ('\u{200b}'..='\u{202e}').contains(&char);
    assert!(!text.chars().any(steers), "{name}: {text:?}");
    assert!(text.len() <= most, "{name}: {} bytes: {:.600}…", text.len(), text);
}

#[test]
fn check_and_lesson_say_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text, says) in hostile_lessons() {
        let file = folder.path().join("hostile.ron");
        fs::write(&file, &text).unwrap();
        let path = file.as_os_str();
        let checked = paxoscope(folder.path(), &["check".as_ref(), path], b"");
        assert_eq!((checked.code, checked.out.as_str()), (Some(2), ""), "{name}: {}", checked.err);
        let first = checked.err.lines().next().unwrap();
        assert!(first.starts_with("paxoscope: ") && first.contains(says), "{name}: {first}");
        let one = checked.err.lines().count() == 1 || name == "many pointers";
        assert!(one, "{name}: {}", checked.err);
        is_harmless(name, &checked.err, if name == "many pointers" { 6000 } else { 800 });
        // What cannot be shown is refused with the same sentence; what can be shown is no danger.
        for args in [&["lesson".as_ref(), path][..], &["--plain".as_ref(), "lesson".as_ref(), path]] {
            let taken = paxoscope(folder.path(), args, b"next\nnext\nstate\nwhere\n");
            is_harmless(name, &taken.err, 800);
            is_harmless(name, &taken.out, 1 << 20);
            assert_ne!(taken.code, Some(101), "{name}: {}", taken.err);
        }
    }
}

/// Comments may be as deep as they like: they are none of the lesson.
#[test]
fn a_deep_comment_is_a_comment() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deep.ron");
    let comment = format!("{}{}", "/*".repeat(100_000), "*/".repeat(100_000));
    fs::write(&file, format!("{comment}{}", include_str!("../assets/lesson.ron"))).unwrap();
    assert_eq!(paxoscope(folder.path(), &["check".as_ref(), file.as_os_str()], b"").code, Some(0));
}

/// In the user's own folder they keep nobody from the other lessons.
#[test]
fn a_folder_of_hostile_lessons_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let lessons = folder.path().join("paxoscope/lessons");
    fs::create_dir_all(&lessons).unwrap();
    for (at, (_, text, _)) in hostile_lessons().into_iter().enumerate() {
        fs::write(lessons.join(format!("hostile-{at}.ron")), &text).unwrap();
    }
    let listed = paxoscope(folder.path(), &["lesson".as_ref()], b"");
    assert_eq!(listed.code, Some(0), "{}", listed.err);
    assert!(listed.out.contains("\nacceptors "), "the others are there");
    is_harmless("the list", &listed.err, 20_000);
    is_harmless("the list", &listed.out, 20_000);
    assert!(listed.err.lines().count() > 10 && listed.err.lines().all(|line| line.len() < 800), "{}", listed.err);
    let named = paxoscope(folder.path(), &["lesson".as_ref(), "--lessons".as_ref(), lessons.as_os_str()], b"");
    assert_eq!(named.code, Some(2), "a folder that is named is meant");
}

#[test]
fn scenarios_and_their_errors_are_harmless_too() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = |action: &str| format!("Scenario(format: 1, title: \"T\", actions: [\"{action}\"])");
    for (name, text) in [
        ("an escape", scenario("\u{1b}[2J")),
        ("a written escape", scenario("\\u{1b}]0;evil\\u{7}")),
        ("an escape in a request", scenario("request C0 put \\u{1b}[2J v")),
        ("an escape in a title", scenario("elect L0").replace("\"T\"", "\"\\u{1b}[2J\"")),
        ("a title turned around", scenario("elect L0").replace("\"T\"", "\"\\u{202e}T\"")),
        ("deep", format!("Scenario(format: 1, actions: {}", "[".repeat(100_000))),
        ("huge", scenario("elect L0").replace("format: 1", "format: 1, rules: (window: 99999999999999999999)")),
        ("a megabyte of text", scenario(&"elect ".repeat(200_000))),
        ("noise", "\u{0}\u{1}\u{2}".repeat(1000)),
    ] {
        let file = folder.path().join("hostile.ron");
        fs::write(&file, &text).unwrap();
        // A random run and a search take no actions from a file.
        let random: &[&str] = if text.contains("actions: [\"") { &[] } else { &["simulate", "explore"] };
        for command in ["check", "replay", "sandbox", "export"].iter().chain(random) {
            let said = paxoscope(folder.path(), &[command.as_ref(), file.as_os_str()], b"");
            assert_eq!(said.code, Some(2), "{name}, {command}: {} {}", said.out, said.err);
            is_harmless(name, &said.err, 800);
            is_harmless(name, &said.out, 1 << 20);
            assert_eq!(said.err.lines().count(), 1, "{name}, {command}: {}", said.err);
        }
    }
}

#[test]
fn a_files_name_is_harmless() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(OsStr::from_bytes(b"a\x1b[2J\x07\xff.ron"));
    for (args, code) in [
        (&["new".as_ref(), "lesson".as_ref(), file.as_os_str()][..], 0),
        (&["check".as_ref(), file.as_os_str()], 0),
        (&["lesson".as_ref(), file.as_os_str()], 2),
        (&["replay".as_ref(), file.as_os_str()], 2),
        (&["check".as_ref(), OsStr::from_bytes(b"none\x1b[2J.ron")], 2),
        (&["lesson".as_ref(), OsStr::from_bytes(b"none\x1b[2J")], 2),
    ] {
        let said = paxoscope(folder.path(), args, b"");
        assert_eq!(said.code, Some(code), "{args:?}: {} {}", said.out, said.err);
        is_harmless("a file's name", &said.err, 800);
        is_harmless("a file's name", &said.out, 800);
    }
}

/// A file that turns hostile while it is on the screen: the screen goes on, and the terminal gets nothing of it.
#[test]
fn a_lesson_that_turns_hostile_is_told_of_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("my.ron");
    let good = include_str!("../assets/lesson.ron");
    fs::write(&file, good).unwrap();
    let mut terminal = Terminal::start(folder.path(), &["lesson", file.to_str().unwrap()]);
    terminal.wait_for("A leader runs");
    for (name, text, _) in hostile_lessons() {
        let told = ["deep", "huge", "megabyte", "thousand", "escape", "C1", "around", "null", "nothing"];
        if !told.iter().any(|part| name.contains(part)) || name == "huge slot" {
            continue; // Some can be played, and are.
        }
        fs::write(&file, &text).unwrap();
        terminal.wait_for("the lesson's file");
        terminal.wait_for("A leader runs");
        fs::write(&file, good).unwrap();
        let start = Instant::now();
        while terminal.contents().contains("the lesson's file") {
            assert!(start.elapsed() < SOON, "{name}:\n{}", terminal.contents());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    terminal.type_keys("q");
    assert_eq!(terminal.wait_for_end(), 0);
    let bytes = terminal.bytes();
    for evil in [&b"\x1b]0;evil"[..], b"\x1b[2J\x07", b"\xc2\x9b2J", b"\xe2\x80\xae"] {
        assert!(!bytes.windows(evil.len()).any(|window| window == evil), "{evil:?} was written");
    }
}
