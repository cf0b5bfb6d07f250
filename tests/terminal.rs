//! The real program in a real pseudo-terminal: however it ends, the terminal is given back whole.
#![cfg(unix)]
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, SlavePty, native_pty_system};
use vt100::{MouseProtocolMode, Parser};

const PROGRAM: &str = env!("CARGO_BIN_EXE_paxoscope");
/// What says that the terminal is behind a network.
const FAR: &str = "/dev/pts/0";
/// What stands on the screen before the program starts, and must stand there afterwards.
const PROMPT: &str = "$ paxoscope";
/// Only ever reached by a failure, so it may be long enough for any machine.
const DEADLINE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(10);

/// What the terminal has received: as a screen, and as bytes.
struct Received {
    screen: Parser,
    bytes: Vec<u8>,
}

struct Session {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    /// Kept open, so that the terminal outlives the program, as it does in life.
    _slave: Box<dyn SlavePty + Send>,
    keyboard: Box<dyn Write + Send>,
    received: Arc<Mutex<Received>>,
    stop_reading: Arc<AtomicBool>,
    reader: Option<thread::JoinHandle<()>>,
    modes_before: String,
}

impl Session {
    /// Starts the program and waits for its first frame.
    fn start(environment: &[(&str, &str)]) -> Self {
        let mut command = CommandBuilder::new(PROGRAM);
        for (name, value) in environment {
            command.env(name, value);
        }
        let session = Self::start_command(command);
        session.wait_for_frame();
        session
    }

    fn start_command(mut command: CommandBuilder) -> Self {
        // What a test does is not to be found among anybody's recent runs.
        command.env("XDG_DATA_HOME", env!("CARGO_TARGET_TMPDIR"));
        Self::start_in(command)
    }

    fn start_in(mut command: CommandBuilder) -> Self {
        let pair = native_pty_system().openpty(pty_size(80, 24)).unwrap();
        let mut screen = Parser::new(cells(24), cells(80), 0);
        screen.process(format!("{PROMPT}\r\n").as_bytes());
        let received = Arc::new(Mutex::new(Received { screen, bytes: Vec::new() }));
        let stop_reading = Arc::new(AtomicBool::new(false));
        let reader = read_into(pair.master.try_clone_reader().unwrap(), &received, &stop_reading);
        let modes_before = modes(&*pair.master);
        command.cwd(env!("CARGO_MANIFEST_DIR"));
        command.env("TERM", "xterm-256color");
        command.env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"));
        command.env_remove("RUST_BACKTRACE");
        command.env_remove("NO_COLOR");
        command.env_remove("COLORFGBG");
        for name in ["SSH_CONNECTION", "SSH_TTY"] {
            if command.get_env(name) != Some(std::ffi::OsStr::new(FAR)) {
                command.env_remove(name);
            }
        }
        Self {
            child: pair.slave.spawn_command(command).unwrap(),
            keyboard: pair.master.take_writer().unwrap(),
            master: pair.master,
            _slave: pair.slave,
            received,
            stop_reading,
            reader: Some(reader),
            modes_before,
        }
    }

    fn contents(&self) -> String {
        self.received.lock().unwrap().screen.screen().contents()
    }

    /// How often the program has written this.
    fn count(&self, sequence: &str) -> usize {
        String::from_utf8_lossy(&self.received.lock().unwrap().bytes).matches(sequence).count()
    }

    #[track_caller]
    fn wait_until(&self, what: &str, condition: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !condition(self) {
            let late = start.elapsed() > DEADLINE;
            assert!(!late, "waited in vain until {what}; the screen:\n{}", self.contents());
            thread::sleep(PAUSE);
        }
    }

    #[track_caller]
    fn wait_for_frame(&self) {
        self.wait_until("there is a frame", |session| {
            let received = session.received.lock().unwrap();
            let screen = received.screen.screen();
            screen.alternate_screen() && !screen.contents().trim().is_empty()
        });
        assert_ne!(modes(&*self.master), self.modes_before, "raw mode is on while the program runs");
    }

    /// Whether every mode is what it was.
    fn is_given_back(&self) -> bool {
        let received = self.received.lock().unwrap();
        let screen = received.screen.screen();
        !screen.alternate_screen()
            && !screen.hide_cursor()
            && !screen.bracketed_paste()
            && !screen.application_cursor()
            && !screen.application_keypad()
            && screen.mouse_protocol_mode() == MouseProtocolMode::None
            && screen.fgcolor() == vt100::Color::Default
            && !(screen.bold() || screen.inverse() || screen.underline())
            && modes(&*self.master) == self.modes_before
    }

    fn type_keys(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    fn send_signal(&self, signal: &str) {
        let pid = self.child.process_id().unwrap().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
    }

    fn wait_until_stopped(&self) {
        self.wait_until("the process is stopped", |session| is_stopped(session.child.process_id().unwrap()));
    }

    fn resize(&self, columns: u16, rows: u16) {
        if columns > 0 && rows > 0 {
            let mut received = self.received.lock().unwrap();
            received.screen.screen_mut().set_size(cells(rows), cells(columns));
        }
        self.master.resize(pty_size(columns, rows)).unwrap();
    }

    /// Something else draws on the terminal.
    fn scribble(&self, text: &str) {
        self.received.lock().unwrap().screen.process(text.as_bytes());
    }

    fn wait_for_end(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < DEADLINE, "the program does not end; the screen:\n{}", self.contents());
            thread::sleep(PAUSE);
        }
    }

    /// The program ends with this code; the terminal is given back, once; `said` is all that is on it besides the prompt.
    #[track_caller]
    fn assert_ends(mut self, code: u32, said: &[&str]) {
        let status = self.wait_for_end();
        assert_eq!((status.signal(), status.exit_code()), (None, code), "the screen:\n{}", self.contents());
        self.assert_given_back(said);
        let (entered, left) = (self.count("\x1b[?1049h"), self.count("\x1b[?1049l"));
        assert_eq!(entered, left, "left the alternate screen as often as entered");
        let bytes = String::from_utf8_lossy(&self.received.lock().unwrap().bytes).into_owned();
        assert!(bytes.rfind("\x1b[?2026l") > bytes.rfind("\x1b[?2026h"), "no synchronized update is left open");
    }

    #[track_caller]
    fn assert_given_back(&self, said: &[&str]) {
        self.wait_until("the terminal is given back", Self::is_given_back);
        self.wait_until("all is said", |session| said.iter().all(|part| session.unwrapped().contains(part)));
        let contents = self.contents();
        let mut lines = contents.lines();
        assert_eq!(lines.next(), Some(PROMPT), "what was there before is there again:\n{contents}");
        assert_eq!(lines.next().is_some(), !said.is_empty(), "nothing is left over:\n{contents}");
        assert!(!contents.contains("panicked at") && !contents.contains("RUST_BACKTRACE"), "{contents}");
        if said.is_empty() {
            let cursor = self.received.lock().unwrap().screen.screen().cursor_position();
            assert_eq!(cursor, (1, 0), "the cursor is where the shell left it");
        }
    }

    /// The text with lines that the terminal wrapped joined again.
    fn unwrapped(&self) -> String {
        self.contents().replace('\n', "")
    }

    /// Closes the terminal, as closing its window does, and returns the child.
    fn close_terminal(mut self) -> Box<dyn Child + Send + Sync> {
        self.stop_reading.store(true, Ordering::SeqCst);
        // The reader holds the terminal open, and notices only once it has read something more: a frame with another line
        // selected.
        self.type_keys("\x1b[B");
        drop(self.keyboard);
        self.reader.take().unwrap().join().unwrap();
        // No assertion hangs on this: it only makes it likely that the program sleeps when the terminal goes, rather
        // than learns of it by drawing.
        thread::sleep(10 * PAUSE);
        self.child
    }
}

fn read_into(
    mut reader: Box<dyn Read + Send>,
    received: &Arc<Mutex<Received>>,
    stop: &Arc<AtomicBool>,
) -> thread::JoinHandle<()> {
    let (received, stop) = (Arc::clone(received), Arc::clone(stop));
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count) = reader.read(&mut buffer) {
            if count == 0 || stop.load(Ordering::SeqCst) {
                return;
            }
            let mut received = received.lock().unwrap();
            received.screen.process(&buffer[..count]);
            received.bytes.extend_from_slice(&buffer[..count]);
        }
    })
}

fn pty_size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap()
}

/// The modes of the line (raw or not, echo, …) as text that can be compared.
fn modes(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().expect("a pseudo-terminal has modes"))
}

fn is_stopped(pid: u32) -> bool {
    // The state is the first field after the program's name in brackets. `ps` is for systems without /proc.
    let state = if let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) {
        stat.rsplit(')').next().unwrap_or_default().trim().to_owned()
    } else {
        let ps = Command::new("ps").args(["-o", "state=", "-p", &pid.to_string()]).output().unwrap();
        String::from_utf8_lossy(&ps.stdout).trim().to_owned()
    };
    state.starts_with('T')
}

/// A child whose terminal is gone ends, and does not spin for ever.
#[track_caller]
fn assert_hangs_up(mut child: Box<dyn Child + Send + Sync>) {
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > DEADLINE {
            let _ = child.kill();
            panic!("the program outlives its terminal");
        }
        thread::sleep(PAUSE);
    };
    assert_eq!((status.signal(), status.exit_code()), (None, 129));
}

#[test]
fn quit_gives_the_terminal_back() {
    let mut session = Session::start(&[]);
    session.type_keys("q");
    session.assert_ends(0, &[]);
}

#[test]
fn ctrl_c_quits() {
    let mut session = Session::start(&[]);
    session.type_keys("\x03");
    session.assert_ends(0, &[]);
}

#[test]
fn ctrl_c_asks_if_a_run_would_be_lost() {
    // No run can be kept in what is no folder.
    let mut command = CommandBuilder::new(PROGRAM);
    command.arg("sandbox");
    command.env("XDG_DATA_HOME", PROGRAM);
    let mut session = Session::start_in(command);
    session.wait_for_frame();
    session.type_keys("e\r");
    session.wait_until("the run cannot be kept", |session| session.contents().contains("cannot be saved"));
    session.type_keys("\x03");
    session.wait_until("it asks", |session| session.contents().contains("Quit?"));
    session.type_keys("\x03");
    session.assert_ends(0, &[]);
}

/// The terminal's answer about its background comes whenever it likes: it is no key, and keys around it are not lost.
#[test]
fn what_the_terminal_says_of_its_background_is_no_key() {
    let mut session = Session::start(&[]);
    let asked = session.received.lock().unwrap().bytes.windows(6).any(|bytes| bytes == b"\x1b]11;?");
    assert!(asked, "the terminal is asked");
    session.type_keys("\x1b]11;rgb:ffff/ffff/ffff\x1b\\t");
    session.wait_until("the next theme after light is shown", |session| {
        session.contents().contains("heme: high-contrast")
    });
    session.type_keys("q");
    session.assert_ends(0, &[]);
}

/// What ends every frame, and what a terminal says when it has got so far.
const QUESTION: &str = "\x1b[5n";
const ANSWER: &str = "\x1b[0n";

impl Session {
    /// Waits until the terminal has been asked so often.
    #[track_caller]
    fn wait_for_questions(&self, count: usize) {
        self.wait_until(&format!("there are {count} questions"), |session| session.questions() >= count);
        thread::sleep(20 * PAUSE);
        assert_eq!(self.questions(), count);
    }

    fn questions(&self) -> usize {
        String::from_utf8_lossy(&self.received.lock().unwrap().bytes).matches(QUESTION).count()
    }
}

/// Over a slow line frame upon frame would put the screen minutes behind the keys.
#[test]
fn a_terminal_that_lags_is_drawn_to_only_when_it_has_caught_up() {
    let mut session = Session::start(&[]);
    session.type_keys(ANSWER);
    // The first one comes before the first frame, whose answer is slow.
    session.wait_for_questions(2);
    session.type_keys(ANSWER);
    for (key, so_far) in [("\x1b[B", 3), ("\x1b[A", 4)] {
        for _ in 0..20 {
            session.type_keys(key);
            thread::sleep(PAUSE);
        }
        session.wait_for_questions(so_far);
        session.type_keys(ANSWER);
    }
    session.wait_for_questions(5);
    session.type_keys(ANSWER);
    session.wait_for_questions(5);
    session.type_keys("q");
    session.assert_ends(0, &[]);
}

#[test]
fn an_answer_that_is_out_is_waited_for_so_that_no_shell_reads_it() {
    let mut command = CommandBuilder::new("sh");
    command.args(["-c", "\"$0\"; echo code $?; read line; echo \"read $line.\"", PROGRAM]);
    let mut session = Session::start_command(command);
    session.wait_for_frame();
    session.type_keys(ANSWER);
    session.wait_for_questions(2);
    session.type_keys("q");
    thread::sleep(20 * PAUSE);
    assert!(!session.contents().contains("code"), "it waits:\n{}", session.contents());
    session.type_keys(ANSWER);
    session.wait_until("it has ended", |session| session.contents().contains("code 0"));
    session.type_keys("\r");
    session.wait_until("nothing was left to read", |session| session.contents().contains("read ."));
    assert!(session.wait_for_end().success());
}

/// A shell that runs the program and then reads a line, over a network.
fn in_a_shell_far_away() -> CommandBuilder {
    let mut command = CommandBuilder::new("sh");
    command.args(["-c", "trap : TERM; \"$0\"; echo code $?; read line; echo \"read $line.\"", PROGRAM]);
    command.env("SSH_TTY", FAR);
    command
}

#[test]
fn who_leaves_before_the_first_answer_gets_the_screen_and_no_shell_reads_the_answer() {
    let mut session = Session::start_command(in_a_shell_far_away());
    session.wait_for_frame();
    session.type_keys("q");
    session.wait_until("the screen is given back", |session| session.count("\x1b[?1049l") == 1);
    assert!(!session.contents().contains("code"), "it waits:\n{}", session.contents());
    session.type_keys("\x1b]11;rgb:ffff/ffff/ffff\x1b\\");
    session.type_keys(&ANSWER.repeat(session.questions()));
    session.wait_until("it has ended", |session| session.contents().contains("code 0"));
    session.type_keys("\r");
    session.wait_until("nothing was left to read", |session| session.contents().contains("read ."));
    assert!(session.wait_for_end().success());
}

#[test]
fn a_signal_leaves_no_answer_to_the_shell_either() {
    let mut session = Session::start_command(in_a_shell_far_away());
    session.wait_for_frame();
    session.type_keys(ANSWER);
    session.wait_for_questions(2);
    // To the shell as well, which waits for the program.
    let group = format!("-{}", session.child.process_id().unwrap());
    assert!(Command::new("kill").args(["-s", "TERM", "--", &group]).status().unwrap().success());
    session.wait_until("the screen is given back", |session| session.count("\x1b[?1049l") == 1);
    session.type_keys(ANSWER);
    session.wait_until("it has ended", |session| session.contents().contains("code 143"));
    session.type_keys("\r");
    session.wait_until("nothing was left to read", |session| session.contents().contains("read ."));
    assert!(session.wait_for_end().success());
}

/// What is told while a stop waits for the answers that are still out is not lost.
#[test]
fn who_is_told_to_end_while_it_is_about_to_stop_ends() {
    let mut session = Session::start(&[("SSH_TTY", FAR)]);
    session.wait_for_questions(2);
    session.type_keys("\x1a");
    session.wait_until("the screen is given back", |session| session.count("\x1b[?1049l") == 1);
    session.send_signal("TERM");
    assert_eq!(session.wait_for_end().exit_code(), 143);
}

/// Over a slow line the first picture is dear.
#[test]
fn far_away_the_first_picture_is_sent_once_although_nobody_tells_the_background() {
    let session = Session::start(&[("SSH_TTY", FAR)]);
    session.wait_for_questions(2);
    let before = session.received.lock().unwrap().bytes.len();
    thread::sleep(80 * PAUSE);
    assert_eq!(session.received.lock().unwrap().bytes.len(), before);
    assert_eq!((session.count("\x1b[2J"), session.count("\x1b]11;?")), (1, 1));
}

#[test]
fn on_a_ground_that_is_neither_dark_nor_light_the_theme_brings_its_own() {
    let ground = |session: &Session| {
        let received = session.received.lock().unwrap();
        received.screen.screen().cell(12, 40).map(vt100::Cell::bgcolor)
    };
    let mut session = Session::start(&[]);
    assert_eq!(ground(&session), Some(vt100::Color::Default));
    session.type_keys("\x1b]11;rgb:8080/8080/8080\x1b\\");
    session.wait_until("it is painted", |session| ground(session) != Some(vt100::Color::Default));
    session.type_keys("q");
    session.assert_ends(0, &[]);
}

/// What it has shown nobody knows.
#[test]
fn a_terminal_that_never_answers_gets_no_more_than_a_slow_line_carries() {
    let mut command = CommandBuilder::new(PROGRAM);
    command.arg("sandbox");
    let mut session = Session::start_command(command);
    session.wait_for_frame();
    session.type_keys("e\r");
    // By then it is clear that no answer comes.
    thread::sleep(150 * PAUSE);
    let length = |session: &Session| session.received.lock().unwrap().bytes.len();
    let (begin, before) = (Instant::now(), length(&session));
    session.type_keys("a++");
    thread::sleep(300 * PAUSE);
    let most = begin.elapsed().as_millis() * 960 / 1000 + 1500;
    let sent = length(&session) - before;
    assert!(sent as u128 <= most, "{sent} of {most} bytes");
    session.wait_until("it plays all the same", |session| length(session) > before + 1000);
    session.type_keys("q");
    session.assert_ends(0, &[]);
}

#[test]
fn ctrl_l_paints_everything_anew_whatever_is_open() {
    let mut session = Session::start(&[]);
    for (keys, shown) in [("", "Sandbox"), ("?", "Messages in flight"), ("/redraw", "ctrl-l")] {
        session.type_keys(keys);
        session.wait_until("it is open", |session| session.contents().contains(shown));
        session.scribble("\x1b[H\x1b[2Jscribble");
        session.type_keys("\x0c");
        session.wait_until("it is there again", |session| {
            session.contents().contains(shown) && !session.contents().contains("scribble")
        });
    }
    session.type_keys("\x03");
    session.assert_ends(0, &[]);
}

/// An arrow that a slow line brings byte by byte is no Esc, which would close what is open.
#[test]
fn a_key_that_comes_in_pieces_is_one_key() {
    let mut session = Session::start(&[]);
    session.type_keys("?");
    session.wait_until("the help is open", |session| session.contents().contains("Messages in flight"));
    for byte in ["\x1b", "[", "B"] {
        session.type_keys(byte);
        thread::sleep(Duration::from_millis(4));
    }
    session.wait_until("it is scrolled", |session| !session.contents().contains("Messages in flight"));
    session.type_keys("\x1b");
    session.wait_until("it is closed", |session| session.contents().contains("Sandbox"));
    session.type_keys("q");
    session.assert_ends(0, &[]);
}

#[test]
fn the_mouse_is_taken_and_given_back() {
    let mode = |session: &Session| session.received.lock().unwrap().screen.screen().mouse_protocol_mode();
    let mut command = CommandBuilder::new(PROGRAM);
    command.args(["--mouse", "sandbox"]);
    let mut session = Session::start_command(command);
    session.wait_for_frame();
    session.wait_until("the mouse is ours", |session| mode(session) != MouseProtocolMode::None);
    session.send_signal("TSTP");
    session.wait_until_stopped();
    session.assert_given_back(&[]);
    let before = session.count("\x1b[?1000h");
    session.send_signal("CONT");
    // Once when it goes on, and once more when it is told of the signal, which may have come from anywhere.
    session.wait_until("the mouse is ours again", |session| session.count("\x1b[?1000h") == before + 2);
    session.type_keys("m");
    session.wait_until("it is the terminal's", |session| mode(session) == MouseProtocolMode::None);
    session.type_keys("m");
    session.wait_until("it is ours", |session| mode(session) != MouseProtocolMode::None);
    // On the last hint, which shows all keys.
    session.wait_until("the hints are there", |session| session.contents().contains("? all keys"));
    let contents = session.contents();
    let (row, line) = (1..).zip(contents.lines()).find(|(_, line)| line.contains("? all keys")).unwrap();
    let column = line[..line.find("? all keys").unwrap()].chars().count() + 1;
    session.type_keys(&format!("\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m"));
    session.wait_until("the click is heard", |session| session.contents().contains("Messages in flight"));
    session.type_keys("q");
    session.assert_ends(0, &[]);
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_gives_the_mouse_back_too() {
    let mut command = CommandBuilder::new(PROGRAM);
    command.arg("--mouse");
    command.env("PAXOSCOPE_TEST_FAULT", "panic");
    let mut session = Session::start_command(command);
    session.wait_for_frame();
    session.type_keys("x");
    session.assert_ends(101, &["Paxoscope had to stop"]);
}

/// A frame that is the same is not written again.
#[test]
fn what_does_not_change_the_screen_writes_nothing() {
    let mut session = Session::start(&[]);
    session.type_keys("\x1b[B");
    thread::sleep(20 * PAUSE);
    let before = session.received.lock().unwrap().bytes.len();
    // The focus came back: nothing for us. Twice, so that a single byte would show.
    session.type_keys("\x1b[I\x1b[I");
    thread::sleep(20 * PAUSE);
    assert_eq!(session.received.lock().unwrap().bytes.len(), before);
    session.type_keys("q");
    session.assert_ends(0, &[]);
}

#[test]
fn signals_end_it_with_the_code_that_shells_know() {
    for (signal, code) in [("TERM", 143), ("HUP", 129), ("INT", 130), ("QUIT", 131)] {
        let session = Session::start(&[]);
        session.send_signal(signal);
        session.assert_ends(code, &[]);
    }
}

#[cfg(debug_assertions)]
#[test]
fn an_error_is_told_after_the_terminal_is_given_back() {
    let mut session = Session::start(&[("PAXOSCOPE_TEST_FAULT", "error")]);
    session.type_keys("x");
    session.assert_ends(2, &["paxoscope: the terminal failed: an error on purpose"]);
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_is_told_in_plain_words_after_the_terminal_is_given_back() {
    let mut session = Session::start(&[("PAXOSCOPE_TEST_FAULT", "panic")]);
    session.type_keys("x");
    session.assert_ends(101, &["Paxoscope had to stop", "a panic on purpose (src/term/fault.rs:"]);
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_of_another_thread_ends_the_program_too() {
    let mut session = Session::start(&[("PAXOSCOPE_TEST_FAULT", "thread")]);
    session.type_keys("x");
    session.assert_ends(2, &["a bug in Paxoscope", "a panic on purpose, in a thread"]);
}

#[cfg(debug_assertions)]
#[test]
fn a_signal_ends_it_even_when_it_hangs() {
    let mut session = Session::start(&[("PAXOSCOPE_TEST_FAULT", "hang")]);
    session.type_keys("x");
    // A signal may overtake a key: then nothing hangs, and the key, if it comes after all, is echoed.
    session.wait_until("it hangs", |session| session.received.lock().unwrap().bytes.contains(&7));
    session.send_signal("TERM");
    let status = session.wait_for_end();
    assert!(status.signal().is_some(), "{status:?}");
    session.assert_given_back(&[]);
}

#[test]
fn every_size_is_survived() {
    let mut session = Session::start(&[]);
    for (columns, rows) in [(1, 1), (0, 0), (200, 60), (3, 1), (1, 30), (60, 18)] {
        session.resize(columns, rows);
        // A key between, so that the sizes are not seen as one.
        session.type_keys("\x1b[B");
    }
    session.scribble("\x1b[2J");
    session.resize(80, 24);
    session.wait_for_frame();
    session.type_keys("q");
    let status = session.wait_for_end();
    assert_eq!((status.signal(), status.exit_code()), (None, 0));
    session.wait_until("the terminal is given back", Session::is_given_back);
}

#[test]
fn sigtstp_gives_the_terminal_back_until_sigcont() {
    let mut session = Session::start(&[]);
    for _ in 0..2 {
        session.send_signal("TSTP");
        session.wait_until_stopped();
        session.assert_given_back(&[]);
        session.send_signal("CONT");
        session.wait_for_frame();
    }
    session.type_keys("q");
    session.assert_ends(0, &[]);
}

#[test]
fn what_a_sudden_stop_left_on_the_screen_is_painted_over() {
    let mut session = Session::start(&[]);
    session.send_signal("STOP");
    session.wait_until_stopped();
    session.scribble("\x1b[H\x1b[2Jscribble\x1b[?25h");
    session.send_signal("CONT");
    session.wait_until("all is painted anew", |session| !session.contents().contains("scribble"));
    session.wait_for_frame();
    session.type_keys("q");
    session.assert_ends(0, &[]);
}

#[test]
fn a_shell_with_job_control_gets_the_terminal_and_gives_it_back() {
    let mut command = CommandBuilder::new("sh");
    command.args(["-c", "set -m; \"$0\"; echo stopped; read line; fg; echo code $?", PROGRAM]);
    let mut session = Session::start_command(command);
    session.wait_for_frame();
    session.type_keys("\x1a");
    session.wait_until("the shell goes on", |session| session.contents().contains("stopped"));
    session.wait_until("the terminal is given back", Session::is_given_back);
    session.type_keys("\r");
    session.wait_for_frame();
    session.type_keys("q");
    session.wait_until("the shell has the code", |session| session.contents().contains("code 0"));
    session.wait_until("the terminal is given back", Session::is_given_back);
    assert!(session.wait_for_end().success());
}

#[test]
fn a_closed_terminal_ends_it() {
    assert_hangs_up(Session::start(&[]).close_terminal());
}

/// As it is for a program that is not in the terminal's session: no SIGHUP comes.
#[test]
fn a_closed_terminal_ends_it_without_a_signal_too() {
    let mut command = CommandBuilder::new(PROGRAM);
    command.set_controlling_tty(false);
    let session = Session::start_command(command);
    session.wait_for_frame();
    assert_hangs_up(session.close_terminal());
}

#[test]
fn without_a_terminal_it_says_so_and_what_to_do_instead() {
    let output = Command::new(PROGRAM).stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty(), "talk goes to standard error");
    let said = String::from_utf8_lossy(&output.stderr);
    for part in ["not a terminal", "paxoscope replay FILE", "--plain"] {
        assert!(said.contains(part), "{said}");
    }
}
