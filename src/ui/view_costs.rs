//! What each command and each election cost, next to what the slides count: with all that is known of each where there is
//! room, else as a table with all that is known of the selected one below it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::Stage;
use crate::pmmc::MessageKind;
use crate::world::{Bill, messages_of_a_command, messages_of_an_election};

use super::Palette;
use super::text::{cut, put, rule, width, wrap};
use super::views::{Lines, first_of, list, more, title};

/// A command or an election.
struct Cost<'a> {
    /// `command A: put k1 v1`, `election 0.1, K = 0`
    name: String,
    /// `A: put k1 v1`, `election 0.1`
    short: String,
    is_command: bool,
    delays: Option<u32>,
    formula: u64,
    bill: &'a Bill,
}

/// Draws the view; whether a part of it is out of sight.
pub(crate) fn draw(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) -> bool {
    let costs = costs(stage);
    let rows = usize::from(area.height) - 1;
    let cells = usize::from(area.width).saturating_sub(2);
    let formulas = wrap(&formulas(stage), cells);
    let head = || formulas.iter().map(|line| (0, Line::styled(line.clone(), palette.muted)));
    let mut lines: Lines = head().collect();
    for (at, cost) in costs.iter().enumerate() {
        lines.push((at, Line::styled(cost.name.clone(), palette.strong)));
        lines.extend(cost.details(cells).into_iter().map(|line| (at, line)));
    }
    if lines.len() <= rows {
        return list(stage, "costs", &lines, area, buf, palette);
    }
    table(stage, &costs, &formulas, area, buf, palette);
    // Below the table one after the other is told of.
    costs.len() > 1
}

/// What a run without faults costs.
fn formulas(stage: &Stage) -> String {
    let cluster = stage.world().cluster();
    format!(
        "without faults a command costs 3r + r·l + 2n = {} messages and 6 delays to the answer; an election 2n + K(2n + r), \
         K being the proposals that it takes over (r = {} replicas, l = {} leaders, n = {} acceptors)",
        messages_of_a_command(cluster),
        cluster.replicas,
        cluster.leaders,
        cluster.acceptors
    )
}

fn costs(stage: &Stage) -> Vec<Cost<'_>> {
    let cluster = stage.world().cluster();
    let costs = stage.session().costs();
    let commands = costs.commands().map(|(command, bill)| {
        let op = stage.world().context().command(command).map(|one| one.op.to_string()).unwrap_or_default();
        let (short, delays) = (format!("{command}: {op}"), costs.delays(command));
        let name = format!("command {short}");
        Cost { name, short, is_command: true, delays, formula: messages_of_a_command(cluster), bill }
    });
    let elections = costs.elections().map(|(ballot, bill)| {
        let taken = costs.taken_over(ballot) as u64;
        let (short, delays) = (format!("election {ballot}"), costs.election_delays(ballot));
        let name = format!("{short}, K = {taken}");
        Cost { name, short, is_command: false, delays, formula: messages_of_an_election(cluster, taken), bill }
    });
    commands.chain(elections).collect()
}

impl Cost<'_> {
    /// How many messages there were, next to the formula.
    fn compared(&self) -> &'static str {
        match self.bill.total().cmp(&self.formula) {
            std::cmp::Ordering::Less => "of",
            std::cmp::Ordering::Equal => "=",
            std::cmp::Ordering::Greater => ">",
        }
    }

    fn writes(&self) -> u64 {
        self.bill.writes().map(|(_, count)| count).sum()
    }

    /// All that is known of it, in lines of so many cells.
    fn details(&self, cells: usize) -> Vec<Line<'static>> {
        let cells = cells.saturating_sub(2);
        let total = self.bill.total();
        let of_the_formula = if total < self.formula { "" } else { " of the formula" };
        let not = if self.is_command { "no answer yet" } else { "not elected" };
        let delays = self.delays.map_or_else(|| not.to_owned(), |delays| plural(delays.into(), "delay"));
        let (writes, safety) = (self.writes(), self.bill.writes_for_safety());
        let for_safety = if safety == writes { String::new() } else { format!(", {safety} of them for safety") };
        let mut counts = format!(
            "{} {} {}{of_the_formula} · {delays} · {}{for_safety}",
            plural(total, "message"),
            self.compared(),
            self.formula,
            plural(writes, "stable write")
        );
        // Its commander was started because somebody was elected.
        let voted = self.bill.messages().any(|(kind, _)| kind == MessageKind::P2a);
        if self.is_command && self.delays.is_some() && !voted {
            counts.push_str(" · an election that took it over paid for the votes");
        }
        let kinds: Vec<String> = self.bill.messages().map(|(kind, count)| format!("{} {count}", kind.name())).collect();
        let told = wrap(&counts, cells).into_iter().chain(wrap(&kinds.join(" · "), cells));
        told.map(|text| Line::raw(format!("  {text}"))).collect()
    }
}

/// The cells of the numbers behind a name, without the writes.
const NUMBERS: usize = 28;

/// The cells of the writes; where there is less room than so much for all they stand below the table only.
const WRITES: (usize, usize) = (8, 46);

/// A line each, below what the numbers are; below them all that is known of the selected one.
fn table(stage: &Stage, costs: &[Cost<'_>], formulas: &[String], area: Rect, buf: &mut Buffer, palette: &Palette) {
    let cells = usize::from(area.width).saturating_sub(2);
    let selected = stage.view_line().min(costs.len().saturating_sub(1));
    // As high for each, so that nothing moves while one after the other is selected.
    let most = costs.iter().map(|cost| cost.details(cells).len()).max().unwrap_or(0);
    let below = (most as u16 + 1).min(area.height.saturating_sub(4));
    // Where there is little room the numbers come first.
    let formulas = if usize::from(area.height - below) >= formulas.len() + 8 { formulas } else { &[] };
    let top = 2 + formulas.len() as u16;
    let rows = usize::from(area.height.saturating_sub(top + below));
    let first = first_of(selected, costs.len(), rows);
    title(stage, "costs", &more(first, costs.len(), rows), area, buf, palette);
    for (y, text) in (1..).zip(formulas) {
        put(buf, area, 1, y, &Line::styled(text.clone(), palette.muted));
    }
    let has_writes = cells >= WRITES.1;
    let numbers = NUMBERS + if has_writes { WRITES.0 } else { 0 };
    let names = costs.iter().map(|cost| width(&cost.short)).max().unwrap_or(0).min(cells.saturating_sub(numbers));
    let head = format!("{:names$}  messages formula  delays{}", "", if has_writes { "  writes" } else { "" });
    put(buf, area, 1, top - 1, &Line::styled(cut(&head, cells), palette.muted));
    for (y, (at, cost)) in (top..).zip(costs.iter().enumerate().skip(first).take(rows)) {
        let delays = cost.delays.map_or_else(|| "-".to_owned(), |delays| delays.to_string());
        let name = cut(&cost.short, names);
        let pad = " ".repeat(names - width(&name));
        let (total, sign, formula) = (cost.bill.total(), cost.compared(), cost.formula);
        let writes = if has_writes { format!("  {:>6}", cost.writes()) } else { String::new() };
        let text = format!("{name}{pad}  {total:>8} {sign:>2} {formula:<6}  {delays:>6}{writes}");
        let is_selected = at == selected && stage.focused_view().is_some();
        if is_selected {
            put(buf, area, 0, y, &Line::styled("▸", palette.accent));
        }
        put(buf, area, 1, y, &Line::styled(text, if is_selected { palette.strong } else { Style::new() }));
    }
    let Some(cost) = costs.get(selected) else { return };
    let below = Rect { y: area.bottom() - below, height: below, ..area };
    rule(buf, below, Span::styled(cost.name.clone(), palette.strong), "", palette.muted);
    for (y, line) in (1..below.height).zip(cost.details(cells)) {
        put(buf, below, 1, y, &line);
    }
}

fn plural(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
