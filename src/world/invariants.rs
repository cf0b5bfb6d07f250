//! What must hold in every state and for every step (paper, sections 2 and 3): names and meanings. How each is judged
//! stands in `judge`.

use serde::{Deserialize, Serialize};

/// An invariant, by its name in the paper (R, A, C) or, beyond the paper, D.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Invariant {
    R1,
    R2,
    R3,
    R4,
    R5,
    A1,
    A2,
    A3,
    A4,
    A5,
    C1,
    C2,
    D1,
    D2,
    D3,
    D4,
    D5,
    D6,
    D7,
    D8,
    D9,
}

impl Invariant {
    /// All of them, in the fixed order.
    pub const ALL: [Self; 21] = [
        Self::R1,
        Self::R2,
        Self::R3,
        Self::R4,
        Self::R5,
        Self::A1,
        Self::A2,
        Self::A3,
        Self::A4,
        Self::A5,
        Self::C1,
        Self::C2,
        Self::D1,
        Self::D2,
        Self::D3,
        Self::D4,
        Self::D5,
        Self::D6,
        Self::D7,
        Self::D8,
        Self::D9,
    ];

    /// What it means when it holds.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::R1 => "no two replicas know different decisions for a slot",
            Self::R2 => "a replica knows the decision of every slot below its slot_out",
            Self::R3 => "a replica's state is that of all its decided commands, each performed once, in order",
            Self::R4 => "a replica's slot_out never goes back",
            Self::R5 => "a replica proposes for no slot beyond its window: slot_in <= slot_out + WINDOW",
            Self::A1 => "an acceptor's ballot_num never goes back",
            Self::A2 => "an acceptor only accepts pvalues of its current ballot_num",
            Self::A3 => "an acceptor never removes what it accepted",
            Self::A4 => "under one ballot all acceptors accept the same command for a slot",
            Self::A5 => "once a command is chosen, every higher ballot can only get that command accepted",
            Self::C1 => "at most one commander is ever started for a ballot and slot",
            Self::C2 => "once a command is chosen, every commander of a higher ballot carries that command",
            Self::D1 => "what is said to be decided was chosen by a majority",
            Self::D2 => "at most one command is ever chosen, and at most one decided, for a slot",
            Self::D3 => "only commands that somebody asked for are decided",
            Self::D4 => "an acceptor that promised a ballot has told of all its votes below it, and casts no more",
            Self::D5 => "an acceptor that says it voted did vote",
            Self::D6 => "an active leader's ballot was adopted by a majority, and no acceptor of it went back",
            Self::D7 => "a leader's ballots are its own, grow, and are used once",
            Self::D8 => "a leader's scouts and commanders have no higher ballot than the leader",
            Self::D9 => "a leader starts a commander only if no other command of a lower ballot can still be chosen",
        }
    }
}

/// An invariant that does not hold, and where.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[allow(missing_docs)]
pub struct Violation {
    pub invariant: Invariant,
    pub why: String,
}
