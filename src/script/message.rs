//! Messages of the action language: printed, and found again among those in flight.

use crate::pmmc::{Message, MessageKind, ProcessId};
use crate::world::text::{self, Notation};
use crate::world::{Envelope, World};

use super::cursor::{Cursor, Word};
use super::error::{ActionError, one_of, quote};
use super::nearest::{nearest, nearest_within};

/// The most messages that an error lists.
const MOST_LISTED: usize = 6;

/// A message as the action language writes it in this world. Where two different messages between the same two would
/// read the same (answers to two commanders of one ballot and slot), it says for which command: `p2b(0.0, 1, for A)`.
pub fn message_text(envelope: &Envelope, world: &World) -> String {
    let plain = text::message(Notation::Files, &envelope.message);
    let looks_alike = |other: &Envelope| {
        other != envelope
            && (other.from, other.to) == (envelope.from, envelope.to)
            && text::message(Notation::Files, &other.message) == plain
    };
    if can_look_alike(&envelope.message) && world.network().distinct().any(|(other, _)| looks_alike(other)) {
        return full_text(envelope);
    }
    plain
}

const fn can_look_alike(message: &Message) -> bool {
    matches!(message, Message::P2b { .. })
}

/// The text that always says for which command a p2b is.
fn full_text(envelope: &Envelope) -> String {
    let plain = text::message(Notation::Files, &envelope.message);
    match (&envelope.message, plain.strip_suffix(')')) {
        (Message::P2b { to, .. }, Some(open)) => format!("{open}, for {})", to.command),
        _ => plain,
    }
}

/// A whole `L0>A1 p1a(0.0)`.
pub(crate) fn envelope_text(envelope: &Envelope, world: &World) -> String {
    format!("{}>{} {}", envelope.from, envelope.to, message_text(envelope, world))
}

/// Reads `L0>A1 p1a(0.0)`, or less of it, and finds the one message in flight that it means.
pub(crate) fn parse_envelope(verb: &str, cursor: &mut Cursor<'_>, world: &World) -> Result<Envelope, ActionError> {
    let from = parse_end(cursor, world, "the sender and the receiver, like `L0>A1`")?;
    let column = cursor.column();
    if !(cursor.skip("→") || cursor.skip("->") || cursor.skip(">")) {
        let found = cursor.remainder();
        let what = if found.text.is_empty() { "the line ends too early".into() } else { quote(found.text) };
        return Err(ActionError::new(column, what).expected(format!("`>` and the receiver, like `{from}>A1`")));
    }
    let to = parse_end(cursor, world, "the receiver after `>`")?;
    let wanted = cursor.remainder();
    check_kind(wanted)?;
    find(verb, world, (from, to), wanted)
}

fn parse_end(cursor: &mut Cursor<'_>, world: &World, expected: &str) -> Result<ProcessId, ActionError> {
    let token = cursor.word_of(char::is_alphanumeric);
    if token.text.is_empty() {
        let found = cursor.remainder();
        let what = if found.text.is_empty() { "the line ends too early".into() } else { quote(found.text) };
        return Err(ActionError::new(found.column, what).expected(expected));
    }
    let process = super::action::parse_process(token, Some(world))?;
    if world.cluster().has(process) {
        return Ok(process);
    }
    let what = format!("there is no {process}: this cluster has {}", world.who_is_there(process));
    Err(ActionError::new(token.column, what))
}

/// A message text begins with the name of a kind of message, and is closed.
fn check_kind(wanted: Word<'_>) -> Result<(), ActionError> {
    let name = wanted.text.split(|char: char| !char.is_alphanumeric()).next().unwrap_or_default();
    let names = MessageKind::ALL.map(MessageKind::name);
    if !wanted.text.is_empty() && !names.contains(&name) {
        let found = if name.is_empty() { wanted.text } else { name };
        let error = ActionError::new(wanted.column, format!("unknown message {}", quote(found)));
        return Err(match nearest(name, names) {
            Some(near) => error.nearest(Some(near)),
            None => error.expected(one_of(names)),
        });
    }
    if wanted.text.contains('(') && !wanted.text.ends_with(')') {
        let what = format!("{} is not closed", quote(wanted.text));
        return Err(ActionError::new(wanted.column, what).expected("`)` at its end"));
    }
    Ok(())
}

fn find(
    verb: &str,
    world: &World,
    (from, to): (ProcessId, ProcessId),
    wanted: Word<'_>,
) -> Result<Envelope, ActionError> {
    let in_flight = || world.network().distinct().map(|(envelope, _)| envelope);
    let between: Vec<&Envelope> = in_flight().filter(|one| one.from == from && one.to == to).collect();
    let found = matches(&between, wanted.text);
    let same_text = |one: &&Envelope| full_text(one) == full_text(found[0]);
    match found.as_slice() {
        [] => Err(none_found(verb, world, (from, to), &between, wanted)),
        [first, rest @ ..] if rest.iter().all(same_text) => Ok((*first).clone()),
        several => {
            let texts: Vec<String> = several.iter().map(|one| message_text(one, world)).collect();
            let what = format!("{} different messages from {from} to {to} match", several.len());
            Err(ActionError::new(wanted.column, what).advice(format!("write which: {}", listed(&texts))))
        }
    }
}

/// The messages that this text means: all of them for no text, all of a kind for its name, else those that read so. The
/// letter of the text comes first; then spaces, the kind of brackets and the order of lists do not matter.
fn matches<'a>(between: &[&'a Envelope], wanted: &str) -> Vec<&'a Envelope> {
    let keep = |wanted: &dyn Fn(&Envelope) -> bool| -> Vec<&'a Envelope> {
        between.iter().copied().filter(|one| wanted(one)).collect()
    };
    if wanted.is_empty() {
        return between.to_vec();
    }
    let named = keep(&|one| one.message.kind().name() == wanted);
    if !named.is_empty() {
        return named;
    }
    let exact = keep(&|one| text::message(Notation::Files, &one.message) == wanted || full_text(one) == wanted);
    if !exact.is_empty() {
        return exact;
    }
    let wanted = canonical(wanted);
    keep(&|one| {
        canonical(&text::message(Notation::Files, &one.message)) == wanted || canonical(&full_text(one)) == wanted
    })
}

/// The text without what makes no difference.
fn canonical(message: &str) -> String {
    let mut text: String = message
        .chars()
        .filter(|char| !char.is_whitespace())
        .map(|char| match char {
            '⟨' => '(',
            '⟩' => ')',
            other => other,
        })
        .collect();
    if let Some(inside) = text.strip_prefix("p2a((").and_then(|rest| rest.strip_suffix("))")) {
        text = format!("p2a({inside})");
    }
    if let (Some(open), Some(close)) = (text.find('['), text.rfind(']'))
        && open < close
    {
        let mut pvalues: Vec<&str> = text[open + 1..close].split_inclusive("),").collect();
        for pvalue in &mut pvalues {
            *pvalue = pvalue.trim_end_matches(',');
        }
        pvalues.sort_unstable();
        text = format!("{}[{}]{}", &text[..open], pvalues.join(","), &text[close + 1..]);
    }
    text
}

fn none_found(
    verb: &str,
    world: &World,
    (from, to): (ProcessId, ProcessId),
    between: &[&Envelope],
    wanted: Word<'_>,
) -> ActionError {
    let name = if wanted.text.is_empty() { "a message".to_owned() } else { quote(wanted.text) };
    let error = ActionError::new(wanted.column, format!("{name} from {from} to {to} is not in flight"));
    let every = || world.network().distinct().map(|(envelope, _)| envelope);
    let whole: Vec<String> = every().map(|one| envelope_text(one, world)).collect();
    let typed = format!("{from}>{to} {}", wanted.text);
    let close = nearest_within(&typed, whole.iter().map(String::as_str), (typed.chars().count() / 3).max(2));
    let advice = if between.is_empty() {
        let near: Vec<String> =
            every().filter(|one| one.from == from || one.to == to).map(|one| envelope_text(one, world)).collect();
        match near.as_slice() {
            [] => format!("nothing is in flight from {from} or to {to}"),
            near => format!("in flight from {from} or to {to}: {}", listed(near)),
        }
    } else {
        let texts: Vec<String> = between.iter().map(|one| message_text(one, world)).collect();
        format!("in flight from {from} to {to}: {}", listed(&texts))
    };
    error.advice(advice).nearest(close.map(|near| format!("{verb} {near}")))
}

fn listed(texts: &[String]) -> String {
    let mut list: Vec<String> = texts.iter().take(MOST_LISTED).map(|text| quote(text)).collect();
    if texts.len() > MOST_LISTED {
        list.push(format!("and {} more", texts.len() - MOST_LISTED));
    }
    list.join(", ")
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn spaces_brackets_and_order_make_no_difference() {
        let same = [
            ("p2a(⟨0.1, 1, A⟩)", "p2a(0.1, 1, A)"),
            ("p1b(0.1, [(0.1, 2, B), (0.0, 1, A)])", "p1b(0.1,[⟨0.0,1,A⟩,⟨0.1,2,B⟩])"),
            ("p1b(0.1, [], to 0.0)", "p1b(0.1,[],to 0.0)"),
        ];
        for (one, other) in same {
            assert_eq!(canonical(one), canonical(other));
        }
        assert_ne!(canonical("p1b(0.1, [(0.0, 1, A)])"), canonical("p1b(0.1, [])"));
    }
}
