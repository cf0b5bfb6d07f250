//! `paxoscope sandbox [SCENARIO.ron]`: a free run, of a cluster of so many processes or of a scenario.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::app::{Model, Play, Stage, session_of};
use crate::pmmc::Cluster;
use crate::script::Scenario;
use crate::session::Session;
use crate::world::Setup;

use super::input;
use super::options::Options;
use super::output::Failure;

#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The scenario to open: it says itself what its cluster is
    #[arg(value_name = "SCENARIO.ron", conflicts_with_all = ["acceptors", "leaders", "replicas", "clients"])]
    scenario: Option<PathBuf>,
    /// How many acceptors, 1 to 99
    #[arg(long, value_name = "N", default_value_t = Cluster::default().acceptors, value_parser = one_or_more)]
    acceptors: u8,
    /// How many leaders, 1 to 99
    #[arg(long, value_name = "N", default_value_t = Cluster::default().leaders, value_parser = one_or_more)]
    leaders: u8,
    /// How many replicas, 1 to 99
    #[arg(long, value_name = "N", default_value_t = Cluster::default().replicas, value_parser = one_or_more)]
    replicas: u8,
    /// How many clients, 0 to 99
    #[arg(long, value_name = "N", default_value_t = Cluster::default().clients, value_parser = any_number)]
    clients: u8,
    /// How the run plays by itself: the same seed plays the same run
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

fn one_or_more(text: &str) -> Result<u8, String> {
    count(text, 1)
}

fn any_number(text: &str) -> Result<u8, String> {
    count(text, 0)
}

/// A number of processes of one role. Whatever is wrong with it, the sentence says what fits.
fn count(text: &str, least: u8) -> Result<u8, String> {
    let most = Cluster::MOST_OF_A_ROLE;
    let fits = |count: &u8| (least..=most).contains(count);
    text.parse().ok().filter(fits).ok_or_else(|| format!("expected a whole number from {least} to {most}"))
}

/// The run on the screen, or line by line.
pub(crate) fn run(args: &Args, options: &Options) -> Result<ExitCode, Failure> {
    let model = match &args.scenario {
        Some(path) => of_scenario(path)?,
        None => of_cluster(args)?,
    };
    super::interactive(model.with_autoplay_seed(args.seed), options)
}

fn of_cluster(args: &Args) -> Result<Model, Failure> {
    let Args { acceptors, leaders, replicas, clients, .. } = *args;
    let setup = Setup { cluster: Cluster { acceptors, leaders, replicas, clients }, ..Setup::default() };
    let session = Session::new(setup).map_err(|error| Failure::Usage(error.to_string()))?;
    let mut model = super::home();
    model.open(Play::Sandbox(Box::new(session)));
    Ok(model)
}

/// A scenario on the stage, at its beginning with its actions ahead.
fn of_scenario(path: &Path) -> Result<Model, Failure> {
    let name = input::name_of(path);
    let scenario = Scenario::parse(&name, &input::read(path)?)?;
    let mut session = session_of(&name, &scenario)?;
    session.to_start();
    let mut model = super::home();
    model.open_stage(Stage::new(Play::Sandbox(Box::new(session))).titled(&scenario.title), None);
    Ok(model)
}
