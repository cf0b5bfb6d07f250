//! The command line: clap types, one file a subcommand. May import every room.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::app::Model;
use crate::{term, ui};

/// Runs the program named on the command line; the exit code is the contract's (0, 1, 2 or 3).
pub fn main() -> ExitCode {
    match term::run(&mut Model::default(), ui::view) {
        Ok(ended) => ExitCode::from(ended.exit_code()),
        Err(error) => {
            // Not `eprintln!`, which panics when standard error is closed.
            let _ = writeln!(io::stderr(), "paxoscope: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
