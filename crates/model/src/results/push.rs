//! Events into results, one after the other.

use super::{DayColumn, Keep, Results};
use crate::abnormal::{EventDay, EventDays};
use crate::estimate::{Estimator, Exclusion};
use crate::{Maybe, MissingPolicy, Outcome, Specification};

/// A number of every day.
#[derive(Clone, Copy)]
enum Kind {
    Actual,
    Expected,
    Ar,
    Sar,
    Path,
}

impl Results {
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
        let days_len = self.days_len;
        let grow = |column: &mut Vec<Maybe>, by: usize| column.resize(column.len() + by, Maybe::NONE);
        grow(&mut self.reported, self.reported_len);
        for (_, column) in self.kept_columns() {
            column.push(|block| block.resize(block.len() + days_len, Maybe::NONE));
        }
        if self.keep.day {
            self.day.push(|block| block.resize(block.len() + days_len, None));
        }
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
        self.push_days(specification, days);
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

    fn push_days(&mut self, specification: &Specification, days: &EventDays) {
        if self.keep.day {
            self.day.push(|block| block.extend(days.calendar().iter().map(|index| index.map(|index| index as u32))));
        }
        let (mut path, mut broken) = (None, false);
        let mut through = |day: &Option<EventDay>| {
            match day {
                Some(day) => path = Some(path.unwrap_or(0.0) + day.ar),
                None => broken |= specification.missing == MissingPolicy::Exclude,
            }
            path.filter(|_| !broken)
        };
        for (kind, column) in self.kept_columns() {
            let mut value = |day: &Option<EventDay>| match kind {
                Kind::Actual => day.map(|day| day.actual),
                Kind::Expected => day.map(|day| day.expected),
                Kind::Ar => day.map(|day| day.ar),
                Kind::Sar => day.and_then(|day| day.sar),
                Kind::Path => through(day),
            };
            column.push(|block| block.extend(days.days().iter().map(|day| Maybe::from(value(day)))));
        }
    }

    /// The columns of numbers by day that are kept.
    fn kept_columns(&mut self) -> impl Iterator<Item = (Kind, &mut DayColumn<Maybe>)> {
        let Keep { actual, expected, ar, sar, path, .. } = self.keep;
        [
            (actual, Kind::Actual, &mut self.actual),
            (expected, Kind::Expected, &mut self.expected),
            (ar, Kind::Ar, &mut self.ars),
            (sar, Kind::Sar, &mut self.sars),
            (path, Kind::Path, &mut self.paths),
        ]
        .into_iter()
        .filter_map(|(kept, kind, column)| kept.then_some((kind, column)))
    }

    /// The events of several results one after the other, so many in all.
    ///
    /// # Panics
    /// There are no results at all: a mistake of the caller.
    pub fn join(parts: Vec<Self>, events: usize) -> Self {
        let mut parts = parts.into_iter();
        let mut all = parts.next().expect("at least one part, which may be empty");
        all.reserve(events);
        parts.for_each(|part| all.append(part));
        all
    }

    fn reserve(&mut self, events: usize) {
        self.outcome.reserve(events);
        self.reason.reserve(events);
        self.observations.reserve(events);
        self.estimation_days.reserve(events);
        self.reported.reserve(events * self.reported_len);
        self.dof.reserve(events);
        self.residual_mean.reserve(events);
        for column in [&mut self.sigma, &mut self.r_squared, &mut self.positive_share] {
            column.reserve(events);
        }
        self.window_days.reserve(events * self.windows_len);
        for column in [&mut self.window_car, &mut self.window_bhar, &mut self.window_variance, &mut self.window_scar] {
            column.reserve(events * self.windows_len);
        }
    }

    /// Adds the events of another block after these.
    fn append(&mut self, mut other: Self) {
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
        self.day.append(other.day);
        self.actual.append(other.actual);
        self.expected.append(other.expected);
        self.ars.append(other.ars);
        self.sars.append(other.sars);
        self.paths.append(other.paths);
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
