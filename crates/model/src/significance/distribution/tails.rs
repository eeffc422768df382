//! Two-sided p-values of Student's t for very many statistics: polynomials in place of the incomplete beta
//! function, which is where they come from.

use std::sync::OnceLock;

use super::Distribution;

/// Degrees of freedom that have polynomials; beyond them, and beyond [`FARTHEST`], the function itself is called.
const MOST: usize = 1_024;

/// Pieces per unit of |t|.
const PIECES: f64 = 16.0;

/// The |t| where the pieces end: beyond it p falls too steeply for them, and is rarely asked for.
const FARTHEST: f64 = 16.0;

/// Coefficients of a piece. The nearest singularities of p are at ±i√ν, so that ten give all digits on a piece of a
/// sixteenth from one degree of freedom on.
const COEFFICIENTS: usize = 10;

/// p on a piece of |t|, by powers of the distance from its middle in units of its half; nothing where p is not a
/// normal number all over it.
type Piece = OnceLock<Option<[f64; COEFFICIENTS]>>;

/// Tails of Student's t, made when they are first asked for.
#[derive(Debug)]
pub struct StudentTails {
    by_dof: Vec<OnceLock<Box<[Piece]>>>,
}

impl Default for StudentTails {
    fn default() -> Self {
        Self { by_dof: (0..MOST).map(|_| OnceLock::new()).collect() }
    }
}

impl StudentTails {
    /// P(|T| ≥ |t|) with `dof` degrees of freedom, a relative error of 1e-13 at most.
    pub fn two_sided(&self, dof: u32, t: f64) -> f64 {
        let exact = || Distribution::StudentT { dof: f64::from(dof) }.two_sided(t);
        let place = t.abs() * PIECES;
        if place.is_nan() || place >= FARTHEST * PIECES || t == 0.0 || dof == 0 {
            return exact();
        }
        let Some(pieces) = self.by_dof.get(dof as usize) else { return exact() };
        let pieces = pieces.get_or_init(|| (0..(FARTHEST * PIECES) as usize).map(|_| Piece::new()).collect());
        let piece = place as usize;
        let Some(coefficients) = pieces[piece].get_or_init(|| interpolate(dof, piece)) else { return exact() };
        let x = 2.0 * (place - piece as f64) - 1.0;
        horner(coefficients, x).min(1.0)
    }
}

/// Two chains, so that half of the multiplications need not wait for each other.
fn horner(c: &[f64; COEFFICIENTS], x: f64) -> f64 {
    let squared = x * x;
    let (mut even, mut odd) = (0.0, 0.0);
    for pair in c.chunks_exact(2).rev() {
        even = even * squared + pair[0];
        odd = odd * squared + pair[1];
    }
    even + x * odd
}

/// The polynomial through p at the Chebyshev points of a piece.
fn interpolate(dof: u32, piece: usize) -> Option<[f64; COEFFICIENTS]> {
    const N: usize = COEFFICIENTS;
    let distribution = Distribution::StudentT { dof: f64::from(dof) };
    let angle = |point: usize| std::f64::consts::PI * (point as f64 + 0.5) / N as f64;
    let mut values = [0.0; N];
    for (point, value) in values.iter_mut().enumerate() {
        let t = (piece as f64 + 0.5 + 0.5 * libm::cos(angle(point))) / PIECES;
        *value = distribution.two_sided(t);
        if !value.is_normal() {
            return None;
        }
    }
    // Chebyshev coefficients, then powers by T₍ₙ₊₁₎ = 2xTₙ − T₍ₙ₋₁₎.
    let (mut before, mut now, mut powers) = ([0.0; N], [0.0; N], [0.0; N]);
    now[0] = 1.0;
    for degree in 0..N {
        let weight = if degree == 0 { 1.0 } else { 2.0 } / N as f64;
        let products = values.iter().enumerate().map(|(point, v)| v * libm::cos(degree as f64 * angle(point)));
        let coefficient = weight * products.sum::<f64>();
        let mut next = [0.0; N];
        for power in 0..N {
            powers[power] += coefficient * now[power];
            let raised = if power > 0 { now[power - 1] } else { 0.0 };
            next[power] = if degree == 0 { raised } else { 2.0 * raised - before[power] };
        }
        (before, now) = (now, next);
    }
    Some(powers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_incomplete_beta_function() {
        let tails = StudentTails::default();
        for dof in [1, 2, 3, 5, 10, 30, 118, 238, 600, 1_023, 5_000] {
            for step in 0..4_500 {
                let t = 0.009_7 * f64::from(step);
                let (got, want) =
                    (tails.two_sided(dof, t), Distribution::StudentT { dof: f64::from(dof) }.two_sided(t));
                assert!(got.is_finite() && (0.0..=1.0).contains(&got), "{dof} {t}: {got}");
                if want > 1e-300 {
                    assert!((got / want - 1.0).abs() < 1e-13, "{dof} {t}: {got:e} against {want:e}");
                }
            }
        }
    }

    #[test]
    fn is_even_and_one_in_the_middle() {
        let tails = StudentTails::default();
        assert_eq!(tails.two_sided(238, 0.0), 1.0);
        assert_eq!(tails.two_sided(238, -1.7), tails.two_sided(238, 1.7));
        assert!(tails.two_sided(3, f64::INFINITY) == 0.0);
    }
}
