//! What changed in a process's field, in words.

use crate::world::text::Notation;
use crate::world::{Change, FieldValue, World, fields, joined};

/// A clause about this change: `A0.ballot_num was 0, is 0.0`, `R0.proposals gains (1, A)`.
pub(crate) fn change_text(before: &World, after: &World, change: &Change) -> String {
    match (field(before, change), field(after, change)) {
        (FieldValue::List(was), FieldValue::List(is)) => format!("{change} {}", difference(&was, &is)),
        (_, FieldValue::Work(is)) if is.is_empty() => format!("{change}: none left"),
        (_, FieldValue::Work(is)) => {
            let waiting: Vec<_> =
                is.iter().map(|(what, waitfor)| format!("{what} waiting for {}", joined(waitfor))).collect();
            format!("{change}: {}", waiting.join("; "))
        }
        (was, is) => format!("{change} was {was}, is {is}"),
    }
}

fn field(world: &World, change: &Change) -> FieldValue {
    let all = fields(world, Notation::Files, change.process);
    let found = all.into_iter().find(|(name, _)| *name == change.field);
    found.map_or_else(|| FieldValue::List(Vec::new()), |(_, value)| value)
}

fn difference(was: &[String], is: &[String]) -> String {
    let not_in = |some: &[String], other: &[String]| -> Vec<String> {
        some.iter().filter(|entry| !other.contains(entry)).cloned().collect()
    };
    let (lost, gained) = (not_in(was, is), not_in(is, was));
    match (lost.is_empty(), gained.is_empty()) {
        (true, true) => format!("is {}", is.join(", ")),
        (true, false) => format!("gains {}", gained.join(", ")),
        (false, true) => format!("loses {}", lost.join(", ")),
        (false, false) => format!("loses {}, gains {}", lost.join(", "), gained.join(", ")),
    }
}
