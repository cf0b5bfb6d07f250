//! The `paxoscope` program: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    paxoscope::cli::main()
}
