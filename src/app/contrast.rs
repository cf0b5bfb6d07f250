//! How well a colour is read on another one, as the Web's guidelines work it out.

/// Red, green and blue.
pub(super) type Rgb = (u8, u8, u8);

/// From 1, the same, to 21, black on white. Text is read from 4.5 on.
pub(super) fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance((red, green, blue): Rgb) -> f64 {
    let part = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        let table = [((0, 0, 0), 21.0), ((255, 255, 255), 1.0), ((0x76, 0x76, 0x76), 4.54), ((255, 0, 0), 4.0)];
        for (color, expected) in table {
            let found = contrast(color, (255, 255, 255));
            assert!((found - expected).abs() < 0.01, "{color:?}: {found}");
        }
    }
}
