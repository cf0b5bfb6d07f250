//! What drawing costs: a frame from the model to the buffer, the update before it, and the bytes that a step writes to the
//! terminal, on several sizes, in several places, and in a run of a million steps. Prints; asserts no time. With a word
//! only the places whose names contain it: `cargo bench --bench screen -- new`.

#![allow(clippy::unwrap_used, clippy::cast_precision_loss)]

use std::cmp::Ordering;
use std::hint::black_box;
use std::time::{Duration, Instant};

use paxoscope::app::{Colors, Key, Model, Msg, update};
use paxoscope::pmmc::Rules;
use paxoscope::script::Lesson;
use paxoscope::session::{Fault, NodeId, Schedule, Session};
use paxoscope::teach::{Player, built_in};
use paxoscope::term::Painter;
use paxoscope::ui;
use paxoscope::world::Setup;
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Steps of which each is drawn.
const SAMPLES: usize = 2_000;
/// The sizes, with the aim for the 99th percentile, in milliseconds.
const SIZES: [((u16, u16), &str); 3] = [((250, 70), "0.7"), ((200, 60), "0.7"), ((80, 24), "0.25")];

/// Something on the stage, and the keys that lead through it again and again: each so many times.
struct Place {
    name: &'static str,
    model: fn() -> Model,
    keys: &'static [(Key, usize)],
}

fn sandbox(steps: usize) -> Model {
    let rules = Rules { state_reduction: true, ..Rules::default() };
    let mut session = Session::new(Setup { rules, ..Setup::default() }).unwrap();
    let mut schedule = Schedule::new(1, Fault::ALL).with_most_requests(20);
    for _ in 0..steps {
        let action = schedule.next(session.world()).unwrap();
        session.act(action).unwrap();
    }
    Model::sandbox(session)
}

fn lesson() -> Model {
    let file = built_in().iter().find(|lesson| lesson.id == "acceptors").unwrap();
    Model::lesson(Player::new(Lesson::parse(file.file, file.text).unwrap()).unwrap())
}

fn percentile(times: &mut [Duration], percent: usize) -> f64 {
    times.sort();
    times[(times.len() * percent / 100).min(times.len() - 1)].as_secs_f64() * 1e3
}

fn median<T: Copy>(mut of: Vec<T>, compare: fn(&T, &T) -> Ordering) -> T {
    of.sort_by(compare);
    of[of.len() / 2]
}

/// What bytes are for.
#[derive(Clone, Copy, Default)]
struct Kinds {
    moves: usize,
    looks: usize,
    text: usize,
    others: usize,
}

impl Kinds {
    fn add(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let [first, ..] = rest {
            let length = match rest {
                [0x1b, b'[', ..] => rest.iter().skip(2).take_while(|byte| !byte.is_ascii_alphabetic()).count() + 3,
                _ => 1,
            };
            let (sequence, then) = rest.split_at(length.min(rest.len()));
            let kind = match (first, sequence.last()) {
                (0x1b, Some(b'm')) => &mut self.looks,
                (0x1b, Some(b'A'..=b'D' | b'H')) | (b'\r' | b'\n' | 8, _) => &mut self.moves,
                (0x1b, _) => &mut self.others,
                _ => &mut self.text,
            };
            *kind += sequence.len();
            rest = then;
        }
    }
}

/// What was measured in a place, at a size.
#[derive(Default)]
struct Measured {
    times: Vec<Duration>,
    updates: Vec<Duration>,
    bytes: Vec<usize>,
    kinds: Kinds,
    /// Of the same pictures, painted whole.
    whole: Vec<usize>,
    /// Of each step, what part of its picture painted whole its bytes are.
    parts: Vec<f64>,
    /// Of the same steps, as ratatui's own backend writes them.
    peer: Vec<usize>,
    /// Of the same pictures painted whole by it.
    peer_whole: Vec<usize>,
    /// Of each step, what part of that its bytes are: a measure that does not shrink with our own encoding.
    parts_of_peer: Vec<f64>,
}

/// The bytes of ratatui's own backend from one picture to the next.
fn by_peer(shown: &Buffer, next: &Buffer) -> usize {
    let mut bytes = Vec::new();
    CrosstermBackend::new(&mut bytes).draw(shown.diff(next).into_iter()).unwrap();
    bytes.len()
}

/// Where the run is; none in a lesson, where each key is a step of its own.
fn place(model: &Model) -> Option<NodeId> {
    model.stage().filter(|stage| stage.lesson().is_none()).map(|stage| stage.session().here())
}

/// Steps and draws: the times of each update and of each frame, and the bytes of each step, by us and by the peer.
fn measure(model: &Model, keys: &[(Key, usize)], size: (u16, u16)) -> Measured {
    let keys = keys.iter().flat_map(|(key, times)| std::iter::repeat_n(*key, *times));
    let mut model = model.clone().with_colors(Colors::Indexed);
    update(&mut model, Msg::Resize(size.0, size.1));
    let area = Rect::new(0, 0, size.0, size.1);
    let mut buffer = Buffer::empty(area);
    let (mut shown, blank) = (Buffer::empty(area), Buffer::empty(area));
    ui::draw(&model, area, &mut shown);
    let mut painter = Painter::new();
    painter.paint(size, |area, buf| ui::draw(&model, area, buf)).unwrap();
    assert_eq!(painter.paint(size, |area, buf| ui::draw(&model, area, buf)).unwrap().len(), 0, "nothing has changed");
    let mut measured = Measured::default();
    for key in keys.cycle().take(SAMPLES) {
        let before = place(&model);
        let start = Instant::now();
        update(&mut model, Msg::Key(key));
        measured.updates.push(start.elapsed());
        let start = Instant::now();
        buffer.reset();
        ui::draw(&model, area, &mut buffer);
        measured.times.push(start.elapsed());
        black_box(&buffer);
        // A key that only opens a prompt is no step.
        if before.is_some() && place(&model) == before {
            continue;
        }
        let bytes = painter.paint(size, |_, buf| buf.clone_from(&buffer)).unwrap();
        let whole = Painter::new().paint(size, |_, buf| buf.clone_from(&buffer)).unwrap().len();
        measured.bytes.push(bytes.len());
        measured.whole.push(whole);
        measured.parts.push(bytes.len() as f64 / whole as f64);
        measured.kinds.add(bytes);
        measured.peer.push(by_peer(&shown, &buffer));
        let peer_whole = by_peer(&blank, &buffer);
        measured.peer_whole.push(peer_whole);
        measured.parts_of_peer.push(bytes.len() as f64 / peer_whole as f64);
        shown.clone_from(&buffer);
    }
    measured
}

fn main() {
    // A request, an election, and what comes of them, again and again.
    const STEPS: [(Key, usize); 4] = [(Key::Char('r'), 1), (Key::Enter, 1), (Key::Char('e'), 1), (Key::Enter, 25)];
    // There an election takes over thirty slots, and nobody plays all that comes of seventy of them.
    const REQUESTS: [(Key, usize); 2] = [(Key::Char('r'), 1), (Key::Enter, 31)];
    const BACK_AND_FORTH: [(Key, usize); 2] = [(Key::Left, 100), (Key::Right, 100)];
    const BEATS: [(Key, usize); 2] = [(Key::Space, 2), (Key::PageUp, 1)];
    let places = [
        Place { name: "sandbox, steps", model: || sandbox(200), keys: &BACK_AND_FORTH },
        Place { name: "sandbox, new steps", model: || sandbox(0), keys: &STEPS },
        Place { name: "lesson, beats", model: lesson, keys: &BEATS },
        Place { name: "1,000,000, new steps", model: || sandbox(1_000_000), keys: &REQUESTS },
        Place { name: "1,000,000 steps", model: || sandbox(1_000_000), keys: &BACK_AND_FORTH },
    ];
    println!(
        "{:<24} {:>8} {:>9} {:>9} {:>8}   bytes of a step, of a whole frame",
        "", "size", "p50 ms", "p99 ms", "aim"
    );
    let word = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    for place in places.iter().filter(|place| place.name.contains(&word)) {
        let model = (place.model)();
        for (size, aim) in SIZES {
            let measured = measure(&model, place.keys, size);
            let Measured { mut times, mut updates, bytes, kinds, whole, parts, peer, peer_whole, parts_of_peer } =
                measured;
            let steps = bytes.len();
            println!(
                "{:<24} {:>8} {:>9.3} {:>9.3} {:>8}   {} of {}: {:.1} % (aim: 12 %); unchanged: 0",
                place.name,
                format!("{}x{}", size.0, size.1),
                percentile(&mut times, 50),
                percentile(&mut times, 99),
                aim,
                median(bytes, usize::cmp),
                median(whole, usize::cmp),
                100.0 * median(parts, f64::total_cmp),
            );
            println!(
                "{:<24} {:>8} {:>9.3} {:>9.3} {:>8}   on average: {} to move, {} for looks, {} of text, {} others",
                "  the update before it",
                "",
                percentile(&mut updates, 50),
                percentile(&mut updates, 99),
                "",
                kinds.moves / steps,
                kinds.looks / steps,
                kinds.text / steps,
                kinds.others / steps,
            );
            println!(
                "{:>62}   ratatui's own backend: {} of {}; we, of its whole frame: {:.1} % (aim: 12 %)",
                "",
                median(peer, usize::cmp),
                median(peer_whole, usize::cmp),
                100.0 * median(parts_of_peer, f64::total_cmp),
            );
        }
    }
}
