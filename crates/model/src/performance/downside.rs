//! The Sortino ratio.

use super::moments::mean;
use super::undefined::finite;
use super::{Moments, Undefined};

/// Downside deviation of a day, √(Σ min(r − `target`, 0)²/T): the sum runs over the days below the target,
/// the divisor counts all of them (Sortino & van der Meer 1991). The deviation among the losing days
/// alone, which goes by the same name in places, falls with the share of days that lose and is not meant.
///
/// # Errors
/// No days; values that are not finite.
pub fn downside_deviation(returns: &[f64], target: f64) -> Result<f64, Undefined> {
    if returns.is_empty() {
        return Err(Undefined::TooFewDays { found: 0, needed: 1 });
    }
    finite(returns.iter().sum::<f64>())?;
    let sum: f64 = returns.iter().map(|r| (r - target).min(0.0)).map(|below| below * below).sum();
    finite((sum / returns.len() as f64).sqrt())
}

/// Sortino ratio of a year of q days, √q·(r̄ − `target`)/downside deviation (Sortino & Price 1994), with the
/// target as the return of a day.
///
/// # Errors
/// Those of [`Moments::of`]; no day below the target.
pub fn sortino(returns: &[f64], target: f64, days_per_year: f64) -> Result<f64, Undefined> {
    Moments::of(returns)?;
    let downside = downside_deviation(returns, target)?;
    if downside == 0.0 {
        return Err(Undefined::NoDownside);
    }
    finite(days_per_year.sqrt() * (mean(returns) - target) / downside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let returns = [0.03, -0.01, 0.02, -0.02];
        let want = (0.0005_f64 / 4.0).sqrt();
        assert!((downside_deviation(&returns, 0.0).expect("defined") - want).abs() < 1e-17);
        assert!((sortino(&returns, 0.0, 4.0).expect("defined") - 2.0 * 0.005 / want).abs() < 1e-15);
        let above_one_per_cent = (0.0013_f64 / 4.0).sqrt();
        assert!((downside_deviation(&returns, 0.01).expect("defined") - above_one_per_cent).abs() < 1e-17);
        assert!((sortino(&returns, 0.01, 4.0).expect("defined") + 0.01 / above_one_per_cent).abs() < 1e-15);
        assert_eq!(sortino(&[0.01, 0.02], 0.0, 252.0), Err(Undefined::NoDownside));
        assert_eq!(sortino(&[0.01, 0.01], 0.02, 252.0), Err(Undefined::ZeroVariance));
        assert_eq!(downside_deviation(&[f64::NAN], 0.0), Err(Undefined::NotFinite));
    }
}
