//! `paxoscope completions SHELL` and `paxoscope man`: what a packager installs beside the program.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use super::Cli;
use super::output::Failure;

#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// For which shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn completions(args: &Args) -> Result<ExitCode, Failure> {
    // Written at once: the generator would panic over a reader that has gone away.
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "paxoscope", &mut text);
    io::stdout().lock().write_all(&text)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn man() -> Result<ExitCode, Failure> {
    let mut text = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut text)?;
    for command in Cli::command().get_subcommands().filter(|command| command.get_name() != "help") {
        let name = format!("paxoscope-{}", command.get_name());
        text.push(b'\n');
        clap_mangen::Man::new(command.clone().display_name(name)).render(&mut text)?;
    }
    io::stdout().lock().write_all(&text)?;
    Ok(ExitCode::SUCCESS)
}
