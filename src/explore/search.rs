//! Breadth-first search: the shortest schedule there is, or the certainty that there is none.

use std::hint::black_box;

use crate::pmmc::{ClientId, CommandId, ProcessId};
use crate::world::{Action, Follow, History, Invariant, Predicate, Subject, Watch, World};

use super::allow::{Chance, Left};
use super::chronicle::Chronicle;
use super::lexicon::Lexicon;
use super::place::{Log, Place, Queue};
use super::print::{Part, constant};
use super::question::{Asked, Atoms, Goal, Question, holds};
use super::seen::Seen;
use super::verdicts::{Known, Verdicts};

/// How many worlds are expanded together.
const BATCH: usize = 32;
/// The most worlds that a search can count: they are numbered with 32 bits.
const MOST_WORLDS: usize = u32::MAX as usize;

/// How a search ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// What was looked for, with the shortest schedule that leads there.
    Found(Vec<Action>),
    /// An invariant is broken after the last action.
    Violated {
        /// Which one.
        invariant: Invariant,
        /// Where it does not hold.
        why: String,
        /// The shortest schedule that breaks any.
        actions: Vec<Action>,
    },
    /// Every world was visited, and it holds in none.
    NotFound,
    /// Every world was visited, and all invariants hold in each.
    Held,
    /// A limit came first.
    Stopped(Limit),
}

/// What ended a search without an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Limit {
    Depth,
    States,
    Memory,
    /// The found schedule does not lead to what was found when it is replayed: a defect of the search.
    Contradiction,
}

impl Limit {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Depth => "depth",
            Self::States => "states",
            Self::Memory => "memory",
            Self::Contradiction => "contradiction",
        }
    }
}

/// Why a question cannot be answered.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum Unanswerable {
    #[error("the predicate has more than 64 parts")]
    TooLong,
}

/// How far a search is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    /// Distinct worlds, the initial one included.
    pub states: usize,
    /// Enabled actions of the worlds expanded.
    pub transitions: u64,
    /// Distinct worlds first met at each depth.
    pub per_depth: Vec<u64>,
    /// Enabled actions of the worlds expanded at each depth.
    pub transitions_per_depth: Vec<u64>,
    /// Worlds that wait for being expanded.
    pub waiting: usize,
    /// Bytes of memory that it takes now.
    pub bytes: usize,
    /// How often a handler of the engine was called.
    pub calls: usize,
}

impl Progress {
    /// How many actions lead to the worlds that were met last.
    pub fn depth(&self) -> usize {
        self.per_depth.len().saturating_sub(1)
    }
}

/// An action that can happen in one of the worlds of a batch.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    print: u128,
    /// Which world of the batch.
    parent: usize,
    act: Act,
    history: u32,
}

/// What happens.
#[derive(Clone, Copy, Debug)]
enum Act {
    Deliver { envelope: u32, step: u32 },
    Drop { envelope: u32 },
    Duplicate { envelope: u32 },
    Own { chance: Chance, step: u32 },
    Request { number: u32, step: u32 },
}

/// A search. It goes on for as long as it is told to, so that whoever runs it can show how far it is, or give it up.
#[derive(Debug)]
pub struct Search {
    start: World,
    watch: Watch,
    question: Question,
    atoms: Atoms,
    /// Whether a process that is down may come back.
    may_restart: bool,
    /// The constant of one of each budget.
    budget_prints: [u128; 8],
    lexicon: Lexicon,
    chronicle: Chronicle,
    verdicts: Verdicts,
    seen: Seen,
    queue: Queue,
    log: Log,
    /// How many worlds were taken out of the queue: the number of the next one.
    expanded: u32,
    /// How many actions lead to the worlds that are expanded now.
    depth: usize,
    /// How many of them still wait.
    left_of_depth: usize,
    transitions: u64,
    per_depth: Vec<u64>,
    transitions_per_depth: Vec<u64>,
    batch: Vec<Place>,
    candidates: Vec<Candidate>,
    target: Place,
    /// The first command that the workload will request.
    first_command: u16,
    clients: Vec<usize>,
    peak: usize,
    verdict: Option<Verdict>,
}

impl Search {
    /// Begins to search from this world; `watch` is what was ever voted and decided before.
    pub fn new(start: &World, watch: &Watch, question: Question) -> Result<Self, Unanswerable> {
        let (atoms, asked) = match &question.goal {
            Goal::Find(predicate, _) => {
                let atoms = Atoms::of(predicate).ok_or(Unanswerable::TooLong)?;
                let asked = atoms.asked();
                (atoms, asked)
            }
            Goal::Check(invariants) => (Atoms::default(), invariants.iter().copied().collect()),
        };
        let kept = match &question.goal {
            Goal::Find(..) => atoms.kept(),
            Goal::Check(_) => asked.kept(),
        };
        let position = |client: ClientId| start.cluster().processes().position(|one| one == client.into()).unwrap_or(0);
        let allowed = Left(question.allow.times());
        let mut search = Self {
            may_restart: allowed.has(Chance::Crash) || allowed.has(Chance::Restart),
            start: start.clone(),
            watch: watch.clone(),
            budget_prints: Chance::ALL.map(|chance| constant(Part::Budget, chance as usize, 0)),
            lexicon: Lexicon::new(start, atoms.clone(), asked, kept),
            chronicle: Chronicle::new(start, atoms.clone(), asked),
            verdicts: Verdicts::new(start, asked),
            seen: Seen::new(),
            queue: Queue::default(),
            log: Log::default(),
            expanded: 0,
            depth: 0,
            left_of_depth: 1,
            transitions: 0,
            per_depth: vec![1],
            transitions_per_depth: vec![0],
            batch: vec![Place::default(); BATCH],
            candidates: Vec::new(),
            target: Place::default(),
            first_command: start.context().commands.len() as u16,
            clients: start.rest_of_workload().iter().map(|request| position(request.client)).collect(),
            peak: 0,
            verdict: None,
            question,
            atoms,
        };
        search.begin(&watch.history().only(kept));
        Ok(search)
    }

    fn begin(&mut self, history: &History) {
        let mut place = Place::default();
        let locals: Vec<_> = self.start.locals().map(|(_, local)| local.keep()).collect();
        place.locals =
            locals.into_iter().enumerate().map(|(position, one)| self.lexicon.local(position, one)).collect();
        place.network = self.start.network().each().map(|envelope| self.lexicon.envelope(envelope)).collect();
        place.network.sort_unstable();
        place.left = Left(self.question.allow.times());
        place.history = self.chronicle.history(history.clone());
        let answered = match &self.question.goal {
            Goal::Find(predicate, follow) => {
                let mut follow = follow.clone();
                let found = follow.observe(predicate, &self.start, &self.watch);
                place.memory = follow.held().iter().rev().fold(0, |all, held| all << 1 | u64::from(*held));
                found.then(|| Verdict::Found(Vec::new()))
            }
            Goal::Check(invariants) => {
                let broken = self.watch.violations();
                let first = broken.into_iter().find(|one| invariants.contains(&one.invariant));
                first.map(|one| Verdict::Violated { invariant: one.invariant, why: one.why, actions: Vec::new() })
            }
        };
        self.verdict = answered;
        self.seen.insert(self.print_of(&place));
        self.queue.push(&place);
        self.log.push(0, 0);
    }

    /// The fingerprint of a world.
    fn print_of(&self, place: &Place) -> u128 {
        let locals = place.locals.iter().map(|local| self.lexicon.locals[*local as usize].print);
        let messages = place.network.iter().map(|envelope| self.lexicon.envelopes[*envelope as usize].print);
        let sum = locals.chain(messages).fold(0, u128::wrapping_add);
        let sum = sum.wrapping_add(self.chronicle.histories[place.history as usize].print);
        let counted = Chance::ALL.into_iter().filter(|chance| place.left.is_counted(*chance));
        let left = counted
            .map(|chance| self.budget_prints[chance as usize].wrapping_mul(u128::from(place.left.0[chance as usize])));
        let requested = constant(Part::Requested, 0, 0).wrapping_mul(u128::from(place.requested));
        left.fold(sum.wrapping_add(requested), u128::wrapping_add).wrapping_add(print_of_memory(place.memory))
    }

    /// Goes on until about so many more worlds were expanded, or it has ended; the verdict if it has.
    pub fn run(&mut self, worlds: usize) -> Option<&Verdict> {
        let until = self.expanded as usize + worlds;
        while self.verdict.is_none() && (self.expanded as usize) < until {
            self.verdict = self.run_batch();
        }
        self.peak = self.peak.max(self.bytes());
        self.verdict.as_ref()
    }

    /// Goes on to the end.
    pub fn finish(&mut self) -> Verdict {
        loop {
            if let Some(verdict) = self.run(usize::MAX >> 1) {
                return verdict.clone();
            }
        }
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        Progress {
            states: self.seen.len(),
            transitions: self.transitions,
            per_depth: self.per_depth.clone(),
            transitions_per_depth: self.transitions_per_depth.clone(),
            waiting: self.queue.len(),
            bytes: self.bytes(),
            calls: self.lexicon.calls(),
        }
    }

    /// The most memory that it took, in bytes.
    pub fn peak_bytes(&self) -> usize {
        self.peak.max(self.bytes())
    }

    fn bytes(&self) -> usize {
        let numbers = self.candidates.capacity() * size_of::<Candidate>();
        let known = self.lexicon.bytes() + self.chronicle.bytes() + self.verdicts.bytes();
        self.seen.bytes() + self.queue.bytes() + self.log.bytes() + numbers + known
    }

    /// Expands some worlds of one depth.
    fn run_batch(&mut self) -> Option<Verdict> {
        if self.left_of_depth == 0 {
            self.left_of_depth = self.queue.len();
            if self.left_of_depth == 0 {
                return Some(match self.question.goal {
                    Goal::Find(..) => Verdict::NotFound,
                    Goal::Check(_) => Verdict::Held,
                });
            }
            self.depth += 1;
            self.transitions_per_depth.push(0);
        }
        let depth =
            if self.left_of_depth == self.queue.len() { self.per_depth.len() } else { self.per_depth.len() - 1 };
        if self.question.limits.depth.is_some_and(|most| depth > most) {
            return Some(Verdict::Stopped(Limit::Depth));
        }
        if self.question.limits.bytes.is_some_and(|most| self.bytes() > most) {
            return Some(Verdict::Stopped(Limit::Memory));
        }
        let first = self.expanded;
        self.candidates.clear();
        for index in 0..BATCH.min(self.left_of_depth) {
            let mut place = std::mem::take(&mut self.batch[index]);
            if self.queue.pop(self.lexicon.processes.len(), &mut place) {
                self.expand(&place, index);
                self.expanded += 1;
                self.left_of_depth -= 1;
            }
            self.batch[index] = place;
        }
        self.transitions += self.candidates.len() as u64;
        if let Some(count) = self.transitions_per_depth.last_mut() {
            *count += self.candidates.len() as u64;
        }
        // The memory fetches all these places at once, instead of one after the other.
        black_box(self.candidates.iter().fold(0, |sum, one| sum ^ self.seen.glance(one.print)));
        self.settle(first)
    }

    /// Lists what can happen in a world.
    fn expand(&mut self, place: &Place, parent: usize) {
        let base = self.print_of(place);
        let mut before = None;
        for &envelope in &place.network {
            if before == Some(envelope) {
                continue;
            }
            before = Some(envelope);
            let known = &self.lexicon.envelopes[envelope as usize];
            let (to, is_local, print) = (known.to, known.is_local, known.print);
            if let Some(step) = self.lexicon.receive(place.locals[usize::from(to)], envelope) {
                self.offer(base, place, parent, Act::Deliver { envelope, step }, step);
            }
            if is_local {
                continue;
            }
            for (chance, change) in [(Chance::Drop, print.wrapping_neg()), (Chance::Duplicate, print)] {
                if place.left.has(chance) {
                    let print = base.wrapping_add(change).wrapping_sub(self.cost(place, chance));
                    let is_drop = chance == Chance::Drop;
                    let act = if is_drop { Act::Drop { envelope } } else { Act::Duplicate { envelope } };
                    self.candidates.push(Candidate { print, parent, act, history: place.history });
                }
            }
        }
        if place.left.0[2..] != [0; 6] || self.may_restart {
            self.expand_own(base, place, parent);
        }
    }

    /// What using a budget once takes from a fingerprint.
    fn cost(&self, place: &Place, chance: Chance) -> u128 {
        if place.left.is_counted(chance) { self.budget_prints[chance as usize] } else { 0 }
    }

    /// Lists what processes can do by themselves.
    fn expand_own(&mut self, base: u128, place: &Place, parent: usize) {
        const OWN: [Chance; 5] = [Chance::Elect, Chance::Crash, Chance::Restart, Chance::Resend, Chance::Timeout];
        for &local in &place.locals {
            let known = &self.lexicon.locals[local as usize];
            let (own, is_up) = (known.own, known.is_up);
            let can = |chance: Chance| own >> chance as u8 & 1 == 1;
            for chance in OWN {
                // A process that is down comes back at no cost, if processes may crash at all in this search.
                let comes_back = chance == Chance::Restart && !is_up && self.may_restart;
                let crashes_and_comes_back = chance == Chance::Restart && is_up && place.left.has(chance);
                let acts = chance != Chance::Restart && can(chance) && place.left.has(chance);
                if !(comes_back || crashes_and_comes_back || acts) {
                    continue;
                }
                let cost = if comes_back { 0 } else { self.cost(place, chance) };
                let step = self.lexicon.act(local, chance);
                let mut print = base.wrapping_sub(cost);
                if matches!(chance, Chance::Crash | Chance::Restart) {
                    print = print.wrapping_sub(self.lost(place, step));
                }
                self.offer(print, place, parent, Act::Own { chance, step }, step);
            }
        }
        let next = place.requested as usize;
        if let (true, Some(&client)) = (place.left.has(Chance::Request), self.clients.get(next)) {
            let local = place.locals[client];
            if self.lexicon.locals[local as usize].is_up {
                let step = self.lexicon.request(local, CommandId(self.first_command + next as u16));
                let one_more = constant(Part::Requested, 0, 0).wrapping_sub(self.cost(place, Chance::Request));
                self.offer(
                    base.wrapping_add(one_more),
                    place,
                    parent,
                    Act::Request { number: place.requested, step },
                    step,
                );
            }
        }
    }

    /// The messages to itself that a leader loses with its memory.
    fn lost(&self, place: &Place, step: u32) -> u128 {
        let position = self.lexicon.steps[step as usize].position;
        let known = place.network.iter().map(|id| &self.lexicon.envelopes[*id as usize]);
        let lost = known.filter(|known| known.is_local && known.to == position);
        lost.fold(0, |sum: u128, known| sum.wrapping_add(known.print))
    }

    /// Notes a step that can be taken.
    fn offer(&mut self, base: u128, place: &Place, parent: usize, act: Act, step: u32) {
        let known = &self.lexicon.steps[step as usize];
        let mut print = base.wrapping_add(known.delta);
        let mut history = place.history;
        if known.is_remembered {
            history = self.chronicle.after(history, step, &known.events);
            let prints = &self.chronicle.histories;
            print = print.wrapping_add(prints[history as usize].print);
            print = print.wrapping_sub(prints[place.history as usize].print);
        }
        self.candidates.push(Candidate { print, parent, act, history });
    }

    /// Goes through what can happen: what leads to a new world is kept.
    fn settle(&mut self, first: u32) -> Option<Verdict> {
        let remembers = matches!(&self.question.goal, Goal::Find(predicate, _) if predicate.memories() > 0);
        for index in 0..self.candidates.len() {
            let candidate = self.candidates[index];
            let broken = self.broken_by_step(&candidate);
            // What a predicate remembers belongs to the world, so all must be asked before it is known which world it is.
            if remembers || !broken.is_empty() {
                self.build(&candidate);
            }
            let mut found = false;
            let mut print = candidate.print;
            if remembers {
                let before = self.target.memory;
                found = self.is_found(broken);
                let change = print_of_memory(self.target.memory).wrapping_sub(print_of_memory(before));
                print = print.wrapping_add(change);
            }
            if self.is_full() && !self.seen.has(print) {
                return Some(Verdict::Stopped(Limit::States));
            }
            let is_new = self.seen.insert(print);
            if !is_new && broken.is_empty() && !found {
                continue;
            }
            if !remembers {
                if broken.is_empty() {
                    self.build(&candidate);
                }
                found = self.is_answer(&candidate, broken);
            }
            if found {
                self.note(is_new);
                let mut actions = self.actions_to(first + candidate.parent as u32);
                actions.extend(self.action(code(candidate.act, &self.lexicon)));
                return Some(self.replayed(actions));
            }
            if is_new {
                self.note(is_new);
                self.log.push(first + candidate.parent as u32, code(candidate.act, &self.lexicon));
                self.queue.push(&self.target);
            }
        }
        None
    }

    fn is_full(&self) -> bool {
        let most = self.question.limits.states.unwrap_or(MOST_WORLDS).min(MOST_WORLDS);
        self.seen.len() >= most
    }

    /// Counts a world at the depth after the batch's.
    fn note(&mut self, is_new: bool) {
        if self.per_depth.len() <= self.depth + 1 {
            self.per_depth.push(0);
        }
        if let Some(count) = self.per_depth.last_mut() {
            *count += u64::from(is_new);
        }
    }

    fn broken_by_step(&self, candidate: &Candidate) -> Asked {
        match candidate.act {
            Act::Deliver { step, .. } | Act::Own { step, .. } | Act::Request { step, .. } => {
                self.lexicon.steps[step as usize].broken
            }
            Act::Drop { .. } | Act::Duplicate { .. } => Asked::NONE,
        }
    }

    /// Builds the world that a candidate leads to.
    fn build(&mut self, candidate: &Candidate) {
        let place = &mut self.target;
        place.copy_from(&self.batch[candidate.parent]);
        place.history = candidate.history;
        match candidate.act {
            Act::Deliver { envelope, step } => {
                place.take(envelope);
                enter(place, &self.lexicon, step);
            }
            Act::Drop { envelope } => {
                place.take(envelope);
                place.left = place.left.without(Chance::Drop);
            }
            Act::Duplicate { envelope } => {
                place.add(envelope);
                place.left = place.left.without(Chance::Duplicate);
            }
            Act::Own { chance, step } => {
                let position = self.lexicon.steps[step as usize].position;
                let was_up = self.lexicon.locals[place.locals[usize::from(position)] as usize].is_up;
                if matches!(chance, Chance::Crash | Chance::Restart) {
                    let envelopes = &self.lexicon.envelopes;
                    place.network.retain(|id| {
                        let known = &envelopes[*id as usize];
                        !(known.is_local && known.to == position)
                    });
                }
                if was_up {
                    place.left = place.left.without(chance);
                }
                enter(place, &self.lexicon, step);
            }
            Act::Request { step, .. } => {
                place.left = place.left.without(Chance::Request);
                place.requested += 1;
                enter(place, &self.lexicon, step);
            }
        }
        debug_assert_eq!(self.print_of(&self.target), candidate.print);
    }

    /// Whether the world that was built is what is looked for.
    fn is_answer(&mut self, candidate: &Candidate, broken: Asked) -> bool {
        let step = match candidate.act {
            Act::Deliver { step, .. } | Act::Own { step, .. } | Act::Request { step, .. } => step,
            // Fewer or more copies of a message break nothing.
            Act::Drop { .. } | Act::Duplicate { .. } => {
                return matches!(self.question.goal, Goal::Find(..)) && self.is_found(broken);
            }
        };
        match self.question.goal {
            Goal::Find(..) => self.is_found(broken),
            Goal::Check(_) => {
                let position = usize::from(self.lexicon.steps[step as usize].position);
                let known = Known { lexicon: &self.lexicon, chronicle: &self.chronicle };
                !broken.is_empty() || !self.verdicts.after_step(&self.target, position, known).is_empty()
            }
        }
    }

    /// Whether the predicate holds in the world that was built, which from here on remembers it.
    fn is_found(&mut self, broken: Asked) -> bool {
        let Goal::Find(predicate, _) = &self.question.goal else { return false };
        let place = &mut self.target;
        let Lexicon { locals, envelopes, .. } = &self.lexicon;
        let mut bits = self.chronicle.histories[place.history as usize].atoms;
        bits |= place.locals.iter().fold(0, |bits, local| bits | locals[*local as usize].atoms);
        if self.atoms.are_about(Subject::Message) {
            bits |= place.network.iter().fold(0, |bits, id| bits | envelopes[*id as usize].atoms);
        }
        if self.atoms.are_about(Subject::Verdict) {
            let known = Known { lexicon: &self.lexicon, chronicle: &self.chronicle };
            bits |= self.atoms.of_broken(self.verdicts.all(place, known).and(broken));
        }
        holds(predicate, bits, &mut place.memory)
    }

    fn actions_to(&self, world: u32) -> Vec<Action> {
        self.log.actions_to(world).into_iter().filter_map(|code| self.action(code)).collect()
    }

    /// The action that a code in the log means.
    fn action(&self, code: u32) -> Option<Action> {
        let (kind, number) = (code >> 28, (code & 0x0fff_ffff) as usize);
        let envelope = || self.lexicon.envelopes.get(number).map(|known| (*known.envelope).clone());
        let process = || self.lexicon.processes.get(number).copied();
        let leader = || match process() {
            Some(ProcessId::Leader(id)) => Some(id),
            _ => None,
        };
        match kind {
            DELIVER => envelope().map(Action::Deliver),
            0 => envelope().map(Action::Drop),
            1 => envelope().map(Action::Duplicate),
            2 => process().map(Action::Crash),
            3 => process().map(Action::Restart),
            4 => leader().map(Action::Elect),
            5 => process().map(Action::Resend),
            6 => leader().map(Action::Timeout),
            _ => {
                let request = self.start.rest_of_workload().get(number)?;
                Some(Action::Request(request.client, request.op.clone()))
            }
        }
    }

    /// The verdict, when the schedule was replayed on the engine and leads to what was found.
    fn replayed(&self, actions: Vec<Action>) -> Verdict {
        let mut world = self.start.clone();
        let mut watch = self.watch.clone();
        let mut follow = match &self.question.goal {
            Goal::Find(_, follow) => follow.clone(),
            Goal::Check(_) => Follow::new(&Predicate::Any(Vec::new())),
        };
        let mut found = false;
        if let Goal::Find(predicate, _) = &self.question.goal {
            follow.observe(predicate, &world, &watch);
        }
        for action in &actions {
            let before = world.clone();
            let Ok(events) = world.apply(action) else { return Verdict::Stopped(Limit::Contradiction) };
            watch.observe(&before, &world, &events);
            if let Goal::Find(predicate, _) = &self.question.goal {
                found = follow.observe(predicate, &world, &watch);
            }
        }
        if let Goal::Check(invariants) = &self.question.goal {
            let broken = watch.violations().into_iter().find(|one| invariants.contains(&one.invariant));
            return broken.map_or(Verdict::Stopped(Limit::Contradiction), |one| Verdict::Violated {
                invariant: one.invariant,
                why: one.why,
                actions,
            });
        }
        if found { Verdict::Found(actions) } else { Verdict::Stopped(Limit::Contradiction) }
    }
}

/// Deliveries in the log; the other kinds are the numbers of the chances.
const DELIVER: u32 = 8;

/// What happened, as it stands in the log.
fn code(act: Act, lexicon: &Lexicon) -> u32 {
    let position = |step: u32| u32::from(lexicon.steps[step as usize].position);
    match act {
        Act::Deliver { envelope, .. } => DELIVER << 28 | envelope,
        Act::Drop { envelope } => (Chance::Drop as u32) << 28 | envelope,
        Act::Duplicate { envelope } => (Chance::Duplicate as u32) << 28 | envelope,
        Act::Own { chance, step } => (chance as u32) << 28 | position(step),
        Act::Request { number, .. } => (Chance::Request as u32) << 28 | number,
    }
}

/// A process enters its next local state, and what it sends is put in flight.
fn enter(place: &mut Place, lexicon: &Lexicon, step: u32) {
    let known = &lexicon.steps[step as usize];
    place.locals[usize::from(known.position)] = known.after;
    known.sent.iter().for_each(|envelope| place.add(*envelope));
}

fn print_of_memory(memory: u64) -> u128 {
    let bits = (0..64).filter(|bit| memory >> bit & 1 == 1);
    bits.fold(0, |sum: u128, bit| sum.wrapping_add(constant(Part::Memory, bit, 0)))
}
