//! A leader's scouts and commanders with whom they wait for.

use std::collections::BTreeSet;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::pmmc::{AcceptorId, Leader};
use crate::world::text::{Notation, pvalue};

use super::Palette;
use super::fields::Field;
use super::text::{cut, width};

/// One scout or commander.
struct Worker {
    /// What it is called, the most words first.
    heads: Vec<String>,
    /// Whom it waits for; `None` if the last step ended it.
    waitfor: Option<BTreeSet<AcceptorId>>,
    changed: bool,
    after: After,
}

/// What the selected message would make of a scout or commander.
enum After {
    /// Nobody knows.
    Unknown,
    /// It would be gone.
    Gone,
    /// It would wait for these.
    Waits(BTreeSet<AcceptorId>),
}

impl After {
    fn of(after: Option<&Leader>, waitfor: impl Fn(&Leader) -> Option<&BTreeSet<AcceptorId>>) -> Self {
        after.map_or(Self::Unknown, |after| waitfor(after).map_or(Self::Gone, |waitfor| Self::Waits(waitfor.clone())))
    }
}

/// All of them.
pub(crate) struct Work {
    workers: Vec<Worker>,
    /// The cells of the longest list of acceptors.
    longest: usize,
    /// What would begin.
    begins: Vec<String>,
}

impl Work {
    pub(crate) fn of(
        now: &Leader,
        before: Option<&Leader>,
        after: Option<&Leader>,
        acceptors: impl Iterator<Item = AcceptorId>,
    ) -> Self {
        let mut workers = present(now, before, after);
        // Whoever ended in the last step is told where nobody else is to be seen.
        if workers.is_empty()
            && let Some(old) = before
        {
            let ended = present(old, None, None).into_iter();
            workers.extend(ended.map(|one| Worker { waitfor: None, changed: true, after: After::Unknown, ..one }));
        }
        Self {
            workers,
            longest: width(&names(acceptors)),
            begins: after.map(|after| begins(now, after)).unwrap_or_default(),
        }
    }

    /// How many lines they need.
    pub(crate) fn count(&self) -> usize {
        self.workers.len().max(usize::from(!self.begins.is_empty()))
    }

    /// One a line; of more those that changed, then the newest, of which the first has most room.
    pub(crate) fn lay(&self, cells: &[usize], palette: &Palette) -> Vec<Field> {
        let mut keep: Vec<usize> = (0..self.workers.len()).collect();
        let more = keep.len().saturating_sub(cells.len());
        if more > 0 {
            keep.sort_by_key(|at| (!self.workers[*at].changed, std::cmp::Reverse(*at)));
            keep.truncate(cells.len());
        }
        let last = keep.len().saturating_sub(1);
        let mark = if more > 0 { format!(" …+{more}") } else { String::new() };
        let mut fields: Vec<Field> = Vec::new();
        for (nth, (at, cells)) in keep.iter().zip(cells).enumerate() {
            let mark = if nth == last { mark.as_str() } else { "" };
            let Some(worker) = self.workers.get(*at) else { continue };
            let room = cells.saturating_sub(width(mark));
            let style = if worker.changed { palette.changed } else { Style::new() };
            let text = cut(&worker.text(self.longest, room), room);
            let line = Line::from(vec![Span::styled(text, style), Span::raw(mark.to_owned())]);
            let mut field = Field { changed: worker.changed, line };
            field.haunt(&worker.ghosts(), *cells, palette);
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

    /// The cells of the widest in each of its forms: with names, with names close to each other, with a number.
    pub(crate) fn widths(&self) -> [usize; 3] {
        let heads = self.workers.iter().map(|worker| worker.heads.last().map_or(0, |head| width(head)));
        let head = heads.max().unwrap_or(0);
        let more = if self.workers.len() > 1 { 5 } else { 0 };
        [head + 3 + self.longest + more, head + 3 + tight(self.longest) + more, head + ": 3".len() + more]
    }

    /// All in one line, in as few cells as need be: the newest.
    pub(crate) fn in_one_line(&self, cells: usize, palette: &Palette) -> Option<Field> {
        self.lay(&[cells], palette).pop()
    }
}

fn present(now: &Leader, before: Option<&Leader>, after: Option<&Leader>) -> Vec<Worker> {
    // Of one leader all are written alike: without their ballots, if all are of its own.
    let ballots = now.scouts.keys().chain(now.commanders.keys().map(|one| &one.ballot));
    let is_plain = ballots.into_iter().all(|ballot| *ballot == now.ballot_num);
    let scouts = now.scouts.iter().map(|(ballot, scout)| {
        let short = if is_plain { "scout".to_owned() } else { format!("scout {ballot}") };
        Worker {
            heads: vec![format!("scout {ballot} waitfor"), format!("scout {ballot}"), short],
            waitfor: Some(scout.waitfor.clone()),
            changed: before.is_some_and(|old| old.scouts.get(ballot) != Some(scout)),
            after: After::of(after, |new| new.scouts.get(ballot).map(|scout| &scout.waitfor)),
        }
    });
    let commanders = now.commanders.iter().map(|(one, commander)| {
        let what = pvalue(Notation::Screen, one);
        let own = format!("cmdr {} {}", one.slot, one.command);
        let short = if is_plain { own } else { format!("cmdr {} {} {}", one.ballot, one.slot, one.command) };
        Worker {
            heads: vec![
                format!("commander {what} waitfor"),
                format!("commander {what}"),
                format!("cmdr {what}"),
                short,
            ],
            waitfor: Some(commander.waitfor.clone()),
            changed: before.is_some_and(|old| old.commanders.get(one) != Some(commander)),
            after: After::of(after, |new| new.commanders.get(one).map(|commander| &commander.waitfor)),
        }
    });
    scouts.chain(commanders).collect()
}

/// The scouts and commanders that are there only afterwards.
fn begins(now: &Leader, after: &Leader) -> Vec<String> {
    let scouts = after.scouts.keys().filter(|ballot| !now.scouts.contains_key(ballot));
    let scouts = scouts.map(|ballot| format!("scout {ballot}"));
    let commanders = after.commanders.keys().filter(|one| !now.commanders.contains_key(one));
    scouts.chain(commanders.map(|one| format!("cmdr {} {}", one.slot, one.command))).collect()
}

impl Worker {
    /// What it is and whom it waits for, as wordy as there would be room if it waited for all, so that the words stay the
    /// same while it counts.
    fn text(&self, longest: usize, cells: usize) -> String {
        let last = self.heads.last().map_or("", String::as_str);
        let Some(waitfor) = &self.waitfor else {
            let head = self.heads.get(1).map_or(last, String::as_str);
            let long = format!("{head} → none");
            return if width(&long) <= cells { long } else { format!("{last} → none") };
        };
        if let Some(head) = self.heads.iter().find(|head| width(head) + longest + 3 <= cells) {
            return format!("{head} {{{}}}", names(waitfor.iter().copied()));
        }
        if width(last) + tight(longest) + 3 <= cells {
            return format!("{last} {{{}}}", names(waitfor.iter().copied()).replace(", ", ","));
        }
        let long = format!("{last} waits: {}", waitfor.len());
        if width(&long) <= cells { long } else { format!("{last}: {}", waitfor.len()) }
    }

    /// Whom it would no longer wait for.
    fn ghosts(&self) -> Vec<String> {
        match (&self.waitfor, &self.after) {
            (Some(_), After::Gone) => vec![" (→ done)".to_owned(), " (→ -)".to_owned()],
            (Some(now), After::Waits(after)) if now != after => {
                vec![format!(" (-{})", names(now.difference(after).copied()))]
            }
            _ => Vec::new(),
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
