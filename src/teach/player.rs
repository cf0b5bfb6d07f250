//! The player: where in a lesson we are, over a session of the real engine. The session's tree holds every beat's
//! moment, so that leaving the lesson's path is just another branch, and nothing that the learner tries is lost.
//!
//! A beat's steps are taken when it is reached, not before: the future that the session holds gives nothing away.

use crate::pmmc::ProcessId;
use crate::script::{BeatKind, FileError, Lesson, Line};
use crate::session::{NodeId, Session};
use crate::world::{Action, World};

use super::asked::Asked;
use super::plan::{Plan, error_at};
use super::progress::Answered;
use super::shown::Panel;
use super::table::Table;
use super::task::{NotDone, Showed, TaskVisit};

/// What is told in a beat.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BeatView {
    /// Its headline.
    pub title: String,
    /// Its words, one paragraph each.
    pub say: Vec<String>,
    /// The slide that it can be put beside.
    pub slide: Option<String>,
    /// Processes (`A0`) and fields (`A0.ballot_num`) to look at.
    pub look_at: Vec<String>,
    /// The names of its futures, if it is an "Or…".
    pub futures: Vec<String>,
    /// Which of them is shown.
    pub future: usize,
    /// Which one this is in the order in which they are shown, the first being 1.
    pub future_number: usize,
    /// For the lecturer only.
    pub notes: Option<String>,
    /// What is shown in the place of the stage.
    pub panel: Option<Panel>,
    /// What is compared.
    pub table: Option<Table>,
    /// What became of the rule that is broken here: `switched off: "an acceptor adopts no lower ballot"`.
    pub broken: Option<String>,
}

/// The question of a beat, as far as it may be seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    /// The question.
    pub ask: String,
    /// What to choose from: each choice a few short lines, what changes and what is sent.
    pub choices: Vec<Vec<String>>,
    /// What the learner chose.
    pub given: Option<usize>,
    /// What happens; only once it is revealed.
    pub truth: Option<usize>,
    /// What is said to the answer; only once it is revealed, and if there is anything to say.
    pub verdict: Option<String>,
    /// Why it is so, in the engine's words; only once it is revealed.
    pub reason: Option<String>,
}

impl Question {
    /// Whether it still waits for an answer.
    pub fn is_open(&self) -> bool {
        self.truth.is_none()
    }

    /// Whether it was answered, by the right choice.
    pub fn is_right(&self) -> bool {
        self.truth.is_some() && self.given == self.truth
    }
}

/// What going on did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Went {
    /// To the next beat, or to the one before.
    ToBeat,
    /// To the next future of this beat's "Or…".
    ToFuture,
    /// From free play to the beat that was left.
    BackToPath,
    /// Nowhere: the question's answer is shown.
    Revealed,
    /// Nowhere: the task is open. Going on once more shows a step of its solution.
    TaskIsOpen,
    /// In the task: a step was shown.
    Step(Showed),
    /// Nowhere: the answer is hidden again, or the last step that was shown is taken back.
    TakenBack,
    /// Nowhere: the lesson is finished, or this is its first beat.
    Nowhere,
}

/// What became of one beat.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    pub(super) start: NodeId,
    /// Where each of its ways ends; empty while its question is open.
    pub(super) ends: Vec<NodeId>,
    /// Which way is shown, and how many were shown so far.
    shown: usize,
    seen: usize,
    /// The answer that was given last.
    pub(super) given: Option<usize>,
    /// How the question was answered at first, if it was: what counts.
    pub(super) counts: Option<Answered>,
    /// Whether the question is asked once more, after it was answered.
    hidden: bool,
    /// Whether the task before it was solved in another run than the one that it begins in.
    left_own_run: bool,
    pub(super) task: Option<TaskVisit>,
}

impl Visit {
    /// Whether it shows all its ways at once, as a comparison does.
    fn shows_all(&self) -> bool {
        self.seen == usize::MAX
    }
}

/// A lesson being played.
#[derive(Clone, Debug)]
pub struct Player {
    lesson: Lesson,
    pub(super) plan: Plan,
    session: Session,
    /// One entry for each beat that was reached.
    pub(super) visits: Vec<Visit>,
    pub(super) at: usize,
    pub(super) finished: bool,
}

impl Player {
    /// Begins a lesson: its way is played, and its first beat shown. Refused if anything in it cannot be done.
    pub fn new(lesson: Lesson) -> Result<Self, FileError> {
        let plan = Plan::new(&lesson)?;
        let session = Session::new(lesson.setup.clone());
        let session = session.map_err(|error| error_at(&lesson, &lesson.title, &error.to_string()))?;
        let mut player = Self { lesson, plan, session, visits: Vec::new(), at: 0, finished: false };
        let way = std::mem::take(&mut player.plan.way);
        let start = player.play(player.session.here(), &way);
        player.enter(start);
        Ok(player)
    }

    /// The lesson.
    pub fn lesson(&self) -> &Lesson {
        &self.lesson
    }

    /// The number of the beat that is shown, the first being 1.
    pub fn beat_number(&self) -> usize {
        self.at + 1
    }

    /// How many beats there are.
    pub fn beat_count(&self) -> usize {
        self.lesson.beats.len()
    }

    /// Whether the last beat was left: the learner went on from it.
    pub fn finished(&self) -> bool {
        self.finished
    }

    /// The session: the run of the lesson and all that the learner tried.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The session, for free play: anything may be done with it.
    pub fn session_mut(&mut self) -> &mut Session {
        &mut self.session
    }

    /// What is told now.
    pub fn beat(&self) -> BeatView {
        let Some(beat) = self.lesson.beats.get(self.at) else { return BeatView::default() };
        let mut view = BeatView {
            title: beat.title.text.clone(),
            say: vec![beat.say.text.clone()],
            slide: beat.slide.as_ref().map(|slide| slide.text.clone()),
            look_at: texts(&beat.look_at),
            notes: beat.notes.as_ref().map(|notes| notes.text.clone()),
            ..BeatView::default()
        };
        if let Some(planned) = self.plan.beats.get(self.at) {
            view.table.clone_from(&planned.table);
            view.broken.clone_from(&planned.broken);
            view.panel = beat.show.as_ref().and_then(|show| Panel::named(show).ok());
            view.panel = view.panel.or((!planned.elsewhere.is_empty()).then_some(Panel::Table));
        }
        match &beat.kind {
            BeatKind::Predict(predict) if !self.question_is_open() => {
                view.say = predict.after.iter().map(|after| after.text.clone()).collect();
                view.slide = predict.slide_after.as_ref().map(|slide| slide.text.clone()).or(view.slide);
            }
            BeatKind::Or(fork) | BeatKind::Compare { fork, .. } if self.way_count() > 1 => {
                view.future = self.visit().map_or(0, |visit| visit.shown);
                view.future_number = self.number_of(view.future);
                view.say.extend(fork.futures.get(view.future).map(|future| future.say.text.clone()));
                let future = fork.futures.get(view.future);
                let slide = future.and_then(|future| future.slide.as_ref());
                view.slide = slide.map(|slide| slide.text.clone()).or(view.slide);
                view.look_at = texts(future.map_or(&beat.look_at, |future| future.looks_at(beat)));
                view.futures = fork.futures.iter().map(|future| future.name.text.clone()).collect();
            }
            BeatKind::Ask(_) if !self.question_is_open() => {
                view.say = self.key().and_then(Asked::after).map(str::to_owned).into_iter().collect();
            }
            BeatKind::Try(task) if self.goal_was_reached() => {
                view.say = task.after.iter().map(|after| after.text.clone()).collect();
            }
            _ => {}
        }
        view.say.retain(|paragraph| !paragraph.is_empty());
        view
    }

    /// Which future of this beat this one is, in the order in which they are shown: a comparison begins with the one that
    /// the lesson goes on from.
    fn number_of(&self, future: usize) -> usize {
        let first = self.visit().filter(|visit| visit.shows_all()).and_then(|_| self.plan.beats.get(self.at));
        let (first, count) = (first.map_or(0, |beat| beat.then), self.way_count().max(1));
        (future + count - first) % count + 1
    }

    /// Whether this beat goes on with the lesson's own solution of the task before it, which the learner solved in another
    /// way: their run is kept, but left.
    pub fn left_own_run(&self) -> bool {
        self.visit().is_some_and(|visit| visit.left_own_run)
    }

    /// The question of this beat, if it asks one.
    pub fn question(&self) -> Option<Question> {
        let ask = match &self.lesson.beats.get(self.at)?.kind {
            BeatKind::Predict(predict) => &predict.ask,
            BeatKind::Ask(question) => &question.ask,
            _ => return None,
        };
        let (key, visit) = (self.key()?, self.visit()?);
        let revealed = !self.question_is_open();
        Some(Question {
            ask: ask.text.clone(),
            choices: key.choices(),
            given: visit.given.filter(|_| revealed),
            truth: revealed.then(|| key.truth()),
            verdict: key.verdict(visit.given).filter(|_| revealed),
            reason: key.reason().filter(|_| revealed),
        })
    }

    /// The step that the open question asks about: the message to point at, whose preview must not be shown.
    pub fn asked(&self) -> Option<&Action> {
        let asks = matches!(self.key(), Some(Asked::Engine(_))) && self.question_is_open();
        self.plan.beats.get(self.at).filter(|_| asks)?.ways.first()?.actions.first()
    }

    /// Goes on (Space, `PageDown`). From off the path it leads back; an open question it answers without credit, for the
    /// class that has answered aloud; an open task it says to be one, and from then on shows its solution step by step; of
    /// an "Or…" it first shows every future; else it shows the next beat. At the end the lesson is finished.
    // It is what the key says; a player is no iterator.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Went {
        if self.back_to_path() {
            return Went::BackToPath;
        }
        if self.question_is_open() {
            self.reveal(None);
            return Went::Revealed;
        }
        if let Some(went) = self.next_in_task() {
            return went;
        }
        if self.visit().is_some_and(|visit| visit.seen < visit.ends.len()) {
            self.flip();
            return Went::ToFuture;
        }
        if self.at + 1 >= self.lesson.beats.len() {
            self.finished = true;
            return Went::Nowhere;
        }
        self.task_moved();
        if self.at + 1 < self.visits.len() {
            self.rewind(self.at + 1);
            self.go_to(self.at + 1);
        } else {
            let from = self.path_end(self.at);
            self.at += 1;
            self.enter(from);
        }
        let left_own_run = self.leaves_own_run(self.at - 1);
        if let Some(visit) = self.visits.get_mut(self.at) {
            visit.left_own_run = left_own_run;
        }
        Went::ToBeat
    }

    /// Takes back what going on did (`PageUp`): a step of a task that was shown, an answer, a future of an "Or…"; else it
    /// goes to the beat before, which is shown as it was left. From off the path it leads back first.
    pub fn previous(&mut self) -> Went {
        if self.back_to_path() {
            return Went::BackToPath;
        }
        if self.previous_in_task() || self.hide() {
            return Went::TakenBack;
        }
        if self.flip_back() {
            return Went::ToFuture;
        }
        if self.at == 0 {
            return Went::Nowhere;
        }
        self.task_moved();
        self.go_to(self.at - 1);
        Went::ToBeat
    }

    /// Answers the open question and takes the step that it asks about. Says whether it was right; `None` if there is
    /// no such choice, or no open question.
    pub fn answer(&mut self, choice: usize) -> Option<bool> {
        let key = self.key().filter(|_| self.question_is_open())?;
        key.choices().get(choice)?;
        let right = key.truth() == choice;
        self.reveal(Some(choice));
        Some(right)
    }

    /// "Or…": shows the next of this beat's futures. False if this beat has none.
    pub fn flip(&mut self) -> bool {
        let Some(visit) = self.visits.get_mut(self.at).filter(|visit| visit.ends.len() > 1) else { return false };
        visit.shown = (visit.shown + 1) % visit.ends.len();
        visit.seen = visit.seen.max(visit.shown + 1);
        self.session.jump(self.place());
        true
    }

    /// Of this beat's "Or…" shows the future of this number, if there is one: going back shows those before it.
    pub fn show_future(&mut self, future: usize) {
        let Some(visit) = self.visits.get_mut(self.at).filter(|visit| future < visit.ends.len() && !visit.shows_all())
        else {
            return;
        };
        (visit.shown, visit.seen) = (future, future + 1);
        self.session.jump(self.place());
    }

    /// Whether the latest fork is of interest here: one of this beat, of this task, or of free play.
    pub fn forks(&self) -> bool {
        if self.off_path() || self.beat().futures.len() > 1 {
            return true;
        }
        let (Some(start), Some((fork, ..))) = (self.task_start(), self.session.fork()) else { return false };
        let mut is_own = fork == start;
        self.session.replay(start, |moment, _, _, _| is_own |= moment == fork);
        is_own
    }

    /// Shows the future before this one, so that going on shows this one again.
    fn flip_back(&mut self) -> bool {
        let Some(visit) = self.visits.get_mut(self.at).filter(|visit| visit.shown > 0 && !visit.shows_all()) else {
            return false;
        };
        visit.seen = visit.shown;
        visit.shown -= 1;
        self.session.jump(self.place());
        true
    }

    /// An "Or…" that is entered again begins with its first future.
    fn rewind(&mut self, beat: usize) {
        // The question after a hunt is about the run that met its goal last.
        if let Some(end) = beat.checked_sub(1).and_then(|hunt| self.hunt_end(hunt))
            && let Some(visit) = self.visits.get_mut(beat)
        {
            visit.start = end;
            visit.ends.fill(end);
        }
        if let Some(visit) = self.visits.get_mut(beat).filter(|visit| !visit.shows_all()) {
            (visit.shown, visit.seen) = (0, 1);
        }
    }

    /// Asks an answered question once more. What was answered at first still counts.
    fn hide(&mut self) -> bool {
        let answered = self.key().is_some() && !self.question_is_open();
        if let Some(visit) = self.visits.get_mut(self.at).filter(|_| answered) {
            visit.hidden = true;
            self.session.jump(self.place());
        }
        answered
    }

    /// Free play: anything may be done. The very step that an open question asks about answers it, without credit.
    /// In a task that is open only what the task allows.
    pub fn act(&mut self, action: Action) -> Result<(), NotDone> {
        if !self.off_path() && self.asked() == Some(&action) {
            self.reveal(None);
            return Ok(());
        }
        if let Some(why) = self.task_refuses(&action) {
            return Err(NotDone::NotInTask(why));
        }
        self.session.act(action)?;
        self.learner_acted();
        self.let_policy_act();
        self.task_moved();
        Ok(())
    }

    /// Whether the session is somewhere else than the beat; a task is wherever its start leads to.
    pub fn off_path(&self) -> bool {
        !self.in_task() && self.session.here() != self.place()
    }

    /// Whether we are off the path only because we went back some steps of it: what the beat tells is still to come.
    pub fn looks_back(&self) -> bool {
        self.off_path() && self.session.leads_to(self.place())
    }

    /// Whether what is shown came of a step that the lesson tells of: not before its first one, and not at a question that
    /// takes none.
    pub fn tells_of_step(&self) -> bool {
        let here = self.session.here();
        let began = self.visits.first().is_none_or(|first| first.start != here);
        let answered = self.visit().filter(|_| self.key().is_some() && !self.question_is_open());
        began && answered.is_none_or(|visit| visit.start != here)
    }

    /// The world that what is shown is compared with, where a beat takes a few steps at once: the one at its start, for all
    /// of them are told of.
    pub fn told_since(&self) -> Option<World> {
        let visit = self.visit().filter(|visit| visit.task.is_none() && !self.off_path())?;
        let way = self.plan.beats.get(self.at)?.ways.get(visit.shown)?;
        let is_few = (2..=MOST_TOLD).contains(&way.actions.len()) && self.session.here() != visit.start;
        is_few.then(|| self.session.world_at(visit.start))
    }

    /// Where a beat has several outcomes of some steps each: who sent what arrived in the one that is shown. Only that tells
    /// them apart.
    pub fn heard(&self) -> Vec<ProcessId> {
        let Some(visit) = self.visit().filter(|visit| !self.off_path() && self.session.here() != visit.start) else {
            return Vec::new();
        };
        let ways = self.plan.beats.get(self.at).map(|beat| beat.ways.as_slice()).unwrap_or_default();
        let shown = ways.get(visit.shown).filter(|way| ways.len() > 1 && way.actions.len() > 1);
        let arrived = shown.into_iter().flat_map(|way| &way.actions).filter_map(|action| match action {
            Action::Deliver(envelope) => Some(envelope.from),
            _ => None,
        });
        arrived.collect()
    }

    /// Whether the open question is whether something is chosen: then nothing may tell it.
    pub fn asks_what_is_chosen(&self) -> bool {
        let kind = self.lesson.beats.get(self.at).map(|beat| &beat.kind);
        self.question_is_open() && matches!(kind, Some(BeatKind::Ask(ask)) if ask.hides_chosen)
    }

    /// Whether some rule is hidden, and the question for it is not answered yet: then nothing may tell which it is.
    pub fn hides_rule(&self) -> bool {
        let hunt = self.lesson.beats.iter().position(|beat| beat.hunt().is_some());
        // The question stands behind the hunt.
        hunt.is_some_and(|hunt| self.visits.get(hunt + 1).is_none_or(|visit| visit.counts.is_none()))
    }

    /// Leads back to the beat. What was tried stays in the session as a branch. False if this is where we are.
    pub fn back_to_path(&mut self) -> bool {
        let off = self.off_path();
        if off {
            self.session.jump(self.place());
        }
        off
    }

    fn visit(&self) -> Option<&Visit> {
        self.visits.get(self.at)
    }

    /// The beginning of the lesson's beats.
    pub(super) fn lit_since(&self) -> Option<NodeId> {
        self.visits.first().map(|first| first.start)
    }

    fn way_count(&self) -> usize {
        self.plan.beats.get(self.at).map_or(0, |beat| beat.ways.len())
    }

    pub(super) fn key(&self) -> Option<&Asked> {
        self.plan.beats.get(self.at)?.asked.as_ref()
    }

    pub(super) fn question_is_open(&self) -> bool {
        self.key().is_some() && self.visit().is_some_and(|visit| visit.ends.is_empty() || visit.hidden)
    }

    /// Shows a beat that was reached before, as it was left.
    pub(super) fn go_to(&mut self, beat: usize) {
        self.at = beat;
        self.session.jump(self.place());
    }

    /// Where the beat that is shown leaves the session.
    fn place(&self) -> NodeId {
        let end = |visit: &Visit| match &visit.task {
            Some(task) => task.here,
            None if visit.hidden => visit.start,
            None => visit.ends.get(visit.shown).copied().unwrap_or(visit.start),
        };
        self.visit().map_or_else(|| self.session.here(), end)
    }

    /// Where the beat behind this one begins, if it goes back to an earlier one: a rule was broken there that is whole again,
    /// or it is about what else could have followed.
    pub(super) fn put_back_after(&self, beat: usize) -> Option<NodeId> {
        let back = self.plan.beats.get(beat + 1)?.back?;
        let earlier = self.visits.get(back.beat)?;
        match back.future {
            Some(future) => earlier.ends.get(future).copied(),
            None => Some(earlier.start),
        }
    }

    /// From where the beat after this one goes on.
    pub(super) fn path_end(&mut self, beat: usize) -> NodeId {
        if let Some(before) = self.put_back_after(beat) {
            return before;
        }
        // What comes after the question of a hunt is the lesson's way again.
        let task = if beat > 0 && self.is_hunt(beat - 1) { beat - 1 } else { beat };
        if let Some(end) = self.hunt_end(beat).or_else(|| self.task_end(task)) {
            return end;
        }
        let then = self.plan.beats.get(beat).map_or(0, |planned| planned.then);
        let end = |visit: &Visit| visit.ends.get(then).copied().unwrap_or(visit.start);
        self.visits.get(beat).map_or_else(|| self.session.here(), end)
    }

    /// Shows a beat for the first time: its steps are taken, but for those that it asks about.
    pub(super) fn enter(&mut self, start: NodeId) {
        let is_task = self.plan.beats.get(self.at).is_some_and(|beat| beat.terms.is_some());
        let task = is_task.then(|| TaskVisit::new(start));
        // A comparison shows all its runs at once.
        let compared = self.plan.beats.get(self.at).filter(|beat| beat.table.is_some());
        let (shown, seen) = compared.map_or((0, 1), |beat| (beat.then, usize::MAX));
        let ends = Vec::new();
        let (given, counts, hidden, left_own_run) = (None, None, false, false);
        self.visits.push(Visit { start, ends, shown, seen, given, counts, hidden, left_own_run, task });
        if self.key().is_none() && !is_task {
            self.take_steps(start);
        }
        self.session.jump(self.place());
    }

    pub(super) fn reveal(&mut self, given: Option<usize>) {
        let start = self.visit().map_or_else(|| self.session.here(), |visit| visit.start);
        self.take_steps(start);
        let truth = self.key().map(Asked::truth);
        let answered = match given {
            None => Answered::Revealed,
            Some(_) if given == truth => Answered::Right,
            Some(given) => Answered::Wrong(given),
        };
        if let Some(visit) = self.visits.get_mut(self.at) {
            visit.given = given.or(visit.given);
            visit.counts.get_or_insert(answered);
            visit.hidden = false;
        }
        self.session.jump(self.place());
    }

    fn take_steps(&mut self, start: NodeId) {
        let ways = self.plan.beats.get(self.at).map(|beat| beat.ways.iter().map(|way| way.actions.clone()).collect());
        let ways: Vec<Vec<Action>> = ways.unwrap_or_default();
        let ends = ways.iter().map(|actions| self.play(start, actions)).collect();
        if let Some(visit) = self.visits.get_mut(self.at) {
            visit.ends = ends;
        }
    }

    /// Takes these steps. The plan took them from the same state before: none is refused.
    pub(super) fn play(&mut self, from: NodeId, actions: &[Action]) -> NodeId {
        if self.session.here() != from {
            self.session.jump(from);
        }
        for action in actions {
            if self.session.act(action.clone()).is_err() {
                break;
            }
        }
        self.session.here()
    }
}

fn texts(lines: &[Line]) -> Vec<String> {
    lines.iter().map(|line| line.text.clone()).collect()
}

/// Of so many steps of a beat all that they changed is told.
const MOST_TOLD: usize = 3;
