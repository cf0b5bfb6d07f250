//! Runs as a tree of actions.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use crate::world::{Action, Costs, Event, History, Refusal, Setup, SetupError, Violation, Watch, World};

use super::log::{Brief, Spelled};

mod chart;
mod runs;

pub use chart::{Chart, End, Link, Row};
pub use runs::Run;

/// A moment in the tree: the state after one action, or the beginning.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct NodeId(NonZeroU32);

const ROOT: NodeId = NodeId(NonZeroU32::MIN);

impl NodeId {
    fn index(self) -> usize {
        self.0.get() as usize - 1
    }

    /// `None` if there are as many moments as ids.
    fn at(index: usize) -> Option<Self> {
        u32::try_from(index).ok()?.checked_add(1).and_then(NonZeroU32::new).map(Self)
    }
}

/// What is kept of a step: little, so that a run of a million steps fits.
#[derive(Clone, Debug)]
struct TreeNode {
    /// From where; the root is its own parent.
    parent: NodeId,
    /// What led here; nothing led to the root.
    brief: Brief,
    /// How many steps it is from the beginning.
    step: u32,
    /// Futures, as a list: the first that was tried, and from each the next one.
    first_child: Option<NodeId>,
    next_sibling: Option<NodeId>,
    /// Which child `forward` goes to: the one last visited.
    ahead: Option<NodeId>,
}

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
    nodes: Vec<TreeNode>,
    spelled: Spelled,
    /// Whole worlds, at some of the moments.
    worlds: Checkpoints<World>,
    /// What was watched up to then, at fewer of them: it grows with the run.
    watches: Checkpoints<Memory>,
    here: NodeId,
    /// The step at which the future that `forward` goes through ends.
    end: u32,
    /// The moments with more than one future.
    forks: BTreeSet<NodeId>,
    /// The moments in which some invariant does not hold.
    broken: BTreeSet<NodeId>,
    now: Moment,
    /// What was watched up to now; worked out anew after a jump, when somebody asks.
    memory: OnceCell<Memory>,
    /// The steps around here as a diagram; worked out when somebody looks.
    chart: OnceCell<Chart>,
    /// What runs are called, by their first moment.
    names: BTreeMap<NodeId, String>,
}

/// What is folded along a run, beside the worlds.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Memory {
    watch: Watch,
    costs: Costs,
}

impl Memory {
    fn new(world: &World) -> Self {
        Self { watch: Watch::new(world), costs: Costs::default() }
    }

    fn observe(&mut self, before: &World, after: &World, action: &Action, events: &[Event]) {
        self.watch.observe(before, after, events);
        self.costs.observe(action, events);
    }
}

/// States kept at some moments. When they become too many, every other one goes, and from then on they are kept half as
/// often: their number is bounded, and so is the way from one to the next.
#[derive(Clone, Debug)]
struct Checkpoints<T> {
    kept: BTreeMap<NodeId, T>,
    every: u32,
    most: usize,
}

impl<T> Checkpoints<T> {
    fn new(root: T, every: u32, most: usize) -> Self {
        Self { kept: BTreeMap::from([(ROOT, root)]), every, most }
    }

    fn wants(&self, step: u32) -> bool {
        step.is_multiple_of(self.every)
    }

    fn keep(&mut self, node: NodeId, state: T, nodes: &[TreeNode]) {
        self.kept.insert(node, state);
        while self.kept.len() > self.most && self.every < u32::MAX / 2 {
            self.every *= 2;
            let every = self.every;
            self.kept.retain(|node, _| nodes.get(node.index()).is_some_and(|at| at.step.is_multiple_of(every)));
        }
    }
}

/// How often a world is kept at first, and how many at most.
const WORLDS: (u32, usize) = (32, 1024);

/// The same for what was watched.
const WATCHES: (u32, usize) = (64, 6);

impl Session {
    /// The beginning of a run.
    pub fn new(setup: Setup) -> Result<Self, SetupError> {
        let world = World::new(&setup)?;
        let memory = Memory::new(&world);
        let broken = !memory.watch.violations().is_empty();
        let root = TreeNode {
            parent: ROOT,
            brief: Brief::nothing(),
            step: 0,
            first_child: None,
            next_sibling: None,
            ahead: None,
        };
        Ok(Self {
            setup,
            nodes: vec![root],
            spelled: Spelled::default(),
            worlds: Checkpoints::new(world.clone(), WORLDS.0, WORLDS.1),
            watches: Checkpoints::new(memory.clone(), WATCHES.0, WATCHES.1),
            here: ROOT,
            end: 0,
            forks: BTreeSet::new(),
            broken: if broken { BTreeSet::from([ROOT]) } else { BTreeSet::new() },
            now: Moment { world, before: None, action: None, events: Vec::new() },
            memory: OnceCell::from(memory),
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

    fn memory(&self) -> &Memory {
        self.memory.get_or_init(|| self.watch_again(self.here))
    }

    /// What was ever voted and decided up to now.
    pub fn history(&self) -> &History {
        self.watch().history()
    }

    /// The invariants that do not hold now, or that the last step broke.
    pub fn violations(&self) -> Vec<Violation> {
        if self.broken.contains(&self.here) { self.watch().violations() } else { Vec::new() }
    }

    /// Where we are in the tree.
    pub fn here(&self) -> NodeId {
        self.here
    }

    /// The moment that was reached last of all for the first time: every later one is new.
    pub fn newest(&self) -> NodeId {
        NodeId::at(self.nodes.len().saturating_sub(1)).unwrap_or(ROOT)
    }

    /// How many steps we are from the beginning.
    pub fn step(&self) -> u32 {
        self.node(self.here).step
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
        let mut at = from;
        while let Some(next) = self.node(at).ahead {
            at = next;
        }
        self.node(at).step
    }

    /// The action that `forward` repeats.
    pub fn next_action(&self) -> Option<Action> {
        let next = self.node(self.here).ahead?;
        self.spelled.whole(self.node(next).brief, &self.now.world)
    }

    /// The actions from the beginning to here.
    pub fn actions(&self) -> Vec<Action> {
        let mut world = self.first_world();
        let path = self.path(ROOT, self.here);
        path.into_iter().filter_map(|node| self.take(node, &mut world)).map(|(action, _)| action).collect()
    }

    /// Makes an action happen. From a moment that has a future already it makes a branch, unless that very action
    /// leads into one of its futures. A refused action changes nothing.
    pub fn act(&mut self, action: Action) -> Result<(), Refusal> {
        let mut world = self.now.world.clone();
        let events = world.apply(&action)?;
        let brief = self.spelled.shorten(&action, &self.now.world).ok_or(Refusal::RunTooLong)?;
        let new = NodeId::at(self.nodes.len()).ok_or(Refusal::RunTooLong)?;
        let known = self.futures().find(|child| self.node(*child).brief == brief);
        self.memory();
        if let Some(memory) = self.memory.get_mut() {
            memory.observe(&self.now.world, &world, &action, &events);
        }
        self.chart = OnceCell::new();
        let then = std::mem::replace(&mut self.now, Moment { world, before: None, action: Some(action), events });
        self.now.before = Some(then.world);
        let child = known.unwrap_or_else(|| self.add_child(new, brief));
        self.node_mut(self.here).ahead = Some(child);
        self.here = child;
        self.end = self.end_of(child);
        Ok(())
    }

    /// Adds the moment that is now as the last child of here.
    fn add_child(&mut self, child: NodeId, brief: Brief) -> NodeId {
        let step = self.step() + 1;
        if !self.watch().violations().is_empty() {
            self.broken.insert(child);
        }
        let parent = self.here;
        let last = self.futures().last();
        self.nodes.push(TreeNode { parent, brief, step, first_child: None, next_sibling: None, ahead: None });
        match last {
            Some(sibling) => {
                self.node_mut(sibling).next_sibling = Some(child);
                self.forks.insert(parent);
            }
            None => self.node_mut(parent).first_child = Some(child),
        }
        if self.worlds.wants(step) {
            self.worlds.keep(child, self.now.world.clone(), &self.nodes);
        }
        if self.watches.wants(step) {
            let memory = self.memory().clone();
            self.watches.keep(child, memory, &self.nodes);
        }
        child
    }

    /// One step back; false at the beginning.
    pub fn back(&mut self) -> bool {
        if self.here == ROOT {
            return false;
        }
        self.jump(self.node(self.here).parent);
        true
    }

    /// One step forward into the future that was visited last; false if there is none.
    pub fn forward(&mut self) -> bool {
        let Some(next) = self.node(self.here).ahead else { return false };
        self.jump(next);
        true
    }

    /// To the beginning; the future stays ahead.
    pub fn to_start(&mut self) {
        self.jump(ROOT);
    }

    /// Goes to any moment of the tree; the path there becomes the future of every moment before it.
    pub fn jump(&mut self, to: NodeId) {
        if to.index() >= self.nodes.len() {
            return;
        }
        // Only from where the two paths part: before that, every moment leads to here already.
        let (mut at, mut mine) = (to, self.here);
        let mut turned = false;
        while at != mine {
            if self.node(at).step < self.node(mine).step {
                mine = self.node(mine).parent;
                continue;
            }
            let parent = self.node(at).parent;
            turned |= self.node(parent).ahead != Some(at);
            self.node_mut(parent).ahead = Some(at);
            at = parent;
        }
        self.now = self.moment(to);
        self.here = to;
        self.memory = OnceCell::new();
        self.chart = OnceCell::new();
        if turned {
            self.end = self.end_of(to);
        }
    }

    /// The state at a moment: the nearest world kept at or before the moment before it, and the steps since.
    fn moment(&self, to: NodeId) -> Moment {
        let parent = self.node(to).parent;
        let from = self.nearest(parent, &self.worlds);
        let mut before = self.worlds.kept.get(&from).cloned().unwrap_or_else(|| self.first_world());
        for node in self.path(from, parent) {
            self.take(node, &mut before);
        }
        if to == ROOT {
            return Moment { world: before, before: None, action: None, events: Vec::new() };
        }
        let mut world = before.clone();
        let (action, events) = self.take(to, &mut world).unzip();
        Moment { world, before: Some(before), action, events: events.unwrap_or_default() }
    }

    /// Watches the run again up to a moment, from the nearest that is kept.
    fn watch_again(&self, to: NodeId) -> Memory {
        let from = self.nearest(to, &self.watches);
        let mut memory = self.watches.kept.get(&from).cloned().unwrap_or_else(|| Memory::new(&self.first_world()));
        let mut world = self.moment(from).world;
        for node in self.path(from, to) {
            let before = world.clone();
            if let Some((action, events)) = self.take(node, &mut world) {
                memory.observe(&before, &world, &action, &events);
            }
        }
        memory
    }

    /// Whether here is this moment or comes after it.
    pub fn is_after(&self, moment: NodeId) -> bool {
        let mut at = self.here;
        while self.node(at).step > self.node(moment).step {
            at = self.node(at).parent;
        }
        at == moment
    }

    /// Takes the steps from a moment to here again and shows each, with the state that it leads to. False, with nothing
    /// shown, if here does not come after that moment.
    pub fn replay(&self, from: NodeId, mut show: impl FnMut(NodeId, &Action, &World, &Watch)) -> bool {
        if !self.is_after(from) {
            return false;
        }
        let mut watch = self.watch_again(from).watch;
        let mut world = self.moment(from).world;
        for node in self.path(from, self.here) {
            let before = world.clone();
            if let Some((action, events)) = self.take(node, &mut world) {
                watch.observe(&before, &world, &events);
                show(node, &action, &world, &watch);
            }
        }
        true
    }

    /// Takes the step to this moment again, in the world of the moment before it.
    fn take(&self, node: NodeId, world: &mut World) -> Option<(Action, Vec<Event>)> {
        // The action was taken in this very world before: its message is there, and it is not refused.
        let action = self.spelled.whole(self.node(node).brief, world)?;
        let events = world.apply(&action).ok()?;
        Some((action, events))
    }

    /// The moments after one up to another, which comes after it.
    fn path(&self, from: NodeId, to: NodeId) -> Vec<NodeId> {
        let mut path = Vec::new();
        let mut at = to;
        while at != from && at != ROOT {
            path.push(at);
            at = self.node(at).parent;
        }
        path.reverse();
        path
    }

    fn first_world(&self) -> World {
        self.worlds.kept.get(&ROOT).cloned().unwrap_or_else(|| self.now.world.clone())
    }

    /// The moment at or before this one whose state is kept.
    fn nearest<T>(&self, to: NodeId, checkpoints: &Checkpoints<T>) -> NodeId {
        let mut at = to;
        while at != ROOT && !checkpoints.kept.contains_key(&at) {
            at = self.node(at).parent;
        }
        at
    }

    /// The moments that one step from here leads to, in the order in which they were first tried.
    pub fn futures(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.children(self.here)
    }

    fn children(&self, of: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.node(of).first_child, |child| self.node(*child).next_sibling)
    }

    /// The latest moment at or before here with more than one future, and which of them leads to here or would be
    /// next: (moment, index, number of futures).
    pub fn fork(&self) -> Option<(NodeId, usize, usize)> {
        if self.forks.is_empty() {
            return None;
        }
        let mut at = self.here;
        while !self.forks.contains(&at) {
            if at == ROOT {
                return None;
            }
            at = self.node(at).parent;
        }
        let index = self.children(at).position(|child| Some(child) == self.node(at).ahead);
        Some((at, index.unwrap_or(0), self.children(at).count()))
    }

    /// "Or…": from the latest fork the next of its futures, as far from the fork as we were if it goes that far. At
    /// the fork itself only what lies ahead changes. False if there is no fork.
    pub fn switch_branch(&mut self) -> bool {
        let Some((fork, index, count)) = self.fork() else { return false };
        let distance = self.step() - self.node(fork).step;
        let next = self.children(fork).nth((index + 1) % count);
        self.node_mut(fork).ahead = next;
        self.chart = OnceCell::new();
        self.end = self.end_of(fork);
        let mut at = fork;
        for _ in 0..distance {
            let Some(ahead) = self.node(at).ahead else { break };
            at = ahead;
        }
        self.jump(at);
        true
    }

    // Ids are only made by this tree and nodes are never removed, so every id is in range.
    fn node(&self, id: NodeId) -> &TreeNode {
        &self.nodes[id.index()]
    }

    fn node_mut(&mut self, id: NodeId) -> &mut TreeNode {
        &mut self.nodes[id.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pmmc::LeaderId;

    fn session() -> Session {
        Session::new(Setup::default()).unwrap()
    }

    fn first_delivery(session: &Session) -> Action {
        let deliveries = |action: &Action| matches!(action, Action::Deliver(_));
        session.world().enabled().into_iter().find(deliveries).unwrap()
    }

    #[test]
    fn back_and_forward_give_the_same_worlds() {
        let mut session = session();
        let mut worlds = vec![session.world().clone()];
        session.act(Action::Elect(LeaderId(0))).unwrap();
        worlds.push(session.world().clone());
        for _ in 0..100 {
            let actions = session.world().enabled();
            session.act(actions[worlds.len() * 7 % actions.len()].clone()).unwrap();
            worlds.push(session.world().clone());
        }
        for world in worlds.iter().rev() {
            assert_eq!(session.world(), world);
            session.back();
        }
        assert!(!session.back());
        assert_eq!(session.steps_ahead(), 101);
        for world in &worlds {
            assert_eq!(session.world(), world);
            session.forward();
        }
        assert!(!session.forward());
    }

    #[test]
    fn long_runs_keep_few_states_and_find_every_moment() {
        let mut session = session();
        let mut schedule = crate::session::Schedule::new(3, crate::session::Fault::ALL);
        let mut seen = Vec::new();
        for step in 0..3_000 {
            let action = schedule.next(session.world()).unwrap();
            session.act(action).unwrap();
            if step % 97 == 0 {
                seen.push((session.here(), session.now().clone(), session.memory().clone()));
            }
        }
        assert!(session.watches.kept.len() <= WATCHES.1, "{}", session.watches.kept.len());
        let actions = session.actions();
        assert_eq!(actions.len(), 3_000);
        for (node, now, memory) in seen.iter().rev() {
            session.jump(*node);
            assert_eq!((session.world(), session.last_action()), (&now.world, now.action.as_ref()));
            assert_eq!((&session.now().before, &session.now().events), (&now.before, &now.events));
            assert_eq!((session.memory(), session.violations()), (memory, memory.watch.violations()));
        }
    }

    #[test]
    fn an_action_in_the_past_keeps_the_old_future() {
        let mut session = session();
        session.act(Action::Elect(LeaderId(0))).unwrap();
        let deliver = first_delivery(&session);
        session.act(deliver.clone()).unwrap();
        let delivered = session.world().clone();
        session.back();
        session.act(Action::Elect(LeaderId(1))).unwrap();
        let elected = session.world().clone();
        assert_eq!(session.fork().map(|(_, index, count)| (index, count)), Some((1, 2)));
        assert!(session.switch_branch());
        assert_eq!(session.world(), &delivered);
        assert!(session.switch_branch());
        assert_eq!(session.world(), &elected);
        session.back();
        session.act(deliver).unwrap();
        assert_eq!(session.futures().count(), 0);
        assert_eq!(session.world(), &delivered);
        assert_eq!(session.fork().map(|(_, index, count)| (index, count)), Some((0, 2)), "no second copy of a branch");
    }

    #[test]
    fn a_refused_action_changes_nothing() {
        let mut session = session();
        let before = session.world().clone();
        assert!(session.act(Action::Heal).is_err());
        assert_eq!((session.world(), session.step()), (&before, 0));
    }
}
