//! The messages in flight, and what delivering the selected one would do.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::{Focus, Stage, Target};
use crate::pmmc::Message;
use crate::world::Envelope;
use crate::world::text::{self, Notation};

use super::text::{at_most, cut, put, rule, width, wrap};
use super::{Palette, Zone};

/// The slides' word for a message, where it has another one.
pub(crate) fn slide_word(message: &Message) -> Option<String> {
    match message {
        Message::Propose { slot, command } => Some(format!("\"Op{slot} should be {command}\"")),
        Message::Decision { slot, command } => Some(format!("\"Op{slot} is {command}\"")),
        Message::P1a { .. } => Some("prepare".to_owned()),
        Message::P2a { .. } => Some("accept".to_owned()),
        _ => None,
    }
}

/// Draws the panel: a title, the list around the selection, and the preview at the bottom.
pub(crate) fn draw(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) -> Vec<Zone> {
    let mut zones = vec![(area, Target::Panel(Focus::InFlight))];
    if area.height < 2 {
        return zones;
    }
    let rows = stage.shown();
    // On a wide screen what a message would do stands beside it, else below the list.
    let beside = area.width >= 100;
    let with_preview = area.height >= 4 && !beside;
    let space = usize::from(area.height) - 1 - usize::from(with_preview);
    let selected = rows.iter().position(|(at, ..)| *at == stage.selected_row()).unwrap_or(rows.len());
    // The selection stays near the middle of a list that is longer than the panel.
    let first = selected.saturating_sub(space / 2).min(rows.len().saturating_sub(space));
    let behind = rows.len().saturating_sub(first + space);
    let total = stage.world().network().len();
    let title = if total == 0 { "in flight: nothing".to_owned() } else { format!("in flight {total}") };
    let title =
        if stage.filter().is_empty() { title } else { format!("{title}, with \"{}\": {}", stage.filter(), rows.len()) };
    let remark = match (first, behind) {
        (0, 0) => String::new(),
        (0, behind) => format!("↓ {behind} more"),
        (above, 0) => format!("↑ {above} more"),
        (above, behind) => format!("↑ {above}  ↓ {behind} more"),
    };
    let focused = stage.focus() == Focus::InFlight;
    rule(buf, area, Span::styled(title, super::boxes::strong_if(focused, palette.strong)), &remark, palette.muted);
    let widest = rows.iter().map(|(_, envelope, copies)| width(&told(envelope, *copies))).max().unwrap_or(0);
    let at = widest.clamp(24, usize::from(area.width).saturating_sub(30).max(24)) + 6;
    for (y, (row, (message, envelope, copies))) in (1..).zip(rows.iter().enumerate().skip(first).take(space)) {
        let is_selected = row == selected;
        let line = Row { stage, envelope, copies: *copies, is_selected, focused, beside, remark_at: at };
        put(buf, area, 0, y, &line.line(usize::from(area.width), palette));
        zones.push((Rect { y: area.y + y, height: 1, ..area }, Target::Message(*message)));
    }
    if with_preview {
        let height = 2.min(area.height - 1 - rows.len().min(usize::from(area.height) - 2) as u16);
        preview(stage, Rect { y: area.bottom() - height, height, ..area }, buf, palette);
    }
    zones
}

fn told(envelope: &Envelope, copies: u32) -> String {
    let copies = if copies > 1 { format!(" ×{copies}") } else { String::new() };
    let text = text::message(Notation::Screen, &envelope.message);
    format!("{} → {}  {text}{copies}", envelope.from, envelope.to)
}

struct Row<'a> {
    stage: &'a Stage,
    envelope: &'a Envelope,
    copies: u32,
    is_selected: bool,
    focused: bool,
    beside: bool,
    /// The column at which remarks stand below each other.
    remark_at: usize,
}

impl Row<'_> {
    fn line(&self, cells: usize, palette: &Palette) -> Line<'static> {
        let waits = self.stage.world().can_deliver(self.envelope).err();
        let mark = if self.is_selected { " ▸ " } else { "   " };
        let style = match (self.is_selected, self.focused) {
            (true, true) => palette.selected,
            (true, false) => palette.strong,
            (false, _) if waits.is_some() => palette.muted,
            (false, _) => ratatui::style::Style::new(),
        };
        let text = cut(&told(self.envelope, self.copies), cells.saturating_sub(4));
        let used = 3 + width(&text);
        let mut spans = vec![Span::raw(mark), Span::styled(text, style)];
        let would = if self.is_selected && self.beside { self.stage.preview() } else { None };
        let remark = match (waits, would) {
            (Some(refusal), _) => Some((short(&refusal.to_string()), palette.down)),
            (None, Some(Ok(sentence))) => Some((format!("then: {sentence}"), palette.accent.not_bold())),
            (None, _) => slide_word(&self.envelope.message).map(|word| (word, palette.muted)),
        };
        if let Some((remark, style)) = remark {
            let gap = self.remark_at.max(used + 2) - used;
            let room = cells.saturating_sub(used + gap + 1);
            if room >= 8 {
                spans.push(Span::raw(" ".repeat(gap)));
                spans.push(Span::styled(cut(&remark, room), style));
            }
        }
        Line::from(spans)
    }
}

/// Why a message waits, beside it.
fn short(refusal: &str) -> String {
    refusal.strip_prefix("it ").unwrap_or(refusal).to_owned()
}

/// What Enter would do, at the bottom of the list.
fn preview(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let cells = usize::from(area.width).saturating_sub(10);
    let (head, text) = match stage.preview() {
        None if stage.asks() && !stage.rows().is_empty() => ("", "What would it do? That is the question.".to_owned()),
        None => return,
        Some(Ok(sentence)) => ("then:", sentence),
        // The row says it already, unless it is too narrow.
        Some(Err(_)) if area.width >= 60 => return,
        Some(Err(why)) => ("", why),
    };
    let lines = at_most(wrap(&text, cells), area.height.into(), cells);
    let top = area.height.saturating_sub(lines.len() as u16);
    put(buf, area, 3, top, &Line::styled(head, palette.accent));
    for (y, line) in (top..).zip(lines) {
        put(buf, area, 9, y, &Line::raw(line));
    }
}
