//! Where a view stands, and the views that are plain lists: invariants, a process.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::{Stage, View, gloss};
use crate::pmmc::{CommandId, ProcessId};
use crate::world::{Invariant, changes};

use super::plan::{self, Panels};
use super::text::{cut, put, rule, width, wrap};
use super::{Palette, view_costs, view_grid, view_runs, view_time, view_why};

/// Where a view stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// Beside the stage.
    Side(Rect),
    /// Below the stage, with the messages in flight above it if there is room for both.
    Below { flight: Rect, view: Rect },
    /// In place of the stage, with the selected message below it.
    Whole { view: Rect, strip: Rect },
}

/// How many rows the messages in flight keep beside a view at least.
const FLIGHT: u16 = 8;

/// From this many columns and rows of messages on they share their room with the run as a diagram.
const WALL: (u16, u16) = (160, 30);

/// How many rows a lesson has at the side of a roomy screen.
pub(crate) const SIDE_LESSON: u16 = 16;

/// On a screen as large as a wall: the room of the messages, and below it that of the open view, or of the run as a
/// diagram if none is open.
pub(crate) fn wall(panels: &Panels) -> Option<(Rect, Rect)> {
    let below = panels.flight;
    if panels.side.is_empty() || below.width < WALL.0 || below.height < WALL.1 {
        return None;
    }
    let height = below.height * 2 / 5;
    let view = Rect { y: below.y + height, height: below.height - height, ..below };
    Some((Rect { height, ..below }, view))
}

/// Where this view stands; `None` where there is room for one panel only, and a lesson needs it for its words.
pub(crate) fn place(stage: &Stage, view: View, area: Rect, panels: &Panels) -> Option<Place> {
    let stays = stage.focused_view().is_some() || stage.lesson().is_none();
    let side = panels.side;
    let wall = wall(panels);
    let below =
        Rect { y: panels.stage.bottom(), height: panels.hints.y.saturating_sub(panels.stage.bottom()), ..panels.stage };
    let has_room_below = below.height >= FLIGHT + 12 && stage.lesson().is_none();
    let fits_side = match view {
        View::Time if wall.is_some() => false,
        View::Why | View::Invariants | View::Costs | View::Process => true,
        View::Time => view_time::fits(stage, side.width.saturating_sub(2)),
        View::Votes | View::Knowledge | View::Runs => false,
    };
    if !side.is_empty() && fits_side {
        // A lesson keeps the upper part.
        let lesson = if stage.lesson().is_some() { SIDE_LESSON.min(side.height / 2) } else { 0 };
        let inner = Rect { x: side.x + 2, width: side.width.saturating_sub(2), ..side };
        return Some(Place::Side(Rect { y: side.y + lesson, height: side.height - lesson, ..inner }));
    }
    if let Some((flight, view)) = wall {
        return Some(Place::Below { flight, view });
    }
    let wants_all = match view {
        View::Why | View::Time | View::Invariants | View::Costs => true,
        View::Votes | View::Knowledge | View::Runs | View::Process => false,
    };
    if wants_all || area.height < 22 || area.width < plan::THREE_COLUMNS {
        let top = panels.header.bottom();
        let height = panels.hints.y.saturating_sub(top);
        let (view, strip) = above_strip(stage, Rect { y: top, height, ..panels.header });
        return stays.then_some(Place::Whole { view, strip });
    }
    if has_room_below {
        let height = below.height - FLIGHT;
        let flight = Rect { height: FLIGHT, ..below };
        return Some(Place::Below { flight, view: Rect { y: below.y + FLIGHT, height, ..below } });
    }
    let (view, flight) = above_strip(stage, below);
    stays.then_some(Place::Below { flight, view })
}

/// A row below a view that covers the messages: whoever presses Enter sees what is delivered. In the list of runs Enter
/// does something else.
fn above_strip(stage: &Stage, area: Rect) -> (Rect, Rect) {
    let height = u16::from(stage.focused_view() != Some(View::Runs) && area.height > 3);
    let view = Rect { height: area.height - height, ..area };
    (view, Rect { y: view.bottom(), height, ..area })
}

/// Draws the open view there, and says whether up and down are of any use in it: in what scrolls they are, if a part of it
/// is out of sight. `says_why`: the why has no place of its own beside it.
pub(crate) fn draw(stage: &Stage, area: Rect, says_why: bool, buf: &mut Buffer, palette: &Palette) -> bool {
    if area.height < 2 {
        return true;
    }
    match stage.view() {
        None => {}
        Some(View::Why) => return view_why::draw(stage, area, buf, palette),
        Some(View::Invariants) => return invariants(stage, area, buf, palette),
        Some(View::Costs) => return view_costs::draw(stage, area, buf, palette),
        Some(View::Process) => return process(stage, area, buf, palette),
        Some(View::Votes) => view_grid::votes(stage, area, buf, palette),
        Some(View::Knowledge) => view_grid::knows(stage, area, buf, palette),
        Some(View::Time) => view_time::draw(stage, area, says_why, buf, palette),
        Some(View::Runs) => view_runs::draw(stage, area, buf, palette),
    }
    true
}

/// The title of a view; it is strong while the view has the focus.
pub(crate) fn title(stage: &Stage, name: &str, remark: &str, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let style = if stage.focused_view().is_some() { palette.strong } else { Style::new() };
    rule(buf, area, Span::styled(name.to_owned(), style), remark, palette.muted);
}

/// The first line to show of a list of so many, so that the selected one stays near the middle.
pub(crate) fn first_of(selected: usize, count: usize, rows: usize) -> usize {
    selected.saturating_sub(rows / 2).min(count.saturating_sub(rows))
}

/// `↑ 3  ↓ 6 more`
pub(crate) fn more(first: usize, count: usize, rows: usize) -> String {
    hidden(first, count.saturating_sub(first + rows))
}

/// The same, if so many are out of sight above, and so many below.
pub(crate) fn hidden(above: usize, below: usize) -> String {
    match (above, below) {
        (0, 0) => String::new(),
        (0, behind) => format!("↓ {behind} more"),
        (above, 0) => format!("↑ {above} more"),
        (above, behind) => format!("↑ {above}  ↓ {behind} more"),
    }
}

/// The lines of a list, each with its item; where several items stand in a line, with the first of them.
pub(super) type Lines = Vec<(usize, Line<'static>)>;

/// A list, scrolled to the selected item; whether a part of it is out of sight.
pub(super) fn list(stage: &Stage, name: &str, lines: &Lines, area: Rect, buf: &mut Buffer, palette: &Palette) -> bool {
    let rows = usize::from(area.height) - 1;
    let selected = stage.view_line();
    let at = lines.iter().position(|(item, _)| *item == selected);
    let at = at.or_else(|| lines.iter().rposition(|(item, _)| *item <= selected)).unwrap_or(0);
    let current = lines.get(at).map(|(item, _)| *item);
    let first = first_of(at, lines.len(), rows);
    let scrolls = lines.len() > rows;
    title(stage, name, &more(first, lines.len(), rows), area, buf, palette);
    for (y, (item, line)) in (1..).zip(lines.iter().skip(first).take(rows)) {
        if scrolls && Some(*item) == current && stage.focused_view().is_some() {
            put(buf, area, 0, y, &Line::styled("▸", palette.accent));
        }
        put(buf, area, 1, y, line);
    }
    scrolls
}

/// The invariants; a broken one can be selected wherever it stands.
fn invariants(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) -> bool {
    let cells = usize::from(area.width).saturating_sub(7);
    let mut lines = Vec::new();
    let all = stage.invariants();
    let count = all.iter().filter(|(_, broken)| broken.is_some()).count();
    for (at, (invariant, broken)) in all.into_iter().enumerate() {
        let mut told: Vec<(String, Style)> =
            wrap(invariant.meaning(), cells).into_iter().map(|line| (line, Style::new())).collect();
        if let Some(why) = &broken {
            let why = format!("broken: {why}");
            told.extend(wrap(&why, cells).into_iter().map(|line| (line, palette.bad.not_reversed())));
        }
        let head = format!("{} {invariant:?}", if broken.is_some() { "✗" } else { "✓" });
        let head_style = if broken.is_some() { palette.bad } else { palette.strong };
        for (nth, (text, style)) in told.into_iter().enumerate() {
            let head = if nth == 0 { Span::styled(head.clone(), head_style) } else { Span::raw("    ") };
            lines.push((at, Line::from(vec![head, Span::raw(" "), Span::styled(text, style)])));
        }
    }
    let name = match count {
        0 => format!("all {} invariants hold", Invariant::ALL.len()),
        broken => format!("{broken} of {} invariants broken", Invariant::ALL.len()),
    };
    let scrolls = list(stage, &name, &lines, area, buf, palette);
    scrolls || count > 0
}

/// Everything that a process holds: a field's elements one after the other, each of them whole. Where that is higher than
/// the area it may be whole in two columns.
fn process(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) -> bool {
    let elements = stage.elements();
    let rows = usize::from(area.height) - 1;
    let name = format!("all of {}", role(stage.chosen()));
    let laid = |width: u16| elements_in(&elements, usize::from(width).saturating_sub(LABEL + 3));
    let (whole, halves) = (laid(area.width), laid(area.width / 2));
    if whole.len() > rows && area.width >= TWO_COLUMNS && halves.len() <= rows * 2 {
        title(stage, &name, "", area, buf, palette);
        for (at, held) in halves.iter().enumerate() {
            let x = if at < rows { 1 } else { area.width / 2 + 1 };
            put(buf, area, x, (1 + at % rows) as u16, &element_line(stage, held, false, palette));
        }
        return false;
    }
    let lines = glossed(stage, &whole, area, palette);
    list(stage, &name, &lines, area, buf, palette)
}

/// The lines of a process, and what its fields are: below what they hold where rows are to spare for all, else beside it
/// where that leaves room.
fn glossed(stage: &Stage, held: &[Held], area: Rect, palette: &Palette) -> Lines {
    let (cells, rows) = (usize::from(area.width).saturating_sub(2), usize::from(area.height) - 1);
    let gloss = |one: &Held| gloss(stage.chosen(), one.field).filter(|_| one.begins);
    let all: Vec<_> = held.iter().map(|one| (one, element_line(stage, one, held.len() > rows, palette))).collect();
    // Below each other, but for what is long.
    let column = all.iter().map(|(_, line)| line.width()).filter(|width| *width <= GLOSSES).max().unwrap_or(0) + APART;
    let beside = |line: &Line<'_>, gloss: &str| {
        let x = column.max(line.width() + APART);
        (x + width(gloss) <= cells).then_some(x)
    };
    let is_narrow = all.iter().any(|(one, line)| gloss(one).is_some_and(|gloss| beside(line, gloss).is_none()));
    let goes_below = is_narrow && held.len() + all.iter().filter(|(one, _)| gloss(one).is_some()).count() <= rows;
    let mut lines = Lines::new();
    let mut due = None;
    for (at, (one, mut line)) in all.into_iter().enumerate() {
        match gloss(one) {
            Some(gloss) if goes_below => due = Some(gloss),
            Some(gloss) => {
                if let Some(x) = beside(&line, gloss) {
                    line.push_span(Span::raw(" ".repeat(x - line.width())));
                    line.push_span(Span::styled(gloss, palette.muted));
                }
            }
            None => {}
        }
        lines.push((one.first, line));
        if held.get(at + 1).is_none_or(|next| next.begins)
            && let Some(gloss) = due.take()
        {
            lines.push((one.first, Line::styled(format!("   {}", cut(gloss, cells.saturating_sub(3))), palette.muted)));
        }
    }
    lines
}

/// What a field is stands at most so far to the right, where what it holds is not longer.
const GLOSSES: usize = 34;

/// From this width on a process may be shown in two columns.
const TWO_COLUMNS: u16 = 76;

/// The cells of a field's name.
const LABEL: usize = 14;

/// The blanks between two elements.
const APART: usize = 2;

/// A line of a process.
struct Held {
    /// The first of its elements.
    first: usize,
    /// The field that they belong to.
    field: &'static str,
    /// Whether it is the first line of its field.
    begins: bool,
    texts: Vec<String>,
}

/// The elements in lines of so many cells, each field on lines of its own.
fn elements_in(elements: &[(&'static str, String)], cells: usize) -> Vec<Held> {
    let mut lines: Vec<Held> = Vec::new();
    for (at, (name, text)) in elements.iter().enumerate() {
        if let Some(last) = lines.last_mut().filter(|_| name.is_empty()) {
            let used: usize = last.texts.iter().map(|text| width(text) + APART).sum();
            if used + width(text) <= cells {
                last.texts.push(text.clone());
                continue;
            }
        }
        let field = if name.is_empty() { lines.last().map_or("", |last| last.field) } else { name };
        for (nth, piece) in wrap(text, cells).into_iter().enumerate() {
            lines.push(Held { first: at, field, begins: nth == 0 && !name.is_empty(), texts: vec![piece] });
        }
    }
    lines
}

/// `marks`: the selected element is marked, since the list scrolls with it.
fn element_line(stage: &Stage, held: &Held, marks: bool, palette: &Palette) -> Line<'static> {
    let before = stage.session().now().before.as_ref();
    let changed = before.map(|before| changes(before, stage.world())).unwrap_or_default();
    let is_changed = changed.iter().any(|change| change.process == stage.chosen() && change.field == held.field);
    let (mark, style) = if is_changed { ("▌", palette.changed) } else { (" ", Style::new()) };
    let label = if held.begins { format!("{}:", held.field) } else { String::new() };
    let mut line = Line::from(vec![
        Span::styled(mark, palette.changed.not_underlined()),
        Span::styled(format!("{label:<LABEL$} "), palette.strong),
    ]);
    let marks = marks && stage.focused_view().is_some();
    for (nth, text) in held.texts.iter().enumerate() {
        let is_selected = marks && held.texts.len() > 1 && held.first + nth == stage.view_line();
        let gap = if nth == 0 { "" } else { "  " };
        line.push_span(Span::raw(gap));
        line.push_span(Span::styled(text.clone(), if is_selected { palette.selected } else { style }));
    }
    line
}

/// `leader L0`
fn role(process: ProcessId) -> String {
    let role = match process {
        ProcessId::Client(_) => "client",
        ProcessId::Replica(_) => "replica",
        ProcessId::Leader(_) => "leader",
        ProcessId::Acceptor(_) => "acceptor",
    };
    format!("{role} {process}")
}

/// Commands, with "or" between them.
pub(crate) fn either(commands: impl Iterator<Item = CommandId>) -> String {
    commands.map(|command| command.to_string()).collect::<Vec<_>>().join(" and ")
}
