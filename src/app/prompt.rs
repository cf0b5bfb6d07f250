//! The two little prompts: one line of text, and "which process?".

use crate::pmmc::{ClientId, ProcessId};
use crate::script::parse_action;
use crate::world::{Action, World};

use super::Key;

/// One line that can be edited.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Line {
    text: Vec<char>,
    cursor: usize,
    /// Whether the text is a suggestion, which the first character that is typed replaces.
    suggested: bool,
}

impl Line {
    /// A line with this text; the cursor stands behind it.
    pub fn new(text: &str) -> Self {
        let text: Vec<char> = text.chars().collect();
        Self { cursor: text.len(), text, suggested: false }
    }

    /// A line with a suggestion: to be taken as it is, to be changed, or to be typed over.
    pub fn suggested(text: &str) -> Self {
        Self { suggested: !text.is_empty(), ..Self::new(text) }
    }

    /// Whether what is written is only a suggestion.
    pub fn is_suggestion(&self) -> bool {
        self.suggested
    }

    /// What is written.
    pub fn text(&self) -> String {
        self.text.iter().collect()
    }

    /// What stands before the cursor, and what behind it.
    pub fn split(&self) -> (String, String) {
        let (before, behind) = self.text.split_at(self.cursor.min(self.text.len()));
        (before.iter().collect(), behind.iter().collect())
    }

    /// Edits the line; false if this key edits nothing.
    pub fn edit(&mut self, key: Key) -> bool {
        if std::mem::take(&mut self.suggested) && matches!(key, Key::Char(_)) {
            *self = Self::default();
        }
        match key {
            Key::Char(char) => self.insert(char),
            Key::Space => self.insert(' '),
            Key::Left => self.cursor = self.cursor.saturating_sub(1),
            Key::Right => self.cursor = (self.cursor + 1).min(self.text.len()),
            Key::Home => self.cursor = 0,
            Key::End => self.cursor = self.text.len(),
            Key::Backspace if self.cursor > 0 => {
                self.cursor -= 1;
                self.text.remove(self.cursor);
            }
            Key::Delete if self.cursor < self.text.len() => {
                self.text.remove(self.cursor);
            }
            Key::EraseLine => self.erase_from(0),
            Key::EraseWord => self.erase_from(self.word()),
            Key::Backspace | Key::Delete => {}
            _ => return false,
        }
        true
    }

    /// Where the word begins that the cursor is in or behind.
    fn word(&self) -> usize {
        let before = &self.text[..self.cursor];
        let end = before.iter().rposition(|char| *char != ' ').map_or(0, |last| last + 1);
        before[..end].iter().rposition(|char| *char == ' ').map_or(0, |blank| blank + 1)
    }

    fn erase_from(&mut self, start: usize) {
        self.text.drain(start..self.cursor);
        self.cursor = start;
    }

    fn insert(&mut self, char: char) {
        self.text.insert(self.cursor, char);
        self.cursor += 1;
    }
}

/// What a request prompt suggests: the next request of the workload, or else the next `put` of its own numbering.
pub(crate) fn suggestion(world: &World) -> String {
    let clients = world.cluster().clients;
    let name = |client: ClientId| if clients > 1 { format!("{client} ") } else { String::new() };
    if let Some(next) = world.next_of_workload() {
        return format!("{}{}", name(next.client), next.op);
    }
    let number = world.context().commands.len() + 1;
    let client = world.cluster().clients().find(|id| world.is_up((*id).into())).unwrap_or(ClientId(0));
    format!("{}put k{number} v{number}", name(client))
}

/// What is asked for in a request prompt, as the action language says it; without a name the first client asks.
pub(crate) fn parse_request(world: &World, text: &str) -> Result<Action, String> {
    const EXPECTED: &str = "write put KEY VALUE, get KEY, append KEY VALUE, noop, or a letter requested before";
    let mut words = text.split_whitespace();
    let first = words.next().ok_or(EXPECTED)?;
    let named = world.cluster().clients().any(|id| id.to_string() == first);
    let client = world.cluster().clients().next().ok_or("there is no client in this cluster")?;
    let line = if named { format!("request {text}") } else { format!("request {client} {text}") };
    parse_action(&line, world).map_err(|error| error.to_string())
}

/// What a process is picked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// To run for office.
    Elect,
    /// To crash it, or to restart it if it is down.
    Crash,
    /// To send again what it has no answer to.
    Resend,
}

impl Purpose {
    /// What it would do to this process.
    pub fn action(self, world: &World, process: ProcessId) -> Option<Action> {
        match (self, process) {
            (Self::Elect, ProcessId::Leader(leader)) => Some(Action::Elect(leader)),
            (Self::Elect, _) => None,
            (Self::Resend, _) => Some(Action::Resend(process)),
            (Self::Crash, _) if world.is_up(process) => Some(Action::Crash(process)),
            (Self::Crash, _) => Some(Action::Restart(process)),
        }
    }

    /// The verb for this process.
    pub fn verb(self, world: &World, process: ProcessId) -> &'static str {
        match self {
            Self::Elect => "elect",
            Self::Resend => "resend",
            Self::Crash if world.is_up(process) => "crash",
            Self::Crash => "restart",
        }
    }
}

/// "Which process?"
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pick {
    /// What for.
    pub purpose: Purpose,
    /// Who can be picked.
    pub candidates: Vec<ProcessId>,
    /// Which of them Enter takes.
    pub selected: usize,
    /// What was typed of a name.
    pub typed: String,
}

/// What a key did in a pick.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Picked {
    /// The name is whole: this one.
    This(ProcessId),
    /// Moved, or took one more letter of a name.
    Going,
    /// No candidate is called so.
    Nobody,
    /// Not a key of a pick.
    NotAKey,
}

impl Pick {
    /// Who is selected.
    pub fn process(&self) -> Option<ProcessId> {
        self.candidates.get(self.selected).copied()
    }

    /// Takes an arrow, or a letter or digit of a name, which Enter then confirms. Where only leaders are asked for, a digit
    /// alone names one and does it: that is the quick way, and nobody presses Enter after it.
    pub(crate) fn key(&mut self, key: Key) -> Picked {
        match key {
            Key::Left | Key::Up => self.selected = self.selected.saturating_sub(1),
            Key::Right | Key::Down => {
                self.selected = (self.selected + 1).min(self.candidates.len().saturating_sub(1));
            }
            Key::Home => self.selected = 0,
            Key::End => self.selected = self.candidates.len().saturating_sub(1),
            Key::Backspace => {
                self.typed.pop();
            }
            Key::EraseLine | Key::EraseWord => self.typed.clear(),
            Key::Char(char) => return self.letter(char),
            _ => return Picked::NotAKey,
        }
        Picked::Going
    }

    fn letter(&mut self, char: char) -> Picked {
        let mut typed = self.typed.clone();
        typed.push(char.to_ascii_uppercase());
        let quick = self.purpose == Purpose::Elect && char.is_ascii_digit() && self.typed.is_empty();
        if quick {
            typed.insert(0, 'L');
        }
        let begins = |process: &&ProcessId| process.to_string().starts_with(&typed);
        let matching: Vec<ProcessId> = self.candidates.iter().filter(begins).copied().collect();
        match matching.as_slice() {
            [] => return Picked::Nobody,
            [only] if quick && only.to_string() == typed => return Picked::This(*only),
            [first, ..] => self.selected = self.candidates.iter().position(|one| one == first).unwrap_or(0),
        }
        self.typed = typed;
        Picked::Going
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &mut Line, keys: &[Key]) -> (String, String) {
        for key in keys {
            assert!(line.edit(*key), "{key:?}");
        }
        line.split()
    }

    #[test]
    fn a_line_is_erased_as_in_a_shell() {
        let line = || Line::new("partition L0 A0 | L1");
        let table: [(&[Key], (&str, &str)); 7] = [
            (&[Key::EraseLine], ("", "")),
            (&[Key::EraseWord], ("partition L0 A0 | ", "")),
            (&[Key::EraseWord, Key::EraseWord], ("partition L0 A0 ", "")),
            (&[Key::Left, Key::Left, Key::EraseWord], ("partition L0 A0 ", "L1")),
            (&[Key::Left, Key::EraseLine], ("", "1")),
            (&[Key::Home, Key::EraseWord, Key::EraseLine], ("", "partition L0 A0 | L1")),
            (&[Key::Home, Key::Right, Key::EraseWord, Key::End, Key::EraseWord], ("artition L0 A0 | ", "")),
        ];
        for (keys, (before, behind)) in table {
            assert_eq!(typed(&mut line(), keys), (before.to_owned(), behind.to_owned()), "{keys:?}");
        }
        assert_eq!(typed(&mut Line::suggested("put k1 v1"), &[Key::EraseWord]), ("put k1 ".to_owned(), String::new()));
        assert_eq!(typed(&mut Line::new("a  "), &[Key::EraseWord]), (String::new(), String::new()));
    }
}
