//! One day of the variance: its level, and how the level moves with every parameter.

use super::Dynamics;

/// √(2/π) = E|z| of a standard normal z.
pub(super) const MEAN_ABSOLUTE: f64 = 0.797_884_560_802_865_4;

/// ln σ² at which σ² itself would overflow.
const LARGEST_LOG: f64 = 709.0;

/// Number of parameters of the variance, at most.
pub(super) const MOST: usize = 4;

/// Parameters of the variance.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// σ²ₜ = ω + αr²ₜ₋₁ + βσ²ₜ₋₁ (Bollerslev 1986, eq. 1–2), with β = (1 − α)ρ.
    ///
    /// The triangle α ≥ 0, β ≥ 0, α + β ≤ 1 so becomes the square 0 ≤ α, ρ ≤ 1: its three edges are
    /// sides of the square, and only the corner α = 1, β = 0 is blown up.
    Garch { omega: f64, alpha: f64, rho: f64, beta: f64 },
    /// ln σ²ₜ = ω + α(|zₜ₋₁| − √(2/π)) + γzₜ₋₁ + β ln σ²ₜ₋₁ (Nelson 1991, eq. 2.1–2.2).
    Egarch { omega: f64, alpha: f64, gamma: f64, beta: f64 },
}

/// What the next variance depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Day {
    pub(super) residual: f64,
    pub(super) z: f64,
    pub(super) inverse_sigma: f64,
    /// r²; the expected square before the sample.
    square: f64,
    /// |z| − √(2/π); zero, its expectation, before the sample.
    excess: f64,
    pub(super) variance: f64,
    pub(super) log_variance: f64,
}

impl Day {
    /// The day before the sample, of which only the variance is known.
    pub(super) fn before(variance: f64) -> Self {
        let log_variance = libm::log(variance);
        Self { residual: 0.0, z: 0.0, inverse_sigma: 0.0, square: variance, excess: 0.0, variance, log_variance }
    }

    pub(super) fn new(residual: f64, step: &Step) -> Self {
        let Step { variance, log_variance, .. } = *step;
        let inverse_sigma = 1.0 / variance.sqrt();
        let z = residual * inverse_sigma;
        let excess = z.abs() - MEAN_ABSOLUTE;
        Self { residual, z, inverse_sigma, square: residual * residual, excess, variance, log_variance }
    }
}

/// The variance of a day and its derivatives:
/// d ln σ²ₜ = `carry` d ln σ²ₜ₋₁ + `mean` x'ₜ₋₁db + Σ `shape`ᵢ d shapeᵢ.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) variance: f64,
    pub(super) log_variance: f64,
    pub(super) carry: f64,
    /// `carry` as it would be without limits.
    pub(super) free_carry: f64,
    pub(super) mean: f64,
    pub(super) shape: [f64; MOST],
}

impl Shape {
    pub(super) fn new(dynamics: Dynamics, coordinates: &[f64]) -> Self {
        match (dynamics, coordinates) {
            (Dynamics::Garch, &[omega, alpha, rho, ..]) => Self::Garch { omega, alpha, rho, beta: (1.0 - alpha) * rho },
            (Dynamics::Egarch, &[omega, alpha, gamma, beta, ..]) => Self::Egarch { omega, alpha, gamma, beta },
            _ => unreachable!("as many coordinates as Dynamics::parameters"),
        }
    }

    /// The variance of the day after `day`.
    pub(super) fn step(&self, day: &Day) -> Step {
        match *self {
            Self::Garch { omega, alpha, rho, beta } => {
                let variance = omega + alpha * day.square + beta * day.variance;
                let share = 1.0 / variance;
                let carry = beta * day.variance * share;
                Step {
                    variance,
                    log_variance: libm::log(variance),
                    carry,
                    free_carry: carry,
                    mean: -2.0 * alpha * day.residual * share,
                    shape: [
                        share,
                        (day.square - rho * day.variance) * share,
                        (1.0 - alpha) * day.variance * share,
                        0.0,
                    ],
                }
            }
            Self::Egarch { omega, alpha, gamma, beta } => {
                let log_variance = omega + alpha * day.excess + gamma * day.z + beta * day.log_variance;
                let log_variance = log_variance.min(LARGEST_LOG);
                let slope = alpha * day.z.signum() + gamma;
                let carry = beta - 0.5 * slope * day.z;
                Step {
                    variance: libm::exp(log_variance),
                    log_variance,
                    carry,
                    free_carry: carry,
                    mean: -slope * day.inverse_sigma,
                    shape: [1.0, day.excess, day.z, day.log_variance],
                }
            }
        }
    }
}

impl Step {
    /// Keeps the variance above `lower`, and lets it grow by its logarithm only above `upper`.
    pub(super) fn within(mut self, lower: f64, upper: f64) -> Self {
        if self.variance < lower {
            self.variance = lower;
            self.log_variance = libm::log(lower);
            self.damp(0.0);
        } else if self.variance > upper {
            self.variance = upper + self.log_variance - libm::log(upper);
            self.log_variance = libm::log(self.variance);
            self.damp(1.0 / self.variance);
        }
        self
    }

    fn damp(&mut self, factor: f64) {
        self.carry *= factor;
        self.mean *= factor;
        self.shape.iter_mut().for_each(|slope| *slope *= factor);
    }
}
