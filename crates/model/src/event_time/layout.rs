//! What is summed in event time, and how standardised returns are scaled across the events of a group.

use std::ops::Range;

use super::midranks::DayValue;
use crate::groups::Group;
use crate::results::Results;
use crate::sample::TestedWindow;
use crate::significance::{Needs, mean_and_deviation, varied};
use crate::{Response, Specification, Window};

/// The residuals of an event.
#[derive(Clone, Copy, Debug)]
pub struct EventResiduals<'a> {
    /// Place of the event in the results.
    pub event: usize,
    /// Calendar index of day 0.
    pub day0: usize,
    /// Calendar indices of the estimation days.
    pub days: &'a [usize],
    /// Residuals on them.
    pub residuals: &'a [f64],
}

/// What is summed in event time for one specification.
pub struct Layout<'a> {
    /// The specification.
    pub specification: &'a Specification,
    /// Its results.
    pub results: &'a Results,
    /// What the tests need.
    pub needs: Needs,
    pub(super) windows: Vec<(Window, TestedWindow)>,
    /// For every group and day of the event window the cross-sectional deviation of the SARs.
    pub(super) day_deviations: Vec<Vec<Option<f64>>>,
    /// For every group and tested window the cross-sectional deviation of the SCARs.
    pub(super) window_deviations: Vec<Vec<Option<f64>>>,
}

impl<'a> Layout<'a> {
    /// Sums for these needs.
    pub fn new(specification: &'a Specification, results: &'a Results, groups: &[Group], needs: Needs) -> Self {
        let windows = TestedWindow::all(specification);
        let days: Vec<TestedWindow> = (0..specification.event.days()).map(TestedWindow::Day).collect();
        let tested: Vec<TestedWindow> = windows.iter().map(|&(_, place)| place).collect();
        let deviations = |wanted: bool, places: &[TestedWindow]| -> Vec<Vec<Option<f64>>> {
            let of = |group: &Group| places.iter().map(|&place| deviation(results, &group.members, place)).collect();
            if wanted { groups.iter().map(of).collect() } else { Vec::new() }
        };
        let day_deviations = deviations(needs.standardised_ranks, &days);
        let window_deviations = deviations(needs.generalized_ranks, &tested);
        Self { specification, results, needs, windows, day_deviations, window_deviations }
    }

    /// Places of the days of a tested window among those of both windows.
    pub(super) fn tested_days(&self, window: usize) -> Range<usize> {
        let within = self.windows[window].0.within(self.specification.event);
        let before = self.specification.estimation.days();
        before + within.start..before + within.end
    }

    /// Abnormal returns of the estimation window by day in event time, counted from its first day. Where
    /// residuals were demeaned the mean is back: event days have theirs too.
    pub(super) fn by_day<'r>(&self, residuals: &'r EventResiduals<'_>) -> impl Iterator<Item = DayValue> + use<'r> {
        let first = residuals.day0 as i64 + i64::from(self.specification.estimation.first());
        let days = residuals.days.iter().map(move |&day| (day as i64 - first) as usize);
        let mean = self.results.figures[residuals.event].residual_mean;
        days.zip(residuals.residuals.iter().map(move |residual| residual + mean))
    }

    /// What the residuals of an event are divided by to become standardised: s, or with abnormal
    /// volatility their own standard deviation; `None` where it is zero.
    pub(super) fn scale(&self, residuals: &EventResiduals<'_>) -> Option<f64> {
        let sigma = self.results.figures[residuals.event].sigma.get();
        let scale = match self.specification.response {
            Response::Volatility => sigma.map(|_| mean_and_deviation(residuals.residuals).1),
            _ => sigma,
        };
        scale.filter(|&scale| scale > 0.0)
    }
}

/// The cross-sectional standard deviation (N − 1) of SCARs; `None` where they do not vary.
fn deviation(results: &Results, members: &[usize], place: TestedWindow) -> Option<f64> {
    let scars: Vec<f64> = members.iter().filter_map(|&event| place.cumulative(results, event).1.get()).collect();
    varied(&scars).ok().map(|(_, deviation)| deviation)
}
