//! Forecasts of the variance.

use std::f64::consts::FRAC_1_SQRT_2;

use super::VolatilityFit;
use super::density::mean_absolute;
use super::recursion::MEAN_ABSOLUTE;

impl VolatilityFit {
    /// The variance expected on the `horizon`-th day after the sample; 1 is the first, which is
    /// known at the end of the sample.
    ///
    /// GARCH reverts to ω/(1 − α − β) at the rate α + β (Bollerslev 1986). EGARCH with normal errors has
    /// the closed form of Nelson (1991, theorem A1.2). With t errors E σ² is infinite beyond the
    /// first day, as the density of |z| falls slower than any exponential rises (Nelson 1991,
    /// p. 365): there the forecast is the exponential of the expected log variance.
    ///
    /// # Panics
    /// `horizon` is zero.
    pub fn forecast(&self, horizon: usize) -> f64 {
        assert!(horizon > 0, "the first day after the sample has horizon 1");
        let last = self.variances.len() - 1;
        let (variance, residual) = (self.variances[last], self.residuals[last]);
        match self.gamma {
            None => {
                let first = self.omega + self.alpha * residual * residual + self.beta * variance;
                let persistence = self.alpha + self.beta;
                (1..horizon).fold(first, |variance, _| self.omega + persistence * variance)
            }
            Some(gamma) => {
                let z = residual / variance.sqrt();
                let news = self.alpha * (z.abs() - MEAN_ABSOLUTE) + gamma * z;
                let first = self.omega + news + self.beta * libm::log(variance);
                libm::exp(self.log_forecast(gamma, first, horizon))
            }
        }
    }

    /// ln E σ², or E ln σ² with t errors, `horizon` days ahead, from the log variance one day ahead.
    ///
    /// ln σ²ₕ = βʰ⁻¹ ln σ²₁ + Σⱼ βʲ(ω + g(zₕ₋₁₋ⱼ)) over j = 0 … h − 2, and the z are independent.
    fn log_forecast(&self, gamma: f64, first: f64, horizon: usize) -> f64 {
        let (mut sum, mut weight) = (0.0, 1.0);
        for _ in 1..horizon {
            sum += weight * self.omega
                + match self.nu {
                    None => log_moment(weight * self.alpha, weight * gamma),
                    Some(nu) => weight * self.alpha * (mean_absolute(nu) - MEAN_ABSOLUTE),
                };
            weight *= self.beta;
        }
        sum + weight * first
    }
}

/// ln E exp(α(|z| − √(2/π)) + γz) for a standard normal z: half of the line completes the square with
/// α + γ, the other half with α − γ.
fn log_moment(alpha: f64, gamma: f64) -> f64 {
    let half = |slope: f64| libm::exp(0.5 * slope * slope) * 0.5 * libm::erfc(-slope * FRAC_1_SQRT_2);
    libm::log(half(alpha + gamma) + half(alpha - gamma)) - alpha * MEAN_ABSOLUTE
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::*;

    fn last_day(gamma: Option<f64>, nu: Option<f64>) -> VolatilityFit {
        VolatilityFit {
            mean: vec![],
            omega: -0.3,
            alpha: 0.25,
            gamma,
            beta: 0.9,
            nu,
            log_likelihood: 0.0,
            variances: vec![0.04],
            residuals: vec![-0.31],
            mean_covariance: vec![],
        }
    }

    /// Two standard normals (Box & Muller 1958).
    fn normals(random: &mut ChaCha8Rng) -> [f64; 2] {
        let mut uniform = || ((random.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
        let (radius, angle) = ((-2.0 * uniform().ln()).sqrt(), std::f64::consts::TAU * uniform());
        [radius * angle.cos(), radius * angle.sin()]
    }

    #[test]
    fn egarch_agrees_with_simulation() {
        const PATHS: usize = 400_000;
        const DAYS: usize = 10;
        let fit = last_day(Some(-0.12), None);
        let mut random = ChaCha8Rng::seed_from_u64(11);
        let mut sums = [(0.0, 0.0); DAYS];
        for _ in 0..PATHS {
            let mut log_variance = fit.forecast(1).ln();
            for pair in 0..DAYS / 2 {
                for (i, z) in normals(&mut random).into_iter().enumerate() {
                    let variance = log_variance.exp();
                    let (sum, squares) = &mut sums[2 * pair + i];
                    *sum += variance;
                    *squares += variance * variance;
                    log_variance = -0.3 + 0.25 * (z.abs() - MEAN_ABSOLUTE) - 0.12 * z + 0.9 * log_variance;
                }
            }
        }
        for (day, (sum, squares)) in sums.into_iter().enumerate() {
            let mean = sum / PATHS as f64;
            let error = ((squares / PATHS as f64 - mean * mean).max(0.0) / PATHS as f64).sqrt();
            let forecast = fit.forecast(day + 1);
            assert!((forecast - mean).abs() <= 4.0 * error + 1e-12, "{day}: {forecast} {mean} ± {error}");
        }
    }

    #[test]
    fn egarch_with_t_errors_forecasts_the_log_variance() {
        let fit = last_day(Some(-0.12), Some(5.0));
        let normal = last_day(Some(-0.12), None);
        assert_eq!(fit.forecast(1), normal.forecast(1));
        // √((ν − 2)/π)·Γ(2)/Γ(5/2) with Γ(5/2) = ¾√π.
        let mean_absolute = 4.0 / (3f64.sqrt() * std::f64::consts::PI);
        let log = -0.3 + 0.25 * (mean_absolute - MEAN_ABSOLUTE) + 0.9 * fit.forecast(1).ln();
        assert!((fit.forecast(2) / log.exp() - 1.0).abs() < 1e-14);
    }

    #[test]
    fn garch_reverts_to_the_long_run() {
        let mut fit = VolatilityFit { omega: 0.01, alpha: 0.1, beta: 0.8, ..last_day(None, None) };
        let first = 0.01 + 0.1 * 0.31 * 0.31 + 0.8 * 0.04;
        assert_eq!(fit.forecast(1), first);
        for days in [2, 5, 21] {
            let want = 0.1 + 0.9f64.powi(days as i32 - 1) * (first - 0.1);
            assert!((fit.forecast(days) - want).abs() < 1e-15, "{days}");
        }
        fit.beta = 0.9;
        let first = fit.forecast(1);
        assert!((fit.forecast(1_001) - first - 10.0).abs() < 1e-11, "an integrated variance grows by omega a day");
    }
}
