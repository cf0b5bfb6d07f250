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
use super::pace::Pace;
use super::paint::Painter;
use super::wake::{self, Said, Wake};
use super::{Ended, Error, Teller};
use crate::app::{Colors, Effect, Model, Msg, Target, update};

/// So many wakes are handled before a draw at most, lest a flood of them (a paste, a key held down) starve the screen.
const WAKES_A_DRAW: usize = 256;

/// As long as answers are waited for when a signal ends the program.
const HURRY: Duration = Duration::from_millis(500);

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
    let pace = Pace::begin()?;

    let teller = Teller(sender);
    let (painter, out, size, due) = (Painter::new(), output()?, (0, 0), None);
    let mut screen = Screen { painter, out, size, due, background, pace, wakes, model, view, target, outside, teller };
    let ended = screen.run();
    match ended {
        Ok(Ended::Quit) => drop(screen.hear_out(None)),
        Ok(Ended::Signal(_)) => drop(screen.hear_out(Some(HURRY))),
        Ok(Ended::TerminalClosed) | Err(_) => {}
    }
    match ended {
        Err(Error::Io(error)) if means_closed(&error) => Ok(Ended::TerminalClosed),
        ended => ended,
    }
}

/// Whether a failure to write says that nobody is there to read.
fn means_closed(error: &io::Error) -> bool {
    const EIO: i32 = 5;
    error.kind() == io::ErrorKind::BrokenPipe || (cfg!(unix) && error.raw_os_error() == Some(EIO))
}

/// Where frames go, each in one write. Standard output as the library has it would cut them in two, at the last line feed,
/// and a terminal may show the first part alone.
#[cfg(unix)]
type Output = std::fs::File;
#[cfg(not(unix))]
type Output = io::Stdout;

#[cfg(unix)]
fn output() -> io::Result<Output> {
    use std::os::fd::AsFd;
    Ok(io::stdout().as_fd().try_clone_to_owned()?.into())
}

#[cfg(not(unix))]
fn output() -> io::Result<Output> {
    Ok(io::stdout())
}

struct Screen<'a, V, T, O> {
    painter: Painter,
    out: Output,
    /// The columns and rows of the terminal.
    size: (u16, u16),
    /// When the model wants to be woken, if it does. Without such a wish nothing ticks.
    due: Option<Instant>,
    background: Background,
    pace: Pace,
    wakes: Receiver<Wake>,
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
    fn run(&mut self) -> Result<Ended, Error> {
        let mut ended = self.tell_size()?;
        while ended.is_none() {
            let now = Instant::now();
            ended = self.note_silence(now)?;
            let draw_at = self.draw_at(now);
            if draw_at.is_none() {
                self.draw()?;
            }
            if ended.is_none() {
                ended = self.handle_all(draw_at)?;
            }
        }
        Ok(ended.unwrap_or(Ended::Quit))
    }

    /// When to stop waiting and draw; `None` if a frame may be drawn now.
    fn draw_at(&mut self, now: Instant) -> Option<Instant> {
        self.background.draw_at(now).or_else(|| self.pace.draw_at(now))
    }

    /// When a run plays on, or what moves does, and there is something to draw.
    fn play_at(&mut self, now: Instant) -> Option<Instant> {
        let due = self.due?;
        Some(self.pace.play_at(now).map_or(due, |at| at.max(due)))
    }

    /// Sleeps until something happens, and handles all that has happened by then. A terminal that has not got so far yet
    /// is drawn to, and a run plays on, at `draw_at` at the latest.
    fn handle_all(&mut self, draw_at: Option<Instant>) -> Result<Option<Ended>, Error> {
        let now = Instant::now();
        let until = draw_at.or_else(|| self.pace.draw_at(now)).or_else(|| self.play_at(now));
        let until = [until, self.background.silent_at()].into_iter().flatten().min();
        let mut ended = match self.wait(until)? {
            Some(first) => self.handle(first)?,
            None => None,
        };
        for _ in 0..WAKES_A_DRAW {
            if ended.is_some() {
                break;
            }
            let Ok(wake) = self.wakes.try_recv() else { break };
            ended = self.handle(wake)?;
        }
        let now = Instant::now();
        if ended.is_none() && self.due.is_some_and(|due| due <= now) && self.pace.play_at(now).is_none() {
            self.due = None;
            return self.tell(Msg::Tick);
        }
        Ok(ended)
    }

    /// Whether it is time to do without an answer.
    fn note_silence(&mut self, now: Instant) -> Result<Option<Ended>, Error> {
        if self.pace.gives_up(now) {
            let _ = self.tell(Msg::Slow)?;
        }
        if self.background.gives_up(now) { self.tell(Msg::Untold) } else { Ok(None) }
    }

    /// Sleeps until something happens, or until then.
    fn wait(&self, until: Option<Instant>) -> Result<Option<Wake>, Error> {
        let woken = match until {
            None => self.wakes.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(until) => self.wakes.recv_timeout(until.saturating_duration_since(Instant::now())),
        };
        match woken {
            Ok(wake) => Ok(Some(wake)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(Error::Broken("nothing is left to wait for".into())),
        }
    }

    /// Before somebody else gets the terminal: gives the screen back, and waits for the answers that are out, which would be
    /// keys to them. Ctrl-C, or a signal, ends the wait, and so does somebody's hurry. What else came is handed back.
    fn hear_out(&mut self, hurry: Option<Duration>) -> Vec<Wake> {
        let mut others = Vec::new();
        super::guard::restore_screen();
        let latest = hurry.and_then(|hurry| Instant::now().checked_add(hurry));
        while let Some(until) = self.pace.leave_at(Instant::now()) {
            let until = latest.map_or(until, |latest| until.min(latest));
            if until <= Instant::now() {
                break;
            }
            match self.wait(Some(until)) {
                Ok(Some(Wake::Said(said))) => {
                    self.hear_answers(&said);
                    let interrupt = Some(Request::Tell(Msg::Interrupt));
                    if said.iter().any(|one| matches!(one, Said::Event(event) if input::request(event) == interrupt)) {
                        break;
                    }
                }
                Ok(None) => {}
                #[cfg(unix)]
                Ok(Some(Wake::Resized)) => {}
                Ok(Some(told @ Wake::Tell(_))) => others.push(told),
                Ok(Some(other)) => {
                    others.push(other);
                    break;
                }
                Err(_) => break,
            }
        }
        self.pace.forget();
        others
    }

    /// Only the answers; keys mean nothing any more.
    fn hear_answers(&mut self, said: &[Said]) {
        for _ in said.iter().filter(|one| matches!(one, Said::Answer)) {
            self.pace.answered(Instant::now());
        }
    }

    fn handle(&mut self, wake: Wake) -> Result<Option<Ended>, Error> {
        match wake {
            Wake::Said(said) => {
                let mut said = said.into_iter();
                while let Some(one) = said.next() {
                    if let Some(ended) = self.hear(one)? {
                        self.hear_answers(said.as_slice());
                        return Ok(Some(ended));
                    }
                }
                Ok(None)
            }
            #[cfg(unix)]
            Wake::Resized => self.tell_size(),
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

    fn hear(&mut self, said: Said) -> Result<Option<Ended>, Error> {
        let event = match said {
            Said::Event(event) => event,
            Said::Answer => return self.hear_answer(),
        };
        match self.background.hear(event) {
            Heard::Nothing => Ok(None),
            Heard::Color(color) => self.tell(Msg::Background(color)),
            Heard::Keys(events) => {
                for event in events {
                    if let Some(ended) = self.input(&event)? {
                        return Ok(Some(ended));
                    }
                }
                Ok(None)
            }
        }
    }

    fn hear_answer(&mut self) -> Result<Option<Ended>, Error> {
        if self.pace.answered(Instant::now()) {
            let _ = self.tell(Msg::Slow)?;
        }
        if self.background.is_passed_over() { self.tell(Msg::Untold) } else { Ok(None) }
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
            Effect::Repaint => {
                self.painter.forget();
                Ok(None)
            }
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
        let others = self.hear_out(None);
        // Who was told to end meanwhile does not stop first: nobody may ever let it go on.
        if !others.iter().any(|wake| matches!(wake, Wake::End(_) | Wake::Closed | Wake::Broken(_))) {
            super::guard::restore();
            super::signals::stop()?;
            if let Some(ended) = self.come_back()? {
                return Ok(Some(ended));
            }
        }
        for wake in others.into_iter().filter(|wake| !matches!(wake, Wake::Stop)) {
            if let Some(ended) = self.handle(wake)? {
                return Ok(Some(ended));
            }
        }
        Ok(None)
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
        self.pace.forget();
        self.tell_size()
    }

    /// The model learns the size before the first frame, and when it may have changed. The terminal cuts or wraps what it
    /// shows, even if it is back at the old size by now, so all is painted anew.
    fn tell_size(&mut self) -> Result<Option<Ended>, Error> {
        self.painter.forget();
        self.size = crossterm::terminal::size()?;
        self.tell(Msg::Resize(self.size.0, self.size.1))
    }

    /// One frame; nothing is written if it is the one that is shown.
    fn draw(&mut self) -> io::Result<()> {
        let start = Instant::now();
        let Self { painter, out, pace, model, view, size, .. } = self;
        let frame = painter.paint(*size, |area, buf| view(model, area, buf))?;
        if frame.is_empty() {
            return Ok(());
        }
        pace.ask(frame.len(), frame, start)?;
        out.write_all(frame)?;
        out.flush()?;
        if start.elapsed() > SLOW {
            let _ = update(self.model, Msg::Slow);
        }
        Ok(())
    }
}
