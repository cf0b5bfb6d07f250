//! Taking the terminal and giving it back.
//!
//! Every mode that the program sets is in [`enter`], and its opposite in [`leave`], side by side. [`restore`] is the one
//! way back for every end: a normal one, an error, a panic, a signal. Ratatui's own `restore` is not used: it knows
//! neither the cursor nor the mouse, and stacks a panic hook a call.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, Write};
use std::panic::{self, PanicHookInfo};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread;

use crossterm::event::DisableMouseCapture;
use crossterm::style::ResetColor;
use crossterm::terminal::{
    EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, queue};

use super::wake::Wake;

/// Whether the screen is ours now, and whether keys are. Whoever clears one of these gives that back, so that it happens
/// once: leaving the alternate screen twice moves the cursor, and what was printed between is overwritten.
static SCREEN: AtomicBool = AtomicBool::new(false);
static KEYS: AtomicBool = AtomicBool::new(false);

/// Whether the mouse is ours while the terminal is.
static MOUSE: AtomicBool = AtomicBool::new(false);

/// Presses and the wheel, in the form without a limit of columns; not every movement, which would be a flood for nothing.
#[cfg(unix)]
const ENABLE_MOUSE: &str = "\x1b[?1000h\x1b[?1006h";

/// Sets every mode.
fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    let mut out = io::stdout();
    queue!(out, EnterAlternateScreen, cursor::Hide)?;
    if MOUSE.load(Ordering::SeqCst) {
        enable_mouse(&mut out)?;
    }
    out.flush()
}

#[cfg(unix)]
fn enable_mouse(out: &mut impl Write) -> io::Result<()> {
    queue!(out, crossterm::style::Print(ENABLE_MOUSE))
}

#[cfg(not(unix))]
fn enable_mouse(out: &mut impl Write) -> io::Result<()> {
    queue!(out, crossterm::event::EnableMouseCapture)
}

/// The mouse is ours from here on, or the terminal's own again: its users select and copy with it.
pub(crate) fn set_mouse(ours: bool) -> io::Result<()> {
    MOUSE.store(ours, Ordering::SeqCst);
    let mut out = io::stdout();
    if ours {
        enable_mouse(&mut out)?;
    } else {
        queue!(out, DisableMouseCapture)?;
    }
    out.flush()
}

/// Undoes every mode that is set by text, in one piece.
fn leave() {
    let mut out = io::stdout();
    // A frame may have been left half drawn.
    let _ = queue!(out, EndSynchronizedUpdate, ResetColor);
    // Even if it is not ours: a program that we were started from may have left it on, and the shell is helpless with it.
    if cfg!(unix) || MOUSE.load(Ordering::SeqCst) {
        let _ = queue!(out, DisableMouseCapture);
    }
    let _ = queue!(out, cursor::Show, LeaveAlternateScreen);
    let _ = out.flush();
}

/// Gives the screen back, if it is ours; what is typed is still for us, and is not shown.
pub(crate) fn restore_screen() {
    if SCREEN.swap(false, Ordering::SeqCst) {
        leave();
    }
}

/// Gives the terminal back, if it is ours, the keys whatever becomes of the screen. May be called from everywhere and any
/// number of times.
pub(crate) fn restore() {
    restore_screen();
    if KEYS.swap(false, Ordering::SeqCst) {
        let _ = disable_raw_mode();
    }
}

/// Takes the terminal again after [`restore`], or after somebody else had it unasked (SIGSTOP cannot be caught). Only
/// while a [`Guard`] lives.
pub(crate) fn retake() -> io::Result<()> {
    // If it counts as ours, all is undone first: crossterm would take raw mode for still on, and a terminal that is
    // sent to the alternate screen twice forgets where its cursor was.
    restore();
    for ours in [&SCREEN, &KEYS] {
        ours.store(true, Ordering::SeqCst);
    }
    enter()
}

/// The terminal is ours while this lives, also across a panic.
pub(crate) struct Guard(());

impl Guard {
    /// Takes the terminal. A panic of this thread gives it back before a word is printed; one of another thread is sent
    /// to the loop, which ends then.
    pub(crate) fn take(wakes: Sender<Wake>) -> io::Result<Self> {
        let owner = thread::current().id();
        panic::set_hook(Box::new(move |info| {
            if thread::current().id() == owner {
                restore();
                report(info);
            } else {
                let _ = wakes.send(Wake::Broken(describe(info)));
            }
        }));
        // From here on the guard's drop cleans up whatever part of `enter` succeeded.
        let guard = Self(());
        retake()?;
        Ok(guard)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
        if !thread::panicking() {
            // Ours speaks of a loop that is over.
            drop(panic::take_hook());
        }
    }
}

/// What a learner reads after a panic: what it means for them, and what to report. Programmers ask for the rest with
/// `RUST_BACKTRACE`.
fn report(info: &PanicHookInfo<'_>) {
    let mut err = io::stderr();
    // Standard error may be closed; a panic in a panic would abort.
    let _ = writeln!(
        err,
        "Paxoscope had to stop: it ran into a bug of its own.\nPlease report it with this line: {}",
        describe(info)
    );
    let trace = Backtrace::capture();
    if trace.status() == BacktraceStatus::Captured {
        let _ = writeln!(err, "{trace}");
    }
}

fn describe(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let what = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    match info.location() {
        Some(place) => format!("{what} ({}:{})", place.file(), place.line()),
        None => what.to_owned(),
    }
}
