//! The stage screen: header, clients, processes and wires, messages, why, and what can be pressed.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::lesson::{BeatView, Panel, Player};
use crate::app::{Ask, Focus, Foresight, Model, Notice, Overlay, Seek, Stage, Target, View};
use crate::pmmc::ProcessId;
use crate::world::text::{Notation, message};
use crate::world::{Action, Envelope, Event, Invariant, World, lit};

use super::boxes::Marks;
use super::fields::Worlds;
use super::plan::{self, Panels, Scene, Teaching};
use super::text::{at_most, put, rule, wrap};
use super::{
    Palette, Seen, Zone, bottom, boxes, flight, header, lesson, seek, slide, view_grid, view_time, views, wires,
};

/// Draws the whole screen.
pub(crate) fn draw(model: &Model, stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) -> Vec<Zone> {
    let panels = panels(model, stage, area);
    header::draw(stage, panels.header, buf, palette);
    let cuts = |player: &Player| lesson::is_cut(model, player, panels.lesson, !panels.why.is_empty(), palette);
    let is_cut = stage.lesson().is_some_and(cuts);
    let Drawn { mut zones, scrolls } = body(model, stage, area, panels, buf, palette);
    if let Some(notice) = said_in_bar(model, stage, panels) {
        bottom::in_bar(notice, panels.hints, buf, palette);
    } else {
        // Without the focus a view does not hear the arrows; a line that is typed does.
        let hears = match model.overlay() {
            None => stage.focused_view().is_some(),
            Some(overlay) => matches!(overlay, Overlay::Seek(_)),
        };
        let seen = Seen { is_cut, scrolls: scrolls || !hears };
        zones.extend(super::hint_bar(model, seen, panels.hints, buf, palette));
    }
    zones
}

/// What came of drawing.
struct Drawn {
    zones: Vec<Zone>,
    /// Whether up and down are of any use in the open view, or in the questions if they are open.
    scrolls: bool,
}

/// All between the header and what can be pressed.
fn body(model: &Model, stage: &Stage, area: Rect, panels: Panels, buf: &mut Buffer, palette: &Palette) -> Drawn {
    let mut zones = Vec::new();
    if let Some(open) = seeking(model).filter(|_| panels.side.is_empty()) {
        let top = panels.header.bottom();
        let below = Rect { y: top, height: panels.hints.y.saturating_sub(top), ..panels.header };
        let scrolls = seek::draw(model, stage, open, below, buf, palette);
        return Drawn { zones, scrolls };
    }
    let place = stage.view().and_then(|view| views::place(stage, view, area, &panels));
    if let Some(views::Place::Whole { view, strip }) = place {
        let scrolls = views::draw(stage, view, true, buf, palette);
        zones.push((view, Target::Panel(Focus::View)));
        zones.extend(flight::draw(stage, strip, false, buf, palette));
        urgent(model, stage, panels, buf, palette);
        return Drawn { zones, scrolls };
    }
    header::clients(stage, panels.clients, buf, palette);
    if area.height < 16 {
        zones.extend(one_panel(model, stage, panels, buf, palette));
        return Drawn { zones, scrolls: true };
    }
    let told = stage.lesson().filter(|player| !player.off_path()).map(Player::beat);
    match told.as_ref().and_then(|beat| beat.panel) {
        Some(Panel::Votes) => view_grid::votes(stage, panels.stage, buf, palette),
        Some(Panel::Knowledge) => view_grid::knows(stage, panels.stage, buf, palette),
        Some(Panel::Table) => table(told.as_ref(), panels.stage, buf, palette),
        None if is_large(stage, area) => zones.extend(slide::draw(stage, panels.stage, buf, palette)),
        None => zones.extend(processes(stage, panels.stage, buf, palette)),
    }
    let below = lower(model, stage, panels, place, buf, palette);
    zones.extend(below.zones);
    let mut scrolls = below.scrolls;
    match place {
        _ if seeking(model).is_some() && !panels.side.is_empty() => {
            side_edge(panels.side, buf, palette);
            let inner = Rect { x: panels.side.x + 2, width: panels.side.width.saturating_sub(2), ..panels.side };
            if let Some(open) = seeking(model) {
                scrolls = seek::draw(model, stage, open, inner, buf, palette);
            }
        }
        Some(views::Place::Side(view)) => {
            scrolls = view_at_side(model, stage, panels, view, buf, palette);
            zones.push((view, Target::Panel(Focus::View)));
        }
        Some(views::Place::Below { .. }) if panels.side.is_empty() => urgent(model, stage, panels, buf, palette),
        _ if panels.side.is_empty() => talk(model, stage, panels, buf, palette),
        _ => side(model, stage, panels.side, buf, palette),
    }
    Drawn { zones, scrolls }
}

/// Below the stage: the lesson's words and the messages, or the view that stands there.
fn lower(
    model: &Model,
    stage: &Stage,
    panels: Panels,
    place: Option<views::Place>,
    buf: &mut Buffer,
    palette: &Palette,
) -> Drawn {
    let wall = views::wall(&panels);
    if let Some(views::Place::Below { flight, view }) = place {
        // The panel at the side says why, and what the selected message would do.
        let alone = panels.side.is_empty();
        let mut zones = flight::draw(stage, flight, !alone, buf, palette);
        let scrolls = views::draw(stage, view, alone, buf, palette);
        zones.push((view, Target::Panel(Focus::View)));
        return Drawn { zones, scrolls };
    }
    if let Some(player) = stage.lesson()
        && !lesson::draw(model, player, panels.lesson, !panels.why.is_empty(), buf, palette)
        && panels.side.is_empty()
    {
        lesson::notes(model, panels.stage, buf, palette);
    }
    let covered = matches!(place, Some(views::Place::Side(_)));
    let elsewhere = !panels.side.is_empty() && !covered;
    let mut area = wall.map_or(panels.flight, |(flight, _)| flight);
    // What the selected message would do stands near the messages that have a number, not at the bottom of a high panel.
    if covered && stage.lesson().is_none() && stage.shown().len() <= flight::NUMBERED {
        area.height = area.height.min(flight::NUMBERED as u16 + 3);
    }
    let zones = flight::draw(stage, area, elsewhere, buf, palette);
    if let Some((_, area)) = wall {
        view_time::draw(stage, area, false, buf, palette);
    }
    Drawn { zones, scrolls: true }
}

/// Where the panels of this stage are.
fn panels(model: &Model, stage: &Stage, area: Rect) -> Panels {
    // Where a task's goal is reached its words are what matters.
    let reached = |player: &Player| !player.off_path() && player.task().is_some_and(|task| task.reached);
    let lesson = stage.lesson().map(|player| {
        let wanted = lesson::wanted(model, player, area.width);
        match () {
            () if reached(player) => Teaching::HasPlayed,
            () if stage.foresees() => Teaching::LetsPlay { wanted },
            () if stage.asks() => {
                let least = lesson::least(model, player, area.width);
                Teaching::Asks { wanted, least, of_message: player.asked().is_some() }
            }
            () => Teaching::Tells,
        }
    });
    let scene = Scene { lesson, large: is_large(stage, area), diagram: stage.view() == Some(View::Time) };
    let cluster = stage.world().cluster();
    let mut panels = plan::panels(area, cluster, scene);
    // An answer asks for as much room as it needs, too.
    let answered = stage.lesson().filter(|_| panels.lesson.height > 0);
    let answered = answered.and_then(|player| lesson::answered(model, player, area.width));
    if let Some(wanted) = answered.filter(|wanted| *wanted > panels.lesson.height) {
        let lesson = Some(Teaching::Asks { wanted, least: wanted, of_message: false });
        panels = plan::panels(area, cluster, Scene { lesson, ..scene });
    }
    // Whoever looks for messages must see what is found: above the line that is typed.
    if finds(model) && panels.side.is_empty() && area.height >= 16 {
        let top = panels.stage.bottom();
        panels.flight = Rect { y: top, height: panels.hints.y.saturating_sub(top + PROMPT), ..panels.stage };
        panels.why = Rect { y: panels.flight.bottom(), height: PROMPT, ..panels.stage };
        panels.lesson = Rect::default();
    }
    panels
}

/// The rows of a prompt.
const PROMPT: u16 = 3;

/// Whether a part of a message's text is typed.
fn finds(model: &Model) -> bool {
    matches!(model.overlay(), Some(Overlay::Typing(typing)) if typing.ask == Ask::Find)
}

/// Whether the processes that matter are shown large.
fn is_large(stage: &Stage, area: Rect) -> bool {
    stage.large(plan::is_small(area))
}

/// A prompt or refusal over a view that covers the place where they are told; a note beside a question above what is
/// asked, so that no choice is hidden.
fn urgent(model: &Model, stage: &Stage, panels: Panels, buf: &mut Buffer, palette: &Palette) {
    if !is_urgent(model, stage) || said_in_bar(model, stage, panels).is_some() {
        return;
    }
    let beside = stage.asks() && model.overlay().is_none() && stage.view().is_none();
    let below = if beside && !panels.lesson.is_empty() { panels.lesson.y } else { panels.hints.y };
    let height = urgent_height(model, stage, panels.hints.width).min(below);
    let area = Rect { y: below - height, height, ..panels.hints };
    clear(area, buf);
    if height == 1 {
        bottom::in_one_row(model, area, buf, palette);
    } else {
        bottom::draw(model, stage, area, buf, palette);
    }
}

/// What is only to be known of a lesson takes the place of what can be pressed, where it fits, until the next key: what
/// the lesson tells and asks stays in sight. Beside a question so does what is refused.
fn said_in_bar<'a>(model: &'a Model, stage: &Stage, panels: Panels) -> Option<&'a Notice> {
    let covers = stage.lesson().is_some() && model.overlay().is_none() && panels.side.is_empty();
    let is_told = |notice: &&Notice| !notice.refused || stage.asks();
    let notice = model.notice().filter(|notice| covers && panels.why.height < 3 && is_told(notice))?;
    bottom::fits_bar(notice, panels.hints.width).then_some(notice)
}

/// Whether something must be told though there may be no room for it.
fn is_urgent(model: &Model, stage: &Stage) -> bool {
    model.notice().is_some() || model.overlay().is_some() || stage.trouble().is_some()
}

/// So much covers as little as it can of what is asked; what is wrong with a lesson's file is told whole.
fn urgent_height(model: &Model, stage: &Stage, width: u16) -> u16 {
    let cells = usize::from(width).saturating_sub(2);
    let lines = |text: &str| u16::try_from(wrap(text, cells).len()).unwrap_or(u16::MAX);
    match (model.overlay(), model.notice(), stage.trouble()) {
        (Some(Overlay::Typing(typing)), ..) if typing.ask == Ask::Autoplay => {
            2 + u16::try_from(super::typing::autoplay_words(cells).len()).unwrap_or(u16::MAX - 2)
        }
        (Some(_), ..) => 3,
        (None, Some(notice), _) if bottom::fits_one_row(notice, width) => 1,
        (None, Some(notice), _) => 1 + lines(&bottom::sentence(&notice.text)).clamp(1, 2),
        (None, None, Some(trouble)) => 1 + lines(trouble).clamp(1, 8),
        (None, None, None) => 0,
    }
}

/// The questions to the explorer, if they are open.
fn seeking(model: &Model) -> Option<&Seek> {
    match model.overlay() {
        Some(Overlay::Seek(seek)) => Some(seek),
        _ => None,
    }
}

fn side_edge(area: Rect, buf: &mut Buffer, palette: &Palette) {
    for y in area.y..area.bottom() {
        buf.set_string(area.x, y, "│", palette.muted);
    }
}

/// The why; a prompt or refusal is shown even where there is no room for the why.
fn talk(model: &Model, stage: &Stage, panels: Panels, buf: &mut Buffer, palette: &Palette) {
    if !is_urgent(model, stage) {
        bottom::draw(model, stage, panels.why, buf, palette);
        return;
    }
    if panels.why.height < urgent_height(model, stage, panels.hints.width) {
        urgent(model, stage, panels, buf, palette);
        return;
    }
    clear(panels.why, buf);
    bottom::draw(model, stage, panels.why, buf, palette);
}

fn clear(area: Rect, buf: &mut Buffer) {
    ratatui::widgets::Widget::render(ratatui::widgets::Clear, area.intersection(buf.area), buf);
}

/// What is marked at each process.
pub(crate) struct Marked {
    pub(crate) actor: Option<ProcessId>,
    wire: [Option<ProcessId>; 2],
    chosen: Option<ProcessId>,
    pub(crate) looked_at: Vec<String>,
    /// Who tells the outcome that is shown from the others.
    heard: Vec<ProcessId>,
}

impl Marked {
    pub(crate) fn of(stage: &Stage) -> Self {
        let selected = stage.pointed_at();
        let beat = stage.lesson().filter(|player| !player.off_path()).map(Player::beat);
        let look_at = beat.map(|beat| beat.look_at).unwrap_or_default();
        let looked_at = look_at.iter().filter_map(|one| one.split('.').next().map(str::to_owned));
        let told_of = stage.told_of();
        let is_told = |actor: &ProcessId| told_of.as_ref().is_none_or(|all| all.contains(&actor.to_string()));
        Self {
            actor: stage.actor().filter(|actor| stage.marks_step() && is_told(actor)),
            wire: [selected.map(|one| one.from), selected.map(|one| one.to)],
            chosen: stage.focused_process(),
            looked_at: looked_at.collect(),
            heard: stage.lesson().map(Player::heard).unwrap_or_default(),
        }
    }

    pub(crate) fn at(&self, process: ProcessId) -> Marks {
        Marks {
            acted: self.actor == Some(process),
            at_wire: self.wire.contains(&Some(process)),
            receives: self.wire[1] == Some(process),
            chosen: self.chosen == Some(process),
            looked_at: self.heard.contains(&process) || self.looked_at.contains(&process.to_string()),
        }
    }
}

/// `foresight`: what the selected message would do. What the last step changed is marked only where it is told of.
/// `told`: the world to compare with, if it is not the one before the last step.
pub(crate) fn worlds<'a>(
    stage: &'a Stage,
    told: Option<&'a World>,
    foresight: Option<&'a Foresight>,
    palette: &'a Palette,
) -> Worlds<'a> {
    let arrived = match stage.session().last_action() {
        Some(Action::Deliver(envelope)) if told.is_some() => Some(envelope.to),
        _ => None,
    };
    let last = stage.session().now().before.as_ref();
    let foreseen = foresight.filter(|_| !stage.tells_what_was()).and_then(|foresight| foresight.then.as_ref().ok());
    Worlds {
        now: stage.world(),
        arrival: last.zip(arrived),
        earlier: false,
        before: told.or(last).filter(|_| stage.marks_step()),
        after: foreseen.map(|(after, _)| after),
        history: stage.shows_chosen().then(|| stage.session().history()),
        slot: stage.slot_spoken_of(),
        asked: stage.selected().filter(|_| stage.asks_of_message()).map(|envelope| envelope.to),
        space: usize::MAX,
        suspicions: stage.session().suspicions(),
        brief: false,
        palette,
    }
}

/// Runs side by side.
fn table(told: Option<&BeatView>, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let Some((beat, table)) = told.and_then(|beat| Some((beat, beat.table.as_ref()?))) else { return };
    let lines = lesson::compared(table, beat, usize::from(area.width).saturating_sub(4), palette);
    let top = area.height.saturating_sub(lines.len() as u16) / 2;
    for (y, line) in (top..area.height).zip(lines) {
        put(buf, area, 2, y, &line);
    }
}

/// All processes in their places, and the wires between them.
fn processes(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) -> Vec<Zone> {
    let spots = plan::spots(area, stage.world().cluster(), stage.focused_process());
    let marked = Marked::of(stage);
    let foresight = stage.foresight();
    let told = stage.lesson().and_then(Player::told_since);
    let worlds = worlds(stage, told.as_ref(), foresight.as_deref(), palette);
    for spot in &spots.all {
        boxes::draw(worlds.of(spot.process), *spot, marked.at(spot.process), buf);
    }
    for (area, more) in &spots.more {
        put(buf, *area, 1, 0, &Line::styled(format!("…+{more} more"), palette.muted));
    }
    wires::draw(stage, &spots, buf, palette);
    spots.all.iter().map(|spot| (spot.area, Target::Process(spot.process))).collect()
}

/// A small screen: one panel at a time, the selected message, and the why below it.
fn one_panel(model: &Model, stage: &Stage, panels: Panels, buf: &mut Buffer, palette: &Palette) -> Vec<Zone> {
    let top = panels.header.bottom();
    let talk_height = 3;
    let lists = stage.lesson().is_none() && stage.focus() == Focus::InFlight;
    let teaches = stage.lesson().is_some() && stage.focus() == Focus::InFlight;
    let strip_height = u16::from(!lists);
    // A lesson's words need all the room that there is; they say why themselves.
    let talk_height = if teaches { 0 } else { talk_height };
    let height = panels.hints.y.saturating_sub(top + talk_height + strip_height);
    let area = Rect { x: panels.header.x, y: top, width: panels.header.width, height };
    let strip = Rect { y: top + height, height: strip_height, ..area };
    let below = Rect { y: strip.y + strip_height, height: talk_height, ..area };
    let mut zones = match (stage.lesson(), stage.focus()) {
        (_, Focus::Processes | Focus::View) => processes(stage, area, buf, palette),
        (Some(player), Focus::InFlight) => {
            if !lesson::draw(model, player, area, false, buf, palette) {
                lesson::notes(model, Rect { height: area.height / 2, ..area }, buf, palette);
            }
            Vec::new()
        }
        (None, Focus::InFlight) => flight::draw(stage, area, false, buf, palette),
    };
    if !lists {
        zones.extend(flight::draw(stage, strip, false, buf, palette));
    }
    if teaches {
        urgent(model, stage, panels, buf, palette);
    } else {
        bottom::draw(model, stage, below, buf, palette);
    }
    zones
}

/// A view at the side of a large screen, and the lesson above it; whether up and down are of any use in the view.
fn view_at_side(model: &Model, stage: &Stage, panels: Panels, view: Rect, buf: &mut Buffer, palette: &Palette) -> bool {
    side_edge(panels.side, buf, palette);
    if let Some(player) = stage.lesson() {
        let upper = Rect { y: panels.side.y, height: view.y - panels.side.y, ..view };
        lesson::draw(model, player, upper, false, buf, palette);
    }
    let scrolls = views::draw(stage, view, true, buf, palette);
    urgent(model, stage, panels, buf, palette);
    scrolls
}

/// The panel at the side of a large screen: lesson, why with all its sentences, what was executed, what would be, the
/// invariants. Each has rows of its own, so that none moves when another has more to say.
fn side(model: &Model, stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let inner = Rect { x: area.x + 2, width: area.width.saturating_sub(2), ..area };
    side_edge(area, buf, palette);
    let mut y = 0;
    if let Some(player) = stage.lesson() {
        let height = views::SIDE_LESSON.min(inner.height / 2);
        lesson::draw(model, player, Rect { height, ..inner }, true, buf, palette);
        y = height;
    }
    let height = 9.min(inner.height.saturating_sub(y));
    let why = Rect { y: inner.y + y, height, ..inner };
    if stage.asks() && !is_urgent(model, stage) {
        rule(buf, why, Span::styled("why", palette.strong), "", palette.muted);
        put(buf, why, 1, 1, &Line::styled("After the answer.", palette.muted));
    } else {
        bottom::draw(model, stage, why, buf, palette);
    }
    y += height;
    let height = inner.height.saturating_sub(y);
    besides(stage, Rect { y: inner.y.saturating_add(y), height, ..inner }, buf, palette);
}

/// What was executed, what would be, the invariants, below each other as far as they fit. What was executed stands where
/// it stands whether or not anything would be, and has all rows that the others leave.
fn besides(stage: &Stage, inner: Rect, buf: &mut Buffer, palette: &Palette) {
    let cells = usize::from(inner.width).saturating_sub(2);
    let holding = u16::try_from(folded(&holding(), cells).len()).unwrap_or(u16::MAX).saturating_add(2);
    let would_be = if stage.foresees() { THEN } else { 0 };
    let holding = if inner.height >= EXECUTED + would_be + holding { holding } else { 0 };
    let (title, lines) = executed(stage);
    // What would be gives way to a step that executed very much.
    let needed = u16::try_from(folded(&lines, cells).len()).unwrap_or(u16::MAX).saturating_add(2).max(EXECUTED);
    let most = inner.height.saturating_sub(holding);
    let height = inner.height.saturating_sub(would_be + holding).max(needed.min(most));
    listed(&title, &lines, Rect { height, ..inner }, buf, palette);
    let below = Rect { y: inner.y + height, height: inner.height - height, ..inner };
    let height = would_be.min(below.height);
    if height >= 3 {
        then(stage, Rect { height, ..below }, buf, palette);
    }
    let (title, lines) = invariants(stage);
    listed(&title, &lines, Rect { y: below.y + height, height: below.height - height, ..below }, buf, palette);
}

/// The rows of what would be.
const THEN: u16 = 9;
/// The rows of what was executed at least.
const EXECUTED: u16 = 12;

/// A list with its title, from its beginning.
fn listed(title: &str, lines: &[String], area: Rect, buf: &mut Buffer, palette: &Palette) {
    if area.height < 3 {
        return;
    }
    rule(buf, area, Span::styled(title.to_owned(), palette.strong), "", palette.muted);
    let cells = usize::from(area.width).saturating_sub(2);
    let shown = at_most(folded(lines, cells), usize::from(area.height - 2), cells);
    for (row, line) in (1..).zip(shown) {
        put(buf, area, 1, row, &Line::raw(line));
    }
}

/// All lines of a list, each wrapped.
fn folded(lines: &[String], cells: usize) -> Vec<String> {
    lines.iter().flat_map(|line| hung(line, cells)).collect()
}

/// The lines of a text that keeps its indentation.
fn hung(text: &str, cells: usize) -> Vec<String> {
    let indent = text.len() - text.trim_start().len();
    let told = wrap(text, cells.saturating_sub(indent));
    told.into_iter().map(|line| format!("{:indent$}{line}", "")).collect()
}

/// What delivering the selected message would do, and what would take that away. Reasons are kept from the end.
fn then(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let title = Span::styled("then, if the selected message arrives", palette.strong);
    rule(buf, area, title, "", palette.muted);
    let cells = usize::from(area.width).saturating_sub(2);
    let rows = usize::from(area.height.saturating_sub(1));
    let foresight = stage.foresight();
    let lines = foresight.map(|foresight| bottom::foreseen(stage, &foresight, rows, cells)).unwrap_or_default();
    for (row, line) in (1..).zip(lines) {
        put(buf, area, 1, row, &Line::raw(line));
    }
}

/// The lines of pseudo-code that the last step executed, and what it sent.
fn executed(stage: &Stage) -> (String, Vec<String>) {
    let now = stage.session().now();
    let mut lines = Vec::new();
    // While a question is open, and where nothing is told of a step, what an earlier one executed would mislead.
    let told = if stage.marks_step() { now.events.as_slice() } else { &[] };
    for one in lit(&now.world, told, stage.hides_rule()) {
        let whose = format!("{}: ", one.listing.role);
        let code = one.executed.iter().filter_map(|line| one.listing.lines.get(*line));
        lines.extend(
            code.enumerate().map(|(nth, line)| if nth == 0 { format!("{whose}{line}") } else { (*line).to_owned() }),
        );
    }
    let sent = told.iter().filter_map(|event| match event {
        Event::Sent(envelope) => Some(envelope),
        _ => None,
    });
    // The same to several is told once.
    let sent: Vec<&Envelope> = sent.collect();
    for same in sent.chunk_by(|one, next| (one.from, &one.message) == (next.from, &next.message)) {
        let to = same.iter().map(|one| one.to.to_string()).collect::<Vec<_>>().join(", ");
        lines.push(format!("sends {} → {to} {}", same[0].from, message(Notation::Screen, &same[0].message)));
    }
    ("pseudo-code executed, messages sent".to_owned(), lines)
}

/// The most important invariants with what they mean.
fn holding() -> Vec<String> {
    const SHOWN: [Invariant; 4] = [Invariant::R1, Invariant::A1, Invariant::A5, Invariant::D2];
    SHOWN.iter().map(|one| format!("✓ {one:?}: {}", one.meaning())).collect()
}

/// Those that are broken with where, or else the most important ones.
fn invariants(stage: &Stage) -> (String, Vec<String>) {
    let violations = stage.session().violations();
    if violations.is_empty() {
        return (format!("{} invariants hold, among them", Invariant::ALL.len()), holding());
    }
    let lines = violations.iter().map(|one| format!("✗ {:?}: {}", one.invariant, one.why));
    ("invariants violated".to_owned(), lines.collect())
}
