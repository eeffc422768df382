//! Least squares with the classical covariance, or with that of Newey and West.

use crate::expected::{EstimationSample, Fit, FitError, least_squares};

/// Coefficients of a regression with their covariance.
#[derive(Clone, Debug, PartialEq)]
pub struct Regression {
    /// Coefficients in the order of the columns.
    pub coefficients: Vec<f64>,
    /// Covariance of the coefficients, row after row.
    pub covariance: Vec<f64>,
    /// y − Xb, whatever the weights.
    pub residuals: Vec<f64>,
    /// Observations less coefficients.
    pub dof: usize,
}

impl Regression {
    /// Standard error of a coefficient.
    pub fn standard_error(&self, coefficient: usize) -> f64 {
        self.covariance[coefficient * (self.coefficients.len() + 1)].sqrt()
    }
}

/// Least squares of `y` on the columns of `x`, weighted where there are `weights`, with a covariance that
/// allows for heteroscedasticity and for autocorrelation up to `lags` observations:
///
/// n/(n − k)·(X'WX)⁻¹·Σ_l κ_l(S_l + S_l')·(X'WX)⁻¹, S_l = Σ_t h_t h_{t−l}', h_t = w_t e_t x_t,
///
/// with the weights κ_l = 1 − l/(lags + 1) of Bartlett, S_0 taken once (Newey & West 1987).
///
/// # Errors
/// Not more observations than columns, or a column that depends on the columns before it.
///
/// # Panics
/// `x` is not as long as `columns` columns of the length of `y`, or `weights` not as long as `y`.
pub fn newey_west(
    y: &[f64],
    x: &[f64],
    columns: usize,
    weights: Option<&[f64]>,
    lags: usize,
) -> Result<Regression, FitError> {
    let plain = sample_of(y, x, columns);
    let weighted = weights.map(|weights| {
        assert_eq!(weights.len(), y.len(), "one weight per observation");
        plain.weighted(weights)
    });
    let weighted = weighted.as_ref().unwrap_or(&plain);
    let mut fit = Fit::default();
    least_squares::fit(weighted, &mut fit)?;
    let scores = scores(weighted, &fit.residuals);
    let (n, dof) = (y.len(), y.len() - columns);
    let mut covariance = sandwich(&fit.inverse, &long_run_sum(&scores, columns, lags), columns);
    covariance.iter_mut().for_each(|element| *element *= n as f64 / dof as f64);
    fit.set_residuals(&plain);
    Ok(Regression { coefficients: fit.coefficients, covariance, residuals: fit.residuals, dof })
}

/// Least squares with the covariance s²(X'X)⁻¹ of independent errors of one variance.
///
/// # Errors
/// Those of [`newey_west`].
///
/// # Panics
/// `x` is not as long as `columns` columns of the length of `y`.
pub fn classical(y: &[f64], x: &[f64], columns: usize) -> Result<Regression, FitError> {
    let mut fit = Fit::default();
    least_squares::fit(&sample_of(y, x, columns), &mut fit)?;
    let covariance = fit.inverse.iter().map(|element| fit.variance * element).collect();
    let dof = fit.degrees_of_freedom();
    Ok(Regression { coefficients: fit.coefficients, covariance, residuals: fit.residuals, dof })
}

/// ⌊4(T/100)^(2/9)⌋ lags for T observations, the rule that follows Newey & West (1994).
pub fn automatic_lags(observations: usize) -> usize {
    (4.0 * libm::pow(observations as f64 / 100.0, 2.0 / 9.0)).floor() as usize
}

fn sample_of(y: &[f64], x: &[f64], columns: usize) -> EstimationSample {
    assert_eq!(x.len(), y.len() * columns, "the design has {columns} columns as long as the response");
    EstimationSample { days: (0..y.len()).collect(), y: y.to_vec(), x: x.to_vec(), columns }
}

/// h_t, observation after observation.
fn scores(sample: &EstimationSample, residuals: &[f64]) -> Vec<f64> {
    let row = |t: usize| (0..sample.columns).map(move |j| sample.column(j)[t] * residuals[t]);
    (0..sample.len()).flat_map(row).collect()
}

/// Σ_l κ_l(S_l + S_l'), S_0 once.
fn long_run_sum(scores: &[f64], columns: usize, lags: usize) -> Vec<f64> {
    let mut sum = vec![0.0; columns * columns];
    for lag in 0..=lags.min(scores.len() / columns - 1) {
        let kernel = if lag == 0 { 0.5 } else { 1.0 - lag as f64 / (lags + 1) as f64 };
        let pairs = scores[lag * columns..].chunks_exact(columns).zip(scores.chunks_exact(columns));
        for (now, then) in pairs {
            for i in 0..columns {
                for j in 0..columns {
                    sum[i * columns + j] += kernel * (now[i] * then[j] + then[i] * now[j]);
                }
            }
        }
    }
    sum
}

/// A·B·A for symmetric A and B.
fn sandwich(bread: &[f64], filling: &[f64], columns: usize) -> Vec<f64> {
    let half = product(bread, filling, columns);
    product(&half, bread, columns)
}

fn product(a: &[f64], b: &[f64], columns: usize) -> Vec<f64> {
    let element = |i: usize, j: usize| (0..columns).map(|l| a[i * columns + l] * b[l * columns + j]).sum();
    (0..columns).flat_map(|i| (0..columns).map(move |j| element(i, j))).collect()
}
