//! The panel that talks: why the last step went as it did, why a key could not act, or a prompt.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::{Foresight, Id, Line as Edited, Model, Notice, Overlay, Pick, Purpose, Stage, View};

use super::Palette;
use super::text::{at_most, cut, put, rule, width, wrap};
use super::typing::edited;

/// Draws the panel. A prompt or a refusal takes the place of the why until the next key.
pub(crate) fn draw(model: &Model, stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) {
    if area.is_empty() {
        return;
    }
    match (model.overlay(), model.notice()) {
        (Some(Overlay::Request(line)), notice) => {
            let below = notice.map(|notice| notice.text.clone());
            request(line, below.as_deref(), area, buf, palette);
        }
        (Some(Overlay::Name(line)), _) => name(line, area, buf, palette),
        (Some(Overlay::Slide(line)), notice) => {
            slide(line, notice.map(|notice| notice.text.as_str()), area, buf, palette);
        }
        (Some(Overlay::Pick(pick)), notice) => {
            let below = notice.map(|notice| notice.text.clone());
            pick_one(stage, pick, below.as_deref(), area, buf, palette);
        }
        (Some(Overlay::Typing(typing)), notice) => {
            let below = notice.map(|notice| notice.text.as_str());
            super::typing::draw(stage, typing, below, area, buf, palette);
        }
        (Some(Overlay::Quit), _) => {
            let steps: u32 = model.stages().iter().filter(|stage| stage.lesson().is_none()).map(steps_of).sum();
            let steps = if steps == 1 { "1 step".to_owned() } else { format!("{steps} steps") };
            let text = format!("Quit? Runs are not saved yet: {steps} would be lost.");
            panel("quit", &[text], None, palette.strong, area, buf, palette);
        }
        (Some(Overlay::Seek(_)), _) => {}
        (_, Some(notice)) if notice.refused => {
            panel("✗ nothing done", &[sentence(&notice.text)], None, palette.bad, area, buf, palette);
        }
        (_, Some(notice)) => panel("note", &[sentence(&notice.text)], None, palette.strong, area, buf, palette),
        (_, None) if stage.trouble().is_some() => {
            let trouble = stage.trouble().unwrap_or_default().to_owned();
            let title = format!("✗ the lesson's file ({} closes)", model.keymap().first(Id::Close));
            panel(&title, &[trouble], None, palette.bad, area, buf, palette);
        }
        (_, None) => reasons(model, stage, area, buf, palette),
    }
}

/// A note or refusal with what it is, as a title says it.
fn titled(notice: &Notice) -> String {
    format!("{}: {}", if notice.refused { "✗ nothing done" } else { "note" }, sentence(&notice.text))
}

/// Whether a note or refusal can be told in a single row.
pub(crate) fn fits_one_row(notice: &Notice, columns: u16) -> bool {
    width(&titled(notice)) + 4 <= usize::from(columns)
}

/// A note or refusal where every row that it covers is one of what is asked.
pub(crate) fn in_one_row(model: &Model, area: Rect, buf: &mut Buffer, palette: &Palette) {
    if let Some(notice) = model.notice() {
        let style = if notice.refused { palette.bad } else { palette.strong };
        rule(buf, area, Span::styled(titled(notice), style), "", palette.muted);
    }
}

/// A note or refusal as the row of what can be pressed has it.
fn for_bar(notice: &Notice) -> String {
    if notice.refused { format!("✗ {}", sentence(&notice.text)) } else { titled(notice) }
}

/// Whether a note or refusal can be told in the row of what can be pressed.
pub(crate) fn fits_bar(notice: &Notice, columns: u16) -> bool {
    width(&for_bar(notice)) + 2 <= usize::from(columns)
}

/// A note or refusal in the row of what can be pressed.
pub(crate) fn in_bar(notice: &Notice, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let style = if notice.refused { palette.bad.not_reversed() } else { palette.strong };
    put(buf, area, 1, 0, &Line::styled(for_bar(notice), style));
}

fn steps_of(stage: &Stage) -> u32 {
    stage.session().step() + stage.session().steps_ahead()
}

/// The text with a capital first letter and a full stop.
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    // A key's own name keeps its case; an article has none of its own.
    let keeps = text.chars().nth(1) == Some(' ') && !text.starts_with("a ");
    let first = chars.next().map(|first| if keeps { first.to_string() } else { first.to_uppercase().to_string() });
    let end = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{}{}{end}", first.unwrap_or_default(), chars.as_str())
}

/// What the last step's sentences are, or what to do first.
pub(crate) fn why(stage: &Stage) -> Vec<String> {
    if !stage.marks_step() && !stage.asks() {
        return vec!["Nothing happens here: no message moves.".to_owned()];
    }
    let told = stage.why();
    if !told.is_empty() {
        return told;
    }
    if stage.session().last_action().is_some() {
        return vec!["Nothing changed: nobody waits for this message any more.".to_owned()];
    }
    vec!["This is the beginning: every process is as it starts. Elect a leader, request a command.".to_owned()]
}

/// Why the last step went as it did. What it broke comes first of all, and whole; how many reasons then have no room stands
/// in the title.
fn reasons(model: &Model, stage: &Stage, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let told = why(stage);
    let headline = stage.headline();
    let Some(alarm) = stage.alarm() else {
        return panel("why", &told, headline.as_deref(), palette.strong, area, buf, palette);
    };
    let cells = usize::from(area.width).saturating_sub(2);
    let rows = usize::from(area.height).saturating_sub(1);
    let broken = at_most(wrap(&format!("✗ {alarm}"), cells), rows, cells);
    let left = rows - broken.len();
    let rest = if left > 0 { newest(&told, headline.as_deref(), left, cells) } else { Vec::new() };
    let more =
        if rest.is_empty() { format!("{}: why", model.keymap().first(Id::View(View::Why))) } else { String::new() };
    rule(buf, area, Span::styled("✗ an invariant is broken", palette.bad), &more, palette.muted);
    let lines = broken.into_iter().map(|line| Line::styled(line, palette.bad.not_reversed()));
    for (y, line) in (1..).zip(lines.chain(rest.into_iter().map(Line::raw))) {
        put(buf, area, 1, y, &line);
    }
}

fn panel(
    title: &str,
    sentences: &[String],
    headline: Option<&str>,
    style: ratatui::style::Style,
    area: Rect,
    buf: &mut Buffer,
    palette: &Palette,
) {
    rule(buf, area, Span::styled(title.to_owned(), style), "", palette.muted);
    let cells = usize::from(area.width).saturating_sub(2);
    let rows = usize::from(area.height).saturating_sub(1);
    for (y, line) in (1..).zip(newest(sentences, headline, rows, cells)) {
        put(buf, area, 1, y, &Line::raw(line));
    }
}

/// Each sentence on its own lines, or all of them one after the other where that needs too many; where that is too much
/// still, less and less of them, but never without the headline.
pub(crate) fn newest(sentences: &[String], headline: Option<&str>, rows: usize, cells: usize) -> Vec<String> {
    let apart: Vec<String> = sentences.iter().flat_map(|one| wrap(one, cells)).collect();
    if apart.len() <= rows {
        return apart;
    }
    let mut least = Vec::new();
    for less in shorter(sentences, headline) {
        least = wrap(&less, cells);
        if least.len() <= rows {
            break;
        }
    }
    at_most(least, rows, cells)
}

/// What delivering the selected message would do, in so many rows of so many cells, or why it waits; where rows are left,
/// what may yet become of it.
pub(crate) fn foreseen(stage: &Stage, foresight: &Foresight, rows: usize, cells: usize) -> Vec<String> {
    let told = match &foresight.then {
        Ok((_, told)) => told,
        Err(why) => return newest(std::slice::from_ref(why), None, rows, cells),
    };
    let mut lines = newest(told, foresight.headline.as_deref(), rows, cells);
    if lines.len() < rows {
        let mut more = stage.becomes_stale().map(|more| wrap(&more, cells)).unwrap_or_default();
        if lines.len() + more.len() <= rows {
            lines.append(&mut more);
        }
    }
    lines
}

/// What stands between two sentences in one line.
const BETWEEN: &str = " · ";

/// All sentences in one line, from the longest form to the shortest: first what was done goes without why it was, the
/// earlier things first; then what was done several times is told once, with how often; then of what was done only the
/// first thing, which is the cause, and the last ones are told, with how many there were between; then the last thing
/// alone. Where there is a headline none goes without it, and it stands alone at the end.
pub(crate) fn shorter(sentences: &[String], headline: Option<&str>) -> Vec<String> {
    let count = sentences.len();
    let done = sentences.iter().map(|one| one.split_once(": ").map_or(one.as_str(), |(done, _)| done));
    let done: Vec<String> = done.map(|one| one.replacen("'s commander tells", " tells", 1)).collect();
    let without = (0..=count).map(|brief| {
        let told = (0..count).map(|at| if at < brief { done[at].as_str() } else { sentences[at].as_str() });
        told.collect::<Vec<_>>().join(BETWEEN)
    });
    let times = done.chunk_by(|one, other| one == other).map(|same| match same {
        [one] => (one.clone(), 1),
        _ => (format!("{} ×{}", same[0], same.len()), same.len()),
    });
    let once: Vec<(String, usize)> = times.collect();
    let last = once.len().saturating_sub(1);
    let with_first = (1..=last).map(|rest| only(&once, |at| at == 0 || at >= rest));
    let without_first = (1..=last).map(|rest| only(&once, |at| at >= rest));
    let forms = without.chain(with_first).chain(without_first);
    let Some(headline) = headline else {
        return forms.chain(once.last().map(|(done, _)| done.clone())).collect();
    };
    let named = once.iter().position(|(done, _)| done.contains(headline));
    let around = named.into_iter().flat_map(|named| {
        let ends = [[0, last], [last, last], [named, named]];
        ends.map(|ends| only(&once, |at| at == named || ends.contains(&at)))
    });
    forms.filter(|form| form.contains(headline)).chain(around).chain([headline.to_owned()]).collect()
}

/// These of what was done in one line, with how many there were between them.
fn only(all: &[(String, usize)], is_told: impl Fn(usize) -> bool) -> String {
    let mut told = Vec::new();
    let mut left_out = 0;
    for (at, (done, times)) in all.iter().enumerate() {
        if !is_told(at) {
            left_out += times;
            continue;
        }
        if left_out > 0 {
            told.push(format!("…+{}", std::mem::take(&mut left_out)));
        }
        told.push(done.clone());
    }
    if left_out > 0 {
        told.push(format!("…+{left_out}"));
    }
    told.join(BETWEEN)
}

fn name(line: &Edited, area: Rect, buf: &mut Buffer, palette: &Palette) {
    rule(buf, area, Span::styled("name this run", palette.strong), "", palette.muted);
    put(buf, area, 0, 1, &edited(line, " its name: ", usize::from(area.width), palette));
    put(buf, area, 1, 2, &Line::styled("an empty name takes it away", palette.muted));
}

/// "Which slide?"
pub(crate) fn slide(line: &Edited, below: Option<&str>, area: Rect, buf: &mut Buffer, palette: &Palette) {
    rule(buf, area, Span::styled("jump to a slide", palette.strong), "", palette.muted);
    put(buf, area, 0, 1, &edited(line, " the slide's number: ", usize::from(area.width), palette));
    if let Some(why) = below {
        let y = 2.min(area.height.saturating_sub(1));
        put(buf, area, 1, y, &Line::styled(cut(&sentence(why), usize::from(area.width) - 2), palette.strong));
    }
}

fn request(line: &Edited, below: Option<&str>, area: Rect, buf: &mut Buffer, palette: &Palette) {
    rule(buf, area, Span::styled("request", palette.strong), "", palette.muted);
    put(buf, area, 0, 1, &edited(line, " a client asks: ", usize::from(area.width), palette));
    let hint = below.map_or_else(|| "put KEY VALUE · get KEY · append KEY VALUE · noop".to_owned(), sentence);
    let style = if below.is_some() { palette.strong } else { palette.muted };
    put(buf, area, 1, 2, &Line::styled(cut(&hint, usize::from(area.width).saturating_sub(2)), style));
}

fn pick_one(stage: &Stage, pick: &Pick, below: Option<&str>, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let world = stage.world();
    let title = match pick.purpose {
        Purpose::Elect => "elect which?",
        Purpose::Crash => "crash or restart which?",
        Purpose::Resend => "who sends again?",
    };
    rule(buf, area, Span::styled(title, palette.strong), "", palette.muted);
    // Of more than fit those around the selection.
    let typed_cells = if pick.typed.is_empty() { 0 } else { 8 + pick.typed.len() };
    let most = usize::from(area.width).saturating_sub(6 + typed_cells) / 5;
    let first = super::views::first_of(pick.selected, pick.candidates.len(), most.max(1));
    let behind = pick.candidates.len().saturating_sub(first + most.max(1));
    let mut line = Line::raw(if first > 0 { "…" } else { "" });
    for (at, process) in pick.candidates.iter().enumerate().skip(first).take(most.max(1)) {
        let mark = if world.is_up(*process) { "" } else { "✗" };
        let (here, style) =
            if at == pick.selected { ("▸", palette.selected) } else { (" ", ratatui::style::Style::new()) };
        line.push_span(Span::raw(here));
        line.push_span(Span::styled(format!("{mark}{process}"), style));
        line.push_span(Span::raw(" "));
    }
    if behind > 0 {
        line.push_span(Span::raw("…"));
    }
    if !pick.typed.is_empty() {
        line.push_span(Span::styled(format!(" typed: {}", pick.typed), palette.accent));
    }
    put(buf, area, 0, 1, &line);
    let how = match pick.purpose {
        Purpose::Elect => "a digit runs that leader at once; or ← → and enter",
        Purpose::Crash | Purpose::Resend => "type its name, or ← → and enter",
    };
    let hint = below.map_or_else(|| how.to_owned(), sentence);
    let style = if below.is_some() { palette.strong } else { palette.muted };
    put(buf, area, 1, 2, &Line::styled(cut(&hint, usize::from(area.width).saturating_sub(2)), style));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_reasons_the_last_ones_are_kept() {
        let told = ["A0 counts", "it is done", "L0 is active"].map(str::to_owned);
        assert_eq!(newest(&told, None, 3, 30), told);
        assert_eq!(newest(&told, None, 2, 30), ["A0 counts · it is done · L0 is", "active"]);
        assert_eq!(
            newest(&told, None, 1, 33),
            ["A0 counts · …+1 · L0 is active"],
            "the cause, the mark, what came of it"
        );
        assert_eq!(newest(&told, None, 1, 20), ["…+2 · L0 is active"]);
        let long = ["A0 counts that vote", "done", "active"].map(str::to_owned);
        assert_eq!(newest(&long, None, 1, 20), ["…+1 · done · active"]);
        assert_eq!(newest(&told, None, 1, 10), ["L0 is …"]);
        let reasons = ["A0 counts: 1 of 2", "L0 is active: 2 of 3"].map(str::to_owned);
        assert_eq!(newest(&reasons, None, 1, 40), ["A0 counts: 1 of 2 · L0 is active: 2 of 3"]);
        assert_eq!(newest(&reasons, None, 1, 33), ["A0 counts · L0 is active: 2 of 3"]);
        assert_eq!(newest(&reasons, None, 1, 30), ["A0 counts · L0 is active"]);
        assert_eq!(newest(&[], None, 1, 10), Vec::<String>::new());
        let many = ["A0 counts: 2 of 3", "L0 starts: A", "L0 starts: B", "L0 starts: C"].map(str::to_owned);
        assert_eq!(newest(&many, None, 1, 30), ["A0 counts · L0 starts ×3"]);
        assert_eq!(newest(&many, None, 1, 20), ["…+1 · L0 starts ×3"]);
    }

    #[test]
    fn the_headline_is_told_however_little_room_there_is() {
        let told = ["A0 counts", "done", "L0 is active: 2 of 3", "L0 starts: A", "L0 starts: B"].map(str::to_owned);
        for (cells, expected) in [
            (50, "A0 counts · done · L0 is active · L0 starts ×2"),
            (38, "…+2 · L0 is active · L0 starts ×2"),
            (30, "…+2 · L0 is active · …+2"),
            (20, "L0 is active"),
            (8, "L0 is …"),
        ] {
            assert_eq!(newest(&told, Some("L0 is active"), 1, cells), [expected], "{cells}");
        }
    }
}
