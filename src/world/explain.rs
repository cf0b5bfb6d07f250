//! A step against the pseudo-code: which lines were executed, and what their guards saw. The why panel reads it here.

use std::collections::BTreeSet;

use crate::pmmc::{Ballot, Bug, PValue, ProcessId, Reason, StableField};

use super::listing::{LEADER, Listing, explanation};
use super::text::{Notation, ballot_num, pvalue};
use super::{Event, Invariant, World, WorldRule};

/// What stands beside a line of pseudo-code: the guard with its values, or the value that is assigned.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// The line's index.
    pub line: usize,
    /// `0.1 > 0.0`
    pub values: String,
    /// Whether the guard held; `None` for a value that nobody compares.
    pub holds: Option<bool>,
}

/// A listing of which some lines were executed in a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lit {
    /// Whose pseudo-code.
    pub listing: &'static Listing,
    /// Indexes of the executed lines.
    pub executed: BTreeSet<usize>,
    /// What the guards saw, in the order of the step; equal ones once.
    pub notes: Vec<Note>,
}

/// The leader's line that takes over what was accepted.
const PMAX: usize = 9;

/// The listings that a step executed lines of, in the order of the step. `hides`: a broken rule is to be found, so that
/// nothing tells which line it leaves out, and no values what its guard saw.
pub fn lit(world: &World, events: &[Event], hides: bool) -> Vec<Lit> {
    let mut all: Vec<Lit> = Vec::new();
    for event in events {
        let Some(explained) = event.rule().and_then(explanation) else { continue };
        let known = all.iter().position(|lit| lit.listing == explained.listing);
        let at = known.unwrap_or(all.len());
        if known.is_none() {
            all.push(Lit { listing: explained.listing, executed: BTreeSet::new(), notes: Vec::new() });
        }
        let lit = &mut all[at];
        lit.executed.extend(explained.lines);
        // The one bug that leaves out a line, not a guard.
        if !hides && *lit.listing == LEADER && world.context().rules.broken(Bug::IgnorePvals) {
            lit.executed.remove(&PMAX);
        }
        if let Event::Executed { reason, .. } = event
            && !hides
        {
            for note in notes(world, reason) {
                if !lit.notes.contains(&note) {
                    lit.notes.push(note);
                }
            }
        }
    }
    all
}

/// The invariants that the guards of a step protect, in the order of the step, each once.
pub fn protected(world: &World, events: &[Event]) -> Vec<Invariant> {
    let mut all = Vec::new();
    for invariant in events.iter().filter_map(|event| protected_by(world, event)) {
        if !all.contains(&invariant) {
            all.push(invariant);
        }
    }
    all
}

fn protected_by(world: &World, event: &Event) -> Option<Invariant> {
    match event {
        Event::World(WorldRule::Restart(process)) => {
            let (field, invariant) = kept_over_restart(*process)?;
            world.context().rules.stable.contains(&field).then_some(invariant)
        }
        _ => explanation(event.rule()?)?.protects,
    }
}

/// What stable storage is for at a process of this role, and which field keeps it; nobody relies on what a client knows.
fn kept_over_restart(process: ProcessId) -> Option<(StableField, Invariant)> {
    match process {
        ProcessId::Client(_) => None,
        ProcessId::Replica(_) => Some((StableField::ReplicaSlotOut, Invariant::R4)),
        ProcessId::Leader(_) => Some((StableField::LeaderBallotNum, Invariant::D7)),
        ProcessId::Acceptor(_) => Some((StableField::AcceptorAccepted, Invariant::A3)),
    }
}

fn held(line: usize, values: String) -> Note {
    Note { line, values, holds: Some(true) }
}

fn failed(line: usize, values: String) -> Note {
    Note { line, values, holds: Some(false) }
}

fn value(line: usize, values: String) -> Note {
    Note { line, values, holds: None }
}

/// What the guards of this reason saw; the line numbers are those of its listing.
fn notes(world: &World, reason: &Reason) -> Vec<Note> {
    match *reason {
        Reason::P1aAdopt { ballot, before } => {
            vec![Note { holds: Some(Some(ballot) > before), ..held(1, format!("{ballot} > {}", ballot_num(before))) }]
        }
        Reason::P1aRefuse { ballot, ballot_num: own } => vec![failed(1, format!("{ballot} > {}", ballot_num(own)))],
        Reason::P2aAccept { pvalue: one, before } => {
            let relation = if before >= Some(one.ballot) { "=" } else { "≥" };
            let values = format!("{} {relation} {}", one.ballot, ballot_num(before));
            vec![Note { line: 4, values, holds: Some(before <= Some(one.ballot)) }]
        }
        Reason::P2aRefuse { pvalue: one, ballot_num: own } => {
            vec![failed(4, format!("{} = {}", one.ballot, ballot_num(own)))]
        }
        Reason::P1bCount { .. }
        | Reason::P1bMajority { .. }
        | Reason::P1bPreempted { .. }
        | Reason::ScoutGone { .. } => of_scout(world, reason),
        Reason::SpawnCommander { .. }
        | Reason::P2bCount { .. }
        | Reason::P2bMajority { .. }
        | Reason::P2bPreempted { .. }
        | Reason::P2bLower { .. }
        | Reason::CommanderGone { .. } => of_commander(world, reason),
        Reason::Elect { .. }
        | Reason::ProposeNew { .. }
        | Reason::ProposeKnown { .. }
        | Reason::Adopted { .. }
        | Reason::Pmax { .. }
        | Reason::AdoptedStale { .. }
        | Reason::Preempted { .. }
        | Reason::PreemptedStale { .. }
        | Reason::LeaderPing { .. }
        | Reason::PingAnswer { .. }
        | Reason::Pong { .. } => of_leader(reason),
        _ => of_replica(reason),
    }
}

/// `|waitfor| < n/2` with its numbers.
fn majority(world: &World, line: usize, waiting: u8) -> Note {
    let acceptors = world.cluster().acceptors;
    let half = format!("{}{}", acceptors / 2, if acceptors.is_multiple_of(2) { "" } else { ".5" });
    let values = format!("{waiting} < {half}");
    Note { line, values, holds: Some(u16::from(waiting) * 2 < u16::from(acceptors)) }
}

fn equal(line: usize, a: Option<Ballot>, b: Ballot) -> Note {
    Note { line, values: format!("{} = {b}", ballot_num(a)), holds: Some(a == Some(b)) }
}

fn above(line: usize, a: Option<Ballot>, b: Ballot) -> Note {
    Note { line, values: format!("{} > {b}", ballot_num(a)), holds: Some(a > Some(b)) }
}

fn of_scout(world: &World, reason: &Reason) -> Vec<Note> {
    match *reason {
        Reason::P1bCount { ballot, ballot_num: carried, count, .. } => {
            vec![equal(1, carried, ballot), majority(world, 3, count.waiting)]
        }
        Reason::P1bPreempted { ballot, by, .. } => vec![equal(1, by, ballot), above(5, by, ballot)],
        Reason::ScoutGone { ballot, .. } => vec![value(0, format!("no scout {ballot} here"))],
        _ => Vec::new(),
    }
}

fn of_commander(world: &World, reason: &Reason) -> Vec<Note> {
    let named = |one: &PValue| pvalue(Notation::Screen, one);
    match *reason {
        Reason::SpawnCommander { pvalue: one } => vec![value(0, named(&one))],
        Reason::P2bCount { pvalue: one, ballot_num: carried, count, .. } => {
            vec![equal(2, carried, one.ballot), majority(world, 4, count.waiting)]
        }
        Reason::P2bPreempted { pvalue: one, by, .. } => vec![equal(2, by, one.ballot), above(6, by, one.ballot)],
        Reason::P2bLower { pvalue: one, ballot_num: lower, .. } => {
            vec![equal(2, lower, one.ballot), above(6, lower, one.ballot)]
        }
        Reason::CommanderGone { pvalue: one, .. } => vec![value(1, format!("no commander {}", named(&one)))],
        _ => Vec::new(),
    }
}

fn of_leader(reason: &Reason) -> Vec<Note> {
    match *reason {
        // Its first ballot is the one that it has from the start.
        Reason::Elect { ballot } if ballot.seqnum == 0 => vec![value(1, format!("ballot_num: {ballot}, as it was"))],
        Reason::Elect { ballot } => vec![value(1, format!("ballot_num := {ballot}"))],
        Reason::ProposeNew { slot, active, .. } => {
            let active = Note { line: 6, values: format!("active = {active}"), holds: Some(active) };
            vec![held(4, format!("slot {slot}: none")), active]
        }
        Reason::ProposeKnown { slot, kept, .. } => vec![failed(4, format!("slot {slot}: {kept}"))],
        Reason::Adopted { ballot } => vec![equal(8, Some(ballot), ballot)],
        Reason::Pmax { accepted: PValue { slot, ballot, command }, own } => {
            let becomes = match own {
                None => format!("slot {slot} := {command}"),
                Some(own) if own == command => format!("slot {slot}: {command}"),
                Some(own) => format!("slot {slot}: {own} → {command}"),
            };
            vec![value(PMAX, format!("{becomes}, of {ballot}"))]
        }
        Reason::AdoptedStale { ballot, ballot_num: own } => vec![equal(8, Some(ballot), own)],
        Reason::Preempted { by, ballot_num: own } | Reason::PreemptedStale { by, ballot_num: own } => {
            vec![above(13, by, own)]
        }
        Reason::LeaderPing { rival } => vec![value(15, format!("rival = {rival}"))],
        Reason::Pong { rival, .. } => vec![value(15, format!("rival = {}", ballot_num(rival)))],
        _ => Vec::new(),
    }
}

/// The replica's, and the client's.
fn of_replica(reason: &Reason) -> Vec<Note> {
    match *reason {
        Reason::ClientResponse { command, first: true } => vec![held(3, format!("{command}: none"))],
        Reason::ClientResponse { command, first: false } => vec![failed(3, format!("{command}: has one"))],
        Reason::RequestNew { command } => vec![held(1, format!("{command} is new"))],
        Reason::RequestKnown { command, .. } => vec![failed(1, format!("{command} is known"))],
        Reason::ReplicaPropose { slot, command } => {
            vec![held(16, format!("slot {slot}: none")), value(17, format!("slot {slot} := {command}"))]
        }
        Reason::DecisionNew { slot, command } => vec![held(4, format!("slot {slot}: none, := {command}"))],
        Reason::DecisionKnown { slot, known, .. } => vec![failed(4, format!("slot {slot}: {known}"))],
        Reason::Perform { slot, command } => vec![held(5, format!("slot {slot}: {command}"))],
        Reason::Skip { slot, command, earlier } => {
            vec![held(5, format!("slot {slot}: {command}")), held(11, format!("in slot {earlier}"))]
        }
        Reason::Displaced { slot, command, by } => vec![held(6, format!("slot {slot}: {command} ≠ {by}"))],
        Reason::Learn { slot, known: Some(command) } => vec![held(21, format!("slot {slot}: {command}"))],
        Reason::Learn { slot, known: None } => vec![failed(21, format!("slot {slot}: none"))],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pmmc::{AcceptorId, ClientId, LeaderId, ProcessId, Rules};
    use crate::world::{Action, Setup};

    #[test]
    fn an_election_reads_like_the_listing() {
        let mut world = World::new(&Setup::default()).unwrap();
        let mut seen = Vec::new();
        let mut events = world.apply(&Action::Elect(LeaderId(0))).unwrap();
        loop {
            let Some(envelope) = world.network().each().next().cloned() else { break };
            events = world.apply(&Action::Deliver(envelope)).unwrap();
            for lit in lit(&world, &events, false) {
                assert!(lit.notes.iter().all(|note| note.line < lit.listing.lines.len()));
                seen.extend(lit.notes.iter().map(|note| format!("{} {}", lit.listing.role, note.values)));
            }
        }
        for expected in ["acceptor 0.0 > 0", "scout 0.0 = 0.0", "scout 2 < 1.5", "scout 1 < 1.5", "leader 0.0 = 0.0"] {
            assert!(seen.iter().any(|one| one == expected), "{expected} is not in {seen:?}");
        }
        assert!(protected(&world, &events).contains(&Invariant::D6));
    }

    #[test]
    fn a_restart_promises_what_stable_storage_keeps_and_nothing_else() {
        for field in [None, Some(StableField::LeaderBallotNum), Some(StableField::AcceptorAccepted)] {
            let mut rules = Rules::default();
            field.map(|field| rules.stable.remove(&field));
            let mut world = World::new(&Setup { rules, ..Setup::default() }).unwrap();
            let promises = [
                (ProcessId::Leader(LeaderId(0)), Some((StableField::LeaderBallotNum, Invariant::D7))),
                (ProcessId::Acceptor(AcceptorId(0)), Some((StableField::AcceptorAccepted, Invariant::A3))),
                (ProcessId::Client(ClientId(0)), None),
            ];
            for (process, promise) in promises {
                world.apply(&Action::Crash(process)).unwrap();
                let events = world.apply(&Action::Restart(process)).unwrap();
                let kept = promise.filter(|(by, _)| field != Some(*by));
                assert_eq!(protected(&world, &events), Vec::from_iter(kept.map(|(_, invariant)| invariant)));
            }
        }
    }

    /// What is said of the last step of this run, under this bug, and what its guards saw. The leaders of the elections run
    /// for office, then the first message from one process to another is delivered for each pair.
    fn told(bug: Bug, elections: &[u8], deliveries: &[(ProcessId, ProcessId)]) -> (Vec<String>, Vec<Note>) {
        let mut setup = Setup::default();
        setup.rules.broken.insert(bug);
        let mut world = World::new(&setup).unwrap();
        for leader in elections {
            world.apply(&Action::Elect(LeaderId(*leader))).unwrap();
        }
        let mut last = Default::default();
        for (from, to) in deliveries {
            let envelope = world.network().each().find(|one| (one.from, one.to) == (*from, *to)).unwrap();
            let action = Action::Deliver(envelope.clone());
            let events = world.apply(&action).unwrap();
            let notes = lit(&world, &events, false).into_iter().flat_map(|lit| lit.notes).collect();
            last = (crate::world::sentences(Notation::Screen, &action, &events), notes);
        }
        last
    }

    /// A guard that a deliberate bug overrules is told as it is: nothing on the screen says what is false.
    #[test]
    fn a_broken_guard_is_not_told_as_if_it_held() {
        let leader = |number| ProcessId::Leader(LeaderId(number));
        let acceptor = ProcessId::Acceptor(AcceptorId(0));
        let late = [(leader(1), acceptor), (leader(0), acceptor)];
        let (said, notes) = told(Bug::AdoptLower, &[0, 1], &late);
        assert_eq!(said, ["A0 adopts 0.0, though 0.0 < its ballot_num 0.1"]);
        assert_eq!(notes, [failed(1, "0.0 > 0.1".to_owned())]);
        let first = [(leader(0), acceptor), (acceptor, leader(0))];
        let (said, notes) = told(Bug::ScoutQuorum1, &[0], &first);
        assert_eq!(said[1], "L0's scout is done, though no majority adopted 0.0");
        assert!(notes.contains(&failed(3, "2 < 1.5".to_owned())), "{notes:?}");
    }

    /// Every guard is a note on a line that has one.
    #[test]
    fn guards_stand_at_lines_with_a_condition() {
        let mut world = World::new(&Setup::default()).unwrap();
        let mut schedule_seed = 7_usize;
        for _ in 0..3_000 {
            let enabled = world.enabled();
            schedule_seed =
                schedule_seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let Some(action) = enabled.get((schedule_seed >> 33) % enabled.len().max(1)) else { break };
            let events = world.apply(action).unwrap();
            for lit in lit(&world, &events, false) {
                for note in lit.notes.iter().filter(|note| note.holds.is_some()) {
                    let line = lit.listing.lines[note.line];
                    assert!(line.contains("if ") || line.contains("while "), "{line}: {}", note.values);
                }
            }
        }
    }
}
