//! One event under one specification: gather the estimation days, fit, forecast the event window.

use std::fmt;
use std::ops::Range;

use crate::abnormal::EventDays;
use crate::design::{Design, OwnColumns};
use crate::diagnostics::Diagnosis;
use crate::event::EventPlace;
use crate::expected::{EstimationSample, Fit, FitError, Source};
use crate::kernel::{Scratch, Wanted};
use crate::significance::mean_and_deviation;
use crate::{Measure, Outcome, Response, Specification, panel::Series, placebo, standins};

/// Why an event has no estimate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    /// The outcome for the ledger.
    pub outcome: Outcome,
    /// A sentence for the ledger.
    pub reason: String,
}

impl Exclusion {
    /// An outcome with its reason.
    pub fn new(outcome: Outcome, reason: impl Into<String>) -> Self {
        Self { outcome, reason: reason.into() }
    }
}

/// Days of an estimation window that are not used, by what they lack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Not on the calendar.
    pub off_calendar: usize,
    /// No return.
    pub no_return: usize,
    /// A lag, a lead or a return over several days reaches beyond the window.
    pub reaching_out: usize,
    /// No value of a regressor.
    pub no_regressor: usize,
    /// Near another event of the security.
    pub masked: usize,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            (self.off_calendar, "before the calendar begins"),
            (self.no_return, "without a return"),
            (self.reaching_out, "reaching beyond the window"),
            (self.no_regressor, "without a factor"),
            (self.masked, "near other events"),
        ];
        let told: Vec<String> =
            parts.iter().filter(|(days, _)| *days > 0).map(|(days, what)| format!("{days} {what}")).collect();
        f.write_str(&told.join(", "))
    }
}

/// Buffers for the estimation of one event after the other.
#[derive(Clone, Debug, Default)]
pub struct Estimator {
    /// The estimation days of the event at hand; only its days where the model has a closed form.
    pub sample: EstimationSample,
    /// The fit of the event at hand.
    pub fit: Fit,
    /// The event window of the event at hand.
    pub days: EventDays,
    /// The days of its estimation window that are not used.
    pub left_out: LeftOut,
    /// What its residuals say of the model, where the specification asks for that.
    pub diagnosis: Option<Diagnosis>,
    /// For each window the share of placebos, the event among them, that moved as much; empty without placebos.
    pub placebo_shares: Vec<Option<f64>>,
    /// First and last estimation day of the event at hand.
    pub ends: (usize, usize),
    /// What is asked for of the residuals of the event, and of the days that they belong to.
    wanted: Wanted,
    zero_returns: usize,
    own: OwnColumns,
    row: Vec<f64>,
    scratch: Scratch,
}

impl Estimator {
    /// Buffers for estimates of which nobody needs the residuals, where a model can do without, and perhaps nobody the
    /// standardised abnormal returns of single days and the share of positive residuals, which tests ask for.
    pub fn without_residuals(with_sars: bool) -> Self {
        let wanted = if with_sars { Wanted::Signs } else { Wanted::Squares };
        Self { wanted, days: EventDays::standardised(with_sars), ..Self::default() }
    }

    /// Estimates one event; the results stand in the fields until the next call.
    ///
    /// # Errors
    /// The event cannot be used, with the reason.
    pub fn estimate(
        &mut self,
        specification: &Specification,
        design: &Design,
        place: &EventPlace<'_>,
    ) -> Result<(), Exclusion> {
        let series = place.series(specification.measure(), specification.returns);
        let squared = self.fit_series(specification, design, place, series)?;
        self.days.forecast(specification, &self.fit, place, series, design, &self.own);
        if self.fit.volatility.is_some() && self.days.errors_stray(self.fit.variance) {
            let reason = "the forecast of the conditional variance leaves the range of the estimation window";
            return Err(Exclusion::new(Outcome::NoConvergence, reason));
        }
        if let Some(deviation) = squared {
            self.days.square(self.fit.degrees_of_freedom() as f64, deviation);
        }
        self.placebo_shares.clear();
        if specification.recipe.placebo {
            let scars: Vec<Option<f64>> = specification
                .windows()
                .map(|window| self.days.cumulative(specification, &self.fit, window).scar.get())
                .collect();
            self.placebo_shares = placebo::shares(specification, &self.sample, &self.own, place, &scars);
        }
        Ok(())
    }

    /// Gathers the estimation days and fits the model. With abnormal volatility as response the
    /// residuals become those of the squares, whose standard deviation is returned.
    ///
    /// # Errors
    /// The event cannot be used, with the reason.
    pub fn fit(
        &mut self,
        specification: &Specification,
        design: &Design,
        place: &EventPlace<'_>,
    ) -> Result<Option<f64>, Exclusion> {
        let series = place.series(specification.measure(), specification.returns);
        self.fit_series(specification, design, place, series)
    }

    /// The same, where the responses have been looked up.
    fn fit_series(
        &mut self,
        specification: &Specification,
        design: &Design,
        place: &EventPlace<'_>,
        series: Series<'_>,
    ) -> Result<Option<f64>, Exclusion> {
        if self.fit_in_closed_form(specification, design, place, series).is_some() {
            return Ok(None);
        }
        standins::prepare(specification, place, &mut self.own)?;
        self.gather(specification, design, place, series);
        let too_few = |found: usize, needed: usize, left_out: LeftOut| {
            let window = specification.estimation;
            let reason = format!("{found} usable estimation days in {window}, {needed} are needed: {left_out}");
            Exclusion::new(Outcome::TooFewObservations, reason)
        };
        let (found, left_out) = (self.sample.len(), self.left_out);
        if found < specification.minimum_observations {
            return Err(too_few(found, specification.minimum_observations, left_out));
        }
        self.ends = self.sample.days.first().copied().zip(self.sample.days.last().copied()).unwrap_or_default();
        self.fit.volatility = None;
        self.fit.reported.clear();
        specification.recipe.method.fit(&self.sample, &mut self.fit).map_err(|error| match error {
            FitError::TooFewDays { needed } => too_few(found, needed, left_out),
            FitError::NoConvergence { reason } => Exclusion::new(Outcome::NoConvergence, reason),
            FitError::Singular { column } => {
                let name = column_name(specification, column);
                let reason = format!("regressor `{name}` is collinear over the estimation days");
                Exclusion::new(Outcome::SingularDesign, reason)
            }
        })?;
        self.fit.divide_residuals(specification.variants.residual_divisor);
        self.diagnosis = specification.diagnostics.then(|| {
            let before = specification.estimation.last() < specification.event.first();
            Diagnosis::new(&self.sample, &self.fit, self.zero_returns, before)
        });
        match specification.response {
            Response::Volatility => self.square_residuals().map(Some),
            _ => Ok(None),
        }
    }

    /// The fast path: `None` where the specification or the event is not of its kind.
    fn fit_in_closed_form(
        &mut self,
        specification: &Specification,
        design: &Design,
        place: &EventPlace<'_>,
        series: Series<'_>,
    ) -> Option<()> {
        let Self { fit, scratch, sample, .. } = self;
        let start = design.kernel()?.fit(specification, place, series, self.wanted, scratch, fit)?;
        if self.wanted == Wanted::All {
            scratch.write_residuals(start, &mut sample.days, &mut fit.residuals);
        }
        self.ends = scratch.ends(start);
        fit.volatility = None;
        fit.divide_residuals(specification.variants.residual_divisor);
        fit.reported.clear();
        self.diagnosis = None;
        Some(())
    }

    /// Replaces the residuals e by e²/s² − 1, the estimation-window twin of abnormal volatility.
    fn square_residuals(&mut self) -> Result<f64, Exclusion> {
        let fit = &mut self.fit;
        if fit.variance <= 0.0 || fit.degrees_of_freedom() < 3 {
            return Err(Exclusion::new(Outcome::SingularDesign, "the residuals have no variance to compare with"));
        }
        for residual in &mut fit.residuals {
            *residual = *residual * *residual / fit.variance - 1.0;
        }
        fit.residual_mean = 0.0;
        let positive = fit.residuals.iter().filter(|&&r| r > 0.0).count();
        fit.positive_share = positive as f64 / fit.residuals.len() as f64;
        Ok(mean_and_deviation(&fit.residuals).1)
    }

    /// Collects the estimation days: the return and every regressor are finite, no other event of the
    /// security is near, and nothing outside of the window is looked at.
    fn gather(&mut self, specification: &Specification, design: &Design, place: &EventPlace<'_>, series: Series<'_>) {
        let spans = specification.trade_to_trade.then(|| place.series(Measure::TradeDays, specification.returns));
        let window = place.days(specification.estimation);
        let sample = &mut self.sample;
        sample.days.clear();
        sample.y.clear();
        self.row.clear();
        self.left_out = LeftOut { off_calendar: specification.estimation.days() - window.len(), ..LeftOut::default() };
        self.zero_returns = 0;
        let mut width = 0;
        for day in window.clone() {
            let r = series.at(day);
            if !r.is_finite() {
                self.left_out.no_return += 1;
                continue;
            }
            let span = spans.map_or(1, |spans| spans.at(day) as usize);
            let Some(days) = interval(day, span, &window) else {
                self.left_out.reaching_out += 1;
                continue;
            };
            let start = self.row.len();
            let complete = design.write_row(days.clone(), &window, &self.own, &mut self.row).is_some();
            let finite = self.row[start..].iter().all(|x| x.is_finite());
            let response = r - design.risk_free(days.clone());
            let masked = days.clone().any(|day| place.is_masked(day, specification.mask_other_events));
            let unused = [
                (!complete, &mut self.left_out.reaching_out),
                (!(finite && response.is_finite()), &mut self.left_out.no_regressor),
                (masked, &mut self.left_out.masked),
            ];
            if let Some((_, count)) = unused.into_iter().find(|(lacks, _)| *lacks) {
                *count += 1;
                self.row.truncate(start);
                continue;
            }
            width = self.row.len() - start;
            sample.days.push(day);
            self.zero_returns += usize::from(r == 0.0);
            // A return over n days has n times the variance of one (Maynes & Rumsey 1993).
            let weight = (span as f64).sqrt();
            sample.y.push(response / weight);
            self.row[start..].iter_mut().for_each(|x| *x /= weight);
        }
        self.fill_columns(design, width, spans.map(|spans| move |day| (spans.at(day)).sqrt()));
    }

    /// Turns the rows that were gathered into columns.
    fn fill_columns(&mut self, design: &Design, width: usize, constant: Option<impl Fn(usize) -> f64>) {
        let sample = &mut self.sample;
        sample.x.clear();
        sample.columns = width + usize::from(design.has_intercept());
        if design.has_intercept() {
            match constant {
                None => sample.x.resize(sample.days.len(), 1.0),
                Some(constant) => sample.x.extend(sample.days.iter().map(|&day| constant(day))),
            }
        }
        for column in 0..width {
            sample.x.extend(self.row.iter().skip(column).step_by(width));
        }
    }
}

/// The days over which a return runs that ends on `day`, where all lie in the window.
fn interval(day: usize, span: usize, window: &Range<usize>) -> Option<Range<usize>> {
    let start = (day + 1).checked_sub(span)?;
    (start >= window.start).then_some(start..day + 1)
}

fn column_name(specification: &Specification, column: usize) -> String {
    let recipe = &specification.recipe;
    match column.checked_sub(usize::from(recipe.intercept)) {
        None => "intercept".into(),
        Some(j) if j < recipe.regressors.len() && !recipe.uses(&Source::Donors) => recipe.regressors[j].name(),
        Some(j) => format!("donor {}", j + 1),
    }
}
