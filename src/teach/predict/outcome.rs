//! What one process does in one step, as it can be told and compared.

use std::fmt;

use crate::pmmc::{Message, ProcessId};
use crate::world::text::{self, Notation};
use crate::world::{Action, Event, Field, Refusal, World, change_text, fields, joined};

/// What one process does in one step: which of its fields change, and what it sends.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Outcome {
    /// `ballot_num: 0 → 0.1`, one a field that changes.
    changes: Vec<Changed>,
    /// `p1b(0.1, []) to L1`, one text a message.
    sends: Vec<String>,
}

/// A field that changes, in words.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
struct Changed {
    /// With all that it held and holds.
    whole: String,
    /// As the stage tells it.
    told: String,
}

/// What no box on the stage shows cannot be asked for: whether a leader ever ran, which its first ballot needs.
const UNSEEN: &str = "ran";

impl Outcome {
    pub(super) fn new(before: &[Field], after: &[Field], sent: &[(ProcessId, Message)]) -> Self {
        let pairs = before.iter().zip(after).filter(|(old, new)| old != new && old.0 != UNSEEN);
        let changes = pairs.map(|((name, old), (_, new))| Changed {
            whole: format!("{name}: {old} → {new}"),
            told: change_text(name, old, new),
        });
        let changes = changes.collect();
        Self { changes, sends: sends(sent) }
    }

    /// The two lines to show: what changes, and what is sent. All that the box then shows is named, scouts and commanders
    /// too: who knows that one is done finds it here.
    pub fn lines(&self) -> Vec<String> {
        self.lines_of(|change| &change.told)
    }

    fn lines_of(&self, text: impl Fn(&Changed) -> &str) -> Vec<String> {
        let or = |parts: &[String], nothing: &str| if parts.is_empty() { nothing.to_owned() } else { parts.join(", ") };
        let changes: Vec<String> = self.changes.iter().map(|change| text(change).to_owned()).collect();
        vec![or(&changes, "nothing changes"), format!("sends {}", or(&self.sends, "nothing"))]
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines_of(|change| &change.whole).join("; "))
    }
}

/// The messages sent, equal ones to several receivers told once.
fn sends(sent: &[(ProcessId, Message)]) -> Vec<String> {
    let mut told: Vec<(String, Vec<ProcessId>)> = Vec::new();
    for (to, message) in sent {
        let message = text::message(Notation::Screen, message);
        match told.iter_mut().find(|(known, _)| *known == message) {
            Some((_, receivers)) => receivers.push(*to),
            None => told.push((message, vec![*to])),
        }
    }
    told.into_iter().map(|(message, to)| format!("{message} to {}", joined(to))).collect()
}

/// What `who` does when these actions happen to a copy of the world; what is sent counts for the last one only.
pub(super) fn play(
    world: &World,
    who: ProcessId,
    before: &[Action],
    action: &Action,
) -> Result<(Outcome, Vec<Event>), Refusal> {
    let mut copy = world.clone();
    for action in before {
        copy.apply(action)?;
    }
    let events = copy.apply(action)?;
    let sent: Vec<_> = events.iter().filter_map(sent_by(who)).collect();
    let notation = Notation::Screen;
    let outcome = Outcome::new(&fields(world, notation, who), &fields(&copy, notation, who), &sent);
    Ok((outcome, events))
}

pub(super) fn sent_by(who: ProcessId) -> impl Fn(&Event) -> Option<(ProcessId, Message)> {
    move |event| match event {
        Event::Sent(envelope) if envelope.from == who => Some((envelope.to, envelope.message.clone())),
        _ => None,
    }
}
