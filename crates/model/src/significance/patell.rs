//! Patell's standardised-residual test.

use super::{Needs, Sample, Statistic, TestStatistic, Undefined, at_least};
use crate::variants::PatellVariance;

/// ΣSCAR/√ΣQ_i with Q_i = (M_i − k)/(M_i − k − 2), standard normal (Patell 1976). It assumes
/// that the event adds no variance and that events are independent. [`PatellVariance`] has other ways
/// to put the Q_i.
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
        let q = |dof: usize| dof as f64 / (dof as f64 - 2.0);
        let sum = sample.scar.iter().sum::<f64>();
        let value = match sample.variants.patell {
            PatellVariance::Pooled => sum / sample.dof.iter().map(|&dof| q(dof)).sum::<f64>().sqrt(),
            PatellVariance::Each => {
                let each = sample.scar.iter().zip(&sample.dof).map(|(scar, &dof)| scar / q(dof).sqrt());
                each.sum::<f64>() / (events as f64).sqrt()
            }
            PatellVariance::Unit => sum / (events as f64).sqrt(),
        };
        Ok(Statistic::normal(value, events))
    }
}
