//! What followed what: the tree of moments without their states. Nearly every moment follows the one that was reached
//! just before it, so only where that is not so is anything kept but the action: a run of a million steps takes little,
//! and ways through it are found stretch by stretch, not step by step.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use crate::session::log::Brief;

/// A moment in the tree: the state after one action, or the beginning.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct NodeId(NonZeroU32);

/// The beginning.
pub(super) const ROOT: NodeId = NodeId(NonZeroU32::MIN);

/// The highest that an id can be.
const LAST: NodeId = NodeId(NonZeroU32::MAX);

impl NodeId {
    fn index(self) -> usize {
        self.0.get() as usize - 1
    }

    /// `None` if there are as many moments as ids.
    fn at(index: usize) -> Option<Self> {
        u32::try_from(index).ok()?.checked_add(1).and_then(NonZeroU32::new).map(Self)
    }

    /// How many moments were first reached after that one, up to this one.
    pub(super) fn since(self, earlier: Self) -> u32 {
        self.0.get().saturating_sub(earlier.0.get())
    }
}

/// Moments that were reached one right after the other: each one follows the one before it.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    /// The first of them. The last is the one before the next stretch begins.
    start: NodeId,
    /// What the first one follows; the root follows itself.
    parent: NodeId,
    /// How many steps the first one is from the beginning.
    step: u32,
}

/// The tree of moments.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// What led to each moment; nothing led to the root.
    briefs: Vec<Brief>,
    /// In the order of their first moments; the root begins the first one.
    stretches: Vec<Stretch>,
    /// Where stretches begin, by the moment that they follow.
    branches: BTreeSet<(NodeId, NodeId)>,
    /// The moments with more than one future.
    forks: BTreeSet<NodeId>,
    /// Where the way ahead is not to the next moment of the same stretch: the future that was visited last.
    turned: BTreeMap<NodeId, NodeId>,
}

impl Shape {
    /// Only the root.
    pub(super) fn new() -> Self {
        Self {
            briefs: vec![Brief::nothing()],
            stretches: vec![Stretch { start: ROOT, parent: ROOT, step: 0 }],
            branches: BTreeSet::new(),
            forks: BTreeSet::new(),
            turned: BTreeMap::new(),
        }
    }

    /// Whether there is such a moment.
    pub(super) fn has(&self, node: NodeId) -> bool {
        node.index() < self.briefs.len()
    }

    /// The moment that was reached last of all for the first time.
    pub(super) fn newest(&self) -> NodeId {
        NodeId::at(self.briefs.len().saturating_sub(1)).unwrap_or(ROOT)
    }

    /// The moment that [`Self::add`] would add; `None` if there can be no more.
    pub(super) fn next_new(&self) -> Option<NodeId> {
        NodeId::at(self.briefs.len())
    }

    /// What led to a moment. Ids are only made by this tree and moments are never removed, so every id is in range.
    pub(super) fn brief(&self, node: NodeId) -> Brief {
        self.briefs[node.index()]
    }

    /// The place of the stretch that a moment is part of: the root begins the first one, so there is one.
    fn place(&self, node: NodeId) -> usize {
        self.stretches.partition_point(|stretch| stretch.start <= node).saturating_sub(1)
    }

    fn stretch(&self, node: NodeId) -> Stretch {
        self.stretches[self.place(node)]
    }

    /// The last moment of the stretch at this place.
    fn last_of(&self, place: usize) -> NodeId {
        let next = self.stretches.get(place + 1).map_or(self.briefs.len(), |next| next.start.index());
        NodeId::at(next.saturating_sub(1)).unwrap_or(ROOT)
    }

    /// How many steps a moment is from the beginning.
    pub(super) fn step(&self, node: NodeId) -> u32 {
        let stretch = self.stretch(node);
        stretch.step.saturating_add(node.since(stretch.start))
    }

    /// The moment before; the root is its own.
    pub(super) fn parent(&self, node: NodeId) -> NodeId {
        let stretch = self.stretch(node);
        if stretch.start == node { stretch.parent } else { NodeId::at(node.index() - 1).unwrap_or(ROOT) }
    }

    /// The pieces of stretches on the way to a moment, as first and last moment, from that moment back to the root.
    pub(super) fn stretches_to(&self, node: NodeId) -> impl Iterator<Item = (NodeId, NodeId)> + '_ {
        let piece = |last| {
            let Stretch { start, parent, .. } = self.stretch(last);
            (start, last, parent)
        };
        let before = move |&(start, _, parent): &(NodeId, NodeId, NodeId)| (start != ROOT).then(|| piece(parent));
        std::iter::successors(Some(piece(node)), before).map(|(start, last, _)| (start, last))
    }

    /// The moments after one up to another, which comes after it.
    pub(super) fn path(&self, from: NodeId, to: NodeId) -> Vec<NodeId> {
        let mut path = Vec::new();
        for (first, last) in self.stretches_to(to) {
            let found = first <= from;
            let after = if found { from.index() + 1 } else { first.index() };
            path.extend((after..=last.index()).rev().filter_map(NodeId::at));
            if found {
                break;
            }
        }
        path.reverse();
        path
    }

    /// The last moment that is on the ways to both: one of them, if the other comes after it.
    pub(super) fn parting(&self, one: NodeId, other: NodeId) -> NodeId {
        let (mut one, mut other) = (one, other);
        loop {
            let (a, b) = (self.stretch(one), self.stretch(other));
            // Every moment is newer than all before it: a stretch that begins later is not on the way to the other.
            match a.start.cmp(&b.start) {
                std::cmp::Ordering::Less => other = b.parent,
                std::cmp::Ordering::Greater => one = a.parent,
                std::cmp::Ordering::Equal => return one.min(other),
            }
        }
    }

    /// The next moment of the same stretch.
    fn next_in_stretch(&self, node: NodeId) -> Option<NodeId> {
        let next = NodeId::at(node.index() + 1).filter(|next| self.has(*next))?;
        self.stretches.binary_search_by_key(&next, |stretch| stretch.start).is_err().then_some(next)
    }

    /// The moments that one step leads to, in the order in which they were first tried.
    pub(super) fn children(&self, of: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let branches = self.branches.range((of, ROOT)..=(of, LAST)).map(|(_, start)| *start);
        self.next_in_stretch(of).into_iter().chain(branches)
    }

    /// The moments with more than one future.
    pub(super) fn forks(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.forks.iter().copied()
    }

    /// The latest moment at or before this one with more than one future.
    pub(super) fn latest_fork(&self, at: NodeId) -> Option<NodeId> {
        if self.forks.is_empty() {
            return None;
        }
        self.stretches_to(at).find_map(|(first, last)| self.forks.range(first..=last).next_back().copied())
    }

    /// Which child `forward` goes to: the one last visited.
    pub(super) fn ahead(&self, node: NodeId) -> Option<NodeId> {
        self.turned.get(&node).copied().or_else(|| self.next_in_stretch(node))
    }

    /// Turns the way ahead of a moment to one of its children; whether it was another before.
    pub(super) fn turn(&mut self, node: NodeId, child: NodeId) -> bool {
        if self.ahead(node) == Some(child) {
            return false;
        }
        if self.next_in_stretch(node) == Some(child) {
            self.turned.remove(&node);
        } else {
            self.turned.insert(node, child);
        }
        true
    }

    /// Turns every moment from one on to the way to another, which comes after it; whether any was turned elsewhere.
    pub(super) fn turn_all(&mut self, from: NodeId, to: NodeId) -> bool {
        let mut any = false;
        let mut at = to;
        loop {
            let Stretch { start, parent, .. } = self.stretch(at);
            let elsewhere: Vec<_> = self.turned.range(start.max(from)..at).map(|(node, _)| *node).collect();
            any |= !elsewhere.is_empty();
            for node in elsewhere {
                self.turned.remove(&node);
            }
            if start <= from {
                return any;
            }
            any |= self.turn(parent, start);
            at = parent;
        }
    }

    /// The moment so many steps ahead of this one, or the last one ahead if it is nearer.
    pub(super) fn far_ahead(&self, from: NodeId, steps: u32) -> NodeId {
        let (mut at, mut left) = (from, steps);
        loop {
            let last = self.last_of(self.place(at));
            let turn = self.turned.range(at..=last).next();
            let until = turn.map_or(last, |(node, _)| *node);
            if until.since(at) >= left {
                return NodeId::at(at.index() + left as usize).unwrap_or(until);
            }
            let Some((_, child)) = turn else { return until };
            left -= until.since(at) + 1;
            at = *child;
        }
    }

    /// Adds a moment as the last child of another and turns the way to it; `None` if there can be no more.
    pub(super) fn add(&mut self, parent: NodeId, brief: Brief) -> Option<NodeId> {
        let child = self.next_new()?;
        let step = self.step(parent).checked_add(1)?;
        let first = self.children(parent).next().is_none();
        let follows = parent == self.newest();
        self.briefs.push(brief);
        if !follows {
            self.stretches.push(Stretch { start: child, parent, step });
            self.branches.insert((parent, child));
            self.turned.insert(parent, child);
        }
        if !first {
            self.forks.insert(parent);
        }
        Some(child)
    }

    /// The stretches, each as its first and last moment and what it follows, in the order in which they were begun.
    pub(super) fn stretches(&self) -> impl Iterator<Item = (NodeId, NodeId, NodeId)> + '_ {
        self.stretches.iter().enumerate().map(|(at, stretch)| (stretch.start, self.last_of(at), stretch.parent))
    }

    /// The place of the stretch that a moment is part of in [`Self::stretches`].
    pub(super) fn stretch_of(&self, node: NodeId) -> usize {
        self.place(node)
    }
}
