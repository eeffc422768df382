//! Event windows without gaps, of models in closed form: column by column instead of day by day.

use super::{EventDays, day_variance};
use crate::design::Design;
use crate::event::EventPlace;
use crate::expected::Fit;
use crate::{Maybe, Specification};

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
        self.reset(specification, place, fit.coefficients.len());
        let intercept = design.has_intercept();
        self.rows.resize(if intercept { window.len() } else { 0 }, 1.0);
        for column in columns {
            self.rows.extend_from_slice(&column[window.clone()]);
        }
        let mut slopes = fit.coefficients.iter().zip(self.rows.chunks_exact(window.len()));
        let constant = if intercept { slopes.next().map_or(0.0, |(&constant, _)| constant) } else { 0.0 };
        // In the order of the general way: the sum over the coefficients, then the risk-free return.
        self.errors.resize(window.len(), constant);
        for (slope, column) in slopes {
            for (expected, x) in self.errors.iter_mut().zip(column) {
                *expected += slope * x;
            }
        }
        if let Some(risk_free) = design.risk_free_column() {
            for (expected, rate) in self.errors.iter_mut().zip(&risk_free[window.clone()]) {
                *expected += rate;
            }
        }
        self.expected.extend(self.errors.iter().map(|&expected| Maybe::finite(expected)));
        self.actual.extend(actual.iter().map(|&actual| Maybe::finite(actual)));
        self.ars.extend(actual.iter().zip(&self.errors).map(|(actual, expected)| Maybe::finite(actual - expected)));
        self.errors.fill(fit.variance);
        self.standardise(specification, fit);
        self.ars.iter().all(|ar| ar.is_some()).then_some(())
    }

    /// The SARs of all days, where anybody wants them.
    fn standardise(&mut self, specification: &Specification, fit: &Fit) {
        let length = self.len();
        if !self.wants_sars(specification) {
            self.sars.resize(length, Maybe::NONE);
            return;
        }
        for place in 0..length {
            self.row.clear();
            self.row.extend(self.rows.chunks_exact(length).map(|column| column[place]));
            let deviation = day_variance(specification, fit, &self.row, self.errors[place]).sqrt();
            let ar = self.ars[place].stored();
            self.sars.push(if deviation > 0.0 { Maybe::finite(ar / deviation) } else { Maybe::NONE });
        }
    }
}
