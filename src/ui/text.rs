//! Text in cells: widths are counted, never assumed; what is cut is marked.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many cells a text takes.
pub(crate) fn width(text: &str) -> usize {
    // Most of what is drawn is of these, each one cell, whatever stands beside it: no table need be asked.
    let is_one_cell = |char: char| matches!(char, ' '..='~' | '⟨' | '⟩' | '→' | '…' | '★');
    if text.chars().all(is_one_cell) { text.chars().count() } else { text.width() }
}

/// The text, or its beginning with `…` if it does not fit.
pub(crate) fn cut(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for char in text.chars() {
        used += char.width().unwrap_or(0);
        if used > cells {
            break;
        }
        kept.push(char);
    }
    if cells > 0 {
        kept.push('…');
    }
    kept
}

/// The text in lines of at most so many cells, broken between words; a word that is longer is broken inside.
pub(crate) fn wrap(text: &str, cells: usize) -> Vec<String> {
    let cells = cells.max(1);
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let (mut line, mut used) = (String::new(), 0);
        for word in paragraph.split_whitespace() {
            let more = width(word);
            if !line.is_empty() && used + 1 + more > cells {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            if !line.is_empty() {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += more;
            while used > cells {
                let (head, tail) = split_at(&line, cells);
                lines.push(head);
                line = tail;
                used = width(&line);
            }
        }
        lines.push(line);
    }
    lines
}

/// The same, but values in brackets, as `⟨0.1, 2, A⟩`, are not broken.
pub(crate) fn wrap_values(text: &str, cells: usize) -> Vec<String> {
    wrap(&held(text), cells).into_iter().map(|line| line.replace(HELD, " ")).collect()
}

/// What stands for a blank that is no place to break. It is one cell wide, and in no text.
const HELD: char = '\u{e000}';

/// Brackets with more cells in them are broken.
const LONGEST_HELD: usize = 16;

/// The text with the blanks held that stand in brackets which contain no others.
fn held(text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let mut open = None;
    for at in 0..chars.len() {
        match chars[at] {
            '(' | '[' | '{' | '⟨' | '<' => open = Some(at),
            ')' | ']' | '}' | '⟩' | '>' => {
                let inside = open.take().filter(|open| at - open <= LONGEST_HELD);
                let inside = inside.map(|open| &mut chars[open..at]).into_iter().flatten();
                inside.filter(|char| **char == ' ').for_each(|char| *char = HELD);
            }
            _ => {}
        }
    }
    chars.into_iter().collect()
}

fn split_at(text: &str, cells: usize) -> (String, String) {
    let mut used = 0;
    let fits = |char: &char| {
        used += char.width().unwrap_or(0);
        used <= cells
    };
    let head: String = text.chars().take_while(fits).collect();
    // Always at least one character, so that breaking comes to an end.
    let head = if head.is_empty() { text.chars().take(1).collect() } else { head };
    let tail = text.chars().skip(head.chars().count()).collect();
    (head, tail)
}

/// The first so many lines; if more there are, the last one shown says so.
pub(crate) fn at_most(mut lines: Vec<String>, rows: usize, cells: usize) -> Vec<String> {
    if lines.len() > rows && rows > 0 {
        let last = cut(&lines[rows - 1], cells.saturating_sub(2));
        let last = format!("{} …", last.trim_end_matches('…').trim_end());
        lines.truncate(rows - 1);
        lines.push(last);
    }
    lines.truncate(rows);
    lines
}

/// Writes a line at a place inside an area; what does not fit is cut, with the mark.
pub(crate) fn put(buf: &mut Buffer, area: Rect, x: u16, y: u16, line: &Line<'_>) {
    let area = area.intersection(buf.area);
    let (x, y) = (area.x.saturating_add(x), area.y.saturating_add(y));
    if x >= area.right() || y >= area.bottom() {
        return;
    }
    let room = area.right() - x;
    if !write(buf, x, y, line, room)
        && line.width() > usize::from(room)
        && let Some(cell) = buf.cell_mut((area.right() - 1, y))
    {
        cell.set_char('…');
    }
}

/// Writes a line in so much room; whether all of it had room. What most lines are made of needs no looking for characters
/// that are put together of several.
fn write(buf: &mut Buffer, mut x: u16, y: u16, line: &Line<'_>, room: u16) -> bool {
    if !line.spans.iter().all(|span| span.content.chars().all(stands_alone)) {
        buf.set_line(x, y, line, room);
        return line.width() <= usize::from(room);
    }
    let end = x + room;
    for span in &line.spans {
        let style = line.style.patch(span.style);
        for char in span.content.chars() {
            if x >= end {
                return false;
            }
            if let Some(cell) = buf.cell_mut((x, y)) {
                cell.set_char(char).set_style(style);
            }
            x += 1;
        }
    }
    true
}

/// Whether a character takes one cell whatever stands beside it: ASCII, and the letters, arrows, mathematical operators and
/// lines that are drawn here.
fn stands_alone(char: char) -> bool {
    match char {
        ' '..='~' => true,
        '\u{a1}'..='\u{ff}' | '\u{2010}'..='\u{2027}' | '\u{2190}'..='\u{25ff}' | '⟨' | '⟩' => {
            char != '\u{ad}' && char.width() == Some(1)
        }
        _ => false,
    }
}

/// A horizontal rule with a title in it and, at its right end, a remark.
pub(crate) fn rule(buf: &mut Buffer, area: Rect, title: Span<'_>, remark: &str, style: Style) {
    if area.is_empty() {
        return;
    }
    let cells = usize::from(area.width);
    put(buf, area, 0, 0, &Line::styled("─".repeat(cells), style));
    let title_cells = title.width();
    if title_cells > 0 {
        put(buf, area, 1, 0, &Line::from(vec![Span::raw(" "), title, Span::raw(" ")]));
    }
    let whole = width(remark);
    let remark = cut(remark, cells.saturating_sub(title_cells + 8));
    let remark_cells = width(&remark) + 2;
    if width(&remark) >= LEAST_REMARK.min(whole) && !remark.is_empty() {
        let x = area.width.saturating_sub(remark_cells as u16 + 1);
        put(buf, area, x, 0, &Line::styled(format!(" {remark} "), style));
    }
}

/// Less of a remark says nothing.
const LEAST_REMARK: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapping_keeps_words_whole_and_lines_within_the_width() {
        assert_eq!(wrap("A0 adopts ⟨0.1, 1, A⟩ now", 10), ["A0 adopts", "⟨0.1, 1,", "A⟩ now"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("", 5), Vec::<String>::new());
    }

    #[test]
    fn what_is_written_beyond_its_area_is_marked() {
        let area = Rect::new(0, 0, 5, 1);
        let mut buffer = Buffer::empty(area);
        put(&mut buffer, area, 1, 0, &Line::raw("abcdef"));
        assert_eq!(buffer, Buffer::with_lines([" abc…"]));
        put(&mut buffer, area, 0, 0, &Line::raw("fghij"));
        assert_eq!(buffer, Buffer::with_lines(["fghij"]));
    }

    #[test]
    fn what_is_cut_is_marked() {
        assert_eq!((cut("abcdef", 4).as_str(), cut("abcd", 4).as_str(), cut("abc", 0).as_str()), ("abc…", "abcd", ""));
        let lines = vec!["one".to_owned(), "two".to_owned()];
        assert_eq!(at_most(lines, 1, 10), ["one …"]);
    }
}
