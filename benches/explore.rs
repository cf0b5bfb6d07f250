//! Ours and Stateright's breadth-first search side by side, on the same engine, one thread each: wall time, peak memory.
//! Each runs in a process of its own, so that neither sees the other's memory. Then ours with reductions, with threads,
//! and the shortest schedule of a deliberate bug.

#![allow(clippy::unwrap_used, clippy::panic, clippy::cast_precision_loss)]

#[path = "../tests/by_hand/mod.rs"]
mod by_hand;

use std::process::Command;
use std::time::Instant;

use by_hand::{BIG, by_stateright};
use paxoscope::explore::{Allow, Goal, Job, Limits, Question, Search, Unanswerable};
use paxoscope::pmmc::Bug;
use paxoscope::script::Scenario;
use paxoscope::world::{Invariant, Setup, Watch, World};

const WHO: &str = "PAXOSCOPE_BENCH";

/// What one search took.
struct Took {
    states: f64,
    seconds: f64,
    /// Of a processor, which another program on the machine does not change.
    cpu_seconds: f64,
    /// The process's peak, in bytes.
    bytes: f64,
}

fn main() {
    if let Ok(who) = std::env::var(WHO) {
        return run(&who);
    }
    let all = ["ours", "stateright", "reduced", "two threads", "ignore_pvals"].map(|name| (name, measure(name)));
    for (name, took) in &all {
        println!(
            "{name:>12}: {} worlds, {:.3} s, {:.2} s of a processor, {:.0} worlds/s, {:.1} MB, {:.1} bytes a world",
            took.states,
            took.seconds,
            took.cpu_seconds,
            took.states / took.seconds,
            took.bytes / 1e6,
            took.bytes / took.states
        );
    }
    let [(_, ours), (_, theirs), (_, reduced), (_, threaded), _] = &all;
    assert!((ours.states - theirs.states).abs() < 0.5, "they count differently");
    assert!((ours.states - threaded.states).abs() < 0.5, "threads count differently");
    println!(
        "      ratios: {:.1} times as fast ({:.1} by the processor), {:.3} of the memory; with reductions {:.0} times as fast",
        theirs.seconds / ours.seconds,
        theirs.cpu_seconds / ours.cpu_seconds,
        ours.bytes / theirs.bytes,
        theirs.seconds / reduced.seconds,
    );
}

fn measure(who: &str) -> Took {
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program).env(WHO, who).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let numbers: Vec<f64> = text.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let &[states, seconds, cpu_seconds, bytes] = numbers.as_slice() else { panic!("{text}") };
    Took { states, seconds, cpu_seconds, bytes }
}

fn run(who: &str) {
    let setup = Scenario::parse("big", BIG).unwrap().setup;
    let clock = Instant::now();
    let states = match who {
        "stateright" => by_stateright(&setup, ""),
        "reduced" => by_ours(&setup, Goal::Check(vec![Invariant::D2]), Search::new, 1),
        "two threads" => by_ours(&setup, Goal::nothing(), Search::without_reductions, 2),
        "ignore_pvals" => {
            let mut broken = setup;
            broken.rules.broken.insert(Bug::IgnorePvals);
            by_ours(&broken, Goal::Check(vec![Invariant::D2]), Search::new, 1)
        }
        _ => by_ours(&setup, Goal::nothing(), Search::without_reductions, 1),
    };
    let seconds = clock.elapsed().as_secs_f64();
    let told = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = told.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes: f64 = peak.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0.0);
    println!("{states} {seconds} {} {}", cpu_seconds(), kilobytes * 1024.0);
}

/// How a search begins: with reductions or without.
type Begin = fn(&World, &Watch, Question) -> Result<Search, Unanswerable>;

fn by_ours(setup: &Setup, goal: Goal, begin: Begin, threads: usize) -> usize {
    let start = World::new(setup).unwrap();
    let question = Question { goal, allow: Allow::default(), limits: Limits::default() };
    let mut search = begin(&start, &Watch::new(&start), question).unwrap().with_crew(threads, crew);
    search.finish();
    search.progress().states
}

/// Does each job on a thread of its own, the first one here.
fn crew(jobs: Vec<Job<'_>>) {
    std::thread::scope(|scope| {
        let mut jobs = jobs.into_iter();
        let own = jobs.next();
        jobs.for_each(|job| drop(scope.spawn(job)));
        if let Some(job) = own {
            job();
        }
    });
}

/// How long all threads of this process ran, in user and kernel: fields 14 and 15 in hundredths of a second.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}
