//! Patell's test for events that cluster in time.

use super::patell::Patell;
use super::{Needs, Sample, Statistic, TestStatistic, Undefined, cluster_factor};

/// `patell`/√(1 + (N − 1)r̄), standard normal (Kolari & Pynnönen 2010), with the overlap-weighted r̄ of
/// [`super::correlation`]. It assumes that the event adds no variance.
pub(super) struct PatellAdjusted;

impl TestStatistic for PatellAdjusted {
    fn name(&self) -> &'static str {
        "patell_adjusted"
    }

    fn summary(&self) -> &'static str {
        "patell corrected for correlation between overlapping events; assumes no extra variance"
    }

    fn reference(&self) -> &'static str {
        "Kolari & Pynnönen 2010"
    }

    fn needs(&self) -> Needs {
        Needs { mean_correlation: true, standardised: true, ..Needs::default() }
    }

    fn evaluate(&self, sample: &Sample) -> Result<Statistic, Undefined> {
        let patell = Patell.evaluate(sample)?;
        let (_, factor) = cluster_factor(sample)?;
        Ok(Statistic::normal(patell.value / factor.sqrt(), patell.events))
    }
}
