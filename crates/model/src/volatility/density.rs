//! Log densities of standardised errors.

use std::f64::consts::PI;

/// ½ ln 2π.
const HALF_LOG_TWO_PI: f64 = 0.918_938_533_204_672_8;

/// The density of an error with mean zero and variance one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Density {
    Normal,
    /// Student's t with ν degrees of freedom, scaled to unit variance (Bollerslev 1987, eq. 1).
    StudentT {
        nu: f64,
        /// The log density at zero.
        peak: f64,
        /// d peak / dν.
        peak_slope: f64,
    },
}

/// The log density at one error.
pub(super) struct Height {
    pub(super) log: f64,
    /// −2 d log / dz²: the score of the location is `weight`·z, that of ln σ² is ½(`weight`·z² − 1).
    pub(super) weight: f64,
    /// d log / dν.
    pub(super) slope: f64,
}

impl Density {
    pub(super) fn student_t(nu: f64) -> Self {
        let (half, next) = (0.5 * nu, 0.5 * (nu + 1.0));
        let peak = libm::lgamma(next) - libm::lgamma(half) - 0.5 * libm::log(PI * (nu - 2.0));
        let peak_slope = 0.5 * (digamma(next) - digamma(half) - 1.0 / (nu - 2.0));
        Self::StudentT { nu, peak, peak_slope }
    }

    pub(super) fn at(&self, square: f64) -> Height {
        match *self {
            Self::Normal => Height { log: -HALF_LOG_TWO_PI - 0.5 * square, weight: 1.0, slope: 0.0 },
            Self::StudentT { nu, peak, peak_slope } => {
                let ratio = square / (nu - 2.0);
                let log = libm::log(1.0 + ratio);
                let weight = (nu + 1.0) / (nu - 2.0 + square);
                Height { log: peak - 0.5 * (nu + 1.0) * log, weight, slope: peak_slope + 0.5 * (weight * ratio - log) }
            }
        }
    }
}

/// Fisher information of the location of the unit-variance t: ν(ν + 1)/((ν − 2)(ν + 3)).
pub(super) fn location_information(nu: f64) -> f64 {
    nu * (nu + 1.0) / ((nu - 2.0) * (nu + 3.0))
}

/// E|z| of the unit-variance t.
pub(super) fn mean_absolute(nu: f64) -> f64 {
    ((nu - 2.0) / PI).sqrt() * libm::exp(libm::lgamma(0.5 * (nu - 1.0)) - libm::lgamma(0.5 * nu))
}

/// ψ(x) for x > 0: recurrence up to 8, asymptotic series beyond (Abramowitz & Stegun 1964, 6.3.5 and
/// 6.3.18).
fn digamma(mut x: f64) -> f64 {
    let mut sum = 0.0;
    while x < 8.0 {
        sum -= 1.0 / x;
        x += 1.0;
    }
    let inverse = 1.0 / (x * x);
    const SERIES: [f64; 7] =
        [-1.0 / 12.0, 1.0 / 120.0, -1.0 / 252.0, 1.0 / 240.0, -1.0 / 132.0, 691.0 / 32_760.0, -1.0 / 12.0];
    let tail = SERIES.iter().rev().fold(0.0, |tail, term| (tail + term) * inverse);
    sum + libm::log(x) - 0.5 / x + tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digamma_agrees_with_statrs() {
        for x in [0.7, 1.0, 1.525, 3.3, 7.9, 8.0, 42.0, 250.5] {
            let want = statrs::function::gamma::digamma(x);
            assert!((digamma(x) - want).abs() < 1e-13, "{x}: {} {want}", digamma(x));
        }
    }

    #[test]
    fn slopes_agree_with_differences() {
        for (nu, square) in [(2.3, 0.1), (4.0, 9.0), (30.0, 1.0), (300.0, 25.0)] {
            let (step, small) = (1e-5 * nu, 1e-5);
            let height = |nu: f64, square: f64| Density::student_t(nu).at(square).log;
            let here = Density::student_t(nu).at(square);
            let by_nu = (height(nu + step, square) - height(nu - step, square)) / (2.0 * step);
            let by_square = (height(nu, square + small) - height(nu, square - small)) / (2.0 * small);
            assert!((here.slope - by_nu).abs() < 1e-7, "{nu} {square}");
            assert!((here.weight + 2.0 * by_square).abs() < 1e-7, "{nu} {square}");
        }
    }

    #[test]
    fn a_t_of_many_degrees_of_freedom_is_nearly_normal() {
        assert!((Density::student_t(1e6).at(1.3).log - Density::Normal.at(1.3).log).abs() < 1e-5);
        assert!((mean_absolute(1e6) - super::super::recursion::MEAN_ABSOLUTE).abs() < 1e-5);
        assert!((location_information(1e6) - 1.0).abs() < 1e-5);
    }
}
