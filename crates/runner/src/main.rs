//! The `dayzero` program.

use std::process::ExitCode;

use clap::Parser;
use dayzero_runner::cli::Cli;
use dayzero_runner::commands;

fn main() -> ExitCode {
    match commands::dispatch(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}
