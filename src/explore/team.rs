//! Several threads work on one search. They share out the worlds when those are expanded and built, and the table of
//! fingerprints when they are looked up; what is missing is found out between, in the order of the worlds. So nobody waits
//! for a lock, and everything is numbered as one thread alone would number it.

use std::thread;

use super::block::Block;
use super::expand::Worker;
use super::known::Known;
use super::seen::Seen;

/// The most threads.
pub(super) const MOST_THREADS: usize = 64;
/// How many worlds are in a block.
pub(super) const BLOCK: usize = 512;
/// How many blocks there are for each thread.
pub(super) const BLOCKS: usize = 8;

/// Expands blocks, looks up what can happen and builds what is new.
pub(super) fn work(blocks: &mut [Block], known: &mut Known, seen: &mut Seen, workers: &mut [Worker]) {
    share(blocks, workers, &|block, worker| block.expand(known, worker));
    // Blocks go on from where something was missing, the first one first.
    for block in blocks.iter_mut().filter(|block| block.gap().is_some()) {
        // What was missing here may have been found out for a block before.
        block.expand(known, &mut workers[0]);
        while let Some(gap) = block.gap() {
            known.fill(gap);
            block.expand(known, &mut workers[0]);
        }
    }
    look_up(blocks, seen, workers.len());
    share(blocks, workers, &|block, worker| block.settle(known, worker));
}

/// Each worker does its share of the blocks.
fn share(blocks: &mut [Block], workers: &mut [Worker], task: &(impl Fn(&mut Block, &mut Worker) + Sync)) {
    let size = blocks.len().div_ceil(workers.len()).max(1);
    let run = |blocks: &mut [Block], worker: &mut Worker| blocks.iter_mut().for_each(|block| task(block, worker));
    let run = &run;
    thread::scope(|scope| {
        let mut shares = blocks.chunks_mut(size).zip(workers);
        let own = shares.next();
        for (blocks, worker) in shares {
            scope.spawn(move || run(blocks, worker));
        }
        if let Some((blocks, worker)) = own {
            run(blocks, worker);
        }
    });
}

/// Each thread looks up what stands in its part of the table.
fn look_up(blocks: &mut [Block], seen: &mut Seen, threads: usize) {
    let all: &[Block] = blocks;
    let picks: Vec<Vec<Vec<u64>>> = thread::scope(|scope| {
        let look_up = move |mut shard: super::seen::Shard<'_>| {
            let of_block = |block: &Block| {
                let mut picks = Vec::new();
                block.look_up(&mut shard, &mut picks);
                picks
            };
            all.iter().map(of_block).collect::<Vec<_>>()
        };
        let mut shards = seen.shards(threads);
        let own = shards.next();
        let handles: Vec<_> = shards.map(|shard| scope.spawn(move || look_up(shard))).collect();
        let own = own.map(look_up);
        // A thread that panicked did not look up its part, and the search must not go on as if it had.
        let others = handles.into_iter().map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        own.into_iter().chain(others).collect()
    });
    for (number, block) in blocks.iter_mut().enumerate() {
        block.take_picks(picks.iter().map(|of_thread| of_thread[number].as_slice()));
    }
}
