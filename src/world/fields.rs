//! A process's fields as texts, by the names that they have in the paper and on the slides. The one place where a field's
//! value is put into words, for narration, lessons and predictions alike.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::pmmc::{Acceptor, AcceptorId, Client, CommandId, Leader, ProcessId, Replica, Slot};

use super::World;
use super::text::{Notation, ballot_num, pvalue};

/// What a field holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FieldValue {
    /// One value: `0.1`, `true`.
    One(String),
    /// Several: `[(1, A), (2, B)]`.
    List(Vec<String>),
    /// Scouts or commanders at work, and whom they wait for: `[0.1 {A0, A1}]`.
    Work(Vec<Working>),
}

/// A scout or commander, and whom it waits for.
type Working = (String, BTreeSet<AcceptorId>);

impl fmt::Display for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(value) => f.write_str(value),
            Self::List(items) => write!(f, "[{}]", items.join(", ")),
            Self::Work(work) => {
                let waiting = |(what, waitfor): &Working| format!("{what} {{{}}}", joined(waitfor));
                write!(f, "[{}]", work.iter().map(waiting).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// A field's name and what it holds.
pub type Field = (&'static str, FieldValue);

/// The fields of a process, in a fixed order, the first being `up`; empty if there is no such process.
pub fn fields(world: &World, notation: Notation, process: ProcessId) -> Vec<Field> {
    let own = match process {
        ProcessId::Client(id) => world.client(id).map(|node| client_fields(&node.state)),
        ProcessId::Replica(id) => world.replica(id).map(|node| replica_fields(notation, &node.state)),
        ProcessId::Leader(id) => world.leader(id).map(|node| leader_fields(notation, &node.state)),
        ProcessId::Acceptor(id) => world.acceptor(id).map(|node| acceptor_fields(notation, &node.state)),
    };
    let Some(own) = own else { return Vec::new() };
    let mut all = vec![("up", one(world.is_up(process)))];
    all.extend(own);
    all
}

/// An acceptor's own fields.
pub fn acceptor_fields(notation: Notation, state: &Acceptor) -> Vec<Field> {
    let accepted = list(state.accepted.iter().map(|one| pvalue(notation, one)));
    vec![("ballot_num", one(ballot_num(state.ballot_num))), ("accepted", accepted)]
}

/// A leader's own fields.
pub fn leader_fields(notation: Notation, state: &Leader) -> Vec<Field> {
    let scouts = state.scouts.iter().map(|(ballot, scout)| (ballot.to_string(), scout.waitfor.clone()));
    let commanders = state.commanders.iter();
    let commanders = commanders.map(|(one, commander)| (pvalue(notation, one), commander.waitfor.clone()));
    vec![
        ("active", one(state.active)),
        ("ballot_num", one(state.ballot_num)),
        ("ran", one(state.ran)),
        ("rival", one(state.rival.map_or_else(|| "none".to_owned(), |rival| rival.to_string()))),
        ("proposals", by_slot(notation, &state.proposals)),
        ("scouts", FieldValue::Work(scouts.collect())),
        ("commanders", FieldValue::Work(commanders.collect())),
    ]
}

/// A replica's own fields.
pub fn replica_fields(notation: Notation, state: &Replica) -> Vec<Field> {
    vec![
        ("slot_in", one(state.slot_in)),
        ("slot_out", one(state.slot_out)),
        ("requests", list(&state.requests)),
        ("proposals", by_slot(notation, &state.proposals)),
        ("decisions", by_slot(notation, &state.decisions)),
        ("log", list(&state.log)),
        ("leaders", list(&state.leaders)),
        ("app", list(state.app.iter().map(|(key, value)| format!("{key} = {value}")))),
    ]
}

fn client_fields(state: &Client) -> Vec<Field> {
    let responses = state.responses.iter().map(|(command, result)| format!("{command} = {result}"));
    vec![("pending", list(&state.pending)), ("responses", list(responses))]
}

fn by_slot(notation: Notation, entries: &BTreeMap<Slot, CommandId>) -> FieldValue {
    let (open, close) = match notation {
        Notation::Files => ('(', ')'),
        Notation::Screen => ('⟨', '⟩'),
    };
    list(entries.iter().map(|(slot, command)| format!("{open}{slot}, {command}{close}")))
}

fn one(value: impl fmt::Display) -> FieldValue {
    FieldValue::One(format!("{value}"))
}

fn list<T: ToString>(items: impl IntoIterator<Item = T>) -> FieldValue {
    FieldValue::List(items.into_iter().map(|item| item.to_string()).collect())
}

/// How a field differs, as short as the stage tells it: `ballot_num: 0 → 0.1`, `accepted: +⟨0.1, 1, B⟩`,
/// `proposals: ⟨1, B → A⟩`, `scout {A0, A1} → {A0}`, `app: +{k1: v1}`.
pub fn change_text(name: &str, old: &FieldValue, new: &FieldValue) -> String {
    match (old, new) {
        (FieldValue::List(old), FieldValue::List(new)) => format!("{name}: {}", list_change(name, old, new)),
        (FieldValue::Work(old), FieldValue::Work(new)) => work_change(name, old, new),
        // What it was is plain.
        (FieldValue::One(old), FieldValue::One(new)) if old.parse::<bool>().is_ok() => format!("{name} → {new}"),
        (old, new) => format!("{name}: {old} → {new}"),
    }
}

/// What goes from a list, what has another value now, and what is added.
fn list_change(name: &str, old: &[String], new: &[String]) -> String {
    // The state machine is a map.
    let between = if name == "app" { " = " } else { ", " };
    let key = |item: &str| item.split_once(between).map(|(key, _)| key.to_owned());
    let mut gone: Vec<&String> = old.iter().filter(|item| !new.contains(item)).collect();
    let mut changed = Vec::new();
    let mut added = Vec::new();
    for item in new.iter().filter(|item| !old.contains(item)) {
        // What a slot or a key holds is one thing; what an acceptor accepted stays beside what it accepts.
        let was = gone.iter().position(|was| name != "accepted" && key(was).is_some() && key(was) == key(item));
        match was.map(|at| gone.remove(at)).and_then(|was| Some((was, was.split_once(between)?.1))) {
            Some((_, was)) => {
                let (key, now) = item.split_once(between).unwrap_or((item, ""));
                let was = was.trim_end_matches(['⟩', ')']);
                changed.push((String::new(), format!("{key}{between}{was} → {now}")));
            }
            None => added.push(("+".to_owned(), item.clone())),
        }
    }
    let gone = gone.into_iter().map(|item| ("-".to_owned(), item.clone()));
    let told = gone.chain(changed).chain(added).map(|(sign, item)| match name {
        "app" => format!("{sign}{{{}}}", item.replace(" = ", ": ")),
        _ => format!("{sign}{item}"),
    });
    told.collect::<Vec<_>>().join(" ")
}

/// The scouts or commanders that wait for others now, that are gone, and that begin, which wait for every acceptor; with
/// their ballots only where they have different ones, or a scout comes or goes.
fn work_change(name: &str, old: &[Working], new: &[Working]) -> String {
    let of =
        |all: &[Working], what: &str| all.iter().find(|(other, _)| other == what).map(|(_, waitfor)| waitfor.clone());
    let inner = |what: &str| what.trim_start_matches(['⟨', '(']).trim_end_matches(['⟩', ')']).to_owned();
    let ballot = |what: &str| inner(what).split(", ").next().unwrap_or_default().to_owned();
    let ballots: BTreeSet<String> = old.iter().chain(new).map(|(what, _)| ballot(what)).collect();
    let stays = |what: &str| of(old, what).is_some() && of(new, what).is_some();
    let named = |what: &str| match (name, ballots.len()) {
        ("scouts", 0 | 1) if stays(what) => "scout".to_owned(),
        ("scouts", _) => format!("scout {what}"),
        (_, 0 | 1) => format!("cmdr {}", inner(what).split(", ").skip(1).collect::<Vec<_>>().join(" ")),
        _ => format!("cmdr {what}"),
    };
    let waits = |waitfor: BTreeSet<AcceptorId>| format!("{{{}}}", joined(waitfor));
    let known = old.iter().filter(|one| !new.contains(one)).map(|(what, was)| match of(new, what) {
        Some(now) => format!("{} {} → {}", named(what), waits(was.clone()), waits(now)),
        None => format!("{} → none", named(what)),
    });
    let begun = new.iter().filter(|(what, _)| of(old, what).is_none());
    let begun = begun.map(|(what, _)| format!("+{}", named(what)));
    known.chain(begun).collect::<Vec<_>>().join(", ")
}

/// `A0, A1, A2`.
pub fn joined<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}
