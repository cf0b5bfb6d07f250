//! Making one action happen.

use std::sync::Arc;

use crate::pmmc::{ClientId, Command, CommandId, Effects, LeaderId, Op, ProcessId, RuleChange};

use super::state::check_rules;
use super::step::{events_of, handle};
use super::{Action, Envelope, Event, Input, Partition, SetupError, World, WorldRule, text};

/// Why an action is not enabled. The world is as it was.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum Refusal {
    #[error("there is no {process}: this cluster has {has}")]
    NoSuchProcess { process: ProcessId, has: String },
    #[error("{0} is crashed; restart it first")]
    Down(ProcessId),
    #[error("{0} is already crashed")]
    AlreadyDown(ProcessId),
    #[error("{} from {} to {} is not in flight", text::message(text::Notation::Files, &.0.message), .0.from, .0.to)]
    NotInFlight(Box<Envelope>),
    #[error("it waits: {0} is crashed; restart it first")]
    ReceiverDown(ProcessId),
    #[error("it waits: {from} is cut off from {to}; heal the network first")]
    CutOff { from: ProcessId, to: ProcessId },
    #[error("{leader} told itself this inside one machine: it cannot be lost or duplicated")]
    Local { leader: ProcessId },
    #[error("{0} was never requested")]
    NeverRequested(CommandId),
    #[error("{command} is not a command of {client}: only who asked for it can ask again")]
    NotItsCommand { client: ClientId, command: CommandId },
    #[error("a run can have at most {0} commands")]
    TooManyCommands(usize),
    #[error(transparent)]
    Rules(SetupError),
    #[error("this run is too long to remember more: start a new one")]
    RunTooLong,
    #[error("the network is not partitioned")]
    NotPartitioned,
    #[error("acceptors only answer: {0} has nothing to send again")]
    NothingToResend(ProcessId),
    #[error("{0} watches no rival: nobody preempted it since it last ran")]
    NoRival(LeaderId),
}

/// The most commands that a run can have: as many as there are command ids.
const MOST_COMMANDS: usize = u16::MAX as usize;

type Outcome = Result<Vec<Event>, Refusal>;

impl World {
    /// Makes one action happen and tells what happened, in order. An action that is not enabled is refused with why,
    /// and changes nothing.
    pub fn apply(&mut self, action: &Action) -> Outcome {
        match action {
            Action::Request(client, op) => self.request(*client, op),
            Action::RequestAgain(client, command) => self.request_again(*client, *command),
            Action::Elect(leader) => self.elect(*leader),
            Action::Deliver(envelope) => self.deliver(envelope),
            Action::Drop(envelope) => self.drop(envelope),
            Action::Duplicate(envelope) => self.duplicate(envelope),
            Action::Crash(process) => self.crash(*process),
            Action::Restart(process) => self.restart(*process),
            Action::Partition(partition) => self.cut(partition),
            Action::Heal => self.heal(),
            Action::Resend(process) => self.resend(*process),
            Action::Ping(leader) => self.ping(*leader),
            Action::Timeout(leader) => self.timeout(*leader),
            Action::Rule(change) => self.change_rule(*change),
        }
    }

    fn request(&mut self, client: ClientId, op: &Op) -> Outcome {
        self.needs_up(client.into())?;
        if self.context.commands.len() >= MOST_COMMANDS {
            return Err(Refusal::TooManyCommands(MOST_COMMANDS));
        }
        if self.next_of_workload().is_some_and(|next| next.client == client && next.op == *op) {
            self.workload_done += 1;
        }
        let command = self.add_command(Command { client: Some(client), op: op.clone() });
        self.request_again(client, command)
    }

    fn request_again(&mut self, client: ClientId, command: CommandId) -> Outcome {
        self.needs_up(client.into())?;
        match self.context.command(command) {
            None => return Err(Refusal::NeverRequested(command)),
            // Replicas would answer the other client, and this one would wait for ever.
            Some(known) if known.client != Some(client) => return Err(Refusal::NotItsCommand { client, command }),
            Some(_) => {}
        }
        Ok(self.step(client.into(), &Input::Request(command)))
    }

    fn elect(&mut self, leader: LeaderId) -> Outcome {
        self.needs_up(leader.into())?;
        Ok(self.step(leader.into(), &Input::Elect))
    }

    fn ping(&mut self, leader: LeaderId) -> Outcome {
        self.needs_rival(leader)?;
        Ok(self.step(leader.into(), &Input::Ping))
    }

    fn timeout(&mut self, leader: LeaderId) -> Outcome {
        self.needs_rival(leader)?;
        Ok(self.step(leader.into(), &Input::Elect))
    }

    fn needs_rival(&self, leader: LeaderId) -> Result<(), Refusal> {
        self.needs_up(leader.into())?;
        match self.leaders[usize::from(leader)].state.rival {
            Some(_) => Ok(()),
            None => Err(Refusal::NoRival(leader)),
        }
    }

    fn deliver(&mut self, envelope: &Envelope) -> Outcome {
        self.can_deliver(envelope)?;
        self.network.take(envelope);
        Ok(self.step(envelope.to, &Input::Receive { from: envelope.from, message: &envelope.message }))
    }

    /// Whether this message could be delivered now, and if not, why.
    pub fn can_deliver(&self, envelope: &Envelope) -> Result<(), Refusal> {
        if !self.network.has(envelope) {
            return Err(Refusal::NotInFlight(Box::new(envelope.clone())));
        }
        if !self.is_up(envelope.to) {
            return Err(Refusal::ReceiverDown(envelope.to));
        }
        if !self.connects(envelope.from, envelope.to) {
            return Err(Refusal::CutOff { from: envelope.from, to: envelope.to });
        }
        Ok(())
    }

    fn drop(&mut self, envelope: &Envelope) -> Outcome {
        self.can_lose(envelope)?;
        self.network.take(envelope);
        Ok(vec![Event::World(WorldRule::Drop)])
    }

    fn duplicate(&mut self, envelope: &Envelope) -> Outcome {
        self.can_lose(envelope)?;
        self.network.add(envelope.clone());
        Ok(vec![Event::World(WorldRule::Duplicate)])
    }

    /// Whether this message could be lost or duplicated now, and if not, why.
    pub fn can_lose(&self, envelope: &Envelope) -> Result<(), Refusal> {
        if !self.network.has(envelope) {
            return Err(Refusal::NotInFlight(Box::new(envelope.clone())));
        }
        if envelope.message.is_local() {
            return Err(Refusal::Local { leader: envelope.to });
        }
        Ok(())
    }

    fn crash(&mut self, process: ProcessId) -> Outcome {
        self.needs_there(process)?;
        if !self.is_up(process) {
            return Err(Refusal::AlreadyDown(process));
        }
        self.lose_local_messages(process);
        Ok(self.step(process, &Input::Crash))
    }

    fn restart(&mut self, process: ProcessId) -> Outcome {
        self.needs_there(process)?;
        self.lose_local_messages(process);
        Ok(self.step(process, &Input::Restart))
    }

    /// What a leader's scouts and commanders told it goes with it.
    fn lose_local_messages(&mut self, process: ProcessId) {
        self.network.retain(|envelope| !(envelope.message.is_local() && envelope.to == process));
    }

    fn cut(&mut self, partition: &Partition) -> Outcome {
        for &process in partition.groups().iter().flatten() {
            self.needs_there(process)?;
        }
        self.partition = Some(partition.clone());
        Ok(vec![Event::World(WorldRule::Partition)])
    }

    fn heal(&mut self) -> Outcome {
        self.partition.take().map_or(Err(Refusal::NotPartitioned), |_| Ok(vec![Event::World(WorldRule::Heal)]))
    }

    fn resend(&mut self, process: ProcessId) -> Outcome {
        self.needs_up(process)?;
        match process {
            ProcessId::Acceptor(_) => Err(Refusal::NothingToResend(process)),
            _ => Ok(self.step(process, &Input::Resend)),
        }
    }

    fn change_rule(&mut self, change: RuleChange) -> Outcome {
        let mut rules = self.context.rules.clone();
        rules.change(change);
        check_rules(self.cluster(), &rules).map_err(Refusal::Rules)?;
        Arc::make_mut(&mut self.context).rules = rules;
        Ok(vec![Event::World(WorldRule::Rule)])
    }

    /// One process handles one input; all that it sends is put in flight.
    fn step(&mut self, process: ProcessId, input: &Input<'_>) -> Vec<Event> {
        let ctx = &self.context;
        let mut effects = Effects::default();
        match process {
            ProcessId::Client(id) => handle(&mut self.clients[usize::from(id)], ctx, input, &mut effects),
            ProcessId::Replica(id) => handle(&mut self.replicas[usize::from(id)], ctx, input, &mut effects),
            ProcessId::Leader(id) => handle(&mut self.leaders[usize::from(id)], ctx, input, &mut effects),
            ProcessId::Acceptor(id) => handle(&mut self.acceptors[usize::from(id)], ctx, input, &mut effects),
        }
        let events = events_of(process, input, effects);
        for event in &events {
            if let Event::Sent(envelope) = event {
                self.network.add(envelope.clone());
            }
        }
        events
    }

    fn needs_there(&self, process: ProcessId) -> Result<(), Refusal> {
        if self.context.cluster.has(process) {
            return Ok(());
        }
        Err(Refusal::NoSuchProcess { process, has: self.who_is_there(process) })
    }

    fn needs_up(&self, process: ProcessId) -> Result<(), Refusal> {
        self.needs_there(process)?;
        if self.is_up(process) { Ok(()) } else { Err(Refusal::Down(process)) }
    }
}
