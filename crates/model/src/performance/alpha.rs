//! What is left of a strategy's return beside its factors.

use super::Undefined;
use super::undefined::finite;
use crate::expected::FitError;
use crate::longrun::newey_west;
use crate::significance::Distribution;

/// The constant of a regression on factors (Jensen 1968) with the errors of Newey & West (1987).
#[derive(Clone, Debug, PartialEq)]
pub struct Alpha {
    /// Return of a day that the factors leave.
    pub alpha: f64,
    /// Its standard error.
    pub error: f64,
    /// Alpha by its error.
    pub t: f64,
    /// p-value of the two-sided alternative, by Student's t with `dof`.
    pub p_value: f64,
    /// Days less coefficients.
    pub dof: usize,
    /// Coefficients of the factors in their order.
    pub betas: Vec<f64>,
    /// Days of lag in the errors.
    pub lags: usize,
}

impl Alpha {
    /// Regresses daily returns on a constant and factors. Returns and factors are both above the
    /// risk-free rate, or differences of returns. `lags` should reach as far as lots are held, and no less
    /// than [`automatic_lags`](crate::longrun::automatic_lags); a record has at most its days less one.
    ///
    /// # Errors
    /// Not more days than coefficients; a factor that depends on those before it; returns that the factors
    /// explain wholly; values that are not finite.
    ///
    /// # Panics
    /// A factor is not as long as the returns.
    pub fn of(returns: &[f64], factors: &[&[f64]], lags: usize) -> Result<Self, Undefined> {
        let (days, columns) = (returns.len(), factors.len() + 1);
        let mut design = vec![1.0; days];
        for factor in factors {
            assert_eq!(factor.len(), days, "factors are as long as the returns");
            design.extend_from_slice(factor);
        }
        finite(returns.iter().chain(&design).sum())?;
        let lags = lags.min(days.saturating_sub(1));
        let found = newey_west(returns, &design, columns, None, lags).map_err(|error| match error {
            FitError::TooFewDays { needed } => Undefined::TooFewDays { found: days, needed },
            FitError::Singular { column } => Undefined::Collinear { column },
            FitError::NoConvergence { .. } => unreachable!("least squares does not iterate"),
        })?;
        let squares = |values: &[f64]| values.iter().map(|v| v * v).sum::<f64>();
        let error = finite(found.standard_error(0))?;
        // Below this the residuals are rounding, as for the estimates of events.
        if squares(&found.residuals) <= 1e-24 * squares(returns) || error == 0.0 {
            return Err(Undefined::ZeroVariance);
        }
        let t = finite(found.coefficients[0] / error)?;
        Ok(Self {
            alpha: found.coefficients[0],
            error,
            t,
            p_value: Distribution::StudentT { dof: found.dof as f64 }.two_sided(t),
            dof: found.dof,
            betas: found.coefficients[1..].iter().map(|&beta| finite(beta)).collect::<Result<_, _>>()?,
            lags,
        })
    }

    /// q·alpha, without compounding.
    pub fn annual(&self, days_per_year: f64) -> f64 {
        self.alpha * days_per_year
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_without_a_fit() {
        let market = [0.01, -0.01, 0.02, 0.0, -0.02];
        let explained = market.map(|m| 0.001 + 2.0 * m);
        assert_eq!(Alpha::of(&explained, &[&market], 2), Err(Undefined::ZeroVariance));
        assert_eq!(Alpha::of(&market, &[&market, &market], 2), Err(Undefined::Collinear { column: 2 }));
        assert_eq!(Alpha::of(&market[..2], &[&market[..2]], 2), Err(Undefined::TooFewDays { found: 2, needed: 3 }));
        assert_eq!(Alpha::of(&[0.0, f64::NAN, 0.1], &[], 2), Err(Undefined::NotFinite));
    }
}
