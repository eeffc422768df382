//! Maximisation within bounds: sequential quadratic steps with a quasi-Newton curvature.

use super::quadratic::{Cholesky, best_step, dot, product};

/// A function to be maximised.
pub(super) trait Objective {
    /// Its value and gradient, and the information if wanted.
    fn evaluate(&self, at: &[f64], out: &mut Derivatives, information: bool) -> f64;

    /// Short steps in a row after which a climb is given up.
    fn patience(&self) -> usize;
}

/// Derivatives of a sum of contributions.
#[derive(Clone, Debug, Default)]
pub(super) struct Derivatives {
    pub(super) gradient: Vec<f64>,
    /// Sum of the outer products of the scores, lower triangle of the rows; where the contributions
    /// are log densities it is an estimate of the curvature (Berndt, Hall, Hall & Hausman 1974).
    pub(super) information: Vec<f64>,
}

impl Derivatives {
    pub(super) fn clear(&mut self, n: usize, information: bool) {
        self.gradient.clear();
        self.gradient.resize(n, 0.0);
        if information {
            self.information.clear();
            self.information.resize(n * n, 0.0);
        }
    }

    /// Adds the score of one contribution.
    pub(super) fn add(&mut self, score: &[f64], information: bool) {
        self.gradient.iter_mut().zip(score).for_each(|(sum, s)| *sum += s);
        if information {
            for (i, line) in self.information.chunks_exact_mut(score.len()).enumerate() {
                line[..=i].iter_mut().zip(score).for_each(|(sum, s)| *sum += s * score[i]);
            }
        }
    }
}

/// Lowest and highest value of each coordinate.
#[derive(Clone, Debug, Default)]
pub(super) struct Bounds {
    pub(super) lower: Vec<f64>,
    pub(super) upper: Vec<f64>,
}

/// Where a climb ended.
#[derive(Clone, Debug)]
pub(super) struct Summit {
    pub(super) at: Vec<f64>,
    pub(super) value: f64,
    /// Whether no step promises, or none brings, an improvement.
    pub(super) reached: bool,
}

/// A promised improvement that is not worth a step.
const SMALL: f64 = 1e-10;
/// Steps of one climb.
const STEPS: usize = 200;
/// Steps below this share of the proposed one are short: the quadratic model fails there.
const SHORT: f64 = 0.15;
/// Share of the promised improvement that a step must bring (Armijo 1966).
const SUFFICIENT: f64 = 1e-4;
/// Share of the curvature below which an update is damped (Powell 1978).
const DAMPING: f64 = 0.2;

/// Climbs from `at` to a local maximum.
pub(super) fn climb(objective: &impl Objective, bounds: &Bounds, at: Vec<f64>) -> Summit {
    let mut climber = Climber::new(objective, bounds, at);
    for _ in 0..STEPS {
        if !climber.value.is_finite() || climber.short > objective.patience() {
            break;
        }
        let step = climber.propose();
        let promise = dot(&step, &climber.here.gradient);
        let moved = promise > SMALL && climber.advance(&step, promise);
        if !moved {
            if climber.fresh {
                return Summit { at: climber.at, value: climber.value, reached: promise < 1e-6 };
            }
            climber.refresh();
        }
    }
    Summit { at: climber.at, value: climber.value, reached: false }
}

struct Climber<'a, F> {
    objective: &'a F,
    bounds: &'a Bounds,
    at: Vec<f64>,
    value: f64,
    here: Derivatives,
    there: Derivatives,
    /// Positive definite stand-in for minus the second derivatives.
    curvature: Vec<f64>,
    /// Whether the curvature is the information at this point.
    fresh: bool,
    /// Steps in a row that had to be shortened much.
    short: usize,
}

impl<'a, F: Objective> Climber<'a, F> {
    fn new(objective: &'a F, bounds: &'a Bounds, at: Vec<f64>) -> Self {
        let (here, there) = (Derivatives::default(), Derivatives::default());
        let mut climber =
            Self { objective, bounds, at, value: 0.0, here, there, curvature: vec![], fresh: true, short: 0 };
        climber.refresh();
        climber
    }

    /// Takes the information for the curvature, lifted where it says nothing.
    fn refresh(&mut self) {
        self.value = self.objective.evaluate(&self.at, &mut self.here, true);
        let n = self.at.len();
        self.curvature.clone_from(&self.here.information);
        for i in 0..n {
            self.curvature[i * n + i] = self.curvature[i * n + i] * 1.001 + 0.1;
            for j in 0..i {
                self.curvature[j * n + i] = self.curvature[i * n + j];
            }
        }
        self.fresh = true;
    }

    /// The best step of the quadratic model within the bounds.
    fn propose(&self) -> Vec<f64> {
        let room = |bound: &[f64]| bound.iter().zip(&self.at).map(|(b, x)| b - x).collect::<Vec<_>>();
        best_step(&self.curvature, &self.here.gradient, &room(&self.bounds.lower), &room(&self.bounds.upper))
    }

    /// Goes along the step as far as it pays, and learns the curvature on the way.
    fn advance(&mut self, step: &[f64], promise: f64) -> bool {
        let mut length = 1.0;
        while length > 1e-4 {
            let next: Vec<f64> = (0..step.len())
                .map(|i| (self.at[i] + length * step[i]).clamp(self.bounds.lower[i], self.bounds.upper[i]))
                .collect();
            let value = self.objective.evaluate(&next, &mut self.there, false);
            let gain = value - self.value;
            let usable = value.is_finite() && self.there.gradient.iter().all(|g| g.is_finite());
            if usable && gain > SUFFICIENT * length * promise {
                self.short = if length < SHORT { self.short + 1 } else { 0 };
                self.learn(&next);
                self.at = next;
                self.value = value;
                std::mem::swap(&mut self.here, &mut self.there);
                return true;
            }
            // The top of the parabola through both values and the slope at the start.
            let top = 0.5 * promise * length / (promise * length - gain);
            length *= if usable { top.clamp(0.1, 0.5) } else { 0.1 };
        }
        false
    }

    /// Damped BFGS (Nocedal & Wright 2006, procedure 18.2).
    fn learn(&mut self, next: &[f64]) {
        let n = next.len();
        let step: Vec<f64> = next.iter().zip(&self.at).map(|(a, b)| a - b).collect();
        let mut change: Vec<f64> =
            self.here.gradient.iter().zip(&self.there.gradient).map(|(here, there)| here - there).collect();
        let bent = product(&self.curvature, &step);
        let (model, seen) = (dot(&step, &bent), dot(&step, &change));
        if seen < DAMPING * model {
            let share = (1.0 - DAMPING) * model / (model - seen);
            change.iter_mut().zip(&bent).for_each(|(c, b)| *c = share * *c + (1.0 - share) * b);
        }
        let seen = dot(&step, &change);
        for i in 0..n {
            for j in 0..n {
                self.curvature[i * n + j] += change[i] * change[j] / seen - bent[i] * bent[j] / model;
            }
        }
        self.fresh = false;
        if Cholesky::new(&self.curvature, n).is_none() {
            self.refresh();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The valley of Rosenbrock (1960) upside down, as a sum of two contributions.
    struct Valley;

    impl Objective for Valley {
        fn evaluate(&self, at: &[f64], out: &mut Derivatives, information: bool) -> f64 {
            let (first, second) = (1.0 - at[0], 10.0 * (at[1] - at[0] * at[0]));
            out.clear(2, information);
            out.add(&[2.0 * first, 0.0], information);
            out.add(&[40.0 * at[0] * second, -20.0 * second], information);
            -first * first - second * second
        }

        fn patience(&self) -> usize {
            usize::MAX
        }
    }

    fn climb_valley(upper: f64) -> Summit {
        let bounds = Bounds { lower: vec![-5.0; 2], upper: vec![5.0, upper] };
        climb(&Valley, &bounds, vec![-1.2, 0.4])
    }

    #[test]
    fn the_valley_ends_at_one() {
        let summit = climb_valley(5.0);
        assert!(summit.reached);
        assert!(summit.at.iter().all(|x| (x - 1.0).abs() < 1e-5), "{summit:?}");
    }

    /// Held at y = ½, the maximum is where −2(1 − x) = 400x(½ − x²).
    #[test]
    fn a_bound_is_a_maximum_too() {
        let summit = climb_valley(0.5);
        let [x, y] = summit.at[..] else { unreachable!() };
        assert!(summit.reached && y == 0.5, "{summit:?}");
        assert!((2.0 * (1.0 - x) + 400.0 * x * (0.5 - x * x)).abs() < 1e-3, "{summit:?}");
    }
}
