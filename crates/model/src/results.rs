//! Results of many events under one specification, column by column.

use crate::abnormal::EventDays;
use crate::diagnostics::Diagnosis;
use crate::estimate::{Estimator, Exclusion};
use crate::significance::Distribution;
use crate::{Maybe, MissingPolicy, Outcome, Response, Specification};

/// Columns over events: one entry per event, or one per event and coefficient, day or window.
#[derive(Clone, Debug, Default)]
pub struct Results {
    /// Reported numbers per event.
    pub reported_len: usize,
    /// Days of the event window.
    pub days_len: usize,
    /// Windows: the declared ones, then those around them.
    pub windows_len: usize,
    /// Declared windows.
    pub declared_len: usize,
    /// Outcome of every event.
    pub outcome: Vec<Outcome>,
    /// What to know about an event that is not simply `ok`.
    pub reason: Vec<Option<Box<str>>>,
    /// Estimation days M; zero without an estimate.
    pub observations: Vec<u32>,
    /// Calendar indices of the first and last estimation day.
    pub estimation_days: Vec<Option<(u32, u32)>>,
    /// Reported numbers in the order of the recipe; `reported_len` per event.
    pub reported: Vec<Maybe>,
    /// √s².
    pub sigma: Vec<Maybe>,
    /// R².
    pub r_squared: Vec<Maybe>,
    /// Degrees of freedom of s²; zero without an estimate.
    pub dof: Vec<u32>,
    /// What was taken from the residuals of an event to demean them.
    pub residual_mean: Vec<f64>,
    /// Share of positive estimation residuals.
    pub positive_share: Vec<Maybe>,
    /// Calendar index of every day of the event window, `days_len` per event, as the columns below.
    pub day: Vec<Option<u32>>,
    /// Returns.
    pub actual: Vec<Maybe>,
    /// Expected returns.
    pub expected: Vec<Maybe>,
    ar: Vec<Maybe>,
    sar: Vec<Maybe>,
    /// CAR from the first day of the event window through each day.
    pub path: Vec<Maybe>,
    /// Days in each window's CAR, `windows_len` per event, as the columns below.
    pub window_days: Vec<u32>,
    window_car: Vec<Maybe>,
    /// BHAR of each window.
    pub window_bhar: Vec<Maybe>,
    window_variance: Vec<Maybe>,
    window_scar: Vec<Maybe>,
    /// Placebo p-value of each window; empty unless the model has placebos.
    pub window_placebo: Vec<Maybe>,
    /// What the residuals of every event say of the model; empty unless asked for.
    pub diagnoses: Vec<Option<Diagnosis>>,
    /// Estimation days and residuals of every event, for models that are dear to fit.
    residuals: Vec<Option<KeptResiduals>>,
    keeps_residuals: bool,
    diagnoses_residuals: bool,
    has_placebos: bool,
    is_student: bool,
}

/// Estimation days and the residuals on them.
type KeptResiduals = (Box<[usize]>, Box<[f64]>);

impl Results {
    /// No events yet.
    pub fn new(specification: &Specification) -> Self {
        let recipe = &specification.recipe;
        Self {
            reported_len: recipe.reported.len(),
            keeps_residuals: recipe.method.is_costly() || recipe.peers.is_some(),
            diagnoses_residuals: specification.diagnostics,
            has_placebos: recipe.placebo,
            is_student: specification.response != Response::Volatility,
            days_len: specification.event.days(),
            windows_len: specification.windows().count(),
            declared_len: specification.car_windows.len(),
            ..Self::default()
        }
    }

    /// Number of events.
    pub fn len(&self) -> usize {
        self.outcome.len()
    }

    /// Whether there is no event.
    pub fn is_empty(&self) -> bool {
        self.outcome.is_empty()
    }

    /// AR of an event on a day of the event window.
    pub fn ar(&self, event: usize, day: usize) -> Maybe {
        self.ar[event * self.days_len + day]
    }

    /// SAR of an event on a day of the event window.
    pub fn sar(&self, event: usize, day: usize) -> Maybe {
        self.sar[event * self.days_len + day]
    }

    /// AR of every event and day.
    pub fn ars(&self) -> &[Maybe] {
        &self.ar
    }

    /// SAR of every event and day.
    pub fn sars(&self) -> &[Maybe] {
        &self.sar
    }

    /// CAR of an event from the first day of the event window through a day.
    pub fn path(&self, event: usize, day: usize) -> Maybe {
        self.path[event * self.days_len + day]
    }

    /// CAR of an event over a window.
    pub fn window_car(&self, event: usize, window: usize) -> Maybe {
        self.window_car[event * self.windows_len + window]
    }

    /// Forecast variance of an event's CAR over a window, with the errors of the coefficients.
    pub fn window_variance(&self, event: usize, window: usize) -> Maybe {
        self.window_variance[event * self.windows_len + window]
    }

    /// SCAR of an event over a window.
    pub fn window_scar(&self, event: usize, window: usize) -> Maybe {
        self.window_scar[event * self.windows_len + window]
    }

    /// Two-sided p-value of an event's SCAR over a window, with the M − k degrees of freedom of
    /// its s². Squares have no such distribution: none with abnormal volatility.
    pub fn window_p_value(&self, event: usize, window: usize) -> Option<f64> {
        let t = Distribution::StudentT { dof: f64::from(self.dof[event]) };
        self.window_scar(event, window).get().filter(|_| self.is_student).map(|scar| t.two_sided(scar))
    }

    /// Estimation days and residuals of an event, where they were kept.
    pub fn residuals(&self, event: usize) -> Option<(&[usize], &[f64])> {
        self.residuals.get(event)?.as_ref().map(|(days, residuals)| (&days[..], &residuals[..]))
    }

    /// Which days of the event window an event has; `None` for all.
    pub fn presence(&self, event: usize) -> Option<Box<[bool]>> {
        let days = &self.ar[event * self.days_len..(event + 1) * self.days_len];
        days.iter().any(|ar| !ar.is_some()).then(|| days.iter().map(|ar| ar.is_some()).collect())
    }

    /// Adds an event without an estimate.
    pub fn push_excluded(&mut self, exclusion: Exclusion) {
        self.outcome.push(exclusion.outcome);
        self.reason.push(Some(exclusion.reason.into()));
        self.observations.push(0);
        self.estimation_days.push(None);
        self.dof.push(0);
        self.residual_mean.push(0.0);
        for column in [&mut self.sigma, &mut self.r_squared, &mut self.positive_share] {
            column.push(Maybe::NONE);
        }
        let grow = |column: &mut Vec<Maybe>, by: usize| column.resize(column.len() + by, Maybe::NONE);
        grow(&mut self.reported, self.reported_len);
        for column in [&mut self.actual, &mut self.expected, &mut self.ar, &mut self.sar, &mut self.path] {
            grow(column, self.days_len);
        }
        self.day.resize(self.day.len() + self.days_len, None);
        for column in [&mut self.window_car, &mut self.window_bhar, &mut self.window_variance, &mut self.window_scar] {
            grow(column, self.windows_len);
        }
        self.window_days.resize(self.window_days.len() + self.windows_len, 0);
        if self.has_placebos {
            grow(&mut self.window_placebo, self.windows_len);
        }
        self.diagnoses.extend(self.diagnoses_residuals.then_some(None));
        self.residuals.extend(self.keeps_residuals.then_some(None));
    }

    /// Adds the event that the estimator holds.
    pub fn push_estimated(&mut self, specification: &Specification, estimator: &mut Estimator) {
        let Estimator { sample, fit, days, diagnosis, placebo_shares, ends, .. } = estimator;
        let missing = missing_days(specification, days);
        self.outcome.push(if missing.is_some() { Outcome::IncompleteEventWindow } else { Outcome::Ok });
        self.reason.push(missing);
        self.observations.push(fit.observations as u32);
        self.estimation_days.push(Some((ends.0 as u32, ends.1 as u32)));
        self.reported.extend(fit.reported[..self.reported_len].iter().copied().map(Maybe::finite));
        self.sigma.push(Maybe::finite(fit.variance.sqrt()));
        self.r_squared.push(fit.r_squared.into());
        self.dof.push(fit.degrees_of_freedom() as u32);
        self.residual_mean.push(fit.residual_mean);
        self.positive_share.push(Maybe::finite(fit.positive_share));
        let (mut path, mut broken) = (None, false);
        for (day, index) in days.days().iter().zip(days.calendar()) {
            self.day.push(index.map(|index| index as u32));
            self.actual.push(day.map(|day| day.actual).into());
            self.expected.push(day.map(|day| day.expected).into());
            self.ar.push(day.map(|day| day.ar).into());
            self.sar.push(day.and_then(|day| day.sar).into());
            match day {
                Some(day) => path = Some(path.unwrap_or(0.0) + day.ar),
                None => broken |= specification.missing == MissingPolicy::Exclude,
            }
            self.path.push(path.filter(|_| !broken).into());
        }
        for window in specification.windows() {
            let cumulative = days.cumulative(specification, fit, window);
            self.window_days.push(days.days()[window.within(specification.event)].iter().flatten().count() as u32);
            self.window_car.push(cumulative.map(|c| c.car).into());
            self.window_bhar.push(cumulative.and_then(|c| c.bhar).into());
            self.window_variance.push(cumulative.and_then(|c| c.variance).into());
            self.window_scar.push(cumulative.and_then(|c| c.scar).into());
        }
        self.window_placebo.extend(placebo_shares.iter().map(|&share| Maybe::from(share)));
        self.diagnoses.extend(self.diagnoses_residuals.then_some(*diagnosis));
        if self.keeps_residuals {
            self.residuals.push(Some((sample.days.as_slice().into(), fit.residuals.as_slice().into())));
        }
    }

    /// Adds the events of another block after these.
    pub fn append(&mut self, mut other: Self) {
        self.outcome.append(&mut other.outcome);
        self.reason.append(&mut other.reason);
        self.observations.append(&mut other.observations);
        self.estimation_days.append(&mut other.estimation_days);
        self.reported.append(&mut other.reported);
        self.sigma.append(&mut other.sigma);
        self.r_squared.append(&mut other.r_squared);
        self.dof.append(&mut other.dof);
        self.residual_mean.append(&mut other.residual_mean);
        self.positive_share.append(&mut other.positive_share);
        self.day.append(&mut other.day);
        self.actual.append(&mut other.actual);
        self.expected.append(&mut other.expected);
        self.ar.append(&mut other.ar);
        self.sar.append(&mut other.sar);
        self.path.append(&mut other.path);
        self.window_days.append(&mut other.window_days);
        self.window_car.append(&mut other.window_car);
        self.window_bhar.append(&mut other.window_bhar);
        self.window_variance.append(&mut other.window_variance);
        self.window_scar.append(&mut other.window_scar);
        self.window_placebo.append(&mut other.window_placebo);
        self.diagnoses.append(&mut other.diagnoses);
        self.residuals.append(&mut other.residuals);
    }
}

/// "no return on 3 and no factor on 1 of 21 days of the event window, the first at tau = 8", if any is
/// missing.
fn missing_days(specification: &Specification, days: &EventDays) -> Option<Box<str>> {
    let first = days.days().iter().position(Option::is_none)?;
    let what = match days.missing() {
        _ if days.total_losses() > 0 => {
            format!("a total loss, which only simple returns can tell, on {}", days.total_losses())
        }
        (returns, 0) => format!("no return on {returns}"),
        (0, factors) => format!("no factor on {factors}"),
        (returns, factors) => format!("no return on {returns} and no factor on {factors}"),
    };
    let tau = specification.event.first() + first as i32;
    Some(format!("{what} of {} days of the event window, the first at tau = {tau}", days.days().len()).into())
}
