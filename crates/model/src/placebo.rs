//! What would have been found without an event: each donor takes the place of the security in turn
//! (Abadie, Diamond & Hainmueller 2010, §3.4).

use crate::design::OwnColumns;
use crate::event::EventPlace;
use crate::expected::{EstimationSample, Fit};
use crate::{Specification, Window};

/// For each window the share of all units, the security among them, whose SCAR is at least as
/// large in size as the security's: the p-value of its reassignment. `scars` are the security's own.
///
/// A donor is fitted on the other donors. Its fit has no forecast error of coefficients, as the
/// security's has none.
pub(crate) fn shares(
    specification: &Specification,
    sample: &EstimationSample,
    own: &OwnColumns,
    place: &EventPlace<'_>,
    scars: &[Option<f64>],
) -> Vec<Option<f64>> {
    let donors = sample.columns;
    let mut as_large = vec![1_usize; scars.len()];
    let mut units = 1_usize;
    let mut placebo = EstimationSample::default();
    let mut fit = Fit::default();
    for donor in 0..donors {
        reassign(sample, donor, &mut placebo);
        if specification.recipe.method.fit(&placebo, &mut fit).is_err() || fit.variance <= 0.0 {
            continue;
        }
        fit.divide_residuals(specification.variants.residual_divisor);
        units += 1;
        for ((window, scar), count) in specification.windows().zip(scars).zip(&mut as_large) {
            let moved = moved(own, place, donor, &fit, window);
            *count += usize::from(scar.is_some_and(|scar| moved >= scar.abs()));
        }
    }
    let share =
        |(scar, &count): (&Option<f64>, &usize)| scar.filter(|_| units > 1).map(|_| count as f64 / units as f64);
    scars.iter().zip(&as_large).map(share).collect()
}

/// The sample in which a donor is explained by the other donors.
fn reassign(sample: &EstimationSample, donor: usize, placebo: &mut EstimationSample) {
    placebo.days.clone_from(&sample.days);
    placebo.columns = sample.columns - 1;
    placebo.y.clear();
    placebo.y.extend_from_slice(sample.column(donor));
    placebo.x.clear();
    for other in (0..sample.columns).filter(|&other| other != donor) {
        placebo.x.extend_from_slice(sample.column(other));
    }
}

/// The size of a donor's SCAR over a window.
fn moved(own: &OwnColumns, place: &EventPlace<'_>, donor: usize, fit: &Fit, window: Window) -> f64 {
    let others = (0..own.len()).filter(|&other| other != donor);
    let weighted: Vec<(usize, f64)> = others.zip(fit.coefficients.iter().copied()).filter(|(_, w)| *w != 0.0).collect();
    let days = place.days(window);
    let ar = |day: usize| own.at(donor, day) - weighted.iter().map(|&(other, w)| w * own.at(other, day)).sum::<f64>();
    let length = days.len() as f64;
    (days.map(ar).sum::<f64>() / (fit.variance * length).sqrt()).abs()
}
