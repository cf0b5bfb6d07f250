//! Questions about a state: goals of lessons, expectations of homework, what a search looks for. One type for all.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::pmmc::{
    Acceptor, AcceptorId, Ballot, Client, Cluster, CommandId, Leader, LeaderId, PValue, ProcessId, Replica, ReplicaId,
    Slot,
};

use super::text::{self, Notation};
use super::{Envelope, History, Invariant, LocalRef, Watch, World};

/// One of several, or any (written `_`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Which<T> {
    /// Any will do.
    Any,
    /// This one.
    Is(T),
}

impl<T: PartialEq> Which<T> {
    fn fits(&self, one: &T) -> bool {
        match self {
            Self::Any => true,
            Self::Is(this) => this == one,
        }
    }
}

/// How often.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Times {
    AtLeast(u64),
    AtMost(u64),
    Exactly(u64),
}

/// A question about the last state shown; `Ever` and `Then` also look back over the run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Predicate {
    /// The leader is active.
    Active(Which<LeaderId>),
    /// The leader has a scout at work.
    Scouting(Which<LeaderId>),
    /// The leader or acceptor has this `ballot_num`; `"0"` is none yet.
    BallotNum(Which<ProcessId>, Which<BallotNum>),
    /// The acceptor has the pvalue of this ballot, slot and command in `accepted`.
    Accepted(Which<AcceptorId>, Which<BallotNum>, Which<Slot>, Which<CommandId>),
    /// The leader or replica has this command in its `proposals`.
    Proposal(Which<ProcessId>, Which<Slot>, Which<CommandId>),
    /// A majority ever accepted the command for the slot, under one ballot.
    Chosen(Which<Slot>, Which<CommandId>),
    /// The replica knows this decision.
    Decided(Which<ReplicaId>, Which<Slot>, Which<CommandId>),
    /// The replica's `slot_out`.
    SlotOut(Which<ReplicaId>, Which<Slot>),
    /// The process is up.
    Up(Which<ProcessId>),
    /// A message of this kind (`"p1a"`) or text (`"p1a(0.0)"`) is in flight.
    InFlight(Which<String>),
    /// A message to this process is in flight.
    InFlightTo(Which<ProcessId>),
    /// The invariant does not hold.
    Violated(Which<Invariant>),
    /// So many messages of this kind were sent.
    Sent(Which<String>, Times),
    /// The replica's state machine has this value under this key.
    App(Which<ReplicaId>, String, Which<String>),
    /// A client has the answer to this command.
    Answered(Which<CommandId>),
    /// A client waits for the answer to this command.
    Waiting(Which<CommandId>),
    /// It held in this state or in any before.
    Ever(Box<Predicate>),
    /// The second holds, and the first held in this state or in any before.
    Then(Box<Predicate>, Box<Predicate>),
    /// All hold.
    All(Vec<Predicate>),
    /// At least one holds.
    Any(Vec<Predicate>),
    /// It does not hold.
    Not(Box<Predicate>),
}

/// A `ballot_num` that may be none yet, written `0`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BallotNum(pub Option<Ballot>);

impl FromStr for BallotNum {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "0" { Ok(Self(None)) } else { text.parse().map(|ballot| Self(Some(ballot))) }
    }
}

impl fmt::Display for BallotNum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::ballot_num(self.0))
    }
}

/// Follows a predicate over a run: what must be remembered of earlier states is kept here.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Follow {
    /// Whether each `Ever`, and the first half of each `Then`, ever held; in the order of the text.
    held: Vec<bool>,
}

impl Follow {
    /// Before the first state was shown.
    pub fn new(predicate: &Predicate) -> Self {
        Self { held: vec![false; predicate.memories()] }
    }

    /// Whether each thing to remember ever held.
    pub(crate) fn held(&self) -> &[bool] {
        &self.held
    }

    /// Shows the next state; whether the predicate holds in it.
    pub fn observe(&mut self, predicate: &Predicate, world: &World, watch: &Watch) -> bool {
        self.observe_in(predicate, &State { world, watch })
    }

    /// The same of a state that answers in another way.
    pub(crate) fn observe_in(&mut self, predicate: &Predicate, state: &impl Facts) -> bool {
        predicate.holds(state, &mut self.held, &mut 0)
    }
}

/// What answers a predicate without parts: a world, or what a search remembers of one.
pub(crate) trait Facts {
    /// Whether this predicate, which has no parts, holds.
    fn hold(&self, atom: &Predicate) -> bool;
}

struct State<'a> {
    world: &'a World,
    watch: &'a Watch,
}

impl Facts for State<'_> {
    fn hold(&self, atom: &Predicate) -> bool {
        match atom.subject() {
            Subject::Process => self.world.locals().any(|(process, local)| atom.holds_at(process, local)),
            Subject::Message => self.world.network().distinct().any(|(envelope, _)| atom.holds_of(envelope)),
            Subject::History => atom.holds_in(self.watch.history()),
            Subject::Verdict => self.watch.violations().iter().any(|one| atom.holds_for(one.invariant)),
            Subject::Parts => false,
        }
    }
}

/// What a predicate is about: it holds if it holds of any such thing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Subject {
    Process,
    Message,
    History,
    Verdict,
    /// It looks back, or has parts.
    Parts,
}

impl Predicate {
    /// How many memories it needs.
    pub(crate) fn memories(&self) -> usize {
        match self {
            Self::Ever(inner) => 1 + inner.memories(),
            Self::Then(first, second) => 1 + first.memories() + second.memories(),
            Self::Not(inner) => inner.memories(),
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::memories).sum(),
            _ => 0,
        }
    }

    /// Whether it holds now; what it must remember is kept in `held`, from `memory` on.
    pub(crate) fn holds(&self, state: &impl Facts, held: &mut [bool], memory: &mut usize) -> bool {
        match self {
            Self::Ever(inner) => remember(inner, state, held, memory),
            Self::Then(first, second) => {
                let before = remember(first, state, held, memory);
                second.holds(state, held, memory) && before
            }
            Self::Not(inner) => !inner.holds(state, held, memory),
            Self::All(parts) => holding(parts, state, held, memory) == parts.len(),
            Self::Any(parts) => holding(parts, state, held, memory) > 0,
            _ => state.hold(self),
        }
    }

    /// What it is about.
    pub(crate) const fn subject(&self) -> Subject {
        match self {
            Self::Active(_)
            | Self::Scouting(_)
            | Self::BallotNum(..)
            | Self::Accepted(..)
            | Self::Proposal(..)
            | Self::Decided(..)
            | Self::SlotOut(..)
            | Self::Up(_)
            | Self::App(..)
            | Self::Answered(_)
            | Self::Waiting(_) => Subject::Process,
            Self::InFlight(_) | Self::InFlightTo(_) => Subject::Message,
            Self::Chosen(..) | Self::Sent(..) => Subject::History,
            Self::Violated(_) => Subject::Verdict,
            Self::Ever(_) | Self::Then(..) | Self::All(_) | Self::Any(_) | Self::Not(_) => Subject::Parts,
        }
    }

    /// Whether a predicate about a process holds of this one.
    pub(crate) fn holds_at(&self, process: ProcessId, local: LocalRef<'_>) -> bool {
        match (self, process, local) {
            (Self::Up(id), ..) => id.fits(&process) && local.is_up(),
            (_, ProcessId::Client(_), LocalRef::Client(node)) => self.holds_at_client(&node.state),
            (_, ProcessId::Replica(_), LocalRef::Replica(node)) => self.holds_at_replica(&node.state),
            (_, ProcessId::Leader(_), LocalRef::Leader(node)) => self.holds_at_leader(&node.state),
            (_, ProcessId::Acceptor(id), LocalRef::Acceptor(node)) => self.holds_at_acceptor(id, &node.state),
            _ => false,
        }
    }

    fn holds_at_client(&self, client: &Client) -> bool {
        match self {
            Self::Answered(command) => client.responses.keys().any(|what| command.fits(what)),
            Self::Waiting(command) => client.pending.iter().any(|what| command.fits(what)),
            _ => false,
        }
    }

    fn holds_at_replica(&self, replica: &Replica) -> bool {
        match self {
            Self::Decided(id, slot, command) => {
                let mut decisions = replica.decisions.iter();
                id.fits(&replica.id) && decisions.any(|(at, what)| slot.fits(at) && command.fits(what))
            }
            Self::Proposal(id, slot, command) => {
                let mut proposals = replica.proposals.iter();
                id.fits(&replica.id.into()) && proposals.any(|(at, what)| slot.fits(at) && command.fits(what))
            }
            Self::SlotOut(id, slot) => id.fits(&replica.id) && slot.fits(&replica.slot_out),
            Self::App(id, key, value) => {
                id.fits(&replica.id) && replica.app.get(key).is_some_and(|stored| value.fits(stored))
            }
            _ => false,
        }
    }

    fn holds_at_leader(&self, leader: &Leader) -> bool {
        match self {
            Self::Active(id) => id.fits(&leader.id) && leader.active,
            Self::Scouting(id) => id.fits(&leader.id) && !leader.scouts.is_empty(),
            Self::BallotNum(id, ballot) => {
                id.fits(&leader.id.into()) && ballot.fits(&BallotNum(Some(leader.ballot_num)))
            }
            Self::Proposal(id, slot, command) => {
                let mut proposals = leader.proposals.iter();
                id.fits(&leader.id.into()) && proposals.any(|(at, what)| slot.fits(at) && command.fits(what))
            }
            _ => false,
        }
    }

    fn holds_at_acceptor(&self, who: AcceptorId, acceptor: &Acceptor) -> bool {
        match self {
            Self::BallotNum(id, ballot) => id.fits(&who.into()) && ballot.fits(&BallotNum(acceptor.ballot_num)),
            Self::Accepted(id, ballot, slot, command) => {
                let fits = |one: &PValue| {
                    ballot.fits(&BallotNum(Some(one.ballot))) && slot.fits(&one.slot) && command.fits(&one.command)
                };
                id.fits(&who) && acceptor.accepted.iter().any(fits)
            }
            _ => false,
        }
    }

    /// Whether a predicate about a message holds of this one.
    pub(crate) fn holds_of(&self, envelope: &Envelope) -> bool {
        match self {
            Self::InFlight(Which::Any) => true,
            Self::InFlightTo(id) => id.fits(&envelope.to),
            Self::InFlight(Which::Is(wanted)) => {
                envelope.message.kind().name() == wanted || text::message(Notation::Files, &envelope.message) == *wanted
            }
            _ => false,
        }
    }

    /// Whether a predicate about what was ever voted and sent holds of it.
    pub(crate) fn holds_in(&self, history: &History) -> bool {
        match self {
            Self::Chosen(slot, command) => {
                let in_slot = |at: Slot| history.chosen(at).any(|(what, _)| command.fits(&what));
                history.slots().any(|at| slot.fits(&at) && in_slot(at))
            }
            Self::Sent(kind, times) => {
                let fits = |one: &crate::pmmc::MessageKind| kind.fits(&one.name().to_owned());
                let all = crate::pmmc::MessageKind::ALL;
                times.fits(all.into_iter().filter(fits).map(|one| history.sent(one)).sum())
            }
            _ => false,
        }
    }

    /// Whether a predicate about an invariant means this one.
    pub(crate) fn holds_for(&self, broken: Invariant) -> bool {
        matches!(self, Self::Violated(invariant) if invariant.fits(&broken))
    }

    /// A request is open and nothing can be delivered: without an election, something sent again or a process that comes
    /// back, nothing more happens. `None` while the network is cut: there a message may be in flight for ever.
    pub fn stuck(world: &World) -> Option<Self> {
        let waits = |process| Self::All(vec![Self::InFlightTo(Which::Is(process)), Self::Up(Which::Is(process))]);
        let deliverable = Self::Any(world.cluster().processes().map(waits).collect());
        let stuck = Self::All(vec![Self::Waiting(Which::Any), Self::Not(Box::new(deliverable))]);
        world.partition().is_none().then_some(stuck)
    }

    /// What it names that this cluster does not have, and message kinds that do not exist, as a sentence; `None` if all
    /// is there.
    pub fn unknown_name(&self, cluster: Cluster) -> Option<String> {
        let there = |id: ProcessId| (!cluster.has(id)).then(|| format!("there is no {id} in this cluster"));
        match self {
            Self::Active(Which::Is(id)) | Self::Scouting(Which::Is(id)) => there((*id).into()),
            Self::BallotNum(Which::Is(id), _) => there(*id).or_else(|| match id {
                ProcessId::Leader(_) | ProcessId::Acceptor(_) => None,
                _ => Some(format!("{id} has no ballot_num: leaders and acceptors have one")),
            }),
            Self::Proposal(Which::Is(id), ..) => there(*id).or_else(|| match id {
                ProcessId::Leader(_) | ProcessId::Replica(_) => None,
                _ => Some(format!("{id} has no proposals: leaders and replicas have them")),
            }),
            Self::Accepted(Which::Is(id), ..) => there((*id).into()),
            Self::Decided(Which::Is(id), ..) | Self::SlotOut(Which::Is(id), _) | Self::App(Which::Is(id), ..) => {
                there((*id).into())
            }
            Self::Up(Which::Is(id)) | Self::InFlightTo(Which::Is(id)) => there(*id),
            Self::Sent(Which::Is(kind), _) => unknown_kind(kind),
            Self::InFlight(Which::Is(message)) => unknown_kind(message.split('(').next().unwrap_or(message)),
            Self::Ever(inner) | Self::Not(inner) => inner.unknown_name(cluster),
            Self::Then(first, second) => first.unknown_name(cluster).or_else(|| second.unknown_name(cluster)),
            Self::All(parts) | Self::Any(parts) => parts.iter().find_map(|part| part.unknown_name(cluster)),
            _ => None,
        }
    }
}

fn unknown_kind(name: &str) -> Option<String> {
    let all = crate::pmmc::MessageKind::ALL;
    if all.iter().any(|kind| kind.name() == name) {
        return None;
    }
    let names: Vec<_> = all.iter().map(|kind| kind.name()).collect();
    Some(format!("there is no message {name:?}; there are {}", names.join(", ")))
}

/// How many of them hold. All are asked, also when the answer is known: each keeps its own memory.
fn holding(parts: &[Predicate], state: &impl Facts, held: &mut [bool], memory: &mut usize) -> usize {
    parts.iter().filter(|part| part.holds(state, held, memory)).count()
}

fn remember(inner: &Predicate, state: &impl Facts, held: &mut [bool], memory: &mut usize) -> bool {
    let mine = *memory;
    *memory += 1;
    let now = inner.holds(state, held, memory);
    held.get_mut(mine).is_some_and(|ever| {
        *ever |= now;
        *ever
    })
}

impl Times {
    const fn fits(self, count: u64) -> bool {
        match self {
            Self::AtLeast(least) => count >= least,
            Self::AtMost(most) => count <= most,
            Self::Exactly(exactly) => count == exactly,
        }
    }
}

/// What can be written as one argument: a name in quotes, or a number.
pub trait Argument: Sized {
    /// What is expected, for the error: `a leader, "L0"`.
    const EXPECTED: &'static str;

    /// From a string.
    fn from_text(text: &str) -> Option<Self>;

    /// From a number.
    fn from_number(_: u64) -> Option<Self> {
        None
    }

    /// As it is written in a file.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

macro_rules! named_argument {
    ($type:ty, $expected:literal) => {
        impl Argument for $type {
            const EXPECTED: &'static str = $expected;

            fn from_text(text: &str) -> Option<Self> {
                text.parse().ok()
            }

            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

named_argument!(LeaderId, "a leader such as \"L0\"");
named_argument!(ReplicaId, "a replica such as \"R0\"");
named_argument!(AcceptorId, "an acceptor such as \"A0\"");
named_argument!(ProcessId, "a process such as \"A0\" or \"L0\"");
named_argument!(BallotNum, "a ballot such as \"0.1\", or \"0\" for none yet");
named_argument!(CommandId, "a command such as \"A\"");
named_argument!(String, "a text in quotes");

impl Argument for Slot {
    const EXPECTED: &'static str = "a slot number";

    fn from_text(_: &str) -> Option<Self> {
        None
    }

    fn from_number(number: u64) -> Option<Self> {
        u32::try_from(number).ok().map(Self)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }
}

impl Argument for Invariant {
    const EXPECTED: &'static str = "an invariant such as D2";

    fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| format!("{one:?}") == text)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }
}

impl<T: Argument> Serialize for Which<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Any => serializer.serialize_unit_struct("_"),
            Self::Is(this) => this.write(serializer),
        }
    }
}

impl<'de, T: Argument> Deserialize<'de> for Which<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneArgument(PhantomData))
    }
}

struct OneArgument<T>(PhantomData<T>);

impl<T: Argument> Visitor<'_> for OneArgument<T> {
    type Value = Which<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, or _ for any", T::EXPECTED)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Which<T>, E> {
        // The loader writes the bare `_` of the file as a string, so that no other bare word passes for it.
        if text == "_" {
            return Ok(Which::Any);
        }
        T::from_text(text).map(Which::Is).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Which<T>, E> {
        T::from_number(number).map(Which::Is).ok_or_else(|| E::invalid_value(de::Unexpected::Unsigned(number), &self))
    }
}
