//! The shortest way of the cursor from one place to another.

use std::io::{self, Write};

/// Column and row, from 0.
pub(super) type Place = (u16, u16);

/// How many bytes the way takes; from nowhere if it is not known where the cursor is.
pub(super) fn distance(from: Option<Place>, to: Place) -> usize {
    let far = 3 + ordinal_bytes(to.1) + if to.0 > 0 { 1 + ordinal_bytes(to.0) } else { 0 };
    match from {
        None => far,
        Some(from) => near(from, to).min(far),
    }
}

/// Writes the way.
pub(super) fn go(from: Option<Place>, to: Place, out: &mut Vec<u8>) -> io::Result<()> {
    let from = match from {
        Some(from) if near(from, to) <= distance(None, to) => from,
        _ => return absolute(to, out),
    };
    match to.1.cmp(&from.1) {
        std::cmp::Ordering::Less => relative(from.1 - to.1, 'A', out)?,
        std::cmp::Ordering::Equal => {}
        std::cmp::Ordering::Greater => down(to.1 - from.1, out)?,
    }
    match across(from.0, to.0) {
        Across::Direct(_) if from.0 <= to.0 => relative(to.0 - from.0, 'C', out),
        Across::Direct(_) => relative(from.0 - to.0, 'D', out),
        Across::Backspaces(count) => {
            out.extend((0..count).map(|_| 8));
            Ok(())
        }
        Across::FromMargin(_) => {
            out.push(b'\r');
            relative(to.0, 'C', out)
        }
    }
}

/// What is left out is the first row, or the first column.
fn absolute((x, y): Place, out: &mut Vec<u8>) -> io::Result<()> {
    out.extend(b"\x1b[");
    if y > 0 {
        write!(out, "{}", y + 1)?;
    }
    if x > 0 {
        write!(out, ";{}", x + 1)?;
    }
    out.push(b'H');
    Ok(())
}

/// The digits of a row or column as terminals count, from 1; none for the first.
fn ordinal_bytes(at: u16) -> usize {
    if at == 0 { 0 } else { digits(at + 1) }
}

fn near(from: Place, to: Place) -> usize {
    let across = match across(from.0, to.0) {
        Across::Direct(bytes) | Across::Backspaces(bytes) | Across::FromMargin(bytes) => bytes,
    };
    let along = if to.1 > from.1 { down_bytes(to.1 - from.1) } else { relative_bytes(from.1 - to.1) };
    along + across
}

/// How to get from one column to another, each with its bytes.
enum Across {
    Direct(usize),
    Backspaces(usize),
    FromMargin(usize),
}

fn across(from: u16, to: u16) -> Across {
    let direct = relative_bytes(from.abs_diff(to));
    let from_margin = 1 + relative_bytes(to);
    let back = usize::from(from.saturating_sub(to));
    if to < from && back <= direct.min(from_margin) {
        Across::Backspaces(back)
    } else if from_margin < direct {
        Across::FromMargin(from_margin)
    } else {
        Across::Direct(direct)
    }
}

/// While a Unix terminal is raw a line feed goes straight down; on Windows it may go to the margin as well.
const FEEDS_STRAIGHT: bool = cfg!(unix);

/// Straight down. Never from the last row, where a line feed would scroll: there is nothing below it.
fn down(rows: u16, out: &mut Vec<u8>) -> io::Result<()> {
    if FEEDS_STRAIGHT && usize::from(rows) <= relative_bytes(rows) {
        out.extend((0..rows).map(|_| b'\n'));
        return Ok(());
    }
    relative(rows, 'B', out)
}

fn down_bytes(rows: u16) -> usize {
    if FEEDS_STRAIGHT { relative_bytes(rows).min(rows.into()) } else { relative_bytes(rows) }
}

fn relative(count: u16, way: char, out: &mut Vec<u8>) -> io::Result<()> {
    match count {
        0 => Ok(()),
        1 => write!(out, "\x1b[{way}"),
        count => write!(out, "\x1b[{count}{way}"),
    }
}

fn relative_bytes(count: u16) -> usize {
    match count {
        0 => 0,
        1 => 3,
        count => 3 + digits(count),
    }
}

fn digits(number: u16) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_way_is_taken_and_its_length_is_known() {
        let table = [
            (None, (4, 2), "\x1b[3;5H"),
            (None, (0, 0), "\x1b[H"),
            (None, (0, 2), "\x1b[3H"),
            (None, (4, 0), "\x1b[;5H"),
            (Some((4, 2)), (4, 2), ""),
            (Some((4, 2)), (5, 2), "\x1b[C"),
            (Some((4, 2)), (40, 2), "\x1b[36C"),
            (Some((4, 2)), (3, 2), "\x08"),
            (Some((40, 2)), (30, 2), "\x1b[10D"),
            (Some((40, 2)), (0, 2), "\r"),
            (Some((140, 2)), (2, 2), "\r\x1b[2C"),
            (Some((40, 2)), (39, 3), if FEEDS_STRAIGHT { "\n\x08" } else { "\x1b[B\x08" }),
            (Some((40, 2)), (40, 12), "\x1b[10B"),
            (Some((40, 3)), (40, 2), "\x1b[A"),
            (Some((40, 3)), (70, 20), "\x1b[21;71H"),
        ];
        for (from, to, expected) in table {
            let mut out = Vec::new();
            go(from, to, &mut out).unwrap();
            assert_eq!(out.len(), distance(from, to), "{from:?} to {to:?}");
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{from:?} to {to:?}");
        }
    }
}
