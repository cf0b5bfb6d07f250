//! What a typed line asks for: one action of the language, or several at once.

use crate::pmmc::ProcessId;
use crate::script::{completions, parse_action};
use crate::world::{Action, Envelope, World};

/// What comes before the process in a line that loses many messages at once.
const DROP_ALL: &str = "drop all";

/// The actions that a typed line means: one of the action language; or `drop all`, `drop all from A0`, `drop all to A0`,
/// which lose every message (from or to a process) that the network can lose.
pub fn orders(text: &str, world: &World) -> Result<Vec<Action>, String> {
    let text = text.trim();
    let Some(rest) = text.strip_prefix(DROP_ALL).filter(|rest| rest.is_empty() || rest.starts_with(' ')) else {
        return parse_action(text, world).map(|action| vec![action]).map_err(|error| error.to_string());
    };
    let words: Vec<&str> = rest.split_whitespace().collect();
    let wanted: Vec<Envelope> = match words.as_slice() {
        [] => lost(world, |_| true),
        [side @ ("from" | "to"), name] => {
            let process = named(name, world)?;
            lost(world, |one| if *side == "from" { one.from == process } else { one.to == process })
        }
        _ => return Err("write `drop all`, `drop all from A0` or `drop all to A0`".to_owned()),
    };
    if wanted.is_empty() {
        return Err("no such message is in flight".to_owned());
    }
    Ok(wanted.into_iter().map(Action::Drop).collect())
}

fn named(name: &str, world: &World) -> Result<ProcessId, String> {
    let mut processes = world.cluster().processes();
    processes.find(|process| process.to_string() == name).ok_or_else(|| format!("no process here is called `{name}`"))
}

fn lost(world: &World, wanted: impl Fn(&Envelope) -> bool) -> Vec<Envelope> {
    world.network().each().filter(|one| !one.message.is_local() && wanted(one)).cloned().collect()
}

/// The lines that a line can become by its next word.
pub fn offers(text: &str, world: &World) -> Vec<String> {
    let mut offers = completions(text, world);
    let text = text.trim_start();
    let many: Vec<String> = match text.strip_prefix("drop all ").and_then(|rest| rest.split_once(' ')) {
        Some((side @ ("from" | "to"), _)) => {
            let names = world.cluster().processes().map(|process| format!("drop all {side} {process}"));
            names.collect()
        }
        _ if text.starts_with("drop all") => ["drop all from ", "drop all to "].map(str::to_owned).to_vec(),
        _ if text.starts_with("drop ") => vec![DROP_ALL.to_owned()],
        _ => Vec::new(),
    };
    offers.extend(many.into_iter().filter(|line| line.starts_with(text)));
    offers
}

/// What a whole line would do, where its words alone do not show it: who can reach whom in a cut network, and how many
/// messages would be lost.
pub fn meaning(text: &str, world: &World) -> Option<String> {
    let orders = orders(text, world).ok()?;
    match orders.as_slice() {
        [Action::Partition(partition)] => {
            let names = |some: &mut dyn Iterator<Item = ProcessId>| {
                some.map(|process| process.to_string()).collect::<Vec<_>>().join(" ")
            };
            let sides = partition.groups().iter().enumerate();
            let sides = sides.map(|(at, group)| format!("({}) {}", at + 1, names(&mut group.iter().copied())));
            let sides = sides.collect::<Vec<_>>().join(" ‖ ");
            let mut others =
                world.cluster().processes().filter(|one| partition.groups().iter().all(|group| !group.contains(one)));
            let others = names(&mut others);
            Some(if others.is_empty() { sides } else { format!("{sides} · {others} reach all") })
        }
        [Action::Heal] => Some("everybody reaches everybody again".to_owned()),
        many if text.trim().starts_with(DROP_ALL) => Some(match many.len() {
            1 => "loses 1 message".to_owned(),
            count => format!("loses {count} messages"),
        }),
        _ => None,
    }
}

/// A cut to begin with: the first acceptor and leader on one side, the other servers on the other.
pub(crate) fn suggested_cut(world: &World) -> String {
    let cluster = world.cluster();
    let first = |process: &ProcessId| match process {
        ProcessId::Leader(id) => id.0 == 0,
        ProcessId::Acceptor(id) => id.0 == 0,
        _ => false,
    };
    let servers = cluster.processes().filter(|one| matches!(one, ProcessId::Leader(_) | ProcessId::Acceptor(_)));
    let (one, other): (Vec<ProcessId>, Vec<ProcessId>) = servers.partition(first);
    let names = |side: &[ProcessId]| side.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    format!("partition {} | {}", names(&one), names(&other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Setup;

    #[test]
    fn a_whole_line_says_what_it_would_do() {
        let mut world = World::new(&Setup::default()).unwrap();
        let told = |line: &str, world: &World| meaning(line, world);
        let cut = told("partition L0 A0 | L1 A1 A2", &world);
        assert_eq!(cut.as_deref(), Some("(1) L0 A0 ‖ (2) L1 A1 A2 · C0 R0 R1 reach all"));
        let cut = told("partition L0 A0 R0 R1 C0 | L1 A1 A2", &world);
        assert_eq!(cut.as_deref(), Some("(1) C0 R0 R1 L0 A0 ‖ (2) L1 A1 A2"));
        for nothing in ["partition L0 |", "partition L0 | L0", "drop all to A0", "elect L0", ""] {
            assert_eq!(told(nothing, &world), None, "{nothing}");
        }
        let elect = parse_action("elect L0", &world).unwrap();
        world.apply(&elect).unwrap();
        assert_eq!(told("drop all to A0", &world).as_deref(), Some("loses 1 message"));
        assert_eq!(told("drop all", &world).as_deref(), Some("loses 3 messages"));
    }

    #[test]
    fn a_line_can_lose_many_messages() {
        let mut world = World::new(&Setup::default()).unwrap();
        for line in ["request C0 put k v", "elect L0"] {
            for action in orders(line, &world).unwrap() {
                world.apply(&action).unwrap();
            }
        }
        for (line, count) in [("drop all", 5), ("drop all from L0", 3), ("drop all to A1", 1), ("drop all to R0", 1)] {
            assert_eq!(orders(line, &world).map(|actions| actions.len()), Ok(count), "{line}");
        }
        for line in ["drop all to", "drop all at A0", "drop all to X", "drop all to L1", "dropall", ""] {
            assert!(orders(line, &world).is_err(), "{line}");
        }
        assert_eq!(offers("drop all to A", &world), ["drop all to A0", "drop all to A1", "drop all to A2"]);
        assert!(offers("drop ", &world).contains(&"drop all".to_owned()));
    }

    #[test]
    fn the_suggested_cut_can_be_made() {
        let mut setup = Setup::default();
        for (leaders, acceptors) in [(1, 2), (2, 3), (5, 7)] {
            (setup.cluster.leaders, setup.cluster.acceptors) = (leaders, acceptors);
            let mut world = World::new(&setup).unwrap();
            let cut = orders(&suggested_cut(&world), &world).unwrap();
            world.apply(&cut[0]).unwrap();
        }
    }
}
