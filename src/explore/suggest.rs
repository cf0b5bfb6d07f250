//! Good questions for a moment of a run: each is made from the world as it is, and only if it makes sense there.

use crate::pmmc::{CommandId, LeaderId, Message, Slot};
use crate::world::{Envelope, Invariant, Predicate, Watch, Which, World};

use super::allow::{Allow, Chance};
use super::question::Goal;

/// What a question asks for, and so how its answer begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asks {
    /// A way to something: "How does …?"
    How,
    /// Whether there is such a way: "Can …?"
    Whether,
}

/// A question that makes sense now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suggestion {
    /// The question.
    pub ask: String,
    /// What it asks for.
    pub asks: Asks,
    /// What a run that answers it is called.
    pub name: String,
    /// What is looked for.
    pub goal: Goal,
    /// What must be able to happen besides deliveries, so that the answer is worth something.
    pub allow: Allow,
    /// The invariant by which there is no way, however long, unless a rule was broken.
    pub theorem: Option<Invariant>,
}

impl Suggestion {
    fn how(ask: String, name: String, predicate: Predicate, allow: Allow) -> Self {
        Self { ask, asks: Asks::How, name, goal: Goal::find(predicate), allow, theorem: None }
    }

    fn whether(ask: String, name: String, predicate: Predicate, allow: Allow) -> Self {
        Self { ask, asks: Asks::Whether, name, goal: Goal::find(predicate), allow, theorem: None }
    }
}

/// The questions for this moment; `watch` is what was ever voted and decided before.
pub fn suggestions(world: &World, watch: &Watch) -> Vec<Suggestion> {
    let now = Now { world, watch };
    let mut all = Vec::new();
    all.extend(now.active());
    all.extend(now.decided());
    all.extend(now.answered());
    all.extend(now.another_value());
    all.extend(now.ignorance());
    all.extend(now.duel());
    all.extend(now.preempted());
    all.extend(now.stuck());
    all.extend(now.violation());
    all
}

struct Now<'a> {
    world: &'a World,
    watch: &'a Watch,
}

fn elections(count: usize) -> Allow {
    match u8::try_from(count) {
        Ok(0) | Err(_) => Allow::default(),
        Ok(count) => Allow::default().with(Chance::Elect, Some(count)),
    }
}

impl Now<'_> {
    fn leaders(&self) -> impl Iterator<Item = LeaderId> {
        self.world.cluster().leaders()
    }

    fn is_active(&self, leader: LeaderId) -> bool {
        self.world.leader(leader).is_some_and(|node| node.up && node.state.active)
    }

    /// Whether it is active, or can become active without running for office anew.
    fn is_at_it(&self, leader: LeaderId) -> bool {
        self.world.leader(leader).is_some_and(|node| node.up && (node.state.active || !node.state.scouts.is_empty()))
    }

    /// An election, unless somebody leads or is about to.
    fn one_leads(&self) -> Allow {
        elections(usize::from(!self.leaders().any(|leader| self.is_at_it(leader))))
    }

    fn slots(&self) -> impl Iterator<Item = Slot> {
        crate::world::slots(self.world, self.watch.history()).into_iter()
    }

    fn is_decided(&self, slot: Slot) -> bool {
        self.world.replicas().iter().any(|node| node.state.decisions.contains_key(&slot))
    }

    fn chosen(&self) -> Option<(Slot, CommandId)> {
        let mut all: Vec<_> = self.slots().collect();
        all.reverse();
        all.into_iter().find_map(|slot| Some((slot, self.watch.history().chosen(slot).next()?.0)))
    }

    /// How does anybody come to lead?
    fn active(&self) -> Option<Suggestion> {
        if self.leaders().any(|leader| self.is_active(leader)) {
            return None;
        }
        let up = |leader: &LeaderId| self.world.is_up((*leader).into());
        let leader = self.leaders().find(|one| self.is_at_it(*one)).or_else(|| self.leaders().find(up))?;
        let ask = format!("How does {leader} become active?");
        let allow = elections(usize::from(!self.is_at_it(leader)));
        Some(Suggestion::how(ask, format!("{leader} active"), Predicate::Active(Which::Is(leader)), allow))
    }

    /// How can the first slot that is open get decided?
    fn decided(&self) -> Option<Suggestion> {
        if self.world.context().commands.is_empty() {
            return None;
        }
        let slot = self.slots().find(|slot| !self.is_decided(*slot))?;
        let predicate = Predicate::Decided(Which::Any, Which::Is(slot), Which::Any);
        // What is chosen is decided, whether or not a replica knows.
        let (ask, name) = match self.watch.history().chosen(slot).next() {
            Some((command, _)) => {
                (format!("How does a replica learn that Op{} is {command}?", slot.0), format!("Op{} learned", slot.0))
            }
            None => (format!("How does slot {} get decided?", slot.0), format!("slot {} decided", slot.0)),
        };
        Some(Suggestion::how(ask, name, predicate, self.one_tells(slot)))
    }

    /// An election, unless somebody leads or is about to; or if what was decided is told no more, since it was lost.
    fn one_tells(&self, slot: Slot) -> Allow {
        let tells =
            |envelope: &Envelope| matches!(envelope.message, Message::Decision { slot: told, .. } if told == slot);
        let was_told = self.watch.history().decided(slot).next().is_some();
        let is_told = self.world.network().distinct().any(|(envelope, _)| tells(envelope));
        if was_told && !is_told { elections(1) } else { self.one_leads() }
    }

    fn waiting(&self) -> Option<CommandId> {
        self.world.clients().iter().find_map(|node| node.state.pending.iter().next().copied())
    }

    /// How does the client get its answer?
    fn answered(&self) -> Option<Suggestion> {
        let command = self.waiting()?;
        let ask = format!("How does the client get its answer to {command}?");
        let predicate = Predicate::Answered(Which::Is(command));
        let is_it = |slot: &Slot| self.watch.history().chosen(*slot).any(|(one, _)| one == command);
        let undecided = self.slots().find(|slot| is_it(slot) && !self.is_decided(*slot));
        let allow = undecided.map_or_else(|| self.one_leads(), |slot| self.one_tells(slot));
        Some(Suggestion::how(ask, format!("{command} answered"), predicate, allow))
    }

    /// Can another value still be chosen?
    fn another_value(&self) -> Option<Suggestion> {
        let (slot, chosen) = self.chosen()?;
        let known = self.world.context().commands.len() as u16;
        // If there is no other command yet, the client may ask for one.
        let asks = known == 1 && self.world.next_of_workload().is_some();
        let commands = (0..known + u16::from(asks)).map(CommandId);
        let others = commands.filter(|command| *command != chosen);
        let all: Vec<_> = others.map(|other| Predicate::Chosen(Which::Is(slot), Which::Is(other))).collect();
        if all.is_empty() {
            return None;
        }
        let ask = format!("{chosen} is chosen: can another value still be chosen for slot {}?", slot.0);
        let quiet = self.leaders().filter(|leader| !self.is_at_it(*leader)).count();
        let name = format!("another value in slot {}", slot.0);
        let allow = elections(quiet.min(1));
        let allow = if asks { allow.with(Chance::Request, Some(1)) } else { allow };
        let rules = &self.world.context().rules;
        let holds = rules.broken.is_empty() && rules.stable == crate::pmmc::Rules::default().stable;
        let theorem = holds.then_some(Invariant::A5);
        Some(Suggestion { theorem, ..Suggestion::whether(ask, name, Predicate::Any(all), allow) })
    }

    /// Can a leader become active without hearing of what was accepted?
    fn ignorance(&self) -> Option<Suggestion> {
        let voted = || {
            let acceptors = self.world.acceptors().iter().rev();
            let mut accepted = acceptors.filter_map(|node| node.state.accepted.iter().next_back());
            accepted.next().map(|one| (one.slot, one.command))
        };
        let (is_chosen, (slot, command)) =
            self.chosen().map_or_else(|| Some((false, voted()?)), |one| Some((true, one)))?;
        let knows = |leader: LeaderId| {
            self.world.leader(leader).is_none_or(|node| node.state.proposals.get(&slot) == Some(&command))
        };
        let leader = self.leaders().find(|leader| !self.is_active(*leader) && !knows(*leader))?;
        let what = if is_chosen { "chosen" } else { "accepted" };
        let ask = format!("Can {leader} become active without hearing of {command}, {what} for slot {}?", slot.0);
        let proposes = Predicate::Proposal(Which::Is(leader.into()), Which::Is(slot), Which::Is(command));
        let active = Predicate::Active(Which::Is(leader));
        let predicate = Predicate::All(vec![active, Predicate::Not(Box::new(proposes))]);
        let allow = elections(usize::from(!self.is_at_it(leader)));
        Some(Suggestion::whether(ask, format!("{leader} without {command}"), predicate, allow))
    }

    /// The shortest way to two active leaders.
    fn duel(&self) -> Option<Suggestion> {
        let mut likely: Vec<LeaderId> = self.leaders().collect();
        likely.sort_by_key(|leader| (!self.is_active(*leader), !self.is_at_it(*leader)));
        let &[one, other, ..] = likely.as_slice() else { return None };
        if self.is_active(one) && self.is_active(other) {
            return None;
        }
        let (first, second) = (one.min(other), one.max(other));
        let both = [first, second].map(|leader| Predicate::Active(Which::Is(leader)));
        let missing = [one, other].into_iter().filter(|leader| !self.is_at_it(*leader)).count();
        let ask = format!("How do {first} and {second} come to be active both at once?");
        let name = format!("{first} and {second} active");
        Some(Suggestion::how(ask, name, Predicate::All(both.to_vec()), elections(missing)))
    }

    /// How does the active leader lose its office?
    fn preempted(&self) -> Option<Suggestion> {
        let leader = self.leaders().find(|leader| self.is_active(*leader))?;
        let rival = self.leaders().find(|other| *other != leader)?;
        let ask = format!("How does {leader} lose its office?");
        let predicate = Predicate::Not(Box::new(Predicate::Active(Which::Is(leader))));
        let own = |id: LeaderId| self.world.leader(id).map(|node| node.state.ballot_num);
        let allow = elections(usize::from(!(self.is_at_it(rival) && own(rival) > own(leader))));
        // To be elected again makes a leader passive, too: that is not meant.
        let hears = Predicate::Not(Box::new(Predicate::Scouting(Which::Is(leader))));
        Some(Suggestion::how(ask, format!("{leader} preempted"), Predicate::All(vec![predicate, hears]), allow))
    }

    /// Can a request get stuck?
    fn stuck(&self) -> Option<Suggestion> {
        let command = self.waiting()?;
        let ask = format!("Can {command} get stuck: no answer, nothing to deliver?");
        Some(Suggestion::whether(ask, "stuck".to_owned(), Predicate::stuck(self.world)?, elections(1)))
    }

    /// The shortest way to break an invariant.
    fn violation(&self) -> Option<Suggestion> {
        if !self.watch.violations().is_empty() {
            return None;
        }
        let rules = &self.world.context().rules;
        let quiet = self.leaders().filter(|leader| !self.is_at_it(*leader)).count();
        let mut allow = elections(quiet.min(1));
        if rules.stable != crate::pmmc::Rules::default().stable {
            allow = allow.with(Chance::Restart, Some(1));
        }
        let ask = "Can any invariant be broken?".to_owned();
        Some(Suggestion {
            ask,
            asks: Asks::Whether,
            name: "broken".to_owned(),
            goal: Goal::Check(Invariant::ALL.to_vec()),
            allow,
            theorem: None,
        })
    }
}
