//! Variances that move: a linear mean with GARCH(1,1) or EGARCH(1,1) errors, by maximum likelihood.
//!
//! Mean and variance are estimated together. The likelihood, the variance before the sample and the
//! bounds of the parameters are those of the Python package `arch` (Sheppard) for an `LS` mean with
//! `GARCH(p=1, o=0, q=1)` or `EGARCH(p=1, o=1, q=1)`, on data scaled to unit residual variance. Unlike
//! `arch`, an EGARCH recursion must forget its start: the fit is the highest such local maximum found
//! from several starts, or, where there is none, the highest with α ≥ 0.
//!
//! Logarithms and exponentials are `libm`'s: the same bits on every platform.

mod density;
mod forecast;
mod kink;
mod likelihood;
mod maximise;
mod quadratic;
mod recursion;
mod scale;
mod start;

use std::fmt;

use likelihood::Likelihood;
use scale::Scaled;

/// How the variance follows from the day before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dynamics {
    /// σ²ₜ = ω + αr²ₜ₋₁ + βσ²ₜ₋₁ with α, β ≥ 0 and α + β ≤ 1 (Bollerslev 1986).
    Garch,
    /// ln σ²ₜ = ω + α(|zₜ₋₁| − √(2/π)) + γzₜ₋₁ + β ln σ²ₜ₋₁ with 0 ≤ β ≤ 1 (Nelson 1991).
    Egarch,
}

impl Dynamics {
    /// Number of parameters of the variance.
    fn parameters(self) -> usize {
        match self {
            Self::Garch => 3,
            Self::Egarch => 4,
        }
    }
}

/// The law of the standardised errors z = r/σ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errors {
    /// Standard normal.
    Normal,
    /// Student's t, scaled to unit variance, with ν between 2.05 and 500 estimated (Bollerslev 1987).
    StudentT,
}

/// A mean and a variance that moves, fitted together.
#[derive(Clone, Debug, PartialEq)]
pub struct VolatilityFit {
    /// Coefficients of the design.
    pub mean: Vec<f64>,
    /// ω.
    pub omega: f64,
    /// α.
    pub alpha: f64,
    /// γ of EGARCH.
    pub gamma: Option<f64>,
    /// β.
    pub beta: f64,
    /// Degrees of freedom of the t.
    pub nu: Option<f64>,
    /// Log-likelihood, constants included.
    pub log_likelihood: f64,
    /// Conditional variance of each observation.
    pub variances: Vec<f64>,
    /// y − Xb.
    pub residuals: Vec<f64>,
    /// Covariance of the mean coefficients given the variances, row after row: the inverse of
    /// Σ xx'/σ², over the information of the location of the errors (1 for normal errors).
    pub mean_covariance: Vec<f64>,
}

/// Why there is no fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotConverged {
    /// Not two observations more than parameters.
    TooFewObservations {
        /// Observations needed.
        needed: usize,
    },
    /// The mean explains the responses to rounding: there is no variance to follow.
    NoVariance,
    /// A value that is not finite.
    NotFinite,
    /// A column of the design depends on those before it.
    Singular {
        /// The column.
        column: usize,
    },
    /// No climb reached a maximum.
    NoMaximum,
}

impl fmt::Display for NotConverged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewObservations { needed } => write!(f, "at least {needed} observations are needed"),
            Self::NoVariance => write!(f, "the residuals are zero, so they have no variance to follow"),
            Self::NotFinite => write!(f, "a return, a regressor or a coefficient at the start is not finite"),
            Self::Singular { column } => write!(f, "column {column} of the design depends on those before it"),
            Self::NoMaximum => write!(f, "the likelihood has no maximum that a climb could reach"),
        }
    }
}

impl std::error::Error for NotConverged {}

/// Fits `y` = Xb + r with moving variance of r. `x` is the design, one column after the other, and
/// `start` its least-squares coefficients: the residuals there set the variance before the sample.
///
/// # Errors
/// Too few observations, values that are not finite, residuals that are zero, or no maximum.
///
/// # Panics
/// The lengths of `y`, `x` and `start` disagree.
pub fn fit(
    y: &[f64],
    x: &[f64],
    columns: usize,
    dynamics: Dynamics,
    errors: Errors,
    start: &[f64],
) -> Result<VolatilityFit, NotConverged> {
    assert!(x.len() == y.len() * columns && start.len() == columns, "a design of {columns} columns");
    let parameters = columns + dynamics.parameters() + usize::from(errors == Errors::StudentT);
    if y.len() < parameters + 2 {
        return Err(NotConverged::TooFewObservations { needed: parameters + 2 });
    }
    let scaled = Scaled::new(y, x, start)?;
    let likelihood = Likelihood::new(dynamics, errors, scaled.residuals(), scaled.rows());
    let summit = start::highest(&likelihood).ok_or(NotConverged::NoMaximum)?;
    scaled.fit(&likelihood, &summit)
}
