//! `paxoscope quiz`: what will this process do? Questions without end, the same for everybody who gives the same seed.

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::app::{Offer, Play};
use crate::teach::{Difficulty, Quiz, QuizTerms, Role};

use super::options::Options;
use super::output::Failure;

/// Seeds that nobody chose are small: they are read out in class.
const MOST_SEEDS: u128 = 10_000;

#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Which quiz: the same number asks the same questions; without it, a new one
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Whose doing is asked for; without it, anybody's
    #[arg(long, value_enum)]
    role: Option<Role>,
    /// How tangled the runs are
    #[arg(long, value_enum, default_value_t)]
    difficulty: Difficulty,
}

impl ValueEnum for Role {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

impl ValueEnum for Difficulty {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

/// A quiz that nobody chose, another one each time.
pub(crate) fn any() -> Offer {
    Offer::Quiz(QuizTerms { seed: any_seed(), ..QuizTerms::default() })
}

fn any_seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    // Less than the bound.
    u64::try_from(now % MOST_SEEDS).unwrap_or_default() + 1
}

pub(crate) fn run(args: &Args, options: &Options) -> Result<ExitCode, Failure> {
    let Args { seed, role, difficulty } = *args;
    let terms = QuizTerms { seed: seed.unwrap_or_else(any_seed), role, difficulty };
    let quiz = Quiz::new(terms).ok_or_else(|| Failure::Usage("no question was found; try another seed".to_owned()))?;
    let mut model = super::home();
    model.open(Play::Quiz(Box::new(quiz)));
    super::interactive(model, options)
}
