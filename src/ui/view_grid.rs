//! The votes of a slot as a grid of ballots by acceptors, and who knows what of every slot.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::Stage;
use crate::pmmc::{AcceptorId, Slot};
use crate::world::{Cell, Fate, Grid, GridRow, LeaderKnows, Reading, ReplicaKnows, grid, knowledge};

use super::Palette;
use super::prose;
use super::text::{cut, put, width, wrap};
use super::views::{either, first_of, more, title};

fn names(acceptors: impl IntoIterator<Item = AcceptorId>) -> String {
    acceptors.into_iter().map(|one| one.to_string()).collect::<Vec<_>>().join(", ")
}

/// One slot's votes: "the picture of why Paxos is safe".
pub(crate) fn votes(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let (slot, at, count) = stage.slot();
    let grid = grid(stage.world(), stage.session().history(), slot);
    let chosen = either(stage.session().history().chosen(slot).map(|(command, _)| command));
    let name = if chosen.is_empty() {
        format!("votes in slot {slot}: nothing chosen")
    } else {
        format!("votes in slot {slot}: {chosen} chosen")
    };
    let of = if count > 1 { format!("↑↓ slot {} of {count}", at + 1) } else { String::new() };
    title(stage, &name, &of, area, buf, palette);
    let cells = usize::from(area.width).saturating_sub(2);
    let below = readings(&grid, stage.world().cluster().majority(), cells, palette);
    let rows = usize::from(area.height).saturating_sub(3);
    // Ballots and readings share what is left; neither takes more than it needs.
    let for_below = if rows < SHARED { 0 } else { below.len().min(rows / 2 + 1) };
    let for_grid = grid.rows.len().min(rows.saturating_sub(for_below)).max(1);
    let columns = Columns::of(&grid, stage, cells);
    put(buf, area, 1, 1, &columns.head(stage, palette));
    let shown = most_telling(&grid, for_grid);
    let folded = grid.rows.len() - shown.len();
    let mut y = 2;
    for (nth, row) in shown.into_iter().enumerate() {
        let mut line = columns.row(stage, row, palette);
        if nth == 0 && folded > 0 {
            line.push_span(Span::styled(format!(" …+{folded} more"), palette.muted));
        }
        put(buf, area, 1, y, &line);
        y += 1;
    }
    let legends = [
        "✓ accepted  ▸ its ballot_num  · can still accept  × never, by the rules",
        "✓ accepted  ▸ ballot_num  · may  × never, by the rules",
        "✓ voted  ▸ is here  · may  × never",
    ];
    let legend = legends.into_iter().find(|legend| width(legend) <= cells).unwrap_or_default();
    put(buf, area, 1, y, &Line::styled(legend, palette.muted));
    // Its head alone says nothing.
    let room = usize::from(area.height.saturating_sub(y + 1));
    for line in prose::at_most(below, if room > 1 { room } else { 0 }, cells) {
        y += 1;
        put(buf, area, 1, y, &line);
    }
}

/// From so many rows on ballots share them with what the majorities say.
const SHARED: usize = 3;

/// So many rows, in their order: those first that pmax may name, because somebody voted under their ballot, and of those
/// and of the others the latest.
fn most_telling(grid: &Grid, count: usize) -> Vec<&GridRow> {
    let has_votes = |row: &GridRow| row.cells.iter().any(|cell| matches!(cell, Cell::Voted { .. }));
    let mut ranked: Vec<usize> = (0..grid.rows.len()).rev().collect();
    ranked.sort_by_key(|at| !has_votes(&grid.rows[*at]));
    ranked.truncate(count);
    ranked.sort_unstable();
    ranked.into_iter().filter_map(|at| grid.rows.get(at)).collect()
}

struct Columns {
    each: usize,
    shown: usize,
    /// Whether there is room for what a commander asks for, and for whole words.
    wordy: bool,
}

/// From so many cells on there is room for words.
const WORDY: usize = 70;

impl Columns {
    fn of(grid: &Grid, stage: &Stage, cells: usize) -> Self {
        let acceptors = usize::from(stage.world().cluster().acceptors).max(1);
        let wordy = cells >= WORDY;
        // The ballot with what it asks for, and what has become of it.
        let room = cells.saturating_sub(if wordy { 16 + 18 } else { 7 + 9 });
        let each = (room / acceptors).clamp(5, 10);
        let widest = grid.rows.iter().filter_map(|row| row.command).map(|one| width(&one.to_string()) + 4).max();
        let each = each.max(widest.unwrap_or(0));
        Self { each, shown: acceptors.min(room / each), wordy }
    }

    fn head(&self, stage: &Stage, palette: &Palette) -> Line<'static> {
        let world = stage.world();
        let asks = if self.wordy { " asks for" } else { "" };
        let mut line = Line::from(Span::styled(format!("{:<7}{asks}", "ballot"), palette.muted));
        for id in world.cluster().acceptors().take(self.shown) {
            let mark = if world.is_up(id.into()) { " " } else { "✗" };
            line.push_span(Span::styled(format!("{:<1$}", format!("{mark}{id}"), self.each), palette.strong));
        }
        let more = usize::from(world.cluster().acceptors) - self.shown;
        if more > 0 {
            line.push_span(Span::raw(format!("…+{more}")));
        }
        line
    }

    fn row(&self, stage: &Stage, row: &GridRow, palette: &Palette) -> Line<'static> {
        let style = if row.fate == Fate::Chosen { palette.strong } else { Style::new() };
        let mut line = Line::from(Span::styled(format!("{:<7}", row.ballot.to_string()), style));
        if self.wordy {
            let asks = row.command.map_or_else(String::new, |command| format!("{}: {command}", row.ballot.leader));
            line.push_span(Span::styled(format!(" {asks:<8}"), style));
        }
        for (cell, node) in row.cells.iter().zip(stage.world().acceptors()).take(self.shown) {
            let here = if node.state.ballot_num == Some(row.ballot) { "▸" } else { " " };
            let command = row.command.map(|command| command.to_string()).unwrap_or_default();
            let (text, style) = match cell {
                Cell::Voted { kept: true } => (format!("✓ {command}"), palette.strong),
                Cell::Voted { kept: false } => (format!("({command})"), palette.strong),
                Cell::Now | Cell::Later => ("·".to_owned(), Style::new()),
                Cell::Never => ("×".to_owned(), palette.muted),
            };
            line.push_span(Span::styled(here, palette.accent));
            line.push_span(Span::styled(format!("{text:<0$}", self.each - 1), style));
        }
        let command = row.command.map(|command| command.to_string()).unwrap_or_default();
        let (text, style) = match row.fate {
            Fate::Chosen => (format!("✓ {command} is chosen"), palette.good.bold()),
            Fate::Open { missing } => (format!("{command} needs {missing} more"), Style::new()),
            Fate::Over => ("× too late".to_owned(), palette.muted),
            Fate::Waiting if self.wordy => ("no commander yet".to_owned(), palette.muted),
            Fate::Waiting => ("no cmdr".to_owned(), palette.muted),
        };
        let text = if self.wordy { text } else { text.replace(" is chosen", "").replace(" more", "") };
        line.push_span(Span::styled(text, style));
        line
    }
}

/// What every majority would make a new leader propose.
fn readings(grid: &Grid, majority: usize, cells: usize, palette: &Palette) -> Vec<Line<'static>> {
    let consequence = |reading: &Reading| match reading.forced {
        Some((ballot, command)) => format!("pmax = {command} of {ballot}: it must propose {command}"),
        None => "pmax has nothing: it may propose what it likes".to_owned(),
    };
    let mut told: Vec<(String, String)> = Vec::new();
    match grid.readings.as_slice() {
        [] => {}
        [only] => told.push((format!("any majority of {majority}"), consequence(only))),
        several => {
            let all: u128 = several.iter().map(|reading| reading.count).sum();
            for reading in several {
                let listed: Vec<String> =
                    reading.majorities.iter().map(|one| format!("{{{}}}", names(one.iter().copied()))).collect();
                let who = if reading.count == reading.majorities.len() as u128 && reading.count <= 3 {
                    listed.join(" ")
                } else {
                    format!("{} of {all} majorities, as {}", reading.count, listed.first().cloned().unwrap_or_default())
                };
                told.push((who, consequence(reading)));
            }
        }
    }
    let mut lines = vec![Line::styled(cut("A new leader that now hears from", cells), palette.strong)];
    for (who, what) in told {
        let text = format!("{who}: {what}");
        for (nth, text) in wrap(&text, cells.saturating_sub(2)).into_iter().enumerate() {
            let indent = if nth == 0 { "  " } else { "    " };
            lines.push(Line::raw(format!("{indent}{text}")));
        }
    }
    lines
}

/// What the signs of who knows mean: as many words as there is room for, and no sign left out.
const KNOWS: [&str; 4] = [
    "· nothing  ○ wants it, or proposed it  2/3 votes counted  ✓ was told it, or learned it  ● performed it",
    "· nothing  ○ wants, proposed  2/3 votes  ✓ told, learned  ● performed",
    "· no  ○ wants  2/3 votes  ✓ told, learned  ● performed",
    "· no ○ wants 2/3 votes ✓ told ● done",
];

/// Every slot: what is chosen, and who knows.
pub(crate) fn knows(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let (slot, at, count) = stage.slot();
    let below = match area.height {
        0..8 => 0,
        8..12 => 3,
        _ => 4,
    };
    let rows = usize::from(area.height).saturating_sub(2 + below).max(1);
    let first = first_of(at, count, rows);
    title(stage, "what is true, and who knows it", &more(first, count, rows), area, buf, palette);
    let cells = usize::from(area.width).saturating_sub(2);
    let table = Table::of(stage, cells);
    put(buf, area, 1, 1, &table.head(stage, palette));
    let slots = stage.slots();
    let shown = slots.iter().skip(first).take(rows);
    let mut y = 2;
    for one in shown {
        let selected = *one == slot && count > 1 && stage.focused_view().is_some();
        put(buf, area, 0, y, &Line::styled(if selected { "▸" } else { " " }, palette.accent));
        put(buf, area, 1, y, &table.row(stage, *one, palette));
        y += 1;
    }
    let rest = usize::from(area.height.saturating_sub(y));
    let mut below = Vec::new();
    below.extend(KNOWS.into_iter().find(|legend| width(legend) <= cells).map(|one| (one.to_owned(), palette.muted)));
    let summary = wrap(&summary(stage, slot), cells);
    below.extend(summary.into_iter().map(|text| (text, Style::new())));
    for (text, style) in below.into_iter().take(rest) {
        put(buf, area, 1, y, &Line::styled(text, style));
        y += 1;
    }
}

/// What is true of a slot and who knows it, as sentences.
fn summary(stage: &Stage, slot: Slot) -> String {
    let known = knowledge(stage.world(), stage.session().history(), slot);
    let cluster = stage.world().cluster();
    let told = |knows: &LeaderKnows| matches!(knows, LeaderKnows::Told(_));
    let learned = |knows: &ReplicaKnows| matches!(knows, ReplicaKnows::Learned(_) | ReplicaKnows::Performed(_));
    let leaders = cluster.leaders().zip(&known.leaders).filter(|(_, knows)| told(knows)).map(|(id, _)| id.to_string());
    let replicas =
        cluster.replicas().zip(&known.replicas).filter(|(_, knows)| learned(knows)).map(|(id, _)| id.to_string());
    let who: Vec<String> = leaders.chain(replicas).collect();
    let truth = match known.chosen.as_slice() {
        [] => {
            let nothing = format!("Slot {slot}: no majority accepted one command under one ballot: nothing is chosen.");
            return if who.is_empty() { nothing } else { format!("{nothing} Yet believed by {}!", who.join(", ")) };
        }
        [(command, ballot, voters)] => {
            format!("Slot {slot}: {command} is chosen, since {{{}}} accepted it under {ballot}.", names(voters.iter()))
        }
        several => {
            format!("Slot {slot}: {} are chosen, and that must never be!", either(several.iter().map(|(one, ..)| *one)))
        }
    };
    if who.is_empty() {
        format!("{truth} Nobody knows it yet.")
    } else {
        format!("{truth} Known to {}.", who.join(", "))
    }
}

struct Table {
    each: usize,
    shown: usize,
    short: bool,
}

/// The cells of `slot 1 ` and of what is chosen.
const TRUTH: usize = 16;

impl Table {
    fn of(stage: &Stage, cells: usize) -> Self {
        let cluster = stage.world().cluster();
        let processes = usize::from(cluster.leaders) + usize::from(cluster.replicas);
        let room = cells.saturating_sub(5 + TRUTH);
        let each = (room / processes.max(1)).clamp(6, 15);
        Self { each, shown: processes.min(room / each), short: each < 13 }
    }

    fn head(&self, stage: &Stage, palette: &Palette) -> Line<'static> {
        let cluster = stage.world().cluster();
        let leaders = cluster.leaders().map(crate::pmmc::ProcessId::from);
        let all = leaders.chain(cluster.replicas().map(crate::pmmc::ProcessId::from));
        let mut line = Line::styled(format!("{:<5}{:<2$}", "slot", "chosen", TRUTH), palette.muted);
        for process in all.take(self.shown) {
            let mark = if stage.world().is_up(process) { "" } else { "✗" };
            line.push_span(Span::styled(format!("{:<1$}", format!("{process}{mark}"), self.each), palette.strong));
        }
        let more = usize::from(cluster.leaders) + usize::from(cluster.replicas) - self.shown;
        if more > 0 {
            line.push_span(Span::raw(format!("…+{more}")));
        }
        line
    }

    fn row(&self, stage: &Stage, slot: Slot, palette: &Palette) -> Line<'static> {
        let known = knowledge(stage.world(), stage.session().history(), slot);
        let truth = match known.chosen.as_slice() {
            [] => ("nothing yet".to_owned(), palette.muted),
            [(command, ballot, _)] => (format!("✓ {command} under {ballot}"), palette.good.bold()),
            several => (format!("✗ {}", either(several.iter().map(|(command, ..)| *command))), palette.bad),
        };
        let acceptors = stage.world().cluster().acceptors;
        let mut line = Line::from(Span::styled(format!("{:<5}", slot.to_string()), palette.strong));
        line.push_span(Span::styled(format!("{:<TRUTH$}", cut(&truth.0, TRUTH - 1)), truth.1));
        let leaders = known.leaders.iter().map(|knows| match knows {
            LeaderKnows::Nothing => ("·".to_owned(), String::new(), Style::new()),
            LeaderKnows::Wants(command) => ("○".to_owned(), format!("wants {command}"), Style::new()),
            LeaderKnows::Counts(command, votes) => {
                (format!("{votes}/{acceptors}"), format!("for {command}"), Style::new())
            }
            LeaderKnows::Told(command) => ("✓".to_owned(), format!("told {command}"), palette.strong),
        });
        let replicas = known.replicas.iter().map(|knows| match knows {
            ReplicaKnows::Nothing => ("·".to_owned(), String::new(), Style::new()),
            ReplicaKnows::Proposed(command) => ("○".to_owned(), format!("proposed {command}"), Style::new()),
            ReplicaKnows::Learned(command) => ("✓".to_owned(), format!("learned {command}"), palette.strong),
            ReplicaKnows::Performed(command) => ("●".to_owned(), format!("performed {command}"), palette.strong),
        });
        for (glyph, words, style) in leaders.chain(replicas).take(self.shown) {
            let words = if self.short { words.rsplit(' ').next().unwrap_or_default().to_owned() } else { words };
            let text = cut(&format!("{glyph} {words}"), self.each - 1);
            line.push_span(Span::styled(format!("{text:<0$}", self.each), style));
        }
        line
    }
}
