use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::dice::Dice;
use crate::pmmc::{Bug, LeaderId, Rules};
use crate::session::{Fault, Schedule};

fn session() -> Session {
    Session::new(Setup::default()).unwrap()
}

fn first_delivery(session: &Session) -> Action {
    let deliveries = |action: &Action| matches!(action, Action::Deliver(_));
    session.world().enabled().into_iter().find(deliveries).unwrap()
}

#[test]
fn back_and_forward_give_the_same_worlds() {
    let mut session = session();
    let mut worlds = vec![session.world().clone()];
    session.act(Action::Elect(LeaderId(0))).unwrap();
    worlds.push(session.world().clone());
    for _ in 0..100 {
        let actions = session.world().enabled();
        session.act(actions[worlds.len() * 7 % actions.len()].clone()).unwrap();
        worlds.push(session.world().clone());
    }
    for world in worlds.iter().rev() {
        assert_eq!(session.world(), world);
        session.back();
    }
    assert!(!session.back());
    assert_eq!(session.steps_ahead(), 101);
    for world in &worlds {
        assert_eq!(session.world(), world);
        session.forward();
    }
    assert!(!session.forward());
}

#[test]
fn long_runs_keep_few_states_and_find_every_moment() {
    let mut session = session();
    let mut schedule = Schedule::new(3, Fault::ALL);
    let mut seen = Vec::new();
    for step in 0..3_000 {
        let action = schedule.next(session.world()).unwrap();
        session.act(action).unwrap();
        if step % 97 == 0 {
            seen.push((session.here(), session.now().clone(), session.memory().clone()));
        }
    }
    assert!(session.watches.len() <= WATCHES.1, "{}", session.watches.len());
    let actions = session.actions();
    assert_eq!(actions.len(), 3_000);
    for (node, now, memory) in seen.iter().rev() {
        session.jump(*node);
        assert_eq!((session.world(), session.last_action()), (&now.world, now.action.as_ref()));
        assert_eq!((&session.now().before, &session.now().events), (&now.before, &now.events));
        assert_eq!((session.memory(), session.violations()), (memory, memory.watch.violations()));
    }
}

/// One step of a walk; false where it ends.
type Walk = fn(&mut Session) -> bool;

#[test]
fn whoever_walks_around_in_a_long_run_has_few_steps_taken_again() {
    let mut session = session();
    let mut schedule = Schedule::new(3, Fault::ALL).with_most_requests(20);
    for _ in 0..20_000 {
        let action = schedule.next(session.world()).unwrap();
        session.act(action).unwrap();
    }
    let walks: [(Walk, usize); 9] = [
        (Session::back, 100),
        (Session::forward, 100),
        (Session::back, 100),
        (Session::forward, 50),
        (Session::back, 700),
        (Session::forward, 700),
        (Session::back, 300),
        (Session::forward, 10),
        (Session::back, 300),
    ];
    let (mut most, mut all, mut times) = (0, 0, 0);
    for (one_step, steps) in walks {
        for _ in 0..steps {
            assert!(one_step(&mut session));
            if session.memory.get().is_none() {
                let again = session.shape.path(session.memory_near(session.here).0, session.here).len();
                (most, all, times) = (again.max(most), all + again, times + 1);
            }
            session.watch();
            assert!(
                session.recent.borrow().len() <= recent::MOST && session.recent_worlds.borrow().len() <= recent::MOST
            );
        }
    }
    // What is known nearby saves nearly all of them; now and then a stretch is taken again as a whole.
    assert!(most <= 128, "{most}");
    assert!(all < 2 * times, "{all} of {times}");
}

#[test]
fn an_action_in_the_past_keeps_the_old_future() {
    let mut session = session();
    session.act(Action::Elect(LeaderId(0))).unwrap();
    let deliver = first_delivery(&session);
    session.act(deliver.clone()).unwrap();
    let delivered = session.world().clone();
    session.back();
    session.act(Action::Elect(LeaderId(1))).unwrap();
    let elected = session.world().clone();
    assert_eq!(session.fork().map(|(_, index, count)| (index, count)), Some((1, 2)));
    assert!(session.switch_branch());
    assert_eq!(session.world(), &delivered);
    assert!(session.switch_branch());
    assert_eq!(session.world(), &elected);
    session.back();
    session.act(deliver).unwrap();
    assert_eq!(session.futures().count(), 0);
    assert_eq!(session.world(), &delivered);
    assert_eq!(session.fork().map(|(_, index, count)| (index, count)), Some((0, 2)), "no second copy of a branch");
}

#[test]
fn a_refused_action_changes_nothing() {
    let mut session = session();
    let before = session.world().clone();
    assert!(session.act(Action::Heal).is_err());
    assert_eq!((session.world(), session.step()), (&before, 0));
}

/// The same tree, kept the plain way: everything of every moment, and nothing worked out.
#[derive(Default)]
struct Plain {
    parent: BTreeMap<NodeId, NodeId>,
    action: BTreeMap<NodeId, Action>,
    children: BTreeMap<NodeId, Vec<NodeId>>,
    ahead: BTreeMap<NodeId, NodeId>,
    all: Vec<NodeId>,
}

impl Plain {
    fn way_to(&self, node: NodeId) -> Vec<NodeId> {
        let mut way: Vec<_> = std::iter::successors(Some(node), |at| self.parent.get(at).copied()).collect();
        way.reverse();
        way
    }

    fn went(&mut self, to: NodeId) {
        for pair in self.way_to(to).windows(2) {
            self.ahead.insert(pair[0], pair[1]);
        }
    }

    fn children(&self, node: NodeId) -> &[NodeId] {
        self.children.get(&node).map_or(&[], Vec::as_slice)
    }

    fn acted(&mut self, from: NodeId, to: NodeId, action: &Action) {
        let known = self.action.entry(to).or_insert_with(|| action.clone());
        assert_eq!(known, action);
        if self.parent.insert(to, from).is_none() {
            self.children.entry(from).or_default().push(to);
            self.all.push(to);
        }
        self.went(to);
    }

    fn end_of(&self, node: NodeId) -> NodeId {
        std::iter::successors(Some(node), |at| self.ahead.get(at).copied()).last().unwrap()
    }

    fn check_place(&self, session: &Session) {
        let here = session.here();
        let way = self.way_to(here);
        assert_eq!(session.step() as usize, way.len() - 1);
        assert_eq!(session.futures().collect::<Vec<_>>(), self.children(here));
        assert_eq!(session.last_action(), self.action.get(&here));
        assert_eq!(session.next_action().as_ref(), self.ahead.get(&here).map(|next| &self.action[next]));
        assert_eq!(session.steps_ahead() as usize, self.way_to(self.end_of(here)).len() - way.len());
        let fork = way.iter().rev().find(|node| self.children(**node).len() > 1);
        assert_eq!(session.fork().map(|(node, ..)| node), fork.copied());
    }

    /// The state is that of a run from the beginning, step by step.
    fn check_state(&self, session: &Session) {
        let mut world = World::new(session.setup()).unwrap();
        let mut memory = Memory::new(&world);
        let mut broken = !memory.watch.violations().is_empty();
        let way = self.way_to(session.here());
        for node in &way[1..] {
            let before = world.clone();
            let events = world.apply(&self.action[node]).unwrap();
            memory.observe(&before, &world, &self.action[node], &events);
            broken = !memory.watch.violations().is_empty();
        }
        assert_eq!(session.world(), &world);
        assert_eq!(session.memory(), &memory);
        assert_eq!((session.violations(), session.is_broken(session.here())), (memory.watch.violations(), broken));
        let actions: Vec<_> = way[1..].iter().map(|node| self.action[node].clone()).collect();
        assert_eq!(session.actions(), actions);
        for node in way.iter().step_by(way.len() / 8 + 1) {
            assert!(session.is_after(*node));
        }
    }
}

/// Something at random: mostly on, sometimes elsewhere, and sometimes into a future that is there already.
fn wander(session: &mut Session, plain: &mut Plain, schedule: &mut Schedule, dice: &mut Dice) {
    let from = session.here();
    match dice.below(100) {
        0 => session.jump(*dice.pick(&plain.all).unwrap_or(&from)),
        1 => (0..dice.below(40)).for_each(|_| _ = session.back()),
        2 => (0..dice.below(40)).for_each(|_| _ = session.forward()),
        3 if dice.below(4) == 0 => session.to_start(),
        4 => {
            session.to_end();
            assert_eq!(session.here(), plain.end_of(from));
        }
        5 => _ = session.switch_branch(),
        6 => {
            if let Some(action) = dice.pick(plain.children(from)).map(|child| plain.action[child].clone()) {
                session.act(action.clone()).unwrap();
                plain.acted(from, session.here(), &action);
            }
        }
        _ => {
            let action = schedule.next(session.world()).unwrap();
            session.act(action.clone()).unwrap();
            plain.acted(from, session.here(), &action);
        }
    }
    if let Some((fork, ..)) = session.fork().filter(|_| session.here() == from) {
        // At a fork itself "or…" turns only what lies ahead.
        let ahead = session.shape.ahead(fork).unwrap();
        plain.ahead.insert(fork, ahead);
    }
    plain.went(session.here());
}

#[test]
fn in_a_tree_grown_at_random_every_moment_is_what_its_actions_make_it() {
    for seed in 0..6 {
        let broken = if seed % 2 == 0 { BTreeSet::new() } else { BTreeSet::from([Bug::AcceptLower]) };
        let mut session =
            Session::new(Setup { rules: Rules { broken, ..Rules::default() }, ..Setup::default() }).unwrap();
        // So few and so close that they are thinned again and again.
        session.worlds = Checkpoints::new(session.worlds.first().clone(), 2, 24);
        session.watches = Checkpoints::new(session.watches.first().clone(), 4, 6);
        let mut schedule = Schedule::new(seed, Fault::ALL).with_most_requests(8);
        let mut dice = Dice::new(seed);
        let mut plain = Plain { all: vec![session.here()], ..Plain::default() };
        for turn in 0..4_000 {
            wander(&mut session, &mut plain, &mut schedule, &mut dice);
            plain.check_place(&session);
            if turn % 200 == 0 {
                plain.check_state(&session);
            }
        }
        assert!(session.worlds.len() <= 24 && session.worlds.every() > 2, "they were thinned");
        assert!(session.watches.len() <= 6 && session.watches.every() > 4, "they were thinned");
        let others: usize = plain.children.values().map(|children| children.len() - 1).sum();
        assert!(others > 20, "there are branches: {others}");
        assert_eq!(plain.all.iter().any(|node| session.is_broken(*node)), seed % 2 == 1, "seed {seed}");
        assert_eq!((session.run_count(), session.runs().len()), (1 + others, 1 + others));
        for _ in 0..20 {
            let to = *dice.pick(&plain.all).unwrap();
            session.jump(to);
            plain.went(to);
            plain.check_place(&session);
            plain.check_state(&session);
        }
    }
}
