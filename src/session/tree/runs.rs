//! The tree as a list of runs: what was tried first is the main run, and every other future of a moment begins a run of
//! its own.

use std::collections::BTreeMap;

use crate::world::{Action, World};

use super::{NodeId, ROOT, Session};

/// A run in the list of runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Run {
    /// Its first moment: the root, or the one after a fork.
    pub start: NodeId,
    /// Its last moment.
    pub end: NodeId,
    /// At which step it left another run; 0 for the main one.
    pub fork_step: u32,
    /// How many steps it is from the beginning to its end.
    pub steps: u32,
    /// How many forks lie between the main run and it.
    pub depth: usize,
    /// Whether we are on it.
    pub here: bool,
}

impl Session {
    /// How many runs there are.
    pub fn run_count(&self) -> usize {
        1 + self.shape.forks().map(|fork| self.shape.children(fork).count().saturating_sub(1)).sum::<usize>()
    }

    /// All runs: each one followed by those that left it, the earliest first.
    pub fn runs(&self) -> Vec<Run> {
        let (run_of, mut runs) = self.apart();
        let mut left: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, run) in runs.iter().enumerate().skip(1) {
            let stretch = self.shape.stretch_of(self.shape.parent(run.start));
            left.entry(run_of[stretch]).or_default().push(at);
        }
        let current = run_of[self.shape.stretch_of(self.here)];
        let mut ordered = Vec::with_capacity(runs.len());
        let mut next = vec![(0, 0)];
        while let Some((at, depth)) = next.pop() {
            runs[at].depth = depth;
            runs[at].here = current == at;
            ordered.push(runs[at]);
            let mut children = left.remove(&at).unwrap_or_default();
            children.sort_by_key(|at| (runs[*at].fork_step, runs[*at].start));
            next.extend(children.into_iter().rev().map(|child| (child, depth + 1)));
        }
        ordered
    }

    /// The run of each stretch, and the runs in the order in which they were begun.
    fn apart(&self) -> (Vec<usize>, Vec<Run>) {
        let mut run_of: Vec<usize> = Vec::new();
        let mut runs: Vec<Run> = Vec::new();
        // Every stretch comes after the one that it follows.
        for (start, end, parent) in self.shape.stretches() {
            let goes_on = start != ROOT && self.shape.children(parent).next() == Some(start);
            let run = if goes_on { run_of[self.shape.stretch_of(parent)] } else { runs.len() };
            let steps = self.shape.step(end);
            if goes_on {
                runs[run].end = end;
                runs[run].steps = steps;
            } else {
                let fork_step = self.shape.step(parent);
                runs.push(Run { start, end, fork_step, steps, depth: 0, here: false });
            }
            run_of.push(run);
        }
        (run_of, runs)
    }

    /// The place in the list of the run that we are on.
    pub fn current_run(&self) -> usize {
        self.runs().iter().position(|run| run.here).unwrap_or(0)
    }

    /// The moment after the latest fork on the way to here; `None` if there is no fork, or if it is here.
    pub fn branch_start(&self) -> Option<NodeId> {
        let (fork, ..) = self.fork()?;
        if fork == self.here { None } else { self.shape.ahead(fork) }
    }

    /// The name that was given to the run which begins there.
    pub fn name(&self, start: NodeId) -> Option<&str> {
        self.names.get(&start).map(String::as_str)
    }

    /// Gives the run which begins there a name; an empty one takes it away.
    pub fn set_name(&mut self, start: NodeId, name: &str) {
        if name.is_empty() {
            self.names.remove(&start);
        } else {
            self.names.insert(start, name.to_owned());
        }
    }

    /// The world at a moment.
    pub fn world_at(&self, node: NodeId) -> World {
        if node == self.here { self.now.world.clone() } else { self.moment(node).world }
    }

    /// The world before the step that led to a moment; for the root the first world itself.
    pub fn world_before(&self, node: NodeId) -> World {
        self.world_at(self.shape.parent(node))
    }

    /// The action that led to a moment; `None` for the root.
    pub fn action_to(&self, node: NodeId) -> Option<Action> {
        if node == ROOT {
            return None;
        }
        let world = self.world_before(node);
        self.spelled.whole(self.shape.brief(node), &world)
    }

    /// Whether an invariant is broken at this moment.
    pub fn is_broken(&self, node: NodeId) -> bool {
        !self.broken.partition_point(|turn| *turn <= node).is_multiple_of(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pmmc::{LeaderId, ProcessId};
    use crate::world::Setup;

    #[test]
    fn every_other_future_is_a_run_of_its_own() {
        let mut session = Session::new(Setup::default()).unwrap();
        let crash = |leader: u8| Action::Crash(ProcessId::Leader(LeaderId(leader)));
        session.act(Action::Elect(LeaderId(0))).unwrap();
        session.act(crash(0)).unwrap();
        session.back();
        session.act(crash(1)).unwrap();
        session.act(crash(0)).unwrap();
        session.back();
        session.act(Action::Restart(ProcessId::Leader(LeaderId(1)))).unwrap();
        session.to_start();
        session.act(Action::Elect(LeaderId(1))).unwrap();
        let runs = session.runs();
        let shapes: Vec<_> = runs.iter().map(|run| (run.fork_step, run.steps, run.depth)).collect();
        assert_eq!(shapes, [(0, 2, 0), (0, 1, 1), (1, 3, 1), (2, 3, 2)]);
        assert_eq!((session.run_count(), session.current_run()), (4, 1));
        assert_eq!(session.action_to(runs[2].start), Some(crash(1)));
        session.set_name(runs[2].start, "without L1");
        assert_eq!(session.name(runs[2].start), Some("without L1"));
        let end = session.world_at(runs[2].end);
        session.jump(runs[2].end);
        assert_eq!(session.world(), &end);
    }
}
