//! The four moments of daily returns.

use super::Undefined;
use super::undefined::finite;

/// A variance below this share of the mean square is rounding: the returns are constant.
const CONSTANT: f64 = 1e-24;

/// Mean, deviation, skewness and kurtosis of returns that vary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// Days.
    pub days: usize,
    /// Mean return of a day.
    pub mean: f64,
    /// Standard deviation of a day, with divisor T − 1.
    pub deviation: f64,
    /// m₃/m₂^(3/2), with the central moments m_j = Σ(r − r̄)^j/T.
    pub skewness: f64,
    /// m₄/m₂², which is 3 for normal returns: raw, not the excess.
    pub kurtosis: f64,
}

impl Moments {
    /// The moments of daily returns in decimals.
    ///
    /// # Errors
    /// Fewer than two days, returns that do not vary or are not finite.
    pub fn of(returns: &[f64]) -> Result<Self, Undefined> {
        let days = returns.len();
        if days < 2 {
            return Err(Undefined::TooFewDays { found: days, needed: 2 });
        }
        let mean = finite(mean(returns))?;
        let central = |power: i32| returns.iter().map(|r| (r - mean).powi(power)).sum::<f64>() / days as f64;
        let variance = finite(central(2))?;
        if variance <= CONSTANT * (variance + mean * mean) {
            return Err(Undefined::ZeroVariance);
        }
        Ok(Self {
            days,
            mean,
            deviation: (variance * days as f64 / (days - 1) as f64).sqrt(),
            skewness: finite(central(3) / (variance * variance.sqrt()))?,
            kurtosis: finite(central(4) / (variance * variance))?,
        })
    }

    /// Standard deviation of a year, σ√q with q days in a year.
    pub fn volatility(&self, days_per_year: f64) -> f64 {
        self.deviation * days_per_year.sqrt()
    }
}

/// The mean; NaN of nothing.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// −1, 0, 4: mean 1, squares 4 + 1 + 9, cubes −8 − 1 + 27, fourth powers 16 + 1 + 81.
    #[test]
    fn by_hand() {
        let found = Moments::of(&[-1.0, 0.0, 4.0]).expect("defined");
        let m2: f64 = 14.0 / 3.0;
        assert_eq!((found.days, found.mean), (3, 1.0));
        assert!((found.deviation - 7.0_f64.sqrt()).abs() < 1e-15);
        assert!((found.skewness - 6.0 / m2.powf(1.5)).abs() < 1e-15);
        assert!((found.kurtosis - 98.0 / 3.0 / (m2 * m2)).abs() < 1e-15);
        assert!((found.volatility(252.0) - (7.0_f64 * 252.0).sqrt()).abs() < 1e-13);
    }

    #[test]
    fn no_value_without_variation() {
        assert_eq!(Moments::of(&[0.01]), Err(Undefined::TooFewDays { found: 1, needed: 2 }));
        // The mean of thirds is not a third: what is left is rounding.
        for flat in [0.0, 0.1, 1.0 / 3.0, 1e-9] {
            assert_eq!(Moments::of(&[flat; 97]), Err(Undefined::ZeroVariance), "{flat}");
        }
        for bad in [f64::NAN, f64::INFINITY, 1e200] {
            assert_eq!(Moments::of(&[0.1, bad, 0.2]), Err(Undefined::NotFinite), "{bad}");
        }
    }
}
