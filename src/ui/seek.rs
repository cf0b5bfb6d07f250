//! The questions to the explorer, how far a search is, and the schedule that was found.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::{Keymap, Model, Seek, Stage, Stand, grouped};

use super::Palette;
use super::bottom::sentence;
use super::text::{at_most, cut, put, rule, width, wrap};
use super::views::{first_of, more};

/// Draws the panel, and says whether up and down are of any use in it: in a schedule they are, if a part of it is out of
/// sight.
pub(crate) fn draw(model: &Model, stage: &Stage, seek: &Seek, area: Rect, buf: &mut Buffer, palette: &Palette) -> bool {
    let remark = match stage.session().step() {
        0 => "from the beginning of the run".to_owned(),
        step => format!("from step {step} of the run, where you are"),
    };
    rule(buf, area, Span::styled("find a schedule", palette.strong), &remark, palette.muted);
    let refused = model.notice().map(|notice| sentence(&notice.text));
    match seek.stand {
        Stand::Asking => {
            asking(seek, refused.as_deref(), area, buf, palette);
            true
        }
        Stand::Going { .. } | Stand::Over(..) => asked(seek, model.keymap(), refused.as_deref(), area, buf, palette),
    }
}

/// Lines of text at a place; how many there are.
fn text(lines: Vec<String>, y: u16, style: Style, area: Rect, buf: &mut Buffer) -> u16 {
    let count = lines.len() as u16;
    for (y, line) in (y..).zip(lines) {
        put(buf, area, 1, y, &Line::styled(line, style));
    }
    count
}

fn cells(area: Rect) -> usize {
    usize::from(area.width).saturating_sub(2)
}

fn asking(seek: &Seek, refused: Option<&str>, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let may = may_happen(seek, cells(area), palette);
    let below = may.len() + 2 + usize::from(refused.is_some());
    let mut lines: Vec<(usize, Line<'static>)> = Vec::new();
    let own = "another question: type what is to hold".to_owned();
    for (at, ask) in seek.questions.iter().map(|one| one.ask.clone()).chain([own]).enumerate() {
        let selected = at == seek.selected;
        let style = if selected { palette.selected } else { Style::new() };
        let number = if at < 9 { (at + 1).to_string() } else { " ".to_owned() };
        for (nth, part) in wrap(&ask, cells(area).saturating_sub(5)).into_iter().enumerate() {
            let mark = if selected && nth == 0 { "▸ " } else { "  " };
            let number = if nth == 0 { number.clone() } else { " ".to_owned() };
            lines.push((
                at,
                Line::from(vec![
                    Span::styled(mark, palette.accent),
                    Span::styled(format!("{number} "), palette.accent),
                    Span::styled(part, style),
                ]),
            ));
        }
    }
    let rows = usize::from(area.height).saturating_sub(below + 2);
    let selected = lines.iter().position(|(at, _)| *at == seek.selected).unwrap_or(0);
    let first = first_of(selected, lines.len(), rows);
    let hidden = more(first, lines.len(), rows);
    let title = if hidden.is_empty() {
        "Is there a way from here?".to_owned()
    } else {
        format!("Is there a way from here?  {hidden}")
    };
    put(buf, area, 1, 1, &Line::styled(cut(&title, cells(area)), palette.muted));
    let mut y = 2;
    for (_, line) in lines.iter().skip(first).take(rows) {
        put(buf, area, 1, y, line);
        y += 1;
    }
    y += 1;
    for line in may {
        put(buf, area, 1, y, &line);
        y += 1;
    }
    if let Some(refused) = refused {
        text(at_most(wrap(refused, cells(area)), 1, cells(area)), y, palette.strong, area, buf);
    }
}

/// What may happen besides deliveries, each with the key that changes it.
fn may_happen(seek: &Seek, cells: usize, palette: &Palette) -> Vec<Line<'static>> {
    let mut lines = vec![Line::styled("besides deliveries there may be:", palette.muted)];
    let mut line = Line::default();
    for (key, times, name) in seek.chances() {
        let times = match times {
            0 => "no".to_owned(),
            u8::MAX => "any".to_owned(),
            times => times.to_string(),
        };
        let style = if times == "no" { palette.muted } else { palette.strong };
        let name = if times == "no" { singular(name) } else { name.to_owned() };
        let part = format!(" {times} {name}   ");
        if line.width() + width(&part) > cells {
            lines.push(std::mem::take(&mut line));
        }
        line.push_span(Span::styled(key.to_string(), palette.accent));
        line.push_span(Span::styled(part, style));
    }
    lines.push(line);
    lines
}

/// `no crash`, as one says it.
fn singular(name: &str) -> String {
    let chances = crate::app::CHANCES.iter();
    let found = chances.filter(|(.., many)| *many == name).map(|(_, _, one, _)| (*one).to_owned()).next();
    found.unwrap_or_else(|| name.to_owned())
}

/// The question, its answer and the schedule; whether that scrolls.
fn asked(seek: &Seek, keymap: &Keymap, refused: Option<&str>, area: Rect, buf: &mut Buffer, palette: &Palette) -> bool {
    let cells = cells(area);
    let ask = seek.question().map_or("", |one| one.ask.as_str());
    let mut y = 1;
    y += text(at_most(wrap(ask, cells), 2, cells), y, palette.accent, area, buf);
    y += text(wrap(&format!("What may happen: {}.", seek.allowed()), cells), y, palette.muted, area, buf);
    y += text(wrap(&seek.verdict(Some(keymap)).unwrap_or_default(), cells), y, palette.strong, area, buf);
    if let Stand::Going { status, .. } = &seek.stand {
        let walks = (status.states <= 1 && status.walks > 0).then(|| format!("{} random walks", grouped(status.walks)));
        let far = walks.unwrap_or_else(|| {
            let worlds = if status.states == 1 { "world" } else { "worlds" };
            format!("{} {worlds}, schedules of {} steps", grouped(status.states), status.depth)
        });
        y += text(vec![cut(&far, cells)], y, palette.muted, area, buf);
    }
    if let Some(refused) = refused {
        y += text(at_most(wrap(refused, cells), 1, cells), y, palette.strong, area, buf);
    }
    steps(seek, Rect { y: area.y + y, height: area.height.saturating_sub(y), ..area }, buf, palette)
}

/// The schedule, each step with what happens and why; whether a part of it is out of sight.
fn steps(seek: &Seek, area: Rect, buf: &mut Buffer, palette: &Palette) -> bool {
    // It scrolls by steps: one alone stays where it is.
    let has_several = seek.told.len() > 1;
    if seek.told.is_empty() || area.height < 2 {
        return has_several;
    }
    let cells = cells(area);
    let mut lines: Vec<(usize, Line<'static>)> = Vec::new();
    for (at, told) in seek.told.iter().enumerate() {
        for (nth, part) in wrap(&told.action, cells.saturating_sub(4)).into_iter().enumerate() {
            let number = if nth == 0 { format!("{:>2}  ", at + 1) } else { "    ".to_owned() };
            lines
                .push((at, Line::from(vec![Span::styled(number, palette.accent), Span::styled(part, palette.strong)])));
        }
        for part in told.sentences.iter().flat_map(|one| wrap(one, cells.saturating_sub(6))) {
            lines.push((at, Line::raw(format!("      {part}"))));
        }
    }
    let rows = usize::from(area.height) - 1;
    let first =
        lines.iter().position(|(at, _)| *at == seek.scrolled).unwrap_or(0).min(lines.len().saturating_sub(rows));
    rule(buf, area, Span::raw("the schedule"), &more(first, lines.len(), rows), palette.muted);
    for (y, (_, line)) in (1..).zip(lines.iter().skip(first).take(rows)) {
        put(buf, area, 1, y, line);
    }
    has_several && lines.len() > rows
}
