//! Schedules for people: nothing in them that could go, in an order that reads well.

use crate::world::{Action, Watch, World};

use super::question::Question;
use super::retake::{Script, Take, Topic};

/// How often a schedule is taken again at most to find a better order.
const TRIES: usize = 3_000;

/// The schedule without every action that can go, in the order that reads best of those that were tried. It is taken
/// again on the engine: what comes back leads to what is asked for, as the last of its steps does for the first time. As
/// it was if it cannot be taken.
pub fn polish(start: &World, watch: &Watch, question: &Question, actions: Vec<Action>) -> Vec<Action> {
    let shorter = shortened(start, watch, question, actions);
    ordered(start, watch, question, shorter)
}

/// Leaves out every action without which the schedule still leads there. With an action goes what needs it.
pub(super) fn shortened(start: &World, watch: &Watch, question: &Question, actions: Vec<Action>) -> Vec<Action> {
    let mut actions = actions;
    // First many at once, then fewer, in the end one by one until nothing more can go.
    let mut many = (actions.len() / 2).max(1);
    loop {
        let Some(script) = Script::new(start, watch, question, actions.clone()) else { return actions };
        let without = |at: usize| script.taken((0..script.len()).filter(move |step| *step < at || *step >= at + many));
        let firsts = (0..script.len()).rev().step_by(many).map(|last| (last + 1).saturating_sub(many));
        let shorter = firsts.filter_map(without).find(|shorter| shorter.len() < script.len());
        match shorter {
            Some(shorter) => {
                actions = shorter;
                many = many.min(actions.len().max(1));
            }
            None if many > 1 => many /= 2,
            None => return actions,
        }
    }
}

/// The same actions in an order that reads better: what belongs to one run for office stays together, phase by phase.
pub(super) fn ordered(start: &World, watch: &Watch, question: &Question, actions: Vec<Action>) -> Vec<Action> {
    let mut best = actions;
    let Some(script) = Script::new(start, watch, question, best.clone()) else { return best };
    if let Some(greedy) = greedy(&script, &best).filter(|greedy| effort(greedy) < effort(&best)) {
        best = greedy;
    }
    let mut tries = 0;
    while let Some(better) = moved(start, watch, question, &best, &mut tries) {
        best = better;
    }
    best
}

/// How hard a schedule is to follow: what a reader has to have in mind anew at each step.
fn effort(actions: &[Action]) -> usize {
    actions.windows(2).map(|pair| turn(&pair[0], &pair[1])).sum()
}

/// From one step to the next: another run for office or command, another phase, back in the alphabet.
fn turn(before: &Action, after: &Action) -> usize {
    let ((ballot, command), (next_ballot, next_command)) = (subject(before), subject(after));
    let other_ballot = ballot.is_some() && next_ballot.is_some() && ballot != next_ballot;
    let other_command = command.is_some() && next_command.is_some() && command != next_command;
    let no_ballot = ballot.is_some() != next_ballot.is_some();
    let (phase, next_phase) = (phase(before), phase(after));
    let falls = phase == next_phase && receiver(before) > receiver(after);
    100 * usize::from(other_ballot)
        + 60 * usize::from(no_ballot)
        + 40 * usize::from(other_command)
        + 10 * usize::from(phase != next_phase)
        + usize::from(falls)
}

type Subject = (Option<crate::pmmc::LeaderId>, Option<crate::pmmc::CommandId>);

fn subject(action: &Action) -> Subject {
    super::retake::belongs_to(action)
}

fn phase(action: &Action) -> (std::mem::Discriminant<Action>, Option<crate::pmmc::MessageKind>) {
    let kind = action.message().map(|envelope| Topic::of(&envelope.message).kind);
    (std::mem::discriminant(action), kind)
}

fn receiver(action: &Action) -> Option<(crate::pmmc::ProcessId, crate::pmmc::ProcessId)> {
    match action {
        Action::Deliver(envelope) => Some((envelope.to, envelope.from)),
        _ => None,
    }
}

/// Always the step that is the least turn from the one before, of those that can be taken; `None` if that leads nowhere.
fn greedy(script: &Script<'_>, actions: &[Action]) -> Option<Vec<Action>> {
    let mut take = Take::new(script)?;
    let mut left: Vec<usize> = (0..script.len()).collect();
    let mut taken: Vec<Action> = Vec::new();
    while !left.is_empty() {
        let mut nearest = left.clone();
        if let Some(before) = taken.last() {
            nearest.sort_by_key(|step| turn(before, &actions[*step]));
        }
        let (step, next, action, found) = nearest.into_iter().find_map(|step| {
            let mut next = take.clone();
            let (action, found) = next.step(step)?;
            // What is asked for must not come before all is done.
            (!found || left.len() == 1).then_some((step, next, action, found))
        })?;
        take = next;
        taken.push(action);
        left.retain(|other| *other != step);
        if found {
            return Some(taken);
        }
    }
    None
}

/// The schedule with some of its steps elsewhere, if that is easier to follow and still leads there at its end.
fn moved(
    start: &World,
    watch: &Watch,
    question: &Question,
    actions: &[Action],
    tries: &mut usize,
) -> Option<Vec<Action>> {
    let script = Script::new(start, watch, question, actions.to_vec())?;
    let now = effort(actions);
    let count = actions.len();
    for length in 1..=count / 2 {
        for from in 0..=count - length {
            for to in (0..=count - length).filter(|to| *to != from) {
                let mut order: Vec<usize> = (0..count).filter(|step| *step < from || *step >= from + length).collect();
                order.splice(to..to, from..from + length);
                let easier = order.windows(2).map(|pair| turn(&actions[pair[0]], &actions[pair[1]])).sum::<usize>();
                if easier >= now {
                    continue;
                }
                *tries += 1;
                if *tries > TRIES {
                    return None;
                }
                let taken = script.taken(order.into_iter()).filter(|taken| taken.len() == count);
                if taken.as_deref().is_some_and(|taken| effort(taken) < now) {
                    return taken;
                }
            }
        }
    }
    None
}
