//! The deliberate bugs. Each is one guard in one place; beside it stands the invariant that it breaks first.

use serde::{Deserialize, Serialize};

use super::StableField;
use super::rules::choice;

choice! {
    /// A deliberate bug, by the name that it has in files, on the command line and on screen.
    Bug {
        /// An acceptor restarts knowing nothing. A1, A3.
        Amnesia = "amnesia",
        /// An acceptor forgets in a crash what it accepted. A3.
        ForgetAccepted = "forget_accepted",
        /// An acceptor forgets in a crash what it promised. A1.
        ForgetBallot = "forget_ballot",
        /// One reply suffices for scouts and commanders. D6, D9.
        Quorum1Of3 = "quorum_1_of_3",
        /// One reply suffices for scouts. D6, D9.
        ScoutQuorum1 = "scout_quorum_1",
        /// One reply suffices for commanders. D1.
        CmdrQuorum1 = "cmdr_quorum_1",
        /// Half of the replies suffices, which differs from a majority with an even number of acceptors. D6.
        HalfQuorum = "half_quorum",
        /// A leader ignores what the answers to its scout say was accepted. C2, D9.
        IgnorePvals = "ignore_pvals",
        /// A leader's own proposals win over what was accepted. C2, D9.
        OwnFirst = "own_first",
        /// Of what was accepted in a slot, a leader takes the lowest ballot's. C2, D9.
        PmaxLowest = "pmax_lowest",
        /// Of what was accepted in a slot, a leader takes what it heard first. C2, D9.
        PmaxFirst = "pmax_first",
        /// An acceptor adopts lower ballots, too. A1.
        AdoptLower = "adopt_lower",
        /// An acceptor accepts pvalues of any ballot. A2.
        AcceptLower = "accept_lower",
        /// A commander takes an answer of a lower ballot for a vote. D1.
        LowerP2bIsVote = "lower_p2b_is_vote",
        /// A commander counts answers, not acceptors. D1.
        CountDups = "count_dups",
        /// Ballots do not end with their leader, so two leaders can share one. D7.
        NoTiebreak = "no_tiebreak",
        /// A leader restarts with its first ballot. D7, C1.
        ReuseBallot = "reuse_ballot",
        /// A proposal for a taken slot replaces the one there. C1.
        Overwrite = "overwrite",
        /// A scout counts any answer of its own or a lower ballot, also answers to older scouts. C2.
        StaleP1b = "stale_p1b",
        /// An acceptor accepts pvalues of higher ballots without raising `ballot_num`. A2.
        AcceptNoRaise = "accept_no_raise",
        /// A replica performs a command as often as it is decided. R3.
        NoDedup = "no_dedup",
        /// A replica forgets a command that lost its slot to another. Liveness only.
        NoRepropose = "no_repropose",
        /// A leader turns passive for any preempted, also an old one. Liveness only.
        PassiveAlways = "passive_always",
    }
}

impl Bug {
    /// The rule that it switches off, in words.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Amnesia => "an acceptor's state survives a crash",
            Self::ForgetAccepted => StableField::AcceptorAccepted.rule(),
            Self::ForgetBallot => StableField::AcceptorBallotNum.rule(),
            Self::Quorum1Of3 => "scouts and commanders wait for a majority",
            Self::ScoutQuorum1 => "a scout waits for a majority",
            Self::CmdrQuorum1 => "a commander waits for a majority",
            Self::HalfQuorum => "half of the acceptors is no majority",
            Self::IgnorePvals | Self::OwnFirst => "a leader takes over what was accepted",
            Self::PmaxLowest => "pmax takes the highest ballot's vote",
            Self::PmaxFirst => "pmax takes the highest ballot's vote, not the first one",
            Self::AdoptLower => "an acceptor adopts no lower ballot",
            Self::AcceptLower => "only accept values from the current ballot",
            Self::LowerP2bIsVote => "an answer of a lower ballot is no vote",
            Self::CountDups => "acceptors are counted, not answers",
            Self::NoTiebreak => "no two leaders share a ballot",
            Self::ReuseBallot => StableField::LeaderBallotNum.rule(),
            Self::Overwrite => "the first proposal for a slot stays",
            Self::StaleP1b => "a scout counts only answers to itself",
            Self::AcceptNoRaise => "who accepts a higher ballot's adopts it",
            Self::NoDedup => "a command is performed once",
            Self::NoRepropose => "a command that lost its slot is proposed again",
            Self::PassiveAlways => "only a higher ballot makes a leader passive",
        }
    }

    /// The fields that are not in stable storage while it is played. Four bugs are nothing else.
    pub const fn lost_fields(self) -> &'static [StableField] {
        match self {
            Self::Amnesia => &[StableField::AcceptorBallotNum, StableField::AcceptorAccepted],
            Self::ForgetAccepted => &[StableField::AcceptorAccepted],
            Self::ForgetBallot => &[StableField::AcceptorBallotNum],
            Self::ReuseBallot => &[StableField::LeaderBallotNum],
            _ => &[],
        }
    }
}
