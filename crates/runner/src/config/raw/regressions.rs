//! Regressions across events.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A regression across events, for every specification and group.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRegression {
    /// What is explained by what, as in `car[0,1] ~ surprise_pct + log(weight) + C(session)`. Responses:
    /// `car[a,b]`, `bhar[a,b]` of a declared window, `ar[t]` of a day. Terms: columns of numbers of the event
    /// table or, where it has none of the name, characteristics as known before day 0; log(x), abs(x),
    /// x^2; C(x) for labels, against the first one; a:b for products; 0 + or - 1 for no constant. An event
    /// without one of them is left out.
    pub formula: String,
    /// How the events are weighted.
    #[serde(default)]
    pub weights: RawRegressionWeights,
    /// Standard errors (default: hc3, or cluster where there is a `cluster`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<RawErrors>,
    /// One or two ways in which events are clustered: day, week, month or quarter of day 0, security,
    /// market, session, or a column of the event table or of the characteristics.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cluster: Vec<String>,
}

/// Weights of the events in a regression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawRegressionWeights {
    /// All alike.
    #[default]
    None,
    /// By the inverse of the forecast variance of the CAR.
    Precision,
}

/// Standard errors of a regression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawErrors {
    /// Errors of one variance.
    Classical,
    /// Errors of any variances, corrected by n / (n - k).
    Hc1,
    /// Errors of any variances, from residuals over one less their leverage.
    Hc3,
    /// Clustered errors: cr2 below 40 clusters, else cr1; with two ways always cr1.
    Cluster,
    /// Clustered errors with the bias-reduced estimator and Satterthwaite's degrees of freedom.
    Cr2,
}
