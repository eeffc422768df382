//! Eigenvalues and eigenvectors of small symmetric matrices, by Jacobi's rotations: slow for large
//! matrices, but accurate to the last digits for those of a few columns (Golub & Van Loan 2013, §8.5).

/// Sweeps over all pairs; five to ten are enough.
const SWEEPS: usize = 60;

/// V diag(λ) V' of a symmetric matrix.
pub(crate) struct Eigen {
    k: usize,
    /// Eigenvalues in no order.
    pub(crate) values: Vec<f64>,
    /// V row after row: column j belongs to the eigenvalue j.
    vectors: Vec<f64>,
}

impl Eigen {
    pub(crate) fn new(matrix: &[f64], k: usize) -> Self {
        let mut a = matrix.to_vec();
        let mut vectors: Vec<f64> = (0..k * k).map(|i| f64::from(u8::from(i % (k + 1) == 0))).collect();
        for _ in 0..SWEEPS {
            let mut rotated = false;
            for p in 0..k {
                for q in p + 1..k {
                    rotated |= rotate(&mut a, &mut vectors, k, (p, q));
                }
            }
            if !rotated {
                break;
            }
        }
        Self { k, values: (0..k).map(|j| a[j * (k + 1)]).collect(), vectors }
    }

    /// V'x.
    pub(crate) fn coordinates(&self, x: &[f64]) -> Vec<f64> {
        (0..self.k).map(|j| (0..self.k).map(|i| self.vectors[i * self.k + j] * x[i]).sum()).collect()
    }

    /// V diag(f(λ)) V'x.
    pub(crate) fn apply(&self, x: &[f64], f: impl Fn(f64) -> f64) -> Vec<f64> {
        let mut inside = self.coordinates(x);
        inside.iter_mut().zip(&self.values).for_each(|(c, &value)| *c *= f(value));
        let line = |i: usize| &self.vectors[i * self.k..(i + 1) * self.k];
        (0..self.k).map(|i| line(i).iter().zip(&inside).map(|(v, c)| v * c).sum()).collect()
    }

    /// V diag(f(λ)) V'.
    pub(crate) fn rebuilt(&self, f: impl Fn(f64) -> f64) -> Vec<f64> {
        let k = self.k;
        let element = |i: usize, j: usize| -> f64 {
            (0..k).map(|l| self.vectors[i * k + l] * f(self.values[l]) * self.vectors[j * k + l]).sum()
        };
        (0..k * k).map(|place| element(place / k, place % k)).collect()
    }
}

/// Turns the plane (p, q) so that its off-diagonal element vanishes; false where it is nothing already.
fn rotate(a: &mut [f64], vectors: &mut [f64], k: usize, (p, q): (usize, usize)) -> bool {
    let off = a[p * k + q];
    let (app, aqq) = (a[p * (k + 1)], a[q * (k + 1)]);
    if off.abs() <= f64::EPSILON * 1e-2 * (app.abs() * aqq.abs()).sqrt() || off.abs() < f64::MIN_POSITIVE {
        return false;
    }
    let theta = (aqq - app) / (2.0 * off);
    let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
    let sine = tangent * cosine;
    let turn = |one: usize, other: usize, matrix: &mut [f64]| {
        let (x, y) = (matrix[one], matrix[other]);
        matrix[one] = cosine * x - sine * y;
        matrix[other] = sine * x + cosine * y;
    };
    for i in 0..k {
        turn(i * k + p, i * k + q, a);
        turn(i * k + p, i * k + q, vectors);
    }
    for i in 0..k {
        turn(p * k + i, q * k + i, a);
    }
    (a[p * k + q], a[q * k + p]) = (0.0, 0.0);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_is_its_eigenvalues_and_vectors() {
        let a = [2.0, -1.0, 0.0, -1.0, 2.0, -1.0, 0.0, -1.0, 2.0];
        let eigen = Eigen::new(&a, 3);
        let mut values = eigen.values.clone();
        values.sort_by(f64::total_cmp);
        // 2 − 2 cos(jπ/4) for j = 1, 2, 3.
        for (got, want) in values.iter().zip([2.0 - 2.0_f64.sqrt(), 2.0, 2.0 + 2.0_f64.sqrt()]) {
            assert!((got - want).abs() < 1e-15 * 4.0, "{values:?}");
        }
        for (got, want) in eigen.rebuilt(|value| value).iter().zip(a) {
            assert!((got - want).abs() < 1e-15 * 4.0);
        }
        let squared = eigen.apply(&[1.0, 0.0, 0.0], |value| value * value);
        for (got, want) in squared.iter().zip([5.0, -4.0, 1.0]) {
            assert!((got - want).abs() < 1e-14, "{squared:?}");
        }
        let zero = Eigen::new(&[0.0; 4], 2);
        assert_eq!((zero.values.as_slice(), zero.rebuilt(|_| 1.0)), ([0.0; 2].as_slice(), vec![1.0, 0.0, 0.0, 1.0]));
    }
}
