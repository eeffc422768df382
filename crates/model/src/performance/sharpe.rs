//! The Sharpe ratio and its standard error.

use super::undefined::finite;
use super::{Moments, Undefined};

/// The Sharpe ratio of a day with what its error is made of.
///
/// Pass returns above what the capital earns anyhow: those of a portfolio less the risk-free rate, those of
/// a self-financed one as they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sharpe {
    /// r̄/s of a day, with divisor T − 1 in s (Sharpe 1994).
    pub ratio: f64,
    /// The moments of the returns.
    pub moments: Moments,
}

impl Sharpe {
    /// The Sharpe ratio of daily returns.
    ///
    /// # Errors
    /// Those of [`Moments::of`].
    pub fn of(returns: &[f64]) -> Result<Self, Undefined> {
        let moments = Moments::of(returns)?;
        Ok(Self { ratio: moments.mean / moments.deviation, moments })
    }

    /// √q·SR, the ratio of a year of q days whose returns are not autocorrelated (Lo 2002).
    pub fn annual(&self, days_per_year: f64) -> f64 {
        days_per_year.sqrt() * self.ratio
    }

    /// √((1 + SR²/2)/T), the error of the ratio of a day for independent normal returns (Lo 2002).
    /// The error of √q·SR is √q times this: the ratio of a day stands in the formula, not that of a year.
    pub fn error_normal(&self) -> f64 {
        ((1.0 + 0.5 * self.ratio * self.ratio) / self.moments.days as f64).sqrt()
    }

    /// √((1 − γ₃SR + (γ₄ − 1)/4·SR²)/(T − 1)), the error of the ratio of a day for independent returns of any
    /// distribution (Mertens 2002; Bailey & López de Prado 2012).
    pub fn error(&self) -> f64 {
        (self.spread() / (self.moments.days - 1) as f64).sqrt()
    }

    /// 1 − γ₃SR + (γ₄ − 1)/4·SR². It is never negative, as γ₄ ≥ 1 + γ₃².
    pub(super) fn spread(&self) -> f64 {
        let Moments { skewness, kurtosis, .. } = self.moments;
        (1.0 - skewness * self.ratio + 0.25 * (kurtosis - 1.0) * self.ratio * self.ratio).max(0.0)
    }
}

/// The error of the ratio of a day for returns that may be autocorrelated and of any distribution (Lo 2002):
/// √(g'Ωg/T) with g = (1/σ, −μ/(2σ³)) and the long-run covariance Ω of (r − μ, (r − μ)² − σ²) with Bartlett's
/// weights up to `lags` days. All divisors are T.
///
/// # Errors
/// Those of [`Moments::of`].
pub fn error_autocorrelated(returns: &[f64], lags: usize) -> Result<f64, Undefined> {
    let Moments { days, mean, deviation, .. } = Moments::of(returns)?;
    let variance = deviation * deviation * (days - 1) as f64 / days as f64;
    let deviation = variance.sqrt();
    // g'(r − μ, (r − μ)² − σ²), whose long-run variance is that of the quadratic form.
    let influence: Vec<f64> =
        returns.iter().map(|r| (r - mean) / deviation).map(|z| z - 0.5 * mean / deviation * (z * z - 1.0)).collect();
    let lags = lags.min(days - 1);
    let weighted = |lag: usize| (1.0 - lag as f64 / (lags + 1) as f64) * products(&influence, lag);
    let sum = products(&influence, 0) + 2.0 * (1..=lags).map(weighted).sum::<f64>();
    // Bartlett's weights leave no negative sum but by rounding.
    finite(sum.max(0.0).sqrt() / days as f64)
}

/// η(q) = q/√(q + 2Σ_k (q − k)ρ_k), which takes the place of √q for returns that are autocorrelated (Lo
/// 2002), with the sample autocorrelations up to `lags` days and none beyond. All q − 1 of them, as Lo takes
/// for the twelve months of a year, would be noise over the days of one; their sum over a whole record is −½
/// whatever the returns. `lags` should reach as far as lots are held, which is how long they overlap.
///
/// # Errors
/// Those of [`Moments::of`]; a variance over q days that is not positive.
pub fn annual_factor(returns: &[f64], days_per_year: f64, lags: usize) -> Result<f64, Undefined> {
    let Moments { days, mean, .. } = Moments::of(returns)?;
    let centred: Vec<f64> = returns.iter().map(|r| r - mean).collect();
    let all = products(&centred, 0);
    let longest = lags.min(days - 1).min((days_per_year.ceil() as usize).saturating_sub(1));
    let sum: f64 = (1..=longest).map(|k| (days_per_year - k as f64) * products(&centred, k) / all).sum();
    let variance = days_per_year + 2.0 * sum;
    if variance > 0.0 { finite(days_per_year / variance.sqrt()) } else { Err(Undefined::NegativeVariance) }
}

/// Σ_t x_t x_{t−lag}
fn products(x: &[f64], lag: usize) -> f64 {
    x[lag..].iter().zip(x).map(|(now, then)| now * then).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETURNS: [f64; 8] = [0.01, -0.02, 0.03, 0.005, -0.01, 0.02, 0.0, 0.015];

    /// Without lags the delta method gives the formula by skewness and kurtosis, but for T − 1.
    #[test]
    fn errors_agree_without_lags() {
        let sharpe = Sharpe::of(&RETURNS).expect("defined");
        let whole = Sharpe { ratio: sharpe.ratio * (8.0_f64 / 7.0).sqrt(), ..sharpe };
        let want = (whole.spread() / 8.0).sqrt();
        assert!((error_autocorrelated(&RETURNS, 0).expect("defined") - want).abs() < 1e-15);
        let normal = Moments { skewness: 0.0, kurtosis: 3.0, ..sharpe.moments };
        let normal = Sharpe { moments: normal, ..sharpe };
        assert!((normal.error() * (7.0_f64 / 8.0).sqrt() - normal.error_normal()).abs() < 1e-16);
    }

    #[test]
    fn no_autocorrelation_is_the_root_of_the_days() {
        assert!((annual_factor(&RETURNS, 252.0, 0).expect("defined") - 252.0_f64.sqrt()).abs() < 1e-14);
        // Alternating returns cancel out: ρ₁ = −7/8.
        let alternating = [0.01, -0.01, 0.01, -0.01, 0.01, -0.01, 0.01, -0.01];
        assert_eq!(annual_factor(&alternating, 252.0, 1), Err(Undefined::NegativeVariance));
        let two = annual_factor(&alternating, 2.0, 5).expect("defined");
        assert!((two - 2.0 / 0.25_f64.sqrt()).abs() < 1e-14);
    }
}
