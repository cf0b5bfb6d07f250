//! The help: every command with its keys, and what of it is looked for.

use super::command::{Command, Group};
use super::commands::COMMANDS;
use super::legend::{FIELDS, FIELDS_TITLE, FieldWords, LEGEND, LEGEND_TITLE, Mark};
use super::{Key, Keymap, Line};

/// The help as it lies on top.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Help {
    /// By how many lines it is scrolled down.
    pub scrolled: usize,
    /// What is looked for, and whether it is still typed.
    search: Option<(Line, bool)>,
}

/// One line of the help.
#[derive(Clone)]
pub enum HelpLine {
    /// The title of what follows.
    Title(&'static str),
    /// A command.
    Command(&'static Command),
    /// A mark with what it means; what needs more lines goes on without the mark.
    Mark(&'static str, String),
    /// Between two sections.
    Gap,
}

impl Help {
    /// What is looked for, if anything is.
    pub fn wanted(&self) -> Option<&Line> {
        self.search.as_ref().map(|(line, _)| line)
    }

    /// Whether keys are typed into what is looked for.
    pub fn is_typed(&self) -> bool {
        self.search.as_ref().is_some_and(|(_, typed)| *typed)
    }

    /// Begins to look for something, or goes on with it.
    pub(crate) fn find(&mut self) {
        self.search.get_or_insert_default().1 = true;
    }

    /// Lists everything again; false if everything is listed.
    pub(crate) fn list_all(&mut self) -> bool {
        self.scrolled = 0;
        self.search.take().is_some()
    }

    /// A key while something is typed that is looked for; false if it does not belong there.
    pub(crate) fn edit(&mut self, key: Key) -> bool {
        let Some((line, typed @ true)) = &mut self.search else { return false };
        if key == Key::Enter {
            *typed = false;
            if line.text().trim().is_empty() {
                self.search = None;
            }
            return true;
        }
        let edits = line.edit(key);
        if edits {
            self.scrolled = 0;
        }
        edits
    }

    /// What is listed on a screen of so many columns: all, or what contains every word that is looked for: in a key, a
    /// name or a sentence, in a mark or in what it means.
    pub fn lines(&self, keymap: &Keymap, columns: u16) -> Vec<HelpLine> {
        let wanted = self.wanted().map(|line| line.text().to_lowercase()).unwrap_or_default();
        let words: Vec<&str> = wanted.split_whitespace().collect();
        let mut lines = Vec::new();
        let mut section = |title: &'static str, found: Vec<HelpLine>| {
            if !found.is_empty() {
                lines.push(HelpLine::Title(title));
                lines.extend(found);
                lines.push(HelpLine::Gap);
            }
        };
        for group in Group::ALL {
            let found = COMMANDS
                .iter()
                .filter(|command| command.group == group && words.iter().all(|word| is_about(command, word, keymap)));
            section(group.title(), found.map(HelpLine::Command).collect());
        }
        let is_meant = |mark: &&Mark| words.iter().all(|word| means(mark, word));
        let fields = FIELDS.iter().map(FieldWords::told).collect();
        for (title, table) in [(LEGEND_TITLE, LEGEND.to_vec()), (FIELDS_TITLE, fields)] {
            let marks = table.iter().filter(is_meant).flat_map(|mark| mark.lines(help_cells(columns)));
            section(title, marks.map(|(mark, words)| HelpLine::Mark(mark, words)).collect());
        }
        lines.pop();
        lines
    }

    /// How many lines have no room on a screen of this size.
    pub(crate) fn hidden(&self, keymap: &Keymap, (columns, rows): (u16, u16)) -> usize {
        let shown = usize::from(rows).saturating_sub(2) * usize::from(help_columns(columns));
        self.lines(keymap, columns).len().saturating_sub(shown)
    }

    /// Scrolls by so many lines on a screen of this size; false at the end.
    pub(crate) fn scroll(&mut self, by: isize, keymap: &Keymap, (columns, rows): (u16, u16)) -> bool {
        let most = self.hidden(keymap, (columns, rows));
        let to = self.scrolled.saturating_add_signed(by).min(most);
        let has_moved = to != self.scrolled;
        self.scrolled = to;
        has_moved
    }
}

fn means(mark: &Mark, word: &str) -> bool {
    format!("{} {} {}", mark.mark, mark.word, mark.meaning).to_lowercase().contains(word)
}

/// Whether a command's key begins so, or its name or sentence contains this; a key of one letter is that letter alone.
fn is_about(command: &Command, word: &str, keymap: &Keymap) -> bool {
    let is_key = |label: String| label == word || word.len() > 2 && label.starts_with(word);
    keymap.keys(command).iter().any(|key| is_key(key.label().to_lowercase()))
        || format!("{} {}", command.name, command.sentence).to_lowercase().contains(word)
}

/// How many columns the help has at this width.
pub fn help_columns(width: u16) -> u16 {
    if width >= 78 { 2 } else { 1 }
}

/// The cells of a column of the help that are written to.
pub fn help_cells(width: u16) -> usize {
    usize::from(width / help_columns(width)).saturating_sub(4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Id, View};

    fn found(text: &str) -> Vec<Id> {
        let mut help = Help::default();
        help.find();
        for char in text.chars() {
            help.edit(if char == ' ' { Key::Space } else { Key::Char(char) });
        }
        let command = |line| if let HelpLine::Command(command) = line { Some(command.id) } else { None };
        help.lines(&Keymap::default(), 80).into_iter().filter_map(command).collect()
    }

    #[test]
    fn what_is_looked_for_is_a_key_a_name_or_a_part_of_a_sentence() {
        assert_eq!(found("space-time"), [Id::View(View::Time)]);
        assert_eq!(found("$"), [Id::View(View::Costs)]);
        assert_eq!(found("Crash restart"), [Id::Crash]);
        assert_eq!(found("zebra"), []);
        assert_eq!(found("").len(), COMMANDS.len());
        assert!(found("f5").contains(&Id::Open));
        assert_eq!(found("ctrl"), [Id::Repaint]);
        assert_eq!(found("redraw"), [Id::Repaint]);
    }
}
