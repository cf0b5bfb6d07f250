//! The run as a diagram: a column for each process, time downward, one line a step. What a process sends in a step goes
//! down a lane beside its line and branches off where each message arrives; a lost one ends in `✗`, one in flight in `↓`.
//! The messages that led to the step where we are, a majority's and not only its last one, stand out by weight.

use std::collections::{BTreeMap, BTreeSet};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::Stage;
use crate::pmmc::ProcessId;
use crate::session::{Chart, End, Link, Row};
use crate::world::Action;
use crate::world::text::{Notation, message};

use super::Palette;
use super::bottom;
use super::text::{at_most, cut, put, width, wrap};
use super::views::title;

/// The cells of `▸ 123 `.
const LABEL: u16 = 6;
/// The cells that the text beside the diagram needs at least.
const TEXT: u16 = 12;
/// The cells that hold most messages whole, and what the columns keep between them for it at least.
const WORDS: (u16, u16) = (27, 4);
/// From this width on the columns stand further from each other.
const WIDE: u16 = 160;
/// The rows below the diagram that say why.
const WHY: u16 = 3;

fn count(stage: &Stage) -> u16 {
    u16::try_from(stage.world().cluster().processes().count()).unwrap_or(u16::MAX)
}

/// Whether the diagram can stand in so many columns.
pub(crate) fn fits(stage: &Stage, cells: u16) -> bool {
    count(stage).saturating_mul(4).saturating_add(LABEL + TEXT) <= cells
}

/// Draws the view; below it the why, unless that stands beside.
pub(crate) fn draw(stage: &Stage, area: Rect, says_why: bool, buf: &mut Buffer, palette: &Palette) {
    let step = stage.session().step();
    // While a question is open nothing gives away what comes.
    let hidden = stage.asks().then(|| stage.session().chart().until(step));
    let chart = hidden.as_ref().unwrap_or_else(|| stage.session().chart());
    let total = if stage.asks() { step } else { step + stage.session().steps_ahead() };
    let why = if says_why { WHY.min(area.height.saturating_sub(6)) } else { 1 };
    // One more row shows what is in flight at the end.
    let rows = area.height.saturating_sub(3 + why);
    let top = area.y + 2;
    let first = first_step(step, total, rows.into());
    let remark = if total > step { format!("step {step} of {total}") } else { format!("step {step}") };
    // The step of each line, the beginning first.
    let more = super::views::more(first as usize, total as usize + 1, rows.into());
    let remark = if more.is_empty() { remark } else { format!("{remark} · {more}") };
    title(stage, "space-time", &remark, area, buf, palette);
    let body = Rect { y: top, height: rows, ..area };
    let diagram = Diagram { stage, chart, first, step, columns: Columns::of(stage, chart, area), body, palette };
    diagram.heads(Rect { y: area.y + 1, height: 1, ..area }, buf);
    diagram.draw(buf);
    let below = Rect { y: body.bottom() + 1, height: why, ..area };
    let legend = "╰▸ arrives  ✗ lost  ↓ in flight  ━ led here";
    if !says_why {
        put(buf, below, 1, 0, &Line::styled(legend, palette.muted));
    } else if why > 1 {
        super::text::rule(buf, below, Span::styled("why", palette.strong), legend, palette.muted);
        let cells = usize::from(area.width).saturating_sub(2);
        let told = wrap(&bottom::why(stage).join(" · "), cells);
        for (y, text) in (1..).zip(at_most(told, usize::from(why) - 1, cells)) {
            put(buf, below, 1, y, &Line::raw(text));
        }
    }
}

/// The step of the first of so many lines. From step to step the diagram stands still; now and then it moves by a quarter
/// of its lines.
fn first_step(step: u32, total: u32, rows: u32) -> u32 {
    // Above the first step stands the beginning, so that there is a line for step 0, too.
    let first = step.saturating_sub(rows / 2).min((total + 1).saturating_sub(rows));
    first.next_multiple_of((rows / 4).max(1))
}

/// Where each process stands.
struct Columns {
    at: BTreeMap<ProcessId, u16>,
    pitch: u16,
    /// How many processes have no column.
    hidden: usize,
    /// Where the text beside begins.
    text: u16,
}

impl Columns {
    fn of(stage: &Stage, chart: &Chart, area: Rect) -> Self {
        let room = area.width.saturating_sub(LABEL + TEXT);
        let all: Vec<ProcessId> = stage.world().cluster().processes().collect();
        let most = usize::from(room / 3).max(1);
        let shown: Vec<ProcessId> = if all.len() <= most { all.clone() } else { busiest(&all, chart, most) };
        // On a wall the lanes have more room between them.
        let most = if area.width >= WIDE { 10 } else { 6 };
        let count = shown.len().max(1) as u16;
        let with_words = area.width.saturating_sub(LABEL + WORDS.0) / count;
        let pitch = if with_words >= WORDS.1 { with_words } else { room / count }.clamp(3, most);
        let at: BTreeMap<ProcessId, u16> =
            (0..).zip(shown).map(|(nth, process)| (process, area.x + LABEL + nth * pitch)).collect();
        let text = area.x + LABEL + at.len() as u16 * pitch + 1;
        Self { hidden: all.len() - at.len(), at, pitch, text }
    }

    /// How far from a process its first lane is: beside the head of what arrives from the right, if there is room.
    fn first_lane(&self) -> u16 {
        if self.pitch >= 5 { 2 } else { 1 }
    }

    fn x(&self, process: ProcessId) -> Option<u16> {
        self.at.get(&process).copied()
    }
}

/// Where there are more processes than columns: those that do most, in their order.
fn busiest(all: &[ProcessId], chart: &Chart, most: usize) -> Vec<ProcessId> {
    let acts = |process: &ProcessId| chart.rows.iter().filter(|row| row.actor == Some(*process)).count();
    let mut ranked: Vec<usize> = (0..all.len()).collect();
    ranked.sort_by_key(|at| (std::cmp::Reverse(acts(&all[*at])), *at));
    ranked.truncate(most);
    ranked.sort_unstable();
    ranked.into_iter().map(|at| all[at]).collect()
}

struct Diagram<'a> {
    stage: &'a Stage,
    chart: &'a Chart,
    /// The step of the first line.
    first: u32,
    /// The step where we are.
    step: u32,
    columns: Columns,
    body: Rect,
    palette: &'a Palette,
}

/// What a process sent in one step: one lane down to the last of its messages.
struct Bundle {
    from: ProcessId,
    sent: u32,
    last: u32,
    open: bool,
    lane: u16,
}

impl Diagram<'_> {
    fn heads(&self, area: Rect, buf: &mut Buffer) {
        put(buf, area, 1, 0, &Line::styled("step", self.palette.muted));
        for (process, x) in &self.columns.at {
            let name = cut(&process.to_string(), usize::from(self.columns.pitch));
            put(buf, area, x - area.x, 0, &Line::styled(name, self.palette.strong));
        }
        if self.columns.hidden > 0 {
            let text = format!("…+{} more", self.columns.hidden);
            put(buf, area, self.columns.text - area.x, 0, &Line::styled(text, self.palette.muted));
        }
    }

    fn draw(&self, buf: &mut Buffer) {
        self.lifelines(buf);
        let bundles = self.bundles();
        for bundle in &bundles {
            self.trunk(bundle, buf);
        }
        // Those that stand out are drawn over the others.
        let lit = self.chart.causes(self.step);
        for is_lit in [false, true] {
            let links = self.chart.links.iter().enumerate().filter(|(at, _)| lit.contains(at) == is_lit);
            links.for_each(|(_, link)| self.branch(link, &bundles, is_lit, buf));
        }
        self.steps(buf);
    }

    /// The line of this step on the screen, if it is there.
    fn y(&self, step: u32) -> Option<u16> {
        let row = u16::try_from(step.checked_sub(self.first)?).ok()?;
        (row < self.body.height).then_some(self.body.y + row)
    }

    /// The last line in use.
    fn end(&self) -> u32 {
        let last = self.chart.rows.last().map_or(0, |row| row.step);
        last.min((self.first + u32::from(self.body.height)).saturating_sub(1))
    }

    fn lifelines(&self, buf: &mut Buffer) {
        let mut down = self.chart.down.clone();
        let mut rows = self.chart.rows.iter().peekable();
        for step in self.first..=self.end() {
            while let Some(row) = rows.next_if(|row| row.step <= step) {
                match &row.action {
                    Action::Crash(process) => down.insert(*process),
                    Action::Restart(process) => down.remove(process),
                    _ => false,
                };
            }
            let Some(y) = self.y(step) else { continue };
            for (process, x) in &self.columns.at {
                if !down.contains(process) {
                    set(buf, *x, y, '│', self.palette.muted);
                }
            }
        }
    }

    /// The lanes: what was sent in one step shares one, and two that overlap stand beside each other.
    fn bundles(&self) -> Vec<Bundle> {
        let mut all: BTreeMap<(ProcessId, u32), Bundle> = BTreeMap::new();
        for link in &self.chart.links {
            let Some(sent) = link.sent else { continue };
            let last = link.ended().unwrap_or(u32::MAX);
            let shows = |step: u32| (self.first..=self.end()).contains(&step);
            // What only passes by, sent above and not ended yet below, would hide what is to be seen.
            if self.columns.x(link.envelope.from).is_none() || !(shows(sent) || shows(last)) {
                continue;
            }
            let from = link.envelope.from;
            let bundle = all.entry((from, sent)).or_insert(Bundle { from, sent, last: 0, open: false, lane: 0 });
            bundle.last = bundle.last.max(last);
            bundle.open |= link.end == End::Open;
        }
        let mut bundles: Vec<Bundle> = all.into_values().filter(|bundle| bundle.sent <= self.end()).collect();
        let lanes = self.columns.pitch.saturating_sub(1 + self.columns.first_lane()).max(1);
        for at in 0..bundles.len() {
            let (before, rest) = bundles.split_at_mut(at);
            let Some(bundle) = rest.first_mut() else { break };
            let overlapping =
                |other: &&Bundle| other.from == bundle.from && other.last > bundle.sent && other.sent < bundle.last;
            let taken: BTreeSet<u16> = before.iter().filter(overlapping).map(|other| other.lane).collect();
            bundle.lane = (0..lanes).find(|lane| !taken.contains(lane)).unwrap_or(lanes - 1);
        }
        bundles
    }

    fn lane(&self, bundle: &Bundle) -> Option<u16> {
        Some(self.columns.x(bundle.from)? + self.columns.first_lane() + bundle.lane)
    }

    /// Where a lane begins: a corner, or a junction if the message that arrives in this step passes there.
    fn begin(&self, bundle: &Bundle, x: u16, lit: bool, buf: &mut Buffer) {
        let (Some(y), Some(own)) = (self.y(bundle.sent), self.columns.x(bundle.from)) else { return };
        let style = if lit { self.palette.accent } else { self.palette.muted };
        for x in own + 1..x {
            if glyph_at(buf, x, y) != "◂" {
                set(buf, x, y, if lit { '━' } else { '─' }, style);
            }
        }
        let glyph = match (glyph_at(buf, x, y), lit) {
            ("◂", _) => '◂',
            ("━" | "─" | "┬" | "┳", true) => '┳',
            (_, true) => '┓',
            (_, false) => '╮',
        };
        set(buf, x, y, glyph, style);
    }

    fn trunk(&self, bundle: &Bundle, buf: &mut Buffer) {
        let Some(x) = self.lane(bundle) else { return };
        let style = self.palette.muted;
        self.begin(bundle, x, false, buf);
        let last = bundle.last.min(self.end());
        for step in (bundle.sent + 1).max(self.first)..=last {
            if let Some(y) = self.y(step) {
                set(buf, x, y, '│', style);
            }
        }
        if last == self.end()
            && bundle.last > last
            && let Some(y) = self.y(last)
        {
            // Open at the end of the run, or only beyond the lines that fit.
            let is_end = self.chart.rows.last().is_none_or(|row| row.step == last);
            set(buf, x, y + 1, if bundle.open && is_end { '↓' } else { '│' }, style);
        }
    }

    /// The end of a message: from its lane to its receiver, or a little way if it is lost.
    fn branch(&self, link: &Link, bundles: &[Bundle], lit: bool, buf: &mut Buffer) {
        // Most of a long run is not to be seen.
        if !lit && link.ended().is_none_or(|step| self.y(step).is_none()) {
            return;
        }
        let style = if lit { self.palette.accent } else { self.palette.muted };
        let own = bundles.iter().find(|one| one.from == link.envelope.from && Some(one.sent) == link.sent);
        if lit && let Some(bundle) = own {
            self.light(bundle, link, style, buf);
        }
        let Some(y) = link.ended().and_then(|step| self.y(step)) else { return };
        let Some(from) = own.and_then(|one| self.lane(one)).or_else(|| self.columns.x(link.envelope.from)) else {
            return;
        };
        let to = match link.end {
            End::Lost(_) => Some(from + 2),
            _ => self.columns.x(link.envelope.to),
        };
        let Some(to) = to else { return };
        let is_last = own.is_some_and(|one| !one.open && Some(one.last) == link.ended());
        let rightward = to > from;
        let (low, high) = (from.min(to), from.max(to));
        for x in low + 1..high {
            let glyph = match (lit, glyph_at(buf, x, y)) {
                (true, "╮" | "┬" | "┳" | "┓") => '┳',
                (true, _) => '━',
                (false, "│" | "┼" | "┃") => '┼',
                (false, "╮" | "┬") => '┬',
                (false, _) => '─',
            };
            set(buf, x, y, glyph, style);
        }
        if own.is_some() {
            let glyph = match (lit, is_last, rightward) {
                (true, true, true) => '┗',
                (true, true, false) => '┛',
                (true, false, true) => '┣',
                (true, false, false) => '┫',
                (false, true, true) => '╰',
                (false, true, false) => '╯',
                (false, false, true) => '├',
                (false, false, false) => '┤',
            };
            set(buf, from, y, glyph, style);
        }
        match link.end {
            End::Lost(_) => set(buf, to, y, '✗', self.palette.down),
            _ if rightward => set(buf, to - 1, y, '▸', style),
            _ => set(buf, to + 1, y, '◂', style),
        }
    }

    /// The piece of a lane that a message took.
    fn light(&self, bundle: &Bundle, link: &Link, style: Style, buf: &mut Buffer) {
        let (Some(x), Some(sent), Some(ended)) = (self.lane(bundle), link.sent, link.ended()) else { return };
        self.begin(bundle, x, true, buf);
        for step in (sent + 1).max(self.first)..ended {
            if let Some(y) = self.y(step) {
                set(buf, x, y, '┃', style);
            }
        }
    }

    /// The number of each step, who took it, and what it was.
    fn steps(&self, buf: &mut Buffer) {
        if let Some(y) = self.y(0) {
            self.label(0, y, buf);
            self.text("the beginning", y, self.step == 0, buf);
        }
        for row in &self.chart.rows {
            let Some(y) = self.y(row.step) else { continue };
            self.label(row.step, y, buf);
            if let Some(x) = row.actor.and_then(|actor| self.columns.x(actor)) {
                let glyph = if matches!(row.action, Action::Crash(_)) { '✗' } else { '●' };
                let style = if row.step == self.step { self.palette.accent } else { self.palette.strong };
                set(buf, x, y, glyph, style);
            }
            self.text(&told(self.stage, row), y, row.step == self.step, buf);
        }
    }

    fn label(&self, step: u32, y: u16, buf: &mut Buffer) {
        let here = step == self.step;
        let mark = if here { "▸" } else { " " };
        let style = if here { self.palette.selected } else { self.palette.muted };
        let line = Line::from(vec![Span::styled(mark, self.palette.accent), Span::styled(format!("{step:>4}"), style)]);
        put(buf, Rect { y, height: 1, ..self.body }, 0, 0, &line);
    }

    fn text(&self, text: &str, y: u16, here: bool, buf: &mut Buffer) {
        let room = usize::from(self.body.right().saturating_sub(self.columns.text));
        let style = if here { self.palette.strong } else { self.palette.muted };
        if width(text) > 0 && room > 4 {
            buf.set_string(self.columns.text, y, cut(text, room), style);
        }
    }
}

/// What a step was, in few words.
fn told(stage: &Stage, row: &Row) -> String {
    match &row.action {
        Action::Deliver(envelope) => message(Notation::Screen, &envelope.message),
        Action::Drop(envelope) => format!("lost: {}", message(Notation::Screen, &envelope.message)),
        Action::Duplicate(envelope) => format!("doubled: {}", message(Notation::Screen, &envelope.message)),
        other => crate::script::action_text(other, stage.world()),
    }
}

fn glyph_at(buf: &Buffer, x: u16, y: u16) -> &str {
    buf.cell((x, y)).map_or("", ratatui::buffer::Cell::symbol)
}

fn set(buf: &mut Buffer, x: u16, y: u16, glyph: char, style: Style) {
    if let Some(cell) = buf.cell_mut((x, y)) {
        cell.set_char(glyph).set_style(style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both where a run is looked through again and where each step makes it longer.
    #[test]
    fn from_step_to_step_the_diagram_stands_still_and_the_step_is_in_sight() {
        for rows in [1, 5, 13, 17, 30, 43] {
            for total in [None, Some(3), Some(20), Some(70), Some(300)] {
                let steps = 0..=total.unwrap_or(300);
                let firsts: Vec<u32> =
                    steps.clone().map(|step| first_step(step, total.unwrap_or(step), rows)).collect();
                for (step, first) in steps.zip(&firsts) {
                    assert!((*first..first + rows).contains(&step), "step {step} of {total:?} in {rows} rows: {first}");
                }
                let moves: Vec<usize> = (1..firsts.len()).filter(|at| firsts[*at] != firsts[at - 1]).collect();
                let stands = moves.windows(2).map(|two| two[1] - two[0]).min().unwrap_or(usize::MAX);
                assert!(stands >= rows as usize / 4, "{rows} rows, {total:?}: it moves at {moves:?}");
                assert_eq!(moves.is_empty(), firsts.len() <= rows as usize, "{rows} rows, {total:?}: {moves:?}");
            }
        }
    }

    #[test]
    fn over_twenty_steps_it_moves_now_and_then_by_several_lines() {
        let firsts = (100..120).map(|step| first_step(step, step, 17));
        assert_eq!(firsts.collect::<BTreeSet<u32>>(), BTreeSet::from([84, 88, 92, 96, 100, 104]));
    }
}
