//! The home screen: lessons, the sandbox, and the runs that are open.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::{Model, Offer, Overlay, Shelved, Stage, Target, lesson};

use super::text::{at_most, cut, put, rule, width, wrap};
use super::{Palette, Seen, Zone, views};

/// How much of a line names may take; what a longer one is about is said below the list.
const MOST_FOR_NAMES: usize = 36;

/// Draws the home screen.
pub(crate) fn draw(model: &Model, area: Rect, buf: &mut Buffer, palette: &Palette) -> Vec<Zone> {
    let mut zones = Vec::new();
    let cells = usize::from(area.width);
    put(buf, area, 1, 0, &Line::styled("Paxoscope", palette.strong));
    if cells >= 60 {
        let about = "Paxos Made Moderately Complex, one message at a time";
        put(buf, area, 13, 0, &Line::styled(about, palette.muted));
    }
    let rows = rows(model);
    // Where the list needs it, it takes the empty line above it.
    let top = if rows.len() + 5 <= usize::from(area.height) { 2 } else { 1 };
    let space = usize::from(area.height).saturating_sub(2 + foot_rows(model, area.width) + usize::from(top));
    let selected = model.home_screen().selected;
    let at = rows.iter().position(|row| row.entry == Some(selected)).unwrap_or(0);
    let last_first = rows.len().saturating_sub(space);
    // What is told below may need a row less than it did when it was clicked: the list stays all the same.
    let stays = |first: &usize| *first <= last_first + 1 && (*first..*first + space).contains(&at);
    let held = model.held_row_at_home().filter(stays);
    let first = held.unwrap_or_else(|| (at + 2).saturating_sub(space).min(last_first));
    // What each is about stands in one column.
    let start = rows.iter().map(|row| width(&row.name) + 6).max().unwrap_or(0).clamp(30, MOST_FOR_NAMES);
    let hidden = views::more(first, rows.len(), space);
    if !hidden.is_empty() {
        put(buf, area, area.width.saturating_sub(width(&hidden) as u16 + 1), 0, &Line::styled(hidden, palette.muted));
    }
    for (y, row) in (top..).zip(rows.iter().skip(first).take(space)) {
        let is_selected = row.entry.is_some() && row.entry == Some(selected);
        let mark = if is_selected { "▸ " } else { "  " };
        let style = match row.entry {
            None => palette.accent,
            Some(_) if is_selected => palette.selected,
            Some(_) => palette.strong,
        };
        let indent = if row.entry.is_some() { mark } else { "" };
        let mut line = Line::from(vec![Span::raw(format!(" {indent}")), Span::styled(row.name.clone(), style)]);
        let name = width(&row.name) + 6;
        if cells > start + 12 && name <= start {
            line.push_span(Span::raw(" ".repeat(start.saturating_sub(name - 3))));
            line.push_span(Span::raw(cut(&row.about, cells - start - 1)));
        }
        put(buf, area, 0, y, &line);
        zones.extend(
            row.entry.map(|entry| (Rect { y: area.y + y, height: 1, ..area }, Target::Line { at: entry, first })),
        );
    }
    zones.extend(foot(model, area, buf, palette));
    zones
}

struct Row {
    /// Its number, if it can be selected.
    entry: Option<usize>,
    name: String,
    about: String,
}

fn rows(model: &Model) -> Vec<Row> {
    let title = |name: &str| Row { entry: None, name: name.to_owned(), about: String::new() };
    let gap = || title("");
    let states: Vec<String> = model.home_screen().offers.iter().map(|offer| state(model, offer)).collect();
    // The column of how far one is stands only where it says something.
    let column = states.iter().map(|state| width(state)).max().filter(|most| *most > 0).map_or(0, |most| most + 2);
    let mut lessons = vec![title("Lessons")];
    let mut free = vec![title("Play")];
    let mut recent = vec![title("Recent runs")];
    for (entry, offer) in model.home_screen().offers.iter().enumerate() {
        let entry = Some(entry);
        match offer {
            Offer::Lesson(lesson) => {
                let state = entry.and_then(|at| states.get(at)).cloned().unwrap_or_default();
                let space = " ".repeat(column - width(&state).min(column));
                let about = format!("{state}{space}{}", lesson.about);
                lessons.push(Row { entry, name: lesson.title.clone(), about });
            }
            Offer::Sandbox(session) => {
                let cluster = session.setup().cluster;
                let about = format!(
                    "{}, {}, {}",
                    counted(cluster.replicas, "replica"),
                    counted(cluster.leaders, "leader"),
                    counted(cluster.acceptors, "acceptor")
                );
                free.push(Row { entry, name: "Sandbox".to_owned(), about });
            }
            Offer::Quiz(_) => {
                let about = "what will it do? questions without end".to_owned();
                free.push(Row { entry, name: "Quiz".to_owned(), about });
            }
            Offer::Recent(run) => recent.push(Row { entry, name: run.title.clone(), about: run.about.clone() }),
        }
    }
    let offers = model.home_screen().offers.len();
    let mut open = vec![title("Open runs")];
    open.extend(model.stages().iter().enumerate().map(|(at, stage)| open_run(stage, offers + at)));
    let mut rows = Vec::new();
    for group in [lessons, free, recent, open] {
        if group.len() > 1 {
            rows.extend(group);
            rows.push(gap());
        }
    }
    rows.pop();
    rows
}

/// How far one is in what is offered, in a few cells: `✓ 5 of 6 right`, `beat 3/9`.
fn state(model: &Model, offer: &Offer) -> String {
    let Offer::Lesson(lesson) = offer else { return String::new() };
    let Some(progress) = model.progress_in(&lesson.id) else { return String::new() };
    let place = format!("{}/{}", progress.beat, progress.beats);
    match progress.finished {
        None if progress.is_under_way() => format!("beat {place}"),
        None => String::new(),
        Some(_) if progress.is_under_way() => format!("✓ {place}"),
        Some(tally) => lesson::right(tally).map_or_else(|| "✓".to_owned(), |right| format!("✓ {right}")),
    }
}

/// The same in words.
fn state_in_words(model: &Model, lesson: &Shelved) -> String {
    let Some(progress) = model.progress_in(&lesson.id) else { return String::new() };
    let finished = progress.finished.map(|tally| {
        let tasks = match tally.solved + tally.unsolved {
            0 => None,
            all => Some(format!("{} of {all} tasks solved", tally.solved)),
        };
        let told: Vec<String> =
            [Some(lesson::score(tally)), tasks].into_iter().flatten().filter(|part| !part.is_empty()).collect();
        if told.is_empty() { " ✓ Finished.".to_owned() } else { format!(" ✓ Finished: {}.", told.join(", ")) }
    });
    let under_way = progress.is_under_way().then(|| format!(" It goes on at beat {}.", progress.beat));
    [finished, under_way].into_iter().flatten().collect()
}

fn counted(count: u8, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn open_run(stage: &Stage, entry: usize) -> Row {
    let session = stage.session();
    if let Some(quiz) = stage.quiz() {
        let score = stage.part().map(|score| format!(", {score}")).unwrap_or_default();
        let about = format!("question {}{score}", quiz.number());
        return Row { entry: Some(entry), name: stage.title().to_owned(), about };
    }
    let (name, about) = match stage.lesson() {
        Some(player) => {
            let about = format!("beat {} of {}", player.beat_number(), player.beat_count());
            (lesson::title(player).to_owned(), about)
        }
        None => {
            (stage.title().to_owned(), format!("step {} of {}", session.step(), session.step() + session.steps_ahead()))
        }
    };
    Row { entry: Some(entry), name, about }
}

/// All about what is selected.
fn about(model: &Model) -> String {
    match model.home_screen().offers.get(model.home_screen().selected) {
        Some(Offer::Lesson(lesson)) => {
            let end = if lesson.about.ends_with(['.', '?', '!']) { "" } else { "." };
            match state_in_words(model, lesson) {
                told if told.is_empty() => lesson.about.clone(),
                told => format!("{}{end}{told}", lesson.about),
            }
        }
        Some(Offer::Quiz(_)) => "A message arrives somewhere in a random run: what will its receiver do?".to_owned(),
        Some(Offer::Sandbox(_)) => {
            "Do as you like: deliver, lose, crash, elect, go back. Nothing is ever lost.".to_owned()
        }
        Some(Offer::Recent(_)) => "This run was saved: it opens at its end, and nothing of it is lost.".to_owned(),
        None => "This run is open: go on where you left it.".to_owned(),
    }
}

/// The rows for what is told below the list: one, or two where that is too long for one.
fn foot_rows(model: &Model, columns: u16) -> usize {
    let text = match (model.overlay(), model.notice()) {
        (Some(_), _) => String::new(),
        (None, Some(notice)) => super::bottom::sentence(&notice.text),
        (None, None) => about(model),
    };
    wrap(&text, usize::from(columns).saturating_sub(2)).len().clamp(1, 2)
}

fn foot(model: &Model, area: Rect, buf: &mut Buffer, palette: &Palette) -> Vec<Zone> {
    let hints = Rect { y: area.bottom() - 1, height: 1, ..area };
    let zones = super::hint_bar(model, Seen { is_cut: false, scrolls: true }, hints, buf, palette);
    let rows = foot_rows(model, area.width);
    let height = rows as u16 + 1;
    let lines = Rect { y: area.bottom().saturating_sub(height + 1), height, ..area };
    let (title, text, style) = match (model.overlay(), model.notice()) {
        (Some(Overlay::Quit), _) => {
            ("quit", "Quit? Runs are not saved yet: the open runs would be lost.".to_owned(), palette.strong)
        }
        (Some(Overlay::Slide(line)), notice) => {
            super::bottom::slide(line, notice.map(|notice| notice.text.as_str()), lines, buf, palette);
            return zones;
        }
        (_, Some(notice)) => ("note", super::bottom::sentence(&notice.text), palette.strong),
        (_, None) => ("", about(model), palette.muted),
    };
    rule(buf, lines, Span::styled(title, palette.strong), "", palette.muted);
    let cells = usize::from(area.width).saturating_sub(2);
    for (y, line) in (1..).zip(at_most(wrap(&text, cells), rows, cells)) {
        put(buf, lines, 1, y, &Line::styled(line, style));
    }
    zones
}
