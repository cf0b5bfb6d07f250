//! The messages in flight, and what delivering the selected one would do.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::{Focus, Foresight, Listed, Stage, Target};
use crate::pmmc::Message;
use crate::world::text::{self, Notation};
use crate::world::{Envelope, Event};

use super::bottom::{foreseen, shorter};
use super::text::{cut, put, rule, width};
use super::{Palette, Zone};

/// The slides' word for a message, where it has another one: quoted, since it says what is asked for, not what will come
/// of it.
pub(crate) fn slide_word(message: &Message) -> Option<String> {
    match message {
        Message::Propose { slot, command } => Some(format!("\"Op{slot} should be {command}\"")),
        Message::Decision { slot, command } => Some(format!("\"Op{slot} is {command}\"")),
        Message::P1a { .. } => Some("\"prepare\"".to_owned()),
        Message::P2a { .. } => Some("\"accept\"".to_owned()),
        _ => None,
    }
}

/// Of longer lists it is not worked out which row is the widest.
const MANY: usize = 64;

/// So many rows of the list are selected by their number.
pub(crate) const NUMBERED: usize = 9;

/// Draws the panel: a title, the list around the selection, and below it what the selected message would do. In one row
/// stands the selected message alone.
///
/// `elsewhere`: what it would do is told in another panel.
pub(crate) fn draw(stage: &Stage, area: Rect, elsewhere: bool, buf: &mut Buffer, palette: &Palette) -> Vec<Zone> {
    let mut zones = vec![(area, Target::Panel(Focus::InFlight))];
    match area.height {
        0 => {}
        1 => zones.extend(strip(stage, area, buf, palette)),
        _ => zones.extend(list(stage, area, elsewhere, buf, palette)),
    }
    zones
}

/// The title, the list and what the selected message would do, in more than one row.
fn list(stage: &Stage, area: Rect, elsewhere: bool, buf: &mut Buffer, palette: &Palette) -> Vec<Zone> {
    let listed = stage.shown();
    let asked = asked(stage);
    // What is asked about is selected in the place of a message.
    let selected = listed.iter().find(|one| asked.is_none() && one.at == stage.selected_row()).map(|one| one.row);
    let told = if elsewhere || !stage.foresees() { 0 } else { preview_rows(area.height) };
    let space = usize::from(area.height - 1 - told);
    let new = new(stage, &listed);
    let count = listed.last().map_or(0, |last| last.row + 1);
    let held = stage.held_row().filter(|first| selected.is_none_or(|row| (*first..*first + space).contains(&row)));
    let first = held.unwrap_or_else(|| first_row(selected.unwrap_or(count), &taken(&listed, &new), space));
    let (above, rest) = listed.split_at(listed.partition_point(|one| one.row < first));
    let (seen, below) = rest.split_at(rest.partition_point(|one| one.row < first + space));
    let remark = asked.unwrap_or_else(|| super::views::hidden(above.len(), below.len()));
    title(stage, listed.len(), &remark, area, buf, palette);
    let remark_at = remark_column(&listed, area.width);
    let due = stage.due();
    let mut zones = Vec::new();
    for one in seen {
        let y = 1 + (one.row - first) as u16;
        let is_selected = selected == Some(one.row);
        let line = Row {
            stage,
            envelope: one.envelope,
            copies: one.copies,
            number: one.row + 1,
            is_selected,
            is_new: new.contains(&one.row),
            tells: told == 0 && is_selected && !elsewhere,
            due_in: due.get(one.envelope).copied(),
            remark_at,
        };
        put(buf, area, 0, y, &line.line(usize::from(area.width), palette));
        zones.push((Rect { y: area.y + y, height: 1, ..area }, Target::Message { at: one.at, first }));
    }
    if told > 0 {
        preview(stage, Rect { y: area.bottom() - told, height: told, ..area }, buf, palette);
    }
    zones
}

/// The action that an open question asks about.
fn asked(stage: &Stage) -> Option<String> {
    stage.asked_action().map(|action| format!("▸ {action}"))
}

/// Where the selected message stands among the listed ones.
fn place(stage: &Stage, rows: &[Listed<'_>]) -> usize {
    rows.iter().position(|one| one.at == stage.selected_row()).unwrap_or(rows.len())
}

/// How many rows of a panel of this height tell what the selected message would do.
fn preview_rows(height: u16) -> u16 {
    match height {
        // Three messages are worth more than a line of their own for what the selected one would do.
        0..5 => 0,
        5 => 1,
        _ => 2,
    }
}

/// The column of the remarks. All rows have them below each other, those out of sight too: nothing jumps when the list
/// scrolls.
fn remark_column(rows: &[Listed<'_>], columns: u16) -> usize {
    let widest = match rows.len() {
        ..=MANY => rows.iter().map(|one| width(&text_of(one.envelope, one.copies))).max().unwrap_or(0),
        _ => usize::MAX,
    };
    widest.clamp(24, usize::from(columns).saturating_sub(30).max(24)) + 7
}

/// The rows of the messages that the last step sent.
fn new(stage: &Stage, listed: &[Listed<'_>]) -> BTreeSet<usize> {
    let network = stage.world().network();
    let sent: BTreeSet<usize> = sent_now(stage).into_iter().filter_map(|one| network.place_of(one)).collect();
    listed.iter().filter(|one| sent.contains(&one.at)).map(|one| one.row).collect()
}

/// What a row is worth to be seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Worth {
    Free,
    Message,
    New,
}

/// Of each row.
fn taken(listed: &[Listed<'_>], new: &BTreeSet<usize>) -> Vec<Worth> {
    let mut rows = vec![Worth::Free; listed.last().map_or(0, |last| last.row + 1)];
    for one in listed {
        rows[one.row] = if new.contains(&one.row) { Worth::New } else { Worth::Message };
    }
    rows
}

/// The messages that the last step sent, if that step is told of.
fn sent_now(stage: &Stage) -> Vec<&Envelope> {
    if !stage.marks_step() {
        return Vec::new();
    }
    let sent = stage.session().now().events.iter().filter_map(|event| match event {
        Event::Sent(envelope) => Some(envelope),
        _ => None,
    });
    sent.collect()
}

/// The first row of a list that is longer than the panel: the selection is always to be seen, and of what was just sent as
/// much as possible; no more free rows than must be; else it goes on by half a panel at a time, and stays between.
fn first_row(selected: usize, rows: &[Worth], space: usize) -> usize {
    let last_first = rows.len().saturating_sub(space);
    let half = space.div_ceil(2).max(1);
    let steady = (selected / half * half).min(last_first);
    let lowest = selected.saturating_sub(space.saturating_sub(1)).min(last_first);
    let highest = selected.min(last_first);
    let seen = |first: usize, free: bool| {
        let seen = rows.iter().skip(first).take(space);
        seen.filter(|row| if free { **row != Worth::Free } else { **row == Worth::New }).count()
    };
    let by_worth = |first: &usize| (seen(*first, false), seen(*first, true), Reverse(first.abs_diff(steady)));
    (lowest..=highest).max_by_key(by_worth).unwrap_or(steady)
}

fn title(stage: &Stage, shown: usize, remark: &str, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let total = stage.world().network().len();
    let title = match stage.filter() {
        _ if total == 0 => nothing(stage),
        // A row may stand for several copies.
        "" if shown < total => format!("in flight {total}, {shown} different"),
        "" => format!("in flight {total}"),
        _ if shown == 0 => nothing(stage),
        wanted => format!("in flight {total}, with \"{wanted}\": {shown}"),
    };
    let focused = stage.focus() == Focus::InFlight;
    rule(buf, area, Span::styled(title, super::boxes::strong_if(focused, palette.strong)), remark, palette.muted);
}

/// Why no message is listed.
fn nothing(stage: &Stage) -> String {
    match stage.world().network().len() {
        0 => "in flight: nothing".to_owned(),
        total => format!("in flight: none of {total} contains \"{}\"", stage.filter()),
    }
}

/// The selected message alone, with its place among the others.
fn strip(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) -> Option<Zone> {
    if let Some(asked) = asked(stage) {
        put(buf, area, 1, 0, &Line::styled(asked, palette.selected));
        return None;
    }
    let rows = stage.shown();
    let selected = place(stage, &rows);
    let Some(one) = rows.get(selected) else {
        put(buf, area, 0, 0, &Line::styled(format!("─ {}", nothing(stage)), palette.muted));
        return None;
    };
    let number = selected + 1;
    let (is_selected, is_new, tells, remark_at) = (true, false, true, 0);
    let Listed { at, envelope, copies, .. } = *one;
    let due_in = stage.due().get(envelope).copied();
    let row = Row { stage, envelope, copies, number, is_selected, is_new, tells, due_in, remark_at };
    let kinds = if rows.iter().any(|one| one.copies > 1) { "different " } else { "" };
    let place = if rows.len() > 1 { format!(" {number} of {} {kinds}", rows.len()) } else { String::new() };
    let cells = usize::from(area.width);
    let room = cells.saturating_sub(width(&place));
    put(buf, area, 0, 0, &row.line(room, palette));
    put(buf, area, room as u16, 0, &Line::styled(place, palette.muted));
    Some((area, Target::Message { at, first: selected }))
}

fn text_of(envelope: &Envelope, copies: u32) -> String {
    let copies = if copies > 1 { format!(" ×{copies}") } else { String::new() };
    let text = text::message(Notation::Screen, &envelope.message);
    format!("{} → {}  {text}{copies}", envelope.from, envelope.to)
}

struct Row<'a> {
    stage: &'a Stage,
    envelope: &'a Envelope,
    copies: u32,
    /// Its place in the list, from 1: a digit selects it.
    number: usize,
    is_selected: bool,
    /// Whether the last step sent it.
    is_new: bool,
    /// Whether what it would do stands beside it.
    tells: bool,
    /// In a game: in how many steps at the latest it must arrive.
    due_in: Option<usize>,
    /// The column at which remarks stand below each other.
    remark_at: usize,
}

impl Row<'_> {
    fn line(&self, cells: usize, palette: &Palette) -> Line<'static> {
        let waits = self.stage.world().can_deliver(self.envelope).err();
        let tells = waits.is_none() && self.stage.foresees();
        let wasted = if tells { self.stage.wasted(self.envelope) } else { None };
        let focused = self.stage.focus() == Focus::InFlight;
        let style = match (self.is_selected, focused) {
            (true, true) => palette.selected,
            (true, false) => palette.strong,
            (false, _) if waits.is_some() || wasted.is_some() => palette.muted,
            (false, _) => Style::new(),
        };
        // While a question is open the digits answer it.
        let number =
            if self.number <= NUMBERED && !self.stage.asks() { self.number.to_string() } else { " ".to_owned() };
        let text = cut(&text_of(self.envelope, self.copies), cells.saturating_sub(5));
        let used = 4 + width(&text);
        let mut spans = vec![
            Span::styled(if self.is_new { "▌" } else { " " }, palette.changed.not_underlined()),
            Span::raw(if self.is_selected { "▸" } else { " " }),
            Span::styled(format!("{number} "), palette.muted),
            Span::styled(text, style),
        ];
        let mut gap = self.remark_at.max(used + 2) - used;
        let mut room = cells.saturating_sub(used + gap + 1);
        if let Some(left) = self.due_in.filter(|_| room >= 8) {
            let (due, style) = match left {
                0 => ("now  ".to_owned(), palette.bad.not_reversed()),
                left => (format!("{:<5}", format!("in {left}")), palette.muted),
            };
            room = room.saturating_sub(width(&due) + 1);
            spans.extend([Span::raw(" ".repeat(std::mem::replace(&mut gap, 1))), Span::styled(due, style)]);
        }
        if let Some((remarks, style)) = self.remark(waits.map(|refusal| refusal.to_string()), wasted, palette)
            && room >= 8
        {
            let fits = remarks.iter().find(|remark| width(remark) <= room);
            let remark = fits.or(remarks.last()).map_or("", String::as_str);
            spans.extend([Span::raw(" ".repeat(gap)), Span::styled(cut(remark, room), style)]);
        }
        Line::from(spans)
    }

    /// What stands beside it, the most words first: why it waits, what it would do, that nothing would come of it, or what
    /// the slides call it.
    fn remark(&self, waits: Option<String>, wasted: Option<String>, palette: &Palette) -> Option<(Vec<String>, Style)> {
        if let Some(why) = waits {
            return Some((vec![why.strip_prefix("it ").unwrap_or(&why).to_owned()], palette.down));
        }
        let foresight = if self.is_selected && self.tells { self.stage.foresight() } else { None };
        if let Some((_, told)) = foresight.as_ref().and_then(|foresight| foresight.then.as_ref().ok()) {
            let headline = foresight.as_ref().and_then(|foresight| foresight.headline.as_deref());
            let forms = shorter(told, headline).into_iter().map(|form| format!("then: {form}"));
            // Why nothing comes of it says more than that nothing does.
            let whole = if wasted.is_some() { 1 } else { usize::MAX };
            return Some((forms.take(whole).chain(wasted).collect(), palette.accent.not_bold()));
        }
        wasted.or_else(|| slide_word(&self.envelope.message)).map(|word| (vec![word], palette.muted))
    }
}

/// What Enter would do, and what would take that away, at the bottom of the list.
fn preview(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let cells = usize::from(area.width).saturating_sub(11);
    let rows = usize::from(area.height);
    let foresight = stage.foresight();
    let (head, lines) = match foresight.as_deref() {
        None => return,
        Some(foresight @ Foresight { then: Ok(_), .. }) => ("then:", foreseen(stage, foresight, rows, cells)),
        Some(Foresight { then: Err(why), .. }) => {
            ("waits:", vec![cut(why.strip_prefix("it waits: ").unwrap_or(why), cells)])
        }
    };
    put(buf, area, 4, 0, &Line::styled(head, palette.accent));
    for (y, line) in (0..).zip(lines) {
        put(buf, area, 11, y, &Line::raw(line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selection_and_what_was_just_sent_are_to_be_seen() {
        let rows = |new: &[usize], free: &[usize]| -> Vec<Worth> {
            let of = |row: usize| match (new.contains(&row), free.contains(&row)) {
                (true, _) => Worth::New,
                (_, true) => Worth::Free,
                _ => Worth::Message,
            };
            (0..20).map(of).collect()
        };
        let all = rows(&[], &[]);
        assert_eq!([8, 9, 10, 11, 12].map(|selected| first_row(selected, &all, 5)), [6, 9, 9, 9, 12], "by halves");
        assert_eq!(first_row(10, &rows(&[12, 13, 14], &[]), 5), 10);
        assert_eq!(first_row(10, &rows(&[6, 7], &[]), 5), 6);
        assert_eq!(first_row(0, &rows(&[19], &[]), 5), 0, "the selection first of all");
        assert_eq!(first_row(19, &all, 5), 15);
        assert_eq!(first_row(10, &rows(&[], &[9, 11]), 3), 10, "rather a message than a free row");
    }
}
