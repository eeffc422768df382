//! Compounded returns and the deepest drawdown.

use super::Undefined;
use super::undefined::finite;

/// The compounded return of the record, Π(1 + r) − 1.
///
/// # Errors
/// No days; a day that lost the whole capital or more; values that are not finite.
pub fn total_return(returns: &[f64]) -> Result<f64, Undefined> {
    Ok(growth(returns)? - 1.0)
}

/// The compounded return of a year, (Π(1 + r))^(q/T) − 1 with q days in a year.
///
/// # Errors
/// Those of [`total_return`].
pub fn annual_return(returns: &[f64], days_per_year: f64) -> Result<f64, Undefined> {
    finite(libm::pow(growth(returns)?, days_per_year / returns.len() as f64) - 1.0)
}

/// The deepest fall of the wealth from an earlier peak. Wealth is 1 before the first day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawdown {
    /// 1 − W_trough/W_peak, positive.
    pub depth: f64,
    /// The last day with the wealth of the peak; none where that is the start, before the first day.
    pub peak: Option<usize>,
    /// The day of the lowest wealth, the first of several.
    pub trough: usize,
    /// The first day after the trough with at least the wealth of the peak; none where the record ends
    /// before.
    pub recovery: Option<usize>,
}

impl Drawdown {
    /// The deepest drawdown of daily returns, the first of several equally deep ones.
    ///
    /// # Errors
    /// Those of [`total_return`]; no drawdown.
    pub fn deepest(returns: &[f64]) -> Result<Self, Undefined> {
        growth(returns)?;
        let (mut wealth, mut peak, mut peak_day) = (1.0_f64, 1.0_f64, None);
        let mut deepest: Option<Self> = None;
        for (day, r) in returns.iter().enumerate() {
            wealth *= 1.0 + r;
            if wealth >= peak {
                // The first peak after the deepest trough is the recovery from it: no other came between.
                if let Some(drawdown) = deepest.as_mut() {
                    drawdown.recovery.get_or_insert(day);
                }
                (peak, peak_day) = (wealth, Some(day));
                continue;
            }
            let depth = 1.0 - wealth / peak;
            if depth > deepest.map_or(0.0, |drawdown| drawdown.depth) {
                deepest = Some(Self { depth, peak: peak_day, trough: day, recovery: None });
            }
        }
        deepest.ok_or(Undefined::NoDrawdown)
    }
}

/// Calmar ratio: the compounded return of a year by the depth of the deepest drawdown, both of the whole
/// record (Young 1991 takes the last 36 months).
///
/// # Errors
/// Those of [`Drawdown::deepest`].
pub fn calmar(returns: &[f64], days_per_year: f64) -> Result<f64, Undefined> {
    finite(annual_return(returns, days_per_year)? / Drawdown::deepest(returns)?.depth)
}

fn growth(returns: &[f64]) -> Result<f64, Undefined> {
    if returns.is_empty() {
        return Err(Undefined::TooFewDays { found: 0, needed: 1 });
    }
    if let Some(day) = returns.iter().position(|&r| r <= -1.0) {
        return Err(Undefined::Ruined { day });
    }
    finite(returns.iter().map(|r| 1.0 + r).product())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wealth 1.25, 1, 1.25, 0.625, 1.25: the second fall is the deeper one and starts at its own peak.
    #[test]
    fn drawdown_by_hand() {
        let found = Drawdown::deepest(&[0.25, -0.2, 0.25, -0.5, 1.0]).expect("defined");
        assert_eq!(found, Drawdown { depth: 0.5, peak: Some(2), trough: 3, recovery: Some(4) });
        let from_the_start = Drawdown::deepest(&[-0.5, 0.5]).expect("defined");
        assert_eq!(from_the_start, Drawdown { depth: 0.5, peak: None, trough: 0, recovery: None });
        // A deeper fall after the recovery of another has no recovery of its own yet.
        let later = Drawdown::deepest(&[-0.25, 1.0, -0.5, 0.5]).expect("defined");
        assert_eq!(later, Drawdown { depth: 0.5, peak: Some(1), trough: 2, recovery: None });
    }

    #[test]
    fn growth_by_hand() {
        assert_eq!(total_return(&[0.5, -0.5]), Ok(-0.25));
        assert_eq!(annual_return(&[0.5, 0.5], 1.0), Ok(0.5));
        assert_eq!(calmar(&[0.5, -0.5], 2.0), Ok(-0.5));
        assert_eq!(calmar(&[0.5], 2.0), Err(Undefined::NoDrawdown));
        assert_eq!(total_return(&[]), Err(Undefined::TooFewDays { found: 0, needed: 1 }));
        assert_eq!(total_return(&[0.1, -1.2]), Err(Undefined::Ruined { day: 1 }));
        assert_eq!(total_return(&[0.1, f64::NAN]), Err(Undefined::NotFinite));
        assert_eq!(annual_return(&[1e10], 252.0), Err(Undefined::NotFinite));
    }
}
