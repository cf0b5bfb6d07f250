//! Runs as a tree of actions.

use crate::world::{Action, Event, History, Refusal, Setup, SetupError, Violation, Watch, World};

/// A moment in the tree: the state after one action, or the beginning.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct NodeId(u32);

/// Every so many steps a whole world is kept.
const CHECKPOINT_EVERY: u32 = 32;

#[derive(Clone, Debug)]
struct TreeNode {
    /// What led here, and from where; `None` at the beginning.
    cause: Option<(NodeId, Action)>,
    /// How many steps it is from the beginning.
    step: u32,
    children: Vec<NodeId>,
    /// Which child `forward` goes to: the one last visited.
    ahead: Option<NodeId>,
    checkpoint: Option<Box<(World, Watch)>>,
}

/// The state of the run at one moment, with the step that led to it.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The world now.
    pub world: World,
    watch: Watch,
    /// The world before the last step; `None` at the beginning.
    pub before: Option<World>,
    /// What happened in the last step.
    pub events: Vec<Event>,
}

impl Moment {
    /// What was ever voted and decided up to now.
    pub fn history(&self) -> &History {
        self.watch.history()
    }

    /// The invariants that do not hold now, or that the last step broke.
    pub fn violations(&self) -> Vec<Violation> {
        self.watch.violations()
    }
}

/// All runs that were tried from one beginning, and where we are in them.
#[derive(Clone, Debug)]
pub struct Session {
    setup: Setup,
    nodes: Vec<TreeNode>,
    here: NodeId,
    now: Moment,
}

impl Session {
    /// The beginning of a run.
    pub fn new(setup: Setup) -> Result<Self, SetupError> {
        let world = World::new(&setup)?;
        let watch = Watch::new(&world);
        let checkpoint = Some(Box::new((world.clone(), watch.clone())));
        let root = TreeNode { cause: None, step: 0, children: Vec::new(), ahead: None, checkpoint };
        let now = Moment { world, watch, before: None, events: Vec::new() };
        Ok(Self { setup, nodes: vec![root], here: NodeId(0), now })
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

    /// Where we are in the tree.
    pub fn here(&self) -> NodeId {
        self.here
    }

    /// How many steps we are from the beginning.
    pub fn step(&self) -> u32 {
        self.node(self.here).step
    }

    /// The last action; `None` at the beginning.
    pub fn last_action(&self) -> Option<&Action> {
        self.node(self.here).cause.as_ref().map(|(_, action)| action)
    }

    /// How many steps the future holds that `forward` goes through.
    pub fn steps_ahead(&self) -> u32 {
        let mut at = self.here;
        while let Some(next) = self.node(at).ahead {
            at = next;
        }
        self.node(at).step - self.step()
    }

    /// The action that `forward` repeats.
    pub fn next_action(&self) -> Option<&Action> {
        let next = self.node(self.here).ahead?;
        self.node(next).cause.as_ref().map(|(_, action)| action)
    }

    /// The actions from the beginning to here.
    pub fn actions(&self) -> Vec<&Action> {
        let path = self.path_to(self.here);
        path.iter().filter_map(|node| self.node(*node).cause.as_ref().map(|(_, action)| action)).collect()
    }

    /// Makes an action happen. From a moment that has a future already it makes a branch, unless that very action
    /// leads into one of its futures. A refused action changes nothing.
    pub fn act(&mut self, action: Action) -> Result<(), Refusal> {
        let known = self.child_by(&action);
        let mut world = self.now.world.clone();
        let events = world.apply(&action)?;
        self.now.watch.observe(&self.now.world, &world, &events);
        self.now.before = Some(std::mem::replace(&mut self.now.world, world));
        self.now.events = events;
        let child = known.unwrap_or_else(|| self.add_child(action));
        self.node_mut(self.here).ahead = Some(child);
        self.here = child;
        Ok(())
    }

    fn child_by(&self, action: &Action) -> Option<NodeId> {
        let leads = |child: &NodeId| matches!(&self.node(*child).cause, Some((_, cause)) if cause == action);
        self.node(self.here).children.iter().copied().find(leads)
    }

    /// Adds the moment that is now as a child of here.
    fn add_child(&mut self, action: Action) -> NodeId {
        let child = NodeId(self.nodes.len() as u32);
        let step = self.step() + 1;
        let keep = step.is_multiple_of(CHECKPOINT_EVERY);
        let checkpoint = keep.then(|| Box::new((self.now.world.clone(), self.now.watch.clone())));
        let cause = Some((self.here, action));
        self.nodes.push(TreeNode { cause, step, children: Vec::new(), ahead: None, checkpoint });
        self.node_mut(self.here).children.push(child);
        child
    }

    /// One step back; false at the beginning.
    pub fn back(&mut self) -> bool {
        let Some((parent, _)) = self.node(self.here).cause else { return false };
        self.jump(parent);
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
        self.jump(NodeId(0));
    }

    /// Goes to any moment of the tree; the path there becomes the future of every moment before it.
    pub fn jump(&mut self, to: NodeId) {
        if to.0 as usize >= self.nodes.len() {
            return;
        }
        let path = self.path_to(to);
        for pair in path.windows(2) {
            self.node_mut(pair[0]).ahead = Some(pair[1]);
        }
        self.here = to;
        self.now = self.replay(&path);
    }

    /// The state at the end of a path: the nearest checkpoint before its last step, and the steps since.
    fn replay(&self, path: &[NodeId]) -> Moment {
        let (last, earlier) = match path {
            [] => (NodeId(0), path),
            [earlier @ .., last] => (*last, earlier),
        };
        let kept = earlier.iter().rposition(|node| self.node(*node).checkpoint.is_some());
        let from = kept.map_or(last, |at| earlier[at]);
        let (mut world, mut watch) = self.checkpoint(from);
        let mut before = None;
        let mut events = Vec::new();
        for &node in kept.map_or(&[][..], |at| &path[at + 1..]) {
            if let Some((_, action)) = &self.node(node).cause {
                let then = world.clone();
                // An action of the tree was applied to this very world before: it is never refused.
                events = world.apply(action).unwrap_or_default();
                watch.observe(&then, &world, &events);
                before = Some(then);
            }
        }
        Moment { world, watch, before, events }
    }

    fn checkpoint(&self, node: NodeId) -> (World, Watch) {
        match &self.node(node).checkpoint {
            Some(kept) => (**kept).clone(),
            None => (self.now.world.clone(), self.now.watch.clone()),
        }
    }

    /// The moments from the beginning to this one, both included.
    fn path_to(&self, to: NodeId) -> Vec<NodeId> {
        let mut path = vec![to];
        let mut at = to;
        while let Some((parent, _)) = self.node(at).cause {
            path.push(parent);
            at = parent;
        }
        path.reverse();
        path
    }

    /// The moments that one step from here leads to, in the order in which they were first tried.
    pub fn futures(&self) -> &[NodeId] {
        &self.node(self.here).children
    }

    /// The latest moment at or before here with more than one future, and which of them leads to here or would be
    /// next: (moment, index, number of futures).
    pub fn fork(&self) -> Option<(NodeId, usize, usize)> {
        let mut at = self.here;
        loop {
            let node = self.node(at);
            if node.children.len() > 1 {
                let index = node.children.iter().position(|child| Some(*child) == node.ahead);
                return Some((at, index.unwrap_or(0), node.children.len()));
            }
            at = node.cause.as_ref()?.0;
        }
    }

    /// "Or…": from the latest fork the next of its futures, as far from the fork as we were if it goes that far. At
    /// the fork itself only what lies ahead changes. False if there is no fork.
    pub fn switch_branch(&mut self) -> bool {
        let Some((fork, index, count)) = self.fork() else { return false };
        let distance = self.step() - self.node(fork).step;
        let next = self.node(fork).children[(index + 1) % count];
        self.node_mut(fork).ahead = Some(next);
        let mut at = fork;
        for _ in 0..distance {
            let Some(ahead) = self.node(at).ahead else { break };
            at = ahead;
        }
        self.jump(at);
        true
    }

    /// The action that led to a moment; `None` at the beginning.
    pub fn action_to(&self, node: NodeId) -> Option<&Action> {
        self.nodes.get(node.0 as usize)?.cause.as_ref().map(|(_, action)| action)
    }

    // Ids are only made by this tree and nodes are never removed, so every id is in range.
    fn node(&self, id: NodeId) -> &TreeNode {
        &self.nodes[id.0 as usize]
    }

    fn node_mut(&mut self, id: NodeId) -> &mut TreeNode {
        &mut self.nodes[id.0 as usize]
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
        assert_eq!(session.futures().len(), 0);
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
