//! The value of a process's field in words.

use crate::pmmc::{Acceptor, Client, Leader, ProcessId, Replica};
use crate::world::text::{self, Notation};
use crate::world::{Change, World};

/// What this field holds in this world, as the action language writes it.
pub(crate) fn field_text(world: &World, change: &Change) -> String {
    let Change { process, field } = *change;
    let text = match process {
        ProcessId::Client(id) => world.client(id).and_then(|node| client(&node.state, field)),
        ProcessId::Replica(id) => world.replica(id).and_then(|node| replica(&node.state, field)),
        ProcessId::Leader(id) => world.leader(id).and_then(|node| leader(&node.state, field)),
        ProcessId::Acceptor(id) => world.acceptor(id).and_then(|node| acceptor(&node.state, field)),
    };
    text.unwrap_or_else(|| truth(world.is_up(process)))
}

fn truth(value: bool) -> String {
    (if value { "true" } else { "false" }).to_owned()
}

fn list<T: ToString>(all: impl IntoIterator<Item = T>) -> String {
    let texts: Vec<String> = all.into_iter().map(|one| one.to_string()).collect();
    format!("[{}]", texts.join(", "))
}

fn pairs<K: ToString, V: ToString>(all: impl IntoIterator<Item = (K, V)>) -> String {
    list(all.into_iter().map(|(key, value)| format!("({}, {})", key.to_string(), value.to_string())))
}

fn client(client: &Client, field: &str) -> Option<String> {
    match field {
        "pending" => Some(list(&client.pending)),
        "responses" => Some(pairs(&client.responses)),
        _ => None,
    }
}

fn replica(replica: &Replica, field: &str) -> Option<String> {
    match field {
        "slot_in" => Some(replica.slot_in.to_string()),
        "slot_out" => Some(replica.slot_out.to_string()),
        "requests" => Some(list(&replica.requests)),
        "proposals" => Some(pairs(&replica.proposals)),
        "decisions" => Some(pairs(&replica.decisions)),
        "log" => Some(list(&replica.log)),
        "leaders" => Some(list(&replica.leaders)),
        "app" => Some(pairs(&replica.app)),
        _ => None,
    }
}

fn leader(leader: &Leader, field: &str) -> Option<String> {
    match field {
        "active" => Some(truth(leader.active)),
        "ballot_num" => Some(leader.ballot_num.to_string()),
        "ran" => Some(truth(leader.ran)),
        "rival" => Some(leader.rival.map_or_else(|| "none".to_owned(), |rival| rival.to_string())),
        "proposals" => Some(pairs(&leader.proposals)),
        "scouts" => Some(list(
            leader.scouts.iter().map(|(ballot, scout)| format!("{ballot} waiting for {}", list(&scout.waitfor))),
        )),
        "commanders" => Some(list(leader.commanders.iter().map(|(pvalue, commander)| {
            format!("{} waiting for {}", text::pvalue(Notation::Files, pvalue), list(&commander.waitfor))
        }))),
        _ => None,
    }
}

fn acceptor(acceptor: &Acceptor, field: &str) -> Option<String> {
    match field {
        "ballot_num" => Some(text::ballot_num(acceptor.ballot_num)),
        "accepted" => Some(text::pvalues(Notation::Files, &acceptor.accepted)),
        _ => None,
    }
}
