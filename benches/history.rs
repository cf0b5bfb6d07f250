//! What a run of a million steps costs to keep, and how long it takes to go to any of them. Prints; asserts no time.

#![allow(clippy::unwrap_used, clippy::cast_precision_loss)]

use std::time::{Duration, Instant};

use paxoscope::dice::Dice;
use paxoscope::pmmc::Rules;
use paxoscope::session::{Fault, Schedule, Session};
use paxoscope::world::Setup;

const STEPS: u32 = 1_000_000;

/// What this process has in memory now, in bytes; 0 where the system does not say.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn main() {
    let rules = Rules { state_reduction: true, ..Rules::default() };
    let mut session = Session::new(Setup { rules, ..Setup::default() }).unwrap();
    let mut schedule = Schedule::new(1, Fault::ALL).with_most_requests(20);
    let before = resident();
    let start = Instant::now();
    let mut moments = vec![session.here()];
    for _ in 0..STEPS {
        let action = schedule.next(session.world()).unwrap();
        session.act(action).unwrap();
        moments.push(session.here());
    }
    let took = start.elapsed();
    let bytes = resident().saturating_sub(before) - moments.len() as u64 * 4;
    println!("a run of {STEPS} steps, 20 commands, faults, state reduction: {:.1} s", took.as_secs_f64());
    println!("history: {:.1} MiB, {:.1} bytes a step (aim: 64 MiB)", mib(bytes), bytes as f64 / f64::from(STEPS));

    let mut dice = Dice::new(2);
    let (mut jumps, mut watches) = (Vec::new(), Vec::new());
    for sample in 0..201 {
        let to = *dice.pick(&moments).unwrap();
        let start = Instant::now();
        session.jump(to);
        jumps.push(start.elapsed());
        // Slow, and not asked for while one only goes back and forth: a few will do.
        if sample % 20 == 0 {
            let start = Instant::now();
            session.watch();
            watches.push(start.elapsed());
        }
    }
    let most = jumps.iter().max().unwrap().as_secs_f64() * 1e3;
    println!("to any step: median {:.2} ms, most {most:.2} ms (aim: 2 ms)", median(jumps).as_secs_f64() * 1e3);
    println!("its history, when asked for: median {:.1} ms", median(watches).as_secs_f64() * 1e3);
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
