//! What a beat asks: the engine's question about a step, or the author's with choices of their own.

use crate::script::{Answer, Ask};

use super::count::Counted;
use super::predict::{Prediction, scramble};

/// A beat's question with its key.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    /// What will a process do?
    Engine(Prediction),
    /// What does it cost?
    Count(Counted),
    /// The author's choices, in the order in which they are shown.
    Author(Vec<Answer>),
}

impl Asked {
    /// The author's question. The order of its choices tells nothing about which is right, wherever the author put it.
    pub(super) fn author(ask: &Ask) -> Self {
        Self::Author(shuffled(ask.choices.clone(), &ask.ask.text, |choice| &choice.text.text))
    }

    pub(super) fn choices(&self) -> Vec<Vec<String>> {
        match self {
            Self::Engine(prediction) => {
                (0..prediction.choices().len()).map(|choice| prediction.lines(choice)).collect()
            }
            Self::Count(counted) => counted.choices(),
            Self::Author(choices) => choices.iter().map(|choice| vec![choice.text.text.clone()]).collect(),
        }
    }

    pub(super) fn truth(&self) -> usize {
        match self {
            Self::Engine(prediction) => prediction.truth(),
            Self::Count(counted) => counted.truth(),
            Self::Author(choices) => choices.iter().position(|choice| choice.right).unwrap_or_default(),
        }
    }

    /// What is said to who chose this, or chose nothing.
    pub(super) fn verdict(&self, given: Option<usize>) -> Option<String> {
        match self {
            Self::Engine(prediction) => prediction.verdict(given),
            Self::Count(counted) => counted.verdict(given),
            Self::Author(choices) => given.and_then(|given| choices.get(given)).map(|choice| match &choice.why {
                _ if choice.right => "Right.".to_owned(),
                Some(why) => format!("No: {why}"),
                None => "No.".to_owned(),
            }),
        }
    }

    /// Why it is so, in the engine's words; the author's questions have it in theirs.
    pub(super) fn reason(&self) -> Option<String> {
        match self {
            Self::Engine(prediction) => Some(format!("{}.", prediction.reason())),
            Self::Count(counted) => Some(counted.reason().to_owned()),
            Self::Author(_) => None,
        }
    }

    /// What is said to everybody once the answer is known; the engine's questions have it in their beat.
    pub(super) fn after(&self) -> Option<&str> {
        match self {
            Self::Engine(_) | Self::Count(_) => None,
            Self::Author(choices) => choices.get(self.truth())?.why.as_ref().map(|why| why.text.as_str()),
        }
    }
}

/// The choices of a question in an order that tells nothing about which is right, and is the same for the whole class.
pub(super) fn shuffled<T>(mut choices: Vec<T>, question: &str, text: impl Fn(&T) -> &str) -> Vec<T> {
    let seed = scramble(0, question);
    choices.sort_by_cached_key(|choice| (scramble(seed, text(choice)), text(choice).to_owned()));
    choices
}
