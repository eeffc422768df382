//! Abnormal returns of one event: AR, CAR, BHAR, SAR and SCAR, with the full forecast-error
//! correction across the days of a window.

mod whole;

use crate::design::{Design, OwnColumns};
use crate::event::EventPlace;
use crate::expected::Fit;
use crate::variants::ForecastError;
use crate::{Measure, MissingPolicy, Response, ReturnKind, Specification, Window};

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

/// The cumulative abnormal return of a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cumulative {
    /// Days that are in the sum: the length of the window, or fewer with `missing = "available"`.
    pub days: usize,
    /// CAR = ΣAR.
    pub car: f64,
    /// BHAR = Π(1 + R) − Π(1 + E\[R\]), in simple returns whatever the kind (Barber & Lyon 1997);
    /// absent where no return is explained.
    pub bhar: Option<f64>,
    /// Its forecast variance s²(L + 1'X_w(X'X)⁻¹X_w'1), or as [`ForecastError`] says; absent where s² is
    /// zero.
    pub variance: Option<f64>,
    /// SCAR = CAR over the root of its variance; absent where s² is zero.
    pub scar: Option<f64>,
}

/// The event window of one event.
#[derive(Clone, Debug, Default)]
pub struct EventDays {
    days: Vec<Option<EventDay>>,
    /// Calendar index of every day of the window that is on the calendar.
    calendar: Vec<Option<usize>>,
    /// Variance of the error of every day.
    errors: Vec<f64>,
    without_return: usize,
    without_regressor: usize,
    /// Whether a day lost everything, which has no logarithm: no window with it has a sum.
    lost: Vec<bool>,
    rows: Vec<f64>,
    columns: usize,
    row: Vec<f64>,
    expected: Vec<f64>,
    /// Whether nobody needs the SARs of single days.
    without_sars: bool,
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

    /// The days of the event window, in order; `None` where the return or a regressor is missing.
    pub fn days(&self) -> &[Option<EventDay>] {
        &self.days
    }

    /// The calendar index of each day; `None` beyond the calendar.
    pub fn calendar(&self) -> &[Option<usize>] {
        &self.calendar
    }

    pub(crate) fn forecast(
        &mut self,
        specification: &Specification,
        fit: &Fit,
        place: &EventPlace<'_>,
        design: &Design,
        own: &OwnColumns,
    ) {
        if self.forecast_whole(specification, fit, place, design).is_some() {
            return;
        }
        let series = place.series(specification.measure(), specification.returns);
        let spans = specification.trade_to_trade.then(|| place.series(Measure::TradeDays, specification.returns));
        let simple = place.series(specification.measure(), ReturnKind::Simple);
        self.days.clear();
        self.calendar.clear();
        self.errors.clear();
        self.lost.clear();
        self.rows.clear();
        (self.without_return, self.without_regressor) = (0, 0);
        self.columns = fit.coefficients.len();
        let on_calendar = 0..place.market().calendar.len() as i64;
        let wanted = self.wants_sars(specification);
        for tau in specification.event.taus() {
            let day = place.day0 as i64 + i64::from(tau);
            let day = on_calendar.contains(&day).then_some(day as usize);
            self.calendar.push(day);
            let actual = day.map(|day| (day, series.at(day))).filter(|(_, r)| r.is_finite());
            let total_loss = || day.is_some_and(|day| simple.at(day) <= -1.0);
            self.lost.push(actual.is_none() && specification.returns == ReturnKind::Log && total_loss());
            let span = |day: usize| spans.map_or(1, |spans| spans.at(day) as usize);
            let days = actual.map(|(day, _)| day + 1 - span(day)..day + 1);
            let complete = days.filter(|days| design.write_forecast(days.clone(), own, &mut self.row));
            self.without_return += usize::from(actual.is_none());
            self.without_regressor += usize::from(actual.is_some() && complete.is_none());
            match actual.zip(complete) {
                Some(((day, actual), days)) => {
                    let expected = design.risk_free(days.clone()) + fit.predict(&self.row);
                    let error = fit.error_variance(day) * days.len() as f64;
                    let ar = actual - expected;
                    let deviation =
                        if wanted { day_variance(specification, fit, &self.row, error).sqrt() } else { 0.0 };
                    let sar = (deviation > 0.0).then(|| ar / deviation);
                    self.days.push(Some(EventDay { actual, expected, ar, sar }));
                    self.errors.push(error);
                    self.rows.extend_from_slice(&self.row);
                }
                None => {
                    self.days.push(None);
                    self.errors.push(0.0);
                    self.rows.extend(std::iter::repeat_n(0.0, self.columns));
                }
            }
        }
    }

    /// Turns standardised abnormal returns into abnormal volatility: U = SAR²·(ν − 2)/ν, which is one
    /// on average when nothing happens, ν the degrees of freedom of s² (Beaver 1968; Patell 1976 for
    /// the correction). `deviation` is the standard deviation of the same quantity in estimation.
    pub(crate) fn square(&mut self, dof: f64, deviation: f64) {
        for (day, error) in self.days.iter_mut().zip(&mut self.errors) {
            *day = day.and_then(|day| {
                let actual = day.sar? * day.sar? * (dof - 2.0) / dof;
                Some(EventDay { actual, expected: 1.0, ar: actual - 1.0, sar: Some((actual - 1.0) / deviation) })
            });
            *error = deviation * deviation;
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
        let present = self.days.iter().zip(&self.errors).filter(|(day, _)| day.is_some());
        variance > 0.0 && present.into_iter().any(|(_, error)| !(1e-3..=1e4).contains(&(error / variance)))
    }

    /// Does to one day what an event might: its abnormal part is multiplied by `scale` and `effect` is
    /// added. The model is not fitted again; what it expects and its errors stay.
    pub fn disturb(&mut self, specification: &Specification, fit: &Fit, place: usize, scale: f64, effect: f64) {
        let error = self.errors[place];
        let variance = match specification.response {
            Response::Volatility => error,
            _ => day_variance(specification, fit, self.row_of(place), error),
        };
        if let Some(day) = &mut self.days[place] {
            day.ar = scale * day.ar + effect;
            day.actual = day.expected + day.ar;
            day.sar = (variance > 0.0).then(|| day.ar / variance.sqrt());
        }
    }

    /// Number of days without a return, and of days with one but without a regressor.
    pub fn missing(&self) -> (usize, usize) {
        (self.without_return, self.without_regressor)
    }

    /// CAR, BHAR and SCAR over a window inside the event window; `None` where days are missing and
    /// the policy excludes them, or where no day is present.
    pub fn cumulative(&mut self, specification: &Specification, fit: &Fit, window: Window) -> Option<Cumulative> {
        let places = window.within(specification.event);
        let (mut days, mut car, mut held, mut expected, mut errors) = (0_usize, 0.0, 1.0, 1.0, 0.0);
        for place in places.clone() {
            let Some(day) = self.days[place] else { continue };
            days += 1;
            car += day.ar;
            held *= 1.0 + specification.returns.to_simple(day.actual);
            expected *= 1.0 + specification.returns.to_simple(day.expected);
            errors += self.errors[place];
        }
        let enough = match specification.missing {
            MissingPolicy::Exclude => days == window.days(),
            MissingPolicy::Available => days > 0 && !self.lost[places.clone()].contains(&true),
        };
        if !enough {
            return None;
        }
        let variance = match specification.response {
            Response::Volatility => errors,
            _ => self.window_variance(specification.variants.forecast_error, fit, places.clone(), errors),
        };
        let variance = (variance > 0.0).then_some(variance);
        let scar = match specification.variants.forecast_error {
            ForecastError::Summed => {
                let sars = self.days[places].iter().flatten().map(|day| day.sar);
                sars.sum::<Option<f64>>().map(|sum| sum / (days as f64).sqrt())
            }
            _ => variance.map(|variance| car / variance.sqrt()),
        };
        let bhar = specification.response.is_return().then_some(held - expected);
        Some(Cumulative { days, car, bhar, variance, scar })
    }

    /// The row of the design of a day.
    fn row_of(&self, place: usize) -> &[f64] {
        &self.rows[place * self.columns..(place + 1) * self.columns]
    }

    /// Variance of the sum of the abnormal returns of some days, whose error variances sum to `errors`.
    fn window_variance(&mut self, kind: ForecastError, fit: &Fit, places: std::ops::Range<usize>, errors: f64) -> f64 {
        match kind {
            ForecastError::None => errors,
            ForecastError::ByDay => {
                let present = places.filter(|&place| self.days[place].is_some());
                present.map(|place| fit.variance_of_sum(self.row_of(place), self.errors[place])).sum()
            }
            ForecastError::Full | ForecastError::Summed => {
                self.sum_rows(places);
                fit.variance_of_sum(&self.row, errors)
            }
        }
    }

    /// The sum of the rows of some days, in `row`.
    fn sum_rows(&mut self, places: std::ops::Range<usize>) {
        self.row.clear();
        self.row.resize(self.columns, 0.0);
        let rows = &self.rows[places.start * self.columns..places.end * self.columns];
        for row in rows.chunks_exact(self.columns.max(1)) {
            for (sum, x) in self.row.iter_mut().zip(row) {
                *sum += x;
            }
        }
    }
}

/// Variance of the abnormal return of a day with that row of the design.
fn day_variance(specification: &Specification, fit: &Fit, row: &[f64], error: f64) -> f64 {
    match specification.variants.forecast_error {
        ForecastError::None => error,
        _ => fit.variance_of_sum(row, error),
    }
}
