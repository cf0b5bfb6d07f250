//! All keys, out of the table of commands, and what the marks mean; or what of it is looked for.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::{Command, Help, HelpLine, Id, MARK_CELLS, Model, Scope};

use super::text::{cut, put, rule, width};
use super::{Palette, Seen, Zone, ascii, typing};

/// Draws the help: one list, that goes on in a second column where there is room, and scrolls.
pub(crate) fn draw(model: &Model, help: &Help, area: Rect, buf: &mut Buffer, palette: &Palette) -> Vec<Zone> {
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(2), ..area };
    let hints = Rect { y: area.bottom() - 1, height: 1, ..area };
    let zones = super::hint_bar(model, Seen { is_cut: false, scrolls: true }, hints, buf, palette);
    let rows = usize::from(body.height);
    let columns = crate::app::help_columns(area.width);
    let column_width = area.width / columns;
    let all = help.lines(model.keymap(), area.width);
    let hidden = match super::views::more(help.scrolled, all.len(), rows * usize::from(columns)) {
        more if more.is_empty() => more,
        more => format!(" · {more}"),
    };
    let title = match help.wanted() {
        Some(wanted) if !help.is_typed() => format!("keys with \"{}\"", cut(&wanted.text(), 30)),
        _ => "keys".to_owned(),
    };
    rule(buf, area, Span::styled(title, palette.strong), &format!("· cannot act now{hidden}"), palette.muted);
    if let Some(wanted) = help.wanted().filter(|_| help.is_typed()) {
        let line = typing::edited(wanted, " / ", usize::from(area.width).saturating_sub(28), palette);
        put(buf, area, 0, 0, &line);
        put(buf, area, line.width() as u16, 0, &Line::raw(" "));
    }
    if all.is_empty() {
        let close = model.keymap().first(Id::Close);
        put(buf, body, 2, 1, &Line::raw(format!("No key and no mark is about that; {close} lists all again.")));
    }
    for at in 0..columns {
        let column = Rect { x: body.x + at * column_width, width: column_width, ..body };
        let shown = all.iter().skip(help.scrolled + usize::from(at) * rows);
        for (y, line) in (0..body.height).zip(shown) {
            put(buf, column, 1, y, &written(model, line, usize::from(column_width), palette));
        }
    }
    zones
}

fn written(model: &Model, line: &HelpLine, cells: usize, palette: &Palette) -> Line<'static> {
    match line {
        HelpLine::Title(title) => Line::styled(*title, palette.strong),
        HelpLine::Command(command) => of_command(model, command, cells, palette),
        HelpLine::Mark(mark, words) => {
            let gap = " ".repeat(MARK_CELLS.saturating_sub(width(mark)));
            Line::from(vec![Span::raw("  "), Span::styled(*mark, palette.accent), Span::raw(gap + words)])
        }
        HelpLine::Gap => Line::default(),
    }
}

/// The cells that every command's sentence fits in.
const SENTENCE: usize = 66;

fn of_command(model: &Model, command: &Command, cells: usize, palette: &Palette) -> Line<'static> {
    let keys = model.keymap().label(command);
    let keys = if model.ascii() { ascii::key_names(&keys) } else { keys };
    let pad = 12_usize.saturating_sub(width(&keys)).max(1);
    let room = cells.saturating_sub(15);
    // Whole sentences, or else names: none is cut.
    let text = if room >= SENTENCE { command.sentence } else { command.name };
    let here = if model.stage().is_some() { Scope::Stage } else { Scope::Home };
    // Finding a key works right here.
    let can = (command.applies(here) || command.id == Id::Find) && command.why_not(model).is_none();
    let (key_style, style) =
        if can { (palette.accent, ratatui::style::Style::new()) } else { (palette.muted, palette.muted) };
    Line::from(vec![
        Span::styled(if can { "  " } else { "· " }, palette.muted),
        Span::styled(keys, key_style),
        Span::raw(" ".repeat(pad)),
        Span::styled(cut(text, room), style),
    ])
}
