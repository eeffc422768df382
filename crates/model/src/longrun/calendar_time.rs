//! Calendar-time portfolios: on each day all securities whose event is near, each once, so that events
//! that cluster are one observation and not many (Jaffe 1974; Mandelker 1974; Fama 1998).

use std::collections::BTreeMap;

use super::{automatic_lags, newey_west};
use crate::significance::Distribution;
use crate::{Date, Window};

/// What portfolios to form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarTime {
    /// Windows around day 0 in which a security is held; the declared windows unless there are any.
    pub windows: Option<Vec<Window>>,
    /// How the securities are weighted.
    pub weighting: Vec<Weighting>,
    /// The characteristic of [`Weighting::Value`].
    pub value: Option<String>,
    /// Days with fewer securities are left out.
    pub min_names: usize,
    /// Lags of the Newey–West errors; [`automatic_lags`] unless there are any.
    pub lags: Option<usize>,
}

/// Weights of the securities of a portfolio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighting {
    /// All alike.
    Equal,
    /// By a characteristic that was known the day before.
    Value,
    /// By the inverse of the residual variance s² of the security's estimate.
    Precision,
}

impl Weighting {
    /// The name in configurations and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Value => "value",
            Self::Precision => "precision",
        }
    }
}

/// A portfolio under construction: sums by civil date.
#[derive(Clone, Debug)]
pub struct Portfolio {
    columns: usize,
    days: BTreeMap<Date, Day>,
}

#[derive(Clone, Debug, Default)]
struct Day {
    names: usize,
    weight: f64,
    response: f64,
    row: Vec<f64>,
}

/// The regression of a portfolio on its factors.
#[derive(Clone, Debug, PartialEq)]
pub struct CalendarTimeEstimate {
    /// Days in the regression.
    pub days: usize,
    /// Days that had too few securities.
    pub dropped: usize,
    /// Mean number of securities on the days in the regression.
    pub mean_names: f64,
    /// Lags of the Newey–West errors.
    pub lags: usize,
    /// Mean response of the portfolio, a decimal return per day.
    pub mean_return: f64,
    /// Coefficients: alpha, a decimal return per day, then those of the factors.
    pub coefficients: Vec<f64>,
    /// Newey–West standard error of alpha.
    pub alpha_se: f64,
    /// alpha over its error.
    pub t: f64,
    /// Its degrees of freedom, days less coefficients.
    pub dof: usize,
    /// Two-sided p-value.
    pub p_value: f64,
}

impl Portfolio {
    /// A portfolio that is regressed on a constant and so many factors.
    pub fn new(factors: usize) -> Self {
        Self { columns: factors, days: BTreeMap::new() }
    }

    /// Adds a security on a date: its weight, its response (the return above the risk-free rate, or an
    /// abnormal return) and its own values of the factors. Values that are not finite, and weights that
    /// are not positive, are passed over.
    pub fn add(&mut self, date: Date, weight: f64, response: f64, row: &[f64]) {
        let sound = weight > 0.0 && weight.is_finite() && response.is_finite() && row.iter().all(|x| x.is_finite());
        if !sound {
            return;
        }
        let day = self.days.entry(date).or_default();
        day.row.resize(self.columns, 0.0);
        day.names += 1;
        day.weight += weight;
        day.response += weight * response;
        for (sum, x) in day.row.iter_mut().zip(row) {
            *sum += weight * x;
        }
    }

    /// Regresses the portfolio's response on a constant and its factors, both weighted means over its
    /// securities, with Newey & West's (1987) errors.
    ///
    /// # Errors
    /// Too few days, or factors that are collinear over them, in a sentence.
    pub fn regress(&self, min_names: usize, lags: Option<usize>) -> Result<CalendarTimeEstimate, String> {
        let (kept, dropped): (Vec<&Day>, Vec<&Day>) = self.days.values().partition(|day| day.names >= min_names);
        let columns = 1 + self.columns;
        if kept.len() <= columns {
            return Err(format!("{} days with {min_names} or more securities, {} are needed", kept.len(), columns + 1));
        }
        let response: Vec<f64> = kept.iter().map(|day| day.response / day.weight).collect();
        let mut design = vec![1.0; kept.len()];
        for j in 0..self.columns {
            design.extend(kept.iter().map(|day| day.row[j] / day.weight));
        }
        let lags = lags.unwrap_or_else(|| automatic_lags(kept.len()));
        if 2 * lags >= kept.len() {
            return Err(format!("{lags} lags are too many for {} days", kept.len()));
        }
        let found = newey_west(&response, &design, columns, None, lags).map_err(|error| error.to_string())?;
        let alpha_se = found.covariance[0].sqrt();
        if alpha_se.is_nan() || alpha_se <= 0.0 {
            return Err("the portfolio does not vary about its factors".into());
        }
        let t = found.coefficients[0] / alpha_se;
        let count = kept.len() as f64;
        Ok(CalendarTimeEstimate {
            days: kept.len(),
            dropped: dropped.len(),
            mean_names: kept.iter().map(|day| day.names).sum::<usize>() as f64 / count,
            lags,
            mean_return: response.iter().sum::<f64>() / count,
            coefficients: found.coefficients,
            alpha_se,
            t,
            dof: found.dof,
            p_value: Distribution::StudentT { dof: found.dof as f64 }.two_sided(t),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two securities on one day are one observation; a day with one alone is left out.
    #[test]
    fn a_day_is_the_weighted_mean_of_its_names() {
        let mut portfolio = Portfolio::new(0);
        for (date, weight, response) in
            [(1, 1.0, 0.01), (1, 3.0, 0.05), (2, 1.0, 0.02), (2, 1.0, 0.04), (3, 1.0, 9.0), (3, 1.0, f64::NAN)]
        {
            portfolio.add(Date(date), weight, response, &[]);
        }
        let found = portfolio.regress(2, Some(0)).expect("two days");
        assert_eq!((found.days, found.dropped, found.mean_names), (2, 1, 2.0));
        assert!((found.coefficients[0] - 0.035).abs() < 1e-15, "{found:?}");
        // Means 0.04 and 0.03: residuals ±0.005, and HC0 with the factor n/(n − 1).
        assert!((found.alpha_se - 0.005).abs() < 1e-15, "{found:?}");
        assert!(portfolio.regress(3, None).is_err());
    }
}
