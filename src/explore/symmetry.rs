//! Processes that only their names tell apart. Whatever can happen in a world can happen, renamed, in the renamed world,
//! and no invariant and no predicate without names tells the two apart; so of all worlds that are alike up to a renaming
//! one is enough. The worlds that are visited stay as they are, only their fingerprints are those of all renamings
//! together, so that what is found is a schedule of real actions.
//!
//! Acceptors are alike: the protocol compares no two of their names. Replicas are alike, too: requests and decisions go to
//! all of them. Leaders are not, their names are in the ballots; nor clients, who have their own workload.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::pmmc::{AcceptorId, Cluster, ProcessId, ReplicaId};
use crate::world::{Envelope, History, Local};

/// The most renamings: each costs an addition for every action of every world.
const MOST: usize = 144;

/// Which processes get which names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Renaming {
    acceptors: Vec<u8>,
    replicas: Vec<u8>,
}

/// The roles whose processes are alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Alike {
    pub(super) acceptors: bool,
    pub(super) replicas: bool,
}

/// A group of renamings, the one that changes nothing first.
#[derive(Clone, Debug)]
pub(super) struct Symmetry {
    pub(super) renamings: Vec<Renaming>,
}

impl Symmetry {
    /// All renamings of so many of these processes as there may be renamings.
    pub(super) fn new(cluster: Cluster, alike: Alike) -> Self {
        let acceptors = orders(cluster.acceptors, alike.acceptors, MOST);
        let replicas = orders(cluster.replicas, alike.replicas, MOST / acceptors.len());
        let with = |acceptors: &Vec<u8>| {
            let both = replicas.iter().map(|replicas| (acceptors.clone(), replicas.clone()));
            both.map(|(acceptors, replicas)| Renaming { acceptors, replicas }).collect::<Vec<_>>()
        };
        Self { renamings: acceptors.iter().flat_map(with).collect() }
    }

    /// An order of all processes, in which those that are alike are equal. Who answers comes before who asked: in that
    /// order fewer worlds are reached twice.
    pub(super) fn ranks(&self, cluster: Cluster) -> Vec<u16> {
        let role = |process: ProcessId| match process {
            ProcessId::Acceptor(_) => 0,
            ProcessId::Leader(_) => 1,
            ProcessId::Replica(_) => 2,
            ProcessId::Client(_) => 3,
        };
        let mut order: Vec<_> = cluster.processes().collect();
        order.sort_by_key(|process| role(*process));
        let rank = |process: ProcessId| {
            let alike = self.renamings.iter().map(|renaming| renaming.process(process));
            alike.filter_map(|other| order.iter().position(|one| *one == other)).min().unwrap_or(0) as u16
        };
        cluster.processes().map(rank).collect()
    }
}

/// All orders of the first of so many names, the usual one first; of as many names as there may be orders.
fn orders(names: u8, alike: bool, most: usize) -> Vec<Vec<u8>> {
    let mut moved = 1;
    let mut count = 1;
    while alike && moved < names && count * (usize::from(moved) + 1) <= most {
        moved += 1;
        count *= usize::from(moved);
    }
    let mut all = vec![Vec::new()];
    for _ in 0..moved {
        let longer = |order: &Vec<u8>| {
            let next = (0..moved).filter(|name| !order.contains(name));
            next.map(|name| order.iter().copied().chain([name]).collect()).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(longer).collect();
    }
    for order in &mut all {
        order.extend(moved..names);
    }
    all
}

fn renamed(names: &[u8], name: u8) -> u8 {
    names.get(usize::from(name)).copied().unwrap_or(name)
}

impl Renaming {
    fn acceptor(&self, id: AcceptorId) -> AcceptorId {
        AcceptorId(renamed(&self.acceptors, id.0))
    }

    /// The new name of a process.
    pub(super) fn process(&self, process: ProcessId) -> ProcessId {
        match process {
            ProcessId::Acceptor(id) => self.acceptor(id).into(),
            ProcessId::Replica(id) => ReplicaId(renamed(&self.replicas, id.0)).into(),
            other => other,
        }
    }

    pub(super) fn envelope(&self, envelope: &Envelope) -> Envelope {
        // No message says the name of an acceptor or a replica besides who sends and who gets it.
        Envelope { from: self.process(envelope.from), to: self.process(envelope.to), message: envelope.message.clone() }
    }

    pub(super) fn local(&self, local: &Local) -> Local {
        let mut local = local.clone();
        match &mut local {
            Local::Client(_) | Local::Acceptor(_) => {}
            Local::Replica(node) => {
                let state = Arc::make_mut(&mut node.state);
                state.id = ReplicaId(renamed(&self.replicas, state.id.0));
            }
            Local::Leader(node) => {
                let all = |waitfor: &BTreeSet<AcceptorId>| waitfor.iter().map(|id| self.acceptor(*id)).collect();
                let state = Arc::make_mut(&mut node.state);
                state.scouts.values_mut().for_each(|scout| scout.waitfor = all(&scout.waitfor));
                state.commanders.values_mut().for_each(|commander| commander.waitfor = all(&commander.waitfor));
            }
        }
        local
    }

    pub(super) fn history(&self, history: &History) -> History {
        history.renamed(|id| self.acceptor(id))
    }
}

/// Numbers for values, in the order in which they are first asked for.
#[derive(Debug)]
pub(super) struct Names<T> {
    numbers: BTreeMap<T, u32>,
}

impl<T: Ord> Names<T> {
    pub(super) fn new() -> Self {
        Self { numbers: BTreeMap::new() }
    }

    pub(super) fn number(&mut self, value: T) -> u32 {
        let next = self.numbers.len() as u32;
        *self.numbers.entry(value).or_insert(next)
    }

    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_renamings_as_orders() {
        let count = |acceptors: u8, replicas: u8, alike: Alike| {
            let cluster = Cluster { acceptors, replicas, ..Cluster::default() };
            let all = Symmetry::new(cluster, alike).renamings;
            assert!(all[0].acceptors.is_sorted() && all[0].replicas.is_sorted());
            assert!((1..all.len()).all(|place| !all[..place].contains(&all[place])));
            all.len()
        };
        let both = Alike { acceptors: true, replicas: true };
        assert_eq!(count(3, 2, both), 12);
        assert_eq!(count(5, 3, both), 120);
        assert_eq!(count(7, 2, both), 120);
        assert_eq!(count(3, 2, Alike { acceptors: false, ..both }), 2);
        assert_eq!(count(3, 2, Alike { acceptors: false, replicas: false }), 1);
    }
}
