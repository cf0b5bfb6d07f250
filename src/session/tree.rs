//! Runs as a tree of actions.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::world::{Action, Costs, Event, History, Invariant, Refusal, Setup, SetupError, Violation, Watch, World};

use super::log::Spelled;
use super::suspicions::Suspicions;

mod chart;
mod checkpoints;
mod recent;
mod runs;
mod shape;

use chart::Charted;
use checkpoints::Checkpoints;
use recent::{Recent, Way, is_marked};
use shape::{ROOT, Shape};

pub use chart::{Chart, End, Link, Row};
pub use runs::Run;
pub use shape::NodeId;

/// The state of the run at one moment, with the step that led to it.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The world now.
    pub world: World,
    /// The world before the last step; `None` at the beginning.
    pub before: Option<World>,
    /// The last action; `None` at the beginning.
    pub action: Option<Action>,
    /// What happened in the last step.
    pub events: Vec<Event>,
}

/// All runs that were tried from one beginning, and where we are in them.
#[derive(Clone, Debug)]
pub struct Session {
    setup: Setup,
    shape: Shape,
    spelled: Spelled,
    /// Whole worlds, at some of the moments.
    worlds: Checkpoints<World>,
    /// What was watched up to then, at fewer of them: it grows with the run.
    watches: Checkpoints<Memory>,
    here: NodeId,
    /// The step at which the future that `forward` goes through ends.
    end: u32,
    /// Where, in the order in which moments were reached, some invariant begins not to hold, and where all hold again.
    broken: Vec<NodeId>,
    now: Moment,
    /// What was watched up to now; worked out anew after a jump, when somebody asks.
    memory: OnceCell<Arc<Memory>>,
    /// Worlds near here.
    recent_worlds: RefCell<Recent<World>>,
    /// What was watched up to moments near here. Shared, since it grows with the run, and a picture must not take longer
    /// for that.
    recent: RefCell<Recent<Arc<Memory>>>,
    /// The steps around here as a diagram; worked out when somebody looks.
    chart: OnceCell<Charted>,
    /// What runs are called, by their first moment.
    names: BTreeMap<NodeId, String>,
}

/// What is folded along a run, beside the worlds.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Memory {
    watch: Watch,
    costs: Costs,
    suspicions: Suspicions,
}

impl Memory {
    fn new(world: &World) -> Self {
        Self { watch: Watch::new(world), costs: Costs::default(), suspicions: Suspicions::default() }
    }

    fn observe(&mut self, before: &World, after: &World, action: &Action, events: &[Event]) {
        self.watch.observe(before, after, events);
        self.costs.observe(action, events);
        self.suspicions.observe(before, action, events);
    }
}

/// How often a world is kept at first, and how many at most.
const WORLDS: (u32, usize) = (32, 1024);

/// The same for what was watched: it grows with the run, and copies of it share only what is old.
const WATCHES: (u32, usize) = (64, 64);

impl Session {
    /// The beginning of a run.
    pub fn new(setup: Setup) -> Result<Self, SetupError> {
        let world = World::new(&setup)?;
        let memory = Memory::new(&world);
        let broken = if memory.watch.violations().is_empty() { Vec::new() } else { vec![ROOT] };
        Ok(Self {
            setup,
            shape: Shape::new(),
            spelled: Spelled::default(),
            worlds: Checkpoints::new(world.clone(), WORLDS.0, WORLDS.1),
            watches: Checkpoints::new(memory.clone(), WATCHES.0, WATCHES.1),
            here: ROOT,
            end: 0,
            broken,
            now: Moment { world, before: None, action: None, events: Vec::new() },
            memory: OnceCell::from(Arc::new(memory)),
            recent_worlds: RefCell::default(),
            recent: RefCell::default(),
            chart: OnceCell::new(),
            names: BTreeMap::new(),
        })
    }

    /// How the run began.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The state now, with the step that led to it.
    pub fn now(&self) -> &Moment {
        &self.now
    }

    /// The world now.
    pub fn world(&self) -> &World {
        &self.now.world
    }

    /// What was watched up to now: history and invariants.
    pub fn watch(&self) -> &Watch {
        &self.memory().watch
    }

    /// What the run up to now cost.
    pub fn costs(&self) -> &Costs {
        &self.memory().costs
    }

    /// Which leader has given up on which other one, and has not heard of it since.
    pub fn suspicions(&self) -> &Suspicions {
        &self.memory().suspicions
    }

    fn memory(&self) -> &Memory {
        self.memory.get_or_init(|| self.watch_again(self.here))
    }

    /// What was ever voted and decided up to now.
    pub fn history(&self) -> &History {
        self.watch().history()
    }

    /// The invariants that do not hold now, or that the last step broke.
    pub fn violations(&self) -> Vec<Violation> {
        if self.is_broken(self.here) { self.watch().violations() } else { Vec::new() }
    }

    /// The invariants that the last step broke.
    pub fn broken_by_step(&self) -> Vec<Violation> {
        if self.is_broken(self.here) { self.watch().broken_by_step() } else { Vec::new() }
    }

    /// The first moment on the way from the beginning to here at which this invariant did not hold.
    pub fn first_broken(&self, invariant: Invariant) -> Option<NodeId> {
        let mut way = std::iter::once(ROOT).chain(self.shape.path(ROOT, self.here));
        let first = way.find(|node| self.is_broken(*node))?;
        let fails = |watch: &Watch| watch.violations().iter().any(|one| one.invariant == invariant);
        if first == ROOT && fails(&self.watch_again(ROOT).watch) {
            return Some(ROOT);
        }
        let mut found = None;
        self.replay(self.shape.parent(first), |node, _, _, watch| {
            if found.is_none() && fails(watch) {
                found = Some(node);
            }
        });
        found
    }

    /// Where we are in the tree.
    pub fn here(&self) -> NodeId {
        self.here
    }

    /// The moment that was reached last of all for the first time: every later one is new.
    pub fn newest(&self) -> NodeId {
        self.shape.newest()
    }

    /// How many steps we are from the beginning.
    pub fn step(&self) -> u32 {
        self.shape.step(self.here)
    }

    /// The last action; `None` at the beginning.
    pub fn last_action(&self) -> Option<&Action> {
        self.now.action.as_ref()
    }

    /// How many steps the future holds that `forward` goes through.
    pub fn steps_ahead(&self) -> u32 {
        self.end.saturating_sub(self.step())
    }

    /// The step at which the future of a moment ends.
    fn end_of(&self, from: NodeId) -> u32 {
        self.shape.step(self.shape.far_ahead(from, u32::MAX))
    }

    /// The action that `forward` repeats.
    pub fn next_action(&self) -> Option<Action> {
        let next = self.shape.ahead(self.here)?;
        self.spelled.whole(self.shape.brief(next), &self.now.world)
    }

    /// The actions from the beginning to here.
    pub fn actions(&self) -> Vec<Action> {
        let mut world = self.worlds.first().clone();
        let path = self.shape.path(ROOT, self.here);
        path.into_iter().filter_map(|node| self.take(node, &mut world)).map(|(action, _)| action).collect()
    }

    /// Makes an action happen. From a moment that has a future already it makes a branch, unless that very action
    /// leads into one of its futures. A refused action changes nothing.
    pub fn act(&mut self, action: Action) -> Result<(), Refusal> {
        let mut world = self.now.world.clone();
        let events = world.apply(&action)?;
        let known = self.futures().find(|child| self.action_from_here(*child).as_ref() == Some(&action));
        let child = if let Some(child) = known {
            self.shape.turn(self.here, child);
            child
        } else {
            let brief = self.spelled.shorten(&action, &self.now.world).ok_or(Refusal::RunTooLong)?;
            self.shape.add(self.here, brief).ok_or(Refusal::RunTooLong)?
        };
        self.memory();
        if let Some(memory) = self.memory.get_mut() {
            Arc::make_mut(memory).observe(&self.now.world, &world, &action, &events);
        }
        let then = std::mem::replace(&mut self.now, Moment { world, before: None, action: Some(action), events });
        self.now.before = Some(then.world);
        let from = std::mem::replace(&mut self.here, child);
        self.end = self.end_of(child);
        self.leave_a_mark();
        self.go_on_with_chart(from);
        if known.is_none() {
            self.keep_new();
        }
        Ok(())
    }

    /// The action that leads from here to a moment right after it.
    fn action_from_here(&self, next: NodeId) -> Option<Action> {
        self.spelled.whole(self.shape.brief(next), &self.now.world)
    }

    /// Keeps what must be kept of the newest moment, which is here.
    fn keep_new(&mut self) {
        let (here, step) = (self.here, self.step());
        let is_broken = !self.watch().violations().is_empty();
        // One after the other they tell where it changes.
        if is_broken == self.broken.len().is_multiple_of(2) {
            self.broken.push(here);
        }
        if self.worlds.wants(step) {
            let mut world = self.now.world.clone();
            world.share(self.worlds.nearest(here, &self.shape).1);
            self.worlds.keep(here, world, &self.shape);
        }
        if self.watches.wants(step) {
            let memory = self.memory().clone();
            self.watches.keep(here, memory, &self.shape);
        }
    }

    /// One step back; false at the beginning.
    pub fn back(&mut self) -> bool {
        if self.here == ROOT {
            return false;
        }
        self.jump(self.shape.parent(self.here));
        true
    }

    /// One step forward into the future that was visited last; false if there is none.
    pub fn forward(&mut self) -> bool {
        let Some(next) = self.shape.ahead(self.here) else { return false };
        self.jump(next);
        true
    }

    /// To the beginning; the future stays ahead.
    pub fn to_start(&mut self) {
        self.jump(ROOT);
    }

    /// To the end of the future that `forward` goes through.
    pub fn to_end(&mut self) {
        self.jump(self.shape.far_ahead(self.here, u32::MAX));
    }

    /// Goes to any moment of the tree; the path there becomes the future of every moment before it.
    pub fn jump(&mut self, to: NodeId) {
        if !self.shape.has(to) {
            return;
        }
        // Only from where the two paths part: before that, every moment leads to here already.
        let parting = self.shape.parting(self.here, to);
        let turned = self.shape.turn_all(parting, to);
        self.now = self.moment(to);
        let from = std::mem::replace(&mut self.here, to);
        if let Some(mut memory) = self.memory.take() {
            // A step forward need not be watched again later: here it is.
            if let Moment { world, before: Some(before), action: Some(action), events } = &self.now
                && self.shape.parent(to) == from
            {
                Arc::make_mut(&mut memory).observe(before, world, action, events);
                self.memory = OnceCell::from(memory);
                self.leave_a_mark();
            } else {
                self.recent.get_mut().remember(from, memory);
            }
        }
        if turned {
            self.end = self.end_of(to);
        }
        self.settle_chart();
    }

    /// Who goes on leaves a mark now and then, to come back to.
    fn leave_a_mark(&mut self) {
        if !is_marked(self.step()) {
            return;
        }
        self.recent_worlds.get_mut().remember(self.here, self.now.world.clone());
        if let Some(memory) = self.memory.get() {
            self.recent.get_mut().remember(self.here, Arc::clone(memory));
        }
    }

    /// The state at a moment: the nearest world kept at or before the moment before it, or the one here if that is nearer,
    /// and the steps since.
    fn moment(&self, to: NodeId) -> Moment {
        let parent = self.shape.parent(to);
        let (from, mut before) = self.world_near(parent);
        let path = self.shape.path(from, parent);
        let mut recent = self.recent_worlds.borrow_mut();
        let mut way = Way::new(path.len());
        for node in path {
            self.take(node, &mut before);
            if way.keeps() {
                recent.remember(node, before.clone());
            }
        }
        if to == ROOT {
            return Moment { world: before, before: None, action: None, events: Vec::new() };
        }
        let mut world = before.clone();
        let (action, events) = self.take(to, &mut world).unzip();
        Moment { world, before: Some(before), action, events: events.unwrap_or_default() }
    }

    /// The latest moment at or before this one of which the world is known, and that world.
    fn world_near(&self, to: NodeId) -> (NodeId, World) {
        let kept = self.worlds.nearest(to, &self.shape);
        let here = (self.here, &self.now.world);
        // Of two moments on the way to a third the later one is the newer one.
        let here_is_nearer = self.here > kept.0 && self.shape.parting(self.here, to) == self.here;
        let near = if here_is_nearer { here } else { kept };
        let recent = self.recent_worlds.borrow();
        let (from, world) = recent.nearest(near.0, to, &self.shape).unwrap_or(near);
        (from, world.clone())
    }

    /// Watches the run again up to a moment, from the nearest that is kept or was asked about a short while ago.
    fn watch_again(&self, to: NodeId) -> Arc<Memory> {
        let (from, known) = self.memory_near(to);
        let steps = self.shape.path(from, to).len();
        if steps == 0 {
            return known;
        }
        let mut memory = Arc::unwrap_or_clone(known);
        let mut recent = self.recent.borrow_mut();
        let mut way = Way::new(steps);
        self.take_again(from, to, |node, action, before, after, events| {
            memory.observe(before, after, action, events);
            if way.keeps() {
                recent.remember(node, Arc::new(memory.clone()));
            }
        });
        Arc::new(memory)
    }

    /// The latest moment at or before this one up to which is known what was watched, and that.
    fn memory_near(&self, to: NodeId) -> (NodeId, Arc<Memory>) {
        let kept = self.watches.nearest(to, &self.shape);
        let recent = self.recent.borrow();
        let nearer = recent.nearest(kept.0, to, &self.shape);
        nearer.map_or_else(|| (kept.0, Arc::new(kept.1.clone())), |(node, memory)| (node, Arc::clone(memory)))
    }

    /// Takes the steps from a moment to another, which comes after it, again and shows each: the moment, the action, the
    /// world before, the world after, and what happened.
    fn take_again(&self, from: NodeId, to: NodeId, mut show: impl FnMut(NodeId, &Action, &World, &World, &[Event])) {
        let mut world = self.world_at(from);
        for node in self.shape.path(from, to) {
            let before = world.clone();
            if let Some((action, events)) = self.take(node, &mut world) {
                show(node, &action, &before, &world, &events);
            }
        }
    }

    /// The moment before here; `None` at the beginning.
    pub fn came_from(&self) -> Option<NodeId> {
        (self.here != ROOT).then(|| self.shape.parent(self.here))
    }

    /// Takes the last so many steps up to here again and shows each: at which step, the action, and what happened.
    pub fn take_latest(&self, count: u32, mut show: impl FnMut(u32, &Action, &[Event])) {
        let Some(last) = self.came_from() else { return };
        let count = count.clamp(1, self.step());
        let from = (1..count).fold(last, |node, _| self.shape.parent(node));
        let mut world = self.world_at(from);
        let mut step = self.shape.step(from);
        for node in self.shape.path(from, last) {
            step += 1;
            if let Some((action, events)) = self.take(node, &mut world) {
                show(step, &action, &events);
            }
        }
        if let Some(action) = self.last_action() {
            show(self.step(), action, &self.now.events);
        }
    }

    /// Whether here is this moment or comes after it.
    pub fn is_after(&self, moment: NodeId) -> bool {
        self.shape.parting(self.here, moment) == moment
    }

    /// Whether a moment is here, or comes after here.
    pub fn leads_to(&self, moment: NodeId) -> bool {
        self.shape.parting(self.here, moment) == self.here
    }

    /// Takes the steps from a moment to here again and shows each, with the state that it leads to. False, with nothing
    /// shown, if here does not come after that moment.
    pub fn replay(&self, from: NodeId, mut show: impl FnMut(NodeId, &Action, &World, &Watch)) -> bool {
        if !self.is_after(from) {
            return false;
        }
        let mut watch = self.watch_again(from).watch.clone();
        self.take_again(from, self.here, |node, action, before, after, events| {
            watch.observe(before, after, events);
            show(node, action, after, &watch);
        });
        true
    }

    /// Takes the step to this moment again, in the world of the moment before it.
    fn take(&self, node: NodeId, world: &mut World) -> Option<(Action, Vec<Event>)> {
        // The action was taken in this very world before: its message is there, and it is not refused.
        let action = self.spelled.whole(self.shape.brief(node), world)?;
        let events = world.apply(&action).ok()?;
        Some((action, events))
    }

    /// The moments that one step from here leads to, in the order in which they were first tried.
    pub fn futures(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.shape.children(self.here)
    }

    /// The latest moment at or before here with more than one future, and which of them leads to here or would be
    /// next: (moment, index, number of futures).
    pub fn fork(&self) -> Option<(NodeId, usize, usize)> {
        let at = self.shape.latest_fork(self.here)?;
        let ahead = self.shape.ahead(at);
        let index = self.shape.children(at).position(|child| Some(child) == ahead);
        Some((at, index.unwrap_or(0), self.shape.children(at).count()))
    }

    /// "Or…": from the latest fork the next of its futures, as far from the fork as we were if it goes that far. At
    /// the fork itself only what lies ahead changes. False if there is no fork.
    pub fn switch_branch(&mut self) -> bool {
        let Some((fork, index, count)) = self.fork() else { return false };
        let distance = self.step() - self.shape.step(fork);
        let next = self.shape.children(fork).nth((index + 1) % count);
        if let Some(next) = next {
            self.shape.turn(fork, next);
        }
        self.end = self.end_of(fork);
        self.jump(self.shape.far_ahead(fork, distance));
        true
    }
}

#[cfg(test)]
mod tests;
