//! Watches one run for what is asked: for walks and for schedules that are tried again, which take the engine's own steps.

use crate::world::{Action, Envelope, Facts, Follow, History, Predicate, Refusal, Subject, Watch, World};

use super::allow::{Allow, Chance, Left};
use super::question::{Atoms, Goal};

/// What is remembered of a run so far, and what is asked of it.
#[derive(Clone, Debug)]
pub(super) struct Eye<'a> {
    goal: &'a Goal,
    follow: Option<Follow>,
    history: History,
    /// Only if the question is about invariants: to judge them takes longer than a step.
    watch: Option<Watch>,
}

impl<'a> Eye<'a> {
    /// At the beginning of a search; whether it is there already.
    pub(super) fn new(start: &World, watch: &Watch, goal: &'a Goal) -> (Self, bool) {
        let (kept, judges) = match goal {
            Goal::Find(predicate, _) => match Atoms::of(predicate) {
                Some(atoms) => (atoms.kept(), atoms.are_about(Subject::Verdict)),
                None => (crate::world::Kept::ALL, true),
            },
            Goal::Check(_) => (crate::world::Kept::default(), true),
        };
        let follow = match goal {
            Goal::Find(_, follow) => Some(follow.clone()),
            Goal::Check(_) => None,
        };
        let watch_if = judges.then(|| watch.clone());
        let mut eye = Self { goal, follow, history: watch.history().only(kept), watch: watch_if };
        let there = eye.sees(start);
        (eye, there)
    }

    /// Makes an action happen; whether that leads to what is asked for. A refused action changes nothing.
    pub(super) fn step(&mut self, world: &mut World, action: &Action) -> Result<bool, Refusal> {
        let before = self.watch.is_some().then(|| world.clone());
        let events = world.apply(action)?;
        match (&mut self.watch, before) {
            (Some(watch), Some(before)) => watch.observe(&before, world, &events),
            _ => self.history.fold(&events),
        }
        Ok(self.sees(world))
    }

    fn sees(&mut self, world: &World) -> bool {
        match (self.goal, &mut self.follow) {
            (Goal::Find(predicate, _), Some(follow)) => {
                let watch = self.watch.as_ref();
                let history = watch.map_or(&self.history, Watch::history);
                follow.observe_in(predicate, &Now { world, history, watch })
            }
            (Goal::Check(invariants), _) => self
                .watch
                .as_ref()
                .is_some_and(|watch| watch.violations().iter().any(|one| invariants.contains(&one.invariant))),
            (Goal::Find(..), None) => false,
        }
    }
}

/// One state with what is remembered of the run.
struct Now<'a> {
    world: &'a World,
    history: &'a History,
    watch: Option<&'a Watch>,
}

impl Facts for Now<'_> {
    fn hold(&self, atom: &Predicate) -> bool {
        match atom.subject() {
            Subject::Process => self.world.locals().any(|(process, local)| atom.holds_at(process, local)),
            Subject::Message => self.world.network().distinct().any(|(envelope, _)| atom.holds_of(envelope)),
            Subject::History => atom.holds_in(self.history),
            Subject::Verdict => {
                self.watch.is_some_and(|watch| watch.violations().iter().any(|one| atom.holds_for(one.invariant)))
            }
            Subject::Parts => false,
        }
    }
}

/// What may still happen besides deliveries, counted down along one run: the same rules as a search has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    left: Left,
    /// Whether a process that is down may come back.
    may_restart: bool,
}

impl Budget {
    pub(super) fn new(allow: Allow) -> Self {
        let left = Left(allow.times());
        Self { left, may_restart: left.has(Chance::Crash) || left.has(Chance::Restart) }
    }

    /// Whether only deliveries may happen from here on.
    pub(super) fn is_spent(self) -> bool {
        self.left.is_empty() && !self.may_restart
    }

    /// Pays for an action that is about to happen in this world; false if it may not.
    pub(super) fn pay(&mut self, action: &Action, world: &World) -> bool {
        let chance = match action {
            Action::Deliver(_) => return true,
            Action::Restart(process) if !world.is_up(*process) => return self.may_restart,
            Action::Request(client, op) => {
                let next = world.next_of_workload();
                if next.is_none_or(|next| (next.client, &next.op) != (*client, op)) {
                    return false;
                }
                Chance::Request
            }
            Action::Drop(_) => Chance::Drop,
            Action::Duplicate(_) => Chance::Duplicate,
            Action::Crash(_) => Chance::Crash,
            Action::Restart(_) => Chance::Restart,
            Action::Elect(_) => Chance::Elect,
            Action::Resend(_) => Chance::Resend,
            Action::Timeout(_) => Chance::Timeout,
            Action::RequestAgain(..) | Action::Partition(_) | Action::Heal | Action::Ping(_) | Action::Rule(_) => {
                return false;
            }
        };
        let can = self.left.has(chance);
        if can {
            self.left = self.left.without(chance);
        }
        can
    }

    /// What may happen in a world besides deliveries.
    pub(super) fn others(self, world: &World) -> Vec<Action> {
        let restarts = world.cluster().processes().filter(|process| world.is_up(*process)).map(Action::Restart);
        let all = world.enabled().into_iter().chain(restarts);
        let may = |action: &Action| !matches!(action, Action::Deliver(_)) && { self }.pay(action, world);
        all.filter(may).collect()
    }
}

/// The messages that can be delivered now.
pub(super) fn deliverable(world: &World) -> impl Iterator<Item = &Envelope> {
    world.network().distinct().map(|(envelope, _)| envelope).filter(|envelope| world.can_deliver(envelope).is_ok())
}
