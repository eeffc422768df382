//! The standardised cross-sectional test.

use super::{Needs, Sample, Statistic, TestStatistic, Undefined, cross_sectional};

/// √N·mean(SCAR)/sd(SCAR), t with N − 1 degrees of freedom (Boehmer, Musumeci & Poulsen 1991). It
/// allows for variance that the event induces, not for correlation across events.
pub(super) struct Bmp;

impl TestStatistic for Bmp {
    fn name(&self) -> &'static str {
        "bmp"
    }

    fn summary(&self) -> &'static str {
        "mean standardised CAR over its cross-sectional error; assumes independent events"
    }

    fn reference(&self) -> &'static str {
        "Boehmer, Musumeci & Poulsen 1991"
    }

    fn needs(&self) -> Needs {
        Needs { standardised: true, ..Needs::default() }
    }

    fn evaluate(&self, sample: &Sample) -> Result<Statistic, Undefined> {
        let value = cross_sectional(sample, &sample.scar)?;
        Ok(Statistic::student(value, sample.scar.len()))
    }
}
