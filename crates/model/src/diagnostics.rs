//! What the residuals of the estimation window say about the model that left them.

use std::borrow::Cow;

use crate::Maybe;
use crate::expected::{EstimationSample, Fit, least_squares};
use crate::significance::{Distribution, chi_squared_tail};

/// Autocorrelations in the statistic of Ljung and Box.
pub const LJUNG_BOX_LAGS: usize = 10;

/// Lags of the squared residuals in Engle's test.
pub const ARCH_LAGS: usize = 5;

/// Tests of residuals that should be independent and normal, of one variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Diagnostics {
    /// Σ(e_t − e_{t−1})²/Σe_t²: 2 without autocorrelation of first order (Durbin & Watson 1950).
    pub durbin_watson: Maybe,
    /// n(n + 2)Σρ_k²/(n − k) over [`LJUNG_BOX_LAGS`] lags (Ljung & Box 1978).
    pub ljung_box: Maybe,
    /// Its p-value, from chi-squared with as many degrees of freedom as lags.
    pub ljung_box_p: Maybe,
    /// (n/6)(S² + (K − 3)²/4), S the skewness and K the kurtosis (Jarque & Bera 1980).
    pub jarque_bera: Maybe,
    /// Its p-value, from chi-squared with two degrees of freedom.
    pub jarque_bera_p: Maybe,
    /// n·R² of the squared residuals on a constant and [`ARCH_LAGS`] lags of themselves (Engle 1982).
    pub arch_lm: Maybe,
    /// Its p-value, from chi-squared with as many degrees of freedom as lags.
    pub arch_lm_p: Maybe,
}

/// Days before the event window whose residuals are looked at for a trend: a trading month.
pub const PRE_TREND_DAYS: usize = 20;

/// What the estimation window of one event says of its model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Diagnosis {
    /// Tests of the residuals; none where the fit is perfect.
    pub residuals: Diagnostics,
    /// Share of the estimation days on which the return was zero.
    pub zero_return_share: Maybe,
    /// t of the sum of the last [`PRE_TREND_DAYS`] residuals, see [`pre_trend`].
    pub pre_trend_t: Maybe,
    /// Its two-sided p-value.
    pub pre_trend_p: Maybe,
}

impl Diagnosis {
    /// Looks at a fitted sample, on so many days of which the return was zero. `before` says that it ends
    /// before the event, else there is no trend towards it. Residuals of a model with a conditional
    /// variance are taken over its root: what is left is what the model did not see.
    pub(crate) fn new(sample: &EstimationSample, fit: &Fit, zero_returns: usize, before: bool) -> Self {
        let trend = before.then(|| pre_trend(sample, fit, PRE_TREND_DAYS)).flatten();
        let residuals: Cow<'_, [f64]> = match &fit.volatility {
            None => fit.residuals.as_slice().into(),
            Some(conditional) => {
                let variances = &conditional.fit.variances;
                fit.residuals.iter().zip(variances).map(|(e, variance)| e / variance.sqrt()).collect()
            }
        };
        Self {
            residuals: if fit.variance > 0.0 { diagnose(&residuals) } else { Diagnostics::NONE },
            zero_return_share: Maybe::finite(zero_returns as f64 / sample.len() as f64),
            pre_trend_t: trend.map(|(t, _)| t).into(),
            pre_trend_p: trend.map(|(_, p)| p).into(),
        }
    }
}

impl Diagnostics {
    const NONE: Self = Self {
        durbin_watson: Maybe::NONE,
        ljung_box: Maybe::NONE,
        ljung_box_p: Maybe::NONE,
        jarque_bera: Maybe::NONE,
        jarque_bera_p: Maybe::NONE,
        arch_lm: Maybe::NONE,
        arch_lm_p: Maybe::NONE,
    };
}

/// The tests of a series of residuals, each absent where the series is too short for it, all of them
/// where it does not vary.
pub fn diagnose(residuals: &[f64]) -> Diagnostics {
    let n = residuals.len() as f64;
    let mean = residuals.iter().sum::<f64>() / n;
    let centred: Vec<f64> = residuals.iter().map(|e| e - mean).collect();
    // Equal residuals may differ by rounding from their mean.
    if residuals.len() < 2 || moment(&centred, 2) <= 1e-24 * moment(residuals, 2) {
        return Diagnostics::NONE;
    }
    let (ljung_box, ljung_box_p) = with_p(ljung_box(&centred), LJUNG_BOX_LAGS);
    let (jarque_bera, jarque_bera_p) = with_p(Some(jarque_bera(&centred)), 2);
    let (arch_lm, arch_lm_p) = with_p(arch_lm(residuals), ARCH_LAGS);
    let durbin_watson = Maybe::finite(durbin_watson(residuals));
    Diagnostics { durbin_watson, ljung_box, ljung_box_p, jarque_bera, jarque_bera_p, arch_lm, arch_lm_p }
}

/// A statistic that is chi-squared under its null, with its p-value.
fn with_p(statistic: Option<f64>, dof: usize) -> (Maybe, Maybe) {
    let p = statistic.map(|statistic| chi_squared_tail(statistic, dof as f64));
    (statistic.into(), p.into())
}

fn moment(values: &[f64], power: i32) -> f64 {
    values.iter().map(|v| v.powi(power)).sum::<f64>() / values.len() as f64
}

fn durbin_watson(residuals: &[f64]) -> f64 {
    let steps: f64 = residuals.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).sum();
    steps / residuals.iter().map(|e| e * e).sum::<f64>()
}

fn ljung_box(centred: &[f64]) -> Option<f64> {
    let n = centred.len();
    let autocovariance = |lag: usize| centred[lag..].iter().zip(centred).map(|(now, then)| now * then).sum::<f64>();
    let variance = autocovariance(0);
    let term = |lag: usize| (autocovariance(lag) / variance).powi(2) / (n - lag) as f64;
    (n > LJUNG_BOX_LAGS).then(|| (n * (n + 2)) as f64 * (1..=LJUNG_BOX_LAGS).map(term).sum::<f64>())
}

fn jarque_bera(centred: &[f64]) -> f64 {
    let variance = moment(centred, 2);
    let skewness = moment(centred, 3) / variance.powf(1.5);
    let excess = moment(centred, 4) / variance.powi(2) - 3.0;
    centred.len() as f64 / 6.0 * (skewness.powi(2) + excess.powi(2) / 4.0)
}

fn arch_lm(residuals: &[f64]) -> Option<f64> {
    let squares: Vec<f64> = residuals.iter().map(|e| e * e).collect();
    let y = squares.get(ARCH_LAGS..)?.to_vec();
    let mut x = vec![1.0; y.len()];
    for lag in 1..=ARCH_LAGS {
        x.extend(&squares[ARCH_LAGS - lag..squares.len() - lag]);
    }
    let sample = EstimationSample { days: (0..y.len()).collect(), y, x, columns: ARCH_LAGS + 1 };
    let mut fit = Fit::default();
    least_squares::fit(&sample, &mut fit).ok()?;
    fit.r_squared.map(|r_squared| sample.len() as f64 * r_squared)
}

/// Whether the security drifts before the event: the sum of the last `days` residuals of the estimation
/// window over its standard deviation, t with M − k degrees of freedom, and the two-sided p-value.
///
/// Residuals of least squares have the covariance s²(I − X(X'X)⁻¹X'), so the variance of the sum is
/// s²(L − 1'X_p(X'X)⁻¹X_p'1), X_p the rows of those days; where residuals are only demeaned,
/// s²(L − L²/M). Nothing where that is zero or the sample is shorter than twice the days.
pub fn pre_trend(sample: &EstimationSample, fit: &Fit, days: usize) -> Option<(f64, f64)> {
    let all = sample.len();
    let first = all.checked_sub(days).filter(|&first| first >= days)?;
    let explained = if fit.inverse.is_empty() {
        (days * days) as f64 / all as f64
    } else {
        leverage_of_sum(sample, fit.coefficients.len(), first)?
    };
    let variance = fit.variance * (days as f64 - explained);
    let t = fit.residuals[first..].iter().sum::<f64>() / variance.sqrt();
    let reference = Distribution::StudentT { dof: fit.degrees_of_freedom() as f64 };
    (variance > 0.0).then(|| (t, reference.two_sided(t)))
}

/// 1'X_p(X'X)⁻¹X_p'1 of the days from `first` on, X the columns that the coefficients belong to. Methods other
/// than least squares have residuals of nearly the same covariance.
fn leverage_of_sum(sample: &EstimationSample, columns: usize, first: usize) -> Option<f64> {
    let x = sample.x[..columns * sample.len()].to_vec();
    let own = EstimationSample { days: Vec::new(), y: sample.y.clone(), x, columns };
    let mut fit = Fit::default();
    least_squares::fit(&own, &mut fit).ok()?;
    let rows: Vec<f64> = (0..columns).map(|j| own.column(j)[first..].iter().sum()).collect();
    Some(fit.leverage(&rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_or_constant_series_have_no_tests() {
        for none in [&[][..], &[0.1], &[0.0; 40], &[0.1; 40]] {
            assert_eq!(diagnose(none), Diagnostics::NONE, "{none:?}");
        }
        let short = diagnose(&[1.0, -1.0, 2.0, -2.0, 0.5, -0.5]);
        assert!(short.durbin_watson.is_some() && short.jarque_bera_p.is_some());
        assert!(!short.ljung_box.is_some() && !short.arch_lm.is_some());
    }

    /// e² = 1 throughout: the regression of the squares is singular.
    #[test]
    fn equal_squares_have_no_arch_test() {
        let signs: Vec<f64> = (0..40).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
        let diagnostics = diagnose(&signs);
        assert_eq!(diagnostics.arch_lm, Maybe::NONE);
        assert_eq!(diagnostics.durbin_watson, Maybe::finite(39.0 * 4.0 / 40.0));
    }

    #[test]
    fn no_pre_trend_without_days_or_variance() {
        let sample = EstimationSample { days: (0..4).collect(), y: vec![1.0; 4], x: vec![1.0; 4], columns: 1 };
        let mut fit = Fit::default();
        least_squares::fit(&sample, &mut fit).expect("regular");
        assert_eq!(pre_trend(&sample, &fit, 2), None);
        fit.variance = 1.0;
        assert_eq!(pre_trend(&sample, &fit, 0), None);
        assert_eq!(pre_trend(&sample, &fit, 3), None);
        assert!(pre_trend(&sample, &fit, 2).is_some());
    }
}
