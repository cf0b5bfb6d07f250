//! Whole random runs, judged after every step.

use crate::pmmc::{CommandId, Message, Reason};
use crate::world::{Action, Event, Request, Setup, SetupError, Violation, Watch, World};

use super::{Autoplay, Fault, Schedule, Settings};

/// What random runs look like.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How each begins.
    pub setup: Setup,
    /// How many steps it has at most.
    pub steps: usize,
    /// What may go wrong.
    pub faults: Vec<Fault>,
    /// Whether every request is to be answered.
    pub fair: Option<Fair>,
}

/// What makes a run fair: every message arrives that is not lost, and in time; a preempted leader gives way to its rival,
/// for longer and longer (paper, section 3); faults stop, and what they lost is sent again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fair {
    /// After how many steps nothing goes wrong any more.
    pub faults_stop_after: usize,
}

/// How a run ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ending {
    /// How many steps it had.
    pub steps: usize,
    /// What went wrong, if anything did.
    pub failure: Option<Failed>,
}

/// What went wrong in a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failed {
    /// What led there.
    pub actions: Vec<Action>,
    /// What is wrong.
    pub what: Wrong,
}

/// What can be wrong with a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wrong {
    /// An invariant does not hold after the last action.
    Violated(Violation),
    /// A client still waits for the answer.
    Unanswered {
        /// To which command.
        command: CommandId,
        /// Whether all replicas performed it, and no answer is on its way: the answers were lost.
        answers_lost: bool,
        /// How many others were answered.
        answered: usize,
        /// In which step the last of them was; 0 if none.
        last_answer: usize,
    },
}

/// Where the actions come from.
enum Driver {
    Random(Schedule),
    Fair(Box<Autoplay>),
}

impl Driver {
    fn next(&mut self, world: &World) -> Option<Action> {
        match self {
            Self::Random(schedule) => schedule.next(world),
            Self::Fair(autoplay) => autoplay.next(world),
        }
    }

    fn observe(&mut self, events: &[Event]) {
        if let Self::Fair(autoplay) = self {
            autoplay.observe(events);
        }
    }

    /// Everybody has the answer to everything.
    fn is_done(&self, world: &World) -> bool {
        matches!(self, Self::Fair(_)) && world.next_of_workload().is_none() && world.unanswered().is_none()
    }
}

impl Plan {
    /// Plays the run of this seed; tells the number of each step before it is played.
    pub fn play(&self, seed: u64, mut tell: impl FnMut(usize)) -> Result<Ending, SetupError> {
        let mut world = World::new(&self.setup)?;
        let mut watch = Watch::new(&world);
        let mut driver = self.driver(seed, &world);
        let mut actions = Vec::new();
        let (mut answered, mut last_answer) = (0, 0);
        while actions.len() < self.steps && watch.violations().is_empty() && !driver.is_done(&world) {
            tell(actions.len() + 1);
            if let (Some(fair), Driver::Fair(autoplay)) = (self.fair, &mut driver)
                && actions.len() == fair.faults_stop_after
            {
                autoplay.stop_faults();
            }
            let Some(action) = driver.next(&world) else { break };
            let before = world.clone();
            // What a schedule picks is enabled.
            let Ok(events) = world.apply(&action) else { break };
            watch.observe(&before, &world, &events);
            driver.observe(&events);
            actions.push(action);
            if events.iter().any(is_first_answer) {
                (answered, last_answer) = (answered + 1, actions.len());
            }
        }
        let steps = actions.len();
        let failure = self.wrong(&world, &watch, answered, last_answer).map(|what| Failed { actions, what });
        Ok(Ending { steps, failure })
    }

    fn driver(&self, seed: u64, world: &World) -> Driver {
        if self.fair.is_none() {
            return Driver::Random(Schedule::new(seed, self.faults.iter().copied()));
        }
        let if_any = |fault, rate| if self.faults.contains(&fault) { rate } else { 0 };
        let settings = Settings {
            drop_per_mille: if_any(Fault::Drop, 100) as u16,
            duplicate_per_mille: if_any(Fault::Duplicate, 50) as u16,
            crash_every: if_any(Fault::Crash, 400),
            // What was lost must be repaired; where nothing is, nothing needs repair.
            resend_every: if self.faults.is_empty() { 0 } else { 150 },
            patience: if self.faults.is_empty() { 0 } else { 1_000 },
            back_off: true,
            ..Settings::default()
        };
        Driver::Fair(Box::new(Autoplay::new(seed, settings, world)))
    }

    fn wrong(&self, world: &World, watch: &Watch, answered: usize, last_answer: usize) -> Option<Wrong> {
        if let Some(violation) = watch.violations().into_iter().next() {
            return Some(Wrong::Violated(violation));
        }
        let command = world.unanswered().filter(|_| self.fair.is_some())?;
        let performed = world.replicas().iter().all(|node| node.state.log.contains(&command));
        let answers = |message: &Message| matches!(message, Message::Response { command: to, .. } if *to == command);
        let answers_lost = performed && !world.network().distinct().any(|(envelope, _)| answers(&envelope.message));
        Some(Wrong::Unanswered { command, answers_lost, answered, last_answer })
    }
}

/// Whether a client gets an answer that it did not have.
fn is_first_answer(event: &Event) -> bool {
    matches!(event, Event::Executed { reason: Reason::ClientResponse { first: true, .. }, .. })
}

/// The requests of a run that is to be answered, for a setup that asks for nothing.
pub fn requests(setup: &Setup, count: usize) -> Vec<Request> {
    let clients: Vec<_> = setup.cluster.clients().collect();
    let op = |number| crate::pmmc::Op::Put { key: "k1".into(), value: format!("v{number}") };
    clients.iter().cycle().zip(1..=count).map(|(client, number)| Request { client: *client, op: op(number) }).collect()
}
