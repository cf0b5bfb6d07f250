//! All keys, out of the table of commands.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::{COMMANDS, Group, Model};

use super::Palette;
use super::text::{cut, put, rule, width};

/// Draws the help: two columns of short names where all of it fits so, else one column of sentences that scrolls.
pub(crate) fn draw(model: &Model, scrolled: usize, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(2), ..area };
    rule(buf, area, Span::styled("keys", palette.strong), "× cannot act now", palette.muted);
    let hints = Rect { y: area.bottom() - 1, height: 1, ..area };
    super::hint_bar(model, hints, buf, palette);
    // The lines flow from one column to the next, as in a newspaper.
    let columns = if area.width >= 78 { 2 } else { 1 };
    let width = area.width / columns;
    let all = Group::ALL.iter().flat_map(|group| lines(model, *group, usize::from(width), palette));
    for (at, line) in (0..columns * body.height).zip(all.skip(scrolled)) {
        let (column, y) = (at / body.height, at % body.height);
        let column = Rect { x: body.x + column * width, width, ..body };
        put(buf, column, 1, y, &line);
    }
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
