//! How often a test rejects, and how far chance may have moved that share.

use statrs::function::beta::beta_reg;

/// Rejections among replications in which the statistic is defined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rejections {
    /// Replications with a statistic.
    pub defined: usize,
    /// Those in which the test rejects.
    pub rejected: usize,
}

impl Rejections {
    /// The share of rejections; `None` without a replication.
    pub fn rate(self) -> Option<f64> {
        (self.defined > 0).then(|| self.rejected as f64 / self.defined as f64)
    }

    /// The interval that covers the rate with at least this confidence whatever it is (Clopper & Pearson
    /// 1934); `None` without a replication.
    ///
    /// ```
    /// use dayzero_model::rejections::Rejections;
    /// let (low, high) = Rejections { defined: 20, rejected: 0 }.band(0.95).unwrap();
    /// assert!(low == 0.0 && (high - (1.0 - 0.025_f64.powf(1.0 / 20.0))).abs() < 1e-12);
    /// ```
    pub fn band(self, confidence: f64) -> Option<(f64, f64)> {
        let Self { defined, rejected } = self;
        if defined == 0 {
            return None;
        }
        let (n, k, tail) = (defined as f64, rejected as f64, 0.5 * (1.0 - confidence));
        // P(X ≥ k) = I_p(k, n − k + 1) for X binomial with n and p (Abramowitz & Stegun 1964, 26.5.24).
        let low = match rejected {
            0 => 0.0,
            _ => root(|p| beta_reg(k, n - k + 1.0, p) - tail),
        };
        let high = match rejected {
            _ if rejected == defined => 1.0,
            _ => root(|p| beta_reg(k + 1.0, n - k, p) - (1.0 - tail)),
        };
        Some((low, high))
    }
}

/// The zero on (0, 1) of a rising function, by bisection.
fn root(rising: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if rising(middle) < 0.0 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R's binom.test(50, 1000): 0.03733540 and 0.06539049; binom.test(1, 10): 0.002528579, 0.4450161.
    #[test]
    fn known_intervals() {
        for (rejected, defined, want) in
            [(50, 1000, (0.037_335_40, 0.065_390_49)), (1, 10, (0.002_528_579, 0.445_016_1))]
        {
            let (low, high) = Rejections { defined, rejected }.band(0.95).expect("a band");
            assert!((low - want.0).abs() < 1e-7 && (high - want.1).abs() < 1e-7, "{low} {high}");
        }
        assert_eq!(Rejections { defined: 0, rejected: 0 }.band(0.95), None);
        assert_eq!(Rejections { defined: 4, rejected: 4 }.band(0.95).map(|band| band.1), Some(1.0));
    }
}
