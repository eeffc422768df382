//! The `dayzero` program as a library: config → load → ledger → estimate → infer → tables.
//!
//! [`pipeline::run`] reads like the manual; each step has a module of its own.

pub mod adjust;
pub mod backtest;
pub mod cli;
pub mod commands;
pub mod config;
pub mod differences;
pub mod estimate;
pub mod failure;
mod files;
pub mod findings;
pub mod finished;
pub mod formula;
pub mod infer;
pub mod influence;
pub mod ledger;
pub mod load;
pub mod longrun;
pub mod manifest;
pub mod moved;
pub mod output;
pub mod parquet_file;
pub mod performance;
pub mod pipeline;
pub mod prepare;
pub mod printable;
pub mod progress;
pub mod regressions;
pub mod residuals;
pub mod simulate;
pub mod sizes;
pub mod summary;
pub mod table_file;
pub mod table_names;
pub mod tables;
pub mod terminal;

pub use failure::Failure;
