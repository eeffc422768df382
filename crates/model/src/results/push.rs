//! Events into results, one after the other.

use super::{EventColumn, Figures, Keep, Results};
use crate::abnormal::{Cumulative, EventDays};
use crate::estimate::{Estimator, Exclusion};
use crate::{Maybe, Outcome, Specification};

impl Results {
    /// Adds an event without an estimate.
    pub fn push_excluded(&mut self, exclusion: Exclusion) {
        self.reasons.insert(self.len() as u32, exclusion.reason.into());
        self.outcomes.push(exclusion.outcome);
        self.figures.push(Figures::none());
        let days_len = self.days_len;
        let none = |len: usize| std::iter::repeat_n(Maybe::NONE, len);
        self.reported.extend(none(self.reported_len));
        for (_, column) in self.day_columns().into_iter().filter(|(kept, _)| *kept) {
            column.extend(none(days_len));
        }
        self.windows.extend(std::iter::repeat_n(Cumulative::default(), self.windows_len));
        if self.has_placebos {
            self.window_placebo.extend(none(self.windows_len));
        }
        self.diagnoses.extend(self.diagnoses_residuals.then_some(None));
        self.residuals.extend(self.keeps_residuals.then_some(None));
    }

    /// Adds the event that the estimator holds.
    pub fn push_estimated(&mut self, specification: &Specification, estimator: &mut Estimator) {
        let Estimator { sample, fit, days, diagnosis, placebo_shares, ends, .. } = estimator;
        let missing = missing_days(specification, days);
        self.reported.extend(fit.reported()[..self.reported_len].iter().copied().map(Maybe::finite));
        let outcome = if missing.is_some() { Outcome::IncompleteEventWindow } else { Outcome::Ok };
        if let Some(reason) = missing {
            self.reasons.insert(self.len() as u32, reason);
        }
        self.outcomes.push(outcome);
        self.figures.push(Figures {
            observations: fit.observations as u32,
            dof: fit.degrees_of_freedom() as u32,
            days: (ends.0 as u32, ends.1 as u32),
            sigma: Maybe::finite(fit.variance.sqrt()),
            r_squared: fit.r_squared.into(),
            residual_mean: fit.residual_mean,
            positive_share: Maybe::finite(fit.positive_share),
        });
        self.push_days(days);
        self.windows.extend(specification.windows().map(|window| days.cumulative(specification, fit, window)));
        self.window_placebo.extend(placebo_shares.iter().map(|&share| Maybe::from(share)));
        self.diagnoses.extend(self.diagnoses_residuals.then_some(*diagnosis));
        if self.keeps_residuals {
            self.residuals.push(Some((sample.days.as_slice().into(), fit.residuals.as_slice().into())));
        }
    }

    fn push_days(&mut self, days: &EventDays) {
        let values = [&days.actual, &days.expected, &days.ars, &days.sars];
        for ((kept, column), values) in self.day_columns().into_iter().zip(values) {
            if kept {
                column.extend_from_slice(values);
            }
        }
    }

    /// The columns of numbers by day, in the order of [`EventDays`], and whether they are kept.
    fn day_columns(&mut self) -> [(bool, &mut EventColumn<Maybe>); 4] {
        let Keep { actual, expected, ar, sar } = self.keep;
        [(actual, &mut self.actual), (expected, &mut self.expected), (ar, &mut self.ars), (sar, &mut self.sars)]
    }

    /// Adds the events of another block after these.
    pub fn append(&mut self, other: Self) {
        let before = self.len() as u32;
        self.reasons.extend(other.reasons.into_iter().map(|(event, reason)| (before + event, reason)));
        self.outcomes.append(other.outcomes);
        self.figures.append(other.figures);
        self.reported.append(other.reported);
        self.actual.append(other.actual);
        self.expected.append(other.expected);
        self.ars.append(other.ars);
        self.sars.append(other.sars);
        self.windows.append(other.windows);
        self.window_placebo.append(other.window_placebo);
        self.diagnoses.append(other.diagnoses);
        self.residuals.append(other.residuals);
    }
}

/// "no return on 3 and no factor on 1 of 21 days of the event window, the first at tau = 8", if any is
/// missing.
fn missing_days(specification: &Specification, days: &EventDays) -> Option<Box<str>> {
    if days.is_whole() {
        return None;
    }
    let first = days.ars.iter().position(|ar| !ar.is_some())?;
    let what = match days.missing() {
        _ if days.total_losses() > 0 => {
            format!("a total loss, which only simple returns can tell, on {}", days.total_losses())
        }
        (returns, 0) => format!("no return on {returns}"),
        (0, factors) => format!("no factor on {factors}"),
        (returns, factors) => format!("no return on {returns} and no factor on {factors}"),
    };
    let tau = specification.event.first() + first as i32;
    Some(format!("{what} of {} days of the event window, the first at tau = {tau}", days.len()).into())
}
