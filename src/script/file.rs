//! Loading a RON file: one way for scenarios, lessons, keymaps and themes, so that their errors look alike.

use std::fmt;

use ron::extensions::Extensions;
use ron::value::RawValue;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::{FileError, Position, is_unprintable, one_of, quote};
use super::nearest::nearest;

/// Reads a RON file. What is wrong is told with line and column, what was expected and the nearest name.
pub fn parse_ron<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, FileError> {
    let text = without_mark(text);
    let strange = |char: &char| is_unprintable(*char) && !matches!(char, '\n' | '\r' | '\t');
    if let Some((byte, char)) = text.char_indices().find(|(_, char)| strange(char)) {
        let what = format!("the invisible character {} in the text; take it out", char.escape_unicode());
        return Err(FileError::new(file, Position::of_byte(text, byte), what));
    }
    options().from_str(text).map_err(|error| translate(file, text, &error))
}

/// The error of a file whose format this program does not know.
pub(crate) fn wrong_format(file: &str, at: Position, found: u32, newest: u32) -> FileError {
    let mut error = FileError::new(file, at, format!("the file has format {found}"));
    error.expected = Some(format!("format {newest}").into());
    if found > newest {
        error.advice = Some("a newer paxoscope can read it".into());
    }
    error
}

fn options() -> ron::Options {
    ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME)
}

/// Some editors begin a file with an invisible byte order mark.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// A value of a RON file that knows where it stands, for what can be wrong with it that RON does not see.
#[derive(Clone, Debug)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where its text lies in memory; only its distance from the file's text means something.
    address: usize,
}

impl<T> Located<T> {
    /// Where it stands in the text that it was read from.
    pub fn position(&self, text: &str) -> Position {
        let text = without_mark(text);
        self.byte_in(text).map(|byte| Position::of_byte(text, byte)).unwrap_or_default()
    }

    fn byte_in(&self, text: &str) -> Option<usize> {
        self.address.checked_sub(text.as_ptr().addr()).filter(|byte| *byte <= text.len())
    }
}

/// Tells the places of many values of one text: each takes the time of its line, where asking the text each time would
/// take the time of all that stands before.
pub(crate) struct Ruler<'a> {
    text: &'a str,
    /// The byte at which each line begins.
    lines: Vec<usize>,
}

impl<'a> Ruler<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let text = without_mark(text);
        let newlines = text.match_indices('\n').map(|(byte, _)| byte + 1);
        Self { text, lines: [0].into_iter().chain(newlines).collect() }
    }

    /// Where this value stands.
    pub(crate) fn place<T>(&self, located: &Located<T>) -> Position {
        let Some(byte) = located.byte_in(self.text) else { return Position::default() };
        let line = self.lines.partition_point(|begin| *begin <= byte);
        let begin = line.checked_sub(1).and_then(|line| self.lines.get(line)).copied().unwrap_or_default();
        let before = self.text.get(begin..byte).unwrap_or_default();
        Position { line, column: before.chars().count() + 1 }
    }

    /// A string with its place.
    pub(crate) fn line(&self, located: Located<String>) -> Line {
        let at = self.place(&located);
        Line { text: located.value, at }
    }

    /// The strings of one list with their places.
    pub(crate) fn lines(&self, located: Vec<Located<String>>) -> Vec<Line> {
        located.into_iter().map(|one| self.line(one)).collect()
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Located<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get_ron();
        let value = after_comments(raw);
        let address = value.as_ptr().addr();
        let tell = |error: ron::error::SpannedError| match &error.code {
            // A part of the value knows its place better.
            ron::Error::Message(message) if message.starts_with(MARK) => D::Error::custom(message),
            code => {
                let found = found_at(value, Position { line: 1, column: 1 });
                D::Error::custom(mark(address, &format!("found {found}: {}", clause(code))))
            }
        };
        Ok(Self { value: options().from_str(value).map_err(tell)?, address })
    }
}

/// Stands around the address that a part of a file puts before its error: RON itself would only tell where the value ends.
/// No file has this character in it.
const MARK: char = '\u{1}';

/// An error with the address of its place.
pub(crate) fn mark(address: usize, clause: &str) -> String {
    format!("{MARK}{address}{MARK}{clause}")
}

/// Takes the address out of such an error.
fn located(text: &str, message: &str) -> Option<(Position, String)> {
    let (address, clause) = message.strip_prefix(MARK)?.split_once(MARK)?;
    let byte = address.parse::<usize>().ok()?.checked_sub(text.as_ptr().addr())?;
    Some((Position::of_byte(text, byte), clause.to_owned()))
}

/// The text from where its first value begins; a byte order mark is no part of it.
pub(crate) fn first_value(text: &str) -> &str {
    after_comments(without_mark(text))
}

/// The text from where its first value begins.
pub(crate) fn after_comments(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let after = if rest.starts_with("//") {
            rest.find('\n').map_or("", |newline| &rest[newline..])
        } else if rest.starts_with("/*") {
            after_block_comment(rest)
        } else {
            return rest;
        };
        rest = after.trim_start();
    }
}

/// Block comments nest.
fn after_block_comment(text: &str) -> &str {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            break;
        }
    }
    text.get(at..).unwrap_or_default()
}

/// A line of text with its place in a file. Equal texts are equal lines, wherever they stand.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// The text.
    pub text: String,
    /// Where it stands; nowhere if it was made in memory.
    pub at: Position,
}

impl PartialEq for Line {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Line {}

impl<S: Into<String>> From<S> for Line {
    fn from(text: S) -> Self {
        Self { text: text.into(), at: Position::default() }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// RON's error in this program's words.
fn translate(file: &str, text: &str, error: &ron::error::SpannedError) -> FileError {
    let at = match error.code {
        // These are noticed after the value, whose beginning says more.
        ron::Error::InvalidValueForType { .. }
        | ron::Error::NoSuchEnumVariant { .. }
        | ron::Error::NoSuchStructField { .. }
        | ron::Error::DuplicateStructField { .. }
        | ron::Error::ExpectedDifferentStructName { .. }
        | ron::Error::Message(_) => error.span.start,
        _ => error.span.end,
    };
    let mut position = Position { line: at.line, column: at.col };
    if let ron::Error::Message(message) = &error.code
        && let Some((position, clause)) = located(text, message)
    {
        return FileError::new(file, position, clause);
    }
    // RON means the beginning of a string's content.
    let quote_before = Position { column: at.col.saturating_sub(1), ..position };
    if at == error.span.start && at.col > 1 && rest_of_line(text, quote_before).starts_with('"') {
        position = quote_before;
    }
    let mut found = found_at(text, position);
    if let (Some(number), ron::Error::IntegerOutOfBounds) = (number_before(text, position), &error.code) {
        position.column = position.column.saturating_sub(number.chars().count());
        found = quote(&number);
    }
    let mut translated = FileError::new(file, position, clause(&error.code));
    match &error.code {
        ron::Error::NoSuchStructField { expected, found, .. }
        | ron::Error::NoSuchEnumVariant { expected, found, .. } => {
            translated.expected = Some(one_of(expected.iter().copied()).into());
            translated.nearest = nearest(found, expected.iter().copied()).map(Into::into);
        }
        ron::Error::MissingStructField { field, .. } => {
            translated.advice = Some(format!("add `{field}: ...,` before this place").into());
        }
        ron::Error::IntegerOutOfBounds => {
            translated.what = format!("the number {found} does not fit here");
            translated.expected = Some("a smaller whole number, 0 or more".into());
        }
        code => {
            if let Some(expected) = expected_by(code) {
                translated.what = format!("found {found}");
                translated.expected = Some(expected.into());
            }
        }
    }
    translated
}

/// What stands at this place of the text: a quote of its first word, or that nothing does.
fn found_at(text: &str, at: Position) -> String {
    let rest = rest_of_line(text, at);
    let ends = |char: char| char.is_whitespace() || ",)]}".contains(char);
    let first = rest.chars().next().map_or(0, char::len_utf8);
    match rest.find(ends).unwrap_or(rest.len()).max(first) {
        0 => "the end of the line".to_owned(),
        end => quote(&rest[..end]),
    }
}

fn rest_of_line(text: &str, at: Position) -> String {
    let line = text.split('\n').nth(at.line.saturating_sub(1)).unwrap_or_default();
    line.trim_end().chars().skip(at.column.saturating_sub(1)).collect()
}

/// The number that ends at this place, with its sign.
fn number_before(text: &str, at: Position) -> Option<String> {
    let line = text.split('\n').nth(at.line.saturating_sub(1))?;
    let before: String = line.chars().take(at.column.saturating_sub(1)).collect();
    let digits = before.trim_end_matches(|char: char| char.is_ascii_alphanumeric() || "-_".contains(char)).len();
    Some(before[digits..].to_owned()).filter(|number| !number.is_empty())
}

/// What RON expected at a place, where that is all that it says.
fn expected_by(error: &ron::Error) -> Option<&'static str> {
    use ron::Error as E;
    Some(match error {
        E::ExpectedInteger => "a whole number",
        E::ExpectedFloat => "a number",
        E::ExpectedBoolean => "`true` or `false`",
        E::ExpectedString => "a string in double quotes",
        E::ExpectedArray => "a list, beginning with `[`",
        E::ExpectedMap => "a map, beginning with `{`",
        E::ExpectedMapColon => "a colon after the name",
        E::ExpectedIdentifier => "a name without quotes",
        E::ExpectedComma => "a comma, or a closing bracket",
        E::ExpectedArrayEnd => "a closing `]`",
        E::ExpectedStructLikeEnd | E::ExpectedOptionEnd => "a closing `)`",
        E::ExpectedStructLike => "an opening `(`",
        E::ExpectedAttribute => "a value (a comment begins with `//`)",
        E::TrailingCharacters => "nothing after the end of the value",
        _ => return None,
    })
}

/// What is wrong, as a clause that can begin a sentence.
fn clause(error: &ron::Error) -> String {
    use ron::Error as E;
    let of = |outer: &Option<String>| outer.as_ref().map(|name| format!(" in `{name}`")).unwrap_or_default();
    match error {
        E::NoSuchStructField { found, outer, .. } => format!("unknown field {}{}", quote(found), of(outer)),
        E::NoSuchEnumVariant { found, .. } => format!("unknown name {}", quote(found)),
        E::MissingStructField { field, outer } => format!("the field `{field}` is missing{}", of(outer)),
        E::DuplicateStructField { field, outer } => format!("the field `{field}` is there twice{}", of(outer)),
        E::ExpectedDifferentStructName { expected, found } => {
            format!("this is a {}: expected a `{expected}`", quote(found))
        }
        E::InvalidValueForType { expected, found } => format!("found {found}: expected {expected}"),
        E::ExceededRecursionLimit => "too many brackets are nested here".to_owned(),
        E::IntegerOutOfBounds => "this number does not fit here; write a smaller whole number, 0 or more".to_owned(),
        E::Eof => "the file ends too early: a closing bracket or quote is missing".to_owned(),
        E::ExpectedStringEnd => "a string is not closed: expected `\"` at its end".to_owned(),
        E::ExpectedNamedStructLike(name) if !name.is_empty() => format!("expected `{name}(` here"),
        other => expected_by(other)
            .map_or_else(|| lower_first(&other.to_string()), |expected| format!("expected {expected}")),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
