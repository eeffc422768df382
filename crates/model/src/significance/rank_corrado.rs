//! The rank test.

use super::{Needs, Sample, Statistic, TestStatistic, Undefined, at_least};
use crate::event_time::DaySums;

/// ΣZ_τ/√L over the window, standard normal: Z_τ = n_τ^(−½)·ΣU_iτ/S, S² = (1/T)·Σ_τ(n_τ^(−½)·ΣU_iτ)² over
/// the T days of estimation and event window with any event, U the midrank of the abnormal return among
/// the event's own T_i days over T_i + 1, less ½ (Corrado 1989; n_τ and T_i for missing days: Corrado &
/// Zivney 1992). S carries the correlation of events with a common day 0.
pub(super) struct RankCorrado;

/// Sums of ranks below this are rounding errors of zero: one rank is worth at least 1/(T + 1).
const ROUNDING: f64 = 1e-12;

impl TestStatistic for RankCorrado {
    fn name(&self) -> &'static str {
        "rank_corrado"
    }

    fn summary(&self) -> &'static str {
        "ranks of abnormal returns within each event; assumes independent events, or one day 0"
    }

    fn reference(&self) -> &'static str {
        "Corrado 1989; Corrado & Zivney 1992"
    }

    fn needs(&self) -> Needs {
        Needs { ranks: true, ..Needs::default() }
    }

    fn evaluate(&self, sample: &Sample) -> Result<Statistic, Undefined> {
        rank_test(sample, &sample.event_time.ranks)
    }
}

/// The statistic from sums of centred ranks, of the window whose sample this is. Ranks of an event count on
/// the days that it has, whether or not it is valid for the window.
pub(super) fn rank_test(sample: &Sample, ranks: &DaySums) -> Result<Statistic, Undefined> {
    at_least(1, sample.car.len().min(ranks.events))?;
    let scaled = |(sum, count): (f64, f64)| sum / count.sqrt();
    let (squares, days) = ranks.all().map(scaled).fold((0.0, 0), |(sum, days), z| (sum + z * z, days + 1));
    let (total, length) =
        ranks.present(ranks.tested.clone()).map(scaled).fold((0.0, 0), |(sum, days), z| (sum + z, days + 1));
    if length == 0 {
        // The days of the window had no cross-sectional deviation to be scaled by.
        at_least(2, ranks.events)?;
        return Err(Undefined::ZeroVariance);
    }
    let deviation = (squares / f64::from(days)).sqrt();
    if deviation <= ROUNDING {
        return Err(Undefined::FlatEstimationWindow);
    }
    Ok(Statistic::normal(total / f64::from(length).sqrt() / deviation, sample.car.len()))
}
