//! The stage: a run that is watched and played, free or inside a lesson.

use std::collections::{BTreeMap, BTreeSet};

use crate::pmmc::{ProcessId, Reason};
use crate::script::action_text;
use crate::session::{NodeId, Run, Session};
use crate::teach::{NotDone, Quiz};
use crate::world::text::Notation;
use crate::world::{self, Action, Envelope, Event, Refusal, World, headline, sentences};

mod fresh;
mod places;
mod selection;

use selection::{Came, Selection};

pub(super) use selection::moved;
pub use selection::{Focus, Listed};

use super::Views;
use super::auto::{self, Auto};
use super::foresight::{Foreseen, KnownBranch};
use super::kept::{Keep, Kept};
use super::lesson::{self, Player};
use super::motion::Motion;

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

/// Why what needs a stage cannot be done without one.
pub const NO_STAGE: &str = "open a lesson or the sandbox first";

/// The columns and rows from which on every process has a box of its own.
pub const BOXES: (u16, u16) = (80, 22);

/// Whether there is no room for the boxes of all processes.
pub const fn is_small(size: (u16, u16)) -> bool {
    size.0 < BOXES.0 || size.1 < BOXES.1
}

/// A run on the stage.
#[derive(Clone, Debug)]
pub struct Stage {
    play: Play,
    selection: Selection,
    /// The beat whose notes for the lecturer are shown.
    notes_of: Option<usize>,
    /// Whether the processes that matter are shown large, as on a slide, if the user said so; else the lesson does.
    large: Option<bool>,
    /// Which view is open, and where in it we are.
    pub(super) views: Views,
    /// What the run is called.
    title: String,
    /// The run as it plays itself.
    auto: Option<Auto>,
    /// The moments to which that led by a step which nobody asked for; the run's file knows actions only.
    own_ideas: BTreeSet<NodeId>,
    /// What of the run is kept, if somebody keeps it.
    kept: Option<Kept>,
    /// What is wrong with the lesson's file as it was last saved.
    trouble: Option<String>,
    pub(super) foreseen: Foreseen,
    pub(super) branch: KnownBranch,
    /// The message that is seen to move.
    motion: Option<Motion>,
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
            selection: Selection::default(),
            notes_of: None,
            large: None,
            views: Views::default(),
            title,
            auto: None,
            own_ideas: BTreeSet::new(),
            kept: None,
            trouble: None,
            foreseen: Foreseen::default(),
            branch: KnownBranch::default(),
            motion: None,
        };
        // The clients come first.
        stage.choose_nth(usize::from(stage.world().cluster().clients));
        stage.settle(Came::Led);
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

    /// One step of the run that plays itself; false if nothing happens by itself any more.
    pub(crate) fn auto_step(&mut self) -> bool {
        let Some(mut auto) = self.auto.take() else { return false };
        let next = auto.next(self.world(), self.session().here());
        let is_delivery = matches!(next, Some(Action::Deliver(_)));
        let went = next.is_some_and(|action| self.act(action).is_ok());
        if went {
            if !is_delivery {
                self.own_ideas.insert(self.session().here());
            }
            auto.observe(&self.session().now().events, self.session().here());
        }
        self.auto = Some(auto);
        went
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

    /// Whether it is shown what is chosen: but while a question asks whether it is.
    pub fn shows_chosen(&self) -> bool {
        !(self.asks() && self.lesson().is_some_and(Player::asks_what_is_chosen))
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

    /// Whether the open question is about the message that is selected.
    pub fn asks_of_message(&self) -> bool {
        let asked = self.lesson().filter(|_| self.asks()).and_then(Player::asked);
        asked.and_then(Action::message).is_some()
    }

    /// The step that the open question is about, where that is no message: `timeout L1`.
    pub fn asked_action(&self) -> Option<String> {
        let asked = self.lesson().filter(|_| self.asks() && !self.asks_of_message())?.asked()?;
        Some(action_text(asked, self.world()))
    }

    /// What this action would do, or why it cannot be.
    pub fn would(&self, action: &Action) -> Result<Vec<Event>, Refusal> {
        self.world().clone().apply(action)
    }

    /// The sentences of the last step; and why it was taken, where a run that plays itself had the idea.
    pub fn why(&self) -> Vec<String> {
        let session = self.session();
        let told = session.last_action().map(|action| self.told(action, &session.now().events));
        told.unwrap_or_default().into_iter().chain(self.own_idea()).collect()
    }

    /// What the last step is about, where that is not the last thing that it did.
    pub fn headline(&self) -> Option<String> {
        headline(&self.session().now().events)
    }

    /// Why a run that plays itself took the last step, where nobody asked for it.
    fn own_idea(&self) -> Option<String> {
        let session = self.session();
        let now = self.own_ideas.contains(&session.here()).then(|| session.now())?;
        auto::own_idea(now.action.as_ref()?, now.before.as_ref()?, session.history())
    }

    /// Whether a wrong rule is hidden: then nothing tells which one it is.
    pub fn hides_rule(&self) -> bool {
        self.lesson().is_some_and(Player::hides_rule)
    }

    /// What a step did, with why; only what it did while a wrong rule is hidden, whose guard would tell it, and nothing of
    /// what pmax left as it was: a leader that ignores what was accepted does not say that.
    pub(super) fn told(&self, action: &Action, events: &[Event]) -> Vec<String> {
        if !self.hides_rule() {
            return sentences(Notation::Screen, action, events);
        }
        let changes_nothing = |event: &&Event| match event {
            Event::Executed { reason: Reason::Pmax { accepted, own }, .. } => *own == Some(accepted.command),
            _ => false,
        };
        let events: Vec<Event> = events.iter().filter(|event| !changes_nothing(event)).cloned().collect();
        let told = sentences(Notation::Screen, action, &events);
        told.iter().map(|sentence| world::what_was_done(sentence).to_owned()).collect()
    }

    /// Why a message would change nothing if it arrived now, in few words; while a wrong rule is hidden only that it would.
    pub fn wasted(&self, envelope: &Envelope) -> Option<String> {
        let words = world::stale(self.world(), envelope)?.to_string();
        Some(if self.hides_rule() { world::what_was_done(&words).to_owned() } else { words })
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

    /// Gives a run a name, or takes it away.
    pub(crate) fn name_run(&mut self, run: NodeId, name: &str) {
        self.session_mut().set_name(run, name);
    }

    /// Makes an action happen, and [selects](Self::settle_after) what comes of it.
    pub(crate) fn act(&mut self, action: Action) -> Result<(), NotDone> {
        let left = self.leave();
        let done = action.clone();
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
        let here = self.session().here();
        self.own_ideas.remove(&here);
        self.settle_after(&done, left);
        Ok(())
    }

    /// Puts a schedule into the run as a future of this moment, with a name if it is a branch of its own. We stand where it
    /// starts. Whether it is a branch.
    pub(crate) fn branch(&mut self, from: NodeId, schedule: Vec<Action>, name: &str) -> Result<bool, NotDone> {
        let left = self.leave();
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
        self.note_left(left, None);
        // What was found is what comes next.
        self.remember_choice(from, None);
        self.settle(Came::Walked);
        Ok(run.is_some())
    }

    /// Moves in the run without making anything happen; what was selected at that moment is selected again, or the message
    /// that the next step is about, so that the same key repeats the step.
    pub(crate) fn travel<T>(&mut self, go: impl FnOnce(&mut Session) -> T) -> T {
        let left = self.leave();
        let before = (self.session().here(), self.session().next_action());
        let lists = self.view() == Some(super::View::Runs);
        let run = lists.then(|| self.session().current_run());
        let went = go(self.session_mut());
        if let Play::Lesson(player) = &mut self.play {
            player.travelled();
        }
        self.note_left(left, None);
        let (here, ahead) = (self.session().here(), self.session().next_action());
        // Where only the future is another one, that is what is looked at.
        if here == before.0 && ahead != before.1 {
            self.remember_choice(here, None);
        }
        self.settle(Came::Walked);
        if run.is_some_and(|run| run != self.session().current_run()) {
            self.select_current_run();
        }
        went
    }

    /// Makes the lesson do something.
    pub(crate) fn teach<T>(&mut self, go: impl FnOnce(&mut Player) -> T) -> Option<T> {
        let left = self.leave();
        let beat_before = self.lesson().map(Player::beat_number);
        let place_before = self.session().here();
        let done = match &mut self.play {
            Play::Sandbox(_) => return None,
            Play::Lesson(lesson) => go(lesson),
            Play::Quiz(quiz) => go(quiz.player_mut()),
        };
        // Notes for the lecturer go away with their beat.
        let beat = self.lesson().map(Player::beat_number);
        self.notes_of = self.notes_of.filter(|shown| Some(*shown) == beat);
        // And so does a view, which may lie over what the next beat says, and before what it tells is asked once more.
        if beat != beat_before || !self.shows_chosen() {
            self.close_view();
        }
        // Where a task is only spoken of, what the learner has selected stays so.
        let stays = beat == beat_before && self.session().here() == place_before;
        if stays && self.lesson().is_some_and(|player| player.task().is_some()) {
            return Some(done);
        }
        self.note_left(left, None);
        self.settle(Came::Led);
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
        let Play::Quiz(quiz) = &mut self.play else { return None };
        let done = go(quiz);
        self.forget_moments();
        self.settle(Came::Led);
        Some(done)
    }

    /// Another version of the lesson takes the place of the one that is played.
    pub(crate) fn replace(&mut self, player: Player) {
        lesson::title(&player).clone_into(&mut self.title);
        self.play = Play::Lesson(Box::new(player));
        self.choose_one_of_these();
        self.forget_moments();
        self.settle(Came::Led);
    }

    /// In a game: in how many steps at the latest each message must arrive.
    pub fn due(&self) -> BTreeMap<Envelope, usize> {
        let task = self.lesson().filter(|player| !player.off_path()).and_then(Player::task);
        task.and_then(|task| task.game).filter(|game| !game.over).map(|game| game.due).unwrap_or_default()
    }

    /// The processes that a lesson's frame is about, if it names any: what others did is not its matter. Where the learner
    /// plays, or a solution is shown, everything is.
    pub fn told_of(&self) -> Option<Vec<String>> {
        let player = self.lesson().filter(|player| !player.off_path())?;
        if player.task().is_some_and(|task| !task.reached || task.shown.is_some()) {
            return None;
        }
        let look_at = player.beat().look_at;
        let names = look_at.iter().filter_map(|one| one.split('.').next().map(str::to_owned));
        Some(names.collect()).filter(|names: &Vec<String>| !names.is_empty())
    }
}
