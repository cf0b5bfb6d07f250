//! Several threads work on one search. They share out the worlds when those are expanded and built, and the table of
//! fingerprints when they are looked up; what is missing is found out between, in the order of the worlds. So nobody waits
//! for a lock, and everything is numbered as one thread alone would number it.
//!
//! Threads are not made here: a [`Crew`] comes from who may.

use super::block::Block;
use super::expand::Worker;
use super::known::Known;
use super::seen::Seen;

/// A part of the work, which may be done at the same time as the other parts.
pub type Job<'a> = Box<dyn FnOnce() + Send + 'a>;

/// Does all jobs and comes back when all are done, in whatever order and on whatever threads.
pub type Crew = fn(Vec<Job<'_>>);

/// One after the other.
pub(super) fn alone(jobs: Vec<Job<'_>>) {
    for job in jobs {
        job();
    }
}

/// The most threads.
pub(super) const MOST_THREADS: usize = 64;
/// How many worlds are in a block.
pub(super) const BLOCK: usize = 512;
/// How many blocks there are for each thread.
pub(super) const BLOCKS: usize = 8;

/// Expands blocks, looks up what can happen and builds what is new.
pub(super) fn work(blocks: &mut [Block], known: &mut Known, seen: &mut Seen, workers: &mut [Worker], crew: Crew) {
    share(blocks, workers, crew, &|block, worker| block.expand(known, worker));
    for block in blocks.iter_mut().filter(|block| block.gap().is_some()) {
        // What was missing here may have been found out for a block before.
        block.expand(known, &mut workers[0]);
        while let Some(gap) = block.gap() {
            known.fill(gap);
            block.expand(known, &mut workers[0]);
        }
    }
    look_up(blocks, seen, workers.len(), crew);
    share(blocks, workers, crew, &|block, worker| block.settle(known, worker));
}

/// Each worker does its share of the blocks.
fn share(blocks: &mut [Block], workers: &mut [Worker], crew: Crew, task: &(impl Fn(&mut Block, &mut Worker) + Sync)) {
    let size = blocks.len().div_ceil(workers.len()).max(1);
    let mut jobs: Vec<Job<'_>> = Vec::new();
    for (blocks, worker) in blocks.chunks_mut(size).zip(workers) {
        jobs.push(Box::new(move || blocks.iter_mut().for_each(|block| task(block, worker))));
    }
    crew(jobs);
}

/// Each thread looks up what stands in its part of the table.
fn look_up(blocks: &mut [Block], seen: &mut Seen, threads: usize, crew: Crew) {
    let all: &[Block] = blocks;
    let mut picks: Vec<Vec<Vec<u64>>> = vec![vec![Vec::new(); all.len()]; threads];
    let mut jobs: Vec<Job<'_>> = Vec::new();
    for (mut shard, picks) in seen.shards(threads).zip(&mut picks) {
        jobs.push(Box::new(move || all.iter().zip(picks).for_each(|(block, picks)| block.look_up(&mut shard, picks))));
    }
    crew(jobs);
    for (number, block) in blocks.iter_mut().enumerate() {
        block.take_picks(picks.iter().map(|of_thread| of_thread[number].as_slice()));
    }
}
