//! Undo, all the way: 10,000 random actions from each of 20 seeds are taken back, of every fifth seed one by one, and the
//! world at the end is the first one, byte for byte.

#![allow(clippy::unwrap_used, clippy::panic)]

use paxoscope::session::{Fault, Schedule, Session};
use paxoscope::world::Setup;

const STEPS: u32 = 10_000;

fn bytes(session: &Session) -> Vec<u8> {
    // Every field of the world, as text: maps with keys that are no strings are written as they are printed.
    format!("{:?}", session.world()).into_bytes()
}

#[test]
fn taking_everything_back_gives_the_first_world_byte_for_byte() {
    for seed in 0..20 {
        let mut session = Session::new(Setup::default()).unwrap();
        let first = bytes(&session);
        let mut schedule = Schedule::new(seed, Fault::ALL).with_most_requests(8);
        let mut samples = Vec::new();
        for step in 0..STEPS {
            if step % 499 == 0 {
                samples.push((session.step(), bytes(&session)));
            }
            let action = schedule.next(session.world()).unwrap();
            session.act(action).unwrap_or_else(|refusal| panic!("seed {seed}, step {step}: {refusal}"));
        }
        assert_eq!((session.step(), session.violations()), (STEPS, Vec::new()), "seed {seed}");
        if seed % 5 > 0 {
            session.to_start();
            assert!(bytes(&session) == first, "seed {seed}: at once");
            continue;
        }
        while session.back() {
            if samples.last().is_some_and(|(step, _)| *step == session.step()) {
                assert!(samples.pop().unwrap().1 == bytes(&session), "seed {seed}, step {}", session.step());
            }
        }
        assert!(samples.is_empty() && bytes(&session) == first, "seed {seed}");
        assert_eq!(session.steps_ahead(), STEPS);
    }
}
