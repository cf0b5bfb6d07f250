//! What a line that is begun can become: the action language as a list of continuations, for a prompt to offer.

use crate::pmmc::{Bug, DuplicateRequest, Local, LowerP2b, OnPreempted, P2aRule, ProcessId, StableField};
use crate::world::World;

use super::action::{OPS, VERBS};
use super::message::envelope_text;
use super::rule::CHANGEABLE;

/// The lines that this one can become by its next word, in the order in which they are listed anywhere else. Each one
/// begins with what is typed; one that ends with a space goes on after it.
pub fn completions(text: &str, world: &World) -> Vec<String> {
    let text = text.trim_start();
    let Some((verb, rest)) = text.split_once(' ') else {
        let verbs = VERBS.iter().filter(|verb| verb.starts_with(text));
        return verbs.map(|verb| if *verb == "heal" { (*verb).to_owned() } else { format!("{verb} ") }).collect();
    };
    let rest = rest.trim_start();
    let head = &text[..text.len() - rest.len()];
    let processes = |wanted: fn(ProcessId) -> bool| -> Vec<String> {
        world.cluster().processes().filter(|process| wanted(*process)).map(|process| process.to_string()).collect()
    };
    let words = match verb {
        "deliver" | "drop" | "duplicate" => messages(verb, world),
        "elect" => processes(|process| matches!(process, ProcessId::Leader(_))),
        "ping" | "timeout" => watching(world),
        "crash" => processes(|_| true).into_iter().filter(|name| is(name, world, true)).collect(),
        "restart" => processes(|_| true),
        "resend" => processes(|process| !matches!(process, ProcessId::Acceptor(_))),
        "request" => return request(head, rest, world),
        "partition" => return partition(text, world),
        "rule" => return rule(head, rest),
        _ => Vec::new(),
    };
    words.into_iter().filter(|word| word.starts_with(rest)).map(|word| format!("{head}{word}")).collect()
}

fn is(name: &str, world: &World, up: bool) -> bool {
    world.cluster().processes().any(|process| process.to_string() == name && world.is_up(process) == up)
}

/// The messages in flight that this can be done to.
fn messages(verb: &str, world: &World) -> Vec<String> {
    let can = |envelope: &crate::world::Envelope| match verb {
        "deliver" => world.can_deliver(envelope).is_ok(),
        _ => !envelope.message.is_local(),
    };
    let distinct = world.network().distinct().map(|(envelope, _)| envelope).filter(|envelope| can(envelope));
    distinct.map(|envelope| envelope_text(envelope, world)).collect()
}

/// The leaders that have a rival.
fn watching(world: &World) -> Vec<String> {
    let with_rival = world.leaders().iter().filter(|node| node.up && node.state.rival.is_some());
    with_rival.map(|node| node.state.id.to_string()).collect()
}

fn request(head: &str, rest: &str, world: &World) -> Vec<String> {
    let Some((client, op)) = rest.split_once(' ') else {
        let names = world.cluster().clients().map(|id| id.to_string());
        return names.filter(|name| name.starts_with(rest)).map(|name| format!("{head}{name} ")).collect();
    };
    let op = op.trim_start();
    let ops = OPS.iter().map(|op| if *op == "noop" { (*op).to_owned() } else { format!("{op} ") });
    ops.filter(|one| one.starts_with(op)).map(|one| format!("{head}{client} {one}")).collect()
}

/// The next process of a group, or the bar between groups.
fn partition(text: &str, world: &World) -> Vec<String> {
    let start = text.rfind([' ', '|']).map_or(0, |at| at + 1);
    let (head, begun) = text.split_at(start);
    let named: Vec<&str> = head.split([' ', '|']).collect();
    let processes = world.cluster().processes().map(|process| process.to_string());
    let left: Vec<String> = processes.filter(|name| !named.contains(&name.as_str())).collect();
    let mut words: Vec<String> = left.into_iter().filter(|name| name.starts_with(begun)).collect();
    if begun.is_empty() && named.len() > 2 && !head.trim_end().ends_with('|') {
        words.push("| ".to_owned());
    }
    words.into_iter().map(|word| format!("{head}{word}")).collect()
}

fn rule(head: &str, rest: &str) -> Vec<String> {
    let Some((name, value)) = rest.split_once(' ') else {
        return CHANGEABLE.iter().filter(|rule| rule.starts_with(rest)).map(|rule| format!("{head}{rule} ")).collect();
    };
    let names = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
    let signed = |all: Vec<String>| all.iter().flat_map(|one| [format!("+{one}"), format!("-{one}")]).collect();
    let values: Vec<String> = match name {
        "on_preempted" => OnPreempted::ALL.iter().map(|one| one.name().to_owned()).collect(),
        "p2a" => P2aRule::ALL.iter().map(|one| one.name().to_owned()).collect(),
        "lower_p2b" => LowerP2b::ALL.iter().map(|one| one.name().to_owned()).collect(),
        "local" => Local::ALL.iter().map(|one| one.name().to_owned()).collect(),
        "duplicate_request" => DuplicateRequest::ALL.iter().map(|one| one.name().to_owned()).collect(),
        "state_reduction" => names(&["true", "false"]),
        "broken" => signed(Bug::ALL.iter().map(|bug| bug.name().to_owned()).collect()),
        "stable" => signed(names(&StableField::NAMES)),
        _ => Vec::new(),
    };
    let value = value.trim_start();
    values.into_iter().filter(|one| one.starts_with(value)).map(|one| format!("{head}{name} {one}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::parse_action;
    use crate::world::Setup;

    fn world(actions: &[&str]) -> World {
        let mut world = World::new(&Setup::default()).unwrap();
        for line in actions {
            let action = parse_action(line, &world).unwrap();
            world.apply(&action).unwrap();
        }
        world
    }

    #[test]
    fn every_word_is_offered_where_it_can_stand() {
        let world = world(&["elect L0", "crash A1"]);
        let table = [
            ("e", vec!["elect "]),
            ("de", vec!["deliver "]),
            ("hea", vec!["heal"]),
            ("elect ", vec!["elect L0", "elect L1"]),
            ("deliver ", vec!["deliver L0>A0 p1a(0.0)", "deliver L0>A2 p1a(0.0)"]),
            ("drop L0>A1", vec!["drop L0>A1 p1a(0.0)"]),
            ("crash A", vec!["crash A0", "crash A2"]),
            ("request C0 a", vec!["request C0 append "]),
            ("partition A0 | A", vec!["partition A0 | A1", "partition A0 | A2"]),
            ("rule p", vec!["rule p2a "]),
            ("rule on_preempted r", vec!["rule on_preempted rescout"]),
            ("rule broken +no_t", vec!["rule broken +no_tiebreak"]),
            ("rule stable -acceptor.a", vec!["rule stable -acceptor.accepted"]),
            ("timeout ", vec![]),
            ("explode ", vec![]),
        ];
        for (text, expected) in table {
            assert_eq!(completions(text, &world), expected, "{text:?}");
        }
        assert_eq!(completions("", &world).len(), VERBS.len());
    }

    /// What is offered is never a dead end: a line that is whole parses, whatever path of completions led to it.
    #[test]
    fn what_is_offered_whole_is_an_action() {
        let world = world(&["request C0 put k v", "elect L0", "elect L1"]);
        let mut open = vec![String::new()];
        let mut whole = 0;
        while let Some(text) = open.pop() {
            for line in completions(&text, &world) {
                assert!(line.starts_with(text.trim_start()), "{line:?} goes on from {text:?}");
                let takes_text = ["put ", "get ", "append ", "window "].iter().any(|end| line.ends_with(end));
                if line.ends_with(' ') && !takes_text && !line.starts_with("partition") {
                    open.push(line);
                } else if !takes_text && !line.starts_with("partition") {
                    whole += 1;
                    parse_action(&line, &world).unwrap();
                }
            }
        }
        assert!(whole > 80, "{whole}");
    }
}
