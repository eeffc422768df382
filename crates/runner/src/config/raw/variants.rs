//! Named conventions on which packages differ.

use dayzero_model::variants::{
    Divisor, ForecastError, MeanCorrelation, PatellVariance, ResidualDivisor, SmallSamples, TReference, Variants,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Conventions on which packages differ; the defaults are this program's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawVariants {
    /// What standardised abnormal returns are divided by.
    pub forecast_error: RawForecastError,
    /// Divisor of the residual variance of M estimation days and k coefficients.
    pub residual_divisor: RawResidualDivisor,
    /// How the mean correlation of `bmp_kp` and `patell_adjusted` counts pairs of events.
    pub mean_correlation: RawMeanCorrelation,
    /// How Patell's test corrects for estimated variances.
    pub patell: RawPatell,
    /// Divisor of the cross-sectional variance of `t_cross_sectional`, `bmp`, `bmp_kp` and `jackknife`.
    pub divisor: RawDivisor,
    /// Distribution of statistics that have a t-distribution here.
    pub reference: RawReference,
    /// p-values of `sign`, `wilcoxon` and `difference_rank_sum` up to 25 events.
    pub small_samples: RawSmallSamples,
}

/// A choice between names, each of which stands for a convention of the model.
macro_rules! choice {
    ($(#[$doc:meta])* $raw:ident => $model:ident { $($(#[$variant_doc:meta])* $variant:ident = $name:literal => $target:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
        pub enum $raw {
            $($(#[$variant_doc])* #[serde(rename = $name)] $variant,)*
        }

        impl From<$raw> for $model {
            fn from(raw: $raw) -> Self {
                match raw {
                    $($raw::$variant => Self::$target,)*
                }
            }
        }
    };
}

choice! {
    /// What standardised abnormal returns are divided by.
    RawForecastError => ForecastError {
        /// The forecast error of the window, with what its days share.
        #[default]
        Full = "full" => Full,
        /// The forecast errors of its days, as if they were independent.
        ByDay = "by_day" => ByDay,
        /// SCAR is the sum of the daily SARs over the root of their number.
        Summed = "summed" => Summed,
        /// The residual variance alone.
        None = "none" => None,
    }
}

choice! {
    /// Divisor of the residual variance.
    RawResidualDivisor => ResidualDivisor {
        /// Days less coefficients.
        #[default]
        Coefficients = "m-k" => Coefficients,
        /// Days less one.
        One = "m-1" => One,
    }
}

choice! {
    /// How the mean correlation counts pairs of events.
    RawMeanCorrelation => MeanCorrelation {
        /// On common dates, weighted by the days of the window that the two events share.
        #[default]
        Overlap = "overlap" => Overlap,
        /// On common dates, without a weight.
        Calendar = "calendar" => Calendar,
        /// Day by day in event time, whatever the dates.
        EventTime = "event_time" => EventTime,
    }
}

choice! {
    /// How Patell's test corrects for estimated variances.
    RawPatell => PatellVariance {
        /// The sum of the SCARs over the root of the sum of their variances.
        #[default]
        Pooled = "pooled" => Pooled,
        /// Every SCAR over the root of its own variance.
        Each = "each" => Each,
        /// Not at all.
        Unit = "unit" => Unit,
    }
}

choice! {
    /// Divisor of a cross-sectional variance.
    RawDivisor => Divisor {
        /// Events less one.
        #[default]
        LessOne = "n-1" => LessOne,
        /// Events.
        All = "n" => All,
    }
}

choice! {
    /// Distribution of t-type statistics.
    RawReference => TReference {
        /// Student's t.
        #[default]
        StudentT = "t" => StudentT,
        /// Standard normal.
        Normal = "normal" => Normal,
    }
}

choice! {
    /// p-values in small samples.
    RawSmallSamples => SmallSamples {
        /// Every outcome is counted.
        #[default]
        Exact = "exact" => Exact,
        /// Standard normal.
        Normal = "normal" => Normal,
    }
}

impl From<RawVariants> for Variants {
    fn from(raw: RawVariants) -> Self {
        Self {
            forecast_error: raw.forecast_error.into(),
            residual_divisor: raw.residual_divisor.into(),
            mean_correlation: raw.mean_correlation.into(),
            patell: raw.patell.into(),
            divisor: raw.divisor.into(),
            reference: raw.reference.into(),
            small_samples: raw.small_samples.into(),
        }
    }
}

impl RawVariants {
    /// The keys that differ from their default, as in `forecast_error = none`.
    pub fn chosen(&self) -> Vec<String> {
        let table = |variants: &Self| serde_json::to_value(variants).unwrap_or_default();
        let (own, defaults) = (table(self), table(&Self::default()));
        let entries = own.as_object().into_iter().flatten().filter(|(key, value)| defaults.get(key) != Some(value));
        entries.map(|(key, value)| format!("{key} = {}", value.as_str().unwrap_or_default())).collect()
    }
}
