//! The fast path: least squares on columns that all events of a market share.
//!
//! Σy and Σyx over the estimation window are dot products; (X'X)⁻¹ depends on the days only and is made
//! once per window; a second pass makes the residuals, so that their sum of squares suffers no
//! cancellation. Days without a return or near other events are taken out of X'X again. Where that loses
//! digits, or anything else is unusual, the event takes the general path through a decomposition of its
//! own design: the two agree to 1e-12.

mod columns;
mod gram;
mod lanes;
mod responses;

use std::ops::Range;

use pulp::Arch;

use crate::event::EventPlace;
use crate::expected::{ClosedForm, Fit};
use crate::{Response, Specification};
use columns::{Columns, Inverse};
use lanes::{Line, MOST_COLUMNS, demean, moments, residuals};
use responses::Responses;

/// What the events of one market and specification share.
#[derive(Clone, Debug)]
pub(crate) struct Kernel {
    columns: Columns,
    form: ClosedForm,
}

/// Room for one event after the other.
#[derive(Clone, Debug)]
pub(crate) struct Scratch {
    arch: Arch,
    responses: Responses,
    residuals: Vec<f64>,
    sums: Vec<f64>,
    coefficients: Vec<f64>,
    inverse: Inverse,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            arch: Arch::new(),
            responses: Responses::default(),
            residuals: Vec::new(),
            sums: Vec::new(),
            coefficients: Vec::new(),
            inverse: Inverse::default(),
        }
    }
}

impl Kernel {
    /// The kernel of a specification whose regressors are these on a calendar of `days`; `None` where the
    /// specification is not of its kind.
    pub(crate) fn new(
        specification: &Specification,
        regressors: &[&[f64]],
        risk_free: Option<&[f64]>,
        days: usize,
    ) -> Option<Self> {
        let recipe = &specification.recipe;
        let form = recipe.method.closed_form()?;
        let special = specification.trade_to_trade
            || specification.diagnostics
            || specification.response == Response::Volatility
            || recipe.placebo
            || recipe.forecast.is_some();
        let fits = match form {
            ClosedForm::LeastSquares => recipe.intercept,
            ClosedForm::Given => !recipe.intercept && regressors.len() == 1,
        };
        if special || !fits {
            return None;
        }
        let columns = Columns::new(regressors, risk_free, days, specification.estimation.days())?;
        Some(Self { columns, form })
    }

    /// Fits one event, without its residuals; returns the number of days that count. `None` where the
    /// general path must fit it, with its exclusions and their reasons.
    pub(crate) fn fit(
        &self,
        specification: &Specification,
        place: &EventPlace<'_>,
        scratch: &mut Scratch,
        fit: &mut Fit,
    ) -> Option<usize> {
        let window = place.days(specification.estimation);
        if window.len() != self.columns.length() {
            return None;
        }
        let k = self.columns.values.len() + 1;
        let slices = self.slices(&window);
        let slices = &slices[..k - 1];
        let Scratch { arch, responses, sums, .. } = scratch;
        sums.resize(k, 0.0);
        responses.read(specification, place, &self.columns, &window);
        moments(*arch, &responses.y, slices, sums);
        if !sums[0].is_finite() {
            responses.leave_out_gaps();
            moments(*arch, &responses.y, slices, sums);
        }
        let count = responses.count();
        // Where most days are left out, X'X without them would lose digits.
        if count < specification.minimum_observations || count <= k || 2 * count < window.len() {
            return None;
        }
        match self.form {
            ClosedForm::LeastSquares => self.least_squares(window.start, slices, scratch, fit)?,
            ClosedForm::Given => given(slices, scratch, fit),
        }
        Some(count)
    }

    fn slices(&self, window: &Range<usize>) -> [&[f64]; MOST_COLUMNS] {
        std::array::from_fn(|j| self.columns.values.get(j).map_or(&[][..], |column| &column[window.clone()]))
    }

    fn least_squares(&self, start: usize, slices: &[&[f64]], scratch: &mut Scratch, fit: &mut Fit) -> Option<()> {
        let Scratch { arch, responses, residuals: room, sums, coefficients, inverse: without } = scratch;
        let inverse = match responses.weights() {
            None => self.columns.inverse(start)?,
            Some(_) => {
                self.columns.inverse_without(start, responses.left_out(), without)?;
                without
            }
        };
        let k = slices.len() + 1;
        coefficients.clear();
        for line in inverse.values.chunks_exact(k) {
            coefficients.push(line.iter().zip(sums.iter()).map(|(a, b)| a * b).sum());
        }
        let count = responses.count();
        let line = Line { coefficients, mean: sums[0] / count as f64 };
        room.resize(responses.y.len(), 0.0);
        let about = residuals(*arch, &responses.y, slices, responses.weights(), line, room);
        fit.coefficients.clone_from(coefficients);
        fit.inverse.clone_from(&inverse.values);
        fit.residual_mean = 0.0;
        fit.positive_share = about.positive / count as f64;
        fit.set_sums(count, k, about.squares, about.total + count as f64 * line.mean * line.mean);
        fit.r_squared = (k > 1 && about.total > 0.0).then(|| 1.0 - about.squares / about.total);
        Some(())
    }
}

/// Nothing is estimated: the response less its one column, demeaned.
fn given(slices: &[&[f64]], scratch: &mut Scratch, fit: &mut Fit) {
    let Scratch { arch, responses, residuals: room, sums, .. } = scratch;
    let count = responses.count();
    let line = Line { coefficients: &[0.0, 1.0], mean: sums[0] / count as f64 };
    room.resize(responses.y.len(), 0.0);
    let about = residuals(*arch, &responses.y, slices, responses.weights(), line, room);
    let (mean, squares) = demean(*arch, room, responses.weights(), count as f64);
    fit.coefficients.clear();
    fit.coefficients.push(1.0);
    fit.inverse.clear();
    fit.residual_mean = mean;
    fit.positive_share = about.positive / count as f64;
    fit.set_sums(count, 1, squares, about.total + count as f64 * line.mean * line.mean);
    fit.r_squared = None;
}

impl Scratch {
    /// The days of the last fit and their residuals.
    pub(crate) fn write_residuals(&self, start: usize, days: &mut Vec<usize>, residuals: &mut Vec<f64>) {
        days.clear();
        residuals.clear();
        let weights = self.responses.weights();
        for (place, &residual) in self.residuals.iter().enumerate() {
            if weights.is_none_or(|weights| weights[place] > 0.0) {
                days.push(start + place);
                residuals.push(residual);
            }
        }
    }

    /// First and last day of the last fit.
    pub(crate) fn ends(&self, start: usize) -> (usize, usize) {
        let last = self.responses.y.len() - 1;
        let (first, last) = match self.responses.weights() {
            None => (0, last),
            Some(weights) => (
                weights.iter().position(|&w| w > 0.0).unwrap_or(0),
                weights.iter().rposition(|&w| w > 0.0).unwrap_or(last),
            ),
        };
        (start + first, start + last)
    }
}
