//! What is wrong with a text: where, what was found, what was expected, and what to do about it.

use std::fmt;

/// A place in a text, both counted from 1, in characters. `0:0` is no place: the text was made in memory.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[allow(missing_docs)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl Position {
    /// The place of this byte of the text.
    pub fn of_byte(text: &str, byte: usize) -> Self {
        Self { line: 1, column: 1 }.after(text.get(..byte).unwrap_or(text))
    }

    /// The byte of the text that stands at this place; its end, if none does.
    pub(crate) fn byte_in(self, text: &str) -> usize {
        let mut lines = text.split_inclusive('\n');
        let before: usize = lines.by_ref().take(self.line.saturating_sub(1)).map(str::len).sum();
        let line = lines.next().unwrap_or_default();
        before + line.char_indices().nth(self.column.saturating_sub(1)).map_or(line.len(), |(byte, _)| byte)
    }

    /// The place behind this text, which begins here.
    #[must_use]
    pub(crate) fn after(self, text: &str) -> Self {
        match text.rfind('\n') {
            None => Self { column: self.column + text.chars().count(), ..self },
            Some(newline) => Self {
                line: self.line + text.bytes().filter(|byte| *byte == b'\n').count(),
                column: text[newline + 1..].chars().count() + 1,
            },
        }
    }
}

/// Why a line is no action. It displays as one sentence, without the column.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ActionError {
    /// Where in the line, in characters, the first being 1.
    pub column: usize,
    /// What was found, a clause: ``unknown action `delivr` ``.
    pub what: String,
    /// What was expected there.
    pub expected: Option<String>,
    /// What helps: what is in flight, say.
    pub advice: Option<String>,
    /// What was probably meant.
    pub nearest: Option<String>,
}

impl ActionError {
    pub(crate) fn new(column: usize, what: impl Into<String>) -> Self {
        Self { column, what: what.into(), ..Self::default() }
    }

    pub(crate) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    pub(crate) fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    pub(crate) fn nearest(mut self, nearest: Option<impl Into<String>>) -> Self {
        self.nearest = nearest.map(Into::into);
        self
    }
}

impl fmt::Display for ActionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, expected, advice, nearest, .. } = self;
        Clauses { what, expected: expected.as_deref(), advice: advice.as_deref(), nearest: nearest.as_deref() }.fmt(f)
    }
}

impl std::error::Error for ActionError {}

/// The most characters of what is said to be wrong.
const LONGEST_ERROR: usize = 500;

/// What is wrong with a file, and where. It displays as one sentence that begins `FILE:line:column`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileError {
    /// The file's name, as its user knows it.
    pub file: String,
    /// Where.
    pub position: Position,
    /// What was found, a clause.
    pub what: String,
    /// What was expected there.
    pub expected: Option<Box<str>>,
    /// What helps.
    pub advice: Option<Box<str>>,
    /// What was probably meant.
    pub nearest: Option<Box<str>>,
}

impl FileError {
    /// An error with nothing to add. What it quotes can be of any length: it is cut.
    pub fn new(file: &str, position: Position, what: impl Into<String>) -> Self {
        let mut what = what.into();
        if let Some((byte, _)) = what.char_indices().nth(LONGEST_ERROR) {
            what.truncate(byte);
            what.push_str("...");
        }
        Self { file: file.to_owned(), position, what, expected: None, advice: None, nearest: None }
    }

    /// The sentence without the place.
    pub(crate) fn clauses(&self) -> String {
        let Self { what, expected, advice, nearest, .. } = self;
        Clauses { what, expected: expected.as_deref(), advice: advice.as_deref(), nearest: nearest.as_deref() }
            .to_string()
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column } = self.position;
        f.write_str(&printable(&self.file))?;
        if line > 0 {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.clauses())
    }
}

impl std::error::Error for FileError {}

/// A sentence in its parts.
struct Clauses<'a> {
    what: &'a str,
    expected: Option<&'a str>,
    advice: Option<&'a str>,
    nearest: Option<&'a str>,
}

impl fmt::Display for Clauses<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)?;
        if let Some(expected) = self.expected {
            write!(f, ": expected {expected}")?;
        }
        if let Some(advice) = self.advice {
            write!(f, "; {advice}")?;
        }
        if let Some(nearest) = self.nearest {
            write!(f, "; did you mean `{nearest}`?")?;
        }
        Ok(())
    }
}

/// The most characters of a text that an error quotes: what was expected stands behind it, on the same line if it can.
const LONGEST_QUOTE: usize = 40;

/// A piece of somebody's text in backticks, short and harmless to a terminal.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = printable(&text.chars().take(LONGEST_QUOTE).collect::<String>());
    if text.chars().nth(LONGEST_QUOTE).is_some() {
        quoted.push_str("...");
    }
    format!("`{quoted}`")
}

/// Whether a character is none to be shown as it is: it steers the terminal, hides, or turns the text around.
pub(crate) fn is_unprintable(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(char, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// The text with every such character written out.
pub(crate) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if is_unprintable(char) {
            out.extend(char.escape_unicode());
        } else {
            out.push(char);
        }
    }
    out
}

/// Names in backticks with commas: `` `a`, `b` or `c` ``.
pub(crate) fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.pop() {
        None => "nothing".to_owned(),
        Some(last) if quoted.is_empty() => last,
        Some(last) => format!("{} or {last}", quoted.join(", ")),
    }
}
