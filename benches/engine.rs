//! How many messages a second the engine delivers, alone and with every invariant judged after every step. Prints; asserts
//! no time.

#![allow(clippy::unwrap_used)]

use std::hint::black_box;
use std::time::Instant;

use paxoscope::pmmc::{ClientId, LeaderId, Op};
use paxoscope::world::{Action, Setup, Watch, World};

/// Requests to each cluster, which then gives way to a fresh one: its state stays small.
const REQUESTS: usize = 20;
/// Clusters in one measurement.
const CLUSTERS: usize = 500;
/// Measurements, of which the median counts.
const MEASUREMENTS: usize = 9;

/// A cluster of 3 acceptors, 2 leaders and 2 replicas that is asked again and again; the messages that it delivers.
fn run(begin: &World, step: &mut impl FnMut(&mut World, &Action)) -> usize {
    let mut world = begin.clone();
    let mut delivered = 0;
    step(&mut world, &Action::Elect(LeaderId(0)));
    for _ in 0..=REQUESTS {
        loop {
            let next = world.network().distinct().next().map(|(envelope, _)| envelope.clone());
            let Some(envelope) = next else { break };
            step(&mut world, &Action::Deliver(envelope));
            delivered += 1;
        }
        step(&mut world, &Action::Request(ClientId(0), Op::Put { key: "k1".into(), value: "v1".into() }));
    }
    black_box(&world);
    delivered
}

/// The median of deliveries a second.
fn rate(mut once: impl FnMut() -> usize) -> f64 {
    let mut rates: Vec<f64> = (0..MEASUREMENTS)
        .map(|_| {
            let start = Instant::now();
            let delivered: usize = (0..CLUSTERS).map(|_| once()).sum();
            f64::from(u32::try_from(delivered).unwrap()) / start.elapsed().as_secs_f64()
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    rates[MEASUREMENTS / 2]
}

fn main() {
    let begin = World::new(&Setup::default()).unwrap();
    let plain = rate(|| run(&begin, &mut |world, action| drop(black_box(world.apply(action).unwrap()))));
    println!("plain engine: {:.2} million deliveries a second (aim: 3.6)", plain / 1e6);
    let cloned = rate(|| {
        run(&begin, &mut |world, action| {
            let mut next = world.clone();
            drop(black_box(next.apply(action).unwrap()));
            *world = next;
        })
    });
    println!("a world kept before every step: {:.2} million", cloned / 1e6);
    let watched = rate(|| {
        let mut watch = Watch::new(&begin);
        run(&begin, &mut |world, action| {
            let before = world.clone();
            let events = world.apply(action).unwrap();
            watch.observe(&before, world, &events);
        })
    });
    println!("every invariant judged after every step: {:.2} million", watched / 1e6);
}
