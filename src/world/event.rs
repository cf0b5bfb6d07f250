//! What happened in a step, in order.

use crate::pmmc::{ProcessId, Reason, StableField};

use super::Envelope;

/// One thing that happened in a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// A process executed a rule of the protocol.
    Executed {
        /// Who.
        process: ProcessId,
        /// Which rule, with the values that its guard saw.
        reason: Reason,
    },
    /// The process wrote a field to stable storage, before anything that it sends leaves.
    Written {
        /// Who.
        process: ProcessId,
        /// Which field.
        field: StableField,
    },
    /// The world around the protocol did something.
    World(WorldRule),
    /// A message was put in flight by the process that handled the step.
    Sent(Envelope),
}

/// What the world around the protocol can do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum WorldRule {
    Drop,
    Duplicate,
    Crash(ProcessId),
    Restart(ProcessId),
    Partition,
    Heal,
    Resend,
    Rule,
}

impl WorldRule {
    /// The rule's id.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Drop => "world.drop",
            Self::Duplicate => "world.duplicate",
            Self::Crash(_) => "world.crash",
            Self::Restart(_) => "world.restart",
            Self::Partition => "world.partition",
            Self::Heal => "world.heal",
            Self::Resend => "world.resend",
            Self::Rule => "world.rule",
        }
    }
}

impl Event {
    /// The id of the rule that was executed; `None` for a message sent or a field written.
    pub const fn rule(&self) -> Option<&'static str> {
        match self {
            Self::Executed { reason, .. } => Some(reason.rule()),
            Self::World(rule) => Some(rule.rule()),
            Self::Sent(_) | Self::Written { .. } => None,
        }
    }
}
