//! The slide: the processes that matter now, large, with the message that came or is lost beside them, or how the network
//! is cut.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::app::lesson::Player;
use crate::app::{Stage, Target};
use crate::pmmc::ProcessId;
use crate::world::text::{Notation, message};
use crate::world::{Action, Envelope, Partition};

use super::fields::Worlds;
use super::stage::{Marked, worlds};
use super::text::{cut, put, width, wrap};
use super::{Palette, Zone, boxes, cast, plan};

/// The processes that matter now, large, as on the slide: those that the lesson points at, or else the one that acted.
pub(crate) fn draw(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) -> Vec<Zone> {
    let mut zones = Vec::new();
    let mut marked = Marked::of(stage);
    let cluster = stage.world().cluster();
    // What a client waits for stands above.
    let is_shown = |process: &ProcessId| {
        !matches!(process, ProcessId::Client(_)) && marked.looked_at.contains(&process.to_string())
    };
    let mut shown: Vec<ProcessId> = cluster.processes().filter(is_shown).collect();
    let is_cast = !shown.is_empty() && stage.lesson().and_then(Player::task).is_some();
    if shown.is_empty() && stage.focused_process().is_none() && networked(stage, area, buf, palette) {
        return zones;
    }
    if shown.is_empty() {
        let receiver = stage.selected().map(|one| one.to).filter(|to| !matches!(to, ProcessId::Client(_)));
        let actor = marked.actor.or(lost(stage).map(|envelope| envelope.from));
        let actor = actor.filter(|actor| !matches!(actor, ProcessId::Client(_)));
        shown.push(stage.focused_process().or(actor).or(receiver).unwrap_or_else(|| stage.chosen()));
    }
    let actor = acts_in_task(stage);
    marked.actor = actor.or(marked.actor);
    if let Some(player) = stage.lesson().filter(|_| is_cast) {
        let last = stage.session().last_action().filter(|_| actor.is_some());
        shown = cast::of_task(area, player, &marked.looked_at, last);
    }
    let alone = shown.len() == 1;
    let arrow = if alone { 26.min(area.width / 3) } else { 0 };
    let lost = lost(stage).filter(|envelope| shown == [envelope.from]);
    // What is lost leaves its sender at the right.
    let x = if lost.is_some() { area.x } else { area.x + arrow };
    let places = plan::large(Rect { x, width: area.width - arrow, ..area }, &shown);
    let foresight = stage.foresight();
    let told = stage.lesson().and_then(Player::told_since);
    let worlds = Worlds { brief: true, ..worlds(stage, told.as_ref(), foresight.as_deref(), palette) };
    for spot in &places.all {
        boxes::large(worlds.of(spot.process), *spot, marked.at(spot.process), buf);
        zones.push((spot.area, Target::Process(spot.process)));
    }
    for (area, more) in &places.more {
        put(buf, *area, 1, 0, &Line::styled(format!("…+{more} more"), palette.muted));
    }
    if let [spot] = places.all.as_slice()
        && alone
        && arrow > 8
    {
        let x = if lost.is_some() { spot.area.right() } else { spot.area.x - arrow };
        let place = Rect { x, y: spot.area.y + 1, width: arrow, height: 3.min(spot.area.height) };
        match lost {
            Some(envelope) => leaves(envelope, place, buf, palette),
            None => arriving(stage, spot.process, place, buf, palette),
        }
    }
    zones
}

/// Who took the last step of a task, the learner's own or one that is shown: it is on the slide whomever the lesson points
/// at.
fn acts_in_task(stage: &Stage) -> Option<ProcessId> {
    let in_task = stage.lesson().and_then(Player::task).is_some_and(|task| task.steps > 0);
    if !in_task || !stage.marks_step() {
        return None;
    }
    let actor = stage.actor().or(lost(stage).map(|envelope| envelope.from));
    actor.filter(|actor| !matches!(actor, ProcessId::Client(_)))
}

/// The message that the last step lost, if that step is told of.
fn lost(stage: &Stage) -> Option<&Envelope> {
    match stage.session().last_action().filter(|_| stage.marks_step())? {
        Action::Drop(envelope) => Some(envelope),
        _ => None,
    }
}

/// A lost message: it leaves its sender, and comes nowhere.
fn leaves(envelope: &Envelope, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let cells = usize::from(area.width);
    put(buf, area, 1, 0, &Line::raw(large_text(envelope, cells)));
    let end = "✗ lost";
    let wire = "━".repeat(cells.saturating_sub(width(end) + 1));
    put(buf, area, 0, 1, &Line::styled(format!("{wire}{end}"), palette.bad.not_reversed()));
    put(buf, area, 1, 2, &Line::raw(format!("to {}", envelope.to)));
}

/// The groups into which the last step has cut the network, or that it is whole again: no process tells that by itself.
/// False if it did neither.
fn networked(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) -> bool {
    let cut = match stage.session().last_action().filter(|_| stage.marks_step()) {
        Some(Action::Partition(_)) => stage.world().partition(),
        Some(Action::Heal) => None,
        _ => return false,
    };
    let cells = usize::from(area.width).saturating_sub(2);
    let names =
        |some: &mut dyn Iterator<Item = ProcessId>| some.map(|one| one.to_string()).collect::<Vec<_>>().join(" ");
    let groups: Vec<String> =
        cut.into_iter().flat_map(Partition::groups).map(|group| names(&mut group.iter().copied())).collect();
    let cluster = stage.world().cluster();
    let (head, told) = match cut {
        None => ("the network is whole again", names(&mut cluster.processes())),
        Some(_) => ("‖ the network is cut: no message crosses ‖", groups.join("  ‖  ")),
    };
    let grouped = |process: &ProcessId| cut.is_none_or(|cut| cut.groups().iter().any(|group| group.contains(process)));
    let others = names(&mut cluster.processes().filter(|process| !grouped(process)));
    let mut lines = vec![(head.to_owned(), palette.muted)];
    lines.extend(wrap(&told, cells).into_iter().map(|line| (line, palette.strong)));
    if !others.is_empty() {
        let others = format!("{others}: in no group, reached by all");
        lines.extend(wrap(&others, cells).into_iter().map(|line| (line, palette.muted)));
    }
    // A blank row above and below what matters, where there is room.
    let apart = usize::from(area.height) > 2 * lines.len();
    let top = usize::from(area.height).saturating_sub(if apart { 2 * lines.len() - 1 } else { lines.len() }) / 2;
    for (nth, (text, style)) in lines.into_iter().enumerate() {
        let x = cells.saturating_sub(width(&text)) / 2 + 1;
        let y = top + if apart { 2 * nth } else { nth };
        put(buf, area, x as u16, y as u16, &Line::styled(text, style));
    }
    true
}

/// A message in so many cells.
fn large_text(envelope: &Envelope, cells: usize) -> String {
    let text = message(Notation::Screen, &envelope.message);
    cut(&text, cells.saturating_sub(1))
}

/// The message that has just arrived at the process that is shown large, or else the one on its way there: what is marked
/// as changed was changed by the one that arrived.
fn arriving(stage: &Stage, process: ProcessId, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let arrived = match stage.session().last_action() {
        Some(Action::Deliver(envelope)) if envelope.to == process && stage.marks_step() => Some(envelope),
        _ => None,
    };
    let coming = stage.pointed_at().filter(|one| one.to == process && arrived.is_none());
    let cells = usize::from(area.width);
    let text = |one: &Envelope| large_text(one, cells);
    if let Some(envelope) = coming {
        put(buf, area, 1, 0, &Line::styled(text(envelope), palette.accent));
        put(buf, area, 0, 1, &Line::styled(format!("{}▸", "─".repeat(cells.saturating_sub(1))), palette.accent));
        put(buf, area, 1, 2, &Line::styled(format!("from {}", envelope.from), palette.muted));
    } else if let Some(envelope) = arrived {
        put(buf, area, 1, 0, &Line::styled(text(envelope), palette.muted));
        put(buf, area, 1, 1, &Line::styled(format!("arrived from {}", envelope.from), palette.muted));
    }
}
