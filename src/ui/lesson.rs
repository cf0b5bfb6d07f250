//! What a lesson says: its words, its question with the choices, and the verdict.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::lesson::{BeatView, Player, Question, TaskState};

use super::Palette;
use super::text::{put, rule, wrap};

/// How many rows the panel wants at this width, its title included.
pub(crate) fn wanted(player: &Player, cells: u16) -> u16 {
    u16::try_from(
        lines(player, cells, &Palette::of(crate::app::Theme::Mono, crate::app::Colors::None, false)).len() + 1,
    )
    .unwrap_or(u16::MAX)
}

/// Draws the panel.
pub(crate) fn draw(player: &Player, area: Rect, buf: &mut Buffer, palette: &Palette) {
    if area.is_empty() {
        return;
    }
    let beat = player.beat();
    let slide = beat.slide.as_ref().map(|slide| format!("slide: {slide}")).unwrap_or_default();
    rule(buf, area, Span::styled(beat.title, palette.accent), &slide, palette.muted);
    let rows = usize::from(area.height).saturating_sub(1);
    let mut lines = lines(player, area.width, palette);
    if lines.len() > rows {
        // What is asked or answered matters: the words before it give way, from the top.
        let skipped = lines.len() - rows;
        lines.drain(..skipped);
        put(buf, area, 0, 1, &Line::raw("…"));
    }
    for (y, line) in (1..).zip(lines) {
        put(buf, area, 1, y, &line);
    }
}

fn lines(player: &Player, width: u16, palette: &Palette) -> Vec<Line<'static>> {
    let cells = usize::from(width).saturating_sub(2);
    if player.off_path() {
        let text = "You are off the lesson's path: play as you like, space leads back.";
        return styled(text, cells, palette.strong);
    }
    let beat = player.beat();
    let mut lines = Vec::new();
    match player.question() {
        None => lines.extend(words(&beat, cells)),
        Some(question) if question.is_open() => {
            lines.extend(words(&beat, cells));
            lines.extend(asked(&question, cells, palette));
        }
        Some(question) => {
            lines.extend(asked(&question, cells, palette));
            lines.extend(words(&beat, cells));
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

fn words(beat: &BeatView, cells: usize) -> Vec<Line<'static>> {
    beat.say.iter().flat_map(|paragraph| wrap(paragraph, cells)).map(Line::raw).collect()
}

fn styled(text: &str, cells: usize, style: Style) -> Vec<Line<'static>> {
    wrap(text, cells).into_iter().map(|line| Line::styled(line, style)).collect()
}

fn asked(question: &Question, cells: usize, palette: &Palette) -> Vec<Line<'static>> {
    let mut lines = if question.is_open() { styled(&question.ask, cells, palette.strong) } else { Vec::new() };
    for (at, choice) in question.choices.iter().enumerate() {
        let (mark, style) = match (question.truth, question.given) {
            (None, _) => (' ', Style::new()),
            (Some(truth), _) if truth == at => ('✓', palette.good.bold()),
            (Some(_), Some(given)) if given == at => ('✗', palette.bad.not_reversed()),
            // Once it is known, only what happens and what was guessed are of interest.
            (Some(_), _) => continue,
        };
        for (nth, text) in wrap(&choice.join("; "), cells.saturating_sub(5)).into_iter().enumerate() {
            let head = if nth == 0 { format!("{mark} {} ", at + 1) } else { "    ".to_owned() };
            lines.push(Line::from(vec![Span::styled(head, palette.accent.patch(style)), Span::styled(text, style)]));
        }
    }
    if let Some(verdict) = &question.verdict {
        lines.extend(styled(verdict, cells, palette.strong));
    }
    lines
}
