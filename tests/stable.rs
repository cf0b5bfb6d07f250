//! What must be in stable storage: each field that a replica or leader loses in a crash shows what it is kept for. (What
//! acceptors lose is in `tests/bugs.rs`: amnesia, `forget_accepted`, `forget_ballot`.)

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;

use paxoscope::pmmc::{
    Bug, ClientId, Cluster, CommandId, DuplicateRequest, LeaderId, MessageKind, Op, ReplicaId, Rules, StableField,
};
use paxoscope::world::{Action, Event, Invariant, Setup, Watch, World};

struct Play {
    world: World,
    watch: Watch,
    alarms: BTreeSet<Invariant>,
    responses: u64,
}

impl Play {
    /// A cluster that keeps all but these fields, in which R0 has performed A: append `A` to `k`.
    fn new(lost: &[StableField], replicas: u8) -> Self {
        let mut rules = Rules { duplicate_request: DuplicateRequest::Answer, ..Rules::default() };
        rules.stable.retain(|field| !lost.contains(field));
        let cluster = Cluster { acceptors: 1, leaders: 1, replicas, clients: 1 };
        let world = World::new(&Setup { cluster, rules, ..Setup::default() }).unwrap();
        let mut play = Self { watch: Watch::new(&world), world, alarms: BTreeSet::new(), responses: 0 };
        play.act(&Action::Elect(LeaderId(0)));
        play.request("A");
        assert_eq!((play.stored(), &play.alarms), (Some("A"), &BTreeSet::new()));
        play
    }

    fn act(&mut self, action: &Action) {
        let before = self.world.clone();
        let events = self.world.apply(action).unwrap();
        self.watch.observe(&before, &self.world, &events);
        self.alarms.extend(self.watch.violations().iter().map(|one| one.invariant));
        let responds =
            |event: &&Event| matches!(event, Event::Sent(sent) if sent.message.kind() == MessageKind::Response);
        self.responses += events.iter().filter(responds).count() as u64;
    }

    fn deliver_all(&mut self) {
        loop {
            let next = self.world.network().each().next().cloned();
            let Some(envelope) = next else { return };
            self.act(&Action::Deliver(envelope));
        }
    }

    fn request(&mut self, value: &str) {
        self.act(&Action::Request(ClientId(0), Op::Append { key: "k".into(), value: value.into() }));
        self.deliver_all();
    }

    fn request_again(&mut self) {
        self.act(&Action::RequestAgain(ClientId(0), CommandId(0)));
        self.deliver_all();
    }

    fn restart_replica(&mut self) {
        self.act(&Action::Restart(ReplicaId(0).into()));
    }

    fn stored(&self) -> Option<&str> {
        self.world.replicas()[0].state.app.get("k").map(String::as_str)
    }

    fn has_alarms(&self, alarms: &[Invariant]) {
        assert_eq!(self.alarms, alarms.iter().copied().collect());
    }
}

#[test]
fn with_all_fields_kept_a_restart_changes_nothing_that_counts() {
    let mut play = Play::new(&[], 1);
    play.restart_replica();
    play.request_again();
    assert_eq!((play.stored(), play.responses), (Some("A"), 2));
    play.request("B");
    play.act(&Action::Restart(LeaderId(0).into()));
    assert!(!play.world.leaders()[0].state.active);
    play.act(&Action::Elect(LeaderId(0)));
    assert_eq!(play.world.leaders()[0].state.ballot_num.to_string(), "1.0");
    play.deliver_all();
    play.request("C");
    assert_eq!(play.stored(), Some("ABC"));
    play.has_alarms(&[]);
}

#[test]
fn a_replica_that_keeps_nothing_goes_back_and_answers_again_but_does_no_harm() {
    let lost = [
        StableField::ReplicaDecisions,
        StableField::ReplicaApp,
        StableField::ReplicaSlotOut,
        StableField::ReplicaResults,
    ];
    let mut play = Play::new(&lost, 2);
    play.restart_replica();
    play.has_alarms(&[Invariant::R4]);
    assert_eq!((play.stored(), play.responses), (None, 2));
    // The next decision tells it what it misses, and R1 still has that.
    play.request("B");
    play.act(&Action::Resend(ReplicaId(0).into()));
    play.deliver_all();
    play.has_alarms(&[Invariant::R4]);
    assert_eq!((play.stored(), play.responses), (Some("AB"), 2 + 2 + 1));
}

#[test]
fn a_state_machine_kept_without_the_decisions_performs_a_command_twice() {
    let mut play = Play::new(&[StableField::ReplicaDecisions, StableField::ReplicaResults], 1);
    play.restart_replica();
    play.request_again();
    assert_eq!(play.stored(), Some("AA"));
    play.has_alarms(&[Invariant::R2, Invariant::R3]);
}

#[test]
fn a_state_machine_kept_without_slot_out_performs_everything_twice() {
    let mut play = Play::new(&[StableField::ReplicaSlotOut], 1);
    play.restart_replica();
    play.has_alarms(&[Invariant::R3, Invariant::R4]);
    play.request("B");
    assert_eq!(play.stored(), Some("AAB"));
}

#[test]
fn decisions_kept_without_the_state_machine_lose_what_was_performed() {
    let mut play = Play::new(&[StableField::ReplicaApp], 1);
    play.restart_replica();
    play.request("B");
    assert_eq!(play.stored(), Some("B"));
    play.has_alarms(&[Invariant::R3]);
}

#[test]
fn results_kept_nowhere_leave_a_repeated_request_unanswered() {
    for (lost, responses) in [(vec![], 2), (vec![StableField::ReplicaResults], 1)] {
        let mut play = Play::new(&lost, 1);
        play.restart_replica();
        play.request_again();
        assert_eq!((play.responses, play.stored()), (responses, Some("A")));
        play.has_alarms(&[]);
    }
}

#[test]
fn a_leader_that_forgets_its_ballot_uses_it_twice() {
    let mut play = Play::new(Bug::ReuseBallot.lost_fields(), 1);
    play.act(&Action::Restart(LeaderId(0).into()));
    play.has_alarms(&[]);
    play.act(&Action::Elect(LeaderId(0)));
    play.has_alarms(&[Invariant::D7]);
}
