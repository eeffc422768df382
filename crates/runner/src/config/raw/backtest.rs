//! The events traded as a strategy.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::RawPaths;

/// One value, or a list of them: every combination of the lists is a strategy.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// One value.
    One(T),
    /// Several.
    Many(Vec<T>),
}

/// The events traded as a strategy.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBacktest {
    /// What events are judged by: a column of numbers of the event table, `ar[t]` or `car[a,b]`, the
    /// market's own reaction, or `sue`. A list of two sorts by both, and an event is traded where both
    /// quantiles are.
    pub signal: OneOrMany<String>,
    /// Standardised unexpected earnings, for the signal `sue`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sue: Option<RawSue>,
    /// Quantiles of the signal among earlier announcements (default: its sign, 2 above zero and 1 below).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantiles: Option<RawSort>,
    /// Quantiles that are bought; negative numbers count from the top (default: the top one).
    #[serde(default = "default_long")]
    pub long: Vec<i32>,
    /// Quantiles that are sold short; negative numbers count from the top (default: the lowest).
    #[serde(default = "default_short")]
    pub short: Vec<i32>,
    /// When lots are entered.
    #[serde(default = "default_enter")]
    pub enter: OneOrMany<RawEnter>,
    /// Sessions to hold a lot: it is left at the close of the last one.
    pub hold_days: OneOrMany<usize>,
    /// Leave at the last close before the security's next announcement, whose date is taken to be known.
    #[serde(default = "default_true")]
    pub exit_before_next_event: bool,
    /// Leave at the first price after a close at which a lot has lost so much, as a decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<f64>,
    /// Leave at the first price after a close at which a lot has gained so much, as a decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
    /// What weights are proportional to, relative to the median of earlier announcements.
    #[serde(default)]
    pub weighting: RawLotWeighting,
    /// Daily returns before the decision for `inverse_volatility` (default 60).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volatility_days: Option<usize>,
    /// Weight of a lot like most others, as a decimal of equity.
    #[serde(default = "default_size")]
    pub size: OneOrMany<f64>,
    /// What protects each lot from the market.
    #[serde(default = "default_hedge")]
    pub hedge: OneOrMany<RawHedge>,
    /// Most gross exposure, long and short together, as a decimal of equity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_gross: Option<f64>,
    /// Most exposure to one security, as a decimal of equity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_name: Option<f64>,
    /// Most open lots; the strongest signals of an instant come first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_positions: Option<usize>,
    /// What trading costs.
    #[serde(default = "default_costs")]
    pub costs: OneOrMany<RawCosts>,
    /// Money at the start, for `max_participation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capital: Option<f64>,
    /// Trading days over which traded value is averaged, for `max_participation` (default 20).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_days: Option<usize>,
    /// Choose among the strategies every few months, on past days only, and keep the joined record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub walk_forward: Option<RawWalkForward>,
}

/// A choice among the strategies on past days only: the best Sharpe ratio of the training days is held on the
/// test days, which follow.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawWalkForward {
    /// Dates that are looked at.
    pub train_days: usize,
    /// Dates until the next choice.
    pub test_days: usize,
}

/// Standardised unexpected earnings: the forecast error over the deviation of the security's past errors.
/// Every row of the event table is a quarter, or every row of a table of its own.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawSue {
    /// Column of the figure that was announced.
    pub actual: String,
    /// Column of the analysts' forecast (default: the figure of the same quarter a year before).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forecast: Option<String>,
    /// Most past errors, those of the latest quarters.
    #[serde(default = "default_errors")]
    pub errors: usize,
    /// Fewest past errors.
    #[serde(default = "default_minimum_errors")]
    pub minimum: usize,
    /// Parquet or CSV table of quarterly figures (default: the event table).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<RawPaths>,
    /// Column of the security's identifier in it (default: ticker).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security: Option<String>,
    /// Column of the date on which the quarter ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// Column of the date on which the figure was announced, in the market's zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announced_on: Option<String>,
    /// Column of the instant at which it was announced, in place of the date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announced_at: Option<String>,
    /// By how many days the dates of a figure and of its event may differ (default 1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerance_days: Option<u32>,
    /// Where the table does not say when figures were announced: an event announces the latest quarter that ended
    /// at most so many days before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age_days: Option<u32>,
}

/// Quantiles of the signal among the announcements that were decided strictly earlier.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawSort {
    /// Number of quantiles.
    pub count: OneOrMany<usize>,
    /// Civil days before the decision.
    #[serde(default = "default_lookback_days")]
    pub lookback_days: u32,
    /// Fewest earlier announcements; without them an event is not traded.
    #[serde(default = "default_minimum")]
    pub minimum: usize,
}

/// When lots are entered.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawEnter {
    /// Trading days after day 0.
    pub day: usize,
    /// The price of the day: the first one after the announcement, where this one was before.
    #[serde(default)]
    pub at: RawAt,
    /// How many trading days to wait where there is no price.
    #[serde(default = "default_wait_days")]
    pub wait_days: usize,
}

/// A price of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawAt {
    /// The opening price.
    Open,
    /// The closing price.
    #[default]
    Close,
}

/// What weights are proportional to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawLotWeighting {
    /// All alike.
    #[default]
    Equal,
    /// One over the standard deviation of daily returns before the decision.
    InverseVolatility,
    /// The size of the first signal.
    Signal,
    /// One over the estimated beta, so that every lot moves as much with the market.
    BetaNeutral,
}

/// What protects each lot from the market.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawHedge {
    /// Nothing.
    #[default]
    None,
    /// The benchmark of the lot's market, of the same value and the other side.
    Benchmark,
    /// The same, times the beta that was estimated before the event.
    Beta,
}

/// What trading costs.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawCosts {
    /// Commission per side, in basis points of the value traded.
    pub commission_bps: f64,
    /// Half of the spread per side, in basis points of the value traded.
    pub half_spread_bps: f64,
    /// Borrowing of short lots per year, in basis points of their value.
    pub borrow_bps_per_year: f64,
    /// Most of a security's average traded value that a lot may have, as a decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_participation: Option<f64>,
}

fn default_long() -> Vec<i32> {
    vec![-1]
}

fn default_short() -> Vec<i32> {
    vec![1]
}

fn default_enter() -> OneOrMany<RawEnter> {
    OneOrMany::One(RawEnter { day: 1, at: RawAt::Close, wait_days: default_wait_days() })
}

fn default_costs() -> OneOrMany<RawCosts> {
    OneOrMany::One(RawCosts::default())
}

fn default_true() -> bool {
    true
}

fn default_size() -> OneOrMany<f64> {
    OneOrMany::One(0.01)
}

fn default_hedge() -> OneOrMany<RawHedge> {
    OneOrMany::One(RawHedge::None)
}

fn default_errors() -> usize {
    8
}

fn default_minimum_errors() -> usize {
    4
}

fn default_lookback_days() -> u32 {
    90
}

fn default_minimum() -> usize {
    100
}

fn default_wait_days() -> usize {
    5
}
