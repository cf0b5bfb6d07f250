//! All that a beat says, over the whole screen: its words, its task with every hint given, and its question.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::lesson::Player;

use super::Palette;
use super::prose;
use super::text::{put, rule};

/// Draws it.
pub(crate) fn draw(player: &Player, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let beat = player.beat();
    let number = match player.beat_count() {
        1 => String::new(),
        count => format!("beat {} of {count}", player.beat_number()),
    };
    rule(buf, area, Span::styled(beat.title, palette.accent), &number, palette.muted);
    let cells = usize::from(area.width).saturating_sub(2);
    let rows = usize::from(area.height).saturating_sub(2);
    let paragraphs = paragraphs(player);
    let wrapped = |(head, text): &(&str, String)| {
        let told = if head.is_empty() { text.clone() } else { format!("{head}: {text}") };
        prose::lines(&told, cells, Style::new(), palette)
    };
    let apart = |one| [vec![Line::default()], wrapped(one)].concat();
    let mut lines: Vec<Line<'static>> = paragraphs.iter().flat_map(apart).collect();
    if lines.len() > rows {
        // Where there is no room for empty lines, there are none.
        lines = paragraphs.iter().flat_map(wrapped).collect();
    }
    let more = lines.len() > rows;
    for (y, line) in (1..).zip(lines.iter().take(rows)) {
        put(buf, area, 1, y, line);
    }
    if more {
        put(buf, area, area.width.saturating_sub(2), rows as u16, &Line::raw("…"));
    }
    put(buf, area, 1, area.height.saturating_sub(1), &Line::styled("any key goes back", palette.muted));
}

/// What there is to read, with what it is.
fn paragraphs(player: &Player) -> Vec<(&'static str, String)> {
    let beat = player.beat();
    let mut all: Vec<(&str, String)> = Vec::new();
    match player.task() {
        None => all.extend(beat.say.into_iter().map(|text| ("", text))),
        Some(task) => {
            all.push(("", task.say.clone()));
            all.extend(beat.say.into_iter().filter(|text| *text != task.say).map(|text| ("", text)));
            all.push(("goal", task.goal));
            all.extend(task.limits.map(|limits| ("terms", limits)));
            all.extend(task.hints.into_iter().map(|hint| ("hint", hint)));
        }
    }
    if let Some(question) = player.question() {
        all.push(("question", question.ask));
        let choices = (1..).zip(&question.choices);
        all.extend(choices.map(|(number, choice)| ("", format!("{number} {}", choice.join("; ")))));
        all.extend(question.verdict.map(|verdict| ("answer", verdict)));
        all.extend(question.reason.map(|reason| ("why", reason)));
    }
    all.extend(beat.slide.map(|slide| ("slide", slide)));
    all
}
