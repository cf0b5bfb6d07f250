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
use super::memo::Memo;
use super::print::{Part, constant};
use super::question::{Asked, Atoms};

/// What stands in the memo for a message that its receiver cannot take now.
const CANNOT: u32 = u32::MAX;
/// Inputs that are no messages.
const OWN: u32 = 0xffff_ff00;
const REQUEST: u32 = 0xfff0_0000;

/// A local state of one process.
#[derive(Debug)]
pub(super) struct KnownLocal {
    pub(super) print: u128,
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
    pub(super) print: u128,
    pub(super) atoms: u64,
    pub(super) from: u16,
    pub(super) to: u16,
    pub(super) is_local: bool,
    pub(super) is_p1b: bool,
    pub(super) is_p2b: bool,
    pub(super) envelope: Arc<Envelope>,
}

/// What one process does with one input in one local state.
#[derive(Debug)]
pub(super) struct KnownStep {
    /// What it adds to a fingerprint.
    pub(super) delta: u128,
    /// The local state afterwards.
    pub(super) after: u32,
    pub(super) position: u16,
    /// Whether it adds to what was ever voted and decided, as far as that is asked.
    pub(super) is_remembered: bool,
    /// Invariants about steps that it breaks.
    pub(super) broken: Asked,
    /// What is sent.
    pub(super) sent: Vec<u32>,
    /// What is remembered of it.
    pub(super) events: Vec<Event>,
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
    envelope_ids: BTreeMap<Arc<Envelope>, u32>,
    pub(super) steps: Vec<KnownStep>,
    memo: Memo,
    atoms: Atoms,
    asked: Asked,
    kept: Kept,
    /// A world to judge one local state in.
    probe: World,
}

impl Lexicon {
    pub(super) fn new(start: &World, atoms: Atoms, asked: Asked, kept: Kept) -> Self {
        let all = start.rearranged([], [], usize::MAX);
        let processes: Vec<_> = start.cluster().processes().collect();
        Self {
            context: all.context().clone(),
            partition: start.partition().cloned(),
            local_ids: vec![BTreeMap::new(); processes.len()],
            processes,
            locals: Vec::new(),
            envelopes: Vec::new(),
            envelope_ids: BTreeMap::new(),
            steps: Vec::new(),
            memo: Memo::new(),
            atoms,
            asked,
            kept,
            probe: all,
        }
    }

    /// How often a handler was called.
    pub(super) fn calls(&self) -> usize {
        self.steps.len()
    }

    /// The number of a local state.
    pub(super) fn local(&mut self, position: usize, local: Local) -> u32 {
        if let Some(id) = self.local_ids[position].get(&local) {
            return *id;
        }
        let process = self.processes[position];
        let id = self.locals.len() as u32;
        let local = Arc::new(local);
        let look = local.look();
        self.locals.push(KnownLocal {
            print: constant(Part::Local, position, id),
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
        let position = |process: ProcessId| self.processes.iter().position(|one| *one == process).unwrap_or(0) as u16;
        let id = self.envelopes.len() as u32;
        let shared = Arc::new(envelope.clone());
        self.envelopes.push(KnownEnvelope {
            print: constant(Part::Envelope, 0, id),
            atoms: self.atoms.of_envelope(envelope),
            from: position(envelope.from),
            to: position(envelope.to),
            is_local: envelope.message.is_local(),
            is_p1b: matches!(envelope.message, Message::P1b { .. }),
            is_p2b: matches!(envelope.message, Message::P2b { .. }),
            envelope: Arc::clone(&shared),
        });
        self.envelope_ids.insert(shared, id);
        id
    }

    /// What the receiver does with a message in this local state; `None` if it cannot be delivered.
    pub(super) fn receive(&mut self, local: u32, envelope: u32) -> Option<u32> {
        if let Some(step) = self.memo.get(local, envelope) {
            return (step != CANNOT).then_some(step);
        }
        let known = Arc::clone(&self.envelopes[envelope as usize].envelope);
        let connects = self.partition.as_ref().is_none_or(|partition| partition.connects(known.from, known.to));
        let step = if connects && self.locals[local as usize].is_up {
            let input = Input::Receive { from: known.from, message: &known.message };
            self.call(local, &input, Some(envelope))
        } else {
            CANNOT
        };
        self.memo.insert(local, envelope, step);
        (step != CANNOT).then_some(step)
    }

    /// What a process does by itself in this local state.
    pub(super) fn act(&mut self, local: u32, chance: Chance) -> u32 {
        let input = match chance {
            Chance::Crash => Input::Crash,
            Chance::Restart => Input::Restart,
            Chance::Resend => Input::Resend,
            _ => Input::Elect,
        };
        self.remembered(local, OWN | chance as u32, &input)
    }

    /// What a client does to ask for a command.
    pub(super) fn request(&mut self, local: u32, command: CommandId) -> u32 {
        self.remembered(local, REQUEST | u32::from(command.0), &Input::Request(command))
    }

    fn remembered(&mut self, local: u32, code: u32, input: &Input<'_>) -> u32 {
        if let Some(step) = self.memo.get(local, code) {
            return step;
        }
        let step = self.call(local, input, None);
        self.memo.insert(local, code, step);
        step
    }

    /// Calls the engine.
    fn call(&mut self, before: u32, input: &Input<'_>, consumed: Option<u32>) -> u32 {
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
        let print = |id: &u32| self.envelopes[*id as usize].print;
        let mut delta = self.locals[after as usize].print.wrapping_sub(self.locals[before as usize].print);
        delta = sent.iter().fold(delta, |sum, id| sum.wrapping_add(print(id)));
        delta = consumed.iter().fold(delta, |sum, id| sum.wrapping_sub(print(id)));
        let kept = self.kept;
        let events: Vec<_> = events.into_iter().filter(|event| kept.is_touched_by(event)).collect();
        let is_remembered = !events.is_empty();
        self.steps.push(KnownStep { delta, after, position: position as u16, is_remembered, broken, sent, events });
        (self.steps.len() - 1) as u32
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
        self.memo.bytes() + self.memo.len() * 64 + (self.locals.len() + self.envelopes.len() + self.steps.len()) * EACH
    }
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
