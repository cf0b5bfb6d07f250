//! The client (paper, section 1): asks all replicas, uses the first response.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{CommandId, Context, Effects, Message, OpResult, Reason};

/// A client's state.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize)]
pub struct Client {
    /// Requested and not answered yet.
    pub pending: BTreeSet<CommandId>,
    /// The first response to each command.
    pub responses: BTreeMap<CommandId, OpResult>,
}

impl Client {
    /// Sends the request to every replica; the same command may be sent again.
    pub fn request(&mut self, ctx: &Context, command: CommandId, effects: &mut Effects) {
        if !self.responses.contains_key(&command) {
            self.pending.insert(command);
        }
        effects.because(Reason::ClientRequest { command });
        effects.broadcast(ctx.cluster.replicas(), &Message::Request { command });
    }

    /// One step: handles one message from a replica.
    pub fn handle(&mut self, message: &Message, effects: &mut Effects) {
        let Message::Response { command, result } = message else { return };
        let first = !self.responses.contains_key(command);
        if first {
            self.pending.remove(command);
            self.responses.insert(*command, result.clone());
        }
        effects.because(Reason::ClientResponse { command: *command, first });
    }

    /// Sends its unanswered requests again.
    pub fn resend(&self, ctx: &Context, effects: &mut Effects) {
        for &command in &self.pending {
            effects.broadcast(ctx.cluster.replicas(), &Message::Request { command });
        }
    }

    /// A crash: a client keeps nothing in stable storage but its identity, and forgets what it waited for.
    pub fn lose_volatile_state(&mut self) {
        *self = Self::default();
    }
}
