//! What a lesson says: its words, its question with the choices, and the verdict.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::lesson::{BeatView, GameView, Lit, Panel, Player, Question, Table, TaskState};
use crate::app::{Id, Keymap, Model, Stage};

use super::Palette;
use super::bottom::newest;
use super::prose;
use super::text::{at_most, cut, put, rule, width, wrap};

/// Draws the panel: its words, and where they leave room, why the last step went as it did, unless that stands in a
/// panel of its own.
pub(crate) fn draw(model: &Model, player: &Player, area: Rect, has_why: bool, buf: &mut Buffer, palette: &Palette) {
    if area.is_empty() {
        return;
    }
    let beat = player.beat();
    // Off the path no slide shows what is to be seen here.
    let slide = beat.slide.as_ref().filter(|_| !player.off_path());
    let slide = slide.map(|slide| format!("slide: {slide}")).unwrap_or_default();
    rule(buf, area, Span::styled(beat.title, palette.accent), &slide, palette.muted);
    let rows = usize::from(area.height).saturating_sub(1);
    let lines = fitting(model, player, rows, area.width, has_why, palette);
    let free = rows.saturating_sub(lines.len());
    for (y, line) in (1..).zip(lines) {
        put(buf, area, 1, y, &line);
    }
    let told = model.stage().map(Stage::why).unwrap_or_default();
    // Where a question was asked the words say why. It stands at the bottom, so that it stays where it is.
    let is_told = has_why || player.question().is_some() || shown_step(player).is_some();
    if free >= usize::from(WHY) && !is_told && !told.is_empty() {
        let below = Rect { y: area.bottom() - WHY, height: WHY, ..area };
        rule(buf, below, Span::styled("why", palette.strong), "", palette.muted);
        let cells = usize::from(area.width).saturating_sub(2);
        for (y, line) in (1..).zip(newest(&told, usize::from(WHY) - 1, cells)) {
            put(buf, below, 1, y, &Line::raw(line));
        }
    }
}

/// The rows of the why below a lesson's words.
const WHY: u16 = 3;

/// The lines, as few as there is room for: what is asked or answered matters. First the terms of a task give way to its
/// words and a hint, then the beat's words are cut, then all but the first line of each choice; then what stands at the
/// top, or of an answer at the end; each with a mark.
fn fitting(
    model: &Model,
    player: &Player,
    rows: usize,
    width: u16,
    has_why: bool,
    palette: &Palette,
) -> Vec<Line<'static>> {
    let lines = |words, whole, terms| lines(model, player, width, Room { words, whole, terms, has_why }, palette);
    for terms in [true, false] {
        let all = lines(usize::MAX, true, terms);
        if all.len() <= rows {
            return all;
        }
    }
    for whole in [true, false] {
        let rest = lines(0, whole, false).len();
        if rest < rows {
            return lines(rows - rest, whole, false);
        }
    }
    let mut lines = lines(0, false, false);
    if player.question().is_some_and(|question| !question.is_open()) && !player.off_path() {
        return prose::at_most(lines, rows, usize::from(width).saturating_sub(2));
    }
    if lines.len() > rows {
        let skipped = lines.len() - rows;
        lines.drain(..skipped);
        if let Some(first) = lines.first_mut() {
            first.spans.insert(0, Span::raw("… "));
        }
    }
    lines
}

/// What of a beat is shown where not all of it fits.
#[derive(Clone, Copy)]
struct Room {
    /// At most so many rows of the beat's words.
    words: usize,
    /// Whole choices, not the first line of each only.
    whole: bool,
    /// What a task allows, beside a hint.
    terms: bool,
    /// Why the last step went as it did is told in a panel of its own.
    has_why: bool,
}

fn lines(model: &Model, player: &Player, width: u16, room: Room, palette: &Palette) -> Vec<Line<'static>> {
    let cells = usize::from(width).saturating_sub(2);
    if player.off_path() {
        let back = model.keymap().first(Id::GoOn);
        let text = format!("You are off the lesson's path: play as you like, {back} leads back.");
        return styled(&text, cells, palette.strong);
    }
    let beat = player.beat();
    let mut lines = Vec::new();
    lines.extend(lights(&player.lights(), palette));
    if let Some(rule) = &beat.broken {
        lines.extend(styled(&format!("✗ broken here: {rule}"), cells, palette.bad.not_reversed()));
    }
    let words = || {
        let all = beat.say.iter().flat_map(|text| prose::lines(text, cells, Style::new(), palette)).collect();
        prose::at_most(all, room.words, cells)
    };
    match player.question() {
        None => lines.extend(words()),
        Some(question) if question.is_open() => {
            lines.extend(words());
            lines.extend(asked(&question, cells, room.whole, palette));
        }
        Some(question) => {
            lines.extend(asked(&question, cells, room.whole, palette));
            lines.extend(words());
        }
    }
    if let Some(table) = beat.table.as_ref().filter(|_| beat.panel != Some(Panel::Table)) {
        lines.extend(compared(table, &beat, cells, palette));
    }
    if let Some(shown) = shown_step(player) {
        let told = model.stage().map(Stage::why).unwrap_or_default();
        let told = if room.has_why { Vec::new() } else { told };
        lines.extend(
            newest(&[vec![shown], told].concat(), 3, cells).into_iter().map(|line| Line::styled(line, palette.strong)),
        );
    }
    lines.extend(task(model.keymap(), player, cells, room.terms, palette));
    if let Some(notes) = model.stage().and_then(Stage::notes) {
        lines.extend(prose::lines(&format!("**for the lecturer:** {notes}"), cells, palette.accent, palette));
    }
    if player.finished() && player.beat_number() == player.beat_count() {
        let score = match crate::app::lesson::score(player.tally()) {
            score if score.is_empty() => score,
            score => format!(" Your answers: {score}."),
        };
        let keymap = model.keymap();
        let (on, home) = (keymap.first(Id::GoOn), keymap.first(Id::HomeScreen));
        let then = match model.next_lesson() {
            Some(lesson) => format!("{on}: next lesson, **{}**; {home}: home.", lesson.title.text),
            None => format!("{on} goes home; or play on here."),
        };
        lines.extend(prose::lines(&format!("✓ The end.{score} {then}"), cells, palette.strong, palette));
    }
    lines
}

/// Which step of a task's solution was shown just now.
fn shown_step(player: &Player) -> Option<String> {
    let task = player.task().filter(|task| !task.reached)?;
    let (step, count) = task.shown?;
    Some(format!("The solution, step {step} of {count}:"))
}

/// The hint that is in sight, and how the task stands; what it allows only if that is wanted, or if there is no hint.
fn task(keymap: &Keymap, player: &Player, cells: usize, terms: bool, palette: &Palette) -> Vec<Line<'static>> {
    let Some(task) = player.task() else { return Vec::new() };
    let mut lines = Vec::new();
    // One is enough on the stage: the task's text and the messages need their room.
    if let Some(hint) = task.hint.checked_sub(1).and_then(|at| task.hints.get(at)).filter(|_| !task.reached) {
        let hint = format!("hint {} of {}: {hint}", task.hint, task.hint_count);
        lines.extend(prose::lines(&hint, cells, palette.accent, palette));
    }
    if let Some(game) = &task.game {
        lines.extend(styled(&score(keymap, game), cells, palette.strong));
    }
    let again = keymap.first(Id::ResetTask);
    let stands = match (task.state, task.shown) {
        (TaskState::Solved, _) => Some("✓ solved".to_owned()),
        (_, Some(_)) if !task.reached => None,
        _ if !task.reached => task.limits.filter(|_| terms || task.hint == 0),
        (TaskState::Skipped, _) => Some(format!("Skipped: this is the solution. {again}: try it yourself.")),
        _ => Some(format!("The goal is met, with steps that were shown. {again}: try it yourself.")),
    };
    lines.extend(stands.into_iter().flat_map(|text| styled(&text, cells, palette.strong)));
    lines
}

/// The lights in one line: `✓ never remove  ✗ chosen stays`.
fn lights(lights: &[Lit], palette: &Palette) -> Option<Line<'static>> {
    let spans = lights.iter().flat_map(|light| {
        let (mark, style) = if light.holds { ("✓", palette.good) } else { ("✗", palette.bad) };
        [Span::styled(format!("{mark} {}", light.name), style), Span::raw("   ")]
    });
    (!lights.is_empty()).then(|| Line::from(spans.collect::<Vec<_>>()))
}

/// How a game stands.
fn score(keymap: &Keymap, game: &GameView) -> String {
    let score = game.score;
    let mark = if game.beats { format!("of {}", game.mark) } else { format!("(nobody gets to {})", game.mark) };
    let next = match &game.next_due {
        _ if game.over && game.beats => format!("   decided: {} begins again", keymap.first(Id::ResetTask)),
        _ if game.over => "   decided".to_owned(),
        Some((message, 0)) => format!("   it must arrive now: {message}"),
        Some((message, left)) => format!("   at the latest in {left}: {message}"),
        None => String::new(),
    };
    format!("score {score} {mark}{next}")
}

/// Runs side by side; a row in which they differ carries a mark.
pub(crate) fn compared(table: &Table, beat: &BeatView, cells: usize, palette: &Palette) -> Vec<Line<'static>> {
    let label = table.rows.iter().map(|row| width(&row.subject)).max().unwrap_or(0).min(cells * 2 / 5) + 3;
    let each = cells.saturating_sub(label) / table.names.len().max(1);
    let cell = |text: &str| {
        let text = cut(text, each.saturating_sub(2));
        format!("{text}{}", " ".repeat(each.saturating_sub(width(&text))))
    };
    let mut head = Line::raw(" ".repeat(label));
    for (at, name) in table.names.iter().enumerate() {
        let shown = beat.futures.len() > 1 && beat.future == at;
        let (mark, style) = if shown { ("● ", palette.accent) } else { ("", palette.strong) };
        head.push_span(Span::styled(cell(&format!("{mark}{name}")), style));
    }
    let mut lines = vec![head];
    for row in &table.rows {
        let (mark, style) = if row.differs() { ("≠ ", palette.strong) } else { ("  ", Style::new()) };
        let subject = cut(&row.subject, label.saturating_sub(3));
        let pad = " ".repeat(label.saturating_sub(2 + width(&subject)));
        let mut line = Line::from(vec![Span::styled(mark, style), Span::raw(format!("{subject}{pad}"))]);
        line.spans.extend(row.values.iter().map(|value| Span::styled(cell(value), style)));
        lines.push(line);
    }
    lines
}

fn styled(text: &str, cells: usize, style: Style) -> Vec<Line<'static>> {
    wrap(text, cells).into_iter().map(|line| Line::styled(line, style)).collect()
}

fn asked(question: &Question, cells: usize, whole: bool, palette: &Palette) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if question.is_open() {
        lines.extend(prose::lines(&question.ask, cells, palette.strong, palette));
    }
    for (at, choice) in question.choices.iter().enumerate() {
        let (mark, style) = match (question.truth, question.given) {
            (None, _) => (' ', Style::new()),
            (Some(truth), _) if truth == at => ('✓', palette.good.bold()),
            (Some(_), Some(given)) if given == at => ('✗', palette.bad.not_reversed()),
            // Once it is known, only what happens and what was guessed are of interest.
            (Some(_), _) => continue,
        };
        let text = wrap(&choice.join("; "), cells.saturating_sub(5));
        let text = if whole { text } else { at_most(text, 1, cells.saturating_sub(5)) };
        for (nth, text) in text.into_iter().enumerate() {
            let head = if nth == 0 { format!("{mark} {} ", at + 1) } else { "    ".to_owned() };
            lines.push(Line::from(vec![Span::styled(head, palette.accent.patch(style)), Span::styled(text, style)]));
        }
    }
    if let Some(verdict) = &question.verdict {
        lines.extend(prose::lines(verdict, cells, palette.strong, palette));
    }
    lines
}
