//! The stage screen: header, clients, processes and wires, messages, why, and what can be pressed.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::{Focus, Model, Stage, Target};
use crate::pmmc::ProcessId;
use crate::world::{Action, Event, Invariant};

use super::boxes::Marks;
use super::fields::Worlds;
use super::plan::{self, Panels};
use super::text::{at_most, put, rule, wrap};
use super::{Palette, Zone, bottom, boxes, flight, header, lesson, views, wires};

/// Draws the whole screen.
pub(crate) fn draw(model: &Model, stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) -> Vec<Zone> {
    let wanted = stage.lesson().map(|player| plan::Wanted {
        rows: lesson::wanted(player, area.width),
        says_why: !player.off_path() && player.question().is_some(),
        plays: !player.off_path() && player.task().is_some(),
    });
    let panels = plan::panels(area, stage.world().cluster(), wanted);
    header::draw(stage, panels.header, buf, palette);
    let mut zones = super::hint_bar(model, panels.hints, buf, palette);
    let place = stage.view().and_then(|view| views::place(stage, view, area, &panels));
    if let Some(views::Place::Whole(place)) = place {
        views::draw(stage, place, buf, palette);
        zones.push((place, Target::Panel(Focus::View)));
        urgent(model, stage, panels, buf, palette);
        return zones;
    }
    header::clients(stage, panels.clients, buf, palette);
    if area.height < 16 {
        zones.extend(one_panel(model, stage, panels, buf, palette));
        return zones;
    }
    if stage.large() {
        zones.extend(slide(stage, panels.stage, buf, palette));
    } else {
        zones.extend(processes(stage, panels.stage, buf, palette));
    }
    if let Some(views::Place::Below { flight, view }) = place {
        zones.extend(flight::draw(stage, flight, buf, palette));
        views::draw(stage, view, buf, palette);
        zones.push((view, Target::Panel(Focus::View)));
    } else {
        if let Some(player) = stage.lesson() {
            lesson::draw(player, panels.lesson, buf, palette);
        }
        zones.extend(flight::draw(stage, panels.flight, buf, palette));
    }
    match place {
        Some(views::Place::Side(view)) => {
            side_edge(panels.side, buf, palette);
            if let Some(player) = stage.lesson() {
                let upper = Rect { y: panels.side.y, height: view.y - panels.side.y, ..view };
                lesson::draw(player, upper, buf, palette);
            }
            views::draw(stage, view, buf, palette);
            zones.push((view, Target::Panel(Focus::View)));
            urgent(model, stage, panels, buf, palette);
        }
        Some(views::Place::Below { .. }) if panels.side.is_empty() => urgent(model, stage, panels, buf, palette),
        _ if panels.side.is_empty() => talk(model, stage, panels, buf, palette),
        _ => side(model, stage, panels.side, buf, palette),
    }
    zones
}

/// A prompt or refusal over a view that covers the place where they are told.
fn urgent(model: &Model, stage: &Stage, panels: Panels, buf: &mut Buffer, palette: &Palette) {
    if model.notice().is_none() && model.overlay().is_none() {
        return;
    }
    let height = 3.min(panels.hints.y);
    let area = Rect { y: panels.hints.y - height, height, ..panels.hints };
    clear(area, buf);
    bottom::draw(model, stage, area, buf, palette);
}

fn side_edge(area: Rect, buf: &mut Buffer, palette: &Palette) {
    for y in area.y..area.bottom() {
        buf.set_string(area.x, y, "│", palette.muted);
    }
}

/// The why; a prompt or refusal is shown even where there is no room for the why.
fn talk(model: &Model, stage: &Stage, panels: Panels, buf: &mut Buffer, palette: &Palette) {
    let urgent = model.notice().is_some() || model.overlay().is_some();
    let area = if panels.why.height >= 3 || !urgent {
        panels.why
    } else {
        let height = 3.min(panels.hints.y);
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
        let beat = stage.lesson().filter(|player| !player.off_path()).map(crate::app::lesson::Player::beat);
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

/// All processes in their places, and the wires between them.
fn processes(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) -> Vec<Zone> {
    let spots = plan::spots(area, stage.world().cluster());
    let marked = Marked::of(stage);
    for spot in &spots.all {
        boxes::draw(worlds(stage, palette), *spot, marked.at(spot.process), buf);
    }
    for (area, more) in &spots.more {
        put(buf, *area, 1, 0, &Line::styled(format!("…+{more} more"), palette.muted));
    }
    wires::draw(stage, &spots, buf, palette);
    spots.all.iter().map(|spot| (spot.area, Target::Process(spot.process))).collect()
}

/// The processes that matter now, large, as on the slide: those that the lesson points at, or else the one that acted.
fn slide(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) -> Vec<Zone> {
    let mut zones = Vec::new();
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
        zones.push((spot, Target::Process(*process)));
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
    zones
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
fn one_panel(model: &Model, stage: &Stage, panels: Panels, buf: &mut Buffer, palette: &Palette) -> Vec<Zone> {
    let top = panels.header.bottom();
    let talk_height = 3;
    let height = panels.hints.y.saturating_sub(top + talk_height);
    let area = Rect { x: panels.header.x, y: top, width: panels.header.width, height };
    let below = Rect { y: top + height, height: talk_height, ..area };
    let zones = match (stage.lesson(), stage.focus()) {
        (_, Focus::Processes | Focus::View) => processes(stage, area, buf, palette),
        (Some(player), Focus::InFlight) => {
            lesson::draw(player, area, buf, palette);
            Vec::new()
        }
        (None, Focus::InFlight) => flight::draw(stage, area, buf, palette),
    };
    bottom::draw(model, stage, below, buf, palette);
    zones
}

/// The panel at the side of a large screen: lesson, why with all its sentences, what the rules were, the invariants.
fn side(model: &Model, stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let inner = Rect { x: area.x + 2, width: area.width.saturating_sub(2), ..area };
    side_edge(area, buf, palette);
    let mut y = 0;
    if let Some(player) = stage.lesson() {
        let height = lesson::wanted(player, inner.width).max(16).min(inner.height / 2);
        lesson::draw(player, Rect { height, ..inner }, buf, palette);
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
