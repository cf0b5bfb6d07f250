//! Which keys do what for this user: the table of commands, and over it what a keymap file says.

use std::collections::BTreeMap;

use crate::script::{FileError, KeymapFile, Line, nearest};

use super::Key;
use super::command::{Command, Id, Scope};
use super::commands::COMMANDS;

/// The keys of this user.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Keymap {
    /// The commands whose keys are not those of the table.
    keys: BTreeMap<Id, Vec<Key>>,
    /// What is typed for a command where there are no keys, as in plain mode.
    words: BTreeMap<Id, &'static str>,
}

impl Keymap {
    /// Reads a keymap file: a patch, so what it does not name stays as it is. No key may do two things in one place.
    pub fn parse(file: &str, text: &str) -> Result<Self, FileError> {
        let patch = KeymapFile::parse(file, text)?;
        let mut keymap = Self::default();
        for (name, keys) in &patch.keys {
            let command = command_of(file, name)?;
            if keys.is_empty() {
                return Err(FileError::new(file, name.at, format!("`{}` needs at least one key", name.text)));
            }
            let keys = keys.iter().map(|key| key_of(file, key, command)).collect::<Result<Vec<_>, _>>()?;
            if keymap.keys.insert(command.id, keys).is_some() {
                return Err(FileError::new(file, name.at, format!("`{}` is there twice", name.text)));
            }
        }
        for (name, keys) in &patch.keys {
            keymap.held_apart(file, command_of(file, name)?, keys)?;
        }
        Ok(keymap)
    }

    /// The same for a mode without keys, in which these words are typed.
    #[must_use]
    pub fn with_words(mut self, words: impl IntoIterator<Item = (Id, &'static str)>) -> Self {
        for (id, word) in words {
            self.words.entry(id).or_insert(word);
        }
        self
    }

    /// The keys of a command.
    pub fn keys<'a>(&'a self, command: &'a Command) -> &'a [Key] {
        self.keys.get(&command.id).map_or(command.keys, Vec::as_slice)
    }

    /// A command's keys in words, `↑ k`; a run of digits is `1-9`.
    pub fn label(&self, command: &Command) -> String {
        match self.keys(command) {
            [Key::Char('1'), .., Key::Char('9')] => "1-9".to_owned(),
            keys => keys.iter().map(|key| key.label().into_owned()).collect::<Vec<_>>().join(" "),
        }
    }

    /// What to press, or to type, for this command; for sentences.
    pub fn first(&self, id: Id) -> String {
        if let Some(word) = self.words.get(&id) {
            return format!("`{word}`");
        }
        let command = COMMANDS.iter().find(|command| command.id == id);
        let key = command.and_then(|command| self.keys(command).first().copied());
        key.map(|key| key.label().into_owned()).unwrap_or_default()
    }

    /// The command of this key there.
    pub(crate) fn command(&self, key: Key, scope: Scope) -> Option<&'static Command> {
        COMMANDS.iter().find(|command| command.applies(scope) && self.keys(command).contains(&key))
    }

    /// Whether each key of this command means it alone, wherever it applies.
    fn held_apart(&self, file: &str, command: &Command, written: &[Line]) -> Result<(), FileError> {
        for (at, (key, line)) in self.keys(command).iter().zip(written).enumerate() {
            if self.keys(command)[..at].contains(key) {
                return Err(FileError::new(file, line.at, format!("the key `{}` is there twice", line.text)));
            }
            let meets = |other: &&Command| {
                other.id != command.id
                    && other.scopes.iter().any(|scope| command.applies(*scope))
                    && self.keys(other).contains(key)
            };
            if let Some(other) = COMMANDS.iter().find(meets) {
                let (key, one, other) = (&line.text, command.id.name(), other.id.name());
                let what = format!("the key `{key}` would mean both `{one}` and `{other}` in the same place");
                let mut error = FileError::new(file, line.at, what);
                error.advice = Some(format!("give `{other}` another key too").into());
                return Err(error);
            }
        }
        Ok(())
    }
}

fn command_of(file: &str, name: &Line) -> Result<&'static Command, FileError> {
    if let Some(command) = COMMANDS.iter().find(|command| command.id.name() == name.text) {
        return Ok(command);
    }
    let names: Vec<String> = COMMANDS.iter().map(|command| command.id.name()).collect();
    let mut error = FileError::new(file, name.at, format!("there is no command {}", quoted(&name.text)));
    error.nearest = nearest(&name.text, names.iter().map(String::as_str)).map(Into::into);
    Err(error)
}

fn key_of(file: &str, written: &Line, command: &Command) -> Result<Key, FileError> {
    let fail = |what: String| FileError::new(file, written.at, what);
    let Some(key) = Key::named(&written.text) else {
        let mut error = fail(format!("there is no key {}", quoted(&written.text)));
        error.expected = Some("one character, `f1` to `f12`, or a word like `space`, `enter` or `left`".into());
        error.nearest = nearest(&written.text, Key::words()).map(Into::into);
        return Err(error);
    };
    if command.id == Id::Answer {
        return Err(fail("`answer` keeps its digits: each is the number of an answer or of a message".to_owned()));
    }
    if command.id.is_fixed() {
        return Err(fail(format!("`{}` keeps its keys: each means something of its own", command.id.name())));
    }
    let is_typed = |scope: &Scope| matches!(scope, Scope::Request | Scope::Pick | Scope::Typing);
    if command.scopes.iter().any(is_typed) && key.edits() {
        return Err(fail(format!(
            "`{}` edits the line that is typed: it cannot be `{}`",
            written.text,
            command.id.name()
        )));
    }
    Ok(key)
}

/// Somebody's text in backticks, short.
fn quoted(text: &str) -> String {
    let shown: String = text.chars().filter(|char| !char.is_control()).take(30).collect();
    let cut = if text.chars().count() > 30 { "…" } else { "" };
    format!("`{shown}{cut}`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::View;

    fn parse(keys: &str) -> Result<Keymap, String> {
        Keymap::parse("keymap.ron", &format!("Keymap(\n  format: 1,\n  keys: {{{keys}}},\n)"))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_patch_changes_what_it_names_only() {
        let keymap = parse(r#""deliver": ["D", "f2"], "votes": ["enter"]"#).unwrap();
        assert_eq!(keymap.first(Id::Deliver), "D");
        assert_eq!(keymap.command(Key::F(2), Scope::Stage).unwrap().id, Id::Deliver);
        assert_eq!(keymap.command(Key::Enter, Scope::Stage).unwrap().id, Id::View(View::Votes));
        assert_eq!(keymap.command(Key::Char('v'), Scope::Stage).map(|command| command.id), None);
        assert_eq!(keymap.first(Id::Quit), "q");
        assert_eq!(parse("").unwrap(), Keymap::default());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_and_the_nearest_name() {
        let table = [
            (r#""delivr": ["D"]"#, "keymap.ron:3:10: there is no command `delivr`; did you mean `deliver`?"),
            (r#""deliver": []"#, "keymap.ron:3:10: `deliver` needs at least one key"),
            (
                r#""deliver": ["spcae"]"#,
                "keymap.ron:3:22: there is no key `spcae`: expected one character, `f1` to `f12`, or a word like `space`, `enter` or `left`",
            ),
            (
                r#""deliver": ["spac"]"#,
                "keymap.ron:3:22: there is no key `spac`: expected one character, `f1` to `f12`, or a word like `space`, `enter` or `left`; did you mean `space`?",
            ),
            (
                r#""deliver": ["x"]"#,
                "keymap.ron:3:22: the key `x` would mean both `deliver` and `drop` in the same place; give `drop` another key too",
            ),
            (r#""deliver": ["D", "D"]"#, "keymap.ron:3:27: the key `D` is there twice"),
            (r#""deliver": ["D"], "deliver": ["E"]"#, "keymap.ron:3:28: `deliver` is there twice"),
            (r#""accept": ["y"]"#, "keymap.ron:3:21: `y` edits the line that is typed: it cannot be `accept`"),
            (
                r#""answer": ["y"]"#,
                "keymap.ron:3:21: `answer` keeps its digits: each is the number of an answer or of a message",
            ),
        ];
        for (keys, expected) in table {
            assert_eq!(parse(keys), Err(expected.to_owned()), "{keys}");
        }
        let newer = Keymap::parse("keymap.ron", "Keymap(format: 2, chords: [])").unwrap_err().to_string();
        assert_eq!(newer, "keymap.ron:1:16: the file has format 2: expected format 1; a newer paxoscope can read it");
        let unknown = Keymap::parse("keymap.ron", "Keymap(format: 1, key: {})").unwrap_err().to_string();
        assert_eq!(
            unknown,
            "keymap.ron:1:19: unknown field `key` in `Keymap`: expected `format` or `keys`; did you mean `keys`?"
        );
    }
}
