//! The shortest way to a task's goal, from anywhere, with what the task allows: what "show me one step" shows to who left
//! the solution's way, and the proof that a task can be solved within its limits.

use crate::explore::{Allow, Chance, Goal, Limits, Question, Search, Verdict, polish};
use crate::script::verb_of;
use crate::world::{Action, Request, Watch, World};

/// How many worlds are searched for one step that is shown: nobody must wait for it.
const STATES_OF_A_STEP: usize = 30_000;
/// How many are for a proof.
const STATES_OF_A_PROOF: usize = 200_000;

/// How much is searched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Effort {
    /// As long as somebody waits for it.
    Step,
    /// As long as it takes, within reason.
    Proof,
}

/// From where to what, and what may happen.
pub(super) struct Way<'a> {
    pub(super) world: &'a World,
    pub(super) watch: &'a Watch,
    pub(super) goal: Goal,
    /// The author's way: what it needs may happen as often as it needs it.
    pub(super) solution: &'a [Action],
    /// Whether the task allows a verb.
    pub(super) allows: &'a dyn Fn(&'static str) -> bool,
}

impl Way<'_> {
    /// The shortest schedule, made readable; `None` if there is none, or none was found within the effort.
    pub(super) fn shortest(self, effort: Effort) -> Option<Vec<Action>> {
        let states = match effort {
            Effort::Step => STATES_OF_A_STEP,
            Effort::Proof => STATES_OF_A_PROOF,
        };
        let limits = Limits { states: Some(states), ..Limits::default() };
        // Who went another way may have used up something already.
        let more = usize::from(effort == Effort::Step);
        let question = Question { goal: self.goal.clone(), allow: self.allow(more), limits };
        let start = self.world.clone().with_workload(self.requests());
        let mut search = Search::new(&start, self.watch, question.clone()).ok()?;
        match search.finish() {
            Verdict::Found(actions) => Some(polish(&start, self.watch, &question, actions)),
            _ => None,
        }
    }

    /// What the author's way requests, and nobody did yet.
    fn requests(&self) -> Vec<Request> {
        let all = self.solution.iter().filter_map(|action| match action {
            Action::Request(client, op) => Some(Request { client: *client, op: op.clone() }),
            _ => None,
        });
        let commands = &self.world.context().commands;
        let is_new =
            |one: &Request| !commands.iter().any(|known| known.client == Some(one.client) && known.op == one.op);
        all.filter(is_new).collect()
    }

    /// What may happen besides deliveries, as often as the author's way needs it, or so often more.
    fn allow(&self, more: usize) -> Allow {
        let mut allow = Allow::default();
        for chance in Chance::ALL {
            let needed = self.solution.iter().filter(|action| verb_of(action) == chance.name()).count();
            if needed > 0 && (self.allows)(chance.name()) {
                let times = if chance == Chance::Request { needed } else { needed + more };
                allow = allow.with(chance, u8::try_from(times).ok());
            }
        }
        allow
    }
}
