//! What a handler knows besides its own state, and what it leaves behind.

use serde::Serialize;

use super::{Cluster, Command, CommandId, Message, ProcessId, Reason, Rules, StableField};

/// What every process knows: the configuration, the rules that are played, and the table of the run's commands.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[allow(missing_docs)]
pub struct Context {
    pub cluster: Cluster,
    pub rules: Rules,
    /// By [`CommandId`], in order of first request.
    pub commands: Vec<Command>,
}

impl Context {
    /// The command of this name, if it was ever requested or proposed in this run.
    pub fn command(&self, id: CommandId) -> Option<&Command> {
        self.commands.get(usize::from(id.0))
    }
}

/// What one step of one process produces besides its new state: the reasons of what it did, in the order executed, what
/// it wrote to stable storage before anything left, and the messages to put in flight.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Effects {
    /// Receiver and message, in the order sent.
    pub sent: Vec<(ProcessId, Message)>,
    /// The rules that fired.
    pub reasons: Vec<Reason>,
    /// The fields written to stable storage; all before the first message of the step leaves.
    pub written: Vec<StableField>,
}

impl Effects {
    /// Sends a message at the end of the step.
    pub fn send(&mut self, to: impl Into<ProcessId>, message: Message) {
        self.sent.push((to.into(), message));
    }

    /// Sends the same message to each of them.
    pub fn broadcast<P: Into<ProcessId>>(&mut self, to: impl IntoIterator<Item = P>, message: &Message) {
        self.sent.extend(to.into_iter().map(|process| (process.into(), message.clone())));
    }

    /// Writes a field to stable storage, if it is one that is kept there.
    pub fn write(&mut self, ctx: &Context, field: StableField) {
        if ctx.rules.is_stable(field) {
            self.written.push(field);
        }
    }

    /// Notes which rule fired, with the values that its guard saw.
    pub fn because(&mut self, reason: Reason) {
        self.reasons.push(reason);
    }
}
