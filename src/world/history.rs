//! What was ever voted, commanded and decided: folded from events beside the world, and no part of its equality.

use std::collections::{BTreeMap, BTreeSet};

use crate::pmmc::{AcceptorId, Ballot, CommandId, Message, PValue, ProcessId, Reason, Slot};

use super::{Event, World};

/// The run's memory. It only grows, and survives every crash.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct History {
    /// Who ever accepted which pvalue.
    votes: BTreeMap<PValue, BTreeSet<AcceptorId>>,
    /// Commands that were ever said to be decided, per slot.
    decided: BTreeMap<Slot, BTreeSet<CommandId>>,
}

impl History {
    /// Takes in what happened in a step.
    pub fn fold(&mut self, events: &[Event]) {
        for event in events {
            match event {
                Event::Executed {
                    process: ProcessId::Acceptor(acceptor),
                    reason: Reason::P2aAccept { pvalue, .. },
                } => {
                    self.votes.entry(*pvalue).or_default().insert(*acceptor);
                }
                Event::Sent(envelope) => {
                    if let Message::Decision { slot, command } = envelope.message {
                        self.decided.entry(slot).or_default().insert(command);
                    }
                }
                _ => {}
            }
        }
    }

    /// Who ever accepted this pvalue.
    pub fn voters(&self, pvalue: &PValue) -> Option<&BTreeSet<AcceptorId>> {
        self.votes.get(pvalue)
    }

    /// Every pvalue that was ever accepted, with who accepted it.
    pub fn votes(&self) -> impl Iterator<Item = (&PValue, &BTreeSet<AcceptorId>)> {
        self.votes.iter()
    }

    /// What a majority ever accepted under one ballot: chosen, whether or not anybody knows it.
    pub fn chosen<'a>(&'a self, world: &World) -> impl Iterator<Item = &'a PValue> + use<'a> {
        let majority = world.cluster().majority();
        self.votes.iter().filter(move |(_, voters)| voters.len() >= majority).map(|(pvalue, _)| pvalue)
    }

    /// The commands chosen for a slot, with a ballot that chose each.
    pub fn chosen_for(&self, world: &World, slot: Slot) -> BTreeMap<CommandId, Ballot> {
        self.chosen(world).filter(|pvalue| pvalue.slot == slot).map(|pvalue| (pvalue.command, pvalue.ballot)).collect()
    }

    /// The commands that were ever said to be decided, per slot.
    pub fn decided(&self) -> &BTreeMap<Slot, BTreeSet<CommandId>> {
        &self.decided
    }
}
