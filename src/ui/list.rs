//! A list in brackets, in as many lines as there are: whole if it fits, else folded around the elements that matter, with
//! how many are not shown at the place where they would stand.

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
    /// The selected message speaks of its slot, and would change the list.
    Spoken,
    /// It is the next to be used.
    Next,
    /// It is a vote under the latest ballot: no other can have come after those.
    Latest,
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
    /// Whether it is written without inner blanks even where there is room for them, as all are in rows.
    tight: bool,
    pub(crate) items: Vec<Item>,
    /// Where these stand among all, if not all were looked at.
    pub(crate) among: Option<Among>,
    /// Whether it changed in a way that its elements do not show.
    pub(crate) touched: bool,
    /// What it was, if it shrank.
    pub(crate) was: Option<String>,
    /// What would be added to it or go from it, the most words first.
    pub(crate) ghost: Vec<String>,
}

/// The places of some elements among all of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Among {
    places: Vec<usize>,
    all: usize,
}

/// What stands in a folded list.
#[derive(Clone, Copy)]
enum Piece {
    /// The element with this index.
    Item(usize),
    /// The mark of so many that are left out here.
    Gap(usize),
}

/// How many cells the label and each of the elements take.
struct Widths {
    /// Whether they are written without inner blanks.
    tight: bool,
    /// Whether a mark needs no comma before an element, which begins with a bracket of its own.
    glued: bool,
    label: usize,
    cells: Vec<usize>,
}

/// Elements beyond the first line stand under this many blanks.
const INDENT: usize = 1;

/// Of longer lists only so many elements are looked at.
const MOST: usize = 64;

/// Those of many that can be shown in a place where at most so many fit: the ones to keep first, and one more, so that it
/// is seen that not all fit. Also where these stand, if any is left out.
pub(crate) fn few<T>(all: Vec<(T, Weight)>, fit: usize) -> (Vec<(T, Weight)>, Option<Among>) {
    let most = fit.saturating_add(1).min(MOST);
    let count = all.len();
    if count <= most {
        return (all, None);
    }
    let mut order: Vec<(Weight, Reverse<usize>)> =
        all.iter().enumerate().map(|(at, (_, weight))| (*weight, Reverse(at))).collect();
    let first_out = *order.select_nth_unstable(most).1;
    let is_kept = |at: usize, weight: Weight| (weight, Reverse(at)) < first_out;
    let kept = all.into_iter().enumerate().filter(|(at, (_, weight))| is_kept(*at, *weight));
    let (places, kept) = kept.unzip();
    (kept, Some(Among { places, all: count }))
}

impl List {
    pub(crate) fn new(label: &str, items: Vec<Item>) -> Self {
        Self {
            label: label.to_owned(),
            brackets: ['[', ']'],
            tight: false,
            items,
            among: None,
            touched: false,
            was: None,
            ghost: Vec::new(),
        }
    }

    /// The same without inner blanks.
    pub(crate) fn in_row(self) -> Self {
        let ghost = self.ghost.iter().map(|ghost| tightened(ghost)).collect();
        Self { tight: true, ghost, ..self }
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
        let fits = |tight: bool| self.breaks(&all, &self.widths(tight || self.tight), &[cells]).is_some();
        self.among.is_none() && [false, true].into_iter().any(fits)
    }

    /// Whether one line of this width shows an element, if there are any.
    pub(crate) fn shows_one(&self, cells: usize) -> bool {
        let heaviest = (0..self.items.len()).min_by_key(|at| (self.items[*at].weight, Reverse(*at)));
        heaviest.is_none_or(|at| {
            let gaps = self.pieces(&[at]).filter(|piece| matches!(piece, Piece::Gap(_))).count();
            width(&self.label) + width(&tightened(&self.items[at].text)) + gaps <= cells
        })
    }

    /// The list in lines of these widths; fewer lines if it needs fewer.
    pub(crate) fn lay(&self, cells: &[usize], palette: &Palette) -> Vec<Field> {
        let mut fields = self.was(cells, palette).unwrap_or_else(|| self.folded(cells, palette));
        let last = fields.len().saturating_sub(1);
        // What has gone stands in no line.
        let says_nothing = self.changed() && !fields.iter().any(|field| field.changed);
        if let Some(first) = fields.first_mut().filter(|_| says_nothing) {
            first.changed = true;
        }
        if let (Some(field), Some(cells)) = (fields.last_mut(), cells.get(last)) {
            field.haunt(&self.ghost, *cells, palette);
        }
        fields
    }

    /// `proposals: [⟨1, A⟩] → []`, or with less blanks.
    fn was(&self, cells: &[usize], palette: &Palette) -> Option<Vec<Field>> {
        let was = self.was.as_ref()?;
        let now: Vec<&str> = self.items.iter().map(|item| item.text.as_str()).collect();
        let [open, close] = self.brackets;
        let now = format!("{open}{}{close}", now.join(", "));
        let (tight_was, tight_now) = (format!("{}→", tightened(was)), tightened(&now));
        let forms = [(format!("{was} → "), now), (tight_was, tight_now)];
        let forms = forms.into_iter().skip(usize::from(self.tight));
        let mut lines = forms.map(|(was, now)| {
            Line::from(vec![Span::raw(format!("{}{was}", self.label)), Span::styled(now, palette.changed)])
        });
        let room = *cells.first()?;
        lines.find(|line| line.width() <= room).map(|line| vec![Field { changed: true, line }])
    }

    fn folded(&self, cells: &[usize], palette: &Palette) -> Vec<Field> {
        // The ones to keep first: what changed, what is spoken of, then the newest.
        let mut order: Vec<usize> = (0..self.items.len()).collect();
        order.sort_by_key(|at| (self.items[*at].weight, Reverse(*at)));
        let least = self.items.len().min(1);
        let wide = self.widths(self.tight);
        let all: Vec<usize> = (0..self.items.len()).collect();
        if let Some(breaks) = self.breaks(&all, &wide, cells) {
            return self.lines(&all, &wide, &breaks, palette);
        }
        let forms = [wide, self.widths(true)];
        // More never fit, even if all were as narrow as the narrowest, with a comma behind each.
        let narrowest = forms[1].cells.iter().min().map_or(1, |cells| cells + 1);
        let most = cells.iter().map(|cells| cells + 1).sum::<usize>() / narrowest;
        for kept in (least..=self.items.len().min(most.max(least))).rev() {
            let mut shown: Vec<usize> = order.iter().take(kept).copied().collect();
            shown.sort_unstable();
            for widths in &forms {
                if let Some(breaks) = self.breaks(&shown, widths, cells) {
                    return self.lines(&shown, widths, &breaks, palette);
                }
            }
        }
        let room = cells.first().copied().unwrap_or(0);
        if let Some(alone) = order.first().and_then(|at| self.alone(*at, room, palette)) {
            return vec![alone];
        }
        let [open, close] = self.brackets;
        vec![Field::plain(cut(&format!("{}{open}…+{}{close}", self.label, self.count()), room))]
    }

    /// Where not even one element fits beside the marks of the others within brackets: it alone without them, as wide as
    /// there is room; at the worst the marks stand at the sides where the others are, and do not count them.
    fn alone(&self, at: usize, room: usize, palette: &Palette) -> Option<Field> {
        let item = self.items.get(at)?;
        let label = self.label.trim_end();
        let line = |label: &str, counts: bool| {
            let mark = |piece: Option<&Piece>| match piece {
                Some(Piece::Gap(count)) if counts => format!("…+{count}"),
                Some(Piece::Gap(_)) => "…".to_owned(),
                _ => String::new(),
            };
            let pieces: Vec<Piece> = self.pieces(&[at]).collect();
            let [before, behind] = [pieces.first(), pieces.last()].map(mark);
            let text = Span::styled(tightened(&item.text), style(item, palette));
            let comma = if before.is_empty() || item.text.starts_with('⟨') { "" } else { "," };
            Line::from(vec![Span::raw(format!("{label}{before}{comma}")), text, Span::raw(behind)])
        };
        let forms = [(self.label.as_str(), true), (label, true), (&self.label, false), (label, false)];
        let mut lines = forms.into_iter().map(|(label, counts)| line(label, counts));
        let line = lines.find(|line| line.width() <= room)?;
        Some(Field { changed: item.weight == Weight::Changed, line })
    }

    /// How many elements there are, looked at or not.
    fn count(&self) -> usize {
        self.among.as_ref().map_or(self.items.len(), |among| among.all)
    }

    /// Where an element stands among all.
    fn place(&self, at: usize) -> usize {
        self.among.as_ref().and_then(|among| among.places.get(at).copied()).unwrap_or(at)
    }

    /// These elements, and the marks of what is left out before, between and behind them.
    fn pieces<'a>(&'a self, shown: &'a [usize]) -> impl Iterator<Item = Piece> + 'a {
        let gap = |from: usize, to: usize| (to > from).then(|| Piece::Gap(to - from));
        let mut next = 0;
        let inner = shown.iter().flat_map(move |at| {
            let place = self.place(*at);
            let before = gap(std::mem::replace(&mut next, place + 1), place);
            before.into_iter().chain([Piece::Item(*at)])
        });
        let end = shown.last().map_or(0, |at| self.place(*at) + 1);
        inner.chain(gap(end, self.count()))
    }

    /// How wide each element is; `tight`, without inner blanks.
    fn widths(&self, tight: bool) -> Widths {
        let of = |item: &Item| if tight { width(&tightened(&item.text)) } else { width(&item.text) };
        let glued = tight && self.items.iter().all(|item| item.text.starts_with('⟨'));
        Widths { tight, glued, label: width(&self.label), cells: self.items.iter().map(of).collect() }
    }

    /// How many of the pieces stand in each line, if they fit.
    fn breaks(&self, shown: &[usize], widths: &Widths, cells: &[usize]) -> Option<Vec<usize>> {
        let mut counts = vec![0];
        let mut used = widths.label + 1;
        let mut pieces = self.pieces(shown).peekable();
        while let Some(piece) = pieces.next() {
            let own = match piece {
                Piece::Item(at) => *widths.cells.get(at)?,
                Piece::Gap(count) => "…+".chars().count() + count.ilog10() as usize + 1,
            };
            // What stands between it and the next one, or what ends the list.
            let behind = pieces.peek().map_or(1, |next| widths.between(piece, *next).len());
            let before = usize::from(!widths.tight && counts.last() != Some(&0));
            if used + before + own + behind > *cells.get(counts.len() - 1)? {
                let room = *cells.get(counts.len())?;
                counts.push(0);
                used = INDENT;
                if used + own + behind > room {
                    return None;
                }
                used += own + behind;
            } else {
                used += before + own + behind;
            }
            *counts.last_mut()? += 1;
        }
        (!shown.is_empty() || used < *cells.first()?).then_some(counts)
    }

    fn lines(&self, shown: &[usize], widths: &Widths, breaks: &[usize], palette: &Palette) -> Vec<Field> {
        let mut rest = self.pieces(shown).peekable();
        let mut fields = Vec::new();
        for (nth, count) in breaks.iter().enumerate() {
            let head = if nth == 0 { format!("{}{}", self.label, self.brackets[0]) } else { " ".repeat(INDENT) };
            let mut spans = vec![Span::raw(head)];
            let mut changed = false;
            for at in 0..*count {
                let Some(piece) = rest.next() else { break };
                if at > 0 && !widths.tight {
                    spans.push(Span::raw(" "));
                }
                match piece {
                    Piece::Item(at) => spans.extend(self.items.get(at).map(|item| {
                        changed |= item.weight == Weight::Changed;
                        let text = if widths.tight { tightened(&item.text) } else { item.text.clone() };
                        Span::styled(text, style(item, palette))
                    })),
                    Piece::Gap(count) => spans.push(Span::raw(format!("…+{count}"))),
                }
                if let Some(next) = rest.peek() {
                    spans.push(Span::raw(widths.between(piece, *next)));
                }
            }
            fields.push(Field { changed, line: Line::from(spans) });
        }
        if let Some(last) = fields.last_mut() {
            last.line.push_span(Span::raw(self.brackets[1].to_string()));
        }
        fields
    }
}

impl Widths {
    /// What stands between two pieces, without the blank.
    fn between(&self, one: Piece, next: Piece) -> &'static str {
        match (one, next) {
            (Piece::Item(_), Piece::Gap(_)) if self.tight => "",
            (Piece::Gap(_), Piece::Item(_)) if self.glued => "",
            _ => ",",
        }
    }
}

fn style(item: &Item, palette: &Palette) -> Style {
    if item.weight == Weight::Changed { palette.changed } else { Style::new() }
}

/// Without inner blanks.
pub(crate) fn tightened(text: &str) -> String {
    let mut tight = String::with_capacity(text.len());
    for (nth, part) in text.split(',').enumerate() {
        tight.push_str(if nth > 0 { "," } else { "" });
        tight.push_str(part.strip_prefix(' ').filter(|_| nth > 0).unwrap_or(part));
    }
    if tight.contains('→') { tight.replace(" → ", "→") } else { tight }
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
        assert_eq!(text(&list(&three, 9), &[25]), ["accepted: […+2⟨0.0,3,C⟩]"], "the mark is where the cut is");
        assert_eq!(text(&list(&three, 0), &[25]), ["accepted: [⟨0.0,1,A⟩…+2]"], "what is spoken of stays");
        assert_eq!(text(&list(&three, 1), &[28]), ["accepted: […+1⟨0.0,2,B⟩…+1]"]);
        let two_lines = ["accepted: [⟨0.0, 1, A⟩,", " ⟨0.0, 2, B⟩, ⟨0.0, 3, C⟩]"];
        assert_eq!(text(&list(&three, 0), &[26, 26]), two_lines);
        assert_eq!(text(&list(&three, 9), &[22]), ["accepted: …+2⟨0.0,3,C⟩"], "the number before the brackets");
        assert_eq!(text(&list(&three, 9), &[21]), ["accepted:…+2⟨0.0,3,C⟩"]);
        assert_eq!(text(&list(&three, 0), &[21]), ["accepted:⟨0.0,1,A⟩…+2"]);
        assert_eq!(text(&list(&three, 9), &[20]), ["accepted: …⟨0.0,3,C⟩"], "an element before the number");
        assert_eq!(text(&list(&three, 9), &[16]), ["accepted: […+3]"]);
        assert_eq!(text(&list(&[], 9), &[16]), ["accepted: []"]);
    }

    #[test]
    fn what_is_left_out_is_marked_where_it_would_stand() {
        let five = ["⟨1, C⟩", "⟨2, C⟩", "⟨3, D⟩", "⟨4, B⟩", "⟨5, F⟩"];
        let first_and_newest = ["accepted: [⟨1,C⟩…+1", " ⟨3,D⟩,⟨4,B⟩,⟨5,F⟩]"];
        assert_eq!(text(&list(&five, 0), &[22, 19]), first_and_newest);
        assert_eq!(text(&list(&["k1: v1", "k9: v9"], 9), &[19]), ["accepted:…+1,k9: v9"], "here, too");
        assert_eq!(text(&list(&five, 0), &[28]), ["accepted: [⟨1,C⟩…+3⟨5,F⟩]"]);
        assert_eq!(text(&list(&["G", "H", "I", "J"], 9), &[17]), ["accepted: […+3,J]"], "no mark runs into a letter");
    }

    #[test]
    fn the_line_that_changed_is_marked() {
        let mut votes = list(&["⟨0.0, 1, A⟩", "⟨0.1, 1, A⟩"], 9);
        votes.items[1].weight = Weight::Changed;
        let marks = |list: &List, cells: &[usize]| -> Vec<bool> {
            let fields = list.lay(cells, &Palette::of(Theme::Mono, Colors::None, None));
            fields.iter().map(|field| field.changed).collect()
        };
        assert_eq!(marks(&votes, &[25, 20]), [false, true]);
        assert_eq!(marks(&votes, &[40]), [true]);
        votes.items.pop();
        votes.touched = true;
        assert_eq!(marks(&votes, &[25, 20]), [true], "what has gone stands in no line");
    }

    #[test]
    fn of_many_the_ones_that_matter_and_the_last_are_looked_at() {
        let all: Vec<(usize, Weight)> =
            (0..1_000).map(|at| (at, if at == 7 { Weight::Changed } else { Weight::Other })).collect();
        for (fit, looked_at) in [(usize::MAX, MOST), (3, 4)] {
            let (kept, among) = few(all.clone(), fit);
            let among = among.unwrap();
            assert_eq!((kept.len(), among.places.len(), among.all), (looked_at, looked_at, 1_000));
            assert_eq!((among.places[0], among.places[1]), (7, 1_001 - looked_at));
            assert!(kept[0].0 == 7 && kept.last().unwrap().0 == 999);
        }
    }
}
