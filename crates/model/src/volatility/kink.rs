//! Maxima at kinks.
//!
//! |z| bends the EGARCH likelihood wherever a residual is zero: each observation is a fold across the
//! space of the mean coefficients, and of real stocks' maxima one in six with normal errors lies on a
//! fold (one in fourteen with t errors), with a gradient that points to it from both sides. On the fold the likelihood is smooth again, as that of a problem with
//! one coefficient less; so a climb that gets stuck next to a fold goes on along it.

use super::likelihood::Likelihood;
use super::maximise::{Summit, climb};
use super::start::bounds;

/// A standardised residual below this is at a fold; by chance the least of a thousand is larger.
const FOLD: f64 = 3e-4;
/// What the way to the fold may cost in likelihood.
const SLACK: f64 = 1e-6;
/// Distance from the fold at which the likelihood must be lower.
const ASIDE: f64 = 1e-5;

/// Climbs to a maximum, along a fold if need be.
pub(super) fn maximum(likelihood: &Likelihood, from: Vec<f64>) -> Summit {
    let summit = climb(likelihood, &bounds(likelihood), from);
    if summit.reached || !summit.value.is_finite() {
        return summit;
    }
    along_a_fold(likelihood, &summit).unwrap_or(summit)
}

/// The maximum on the fold next to a point, if the likelihood falls off on both sides of it.
fn along_a_fold(likelihood: &Likelihood, stuck: &Summit) -> Option<Summit> {
    let mut nearest = (f64::INFINITY, 0);
    likelihood.walk(&stuck.at, |t, _, day| {
        if day.z.abs() < nearest.0 && likelihood.row(t).iter().any(|&x| x != 0.0) {
            nearest = (day.z.abs(), t);
        }
    });
    if nearest.0 > FOLD {
        return None;
    }
    let fold = Fold::new(likelihood, nearest.1);
    let mut below = stuck.at.clone();
    below.remove(fold.column);
    let on = maximum(&fold.likelihood, below);
    let at = fold.lift(likelihood, &on.at);
    let is_top = [ASIDE, -ASIDE].iter().all(|aside| {
        let mut beside = at.clone();
        beside[fold.column] += aside;
        likelihood.value(&beside) < on.value
    });
    let reached = on.reached && is_top && on.value > stuck.value - SLACK;
    reached.then_some(Summit { at, value: on.value, reached })
}

/// The problem on one fold.
struct Fold {
    likelihood: Likelihood,
    day: usize,
    /// The column whose coefficient follows from the others.
    column: usize,
}

impl Fold {
    /// Solves xₜ'b = uₜ for the coefficient of the largest element of xₜ.
    fn new(likelihood: &Likelihood, day: usize) -> Self {
        let k = likelihood.columns;
        let fold = likelihood.row(day);
        let column = (0..k).max_by(|&i, &j| fold[i].abs().total_cmp(&fold[j].abs())).unwrap_or(0);
        let mut on = likelihood.clone();
        on.columns = k - 1;
        on.rows.clear();
        for t in 0..on.residuals.len() {
            let row = likelihood.row(t);
            let share = row[column] / fold[column];
            on.residuals[t] -= share * likelihood.residuals[day];
            on.rows.extend((0..k).filter(|&j| j != column).map(|j| row[j] - share * fold[j]));
        }
        Self { likelihood: on, day, column }
    }

    /// Coordinates of the whole problem.
    fn lift(&self, likelihood: &Likelihood, on: &[f64]) -> Vec<f64> {
        let mut at = on.to_vec();
        at.insert(self.column, 0.0);
        let row = likelihood.row(self.day);
        let fitted: f64 = row.iter().zip(&at).map(|(x, b)| x * b).sum();
        at[self.column] = (likelihood.residuals[self.day] - fitted) / row[self.column];
        at
    }
}
