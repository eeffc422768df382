//! The input sections: prices, events, markets, factors.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One path or several: a file, a directory, a glob. `${VAR}` and `${VAR:-default}` are expanded.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum RawPaths {
    /// One path.
    One(String),
    /// Several paths.
    Many(Vec<String>),
}

/// The price table.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawPrices {
    /// Parquet file, directory, glob or a list of them.
    pub path: RawPaths,
    /// Column of the security's identifier.
    #[serde(default = "default_security")]
    pub security: String,
    /// Column of the date.
    #[serde(default = "default_date")]
    pub date: String,
    /// Column of the price, adjusted for splits and dividends (default `adj_close`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
    /// Column of the return in decimals, instead of a price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#return: Option<String>,
    /// Column of the opening price, adjusted as the price is, for the parts of a day (default
    /// `adj_open`, where a response needs it).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<String>,
    /// Column of the shares traded, for abnormal volume (default `volume`, where a response needs it);
    /// with `trade_to_trade` a price on a day without volume is then no trade.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<String>,
    /// Column of the shares outstanding, for turnover (default `shares`, where a response needs it).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shares: Option<String>,
    /// Column of the expected return in decimals, for the model `benchmark_column`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// Column of the market's name; not needed with one market (default `market`, where it exists).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub market: Option<String>,
}

/// The event table.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawEvents {
    /// Parquet or CSV file, directory, glob or a list of them.
    pub path: RawPaths,
    /// Column of the security's identifier.
    #[serde(default = "default_security")]
    pub security: String,
    /// Column of the instant of the announcement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announced_at: Option<String>,
    /// Zone of instants that are stored without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Column of the local date of the announcement, instead of an instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announced_on: Option<String>,
    /// Column of the session: bmo, during, amc or unknown (default `session`, where it exists).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Columns to group by.
    #[serde(default)]
    pub group: Vec<String>,
    /// A derived group: quantiles of a column of numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantile: Option<RawQuantile>,
    /// Which events take part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<RawFilter>,
    /// Events of one security with the same day 0.
    #[serde(default)]
    pub duplicates: Duplicates,
}

/// Quantiles of a column of numbers: breakpoints over all events that could be estimated, by linear
/// interpolation; an event belongs to the first quantile whose breakpoint it does not exceed. They use
/// the whole sample, so they look ahead.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawQuantile {
    /// The column.
    pub column: String,
    /// Number of quantiles, at least 2.
    pub count: usize,
}

/// A condition on a column: bounds, both included, or a list.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawFilter {
    /// The column.
    pub column: String,
    /// Smallest value. Dates of instants are those in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<RawFilterValue>,
    /// Largest value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<RawFilterValue>,
    /// The values that pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#in: Option<Vec<RawFilterValue>>,
}

/// A number, a date or a string.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum RawFilterValue {
    /// A number.
    Number(f64),
    /// A date or a string.
    Text(String),
}

/// What to do with events of one security that have the same day 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Duplicates {
    /// Keep the one announced first.
    #[default]
    First,
    /// Leave all of them out.
    Exclude,
    /// Keep all of them.
    Keep,
}

/// A market.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawMarket {
    /// A security of the price table, or a table of its own. Its dates are the trading days.
    pub benchmark: RawBenchmark,
    /// IANA time zone, such as America/New_York.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Opening time, HH:MM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<String>,
    /// Closing time, HH:MM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub close: Option<String>,
    /// Closing times of shortened sessions by date.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub early_closes: BTreeMap<String, String>,
}

/// A benchmark.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum RawBenchmark {
    /// A security of the price table.
    Security(String),
    /// A security of the price table with an integer identifier.
    Number(i64),
    /// A table of its own.
    Table(RawBenchmarkTable),
}

/// A benchmark in a table of its own.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBenchmarkTable {
    /// Parquet or CSV file.
    pub path: RawPaths,
    /// Column of the date.
    #[serde(default = "default_date")]
    pub date: String,
    /// Column of the return, in decimals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#return: Option<String>,
    /// Column of the price, instead of a return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
}

/// Factors beside the benchmark.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawFactors {
    /// Parquet or CSV table of daily factors in decimals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<RawPaths>,
    /// Column of the date.
    #[serde(default = "default_date")]
    pub date: String,
    /// Column of the risk-free return.
    #[serde(default = "default_risk_free")]
    pub risk_free: String,
    /// Other names for columns: factor name to column, as in { mktrf = "Mkt-RF" }. A backtest is held against all
    /// that are named here, whether or not a model has them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
    /// Securities of the price table whose returns are factors, as in { sector = "KWEB" }; in another
    /// market by civil date, so that days without a session there have no value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub securities: BTreeMap<String, String>,
}

/// Characteristics of securities, for models in which others stand in for that of an event.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawCharacteristics {
    /// Parquet or CSV table; its columns are named by the options of the models.
    pub path: RawPaths,
    /// Column of the security's identifier.
    #[serde(default = "default_security")]
    pub security: String,
    /// Column of the date from which on a row is known; an event sees the last row from before its
    /// day 0. Without it there is one row per security, which is known always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

fn default_security() -> String {
    "ticker".into()
}

fn default_date() -> String {
    "date".into()
}

fn default_risk_free() -> String {
    "rf".into()
}

impl Default for RawFactors {
    fn default() -> Self {
        let (columns, securities) = (BTreeMap::new(), BTreeMap::new());
        Self { path: None, date: default_date(), risk_free: default_risk_free(), columns, securities }
    }
}
