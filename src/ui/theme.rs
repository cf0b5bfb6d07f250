//! What the themes look like: semantic slots, never a colour for its own sake. Every slot but `muted` also has a weight
//! (bold, reverse, underline), and whatever it marks has a glyph or a word as well.

use ratatui::style::{Color, Style};

use crate::app::Theme;

/// A theme's slots. The base is the terminal's own foreground and background.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Palette {
    pub changed: Style,
    pub selected: Style,
    pub muted: Style,
    pub leader: Style,
    pub down: Style,
    pub good: Style,
    pub bad: Style,
    pub accent: Style,
    pub strong: Style,
}

const MONO: Palette = Palette {
    changed: Style::new().bold().underlined(),
    selected: Style::new().reversed(),
    muted: Style::new(),
    leader: Style::new().bold(),
    down: Style::new().dim(),
    good: Style::new(),
    bad: Style::new().bold().reversed(),
    accent: Style::new().bold(),
    strong: Style::new().bold(),
};

impl Palette {
    /// The slots of this theme.
    pub const fn of(theme: Theme) -> Self {
        match theme {
            Theme::Mono => MONO,
            Theme::Dark => Self {
                changed: MONO.changed.fg(Color::Yellow),
                muted: Style::new().fg(Color::Gray),
                leader: MONO.leader.fg(Color::Green),
                down: Style::new().fg(Color::Red),
                good: Style::new().fg(Color::Green),
                bad: MONO.bad.fg(Color::Red),
                accent: MONO.accent.fg(Color::Cyan),
                ..MONO
            },
            // The terminal's own foreground for all that is not marked: nothing is faint.
            Theme::HighContrast => Self {
                changed: MONO.changed.fg(Color::LightYellow),
                leader: MONO.leader.fg(Color::LightGreen),
                down: Style::new().bold().fg(Color::LightRed),
                good: MONO.strong.fg(Color::LightGreen),
                bad: MONO.bad.fg(Color::LightRed),
                accent: MONO.accent.fg(Color::LightCyan),
                ..MONO
            },
            // Colours of a beamer are pale: two dark ones, and weight.
            Theme::Projector => Self {
                changed: MONO.changed.fg(Color::Red),
                down: Style::new().bold().fg(Color::Red),
                bad: MONO.bad.fg(Color::Red),
                accent: MONO.accent.fg(Color::Blue),
                ..MONO
            },
            Theme::Light => Self {
                changed: MONO.changed.fg(Color::Magenta),
                muted: Style::new().fg(Color::DarkGray),
                leader: MONO.leader.fg(Color::Blue),
                down: Style::new().fg(Color::Red),
                good: Style::new().fg(Color::Blue),
                bad: MONO.bad.fg(Color::Red),
                accent: MONO.accent.fg(Color::Blue),
                ..MONO
            },
        }
    }
}
