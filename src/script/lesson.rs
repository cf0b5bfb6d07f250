//! The lesson file: the way to a state worth looking at, and the beats that are told from there. No state is ever
//! typed in: the way and the beats are actions.

use serde::{Deserialize, de::IgnoredAny};

use crate::pmmc::{Cluster, Rules};
use crate::world::{Setup, World};

use super::error::{FileError, Position, quote};
use super::file::{Line, Located, first_value, lines, parse_ron};

/// The newest format of lesson files.
const FORMAT: u32 = 1;

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
    /// One sentence for the list of lessons.
    pub about: Line,
    /// How the run begins.
    pub setup: Setup,
    /// The actions that lead to where the first beat begins.
    pub way: Vec<Line>,
    /// What is told, one key press each.
    pub beats: Vec<Beat>,
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
    /// What happens in it.
    pub kind: BeatKind,
}

/// What happens in a beat.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BeatKind {
    /// Nothing but words.
    Say(Checks),
    /// The cluster takes some steps.
    Do(Way),
    /// The learner is asked what one step will do; then it is taken.
    Predict {
        /// The question.
        ask: Line,
        /// The one step, and what holds after it.
        way: Way,
        /// Said after the answer, beside the engine's reason.
        after: Option<Line>,
        /// The slide beside which it can be put after the answer.
        slide_after: Option<Line>,
    },
    /// "Or…": the run forks, and every future is kept.
    Or {
        /// Two or more.
        futures: Vec<Future>,
        /// The name of the future from which the lesson goes on; the first one if nothing is said.
        then: Option<Line>,
    },
}

/// Some steps, and what must hold after them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Way {
    /// One line of the action language each.
    pub actions: Vec<Line>,
    /// What the checker makes sure of.
    pub checks: Checks,
}

/// What the checker makes sure of, so that what a text says is so.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Checks {
    /// What must hold afterwards: `A0.ballot_num: 0.1`.
    pub expect: Vec<Line>,
    /// Processes and fields that must be afterwards as they were before.
    pub unchanged: Vec<Line>,
}

/// One of the futures of an "Or…".
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Future {
    /// A few words: the name of the branch.
    pub name: Line,
    /// What is said when it is shown.
    pub say: Line,
    /// How it goes.
    pub way: Way,
}

/// The file as it stands.
#[derive(Deserialize)]
#[serde(rename = "Lesson", deny_unknown_fields)]
struct LessonFile {
    #[allow(dead_code)]
    format: u32,
    id: Located<String>,
    title: Located<String>,
    #[serde(default)]
    slides: Vec<Located<String>>,
    about: Located<String>,
    #[serde(default)]
    cluster: Cluster,
    #[serde(default)]
    rules: Rules,
    #[serde(default)]
    way: Vec<Located<String>>,
    beats: Vec<BeatFile>,
}

/// Where the parts stand, of a file of any format.
#[derive(Deserialize)]
#[serde(rename = "Lesson")]
struct Places {
    format: Option<Located<u32>>,
    cluster: Option<Located<IgnoredAny>>,
    rules: Option<Located<IgnoredAny>>,
}

#[derive(Deserialize)]
#[serde(rename = "Beat", deny_unknown_fields)]
enum BeatFile {
    Say {
        title: Located<String>,
        say: Located<String>,
        #[serde(default)]
        slide: Option<Located<String>>,
        #[serde(default)]
        look_at: Vec<Located<String>>,
        #[serde(default)]
        expect: Vec<Located<String>>,
    },
    Do {
        title: Located<String>,
        say: Located<String>,
        #[serde(default)]
        slide: Option<Located<String>>,
        #[serde(default)]
        look_at: Vec<Located<String>>,
        actions: Vec<Located<String>>,
        #[serde(default)]
        expect: Vec<Located<String>>,
        #[serde(default)]
        unchanged: Vec<Located<String>>,
    },
    Predict {
        title: Located<String>,
        #[serde(default)]
        say: Option<Located<String>>,
        #[serde(default)]
        slide: Option<Located<String>>,
        #[serde(default)]
        look_at: Vec<Located<String>>,
        ask: Located<String>,
        action: Located<String>,
        #[serde(default)]
        after: Option<Located<String>>,
        #[serde(default)]
        slide_after: Option<Located<String>>,
        #[serde(default)]
        expect: Vec<Located<String>>,
        #[serde(default)]
        unchanged: Vec<Located<String>>,
    },
    Or {
        title: Located<String>,
        say: Located<String>,
        #[serde(default)]
        slide: Option<Located<String>>,
        #[serde(default)]
        look_at: Vec<Located<String>>,
        futures: Vec<FutureFile>,
        #[serde(default)]
        then: Option<Located<String>>,
    },
}

#[derive(Deserialize)]
#[serde(rename = "Future", deny_unknown_fields)]
struct FutureFile {
    name: Located<String>,
    say: Located<String>,
    actions: Vec<Located<String>>,
    #[serde(default)]
    expect: Vec<Located<String>>,
    #[serde(default)]
    unchanged: Vec<Located<String>>,
}

/// Whether this is the text of a lesson, told by how it begins: `Lesson(`.
pub fn is_lesson(text: &str) -> bool {
    let rest = first_value(text).strip_prefix("Lesson");
    rest.is_some_and(|rest| rest.trim_start().starts_with('('))
}

impl Lesson {
    /// Reads a lesson file. What its texts mean is not asked here: `teach` plays them.
    pub fn parse(file: &str, text: &str) -> Result<Self, FileError> {
        // A file of a format to come is told so, whatever else in it is new.
        let places = parse_ron::<Places>(file, text);
        if let Ok(Places { format: Some(format), .. }) = &places
            && format.value != FORMAT
        {
            let mut error =
                FileError::new(file, format.position(text), format!("the file has format {}", format.value));
            error.expected = Some(format!("format {FORMAT}").into());
            return Err(error);
        }
        let parsed: LessonFile = parse_ron(file, text)?;
        let reader = Reader { file, text };
        let setup = Setup { cluster: parsed.cluster, rules: parsed.rules, ..Setup::default() };
        if let Err(error) = World::new(&setup) {
            return Err(FileError::new(file, blame(&setup, places.ok().as_ref(), text), error.to_string()));
        }
        // Before anything is done for each of them.
        let count = parsed.beats.len();
        if count == 0 || count > MOST_BEATS {
            let what = format!("the lesson has {count} beats: expected 1 to {MOST_BEATS}");
            return Err(FileError::new(file, parsed.title.position(text), what));
        }
        Ok(Self {
            file: file.to_owned(),
            id: reader.line(parsed.id)?,
            title: reader.line(parsed.title)?,
            slides: reader.lines(parsed.slides)?,
            about: reader.line(parsed.about)?,
            setup,
            way: reader.lines(parsed.way)?,
            beats: parsed.beats.into_iter().map(|beat| reader.beat(beat)).collect::<Result<_, _>>()?,
        })
    }
}

/// The place to blame for a setup that can be no world.
fn blame(setup: &Setup, places: Option<&Places>, text: &str) -> Position {
    let standard = Setup { rules: Rules::default(), ..setup.clone() };
    let in_rules = World::new(&standard).is_ok();
    let part = places.and_then(|places| if in_rules { places.rules.as_ref() } else { places.cluster.as_ref() });
    part.map(|part| part.position(text)).unwrap_or_default()
}

/// Turns what RON read into lines that know their place.
struct Reader<'a> {
    file: &'a str,
    text: &'a str,
}

impl Reader<'_> {
    /// A text on one line: authors may break it where they like.
    fn line(&self, located: Located<String>) -> Result<Line, FileError> {
        self.plain(located.line(self.text))
    }

    fn plain(&self, Line { text, at }: Line) -> Result<Line, FileError> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().any(char::is_control) {
            let what = format!("control characters in {}: expected plain text", quote(&text));
            return Err(FileError::new(self.file, at, what));
        }
        Ok(Line { text, at })
    }

    fn lines(&self, located: Vec<Located<String>>) -> Result<Vec<Line>, FileError> {
        lines(located, self.text).into_iter().map(|line| self.plain(line)).collect()
    }

    fn maybe(&self, located: Option<Located<String>>) -> Result<Option<Line>, FileError> {
        located.map(|one| self.line(one)).transpose()
    }

    fn checks(&self, expect: Vec<Located<String>>, unchanged: Vec<Located<String>>) -> Result<Checks, FileError> {
        Ok(Checks { expect: self.lines(expect)?, unchanged: self.lines(unchanged)? })
    }

    fn beat(&self, beat: BeatFile) -> Result<Beat, FileError> {
        let (title, say, slide, look_at, kind) = match beat {
            BeatFile::Say { title, say, slide, look_at, expect } => {
                (title, Some(say), slide, look_at, BeatKind::Say(self.checks(expect, Vec::new())?))
            }
            BeatFile::Do { title, say, slide, look_at, actions, expect, unchanged } => {
                let way = Way { actions: self.lines(actions)?, checks: self.checks(expect, unchanged)? };
                (title, Some(say), slide, look_at, BeatKind::Do(way))
            }
            BeatFile::Predict { title, say, slide, look_at, ask, action, after, slide_after, expect, unchanged } => {
                let way = Way { actions: vec![self.line(action)?], checks: self.checks(expect, unchanged)? };
                let (ask, after, slide_after) = (self.line(ask)?, self.maybe(after)?, self.maybe(slide_after)?);
                (title, say, slide, look_at, BeatKind::Predict { ask, way, after, slide_after })
            }
            BeatFile::Or { title, say, slide, look_at, futures, then } => {
                let futures = futures.into_iter().map(|future| self.future(future)).collect::<Result<_, _>>()?;
                (title, Some(say), slide, look_at, BeatKind::Or { futures, then: self.maybe(then)? })
            }
        };
        Ok(Beat {
            title: self.line(title)?,
            say: self.maybe(say)?.unwrap_or_default(),
            slide: self.maybe(slide)?,
            look_at: self.lines(look_at)?,
            kind,
        })
    }

    fn future(&self, future: FutureFile) -> Result<Future, FileError> {
        let FutureFile { name, say, actions, expect, unchanged } = future;
        let way = Way { actions: self.lines(actions)?, checks: self.checks(expect, unchanged)? };
        Ok(Future { name: self.line(name)?, say: self.line(say)?, way })
    }
}
