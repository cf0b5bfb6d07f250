//! The line that is typed into: a command of the action language, a text to find, or how a run plays itself.

use crate::script::predicate_completions;
use crate::world::World;

use super::orders::offers;
use super::{Key, Line};

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ask {
    /// An action, as the language writes it.
    Command,
    /// A part of a message's text.
    Find,
    /// How the run plays itself.
    Autoplay,
    /// What a search looks for.
    Predicate,
}

/// A line being typed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Typing {
    /// What for.
    pub ask: Ask,
    /// What is written so far.
    pub line: Line,
    /// While Tab goes through what the line can become: what was typed, and which one is shown.
    shown: Option<(String, usize)>,
    /// How many lines back in the history we are.
    past: usize,
}

impl Typing {
    /// A line that begins with this text. An old value, which another one takes the place of, is typed over.
    pub(crate) fn new(ask: Ask, text: &str) -> Self {
        let line = match ask {
            Ask::Autoplay | Ask::Find => Line::suggested(text),
            Ask::Command | Ask::Predicate => Line::new(text),
        };
        Self { ask, line, shown: None, past: 0 }
    }

    /// What the line can become by its next word.
    pub fn candidates(&self, world: &World) -> Vec<String> {
        match (self.ask, &self.shown) {
            (Ask::Command, Some((typed, _))) => offers(typed, world),
            (Ask::Command, None) => offers(&self.line.text(), world),
            (Ask::Predicate, Some((typed, _))) => predicate_completions(typed, world),
            (Ask::Predicate, None) => predicate_completions(&self.line.text(), world),
            (Ask::Find | Ask::Autoplay, _) => Vec::new(),
        }
    }

    /// Which of the candidates stands in the line.
    pub fn candidate(&self) -> Option<usize> {
        self.shown.as_ref().map(|(_, at)| *at)
    }

    /// A key that edits the text; false if it does not.
    pub(crate) fn edit(&mut self, key: Key) -> bool {
        let edits = self.line.edit(key);
        if edits {
            self.shown = None;
        }
        edits
    }

    /// Tab: writes what all candidates have in common; if that is there already, one after the other.
    pub(crate) fn complete(&mut self, world: &World) -> Result<(), String> {
        let typed = self.line.text();
        let candidates = self.candidates(world);
        let Some(first) = candidates.first() else { return Err("nothing goes on from here".to_owned()) };
        if let Some((typed, at)) = self.shown.take() {
            let next = (at + 1) % candidates.len();
            self.line = Line::new(&candidates[next]);
            self.shown = Some((typed, next));
            return Ok(());
        }
        let common = candidates.iter().fold(first.as_str(), |common, one| shared(common, one));
        if common.len() > typed.trim_start().len() {
            self.line = Line::new(common);
        } else if candidates.len() > 1 {
            self.line = Line::new(first);
            self.shown = Some((typed, 0));
        } else {
            return Err("the line is whole: enter does it".to_owned());
        }
        Ok(())
    }

    /// An older line of the history, or a newer one.
    pub(crate) fn recall(&mut self, history: &[String], older: bool) -> Result<(), String> {
        let past = if older { self.past + 1 } else { self.past.saturating_sub(1) };
        if !matches!(self.ask, Ask::Command | Ask::Predicate) || past > history.len() || past == self.past {
            return Err(if older { "there is no older line" } else { "there is no newer line" }.to_owned());
        }
        self.past = past;
        self.shown = None;
        self.line = Line::new(history.iter().rev().nth(past.wrapping_sub(1)).map_or("", String::as_str));
        Ok(())
    }
}

/// What two texts begin with.
fn shared<'a>(one: &'a str, other: &str) -> &'a str {
    let same = one.char_indices().zip(other.chars()).take_while(|((_, a), b)| a == b).last();
    same.map_or("", |((at, char), _)| &one[..at + char.len_utf8()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Setup;

    #[test]
    fn tab_writes_what_is_certain_and_then_goes_through_the_rest() {
        let world = World::new(&Setup::default()).unwrap();
        let mut typing = Typing::new(Ask::Command, "el");
        let mut seen = Vec::new();
        for _ in 0..5 {
            typing.complete(&world).unwrap();
            seen.push(typing.line.text());
        }
        assert_eq!(seen, ["elect ", "elect L", "elect L0", "elect L1", "elect L0"]);
        typing.edit(Key::Backspace);
        typing.edit(Key::Char('1'));
        assert_eq!(typing.complete(&world), Err("the line is whole: enter does it".to_owned()));
        assert!(Typing::new(Ask::Command, "explode").complete(&world).is_err());
    }

    #[test]
    fn the_history_goes_back_and_comes_again() {
        let history = ["one".to_owned(), "two".to_owned()];
        let mut typing = Typing::new(Ask::Command, "");
        let mut seen = Vec::new();
        for older in [true, true, true, false, false, false] {
            let moved = typing.recall(&history, older).is_ok();
            seen.push((moved, typing.line.text()));
        }
        let texts: Vec<_> = seen.iter().map(|(moved, text)| (*moved, text.as_str())).collect();
        assert_eq!(texts, [(true, "two"), (true, "one"), (false, "one"), (true, "two"), (true, ""), (false, "")]);
    }
}
