//! Local states and messages as numbers, and what each process does in each state with each input: the engine's own
//! handlers are called once for each, and remembered.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::pmmc::{CommandId, Context, Message, ProcessId};
use crate::world::{
    Action, Envelope, Event, Input, Invariant, Kept, Local, LocalRef, Partition, World, enabled_at, fails,
    judge_change, judge_reason,
};

use super::allow::Chance;
use super::dead::{DeadRules, answers};
use super::memo::Memo;
use super::pairs::{Pairs, UNKNOWN};
use super::print::{Part, constant};
use super::question::{Asked, Atoms};
use super::symmetry::{Names, Symmetry};

/// What stands in the table for a message that its receiver cannot take now.
const CANNOT: u32 = u32::MAX - 1;
/// Inputs that are no messages, beside the numbers of local states.
const OWN: u32 = 0xffff_ff00;
const REQUEST: u32 = 0xfff0_0000;

/// A local state of one process.
#[derive(Debug)]
pub(super) struct KnownLocal {
    /// Which atoms of the predicate hold of it.
    pub(super) atoms: u64,
    /// Which invariants fail at it alone.
    pub(super) broken: Asked,
    pub(super) position: u16,
    /// Whether it is an active leader.
    pub(super) is_active: bool,
    pub(super) is_up: bool,
    /// What the process can do by itself, besides restarting while it is up: a bit for each chance.
    pub(super) own: u8,
    pub(super) local: Arc<Local>,
}

/// A message with sender and receiver.
#[derive(Debug)]
pub(super) struct KnownEnvelope {
    pub(super) atoms: u64,
    pub(super) is_p1b: bool,
    pub(super) is_p2b: bool,
    pub(super) envelope: Arc<Envelope>,
}

/// Between whom a message goes: what is read of it for every world.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route {
    pub(super) from: u16,
    pub(super) to: u16,
    /// Its number among the messages to this receiver.
    column: u32,
    /// Whether an answer of the receiver matters for whether it is dead.
    pub(super) is_answered: bool,
    pub(super) is_local: bool,
}

/// What made a process take a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cause {
    /// A message arrived.
    Message(u32),
    /// It acted by itself.
    Own(Chance),
    /// A client asked for this command.
    Request(CommandId),
}

/// What one process does with one input in one local state.
#[derive(Debug)]
pub(super) struct KnownStep {
    /// The local state afterwards.
    pub(super) after: u32,
    pub(super) position: u16,
    /// Whether it adds to what was ever voted and decided, as far as that is asked.
    pub(super) is_remembered: bool,
    /// Whether the message does nothing here but being answered, now and ever.
    pub(super) is_inert: bool,
    /// Invariants about steps that it breaks.
    pub(super) broken: Asked,
    pub(super) cause: Cause,
    /// What is sent.
    pub(super) sent: Box<[u32]>,
    /// What is remembered of it.
    pub(super) events: Vec<Event>,
}

/// What must be found out before a world can be expanded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Gap {
    /// What this local state does with this message.
    Receive(u32, u32),
    /// Whether this local state still has a use for answers to this message.
    Done(u32, u32),
    /// What this local state does by itself.
    Own(u32, Chance),
    /// What this client does with a command.
    Request(u32, CommandId),
    /// The history after a step.
    History(u32, u32),
}

/// All that is known so far.
#[derive(Debug)]
pub(super) struct Lexicon {
    /// With all commands of the workload, so that they are known before they are requested.
    context: Context,
    partition: Option<Partition>,
    pub(super) processes: Vec<ProcessId>,
    pub(super) locals: Vec<KnownLocal>,
    local_ids: Vec<BTreeMap<Arc<Local>, u32>>,
    pub(super) envelopes: Vec<KnownEnvelope>,
    pub(super) routes: Vec<Route>,
    envelope_ids: BTreeMap<Arc<Envelope>, u32>,
    /// How many messages to each process there are.
    columns: Vec<u32>,
    pub(super) steps: Vec<KnownStep>,
    /// For each local state, message and step its part of a fingerprint, one for each renaming.
    local_prints: Vec<u128>,
    envelope_prints: Vec<u128>,
    step_prints: Vec<u128>,
    local_names: Names<(usize, Local)>,
    envelope_names: Names<Envelope>,
    symmetry: Symmetry,
    dead: DeadRules,
    received: Pairs,
    /// Inputs that are no messages; and for messages that are answered, whether their sender is done with them.
    others: Memo,
    atoms: Atoms,
    asked: Asked,
    kept: Kept,
    /// A world to judge one local state in.
    probe: World,
}

impl Lexicon {
    pub(super) fn new(
        start: &World,
        (atoms, asked, kept): (Atoms, Asked, Kept),
        symmetry: Symmetry,
        dead: DeadRules,
    ) -> Self {
        let all = start.rearranged([], [], usize::MAX);
        let processes: Vec<_> = start.cluster().processes().collect();
        Self {
            context: all.context().clone(),
            partition: start.partition().cloned(),
            local_ids: vec![BTreeMap::new(); processes.len()],
            columns: vec![0; processes.len()],
            processes,
            locals: Vec::new(),
            envelopes: Vec::new(),
            routes: Vec::new(),
            envelope_ids: BTreeMap::new(),
            steps: Vec::new(),
            local_prints: Vec::new(),
            envelope_prints: Vec::new(),
            step_prints: Vec::new(),
            local_names: Names::new(),
            envelope_names: Names::new(),
            symmetry,
            dead,
            received: Pairs::new(),
            others: Memo::new(),
            atoms,
            asked,
            kept,
            probe: all,
        }
    }

    /// How many renamings there are, and so fingerprints of each part.
    pub(super) fn renamings(&self) -> usize {
        self.symmetry.renamings.len()
    }

    /// The parts of the fingerprints that a local state makes.
    pub(super) fn local_prints(&self, local: u32) -> &[u128] {
        of(&self.local_prints, local, self.renamings())
    }

    pub(super) fn envelope_prints(&self, envelope: u32) -> &[u128] {
        of(&self.envelope_prints, envelope, self.renamings())
    }

    /// What a step adds to each fingerprint.
    pub(super) fn step_prints(&self, step: u32) -> &[u128] {
        of(&self.step_prints, step, self.renamings())
    }

    /// The fingerprint of a local state as it is.
    pub(super) fn local_print(&self, local: u32) -> u128 {
        self.local_prints[local as usize * self.renamings()]
    }

    pub(super) fn envelope_print(&self, envelope: u32) -> u128 {
        self.envelope_prints[envelope as usize * self.renamings()]
    }

    /// The same for a step, if no renaming is made.
    #[inline]
    pub(super) fn only_step_print(&self, step: u32) -> u128 {
        self.step_prints[step as usize]
    }

    #[inline]
    pub(super) fn only_local_print(&self, local: u32) -> u128 {
        self.local_prints[local as usize]
    }

    #[inline]
    pub(super) fn only_envelope_print(&self, envelope: u32) -> u128 {
        self.envelope_prints[envelope as usize]
    }

    fn position(&self, process: ProcessId) -> usize {
        self.processes.iter().position(|one| *one == process).unwrap_or(0)
    }

    /// The number of a local state.
    pub(super) fn local(&mut self, position: usize, local: Local) -> u32 {
        if let Some(id) = self.local_ids[position].get(&local) {
            return *id;
        }
        let process = self.processes[position];
        let id = self.locals.len() as u32;
        for place in 0..self.renamings() {
            let renaming = &self.symmetry.renamings[place];
            let (named, renamed) = (self.position(renaming.process(process)), renaming.local(&local));
            let name = self.local_names.number((named, renamed));
            self.local_prints.push(constant(Part::Local, named, name));
        }
        let local = Arc::new(local);
        let look = local.look();
        self.locals.push(KnownLocal {
            atoms: self.atoms.of_local(process, look),
            broken: self.broken_alone(process, &local),
            position: position as u16,
            is_active: matches!(&*local, Local::Leader(node) if node.state.active),
            is_up: look.is_up(),
            own: own(process, look),
            local: Arc::clone(&local),
        });
        self.local_ids[position].insert(local, id);
        id
    }

    /// The invariants that fail at this process, whatever the rest of the world is.
    fn broken_alone(&self, process: ProcessId, local: &Arc<Local>) -> Asked {
        let alone: &[Invariant] = match process {
            ProcessId::Replica(_) => &[Invariant::R2, Invariant::R3],
            ProcessId::Leader(_) => &[Invariant::D8],
            _ => &[],
        };
        let asked: Vec<_> = alone.iter().copied().filter(|one| self.asked.has(*one)).collect();
        if asked.is_empty() {
            return Asked::NONE;
        }
        let world = self.probe.rearranged([(process, &**local)], [], 0);
        let nothing = crate::world::History::new(world.cluster());
        asked.into_iter().filter(|one| fails(&world, &nothing, *one, Some(process))).collect()
    }

    /// The number of a message.
    pub(super) fn envelope(&mut self, envelope: &Envelope) -> u32 {
        if let Some(id) = self.envelope_ids.get(envelope) {
            return *id;
        }
        let id = self.envelopes.len() as u32;
        for renaming in &self.symmetry.renamings {
            let name = self.envelope_names.number(renaming.envelope(envelope));
            self.envelope_prints.push(constant(Part::Envelope, 0, name));
        }
        let (from, to) = (self.position(envelope.from), self.position(envelope.to));
        self.routes.push(Route {
            from: from as u16,
            to: to as u16,
            column: self.columns[to],
            is_answered: DeadRules::is_answered(&envelope.message),
            is_local: envelope.message.is_local(),
        });
        self.columns[to] += 1;
        let shared = Arc::new(envelope.clone());
        self.envelopes.push(KnownEnvelope {
            atoms: self.atoms.of_envelope(envelope),
            is_p1b: matches!(envelope.message, Message::P1b { .. }),
            is_p2b: matches!(envelope.message, Message::P2b { .. }),
            envelope: Arc::clone(&shared),
        });
        self.envelope_ids.insert(shared, id);
        id
    }

    /// What the receiver does with a message in this local state; `None` if it cannot be delivered.
    #[inline]
    pub(super) fn receive(&self, local: u32, envelope: u32) -> Result<Option<u32>, Gap> {
        match self.received.get(local, self.routes[envelope as usize].column) {
            UNKNOWN => Err(Gap::Receive(local, envelope)),
            CANNOT => Ok(None),
            step => Ok(Some(step)),
        }
    }

    /// Whether a message is dead between these local states.
    pub(super) fn is_dead(&self, sender: u32, receiver: u32, envelope: u32) -> Result<bool, Gap> {
        let Some(step) = self.receive(receiver, envelope)? else { return Ok(false) };
        if !self.steps[step as usize].is_inert {
            return Ok(false);
        }
        if !self.routes[envelope as usize].is_answered {
            return Ok(true);
        }
        self.others.get(sender, envelope).map(|done| done != 0).ok_or(Gap::Done(sender, envelope))
    }

    /// What a process does by itself in this local state.
    pub(super) fn act(&self, local: u32, chance: Chance) -> Result<u32, Gap> {
        self.others.get(local, OWN | chance as u32).ok_or(Gap::Own(local, chance))
    }

    /// What a client does to ask for a command.
    pub(super) fn request(&self, local: u32, command: CommandId) -> Result<u32, Gap> {
        self.others.get(local, REQUEST | u32::from(command.0)).ok_or(Gap::Request(local, command))
    }

    /// Finds out what a message does.
    pub(super) fn fill_received(&mut self, local: u32, envelope: u32) {
        let known = Arc::clone(&self.envelopes[envelope as usize].envelope);
        let connects = self.partition.as_ref().is_none_or(|partition| partition.connects(known.from, known.to));
        let step = if connects && self.locals[local as usize].is_up {
            let input = Input::Receive { from: known.from, message: &known.message };
            self.call(local, &input, Cause::Message(envelope))
        } else {
            CANNOT
        };
        let column = self.routes[envelope as usize].column;
        self.received.insert(local, column, step);
    }

    /// Finds out whether the sender has a use for answers to a message.
    pub(super) fn fill_done(&mut self, sender: u32, envelope: u32) {
        let message = &self.envelopes[envelope as usize].envelope.message;
        let done = self.dead.is_done(&self.context.rules, &self.locals[sender as usize].local, message);
        self.others.insert(sender, envelope, done.into());
    }

    pub(super) fn fill_own(&mut self, local: u32, chance: Chance) {
        let input = match chance {
            Chance::Crash => Input::Crash,
            Chance::Restart => Input::Restart,
            Chance::Resend => Input::Resend,
            _ => Input::Elect,
        };
        let step = self.call(local, &input, Cause::Own(chance));
        self.others.insert(local, OWN | chance as u32, step);
    }

    pub(super) fn fill_request(&mut self, local: u32, command: CommandId) {
        let step = self.call(local, &Input::Request(command), Cause::Request(command));
        self.others.insert(local, REQUEST | u32::from(command.0), step);
    }

    /// Calls the engine.
    fn call(&mut self, before: u32, input: &Input<'_>, cause: Cause) -> u32 {
        let known = &self.locals[before as usize];
        let (position, old) = (usize::from(known.position), Arc::clone(&known.local));
        let process = self.processes[position];
        let (new, events) = old.step(&self.context, process, input);
        let broken = self.broken_by_step(process, &old, &new, &events);
        let after = self.local(position, new);
        let mut sent = Vec::new();
        for event in &events {
            if let Event::Sent(envelope) = event {
                sent.push(self.envelope(envelope));
            }
        }
        for place in 0..self.renamings() {
            let mut print = self.local_prints(after)[place].wrapping_sub(self.local_prints(before)[place]);
            print = sent.iter().fold(print, |sum, id| sum.wrapping_add(self.envelope_prints(*id)[place]));
            if let Cause::Message(consumed) = cause {
                print = print.wrapping_sub(self.envelope_prints(consumed)[place]);
            }
            self.step_prints.push(print);
        }
        let kept = self.kept;
        let events: Vec<_> = events.into_iter().filter(|event| kept.is_touched_by(event)).collect();
        let changes = after != before || !broken.is_empty() || !events.is_empty();
        let is_inert = !changes && self.is_inert(&old, cause, &sent);
        self.steps.push(KnownStep {
            after,
            position: position as u16,
            is_remembered: !events.is_empty(),
            is_inert,
            broken,
            cause,
            sent: sent.into(),
            events,
        });
        (self.steps.len() - 1) as u32
    }

    /// Whether a message that changed nothing never will. What the rules for dead messages promise of this step is checked.
    fn is_inert(&self, receiver: &Local, cause: Cause, sent: &[u32]) -> bool {
        let Cause::Message(message) = cause else { return false };
        let envelope = &self.envelopes[message as usize].envelope;
        let answers_only = sent.iter().all(|id| answers(&self.envelopes[*id as usize].envelope, envelope));
        self.dead.on && answers_only && self.dead.is_inert(&self.context.rules, receiver, &envelope.message)
    }

    fn broken_by_step(&self, process: ProcessId, old: &Local, new: &Local, events: &[Event]) -> Asked {
        let of_change = judge_change(&self.context, process, old.look(), new.look());
        let of_events = events.iter().filter_map(|event| match event {
            Event::Executed { reason, .. } => judge_reason(&self.context, process, new.look(), reason),
            _ => None,
        });
        let all = of_change.into_iter().chain(of_events).map(|(invariant, _)| invariant);
        all.filter(|invariant| self.asked.has(*invariant)).collect()
    }

    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        // A local state or a message is some boxes of a few words each, and stands in a tree.
        const EACH: usize = 512;
        let prints = self.local_prints.capacity() + self.envelope_prints.capacity() + self.step_prints.capacity();
        let values = self.locals.len() + self.envelopes.len() + self.steps.len();
        let named = self.local_names.len() + self.envelope_names.len();
        let tables = self.received.bytes() + self.others.bytes();
        tables + prints * size_of::<u128>() + (values + named) * EACH
    }
}

fn of(prints: &[u128], id: u32, renamings: usize) -> &[u128] {
    &prints[id as usize * renamings..][..renamings]
}

/// What a process can do by itself, besides restarting while it is up.
fn own(process: ProcessId, local: LocalRef<'_>) -> u8 {
    let mut actions = Vec::new();
    enabled_at(process, local, &mut actions);
    let bits = actions.iter().map(|action| match action {
        Action::Elect(_) => 1 << Chance::Elect as u8,
        Action::Crash(_) => 1 << Chance::Crash as u8,
        Action::Restart(_) => 1 << Chance::Restart as u8,
        Action::Resend(_) => 1 << Chance::Resend as u8,
        Action::Timeout(_) => 1 << Chance::Timeout as u8,
        _ => 0,
    });
    bits.fold(0, |all, bit: u8| all | bit)
}
