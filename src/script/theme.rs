//! The theme file: how what is marked on the screen looks, instead of how it usually does.

use serde::Deserialize;

use super::error::{FileError, quote};
use super::file::{Line, Located, Ruler, parse_ron, wrong_format};

/// The newest format of theme files.
const FORMAT: u32 = 1;

/// A colour, as a terminal has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ink {
    /// The terminal's own foreground.
    Own,
    /// One of the terminal's 16 colours, or of the 256.
    Indexed(u8),
    /// Red, green and blue.
    Rgb(u8, u8, u8),
}

/// The names of the terminal's 16 colours, in their order.
const NAMES: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "gray",
    "dark-gray",
    "light-red",
    "light-green",
    "light-yellow",
    "light-blue",
    "light-magenta",
    "light-cyan",
    "white",
];

/// How one thing that is marked looks; what is not said stays as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(missing_docs)]
pub struct Look {
    pub color: Option<Ink>,
    pub bold: Option<bool>,
    pub underlined: Option<bool>,
    pub reversed: Option<bool>,
    pub dim: Option<bool>,
}

/// A patch of a theme.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ThemeFile {
    /// The theme that it changes; every one, if none is named.
    pub base: Option<Line>,
    /// How each thing looks.
    pub looks: Slots<Look>,
}

/// One of something for each thing that is marked on the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(missing_docs)]
pub struct Slots<T> {
    pub changed: T,
    pub selected: T,
    pub muted: T,
    pub leader: T,
    pub down: T,
    pub good: T,
    pub bad: T,
    pub accent: T,
    pub strong: T,
}

#[derive(Deserialize)]
#[serde(rename = "Theme")]
struct Format {
    format: Located<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "Theme")]
struct Written {
    #[allow(dead_code)]
    format: u32,
    #[serde(default)]
    base: Option<Located<String>>,
    #[serde(default)]
    changed: WrittenLook,
    #[serde(default)]
    selected: WrittenLook,
    #[serde(default)]
    muted: WrittenLook,
    #[serde(default)]
    leader: WrittenLook,
    #[serde(default)]
    down: WrittenLook,
    #[serde(default)]
    good: WrittenLook,
    #[serde(default)]
    bad: WrittenLook,
    #[serde(default)]
    accent: WrittenLook,
    #[serde(default)]
    strong: WrittenLook,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default, rename = "Look")]
struct WrittenLook {
    color: Option<Located<String>>,
    bold: Option<bool>,
    underlined: Option<bool>,
    reversed: Option<bool>,
    dim: Option<bool>,
}

impl ThemeFile {
    /// Reads a theme file. `file` is its name in errors.
    pub fn parse(file: &str, text: &str) -> Result<Self, FileError> {
        // A file of a format to come is told so, whatever else in it is new.
        if let Ok(Format { format }) = parse_ron(file, text)
            && format.value != FORMAT
        {
            return Err(wrong_format(file, format.position(text), format.value, FORMAT));
        }
        let written: Written = parse_ron(file, text)?;
        let ruler = Ruler::new(text);
        let look = |written: WrittenLook| {
            let WrittenLook { color, bold, underlined, reversed, dim } = written;
            let color = color.map(|color| parse_ink(file, &ruler.line(color))).transpose()?;
            Ok::<Look, FileError>(Look { color, bold, underlined, reversed, dim })
        };
        let looks = Slots {
            changed: look(written.changed)?,
            selected: look(written.selected)?,
            muted: look(written.muted)?,
            leader: look(written.leader)?,
            down: look(written.down)?,
            good: look(written.good)?,
            bad: look(written.bad)?,
            accent: look(written.accent)?,
            strong: look(written.strong)?,
        };
        Ok(Self { base: written.base.map(|base| ruler.line(base)), looks })
    }
}

/// `red`, `214` or `#ffaf00`; `own` is the terminal's foreground.
fn parse_ink(file: &str, written: &Line) -> Result<Ink, FileError> {
    let text = written.text.as_str();
    let hex = |at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let parsed = if text == "own" {
        Some(Ink::Own)
    } else if let Some(digits) = text.strip_prefix('#') {
        let is_hex = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hex.then(|| Some(Ink::Rgb(hex(1)?, hex(3)?, hex(5)?))).flatten()
    } else if let Some(at) = NAMES.iter().position(|name| *name == text) {
        Some(Ink::Indexed(at as u8))
    } else {
        text.parse().ok().map(Ink::Indexed)
    };
    parsed.ok_or_else(|| FileError {
        expected: Some("`own`, a name like `red`, a number up to 255, or `#rrggbb`".into()),
        nearest: super::nearest(text, NAMES).map(Into::into),
        ..FileError::new(file, written.at, format!("{} is no colour", quote(text)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_in_four_ways() {
        let table = [
            ("own", Some(Ink::Own)),
            ("red", Some(Ink::Indexed(1))),
            ("white", Some(Ink::Indexed(15))),
            ("214", Some(Ink::Indexed(214))),
            ("#ffAf00", Some(Ink::Rgb(255, 175, 0))),
            ("#ffaf0", None),
            ("#+faf00", None),
            ("256", None),
            ("reed", None),
            ("", None),
            ("#ééé", None),
        ];
        for (text, expected) in table {
            assert_eq!(parse_ink("theme.ron", &text.into()).ok(), expected, "{text}");
        }
        let error = parse_ink("theme.ron", &"gren".into()).unwrap_err();
        assert_eq!(error.nearest.as_deref(), Some("green"));
    }
}
