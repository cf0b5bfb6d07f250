//! What is selected on a stage: the message, the process, the answer to which the keys speak, and the panel they speak of.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::pmmc::{Message, ProcessId};
use crate::session::NodeId;
use crate::teach::{Player, Quiz};
use crate::world::text::{self, Notation};
use crate::world::{self, Action, Envelope, Event, Stale};

use super::fresh::Fresh;
use super::places::{Arranged, Places};
use super::{KnownBranch, Play, Stage};
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

/// Of so many moments it is remembered what somebody selected there by hand.
const MOST_CHOSEN: usize = 1000;

/// What led to the moment that is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Came {
    /// A step that somebody took.
    Played,
    /// A way through the steps that were taken: back, forward, to another future.
    Walked,
    /// The lesson, or the beginning.
    Led,
}

/// What is left with a step: where we were, what was selected there, and whether somebody had selected it by hand.
pub(super) struct Left {
    here: NodeId,
    selected: Option<Envelope>,
    by_hand: bool,
}

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
    /// The same as it was when we came here: where it differs now, somebody has moved it.
    settled: usize,
    /// What is selected at a moment whatever its steps say: it was selected by hand there before we went on, or was selected
    /// already when a step was taken of which no message came.
    chosen: BTreeMap<NodeId, Envelope>,
    /// Where each stands in the list.
    arranged: Arranged,
    /// Only messages whose text contains this are listed.
    filter: String,
    /// The list of messages as it was clicked at.
    held: Option<HeldList>,
    /// What the latest steps sent, as it was when it was last of use: from there the same key goes on.
    fresh: RefCell<Fresh>,
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

    /// The messages that are listed, in the order of their rows; where not all are listed there are no rows between.
    pub fn shown(&self) -> Vec<Listed<'_>> {
        let listed = self.in_rows();
        if self.selection.filter.is_empty() {
            return listed;
        }
        listed.into_iter().enumerate().map(|(row, one)| Listed { row, ..one }).collect()
    }

    /// The same, each with the row that it has among all.
    fn in_rows(&self) -> Vec<Listed<'_>> {
        let network = self.world().network();
        let is_listed = self.lists();
        let places = self.places();
        let rows = places.rows().filter_map(|(row, at)| Some((row, at, network.nth(at)?)));
        let listed = rows.map(|(row, at, (envelope, copies))| Listed { at, envelope, copies, row });
        listed.filter(|one| is_listed(one.envelope)).collect()
    }

    /// Where each message stands in the list.
    fn places(&self) -> Cow<'_, Places> {
        let network = self.world().network();
        let places = self.selection.arranged.now();
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

    /// The selected message: only one that is listed.
    pub fn selected(&self) -> Option<&Envelope> {
        let selected = self.world().network().nth(self.selection.message).map(|(envelope, _)| envelope)?;
        self.lists()(selected).then_some(selected)
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

    /// Why no message is listed though some are in flight.
    pub(crate) fn no_match(&self) -> String {
        format!("no message in flight matches `{}`; esc shows all", self.selection.filter)
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

    /// What is left, for [`Self::note_left`] once we are somewhere else.
    pub(super) fn leave(&self) -> Left {
        let by_hand = self.selection.message != self.selection.settled;
        Left { here: self.session().here(), selected: self.selected().cloned(), by_hand }
    }

    /// Remembers what was selected by hand where we were. Whoever comes back to where a message was delivered finds that one,
    /// since its step lies ahead; in a lesson it is remembered, for there the step ahead may be one that was only shown.
    pub(super) fn note_left(&mut self, left: Left, done: Option<&Action>) {
        let chosen = match (done.and_then(Action::message), &self.play) {
            (None, _) if !left.by_hand => return,
            (None, _) => left.selected,
            (Some(_), Play::Sandbox(_)) => None,
            (Some(done), _) => (left.by_hand || Some(done) != left.selected.as_ref()).then(|| done.clone()),
        };
        self.remember_choice(left.here, chosen);
    }

    /// From here on this is selected at that moment, or what its steps say.
    pub(super) fn remember_choice(&mut self, at: NodeId, chosen: Option<Envelope>) {
        match chosen {
            Some(chosen) => self.selection.chosen.insert(at, chosen),
            None => self.selection.chosen.remove(&at),
        };
        if self.selection.chosen.len() > MOST_CHOSEN {
            self.selection.chosen.pop_first();
        }
    }

    /// The run is another one, whose moments have the same numbers.
    pub(super) fn forget_moments(&mut self) {
        self.selection.chosen.clear();
        self.selection.arranged.forget();
        self.selection.fresh = RefCell::default();
    }

    /// [Settles](Self::settle) after a step. What was selected stays so where no message came of the step.
    pub(super) fn settle_after(&mut self, done: &Action, left: Left) {
        if done.message().is_none() && self.all_sent_now().next().is_none() {
            let stays = left.selected.clone().filter(|one| self.world().network().has(one));
            if stays.is_some() {
                self.remember_choice(self.session().here(), stays);
            }
        }
        self.note_left(left, Some(done));
        self.settle(Came::Played);
    }

    /// Selects what belongs to the moment that is shown, whichever way we came to it.
    pub(super) fn settle(&mut self, came: Came) {
        self.branch = KnownBranch::default();
        self.arrange(came);
        let wanted = self.wanted(came);
        let at = wanted.as_ref().and_then(|wanted| self.world().network().place_of(wanted));
        self.selection.message = at.unwrap_or(0);
        self.selection.settled = self.selection.message;
        // Whoever walks away and comes back finds what was selected at first.
        if came != Came::Walked && self.lesson().is_some() && self.wanted(Came::Walked) != wanted {
            self.remember_choice(self.session().here(), wanted);
        }
    }

    /// The rows of the list at the moment that is shown. A lesson's frame has its own, whichever way we came to it.
    fn arrange(&mut self, came: Came) {
        let network = self.session().world().network().clone();
        let here = self.session().here();
        self.selection.arranged.go(here, &network, came == Came::Led);
    }

    /// What belongs to the moment that is shown: what a lesson asks about, or its solution does next once a step of it was
    /// shown; what a game wants delivered before anything else; what was selected here by hand; what the step ahead delivers,
    /// so that the same key repeats it; or what comes of the steps that led here.
    fn wanted(&self, came: Came) -> Option<Envelope> {
        let lesson = self.lesson().filter(|player| !player.off_path());
        let task = lesson.and_then(Player::task);
        let begins = task.as_ref().is_some_and(|task| task.steps == 0);
        let shown = || lesson.filter(|_| !begins).and_then(Player::next_shown);
        let told_of = lesson.and_then(Player::asked).cloned().or_else(shown);
        let told_of = told_of.as_ref().and_then(Action::message).cloned();
        let is_led = came == Came::Led && lesson.is_some() && (task.is_none() || begins);
        // In a lesson the future may be what was shown: who plays is not led there, and a beat is about what was.
        let follows = self.lesson().is_none() || came == Came::Walked && (lesson.is_none() || task.is_some());
        let chosen = || self.selection.chosen.get(&self.session().here()).cloned();
        let ahead = || self.session().next_action().filter(|_| follows)?.message().cloned();
        let own = || if is_led { None } else { self.in_list(chosen()).or_else(|| self.in_list(ahead())) };
        let is_told = lesson.is_some() && task.is_none_or(|task| begins || task.shown.is_some());
        let comes = || if is_told { self.sent_now() } else { self.comes_of_steps() };
        let first = || self.in_list(told_of).or_else(|| self.in_list(self.due_now()));
        first().or_else(own).or_else(comes).or_else(|| self.deliverable_from(0))
    }

    /// A message, if it is in flight and listed.
    fn in_list(&self, envelope: Option<Envelope>) -> Option<Envelope> {
        envelope.filter(|one| self.world().network().has(one) && self.lists()(one))
    }

    /// What comes of the steps that led here. After a delivery the next message that was sent to all with the same words, so
    /// that the same key delivers them all; then what those deliveries sent, so that it goes on with what comes of them, the
    /// newest first. Where nothing was sent the next message in the list that can be delivered. After any other step what a
    /// process was made to send.
    fn comes_of_steps(&self) -> Option<Envelope> {
        let action = self.session().last_action()?;
        let mut fresh = self.selection.fresh.borrow_mut();
        fresh.follow(self.session());
        match action {
            Action::Deliver(envelope) => {
                let sends = self.all_sent_now().next().is_some();
                let newest = || self.first_fresh(&fresh, if sends { 0 } else { self.row_now_or_then(envelope) });
                let same = self.same_once_more(envelope);
                let next = same.or_else(|| (sends || fresh.goes_on()).then(newest).flatten());
                next.or_else(|| self.sent_now())
            }
            _ if action.message().is_none() => self.sent_now().or_else(|| self.first_fresh(&fresh, 0)),
            _ => None,
        }
        .or_else(|| self.deliverable_from(action.message().map_or(0, |one| self.row_now_or_then(one))))
    }

    /// The newest of what was sent and is of use; or of the like to the same process the first in the list from this row
    /// on, if there is any: answers are delivered in the order in which they stand there, not the last one first.
    fn first_fresh(&self, fresh: &Fresh, row: usize) -> Option<Envelope> {
        let of_use: Vec<(u32, &Envelope)> = fresh.sent().filter(|(_, one)| self.is_of_use(one)).collect();
        let (newest_step, newest) = *of_use.first()?;
        // What a leader asked before, or another one asks, is another matter.
        let of_leader = matches!(newest.from, ProcessId::Leader(_));
        let like = |(step, one): &(u32, &Envelope)| {
            one.to == newest.to && is_alike(&one.message, &newest.message) && (!of_leader || *step == newest_step)
        };
        let alike = of_use.into_iter().filter(like).map(|(_, one)| (self.row_of(one), one));
        let alike: BTreeMap<Option<usize>, &Envelope> = alike.collect();
        let next = alike.range(Some(row)..).next().or(alike.first_key_value());
        next.map(|(_, one)| Envelope::clone(one))
    }

    /// Whether a message is listed, can arrive now, and something comes of it: an acceptor answers even what it refuses;
    /// but what comes too early may yet be accepted.
    fn is_of_use(&self, envelope: &Envelope) -> bool {
        let world = self.world();
        let comes_of_it = || match world::stale(world, envelope) {
            None => true,
            Some(Stale::Late(_)) => matches!(envelope.to, ProcessId::Acceptor(_)),
            Some(Stale::Early(_)) => false,
        };
        self.lists()(envelope) && world.can_deliver(envelope).is_ok() && comes_of_it()
    }

    /// In a game: the message that must arrive before anything else does.
    fn due_now(&self) -> Option<Envelope> {
        self.lesson()?.task()?.game?.due_now
    }

    /// The first message that the last step sent, that is listed and of use; or else the first that can arrive, or that is
    /// still in flight.
    fn sent_now(&self) -> Option<Envelope> {
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

    /// One more copy of this message, or the same message on its way from the same process to another one, the next in the
    /// list.
    fn same_once_more(&self, envelope: &Envelope) -> Option<Envelope> {
        let world = self.world();
        let same = |one: &&Envelope| (one.from, &one.message) == (envelope.from, &envelope.message);
        let behind = world.network().distinct().map(|(one, _)| one).filter(|one| *one >= envelope);
        let is_listed = self.lists();
        let can = |one: &&Envelope| is_listed(one) && world.can_deliver(one).is_ok();
        let is_early = |one: &Envelope| matches!(world::stale(world, one), Some(Stale::Early(_)));
        behind.filter(same).find(|one| can(one) && !is_early(one)).cloned()
    }

    /// The row of a message, whether or not it is listed.
    fn row_of(&self, envelope: &Envelope) -> Option<usize> {
        self.places().row_of(self.world().network().place_of(envelope)?)
    }

    /// The row of a message that the last step was about: its own, or the one from which it went.
    fn row_now_or_then(&self, envelope: &Envelope) -> usize {
        self.row_of(envelope).unwrap_or_else(|| self.places().left())
    }

    /// The first message in the list that can be delivered, from this row on, or else from the top; where none can be
    /// delivered, the first that is listed.
    fn deliverable_from(&self, row: usize) -> Option<Envelope> {
        let listed = self.in_rows();
        let can = |one: &&Listed<'_>| self.world().can_deliver(one.envelope).is_ok();
        let behind = listed.iter().filter(|one| one.row >= row).find(can);
        behind.or_else(|| listed.iter().find(can)).or_else(|| listed.first()).map(|one| one.envelope.clone())
    }
}

/// Whether two messages are of one kind; and answers also to the same.
fn is_alike(one: &Message, other: &Message) -> bool {
    match (one, other) {
        (Message::P1b { to, .. }, Message::P1b { to: other, .. }) => to == other,
        (Message::P2b { to, .. }, Message::P2b { to: other, .. }) => to == other,
        _ => one.kind() == other.kind(),
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
