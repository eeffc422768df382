//! Tests of mean abnormal returns: one file per statistic, and the registry.
//!
//! A statistic sees a [`Sample`]: the events of one group that are valid for one window, in a fixed
//! order. It returns a value with its reference distribution, or says why there is none; p-values
//! are made in one place, [`Distribution::two_sided`]. To add a statistic: one file here, one line
//! in [`TESTS`].

mod bmp;
mod bmp_kp;
mod bootstrap_wild;
pub mod correlation;
mod distribution;
mod grank_t;
mod grank_z;
mod jackknife;
pub mod multiple;
mod needs;
mod patell;
mod patell_adjusted;
mod permutation;
mod rank_corrado;
mod rank_corrado_zivney;
mod sign;
mod sign_generalized;
pub mod step_down;
mod t_clustered;
mod t_cross_sectional;
mod t_portfolio;
mod t_skewness;
mod t_skewness_bootstrap;
mod undefined;
mod wilcoxon;
pub(crate) mod wild;

pub use crate::sample::Sample;
use crate::variants::{SmallSamples, TReference};
pub use distribution::{Distribution, StudentTails, chi_squared_tail, normal_below, normal_quantile};
pub use needs::Needs;
pub use permutation::permuted_statistic;
pub use undefined::Undefined;
pub use wild::WildCell;

/// A statistic with its p-value under the null of no abnormal return.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statistic {
    /// Its value, finite.
    pub value: f64,
    /// What its p-value is taken from.
    pub reference: Reference,
    /// p-value of the two-sided alternative.
    pub p_value: f64,
    /// Events that went into it.
    pub events: usize,
}

/// What a p-value is taken from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reference {
    /// A distribution that holds approximately.
    Approximate(Distribution),
    /// Every outcome that the sample could have had.
    Exact,
    /// Resamples of the sample.
    Bootstrap,
    /// Samples of moved events.
    Permutation,
}

impl Reference {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Approximate(distribution) => distribution.name(),
            Self::Exact => "exact",
            Self::Bootstrap => "bootstrap",
            Self::Permutation => "permutation",
        }
    }

    /// Degrees of freedom, where there are any.
    pub fn dof(self) -> Option<f64> {
        match self {
            Self::Approximate(distribution) => distribution.dof(),
            Self::Exact | Self::Bootstrap | Self::Permutation => None,
        }
    }
}

impl Statistic {
    /// A statistic that is standard normal under the null.
    pub fn normal(value: f64, events: usize) -> Self {
        Self::approximate(value, Distribution::Normal, events)
    }

    /// A statistic that has a t-distribution with N − 1 degrees of freedom under the null.
    pub fn student(value: f64, events: usize) -> Self {
        Self::student_with(events - 1, value, events)
    }

    /// A statistic that has a t-distribution with other degrees of freedom under the null.
    pub fn student_with(dof: usize, value: f64, events: usize) -> Self {
        Self::student_of(dof as f64, value, events)
    }

    /// A statistic that has a t-distribution with degrees of freedom that need not be whole under the null.
    pub fn student_of(dof: f64, value: f64, events: usize) -> Self {
        Self::approximate(value, Distribution::StudentT { dof }, events)
    }

    /// A statistic with a p-value from every outcome that the sample could have had.
    pub fn exact(value: f64, p_value: f64, events: usize) -> Self {
        Self { value, reference: Reference::Exact, p_value, events }
    }

    /// A statistic with a p-value from resamples.
    pub fn bootstrap(value: f64, p_value: f64, events: usize) -> Self {
        Self { value, reference: Reference::Bootstrap, p_value, events }
    }

    /// A statistic with a p-value from samples of moved events.
    pub fn permutation(value: f64, p_value: f64, events: usize) -> Self {
        Self { value, reference: Reference::Permutation, p_value, events }
    }

    /// The statistic against another reference, where it is of t-type.
    pub fn against(self, reference: TReference) -> Self {
        match (reference, self.reference) {
            (TReference::Normal, Reference::Approximate(Distribution::StudentT { .. })) => {
                Self::normal(self.value, self.events)
            }
            _ => self,
        }
    }

    fn approximate(value: f64, distribution: Distribution, events: usize) -> Self {
        Self { value, reference: Reference::Approximate(distribution), p_value: distribution.two_sided(value), events }
    }
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

    /// What its draws are made of, where they are common to all samples of a study and the statistic is
    /// defined: p-values of many samples can then be adjusted for each other.
    fn joint(&self, _sample: &Sample) -> Option<WildCell> {
        None
    }
}

/// Every test statistic, in the order in which lists show them.
pub const TESTS: &[&dyn TestStatistic] = &[
    &t_cross_sectional::TCrossSectional,
    &t_skewness::TSkewness,
    &t_skewness_bootstrap::TSkewnessBootstrap,
    &t_clustered::TClustered,
    &bootstrap_wild::BootstrapWild,
    &t_portfolio::TPortfolio,
    &patell::Patell,
    &patell_adjusted::PatellAdjusted,
    &bmp::Bmp,
    &bmp_kp::BmpKp,
    &permutation::Permutation,
    &jackknife::Jackknife,
    &sign::Sign,
    &sign_generalized::SignGeneralized,
    &wilcoxon::Wilcoxon,
    &rank_corrado::RankCorrado,
    &rank_corrado_zivney::RankCorradoZivney,
    &grank_t::GrankT,
    &grank_z::GrankZ,
];

/// The test of that name.
pub fn test(name: &str) -> Option<&'static dyn TestStatistic> {
    TESTS.iter().copied().find(|test| test.name() == name)
}

/// Up to so many events the tests that count outcomes count all of them.
const EXACT: usize = 25;

/// Refuses a sample that is too small.
fn at_least(needed: usize, found: usize) -> Result<(), Undefined> {
    if found < needed { Err(Undefined::TooFewEvents { found, needed }) } else { Ok(()) }
}

/// 1 + (N − 1)r̄: how much the variance of a mean grows when events are correlated.
fn cluster_factor(sample: &Sample) -> Result<(f64, f64), Undefined> {
    let events = sample.scar.len();
    let r = sample.mean_correlation.ok_or(Undefined::TooFewEvents { found: events, needed: 2 })?;
    let factor = 1.0 + (events as f64 - 1.0) * r;
    if factor <= 0.0 {
        return Err(Undefined::NegativeClusterFactor { mean_correlation: r });
    }
    Ok((r, factor))
}

/// Whether the p-value of a test that counts outcomes counts all of them.
pub(crate) fn is_exact(sample: &Sample, events: usize) -> bool {
    sample.variants.small_samples == SmallSamples::Exact && events <= EXACT
}

/// √N·mean/sd with the divisor of the study, which several tests share.
fn cross_sectional(sample: &Sample, values: &[f64]) -> Result<f64, Undefined> {
    Ok(sample.variants.divisor.rescale(studentised_mean(values)?, values.len()))
}

/// √N·mean/sd with divisor N − 1.
fn studentised_mean(values: &[f64]) -> Result<f64, Undefined> {
    let (mean, deviation) = varied(values)?;
    Ok((values.len() as f64).sqrt() * mean / deviation)
}

/// Mean and standard deviation (N − 1) of two or more values that are not all equal.
pub(crate) fn varied(values: &[f64]) -> Result<(f64, f64), Undefined> {
    at_least(2, values.len())?;
    let (mean, deviation) = mean_and_deviation(values);
    // Equal values may leave a deviation of rounding errors.
    if deviation <= 1e-14 * mean.abs() || deviation == 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    Ok((mean, deviation))
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
