//! The same searches by slower ways: by cloning worlds and comparing them, and by Stateright.

#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use paxoscope::explore::Chance;
use paxoscope::world::{Action, Invariant, Setup, Watch, World};
use stateright::{Checker, Model, Property};

/// Two leaders run for office with a command each for one slot, three acceptors, two replicas: 1,345,494 worlds.
pub(crate) const BIG: &str = "(format: 1, rules: (start: run, local: stepped), cluster: (clients: 0),
    proposals: [\"L0 1 put k A\", \"L1 1 put k B\"])";

/// What is counted: worlds and transitions, and the worlds of each depth.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Counts {
    pub(crate) states: usize,
    pub(crate) transitions: u64,
    pub(crate) per_depth: Vec<u64>,
}

/// How often each chance was used, and what is left.
pub(crate) type Used = Vec<(Chance, Option<u8>)>;

pub(crate) fn budget(allow: &str) -> Used {
    let part = |item: &str| {
        let (name, times) = item.split_once('=').unwrap_or((item, if item == "request" { "*" } else { "1" }));
        let chance = Chance::ALL.into_iter().find(|one| one.name() == name).unwrap();
        (chance, times.parse().ok())
    };
    allow.split(',').filter(|item| !item.is_empty()).map(part).collect()
}

/// Everything that may happen in a world, by the slow way: what `enabled` lists and the budget allows.
pub(crate) fn possible(world: &World, left: &Used) -> Vec<(Action, Used)> {
    if left.is_empty() {
        // Nothing but deliveries: the other actions are not even listed, so that Stateright is not slowed down by them.
        let messages = world.network().distinct().map(|(envelope, _)| envelope);
        let deliverable = messages.filter(|envelope| world.can_deliver(envelope).is_ok());
        return deliverable.map(|envelope| (Action::Deliver(envelope.clone()), Vec::new())).collect();
    }
    let restarts = left.iter().any(|(chance, _)| matches!(chance, Chance::Crash | Chance::Restart));
    let ups = world.cluster().processes().filter(|process| world.is_up(*process)).map(Action::Restart);
    let all = world.enabled().into_iter().chain(ups);
    all.filter_map(|action| {
        let chance = match &action {
            Action::Deliver(_) => return Some((action, left.clone())),
            Action::Restart(process) if !world.is_up(*process) => return restarts.then(|| (action, left.clone())),
            Action::Drop(_) => Chance::Drop,
            Action::Duplicate(_) => Chance::Duplicate,
            Action::Crash(_) => Chance::Crash,
            Action::Restart(_) => Chance::Restart,
            Action::Elect(_) => Chance::Elect,
            Action::Resend(_) => Chance::Resend,
            Action::Timeout(_) => Chance::Timeout,
            Action::Request(..) => Chance::Request,
            other => panic!("{other:?}"),
        };
        let mut after = left.clone();
        let (_, times) = after.iter_mut().find(|(one, times)| *one == chance && *times != Some(0))?;
        *times = times.map(|times| times - 1);
        Some((action, after))
    })
    .collect()
}

/// The same search by cloning worlds and comparing them.
pub(crate) fn by_hand(setup: &Setup, allow: &str) -> Counts {
    let mut seen: BTreeMap<u64, Vec<(World, Used)>> = BTreeMap::new();
    let mut add = |state: &(World, Used)| {
        let mut hasher = DefaultHasher::new();
        state.0.hash(&mut hasher);
        let alike = seen.entry(hasher.finish()).or_default();
        let is_new = !alike.contains(state);
        if is_new {
            alike.push(state.clone());
        }
        is_new
    };
    let mut level = vec![(World::new(setup).unwrap(), budget(allow))];
    add(&level[0]);
    let mut counts = Counts { states: 0, transitions: 0, per_depth: Vec::new() };
    while !level.is_empty() {
        counts.states += level.len();
        counts.per_depth.push(level.len() as u64);
        let mut next = Vec::new();
        for (world, left) in &level {
            for (action, left) in possible(world, left) {
                counts.transitions += 1;
                let mut after = world.clone();
                after.apply(&action).unwrap();
                let state = (after, left);
                if add(&state) {
                    next.push(state);
                }
            }
        }
        level = next;
    }
    counts
}

/// After how many steps each invariant is first broken, as [`Watch`] says; watches are part of what is told apart, and
/// after a first alarm nobody looks further for that one.
pub(crate) fn first_alarms(setup: &Setup, depth: usize) -> BTreeMap<Invariant, usize> {
    let world = World::new(setup).unwrap();
    let watch = Watch::new(&world);
    let mut alarms: BTreeMap<Invariant, usize> = BTreeMap::new();
    let mut note = |watch: &Watch, step: usize| {
        for violation in watch.violations() {
            alarms.entry(violation.invariant).or_insert(step);
        }
    };
    note(&watch, 0);
    let mut seen: BTreeMap<u64, Vec<(World, Watch)>> = BTreeMap::new();
    let mut level = vec![(world, watch)];
    for step in 1..=depth {
        let mut next = Vec::new();
        for (world, watch) in &level {
            for (action, _) in possible(world, &Vec::new()) {
                let (mut after, mut watched) = (world.clone(), watch.clone());
                let events = after.apply(&action).unwrap();
                watched.observe(world, &after, &events);
                note(&watched, step);
                let mut hasher = DefaultHasher::new();
                after.hash(&mut hasher);
                let alike = seen.entry(hasher.finish()).or_default();
                let same = |(other, theirs): &(World, Watch)| *other == after && theirs.history() == watched.history();
                if !alike.iter().any(same) {
                    alike.push((after.clone(), watched.clone()));
                    next.push((after, watched));
                }
            }
        }
        level = next;
    }
    alarms
}

/// How many worlds there are in which nothing is in flight any more, and in how many of them no replica knows a decision.
pub(crate) fn ends(setup: &Setup) -> (usize, usize) {
    let name = |world: &World| {
        [0_u64, 1].map(|salt| {
            let mut hasher = DefaultHasher::new();
            (salt, world).hash(&mut hasher);
            hasher.finish()
        })
    };
    let mut level = vec![World::new(setup).unwrap()];
    let mut seen: BTreeSet<[u64; 2]> = level.iter().map(name).collect();
    let (mut all, mut undecided) = (0, 0);
    while let Some(world) = level.pop() {
        let possible = possible(&world, &Vec::new());
        if possible.is_empty() {
            all += 1;
            undecided += usize::from(world.replicas().iter().all(|node| node.state.decisions.is_empty()));
        }
        for (action, _) in possible {
            let mut after = world.clone();
            after.apply(&action).unwrap();
            if seen.insert(name(&after)) {
                level.push(after);
            }
        }
    }
    (all, undecided)
}

/// The world behind Stateright's model.
pub(crate) struct Cluster {
    pub(crate) setup: Setup,
    pub(crate) allow: String,
}

impl Model for Cluster {
    type State = (World, Used);
    type Action = (Action, Used);

    fn init_states(&self) -> Vec<Self::State> {
        vec![(World::new(&self.setup).unwrap(), budget(&self.allow))]
    }

    fn actions(&self, (world, left): &Self::State, actions: &mut Vec<Self::Action>) {
        actions.extend(possible(world, left));
    }

    fn next_state(&self, (world, _): &Self::State, (action, left): Self::Action) -> Option<Self::State> {
        let mut after = world.clone();
        after.apply(&action).ok()?;
        Some((after, left))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        // Without any it would stop at once; this one always holds.
        vec![Property::always("visited", |_, _| true)]
    }
}

/// How many worlds Stateright counts, with one thread.
pub(crate) fn by_stateright(setup: &Setup, allow: &str) -> usize {
    let model = Cluster { setup: setup.clone(), allow: allow.to_owned() };
    model.checker().threads(1).spawn_bfs().join().unique_state_count()
}
