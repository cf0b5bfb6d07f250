//! Kinds of terminals that cannot be asked everything, by what `TERM` calls them: they would show the question.

/// What is known of such a terminal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kind {
    term: &'static str,
    /// Whether it can be asked how far it has got.
    pub tells_status: bool,
    /// Whether it can be asked for its background.
    pub tells_background: bool,
    /// Whether it is a system's own console, which is dark.
    pub is_console: bool,
}

const KINDS: [Kind; 4] = [
    Kind { term: "dumb", tells_status: false, tells_background: false, is_console: false },
    Kind { term: "emacs", tells_status: false, tells_background: false, is_console: false },
    Kind { term: "cons25", tells_status: false, tells_background: false, is_console: true },
    Kind { term: "linux", tells_status: true, tells_background: false, is_console: true },
];

/// Any other one.
const USUAL: Kind = Kind { term: "", tells_status: true, tells_background: true, is_console: false };

impl Kind {
    /// This terminal's.
    pub fn here() -> Self {
        Self::called(&std::env::var("TERM").unwrap_or_default())
    }

    fn called(term: &str) -> Self {
        KINDS.into_iter().find(|kind| kind.term == term).unwrap_or(USUAL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_would_show_a_question_is_not_asked() {
        let asked = |term| (Kind::called(term).tells_status, Kind::called(term).tells_background);
        for term in ["", "xterm-256color", "tmux-256color", "screen"] {
            assert_eq!(asked(term), (true, true), "{term}");
        }
        for term in ["dumb", "emacs", "cons25"] {
            assert_eq!(asked(term), (false, false), "{term}");
        }
        assert_eq!(asked("linux"), (true, false));
    }

    #[test]
    fn who_is_a_console_cannot_tell_its_background() {
        assert!(KINDS.into_iter().filter(|kind| kind.is_console).all(|kind| !kind.tells_background));
        assert!(["linux", "cons25"].into_iter().all(|term| Kind::called(term).is_console));
        assert!(["dumb", "emacs", "xterm"].into_iter().all(|term| !Kind::called(term).is_console));
    }
}
