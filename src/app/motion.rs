//! The message that has just moved is seen to move, for a moment. Nothing waits for it, and any key ends it.

use crate::pmmc::ProcessId;
use crate::world::Action;

use super::model::{Effect, Model, Place};
use super::{Auto, Stage, habits};

/// How many frames a message is under way.
pub(crate) const FRAMES: u8 = 4;
/// How long each is shown, in milliseconds.
const FRAME: u64 = 30;

/// A message under way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Motion {
    /// Which frame is shown, the first being 0.
    frame: u8,
    /// How long the run that plays itself waits after the last one, in milliseconds.
    then: Option<u64>,
}

impl Motion {
    /// Which part of its way lies behind the message: so many of so many.
    pub fn progress(self) -> (u16, u16) {
        (u16::from(self.frame) + 1, u16::from(FRAMES) + 1)
    }
}

/// Where we are: which place, and at which step.
pub(crate) fn place(model: &Model) -> (Place, Option<u32>) {
    (model.place, model.stage().map(|stage| stage.session().step()))
}

/// After a message: begins to move what one step forward has moved.
pub(crate) fn follow(model: &mut Model, (place, step): (Place, Option<u32>), effects: &mut Vec<Effect>) {
    let moves = model.moves && model.overlay.is_none() && model.place == place;
    let Some(stage) = model.stage_mut().filter(|_| moves) else { return };
    let went_on = step.is_some_and(|step| stage.session().step() == step + 1);
    if !went_on || stage.focused_view().is_some() || !is_seen(stage) {
        return;
    }
    let pause = effects.iter().rev().find_map(|effect| match effect {
        Effect::WakeAfter(pause) => Some(*pause),
        _ => None,
    });
    let then = pause.map(|pause| pause.checked_sub(FRAME * u64::from(FRAMES)));
    if then == Some(None) {
        // Too fast to be watched.
        return;
    }
    effects.retain(|effect| !matches!(effect, Effect::WakeAfter(_)));
    stage.set_motion(Some(Motion { frame: 0, then: then.flatten() }));
    effects.push(Effect::WakeAfter(FRAME));
}

/// Whether the last step took a message from one column of the stage to the next.
fn is_seen(stage: &Stage) -> bool {
    use ProcessId::{Acceptor, Leader, Replica};
    let Some(Action::Deliver(envelope) | Action::Drop(envelope)) = stage.session().last_action() else {
        return false;
    };
    matches!(
        (envelope.from, envelope.to),
        (Replica(_) | Acceptor(_), Leader(_)) | (Leader(_), Replica(_) | Acceptor(_))
    )
}

/// A key ends what moves; a run that plays itself goes on after its pause.
pub(crate) fn end(model: &mut Model) -> Vec<Effect> {
    let Some(stage) = model.stage_mut() else { return Vec::new() };
    stage.set_motion(None).map(|motion| goes_on(stage, motion)).unwrap_or_default()
}

/// The time is over that was asked for: for the next frame, or for the next step of the run that plays itself.
pub(crate) fn tick(model: &mut Model) -> Vec<Effect> {
    let Some(stage) = model.stage_mut() else { return Vec::new() };
    let Some(motion) = stage.set_motion(None) else { return habits::tick(model) };
    if motion.frame + 1 < FRAMES {
        stage.set_motion(Some(Motion { frame: motion.frame + 1, ..motion }));
        return vec![Effect::WakeAfter(FRAME)];
    }
    goes_on(stage, motion)
}

/// After the last frame: the frames took the place of the wish that a run that plays itself had.
fn goes_on(stage: &Stage, motion: Motion) -> Vec<Effect> {
    let pause = || stage.auto().filter(|auto| auto.running()).map(Auto::pause);
    motion.then.or_else(pause).map(Effect::WakeAfter).into_iter().collect()
}
