//! The wild cluster bootstrap.

use super::wild::{WildCell, share_as_large};
use super::{Needs, Sample, Statistic, TestStatistic, Undefined};

/// `t_clustered` against its distribution when the CARs of every calendar period are multiplied by one random
/// weight, which imposes the null of no mean (Cameron, Gelbach & Miller 2008, §III.C): Rademacher's ±1, or
/// Webb's (2023) six values with fewer than twelve periods. p = (1 + #{|t*| ≥ |t|})/(B + 1). The weights of a
/// period are the same in every group, window and specification, so the draws of all are joint ones.
pub(super) struct BootstrapWild;

impl TestStatistic for BootstrapWild {
    fn name(&self) -> &'static str {
        "bootstrap_wild"
    }

    fn summary(&self) -> &'static str {
        "t_clustered against random signs of whole periods; assumes independent periods, and hardly rejects with fewer than five"
    }

    fn reference(&self) -> &'static str {
        "Cameron, Gelbach & Miller 2008; Webb 2023"
    }

    fn needs(&self) -> Needs {
        Needs { draws: true, ..Needs::default() }
    }

    fn evaluate(&self, sample: &Sample) -> Result<Statistic, Undefined> {
        let cell = WildCell::new(sample)?;
        let p_value = share_as_large(cell.observed, cell.drawn(0..cell.draws()), cell.draws());
        Ok(Statistic::bootstrap(cell.observed, p_value, sample.car.len()))
    }

    fn joint(&self, sample: &Sample) -> Option<WildCell> {
        WildCell::new(sample).ok()
    }
}
