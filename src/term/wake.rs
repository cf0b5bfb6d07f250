//! What wakes the loop, and the threads that wait for it.

use std::io;
use std::sync::mpsc::Sender;
use std::thread;

use crossterm::event::Event;

use crate::app::Msg;

/// The bytes of one key come together; on the slowest of lines, 1200 baud, they are 8 ms apart.
#[cfg(unix)]
const TOGETHER: std::time::Duration = std::time::Duration::from_millis(20);

/// Tells the model something from outside the loop.
#[derive(Clone, Debug)]
pub struct Teller(pub(super) Sender<Wake>);

impl Teller {
    /// Tells it; nothing happens if the loop is over.
    pub fn tell(&self, msg: Msg) {
        let _ = self.0.send(Wake::Tell(msg));
    }
}

/// What a terminal says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Said {
    /// A key, or what the mouse did.
    Event(Event),
    /// It has got as far as [`super::pace`] asked.
    #[cfg_attr(not(unix), allow(dead_code))]
    Answer,
}

/// One reason for the loop to wake up.
#[derive(Debug)]
pub(crate) enum Wake {
    /// The terminal said this, all at once: what came together is drawn together.
    Said(Vec<Said>),
    /// The terminal may have another size.
    #[cfg(unix)]
    Resized,
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
    let listen = move || {
        let _ = listen(|said| wakes.send(Wake::Said(said)).is_ok());
        // Whoever is gone, the loop or the terminal, there is nobody left to serve.
        let _ = wakes.send(Wake::Closed);
    };
    thread::Builder::new().name("input".into()).spawn(listen).map(drop)
}

/// Tells what the terminal says until that is no longer wanted, or the terminal is gone.
#[cfg(not(unix))]
fn listen(tell: impl Fn(Vec<Said>) -> bool) -> io::Result<()> {
    while tell(vec![Said::Event(crossterm::event::read()?)]) {}
    Ok(())
}

/// Tells what the terminal says until that is no longer wanted, or the terminal is gone.
#[cfg(unix)]
fn listen(tell: impl Fn(Vec<Said>) -> bool) -> io::Result<()> {
    use io::BufRead;

    let mut decoder = super::decode::Decoder::default();
    loop {
        let mut said = Vec::new();
        if decoder.is_waiting() && !is_more_to_read()? {
            decoder.give_up(&mut said);
        } else {
            let mut stdin = io::stdin().lock();
            let count = match stdin.fill_buf() {
                Ok([]) => return Ok(()),
                Ok(bytes) => {
                    decoder.take(bytes, &mut said);
                    bytes.len()
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
                Err(error) => return Err(error),
            };
            stdin.consume(count);
        }
        if !said.is_empty() && !tell(said) {
            return Ok(());
        }
    }
}

/// Whether more comes so soon that it belongs to what has begun.
#[cfg(unix)]
fn is_more_to_read() -> io::Result<bool> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let stdin = io::stdin();
    let patience = Timespec::try_from(TOGETHER).map_err(io::Error::other)?;
    let mut terminal = [PollFd::new(&stdin, PollFlags::IN)];
    match poll(&mut terminal, Some(&patience)) {
        // A system that cannot wait so for a terminal: a key says more than none.
        Ok(_) => Ok(terminal[0].revents().intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR)),
        Err(rustix::io::Errno::INTR) => Ok(true),
        Err(error) => Err(error.into()),
    }
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
