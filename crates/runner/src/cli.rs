//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Event studies: day 0, abnormal returns and tests that hold when announcements cluster.
#[derive(Debug, Parser)]
#[command(name = "dayzero", version, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a study and write its tables
    Run(RunArgs),
    /// Check config and data: events aligned and counted by outcome, nothing estimated
    Check(StudyArgs),
    /// Show the results of a finished run
    Show(ShowArgs),
    /// List the return models or the tests
    List {
        /// What to list.
        what: Listed,
    },
    /// Print the JSON schema of STUDY.toml
    Schema,
    /// Size and power of every test on the study's own panel
    Simulate(SimulateArgs),
    /// Make a seeded panel with planted effects
    Synth(SynthArgs),
    /// Write a commented study.toml with a small dataset, ready to run
    Init {
        /// Where to (default: here).
        #[arg(default_value = ".")]
        dir: PathBuf,
    },
}

/// A study with edits.
#[derive(Debug, Args)]
pub struct StudyArgs {
    /// The study file
    pub study: PathBuf,
    /// Replace a config key, typed as TOML: --set study.model=ff3
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Threads (default: all cores)
    #[arg(long)]
    pub threads: Option<usize>,
}

/// Options of `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The study.
    #[command(flatten)]
    pub study: StudyArgs,
    /// Output directory
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace the tables of an earlier run
    #[arg(long)]
    pub overwrite: bool,
    /// Exit with code 3 when any event was not fully used
    #[arg(long)]
    pub strict: bool,
    /// The same as `check`
    #[arg(long)]
    pub dry_run: bool,
    /// No summary
    #[arg(short, long)]
    pub quiet: bool,
    /// Seconds per phase, too
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,
}

/// Options of `show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Output directory of a run
    pub dir: PathBuf,
    /// A table; without one, the summary
    pub table: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t = ShowFormat::Table)]
    pub format: ShowFormat,
    /// Rows to print; 0 for all (default: 40 as a table, all otherwise)
    #[arg(long)]
    pub rows: Option<usize>,
    /// What the columns are, instead of their values
    #[arg(long)]
    pub schema: bool,
}

/// How to print a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ShowFormat {
    /// For people.
    Table,
    /// One JSON object per row.
    Json,
    /// Comma-separated.
    Csv,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Listed {
    /// Return models.
    Models,
    /// Test statistics.
    Tests,
}

/// Options of `simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// The study.
    #[command(flatten)]
    pub study: StudyArgs,
    /// Draws
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub draws: u32,
    /// Pseudo-events of a draw: so many of the study's that follow one another, moved together to days
    /// without an event
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    pub events: u32,
    /// Abnormal returns that are added to day 0, as decimals; the size is measured without any
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "E,...",
        default_value = "0,0.005,0.01,0.02",
        allow_negative_numbers = true
    )]
    pub effects: Vec<f64>,
    /// Factor on the variance of the abnormal return of day 0, for variance that events induce
    #[arg(long, default_value_t = 1.0, value_name = "FACTOR")]
    pub variance: f64,
    /// Output directory (default: that of the study with -simulate at its end)
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace the tables of an earlier simulation
    #[arg(long)]
    pub overwrite: bool,
    /// No summary
    #[arg(short, long)]
    pub quiet: bool,
}

/// Options of `synth`.
#[derive(Debug, Args)]
pub struct SynthArgs {
    /// Output directory
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Securities over all markets
    #[arg(long, default_value_t = 100)]
    pub securities: usize,
    /// Weekdays
    #[arg(long, default_value_t = 750)]
    pub days: usize,
    /// Announcements
    #[arg(long, default_value_t = 500)]
    pub events: usize,
    /// Markets: 1 for US, 2 for US and HK
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub markets: u8,
    /// Abnormal return planted on day 0 in the highest surprise quintile; its opposite in the lowest
    #[arg(long, default_value_t = 0.02, allow_negative_numbers = true)]
    pub effect: f64,
    /// Share of announcements that fall into earnings seasons
    #[arg(long, default_value_t = 0.8)]
    pub clustering: f64,
    /// Weekdays of an earnings season, at the beginning of a quarter
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..=63))]
    pub season: u8,
    /// Correlation of the residuals of different securities on one day
    #[arg(long, default_value_t = 0.05)]
    pub correlation: f64,
    /// Degrees of freedom of residuals that follow a t-distribution (default: normal)
    #[arg(long, value_name = "DOF", value_parser = clap::value_parser!(u32).range(3..=100))]
    pub tails: Option<u32>,
    /// Plant defects: missing prices, unknown securities, duplicates, missing times
    #[arg(long)]
    pub defects: bool,
    /// Seed
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Replace files that are there
    #[arg(long)]
    pub overwrite: bool,
}
