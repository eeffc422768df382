//! The log-likelihood of mean and variance together, its gradient and its information.

use super::density::Density;
use super::maximise::{Derivatives, Objective};
use super::recursion::{Day, Shape, Step};
use super::{Dynamics, Errors};

/// Weight of yesterday in the moving averages of squares.
const DECAY: f64 = 0.94;
/// Observations from which the variance before the sample is taken.
const BACKCAST: usize = 75;

/// Growth of a change of the variance before the sample up to its end, ∏ |d ln σ²ₜ / d ln σ²ₜ₋₁|, from
/// which a recursion is wild: there the likelihood counts as zero.
///
/// A wild EGARCH recursion (mostly α < 0 with β near one) is not invertible: its variances follow from
/// the start and from rounding rather than from the data, and the likelihood is so rugged that it can
/// be raised without end (Straumann & Mikosch 2006, §3; Wintenberger 2013, §4). One is the limit of the
/// theory; two lets an integrated variance pass, whose changes neither grow nor fade.
const LONGEST_MEMORY: f64 = 2.0;

/// The problem in its own units: residual variance one at the start, columns of mean square one.
///
/// Its coordinates are the changes of the mean coefficients, the parameters of the variance (see
/// [`Shape`]), and 1/ν, in which the likelihood is nearly quadratic even next to the normal law.
#[derive(Clone, Debug)]
pub(super) struct Likelihood {
    pub(super) dynamics: Dynamics,
    pub(super) errors: Errors,
    /// Residuals at the start.
    pub(super) residuals: Vec<f64>,
    /// The design, row after row.
    pub(super) rows: Vec<f64>,
    pub(super) columns: usize,
    /// The variance before the sample.
    pub(super) backcast: f64,
    /// Lowest and highest variance of each day.
    pub(super) limits: Vec<(f64, f64)>,
    /// The least α.
    pub(super) least_alpha: f64,
}

impl Likelihood {
    pub(super) fn new(dynamics: Dynamics, errors: Errors, residuals: Vec<f64>, rows: Vec<f64>) -> Self {
        let columns = rows.len() / residuals.len();
        let backcast = backcast(&residuals);
        let limits = limits(&residuals, backcast);
        let least_alpha = if dynamics == Dynamics::Garch { 0.0 } else { f64::NEG_INFINITY };
        Self { dynamics, errors, residuals, rows, columns, backcast, limits, least_alpha }
    }

    /// Number of coordinates.
    pub(super) fn len(&self) -> usize {
        self.columns + self.dynamics.parameters() + usize::from(self.errors == Errors::StudentT)
    }

    /// One row of the design.
    pub(super) fn row(&self, t: usize) -> &[f64] {
        &self.rows[t * self.columns..(t + 1) * self.columns]
    }

    /// Walks through the days: the step to each, and the day itself.
    pub(super) fn walk(&self, at: &[f64], mut visit: impl FnMut(usize, &Step, &Day)) {
        let (mean, rest) = at.split_at(self.columns);
        let shape = Shape::new(self.dynamics, rest);
        let mut day = Day::before(self.backcast);
        for (t, &(lower, upper)) in self.limits.iter().enumerate() {
            let step = shape.step(&day).within(lower, upper);
            let fitted: f64 = self.row(t).iter().zip(mean).map(|(x, b)| x * b).sum();
            day = Day::new(self.residuals[t] - fitted, &step);
            visit(t, &step, &day);
        }
    }

    /// The density of the errors at these coordinates.
    fn density(&self, at: &[f64]) -> Density {
        match self.errors {
            Errors::Normal => Density::Normal,
            Errors::StudentT => Density::student_t(1.0 / at[at.len() - 1]),
        }
    }

    /// The log-likelihood alone.
    pub(super) fn value(&self, at: &[f64]) -> f64 {
        let density = self.density(at);
        let (mut sum, mut memory) = (0.0, 1.0);
        self.walk(at, |_, step, day| {
            sum += density.at(day.z * day.z).log - 0.5 * day.log_variance;
            memory *= step.free_carry.abs();
        });
        if memory < LONGEST_MEMORY { sum } else { f64::NEG_INFINITY }
    }
}

impl Objective for Likelihood {
    /// GARCH is smooth. EGARCH has folds and an edge where a climb sticks; least patience is needed
    /// where another climb will follow.
    fn patience(&self) -> usize {
        match self.dynamics {
            Dynamics::Garch => usize::MAX,
            Dynamics::Egarch if self.least_alpha < 0.0 => 4,
            Dynamics::Egarch => 15,
        }
    }

    fn evaluate(&self, at: &[f64], out: &mut Derivatives, information: bool) -> f64 {
        let (n, k, parameters) = (self.len(), self.columns, self.dynamics.parameters());
        let density = self.density(at);
        // dν = −ν² d(1/ν).
        let nu_by_coordinate = if let Density::StudentT { nu, .. } = density { -nu * nu } else { 0.0 };
        let mut slopes = vec![0.0; k + parameters];
        let mut score = vec![0.0; n];
        out.clear(n, information);
        let (mut sum, mut memory) = (0.0, 1.0);
        self.walk(at, |t, step, day| {
            memory *= step.free_carry.abs();
            let square = day.z * day.z;
            let height = density.at(square);
            sum += height.log - 0.5 * day.log_variance;

            let by_log_variance = 0.5 * (height.weight * square - 1.0);
            let by_mean = height.weight * day.z * day.inverse_sigma;
            // The day before the first does not depend on the mean: there `step.mean` is zero.
            let (yesterday, today) = (self.row(t.saturating_sub(1)), self.row(t));
            let (mean_slopes, shape_slopes) = slopes.split_at_mut(k);
            let (mean_score, shape_score) = score.split_at_mut(k);
            for j in 0..k {
                mean_slopes[j] = step.carry * mean_slopes[j] + step.mean * yesterday[j];
                mean_score[j] = by_log_variance * mean_slopes[j] + by_mean * today[j];
            }
            for (i, slope) in shape_slopes.iter_mut().enumerate() {
                *slope = step.carry * *slope + step.shape[i];
                shape_score[i] = by_log_variance * *slope;
            }
            if let Some(last) = shape_score.get_mut(parameters) {
                *last = height.slope * nu_by_coordinate;
            }
            out.add(&score, information);
        });
        if memory < LONGEST_MEMORY { sum } else { f64::NEG_INFINITY }
    }
}

/// Mean square of the first residuals, weighted with 0.94ⁱ: what stands for the variance and the
/// squared residual before the sample (RiskMetrics 1996, §5.3; fixed as the mean moves).
fn backcast(residuals: &[f64]) -> f64 {
    let (mut weight, mut weights, mut sum) = (1.0, 0.0, 0.0);
    for residual in residuals.iter().take(BACKCAST) {
        sum += weight * residual * residual;
        weights += weight;
        weight *= DECAY;
    }
    sum / weights
}

/// Wide limits within which a likelihood cannot overflow: 10⁻⁶ and 10⁶ times a moving average of the
/// squares, and never below 10⁻⁸ of their mean nor above 10⁷ times the largest. They are those of the
/// Python package `arch` (Sheppard), so that the two likelihoods are one function.
fn limits(residuals: &[f64], backcast: f64) -> Vec<(f64, f64)> {
    let count = residuals.len() as f64;
    let mean = residuals.iter().sum::<f64>() / count;
    let variance = residuals.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / count;
    let largest = 1.0 + residuals.iter().map(|r| r * r).fold(0.0, f64::max);
    let mut average = backcast;
    let mut limits = Vec::with_capacity(residuals.len());
    for residual in residuals {
        limits.push(((average / 1e6).max(variance / 1e8), (average * 1e6).clamp(largest, 1e7 * largest)));
        average = DECAY * average + (1.0 - DECAY) * residual * residual;
    }
    limits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A clustering series without a residual near zero, where |z| has no derivative.
    fn problem(dynamics: Dynamics, errors: Errors) -> Likelihood {
        let wave = |t: usize, period: f64| (t as f64 * std::f64::consts::TAU / period).sin();
        let size = |t: usize| 0.3 + (1.0 + wave(t, 37.0)) * (0.4 + ((t * 7919) % 101) as f64 / 60.0);
        let residuals = (0..160).map(|t| if (t * 31) % 7 < 3 { -size(t) } else { size(t) }).collect();
        let rows = (0..160).flat_map(|t| [1.0, 1.4 * wave(t, 9.3)]).collect();
        Likelihood::new(dynamics, errors, residuals, rows)
    }

    fn compare(likelihood: &Likelihood, at: &[f64]) {
        let (mut out, mut information) = (Derivatives::default(), Derivatives::default());
        let value = likelihood.evaluate(at, &mut out, false);
        assert_eq!(value, likelihood.value(at));
        assert!(value.is_finite());
        likelihood.evaluate(at, &mut information, true);
        assert_eq!(out.gradient, information.gradient);
        for i in 0..at.len() {
            let beside = |by: f64| {
                let mut beside = at.to_vec();
                beside[i] += by;
                likelihood.value(&beside)
            };
            let step = 1e-5 * at[i].abs().max(0.1);
            let slope =
                (8.0 * (beside(step) - beside(-step)) - (beside(2.0 * step) - beside(-2.0 * step))) / (12.0 * step);
            let got = out.gradient[i];
            assert!((got - slope).abs() < 1e-6 * (1.0 + slope.abs()), "{i} at {at:?}: {got} {slope}");
        }
    }

    #[test]
    fn gradients_agree_with_differences() {
        let garch = problem(Dynamics::Garch, Errors::Normal);
        compare(&garch, &[0.05, -0.02, 0.3, 0.15, 0.6]);
        compare(&garch, &[-0.05, 0.1, 0.02, 0.3, 0.98]);
        let garch = problem(Dynamics::Garch, Errors::StudentT);
        compare(&garch, &[0.05, -0.02, 0.3, 0.15, 0.6, 0.2]);
        compare(&garch, &[0.0, -0.1, 0.1, 0.05, 0.9, 0.45]);
        let egarch = problem(Dynamics::Egarch, Errors::Normal);
        compare(&egarch, &[0.05, -0.02, -0.1, 0.2, -0.1, 0.7]);
        compare(&egarch, &[0.0, 0.05, 0.05, -0.05, 0.1, 0.95]);
        let egarch = problem(Dynamics::Egarch, Errors::StudentT);
        compare(&egarch, &[0.05, -0.02, -0.1, 0.2, -0.1, 0.7, 0.2]);
        compare(&egarch, &[-0.02, 0.03, 0.02, 0.4, 0.2, 0.4, 0.01]);
    }

    #[test]
    fn gradients_agree_with_differences_at_the_limits() {
        let mut egarch = problem(Dynamics::Egarch, Errors::Normal);
        egarch.limits.iter_mut().for_each(|limits| *limits = (0.5, 1.5));
        compare(&egarch, &[0.05, -0.02, -0.1, 0.5, -0.3, 0.6]);
        let mut garch = problem(Dynamics::Garch, Errors::Normal);
        garch.limits.iter_mut().for_each(|limits| *limits = (0.5, 1.5));
        compare(&garch, &[0.05, -0.02, 0.2, 0.15, 0.6]);
    }

    /// With α well below zero a change of the first variance grows from day to day.
    #[test]
    fn wild_recursions_are_outside() {
        let egarch = problem(Dynamics::Egarch, Errors::Normal);
        assert_eq!(egarch.value(&[0.0, 0.0, 0.0, -0.6, 0.0, 0.98]), f64::NEG_INFINITY);
    }
}
