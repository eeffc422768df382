//! The skewness-adjusted t-test.

use super::{Sample, Statistic, TestStatistic, Undefined, at_least, mean_and_deviation, studentised_mean};

/// √N(S + γS²/3 + γ²S³/27 + γ/(6N)), S = mean/sd and γ = N/((N − 1)(N − 2))·Σ((x − x̄)/sd)³, t with
/// N − 1 degrees of freedom (Johnson 1978; Hall 1992). Long-horizon abnormal returns are skewed.
pub(super) struct TSkewness;

impl TestStatistic for TSkewness {
    fn name(&self) -> &'static str {
        "t_skewness"
    }

    fn summary(&self) -> &'static str {
        "t_cross_sectional corrected for skewness; assumes independent events"
    }

    fn reference(&self) -> &'static str {
        "Johnson 1978; Hall 1992"
    }

    fn evaluate(&self, sample: &Sample) -> Result<Statistic, Undefined> {
        let events = sample.car.len();
        at_least(3, events)?;
        let n = events as f64;
        let s = studentised_mean(&sample.car)? / n.sqrt();
        let (mean, deviation) = mean_and_deviation(&sample.car);
        let cubes: f64 = sample.car.iter().map(|x| ((x - mean) / deviation).powi(3)).sum();
        Ok(Statistic::student(adjusted(n, s, cubes), events))
    }
}

/// The statistic from N, S and Σ((x − x̄)/sd)³.
pub(super) fn adjusted(n: f64, s: f64, cubes: f64) -> f64 {
    let skewness = n / ((n - 1.0) * (n - 2.0)) * cubes;
    n.sqrt() * (s + skewness * s * s / 3.0 + skewness * skewness * s.powi(3) / 27.0 + skewness / (6.0 * n))
}
