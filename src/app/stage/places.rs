//! In which row of the list each message stands. A message stays in its row for as long as it is in flight: who looks at
//! one finds it there again.

use std::collections::VecDeque;

use crate::session::NodeId;
use crate::world::{Envelope, Network};

/// So many rows are left free, or a quarter as many as are taken: more look as if something were missing.
const MOST_FREE: usize = 2;

/// Of so many moments the rows are remembered.
const MOST_MOMENTS: usize = 200;

/// The rows, for these messages.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    network: Network,
    /// Of each row the message in it, by its place among all; none, if the row is free.
    rows: Vec<Option<usize>>,
    /// The row from which the last message went.
    left: usize,
}

/// The rows where we are, and as they were at the moments where we have been.
#[derive(Clone, Debug, Default)]
pub(super) struct Arranged {
    now: Places,
    /// The latest visited first.
    moments: VecDeque<(NodeId, Places)>,
}

impl Arranged {
    /// The rows where we are.
    pub(super) fn now(&self) -> &Places {
        &self.now
    }

    /// Goes to this moment: to the rows that it had, or to those that follow from where we were, or, where it is quite
    /// another picture, to rows of its own.
    pub(super) fn go(&mut self, moment: NodeId, network: &Network, anew: bool) {
        let known = self.moments.iter().position(|(one, _)| *one == moment).and_then(|at| self.moments.remove(at));
        let known = known.map(|(_, places)| places).filter(|places| !anew && places.network == *network);
        self.now = match known {
            Some(places) => places,
            None if anew || self.now.is_far_from(network) => Places::anew(network),
            None => self.now.then(network),
        };
        self.moments.push_front((moment, self.now.clone()));
        self.moments.truncate(MOST_MOMENTS);
    }

    /// The run is another one, whose moments have the same numbers.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}

impl Places {
    /// Each behind the other.
    pub(super) fn anew(network: &Network) -> Self {
        Self { network: network.clone(), rows: ordered(network, |_| true).into_iter().map(Some).collect(), left: 0 }
    }

    /// Whether they are places for just these messages.
    pub(super) fn are_of(&self, network: &Network) -> bool {
        self.network == *network
    }

    /// The rows when these are in flight. Who still is stays; an answer stands where the question stood; what is sent to
    /// many stands together at the end.
    #[must_use]
    pub(super) fn then(&self, network: &Network) -> Self {
        let place = |envelope: &Envelope| network.place_of(envelope);
        let was: Vec<Option<usize>> = self.network.distinct().map(|(envelope, _)| place(envelope)).collect();
        let mut is_new = vec![true; network.distinct().len()];
        was.iter().flatten().for_each(|at| is_new[*at] = false);
        let mut new = ordered(network, |at| is_new[at]);
        let stays = |row: Option<usize>| row.and_then(|at| was.get(at).copied().flatten());
        let left = self.rows.iter().position(|row| row.is_some() && stays(*row).is_none());
        let mut rows: Vec<Option<usize>> = self.rows.iter().map(|row| stays(*row)).collect();
        if let (Some(left), [answer]) = (left, new.as_slice()) {
            rows[left] = Some(*answer);
            new.clear();
        }
        rows.extend(new.into_iter().map(Some));
        let mut then = Self { network: network.clone(), rows, left: left.unwrap_or(0) };
        then.close_up();
        then
    }

    /// The row from which the last message went.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    /// Free rows at the end are none; and where many are free all close up.
    fn close_up(&mut self) {
        let taken = self.rows.iter().flatten().count();
        let last = self.rows.iter().rposition(Option::is_some).map_or(0, |row| row + 1);
        self.rows.truncate(last);
        if self.rows.len() - taken > MOST_FREE.max(taken / 4) {
            self.left = self.rows[..self.left.min(last)].iter().flatten().count();
            self.rows.retain(Option::is_some);
        }
    }

    /// The rows that are taken, each with the place of its message among all.
    pub(super) fn rows(&self) -> impl DoubleEndedIterator<Item = (usize, usize)> {
        self.rows.iter().enumerate().filter_map(|(row, at)| Some((row, (*at)?)))
    }

    /// The row of the message at this place among all.
    pub(super) fn row_of(&self, at: usize) -> Option<usize> {
        self.rows.iter().position(|one| *one == Some(at))
    }

    /// Whether less than half of the messages are the same.
    fn is_far_from(&self, network: &Network) -> bool {
        let stay = self.network.distinct().filter(|(envelope, _)| network.has(envelope)).count();
        2 * stay < self.network.distinct().len().max(network.distinct().len())
    }
}

/// These messages, by their places among all: by who sends them, and the same words to all together, as they are sent.
fn ordered(network: &Network, is_one: impl Fn(usize) -> bool) -> Vec<usize> {
    let mut all: Vec<(usize, &Envelope)> = network
        .distinct()
        .enumerate()
        .map(|(at, (envelope, _))| (at, envelope))
        .filter(|(at, _)| is_one(*at))
        .collect();
    all.sort_by_key(|(_, envelope)| (envelope.from, &envelope.message, envelope.to));
    all.into_iter().map(|(at, _)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pmmc::{AcceptorId, Ballot, LeaderId, Message, ProcessId};

    fn network(of: &[u8]) -> Network {
        let mut network = Network::default();
        for acceptor in of {
            let ballot = Ballot { seqnum: 0, leader: LeaderId(0) };
            let from = ProcessId::Leader(LeaderId(0));
            let to = ProcessId::Acceptor(AcceptorId(*acceptor));
            network.add(Envelope { from, to, message: Message::P1a { ballot } });
        }
        network
    }

    /// The acceptor of each row.
    fn rows(places: &Places) -> String {
        let to = |at: usize| places.network.distinct().nth(at).unwrap().0.to.to_string();
        places.rows.iter().map(|row| row.map_or("- ".to_owned(), |at| to(at) + " ")).collect()
    }

    #[test]
    fn who_stays_in_flight_stays_in_its_row() {
        let mut places = Places::anew(&network(&[1, 2, 3, 4]));
        let table: [(&[u8], &str); 9] = [
            (&[1, 3, 4], "A1 - A3 A4 "),
            (&[1, 4], "A1 - - A4 "),
            (&[0, 1], "A1 - - A0 "),
            (&[0, 1, 5, 6], "A1 - - A0 A5 A6 "),
            (&[1, 5, 6], "A1 A5 A6 "),
            (&[2, 5, 6], "A2 A5 A6 "),
            (&[6, 7, 8], "- - A6 A7 A8 "),
            (&[8], "A8 "),
            (&[], ""),
        ];
        for (of, expected) in table {
            places = places.then(&network(of));
            assert_eq!(rows(&places), expected);
            assert!(places.are_of(&network(of)));
        }
    }
}
