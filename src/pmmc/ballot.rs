//! Ballots, slots and pvalues (paper, section 2; slides: "Ballots (or proposal #s) in PMMC").

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{CommandId, LeaderId};

/// A ballot number. It prints as on the slides, `seqnum.leader` (`0.1` is leader 1's first), and is compared by
/// `seqnum` first, then by leader, so that no two leaders ever share one. "No ballot yet" (the paper's ⊥) is `None` of
/// an `Option<Ballot>`, which is below every ballot.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Ballot {
    /// The round: a leader that runs again takes the highest that it has seen, plus one.
    pub seqnum: u32,
    /// Whose ballot it is.
    pub leader: LeaderId,
}

impl fmt::Display for Ballot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.seqnum, self.leader.0)
    }
}

impl FromStr for Ballot {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('.').and_then(|(seqnum, leader)| {
            Some(Self { seqnum: seqnum.parse().ok()?, leader: LeaderId(leader.parse().ok()?) })
        });
        let ballot = parts.filter(|ballot| ballot.to_string() == text);
        ballot.ok_or_else(|| format!("{text:?} is no ballot such as 0.1"))
    }
}

/// A slot of the replicated log (the slides' "Op1" is slot 1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slot(pub u32);

impl Slot {
    /// The slot after this one. Slots end at `u32::MAX`, which no run reaches.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A pvalue `⟨ballot, slot, command⟩` (paper, section 2.1). Lists of them are sorted by slot, then ballot: the fields
/// stand in that order so that the derived order is it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct PValue {
    pub slot: Slot,
    pub ballot: Ballot,
    pub command: CommandId,
}
