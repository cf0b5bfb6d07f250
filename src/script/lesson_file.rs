//! The beats of a lesson file as they stand in it, turned into lines that know their place.

use serde::Deserialize;

use crate::pmmc::Bug;

use super::error::{FileError, quote};
use super::file::{Line, Located, lines};
use super::lesson::{Answer, Ask, Beat, BeatKind, Checks, Future, Hunt, Limit, Suspect, Try, Way};
use super::predicate::{Question, predicate_text};

type Text = Located<String>;

#[derive(Deserialize)]
#[serde(rename = "Beat", deny_unknown_fields)]
pub(super) enum BeatFile {
    Say {
        title: Text,
        say: Text,
        #[serde(default)]
        slide: Option<Text>,
        #[serde(default)]
        look_at: Vec<Text>,
        #[serde(default)]
        notes: Option<Text>,
        #[serde(default)]
        expect: Vec<Text>,
    },
    Do {
        title: Text,
        say: Text,
        #[serde(default)]
        slide: Option<Text>,
        #[serde(default)]
        look_at: Vec<Text>,
        #[serde(default)]
        notes: Option<Text>,
        actions: Vec<Text>,
        #[serde(default)]
        expect: Vec<Text>,
        #[serde(default)]
        unchanged: Vec<Text>,
    },
    Predict {
        title: Text,
        #[serde(default)]
        say: Option<Text>,
        #[serde(default)]
        slide: Option<Text>,
        #[serde(default)]
        look_at: Vec<Text>,
        #[serde(default)]
        notes: Option<Text>,
        ask: Text,
        action: Text,
        #[serde(default)]
        after: Option<Text>,
        #[serde(default)]
        slide_after: Option<Text>,
        #[serde(default)]
        expect: Vec<Text>,
        #[serde(default)]
        unchanged: Vec<Text>,
    },
    Or {
        title: Text,
        say: Text,
        #[serde(default)]
        slide: Option<Text>,
        #[serde(default)]
        look_at: Vec<Text>,
        #[serde(default)]
        notes: Option<Text>,
        futures: Vec<FutureFile>,
        #[serde(default)]
        then: Option<Text>,
    },
    Ask {
        title: Text,
        #[serde(default)]
        say: Option<Text>,
        #[serde(default)]
        slide: Option<Text>,
        #[serde(default)]
        look_at: Vec<Text>,
        #[serde(default)]
        notes: Option<Text>,
        ask: Text,
        choices: Vec<AnswerFile>,
        #[serde(default)]
        expect: Vec<Text>,
    },
    Try {
        title: Text,
        say: Text,
        #[serde(default)]
        slide: Option<Text>,
        #[serde(default)]
        look_at: Vec<Text>,
        #[serde(default)]
        notes: Option<Text>,
        goal: Located<Question>,
        #[serde(default)]
        allow: Vec<Text>,
        #[serde(default)]
        without: Vec<Text>,
        #[serde(default)]
        at_most: Option<Located<u16>>,
        hints: Vec<Text>,
        solution: Vec<Text>,
        #[serde(default)]
        after: Option<Text>,
        #[serde(default)]
        then: Option<Text>,
        #[serde(default)]
        expect: Vec<Text>,
        #[serde(default)]
        unchanged: Vec<Text>,
    },
    Hunt {
        title: Text,
        say: Text,
        #[serde(default)]
        slide: Option<Text>,
        #[serde(default)]
        look_at: Vec<Text>,
        #[serde(default)]
        notes: Option<Text>,
        goal: Located<Question>,
        #[serde(default)]
        allow: Vec<Text>,
        #[serde(default)]
        without: Vec<Text>,
        hints: Vec<Text>,
        #[serde(default)]
        after: Option<Text>,
        ask: Text,
        suspects: Vec<SuspectFile>,
    },
}

/// One of the rules that may be the wrong one in a hunt.
#[derive(Deserialize)]
#[serde(rename = "Suspect", deny_unknown_fields)]
pub(super) struct SuspectFile {
    bug: Bug,
    text: Text,
    why: Text,
    unlike: Text,
    solution: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(rename = "Future", deny_unknown_fields)]
pub(super) struct FutureFile {
    name: Text,
    say: Text,
    actions: Vec<Text>,
    #[serde(default)]
    expect: Vec<Text>,
    #[serde(default)]
    unchanged: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(rename = "Choice", deny_unknown_fields)]
pub(super) struct AnswerFile {
    text: Text,
    #[serde(default)]
    right: bool,
    #[serde(default)]
    why: Option<Text>,
}

/// What every beat has.
struct Head {
    title: Text,
    say: Option<Text>,
    slide: Option<Text>,
    look_at: Vec<Text>,
    notes: Option<Text>,
}

/// Turns what RON read into lines that know their place.
pub(super) struct Reader<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
}

impl Reader<'_> {
    /// A text on one line: authors may break it where they like.
    pub(super) fn line(&self, located: Text) -> Result<Line, FileError> {
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

    pub(super) fn lines(&self, located: Vec<Text>) -> Result<Vec<Line>, FileError> {
        lines(located, self.text).into_iter().map(|line| self.plain(line)).collect()
    }

    fn maybe(&self, located: Option<Text>) -> Result<Option<Line>, FileError> {
        located.map(|one| self.line(one)).transpose()
    }

    fn checks(&self, expect: Vec<Text>, unchanged: Vec<Text>) -> Result<Checks, FileError> {
        Ok(Checks { expect: self.lines(expect)?, unchanged: self.lines(unchanged)? })
    }

    fn way(&self, actions: Vec<Text>, expect: Vec<Text>, unchanged: Vec<Text>) -> Result<Way, FileError> {
        Ok(Way { actions: self.lines(actions)?, checks: self.checks(expect, unchanged)? })
    }

    pub(super) fn beat(&self, beat: BeatFile) -> Result<Beat, FileError> {
        let (head, kind) = self.kind(beat)?;
        Ok(Beat {
            title: self.line(head.title)?,
            say: self.maybe(head.say)?.unwrap_or_default(),
            slide: self.maybe(head.slide)?,
            look_at: self.lines(head.look_at)?,
            notes: self.maybe(head.notes)?,
            kind,
        })
    }

    fn kind(&self, beat: BeatFile) -> Result<(Head, BeatKind), FileError> {
        Ok(match beat {
            BeatFile::Say { title, say, slide, look_at, notes, expect } => {
                let head = Head { title, say: Some(say), slide, look_at, notes };
                (head, BeatKind::Say(self.checks(expect, Vec::new())?))
            }
            BeatFile::Do { title, say, slide, look_at, notes, actions, expect, unchanged } => {
                let head = Head { title, say: Some(say), slide, look_at, notes };
                (head, BeatKind::Do(self.way(actions, expect, unchanged)?))
            }
            BeatFile::Predict {
                title,
                say,
                slide,
                look_at,
                notes,
                ask,
                action,
                after,
                slide_after,
                expect,
                unchanged,
            } => {
                let way = self.way(vec![action], expect, unchanged)?;
                let (ask, after, slide_after) = (self.line(ask)?, self.maybe(after)?, self.maybe(slide_after)?);
                let head = Head { title, say, slide, look_at, notes };
                (head, BeatKind::Predict { ask, way, after, slide_after })
            }
            BeatFile::Or { title, say, slide, look_at, notes, futures, then } => {
                let futures = futures.into_iter().map(|future| self.future(future)).collect::<Result<_, _>>()?;
                let head = Head { title, say: Some(say), slide, look_at, notes };
                (head, BeatKind::Or { futures, then: self.maybe(then)? })
            }
            BeatFile::Ask { title, say, slide, look_at, notes, ask, choices, expect } => {
                let choices = choices.into_iter().map(|choice| self.answer(choice)).collect::<Result<_, _>>()?;
                let ask = Ask { ask: self.line(ask)?, choices, checks: self.checks(expect, Vec::new())? };
                (Head { title, say, slide, look_at, notes }, BeatKind::Ask(ask))
            }
            task @ (BeatFile::Try { .. } | BeatFile::Hunt { .. }) => return self.task(task),
        })
    }

    /// The beats in which the learner finds the steps.
    fn task(&self, beat: BeatFile) -> Result<(Head, BeatKind), FileError> {
        Ok(match beat {
            BeatFile::Try {
                title,
                say,
                slide,
                look_at,
                notes,
                goal,
                allow,
                without,
                at_most,
                hints,
                solution,
                after,
                then,
                expect,
                unchanged,
            } => {
                let task = Try {
                    goal_line: Line { text: predicate_text(&goal.value.0), at: goal.position(self.text) },
                    goal: goal.value.0,
                    allow: self.lines(allow)?,
                    without: self.lines(without)?,
                    at_most: at_most.map(|one| Limit { number: one.value.into(), at: one.position(self.text) }),
                    hints: self.lines(hints)?,
                    way: self.way(solution, expect, unchanged)?,
                    after: self.maybe(after)?,
                    then: self.maybe(then)?,
                    hunt: None,
                };
                (Head { title, say: Some(say), slide, look_at, notes }, BeatKind::Try(Box::new(task)))
            }
            BeatFile::Hunt { title, say, slide, look_at, notes, goal, allow, without, hints, after, ask, suspects } => {
                let suspects = suspects.into_iter().map(|one| self.suspect(one)).collect::<Result<_, _>>()?;
                let task = Try {
                    goal_line: Line { text: predicate_text(&goal.value.0), at: goal.position(self.text) },
                    goal: goal.value.0,
                    allow: self.lines(allow)?,
                    without: self.lines(without)?,
                    at_most: None,
                    hints: self.lines(hints)?,
                    way: Way::default(),
                    after: self.maybe(after)?,
                    then: None,
                    hunt: Some(Hunt { ask: self.line(ask)?, suspects }),
                };
                (Head { title, say: Some(say), slide, look_at, notes }, BeatKind::Try(Box::new(task)))
            }
            other => return self.kind(other),
        })
    }

    fn suspect(&self, suspect: SuspectFile) -> Result<Suspect, FileError> {
        let SuspectFile { bug, text, why, unlike, solution } = suspect;
        let (text, why, unlike) = (self.line(text)?, self.line(why)?, self.line(unlike)?);
        Ok(Suspect { bug, text, why, unlike, solution: self.lines(solution)? })
    }

    fn answer(&self, choice: AnswerFile) -> Result<Answer, FileError> {
        let AnswerFile { text, right, why } = choice;
        Ok(Answer { text: self.line(text)?, right, why: self.maybe(why)? })
    }

    fn future(&self, future: FutureFile) -> Result<Future, FileError> {
        let FutureFile { name, say, actions, expect, unchanged } = future;
        Ok(Future { name: self.line(name)?, say: self.line(say)?, way: self.way(actions, expect, unchanged)? })
    }
}
