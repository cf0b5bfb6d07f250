//! Which fields differ between two worlds.

use std::fmt;

use crate::pmmc::{Acceptor, Client, Leader, ProcessId, Replica};

use super::{Node, World};

/// A field that differs, by the name that it has in the paper: `A0.ballot_num`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[allow(missing_docs)]
pub struct Change {
    pub process: ProcessId,
    pub field: &'static str,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.process, self.field)
    }
}

/// The fields of processes that differ between two worlds of one cluster, in the fixed order of processes.
pub fn changes(before: &World, after: &World) -> Vec<Change> {
    let mut changed = Vec::new();
    for process in after.cluster().processes() {
        let fields = match process {
            ProcessId::Client(id) => compare(before.client(id), after.client(id), client_fields),
            ProcessId::Replica(id) => compare(before.replica(id), after.replica(id), replica_fields),
            ProcessId::Leader(id) => compare(before.leader(id), after.leader(id), leader_fields),
            ProcessId::Acceptor(id) => compare(before.acceptor(id), after.acceptor(id), acceptor_fields),
        };
        changed.extend(fields.into_iter().map(|field| Change { process, field }));
    }
    changed
}

type Fields = Vec<(&'static str, bool)>;

fn compare<T: PartialEq>(
    before: Option<&Node<T>>,
    after: Option<&Node<T>>,
    fields: impl Fn(&T, &T) -> Fields,
) -> Vec<&'static str> {
    let (Some(before), Some(after)) = (before, after) else { return Vec::new() };
    if before == after {
        return Vec::new();
    }
    let mut all = vec![("up", before.up != after.up)];
    all.extend(fields(&before.state, &after.state));
    all.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
}

fn client_fields(a: &Client, b: &Client) -> Fields {
    vec![("pending", a.pending != b.pending), ("responses", a.responses != b.responses)]
}

fn replica_fields(a: &Replica, b: &Replica) -> Fields {
    vec![
        ("slot_in", a.slot_in != b.slot_in),
        ("slot_out", a.slot_out != b.slot_out),
        ("requests", a.requests != b.requests),
        ("proposals", a.proposals != b.proposals),
        ("decisions", a.decisions != b.decisions),
        ("log", a.log != b.log),
        ("leaders", a.leaders != b.leaders),
        ("app", a.app != b.app),
    ]
}

fn leader_fields(a: &Leader, b: &Leader) -> Fields {
    vec![
        ("active", a.active != b.active),
        ("ballot_num", a.ballot_num != b.ballot_num),
        ("ran", a.ran != b.ran),
        ("rival", a.rival != b.rival),
        ("proposals", a.proposals != b.proposals),
        ("scouts", a.scouts != b.scouts),
        ("commanders", a.commanders != b.commanders),
    ]
}

fn acceptor_fields(a: &Acceptor, b: &Acceptor) -> Fields {
    vec![("ballot_num", a.ballot_num != b.ballot_num), ("accepted", a.accepted != b.accepted)]
}
