//! The generalised rank t-test.

use super::{Needs, Sample, Statistic, TestStatistic, Undefined, at_least};
use crate::event_time::DaySums;

/// Z√((T − 2)/(T − 1 − Z²)), t with T − 2 degrees of freedom: Z = Ū₀/S, S² = (1/T)·Σ_τ(n_τ/N)·Ū_τ² over the
/// days of the estimation window with any event and the one point of the window, T in all, Ū_τ the mean
/// over the n_τ events present, U the midrank among an event's M SARs and its SCAR*, over M + 2, less ½,
/// and SCAR* = SCAR/sd(SCAR), N − 1 (Kolari & Pynnönen 2011). S carries the correlation of
/// events with a common day 0, SCAR* allows for variance that the event induces.
pub(super) struct GrankT;

impl TestStatistic for GrankT {
    fn name(&self) -> &'static str {
        "grank_t"
    }

    fn summary(&self) -> &'static str {
        "rank of the standardised CAR among the days before; assumes independent events, or one day 0"
    }

    fn reference(&self) -> &'static str {
        "Kolari & Pynnönen 2011"
    }

    fn needs(&self) -> Needs {
        Needs { generalized_ranks: true, standardised: true, ..Needs::default() }
    }

    fn evaluate(&self, sample: &Sample) -> Result<Statistic, Undefined> {
        let Point { mean, points, ranks } = point(sample)?;
        if points < 3 {
            return Err(Undefined::TooFewDays { found: points, needed: 3 });
        }
        let (t, n) = (points as f64, ranks.events as f64);
        let squares: f64 = ranks.all().map(|(sum, count)| sum / n * (sum / count)).sum();
        let z_squared = mean * mean / (squares / t);
        // Without ranks that vary in the estimation window nothing is left but the point: Z² = T.
        let rest = t - 1.0 - z_squared;
        if squares <= 1e-24 || rest <= 1e-12 * t {
            return Err(Undefined::FlatEstimationWindow);
        }
        let value = mean.signum() * (z_squared * (t - 2.0) / rest).sqrt();
        Ok(Statistic::student_with(points - 2, value, ranks.events))
    }
}

/// The point of the window among the days.
pub(super) struct Point<'a> {
    /// Ū₀
    pub(super) mean: f64,
    /// T: days of the estimation window with any event, and this point.
    pub(super) points: usize,
    /// All sums of ranks.
    pub(super) ranks: &'a DaySums,
}

/// Ū₀ and T, which both generalised rank tests start from.
pub(super) fn point(sample: &Sample) -> Result<Point<'_>, Undefined> {
    let ranks = &sample.event_time.generalized_ranks;
    at_least(2, ranks.events)?;
    // Without a point the SCARs have no cross-sectional deviation to be scaled by.
    let (sum, count) = ranks.present(ranks.tested.clone()).next().ok_or(Undefined::ZeroVariance)?;
    Ok(Point { mean: sum / count, points: ranks.all().count(), ranks })
}
