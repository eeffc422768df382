//! The permutation test on dates.

use super::wild::share_as_large;
use super::{Needs, Sample, Statistic, TestStatistic, Undefined, studentised_mean};

/// √N·mean(SCAR)/sd(SCAR) against its values when all events are moved together to days without one
/// ([`crate::permutation`]), which keeps how they cluster: p = (1 + #{|T*| ≥ |T|})/(1 + draws) (Davison &
/// Hinkley 1997, §4.2; dates drawn anew: Brown & Warner 1985).
///
/// The statistic is that of `bmp` and not the mean SCAR. Dates are exchangeable under no effect of any kind, and
/// an event may raise the variance without moving the mean: permuting a mean then rejects for the variance,
/// permuting a mean over an estimate of its own error does not, in large samples (Janssen 1997; Chung &
/// Romano 2013). What that error leaves out, the correlation of clustered events, is in the draws too.
pub(super) struct Permutation;

/// Fewest draws that make a p-value.
const FEWEST: usize = 99;

/// What is compared: the statistic of a sample or of a draw, from its SCARs.
///
/// # Errors
/// Fewer than two SCARs, or SCARs that do not vary.
pub fn permuted_statistic(scar: &[f64]) -> Result<f64, Undefined> {
    studentised_mean(scar)
}

impl TestStatistic for Permutation {
    fn name(&self) -> &'static str {
        "permutation"
    }

    fn summary(&self) -> &'static str {
        "bmp against its values when all events are moved together to days without one; needs quiet days around them"
    }

    fn reference(&self) -> &'static str {
        "Brown & Warner 1985; Chung & Romano 2013"
    }

    fn needs(&self) -> Needs {
        Needs { standardised: true, permutations: true, ..Needs::default() }
    }

    fn evaluate(&self, sample: &Sample) -> Result<Statistic, Undefined> {
        let value = permuted_statistic(&sample.scar)?;
        let drawn = sample.permuted.as_ref().ok_or(Undefined::NotPermuted)?;
        if drawn.len() < FEWEST {
            return Err(Undefined::TooFewPermutations { found: drawn.len(), needed: FEWEST });
        }
        let p_value = share_as_large(value, drawn.iter().map(|t| t.abs()), drawn.len());
        Ok(Statistic::permutation(value, p_value, sample.scar.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of 99 draws from −4.9 to 4.9, those of |T*| ≥ 1 on both sides, and the sample itself.
    #[test]
    fn by_hand() {
        let drawn: Vec<f64> = (-49..50).map(|i| f64::from(i) / 10.0).collect();
        // Mean 0.5, deviation 1, N = 4: T = 1.
        let scar = vec![0.5 - 0.75_f64.sqrt(), 0.5 + 0.75_f64.sqrt(), 0.5 - 0.75_f64.sqrt(), 0.5 + 0.75_f64.sqrt()];
        let sample = Sample { scar, permuted: Some(drawn.clone()), ..Sample::default() };
        let found = Permutation.evaluate(&sample).expect("defined");
        assert!((found.value - 1.0).abs() < 1e-12);
        assert!((found.p_value - 81.0 / 100.0).abs() < 1e-15, "{}", found.p_value);
        let few = Sample { permuted: Some(drawn[1..].to_vec()), ..sample.clone() };
        assert_eq!(Permutation.evaluate(&few), Err(Undefined::TooFewPermutations { found: 98, needed: 99 }));
        assert_eq!(Permutation.evaluate(&Sample { permuted: None, ..sample }), Err(Undefined::NotPermuted));
    }
}
