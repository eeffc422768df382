//! The cross-sectional t-test.

use super::{Sample, Statistic, TestStatistic, Undefined, cross_sectional};

/// √N·mean(CAR)/sd(CAR), t with N − 1 degrees of freedom (the ordinary
/// cross-sectional method of Boehmer, Musumeci & Poulsen 1991). It allows
/// for variance that the event induces, not for correlation across events.
pub(super) struct TCrossSectional;

impl TestStatistic for TCrossSectional {
    fn name(&self) -> &'static str {
        "t_cross_sectional"
    }

    fn summary(&self) -> &'static str {
        "mean CAR over its cross-sectional error; assumes independent events"
    }

    fn reference(&self) -> &'static str {
        "Boehmer, Musumeci & Poulsen 1991"
    }

    fn evaluate(&self, sample: &Sample) -> Result<Statistic, Undefined> {
        let value = cross_sectional(sample, &sample.car)?;
        Ok(Statistic::student(value, sample.car.len()))
    }
}
