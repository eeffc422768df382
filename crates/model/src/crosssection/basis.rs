//! An orthonormal basis of the columns of a design. In its coordinates (X'X)⁻¹ is the identity, so
//! leverages are lengths, and what is taken apart by eigenvalues is k × k however large a cluster is.

use crate::expected::{EstimationSample, FitError, least_squares};

pub(super) struct Basis {
    /// Number of columns.
    pub(super) k: usize,
    /// Rows of Q = XL, one after the other, with Q'Q = I.
    rows: Vec<f64>,
    /// L with LL' = (X'X)⁻¹, row after row.
    root: Vec<f64>,
}

impl Basis {
    pub(super) fn new(sample: &EstimationSample) -> Result<Self, FitError> {
        let (n, k) = (sample.len(), sample.columns);
        let root = least_squares::root_of_inverse(sample)?;
        let mut rows = vec![0.0; n * k];
        for i in 0..k {
            for (t, &x) in sample.column(i).iter().enumerate() {
                for j in 0..k {
                    rows[t * k + j] += x * root[i * k + j];
                }
            }
        }
        Ok(Self { k, rows, root })
    }

    /// The row of an observation.
    pub(super) fn row(&self, observation: usize) -> &[f64] {
        &self.rows[observation * self.k..(observation + 1) * self.k]
    }

    /// The share of an observation in its own fitted value.
    pub(super) fn leverage(&self, observation: usize) -> f64 {
        self.row(observation).iter().map(|q| q * q).sum()
    }

    /// A coefficient as a combination of Q'y.
    pub(super) fn combination(&self, coefficient: usize) -> &[f64] {
        &self.root[coefficient * self.k..(coefficient + 1) * self.k]
    }

    /// L·S·L' for a symmetric S: the covariance of the coefficients from that of Q'y.
    pub(super) fn covariance(&self, filling: &[f64]) -> Vec<f64> {
        let k = self.k;
        let element = |i: usize, j: usize| -> f64 {
            let (a, b) = (self.combination(i), self.combination(j));
            (0..k).map(|l| a[l] * (0..k).map(|m| filling[l * k + m] * b[m]).sum::<f64>()).sum()
        };
        (0..k).flat_map(|i| (0..k).map(move |j| (i, j))).map(|(i, j)| element(i, j)).collect()
    }
}

/// Adds weight·vv'.
pub(super) fn add_outer(sum: &mut [f64], v: &[f64], weight: f64) {
    for (line, &a) in sum.chunks_exact_mut(v.len()).zip(v) {
        for (element, &b) in line.iter_mut().zip(v) {
            *element += weight * a * b;
        }
    }
}
