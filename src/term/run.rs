//! The loop: sleep, update, draw.

use std::io::{self, IsTerminal, Stdout, Write};
use std::mem::{self, ManuallyDrop};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crossterm::queue;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::{Position, Rect};
use ratatui::{Frame, Terminal};

use super::guard::Guard;
use super::input::{self, Request};
use super::wake::{self, Wake};
use super::{Ended, Error, Teller};
use crate::app::{Effect, Model, Msg, update};

/// So many wakes are handled before a draw at most, lest a flood of them (a paste, a key held down) starve the screen.
const WAKES_A_DRAW: usize = 256;

/// Shows the model on the terminal, by `view`, until the user leaves or something ends the program; the terminal is given
/// back whatever happens. To be called once a process: the thread that reads the keys cannot be stopped.
///
/// The caller gets control back after a signal too, and may save what is to be saved; [`Ended::exit_code`] and
/// [`Error::exit_code`] say what to exit with.
///
/// What touches neither the terminal nor the loop (files, say) is carried out by `outside`, which answers by the
/// [`Teller`], now or later, and never makes the screen wait.
pub fn run(
    model: &mut Model,
    view: impl FnMut(&Model, &mut Frame<'_>),
    outside: impl FnMut(&Effect, &Teller),
) -> Result<Ended, Error> {
    if !io::stdin().is_terminal() {
        return Err(Error::NotATerminal("standard input"));
    }
    if !io::stdout().is_terminal() {
        return Err(Error::NotATerminal("standard output"));
    }
    // The theme decides about colours. Crossterm would drop bold and reverse along with them.
    crossterm::style::force_color_output(true);

    let (sender, wakes) = mpsc::channel();
    let _guard = Guard::take(sender.clone())?;
    // After the guard, hence dropped before it: when nobody listens any more, the terminal is about to be given back.
    #[cfg(unix)]
    let _listening = super::signals::Listening::start(sender.clone())?;
    #[cfg(unix)]
    wake::watch_closing(sender.clone())?;
    wake::watch_input(sender.clone())?;

    let terminal = ManuallyDrop::new(Terminal::new(CrosstermBackend::new(io::stdout()))?);
    let teller = Teller(sender);
    let mut screen = Screen { terminal, is_stale: false, due: None, model, view, outside, teller };
    match screen.run(&wakes) {
        Err(Error::Io(error)) if means_closed(&error) => Ok(Ended::TerminalClosed),
        ended => ended,
    }
}

/// Whether a failure to write says that nobody is there to read.
fn means_closed(error: &io::Error) -> bool {
    const EIO: i32 = 5;
    error.kind() == io::ErrorKind::BrokenPipe || (cfg!(unix) && error.raw_os_error() == Some(EIO))
}

struct Screen<'a, V, O> {
    /// Never dropped: the guard shows the cursor, whereas Ratatui's drop would complain to a standard error that may be
    /// closed, and that is a panic.
    terminal: ManuallyDrop<Terminal<CrosstermBackend<Stdout>>>,
    /// Whether the terminal may show something else than the last frame.
    is_stale: bool,
    /// When the model wants to be woken, if it does. Without such a wish nothing ticks.
    due: Option<Instant>,
    model: &'a mut Model,
    view: V,
    outside: O,
    teller: Teller,
}

impl<V: FnMut(&Model, &mut Frame<'_>), O: FnMut(&Effect, &Teller)> Screen<'_, V, O> {
    fn run(&mut self, wakes: &Receiver<Wake>) -> Result<Ended, Error> {
        let mut ended = self.tell_size()?;
        while ended.is_none() {
            self.draw()?;
            ended = self.handle_all(wakes)?;
        }
        Ok(ended.unwrap_or(Ended::Quit))
    }

    /// Sleeps until something happens, and handles all that has happened by then.
    fn handle_all(&mut self, wakes: &Receiver<Wake>) -> Result<Option<Ended>, Error> {
        let mut ended = match self.wait(wakes)? {
            Some(first) => self.handle(first)?,
            None => None,
        };
        for wake in wakes.try_iter().take(WAKES_A_DRAW) {
            if ended.is_some() {
                break;
            }
            ended = self.handle(wake)?;
        }
        if ended.is_none() && self.due.is_some_and(|due| due <= Instant::now()) {
            self.due = None;
            return self.tell(Msg::Tick);
        }
        Ok(ended)
    }

    /// Sleeps until something happens, or until the model wants to be woken.
    fn wait(&self, wakes: &Receiver<Wake>) -> Result<Option<Wake>, Error> {
        let woken = match self.due {
            None => wakes.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(due) => wakes.recv_timeout(due.saturating_duration_since(Instant::now())),
        };
        match woken {
            Ok(wake) => Ok(Some(wake)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(Error::Broken("nothing is left to wait for".into())),
        }
    }

    fn handle(&mut self, wake: Wake) -> Result<Option<Ended>, Error> {
        match wake {
            Wake::Input(event) => match input::request(&event) {
                Some(Request::Tell(msg)) => {
                    #[cfg(debug_assertions)]
                    super::fault::strike_at(&msg)?;
                    // The terminal cuts or wraps what it shows, even if it is back at the old size by now.
                    self.is_stale |= matches!(msg, Msg::Resize(..));
                    self.tell(msg)
                }
                Some(Request::Do(effect)) => self.carry_out(&effect),
                None => Ok(None),
            },
            #[cfg(unix)]
            Wake::End(signal) => Ok(Some(Ended::Signal(signal))),
            #[cfg(unix)]
            Wake::Stop => self.suspend(),
            #[cfg(unix)]
            Wake::Continued => self.come_back(),
            Wake::Tell(msg) => self.tell(msg),
            Wake::Closed => Ok(Some(Ended::TerminalClosed)),
            Wake::Broken(what) => Err(Error::Broken(what)),
        }
    }

    fn tell(&mut self, msg: Msg) -> Result<Option<Ended>, Error> {
        for effect in update(self.model, msg) {
            if let Some(ended) = self.carry_out(&effect)? {
                return Ok(Some(ended));
            }
        }
        Ok(None)
    }

    fn carry_out(&mut self, effect: &Effect) -> Result<Option<Ended>, Error> {
        match effect {
            Effect::Quit => Ok(Some(Ended::Quit)),
            Effect::Suspend => self.suspend(),
            Effect::WakeAfter(milliseconds) => {
                self.due = Instant::now().checked_add(Duration::from_millis(*milliseconds));
                Ok(None)
            }
            Effect::Keep(_)
            | Effect::Load(_)
            | Effect::KeepProgress(_)
            | Effect::Watch(_)
            | Effect::Explore(_)
            | Effect::StopExploring => {
                (self.outside)(effect, &self.teller);
                Ok(None)
            }
        }
    }

    #[cfg(unix)]
    fn suspend(&mut self) -> Result<Option<Ended>, Error> {
        super::guard::restore();
        super::signals::stop()?;
        self.come_back()
    }

    /// There is no job control to return to: the key does nothing.
    #[cfg(not(unix))]
    #[allow(clippy::unnecessary_wraps, clippy::unused_self)]
    fn suspend(&mut self) -> Result<Option<Ended>, Error> {
        Ok(None)
    }

    /// The process was stopped, and the terminal was somebody else's meanwhile: everything is set and painted anew.
    #[cfg(unix)]
    fn come_back(&mut self) -> Result<Option<Ended>, Error> {
        super::guard::retake()?;
        self.is_stale = true;
        self.tell_size()
    }

    /// The model learns the size before the first frame, and when it may have changed unseen.
    fn tell_size(&mut self) -> Result<Option<Ended>, Error> {
        let size = self.terminal.size()?;
        self.tell(Msg::Resize(size.width, size.height))
    }

    /// One frame, shown by the terminal all at once.
    fn draw(&mut self) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        if mem::take(&mut self.is_stale) {
            // Not `clear`, which asks the terminal where the cursor is, and would wait for the thread that reads keys.
            let size = self.terminal.size()?;
            self.terminal.resize(Rect::from((Position::ORIGIN, size)))?;
        }
        let Self { terminal, model, view, .. } = self;
        terminal.draw(|frame| view(model, frame))?;
        queue!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        io::stdout().flush()
    }
}
