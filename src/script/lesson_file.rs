//! The beats of a lesson file as they stand in it, turned into lines that know their place.

use serde::Deserialize;

use crate::pmmc::{Bug, Cluster};

use super::error::{FileError, Position, is_unprintable, quote};
use super::file::{Line, Located, Ruler};
use super::lesson::{
    Answer, Ask, Beat, BeatKind, Checks, Fork, Future, Game, Goal, Hunt, Limit, Origin, Play, Predict, Score, SlideRow,
    Suspect, Try,
};
use super::predicate::{Question, predicate_text};
use super::prose;

type Text = Located<String>;
type Number = Located<u16>;

/// Declares the kinds of beats: each has its own fields, and all have those that stand here once.
macro_rules! beats {
    ($($kind:ident($own:ident) { $($(#[$meta:meta])* $field:ident: $type:ty,)* })*) => {
        #[derive(Deserialize)]
        #[serde(rename = "Beat", deny_unknown_fields)]
        pub(super) enum BeatFile {
            $($kind {
                title: Text,
                #[serde(default)]
                say: Option<Text>,
                #[serde(default)]
                slide: Option<Text>,
                #[serde(default)]
                look_at: Vec<Text>,
                #[serde(default)]
                notes: Option<Text>,
                #[serde(default)]
                show: Option<Text>,
                #[serde(default)]
                from: Option<Text>,
                #[serde(default)]
                future: Option<Text>,
                #[serde(default)]
                expect: Vec<Text>,
                #[serde(default)]
                unchanged: Vec<Text>,
                $($(#[$meta])* $field: $type,)*
            },)*
        }

        $(struct $own { $($field: $type,)* })*

        /// What a beat has beyond that.
        enum Own {
            $($kind($own),)*
        }

        impl BeatFile {
            fn parts(self) -> (Head, Own) {
                match self {
                    $(Self::$kind {
                        title, say, slide, look_at, notes, show, from, future, expect, unchanged, $($field,)*
                    } => {
                        let head =
                            Head { title, say, slide, look_at, notes, show, from, future, expect, unchanged };
                        (head, Own::$kind($own { $($field,)* }))
                    })*
                }
            }
        }
    };
}

beats! {
    Say(SayFile) {}
    Do(DoFile) {
        actions: Vec<Text>,
    }
    Predict(PredictFile) {
        ask: Text,
        #[serde(default)]
        action: Option<Text>,
        #[serde(default)]
        actions: Vec<Text>,
        #[serde(default)]
        count: Option<Text>,
        #[serde(default)]
        after: Option<Text>,
        #[serde(default)]
        slide_after: Option<Text>,
    }
    Or(OrFile) {
        futures: Vec<FutureFile>,
        #[serde(default)]
        then: Option<Text>,
    }
    Compare(CompareFile) {
        runs: Vec<FutureFile>,
        #[serde(default)]
        rows: Vec<Text>,
        #[serde(default)]
        then: Option<Text>,
    }
    Play(PlayFile) {
        until: Located<Question>,
        #[serde(default)]
        policy: Option<Text>,
        #[serde(default)]
        seed: u64,
        #[serde(default)]
        at_most: Option<Number>,
    }
    Break(BreakFile) {
        rule: Text,
        beats: Number,
    }
    Ask(AskFile) {
        ask: Text,
        choices: Vec<AnswerFile>,
        #[serde(default)]
        hides_chosen: bool,
    }
    Try(TryFile) {
        goal: Located<Question>,
        #[serde(default)]
        allow: Vec<Text>,
        #[serde(default)]
        without: Vec<Text>,
        #[serde(default)]
        at_most: Option<Number>,
        hints: Vec<Text>,
        solution: Vec<Text>,
        #[serde(default)]
        after: Option<Text>,
        #[serde(default)]
        then: Option<Text>,
    }
    Game(GameFile) {
        until: Located<Question>,
        policy: Text,
        within: Number,
        #[serde(default)]
        lose: Option<Number>,
        #[serde(default)]
        timeout: Option<Number>,
        #[serde(default)]
        beat: Option<Number>,
        #[serde(default)]
        bound: Option<Number>,
        hints: Vec<Text>,
        solution: Vec<Text>,
        #[serde(default)]
        after: Option<Text>,
        #[serde(default)]
        then: Option<Text>,
    }
    Hunt(HuntFile) {
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
    }
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
#[serde(rename = "Slide", deny_unknown_fields)]
pub(super) struct SlideFile {
    slide: Located<u16>,
    beat: Text,
    #[serde(default)]
    future: Option<Text>,
    #[serde(default)]
    large: bool,
}

#[derive(Deserialize)]
#[serde(rename = "Future", deny_unknown_fields)]
pub(super) struct FutureFile {
    name: Text,
    #[serde(default)]
    say: Option<Text>,
    #[serde(default)]
    slide: Option<Text>,
    #[serde(default)]
    look_at: Vec<Text>,
    #[serde(default)]
    cluster: Option<Cluster>,
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
    show: Option<Text>,
    from: Option<Text>,
    future: Option<Text>,
    expect: Vec<Text>,
    unchanged: Vec<Text>,
}

/// The most steps of a run that plays itself, unless its author says otherwise.
const USUAL_STEPS: usize = 500;
/// How long a leader waits first that was preempted, in steps, unless its author says otherwise.
const USUAL_TIMEOUT: usize = 10;

/// Turns what RON read into lines that know their place.
pub(super) struct Reader<'a> {
    pub(super) file: &'a str,
    pub(super) ruler: Ruler<'a>,
}

impl Reader<'_> {
    /// A text on one line: authors may break it where they like.
    pub(super) fn line(&self, located: Text) -> Result<Line, FileError> {
        self.plain(self.ruler.line(located))
    }

    fn plain(&self, Line { text, at }: Line) -> Result<Line, FileError> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.without_control(Line { text, at })
    }

    /// Words to read: paragraphs and lists keep their lines.
    fn prose(&self, located: Text) -> Result<Line, FileError> {
        let Line { text, at } = self.ruler.line(located);
        let line = self.without_control(Line { text: prose::joined(&text), at })?;
        match prose::unclosed(&line.text) {
            None => Ok(line),
            Some(mark) => {
                let what = format!("{mark} is opened in {} and not closed: expected it once more", quote(&line.text));
                Err(FileError::new(self.file, at, what))
            }
        }
    }

    fn without_control(&self, line: Line) -> Result<Line, FileError> {
        if line.text.chars().any(|char| is_unprintable(char) && char != '\n') {
            let what = format!("control characters in {}: expected plain text", quote(&line.text));
            return Err(FileError::new(self.file, line.at, what));
        }
        Ok(line)
    }

    pub(super) fn lines(&self, located: Vec<Text>) -> Result<Vec<Line>, FileError> {
        self.ruler.lines(located).into_iter().map(|line| self.plain(line)).collect()
    }

    fn maybe(&self, located: Option<Text>) -> Result<Option<Line>, FileError> {
        located.map(|one| self.line(one)).transpose()
    }

    fn maybe_prose(&self, located: Option<Text>) -> Result<Option<Line>, FileError> {
        located.map(|one| self.prose(one)).transpose()
    }

    fn checks(&self, expect: Vec<Text>, unchanged: Vec<Text>) -> Result<Checks, FileError> {
        Ok(Checks { expect: self.lines(expect)?, unchanged: self.lines(unchanged)? })
    }

    fn limit(&self, number: &Number) -> Limit {
        Limit { number: number.value.into(), at: self.ruler.place(number) }
    }

    /// A limit that was left out: it is what is usual.
    fn limit_or(&self, number: Option<&Number>, usual: usize) -> Limit {
        number.map_or(Limit { number: usual, at: Position::default() }, |number| self.limit(number))
    }

    fn goal(&self, goal: Located<Question>) -> Goal {
        let line = Line { text: predicate_text(&goal.value.0), at: self.ruler.place(&goal) };
        Goal { predicate: goal.value.0, line }
    }

    pub(super) fn beat(&self, beat: BeatFile) -> Result<Beat, FileError> {
        let (head, own) = beat.parts();
        let title = self.line(head.title)?;
        Ok(Beat {
            say: self.maybe_prose(head.say)?.unwrap_or_default(),
            slide: self.maybe(head.slide)?,
            look_at: self.lines(head.look_at)?,
            notes: self.maybe_prose(head.notes)?,
            show: self.maybe(head.show)?,
            origin: self.origin(head.from, head.future)?,
            checks: self.checks(head.expect, head.unchanged)?,
            kind: self.kind(own, &title)?,
            title,
        })
    }

    fn origin(&self, from: Option<Text>, future: Option<Text>) -> Result<Option<Origin>, FileError> {
        let future = self.maybe(future)?;
        match (self.maybe(from)?, future) {
            (Some(beat), future) => Ok(Some(Origin { beat, future })),
            (None, Some(future)) => {
                let what = "`future` is one of the beat that `from` names: add `from`, or leave `future` out";
                Err(FileError::new(self.file, future.at, what))
            }
            (None, None) => Ok(None),
        }
    }

    fn kind(&self, own: Own, title: &Line) -> Result<BeatKind, FileError> {
        Ok(match own {
            Own::Say(SayFile {}) => BeatKind::Say,
            Own::Do(own) => BeatKind::Do(self.lines(own.actions)?),
            Own::Predict(own) => BeatKind::Predict(Box::new(self.predict(own)?)),
            Own::Or(own) => BeatKind::Or(self.fork(own.futures, own.then)?),
            Own::Compare(own) => {
                BeatKind::Compare { fork: self.fork(own.runs, own.then)?, rows: self.lines(own.rows)? }
            }
            Own::Play(own) => BeatKind::Play(Box::new(Play {
                until: self.goal(own.until),
                policy: self.maybe(own.policy)?.unwrap_or_else(|| "watch".into()),
                seed: own.seed,
                at_most: self.limit_or(own.at_most.as_ref(), USUAL_STEPS),
            })),
            Own::Break(own) => BeatKind::Break { rule: self.line(own.rule)?, beats: self.limit(&own.beats) },
            Own::Ask(own) => {
                let choices = own.choices.into_iter().map(|choice| self.answer(choice)).collect::<Result<_, _>>()?;
                BeatKind::Ask(Ask { ask: self.prose(own.ask)?, choices, hides_chosen: own.hides_chosen })
            }
            Own::Try(own) => BeatKind::Try(Box::new(Try {
                goal: self.goal(own.goal),
                allow: self.lines(own.allow)?,
                without: self.lines(own.without)?,
                at_most: own.at_most.as_ref().map(|one| self.limit(one)),
                game: None,
                hints: self.hints(own.hints)?,
                solution: self.lines(own.solution)?,
                after: self.maybe_prose(own.after)?,
                then: self.maybe(own.then)?,
                hunt: None,
            })),
            Own::Game(own) => BeatKind::Try(Box::new(self.game(own, title)?)),
            Own::Hunt(own) => BeatKind::Try(Box::new(self.hunt(own)?)),
        })
    }

    fn predict(&self, own: PredictFile) -> Result<Predict, FileError> {
        let ask = self.prose(own.ask)?;
        let count = self.maybe(own.count)?;
        let mut actions = self.lines(own.actions)?;
        actions.extend(self.maybe(own.action)?);
        if actions.is_empty() || (count.is_none() && actions.len() != 1) {
            let what = "a Predict asks about one `action`, or about what some `actions` cost, with `count`".to_owned();
            return Err(FileError::new(self.file, ask.at, what));
        }
        let (after, slide_after) = (self.maybe_prose(own.after)?, self.maybe(own.slide_after)?);
        Ok(Predict { ask, actions, count, after, slide_after })
    }

    fn game(&self, own: GameFile, title: &Line) -> Result<Try, FileError> {
        let score = match (&own.beat, &own.bound) {
            (Some(beat), None) => Score::Beat(self.limit(beat)),
            (None, Some(bound)) => Score::Bound(self.limit(bound)),
            _ => {
                let what = "a Game has either `beat: STEPS`, to be reached, or `bound: STEPS`, which nobody reaches";
                return Err(FileError::new(self.file, title.at, what.to_owned()));
            }
        };
        let game = Game {
            policy: self.line(own.policy)?,
            within: self.limit(&own.within),
            lose: self.limit_or(own.lose.as_ref(), 0),
            timeout: self.limit_or(own.timeout.as_ref(), USUAL_TIMEOUT),
            score,
        };
        Ok(Try {
            goal: self.goal(own.until),
            allow: Vec::new(),
            without: Vec::new(),
            at_most: None,
            game: Some(game),
            hints: self.hints(own.hints)?,
            solution: self.lines(own.solution)?,
            after: self.maybe_prose(own.after)?,
            then: self.maybe(own.then)?,
            hunt: None,
        })
    }

    /// Its solution depends on what is hidden: see [`super::Lesson::drawn`].
    fn hunt(&self, own: HuntFile) -> Result<Try, FileError> {
        let suspects = own.suspects.into_iter().map(|one| self.suspect(one)).collect::<Result<_, _>>()?;
        Ok(Try {
            goal: self.goal(own.goal),
            allow: self.lines(own.allow)?,
            without: self.lines(own.without)?,
            at_most: None,
            game: None,
            hints: self.hints(own.hints)?,
            solution: Vec::new(),
            after: self.maybe_prose(own.after)?,
            then: None,
            hunt: Some(Hunt { ask: self.prose(own.ask)?, suspects }),
        })
    }

    fn suspect(&self, suspect: SuspectFile) -> Result<Suspect, FileError> {
        let SuspectFile { bug, text, why, unlike, solution } = suspect;
        let (text, why, unlike) = (self.line(text)?, self.prose(why)?, self.prose(unlike)?);
        Ok(Suspect { bug, text, why, unlike, solution: self.lines(solution)? })
    }

    fn hints(&self, hints: Vec<Text>) -> Result<Vec<Line>, FileError> {
        hints.into_iter().map(|hint| self.prose(hint)).collect()
    }

    pub(super) fn slide(&self, row: SlideFile) -> Result<SlideRow, FileError> {
        let slide = Limit { number: row.slide.value.into(), at: self.ruler.place(&row.slide) };
        Ok(SlideRow { slide, beat: self.line(row.beat)?, future: self.maybe(row.future)?, large: row.large })
    }

    fn answer(&self, choice: AnswerFile) -> Result<Answer, FileError> {
        let AnswerFile { text, right, why } = choice;
        Ok(Answer { text: self.line(text)?, right, why: self.maybe_prose(why)? })
    }

    fn fork(&self, futures: Vec<FutureFile>, then: Option<Text>) -> Result<Fork, FileError> {
        let futures = futures.into_iter().map(|future| self.future(future)).collect::<Result<_, _>>()?;
        Ok(Fork { futures, then: self.maybe(then)? })
    }

    fn future(&self, future: FutureFile) -> Result<Future, FileError> {
        let FutureFile { name, say, slide, look_at, cluster, actions, expect, unchanged } = future;
        Ok(Future {
            name: self.line(name)?,
            say: self.maybe_prose(say)?.unwrap_or_default(),
            slide: self.maybe(slide)?,
            look_at: self.lines(look_at)?,
            cluster,
            actions: self.lines(actions)?,
            checks: self.checks(expect, unchanged)?,
        })
    }
}
