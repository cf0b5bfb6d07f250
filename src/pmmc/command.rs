//! Commands and the state machine that they drive: a key-value store (slides: `A = "Put k1 v1"`).

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ClientId;

/// A command's place in the table of the run's commands, in order of first request. It prints as a letter:
/// `A, B, … Z, AA, AB, …`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct CommandId(pub u16);

impl fmt::Display for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = [0_u8; 4];
        let mut at = letters.len();
        let mut rest = u32::from(self.0) + 1;
        while rest > 0 {
            at -= 1;
            letters[at] = b'A' + ((rest - 1) % 26) as u8;
            rest = (rest - 1) / 26;
        }
        letters[at..].iter().try_for_each(|letter| fmt::Write::write_char(f, char::from(*letter)))
    }
}

impl FromStr for CommandId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digit = |letter: u8| letter.is_ascii_uppercase().then(|| u32::from(letter - b'A') + 1);
        let short = !text.is_empty() && text.len() <= 4;
        let number = text.bytes().try_fold(0_u32, |number, letter| Some(number * 26 + digit(letter)?));
        let id = number.filter(|_| short).and_then(|number| u16::try_from(number - 1).ok());
        id.map(Self).ok_or_else(|| format!("{text:?} is no command such as A"))
    }
}

/// What a command does to the key-value store.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Op {
    Put { key: String, value: String },
    Get { key: String },
    Append { key: String, value: String },
    Noop,
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put { key, value } => write!(f, "put {key} {value}"),
            Self::Get { key } => write!(f, "get {key}"),
            Self::Append { key, value } => write!(f, "append {key} {value}"),
            Self::Noop => f.write_str("noop"),
        }
    }
}

/// A command: who asked, and for what. Two requests for the same operation are two commands; the paper's `cid` is the
/// command's place in the table.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Command {
    /// Whom replicas answer; nobody, for a proposal that was laid at a leader in a cluster without clients.
    pub client: Option<ClientId>,
    /// What it does.
    pub op: Op,
}

/// What performing a command gives back to its client.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub enum OpResult {
    /// The value that the key has after the operation.
    Value(String),
    /// `get` of a key that was never put.
    Absent,
    /// `noop` has nothing to say.
    Done,
}

impl fmt::Display for OpResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => f.write_str(value),
            Self::Absent => f.write_str("none"),
            Self::Done => f.write_str("ok"),
        }
    }
}

/// The replicated state machine's state: keys and values.
pub type State = BTreeMap<String, String>;

impl Op {
    /// Applies the operation to the state and says what it gives back.
    pub fn perform(&self, app: &mut State) -> OpResult {
        match self {
            Self::Put { key, value } => {
                app.insert(key.clone(), value.clone());
                OpResult::Value(value.clone())
            }
            Self::Get { key } => app.get(key).map_or(OpResult::Absent, |value| OpResult::Value(value.clone())),
            Self::Append { key, value } => {
                let whole = app.entry(key.clone()).or_default();
                whole.push_str(value);
                OpResult::Value(whole.clone())
            }
            Self::Noop => OpResult::Done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_named_like_columns() {
        let names =
            [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA"), (u16::MAX, "CRXP")];
        for (id, name) in names {
            assert_eq!(CommandId(id).to_string(), name);
            assert_eq!(name.parse(), Ok(CommandId(id)));
        }
        for no_name in ["", "a", "A1", "CRXQ", "ZZZZZ"] {
            assert!(no_name.parse::<CommandId>().is_err(), "{no_name}");
        }
    }

    #[test]
    fn the_state_machine_is_a_key_value_store() {
        let mut app = State::new();
        let key = || "k1".to_owned();
        assert_eq!(Op::Get { key: key() }.perform(&mut app), OpResult::Absent);
        assert_eq!(Op::Put { key: key(), value: "v".into() }.perform(&mut app), OpResult::Value("v".into()));
        assert_eq!(Op::Append { key: key(), value: "w".into() }.perform(&mut app), OpResult::Value("vw".into()));
        assert_eq!(Op::Get { key: key() }.perform(&mut app), OpResult::Value("vw".into()));
        assert_eq!(Op::Noop.perform(&mut app), OpResult::Done);
    }
}
