//! What a command is: its identity, where it applies, how it stands in the help. The commands themselves are rows of
//! [`super::COMMANDS`].

use super::actions::Outcome;
use super::{Key, Model, View};

/// Where a command applies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum Scope {
    Home,
    Stage,
    Help,
    Request,
    Pick,
    Typing,
    Seek,
    Blank,
    Quit,
}

/// What belongs together in the help.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum Group {
    Messages,
    Processes,
    Run,
    Lesson,
    Views,
    Screen,
}

impl Group {
    /// All groups, in the order of the help.
    pub const ALL: [Self; 6] = [Self::Messages, Self::Processes, Self::Run, Self::Lesson, Self::Views, Self::Screen];

    /// Its title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Messages => "Messages in flight",
            Self::Processes => "Processes",
            Self::Run => "The run",
            Self::Lesson => "Lessons",
            Self::Views => "Views",
            Self::Screen => "The screen",
        }
    }
}

/// A command's identity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum Id {
    Answer,
    GoOn,
    BeatBefore,
    TaskHint,
    ShowStep,
    ResetTask,
    SkipTask,
    Notes,
    FullText,
    BeginAgain,
    JumpToSlide,
    Open,
    Accept,
    Deliver,
    Request,
    Elect,
    Back,
    Forward,
    SwitchBranch,
    Drop,
    Duplicate,
    Crash,
    Resend,
    Up,
    Down,
    LineBefore,
    LineAfter,
    Focus,
    FocusBack,
    Slide,
    ToStart,
    ToEnd,
    Close,
    HomeScreen,
    Blank,
    Theme,
    Repaint,
    Suspend,
    Quit,
    Help,
    View(View),
    Rename,
    Compare,
    TypeAction,
    Cut,
    DropAll,
    Find,
    Complete,
    OlderLine,
    NewerLine,
    Autoplay,
    AutoplayHow,
    Faster,
    Slower,
    Mouse,
    Seek,
    AskNumber,
    Allow,
}

impl Id {
    /// Its name in a keymap file: `type-action`.
    pub fn name(self) -> String {
        let spelled = if let Self::View(view) = self { format!("{view:?}") } else { format!("{self:?}") };
        let mut name = String::new();
        for char in spelled.chars() {
            if char.is_ascii_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.push(char.to_ascii_lowercase());
        }
        name
    }

    /// Whether its keys stay as they are: each means something of its own.
    pub fn is_fixed(self) -> bool {
        matches!(self, Self::Answer | Self::AskNumber | Self::Allow)
    }
}

/// One thing that can be done.
pub struct Command {
    /// Which one.
    pub id: Id,
    /// A name of few words, for the help.
    pub name: &'static str,
    /// What it does, one sentence.
    pub sentence: &'static str,
    /// Where it stands in the help.
    pub group: Group,
    /// Where it applies.
    pub scopes: &'static [Scope],
    /// The usual keys that do it; the first one is shown. A user's own are in [`super::Keymap`].
    pub keys: &'static [Key],
    /// What the hint bar says it does now; `None` if it is not hinted at.
    pub(super) hint: fn(&Model) -> Option<&'static str>,
    pub(super) why_not: fn(&Model) -> Option<String>,
    pub(super) run: fn(&mut Model, Key) -> Outcome,
}

impl Command {
    /// Why it is not available now; `None` if it is. Says nothing about where it applies.
    pub fn why_not(&self, model: &Model) -> Option<String> {
        (self.why_not)(model)
    }

    /// Does it.
    pub(crate) fn run(&self, model: &mut Model, key: Key) -> Outcome {
        (self.run)(model, key)
    }

    /// Whether it applies there.
    pub fn applies(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}
