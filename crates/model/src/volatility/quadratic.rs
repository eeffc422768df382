//! The maximum of a concave quadratic function in a box.

/// Σ aᵢbᵢ.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The symmetric matrix times the vector.
pub(super) fn product(matrix: &[f64], vector: &[f64]) -> Vec<f64> {
    matrix.chunks_exact(vector.len()).map(|line| dot(line, vector)).collect()
}

/// argmax g'd − ½d'Bd over lower ≤ d ≤ upper, where lower ≤ 0 ≤ upper and B is positive definite.
///
/// The active-set method (Nocedal & Wright 2006, algorithm 16.3), which for bounds is: solve for the
/// free coordinates, stop at the first bound in the way and hold it, let go of a bound that pulls
/// inwards.
pub(super) fn best_step(b: &[f64], g: &[f64], lower: &[f64], upper: &[f64]) -> Vec<f64> {
    let n = g.len();
    let mut step = vec![0.0; n];
    let mut held: Vec<bool> =
        (0..n).map(|i| (upper[i] <= 0.0 && g[i] >= 0.0) || (lower[i] >= 0.0 && g[i] <= 0.0)).collect();
    for _ in 0..10 * n {
        let Some(target) = solve_free(b, g, &step, &held) else { break };
        let (fraction, blocking) = first_bound(&step, &target, lower, upper, &held);
        if let Some(i) = blocking {
            step.iter_mut().zip(&target).for_each(|(d, t)| *d += fraction * (t - *d));
            step[i] = if target[i] > step[i] { upper[i] } else { lower[i] };
            held[i] = true;
            continue;
        }
        step = target;
        let pull: Vec<f64> = product(b, &step).iter().zip(g).map(|(bend, g)| g - bend).collect();
        let inwards = |i: usize| if step[i] >= upper[i] { -pull[i] } else { pull[i] };
        match (0..n)
            .filter(|&i| held[i] && inwards(i) > 0.0 && lower[i] < upper[i])
            .max_by(|&i, &j| inwards(i).total_cmp(&inwards(j)))
        {
            Some(i) => held[i] = false,
            None => break,
        }
    }
    step
}

/// How far one can go to the target, and the coordinate that ends the way.
fn first_bound(step: &[f64], target: &[f64], lower: &[f64], upper: &[f64], held: &[bool]) -> (f64, Option<usize>) {
    let mut first = (1.0, None);
    for i in (0..step.len()).filter(|&i| !held[i]) {
        let bound = target[i].clamp(lower[i], upper[i]);
        if bound != target[i] {
            let fraction = (bound - step[i]) / (target[i] - step[i]);
            if fraction < first.0 {
                first = (fraction, Some(i));
            }
        }
    }
    first
}

/// The best free coordinates, the others held where they are.
fn solve_free(b: &[f64], g: &[f64], step: &[f64], held: &[bool]) -> Option<Vec<f64>> {
    let n = g.len();
    let mut matrix = b.to_vec();
    let mut rhs = g.to_vec();
    for i in 0..n {
        for j in 0..n {
            if held[i] || held[j] {
                if !held[i] {
                    rhs[i] -= b[i * n + j] * step[j];
                }
                matrix[i * n + j] = f64::from(i == j);
            }
        }
        if held[i] {
            rhs[i] = step[i];
        }
    }
    Some(Cholesky::new(&matrix, n)?.solve(rhs))
}

/// The lower triangle L of B = LL'.
pub(super) struct Cholesky {
    triangle: Vec<f64>,
    n: usize,
}

impl Cholesky {
    /// None where the matrix is not positive definite.
    pub(super) fn new(matrix: &[f64], n: usize) -> Option<Self> {
        let mut triangle = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..=i {
                let (left, right) = (&triangle[i * n..i * n + j], &triangle[j * n..j * n + j]);
                let rest = matrix[i * n + j] - dot(left, right);
                triangle[i * n + j] = if i > j {
                    rest / triangle[j * n + j]
                } else if rest > 0.0 && rest.is_finite() {
                    rest.sqrt()
                } else {
                    return None;
                };
            }
        }
        Some(Self { triangle, n })
    }

    /// B⁻¹v.
    fn solve(&self, mut v: Vec<f64>) -> Vec<f64> {
        let (l, n) = (&self.triangle, self.n);
        for i in 0..n {
            v[i] = (v[i] - dot(&l[i * n..i * n + i], &v[..i])) / l[i * n + i];
        }
        for i in (0..n).rev() {
            let below: f64 = (i + 1..n).map(|j| l[j * n + i] * v[j]).sum();
            v[i] = (v[i] - below) / l[i * n + i];
        }
        v
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At the maximum no free coordinate has a slope, and every bound holds against one.
    #[test]
    fn steps_are_optimal() {
        let b = [4.0, 1.5, -1.0, 1.5, 3.0, 0.8, -1.0, 0.8, 2.0];
        let mut held = 0;
        for case in 0..200 {
            let number = |i: usize| ((case * 7919 + i * 104_729) % 1_009) as f64 / 1_009.0;
            let g: Vec<f64> = (0..3).map(|i| 10.0 * number(i) - 5.0).collect();
            let lower: Vec<f64> = (3..6).map(|i| -(number(i) - 0.3).max(0.0)).collect();
            let upper: Vec<f64> = (6..9).map(|i| (number(i) - 0.3).max(0.0)).collect();
            let step = best_step(&b, &g, &lower, &upper);
            let bend = product(&b, &step);
            for i in 0..3 {
                let slope = g[i] - bend[i];
                assert!((lower[i]..=upper[i]).contains(&step[i]), "{case} {i}");
                assert!(slope < 1e-12 || step[i] == upper[i], "{case} {i}: {slope}");
                assert!(slope > -1e-12 || step[i] == lower[i], "{case} {i}: {slope}");
                held += usize::from(slope.abs() > 1e-12);
            }
        }
        assert!(held > 100, "the bounds matter");
    }

    #[test]
    fn free_coordinates_solve_the_equations() {
        let wide = [f64::INFINITY; 2];
        let step = best_step(&[2.0, 1.0, 1.0, 3.0], &[5.0, 10.0], &wide.map(|w| -w), &wide);
        assert!((step[0] - 1.0).abs() < 1e-15 && (step[1] - 3.0).abs() < 1e-15);
    }
}
