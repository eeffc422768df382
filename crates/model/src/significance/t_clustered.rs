//! The t-test with errors that are clustered by calendar period.

use std::collections::BTreeMap;

use super::{Sample, Statistic, TestStatistic, Undefined, at_least};

/// mean(CAR)/√V with V = G/(G − 1)·Σ_g(Σ_{i∈g}(CAR_i − mean))²/N², g the calendar period of day 0; t with
/// G − 1 degrees of freedom (Liang & Zeger 1986; CR1 and G − 1: Cameron & Miller 2015). It
/// allows for any correlation within a period and for none across periods.
pub(super) struct TClustered;

impl TestStatistic for TClustered {
    fn name(&self) -> &'static str {
        "t_clustered"
    }

    fn summary(&self) -> &'static str {
        "mean CAR over its error clustered by calendar period; assumes many independent periods"
    }

    fn reference(&self) -> &'static str {
        "Liang & Zeger 1986; Cameron & Miller 2015"
    }

    fn evaluate(&self, sample: &Sample) -> Result<Statistic, Undefined> {
        let events = sample.car.len();
        at_least(2, events)?;
        let n = events as f64;
        let mean = sample.car.iter().sum::<f64>() / n;
        let mut sums: BTreeMap<i32, f64> = BTreeMap::new();
        for (period, car) in sample.period.iter().zip(&sample.car) {
            *sums.entry(*period).or_default() += car - mean;
        }
        if sums.len() < 2 {
            return Err(Undefined::OnePeriod);
        }
        let g = sums.len() as f64;
        let error = (g / (g - 1.0) * sums.values().map(|sum| sum * sum).sum::<f64>()).sqrt() / n;
        let largest = sample.car.iter().fold(0.0_f64, |largest, car| largest.max(car.abs()));
        // Equal periods may leave an error of rounding errors.
        if error <= 1e-14 * largest {
            return Err(Undefined::ZeroVariance);
        }
        Ok(Statistic::student_with(sums.len() - 1, mean / error, events))
    }
}
