//! What is known of moments near here: whoever goes back step by step need not take the same steps again each time. What
//! holds of a moment never changes, so nothing here goes stale.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::shape::{NodeId, Shape};

/// Of so many moments near here, at most, something is known.
pub(super) const MOST: usize = 128;
/// Of the moments before the end of a way, of those further away than this only each that many-th is kept, of those
/// further away than its square only each of that many, and so on.
const STRIDE: usize = 8;

/// Something that is known of some moments.
#[derive(Clone, Debug)]
pub(super) struct Recent<T>(BTreeMap<NodeId, T>);

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

/// Whether who goes on keeps the moment after so many steps: enough of them for who comes back.
pub(super) fn is_marked(step: u32) -> bool {
    step.is_multiple_of(STRIDE as u32)
}

impl<T> Recent<T> {
    /// Keeps what is known of a moment. If that is one too many, one of them gives way.
    pub(super) fn remember(&mut self, node: NodeId, known: T) {
        self.0.insert(node, known);
        if self.0.len() > MOST
            && let Some(spared) = self.spared(node)
        {
            self.0.remove(&spared);
        }
    }

    /// Of how many moments something is known.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The moment that leaves the smallest gap for how far away from this one it is: near here nearly all stay, and far
    /// away as many as a way back needs.
    fn spared(&self, here: NodeId) -> Option<NodeId> {
        let nodes: Vec<NodeId> = self.0.keys().copied().collect();
        let gap = |around: &[NodeId]| u64::from(around[2].since(around[0]));
        let distance = |node: NodeId| u64::from(node.since(here) + here.since(node));
        let inner = nodes.windows(3).filter(|around| around[1] != here);
        let spared =
            inner.min_by(|one, other| (gap(one) * distance(other[1])).cmp(&(gap(other) * distance(one[1]))))?;
        Some(spared[1])
    }

    /// The latest moment at or before this one of which it is known, if that is later than another one before it.
    pub(super) fn nearest(&self, after: NodeId, to: NodeId, shape: &Shape) -> Option<(NodeId, &T)> {
        let mut later = self.0.range((Bound::Excluded(after), Bound::Included(to))).rev();
        later.find(|(node, _)| shape.parting(**node, to) == **node).map(|(node, known)| (*node, known))
    }
}

/// A way to a moment, step by step.
pub(super) struct Way {
    left: usize,
}

impl Way {
    /// Begins a way of so many steps.
    pub(super) fn new(steps: usize) -> Self {
        Self { left: steps }
    }

    /// After one more step: whether what is known here is of use to those who go back from the end of the way. However
    /// far they go, few steps are taken again at a time.
    pub(super) fn keeps(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        let mut stride = 1;
        while self.left >= stride * STRIDE {
            stride *= STRIDE;
        }
        if stride == 1 { self.left.is_power_of_two() } else { self.left.is_multiple_of(stride) }
    }
}
