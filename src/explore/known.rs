//! All that a search knows besides which worlds it has seen: what the numbers in a world mean, and what comes of them.
//! While worlds are expanded it only is read, by all threads; what is missing is told as a [`Gap`], and filled between.

use crate::pmmc::{ClientId, CommandId, ProcessId};
use crate::world::{Action, Predicate, Subject, World};

use super::allow::{Allow, Chance, Left};
use super::chronicle::Chronicle;
use super::lexicon::{Cause, Gap, Lexicon};
use super::place::Place;
use super::print::{Part, constant, print_of_memory};
use super::question::{Asked, Atoms, Goal, holds};
use super::verdicts::Verdicts;

/// What is known.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools)]
pub(super) struct Known {
    pub(super) start: World,
    pub(super) goal: Goal,
    pub(super) atoms: Atoms,
    pub(super) lexicon: Lexicon,
    pub(super) chronicle: Chronicle,
    /// Whether a process that is down may come back.
    pub(super) may_restart: bool,
    /// Whether dead messages are left out.
    pub(super) leaves_out: bool,
    /// The constant of one of each budget, and of one request.
    pub(super) budget_prints: [u128; 8],
    pub(super) request_print: u128,
    /// The first command that the workload will request.
    pub(super) first_command: u16,
    /// Which process asks for each of them.
    pub(super) clients: Vec<usize>,
    /// Whether the predicate remembers anything.
    pub(super) remembers: bool,
    /// Whether a world is judged after every step that leads to it.
    pub(super) judges_steps: bool,
    /// The order of processes that `expand` uses; equal for processes that are alike.
    pub(super) ranks: Vec<u16>,
}

/// What leads from one world to the next, in 32 bits: what kind of thing happens, and its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Act {
    /// A message is delivered: the step.
    Deliver(u32),
    /// A message is lost.
    Drop(u32),
    /// A message is doubled.
    Duplicate(u32),
    /// A process acts by itself, or a client requests: the step.
    Own(Chance, u32),
}

/// Deliveries in a code; the other kinds are the numbers of the chances.
const DELIVER: u32 = 8;
const NUMBER: u32 = (1 << 28) - 1;

impl Act {
    pub(super) const fn code(self) -> u32 {
        match self {
            Self::Deliver(step) => DELIVER << 28 | step,
            Self::Drop(envelope) => (Chance::Drop as u32) << 28 | envelope,
            Self::Duplicate(envelope) => (Chance::Duplicate as u32) << 28 | envelope,
            Self::Own(chance, step) => (chance as u32) << 28 | step,
        }
    }

    #[inline]
    pub(super) fn of(code: u32) -> Self {
        let number = code & NUMBER;
        match code >> 28 {
            DELIVER => Self::Deliver(number),
            0 => Self::Drop(number),
            1 => Self::Duplicate(number),
            kind => Self::Own(Chance::ALL[kind as usize & 7], number),
        }
    }

    /// The step of a process, if it is one.
    pub(super) const fn step(self) -> Option<u32> {
        match self {
            Self::Deliver(step) | Self::Own(_, step) => Some(step),
            Self::Drop(_) | Self::Duplicate(_) => None,
        }
    }
}

impl Known {
    /// The process that asks for each command of the workload.
    pub(super) fn clients_of(start: &World) -> Vec<usize> {
        let position = |client: ClientId| start.cluster().processes().position(|one| one == client.into()).unwrap_or(0);
        start.rest_of_workload().iter().map(|request| position(request.client)).collect()
    }

    /// The world that the search begins with, but for what the predicate remembers.
    pub(super) fn first_place(&mut self, allow: Allow, history: u32) -> Place {
        let locals: Vec<_> = self.start.locals().map(|(_, local)| local.keep()).collect();
        let locals = locals.into_iter().enumerate();
        let envelopes: Vec<_> = self.start.network().each().cloned().collect();
        let mut place = Place {
            locals: locals.map(|(position, one)| self.lexicon.local(position, one)).collect(),
            network: envelopes.iter().map(|envelope| self.lexicon.envelope(envelope)).collect(),
            left: Left(allow.times()),
            history,
            ..Place::default()
        };
        place.network.sort_unstable();
        let mut live = Vec::new();
        for &envelope in &place.network {
            while let Err(gap) = self.is_dead(&place, envelope) {
                self.fill(gap);
            }
            if self.is_dead(&place, envelope) != Ok(true) {
                live.push(envelope);
            }
        }
        place.network = live;
        place
    }

    fn is_dead(&self, place: &Place, envelope: u32) -> Result<bool, Gap> {
        let route = self.lexicon.routes[envelope as usize];
        let local = |position: u16| place.locals[usize::from(position)];
        if self.leaves_out { self.lexicon.is_dead(local(route.from), local(route.to), envelope) } else { Ok(false) }
    }

    /// Finds out what was missing.
    pub(super) fn fill(&mut self, gap: Gap) {
        match gap {
            Gap::Receive(local, envelope) => self.lexicon.fill_received(local, envelope),
            Gap::Done(local, envelope) => self.lexicon.fill_done(local, envelope),
            Gap::Own(local, chance) => self.lexicon.fill_own(local, chance),
            Gap::Request(local, command) => self.lexicon.fill_request(local, command),
            Gap::History(history, step) => {
                let events = &self.lexicon.steps[step as usize].events;
                self.chronicle.fill_after(history, step, events);
            }
        }
    }

    /// The fingerprints of a world under each renaming, but for what no renaming changes.
    pub(super) fn sum(&self, place: &Place, sums: &mut Vec<u128>) {
        sums.clear();
        let Self { lexicon, chronicle, .. } = self;
        if lexicon.renamings() == 1 {
            let locals = place.locals.iter().map(|local| lexicon.only_local_print(*local));
            let messages = place.network.iter().map(|envelope| lexicon.only_envelope_print(*envelope));
            let sum = locals.chain(messages).fold(chronicle.print(place.history), u128::wrapping_add);
            sums.push(sum);
            return;
        }
        sums.extend(chronicle.prints(place.history));
        let locals = place.locals.iter().map(|local| lexicon.local_prints(*local));
        for prints in locals.chain(place.network.iter().map(|envelope| lexicon.envelope_prints(*envelope))) {
            add(sums, prints);
        }
    }

    /// What no renaming changes of a fingerprint: budgets, requests, and what the predicate remembers.
    pub(super) fn rest_of_print(&self, place: &Place) -> u128 {
        // Most searches have none of them.
        if place.left.is_empty() && place.requested == 0 && place.memory == 0 {
            return 0;
        }
        let counted = Chance::ALL.into_iter().filter(|chance| place.left.is_counted(*chance));
        let left = counted
            .map(|chance| self.budget_prints[chance as usize].wrapping_mul(u128::from(place.left.0[chance as usize])));
        let requested = self.request_print.wrapping_mul(u128::from(place.requested));
        left.fold(requested, u128::wrapping_add).wrapping_add(print_of_memory(place.memory))
    }

    /// The fingerprint of a world.
    pub(super) fn print_of(&self, place: &Place) -> u128 {
        let mut sums = Vec::new();
        self.sum(place, &mut sums);
        smallest(sums.into_iter()).wrapping_add(self.rest_of_print(place))
    }

    /// The messages that a step takes out of flight besides the one delivered: those that a process loses with its memory,
    /// and those that are dead from here on.
    pub(super) fn gone(&self, place: &Place, act: Act, step: u32, gone: &mut Vec<u32>) -> Result<(), Gap> {
        gone.clear();
        let resets = matches!(act, Act::Own(Chance::Crash | Chance::Restart, _));
        if !self.leaves_out && !resets {
            return Ok(());
        }
        let known = &self.lexicon.steps[step as usize];
        let local = |at: u16| if at == known.position { known.after } else { place.locals[usize::from(at)] };
        let mut delivered = match known.cause {
            Cause::Message(envelope) => Some(envelope),
            _ => None,
        };
        for &envelope in &place.network {
            let route = self.lexicon.routes[envelope as usize];
            if route.to != known.position && (route.from != known.position || !route.is_answered) {
                continue;
            }
            if delivered == Some(envelope) {
                delivered = None;
                continue;
            }
            let lost = resets && route.is_local && route.to == known.position;
            if lost || self.leaves_out && self.lexicon.is_dead(local(route.from), local(route.to), envelope)? {
                gone.push(envelope);
            }
        }
        for &envelope in known.sent.iter().filter(|_| self.leaves_out) {
            let route = self.lexicon.routes[envelope as usize];
            if self.lexicon.is_dead(local(route.from), local(route.to), envelope)? {
                gone.push(envelope);
            }
        }
        Ok(())
    }

    /// Builds the world that an act leads to. All that it needs was found out when the world before was expanded.
    pub(super) fn build(&self, before: &Place, act: Act, target: &mut Place, gone: &mut Vec<u32>) {
        target.copy_from(before);
        let step = match act {
            Act::Drop(envelope) => {
                target.take(envelope);
                target.left = target.left.without(Chance::Drop);
                return;
            }
            Act::Duplicate(envelope) => {
                target.add(envelope);
                target.left = target.left.without(Chance::Duplicate);
                return;
            }
            Act::Own(chance, step) => {
                let position = self.lexicon.steps[step as usize].position;
                let was_up = self.lexicon.locals[before.locals[usize::from(position)] as usize].is_up;
                if was_up {
                    target.left = target.left.without(chance);
                }
                target.requested += u32::from(chance == Chance::Request);
                step
            }
            Act::Deliver(step) => step,
        };
        let known = &self.lexicon.steps[step as usize];
        if let Cause::Message(envelope) = known.cause {
            target.take(envelope);
        }
        target.locals[usize::from(known.position)] = known.after;
        known.sent.iter().for_each(|envelope| target.add(*envelope));
        if known.is_remembered {
            target.history = self.chronicle.after(before.history, step).unwrap_or(before.history);
        }
        if self.gone(before, act, step, gone).is_ok() {
            for envelope in gone.iter() {
                target.take(*envelope);
            }
        }
    }

    /// The invariants about steps that an act breaks.
    pub(super) fn broken_by(&self, act: Act) -> Asked {
        act.step().map_or(Asked::NONE, |step| self.lexicon.steps[step as usize].broken)
    }

    /// Whether a world, to which this act led, is what is looked for. From here on it remembers what the predicate does.
    pub(super) fn is_answer(&self, place: &mut Place, act: Act, verdicts: &mut Verdicts) -> bool {
        let broken = self.broken_by(act);
        match &self.goal {
            Goal::Find(predicate, _) => self.is_found(predicate, place, broken, verdicts),
            Goal::Check(_) => {
                // Fewer or more copies of a message break nothing.
                let Some(step) = act.step() else { return false };
                let position = usize::from(self.lexicon.steps[step as usize].position);
                !broken.is_empty() || !verdicts.after_step(place, position, self).is_empty()
            }
        }
    }

    fn is_found(&self, predicate: &Predicate, place: &mut Place, broken: Asked, verdicts: &mut Verdicts) -> bool {
        let Lexicon { locals, envelopes, .. } = &self.lexicon;
        let mut bits = self.chronicle.histories[place.history as usize].atoms;
        bits |= place.locals.iter().fold(0, |bits, local| bits | locals[*local as usize].atoms);
        if self.atoms.are_about(Subject::Message) {
            bits |= place.network.iter().fold(0, |bits, id| bits | envelopes[*id as usize].atoms);
        }
        if self.atoms.are_about(Subject::Verdict) {
            bits |= self.atoms.of_broken(verdicts.all(place, self).and(broken));
        }
        holds(predicate, bits, &mut place.memory)
    }

    /// The action that a code in the log means.
    pub(super) fn action(&self, code: u32) -> Option<Action> {
        let envelope = |number: u32| {
            let known = self.lexicon.envelopes.get(number as usize)?;
            Some((*known.envelope).clone())
        };
        let (chance, step) = match Act::of(code) {
            Act::Drop(number) => return envelope(number).map(Action::Drop),
            Act::Duplicate(number) => return envelope(number).map(Action::Duplicate),
            Act::Deliver(step) => {
                let Cause::Message(number) = self.lexicon.steps.get(step as usize)?.cause else { return None };
                return envelope(number).map(Action::Deliver);
            }
            Act::Own(chance, step) => (chance, self.lexicon.steps.get(step as usize)?),
        };
        let process = *self.lexicon.processes.get(usize::from(step.position))?;
        match (chance, process) {
            (Chance::Crash, _) => Some(Action::Crash(process)),
            (Chance::Restart, _) => Some(Action::Restart(process)),
            (Chance::Resend, _) => Some(Action::Resend(process)),
            (Chance::Elect, ProcessId::Leader(leader)) => Some(Action::Elect(leader)),
            (Chance::Timeout, ProcessId::Leader(leader)) => Some(Action::Timeout(leader)),
            (Chance::Request, _) => {
                let Cause::Request(CommandId(command)) = step.cause else { return None };
                let number = usize::from(command.checked_sub(self.first_command)?);
                let request = self.start.rest_of_workload().get(number)?;
                Some(Action::Request(request.client, request.op.clone()))
            }
            _ => None,
        }
    }

    /// The constants of the budgets and of a request.
    pub(super) fn constants() -> ([u128; 8], u128) {
        let budgets = Chance::ALL.map(|chance| constant(Part::Budget, chance as usize, 0));
        (budgets, constant(Part::Requested, 0, 0))
    }

    pub(super) fn bytes(&self) -> usize {
        self.lexicon.bytes() + self.chronicle.bytes()
    }
}

/// Adds the parts of fingerprints to the sums under each renaming.
#[inline]
pub(super) fn add(sums: &mut [u128], prints: &[u128]) {
    sums.iter_mut().zip(prints).for_each(|(sum, print)| *sum = sum.wrapping_add(*print));
}

/// The one fingerprint of all renamings of a world. The smallest by its upper half: the lower one says where it stands in
/// the table, and must stay evenly spread.
#[inline]
pub(super) fn smallest(prints: impl Iterator<Item = u128>) -> u128 {
    prints.min().unwrap_or(0)
}
