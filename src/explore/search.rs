//! Breadth-first search: the shortest schedule there is, or the certainty that there is none. Or depth-first: any schedule,
//! or the same certainty.

use crate::world::{Action, Follow, Invariant, Predicate, Watch, World};

use super::allow::{Chance, Left};
use super::block::{Answer, Block};
use super::chronicle::Chronicle;
use super::dead::DeadRules;
use super::expand::Worker;
use super::known::Known;
use super::lexicon::Lexicon;
use super::log::Log;
use super::place::Place;
use super::question::{Asked, Atoms, Goal, Limits, Question, denies_a_step};
use super::queue::{Packed, Queue, Stack};
use super::reductions::{Looks, Reductions};
use super::seen::Seen;
use super::symmetry::{Alike, Symmetry};
use super::team::{self, Crew};
use super::verdict::{Limit, Progress, Unanswerable, Verdict};

/// How many worlds are expanded together by one thread alone.
const BATCH: usize = 48;
/// The most worlds that a search can count: they are numbered with 32 bits.
const MOST_WORLDS: usize = u32::MAX as usize;

/// A search. It goes on for as long as it is told to, so that whoever runs it can show how far it is, or give it up.
#[derive(Debug)]
pub struct Search {
    watch: Watch,
    limits: Limits,
    reductions: Reductions,
    known: Known,
    seen: Seen,
    queue: Queue,
    /// Where worlds wait instead, if the search is depth-first.
    stack: Option<Stack>,
    /// Whether a world was left as it is because no schedule may be longer.
    is_cut: bool,
    log: Log,
    blocks: Vec<Block>,
    workers: Vec<Worker>,
    crew: Crew,
    /// How many worlds were taken out of the queue, which then is the number of the next one; or off the stack.
    expanded: u32,
    /// How many actions lead to the worlds that are expanded now; depth-first, on the way by which they were met.
    depth: usize,
    /// How many of them still wait.
    left_of_depth: usize,
    states: usize,
    per_depth: Vec<u64>,
    transitions_per_depth: Vec<u64>,
    peak: usize,
    verdict: Option<Verdict>,
}

impl Search {
    /// Begins to search from this world; `watch` is what was ever voted and decided before. It makes every reduction that
    /// is sound for the question.
    pub fn new(start: &World, watch: &Watch, question: Question) -> Result<Self, Unanswerable> {
        Self::begin(start, watch, question, true)
    }

    /// The same without reductions: every world is visited.
    pub fn without_reductions(start: &World, watch: &Watch, question: Question) -> Result<Self, Unanswerable> {
        Self::begin(start, watch, question, false)
    }

    fn begin(start: &World, watch: &Watch, question: Question, reduces: bool) -> Result<Self, Unanswerable> {
        let (atoms, asked) = match &question.goal {
            Goal::Find(predicate, _) => {
                let atoms = Atoms::of(predicate).ok_or(Unanswerable::TooLong)?;
                let asked = atoms.asked();
                (atoms, asked)
            }
            Goal::Check(invariants) => (Atoms::default(), invariants.iter().copied().collect::<Asked>()),
        };
        let kept = match &question.goal {
            Goal::Find(..) => atoms.kept(),
            Goal::Check(_) => asked.kept(),
        };
        let allowed = Left(question.allow.times());
        let may_restart = allowed.has(Chance::Crash) || allowed.has(Chance::Restart);
        let judges_steps = matches!(&question.goal, Goal::Find(predicate, _) if denies_a_step(predicate));
        let mut reductions = Reductions::default();
        let (mut alike, mut dead) = (Alike { acceptors: false, replicas: false }, DeadRules::NONE);
        if reduces {
            let looks = Looks { start, watch, atoms: &atoms, asked, kept, may_restart, denies_a_step: judges_steps };
            (alike, dead) = (reductions.alike(looks), reductions.dead(looks));
        }
        let symmetry = Symmetry::new(start.cluster(), alike);
        let ranks = symmetry.ranks(start.cluster());
        let (budget_prints, request_print) = Known::constants();
        let remembers = matches!(&question.goal, Goal::Find(predicate, _) if predicate.memories() > 0);
        let mut known = Known {
            start: start.clone(),
            lexicon: Lexicon::new(start, (atoms.clone(), asked, kept), symmetry.clone(), dead),
            chronicle: Chronicle::new(start, atoms.clone(), asked, symmetry),
            may_restart,
            leaves_out: dead.on,
            budget_prints,
            request_print,
            first_command: start.context().commands.len() as u16,
            clients: Known::clients_of(start),
            remembers,
            judges_steps,
            ranks,
            goal: question.goal,
            atoms,
        };
        let history = known.chronicle.history(watch.history().only(kept));
        let place = known.first_place(question.allow, history);
        let mut search = Self {
            watch: watch.clone(),
            limits: question.limits,
            reductions,
            known,
            seen: Seen::new(),
            queue: Queue::default(),
            stack: None,
            is_cut: false,
            log: Log::default(),
            blocks: vec![Block::default()],
            workers: vec![Worker::new(asked)],
            crew: team::alone,
            expanded: 0,
            depth: 0,
            left_of_depth: 1,
            states: 1,
            per_depth: vec![1],
            transitions_per_depth: vec![0],
            peak: 0,
            verdict: None,
        };
        search.first(place);
        Ok(search)
    }

    /// Takes in the first world.
    fn first(&mut self, mut place: Place) {
        let start = &self.known.start;
        self.verdict = match &self.known.goal {
            Goal::Find(predicate, follow) => {
                let mut follow = follow.clone();
                let found = follow.observe(predicate, start, &self.watch);
                place.memory = follow.held().iter().rev().fold(0, |all, held| all << 1 | u64::from(*held));
                found.then(|| Verdict::Found(Vec::new()))
            }
            Goal::Check(invariants) => {
                let broken = self.watch.violations();
                let first = broken.into_iter().find(|one| invariants.contains(&one.invariant));
                first.map(|one| Verdict::Violated { invariant: one.invariant, why: one.why, actions: Vec::new() })
            }
        };
        self.seen.insert(self.known.print_of(&place));
        let mut packed = Packed::default();
        packed.push(&place);
        self.queue.append(&packed);
        self.log.push(0, 0);
    }

    /// Shares the work out among so many threads, which the crew runs; the answer is the same as alone.
    #[must_use]
    pub fn with_crew(mut self, threads: usize, crew: Crew) -> Self {
        self.crew = crew;
        let asked = self.workers.first().map_or(Asked::NONE, Worker::asked);
        let threads = threads.clamp(1, team::MOST_THREADS);
        self.workers.resize_with(threads, || Worker::new(asked));
        self.blocks.resize_with(if threads > 1 { threads * team::BLOCKS } else { 1 }, Block::default);
        self
    }

    /// The same search depth-first: each world's successors before the others of its depth, on one thread. A schedule that it
    /// finds may be longer than it need be, and with a limit of depth it may miss one; what it says there is not, there is not.
    #[must_use]
    pub fn depth_first(mut self) -> Self {
        let mut place = Place::default();
        let mut stack = Stack::default();
        if self.expanded == 0 && self.queue.pop(self.known.lexicon.processes.len(), &mut place) {
            let mut packed = Packed::default();
            packed.push(&place);
            stack.append(&packed, 0, 0);
        }
        self.stack = Some(stack);
        self
    }

    /// Which reductions it makes, and why not the others.
    pub fn reductions(&self) -> &Reductions {
        &self.reductions
    }

    /// Goes on until about so many more worlds were expanded, or it has ended; the verdict if it has.
    pub fn run(&mut self, worlds: usize) -> Option<&Verdict> {
        let until = self.expanded as usize + worlds;
        while self.verdict.is_none() && (self.expanded as usize) < until {
            self.verdict = if self.stack.is_some() { self.run_deep() } else { self.run_blocks() };
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
            states: self.states,
            transitions: self.transitions_per_depth.iter().sum(),
            per_depth: self.per_depth.clone(),
            transitions_per_depth: self.transitions_per_depth.clone(),
            waiting: self.states - self.expanded as usize,
            bytes: self.bytes(),
            calls: self.known.lexicon.steps.len(),
        }
    }

    /// The most memory that it took, in bytes.
    pub fn peak_bytes(&self) -> usize {
        self.peak.max(self.bytes())
    }

    fn bytes(&self) -> usize {
        let verdicts: usize = self.workers.iter().map(|worker| worker.verdicts.bytes()).sum();
        let blocks: usize = self.blocks.iter().map(Block::bytes).sum();
        let waiting = self.queue.bytes() + self.stack.as_ref().map_or(0, Stack::bytes);
        self.seen.bytes() + waiting + self.log.bytes() + self.known.bytes() + verdicts + blocks
    }

    /// Expands some worlds of one depth.
    fn run_blocks(&mut self) -> Option<Verdict> {
        if self.left_of_depth == 0 {
            self.left_of_depth = self.queue.len();
            if self.left_of_depth == 0 {
                return Some(self.nothing());
            }
            self.depth += 1;
            self.transitions_per_depth.push(0);
        }
        if self.limits.depth.is_some_and(|most| self.depth >= most) {
            return Some(Verdict::Stopped(Limit::Depth));
        }
        if self.limits.bytes.is_some_and(|most| self.bytes() > most) {
            return Some(Verdict::Stopped(Limit::Memory));
        }
        let used = self.load();
        let mut blocks = std::mem::take(&mut self.blocks);
        if used == 1 {
            self.work_alone(&mut blocks[0]);
        } else {
            let Self { known, seen, workers, crew, .. } = self;
            team::work(&mut blocks[..used], known, seen, workers, *crew);
        }
        let verdict = blocks[..used].iter_mut().find_map(|block| self.take(block));
        self.blocks = blocks;
        verdict
    }

    /// When every world was visited.
    const fn nothing(&self) -> Verdict {
        match self.known.goal {
            Goal::Find(..) => Verdict::NotFound,
            Goal::Check(_) => Verdict::Held,
        }
    }

    /// Expands the world on top of the stack.
    fn run_deep(&mut self) -> Option<Verdict> {
        // To count the bytes takes longer than to expand a world.
        let is_time = self.expanded.is_multiple_of(BATCH as u32);
        if is_time && self.limits.bytes.is_some_and(|most| self.bytes() > most) {
            return Some(Verdict::Stopped(Limit::Memory));
        }
        let processes = self.known.lexicon.processes.len();
        let mut blocks = std::mem::take(&mut self.blocks);
        let (block, stack) = (&mut blocks[0], self.stack.as_mut()?);
        let verdict = match block.load_top(processes, stack, &self.log) {
            None if self.is_cut => Some(Verdict::Stopped(Limit::Depth)),
            None => Some(self.nothing()),
            Some(depth) if self.limits.depth.is_some_and(|most| depth >= most) => {
                self.is_cut = true;
                self.expanded += 1;
                None
            }
            Some(depth) => {
                self.depth = depth;
                let depths = self.transitions_per_depth.len().max(depth + 1);
                self.transitions_per_depth.resize(depths, 0);
                self.work_alone(block);
                self.take(block)
            }
        };
        self.blocks = blocks;
        verdict
    }

    /// Fills blocks with the next worlds; how many blocks.
    fn load(&mut self) -> usize {
        let processes = self.known.lexicon.processes.len();
        let share = if self.workers.len() == 1 { BATCH } else { team::BLOCK };
        let mut next = self.expanded;
        let mut used = 0;
        for block in &mut self.blocks {
            let count = share.min(self.left_of_depth);
            if count == 0 {
                break;
            }
            block.load(next, count, processes, &mut self.queue, &self.log);
            next += count as u32;
            self.left_of_depth -= count;
            used += 1;
        }
        used
    }

    fn work_alone(&mut self, block: &mut Block) {
        let worker = &mut self.workers[0];
        block.expand(&self.known, worker);
        while let Some(gap) = block.gap() {
            self.known.fill(gap);
            block.expand(&self.known, worker);
        }
        block.glance(&self.seen);
        block.look_up_all(&mut self.seen);
        block.settle(&self.known, worker);
    }

    /// Takes in what came of a block; the verdict if it has one.
    fn take(&mut self, block: &mut Block) -> Option<Verdict> {
        let room = self.limits.states.unwrap_or(MOST_WORLDS).min(MOST_WORLDS) - self.states.min(MOST_WORLDS);
        let over = block.sources.get(room).map(|(parent, _)| *parent);
        let over = over.or_else(|| {
            let answer = block.answer.filter(|answer| answer.is_new && block.sources.len() == room);
            answer.map(|answer| answer.parent)
        });
        let last = over.or(block.answer.map(|answer| answer.parent)).unwrap_or(block.last());
        if let Some(count) = self.transitions_per_depth.get_mut(self.depth) {
            *count += block.transitions_up_to(last);
        }
        self.expanded += block.count_up_to(last);
        if over.is_some() {
            self.note(room);
            return Some(Verdict::Stopped(Limit::States));
        }
        match &mut self.stack {
            Some(stack) => stack.append(&block.worlds, self.states as u32, self.depth + 1),
            None => self.queue.append(&block.worlds),
        }
        self.note(block.sources.len());
        for (parent, code) in block.sources.drain(..) {
            self.log.push(parent, code);
        }
        let answer = block.answer?;
        self.note(usize::from(answer.is_new));
        Some(self.replayed(self.actions_to(answer)))
    }

    /// Counts worlds at the depth after the one that is expanded.
    fn note(&mut self, worlds: usize) {
        if worlds > 0 && self.per_depth.len() <= self.depth + 1 {
            self.per_depth.push(0);
        }
        if let (Some(count), true) = (self.per_depth.get_mut(self.depth + 1), worlds > 0) {
            *count += worlds as u64;
        }
        self.states += worlds;
    }

    fn actions_to(&self, answer: Answer) -> Vec<Action> {
        let codes = self.log.codes_to(answer.parent);
        codes.into_iter().chain([answer.code]).filter_map(|code| self.known.action(code)).collect()
    }

    /// The verdict, when the schedule was replayed on the engine and leads to what was found.
    fn replayed(&self, actions: Vec<Action>) -> Verdict {
        let goal = &self.known.goal;
        let mut world = self.known.start.clone();
        let mut watch = self.watch.clone();
        let mut follow = match goal {
            Goal::Find(_, follow) => follow.clone(),
            Goal::Check(_) => Follow::new(&Predicate::Any(Vec::new())),
        };
        let mut found = false;
        if let Goal::Find(predicate, _) = goal {
            follow.observe(predicate, &world, &watch);
        }
        for action in &actions {
            let before = world.clone();
            let Ok(events) = world.apply(action) else { return Verdict::Stopped(Limit::Contradiction) };
            watch.observe(&before, &world, &events);
            if let Goal::Find(predicate, _) = goal {
                found = follow.observe(predicate, &world, &watch);
            }
        }
        match goal {
            Goal::Find(..) if found => Verdict::Found(actions),
            Goal::Find(..) => Verdict::Stopped(Limit::Contradiction),
            Goal::Check(invariants) => violated(invariants, &watch, actions),
        }
    }
}

fn violated(invariants: &[Invariant], watch: &Watch, actions: Vec<Action>) -> Verdict {
    let broken = watch.violations().into_iter().find(|one| invariants.contains(&one.invariant));
    broken.map_or(Verdict::Stopped(Limit::Contradiction), |one| Verdict::Violated {
        invariant: one.invariant,
        why: one.why,
        actions,
    })
}
