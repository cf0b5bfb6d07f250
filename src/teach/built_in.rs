//! The lessons that are part of the program, and how a lesson is drawn by a seed.

use crate::script::Lesson;

/// A lesson file that is part of the program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BuiltIn {
    /// What it is called on the command line.
    pub id: &'static str,
    /// The file's name in errors.
    pub file: &'static str,
    /// The whole file.
    pub text: &'static str,
}

macro_rules! lessons {
    ($($id:literal),+ $(,)?) => {
        &[$(BuiltIn {
            id: $id,
            file: concat!("lessons/", $id, ".ron"),
            text: include_str!(concat!("../../lessons/", $id, ".ron")),
        }),+]
    };
}

/// The lesson as this seed draws it: which rule a hunt hides.
pub fn drawn(lesson: Lesson, seed: u64) -> Lesson {
    // Seeds that follow each other hide different rules: whoever counts through them meets all.
    let count = lesson.variants().max(1) as u64;
    lesson.drawn((seed % count) as usize)
}

/// The built-in lessons, in the order in which they are taught.
pub fn built_in() -> &'static [BuiltIn] {
    lessons![
        "tour",
        "two-phases",
        "roles",
        "ballots",
        "acceptors",
        "acceptor-rules",
        "elections",
        "learning-the-past",
        "when-to-run",
        "proposals",
        "replicas",
        "chosen-vs-known",
        "stable-storage",
        "costs",
        "adversary",
        "bug-hunt",
    ]
}
