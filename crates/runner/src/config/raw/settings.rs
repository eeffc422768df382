//! How to estimate, test, run and write.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How to estimate.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawEstimation {
    /// What is explained, and so what is abnormal in the event window.
    pub response: RawResponse,
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
    /// Let returns run from trade to trade, over days without a price; for thinly traded securities.
    pub trade_to_trade: bool,
    /// Diagnose the residuals of every estimate.
    pub diagnostics: bool,
    /// Test statistics, or "all".
    pub tests: RawTests,
}

/// What is explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawResponse {
    /// The return of a day.
    #[default]
    Return,
    /// Its part from the close before to the open.
    Overnight,
    /// Its part from the open to the close.
    Intraday,
    /// The logarithm of the volume; the market's is the mean over its securities.
    LogVolume,
    /// The logarithm of volume over shares outstanding; the market's is the mean over its securities.
    LogTurnover,
    /// The square of the standardised abnormal return less one: abnormal volatility.
    Volatility,
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
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum RawModel {
    /// A name.
    Name(String),
    /// A name with options, or a list of factors.
    Options(RawModelOptions),
}

/// A model with options.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct RawModelOptions {
    /// The model (default `factors`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The model's own options.
    #[serde(flatten)]
    pub options: BTreeMap<String, RawOption>,
}

/// The value of a model's option.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum RawOption {
    /// True or false.
    Flag(bool),
    /// A whole number.
    Whole(i64),
    /// A text.
    Text(String),
    /// A list of texts.
    Texts(Vec<String>),
    /// Names with a count each.
    Counts(BTreeMap<String, i64>),
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
    /// What is explained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<Vec<RawResponse>>,
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

/// Portfolios in calendar time: on each day all securities whose event is near, each once.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawCalendarTime {
    /// Windows around day 0 in which a security is held (default: `car_windows`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub windows: Option<Vec<[i32; 2]>>,
    /// How the securities are weighted.
    pub weighting: Vec<RawWeighting>,
    /// Characteristic by which `value` weights, as in "market_cap".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Days with fewer securities are left out.
    pub min_names: usize,
    /// Lags of the Newey-West errors (default: 4 (T/100)^(2/9)).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lags: Option<usize>,
}

/// Weights of the securities of a portfolio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawWeighting {
    /// All alike.
    Equal,
    /// By a characteristic that was known the day before.
    Value,
    /// By the inverse of the residual variance.
    Precision,
}

/// How to run.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRun {
    /// Threads; 0 for all cores.
    #[serde(default)]
    pub threads: usize,
    /// The most memory that price rows and the panel may take, as in "2GiB" or "512MB" (default: no bound).
    /// Rows that do not fit wait in a temporary file beside the results.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<String>,
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

impl Default for RawEstimation {
    fn default() -> Self {
        Self {
            response: RawResponse::default(),
            returns: Returns::default(),
            model: RawModel::Name("market".into()),
            estimation_window: [-250, -11],
            minimum_observations: None,
            event_window: [-10, 10],
            car_windows: None,
            mask_other_events: 0,
            missing: Missing::default(),
            trade_to_trade: false,
            diagnostics: false,
            tests: RawTests::All("all".into()),
        }
    }
}

impl Default for RawCalendarTime {
    fn default() -> Self {
        let weighting = vec![RawWeighting::Equal, RawWeighting::Precision];
        Self { windows: None, weighting, value: None, min_names: 5, lags: None }
    }
}
