//! Random walks: many short runs by chance, for a quick witness that something can be. They never show that it cannot.
//!
//! Uniform chance delivers to everybody about equally, and what goes wrong in Paxos needs that somebody is late. So each
//! walk draws who is late in it: their messages are taken rarely while there are others.

use crate::dice::Dice;
use crate::pmmc::ProcessId;
use crate::world::{Action, Envelope, Watch, World};

use super::eye::{Budget, Eye, deliverable};
use super::question::Question;

/// The longest walk if the question says nothing: each walk draws one of these.
const LENGTHS: [usize; 4] = [20, 40, 80, 160];
/// A message of somebody who is late is taken once in so many times.
const RARELY: usize = 16;
/// Something else than a delivery happens once in so many steps.
const OTHERS: usize = 4;

/// Random walks from one world. The same seed makes the same walks.
#[derive(Debug)]
pub struct Walks {
    start: World,
    watch: Watch,
    question: Question,
    dice: Dice,
    done: usize,
    steps: usize,
}

impl Walks {
    /// Walks from this world; `watch` is what was ever voted and decided before.
    pub fn new(start: &World, watch: &Watch, question: Question, seed: u64) -> Self {
        let (start, watch) = (start.clone(), watch.clone());
        Self { start, watch, question, dice: Dice::new(seed), done: 0, steps: 0 }
    }

    /// How many walks were made.
    pub fn done(&self) -> usize {
        self.done
    }

    /// How many steps they took together.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Makes so many more walks at most; the first schedule that leads to what is asked for.
    pub fn run(&mut self, walks: usize) -> Option<Vec<Action>> {
        let question = self.question.clone();
        let (eye, there) = Eye::new(&self.start, &self.watch, &question.goal);
        if there {
            return Some(Vec::new());
        }
        for _ in 0..walks {
            self.done += 1;
            let found = self.walk(eye.clone(), Budget::new(question.allow));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn walk(&mut self, mut eye: Eye<'_>, mut budget: Budget) -> Option<Vec<Action>> {
        let drawn = LENGTHS[self.dice.below(LENGTHS.len())];
        let length = self.question.limits.depth.map_or(drawn, |most| drawn.min(most));
        let late = self.late();
        let mut world = self.start.clone();
        let mut actions = Vec::new();
        while actions.len() < length {
            let action = self.next(&world, budget, &late)?;
            budget.pay(&action, &world);
            let found = eye.step(&mut world, &action).ok()?;
            actions.push(action);
            self.steps += 1;
            if found {
                return Some(actions);
            }
        }
        None
    }

    /// Who is late in this walk: pairs of who sends and who gets.
    fn late(&mut self) -> Vec<(ProcessId, ProcessId)> {
        let all: Vec<ProcessId> = self.start.cluster().processes().collect();
        // From nobody to about half of all.
        let share = self.dice.below(5);
        let mut late = Vec::new();
        for from in &all {
            late.extend(all.iter().filter(|_| self.dice.below(8) < share).map(|to| (*from, *to)));
        }
        late
    }

    /// What happens next; `None` if nothing can.
    fn next(&mut self, world: &World, budget: Budget, late: &[(ProcessId, ProcessId)]) -> Option<Action> {
        let messages: Vec<&Envelope> = deliverable(world).collect();
        if !budget.is_spent() && (messages.is_empty() || self.dice.below(OTHERS) == 0) {
            let others = budget.others(world);
            // Each kind is as likely as any other, however many messages could be lost.
            let mut kinds = Vec::new();
            for kind in others.iter().map(std::mem::discriminant) {
                if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            }
            if let Some(kind) = self.dice.pick(&kinds) {
                let of_kind: Vec<&Action> = others.iter().filter(|one| std::mem::discriminant(*one) == *kind).collect();
                return self.dice.pick(&of_kind).map(|action| (*action).clone());
            }
        }
        let quick: Vec<&Envelope> =
            messages.iter().copied().filter(|one| !late.contains(&(one.from, one.to))).collect();
        let waits = quick.is_empty() || self.dice.below(RARELY) == 0;
        let from = if waits { &messages } else { &quick };
        self.dice.pick(from).map(|envelope| Action::Deliver((*envelope).clone()))
    }
}
