//! Why the last step went as it did: its sentences, the pseudo-code with the executed lines lit and what the guards saw
//! beside them, and the invariants that they protect.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::Stage;
use crate::world::text::{Notation, message};
use crate::world::{Action, Event, Lit, World, changes, fields, groups, lit, protected};

use super::Palette;
use super::bottom;
use super::text::{put, width, wrap};
use super::views::title;

/// How much of a listing is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// All of it.
    Whole,
    /// The handlers of which a line was executed.
    Handlers,
    /// The executed lines, and those with a guard.
    Executed,
    /// The same without headings.
    Tight,
}

/// Draws the view, with as much of the listings as fits; whether a part of it is out of sight.
pub(crate) fn draw(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) -> bool {
    let rows = usize::from(area.height) - 1;
    let page = Page { stage, cells: usize::from(area.width).saturating_sub(2), palette };
    let mut lines = page.fitting(rows);
    let outcome = page.outcome();
    if lines.len() + outcome.len() <= rows {
        lines.extend(outcome);
    }
    let first = stage.view_line().min(lines.len().saturating_sub(rows));
    let session = stage.session();
    let remark = match super::views::more(first, lines.len(), rows) {
        more if more.is_empty() => format!("step {}", session.step()),
        more => more,
    };
    let name = if session.step() == 0 { "why" } else { "why the last step went so" };
    title(stage, name, &remark, area, buf, palette);
    for (y, line) in (1..).zip(lines.iter().skip(first).take(rows)) {
        put(buf, area, 1, y, line);
    }
    lines.len() > rows
}

/// Of many sentences so many are shown however short room is.
const SENTENCES: usize = 5;

struct Page<'a> {
    stage: &'a Stage,
    cells: usize,
    palette: &'a Palette,
}

impl Page<'_> {
    /// As much of the listings as fits beside all sentences; else, of many sentences, the first ones.
    fn fitting(&self, rows: usize) -> Vec<Line<'static>> {
        let fits = |lines: &Vec<Line<'static>>| lines.len() <= rows;
        let all = bottom::why(self.stage).len();
        // A sentence takes a row at least.
        let possible = all.min(rows).max(SENTENCES);
        let whole = [Detail::Whole, Detail::Handlers, Detail::Executed].into_iter();
        let fewer = [Detail::Executed, Detail::Tight].into_iter().flat_map(|detail| {
            let counts = (SENTENCES..=possible).rev();
            counts.map(move |most| self.lines(detail, most))
        });
        whole
            .map(|detail| self.lines(detail, all))
            .chain(fewer)
            .find(fits)
            .unwrap_or_else(|| self.lines(Detail::Tight, SENTENCES))
    }

    /// `most`: how many sentences at most.
    fn lines(&self, detail: Detail, most: usize) -> Vec<Line<'static>> {
        let now = self.stage.session().now();
        let told = bottom::why(self.stage);
        let mut lines: Vec<Line<'static>> = Vec::new();
        for (at, sentence) in told.iter().enumerate().take(most) {
            // Several sentences are told apart by a number.
            let head = if told.len() > 1 { format!("{} ", at + 1) } else { String::new() };
            for (nth, text) in wrap(sentence, self.cells.saturating_sub(head.len())).into_iter().enumerate() {
                let head = if nth == 0 { head.clone() } else { " ".repeat(head.len()) };
                lines.push(Line::from(vec![Span::styled(head, self.palette.muted), Span::raw(text)]));
            }
        }
        if told.len() > most {
            lines.push(Line::styled(format!("  …+{} more", told.len() - most), self.palette.muted));
        }
        for one in lit(&now.world, &now.events, self.stage.hides_rule()) {
            self.listing(&one, detail, &mut lines);
        }
        let violations = self.stage.session().violations();
        let protects = protected(&now.world, &now.events);
        let says_something = !protects.is_empty() || !violations.is_empty();
        if says_something && detail != Detail::Tight {
            lines.push(self.heading("so that always"));
        }
        for invariant in protects.iter().filter(|one| !violations.iter().any(|other| other.invariant == **one)) {
            self.invariant(&format!("invariant {invariant:?}:"), invariant.meaning(), self.palette.strong, &mut lines);
        }
        for violation in &violations {
            let style = self.palette.bad;
            self.invariant(&format!("✗ {:?} broken", violation.invariant), &violation.why, style, &mut lines);
        }
        lines
    }

    /// What changed, and what was sent: shown where there is room.
    fn outcome(&self) -> Vec<Line<'static>> {
        let now = self.stage.session().now();
        let Some(before) = &now.before else { return Vec::new() };
        let value = |world: &World, process, field: &str| {
            let all = fields(world, Notation::Screen, process);
            all.into_iter().find(|(name, _)| *name == field).map(|(_, value)| value.to_string()).unwrap_or_default()
        };
        let changed = changes(before, &now.world).into_iter().map(|change| {
            let (old, new) =
                (value(before, change.process, change.field), value(&now.world, change.process, change.field));
            if old.is_empty() { format!("{change} changes") } else { format!("{change}: {old} → {new}") }
        });
        let sent = now.events.iter().filter_map(|event| match event {
            Event::Sent(envelope) => Some(format!(
                "sends {} → {}  {}",
                envelope.from,
                envelope.to,
                message(Notation::Screen, &envelope.message)
            )),
            _ => None,
        });
        let mut lines = vec![self.heading("what came of it")];
        for text in changed.chain(sent) {
            lines.extend(wrap(&text, self.cells).into_iter().map(Line::raw));
        }
        if lines.len() == 1 {
            lines.push(Line::raw(self.network_alone(before)));
        }
        lines
    }

    /// What a step did that changed no process and sent nothing.
    fn network_alone(&self, before: &World) -> String {
        let now = self.stage.session().now();
        let cut = |world: &World| world.partition().map_or_else(|| "whole".to_owned(), groups);
        match now.action {
            Some(Action::Drop(_) | Action::Duplicate(_)) => {
                format!("in flight: {} → {}", before.network().len(), now.world.network().len())
            }
            Some(Action::Partition(_) | Action::Heal) => format!("the network: {} → {}", cut(before), cut(&now.world)),
            _ => "nothing changed, and nothing was sent".to_owned(),
        }
    }

    fn heading(&self, text: &str) -> Line<'static> {
        let rest = self.cells.saturating_sub(width(text) + 4);
        Line::from(vec![
            Span::styled("── ", self.palette.muted),
            Span::styled(text.to_owned(), self.palette.strong),
            Span::styled(format!(" {}", "─".repeat(rest)), self.palette.muted),
        ])
    }

    fn invariant(&self, name: &str, text: &str, style: Style, lines: &mut Vec<Line<'static>>) {
        let indent = width(name) + 1;
        for (nth, text) in wrap(text, self.cells.saturating_sub(indent)).into_iter().enumerate() {
            let head = if nth == 0 { format!("{name} ") } else { " ".repeat(indent) };
            let head_style = if nth == 0 { style } else { Style::new() };
            lines.push(Line::from(vec![Span::styled(head, head_style), Span::raw(text)]));
        }
    }

    fn listing(&self, one: &Lit, detail: Detail, lines: &mut Vec<Line<'static>>) {
        let shown = shown(one, detail);
        let code = |line: usize| one.listing.lines.get(line).copied().unwrap_or_default();
        let widest = shown.iter().map(|line| width(code(*line))).max().unwrap_or(0);
        let mut last = None;
        let heading = self.heading(&format!("{}'s pseudo-code", one.listing.role));
        // Without a heading the first line says whose code it is, where there is room for it.
        let is_beside = detail == Detail::Tight && 2 + widest + 3 + width(one.listing.role) <= self.cells;
        if !is_beside {
            lines.push(heading);
        }
        for line in shown {
            if detail == Detail::Executed && last.is_some_and(|last| line > last + 1) {
                lines.push(Line::styled("    …", self.palette.muted));
            }
            let whose = (is_beside && last.is_none()).then_some(one.listing.role);
            last = Some(line);
            self.code(one, line, whose, widest, lines);
        }
    }

    /// A line of pseudo-code, and beside it, or below it where there is no room, what its guard saw.
    fn code(&self, one: &Lit, line: usize, whose: Option<&str>, widest: usize, lines: &mut Vec<Line<'static>>) {
        let executed = one.executed.contains(&line);
        let (mark, style) = if executed { ("▸ ", self.palette.strong) } else { ("  ", self.palette.muted) };
        let text = one.listing.lines.get(line).copied().unwrap_or_default();
        let indent = text.len() - text.trim_start().len();
        let mut notes: Vec<Span<'static>> = Vec::new();
        if let Some(role) = whose {
            notes.push(Span::styled(format!("{role}  "), self.palette.strong));
        }
        let of_line: Vec<_> = one.notes.iter().filter(|note| note.line == line).collect();
        for (nth, note) in of_line.iter().enumerate() {
            let used: usize = notes.iter().map(Span::width).sum();
            if nth > 0 && used + width(&note.values) + 20 > self.cells {
                notes.push(Span::styled(format!("  …+{}", of_line.len() - nth), self.palette.muted));
                break;
            }
            let verdict = match note.holds {
                Some(true) => " ✓ yes",
                Some(false) => " ✗ no",
                None => "",
            };
            let gap = if nth == 0 { "" } else { "  " };
            notes.push(Span::styled(format!("{gap}{}{verdict}", note.values), self.palette.accent));
        }
        let notes_width: usize = notes.iter().map(Span::width).sum();
        let beside = 2 + widest + 3 + notes_width <= self.cells;
        let pieces = wrap(text.trim_start(), self.cells.saturating_sub(2 + indent));
        for (nth, piece) in pieces.iter().enumerate() {
            let hang = if nth == 0 { indent } else { indent + 4 };
            let mark = if nth == 0 { mark } else { "  " };
            let mut spans =
                vec![Span::styled(mark, style), Span::styled(format!("{}{piece}", " ".repeat(hang)), style)];
            if nth == 0 && beside && !notes.is_empty() {
                spans.push(Span::raw(" ".repeat((widest + 3).saturating_sub(hang + width(piece)))));
                spans.append(&mut notes);
            }
            lines.push(Line::from(spans));
        }
        if !notes.is_empty() {
            notes.insert(0, Span::raw(" ".repeat(indent + 6)));
            lines.push(Line::from(notes));
        }
    }
}

/// The lines of a listing that are shown.
fn shown(one: &Lit, detail: Detail) -> Vec<usize> {
    let all = 0..one.listing.lines.len();
    let begins = |line: usize| one.listing.lines.get(line).is_some_and(|text| !text.starts_with(' '));
    let handler = |line: usize| (0..=line).rev().find(|line| begins(*line)).unwrap_or(0);
    match detail {
        Detail::Whole => all.collect(),
        Detail::Handlers => {
            all.filter(|line| one.executed.iter().any(|executed| handler(*executed) == handler(*line))).collect()
        }
        Detail::Executed | Detail::Tight => all
            .filter(|line| {
                let noted = one.notes.iter().any(|note| note.line == *line);
                noted || one.executed.contains(line)
            })
            .collect(),
    }
}
