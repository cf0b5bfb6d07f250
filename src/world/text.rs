//! How ballots, pvalues and messages are written. There are two notations: the slides' brackets on screen, plain ASCII
//! in files and JSON. What is written in files can be parsed again by `script`.

use std::collections::BTreeSet;

use crate::pmmc::{Ballot, Message, PValue};

/// Where the text is to stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notation {
    /// In files, JSON and whatever is typed: `(0.1, 1, A)`.
    Files,
    /// As on the slides: `⟨0.1, 1, A⟩`.
    Screen,
}

/// A ballot, `0.1`; before the first one it is `0`, as on the slides.
pub fn ballot_num(ballot: Option<Ballot>) -> String {
    ballot.map_or_else(|| "0".to_owned(), |ballot| ballot.to_string())
}

/// A pvalue, `(0.1, 1, A)` or `⟨0.1, 1, A⟩`.
pub fn pvalue(notation: Notation, pvalue: &PValue) -> String {
    let PValue { ballot, slot, command } = pvalue;
    match notation {
        Notation::Files => format!("({ballot}, {slot}, {command})"),
        Notation::Screen => format!("⟨{ballot}, {slot}, {command}⟩"),
    }
}

/// A sorted list of pvalues, `[(0.0, 1, A), (0.1, 2, B)]`.
pub fn pvalues(notation: Notation, list: &BTreeSet<PValue>) -> String {
    let texts: Vec<_> = list.iter().map(|one| pvalue(notation, one)).collect();
    format!("[{}]", texts.join(", "))
}

/// A message, `p1a(0.1)`.
pub fn message(notation: Notation, message: &Message) -> String {
    let name = message.kind().name();
    match message {
        Message::Request { command } => format!("{name}({command})"),
        Message::Response { command, result } => format!("{name}({command}, {result})"),
        Message::Propose { slot, command } | Message::Decision { slot, command } => {
            format!("{name}({slot}, {command})")
        }
        Message::Learn { slot } => format!("{name}({slot})"),
        Message::P1a { ballot } | Message::Ping { ballot } | Message::Pong { ballot } => format!("{name}({ballot})"),
        Message::P1b { ballot_num: promised, accepted, to } => {
            let answers = answers_other(*promised, *to);
            format!("{name}({}, {}{answers})", ballot_num(*promised), pvalues(notation, accepted))
        }
        Message::P2a { pvalue: one } => match notation {
            Notation::Files => format!("{name}{}", pvalue(notation, one)),
            Notation::Screen => format!("{name}({})", pvalue(notation, one)),
        },
        Message::P2b { ballot_num: promised, to } => {
            let answers = answers_other(*promised, to.ballot);
            format!("{name}({}, {}{answers})", ballot_num(*promised), to.slot)
        }
        Message::Adopted { ballot, pvalues: list } => format!("{name}({ballot}, {})", pvalues(notation, list)),
        Message::Preempted { ballot } => format!("{name}({})", ballot_num(*ballot)),
    }
}

/// `, to 0.0`: added to an answer whose ballot is not that of the scout or commander that it answers.
fn answers_other(ballot_num: Option<Ballot>, to: Ballot) -> String {
    if ballot_num == Some(to) { String::new() } else { format!(", to {to}") }
}
