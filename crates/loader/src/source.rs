//! What to read: the checked form of the input sections of a study.

use dayzero_model::{Date, Hours};
use jiff::tz::TimeZone;

use crate::paths::InputFile;

/// Which column carries the value of a row, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueColumn {
    /// A price; returns are computed from consecutive trading days.
    Price(String),
    /// A simple return, in decimals.
    Return(String),
}

impl ValueColumn {
    /// The column.
    pub fn name(&self) -> &str {
        match self {
            Self::Price(name) | Self::Return(name) => name,
        }
    }
}

/// A further column of the price table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extra {
    /// The opening price, adjusted as the price is.
    Open,
    /// Shares traded.
    Volume,
    /// Shares outstanding.
    Shares,
    /// The expected return, in decimals.
    Expected,
}

/// The price table.
#[derive(Clone, Debug)]
pub struct PriceSource {
    /// Its files.
    pub files: Vec<InputFile>,
    /// Column of the security's identifier.
    pub security: String,
    /// Column of the date.
    pub date: String,
    /// Column of the price or return.
    pub value: ValueColumn,
    /// Further columns that the study needs.
    pub extras: Vec<(Extra, String)>,
    /// Column of the market's name; `required` unless it is only a default name.
    pub market: String,
    /// Whether the market column was asked for by name.
    pub market_required: bool,
}

/// A market.
#[derive(Clone, Debug)]
pub struct MarketSource {
    /// Its name.
    pub name: String,
    /// What carries its calendar and its return.
    pub benchmark: BenchmarkSource,
    /// Its time zone.
    pub zone: TimeZone,
    /// Its hours.
    pub hours: Hours,
}

/// A benchmark.
#[derive(Clone, Debug)]
pub enum BenchmarkSource {
    /// A security of the price table.
    Security(String),
    /// A table of its own.
    Table {
        /// Its files.
        files: Vec<InputFile>,
        /// Column of the date.
        date: String,
        /// Column of the price or return.
        value: ValueColumn,
    },
}

/// Factors beside the benchmark.
#[derive(Clone, Debug, Default)]
pub struct FactorSource {
    /// The files of the factor table; none without a table.
    pub files: Vec<InputFile>,
    /// Column of the date.
    pub date: String,
    /// Columns to read as factors, under the name that models use.
    pub columns: Vec<(String, String)>,
    /// Column of the risk-free return, when a model needs it.
    pub risk_free: Option<String>,
    /// Securities of the price table whose returns are factors: (factor name, security).
    pub securities: Vec<(String, String)>,
}

/// A column of factor values by date.
#[derive(Clone, Debug)]
pub struct DatedColumn {
    /// Rising dates.
    pub dates: Vec<Date>,
    /// Values, NaN where missing.
    pub values: Vec<f64>,
}

/// Characteristics of securities: what portfolios are sorted by, and what firms are matched on.
#[derive(Clone, Debug, Default)]
pub struct CharacteristicSource {
    /// Its files; none where no model needs any.
    pub files: Vec<InputFile>,
    /// Column of the security's identifier.
    pub security: String,
    /// Column of the date from which on a row is known; without one, rows are known always.
    pub date: Option<String>,
    /// Columns of numbers.
    pub numbers: Vec<String>,
    /// Columns of labels.
    pub labels: Vec<String>,
}
