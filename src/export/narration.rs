//! A run in plain sentences: what `replay` prints, and what is spoken to who cannot see the screen. Pure ASCII, one
//! sentence a line, nothing is ever taken back.

use crate::pmmc::{Message, MessageKind, ProcessId};
use crate::script::{action_text, message_text};
use crate::world::text::Notation;
use crate::world::{Envelope, Event, Violation, World, changes, sentences, what_was_done};

use super::StepView;
use super::fields::change_text;

/// The sentences of the world before step 1, one a line.
pub fn initial_text(title: &str, world: &World, violations: &[Violation]) -> String {
    let cluster = world.cluster();
    let mut lines = Vec::new();
    if !title.is_empty() {
        lines.push(format!("Scenario: {title}."));
    }
    let counts = [
        (cluster.acceptors, "acceptor"),
        (cluster.leaders, "leader"),
        (cluster.replicas, "replica"),
        (cluster.clients, "client"),
    ]
    .map(|(count, role)| if count == 1 { format!("1 {role}") } else { format!("{count} {role}s") });
    let [acceptors, leaders, replicas, clients] = counts;
    lines.push(format!("Step 0: the cluster has {acceptors}, {leaders}, {replicas} and {clients}."));
    for leader in world.leaders().iter().map(|node| &*node.state) {
        lines.extend(leader.proposals.iter().map(|(slot, command)| {
            let op = world.context().command(*command).map(|known| format!(" ({})", known.op)).unwrap_or_default();
            format!("  {} wants {command}{op} in slot {slot}.", leader.id)
        }));
    }
    let sent: Vec<&Envelope> = world.network().each().collect();
    lines.extend(sendings(&sent, world));
    lines.extend(violations.iter().map(violated));
    finish(&lines)
}

/// The sentences of one step, one a line: the action, why what happened happened, what was sent, what changed, and what
/// does not hold any more.
pub fn step_text(step: &StepView<'_>) -> String {
    let mut lines = vec![format!("Step {}: {}.", step.number, action_text(step.action, step.before))];
    let told = sentences(Notation::Files, step.action, step.events);
    lines.extend(told.iter().map(|why| format!("  {}.", if step.hides_rule { what_was_done(why) } else { why })));
    let sent: Vec<&Envelope> = step
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Sent(envelope) => Some(envelope),
            _ => None,
        })
        .collect();
    lines.extend(sendings(&sent, step.after));
    let changed = changes(step.before, step.after);
    if changed.is_empty() {
        lines.push("  No process changes.".to_owned());
    }
    lines.extend(changed.iter().map(|change| format!("  {}.", change_text(step.before, step.after, change))));
    lines.extend(step.violations.iter().map(violated));
    finish(&lines)
}

fn violated(violation: &Violation) -> String {
    let Violation { invariant, why } = violation;
    format!("  VIOLATED: {invariant:?} ({}): {why}.", invariant.meaning())
}

/// One sentence for each sender and message: `L0 sends p1a(0.0) to A0, A1, A2.`
fn sendings(sent: &[&Envelope], world: &World) -> Vec<String> {
    let mut groups: Vec<(&Envelope, Vec<ProcessId>)> = Vec::new();
    for &envelope in sent {
        let same = |first: &Envelope| (first.from, &first.message) == (envelope.from, &envelope.message);
        match groups.iter_mut().find(|(first, _)| same(first)) {
            Some((_, receivers)) => receivers.push(envelope.to),
            None => groups.push((envelope, vec![envelope.to])),
        }
    }
    groups.iter().map(|(first, receivers)| sending(first, receivers, world)).collect()
}

fn sending(first: &Envelope, receivers: &[ProcessId], world: &World) -> String {
    let to: Vec<String> = receivers.iter().map(ToString::to_string).collect();
    let who = match first.message.kind() {
        MessageKind::Adopted | MessageKind::Preempted => sender_inside(&first.message, first.from),
        _ => first.from.to_string(),
    };
    format!("  {who} sends {} to {}.", message_text(first, world), to.join(", "))
}

/// Adopted and preempted come from a part of the leader that they go to.
fn sender_inside(message: &Message, leader: ProcessId) -> String {
    match message {
        Message::Adopted { .. } => format!("{leader}'s scout"),
        _ => format!("{leader}'s scout or commander"),
    }
}

/// Lines of ASCII: whatever else is in a title, a key or a value is written out.
fn finish(lines: &[String]) -> String {
    let mut text = String::new();
    for char in lines.iter().flat_map(|line| line.chars().chain(['\n'])) {
        if char == '\n' || char == ' ' || char.is_ascii_graphic() {
            text.push(char);
        } else {
            text.extend(char.escape_unicode());
        }
    }
    text
}
