//! What delivering the selected message would do, before it is done; and what would take its effect away.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

use crate::pmmc::{Message, Slot};
use crate::script::action_text;
use crate::session::NodeId;
use crate::world::text::{self, Notation};
use crate::world::{Action, Envelope, World, headline, stale_after};

use super::Stage;

/// What would come of the selected message.
#[derive(Clone, Debug)]
pub struct Foresight {
    /// The world after it, and what is said of it; or why it waits.
    pub then: Result<(World, Vec<String>), String>,
    /// What it is about, where that is not the last thing that it does.
    pub headline: Option<String>,
    /// Which message takes its effect away if it arrives first, as a sentence, once somebody has asked.
    rival: OnceLock<Option<String>>,
}

/// What was foreseen lately, the latest last, and for which state and message: whoever asks again at the same place gets
/// the same answer, also after a step back and one forward.
#[derive(Clone, Debug, Default)]
pub(super) struct Foreseen(RefCell<Vec<Known>>);

/// So many are remembered.
const MOST_FORESEEN: usize = 8;

/// The place, and what was found there.
#[derive(Clone, Debug)]
struct Known {
    here: NodeId,
    envelope: Envelope,
    world: World,
    foresight: Arc<Foresight>,
}

/// The action that began the branch which was asked for last.
#[derive(Clone, Debug, Default)]
pub(super) struct KnownBranch(RefCell<Option<(NodeId, String)>>);

/// Of more messages to the same process only so many are looked at.
const MOST_RIVALS: usize = 16;

impl Stage {
    /// Whether it is told what messages would do. Not while a lesson tells: it may be what it asks next.
    pub fn foresees(&self) -> bool {
        !self.asks() && self.lesson().is_none_or(|player| player.off_path() || player.task().is_some())
    }

    /// Whether the stage is about what has happened: while a lesson tells, and after a step of a task's solution was
    /// shown, until another message is selected than the one that the solution delivers next.
    pub fn tells_what_was(&self) -> bool {
        !self.foresees() || self.shows_step()
    }

    /// Whether a step of a task's solution was shown just now, and nothing else is asked for.
    pub fn shows_step(&self) -> bool {
        let Some(player) = self.lesson().filter(|player| !player.off_path()) else { return false };
        let next = player.next_shown();
        let next = next.as_ref().and_then(Action::message);
        player.task().is_some_and(|task| task.shown.is_some()) && (next.is_none() || next == self.selected())
    }

    /// What delivering the selected message would do, if that is told and a message is selected.
    pub fn foresight(&self) -> Option<Arc<Foresight>> {
        if !self.foresees() {
            return None;
        }
        let envelope = self.selected()?;
        let here = self.session().here();
        // Another run may come by this moment, too: only the world tells.
        let is_known = |known: &&Known| (known.here, &known.envelope, &known.world) == (here, envelope, self.world());
        if let Some(known) = self.foreseen.0.borrow().iter().rev().find(is_known) {
            return Some(Arc::clone(&known.foresight));
        }
        let foresight = Arc::new(self.foresee(envelope));
        let (envelope, world) = (envelope.clone(), self.world().clone());
        let mut foreseen = self.foreseen.0.borrow_mut();
        if foreseen.len() >= MOST_FORESEEN {
            foreseen.remove(0);
        }
        foreseen.push(Known { here, envelope, world, foresight: Arc::clone(&foresight) });
        Some(foresight)
    }

    fn foresee(&self, envelope: &Envelope) -> Foresight {
        let action = Action::Deliver(envelope.clone());
        let mut after = self.world().clone();
        let (then, headline) = match after.apply(&action) {
            Ok(events) => (Ok((after, self.told(&action, &events))), headline(&events)),
            Err(refusal) => (Err(refusal.to_string()), None),
        };
        Foresight { then, headline, rival: OnceLock::new() }
    }

    /// Which message takes the effect of the selected one away if it arrives first, as a sentence. Asked only where there is
    /// room to tell it: each of the other messages is tried.
    pub fn becomes_stale(&self) -> Option<String> {
        let foresight = self.foresight()?;
        let envelope = self.selected()?;
        let (after, _) = foresight.then.as_ref().ok()?;
        let works = after.local(envelope.to) != self.world().local(envelope.to);
        foresight.rival.get_or_init(|| works.then(|| rival(self.world(), envelope)).flatten()).clone()
    }

    /// What the run is called that we are on since the latest fork: its name, or the action that began it.
    pub fn branch_name(&self) -> Option<String> {
        let session = self.session();
        let start = session.branch_start()?;
        if let Some(name) = session.name(start) {
            return Some(name.to_owned());
        }
        let mut known = self.branch.0.borrow_mut();
        if let Some((of, text)) = known.as_ref()
            && *of == start
        {
            return Some(text.clone());
        }
        let text = action_text(&session.action_to(start)?, &session.world_before(start));
        *known = Some((start, text.clone()));
        Some(text)
    }

    /// The slot that the selected message speaks of.
    pub fn slot_spoken_of(&self) -> Option<Slot> {
        self.selected().and_then(|envelope| slot_of(&envelope.message))
    }
}

fn slot_of(message: &Message) -> Option<Slot> {
    match message {
        Message::Propose { slot, .. } | Message::Decision { slot, .. } | Message::Learn { slot } => Some(*slot),
        Message::P2a { pvalue } => Some(pvalue.slot),
        Message::P2b { to, .. } => Some(to.slot),
        _ => None,
    }
}

/// The first message to the same process after which nothing comes of this one any more.
fn rival(world: &World, envelope: &Envelope) -> Option<String> {
    let others = world.network().distinct().map(|(other, _)| other);
    let others = others.filter(|other| other.to == envelope.to && *other != envelope).take(MOST_RIVALS);
    let mut spoils = others.filter(|other| stale_after(world, other, envelope).is_some());
    let other = spoils.next()?;
    Some(format!(
        "becomes stale if {} of {} arrives first",
        text::message(Notation::Screen, &other.message),
        other.from
    ))
}
