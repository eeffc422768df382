//! Ordinary least squares by Householder QR on columns scaled to unit length.
//!
//! QR works on X itself and so loses half as many digits as the normal equations; the scaling by
//! powers of two costs no rounding and makes the test for collinearity independent of units
//! (Golub & Van Loan 2013, §5.2–5.3).

use super::{EstimationSample, Fit, FitError};

/// A column whose part orthogonal to the columns before it is shorter than this share of its length
/// counts as dependent on them. NIST's Filip, the worst-conditioned certified problem, has 4e-10.
const COLLINEAR: f64 = 1e-12;

/// Fits b = argmin ‖y − Xb‖, s², R² and (X'X)⁻¹.
///
/// # Errors
/// Too few days, or a column that depends on the columns before it.
pub fn fit(sample: &EstimationSample, fit: &mut Fit) -> Result<(), FitError> {
    let (m, k) = (sample.len(), sample.columns);
    if m <= k {
        return Err(FitError::TooFewDays { needed: k + 1 });
    }
    let mut work = std::mem::take(&mut fit.work);
    let solved = decompose(sample, &mut work).map(|scales| {
        let (columns, rhs) = work.split_at(m * k);
        let triangle = Triangle { columns, rows: m, k, scales: &scales };
        triangle.solve(rhs, &mut fit.coefficients);
        triangle.inverse_of_gram(&mut fit.inverse);
    });
    fit.work = work;
    solved?;
    fit.assess(sample, sample.columns);
    Ok(())
}

/// An upper triangular L with LL' = (X'X)⁻¹, row after row, so that the columns of XL are orthonormal.
///
/// # Errors
/// Those of [`fit`].
pub(crate) fn root_of_inverse(sample: &EstimationSample) -> Result<Vec<f64>, FitError> {
    let (m, k) = (sample.len(), sample.columns);
    if m <= k {
        return Err(FitError::TooFewDays { needed: k + 1 });
    }
    let mut work = Vec::new();
    let scales = decompose(sample, &mut work)?;
    let mut root = Triangle { columns: &work[..m * k], rows: m, k, scales: &scales }.inverse();
    for (line, scale) in root.chunks_exact_mut(k.max(1)).zip(&scales) {
        line.iter_mut().for_each(|element| *element *= scale);
    }
    Ok(root)
}

/// Overwrites `work` with the columns of X (scaled, R in their upper triangle) followed by Q'y, and
/// returns the scales.
fn decompose(sample: &EstimationSample, work: &mut Vec<f64>) -> Result<Vec<f64>, FitError> {
    let (m, k) = (sample.len(), sample.columns);
    work.clear();
    work.extend_from_slice(&sample.x);
    work.extend_from_slice(&sample.y);
    let mut scales = Vec::with_capacity(k);
    for j in 0..k {
        let column = &mut work[j * m..(j + 1) * m];
        let length = norm(column);
        if length == 0.0 {
            return Err(FitError::Singular { column: j });
        }
        let scale = power_of_two_near(length);
        column.iter_mut().for_each(|x| *x *= scale);
        scales.push(scale);
    }
    for j in 0..k {
        let (done, rest) = work.split_at_mut((j + 1) * m);
        let pivot = &mut done[j * m..];
        let full = norm(pivot);
        let tail = norm(&pivot[j..]);
        if tail <= COLLINEAR * full {
            return Err(FitError::Singular { column: j });
        }
        // Reflect onto the side away from the pivot: no cancellation in v₀ = x₀ + sign(x₀)‖x‖.
        let diagonal = if pivot[j] > 0.0 { -tail } else { tail };
        pivot[j] -= diagonal;
        let v = &pivot[j..];
        let factor = 2.0 / dot(v, v);
        for column in rest.chunks_exact_mut(m) {
            let t = factor * dot(v, &column[j..]);
            for (c, &v) in column[j..].iter_mut().zip(v) {
                *c -= t * v;
            }
        }
        // The reflector is spent: the diagonal of R takes its place.
        pivot[j] = diagonal;
    }
    Ok(scales)
}

/// R of the decomposition: column j of R stands in the first j + 1 places of column j.
struct Triangle<'a> {
    columns: &'a [f64],
    rows: usize,
    k: usize,
    scales: &'a [f64],
}

impl Triangle<'_> {
    fn r(&self, i: usize, j: usize) -> f64 {
        self.columns[j * self.rows + i]
    }

    /// b = D R⁻¹ (Q'y), D the scales.
    fn solve(&self, rhs: &[f64], b: &mut Vec<f64>) {
        b.clear();
        b.extend_from_slice(&rhs[..self.k]);
        for i in (0..self.k).rev() {
            for j in i + 1..self.k {
                b[i] -= self.r(i, j) * b[j];
            }
            b[i] /= self.r(i, i);
        }
        b.iter_mut().zip(self.scales).for_each(|(b, scale)| *b *= scale);
    }

    /// R⁻¹.
    fn inverse(&self) -> Vec<f64> {
        let k = self.k;
        let mut r_inverse = vec![0.0; k * k];
        for j in 0..k {
            r_inverse[j * k + j] = 1.0 / self.r(j, j);
            for i in (0..j).rev() {
                let sum: f64 = (i + 1..=j).map(|l| self.r(i, l) * r_inverse[l * k + j]).sum();
                r_inverse[i * k + j] = -sum / self.r(i, i);
            }
        }
        r_inverse
    }

    /// (X'X)⁻¹ = D R⁻¹ R⁻ᵀ D.
    fn inverse_of_gram(&self, inverse: &mut Vec<f64>) {
        let k = self.k;
        let r_inverse = self.inverse();
        inverse.clear();
        for i in 0..k {
            for j in 0..k {
                let sum: f64 = (i.max(j)..k).map(|l| r_inverse[i * k + l] * r_inverse[j * k + l]).sum();
                inverse.push(sum * self.scales[i] * self.scales[j]);
            }
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(values: &[f64]) -> f64 {
    dot(values, values).sqrt()
}

/// The power of two s with s·length in [0.5, 1): an exact scale.
fn power_of_two_near(length: f64) -> f64 {
    let (_, exponent) = libm::frexp(length);
    libm::ldexp(1.0, -exponent)
}
