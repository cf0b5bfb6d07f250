//! The state of a process as lines of text, in the slides' words. What the last step changed is marked, and in brackets
//! stands what the selected message would change.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::pmmc::{Acceptor, CommandId, Leader, PValue, ProcessId, Replica, Slot};
use crate::session::Suspicions;
use crate::world::text::{Notation, ballot_num, pvalue};
use crate::world::{History, Node, World};

use super::Palette;
use super::list::{Item, List, Weight, few, tightened};
use super::text::width;
use super::work::Work;

/// One line of a box.
#[derive(Clone)]
pub(crate) struct Field {
    /// Whether the last step changed it.
    pub(crate) changed: bool,
    pub(crate) line: Line<'static>,
}

impl Field {
    pub(crate) fn plain(text: String) -> Self {
        Self { changed: false, line: Line::raw(text) }
    }

    /// Adds the wordiest of these that there is room for: what would be.
    pub(crate) fn haunt(&mut self, ghosts: &[String], cells: usize, palette: &Palette) {
        let room = cells.saturating_sub(self.line.width());
        if let Some(ghost) = ghosts.iter().find(|ghost| width(ghost) <= room) {
            self.line.push_span(Span::styled(ghost.clone(), palette.accent.not_bold()));
        }
    }
}

/// How many lines there are, and how many cells each.
#[derive(Clone, Copy)]
pub(crate) struct Room {
    pub(crate) lines: usize,
    pub(crate) cells: usize,
    /// The cells of the lower border that may hold one more line; 0 if there is none.
    pub(crate) border: usize,
}

/// What a box holds: its lines, and what stands in its lower border.
#[derive(Default)]
pub(crate) struct Content {
    pub(crate) lines: Vec<Field>,
    pub(crate) border: Option<Field>,
}

/// The worlds to compare: now, before the last step, and after the selected message.
#[derive(Clone, Copy)]
pub(crate) struct Worlds<'a> {
    pub(crate) now: &'a World,
    pub(crate) before: Option<&'a World>,
    /// Where what is marked took several steps, and the last one was an arrival: the world before it, and where it arrived.
    pub(crate) arrival: Option<(&'a World, ProcessId)>,
    /// Whether what changed is told without its mark: an earlier step did it.
    pub(crate) earlier: bool,
    pub(crate) after: Option<&'a World>,
    /// What was ever voted, so that what is chosen is marked; nothing while a question is open.
    pub(crate) history: Option<&'a History>,
    /// The slot that the selected message speaks of. Only a list that it would change is folded around it: no other moves
    /// with the selection.
    pub(crate) slot: Option<Slot>,
    /// To whom the message goes that an open question is about, of which nothing shows what it would change.
    pub(crate) asked: Option<ProcessId>,
    /// How many cells there are for a list at most.
    pub(crate) space: usize,
    /// Which leaders others have given up waiting for.
    pub(crate) suspicions: &'a Suspicions,
    /// Whether scouts and commanders have their short names whatever the room: on a slide it changes from beat to beat.
    pub(crate) brief: bool,
    pub(crate) palette: &'a Palette,
}

/// The least cells that an element takes, with a comma: `⟨0.0,1,A⟩,` and `⟨1,A⟩,`.
const PVALUE: usize = 10;
const PAIR: usize = 6;

/// A piece of a box.
pub(crate) enum Part<'a> {
    /// One line.
    One(Field),
    /// As many lines as it needs, if there are so many.
    List(List),
    /// Scouts and commanders, at the bottom.
    Work(Work<'a>),
    /// What has just changed, and beside it, in the same line, scouts and commanders.
    Beside(Field, Work<'a>),
    /// The other way round: scouts and commanders, and behind them what has changed.
    Before(Work<'a>, Field),
    /// Only if nothing else needs the line.
    Spare(List),
}

impl<'a> Worlds<'a> {
    /// To draw this process. Where the last message arrived only what that one did is marked: beside its way anything else
    /// would be taken for its doing.
    pub(crate) fn of(self, process: ProcessId) -> Self {
        let this = Self { asked: self.asked.filter(|asked| *asked == process), ..self };
        match self.arrival.filter(|(_, to)| *to == process) {
            Some((before, _)) if before.local(process) == self.now.local(process) => Self { earlier: true, ..this },
            Some((before, _)) => Self { before: Some(before), ..this },
            None => this,
        }
    }

    /// The slot around which a list is folded that the selected message would change, or may.
    fn slot_in(self, changes: bool) -> Option<Slot> {
        self.slot.filter(|_| changes || self.asked.is_some())
    }

    /// To draw a process in a row: there what an earlier step did is not told.
    pub(crate) fn in_row(self) -> Self {
        Self { before: self.before.filter(|_| !self.earlier), ..self }
    }

    /// The looks of what is told: what an earlier step changed has no mark.
    fn looks(self) -> Palette {
        if self.earlier { Palette { changed: Style::new(), ..*self.palette } } else { *self.palette }
    }

    /// The same of a line.
    fn told(self, field: Field) -> Field {
        Field { changed: field.changed && !self.earlier, ..field }
    }

    /// What a box of this process holds, in as many lines as there are. The same kinds of lines stand in the same places,
    /// whatever the state is; only lists that do not fit take what is left.
    pub(crate) fn content(self, process: ProcessId, room: Room) -> Content {
        let palette = &self.looks();
        let worlds = Worlds { space: room.lines * room.cells + room.border, palette, ..self };
        worlds.lay(worlds.parts(process, room), room)
    }

    /// The pieces of a box with so much room.
    fn parts(self, process: ProcessId, room: Room) -> Vec<Part<'a>> {
        let Room { lines, cells, .. } = room;
        match process {
            ProcessId::Acceptor(id) => self.now.acceptor(id).map(|node| {
                let of = |world: Option<&'a World>| other(node, world.and_then(|world| world.acceptor(id)));
                self.acceptor(&node.state, of(self.before), of(self.after), cells)
            }),
            ProcessId::Leader(id) => self.now.leader(id).map(|node| {
                let of = |world: Option<&'a World>| other(node, world.and_then(|world| world.leader(id)));
                self.leader(&node.state, of(self.before), of(self.after), room)
            }),
            ProcessId::Replica(id) => self.now.replica(id).map(|node| {
                let of = |world: Option<&'a World>| other(node, world.and_then(|world| world.replica(id)));
                self.replica(&node.state, of(self.before), of(self.after), lines, cells)
            }),
            ProcessId::Client(_) => None,
        }
        .unwrap_or_default()
    }

    /// The pieces below each other; what is left goes to the lists that need more than a line.
    fn lay(self, mut parts: Vec<Part<'a>>, room: Room) -> Content {
        let most = room.lines + usize::from(room.border > 0);
        let least = |part: &Part<'_>| match part {
            Part::One(_) | Part::List(_) | Part::Beside(..) | Part::Before(..) => 1,
            Part::Work(work) => work.count().min(1),
            Part::Spare(_) => 0,
        };
        let mut heights: Vec<usize> = parts.iter().map(least).collect();
        let mut left = most.saturating_sub(heights.iter().sum());
        for (part, height) in parts.iter().zip(&mut heights) {
            let wanted = match part {
                Part::One(_) | Part::Beside(..) | Part::Before(..) => 1,
                Part::List(list) => list.needs(room.cells, left + 1),
                Part::Work(work) => work.count(),
                Part::Spare(_) => usize::from(left > 0),
            };
            let more = wanted.saturating_sub(*height).min(left);
            *height += more;
            left -= more;
        }
        let used: usize = heights.iter().sum();
        let mut fields = Vec::new();
        for (part, height) in parts.drain(..).zip(heights) {
            if let Part::Work(_) = part {
                // Where there is room a line is kept for the list above: scouts and commanders stay where they are.
                let blank = room.lines.saturating_sub(used).min(1);
                fields.extend((0..blank).map(|_| Field::plain(String::new())));
            }
            let widths: Vec<usize> = (fields.len()..fields.len() + height)
                .map(|at| if at < room.lines { room.cells } else { room.border })
                .collect();
            if widths.is_empty() {
                continue;
            }
            let mut lines = match part {
                Part::One(field) => vec![field],
                Part::List(list) | Part::Spare(list) => list.lay(&widths, self.palette),
                Part::Work(work) => work.lay(&widths, self.palette),
                Part::Beside(field, work) => vec![work.beside(field, widths[0], self.palette)],
                Part::Before(work, field) => vec![work.before(field, widths[0], self.palette)],
            };
            lines.truncate(height);
            fields.append(&mut lines);
        }
        let mut fields: Vec<Field> = fields.into_iter().map(|field| self.told(field)).collect();
        let border = if fields.len() > room.lines { fields.drain(room.lines..).next() } else { None };
        Content { lines: fields, border }
    }

    /// What stands after the name, in at most so many cells if it can: crashed, cut off, suspected, or what a leader is, by
    /// glyph and word. Where there is no room for the words of two of them the first one keeps its own, and if there is no
    /// room for that either, its glyph.
    pub(crate) fn status(self, process: ProcessId, cells: usize) -> Option<Span<'static>> {
        let down = !self.now.is_up(process);
        let is = if down { Some(("✗ ", "crashed", self.palette.down)) } else { self.leads(process) };
        let more = self.troubles(process);
        let Some((first, first_short, style)) = more.first() else {
            return is.map(|(glyph, word, style)| Span::styled(format!("{glyph}{word}"), style));
        };
        let long = more.iter().map(|(long, ..)| long.as_str()).collect::<Vec<_>>().join(" ");
        let short = more.iter().map(|(_, short, _)| short.as_str()).collect::<Vec<_>>().join(" ");
        let (forms, least) = match is {
            Some((glyph, word, _)) if !glyph.is_empty() => {
                // That it is crashed is a word; a leader can do without.
                let (all, least) = match (down, first.chars().next()) {
                    (true, Some(sign)) => (format!("{glyph}{word} {sign}"), format!("{glyph}{word}")),
                    _ => (format!("{glyph}{short}"), format!("{glyph}{first}")),
                };
                (vec![format!("{glyph}{word} {long}"), format!("{glyph}{word} {short}"), all], least)
            }
            _ => (vec![long, short], first_short.clone()),
        };
        let fitting = forms.into_iter().find(|form| width(form) <= cells);
        Some(Span::styled(fitting.unwrap_or(least), *style))
    }

    /// What keeps a process from the others, each at length and in short: that it is cut off, and on which side, and that
    /// others suspect it. Suspected is not dead; who is dead is not suspected.
    fn troubles(self, process: ProcessId) -> Vec<(String, String, Style)> {
        let groups = self.now.partition().map(crate::world::Partition::groups);
        let group = groups.and_then(|groups| groups.iter().position(|group| group.contains(&process)));
        let cut = group.map(|group| group + 1);
        let cut = cut.map(|side| (format!("‖ cut off ({side})"), format!("‖ ({side})"), self.palette.down));
        let is_suspected = self.now.is_up(process)
            && matches!(process, ProcessId::Leader(id) if self.suspicions.of(id).next().is_some());
        let short = if cut.is_some() { "?" } else { "? suspected" };
        let suspected = is_suspected.then(|| ("? suspected".to_owned(), short.to_owned(), self.palette.strong));
        cut.into_iter().chain(suspected).collect()
    }

    /// What a leader is: its glyph, the word, and how it looks.
    fn leads(self, process: ProcessId) -> Option<(&'static str, &'static str, Style)> {
        let ProcessId::Leader(id) = process else { return None };
        let leader = &self.now.leader(id)?.state;
        Some(if leader.active {
            ("♛ ", "active", self.palette.leader)
        } else if leader.scouts.contains_key(&leader.ballot_num) {
            ("◎ ", "scouting", self.palette.strong)
        } else if leader.rival.is_some() {
            ("↓ ", "preempted", Style::new())
        } else {
            ("", "passive", Style::new())
        })
    }

    fn acceptor(
        self,
        now: &Acceptor,
        before: Option<&Acceptor>,
        after: Option<&Acceptor>,
        cells: usize,
    ) -> Vec<Part<'a>> {
        let ballot = |acceptor: &Acceptor| ballot_num(acceptor.ballot_num);
        vec![
            Part::One(self.value("ballot_num", &ballot(now), before.map(ballot), after.map(ballot), cells)),
            Part::List(self.accepted("accepted: ", now, before, after)),
        ]
    }

    /// The list of what an acceptor accepted; `★` behind what a majority has.
    pub(crate) fn accepted(
        self,
        label: &str,
        now: &Acceptor,
        before: Option<&Acceptor>,
        after: Option<&Acceptor>,
    ) -> List {
        let spoken = self.slot_in(after.is_some_and(|after| after.accepted != now.accepted));
        let latest = now.accepted.iter().map(|one| one.ballot).max();
        let weigh = |one: &PValue| {
            if before.is_some_and(|old| !old.accepted.contains(one)) {
                Weight::Changed
            } else if spoken == Some(one.slot) {
                Weight::Spoken
            } else if latest == Some(one.ballot) {
                Weight::Latest
            } else {
                Weight::Other
            }
        };
        let (items, among) = few(now.accepted.iter().map(|one| (*one, weigh(one))).collect(), self.space / PVALUE);
        let items = items.into_iter().map(|(one, weight)| {
            let star = if self.history.is_some_and(|history| history.is_chosen(&one)) { "★" } else { "" };
            Item { text: format!("{}{star}", pvalue(Notation::Screen, &one)), weight }
        });
        let mut list = List::new(label, items.collect());
        list.among = among;
        list.touched = before.is_some_and(|old| !old.accepted.is_subset(&now.accepted));
        let shrank = |old: &&Acceptor| now.accepted.len() < old.accepted.len() && old.accepted.len() < 9;
        list.was = before.filter(shrank).map(|old| {
            let all: Vec<String> = old.accepted.iter().map(|one| pvalue(Notation::Screen, one)).collect();
            format!("[{}]", all.join(", "))
        });
        if let Some(after) = after.filter(|after| after.accepted != now.accepted) {
            let added =
                after.accepted.difference(&now.accepted).map(|one| format!("+{}", pvalue(Notation::Screen, one)));
            let gone =
                now.accepted.difference(&after.accepted).map(|one| format!("-{}", pvalue(Notation::Screen, one)));
            list.ghost = ghosts(&gone.chain(added).collect::<Vec<_>>());
        }
        list
    }

    fn leader(
        self,
        now: &'a Leader,
        before: Option<&'a Leader>,
        after: Option<&'a Leader>,
        room: Room,
    ) -> Vec<Part<'a>> {
        let cells = room.cells;
        let work = self.work(now, before, after);
        let work = if self.brief { work } else { work.in_box(cells) };
        // Whom it waits for may stand in the border.
        let most = room.lines + usize::from(room.border > 0);
        let new_rival = before.is_some_and(|old| old.rival != now.rival);
        // A box of the usual height has its rival only where it needs no other line, or where it is what has just changed.
        let has_rival = match most {
            7.. => true,
            5.. => new_rival || now.rival.is_some() && 4 + work.count() <= most,
            3 | 4 => new_rival,
            _ => false,
        };
        let mut parts = Vec::new();
        // What the slides show of a leader comes first, whatever has changed; the title of a lower box says the first.
        if most >= 4 {
            let active = |leader: &Leader| leader.active;
            parts.push(Part::One(self.value("active", &now.active, before.map(active), after.map(active), cells)));
        }
        let ballot = |leader: &Leader| leader.ballot_num;
        let (old, new) = (before.map(ballot), after.map(ballot));
        parts.push(Part::One(self.value("ballot_num", &now.ballot_num, old, new, cells)));
        parts.push(Part::List(self.wanted("proposals: ", now, before, after)));
        let rival = |cells| self.rival(now, before, after, cells);
        match has_rival {
            true if most <= 4 => {
                let cells = if room.border > 0 { room.border } else { cells };
                // Whoever runs again: whom it waits for says more than that it has no rival any more.
                let runs = now.rival.is_none() && work.count() > 0;
                parts.push(if runs { Part::Before(work, rival(cells)) } else { Part::Beside(rival(cells), work) });
            }
            true => parts.extend([Part::One(rival(cells)), Part::Work(work)]),
            false => parts.push(Part::Work(work)),
        }
        parts
    }

    /// Whose ballot preempted a leader.
    pub(crate) fn rival(self, now: &Leader, before: Option<&Leader>, after: Option<&Leader>, cells: usize) -> Field {
        let rival = |leader: &Leader| leader.rival.map_or_else(|| "none".to_owned(), |one| one.to_string());
        self.value("rival", &rival(now), before.map(rival), after.map(rival), cells)
    }

    /// A leader's proposals.
    pub(crate) fn wanted(self, label: &str, now: &Leader, before: Option<&Leader>, after: Option<&Leader>) -> List {
        self.map(label, &now.proposals, before.map(|old| &old.proposals), after.map(|new| &new.proposals), None)
    }

    /// A leader's scouts and commanders.
    pub(crate) fn work(self, now: &'a Leader, before: Option<&'a Leader>, after: Option<&'a Leader>) -> Work<'a> {
        Work::of(now, before, after, self.now.cluster().acceptors())
    }

    /// A replica's two slots in one line.
    pub(crate) fn slots(self, now: &Replica, before: Option<&Replica>, cells: usize) -> Field {
        let changed = before.is_some_and(|old| (old.slot_in, old.slot_out) != (now.slot_in, now.slot_out));
        // The words depend on the room only, so that they stay while it counts.
        let [first, second] = match cells {
            0..17 => ["in ", " out "],
            17..26 => ["slot_in: ", " out: "],
            _ => ["slot_in: ", "  slot_out: "],
        };
        let value = |old: Option<Slot>, now: Slot, arrow: Option<&str>| {
            let old = old.filter(|old| *old != now).zip(arrow).map(|(old, arrow)| format!("{old}{arrow}"));
            let style = if changed { self.palette.changed } else { Style::new() };
            [Span::raw(old.unwrap_or_default()), Span::styled(now.to_string(), style)]
        };
        let line = |arrow: Option<&str>| {
            let [old_in, now_in] = value(before.map(|old| old.slot_in), now.slot_in, arrow);
            let [old_out, now_out] = value(before.map(|old| old.slot_out), now.slot_out, arrow);
            Line::from(vec![Span::raw(first), old_in, now_in, Span::raw(second), old_out, now_out])
        };
        let forms = [Some(" → "), Some("→")].into_iter().map(line);
        Field { changed, line: forms.into_iter().find(|form| form.width() <= cells).unwrap_or_else(|| line(None)) }
    }

    /// What stands in the title of a box that has only two lines for fields.
    pub(crate) fn in_title(self, process: ProcessId, cells: usize) -> Option<Field> {
        let ProcessId::Replica(id) = process else { return None };
        let before = self.before.and_then(|world| world.replica(id));
        let palette = &self.looks();
        let worlds = Worlds { palette, ..self };
        let slots = |node: &Node<Replica>| worlds.slots(&node.state, before.map(|node| &*node.state), cells.min(25));
        self.now.replica(id).map(slots).filter(|field| field.line.width() <= cells).map(|field| self.told(field))
    }

    fn replica(
        self,
        now: &Replica,
        before: Option<&Replica>,
        after: Option<&Replica>,
        lines: usize,
        cells: usize,
    ) -> Vec<Part<'a>> {
        let [proposals, decisions] = self.slot_maps(["proposals: ", "decisions: "], now, before, after);
        let app = app(now, before, after);
        let mut parts = Vec::new();
        if lines >= 6 {
            let slot_in = |replica: &Replica| replica.slot_in;
            let slot_out = |replica: &Replica| replica.slot_out;
            parts.push(Part::One(self.value("slot_in", &now.slot_in, before.map(slot_in), after.map(slot_in), cells)));
            parts.push(Part::One(self.value(
                "slot_out",
                &now.slot_out,
                before.map(slot_out),
                after.map(slot_out),
                cells,
            )));
        } else if lines >= 3 {
            parts.push(Part::One(self.slots(now, before, cells)));
        }
        if lines >= 7 {
            let changed = |command| before.is_some_and(|old| !old.requests.contains(command));
            let items = now.requests.iter().map(|one| Item { text: one.to_string(), weight: weight(changed(one)) });
            let mut list = List::new("requests: ", items.collect());
            list.touched = before.is_some_and(|old| old.requests != now.requests);
            parts.push(Part::List(list));
        }
        parts.extend([Part::List(proposals), Part::List(decisions)]);
        if lines >= 5 {
            let known = before.map_or(usize::MAX, |old| old.log.len());
            let all = now.log.iter().enumerate().map(|(at, command)| (command, weight(at >= known)));
            let (items, among) = few(all.collect(), self.space);
            let items = items.into_iter().map(|(command, weight)| Item { text: command.to_string(), weight });
            let mut list = List::new("log: ", items.collect());
            list.among = among;
            parts.push(Part::List(list));
        }
        parts.push(if lines >= 4 { Part::List(app) } else { Part::Spare(app) });
        parts
    }

    /// A replica's proposals and decisions. What is next to be used is what `slot_out` waits for.
    pub(crate) fn slot_maps(
        self,
        labels: [&str; 2],
        now: &Replica,
        before: Option<&Replica>,
        after: Option<&Replica>,
    ) -> [List; 2] {
        let [proposals, decisions] = labels;
        let next = Some(now.slot_out);
        [
            self.map(
                proposals,
                &now.proposals,
                before.map(|old| &old.proposals),
                after.map(|new| &new.proposals),
                next,
            ),
            self.map(
                decisions,
                &now.decisions,
                before.map(|old| &old.decisions),
                after.map(|new| &new.decisions),
                next,
            ),
        ]
    }

    /// `name: old → new`, or `name: value` if it did not change; then what it would be.
    fn value<T: Display>(self, name: &str, now: &T, before: Option<T>, after: Option<T>, cells: usize) -> Field {
        let now = now.to_string();
        let differs = |other: Option<T>| other.map(|other| other.to_string()).filter(|other| *other != now);
        let (before, after) = (differs(before), differs(after));
        let label = Span::raw(format!("{name}: "));
        let changed = before.is_some();
        let whole = before.map(|before| {
            let value = Span::styled(now.clone(), self.palette.changed);
            Line::from(vec![label.clone(), Span::raw(format!("{before} → ")), value])
        });
        let style = if changed { self.palette.changed } else { Style::new() };
        let line = whole.filter(|line| line.width() <= cells);
        let mut field =
            Field { changed, line: line.unwrap_or_else(|| Line::from(vec![label, Span::styled(now, style)])) };
        if let Some(after) = after {
            field.haunt(&[format!(" (→ {after})"), format!(" (→{after})"), format!("(→{after})")], cells, self.palette);
        }
        field
    }

    /// Slots with their commands; one that now has another command shows both.
    fn map(
        self,
        label: &str,
        now: &BTreeMap<Slot, CommandId>,
        before: Option<&BTreeMap<Slot, CommandId>>,
        after: Option<&BTreeMap<Slot, CommandId>>,
        next: Option<Slot>,
    ) -> List {
        let old = |slot: &Slot| before.map(|old| old.get(slot));
        let spoken = self.slot_in(after.is_some_and(|after| after != now));
        let weigh = |slot: &Slot, command: &CommandId| match old(slot) {
            Some(was) if was != Some(command) => Weight::Changed,
            _ if spoken == Some(*slot) => Weight::Spoken,
            _ if next == Some(*slot) => Weight::Next,
            _ => Weight::Other,
        };
        let all = now.iter().map(|(slot, command)| ((slot, command), weigh(slot, command)));
        let (items, among) = few(all.collect(), self.space / PAIR);
        let items = items.into_iter().map(|((slot, command), weight)| {
            let was = old(slot).flatten().filter(|was| *was != command);
            let was = was.map(|was| format!("{was}→")).unwrap_or_default();
            Item { text: format!("⟨{slot}, {was}{command}⟩"), weight }
        });
        let mut list = List::new(label, items.collect());
        list.among = among;
        list.was = before.filter(|old| now.len() < old.len() && old.len() < 9).map(map_text);
        list.touched = before.is_some_and(|old| now.len() < old.len());
        list.ghost = after.filter(|after| *after != now).map(|after| map_ghosts(now, after)).unwrap_or_default();
        list
    }
}

/// The state of a process in another world, unless it is shared with that of now: then nothing differs.
pub(crate) fn other<'a, T>(now: &Node<T>, other: Option<&'a Node<T>>) -> Option<&'a T> {
    other.filter(|other| !Arc::ptr_eq(&other.state, &now.state)).map(|other| &*other.state)
}

/// The state machine: a map, not a list.
fn app(now: &Replica, before: Option<&Replica>, after: Option<&Replica>) -> List {
    let changed = |key: &String| before.is_some_and(|old| old.app.get(key) != now.app.get(key));
    let (items, among) = few(now.app.iter().map(|pair| (pair, weight(changed(pair.0)))).collect(), usize::MAX);
    let items = items.into_iter().map(|((key, value), weight)| Item { text: format!("{key}: {value}"), weight });
    let mut list = List::new("app: ", items.collect());
    list.brackets = ['{', '}'];
    list.among = among;
    list.was = before.filter(|old| now.app.len() < old.app.len() && old.app.len() < 9).map(|old| {
        let all: Vec<String> = old.app.iter().map(|(key, value)| format!("{key}: {value}")).collect();
        format!("{{{}}}", all.join(", "))
    });
    if let Some(after) = after {
        let new = after.app.iter().filter(|(key, value)| now.app.get(*key) != Some(value));
        list.ghost = ghosts(&new.map(|(key, value)| format!("+{key}: {value}")).collect::<Vec<_>>());
    }
    list
}

fn weight(changed: bool) -> Weight {
    if changed { Weight::Changed } else { Weight::Other }
}

/// What would be added, replaced or taken away, as ` (+⟨2, B⟩)`: whole, tight, or only how much of each.
fn ghosts(changes: &[String]) -> Vec<String> {
    if changes.is_empty() {
        return Vec::new();
    }
    let count = |sign: char| changes.iter().filter(|one| one.starts_with(sign)).count();
    let (gone, new) = (count('-'), count('+'));
    let other = changes.len() - gone - new;
    let counted = [('-', gone), ('≠', other), ('+', new)].into_iter().filter(|(_, count)| *count > 0);
    let counted: Vec<String> = counted.map(|(sign, count)| format!("{sign}{count}")).collect();
    let whole = format!(" ({})", changes.join(", "));
    let tight = tightened(&whole);
    let short = format!(" ({})", counted.join(" "));
    [whole, tight, short].into_iter().flat_map(|form| [form.clone(), form.trim_start().to_owned()]).collect()
}

fn map_ghosts(now: &BTreeMap<Slot, CommandId>, after: &BTreeMap<Slot, CommandId>) -> Vec<String> {
    let gone = now.iter().filter(|(slot, _)| !after.contains_key(slot));
    let gone = gone.map(|(slot, command)| format!("-⟨{slot}, {command}⟩"));
    let new = after.iter().filter(|(slot, command)| now.get(slot) != Some(command));
    let new = new.map(|(slot, command)| match now.get(slot) {
        Some(was) => format!("⟨{slot}, {was} → {command}⟩"),
        None => format!("+⟨{slot}, {command}⟩"),
    });
    ghosts(&gone.chain(new).collect::<Vec<_>>())
}

fn map_text(map: &BTreeMap<Slot, CommandId>) -> String {
    let all: Vec<String> = map.iter().map(|(slot, command)| format!("⟨{slot}, {command}⟩")).collect();
    format!("[{}]", all.join(", "))
}

/// Whether a node's state differs from before, or it went down or up.
pub(crate) fn node_changed<T: PartialEq>(now: Option<&Node<T>>, before: Option<&Node<T>>) -> bool {
    before.is_some() && now != before
}
