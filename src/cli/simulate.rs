//! `paxoscope simulate [SCENARIO.ron]`: random runs, every invariant judged after every step.

use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::builder::PossibleValuesParser;

use crate::pmmc::DuplicateRequest;
use crate::script::{FileError, Position, Scenario, action_text};
use crate::session::{Failed, Fair, Fault, Plan, Wrong, requests};
use crate::world::World;

use super::input;
use super::output::{Failure, complain};

#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// How the runs begin; its actions are not played. `-` is standard input
    scenario: Option<PathBuf>,
    /// The first seed; the same seed is the same run
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many runs, each with the next seed
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    seeds: u64,
    /// How many steps each run has at most: 2000 if nothing is said, 4000 with --fair
    #[arg(long, value_name = "N")]
    steps: Option<usize>,
    /// What may go wrong, with commas between: all if nothing is said, none with --fair
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = fault_names())]
    faults: Option<Vec<String>>,
    /// Every message arrives in time, leaders give way to their rivals, faults stop: every request must be answered
    ///
    /// No protocol can promise an answer if messages may take any time. So a fair run is one of the schedules in which
    /// Paxos does get on: every message that is not lost arrives within 20 milliseconds of the run's own clock, those to a
    /// crashed process when it is back. The faults that --faults names stop after a tenth of --steps.
    ///
    /// A preempted leader gives way, as in section 3 of the paper: longer each time that it is preempted, less with each
    /// decision. By the rule `wait` it pings its rival until that no longer answers. By the rule `rescout` it runs again at
    /// once, so its p1a messages are what takes longer; else leaders would duel, and nobody can say for how long.
    ///
    /// With faults, every process sends again what was not answered, and when a client has waited for a second, the leader
    /// in office runs again: a decision that was lost on its way to every replica is sent again by nobody else.
    #[arg(long)]
    fair: bool,
}

fn fault_names() -> PossibleValuesParser {
    PossibleValuesParser::new(["all", "none"].into_iter().chain(Fault::ALL.map(Fault::name)))
}

/// How many steps a run has if nobody says otherwise.
const STEPS: usize = 2_000;

/// The same for fair runs: twice what ten requests took in any of thousands of runs.
const FAIR_STEPS: usize = 4_000;

/// How many requests are made in fair runs whose scenario makes none.
const REQUESTS: usize = 10;

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let plan = plan(args)?;
    let begin = Instant::now();
    let mut progress = Progress::new(args.seeds);
    let mut steps = 0_u64;
    for run in 0..args.seeds {
        let seed = args.seed.wrapping_add(run);
        let ending = plan.play(seed, |step| progress.tell(run, step, steps + step as u64));
        let ending = ending.map_err(|error| Failure::Usage(error.to_string()))?;
        steps += ending.steps as u64;
        if let Some(failed) = ending.failure {
            progress.clear();
            report(&plan, seed, failed)?;
            return Ok(ExitCode::from(1));
        }
    }
    progress.clear();
    let verdict = if plan.fair.is_some() { "every request answered, " } else { "" };
    let runs = if args.seeds == 1 { "run" } else { "runs" };
    writeln!(io::stdout(), "{} {runs}, {steps} steps: {verdict}no invariant violated", args.seeds)?;
    #[allow(clippy::cast_precision_loss)]
    let rate = steps as f64 / begin.elapsed().as_secs_f64().max(1e-9);
    complain(&format!("{rate:.0} steps a second"));
    Ok(ExitCode::SUCCESS)
}

fn plan(args: &Args) -> Result<Plan, Failure> {
    let mut setup = match &args.scenario {
        Some(file) => Scenario::parse(&input::name_of(file), &input::read(file)?)?.setup,
        None => crate::world::Setup::default(),
    };
    if args.fair && setup.workload.is_empty() {
        setup.workload = requests(&setup, REQUESTS);
    }
    let default = if args.fair { "none" } else { "all" };
    let names = args.faults.clone().unwrap_or_else(|| vec![default.to_owned()]);
    let has = |name: &str| names.iter().any(|one| one == name);
    if has("none") && names.len() > 1 {
        return Err(Failure::Usage("--faults none goes with no other fault".to_owned()));
    }
    if args.fair && has(Fault::Partition.name()) {
        return Err(Failure::Usage(
            "--fair knows no partition: it would have to say who is cut off for how long".to_owned(),
        ));
    }
    let faults: Vec<_> = Fault::ALL.into_iter().filter(|fault| has("all") || has(fault.name())).collect();
    let steps = args.steps.unwrap_or(if args.fair { FAIR_STEPS } else { STEPS });
    // Early, so that there still are requests to answer.
    let fair = args.fair.then_some(Fair { faults_stop_after: steps / 10 });
    Ok(Plan { setup, steps, faults, fair })
}

/// Says what is wrong, and writes a scenario that leads there.
fn report(plan: &Plan, seed: u64, failed: Failed) -> Result<(), Failure> {
    let all = failed.actions.len();
    let (actions, what, whole) = match failed.what {
        Wrong::Violated(violation) => {
            let what = format!("{:?} is violated: {}", violation.invariant, violation.why);
            (plan.shorten(failed.actions, violation.invariant), what, "")
        }
        Wrong::Unanswered { command, answers_lost, answered, last_answer } => {
            let requests = plan.setup.workload.len();
            let others = match answered {
                0 => "nor is any other request".to_owned(),
                _ => format!("{answered} of {requests} requests were, the last in step {last_answer}"),
            };
            let what = format!("{command} is not answered; {others}; {}", why_unanswered(plan, answers_lost, all));
            (failed.actions, what, ": the whole run, for a shorter one only leaves more unanswered")
        }
    };
    writeln!(io::stdout(), "seed {seed}, step {all}: {what}")?;
    let count = actions.len();
    let name = save(&scenario(plan, format!("Seed {seed}: {what}"), &actions), seed)?;
    complain(&format!("wrote {name}, {count} actions{whole}; `paxoscope replay {name}` plays it"));
    Ok(())
}

/// Why a fair run of so many steps left a request unanswered, as far as it can be told.
fn why_unanswered(plan: &Plan, answers_lost: bool, steps: usize) -> String {
    if answers_lost && plan.setup.rules.duplicate_request == DuplicateRequest::Propose {
        return "it was performed and its answers were lost, and as in the paper replicas never answer again \
                (duplicate_request: answer makes them)"
            .to_owned();
    }
    if steps < plan.steps {
        return "nothing is left that could happen".to_owned();
    }
    format!("`--steps {}` tells whether it needs more time", plan.steps.saturating_mul(4))
}

fn scenario(plan: &Plan, title: String, actions: &[crate::world::Action]) -> Scenario {
    let mut lines = Vec::new();
    if let Ok(mut world) = World::new(&plan.setup) {
        for action in actions {
            lines.push(action_text(action, &world).into());
            // It was enabled when the run was played, and is again.
            let _ = world.apply(action);
        }
    }
    Scenario { title, setup: plan.setup.clone(), actions: lines }
}

/// Writes a new file in the current directory; a file that is there is never overwritten.
fn save(scenario: &Scenario, seed: u64) -> Result<String, Failure> {
    let mut name = format!("simulate-{seed}.ron");
    for again in 2..=1_000 {
        match File::create_new(&name) {
            Ok(mut file) => {
                let fail = |error: io::Error| FileError::new(&name, Position::default(), error.to_string());
                file.write_all(scenario.to_ron().as_bytes()).map_err(fail)?;
                return Ok(name);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => name = format!("simulate-{seed}-{again}.ron"),
            Err(error) => {
                let what = input::reason(name.as_ref(), &error);
                return Err(FileError::new(&name, Position::default(), what).into());
            }
        }
    }
    Err(FileError::new(&name, Position::default(), "there are a thousand such files already").into())
}

/// Tells how far it is, if anybody watches.
struct Progress {
    watched: bool,
    runs: u64,
    begin: Instant,
    told: Option<Instant>,
}

impl Progress {
    fn new(runs: u64) -> Self {
        Self { watched: io::stderr().is_terminal(), runs, begin: Instant::now(), told: None }
    }

    fn tell(&mut self, run: u64, step: usize, steps: u64) {
        // The clock costs more than a step's share of it.
        if !self.watched || !step.is_multiple_of(256) {
            return;
        }
        let now = Instant::now();
        if self.told.is_some_and(|told| now - told < Duration::from_millis(100)) {
            return;
        }
        self.told = Some(now);
        #[allow(clippy::cast_precision_loss)]
        let rate = steps as f64 / (now - self.begin).as_secs_f64().max(1e-9);
        // Nobody is there to hear it if this fails.
        let _ = write!(io::stderr(), "\rrun {} of {}, step {step}, {rate:.0} steps a second   ", run + 1, self.runs);
    }

    fn clear(&mut self) {
        if self.told.take().is_some() {
            let _ = write!(io::stderr(), "\r{}\r", " ".repeat(70));
        }
    }
}
