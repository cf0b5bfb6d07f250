//! Actions in few bytes: a step of a long run is remembered as "which of the messages in flight", not as the message.

use crate::world::{Action, World};

/// An action of a world that is known: 8 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Brief {
    /// The message of this rank in the network's order is delivered.
    Deliver(u32),
    /// It is lost.
    Drop(u32),
    /// It is in flight once more.
    Duplicate(u32),
    /// Any other action, by its place among the spelled-out ones.
    Spelled(u32),
}

/// The actions that are remembered whole: those that are not about a message in flight. Equal ones are kept once if they
/// come close together, as they do in long runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Spelled {
    actions: Vec<Action>,
}

/// How many of the last spelled-out actions are looked at for an equal one.
const LOOK_BACK: usize = 64;

impl Spelled {
    /// The action of this world in brief.
    pub(super) fn shorten(&mut self, action: &Action, world: &World) -> Brief {
        let rank = |envelope| {
            let at = world.network().distinct().position(|(other, _)| other == envelope);
            at.and_then(|at| u32::try_from(at).ok())
        };
        let brief = match action {
            Action::Deliver(envelope) => rank(envelope).map(Brief::Deliver),
            Action::Drop(envelope) => rank(envelope).map(Brief::Drop),
            Action::Duplicate(envelope) => rank(envelope).map(Brief::Duplicate),
            _ => None,
        };
        brief.unwrap_or_else(|| self.keep(action))
    }

    fn keep(&mut self, action: &Action) -> Brief {
        let start = self.actions.len().saturating_sub(LOOK_BACK);
        let known = self.actions[start..].iter().position(|kept| kept == action);
        let at = known.map_or(self.actions.len(), |offset| start + offset);
        if known.is_none() {
            self.actions.push(action.clone());
        }
        Brief::Spelled(at as u32)
    }

    /// The action again, in the world that it was taken in; `None` only for a world that is not that one.
    pub(super) fn whole(&self, brief: Brief, world: &World) -> Option<Action> {
        let message = |rank: u32| {
            let mut distinct = world.network().distinct();
            distinct.nth(rank as usize).map(|(envelope, _)| envelope.clone())
        };
        match brief {
            Brief::Deliver(rank) => message(rank).map(Action::Deliver),
            Brief::Drop(rank) => message(rank).map(Action::Drop),
            Brief::Duplicate(rank) => message(rank).map(Action::Duplicate),
            Brief::Spelled(at) => self.actions.get(at as usize).cloned(),
        }
    }
}
