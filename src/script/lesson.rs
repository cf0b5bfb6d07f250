//! The lesson file: the way to a state worth looking at, and the beats that are told from there. No state is ever
//! typed in: the way and the beats are actions.

use serde::{Deserialize, de::IgnoredAny};

use crate::pmmc::{Bug, Cluster, Rules};
use crate::world::{Invariant, Predicate, Setup, World};

use super::error::{FileError, Position};
use super::file::{Line, Located, Ruler, first_value, parse_ron, wrong_format};
use super::lesson_file::{BeatFile, Reader, SlideFile};
use super::scenario::blamed;

/// The newest format of lesson files.
const FORMAT: u32 = 1;

/// A longer file was not meant to be a lesson.
const MOST_BYTES: usize = 1 << 20;

/// The most beats that a lesson can have.
const MOST_BEATS: usize = 200;

/// A lesson as its author wrote it. Its actions and pointers are texts still: they mean something only in the worlds
/// that the lesson goes through.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lesson {
    /// The file's name, as its user knows it.
    pub file: String,
    /// What it is called on the command line: `acceptors`.
    pub id: Line,
    /// What it is called on screen.
    pub title: Line,
    /// The titles of the slides that it covers.
    pub slides: Vec<Line>,
    /// Which beat shows which slide of the lecture.
    pub slide_table: Vec<SlideRow>,
    /// One sentence for the list of lessons.
    pub about: Line,
    /// The invariants that are always in sight, each by a few words of the slides.
    pub lights: Vec<Light>,
    /// How the run begins.
    pub setup: Setup,
    /// The actions that lead to where the first beat begins.
    pub way: Vec<Line>,
    /// What is told, one key press each.
    pub beats: Vec<Beat>,
    /// With a hunt: which of its suspects is the one, the first being 0. `None` until that is [drawn](Self::drawn);
    /// then it is the first one.
    pub hidden: Option<usize>,
}

/// An invariant that is in sight all through a lesson.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Light {
    /// Which one.
    pub invariant: Invariant,
    /// What it is called there.
    pub name: Line,
}

/// A slide of the lecture and the beat that shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SlideRow {
    /// The slide's number: the how manieth title of the lecture it is.
    pub slide: Limit,
    /// The beat's title.
    pub beat: Line,
    /// Which of the beat's futures, by its name; the first one if nothing is said.
    pub future: Option<Line>,
    /// Whether the beat is shown large, as on the slide.
    pub large: bool,
}

/// One key press of a lesson.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Beat {
    /// Its headline.
    pub title: Line,
    /// Its words; may be empty where there is a question.
    pub say: Line,
    /// The slide that it can be put beside, in the slide's own words.
    pub slide: Option<Line>,
    /// What to look at on the stage: processes (`A0`) and fields (`A0.ballot_num`).
    pub look_at: Vec<Line>,
    /// For the lecturer only: what to say, what to ask the class.
    pub notes: Option<Line>,
    /// What is shown in the place of the stage: `votes`, `who knows`.
    pub show: Option<Line>,
    /// Where it begins, if not where the beat before it ended.
    pub origin: Option<Origin>,
    /// What the checker makes sure of, after its steps (of a task: after its solution; of several futures: after the
    /// one from which the lesson goes on).
    pub checks: Checks,
    /// What happens in it.
    pub kind: BeatKind,
}

impl Beat {
    /// What is hidden, if it is a hunt.
    pub fn hunt(&self) -> Option<&Hunt> {
        match &self.kind {
            BeatKind::Try(task) => task.hunt.as_ref(),
            _ => None,
        }
    }

    /// Which of its futures has this name, if it is an "Or…".
    pub fn future(&self, name: &Line) -> Option<usize> {
        let BeatKind::Or(fork) = &self.kind else { return None };
        fork.futures.iter().position(|future| future.name.text == name.text)
    }

    /// The steps that solve it, if it is a task.
    pub fn solution(&self) -> &[Line] {
        match &self.kind {
            BeatKind::Try(task) => &task.solution,
            _ => &[],
        }
    }
}

/// Where a beat begins that goes back: where an earlier beat began, or where a future of it ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin {
    /// The title of the earlier beat.
    pub beat: Line,
    /// The name of its future.
    pub future: Option<Line>,
}

/// What happens in a beat.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BeatKind {
    /// Nothing but words.
    Say,
    /// The cluster takes some steps.
    Do(Vec<Line>),
    /// The learner is asked what happens; then it does.
    Predict(Box<Predict>),
    /// "Or…": the run forks, and every future is kept.
    Or(Fork),
    /// Two runs side by side: what differs between them.
    Compare {
        /// The two, or more.
        fork: Fork,
        /// What is compared, one row each; none: every field that differs.
        rows: Vec<Line>,
    },
    /// The run plays itself until something holds.
    Play(Box<Play>),
    /// A rule is broken for the next beats, and put back after them.
    Break {
        /// What follows the verb `rule`: `broken +adopt_lower`.
        rule: Line,
        /// For how many beats.
        beats: Limit,
    },
    /// A question with choices that the author wrote.
    Ask(Ask),
    /// A task: the learner finds the steps.
    Try(Box<Try>),
}

/// A question whose choices come from the engine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Predict {
    /// The question.
    pub ask: Line,
    /// What happens: one step, or any number if something is counted.
    pub actions: Vec<Line>,
    /// What is counted: `command A.messages`; nothing: what the process of the one step does.
    pub count: Option<Line>,
    /// Said after the answer, beside the engine's reason.
    pub after: Option<Line>,
    /// The slide beside which it can be put after the answer.
    pub slide_after: Option<Line>,
}

/// A fork of the run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fork {
    /// Two or more.
    pub futures: Vec<Future>,
    /// The name of the future from which the lesson goes on; the first one if nothing is said.
    pub then: Option<Line>,
}

/// A run that plays itself, always in the same way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Play {
    /// Until this holds.
    pub until: Goal,
    /// When leaders run again: `watch`, `eager`.
    pub policy: Line,
    /// Of the dice.
    pub seed: u64,
    /// The most steps that it may take.
    pub at_most: Limit,
}

/// A predicate with its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Goal {
    /// What must hold.
    pub predicate: Predicate,
    /// As a text.
    pub line: Line,
}

/// A question with choices that the author wrote.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ask {
    /// The question.
    pub ask: Line,
    /// Two or more, of which one is right.
    pub choices: Vec<Answer>,
    /// Whether something is chosen is the very question: until it is answered nothing tells it.
    pub hides_chosen: bool,
}

/// One of the choices of an [`Ask`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// The choice.
    pub text: Line,
    /// Whether it is the right one.
    pub right: bool,
    /// Why it is right, or why it is wrong.
    pub why: Option<Line>,
}

/// A task: a goal that the learner reaches on a way of their own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Try {
    /// What must hold; `Ever` and `Then` look back as far as the task's start. Of a game: what ends it.
    pub goal: Goal,
    /// The verbs that may be used; none named: all.
    pub allow: Vec<Line>,
    /// The verbs that may not be used.
    pub without: Vec<Line>,
    /// How many deliveries it may take.
    pub at_most: Option<Limit>,
    /// Whom the learner plays against, if it is a game.
    pub game: Option<Game>,
    /// Given one by one, the last one nearly the solution.
    pub hints: Vec<Line>,
    /// The solution: the learner's steps.
    pub solution: Vec<Line>,
    /// Said once the goal is met.
    pub after: Option<Line>,
    /// From where the lesson goes on: `solution` (where the solution ends, unless something is said) or `start`.
    pub then: Option<Line>,
    /// What is hidden, if it is a hunt; the beat after it then asks for it.
    pub hunt: Option<Hunt>,
}

/// One wrong rule is hidden in the cluster, and the learner is to name it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hunt {
    /// The question for its name.
    pub ask: Line,
    /// Those that it may be.
    pub suspects: Vec<Suspect>,
}

/// A rule that may be the wrong one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suspect {
    /// Which one.
    pub bug: Bug,
    /// The choice.
    pub text: Line,
    /// Why it was this one; a sentence.
    pub why: Line,
    /// What would have been seen if it had been this one; a clause.
    pub unlike: Line,
    /// The steps that show it.
    pub solution: Vec<Line>,
}

/// A game: the learner is the network, and a policy runs the elections.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Game {
    /// When a preempted leader runs again: `eager` or `wait`.
    pub policy: Line,
    /// Each message must arrive within so many steps.
    pub within: Limit,
    /// How many messages may be lost.
    pub lose: Limit,
    /// With `wait`: how many steps a leader waits after it is preempted for the first time; then twice as many, …
    pub timeout: Limit,
    /// How long it takes to win.
    pub score: Score,
}

/// What is asked of the learner in a game.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Score {
    /// So many steps before it ends.
    Beat(Limit),
    /// Nobody gets so far: it ends before, whatever the learner does.
    Bound(Limit),
}

/// A number with its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Limit {
    pub number: usize,
    pub at: Position,
}

/// What the checker makes sure of, so that what a text says is so.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Checks {
    /// What must hold afterwards: `A0.ballot_num: 0.1`.
    pub expect: Vec<Line>,
    /// Processes and fields that must be afterwards as they were before.
    pub unchanged: Vec<Line>,
}

/// One of the futures of an "Or…" or of a comparison.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Future {
    /// A few words: the name of the branch.
    pub name: Line,
    /// What is said when it is shown.
    pub say: Line,
    /// The slide that this future can be put beside, if it is another one than the beat's.
    pub slide: Option<Line>,
    /// What to look at in it, if that is something else than the beat's.
    pub look_at: Vec<Line>,
    /// How it goes: one line of the action language each.
    pub actions: Vec<Line>,
    /// Another cluster, in which it begins anew; it is counted but not shown. Only of a comparison.
    pub cluster: Option<Cluster>,
    /// What the checker makes sure of.
    pub checks: Checks,
}

impl Future {
    /// What to look at in it: its own, or else that of its beat.
    pub fn looks_at<'a>(&'a self, beat: &'a Beat) -> &'a [Line] {
        if self.look_at.is_empty() { &beat.look_at } else { &self.look_at }
    }
}

/// The file as it stands.
#[derive(Deserialize)]
#[serde(rename = "Lesson", deny_unknown_fields)]
struct LessonFile {
    format: u32,
    id: Located<String>,
    title: Located<String>,
    #[serde(default)]
    slides: Vec<Located<String>>,
    #[serde(default)]
    slide_table: Vec<SlideFile>,
    about: Located<String>,
    #[serde(default)]
    lights: Vec<LightFile>,
    #[serde(default)]
    cluster: Cluster,
    #[serde(default)]
    rules: Rules,
    #[serde(default)]
    way: Vec<Located<String>>,
    beats: Vec<BeatFile>,
}

#[derive(Deserialize)]
#[serde(rename = "Light", deny_unknown_fields)]
struct LightFile {
    invariant: Invariant,
    name: Located<String>,
}

/// Where the parts stand, of a file of any format.
#[derive(Deserialize)]
#[serde(rename = "Lesson")]
struct Places {
    format: Option<Located<u32>>,
    cluster: Option<Located<IgnoredAny>>,
    rules: Option<Located<IgnoredAny>>,
}

/// Whether this is the text of a lesson, told by how it begins: `Lesson(`.
pub fn is_lesson(text: &str) -> bool {
    let rest = first_value(text).strip_prefix("Lesson");
    rest.is_some_and(|rest| rest.trim_start().starts_with('('))
}

impl Lesson {
    /// Reads a lesson file. What its texts mean is not asked here: `teach` plays them.
    pub fn parse(file: &str, text: &str) -> Result<Self, FileError> {
        if text.len() > MOST_BYTES {
            let what = format!("the file is longer than {} kB, too long to be a lesson", MOST_BYTES >> 10);
            return Err(FileError::new(file, Position::default(), what));
        }
        let parsed = parse_ron::<LessonFile>(file, text);
        let places = || parse_ron::<Places>(file, text).ok();
        // A file of a format to come is told so, whatever else in it is new.
        if parsed.as_ref().map_or(true, |parsed| parsed.format != FORMAT)
            && let Some(format) = places().and_then(|places| places.format).filter(|format| format.value != FORMAT)
        {
            return Err(wrong_format(file, format.position(text), format.value, FORMAT));
        }
        let parsed = parsed?;
        let reader = Reader { file, ruler: Ruler::new(text) };
        let setup = Setup { cluster: parsed.cluster, rules: parsed.rules, ..Setup::default() };
        if let Err(error) = World::new(&setup) {
            let places = places();
            let parts = places.as_ref().map_or([None, None], |places| [places.rules.as_ref(), places.cluster.as_ref()]);
            return Err(FileError::new(file, blamed(&setup, parts, text), error.to_string()));
        }
        // Before anything is done for each of them.
        let count = parsed.beats.len();
        if count == 0 || count > MOST_BEATS {
            let what = format!("the lesson has {count} beats: expected 1 to {MOST_BEATS}");
            return Err(FileError::new(file, parsed.title.position(text), what));
        }
        let mut lesson = Self {
            file: file.to_owned(),
            id: reader.line(parsed.id)?,
            title: reader.line(parsed.title)?,
            slides: reader.lines(parsed.slides)?,
            slide_table: parsed.slide_table.into_iter().map(|row| reader.slide(row)).collect::<Result<_, _>>()?,
            about: reader.line(parsed.about)?,
            lights: parsed
                .lights
                .into_iter()
                .map(|light| Ok(Light { invariant: light.invariant, name: reader.line(light.name)? }))
                .collect::<Result<_, FileError>>()?,
            setup,
            way: reader.lines(parsed.way)?,
            beats: parsed.beats.into_iter().map(|beat| reader.beat(beat)).collect::<Result<_, _>>()?,
            hidden: None,
        };
        lesson.add_questions()?;
        Ok(Self { hidden: None, ..lesson.drawn(0) })
    }

    /// Behind a hunt stands the question for what was hidden.
    fn add_questions(&mut self) -> Result<(), FileError> {
        let hunts: Vec<usize> = (0..self.beats.len()).filter(|at| self.beats[*at].hunt().is_some()).collect();
        let Some((&at, others)) = hunts.split_first() else { return Ok(()) };
        if let Some(other) = others.first() {
            let what = "this is a second hunt: a lesson has one, for it hides one rule from its beginning";
            return Err(FileError::new(&self.file, self.beats[*other].title.at, what));
        }
        let beat = &self.beats[at];
        let Some(Hunt { ask, suspects }) = beat.hunt() else { return Ok(()) };
        if suspects.len() < 2 {
            let what = "a hunt needs two suspects or more";
            return Err(FileError::new(&self.file, beat.title.at, what));
        }
        let choices = suspects.iter().map(|one| Answer { text: one.text.clone(), right: false, why: None }).collect();
        let kind = BeatKind::Ask(Ask { ask: ask.clone(), choices, hides_chosen: false });
        let question = Beat {
            title: beat.title.clone(),
            say: Line::default(),
            slide: None,
            look_at: Vec::new(),
            notes: None,
            show: None,
            origin: None,
            checks: Checks::default(),
            kind,
        };
        self.beats.insert(at + 1, question);
        Ok(())
    }

    /// The same lesson with what was hidden in it before.
    #[must_use]
    pub fn with_hidden(self, hidden: Option<usize>) -> Self {
        match hidden {
            Some(which) => self.drawn(which),
            None => self,
        }
    }

    /// How many lessons this one can be: with a hunt, as many as there are suspects.
    pub fn variants(&self) -> usize {
        self.beats.iter().find_map(Beat::hunt).map_or(1, |hunt| hunt.suspects.len())
    }

    /// The lesson in which the suspect of this number is the one. Without a hunt it is the same lesson.
    #[must_use]
    pub fn drawn(mut self, which: usize) -> Self {
        let Some(at) = self.beats.iter().position(|beat| beat.hunt().is_some()) else { return self };
        let suspects = self.beats[at].hunt().map(|hunt| hunt.suspects.clone()).unwrap_or_default();
        let Some(hidden) = suspects.get(which) else { return self };
        for suspect in &suspects {
            self.setup.rules.broken.remove(&suspect.bug);
        }
        self.setup.rules.broken.insert(hidden.bug);
        self.hidden = Some(which);
        if let BeatKind::Try(task) = &mut self.beats[at].kind {
            task.solution.clone_from(&hidden.solution);
        }
        if let Some(BeatKind::Ask(ask)) = self.beats.get_mut(at + 1).map(|beat| &mut beat.kind) {
            for (choice, suspect) in ask.choices.iter_mut().zip(&suspects) {
                choice.right = suspect.bug == hidden.bug;
                let unlike = suspect.unlike.text.trim_end_matches('.');
                let unlike = Line { text: format!("then {unlike}."), at: suspect.unlike.at };
                choice.why = Some(if choice.right { suspect.why.clone() } else { unlike });
            }
        }
        self
    }
}
