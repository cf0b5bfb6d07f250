//! `replay --format json`: one object a line, for graders and other programs. The order of the keys is the order of the
//! fields here.

use std::collections::BTreeSet;

use serde::{Serialize, Serializer};

use crate::pmmc::{Acceptor, Ballot, Client, CommandId, Leader, PValue, ProcessId, Replica, Slot, State as AppState};
use crate::script::{action_text, message_text};
use crate::world::text::{Notation, ballot_num};
use crate::world::{Node, Violation, World, changes, sentences};

use super::StepView;

/// The line of the world before step 1.
pub fn initial_line(world: &World, violations: &[Violation]) -> String {
    to_line(&Line {
        step: 0,
        action: None,
        rules: Vec::new(),
        why: Vec::new(),
        changed: Vec::new(),
        violations,
        state: State::of(world),
    })
}

/// The line of one step, without a newline.
pub fn step_line(step: &StepView<'_>) -> String {
    to_line(&Line {
        step: step.number,
        action: Some(action_text(step.action, step.before)),
        rules: step.events.iter().filter_map(crate::world::Event::rule).collect(),
        why: sentences(Notation::Files, step.action, step.events),
        changed: changes(step.before, step.after).iter().map(ToString::to_string).collect(),
        violations: step.violations,
        state: State::of(step.after),
    })
}

fn to_line(line: &Line<'_>) -> String {
    // All keys are strings and all numbers whole: it always prints.
    serde_json::to_string(line).unwrap_or_default()
}

#[derive(Serialize)]
struct Line<'a> {
    step: usize,
    action: Option<String>,
    rules: Vec<&'static str>,
    why: Vec<String>,
    changed: Vec<String>,
    violations: &'a [Violation],
    state: State<'a>,
}

#[derive(Serialize)]
struct State<'a> {
    partition: Option<Vec<Vec<String>>>,
    acceptors: Vec<AcceptorState>,
    leaders: Vec<LeaderState>,
    replicas: Vec<ReplicaState<'a>>,
    clients: Vec<ClientState>,
    network: Vec<InFlight>,
    commands: Commands<'a>,
}

impl<'a> State<'a> {
    fn of(world: &'a World) -> Self {
        let texts = |group: &BTreeSet<ProcessId>| group.iter().map(ToString::to_string).collect();
        let cluster = world.cluster();
        Self {
            partition: world.partition().map(|partition| partition.groups().iter().map(texts).collect()),
            acceptors: cluster.acceptors().zip(world.acceptors()).map(|(id, node)| acceptor(&id, node)).collect(),
            leaders: world.leaders().iter().map(leader).collect(),
            replicas: world.replicas().iter().map(replica).collect(),
            clients: cluster.clients().zip(world.clients()).map(|(id, node)| client(&id, node)).collect(),
            network: world
                .network()
                .each()
                .map(|envelope| InFlight {
                    from: envelope.from.to_string(),
                    to: envelope.to.to_string(),
                    message: message_text(envelope, world),
                })
                .collect(),
            commands: Commands(world),
        }
    }
}

#[derive(Serialize)]
struct AcceptorState {
    id: String,
    up: bool,
    ballot_num: Option<String>,
    accepted: Vec<PValueState>,
}

fn acceptor(id: &impl ToString, node: &Node<Acceptor>) -> AcceptorState {
    AcceptorState {
        id: id.to_string(),
        up: node.up,
        ballot_num: node.state.ballot_num.map(|ballot| ballot.to_string()),
        accepted: pvalues(&node.state.accepted),
    }
}

#[derive(Serialize)]
struct LeaderState {
    id: String,
    up: bool,
    active: bool,
    ballot_num: String,
    ran: bool,
    rival: Option<String>,
    proposals: Vec<SlotState>,
    scouts: Vec<ScoutState>,
    commanders: Vec<CommanderState>,
}

#[derive(Serialize)]
struct ScoutState {
    ballot: String,
    waitfor: Vec<String>,
    pvalues: Vec<PValueState>,
}

#[derive(Serialize)]
struct CommanderState {
    ballot: String,
    slot: u32,
    command: String,
    waitfor: Vec<String>,
}

fn leader(node: &Node<Leader>) -> LeaderState {
    let leader = &node.state;
    LeaderState {
        id: leader.id.to_string(),
        up: node.up,
        active: leader.active,
        ballot_num: leader.ballot_num.to_string(),
        ran: leader.ran,
        rival: leader.rival.map(|rival| ballot_num(Some(rival))),
        proposals: slots(&leader.proposals),
        scouts: leader
            .scouts
            .iter()
            .map(|(ballot, scout)| ScoutState {
                ballot: ballot.to_string(),
                waitfor: names(&scout.waitfor),
                pvalues: pvalues(&scout.pvalues),
            })
            .collect(),
        commanders: leader
            .commanders
            .iter()
            .map(|(pvalue, commander)| CommanderState {
                ballot: pvalue.ballot.to_string(),
                slot: pvalue.slot.0,
                command: pvalue.command.to_string(),
                waitfor: names(&commander.waitfor),
            })
            .collect(),
    }
}

#[derive(Serialize)]
struct ReplicaState<'a> {
    id: String,
    up: bool,
    slot_in: Slot,
    slot_out: Slot,
    requests: Vec<String>,
    proposals: Vec<SlotState>,
    decisions: Vec<SlotState>,
    log: Vec<String>,
    leaders: Vec<String>,
    app: &'a AppState,
}

fn replica(node: &Node<Replica>) -> ReplicaState<'_> {
    let replica = &node.state;
    ReplicaState {
        id: replica.id.to_string(),
        up: node.up,
        slot_in: replica.slot_in,
        slot_out: replica.slot_out,
        requests: names(&replica.requests),
        proposals: slots(&replica.proposals),
        decisions: slots(&replica.decisions),
        log: names(&replica.log),
        leaders: names(&replica.leaders),
        app: &replica.app,
    }
}

#[derive(Serialize)]
struct ClientState {
    id: String,
    up: bool,
    pending: Vec<String>,
    responses: Vec<ResponseState>,
}

#[derive(Serialize)]
struct ResponseState {
    command: String,
    result: String,
}

fn client(id: &impl ToString, node: &Node<Client>) -> ClientState {
    let response = |(command, result): (&CommandId, &crate::pmmc::OpResult)| ResponseState {
        command: command.to_string(),
        result: result.to_string(),
    };
    ClientState {
        id: id.to_string(),
        up: node.up,
        pending: names(&node.state.pending),
        responses: node.state.responses.iter().map(response).collect(),
    }
}

#[derive(Serialize)]
struct InFlight {
    from: String,
    to: String,
    message: String,
}

#[derive(Serialize)]
struct PValueState {
    ballot: String,
    slot: u32,
    command: String,
}

fn pvalues(set: &BTreeSet<PValue>) -> Vec<PValueState> {
    let state = |pvalue: &PValue| PValueState {
        ballot: Ballot::to_string(&pvalue.ballot),
        slot: pvalue.slot.0,
        command: pvalue.command.to_string(),
    };
    set.iter().map(state).collect()
}

#[derive(Serialize)]
struct SlotState {
    slot: u32,
    command: String,
}

fn slots<'a>(map: impl IntoIterator<Item = (&'a Slot, &'a CommandId)>) -> Vec<SlotState> {
    map.into_iter().map(|(slot, command)| SlotState { slot: slot.0, command: command.to_string() }).collect()
}

fn names<T: ToString>(all: impl IntoIterator<Item = T>) -> Vec<String> {
    all.into_iter().map(|one| one.to_string()).collect()
}

/// The table of commands, in order of first request (a sorted map would put AA before B).
struct Commands<'a>(&'a World);

#[derive(Serialize)]
struct CommandState {
    client: Option<String>,
    op: String,
}

impl Serialize for Commands<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let commands = self.0.context().commands.iter().enumerate();
        serializer.collect_map(commands.map(|(index, command)| {
            let client = command.client.map(|client| client.to_string());
            (CommandId(index as u16).to_string(), CommandState { client, op: command.op.to_string() })
        }))
    }
}
