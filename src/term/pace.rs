//! How far the terminal has got. A frame that is written has not been seen: over a slow line it waits in buffers that no
//! program can look into, and frame upon frame puts the screen minutes behind the keys. So each frame ends with a
//! question that every terminal answers, and while too many answers are out no frame is drawn and no run plays on.
//!
//! Who never answers is not waited for. What such a terminal has shown nobody knows: the kernel's queue is empty as soon as
//! another program, or the network, has taken what is in it. So it is taken for a slow one: nothing moves, a run plays on
//! when such a line would have brought what went before, and keys that come faster than that share a frame.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use super::kind::Kind;

/// "How are you?" (DSR 5), to which a terminal says `ESC [ 0 n` when it has come so far.
const QUESTION: &[u8] = b"\x1b[5n";
/// So many frames may be under way on a fast line, which only takes its time to answer.
const MOST_FRAMES: usize = 8;
/// What an answer may take more than the quickest one before the line counts as slow.
const HARDLY: Duration = Duration::from_millis(100);
/// Who has not answered the first question by then will not.
const FIRST: Duration = Duration::from_secs(1);
/// The shortest and the longest wait for one who has answered before.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(30));
/// So many times longer than the time before an answer may take for the same number of bytes.
const LONGER: u32 = 3;
/// Fewer bytes than this say nothing about the line, only about the way.
const FEW: u32 = 256;
/// What a byte takes on the slowest of lines, 2400 baud, while nothing else is known.
const SLOWEST: Duration = Duration::from_micros(4167);
/// So long after the first question a user who leaves is kept waiting by a terminal that has not answered yet: on a usual
/// line, and on a long one.
const FAREWELL: (Duration, Duration) = (FIRST, Duration::from_secs(2));
/// What a byte takes to a terminal that never answers, as far as is assumed: 9600 baud.
const ASSUMED: Duration = Duration::from_micros(1042);
/// So far behind such a terminal may be while every key has its frame: a whole picture of 80x24, and what follows it.
const BEHIND: Duration = Duration::from_secs(4);
/// So far apart frames are when it may be further behind.
const APART: Duration = Duration::from_millis(200);

/// Whether the terminal answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Manner {
    /// It was asked for the first time.
    Unknown,
    Answers,
    /// It was asked, and has not answered so far.
    Silent,
    /// It is not asked.
    Mute,
}

/// A question that is out.
#[derive(Clone, Copy, Debug)]
struct Asked {
    at: Instant,
    /// How many bytes went before it.
    bytes: u32,
}

/// What is known of the line to the terminal.
#[derive(Debug)]
pub(crate) struct Pace {
    manner: Manner,
    asked: VecDeque<Asked>,
    /// How many frames may be under way.
    frames: usize,
    /// The shortest time that an answer took.
    quickest: Duration,
    /// What a byte took, the last time that enough of them were sent to tell.
    a_byte: Duration,
    /// How many times in a row the answers took long, and when the last of those came.
    late: u32,
    late_at: Option<Instant>,
    /// When the last frame was sent, and when a line as slow as is assumed would have brought all.
    drawn_at: Option<Instant>,
    through_at: Option<Instant>,
    /// So long after the first question it is waited for at the end.
    farewell: Duration,
}

impl Pace {
    /// For a terminal that is not asked.
    pub(crate) fn mute() -> Self {
        let quickest = Duration::MAX;
        Self {
            manner: Manner::Mute,
            asked: VecDeque::new(),
            frames: 1,
            quickest,
            a_byte: SLOWEST,
            late: 0,
            late_at: None,
            drawn_at: None,
            through_at: None,
            farewell: FAREWELL.0,
        }
    }

    /// Asks for the first time, before anything is drawn. Not every terminal can be asked: some would show the question.
    pub(crate) fn begin() -> io::Result<Self> {
        let mut pace = Self::mute();
        if Kind::here().tells_status && cfg!(unix) {
            pace.manner = Manner::Unknown;
            pace.farewell = if super::line::is_long() { FAREWELL.1 } else { FAREWELL.0 };
            let mut out = io::stdout();
            pace.ask(0, &mut out, Instant::now())?;
            out.flush()?;
        }
        Ok(pace)
    }

    /// Asks behind so many bytes, if this terminal is asked at all.
    pub(crate) fn ask(&mut self, bytes: usize, out: &mut impl Write, now: Instant) -> io::Result<()> {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.drawn_at = Some(now);
        self.through_at = self.through_at.max(Some(now)).and_then(|at| at.checked_add(ASSUMED.saturating_mul(bytes)));
        if matches!(self.manner, Manner::Silent | Manner::Mute) {
            return Ok(());
        }
        out.write_all(QUESTION)?;
        self.asked.push_back(Asked { at: now, bytes });
        Ok(())
    }

    /// The terminal has got as far as the oldest question; true if it is so slow that what only moves should not.
    pub(crate) fn answered(&mut self, now: Instant) -> bool {
        // Nobody asked: it may be a key's bytes, and who would show the question is not to be asked because of it.
        if self.manner == Manner::Mute {
            return false;
        }
        // Even if it is one whom nobody waited for any more.
        self.manner = Manner::Answers;
        let Some(asked) = self.asked.pop_front() else { return false };
        let took = now.saturating_duration_since(asked.at);
        self.quickest = self.quickest.min(took);
        let is_telling = asked.bytes >= FEW;
        if is_telling {
            self.a_byte = took / asked.bytes;
        }
        if took > self.quickest.saturating_add(HARDLY) {
            self.frames = 1;
            // Answers that were out together are late together, once.
            let again = self.late_at.replace(now).is_none_or(|last| asked.at >= last);
            self.late += u32::from(again);
            return again && self.late == 2;
        }
        if is_telling {
            self.frames = (self.frames + 1).min(MOST_FRAMES);
            (self.late, self.late_at) = (0, None);
        }
        false
    }

    /// Whether it is time to do without answers; true once.
    pub(crate) fn gives_up(&mut self, now: Instant) -> bool {
        let is_silent =
            self.manner == Manner::Unknown && self.asked.front().is_some_and(|first| now >= first.at + FIRST);
        if is_silent {
            self.manner = Manner::Silent;
        }
        is_silent
    }

    /// When to go on with what plays by itself; `None` if it may go on now.
    pub(crate) fn play_at(&mut self, now: Instant) -> Option<Instant> {
        match self.manner {
            Manner::Silent => self.through_at.filter(|at| *at > now),
            _ => self.draw_at(now),
        }
    }

    /// When to stop waiting and draw; `None` if a frame may be drawn now.
    pub(crate) fn draw_at(&mut self, now: Instant) -> Option<Instant> {
        match self.manner {
            Manner::Answers => self.draw_after_answers(now),
            Manner::Silent if self.through_at? > now + BEHIND => {
                self.drawn_at.map(|at| at + APART).filter(|at| *at > now)
            }
            Manner::Unknown | Manner::Silent | Manner::Mute => None,
        }
    }

    fn draw_after_answers(&mut self, now: Instant) -> Option<Instant> {
        if self.asked.len() < self.frames {
            return None;
        }
        let until = self.patient_until()?;
        if now >= until {
            // The answer was lost, as when somebody else got the terminal: from here on anew.
            self.forget();
            return None;
        }
        Some(until)
    }

    fn patient_until(&self) -> Option<Instant> {
        let bytes = self.asked.iter().fold(0, |sum: u32, asked| sum.saturating_add(asked.bytes));
        let (least, most) = PATIENCE;
        let wait = self.a_byte.saturating_mul(bytes.saturating_mul(LONGER)).clamp(least, most);
        Some(self.asked.back()?.at + wait)
    }

    /// What is out is not waited for.
    pub(crate) fn forget(&mut self) {
        self.asked.clear();
        self.frames = 1;
    }

    /// Until when to wait for the answers that are out before the terminal is given back, lest somebody else read them;
    /// `None` if there is nothing to wait for.
    pub(crate) fn leave_at(&self, now: Instant) -> Option<Instant> {
        let first = self.asked.front()?;
        match self.manner {
            Manner::Mute => None,
            Manner::Unknown | Manner::Silent => Some(first.at + self.farewell).filter(|until| *until > now),
            Manner::Answers => self.patient_until(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line that takes so long for the way there and back, and so long for each byte.
    struct Line {
        pace: Pace,
        now: Instant,
        way: Duration,
        a_byte: Duration,
        /// When the terminal has got through what was sent, and when its answers come.
        free: Instant,
        answers: VecDeque<Instant>,
        is_slow: bool,
    }

    impl Line {
        fn new(way: u64, bytes_a_second: u32) -> Self {
            let now = Instant::now();
            let pace = Pace { manner: Manner::Unknown, ..Pace::mute() };
            let a_byte = Duration::from_secs(1) / bytes_a_second;
            let way = Duration::from_millis(way);
            let mut line = Self { pace, now, way, a_byte, free: now, answers: VecDeque::new(), is_slow: false };
            line.send(0);
            line
        }

        fn send(&mut self, bytes: u32) {
            let mut question = Vec::new();
            self.pace.ask(bytes as usize, &mut question, self.now).unwrap();
            self.free = self.free.max(self.now) + self.a_byte * (bytes + question.len() as u32);
            if !question.is_empty() {
                self.answers.push_back(self.free + self.way);
            }
        }

        /// Goes on in time; how many of these frames, one every so many milliseconds, are drawn.
        fn draw(&mut self, bytes: u32, every: u64, times: usize) -> usize {
            let mut drawn = 0;
            for _ in 0..times {
                let _ = self.pace.gives_up(self.now);
                if self.pace.draw_at(self.now).is_none() {
                    self.send(bytes);
                    drawn += 1;
                }
                self.wait(every);
            }
            drawn
        }

        fn wait(&mut self, milliseconds: u64) {
            self.now += Duration::from_millis(milliseconds);
            while let Some(at) = self.answers.front().copied().filter(|at| *at <= self.now) {
                self.is_slow |= self.pace.answered(at);
                self.answers.pop_front();
            }
        }

        /// How far the terminal is behind.
        fn behind(&self) -> Duration {
            self.free.saturating_duration_since(self.now)
        }
    }

    #[test]
    fn a_slow_line_is_never_more_than_a_frame_behind() {
        let mut line = Line::new(0, 960);
        line.wait(100);
        line.draw(4000, 33, 1);
        for _ in 0..20 {
            let drawn = line.draw(1490, 33, 20);
            assert!(drawn <= 1, "{drawn} of 20");
            assert!(line.behind() <= Duration::from_secs(5), "{:?}", line.behind());
        }
        assert!(line.is_slow, "and nothing more should move");
    }

    #[test]
    fn a_terminal_that_pauses_once_is_not_slow() {
        let mut line = Line::new(1, 1_000_000);
        line.wait(100);
        line.draw(1490, 33, 20);
        assert_eq!(line.pace.frames, MOST_FRAMES);
        line.free = line.now + Duration::from_secs(1);
        assert_eq!(line.draw(1490, 33, 20), MOST_FRAMES);
        line.wait(1000);
        assert_eq!((line.draw(1490, 33, 20), line.is_slow), (20, false));
    }

    #[test]
    fn small_frames_do_not_make_a_slow_line_seem_fast() {
        let mut line = Line::new(0, 960);
        line.wait(100);
        line.draw(4000, 33, 1);
        line.wait(6000);
        line.draw(60, 100, 50);
        line.draw(1490, 33, 20);
        assert!(line.behind() < Duration::from_secs(2), "{:?}", line.behind());
    }

    #[test]
    fn a_fast_line_draws_every_frame_even_if_it_answers_late() {
        for (way, bytes_a_second) in [(1, 1_000_000), (100, 1_000_000), (200, 10_000_000)] {
            let mut line = Line::new(way, bytes_a_second);
            line.wait(500);
            line.draw(4000, 500, 10);
            assert_eq!(line.draw(1490, 33, 100), 100, "{way} ms");
        }
    }

    #[test]
    fn who_never_answers_is_not_waited_for() {
        let mut line = Line::new(60_000, 1_000_000);
        assert_eq!(line.draw(40, 33, 100), 100);
        assert_eq!(line.pace.manner, Manner::Silent);
        assert_eq!(line.pace.leave_at(line.now), None);
        let mut written = Vec::new();
        line.pace.ask(1490, &mut written, line.now).unwrap();
        assert_eq!(written, b"", "nor asked again");
    }

    #[test]
    fn who_leaves_early_waits_for_the_first_answer_a_while() {
        let line = Line::new(60_000, 1_000_000);
        let until = line.pace.leave_at(line.now).unwrap();
        assert_eq!(until, line.now + FAREWELL.0);
        assert_eq!(line.pace.leave_at(until), None);
    }

    #[test]
    fn who_never_answers_gets_no_more_than_a_slow_line_carries() {
        let mut line = Line::new(600_000, 960);
        line.wait(1000);
        assert!(line.pace.gives_up(line.now) && !line.pace.gives_up(line.now), "once");
        for _ in 0..1000 {
            if line.pace.play_at(line.now).is_none() {
                line.send(400);
            }
            line.wait(10);
            assert!(line.behind() < Duration::from_millis(500), "{:?}", line.behind());
        }
        assert!(line.behind() > Duration::ZERO, "but that");
        // A key held down, for a minute.
        assert_eq!(line.draw(100, 33, 30), 30, "first each has its frame");
        line.draw(100, 33, 1800);
        assert!(line.behind() < BEHIND + Duration::from_secs(1), "{:?}", line.behind());
        assert_eq!(line.pace.draw_at(line.now + APART), None, "and no key waits for long");
    }

    #[test]
    fn a_lost_answer_costs_two_seconds_once() {
        let mut line = Line::new(1, 1_000_000);
        line.wait(100);
        line.draw(1490, 33, 10);
        line.pace.frames = 1;
        line.send(1490);
        line.answers.clear();
        assert!(line.pace.draw_at(line.now).is_some());
        line.wait(1999);
        assert!(line.pace.draw_at(line.now).is_some());
        assert_eq!(line.draw(1490, 33, 10), 9, "and goes on then");
    }

    #[test]
    fn who_answers_late_is_asked_again() {
        let mut pace = Pace { manner: Manner::Silent, ..Pace::mute() };
        assert!(!pace.answered(Instant::now()));
        assert_eq!((pace.manner, pace.draw_at(Instant::now())), (Manner::Answers, None));
    }

    #[test]
    fn who_must_not_be_asked_is_not_asked_whatever_it_says() {
        let (mut pace, mut written) = (Pace::mute(), Vec::new());
        assert!(!pace.answered(Instant::now()));
        pace.ask(1490, &mut written, Instant::now()).unwrap();
        assert_eq!(written, b"");
    }
}
