//! The wires between the columns: how many messages wait at each process, and the way of the selected one.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::app::{Motion, Stage};
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

/// Draws both: first the way, then the numbers beside it.
pub(crate) fn draw(stage: &Stage, spots: &Spots, buf: &mut Buffer, palette: &Palette) {
    if spots.gaps.iter().any(|gap| gap.is_empty()) {
        return;
    }
    let drawn = moved(stage, spots, buf, palette);
    // One thing at a time: while a message moves, the way of the next one is not drawn.
    let next = stage.pointed_at().filter(|_| stage.motion().is_none() && !covers_next(stage, spots));
    if let Some((envelope, path)) = next.and_then(|one| Some((one, path(one, spots, Weight::Light, palette.accent)?))) {
        path.draw(envelope, &drawn, buf);
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
    let network = stage.world().network();
    let from = |other: usize| -> u32 {
        let coming = network.distinct().filter(|(one, _)| one.to == spot.process && column(one.from) == Some(other));
        coming.map(|(_, copies)| copies).sum()
    };
    let y = rows(spot).1;
    let number = |count: u32| if count > 9 { "+".to_owned() } else { count.to_string() };
    // Where a process has one row only, the way that ends there keeps it whole.
    let is_free = |buf: &Buffer, x: u16| (x..x + 2).all(|x| buf.cell((x, y)).is_some_and(|cell| cell.symbol() == " "));
    if own > 0 {
        let count = from(own - 1);
        let gap = spots.gaps[own - 1];
        if count > 0 && gap.width >= 4 && is_free(buf, gap.right() - 2) {
            buf.set_string(gap.right() - 2, y, format!("{}▸", number(count)), palette.muted);
        }
    }
    if own < 2 {
        let count = from(own + 1);
        let gap = spots.gaps[own];
        if count > 0 && gap.width >= 4 && is_free(buf, gap.x) {
            buf.set_string(gap.x, y, format!("◂{}", number(count)), palette.muted);
        }
    }
}

/// The message of the last step, which came or was lost. While a question is open only the message is of interest that
/// is asked about.
fn last(stage: &Stage) -> Option<&Action> {
    let last = stage.session().last_action().filter(|_| stage.marks_step());
    // A lesson's frame draws what it is about, not the last of many steps.
    let told_of = stage.told_of();
    let is_told = |one: &Envelope| {
        let names = |process: ProcessId| told_of.as_ref().is_none_or(|all| all.contains(&process.to_string()));
        names(one.from) || names(one.to)
    };
    last.filter(|action| matches!(action, Action::Deliver(one) | Action::Drop(one) if is_told(one)))
}

/// The way of the message that the last step was about: heavy; a lost one ends on the way.
/// The cells of a heavy way, which that of the selected message joins.
fn moved(stage: &Stage, spots: &Spots, buf: &mut Buffer, palette: &Palette) -> Vec<(u16, u16)> {
    match last(stage) {
        Some(Action::Deliver(envelope) | Action::Drop(envelope)) if stage.motion().is_some() => {
            moving(stage, envelope, spots, buf, palette.accent);
        }
        Some(Action::Deliver(envelope)) => {
            let Some(path) = path(envelope, spots, Weight::Heavy, palette.muted) else { return Vec::new() };
            path.draw(envelope, &[], buf);
            return path.cells().into_iter().map(|(x, y, _)| (x, y)).collect();
        }
        Some(Action::Drop(envelope)) => {
            if let Some(path) = path(envelope, spots, Weight::Lost, palette.down) {
                path.draw(envelope, &[], buf);
            }
        }
        _ => {}
    }
    Vec::new()
}

/// Whether the way of the selected message gives way to that of the last one: to one that was lost; to one that came to
/// the same process, since a way to what has changed tells by what it changed; to one from another process that it would
/// run into, since who sent which to whom is not seen there; and, while a lesson tells of what was, to every one.
fn covers_next(stage: &Stage, spots: &Spots) -> bool {
    let covers = |envelope: &Envelope| drawn(envelope, spots) && meets_next(stage, envelope, spots);
    match last(stage) {
        Some(Action::Drop(envelope)) => covers(envelope),
        Some(Action::Deliver(envelope)) => {
            let gives_way = |next: &Envelope| {
                let other_sender = next.from != envelope.from;
                next.to == envelope.to && covers(envelope) || other_sender && shares_cells(next, envelope, spots)
            };
            stage.tells_what_was() && covers(envelope) || stage.selected().is_some_and(gives_way)
        }
        _ => false,
    }
}

/// Whether a message has a way on the screen.
fn drawn(envelope: &Envelope, spots: &Spots) -> bool {
    path(envelope, spots, Weight::Heavy, Style::new()).is_some()
}

/// Whether two ways go through the same cell.
fn shares_cells(one: &Envelope, other: &Envelope, spots: &Spots) -> bool {
    let cells = |envelope: &Envelope| {
        let path = path(envelope, spots, Weight::Light, Style::new());
        path.into_iter().flat_map(|path| path.cells()).map(|(x, y, _)| (x, y)).collect::<Vec<_>>()
    };
    let of_other = cells(other);
    cells(one).iter().any(|cell| of_other.contains(cell))
}

/// Whether this way and that of the selected message end at one process or run side by side, so that one would cover the
/// other.
fn meets_next(stage: &Stage, envelope: &Envelope, spots: &Spots) -> bool {
    stage.selected().is_some_and(|selected| {
        let ends = [selected.from, selected.to];
        ends.contains(&envelope.to) || ends.contains(&envelope.from) || side_by_side(selected, envelope, spots)
    })
}

/// Whether two ways go through the same gap in the same direction, or in any where the gap has one lane, and meet there.
fn side_by_side(one: &Envelope, other: &Envelope, spots: &Spots) -> bool {
    let has_one_lane = spots.gaps.iter().all(|gap| gap.width <= 2 * LANE + 1);
    let columns = |envelope: &Envelope| {
        let (from, to) = (column(envelope.from), column(envelope.to));
        if has_one_lane { (from.min(to), from.max(to)) } else { (from, to) }
    };
    let reach = |envelope: &Envelope| {
        let ends = [spots.of(envelope.from)?, spots.of(envelope.to)?].map(|spot| rows(spot).0);
        Some((ends[0].min(ends[1]), ends[0].max(ends[1])))
    };
    let meet =
        |(top, bottom): (u16, u16), (other_top, other_bottom): (u16, u16)| top <= other_bottom && other_top <= bottom;
    columns(one) == columns(other) && reach(one).zip(reach(other)).is_some_and(|(one, other)| meet(one, other))
}

/// The message of the last step on its way: what lies behind it, and itself.
fn moving(stage: &Stage, envelope: &Envelope, spots: &Spots, buf: &mut Buffer, style: Style) {
    let Some((done, all)) = stage.motion().map(Motion::progress) else { return };
    if let Some(path) = path(envelope, spots, Weight::Heavy, style) {
        path.draw_until(done, all, buf);
    }
}

/// How far from its sender a way turns at least, so that the numbers at both sides do not cover it.
const LANE: u16 = 2;

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
fn path(envelope: &Envelope, spots: &Spots, weight: Weight, style: Style) -> Option<Path> {
    let (from, to) = (column(envelope.from)?, column(envelope.to)?);
    if from.abs_diff(to) != 1 {
        return None;
    }
    let gap = spots.gaps[from.min(to)];
    let (sender, receiver) = (spots.of(envelope.from)?, spots.of(envelope.to)?);
    Some(Path { gap, from: rows(sender).0, to: rows(receiver).0, rightward: to > from, weight, style })
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
    /// The column of a cell that is counted from the sender's side.
    fn x(&self, x: u16) -> u16 {
        if self.rightward { self.gap.x + x } else { self.gap.right() - 1 - x }
    }

    /// How far from the sender the way turns.
    fn trunk(&self) -> u16 {
        (self.gap.width / 4).max(LANE).min(self.gap.width - 1)
    }

    /// The cells from the sender to the receiver, each with its glyph.
    fn cells(&self) -> Vec<(u16, u16, char)> {
        let last = self.gap.width - 1;
        let trunk = self.trunk();
        let down = self.to > self.from;
        let at = |x: u16| self.x(x);
        let mut cells: Vec<(u16, u16, char)> = (0..trunk).map(|x| (at(x), self.from, '─')).collect();
        if self.from == self.to {
            cells.push((at(trunk), self.from, '─'));
        } else {
            cells.push((at(trunk), self.from, corner(self.rightward, down)));
            let between = self.from.min(self.to) + 1..self.from.max(self.to);
            let rows: Vec<u16> = if down { between.collect() } else { between.rev().collect() };
            cells.extend(rows.into_iter().map(|y| (at(trunk), y, '│')));
            cells.push((at(trunk), self.to, corner(!self.rightward, !down)));
        }
        cells.extend((trunk + 1..=last).map(|x| (at(x), self.to, '─')));
        cells
    }

    /// As far as the message has come: so many parts of so many.
    fn draw_until(&self, done: u16, all: u16, buf: &mut Buffer) {
        let cells = self.cells();
        let come = (cells.len() * usize::from(done) / usize::from(all.max(1))).clamp(1, cells.len());
        for (at, (x, y, glyph)) in cells.into_iter().take(come).enumerate() {
            if let Some(cell) = buf.cell_mut((x, y)) {
                cell.set_char(if at + 1 == come { '●' } else { heavy(glyph) }).set_style(self.style);
            }
        }
    }

    /// Where it shares cells with the way of the last message, that one stays whole and this one branches off.
    fn draw(&self, envelope: &Envelope, shared: &[(u16, u16)], buf: &mut Buffer) {
        if self.weight == Weight::Lost {
            return self.draw_lost(&envelope.to.to_string(), buf);
        }
        let last = self.gap.width - 1;
        let trunk = self.trunk();
        let mut cells = self.cells();
        if let Some(end) = cells.last_mut() {
            end.2 = if self.rightward { '▸' } else { '◂' };
        }
        for (x, y, glyph) in cells {
            let Some(cell) = buf.cell_mut((x, y)) else { continue };
            if !shared.contains(&(x, y)) || arms(glyph) == 0 {
                cell.set_char(if self.weight == Weight::Light { glyph } else { heavy(glyph) }).set_style(self.style);
            } else if let Some(joint) = joint(cell.symbol(), glyph) {
                cell.set_char(joint);
            }
        }
        let label = format!(" {} ", envelope.message.kind().name());
        let room = last.saturating_sub(trunk + 1);
        if columns(&label) <= room {
            let start = trunk + 1 + (room - columns(&label)) / 2;
            let x = if self.rightward {
                self.gap.x + start
            } else {
                (self.gap.right() - start).saturating_sub(columns(&label))
            };
            if (x..x + columns(&label)).all(|x| !shared.contains(&(x, self.to))) {
                buf.set_string(x, self.to, label, self.style);
            }
        }
    }

    /// As far as it came, and to whom it was on its way: it ends where other processes may be nearer.
    fn draw_lost(&self, to: &str, buf: &mut Buffer) {
        let cells = self.gap.width;
        let name = if columns(to) + 2 <= cells { to } else { "" };
        let way = self.trunk().min(cells.saturating_sub(columns(name) + 2)) + 1;
        let way = "━".repeat(way.into());
        let text = if self.rightward { format!("{way}✗{name}") } else { format!("{name}✗{way}") };
        let x = if self.rightward { self.gap.x } else { self.gap.right().saturating_sub(columns(&text)) };
        buf.set_string(x, self.from, text, self.style);
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

/// To which sides a piece of a way goes, as a bit each: left, right, up, down.
fn arms(glyph: char) -> u8 {
    match glyph {
        '─' | '━' => 0b0011,
        '│' | '┃' => 0b1100,
        '╭' | '┏' => 0b1010,
        '╮' | '┓' => 0b1001,
        '╰' | '┗' => 0b0110,
        '╯' | '┛' => 0b0101,
        _ => 0,
    }
}

/// The heavy piece that goes to all sides to which either of these goes; none where a name or an arrow's head stands.
fn joint(there: &str, glyph: char) -> Option<char> {
    let there = there.chars().next().filter(|there| arms(*there) != 0)?;
    Some(match arms(there) | arms(glyph) {
        0b0111 => '┻',
        0b1011 => '┳',
        0b1101 => '┫',
        0b1110 => '┣',
        0b1111 => '╋',
        _ => there,
    })
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
