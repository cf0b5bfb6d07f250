//! All keys, out of the table of commands.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::{COMMANDS, Group, LEGEND, LEGEND_TITLE, MARK_CELLS, Model, help_cells};

use super::Palette;
use super::text::{cut, put, rule, width};

/// Draws the help: one list of all commands, that goes on in a second column where there is room, and scrolls.
pub(crate) fn draw(model: &Model, scrolled: usize, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(2), ..area };
    let hints = Rect { y: area.bottom() - 1, height: 1, ..area };
    super::hint_bar(model, hints, buf, palette);
    let rows = usize::from(body.height);
    let columns = crate::app::help_columns(area.width);
    let column_width = area.width / columns;
    let mut all: Vec<Line<'static>> =
        Group::ALL.iter().flat_map(|group| lines(model, *group, usize::from(column_width), palette)).collect();
    all.extend(marks(area.width, palette));
    let hidden = match super::views::more(scrolled, all.len().saturating_sub(1), rows * usize::from(columns)) {
        more if more.is_empty() => more,
        more => format!(" · {more}"),
    };
    rule(buf, area, Span::styled("keys", palette.strong), &format!("× cannot act now{hidden}"), palette.muted);
    for at in 0..columns {
        let column = Rect { x: body.x + at * column_width, width: column_width, ..body };
        for (y, line) in (0..body.height).zip(all.iter().skip(scrolled + usize::from(at) * rows)) {
            put(buf, column, 1, y, line);
        }
    }
}

/// What the marks mean: the last section.
fn marks(width: u16, palette: &Palette) -> Vec<Line<'static>> {
    let mut lines = vec![Line::styled(LEGEND_TITLE, palette.strong)];
    for (mark, words) in LEGEND.iter().flat_map(|mark| mark.lines(help_cells(width))) {
        let gap = " ".repeat(MARK_CELLS.saturating_sub(self::width(mark)));
        lines.push(Line::from(vec![Span::raw("  "), Span::styled(mark, palette.accent), Span::raw(gap + &words)]));
    }
    lines
}

fn lines(model: &Model, group: Group, cells: usize, palette: &Palette) -> Vec<Line<'static>> {
    let mut lines = vec![Line::styled(group.title(), palette.strong)];
    for command in COMMANDS.iter().filter(|command| command.group == group) {
        let keys = command.keys_label();
        let pad = 12_usize.saturating_sub(width(&keys)).max(1);
        let room = cells.saturating_sub(15);
        let text = if cells >= 60 { command.sentence } else { command.name };
        let can = command.why_not(model).is_none();
        let (key_style, style) =
            if can { (palette.accent, ratatui::style::Style::new()) } else { (palette.muted, palette.muted) };
        lines.push(Line::from(vec![
            Span::styled(if can { "  " } else { "× " }, palette.muted),
            Span::styled(keys, key_style),
            Span::raw(" ".repeat(pad)),
            Span::styled(cut(text, room), style),
        ]));
    }
    lines.push(Line::default());
    lines
}
