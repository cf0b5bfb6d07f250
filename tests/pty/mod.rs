//! The real program in a pseudo-terminal of 80x24, for tests that need no more than to type and to look.
// Helpers of tests fail as tests do; not every test file uses all of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code)]

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use vt100::Parser;

/// Only ever reached by a failure, so it may be long enough for any machine.
const DEADLINE: Duration = Duration::from_secs(30);

/// What the terminal has received: as a screen, and as bytes.
struct Received {
    screen: Parser,
    bytes: Vec<u8>,
}

pub(crate) struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn Write + Send>,
    received: Arc<Mutex<Received>>,
    _master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    /// Starts the program with these arguments; what it keeps goes to this folder.
    pub(crate) fn start(data: &Path, args: &[&str]) -> Self {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_paxoscope"));
        command.args(args);
        command.cwd(env!("CARGO_MANIFEST_DIR"));
        command.env("TERM", "xterm-256color");
        command.env("XDG_DATA_HOME", data);
        let child = pair.slave.spawn_command(command).unwrap();
        let cells = |count| NonZeroU16::new(count).unwrap();
        let screen = Parser::new(cells(24), cells(80), 0);
        let received = Arc::new(Mutex::new(Received { screen, bytes: Vec::new() }));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let into = Arc::clone(&received);
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                let mut received = into.lock().unwrap();
                received.screen.process(&buffer[..count]);
                received.bytes.extend_from_slice(&buffer[..count]);
            }
        });
        Self { child, keyboard: pair.master.take_writer().unwrap(), received, _master: pair.master }
    }

    pub(crate) fn contents(&self) -> String {
        self.received.lock().unwrap().screen.screen().contents()
    }

    /// All that the program ever wrote to the terminal.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.received.lock().unwrap().bytes.clone()
    }

    #[track_caller]
    pub(crate) fn wait_for(&self, part: &str) {
        let start = Instant::now();
        while !self.contents().contains(part) {
            assert!(start.elapsed() < DEADLINE, "waited in vain for {part}; the screen:\n{}", self.contents());
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn type_keys(&mut self, keys: &str) {
        // It may be dead already.
        let _ = self.keyboard.write_all(keys.as_bytes()).and_then(|()| self.keyboard.flush());
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until it ends by itself; its exit code.
    pub(crate) fn wait_for_end(&mut self) -> u32 {
        self.child.wait().unwrap().exit_code()
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.child.process_id().unwrap()
    }
}
