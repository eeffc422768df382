//! Abnormal returns of one event: AR, CAR, BHAR, SAR and SCAR, with the full forecast-error
//! correction across the days of a window.

use crate::event::EventPlace;
use crate::expected::Fit;
use crate::{MissingPolicy, Specification, Window};

/// The design on a day of the event window.
pub(crate) struct EventDesign<'a> {
    /// Risk-free return of a day; zero for models of raw returns.
    pub(crate) risk_free: &'a dyn Fn(usize) -> f64,
    /// Writes the row of a day; whether all of it is finite.
    pub(crate) row: &'a dyn Fn(usize, &mut Vec<f64>) -> bool,
}

/// One day of the event window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventDay {
    /// The return.
    pub actual: f64,
    /// The return that the model expects.
    pub expected: f64,
    /// AR = actual − expected.
    pub ar: f64,
    /// SAR = AR/√(s²(1 + x'(X'X)⁻¹x)); absent where s² is zero.
    pub sar: Option<f64>,
}

/// The cumulative abnormal return of a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cumulative {
    /// Days that are in the sum: the length of the window, or fewer with `missing = "available"`.
    pub days: usize,
    /// CAR = ΣAR.
    pub car: f64,
    /// BHAR = Π(1 + R) − Π(1 + E\[R\]), in simple returns whatever the kind
    /// (Barber & Lyon 1997).
    pub bhar: f64,
    /// SCAR = CAR/√(s²(L + 1'X_w(X'X)⁻¹X_w'1)); absent where s² is zero.
    pub scar: Option<f64>,
}

/// The event window of one event.
#[derive(Clone, Debug, Default)]
pub struct EventDays {
    days: Vec<Option<EventDay>>,
    /// Calendar index of every day of the window that is on the calendar.
    calendar: Vec<Option<usize>>,
    without_return: usize,
    without_regressor: usize,
    rows: Vec<f64>,
    columns: usize,
    row: Vec<f64>,
}

impl EventDays {
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
        design: &EventDesign<'_>,
    ) {
        self.days.clear();
        self.calendar.clear();
        self.rows.clear();
        (self.without_return, self.without_regressor) = (0, 0);
        self.columns = fit.coefficients.len();
        for tau in specification.event.taus() {
            let on_calendar = Window::day(tau).on_calendar(place.day0, place.calendar_len);
            let day = (!on_calendar.is_empty()).then_some(on_calendar.start);
            self.calendar.push(day);
            let actual = day.map(|day| (day, place.series.at(day))).filter(|(_, r)| r.is_finite());
            let complete = actual.filter(|&(day, _)| (design.row)(day, &mut self.row));
            self.without_return += usize::from(actual.is_none());
            self.without_regressor += usize::from(actual.is_some() && complete.is_none());
            self.days.push(complete.map(|(day, actual)| {
                let expected = (design.risk_free)(day) + fit.predict(&self.row);
                let ar = actual - expected;
                let deviation = fit.variance_of_sum(&self.row, 1).sqrt();
                EventDay { actual, expected, ar, sar: (deviation > 0.0).then(|| ar / deviation) }
            }));
            match complete {
                Some(_) => self.rows.extend_from_slice(&self.row),
                None => self.rows.extend(std::iter::repeat_n(0.0, self.columns)),
            }
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
        let present = self.days[places.clone()].iter().flatten();
        let (mut days, mut car, mut held, mut expected) = (0_usize, 0.0, 1.0, 1.0);
        for day in present {
            days += 1;
            car += day.ar;
            held *= 1.0 + specification.returns.to_simple(day.actual);
            expected *= 1.0 + specification.returns.to_simple(day.expected);
        }
        let enough = match specification.missing {
            MissingPolicy::Exclude => days == window.days(),
            MissingPolicy::Available => days > 0,
        };
        if !enough {
            return None;
        }
        self.row.clear();
        self.row.resize(self.columns, 0.0);
        for row in self.rows[places.start * self.columns..places.end * self.columns].chunks_exact(self.columns) {
            for (sum, x) in self.row.iter_mut().zip(row) {
                *sum += x;
            }
        }
        let deviation = fit.variance_of_sum(&self.row, days).sqrt();
        let scar = (deviation > 0.0).then(|| car / deviation);
        Some(Cumulative { days, car, bhar: held - expected, scar })
    }
}
