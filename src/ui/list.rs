//! A list in brackets, in as many lines as there are: whole if it fits, else folded around the elements that matter, with
//! how many are not shown.

use std::cmp::Reverse;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::Palette;
use super::fields::Field;
use super::text::{cut, width};

/// How much an element matters where not all are shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Weight {
    /// The last step changed it.
    Changed,
    /// The selected message speaks of its slot.
    Spoken,
    /// It is the next to be used.
    Next,
    /// One of many: the newer, the more it matters.
    Other,
}

/// One element of a list.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) text: String,
    pub(crate) weight: Weight,
}

/// A list with its name.
#[derive(Clone, Debug)]
pub(crate) struct List {
    /// The name as it is written before the bracket: `accepted: `.
    pub(crate) label: String,
    pub(crate) brackets: [char; 2],
    pub(crate) items: Vec<Item>,
    /// How many more there are that were not even looked at.
    pub(crate) skipped: usize,
    /// Whether it changed in a way that its elements do not show.
    pub(crate) touched: bool,
    /// What it was, if it shrank.
    pub(crate) was: Option<String>,
    /// What would be added to it or go from it, the most words first.
    pub(crate) ghost: Vec<String>,
}

/// How many cells the label and each of the elements take.
struct Widths {
    /// Whether they are written without inner blanks.
    tight: bool,
    label: usize,
    cells: Vec<usize>,
}

/// Elements beyond the first line stand under this many blanks.
const INDENT: usize = 1;

/// Of longer lists only so many elements are looked at.
const MOST: usize = 64;

/// Those of many that can be shown in a place where at most so many fit: the ones to keep first, and one more, so that it
/// is seen that not all fit. Also how many are left out.
pub(crate) fn few<T>(all: Vec<(T, Weight)>, fit: usize) -> (Vec<(T, Weight)>, usize) {
    let most = fit.saturating_add(1).min(MOST);
    let left_out = all.len().saturating_sub(most);
    if left_out == 0 {
        return (all, 0);
    }
    let mut order: Vec<(Weight, Reverse<usize>)> =
        all.iter().enumerate().map(|(at, (_, weight))| (*weight, Reverse(at))).collect();
    let first_out = *order.select_nth_unstable(most).1;
    let is_kept = |at: usize, weight: Weight| (weight, Reverse(at)) < first_out;
    let kept = all.into_iter().enumerate().filter(|(at, (_, weight))| is_kept(*at, *weight));
    (kept.map(|(_, one)| one).collect(), left_out)
}

impl List {
    pub(crate) fn new(label: &str, items: Vec<Item>) -> Self {
        Self {
            label: label.to_owned(),
            brackets: ['[', ']'],
            items,
            skipped: 0,
            touched: false,
            was: None,
            ghost: Vec::new(),
        }
    }

    fn changed(&self) -> bool {
        self.touched || self.was.is_some() || self.items.iter().any(|item| item.weight == Weight::Changed)
    }

    /// How many lines of this width it needs to be whole, at most `most`.
    pub(crate) fn needs(&self, cells: usize, most: usize) -> usize {
        let all: Vec<usize> = (0..self.items.len()).collect();
        // One element alone is not divided for the sake of its blanks.
        if all.len() == 1 && self.is_whole(cells) {
            return 1;
        }
        let wide = self.widths(false);
        (1..most).find(|lines| self.breaks(&all, &wide, &vec![cells; *lines]).is_some()).unwrap_or(most.max(1))
    }

    /// Whether all of it fits in one line of this width.
    pub(crate) fn is_whole(&self, cells: usize) -> bool {
        let all: Vec<usize> = (0..self.items.len()).collect();
        let fits = |tight: bool| self.breaks(&all, &self.widths(tight), &[cells]).is_some();
        self.skipped == 0 && [false, true].into_iter().any(fits)
    }

    /// The list in lines of these widths; fewer lines if it needs fewer.
    pub(crate) fn lay(&self, cells: &[usize], palette: &Palette) -> Vec<Field> {
        let lines = self.was(cells, palette).unwrap_or_else(|| self.folded(cells, palette));
        let last = lines.len().saturating_sub(1);
        let changed = self.changed();
        let mut fields: Vec<Field> = lines.into_iter().map(|line| Field { changed, line }).collect();
        if let (Some(field), Some(cells)) = (fields.last_mut(), cells.get(last)) {
            field.haunt(&self.ghost, *cells, palette);
        }
        fields
    }

    /// `proposals: [⟨1, A⟩] → []`, or with less blanks.
    fn was(&self, cells: &[usize], palette: &Palette) -> Option<Vec<Line<'static>>> {
        let was = self.was.as_ref()?;
        let now: Vec<&str> = self.items.iter().map(|item| item.text.as_str()).collect();
        let [open, close] = self.brackets;
        let now = format!("{open}{}{close}", now.join(", "));
        let (tight_was, tight_now) = (format!("{}→", tightened(was)), tightened(&now));
        let forms = [(format!("{was} → "), now), (tight_was, tight_now)];
        let mut lines = forms.into_iter().map(|(was, now)| {
            Line::from(vec![Span::raw(format!("{}{was}", self.label)), Span::styled(now, palette.changed)])
        });
        let room = *cells.first()?;
        lines.find(|line| line.width() <= room).map(|line| vec![line])
    }

    fn folded(&self, cells: &[usize], palette: &Palette) -> Vec<Line<'static>> {
        // The ones to keep first: what changed, what is spoken of, then the newest.
        let mut order: Vec<usize> = (0..self.items.len()).collect();
        order.sort_by_key(|at| (self.items[*at].weight, Reverse(*at)));
        let least = self.items.len().min(1);
        let forms = [self.widths(false), self.widths(true)];
        // More never fit, even if all were as narrow as the narrowest, with a comma behind each.
        let narrowest = forms[1].cells.iter().min().map_or(1, |cells| cells + 1);
        let most = cells.iter().map(|cells| cells + 1).sum::<usize>() / narrowest;
        for kept in (least..=self.items.len().min(most.max(least))).rev() {
            let mut shown: Vec<usize> = order.iter().take(kept).copied().collect();
            shown.sort_unstable();
            for widths in &forms {
                if let Some(breaks) = self.breaks(&shown, widths, cells) {
                    return self.lines(&shown, widths.tight, &breaks, palette);
                }
            }
        }
        let room = cells.first().copied().unwrap_or(0);
        // Not even one fits beside the number of the others: then it alone, with the mark.
        if let Some(item) = order.first().and_then(|at| self.items.get(*at)) {
            let text = Span::styled(tightened(&item.text), style(item, palette));
            let line = Line::from(vec![Span::raw(format!("{}…", self.label)), text]);
            if line.width() <= room {
                return vec![line];
            }
        }
        let [open, close] = self.brackets;
        vec![Line::raw(cut(&format!("{}{open}…+{}{close}", self.label, self.items.len() + self.skipped), room))]
    }

    /// What stands behind the last element.
    fn tail(&self, shown: usize) -> String {
        let hidden = self.items.len() + self.skipped - shown;
        if hidden > 0 { format!("…+{hidden}{}", self.brackets[1]) } else { self.brackets[1].to_string() }
    }

    /// How many cells that takes.
    fn tail_width(&self, shown: usize) -> usize {
        match self.items.len() + self.skipped - shown {
            0 => 1,
            hidden => "…+]".chars().count() + hidden.ilog10() as usize + 1,
        }
    }

    /// How wide each element is; `tight`, without inner blanks.
    fn widths(&self, tight: bool) -> Widths {
        let of = |item: &Item| if tight { width(&tightened(&item.text)) } else { width(&item.text) };
        Widths { tight, label: width(&self.label), cells: self.items.iter().map(of).collect() }
    }

    /// How many of the shown elements stand in each line, if they fit.
    fn breaks(&self, shown: &[usize], widths: &Widths, cells: &[usize]) -> Option<Vec<usize>> {
        let tight = widths.tight;
        let tail = self.tail_width(shown.len());
        let mut counts = vec![0];
        let mut used = widths.label + 1;
        for (nth, at) in shown.iter().enumerate() {
            let own = *widths.cells.get(*at)?;
            // A comma behind it, or what ends the list.
            let behind = if nth + 1 == shown.len() { tail } else { 1 };
            let before = usize::from(!tight && counts.last() != Some(&0));
            if used + before + own + behind > *cells.get(counts.len() - 1)? {
                cells.get(counts.len())?;
                counts.push(0);
                used = INDENT;
                if used + own + behind > cells[counts.len() - 1] {
                    return None;
                }
                used += own + 1;
            } else {
                used += before + own + 1;
            }
            *counts.last_mut()? += 1;
        }
        (!shown.is_empty() || used + tail <= *cells.first()?).then_some(counts)
    }

    fn lines(&self, shown: &[usize], tight: bool, breaks: &[usize], palette: &Palette) -> Vec<Line<'static>> {
        let mut rest = shown.iter().filter_map(|at| self.items.get(*at)).peekable();
        let mut lines = Vec::new();
        for (nth, count) in breaks.iter().enumerate() {
            let head = if nth == 0 { format!("{}{}", self.label, self.brackets[0]) } else { " ".repeat(INDENT) };
            let mut spans = vec![Span::raw(head)];
            for at in 0..*count {
                let Some(item) = rest.next() else { break };
                if at > 0 && !tight {
                    spans.push(Span::raw(" "));
                }
                let text = if tight { tightened(&item.text) } else { item.text.clone() };
                spans.push(Span::styled(text, style(item, palette)));
                if rest.peek().is_some() {
                    spans.push(Span::raw(","));
                }
            }
            lines.push(Line::from(spans));
        }
        if let Some(last) = lines.last_mut() {
            last.push_span(Span::raw(self.tail(shown.len())));
        }
        lines
    }
}

fn style(item: &Item, palette: &Palette) -> Style {
    if item.weight == Weight::Changed { palette.changed } else { Style::new() }
}

/// Without inner blanks.
pub(crate) fn tightened(text: &str) -> String {
    text.replace(", ", ",").replace(" → ", "→")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Colors, Theme};

    fn list(texts: &[&str], heavy: usize) -> List {
        let items = texts.iter().enumerate().map(|(at, text)| {
            let weight = if at == heavy { Weight::Spoken } else { Weight::Other };
            Item { text: (*text).to_owned(), weight }
        });
        List::new("accepted: ", items.collect())
    }

    fn text(list: &List, cells: &[usize]) -> Vec<String> {
        let lines = list.lay(cells, &Palette::of(Theme::Mono, Colors::None, None));
        lines.iter().map(|field| field.line.spans.iter().map(|span| span.content.as_ref()).collect()).collect()
    }

    #[test]
    fn what_does_not_fit_is_folded_around_what_matters() {
        let three = ["⟨0.0, 1, A⟩", "⟨0.0, 2, B⟩", "⟨0.0, 3, C⟩"];
        assert_eq!(text(&list(&three, 0), &[60]), ["accepted: [⟨0.0, 1, A⟩, ⟨0.0, 2, B⟩, ⟨0.0, 3, C⟩]"]);
        assert_eq!(text(&list(&three, 9), &[25]), ["accepted: [⟨0.0,3,C⟩…+2]"]);
        assert_eq!(text(&list(&three, 0), &[25]), ["accepted: [⟨0.0,1,A⟩…+2]"], "what is spoken of stays");
        let two_lines = ["accepted: [⟨0.0, 1, A⟩,", " ⟨0.0, 2, B⟩, ⟨0.0, 3, C⟩]"];
        assert_eq!(text(&list(&three, 0), &[26, 26]), two_lines);
        assert_eq!(text(&list(&three, 9), &[22]), ["accepted: …⟨0.0,3,C⟩"]);
        assert_eq!(text(&list(&three, 9), &[16]), ["accepted: […+3]"]);
        assert_eq!(text(&list(&[], 9), &[16]), ["accepted: []"]);
    }

    #[test]
    fn of_many_the_ones_that_matter_and_the_last_are_looked_at() {
        let all: Vec<(usize, Weight)> =
            (0..1_000).map(|at| (at, if at == 7 { Weight::Changed } else { Weight::Other })).collect();
        for (fit, looked_at) in [(usize::MAX, MOST), (3, 4)] {
            let (kept, left_out) = few(all.clone(), fit);
            assert_eq!((kept.len(), kept.len() + left_out), (looked_at, 1_000));
            assert!(kept[0].0 == 7 && kept.last().unwrap().0 == 999);
        }
    }
}
