//! Signals, turned into wakes of the loop.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::guard;
use super::wake::Wake;

/// How long the loop may take to answer a signal before the program is ended without it.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long giving the terminal back may take then: its output may be held back for ever (Ctrl-S).
const PATIENCE_TO_RESTORE: Duration = PATIENCE;

/// Whether there is a loop to answer.
static LISTENING: AtomicBool = AtomicBool::new(false);

/// While this lives, signals go to the loop. Afterwards they end the program as they end any other, a moment later, so
/// that nobody has to wait for one that hangs while it is leaving.
pub(crate) struct Listening(());

impl Listening {
    /// Starts the thread that waits for signals.
    pub(crate) fn start(wakes: Sender<Wake>) -> io::Result<Self> {
        let mut signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH])?;
        LISTENING.store(true, Ordering::SeqCst);
        let listening = Self(());
        let forward = move || {
            for signal in signals.forever() {
                on_signal(signal, &wakes);
            }
        };
        thread::Builder::new().name("signals".into()).spawn(forward)?;
        Ok(listening)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        LISTENING.store(false, Ordering::SeqCst);
    }
}

/// Stops the process as the default action of SIGTSTP would, and returns when it is continued.
pub(crate) fn stop() -> io::Result<()> {
    emulate_default_handler(SIGTSTP)
}

fn on_signal(signal: i32, wakes: &Sender<Wake>) {
    let wake = match signal {
        SIGTSTP => Wake::Stop,
        SIGCONT => Wake::Continued,
        SIGWINCH => Wake::Resized,
        ending => Wake::End(ending),
    };
    let is_end = matches!(wake, Wake::End(_));
    let is_heard = LISTENING.load(Ordering::SeqCst) && wakes.send(wake).is_ok();
    if is_end {
        let wait = move || end_unless_answered(signal, is_heard);
        if thread::Builder::new().spawn(wait).is_err() {
            end_now(signal);
        }
    } else if signal == SIGTSTP && !is_heard {
        let _ = stop();
    }
}

/// Once the loop has answered, the program is leaving and may take its time to save. A signal that comes only then (a
/// closed terminal is noticed before its SIGHUP arrives, or somebody loses patience) leaves it a moment to finish.
fn end_unless_answered(signal: i32, is_heard: bool) {
    thread::sleep(PATIENCE);
    if !is_heard || LISTENING.load(Ordering::SeqCst) {
        end_now(signal);
    }
}

/// Ends the process by the signal's default action, without the loop, which hangs.
fn end_now(signal: i32) {
    let (done, is_done) = std::sync::mpsc::channel();
    let restore = move || {
        guard::restore();
        let _ = done.send(());
    };
    if thread::Builder::new().spawn(restore).is_ok() {
        let _ = is_done.recv_timeout(PATIENCE_TO_RESTORE);
    }
    let _ = emulate_default_handler(signal);
}
