//! What a lesson can speak of in a state, and what it is there: `A0.ballot_num`, `slot 0.chosen`, `command A.messages`.

use std::collections::BTreeSet;

use crate::pmmc::{Ballot, Cluster, CommandId, ProcessId, Slot};
use crate::script::nearest;
use crate::world::text::Notation;
use crate::world::{Bill, Field, World, fields, joined, messages_of_a_command, messages_of_an_election};

use super::plan::Stage;

/// What can be counted of a command or an election.
const COUNTED: [&str; 4] = ["messages", "delays", "stable writes", "formula"];
/// What can be counted of a whole run.
const COUNTED_OF_A_RUN: [&str; 2] = ["round trips", "messages"];

/// What a command or an election cost.
struct Spent<'a> {
    bill: Option<&'a Bill>,
    delays: Option<u32>,
    formula: String,
}

impl Spent<'_> {
    fn of(&self, what: &str) -> Result<String, String> {
        Ok(match what {
            "messages" => self.bill.map_or(0, Bill::total).to_string(),
            "delays" => self.delays.map_or_else(|| "none yet".to_owned(), |delays| delays.to_string()),
            "stable writes" => self.bill.map_or(0, Bill::writes_for_safety).to_string(),
            "formula" => self.formula.clone(),
            other => return Err(format!("`{other}` cannot be counted: expected one of {}", COUNTED.join(", "))),
        })
    }
}

/// What the formula of this subject looks like, if it is one: `command A.formula`.
pub(super) fn formula(subject: &str) -> Option<&'static str> {
    let about = subject.strip_suffix(".formula")?;
    Some(if about.starts_with("command") { "3r + rl + 2n" } else { "2n + K(2n + r)" })
}

/// What this subject is in that state, as files write it; or why there is no such thing.
pub(super) fn value_of(subject: &str, stage: &Stage) -> Result<String, String> {
    if let Some(slot) = subject.strip_prefix("slot ").and_then(|slot| slot.strip_suffix(".chosen")) {
        return chosen(slot, stage);
    }
    if let Some((name, what)) = subject.strip_prefix("command ").and_then(|rest| rest.split_once('.')) {
        return of_command(name, stage)?.of(what.trim());
    }
    if let Some((ballot, what)) = subject.strip_prefix("election ").and_then(|rest| rest.rsplit_once('.')) {
        return of_election(ballot, stage)?.of(what.trim());
    }
    if let Some(what) = subject.strip_prefix("run.") {
        return of_run(what.trim(), stage);
    }
    field_of(subject, &stage.world)
}

fn of_command<'a>(name: &str, stage: &'a Stage) -> Result<Spent<'a>, String> {
    let command: CommandId =
        name.trim().parse().map_err(|_| format!("`{name}` is no command: expected one like `A`"))?;
    if stage.world.context().command(command).is_none() {
        return Err(format!("no command {command} was requested up to here"));
    }
    let formula = messages_of_a_command(stage.world.cluster()).to_string();
    Ok(Spent { bill: stage.costs().command(command), delays: stage.costs().delays(command), formula })
}

fn of_election<'a>(ballot: &str, stage: &'a Stage) -> Result<Spent<'a>, String> {
    let ballot: Ballot =
        ballot.trim().parse().map_err(|_| format!("`{ballot}` is no ballot: expected one like `0.1`"))?;
    let Some(bill) = stage.costs().election(ballot) else {
        return Err(format!("nobody ran with {ballot} up to here"));
    };
    let k = stage.costs().taken_over(ballot);
    let formula = messages_of_an_election(stage.world.cluster(), k as u64).to_string();
    Ok(Spent { bill: Some(bill), delays: stage.costs().election_delays(ballot), formula })
}

fn of_run(what: &str, stage: &Stage) -> Result<String, String> {
    let costs = stage.costs();
    match what {
        "round trips" => Ok(costs.round_trips().to_string()),
        "messages" => {
            let commands = costs.commands().map(|(_, bill)| bill.total());
            let elections = costs.elections().map(|(_, bill)| bill.total());
            Ok(commands.chain(elections).sum::<u64>().to_string())
        }
        other => Err(format!("`{other}` cannot be counted: expected one of {}", COUNTED_OF_A_RUN.join(", "))),
    }
}

fn chosen(slot: &str, stage: &Stage) -> Result<String, String> {
    let slot = slot.trim().parse().map(Slot).map_err(|_| format!("`{slot}` is no slot: expected a number"))?;
    let commands: BTreeSet<_> = stage.history().chosen(slot).map(|(command, _)| command).collect();
    Ok(if commands.is_empty() { "nothing".to_owned() } else { joined(commands) })
}

/// The value of a field, `A0.ballot_num`.
fn field_of(subject: &str, world: &World) -> Result<String, String> {
    if !subject.contains('.') {
        return Err(format!("`{subject}` names no field: expected one like `A0.ballot_num`"));
    }
    let found = pointed_at(subject, world)?.into_iter().next();
    found.map(|(_, value)| value.to_string()).ok_or_else(|| format!("there is no field {subject}"))
}

/// The fields that a pointer, `A0` or `A0.ballot_num`, points at.
pub(super) fn pointed_at(pointer: &str, world: &World) -> Result<Vec<Field>, String> {
    let (name, field) = match pointer.split_once('.') {
        Some((name, field)) => (name, Some(field)),
        None => (pointer, None),
    };
    let process = process(name, world)?;
    let all = fields(world, Notation::Files, process);
    let Some(field) = field else { return Ok(all) };
    let names: Vec<_> = all.iter().map(|(name, _)| *name).collect();
    let found: Vec<_> = all.into_iter().filter(|(name, _)| *name == field).collect();
    if found.is_empty() {
        return Err(match nearest(field, names.iter().copied()) {
            Some(near) => format!("{process} has no field `{field}`; did you mean `{near}`?"),
            None => format!("{process} has no field `{field}`: expected one of {}", names.join(", ")),
        });
    }
    Ok(found)
}

fn process(name: &str, world: &World) -> Result<ProcessId, String> {
    let processes: Vec<_> = world.cluster().processes().collect();
    let found = processes.iter().find(|process| process.to_string() == name);
    found.copied().ok_or_else(|| {
        let names: Vec<_> = processes.iter().map(ToString::to_string).collect();
        format!("there is no process `{name}`: expected one of {}", names.join(", "))
    })
}

/// `r = 3, l = 3, n = 5`
pub(super) fn sizes(cluster: Cluster) -> String {
    format!("r = {}, l = {}, n = {}", cluster.replicas, cluster.leaders, cluster.acceptors)
}
