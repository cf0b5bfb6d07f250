//! What wakes the loop, and the threads that wait for it.

use std::io;
use std::sync::mpsc::Sender;
use std::thread;

use crossterm::event::{self, Event};

use crate::app::Msg;

/// Tells the model something from outside the loop.
#[derive(Clone, Debug)]
pub struct Teller(pub(super) Sender<Wake>);

impl Teller {
    /// Tells it; nothing happens if the loop is over.
    pub fn tell(&self, msg: Msg) {
        let _ = self.0.send(Wake::Tell(msg));
    }
}

/// One reason for the loop to wake up.
#[derive(Debug)]
pub(crate) enum Wake {
    /// A key or a new size.
    Input(Event),
    /// A signal asks the program to end.
    #[cfg(unix)]
    End(i32),
    /// A signal asks the program to stop until it is continued.
    #[cfg(unix)]
    Stop,
    /// The program was continued, and the terminal may have been anybody's meanwhile.
    #[cfg(unix)]
    Continued,
    /// Something for the model, from whoever carried out an effect outside.
    Tell(Msg),
    /// The terminal was closed, or cannot be read any longer.
    Closed,
    /// Another thread panicked; what it said.
    Broken(String),
}

/// Starts the thread that waits for keys. It ends with the process, for nothing can wake it but the terminal.
pub(crate) fn watch_input(wakes: Sender<Wake>) -> io::Result<()> {
    let read_all = move || {
        loop {
            let Ok(event) = event::read() else {
                // Whoever is gone, the loop or the terminal, there is nobody left to serve.
                let _ = wakes.send(Wake::Closed);
                return;
            };
            if wakes.send(Wake::Input(event)).is_err() {
                return;
            }
        }
    };
    thread::Builder::new().name("input".into()).spawn(read_all).map(drop)
}

/// Starts the thread that waits for the terminal to be closed. Crossterm does not tell: at the end of the input it reads
/// on for ever. Usually SIGHUP comes too, but not to a process for which this is not the controlling terminal.
#[cfg(unix)]
pub(crate) fn watch_closing(wakes: Sender<Wake>) -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, poll};

    let wait = move || {
        let stdin = io::stdin();
        loop {
            // No flags: only the hang-up itself, which needs no asking, ends the wait.
            let mut terminal = [PollFd::new(&stdin, PollFlags::empty())];
            match poll(&mut terminal, None) {
                Ok(_) if terminal[0].revents().contains(PollFlags::HUP) => {
                    let _ = wakes.send(Wake::Closed);
                    return;
                }
                Err(rustix::io::Errno::INTR) => {}
                // A system that cannot wait so for a terminal: SIGHUP has to do.
                Ok(_) | Err(_) => return,
            }
        }
    };
    thread::Builder::new().name("closing".into()).spawn(wait).map(drop)
}
