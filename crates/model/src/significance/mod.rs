//! Tests of mean abnormal returns: one file per statistic, and the registry.
//!
//! A statistic sees a [`Sample`]: the events of one group that are valid for one window, in a fixed
//! order. It returns a value with its reference distribution, or says why there is none; p-values
//! are made in one place, [`Distribution::two_sided`]. To add a statistic: one file here, one line
//! in [`TESTS`].

mod bmp;
mod bmp_kp;
pub mod correlation;
mod distribution;
pub mod multiple;
mod patell;
mod sign_generalized;
mod t_cross_sectional;

use std::fmt;

pub use crate::sample::Sample;
pub use distribution::Distribution;

/// A statistic with the distribution that it has under the null of no abnormal return.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statistic {
    /// Its value, finite.
    pub value: f64,
    /// Its distribution under the null.
    pub distribution: Distribution,
    /// Events that went into it.
    pub events: usize,
}

impl Statistic {
    /// The p-value of the two-sided alternative.
    pub fn p_value(&self) -> f64 {
        self.distribution.two_sided(self.value)
    }
}

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
    /// r̄ is one: the events are one event.
    PerfectCorrelation,
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
            Self::TooFewDegreesOfFreedom { found, needed } => {
                write!(f, "an estimate has {found} degrees of freedom, at least {needed} are needed")
            }
            Self::NegativeClusterFactor { mean_correlation } => {
                write!(f, "1 + (N - 1) r is not positive with the mean correlation r = {mean_correlation:.4}")
            }
            Self::PerfectCorrelation => write!(f, "the residuals of all events are perfectly correlated"),
            Self::DegenerateShare { share } => write!(f, "the expected share of positive returns is {share}"),
        }
    }
}

/// What a statistic needs beyond cumulative abnormal returns; prepared only when a test asks for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The overlap-weighted mean correlation r̄ of the estimation residuals.
    pub mean_correlation: bool,
}

/// A test of whether the mean abnormal return of a sample is zero.
pub trait TestStatistic: Sync {
    /// The name in configurations and tables.
    fn name(&self) -> &'static str;

    /// One line for people.
    fn summary(&self) -> &'static str;

    /// The source (author, year).
    fn reference(&self) -> &'static str;

    /// What the statistic needs to be prepared.
    fn needs(&self) -> Needs {
        Needs::default()
    }

    /// The statistic of a sample.
    ///
    /// # Errors
    /// It is undefined for this sample.
    fn evaluate(&self, sample: &Sample) -> Result<Statistic, Undefined>;
}

/// Every test statistic, in the order in which lists show them.
pub const TESTS: &[&dyn TestStatistic] = &[
    &t_cross_sectional::TCrossSectional,
    &patell::Patell,
    &bmp::Bmp,
    &bmp_kp::BmpKp,
    &sign_generalized::SignGeneralized,
];

/// The test of that name.
pub fn test(name: &str) -> Option<&'static dyn TestStatistic> {
    TESTS.iter().copied().find(|test| test.name() == name)
}

/// √N·mean/sd with divisor N − 1, which several tests share.
fn studentised_mean(values: &[f64]) -> Result<f64, Undefined> {
    if values.len() < 2 {
        return Err(Undefined::TooFewEvents { found: values.len(), needed: 2 });
    }
    let (mean, deviation) = mean_and_deviation(values);
    // Equal values may leave a deviation of rounding errors.
    if deviation <= 1e-14 * mean.abs() || deviation == 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    Ok((values.len() as f64).sqrt() * mean / deviation)
}

/// Mean and standard deviation with divisor N − 1 (two passes).
pub(crate) fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    (mean, (squares / (n - 1.0)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_documented() {
        for (i, test) in TESTS.iter().enumerate() {
            assert!(TESTS[..i].iter().all(|other| other.name() != test.name()), "{}", test.name());
            assert!(!test.summary().is_empty() && !test.reference().is_empty());
            assert_eq!(super::test(test.name()).map(TestStatistic::name), Some(test.name()));
        }
    }
}
