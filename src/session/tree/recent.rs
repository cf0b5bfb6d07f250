//! What is known of moments near here: whoever goes back step by step need not take the same steps again each time. What
//! holds of a moment never changes, so nothing here goes stale.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::shape::{NodeId, Shape};

/// Of so many moments near here, at most, something is known.
const MOST: usize = 64;
/// So many steps are taken again without a word: on longer ways what is behind is kept for those who go on back.
const SHORT: usize = 16;

/// Something that is known of some moments.
#[derive(Clone, Debug)]
pub(super) struct Recent<T>(BTreeMap<NodeId, T>);

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> Recent<T> {
    /// Keeps what is known of a moment.
    pub(super) fn remember(&mut self, node: NodeId, known: T) {
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(node, known);
    }

    /// The latest moment at or before this one of which it is known, if that is later than another one before it.
    pub(super) fn nearest(&self, after: NodeId, to: NodeId, shape: &Shape) -> Option<(NodeId, &T)> {
        let mut later = self.0.range((Bound::Excluded(after), Bound::Included(to))).rev();
        later.find(|(node, _)| shape.parting(**node, to) == **node).map(|(node, known)| (*node, known))
    }

    /// Begins a way of so many steps: a long one leads elsewhere, where nothing is known yet.
    pub(super) fn set_out(&mut self, steps: usize) -> Way {
        let is_long = steps > SHORT;
        if is_long {
            self.0.clear();
        }
        Way { left: steps, is_long }
    }
}

/// A way to a moment, step by step.
pub(super) struct Way {
    left: usize,
    is_long: bool,
}

impl Way {
    /// After one more step: whether what is known here is of use to those who go back from the end of the way.
    pub(super) fn keeps(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.is_long && (1..=SHORT).contains(&self.left) || self.left.is_power_of_two()
    }
}
