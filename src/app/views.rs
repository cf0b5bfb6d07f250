//! The views: panels that open by a letter, stay open while the run goes on, and close with Esc.

use crate::pmmc::Slot;
use crate::session::{NodeId, Run, Session};
use crate::world::text::Notation;
use crate::world::{FieldValue, Invariant, fields, slots};

use super::actions::{Outcome, stage};
use super::stage::moved;
use super::{Focus, Id, Key, Line, Model, Overlay, Stage};

/// A view.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum View {
    /// Why the last step went as it did: sentences, guards, pseudo-code, invariants.
    Why,
    /// One slot's votes: ballots by acceptors.
    Votes,
    /// What is chosen, and who knows.
    Knowledge,
    /// The invariants with what they mean.
    Invariants,
    /// Messages, delays and stable writes.
    Costs,
    /// The run as a diagram.
    Time,
    /// The tree of runs.
    Runs,
    /// Everything that one process holds.
    Process,
}

impl View {
    /// Its name, as its title and its hint call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Why => "why",
            Self::Votes => "votes",
            Self::Knowledge => "who knows",
            Self::Invariants => "invariants",
            Self::Costs => "costs",
            Self::Time => "space-time",
            Self::Runs => "runs",
            Self::Process => "process",
        }
    }
}

/// Which view is open on a stage, and where in it we are.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Views {
    open: Option<View>,
    /// Which panel had the focus before, and gets it back.
    before: Focus,
    /// The slot that was picked; until then the newest one is shown.
    slot: Option<Slot>,
    /// The selected line of a view that is a list.
    line: usize,
    /// The run, by its first moment, that others are compared with.
    marked: Option<NodeId>,
}

impl Stage {
    /// The view that is open.
    pub fn view(&self) -> Option<View> {
        self.views.open
    }

    /// The view that is open and has the focus.
    pub fn focused_view(&self) -> Option<View> {
        self.view().filter(|_| self.focus() == Focus::View)
    }

    /// Opens a view; closes it if it is open already. In a lesson it may be open and not be seen, while the lesson's words
    /// have its place: then it is shown again.
    pub(crate) fn turn_view(&mut self, view: View) {
        if self.views.open == Some(view) {
            if self.focus() == Focus::View || self.lesson().is_none() {
                self.close_view();
            } else {
                self.set_focus(Focus::View);
            }
            return;
        }
        let line = if view == View::Runs { self.session().current_run() } else { 0 };
        let before = if self.focus() == Focus::View { self.views.before } else { self.focus() };
        let Views { slot, marked, .. } = self.views;
        self.views = Views { open: Some(view), before, line, slot, marked };
        self.set_focus(Focus::View);
    }

    /// In the list of runs the selection goes along with whoever goes to another run.
    pub(crate) fn select_current_run(&mut self) {
        self.views.line = self.session().current_run();
    }

    /// Closes the view; false if none is open.
    pub(crate) fn close_view(&mut self) -> bool {
        if self.focus() == Focus::View {
            self.set_focus(self.views.before);
        }
        self.views.open.take().is_some()
    }

    /// Another one of its kind is shown, from its first line.
    pub(crate) fn show_from_top(&mut self) {
        self.views.line = 0;
    }

    /// The slot whose votes are shown, its place among all slots, and how many those are.
    pub fn slot(&self) -> (Slot, usize, usize) {
        let all = self.slots();
        let last = all.len().saturating_sub(1);
        let at = self.views.slot.and_then(|slot| all.iter().position(|one| *one == slot)).unwrap_or(last);
        (all.get(at).copied().unwrap_or(self.world().context().rules.first_slot), at, all.len())
    }

    /// Every slot in which anything happened; the first one before that.
    pub fn slots(&self) -> Vec<Slot> {
        slots(self.world(), self.session().history())
    }

    /// The selected line of a view that is a list.
    pub fn view_line(&self) -> usize {
        self.views.line.min(self.view_lines().saturating_sub(1))
    }

    /// How many lines the open view has to select from.
    fn view_lines(&self) -> usize {
        let costs = |session: &Session| session.costs().commands().count() + session.costs().elections().count();
        match self.views.open {
            Some(View::Invariants) => Invariant::ALL.len(),
            Some(View::Costs) => costs(self.session()),
            Some(View::Runs) => self.session().run_count(),
            Some(View::Process) => self.elements().len(),
            // What a step executes never has more.
            Some(View::Why) => 40,
            _ => 0,
        }
    }

    /// Everything that the chosen process holds, one element a line: the field's name, or nothing for one more element.
    /// That it is up goes without saying.
    pub fn elements(&self) -> Vec<(&'static str, String)> {
        let mut all = Vec::new();
        let held = fields(self.world(), Notation::Screen, self.chosen());
        for (name, value) in held.into_iter().skip(usize::from(self.world().is_up(self.chosen()))) {
            let items = match value {
                FieldValue::One(value) => vec![value],
                FieldValue::List(items) => items,
                FieldValue::Work(work) => {
                    let waits = |waitfor: &std::collections::BTreeSet<_>| {
                        waitfor.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
                    };
                    work.iter().map(|(what, waitfor)| format!("{what} waits for {{{}}}", waits(waitfor))).collect()
                }
            };
            let mut items = items.into_iter();
            all.push((name, items.next().unwrap_or_else(|| "[]".to_owned())));
            all.extend(items.map(|item| ("", item)));
        }
        all
    }

    /// The invariants in the order of their view, the broken ones first, each with how it is broken.
    pub fn invariants(&self) -> Vec<(Invariant, Option<String>)> {
        let violations = self.session().violations();
        let why = |invariant| violations.iter().find(|one| one.invariant == invariant).map(|one| one.why.clone());
        let mut all: Vec<_> = Invariant::ALL.into_iter().map(|invariant| (invariant, why(invariant))).collect();
        all.sort_by_key(|(_, broken)| broken.is_none());
        all
    }

    /// Moves in the open view; why not, if it cannot move.
    fn move_in_view(&mut self, view: View, down: bool) -> Result<(), String> {
        match view {
            View::Time => {
                let went = self.travel(if down { Session::forward } else { Session::back });
                let why = if down { "this is as far as the run went" } else { "this is the beginning of the run" };
                if went { Ok(()) } else { Err(why.to_owned()) }
            }
            View::Votes | View::Knowledge => {
                let (_, at, count) = self.slot();
                self.views.slot = self.slots().get(moved(at, count, down, "slot")?).copied();
                Ok(())
            }
            View::Why | View::Invariants | View::Costs | View::Runs | View::Process => {
                self.views.line = moved(self.view_line(), self.view_lines(), down, "line")?;
                Ok(())
            }
        }
    }

    /// The run that is selected in the list of runs.
    pub fn selected_run(&self) -> Option<Run> {
        (self.view() == Some(View::Runs)).then(|| self.session().runs().into_iter().nth(self.view_line())).flatten()
    }
}

impl Stage {
    /// The run that others are compared with.
    pub fn marked_run(&self) -> Option<Run> {
        let marked = self.views.marked?;
        self.session().runs().into_iter().find(|run| run.start == marked)
    }
}

/// Marks the selected run, so that others are compared with it; once more takes the mark away.
pub(crate) fn compare(model: &mut Model, _: Key) -> Outcome {
    let stage = stage(model)?;
    let run = stage.selected_run().ok_or("no run is selected")?;
    stage.views.marked = if stage.views.marked == Some(run.start) { None } else { Some(run.start) };
    Ok(Vec::new())
}

pub(crate) fn cannot_compare(model: &Model) -> Option<String> {
    cannot_rename(model).or_else(|| {
        let runs = model.stage().map_or(0, |stage| stage.session().run_count());
        (runs < 2).then(|| "there is only one run so far: go back and do something else".to_owned())
    })
}

/// Why what is chosen cannot be looked at: it is what the open question asks.
pub(crate) fn gives_away(model: &Model) -> Option<String> {
    let hides = model.stage().is_some_and(|stage| !stage.shows_chosen());
    hides.then(|| "the question is whether something is chosen: this view would give it away".to_owned())
}

/// Opens a view, or closes it.
pub(crate) fn turn(model: &mut Model, view: View) -> Outcome {
    stage(model)?.turn_view(view);
    Ok(Vec::new())
}

/// Everything that a process holds: the chosen one, or else the one that acted or gets the selected message.
pub(crate) fn process(model: &mut Model, _: Key) -> Outcome {
    let stage = stage(model)?;
    if stage.focus() == Focus::InFlight && stage.view() != Some(View::Process) {
        let likely = stage.actor().or_else(|| stage.selected().map(|envelope| envelope.to));
        if let Some(process) = likely {
            stage.choose(process);
        }
    }
    stage.turn_view(View::Process);
    Ok(Vec::new())
}

/// Up or down in the view that has the focus; `None` if none has.
pub(crate) fn select(model: &mut Model, down: bool) -> Option<Outcome> {
    let stage = model.stage_mut()?;
    let view = stage.focused_view()?;
    Some(stage.move_in_view(view, down).map(|()| Vec::new()))
}

/// What up and down do in the view that has the focus. What draws it knows whether there is anything to scroll.
pub(crate) fn select_hint(stage: &Stage) -> Option<&'static str> {
    Some(match stage.focused_view()? {
        View::Time => "step by step",
        View::Votes | View::Knowledge => (stage.slot().2 > 1).then_some("other slot")?,
        View::Why | View::Invariants | View::Costs | View::Process => "scroll",
        View::Runs => (stage.session().run_count() > 1).then_some("select")?,
    })
}

/// The selected one of the invariants, if it is broken and that view has the focus.
fn selected_violation(stage: &Stage) -> Option<Invariant> {
    let (invariant, broken) = stage.invariants().into_iter().nth(stage.view_line())?;
    (stage.focused_view() == Some(View::Invariants)).then_some(broken).flatten().map(|_| invariant)
}

/// Whether Enter goes to the step that broke an invariant; why not, if this is that step.
pub(crate) fn breach(stage: &Stage) -> Option<Result<(), String>> {
    let invariant = selected_violation(stage)?;
    let is_here = stage.session().first_broken(invariant) == Some(stage.session().here());
    Some(if is_here { Err(format!("this is the step that broke {invariant:?}")) } else { Ok(()) })
}

/// Enter at a broken invariant: goes to the step that broke it first.
pub(crate) fn go_to_breach(model: &mut Model) -> Option<Outcome> {
    let stage = model.stage_mut()?;
    let invariant = selected_violation(stage)?;
    let moment = stage.session().first_broken(invariant)?;
    stage.travel(|session| session.jump(moment));
    // It is the first of those that are broken there, or near it.
    let at = stage.invariants().iter().position(|(one, _)| *one == invariant);
    stage.views.line = at.unwrap_or(0);
    Some(Ok(Vec::new()))
}

/// Enter in the list of runs: goes to the end of the selected one.
pub(crate) fn go_to_run(model: &mut Model) -> Option<Outcome> {
    let stage = model.stage_mut()?;
    if stage.focused_view() != Some(View::Runs) {
        return None;
    }
    let run = stage.selected_run()?;
    stage.travel(|session| session.jump(run.end));
    Some(Ok(Vec::new()))
}

pub(crate) fn rename(model: &mut Model, _: Key) -> Outcome {
    let stage = stage(model)?;
    let run = stage.selected_run().ok_or("no run is selected")?;
    let name = stage.session().name(run.start).unwrap_or_default().to_owned();
    model.overlay = Some(Overlay::Name(Line::suggested(&name)));
    Ok(Vec::new())
}

pub(crate) fn cannot_rename(model: &Model) -> Option<String> {
    let listed = model.stage().and_then(Stage::view) == Some(View::Runs);
    (!listed).then(|| format!("open the list of runs first: {}", model.keymap.first(Id::View(View::Runs))))
}

/// Enter in the prompt for a name.
pub(crate) fn named(model: &mut Model, name: &str) -> Outcome {
    let stage = stage(model)?;
    let run = stage.selected_run().ok_or("no run is selected")?;
    stage.name_run(run.start, name.trim());
    model.overlay = None;
    Ok(Vec::new())
}
