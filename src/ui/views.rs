//! Where a view stands, and the views that are plain lists: invariants, costs, a process.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::{Stage, View};
use crate::pmmc::{CommandId, MessageKind, ProcessId};
use crate::world::{Bill, Invariant, changes, messages_of_a_command, messages_of_an_election};

use super::plan::{self, Panels};
use super::text::{put, rule, wrap};
use super::{Palette, view_grid, view_runs, view_time, view_why};

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

/// Where this view stands; `None` where there is room for one panel only and another one has the focus.
pub(crate) fn place(stage: &Stage, view: View, area: Rect, panels: &Panels) -> Option<Place> {
    let focused = stage.focused_view().is_some();
    let side = panels.side;
    let wall = wall(panels);
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
        let free = side.height - lesson;
        // A wall has room for what else stands there, too.
        let height = if wall.is_some() { free * 3 / 5 } else { free };
        return Some(Place::Side(Rect { y: side.y + lesson, height, ..inner }));
    }
    if let Some((flight, view)) = wall {
        return Some(Place::Below { flight, view });
    }
    let below =
        Rect { y: panels.stage.bottom(), height: panels.hints.y.saturating_sub(panels.stage.bottom()), ..panels.stage };
    let wants_all = match view {
        View::Why | View::Time | View::Invariants | View::Costs => true,
        View::Votes | View::Knowledge | View::Runs | View::Process => false,
    };
    if wants_all || area.height < 22 || area.width < plan::THREE_COLUMNS {
        let top = panels.header.bottom();
        let height = panels.hints.y.saturating_sub(top);
        let (view, strip) = above_strip(stage, Rect { y: top, height, ..panels.header });
        return focused.then_some(Place::Whole { view, strip });
    }
    if below.height >= FLIGHT + 12 && stage.lesson().is_none() {
        let height = below.height - FLIGHT;
        let flight = Rect { height: FLIGHT, ..below };
        return Some(Place::Below { flight, view: Rect { y: below.y + FLIGHT, height, ..below } });
    }
    let (view, flight) = above_strip(stage, below);
    focused.then_some(Place::Below { flight, view })
}

/// A row below a view that covers the messages: whoever presses Enter sees what is delivered. In the list of runs Enter
/// does something else.
fn above_strip(stage: &Stage, area: Rect) -> (Rect, Rect) {
    let height = u16::from(stage.view() != Some(View::Runs) && area.height > 3);
    let view = Rect { height: area.height - height, ..area };
    (view, Rect { y: view.bottom(), height, ..area })
}

/// Draws the open view there; `says_why`: the why has no place of its own beside it.
pub(crate) fn draw(stage: &Stage, area: Rect, says_why: bool, buf: &mut Buffer, palette: &Palette) {
    if area.height < 2 {
        return;
    }
    match stage.view() {
        None => {}
        Some(View::Why) => view_why::draw(stage, area, buf, palette),
        Some(View::Votes) => view_grid::votes(stage, area, buf, palette),
        Some(View::Knowledge) => view_grid::knows(stage, area, buf, palette),
        Some(View::Invariants) => invariants(stage, area, buf, palette),
        Some(View::Costs) => costs(stage, area, buf, palette),
        Some(View::Time) => view_time::draw(stage, area, says_why, buf, palette),
        Some(View::Runs) => view_runs::draw(stage, area, buf, palette),
        Some(View::Process) => process(stage, area, buf, palette),
    }
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
    match (first, count.saturating_sub(first + rows)) {
        (0, 0) => String::new(),
        (0, behind) => format!("↓ {behind} more"),
        (above, 0) => format!("↑ {above} more"),
        (above, behind) => format!("↑ {above}  ↓ {behind} more"),
    }
}

/// The lines of a list with the item that each one belongs to, scrolled to the selected item.
fn list(stage: &Stage, name: &str, lines: &[(usize, Line<'static>)], area: Rect, buf: &mut Buffer, palette: &Palette) {
    let rows = usize::from(area.height) - 1;
    let selected = stage.view_line();
    let at = lines.iter().position(|(item, _)| *item == selected).unwrap_or(0);
    let first = first_of(at, lines.len(), rows);
    title(stage, name, &more(first, lines.len(), rows), area, buf, palette);
    for (y, (item, line)) in (1..).zip(lines.iter().skip(first).take(rows)) {
        let scrolls = lines.len() > rows && *item == selected && stage.focused_view().is_some();
        if scrolls {
            put(buf, area, 0, y, &Line::styled("▸", palette.accent));
        }
        put(buf, area, 1, y, line);
    }
}

fn invariants(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) {
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
    list(stage, &name, &lines, area, buf, palette);
}

fn plural(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// What each command and each election cost, next to what the slides count.
fn costs(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let cluster = stage.world().cluster();
    let (r, l, n) = (u64::from(cluster.replicas), u64::from(cluster.leaders), u64::from(cluster.acceptors));
    let costs = stage.session().costs();
    let cells = usize::from(area.width).saturating_sub(4);
    let mut told: Vec<(String, String, u64, &Bill)> = Vec::new();
    for (command, bill) in costs.commands() {
        let op = stage.world().context().command(command).map(|one| one.op.to_string()).unwrap_or_default();
        let delays = costs.delays(command);
        let formula = messages_of_a_command(cluster);
        told.push((format!("command {command}: {op}"), answered(delays, "no answer yet"), formula, bill));
    }
    for (ballot, bill) in costs.elections() {
        let taken = costs.taken_over(ballot) as u64;
        let name = format!("election {ballot}, K = {taken}");
        let formula = messages_of_an_election(cluster, taken);
        told.push((name, answered(costs.election_delays(ballot), "not elected"), formula, bill));
    }
    let mut lines = Vec::new();
    let formulas = format!(
        "without faults a command costs 3r + r·l + 2n = {} messages and 6 delays to the answer; an election 2n + K(2n + r), \
         K being the proposals that it takes over (r = {r} replicas, l = {l} leaders, n = {n} acceptors)",
        messages_of_a_command(cluster)
    );
    lines.extend(wrap(&formulas, cells + 2).into_iter().map(|line| (0, Line::styled(line, palette.muted))));
    for (at, (name, delays, formula, bill)) in told.into_iter().enumerate() {
        let total = bill.total();
        let compared = match total.cmp(&formula) {
            std::cmp::Ordering::Less => format!("of {formula}"),
            std::cmp::Ordering::Equal => format!("= {formula} of the formula"),
            std::cmp::Ordering::Greater => format!("> {formula} of the formula"),
        };
        let writes: u64 = bill.writes().map(|(_, count)| count).sum();
        let safety = bill.writes_for_safety();
        let for_safety = if safety == writes { String::new() } else { format!(", {safety} of them for safety") };
        let stable = plural(writes, "stable write");
        let mut counts = format!("{} {compared} · {delays} · {stable}{for_safety}", plural(total, "message"));
        // Its commander was started because somebody was elected.
        let voted = bill.messages().any(|(kind, _)| kind == MessageKind::P2a);
        if name.starts_with("command") && delays.ends_with("delays") && !voted {
            counts.push_str(" · an election that took it over paid for the votes");
        }
        let kinds: Vec<String> = bill.messages().map(|(kind, count)| format!("{} {count}", kind.name())).collect();
        lines.push((at, Line::styled(name, palette.strong)));
        for text in wrap(&counts, cells).into_iter().chain(wrap(&kinds.join(" · "), cells)) {
            lines.push((at, Line::raw(format!("  {text}"))));
        }
    }
    list(stage, "costs", &lines, area, buf, palette);
}

fn answered(delays: Option<u32>, not: &str) -> String {
    delays.map_or_else(|| not.to_owned(), |delays| plural(delays.into(), "delay"))
}

/// Everything that a process holds, one element a line.
fn process(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let process = stage.chosen();
    let before = stage.session().now().before.as_ref();
    let changed = before.map(|before| changes(before, stage.world())).unwrap_or_default();
    let cells = usize::from(area.width).saturating_sub(20);
    let mut field = "";
    let mut lines = Vec::new();
    for (at, (name, text)) in stage.elements().into_iter().enumerate() {
        field = if name.is_empty() { field } else { name };
        let is_changed = changed.iter().any(|change| change.process == process && change.field == field);
        let style = if is_changed { palette.changed } else { Style::new() };
        let head = if name.is_empty() { String::new() } else { format!("{name}:") };
        let mark = if is_changed { "▌" } else { " " };
        for (nth, text) in wrap(&text, cells).into_iter().enumerate() {
            let head = if nth == 0 { head.as_str() } else { "" };
            lines.push((
                at,
                Line::from(vec![
                    Span::styled(mark, palette.changed.not_underlined()),
                    Span::styled(format!("{head:<14} "), palette.strong),
                    Span::styled(text, style),
                ]),
            ));
        }
    }
    list(stage, &format!("all of {}", role(process)), &lines, area, buf, palette);
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
