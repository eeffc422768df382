//! What the user writes, key by key, with its defaults. The JSON schema derives from these types.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An event study: which prices, which announcements, which markets, and how to estimate and test.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawStudy {
    /// Name of the study.
    pub name: String,
    /// Every random draw derives from it.
    #[serde(default = "default_seed")]
    pub seed: u64,
    /// The price table.
    pub prices: RawPrices,
    /// The event table.
    pub events: RawEvents,
    /// The markets by name.
    pub markets: BTreeMap<String, RawMarket>,
    /// Factors beside the benchmark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factors: Option<RawFactors>,
    /// How to estimate.
    #[serde(default)]
    pub study: RawEstimation,
    /// Lists of settings; every combination is a specification.
    #[serde(default)]
    pub sweep: RawSweep,
    /// How to test.
    #[serde(default)]
    pub inference: RawInference,
    /// How to run.
    #[serde(default)]
    pub run: RawRun,
    /// What to write.
    #[serde(default)]
    pub output: RawOutput,
}

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

/// Quantiles of a column of numbers, over the events that take part.
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
    /// Smallest value.
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
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
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
    /// Other names for columns: factor name to column, as in { mktrf = "Mkt-RF" }.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
    /// Securities of the price table whose returns are factors, as in { sector = "KWEB" }.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub securities: BTreeMap<String, String>,
}

/// How to estimate.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawEstimation {
    /// Simple or logarithmic returns.
    pub returns: Returns,
    /// The model of expected returns.
    pub model: RawModel,
    /// Estimation window in event time, both ends included.
    pub estimation_window: [i32; 2],
    /// Fewest usable estimation days (default: half of the estimation window).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_observations: Option<usize>,
    /// Event window in event time, both ends included.
    pub event_window: [i32; 2],
    /// Windows for cumulative abnormal returns (default: the event window).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub car_windows: Option<Vec<[i32; 2]>>,
    /// Leave out days within this distance of the security's other events in estimation; 0 is off.
    pub mask_other_events: usize,
    /// What a missing return does to a window.
    pub missing: Missing,
    /// Test statistics, or "all".
    pub tests: RawTests,
}

/// Simple or logarithmic returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Returns {
    /// P_t / P_{t-1} - 1
    #[default]
    Simple,
    /// ln(P_t / P_{t-1})
    Log,
}

/// What a missing return does to a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// The event is untested for that window.
    #[default]
    Exclude,
    /// The days that are present count.
    Available,
}

/// A model: its name, or a table with options.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum RawModel {
    /// A name.
    Name(String),
    /// A name with options, or a list of factors.
    Options(RawModelOptions),
}

/// A model with options.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawModelOptions {
    /// The model (default `factors`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The factors of the model `factors`; `market` is the benchmark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factors: Option<Vec<String>>,
    /// Whether the return above the risk-free rate is explained, or the raw return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excess: Option<bool>,
}

/// Test statistics.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum RawTests {
    /// "all"
    All(String),
    /// Their names.
    Names(Vec<String>),
}

/// Lists of settings; every combination is a specification, in the order of this table.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawSweep {
    /// Models.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<Vec<RawModel>>,
    /// Simple or logarithmic returns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returns: Option<Vec<Returns>>,
    /// Estimation windows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimation_window: Option<Vec<[i32; 2]>>,
    /// Event windows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_window: Option<Vec<[i32; 2]>>,
}

/// How to test.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawInference {
    /// Confidence of the intervals.
    pub confidence: f64,
    /// Adjustments of p-values for the size of the family (windows x groups x specifications).
    pub multiple_testing: Vec<MultipleTesting>,
}

/// An adjustment of p-values for the size of their family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MultipleTesting {
    /// Holm 1979.
    Holm,
    /// Benjamini & Hochberg 1995.
    Bh,
}

/// How to run.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRun {
    /// Threads; 0 for all cores.
    #[serde(default)]
    pub threads: usize,
}

/// What to write.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawOutput {
    /// Directory (default `out/NAME`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dir: Option<String>,
    /// File format.
    #[serde(default)]
    pub format: Format,
    /// Tables to write (default: all).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tables: Option<Vec<String>>,
    /// Columns to keep of a table beside its keys, as in { abnormal_returns = ["ar", "car"] }.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, Vec<String>>,
}

/// A file format of tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Parquet.
    #[default]
    Parquet,
    /// Arrow IPC.
    Arrow,
    /// CSV.
    Csv,
}

fn default_seed() -> u64 {
    1
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

impl Default for RawEstimation {
    fn default() -> Self {
        Self {
            returns: Returns::default(),
            model: RawModel::Name("market".into()),
            estimation_window: [-250, -11],
            minimum_observations: None,
            event_window: [-10, 10],
            car_windows: None,
            mask_other_events: 0,
            missing: Missing::default(),
            tests: RawTests::All("all".into()),
        }
    }
}

impl Default for RawInference {
    fn default() -> Self {
        Self { confidence: 0.95, multiple_testing: vec![MultipleTesting::Holm, MultipleTesting::Bh] }
    }
}
