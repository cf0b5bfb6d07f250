//! Actions in few bytes: a step of a long run is remembered as "which of the messages in flight", not as the message.

use crate::world::{Action, World};

/// An action of a world that is known, in 4 bytes: two bits for what it is, the rest for which.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Brief(u32);

/// What the first two bits say.
#[derive(Clone, Copy)]
enum Kind {
    /// The message of this rank in the network's order is delivered.
    Deliver = 0,
    /// It is lost.
    Drop = 1,
    /// It is in flight once more.
    Duplicate = 2,
    /// Any other action, by its place among the spelled-out ones.
    Spelled = 3,
}

/// How many bits say which.
const WHICH: u32 = 30;

impl Brief {
    /// `None` if the number does not fit.
    fn new(kind: Kind, which: usize) -> Option<Self> {
        let which = u32::try_from(which).ok().filter(|which| which >> WHICH == 0)?;
        Some(Self((kind as u32) << WHICH | which))
    }

    /// What leads to the beginning: nothing.
    pub(super) const fn nothing() -> Self {
        Self(u32::MAX)
    }
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
    /// The action of this world in brief; `None` when the run has become too long to remember more.
    pub(super) fn shorten(&mut self, action: &Action, world: &World) -> Option<Brief> {
        let rank = |kind, envelope| {
            let at = world.network().distinct().position(|(other, _)| other == envelope)?;
            Brief::new(kind, at)
        };
        match action {
            Action::Deliver(envelope) => rank(Kind::Deliver, envelope),
            Action::Drop(envelope) => rank(Kind::Drop, envelope),
            Action::Duplicate(envelope) => rank(Kind::Duplicate, envelope),
            _ => self.keep(action),
        }
    }

    fn keep(&mut self, action: &Action) -> Option<Brief> {
        let start = self.actions.len().saturating_sub(LOOK_BACK);
        let known = self.actions[start..].iter().position(|kept| kept == action);
        let brief = Brief::new(Kind::Spelled, known.map_or(self.actions.len(), |offset| start + offset))?;
        if known.is_none() {
            self.actions.push(action.clone());
        }
        Some(brief)
    }

    /// The action again, in the world that it was taken in; `None` only for a world that is not that one.
    pub(super) fn whole(&self, brief: Brief, world: &World) -> Option<Action> {
        let message = |rank: u32| {
            let mut distinct = world.network().distinct();
            distinct.nth(rank as usize).map(|(envelope, _)| envelope.clone())
        };
        let which = brief.0 & ((1 << WHICH) - 1);
        match brief.0 >> WHICH {
            0 => message(which).map(Action::Deliver),
            1 => message(which).map(Action::Drop),
            2 => message(which).map(Action::Duplicate),
            _ => self.actions.get(which as usize).cloned(),
        }
    }
}
