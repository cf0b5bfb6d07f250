//! How well a colour is read on another one, as the Web's guidelines work it out.

/// Red, green and blue.
pub type Rgb = [u8; 3];

/// From 1, the same, to 21, black on white. Text is read from 4.5 on.
pub(crate) fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Whether dark letters are read better on this colour than light ones.
pub(crate) fn is_light(color: Rgb) -> bool {
    contrast(color, [0; 3]) > contrast(color, [255; 3])
}

fn luminance(color: Rgb) -> f64 {
    let [red, green, blue] = color.map(|value| {
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        let table = [([0, 0, 0], 21.0), ([255, 255, 255], 1.0), ([0x76, 0x76, 0x76], 4.54), ([255, 0, 0], 4.0)];
        for (color, expected) in table {
            let found = contrast(color, [255, 255, 255]);
            assert!((found - expected).abs() < 0.01, "{color:?}: {found}");
        }
    }

    #[test]
    fn a_ground_is_light_where_dark_letters_are_read_better() {
        // On the first two grays black and white are read about as well.
        let table = [([0x74; 3], false), ([0x77; 3], true), ([0, 43, 54], false), ([253, 246, 227], true)];
        for (color, expected) in table {
            assert_eq!(is_light(color), expected, "{color:?}");
        }
    }
}
