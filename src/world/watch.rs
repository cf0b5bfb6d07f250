//! The invariants, watched step by step: only what a step touched is judged again, so that a step costs the same however
//! long the run is. [`Watch::judge_all`] judges everything and must always say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::pmmc::{AcceptorId, Ballot, CommandId, Message, PValue, ProcessId, Reason, ReplicaId, Slot};

use super::judge::{Judge, Scope, covers, invariants_of, judge_step};
use super::ledger::Ledger;
use super::{Envelope, Event, History, Invariant, Violation, World, WorldRule};

/// The history of a run, and which invariants do not hold now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Watch {
    history: History,
    /// About this state.
    broken: BTreeMap<(Invariant, Scope), String>,
    /// About the last step.
    broken_by_step: Vec<(Invariant, String)>,
    /// Those of them that began with the last step.
    fresh: BTreeSet<(Invariant, Scope)>,
    /// What each replica performed.
    performed: Vec<Ledger<CommandId, ()>>,
}

impl Watch {
    /// Before the first step. Leaders may run for office already, so something may not hold already.
    pub fn new(world: &World) -> Self {
        let mut history = History::new(world.cluster());
        history.begin(world);
        let performed = vec![Ledger::default(); usize::from(world.cluster().replicas)];
        let broken = Judge { world, history: &history }.judge_all();
        let fresh = broken.keys().copied().collect();
        Self { history, broken, broken_by_step: Vec::new(), fresh, performed }
    }

    /// What was ever voted and decided.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Takes in a step.
    pub fn observe(&mut self, before: &World, after: &World, events: &[Event]) {
        self.history.fold(events);
        self.history.reduced |= after.context().rules.state_reduction;
        self.broken_by_step = judge_step(before, after, events);
        let mut doubtful = self.touched(before, after, events);
        doubtful.extend(self.broken.keys().copied());
        self.fresh.clear();
        for place in doubtful {
            let (invariant, scope) = place;
            match (Judge { world: after, history: &self.history }).judge(invariant, scope) {
                Some(why) => {
                    if self.broken.insert(place, why).is_none() {
                        self.fresh.insert(place);
                    }
                }
                None => {
                    self.broken.remove(&place);
                }
            }
        }
    }

    /// The invariants that the last step broke, in the fixed order, each with the first place where it did: not those that
    /// were broken there before.
    pub fn broken_by_step(&self) -> Vec<Violation> {
        let of_state = self.fresh.iter().filter_map(|place| Some((place.0, self.broken.get(place)?)));
        in_order(self.broken_by_step.iter().map(|(invariant, why)| (*invariant, why)).chain(of_state))
    }

    /// The invariants that do not hold in this state or were broken by the last step, in the fixed order, each with the
    /// first place where it fails.
    pub fn violations(&self) -> Vec<Violation> {
        let of_state = self.broken.iter().map(|((invariant, _), why)| (*invariant, why));
        let of_step = self.broken_by_step.iter().map(|(invariant, why)| (*invariant, why));
        in_order(of_step.chain(of_state))
    }

    /// Every invariant about states, judged anew on everything: slow, and the measure of what [`Self::observe`] keeps.
    pub fn judge_all(&self, world: &World) -> Vec<Violation> {
        let all = Judge { world, history: &self.history }.judge_all();
        let violation = |((invariant, _), why)| Violation { invariant, why };
        let mut violations: Vec<_> = all.into_iter().map(violation).collect();
        violations.dedup_by_key(|violation| violation.invariant);
        violations
    }

    /// What this step may have broken: everything else is as it was.
    fn touched(&mut self, before: &World, after: &World, events: &[Event]) -> BTreeSet<(Invariant, Scope)> {
        let mut doubtful = BTreeSet::new();
        let mut actors = BTreeSet::new();
        for event in events {
            match event {
                Event::Executed { process, reason } => {
                    actors.insert(*process);
                    self.touched_by_reason(after, reason, &mut doubtful);
                }
                Event::World(WorldRule::Crash(process) | WorldRule::Restart(process)) => {
                    self.forgotten(before, after, *process, &mut doubtful);
                }
                Event::World(_) | Event::Written { .. } => {}
                Event::Sent(envelope) => self.touched_by_message(after, envelope, &mut doubtful),
            }
        }
        for actor in actors {
            self.touched_by_actor(before, after, actor, events, &mut doubtful);
        }
        doubtful
    }

    fn touched_by_reason(&self, after: &World, reason: &Reason, doubtful: &mut BTreeSet<(Invariant, Scope)>) {
        match *reason {
            Reason::P2aAccept { pvalue, .. } => self.doubt_vote(after, &pvalue, doubtful),
            Reason::SpawnCommander { pvalue } => self.doubt_commander(after, &pvalue, doubtful),
            Reason::DecisionNew { slot, .. } => {
                doubtful.insert((Invariant::R1, Scope::Slot(slot)));
            }
            _ => {}
        }
    }

    /// A vote can only break what another command in its slot makes breakable.
    fn doubt_vote(&self, after: &World, vote: &PValue, doubtful: &mut BTreeSet<(Invariant, Scope)>) {
        let chosen_under = self.history.chosen(vote.slot).find(|(command, _)| *command == vote.command);
        for (rival, traces) in self.history.rivals_of(vote) {
            let same_ballot = self.history.voters(&PValue { command: rival, ..*vote }).count() > 0;
            let after_rival = traces.chosen.is_some_and(|ballot| ballot < vote.ballot);
            let above = |rivals: Option<Ballot>| chosen_under.is_some_and(|(_, ballot)| rivals > Some(ballot));
            let commanded = traces.commanded;
            let still_open = commanded > Some(vote.ballot);
            let doubts = [
                (Invariant::A4, same_ballot),
                (Invariant::A5, after_rival || above(traces.voted)),
                (Invariant::C2, above(commanded)),
                (Invariant::D2, chosen_under.is_some() && traces.chosen.is_some()),
                (Invariant::D9, still_open && (Judge { world: after, history: &self.history }).could_be_chosen(vote)),
            ];
            let scope = Scope::Slot(vote.slot);
            doubtful.extend(doubts.into_iter().filter(|(_, doubt)| *doubt).map(|(invariant, _)| (invariant, scope)));
        }
    }

    /// The same for a commander.
    fn doubt_commander(&self, after: &World, started: &PValue, doubtful: &mut BTreeSet<(Invariant, Scope)>) {
        let scope = Scope::Slot(started.slot);
        if self.history.commanders(started) > 1 {
            doubtful.insert((Invariant::C1, scope));
        }
        let judge = Judge { world: after, history: &self.history };
        for (command, traces) in self.history.rivals_of(started) {
            let rival = PValue { command, ..*started };
            let could = |lower: &PValue| lower.ballot < rival.ballot && judge.could_be_chosen(lower);
            let doubts = [
                (Invariant::C1, self.history.commanders(&rival) > 0),
                (Invariant::C2, traces.chosen.is_some_and(|ballot| ballot < started.ballot)),
                // It may also be the lower one of the two: a rival's commander was started before.
                (
                    Invariant::D9,
                    traces.commanded > Some(started.ballot) && judge.could_be_chosen(started)
                        || self.history.commanded(&rival).rev().any(could),
                ),
            ];
            doubtful.extend(doubts.into_iter().filter(|(_, doubt)| *doubt).map(|(invariant, _)| (invariant, scope)));
        }
    }

    fn touched_by_message(&self, after: &World, envelope: &Envelope, doubtful: &mut BTreeSet<(Invariant, Scope)>) {
        match (&envelope.message, envelope.from) {
            (Message::Decision { slot, .. }, _) => {
                doubtful.extend(
                    [Invariant::D1, Invariant::D2, Invariant::D3].map(|invariant| (invariant, Scope::Slot(*slot))),
                );
            }
            (Message::P1b { accepted, .. }, ProcessId::Acceptor(id)) => {
                // It told all that it has; whether that is all that it should have is A3.
                let all = after.acceptor(id).is_some_and(|node| Arc::ptr_eq(&node.state.accepted, accepted));
                if !all || self.broken.contains_key(&(Invariant::A3, Scope::Acceptor(id))) {
                    doubtful.insert((Invariant::D4, Scope::Acceptor(id)));
                }
            }
            (Message::P2b { .. }, ProcessId::Acceptor(id)) => {
                doubtful.insert((Invariant::D5, Scope::Acceptor(id)));
            }
            _ => {}
        }
    }

    fn touched_by_actor(
        &mut self,
        before: &World,
        after: &World,
        actor: ProcessId,
        events: &[Event],
        doubtful: &mut BTreeSet<(Invariant, Scope)>,
    ) {
        match actor {
            ProcessId::Leader(id) => {
                let scope = Scope::Leader(id);
                doubtful.extend(invariants_of(scope).iter().map(|invariant| (*invariant, scope)));
            }
            ProcessId::Acceptor(id) => self.touched_by_acceptor(before, after, id, events, doubtful),
            ProcessId::Replica(id) => self.touched_by_replica(before, after, id, doubtful),
            ProcessId::Client(_) => {}
        }
    }

    fn touched_by_acceptor(
        &self,
        before: &World,
        after: &World,
        id: AcceptorId,
        events: &[Event],
        doubtful: &mut BTreeSet<(Invariant, Scope)>,
    ) {
        let (Some(old), Some(new)) = (before.acceptor(id), after.acceptor(id)) else { return };
        if old.state.ballot_num != new.state.ballot_num {
            doubtful.extend(after.cluster().leaders().map(|leader| (Invariant::D6, Scope::Leader(leader))));
        }
        if new.state.ballot_num < old.state.ballot_num {
            self.doubt_promises(id, doubtful);
        }
        for event in events {
            if let Event::Executed { reason: Reason::P2aAccept { pvalue, .. }, .. } = event {
                self.touched_by_vote(after, id, pvalue, doubtful);
            }
        }
    }

    fn touched_by_vote(
        &self,
        after: &World,
        id: AcceptorId,
        vote: &PValue,
        doubtful: &mut BTreeSet<(Invariant, Scope)>,
    ) {
        let Some(node) = after.acceptor(id) else { return };
        // Every vote was added, so as many as there were votes means that none is missing; but where one pvalue a slot is
        // kept, it may be the wrong one.
        let accepted = &node.state.accepted;
        let missing = !accepted.contains(vote) || accepted.len() != self.history.votes_to_keep(id);
        if missing || self.history.reduced && self.history.voted_otherwise(id, vote) {
            doubtful.insert((Invariant::A3, Scope::Acceptor(id)));
        }
        let hides = |message: &Message| match message {
            Message::P1b { ballot_num, accepted, .. } => Some(vote.ballot) < *ballot_num && !covers(accepted, vote),
            _ => false,
        };
        if after.network().sent_by(id.into()).any(|(envelope, _)| hides(&envelope.message)) {
            doubtful.insert((Invariant::D4, Scope::Acceptor(id)));
        }
    }

    fn touched_by_replica(
        &mut self,
        before: &World,
        after: &World,
        id: ReplicaId,
        doubtful: &mut BTreeSet<(Invariant, Scope)>,
    ) {
        let (Some(old), Some(new)) = (before.replica(id), after.replica(id)) else { return };
        let (old, new) = (&old.state, &new.state);
        let Some(performed) = self.performed.get_mut(usize::from(id)) else { return };
        let mut expected = old.app.clone();
        let mut length = old.log.len();
        for slot in (old.slot_out.0..new.slot_out.0).map(Slot) {
            let Some(&command) = new.decisions.get(&slot) else {
                doubtful.insert((Invariant::R2, Scope::Replica(id)));
                continue;
            };
            if !performed.has(&command) {
                performed.change(command, || (), |()| {});
                length += 1;
                if let Some(known) = after.context().command(command) {
                    known.op.perform(&mut expected);
                }
            }
        }
        if new.app != expected || new.log.len() != length {
            doubtful.insert((Invariant::R3, Scope::Replica(id)));
        }
    }

    /// After a crash everything that the process knew, or promised, is in doubt if any of it is gone.
    fn forgotten(
        &mut self,
        before: &World,
        after: &World,
        process: ProcessId,
        doubtful: &mut BTreeSet<(Invariant, Scope)>,
    ) {
        match process {
            ProcessId::Client(_) => {}
            ProcessId::Leader(id) => {
                let scope = Scope::Leader(id);
                doubtful.extend(invariants_of(scope).iter().map(|invariant| (*invariant, scope)));
            }
            ProcessId::Acceptor(id) => {
                let (Some(old), Some(new)) = (before.acceptor(id), after.acceptor(id)) else { return };
                if old.state != new.state {
                    self.doubt_promises(id, doubtful);
                    doubtful.insert((Invariant::A3, Scope::Acceptor(id)));
                    doubtful.extend(after.cluster().leaders().map(|leader| (Invariant::D6, Scope::Leader(leader))));
                }
            }
            ProcessId::Replica(id) => {
                let (Some(old), Some(new)) = (before.replica(id), after.replica(id)) else { return };
                let (old, new) = (&old.state, &new.state);
                let kept = old.decisions == new.decisions && old.app == new.app && old.slot_out == new.slot_out;
                if !kept {
                    if let Some(performed) = self.performed.get_mut(usize::from(id)) {
                        performed.clear();
                        for (_, command) in new.decisions.range(..new.slot_out) {
                            performed.change(*command, || (), |()| {});
                        }
                    }
                    let scope = Scope::Replica(id);
                    doubtful.extend(invariants_of(scope).iter().map(|invariant| (*invariant, scope)));
                }
            }
        }
    }

    /// An acceptor went back: what it promised, and what can still be chosen, is in doubt.
    fn doubt_promises(&self, id: AcceptorId, doubtful: &mut BTreeSet<(Invariant, Scope)>) {
        doubtful.insert((Invariant::D4, Scope::Acceptor(id)));
        for slot in self.history.contested() {
            doubtful.insert((Invariant::D9, Scope::Slot(slot)));
        }
    }
}

/// Each invariant once, with what is said of it first.
fn in_order<'a>(told: impl Iterator<Item = (Invariant, &'a String)>) -> Vec<Violation> {
    let mut all: BTreeMap<Invariant, &String> = BTreeMap::new();
    for (invariant, why) in told {
        all.entry(invariant).or_insert(why);
    }
    all.into_iter().map(|(invariant, why)| Violation { invariant, why: why.clone() }).collect()
}
