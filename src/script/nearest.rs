//! The nearest name to a mistyped one.

/// Beyond this many characters no distance is computed: it grows with the square.
const LONGEST: usize = 200;

/// The name that was probably meant: at most a third of what was typed differs, case aside.
pub(crate) fn nearest<'a>(found: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_within(found, names, (found.chars().count() / 3).max(1))
}

/// The name with the fewest edits, if these are at most so many. Of equally near ones the first.
pub(crate) fn nearest_within<'a>(
    found: &str,
    names: impl IntoIterator<Item = &'a str>,
    most: usize,
) -> Option<&'a str> {
    let found: Vec<char> = found.to_lowercase().chars().take(LONGEST).collect();
    let distances = names.into_iter().map(|name| (distance(&found, name), name));
    distances.filter(|(edits, _)| *edits <= most).min_by_key(|(edits, _)| *edits).map(|(_, name)| name)
}

/// How many characters must be inserted, removed or replaced (Levenshtein), case aside.
fn distance(found: &[char], name: &str) -> usize {
    let mut row: Vec<usize> = (0..=found.len()).collect();
    for (i, wanted) in name.to_lowercase().chars().take(LONGEST).enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, typed) in found.iter().enumerate() {
            let replaced = diagonal + usize::from(*typed != wanted);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[found.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_its_name_and_nonsense_finds_none() {
        let verbs = ["deliver", "drop", "elect"];
        assert_eq!(nearest("delivr", verbs), Some("deliver"));
        assert_eq!(nearest("Elect", verbs), Some("elect"));
        assert_eq!(nearest("dorp", verbs), None);
        assert_eq!(nearest_within("dorp", verbs, 2), Some("drop"));
        assert_eq!(nearest("explode", verbs), None);
        assert_eq!(nearest("", verbs), None);
    }

    #[test]
    fn the_distance_is_levenshteins() {
        for (a, b, edits) in [("kitten", "sitting", 3), ("", "abc", 3), ("same", "same", 0)] {
            assert_eq!(distance(&a.chars().collect::<Vec<_>>(), b), edits, "{a} {b}");
        }
    }
}
