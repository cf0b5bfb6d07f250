//! The line that is typed into: an action with what it can become, a text to find, or how a run plays itself.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::{Ask, Line as Edited, Stage, Typing, meaning, orders};

use super::Palette;
use super::bottom::sentence;
use super::text::{at_most, cut, put, rule, width, wrap};

/// What the words of the line mean that says how a run plays itself; and what it does unasked.
const AUTOPLAY: [&str; 7] = [
    "drop 5: 5 % are lost",
    "twice 5: 5 % arrive twice",
    "crash 2000: one each 2 s or so of the run's own clock, by which a message takes 10 to 20 ms",
    "watch: a preempted leader runs when its rival falls silent",
    "eager: at once",
    "seed: the same number, the same run",
    "of its own: each leader runs once; a client asks when nothing is left",
];

/// The same in lines of so many cells, as few as there can be.
pub(crate) fn autoplay_words(cells: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for words in AUTOPLAY {
        match lines.last_mut().filter(|line| width(line) + 3 + width(words) <= cells) {
            Some(line) => *line = format!("{line} · {words}"),
            None => lines.extend(wrap(words, cells)),
        }
    }
    lines
}

/// Draws the line, and below it what is wrong with it or what it can become.
pub(crate) fn draw(
    stage: &Stage,
    typing: &Typing,
    below: Option<&str>,
    area: Rect,
    buf: &mut Buffer,
    palette: &Palette,
) {
    let (title, lead) = match typing.ask {
        Ask::Command => ("do", " : "),
        Ask::Find => ("find messages", " / "),
        Ask::Autoplay => ("plays by itself", " how: "),
        Ask::Predicate => ("find a world in which this holds", " f "),
    };
    rule(buf, area, Span::styled(title, palette.strong), "", palette.muted);
    put(buf, area, 0, 1, &edited(&typing.line, lead, usize::from(area.width), palette));
    let rows = usize::from(area.height).saturating_sub(2);
    let cells = usize::from(area.width).saturating_sub(2);
    if let Some(why) = below {
        for (y, line) in (2..).zip(at_most(wrap(&sentence(why), cells), rows, cells)) {
            put(buf, area, 1, y, &Line::styled(line, palette.strong));
        }
        return;
    }
    match typing.ask {
        Ask::Command | Ask::Predicate => candidates(stage, typing, area, buf, palette),
        Ask::Find => {
            let (shown, all) = (stage.shown().len(), stage.rows().len());
            let hint = format!("{shown} of {all} in flight contain it: a name, a kind, a ballot, L0>A1");
            put(buf, area, 1, 2, &Line::styled(hint, palette.muted));
        }
        Ask::Autoplay => {
            for (y, line) in (2..).zip(at_most(autoplay_words(cells), rows, cells)) {
                put(buf, area, 1, y, &Line::styled(line, palette.muted));
            }
        }
    }
}

/// A line that is edited, with its cursor. The cursor is always to be seen; what does not fit before or behind it is cut
/// with a mark. A suggestion is marked as a whole, for the first character replaces it.
pub(crate) fn edited(line: &Edited, lead: &'static str, cells: usize, palette: &Palette) -> Line<'static> {
    let room = cells.saturating_sub(width(lead) + 1);
    let (mut before, behind) = line.split();
    if line.is_suggestion() {
        return Line::from(vec![
            Span::styled(lead, palette.accent),
            Span::styled(cut(&before, room), palette.selected),
        ]);
    }
    let mut behind = behind.chars();
    let under = behind.next().map_or_else(|| " ".to_owned(), String::from);
    let room = room.saturating_sub(width(&under));
    if width(&before) > room {
        while width(&before) + 1 > room && !before.is_empty() {
            before.remove(0);
        }
        before.insert(0, '…');
    }
    let behind = cut(behind.as_str(), room.saturating_sub(width(&before)));
    Line::from(vec![
        Span::styled(lead, palette.accent),
        Span::raw(before),
        Span::styled(under, palette.selected),
        Span::raw(behind),
    ])
}

/// What the line can become, as much of it as there is room for, from the one that is shown on.
fn candidates(stage: &Stage, typing: &Typing, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let all = typing.candidates(stage.world());
    let text = typing.line.text();
    let cells = usize::from(area.width).saturating_sub(2);
    // Of a whole line it is told what it does; of one that leads nowhere, why.
    let told = match typing.ask {
        Ask::Command if !text.trim().is_empty() && all.iter().all(|one| *one == text) => {
            match orders(&text, stage.world()) {
                Ok(_) => meaning(&text, stage.world()).map(|meaning| format!("does: {meaning}")),
                Err(why) => Some(sentence(&why)),
            }
        }
        // Behind a blank another word may follow.
        Ask::Command if !text.ends_with(' ') => meaning(&text, stage.world()).map(|meaning| format!("does: {meaning}")),
        _ => None,
    };
    if let Some(told) = told {
        let rows = usize::from(area.height).saturating_sub(2);
        for (y, line) in (2..).zip(at_most(wrap(&told, cells), rows, cells)) {
            put(buf, area, 1, y, &Line::styled(line, palette.muted));
        }
        return;
    }
    let at = typing.candidate().unwrap_or(0);
    let (mut x, mut y) = (1_usize, 2_u16);
    for (index, line) in all.iter().enumerate().skip(at.saturating_sub(2)) {
        // The words that are typed already are not said again.
        let word = match typing.ask {
            Ask::Predicate => last_part(line, all.len()),
            _ => last_words(line, all.len()),
        };
        let more = format!("…+{}", all.len() - index);
        let last_row = y + 1 >= area.height;
        let needed = width(word) + 2 + if last_row && index + 1 < all.len() { width(&more) + 2 } else { 0 };
        if x > 1 && x + needed > cells + 1 {
            if last_row {
                put(buf, area, x as u16, y, &Line::styled(more, palette.muted));
                return;
            }
            (x, y) = (1, y + 1);
        }
        let style = if typing.candidate() == Some(index) { palette.selected } else { Style::new() };
        put(buf, area, x as u16, y, &Line::styled(word.to_owned(), style));
        x += width(word) + 2;
    }
}

/// What of a predicate is new: its last name or argument if there are several to choose from.
fn last_part(line: &str, count: usize) -> &str {
    let whole = line.trim_end().trim_end_matches(['(', '[', ',', ')', ']']);
    let start = whole.rfind(['(', '[', ',']).map_or(0, |at| at + 1);
    if count > 1 { line[start..].trim() } else { line.trim_end() }
}

/// What of a line is new: all behind its verb if there are several, else the whole of it.
fn last_words(line: &str, count: usize) -> &str {
    let line = line.trim_end();
    match line.split_once(' ') {
        Some((verb, rest)) if verb == "rule" && count > 1 => rest.split_once(' ').map_or(rest, |(_, value)| value),
        Some((_, rest)) if count > 1 => rest,
        _ => line,
    }
}
