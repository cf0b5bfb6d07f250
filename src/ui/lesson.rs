//! What a lesson says: its words, its question with the choices, and the verdict.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::Stage;
use crate::app::lesson::{BeatView, Player, Question, TaskState};

use super::Palette;
use super::bottom::newest;
use super::text::{at_most, put, rule, wrap};

/// Draws the panel: its words, and where they leave room, why the last step went as it did, unless that stands in a
/// panel of its own.
pub(crate) fn draw(stage: &Stage, player: &Player, area: Rect, has_why: bool, buf: &mut Buffer, palette: &Palette) {
    if area.is_empty() {
        return;
    }
    let beat = player.beat();
    // Off the path no slide shows what is to be seen here.
    let slide = beat.slide.as_ref().filter(|_| !player.off_path());
    let slide = slide.map(|slide| format!("slide: {slide}")).unwrap_or_default();
    rule(buf, area, Span::styled(beat.title, palette.accent), &slide, palette.muted);
    let rows = usize::from(area.height).saturating_sub(1);
    let lines = fitting(player, rows, area.width, palette);
    let free = rows.saturating_sub(lines.len());
    for (y, line) in (1..).zip(lines) {
        put(buf, area, 1, y, &line);
    }
    let told = stage.why();
    // Where a question was asked the words say why. It stands at the bottom, so that it stays where it is.
    if free >= usize::from(WHY) && player.question().is_none() && !has_why && !told.is_empty() {
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

/// The lines, as few as there is room for: what is asked or answered matters. First the beat's words are cut, then all
/// but the first line of each choice, then what stands at the top; each with a mark.
fn fitting(player: &Player, rows: usize, width: u16, palette: &Palette) -> Vec<Line<'static>> {
    let all = lines(player, width, usize::MAX, true, palette);
    if all.len() <= rows {
        return all;
    }
    for whole in [true, false] {
        let rest = lines(player, width, 0, whole, palette).len();
        if rest < rows {
            return lines(player, width, rows - rest, whole, palette);
        }
    }
    let mut lines = lines(player, width, 0, false, palette);
    if lines.len() > rows {
        let skipped = lines.len() - rows;
        lines.drain(..skipped);
        if let Some(first) = lines.first_mut() {
            first.spans.insert(0, Span::raw("… "));
        }
    }
    lines
}

/// All lines, with at most so many rows of the beat's words, and with whole choices or the first line of each.
fn lines(player: &Player, width: u16, rows: usize, whole: bool, palette: &Palette) -> Vec<Line<'static>> {
    let cells = usize::from(width).saturating_sub(2);
    if player.off_path() {
        let text = "You are off the lesson's path: play as you like, space leads back.";
        return styled(text, cells, palette.strong);
    }
    let beat = player.beat();
    let mut lines = Vec::new();
    let words = |lines: &mut Vec<Line<'static>>| lines.extend(words(&beat, rows, cells));
    match player.question() {
        None => words(&mut lines),
        Some(question) if question.is_open() => {
            words(&mut lines);
            lines.extend(asked(&question, cells, whole, palette));
        }
        Some(question) => {
            lines.extend(asked(&question, cells, whole, palette));
            words(&mut lines);
        }
    }
    lines.extend(task(player, cells, palette));
    if player.finished() && player.beat_number() == player.beat_count() {
        let score = match player.score() {
            (0, _) => String::new(),
            (right, all) => format!(" {right} of {all} questions answered right."),
        };
        lines.extend(styled(&format!("The end.{score} Play on as you like."), cells, palette.strong));
    }
    lines
}

/// The hints that were given for a task, and how it stands.
fn task(player: &Player, cells: usize, palette: &Palette) -> Vec<Line<'static>> {
    let Some(task) = player.task() else { return Vec::new() };
    let mut lines = Vec::new();
    for (at, hint) in task.hints.iter().enumerate() {
        lines.extend(styled(&format!("hint {} of {}: {hint}", at + 1, task.hint_count), cells, palette.accent));
    }
    let stands = match task.state {
        TaskState::Open => task.limits.map(|limits| format!("allowed: {limits}")),
        TaskState::Solved => Some("✓ solved".to_owned()),
        TaskState::Shown => Some("The goal is met, with steps that were shown: Z begins again for credit.".to_owned()),
        TaskState::Skipped => Some("Skipped: this is the solution.".to_owned()),
    };
    lines.extend(stands.into_iter().flat_map(|text| styled(&text, cells, palette.strong)));
    lines
}

fn words(beat: &BeatView, rows: usize, cells: usize) -> Vec<Line<'static>> {
    let all = beat.say.iter().flat_map(|paragraph| wrap(paragraph, cells)).collect();
    at_most(all, rows, cells).into_iter().map(Line::raw).collect()
}

fn styled(text: &str, cells: usize, style: Style) -> Vec<Line<'static>> {
    wrap(text, cells).into_iter().map(|line| Line::styled(line, style)).collect()
}

fn asked(question: &Question, cells: usize, whole: bool, palette: &Palette) -> Vec<Line<'static>> {
    let mut lines = if question.is_open() { styled(&question.ask, cells, palette.strong) } else { Vec::new() };
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
        lines.extend(styled(verdict, cells, palette.strong));
    }
    lines
}
