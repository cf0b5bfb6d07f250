//! The action language: one line of text is one action.

use std::collections::BTreeSet;

use crate::pmmc::{AcceptorId, ClientId, CommandId, LeaderId, Op, ProcessId, ReplicaId, Slot};
use crate::world::{Action, InitialProposal, Partition, Proposed, Request, World, groups};

use super::cursor::{Cursor, Word};
use super::error::{ActionError, quote};
use super::message::{envelope_text, parse_envelope};
use super::nearest::nearest;
use super::rule::{parse_rule, unknown};

/// The verbs, in the contract's order.
pub const VERBS: [&str; 13] = [
    "request",
    "elect",
    "deliver",
    "drop",
    "duplicate",
    "crash",
    "restart",
    "partition",
    "heal",
    "resend",
    "ping",
    "timeout",
    "rule",
];

/// The operations of a command.
pub(super) const OPS: [&str; 4] = ["put", "get", "append", "noop"];

/// The action's line of text. Parsed against the same world it is the same action again.
pub fn action_text(action: &Action, world: &World) -> String {
    match action {
        Action::Request(client, op) => format!("request {client} {op}"),
        Action::RequestAgain(client, command) => format!("request {client} {command}"),
        Action::Elect(leader) => format!("elect {leader}"),
        Action::Deliver(envelope) => format!("deliver {}", envelope_text(envelope, world)),
        Action::Drop(envelope) => format!("drop {}", envelope_text(envelope, world)),
        Action::Duplicate(envelope) => format!("duplicate {}", envelope_text(envelope, world)),
        Action::Crash(process) => format!("crash {process}"),
        Action::Restart(process) => format!("restart {process}"),
        Action::Partition(partition) => format!("partition {}", groups(partition)),
        Action::Heal => "heal".to_owned(),
        Action::Resend(process) => format!("resend {process}"),
        Action::Ping(leader) => format!("ping {leader}"),
        Action::Timeout(leader) => format!("timeout {leader}"),
        Action::Rule(change) => format!("rule {change}"),
    }
}

/// The action's verb: the first word of its line.
pub fn verb_of(action: &Action) -> &'static str {
    match action {
        Action::Request(..) | Action::RequestAgain(..) => "request",
        Action::Elect(_) => "elect",
        Action::Deliver(_) => "deliver",
        Action::Drop(_) => "drop",
        Action::Duplicate(_) => "duplicate",
        Action::Crash(_) => "crash",
        Action::Restart(_) => "restart",
        Action::Partition(_) => "partition",
        Action::Heal => "heal",
        Action::Resend(_) => "resend",
        Action::Ping(_) => "ping",
        Action::Timeout(_) => "timeout",
        Action::Rule(_) => "rule",
    }
}

/// Reads one line as an action of this world: a message's text means one that is in flight, and may be shortened as far
/// as it still means one. Whether the action is enabled is for [`World::apply`] to say.
pub fn parse_action(text: &str, world: &World) -> Result<Action, ActionError> {
    let mut cursor = Cursor::new(text)?;
    let verb = cursor.need("an action, like `elect L0` or `deliver L0>A1 p1a(0.0)`")?;
    let action = parse_verb(verb, &mut cursor, world)?;
    cursor.end()?;
    Ok(action)
}

fn parse_verb(verb: Word<'_>, cursor: &mut Cursor<'_>, world: &World) -> Result<Action, ActionError> {
    Ok(match verb.text {
        "request" => {
            let client = parse_client(cursor, Some(world))?;
            match parse_wish(cursor)? {
                Proposed::New(op) => Action::Request(client, op),
                Proposed::Again(command) => Action::RequestAgain(client, command),
            }
        }
        "elect" => Action::Elect(parse_leader(cursor, Some(world))?),
        "ping" => Action::Ping(parse_leader(cursor, Some(world))?),
        "timeout" => Action::Timeout(parse_leader(cursor, Some(world))?),
        "deliver" => Action::Deliver(parse_envelope(verb.text, cursor, world)?),
        "drop" => Action::Drop(parse_envelope(verb.text, cursor, world)?),
        "duplicate" => Action::Duplicate(parse_envelope(verb.text, cursor, world)?),
        "crash" => Action::Crash(parse_process(cursor.need("a process, like `A1`")?, Some(world))?),
        "restart" => Action::Restart(parse_process(cursor.need("a process, like `A1`")?, Some(world))?),
        "resend" => Action::Resend(parse_process(cursor.need("a process, like `L0`")?, Some(world))?),
        "partition" => Action::Partition(parse_partition(cursor, world)?),
        "heal" => Action::Heal,
        "rule" => Action::Rule(parse_rule(cursor)?),
        _ => return Err(unknown("action", verb, &VERBS)),
    })
}

/// Reads a request of a workload: `C0 put k1 v1`.
pub fn parse_request(text: &str) -> Result<Request, ActionError> {
    let mut cursor = Cursor::new(text)?;
    let client = parse_client(&mut cursor, None)?;
    let op = cursor.need("an operation, like `put k1 v1`")?;
    let op = parse_op(op, &mut cursor)?;
    cursor.end()?;
    Ok(Request { client, op })
}

/// Reads a proposal that lies at a leader before step 1: `L0 1 put k1 v1`, or `L1 1 A` for an earlier one's command.
pub fn parse_proposal(text: &str) -> Result<InitialProposal, ActionError> {
    let mut cursor = Cursor::new(text)?;
    let leader = parse_leader(&mut cursor, None)?;
    let token = cursor.need("a slot, like `1`")?;
    let slot = token.text.parse().map(Slot).map_err(|_| {
        let expected = format!("a whole number up to {}, like `1`", u32::MAX);
        ActionError::new(token.column, format!("{} is no slot", quote(token.text))).expected(expected)
    })?;
    let command = parse_wish(&mut cursor)?;
    cursor.end()?;
    Ok(InitialProposal { leader, slot, command })
}

/// A new operation, or the letter of a command that is there.
fn parse_wish(cursor: &mut Cursor<'_>) -> Result<Proposed, ActionError> {
    let token = cursor.need("an operation, like `put k1 v1`, or the letter of an earlier command, like `A`")?;
    if token.text.chars().all(|char| char.is_ascii_uppercase()) {
        return parse_letters(token).map(Proposed::Again);
    }
    parse_op(token, cursor).map(Proposed::New)
}

fn parse_letters(token: Word<'_>) -> Result<CommandId, ActionError> {
    let number = token.text.bytes().try_fold(0_u32, |number, letter| {
        number.checked_mul(26)?.checked_add(u32::from(letter.saturating_sub(b'A')) + 1)
    });
    let id = number.and_then(|number| number.checked_sub(1)).and_then(|id| u16::try_from(id).ok());
    id.map(CommandId).ok_or_else(|| {
        ActionError::new(token.column, format!("no run has a command {}", quote(token.text)))
            .expected("the letter of an earlier command, like `A`")
    })
}

fn parse_op(name: Word<'_>, cursor: &mut Cursor<'_>) -> Result<Op, ActionError> {
    let mut word = |what: &str| cursor.need(what).map(|token| token.text.to_owned());
    Ok(match name.text {
        "put" => Op::Put { key: word("a key, as in `put k1 v1`")?, value: word("a value, as in `put k1 v1`")? },
        "get" => Op::Get { key: word("a key, as in `get k1`")? },
        "append" => {
            Op::Append { key: word("a key, as in `append k1 v1`")?, value: word("a value, as in `append k1 v1`")? }
        }
        "noop" => Op::Noop,
        _ => return Err(unknown("operation", name, &OPS)),
    })
}

fn parse_client(cursor: &mut Cursor<'_>, world: Option<&World>) -> Result<ClientId, ActionError> {
    let token = cursor.need("a client, like `C0`")?;
    match parse_process(token, world)? {
        ProcessId::Client(id) => Ok(id),
        other => Err(wrong_role(token, other, "a client, like `C0`")),
    }
}

fn parse_leader(cursor: &mut Cursor<'_>, world: Option<&World>) -> Result<LeaderId, ActionError> {
    let token = cursor.need("a leader, like `L0`")?;
    match parse_process(token, world)? {
        ProcessId::Leader(id) => Ok(id),
        other => Err(wrong_role(token, other, "a leader, like `L0`")),
    }
}

fn wrong_role(token: Word<'_>, process: ProcessId, expected: &str) -> ActionError {
    let role = match process {
        ProcessId::Client(_) => "a client",
        ProcessId::Replica(_) => "a replica",
        ProcessId::Leader(_) => "a leader",
        ProcessId::Acceptor(_) => "an acceptor",
    };
    ActionError::new(token.column, format!("{process} is {role}")).expected(expected)
}

/// Reads a process's name. Whether it is part of the cluster is not asked here; with a world, a number that no process
/// can have is refused with what that cluster has.
pub(crate) fn parse_process(token: Word<'_>, world: Option<&World>) -> Result<ProcessId, ActionError> {
    let made = |number: u8| match token.text.as_bytes().first() {
        Some(b'C') => Some(ProcessId::Client(ClientId(number))),
        Some(b'R') => Some(ProcessId::Replica(ReplicaId(number))),
        Some(b'L') => Some(ProcessId::Leader(LeaderId(number))),
        Some(b'A') => Some(ProcessId::Acceptor(AcceptorId(number))),
        _ => None,
    };
    let digits = token.text.get(1..).unwrap_or_default();
    let process = digits.parse().ok().and_then(made).filter(|process| process.to_string() == token.text);
    if let Some(process) = process {
        return Ok(process);
    }
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    if let (true, false, Some(like), Some(world)) = (is_number, digits.starts_with('0'), made(0), world) {
        let has = world.who_is_there(like);
        return Err(ActionError::new(token.column, format!("there is no {}: this cluster has {has}", token.text)));
    }
    let error = ActionError::new(token.column, format!("no process is called {}", quote(token.text)));
    let names: Vec<String> =
        world.into_iter().flat_map(|world| world.cluster().processes()).map(|id| id.to_string()).collect();
    Err(match nearest(token.text, names.iter().map(String::as_str)) {
        Some(near) => error.nearest(Some(near)),
        None => error.expected("`C`, `R`, `L` or `A` and a number, like `A1`"),
    })
}

fn parse_partition(cursor: &mut Cursor<'_>, world: &World) -> Result<Partition, ActionError> {
    let start = cursor.column();
    let expected = "two groups or more with `|` between them, like `A0 L0 | A1 A2 L1`";
    let mut groups = vec![BTreeSet::new()];
    let mut seen = BTreeSet::new();
    loop {
        if cursor.skip("|") {
            groups.push(BTreeSet::new());
            continue;
        }
        let token = cursor.word_of(|char| !char.is_whitespace() && char != '|');
        if token.text.is_empty() {
            break;
        }
        let process = parse_process(token, Some(world))?;
        if !seen.insert(process) {
            let what = format!("{process} is named twice");
            return Err(ActionError::new(token.column, what).advice("a process can be in one group only"));
        }
        if let Some(group) = groups.last_mut() {
            group.insert(process);
        }
    }
    let what = match groups.as_slice() {
        [only] if only.is_empty() => "the line ends too early",
        [_] => "there is only one group",
        _ => "a group is empty",
    };
    Partition::new(groups).ok_or_else(|| ActionError::new(start, what).expected(expected))
}
