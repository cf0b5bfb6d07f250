//! What must hold in every state (paper, sections 2 and 3).

use std::collections::BTreeMap;

use serde::Serialize;

use crate::pmmc::{Ballot, CommandId, ReplicaId, Slot};

use super::{History, World};

/// An invariant, by its name in the paper; D2 is the agreement property that all others serve.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub enum Invariant {
    /// No two replicas know different decisions for a slot.
    R1,
    /// No two commands are chosen, or said to be decided, for a slot.
    D2,
}

impl Invariant {
    /// Those that are checked after every step.
    pub const ALL: [Self; 2] = [Self::R1, Self::D2];

    /// What it means when it holds.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::R1 => "no two replicas know different decisions for a slot",
            Self::D2 => "at most one command is ever chosen for a slot",
        }
    }
}

/// An invariant that does not hold, and where.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[allow(missing_docs)]
pub struct Violation {
    pub invariant: Invariant,
    pub why: String,
}

/// Judges every invariant in this world with this history behind it.
pub fn check(world: &World, history: &History) -> Vec<Violation> {
    let verdicts = [(Invariant::R1, one_decision_a_slot(world)), (Invariant::D2, one_command_a_slot(world, history))];
    verdicts.into_iter().filter_map(|(invariant, why)| why.map(|why| Violation { invariant, why })).collect()
}

fn one_decision_a_slot(world: &World) -> Option<String> {
    let mut known: BTreeMap<Slot, (ReplicaId, CommandId)> = BTreeMap::new();
    for node in world.replicas() {
        let replica = &node.state;
        for (&slot, &command) in &replica.decisions {
            let (first, before) = *known.entry(slot).or_insert((replica.id, command));
            if before != command {
                return Some(format!("slot {slot} is {before} at {first} and {command} at {}", replica.id));
            }
        }
    }
    None
}

fn one_command_a_slot(world: &World, history: &History) -> Option<String> {
    let mut chosen: BTreeMap<Slot, (CommandId, Ballot)> = BTreeMap::new();
    for pvalue in history.chosen(world) {
        let (command, ballot) = *chosen.entry(pvalue.slot).or_insert((pvalue.command, pvalue.ballot));
        if command != pvalue.command {
            return Some(format!(
                "slot {}: a majority accepted {command} under {ballot} and {} under {}",
                pvalue.slot, pvalue.command, pvalue.ballot
            ));
        }
    }
    let (slot, commands) = history.decided().iter().find(|(_, commands)| commands.len() > 1)?;
    let names: Vec<_> = commands.iter().map(ToString::to_string).collect();
    Some(format!("slot {slot} was said to be decided as {}", names.join(" and as ")))
}
