//! Watches the lesson file that is on the stage: a thread looks at its time and length a few times a second, and tells
//! of it only when it has changed. While no file is watched it sleeps.

use std::fs;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::app::Msg;

use super::input;

/// Asking for the time works everywhere, on network drives and in containers too.
const EVERY: Duration = Duration::from_millis(250);

/// What of a file shows that it was saved.
type Look = Option<(Option<SystemTime>, u64)>;

/// Watches one file at a time, for as long as it lives.
pub(crate) struct Watcher {
    wishes: Sender<Option<String>>,
}

impl Watcher {
    /// Starts the thread. Nothing is watched if it cannot be started.
    pub(crate) fn start(tell: impl Fn(Msg) + Send + 'static) -> Self {
        let (wishes, inbox) = mpsc::channel::<Option<String>>();
        let watch = move || {
            let mut watched: Option<(String, Look)> = None;
            loop {
                let wish = match &watched {
                    None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
                    Some(_) => inbox.recv_timeout(EVERY),
                };
                match wish {
                    Ok(name) => {
                        watched = name.map(|name| {
                            let now = look(&name);
                            (name, now)
                        });
                    }
                    Err(RecvTimeoutError::Timeout) => {
                        if let Some((name, before)) = &mut watched {
                            let now = look(name);
                            if now != *before {
                                *before = now;
                                tell(saved(name));
                            }
                        }
                    }
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        };
        // A screen that does not follow its file is still a screen.
        let _ = thread::Builder::new().name("watch".into()).spawn(watch);
        Self { wishes }
    }

    /// Watches this file from now on, and no other.
    pub(crate) fn watch(&self, name: Option<String>) {
        let _ = self.wishes.send(name);
    }
}

fn look(name: &str) -> Look {
    let data = fs::metadata(name).ok()?;
    Some((data.modified().ok(), data.len()))
}

fn saved(name: &str) -> Msg {
    let text = input::read(Path::new(name)).map_err(|error| error.to_string());
    Msg::Saved { name: name.to_owned(), text }
}
