//! Faults on purpose, in debug builds only: `PAXOSCOPE_TEST_FAULT` makes the loop fail at the next key, so that tests
//! see the terminal given back after a real failure in the real program.

use std::io::{self, Write};

use crate::app::Msg;

/// Fails as asked: `panic`, `error`, `thread` (a panic of another thread) or `hang` (the loop answers nothing more, which a
/// bell tells).
#[allow(clippy::panic)]
pub(crate) fn strike_at(msg: &Msg) -> io::Result<()> {
    if !matches!(msg, Msg::Key(_)) {
        return Ok(());
    }
    match std::env::var("PAXOSCOPE_TEST_FAULT").as_deref() {
        Ok("panic") => panic!("a panic on purpose"),
        Ok("error") => Err(io::Error::other("an error on purpose")),
        Ok("thread") => {
            drop(std::thread::spawn(|| panic!("a panic on purpose, in a thread")));
            Ok(())
        }
        Ok("hang") => {
            let mut out = io::stdout();
            out.write_all(b"\x07").and_then(|()| out.flush())?;
            loop {
                std::thread::park();
            }
        }
        _ => Ok(()),
    }
}
