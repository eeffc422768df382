//! The `dayzero` program.

use std::process::ExitCode;

use clap::Parser;
use dayzero_runner::cli::Cli;
use dayzero_runner::commands;

/// Large buffers come and go in every phase; this allocator keeps them, where the system's would give each
/// back and fault its pages in again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match commands::dispatch(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}
