//! Questions about what something costs. The right answer is what was counted in the run; each wrong one is what would be
//! counted if a well-known misconception about costs were true.

use crate::pmmc::{Cluster, MessageKind};
use crate::world::Bill;

use super::asked::shuffled;
use super::plan::Stage;
use super::subject::{formula, sizes, value_of};

/// A question about a count, with its key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Counted {
    choices: Vec<Choice>,
    reason: String,
}

/// One of the numbers to choose from.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Choice {
    count: u64,
    text: String,
    /// What puts right who chose it; nothing: it is the count.
    correction: Option<&'static str>,
}

/// What is widely believed about costs: what it would make of what was counted, and the sentence that puts it right.
struct Belief {
    /// What it is about: a subject's beginning and end.
    of: (&'static str, &'static str),
    correction: &'static str,
    count: fn(&Spent<'_>) -> u64,
}

/// What was spent, and where.
struct Spent<'a> {
    truth: u64,
    bill: &'a Bill,
    cluster: Cluster,
}

impl Spent<'_> {
    fn of(&self, kind: MessageKind) -> u64 {
        self.bill.messages().find(|(one, _)| *one == kind).map_or(0, |(_, count)| count)
    }

    /// Acceptors beyond a majority.
    fn beyond_majority(&self) -> u64 {
        u64::from(self.cluster.acceptors).saturating_sub(self.cluster.majority() as u64)
    }
}

static BELIEFS: [Belief; 9] = [
    Belief {
        of: ("command", "messages"),
        correction: "a leader waits for a majority, but it asks every acceptor, and every acceptor answers",
        count: |spent| spent.truth.saturating_sub(2 * spent.beyond_majority()),
    },
    Belief {
        of: ("command", "messages"),
        correction: "answers are messages, too: every p2a is answered by a p2b",
        count: |spent| spent.truth.saturating_sub(spent.of(MessageKind::P2b)),
    },
    Belief {
        of: ("command", "messages"),
        correction: "no election is needed for each command: phase 1 was done once, for all slots",
        count: |spent| spent.truth + 2 * u64::from(spent.cluster.acceptors),
    },
    Belief {
        of: ("command", "delays"),
        correction: "the client's request and the response to it take time, too",
        count: |spent| spent.truth.saturating_sub(2),
    },
    Belief {
        of: ("command", "delays"),
        correction: "no election stands before each command: phase 1 was done once",
        count: |spent| spent.truth + 2,
    },
    Belief {
        of: ("command", "stable writes"),
        correction: "every acceptor that accepts writes before it answers, not only a majority",
        count: |spent| spent.truth.saturating_sub(spent.beyond_majority()),
    },
    Belief {
        of: ("command", "stable writes"),
        correction: "the leader writes nothing for a command: it is the acceptors' votes that must not be lost",
        count: |_| 1,
    },
    Belief {
        of: ("election", "messages"),
        correction: "every p1a is answered by a p1b, and answers are messages, too",
        count: |spent| spent.truth.saturating_sub(spent.of(MessageKind::P1b)),
    },
    Belief {
        of: ("election", "messages"),
        correction: "phase 1 is not all: what was accepted before is proposed again under the new ballot",
        count: |spent| spent.of(MessageKind::P1a) + spent.of(MessageKind::P1b),
    },
];

impl Counted {
    /// The question about this subject, where the count is known.
    pub(super) fn new(subject: &str, after: &Stage) -> Result<Self, String> {
        let truth: u64 = value_of(subject, after)?.parse().map_err(|_| format!("{subject} is no number yet"))?;
        let (about, what) = subject.rsplit_once('.').unwrap_or((subject, ""));
        let (role, name) = about.split_once(' ').unwrap_or((about, ""));
        let bill = match role {
            "command" => name.trim().parse().ok().and_then(|command| after.costs().command(command)),
            "election" => name.trim().parse().ok().and_then(|ballot| after.costs().election(ballot)),
            _ => None,
        };
        let bill =
            bill.ok_or_else(|| format!("nothing wrong is believed of {subject}: ask about `command A.messages`"))?;
        let spent = Spent { truth, bill, cluster: after.world.cluster() };
        // The number behind its name: before it stands that of the choice.
        let text = |count| format!("{what}: {count}");
        let mut choices = vec![Choice { count: truth, text: text(truth), correction: None }];
        for belief in BELIEFS.iter().filter(|belief| belief.of == (role, what)) {
            let count = (belief.count)(&spent);
            if count > 0 && choices.iter().all(|known| known.count != count) {
                choices.push(Choice { count, text: text(count), correction: Some(belief.correction) });
            }
        }
        if choices.len() < 2 {
            return Err(format!("nothing that is wrongly believed of {subject} gives another number than {truth}"));
        }
        let choices = shuffled(choices, subject, |choice| &choice.text);
        let formula = formula(&format!("{about}.formula")).filter(|_| what == "messages");
        let sizes = sizes(after.world.cluster());
        let reason = match formula {
            Some(formula) => format!("Counted: {truth} = {formula}, with {sizes}."),
            None => format!("Counted: {truth}, with {sizes}."),
        };
        Ok(Self { choices, reason })
    }

    pub(super) fn choices(&self) -> Vec<Vec<String>> {
        self.choices.iter().map(|choice| vec![choice.text.clone()]).collect()
    }

    pub(super) fn truth(&self) -> usize {
        self.choices.iter().position(|choice| choice.correction.is_none()).unwrap_or_default()
    }

    pub(super) fn verdict(&self, given: Option<usize>) -> Option<String> {
        let choice = self.choices.get(given?)?;
        Some(choice.correction.map_or_else(|| "Right.".to_owned(), |correction| format!("No: {correction}.")))
    }

    pub(super) fn reason(&self) -> &str {
        &self.reason
    }
}
