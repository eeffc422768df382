//! The jackknife test.

use super::{Needs, Sample, Statistic, TestStatistic, Undefined, cross_sectional};

/// √N·mean(θ̂)/sd(θ̂), t with N − 1 degrees of freedom, θ̂_i the jackknife estimate of the standardised CAR
/// (after Giaccotto & Sfiridis 1996; pseudo-values: Tukey 1958). With θ_i = SCAR_i and θ_i₍₋ⱼ₎ the same
/// with the residual of estimation day j left out of the variance,
///
/// s₍₋ⱼ₎² = (Σε² − ε_j²)/(M − k − 1), θ_i₍₋ⱼ₎ = θ_i·s/s₍₋ⱼ₎,
///
/// the pseudo-values are Mθ_i − (M − 1)θ_i₍₋ⱼ₎ and θ̂_i is their mean over the M days: SCAR_i times a
/// number of the event, M − ((M − 1)/M)·Σ_j s/s₍₋ⱼ₎. The coefficients are not estimated again, so the
/// CAR and its forecast error stay. An event whose variance rests on one day has no pseudo-value.
pub(super) struct Jackknife;

impl TestStatistic for Jackknife {
    fn name(&self) -> &'static str {
        "jackknife"
    }

    fn summary(&self) -> &'static str {
        "bmp on standardised CARs less the bias of their estimated variance; assumes independent events"
    }

    fn reference(&self) -> &'static str {
        "Giaccotto & Sfiridis 1996"
    }

    fn needs(&self) -> Needs {
        Needs { jackknife: true, standardised: true, ..Needs::default() }
    }

    fn evaluate(&self, sample: &Sample) -> Result<Statistic, Undefined> {
        let value = cross_sectional(sample, &sample.pseudo_value)?;
        Ok(Statistic::student(value, sample.pseudo_value.len()))
    }
}
