//! What one event adds to the sums in event time.

use super::layout::{EventResiduals, Layout};
use super::midranks::{DayValue, midrank_of, midranks, sort};

/// The values of one event, by day in event time; those that no test needs are empty.
pub(super) struct EventValues {
    /// Places of the tested windows for which the event is valid.
    pub(super) windows: Vec<usize>,
    /// Abnormal returns, the residuals first.
    pub(super) abnormal: Vec<DayValue>,
    /// Centred ranks of the abnormal returns.
    pub(super) ranks: Vec<DayValue>,
    /// Centred ranks of the standardised abnormal returns in the group that was entered last.
    pub(super) standardised: Vec<DayValue>,
    /// Centred ranks of the estimation window's SARs before a point joins them.
    pub(super) generalized: Vec<DayValue>,
    /// The estimation window's SARs by day, below every number where there is none.
    pub(super) dense: Vec<f64>,
    /// What the SCAR of the event is multiplied with for the jackknife.
    pub(super) jackknife: Option<f64>,
    /// The estimation window's SARs, sorted; `None` where the residuals do not vary.
    sars: Option<Vec<DayValue>>,
    /// SARs of the event window.
    event_sars: Vec<DayValue>,
    /// SCAR of each of `windows`.
    scars: Vec<Option<f64>>,
}

/// The point that stands for a window among the estimation window's SARs.
#[derive(Clone, Copy)]
pub(super) struct Point {
    /// SCAR over the cross-sectional standard deviation of SCARs.
    pub(super) value: f64,
    /// Its centred rank.
    pub(super) rank: f64,
    /// What one rank is worth.
    pub(super) step: f64,
}

impl EventValues {
    pub(super) fn new(layout: &Layout<'_>, residuals: &EventResiduals<'_>) -> Self {
        let (results, event) = (layout.results, residuals.event);
        let (mut windows, mut scars) = (Vec::new(), Vec::new());
        for (index, (_, place)) in layout.windows.iter().enumerate() {
            let (car, scar) = place.cumulative(results, event);
            if car.is_some() {
                windows.push(index);
                scars.push(scar.get());
            }
        }
        let scale = layout.scale(residuals).filter(|_| scars.iter().all(Option::is_some));
        let mut values = Self {
            windows,
            scars,
            abnormal: Vec::new(),
            ranks: Vec::new(),
            standardised: Vec::new(),
            generalized: Vec::new(),
            dense: Vec::new(),
            jackknife: scale.and_then(|_| jackknife(residuals.residuals, results.figures[event].dof as usize)),
            sars: None,
            event_sars: Vec::new(),
        };
        if layout.needs.abnormal_sums {
            // A perfect fit leaves rounding errors for residuals: they count as the zeros that they are.
            let of = |r: f64| if scale.is_some() { r } else { 0.0 };
            values.abnormal = layout.by_day(residuals).map(|(day, r)| (day, of(r))).collect();
            values.abnormal.extend(event_window(layout, |day| results.ar(event, day).get()));
        }
        if let Some(scale) = scale.filter(|_| layout.needs.any_ranks()) {
            values.rank(layout, residuals, scale);
        }
        values
    }

    fn rank(&mut self, layout: &Layout<'_>, residuals: &EventResiduals<'_>, scale: f64) {
        let (results, event) = (layout.results, residuals.event);
        let mut sorted: Vec<DayValue> = layout.by_day(residuals).collect();
        sort(&mut sorted);
        if layout.needs.ranks {
            let mut ars: Vec<DayValue> = event_window(layout, |day| results.ar(event, day).get()).collect();
            sort(&mut ars);
            self.ranks = centred(midranks(&sorted, &ars), 1);
        }
        // Division by a positive number keeps the order.
        sorted.iter_mut().for_each(|(_, residual)| *residual /= scale);
        if layout.needs.standardised_ranks {
            self.event_sars = event_window(layout, |day| results.sar(event, day).get()).collect();
        }
        if layout.needs.generalized_ranks {
            self.generalized = centred(midranks(&sorted, &[]), 2);
            self.dense = vec![f64::NEG_INFINITY; layout.specification.estimation.days()];
            sorted.iter().for_each(|&(day, sar)| self.dense[day] = sar);
        }
        self.sars = Some(sorted);
    }

    /// Whether the event takes part in rank tests.
    pub(super) fn is_ranked(&self) -> bool {
        self.sars.is_some()
    }

    /// Ranks the standardised abnormal returns as a group scales them.
    pub(super) fn enter(&mut self, layout: &Layout<'_>, group: usize) {
        let Some(sars) = self.sars.as_ref().filter(|_| layout.needs.standardised_ranks) else { return };
        let before = layout.specification.estimation.days();
        let scaled = |&(day, sar): &DayValue| Some((day, sar / layout.day_deviations[group][day - before]?));
        let mut scaled: Vec<DayValue> = self.event_sars.iter().filter_map(scaled).collect();
        sort(&mut scaled);
        self.standardised = centred(midranks(sars, &scaled), 1);
    }

    /// For every window the point that stands for it in a group; a window whose SCARs do not vary has none.
    pub(super) fn points(&self, layout: &Layout<'_>, group: usize) -> impl Iterator<Item = (usize, Point)> {
        let sars = self.sars.as_deref().filter(|_| layout.needs.generalized_ranks).unwrap_or_default();
        let step = 1.0 / (sars.len() as f64 + 2.0);
        let windows = self.windows.iter().zip(&self.scars).filter(|_| !sars.is_empty());
        windows.filter_map(move |(&window, scar)| {
            let value = (*scar)? / layout.window_deviations[group][window]?;
            Some((window, Point { value, rank: midrank_of(value, sars) * step - 0.5, step }))
        })
    }
}

/// Values of the event window by day, counted from the first day of the estimation window.
fn event_window(layout: &Layout<'_>, value: impl Fn(usize) -> Option<f64>) -> impl Iterator<Item = DayValue> {
    let before = layout.specification.estimation.days();
    (0..layout.specification.event.days()).filter_map(move |day| Some((before + day, value(day)?)))
}

/// U = rank/(n + `more`) − ½ for n ranks.
fn centred(mut ranks: Vec<DayValue>, more: usize) -> Vec<DayValue> {
    let highest = (ranks.len() + more) as f64;
    ranks.iter_mut().for_each(|(_, rank)| *rank = *rank / highest - 0.5);
    ranks
}

/// M − ((M − 1)/M)·Σ_j s/s₍₋ⱼ₎, s₍₋ⱼ₎² the residual variance without the residual of day j: what makes of
/// a SCAR the mean of its leave-one-day pseudo-values. `None` where a day holds all of the variance.
fn jackknife(residuals: &[f64], dof: usize) -> Option<f64> {
    if dof < 2 {
        return None;
    }
    let (m, nu) = (residuals.len() as f64, dof as f64);
    let total: f64 = residuals.iter().map(|r| r * r).sum();
    let ratios = residuals.iter().map(|r| {
        let rest = total - r * r;
        (rest > 1e-14 * total).then(|| (total / nu * ((nu - 1.0) / rest)).sqrt())
    });
    Some(m - (m - 1.0) / m * ratios.sum::<Option<f64>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Residuals ±1 and ±2 with ν = 3: s² = 10/3, without a 1 it is 9/2, without a 2 it is 6/2.
    #[test]
    fn the_jackknife_by_hand() {
        let got = jackknife(&[1.0, -1.0, 2.0, -2.0], 3).expect("every day has a part");
        let ratios = 2.0 * (20.0_f64 / 27.0).sqrt() + 2.0 * (20.0_f64 / 18.0).sqrt();
        assert!((got - (4.0 - 0.75 * ratios)).abs() < 1e-15, "{got}");
        assert_eq!(jackknife(&[1.0, -1.0, 2.0], 1), None);
        assert_eq!(jackknife(&[0.0, 3.0, 0.0, 0.0], 3), None);
        assert_eq!(jackknife(&[0.0; 4], 3), None);
    }
}
