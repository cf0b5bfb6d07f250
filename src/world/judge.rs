//! The invariants as predicates, each over as little as it needs: a replica, a leader, an acceptor or a slot in a state,
//! or a step. The sentence says where it does not hold.

use std::collections::{BTreeMap, BTreeSet};

use crate::pmmc::{AcceptorId, Context, LeaderId, Message, PValue, ProcessId, Reason, ReplicaId, Slot, State};

use super::history::whole;
use super::text::{Notation, ballot_num, pvalue};
use super::{Event, History, Invariant, LocalRef, World};

/// What an invariant about states is judged on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Scope {
    Replica(ReplicaId),
    Leader(LeaderId),
    Acceptor(AcceptorId),
    Slot(Slot),
}

/// A state: the world, and what was ever voted and decided.
#[derive(Clone, Copy)]
pub(super) struct Judge<'a> {
    pub(super) world: &'a World,
    pub(super) history: &'a History,
}

/// The invariants about states that are judged on each kind of scope.
pub(super) const fn invariants_of(scope: Scope) -> &'static [Invariant] {
    match scope {
        Scope::Replica(_) => &[Invariant::R2, Invariant::R3],
        Scope::Leader(_) => &[Invariant::D6, Invariant::D7, Invariant::D8],
        Scope::Acceptor(_) => &[Invariant::A3, Invariant::D4, Invariant::D5],
        Scope::Slot(_) => &[
            Invariant::R1,
            Invariant::A4,
            Invariant::A5,
            Invariant::C1,
            Invariant::C2,
            Invariant::D1,
            Invariant::D2,
            Invariant::D3,
            Invariant::D9,
        ],
    }
}

impl Judge<'_> {
    /// Where the invariant does not hold in this scope; `None` if it holds.
    pub(super) fn judge(&self, invariant: Invariant, scope: Scope) -> Option<String> {
        match (invariant, scope) {
            (Invariant::R2, Scope::Replica(id)) => self.r2(id),
            (Invariant::R3, Scope::Replica(id)) => self.r3(id),
            (Invariant::D6, Scope::Leader(id)) => self.d6(id),
            (Invariant::D7, Scope::Leader(id)) => self.d7(id),
            (Invariant::D8, Scope::Leader(id)) => self.d8(id),
            (Invariant::A3, Scope::Acceptor(id)) => self.a3(id),
            (Invariant::D4, Scope::Acceptor(id)) => self.d4(id),
            (Invariant::D5, Scope::Acceptor(id)) => self.d5(id),
            (Invariant::R1, Scope::Slot(slot)) => self.r1(slot),
            (Invariant::A4, Scope::Slot(slot)) => self.a4(slot),
            (Invariant::A5, Scope::Slot(slot)) => self.a5(slot),
            (Invariant::C1, Scope::Slot(slot)) => self.c1(slot),
            (Invariant::C2, Scope::Slot(slot)) => self.c2(slot),
            (Invariant::D1, Scope::Slot(slot)) => self.d1(slot),
            (Invariant::D2, Scope::Slot(slot)) => self.d2(slot),
            (Invariant::D3, Scope::Slot(slot)) => self.d3(slot),
            (Invariant::D9, Scope::Slot(slot)) => self.d9(slot),
            // R4, R5, A1 and A2 are about steps.
            _ => None,
        }
    }

    /// Whatever does not hold, and where.
    pub(super) fn judge_all(&self) -> BTreeMap<(Invariant, Scope), String> {
        let mut all = BTreeMap::new();
        for scope in self.scopes() {
            for &invariant in invariants_of(scope) {
                if let Some(why) = self.judge(invariant, scope) {
                    all.insert((invariant, scope), why);
                }
            }
        }
        all
    }

    /// Every scope of this state.
    fn scopes(&self) -> Vec<Scope> {
        let cluster = self.world.cluster();
        let replicas = cluster.replicas().map(Scope::Replica);
        let leaders = cluster.leaders().map(Scope::Leader);
        let acceptors = cluster.acceptors().map(Scope::Acceptor);
        let learned = self.world.replicas().iter().flat_map(|node| node.state.decisions.keys().copied());
        let slots: BTreeSet<_> = self.history.slots().chain(learned).collect();
        replicas.chain(leaders).chain(acceptors).chain(slots.into_iter().map(Scope::Slot)).collect()
    }

    fn r1(&self, slot: Slot) -> Option<String> {
        let mut known = self.world.replicas().iter().filter_map(|node| {
            let decided = node.state.decisions.get(&slot)?;
            Some((node.state.id, *decided))
        });
        let (first, command) = known.next()?;
        let (other, different) = known.find(|(_, decided)| *decided != command)?;
        Some(format!("slot {slot} is {command} at {first} but {different} at {other}"))
    }

    fn r2(&self, id: ReplicaId) -> Option<String> {
        let replica = &self.world.replica(id)?.state;
        let first = self.world.context().rules.first_slot;
        let gap = (first.0..replica.slot_out.0).map(Slot).find(|slot| !replica.decisions.contains_key(slot))?;
        Some(format!("{id} has slot_out {} but does not know the decision of slot {gap}", replica.slot_out))
    }

    fn r3(&self, id: ReplicaId) -> Option<String> {
        let replica = &self.world.replica(id)?.state;
        let mut expected = State::new();
        let mut log = Vec::new();
        let mut performed = BTreeSet::new();
        for (_, &command) in replica.decisions.range(..replica.slot_out) {
            if performed.insert(command) {
                log.push(command);
                if let Some(known) = self.world.context().command(command) {
                    known.op.perform(&mut expected);
                }
            }
        }
        if replica.app == expected && replica.log == log {
            return None;
        }
        let names =
            |list: &[crate::pmmc::CommandId]| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        Some(format!("{id} performed [{}] instead of [{}]", names(&replica.log), names(&log)))
    }

    /// With state reduction a vote may give way to one of a later ballot for the same slot.
    fn a3(&self, id: AcceptorId) -> Option<String> {
        let accepted = &self.world.acceptor(id)?.state.accepted;
        let reduced = self.history.reduced;
        let kept = |vote: &PValue| {
            accepted.contains(vote)
                || reduced && accepted.iter().any(|other| other.slot == vote.slot && other.ballot > vote.ballot)
        };
        let (lost, _) = self.history.votes().filter(|(_, voters)| voters.has(id)).find(|(vote, _)| !kept(vote))?;
        Some(format!("{id} accepted {} and no longer has it", pvalue(Notation::Files, lost)))
    }

    fn a4(&self, slot: Slot) -> Option<String> {
        let votes: Vec<_> = self.history.votes_for(slot).map(|(vote, _)| vote).collect();
        let two = votes.windows(2).find(|two| two[0].ballot == two[1].ballot)?;
        let PValue { ballot, command, .. } = two[0];
        Some(format!("under ballot {ballot} both {command} and {} were accepted for slot {slot}", two[1].command))
    }

    fn a5(&self, slot: Slot) -> Option<String> {
        self.history.chosen(slot).find_map(|(command, ballot)| {
            let other = |vote: &PValue| vote.ballot > ballot && vote.command != command;
            let (vote, voters) = self.history.votes_for(slot).find(|(vote, _)| other(vote))?;
            let who: Vec<_> = voters.iter().map(|acceptor| acceptor.to_string()).collect();
            Some(format!(
                "{command} was chosen for slot {slot} under {ballot}, but {} accepted {} under {}",
                who.join(" and "),
                vote.command,
                vote.ballot
            ))
        })
    }

    fn c1(&self, slot: Slot) -> Option<String> {
        let all: Vec<_> = self.history.commanders_for(slot).collect();
        if let Some((twice, _)) = all.iter().find(|(_, count)| *count > 1) {
            return Some(format!("two commanders were started for {}", pvalue(Notation::Files, twice)));
        }
        let two = all.windows(2).find(|two| two[0].0.ballot == two[1].0.ballot)?;
        let (one, other) = (two[0].0, two[1].0);
        Some(format!(
            "under ballot {} commanders were started for both {} and {} in slot {slot}",
            one.ballot, one.command, other.command
        ))
    }

    fn c2(&self, slot: Slot) -> Option<String> {
        self.history.chosen(slot).find_map(|(command, ballot)| {
            let other = |started: &PValue| started.ballot > ballot && started.command != command;
            let (started, _) = self.history.commanders_for(slot).find(|(started, _)| other(started))?;
            let PValue { ballot: higher, command: different, .. } = started;
            Some(format!(
                "{command} was chosen for slot {slot} under {ballot}, but a commander of {higher} carries {different}"
            ))
        })
    }

    fn d1(&self, slot: Slot) -> Option<String> {
        let chosen = |command| self.history.chosen(slot).any(|(known, _)| known == command);
        let command = self.history.decided(slot).find(|command| !chosen(*command))?;
        Some(format!("\"Op{slot} is {command}\" was said, but no majority accepted {command} under one ballot"))
    }

    fn d2(&self, slot: Slot) -> Option<String> {
        let chosen: Vec<_> = self.history.chosen(slot).collect();
        if let [(one, under), (other, under_other), ..] = chosen[..] {
            return Some(format!(
                "slot {slot}: a majority accepted {one} under {under}, and a majority {other} under {under_other}"
            ));
        }
        let decided: Vec<_> = self.history.decided(slot).map(|command| command.to_string()).collect();
        (decided.len() > 1).then(|| format!("slot {slot} was said to be {}", decided.join(" and to be ")))
    }

    fn d3(&self, slot: Slot) -> Option<String> {
        let asked = |command: &_| self.world.context().command(*command).is_some();
        let command = self.history.decided(slot).find(|command| !asked(command))?;
        Some(format!("slot {slot} was decided as {command}, which nobody asked for"))
    }

    fn d4(&self, id: AcceptorId) -> Option<String> {
        let current = self.world.acceptor(id)?.state.ballot_num;
        self.world.network().sent_by(id.into()).find_map(|(envelope, _)| {
            let Message::P1b { ballot_num: promised, accepted: told, .. } = &envelope.message else { return None };
            let answer = format!("{id} answered with ballot_num {}", ballot_num(*promised));
            if *promised > current {
                return Some(format!("{answer}, but its ballot_num is {} now", ballot_num(current)));
            }
            if let Some(never) = told.iter().find(|one| !self.history.voters(one).has(id)) {
                return Some(format!("{answer} and {}, which it never accepted", pvalue(Notation::Files, never)));
            }
            let own = self.history.votes().filter(|(_, voters)| voters.has(id)).map(|(vote, _)| vote);
            let hidden = own.filter(|vote| Some(vote.ballot) < *promised).find(|vote| !covers(told, vote))?;
            Some(format!("{answer}, and did not tell of its vote for {}", pvalue(Notation::Files, hidden)))
        })
    }

    fn d5(&self, id: AcceptorId) -> Option<String> {
        self.world.network().sent_by(id.into()).find_map(|(envelope, _)| {
            let Message::P2b { ballot_num: promised, to } = &envelope.message else { return None };
            let claims = *promised == Some(to.ballot) && !self.history.voters(to).has(id);
            claims.then(|| format!("{id} says it accepted {}, but never did", pvalue(Notation::Files, to)))
        })
    }

    fn d6(&self, id: LeaderId) -> Option<String> {
        let leader = &self.world.leader(id)?.state;
        if !leader.active {
            return None;
        }
        let adopted = |ballot| ballot >= Some(leader.ballot_num);
        let count = self.world.acceptors().iter().filter(|node| adopted(node.state.ballot_num)).count();
        let majority = self.world.cluster().majority();
        (count < majority).then(|| {
            let ballot = leader.ballot_num;
            format!("{id} is active with {ballot}, but {count} acceptors have it or a higher one, not {majority}")
        })
    }

    fn d7(&self, id: LeaderId) -> Option<String> {
        let ballot = self.world.leader(id)?.state.ballot_num;
        if ballot.leader != id {
            return Some(format!("{id} runs with ballot {ballot}, which belongs to {}", ballot.leader));
        }
        let scouts = self.history.scouts(ballot);
        (scouts > 1).then(|| format!("{id} started {scouts} scouts with the same ballot {ballot}"))
    }

    fn d8(&self, id: LeaderId) -> Option<String> {
        let leader = &self.world.leader(id)?.state;
        let commanders = leader.commanders.keys().map(|pvalue| pvalue.ballot);
        let ahead = leader.scouts.keys().copied().chain(commanders).find(|ballot| *ballot > leader.ballot_num)?;
        Some(format!("{id} has ballot_num {} but a scout or commander of {ahead}", leader.ballot_num))
    }

    /// Whether a majority voted for this pvalue or still could.
    pub(super) fn could_be_chosen(&self, pvalue: &PValue) -> bool {
        let voters = self.history.voters(pvalue);
        let cluster = self.world.cluster();
        let could =
            |id: AcceptorId| self.world.acceptor(id).is_some_and(|node| node.state.ballot_num <= Some(pvalue.ballot));
        cluster.acceptors().filter(|id| voters.has(*id) || could(*id)).count() >= cluster.majority()
    }

    fn d9(&self, slot: Slot) -> Option<String> {
        let started: Vec<_> = self.history.commanders_for(slot).map(|(pvalue, _)| *pvalue).collect();
        let contradicted = |lower: &PValue| {
            started.iter().find(|higher| higher.ballot > lower.ballot && higher.command != lower.command)
        };
        started.iter().find_map(|lower| {
            let higher = contradicted(lower)?;
            self.could_be_chosen(lower).then(|| {
                let (one, other) = (pvalue(Notation::Files, higher), pvalue(Notation::Files, lower));
                format!("a commander of {one} was started while {other} was or could still be chosen")
            })
        })
    }
}

/// Whether the pvalues of an answer cover a vote: by itself, or by one of a higher ballot for the same slot.
pub(super) fn covers(told: &BTreeSet<PValue>, vote: &PValue) -> bool {
    // Sorted by slot, then ballot: the last of the slot has its highest ballot.
    told.contains(vote) || told.range(whole(vote.slot)).next_back().is_some_and(|one| one.ballot >= vote.ballot)
}

/// Whether an invariant about states fails: at this process, or anywhere.
pub(crate) fn fails(world: &World, history: &History, invariant: Invariant, at: Option<ProcessId>) -> bool {
    let judge = Judge { world, history };
    let scopes = match at {
        Some(ProcessId::Replica(id)) => vec![Scope::Replica(id)],
        Some(ProcessId::Leader(id)) => vec![Scope::Leader(id)],
        Some(ProcessId::Acceptor(id)) => vec![Scope::Acceptor(id)],
        Some(ProcessId::Client(_)) => Vec::new(),
        None => judge.scopes(),
    };
    scopes.into_iter().any(|scope| judge.judge(invariant, scope).is_some())
}

/// The invariants about steps that this one broke.
pub(super) fn judge_step(before: &World, after: &World, events: &[Event]) -> Vec<(Invariant, String)> {
    let pairs = before.locals().zip(after.locals());
    let mut broken: Vec<_> =
        pairs.flat_map(|((_, old), (process, new))| judge_change(after.context(), process, old, new)).collect();
    let of_event = |event: &Event| {
        let Event::Executed { process, reason } = event else { return None };
        judge_reason(after.context(), *process, after.local(*process)?, reason)
    };
    broken.extend(events.iter().filter_map(of_event));
    broken
}

/// What about a step is broken by how one process changed.
pub(crate) fn judge_change(
    ctx: &Context,
    process: ProcessId,
    old: LocalRef<'_>,
    new: LocalRef<'_>,
) -> Vec<(Invariant, String)> {
    let mut broken = Vec::new();
    match (old, new) {
        (LocalRef::Replica(old), LocalRef::Replica(new)) => {
            let (old, new) = (&old.state, &new.state);
            if new.slot_out < old.slot_out {
                let why = format!("{process}'s slot_out went from {} to {}", old.slot_out, new.slot_out);
                broken.push((Invariant::R4, why));
            }
            let window = ctx.rules.window;
            if new.slot_in > old.slot_in && new.slot_in.0 > new.slot_out.0.saturating_add(window) {
                let (slot_in, slot_out) = (new.slot_in, new.slot_out);
                let why = format!("{process} has slot_in {slot_in} with slot_out {slot_out}, window {window}");
                broken.push((Invariant::R5, why));
            }
        }
        (LocalRef::Acceptor(old), LocalRef::Acceptor(new)) if new.state.ballot_num < old.state.ballot_num => {
            let (old, new) = (ballot_num(old.state.ballot_num), ballot_num(new.state.ballot_num));
            broken.push((Invariant::A1, format!("{process}'s ballot_num went from {old} to {new}")));
        }
        (LocalRef::Leader(old), LocalRef::Leader(new)) if new.state.ballot_num < old.state.ballot_num => {
            let (old, new) = (old.state.ballot_num, new.state.ballot_num);
            broken.push((Invariant::D7, format!("{process}'s ballot_num went from {old} to {new}")));
        }
        _ => {}
    }
    broken
}

/// What about a step is broken by a rule that its process executed. R5: a proposal, when it is first sent, is for a slot
/// within the window. A2: what an acceptor accepts has the ballot that it then has.
pub(crate) fn judge_reason(
    ctx: &Context,
    process: ProcessId,
    after: LocalRef<'_>,
    reason: &Reason,
) -> Option<(Invariant, String)> {
    match (after, reason) {
        (LocalRef::Replica(node), Reason::ReplicaPropose { slot, .. }) => {
            let (slot_out, window) = (node.state.slot_out, ctx.rules.window);
            let why = || format!("{process} proposes for slot {slot} with slot_out {slot_out}, window {window}");
            (slot.0 >= slot_out.0.saturating_add(window)).then(|| (Invariant::R5, why()))
        }
        (LocalRef::Acceptor(node), Reason::P2aAccept { pvalue: vote, .. }) => {
            let current = node.state.ballot_num;
            let what = || pvalue(Notation::Files, vote);
            (current != Some(vote.ballot)).then(|| {
                (Invariant::A2, format!("{process} accepted {} with ballot_num {}", what(), ballot_num(current)))
            })
        }
        _ => None,
    }
}
