//! The wires between the columns: how many messages wait at each process, and the way of the selected one.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::app::Stage;
use crate::pmmc::ProcessId;
use crate::world::{Action, Envelope};

use super::Palette;
use super::boxes::columns;
use super::plan::{Shape, Spot, Spots};

/// Which column a process stands in; clients stand in none.
fn column(process: ProcessId) -> Option<usize> {
    match process {
        ProcessId::Client(_) => None,
        ProcessId::Replica(_) => Some(0),
        ProcessId::Leader(_) => Some(1),
        ProcessId::Acceptor(_) => Some(2),
    }
}

/// Draws both: first the way, then the numbers, which stay readable where it crosses them.
pub(crate) fn draw(stage: &Stage, spots: &Spots, buf: &mut Buffer, palette: &Palette) {
    if spots.gaps.iter().any(|gap| gap.is_empty()) {
        return;
    }
    moved(stage, spots, buf, palette);
    if let Some(envelope) = stage.selected() {
        way(envelope, spots, Weight::Light, buf, palette.accent);
    }
    for spot in &spots.all {
        waiting(stage, spot, spots, buf, palette);
    }
}

/// The row at which a wire meets a process, and the row of its number.
fn rows(spot: &Spot) -> (u16, u16) {
    match spot.shape {
        Shape::Boxed => (spot.area.y + 2, spot.area.y + 1),
        Shape::Flat => (spot.area.y + 1, spot.area.y),
        Shape::Row => (spot.area.y, spot.area.y),
    }
}

/// How many messages from the columns beside it wait to be delivered: `3▸` at its left, `◂2` at its right.
fn waiting(stage: &Stage, spot: &Spot, spots: &Spots, buf: &mut Buffer, palette: &Palette) {
    let Some(own) = column(spot.process) else { return };
    let from = |other: usize| -> u32 {
        let coming =
            stage.rows().into_iter().filter(|(one, _)| one.to == spot.process && column(one.from) == Some(other));
        coming.map(|(_, copies)| copies).sum()
    };
    let y = rows(spot).1;
    let number = |count: u32| if count > 9 { "+".to_owned() } else { count.to_string() };
    if own > 0 {
        let count = from(own - 1);
        let gap = spots.gaps[own - 1];
        if count > 0 && gap.width >= 4 {
            buf.set_string(gap.right() - 2, y, format!("{}▸", number(count)), palette.muted);
        }
    }
    if own < 2 {
        let count = from(own + 1);
        let gap = spots.gaps[own];
        if count > 0 && gap.width >= 4 {
            buf.set_string(gap.x, y, format!("◂{}", number(count)), palette.muted);
        }
    }
}

/// The way of the message that the last step was about: heavy, as the border of who got it; a lost one ends on the way.
fn moved(stage: &Stage, spots: &Spots, buf: &mut Buffer, palette: &Palette) {
    // Two ways that end at one process, or run the same way side by side, would cover each other: there the one to come is
    // drawn.
    let shared = |envelope: &Envelope| {
        stage.selected().is_some_and(|selected| {
            let ends = [selected.from, selected.to];
            ends.contains(&envelope.to) || ends.contains(&envelope.from) || side_by_side(selected, envelope, spots)
        })
    };
    match stage.session().last_action() {
        Some(Action::Deliver(envelope)) if shared(envelope) => {}
        Some(Action::Deliver(envelope)) => way(envelope, spots, Weight::Heavy, buf, palette.muted),
        Some(Action::Drop(envelope)) => way(envelope, spots, Weight::Lost, buf, palette.down),
        _ => {}
    }
}

/// Whether two ways go through the same gap in the same direction, and meet there.
fn side_by_side(one: &Envelope, other: &Envelope, spots: &Spots) -> bool {
    let columns = |envelope: &Envelope| (column(envelope.from), column(envelope.to));
    let reach = |envelope: &Envelope| {
        let ends = [spots.of(envelope.from)?, spots.of(envelope.to)?].map(|spot| rows(spot).0);
        Some((ends[0].min(ends[1]), ends[0].max(ends[1])))
    };
    let meet =
        |(top, bottom): (u16, u16), (other_top, other_bottom): (u16, u16)| top <= other_bottom && other_top <= bottom;
    columns(one) == columns(other) && reach(one).zip(reach(other)).is_some_and(|(one, other)| meet(one, other))
}

/// How a way is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// The selected message's.
    Light,
    /// That of the message which has just arrived.
    Heavy,
    /// That of the message which was just lost.
    Lost,
}

/// The way of a message through the gap between two neighbouring columns.
fn way(envelope: &Envelope, spots: &Spots, weight: Weight, buf: &mut Buffer, style: Style) {
    let (Some(from), Some(to)) = (column(envelope.from), column(envelope.to)) else { return };
    if from.abs_diff(to) != 1 {
        return;
    }
    let gap = spots.gaps[from.min(to)];
    let (Some(sender), Some(receiver)) = (spots.of(envelope.from), spots.of(envelope.to)) else { return };
    let path = Path { gap, from: rows(sender).0, to: rows(receiver).0, rightward: to > from, weight, style };
    path.draw(envelope.message.kind().name(), buf);
}

struct Path {
    gap: Rect,
    from: u16,
    to: u16,
    rightward: bool,
    weight: Weight,
    style: Style,
}

impl Path {
    fn draw(&self, name: &str, buf: &mut Buffer) {
        let last = self.gap.width - 1;
        // Counted from the sender's side.
        let trunk = (self.gap.width / 4).max(1);
        let set = |buf: &mut Buffer, x: u16, y: u16, glyph: char| {
            let x = if self.rightward { self.gap.x + x } else { self.gap.right() - 1 - x };
            if let Some(cell) = buf.cell_mut((x, y)) {
                cell.set_char(if self.weight == Weight::Light { glyph } else { heavy(glyph) }).set_style(self.style);
            }
        };
        if self.weight == Weight::Lost {
            (0..=trunk).for_each(|x| set(buf, x, self.from, '─'));
            set(buf, (trunk + 1).min(last), self.from, '✗');
            return;
        }
        for x in 0..=last {
            let y = if x <= trunk { self.from } else { self.to };
            set(buf, x, y, '─');
        }
        if self.from != self.to {
            for y in self.from.min(self.to)..=self.from.max(self.to) {
                set(buf, trunk, y, '│');
            }
            let down = self.to > self.from;
            set(buf, trunk, self.from, corner(self.rightward, down));
            set(buf, trunk, self.to, corner(!self.rightward, !down));
        }
        set(buf, last, self.to, if self.rightward { '▸' } else { '◂' });
        let label = format!(" {name} ");
        let room = last.saturating_sub(trunk + 1);
        if columns(&label) <= room {
            let start = trunk + 1 + (room - columns(&label)) / 2;
            let x = if self.rightward {
                self.gap.x + start
            } else {
                (self.gap.right() - start).saturating_sub(columns(&label))
            };
            buf.set_string(x, self.to, label, self.style);
        }
    }
}

/// The same glyph, heavy.
fn heavy(glyph: char) -> char {
    match glyph {
        '─' => '━',
        '│' => '┃',
        '╭' => '┏',
        '╮' => '┓',
        '╰' => '┗',
        '╯' => '┛',
        other => other,
    }
}

/// The corner that joins a piece at its left (or right) with one going down (or up).
fn corner(joins_left: bool, down: bool) -> char {
    match (joins_left, down) {
        (true, true) => '╮',
        (true, false) => '╯',
        (false, true) => '╭',
        (false, false) => '╰',
    }
}
