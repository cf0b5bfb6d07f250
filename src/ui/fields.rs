//! The state of a process as lines of text, in the slides' words; what the last step changed is marked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use ratatui::text::{Line, Span};

use crate::pmmc::{Acceptor, AcceptorId, Leader, PValue, ProcessId, Replica};
use crate::world::text::{Notation, ballot_num, pvalue};
use crate::world::{Node, World};

use super::Palette;
use super::text::width;

/// One line of a box.
pub(crate) struct Field {
    /// Whether the last step changed it.
    pub(crate) changed: bool,
    pub(crate) line: Line<'static>,
}

/// How many lines there are, and how many cells each.
#[derive(Clone, Copy)]
pub(crate) struct Room {
    pub(crate) lines: usize,
    pub(crate) cells: usize,
}

/// The worlds to compare: now, and before the last step.
#[derive(Clone, Copy)]
pub(crate) struct Worlds<'a> {
    pub(crate) now: &'a World,
    pub(crate) before: Option<&'a World>,
    pub(crate) palette: &'a Palette,
}

/// One element of a list.
struct Item {
    text: String,
    changed: bool,
}

impl Worlds<'_> {
    /// The fields of a process, as many as there is room for, always in the same places.
    pub(crate) fn fields(self, process: ProcessId, room: Room) -> Vec<Field> {
        let fields = match process {
            ProcessId::Acceptor(id) => {
                let before = self.before.and_then(|world| world.acceptor(id));
                self.now.acceptor(id).map(|node| self.acceptor(&node.state, before.map(|node| &*node.state), room))
            }
            ProcessId::Leader(id) => {
                let before = self.before.and_then(|world| world.leader(id));
                self.now.leader(id).map(|node| self.leader(&node.state, before.map(|node| &*node.state), room))
            }
            ProcessId::Replica(id) => {
                let before = self.before.and_then(|world| world.replica(id));
                self.now.replica(id).map(|node| self.replica(&node.state, before.map(|node| &*node.state), room))
            }
            ProcessId::Client(_) => None,
        };
        let mut fields = fields.unwrap_or_default();
        fields.truncate(room.lines);
        fields
    }

    /// What stands after the name: crashed, cut off, or what a leader is, by glyph and word.
    pub(crate) fn status(self, process: ProcessId) -> Option<Span<'static>> {
        if !self.now.is_up(process) {
            return Some(Span::styled("✗ crashed", self.palette.down));
        }
        let groups = self.now.partition().map(crate::world::Partition::groups);
        if let Some(group) = groups.and_then(|groups| groups.iter().position(|group| group.contains(&process))) {
            return Some(Span::styled(format!("‖ cut off ({})", group + 1), self.palette.down));
        }
        let ProcessId::Leader(id) = process else { return None };
        let leader = &self.now.leader(id)?.state;
        Some(if leader.active {
            Span::styled("♛ active", self.palette.leader)
        } else if leader.scouts.contains_key(&leader.ballot_num) {
            Span::styled("◎ scouting", self.palette.strong)
        } else if leader.rival.is_some() {
            Span::raw("↓ preempted")
        } else {
            Span::raw("passive")
        })
    }

    fn acceptor(self, now: &Acceptor, before: Option<&Acceptor>, room: Room) -> Vec<Field> {
        let ballot = |acceptor: &Acceptor| ballot_num(acceptor.ballot_num);
        let items = pvalue_items(now.accepted.iter(), |one| before.is_some_and(|old| !old.accepted.contains(one)));
        let gone = before.is_some_and(|old| !old.accepted.is_subset(&now.accepted));
        if room.lines < 2 {
            let head = format!("{} ", ballot(now));
            let changed = before.is_some_and(|old| old.ballot_num != now.ballot_num);
            return vec![self.list(&head, &items, gone || changed, None, room.cells)];
        }
        let mut fields = vec![self.value("ballot_num", &ballot(now), before.map(ballot), room.cells)];
        fields.extend(self.long_list("accepted: ", &items, gone, room.lines - 1, room.cells));
        fields
    }

    fn leader(self, now: &Leader, before: Option<&Leader>, room: Room) -> Vec<Field> {
        let cells = room.cells;
        let proposals = map_items(&now.proposals, before.map(|old| &old.proposals));
        let shrunk = before.filter(|old| old.proposals.len() > now.proposals.len()).map(|old| map_text(&old.proposals));
        let ballot = self.value("ballot_num", &now.ballot_num, before.map(|old| old.ballot_num), cells);
        let mut work = self.work(now, before, cells, room.lines.saturating_sub(3).max(1));
        match room.lines {
            0 => Vec::new(),
            1 => {
                let changed = before.is_some_and(|old| old != now);
                vec![self.list(&format!("{} ", now.ballot_num), &proposals, changed, None, cells)]
            }
            2 => vec![ballot, self.list("proposals: ", &proposals, false, shrunk, cells)],
            3 => {
                work.truncate(1);
                let mut fields = vec![ballot, self.list("proposals: ", &proposals, false, shrunk, cells)];
                fields.append(&mut work);
                fields
            }
            lines => {
                let active = self.value("active", &now.active, before.map(|old| old.active), cells);
                let mut fields = vec![active, ballot, self.list("proposals: ", &proposals, false, shrunk, cells)];
                if lines >= 6 {
                    let rival = |leader: &Leader| leader.rival.map_or_else(|| "none".to_owned(), |one| one.to_string());
                    fields.push(self.value("rival", &rival(now), before.map(rival), cells));
                    work.truncate(lines - 4);
                }
                fields.append(&mut work);
                fields
            }
        }
    }

    /// A leader's scouts and commanders with their `waitfor`, one a line; those that changed first.
    fn work(self, now: &Leader, before: Option<&Leader>, cells: usize, lines: usize) -> Vec<Field> {
        let mut all: Vec<(String, bool)> = Vec::new();
        for (ballot, scout) in &now.scouts {
            let short = if *ballot == now.ballot_num { "scout".to_owned() } else { format!("scout {ballot}") };
            let heads = [format!("scout {ballot} waitfor"), format!("scout {ballot}"), short];
            let changed = before.is_some_and(|old| old.scouts.get(ballot) != Some(scout));
            all.push((self.waiting(&heads, &scout.waitfor, cells), changed));
        }
        for (one, commander) in &now.commanders {
            let what = pvalue(Notation::Screen, one);
            let own = format!("cmdr {} {}", one.slot, one.command);
            let short = if one.ballot == now.ballot_num { own } else { format!("cmdr {what}") };
            let heads =
                [format!("commander {what} waitfor"), format!("commander {what}"), format!("cmdr {what}"), short];
            let changed = before.is_some_and(|old| old.commanders.get(one) != Some(commander));
            all.push((self.waiting(&heads, &commander.waitfor, cells), changed));
        }
        let more = all.len().saturating_sub(lines);
        if more > 0 {
            // The newest and those that just changed are what matters; the order among them stays.
            let mut keep: Vec<usize> = (0..all.len()).collect();
            keep.sort_by_key(|at| (!all[*at].1, std::cmp::Reverse(*at)));
            keep.truncate(lines);
            keep.sort_unstable();
            all = keep.into_iter().filter_map(|at| all.get(at).cloned()).collect();
        }
        let last = all.len().saturating_sub(1);
        let mark = if more > 0 { format!(" …+{more}") } else { String::new() };
        let lines = all.into_iter().enumerate().map(|(at, (text, changed))| {
            let mark = if at == last { mark.as_str() } else { "" };
            let text = super::text::cut(&text, cells.saturating_sub(width(mark)));
            let style = if changed { self.palette.changed } else { ratatui::style::Style::new() };
            Field { changed, line: Line::from(vec![Span::styled(text, style), Span::raw(mark.to_owned())]) }
        });
        let mut fields: Vec<Field> = lines.collect();
        let ended = before.is_some_and(|old| old.scouts.len() + old.commanders.len() > 0);
        if fields.is_empty() && ended {
            fields.push(Field { changed: true, line: Line::default() });
        }
        fields
    }

    /// A scout or commander with whom it waits for, as wordy as there would be room if it waited for all, so that the
    /// words stay the same while it counts.
    fn waiting(self, heads: &[String], waitfor: &BTreeSet<AcceptorId>, cells: usize) -> String {
        let most = width(&names(self.now.cluster().acceptors())) + 3;
        match heads.iter().find(|head| width(head) + most <= cells) {
            Some(head) => format!("{head} {{{}}}", names(waitfor)),
            None => format!("{} waits: {}", heads.last().map_or("", String::as_str), waitfor.len()),
        }
    }

    /// A replica's two slots in few cells; they stand in its title where its box is low.
    fn slots(self, now: &Replica, before: Option<&Replica>) -> Field {
        let changed = before.is_some_and(|old| (old.slot_in, old.slot_out) != (now.slot_in, now.slot_out));
        let style = if changed { self.palette.changed } else { ratatui::style::Style::new() };
        let text = format!("in {} out {}", now.slot_in, now.slot_out);
        Field { changed, line: Line::from(Span::styled(text, style)) }
    }

    /// What stands in the title of a box that has only two lines for fields.
    pub(crate) fn in_title(self, process: ProcessId) -> Option<Field> {
        let ProcessId::Replica(id) = process else { return None };
        let before = self.before.and_then(|world| world.replica(id));
        self.now.replica(id).map(|node| self.slots(&node.state, before.map(|node| &*node.state)))
    }

    /// What stands in the lower border of a leader's box that has only two lines for fields: who it waits for.
    pub(crate) fn in_bottom(self, process: ProcessId, cells: usize) -> Option<Field> {
        let ProcessId::Leader(id) = process else { return None };
        let before = self.before.and_then(|world| world.leader(id)).map(|node| &*node.state);
        self.now.leader(id).and_then(|node| self.work(&node.state, before, cells, 1).pop())
    }

    fn replica(self, now: &Replica, before: Option<&Replica>, room: Room) -> Vec<Field> {
        let cells = room.cells;
        let proposals = map_items(&now.proposals, before.map(|old| &old.proposals));
        let shrunk = before.filter(|old| old.proposals.len() > now.proposals.len()).map(|old| map_text(&old.proposals));
        let decisions = map_items(&now.decisions, before.map(|old| &old.decisions));
        let proposals = self.list("proposals: ", &proposals, false, shrunk, cells);
        let both = before.is_some_and(|old| (old.slot_in, old.slot_out) != (now.slot_in, now.slot_out));
        if room.lines < 2 {
            let head = format!("in {} out {} ", now.slot_in, now.slot_out);
            return vec![self.list(&head, &decisions, both, None, cells)];
        }
        let decisions = self.list("decisions: ", &decisions, false, None, cells);
        if room.lines < 4 {
            let slots = self.slots(now, before);
            return if room.lines == 2 { vec![proposals, decisions] } else { vec![slots, proposals, decisions] };
        }
        let mut fields = vec![
            self.value("slot_in", &now.slot_in, before.map(|old| old.slot_in), cells),
            self.value("slot_out", &now.slot_out, before.map(|old| old.slot_out), cells),
        ];
        if room.lines >= 7 {
            let changed = |command| before.is_some_and(|old| !old.requests.contains(command));
            let items = now.requests.iter().map(|one| Item { text: one.to_string(), changed: changed(one) });
            let gone = before.is_some_and(|old| old.requests != now.requests);
            fields.push(self.list("requests: ", &items.collect::<Vec<_>>(), gone, None, cells));
        }
        fields.extend([proposals, decisions]);
        if room.lines >= 6 {
            let known = before.map_or(usize::MAX, |old| old.log.len());
            let item = |(at, command): (usize, &crate::pmmc::CommandId)| Item {
                text: command.to_string(),
                changed: at >= known,
            };
            let items: Vec<Item> = now.log.iter().enumerate().map(item).collect();
            fields.push(self.list("log: ", &items, false, None, cells));
        }
        if room.lines >= 5 {
            let changed = |key: &String| before.is_some_and(|old| old.app.get(key) != now.app.get(key));
            let item =
                |(key, value): (&String, &String)| Item { text: format!("{key}: {value}"), changed: changed(key) };
            let items: Vec<Item> = now.app.iter().map(item).collect();
            fields.push(self.list("app: ", &items, false, None, cells));
        }
        fields
    }

    /// `name: old → new`, or `name: value` if it did not change.
    fn value<T: Display>(self, name: &str, now: &T, before: Option<T>, cells: usize) -> Field {
        let now = now.to_string();
        let before = before.map(|before| before.to_string()).filter(|before| *before != now);
        let label = Span::raw(format!("{name}: "));
        let Some(before) = before else {
            return Field { changed: false, line: Line::from(vec![label, Span::raw(now)]) };
        };
        let arrow = format!("{before} → ");
        let now = Span::styled(now, self.palette.changed);
        let line = Line::from(vec![label, Span::raw(arrow), now]);
        if line.width() <= cells {
            return Field { changed: true, line };
        }
        Field {
            changed: true,
            line: line.spans.into_iter().enumerate().filter(|(at, _)| *at != 1).map(|(_, it)| it).collect(),
        }
    }

    /// `name: [a, b]`, folded around what changed if it does not fit; `was` is what a list that shrank was.
    fn list(self, label: &str, items: &[Item], touched: bool, was: Option<String>, cells: usize) -> Field {
        let changed = touched || was.is_some() || items.iter().any(|item| item.changed);
        if let Some(was) = was {
            let now: Vec<&str> = items.iter().map(|item| item.text.as_str()).collect();
            let now = Span::styled(format!("[{}]", now.join(", ")), self.palette.changed);
            let line = Line::from(vec![Span::raw(format!("{label}{was} → ")), now]);
            if line.width() <= cells {
                return Field { changed, line };
            }
        }
        Field { changed, line: self.folded(label, items, cells) }
    }

    fn folded(self, label: &str, items: &[Item], cells: usize) -> Line<'static> {
        // The ones to keep first: what changed, then the last ones.
        let mut order: Vec<usize> = (0..items.len()).collect();
        order.sort_by_key(|at| (!items[*at].changed, std::cmp::Reverse(*at)));
        for kept in (items.len().min(1)..=items.len()).rev() {
            let mut shown: Vec<usize> = order.iter().take(kept).copied().collect();
            shown.sort_unstable();
            for tight in [false, true] {
                let line = self.bracketed(label, items, &shown, tight);
                if line.width() <= cells {
                    return line;
                }
            }
        }
        // Not even one fits beside the number of the others: then it alone, with the mark.
        if let Some(item) = order.first().and_then(|at| items.get(*at)) {
            let style = if item.changed { self.palette.changed } else { ratatui::style::Style::new() };
            let text = Span::styled(item.text.replace(", ", ","), style);
            let line = Line::from(vec![Span::raw(format!("{label}…")), text]);
            if line.width() <= cells {
                return line;
            }
        }
        Line::raw(super::text::cut(&format!("{label}[…+{}]", items.len()), cells))
    }

    /// The shown ones in brackets; tight ones lose their inner blanks.
    fn bracketed(self, label: &str, items: &[Item], shown: &[usize], tight: bool) -> Line<'static> {
        // The state machine is a map, not a list.
        let (open, close) = if label == "app: " { ('{', '}') } else { ('[', ']') };
        let mut spans = vec![Span::raw(format!("{label}{open}"))];
        for (nth, item) in shown.iter().filter_map(|at| items.get(*at)).enumerate() {
            if nth > 0 {
                spans.push(Span::raw(", "));
            }
            let style = if item.changed { self.palette.changed } else { ratatui::style::Style::new() };
            let text = if tight { item.text.replace(", ", ",") } else { item.text.clone() };
            spans.push(Span::styled(text, style));
        }
        let more = items.len() - shown.len();
        spans.push(Span::raw(if more > 0 { format!("…+{more}{close}") } else { close.to_string() }));
        Line::from(spans)
    }

    /// A list over several lines: as many elements a line as fit, the rest folded into the last one.
    fn long_list(self, label: &str, items: &[Item], touched: bool, lines: usize, cells: usize) -> Vec<Field> {
        let whole = self.bracketed(label, items, &(0..items.len()).collect::<Vec<_>>(), false);
        if lines <= 1 || whole.width() <= cells {
            return vec![self.list(label, items, touched, None, cells)];
        }
        let mut fields = Vec::new();
        let mut rest = items;
        for nth in 0..lines {
            let head = if nth == 0 { format!("{label}[") } else { " ".repeat(width(label).min(2) + 1) };
            let room = cells.saturating_sub(width(&head) + 1);
            let texts =
                |count: usize| rest[..count].iter().map(|item| item.text.as_str()).collect::<Vec<_>>().join(", ");
            let fits = (0..=rest.len()).rev().find(|count| width(&texts(*count)) <= room).unwrap_or(0);
            if nth + 1 == lines && fits < rest.len() {
                let mut line = self.folded("", rest, cells.saturating_sub(width(&head)) + 1);
                // The list's bracket was opened in the first line.
                match line.spans.first_mut() {
                    Some(first) if first.content == "[" => *first = Span::raw(head),
                    _ => line.spans.insert(0, Span::raw(head)),
                }
                fields.push(Field { changed: rest.iter().any(|item| item.changed), line });
                break;
            }
            let (now, later) = rest.split_at(fits);
            let mut spans = vec![Span::raw(head)];
            for (at, item) in now.iter().enumerate() {
                let style = if item.changed { self.palette.changed } else { ratatui::style::Style::new() };
                spans.push(Span::styled(item.text.clone(), style));
                let last = later.is_empty() && at + 1 == now.len();
                spans.push(Span::raw(if last {
                    "]"
                } else if at + 1 == now.len() {
                    ","
                } else {
                    ", "
                }));
            }
            fields.push(Field { changed: now.iter().any(|item| item.changed), line: Line::from(spans) });
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        fields
    }
}

/// A field without its name.
pub(crate) fn unlabelled(field: &Field) -> Field {
    let mut line = field.line.clone();
    if let Some(first) = line.spans.first_mut()
        && let Some((_, value)) = first.content.split_once(": ")
    {
        *first = Span::styled(value.to_owned(), first.style);
    }
    Field { changed: field.changed, line }
}

fn names<T: Display>(all: impl IntoIterator<Item = T>) -> String {
    all.into_iter().map(|one| one.to_string()).collect::<Vec<_>>().join(", ")
}

fn pvalue_items<'a>(all: impl Iterator<Item = &'a PValue>, new: impl Fn(&PValue) -> bool) -> Vec<Item> {
    all.map(|one| Item { text: pvalue(Notation::Screen, one), changed: new(one) }).collect()
}

fn map_text<K: Display, V: Display>(map: &BTreeMap<K, V>) -> String {
    let all: Vec<String> = map.iter().map(|(slot, command)| format!("⟨{slot}, {command}⟩")).collect();
    format!("[{}]", all.join(", "))
}

/// Slots with their commands; one that now has another command shows both.
fn map_items<K: Display + Ord, V: Display + PartialEq>(
    now: &BTreeMap<K, V>,
    before: Option<&BTreeMap<K, V>>,
) -> Vec<Item> {
    now.iter()
        .map(|(slot, command)| match before.map(|old| old.get(slot)) {
            Some(Some(old)) if old != command => {
                Item { text: format!("⟨{slot}, {old} → {command}⟩"), changed: true }
            }
            Some(None) => Item { text: format!("⟨{slot}, {command}⟩"), changed: true },
            _ => Item { text: format!("⟨{slot}, {command}⟩"), changed: false },
        })
        .collect()
}

/// Whether a node's state differs from before, or it went down or up.
pub(crate) fn node_changed<T: PartialEq>(now: Option<&Node<T>>, before: Option<&Node<T>>) -> bool {
    before.is_some() && now != before
}
