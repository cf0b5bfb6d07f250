//! A game: the learner is the network, says what arrives next and what is lost; a policy runs the elections. Every
//! message must arrive within so many steps, so that who wins has won against Paxos and not against a network that stops.
//!
//! Time is the number of the learner's steps. What the policy does takes none.

use std::collections::BTreeMap;

use crate::dice::Dice;
use crate::pmmc::{Ballot, LeaderId, Message, ProcessId};
use crate::script::{FileError, Game, Lesson, Line, Score};
use crate::session::Policy;
use crate::world::text::{self, Notation};
use crate::world::{Action, Envelope, World};

use super::plan::error_at;

/// The policies, by the names that they have in lessons.
const POLICIES: [(&str, Policy); 2] = [("eager", Policy::Eager), ("wait", Policy::Watch)];

/// Why nothing but deliveries and losses may be done in a game.
pub(super) const POLICY_RUNS: &str = "the policy runs the elections: you deliver messages, or lose them";

/// The rules of a game.
#[derive(Clone, Debug)]
pub(super) struct GameTerms {
    policy: Policy,
    within: usize,
    lose: usize,
    timeout: usize,
    pub(super) score: Score,
}

/// A game as it stands at some moment.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    /// How many steps the learner took.
    pub(super) clock: usize,
    /// What is in flight, and when each copy was sent.
    sent: BTreeMap<Envelope, Vec<usize>>,
    leaders: Vec<Candidate>,
    /// When each leader sends again what was lost.
    again: BTreeMap<LeaderId, usize>,
    lost: usize,
    /// What the policy does before the learner does anything more.
    pub(super) due: Option<Action>,
}

/// A leader as the policy sees it.
#[derive(Clone, Debug)]
struct Candidate {
    preempted: bool,
    timeout: usize,
    /// When it runs again.
    runs_at: Option<usize>,
}

/// A game as far as it may be seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GameView {
    /// Steps so far.
    pub score: usize,
    /// The steps that are to be reached, or that nobody reaches.
    pub mark: usize,
    /// Whether they are to be reached.
    pub beats: bool,
    /// What must arrive first, and in how many steps at the latest.
    pub next_due: Option<(String, usize)>,
    /// What is in flight, and in how many steps at the latest it must arrive.
    pub due: BTreeMap<Envelope, usize>,
    /// The message that must arrive before anything else does.
    pub due_now: Option<Envelope>,
    /// How many messages may still be lost.
    pub losses_left: usize,
    /// Whether what ends it has happened.
    pub over: bool,
}

impl GameTerms {
    /// What the author wrote, understood.
    pub(super) fn new(lesson: &Lesson, name: &str, game: &Game) -> Result<Self, FileError> {
        let Some((_, policy)) = POLICIES.iter().find(|(name, _)| *name == game.policy.text) else {
            let what = format!("{name}: there is no policy \"{}\": expected \"eager\" or \"wait\"", game.policy);
            return Err(error_at(lesson, &game.policy, &what));
        };
        let least = 2;
        if game.within.number < least {
            let line = Line { text: String::new(), at: game.within.at };
            let what = format!("{name}: `within` is {}: expected {least} or more steps", game.within.number);
            return Err(error_at(lesson, &line, &what));
        }
        Ok(Self {
            policy: *policy,
            within: game.within.number,
            lose: game.lose.number,
            timeout: game.timeout.number.max(1),
            score: game.score,
        })
    }

    /// How many steps are to be reached, or not.
    pub(super) fn mark(&self) -> usize {
        match self.score {
            Score::Beat(limit) | Score::Bound(limit) => limit.number,
        }
    }

    /// In words, for the learner.
    pub(super) fn limits(&self) -> String {
        let losses = if self.lose > 0 { format!(", {} may be lost", self.lose) } else { ", none lost".to_owned() };
        let policy = match self.policy {
            Policy::Eager => "a preempted leader runs at once".to_owned(),
            Policy::Watch => format!("a preempted leader waits {} steps, then twice as long", self.timeout),
        };
        format!("every message within {} steps{losses}; {policy}", self.within)
    }

    pub(super) fn begin(&self, world: &World) -> Standing {
        let candidate = Candidate { preempted: false, timeout: self.timeout, runs_at: None };
        let mut standing = Standing {
            clock: 0,
            sent: BTreeMap::new(),
            leaders: vec![candidate; usize::from(world.cluster().leaders)],
            again: BTreeMap::new(),
            lost: 0,
            due: None,
        };
        self.look(&mut standing, world);
        standing
    }

    /// Takes in a step, the learner's or the policy's.
    pub(super) fn observe(&self, standing: &mut Standing, action: &Action, world: &World) {
        if standing.due.as_ref() == Some(action) {
            match action {
                Action::Elect(leader) | Action::Timeout(leader) => {
                    if let Some(candidate) = standing.leaders.get_mut(usize::from(*leader)) {
                        candidate.runs_at = None;
                    }
                }
                Action::Resend(ProcessId::Leader(leader)) => drop(standing.again.remove(leader)),
                _ => {}
            }
        } else {
            standing.clock += 1;
            if let Action::Drop(lost) = action {
                standing.lost += 1;
                for process in [lost.from, lost.to] {
                    if let ProcessId::Leader(leader) = process {
                        standing.again.entry(leader).or_insert(standing.clock + self.within);
                    }
                }
            }
        }
        self.look(standing, world);
    }

    /// Notes what is new in this world, and what the policy does about it.
    fn look(&self, standing: &mut Standing, world: &World) {
        let clock = standing.clock;
        standing.sent.retain(|envelope, _| world.network().has(envelope));
        for (envelope, copies) in world.network().distinct() {
            let times = standing.sent.entry(envelope.clone()).or_default();
            let copies = copies as usize;
            times.drain(..times.len().saturating_sub(copies));
            times.resize(copies, clock);
        }
        for (candidate, node) in standing.leaders.iter_mut().zip(world.leaders()) {
            let preempted = node.state.rival.is_some();
            if preempted && !candidate.preempted {
                let wait = if self.policy == Policy::Eager { 0 } else { candidate.timeout };
                candidate.runs_at = Some(clock + wait);
                candidate.timeout *= 2;
            }
            candidate.preempted = preempted;
        }
        standing.due = due(standing, world);
    }

    /// Why the learner may not do this now; `None` if they may.
    pub(super) fn refuses(&self, standing: &Standing, action: &Action) -> Option<String> {
        let (Action::Deliver(envelope) | Action::Drop(envelope)) = action else {
            return Some(POLICY_RUNS.to_owned());
        };
        if matches!(action, Action::Drop(_)) && standing.lost >= self.lose {
            return Some(match self.lose {
                0 => "no message may be lost in this game: all arrive, in the order that you like".to_owned(),
                most => format!("{most} messages may be lost in this game, and all of them are"),
            });
        }
        let (first, sent) = standing.oldest()?;
        let late = |sent: usize| standing.clock >= sent + self.within;
        let this = standing.sent.get(envelope).and_then(|times| times.first()).copied();
        if !late(sent) || this.is_some_and(late) {
            return None;
        }
        Some(format!("{} has waited {} steps: it must arrive now", named(first), standing.clock - sent))
    }

    pub(super) fn view(&self, standing: &Standing, over: bool) -> GameView {
        let next = standing.oldest();
        let left = |sent: usize| (sent + self.within).saturating_sub(standing.clock);
        GameView {
            score: standing.clock,
            mark: self.mark(),
            beats: matches!(self.score, Score::Beat(_)),
            next_due: next.map(|(envelope, sent)| (named(envelope), left(sent))),
            due: standing.due_times().map(|(envelope, sent)| (envelope.clone(), left(sent))).collect(),
            due_now: next.filter(|(_, sent)| !over && left(*sent) == 0).map(|(envelope, _)| envelope.clone()),
            losses_left: self.lose.saturating_sub(standing.lost),
            over,
        }
    }

    /// What a network of this seed would do next. Each has its own preferences among the kinds of messages, so that some
    /// are as mean as can be.
    pub(super) fn adversary(&self, standing: &Standing, world: &World, seed: u64, dice: &mut Dice) -> Option<Action> {
        let lose = standing.lost < self.lose && dice.below(8) == 0;
        let all = world.network().each().filter(|one| world.can_deliver(one).is_ok()).cloned();
        let action = |envelope| if lose { Action::Drop(envelope) } else { Action::Deliver(envelope) };
        let mut all: Vec<Action> = all.map(action).collect();
        all.retain(|action| self.refuses(standing, action).is_none());
        let taste = |action: &Action| match action {
            Action::Deliver(envelope) | Action::Drop(envelope) if !seed.is_multiple_of(4) => {
                let highest = ballot_of(&envelope.message);
                let kind = seed.rotate_right(envelope.message.kind() as u32 * 3) % 5;
                (kind, if seed.is_multiple_of(2) { highest } else { None })
            }
            _ => (0, None),
        };
        let best = all.iter().map(taste).max()?;
        if dice.below(8) > 0 {
            all.retain(|action| taste(action) == best);
        }
        dice.pick(&all).cloned()
    }
}

impl Standing {
    /// The message that has waited longest, and since when.
    fn oldest(&self) -> Option<(&Envelope, usize)> {
        self.due_times().min_by_key(|(_, sent)| *sent)
    }

    /// What is in flight, and when its oldest copy was sent.
    fn due_times(&self) -> impl Iterator<Item = (&Envelope, usize)> {
        self.sent.iter().filter_map(|(envelope, times)| Some((envelope, *times.first()?)))
    }
}

/// What the policy does now: what is due, or, if nothing can arrive any more, what would be due next.
fn due(standing: &Standing, world: &World) -> Option<Action> {
    let runs = (0_u8..).zip(&standing.leaders).filter_map(|(id, candidate)| Some((candidate.runs_at?, LeaderId(id))));
    let run = runs.min();
    let again = standing.again.iter().map(|(leader, at)| (*at, *leader)).min();
    let quiet = !world.network().each().any(|one| world.can_deliver(one).is_ok());
    let now = |at: usize| quiet || at <= standing.clock;
    match (run, again) {
        (Some((at, leader)), _) if at <= standing.clock => Some(Action::Elect(leader)),
        (_, Some((at, leader))) if now(at) => Some(Action::Resend(leader.into())),
        (Some((at, leader)), _) if now(at) => Some(Action::Elect(leader)),
        _ => None,
    }
}

/// The ballot that a message is about.
fn ballot_of(message: &Message) -> Option<Ballot> {
    match message {
        Message::P1a { ballot } | Message::P1b { to: ballot, .. } => Some(*ballot),
        Message::P2a { pvalue } | Message::P2b { to: pvalue, .. } => Some(pvalue.ballot),
        _ => None,
    }
}

fn named(envelope: &Envelope) -> String {
    let Envelope { from, to, message } = envelope;
    format!("{from} → {to} {}", text::message(Notation::Screen, message))
}
