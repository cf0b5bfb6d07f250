//! `paxoscope explore`: finds the shortest schedule that leads somewhere, or any, or shows that there is none.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use clap::ValueEnum;
use serde::Serialize;

use crate::explore::{Allow, Goal, Job, Limits, Progress, Question, Reduction, Search, Verdict, Walks, polish};
use crate::pmmc::Rules;
use crate::script::{FileError, Line, Position, Scenario, action_text, parse_action, parse_predicate};
use crate::world::text::Notation;
use crate::world::{Action, Follow, Invariant, Predicate, Watch, World, sentences};

use super::input;
use super::output::{Failure, complain};

/// How many worlds are expanded before the clock is looked at.
const AT_ONCE: usize = 4096;
/// The most memory if the system does not say how much there is.
const MEMORY: usize = 2 << 30;

#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// How the runs begin; without it, the default cluster
    scenario: Option<PathBuf>,
    /// Look for a world in which this holds, like 'Chosen(1, _)'
    #[arg(long, value_name = "PREDICATE", group = "asked")]
    find: Option<String>,
    /// Look for a world in which this does not hold: is it always so?
    #[arg(long, value_name = "PREDICATE", group = "asked")]
    always: Option<String>,
    /// Look for a world in which a request is open and nothing can be delivered
    #[arg(long, group = "asked")]
    deadlock: bool,
    /// Look for a step after which one of these does not hold, like D1,D2 (default: all invariants)
    #[arg(long, value_name = "INVARIANTS", group = "asked")]
    check: Option<String>,
    /// Make so many random walks first, for a quick witness; it is the answer if the search is stopped by a limit
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "10000")]
    walks: Option<usize>,
    /// The seed of the walks
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// What may happen besides deliveries, how often: drop, duplicate, crash, restart, elect, resend, timeout, request.
    /// A name alone is once (request: the whole workload), crash=2 twice, drop=* without a limit
    #[arg(long, value_name = "LIST", default_value = "")]
    allow: Allow,
    /// Play with a deliberate bug
    #[arg(long = "break", value_name = "BUG")]
    bugs: Vec<String>,
    /// Begin after action N of the scenario
    #[arg(long, value_name = "N", default_value_t = 0)]
    from: usize,
    /// The longest schedule
    #[arg(long, value_name = "N")]
    max_depth: Option<usize>,
    /// The most distinct worlds
    #[arg(long, value_name = "N")]
    max_states: Option<usize>,
    /// The most memory, like 500M or 4G (default: three quarters of what is free)
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    max_memory: Option<usize>,
    /// The longest time
    #[arg(long, value_name = "N")]
    max_seconds: Option<u64>,
    /// How many threads search; the answer is the same
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=64))]
    threads: u8,
    /// Which worlds come first
    #[arg(long, value_enum, default_value_t = Order::Breadth)]
    order: Order,
    /// Visit every world, also those that differ only in the names of acceptors and replicas or in messages that can never
    /// act again
    #[arg(long)]
    no_reductions: bool,
    /// Tell the distinct worlds and the transitions of each depth
    #[arg(long)]
    stats: bool,
    /// How to write the answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Save the schedule that was found as a scenario; a file that is there is never overwritten
    #[arg(long, value_name = "OUT.ron")]
    save: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Order {
    /// Breadth-first: what is found has no shorter schedule
    Breadth,
    /// Depth-first: a schedule, seldom the shortest; with --max-depth it may miss one, and then gives no answer
    Depth,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Plain sentences
    Text,
    /// One object
    Json,
}

/// A size in bytes: 4G, 500M, 64k, or a number.
fn parse_size(text: &str) -> Result<usize, String> {
    let digits = text.trim_end_matches(['k', 'K', 'M', 'G', 'B', 'i']);
    let unit: usize = match text[digits.len()..].chars().next() {
        None | Some('B') => 1,
        Some('k' | 'K') => 1 << 10,
        Some('M') => 1 << 20,
        Some('G') => 1 << 30,
        Some(_) => return Err("expected a size like 500M or 4G".to_owned()),
    };
    let number: usize = digits.parse().map_err(|_| "expected a size like 500M or 4G".to_owned())?;
    number.checked_mul(unit).ok_or_else(|| "so much memory there is not".to_owned())
}

/// Three quarters of the memory that is free: a search must neither be killed nor make the machine swap.
fn free_memory() -> usize {
    let told = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = told.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kilobytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<usize>().ok());
    // In a container there may be less than the machine has.
    let of_group = |file: &str| fs::read_to_string(format!("/sys/fs/cgroup/{file}")).ok()?.trim().parse::<usize>().ok();
    let granted = of_group("memory.max").map(|most| most.saturating_sub(of_group("memory.current").unwrap_or(0)));
    let free = kilobytes.map(|kilobytes| kilobytes.saturating_mul(1024)).into_iter().chain(granted).min();
    free.map_or(MEMORY, |bytes| bytes / 4 * 3)
}

/// Does the jobs of a search, each on a thread of its own.
fn on_threads(jobs: Vec<Job<'_>>) {
    thread::scope(|scope| {
        let mut jobs = jobs.into_iter();
        let own = jobs.next();
        for job in jobs {
            scope.spawn(job);
        }
        if let Some(job) = own {
            job();
        }
    });
}

/// Where the search begins, and how it came there.
struct Beginning {
    scenario: Scenario,
    world: World,
    watch: Watch,
    follow: Option<Follow>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (name, mut scenario) = match &args.scenario {
        Some(path) => (input::name_of(path), Scenario::parse(&input::name_of(path), &input::read(path)?)?),
        None => ("the default cluster".to_owned(), Scenario::default()),
    };
    if args.order == Order::Depth && args.threads > 1 {
        return Err(Failure::Usage("--order depth: a depth-first search is one thread's work".to_owned()));
    }
    play_bugs(&args.bugs, &mut scenario)?;
    let predicate = predicate(args, &scenario)?;
    let beginning = begin(&name, scenario, args.from, predicate.as_ref())?;
    if args.deadlock && beginning.world.partition().is_some() {
        let why = "--deadlock: the network is cut here, and what is in flight may be so for ever";
        return Err(Failure::Usage(why.to_owned()));
    }
    let goal = match (predicate, &beginning.follow) {
        (Some(predicate), Some(follow)) => Goal::Find(predicate, follow.clone()),
        _ => Goal::Check(invariants(args.check.as_deref())?),
    };
    let bytes = Some(args.max_memory.unwrap_or_else(free_memory));
    let limits = Limits { depth: args.max_depth, states: args.max_states, bytes };
    let question = Question { goal, allow: args.allow, limits };
    let begin = if args.no_reductions { Search::without_reductions } else { Search::new };
    let search = begin(&beginning.world, &beginning.watch, question.clone())
        .map_err(|error| Failure::Usage(format!("the question: {error}")))?;
    let mut search = match args.order {
        Order::Breadth => search.with_crew(args.threads.into(), on_threads),
        Order::Depth => search.depth_first(),
    };
    let clock = Instant::now();
    let witness = args.walks.and_then(|walks| walk(walks, args.seed, &beginning, &question));
    let verdict = loop {
        if let Some(verdict) = search.run(AT_ONCE) {
            break Some(verdict.clone());
        }
        if args.max_seconds.is_some_and(|most| clock.elapsed().as_secs() >= most) {
            break None;
        }
    };
    let mut answer = Answer::new(&search, clock.elapsed().as_secs_f64());
    answer.tell(verdict, witness, args, &beginning, &question);
    if let Some(path) = &args.save {
        save(path, &answer, &beginning, args.from)?;
    }
    answer.write(args)?;
    Ok(ExitCode::from(answer.exit_code()))
}

/// A first witness by chance, made readable; that it is there is told at once.
fn walk(walks: usize, seed: u64, beginning: &Beginning, question: &Question) -> Option<Vec<Action>> {
    let mut chance = Walks::new(&beginning.world, &beginning.watch, question.clone(), seed);
    let walked = chance.run(walks);
    let Some(walked) = walked else {
        complain(&format!("nothing in {walks} random walks; now all that there is, the nearest first"));
        return None;
    };
    let polished = polish(&beginning.world, &beginning.watch, question, walked);
    let (done, steps) = (chance.done(), polished.len());
    complain(&format!("found by chance, in walk {done}: {steps} steps; now for the shortest"));
    Some(polished)
}

fn play_bugs(bugs: &[String], scenario: &mut Scenario) -> Result<(), Failure> {
    for bug in bugs.iter().flat_map(|list| list.split(',')).map(str::trim) {
        let refused = |what: String| Failure::Usage(format!("--break {bug}: {what}"));
        let world = World::new(&scenario.setup).map_err(|error| refused(error.to_string()))?;
        let action =
            parse_action(&format!("rule broken +{bug}"), &world).map_err(|error| refused(error.to_string()))?;
        let mut broken = world;
        broken.apply(&action).map_err(|refusal| refused(refusal.to_string()))?;
        scenario.setup.rules = Rules::clone(&broken.context().rules);
    }
    Ok(())
}

/// What is looked for, if it is not invariants.
fn predicate(args: &Args, scenario: &Scenario) -> Result<Option<Predicate>, Failure> {
    let parsed = |option: &str, text: &str| {
        let predicate = parse_predicate(option, text)?;
        match predicate.unknown_name(scenario.setup.cluster) {
            None => Ok(predicate),
            Some(unknown) => Err(Failure::Usage(format!("{option}: {unknown}"))),
        }
    };
    match (&args.find, &args.always) {
        (Some(text), _) => parsed("--find", text).map(Some),
        (None, Some(text)) => Ok(Some(Predicate::Not(Box::new(parsed("--always", text)?)))),
        (None, None) if args.deadlock => {
            // At the beginning nothing is cut; whether it is where the search begins is asked there.
            let world = World::new(&scenario.setup).map_err(|error| Failure::Usage(error.to_string()))?;
            Ok(Predicate::stuck(&world))
        }
        (None, None) => Ok(None),
    }
}

fn invariants(list: Option<&str>) -> Result<Vec<Invariant>, Failure> {
    let Some(list) = list.filter(|list| *list != "all") else { return Ok(Invariant::ALL.to_vec()) };
    let named = |name: &str| {
        let found = Invariant::ALL.into_iter().find(|one| format!("{one:?}") == name);
        found.ok_or_else(|| {
            let all: Vec<_> = Invariant::ALL.iter().map(|one| format!("{one:?}")).collect();
            Failure::Usage(format!("--check: there is no invariant {name:?}; there are {}", all.join(", ")))
        })
    };
    list.split(',').map(|name| named(name.trim())).collect()
}

/// Plays the first actions.
fn begin(name: &str, scenario: Scenario, from: usize, find: Option<&Predicate>) -> Result<Beginning, Failure> {
    if from > scenario.actions.len() {
        let has = scenario.actions.len();
        return Err(Failure::Usage(format!("--from {from} is too far: {name} has {has} actions")));
    }
    let mut follow = find.map(Follow::new);
    let (world, watch) = {
        let mut run = scenario.run().map_err(|error| FileError::new(name, Position::default(), error.to_string()))?;
        for _ in 0..from {
            if let (Some(predicate), Some(follow)) = (find, &mut follow) {
                follow.observe(predicate, run.world(), run.watch());
            }
            if let Some(step) = run.next() {
                step.map_err(|error| error.in_file(name))?;
            }
        }
        (run.world().clone(), run.watch().clone())
    };
    Ok(Beginning { scenario, world, watch, follow })
}

/// The answer, as it is written.
#[derive(Serialize)]
struct Answer {
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invariant: Option<Invariant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<usize>,
    /// Whether no schedule is shorter; only if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    shortest: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actions: Option<Vec<String>>,
    /// Why each action went as it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    sentences: Option<Vec<Vec<String>>>,
    states: usize,
    transitions: u64,
    depth: usize,
    per_depth: Vec<u64>,
    transitions_per_depth: Vec<u64>,
    seconds: f64,
    peak_bytes: usize,
    reductions: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_reduced: Vec<NotReduced>,
}

/// A reduction that the search does without, wholly or in part.
#[derive(Serialize)]
struct NotReduced {
    reduction: &'static str,
    why: String,
}

impl Answer {
    fn new(search: &Search, seconds: f64) -> Self {
        let progress = search.progress();
        let depth = progress.depth();
        let reductions = search.reductions();
        let not_reduced = |(one, why): &(Reduction, String)| NotReduced { reduction: one.name(), why: why.clone() };
        let Progress { states, transitions, per_depth, transitions_per_depth, .. } = progress;
        Self {
            verdict: "stopped",
            limit: None,
            invariant: None,
            why: None,
            length: None,
            shortest: None,
            actions: None,
            sentences: None,
            states,
            transitions,
            depth,
            per_depth,
            transitions_per_depth,
            seconds: (seconds * 1000.0).round() / 1000.0,
            peak_bytes: search.peak_bytes(),
            reductions: reductions.on.iter().map(|one| one.name()).collect(),
            not_reduced: reductions.off.iter().map(not_reduced).collect(),
        }
    }

    /// Adds how it ended: by the search's verdict, `None` if the time was over, or by what was found by chance before.
    fn tell(
        &mut self,
        verdict: Option<Verdict>,
        witness: Option<Vec<Action>>,
        args: &Args,
        beginning: &Beginning,
        question: &Question,
    ) {
        let (found, none) = match (&args.always, &question.goal) {
            (None, Goal::Find(..)) => ("found", "not found"),
            _ => ("violated", "held"),
        };
        let (schedule, shortest) = match verdict {
            Some(Verdict::NotFound | Verdict::Held) => {
                self.verdict = none;
                return;
            }
            Some(Verdict::Found(actions) | Verdict::Violated { actions, .. }) => {
                let polished = polish(&beginning.world, &beginning.watch, question, actions);
                (Some(polished), args.order == Order::Breadth)
            }
            stopped => {
                let limit = |verdict| if let Verdict::Stopped(limit) = verdict { limit.name() } else { "seconds" };
                self.limit = Some(stopped.map_or("seconds", limit));
                (witness, false)
            }
        };
        let Some(schedule) = schedule else { return };
        self.verdict = found;
        if let (Some(text), "violated") = (&args.always, found) {
            self.why = Some(format!("{text} does not hold"));
        }
        (self.length, self.shortest) = (Some(schedule.len()), Some(shortest));
        self.narrate(&schedule, beginning, question);
    }

    /// The schedule in words, and which invariant it breaks if that was the question.
    fn narrate(&mut self, schedule: &[Action], beginning: &Beginning, question: &Question) {
        let (mut world, mut watch) = (beginning.world.clone(), beginning.watch.clone());
        let (mut texts, mut told) = (Vec::new(), Vec::new());
        for action in schedule {
            texts.push(action_text(action, &world));
            let before = world.clone();
            // It was replayed already.
            let events = world.apply(action).unwrap_or_default();
            watch.observe(&before, &world, &events);
            told.push(sentences(Notation::Files, action, &events));
        }
        if let Goal::Check(invariants) = &question.goal
            && let Some(broken) = watch.violations().into_iter().find(|one| invariants.contains(&one.invariant))
        {
            (self.invariant, self.why) = (Some(broken.invariant), Some(broken.why));
        }
        (self.actions, self.sentences) = (Some(texts), Some(told));
    }

    fn exit_code(&self) -> u8 {
        match self.verdict {
            "found" | "held" => 0,
            "violated" | "not found" => 1,
            _ => 3,
        }
    }

    fn write(&self, args: &Args) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        match args.format {
            Format::Json => {
                let text = serde_json::to_string(self).map_err(io::Error::from)?;
                writeln!(out, "{text}")?;
            }
            Format::Text => {
                let asked = match (&args.find, &args.always) {
                    (Some(_), _) => "what was looked for".to_owned(),
                    (None, Some(always)) => always.clone(),
                    (None, None) if args.deadlock => "an open request with nothing to deliver".to_owned(),
                    (None, None) => "the invariants".to_owned(),
                };
                writeln!(out, "{}", ascii(&self.sentence(&asked, args.order)))?;
                let told = self.sentences.iter().flatten();
                for (number, (action, told)) in (1..).zip(self.actions.iter().flatten().zip(told)) {
                    writeln!(out, "{number:4}  {}", ascii(action))?;
                    for sentence in told {
                        writeln!(out, "        {}", ascii(sentence))?;
                    }
                }
                for NotReduced { reduction, why } in &self.not_reduced {
                    writeln!(out, "Not reduced by {reduction}, wholly or in part: {}.", ascii(why))?;
                }
                if args.stats {
                    self.write_stats(&mut out)?;
                }
            }
        }
        Ok(())
    }

    fn sentence(&self, asked: &str, order: Order) -> String {
        let visited = format!("{} worlds, {} transitions, {:.1} s", self.states, self.transitions, self.seconds);
        let length = self.length.unwrap_or(0);
        let how = match (self.shortest, self.limit) {
            (Some(false), Some(limit)) => {
                format!("by chance in {length} steps; the search for fewer was stopped by the limit of {limit}")
            }
            (Some(false), None) => format!("depth-first in {length} steps; fewer may do"),
            _ => format!("in {length} steps, and in no fewer"),
        };
        match (self.verdict, self.invariant, &self.why, self.limit) {
            ("found", ..) => format!("Found: {asked}, {how} ({visited})."),
            (_, Some(invariant), Some(why), _) => format!("Violated {how}: {invariant:?}, {why} ({visited})."),
            (_, None, Some(why), _) => format!("Violated {how}: {why} ({visited})."),
            ("held", ..) => format!("Held: {asked}, in every world there is ({visited})."),
            ("not found", ..) => format!("Not found: {asked}, in any world there is ({visited})."),
            (_, _, _, limit) => {
                let looked_at = match (order, self.transitions_per_depth.len().saturating_sub(1)) {
                    (Order::Breadth, depth) => format!("Every schedule of up to {depth} steps was looked at"),
                    (Order::Depth, _) => "Depth-first, not every schedule of any length was looked at".to_owned(),
                };
                format!("Stopped by the limit of {}: no answer. {looked_at} ({visited}).", limit.unwrap_or("seconds"))
            }
        }
    }

    fn write_stats(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "depth  worlds  transitions")?;
        for (depth, states) in self.per_depth.iter().enumerate() {
            let transitions = self.transitions_per_depth.get(depth).unwrap_or(&0);
            writeln!(out, "{depth:5}  {states}  {transitions}")?;
        }
        let reductions = if self.reductions.is_empty() { "none".to_owned() } else { self.reductions.join(", ") };
        writeln!(out, "{} bytes at most; reductions: {reductions}", self.peak_bytes)
    }
}

fn ascii(text: &str) -> String {
    text.chars().flat_map(|char| if char.is_ascii() { vec![char] } else { char.escape_unicode().collect() }).collect()
}

fn save(path: &PathBuf, answer: &Answer, beginning: &Beginning, from: usize) -> Result<(), Failure> {
    let Some(found) = &answer.actions else {
        complain("there is no schedule to save");
        return Ok(());
    };
    let mut scenario = beginning.scenario.clone();
    scenario.actions.truncate(from);
    scenario.actions.extend(found.iter().map(|text| Line { text: text.clone(), at: Position::default() }));
    let name = path.display().to_string();
    let written = fs::File::create_new(path).and_then(|mut file| file.write_all(scenario.to_ron().as_bytes()));
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            FileError::new(&name, Position::default(), "there is such a file already, and it was left as it is").into()
        }
        _ => Failure::from(FileError::new(&name, Position::default(), input::reason(path, &error))),
    })
}
