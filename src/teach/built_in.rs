//! The lessons that are part of the program.

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
    ]
}
