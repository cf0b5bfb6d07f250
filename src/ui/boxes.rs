//! One process: its box with its fields, or fewer lines where there is less room.

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};
use ratatui::style::Style;
use ratatui::symbols::border;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Widget};

use crate::pmmc::ProcessId;

use super::fields::{Room, Worlds};
use super::plan::{Shape, Spot};
use super::rows;
use super::text::{cut, put, width};

/// What is to be seen of a process besides its state.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(clippy::struct_excessive_bools)]
pub(crate) struct Marks {
    /// It took the last step.
    pub(crate) acted: bool,
    /// It sends or gets the selected message.
    pub(crate) at_wire: bool,
    /// It gets it.
    pub(crate) receives: bool,
    /// It is chosen, and the focus is on the stage.
    pub(crate) chosen: bool,
    /// The lesson points at it.
    pub(crate) looked_at: bool,
}

/// The border of the process that took the last step: marked before its name, as lines are that changed. Only that much,
/// since every step marks another one: the less of the screen moves, the calmer it is, and over a slow line each cell
/// counts.
const ACTED: border::Set<'_> = border::Set { top_left: "▌", ..border::ROUNDED };

/// Draws a process in its place.
pub(crate) fn draw(worlds: Worlds<'_>, spot: Spot, marks: Marks, buf: &mut Buffer) {
    match spot.shape {
        Shape::Boxed => boxed(worlds, spot, &spot.process.to_string(), marks, buf),
        Shape::Flat => flat(worlds, spot, marks, buf),
        Shape::Row => row(worlds, spot, marks, buf),
    }
}

/// The name and the status, as they stand in the border, in so many cells if they can.
fn title(worlds: Worlds<'_>, process: ProcessId, name: &str, marks: Marks, cells: usize) -> Line<'static> {
    let palette = worlds.palette;
    let style = match marks {
        Marks { chosen: true, .. } => palette.selected,
        Marks { acted: true, .. } => palette.changed.not_underlined(),
        Marks { looked_at: true, .. } | Marks { at_wire: true, .. } => palette.accent,
        _ => palette.strong,
    };
    // In the blank before the name, so that no name moves while one process after the other is marked.
    let end = match marks {
        Marks { chosen: true, .. } => Span::styled("▸", palette.accent),
        Marks { looked_at: true, .. } => Span::styled("●", palette.accent),
        Marks { at_wire: true, .. } => Span::styled("▹", palette.accent),
        _ => Span::raw(" "),
    };
    let mut line = Line::from(vec![end, Span::styled(name.to_owned(), style), Span::raw(" ")]);
    if let Some(status) = worlds.status(process, cells.saturating_sub(line.width() + 1)) {
        line.push_span(status);
        line.push_span(Span::raw(" "));
    }
    line
}

/// A whole box with this name in its border.
pub(crate) fn boxed(worlds: Worlds<'_>, spot: Spot, name: &str, marks: Marks, buf: &mut Buffer) {
    let area = spot.area.intersection(buf.area);
    let palette = worlds.palette;
    let set = if marks.acted { ACTED } else { border::ROUNDED };
    let edge = if marks.looked_at { palette.strong } else { palette.muted };
    let edge_cells = usize::from(area.width).saturating_sub(4);
    let mut title = title(worlds, spot.process, name, marks, edge_cells + 2);
    let pad = u16::from(area.width >= 30);
    let inner = area.inner(Margin::new(1, 1));
    let text = inner.inner(Margin::new(pad, 0));
    let mut room = Room { lines: inner.height.into(), cells: text.width.into(), border: edge_cells };
    // A low box has its slots in its title, or else in its lower border.
    let low = area.height == 4;
    let mut below = None;
    if low && matches!(spot.process, ProcessId::Replica(_)) {
        let free = usize::from(area.width).saturating_sub(3 + title.width());
        if let Some(field) = worlds.in_title(spot.process, free) {
            title.spans.extend(field.line.spans);
            title.push_span(Span::raw(" "));
        } else {
            below = worlds.in_title(spot.process, edge_cells);
            room.border = 0;
        }
    }
    let content = worlds.content(spot.process, room);
    let title = fit(title, edge_cells + 2);
    let mut block = Block::bordered().border_set(set).border_style(edge).title(title);
    if let Some(field) = content.border.or(below) {
        // The corner stays: the mark stands beside it.
        let mark = Span::styled("▌", palette.changed.not_underlined());
        let mut line = Line::from(if field.changed { mark } else { Span::raw(" ") });
        let style = if field.changed { palette.changed } else { Style::new() };
        line.spans.extend(field.line.spans.into_iter().map(|span| Span::styled(span.content, style.patch(span.style))));
        line.push_span(Span::raw(" "));
        block = block.title_bottom(line);
    }
    block.render(area, buf);
    if marks.acted {
        let corner = Rect { width: 1, height: 1, ..area };
        buf.set_style(corner, palette.changed.not_underlined());
    }
    let down = !worlds.now.is_up(spot.process);
    for (y, field) in (0..).zip(content.lines) {
        if field.changed {
            put(buf, area, 0, y + 1, &Line::styled("▌", palette.changed.not_underlined()));
        }
        put(buf, text, 0, y, &if down { field.line.style(palette.in_down()) } else { field.line });
    }
}

/// A line that is at most so wide; if it was wider its last cell is the mark.
fn fit(line: Line<'static>, cells: usize) -> Line<'static> {
    if line.width() <= cells {
        return line;
    }
    let mut fitted = Line::default();
    for span in line.spans {
        let room = cells.saturating_sub(fitted.width());
        if room == 0 {
            break;
        }
        let text =
            if span.width() < room { span.content.into_owned() } else { cut(&format!("{}…", span.content), room) };
        fitted.push_span(Span::styled(text, span.style));
    }
    fitted
}

/// A name, and below it the fields, without a border.
fn flat(worlds: Worlds<'_>, spot: Spot, marks: Marks, buf: &mut Buffer) {
    let area = spot.area.intersection(buf.area);
    let cells = usize::from(area.width).saturating_sub(3);
    // Its ballot_num matters more than the second half of what it is.
    let mut head = title(worlds, spot.process, &spot.process.to_string(), marks, cells.saturating_sub(LEAST_BALLOT));
    // A number of the wires may stand right behind it.
    let room = usize::from(area.width).saturating_sub(head.width() + 1);
    let mut rest = if area.height > 2 {
        let content = worlds.content(spot.process, Room { lines: area.height.into(), cells, border: 0 });
        content.lines
    } else {
        vec![rows::second(worlds.in_row(), spot.process, cells)]
    };
    let first = match spot.process {
        ProcessId::Replica(_) => worlds.in_title(spot.process, room),
        _ => rows::ballot(worlds.in_row(), spot.process, room),
    };
    if area.height > 2 {
        // It stands beside the name.
        rest.remove(0);
    }
    let mut changed = false;
    if let Some(first) = first {
        changed = first.changed;
        head.spans.extend(first.line.spans);
    }
    let mut line = edge(worlds, marks, changed);
    line.spans.extend(head.spans.into_iter().skip(1));
    put(buf, area, 0, 0, &line);
    for (y, field) in (1..area.height).zip(rest) {
        put(buf, area, 1, y, &edge(worlds, Marks::default(), field.changed));
        put(buf, area, 3, y, &field.line);
    }
}

/// The cells of `0.0 → 0.1` with a blank before it.
const LEAST_BALLOT: usize = 10;

/// What stands before a process without a border, where there is room for one mark: that it is chosen, that it acted, that
/// a line changed, that the lesson points at it, that it sends or gets.
fn edge(worlds: Worlds<'_>, marks: Marks, changed: bool) -> Line<'static> {
    let palette = worlds.palette;
    match (marks, changed) {
        (Marks { chosen: true, .. }, _) => Line::styled("▸", palette.accent),
        (Marks { acted: true, .. }, _) | (_, true) => Line::styled("▌", palette.changed.not_underlined()),
        (Marks { looked_at: true, .. }, _) => Line::styled("●", palette.accent),
        (Marks { at_wire: true, .. }, _) => Line::styled("▹", palette.accent),
        _ => Line::raw(" "),
    }
}

fn row(worlds: Worlds<'_>, spot: Spot, marks: Marks, buf: &mut Buffer) {
    let worlds = worlds.in_row();
    let area = spot.area.intersection(buf.area);
    let cells = usize::from(area.width);
    let head = title(worlds, spot.process, &spot.process.to_string(), marks, cells / 2);
    let leader = matches!(spot.process, ProcessId::Leader(_)) && cells >= rows::WIDE;
    let start = head.width().max(if leader { 15 } else { 4 });
    let gap = rows::gap(cells);
    let fields = rows::whole(worlds, spot.process, [cells.saturating_sub(start), gap]);
    let changed = fields.iter().any(|field| field.changed);
    // No wire tells which of the two gets it.
    let gets = marks.receives && !marks.acted && !marks.chosen && !marks.looked_at && !changed;
    let edge = if gets { Line::styled("▸", worlds.palette.accent) } else { edge(worlds, marks, changed) };
    put(buf, area, 0, 0, &edge);
    put(buf, area, 1, 0, &head.spans.into_iter().skip(1).collect());
    let mut x = start as u16;
    for field in fields {
        put(buf, area, x, 0, &field.line);
        x = x.saturating_add((field.line.width() + gap) as u16);
    }
}

/// A process as large as there is room: a box with the role in its name, or else lines.
pub(crate) fn large(worlds: Worlds<'_>, spot: Spot, marks: Marks, buf: &mut Buffer) {
    let role = match spot.process {
        ProcessId::Client(_) => "Client",
        ProcessId::Replica(_) => "Replica",
        ProcessId::Leader(_) => "Leader",
        ProcessId::Acceptor(_) => "Acceptor",
    };
    let marks = Marks { looked_at: false, ..marks };
    match spot.shape {
        Shape::Boxed => boxed(worlds, spot, &format!("{role} {}", spot.process), marks, buf),
        Shape::Flat | Shape::Row => draw(worlds, spot, marks, buf),
    }
}

/// A style that is only bold if this holds.
pub(crate) fn strong_if(holds: bool, strong: Style) -> Style {
    if holds { strong } else { Style::new() }
}

/// How wide a text is, as a column.
pub(crate) fn columns(text: &str) -> u16 {
    u16::try_from(width(text)).unwrap_or(u16::MAX)
}
