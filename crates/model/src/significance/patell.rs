//! Patell's standardised-residual test.

use super::{Needs, Sample, Statistic, TestStatistic, Undefined, at_least};

/// ΣSCAR/√ΣQ_i with Q_i = (M_i − k)/(M_i − k − 2), standard normal (Patell 1976). It assumes
/// that the event adds no variance and that events are independent.
pub(super) struct Patell;

impl TestStatistic for Patell {
    fn name(&self) -> &'static str {
        "patell"
    }

    fn summary(&self) -> &'static str {
        "sum of standardised CARs; assumes independent events and no extra variance"
    }

    fn reference(&self) -> &'static str {
        "Patell 1976"
    }

    fn needs(&self) -> Needs {
        Needs { standardised: true, ..Needs::default() }
    }

    fn evaluate(&self, sample: &Sample) -> Result<Statistic, Undefined> {
        let events = sample.scar.len();
        at_least(1, events)?;
        let poorest = sample.dof.iter().copied().min().unwrap_or_default();
        if poorest < 3 {
            return Err(Undefined::TooFewDegreesOfFreedom { found: poorest, needed: 3 });
        }
        let variance: f64 = sample.dof.iter().map(|&dof| dof as f64 / (dof as f64 - 2.0)).sum();
        let value = sample.scar.iter().sum::<f64>() / variance.sqrt();
        Ok(Statistic::normal(value, events))
    }
}
