//! Abnormal returns of one event: AR, CAR, BHAR, SAR and SCAR, with the full forecast-error
//! correction across the days of a window.

mod cumulative;
mod whole;

use std::ops::Range;

pub use cumulative::Cumulative;

use crate::design::{Design, OwnColumns};
use crate::event::EventPlace;
use crate::expected::Fit;
use crate::panel::Series;
use crate::variants::ForecastError;
use crate::{Maybe, Measure, Response, ReturnKind, Specification};

/// One day of the event window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventDay {
    /// The return, or whatever else the specification explains.
    pub actual: f64,
    /// What the model expects of it.
    pub expected: f64,
    /// AR = actual − expected.
    pub ar: f64,
    /// SAR = AR/√(s²(1 + x'(X'X)⁻¹x)), or as [`ForecastError`] says; absent where s² is zero.
    pub sar: Option<f64>,
}

/// The event window of one event, column by column.
#[derive(Clone, Debug, Default)]
pub struct EventDays {
    /// Returns, with the next two columns absent where the return or a regressor is missing.
    pub(crate) actual: Vec<Maybe>,
    /// Expected returns.
    pub(crate) expected: Vec<Maybe>,
    /// ARs.
    pub(crate) ars: Vec<Maybe>,
    /// SARs.
    pub(crate) sars: Vec<Maybe>,
    /// Variance of the error of every day.
    errors: Vec<f64>,
    without_return: usize,
    without_regressor: usize,
    /// Whether a day lost everything, which has no logarithm: no window with it has a sum. Empty for
    /// whole windows.
    lost: Vec<bool>,
    /// The design on these days, column after column; zero on days that are missing.
    rows: Vec<f64>,
    columns: usize,
    row: Vec<f64>,
    /// Whether nobody needs the SARs of single days.
    without_sars: bool,
    /// Whether it is known that every day has all its numbers.
    is_whole: bool,
}

impl EventDays {
    /// No days yet; with the SARs of single days, or without where neither squares nor sums of
    /// them are asked for.
    pub(crate) fn standardised(with_sars: bool) -> Self {
        Self { without_sars: !with_sars, ..Self::default() }
    }

    /// Whether anything is made of the SARs of single days.
    fn wants_sars(&self, specification: &Specification) -> bool {
        let (squared, summed) = (Response::Volatility, ForecastError::Summed);
        !self.without_sars || specification.response == squared || specification.variants.forecast_error == summed
    }

    /// Whether the design of the days stands behind anything: variances of single days or of windows.
    fn wants_design(&self, specification: &Specification) -> bool {
        self.wants_sars(specification) || specification.windows().next().is_some()
    }

    /// Number of days.
    pub fn len(&self) -> usize {
        self.ars.len()
    }

    /// Whether there is no day.
    pub fn is_empty(&self) -> bool {
        self.ars.is_empty()
    }

    /// A day of the event window; `None` where the return or a regressor is missing.
    pub fn day(&self, place: usize) -> Option<EventDay> {
        let (actual, expected) = (self.actual[place].get()?, self.expected[place].get()?);
        let sar = self.sars.get(place).and_then(|sar| sar.get());
        Some(EventDay { actual, expected, ar: self.ars[place].get()?, sar })
    }

    /// The days of the event window, in order.
    pub fn days(&self) -> impl Iterator<Item = Option<EventDay>> {
        (0..self.len()).map(|place| self.day(place))
    }

    /// Starts afresh, with so many columns of the design.
    fn reset(&mut self, columns: usize) {
        self.is_whole = false;
        self.sars.clear();
        self.lost.clear();
        self.columns = columns;
        (self.without_return, self.without_regressor) = (0, 0);
    }

    pub(crate) fn forecast(
        &mut self,
        specification: &Specification,
        fit: &Fit,
        place: &EventPlace<'_>,
        series: Series<'_>,
        design: &Design,
        own: &OwnColumns,
    ) {
        if self.forecast_whole(specification, fit, place, series, design).is_some() {
            return;
        }
        let spans = specification.trade_to_trade.then(|| place.series(Measure::TradeDays, specification.returns));
        let simple = place.series(specification.measure(), ReturnKind::Simple);
        self.reset(fit.coefficients.len());
        for column in [&mut self.actual, &mut self.expected, &mut self.ars] {
            column.clear();
        }
        self.errors.clear();
        self.rows.clear();
        let length = specification.event.days();
        self.rows.resize(length * self.columns, 0.0);
        let first = place.day0 as i64 + i64::from(specification.event.first());
        let on_calendar = 0..place.market().calendar.len() as i64;
        let wanted = self.wants_sars(specification);
        for (index, day) in (first..).take(length).enumerate() {
            let day = on_calendar.contains(&day).then_some(day as usize);
            let actual = day.map(|day| (day, series.at(day))).filter(|(_, r)| r.is_finite());
            let total_loss = || day.is_some_and(|day| simple.at(day) <= -1.0);
            self.lost.push(actual.is_none() && specification.returns == ReturnKind::Log && total_loss());
            let span = |day: usize| spans.map_or(1, |spans| spans.at(day) as usize);
            let days = actual.map(|(day, _)| day + 1 - span(day)..day + 1);
            let complete = days.filter(|days| design.write_forecast(days.clone(), own, &mut self.row));
            self.without_return += usize::from(actual.is_none());
            self.without_regressor += usize::from(actual.is_some() && complete.is_none());
            let Some(((day, actual), days)) = actual.zip(complete) else {
                self.push(None, 0.0);
                continue;
            };
            let expected = design.risk_free(days.clone()) + fit.predict(&self.row);
            let error = fit.error_variance(day) * days.len() as f64;
            let ar = actual - expected;
            let deviation = if wanted { day_variance(specification, fit, &self.row, error).sqrt() } else { 0.0 };
            let sar = (deviation > 0.0).then(|| ar / deviation);
            self.push(Some(EventDay { actual, expected, ar, sar }), error);
            for (column, x) in self.row.iter().enumerate() {
                self.rows[column * length + index] = *x;
            }
        }
    }

    fn push(&mut self, day: Option<EventDay>, error: f64) {
        self.actual.push(day.map(|day| day.actual).into());
        self.expected.push(day.map(|day| day.expected).into());
        self.ars.push(day.map(|day| day.ar).into());
        self.sars.push(day.and_then(|day| day.sar).into());
        self.errors.push(error);
    }

    fn set(&mut self, place: usize, day: Option<EventDay>) {
        self.actual[place] = day.map(|day| day.actual).into();
        self.expected[place] = day.map(|day| day.expected).into();
        self.ars[place] = day.map(|day| day.ar).into();
        if let Some(sar) = self.sars.get_mut(place) {
            *sar = day.and_then(|day| day.sar).into();
        }
    }

    /// Turns standardised abnormal returns into abnormal volatility: U = SAR²·(ν − 2)/ν, which is one
    /// on average when nothing happens, ν the degrees of freedom of s² (Beaver 1968; Patell 1976 for
    /// the correction). `deviation` is the standard deviation of the same quantity in estimation.
    pub(crate) fn square(&mut self, dof: f64, deviation: f64) {
        self.is_whole = false;
        for place in 0..self.len() {
            let squared = self.day(place).and_then(|day| {
                let actual = day.sar? * day.sar? * (dof - 2.0) / dof;
                Some(EventDay { actual, expected: 1.0, ar: actual - 1.0, sar: Some((actual - 1.0) / deviation) })
            });
            self.set(place, squared);
            self.errors[place] = deviation * deviation;
        }
        // No coefficient stands behind an expectation of one.
        self.columns = 0;
    }

    /// Days on which everything was lost, where logarithms cannot say so.
    pub fn total_losses(&self) -> usize {
        self.lost.iter().filter(|&&lost| lost).count()
    }

    /// Whether the error variance of a day is beyond a thousand times that of the estimation window, or
    /// below a thousandth: forecasts of a variance that has no level.
    pub(crate) fn errors_stray(&self, variance: f64) -> bool {
        let present = self.ars.iter().zip(&self.errors).filter(|(ar, _)| ar.is_some());
        variance > 0.0 && present.into_iter().any(|(_, error)| !(1e-3..=1e4).contains(&(error / variance)))
    }

    /// Does to one day what an event might: its abnormal part is multiplied by `scale` and `effect` is
    /// added. The model is not fitted again; what it expects and its errors stay.
    pub fn disturb(&mut self, specification: &Specification, fit: &Fit, place: usize, scale: f64, effect: f64) {
        let error = self.errors[place];
        let variance = match specification.response {
            Response::Volatility => error,
            _ if specification.variants.forecast_error == ForecastError::None => error,
            _ => self.variance_of_sum(fit, place..place + 1, error),
        };
        if let Some(mut day) = self.day(place) {
            day.ar = scale * day.ar + effect;
            day.actual = day.expected + day.ar;
            day.sar = (variance > 0.0).then(|| day.ar / variance.sqrt());
            self.set(place, Some(day));
            self.is_whole &= self.ars[place].is_some() && self.actual[place].is_some();
        }
    }

    /// Whether it is known that no day misses anything.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Number of days without a return, and of days with one but without a regressor.
    pub fn missing(&self) -> (usize, usize) {
        (self.without_return, self.without_regressor)
    }

    /// [`Fit::variance_of_sum`] of some days, the rows of whose design are summed.
    fn variance_of_sum(&mut self, fit: &Fit, places: Range<usize>, errors: f64) -> f64 {
        let length = self.len();
        debug_assert!(self.rows.len() >= self.columns * length, "the design of the days was kept");
        self.row.resize(self.columns, 0.0);
        let mut rest = &self.rows[..];
        for sum in &mut self.row {
            let (column, others) = rest.split_at(length);
            *sum = column[places.clone()].iter().sum();
            rest = others;
        }
        fit.variance_of_sum(&self.row, errors)
    }
}

/// Variance of the abnormal return of a day with that row of the design.
fn day_variance(specification: &Specification, fit: &Fit, row: &[f64], error: f64) -> f64 {
    match specification.variants.forecast_error {
        ForecastError::None => error,
        _ => fit.variance_of_sum(row, error),
    }
}
