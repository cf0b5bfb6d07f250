//! The seam to `teach`: what the stage takes from a lesson's player.

pub use crate::teach::{BeatView, GameView, Lit, Panel, Player, Question, Row, Showed, Table, Task, TaskState, Went};

/// The lesson's title.
pub fn title(player: &Player) -> &str {
    &player.lesson().title.text
}
