//! The line at the top: what is played, where in it we are, and whether the invariants hold. Below it the clients.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::{Stage, lesson};
use crate::pmmc::{Client, CommandId, Slot};
use crate::script::action_text;
use crate::world::{Invariant, Node};

use super::Palette;
use super::text::{cut, put, width};

/// Draws the header.
pub(crate) fn draw(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let cells = usize::from(area.width);
    let session = stage.session();
    let title = stage.title().to_owned();
    let ahead = session.steps_ahead();
    let of = if ahead > 0 { format!(" of {}", session.step() + ahead) } else { String::new() };
    // Two numbers beside each other would be taken for one thing: how many steps there are, and how many invariants hold.
    let (rights, style) = invariants(stage, ahead == 0, palette);
    let fits = |rest: &str, right: &str| width(&title) + width(rest) + 8 + width(right) <= cells;
    let fitting = |of: &str, rights: &[String]| {
        let rest = standing(stage, of);
        let right = rights.iter().find(|right| fits(&rest, right)).cloned();
        right.map(|right| (rest, right))
    };
    let told = fitting(&of, &rights).or_else(|| fitting("", &invariants(stage, true, palette).0));
    let (rest, right) = told.unwrap_or_else(|| {
        (standing(stage, &of), rights.into_iter().min_by_key(|right| width(right)).unwrap_or_default())
    });
    let room = cells.saturating_sub(width(&right) + 3);
    // A long name of a branch gives way to the title.
    let title = cut(&title, room.saturating_sub(width(&rest) + 3).max(room / 2));
    let left = Line::from(vec![
        Span::raw(" "),
        Span::styled(title.clone(), palette.strong),
        Span::raw("   "),
        Span::raw(cut(&rest, room.saturating_sub(width(&title) + 3))),
    ]);
    put(buf, area, 0, 0, &left);
    let x = area.width.saturating_sub(width(&right) as u16 + 1);
    put(buf, area, x, 0, &Line::styled(right, style));
}

/// Where in it we are. `of`: how many steps there are, if some lie ahead.
fn standing(stage: &Stage, of: &str) -> String {
    let mut parts = Vec::new();
    parts.extend(stage.part());
    parts.push(format!("step {}{of}", stage.session().step()));
    match stage.auto() {
        Some(auto) if auto.running() => parts.push(format!("plays {}/s", auto.speed())),
        Some(_) => parts.push("paused".to_owned()),
        None => {}
    }
    // At the end, where it is cut first.
    parts.extend(branch(stage));
    parts.join("   ")
}

/// Which of the futures of the latest fork this is: `future 2/2: preempted`.
fn branch(stage: &Stage) -> Option<String> {
    // Of a beat's own futures the name stands beside the beat's title; others are of interest to who plays.
    let on_path = stage.lesson().filter(|player| !player.off_path());
    if on_path.is_some_and(|player| player.was_only_shown() || player.task().is_none()) {
        return None;
    }
    let (_, index, count) = stage.session().fork().filter(|_| stage.forks())?;
    // In a lesson its title needs the room.
    let name = stage.branch_name().filter(|_| stage.lesson().is_none());
    let name = name.map(|name| format!(": {name}")).or_else(|| next_here(stage)).unwrap_or_default();
    Some(format!("future {}/{count}{name}", index + 1))
}

/// At the fork itself: with which step the future begins that lies ahead now.
fn next_here(stage: &Stage) -> Option<String> {
    let session = stage.session();
    let (fork, ..) = session.fork().filter(|_| stage.lesson().is_none())?;
    let next = session.next_action().filter(|_| fork == session.here())?;
    Some(format!(", next: {}", action_text(&next, session.world())))
}

/// Whether they hold, the most words first; at last with none, if it may be so.
fn invariants(stage: &Stage, may_be_bare: bool, palette: &Palette) -> (Vec<String>, Style) {
    let now: Vec<Invariant> = stage.session().violations().iter().map(|one| one.invariant).collect();
    // The lights of a lesson show what went out before, too: here it is told apart.
    let before = stage.lesson().map(lesson::Player::violated).unwrap_or_default();
    let names = |all: &[Invariant]| all.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>().join(" ");
    let before: Vec<Invariant> = before.into_iter().filter(|one| !now.contains(one)).collect();
    let count = Invariant::ALL.len();
    let (many, all) = (now.len(), now.len() + before.len());
    let (now, before) = (names(&now), names(&before));
    match (now.as_str(), before.as_str()) {
        ("", "") => {
            let words = ["invariants hold", "hold"].map(|words| format!("✓ {count} {words}"));
            (words.into_iter().chain(may_be_bare.then(|| format!("✓ {count}"))).collect(), palette.good)
        }
        ("", before) => (
            vec![
                format!("✓ {count} hold now, ✗ {before} did not"),
                format!("✗ before: {before}"),
                format!("✗ before: {all}"),
            ],
            palette.strong,
        ),
        (now, "") => (
            vec![
                format!("✗ invariants: {now} violated"),
                format!("✗ {now} violated"),
                format!("✗ {now}"),
                format!("✗ {many} violated"),
            ],
            palette.bad,
        ),
        (now, before) => {
            let words = [format!("✗ {now} violated, {before} before"), format!("✗ {now} (before: {before})")];
            (words.into_iter().chain([format!("✗ {many} violated")]).collect(), palette.bad)
        }
    }
}

/// The clients with what they wait for and what they were answered, which slots are chosen, and what the letters mean:
/// the newest of each, and a mark for what there is no room for.
pub(crate) fn clients(stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let cells = usize::from(area.width).saturating_sub(2);
    let chosen = told_of_chosen(&chosen(stage), cells / 4);
    // What is chosen may take a quarter. Then what the clients have says more than what the letters mean, which do not
    // change; but of those some stay.
    let whole = told_of_clients(stage, cells, palette).width();
    let in_order = letters(stage).join("  ");
    let all = chosen_last(stage, letters(stage));
    let least = width(&last_of(&all, "  ", 1)).min(cells / 3);
    let rest = cells.saturating_sub(whole + width(&chosen) + 4);
    let letters = fitting(&all, "  ", rest.clamp(least, cells / 3));
    let fixed = width(&letters) + width(&chosen) + 4;
    let told = told_of_clients(stage, cells.saturating_sub(fixed), palette);
    let left = told.width();
    put(buf, area, 0, 0, &told);
    let free = cells.saturating_sub(left + width(&chosen) + 4);
    // What is left goes to more letters.
    let free = free.max(width(&letters));
    let letters = if width(&in_order) <= free { in_order } else { fitting(&all, "  ", free) };
    let x = area.width.saturating_sub(width(&letters) as u16 + 1);
    put(buf, area, x, 0, &Line::styled(letters, palette.muted));
    put(buf, area, left as u16 + 2, 0, &Line::styled(chosen, palette.good));
}

/// The newest of what is chosen that fit in so many cells, the last one in any case.
fn told_of_chosen(all: &[String], cells: usize) -> String {
    let mut used = 0;
    let fits = all.iter().rev().take_while(|one| {
        used += width(one) + usize::from(used > 0);
        used <= cells
    });
    let count = fits.count().max(1).min(all.len());
    if count == 0 {
        return String::new();
    }
    let more = if count < all.len() || all.len() >= MOST_CHOSEN { "… " } else { "" };
    format!("★ chosen {more}{}", all[all.len() - count..].join(" "))
}

/// Each client in so many cells.
fn told_of_clients(stage: &Stage, cells: usize, palette: &Palette) -> Line<'static> {
    let world = stage.world();
    let mut line = Line::default();
    let selected = stage.selected();
    let count = usize::from(world.cluster().clients).max(1);
    for (nth, id) in world.cluster().clients().enumerate() {
        let Some(node) = world.client(id) else { continue };
        let at_wire = selected.is_some_and(|one| one.from == id.into() || one.to == id.into());
        let style = if stage.focused_process() == Some(id.into()) {
            palette.selected
        } else if at_wire {
            palette.accent
        } else {
            palette.strong
        };
        let before = stage.session().now().before.as_ref().filter(|_| stage.marks_step());
        let before = before.and_then(|before| before.client(id));
        let changed = super::fields::node_changed(Some(node), before);
        let told_style = if changed { palette.changed } else { Style::new() };
        let room = cells.saturating_sub(line.width()) / (count - nth);
        line.push_span(if at_wire { Span::styled("▹", palette.accent) } else { Span::raw(" ") });
        line.push_span(Span::styled(id.to_string(), style));
        line.push_span(Span::raw(" "));
        let asked = world.context().commands.iter().any(|command| command.client == Some(id));
        let told = cut(&told(node, asked, room.saturating_sub(5)), room.saturating_sub(3));
        line.push_span(Span::styled(told, told_style));
        line.push_span(Span::raw(" "));
    }
    line
}

/// What a client waits for and has, in about so many cells; whether it ever asked is known even if it forgot.
fn told(node: &Node<Client>, asked: bool, cells: usize) -> String {
    if !node.up {
        return "✗ crashed".to_owned();
    }
    let waits: Vec<String> = node.state.pending.iter().map(ToString::to_string).collect();
    let answers: Vec<String> =
        node.state.responses.iter().map(|(command, result)| format!("{command} = {result}")).collect();
    match (waits.is_empty(), answers.is_empty()) {
        (true, true) if asked => "has forgotten what it asked for".to_owned(),
        (true, true) => "has asked for nothing yet".to_owned(),
        (false, true) => {
            let all = waits.join(", ");
            let told = ["waits for ", "wants "].map(|words| format!("{words}{all}"));
            // Where not all fits, a command's name says more than whole words.
            let fits = told.into_iter().find(|told| width(told) <= cells + 2);
            fits.unwrap_or_else(|| format!("waits for {}", fitting(&waits, ", ", cells.saturating_sub(10))))
        }
        (true, false) => format!("has {}", fitting(&answers, "  ", cells.saturating_sub(4))),
        (false, false) => {
            let waits = fitting(&waits, ", ", cells.saturating_sub(10) / 2);
            let rest = cells.saturating_sub(width(&waits) + 17);
            format!("waits for {waits} · has {}", fitting(&answers, "  ", rest))
        }
    }
}

/// What the letters mean.
fn letters(stage: &Stage) -> Vec<String> {
    let commands = &stage.world().context().commands;
    (0_u16..).zip(commands).map(|(at, command)| format!("{}: {}", CommandId(at), command.op)).collect()
}

/// The same with those behind that are chosen, as far as that is shown: where not all have room they are told.
fn chosen_last(stage: &Stage, letters: Vec<String>) -> Vec<String> {
    let history = stage.session().history();
    let slots = history.slots().rev().take(if stage.shows_chosen() { MOST_CHOSEN } else { 0 });
    let chosen: BTreeSet<CommandId> = slots.flat_map(|slot| history.chosen(slot)).map(|(command, _)| command).collect();
    let (mut others, last): (Vec<_>, Vec<_>) =
        (0_u16..).zip(letters).partition(|(at, _)| !chosen.contains(&CommandId(*at)));
    others.extend(last);
    others.into_iter().map(|(_, letter)| letter).collect()
}

/// What a majority has accepted, whether or not anybody knows it: the slots with their commands. Not told while a
/// question asks for it.
fn chosen(stage: &Stage) -> Vec<String> {
    if !stage.shows_chosen() {
        return Vec::new();
    }
    let history = stage.session().history();
    let of = |slot: Slot| history.chosen(slot).map(move |(command, _)| format!("⟨{slot}, {command}⟩"));
    let mut newest: Vec<String> = history.slots().rev().take(MOST_CHOSEN).flat_map(of).collect();
    newest.reverse();
    newest
}

/// Of more slots only the newest are looked at.
const MOST_CHOSEN: usize = 16;

/// The newest of these that fit, with a mark if there are more.
fn fitting(all: &[String], between: &str, cells: usize) -> String {
    let mut used = 0;
    let fits = all.iter().rev().take(MOST_SHOWN).map(|one| {
        used += width(one) + if used > 0 { width(between) } else { 0 };
        used
    });
    let mark = |count: usize| {
        let more = all.len() - count;
        if more > 0 { width(&format!("…+{more}{between}")) } else { 0 }
    };
    let most = (1..).zip(fits).filter(|(count, used)| used + mark(*count) <= cells).last();
    match (most, all.len()) {
        (Some((count, _)), _) => last_of(all, between, count),
        (None, 0) => String::new(),
        (None, count) => format!("…+{count}"),
    }
}

/// More than so many never fit in a line.
const MOST_SHOWN: usize = 40;

/// The last so many, with a mark if there are more.
fn last_of(all: &[String], between: &str, count: usize) -> String {
    let more = all.len().saturating_sub(count);
    let shown = all.iter().skip(more).cloned().collect::<Vec<_>>().join(between);
    if more > 0 { format!("…+{more}{between}{shown}") } else { shown }
}
