//! The rank test on standardised abnormal returns.

use super::rank_corrado::rank_test;
use super::{Needs, Sample, Statistic, TestStatistic, Undefined};

/// `rank_corrado` on SARs, those of the event window first divided by their cross-sectional standard
/// deviation (N − 1) on that day over the events of the group that are present (Corrado & Zivney 1992;
/// Boehmer, Musumeci & Poulsen 1991): variance that the event adds is no surprise. A day on which they do
/// not vary has no ranks.
pub(super) struct RankCorradoZivney;

impl TestStatistic for RankCorradoZivney {
    fn name(&self) -> &'static str {
        "rank_corrado_zivney"
    }

    fn summary(&self) -> &'static str {
        "rank_corrado on standardised returns, allowing for extra variance; assumes the same"
    }

    fn reference(&self) -> &'static str {
        "Corrado & Zivney 1992"
    }

    fn needs(&self) -> Needs {
        Needs { standardised_ranks: true, ..Needs::default() }
    }

    fn evaluate(&self, sample: &Sample) -> Result<Statistic, Undefined> {
        rank_test(sample, &sample.event_time.standardised_ranks)
    }
}
