//! A process in one line, or in the one line below its name: the same fields, with as many words as there is room for.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::pmmc::{Ballot, ProcessId};
use crate::world::World;
use crate::world::text::ballot_num;

use super::fields::{Field, Worlds, other};
use super::list::List;
use super::work::Work;

/// The names of two lists, and in short: each has one short form, which the legend tells.
const NAMES: [[&str; 2]; 2] = [["proposals: ", "decisions: "], ["p", "d"]];

/// From so many cells on a row has room between its fields.
pub(crate) const WIDE: usize = 50;

/// The blanks between two fields in a row of so many cells.
pub(crate) const fn gap(cells: usize) -> usize {
    if cells < WIDE { 1 } else { 2 }
}

/// A list with less than so many cells says nothing.
const LEAST_LIST: usize = 8;
/// Below a name there is less room.
const TIGHT_GAP: usize = 1;

/// All of a process beside its name, with so many blanks between two fields.
pub(crate) fn whole(worlds: Worlds<'_>, process: ProcessId, [cells, gap]: [usize; 2]) -> Vec<Field> {
    let head = match process {
        ProcessId::Replica(_) => worlds.in_title(process, cells.min(14)),
        ProcessId::Leader(_) => ballot(worlds, process, cells / 3),
        _ => ballot(worlds, process, cells / 2),
    };
    let used = head.as_ref().map_or(0, |field| field.line.width() + gap);
    let mut fields: Vec<Field> = head.into_iter().collect();
    fields.append(&mut beside(worlds, process, cells.saturating_sub(used), gap));
    if let Some(activity) = activity(worlds, process) {
        let used: usize = fields.iter().map(|field| field.line.width() + gap).sum();
        if used + activity.line.width() <= cells {
            fields.insert(0, activity);
        } else if let Some(first) = fields.first_mut() {
            // The word beside the name says it; that it is new is marked.
            first.changed = true;
        }
    }
    fields
}

/// All that does not stand beside the name, in one line.
pub(crate) fn second(worlds: Worlds<'_>, process: ProcessId, cells: usize) -> Field {
    let mut spans = Vec::new();
    let fields = beside(worlds, process, cells, TIGHT_GAP);
    let changed = fields.iter().any(|field| field.changed);
    for field in fields {
        if !spans.is_empty() {
            spans.push(Span::raw(" ".repeat(TIGHT_GAP)));
        }
        spans.extend(field.line.spans);
    }
    Field { changed, line: Line::from(spans) }
}

/// `active: false → true`, if the last step changed it.
fn activity(worlds: Worlds<'_>, process: ProcessId) -> Option<Field> {
    let ProcessId::Leader(id) = process else { return None };
    let active = |world: &World| world.leader(id).map(|node| node.state.active);
    let (now, before) = (active(worlds.now)?, active(worlds.before?)?);
    (now != before).then(|| {
        let now = Span::styled(now.to_string(), worlds.palette.changed);
        Field { changed: true, line: Line::from(vec![Span::raw(format!("active: {before} → ")), now]) }
    })
}

/// A leader's or an acceptor's `ballot_num`, as wordy as there is room for.
pub(crate) fn ballot(worlds: Worlds<'_>, process: ProcessId, cells: usize) -> Option<Field> {
    let text = |ballot: Ballot| ballot.to_string();
    let of = |world: &World| match process {
        ProcessId::Leader(id) => world.leader(id).map(|node| text(node.state.ballot_num)),
        ProcessId::Acceptor(id) => world.acceptor(id).map(|node| ballot_num(node.state.ballot_num)),
        _ => None,
    };
    let now = of(worlds.now)?;
    let before = worlds.before.and_then(of).filter(|before| *before != now);
    let style = if before.is_some() { worlds.palette.changed } else { Style::new() };
    let after = worlds.after.and_then(of).filter(|after| *after != now);
    let arrow = before.as_ref().map(|before| format!("{before} → ")).unwrap_or_default();
    // What changed says more than what it is called: the words go first, then the old value.
    let arrow = arrow.as_str();
    let tries = [("ballot_num: ", arrow), ("ballot ", arrow), ("", arrow), ("ballot ", ""), ("", "")];
    let lines = tries.map(|(name, arrow)| {
        Line::from(vec![Span::raw(name), Span::raw(arrow.to_owned()), Span::styled(now.clone(), style)])
    });
    let line = lines.into_iter().find(|line| line.width() <= cells)?;
    let mut field = Field { changed: before.is_some(), line };
    if let Some(after) = after {
        field.haunt(&[format!(" (→ {after})"), format!(" (→{after})")], cells, worlds.palette);
    }
    Some(field)
}

fn beside<'a>(worlds: Worlds<'a>, process: ProcessId, cells: usize, gap: usize) -> Vec<Field> {
    match process {
        ProcessId::Acceptor(id) => {
            let Some(node) = worlds.now.acceptor(id) else { return Vec::new() };
            let of = |world: Option<&'a World>| other(node, world.and_then(|world| world.acceptor(id)));
            let (before, after) = (of(worlds.before), of(worlds.after));
            let lists = ["accepted: ", ""].map(|label| worlds.accepted(label, &node.state, before, after));
            one_of(&lists, cells, worlds)
        }
        ProcessId::Leader(id) => {
            let Some(node) = worlds.now.leader(id) else { return Vec::new() };
            let of = |world: Option<&'a World>| other(node, world.and_then(|world| world.leader(id)));
            let (before, after) = (of(worlds.before), of(worlds.after));
            let lists = NAMES.map(|[label, _]| worlds.wanted(label, &node.state, before, after));
            let work = worlds.work(&node.state, before, after);
            if before.is_some_and(|old| old.rival != node.state.rival) {
                let rival = worlds.rival(&node.state, before, after, cells);
                return if node.state.rival.is_some() {
                    with_rival(&lists, rival, &work, [cells, gap], worlds)
                } else {
                    before_rival(&lists, rival, &work, [cells, gap], worlds)
                };
            }
            with_work(&lists, &work, [cells, gap], worlds)
        }
        ProcessId::Replica(id) => {
            let Some(node) = worlds.now.replica(id) else { return Vec::new() };
            let of = |world: Option<&'a World>| other(node, world.and_then(|world| world.replica(id)));
            let (before, after) = (of(worlds.before), of(worlds.after));
            let lists = NAMES.map(|labels| worlds.slot_maps(labels, &node.state, before, after));
            two_lists(&lists, [cells, gap], worlds)
        }
        ProcessId::Client(_) => Vec::new(),
    }
}

fn laid(list: &List, cells: usize, worlds: Worlds<'_>) -> Vec<Field> {
    list.lay(&[cells], worlds.palette)
}

/// The wordiest of these that is whole; if none is, the first one that shows an element.
fn one_of(lists: &[List], cells: usize, worlds: Worlds<'_>) -> Vec<Field> {
    let whole = lists.iter().find(|list| list.is_whole(cells)).or(lists.last());
    whole.map(|list| laid(list, cells, worlds)).unwrap_or_default()
}

/// A leader's proposals, then whom it waits for.
fn with_work(lists: &[List], work: &Work<'_>, [cells, gap]: [usize; 2], worlds: Worlds<'_>) -> Vec<Field> {
    if work.count() == 0 {
        return one_of(lists, cells, worlds);
    }
    let widths = work.widths();
    for needed in widths {
        for list in lists {
            let room = cells.saturating_sub(needed + gap);
            if list.is_whole(room) {
                return both(list, work, needed, [cells, gap], worlds);
            }
        }
    }
    // Where there is room for one of them only, it is whom it waits for.
    if cells < widths[2] + gap + LEAST_LIST {
        return work.in_one_line(cells, worlds.palette).into_iter().collect();
    }
    lists.last().map(|list| both(list, work, widths[2], [cells, gap], worlds)).unwrap_or_default()
}

/// A leader's proposals, then who has just preempted it, and behind that whom it no longer waits for, or how many.
fn with_rival(
    lists: &[List],
    rival: Field,
    work: &Work<'_>,
    [cells, gap]: [usize; 2],
    worlds: Worlds<'_>,
) -> Vec<Field> {
    let more = if work.count() > 0 { " …+1".chars().count() } else { 0 };
    let room = cells.saturating_sub(rival.line.width() + more + gap);
    let list = lists.iter().find(|list| list.is_whole(room)).or(lists.last());
    let mut fields = list.filter(|_| room >= LEAST_LIST).map(|list| laid(list, room, worlds)).unwrap_or_default();
    let used: usize = fields.iter().map(|field| field.line.width() + gap).sum();
    fields.push(work.beside(rival, cells.saturating_sub(used), worlds.palette));
    fields
}

/// A leader that runs again: whom it waits for says more than that it has no rival any more, which has at least a mark
/// where there is room for one.
fn before_rival(
    lists: &[List],
    rival: Field,
    work: &Work<'_>,
    [cells, gap]: [usize; 2],
    worlds: Worlds<'_>,
) -> Vec<Field> {
    for (last, least) in [(rival, work.widths()[0]), (Field::plain("…".to_owned()), 0)] {
        let room = cells.saturating_sub(last.line.width() + gap);
        let mut fields = with_work(lists, work, [room, gap], worlds);
        let used: usize = fields.iter().map(|field| field.line.width() + gap).sum();
        if room >= least && used <= room + gap {
            fields.push(last);
            return fields;
        }
    }
    with_work(lists, work, [cells, gap], worlds)
}

fn both(list: &List, work: &Work<'_>, needed: usize, [cells, gap]: [usize; 2], worlds: Worlds<'_>) -> Vec<Field> {
    let mut fields = laid(list, cells.saturating_sub(needed + gap), worlds);
    let used: usize = fields.iter().map(|field| field.line.width() + gap).sum();
    fields.extend(work.in_one_line(cells.saturating_sub(used), worlds.palette));
    fields
}

/// A replica's proposals and decisions: both whole with as many words as fit, else what changed or is decided first.
fn two_lists(lists: &[[List; 2]], [cells, gap]: [usize; 2], worlds: Worlds<'_>) -> Vec<Field> {
    for [proposals, decisions] in lists {
        for first in [cells.saturating_sub(gap) / 2, cells] {
            let mut fields = laid(proposals, first, worlds);
            let used = fields.first().map_or(0, |field| field.line.width()) + gap;
            let rest = cells.saturating_sub(used);
            if proposals.is_whole(first) && decisions.is_whole(rest) {
                fields.append(&mut laid(decisions, rest, worlds));
                return fields;
            }
        }
    }
    // Neither has to be whole: the decisions take half at most, the proposals what is left.
    let Some([proposals, decisions]) = lists.last() else { return Vec::new() };
    let half = cells.saturating_sub(gap) / 2;
    let used: usize = laid(decisions, half, worlds).iter().map(|field| field.line.width() + gap).sum();
    let mut fields = laid(proposals, cells.saturating_sub(used), worlds);
    let used: usize = fields.iter().map(|field| field.line.width() + gap).sum();
    fields.append(&mut laid(decisions, cells.saturating_sub(used), worlds));
    fields
}
