//! What can happen next.

use crate::pmmc::ProcessId;

use super::{Action, Envelope, LocalRef, World};

impl World {
    /// What can happen next, in a fixed order: deliver, drop, duplicate of each distinct message; elect, crash or
    /// restart, resend, timeout of each process; the next request of the workload. [`World::apply`] accepts more:
    /// any request, any partition, any rule.
    pub fn enabled(&self) -> Vec<Action> {
        let mut actions = Vec::new();
        self.enabled_messages(&mut actions);
        for (process, local) in self.locals() {
            enabled_at(process, local, &mut actions);
        }
        if let Some(next) = self.next_of_workload()
            && self.is_up(next.client.into())
        {
            actions.push(Action::Request(next.client, next.op.clone()));
        }
        actions
    }

    /// Whether nothing that can arrive changes anything or sends anything: then no further delivery ever does.
    pub fn is_idle(&self) -> bool {
        let alone = |world: &Self| {
            let mut alone = world.clone();
            alone.retain_in_flight(|_| false);
            alone
        };
        let (now, in_flight) = (alone(self), self.network.len());
        let changes_nothing = |envelope: &Envelope| {
            let mut after = self.clone();
            let arrived = after.apply(&Action::Deliver(envelope.clone())).is_ok();
            arrived && after.network.len() < in_flight && alone(&after) == now
        };
        let mut can_arrive = self.network.distinct().filter(|(envelope, _)| self.can_deliver(envelope).is_ok());
        can_arrive.all(|(envelope, _)| changes_nothing(envelope))
    }

    fn enabled_messages(&self, actions: &mut Vec<Action>) {
        for (envelope, _) in self.network.distinct() {
            if self.can_deliver(envelope).is_ok() {
                actions.push(Action::Deliver(envelope.clone()));
            }
            if !envelope.message.is_local() {
                actions.push(Action::Drop(envelope.clone()));
                actions.push(Action::Duplicate(envelope.clone()));
            }
        }
    }
}

/// What a process can do by itself: elect, crash or restart, resend, timeout.
pub(crate) fn enabled_at(process: ProcessId, local: LocalRef<'_>, actions: &mut Vec<Action>) {
    if !local.is_up() {
        actions.push(Action::Restart(process));
        return;
    }
    if let ProcessId::Leader(leader) = process {
        actions.push(Action::Elect(leader));
    }
    actions.push(Action::Crash(process));
    if !matches!(process, ProcessId::Acceptor(_)) {
        actions.push(Action::Resend(process));
    }
    if let (ProcessId::Leader(leader), true) = (process, local.has_rival()) {
        actions.push(Action::Timeout(leader));
    }
}
