//! Why a statistic has no value.

use std::fmt;

/// Why a statistic has no value.
#[derive(Clone, Debug, PartialEq)]
pub enum Undefined {
    /// The sample is too small.
    TooFewEvents {
        /// Events present.
        found: usize,
        /// Events needed.
        needed: usize,
    },
    /// The values do not vary.
    ZeroVariance,
    /// The sums over the events do not vary over the estimation window.
    FlatEstimationWindow,
    /// Too few days have an abnormal return of any event.
    TooFewDays {
        /// Days.
        found: usize,
        /// Days needed.
        needed: usize,
    },
    /// All events lie in one calendar period.
    OnePeriod,
    /// An estimate has too few degrees of freedom for its variance to be corrected.
    TooFewDegreesOfFreedom {
        /// Degrees of freedom of the poorest estimate.
        found: usize,
        /// Degrees of freedom needed.
        needed: usize,
    },
    /// 1 + (N − 1)r̄ is not positive.
    NegativeClusterFactor {
        /// r̄
        mean_correlation: f64,
    },
    /// The correlations within and between two groups leave no variance of their difference.
    NegativeDifferenceVariance {
        /// r̄ of each.
        within: [f64; 2],
        /// Mean correlation between them.
        between: f64,
    },
    /// r̄ is one: the events are one event.
    PerfectCorrelation,
    /// What is tested has no standard deviation of its own, as buy-and-hold abnormal returns.
    NotStandardised,
    /// The test resamples, and only declared windows are worth that.
    NotResampled,
    /// The events were not moved.
    NotPermuted,
    /// Too few draws moved most of the events.
    TooFewPermutations {
        /// Draws.
        found: usize,
        /// Draws needed.
        needed: usize,
    },
    /// The expected share of positive values is 0 or 1.
    DegenerateShare {
        /// The share.
        share: f64,
    },
}

impl fmt::Display for Undefined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewEvents { found, needed } => write!(f, "{found} events, at least {needed} are needed"),
            Self::ZeroVariance => write!(f, "the values do not vary across events"),
            Self::FlatEstimationWindow => write!(f, "the average over the events does not vary over the days"),
            Self::TooFewDays { found, needed } => write!(f, "{found} days, at least {needed} are needed"),
            Self::OnePeriod => write!(f, "all events lie in one calendar period, at least two are needed"),
            Self::TooFewDegreesOfFreedom { found, needed } => {
                write!(f, "an estimate has {found} degrees of freedom, at least {needed} are needed")
            }
            Self::NegativeClusterFactor { mean_correlation } => {
                write!(f, "1 + (N - 1) r is not positive with the mean correlation r = {mean_correlation:.4}")
            }
            Self::NegativeDifferenceVariance { within: [first, second], between } => write!(
                f,
                "the variance of the difference is not positive with mean correlations of {first:.4} and {second:.4} within \
                 and {between:.4} between the groups"
            ),
            Self::PerfectCorrelation => write!(f, "the residuals of all events are perfectly correlated"),
            Self::NotStandardised => write!(f, "buy-and-hold abnormal returns are not standardised"),
            Self::NotResampled => write!(f, "only declared windows are resampled"),
            Self::NotPermuted => write!(
                f,
                "the events were not moved: simulations do not, and dear models and large studies need [inference] permutations"
            ),
            Self::TooFewPermutations { found, needed } => write!(
                f,
                "{found} draws move nine tenths of the events to days without one, at least {needed} are needed"
            ),
            Self::DegenerateShare { share } => write!(f, "the expected share of positive returns is {share}"),
        }
    }
}
