//! What a predicate that is begun can become by its next word, for a prompt to offer.

use std::collections::BTreeSet;

use crate::pmmc::{CommandId, MessageKind, Op, ProcessId};
use crate::world::{History, Invariant, World, slots};

/// What can stand at a place in a predicate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    Leader,
    Replica,
    Acceptor,
    /// Leaders and acceptors.
    Balloted,
    /// Leaders and replicas.
    Proposer,
    Process,
    Ballot,
    Slot,
    Command,
    Message,
    Invariant,
    Times,
    Key,
    Value,
    Predicate,
    /// Predicates in `[…]`.
    Predicates,
    Number,
}

/// Every predicate with what it asks for, in the order in which they are offered.
const PREDICATES: [(&str, &[Place]); 21] = {
    use Place::{
        Acceptor, Ballot, Balloted, Command, Invariant, Key, Leader, Message, Predicate, Predicates, Process, Proposer,
        Replica, Slot, Times, Value,
    };
    [
        ("Active", &[Leader]),
        ("Chosen", &[Slot, Command]),
        ("Decided", &[Replica, Slot, Command]),
        ("Answered", &[Command]),
        ("Waiting", &[Command]),
        ("Accepted", &[Acceptor, Ballot, Slot, Command]),
        ("Proposal", &[Proposer, Slot, Command]),
        ("BallotNum", &[Balloted, Ballot]),
        ("Scouting", &[Leader]),
        ("SlotOut", &[Replica, Slot]),
        ("App", &[Replica, Key, Value]),
        ("InFlight", &[Message]),
        ("InFlightTo", &[Process]),
        ("Sent", &[Message, Times]),
        ("Up", &[Process]),
        ("Violated", &[Invariant]),
        ("All", &[Predicates]),
        ("Any", &[Predicates]),
        ("Not", &[Predicate]),
        ("Then", &[Predicate, Predicate]),
        ("Ever", &[Predicate]),
    ]
};

const TIMES: [&str; 3] = ["AtLeast", "AtMost", "Exactly"];

/// An open bracket: what was begun in it.
#[derive(Clone, Copy)]
struct Open<'a> {
    /// The name before it; none before `[`.
    name: &'a str,
    commas: usize,
    /// Behind the bracket or the last comma.
    word: usize,
}

/// The predicates that this text can become by its next word. Each one begins with what is typed.
pub fn predicate_completions(text: &str, world: &World) -> Vec<String> {
    let text = text.trim_start();
    let open = opened(text);
    let (start, place, last) = match open.last() {
        None => (0, Place::Predicate, None),
        Some(inner) => {
            let Some((place, is_last)) = inside(inner, &open) else { return Vec::new() };
            (inner.word, place, Some(if inner.name.is_empty() { None } else { Some(is_last) }))
        }
    };
    let begun = text[start..].trim_start();
    let head = &text[..text.len() - begun.len()];
    // Behind a whole predicate only its surroundings go on.
    if begun.ends_with([')', ']']) {
        return match last {
            None => Vec::new(),
            Some(None) => vec![format!("{text}, "), format!("{text}]")],
            Some(Some(true)) => vec![format!("{text})")],
            Some(Some(false)) => vec![format!("{text}, ")],
        };
    }
    let behind = match last {
        Some(Some(true)) => ")",
        Some(Some(false)) => ", ",
        _ => "",
    };
    let words = words(place, world)
        .into_iter()
        .map(|word| if word.ends_with(['(', '[']) { word } else { format!("{word}{behind}") });
    words.filter(|word| word.starts_with(begun)).map(|word| format!("{head}{word}")).collect()
}

/// The brackets that are open at the end, outside of texts in quotes.
fn opened(text: &str) -> Vec<Open<'_>> {
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut quoted = false;
    for (at, char) in text.char_indices() {
        match char {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' => {
                let before = &text[..at];
                let name = before.rsplit(|char: char| !char.is_alphanumeric()).next().unwrap_or_default();
                open.push(Open { name, commas: 0, word: at + 1 });
            }
            '[' => open.push(Open { name: "", commas: 0, word: at + 1 }),
            ')' | ']' => drop(open.pop()),
            ',' => {
                if let Some(inner) = open.last_mut() {
                    inner.commas += 1;
                    inner.word = at + 1;
                }
            }
            _ => {}
        }
    }
    open
}

/// What stands at the place where the text ends, and whether nothing comes after it; `None` if nothing can stand there.
fn inside(inner: &Open<'_>, open: &[Open<'_>]) -> Option<(Place, bool)> {
    if inner.name.is_empty() {
        let outer = open.iter().rev().nth(1)?;
        return matches!(outer.name, "All" | "Any").then_some((Place::Predicate, false));
    }
    if TIMES.contains(&inner.name) {
        return (inner.commas == 0).then_some((Place::Number, true));
    }
    let (_, places) = PREDICATES.iter().find(|(name, _)| *name == inner.name)?;
    Some((*places.get(inner.commas)?, inner.commas + 1 == places.len()))
}

/// What can stand there.
fn words(place: Place, world: &World) -> Vec<String> {
    let processes = |wanted: fn(ProcessId) -> bool| {
        let names = world.cluster().processes().filter(|process| wanted(*process));
        let any = std::iter::once("_".to_owned());
        names.map(|process| format!("\"{process}\"")).chain(any).collect()
    };
    let quoted = |texts: &mut dyn Iterator<Item = String>| -> Vec<String> {
        texts.map(|text| format!("\"{text}\"")).chain(std::iter::once("_".to_owned())).collect()
    };
    match place {
        Place::Leader => processes(|one| matches!(one, ProcessId::Leader(_))),
        Place::Replica => processes(|one| matches!(one, ProcessId::Replica(_))),
        Place::Acceptor => processes(|one| matches!(one, ProcessId::Acceptor(_))),
        Place::Balloted => processes(|one| matches!(one, ProcessId::Leader(_) | ProcessId::Acceptor(_))),
        Place::Proposer => processes(|one| matches!(one, ProcessId::Leader(_) | ProcessId::Replica(_))),
        Place::Process => processes(|_| true),
        Place::Ballot => {
            let own = world.leaders().iter().map(|node| node.state.ballot_num.to_string());
            quoted(&mut own.chain(std::iter::once("0".to_owned())))
        }
        Place::Slot => {
            let slots = slots(world, &History::new(world.cluster())).into_iter().map(|slot| slot.0.to_string());
            slots.chain(std::iter::once("_".to_owned())).collect()
        }
        Place::Command => {
            let known = world.context().commands.len().max(1) as u16;
            quoted(&mut (0..known).map(|id| CommandId(id).to_string()))
        }
        Place::Message => quoted(&mut MessageKind::ALL.iter().map(|kind| kind.name().to_owned())),
        Place::Invariant => Invariant::ALL.iter().map(|one| format!("{one:?}")).chain(["_".to_owned()]).collect(),
        Place::Times => TIMES.iter().map(|name| format!("{name}(")).collect(),
        Place::Key => stored(world).into_iter().map(|(key, _)| format!("\"{key}\"")).collect(),
        Place::Value => {
            let mut values = stored(world).into_iter().filter_map(|(_, value)| value);
            quoted(&mut values)
        }
        Place::Number => vec!["1".to_owned()],
        Place::Predicates => vec!["[".to_owned()],
        Place::Predicate => PREDICATES.iter().map(|(name, _)| format!("{name}(")).collect(),
    }
}

/// The keys that commands speak of, with what they write there.
fn stored(world: &World) -> BTreeSet<(String, Option<String>)> {
    let pair = |op: &Op| match op {
        Op::Put { key, value } | Op::Append { key, value } => Some((key.clone(), Some(value.clone()))),
        Op::Get { key } => Some((key.clone(), None)),
        Op::Noop => None,
    };
    let all: BTreeSet<_> = world.context().commands.iter().filter_map(|command| pair(&command.op)).collect();
    if all.is_empty() { [("k1".to_owned(), Some("v1".to_owned()))].into() } else { all }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::{parse_action, parse_predicate};
    use crate::world::Setup;

    fn world() -> World {
        let mut world = World::new(&Setup::default()).unwrap();
        for line in ["request C0 put k v", "deliver C0>R0"] {
            let action = parse_action(line, &world).unwrap();
            world.apply(&action).unwrap();
        }
        world
    }

    #[test]
    fn every_word_is_offered_where_it_can_stand() {
        let table: [(&str, &[&str]); 12] = [
            ("Act", &["Active("]),
            ("Active(", &["Active(\"L0\")", "Active(\"L1\")", "Active(_)"]),
            ("Chosen(", &["Chosen(1, ", "Chosen(_, "]),
            ("Chosen(1, ", &["Chosen(1, \"A\")", "Chosen(1, _)"]),
            ("All([Active(\"L0\"), Sc", &["All([Active(\"L0\"), Scouting("]),
            ("All([Up(\"A0\")", &["All([Up(\"A0\"), ", "All([Up(\"A0\")]"]),
            ("All([Up(\"A0\")]", &["All([Up(\"A0\")])"]),
            ("Not(Up(\"C", &["Not(Up(\"C0\")"]),
            ("Sent(\"p2a\", ", &["Sent(\"p2a\", AtLeast(", "Sent(\"p2a\", AtMost(", "Sent(\"p2a\", Exactly("]),
            ("App(\"R0\", ", &["App(\"R0\", \"k\", "]),
            ("Active(\"L0\")", &[]),
            ("Nonsense(", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(predicate_completions(text, &world()), expected, "{text}");
        }
    }

    /// Whatever way leads through what is offered, its end is a predicate; and every predicate that there is is offered.
    #[test]
    fn what_is_offered_whole_is_a_predicate() {
        let world = world();
        let mut open = vec![String::new()];
        let mut whole = 0;
        while let Some(text) = open.pop() {
            let offered = predicate_completions(&text, &world);
            if offered.is_empty() {
                let parsed = parse_predicate("test", &text);
                assert!(parsed.is_ok(), "{text}: {parsed:?}");
                whole += 1;
            }
            // One level of predicates in predicates is enough.
            let deep = |line: &str| line.matches(['(', '[']).count() > 4 || line.matches('[').count() > 1;
            let nests = |line: &str| ["All(", "Any(", "Then(", "Not(", "Ever("].iter().any(|name| line.ends_with(name));
            let long = |line: &str| line.contains('[') && line.ends_with("), ");
            open.extend(offered.into_iter().filter(|line| {
                line.starts_with(&text)
                    && !deep(line)
                    && !long(line)
                    && (!nests(line) || line.matches('(').count() == 1)
            }));
        }
        assert!(whole > 300, "{whole}");
        let unknown = parse_predicate("test", "Nonsense(1)").unwrap_err().to_string();
        let names = unknown.split('`').skip(3).step_by(2).map(str::to_owned);
        let offered: BTreeSet<String> = PREDICATES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(names.collect::<BTreeSet<_>>(), offered);
    }
}
