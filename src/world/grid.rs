//! The votes of one slot: who accepted what under which ballot, what can still happen, and what a new leader would find.

use std::collections::{BTreeMap, BTreeSet};

use crate::pmmc::{AcceptorId, Ballot, CommandId, PValue, Slot};

use super::{History, World};

/// One slot's votes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Grid {
    /// Which slot.
    pub slot: Slot,
    /// By ballot, the lowest first.
    pub rows: Vec<GridRow>,
    /// What every majority of acceptors would make a new leader propose, the highest ballot first.
    pub readings: Vec<Reading>,
}

/// One ballot's attempt at a slot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GridRow {
    /// The ballot.
    pub ballot: Ballot,
    /// What its commander asks for; `None` while no commander was started.
    pub command: Option<CommandId>,
    /// One for each acceptor.
    pub cells: Vec<Cell>,
    /// What has become of it.
    pub fate: Fate,
}

/// One acceptor under one ballot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cell {
    /// It accepted; not kept if it has forgotten that, or a later vote made it redundant.
    Voted {
        /// Whether it is still in its `accepted`.
        kept: bool,
    },
    /// This is its `ballot_num`: it would accept now.
    Now,
    /// Its `ballot_num` is lower: it may get there.
    Later,
    /// Its `ballot_num` is higher: it never accepts here any more.
    Never,
}

/// What has become of a ballot in a slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// A majority accepted.
    Chosen,
    /// So many votes more and a majority has accepted.
    Open {
        /// How many are missing.
        missing: usize,
    },
    /// Too many acceptors have gone on to higher ballots.
    Over,
    /// No commander was started yet.
    Waiting,
}

/// What majorities of acceptors would tell a new leader about a slot, now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading {
    /// The pvalue of the highest ballot that they accepted: pmax makes the leader propose it. `None`: it is free.
    pub forced: Option<(Ballot, CommandId)>,
    /// How many majorities say so.
    pub count: u128,
    /// Which ones, if they are few; else one of them.
    pub majorities: Vec<Vec<AcceptorId>>,
}

/// Every slot in which anything was ever wanted, voted or decided; the first one before that.
pub fn slots(world: &World, history: &History) -> Vec<Slot> {
    let mut all: BTreeSet<Slot> = history.slots().collect();
    all.extend(world.leaders().iter().flat_map(|node| node.state.proposals.keys()));
    all.extend(world.replicas().iter().flat_map(|node| node.state.proposals.keys()));
    if all.is_empty() {
        all.insert(world.context().rules.first_slot);
    }
    all.into_iter().collect()
}

/// The votes of this slot.
pub fn grid(world: &World, history: &History, slot: Slot) -> Grid {
    let mut rows: BTreeSet<(Ballot, Option<CommandId>)> = BTreeSet::new();
    let voted = history.votes_for(slot).map(|(pvalue, _)| *pvalue);
    let asked = history.commanders_for(slot).map(|(pvalue, _)| *pvalue);
    rows.extend(voted.chain(asked).map(|pvalue| (pvalue.ballot, Some(pvalue.command))));
    let promised = world.acceptors().iter().filter_map(|node| node.state.ballot_num);
    let ran = history.scout_ballots().map(|(ballot, _)| ballot);
    for ballot in promised.chain(ran) {
        if !rows.iter().any(|(other, _)| *other == ballot) {
            rows.insert((ballot, None));
        }
    }
    let rows = rows.into_iter().map(|(ballot, command)| row(world, history, slot, ballot, command)).collect();
    Grid { slot, rows, readings: readings(world, slot) }
}

fn row(world: &World, history: &History, slot: Slot, ballot: Ballot, command: Option<CommandId>) -> GridRow {
    let pvalue = command.map(|command| PValue { slot, ballot, command });
    let voters = pvalue.map(|pvalue| history.voters(&pvalue)).unwrap_or_default();
    let cell = |(id, node): (AcceptorId, &super::Node<crate::pmmc::Acceptor>)| {
        if voters.has(id) {
            return Cell::Voted { kept: pvalue.is_some_and(|pvalue| node.state.accepted.contains(&pvalue)) };
        }
        match node.state.ballot_num.cmp(&Some(ballot)) {
            std::cmp::Ordering::Less => Cell::Later,
            std::cmp::Ordering::Equal => Cell::Now,
            std::cmp::Ordering::Greater => Cell::Never,
        }
    };
    let cells: Vec<Cell> = world.cluster().acceptors().zip(world.acceptors()).map(cell).collect();
    let majority = world.cluster().majority();
    let count = voters.count();
    let can = count + cells.iter().filter(|cell| matches!(cell, Cell::Now | Cell::Later)).count();
    let fate = match command {
        Some(_) if count >= majority => Fate::Chosen,
        _ if can < majority => Fate::Over,
        Some(_) => Fate::Open { missing: majority - count },
        None => Fate::Waiting,
    };
    GridRow { ballot, command, cells, fate }
}

/// With so many acceptors all majorities are written down.
const FEW: u8 = 5;

fn readings(world: &World, slot: Slot) -> Vec<Reading> {
    let cluster = world.cluster();
    let majority = cluster.majority();
    let top = |node: &super::Node<crate::pmmc::Acceptor>| {
        let here = node.state.accepted.iter().filter(|pvalue| pvalue.slot == slot);
        here.map(|pvalue| (pvalue.ballot, pvalue.command)).max()
    };
    let tops: Vec<(AcceptorId, _)> = cluster.acceptors().zip(world.acceptors().iter().map(top)).collect();
    if cluster.acceptors <= FEW {
        return written_down(&tops, majority);
    }
    let distinct: BTreeSet<_> = tops.iter().map(|(_, top)| *top).collect();
    let reading = |forced: &Option<(Ballot, CommandId)>| {
        let up_to = tops.iter().filter(|(_, top)| top <= forced).count();
        let below = tops.iter().filter(|(_, top)| top < forced).count();
        let count = ways(up_to, majority).saturating_sub(ways(below, majority));
        // One that says so: an acceptor with just this vote, and the others with no higher one.
        let mut example: Vec<AcceptorId> = tops.iter().filter(|(_, top)| top == forced).map(|(id, _)| *id).collect();
        example.extend(tops.iter().filter(|(_, top)| top < forced).map(|(id, _)| *id));
        example.truncate(majority);
        example.sort_unstable();
        Reading { forced: *forced, count, majorities: vec![example] }
    };
    distinct.iter().rev().map(reading).filter(|reading| reading.count > 0).collect()
}

type Top = (AcceptorId, Option<(Ballot, CommandId)>);

/// Every majority of the least size, by what it says.
fn written_down(tops: &[Top], majority: usize) -> Vec<Reading> {
    let mut all: BTreeMap<Option<(Ballot, CommandId)>, Vec<Vec<AcceptorId>>> = BTreeMap::new();
    for chosen in 0..1_u32 << tops.len() {
        if chosen.count_ones() as usize != majority {
            continue;
        }
        let members = || tops.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1).map(|(_, one)| one);
        let forced = members().filter_map(|(_, top)| *top).max();
        all.entry(forced).or_default().push(members().map(|(id, _)| *id).collect());
    }
    let reading = |(forced, mut majorities): (_, Vec<Vec<AcceptorId>>)| {
        majorities.sort();
        Reading { forced, count: majorities.len() as u128, majorities }
    };
    all.into_iter().rev().map(reading).collect()
}

/// How many ways there are to take so many of these.
fn ways(of: usize, take: usize) -> u128 {
    if take > of {
        return 0;
    }
    (0..take).fold(1_u128, |ways, at| ways.saturating_mul((of - at) as u128) / (at as u128 + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pmmc::{ClientId, Cluster, LeaderId, MessageKind, Op, ProcessId};
    use crate::world::{Action, Setup, Watch};

    /// A run of deliveries: the first message in flight of this kind, to this process if one is named.
    struct Run {
        world: World,
        watch: Watch,
    }

    impl Run {
        fn new(acceptors: u8) -> Self {
            let cluster = Cluster { acceptors, ..Cluster::default() };
            let world = World::new(&Setup { cluster, ..Setup::default() }).unwrap();
            let watch = Watch::new(&world);
            Self { world, watch }
        }

        fn act(&mut self, action: &Action) {
            let before = self.world.clone();
            let events = self.world.apply(action).unwrap();
            self.watch.observe(&before, &self.world, &events);
        }

        fn deliver(&mut self, kind: MessageKind, to: impl Into<Option<ProcessId>>) {
            let to = to.into();
            let fits = |one: &&super::super::Envelope| one.message.kind() == kind && to.is_none_or(|to| one.to == to);
            let envelope = self.world.network().each().find(fits).unwrap().clone();
            self.act(&Action::Deliver(envelope));
        }

        /// L0 is elected with command A in slot 1, and its p2a are in flight.
        fn elected(acceptors: u8) -> Self {
            let mut run = Self::new(acceptors);
            run.act(&Action::Request(ClientId(0), Op::Put { key: "k".to_owned(), value: "v".to_owned() }));
            run.deliver(MessageKind::Request, None);
            run.deliver(MessageKind::Propose, ProcessId::Leader(LeaderId(0)));
            run.act(&Action::Elect(LeaderId(0)));
            for acceptor in 0..acceptors {
                run.deliver(MessageKind::P1a, ProcessId::Acceptor(AcceptorId(acceptor)));
                run.deliver(MessageKind::P1b, None);
            }
            run
        }

        fn grid(&self) -> Grid {
            grid(&self.world, self.watch.history(), Slot(1))
        }
    }

    #[test]
    fn two_votes_of_three_choose_and_every_majority_reads_them() {
        let mut run = Run::elected(3);
        assert_eq!(run.grid().rows[0].fate, Fate::Open { missing: 2 });
        assert_eq!(run.grid().readings[0].forced, None);
        for acceptor in [0, 1] {
            run.deliver(MessageKind::P2a, ProcessId::Acceptor(AcceptorId(acceptor)));
        }
        let grid = run.grid();
        assert_eq!(grid.rows[0].fate, Fate::Chosen);
        assert_eq!(grid.rows[0].cells, [Cell::Voted { kept: true }, Cell::Voted { kept: true }, Cell::Now]);
        assert_eq!(grid.readings.len(), 1, "whoever is elected next proposes A");
        assert_eq!(grid.readings[0].count, 3);
    }

    #[test]
    fn a_ballot_that_too_many_have_left_is_over() {
        let mut run = Run::elected(3);
        run.act(&Action::Elect(LeaderId(1)));
        for acceptor in [0, 1] {
            run.deliver(MessageKind::P1a, ProcessId::Acceptor(AcceptorId(acceptor)));
        }
        let fates: Vec<_> = run.grid().rows.iter().map(|row| row.fate).collect();
        assert_eq!(fates, [Fate::Over, Fate::Waiting]);
    }

    /// Counting and writing down say the same.
    #[test]
    fn large_clusters_are_counted() {
        let mut run = Run::elected(7);
        for acceptor in [0, 1, 2] {
            run.deliver(MessageKind::P2a, ProcessId::Acceptor(AcceptorId(acceptor)));
        }
        let counted = run.grid().readings;
        let counts: Vec<_> = counted.iter().map(|one| (one.forced.is_some(), one.count)).collect();
        assert_eq!(counts, [(true, 34), (false, 1)]);
        let top = |node: &super::super::Node<crate::pmmc::Acceptor>| {
            node.state.accepted.iter().map(|pvalue| (pvalue.ballot, pvalue.command)).max()
        };
        let tops: Vec<Top> = run.world.cluster().acceptors().zip(run.world.acceptors().iter().map(top)).collect();
        let written: Vec<_> = written_down(&tops, 4).iter().map(|one| (one.forced, one.count)).collect();
        assert_eq!(counted.iter().map(|one| (one.forced, one.count)).collect::<Vec<_>>(), written);
    }
}
