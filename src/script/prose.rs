//! The little Markdown of lessons: `**bold**`, `` `code` ``, a blank line between paragraphs, and lists whose items begin
//! with `- `. What it looks like is not known here.

/// A piece of a paragraph.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Its text, without marks.
    pub text: String,
    /// How it is set off.
    pub style: Emphasis,
}

/// How a piece of a paragraph is set off.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(missing_docs)]
pub enum Emphasis {
    #[default]
    Plain,
    Bold,
    Code,
}

/// A paragraph, or an item of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Paragraph {
    /// Whether it is an item of a list.
    pub item: bool,
    /// Its text.
    pub pieces: Vec<Piece>,
}

const ITEM: &str = "- ";

/// An author's text with one line for each paragraph and item: where else they broke a line does not matter.
pub(super) fn joined(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut begins = true;
    for line in text.lines() {
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.is_empty() {
            begins = true;
            continue;
        }
        match lines.last_mut().filter(|_| !begins && !words.starts_with(ITEM)) {
            Some(last) => {
                last.push(' ');
                last.push_str(&words);
            }
            None => lines.push(words),
        }
        begins = false;
    }
    lines.join("\n")
}

/// The mark that is opened in one of these lines and not closed there.
pub(super) fn unclosed(text: &str) -> Option<&'static str> {
    text.lines().find_map(|line| match pieces(line).1 {
        Emphasis::Plain => None,
        Emphasis::Bold => Some("`**`"),
        Emphasis::Code => Some("a backtick"),
    })
}

/// What a text consists of.
pub fn paragraphs(text: &str) -> Vec<Paragraph> {
    let one = |line: &str| match line.strip_prefix(ITEM) {
        Some(item) => Paragraph { item: true, pieces: pieces(item).0 },
        None => Paragraph { item: false, pieces: pieces(line).0 },
    };
    text.lines().map(one).collect()
}

/// The text without its marks, for those who hear it or count its cells.
pub fn plain(text: &str) -> String {
    let line = |paragraph: Paragraph| {
        let text: String = paragraph.pieces.into_iter().map(|piece| piece.text).collect();
        if paragraph.item { format!("{ITEM}{text}") } else { text }
    };
    paragraphs(text).into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The pieces of a line, and what is still open at its end.
fn pieces(line: &str) -> (Vec<Piece>, Emphasis) {
    let mut all = Vec::new();
    let mut style = Emphasis::Plain;
    let mut rest = line;
    loop {
        // In code `**` is what it is.
        let marks: &[(&str, Emphasis)] = match style {
            Emphasis::Plain => &[("**", Emphasis::Bold), ("`", Emphasis::Code)],
            Emphasis::Bold => &[("**", Emphasis::Plain)],
            Emphasis::Code => &[("`", Emphasis::Plain)],
        };
        let found =
            marks.iter().filter_map(|(mark, next)| Some((rest.find(mark)?, *mark, *next))).min_by_key(|one| one.0);
        let (text, after) = match found {
            Some((at, mark, _)) => (&rest[..at], &rest[at + mark.len()..]),
            None => (rest, ""),
        };
        if !text.is_empty() {
            all.push(Piece { text: text.to_owned(), style });
        }
        let Some((_, _, next)) = found else { return (all, style) };
        style = next;
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_out_and_lines_joined() {
        let text = joined("One **big** rule:\n      - `p1a` first\n        then p1b\n      - 2 * 3\n\n  The end");
        assert_eq!(text, "One **big** rule:\n- `p1a` first then p1b\n- 2 * 3\nThe end");
        assert_eq!(plain(&text), "One big rule:\n- p1a first then p1b\n- 2 * 3\nThe end");
        let all = paragraphs(&text);
        assert_eq!(all.iter().map(|one| one.item).collect::<Vec<_>>(), [false, true, true, false]);
        assert_eq!(all[0].pieces[1], Piece { text: "big".to_owned(), style: Emphasis::Bold });
        assert_eq!(all[1].pieces[0], Piece { text: "p1a".to_owned(), style: Emphasis::Code });
    }

    #[test]
    fn a_mark_that_is_not_closed_is_found() {
        assert_eq!(unclosed("a `b` **c**"), None);
        assert_eq!(unclosed("a `b** c` d"), None);
        assert_eq!((unclosed("a `b"), unclosed("**a\nb**")), (Some("a backtick"), Some("`**`")));
    }
}
