//! What is selected on a stage: the message, the process, the answer to which the keys speak, and the panel they speak of.

use std::borrow::Cow;

use crate::pmmc::ProcessId;
use crate::session::NodeId;
use crate::teach::{Player, Quiz};
use crate::world::text::{self, Notation};
use crate::world::{self, Action, Envelope, Event};

use super::places::Places;
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

/// A message in the list.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// Its place among all messages in flight.
    pub at: usize,
    /// The message.
    pub envelope: &'a Envelope,
    /// How many copies of it are in flight.
    pub copies: u32,
    /// Its row, the first being 0: there may be free ones between.
    pub row: usize,
}

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
    /// Where each stands in the list.
    places: Places,
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
        let stays = shown.iter().find(|one| one.at == self.selection.message);
        if let Some(at) = stays.or(shown.first()).map(|one| one.at) {
            self.selection.message = at;
        }
    }

    /// The messages that are listed, in the order of their rows.
    pub fn shown(&self) -> Vec<Listed<'_>> {
        let all: Vec<(&Envelope, u32)> = self.world().network().distinct().collect();
        let is_listed = self.lists();
        let places = self.places();
        let rows = places.rows().filter_map(|(row, at)| Some((row, at, *all.get(at)?)));
        let listed = rows.map(|(row, at, (envelope, copies))| Listed { at, envelope, copies, row });
        let listed = listed.filter(|one| is_listed(one.envelope));
        if self.selection.filter.is_empty() {
            return listed.collect();
        }
        listed.enumerate().map(|(row, one)| Listed { row, ..one }).collect()
    }

    /// Where each message stands in the list.
    fn places(&self) -> Cow<'_, Places> {
        let network = self.world().network();
        let places = &self.selection.places;
        if places.are_of(network) { Cow::Borrowed(places) } else { Cow::Owned(Places::anew(network)) }
    }

    /// Whether a message is listed.
    fn lists(&self) -> impl Fn(&Envelope) -> bool + use<> {
        let wanted = self.selection.filter.to_lowercase();
        move |envelope| wanted.is_empty() || found_in(envelope, &wanted)
    }

    /// Selects the message of this number in the list, the first being 1.
    pub(crate) fn select_number(&mut self, number: usize) -> Result<(), String> {
        let shown = self.shown();
        let Some(at) = shown.iter().find(|one| one.row + 1 == number).map(|one| one.at) else {
            return Err(match (shown.as_slice(), shown.last().map_or(0, |last| last.row + 1)) {
                ([], _) => "nothing is in flight".to_owned(),
                (_, last) if number < last => format!("message {number} is no longer in flight"),
                ([one], _) => format!("there is no message {number}: there is only {}", one.row + 1),
                (_, last) => format!("there is no message {number}: the last one is {last}"),
            });
        };
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
        if self.selection.focus == Focus::InFlight {
            return self.select_shown(down);
        }
        let processes = self.world().cluster().processes().count();
        self.selection.process = moved(self.selection.process, processes, down, "process")?;
        Ok(())
    }

    /// Moves the selection among the messages that are listed.
    fn select_shown(&mut self, down: bool) -> Result<(), String> {
        let places: Vec<usize> = self.shown().into_iter().map(|one| one.at).collect();
        if places.is_empty() && self.selection.filter.is_empty() {
            return Err("nothing is in flight".to_owned());
        }
        let here = places.iter().position(|at| *at == self.selection.message);
        let next = here.map_or(Ok(0), |here| moved(here, places.len(), down, "message"));
        let other = || format!("no other message matches `{}`; esc shows all", self.selection.filter);
        let next = next.map_err(|end| if self.selection.filter.is_empty() { end } else { other() })?;
        self.selection.message = *places.get(next).ok_or_else(other)?;
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
        let row = self.selection.places.row_of(self.selection.message).unwrap_or(0);
        self.selection.places = self.selection.places.then(self.world().network());
        let was_fresh = action.message().is_some_and(|one| self.selection.fresh.contains(one));
        self.note_what_was_sent(if let Action::Deliver(envelope) = action { Some(envelope) } else { None });
        let next = match action {
            Action::Deliver(envelope) => {
                let sends = self.all_sent_now().next().is_some();
                let fresh = || self.first_fresh(if sends { 0 } else { row });
                self.same_to_another(envelope, row).or_else(|| (sends || was_fresh).then(fresh).flatten())
            }
            _ if action.message().is_none() => self.sent_now(),
            _ => None,
        };
        let stays = before.filter(|one| self.world().network().has(one));
        self.select_this(self.due_now().or(next).or(stays), row);
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
    /// row if there is any: answers are delivered as they stand there, not as who answered last.
    fn first_fresh(&self, row: usize) -> Option<Envelope> {
        let is_of_use = |one: &&Envelope| self.is_of_use(one);
        let newest = self.selection.fresh.iter().find(is_of_use)?;
        let like = |one: &&Envelope| (one.to, one.message.kind()) == (newest.to, newest.message.kind());
        let mut alike: Vec<&Envelope> = self.selection.fresh.iter().filter(like).filter(is_of_use).collect();
        alike.sort_by_key(|one| self.row_of(one));
        let next = alike.iter().find(|one| self.row_of(one) >= Some(row));
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
        self.selection.places = Places::anew(self.world().network());
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
        let row = self.selection.places.row_of(self.selection.message).unwrap_or(0);
        self.arrange();
        self.note_what_was_sent(None);
        let lesson = self.lesson();
        let told_of = lesson.and_then(Player::asked).cloned().or_else(|| lesson?.next_shown());
        let next = told_of.or_else(|| self.session().next_action());
        let next = next.as_ref().and_then(Action::message).cloned();
        self.select_this(next.or(self.due_now()).or(before), row);
    }

    /// The rows of the list as they were when we stood here before; or from those that there are.
    fn arrange(&mut self) {
        let network = self.world().network();
        let places = &self.selection.places;
        self.selection.places = if places.is_far_from(network) { Places::anew(network) } else { places.then(network) };
    }

    /// Selects this message if it is in flight, or else the next one from this row on that can be delivered.
    fn select_this(&mut self, envelope: Option<Envelope>, from: usize) {
        match envelope.and_then(|envelope| self.world().network().place_of(&envelope)) {
            Some(at) => self.selection.message = at,
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
    fn same_to_another(&self, envelope: &Envelope, row: usize) -> Option<Envelope> {
        let same = |one: &Envelope| (one.from, &one.message) == (envelope.from, &envelope.message);
        let behind = self.shown().into_iter().filter(|one| one.row >= row).map(|one| one.envelope);
        behind.filter(|one| same(one)).find(|one| self.world().can_deliver(one).is_ok()).cloned()
    }

    /// The row of a message, whether or not it is listed.
    fn row_of(&self, envelope: &Envelope) -> Option<usize> {
        self.places().row_of(self.world().network().place_of(envelope)?)
    }

    pub(super) fn select_deliverable(&mut self, from: usize) {
        let rows = self.shown();
        let can = |one: &&Listed<'_>| self.world().can_deliver(one.envelope).is_ok();
        let behind = rows.iter().filter(|one| one.row >= from);
        let next = behind.clone().find(can).or_else(|| rows.iter().find(can)).or(behind.clone().next()).or(rows.last());
        self.selection.message = next.map_or(0, |one| one.at);
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
