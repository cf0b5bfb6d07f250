//! The line at the top: what is played, where in it we are, and whether the invariants hold. Below it the clients.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::{Stage, lesson};
use crate::pmmc::{Client, CommandId};
use crate::world::{Invariant, Node};

use super::Palette;
use super::text::{cut, put, width};

/// Draws the header.
pub(crate) fn draw(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let cells = usize::from(area.width);
    let session = stage.session();
    let (right, style) = invariants(stage, cells, palette);
    let title = stage.title().to_owned();
    let mut rest = Vec::new();
    rest.extend(stage.part());
    let ahead = session.steps_ahead();
    let of = if ahead > 0 { format!(" of {}", session.step() + ahead) } else { String::new() };
    rest.push(format!("step {}{of}", session.step()));
    let named = stage.lesson().map(lesson::Player::beat).filter(|beat| beat.futures.len() > 1);
    match (named, session.fork()) {
        (Some(beat), _) => {
            let name = beat.futures.get(beat.future).cloned().unwrap_or_default();
            rest.push(format!("or {}/{}: {name}", beat.future + 1, beat.futures.len()));
        }
        (None, Some((_, index, count))) => rest.push(format!("or {}/{count}", index + 1)),
        (None, None) => {}
    }
    match stage.auto() {
        Some(auto) if auto.running() => rest.push(format!("plays {}/s", auto.speed())),
        Some(_) => rest.push("paused".to_owned()),
        None => {}
    }
    let rest = rest.join("   ");
    let room = cells.saturating_sub(width(&right) + 3);
    let title = cut(&title, room.saturating_sub(width(&rest) + 3).max(8));
    let left = Line::from(vec![
        Span::raw(" "),
        Span::styled(title.clone(), palette.strong),
        Span::raw("   "),
        Span::raw(cut(&rest, room.saturating_sub(width(&title) + 3))),
    ]);
    put(buf, area, 0, 0, &left);
    let x = area.width.saturating_sub(width(&right) as u16 + 1);
    put(buf, area, x, 0, &Line::styled(right, style));
}

fn invariants(stage: &Stage, cells: usize, palette: &Palette) -> (String, ratatui::style::Style) {
    let violations = stage.session().violations();
    if violations.is_empty() {
        let what = if cells >= 60 { " invariants hold" } else { "" };
        return (format!("✓ {}{what}", Invariant::ALL.len()), palette.good);
    }
    let mut names: Vec<String> = violations.iter().map(|one| format!("{:?}", one.invariant)).collect();
    names.dedup();
    (format!("✗ {} violated", names.join(" ")), palette.bad)
}

/// The clients with what they wait for and what they were answered, and what the letters mean.
pub(crate) fn clients(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let world = stage.world();
    let mut line = Line::raw(" ");
    let selected = stage.selected();
    for id in world.cluster().clients() {
        let Some(node) = world.client(id) else { continue };
        let at_wire = selected.is_some_and(|one| one.from == id.into() || one.to == id.into());
        let style = if stage.focused_process() == Some(id.into()) {
            palette.selected
        } else if at_wire {
            palette.accent
        } else {
            palette.strong
        };
        let before = stage.session().now().before.as_ref().and_then(|before| before.client(id));
        let changed = super::fields::node_changed(Some(node), before);
        let told_style = if changed { palette.changed } else { Style::new() };
        line.push_span(Span::styled(id.to_string(), style));
        line.push_span(Span::raw(" "));
        line.push_span(Span::styled(told(node), told_style));
        line.push_span(Span::raw("   "));
    }
    let left = line.width();
    put(buf, area, 0, 0, &line);
    legend(stage, area, left, buf, palette);
}

/// What a client waits for and has.
fn told(node: &Node<Client>) -> String {
    if !node.up {
        return "✗ crashed".to_owned();
    }
    let waits: Vec<String> = node.state.pending.iter().map(ToString::to_string).collect();
    let answers: Vec<String> =
        node.state.responses.iter().map(|(command, result)| format!("{command} = {result}")).collect();
    match (waits.is_empty(), answers.is_empty()) {
        (true, true) => "asked for nothing yet".to_owned(),
        (false, true) => format!("waits for {}", waits.join(", ")),
        (true, false) => format!("has {}", last_of(&answers, 3)),
        (false, false) => format!("waits for {} · has {}", waits.join(", "), last_of(&answers, 3)),
    }
}

/// What the letters mean, at the right end: the newest ones, as many as there is room for.
fn legend(stage: &Stage, area: Rect, left: usize, buf: &mut Buffer, palette: &Palette) {
    let commands = &stage.world().context().commands;
    let all = (0_u16..).zip(commands).map(|(at, command)| format!("{}: {}", CommandId(at), command.op));
    let all: Vec<String> = all.collect();
    let room = usize::from(area.width).saturating_sub(left + 1);
    let fits = (1..=all.len()).rev().map(|count| last_of(&all, count)).find(|text| width(text) <= room);
    if let Some(text) = fits {
        let x = area.width.saturating_sub(width(&text) as u16 + 1);
        put(buf, area, x, 0, &Line::styled(text, palette.muted));
    }
}

/// The last so many, with a mark if there are more.
fn last_of(all: &[String], count: usize) -> String {
    let more = all.len().saturating_sub(count);
    let shown = all.iter().skip(more).cloned().collect::<Vec<_>>().join("  ");
    if more > 0 { format!("…+{more}  {shown}") } else { shown }
}
