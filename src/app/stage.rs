//! The stage: a run that is watched and played, free or inside a lesson.

use std::collections::BTreeMap;

use crate::pmmc::ProcessId;
use crate::script::action_text;
use crate::session::{NodeId, Run, Session};
use crate::teach::{NotDone, Quiz};
use crate::world::text::{self, Notation};
use crate::world::{self, Action, Envelope, Event, Refusal, World, sentences};

use super::Views;
use super::auto::Auto;
use super::foresight::{Foreseen, KnownBranch};
use super::kept::{Keep, Kept};
use super::lesson::{self, Player};
use super::motion::Motion;

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
    /// A quiz.
    Quiz(Box<Quiz>),
}

/// The columns and rows from which on every process has a box of its own.
pub const BOXES: (u16, u16) = (80, 22);

/// Whether there is no room for the boxes of all processes.
pub const fn is_small(size: (u16, u16)) -> bool {
    size.0 < BOXES.0 || size.1 < BOXES.1
}

/// A list that stays as it is while the message is selected at which it was clicked.
#[derive(Clone, Copy, Debug)]
struct HeldList {
    here: NodeId,
    selected: usize,
    first: usize,
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
    /// The beat whose notes for the lecturer are shown.
    notes_of: Option<usize>,
    /// The beat whose question is open, and which of its choices is selected, the first being 0.
    choice: Option<(usize, usize)>,
    /// Whether the processes that matter are shown large, as on a slide, if the user said so; else the lesson does.
    large: Option<bool>,
    /// Which view is open, and where in it we are.
    pub(super) views: Views,
    /// What the run is called.
    title: String,
    /// Only messages whose text contains this are listed.
    filter: String,
    /// The run as it plays itself.
    auto: Option<Auto>,
    /// What of the run is kept, if somebody keeps it.
    kept: Option<Kept>,
    /// What is wrong with the lesson's file as it was last saved.
    trouble: Option<String>,
    pub(super) foreseen: Foreseen,
    pub(super) branch: KnownBranch,
    /// The message that is seen to move.
    motion: Option<Motion>,
    /// The list of messages as it was clicked at.
    held: Option<HeldList>,
}

impl Stage {
    /// A stage for this run.
    pub fn new(play: Play) -> Self {
        let title = match &play {
            Play::Sandbox(_) => "Sandbox".to_owned(),
            Play::Lesson(player) => lesson::title(player).to_owned(),
            Play::Quiz(quiz) => lesson::quiz_title(quiz.terms()),
        };
        let mut stage = Self {
            play,
            focus: Focus::InFlight,
            selected: 0,
            process: 0,
            notes_of: None,
            choice: None,
            large: None,
            views: Views::default(),
            title,
            filter: String::new(),
            auto: None,
            kept: None,
            trouble: None,
            foreseen: Foreseen::default(),
            branch: KnownBranch::default(),
            motion: None,
            held: None,
        };
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
            Play::Quiz(quiz) => quiz.player().session(),
        }
    }

    fn session_mut(&mut self) -> &mut Session {
        match &mut self.play {
            Play::Sandbox(session) => session,
            Play::Lesson(lesson) => lesson.session_mut(),
            Play::Quiz(quiz) => quiz.player_mut().session_mut(),
        }
    }

    /// What the run is called.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The same under another name.
    #[must_use]
    pub fn titled(mut self, title: &str) -> Self {
        if !title.is_empty() {
            title.clone_into(&mut self.title);
        }
        self
    }

    /// From here on every new step of a free run is told, as run so and so, which goes on from that kept file.
    pub(crate) fn keep(&mut self, run: usize, origin: Option<String>) {
        self.kept = match &self.play {
            Play::Sandbox(session) => Some(Kept::new(run, origin, session)),
            Play::Lesson(_) | Play::Quiz(_) => None,
        };
    }

    /// What is to be kept now.
    pub(crate) fn take_kept(&mut self) -> Vec<Keep> {
        self.kept.as_mut().map(Kept::take).unwrap_or_default()
    }

    /// The message of the last step, while it is seen to move.
    pub fn motion(&self) -> Option<Motion> {
        self.motion
    }

    /// From here on this moves; returns what moved until now.
    pub(crate) fn set_motion(&mut self, motion: Option<Motion>) -> Option<Motion> {
        std::mem::replace(&mut self.motion, motion)
    }

    /// The run as it plays itself, if it does.
    pub fn auto(&self) -> Option<&Auto> {
        self.auto.as_ref()
    }

    pub(crate) fn auto_mut(&mut self) -> Option<&mut Auto> {
        self.auto.as_mut()
    }

    pub(crate) fn set_auto(&mut self, auto: Auto) {
        self.auto = Some(auto);
    }

    /// One step of the run that plays itself; false if nothing can happen any more.
    pub(crate) fn auto_step(&mut self) -> bool {
        let Some(mut auto) = self.auto.take() else { return false };
        let next = auto.next(self.world(), self.session().here());
        let went = next.is_some_and(|action| self.act(action).is_ok());
        if went {
            auto.observe(&self.session().now().events, self.session().here());
        }
        self.auto = Some(auto);
        went
    }

    /// Only messages whose text contains this are listed.
    pub fn filter(&self) -> &str {
        &self.filter
    }

    /// Lists only the messages whose text contains this; the selection goes to one of them.
    pub(crate) fn set_filter(&mut self, filter: &str) {
        filter.clone_into(&mut self.filter);
        let shown = self.shown();
        if !shown.iter().any(|(at, ..)| *at == self.selected)
            && let Some((at, ..)) = shown.first()
        {
            self.selected = *at;
        }
    }

    /// The messages that are listed, each with its place among all, and how many copies there are.
    pub fn shown(&self) -> Vec<(usize, &Envelope, u32)> {
        let all = self.world().network().distinct().enumerate();
        let wanted = self.filter.to_lowercase();
        let all = all.map(|(at, (envelope, copies))| (at, envelope, copies));
        all.filter(|(_, envelope, _)| wanted.is_empty() || found_in(envelope, &wanted)).collect()
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
        self.selected = at;
        self.focus = Focus::InFlight;
        Ok(())
    }

    /// Whether the message at this place among all is selected, and the messages have the focus.
    pub(crate) fn is_selected(&self, at: usize) -> bool {
        (self.selected, self.focus) == (at, Focus::InFlight)
    }

    /// Selects the message at this place among all, in the list whose first row stays this one.
    pub(crate) fn select_at(&mut self, at: usize, first: usize) {
        if at < self.world().network().distinct().count() {
            self.selected = at;
            self.focus = Focus::InFlight;
            self.held = Some(HeldList { here: self.session().here(), selected: at, first });
        }
    }

    /// The first row of the list of messages, if a click has just selected in it.
    pub fn held_row(&self) -> Option<usize> {
        let held = self.held.filter(|held| (held.here, held.selected) == (self.session().here(), self.selected));
        held.map(|held| held.first)
    }

    /// The world now.
    pub fn world(&self) -> &World {
        self.session().world()
    }

    /// The lesson, if one is played; a quiz's question is one of its own.
    pub fn lesson(&self) -> Option<&Player> {
        match &self.play {
            Play::Sandbox(_) => None,
            Play::Lesson(lesson) => Some(lesson),
            Play::Quiz(quiz) => Some(quiz.player()),
        }
    }

    /// The quiz, if one is taken.
    pub fn quiz(&self) -> Option<&Quiz> {
        match &self.play {
            Play::Quiz(quiz) => Some(quiz),
            Play::Sandbox(_) | Play::Lesson(_) => None,
        }
    }

    /// Where in the lesson we are, or how the quiz goes: `3/13`; `2 of 3 right, 1 revealed`.
    pub fn part(&self) -> Option<String> {
        match &self.play {
            Play::Sandbox(_) => None,
            Play::Lesson(player) => Some(format!("{}/{}", player.beat_number(), player.beat_count())),
            Play::Quiz(quiz) => Some(lesson::score(quiz.tally())).filter(|score| !score.is_empty()),
        }
    }

    /// What is wrong with the lesson's file as it was last saved; what is played is the last good version.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    pub(crate) fn set_trouble(&mut self, trouble: Option<String>) {
        self.trouble = trouble;
    }

    /// Whether other futures are of interest here: in a lesson only where it shows some, or where the learner plays.
    pub fn forks(&self) -> bool {
        self.lesson().is_none_or(Player::forks)
    }

    /// Whether a question waits for an answer; then nothing on the screen gives it away.
    pub fn asks(&self) -> bool {
        self.lesson().is_some_and(|player| {
            !player.off_path() && player.question().is_some_and(|question| question.truth.is_none())
        })
    }

    /// Whether what the last step did is marked: not while a question is open, whose answer it would look like, and not in
    /// a lesson that does not tell of it.
    pub fn marks_step(&self) -> bool {
        !self.asks() && self.lesson().is_none_or(|player| player.off_path() || player.tells_of_step())
    }

    /// Whether it is shown what is chosen: but while a question asks for it.
    pub fn shows_chosen(&self) -> bool {
        !(self.asks() && self.lesson().is_some_and(Player::asks_what_is_chosen))
    }

    /// The selected choice of the open question, the first being 0; none is until an arrow selects one.
    pub fn choice(&self) -> Option<usize> {
        let beat = self.question_beat()?;
        self.choice.filter(|(of, _)| *of == beat).map(|(_, choice)| choice)
    }

    /// The beat, or the number in the quiz, of the question to which the arrows speak.
    fn question_beat(&self) -> Option<usize> {
        let number = self.quiz().map(Quiz::number).or(self.lesson().map(Player::beat_number));
        number.filter(|_| self.asks() && self.focus == Focus::InFlight)
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
        self.choice = Some((beat, next));
        Ok(())
    }

    /// Which panel has the focus.
    pub fn focus(&self) -> Focus {
        self.focus
    }

    /// Whether the processes that matter are shown large, as on a slide: as the user said; or else as the lesson wants it,
    /// and in a lesson wherever there is no room for the boxes of all.
    pub fn large(&self, small: bool) -> bool {
        self.large.unwrap_or_else(|| self.lesson().is_some_and(|player| small || player.wants_large()))
    }

    /// Leaves the slide that the user asked for; false if nobody did.
    pub(crate) fn close_slide(&mut self) -> bool {
        self.large.take_if(|large| *large).is_some()
    }

    pub(crate) fn turn_large(&mut self, small: bool) {
        self.large = Some(!self.large(small));
    }

    /// The notes for the lecturer, while they are shown: until the next beat, unless they are put away before.
    pub fn notes(&self) -> Option<String> {
        let player = self.lesson().filter(|player| self.notes_of == Some(player.beat_number()))?;
        player.beat().notes
    }

    /// Shows the notes for the lecturer, or puts them away.
    pub(crate) fn turn_notes(&mut self) {
        let beat = self.lesson().map(Player::beat_number);
        self.notes_of = if self.notes_of == beat { None } else { beat };
    }

    /// The messages in flight, equal ones once, with how many copies there are.
    pub fn rows(&self) -> Vec<(&Envelope, u32)> {
        self.world().network().distinct().collect()
    }

    /// The message that is pointed at on the stage: the selected one, but while a lesson tells only one that was just sent,
    /// or is asked about.
    pub fn pointed_at(&self) -> Option<&Envelope> {
        let selected = self.selected()?;
        let was_sent = || self.session().now().events.iter().any(|event| *event == Event::Sent(selected.clone()));
        let is_shown = if self.asks() { self.asks_of_message() } else { self.foresees() };
        (is_shown || self.marks_step() && was_sent()).then_some(selected)
    }

    /// Whether the open question is about the message that is selected.
    pub fn asks_of_message(&self) -> bool {
        let asked = self.lesson().filter(|_| self.asks()).and_then(Player::asked);
        matches!(asked, Some(Action::Deliver(_) | Action::Drop(_) | Action::Duplicate(_)))
    }

    /// The step that the open question is about, where that is no message: `timeout L1`.
    pub fn asked_action(&self) -> Option<String> {
        let asked = self.lesson().filter(|_| self.asks() && !self.asks_of_message())?.asked()?;
        Some(action_text(asked, self.world()))
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

    /// The sentences of the last step.
    pub fn why(&self) -> Vec<String> {
        let session = self.session();
        let told = session.last_action().map(|action| sentences(Notation::Screen, action, &session.now().events));
        self.as_told(told.unwrap_or_default())
    }

    /// Whether a wrong rule is hidden: then nothing tells which one it is.
    pub fn hides_rule(&self) -> bool {
        self.lesson().is_some_and(Player::hides_rule)
    }

    /// What was done, with why; only what was done while a wrong rule is hidden, whose guard would tell it.
    pub(super) fn as_told(&self, sentences: Vec<String>) -> Vec<String> {
        if self.hides_rule() {
            return sentences.iter().map(|sentence| world::what_was_done(sentence).to_owned()).collect();
        }
        sentences
    }

    /// Which invariants the last step broke, and how the first of them: `C2, D9 broken: …`.
    pub fn alarm(&self) -> Option<String> {
        let broken = self.session().broken_by_step();
        let why = &broken.first().filter(|_| self.marks_step())?.why;
        let names: Vec<String> = broken.iter().map(|one| format!("{:?}", one.invariant)).collect();
        Some(format!("{} broken: {why}", names.join(", ")))
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
        if self.focus == Focus::InFlight && !self.filter.is_empty() {
            return self.select_shown(down);
        }
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

    /// Moves the selection among the messages that are listed.
    fn select_shown(&mut self, down: bool) -> Result<(), String> {
        let places: Vec<usize> = self.shown().into_iter().map(|(at, ..)| at).collect();
        let next = if down {
            places.iter().find(|at| **at > self.selected)
        } else {
            places.iter().rev().find(|at| **at < self.selected)
        };
        self.selected = *next.ok_or_else(|| format!("no other message matches `{}`; esc shows all", self.filter))?;
        Ok(())
    }

    /// Makes an action happen. What a process is made to send is selected. After a delivery the next one that was sent to
    /// all with the same words is, so that the same key delivers them all; or else the selection stays where it was, on the
    /// next message that can be delivered.
    pub(crate) fn act(&mut self, action: Action) -> Result<(), NotDone> {
        let before = self.selected().cloned();
        let at = self.selected;
        let is_about_message = matches!(action, Action::Deliver(_) | Action::Drop(_) | Action::Duplicate(_));
        let delivered = if let Action::Deliver(envelope) = &action { Some(envelope.clone()) } else { None };
        match &mut self.play {
            Play::Sandbox(session) => {
                let from = session.here();
                session.act(action)?;
                if let Some(kept) = &mut self.kept {
                    kept.note(from, &self.title, session);
                }
            }
            Play::Lesson(player) => player.act(action)?,
            Play::Quiz(quiz) => quiz.player_mut().act(action)?,
        }
        let sent = if is_about_message { None } else { self.sent_now() };
        let again = before
            .filter(|one| self.row_of(one).is_some())
            .or_else(|| delivered.and_then(|one| self.same_to_another(&one, at)));
        match self.due_now().or(sent).or(again).and_then(|envelope| self.row_of(&envelope)) {
            Some(row) => self.selected = row,
            None => self.select_deliverable(at),
        }
        Ok(())
    }

    /// Puts a schedule into the run as a future of this moment, with a name if it is a branch of its own. We stand where it
    /// starts. Whether it is a branch.
    pub(crate) fn branch(&mut self, from: NodeId, schedule: Vec<Action>, name: &str) -> Result<bool, NotDone> {
        let before = self.selected().cloned();
        match &mut self.play {
            Play::Sandbox(session) => {
                session.jump(from);
                for action in schedule {
                    let at = session.here();
                    session.act(action)?;
                    if let Some(kept) = &mut self.kept {
                        kept.note(at, &self.title, session);
                    }
                }
            }
            Play::Lesson(player) => player.branch(from, schedule)?,
            Play::Quiz(quiz) => quiz.player_mut().branch(from, schedule)?,
        }
        let session = self.session_mut();
        let end = session.here();
        let begun_here = |run: &Run| run.end == end && run.start > from;
        let run = session.runs().into_iter().find(begun_here);
        if let Some(run) = run {
            session.set_name(run.start, name);
        }
        session.jump(from);
        self.settle(before);
        Ok(run.is_some())
    }

    /// Moves in the run without making anything happen; the message that the next step is about is selected, so that
    /// the same key repeats the step.
    pub(crate) fn travel<T>(&mut self, go: impl FnOnce(&mut Session) -> T) -> T {
        let before = self.selected().cloned();
        let lists = self.view() == Some(super::View::Runs);
        let run = lists.then(|| self.session().current_run());
        let went = go(self.session_mut());
        if let Play::Lesson(player) = &mut self.play {
            player.travelled();
        }
        self.settle(before);
        if run.is_some_and(|run| run != self.session().current_run()) {
            self.select_current_run();
        }
        went
    }

    /// Makes the lesson do something.
    pub(crate) fn teach<T>(&mut self, go: impl FnOnce(&mut Player) -> T) -> Option<T> {
        let before = self.selected().cloned();
        let beat_before = self.lesson().map(Player::beat_number);
        let done = match &mut self.play {
            Play::Sandbox(_) => return None,
            Play::Lesson(lesson) => go(lesson),
            Play::Quiz(quiz) => go(quiz.player_mut()),
        };
        // Notes for the lecturer go away with their beat.
        let beat = self.lesson().map(Player::beat_number);
        self.notes_of = self.notes_of.filter(|shown| Some(*shown) == beat);
        // And so does a view, which may lie over what the next beat says.
        if beat != beat_before {
            self.close_view();
        }
        // What was just sent says more than what was selected before.
        let sent = self.sent_now();
        if self.lesson().is_some_and(|player| !player.off_path() && player.task().is_none()) {
            self.settle_as_told(sent);
        } else {
            self.settle(sent.or(before));
        }
        Some(done)
    }

    /// Whoever pressed another key is asked again before a first step of a task's solution is shown.
    pub(crate) fn forget_walk(&mut self) {
        if let Play::Lesson(player) = &mut self.play {
            player.forget_walk();
        }
    }

    /// Makes the quiz do something.
    pub(crate) fn take_quiz<T>(&mut self, go: impl FnOnce(&mut Quiz) -> T) -> Option<T> {
        let before = self.selected().cloned();
        let Play::Quiz(quiz) = &mut self.play else { return None };
        let done = go(quiz);
        self.settle(before);
        Some(done)
    }

    /// Another version of the lesson takes the place of the one that is played.
    pub(crate) fn replace(&mut self, player: Player) {
        lesson::title(&player).clone_into(&mut self.title);
        self.play = Play::Lesson(Box::new(player));
        self.process = self.process.min(self.world().cluster().processes().count().saturating_sub(1));
        self.settle(None);
    }

    /// Selects what a lesson's frame is about, whichever way we came to it: what it asks about, or what its last step sent.
    fn settle_as_told(&mut self, sent: Option<Envelope>) {
        self.branch = KnownBranch::default();
        let asked = match self.lesson().and_then(Player::asked) {
            Some(Action::Deliver(envelope) | Action::Drop(envelope) | Action::Duplicate(envelope)) => {
                Some(envelope.clone())
            }
            _ => None,
        };
        match asked.or(sent).and_then(|envelope| self.row_of(&envelope)) {
            Some(row) => self.selected = row,
            None => self.select_deliverable(0),
        }
    }

    fn settle(&mut self, before: Option<Envelope>) {
        // It may be another run, whose moments have the same numbers.
        self.branch = KnownBranch::default();
        let lesson = self.lesson();
        let told_of = lesson.and_then(Player::asked).cloned().or_else(|| lesson?.next_shown());
        let next = match told_of.or_else(|| self.session().next_action()) {
            Some(Action::Deliver(envelope) | Action::Drop(envelope) | Action::Duplicate(envelope)) => Some(envelope),
            _ => None,
        };
        match next.or(self.due_now()).or(before).and_then(|envelope| self.row_of(&envelope)) {
            Some(row) => self.selected = row,
            None => self.select_deliverable(self.selected),
        }
    }

    /// In a game: the message that must arrive before anything else does.
    fn due_now(&self) -> Option<Envelope> {
        self.lesson()?.task()?.game?.due_now
    }

    /// In a game: in how many steps at the latest each message must arrive.
    pub fn due(&self) -> BTreeMap<Envelope, usize> {
        let task = self.lesson().filter(|player| !player.off_path()).and_then(Player::task);
        task.and_then(|task| task.game).filter(|game| !game.over).map(|game| game.due).unwrap_or_default()
    }

    /// The processes that a lesson's frame is about, if it names any: what others did is not its matter. Where the learner
    /// plays, everything is.
    pub fn told_of(&self) -> Option<Vec<String>> {
        let player = self.lesson().filter(|player| !player.off_path())?;
        if player.task().is_some_and(|task| !task.reached) {
            return None;
        }
        let look_at = player.beat().look_at;
        let names = look_at.iter().filter_map(|one| one.split('.').next().map(str::to_owned));
        Some(names.collect()).filter(|names: &Vec<String>| !names.is_empty())
    }

    /// The first message that the last step sent and that can arrive; or else the first that is still in flight.
    fn sent_now(&self) -> Option<Envelope> {
        let sent = || {
            let sent = self.session().now().events.iter().filter_map(|event| match event {
                Event::Sent(envelope) => Some(envelope),
                _ => None,
            });
            sent.filter(|envelope| self.row_of(envelope).is_some())
        };
        let arrives = sent().find(|envelope| self.world().can_deliver(envelope).is_ok());
        arrives.or_else(|| sent().next()).cloned()
    }

    /// The same message on its way from the same process to another one, the next in the list from here.
    fn same_to_another(&self, envelope: &Envelope, from: usize) -> Option<Envelope> {
        let world = self.world();
        let same = |one: &&Envelope| (one.from, &one.message) == (envelope.from, &envelope.message);
        let behind = world.network().distinct().skip(from).map(|(one, _)| one);
        let wanted = self.filter.to_lowercase();
        let is_listed = |one: &&Envelope| wanted.is_empty() || found_in(one, &wanted);
        behind.filter(same).filter(is_listed).find(|one| world.can_deliver(one).is_ok()).cloned()
    }

    fn row_of(&self, envelope: &Envelope) -> Option<usize> {
        self.world().network().distinct().position(|(other, _)| other == envelope)
    }

    fn select_deliverable(&mut self, from: usize) {
        let world = self.world();
        let wanted = self.filter.to_lowercase();
        let can = |envelope: &Envelope| {
            (wanted.is_empty() || found_in(envelope, &wanted)) && world.can_deliver(envelope).is_ok()
        };
        let rows: Vec<bool> = world.network().distinct().map(|(envelope, _)| can(envelope)).collect();
        let from = from.min(rows.len().saturating_sub(1));
        let behind = rows.iter().skip(from).position(|can| *can).map(|at| from + at);
        self.selected = behind.or_else(|| rows.iter().position(|can| *can)).unwrap_or(from);
    }
}

/// Whether a message's text contains this, in small letters: `a1`, `p2a`, `l0>a1`, `l0 → a1`, `0.1`.
fn found_in(envelope: &Envelope, wanted: &str) -> bool {
    let Envelope { from, to, message } = envelope;
    let screen = text::message(Notation::Screen, message);
    let files = text::message(Notation::Files, message);
    let whole = format!("{from} → {to}  {screen}\n{from}>{to} {files}\n{from} > {to}");
    whole.to_lowercase().contains(wanted)
}
