//! What is counted in runs is what the formulas say: steady state 3r + rl + 2n messages, 6 delays and n writes a command;
//! take-over 2n + K(2n + r) messages and 1 local, 2 delays, n + 1 + nK writes.

#![allow(clippy::unwrap_used)]

use paxoscope::pmmc::{ClientId, Cluster, LeaderId, Op};
use paxoscope::world::{Action, Costs, Setup, World};

struct Run {
    world: World,
    costs: Costs,
}

impl Run {
    fn act(&mut self, action: &Action) {
        let events = self.world.apply(action).unwrap();
        self.costs.observe(action, &events);
    }

    /// First in, first out.
    fn deliver_all(&mut self) {
        loop {
            let next = self.world.network().each().next().cloned();
            let Some(envelope) = next else { return };
            self.act(&Action::Deliver(envelope));
        }
    }

    fn request(&mut self, value: u64) {
        let op = Op::Put { key: "k1".into(), value: value.to_string() };
        self.act(&Action::Request(ClientId(0), op));
        self.deliver_all();
    }
}

#[test]
fn counts_are_the_formulas() {
    for (n, r, l) in [(3, 2, 2), (3, 3, 3), (5, 3, 3), (5, 5, 5), (7, 4, 2)] {
        let cluster = Cluster { acceptors: n, leaders: l, replicas: r, clients: 1 };
        let world = World::new(&Setup { cluster, ..Setup::default() }).unwrap();
        let mut run = Run { world, costs: Costs::default() };
        run.act(&Action::Elect(LeaderId(0)));
        run.deliver_all();
        let known = 4;
        for value in 0..known {
            run.request(value);
        }
        let (n, r, l) = (u64::from(n), u64::from(r), u64::from(l));
        for (command, bill) in run.costs.commands() {
            assert_eq!(bill.total(), 3 * r + r * l + 2 * n, "{cluster:?} {command}: {bill:?}");
            assert_eq!((bill.writes_for_safety(), bill.local), (n, 0), "{cluster:?} {command}");
            assert_eq!(run.costs.delays(command), Some(6), "{cluster:?} {command}");
        }
        assert_eq!(run.costs.commands().count() as u64, known);
        run.act(&Action::Elect(LeaderId(1)));
        run.deliver_all();
        let elections: Vec<_> = run.costs.elections().collect();
        assert_eq!(elections.len(), 2);
        for ((ballot, bill), slots) in elections.iter().zip([0, known]) {
            assert_eq!(bill.total(), 2 * n + slots * (2 * n + r), "{cluster:?} {ballot}: {bill:?}");
            assert_eq!((bill.writes_for_safety(), bill.local), (n + 1 + n * slots, 1), "{cluster:?} {ballot}");
            assert_eq!(run.costs.election_delays(*ballot), Some(2), "{cluster:?} {ballot}");
        }
    }
}
