//! The generalised rank z-test.

use super::grank_t::{Point, point};
use super::{Needs, Sample, Statistic, TestStatistic, Undefined};

/// Ū₀·√(12N(T + 1)/(T − 1)), standard normal (Kolari & Pynnönen 2011), in the terms of `grank_t`: the
/// variance of a mean of N independent ranks takes the place of that over time.
pub(super) struct GrankZ;

impl TestStatistic for GrankZ {
    fn name(&self) -> &'static str {
        "grank_z"
    }

    fn summary(&self) -> &'static str {
        "grank_t with the variance of independent ranks; assumes independent events"
    }

    fn reference(&self) -> &'static str {
        "Kolari & Pynnönen 2011"
    }

    fn needs(&self) -> Needs {
        Needs { generalized_ranks: true, standardised: true, ..Needs::default() }
    }

    fn evaluate(&self, sample: &Sample) -> Result<Statistic, Undefined> {
        let Point { mean, points, ranks } = point(sample)?;
        if points < 2 {
            return Err(Undefined::TooFewDays { found: points, needed: 2 });
        }
        let (t, n) = (points as f64, ranks.events as f64);
        Ok(Statistic::normal(mean * (12.0 * n * (t + 1.0) / (t - 1.0)).sqrt(), ranks.events))
    }
}
