//! The best Sharpe ratio of several trials, held against what luck alone would have found.

use std::f64::consts::E;

use super::{Sharpe, Undefined, probabilistic};
use crate::significance::normal_quantile;

/// Euler's constant γ.
const EULER: f64 = 0.577_215_664_901_532_9;

/// The expected largest of `trials` independent Sharpe ratios of a day whose true value is zero and whose
/// variance across trials is `ratio_variance`: √V·((1 − γ)Φ⁻¹(1 − 1/N) + γΦ⁻¹(1 − 1/(Ne))) (Bailey & López de
/// Prado 2014). The approximation, made for many trials, falls below zero for
/// 1 < N < 1.3, where zero, the value of a single trial, is taken.
///
/// # Panics
/// `trials` is below one, or the variance negative.
pub fn expected_best(ratio_variance: f64, trials: f64) -> f64 {
    assert!(trials >= 1.0 && ratio_variance >= 0.0, "{trials} trials of a variance of {ratio_variance}");
    if trials == 1.0 {
        return 0.0;
    }
    let upper = |tail: f64| -normal_quantile(tail);
    let largest = (1.0 - EULER) * upper(1.0 / trials) + EULER * upper(1.0 / (trials * E));
    ratio_variance.sqrt() * largest.max(0.0)
}

/// Deflated Sharpe ratio: the probabilistic Sharpe ratio against [`expected_best`] (Bailey & López de Prado
/// 2014). Everything is per day and the kurtosis raw; `trials` is the effective number of them
/// ([`super::effective_trials`]).
///
/// It is no p-value of the best of N. Without skill and correlation it exceeds 0.95 in 5 % of draws for one
/// trial and in fewer than one of a thousand for five or more: the benchmark is where luck ends up on
/// average, and the error comes on top of it. Where strategies are correlated their ratios vary less,
/// which the effective number allows for once more: with equal correlations of 0.95 that makes 7 %.
/// [`selected`] stays at its level or below in all of these.
///
/// # Errors
/// Those of [`probabilistic`].
///
/// # Panics
/// Those of [`expected_best`].
pub fn deflated(best: &Sharpe, ratio_variance: f64, trials: f64) -> Result<f64, Undefined> {
    probabilistic(best, expected_best(ratio_variance, trials))
}

/// The probability that the best of `trials` independent strategies without skill has a smaller Sharpe ratio
/// than this, PSR(0)^N: one less the p-value of Šidák (1967), as Harvey & Liu (2015) adjust Sharpe ratios.
/// It exceeds 0.95 in one of twenty draws where none of the strategies has skill and none is correlated with
/// another; with the effective number in two to five of a hundred where they are.
///
/// # Errors
/// Those of [`probabilistic`].
///
/// # Panics
/// `trials` is below one.
pub fn selected(best: &Sharpe, trials: f64) -> Result<f64, Undefined> {
    assert!(trials >= 1.0, "{trials} trials");
    Ok(libm::pow(probabilistic(best, 0.0)?, trials))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::performance::Moments;

    /// The numerical example of Bailey & López de Prado (2014): 2.5 a year over 1250 days, variance ½ across the annual
    /// ratios. 100 trials leave 0.9004 and 46 trials 0.9505; so do 88 if returns were normal.
    #[test]
    fn the_published_example() {
        let sharpe = |skewness: f64, kurtosis: f64| Sharpe {
            ratio: 2.5 / 250.0_f64.sqrt(),
            moments: Moments { days: 1250, mean: 0.0, deviation: 1.0, skewness, kurtosis },
        };
        let variance = 0.5 / 250.0;
        assert!((expected_best(variance, 100.0) - 0.1132).abs() < 5e-5);
        for (skewness, kurtosis, trials, want) in
            [(-3.0, 10.0, 100.0, 0.9004), (-3.0, 10.0, 46.0, 0.9505), (0.0, 3.0, 88.0, 0.9505)]
        {
            let found = deflated(&sharpe(skewness, kurtosis), variance, trials).expect("defined");
            assert!((found - want).abs() < 5e-5, "{trials} trials: {found}");
        }
    }

    #[test]
    fn one_trial_is_not_deflated() {
        let sharpe = Sharpe::of(&[0.01, -0.02, 0.03, 0.005]).expect("defined");
        let plain = probabilistic(&sharpe, 0.0);
        assert_eq!(deflated(&sharpe, 0.01, 1.0), plain);
        assert_eq!(deflated(&sharpe, 0.01, 1.1), plain);
        assert_eq!(selected(&sharpe, 1.0), plain);
    }
}
