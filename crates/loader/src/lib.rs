//! Parquet and CSV tables to the nouns of `dayzero-model`. No statistics here.
//!
//! [`events::read`] reads announcements, [`prices::read`] decodes the price rows of the securities
//! that a study needs, [`factors::read`] factor columns, and [`assemble::assemble`] turns prices and
//! factors into a [`dayzero_model::Panel`]. Every error is a [`DataError`] that says where and what
//! to do.

pub mod assemble;
pub mod characteristics;
pub mod chunk;
pub mod columns;
mod days;
mod decode;
mod dense;
pub mod error;
pub mod events;
mod extent;
pub mod factors;
pub mod filter;
pub mod fingerprint;
mod found;
mod key_runs;
mod measures;
mod names;
pub mod paths;
mod placed_factors;
mod placement;
pub mod prices;
pub mod quarters;
mod ration;
mod reads;
mod refused;
mod roster;
mod schema;
mod selected;
pub mod source;
pub mod spill;
pub mod suggest;
pub mod table;
mod table_files;
pub mod texts;
mod value;
pub mod wanted;

pub use error::DataError;
pub use source::{BenchmarkSource, CharacteristicSource, Extra, FactorSource, MarketSource, PriceSource, ValueColumn};
