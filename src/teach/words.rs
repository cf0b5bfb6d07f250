//! Reading a lesson for what would not fit the screen, or could not be read at once.

use std::collections::BTreeSet;

use unicode_width::UnicodeWidthStr;

use crate::script::{Ask, Beat, BeatKind, Fork, Lesson, Line, SlideRow, nearest, plain};

use super::check::Checker;
use super::plan::name_beat;
use super::player::Player;
use super::progress::is_plain_id;

/// The most words of a beat: what is read in 15 seconds at the back of a lecture hall.
const MOST_WORDS: usize = 50;
/// The width of the words on a terminal of 80 columns, and the most lines that they may take.
const TEXT_COLUMNS: usize = 76;
const TEXT_LINES: usize = 6;
/// The most columns of a title, a branch's name and a slide's phrase.
const TITLE_COLUMNS: usize = 44;
const NAME_COLUMNS: usize = 28;
const SLIDE_COLUMNS: usize = 60;
const MOST_CHOICES: usize = 5;
/// The rows that an open question may take below a stage of three processes a column.
const QUESTION_ROWS: usize = 8;
/// The width of a choice's words on a terminal of 80 columns; a written one is one line.
const CHOICE_COLUMNS: usize = 74;

impl Checker<'_> {
    pub(super) fn head(&mut self) {
        let Lesson { id, title, about, .. } = self.lesson;
        if !is_plain_id(&id.text) {
            self.error(id, "the id is typed on the command line: expected small letters, digits and `-`, 64 at most");
        }
        self.slide_table();
        self.fits(title, "the title", TITLE_COLUMNS);
        self.fits(about, "`about`", TEXT_COLUMNS);
        let lights = self.lesson.lights.iter().map(|light| light.name.text.width() + 5).sum::<usize>();
        if let Some(last) = self.lesson.lights.last().filter(|_| lights > TEXT_COLUMNS + 3) {
            let what = format!("the lights take {lights} columns in one line: expected {TEXT_COLUMNS}; shorten them");
            self.error(&last.name, &what);
        }
        for line in [title, about] {
            if line.text.is_empty() {
                self.error(line, "this text is empty: the list of lessons needs it");
            }
        }
    }

    /// That every slide leads to one beat that is there.
    fn slide_table(&mut self) {
        let mut numbers = BTreeSet::new();
        for SlideRow { slide, beat, future, .. } in &self.lesson.slide_table {
            let place = Line { text: String::new(), at: slide.at };
            if slide.number == 0 {
                self.error(&place, "`slide_table`: slides are counted from 1");
            }
            if !numbers.insert(slide.number) {
                let what = format!("`slide_table`: slide {} is there twice; leave one row out", slide.number);
                self.error(&place, &what);
            }
            let shown = self.lesson.beats.iter().find(|one| one.title.text == beat.text);
            if let Some(future) = future.as_ref().filter(|name| shown.is_some_and(|beat| beat.future(name).is_none())) {
                self.error(
                    future,
                    &format!("`slide_table`: \"{beat}\" has no future \"{future}\"; expected one of its names"),
                );
            }
            let titles = || self.lesson.beats.iter().map(|beat| beat.title.text.as_str());
            if !titles().any(|title| title == beat.text) {
                let near = nearest(&beat.text, titles()).map(|near| format!("; did you mean \"{near}\"?"));
                let advice = near.unwrap_or_else(|| ": expected the title of one of this lesson's beats".to_owned());
                self.error(beat, &format!("`slide_table`: no beat is called \"{beat}\"{advice}"));
            }
        }
    }

    fn fits(&mut self, line: &Line, name: &str, most: usize) {
        let columns = line.text.width();
        if columns > most {
            self.error(line, &format!("{name} takes {columns} columns: expected {most} at most; shorten it"));
        }
    }

    /// That everything that is read at once can be read at once.
    pub(super) fn words(&mut self, index: usize, beat: &Beat) {
        let name = name_beat(self.lesson, index);
        self.fits(&beat.title, &format!("{name}: the title"), TITLE_COLUMNS);
        if beat.title.text.is_empty() {
            self.error(&beat.title, &format!("{name}: the title is empty"));
        }
        if let Some(slide) = &beat.slide {
            self.fits(slide, &format!("{name}: the slide's phrase"), SLIDE_COLUMNS);
            self.slide_is_shown(&name, slide, &beat.look_at);
        }
        if let Some(notes) = &beat.notes {
            self.text(&format!("{name}, the notes"), &[notes]);
        }
        match &beat.kind {
            BeatKind::Say | BeatKind::Do(_) | BeatKind::Play(_) | BeatKind::Break { .. } => {
                self.text(&name, &[&beat.say]);
            }
            BeatKind::Predict(predict) => {
                self.text(&name, &[&beat.say, &predict.ask]);
                if let Some(after) = &predict.after {
                    self.text(&format!("{name}, after the answer"), &[after]);
                }
                if let Some(slide) = &predict.slide_after {
                    self.fits(slide, &format!("{name}: the slide's phrase"), SLIDE_COLUMNS);
                    self.slide_is_shown(&name, slide, &beat.look_at);
                }
            }
            BeatKind::Ask(ask) => self.ask_words(&name, beat, ask),
            BeatKind::Try(task) => {
                self.text(&name, &[&beat.say]);
                for (at, hint) in task.hints.iter().enumerate() {
                    self.text(&format!("{name}, hint {}", at + 1), &[hint]);
                }
                if let Some(after) = &task.after {
                    self.text(&format!("{name}, after the task"), &[after]);
                }
            }
            BeatKind::Or(fork) | BeatKind::Compare { fork, .. } => self.fork_words(&name, beat, fork),
        }
    }

    /// That who is on the slide is looked at: what is shown large has the slide's words above it.
    fn slide_is_shown(&mut self, name: &str, slide: &Line, look_at: &[Line]) {
        let fields = [("active: ", 'L', "a leader"), ("accepted: ", 'A', "an acceptor")];
        for (_, role, who) in fields.into_iter().filter(|(field, ..)| slide.text.contains(field)) {
            if !look_at.iter().any(|one| one.text.starts_with(role)) {
                self.error(slide, &format!("{name}: the slide shows {who}; point at it in `look_at`"));
            }
        }
    }

    fn fork_words(&mut self, name: &str, beat: &Beat, fork: &Fork) {
        let mut names = BTreeSet::new();
        for future in &fork.futures {
            if !names.insert(&future.name.text) {
                let what = format!("{name}: two futures are called \"{}\"; rename one", future.name);
                self.error(&future.name, &what);
            }
            let name = format!("{name}, future \"{}\"", future.name);
            self.fits(&future.name, &format!("{name}: the name"), NAME_COLUMNS);
            if let Some(slide) = &future.slide {
                self.slide_is_shown(&name, slide, &beat.look_at);
                self.fits(slide, &format!("{name}: the slide's phrase"), SLIDE_COLUMNS);
            }
            self.text(&name, &[&beat.say, &future.say]);
        }
    }

    fn ask_words(&mut self, name: &str, beat: &Beat, ask: &Ask) {
        self.text(name, &[&beat.say, &ask.ask]);
        if ask.choices.len() > MOST_CHOICES {
            let what = format!("{name}: {} choices: expected {MOST_CHOICES} at most", ask.choices.len());
            self.error(&ask.ask, &what);
        }
        let right = ask.choices.iter().find(|choice| choice.right).and_then(|choice| choice.why.as_ref());
        let mut texts = BTreeSet::new();
        for choice in &ask.choices {
            let name = format!("{name}, choice \"{}\"", choice.text);
            self.fits(&choice.text, &name, CHOICE_COLUMNS);
            if choice.text.text.is_empty() || !texts.insert(&choice.text.text) {
                self.error(&choice.text, &format!("{name}: it is empty or there twice; say something else"));
            }
            match &choice.why {
                Some(why) if !why.text.is_empty() => {
                    // Who chose it reads this, and then why the right one is right.
                    let after = right.filter(|_| !choice.right);
                    self.text(&name, &after.into_iter().chain([why]).collect::<Vec<_>>());
                }
                _ if choice.right => {}
                _ => self.error(&choice.text, &format!("{name} is wrong: add `why` it is")),
            }
        }
    }

    /// That an open question is whole on a screen of 80x24, below the stage.
    pub(super) fn question_fits(&mut self, name: &str, line: &Line, player: &Player, question: &super::Question) {
        let cluster = self.lesson.setup.cluster;
        let most = cluster.acceptors.max(cluster.leaders).max(cluster.replicas);
        // What is asked about stands below it.
        let room = QUESTION_ROWS - usize::from(player.asked().is_some());
        let room = if most > 3 { room.min(QUESTION_ROWS - 2) } else { room };
        let say = player.beat().say;
        let words = say.iter().chain([&question.ask]).map(|text| text_rows(text));
        let choices = question.choices.iter().map(|choice| choice_rows(choice));
        let lights = usize::from(!self.lesson.lights.is_empty());
        let rows: usize = words.chain(choices).sum::<usize>() + lights;
        if rows > room {
            let what = format!("{name}: the question and its choices take {rows} rows at 80x24: expected {room}");
            self.error(line, &(what + " at most; say less before it, or ask about a message with less to tell"));
        }
    }

    /// Paragraphs that are on the screen together.
    fn text(&mut self, name: &str, paragraphs: &[&Line]) {
        let Some(line) = paragraphs.iter().rev().find(|line| !line.text.is_empty()) else {
            let blame = paragraphs.first().copied().cloned().unwrap_or_default();
            self.error(&blame, &format!("{name}: there is nothing to read"));
            return;
        };
        let texts: Vec<String> = paragraphs.iter().map(|line| plain(&line.text)).collect();
        let words: usize = texts.iter().map(|text| text.split_whitespace().filter(|word| *word != "-").count()).sum();
        let lines: usize = paragraphs.iter().map(|line| text_rows(&line.text)).sum();
        if words > MOST_WORDS {
            self.error(
                line,
                &format!("{name}: {words} words: expected {MOST_WORDS} at most; say less, or in two beats"),
            );
        } else if lines > TEXT_LINES {
            let what = format!("{name}: the text takes {lines} lines of {TEXT_COLUMNS} columns: expected {TEXT_LINES}");
            self.error(line, &(what + " at most; say less"));
        }
    }
}

/// How many rows the words of a lesson take.
pub(super) fn text_rows(text: &str) -> usize {
    plain(text).lines().map(|line| rows(line, TEXT_COLUMNS)).sum()
}

/// How many rows a choice takes.
pub(super) fn choice_rows(lines: &[String]) -> usize {
    rows(&lines.join("; "), CHOICE_COLUMNS)
}

/// How many rows a text takes, wrapped between words.
fn rows(text: &str, most: usize) -> usize {
    let mut lines = 0;
    let mut column = 0;
    for word in text.split_whitespace() {
        let columns = word.width();
        if lines == 0 || column + 1 + columns > most {
            lines += columns.div_ceil(most).max(1);
            column = columns;
        } else {
            column += 1 + columns;
        }
    }
    lines
}
