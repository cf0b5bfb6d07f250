//! What a run of a million steps costs to keep, and how long it takes to go to any of them. Prints; asserts no time.

#![allow(clippy::unwrap_used, clippy::cast_precision_loss)]

use std::time::{Duration, Instant};

use paxoscope::dice::Dice;
use paxoscope::pmmc::Rules;
use paxoscope::session::{Fault, Schedule, Session};
use paxoscope::world::Setup;

const STEPS: u32 = 1_000_000;

/// How many random moments are gone to.
const JUMPS: usize = 2_000;

/// Of how many of them the history is asked for.
const WATCHES: usize = 100;

/// What this process has in memory now, in bytes; 0 where the system does not say.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}

/// How long this process was computing, whatever else the machine does; 0 where the system does not say.
fn computing() -> Duration {
    // The system adds up when it is asked to run somebody else.
    std::thread::yield_now();
    let schedstat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    Duration::from_nanos(schedstat.split_whitespace().next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0))
}

/// What many times the same took.
#[derive(Default)]
struct Times {
    wall: Vec<Duration>,
    computing: Vec<Duration>,
}

impl Times {
    fn time(&mut self, what: impl FnOnce()) {
        let before = computing();
        let start = Instant::now();
        what();
        self.wall.push(start.elapsed());
        self.computing.push(computing().saturating_sub(before));
    }

    fn print(mut self, what: &str) {
        for (clock, times) in [("wall", &mut self.wall), ("CPU ", &mut self.computing)] {
            times.sort();
            let ms = |at: usize| times[at].as_secs_f64() * 1e3;
            let last = times.len() - 1;
            let [median, most_of_all, most] = [ms(last / 2), ms(last * 99 / 100), ms(last)];
            println!("{what}, {clock}: median {median:.2} ms, 99 of 100 {most_of_all:.2} ms, most {most:.2} ms");
        }
    }
}

fn main() {
    let rules = Rules { state_reduction: true, ..Rules::default() };
    let mut session = Session::new(Setup { rules, ..Setup::default() }).unwrap();
    let mut schedule = Schedule::new(1, Fault::ALL).with_most_requests(20);
    let mut moments = Vec::with_capacity(STEPS as usize + 1);
    moments.resize(STEPS as usize + 1, session.here());
    let before = resident();
    let start = Instant::now();
    for moment in moments.iter_mut().skip(1) {
        let action = schedule.next(session.world()).unwrap();
        session.act(action).unwrap();
        *moment = session.here();
    }
    let took = start.elapsed();
    let bytes = resident().saturating_sub(before);
    println!("a run of {STEPS} steps, 20 commands, faults, state reduction: {:.1} s", took.as_secs_f64());
    println!("history: {:.1} MiB, {:.1} bytes a step (aim: 64 MiB)", mib(bytes), bytes as f64 / f64::from(STEPS));

    let mut dice = Dice::new(2);
    let (mut jumps, mut watches) = (Times::default(), Times::default());
    for jump in 0..JUMPS {
        let to = *dice.pick(&moments).unwrap();
        jumps.time(|| session.jump(to));
        if jump % (JUMPS / WATCHES) == 0 {
            watches.time(|| _ = session.watch());
        }
    }
    jumps.print("to any step (aim: 2 ms)");
    watches.print("its history, when asked for");
    println!("afterwards: {:.1} MiB", mib(resident().saturating_sub(before)));
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
