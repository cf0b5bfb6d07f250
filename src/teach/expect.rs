//! What a lesson claims about a state: `A0.ballot_num: 0.1`, `slot 0.chosen: A`, `in flight: A0>L0 p1b`.

use crate::script::parse_action;
use crate::world::World;

use super::plan::Stage;
use super::subject::{pointed_at, value_of};

/// Judges one claim; what is wrong with it, in words.
pub(super) fn holds(claim: &str, stage: &Stage) -> Result<(), String> {
    let Some((subject, wanted)) = claim.split_once(':').map(|(subject, wanted)| (subject.trim(), wanted.trim())) else {
        return Err(format!("`{claim}` claims nothing: expected a line like `A0.ballot_num: 0.1`"));
    };
    if subject == "in flight" {
        return is_in_flight(wanted, &stage.world);
    }
    let is = value_of(subject, stage)?;
    if plain(&is) == plain(wanted) {
        return Ok(());
    }
    Err(format!("expected {subject} to be {wanted}, but it is {is}"))
}

fn is_in_flight(message: &str, world: &World) -> Result<(), String> {
    let action = parse_action(&format!("deliver {message}"), world);
    action.map(|_| ()).map_err(|error| format!("expected {message} in flight: {error}"))
}

/// The slides' brackets and spaces are free: `⟨0.1,0,A⟩` is `(0.1, 0, A)`.
fn plain(text: &str) -> String {
    let bracket = |char| match char {
        '⟨' => '(',
        '⟩' => ')',
        other => other,
    };
    text.chars().filter(|char| !char.is_whitespace()).map(bracket).collect()
}

/// Whether a pointer, `A0` or `A0.ballot_num`, points at something of this world.
pub(super) fn exists(pointer: &str, world: &World) -> Result<(), String> {
    pointed_at(pointer, world).map(|_| ())
}

/// Whether what is pointed at is the same in both worlds.
pub(super) fn is_unchanged(pointer: &str, before: &World, after: &World) -> Result<(), String> {
    let (before, after) = (pointed_at(pointer, before)?, pointed_at(pointer, after)?);
    match before.iter().zip(&after).find(|(old, new)| old != new) {
        None => Ok(()),
        Some(((field, old), (_, new))) => {
            Err(format!("expected {pointer} to stay as it is, but {field} changes from {old} to {new}"))
        }
    }
}
