//! The loop: sleep, update, draw.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crossterm::event::Event;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::background::{Background, Heard};
use super::guard::Guard;
use super::input::{self, Request};
use super::paint::Painter;
use super::wake::{self, Wake};
use super::{Ended, Error, Teller};
use crate::app::{Colors, Effect, Model, Msg, Target, update};

/// So many wakes are handled before a draw at most, lest a flood of them (a paste, a key held down) starve the screen.
const WAKES_A_DRAW: usize = 256;

/// A terminal that takes longer for a frame is not asked for frames in which something only moves.
const SLOW: Duration = Duration::from_millis(100);

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
    view: impl Fn(&Model, Rect, &mut Buffer),
    target: impl Fn(&Model, (u16, u16)) -> Option<Target>,
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
    if model.mouse() {
        super::guard::set_mouse(true)?;
    }
    let background = if model.colors() == Colors::None { Background::default() } else { Background::ask()? };

    let teller = Teller(sender);
    let mut screen =
        Screen { painter: Painter::new(), size: (0, 0), due: None, background, model, view, target, outside, teller };
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

struct Screen<'a, V, T, O> {
    painter: Painter,
    /// The columns and rows of the terminal.
    size: (u16, u16),
    /// When the model wants to be woken, if it does. Without such a wish nothing ticks.
    due: Option<Instant>,
    background: Background,
    model: &'a mut Model,
    view: V,
    /// What is under a cell of the screen.
    target: T,
    outside: O,
    teller: Teller,
}

impl<V, T, O> Screen<'_, V, T, O>
where
    V: Fn(&Model, Rect, &mut Buffer),
    T: Fn(&Model, (u16, u16)) -> Option<Target>,
    O: FnMut(&Effect, &Teller),
{
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
            Wake::Input(event) => match self.background.hear(event) {
                Heard::Nothing => Ok(None),
                Heard::Light(light) => self.tell(Msg::Background { light }),
                Heard::Keys(events) => {
                    for event in events {
                        if let Some(ended) = self.input(&event)? {
                            return Ok(Some(ended));
                        }
                    }
                    Ok(None)
                }
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

    fn input(&mut self, event: &Event) -> Result<Option<Ended>, Error> {
        match input::request(event) {
            Some(Request::Tell(msg)) => {
                #[cfg(debug_assertions)]
                super::fault::strike_at(&msg)?;
                // The terminal cuts or wraps what it shows, even if it is back at the old size by now.
                if let Msg::Resize(columns, rows) = msg {
                    self.size = (columns, rows);
                    self.painter.forget();
                }
                self.tell(msg)
            }
            Some(Request::Mouse(mouse, at)) => {
                let target = (self.target)(self.model, at);
                self.tell(Msg::Mouse(mouse, target))
            }
            Some(Request::Do(effect)) => self.carry_out(&effect),
            None => Ok(None),
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
            Effect::Mouse(ours) => {
                super::guard::set_mouse(*ours)?;
                Ok(None)
            }
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
        self.painter.forget();
        self.tell_size()
    }

    /// The model learns the size before the first frame, and when it may have changed unseen.
    fn tell_size(&mut self) -> Result<Option<Ended>, Error> {
        self.size = crossterm::terminal::size()?;
        self.tell(Msg::Resize(self.size.0, self.size.1))
    }

    /// One frame; nothing is written if it is the one that is shown.
    fn draw(&mut self) -> io::Result<()> {
        let start = Instant::now();
        let Self { painter, model, view, size, .. } = self;
        let bytes = painter.paint(*size, |area, buf| view(model, area, buf))?;
        if bytes.is_empty() {
            return Ok(());
        }
        let mut out = io::stdout();
        out.write_all(bytes)?;
        out.flush()?;
        if start.elapsed() > SLOW {
            let _ = update(self.model, Msg::Slow);
        }
        Ok(())
    }
}
