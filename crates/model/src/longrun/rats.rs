//! Returns across time and securities: a regression across events on each day of event time
//! (Ibbotson 1975).

use super::classical;
use crate::significance::Distribution;

/// One day of event time.
#[derive(Clone, Debug, PartialEq)]
pub struct RatsDay {
    /// Events in the regression.
    pub events: usize,
    /// The intercept: the mean abnormal return of the day, with coefficients that this day's cross-section
    /// decides. Absent where there are too few events or the factors are collinear.
    pub alpha: Option<Estimate>,
    /// Sum of the intercepts from the first day of the event window; its variance is the sum of theirs.
    pub cumulative: Option<Estimate>,
}

/// A number with its standard error and test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The number, a decimal return.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
    /// The number over its error.
    pub t: f64,
    /// Two-sided p-value: of t with events less coefficients degrees of freedom for one day, of the
    /// normal distribution for a sum.
    pub p_value: f64,
}

impl Estimate {
    fn new(value: f64, error: f64, distribution: Distribution) -> Option<Self> {
        let t = value / error;
        (error > 0.0 && t.is_finite()).then(|| Self { value, error, t, p_value: distribution.two_sided(t) })
    }
}

/// The regressions of every day. `days[d]` holds the responses of the events on day d, and a row of
/// `factors` values for each.
///
/// A day without an estimate ends the sum: what follows it cannot be told.
pub fn rats(days: &[(Vec<f64>, Vec<Vec<f64>>)], factors: usize) -> Vec<RatsDay> {
    let mut sum = Some((0.0, 0.0));
    let one = |(responses, rows): &(Vec<f64>, Vec<Vec<f64>>)| {
        let alpha = intercept(responses, rows, factors);
        sum = sum.zip(alpha).map(|((value, variance), alpha)| (value + alpha.value, variance + alpha.error.powi(2)));
        let cumulative =
            sum.and_then(|(value, variance): (f64, f64)| Estimate::new(value, variance.sqrt(), Distribution::Normal));
        RatsDay { events: responses.len(), alpha, cumulative }
    };
    days.iter().map(one).collect()
}

fn intercept(responses: &[f64], rows: &[Vec<f64>], factors: usize) -> Option<Estimate> {
    let mut design = vec![1.0; responses.len()];
    for j in 0..factors {
        design.extend(rows.iter().map(|row| row[j]));
    }
    let found = classical(responses, &design, 1 + factors).ok()?;
    let distribution = Distribution::StudentT { dof: found.dof as f64 };
    Estimate::new(found.coefficients[0], found.covariance[0].sqrt(), distribution)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without factors a day's intercept is the mean with its error sd/√N.
    #[test]
    fn without_factors_it_is_the_mean() {
        let day = |values: [f64; 4]| (values.to_vec(), vec![vec![]; 4]);
        let found = rats(&[day([1.0, 2.0, 3.0, 4.0]), day([0.0, 2.0, 2.0, 4.0])], 0);
        let first = found[0].alpha.expect("four events");
        assert!((first.value - 2.5).abs() < 1e-15 && (first.error - (5.0_f64 / 3.0 / 4.0).sqrt()).abs() < 1e-15);
        let sum = found[1].cumulative.expect("two days");
        let error = (5.0_f64 / 12.0 + 8.0 / 12.0).sqrt();
        assert!((sum.value - 4.5).abs() < 1e-15 && (sum.error - error).abs() < 1e-15);
        assert!((sum.t - 4.5 / error).abs() < 1e-14);
    }
}
