//! How long random walks take to a first witness that a deliberate bug lets two commands be chosen, and how long the
//! shortest schedule takes. Prints; asserts no time.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::{Duration, Instant};

use paxoscope::explore::{Allow, Goal, Limits, Question, Search, Verdict, Walks};
use paxoscope::script::{Scenario, parse_predicate};
use paxoscope::world::{Watch, World};

/// The bugs, and what may happen besides deliveries.
const BUGS: [(&str, &str); 5] =
    [("ignore_pvals", ""), ("own_first", ""), ("accept_lower", ""), ("adopt_lower", ""), ("amnesia", "restart")];
/// How many seeds, of which the median counts.
const SEEDS: u64 = 101;
/// The most walks of one seed.
const WALKS: usize = 100_000;

fn main() {
    for (bug, allow) in BUGS {
        let path = format!("tests/scenarios/bugs/{bug}.ron");
        let setup = Scenario::parse(bug, &std::fs::read_to_string(path).unwrap()).unwrap().setup;
        let start = World::new(&setup).unwrap();
        let watch = Watch::new(&start);
        let goal = Goal::find(parse_predicate("bench", "All([Chosen(1, \"A\"), Chosen(1, \"B\")])").unwrap());
        let allow: Allow = allow.parse().unwrap();
        let question = Question { goal, allow, limits: Limits::default() };
        let mut times: Vec<Duration> = Vec::new();
        let mut lengths: Vec<usize> = Vec::new();
        for seed in 0..SEEDS {
            let clock = Instant::now();
            let mut walks = Walks::new(&start, &watch, question.clone(), seed);
            let Some(found) = walks.run(WALKS) else { panic!("{bug}: nothing in {WALKS} walks, seed {seed}") };
            times.push(clock.elapsed());
            lengths.push(found.len());
        }
        times.sort();
        lengths.sort_unstable();
        let (middle, last) = (times.len() / 2, times.len() - 1);
        print!(
            "{bug}: a first witness by walks in {:.2} ms in the median of {SEEDS} seeds, {:.2} ms at most, of {} steps",
            times[middle].as_secs_f64() * 1e3,
            times[last].as_secs_f64() * 1e3,
            lengths[middle],
        );
        let clock = Instant::now();
        let mut search = Search::new(&start, &watch, question).unwrap();
        let Verdict::Found(shortest) = search.finish() else { panic!("{bug} is not found") };
        println!("; the shortest, of {}, in {:.2} s", shortest.len(), clock.elapsed().as_secs_f64());
    }
}
