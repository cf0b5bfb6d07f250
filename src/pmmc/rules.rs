//! The paper's choices: where the sources differ, which reading is played.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Bug, Slot};

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// All of them, in order; a rule's default is first.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name in files and in the action language.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

pub(super) use choice;

choice! {
    /// What a preempted leader does.
    #[derive(Default)]
    OnPreempted {
        /// Waits until it is told to run again, as on the slides.
        #[default]
        Wait = "wait",
        /// Runs again at once, as in the paper's listing.
        Rescout = "rescout",
    }
}

choice! {
    /// When an acceptor accepts a p2a.
    #[derive(Default)]
    P2aRule {
        /// Ballot equal to its `ballot_num` (paper, slides).
        #[default]
        Equal = "equal",
        /// Ballot at least its `ballot_num`, which it raises (the 2011 report, the TLA+ specifications).
        AtLeast = "at_least",
    }
}

choice! {
    /// What a commander does with a p2b of a ballot below its own, the branch that the paper's listing lacks.
    #[derive(Default)]
    LowerP2b {
        /// Ignores it.
        #[default]
        Ignore = "ignore",
        /// Takes it for a preemption and exits, as the listing literally says; a slot can then hang.
        Exit = "exit",
    }
}

choice! {
    /// Whether leaders run for office before step 1.
    #[derive(Default)]
    Start {
        /// They wait for `elect`.
        #[default]
        Idle = "idle",
        /// They run, as in the paper.
        Run = "run",
    }
}

choice! {
    /// How adopted and preempted reach the leader whose scout or commander sent them.
    #[derive(Default)]
    Local {
        /// Inside the step that sent them.
        #[default]
        Instant = "instant",
        /// As messages in flight that cannot be lost or duplicated.
        Stepped = "stepped",
    }
}

choice! {
    /// What a replica does with a request that it has already performed.
    #[derive(Default)]
    DuplicateRequest {
        /// Proposes it again (paper); performing it twice is prevented later.
        #[default]
        Propose = "propose",
        /// Answers from its table of results, and does not propose it.
        Answer = "answer",
    }
}

/// A field that survives a crash. Files name it with a string: its name has a dot in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum StableField {
    AcceptorBallotNum,
    AcceptorAccepted,
    LeaderBallotNum,
    ReplicaDecisions,
    ReplicaApp,
    ReplicaSlotOut,
    ReplicaResults,
}

impl StableField {
    /// All fields that can be in stable storage.
    pub const ALL: [Self; 7] = [
        Self::AcceptorBallotNum,
        Self::AcceptorAccepted,
        Self::LeaderBallotNum,
        Self::ReplicaDecisions,
        Self::ReplicaApp,
        Self::ReplicaSlotOut,
        Self::ReplicaResults,
    ];

    /// The fields' names, in the order of [`Self::ALL`].
    pub const NAMES: [&str; 7] = [
        "acceptor.ballot_num",
        "acceptor.accepted",
        "leader.ballot_num",
        "replica.decisions",
        "replica.app",
        "replica.slot_out",
        "replica.results",
    ];

    /// The field's name: whose it is, and the paper's name.
    pub const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The field of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// The rule that it is in stable storage, in words.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::AcceptorBallotNum => "an acceptor's ballot_num survives a crash",
            Self::AcceptorAccepted => "an acceptor's votes survive a crash",
            Self::LeaderBallotNum => "a leader's ballot_num survives a crash",
            Self::ReplicaDecisions => "a replica's decisions survive a crash",
            Self::ReplicaApp => "a replica's app survives a crash",
            Self::ReplicaSlotOut => "a replica's slot_out survives a crash",
            Self::ReplicaResults => "a replica's results survive a crash",
        }
    }
}

impl Serialize for StableField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for StableField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::named(&name).ok_or_else(|| D::Error::unknown_variant(&name, &Self::NAMES))
    }
}

/// The rules of a run. Every field has a default; the defaults are the lecture's.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Rules {
    pub on_preempted: OnPreempted,
    pub p2a: P2aRule,
    pub lower_p2b: LowerP2b,
    pub first_slot: Slot,
    /// How far proposals may run ahead of what is performed (paper: WINDOW), 1 or more.
    pub window: u32,
    pub start: Start,
    pub local: Local,
    pub duplicate_request: DuplicateRequest,
    /// Acceptors keep one pvalue a slot, the latest (paper, section 4.1).
    pub state_reduction: bool,
    pub stable: BTreeSet<StableField>,
    /// Deliberate bugs.
    pub broken: BTreeSet<Bug>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            on_preempted: OnPreempted::default(),
            p2a: P2aRule::default(),
            lower_p2b: LowerP2b::default(),
            first_slot: Slot(1),
            window: 5,
            start: Start::default(),
            local: Local::default(),
            duplicate_request: DuplicateRequest::default(),
            state_reduction: false,
            stable: BTreeSet::from(StableField::ALL),
            broken: BTreeSet::new(),
        }
    }
}

impl Rules {
    /// Whether this bug is played.
    pub fn broken(&self, bug: Bug) -> bool {
        self.broken.contains(&bug)
    }

    /// Whether this field survives a crash.
    pub fn is_stable(&self, field: StableField) -> bool {
        let lost = |bug: &Bug| bug.lost_fields().contains(&field);
        self.stable.contains(&field) && !self.broken.iter().any(lost)
    }
}

/// One rule that changes in the middle of a run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum RuleChange {
    OnPreempted(OnPreempted),
    P2a(P2aRule),
    LowerP2b(LowerP2b),
    Window(u32),
    Local(Local),
    DuplicateRequest(DuplicateRequest),
    StateReduction(bool),
    /// A field is from now on in stable storage, or no longer.
    Stable(StableField, bool),
    /// A deliberate bug is played from now on, or no longer.
    Broken(Bug, bool),
}

impl fmt::Display for RuleChange {
    /// As the action language has it: `on_preempted rescout`, `broken +ignore_pvals`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = |present| if present { '+' } else { '-' };
        match *self {
            Self::OnPreempted(value) => write!(f, "on_preempted {}", value.name()),
            Self::P2a(value) => write!(f, "p2a {}", value.name()),
            Self::LowerP2b(value) => write!(f, "lower_p2b {}", value.name()),
            Self::Window(value) => write!(f, "window {value}"),
            Self::Local(value) => write!(f, "local {}", value.name()),
            Self::DuplicateRequest(value) => write!(f, "duplicate_request {}", value.name()),
            Self::StateReduction(value) => write!(f, "state_reduction {value}"),
            Self::Stable(field, present) => write!(f, "stable {}{}", sign(present), field.name()),
            Self::Broken(bug, present) => write!(f, "broken {}{}", sign(present), bug.name()),
        }
    }
}

impl Rules {
    /// Changes one rule.
    pub fn change(&mut self, change: RuleChange) {
        match change {
            RuleChange::OnPreempted(value) => self.on_preempted = value,
            RuleChange::P2a(value) => self.p2a = value,
            RuleChange::LowerP2b(value) => self.lower_p2b = value,
            RuleChange::Window(value) => self.window = value,
            RuleChange::Local(value) => self.local = value,
            RuleChange::DuplicateRequest(value) => self.duplicate_request = value,
            RuleChange::StateReduction(value) => self.state_reduction = value,
            RuleChange::Stable(field, present) => set(&mut self.stable, field, present),
            RuleChange::Broken(bug, present) => set(&mut self.broken, bug, present),
        }
    }
}

fn set<T: Ord>(all: &mut BTreeSet<T>, one: T, present: bool) {
    if present {
        all.insert(one);
    } else {
        all.remove(&one);
    }
}
