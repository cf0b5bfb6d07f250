//! The replica (paper, Fig. 1; slides "Roles in PMMC"): keeps the log of commands and the state machine.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Bug, CommandId, Context, DuplicateRequest, Effects, LeaderId, Message, OpResult, ProcessId, Reason, ReplicaId,
    Slot, StableField, State,
};

/// A replica's state.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Replica {
    /// Who it is.
    pub id: ReplicaId,
    /// The next slot for which it has no proposal and knows no decision.
    pub slot_in: Slot,
    /// The next slot whose decision it needs before it can perform more.
    pub slot_out: Slot,
    /// Requested, not proposed yet; first in, first out.
    pub requests: Vec<CommandId>,
    /// What it proposed, per slot, and has not seen decided.
    pub proposals: BTreeMap<Slot, CommandId>,
    /// What was decided, as far as it learned.
    pub decisions: BTreeMap<Slot, CommandId>,
    /// What it performed, in order.
    pub log: Vec<CommandId>,
    /// The leaders that it proposes to.
    pub leaders: Vec<LeaderId>,
    /// The state machine's state.
    pub app: State,
    /// What each performed command gave back.
    pub results: BTreeMap<CommandId, OpResult>,
}

impl Replica {
    /// A replica that knows nothing yet.
    pub fn new(id: ReplicaId, ctx: &Context) -> Self {
        Self {
            id,
            slot_in: ctx.rules.first_slot,
            slot_out: ctx.rules.first_slot,
            requests: Vec::new(),
            proposals: BTreeMap::new(),
            decisions: BTreeMap::new(),
            log: Vec::new(),
            leaders: ctx.cluster.leaders().collect(),
            app: State::new(),
            results: BTreeMap::new(),
        }
    }

    /// One step: handles one message.
    pub fn handle(&mut self, ctx: &Context, from: ProcessId, message: &Message, effects: &mut Effects) {
        match message {
            Message::Request { command } => self.on_request(ctx, *command, effects),
            Message::Decision { slot, command } => self.on_decision(ctx, *slot, *command, effects),
            Message::Learn { slot } => self.on_learn(from, *slot, effects),
            _ => {}
        }
    }

    /// A client wants this command performed.
    fn on_request(&mut self, ctx: &Context, command: CommandId, effects: &mut Effects) {
        if ctx.rules.duplicate_request == DuplicateRequest::Answer && self.results.contains_key(&command) {
            effects.because(Reason::RequestKnown { command, performed: true });
            self.respond(ctx, command, effects);
            return;
        }
        if self.requests.contains(&command) {
            effects.because(Reason::RequestKnown { command, performed: false });
        } else {
            self.requests.push(command);
            effects.because(Reason::RequestNew { command });
        }
        self.propose(ctx, effects);
    }

    /// A slot's command was decided.
    fn on_decision(&mut self, ctx: &Context, slot: Slot, command: CommandId, effects: &mut Effects) {
        // R1: a slot has one decision, so the one known stays.
        if let Some(&known) = self.decisions.get(&slot) {
            effects.because(Reason::DecisionKnown { slot, command, known });
        } else {
            self.decisions.insert(slot, command);
            effects.write(ctx, StableField::ReplicaDecisions);
            effects.because(Reason::DecisionNew { slot, command });
        }
        while let Some(&decided) = self.decisions.get(&self.slot_out) {
            if let Some(proposed) = self.proposals.remove(&self.slot_out) {
                self.propose_again_if_displaced(ctx, proposed, decided, effects);
            }
            self.perform(ctx, decided, effects);
        }
        self.propose(ctx, effects);
    }

    /// Another command took the slot: what this replica wanted there needs a new one.
    fn propose_again_if_displaced(
        &mut self,
        ctx: &Context,
        proposed: CommandId,
        decided: CommandId,
        effects: &mut Effects,
    ) {
        // Liveness: without this the displaced command would never be performed.
        if proposed == decided || self.requests.contains(&proposed) || ctx.rules.broken(Bug::NoRepropose) {
            return;
        }
        self.requests.push(proposed);
        effects.because(Reason::Displaced { slot: self.slot_out, command: proposed, by: decided });
    }

    /// Performs the command of `slot_out`, once: decided in two slots, it changes the state in the first only.
    fn perform(&mut self, ctx: &Context, command: CommandId, effects: &mut Effects) {
        let slot = self.slot_out;
        self.slot_out = slot.next();
        effects.write(ctx, StableField::ReplicaSlotOut);
        // R3: the state is that of every decided command applied once.
        if let Some(earlier) = self.decided_before(slot, command)
            && !ctx.rules.broken(Bug::NoDedup)
        {
            effects.because(Reason::Skip { slot, command, earlier });
            return;
        }
        let Some(known) = ctx.command(command) else { return };
        let result = known.op.perform(&mut self.app);
        self.log.push(command);
        self.results.insert(command, result);
        effects.write(ctx, StableField::ReplicaApp);
        effects.write(ctx, StableField::ReplicaResults);
        effects.because(Reason::Perform { slot, command });
        self.respond(ctx, command, effects);
    }

    fn decided_before(&self, slot: Slot, command: CommandId) -> Option<Slot> {
        self.decisions.range(..slot).find(|(_, decided)| **decided == command).map(|(earlier, _)| *earlier)
    }

    fn respond(&self, ctx: &Context, command: CommandId, effects: &mut Effects) {
        let client = ctx.command(command).and_then(|known| known.client);
        if let (Some(client), Some(result)) = (client, self.results.get(&command)) {
            effects.send(client, Message::Response { command, result: result.clone() });
        }
    }

    /// Moves requests to free slots, as long as the window allows (paper, Fig. 1: `propose()`).
    fn propose(&mut self, ctx: &Context, effects: &mut Effects) {
        while !self.requests.is_empty() && self.slot_in.0 < self.slot_out.0.saturating_add(ctx.rules.window) {
            if !self.decisions.contains_key(&self.slot_in) {
                let command = self.requests.remove(0);
                self.proposals.insert(self.slot_in, command);
                effects.because(Reason::ReplicaPropose { slot: self.slot_in, command });
                let propose = Message::Propose { slot: self.slot_in, command };
                effects.broadcast(self.leaders.iter().copied(), &propose);
            }
            self.slot_in = self.slot_in.next();
        }
    }

    /// Another replica missed a decision.
    fn on_learn(&mut self, from: ProcessId, slot: Slot, effects: &mut Effects) {
        let known = self.decisions.get(&slot).copied();
        effects.because(Reason::Learn { slot, known });
        if let Some(command) = known {
            effects.send(from, Message::Decision { slot, command });
        }
    }

    /// Proposes again what it proposed and has not seen decided, and asks the other replicas for decisions it missed.
    pub fn resend(&self, ctx: &Context, effects: &mut Effects) {
        for (&slot, &command) in self.proposals.range(self.slot_out..) {
            if !self.decisions.contains_key(&slot) {
                effects.broadcast(self.leaders.iter().copied(), &Message::Propose { slot, command });
            }
        }
        let highest = self.slots_known().max().unwrap_or(self.slot_out);
        let missing = (self.slot_out.0..highest.0).map(Slot).filter(|slot| !self.decisions.contains_key(slot));
        for slot in missing {
            let others = ctx.cluster.replicas().filter(|replica| *replica != self.id);
            effects.broadcast(others, &Message::Learn { slot });
        }
    }

    /// Slots up to which it knows that something was decided or proposed (as "one past").
    fn slots_known(&self) -> impl Iterator<Item = Slot> + '_ {
        let decided = self.decisions.last_key_value().map(|(slot, _)| slot.next());
        decided.into_iter().chain([self.slot_in])
    }

    /// A crash: requests, proposals and `slot_in` are gone; the rest survives as far as it is in stable storage.
    pub fn lose_volatile_state(&mut self, ctx: &Context) {
        let stable = |field| ctx.rules.is_stable(field);
        let fresh = Self::new(self.id, ctx);
        let old = std::mem::replace(self, fresh);
        if stable(StableField::ReplicaDecisions) {
            self.decisions = old.decisions;
        }
        if stable(StableField::ReplicaApp) {
            self.app = old.app;
            self.log = old.log;
        }
        if stable(StableField::ReplicaSlotOut) {
            self.slot_out = old.slot_out;
        }
        if stable(StableField::ReplicaResults) {
            self.results = old.results;
        }
        self.slot_in = self.slot_out;
    }
}
