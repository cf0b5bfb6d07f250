//! The terminal's background, asked for and told in the stream of keys. Only the first picture waits for the answer, and not
//! for long: on a slow line one in the wrong colours would have to be sent again. Whenever it comes, no part of it is taken
//! for keys.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::app::Rgb;

use super::kind::Kind;
use super::line;

/// "Which colour is your background?" The answer is `ESC ] 11 ; rgb:RRRR/GGGG/BBBB`, ended by BEL or `ESC \`.
const QUESTION: &str = "\x1b]11;?\x1b\\";
/// How an answer begins, after `ESC ]`.
const HEAD: &str = "11;rgb:";
/// An answer that is longer is none.
const LONGEST: usize = 40;
/// So long the first picture waits for the answer: a terminal that is near answers at once or shows another picture at once,
/// one behind a long line does neither.
const FIRST_PICTURE: (Duration, Duration) = (Duration::from_micros(500), Duration::from_millis(200));
/// So long nothing is changed for want of an answer by a terminal that is near.
const SOON: Duration = Duration::from_millis(500);
/// An answer that comes later than this was never one.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits for the answer among the keys.
#[derive(Debug, Default)]
pub(crate) struct Background {
    asked: Option<Instant>,
    /// Until when the first picture waits.
    waits_until: Option<Instant>,
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
    /// The whole answer: the colour of the background.
    Color(Rgb),
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
        let (near, far) = FIRST_PICTURE;
        let (wait, soon) = if line::is_long() { (far, far) } else { (near, SOON) };
        let [waits_until, silent_at] = [wait, soon].map(|time| now.checked_add(time));
        Ok(Self { asked: Some(now), waits_until, silent_at, ..Self::default() })
    }

    /// Until when to wait with the first picture; `None` if it may be drawn now.
    pub(crate) fn draw_at(&mut self, now: Instant) -> Option<Instant> {
        self.waits_until = self.waits_until.filter(|until| *until > now);
        self.waits_until
    }

    /// When it is time to ask whether it does without an answer.
    pub(crate) fn silent_at(&self) -> Option<Instant> {
        self.silent_at
    }

    /// Whether it is time to do without an answer; true once. What comes later is heard all the same.
    pub(crate) fn gives_up(&mut self, now: Instant) -> bool {
        self.silent_at.is_some_and(|silent_at| silent_at <= now) && self.is_passed_over()
    }

    /// The terminal has answered what it was asked later: it hardly answers this. True if that is news.
    pub(crate) fn is_passed_over(&mut self) -> bool {
        self.waits_until = None;
        self.silent_at.take().is_some()
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
                match color(&self.text) {
                    Some(color) => {
                        self.is_passed_over();
                        Heard::Color(color)
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

/// Red, green and blue of an answer like `11;rgb:ffff/ffff/dddd`: the first eight bits of each, whatever their number.
fn color(text: &str) -> Option<Rgb> {
    let parts = text.strip_prefix(HEAD)?.split('/').map(|part| {
        let most = 16_u32.checked_pow(u32::try_from(part.len()).ok()?).filter(|_| (1..=4).contains(&part.len()))? - 1;
        u8::try_from((u32::from_str_radix(part, 16).ok()? * 255 + most / 2) / most).ok()
    });
    parts.collect::<Option<Vec<u8>>>()?.try_into().ok()
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

    fn heard(bytes: &str) -> (String, Option<Rgb>) {
        let mut background = Background { asked: Some(Instant::now()), ..Background::default() };
        let (mut keys, mut color) = (String::new(), None);
        for event in events(bytes) {
            match background.hear(event) {
                Heard::Nothing => {}
                Heard::Color(heard) => color = Some(heard),
                Heard::Keys(events) => keys.extend(events.iter().filter_map(letter).map(|(letter, _)| letter)),
            }
        }
        (keys, color)
    }

    #[test]
    fn an_answer_is_heard_among_keys_and_keys_are_not_lost() {
        let table = [
            ("\u{1b}]11;rgb:ffff/ffff/ffff\u{1b}\\", "", Some([255; 3])),
            ("ab\u{1b}]11;rgb:0000/0000/0000\u{7}cd", "abcd", Some([0; 3])),
            ("\u{1b}]11;rgb:fd/f6/e3\u{7}", "", Some([0xfd, 0xf6, 0xe3])),
            ("\u{1b}]11;rgb:1e1e/1e1e/2e2e\u{7}x", "x", Some([0x1e, 0x1e, 0x2e])),
            ("\u{1b}]11;rgb:8/0/f\u{7}", "", Some([0x88, 0, 0xff])),
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
        assert_eq!(last, Some(Heard::Color([255; 3])));
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
    fn the_first_picture_waits_for_the_answer_or_until_it_is_clear_that_there_is_none() {
        let (now, wait) = (Instant::now(), FIRST_PICTURE.1);
        let until = Some(now + wait);
        let asking = || Background { asked: Some(now), waits_until: until, silent_at: until, ..Background::default() };
        assert_eq!((asking().draw_at(now), asking().draw_at(now + wait)), (until, None));
        let mut answered = asking();
        for event in events("\u{1b}]11;rgb:ffff/ffff/ffff\u{7}") {
            assert_eq!(answered.draw_at(now), until);
            answered.hear(event);
        }
        assert_eq!((answered.draw_at(now), answered.is_passed_over()), (None, false));
        let mut passed_over = asking();
        assert!(passed_over.is_passed_over() && !passed_over.is_passed_over() && !passed_over.gives_up(now + wait));
        assert_eq!(passed_over.draw_at(now), None);
    }

    #[test]
    fn who_did_not_ask_hears_keys_only() {
        let mut background = Background::default();
        for event in events("\u{1b}]11;rgb:ffff/ffff/ffff\u{7}") {
            assert_eq!(background.hear(event.clone()), Heard::Keys(vec![event]));
        }
    }
}
