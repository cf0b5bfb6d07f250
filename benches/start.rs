//! From the start to the first whole frame, and from a key to the first byte of the answer, in a real pseudo-terminal,
//! beside `htop` in the same run. Prints; asserts no time. `cargo bench --bench start`

#![allow(clippy::unwrap_used)]

#[cfg(not(unix))]
fn main() {
    println!("there is no pseudo-terminal to measure in here");
}

#[cfg(unix)]
fn main() {
    unix::main();
}

#[cfg(unix)]
mod unix {
    use std::io::{Read, Write};
    use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
    use std::thread;
    use std::time::{Duration, Instant};

    use portable_pty::{CommandBuilder, PtySize, native_pty_system};

    const STARTS: usize = 21;
    const KEYS: usize = 101;
    /// A frame is whole when nothing came for so long: `htop` clears the screen a tenth of a second before it draws.
    const SILENCE: Duration = Duration::from_millis(250);

    pub(crate) fn main() {
        let folder = std::env::temp_dir().join(format!("paxoscope-bench-{}", std::process::id()));
        let ours: Vec<&str> = vec![env!("CARGO_BIN_EXE_paxoscope")];
        println!("{:<12} {:>24} {:>32}", "", "start to first frame, ms", "key to first byte, ms: p50, p99");
        let (start, key) = row("paxoscope", &ours, &folder);
        if has_htop() {
            let (peer_start, peer_key) = row("htop", &["htop"], &folder);
            println!(
                "start: {:.2} of htop's (aim: 0.10); key: {:.2} of htop's (aim: 1)",
                start / peer_start,
                key / peer_key
            );
        } else {
            println!("htop is not installed here: there is nothing to compare with");
        }
        let _ = std::fs::remove_dir_all(folder);
    }

    fn has_htop() -> bool {
        let paths = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&paths).any(|path| path.join("htop").is_file())
    }

    fn row(name: &str, command: &[&str], folder: &std::path::Path) -> (f64, f64) {
        let mut starts: Vec<f64> = (0..STARTS).map(|_| Running::start(command, folder).1).collect();
        starts.sort_by(f64::total_cmp);
        let (mut running, _) = Running::start(command, folder);
        let mut keys: Vec<f64> =
            (0..KEYS).map(|at| running.key(if at % 2 == 0 { b"\x1b[B" } else { b"\x1b[A" })).collect();
        keys.sort_by(f64::total_cmp);
        let (start, key) = (starts[STARTS / 2], keys[KEYS / 2]);
        println!("{name:<12} {start:>24.2} {key:>23.3}, {:>7.3}", keys[KEYS * 99 / 100]);
        (start, key)
    }

    struct Running {
        child: Box<dyn portable_pty::Child + Send + Sync>,
        keyboard: Box<dyn Write + Send>,
        arrivals: Receiver<Instant>,
        // Open as long as the program runs.
        _terminal: portable_pty::PtyPair,
    }

    impl Running {
        /// Starts it; the time of the last byte of its first frame, in milliseconds.
        fn start(command: &[&str], folder: &std::path::Path) -> (Self, f64) {
            let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
            let terminal = native_pty_system().openpty(size).unwrap();
            let mut reader = terminal.master.try_clone_reader().unwrap();
            let (sender, arrivals) = mpsc::channel();
            thread::spawn(move || {
                let mut buffer = vec![0; 65536];
                while reader.read(&mut buffer).is_ok_and(|count| count > 0) && sender.send(Instant::now()).is_ok() {}
            });
            let mut builder = CommandBuilder::new(command[0]);
            builder.args(&command[1..]);
            builder.env("TERM", "xterm-256color");
            builder.env("XDG_DATA_HOME", folder);
            builder.env("XDG_CONFIG_HOME", folder);
            let begin = Instant::now();
            let child = terminal.slave.spawn_command(builder).unwrap();
            let keyboard = terminal.master.take_writer().unwrap();
            let running = Self { child, keyboard, arrivals, _terminal: terminal };
            let last = running.settle().unwrap_or(begin);
            (running, (last - begin).as_secs_f64() * 1e3)
        }

        /// When the last byte came before a silence.
        fn settle(&self) -> Option<Instant> {
            let mut last = self.arrivals.recv_timeout(Duration::from_secs(10)).ok()?;
            loop {
                match self.arrivals.recv_timeout(SILENCE) {
                    Ok(arrival) => last = arrival,
                    Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return Some(last),
                }
            }
        }

        /// Presses a key; how long the first byte of the answer takes, in milliseconds.
        fn key(&mut self, key: &[u8]) -> f64 {
            let begin = Instant::now();
            self.keyboard.write_all(key).unwrap();
            self.keyboard.flush().unwrap();
            let first = self.arrivals.recv_timeout(Duration::from_secs(10)).unwrap_or(begin);
            let took = (first - begin).as_secs_f64() * 1e3;
            while self.arrivals.recv_timeout(SILENCE).is_ok() {}
            took
        }
    }

    impl Drop for Running {
        fn drop(&mut self) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
