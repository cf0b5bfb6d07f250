//! The keymap file: which keys do what instead of the usual ones. What the commands and keys are called is not known
//! here; every name comes with its place.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::error::FileError;
use super::file::{Line, Located, Ruler, parse_ron, wrong_format};

/// The newest format of keymap files.
const FORMAT: u32 = 1;

/// A patch of the keymap.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeymapFile {
    /// Each command that is named, with its new keys, in the file's order.
    pub keys: Vec<(Line, Vec<Line>)>,
}

impl KeymapFile {
    /// Reads a keymap file. `file` is its name in errors.
    pub fn parse(file: &str, text: &str) -> Result<Self, FileError> {
        // A file of a format to come is told so, whatever else in it is new.
        if let Ok(Format { format }) = parse_ron(file, text)
            && format.value != FORMAT
        {
            return Err(wrong_format(file, format.position(text), format.value, FORMAT));
        }
        let Keymap { keys, .. } = parse_ron(file, text)?;
        let ruler = Ruler::new(text);
        let entry = |(command, keys): (Located<String>, Vec<Located<String>>)| (ruler.line(command), ruler.lines(keys));
        Ok(Self { keys: keys.0.into_iter().map(entry).collect() })
    }
}

#[derive(Deserialize)]
#[serde(rename = "Keymap")]
struct Format {
    format: Located<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keymap {
    #[allow(dead_code)]
    format: u32,
    keys: Entries,
}

/// A map in the order of the file, in which a name may be there twice: that is told with both places.
struct Entries(Vec<(Located<String>, Vec<Located<String>>)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;

        impl<'de> Visitor<'de> for All {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map from commands to lists of keys")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Entries, M::Error> {
                let mut all = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    all.push(entry);
                }
                Ok(Entries(all))
            }
        }

        deserializer.deserialize_map(All)
    }
}
