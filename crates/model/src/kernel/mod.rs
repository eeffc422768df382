//! The fast path: least squares on columns that all events of a market share.
//!
//! Σy, Σy² and Σyx over the estimation window are dot products; X'X and its inverse depend on the days only and are
//! made once per window. Sums of squares follow from these, or from residuals that a second pass makes where digits
//! would cancel. Days without a return or near other events are taken out of X'X again. Where that loses
//! digits, or anything else is unusual, the event takes the general path through a decomposition of its
//! own design: the two agree to 1e-12.

mod columns;
mod fitted;
mod forecast;
mod gram;
mod lanes;
mod responses;
mod sums;

use std::ops::Range;

use pulp::Arch;

use crate::event::EventPlace;
use crate::expected::{ClosedForm, Fit};
use crate::panel::Series;
use crate::{Maybe, Response, Specification};
use columns::{Columns, Room};
use fitted::{Days, Residuals, for_columns, given, least_squares};
use forecast::{Forecast, forecast};
use responses::Responses;

/// What the events of one market and specification share.
#[derive(Clone, Debug)]
pub(crate) struct Kernel {
    columns: Columns,
    form: ClosedForm,
    arch: Arch,
}

/// What somebody makes of the residuals of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Nothing but their sum of squares.
    Squares,
    /// How many are positive.
    Signs,
    /// All of them.
    #[default]
    All,
}

/// Room for one event after the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scratch {
    responses: Responses,
    residuals: Vec<f64>,
    without: Room,
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
        let arch = Arch::new();
        let columns = Columns::new(arch, regressors, risk_free, days, specification.estimation.days())?;
        Some(Self { columns, form, arch })
    }

    /// Fits one event and tells the first day of its window; its residuals stay in the scratch where they are asked
    /// for. `None` where the general path must fit it, with its exclusions and their reasons.
    pub(crate) fn fit(
        &self,
        specification: &Specification,
        place: &EventPlace<'_>,
        series: Series<'_>,
        wanted: Wanted,
        scratch: &mut Scratch,
        fit: &mut Fit,
    ) -> Option<usize> {
        let window = place.days(specification.estimation);
        let k = self.columns.values.len() + 1;
        let enough = |count: usize| count >= specification.minimum_observations && count > k;
        if window.len() != self.columns.length() || !enough(window.len()) {
            return None;
        }
        let kept = wanted == Wanted::All;
        scratch.residuals.resize(if kept { window.len() } else { 0 }, 0.0);
        let stored = scratch.responses.read(specification, place, series, &self.columns, &window);
        if self.columns.are_complete(&window) && self.fit_days(&window, stored, wanted, scratch, fit).is_some() {
            return Some(window.start);
        }
        if let Some(stored) = stored {
            scratch.responses.copy(stored);
        }
        scratch.responses.leave_out_gaps();
        let count = scratch.responses.count();
        // Where most days are left out, X'X without them would lose digits.
        if count == window.len() || !enough(count) || 2 * count < window.len() {
            return None;
        }
        self.fit_days(&window, None, wanted, scratch, fit)?;
        Some(window.start)
    }

    /// Fits the days that count. `None` where a response is not finite or the columns say too little.
    fn fit_days(
        &self,
        window: &Range<usize>,
        stored: Option<&[f64]>,
        wanted: Wanted,
        scratch: &mut Scratch,
        fit: &mut Fit,
    ) -> Option<()> {
        let Scratch { responses, residuals, without } = scratch;
        let (count, k) = (responses.count(), self.columns.values.len() + 1);
        let y = stored.unwrap_or(&responses.y);
        let (weights, number) = (responses.weights(), count as f64);
        let residuals = Residuals { counted: wanted != Wanted::Squares, kept: residuals };
        let moments = match weights {
            None => self.columns.moments(window.start),
            Some(_) => self.columns.moments_without(window.start, responses.left_out(), without)?,
        };
        fit.inverse.clear();
        let (fitted, parameters) = match self.form {
            ClosedForm::LeastSquares if moments.inverse.is_empty() => return None,
            ClosedForm::LeastSquares => {
                fit.coefficients.resize(k, 0.0);
                fit.inverse.extend_from_slice(moments.inverse);
                let fitted = for_columns!(k - 1, |K| {
                    let days = Days { y, columns: self.columns.since(window.start), weights, count: number };
                    least_squares::<K>(self.arch, days, moments, &mut fit.coefficients, residuals)
                });
                (fitted?, k)
            }
            ClosedForm::Given => {
                let days = Days { y, columns: self.columns.since(window.start), weights, count: number };
                fit.coefficients.clear();
                fit.coefficients.push(1.0);
                (given(self.arch, days, moments.gram, residuals)?, 1)
            }
        };
        fit.residual_mean = fitted.residual_mean;
        fit.positive_share = fitted.positive / number;
        fit.set_sums(count, parameters, fitted.squares, fitted.responses);
        let explains = self.form == ClosedForm::LeastSquares && k > 1 && fitted.total > 0.0;
        fit.r_squared = explains.then(|| 1.0 - fitted.squares / fitted.total);
        Some(())
    }

    /// Writes what happened on some days, what the coefficients made one expect, and the difference; `None` where a
    /// return or a regressor is missing.
    pub(crate) fn forecast(
        &self,
        days: &Range<usize>,
        coefficients: &[f64],
        actual: &[f64],
        into: [&mut [Maybe]; 3],
    ) -> Option<()> {
        if !self.columns.are_complete(days) {
            return None;
        }
        let risk_free = self.columns.risk_free.as_ref().map(|column| &column[days.start..]);
        let (&constant, slopes) = match self.form {
            ClosedForm::LeastSquares => coefficients.split_first()?,
            ClosedForm::Given => (&0.0, coefficients),
        };
        let finite = for_columns!(slopes.len(), |K| {
            let (slopes, columns) = (*slopes.first_chunk()?, self.columns.since(days.start));
            forecast::<K>(self.arch, Forecast { constant, slopes, columns, risk_free, actual, into })
        });
        finite?.then_some(())
    }

    /// The design on some days, column after column.
    pub(crate) fn write_design(&self, days: &Range<usize>, rows: &mut Vec<f64>) {
        let constants = usize::from(self.form == ClosedForm::LeastSquares);
        rows.resize((constants + self.columns.values.len()) * days.len(), 0.0);
        let (ones, mut rest) = rows.split_at_mut(constants * days.len());
        ones.fill(1.0);
        for column in &self.columns.values {
            let (row, others) = rest.split_at_mut(days.len());
            row.copy_from_slice(&column[days.clone()]);
            rest = others;
        }
    }
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
        let last = self.responses.length() - 1;
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
