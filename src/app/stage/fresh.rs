//! What the latest steps sent: from there the same key goes on.

use crate::session::{NodeId, Session};
use crate::world::{Action, Envelope, Event};

/// What was sent more steps ago than this is not what anybody has just seen.
const LATEST: u32 = 64;

/// What the latest steps up to a moment sent. It follows from those steps alone, so that it is the same whichever way we
/// came to that moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Fresh {
    /// The moment, once there is one.
    here: Option<NodeId>,
    /// At which step each message was sent last that is still in flight, and was not delivered since; the newest step first.
    sent: Vec<(u32, Envelope)>,
    /// Whether the last step was about such a message.
    goes_on: bool,
}

impl Fresh {
    /// Goes to where a run is: by its last step, if that is all that lies between, or else by taking the latest ones again.
    pub(super) fn follow(&mut self, session: &Session) {
        let (here, now) = (session.here(), session.now());
        let is_next = self.here.is_some_and(|before| session.came_from() == Some(before));
        match now.action.as_ref().filter(|_| is_next) {
            Some(action) => self.note(session.step(), action, &now.events),
            None if self.here != Some(here) => {
                *self = Self::default();
                // With one more it is known what was fresh when the first of them was taken.
                session.take_latest(LATEST + 1, |step, action, events| self.note(step, action, events));
            }
            None => {}
        }
        self.here = Some(here);
        self.sent.retain(|(_, one)| session.world().network().has(one));
    }

    /// Takes note of a step.
    fn note(&mut self, step: u32, action: &Action, events: &[Event]) {
        self.goes_on = action.message().is_some_and(|one| self.sent().any(|(_, fresh)| fresh == one));
        let delivered = if let Action::Deliver(envelope) = action { Some(envelope) } else { None };
        let new = events.iter().filter_map(|event| match event {
            Event::Sent(envelope) => Some((step, envelope.clone())),
            _ => None,
        });
        let older = std::mem::replace(&mut self.sent, new.collect());
        let count = self.sent.len();
        for (sent, one) in older {
            let is_new = self.sent[..count].iter().any(|(_, new)| *new == one);
            if sent + LATEST > step && Some(&one) != delivered && !is_new {
                self.sent.push((sent, one));
            }
        }
    }

    /// What was sent at which step, the newest step first, and in the order of each step.
    pub(super) fn sent(&self) -> impl Iterator<Item = (u32, &Envelope)> {
        self.sent.iter().map(|(step, one)| (*step, one))
    }

    /// Whether the last step was about what earlier ones had sent.
    pub(super) fn goes_on(&self) -> bool {
        self.goes_on
    }
}
