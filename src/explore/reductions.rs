//! Which reductions a search makes, and why it does without the others.

use crate::pmmc::{Bug, Leader, ProcessId};
use crate::world::{Predicate, Subject, Watch, Which, World};

use super::dead::DeadRules;
use super::question::{Asked, Atoms};
use super::symmetry::Alike;
use crate::world::{Invariant, Kept};

/// A way to visit fewer worlds. Verdicts and the lengths of shortest schedules stay the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reduction {
    /// Worlds that only the names of acceptors or replicas tell apart are visited once.
    Symmetry,
    /// Messages that can never act again are left out.
    DeadMessages,
}

impl Reduction {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Symmetry => "symmetry",
            Self::DeadMessages => "dead messages",
        }
    }
}

/// The reductions of a search.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reductions {
    /// Those that it makes.
    pub on: Vec<Reduction>,
    /// Those that it does without, wholly or in part, and why.
    pub off: Vec<(Reduction, String)>,
}

/// What a search asks, as far as it matters here.
#[derive(Clone, Copy)]
pub(super) struct Looks<'a> {
    pub(super) start: &'a World,
    pub(super) watch: &'a Watch,
    pub(super) atoms: &'a Atoms,
    pub(super) asked: Asked,
    pub(super) kept: Kept,
    pub(super) may_restart: bool,
    /// Whether the question is one about the last step, too: see `denies_a_step`.
    pub(super) denies_a_step: bool,
}

impl Reductions {
    /// Which processes are alike for this question.
    pub(super) fn alike(&mut self, looks: Looks<'_>) -> Alike {
        let cluster = looks.start.cluster();
        let mut alike = Alike { acceptors: cluster.acceptors > 1, replicas: cluster.replicas > 1 };
        if !alike.acceptors && !alike.replicas {
            return alike;
        }
        let mut whys = Vec::new();
        if looks.start.partition().is_some() {
            alike = Alike { acceptors: false, replicas: false };
            whys.push("the network is cut".to_owned());
        } else {
            for process in looks.atoms.iter().filter_map(named) {
                match process {
                    ProcessId::Acceptor(_) => alike.acceptors = false,
                    ProcessId::Replica(_) => alike.replicas = false,
                    _ => continue,
                }
                whys.push(format!("the question names {process}"));
            }
            if looks.start.context().rules.broken(Bug::CountDups) && alike.acceptors {
                alike.acceptors = false;
                whys.push(format!("{} makes acceptors differ", Bug::CountDups.name()));
            }
        }
        if alike.acceptors || alike.replicas {
            self.on.push(Reduction::Symmetry);
        }
        self.off.extend(whys.into_iter().map(|why| (Reduction::Symmetry, why)));
        alike
    }

    /// Which messages may be left out for this question.
    pub(super) fn dead(&mut self, looks: Looks<'_>) -> DeadRules {
        let why = if looks.atoms.are_about(Subject::Message) || looks.kept.sent {
            Some("the question looks at messages")
        } else if looks.denies_a_step {
            Some("the question asks what the last step broke")
        } else if uses_a_ballot_twice(looks) {
            Some("a ballot was used twice, or may be")
        } else {
            None
        };
        if let Some(why) = why {
            self.off.push((Reduction::DeadMessages, why.to_owned()));
            return DeadRules::NONE;
        }
        self.on.push(Reduction::DeadMessages);
        let mut unseen = |invariant: Invariant, kinds: &str| {
            let asked = looks.asked.has(invariant);
            if asked {
                self.off.push((Reduction::DeadMessages, format!("{invariant:?} looks at every {kinds}")));
            }
            !asked
        };
        DeadRules {
            on: true,
            unseen_p1b: unseen(Invariant::D4, "p1b"),
            unseen_p2b: unseen(Invariant::D5, "p2b"),
            no_crash: !looks.may_restart,
        }
    }
}

/// Whether a leader ran twice with one ballot, or will: one that forgot its ballot begins anew, while answers to it from
/// before are in flight.
fn uses_a_ballot_twice(looks: Looks<'_>) -> bool {
    let has_no_leader = looks.start.context().rules.broken(Bug::NoTiebreak);
    looks.watch.history().scout_ballots().any(|(ballot, count)| {
        let begins_anew = |leader: &Leader| {
            let own = ballot.leader == leader.id || has_no_leader;
            own && (ballot > leader.ballot_num || ballot == leader.ballot_num && !leader.ran)
        };
        count > 1 || looks.start.leaders().iter().any(|node| begins_anew(&node.state))
    })
}

/// The process that a predicate names, if it names one.
fn named(atom: &Predicate) -> Option<ProcessId> {
    fn of<T: Copy + Into<ProcessId>>(which: &Which<T>) -> Option<ProcessId> {
        match which {
            Which::Any => None,
            Which::Is(one) => Some((*one).into()),
        }
    }
    match atom {
        Predicate::BallotNum(who, _)
        | Predicate::Proposal(who, ..)
        | Predicate::Up(who)
        | Predicate::InFlightTo(who) => of(who),
        Predicate::Accepted(who, ..) => of(who),
        Predicate::Decided(who, ..) | Predicate::SlotOut(who, _) | Predicate::App(who, ..) => of(who),
        Predicate::Active(who) | Predicate::Scouting(who) => of(who),
        _ => None,
    }
}
