//! A leader's scouts and commanders with whom they wait for.

use std::collections::{BTreeMap, BTreeSet};

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::pmmc::{AcceptorId, Ballot, Leader, PValue};
use crate::world::text::{Notation, pvalue};

use super::Palette;
use super::fields::Field;
use super::text::{cut, width};

/// One scout or commander.
struct Worker<'a> {
    who: Who<'a>,
    /// Whom it waits for; `None` if the last step ended it.
    waitfor: Option<&'a BTreeSet<AcceptorId>>,
    changed: bool,
}

#[derive(Clone, Copy)]
enum Who<'a> {
    Scout(Ballot),
    Commander(&'a PValue),
}

/// All of them. There may be hundreds, of which few are shown: what is said of one is worked out when it is shown.
pub(crate) struct Work<'a> {
    workers: Vec<Worker<'a>>,
    /// The leader's ballot: who works for another one is of no use any more.
    live: Ballot,
    /// The leader's ballot, if all work for it: then none of them says so. Else each does, so that all are written alike.
    own: Option<Ballot>,
    /// What the selected message would make of the leader, if that is something else.
    after: Option<&'a Leader>,
    /// The cells of the list of all acceptors.
    longest: usize,
    /// Whether there is room for all words, whatever they wait for.
    wordy: bool,
    /// Whether there is room for a scout's ballot, even if it is the leader's.
    numbered: bool,
    /// Whether no blanks stand between the acceptors even where there is room for them, as in rows.
    tight: bool,
    /// What would begin.
    begins: Vec<String>,
}

impl<'a> Work<'a> {
    pub(crate) fn of(
        now: &'a Leader,
        before: Option<&'a Leader>,
        after: Option<&'a Leader>,
        acceptors: impl Iterator<Item = AcceptorId>,
    ) -> Self {
        let mut workers = present(now, before);
        let mut ballot_num = now.ballot_num;
        // Whoever ended in the last step is told where nobody else is to be seen.
        if workers.is_empty()
            && let Some(old) = before
        {
            let ended = present(old, None).into_iter();
            workers.extend(ended.map(|one| Worker { waitfor: None, changed: true, ..one }));
            ballot_num = old.ballot_num;
        }
        let own = Some(ballot_num).filter(|own| workers.iter().all(|worker| worker.who.ballot() == *own));
        Self {
            workers,
            live: ballot_num,
            own,
            after,
            longest: width(&names(acceptors)),
            wordy: false,
            numbered: false,
            tight: false,
            begins: after.map(|after| begins(now, after)).unwrap_or_default(),
        }
    }

    /// The same in lines of so many cells, with all words if there is room for them: that depends on the size only, so that
    /// each is called the same from step to step.
    pub(crate) fn in_box(self, cells: usize) -> Self {
        let fits = |name: &str| width(name) + " {}".len() + self.longest <= cells;
        Self { wordy: fits("commander ⟨0.0, 1, A⟩ waitfor"), numbered: fits("scout 0.1"), ..self }
    }

    /// The same in rows.
    pub(crate) fn in_row(self) -> Self {
        Self { tight: true, ..self }
    }

    /// How many lines they need.
    pub(crate) fn count(&self) -> usize {
        self.workers.len().max(usize::from(!self.begins.is_empty()))
    }

    /// One a line, those first that work for the leader's ballot: the lowest lines have the least room. Of more those that
    /// changed, then the newest.
    pub(crate) fn lay(&self, cells: &[usize], palette: &Palette) -> Vec<Field> {
        let mut keep: Vec<usize> = (0..self.workers.len()).collect();
        let more = keep.len().saturating_sub(cells.len());
        let is_late = |at: &usize| self.workers[*at].who.ballot() != self.live;
        if more > 0 {
            keep.sort_by_key(|at| (!self.workers[*at].changed, is_late(at), std::cmp::Reverse(*at)));
            keep.truncate(cells.len());
        } else if self.own.is_none() {
            keep.sort_by_key(is_late);
        }
        let last = keep.len().saturating_sub(1);
        let mark = if more > 0 { format!(" …+{more}") } else { String::new() };
        let mut fields: Vec<Field> = Vec::new();
        for (nth, (at, cells)) in keep.iter().zip(cells).enumerate() {
            let mark = if nth == last { mark.as_str() } else { "" };
            let Some(worker) = self.workers.get(*at) else { continue };
            let room = cells.saturating_sub(width(mark));
            let style = if worker.changed { palette.changed } else { Style::new() };
            let text = cut(&self.text(worker, room), room);
            let line = Line::from(vec![Span::styled(text, style), Span::raw(mark.to_owned())]);
            let mut field = Field { changed: worker.changed, line };
            field.haunt(&worker.ghosts(self.after), *cells, palette);
            fields.push(field);
        }
        if let ([], Some(begins), Some(cells)) = (fields.as_slice(), self.begins.first(), cells.first()) {
            let mut field = Field::plain(String::new());
            let short = format!("(+{})", self.begins.len());
            field.haunt(
                &[format!("(+ {})", self.begins.join(", ")), format!("(+ {begins} …)"), short],
                *cells,
                palette,
            );
            fields.push(field);
        }
        fields
    }

    /// The cells of the widest in a row: with the names of those that it waits for, and with their number.
    pub(crate) fn widths(&self) -> [usize; 2] {
        let widest = |set: usize| {
            let cells = self.workers.iter().map(|worker| match worker.waitfor {
                Some(_) => width(&worker.who.short(self.own)) + set,
                None => width(&worker.who.of_change(self.own)) + width(ENDED),
            });
            cells.max().unwrap_or(set)
        };
        let more = if self.workers.len() > 1 { width(" …+1") + 1 } else { 0 };
        [tight(self.longest) + " {}".len(), width(" {…+3}")].map(|set| widest(set) + more)
    }

    /// The newest behind another field, as wordy as there is room for; if there is none, how many there are.
    pub(crate) fn beside(&self, mut field: Field, cells: usize, palette: &Palette) -> Field {
        const BETWEEN: &str = " · ";
        if self.workers.is_empty() {
            return field;
        }
        let room = cells.saturating_sub(field.line.width() + width(BETWEEN));
        match self.in_one_line(room, palette).filter(|_| self.widths()[1] <= room) {
            Some(work) => {
                field.changed |= work.changed;
                field.line.push_span(Span::raw(BETWEEN));
                field.line.spans.extend(work.line.spans);
            }
            None => field.line.push_span(Span::raw(format!(" …+{}", self.workers.len()))),
        }
        field
    }

    /// The newest before another field, which has a mark at least.
    pub(crate) fn before(&self, field: Field, cells: usize, palette: &Palette) -> Field {
        const BETWEEN: &str = " · ";
        let room = cells.saturating_sub(field.line.width() + width(BETWEEN));
        let (room, last) = if self.widths()[1] <= room {
            (room, [vec![Span::raw(BETWEEN)], field.line.spans].concat())
        } else {
            (cells.saturating_sub(2), vec![Span::raw(" …")])
        };
        let mut work = self.in_one_line(room, palette).unwrap_or_else(|| Field::plain(String::new()));
        work.changed |= field.changed;
        work.line.spans.extend(last);
        work
    }

    /// What it is and whom it waits for, as wordy as there would be room if it waited for all, so that the words stay the
    /// same while it counts.
    fn text(&self, worker: &Worker<'_>, cells: usize) -> String {
        let short = worker.who.short(self.own.filter(|_| !self.numbered || !matches!(worker.who, Who::Scout(_))));
        let Some(waitfor) = worker.waitfor else {
            let long = format!("{}{ENDED}", worker.who.long().trim_end_matches(" waitfor"));
            let short = format!("{}{ENDED}", worker.who.of_change(self.own));
            return if self.wordy && width(&long) <= cells { long } else { short };
        };
        let all = names(waitfor.iter().copied());
        let fits = |name: &str, longest: usize| width(name) + " {}".len() + longest <= cells;
        match worker.who.long() {
            long if self.wordy && fits(&long, self.longest) => format!("{long} {{{all}}}"),
            _ if !self.tight && fits(&short, self.longest) => format!("{short} {{{all}}}"),
            _ if fits(&short, tight(self.longest)) => format!("{short} {{{}}}", all.replace(", ", ",")),
            _ => {
                let folded = format!("{short} {{…+{}}}", waitfor.len());
                if width(&folded) <= cells { folded } else { format!("{short} …") }
            }
        }
    }

    /// All in one line, in as few cells as need be: the newest.
    pub(crate) fn in_one_line(&self, cells: usize, palette: &Palette) -> Option<Field> {
        self.lay(&[cells], palette).pop()
    }
}

/// What stands behind the name of one that the last step ended.
const ENDED: &str = " → none";

fn present<'a>(now: &'a Leader, before: Option<&'a Leader>) -> Vec<Worker<'a>> {
    let scouts = beside(&now.scouts, before.map(|old| &old.scouts)).map(|(ballot, scout, old)| Worker {
        who: Who::Scout(*ballot),
        waitfor: Some(&scout.waitfor),
        changed: before.is_some()
            // It loses acceptors and gains pvalues, if anything.
            && old.is_none_or(|old| old.waitfor.len() != scout.waitfor.len() || old.pvalues.len() != scout.pvalues.len()),
    });
    let commanders = beside(&now.commanders, before.map(|old| &old.commanders)).map(|(one, commander, old)| Worker {
        who: Who::Commander(one),
        waitfor: Some(&commander.waitfor),
        changed: before.is_some() && old.is_none_or(|old| old.waitfor.len() != commander.waitfor.len()),
    });
    scouts.chain(commanders).collect()
}

/// Each entry with what stands under the same key in another map. Both are gone through once: there may be hundreds.
fn beside<'a, K: Ord, V>(
    now: &'a BTreeMap<K, V>,
    other: Option<&'a BTreeMap<K, V>>,
) -> impl Iterator<Item = (&'a K, &'a V, Option<&'a V>)> {
    let mut others = other.into_iter().flatten().peekable();
    now.iter().map(move |(key, value)| {
        while others.next_if(|(other, _)| *other < key).is_some() {}
        (key, value, others.next_if(|(other, _)| *other == key).map(|(_, other)| other))
    })
}

/// The scouts and commanders that are there only afterwards.
fn begins(now: &Leader, after: &Leader) -> Vec<String> {
    let scouts = beside(&after.scouts, Some(&now.scouts)).filter(|(.., now)| now.is_none());
    let scouts = scouts.map(|(ballot, ..)| format!("scout {ballot}"));
    let commanders = beside(&after.commanders, Some(&now.commanders)).filter(|(.., now)| now.is_none());
    scouts.chain(commanders.map(|(one, ..)| format!("cmdr {} {}", one.slot, one.command))).collect()
}

impl Who<'_> {
    /// What it is called in all words.
    fn long(self) -> String {
        match self {
            Self::Scout(ballot) => format!("scout {ballot} waitfor"),
            Self::Commander(one) => format!("commander {} waitfor", pvalue(Notation::Screen, one)),
        }
    }

    /// What it is called in short: with its ballot where not all have the leader's.
    fn short(self, own: Option<Ballot>) -> String {
        match self {
            Self::Scout(ballot) if Some(ballot) == own => "scout".to_owned(),
            Self::Scout(ballot) => format!("scout {ballot}"),
            Self::Commander(one) if Some(one.ballot) == own => format!("cmdr {} {}", one.slot, one.command),
            Self::Commander(one) => format!("cmdr {} {} {}", one.ballot, one.slot, one.command),
        }
    }

    /// What it is called where it comes or goes, as in a question's choices: a scout has its ballot then.
    fn of_change(self, own: Option<Ballot>) -> String {
        match self {
            Self::Scout(_) => self.short(None),
            Self::Commander(_) => self.short(own),
        }
    }

    /// Under which ballot it works.
    fn ballot(self) -> Ballot {
        match self {
            Self::Scout(ballot) => ballot,
            Self::Commander(one) => one.ballot,
        }
    }

    /// Whom it waits for at this leader, if it is there.
    fn waitfor(self, leader: &Leader) -> Option<&BTreeSet<AcceptorId>> {
        match self {
            Self::Scout(ballot) => leader.scouts.get(&ballot).map(|scout| &scout.waitfor),
            Self::Commander(one) => leader.commanders.get(one).map(|commander| &commander.waitfor),
        }
    }
}

impl Worker<'_> {
    /// Whom it would no longer wait for, if that would become of its leader.
    fn ghosts(&self, after: Option<&Leader>) -> Vec<String> {
        let (Some(now), Some(after)) = (self.waitfor, after) else { return Vec::new() };
        match self.who.waitfor(after) {
            None => vec![" (→ done)".to_owned(), " (→ -)".to_owned()],
            Some(after) if now != after => vec![format!(" (-{})", names(now.difference(after).copied()))],
            Some(_) => Vec::new(),
        }
    }
}

/// The cells of a list of acceptors of so many cells with one blank less between any two of them.
fn tight(longest: usize) -> usize {
    (longest + 1).saturating_sub((longest + 2) / 4)
}

fn names(all: impl IntoIterator<Item = AcceptorId>) -> String {
    all.into_iter().map(|one| one.to_string()).collect::<Vec<_>>().join(", ")
}
