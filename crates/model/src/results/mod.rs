//! Results of many events under one specification, column by column.

mod column;
mod path;
mod push;
mod some;

pub use column::{BLOCK, EventColumn};
pub(crate) use path::Path;
pub use some::Part;

use std::collections::BTreeMap;

use crate::abnormal::Cumulative;
use crate::diagnostics::Diagnosis;
use crate::significance::StudentTails;
use crate::{Maybe, MissingPolicy, Outcome, Response, Specification};

/// Which numbers of single days are kept; those of windows and whole events always are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Returns.
    pub actual: bool,
    /// Expected returns.
    pub expected: bool,
    /// ARs.
    pub ar: bool,
    /// SARs.
    pub sar: bool,
}

impl Keep {
    /// All of them.
    pub const ALL: Self = Self { actual: true, expected: true, ar: true, sar: true };

    /// None of them.
    pub const NONE: Self = Self { actual: false, expected: false, ar: false, sar: false };
}

/// The fit of one event.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// Estimation days M; zero without an estimate.
    pub observations: u32,
    /// Degrees of freedom of s²; zero without an estimate.
    pub dof: u32,
    /// Calendar indices of the first and last estimation day.
    pub days: (u32, u32),
    /// √s².
    pub sigma: Maybe,
    /// R².
    pub r_squared: Maybe,
    /// What was taken from the residuals of an event to demean them.
    pub residual_mean: f64,
    /// Share of positive estimation residuals.
    pub positive_share: Maybe,
}

impl Figures {
    /// Those of an event without an estimate.
    fn none() -> Self {
        Self {
            observations: 0,
            dof: 0,
            days: (0, 0),
            sigma: Maybe::NONE,
            r_squared: Maybe::NONE,
            residual_mean: 0.0,
            positive_share: Maybe::NONE,
        }
    }
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
    outcomes: EventColumn<Outcome>,
    /// The fit of every event.
    pub figures: EventColumn<Figures>,
    /// What to know about the events that are not simply `ok`, by event.
    reasons: BTreeMap<u32, Box<str>>,
    /// Reported numbers in the order of the recipe; `reported_len` per event.
    pub reported: EventColumn<Maybe>,
    /// Returns.
    pub actual: EventColumn<Maybe>,
    /// Expected returns.
    pub expected: EventColumn<Maybe>,
    /// ARs.
    pub ars: EventColumn<Maybe>,
    /// SARs.
    pub sars: EventColumn<Maybe>,
    /// The sums over each window, `windows_len` per event.
    windows: EventColumn<Cumulative>,
    /// Placebo p-value of each window; empty unless the model has placebos.
    pub window_placebo: EventColumn<Maybe>,
    /// What the residuals of every event say of the model; empty unless asked for.
    pub diagnoses: EventColumn<Option<Diagnosis>>,
    /// Estimation days and residuals of every event, for models that are dear to fit.
    residuals: EventColumn<Option<KeptResiduals>>,
    keeps_residuals: bool,
    diagnoses_residuals: bool,
    has_placebos: bool,
    is_student: bool,
    missing: MissingPolicy,
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
        let windows_len = specification.windows().count();
        let numbers = || EventColumn::new(days_len);
        Self {
            keep,
            reported_len: recipe.reported.len(),
            keeps_residuals: recipe.method.is_costly() || recipe.peers.is_some(),
            diagnoses_residuals: specification.diagnostics,
            has_placebos: recipe.placebo,
            is_student: specification.response != Response::Volatility,
            missing: specification.missing,
            days_len,
            windows_len,
            declared_len: specification.car_windows.len(),
            actual: numbers(),
            expected: numbers(),
            ars: numbers(),
            sars: numbers(),
            outcomes: EventColumn::new(1),
            figures: EventColumn::new(1),
            reasons: BTreeMap::new(),
            reported: EventColumn::new(recipe.reported.len()),
            windows: EventColumn::new(windows_len),
            window_placebo: EventColumn::new(windows_len),
            diagnoses: EventColumn::new(1),
            residuals: EventColumn::new(1),
        }
    }

    /// Number of events.
    pub fn len(&self) -> usize {
        self.outcomes.len()
    }

    /// Whether there is no event.
    pub fn is_empty(&self) -> bool {
        self.outcomes.is_empty()
    }

    /// AR of an event on a day of the event window.
    pub fn ar(&self, event: usize, day: usize) -> Maybe {
        self.ars.of(event)[day]
    }

    /// SAR of an event on a day of the event window.
    pub fn sar(&self, event: usize, day: usize) -> Maybe {
        self.sars.of(event)[day]
    }

    /// CAR of an event from the first day of the event window through each day.
    pub fn path(&self, event: usize) -> impl Iterator<Item = Maybe> {
        let mut path = self.path_of_sums();
        self.ars.of(event).iter().map(move |&ar| path.add(ar))
    }

    /// The path of an event before its first day.
    pub(crate) fn path_of_sums(&self) -> Path {
        Path::new(self.missing)
    }

    /// What an event came to.
    pub fn outcome(&self, event: usize) -> Outcome {
        self.outcomes[event]
    }

    /// What the events came to.
    pub fn outcomes(&self) -> impl Iterator<Item = Outcome> {
        self.outcomes.iter().copied()
    }

    /// What to know about an event that is not simply `ok`.
    pub fn reason(&self, event: usize) -> Option<&str> {
        let remarkable = self.outcome(event) != Outcome::Ok;
        remarkable.then(|| self.reasons.get(&(event as u32))).flatten().map(|reason| &**reason)
    }

    /// The sums over the windows of an event: the declared ones, then those around them.
    ///
    /// # Panics
    /// The numbers were forgotten: a mistake of the caller, here and in what follows.
    pub fn windows(&self, event: usize) -> &[Cumulative] {
        self.windows.of(event)
    }

    /// Forgets all numbers: what remains are the outcomes and their reasons.
    pub fn forget_numbers(&mut self, specification: &Specification) {
        let outcomes = std::mem::replace(&mut self.outcomes, EventColumn::new(1));
        let reasons = std::mem::take(&mut self.reasons);
        *self = Self { outcomes, reasons, ..Self::keeping(specification, Keep::NONE) };
    }

    /// CAR of an event over a window.
    pub fn window_car(&self, event: usize, window: usize) -> Maybe {
        self.windows(event)[window].car
    }

    /// Forecast variance of an event's CAR over a window, with the errors of the coefficients.
    pub fn window_variance(&self, event: usize, window: usize) -> Maybe {
        self.windows(event)[window].variance
    }

    /// SCAR of an event over a window.
    pub fn window_scar(&self, event: usize, window: usize) -> Maybe {
        self.windows(event)[window].scar
    }

    /// Two-sided p-values of an event's SCARs over the windows, with the M − k degrees of freedom of
    /// its s². Squares have no such distribution: none with abnormal volatility.
    pub fn window_p_values(&self, tails: &StudentTails, event: usize) -> impl Iterator<Item = Maybe> {
        let dof = self.figures[event].dof;
        let p_value = move |scar| Maybe::finite(tails.two_sided(dof, scar));
        self.windows(event).iter().map(move |sums| match sums.scar.get() {
            Some(scar) if self.is_student => p_value(scar),
            _ => Maybe::NONE,
        })
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
