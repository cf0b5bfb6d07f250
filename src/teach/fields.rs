//! A process's fields as texts, by the names that they have in the paper and on the slides.

use std::collections::BTreeMap;
use std::fmt::Display;

use crate::pmmc::{Acceptor, Client, CommandId, Leader, ProcessId, Replica, Slot};
use crate::world::World;
use crate::world::text::{Notation, ballot_num, pvalue, pvalues};

/// A field's name and its value as a text.
pub type Field = (&'static str, String);

/// The fields of a process, in a fixed order; empty if there is no such process.
pub fn fields(world: &World, notation: Notation, process: ProcessId) -> Vec<Field> {
    let own = match process {
        ProcessId::Client(id) => world.client(id).map(|node| client(notation, &node.state)),
        ProcessId::Replica(id) => world.replica(id).map(|node| replica(notation, &node.state)),
        ProcessId::Leader(id) => world.leader(id).map(|node| leader(notation, &node.state)),
        ProcessId::Acceptor(id) => world.acceptor(id).map(|node| acceptor(notation, &node.state)),
    };
    let Some(own) = own else { return Vec::new() };
    let mut all = vec![("up", world.is_up(process).to_string())];
    all.extend(own);
    all
}

/// An acceptor's fields.
pub(super) fn acceptor(notation: Notation, state: &Acceptor) -> Vec<Field> {
    vec![("ballot_num", ballot_num(state.ballot_num)), ("accepted", pvalues(notation, &state.accepted))]
}

fn leader(notation: Notation, state: &Leader) -> Vec<Field> {
    let scouts = state.scouts.iter().map(|(ballot, scout)| format!("{ballot} {}", set(&scout.waitfor)));
    let commanders = state
        .commanders
        .iter()
        .map(|(one, commander)| format!("{} {}", pvalue(notation, one), set(&commander.waitfor)));
    vec![
        ("active", state.active.to_string()),
        ("ballot_num", state.ballot_num.to_string()),
        ("rival", state.rival.map_or_else(|| "none".to_owned(), |rival| rival.to_string())),
        ("proposals", by_slot(notation, &state.proposals)),
        ("scouts", list(scouts)),
        ("commanders", list(commanders)),
    ]
}

fn replica(notation: Notation, state: &Replica) -> Vec<Field> {
    vec![
        ("slot_in", state.slot_in.to_string()),
        ("slot_out", state.slot_out.to_string()),
        ("requests", list(&state.requests)),
        ("proposals", by_slot(notation, &state.proposals)),
        ("decisions", by_slot(notation, &state.decisions)),
        ("log", list(&state.log)),
        ("leaders", list(&state.leaders)),
        ("app", list(state.app.iter().map(|(key, value)| format!("{key} = {value}")))),
    ]
}

fn client(_: Notation, state: &Client) -> Vec<Field> {
    let responses = state.responses.iter().map(|(command, result)| format!("{command} = {result}"));
    vec![("pending", list(&state.pending)), ("responses", list(responses))]
}

fn by_slot(notation: Notation, entries: &BTreeMap<Slot, CommandId>) -> String {
    let (open, close) = match notation {
        Notation::Files => ('(', ')'),
        Notation::Screen => ('⟨', '⟩'),
    };
    list(entries.iter().map(|(slot, command)| format!("{open}{slot}, {command}{close}")))
}

fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    format!("[{}]", joined(items))
}

fn set<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    format!("{{{}}}", joined(items))
}

pub(super) fn joined<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}
