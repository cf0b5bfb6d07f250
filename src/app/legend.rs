//! What the marks on the screen mean: the one table that the help's last section is written from.

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
    mark("▌", "changed", "a line that the last step changed, old → new"),
    mark("(→ 0.1)", "would be", "what the selected message would change"),
    mark("●", "look here", "the lesson speaks of it"),
    mark("★", "chosen", "a majority accepted this, under one ballot"),
    mark("1▸ ◂2", "waiting", "so many messages wait from that side"),
    mark("scout {A1}", "phase 1", "a scout, and whose answers it still waits for"),
    mark("cmdr 1 A {A1}", "phase 2", "a commander for A in slot 1, and its waitfor"),
    mark("waits: 2  {2}", "waitfor", "for how many, where their names have no room"),
    mark("p[] d[]", "short", "proposals and decisions, where room is short"),
    mark("⟨0.1, 2, A⟩", "pvalue", "ballot 0.1, slot 2, command A"),
    mark("…  …+3", "cut", "there is more; so many more"),
    mark("▸", "selected", "what the next key is about"),
    mark("▹", "at its ends", "who sends and who gets the selected message"),
    mark("×2", "twice", "two copies of the same message are in flight"),
    mark("stale:", "too late", "nothing comes of it any more, and why"),
    mark("early:", "too early", "it would be refused now; that may change"),
    mark(", to 0.0", "answer to", "what it answers was sent in ballot 0.0"),
    mark("━┓ ✗", "its way", "how the last message came; ✗ it was lost"),
    mark("✓ (A) · ×", "votes", "accepted, forgotten since, may vote, never will"),
    mark("2/3", "counted", "so many votes that the leader has heard of"),
    mark("╰▸ ↓ ━", "space-time", "arrives, is in flight, led to this step"),
];

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

    #[test]
    fn a_mark_fits_in_its_column_and_its_words_in_theirs() {
        for mark in LEGEND {
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
