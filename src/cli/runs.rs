//! Every run is kept as it goes: a scenario file in the user's data folder, written anew after each step beside the old
//! one and then put in its place, so that there is a whole file at every moment. A thread writes; nobody waits for it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::app::{Effect, Head, Keep, Msg, Recent};
use crate::script::Scenario;
use crate::teach::Progress;

use super::{input, progress};

/// How many kept runs there are at most: the oldest go first.
const MOST_KEPT: usize = 100;
/// How many of them home shows.
const MOST_SHOWN: usize = 5;
/// A file that is longer is not read only to be listed.
const LONGEST_LISTED: u64 = 1 << 20;
/// A beat is shown after it is kept, unless keeping it takes longer than this.
const MOMENT: Duration = Duration::from_millis(50);
/// A half written file that is older than this is nobody's any more.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Where runs are kept.
pub(crate) fn folder() -> Option<PathBuf> {
    data_folder().map(|data| data.join("runs"))
}

/// Where all is kept: in `XDG_DATA_HOME`, or the platform's place for a program's data.
pub(crate) fn data_folder() -> Option<PathBuf> {
    let var = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let data = var("XDG_DATA_HOME").or_else(|| {
        if cfg!(windows) {
            var("LOCALAPPDATA")
        } else if cfg!(target_os = "macos") {
            var("HOME").map(|home| home.join("Library/Application Support"))
        } else {
            var("HOME").map(|home| home.join(".local/share"))
        }
    });
    data.map(|data| data.join("paxoscope"))
}

/// The runs that were kept, the newest first.
pub(crate) fn recent() -> Vec<Recent> {
    let now = SystemTime::now();
    let files = folder().map(|folder| by_age(&folder)).unwrap_or_default();
    files.into_iter().filter_map(|(when, path)| listed(&path, now.duration_since(when).ok())).take(MOST_SHOWN).collect()
}

/// The name of the newest run that can be opened, and its text.
pub(crate) fn newest() -> Option<(String, String)> {
    let name = recent().into_iter().next()?.name;
    let text = load(&name).ok()?;
    Some((name, text))
}

/// The text of a kept run.
pub(crate) fn load(name: &str) -> Result<String, String> {
    let folder = folder().ok_or(NO_FOLDER)?;
    input::read(&folder.join(name)).map_err(|error| error.to_string())
}

const NO_FOLDER: &str = "there is no home folder";

/// The kept files with when they were written, the newest first.
fn by_age(folder: &Path) -> Vec<(SystemTime, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let dated = |entry: fs::DirEntry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()));
    let is_run = |path: &Path| path.extension().is_some_and(|extension| extension == "ron");
    let mut files: Vec<_> = entries.filter_map(dated).filter(|(_, path)| is_run(path)).collect();
    files.sort_by(|one, other| other.cmp(one));
    files
}

fn listed(path: &Path, age: Option<Duration>) -> Option<Recent> {
    let name = path.file_name()?.to_str()?.to_owned();
    let when = age.map_or_else(|| "just now".to_owned(), ago);
    if fs::metadata(path).ok()?.len() > LONGEST_LISTED {
        return Some(Recent { name, title: "A long run".to_owned(), about: when });
    }
    let scenario = Scenario::parse(&name, &fs::read_to_string(path).ok()?).ok()?;
    let steps = match scenario.actions.len() {
        1 => "1 step".to_owned(),
        count => format!("{count} steps"),
    };
    Some(Recent { name, title: scenario.title, about: format!("{steps}, {when}") })
}

fn ago(age: Duration) -> String {
    let minutes = age.as_secs() / 60;
    let (number, unit) = match minutes {
        0 => return "just now".to_owned(),
        1..=59 => (minutes, "minute"),
        60..=1439 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    format!("{number} {unit}{} ago", if number == 1 { "" } else { "s" })
}

/// What the thread is told.
enum Order {
    Keep(Keep),
    KeepProgress(Box<Progress>),
    /// Say when all before this is written.
    Answer(Sender<()>),
}

/// Keeps runs while it lives; when it goes, everything is written.
pub(crate) struct Keeper {
    orders: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Starts the thread that writes. What goes wrong is told once.
    pub(crate) fn start(tell: impl FnOnce(String) + Send + 'static) -> Self {
        let (orders, inbox) = mpsc::channel();
        let write = move || {
            let mut files = Files { folder: folder(), stamp: stamp(SystemTime::now()), branches: BTreeMap::new() };
            if let Err(why) = files.write_all(&inbox) {
                tell(why);
            }
        };
        let thread = thread::Builder::new().name("runs".into()).spawn(write).ok();
        Self { orders: Some(orders), thread }
    }

    /// Keeps these steps, soon.
    pub(crate) fn keep(&self, keep: &Keep) {
        if let Some(orders) = &self.orders {
            // Nobody listens after a failure, which was told.
            let _ = orders.send(Order::Keep(keep.clone()));
        }
    }

    /// Waits until all is written.
    pub(crate) fn wait(&self) {
        let (answer, answered) = mpsc::channel();
        if self.orders.as_ref().is_some_and(|orders| orders.send(Order::Answer(answer)).is_ok()) {
            let _ = answered.recv();
        }
    }

    /// Waits until all is written, but not longer than a reader of the screen would not notice.
    pub(crate) fn wait_a_moment(&self) {
        let (answer, answered) = mpsc::channel();
        if self.orders.as_ref().is_some_and(|orders| orders.send(Order::Answer(answer)).is_ok()) {
            let _ = answered.recv_timeout(MOMENT);
        }
    }

    /// Carries out what concerns kept runs; what is to be told comes back.
    pub(crate) fn carry_out(&self, effect: &Effect) -> Option<Msg> {
        match effect {
            Effect::Keep(keep) => {
                self.keep(keep);
                None
            }
            Effect::KeepProgress(progress) => {
                if let Some(orders) = &self.orders {
                    let _ = orders.send(Order::KeepProgress(progress.clone()));
                }
                None
            }
            Effect::Load(name) => Some(Msg::Loaded { name: name.clone(), text: load(name) }),
            Effect::Quit
            | Effect::Repaint
            | Effect::Suspend
            | Effect::Mouse(_)
            | Effect::WakeAfter(_)
            | Effect::Watch(_)
            | Effect::Explore(_)
            | Effect::StopExploring => None,
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.orders.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The files being written.
struct Files {
    folder: Option<PathBuf>,
    /// What this program's names begin with.
    stamp: String,
    branches: BTreeMap<(usize, u32), File>,
}

struct File {
    path: PathBuf,
    /// The file up to the end of its last action.
    text: String,
    is_new: bool,
}

impl Files {
    /// Writes until nobody orders any more. Orders that came meanwhile are written together.
    fn write_all(&mut self, inbox: &Receiver<Order>) -> Result<(), String> {
        while let Ok(first) = inbox.recv() {
            let mut answers = Vec::new();
            let mut touched = Vec::new();
            let mut lessons = BTreeMap::new();
            for order in std::iter::once(first).chain(inbox.try_iter()) {
                match order {
                    Order::Keep(keep) => touched.push(self.take(keep)?),
                    Order::KeepProgress(progress) => {
                        lessons.insert(progress.lesson.clone(), progress);
                    }
                    Order::Answer(answer) => answers.push(answer),
                }
            }
            touched.sort_unstable();
            touched.dedup();
            for key in touched {
                self.write(key)?;
            }
            for progress in lessons.values() {
                progress::keep(progress)?;
            }
            for answer in answers {
                let _ = answer.send(());
            }
        }
        Ok(())
    }

    fn take(&mut self, keep: Keep) -> Result<(usize, u32), String> {
        let key = (keep.run, keep.branch);
        if let Some(head) = keep.head {
            let file = self.begin(key, *head)?;
            self.branches.insert(key, file);
        }
        let Some(file) = self.branches.get_mut(&key) else { return Ok(key) };
        for line in &keep.lines {
            // A string always prints.
            let quoted = ron::to_string(line).unwrap_or_default();
            file.text.push_str("        ");
            file.text.push_str(&quoted);
            file.text.push_str(",\n");
        }
        Ok(key)
    }

    fn begin(&self, (run, branch): (usize, u32), head: Head) -> Result<File, String> {
        const NO_ACTIONS: &str = "actions: [],\n)\n";
        let folder = self.folder.as_deref().ok_or(NO_FOLDER)?;
        fs::create_dir_all(folder).map_err(|error| input::reason(Path::new(""), &error))?;
        prune(folder);
        let scenario = Scenario { title: head.title, setup: head.setup, actions: Vec::new() };
        let whole = scenario.to_ron();
        let text = whole.strip_suffix(NO_ACTIONS).ok_or("a scenario does not print as it should")?;
        let name = head.origin.unwrap_or_else(|| format!("{}-{}-{run}-{branch}.ron", self.stamp, std::process::id()));
        Ok(File { path: folder.join(name), text: format!("{text}actions: [\n"), is_new: true })
    }

    fn write(&mut self, key: (usize, u32)) -> Result<(), String> {
        let Some(file) = self.branches.get_mut(&key) else { return Ok(()) };
        let is_new = mem::take(&mut file.is_new);
        write_whole(&file.path, &format!("{}    ],\n)\n", file.text), is_new)
    }
}

/// Beside the old file first, then in its place: whoever looks finds a whole file, and even after a power cut there is one
/// of the two, never half of one. Surely: after a power cut it is this one.
pub(crate) fn write_whole(path: &Path, text: &str, surely: bool) -> Result<(), String> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let write = || -> io::Result<()> {
        let mut out = fs::File::create(&beside)?;
        out.write_all(text.as_bytes())?;
        out.sync_data()?;
        fs::rename(&beside, path)?;
        #[cfg(unix)]
        if let Some(folder) = path.parent().filter(|_| surely) {
            fs::File::open(folder)?.sync_all()?;
        }
        Ok(())
    };
    let written = write().map_err(|error| input::reason(Path::new(""), &error));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Only so many runs are kept, and nothing half written by a program that is gone.
fn prune(folder: &Path) {
    for (_, path) in by_age(folder).into_iter().skip(MOST_KEPT) {
        let _ = fs::remove_file(path);
    }
    prune_parts(folder);
}

/// Takes away what was half written by a program that is gone.
pub(crate) fn prune_parts(folder: &Path) {
    let now = SystemTime::now();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_part = entry.path().extension().is_some_and(|extension| extension == "part");
        let age = entry.metadata().and_then(|data| data.modified()).ok().and_then(|when| now.duration_since(when).ok());
        if is_part && age.is_some_and(|age| age > ABANDONED) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// A time as names begin with it, so that they sort by it: `2026-11-23-071516`.
fn stamp(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // The Gregorian calendar in eras of 400 years that begin in March.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}-{:02}{:02}{:02}", rest / 3600, rest / 60 % 60, rest % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_begin_with_the_date() {
        let table = [
            (0, "1970-01-01-000000"),
            (951_782_400, "2000-02-29-000000"),
            (1_795_418_116, "2026-11-23-071516"),
            (4_107_542_399, "2100-02-28-235959"),
            (4_107_542_400, "2100-03-01-000000"),
        ];
        for (seconds, expected) in table {
            assert_eq!(stamp(UNIX_EPOCH + Duration::from_secs(seconds)), expected);
        }
    }

    /// Whoever reads while a file is written anew finds one version or the other, never a part.
    #[test]
    fn a_file_is_whole_at_every_moment() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let version = |number: usize| format!("{}end", "line\n".repeat(1000 + number % 7));
        write_whole(&path, &version(0), true).unwrap();
        thread::scope(|scope| {
            let writer =
                scope.spawn(|| (0..500).for_each(|number| write_whole(&path, &version(number), false).unwrap()));
            let mut reads = 0;
            while !writer.is_finished() || reads == 0 {
                let text = fs::read_to_string(&path).unwrap();
                assert!((0..7).any(|number| text == version(number)), "{} bytes after {reads} reads", text.len());
                reads += 1;
            }
        });
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.file_name()).collect();
        assert_eq!(left, ["file"], "nothing half written is left");
    }

    #[test]
    fn an_age_is_told_in_the_largest_unit() {
        let table = [(5, "just now"), (60, "1 minute ago"), (7199, "1 hour ago"), (86_400 * 3, "3 days ago")];
        for (seconds, expected) in table {
            assert_eq!(ago(Duration::from_secs(seconds)), expected);
        }
    }
}
