//! Random schedules: who delivers, loses and crashes what, by weight.

use std::collections::BTreeSet;

use crate::dice::Dice;
use crate::pmmc::{LeaderId, Op, ProcessId};
use crate::world::{Action, Envelope, Partition, World};

/// What may go wrong, or be done about it, besides deliveries, requests and elections.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum Fault {
    Drop,
    Duplicate,
    Crash,
    Partition,
    Resend,
}

impl Fault {
    /// All faults.
    pub const ALL: [Self; 5] = [Self::Drop, Self::Duplicate, Self::Crash, Self::Partition, Self::Resend];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Duplicate => "duplicate",
            Self::Crash => "crash",
            Self::Partition => "partition",
            Self::Resend => "resend",
        }
    }
}

/// What the next step is, before it is said of whom.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Deliver,
    Request,
    Elect,
    Timeout,
    Restart,
    Heal,
    Fault(Fault),
}

/// Out of a thousand steps about so many of each, so that duplicates and resends do not drown the rest: what is in
/// flight must shrink faster than they make it grow.
const WEIGHTS: [(Kind, usize); 11] = [
    (Kind::Deliver, 800),
    (Kind::Request, 30),
    (Kind::Elect, 20),
    (Kind::Timeout, 10),
    (Kind::Restart, 15),
    (Kind::Heal, 10),
    (Kind::Fault(Fault::Drop), 60),
    (Kind::Fault(Fault::Duplicate), 25),
    (Kind::Fault(Fault::Crash), 10),
    (Kind::Fault(Fault::Partition), 5),
    (Kind::Fault(Fault::Resend), 15),
];

/// With more distinct messages in flight than this, nothing is done that puts more there: an election alone asks every
/// acceptor about every slot.
const CROWDED: usize = 120;

impl Kind {
    const fn puts_in_flight(self) -> bool {
        matches!(self, Self::Request | Self::Elect | Self::Timeout | Self::Fault(Fault::Duplicate | Fault::Resend))
    }
}

/// A seeded random schedule.
#[derive(Clone, Debug)]
pub struct Schedule {
    dice: Dice,
    faults: BTreeSet<Fault>,
    /// How many requests it made up so far, and how many it may.
    requests: usize,
    most_requests: usize,
}

impl Schedule {
    /// The schedule of this seed. Beyond the workload of the world, it makes up requests of its own, so that long runs
    /// have something to decide.
    pub fn new(seed: u64, faults: impl IntoIterator<Item = Fault>) -> Self {
        Self { dice: Dice::new(seed), faults: faults.into_iter().collect(), requests: 0, most_requests: usize::MAX }
    }

    /// Makes up so many requests at most, beyond the workload.
    #[must_use]
    pub fn with_most_requests(self, most_requests: usize) -> Self {
        Self { most_requests, ..self }
    }

    /// The next action; `None` if nothing can happen.
    pub fn next(&mut self, world: &World) -> Option<Action> {
        let crowded = world.network().distinct().len() > CROWDED;
        // A kind that cannot happen now is rolled again; if it never can, the first that can is taken.
        for _ in 0..16 {
            let kind = self.kind();
            if crowded && kind.puts_in_flight() {
                continue;
            }
            if let Some(action) = self.action(kind, world) {
                return Some(action);
            }
        }
        WEIGHTS.iter().find_map(|(kind, _)| self.action(*kind, world))
    }

    fn kind(&mut self) -> Kind {
        let total: usize = WEIGHTS.iter().map(|(_, weight)| weight).sum();
        let mut rest = self.dice.below(total);
        for (kind, weight) in WEIGHTS {
            if rest < weight {
                return kind;
            }
            rest -= weight;
        }
        Kind::Deliver
    }

    fn action(&mut self, kind: Kind, world: &World) -> Option<Action> {
        match kind {
            Kind::Deliver => self.message(world, |envelope| world.can_deliver(envelope).is_ok()).map(Action::Deliver),
            Kind::Request => self.request(world),
            Kind::Elect => self.leader(world, |_| true).map(Action::Elect),
            Kind::Timeout => {
                let watches = |id| world.leader(id).is_some_and(|node| node.state.rival.is_some());
                self.leader(world, watches).map(Action::Timeout)
            }
            Kind::Restart => self.process(world, |id| !world.is_up(id)).map(Action::Restart),
            Kind::Heal => world.partition().map(|_| Action::Heal),
            Kind::Fault(fault) if !self.faults.contains(&fault) => None,
            Kind::Fault(Fault::Drop) => self.message(world, |envelope| !envelope.message.is_local()).map(Action::Drop),
            Kind::Fault(Fault::Duplicate) => {
                self.message(world, |envelope| !envelope.message.is_local()).map(Action::Duplicate)
            }
            Kind::Fault(Fault::Crash) => self.process(world, |id| world.is_up(id)).map(Action::Crash),
            Kind::Fault(Fault::Partition) => self.cut(world).map(Action::Partition),
            Kind::Fault(Fault::Resend) => {
                let talks = |id| world.is_up(id) && !matches!(id, ProcessId::Acceptor(_));
                self.process(world, talks).map(Action::Resend)
            }
        }
    }

    fn message(&mut self, world: &World, fits: impl Fn(&Envelope) -> bool) -> Option<Envelope> {
        let count = world.network().distinct().len();
        let start = self.dice.below(count);
        let from_start = world.network().distinct().skip(start).chain(world.network().distinct().take(start));
        from_start.map(|(envelope, _)| envelope).find(|envelope| fits(envelope)).cloned()
    }

    fn process(&mut self, world: &World, fits: impl Fn(ProcessId) -> bool) -> Option<ProcessId> {
        let all: Vec<_> = world.cluster().processes().filter(|id| fits(*id)).collect();
        self.dice.pick(&all).copied()
    }

    fn leader(&mut self, world: &World, fits: impl Fn(LeaderId) -> bool) -> Option<LeaderId> {
        let up = |id: &LeaderId| world.is_up((*id).into()) && fits(*id);
        let all: Vec<_> = world.cluster().leaders().filter(up).collect();
        self.dice.pick(&all).copied()
    }

    fn request(&mut self, world: &World) -> Option<Action> {
        if let Some(next) = world.next_of_workload() {
            return world.is_up(next.client.into()).then(|| Action::Request(next.client, next.op.clone()));
        }
        if self.requests >= self.most_requests {
            return None;
        }
        let up: Vec<_> = world.cluster().clients().filter(|id| world.is_up((*id).into())).collect();
        let client = *self.dice.pick(&up)?;
        self.requests += 1;
        let key = format!("k{}", self.dice.below(3) + 1);
        let value = format!("v{}", self.requests);
        Some(Action::Request(client, Op::Put { key, value }))
    }

    /// Each process goes to one of two groups, or to none.
    fn cut(&mut self, world: &World) -> Option<Partition> {
        let mut groups = [BTreeSet::new(), BTreeSet::new()];
        for process in world.cluster().processes() {
            if let Some(group) = groups.get_mut(self.dice.below(3)) {
                group.insert(process);
            }
        }
        Partition::new(groups)
    }
}
