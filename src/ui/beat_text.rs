//! All that a beat says, over the whole screen: its words, its task with every hint given, its question, and what its
//! author noted for the lecturer.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::lesson::Player;

use super::Palette;
use super::text::{at_most, put, rule, wrap};

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
        wrap(&told, cells)
    };
    let apart: Vec<String> = paragraphs.iter().flat_map(|one| [vec![String::new()], wrapped(one)].concat()).collect();
    // Where there is no room for empty lines, there are none.
    let lines = if apart.len() <= rows { apart } else { paragraphs.iter().flat_map(wrapped).collect() };
    for (y, line) in (1..).zip(at_most(lines, rows, cells)) {
        put(buf, area, 1, y, &Line::styled(line, Style::new()));
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
            all.extend(task.limits.map(|limits| ("allowed", limits)));
            all.extend(task.hints.into_iter().map(|hint| ("hint", hint)));
        }
    }
    if let Some(question) = player.question() {
        all.push(("question", question.ask));
        let choices = (1..).zip(&question.choices);
        all.extend(choices.map(|(number, choice)| ("", format!("{number} {}", choice.join("; ")))));
        all.extend(question.verdict.map(|verdict| ("answer", verdict)));
    }
    all.extend(beat.slide.map(|slide| ("slide", slide)));
    all.extend(beat.notes.map(|notes| ("for the lecturer", notes)));
    all
}
