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

/// All of a process beside its name, with so many blanks between two fields: the first field with as many words as leave the
/// others whole.
pub(crate) fn whole(worlds: Worlds<'_>, process: ProcessId, [cells, gap]: [usize; 2]) -> Vec<Field> {
    let row = Row { worlds, gap, tight: true };
    let with = |head: Option<Field>| {
        let used = head.as_ref().map_or(0, |head| head.line.width() + gap);
        let Laid { mut fields, cut } = row.beside(process, cells.saturating_sub(used));
        fields.splice(0..0, head);
        Laid { fields, cut }
    };
    let heads = heads(worlds, process, cells);
    let least = heads.into_iter().map(|head| with(Some(head))).min_by_key(|laid| laid.cut);
    let mut fields = least.unwrap_or_else(|| with(None)).fields;
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

/// The first field beside the name, the most words first: what has changed keeps its old value if it can.
fn heads(worlds: Worlds<'_>, process: ProcessId, cells: usize) -> Vec<Field> {
    if matches!(process, ProcessId::Replica(_)) {
        return SLOTS.iter().filter_map(|most| worlds.in_title(process, cells.min(*most))).collect();
    }
    let most = if matches!(process, ProcessId::Leader(_)) { cells / 3 } else { cells / 2 };
    let forms = [true, false].map(|tells| ballots(worlds, process, &[("ballot ", tells), ("", tells)], most));
    forms.into_iter().find(|forms| !forms.is_empty()).unwrap_or_default()
}

/// The cells of `in 1 → 2 out 1`, of `in 1→2 out 1→2` beside it, and of the same without arrows.
const SLOTS: [usize; 3] = [14, 13, 11];

/// All that does not stand beside the name, in one line.
pub(crate) fn second(worlds: Worlds<'_>, process: ProcessId, cells: usize) -> Field {
    let mut spans = Vec::new();
    let fields = Row { worlds, gap: TIGHT_GAP, tight: false }.beside(process, cells).fields;
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
    // What changed says more than what it is called: the words go first, then the old value.
    let forms = [("ballot_num: ", true), ("ballot ", true), ("", true), ("ballot ", false), ("", false)];
    ballots(worlds, process, &forms, cells).into_iter().next()
}

/// The same in each of these forms that fits: what it is called, and whether the old value is told.
fn ballots(worlds: Worlds<'_>, process: ProcessId, forms: &[(&'static str, bool)], cells: usize) -> Vec<Field> {
    let text = |ballot: Ballot| ballot.to_string();
    let of = |world: &World| match process {
        ProcessId::Leader(id) => world.leader(id).map(|node| text(node.state.ballot_num)),
        ProcessId::Acceptor(id) => world.acceptor(id).map(|node| ballot_num(node.state.ballot_num)),
        _ => None,
    };
    let Some(now) = of(worlds.now) else { return Vec::new() };
    let before = worlds.before.and_then(of).filter(|before| *before != now);
    let style = if before.is_some() { worlds.palette.changed } else { Style::new() };
    let after = worlds.after.and_then(of).filter(|after| *after != now);
    let arrow = before.as_ref().map(|before| format!("{before} → ")).unwrap_or_default();
    let lines = forms.iter().map(|(name, tells)| {
        let arrow = if *tells { arrow.clone() } else { String::new() };
        Line::from(vec![Span::raw(*name), Span::raw(arrow), Span::styled(now.clone(), style)])
    });
    let fields = lines.filter(|line| line.width() <= cells).map(|line| {
        let mut field = Field { changed: before.is_some(), line };
        if let Some(after) = &after {
            field.haunt(&[format!(" (→ {after})"), format!(" (→{after})")], cells, worlds.palette);
        }
        field
    });
    fields.collect()
}

/// Fields beside each other, and how much of them is cut.
struct Laid {
    fields: Vec<Field>,
    cut: Cut,
}

/// What of a row is not whole.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cut {
    Nothing,
    /// It is told for how many a scout or commander waits, not for whom.
    Waitfor,
    /// A list.
    List,
    /// All of a list that has elements.
    Elements,
}

/// How fields stand beside each other.
#[derive(Clone, Copy)]
struct Row<'a> {
    worlds: Worlds<'a>,
    /// The blanks between two of them.
    gap: usize,
    /// Whether lists have no inner blanks even where there is room: then all rows of a screen are written alike.
    tight: bool,
}

/// What a leader has beside its ballot.
struct Led<'a> {
    /// Its proposals, the most words first.
    proposals: [List; 2],
    work: Work<'a>,
}

impl<'a> Row<'a> {
    fn beside(self, process: ProcessId, cells: usize) -> Laid {
        let worlds = self.worlds;
        match process {
            ProcessId::Acceptor(id) => {
                let Some(node) = worlds.now.acceptor(id) else { return self.laid(None, 0) };
                let of = |world: Option<&'a World>| other(node, world.and_then(|world| world.acceptor(id)));
                let (before, after) = (of(worlds.before), of(worlds.after));
                let lists = ["accepted: ", ""].map(|label| worlds.accepted(label, &node.state, before, after));
                self.one_of(&lists.map(|list| self.written(list)), cells)
            }
            ProcessId::Leader(id) => {
                let Some(node) = worlds.now.leader(id) else { return self.laid(None, 0) };
                let of = |world: Option<&'a World>| other(node, world.and_then(|world| world.leader(id)));
                let (before, after) = (of(worlds.before), of(worlds.after));
                let proposals = NAMES.map(|[label, _]| self.written(worlds.wanted(label, &node.state, before, after)));
                let work = worlds.work(&node.state, before, after);
                let led = Led { proposals, work: if self.tight { work.in_row() } else { work } };
                if before.is_none_or(|old| old.rival == node.state.rival) {
                    return self.with_work(&led, cells);
                }
                let rival = worlds.rival(&node.state, before, after, cells);
                let runs = node.state.rival.is_none();
                if runs { self.before_rival(&led, rival, cells) } else { self.with_rival(&led, rival, cells) }
            }
            ProcessId::Replica(id) => {
                let Some(node) = worlds.now.replica(id) else { return self.laid(None, 0) };
                let of = |world: Option<&'a World>| other(node, world.and_then(|world| world.replica(id)));
                let (before, after) = (of(worlds.before), of(worlds.after));
                let lists = NAMES.map(|labels| worlds.slot_maps(labels, &node.state, before, after));
                self.two_lists(&lists.map(|both| both.map(|list| self.written(list))), cells)
            }
            ProcessId::Client(_) => self.laid(None, 0),
        }
    }

    /// A list as this row is written.
    fn written(self, list: List) -> List {
        if self.tight { list.in_row() } else { list }
    }

    fn laid(self, list: Option<&List>, cells: usize) -> Laid {
        let cut = match list {
            Some(list) if !list.is_whole(cells) => {
                if list.shows_one(cells) {
                    Cut::List
                } else {
                    Cut::Elements
                }
            }
            _ => Cut::Nothing,
        };
        let fields = list.map(|list| list.lay(&[cells], self.worlds.palette)).unwrap_or_default();
        Laid { fields, cut }
    }

    /// The cells of these fields with a gap behind each.
    fn used(self, fields: &[Field]) -> usize {
        fields.iter().map(|field| field.line.width() + self.gap).sum()
    }

    /// The wordiest of these that is whole; if none is, as much of the last one as there is room for.
    fn one_of(self, lists: &[List], cells: usize) -> Laid {
        self.laid(lists.iter().find(|list| list.is_whole(cells)).or(lists.last()), cells)
    }

    /// A leader's proposals, then whom it waits for.
    fn with_work(self, led: &Led<'_>, cells: usize) -> Laid {
        let Led { proposals, work } = led;
        if work.count() == 0 {
            return self.one_of(proposals, cells);
        }
        // Beside it they are called the same whether there are any or not.
        let [.., proposals] = proposals;
        let both = |needed: usize| {
            let mut laid = self.laid(Some(proposals), cells.saturating_sub(needed + self.gap));
            let rest = cells.saturating_sub(self.used(&laid.fields));
            laid.fields.extend(work.in_one_line(rest, self.worlds.palette));
            laid
        };
        let [named, counted] = work.widths();
        let is_whole = |needed: usize| proposals.is_whole(cells.saturating_sub(needed + self.gap));
        if is_whole(named) {
            return both(named);
        }
        if is_whole(counted) {
            return Laid { cut: Cut::Waitfor, ..both(counted) };
        }
        if cells >= counted + self.gap + LEAST_LIST {
            return both(counted);
        }
        if proposals.items.is_empty() {
            return Laid { fields: work.in_one_line(cells, self.worlds.palette).into_iter().collect(), cut: Cut::List };
        }
        // Where there is room for one of them only, it is what the leader wants: that it waits is told by the word beside
        // its name, and by the mark.
        let mark = format!("…+{}", work.count());
        let mut laid = self.laid(Some(proposals), cells.saturating_sub(self.gap + 1));
        let rest = cells.saturating_sub(self.used(&laid.fields));
        let mark = if mark.chars().count() <= rest { mark } else { "…".to_owned() };
        laid.fields.push(Field::plain(mark));
        Laid { cut: Cut::List, ..laid }
    }

    /// A leader's proposals, then who has just preempted it, and behind that whom it no longer waits for, or how many.
    fn with_rival(self, led: &Led<'_>, rival: Field, cells: usize) -> Laid {
        let Led { proposals, work } = led;
        let more = if work.count() > 0 { " …+1".chars().count() } else { 0 };
        let room = cells.saturating_sub(rival.line.width() + more + self.gap);
        let mut laid = match proposals.last() {
            Some(list) if room < LEAST_LIST && list.items.is_empty() => self.laid(None, 0),
            Some(_) if room < LEAST_LIST => Laid { fields: vec![Field::plain("…".to_owned())], cut: Cut::List },
            _ => self.one_of(proposals, room),
        };
        let rest = cells.saturating_sub(self.used(&laid.fields));
        laid.fields.push(work.beside(rival, rest, self.worlds.palette));
        laid
    }

    /// A leader that runs again: whom it waits for says more than that it has no rival any more, which has at least a mark
    /// where there is room for one.
    fn before_rival(self, led: &Led<'_>, rival: Field, cells: usize) -> Laid {
        for (last, least) in [(rival, led.work.widths()[0]), (Field::plain("…".to_owned()), 0)] {
            let room = cells.saturating_sub(last.line.width() + self.gap);
            let mut laid = self.with_work(led, room);
            if room >= least && self.used(&laid.fields) <= room + self.gap {
                laid.fields.push(last);
                return laid;
            }
        }
        self.with_work(led, cells)
    }

    /// A replica's proposals and decisions: both whole with as many words as fit, else what changed or is decided first.
    fn two_lists(self, lists: &[[List; 2]], cells: usize) -> Laid {
        for [proposals, decisions] in lists {
            for first in [cells.saturating_sub(self.gap) / 2, cells] {
                let mut laid = self.laid(Some(proposals), first);
                let rest = cells.saturating_sub(self.used(&laid.fields));
                if proposals.is_whole(first) && decisions.is_whole(rest) {
                    laid.fields.append(&mut self.laid(Some(decisions), rest).fields);
                    return laid;
                }
            }
        }
        // Neither has to be whole: the decisions take half at most, the proposals what is left.
        let Some([proposals, decisions]) = lists.last() else { return self.laid(None, 0) };
        let half = cells.saturating_sub(self.gap) / 2;
        let used = self.used(&self.laid(Some(decisions), half).fields);
        let mut laid = self.laid(Some(proposals), cells.saturating_sub(used));
        let rest = cells.saturating_sub(self.used(&laid.fields));
        let Laid { mut fields, cut } = self.laid(Some(decisions), rest);
        laid.fields.append(&mut fields);
        Laid { cut: cut.max(laid.cut), ..laid }
    }
}
