//! What the marks on the screen mean, and the fields: the tables that the help's last sections are written from.

use crate::pmmc::ProcessId;

/// A mark with what it means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    /// As it is drawn.
    pub mark: &'static str,
    /// What it is called.
    pub word: &'static str,
    /// What it means, in few words.
    pub meaning: &'static str,
}

const fn mark(mark: &'static str, word: &'static str, meaning: &'static str) -> Mark {
    Mark { mark, word, meaning }
}

/// A field with what it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct FieldWords {
    field: &'static str,
    /// Whose it is; `each` if every process has it.
    role: &'static str,
    meaning: &'static str,
}

const fn field(field: &'static str, role: &'static str, meaning: &'static str) -> FieldWords {
    FieldWords { field, role, meaning }
}

impl FieldWords {
    /// The help tells of it as of a mark.
    pub(super) fn told(&self) -> Mark {
        mark(self.field, self.role, self.meaning)
    }
}

/// The title of the section.
pub const LEGEND_TITLE: &str = "What the marks mean";

/// Every mark: those of the boxes first, then those of the messages and of the views.
pub const LEGEND: &[Mark] = &[
    mark("♛", "active", "a leader that was elected, as far as it knows"),
    mark("◎", "scouting", "a leader that runs for office: its scout is out"),
    mark("↓", "preempted", "a leader that saw a higher ballot and waits"),
    mark("?", "suspected", "it seems to have failed; perhaps it is only slow"),
    mark("✗", "crashed", "it is down; messages to it wait"),
    mark("‖", "cut off", "on its side (1, 2, …) of a cut network"),
    mark("┎ ┃ ┖", "took the step", "the process that took the last step"),
    mark("▌", "changed", "a line that the last step changed, old → new; without ▌ an earlier step of this beat did"),
    mark("(→ 0.1)", "would be", "what the selected message would change"),
    mark("●", "look here", "the lesson speaks of it"),
    mark("★", "chosen", "a majority accepted this, under one ballot"),
    mark("1▸ ◂2", "waiting", "so many messages wait from that side"),
    mark("scout {A1}", "phase 1", "a scout, and whose answers it still waits for"),
    mark("cmdr 1 A {A1}", "phase 2", "a commander, for A in slot 1, and its waitfor"),
    mark("{…+2}", "waitfor", "for how many, where their names have no room"),
    mark("p[] d[] ballot", "short", "proposals, decisions, ballot_num, where room is short"),
    mark("in 2 out 1", "short", "slot_in and slot_out"),
    mark("⟨0.1, 2, A⟩", "pvalue", "ballot 0.1, slot 2, command A"),
    mark("…  …+3", "cut", "there is more; so many more"),
    mark("▸", "selected", "what the next key is about"),
    mark("▹", "at its ends", "who sends and who gets the selected message"),
    mark("×2", "twice", "two copies of the same message are in flight"),
    mark("stale:", "too late", "it would be refused or ignored, and why"),
    mark("early:", "too early", "it would be refused now; that may change"),
    mark(", to 0.0", "answer to", "what it answers was sent in ballot 0.0"),
    mark("━┓ ✗", "its way", "how the last message came; ✗ it was lost"),
    mark("✓ (A) · ×", "votes", "accepted, forgotten since, may vote, never will"),
    mark("2/3", "counted", "so many votes that the leader has heard of"),
    mark("○ ✓ ●", "who knows", "wants or proposed it, was told of it, performed it"),
    mark("╰▸ ↓ ━", "space-time", "arrives, is in flight, led to this step"),
];

/// The title of the section.
pub(super) const FIELDS_TITLE: &str = "What the processes hold";

/// Every field, by the role that has it.
pub(super) const FIELDS: &[FieldWords] = &[
    field("up", "each", "it runs; false: it is crashed"),
    field("pending", "client", "asked for, not answered yet"),
    field("responses", "client", "the answers that arrived"),
    field("slot_in", "replica", "the next slot it can propose for"),
    field("slot_out", "replica", "the next slot it needs decided, to perform it"),
    field("requests", "replica", "asked for, not proposed yet"),
    field("proposals", "replica", "proposed by it, not decided as far as it knows"),
    field("decisions", "replica", "decided, as far as it learned"),
    field("log", "replica", "what it performed, in order"),
    field("leaders", "replica", "whom it proposes to"),
    field("app", "replica", "the state machine: its keys and values"),
    field("active", "leader", "it was elected, as far as it knows"),
    field("ballot_num", "leader", "the ballot of its last run, or of its first"),
    field("ran", "leader", "whether it ever ran for office"),
    field("rival", "leader", "the higher ballot that preempted it"),
    field("proposals", "leader", "what it wants decided, a command a slot"),
    field("scouts", "leader", "phase 1: each gets a ballot adopted"),
    field("commanders", "leader", "phase 2: each gets a pvalue accepted"),
    field("ballot_num", "acceptor", "the highest ballot it adopted"),
    field("accepted", "acceptor", "the pvalues it voted for"),
];

/// What this field of a process is, in few words.
pub fn gloss(process: ProcessId, field: &str) -> Option<&'static str> {
    let role = match process {
        ProcessId::Client(_) => "client",
        ProcessId::Replica(_) => "replica",
        ProcessId::Leader(_) => "leader",
        ProcessId::Acceptor(_) => "acceptor",
    };
    FIELDS.iter().find(|one| one.field == field && (one.role == role || one.role == "each")).map(|one| one.meaning)
}

impl Mark {
    /// The lines of this mark in a list that is so many cells wide, the mark in the first one and the words beside it.
    pub fn lines(&self, cells: usize) -> Vec<(&'static str, String)> {
        let room = cells.saturating_sub(MARK_CELLS).max(1);
        let mut lines = vec![String::new()];
        for word in format!("{}: {}", self.word, self.meaning).split(' ') {
            let fits = lines.last().is_some_and(|line| line.chars().count() + 1 + word.chars().count() <= room);
            match lines.last_mut() {
                Some(line) if line.is_empty() => line.push_str(word),
                Some(line) if fits => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines.into_iter().enumerate().map(|(at, line)| (if at == 0 { self.mark } else { "" }, line)).collect()
    }
}

/// The cells that the marks take, with the gap behind them.
pub const MARK_CELLS: usize = 15;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::text::Notation;
    use crate::world::{Setup, World, fields};

    #[test]
    fn every_field_of_every_process_has_its_words() {
        let world = World::new(&Setup::default()).unwrap();
        for process in world.cluster().processes() {
            for (name, _) in fields(&world, Notation::Screen, process) {
                assert!(gloss(process, name).is_some(), "{process} {name}");
            }
        }
    }

    #[test]
    fn a_mark_fits_in_its_column_and_its_words_in_theirs() {
        for mark in LEGEND.iter().copied().chain(FIELDS.iter().map(FieldWords::told)) {
            assert!(mark.mark.chars().count() < MARK_CELLS, "{mark:?}");
            for cells in [38, 60, 120] {
                let lines = mark.lines(cells);
                assert!(lines.iter().all(|(_, line)| line.chars().count() <= cells - MARK_CELLS), "{lines:?}");
                let told: Vec<&str> = lines.iter().map(|(_, line)| line.as_str()).collect();
                assert_eq!(told.join(" "), format!("{}: {}", mark.word, mark.meaning));
            }
        }
    }
}
