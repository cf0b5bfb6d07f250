//! The tree of runs, as a list; below it what differs between the end of the selected run and where we are.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::Stage;
use crate::script::action_text;
use crate::session::{Run, Session};
use crate::world::text::Notation;
use crate::world::{World, changes, fields};

use super::Palette;
use super::text::{at_most, cut, put, rule, width, wrap};
use super::views::{first_of, more, title};

/// Draws the list, and what differs.
pub(crate) fn draw(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let session = stage.session();
    let runs = session.runs();
    let selected = stage.view_line();
    let rows = usize::from(area.height) - 1;
    let shown = runs.len().min(rows.saturating_sub(4).max(rows / 2).max(1));
    let first = first_of(selected, runs.len(), shown);
    let name = if runs.len() == 1 { "1 run".to_owned() } else { format!("{} runs", runs.len()) };
    let marked = stage.marked_run();
    title(stage, &name, &more(first, runs.len(), shown), area, buf, palette);
    for (y, (at, run)) in (1..).zip(runs.iter().enumerate().skip(first).take(shown)) {
        let marked = marked.is_some_and(|marked| marked.start == run.start);
        let row = Row { run, selected: at == selected, marked };
        put(buf, area, 0, y, &line(session, &row, usize::from(area.width), palette));
    }
    let below = shown as u16 + 1;
    let rest = Rect { y: area.y + below, height: area.height.saturating_sub(below), ..area };
    if let Some(run) = runs.get(selected) {
        match stage.marked_run().filter(|marked| marked.start != run.start) {
            Some(marked) => two_runs(session, &marked, run, rest, buf, palette),
            None => from_here(session, run, rest, buf, palette),
        }
    }
}

/// What a run is called: its name, or else what differs: the action after the fork.
fn called(session: &Session, run: &Run) -> String {
    let own = session.name(run.start).map(str::to_owned);
    own.unwrap_or_else(|| match session.action_to(run.start) {
        None => "main".to_owned(),
        Some(action) => {
            let parent = session.world_before(run.start);
            action_text(&action, &parent)
        }
    })
}

struct Row<'a> {
    run: &'a Run,
    selected: bool,
    /// Others are compared with it.
    marked: bool,
}

fn line(session: &Session, row: &Row<'_>, cells: usize, palette: &Palette) -> Line<'static> {
    let Row { run, selected, marked } = *row;
    let mark = if selected { " ▸ " } else { "   " };
    let branch = if run.depth == 0 { String::new() } else { format!("{}╰ ", "  ".repeat(run.depth.min(8) - 1)) };
    let here = if run.here { "● " } else { "  " };
    let steps = if run.depth == 0 {
        format!("{} steps", run.steps)
    } else {
        format!("from step {} to {}", run.fork_step, run.steps)
    };
    let broken = if session.is_broken(run.end) { "✗ broken  " } else { "" };
    let compared = if marked { "compared with  " } else { "" };
    let right = width(&steps) + width(broken) + width(compared) + 2;
    let room = cells.saturating_sub(5 + width(&branch) + right);
    let text = cut(&called(session, run), room);
    let gap = " ".repeat(room.saturating_sub(width(&text)) + 1);
    let style = if selected { palette.selected } else { super::boxes::strong_if(run.here, palette.strong) };
    Line::from(vec![
        Span::raw(mark),
        Span::styled(branch, palette.muted),
        Span::styled(here, palette.accent),
        Span::styled(text, style),
        Span::raw(gap),
        Span::styled(compared, palette.accent),
        Span::styled(broken, palette.bad),
        Span::styled(steps, palette.muted),
    ])
}

/// What differs between where we are and the end of a run.
fn from_here(session: &Session, run: &Run, area: Rect, buf: &mut Buffer, palette: &Palette) {
    if session.here() == run.end {
        if area.height >= 2 {
            rule(buf, area, Span::styled("we are at its end", palette.strong), "", palette.muted);
        }
        return;
    }
    let there = session.world_at(run.end);
    let titles = ["here".to_owned(), "at its end".to_owned()];
    differences(titles, [session.world(), &there], area, buf, palette);
}

/// What differs between the ends of two runs.
fn two_runs(session: &Session, one: &Run, other: &Run, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let worlds = [session.world_at(one.end), session.world_at(other.end)];
    let most = usize::from(area.width / 3);
    let titles = [one, other].map(|run| format!("end of {}", cut(&called(session, run), most)));
    differences(titles, [&worlds[0], &worlds[1]], area, buf, palette);
}

/// Which fields and commands differ between two worlds.
fn differences([a, b]: [String; 2], [here, there]: [&World; 2], area: Rect, buf: &mut Buffer, palette: &Palette) {
    if area.height < 2 {
        return;
    }
    let cells = usize::from(area.width).saturating_sub(2);
    let mut told = decided(here, there);
    told.extend(values(here, there));
    let count = match told.len() {
        0 => "nothing".to_owned(),
        1 => "1 field".to_owned(),
        count => format!("{count} fields"),
    };
    let title = format!("what differs: {a} | {b}");
    rule(buf, area, Span::styled(title, palette.strong), &count, palette.muted);
    if told.is_empty() {
        told.push("the same state".to_owned());
    }
    let wrapped: Vec<String> = told.iter().flat_map(|line| wrap(line, cells)).collect();
    for (y, text) in (1..).zip(at_most(wrapped, usize::from(area.height) - 1, cells)) {
        put(buf, area, 1, y, &Line::styled(text, Style::new()));
    }
}

/// The slots for which other commands are known to be decided.
fn decided(here: &World, there: &World) -> Vec<String> {
    let known = |world: &World, slot| {
        let mut of_slot = world.replicas().iter().filter_map(|node| node.state.decisions.get(&slot).copied());
        of_slot.next().map_or_else(|| "nothing".to_owned(), |command| command.to_string())
    };
    let slots_of = |world: &World| -> BTreeSet<_> {
        world.replicas().iter().flat_map(|node| node.state.decisions.keys().copied()).collect()
    };
    let slots: BTreeSet<_> = slots_of(here).union(&slots_of(there)).copied().collect();
    let pair = |slot| (slot, known(here, slot), known(there, slot));
    let differing = slots.into_iter().map(pair).filter(|(_, a, b)| a != b);
    differing.map(|(slot, a, b)| format!("decided in slot {slot}: {a} | {b}")).collect()
}

fn values(here: &World, there: &World) -> Vec<String> {
    let value = |world: &World, process, field: &str| {
        let all = fields(world, Notation::Screen, process);
        all.into_iter().find(|(name, _)| *name == field).map_or_else(|| "…".to_owned(), |(_, value)| value.to_string())
    };
    let told = changes(here, there).into_iter().map(|change| {
        let (a, b) = (value(here, change.process, change.field), value(there, change.process, change.field));
        format!("{change}: {a} | {b}")
    });
    told.collect()
}
