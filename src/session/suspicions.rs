//! Which leader has given up on which other one and has not heard of it since. It is folded along a run, beside the
//! worlds: the protocol itself forgets whom it gave up on.

use std::collections::BTreeSet;

use crate::pmmc::{LeaderId, ProcessId, Reason};
use crate::world::{Action, Event, World};

/// Who suspects whom: (by, suspected).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Suspicions(BTreeSet<(LeaderId, LeaderId)>);

impl Suspicions {
    /// The leaders that suspect this one, in order.
    pub fn of(&self, suspected: LeaderId) -> impl Iterator<Item = LeaderId> + '_ {
        self.0.iter().filter(move |(_, of)| *of == suspected).map(|(by, _)| *by)
    }

    /// Takes in a step. A ping, a pong or a ballot that is new to it tells a leader that the other one is alive; what it
    /// suspected is lost with a crash.
    pub(super) fn observe(&mut self, before: &World, action: &Action, events: &[Event]) {
        match action {
            Action::Timeout(by) => {
                if let Some(rival) = before.leader(*by).and_then(|node| node.state.rival) {
                    self.0.insert((*by, rival.leader));
                }
            }
            Action::Deliver(envelope) => {
                if let (ProcessId::Leader(from), ProcessId::Leader(to)) = (envelope.from, envelope.to) {
                    self.trusts(to, from);
                }
            }
            Action::Crash(ProcessId::Leader(by)) | Action::Restart(ProcessId::Leader(by)) => {
                self.0.retain(|(of, _)| of != by);
            }
            _ => {}
        }
        for event in events {
            if let Event::Executed { process: ProcessId::Leader(to), reason } = event
                && let Reason::Preempted { by: Some(ballot), .. } = reason
            {
                self.trusts(*to, ballot.leader);
            }
        }
    }

    fn trusts(&mut self, by: LeaderId, other: LeaderId) {
        self.0.remove(&(by, other));
    }
}
