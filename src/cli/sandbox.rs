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
    /// How many acceptors
    #[arg(long, value_name = "N", default_value_t = Cluster::default().acceptors)]
    acceptors: u8,
    /// How many leaders
    #[arg(long, value_name = "N", default_value_t = Cluster::default().leaders)]
    leaders: u8,
    /// How many replicas
    #[arg(long, value_name = "N", default_value_t = Cluster::default().replicas)]
    replicas: u8,
    /// How many clients
    #[arg(long, value_name = "N", default_value_t = Cluster::default().clients)]
    clients: u8,
    /// How the run plays by itself: the same seed plays the same run
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
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
