//! What a lesson claims about a state: `A0.ballot_num: 0.1`, `slot 0.chosen: A`, `in flight: A0>L0 p1b`.

use std::collections::BTreeSet;

use crate::pmmc::{ProcessId, Slot};
use crate::script::{nearest, parse_action};
use crate::world::text::Notation;
use crate::world::{Field, World, fields, joined};

use super::plan::Stage;

/// Judges one claim; what is wrong with it, in words.
pub(super) fn holds(claim: &str, stage: &Stage) -> Result<(), String> {
    let Some((subject, wanted)) = claim.split_once(':').map(|(subject, wanted)| (subject.trim(), wanted.trim())) else {
        return Err(format!("`{claim}` claims nothing: expected a line like `A0.ballot_num: 0.1`"));
    };
    if subject == "in flight" {
        return is_in_flight(wanted, &stage.world);
    }
    let is = match subject.strip_prefix("slot ").and_then(|slot| slot.strip_suffix(".chosen")) {
        Some(slot) => chosen(slot, stage)?,
        None => field_of(subject, &stage.world)?,
    };
    if plain(&is) == plain(wanted) {
        return Ok(());
    }
    Err(format!("expected {subject} to be {wanted}, but it is {is}"))
}

fn is_in_flight(message: &str, world: &World) -> Result<(), String> {
    let action = parse_action(&format!("deliver {message}"), world);
    action.map(|_| ()).map_err(|error| format!("expected {message} in flight: {error}"))
}

fn chosen(slot: &str, stage: &Stage) -> Result<String, String> {
    let slot = slot.trim().parse().map(Slot).map_err(|_| format!("`{slot}` is no slot: expected a number"))?;
    let commands: BTreeSet<_> = stage.history().chosen(slot).map(|(command, _)| command).collect();
    Ok(if commands.is_empty() { "nothing".to_owned() } else { joined(commands) })
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

/// The value of a field, `A0.ballot_num`.
fn field_of(subject: &str, world: &World) -> Result<String, String> {
    if !subject.contains('.') {
        return Err(format!("`{subject}` names no field: expected one like `A0.ballot_num`"));
    }
    let found = pointed_at(subject, world)?.into_iter().next();
    found.map(|(_, value)| value.to_string()).ok_or_else(|| format!("there is no field {subject}"))
}

fn pointed_at(pointer: &str, world: &World) -> Result<Vec<Field>, String> {
    let (name, field) = match pointer.split_once('.') {
        Some((name, field)) => (name, Some(field)),
        None => (pointer, None),
    };
    let process = process(name, world)?;
    let all = fields(world, Notation::Files, process);
    let Some(field) = field else { return Ok(all) };
    let names: Vec<_> = all.iter().map(|(name, _)| *name).collect();
    let found: Vec<_> = all.into_iter().filter(|(name, _)| *name == field).collect();
    if found.is_empty() {
        return Err(match nearest(field, names.iter().copied()) {
            Some(near) => format!("{process} has no field `{field}`; did you mean `{near}`?"),
            None => format!("{process} has no field `{field}`: expected one of {}", names.join(", ")),
        });
    }
    Ok(found)
}

fn process(name: &str, world: &World) -> Result<ProcessId, String> {
    let processes: Vec<_> = world.cluster().processes().collect();
    let found = processes.iter().find(|process| process.to_string() == name);
    found.copied().ok_or_else(|| {
        let names: Vec<_> = processes.iter().map(ToString::to_string).collect();
        format!("there is no process `{name}`: expected one of {}", names.join(", "))
    })
}
