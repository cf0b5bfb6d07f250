//! States that are kept of a run, so that no moment of it is far from one.

use std::collections::BTreeMap;

use super::shape::{NodeId, ROOT, Shape};

/// States kept at some moments. When they become too many, every other one goes, and from then on they are kept half as
/// often: their number is bounded, and so is the way from one to the next.
#[derive(Clone, Debug)]
pub(super) struct Checkpoints<T> {
    /// What is kept for the beginning: every moment comes after it.
    root: T,
    kept: BTreeMap<NodeId, T>,
    every: u32,
    most: usize,
}

impl<T> Checkpoints<T> {
    /// Of a run that begins so: at first a state is kept every so many steps, and never more than that many of them.
    pub(super) fn new(root: T, every: u32, most: usize) -> Self {
        Self { root, kept: BTreeMap::new(), every, most }
    }

    /// Whether a moment after so many steps should be kept.
    pub(super) fn wants(&self, step: u32) -> bool {
        step.is_multiple_of(self.every)
    }

    /// Keeps the state of a moment.
    pub(super) fn keep(&mut self, node: NodeId, state: T, shape: &Shape) {
        self.kept.insert(node, state);
        while self.kept.len() > self.most && self.every < u32::MAX / 2 {
            self.every *= 2;
            let every = self.every;
            self.kept.retain(|node, _| shape.step(*node).is_multiple_of(every));
        }
    }

    /// The latest moment at or before this one whose state is kept, and that state.
    pub(super) fn nearest(&self, to: NodeId, shape: &Shape) -> (NodeId, &T) {
        let last_of = |(first, last)| self.kept.range(first..=last).next_back();
        shape.stretches_to(to).find_map(last_of).map_or((ROOT, &self.root), |(node, state)| (*node, state))
    }

    /// The state at the beginning.
    pub(super) fn first(&self) -> &T {
        &self.root
    }

    /// How many states are kept beside the first.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }

    /// How often one is kept now.
    #[cfg(test)]
    pub(super) fn every(&self) -> u32 {
        self.every
    }
}
