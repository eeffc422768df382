//! The standardised cross-sectional test for events that cluster in time.

use super::{Needs, Sample, Statistic, TestStatistic, Undefined, cluster_factor, cross_sectional};

/// `bmp`·√((1 − r̄)/(1 + (N − 1)r̄)), t with N − 1 degrees of freedom (Kolari & Pynnönen 2010),
/// with the overlap-weighted r̄ of [`super::correlation`]: events that share no calendar day of the
/// window add no correlation.
pub(super) struct BmpKp;

impl TestStatistic for BmpKp {
    fn name(&self) -> &'static str {
        "bmp_kp"
    }

    fn summary(&self) -> &'static str {
        "bmp corrected for correlation between overlapping events; holds its size when they cluster"
    }

    fn reference(&self) -> &'static str {
        "Kolari & Pynnönen 2010"
    }

    fn needs(&self) -> Needs {
        Needs { mean_correlation: true, standardised: true, ..Needs::default() }
    }

    fn evaluate(&self, sample: &Sample) -> Result<Statistic, Undefined> {
        let bmp = cross_sectional(sample, &sample.scar)?;
        let (r, factor) = cluster_factor(sample)?;
        if 1.0 - r <= 1e-12 {
            return Err(Undefined::PerfectCorrelation);
        }
        Ok(Statistic::student(bmp * ((1.0 - r) / factor).sqrt(), sample.scar.len()))
    }
}
