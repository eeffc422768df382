//! The standardised test of two groups whose events cluster in time.

use super::{DifferenceTest, Pair, means};
use crate::sample::Sample;
use crate::significance::{Needs, Statistic, Undefined};

/// (mean₁ − mean₂)/√V of SCARs with V = V₁ + V₂ − 2σ₁σ₂r̄₁₂: Kolari and Pynnönen's (2010) variance of a
/// mean of correlated events, Vₖ = sₖ²/nₖ·(1 + (nₖ − 1)r̄ₖ)/(1 − r̄ₖ), for each group, and the covariance of
/// the two means, with σₖ² = sₖ²/(1 − r̄ₖ), since sₖ² of correlated events is too small by 1 − r̄ₖ. r̄₁₂ is the mean
/// over all pairs between the groups. Degrees of freedom as Welch (1947) has them, of sₖ²/nₖ; without
/// correlation the test is Welch's on SCARs.
///
/// Events on common days move both means alike: then the difference is known better than independent
/// events would have it. Groups with days of their own make it worse.
pub(super) struct Standardised;

impl DifferenceTest for Standardised {
    fn name(&self) -> &'static str {
        "difference_bmp_kp"
    }

    fn summary(&self) -> &'static str {
        "difference of mean standardised CARs, corrected for correlation within and between the groups; holds its size when events cluster"
    }

    fn reference(&self) -> &'static str {
        "Kolari & Pynnönen 2010; Welch 1947"
    }

    fn needs(&self) -> Needs {
        Needs { mean_correlation: true, standardised: true, ..Needs::default() }
    }

    fn evaluate(&self, pair: &Pair) -> Result<Statistic, Undefined> {
        let (first, second) = (&pair.first, &pair.second);
        let means = means(&first.scar, &second.scar)?;
        let few = Undefined::TooFewEvents { found: first.scar.len().min(second.scar.len()), needed: 2 };
        let (Some(r_1), Some(r_2), Some(between)) =
            (first.mean_correlation, second.mean_correlation, pair.between_correlation)
        else {
            return Err(few);
        };
        if 1.0 - r_1.max(r_2) <= 1e-12 {
            return Err(Undefined::PerfectCorrelation);
        }
        let of_mean =
            |sample: &Sample, square: f64, r: f64| square * (1.0 + (sample.scar.len() as f64 - 1.0) * r) / (1.0 - r);
        let deviation = |sample: &Sample, square: f64, r: f64| (square * sample.scar.len() as f64 / (1.0 - r)).sqrt();
        let covariance = deviation(first, means.first, r_1) * deviation(second, means.second, r_2) * between;
        let variance = of_mean(first, means.first, r_1) + of_mean(second, means.second, r_2) - 2.0 * covariance;
        // What is left of two equal sums is rounding.
        if variance <= 1e-12 * (means.first + means.second) {
            return Err(Undefined::NegativeDifferenceVariance { within: [r_1, r_2], between });
        }
        let events = first.scar.len() + second.scar.len();
        Ok(Statistic::student_of(means.dof, means.difference / variance.sqrt(), events))
    }
}
