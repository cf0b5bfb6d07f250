//! What a subcommand leaves behind: data on standard output, one sentence on standard error, an exit code.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::script::{FileError, printable};

/// Why a subcommand could not do what it was asked. Each displays as one sentence.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Wrong usage.
    #[error("{0}")]
    Usage(String),
    /// A file that cannot be read, or is not what it should be.
    #[error(transparent)]
    File(#[from] FileError),
    /// Standard output cannot be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
}

/// Says what went wrong, if anything did, and gives the exit code.
pub(crate) fn finish(outcome: Result<ExitCode, Failure>) -> ExitCode {
    match outcome {
        Ok(code) => code,
        // Whoever read the output has seen enough: `paxoscope replay … | head`.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure.to_string());
            ExitCode::from(2)
        }
    }
}

/// One sentence on standard error.
pub(crate) fn complain(sentence: &str) {
    // There is nobody left to tell if standard error is gone too. A file's name can hold anything.
    let _ = writeln!(io::stderr(), "paxoscope: {}", printable(sentence));
}
