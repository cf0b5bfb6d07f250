//! What is selected on a stage: the message, the process, the answer to which the keys speak, and the panel they speak of.

use crate::pmmc::ProcessId;
use crate::session::NodeId;
use crate::teach::{Player, Quiz};
use crate::world::text::{self, Notation};
use crate::world::{self, Action, Envelope, Event};

use super::{KnownBranch, Stage};
use crate::app::View;

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

/// Of what earlier steps sent no more is remembered: what is older is not what anybody has just seen.
const MOST_FRESH: usize = 30;

/// A list that stays as it is while the message is selected at which it was clicked.
#[derive(Clone, Copy, Debug)]
struct HeldList {
    here: NodeId,
    selected: usize,
    first: usize,
}

/// What is selected, and where the arrows and letters speak.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    focus: Focus,
    /// Which message in flight is selected; its place among all.
    message: usize,
    /// Only messages whose text contains this are listed.
    filter: String,
    /// The list of messages as it was clicked at.
    held: Option<HeldList>,
    /// What the latest steps sent, the newest first: from there the same key goes on.
    fresh: Vec<Envelope>,
    /// Which process is chosen; its place in the fixed order.
    process: usize,
    /// The beat whose question is open, and which of its choices is selected, the first being 0.
    choice: Option<(usize, usize)>,
}

impl Stage {
    /// Which panel has the focus.
    pub fn focus(&self) -> Focus {
        self.selection.focus
    }

    pub(crate) fn set_focus(&mut self, focus: Focus) {
        self.selection.focus = focus;
    }

    /// The next panel has the focus now. Beside an open view it is the messages: the view may stand where the processes
    /// do. In the view of a process it is the next process, or the one before, that is shown.
    pub(crate) fn turn_focus(&mut self, onward: bool) {
        if self.focused_view() == Some(View::Process) {
            let count = self.world().cluster().processes().count().max(1);
            let step = if onward { 1 } else { count - 1 };
            self.selection.process = (self.selection.process + step) % count;
            self.show_from_top();
            return;
        }
        self.selection.focus = match self.selection.focus {
            Focus::InFlight | Focus::Processes if self.view().is_some() => Focus::View,
            Focus::InFlight => Focus::Processes,
            Focus::Processes | Focus::View => Focus::InFlight,
        };
    }

    /// Only messages whose text contains this are listed.
    pub fn filter(&self) -> &str {
        &self.selection.filter
    }

    /// Lists only the messages whose text contains this; the selection goes to one of them.
    pub(crate) fn set_filter(&mut self, filter: &str) {
        filter.clone_into(&mut self.selection.filter);
        let shown = self.shown();
        if !shown.iter().any(|(at, ..)| *at == self.selection.message)
            && let Some((at, ..)) = shown.first()
        {
            self.selection.message = *at;
        }
    }

    /// The messages that are listed, each with its place among all, and how many copies there are.
    pub fn shown(&self) -> Vec<(usize, &Envelope, u32)> {
        let all = self.world().network().distinct().enumerate();
        let all = all.map(|(at, (envelope, copies))| (at, envelope, copies));
        let is_listed = self.lists();
        all.filter(|(_, envelope, _)| is_listed(envelope)).collect()
    }

    /// Whether a message is listed.
    fn lists(&self) -> impl Fn(&Envelope) -> bool + use<> {
        let wanted = self.selection.filter.to_lowercase();
        move |envelope| wanted.is_empty() || found_in(envelope, &wanted)
    }

    /// Selects the message of this number in the list, the first being 1.
    pub(crate) fn select_number(&mut self, number: usize) -> Result<(), String> {
        let shown = self.shown();
        let Some((at, ..)) = number.checked_sub(1).and_then(|index| shown.get(index)) else {
            return Err(match shown.len() {
                0 => "nothing is in flight".to_owned(),
                1 => format!("there is no message {number}: there is only one"),
                count => format!("there is no message {number}: 1 to {count} are"),
            });
        };
        let at = *at;
        if self.is_selected(at) {
            return Err(format!("message {number} is selected already"));
        }
        self.selection.message = at;
        self.selection.focus = Focus::InFlight;
        Ok(())
    }

    /// Whether the message at this place among all is selected, and the messages have the focus.
    pub(crate) fn is_selected(&self, at: usize) -> bool {
        (self.selection.message, self.selection.focus) == (at, Focus::InFlight)
    }

    /// Selects the message at this place among all, in the list whose first row stays this one.
    pub(crate) fn select_at(&mut self, at: usize, first: usize) {
        if at < self.world().network().distinct().count() {
            self.selection.message = at;
            self.selection.focus = Focus::InFlight;
            self.selection.held = Some(HeldList { here: self.session().here(), selected: at, first });
        }
    }

    /// The first row of the list of messages, if a click has just selected in it.
    pub fn held_row(&self) -> Option<usize> {
        let held = self
            .selection
            .held
            .filter(|held| (held.here, held.selected) == (self.session().here(), self.selection.message));
        held.map(|held| held.first)
    }

    /// The place of the selected message in the list.
    pub fn selected_row(&self) -> usize {
        self.selection.message
    }

    /// The selected message.
    pub fn selected(&self) -> Option<&Envelope> {
        self.world().network().distinct().nth(self.selection.message).map(|(envelope, _)| envelope)
    }

    /// The message that is pointed at on the stage: the selected one, but while a lesson tells, or shows a step of a
    /// solution, only one that was just sent; and while it asks, the one that is asked about.
    pub fn pointed_at(&self) -> Option<&Envelope> {
        let selected = self.selected()?;
        let was_sent = || self.session().now().events.iter().any(|event| *event == Event::Sent(selected.clone()));
        let is_shown = if self.asks() { self.asks_of_message() } else { !self.tells_what_was() };
        (is_shown || self.marks_step() && was_sent()).then_some(selected)
    }

    /// Moves the selection of the panel that has the focus; why not, if it cannot move.
    pub(crate) fn select(&mut self, down: bool) -> Result<(), String> {
        if self.selection.focus == Focus::InFlight && !self.selection.filter.is_empty() {
            return self.select_shown(down);
        }
        let messages = self.world().network().distinct().count();
        let processes = self.world().cluster().processes().count();
        let (at, count, what) = match self.selection.focus {
            Focus::InFlight => (&mut self.selection.message, messages, "message"),
            Focus::Processes | Focus::View => (&mut self.selection.process, processes, "process"),
        };
        if count == 0 {
            return Err("nothing is in flight".to_owned());
        }
        *at = moved(*at, count, down, what)?;
        Ok(())
    }

    /// Moves the selection among the messages that are listed.
    fn select_shown(&mut self, down: bool) -> Result<(), String> {
        let places: Vec<usize> = self.shown().into_iter().map(|(at, ..)| at).collect();
        let next = if down {
            places.iter().find(|at| **at > self.selection.message)
        } else {
            places.iter().rev().find(|at| **at < self.selection.message)
        };
        self.selection.message =
            *next.ok_or_else(|| format!("no other message matches `{}`; esc shows all", self.selection.filter))?;
        Ok(())
    }

    /// The chosen process.
    pub fn chosen(&self) -> ProcessId {
        let mut processes = self.world().cluster().processes();
        // Every cluster has a replica, a leader and an acceptor.
        processes.nth(self.selection.process).unwrap_or(ProcessId::Acceptor(crate::pmmc::AcceptorId(0)))
    }

    /// The chosen process if the focus is on the stage.
    pub fn focused_process(&self) -> Option<ProcessId> {
        (self.selection.focus == Focus::Processes).then(|| self.chosen())
    }

    /// Chooses this process.
    pub(crate) fn choose(&mut self, process: ProcessId) {
        if let Some(at) = self.world().cluster().processes().position(|one| one == process) {
            self.selection.process = at;
        }
    }

    /// Chooses the process at this place in the fixed order.
    pub(super) fn choose_nth(&mut self, process: usize) {
        self.selection.process = process;
    }

    /// In another cluster the chosen place may lie behind the last process.
    pub(super) fn choose_one_of_these(&mut self) {
        let count = self.world().cluster().processes().count();
        self.selection.process = self.selection.process.min(count.saturating_sub(1));
    }

    /// The selected choice of the open question, the first being 0; none is until an arrow selects one.
    pub fn choice(&self) -> Option<usize> {
        let beat = self.question_beat()?;
        self.selection.choice.filter(|(of, _)| *of == beat).map(|(_, choice)| choice)
    }

    /// The beat, or the number in the quiz, of the question to which the arrows speak.
    fn question_beat(&self) -> Option<usize> {
        let number = self.quiz().map(Quiz::number).or(self.lesson().map(Player::beat_number));
        number.filter(|_| self.asks() && self.selection.focus == Focus::InFlight)
    }

    /// Whether the arrows and Enter speak to an open question.
    pub fn chooses(&self) -> bool {
        self.question_beat().is_some()
    }

    /// Selects the next choice of the open question, or the one before; why not, if it is the last one.
    pub(crate) fn choose_answer(&mut self, down: bool) -> Result<(), String> {
        let Some(beat) = self.question_beat() else { return Ok(()) };
        let count = self.lesson().and_then(Player::question).map_or(0, |question| question.choices.len());
        let next = match (self.choice(), down) {
            (None, true) => 0,
            (None, false) => count.saturating_sub(1),
            (Some(at), true) if at + 1 < count => at + 1,
            (Some(at), false) if at > 0 => at - 1,
            (Some(_), _) => return Err(format!("this is the {} choice", if down { "last" } else { "first" })),
        };
        self.selection.choice = Some((beat, next));
        Ok(())
    }

    /// Selects after an action what a process was made to send. After a delivery the next message that was sent to all with
    /// the same words is selected, so that the same key delivers them all; then what those deliveries sent, so that it goes
    /// on with what comes of them, the newest first. Where nothing was sent the selection stays where it was, on the next
    /// message that can be delivered.
    pub(super) fn settle_after(&mut self, action: &Action, before: Option<Envelope>) {
        let at = self.selection.message;
        let was_fresh = action.message().is_some_and(|one| self.selection.fresh.contains(one));
        self.note_what_was_sent(if let Action::Deliver(envelope) = action { Some(envelope) } else { None });
        let next = match action {
            Action::Deliver(envelope) => {
                let sends = self.all_sent_now().next().is_some();
                let fresh = || self.first_fresh(if sends { None } else { Some(envelope) });
                self.same_to_another(envelope, at).or_else(|| (sends || was_fresh).then(fresh).flatten())
            }
            _ if action.message().is_none() => self.sent_now(),
            _ => None,
        };
        let stays = before.filter(|one| self.row_of(one).is_some());
        self.select_this(self.due_now().or(next).or(stays), at);
    }

    /// Takes note of what the last step sent, and forgets what is no longer in flight, or was just delivered.
    fn note_what_was_sent(&mut self, delivered: Option<&Envelope>) {
        let mut fresh: Vec<Envelope> = self.all_sent_now().cloned().collect();
        let older = std::mem::take(&mut self.selection.fresh);
        let network = self.world().network();
        let is_older = |one: &Envelope| Some(one) != delivered && network.has(one) && !fresh.contains(one);
        let older: Vec<Envelope> = older.into_iter().filter(is_older).take(MOST_FRESH).collect();
        fresh.extend(older);
        self.selection.fresh = fresh;
    }

    /// The newest of what was sent and is of use; or of the like to the same process the first in the list, behind this
    /// one if there is any: answers are delivered in the order of who answers, not of who answered last.
    fn first_fresh(&self, behind: Option<&Envelope>) -> Option<Envelope> {
        let is_of_use = |one: &&Envelope| self.is_of_use(one);
        let newest = self.selection.fresh.iter().find(is_of_use)?;
        let like = |one: &&Envelope| (one.to, one.message.kind()) == (newest.to, newest.message.kind());
        let mut alike: Vec<&Envelope> = self.selection.fresh.iter().filter(like).filter(is_of_use).collect();
        alike.sort_unstable();
        let next = behind.and_then(|behind| alike.iter().find(|one| **one > behind));
        next.or(alike.first()).map(|one| Envelope::clone(one))
    }

    /// Whether a message is listed, can arrive now, and something comes of it: an acceptor answers even what it refuses.
    fn is_of_use(&self, envelope: &Envelope) -> bool {
        let world = self.world();
        let is_answered = matches!(envelope.to, ProcessId::Acceptor(_));
        let comes_of_it = || is_answered || world::stale(world, envelope).is_none();
        self.lists()(envelope) && world.can_deliver(envelope).is_ok() && comes_of_it()
    }

    /// Selects what a lesson's frame is about, whichever way we came to it: what it asks about, what its solution does next
    /// once a step of it was shown, what a game wants delivered before anything else, or what its last step sent.
    pub(super) fn settle_as_told(&mut self, sent: Option<Envelope>) {
        self.branch = KnownBranch::default();
        self.selection.fresh.clear();
        self.note_what_was_sent(None);
        let lesson = self.lesson();
        let is_on_way = lesson.and_then(Player::task).is_some_and(|task| task.steps > 0);
        let next = lesson.filter(|_| is_on_way).and_then(Player::next_shown);
        let told_of = lesson.and_then(Player::asked).cloned().or(next);
        let told_of = told_of.as_ref().and_then(Action::message).cloned();
        self.select_this(told_of.or(self.due_now()).or(sent), 0);
    }

    /// Selects what the step that is asked for or lies ahead is about, or else what was selected before.
    pub(super) fn settle(&mut self, before: Option<Envelope>) {
        // It may be another run, whose moments have the same numbers.
        self.branch = KnownBranch::default();
        self.note_what_was_sent(None);
        let lesson = self.lesson();
        let told_of = lesson.and_then(Player::asked).cloned().or_else(|| lesson?.next_shown());
        let next = told_of.or_else(|| self.session().next_action());
        let next = next.as_ref().and_then(Action::message).cloned();
        self.select_this(next.or(self.due_now()).or(before), self.selection.message);
    }

    /// Selects this message if it is in flight, or else the next one from there that can be delivered.
    fn select_this(&mut self, envelope: Option<Envelope>, from: usize) {
        match envelope.and_then(|envelope| self.row_of(&envelope)) {
            Some(row) => self.selection.message = row,
            None => self.select_deliverable(from),
        }
    }

    /// In a game: the message that must arrive before anything else does.
    fn due_now(&self) -> Option<Envelope> {
        self.lesson()?.task()?.game?.due_now
    }

    /// The first message that the last step sent, that is listed and of use; or else the first that can arrive, or that is
    /// still in flight.
    pub(super) fn sent_now(&self) -> Option<Envelope> {
        let is_listed = self.lists();
        let listed = || self.all_sent_now().filter(|one| is_listed(one));
        let useful = listed().find(|one| self.is_of_use(one));
        let arrives = || listed().find(|one| self.world().can_deliver(one).is_ok());
        useful.or_else(arrives).or_else(|| listed().next()).cloned()
    }

    /// What the last step sent and is still in flight, in the order of the step.
    fn all_sent_now(&self) -> impl Iterator<Item = &Envelope> {
        let sent = self.session().now().events.iter().filter_map(|event| match event {
            Event::Sent(envelope) => Some(envelope),
            _ => None,
        });
        sent.filter(|one| self.world().network().has(one))
    }

    /// The same message on its way from the same process to another one, the next in the list from here.
    fn same_to_another(&self, envelope: &Envelope, from: usize) -> Option<Envelope> {
        let world = self.world();
        let same = |one: &&Envelope| (one.from, &one.message) == (envelope.from, &envelope.message);
        let behind = world.network().distinct().skip(from).map(|(one, _)| one);
        let is_listed = self.lists();
        behind.filter(same).find(|one| is_listed(one) && world.can_deliver(one).is_ok()).cloned()
    }

    fn row_of(&self, envelope: &Envelope) -> Option<usize> {
        self.world().network().distinct().position(|(other, _)| other == envelope)
    }

    pub(super) fn select_deliverable(&mut self, from: usize) {
        let world = self.world();
        let is_listed = self.lists();
        let can = |envelope: &Envelope| is_listed(envelope) && world.can_deliver(envelope).is_ok();
        let rows: Vec<bool> = world.network().distinct().map(|(envelope, _)| can(envelope)).collect();
        let from = from.min(rows.len().saturating_sub(1));
        let behind = rows.iter().skip(from).position(|can| *can).map(|at| from + at);
        self.selection.message = behind.or_else(|| rows.iter().position(|can| *can)).unwrap_or(from);
    }
}

/// The next place in a list of so many, or the one before; why not, if there is none.
pub(in crate::app) fn moved(at: usize, count: usize, down: bool, what: &str) -> Result<usize, String> {
    let moved = if down { at + 1 } else { at.wrapping_sub(1) };
    let end = if down { "last" } else { "first" };
    if moved < count { Ok(moved) } else { Err(format!("this is the {end} {what}")) }
}

/// Whether a message's text contains this, in small letters: `a1`, `p2a`, `l0>a1`, `l0 → a1`, `0.1`.
fn found_in(envelope: &Envelope, wanted: &str) -> bool {
    let Envelope { from, to, message } = envelope;
    let screen = text::message(Notation::Screen, message);
    let files = text::message(Notation::Files, message);
    let whole = format!("{from} → {to}  {screen}\n{from}>{to} {files}\n{from} > {to}");
    whole.to_lowercase().contains(wanted)
}
