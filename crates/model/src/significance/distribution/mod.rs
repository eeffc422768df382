//! Reference distributions: the one place where p-values and quantiles are made.

mod student;
mod tails;

use std::f64::consts::{FRAC_1_SQRT_2, SQRT_2, TAU};

use statrs::function::erf::erfc_inv;
use statrs::function::gamma::gamma_ur;

pub use tails::StudentTails;

/// The distribution of a statistic under its null.
///
/// ```
/// use dayzero_model::significance::Distribution;
/// assert!((Distribution::Normal.two_sided(1.959963984540054) - 0.05).abs() < 1e-15);
/// let t = Distribution::StudentT { dof: 10.0 };
/// assert!((t.two_sided(t.two_sided_quantile(0.95)) - 0.05).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Distribution {
    /// Standard normal.
    Normal,
    /// Student's t.
    StudentT {
        /// Degrees of freedom, positive.
        dof: f64,
    },
}

impl Distribution {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::StudentT { .. } => "t",
        }
    }

    /// Degrees of freedom, where the distribution has them.
    pub fn dof(self) -> Option<f64> {
        match self {
            Self::Normal => None,
            Self::StudentT { dof } => Some(dof),
        }
    }

    /// P(|X| ≥ |x|), from the survival function: `1 − cdf` would lose the tail.
    pub fn two_sided(self, x: f64) -> f64 {
        match self {
            Self::Normal => libm::erfc(x.abs() * FRAC_1_SQRT_2),
            Self::StudentT { dof } => student::two_sided(dof, x),
        }
    }

    /// The x with P(|X| ≤ x) = `confidence`, for 0 < `confidence` < 1.
    pub fn two_sided_quantile(self, confidence: f64) -> f64 {
        let tail = 1.0 - confidence;
        let mut high = 1.0;
        while self.two_sided(high) > tail {
            high *= 2.0;
        }
        let mut low = 0.0;
        // Bisection down to neighbouring numbers: slow, sure, and called once per row of a table.
        loop {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                return high;
            }
            if self.two_sided(middle) > tail { low = middle } else { high = middle }
        }
    }
}

/// P(X ≥ x) of chi-squared with `dof` degrees of freedom, from the upper incomplete gamma function
/// Q(dof/2, x/2) (Abramowitz & Stegun 1964, 26.4.19).
///
/// ```
/// use dayzero_model::significance::chi_squared_tail;
/// assert!((chi_squared_tail(5.991464547107979, 2.0) - 0.05).abs() < 1e-15);
/// ```
pub fn chi_squared_tail(x: f64, dof: f64) -> f64 {
    match x {
        ..=0.0 => 1.0,
        f64::INFINITY => 0.0,
        _ => gamma_ur(dof / 2.0, x / 2.0),
    }
}

/// Φ(x), the probability that a standard normal variable is not above x; exact in the lower tail.
///
/// ```
/// use dayzero_model::significance::normal_below;
/// assert!((normal_below(-1.959963984540054) - 0.025).abs() < 1e-15);
/// ```
pub fn normal_below(x: f64) -> f64 {
    0.5 * libm::erfc(-x * FRAC_1_SQRT_2)
}

/// The x with Φ(x) = `probability`, for 0 < `probability` < 1; exact for small probabilities, so that an
/// upper quantile is best asked for as the opposite of the lower one.
///
/// ```
/// use dayzero_model::significance::normal_quantile;
/// assert!((normal_quantile(0.025) + 1.959963984540054).abs() < 1e-14);
/// ```
pub fn normal_quantile(probability: f64) -> f64 {
    let start = -SQRT_2 * erfc_inv(2.0 * probability);
    // The rational approximation has eight digits in places; one step of Newton doubles them.
    let density = libm::exp(-0.5 * start * start) / TAU.sqrt();
    if density > 0.0 { start - (normal_below(start) - probability) / density } else { start }
}
