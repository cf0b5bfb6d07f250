//! What changed in a process's field, in words.

use crate::pmmc::{Acceptor, Client, Leader, ProcessId, Replica};
use crate::world::text::{self, Notation};
use crate::world::{Change, World};

/// What a field holds, as the action language writes it.
#[derive(PartialEq, Eq)]
enum Field {
    /// One value: `was 0, is 0.0`.
    One(String),
    /// A list that gains and loses entries.
    List(Vec<String>),
    /// Work in progress, told as it is now.
    Work(Vec<String>),
}

/// A clause about this change: `A0.ballot_num was 0, is 0.0`, `R0.proposals gains (1, A)`.
pub(crate) fn change_text(before: &World, after: &World, change: &Change) -> String {
    match (field(before, change), field(after, change)) {
        (Field::One(was), Field::One(is)) => format!("{change} was {was}, is {is}"),
        (Field::List(was), Field::List(is)) => format!("{change} {}", difference(&was, &is)),
        (_, Field::Work(is)) if is.is_empty() => format!("{change}: none left"),
        (_, Field::Work(is) | Field::List(is)) => format!("{change}: {}", is.join("; ")),
        (_, Field::One(is)) => format!("{change} is {is}"),
    }
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

fn field(world: &World, change: &Change) -> Field {
    let Change { process, field } = *change;
    let found = match process {
        ProcessId::Client(id) => world.client(id).and_then(|node| client(&node.state, field)),
        ProcessId::Replica(id) => world.replica(id).and_then(|node| replica(&node.state, field)),
        ProcessId::Leader(id) => world.leader(id).and_then(|node| leader(&node.state, field)),
        ProcessId::Acceptor(id) => world.acceptor(id).and_then(|node| acceptor(&node.state, field)),
    };
    found.unwrap_or_else(|| one(&world.is_up(process)))
}

fn one(value: &impl ToString) -> Field {
    Field::One(value.to_string())
}

fn list<T: ToString>(all: impl IntoIterator<Item = T>) -> Field {
    Field::List(all.into_iter().map(|one| one.to_string()).collect())
}

fn pairs<K: ToString, V: ToString>(all: impl IntoIterator<Item = (K, V)>) -> Field {
    list(all.into_iter().map(|(key, value)| format!("({}, {})", key.to_string(), value.to_string())))
}

fn client(client: &Client, field: &str) -> Option<Field> {
    match field {
        "pending" => Some(list(&client.pending)),
        "responses" => Some(pairs(&client.responses)),
        _ => None,
    }
}

fn replica(replica: &Replica, field: &str) -> Option<Field> {
    match field {
        "slot_in" => Some(one(&replica.slot_in)),
        "slot_out" => Some(one(&replica.slot_out)),
        "requests" => Some(list(&replica.requests)),
        "proposals" => Some(pairs(&replica.proposals)),
        "decisions" => Some(pairs(&replica.decisions)),
        "log" => Some(list(&replica.log)),
        "leaders" => Some(list(&replica.leaders)),
        "app" => Some(pairs(&replica.app)),
        _ => None,
    }
}

fn leader(leader: &Leader, field: &str) -> Option<Field> {
    let waiting = |what: String, waitfor: &std::collections::BTreeSet<_>| {
        let names: Vec<String> = waitfor.iter().map(crate::pmmc::AcceptorId::to_string).collect();
        format!("{what} waiting for {}", names.join(", "))
    };
    match field {
        "active" => Some(one(&leader.active)),
        "ballot_num" => Some(one(&leader.ballot_num)),
        "ran" => Some(one(&leader.ran)),
        "rival" => Some(one(&leader.rival.map_or_else(|| "none".to_owned(), |rival| rival.to_string()))),
        "proposals" => Some(pairs(&leader.proposals)),
        "scouts" => Some(Field::Work(
            leader.scouts.iter().map(|(ballot, scout)| waiting(ballot.to_string(), &scout.waitfor)).collect(),
        )),
        "commanders" => {
            let commanders = leader.commanders.iter();
            let work = commanders
                .map(|(pvalue, commander)| waiting(text::pvalue(Notation::Files, pvalue), &commander.waitfor))
                .collect();
            Some(Field::Work(work))
        }
        _ => None,
    }
}

fn acceptor(acceptor: &Acceptor, field: &str) -> Option<Field> {
    match field {
        "ballot_num" => Some(one(&text::ballot_num(acceptor.ballot_num))),
        "accepted" => Some(list(acceptor.accepted.iter().map(|pvalue| text::pvalue(Notation::Files, pvalue)))),
        _ => None,
    }
}
