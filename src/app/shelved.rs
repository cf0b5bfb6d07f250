//! A lesson that home offers: its head is known at once, the rest is read when it is wanted. Reading all built-in lessons
//! takes longer than all else between the start and the first picture.

use std::cell::OnceCell;

use crate::script::Lesson;
use crate::teach::BuiltIn;

/// A lesson, read or still to be read.
#[derive(Clone, Debug)]
pub struct Shelved {
    /// What it is called on the command line.
    pub id: String,
    /// What it is called on the screen.
    pub title: String,
    /// What it is about, in one line.
    pub about: String,
    /// The file's name.
    pub(super) file: String,
    /// Where it is read from.
    text: Option<&'static str>,
    lesson: OnceCell<Option<Box<Lesson>>>,
}

impl Shelved {
    /// One that is part of the program.
    pub(super) fn built_in(lesson: BuiltIn) -> Option<Self> {
        let head = |field: &str| head_field(lesson.text, field);
        let (Some(title), Some(about)) = (head("title"), head("about")) else {
            return Lesson::parse(lesson.file, lesson.text).ok().map(Self::from);
        };
        Some(Self {
            id: lesson.id.to_owned(),
            title: title.to_owned(),
            about: about.to_owned(),
            file: lesson.file.to_owned(),
            text: Some(lesson.text),
            lesson: OnceCell::new(),
        })
    }

    /// The whole lesson. `paxoscope check` and the tests play every built-in one: none fails to parse.
    pub fn lesson(&self) -> Option<&Lesson> {
        let read = || Lesson::parse(&self.file, self.text?).ok().map(Box::new);
        self.lesson.get_or_init(read).as_deref()
    }
}

impl From<Lesson> for Shelved {
    fn from(lesson: Lesson) -> Self {
        Self {
            id: lesson.id.text.clone(),
            title: lesson.title.text.clone(),
            about: lesson.about.text.clone(),
            file: lesson.file.clone(),
            text: None,
            lesson: OnceCell::from(Some(Box::new(lesson))),
        }
    }
}

/// The text of a field of the lesson itself, written in one line of its own and without escapes, as in every built-in
/// lesson; if it is not, only parsing tells.
fn head_field<'a>(text: &'a str, field: &str) -> Option<&'a str> {
    let value = |line: &'a str| line.strip_prefix("    ")?.strip_prefix(field)?.strip_prefix(": \"");
    let value = text.lines().find_map(value)?.strip_suffix("\",")?;
    (!value.contains(['\\', '"'])).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::teach::built_in;

    #[test]
    fn the_head_of_every_built_in_lesson_is_what_parsing_says() {
        for lesson in built_in() {
            let head = Shelved::built_in(*lesson).unwrap();
            let parsed = Shelved::from(Lesson::parse(lesson.file, lesson.text).unwrap());
            let all = |one: &Shelved| [&one.id, &one.title, &one.about, &one.file].map(Clone::clone);
            assert_eq!(all(&head), all(&parsed));
            assert!(head.text.is_some(), "{} need not be read to be offered", lesson.id);
            assert_eq!(head.lesson(), parsed.lesson());
        }
    }

    #[test]
    fn what_is_written_in_another_way_is_not_guessed() {
        assert_eq!(head_field("    title: \"A\",\n", "title"), Some("A"));
        for other in ["    title: \"A \\\"b\\\"\",\n", "        title: \"A\",\n", "    title:\n        \"A\",\n"] {
            assert_eq!(head_field(other, "title"), None, "{other}");
        }
    }
}
