//! How characters look, and the shortest sequence from one look to another.

use std::io::{self, Write};

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// What is seen of a cell besides its character. The default is the terminal's own look.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Look {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

/// Each with the parameter that sets it and the one that ends it; 22 ends two of them.
const MODIFIERS: [(Modifier, u8, u8); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

/// What is seen even where nothing is written.
const SEEN_ON_BLANKS: Modifier = Modifier::REVERSED
    .union(Modifier::UNDERLINED)
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::RAPID_BLINK)
    .union(Modifier::CROSSED_OUT);

impl Look {
    /// What this cell is to look like; of a blank only what is seen of it.
    pub(super) fn of(cell: &Cell) -> Self {
        let look = Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier };
        if cell.symbol() == " " && !look.is_seen_on_blanks() {
            return Self { bg: cell.bg, ..Self::default() };
        }
        look
    }

    /// Whether a blank shows more of this than its background.
    pub(super) fn is_seen_on_blanks(self) -> bool {
        self.modifier.intersects(SEEN_ON_BLANKS)
    }

    /// Whether a blank written in this look is the one that is wanted.
    pub(super) fn writes_blank(self, wanted: Self) -> bool {
        self == wanted || (self.bg == wanted.bg && !self.is_seen_on_blanks() && !wanted.is_seen_on_blanks())
    }

    /// Whether what is erased in this look gets the terminal's own background.
    pub(super) fn erases_plainly(self) -> bool {
        self.writes_blank(Self::default())
    }

    /// Writes what turns this look into the next one.
    pub(super) fn turn_into(self, next: Self, out: &mut Vec<u8>) -> io::Result<()> {
        if self == next {
            return Ok(());
        }
        let parameters = self.turn(next);
        out.extend(b"\x1b[");
        for (nth, number) in parameters.numbers().iter().enumerate() {
            if nth > 0 {
                out.push(b';');
            }
            if (nth, *number) != END_ALL {
                write!(out, "{number}")?;
            }
        }
        out.push(b'm');
        Ok(())
    }

    /// How many bytes that takes.
    pub(super) fn distance(self, next: Self) -> usize {
        if self == next { 0 } else { self.turn(next).bytes() + 3 }
    }

    /// Ending all, and setting anew what is wanted, may be shorter than changing what differs.
    fn turn(self, next: Self) -> Parameters {
        let mut changes = Parameters::default();
        self.step_to(next, &mut changes);
        let mut anew = Parameters::default();
        anew.push(END_ALL.1);
        Self::default().step_to(next, &mut anew);
        if anew.bytes() < changes.bytes() { anew } else { changes }
    }

    /// The parameters for what differs.
    fn step_to(self, next: Self, out: &mut Parameters) {
        let mut has = self.modifier;
        for (modifier, _, end) in MODIFIERS {
            if has.contains(modifier) && !next.modifier.contains(modifier) {
                out.push(end);
                for (also, ..) in MODIFIERS.into_iter().filter(|(_, _, other)| *other == end) {
                    has.remove(also);
                }
            }
        }
        for (modifier, begin, _) in MODIFIERS {
            if next.modifier.contains(modifier) && !has.contains(modifier) {
                out.push(begin);
            }
        }
        for (from, to, ground) in [(self.fg, next.fg, Ground::Fore), (self.bg, next.bg, Ground::Back)] {
            if from != to {
                color(to, ground, out);
            }
        }
    }
}

/// What stands between `CSI` and `m`.
#[derive(Clone, Copy, Default)]
struct Parameters {
    numbers: [u8; MOST_PARAMETERS],
    count: usize,
}

/// First of all, and so it may be left out.
const END_ALL: (usize, u8) = (0, 0);

/// To end all, to end and to begin each of the modifiers, and two colours.
const MOST_PARAMETERS: usize = 1 + 2 * MODIFIERS.len() + 2 * 5;

impl Parameters {
    fn push(&mut self, number: u8) {
        debug_assert!(self.count < MOST_PARAMETERS, "there is room for all that can differ");
        if let Some(free) = self.numbers.get_mut(self.count) {
            *free = number;
            self.count += 1;
        }
    }

    fn numbers(&self) -> &[u8] {
        &self.numbers[..self.count]
    }

    /// With `;` between them.
    fn bytes(&self) -> usize {
        let digits = |parameter: (usize, &u8)| match (parameter.0, *parameter.1) {
            END_ALL => 0,
            (_, number) => number.checked_ilog10().unwrap_or(0) as usize + 1,
        };
        self.numbers().iter().enumerate().map(digits).sum::<usize>() + self.count.saturating_sub(1)
    }
}

/// What is coloured; the number is the parameter for the first of the 16 colours.
#[derive(Clone, Copy)]
enum Ground {
    Fore = 30,
    Back = 40,
}

fn color(color: Color, ground: Ground, out: &mut Parameters) {
    /// From the eight dark colours to the eight light ones.
    const LIGHTER: u8 = 60;
    let base = ground as u8;
    let one_of_16 = match color {
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => LIGHTER,
        Color::LightRed => LIGHTER + 1,
        Color::LightGreen => LIGHTER + 2,
        Color::LightYellow => LIGHTER + 3,
        Color::LightBlue => LIGHTER + 4,
        Color::LightMagenta => LIGHTER + 5,
        Color::LightCyan => LIGHTER + 6,
        Color::White => LIGHTER + 7,
        Color::Reset => 9,
        Color::Indexed(at) => return [base + 8, 5, at].into_iter().for_each(|number| out.push(number)),
        Color::Rgb(red, green, blue) => {
            return [base + 8, 2, red, green, blue].into_iter().for_each(|number| out.push(number));
        }
    };
    out.push(base + one_of_16);
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::Style;

    fn look(style: Style) -> Look {
        let mut cell = Cell::new("x");
        cell.set_style(style);
        Look::of(&cell)
    }

    #[test]
    fn the_shortest_sequence_is_written() {
        let plain = Style::new();
        let table = [
            (plain, plain, ""),
            (plain, plain.bold(), "\x1b[1m"),
            (plain.bold(), plain, "\x1b[m"),
            (plain.bold().dim(), plain.dim(), "\x1b[;2m"),
            (plain.bold().fg(Color::Red), plain.bold(), "\x1b[39m"),
            (plain.fg(Color::Indexed(249)), plain.bold(), "\x1b[;1m"),
            (plain.fg(Color::Indexed(249)), plain.fg(Color::Indexed(249)).bold(), "\x1b[1m"),
            (plain.bold().underlined().fg(Color::LightRed), plain.fg(Color::LightRed), "\x1b[;91m"),
            (plain.bold(), plain.fg(Color::Indexed(0)), "\x1b[;38;5;0m"),
            (plain, plain.bg(Color::Rgb(0, 20, 0)), "\x1b[48;2;0;20;0m"),
            (plain.reversed(), plain.reversed().fg(Color::Rgb(1, 2, 3)).bg(Color::Gray), "\x1b[38;2;1;2;3;47m"),
        ];
        for (from, to, expected) in table {
            let mut out = Vec::new();
            look(from).turn_into(look(to), &mut out).unwrap();
            assert_eq!(out.len(), look(from).distance(look(to)), "{from:?} to {to:?}");
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{from:?} to {to:?}");
        }
    }
}
