//! What can be done to a world: one action is one step.

use crate::pmmc::{ClientId, CommandId, LeaderId, Op, ProcessId, RuleChange};

use super::{Envelope, Partition};

/// One action. Its text, one line, is the action language's.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Action {
    /// A client asks every replica for a new command.
    Request(ClientId, Op),
    /// A client asks again for a command that was requested before.
    RequestAgain(ClientId, CommandId),
    /// A leader runs for office.
    Elect(LeaderId),
    /// A message arrives and is handled.
    Deliver(Envelope),
    /// One copy of a message is lost.
    Drop(Envelope),
    /// One more copy of a message is in flight.
    Duplicate(Envelope),
    /// A process goes down; what it had not in stable storage is gone.
    Crash(ProcessId),
    /// A process comes back with what it had in stable storage; if it was up, it crashes first, in this one step.
    Restart(ProcessId),
    /// The network is cut; replaces any earlier cut.
    Partition(Partition),
    /// The network is whole again.
    Heal,
    /// A process sends again what was not answered.
    Resend(ProcessId),
    /// A leader asks the rival that preempted it whether it is still there.
    Ping(LeaderId),
    /// A leader's failure detector gives up on its rival, and the leader runs for office.
    Timeout(LeaderId),
    /// From here on another rule holds.
    Rule(RuleChange),
}

impl Action {
    /// The message that it delivers, loses or doubles, if it is about one.
    pub fn message(&self) -> Option<&Envelope> {
        match self {
            Self::Deliver(envelope) | Self::Drop(envelope) | Self::Duplicate(envelope) => Some(envelope),
            _ => None,
        }
    }

    /// Who acts in it, and who sent to them, as far as processes do.
    pub fn parties(&self) -> impl Iterator<Item = ProcessId> {
        let [actor, sender] = match self {
            Self::Request(client, _) | Self::RequestAgain(client, _) => [Some((*client).into()), None],
            Self::Elect(leader) | Self::Ping(leader) | Self::Timeout(leader) => [Some((*leader).into()), None],
            Self::Deliver(envelope) => [Some(envelope.to), Some(envelope.from)],
            Self::Drop(envelope) | Self::Duplicate(envelope) => [Some(envelope.from), None],
            Self::Crash(process) | Self::Restart(process) | Self::Resend(process) => [Some(*process), None],
            Self::Partition(_) | Self::Heal | Self::Rule(_) => [None, None],
        };
        actor.into_iter().chain(sender)
    }
}
