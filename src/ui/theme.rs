//! What the themes look like: semantic slots, never a colour for its own sake. Every slot but `muted` also has a weight
//! (bold, reverse, underline), and whatever it marks has a glyph or a word as well.

use ratatui::style::{Color, Modifier, Style};

use crate::app::{Colors, Model, Theme};
use crate::script::{Ink, Look, Slots};

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

/// A colour in every depth: one of the terminal's own 16, and the same as red, green and blue, chosen for its contrast.
#[derive(Clone, Copy)]
struct Tone(Color, u32);

/// The tones of a theme; what has none keeps the terminal's own foreground.
#[derive(Clone, Copy, Default)]
struct Tones {
    changed: Option<Tone>,
    muted: Option<Tone>,
    leader: Option<Tone>,
    down: Option<Tone>,
    good: Option<Tone>,
    bad: Option<Tone>,
    accent: Option<Tone>,
}

// The tables read better so.
#[allow(clippy::unnecessary_wraps)]
const fn tone(own: Color, rgb: u32) -> Option<Tone> {
    Some(Tone(own, rgb))
}

const DARK: Tones = Tones {
    changed: tone(Color::Yellow, 0x00f0_c649),
    muted: tone(Color::Gray, 0x00b4_b8bf),
    leader: tone(Color::Green, 0x007e_e787),
    down: tone(Color::Red, 0x00ff_8780),
    good: tone(Color::Green, 0x007e_e787),
    bad: tone(Color::Red, 0x00ff_8780),
    accent: tone(Color::Cyan, 0x0076_d9e6),
};

const LIGHT: Tones = Tones {
    changed: tone(Color::Magenta, 0x008a_2a8f),
    muted: tone(Color::DarkGray, 0x0052_5960),
    leader: tone(Color::Blue, 0x000a_4fb0),
    down: tone(Color::Red, 0x00a8_1f18),
    good: tone(Color::Blue, 0x000a_4fb0),
    bad: tone(Color::Red, 0x00a8_1f18),
    accent: tone(Color::Blue, 0x000a_4fb0),
};

/// The terminal's own foreground for all that is not marked: nothing is faint.
const HIGH_CONTRAST: Tones = Tones {
    changed: tone(Color::LightYellow, 0x00ff_e07a),
    muted: None,
    leader: tone(Color::LightGreen, 0x009c_f0a4),
    down: tone(Color::LightRed, 0x00ff_bab4),
    good: tone(Color::LightGreen, 0x009c_f0a4),
    bad: tone(Color::LightRed, 0x00ff_bab4),
    accent: tone(Color::LightCyan, 0x00a2_ecf5),
};

/// The same on a light background.
const HIGH_CONTRAST_LIGHT: Tones = Tones {
    changed: tone(Color::Magenta, 0x006a_006f),
    muted: None,
    leader: tone(Color::Blue, 0x0000_2f87),
    down: tone(Color::Red, 0x0087_0000),
    good: tone(Color::Blue, 0x0000_2f87),
    bad: tone(Color::Red, 0x0087_0000),
    accent: tone(Color::Blue, 0x0000_2f87),
};

/// Colours of a beamer are pale: two dark ones, and weight.
const PROJECTOR: Tones = Tones {
    changed: tone(Color::Red, 0x00a8_1f18),
    muted: None,
    leader: None,
    down: tone(Color::Red, 0x00a8_1f18),
    good: None,
    bad: tone(Color::Red, 0x00a8_1f18),
    accent: tone(Color::Blue, 0x000a_4fb0),
};

/// The same where the terminal is known to be dark: on black the dark ones could not be seen.
const PROJECTOR_DARK: Tones = Tones {
    changed: HIGH_CONTRAST.changed,
    muted: None,
    leader: None,
    down: HIGH_CONTRAST.down,
    good: None,
    bad: HIGH_CONTRAST.bad,
    accent: HIGH_CONTRAST.accent,
};

impl Palette {
    /// What this model's screen is drawn with.
    pub fn of_model(model: &Model) -> Self {
        let colors = model.colors();
        let light = match (model.theme(), model.background_is_light()) {
            // Made for dark on light, as long as nothing is known to speak against it.
            (Theme::Projector, known) => known != Some(false),
            (_, known) => known == Some(true),
        };
        let palette = Self::of(model.theme(), colors, light);
        match model.theme_patch() {
            Some(patch) if colors != Colors::None && model.theme() != Theme::Mono => {
                palette.patched(&patch.looks, colors)
            }
            _ => palette,
        }
    }

    /// The slots of this theme on a terminal of so many colours. Only two themes depend on the background: the others are
    /// made for one.
    pub fn of(theme: Theme, colors: Colors, light: bool) -> Self {
        let tones = match theme {
            _ if colors == Colors::None => return MONO,
            Theme::Mono => return MONO,
            Theme::Dark => DARK,
            Theme::Light => LIGHT,
            Theme::HighContrast if light => HIGH_CONTRAST_LIGHT,
            Theme::HighContrast => HIGH_CONTRAST,
            Theme::Projector if light => PROJECTOR,
            Theme::Projector => PROJECTOR_DARK,
        };
        let weighty = matches!(theme, Theme::HighContrast | Theme::Projector);
        let inked = |style: Style, tone: Option<Tone>| match tone {
            None => style,
            Some(tone) => style.fg(tone.at(colors)),
        };
        Self {
            changed: inked(MONO.changed, tones.changed),
            selected: MONO.selected,
            muted: inked(MONO.muted, tones.muted),
            leader: inked(MONO.leader, tones.leader),
            down: inked(if weighty { Style::new().bold() } else { Style::new() }, tones.down),
            good: inked(if theme == Theme::HighContrast { MONO.strong } else { MONO.good }, tones.good),
            bad: inked(MONO.bad, tones.bad),
            accent: inked(MONO.accent, tones.accent),
            strong: MONO.strong,
        }
    }

    /// The same with a user's changes.
    fn patched(mut self, looks: &Slots<Look>, colors: Colors) -> Self {
        let Slots { changed, selected, muted, leader, down, good, bad, accent, strong } = looks;
        for (style, look) in [
            (&mut self.changed, changed),
            (&mut self.selected, selected),
            (&mut self.muted, muted),
            (&mut self.leader, leader),
            (&mut self.down, down),
            (&mut self.good, good),
            (&mut self.bad, bad),
            (&mut self.accent, accent),
            (&mut self.strong, strong),
        ] {
            if let Some(ink) = look.color {
                style.fg = Some(color_of(ink, colors));
            }
            for (wish, modifier) in [
                (look.bold, Modifier::BOLD),
                (look.underlined, Modifier::UNDERLINED),
                (look.reversed, Modifier::REVERSED),
                (look.dim, Modifier::DIM),
            ] {
                *style = match wish {
                    None => *style,
                    Some(true) => style.add_modifier(modifier),
                    Some(false) => style.remove_modifier(modifier),
                };
            }
        }
        self
    }
}

impl Tone {
    fn at(self, colors: Colors) -> Color {
        let Self(own, rgb) = self;
        let [_, red, green, blue] = rgb.to_be_bytes();
        match colors {
            Colors::None => Color::Reset,
            Colors::Sixteen => own,
            Colors::Indexed => Color::Indexed(nearest((red, green, blue), 16..=255)),
            Colors::True => Color::Rgb(red, green, blue),
        }
    }
}

/// A user's colour, or what comes nearest to it on this terminal.
fn color_of(ink: Ink, colors: Colors) -> Color {
    match (ink, colors) {
        (Ink::Own, _) | (_, Colors::None) => Color::Reset,
        (Ink::Indexed(at @ 16..), Colors::Sixteen) => Color::Indexed(nearest(rgb_of(at), 0..=15)),
        (Ink::Rgb(red, green, blue), Colors::Sixteen) => Color::Indexed(nearest((red, green, blue), 0..=15)),
        (Ink::Rgb(red, green, blue), Colors::Indexed) => Color::Indexed(nearest((red, green, blue), 16..=255)),
        (Ink::Rgb(red, green, blue), Colors::True) => Color::Rgb(red, green, blue),
        (Ink::Indexed(at), _) => Color::Indexed(at),
    }
}

type Rgb = (u8, u8, u8);

/// The colour of the table of 256 that comes nearest, among these.
fn nearest((red, green, blue): Rgb, among: std::ops::RangeInclusive<u8>) -> u8 {
    let apart = |one: u8, other: u8| u32::from(one.abs_diff(other)).pow(2);
    let distance = |at: &u8| {
        let (r, g, b) = rgb_of(*at);
        apart(r, red) + apart(g, green) + apart(b, blue)
    };
    let first = *among.start();
    among.min_by_key(distance).unwrap_or(first)
}

/// Red, green and blue of a colour of the usual table of 256.
fn rgb_of(at: u8) -> Rgb {
    const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let level = |at: u8| CUBE[usize::from(at % 6)];
    match at {
        0 => (0, 0, 0),
        7 => (229, 229, 229),
        8 => (127, 127, 127),
        15 => (255, 255, 255),
        1..=6 => bits(at, 205),
        9..=14 => bits(at - 8, 255),
        16..=231 => (level((at - 16) / 36), level((at - 16) / 6), level(at - 16)),
        232.. => {
            let gray = 8 + 10 * (at - 232);
            (gray, gray, gray)
        }
    }
}

/// The colour of which each bit is one of red, green and blue.
fn bits(at: u8, full: u8) -> Rgb {
    let part = |bit: u8| if at & bit == 0 { 0 } else { full };
    (part(1), part(2), part(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Backgrounds that terminals come with.
    const DARK_ONES: [Rgb; 4] = [(0, 0, 0), (30, 30, 30), (40, 44, 52), (0, 43, 54)];
    const LIGHT_ONES: [Rgb; 3] = [(255, 255, 255), (253, 246, 227), (238, 238, 238)];

    fn luminance((red, green, blue): Rgb) -> f64 {
        let part = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
    }

    fn contrast(one: Rgb, other: Rgb) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// Reversed, foreground and background change places: the contrast is the same.
    #[test]
    fn every_colour_of_every_theme_is_read_on_the_background_that_it_is_made_for() {
        let table = [
            (Theme::Dark, false, 4.5),
            (Theme::Light, true, 4.5),
            (Theme::Projector, true, 4.5),
            (Theme::Projector, false, 7.0),
            (Theme::HighContrast, false, 7.0),
            (Theme::HighContrast, true, 7.0),
        ];
        for (theme, light, least) in table {
            for colors in [Colors::Indexed, Colors::True] {
                let palette = Palette::of(theme, colors, light);
                let Palette { changed, selected, muted, leader, down, good, bad, accent, strong } = palette;
                for style in [changed, selected, muted, leader, down, good, bad, accent, strong] {
                    assert_eq!(style.bg, None, "the background is the terminal's own");
                    let ink = match style.fg {
                        None => continue,
                        Some(Color::Rgb(red, green, blue)) => (red, green, blue),
                        Some(Color::Indexed(at)) => rgb_of(at),
                        Some(other) => panic!("{other} is the terminal's own"),
                    };
                    for paper in if light { &LIGHT_ONES[..] } else { &DARK_ONES[..] } {
                        let found = contrast(ink, *paper);
                        assert!(found >= least, "{theme:?} {colors:?} {ink:?} on {paper:?}: {found:.2}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_projector_theme_is_made_for_a_light_background_unless_it_is_known_to_be_dark() {
        let of = |light: Option<bool>| {
            let model = Model::home(Vec::new()).with_theme(Theme::Projector).with_colors(Colors::True);
            Palette::of_model(&model.with_background(light))
        };
        assert_eq!(of(None), of(Some(true)));
        assert_ne!(of(None), of(Some(false)));
    }

    #[test]
    fn the_nearest_colour_of_the_table_is_found() {
        assert_eq!(nearest((255, 175, 0), 16..=255), 214);
        assert_eq!(nearest((128, 128, 128), 16..=255), 244);
        assert_eq!(nearest((250, 10, 10), 0..=15), 9);
        for at in 16..=231 {
            assert_eq!(nearest(rgb_of(at), 16..=255), at);
        }
    }

    #[test]
    fn a_user_changes_what_is_named_only() {
        let looks = Slots {
            muted: Look { color: Some(Ink::Rgb(255, 175, 0)), bold: Some(true), ..Look::default() },
            ..Slots::default()
        };
        let before = Palette::of(Theme::Dark, Colors::Indexed, false);
        let after = before.patched(&looks, Colors::Indexed);
        assert_eq!(after.muted, before.muted.fg(Color::Indexed(214)).bold());
        assert_eq!(Palette { muted: before.muted, ..after }, before);
    }
}
