//! Reading one line, word by word, with columns.

use super::error::{ActionError, quote};

/// A place in a line of the action language.
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

/// A word and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct Word<'a> {
    pub(crate) text: &'a str,
    pub(crate) column: usize,
}

impl<'a> Cursor<'a> {
    /// The beginning of a line; a line has no control characters but tabs.
    pub(crate) fn new(text: &'a str) -> Result<Self, ActionError> {
        let cursor = Self { text, at: 0 };
        match text.char_indices().find(|(_, char)| char.is_control() && *char != '\t') {
            None => Ok(cursor),
            Some((byte, char)) => {
                let what = format!("the control character {} in an action", char.escape_unicode());
                Err(ActionError::new(cursor.column_of(byte), what).advice("an action is one line of plain text"))
            }
        }
    }

    fn column_of(&self, byte: usize) -> usize {
        self.text[..byte].chars().count() + 1
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Where the next word begins, or the end of the line.
    pub(crate) fn column(&mut self) -> usize {
        self.skip_space();
        self.column_of(self.at)
    }

    /// The next word, as long as its characters are like this; empty at another character or the end.
    pub(crate) fn word_of(&mut self, belongs: impl Fn(char) -> bool) -> Word<'a> {
        let column = self.column();
        let rest = self.rest();
        let end = rest.find(|char| !belongs(char)).unwrap_or(rest.len());
        self.at += end;
        Word { text: &rest[..end], column }
    }

    /// The next word up to a space; empty at the end.
    pub(crate) fn word(&mut self) -> Word<'a> {
        self.word_of(|char| !char.is_whitespace())
    }

    /// The next word; if there is none, what was expected.
    pub(crate) fn need(&mut self, expected: &str) -> Result<Word<'a>, ActionError> {
        let word = self.word();
        if word.text.is_empty() {
            return Err(ActionError::new(word.column, "the line ends too early").expected(expected));
        }
        Ok(word)
    }

    /// Steps over this text if it comes next.
    pub(crate) fn skip(&mut self, text: &str) -> bool {
        self.skip_space();
        let there = self.rest().starts_with(text);
        if there {
            self.at += text.len();
        }
        there
    }

    /// All that is left, without spaces around it.
    pub(crate) fn remainder(&mut self) -> Word<'a> {
        let column = self.column();
        let rest = self.rest().trim_end();
        self.at = self.text.len();
        Word { text: rest, column }
    }

    /// Nothing may follow.
    pub(crate) fn end(&mut self) -> Result<(), ActionError> {
        let left = self.remainder();
        if left.text.is_empty() {
            return Ok(());
        }
        Err(ActionError::new(left.column, format!("{} after the end of the action", quote(left.text)))
            .advice("remove it"))
    }
}
