//! The steps around a moment as a diagram: who took them, and each message from where it was sent to where it arrived or
//! was lost. Only the steps around are replayed, so that a long run costs no more than a short one.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::pmmc::{Ballot, Message, ProcessId};
use crate::world::{Action, Envelope, Event, World};

use super::{NodeId, Session};

/// How many steps before and after a moment its chart shows at least, if there are so many: more than fit on a screen. It
/// begins and ends at a multiple of this, or where the run does: most steps do not change where.
const AROUND: u32 = 128;

/// A piece of a run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Chart {
    /// The steps, in order, without a gap.
    pub rows: Vec<Row>,
    /// The messages that were sent, delivered or lost in these steps, and those in flight at their end.
    pub links: Vec<Link>,
    /// Who was down before the first of the steps.
    pub down: BTreeSet<ProcessId>,
}

/// A step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// Its number, from 1.
    pub step: u32,
    /// What was done.
    pub action: Action,
    /// Who did something; `None` if only the network did.
    pub actor: Option<ProcessId>,
}

/// A message on its way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// The message.
    pub envelope: Envelope,
    /// In which step it was sent; `None` if that was before the chart.
    pub sent: Option<u32>,
    /// What became of it.
    pub end: End,
}

/// What became of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// It arrived in this step.
    Delivered(u32),
    /// It was lost in this step.
    Lost(u32),
    /// It is in flight at the end of the chart.
    Open,
}

impl Link {
    /// The step in which it arrived or was lost.
    pub fn ended(&self) -> Option<u32> {
        match self.end {
            End::Delivered(step) | End::Lost(step) => Some(step),
            End::Open => None,
        }
    }
}

impl Chart {
    /// The messages that led to this step, as their places in `links`: the one that arrived, with it all that were counted
    /// (a majority's answers, not only the last one), what was asked for before, and so on back to the beginning.
    pub fn causes(&self, step: u32) -> BTreeSet<usize> {
        let mut causes = BTreeSet::new();
        let mut next: Vec<usize> = self.arrived_in(step).into_iter().collect();
        while let Some(at) = next.pop() {
            if !causes.insert(at) {
                continue;
            }
            let link = &self.links[at];
            next.extend(self.counted_with(link));
            if let Some(sent) = link.sent {
                next.extend(self.arrived_in(sent));
                next.extend(self.behind(link, sent));
            }
        }
        causes
    }

    fn arrived_in(&self, step: u32) -> Option<usize> {
        self.links.iter().position(|link| link.ended() == Some(step))
    }

    /// The answers that the same scout or commander had counted when this one arrived.
    fn counted_with(&self, link: &Link) -> Vec<usize> {
        let Some(arrived) = link.ended() else { return Vec::new() };
        let to = link.envelope.to;
        match &link.envelope.message {
            Message::P1b { ballot_num, to: ballot, .. } if *ballot_num == Some(*ballot) => {
                self.promises(to, *ballot, arrived)
            }
            Message::P2b { ballot_num, to: pvalue } if *ballot_num == Some(pvalue.ballot) => {
                self.arrived_by(to, arrived, |message| match message {
                    Message::P2b { ballot_num, to } => to == pvalue && *ballot_num == Some(to.ballot),
                    _ => false,
                })
            }
            _ => Vec::new(),
        }
    }

    fn promises(&self, leader: ProcessId, ballot: Ballot, until: u32) -> Vec<usize> {
        self.arrived_by(leader, until, |message| match message {
            Message::P1b { ballot_num, to, .. } => *to == ballot && *ballot_num == Some(ballot),
            _ => false,
        })
    }

    /// What its sender had to hear of before this step to send this: who elected it, and who asked for the command.
    fn behind(&self, link: &Link, sent: u32) -> Vec<usize> {
        let sender = link.envelope.from;
        let first = |found: Vec<usize>| found.into_iter().take(1);
        match &link.envelope.message {
            Message::P2a { pvalue } => {
                let mut all = self.promises(sender, pvalue.ballot, sent);
                let asked = self.arrived_by(sender, sent, |message| match message {
                    Message::Propose { slot, command } => (*slot, *command) == (pvalue.slot, pvalue.command),
                    _ => false,
                });
                all.extend(first(asked));
                all
            }
            Message::Propose { command, .. } => {
                let asks =
                    |message: &Message| matches!(message, Message::Request { command: asked } if asked == command);
                first(self.arrived_by(sender, sent, asks)).collect()
            }
            Message::Response { command, .. } => {
                let says = |message: &Message| matches!(message, Message::Decision { command: decided, .. } if decided == command);
                first(self.arrived_by(sender, sent, says)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The messages of this kind that had been delivered to this process by the end of this step, in the order in which
    /// they were sent.
    fn arrived_by(&self, process: ProcessId, step: u32, wanted: impl Fn(&Message) -> bool) -> Vec<usize> {
        let arrived = self.links.iter().enumerate().filter(|(_, link)| {
            let in_time = matches!(link.end, End::Delivered(arrived) if arrived <= step);
            in_time && link.envelope.to == process && wanted(&link.envelope.message)
        });
        arrived.map(|(at, _)| at).collect()
    }

    /// The same as it was after this step: nothing of what came later.
    #[must_use]
    pub fn until(&self, step: u32) -> Self {
        let rows = self.rows.iter().filter(|row| row.step <= step).cloned().collect();
        let sent = self.links.iter().filter(|link| link.sent.is_none_or(|sent| sent <= step)).cloned();
        let end = |link: &Link| if link.ended().is_some_and(|ended| ended > step) { End::Open } else { link.end };
        let links = sent.map(|link| Link { end: end(&link), ..link }).collect();
        Self { rows, links, down: self.down.clone() }
    }

    fn add(&mut self, step: u32, action: Action, events: &[Event], open: &mut BTreeMap<Envelope, Vec<usize>>) {
        match &action {
            Action::Deliver(envelope) => self.ends(envelope, End::Delivered(step), open),
            Action::Drop(envelope) => self.ends(envelope, End::Lost(step), open),
            Action::Duplicate(envelope) => self.begins(envelope, step, open),
            _ => {}
        }
        for event in events {
            if let Event::Sent(envelope) = event {
                self.begins(envelope, step, open);
            }
        }
        let actor = actor(&action, events);
        self.rows.push(Row { step, action, actor });
    }

    fn begins(&mut self, envelope: &Envelope, step: u32, open: &mut BTreeMap<Envelope, Vec<usize>>) {
        open.entry(envelope.clone()).or_default().push(self.links.len());
        self.links.push(Link { envelope: envelope.clone(), sent: Some(step), end: End::Open });
    }

    /// Of equal messages the one that was sent first ends first.
    fn ends(&mut self, envelope: &Envelope, end: End, open: &mut BTreeMap<Envelope, Vec<usize>>) {
        let first = open.get_mut(envelope).filter(|links| !links.is_empty()).map(|links| links.remove(0));
        if let Some(link) = first.and_then(|at| self.links.get_mut(at)) {
            link.end = end;
        }
    }

    /// What is in flight before the first step.
    fn begin(&mut self, world: &World, open: &mut BTreeMap<Envelope, Vec<usize>>) {
        for envelope in world.network().each() {
            open.entry(envelope.clone()).or_default().push(self.links.len());
            self.links.push(Link { envelope: envelope.clone(), sent: None, end: End::Open });
        }
        self.down = world.cluster().processes().filter(|process| !world.is_up(*process)).collect();
    }
}

/// Who does something in a step.
fn actor(action: &Action, events: &[Event]) -> Option<ProcessId> {
    let executed = events.iter().find_map(|event| match event {
        Event::Executed { process, .. } => Some(*process),
        _ => None,
    });
    executed.or(match action {
        Action::Deliver(envelope) => Some(envelope.to),
        Action::Crash(process) | Action::Restart(process) | Action::Resend(process) => Some(*process),
        Action::Ping(leader) | Action::Timeout(leader) | Action::Elect(leader) => Some((*leader).into()),
        _ => None,
    })
}

/// From which step on, and up to which moment. What is on the way to a moment never changes, so this says all of a chart.
type Stretch = (u32, NodeId);

/// A chart, and what is needed to go on with it.
#[derive(Clone, Debug)]
pub(super) struct Charted {
    chart: Chart,
    of: Stretch,
    /// The messages in flight at its end, as their places in `links`.
    open: BTreeMap<Envelope, Vec<usize>>,
}

impl Session {
    /// The steps around here, past and future.
    pub fn chart(&self) -> &Chart {
        &self.chart.get_or_init(|| self.chart_of(self.stretch_around())).chart
    }

    /// What the chart here is of.
    fn stretch_around(&self) -> Stretch {
        let step = self.step();
        let first = step.saturating_sub(AROUND) / AROUND * AROUND;
        let last = step.saturating_add(AROUND).checked_next_multiple_of(AROUND).unwrap_or(u32::MAX);
        (first, self.shape.far_ahead(self.here, last - step))
    }

    fn chart_of(&self, of: Stretch) -> Charted {
        let (first, last) = of;
        let mut start = self.here;
        for _ in first..self.step() {
            start = self.shape.parent(start);
        }
        let (near, mut world) = self.world_near(start);
        for node in self.shape.path(near, start) {
            self.take(node, &mut world);
        }
        let mut charted = Charted { chart: Chart::default(), of, open: BTreeMap::new() };
        let Charted { chart, open, .. } = &mut charted;
        chart.begin(&world, open);
        for (step, node) in (first + 1..).zip(self.shape.path(start, last)) {
            if let Some((action, events)) = self.take(node, &mut world) {
                chart.add(step, action, &events, open);
            }
        }
        charted
    }

    /// Keeps the chart only if it is of the steps around here.
    pub(super) fn settle_chart(&mut self) {
        if self.chart.get().is_some_and(|known| known.of != self.stretch_around()) {
            self.chart = OnceCell::new();
        }
    }

    /// After a step from this moment: to a chart that ended there it is added.
    pub(super) fn go_on_with_chart(&mut self, from: NodeId) {
        let (first, last) = self.stretch_around();
        let step = self.step();
        let ended_there = last == self.here && self.chart.get().is_some_and(|known| known.of == (first, from));
        if let (Some(known), Some(action), true) = (self.chart.get_mut(), &self.now.action, ended_there) {
            known.chart.add(step, action.clone(), &self.now.events, &mut known.open);
            known.of = (first, last);
        } else {
            self.settle_chart();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pmmc::LeaderId;
    use crate::session::{Fault, Schedule};
    use crate::world::Setup;

    fn deliver_first(session: &mut Session) {
        let envelope = session.world().network().each().next().unwrap().clone();
        session.act(Action::Deliver(envelope)).unwrap();
    }

    #[test]
    fn messages_go_from_where_they_were_sent_to_where_they_arrived() {
        let mut session = Session::new(Setup::default()).unwrap();
        session.act(Action::Elect(LeaderId(0))).unwrap();
        let lost = session.world().network().each().last().unwrap().clone();
        session.act(Action::Drop(lost.clone())).unwrap();
        deliver_first(&mut session);
        // The answer of A0 is behind the p1a to A1: L0's messages come first.
        let answer = session.world().network().each().find(|one| one.to == LeaderId(0).into()).unwrap().clone();
        session.act(Action::Deliver(answer)).unwrap();
        let chart = session.chart();
        assert_eq!(chart.rows.len(), 4);
        let ends: Vec<_> = chart.links.iter().map(|link| (link.sent, link.end)).collect();
        let open = (Some(1), End::Open);
        assert_eq!(ends, [(Some(1), End::Delivered(3)), open, (Some(1), End::Lost(2)), (Some(3), End::Delivered(4))]);
        assert_eq!(chart.links[2].envelope, lost);
        assert_eq!(chart.causes(4), BTreeSet::from([3, 0]), "the answer, and the p1a that it answers");
        assert_eq!(chart.causes(1), BTreeSet::new());
        session.to_start();
        assert_eq!(session.chart().rows.len(), 4, "the future is part of it");
        let early = session.chart().until(1);
        assert_eq!((early.rows.len(), early.links.len()), (1, 3));
        assert!(early.links.iter().all(|link| link.end == End::Open), "what came later is not told");
    }

    /// The decision of a command, delivered first to first: every answer that was counted belongs to it.
    #[test]
    fn a_majority_causes_what_follows_not_only_its_last_answer() {
        let mut session = Session::new(Setup::default()).unwrap();
        let put = crate::pmmc::Op::Put { key: "k".to_owned(), value: "v".to_owned() };
        session.act(Action::Request(crate::pmmc::ClientId(0), put)).unwrap();
        session.act(Action::Elect(LeaderId(0))).unwrap();
        let is_decision = |one: &&Envelope| matches!(one.message, Message::Decision { .. });
        while !session.world().network().each().any(|one| is_decision(&one)) {
            deliver_first(&mut session);
        }
        let decision = session.world().network().each().find(is_decision).unwrap().clone();
        session.act(Action::Deliver(decision)).unwrap();
        let chart = session.chart();
        let causes = chart.causes(session.step());
        let count =
            |name: &str| causes.iter().filter(|at| chart.links[**at].envelope.message.kind().name() == name).count();
        let kinds = ["decision", "p2b", "p2a", "p1b", "p1a", "propose", "request"];
        assert_eq!(kinds.map(count), [1, 2, 2, 2, 2, 1, 1]);
    }

    #[test]
    fn of_a_long_run_only_the_steps_around_are_looked_at() {
        let mut session = Session::new(Setup::default()).unwrap();
        let mut schedule = Schedule::new(5, Fault::ALL);
        while session.step() < 2_000 {
            let action = schedule.next(session.world()).unwrap();
            session.act(action).unwrap();
        }
        while session.step() > 1_000 {
            session.back();
        }
        let chart = session.chart();
        let steps: Vec<u32> = chart.rows.iter().map(|row| row.step).collect();
        assert_eq!((steps.first(), steps.last()), (Some(&769), Some(&1_152)));
        assert!(steps.windows(2).all(|pair| pair[0] + 1 == pair[1]));
        for link in &chart.links {
            assert!(link.sent.is_none_or(|sent| link.ended().is_none_or(|ended| sent < ended)), "{link:?}");
        }
        for row in &chart.rows {
            let arrives = chart.links.iter().filter(|link| link.end == End::Delivered(row.step)).count();
            assert_eq!(arrives, usize::from(matches!(row.action, Action::Deliver(_))), "{row:?}");
        }
    }

    #[test]
    fn a_chart_is_the_same_however_we_came_here() {
        let mut session = Session::new(Setup::default()).unwrap();
        let mut schedule = Schedule::new(7, Fault::ALL);
        let is_as_if_new = |session: &Session| {
            let known = session.chart();
            assert_eq!(known, &session.chart_of(session.stretch_around()).chart, "step {}", session.step());
        };
        for round in 0..400_usize {
            let action = schedule.next(session.world()).unwrap();
            session.act(action).unwrap();
            is_as_if_new(&session);
            if round % 40 == 39 {
                for _ in 0..round % 13 {
                    session.back();
                    is_as_if_new(&session);
                }
                session.switch_branch();
                is_as_if_new(&session);
            }
            if round % 60 == 59 {
                session.to_end();
                is_as_if_new(&session);
            }
        }
    }
}
