//! What can happen in a world, as fingerprints of the worlds that it leads to: no world is built for that.
//!
//! Deliveries to different processes can happen in either order and lead to the same world, so one order is enough. If a
//! world came about by a delivery to process `x`, and a message to process `y` of a lower rank was in flight before, then
//! what its delivery leads to is not looked up: the world in which `y` was first has it, too. That one is as near to the
//! beginning, and whether it looks the delivery to `x` up hangs on a process of a still higher rank, and so on, so that
//! one of them does. Every world is met, as early as ever; only three of ten transitions are looked up.

use crate::pmmc::CommandId;

use super::allow::Chance;
use super::known::{Act, Known, add};
use super::lexicon::Gap;
use super::place::Place;
use super::print::print_of_memory;
use super::question::Asked;
use super::verdicts::Verdicts;

/// What can happen in one of the worlds of a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    /// The fingerprint of the world that it leads to.
    pub(super) print: u128,
    /// Which world of the block.
    pub(super) parent: u32,
    /// What happens: the code of an [`Act`].
    pub(super) code: u32,
    /// Whether it must be judged even if it leads to a world that was seen.
    pub(super) is_judged: bool,
}

/// What a thread needs to expand worlds.
#[derive(Debug)]
pub(super) struct Worker {
    sums: Vec<u128>,
    after: Vec<u128>,
    gone: Vec<u32>,
    pub(super) target: Place,
    pub(super) verdicts: Verdicts,
}

impl Worker {
    pub(super) fn new(asked: Asked) -> Self {
        Self {
            sums: Vec::new(),
            after: Vec::new(),
            gone: Vec::new(),
            target: Place::default(),
            verdicts: Verdicts::new(asked),
        }
    }

    /// The invariants that it judges.
    pub(super) fn asked(&self) -> Asked {
        self.verdicts.asked()
    }

    /// Builds the world that an act leads to, as its target.
    pub(super) fn build(&mut self, known: &Known, before: &Place, act: Act) {
        known.build(before, act, &mut self.target, &mut self.gone);
    }
}

/// One world that is being expanded.
struct Expanding<'a> {
    known: &'a Known,
    place: &'a Place,
    parent: u32,
    /// What no renaming changes of its fingerprint.
    rest: u128,
    worker: &'a mut Worker,
    out: &'a mut Vec<Candidate>,
    count: u32,
}

/// How a world came about, if by a delivery.
#[derive(Clone, Copy)]
struct Came<'a> {
    rank: u16,
    sent: &'a [u32],
}

impl Known {
    /// Lists what can happen in a world, which came about by the act of this code. How many transitions there are.
    pub(super) fn expand(
        &self,
        place: &Place,
        (parent, code): (u32, u32),
        worker: &mut Worker,
        out: &mut Vec<Candidate>,
    ) -> Result<u32, Gap> {
        let mut sums = std::mem::take(&mut worker.sums);
        self.sum(place, &mut sums);
        worker.sums = sums;
        let rest = self.rest_of_print(place);
        let mut expanding = Expanding { known: self, place, parent, rest, worker, out, count: 0 };
        let came = match Act::of(code) {
            // What a predicate remembers of the way would differ, or what it says of the last step.
            Act::Deliver(step) if !self.remembers && !self.judges_steps => self.lexicon.steps.get(step as usize),
            _ => None,
        };
        let came = came.map(|step| Came { rank: self.ranks[usize::from(step.position)], sent: &step.sent });
        if self.lexicon.renamings() == 1 && !self.leaves_out && !self.remembers && !self.judges_steps {
            expanding.deliveries(came, Expanding::offer_plainly)?;
        } else {
            expanding.deliveries(came, Expanding::offer)?;
        }
        if !place.left.is_empty() || self.may_restart {
            expanding.losses();
            expanding.own()?;
            expanding.request()?;
        }
        Ok(expanding.count)
    }
}

impl Expanding<'_> {
    #[inline]
    fn deliveries(
        &mut self,
        came: Option<Came<'_>>,
        offer: impl Fn(&mut Self, Act, u32) -> Result<(), Gap>,
    ) -> Result<(), Gap> {
        let (known, place) = (self.known, self.place);
        let lexicon = &known.lexicon;
        let mut before = None;
        for &envelope in &place.network {
            if before == Some(envelope) {
                continue;
            }
            before = Some(envelope);
            let to = usize::from(lexicon.routes[envelope as usize].to);
            let Some(step) = lexicon.receive(place.locals[to], envelope)? else { continue };
            self.count += 1;
            if let Some(came) = came
                && known.ranks[to] < came.rank
                && !came.sent.contains(&envelope)
                && lexicon.steps[step as usize].broken.is_empty()
            {
                continue;
            }
            offer(self, Act::Deliver(step), step)?;
        }
        Ok(())
    }

    /// A step, if nothing but its own part of the fingerprint changes.
    #[inline]
    fn offer_plainly(&mut self, act: Act, step: u32) -> Result<(), Gap> {
        let facts = &self.known.lexicon.steps[step as usize];
        if facts.is_remembered || !facts.broken.is_empty() {
            return self.offer(act, step);
        }
        let print = self.worker.sums[0].wrapping_add(self.known.lexicon.only_step_print(step)).wrapping_add(self.rest);
        self.out.push(Candidate { print, parent: self.parent, code: act.code(), is_judged: false });
        Ok(())
    }

    fn offer(&mut self, act: Act, step: u32) -> Result<(), Gap> {
        self.offer_with(act, step, 0)
    }

    /// A step; `change` is what else it adds to the fingerprint.
    fn offer_with(&mut self, act: Act, step: u32, change: u128) -> Result<(), Gap> {
        let Known { lexicon, chronicle, .. } = self.known;
        let mut gone = std::mem::take(&mut self.worker.gone);
        let listed = self.known.gone(self.place, act, step, &mut gone);
        self.worker.gone = gone;
        listed?;
        let Worker { sums, after, gone, .. } = self.worker;
        after.clear();
        after.extend(sums.iter().zip(lexicon.step_prints(step)).map(|(sum, print)| sum.wrapping_add(*print)));
        for envelope in gone.iter() {
            subtract(after, lexicon.envelope_prints(*envelope));
        }
        if lexicon.steps[step as usize].is_remembered {
            let grown = chronicle.after(self.place.history, step)?;
            subtract(after, chronicle.prints(self.place.history));
            add(after, chronicle.prints(grown));
        }
        self.push(act, change);
        Ok(())
    }

    /// Notes what can happen; the fingerprints stand in `after`.
    fn push(&mut self, act: Act, change: u128) {
        let smallest = super::known::smallest(self.worker.after.iter().copied());
        let mut print = smallest.wrapping_add(self.rest).wrapping_add(change);
        let mut is_judged = self.known.judges_steps || !self.known.broken_by(act).is_empty();
        // What a predicate remembers belongs to the world, so it must be asked before it is known which world it is.
        if self.known.remembers {
            self.worker.build(self.known, self.place, act);
            let Worker { target, verdicts, .. } = self.worker;
            is_judged |= self.known.is_answer(target, act, verdicts);
            let memory = print_of_memory(target.memory).wrapping_sub(print_of_memory(self.place.memory));
            print = print.wrapping_add(memory);
        }
        self.out.push(Candidate { print, parent: self.parent, code: act.code(), is_judged });
    }

    /// What using a budget once adds to a fingerprint.
    fn cost(&self, chance: Chance) -> u128 {
        let counted = self.place.left.is_counted(chance);
        if counted { self.known.budget_prints[chance as usize].wrapping_neg() } else { 0 }
    }

    /// Messages that are lost or doubled.
    fn losses(&mut self) {
        let place = self.place;
        let lexicon = &self.known.lexicon;
        for chance in [Chance::Drop, Chance::Duplicate].into_iter().filter(|chance| place.left.has(*chance)) {
            let mut before = None;
            for &envelope in &place.network {
                if before == Some(envelope) || lexicon.routes[envelope as usize].is_local {
                    continue;
                }
                before = Some(envelope);
                let is_drop = chance == Chance::Drop;
                let Worker { sums, after, .. } = self.worker;
                after.clone_from(sums);
                let change = if is_drop { subtract } else { add };
                change(after, lexicon.envelope_prints(envelope));
                self.count += 1;
                let act = if is_drop { Act::Drop(envelope) } else { Act::Duplicate(envelope) };
                self.push(act, self.cost(chance));
            }
        }
    }

    /// What processes can do by themselves.
    fn own(&mut self) -> Result<(), Gap> {
        const OWN: [Chance; 5] = [Chance::Elect, Chance::Crash, Chance::Restart, Chance::Resend, Chance::Timeout];
        let (known, place) = (self.known, self.place);
        for &local in &place.locals {
            let facts = &known.lexicon.locals[local as usize];
            let can = |chance: Chance| facts.own >> chance as u8 & 1 == 1;
            for chance in OWN {
                // A process that is down comes back at no cost, if processes may crash at all in this search.
                let is_restart = chance == Chance::Restart;
                let comes_back = is_restart && !facts.is_up && known.may_restart;
                let crashes_and_comes_back = is_restart && facts.is_up && place.left.has(chance);
                let acts = !is_restart && can(chance) && place.left.has(chance);
                if !(comes_back || crashes_and_comes_back || acts) {
                    continue;
                }
                let cost = if comes_back { 0 } else { self.cost(chance) };
                let step = known.lexicon.act(local, chance)?;
                self.count += 1;
                self.offer_with(Act::Own(chance, step), step, cost)?;
            }
        }
        Ok(())
    }

    /// The next request of the workload.
    fn request(&mut self) -> Result<(), Gap> {
        let (known, place) = (self.known, self.place);
        let next = place.requested as usize;
        let (true, Some(&client)) = (place.left.has(Chance::Request), known.clients.get(next)) else { return Ok(()) };
        let local = place.locals[client];
        if known.lexicon.locals[local as usize].is_up {
            let step = known.lexicon.request(local, CommandId(known.first_command + next as u16))?;
            let change = known.request_print.wrapping_add(self.cost(Chance::Request));
            self.count += 1;
            self.offer_with(Act::Own(Chance::Request, step), step, change)?;
        }
        Ok(())
    }
}

#[inline]
fn subtract(sums: &mut [u128], prints: &[u128]) {
    sums.iter_mut().zip(prints).for_each(|(sum, print)| *sum = sum.wrapping_sub(*print));
}
