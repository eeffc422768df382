//! The generalised sign test.

use super::{Sample, Statistic, TestStatistic, Undefined, at_least};

/// (N⁺ − Np̂)/√(Np̂(1 − p̂)), standard normal, p̂ the mean over events of each event's share of
/// positive estimation residuals (Cowan 1992). A CAR of exactly zero is not positive.
pub(super) struct SignGeneralized;

impl TestStatistic for SignGeneralized {
    fn name(&self) -> &'static str {
        "sign_generalized"
    }

    fn summary(&self) -> &'static str {
        "share of positive CARs against their share in the estimation window; assumes independent events"
    }

    fn reference(&self) -> &'static str {
        "Cowan 1992"
    }

    fn evaluate(&self, sample: &Sample) -> Result<Statistic, Undefined> {
        let events = sample.car.len();
        at_least(1, events)?;
        let n = events as f64;
        let share = sample.positive_share.iter().sum::<f64>() / n;
        if share <= 0.0 || share >= 1.0 {
            return Err(Undefined::DegenerateShare { share });
        }
        let positive = sample.car.iter().filter(|&&car| car > 0.0).count() as f64;
        let value = (positive - n * share) / (n * share * (1.0 - share)).sqrt();
        Ok(Statistic::normal(value, events))
    }
}
