//! A network cut into groups.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::pmmc::ProcessId;

/// Groups of processes that cannot reach each other. A process that is in none reaches everybody.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Partition {
    groups: Vec<BTreeSet<ProcessId>>,
}

impl Partition {
    /// A partition into these groups; their order does not matter. `None` if a process is in two of them, a group is
    /// empty, or there are fewer than two.
    pub fn new(groups: impl IntoIterator<Item = BTreeSet<ProcessId>>) -> Option<Self> {
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort();
        let named: usize = groups.iter().map(BTreeSet::len).sum();
        let distinct: BTreeSet<_> = groups.iter().flatten().collect();
        let sound = groups.len() >= 2 && groups.iter().all(|group| !group.is_empty()) && named == distinct.len();
        sound.then_some(Self { groups })
    }

    /// The groups, sorted.
    pub fn groups(&self) -> &[BTreeSet<ProcessId>] {
        &self.groups
    }

    /// Whether messages between these two get through.
    pub fn connects(&self, a: ProcessId, b: ProcessId) -> bool {
        let group_of = |process| self.groups.iter().position(|group| group.contains(&process));
        match (group_of(a), group_of(b)) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        }
    }
}
