//! The shortest way found to what a run broke: whatever can be left out is left out. A message is known by the step that
//! sent it, not by what it says: without an earlier election or request the same message carries another ballot, slot or
//! command.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::pmmc::{ClientId, CommandId, MessageKind, ProcessId};
use crate::world::{Action, Envelope, Event, Invariant, Watch, World};

use super::Plan;

/// How many runs are tried at most to shorten one.
const MOST_TRIES: usize = 3_000;

/// Which message it is, whatever it says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Origin {
    /// The step that sent it; `None` if it was there before the first one.
    step: Option<usize>,
    to: ProcessId,
    kind: MessageKind,
    /// Which of those that this step sent to that process.
    nth: usize,
}

/// What an action does, whatever the steps before it are.
#[derive(Clone, Debug)]
enum Deed {
    /// Something is done with a message.
    Move(fn(Envelope) -> Action, Origin),
    /// A client asks again for what it asked for in that step.
    Again(ClientId, usize),
    /// It says all that there is to say.
    Plain(Action),
}

/// What each step of a run sent and requested.
struct Trail {
    /// What was there before the first step, and what each step sent; nothing if it was left out.
    sent: Vec<Vec<Envelope>>,
    /// The commands that were requested, by step.
    requested: BTreeMap<usize, CommandId>,
}

impl Trail {
    fn new(world: &World) -> Self {
        Self { sent: vec![world.network().each().cloned().collect()], requested: BTreeMap::new() }
    }

    /// The next step, with the number of commands before it; `None` if it was left out.
    fn step(&mut self, taken: Option<(&Action, &[Event])>, commands: usize) {
        let step = self.sent.len() - 1;
        let events = taken.map_or(&[][..], |(_, events)| events);
        let sent = |event: &Event| if let Event::Sent(envelope) = event { Some(envelope.clone()) } else { None };
        self.sent.push(events.iter().filter_map(sent).collect());
        if let Some((Action::Request(..), _)) = taken {
            self.requested.insert(step, CommandId(commands as u16));
        }
    }

    /// The messages of a step, each with its origin.
    fn origins(&self, step: Option<usize>) -> impl Iterator<Item = (Origin, &Envelope)> {
        let sent = self.sent.get(step.map_or(0, |step| step + 1)).map_or(&[][..], Vec::as_slice);
        sent.iter().enumerate().map(move |(at, envelope)| {
            let same = |other: &&Envelope| other.to == envelope.to && other.message.kind() == envelope.message.kind();
            let nth = sent[..at].iter().filter(same).count();
            (Origin { step, to: envelope.to, kind: envelope.message.kind(), nth }, envelope)
        })
    }

    /// The action that does this in this run; `None` if what it is about is not there.
    fn action(&self, deed: &Deed) -> Option<Action> {
        match deed {
            Deed::Move(action, origin) => {
                let (_, envelope) = self.origins(origin.step).find(|(other, _)| other == origin)?;
                Some(action(envelope.clone()))
            }
            Deed::Again(client, step) => Some(Action::RequestAgain(*client, *self.requested.get(step)?)),
            Deed::Plain(action) => Some(action.clone()),
        }
    }
}

impl Plan {
    /// A shorter way to a state that breaks the same invariant, found by leaving out whatever can be left out.
    pub fn shorten(&self, actions: Vec<Action>, invariant: Invariant) -> Vec<Action> {
        let mut best = actions;
        let mut deeds = self.deeds(&best);
        let mut size = best.len().div_ceil(2).max(1);
        let mut tries = 0;
        loop {
            let mut from = 0;
            let mut found = false;
            while from < best.len() && tries < MOST_TRIES {
                tries += 1;
                match self.breaks_without(&deeds, from..from + size, invariant) {
                    Some(shorter) => {
                        (best, found) = (shorter, true);
                        deeds = self.deeds(&best);
                    }
                    None => from += size,
                }
            }
            if tries >= MOST_TRIES || size == 1 && !found {
                return best;
            }
            size = size.div_ceil(2);
        }
    }

    /// What each action of a run does.
    fn deeds(&self, actions: &[Action]) -> Vec<Deed> {
        let Ok(mut world) = World::new(&self.setup) else { return Vec::new() };
        let mut trail = Trail::new(&world);
        let mut in_flight: BTreeMap<Envelope, Vec<Origin>> = BTreeMap::new();
        let fly = |trail: &Trail, step, in_flight: &mut BTreeMap<Envelope, Vec<Origin>>| {
            for (origin, envelope) in trail.origins(step) {
                in_flight.entry(envelope.clone()).or_default().push(origin);
            }
        };
        fly(&trail, None, &mut in_flight);
        let mut deeds = Vec::new();
        for (step, action) in actions.iter().enumerate() {
            let plain = || Deed::Plain(action.clone());
            let of = |envelope: &Envelope| in_flight.get(envelope).and_then(|origins| origins.first()).copied();
            let moved = |act, envelope| of(envelope).map_or_else(plain, |origin| Deed::Move(act, origin));
            let deed = match action {
                Action::Deliver(envelope) => moved(Action::Deliver, envelope),
                Action::Drop(envelope) => moved(Action::Drop, envelope),
                Action::Duplicate(envelope) => moved(Action::Duplicate, envelope),
                Action::RequestAgain(client, command) => {
                    let first = trail.requested.iter().find(|(_, requested)| *requested == command);
                    first.map_or_else(plain, |(step, _)| Deed::Again(*client, *step))
                }
                _ => plain(),
            };
            if let Deed::Move(_, origin) = &deed
                && let Some(envelope) = action.message()
                && let Some(origins) = in_flight.get_mut(envelope)
            {
                if matches!(action, Action::Duplicate(_)) {
                    origins.push(*origin);
                } else {
                    origins.remove(0);
                }
            }
            deeds.push(deed);
            let commands = world.context().commands.len();
            let events = world.apply(action).unwrap_or_default();
            trail.step(Some((action, &events)), commands);
            fly(&trail, Some(step), &mut in_flight);
        }
        deeds
    }

    /// The run that does the same without some of the deeds, up to where it breaks the invariant; `None` if it does not.
    fn breaks_without(&self, deeds: &[Deed], without: Range<usize>, invariant: Invariant) -> Option<Vec<Action>> {
        let mut world = World::new(&self.setup).ok()?;
        let mut watch = Watch::new(&world);
        let mut trail = Trail::new(&world);
        let mut done = Vec::new();
        for (at, deed) in deeds.iter().enumerate() {
            let commands = world.context().commands.len();
            let action = trail.action(deed).filter(|_| !without.contains(&at));
            let before = world.clone();
            let taken = action.and_then(|action| world.apply(&action).ok().map(|events| (action, events)));
            trail.step(taken.as_ref().map(|(action, events)| (action, events.as_slice())), commands);
            let Some((action, events)) = taken else { continue };
            watch.observe(&before, &world, &events);
            done.push(action);
            if watch.violations().iter().any(|violation| violation.invariant == invariant) {
                return Some(done);
            }
        }
        None
    }
}
