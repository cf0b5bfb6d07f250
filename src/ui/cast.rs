//! Who stands on the slide of a task: one layout for all of its steps, so that nothing jumps.

use std::mem::{Discriminant, discriminant};

use ratatui::layout::Rect;

use crate::app::lesson::Player;
use crate::pmmc::ProcessId;
use crate::world::Action;

use super::plan;

/// The rows of a box with all fields that a slide has, and of an acceptor's.
const BOX: (u16, u16) = (5, 4);

/// The processes on the slide of a task whose last step is this one, if it took any that is told of: who acted, who sent to
/// them, then those that the lesson points at. Of each role there are as many places as any step of the solution needs; if
/// that leaves no room for whole boxes, the first two have places, or one alone.
pub(super) fn of_task(area: Rect, player: &Player, looked_at: &[String], last: Option<&Action>) -> Vec<ProcessId> {
    let all: Vec<ProcessId> = player.session().world().cluster().processes().filter(|one| is_on_slides(*one)).collect();
    let pointed_at = looked_at.iter().filter_map(|name| all.iter().copied().find(|one| one.to_string() == *name));
    let (past, to_come) = player.solution_around();
    let task = Task { area, own: distinct(pointed_at), all, solution: past.iter().chain(to_come).collect() };
    let now = task.in_order(last, past.len());
    task.seated(&now, past.len())
}

/// A role, and how many places it has.
type Seats = (Discriminant<ProcessId>, usize);

/// What the layout of a task's slide depends on.
struct Task<'a> {
    area: Rect,
    /// Whom the lesson points at, in its order.
    own: Vec<ProcessId>,
    /// All that can stand on a slide.
    all: Vec<ProcessId>,
    solution: Vec<&'a Action>,
}

impl Task<'_> {
    /// Who has a place, of these in the order in which they matter after so many steps of the solution.
    fn seated(&self, now: &[ProcessId], past: usize) -> Vec<ProcessId> {
        if let Some(seats) = self.seats(now) {
            return seated(&seats, now);
        }
        let frames = (0..self.solution.len()).map(|at| self.in_order(Some(self.solution[at]), at));
        let mut frames = frames.chain([self.in_order(None, past), now.to_vec()]);
        let is_pair = frames.all(|frame| self.fits(&sorted(frame.into_iter().take(2).collect())));
        sorted(now.iter().take(if is_pair { 2 } else { 1 }).copied().collect())
    }

    /// How many places each role has: at least as many as a step of the solution needs, and for those that the lesson points
    /// at as far as there is room. `None` if there is not even room for the steps.
    fn seats(&self, order: &[ProcessId]) -> Option<Vec<Seats>> {
        let count = |cast: &[ProcessId], role| cast.iter().filter(|one| discriminant(*one) == role).count();
        let steps: Vec<Vec<ProcessId>> =
            self.solution.iter().map(|action| distinct(action.parties().filter(|one| is_on_slides(*one)))).collect();
        let needed = |role| steps.iter().map(|step| count(step, role)).max().unwrap_or(0);
        let roles = self.all.chunk_by(|one, other| discriminant(one) == discriminant(other)).filter_map(<[_]>::first);
        let mut seats: Vec<Seats> = roles
            .map(|one| (discriminant(one), needed(discriminant(one)).max(count(&self.own, discriminant(one)))))
            .collect();
        while !self.fits(&seated(&seats, order)) {
            let spare = seats.iter_mut().rev().max_by_key(|(role, count)| *count - needed(*role));
            let (_, count) = spare.filter(|(role, count)| *count > needed(*role))?;
            *count -= 1;
        }
        Some(seats)
    }

    /// All processes, who matters most after this step first. `past`: how many steps of the solution were before it; who
    /// took part in them keeps the place until another one needs it.
    fn in_order(&self, step: Option<&Action>, past: usize) -> Vec<ProcessId> {
        let now = step.into_iter().flat_map(Action::parties);
        let before = self.solution.iter().take(past).rev().flat_map(|action| action.parties());
        let order = now.chain(self.own.iter().copied()).chain(before).chain(self.all.iter().copied());
        distinct(order.filter(|one| is_on_slides(*one)))
    }

    fn fits(&self, some: &[ProcessId]) -> bool {
        let places = plan::large(self.area, some);
        let due = |process| if matches!(process, ProcessId::Acceptor(_)) { BOX.1 } else { BOX.0 };
        places.more.is_empty() && places.all.iter().all(|spot| spot.area.height >= due(spot.process))
    }
}

/// What a client waits for stands above.
fn is_on_slides(process: ProcessId) -> bool {
    !matches!(process, ProcessId::Client(_))
}

/// Who has these places.
fn seated(seats: &[Seats], order: &[ProcessId]) -> Vec<ProcessId> {
    let of_role = |(role, count): &Seats| {
        order.iter().filter(|one| discriminant(*one) == *role).take(*count).copied().collect::<Vec<_>>()
    };
    sorted(seats.iter().flat_map(of_role).collect())
}

fn distinct(some: impl Iterator<Item = ProcessId>) -> Vec<ProcessId> {
    some.fold(Vec::new(), |mut all, one| {
        if !all.contains(&one) {
            all.push(one);
        }
        all
    })
}

fn sorted(mut some: Vec<ProcessId>) -> Vec<ProcessId> {
    some.sort();
    some
}
