//! Results of many events under one specification, column by column.

mod days;
mod push;

pub use days::DayColumn;

use crate::diagnostics::Diagnosis;
use crate::significance::Distribution;
use crate::{Maybe, Outcome, Response, Specification};

/// Which numbers of single days are kept; those of whole events always are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Calendar indices.
    pub day: bool,
    /// Returns.
    pub actual: bool,
    /// Expected returns.
    pub expected: bool,
    /// ARs.
    pub ar: bool,
    /// SARs.
    pub sar: bool,
    /// CARs from the first day of the event window.
    pub path: bool,
}

impl Keep {
    /// All of them.
    pub const ALL: Self = Self { day: true, actual: true, expected: true, ar: true, sar: true, path: true };

    /// None of them.
    pub const NONE: Self = Self { day: false, actual: false, expected: false, ar: false, sar: false, path: false };
}

/// Columns over events: one entry per event, or one per event and coefficient, day or window.
#[derive(Clone, Debug)]
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
    /// Calendar index of every day of the event window.
    pub day: DayColumn<Option<u32>>,
    /// Returns.
    pub actual: DayColumn<Maybe>,
    /// Expected returns.
    pub expected: DayColumn<Maybe>,
    /// ARs.
    pub ars: DayColumn<Maybe>,
    /// SARs.
    pub sars: DayColumn<Maybe>,
    /// CAR from the first day of the event window through each day.
    pub paths: DayColumn<Maybe>,
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
    keep: Keep,
}

/// Estimation days and the residuals on them.
type KeptResiduals = (Box<[usize]>, Box<[f64]>);

impl Results {
    /// No events yet.
    pub fn new(specification: &Specification) -> Self {
        Self::keeping(specification, Keep::ALL)
    }

    /// No events yet; of their days only some numbers will be kept. To ask for others is a mistake of the
    /// caller, and panics.
    pub fn keeping(specification: &Specification, keep: Keep) -> Self {
        let (recipe, days_len) = (&specification.recipe, specification.event.days());
        let numbers = || DayColumn::new(days_len);
        Self {
            keep,
            reported_len: recipe.reported.len(),
            keeps_residuals: recipe.method.is_costly() || recipe.peers.is_some(),
            diagnoses_residuals: specification.diagnostics,
            has_placebos: recipe.placebo,
            is_student: specification.response != Response::Volatility,
            days_len,
            windows_len: specification.windows().count(),
            declared_len: specification.car_windows.len(),
            day: DayColumn::new(days_len),
            actual: numbers(),
            expected: numbers(),
            ars: numbers(),
            sars: numbers(),
            paths: numbers(),
            outcome: Vec::new(),
            reason: Vec::new(),
            observations: Vec::new(),
            estimation_days: Vec::new(),
            reported: Vec::new(),
            sigma: Vec::new(),
            r_squared: Vec::new(),
            dof: Vec::new(),
            residual_mean: Vec::new(),
            positive_share: Vec::new(),
            window_days: Vec::new(),
            window_car: Vec::new(),
            window_bhar: Vec::new(),
            window_variance: Vec::new(),
            window_scar: Vec::new(),
            window_placebo: Vec::new(),
            diagnoses: Vec::new(),
            residuals: Vec::new(),
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
        self.ars.of(event)[day]
    }

    /// SAR of an event on a day of the event window.
    pub fn sar(&self, event: usize, day: usize) -> Maybe {
        self.sars.of(event)[day]
    }

    /// CAR of an event from the first day of the event window through a day.
    pub fn path(&self, event: usize, day: usize) -> Maybe {
        self.paths.of(event)[day]
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
        let days = self.ars.of(event);
        days.iter().any(|ar| !ar.is_some()).then(|| days.iter().map(|ar| ar.is_some()).collect())
    }
}
