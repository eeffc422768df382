//! How many independent trials a set of correlated strategies amounts to.

use super::Undefined;
use super::moments::{Moments, mean};
use crate::symmetric::Eigen;

/// Eigenvalues below this share of the largest are rounding of zero.
const ROUNDING: f64 = 1e-12;

/// The effective number of independent strategies among some whose daily returns are correlated, (Σ√λ)²/Σλ
/// with the eigenvalues λ of their correlation matrix (Galwey 2009). Strategies that do not vary
/// are left out: they were no trials.
///
/// It is N where nothing is correlated, the number of clusters where strategies are copies of one another,
/// and errs on the side of more trials between. The average correlation, ρ̄ + (1 − ρ̄)N as Bailey & López de
/// Prado (2014) propose, gives fewer: so few that [`super::selected`] would pass up to 7 % of strategies
/// without skill at 0.95. It also takes two clusters of ten copies for eleven trials, and a strategy with
/// its opposite for three.
///
/// # Errors
/// No strategy that varies; values that are not finite.
///
/// # Panics
/// Records are not of one length.
pub fn effective_trials(strategies: &[&[f64]]) -> Result<f64, Undefined> {
    let days = super::days_of(strategies);
    let mut columns = Vec::new();
    for returns in strategies {
        match Moments::of(returns) {
            Ok(moments) => columns.push(standardised(returns, &moments)),
            Err(Undefined::ZeroVariance) => {}
            Err(other) => return Err(other),
        }
    }
    let n = columns.len();
    if n == 0 {
        return Err(Undefined::TooFewStrategies { found: 0, needed: 1 });
    }
    let mut correlations = vec![1.0; n * n];
    for i in 0..n {
        for j in 0..i {
            let product: f64 = columns[i].iter().zip(&columns[j]).map(|(a, b)| a * b).sum();
            let correlation = product / (days - 1) as f64;
            correlations[i * n + j] = correlation;
            correlations[j * n + i] = correlation;
        }
    }
    Ok(from_eigenvalues(&Eigen::new(&correlations, n).values))
}

fn standardised(returns: &[f64], moments: &Moments) -> Vec<f64> {
    returns.iter().map(|r| (r - moments.mean) / moments.deviation).collect()
}

fn from_eigenvalues(values: &[f64]) -> f64 {
    let floor = ROUNDING * values.iter().copied().fold(0.0, f64::max);
    let kept = || values.iter().copied().filter(|&value| value > floor);
    let roots: f64 = kept().map(f64::sqrt).sum();
    (roots * roots / kept().sum::<f64>()).clamp(1.0, values.len() as f64)
}

/// Variance of the Sharpe ratios of a day across strategies, with divisor N − 1. Strategies without a ratio
/// are left out.
///
/// # Errors
/// Fewer than two strategies with a ratio.
pub fn ratio_variance(ratios: &[f64]) -> Result<f64, Undefined> {
    let n = ratios.len();
    if n < 2 {
        return Err(Undefined::TooFewStrategies { found: n, needed: 2 });
    }
    let centre = mean(ratios);
    super::undefined::finite(ratios.iter().map(|r| (r - centre) * (r - centre)).sum::<f64>() / (n - 1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: [f64; 4] = [1.0, -1.0, 1.0, -1.0];
    const B: [f64; 4] = [1.0, 1.0, -1.0, -1.0];

    #[test]
    fn clusters_are_counted_once() {
        let close = |strategies: &[&[f64]], want: f64| {
            let found = effective_trials(strategies).expect("defined");
            assert!((found - want).abs() < 1e-12, "{found} against {want}");
        };
        close(&[&A], 1.0);
        close(&[&A, &B], 2.0);
        close(&[&A, &A, &A, &B, &B, &B], 2.0);
        // A level and a scale change no correlation; the opposite is the same bet; a flat strategy is none.
        close(&[&A, &A.map(|a| 0.5 - 3.0 * a), &[0.2; 4]], 1.0);
        assert_eq!(effective_trials(&[&[0.2; 4]]), Err(Undefined::TooFewStrategies { found: 0, needed: 1 }));
    }

    /// Two with correlation ½ have eigenvalues 1½ and ½: (√1.5 + √0.5)²/2 = 1 + √0.75.
    #[test]
    fn by_hand() {
        let mixed: Vec<f64> = A.iter().zip(B).map(|(a, b)| 0.5 * a + 0.75_f64.sqrt() * b).collect();
        let found = effective_trials(&[&A, &mixed]).expect("defined");
        assert!((found - 1.0 - 0.75_f64.sqrt()).abs() < 1e-14);
        assert_eq!(ratio_variance(&[0.1, 0.3]).map(|v| (v * 1e12).round()), Ok(0.02e12));
        assert_eq!(ratio_variance(&[0.1]), Err(Undefined::TooFewStrategies { found: 1, needed: 2 }));
    }
}
