//! What the user writes, key by key, with its defaults. The JSON schema derives from these types.

mod backtest;
mod inference;
mod inputs;
mod regressions;
mod settings;
mod variants;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use backtest::*;
pub use inference::*;
pub use inputs::*;
pub use regressions::*;
pub use settings::*;
pub use variants::*;

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
    /// Characteristics of securities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub characteristics: Option<RawCharacteristics>,
    /// How to estimate.
    #[serde(default)]
    pub study: RawEstimation,
    /// Lists of settings; every combination is a specification.
    #[serde(default)]
    pub sweep: RawSweep,
    /// Portfolios of the securities whose event is near, in calendar time.
    #[serde(default)]
    pub calendar_time: RawCalendarTime,
    /// Regressions across events.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regressions: Vec<RawRegression>,
    /// The events traded as a strategy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backtest: Option<RawBacktest>,
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

fn default_seed() -> u64 {
    1
}
