//! Where the climbs begin.

use super::kink::maximum;
use super::likelihood::Likelihood;
use super::maximise::{Bounds, Summit};
use super::{Dynamics, Errors};

/// α at the start.
const ALPHAS: [f64; 4] = [0.01, 0.05, 0.1, 0.2];
/// Degrees of freedom at the start.
const DEGREES: f64 = 8.0;
/// Least and most degrees of freedom.
const DEGREES_BOUNDS: (f64, f64) = (2.05, 500.0);

/// The bounds of the coordinates, those of the Python package `arch` at unit residual variance.
pub(super) fn bounds(likelihood: &Likelihood) -> Bounds {
    let spread = libm::log(10_000.0);
    let alpha = likelihood.least_alpha;
    let variance = match likelihood.dynamics {
        Dynamics::Garch => vec![(1e-8, 10.0), (alpha, 1.0), (0.0, 1.0)],
        Dynamics::Egarch => {
            vec![(-spread, spread), (alpha, f64::INFINITY), (f64::NEG_INFINITY, f64::INFINITY), (0.0, 1.0)]
        }
    };
    let mean = std::iter::repeat_n((f64::NEG_INFINITY, f64::INFINITY), likelihood.columns);
    let degrees = (1.0 / DEGREES_BOUNDS.1, 1.0 / DEGREES_BOUNDS.0);
    let degrees = (likelihood.errors == Errors::StudentT).then_some(degrees);
    let (lower, upper) = mean.chain(variance).chain(degrees).unzip();
    Bounds { lower, upper }
}

/// The highest maximum that climbs from several points reach.
///
/// An EGARCH likelihood may rise with an α below zero until the recursion runs wild, without a maximum
/// before. Then the climb is repeated with α ≥ 0, as Nelson (1991) meant it, where large shocks do not
/// calm; and its end at α = 0 counts if no climb finds a maximum within.
pub(super) fn highest(likelihood: &Likelihood) -> Option<Summit> {
    let (mut within, mut edge) = (None, None);
    let kept = Likelihood { least_alpha: 0.0, ..likelihood.clone() };
    for from in starts(likelihood) {
        let summit = maximum(likelihood, from.clone());
        if summit.reached {
            higher(&mut within, summit);
        } else if likelihood.least_alpha < 0.0 {
            let summit = maximum(&kept, from);
            if summit.reached && summit.at[likelihood.columns + 1] > 0.0 {
                higher(&mut within, summit);
            } else if summit.reached {
                let below = maximum(likelihood, summit.at.clone());
                if below.reached { higher(&mut within, below) } else { higher(&mut edge, summit) }
            }
        }
    }
    match (likelihood.dynamics, within, edge) {
        (Dynamics::Garch, best, _) => best,
        (Dynamics::Egarch, Some(best), _) => Some(over_the_folds(likelihood, best)),
        (Dynamics::Egarch, None, best) => best.map(|best| over_the_folds(&kept, best)),
    }
}

fn higher(best: &mut Option<Summit>, summit: Summit) {
    if best.as_ref().is_none_or(|best| summit.value > best.value) {
        *best = Some(summit);
    }
}

/// Looks for a higher maximum behind the folds around this one, half a standard error of each
/// coefficient away.
fn over_the_folds(likelihood: &Likelihood, mut best: Summit) -> Summit {
    let hop = 0.5 / (likelihood.residuals.len() as f64).sqrt();
    let around: Vec<Vec<f64>> = (0..likelihood.columns)
        .flat_map(|column| {
            [hop, -hop].map(|hop| {
                let mut at = best.at.clone();
                at[column] += hop;
                at
            })
        })
        .collect();
    for at in around {
        let summit = maximum(likelihood, at);
        if summit.reached && summit.value > best.value {
            best = summit;
        }
    }
    best
}

/// The best point of a grid for each persistence, the best first.
fn starts(likelihood: &Likelihood) -> Vec<Vec<f64>> {
    let grid = match likelihood.dynamics {
        Dynamics::Garch => garch_grid(),
        Dynamics::Egarch => egarch_grid(),
    };
    let best = |shapes: Vec<Vec<f64>>| {
        let points = shapes.into_iter().map(|shape| {
            let mut at = vec![0.0; likelihood.columns];
            at.extend(shape);
            at.extend((likelihood.errors == Errors::StudentT).then_some(1.0 / DEGREES));
            (likelihood.value(&at), at)
        });
        points.max_by(|a, b| a.0.total_cmp(&b.0))
    };
    let mut starts: Vec<(f64, Vec<f64>)> = grid.into_iter().filter_map(best).collect();
    starts.sort_by(|a, b| b.0.total_cmp(&a.0));
    starts.into_iter().map(|(_, at)| at).collect()
}

/// For each persistence, coordinates of GARCH with long-run variance one.
fn garch_grid() -> Vec<Vec<Vec<f64>>> {
    let at = |alpha: f64, persistence: f64| vec![1.0 - persistence, alpha, (persistence - alpha) / (1.0 - alpha)];
    let mut grid: Vec<Vec<Vec<f64>>> = [0.2, 0.7, 0.9, 0.98]
        .iter()
        .map(|&persistence| ALPHAS.iter().map(|&alpha| at(alpha, persistence)).collect())
        .collect();
    // The corner α = 1 is blown up, and a climb that comes to it on a wrong side ends there.
    grid.push(vec![at(0.8, 0.99)]);
    grid
}

/// For each persistence, coordinates of EGARCH with long-run variance one.
fn egarch_grid() -> Vec<Vec<Vec<f64>>> {
    let at = |alpha: f64, gamma: f64, beta: f64| vec![0.0, alpha, gamma, beta];
    let points = |alphas: &[f64], beta: f64| {
        alphas.iter().flat_map(|&alpha| [-0.1, 0.0, 0.1].map(|gamma| at(alpha, gamma, beta))).collect::<Vec<_>>()
    };
    let mut grid: Vec<Vec<Vec<f64>>> = [0.2, 0.7, 0.9, 0.98].iter().map(|&beta| points(&ALPHAS, beta)).collect();
    grid.push(points(&[-0.15], 0.85));
    grid
}
