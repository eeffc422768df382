//! Event windows without gaps, of models in closed form: column by column instead of day by day.

use super::{EventDays, day_variance};
use crate::design::Design;
use crate::event::EventPlace;
use crate::expected::Fit;
use crate::panel::Series;
use crate::{Maybe, Specification};

impl EventDays {
    /// Forecasts a window that has every return and every regressor; `None` where one is missing, or the
    /// model has no closed form. The numbers are those of the general way, to the bit.
    pub(super) fn forecast_whole(
        &mut self,
        specification: &Specification,
        fit: &Fit,
        place: &EventPlace<'_>,
        series: Series<'_>,
        design: &Design,
    ) -> Option<()> {
        let kernel = design.kernel()?;
        let window = place.days(specification.event);
        let actual = series.stored(&window)?;
        if window.len() != specification.event.days() {
            return None;
        }
        self.reset(fit.coefficients.len());
        for column in [&mut self.actual, &mut self.expected, &mut self.ars] {
            column.resize(window.len(), Maybe::NONE);
        }
        let into = [&mut self.actual[..], &mut self.expected, &mut self.ars];
        kernel.forecast(&window, &fit.coefficients, actual, into)?;
        self.is_whole = true;
        if self.wants_design(specification) {
            kernel.write_design(&window, &mut self.rows);
            self.errors.resize(window.len(), 0.0);
            self.errors.fill(fit.variance);
        } else {
            self.errors.clear();
            self.rows.clear();
        }
        if self.wants_sars(specification) {
            self.standardise(specification, fit);
        }
        Some(())
    }

    /// The SARs of all days.
    fn standardise(&mut self, specification: &Specification, fit: &Fit) {
        let length = self.len();
        for place in 0..length {
            self.row.clear();
            self.row.extend(self.rows.chunks_exact(length).map(|column| column[place]));
            let deviation = day_variance(specification, fit, &self.row, self.errors[place]).sqrt();
            let ar = self.ars[place].stored();
            self.sars.push(if deviation > 0.0 { Maybe::finite(ar / deviation) } else { Maybe::NONE });
        }
    }
}
