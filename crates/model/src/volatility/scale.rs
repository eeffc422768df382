//! Units in which the likelihood is well conditioned, and the way back.

use super::density::location_information;
use super::likelihood::Likelihood;
use super::maximise::Summit;
use super::recursion::Shape;
use super::{Errors, NotConverged, VolatilityFit};
use crate::expected::{EstimationSample, Fit, FitError, least_squares};

/// Residual sums of squares below this share of Σy² are rounding: a perfect fit.
const ROUNDING: f64 = 1e-24;

/// The numbers of a fit, and the root mean squares that are its units.
///
/// Both are exact multiples of the data, so that scaling the data by a power of two changes no bit of
/// the scaled problem.
pub(super) struct Scaled<'a> {
    x: &'a [f64],
    start: &'a [f64],
    /// Residuals at the start.
    residuals: Vec<f64>,
    /// Root mean square of these residuals.
    sigma: f64,
    /// Root mean square of each column.
    lengths: Vec<f64>,
}

impl<'a> Scaled<'a> {
    pub(super) fn new(y: &[f64], x: &'a [f64], start: &'a [f64]) -> Result<Self, NotConverged> {
        if [y, x, start].concat().iter().any(|value| !value.is_finite()) {
            return Err(NotConverged::NotFinite);
        }
        let mut residuals = y.to_vec();
        for (column, &b) in x.chunks_exact(y.len()).zip(start) {
            residuals.iter_mut().zip(column).for_each(|(residual, &x)| *residual -= b * x);
        }
        let sigma = root_mean_square(&residuals);
        let level = root_mean_square(y);
        if sigma == 0.0 || sigma * sigma <= ROUNDING * level * level {
            return Err(NotConverged::NoVariance);
        }
        let lengths: Vec<f64> = x.chunks_exact(y.len()).map(root_mean_square).collect();
        match lengths.iter().position(|&length| length == 0.0) {
            Some(column) => Err(NotConverged::Singular { column }),
            None => Ok(Self { x, start, residuals, sigma, lengths }),
        }
    }

    /// Residuals at the start, of mean square one.
    pub(super) fn residuals(&self) -> Vec<f64> {
        self.residuals.iter().map(|residual| residual / self.sigma).collect()
    }

    /// The design row after row, its columns of mean square one.
    pub(super) fn rows(&self) -> Vec<f64> {
        let days = self.residuals.len();
        (0..days)
            .flat_map(|t| self.lengths.iter().enumerate().map(move |(j, length)| self.x[j * days + t] / length))
            .collect()
    }

    /// The fit in the units of the data.
    pub(super) fn fit(&self, likelihood: &Likelihood, summit: &Summit) -> Result<VolatilityFit, NotConverged> {
        let (days, columns) = (self.residuals.len(), self.lengths.len());
        let (mut variances, mut residuals) = (Vec::with_capacity(days), Vec::with_capacity(days));
        likelihood.walk(&summit.at, |_, _, day| {
            variances.push(day.variance * self.sigma * self.sigma);
            residuals.push(day.residual * self.sigma);
        });
        let log_scale = libm::log(self.sigma);
        let (omega, alpha, gamma, beta) = match Shape::new(likelihood.dynamics, &summit.at[columns..]) {
            Shape::Garch { omega, alpha, beta, .. } => (omega * self.sigma * self.sigma, alpha, None, beta),
            Shape::Egarch { omega, alpha, gamma, beta } => {
                (omega + (1.0 - beta) * 2.0 * log_scale, alpha, Some(gamma), beta)
            }
        };
        let nu = (likelihood.errors == Errors::StudentT).then(|| 1.0 / summit.at[summit.at.len() - 1]);
        let changes = summit.at.iter().zip(&self.lengths).map(|(change, length)| change * self.sigma / length);
        Ok(VolatilityFit {
            mean: changes.zip(self.start).map(|(change, b)| b + change).collect(),
            omega,
            alpha,
            gamma,
            beta,
            nu,
            log_likelihood: summit.value - days as f64 * log_scale,
            mean_covariance: self.mean_covariance(&variances, nu)?,
            variances,
            residuals,
        })
    }

    /// (Σ xx'/σ²)⁻¹ over the information of the location.
    fn mean_covariance(&self, variances: &[f64], nu: Option<f64>) -> Result<Vec<f64>, NotConverged> {
        let weights: Vec<f64> = variances.iter().map(|variance| 1.0 / variance.sqrt()).collect();
        let days = weights.len();
        let x = self.x.chunks_exact(days).flat_map(|column| column.iter().zip(&weights).map(|(x, w)| x * w)).collect();
        let sample = EstimationSample { days: vec![], y: vec![0.0; days], x, columns: self.lengths.len() };
        let mut fit = Fit::default();
        least_squares::fit(&sample, &mut fit).map_err(|error| match error {
            FitError::NoConvergence { .. } => NotConverged::NoMaximum,
            FitError::Singular { column } => NotConverged::Singular { column },
            FitError::TooFewDays { needed } => NotConverged::TooFewObservations { needed },
        })?;
        let information = nu.map_or(1.0, location_information);
        Ok(fit.inverse.iter().map(|element| element / information).collect())
    }
}

fn root_mean_square(values: &[f64]) -> f64 {
    (values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64).sqrt()
}
