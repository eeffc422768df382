//! Event windows without gaps, of models in closed form: column by column instead of day by day.

use super::{EventDay, EventDays, day_variance};
use crate::Specification;
use crate::design::Design;
use crate::event::EventPlace;
use crate::expected::Fit;

impl EventDays {
    /// Forecasts a window that has every return and every regressor; `None` where one is missing, or the
    /// model has no closed form. The numbers are those of the general way, to the bit.
    pub(super) fn forecast_whole(
        &mut self,
        specification: &Specification,
        fit: &Fit,
        place: &EventPlace<'_>,
        design: &Design,
    ) -> Option<()> {
        let window = place.days(specification.event);
        let columns = design.plain_columns().filter(|_| window.len() == specification.event.days())?;
        let actual = place.series(specification.measure(), specification.returns).stored(&window)?;
        let (intercept, slopes) = match design.has_intercept() {
            true => (fit.coefficients[0], &fit.coefficients[1..]),
            false => (0.0, &fit.coefficients[..]),
        };
        self.expected.clear();
        self.expected.resize(window.len(), intercept);
        for (slope, column) in slopes.iter().zip(columns) {
            for (expected, x) in self.expected.iter_mut().zip(&column[window.clone()]) {
                *expected += slope * x;
            }
        }
        for (expected, day) in self.expected.iter_mut().zip(window.clone()) {
            *expected += design.risk_free_on(day);
        }
        if !self.expected.iter().zip(actual).all(|(expected, actual)| (actual - expected).is_finite()) {
            return None;
        }
        let days = window.len();
        (self.without_return, self.without_regressor) = (0, 0);
        self.columns = fit.coefficients.len();
        self.calendar.clear();
        self.calendar.extend(window.clone().map(Some));
        self.lost.clear();
        self.lost.resize(days, false);
        self.errors.clear();
        self.errors.resize(days, fit.variance);
        self.rows.clear();
        let wanted = self.wants_sars(specification);
        if wanted || specification.windows().next().is_some() {
            for day in window {
                self.rows.extend(design.has_intercept().then_some(1.0));
                self.rows.extend(design.plain_columns().into_iter().flatten().map(|column| column[day]));
            }
        }
        self.days.clear();
        for (place, (&actual, &expected)) in actual.iter().zip(&self.expected).enumerate() {
            let ar = actual - expected;
            let deviation = match wanted {
                false => 0.0,
                true => {
                    let row = &self.rows[place * self.columns..(place + 1) * self.columns];
                    day_variance(specification, fit, row, fit.variance).sqrt()
                }
            };
            let sar = (deviation > 0.0).then(|| ar / deviation);
            self.days.push(Some(EventDay { actual, expected, ar, sar }));
        }
        Some(())
    }
}
