//! Named conventions on which published packages differ. The defaults are this engine's own; another is
//! an option of the study and never a silent choice.

/// The conventions of a study.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Variants {
    /// What SARs and SCARs are divided by.
    pub forecast_error: ForecastError,
    /// The divisor of the residual variance s².
    pub residual_divisor: ResidualDivisor,
    /// How r̄ counts pairs of events.
    pub mean_correlation: MeanCorrelation,
    /// The variance in Patell's test.
    pub patell: PatellVariance,
    /// The divisor of the cross-sectional variance.
    pub divisor: Divisor,
    /// What t-type statistics are held against.
    pub reference: TReference,
    /// p-values of counts and signed ranks in small samples.
    pub small_samples: SmallSamples,
}

/// What SARs and SCARs are divided by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForecastError {
    /// The error of a forecast, with the errors of the coefficients that all days of a window share:
    /// s²(L + 1'X_w(X'X)⁻¹X_w'1) (Mikkelson & Partch 1988; Salinger 1992).
    #[default]
    Full,
    /// The daily forecast errors, added up as if they were independent: s²·Σ(1 + x'(X'X)⁻¹x).
    ByDay,
    /// SCAR = ΣSAR/√L, each SAR over its own daily forecast error (Patell 1976).
    Summed,
    /// The residual variance alone: s² a day.
    None,
}

/// The divisor of the residual variance s².
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResidualDivisor {
    /// M − k, k the number of coefficients.
    #[default]
    Coefficients,
    /// M − 1, as of a sample's standard deviation, whatever was estimated.
    One,
}

/// How r̄ counts pairs of events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MeanCorrelation {
    /// By the correlation of residuals on common civil dates, weighted by the share of common days of
    /// the window.
    #[default]
    Overlap,
    /// By the correlation on common civil dates, without a weight.
    Calendar,
    /// By the correlation of residuals that are aligned in event time.
    EventTime,
}

/// The variance in Patell's test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PatellVariance {
    /// ΣSCAR_i/√ΣQ_i.
    #[default]
    Pooled,
    /// (1/√N)·ΣSCAR_i/√Q_i.
    Each,
    /// (1/√N)·ΣSCAR_i: Q is one.
    Unit,
}

/// The divisor of a cross-sectional variance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Divisor {
    /// N − 1.
    #[default]
    LessOne,
    /// N.
    All,
}

/// What t-type statistics are held against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TReference {
    /// Student's t with the degrees of freedom of the test.
    #[default]
    StudentT,
    /// The standard normal.
    Normal,
}

/// p-values of counts and signed ranks in small samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SmallSamples {
    /// Every outcome is counted up to 25 events.
    #[default]
    Exact,
    /// Standard normal for any number of events.
    Normal,
}

impl Divisor {
    /// What a statistic with N − 1 in its variance becomes: √(N/(N − 1)) times itself with N.
    pub(crate) fn rescale(self, statistic: f64, n: usize) -> f64 {
        match self {
            Self::LessOne => statistic,
            Self::All => statistic * (n as f64 / (n as f64 - 1.0)).sqrt(),
        }
    }
}
