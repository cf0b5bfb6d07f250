//! A run on the stage that plays itself, one step a tick. Whoever runs the program is asked to wake it; while it is
//! paused nobody is.

use std::collections::BTreeSet;

use crate::pmmc::{MessageKind, ProcessId};
use crate::session::{Autoplay, NodeId, Policy, Settings};
use crate::world::{Action, Event, History, World};

use super::prompt;

/// How many steps a second, from slow to fast.
const SPEEDS: [u64; 8] = [1, 2, 4, 8, 16, 32, 64, 128];

/// The speed to begin with.
const USUAL: usize = 2;

/// How a run plays itself if nobody says otherwise.
pub(crate) fn usual_way(seed: Option<u64>) -> String {
    format!("watch drop 0 twice 0 crash 0 seed {}", seed.unwrap_or(1))
}

/// How the line is read.
pub(crate) const EXPECTED: &str =
    "watch or eager, then any of drop PERCENT, twice PERCENT, crash MILLISECONDS of the run's clock, seed NUMBER";

/// A run that plays itself.
#[derive(Clone, Debug)]
pub struct Auto {
    play: Autoplay,
    /// The line that says how.
    way: String,
    speed: usize,
    running: bool,
    /// Whether processes crash and come back by themselves.
    crashes: bool,
    /// Where it left the run; if it is elsewhere, somebody else has acted.
    at: NodeId,
}

impl Auto {
    /// Begins here, in the way that this line says.
    pub(crate) fn new(way: &str, world: &World, at: NodeId) -> Result<Self, String> {
        let (seed, settings) = parse_way(way)?;
        let crashes = settings.crash_every > 0;
        let play = Autoplay::new(seed, settings, world);
        Ok(Self { crashes, play, way: way.to_owned(), speed: USUAL, running: true, at })
    }

    /// The line that says how it plays, as it was given.
    pub(crate) fn way(&self) -> &str {
        &self.way
    }

    /// Whether it plays now.
    pub fn running(&self) -> bool {
        self.running
    }

    pub(crate) fn set_running(&mut self, running: bool) {
        self.running = running;
    }

    /// Steps a second.
    pub fn speed(&self) -> u64 {
        SPEEDS[self.speed.min(SPEEDS.len() - 1)]
    }

    /// How long until the next step, in milliseconds.
    pub(crate) fn pause(&self) -> u64 {
        1000 / self.speed()
    }

    /// Faster or slower; false at the end of the scale.
    pub(crate) fn change_speed(&mut self, faster: bool) -> bool {
        let speed = if faster { self.speed + 1 } else { self.speed.wrapping_sub(1) };
        let can = speed < SPEEDS.len();
        if can {
            self.speed = speed;
        }
        can
    }

    /// What happens next: what its clock says, or, when nothing is planned, a client's next request.
    pub(crate) fn next(&mut self, world: &World, here: NodeId) -> Option<Action> {
        if here != self.at {
            self.play.resynchronise(world);
        }
        let request = request(world);
        let is_quiet = is_quiet(world);
        let goes_on = self.goes_on(world);
        // The world is the same all the while: who has nothing to send now has nothing in the next round either.
        let mut silent = BTreeSet::new();
        for _ in 0..IN_VAIN {
            match self.play.next(world) {
                // Nothing but watching is left: time for the next request. The detector does not miss one ping.
                Some(Action::Ping(leader)) if is_quiet => {
                    return request.or(goes_on.then_some(Action::Ping(leader)));
                }
                // Who has nothing to send again takes no step.
                Some(Action::Resend(process)) if silent.contains(&process) || !sends_again(world, process) => {
                    silent.insert(process);
                    if is_quiet && (request.is_some() || !goes_on) {
                        return request;
                    }
                }
                Some(planned) => return Some(planned),
                None => break,
            }
        }
        // Whom a client waits for is down or cut off: more requests would only wait too.
        if waits_for_a_hand(world) { None } else { request }
    }

    /// Whether something comes without a request: somebody crashes or comes back, or sends again what is unanswered.
    fn goes_on(&self, world: &World) -> bool {
        self.crashes || self.play.sends_again() && world.cluster().processes().any(|id| sends_again(world, id))
    }

    /// Takes in what its step did.
    pub(crate) fn observe(&mut self, events: &[Event], here: NodeId) {
        self.play.observe(events);
        self.at = here;
    }
}

/// So often nobody has anything to send again before it is clear that nobody will.
const IN_VAIN: usize = 10_000;

/// Whether this process has anything to send again.
fn sends_again(world: &World, process: ProcessId) -> bool {
    let events = world.clone().apply(&Action::Resend(process)).unwrap_or_default();
    events.iter().any(|event| matches!(event, Event::Sent(_)))
}

/// The next request, unless the client whose turn it is is down.
fn request(world: &World) -> Option<Action> {
    let request = prompt::parse_request(world, &prompt::suggestion(world)).ok()?;
    let (Action::Request(client, _) | Action::RequestAgain(client, _)) = &request else { return None };
    world.is_up((*client).into()).then_some(request)
}

/// Why a run that plays itself finds no next step: who is stuck, and on whom.
pub(super) fn why_nothing_happens(world: &World) -> String {
    let waiting: Vec<ProcessId> = world.cluster().processes().filter(|id| sends_again(world, *id)).collect();
    if waiting.is_empty() {
        let down = world.cluster().clients().map(ProcessId::from).filter(|id| !world.is_up(*id));
        let why = match names(down) {
            (_, 0) => "there is no client that could ask for more".to_owned(),
            (clients, 1) => format!("{clients}, which could ask for more, is down"),
            (clients, _) => format!("{clients}, which could ask for more, are down"),
        };
        return format!("paused: nobody who is up waits for an answer, and {why}");
    }
    let all_in_flight = world.network().distinct();
    let held = all_in_flight.filter(|(envelope, _)| world.can_deliver(envelope).is_err()).map(|(one, _)| one.to);
    let (held, count) = names(held.collect::<BTreeSet<_>>());
    let (waiting, waiting_count) = names(waiting);
    let wait = if waiting_count == 1 { "waits" } else { "wait" };
    let why = match count {
        0 => "nothing is in flight that could bring one, and this run sends nothing again".to_owned(),
        1 => format!("what is in flight waits for a process that is down or cut off: {held}"),
        _ => format!("what is in flight waits for processes that are down or cut off: {held}"),
    };
    format!("paused: {waiting} {wait} for an answer, and {why}")
}

/// `A0, A1 and A2`, and how many they are.
fn names(all: impl IntoIterator<Item = ProcessId>) -> (String, usize) {
    let mut all: Vec<String> = all.into_iter().map(|id| id.to_string()).collect();
    let count = all.len();
    let last = all.pop().unwrap_or_default();
    (if all.is_empty() { last } else { format!("{} and {last}", all.join(", ")) }, count)
}

/// Whether a client has no answer yet, and all that is in flight waits for a process that is down or cut off.
pub(crate) fn waits_for_a_hand(world: &World) -> bool {
    let mut in_flight = world.network().distinct().peekable();
    in_flight.peek().is_some()
        && in_flight.all(|(envelope, _)| world.can_deliver(envelope).is_err())
        && world.clients().iter().any(|node| !node.state.pending.is_empty())
}

/// Whether every client has all its answers, and nothing that is in flight can be delivered but pings and pongs. What
/// waits for a process that is down keeps nobody from asking for more.
pub(crate) fn is_quiet(world: &World) -> bool {
    world.clients().iter().all(|node| node.state.pending.is_empty()) && nothing_is_left(world)
}

/// Whether nothing that is in flight can be delivered but pings and pongs.
fn nothing_is_left(world: &World) -> bool {
    let watching = |kind| matches!(kind, MessageKind::Ping | MessageKind::Pong);
    let mut in_flight = world.network().distinct();
    in_flight.all(|(envelope, _)| watching(envelope.message.kind()) || world.can_deliver(envelope).is_err())
}

/// Whether a leader's ping, or the answer to one, can be delivered.
fn watching_is_left(world: &World) -> bool {
    let mut in_flight = world.network().distinct();
    in_flight.any(|(envelope, _)| world.can_deliver(envelope).is_ok())
}

/// Why a run that plays itself took a step in this world that is no delivery: its own idea, or a fault of those that it was
/// asked for. The history is that of the run with this step.
pub(super) fn own_idea(action: &Action, before: &World, history: &History) -> Option<String> {
    let asked = |what: &str| Some(format!("as asked: {what}"));
    let why = match action {
        Action::Elect(leader) => {
            let state = &before.leader(*leader)?.state;
            let runs = || -> u32 {
                let its_own = history.scout_ballots().filter(|(ballot, _)| ballot.leader == *leader);
                its_own.map(|(_, count)| count).sum()
            };
            match (state.ran, state.rival) {
                // Without its ballot in stable storage a leader forgets in a crash that it ran.
                (false, _) if runs() > 1 => format!("{leader} came back, and had not run since"),
                (false, _) => format!("{leader} had not run yet, and each leader runs once"),
                (true, Some(_)) => format!("{leader} was preempted, and is eager"),
                (true, None) => format!("{leader} neither was in office nor watched a rival"),
            }
        }
        Action::Request(..) | Action::RequestAgain(..) if nothing_is_left(before) => {
            let but = if watching_is_left(before) { "nothing but pings" } else { "nothing" };
            format!("{but} was left to deliver")
        }
        Action::Request(..) | Action::RequestAgain(..) => "the next request was due".to_owned(),
        Action::Drop(_) => return asked("some messages are lost"),
        Action::Duplicate(_) => return asked("some messages are doubled"),
        Action::Crash(_) => return asked("somebody crashes now and then"),
        Action::Restart(process) => format!("{process} was down long enough"),
        Action::Resend(_) => "it was time to ask again".to_owned(),
        Action::Ping(leader) => format!("{leader} watches its rival"),
        Action::Timeout(leader) => format!("{leader} did not hear from its rival for too long"),
        Action::Deliver(_) | Action::Partition(_) | Action::Heal | Action::Rule(_) => return None,
    };
    Some(format!("autoplay's own idea: {why}"))
}

/// Reads `watch drop 5 twice 0 crash 2000 seed 7`; what is left out is as usual.
fn parse_way(text: &str) -> Result<(u64, Settings), String> {
    let mut settings = Settings::default();
    let mut seed = 1;
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        let mut number = |most: u64| -> Result<u64, String> {
            let given = words.next().ok_or_else(|| format!("`{word}` needs a number: {EXPECTED}"))?;
            let parsed = given.trim_end_matches('%').parse().ok().filter(|number| *number <= most);
            parsed.ok_or_else(|| format!("`{word} {given}`: expected a number up to {most}"))
        };
        match word {
            "watch" => settings.policy = Policy::Watch,
            "eager" => settings.policy = Policy::Eager,
            "drop" => settings.drop_per_mille = number(100)? as u16 * 10,
            "twice" => settings.duplicate_per_mille = number(100)? as u16 * 10,
            "crash" => settings.crash_every = number(1_000_000)?,
            "seed" => seed = number(u64::MAX)?,
            _ => {
                let shown: String = word.chars().take(20).collect();
                return Err(format!("`{shown}`: expected {EXPECTED}"));
            }
        }
    }
    // What is lost must be sent again, or the run dries up.
    if settings.drop_per_mille > 0 || settings.crash_every > 0 {
        settings.resend_every = 200;
    }
    Ok((seed, settings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_is_read_or_refused_in_one_sentence() {
        let (seed, settings) = parse_way("eager drop 5% twice 2 crash 1500 seed 9").unwrap();
        assert_eq!((seed, settings.policy, settings.drop_per_mille), (9, Policy::Eager, 50));
        assert_eq!((settings.duplicate_per_mille, settings.crash_every, settings.resend_every), (20, 1500, 200));
        assert_eq!(parse_way("").unwrap(), parse_way(&usual_way(None)).unwrap());
        assert_eq!(parse_way(&usual_way(Some(7))).unwrap().0, 7);
        for wrong in ["drop", "drop x", "drop 101", "sleep", "crash -1", "seed"] {
            assert!(parse_way(wrong).is_err(), "{wrong}");
        }
    }
}
