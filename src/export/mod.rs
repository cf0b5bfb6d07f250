//! A run to other formats: narration, JSON; a screen as a picture.
//!
//! The same run gives the same bytes. Everything is a function of one [`StepView`]: a step as it was made, by whoever
//! made it.

mod fields;
pub mod json;
pub mod narration;
pub mod picture;

use crate::script::Step;
use crate::world::{Action, Event, Violation, World};

/// One step of a run, to be written down.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct StepView<'a> {
    pub number: usize,
    pub action: &'a Action,
    pub before: &'a World,
    pub events: &'a [Event],
    pub after: &'a World,
    pub violations: &'a [Violation],
    /// Only what was done is told, not why: a wrong rule is hidden.
    pub hides_rule: bool,
}

impl<'a> From<&'a Step> for StepView<'a> {
    fn from(step: &'a Step) -> Self {
        Self {
            number: step.number,
            action: &step.action,
            before: &step.before,
            events: &step.events,
            after: &step.after,
            violations: &step.violations,
            hides_rule: false,
        }
    }
}
