//! One process handles one input: the one function that both [`super::World::apply`] and a search call. It is pure, so
//! that who searches may remember what it gave.

use crate::pmmc::{Acceptor, Client, CommandId, Context, Effects, Leader, Message, ProcessId, Replica, Start};

use super::{Envelope, Event, Node, WorldRule};

/// What can come to a process in one step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Input<'a> {
    /// A message arrives.
    Receive {
        /// Who sent it.
        from: ProcessId,
        /// What it says.
        message: &'a Message,
    },
    /// A client asks for this command.
    Request(CommandId),
    /// A leader runs for office.
    Elect,
    /// A leader asks its rival whether it is still there.
    Ping,
    /// The process goes down.
    Crash,
    /// The process comes back, or crashes and comes back.
    Restart,
    /// The process sends again what was not answered.
    Resend,
}

/// What a process can do with an input; what it cannot do leaves it as it was.
pub(super) trait Role: Clone {
    /// Handles one message.
    fn receive(&mut self, ctx: &Context, from: ProcessId, message: &Message, effects: &mut Effects);

    /// What is not in stable storage is gone.
    fn forget(&mut self, ctx: &Context);

    /// Sends again what was not answered.
    fn resend(&self, _: &Context, _: &mut Effects) {}

    /// Asks for a command.
    fn request(&mut self, _: &Context, _: CommandId, _: &mut Effects) {}

    /// Runs for office.
    fn elect(&mut self, _: &Context, _: &mut Effects) {}

    /// Asks its rival whether it is still there.
    fn ping(&self, _: &mut Effects) {}
}

impl Role for Client {
    fn receive(&mut self, _: &Context, _: ProcessId, message: &Message, effects: &mut Effects) {
        self.handle(message, effects);
    }

    fn forget(&mut self, _: &Context) {
        self.lose_volatile_state();
    }

    fn resend(&self, ctx: &Context, effects: &mut Effects) {
        Self::resend(self, ctx, effects);
    }

    fn request(&mut self, ctx: &Context, command: CommandId, effects: &mut Effects) {
        Self::request(self, ctx, command, effects);
    }
}

impl Role for Replica {
    fn receive(&mut self, ctx: &Context, from: ProcessId, message: &Message, effects: &mut Effects) {
        self.handle(ctx, from, message, effects);
    }

    fn forget(&mut self, ctx: &Context) {
        self.lose_volatile_state(ctx);
    }

    fn resend(&self, ctx: &Context, effects: &mut Effects) {
        Self::resend(self, ctx, effects);
    }
}

impl Role for Leader {
    fn receive(&mut self, ctx: &Context, from: ProcessId, message: &Message, effects: &mut Effects) {
        self.handle(ctx, from, message, effects);
    }

    fn forget(&mut self, ctx: &Context) {
        self.lose_volatile_state(ctx);
    }

    fn resend(&self, _: &Context, effects: &mut Effects) {
        Self::resend(self, effects);
    }

    fn elect(&mut self, ctx: &Context, effects: &mut Effects) {
        self.run_for_office(ctx, effects);
    }

    fn ping(&self, effects: &mut Effects) {
        Self::ping(self, effects);
    }
}

impl Role for Acceptor {
    fn receive(&mut self, ctx: &Context, from: ProcessId, message: &Message, effects: &mut Effects) {
        self.handle(ctx, from, message, effects);
    }

    fn forget(&mut self, ctx: &Context) {
        self.lose_volatile_state(ctx);
    }
}

/// The process handles one input.
pub(super) fn handle<R: Role>(node: &mut Node<R>, ctx: &Context, input: &Input<'_>, effects: &mut Effects) {
    match *input {
        Input::Receive { from, message } => node.state_mut().receive(ctx, from, message, effects),
        Input::Request(command) => node.state_mut().request(ctx, command, effects),
        Input::Elect => node.state_mut().elect(ctx, effects),
        Input::Ping => node.state.ping(effects),
        Input::Crash => {
            node.state_mut().forget(ctx);
            node.up = false;
        }
        Input::Restart => {
            // What a process that is down has lost, it lost when it crashed; with other rules since then it loses more.
            node.state_mut().forget(ctx);
            node.up = true;
            if ctx.rules.start == Start::Run {
                node.state_mut().elect(ctx, effects);
            }
        }
        Input::Resend => node.state.resend(ctx, effects),
    }
}

/// What happened in a step, in order: what the world did, the reasons, what was written, what was sent.
pub(super) fn events_of(process: ProcessId, input: &Input<'_>, effects: Effects) -> Vec<Event> {
    let of_world = match input {
        Input::Crash => Some(WorldRule::Crash(process)),
        Input::Restart => Some(WorldRule::Restart(process)),
        Input::Resend => Some(WorldRule::Resend),
        _ => None,
    };
    let mut events: Vec<_> = of_world.map(Event::World).into_iter().collect();
    events.extend(effects.reasons.into_iter().map(|reason| Event::Executed { process, reason }));
    events.extend(effects.written.into_iter().map(|field| Event::Written { process, field }));
    let envelope = |(to, message)| Event::Sent(Envelope { from: process, to, message });
    events.extend(effects.sent.into_iter().map(envelope));
    events
}

/// The state of one process, by itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[allow(missing_docs)]
pub enum Local {
    Client(Node<Client>),
    Replica(Node<Replica>),
    Leader(Node<Leader>),
    Acceptor(Node<Acceptor>),
}

/// The state of one process, to be looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum LocalRef<'a> {
    Client(&'a Node<Client>),
    Replica(&'a Node<Replica>),
    Leader(&'a Node<Leader>),
    Acceptor(&'a Node<Acceptor>),
}

impl Local {
    /// To be looked at.
    pub fn look(&self) -> LocalRef<'_> {
        match self {
            Self::Client(node) => LocalRef::Client(node),
            Self::Replica(node) => LocalRef::Replica(node),
            Self::Leader(node) => LocalRef::Leader(node),
            Self::Acceptor(node) => LocalRef::Acceptor(node),
        }
    }

    /// The process handles one input: its state afterwards, and what happened.
    #[must_use]
    pub fn step(&self, ctx: &Context, process: ProcessId, input: &Input<'_>) -> (Self, Vec<Event>) {
        let mut after = self.clone();
        let mut effects = Effects::default();
        match &mut after {
            Self::Client(node) => handle(node, ctx, input, &mut effects),
            Self::Replica(node) => handle(node, ctx, input, &mut effects),
            Self::Leader(node) => handle(node, ctx, input, &mut effects),
            Self::Acceptor(node) => handle(node, ctx, input, &mut effects),
        }
        (after, events_of(process, input, effects))
    }
}

impl LocalRef<'_> {
    /// A copy to keep.
    pub fn keep(self) -> Local {
        match self {
            Self::Client(node) => Local::Client(node.clone()),
            Self::Replica(node) => Local::Replica(node.clone()),
            Self::Leader(node) => Local::Leader(node.clone()),
            Self::Acceptor(node) => Local::Acceptor(node.clone()),
        }
    }

    /// Whether the process is up.
    pub fn is_up(self) -> bool {
        match self {
            Self::Client(node) => node.up,
            Self::Replica(node) => node.up,
            Self::Leader(node) => node.up,
            Self::Acceptor(node) => node.up,
        }
    }

    /// Whether it is a leader that watches a rival.
    pub fn has_rival(self) -> bool {
        matches!(self, Self::Leader(node) if node.state.rival.is_some())
    }
}
