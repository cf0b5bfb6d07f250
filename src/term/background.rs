//! The terminal's background, asked for and told in the stream of keys. Nobody waits for the answer, and whenever it comes,
//! no part of it is taken for keys.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::kind::Kind;

/// "Which colour is your background?" The answer is `ESC ] 11 ; rgb:RRRR/GGGG/BBBB`, ended by BEL or `ESC \`.
const QUESTION: &str = "\x1b]11;?\x1b\\";
/// How an answer begins, after `ESC ]`.
const HEAD: &str = "11;rgb:";
/// An answer that is longer is none.
const LONGEST: usize = 40;
/// So long nothing is changed for want of an answer: most terminals answer at once, some from far away.
const SOON: Duration = Duration::from_millis(500);
/// An answer that comes later than this was never one.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits for the answer among the keys.
#[derive(Debug, Default)]
pub(crate) struct Background {
    asked: Option<Instant>,
    /// When it is time to do without an answer.
    silent_at: Option<Instant>,
    /// What came since the beginning of what may be the answer.
    held: Vec<Event>,
    text: String,
}

/// What a key means here.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Part of an answer, or of what may become one.
    Nothing,
    /// The whole answer: whether the background is light.
    Light(bool),
    /// No answer: these are keys.
    Keys(Vec<Event>),
}

impl Background {
    /// Asks. Not every terminal can be asked: some would show the question.
    pub(crate) fn ask() -> io::Result<Self> {
        if !Kind::here().tells_background {
            return Ok(Self { silent_at: Some(Instant::now()), ..Self::default() });
        }
        let mut out = io::stdout();
        out.write_all(QUESTION.as_bytes())?;
        out.flush()?;
        let now = Instant::now();
        Ok(Self { asked: Some(now), silent_at: now.checked_add(SOON), ..Self::default() })
    }

    /// When it is time to ask whether it does without an answer.
    pub(crate) fn silent_at(&self) -> Option<Instant> {
        self.silent_at
    }

    /// Whether it is time to do without an answer; true once. What comes later is heard all the same.
    pub(crate) fn gives_up(&mut self, now: Instant) -> bool {
        self.silent_at.take_if(|silent_at| *silent_at <= now).is_some()
    }

    /// Takes an event: of what may be an answer nothing is passed on until it is known.
    pub(crate) fn hear(&mut self, event: Event) -> Heard {
        if self.asked.is_none_or(|asked| asked.elapsed() >= PATIENCE) {
            return Heard::Keys(vec![event]);
        }
        match (letter(&event), self.held.is_empty()) {
            (Some((']', true)), true) => {
                self.held.push(event);
                Heard::Nothing
            }
            (_, true) => Heard::Keys(vec![event]),
            (Some(('\u{7}' | '\\', true)), false) if self.text.starts_with(HEAD) => {
                self.held.clear();
                self.asked = None;
                match is_light(&self.text) {
                    Some(light) => {
                        self.silent_at = None;
                        Heard::Light(light)
                    }
                    None => Heard::Nothing,
                }
            }
            (Some((letter, false)), false) if self.goes_on(letter) => {
                self.text.push(letter);
                self.held.push(event);
                Heard::Nothing
            }
            _ => {
                self.text.clear();
                self.held.push(event);
                Heard::Keys(std::mem::take(&mut self.held))
            }
        }
    }

    fn goes_on(&self, letter: char) -> bool {
        match HEAD.chars().nth(self.text.len()) {
            Some(wanted) => letter == wanted,
            None => (letter.is_ascii_hexdigit() || letter == '/') && self.text.len() < LONGEST,
        }
    }
}

/// The letter of a key press, and whether it came with Alt (that is behind `ESC`) or Ctrl.
fn letter(event: &Event) -> Option<(char, bool)> {
    let Event::Key(KeyEvent { code: KeyCode::Char(letter), modifiers, kind: KeyEventKind::Press, .. }) = event else {
        return None;
    };
    match (*letter, *modifiers - KeyModifiers::SHIFT) {
        (letter, KeyModifiers::NONE) => Some((letter, false)),
        (letter @ (']' | '\\'), KeyModifiers::ALT) => Some((letter, true)),
        ('g', KeyModifiers::CONTROL) => Some(('\u{7}', true)),
        _ => None,
    }
}

/// Whether a colour like `11;rgb:ffff/ffff/dddd` is light.
fn is_light(text: &str) -> Option<bool> {
    let parts = text.strip_prefix(HEAD)?.split('/').map(|part| {
        let most = 16_u32.checked_pow(u32::try_from(part.len()).ok()?).filter(|_| (1..=4).contains(&part.len()))? - 1;
        Some(f64::from(u32::from_str_radix(part, 16).ok()?) / f64::from(most))
    });
    let [red, green, blue] = parts.collect::<Option<Vec<f64>>>()?.try_into().ok()?;
    Some(0.299 * red + 0.587 * green + 0.114 * blue > 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(bytes: &str) -> Vec<Event> {
        let mut events = Vec::new();
        let mut escaped = KeyModifiers::NONE;
        for char in bytes.chars() {
            let (code, modifiers) = match char {
                '\u{1b}' => {
                    escaped = KeyModifiers::ALT;
                    continue;
                }
                '\u{7}' => ('g', KeyModifiers::CONTROL),
                char => (char, escaped),
            };
            escaped = KeyModifiers::NONE;
            events.push(Event::Key(KeyEvent::new(KeyCode::Char(code), modifiers)));
        }
        events
    }

    fn heard(bytes: &str) -> (String, Option<bool>) {
        let mut background = Background { asked: Some(Instant::now()), ..Background::default() };
        let (mut keys, mut light) = (String::new(), None);
        for event in events(bytes) {
            match background.hear(event) {
                Heard::Nothing => {}
                Heard::Light(is_light) => light = Some(is_light),
                Heard::Keys(events) => keys.extend(events.iter().filter_map(letter).map(|(letter, _)| letter)),
            }
        }
        (keys, light)
    }

    #[test]
    fn an_answer_is_heard_among_keys_and_keys_are_not_lost() {
        let table = [
            ("\u{1b}]11;rgb:ffff/ffff/ffff\u{1b}\\", "", Some(true)),
            ("ab\u{1b}]11;rgb:0000/0000/0000\u{7}cd", "abcd", Some(false)),
            ("\u{1b}]11;rgb:fd/f6/e3\u{7}", "", Some(true)),
            ("\u{1b}]11;rgb:1e1e/1e1e/2e2e\u{7}x", "x", Some(false)),
            ("\u{1b}]11;rgb:zz\u{7}", "]11;rgb:zz\u{7}", None),
            ("\u{1b}]1x", "]1x", None),
            ("]11;rgb:0/0/0", "]11;rgb:0/0/0", None),
            ("\u{1b}]11;rgb:ffff/ffff\u{7}q", "q", None),
        ];
        for (bytes, keys, light) in table {
            assert_eq!(heard(bytes), (keys.to_owned(), light), "{bytes:?}");
        }
    }

    #[test]
    fn who_gets_no_answer_gives_up_once_and_hears_one_that_comes_late() {
        let now = Instant::now();
        let mut background = Background { asked: Some(now), silent_at: Some(now + SOON), ..Background::default() };
        assert!(!background.gives_up(now));
        assert_eq!(background.silent_at(), Some(now + SOON));
        assert!(background.gives_up(now + SOON) && !background.gives_up(now + SOON));
        assert_eq!(background.silent_at(), None);
        let answer = "\u{1b}]11;rgb:ffff/ffff/ffff\u{7}";
        let last = events(answer).into_iter().map(|event| background.hear(event)).last();
        assert_eq!(last, Some(Heard::Light(true)));
    }

    #[test]
    fn who_has_the_answer_does_not_give_up() {
        let now = Instant::now();
        let mut background = Background { asked: Some(now), silent_at: Some(now + SOON), ..Background::default() };
        for event in events("\u{1b}]11;rgb:ffff/ffff/ffff\u{7}") {
            background.hear(event);
        }
        assert!(!background.gives_up(now + PATIENCE));
    }

    #[test]
    fn who_did_not_ask_hears_keys_only() {
        let mut background = Background::default();
        for event in events("\u{1b}]11;rgb:ffff/ffff/ffff\u{7}") {
            assert_eq!(background.hear(event.clone()), Heard::Keys(vec![event]));
        }
    }
}
