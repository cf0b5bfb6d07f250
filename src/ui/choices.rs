//! A question with its choices: each whole where there is room, and none like another one where there is not.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::lesson::Question;

use super::Palette;
use super::prose;
use super::text::{cut, width, wrap_values};

/// A question from the longest form to the shortest: first it goes without what is said before it is asked, then without
/// what follows, too.
pub(super) fn forms(ask: &str) -> Vec<String> {
    let words: Vec<&str> = ask.split_whitespace().collect();
    let ends = |word: &&str| word.ends_with(['.', '?', '!']) || word.ends_with(".)");
    let sentences: Vec<String> = words.split_inclusive(ends).map(|words| words.join(" ")).collect();
    let last = sentences.len().saturating_sub(1);
    let asks = sentences.iter().rposition(|sentence| sentence.ends_with('?')).unwrap_or(last);
    let form = |from: usize, to: usize| {
        let [before, after] = [if from > 0 { "… " } else { "" }, if to < last { " …" } else { "" }];
        sentences.get(from..=to).map(|told| format!("{before}{}{after}", told.join(" ")))
    };
    let whole = (0..=asks).filter_map(|from| form(from, last));
    whole.chain((0..=asks).filter(|_| asks < last).filter_map(|from| form(from, asks))).collect()
}

/// The cells before a choice's words: its mark and its number.
const CHOICE_HEAD: usize = 4;

/// How a question is asked.
#[derive(Clone, Copy)]
pub(super) struct Asking {
    /// At most so many rows of the choices, but at least one of each.
    pub(super) rows: usize,
    /// In which of its forms it is asked.
    pub(super) form: usize,
    /// Its first line stands in the place of the title, which is narrower.
    pub(super) headed: bool,
}

/// A question with its choices in so many rows as they have, at least one each. `chosen`: the choice that is selected.
pub(super) fn asked(
    question: &Question,
    chosen: Option<usize>,
    cells: usize,
    asking: Asking,
    palette: &Palette,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if question.is_open() {
        let ask = if asking.form == 0 { None } else { forms(&question.ask).into_iter().nth(asking.form) };
        let cells = if asking.headed { cells.saturating_sub(2) } else { cells };
        lines.extend(prose::lines(ask.as_ref().unwrap_or(&question.ask), cells, palette.strong, palette));
    }
    let told = in_rows(&question.choices, asking.rows, cells.saturating_sub(CHOICE_HEAD));
    for (at, told) in told.into_iter().enumerate() {
        let (mark, style) = match (question.truth, question.given) {
            (None, _) if chosen == Some(at) => ('▸', palette.selected),
            (None, _) => (' ', Style::new()),
            (Some(truth), _) if truth == at => ('✓', palette.good.bold()),
            (Some(_), Some(given)) if given == at => ('✗', palette.bad.not_reversed()),
            // Once it is known, only what happens and what was guessed are of interest.
            (Some(_), _) => continue,
        };
        for (nth, text) in told.into_iter().enumerate() {
            let head = if nth == 0 { format!("{mark} {} ", at + 1) } else { "    ".to_owned() };
            lines.push(Line::from(vec![Span::styled(head, palette.accent.patch(style)), Span::styled(text, style)]));
        }
    }
    if let Some(verdict) = question.verdict.as_ref().filter(|_| !question.is_right()) {
        lines.extend(prose::lines(verdict, cells, palette.strong, palette));
    }
    lines
}

/// The choices in so many rows of so many cells, at least one each: as many as can be are whole, and what is left goes to
/// those of which the most is hidden.
fn in_rows(choices: &[Vec<String>], rows: usize, cells: usize) -> Vec<Vec<String>> {
    let whole: Vec<Vec<String>> = choices.iter().map(|choice| wrap_values(&choice.join("; "), cells)).collect();
    if whole.iter().map(Vec::len).sum::<usize>() <= rows {
        return whole;
    }
    let mut given = vec![1; whole.len()];
    for _ in whole.len()..rows {
        let lacks = |at: &usize| whole[*at].len().saturating_sub(given[*at]);
        let hidden = |at: &usize| whole[*at].iter().skip(given[*at]).map(|line| width(line)).sum::<usize>();
        let cut = (0..whole.len()).filter(|at| lacks(at) > 0);
        let Some(next) = cut.min_by_key(|at| (lacks(at), std::cmp::Reverse(hidden(at)))) else { break };
        given[next] += 1;
    }
    let short = in_one_line(choices, cells);
    let told = whole.into_iter().zip(short).zip(given).map(|((mut whole, short), given)| match given {
        _ if whole.len() <= given => whole,
        1 => vec![short],
        _ => {
            let rest = whole.split_off(given - 1).join(" ");
            whole.push(cut(&rest, cells));
            whole
        }
    });
    told.collect()
}

/// The choices, each in one line of so many cells: where two would read the same, what they have in common is left out
/// behind their first words, which always stand there.
fn in_one_line(choices: &[Vec<String>], cells: usize) -> Vec<String> {
    let parts: Vec<Vec<String>> = choices.iter().map(|choice| parts(choice)).collect();
    let one = |at: usize, skipped: usize| {
        if skipped == 0 {
            return cut(&parts[at].concat(), cells);
        }
        let (first, rest) =
            (parts[at].first().map_or("", String::as_str), parts[at].get(skipped..).unwrap_or_default());
        let head = if skipped > 1 { format!("{}… ", first.trim_end()) } else { first.to_owned() };
        behind(&head, first, &rest.concat(), cells)
    };
    let plain: Vec<String> = (0..choices.len()).map(|at| one(at, 0)).collect();
    let shared = |at: usize, other: usize| parts[at].iter().zip(&parts[other]).take_while(|(a, b)| a == b).count();
    let others = |at: usize| (0..choices.len()).filter(move |other| *other != at);
    let shortest = |at: usize| {
        let same: Vec<usize> = others(at).filter(|other| plain[*other] == plain[at]).collect();
        let most = same.iter().map(|other| shared(at, *other)).max().unwrap_or(0).min(parts[at].len() - 1);
        let differs = |skipped: &usize| same.iter().all(|other| one(*other, *skipped) != one(at, *skipped));
        let skipped = (0..=most).find(differs);
        skipped.map_or_else(|| from_difference(at, &same, &parts, cells), |skipped| one(at, skipped))
    };
    (0..choices.len()).map(shortest).collect()
}

/// What follows, behind as much of the first words as leaves it half of the cells.
fn behind(head: &str, first: &str, rest: &str, cells: usize) -> String {
    let head = if width(head) * 2 <= cells { head.to_owned() } else { format!("{} ", cut(first, cells / 2)) };
    cut(&format!("{head}{rest}"), cells)
}

/// A choice that differs from these others in its last words only: its first part, and those words.
fn from_difference(at: usize, same: &[usize], parts: &[Vec<String>], cells: usize) -> String {
    let words = |at: usize| parts[at].concat().split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let own = words(at);
    let shared = |other: &usize| own.iter().zip(&words(*other)).take_while(|(a, b)| a == b).count();
    let most = same.iter().map(shared).max().unwrap_or(0).min(own.len().saturating_sub(1));
    let first = parts[at].first().map_or("", String::as_str);
    behind(&format!("{}… ", first.trim_end()), first, &own.get(most..).unwrap_or_default().join(" "), cells)
}

/// A choice in its parts, each with what divides it from the next one: `active: false → true, `, `sends nothing`.
fn parts(choice: &[String]) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0_usize;
    for char in choice.join("; ").chars() {
        match char {
            '(' | '[' | '{' | '⟨' => depth += 1,
            ')' | ']' | '}' | '⟩' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let ends = char == ' ' && depth == 0 && parts.last().is_some_and(|part| part.ends_with([',', ';']));
        if let Some(part) = parts.last_mut() {
            part.push(char);
        }
        if ends {
            parts.push(String::new());
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Choices that are alike for long, and end apart: in a part of their own, in their last words, or one before another.
    const ALIKE: [&[&[&str]]; 3] = [
        &[
            &["it sends p2a for each of its proposals to every acceptor"],
            &["it sends p2a for each of its proposals to A0, A1, A2, R0, R1, sleeps"],
            &["it sends p2a for each of its proposals to A0, A1, A2, R0, R1, waits"],
        ],
        &[
            &["ballot_num: 0 → 0.0", "sends p1b(0.0, []) to L0"],
            &["ballot_num: 0 → 0.0", "sends p1b(0.0, []) to L0, L1"],
            &["ballot_num: 0 → 0.0", "sends nothing"],
        ],
        &[&["active: false → true, rival: 0.1 → none, scout 1.0 → none", "sends nothing"], &[""]],
    ];

    fn choices(of: &[&[&str]]) -> Vec<Vec<String>> {
        of.iter().map(|one| one.iter().map(|part| (*part).to_owned()).collect()).collect()
    }

    #[test]
    fn no_choice_reads_like_another_one_and_none_is_wider_than_its_room() {
        for alike in ALIKE {
            for cells in 1..100 {
                for rows in 1..8 {
                    let told = in_rows(&choices(alike), rows, cells);
                    assert!(told.iter().flatten().all(|line| width(line) <= cells), "{cells}: {told:?}");
                    let all_differ = told.iter().enumerate().all(|(at, one)| !told[..at].contains(one));
                    assert!(cells < 24 || all_differ, "{cells}: {told:?}");
                }
            }
        }
    }
}
