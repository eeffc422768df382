//! Tests of whether two groups have the same mean abnormal return: one file per statistic, and the registry.
//!
//! A statistic sees a [`Pair`]: two samples of one window without a common event. It returns a value with its
//! reference distribution, or says why there is none. To add a statistic: one file here, one line in
//! [`DIFFERENCES`].

mod bootstrap_wild;
mod clustered;
mod rank_sum;
mod standardised;
mod welch;

use std::collections::BTreeMap;

use crate::sample::Sample;
use crate::significance::{Needs, Statistic, Undefined};

/// Two groups of events, of one window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pair {
    /// The group from which the other is taken.
    pub first: Sample,
    /// The group that is taken from it.
    pub second: Sample,
    /// Mean of ρ_ij·o_ij over the pairs of an event of the first and one of the second group, as r̄ within a
    /// group, where a test needs it.
    pub between_correlation: Option<f64>,
}

impl Pair {
    /// Events of both.
    pub fn events(&self) -> usize {
        self.first.car.len() + self.second.car.len()
    }

    /// Difference of the mean CARs.
    pub fn mean_car(&self) -> Option<f64> {
        Some(self.first.mean_car()? - self.second.mean_car()?)
    }
}

/// A test of whether two groups have the same mean abnormal return.
pub trait DifferenceTest: Sync {
    /// The name in tables.
    fn name(&self) -> &'static str;

    /// One line for people.
    fn summary(&self) -> &'static str;

    /// The source (author, year).
    fn reference(&self) -> &'static str;

    /// What the statistic needs to be prepared.
    fn needs(&self) -> Needs {
        Needs::default()
    }

    /// The statistic of a pair, positive where the first group is the larger one.
    ///
    /// # Errors
    /// It is undefined for this pair.
    fn evaluate(&self, pair: &Pair) -> Result<Statistic, Undefined>;
}

/// Every test of a difference, in the order in which lists show them.
pub const DIFFERENCES: &[&dyn DifferenceTest] = &[
    &welch::Welch,
    &clustered::Clustered,
    &bootstrap_wild::BootstrapWild,
    &standardised::Standardised,
    &rank_sum::RankSum,
];

/// The test of that name.
pub fn difference(name: &str) -> Option<&'static dyn DifferenceTest> {
    DIFFERENCES.iter().copied().find(|test| test.name() == name)
}

/// Refuses a pair one of whose groups has too few values.
fn each_at_least(needed: usize, first: usize, second: usize) -> Result<(), Undefined> {
    let found = first.min(second);
    if found < needed { Err(Undefined::TooFewEvents { found, needed }) } else { Ok(()) }
}

/// Two means with the squares of their errors, s²/n.
struct Means {
    difference: f64,
    first: f64,
    second: f64,
    dof: f64,
}

/// The means of two groups of two or more values that are not constant in both, with the degrees of freedom of
/// the error of their difference (Welch 1947; Satterthwaite 1946).
fn means(first: &[f64], second: &[f64]) -> Result<Means, Undefined> {
    each_at_least(2, first.len(), second.len())?;
    let one = |values: &[f64]| {
        let n = values.len() as f64;
        let (mean, deviation) = crate::significance::mean_and_deviation(values);
        (mean, deviation * deviation / n)
    };
    let ((mean_1, square_1), (mean_2, square_2)) = (one(first), one(second));
    let largest = mean_1.abs().max(mean_2.abs());
    // Equal values may leave a deviation of rounding errors.
    if (square_1 + square_2).sqrt() <= 1e-14 * largest || square_1 + square_2 == 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    let share = square_1 / (square_1 + square_2);
    let rest = 1.0 - share;
    let dof = 1.0 / (share * share / (first.len() as f64 - 1.0) + rest * rest / (second.len() as f64 - 1.0));
    Ok(Means { difference: mean_1 - mean_2, first: square_1, second: square_2, dof })
}

/// Sums of two groups over one calendar period: number of events and sum of values, of each.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    first: (f64, f64),
    second: (f64, f64),
}

/// The periods of a pair and their sums of CARs less `centre`.
fn by_period(pair: &Pair, centre: f64) -> Result<BTreeMap<i32, Sums>, Undefined> {
    each_at_least(2, pair.first.car.len(), pair.second.car.len())?;
    let mut periods: BTreeMap<i32, Sums> = BTreeMap::new();
    for (period, car) in pair.first.period.iter().zip(&pair.first.car) {
        let (events, sum) = &mut periods.entry(*period).or_default().first;
        (*events, *sum) = (*events + 1.0, *sum + (car - centre));
    }
    for (period, car) in pair.second.period.iter().zip(&pair.second.car) {
        let (events, sum) = &mut periods.entry(*period).or_default().second;
        (*events, *sum) = (*events + 1.0, *sum + (car - centre));
    }
    // Residuals add up to zero within a group: were all of it in one period, its error would count as zero.
    let of_first = periods.values().filter(|sums| sums.first.0 > 0.0).count();
    let of_second = periods.values().filter(|sums| sums.second.0 > 0.0).count();
    if of_first.min(of_second) < 2 { Err(Undefined::OnePeriod) } else { Ok(periods) }
}

/// Difference of the means and its error clustered by period, of sums that were weighted or not.
///
/// With dummies for the two groups the estimate moves with the residuals of period g by
/// u_g = Σ_{1,g} e/n₁ − Σ_{2,g} e/n₂, whatever groups a period has; V = G/(G − 1)·(n − 1)/(n − 2)·Σ u_g².
fn clustered_error(periods: &[Sums]) -> (f64, f64) {
    let total = |of: fn(&Sums) -> (f64, f64)| {
        periods.iter().map(of).fold((0.0, 0.0), |(events, sum), (n, s)| (events + n, sum + s))
    };
    let ((n_1, sum_1), (n_2, sum_2)) = (total(|sums| sums.first), total(|sums| sums.second));
    let (mean_1, mean_2) = (sum_1 / n_1, sum_2 / n_2);
    let moved =
        |sums: &Sums| (sums.first.1 - sums.first.0 * mean_1) / n_1 - (sums.second.1 - sums.second.0 * mean_2) / n_2;
    let squares: f64 = periods.iter().map(moved).map(|u| u * u).sum();
    let (g, n) = (periods.len() as f64, n_1 + n_2);
    (mean_1 - mean_2, (g / (g - 1.0) * (n - 1.0) / (n - 2.0) * squares).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_documented() {
        for (i, test) in DIFFERENCES.iter().enumerate() {
            assert!(DIFFERENCES[..i].iter().all(|other| other.name() != test.name()), "{}", test.name());
            assert!(crate::significance::test(test.name()).is_none(), "{} is no name of its own", test.name());
            assert!(!test.summary().is_empty() && !test.reference().is_empty());
            assert_eq!(difference(test.name()).map(DifferenceTest::name), Some(test.name()));
        }
    }
}
