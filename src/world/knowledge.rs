//! Truth and knowledge: what is chosen in a slot, and who knows it. A command is chosen when a majority has accepted it;
//! nobody needs to know that yet.

use crate::pmmc::{Ballot, CommandId, Leader, LeaderId, PValue, Replica, Slot};

use super::{History, Voters, World};

/// What is true and what is known of a slot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Knowledge {
    /// Which slot.
    pub slot: Slot,
    /// What is chosen: the command, the lowest ballot, who voted under it. More than one only if an invariant is broken.
    pub chosen: Vec<(CommandId, Ballot, Voters)>,
    /// By leader.
    pub leaders: Vec<LeaderKnows>,
    /// By replica.
    pub replicas: Vec<ReplicaKnows>,
}

/// What a leader knows of a slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LeaderKnows {
    /// It has no proposal there.
    Nothing,
    /// It has a proposal, and no commander at work.
    Wants(CommandId),
    /// Its commander has counted so many votes.
    Counts(CommandId, usize),
    /// Its commander found a majority and told every replica.
    Told(CommandId),
}

/// What a replica knows of a slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReplicaKnows {
    /// Nothing.
    Nothing,
    /// It proposed this command there.
    Proposed(CommandId),
    /// It learned the decision.
    Learned(CommandId),
    /// It learned it and is past the slot.
    Performed(CommandId),
}

/// What is true and known of this slot.
pub fn knowledge(world: &World, history: &History, slot: Slot) -> Knowledge {
    let voters =
        |(command, ballot): (CommandId, Ballot)| (command, ballot, history.voters(&PValue { slot, ballot, command }));
    let ids = world.cluster().leaders();
    Knowledge {
        slot,
        chosen: history.chosen(slot).map(voters).collect(),
        leaders: ids.zip(world.leaders()).map(|(id, node)| leader(world, history, slot, id, &node.state)).collect(),
        replicas: world.replicas().iter().map(|node| replica(slot, &node.state)).collect(),
    }
}

fn leader(world: &World, history: &History, slot: Slot, id: LeaderId, state: &Leader) -> LeaderKnows {
    let Some(&command) = state.proposals.get(&slot) else { return LeaderKnows::Nothing };
    let own = |pvalue: &&PValue| pvalue.slot == slot && pvalue.command == command && pvalue.ballot.leader == id;
    if history.told_for(slot).any(|pvalue| own(&pvalue)) {
        return LeaderKnows::Told(command);
    }
    match state.commanders.iter().rfind(|(pvalue, _)| own(pvalue)) {
        Some((_, commander)) => {
            LeaderKnows::Counts(command, usize::from(world.cluster().acceptors).saturating_sub(commander.waitfor.len()))
        }
        None => LeaderKnows::Wants(command),
    }
}

fn replica(slot: Slot, state: &Replica) -> ReplicaKnows {
    match (state.decisions.get(&slot), state.proposals.get(&slot)) {
        (Some(command), _) if slot < state.slot_out => ReplicaKnows::Performed(*command),
        (Some(command), _) => ReplicaKnows::Learned(*command),
        (None, Some(command)) => ReplicaKnows::Proposed(*command),
        (None, None) => ReplicaKnows::Nothing,
    }
}
