//! The t-test of two means with variances of their own.

use super::{DifferenceTest, Pair, means};
use crate::significance::{Statistic, Undefined};

/// (mean₁ − mean₂)/√(s₁²/n₁ + s₂²/n₂) of CARs, t with the degrees of freedom of Welch (1947).
pub(super) struct Welch;

impl DifferenceTest for Welch {
    fn name(&self) -> &'static str {
        "difference_welch"
    }

    fn summary(&self) -> &'static str {
        "difference of mean CARs with variances of their own; assumes independent events"
    }

    fn reference(&self) -> &'static str {
        "Welch 1947"
    }

    fn evaluate(&self, pair: &Pair) -> Result<Statistic, Undefined> {
        let means = means(&pair.first.car, &pair.second.car)?;
        let value = means.difference / (means.first + means.second).sqrt();
        Ok(Statistic::student_of(means.dof, value, pair.events()))
    }
}
