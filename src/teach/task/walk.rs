//! A task's solution shown: step by step where it is asked for, and by whoever only goes on.

use crate::session::NodeId;
use crate::teach::player::{Player, Went};
use crate::teach::way::Effort;
use crate::world::Action;

use super::Showed;
use super::attempt::TaskVisit;

/// Of a solution with more steps than this going on shows some at a press.
const LONG_SOLUTION: usize = 12;

/// In about so many presses a long solution is shown.
const PRESSES: usize = 8;

/// How many steps of a solution with so many going on shows at a press.
pub(super) fn stride(steps: usize) -> usize {
    if steps > LONG_SOLUTION { steps.div_ceil(PRESSES) } else { 1 }
}

/// How far a solution was shown to whoever only goes on.
#[derive(Clone, Debug, Default)]
pub(super) struct Walk {
    /// Where going on shows the next step.
    at: Option<NodeId>,
    /// From where going on showed steps, one place a press.
    rests: Vec<NodeId>,
}

/// Solutions, as they are shown.
impl Player {
    /// Which step of the solution going on leads to, and how many it has, while it shows them.
    pub(super) fn coming(&self) -> Option<(usize, usize)> {
        let count = self.solution().len();
        let (stride, taken) = (stride(count), self.taken_of_solution().filter(|_| self.walks())?);
        Some((((taken / stride + 1) * stride).min(count), count))
    }

    /// Which step of the solution was shown last, if we are on its way.
    pub(super) fn shown_of_solution(&self, visit: &TaskVisit) -> Option<(usize, usize)> {
        let was_shown = visit.shown.contains(&self.session().here());
        let step = if was_shown { self.taken_of_solution()? } else { return None };
        Some((step, self.solution().len()))
    }

    /// How many steps of the solution were taken, if nothing else was.
    fn taken_of_solution(&self) -> Option<usize> {
        self.judged()?.of_solution
    }

    /// Shows steps of the solution as far as going on does: one, or of a long solution up to the next of its strides.
    fn show_stride(&mut self) -> Showed {
        let stride = stride(self.solution().len());
        let strides = |player: &Self| player.taken_of_solution().map(|step| step / stride);
        let before = strides(self).unwrap_or(0);
        loop {
            let showed = self.show_one();
            let goes_on = showed == Showed::Step && self.task_is_open() && strides(self) == Some(before);
            if !goes_on {
                return showed;
            }
        }
    }

    /// "Show me one step": takes the next step of the solution if we are on its way, else the first step of the shortest
    /// way from here; if none is found soon, it leads back to the task's start. A run with such a step in it earns
    /// nothing; begun again it can.
    pub fn show_step(&mut self) -> Showed {
        if let Some(visit) = self.task_visit_mut() {
            visit.own = true;
        }
        self.show_one()
    }

    fn show_one(&mut self) -> Showed {
        let Some(start) = self.task_start() else { return Showed::Nothing };
        if self.judged().is_some_and(|judged| judged.met) {
            return Showed::Nothing;
        }
        let showed = match self.next_of_solution() {
            None => self.show_own_way().unwrap_or_else(|| {
                self.session_mut().jump(start);
                Showed::BackToStart
            }),
            // The plan took it in this very state: it is not refused.
            Some(action) => {
                if self.session_mut().act(action).is_err() {
                    return Showed::Nothing;
                }
                self.was_shown();
                self.let_policy_act();
                // What the policy answers belongs to the step.
                self.was_shown();
                Showed::Step
            }
        };
        self.task_moved();
        showed
    }

    /// What the solution does next, if we are on it.
    fn next_of_solution(&self) -> Option<Action> {
        self.solution().get(self.taken_of_solution()?).cloned()
    }

    /// The step that going on would show, while it shows the solution.
    pub fn next_shown(&self) -> Option<Action> {
        self.next_of_solution().filter(|_| self.walks())
    }

    /// The steps of the solution that were taken, if nothing else was, and those to come: a screen has places for all who
    /// take part in them.
    pub fn solution_around(&self) -> (&[Action], &[Action]) {
        let solution = self.solution();
        solution.split_at(self.taken_of_solution().unwrap_or(0).min(solution.len()))
    }

    /// Takes the first step of the shortest way from where the learner went; `None` if none is found.
    fn show_own_way(&mut self) -> Option<Showed> {
        let (terms, _) = self.task_parts()?;
        let session = self.session();
        let way =
            terms.way(self.solution(), self.judged()?.as_ref(), (session.world(), session.watch()), Effort::Step)?;
        let left = way.len().checked_sub(1)?;
        self.session_mut().act(way.into_iter().next()?).ok()?;
        self.was_shown();
        Some(Showed::OwnWay(left))
    }

    /// Whether going on shows the next step of the solution: it said so before, or a step was shown just now.
    pub fn walks(&self) -> bool {
        let here = self.session().here();
        let walks = |visit: &TaskVisit| visit.walk.at == Some(here) || visit.shown.contains(&here);
        self.task_is_open() && self.task_parts().is_some_and(|(_, visit)| walks(visit))
    }

    /// From here on going on shows the solution at once: for a class nothing need be said before.
    pub fn begin_walk(&mut self) {
        let here = self.session().here();
        let is_open = self.in_task() && self.task_is_open();
        if let Some(visit) = self.task_visit_mut().filter(|_| is_open) {
            visit.walk.at = Some(here);
        }
    }

    /// Whoever did something else is asked again before a first step is shown.
    pub fn forget_walk(&mut self) {
        if let Some(visit) = self.task_visit_mut() {
            visit.walk.at = None;
        }
    }

    /// Going on from a task that is open: the first time it only says so, from then on it shows the solution step by step.
    pub(in crate::teach) fn next_in_task(&mut self) -> Option<Went> {
        if !self.task_is_open() {
            return None;
        }
        let walks = self.walks();
        let rest = self.session().here();
        if let Some(visit) = self.task_visit_mut().filter(|_| walks) {
            visit.walk.rests.push(rest);
        }
        let showed = if walks { self.show_stride() } else { Showed::Nothing };
        let here = self.session().here();
        self.task_visit_mut()?.walk.at = Some(here);
        match showed {
            _ if !walks => Some(Went::TaskIsOpen),
            // A game that is lost: there is no step to show.
            Showed::Nothing => None,
            showed => Some(Went::Step(showed)),
        }
    }

    /// Takes the last step that was shown back, with what the policy of a game answered to it. False if we are after none.
    pub(in crate::teach) fn previous_in_task(&mut self) -> bool {
        let Some(start) = self.task_start() else { return false };
        let here = self.session().here();
        let Some((_, visit)) = self.task_parts() else { return false };
        let mut after_shown = visit.shown.contains(&here);
        if visit.walk.at == Some(here) {
            self.session().replay(start, |moment, _, _, _| after_shown |= visit.shown.contains(&moment));
        }
        if here == start || !after_shown {
            return false;
        }
        let rest = self.last_rest();
        loop {
            let here = self.session().here();
            let was_shown = self.task_parts().is_some_and(|(_, visit)| visit.shown.contains(&here));
            if here == start || !self.session_mut().back() {
                break;
            }
            if rest.map_or(was_shown, |rest| self.session().here() == rest) {
                break;
            }
        }
        self.task_moved();
        let here = self.session().here();
        if let Some(visit) = self.task_visit_mut() {
            visit.walk.at = Some(here);
        }
        true
    }

    /// From where going on showed the steps that led to here.
    fn last_rest(&mut self) -> Option<NodeId> {
        let here = self.session().here();
        loop {
            let rest = self.task_visit_mut()?.walk.rests.pop()?;
            if rest != here && self.session().is_after(rest) {
                return Some(rest);
            }
        }
    }

    pub(super) fn was_shown(&mut self) {
        let here = self.session().here();
        if let Some(visit) = self.task_visit_mut()
            && visit.shown.insert(here)
        {
            visit.judged.remove(&here);
        }
    }
}
