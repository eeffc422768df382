//! The regression: coefficients, their covariance, and what follows for each.

use std::fmt;

use super::basis::{Basis, add_outer};
use super::clusters;
use crate::expected::{EstimationSample, Fit, FitError, least_squares};
use crate::significance::Distribution;

/// What is explained by what.
#[derive(Clone, Copy, Debug)]
pub struct CrossSection<'a> {
    /// Responses, one per observation.
    pub y: &'a [f64],
    /// The design, one column after the other, each as long as `y`.
    pub x: &'a [f64],
    /// Number of columns.
    pub columns: usize,
    /// Positive weights, one per observation.
    pub weights: Option<&'a [f64]>,
    /// Whether some combination of the columns is constant, so that R² is about the mean.
    pub constant: bool,
}

/// What is assumed of the errors. Clusters are numbered from 0, none of them empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errors<'a> {
    /// One variance: s²(X'X)⁻¹.
    Classical,
    /// Any variances: n/(n − k) times the estimator of White (1980) (MacKinnon & White 1985).
    Hc1,
    /// Any variances, residuals over one less their leverage (Davidson & MacKinnon 1993, §16.3).
    Hc3,
    /// Clusters, corrected by G/(G − 1)·(n − 1)/(n − k), with G − 1 degrees of freedom (Liang & Zeger
    /// 1986; the correction of Stata, which others call CR1S).
    Cr1(&'a [usize]),
    /// Clusters, with residuals adjusted so that the covariance is unbiased where errors are
    /// independent, and Satterthwaite's degrees of freedom for each coefficient (Bell & McCaffrey 2002;
    /// Pustejovsky & Tipton 2018).
    Cr2(&'a [usize]),
    /// Clusters in two ways: the covariances of either less that of both, each corrected as in
    /// [`Errors::Cr1`], with one degree of freedom less than the fewer clusters (Cameron, Gelbach &
    /// Miller 2011).
    TwoWay(&'a [usize], &'a [usize]),
}

/// Why there is no regression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undefined {
    /// Not more observations than columns.
    TooFew {
        /// Observations needed.
        needed: usize,
    },
    /// A column depends on those before it.
    Singular {
        /// The column.
        column: usize,
    },
    /// An observation alone decides a coefficient, so that its residual tells nothing (HC3).
    Leverage {
        /// The observation.
        observation: usize,
    },
    /// Everything is in one cluster.
    OneCluster,
}

impl From<FitError> for Undefined {
    fn from(error: FitError) -> Self {
        match error {
            FitError::Singular { column } => Self::Singular { column },
            FitError::TooFewDays { needed } => Self::TooFew { needed },
            FitError::NoConvergence { reason } => unreachable!("least squares does not iterate: {reason}"),
        }
    }
}

/// A regression.
#[derive(Clone, Debug, PartialEq)]
pub struct Regressed {
    /// Coefficients in the order of the columns.
    pub coefficients: Vec<f64>,
    /// Their covariance, row after row.
    pub covariance: Vec<f64>,
    /// Degrees of freedom of each.
    pub dof: Vec<f64>,
    /// Number of clusters, of the fewer where they are in two ways.
    pub clusters: Option<usize>,
    /// Share of the (weighted) variation that is explained; absent where nothing varies.
    pub r_squared: Option<f64>,
    /// The same with variances in place of sums of squares.
    pub adjusted_r_squared: Option<f64>,
    /// Whether the covariance of clusters in two ways had negative eigenvalues, which were set to zero.
    pub raised: bool,
    /// For each coefficient the variance that is nothing but rounding.
    rounding: Vec<f64>,
    exact: bool,
}

/// A coefficient with its test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inference {
    /// Standard error.
    pub error: f64,
    /// The coefficient over its standard error.
    pub t: f64,
    /// Degrees of freedom.
    pub dof: f64,
    /// Two-sided p-value.
    pub p_value: f64,
    /// Ends of the confidence interval.
    pub interval: (f64, f64),
}

/// Why a coefficient has no test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoInference {
    /// The residuals are zero.
    Exact,
    /// The variance of the coefficient is not positive, or without degrees of freedom.
    NoVariance,
}

impl fmt::Display for NoInference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exact => "the terms explain the response exactly, so there are no errors",
            Self::NoVariance => "the estimated variance of the coefficient is zero: too few clusters decide it",
        })
    }
}

impl Regressed {
    /// The test of a coefficient.
    ///
    /// # Errors
    /// Its variance is zero.
    pub fn inference(&self, coefficient: usize, confidence: f64) -> Result<Inference, NoInference> {
        let variance = self.covariance[coefficient * (self.coefficients.len() + 1)];
        if self.exact {
            return Err(NoInference::Exact);
        }
        let (error, dof) = (variance.sqrt(), self.dof[coefficient]);
        let (value, t) = (self.coefficients[coefficient], self.coefficients[coefficient] / error);
        if !(variance > self.rounding[coefficient] && dof > 0.0 && t.is_finite()) {
            return Err(NoInference::NoVariance);
        }
        let distribution = Distribution::StudentT { dof };
        let reach = error * distribution.two_sided_quantile(confidence);
        let interval = (value - reach, value + reach);
        Ok(Inference { error, t, dof, p_value: distribution.two_sided(t), interval })
    }
}

/// An observation with a leverage within this of one decides a coefficient alone.
pub(super) const ALONE: f64 = 1e-10;

/// A variance below this share of the classical one is rounding, as a sum of squares below it is in
/// least squares.
const ROUNDING: f64 = 1e-24;

/// Least squares with the covariance that the errors ask for.
///
/// # Errors
/// Too few observations or clusters, or a design that does not decide the coefficients.
///
/// # Panics
/// The lengths do not fit.
pub fn regress(section: &CrossSection<'_>, errors: Errors<'_>) -> Result<Regressed, Undefined> {
    let (n, k) = (section.y.len(), section.columns);
    assert_eq!(section.x.len(), n * k, "the design has {k} columns as long as the response");
    let plain = EstimationSample { days: Vec::new(), y: section.y.to_vec(), x: section.x.to_vec(), columns: k };
    let sample = match section.weights {
        Some(weights) => {
            assert_eq!(weights.len(), n, "one weight per observation");
            plain.weighted(weights)
        }
        None => plain,
    };
    let mut fit = Fit::default();
    least_squares::fit(&sample, &mut fit)?;
    let basis = Basis::new(&sample)?;
    let filling = filling(&basis, &fit, errors)?;
    let dof = match errors {
        Errors::Classical | Errors::Hc1 | Errors::Hc3 => vec![(n - k) as f64; k],
        Errors::Cr1(ids) => vec![(clusters::count(ids) - 1) as f64; k],
        Errors::TwoWay(a, b) => vec![(clusters::count(a).min(clusters::count(b)) - 1) as f64; k],
        Errors::Cr2(ids) => clusters::satterthwaite(&basis, ids),
    };
    let rss: f64 = fit.residuals.iter().map(|e| e * e).sum();
    let r_squared = total(section).map(|total| 1.0 - rss / total);
    let free = (n - usize::from(section.constant)) as f64 / (n - k) as f64;
    Ok(Regressed {
        covariance: basis.covariance(&filling.matrix),
        dof,
        clusters: match errors {
            Errors::Cr1(ids) | Errors::Cr2(ids) => Some(clusters::count(ids)),
            Errors::TwoWay(a, b) => Some(clusters::count(a).min(clusters::count(b))),
            Errors::Classical | Errors::Hc1 | Errors::Hc3 => None,
        },
        r_squared,
        adjusted_r_squared: r_squared.map(|share| 1.0 - free * (1.0 - share)),
        raised: filling.raised,
        rounding: (0..k).map(|j| ROUNDING * fit.variance * fit.inverse[j * (k + 1)]).collect(),
        exact: fit.variance == 0.0,
        coefficients: fit.coefficients,
    })
}

/// Sum of squares of the response, about its mean where that is explained for nothing.
fn total(section: &CrossSection<'_>) -> Option<f64> {
    let weight = |i: usize| section.weights.map_or(1.0, |weights| weights[i]);
    let sum = |of: &dyn Fn(usize) -> f64| (0..section.y.len()).map(|i| weight(i) * of(i)).sum::<f64>();
    let mean = if section.constant { sum(&|i| section.y[i]) / sum(&|_| 1.0) } else { 0.0 };
    let squares = |i: usize| (section.y[i] - mean) * (section.y[i] - mean);
    Some(sum(&squares)).filter(|total| *total > ROUNDING * sum(&|i| section.y[i] * section.y[i]))
}

/// The covariance of Q'y, up to what was done to it.
pub(super) struct Filling {
    pub(super) matrix: Vec<f64>,
    pub(super) raised: bool,
}

fn filling(basis: &Basis, fit: &Fit, errors: Errors<'_>) -> Result<Filling, Undefined> {
    let (n, k) = (fit.residuals.len(), basis.k);
    let mut matrix = vec![0.0; k * k];
    let mut raised = false;
    match errors {
        Errors::Classical => (0..k).for_each(|j| matrix[j * (k + 1)] = fit.variance),
        Errors::Hc1 => {
            let correction = n as f64 / (n - k) as f64;
            for (i, e) in fit.residuals.iter().enumerate() {
                add_outer(&mut matrix, basis.row(i), correction * e * e);
            }
        }
        Errors::Hc3 => {
            for (i, e) in fit.residuals.iter().enumerate() {
                let rest = 1.0 - basis.leverage(i);
                if rest < ALONE {
                    return Err(Undefined::Leverage { observation: i });
                }
                add_outer(&mut matrix, basis.row(i), (e / rest) * (e / rest));
            }
        }
        Errors::Cr1(ids) => matrix = clusters::cr1(basis, &fit.residuals, ids)?,
        Errors::Cr2(ids) => matrix = clusters::cr2(basis, &fit.residuals, ids)?,
        Errors::TwoWay(a, b) => Filling { matrix, raised } = clusters::two_way(basis, &fit.residuals, a, b)?,
    }
    Ok(Filling { matrix, raised })
}
