//! Runs that play themselves: a seeded discrete-event scheduler. All notion of time lives here, in milliseconds of the
//! run's own clock; the world knows none. Leaders watch their rivals as in section 3 of the paper.

use std::collections::{BTreeMap, BTreeSet};

use crate::dice::Dice;
use crate::pmmc::{CommandId, LeaderId, Message, MessageKind, ProcessId, Reason};
use crate::world::{Action, Envelope, Event, World};

/// Milliseconds of the run's own clock.
pub type Millis = u64;

/// What no timeout grows beyond, however long a duel is: far longer than anything takes.
const LONGEST_TIMEOUT: Millis = 60_000;

/// When a preempted leader runs for office again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Policy {
    /// At once: two such leaders can duel for ever (slides: "don't immediately try for election again!").
    Eager,
    /// When its rival no longer answers (paper, section 3).
    Watch,
}

/// How a run plays itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// How long a message takes at least.
    pub latency: Millis,
    /// How much longer it may take.
    pub jitter: Millis,
    /// Links that are slower: added to what a message takes from one process to another.
    pub slow_links: BTreeMap<(ProcessId, ProcessId), Millis>,
    /// When a preempted leader runs again.
    pub policy: Policy,
    /// Whether the p1a's of a leader that was just preempted take its timeout longer. A leader that by its rule runs
    /// again at once (`on_preempted: rescout`) is then as slow as the paper's section 3 wants it, although the protocol
    /// is the listing's: any delay that ends is a legal one.
    pub back_off: bool,
    /// The first timeout of every leader's failure detector (the paper's T), and what it never falls below.
    pub timeout: Millis,
    /// How often a leader pings its rival.
    pub ping_every: Millis,
    /// How often every process sends again what was not answered; 0: never.
    pub resend_every: Millis,
    /// How long a client waits before some leader runs again, even if it is active; 0: for ever. If the decision of a
    /// slot was lost on its way to every replica, no process sends it again: its commander is gone. A leader that is
    /// adopted anew has every slot voted on and announced again.
    pub patience: Millis,
    /// How often the next request of the workload is made.
    pub request_every: Millis,
    /// Of a thousand messages, how many are lost.
    pub drop_per_mille: u16,
    /// Of a thousand messages, how many arrive twice.
    pub duplicate_per_mille: u16,
    /// How often some process crashes, about; 0: never.
    pub crash_every: Millis,
    /// How long it then is down.
    pub down_for: Millis,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            latency: 10,
            jitter: 10,
            slow_links: BTreeMap::new(),
            policy: Policy::Watch,
            back_off: false,
            timeout: 100,
            ping_every: 40,
            resend_every: 0,
            patience: 0,
            request_every: 100,
            drop_per_mille: 0,
            duplicate_per_mille: 0,
            crash_every: 0,
            down_for: 300,
        }
    }
}

/// What is to happen at some time.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Due {
    Deliver(Envelope),
    Drop(Envelope),
    Duplicate(Envelope),
    Elect(LeaderId),
    Ping(LeaderId),
    GiveUp(LeaderId),
    Resend,
    LosePatience { unanswered: Option<CommandId>, after: Millis },
    Request,
    Crash,
    Restart(ProcessId),
}

impl Due {
    /// Who comes back.
    fn restarts(&self) -> Option<ProcessId> {
        if let Self::Restart(process) = self { Some(*process) } else { None }
    }
}

/// One leader's failure detector.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Detector {
    /// The paper's T: grows when preempted, shrinks when something is decided.
    timeout: Millis,
    /// When it gives up on its rival.
    deadline: Millis,
    /// With `back_off`: until then its p1a's do not leave.
    held_until: Millis,
}

/// A run that plays itself. The same seed, settings and world give the same run.
#[derive(Clone, Debug)]
pub struct Autoplay {
    settings: Settings,
    dice: Dice,
    now: Millis,
    /// In order of time; those of one time in the order in which they were planned.
    plan: BTreeMap<(Millis, u64), Due>,
    planned: u64,
    detectors: Vec<Detector>,
    /// Who sends again in this round, last first.
    resending: Vec<ProcessId>,
    /// Whom it ever crashed: they come back, also at a moment that was gone to.
    crashed: BTreeSet<ProcessId>,
}

impl Autoplay {
    /// Starts with the world as it is.
    pub fn new(seed: u64, settings: Settings, world: &World) -> Self {
        let detector = Detector { timeout: settings.timeout, deadline: 0, held_until: 0 };
        let detectors = vec![detector; usize::from(world.cluster().leaders)];
        let dice = Dice::new(seed);
        let mut play = Self {
            settings,
            dice,
            now: 0,
            plan: BTreeMap::new(),
            planned: 0,
            detectors,
            resending: Vec::new(),
            crashed: BTreeSet::new(),
        };
        play.begin(world);
        play
    }

    fn begin(&mut self, world: &World) {
        self.resynchronise(world);
        // "At the beginning of time" every leader runs, one after the other.
        for leader in world.cluster().leaders() {
            let turn = self.settings.timeout * u64::from(leader.0);
            self.plan(turn, Due::Elect(leader));
        }
        self.plan(self.settings.request_every, Due::Request);
        self.plan_if_ever(self.settings.resend_every, Due::Resend);
        self.plan_patience(self.settings.patience, world);
        self.plan_next_crash();
    }

    /// After the run was changed by hand, or another moment was gone to: everything in flight is planned anew.
    pub fn resynchronise(&mut self, world: &World) {
        self.plan.retain(|_, due| !matches!(due, Due::Deliver(_) | Due::Drop(_) | Due::Duplicate(_)));
        let in_flight: Vec<_> = world.network().each().cloned().collect();
        for envelope in in_flight {
            self.plan_arrival(envelope);
        }
        for leader in world.leaders().iter().filter(|node| node.state.rival.is_some()) {
            self.watch(leader.state.id);
        }
        let due: BTreeSet<_> = self.plan.values().filter_map(Due::restarts).collect();
        let down: Vec<_> = self.crashed.difference(&due).copied().filter(|id| !world.is_up(*id)).collect();
        for process in down {
            self.plan(self.settings.down_for, Due::Restart(process));
        }
    }

    /// Whether what was not answered is sent again.
    pub fn sends_again(&self) -> bool {
        self.settings.resend_every > 0
    }

    /// The time on the run's own clock.
    pub fn now(&self) -> Millis {
        self.now
    }

    /// Messages are no longer lost or doubled, and nobody crashes from now on.
    pub fn stop_faults(&mut self) {
        self.settings.drop_per_mille = 0;
        self.settings.duplicate_per_mille = 0;
        self.settings.crash_every = 0;
        self.plan.retain(|_, due| !matches!(due, Due::Crash));
    }

    /// The next thing that happens; the clock moves to its time. `None` if nothing is planned any more but what waits for
    /// somebody to act by hand: to restart a process, or to heal the network.
    pub fn next(&mut self, world: &World) -> Option<Action> {
        let mut in_vain = 0;
        loop {
            if let Some(process) = self.resending.pop() {
                if world.is_up(process) {
                    return Some(Action::Resend(process));
                }
                continue;
            }
            let ((time, _), due) = self.plan.pop_first()?;
            self.now = self.now.max(time);
            if let Some(action) = self.carry_out(due, world) {
                return Some(action);
            }
            in_vain += 1;
            if in_vain > self.plan.len() {
                if !self.plan.values().any(|due| may_happen(due, world)) {
                    return None;
                }
                in_vain = 0;
            }
        }
    }

    fn carry_out(&mut self, due: Due, world: &World) -> Option<Action> {
        match due {
            Due::Deliver(envelope) => self.arrive(envelope, world),
            Due::Drop(envelope) => world.network().has(&envelope).then_some(Action::Drop(envelope)),
            Due::Duplicate(envelope) => world.network().has(&envelope).then(|| {
                self.plan_delivery(envelope.clone());
                Action::Duplicate(envelope)
            }),
            Due::Elect(leader) => self.run_for_office(leader, world),
            Due::Ping(leader) => self.ping(leader, world),
            Due::GiveUp(leader) => self.give_up(leader, world),
            Due::Resend => {
                self.plan_if_ever(self.settings.resend_every, Due::Resend);
                let talks = |id: &ProcessId| !matches!(id, ProcessId::Acceptor(_));
                self.resending = world.cluster().processes().filter(talks).collect();
                None
            }
            Due::LosePatience { unanswered, after } => self.lose_patience(unanswered, after, world),
            Due::Request => {
                let next = world.next_of_workload()?;
                self.plan(self.settings.request_every, Due::Request);
                world.is_up(next.client.into()).then(|| Action::Request(next.client, next.op.clone()))
            }
            Due::Crash => {
                self.plan_next_crash();
                let up: Vec<_> = world.cluster().processes().filter(|id| world.is_up(*id)).collect();
                let process = *self.dice.pick(&up)?;
                self.plan(self.settings.down_for, Due::Restart(process));
                self.crashed.insert(process);
                Some(Action::Crash(process))
            }
            Due::Restart(process) => {
                if let ProcessId::Leader(leader) = process {
                    self.plan(self.settings.timeout, Due::Elect(leader));
                }
                (!world.is_up(process)).then_some(Action::Restart(process))
            }
        }
    }

    /// If the request that was not answered when this was planned still is not, the leader in office runs again, and it
    /// is given twice as much time: however slow an election is, there comes one that is given enough.
    fn lose_patience(&mut self, unanswered: Option<CommandId>, after: Millis, world: &World) -> Option<Action> {
        let stuck = unanswered.is_some() && world.unanswered() == unanswered;
        self.plan_patience(if stuck { after.saturating_mul(2) } else { self.settings.patience }, world);
        let up = world.leaders().iter().filter(|node| stuck && node.up);
        up.max_by_key(|node| node.state.ballot_num).map(|node| Action::Elect(node.state.id))
    }

    /// A message that cannot be delivered now waits and tries again.
    fn arrive(&mut self, envelope: Envelope, world: &World) -> Option<Action> {
        if !world.network().has(&envelope) {
            return None;
        }
        if world.can_deliver(&envelope).is_err() {
            self.plan_delivery(envelope);
            return None;
        }
        Some(Action::Deliver(envelope))
    }

    /// A leader that neither is active, nor has a scout at work, nor waits for a rival, runs.
    fn run_for_office(&self, leader: LeaderId, world: &World) -> Option<Action> {
        let node = world.leader(leader)?;
        let waits = node.state.rival.is_some() && self.settings.policy == Policy::Watch;
        let idle = !node.state.active && !node.state.scouts.contains_key(&node.state.ballot_num);
        (node.up && idle && !waits).then_some(Action::Elect(leader))
    }

    fn ping(&mut self, leader: LeaderId, world: &World) -> Option<Action> {
        let node = world.leader(leader)?;
        if !node.up || node.state.rival.is_none() {
            return None;
        }
        self.plan(self.settings.ping_every, Due::Ping(leader));
        Some(Action::Ping(leader))
    }

    fn give_up(&mut self, leader: LeaderId, world: &World) -> Option<Action> {
        let deadline = self.detectors.get(usize::from(leader))?.deadline;
        let watches = world.leader(leader).is_some_and(|node| node.up && node.state.rival.is_some());
        if deadline > self.now {
            // A pong came in time: look again when the new deadline is over.
            self.plan(deadline - self.now, Due::GiveUp(leader));
            return None;
        }
        watches.then_some(Action::Timeout(leader))
    }

    /// Takes in what happened: what was sent gets its time of arrival, failure detectors take note.
    pub fn observe(&mut self, events: &[Event]) {
        for event in events {
            match event {
                Event::Sent(envelope) => self.plan_arrival(envelope.clone()),
                Event::Executed { process: ProcessId::Leader(leader), reason } => self.take_note(*leader, reason),
                _ => {}
            }
        }
    }

    fn take_note(&mut self, leader: LeaderId, reason: &Reason) {
        let least = self.settings.timeout;
        let Some(detector) = self.detectors.get_mut(usize::from(leader)) else { return };
        match reason {
            Reason::Preempted { .. } => {
                // Multiplicative increase, with a little spread so that two leaders do not stay in step.
                let longer = detector.timeout / 4 + self.dice.below(10) as u64;
                detector.timeout = detector.timeout.saturating_add(longer).min(LONGEST_TIMEOUT.max(least));
                detector.held_until = self.now + detector.timeout;
                match self.settings.policy {
                    Policy::Eager => self.plan(0, Due::Elect(leader)),
                    Policy::Watch => self.watch(leader),
                }
            }
            Reason::Pong { ballot, rival } if *rival == Some(*ballot) => {
                detector.deadline = self.now + detector.timeout;
            }
            // Additive decrease.
            Reason::P2bMajority { .. } => detector.timeout = detector.timeout.saturating_sub(least / 20).max(least),
            _ => {}
        }
    }

    /// Starts to watch a rival.
    fn watch(&mut self, leader: LeaderId) {
        let Some(detector) = self.detectors.get_mut(usize::from(leader)) else { return };
        detector.deadline = self.now + detector.timeout;
        let timeout = detector.timeout;
        let already = |due: &Due| matches!(due, Due::Ping(other) | Due::GiveUp(other) if *other == leader);
        self.plan.retain(|_, due| !already(due));
        self.plan(0, Due::Ping(leader));
        self.plan(timeout, Due::GiveUp(leader));
    }

    fn plan_arrival(&mut self, envelope: Envelope) {
        let local = matches!(envelope.message.kind(), MessageKind::Adopted | MessageKind::Preempted);
        if local {
            self.plan(0, Due::Deliver(envelope));
            return;
        }
        let (drop, double) =
            (self.per_mille(self.settings.drop_per_mille), self.per_mille(self.settings.duplicate_per_mille));
        if double && !drop {
            self.plan(0, Due::Duplicate(envelope.clone()));
        }
        if drop {
            let after = self.travel_time(&envelope);
            self.plan(after, Due::Drop(envelope));
        } else {
            self.plan_delivery(envelope);
        }
    }

    fn plan_delivery(&mut self, envelope: Envelope) {
        let after = self.travel_time(&envelope);
        self.plan(after, Due::Deliver(envelope));
    }

    fn travel_time(&mut self, envelope: &Envelope) -> Millis {
        let slow = self.settings.slow_links.get(&(envelope.from, envelope.to)).copied().unwrap_or(0);
        let jitter = self.dice.below(usize::try_from(self.settings.jitter).unwrap_or(usize::MAX)) as u64;
        // At least 1, so that the clock always moves while messages wait.
        (self.settings.latency + slow + jitter).max(1) + self.held_back(envelope)
    }

    /// How much longer a message waits because its leader backs off.
    fn held_back(&self, envelope: &Envelope) -> Millis {
        match (envelope.from, &envelope.message) {
            (ProcessId::Leader(leader), Message::P1a { .. }) if self.settings.back_off => {
                let held_until = self.detectors.get(usize::from(leader)).map_or(0, |detector| detector.held_until);
                held_until.saturating_sub(self.now)
            }
            _ => 0,
        }
    }

    fn per_mille(&mut self, rate: u16) -> bool {
        rate > 0 && self.dice.below(1000) < usize::from(rate)
    }

    fn plan_next_crash(&mut self) {
        let every = self.settings.crash_every;
        if every > 0 {
            let spread = self.dice.below(usize::try_from(every).unwrap_or(usize::MAX)) as u64;
            self.plan(every / 2 + spread, Due::Crash);
        }
    }

    fn plan_patience(&mut self, after: Millis, world: &World) {
        self.plan_if_ever(after, Due::LosePatience { unanswered: world.unanswered(), after });
    }

    fn plan_if_ever(&mut self, every: Millis, due: Due) {
        if every > 0 {
            self.plan(every, due);
        }
    }

    fn plan(&mut self, after: Millis, due: Due) {
        self.planned += 1;
        self.plan.insert((self.now.saturating_add(after), self.planned), due);
    }
}

/// Whether this leads anywhere while nobody acts by hand: a step, or at least to its own end. What waits for a process
/// that nobody restarts would be planned anew for ever.
fn may_happen(due: &Due, world: &World) -> bool {
    match due {
        Due::Deliver(envelope) => world.network().has(envelope) && world.can_deliver(envelope).is_ok(),
        Due::Drop(envelope) | Due::Duplicate(envelope) => world.network().has(envelope),
        Due::Elect(_) | Due::Ping(_) | Due::GiveUp(_) | Due::Restart(_) => true,
        Due::Resend => world.cluster().processes().any(|id| !matches!(id, ProcessId::Acceptor(_)) && world.is_up(id)),
        Due::LosePatience { .. } => world.unanswered().is_some() && world.leaders().iter().any(|node| node.up),
        Due::Request => world.next_of_workload().is_some_and(|next| world.is_up(next.client.into())),
        Due::Crash => world.cluster().processes().any(|id| world.is_up(id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pmmc::{AcceptorId, ClientId, Cluster, Op};
    use crate::world::{Request, Setup};

    fn setup(requests: usize) -> Setup {
        let op = |number| Op::Append { key: "k".into(), value: format!("{number} ") };
        let workload = (0..requests).map(|number| Request { client: ClientId(0), op: op(number) }).collect();
        Setup { cluster: Cluster { leaders: 2, ..Cluster::default() }, workload, ..Setup::default() }
    }

    /// Plays so many steps or until nothing is planned; returns the world and the actions.
    fn play(setup: &Setup, settings: Settings, seed: u64, steps: usize) -> (World, Vec<Action>) {
        let mut world = World::new(setup).unwrap();
        let mut autoplay = Autoplay::new(seed, settings, &world);
        let mut actions = Vec::new();
        while let Some(action) = autoplay.next(&world) {
            if actions.len() == steps {
                break;
            }
            if actions.len() == steps / 2 {
                autoplay.stop_faults();
            }
            let events = world.apply(&action).unwrap();
            autoplay.observe(&events);
            actions.push(action);
        }
        (world, actions)
    }

    fn answered(world: &World) -> usize {
        world.clients().iter().map(|node| node.state.responses.len()).sum()
    }

    #[test]
    fn without_faults_every_request_is_answered() {
        for seed in 0..20 {
            let (world, _) = play(&setup(10), Settings::default(), seed, 5_000);
            assert_eq!(answered(&world), 10, "seed {seed}");
        }
    }

    #[test]
    fn after_faults_stop_every_request_is_answered() {
        let settings = Settings {
            drop_per_mille: 200,
            duplicate_per_mille: 100,
            crash_every: 400,
            resend_every: 150,
            ..Settings::default()
        };
        for seed in 0..20 {
            let mut setup = setup(10);
            // As the paper has it, a client whose responses were all lost is never answered again (section 3).
            setup.rules.duplicate_request = crate::pmmc::DuplicateRequest::Answer;
            let (world, _) = play(&setup, settings.clone(), seed, 6_000);
            let pending: usize = world.clients().iter().map(|node| node.state.pending.len()).sum();
            assert_eq!(pending, 0, "seed {seed}");
        }
    }

    #[test]
    fn the_same_seed_is_the_same_run() {
        let settings = Settings { drop_per_mille: 100, crash_every: 300, ..Settings::default() };
        let (one, actions) = play(&setup(5), settings.clone(), 7, 1_000);
        let (other, again) = play(&setup(5), settings, 7, 1_000);
        assert_eq!((one, actions), (other, again));
    }

    #[test]
    fn a_timeout_grows_only_so_far() {
        let world = World::new(&setup(0)).unwrap();
        let mut autoplay = Autoplay::new(1, Settings::default(), &world);
        let reason = Reason::Preempted { by: None, ballot_num: world.leaders()[0].state.ballot_num };
        let preempted = [Event::Executed { process: LeaderId(0).into(), reason }];
        // A quarter more each time: without a limit it would be more than fits.
        for _ in 0..1_000 {
            autoplay.observe(&preempted);
        }
        assert_eq!(autoplay.detectors[0].timeout, LONGEST_TIMEOUT);
    }

    #[test]
    fn leaders_that_run_at_once_answer_soon_if_they_back_off_and_duel_if_not() {
        let answers = |back_off, seed| {
            let mut setup = setup(10);
            setup.cluster.leaders = 3;
            setup.rules.on_preempted = crate::pmmc::OnPreempted::Rescout;
            let (world, _) = play(&setup, Settings { back_off, ..Settings::default() }, seed, 1_000);
            answered(&world)
        };
        assert!((0..10).all(|seed| answers(true, seed) == 10));
        assert!((0..10).filter(|&seed| answers(false, seed) < 10).count() >= 8);
    }

    #[test]
    fn a_decision_that_no_replica_got_comes_when_a_client_loses_patience() {
        let answers = |patience| {
            let mut world = World::new(&setup(3)).unwrap();
            let settings = Settings { patience, resend_every: 150, ..Settings::default() };
            let mut autoplay = Autoplay::new(1, settings, &world);
            let mut lost = 0;
            for _ in 0..2_000 {
                let action = autoplay.next(&world).unwrap();
                let events = world.apply(&action).unwrap();
                autoplay.observe(&events);
                for event in events {
                    let Event::Sent(envelope) = event else { continue };
                    if matches!(envelope.message, Message::Decision { .. }) && lost < 2 {
                        world.apply(&Action::Drop(envelope)).unwrap();
                        lost += 1;
                    }
                }
            }
            assert_eq!(lost, 2);
            answered(&world)
        };
        assert_eq!((answers(0), answers(1_000)), (0, 3));
    }

    #[test]
    fn what_waits_for_somebody_to_act_by_hand_ends_the_run_instead_of_waiting_for_ever() {
        let resending = Settings { resend_every: 200, patience: 300, crash_every: 500, ..Settings::default() };
        // One of them crashes, or all.
        let by_hand: [(Option<ProcessId>, _); 3] = [
            (Some(AcceptorId(1).into()), Settings::default()),
            (Some(ClientId(0).into()), Settings::default()),
            (None, resending),
        ];
        for (crashed, settings) in by_hand {
            // Two leaders would ping each other for ever.
            let mut setup = setup(3);
            setup.cluster.leaders = 1;
            let mut world = World::new(&setup).unwrap();
            world.apply(&Action::Elect(LeaderId(0))).unwrap();
            for process in world.cluster().processes().filter(|id| crashed.is_none_or(|crashed| crashed == *id)) {
                world.apply(&Action::Crash(process)).unwrap();
            }
            let mut autoplay = Autoplay::new(1, settings, &world);
            let mut steps = 0;
            while let Some(action) = autoplay.next(&world).filter(|_| steps < 5_000) {
                let events = world.apply(&action).unwrap();
                autoplay.observe(&events);
                steps += 1;
            }
            assert!(steps < 5_000, "{steps}");
        }
    }

    #[test]
    fn eager_leaders_duel_and_watching_leaders_do_not() {
        // As on a busy day: requests come faster than an election takes.
        let elections = |policy| {
            let settings = Settings { policy, request_every: 5, ..Settings::default() };
            let (world, _) = play(&setup(200), settings, 1, 20_000);
            (answered(&world), world.leaders().iter().map(|node| node.state.ballot_num.seqnum).max())
        };
        let (eager, watching) = (elections(Policy::Eager), elections(Policy::Watch));
        assert!(watching.0 == 200 && watching.1 <= Some(1), "{watching:?}");
        assert!(eager.1 > Some(20), "{eager:?}");
    }
}
