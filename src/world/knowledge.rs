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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pmmc::{ClientId, Op};
    use crate::world::{Action, Setup, Watch};

    /// Delivers what is in flight, the oldest first, until nothing is, and returns what the leader knew after each step.
    #[test]
    fn a_leader_that_told_everybody_is_known_to_have() {
        let mut world = World::new(&Setup::default()).unwrap();
        let mut watch = Watch::new(&world);
        let mut knew = Vec::new();
        let mut act = |world: &mut World, action: &Action| {
            let before = world.clone();
            let events = world.apply(action).unwrap();
            watch.observe(&before, world, &events);
            let knows = knowledge(world, watch.history(), Slot(1)).leaders[0];
            if knew.last() != Some(&knows) {
                knew.push(knows);
            }
        };
        act(&mut world, &Action::Elect(LeaderId(0)));
        act(&mut world, &Action::Request(ClientId(0), Op::Noop));
        loop {
            let oldest = world.network().distinct().next().map(|(envelope, _)| envelope.clone());
            let Some(envelope) = oldest else { break };
            act(&mut world, &Action::Deliver(envelope));
        }
        let command = world.replicas()[0].state.decisions[&Slot(1)];
        let counted = knew.iter().filter(|knows| matches!(knows, LeaderKnows::Counts(of, _) if *of == command)).count();
        assert_eq!((knew.first(), knew.last()), (Some(&LeaderKnows::Nothing), Some(&LeaderKnows::Told(command))));
        assert_eq!(counted, 2, "no vote, then one of three: {knew:?}");
    }
}
