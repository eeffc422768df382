//! Lines that outliers among the estimation days do not move.

use crate::expected::{EstimationSample, Fit, FitError, least_squares};

/// Residuals beyond this many scales lose weight: 95 % efficiency at the normal (Huber 1964; Holland &
/// Welsch 1977).
const HUBER_K: f64 = 1.345;

/// Median of |z| for standard normal z.
const NORMAL_MEDIAN_DEVIATION: f64 = 0.674_489_750_196_081_7;

/// Iterations end when no coefficient moves by more than this share of itself or of its standard error.
const CONVERGED: f64 = 1e-12;

const ITERATIONS: usize = 500;

/// A scale below this share of the root mean square of y is rounding.
const NO_SCALE: f64 = 1e-12;

/// Huber's M-estimator (Huber 1964): weighted least squares with weights min(1, k/|r/σ|), repeated from
/// least squares until it stands, σ the median of |r| over that of a standard normal, anew each time.
///
/// s² is RSS/(M − k) of the plain residuals, and `inverse` such that s² times it is the covariance of
/// the coefficients, K²·(Σψ²σ²/(M − k))/(mean ψ')²·(X'X)⁻¹ with the correction
/// K = 1 + (k/M)·var ψ'/(mean ψ')² (Huber 1981, §7.6), statsmodels' `H1`.
///
/// # Errors
/// Those of least squares; or the iterations do not end, or the residuals of half of the days vanish.
pub fn huber(sample: &EstimationSample, fit: &mut Fit) -> Result<(), FitError> {
    least_squares::fit(sample, fit)?;
    if fit.variance == 0.0 {
        return Ok(());
    }
    let mut weighted_fit = Fit::default();
    for _ in 0..ITERATIONS {
        let scale = scale_of(&fit.residuals, sample)?;
        let weights: Vec<f64> = fit.residuals.iter().map(|r| (HUBER_K * scale / r.abs()).min(1.0)).collect();
        least_squares::fit(&sample.weighted(&weights), &mut weighted_fit)?;
        let converged = is_close(fit, &weighted_fit.coefficients);
        fit.coefficients.clone_from(&weighted_fit.coefficients);
        fit.set_residuals(sample);
        if converged {
            let scale = scale_of(&fit.residuals, sample)?;
            fit.assess(sample, sample.columns);
            let factor = coefficient_variance(fit, scale) / fit.variance;
            fit.inverse.iter_mut().for_each(|element| *element *= factor);
            return Ok(());
        }
    }
    Err(FitError::NoConvergence { reason: format!("the weights still change after {ITERATIONS} iterations") })
}

/// Whether the coefficients of `fit` are as good as `others`. (X'X)⁻¹ and s² of `fit` are those of least
/// squares still.
fn is_close(fit: &Fit, others: &[f64]) -> bool {
    let errors = fit.inverse.iter().step_by(others.len() + 1).map(|element| (fit.variance * element).sqrt());
    let pairs = fit.coefficients.iter().zip(others);
    pairs.zip(errors).all(|((old, new), error)| (new - old).abs() <= CONVERGED * new.abs().max(error))
}

fn scale_of(residuals: &[f64], sample: &EstimationSample) -> Result<f64, FitError> {
    let mut sizes: Vec<f64> = residuals.iter().map(|r| r.abs()).collect();
    let scale = median(&mut sizes) / NORMAL_MEDIAN_DEVIATION;
    let mean_square = sample.y.iter().map(|y| y * y).sum::<f64>() / sample.len() as f64;
    if scale > NO_SCALE * mean_square.sqrt() {
        Ok(scale)
    } else {
        Err(FitError::NoConvergence { reason: "the residuals of half of the days are zero".into() })
    }
}

/// The factor of (X'X)⁻¹ in the covariance of the coefficients.
fn coefficient_variance(fit: &Fit, scale: f64) -> f64 {
    let days = fit.residuals.len() as f64;
    let bound = HUBER_K * scale;
    let squares: f64 = fit.residuals.iter().map(|r| r.abs().min(bound).powi(2)).sum();
    // ψ' is 1 within the bound and 0 beyond: its mean is a share, its variance that of a coin.
    let share = fit.residuals.iter().filter(|r| r.abs() <= bound).count() as f64 / days;
    let correction = 1.0 + fit.parameters as f64 / days * (1.0 - share) / share;
    correction.powi(2) * squares / fit.degrees_of_freedom() as f64 / share.powi(2)
}

/// The line of Theil (1950) and Sen (1968): the median of the slopes between any two days on which the
/// regressor differs, and the median of y − slope·x; scipy's `theilslopes(method='joint')`.
///
/// s² is RSS/(M − k) of its residuals and `inverse` the (X'X)⁻¹ of least squares, so that forecasts have
/// the errors of a line through as many days.
///
/// # Errors
/// Those of least squares.
///
/// # Panics
/// The design is not a constant and one regressor.
pub fn theil_sen(sample: &EstimationSample, fit: &mut Fit) -> Result<(), FitError> {
    assert_eq!(sample.columns, 2, "a constant and one regressor");
    least_squares::fit(sample, fit)?;
    let (x, y) = (sample.column(1), sample.y.as_slice());
    let mut slopes = Vec::with_capacity(x.len() * (x.len() - 1) / 2);
    for i in 1..x.len() {
        for j in (0..i).filter(|&j| x[j] != x[i]) {
            slopes.push((y[i] - y[j]) / (x[i] - x[j]));
        }
    }
    let slope = median(&mut slopes);
    let mut intercepts: Vec<f64> = y.iter().zip(x).map(|(y, x)| y - slope * x).collect();
    fit.coefficients.clear();
    fit.coefficients.extend([median(&mut intercepts), slope]);
    fit.assess(sample, sample.columns);
    Ok(())
}

/// The middle value, or the mean of the two in the middle, of values that are not none.
fn median(values: &mut [f64]) -> f64 {
    let middle = values.len() / 2;
    let even = values.len().is_multiple_of(2);
    let (below, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    if even { 0.5 * (below.iter().copied().fold(f64::NEG_INFINITY, f64::max) + upper) } else { upper }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(y: &[f64], x: &[f64]) -> EstimationSample {
        let design = [vec![1.0; x.len()], x.to_vec()].concat();
        EstimationSample { days: (0..y.len()).collect(), y: y.to_vec(), x: design, columns: 2 }
    }

    const X: [f64; 8] = [-4.0, -3.0, -2.0, -1.0, 1.0, 2.0, 3.0, 4.0];

    #[test]
    fn medians() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut [4.0, 1.0, 3.0, 2.0]), 2.5);
        assert_eq!(median(&mut [-1.0]), -1.0);
    }

    /// Residuals of ±1 have the scale 1.48, and none is beyond 1.345 of it.
    #[test]
    fn huber_is_least_squares_where_no_residual_is_large() {
        let y: Vec<f64> = X.iter().zip([1.0, -1.0, -1.0, 1.0].iter().cycle()).map(|(x, e)| 2.0 + 0.5 * x + e).collect();
        let (sample, mut plain, mut robust) = (line(&y, &X), Fit::default(), Fit::default());
        least_squares::fit(&sample, &mut plain).expect("regular");
        huber(&sample, &mut robust).expect("converges");
        assert_eq!(robust.coefficients, plain.coefficients);
        assert_eq!((robust.variance, robust.r_squared), (plain.variance, plain.r_squared));
        assert!(robust.inverse.iter().zip(&plain.inverse).all(|(a, b)| (a - b).abs() <= 1e-14));
    }

    #[test]
    fn a_perfect_line_is_found_and_has_no_variance() {
        let sample = line(&X.map(|x| 1.0 + x), &X);
        for estimator in [huber, theil_sen] {
            let mut fit = Fit::default();
            estimator(&sample, &mut fit).expect("regular");
            assert_eq!(fit.variance, 0.0);
            assert!((fit.coefficients[0] - 1.0).abs() < 1e-14 && (fit.coefficients[1] - 1.0).abs() < 1e-14);
        }
    }

    #[test]
    fn half_of_the_days_on_a_line_leave_huber_without_a_scale() {
        let mut y = X.map(|x| 1.0 + x);
        y[2] = 9.0;
        let refused = huber(&line(&y, &X), &mut Fit::default()).expect_err("no scale");
        assert!(refused.to_string().contains("half of the days are zero"), "{refused}");
    }

    #[test]
    fn one_outlier_does_not_move_theil_sen() {
        let noise = [0.1, -0.2, 0.3, -0.1, 0.2, -0.3, 0.1, -0.1];
        let mut y: Vec<f64> = X.iter().zip(noise).map(|(x, e)| 1.0 + 2.0 * x + e).collect();
        y[3] = -50.0;
        let (mut before, mut after) = (Fit::default(), Fit::default());
        theil_sen(&line(&y, &X), &mut before).expect("regular");
        y[3] = -50_000.0;
        theil_sen(&line(&y, &X), &mut after).expect("regular");
        assert_eq!(before.coefficients, after.coefficients);
        assert!((after.coefficients[1] - 2.0).abs() < 0.2 && (after.coefficients[0] - 1.0).abs() < 0.3);
    }
}
