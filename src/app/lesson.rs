//! The seam to `teach`: what the stage takes from a lesson's player.

use crate::teach::Difficulty;
pub use crate::teach::{
    BeatView, GameView, Lit, Panel, Player, Question, QuizTerms, Row, Showed, Stuck, Table, Tally, Task, TaskState,
    Went,
};

/// The lesson's title.
pub fn title(player: &Player) -> &str {
    &player.lesson().title.text
}

/// What a quiz is called: with all that somebody needs to take the same one.
pub fn quiz_title(terms: QuizTerms) -> String {
    let role = terms.role.map(|role| format!(" {}s", role.name())).unwrap_or_default();
    let difficulty = if terms.difficulty == Difficulty::default() { "" } else { terms.difficulty.name() };
    let space = if difficulty.is_empty() { "" } else { " " };
    format!("Quiz {}{role}{space}{difficulty}", terms.seed)
}

/// How many questions were answered right of all that were asked: what was revealed was asked, too. `None` if nobody
/// answered any.
pub fn right(tally: Tally) -> Option<String> {
    let asked = tally.answered() + tally.revealed;
    (tally.answered() > 0).then(|| format!("{} of {asked} right", tally.right))
}

/// How questions were answered, in words; nothing if none was asked yet.
pub fn score(tally: Tally) -> String {
    let revealed = (tally.revealed > 0).then(|| format!("{} revealed", tally.revealed));
    [right(tally), revealed].into_iter().flatten().collect::<Vec<_>>().join(", ")
}
