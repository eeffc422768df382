//! The commands of the program, one file each.

mod init;
mod list;
mod run;
mod show;
mod simulate;
mod synth;

use std::io::Write;

use crate::Failure;
use crate::cli::{Cli, Command};
use crate::config;

/// Carries out a command.
///
/// # Errors
/// The command cannot be carried out.
pub fn dispatch(cli: &Cli) -> Result<(), Failure> {
    match &cli.command {
        Command::Run(args) => run::run(args),
        Command::Check(args) => run::check(args),
        Command::Show(args) => show::show(args),
        Command::List { what } => list::list(*what),
        Command::Schema => {
            let text = serde_json::to_string_pretty(&config::schema()).map_err(|e| Failure::Other(e.to_string()))?;
            print(&(text + "\n"))
        }
        Command::Simulate(args) => simulate::simulate(args),
        Command::Synth(args) => synth::synth(args),
        Command::Init { dir } => init::init(dir),
    }
}

/// Prints to stdout. A reader that has seen enough (`| head`) is no failure.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::Other(error.to_string())),
        _ => Ok(()),
    }
}
