//! A schedule that is taken again with steps left out or in another order. What it speaks of may then be called otherwise:
//! without the first request the second one's command is A, without an election the next ballot is lower. Names are
//! followed, so that a step still means what it meant.

use std::collections::BTreeMap;

use crate::pmmc::{Ballot, CommandId, LeaderId, Message, MessageKind, Slot};
use crate::world::{Action, Envelope, Watch, World};

use super::eye::{Budget, Eye, deliverable};
use super::question::Question;

/// A step of a schedule with the names that it brought into the run.
#[derive(Clone, Debug)]
struct Told {
    action: Action,
    command: Option<CommandId>,
    ballot: Option<Ballot>,
}

/// A schedule that leads to what is asked for.
#[derive(Debug)]
pub(super) struct Script<'a> {
    start: &'a World,
    watch: &'a Watch,
    question: &'a Question,
    told: Vec<Told>,
}

/// What a message is about, besides what it says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Topic {
    pub(super) kind: MessageKind,
    pub(super) ballot: Option<Ballot>,
    pub(super) slot: Option<Slot>,
    pub(super) command: Option<CommandId>,
}

impl Topic {
    pub(super) fn of(message: &Message) -> Self {
        let (ballot, slot, command) = match message {
            Message::Request { command } | Message::Response { command, .. } => (None, None, Some(*command)),
            Message::Propose { slot, command } | Message::Decision { slot, command } => {
                (None, Some(*slot), Some(*command))
            }
            Message::Learn { slot } => (None, Some(*slot), None),
            Message::Ping { ballot } | Message::Pong { ballot } | Message::P1a { ballot } => {
                (Some(*ballot), None, None)
            }
            Message::P1b { to, .. } => (Some(*to), None, None),
            Message::P2a { pvalue } | Message::P2b { to: pvalue, .. } => {
                (Some(pvalue.ballot), Some(pvalue.slot), Some(pvalue.command))
            }
            Message::Adopted { ballot, .. } => (Some(*ballot), None, None),
            Message::Preempted { .. } => (None, None, None),
        };
        Self { kind: message.kind(), ballot, slot, command }
    }
}

/// The leaders' ballots, to see which one a step made.
fn ballots(world: &World) -> Vec<Ballot> {
    world.leaders().iter().map(|node| node.state.ballot_num).collect()
}

fn made(before: &[Ballot], world: &World) -> Option<Ballot> {
    ballots(world).into_iter().zip(before).find(|(now, before)| now != *before).map(|(now, _)| now)
}

impl<'a> Script<'a> {
    /// A schedule from this world; `None` if it cannot be taken.
    pub(super) fn new(
        start: &'a World,
        watch: &'a Watch,
        question: &'a Question,
        actions: Vec<Action>,
    ) -> Option<Self> {
        let mut world = start.clone();
        let mut told = Vec::with_capacity(actions.len());
        for action in actions {
            let (commands, before) = (world.context().commands.len(), ballots(&world));
            world.apply(&action).ok()?;
            let is_new = world.context().commands.len() > commands;
            let command = is_new.then_some(CommandId(commands as u16));
            told.push(Told { action, command, ballot: made(&before, &world) });
        }
        Some(Self { start, watch, question, told })
    }

    pub(super) fn len(&self) -> usize {
        self.told.len()
    }

    /// Takes these steps, up to the first that leads to what is asked for; what cannot be taken is left out. `None` if it
    /// does not lead there.
    pub(super) fn taken(&self, steps: impl Iterator<Item = usize>) -> Option<Vec<Action>> {
        let mut take = Take::new(self)?;
        let mut actions = Vec::new();
        for step in steps {
            match take.step(step) {
                None => {}
                Some((action, found)) => {
                    actions.push(action);
                    if found {
                        return Some(actions);
                    }
                }
            }
        }
        None
    }
}

/// A script that is being taken again.
#[derive(Clone, Debug)]
pub(super) struct Take<'a> {
    script: &'a Script<'a>,
    eye: Eye<'a>,
    budget: Budget,
    world: World,
    commands: BTreeMap<CommandId, CommandId>,
    ballots: BTreeMap<Ballot, Ballot>,
}

impl<'a> Take<'a> {
    /// At the beginning; `None` if nothing need be done.
    pub(super) fn new(script: &'a Script<'a>) -> Option<Self> {
        let (eye, there) = Eye::new(script.start, script.watch, &script.question.goal);
        let budget = Budget::new(script.question.allow);
        let (commands, ballots) = (BTreeMap::new(), BTreeMap::new());
        (!there).then(|| Self { script, eye, budget, world: script.start.clone(), commands, ballots })
    }

    /// Takes the step of this number: what it is now, and whether that leads to what is asked for. `None` if it cannot be
    /// taken here; then nothing has changed.
    pub(super) fn step(&mut self, step: usize) -> Option<(Action, bool)> {
        let script = self.script;
        let told = script.told.get(step)?;
        let action = self.named(&told.action)?;
        let mut budget = self.budget;
        if !budget.pay(&action, &self.world) {
            return None;
        }
        let commands = self.world.context().commands.len();
        let found = self.eye.step(&mut self.world, &action).ok()?;
        self.budget = budget;
        if let Some(command) = told.command {
            self.commands.insert(command, CommandId(commands as u16));
        }
        if let Some(old) = told.ballot
            && let Some(leader) = self.world.leader(old.leader)
        {
            self.ballots.insert(old, leader.state.ballot_num);
        }
        Some((action, found))
    }

    /// What the action is called in this run.
    fn named(&self, action: &Action) -> Option<Action> {
        Some(match action {
            Action::Deliver(envelope) => Action::Deliver(self.same(envelope, deliverable(&self.world))?),
            Action::Drop(envelope) => Action::Drop(self.same(envelope, self.in_flight())?),
            Action::Duplicate(envelope) => Action::Duplicate(self.same(envelope, self.in_flight())?),
            // What is left of the workload is asked in its order.
            Action::Request(..) => {
                self.world.next_of_workload().map(|next| Action::Request(next.client, next.op.clone()))?
            }
            Action::RequestAgain(client, command) => Action::RequestAgain(*client, self.command(*command)),
            other => other.clone(),
        })
    }

    fn in_flight(&self) -> impl Iterator<Item = &Envelope> {
        self.world.network().distinct().map(|(envelope, _)| envelope)
    }

    fn command(&self, command: CommandId) -> CommandId {
        self.commands.get(&command).copied().unwrap_or(command)
    }

    /// The message in flight that this one is now: the very same, or one about the same, or that but for its slot.
    fn same<'b>(&self, old: &Envelope, among: impl Iterator<Item = &'b Envelope>) -> Option<Envelope> {
        let topic = Topic::of(&old.message);
        let topic = Topic {
            ballot: topic.ballot.map(|ballot| self.ballots.get(&ballot).copied().unwrap_or(ballot)),
            command: topic.command.map(|command| self.command(command)),
            ..topic
        };
        let mut best: Option<(u8, &Envelope)> = None;
        for one in among.filter(|one| (one.from, one.to) == (old.from, old.to)) {
            let theirs = Topic::of(&one.message);
            let likeness = match (theirs == topic, one == old) {
                (true, true) => 3,
                (true, false) => 2,
                _ if (Topic { slot: topic.slot, ..theirs }) == topic => 1,
                _ => continue,
            };
            if best.is_none_or(|(other, _)| likeness > other) {
                best = Some((likeness, one));
            }
        }
        best.map(|(_, one)| one.clone())
    }
}

/// Whose run for office, and which command, an action belongs to, as far as one can tell.
pub(super) fn belongs_to(action: &Action) -> (Option<LeaderId>, Option<CommandId>) {
    match action {
        Action::Deliver(envelope) | Action::Drop(envelope) | Action::Duplicate(envelope) => {
            let topic = Topic::of(&envelope.message);
            (topic.ballot.map(|ballot| ballot.leader), topic.command)
        }
        Action::Elect(leader) | Action::Timeout(leader) | Action::Ping(leader) => (Some(*leader), None),
        Action::RequestAgain(_, command) => (None, Some(*command)),
        _ => (None, None),
    }
}
