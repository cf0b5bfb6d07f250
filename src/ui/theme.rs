//! What the themes look like: semantic slots, never a colour for its own sake. Every slot but `muted` also has a weight
//! (bold, reverse, underline), and whatever it marks has a glyph or a word as well.
//!
//! A theme is made for a dark or for a light ground. On a terminal that has the other one, or does not say which it has,
//! it brings its own: nobody can choose a theme that cannot be read. So it does on a ground that is neither.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use crate::app::{Colors, Model, Rgb, Theme, contrast};
use crate::script::{Ink, Look, Slots};

/// A theme's slots. The base is the ground.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Palette {
    /// The ink and the paper, where the terminal's own will not do.
    pub ground: Option<(Color, Color)>,
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
    ground: None,
    changed: Style::new().bold().underlined(),
    selected: Style::new().reversed(),
    muted: Style::new(),
    leader: Style::new().bold(),
    down: Style::new().bold(),
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

/// Ink and paper of a theme that brings its own.
const LIGHT_GROUND: (Tone, Tone) = (Tone(Color::Black, 0x001f_2328), Tone(Color::White, 0x00ff_ffff));
const DARK_GROUND: (Tone, Tone) = (Tone(Color::White, 0x00e6_e6e6), Tone(Color::Black, 0x0000_0000));

/// Of the 16, dark red and dark yellow, which is brown, are hard to read on black.
const DARK: Tones = Tones {
    changed: tone(Color::LightYellow, 0x00f0_c649),
    muted: tone(Color::Gray, 0x00b4_b8bf),
    leader: tone(Color::Green, 0x007e_e787),
    down: tone(Color::LightRed, 0x00ff_8780),
    good: tone(Color::Green, 0x007e_e787),
    bad: tone(Color::LightRed, 0x00ff_8780),
    accent: tone(Color::Cyan, 0x0076_d9e6),
};

/// Of the 16, gray is hard to read on white: `Reset` is the ink itself.
const LIGHT: Tones = Tones {
    changed: tone(Color::Magenta, 0x008a_2a8f),
    muted: tone(Color::Reset, 0x0052_5960),
    leader: tone(Color::Blue, 0x000a_4fb0),
    down: tone(Color::Red, 0x00a8_1f18),
    good: tone(Color::Blue, 0x000a_4fb0),
    bad: tone(Color::Red, 0x00a8_1f18),
    accent: tone(Color::Blue, 0x000a_4fb0),
};

/// On a ground that may be light or dark: the terminal's own foreground, and few colours that stand out from both.
const EITHER: Tones = Tones {
    changed: tone(Color::Reset, 0x00af_5faf),
    muted: None,
    leader: tone(Color::Reset, 0x0000_875f),
    down: tone(Color::LightRed, 0x00d7_5f5f),
    good: tone(Color::Reset, 0x0000_875f),
    bad: tone(Color::LightRed, 0x00d7_5f5f),
    accent: tone(Color::LightBlue, 0x0000_87af),
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

/// Colours of a beamer are pale: three dark ones, and weight. Red is what is wrong, and nothing else: news is purple, so
/// that who took the step is seen from the last row.
const PROJECTOR: Tones = Tones {
    changed: tone(Color::Magenta, 0x006a_006f),
    muted: None,
    leader: None,
    down: tone(Color::Red, 0x00a8_1f18),
    good: None,
    bad: tone(Color::Red, 0x00a8_1f18),
    accent: tone(Color::Blue, 0x000a_4fb0),
};

impl Palette {
    /// What this model's screen is drawn with.
    pub fn of_model(model: &Model) -> Self {
        let colors = model.colors();
        // A ground on which its colours would be faint is none for the theme.
        let known = model.background_is_light().filter(|light| {
            let told = model.background();
            told.is_none_or(|ground| is_read_on(ground, model.theme(), colors, *light))
        });
        let palette = match known {
            _ if model.theme_is_in_doubt() => Self::of_either(colors),
            // The terminal may still say.
            None if model.theme_is_guess() => Self { ground: None, ..Self::of(model.theme(), colors, known) },
            _ => Self::of(model.theme(), colors, known),
        };
        match model.theme_patch() {
            Some(patch) if colors != Colors::None && model.theme() != Theme::Mono => {
                palette.patched(&patch.looks, colors)
            }
            _ => palette,
        }
    }

    /// The slots of this theme on a terminal of so many colours, of which it may be known whether it is light.
    pub fn of(theme: Theme, colors: Colors, known: Option<bool>) -> Self {
        let (tones, light) = match tones_of(theme, known) {
            Some(found) if colors != Colors::None => found,
            _ => return MONO,
        };
        let (ink, paper) = if light { LIGHT_GROUND } else { DARK_GROUND };
        let ground = (known != Some(light)).then(|| (ink.at(colors), paper.at(colors)));
        let palette = Self { ground, ..Self::toned(tones, colors) };
        let good = if theme == Theme::HighContrast { palette.good.bold() } else { palette.good };
        let down = match theme {
            Theme::HighContrast | Theme::Projector => palette.down.bold(),
            _ => palette.down,
        };
        Self { down, good, ..palette }
    }

    /// The slots on a terminal of so many colours that does not say whether it is light, of a theme that nobody chose.
    fn of_either(colors: Colors) -> Self {
        if colors == Colors::None { MONO } else { Self::toned(EITHER, colors) }
    }

    /// The slots in these tones, on the terminal's own ground.
    fn toned(tones: Tones, colors: Colors) -> Self {
        let inked = |style: Style, tone: Option<Tone>| match tone {
            None => style,
            Some(tone) => style.fg(tone.at(colors)),
        };
        Self {
            ground: None,
            changed: inked(MONO.changed, tones.changed),
            selected: MONO.selected,
            muted: inked(MONO.muted, tones.muted),
            leader: inked(MONO.leader, tones.leader),
            down: inked(Style::new(), tones.down),
            good: inked(MONO.good, tones.good),
            bad: inked(MONO.bad, tones.bad),
            accent: inked(MONO.accent, tones.accent),
            strong: MONO.strong,
        }
    }

    /// Puts the ground under what is drawn, where it needs one.
    pub(crate) fn lay_ground(&self, area: Rect, buf: &mut Buffer) {
        let Some((ink, paper)) = self.ground else { return };
        for position in area.intersection(buf.area).positions() {
            let cell = &mut buf[position];
            if cell.fg == Color::Reset {
                cell.fg = ink;
            }
            if cell.bg == Color::Reset {
                cell.bg = paper;
            }
        }
    }

    /// What a process holds that is down; only this is faint where there is no colour, not the word that says so.
    pub(crate) fn in_down(&self) -> Style {
        if self.down.fg.is_some() { self.down } else { Style::new().dim() }
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

/// The tones of a theme, and whether they are for a light ground.
fn tones_of(theme: Theme, known: Option<bool>) -> Option<(Tones, bool)> {
    Some(match theme {
        Theme::Mono => return None,
        Theme::Dark => (DARK, false),
        Theme::Light => (LIGHT, true),
        Theme::HighContrast if known == Some(true) => (HIGH_CONTRAST_LIGHT, true),
        Theme::HighContrast => (HIGH_CONTRAST, false),
        Theme::Projector => (PROJECTOR, true),
    })
}

/// Whether all the tones of a theme are read on this ground, which is light or dark. Which colours the 16 are is the
/// terminal's affair: they count as what they stand for.
fn is_read_on(ground: Rgb, theme: Theme, colors: Colors, light: bool) -> bool {
    let least = if theme == Theme::HighContrast { 7.0 } else { 4.5 };
    let Some((tones, _)) = tones_of(theme, Some(light)) else { return true };
    let Tones { changed, muted, leader, down, good, bad, accent } = tones;
    let mut all = [changed, muted, leader, down, good, bad, accent].into_iter().flatten();
    all.all(|tone| contrast(tone.rgb(colors), ground) >= least)
}

impl Tone {
    /// What is seen of it.
    fn rgb(self, colors: Colors) -> Rgb {
        if let Color::Indexed(at) = self.at(colors) {
            return rgb_of(at);
        }
        let [_, rgb @ ..] = self.1.to_be_bytes();
        rgb
    }

    fn at(self, colors: Colors) -> Color {
        let Self(own, rgb) = self;
        let [_, red, green, blue] = rgb.to_be_bytes();
        match colors {
            Colors::None => Color::Reset,
            Colors::Sixteen => own,
            Colors::Indexed => Color::Indexed(nearest_of_256([red, green, blue])),
            Colors::True => Color::Rgb(red, green, blue),
        }
    }
}

/// A user's colour, or what comes nearest to it on this terminal.
fn color_of(ink: Ink, colors: Colors) -> Color {
    match (ink, colors) {
        (Ink::Own, _) | (_, Colors::None) => Color::Reset,
        (Ink::Indexed(at), Colors::Sixteen) => one_of_16(if at < 16 { at } else { nearest(rgb_of(at), 0..=15) }),
        (Ink::Rgb(red, green, blue), Colors::Sixteen) => one_of_16(nearest([red, green, blue], 0..=15)),
        (Ink::Rgb(red, green, blue), Colors::Indexed) => Color::Indexed(nearest_of_256([red, green, blue])),
        (Ink::Rgb(red, green, blue), Colors::True) => Color::Rgb(red, green, blue),
        (Ink::Indexed(at), _) => Color::Indexed(at),
    }
}

/// One of the 16 by its number, in the form that terminals know that have no more.
fn one_of_16(at: u8) -> Color {
    const ALL: [Color; 16] = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    ALL[usize::from(at % 16)]
}

/// The colour of the table of 256 that comes nearest, among these.
fn nearest([red, green, blue]: Rgb, among: impl IntoIterator<Item = u8>) -> u8 {
    let apart = |one: u8, other: u8| u32::from(one.abs_diff(other)).pow(2);
    let distance = |at: &u8| {
        let [r, g, b] = rgb_of(*at);
        apart(r, red) + apart(g, green) + apart(b, blue)
    };
    among.into_iter().min_by_key(distance).unwrap_or_default()
}

/// The same among those that every terminal with 256 shows alike: of the cube only one can be it.
fn nearest_of_256([red, green, blue]: Rgb) -> u8 {
    let level = |part: u8| (0..6).min_by_key(|at| CUBE[usize::from(*at)].abs_diff(part)).unwrap_or_default();
    let of_cube = 16 + 36 * level(red) + 6 * level(green) + level(blue);
    nearest([red, green, blue], [of_cube].into_iter().chain(232..=255))
}

/// The parts of a colour in the cube of the table of 256.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// Red, green and blue of a colour of the usual table of 256.
fn rgb_of(at: u8) -> Rgb {
    let level = |at: u8| CUBE[usize::from(at % 6)];
    match at {
        0 => [0, 0, 0],
        7 => [229, 229, 229],
        8 => [127, 127, 127],
        15 => [255, 255, 255],
        1..=6 => bits(at, 205),
        9..=14 => bits(at - 8, 255),
        16..=231 => [level((at - 16) / 36), level((at - 16) / 6), level(at - 16)],
        232.. => {
            let gray = 8 + 10 * (at - 232);
            [gray; 3]
        }
    }
}

/// The colour of which each bit is one of red, green and blue.
fn bits(at: u8, full: u8) -> Rgb {
    let part = |bit: u8| if at & bit == 0 { 0 } else { full };
    [1, 2, 4].map(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Msg;

    /// Grounds that terminals come with.
    const DARK_ONES: [Rgb; 4] = [[0, 0, 0], [30, 30, 30], [40, 44, 52], [0, 43, 54]];
    const LIGHT_ONES: [Rgb; 3] = [[255, 255, 255], [253, 246, 227], [238, 238, 238]];

    /// The 16 colours as the Linux console, xterm, Windows and an editor have them, in their order.
    const SIXTEEN: [[u32; 16]; 4] = [
        [
            0x00_0000, 0xaa_0000, 0x00_aa00, 0xaa_5500, 0x00_00aa, 0xaa_00aa, 0x00_aaaa, 0xaa_aaaa, 0x55_5555,
            0xff_5555, 0x55_ff55, 0xff_ff55, 0x55_55ff, 0xff_55ff, 0x55_ffff, 0xff_ffff,
        ],
        [
            0x00_0000, 0xcd_0000, 0x00_cd00, 0xcd_cd00, 0x00_00ee, 0xcd_00cd, 0x00_cdcd, 0xe5_e5e5, 0x7f_7f7f,
            0xff_0000, 0x00_ff00, 0xff_ff00, 0x5c_5cff, 0xff_00ff, 0x00_ffff, 0xff_ffff,
        ],
        [
            0x0c_0c0c, 0xc5_0f1f, 0x13_a10e, 0xc1_9c00, 0x00_37da, 0x88_1798, 0x3a_96dd, 0xcc_cccc, 0x76_7676,
            0xe7_4856, 0x16_c60c, 0xf9_f1a5, 0x3b_78ff, 0xb4_009e, 0x61_d6d6, 0xf2_f2f2,
        ],
        [
            0x00_0000, 0xcd_3131, 0x0d_bc79, 0xe5_e510, 0x24_72c8, 0xbc_3fbc, 0x11_a8cd, 0xe5_e5e5, 0x66_6666,
            0xf1_4c4c, 0x23_d18b, 0xf5_f543, 0x3b_8eea, 0xd6_70d6, 0x29_b8db, 0xff_ffff,
        ],
    ];

    fn rgb(value: u32) -> Rgb {
        let [_, rgb @ ..] = value.to_be_bytes();
        rgb
    }

    /// What a terminal with these 16 colours shows.
    fn shown(color: Color, sixteen: &[u32; 16], own: Rgb) -> Rgb {
        match color {
            Color::Reset => own,
            Color::Rgb(red, green, blue) => [red, green, blue],
            Color::Indexed(at) => rgb_of(at),
            other => rgb(sixteen[(0..16).position(|at| one_of_16(at) == other).unwrap()]),
        }
    }

    /// Every slot of a palette as text on its ground, on a terminal of this ink, paper and 16 colours.
    fn least_contrast(palette: &Palette, sixteen: &[u32; 16], (ink, paper): (Rgb, Rgb)) -> f64 {
        let mut buf = Buffer::empty(Rect::new(0, 0, 10, 1));
        let Palette { changed, selected, muted, leader, down, good, bad, accent, strong, .. } = *palette;
        let all = [changed, selected, muted, leader, down, good, bad, accent, strong, Style::new()];
        for (x, style) in (0..).zip(all) {
            assert_eq!(style.bg, None, "the ground is under all");
            buf.set_string(x, 0, "x", style);
        }
        palette.lay_ground(buf.area, &mut buf);
        // Reversed, they change places: the contrast is the same.
        let found =
            buf.content.iter().map(|cell| contrast(shown(cell.fg, sixteen, ink), shown(cell.bg, sixteen, paper)));
        found.fold(f64::MAX, f64::min)
    }

    const DEPTHS: [Colors; 3] = [Colors::Sixteen, Colors::Indexed, Colors::True];

    #[test]
    fn every_theme_is_read_on_every_ground_whether_the_terminal_says_which_it_is_or_not() {
        let grounds = DARK_ONES.iter().map(|paper| (rgb(0xe5_e5e5), *paper, false));
        for (ink, paper, light) in grounds.chain(LIGHT_ONES.iter().map(|paper| ([0; 3], *paper, true))) {
            for known in [Some(light), None] {
                for theme in Theme::ALL.into_iter().filter(|theme| *theme != Theme::Mono) {
                    for colors in DEPTHS {
                        let palette = Palette::of(theme, colors, known);
                        // What the 16 look like is the terminal's affair, on grounds that go with them.
                        let tables = if paper == [0; 3] || paper == [255; 3] { &SIXTEEN[..] } else { &[] };
                        let tables = if colors == Colors::Sixteen { tables } else { &SIXTEEN[..1] };
                        let least = if theme == Theme::HighContrast && colors != Colors::Sixteen { 7.0 } else { 4.5 };
                        for sixteen in tables {
                            let found = least_contrast(&palette, sixteen, (ink, paper));
                            assert!(found >= least, "{theme:?} {colors:?} {known:?} on {paper:?}: {found:.2}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn every_theme_is_read_on_whatever_ground_the_terminal_says_it_has() {
        // Every grey, and colours out of a hat.
        let greys = (0..=255).map(|part| [part; 3]);
        let drawn = (1..500_u32).map(|nth| {
            let [_, red, green, blue] = nth.wrapping_mul(0x9e37_79b9).to_be_bytes();
            [red, green, blue]
        });
        for (ground, theme) in greys.chain(drawn).flat_map(|ground| Theme::ALL.map(|theme| (ground, theme))) {
            if theme == Theme::Mono {
                continue;
            }
            for colors in DEPTHS {
                let mut model = Model::home(Vec::new()).with_colors(colors).with_theme(theme);
                let _ = crate::app::update(&mut model, Msg::Background(ground));
                let palette = Palette::of_model(&model);
                // The terminal's own ink is its own affair; one of these is read on any ground.
                let [black, white] = [[0; 3], [255; 3]];
                let ink = if contrast(black, ground) > contrast(white, ground) { black } else { white };
                // And so are its 16 colours, on its own ground.
                let tables = match colors {
                    Colors::Sixteen if palette.ground.is_some() => &SIXTEEN[..],
                    Colors::Sixteen => &[],
                    _ => &SIXTEEN[..1],
                };
                let least = if theme == Theme::HighContrast && colors != Colors::Sixteen { 7.0 } else { 4.5 };
                for sixteen in tables {
                    let found = least_contrast(&palette, sixteen, (ink, ground));
                    assert!(found >= least, "{theme:?} {colors:?} on {ground:?}: {found:.2}");
                }
            }
        }
        let own = |ground| {
            let mut model = Model::home(Vec::new()).with_colors(Colors::True).with_guessed_theme(Theme::Dark);
            let _ = crate::app::update(&mut model, Msg::Background(ground));
            (model.theme(), Palette::of_model(&model).ground.is_some())
        };
        for (ground, light) in DARK_ONES.map(|one| (one, false)).into_iter().chain(LIGHT_ONES.map(|one| (one, true))) {
            let theme = if light { Theme::Light } else { Theme::Dark };
            assert_eq!(own(ground), (theme, false), "{ground:?} is left as it is");
        }
        for grey in [0x5f, 0x80, 0xc0] {
            assert!(own([grey; 3]).1, "{grey:x} is not");
        }
    }

    #[test]
    fn who_neither_chose_a_theme_nor_has_a_terminal_that_tells_its_ground_reads_it_on_any() {
        for colors in DEPTHS {
            let model = Model::home(Vec::new()).with_colors(colors).with_guessed_theme(Theme::Dark);
            let before = Palette::of_model(&model);
            let mut model = model;
            let _ = crate::app::update(&mut model, Msg::Untold);
            let palette = Palette::of_model(&model);
            assert_eq!((palette.ground, palette.muted.fg), (None, None), "borders and what waits are in its own ink");
            assert_ne!(palette, before);
            let dark = DARK_ONES.iter().map(|paper| ([0xe5; 3], *paper));
            for ground in dark.chain(LIGHT_ONES.iter().map(|paper| ([0; 3], *paper))) {
                let tables = if matches!(ground.1, [0, 0, 0] | [255, 255, 255]) { &SIXTEEN[..] } else { &SIXTEEN[..1] };
                let tables = if colors == Colors::Sixteen { tables } else { &SIXTEEN[..1] };
                for sixteen in tables {
                    let found = least_contrast(&palette, sixteen, ground);
                    let is_own_affair = colors == Colors::Sixteen && !matches!(ground.1, [0, 0, 0] | [255, 255, 255]);
                    assert!(found >= if is_own_affair { 2.5 } else { 3.0 }, "{colors:?} {ground:?}: {found:.2}");
                }
            }
            // Late is better than never.
            let _ = crate::app::update(&mut model, Msg::Background([255; 3]));
            assert_eq!(Palette::of_model(&model), Palette::of(Theme::Light, colors, Some(true)));
        }
        let mut chosen = Model::home(Vec::new()).with_colors(Colors::True).with_theme(Theme::Dark);
        let before = Palette::of_model(&chosen);
        let _ = crate::app::update(&mut chosen, Msg::Untold);
        assert_eq!(Palette::of_model(&chosen), before, "who chose a theme gets it");
    }

    #[test]
    fn a_theme_brings_its_ground_only_where_the_terminals_own_will_not_do() {
        for (theme, light) in [(Theme::Dark, false), (Theme::Light, true), (Theme::Projector, true)] {
            let ground = |known| Palette::of(theme, Colors::True, known).ground;
            assert_eq!(ground(Some(light)), None, "{theme:?}");
            assert_ne!(ground(Some(!light)), None, "{theme:?}");
            assert_eq!(ground(None), ground(Some(!light)), "{theme:?}");
        }
        let model = || Model::home(Vec::new()).with_colors(Colors::True);
        assert_eq!(Palette::of_model(&model().with_guessed_theme(Theme::Dark)).ground, None, "nobody chose it");
        assert_ne!(Palette::of_model(&model().with_theme(Theme::Dark)).ground, None);
        assert_eq!(Palette::of(Theme::Mono, Colors::True, None).ground, None);
        assert_eq!(Palette::of(Theme::Light, Colors::None, None).ground, None);
    }

    /// On a wall all that is red is read as an error.
    #[test]
    fn for_a_projector_what_is_new_is_not_red() {
        let palette = Palette::of(Theme::Projector, Colors::True, Some(true));
        let hue = |style: Style| match style.fg {
            Some(Color::Rgb(red, _, blue)) => (red > blue, blue > red),
            other => panic!("{other:?}"),
        };
        assert_eq!(hue(palette.changed), (false, true));
        assert_eq!(hue(palette.bad), (true, false));
    }

    #[test]
    fn the_nearest_colour_of_the_table_is_found() {
        assert_eq!(nearest_of_256([255, 175, 0]), 214);
        assert_eq!(nearest_of_256([128; 3]), 244);
        assert_eq!(nearest([250, 10, 10], 0..=15), 9);
        assert_eq!(color_of(Ink::Rgb(250, 10, 10), Colors::Sixteen), Color::LightRed);
        assert_eq!(color_of(Ink::Indexed(3), Colors::Sixteen), Color::Yellow);
        for at in 16..=231 {
            assert_eq!(nearest_of_256(rgb_of(at)), at);
        }
        let parts = || (0..=255).step_by(15);
        for rgb in parts().flat_map(|red| parts().flat_map(move |green| parts().map(move |blue| [red, green, blue]))) {
            assert_eq!(nearest_of_256(rgb), nearest(rgb, 16..=255), "{rgb:?}");
        }
    }

    #[test]
    fn a_user_changes_what_is_named_only() {
        let looks = Slots {
            muted: Look { color: Some(Ink::Rgb(255, 175, 0)), bold: Some(true), ..Look::default() },
            ..Slots::default()
        };
        let before = Palette::of(Theme::Dark, Colors::Indexed, Some(false));
        let after = before.patched(&looks, Colors::Indexed);
        assert_eq!(after.muted, before.muted.fg(Color::Indexed(214)).bold());
        assert_eq!(Palette { muted: before.muted, ..after }, before);
    }
}
