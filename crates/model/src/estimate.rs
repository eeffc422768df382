//! One event under one specification: gather the estimation days, fit, forecast the event window.

use std::fmt;

use crate::abnormal::{EventDays, EventDesign};
use crate::event::EventPlace;
use crate::expected::{EstimationSample, Fit, FitError, Regressor};
use crate::{Outcome, Panel, Specification};

/// The columns of a specification's design on the calendar of one market, converted to its kind of
/// return and, where it asks for that, taken above the risk-free rate.
#[derive(Clone, Debug)]
pub struct Design {
    /// One column per regressor of the recipe (the intercept has none).
    regressors: Vec<Vec<f64>>,
    /// Risk-free returns, for models of excess returns.
    risk_free: Option<Vec<f64>>,
    intercept: bool,
}

/// A factor that a recipe names and the panel does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFactor(pub String);

impl Design {
    /// The design of `specification` in `panel.markets[market]`. `self_financed[i]` says that factor
    /// i is a difference of returns already, as the columns of a factor table are, and is used as
    /// it is.
    ///
    /// # Errors
    /// The recipe names a factor, or the risk-free rate (`rf`), that the panel does not have.
    pub fn new(
        panel: &Panel,
        specification: &Specification,
        market: usize,
        self_financed: &[bool],
    ) -> Result<Self, UnknownFactor> {
        let (recipe, kind) = (&specification.recipe, specification.returns);
        let market = &panel.markets[market];
        let convert = |column: &[f64]| column.iter().map(|&r| kind.from_simple(r)).collect::<Vec<_>>();
        let risk_free = match (recipe.excess, &market.risk_free) {
            (false, _) => None,
            (true, Some(column)) => Some(convert(column)),
            (true, None) => return Err(UnknownFactor("rf".into())),
        };
        let above = |mut column: Vec<f64>| {
            for (r, rf) in column.iter_mut().zip(risk_free.iter().flatten()) {
                *r -= rf;
            }
            column
        };
        let column = |regressor: &Regressor| match regressor {
            Regressor::Market => Ok(above(convert(&market.benchmark))),
            Regressor::Factor(name) => {
                let index = panel.factors.iter().position(|f| f == name);
                let index = index.ok_or_else(|| UnknownFactor(name.clone()))?;
                let column = &market.factors[index];
                Ok(if self_financed[index] { column.clone() } else { above(convert(column)) })
            }
        };
        let regressors = recipe.regressors.iter().map(column).collect::<Result<_, _>>()?;
        Ok(Self { regressors, risk_free, intercept: recipe.intercept })
    }

    /// The risk-free return of a day; zero for models of raw returns.
    fn risk_free(&self, day: usize) -> f64 {
        self.risk_free.as_ref().map_or(0.0, |column| column[day])
    }

    fn is_complete(&self, day: usize) -> bool {
        self.regressors.iter().all(|column| column[day].is_finite()) && self.risk_free(day).is_finite()
    }

    fn columns(&self) -> usize {
        usize::from(self.intercept) + self.regressors.len()
    }

    fn write_row(&self, day: usize, row: &mut Vec<f64>) {
        row.clear();
        row.extend(self.intercept.then_some(1.0));
        row.extend(self.regressors.iter().map(|column| column[day]));
    }
}

/// Why an event has no estimate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    /// The outcome for the ledger.
    pub outcome: Outcome,
    /// A sentence for the ledger.
    pub reason: String,
}

/// Days of an estimation window that are not used, by what they lack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Not on the calendar.
    pub off_calendar: usize,
    /// No return.
    pub no_return: usize,
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
    /// The estimation days of the event at hand.
    pub sample: EstimationSample,
    /// The fit of the event at hand.
    pub fit: Fit,
    /// The event window of the event at hand.
    pub days: EventDays,
    /// The days of its estimation window that are not used.
    pub left_out: LeftOut,
}

impl Estimator {
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
        self.gather(specification, design, place);
        let (found, needed, left_out) = (self.sample.len(), specification.minimum_observations, self.left_out);
        let too_few = |needed: usize| Exclusion {
            outcome: Outcome::TooFewObservations,
            reason: format!(
                "{found} usable estimation days in {}, {needed} are needed: {left_out}",
                specification.estimation
            ),
        };
        if found < needed {
            return Err(too_few(needed));
        }
        specification.model.fit(&self.sample, &mut self.fit).map_err(|error| match error {
            FitError::TooFewDays { needed } => too_few(needed),
            FitError::Singular { column } => Exclusion {
                outcome: Outcome::SingularDesign,
                reason: format!(
                    "regressor `{}` is collinear over the estimation days",
                    column_name(specification, column)
                ),
            },
            no_convergence @ FitError::NoConvergence { .. } => {
                Exclusion { outcome: Outcome::SingularDesign, reason: no_convergence.to_string() }
            }
        })?;
        let event = EventDesign {
            risk_free: &|day| design.risk_free(day),
            row: &|day, row| {
                design.write_row(day, row);
                design.is_complete(day)
            },
        };
        self.days.forecast(specification, &self.fit, place, &event);
        Ok(())
    }

    /// Collects the estimation days: the return and every regressor are finite, and no other event
    /// of the security is near.
    pub fn gather(&mut self, specification: &Specification, design: &Design, place: &EventPlace<'_>) {
        let sample = &mut self.sample;
        sample.days.clear();
        sample.y.clear();
        sample.x.clear();
        sample.columns = design.columns();
        let days = specification.estimation.on_calendar(place.day0, place.calendar_len);
        self.left_out = LeftOut { off_calendar: specification.estimation.days() - days.len(), ..LeftOut::default() };
        for day in days {
            let r = place.series.at(day);
            if !r.is_finite() {
                self.left_out.no_return += 1;
            } else if !design.is_complete(day) {
                self.left_out.no_regressor += 1;
            } else if place.is_masked(day, specification.mask_other_events) {
                self.left_out.masked += 1;
            } else {
                sample.days.push(day);
                sample.y.push(r - design.risk_free(day));
            }
        }
        if design.intercept {
            sample.x.resize(sample.days.len(), 1.0);
        }
        for column in &design.regressors {
            sample.x.extend(sample.days.iter().map(|&day| column[day]));
        }
    }
}

fn column_name(specification: &Specification, column: usize) -> &str {
    match column.checked_sub(usize::from(specification.recipe.intercept)) {
        Some(j) => specification.recipe.regressors[j].name(),
        None => "intercept",
    }
}
