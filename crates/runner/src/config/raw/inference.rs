//! How to test.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::RawVariants;

/// How to test.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawInference {
    /// Confidence of the intervals.
    pub confidence: f64,
    /// What is tested of each declared window: cumulative or buy-and-hold abnormal returns.
    pub measures: Vec<RawMeasure>,
    /// Draws of the tests that resample.
    pub bootstrap: usize,
    /// Draws of the test `permutation`, each of which estimates all events anew. Default: 199; none for models that are
    /// fitted by iteration or look at other securities, or where these would be more than two million estimates.
    pub permutations: Option<usize>,
    /// Calendar period of day 0 by which `t_clustered` clusters.
    pub cluster: RawPeriod,
    /// Adjustments of p-values for the size of the family (windows x groups x specifications).
    pub multiple_testing: Vec<MultipleTesting>,
    /// Pairs of groups whose means are compared over the declared windows, by the labels of the tables: the first
    /// less the second, as in `[["session=amc", "session=bmo"]]`.
    pub differences: Vec<[String; 2]>,
    /// Placebo samples on which the size of every test of declared windows is measured; 0 is off.
    pub calibrate: usize,
    /// Pseudo-events of a placebo sample.
    pub calibrate_events: usize,
    /// Conventions on which packages differ.
    pub variants: RawVariants,
}

/// A calendar period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawPeriod {
    /// A civil day.
    Day,
    /// A week from Monday (ISO 8601).
    Week,
    /// A month.
    Month,
    /// A quarter of a year.
    Quarter,
}

/// An adjustment of p-values for the size of their family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MultipleTesting {
    /// Holm 1979.
    Holm,
    /// Benjamini & Hochberg 1995.
    Bh,
    /// Benjamini & Yekutieli 2001, for tests that depend on each other in any way.
    By,
    /// Romano & Wolf 2005, from the joint draws of `bootstrap_wild`; other tests have none.
    RomanoWolf,
}

/// What is tested of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawMeasure {
    /// Cumulative abnormal returns.
    Car,
    /// Buy-and-hold abnormal returns.
    Bhar,
}

impl Default for RawInference {
    fn default() -> Self {
        Self {
            confidence: 0.95,
            measures: vec![RawMeasure::Car],
            bootstrap: 9999,
            permutations: None,
            cluster: RawPeriod::Week,
            multiple_testing: vec![MultipleTesting::Holm, MultipleTesting::Bh],
            differences: Vec::new(),
            calibrate: 0,
            calibrate_events: 50,
            variants: RawVariants::default(),
        }
    }
}
