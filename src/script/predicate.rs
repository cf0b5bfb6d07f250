//! Predicates as text: `Chosen(1, _)`, `All([Active("L0"), Not(Violated(D2))])`.

use ron::ser::PrettyConfig;
use ron::value::RawValue;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::world::Predicate;

use super::error::{FileError, Position, quote};
use super::file::{after_comments, mark, parse_ron};

/// The most brackets around anything in a predicate.
const DEEPEST: usize = 40;

/// Reads one predicate; `source` is what the errors call it. Whether what it names exists is asked with
/// [`Predicate::unknown_name`].
pub fn parse_predicate(source: &str, text: &str) -> Result<Predicate, FileError> {
    let quoted = Quoted::new(source, text)?;
    parse_ron(source, &quoted.text)
        .map_err(|error: FileError| FileError { position: quoted.original(text, error.position), ..error })
}

/// The predicate on one line. Read again it is the same.
pub fn predicate_text(predicate: &Predicate) -> String {
    let pretty = PrettyConfig::new().depth_limit(0).struct_names(true);
    // Names and numbers always print.
    ron::ser::to_string_pretty(predicate, pretty).unwrap_or_default()
}

/// A predicate within a RON file. There, too, `_` is any and no other bare word is taken for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question(pub Predicate);

impl<'de> Deserialize<'de> for Question {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = after_comments(<&RawValue>::deserialize(deserializer)?.get_ron());
        parse_predicate("", text).map(Self).map_err(|error| {
            let address = text.as_ptr().addr() + error.position.byte_in(text);
            D::Error::custom(mark(address, &error.clauses()))
        })
    }
}

/// A predicate's text with its bare words put in quotes, so that RON reads each as what it is.
struct Quoted {
    text: String,
    /// Where quotes were put, as bytes of the new text.
    added: Vec<usize>,
}

/// An open bracket.
#[derive(Clone, Copy)]
struct Open<'a> {
    /// The name before it, if there is one.
    name: &'a str,
    /// How many commas stood in it so far.
    commas: usize,
}

impl Quoted {
    fn new(source: &str, text: &str) -> Result<Self, FileError> {
        let mut quoted = Self { text: String::with_capacity(text.len() + 16), added: Vec::new() };
        let mut open: Vec<Open<'_>> = Vec::new();
        let mut rest = text;
        while let Some(char) = rest.chars().next() {
            let byte = text.len() - rest.len();
            let fail = |what| FileError::new(source, Position::of_byte(text, byte), what);
            let token = &rest[..token_length(rest)];
            let after = &rest[token.len()..];
            match char {
                '(' | '[' => {
                    let before = text[..byte].trim_end();
                    let name = before.rsplit(|char| !in_name(char)).next().unwrap_or_default();
                    open.push(Open { name: if char == '(' { name } else { "" }, commas: 0 });
                }
                ')' | ']' => drop(open.pop()),
                ',' => open.iter_mut().next_back().into_iter().for_each(|inner| inner.commas += 1),
                _ => {}
            }
            if open.len() > DEEPEST {
                return Err(fail(format!("more than {DEEPEST} brackets are nested here")));
            }
            let word = char == '_' || char.is_alphabetic();
            if word && !token.contains('"') && !after_comments(after).starts_with('(') {
                check_word(token, open.last()).map_err(fail)?;
                quoted.push_quoted(token);
            } else if token.trim_start_matches('r').trim_matches('#') == "\"_\"" {
                return Err(fail("found `\"_\"`: expected `_`, without quotes, for any".to_owned()));
            } else {
                quoted.text += token;
            }
            rest = after;
        }
        Ok(quoted)
    }

    fn push_quoted(&mut self, word: &str) {
        self.added.push(self.text.len());
        self.text.push('"');
        self.text += word;
        self.added.push(self.text.len());
        self.text.push('"');
    }

    /// The place in the text as it was written.
    fn original(&self, text: &str, at: Position) -> Position {
        let byte = at.byte_in(&self.text);
        let added = self.added.iter().filter(|quote| **quote < byte).count();
        Position::of_byte(text, byte - added)
    }
}

/// How many bytes the first token has: a comment or space, a string, a word or number, or one character.
fn token_length(text: &str) -> usize {
    let skipped = text.len() - after_comments(text).len();
    if skipped > 0 {
        return skipped;
    }
    if text.starts_with('"') {
        return string_length(text);
    }
    if let Some(length) = raw_string_length(text) {
        return length;
    }
    let word = text.find(|char| !in_name(char)).unwrap_or(text.len());
    if word > 0 { word } else { text.chars().next().map_or(0, char::len_utf8) }
}

fn in_name(char: char) -> bool {
    char == '_' || char.is_alphanumeric()
}

/// A string up to its closing quote, or to the end.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, char) in text.char_indices().skip(1) {
        if char == '"' && !escaped {
            return at + 1;
        }
        escaped = char == '\\' && !escaped;
    }
    text.len()
}

/// A string such as `r#"…"#`.
fn raw_string_length(text: &str) -> Option<usize> {
    let hashes = text.strip_prefix('r')?;
    let string = hashes.trim_start_matches('#');
    let count = hashes.len() - string.len();
    let content = string.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(count));
    Some(content.find(&end).map_or(text.len(), |at| text.len() - content.len() + at + end.len()))
}

/// Bare words are `_` and the names of invariants; whoever writes another forgot its quotes.
fn check_word(word: &str, open: Option<&Open<'_>>) -> Result<(), String> {
    let (name, place) = open.map_or(("", 0), |open| (open.name, open.commas));
    match word {
        "_" if name == "App" && place == 1 => Err("found `_`: expected a key in double quotes".to_owned()),
        "_" => Ok(()),
        _ if name == "Violated" => Ok(()),
        _ if open.is_none() => Err(format!("found {}: expected a predicate, like `Chosen(1, _)`", quote(word))),
        _ => Err(format!("the word {} stands bare: expected it in double quotes, or `_` for any", quote(word))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(text: &str) -> String {
        parse_predicate("--expect", text).map_or_else(|error| error.to_string(), |found| predicate_text(&found))
    }

    #[test]
    fn a_predicate_prints_and_is_the_same_again() {
        for text in [
            "Active(\"L0\")",
            "Scouting(_)",
            "BallotNum(\"A1\", \"0\")",
            "BallotNum(_, \"0.1\")",
            "Accepted(\"A1\", \"0.1\", 1, \"A\")",
            "Proposal(\"L0\", 1, _)",
            "Chosen(1, _)",
            "Decided(_, _, _)",
            "SlotOut(\"R0\", 3)",
            "Up(\"A1\")",
            "InFlight(\"p1a(0.0)\")",
            "Violated(R1)",
            "Violated(_)",
            "Sent(\"p2a\", AtLeast(10))",
            "App(\"R0\", \"k_1\", \"(_, \\\"_\")",
            "Answered(\"A\")",
            "Ever(Not(Chosen(_, \"AB\")))",
            "Then(All([Active(_), Up(\"C0\")]), Any([]))",
        ] {
            assert_eq!(text_of(text), text);
        }
    }

    #[test]
    fn space_comments_and_raw_strings_are_no_matter() {
        assert_eq!(text_of(" Chosen /* _ */ ( // A\n _ ,\n_, ) "), "Chosen(_, _)");
        assert_eq!(text_of(r##"App(_, r#"_"x"#, r"(")"##), r#"App(_, "_\"x", "(")"#);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let cases = [
            ("Chosen(1, A)", "--expect:1:11: the word `A` stands bare: expected it in double quotes, or `_` for any"),
            (
                "Chosen(_, \"a\")",
                "--expect:1:11: found the string \"a\": expected a command such as \"A\", or _ for any",
            ),
            ("Chosen(_, _", "--expect:1:12: found the end of the line: expected a closing `)`"),
            ("Chosn(_, _)", "--expect:1:1: unknown name `Chosn`: expected"),
            ("Chosen(\"_\", 1)", "--expect:1:8: found `\"_\"`: expected `_`, without quotes, for any"),
            ("Chosen(1, \"a\")", "--expect:1:11: found the string \"a\": expected a command such as"),
            ("Chosen(r#\"_\"#, 1)", "--expect:1:8: found `\"_\"`: expected `_`, without quotes, for any"),
            ("App(_, _, _)", "--expect:1:8: found `_`: expected a key in double quotes"),
            ("Violated(X1)", "--expect:1:10: found the string \"X1\": expected an invariant such as D2, or _ for any"),
            ("Active", "--expect:1:1: found `Active`: expected a predicate, like `Chosen(1, _)`"),
            ("", "--expect:1:1: "),
        ];
        for (text, message) in cases {
            assert!(text_of(text).starts_with(message), "{text}: {}", text_of(text));
        }
        let deep = format!("{}Up(_){}", "Not(".repeat(100_000), ")".repeat(100_000));
        assert!(text_of(&deep).contains("more than 40 brackets are nested here"), "{}", text_of(&deep));
        let just = format!("{}Up(_){}", "Not(".repeat(39), ")".repeat(39));
        assert_eq!(text_of(&just), just);
        let lists = format!("{}{}", "All([".repeat(20), "])".repeat(20));
        assert_eq!(text_of(&lists), lists);
    }

    #[test]
    fn within_a_file_places_are_the_files() {
        #[derive(Deserialize, Debug)]
        #[allow(dead_code)]
        struct File {
            goal: Question,
        }
        let parsed: File = parse_ron("f.ron", "(\n goal: // here\n  All([Chosen(1, _)]), )").unwrap();
        assert_eq!(predicate_text(&parsed.goal.0), "All([Chosen(1, _)])");
        let errors = [
            ("(goal: Chosen(_, A))", "f.ron:1:18: the word `A` stands bare"),
            ("(\n goal: Any([Up(_), Up(\"X\")]),\n)", "f.ron:2:23: found the string \"X\": expected a process"),
            ("(\n goal: Any([Chosn(1, _)]),\n)", "f.ron:2:13: unknown name `Chosn`"),
        ];
        for (text, message) in errors {
            let error = parse_ron::<File>("f.ron", text).unwrap_err().to_string();
            assert!(error.starts_with(message), "{text}: {error}");
        }
    }
}
