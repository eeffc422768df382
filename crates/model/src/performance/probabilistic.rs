//! How sure it is that a Sharpe ratio exceeds another.

use super::undefined::finite;
use super::{Sharpe, Undefined};
use crate::significance::{normal_below, normal_quantile};

/// Probabilistic Sharpe ratio: Φ((SR − SR*)√(T − 1)/√(1 − γ₃SR + (γ₄ − 1)/4·SR²)), the confidence that the true
/// ratio of a day exceeds `benchmark`, a ratio of a day too (Bailey & López de Prado 2012). γ₄ is
/// the raw kurtosis.
///
/// # Errors
/// The ratio has no spread: returns of two values only can have that.
pub fn probabilistic(sharpe: &Sharpe, benchmark: f64) -> Result<f64, Undefined> {
    let error = sharpe.error();
    if error == 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    Ok(normal_below(finite((sharpe.ratio - benchmark) / error)?))
}

/// Minimum track record length in days, 1 + (1 − γ₃SR + (γ₄ − 1)/4·SR²)(z/(SR − SR*))²: with so many days of
/// these moments the probabilistic Sharpe ratio is `confidence`, z = Φ⁻¹(`confidence`) (Bailey & López de
/// Prado 2012). Days are not rounded.
///
/// # Errors
/// The ratio does not exceed the benchmark.
///
/// # Panics
/// `confidence` is not between a half and 1.
pub fn minimum_track_record(sharpe: &Sharpe, benchmark: f64, confidence: f64) -> Result<f64, Undefined> {
    assert!((0.5..1.0).contains(&confidence), "a confidence of {confidence}");
    if sharpe.ratio <= benchmark {
        return Err(Undefined::BelowBenchmark);
    }
    let distance = normal_quantile(1.0 - confidence) / (sharpe.ratio - benchmark);
    finite(1.0 + sharpe.spread() * distance * distance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::performance::Moments;

    fn sharpe(ratio: f64, days: usize, skewness: f64, kurtosis: f64) -> Sharpe {
        Sharpe { ratio, moments: Moments { days, mean: ratio, deviation: 1.0, skewness, kurtosis } }
    }

    /// The record length at which the probability reaches the confidence is the minimum.
    #[test]
    fn one_is_the_inverse_of_the_other() {
        let short = sharpe(0.2, 100, -1.0, 6.0);
        let days = minimum_track_record(&short, 0.05, 0.95).expect("defined");
        let (below, above) = (days.floor() as usize, days.ceil() as usize);
        assert!(probabilistic(&sharpe(0.2, below, -1.0, 6.0), 0.05).expect("defined") < 0.95);
        assert!(probabilistic(&sharpe(0.2, above, -1.0, 6.0), 0.05).expect("defined") > 0.95);
        assert_eq!(minimum_track_record(&short, 0.2, 0.95), Err(Undefined::BelowBenchmark));
    }

    /// A two-point distribution with kurtosis 1 + skewness² and SR = 2/skewness.
    #[test]
    fn no_probability_without_spread() {
        assert_eq!(probabilistic(&sharpe(1.0, 50, 2.0, 5.0), 0.0), Err(Undefined::ZeroVariance));
    }
}
