//! Which colours are used. What the slots of a theme look like is `ui`'s business.

/// How many colours the terminal shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Colors {
    /// None, or none is wanted: its own foreground and background only.
    None,
    /// The 16 that every terminal has, in its user's own shades.
    #[default]
    Sixteen,
    /// The 256 of a table.
    Indexed,
    /// All.
    True,
}

impl Colors {
    /// In words, for `doctor`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Sixteen => "16",
            Self::Indexed => "256",
            Self::True => "16 million",
        }
    }
}

/// A theme, by name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Theme {
    /// For a dark background.
    #[default]
    Dark,
    /// For a light background.
    Light,
    /// Nothing faint, bright colours, more weight.
    HighContrast,
    /// For a projector that washes colours out: dark on light, few colours, nothing faint.
    Projector,
    /// No colour at all (`NO_COLOR`): bold, reverse and underline only.
    Mono,
}

impl Theme {
    /// Every theme.
    pub const ALL: [Self; 5] = [Self::Dark, Self::Light, Self::HighContrast, Self::Projector, Self::Mono];

    /// The theme of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }

    /// The next one.
    #[must_use]
    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|theme| *theme == self).unwrap_or(0);
        Self::ALL[(at + 1) % Self::ALL.len()]
    }

    /// Its name, as `--theme` takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::HighContrast => "high-contrast",
            Self::Projector => "projector",
            Self::Mono => "mono",
        }
    }
}
