//! What stands beside a beat's words: the lights of the lesson, and the panel in the place of the stage.

use std::collections::BTreeSet;

use crate::script::Line;
use crate::world::Invariant;

use super::player::Player;

/// What is shown in the place of the stage.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Panel {
    /// The votes of a slot: ballots by acceptors.
    Votes,
    /// What is chosen, and who knows.
    Knowledge,
    /// Runs that are no branches of this one, side by side.
    Table,
}

/// The panels that a lesson can ask for, by their names.
const PANELS: [(&str, Panel); 2] = [("votes", Panel::Votes), ("who knows", Panel::Knowledge)];

impl Panel {
    /// The panel of this name; or that there is none.
    pub(super) fn named(line: &Line) -> Result<Self, String> {
        let found = PANELS.iter().find(|(name, _)| *name == line.text).map(|(_, panel)| *panel);
        found.ok_or_else(|| format!("\"{line}\" cannot be shown: expected \"votes\" or \"who knows\""))
    }
}

/// An invariant in sight.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lit {
    /// What the lesson calls it.
    pub name: String,
    /// Whether it held in every step since the lesson's beginning, or since a rule was broken.
    pub holds: bool,
}

impl Player {
    /// The invariants of a lesson with lights that do not hold, or did not in a step since its beginning.
    pub fn violated(&self) -> BTreeSet<Invariant> {
        if self.lesson().lights.is_empty() {
            return BTreeSet::new();
        }
        let mut out: BTreeSet<_> = self.session().violations().iter().map(|one| one.invariant).collect();
        if let Some(from) = self.lit_since() {
            self.session().replay(from, |_, _, _, watch| {
                out.extend(watch.violations().iter().map(|one| one.invariant));
            });
        }
        out
    }

    /// The lights of the lesson. One that went out stays out, as long as the step that put it out is part of the run.
    pub fn lights(&self) -> Vec<Lit> {
        let (lights, out) = (&self.lesson().lights, self.violated());
        lights.iter().map(|one| Lit { name: one.name.text.clone(), holds: !out.contains(&one.invariant) }).collect()
    }
}
