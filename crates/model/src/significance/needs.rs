//! What statistics need to be prepared.

use super::TestStatistic;

/// What a statistic needs beyond cumulative abnormal returns; prepared only when a test asks for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The overlap-weighted mean correlation r̄ of the estimation residuals.
    pub mean_correlation: bool,
    /// Standardised CARs.
    pub standardised: bool,
    /// Random draws, which only declared windows have.
    pub draws: bool,
    /// Statistics of moved events, which only declared windows have.
    pub permutations: bool,
    /// Sums of abnormal returns by day in event time.
    pub abnormal_sums: bool,
    /// Sums of ranks of abnormal returns.
    pub ranks: bool,
    /// Sums of ranks of standardised abnormal returns.
    pub standardised_ranks: bool,
    /// Sums of ranks of the estimation window and of a point for the tested window.
    pub generalized_ranks: bool,
    /// Pseudo-values of standardised CARs.
    pub jackknife: bool,
}

impl Needs {
    /// What any of some tests needs.
    pub fn of(tests: &[&dyn TestStatistic]) -> Self {
        tests.iter().map(|test| test.needs()).fold(Self::default(), Self::or)
    }

    /// What either needs.
    pub fn or(self, other: Self) -> Self {
        Self {
            mean_correlation: self.mean_correlation || other.mean_correlation,
            standardised: self.standardised || other.standardised,
            draws: self.draws || other.draws,
            permutations: self.permutations || other.permutations,
            abnormal_sums: self.abnormal_sums || other.abnormal_sums,
            ranks: self.ranks || other.ranks,
            standardised_ranks: self.standardised_ranks || other.standardised_ranks,
            generalized_ranks: self.generalized_ranks || other.generalized_ranks,
            jackknife: self.jackknife || other.jackknife,
        }
    }

    /// Whether ranks within events are needed.
    pub fn any_ranks(self) -> bool {
        self.ranks || self.standardised_ranks || self.generalized_ranks
    }

    /// Whether sums in event time are needed.
    pub fn event_time(self) -> bool {
        self.abnormal_sums || self.any_ranks() || self.jackknife
    }

    /// Whether more is needed than what is tested itself: buy-and-hold abnormal returns have neither
    /// daily parts nor a standard deviation of their own.
    pub fn parts(self) -> bool {
        self.standardised || self.event_time()
    }
}
