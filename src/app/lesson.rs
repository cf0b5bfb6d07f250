//! The seam to `teach`: what the stage takes from a lesson's player.

use crate::session::Session;
use crate::world::{Action, Refusal};

/// What is told in a beat.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BeatView {
    /// Its headline.
    pub title: String,
    /// Its words, one paragraph each.
    pub say: Vec<String>,
    /// The slide that it can be put beside.
    pub slide: Option<String>,
    /// Processes (`A0`) and fields (`A0.ballot_num`) to look at.
    pub look_at: Vec<String>,
    /// The names of its futures, if it is an "Or…".
    pub futures: Vec<String>,
    /// Which of them is shown.
    pub future: usize,
}

/// The question of a beat, as far as it may be seen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Question {
    /// The question.
    pub ask: String,
    /// What to choose from: each choice a few short lines.
    pub choices: Vec<Vec<String>>,
    /// What the learner chose.
    pub given: Option<usize>,
    /// What happens; only once it is revealed.
    pub truth: Option<usize>,
    /// What is said to the answer; only once it is revealed.
    pub verdict: Option<String>,
}

/// What going on did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Went {
    ToBeat,
    ToFuture,
    BackToPath,
    Revealed,
    Nowhere,
}

/// A lesson that is being played.
#[derive(Clone, Debug)]
pub struct Player {
    title: String,
    session: Session,
    beats: Vec<(BeatView, Option<Question>)>,
    at: usize,
}

#[allow(missing_docs)]
impl Player {
    pub fn new(title: &str, session: Session, beats: Vec<(BeatView, Option<Question>)>) -> Self {
        Self { title: title.to_owned(), session, beats, at: 0 }
    }
    pub fn beat_number(&self) -> usize {
        self.at + 1
    }
    pub fn beat_count(&self) -> usize {
        self.beats.len()
    }
    pub fn finished(&self) -> bool {
        false
    }
    pub fn score(&self) -> (usize, usize) {
        (0, 0)
    }
    pub fn beat(&self) -> BeatView {
        self.beats.get(self.at).map(|(beat, _)| beat.clone()).unwrap_or_default()
    }
    pub fn question(&self) -> Option<Question> {
        self.beats.get(self.at).and_then(|(_, question)| question.clone())
    }
    pub fn asked(&self) -> Option<&Action> {
        None
    }
    pub fn next(&mut self) -> Went {
        if self.at + 1 >= self.beats.len() {
            return Went::Nowhere;
        }
        self.at += 1;
        Went::ToBeat
    }
    pub fn previous(&mut self) -> Went {
        if self.at == 0 {
            return Went::Nowhere;
        }
        self.at -= 1;
        Went::ToBeat
    }
    pub fn answer(&mut self, choice: usize) -> Option<bool> {
        let question = self.beats.get_mut(self.at)?.1.as_mut()?;
        question.given = Some(choice);
        question.truth = Some(0);
        Some(choice == 0)
    }
    pub fn flip(&mut self) -> bool {
        false
    }
    pub fn act(&mut self, action: Action) -> Result<(), Refusal> {
        self.session.act(action)
    }
    pub fn off_path(&self) -> bool {
        false
    }
    pub fn session(&self) -> &Session {
        &self.session
    }
    pub fn session_mut(&mut self) -> &mut Session {
        &mut self.session
    }
}

/// The lesson's title.
pub fn title(player: &Player) -> &str {
    &player.title
}
