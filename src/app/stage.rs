//! The stage: a run that is watched and played, free or inside a lesson.

use crate::pmmc::ProcessId;
use crate::session::{NodeId, Session};
use crate::teach::NotDone;
use crate::world::text::Notation;
use crate::world::{Action, Envelope, Event, Refusal, World, sentences};

use super::Views;
use super::lesson::Player;

/// Which panel the arrows and letters speak of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Focus {
    /// The messages in flight.
    #[default]
    InFlight,
    /// The processes on the stage.
    Processes,
    /// The view that is open.
    View,
}

/// What is played.
#[derive(Clone, Debug)]
pub enum Play {
    /// A free run.
    Sandbox(Box<Session>),
    /// A lesson.
    Lesson(Box<Player>),
}

/// A run on the stage.
#[derive(Clone, Debug)]
pub struct Stage {
    play: Play,
    focus: Focus,
    /// Which message in flight is selected; its place in the list.
    selected: usize,
    /// Which process is chosen; its place in the fixed order.
    process: usize,
    /// Whether the processes that matter are shown large, as on a slide.
    large: bool,
    /// Which view is open, and where in it we are.
    pub(super) views: Views,
}

impl Stage {
    /// A stage for this run.
    pub fn new(play: Play) -> Self {
        let views = Views::default();
        let mut stage = Self { play, focus: Focus::InFlight, selected: 0, process: 0, large: false, views };
        stage.process = usize::from(stage.world().cluster().clients);
        stage.select_deliverable(0);
        stage.settle(None);
        stage
    }

    /// What is played.
    pub fn play(&self) -> &Play {
        &self.play
    }

    /// The run.
    pub fn session(&self) -> &Session {
        match &self.play {
            Play::Sandbox(session) => session,
            Play::Lesson(lesson) => lesson.session(),
        }
    }

    fn session_mut(&mut self) -> &mut Session {
        match &mut self.play {
            Play::Sandbox(session) => session,
            Play::Lesson(lesson) => lesson.session_mut(),
        }
    }

    /// The world now.
    pub fn world(&self) -> &World {
        self.session().world()
    }

    /// The lesson, if one is played.
    pub fn lesson(&self) -> Option<&Player> {
        match &self.play {
            Play::Sandbox(_) => None,
            Play::Lesson(lesson) => Some(lesson),
        }
    }

    /// Whether a question waits for an answer; then nothing on the screen gives it away.
    pub fn asks(&self) -> bool {
        self.lesson().is_some_and(|player| {
            !player.off_path() && player.question().is_some_and(|question| question.truth.is_none())
        })
    }

    /// Which panel has the focus.
    pub fn focus(&self) -> Focus {
        self.focus
    }

    /// Whether the processes that matter are shown large, as on a slide.
    pub fn large(&self) -> bool {
        self.large
    }

    pub(crate) fn turn_large(&mut self) {
        self.large = !self.large;
    }

    /// The messages in flight, equal ones once, with how many copies there are.
    pub fn rows(&self) -> Vec<(&Envelope, u32)> {
        self.world().network().distinct().collect()
    }

    /// The place of the selected message in the list.
    pub fn selected_row(&self) -> usize {
        self.selected
    }

    /// The selected message.
    pub fn selected(&self) -> Option<&Envelope> {
        self.world().network().distinct().nth(self.selected).map(|(envelope, _)| envelope)
    }

    /// The chosen process.
    pub fn chosen(&self) -> ProcessId {
        let mut processes = self.world().cluster().processes();
        // Every cluster has a replica, a leader and an acceptor.
        processes.nth(self.process).unwrap_or(ProcessId::Acceptor(crate::pmmc::AcceptorId(0)))
    }

    /// The chosen process if the focus is on the stage.
    pub fn focused_process(&self) -> Option<ProcessId> {
        (self.focus == Focus::Processes).then(|| self.chosen())
    }

    /// What this action would do, or why it cannot be.
    pub fn would(&self, action: &Action) -> Result<Vec<Event>, Refusal> {
        self.world().clone().apply(action)
    }

    /// What would happen if the selected message were delivered: a sentence, or why it waits.
    pub fn preview(&self) -> Option<Result<String, String>> {
        if self.asks() {
            return None;
        }
        let action = Action::Deliver(self.selected()?.clone());
        Some(match self.would(&action) {
            Ok(events) => Ok(sentences(Notation::Screen, &action, &events).join("; ")),
            Err(refusal) => Err(refusal.to_string()),
        })
    }

    /// The sentences of the last step.
    pub fn why(&self) -> Vec<String> {
        let session = self.session();
        let told = session.last_action().map(|action| sentences(Notation::Screen, action, &session.now().events));
        told.unwrap_or_default()
    }

    /// Who took the last step.
    pub fn actor(&self) -> Option<ProcessId> {
        let executed = self.session().now().events.iter().find_map(|event| match event {
            Event::Executed { process, .. } => Some(*process),
            _ => None,
        });
        executed.or(match self.session().last_action()? {
            Action::Deliver(envelope) => Some(envelope.to),
            Action::Crash(process) | Action::Restart(process) | Action::Resend(process) => Some(*process),
            _ => None,
        })
    }

    /// The next panel has the focus now.
    pub(crate) fn turn_focus(&mut self) {
        self.focus = match self.focus {
            Focus::InFlight => Focus::Processes,
            Focus::Processes if self.view().is_some() => Focus::View,
            Focus::Processes | Focus::View => Focus::InFlight,
        };
    }

    pub(crate) fn set_focus(&mut self, focus: Focus) {
        self.focus = focus;
    }

    /// Chooses this process.
    pub(crate) fn choose(&mut self, process: ProcessId) {
        if let Some(at) = self.world().cluster().processes().position(|one| one == process) {
            self.process = at;
        }
    }

    /// Gives a run a name, or takes it away.
    pub(crate) fn name_run(&mut self, run: NodeId, name: &str) {
        self.session_mut().set_name(run, name);
    }

    /// Moves the selection of the panel that has the focus; why not, if it cannot move.
    pub(crate) fn select(&mut self, down: bool) -> Result<(), String> {
        let messages = self.world().network().distinct().count();
        let processes = self.world().cluster().processes().count();
        let (at, count, what) = match self.focus {
            Focus::InFlight => (&mut self.selected, messages, "message"),
            Focus::Processes | Focus::View => (&mut self.process, processes, "process"),
        };
        let moved = if down { *at + 1 } else { at.wrapping_sub(1) };
        if moved >= count {
            let end = if down { "last" } else { "first" };
            return Err(if count == 0 {
                "nothing is in flight".to_owned()
            } else {
                format!("this is the {end} {what}")
            });
        }
        *at = moved;
        Ok(())
    }

    /// Makes an action happen and keeps the selection where it was, or on the next message that can be delivered.
    pub(crate) fn act(&mut self, action: Action) -> Result<(), NotDone> {
        let before = self.selected().cloned();
        let at = self.selected;
        match &mut self.play {
            Play::Sandbox(session) => session.act(action)?,
            Play::Lesson(player) => player.act(action)?,
        }
        match before.and_then(|envelope| self.row_of(&envelope)) {
            Some(row) => self.selected = row,
            None => self.select_deliverable(at),
        }
        Ok(())
    }

    /// Moves in the run without making anything happen; the message that the next step is about is selected, so that
    /// the same key repeats the step.
    pub(crate) fn travel<T>(&mut self, go: impl FnOnce(&mut Session) -> T) -> T {
        let before = self.selected().cloned();
        let went = go(self.session_mut());
        self.settle(before);
        went
    }

    /// Makes the lesson do something.
    pub(crate) fn teach<T>(&mut self, go: impl FnOnce(&mut Player) -> T) -> Option<T> {
        let before = self.selected().cloned();
        let Play::Lesson(lesson) = &mut self.play else { return None };
        let done = go(lesson);
        self.settle(before);
        Some(done)
    }

    fn settle(&mut self, before: Option<Envelope>) {
        let asked = self.lesson().and_then(Player::asked).cloned();
        let next = match asked.or_else(|| self.session().next_action()) {
            Some(Action::Deliver(envelope) | Action::Drop(envelope) | Action::Duplicate(envelope)) => Some(envelope),
            _ => None,
        };
        match next.or(before).and_then(|envelope| self.row_of(&envelope)) {
            Some(row) => self.selected = row,
            None => self.select_deliverable(self.selected),
        }
    }

    fn row_of(&self, envelope: &Envelope) -> Option<usize> {
        self.world().network().distinct().position(|(other, _)| other == envelope)
    }

    fn select_deliverable(&mut self, from: usize) {
        let world = self.world();
        let rows: Vec<bool> =
            world.network().distinct().map(|(envelope, _)| world.can_deliver(envelope).is_ok()).collect();
        let from = from.min(rows.len().saturating_sub(1));
        let behind = rows.iter().skip(from).position(|can| *can).map(|at| from + at);
        self.selected = behind.or_else(|| rows.iter().position(|can| *can)).unwrap_or(from);
    }
}
