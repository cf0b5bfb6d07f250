//! What the bytes do is worked out by a terminal of our own, which knows each sequence that is written and no other, and,
//! where there is one, by somebody else's.

use std::ops::Range;

use proptest::prelude::*;
use ratatui::buffer::{Cell, CellWidth};
use ratatui::style::{Color, Modifier, Style};

use super::*;

/// What is seen in a cell.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Seen {
    /// Empty where a wide character covers it.
    symbol: String,
    style: (Color, Color, Modifier),
}

impl Seen {
    fn blank(bg: Color) -> Self {
        Self { symbol: " ".to_owned(), style: (Color::Reset, bg, Modifier::empty()) }
    }
}

/// What of a style is seen on a blank.
const ON_BLANKS: Modifier = Modifier::REVERSED
    .union(Modifier::UNDERLINED)
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::RAPID_BLINK)
    .union(Modifier::CROSSED_OUT);

/// A terminal in which a character goes behind the last column only when another one follows it.
struct Terminal {
    columns: usize,
    cells: Vec<Seen>,
    at: (usize, usize),
    is_behind: bool,
    pen: (Color, Color, Modifier),
}

impl Terminal {
    /// Full of something.
    fn new((columns, rows): (u16, u16)) -> Self {
        let (columns, rows) = (usize::from(columns), usize::from(rows));
        let something = Seen { symbol: "?".to_owned(), style: (Color::Red, Color::Green, Modifier::REVERSED) };
        let pen = (Color::Reset, Color::Reset, Modifier::empty());
        Self { columns, cells: vec![something; columns * rows], at: (0, 0), is_behind: false, pen }
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut text = std::str::from_utf8(bytes).unwrap();
        while let Some(first) = text.chars().next() {
            if let Some(rest) = text.strip_prefix("\x1b[") {
                let end = rest.find(|char: char| char.is_ascii_alphabetic()).unwrap();
                self.control(&rest[..end], &rest[end..=end]);
                text = &rest[end + 1..];
                continue;
            }
            let length = first.len_utf8();
            match first {
                '\r' => self.go(0, self.at.1),
                '\n' => {
                    assert!(!self.is_behind, "terminals do not agree on what a line feed does behind the last column");
                    self.go(self.at.0, self.at.1 + 1);
                }
                '\u{8}' => self.go(self.at.0.checked_sub(1).unwrap(), self.at.1),
                _ => self.print(&text[..length]),
            }
            text = &text[length..];
        }
    }

    fn go(&mut self, x: usize, y: usize) {
        assert!(x < self.columns && y < self.cells.len() / self.columns, "the cursor stays on the screen: {x} {y}");
        self.at = (x, y);
        self.is_behind = false;
    }

    fn control(&mut self, parameters: &str, letter: &str) {
        let number = || parameters.parse().unwrap_or(1);
        let (x, y) = self.at;
        if !matches!(letter, "H" | "m" | "h" | "l") {
            assert!(!self.is_behind, "terminals do not agree on what {letter} does behind the last column");
        }
        match letter {
            "A" => self.go(x, y - number()),
            "B" => self.go(x, y + number()),
            "C" => self.go(x + number(), y),
            "D" => self.go(x - number(), y),
            "H" => {
                let (row, column) = parameters.split_once(';').unwrap_or((parameters, ""));
                let index = |text: &str| if text.is_empty() { 0 } else { text.parse::<usize>().unwrap() - 1 };
                self.go(index(column), index(row));
            }
            "X" => self.erase(x..x + number()),
            "K" => self.erase(x..self.columns),
            "J" => {
                assert_eq!(parameters, "2");
                (0..self.cells.len() / self.columns).for_each(|y| {
                    self.at.1 = y;
                    self.erase(0..self.columns);
                });
                self.at = (x, y);
            }
            "m" => self.look(parameters),
            "h" | "l" => assert_eq!(parameters, "?2026"),
            other => panic!("an unknown sequence: {parameters}{other}"),
        }
    }

    fn erase(&mut self, columns: Range<usize>) {
        assert!(!self.pen.2.intersects(ON_BLANKS), "terminals do not agree on what is erased in {:?}", self.pen);
        for x in columns {
            self.put(x, Seen::blank(self.pen.1));
        }
    }

    /// What is left of a wide character when half of it is overwritten is a blank.
    fn put(&mut self, x: usize, seen: Seen) {
        let row = self.at.1 * self.columns;
        let blank = Seen::blank(Color::Reset);
        if self.cells[row + x].symbol.is_empty() && x > 0 && !seen.symbol.is_empty() {
            self.cells[row + x - 1] = blank.clone();
        }
        if x + 1 < self.columns && self.cells[row + x].symbol.as_str().cell_width() == 2 {
            self.cells[row + x + 1] = blank;
        }
        self.cells[row + x] = seen;
    }

    fn print(&mut self, symbol: &str) {
        assert!(!self.is_behind, "nothing is written behind the last column");
        let (x, _) = self.at;
        let cells = usize::from(symbol.cell_width());
        assert!(x + cells <= self.columns && (1..=2).contains(&cells));
        let style =
            if symbol == " " && !self.pen.2.intersects(ON_BLANKS) { Seen::blank(self.pen.1).style } else { self.pen };
        self.put(x, Seen { symbol: symbol.to_owned(), style });
        if cells == 2 {
            self.put(x + 1, Seen { symbol: String::new(), style });
            let row = self.at.1 * self.columns;
            self.cells[row + x] = Seen { symbol: symbol.to_owned(), style };
        }
        self.at.0 = (x + cells).min(self.columns - 1);
        self.is_behind = x + cells == self.columns;
    }

    fn look(&mut self, parameters: &str) {
        let mut numbers = parameters.split(';').map(|one| if one.is_empty() { 0 } else { one.parse().unwrap() });
        while let Some(number) = numbers.next() {
            let mut color = |base: u8| match number - base {
                at @ 0..=7 => DARK[usize::from(at)],
                8 => match numbers.next() {
                    Some(5) => Color::Indexed(numbers.next().unwrap()),
                    Some(2) => {
                        let mut part = || numbers.next().unwrap();
                        Color::Rgb(part(), part(), part())
                    }
                    other => panic!("not a colour: {other:?}"),
                },
                9 => Color::Reset,
                at => LIGHT[usize::from(at - 60)],
            };
            match number {
                0 => self.pen = (Color::Reset, Color::Reset, Modifier::empty()),
                1..=9 => self.pen.2 |= MODIFIERS[usize::from(number - 1)],
                22 => self.pen.2 -= Modifier::BOLD | Modifier::DIM,
                25 => self.pen.2 -= Modifier::SLOW_BLINK | Modifier::RAPID_BLINK,
                23 | 24 | 27 | 28 | 29 => self.pen.2 -= MODIFIERS[usize::from(number - 21)],
                30..=39 | 90..=97 => self.pen.0 = color(30),
                40..=49 | 100..=107 => self.pen.1 = color(40),
                other => panic!("not a look: {other}"),
            }
        }
    }
}

const DARK: [Color; 8] =
    [Color::Black, Color::Red, Color::Green, Color::Yellow, Color::Blue, Color::Magenta, Color::Cyan, Color::Gray];
const LIGHT: [Color; 8] = [
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];
const MODIFIERS: [Modifier; 9] = [
    Modifier::BOLD,
    Modifier::DIM,
    Modifier::ITALIC,
    Modifier::UNDERLINED,
    Modifier::SLOW_BLINK,
    Modifier::RAPID_BLINK,
    Modifier::REVERSED,
    Modifier::HIDDEN,
    Modifier::CROSSED_OUT,
];

/// What is to be seen of a buffer.
fn wanted(buffer: &Buffer) -> Vec<Seen> {
    let mut all = Vec::new();
    for row in buffer.content.chunks(usize::from(buffer.area.width).max(1)) {
        let mut x = 0;
        while x < row.len() {
            let Cell { fg, bg, modifier, .. } = row[x];
            let cells = usize::from(row[x].symbol().cell_width());
            let fits = x + cells <= row.len();
            let symbol = if fits { row[x].symbol() } else { " " };
            let style = if symbol == " " && !modifier.intersects(ON_BLANKS) {
                Seen::blank(bg).style
            } else {
                (fg, bg, modifier)
            };
            all.push(Seen { symbol: symbol.to_owned(), style });
            if fits {
                all.extend((1..cells).map(|_| Seen { symbol: String::new(), style }));
            }
            x += if fits { cells } else { 1 };
        }
    }
    all
}

fn a_color() -> impl Strategy<Value = Color> {
    prop_oneof![
        4 => Just(Color::Reset),
        2 => (0..16_usize).prop_map(|at| [DARK, LIGHT][at / 8][at % 8]),
        2 => any::<u8>().prop_map(Color::Indexed),
        2 => any::<(u8, u8, u8)>().prop_map(|(red, green, blue)| Color::Rgb(red, green, blue)),
    ]
}

fn a_style() -> impl Strategy<Value = Style> {
    let modifier = prop_oneof![
        3 => Just(Modifier::empty()),
        2 => prop::sample::select(MODIFIERS.to_vec()),
        1 => (0..1_u16 << 9).prop_map(Modifier::from_bits_truncate),
    ];
    let background = prop_oneof![4 => Just(Color::Reset), 1 => a_color()];
    (a_color(), background, modifier).prop_map(|(fg, bg, modifier)| Style::new().fg(fg).bg(bg).add_modifier(modifier))
}

/// Texts, each at a column and a row, in a style.
type Writings = Vec<(u16, u16, String, Style)>;

/// Some text at some place; many of them overlap.
fn writings(columns: u16, rows: u16) -> impl Strategy<Value = Writings> {
    let text = prop_oneof![
        2 => " {1,30}",
        3 => "[a-c]{1,4}",
        3 => "[─━│┃╭▌ ]{1,12}",
        1 => "[日本⟨é ]{1,5}",
    ];
    prop::collection::vec((0..columns, 0..rows, text, a_style()), 0..24)
}

fn buffer(size: (u16, u16), writings: &[(u16, u16, String, Style)]) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, size.0, size.1));
    for (x, y, text, style) in writings {
        buffer.set_string(*x, *y, text, *style);
    }
    // Half of a wide character may be left, which is what a picture may hold at its edge only.
    if let (Some((_, y, ..)), true) = (writings.first(), size.0 > 1) {
        buffer[(size.0 - 1, *y)].set_symbol("日");
    }
    buffer
}

/// The pictures one after the other; each is painted over the one before it.
fn pictures() -> impl Strategy<Value = ((u16, u16), Vec<Writings>)> {
    (1..40_u16, 1..8_u16).prop_flat_map(|size| {
        let many = prop::collection::vec((writings(size.0, size.1), any::<bool>()), 2..5);
        // Some go on from the picture before, as pictures do.
        let all = many.prop_map(|many| {
            let mut all: Vec<Writings> = Vec::new();
            for (mut writings, goes_on) in many {
                if let Some(last) = all.last().filter(|_| goes_on) {
                    writings.truncate(3);
                    writings = last.iter().cloned().chain(writings).collect();
                }
                all.push(writings);
            }
            all
        });
        (Just(size), all)
    })
}

fn paint<'a>(painter: &'a mut Painter, picture: &Buffer) -> &'a [u8] {
    let size = (picture.area.width, picture.area.height);
    painter.paint(size, |_, buf| buf.clone_from(picture)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_terminal_shows_exactly_the_picture((size, all) in pictures()) {
        let mut painter = Painter::new();
        let mut terminal = Terminal::new(size);
        for writings in &all {
            let picture = buffer(size, writings);
            terminal.write(paint(&mut painter, &picture));
            prop_assert_eq!(&terminal.cells, &wanted(&picture));
            prop_assert_eq!(terminal.pen, (Color::Reset, Color::Reset, Modifier::empty()));
            prop_assert_eq!(paint(&mut painter, &picture).len(), 0, "nothing has changed");
        }
    }
}

#[cfg(unix)]
mod elsewhere {
    use super::*;

    fn color(color: Color) -> vt100::Color {
        let at = |all: [Color; 8]| all.iter().position(|one| *one == color).and_then(|at| u8::try_from(at).ok());
        match color {
            Color::Reset => vt100::Color::Default,
            Color::Indexed(at) => vt100::Color::Idx(at),
            Color::Rgb(red, green, blue) => vt100::Color::Rgb(red, green, blue),
            _ => vt100::Color::Idx(at(DARK).unwrap_or_else(|| at(LIGHT).unwrap() + 8)),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn another_terminal_shows_it_too((size, all) in pictures()) {
            let cells = |count| std::num::NonZeroU16::new(count).unwrap();
            let mut painter = Painter::new();
            let mut terminal = vt100::Parser::new(cells(size.1), cells(size.0), 0);
            for writings in &all {
                let picture = buffer(size, writings);
                terminal.process(paint(&mut painter, &picture));
                for (at, seen) in (0..).zip(wanted(&picture)) {
                    let (x, y) = (at % size.0, at / size.0);
                    let cell = terminal.screen().cell(y, x).unwrap();
                    let shown = cell.contents();
                    prop_assert_eq!(if shown.is_empty() && !cell.is_wide_continuation() { " " } else { shown }, &seen.symbol);
                    // It keeps the look of a wide character in its first cell.
                    if seen.symbol.is_empty() {
                        continue;
                    }
                    let (fg, bg, modifier) = seen.style;
                    prop_assert_eq!(cell.bgcolor(), color(bg), "{} {}", x, y);
                    prop_assert_eq!(cell.inverse(), modifier.contains(Modifier::REVERSED));
                    prop_assert_eq!(cell.underline(), modifier.contains(Modifier::UNDERLINED));
                    if seen.symbol == " " {
                        continue;
                    }
                    prop_assert_eq!(cell.fgcolor(), color(fg));
                    prop_assert_eq!(cell.italic(), modifier.contains(Modifier::ITALIC));
                }
            }
        }
    }
}

fn text(painter: &mut Painter, size: (u16, u16), text: &str) -> usize {
    let draw = |area: Rect, buf: &mut Buffer| {
        if !area.is_empty() {
            buf.set_string(0, 0, text, Style::new());
        }
    };
    painter.paint(size, draw).unwrap().len()
}

#[test]
fn what_is_the_same_is_not_written_again() {
    let mut painter = Painter::new();
    let whole = text(&mut painter, (20, 2), "twenty letters or so");
    assert_eq!(text(&mut painter, (20, 2), "twenty letters or so"), 0);
    let one = text(&mut painter, (20, 2), "twenty letters or sO");
    assert!(0 < one && one < whole, "{one} of {whole}");
    painter.forget();
    assert!(text(&mut painter, (20, 2), "twenty letters or sO") >= whole);
    assert!(text(&mut painter, (21, 2), "twenty letters or sO") >= whole, "another size is another picture");
    assert_eq!(text(&mut painter, (0, 0), "").min(1), 1, "no room is a picture too");
}

#[test]
fn only_what_may_come_in_parts_is_held_back_until_it_is_whole() {
    let mut painter = Painter::new();
    let (empty, mut one, mut full) = {
        let empty = Buffer::empty(Rect::new(0, 0, 80, 24));
        (empty.clone(), empty.clone(), empty)
    };
    one.set_string(3, 4, "one step", Style::new());
    (0..24).for_each(|y| full.set_string(0, y, "x".repeat(80), Style::new()));
    let is_held = |bytes: &[u8]| bytes.starts_with(b"\x1b[?2026h") && bytes.ends_with(b"\x1b[?2026l");
    assert!(!is_held(paint(&mut painter, &empty)), "few bytes, though all is painted");
    assert_eq!(paint(&mut painter, &one), b"\x1b[5;4Hone step");
    assert!(is_held(paint(&mut painter, &full)));
}

#[test]
fn what_is_put_together_of_several_characters_moves_nothing_else() {
    let family = "👩‍👩‍👧";
    let mut painter = Painter::new();
    let mut picture = Buffer::empty(Rect::new(0, 0, 10, 1));
    picture.set_string(0, 0, format!("a{family}b"), Style::new());
    let bytes = String::from_utf8(paint(&mut painter, &picture).to_vec()).unwrap();
    let (_, drawn) = bytes.split_once('a').unwrap();
    assert!(drawn.starts_with(&format!("  \u{8}\u{8}{family}\x1b[;4Hb")), "{drawn:?}");
}

#[test]
fn the_first_row_comes_last() {
    let mut painter = Painter::new();
    let draw = |_: Rect, buf: &mut Buffer| {
        for (y, text) in (0..).zip(["head", "middle", "foot"]) {
            buf.set_string(0, y, text, Style::new());
        }
    };
    let bytes = String::from_utf8(painter.paint((10, 3), draw).unwrap().clone()).unwrap();
    let places = ["middle", "foot", "head"].map(|text| bytes.find(text).unwrap());
    assert!(places.is_sorted(), "{bytes:?}");
}
