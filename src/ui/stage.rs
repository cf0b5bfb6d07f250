//! The stage screen: header, clients, processes and wires, messages, why, and what can be pressed.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::lesson::{BeatView, Panel, Player};
use crate::app::{Focus, Model, Overlay, Seek, Stage};
use crate::pmmc::ProcessId;
use crate::world::{Action, Event, Invariant};

use super::boxes::Marks;
use super::fields::Worlds;
use super::plan::{self, Panels};
use super::text::{at_most, put, rule, wrap};
use super::{Palette, bottom, boxes, flight, header, lesson, seek, view_grid, views, wires};

/// Draws the whole screen.
pub(crate) fn draw(model: &Model, stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let wanted = stage.lesson().map(|player| plan::Wanted {
        rows: lesson::wanted(stage, player, area.width),
        says_why: !player.off_path() && player.question().is_some(),
        plays: !player.off_path() && player.task().is_some(),
    });
    let panels = plan::panels(area, stage.world().cluster(), wanted);
    header::draw(stage, panels.header, buf, palette);
    if let Some(open) = seeking(model).filter(|_| panels.side.is_empty()) {
        let top = panels.header.bottom();
        let below = Rect { y: top, height: panels.hints.y.saturating_sub(top), ..panels.header };
        super::hint_bar(model, panels.hints, buf, palette);
        seek::draw(model, stage, open, below, buf, palette);
        return;
    }
    let place = stage.view().and_then(|view| views::place(stage, view, area, &panels));
    if let Some(views::Place::Whole(place)) = place {
        super::hint_bar(model, panels.hints, buf, palette);
        views::draw(stage, place, buf, palette);
        urgent(model, stage, panels, buf, palette);
        return;
    }
    header::clients(stage, panels.clients, buf, palette);
    super::hint_bar(model, panels.hints, buf, palette);
    if area.height < 16 {
        one_panel(model, stage, panels, buf, palette);
        return;
    }
    let told = stage.lesson().filter(|player| !player.off_path()).map(Player::beat);
    match told.as_ref().and_then(|beat| beat.panel) {
        Some(Panel::Votes) => view_grid::votes(stage, panels.stage, buf, palette),
        Some(Panel::Knowledge) => view_grid::knows(stage, panels.stage, buf, palette),
        Some(Panel::Table) => table(told.as_ref(), panels.stage, buf, palette),
        None if stage.large() => slide(stage, panels.stage, buf, palette),
        None => processes(stage, panels.stage, buf, palette),
    }
    if let Some(views::Place::Below { flight, view }) = place {
        flight::draw(stage, flight, buf, palette);
        views::draw(stage, view, buf, palette);
    } else {
        if let Some(player) = stage.lesson() {
            lesson::draw(stage, player, panels.lesson, buf, palette);
        }
        flight::draw(stage, panels.flight, buf, palette);
    }
    match place {
        _ if seeking(model).is_some() && !panels.side.is_empty() => {
            side_edge(panels.side, buf, palette);
            let inner = Rect { x: panels.side.x + 2, width: panels.side.width.saturating_sub(2), ..panels.side };
            if let Some(open) = seeking(model) {
                seek::draw(model, stage, open, inner, buf, palette);
            }
        }
        Some(views::Place::Side(view)) => {
            side_edge(panels.side, buf, palette);
            if let Some(player) = stage.lesson() {
                let upper = Rect { y: panels.side.y, height: view.y - panels.side.y, ..view };
                lesson::draw(stage, player, upper, buf, palette);
            }
            views::draw(stage, view, buf, palette);
            urgent(model, stage, panels, buf, palette);
        }
        Some(views::Place::Below { .. }) if panels.side.is_empty() => urgent(model, stage, panels, buf, palette),
        _ if panels.side.is_empty() => talk(model, stage, panels, buf, palette),
        _ => side(model, stage, panels.side, buf, palette),
    }
}

/// A prompt or refusal over a view that covers the place where they are told.
fn urgent(model: &Model, stage: &Stage, panels: Panels, buf: &mut Buffer, palette: &Palette) {
    if !is_urgent(model, stage) {
        return;
    }
    let height = urgent_height(model, stage, panels.hints.width).min(panels.hints.y);
    let area = Rect { y: panels.hints.y - height, height, ..panels.hints };
    clear(area, buf);
    bottom::draw(model, stage, area, buf, palette);
}

/// Whether something must be told though there may be no room for it.
fn is_urgent(model: &Model, stage: &Stage) -> bool {
    model.notice().is_some() || model.overlay().is_some() || stage.trouble().is_some()
}

/// So much covers as little as it can of what is asked; what is wrong with a lesson's file is told whole.
fn urgent_height(model: &Model, stage: &Stage, width: u16) -> u16 {
    let cells = usize::from(width).saturating_sub(2);
    let lines = |text: &str| u16::try_from(wrap(text, cells).len()).unwrap_or(u16::MAX);
    match (model.overlay(), model.notice(), stage.trouble()) {
        (Some(_), ..) => 3,
        (None, Some(notice), _) => 1 + lines(&bottom::sentence(&notice.text)).clamp(1, 2),
        (None, None, Some(trouble)) => 1 + lines(trouble).clamp(1, 8),
        (None, None, None) => 0,
    }
}

/// The questions to the explorer, if they are open.
fn seeking(model: &Model) -> Option<&Seek> {
    match model.overlay() {
        Some(Overlay::Seek(seek)) => Some(seek),
        _ => None,
    }
}

fn side_edge(area: Rect, buf: &mut Buffer, palette: &Palette) {
    for y in area.y..area.bottom() {
        buf.set_string(area.x, y, "│", palette.muted);
    }
}

/// The why; a prompt or refusal is shown even where there is no room for the why.
fn talk(model: &Model, stage: &Stage, panels: Panels, buf: &mut Buffer, palette: &Palette) {
    let urgent = is_urgent(model, stage);
    let wanted = urgent_height(model, stage, panels.hints.width);
    let area = if panels.why.height >= wanted || !urgent {
        panels.why
    } else {
        let height = wanted.min(panels.hints.y);
        Rect { y: panels.hints.y - height, height, ..panels.hints }
    };
    if urgent {
        clear(area, buf);
    }
    bottom::draw(model, stage, area, buf, palette);
}

fn clear(area: Rect, buf: &mut Buffer) {
    ratatui::widgets::Widget::render(ratatui::widgets::Clear, area.intersection(buf.area), buf);
}

/// What is marked at each process.
struct Marked {
    actor: Option<ProcessId>,
    wire: [Option<ProcessId>; 2],
    chosen: Option<ProcessId>,
    looked_at: Vec<String>,
}

impl Marked {
    fn of(stage: &Stage) -> Self {
        let selected = stage.selected();
        let beat = stage.lesson().filter(|player| !player.off_path()).map(Player::beat);
        let look_at = beat.map(|beat| beat.look_at).unwrap_or_default();
        Self {
            actor: stage.actor(),
            wire: [selected.map(|one| one.from), selected.map(|one| one.to)],
            chosen: stage.focused_process(),
            looked_at: look_at.iter().filter_map(|one| one.split('.').next().map(str::to_owned)).collect(),
        }
    }

    fn at(&self, process: ProcessId) -> Marks {
        Marks {
            acted: self.actor == Some(process),
            at_wire: self.wire.contains(&Some(process)),
            chosen: self.chosen == Some(process),
            looked_at: self.looked_at.contains(&process.to_string()),
        }
    }
}

fn worlds<'a>(stage: &'a Stage, palette: &'a Palette) -> Worlds<'a> {
    Worlds { now: stage.world(), before: stage.session().now().before.as_ref(), palette }
}

/// Runs side by side.
fn table(told: Option<&BeatView>, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let Some((beat, table)) = told.and_then(|beat| Some((beat, beat.table.as_ref()?))) else { return };
    let lines = lesson::compared(table, beat, usize::from(area.width).saturating_sub(4), palette);
    let top = area.height.saturating_sub(lines.len() as u16) / 2;
    for (y, line) in (top..area.height).zip(lines) {
        put(buf, area, 2, y, &line);
    }
}

/// All processes in their places, and the wires between them.
fn processes(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let spots = plan::spots(area, stage.world().cluster());
    let marked = Marked::of(stage);
    for spot in &spots.all {
        boxes::draw(worlds(stage, palette), *spot, marked.at(spot.process), buf);
    }
    for (area, more) in &spots.more {
        put(buf, *area, 1, 0, &Line::styled(format!("…+{more} more"), palette.muted));
    }
    wires::draw(stage, &spots, buf, palette);
}

/// The processes that matter now, large, as on the slide: those that the lesson points at, or else the one that acted.
fn slide(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let marked = Marked::of(stage);
    let cluster = stage.world().cluster();
    let mut shown: Vec<ProcessId> =
        cluster.processes().filter(|process| marked.looked_at.contains(&process.to_string())).collect();
    if shown.is_empty() {
        let receiver = stage.selected().map(|one| one.to).filter(|to| !matches!(to, ProcessId::Client(_)));
        let actor = marked.actor.filter(|actor| !matches!(actor, ProcessId::Client(_)));
        shown.push(stage.focused_process().or(actor).or(receiver).unwrap_or_else(|| stage.chosen()));
    }
    shown.truncate(3);
    let count = shown.len() as u16;
    let arrow = if count == 1 { 26.min(area.width / 3) } else { 0 };
    let each = ((area.width - arrow) / count).min(52);
    let height = area.height.min(if matches!(shown.as_slice(), [ProcessId::Acceptor(_), ..]) { 6 } else { 9 });
    let left = area.x + arrow + area.width.saturating_sub(arrow + each * count) / 2;
    let y = area.y + area.height.saturating_sub(height) / 2;
    for (at, process) in (0..).zip(&shown) {
        let spot = Rect { x: left + at * each, y, width: each.saturating_sub(u16::from(count > 1)), height };
        boxes::large(worlds(stage, palette), *process, spot, marked.at(*process), buf);
    }
    if count == 1 && arrow > 8 {
        arriving(
            stage,
            shown[0],
            Rect { x: left - arrow, y: y + 1, width: arrow, height: 3.min(height) },
            buf,
            palette,
        );
    }
}

/// The message on its way to the process that is shown large, or the one that has just arrived there.
fn arriving(stage: &Stage, process: ProcessId, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let coming = stage.selected().filter(|one| one.to == process);
    let arrived = match stage.session().last_action() {
        Some(Action::Deliver(envelope)) if envelope.to == process => Some(envelope),
        _ => None,
    };
    let cells = usize::from(area.width);
    let text = |one: &crate::world::Envelope| {
        let text = crate::world::text::message(crate::world::text::Notation::Screen, &one.message);
        super::text::cut(&text, cells.saturating_sub(2))
    };
    if let Some(envelope) = coming {
        put(buf, area, 1, 0, &Line::styled(text(envelope), palette.accent));
        put(buf, area, 0, 1, &Line::styled(format!("{}▸", "─".repeat(cells.saturating_sub(1))), palette.accent));
        put(buf, area, 1, 2, &Line::styled(format!("from {}", envelope.from), palette.muted));
    } else if let Some(envelope) = arrived {
        put(buf, area, 1, 0, &Line::styled(text(envelope), palette.muted));
        put(buf, area, 1, 1, &Line::styled(format!("has arrived from {}", envelope.from), palette.muted));
    }
}

/// A small screen: one panel at a time, and the why in one line below it.
fn one_panel(model: &Model, stage: &Stage, panels: Panels, buf: &mut Buffer, palette: &Palette) {
    let top = panels.header.bottom();
    let talk_height = 3;
    let height = panels.hints.y.saturating_sub(top + talk_height);
    let area = Rect { x: panels.header.x, y: top, width: panels.header.width, height };
    let below = Rect { y: top + height, height: talk_height, ..area };
    match (stage.lesson(), stage.focus()) {
        (_, Focus::Processes | Focus::View) => processes(stage, area, buf, palette),
        (Some(player), Focus::InFlight) => lesson::draw(stage, player, area, buf, palette),
        (None, Focus::InFlight) => flight::draw(stage, area, buf, palette),
    }
    bottom::draw(model, stage, below, buf, palette);
}

/// The panel at the side of a large screen: lesson, why with all its sentences, what the rules were, the invariants.
fn side(model: &Model, stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let inner = Rect { x: area.x + 2, width: area.width.saturating_sub(2), ..area };
    side_edge(area, buf, palette);
    let mut y = 0;
    if let Some(player) = stage.lesson() {
        let height = lesson::wanted(stage, player, inner.width).max(16).min(inner.height / 2);
        lesson::draw(stage, player, Rect { height, ..inner }, buf, palette);
        y = height;
    }
    let height = 9.min(inner.height.saturating_sub(y));
    bottom::draw(model, stage, Rect { y: inner.y + y, height, ..inner }, buf, palette);
    y += height;
    for (title, lines, least) in [then(stage), rules(stage), invariants(stage)] {
        let area = Rect { y: inner.y.saturating_add(y), height: inner.height.saturating_sub(y), ..inner };
        if area.height < 2 {
            break;
        }
        rule(buf, area, Span::styled(title, palette.strong), "", palette.muted);
        let cells = usize::from(area.width).saturating_sub(2);
        let wrapped = lines.iter().flat_map(|line| wrap(line, cells)).collect();
        // A panel with a place of its own does not push the ones below it far.
        let most = if least > 0 { least + 2 } else { area.height };
        let shown = at_most(wrapped, usize::from((area.height - 1).min(most)), cells);
        let row = shown.len() as u16 + 1;
        for (row, line) in (1..).zip(shown) {
            put(buf, area, 1, row, &Line::raw(line));
        }
        y += row.max(least) + 1;
    }
}

/// A panel at the side: its title, what it says, and how many rows it takes at least.
type Told = (String, Vec<String>, u16);

/// What delivering the selected message would do.
fn then(stage: &Stage) -> Told {
    let lines = match stage.preview() {
        None => Vec::new(),
        Some(Ok(sentences)) => sentences.split("; ").map(str::to_owned).collect(),
        Some(Err(why)) => vec![why],
    };
    ("then, if the selected message arrives".to_owned(), lines, 8)
}

/// The ids of the rules that the last step executed, and what it sent.
fn rules(stage: &Stage) -> Told {
    let mut lines = Vec::new();
    for event in &stage.session().now().events {
        match event {
            Event::Sent(envelope) => {
                let text = crate::world::text::message(crate::world::text::Notation::Screen, &envelope.message);
                lines.push(format!("sent {} → {}  {text}", envelope.from, envelope.to));
            }
            other => lines.extend(other.rule().map(str::to_owned)),
        }
    }
    lines.truncate(9);
    ("rules executed, messages sent".to_owned(), lines, 8)
}

/// Those that are broken with where, or else the most important ones with what they mean.
fn invariants(stage: &Stage) -> Told {
    let violations = stage.session().violations();
    if violations.is_empty() {
        const SHOWN: [Invariant; 4] = [Invariant::R1, Invariant::A1, Invariant::A5, Invariant::D2];
        let lines = SHOWN.iter().map(|one| format!("✓ {one:?}: {}", one.meaning()));
        return (format!("{} invariants hold, among them", Invariant::ALL.len()), lines.collect(), 0);
    }
    let lines = violations.iter().map(|one| format!("✗ {:?}: {}", one.invariant, one.why));
    ("invariants violated".to_owned(), lines.collect(), 0)
}
