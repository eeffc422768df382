//! Errors that go together within clusters.

use std::collections::HashMap;

use super::basis::{Basis, add_outer};
use super::estimate::{ALONE, Filling, Undefined};
use crate::symmetric::Eigen;

/// With fewer clusters than this the simple correction rejects too often, and CR2 is to be preferred
/// (Cameron & Miller 2015, §VI, put "few" at 20 to 50; Pustejovsky & Tipton 2018).
pub const FEW_CLUSTERS: usize = 40;

/// An eigenvalue below zero by more than this share of the largest is no rounding.
const NEGATIVE: f64 = 1e-12;

/// Number of clusters, which are numbered from 0.
pub fn count(ids: &[usize]) -> usize {
    ids.iter().max().map_or(0, |last| last + 1)
}

fn checked(basis: &Basis, residuals: &[f64], ids: &[usize]) -> Result<usize, Undefined> {
    assert_eq!(ids.len(), residuals.len(), "one cluster per observation");
    debug_assert!(basis.k < residuals.len());
    match count(ids) {
        ..2 => Err(Undefined::OneCluster),
        clusters => Ok(clusters),
    }
}

/// Q_g'e_g of every cluster, one after the other.
fn scores(basis: &Basis, residuals: &[f64], ids: &[usize]) -> Vec<f64> {
    let mut sums = vec![0.0; count(ids) * basis.k];
    for (i, (&id, e)) in ids.iter().zip(residuals).enumerate() {
        let sum = &mut sums[id * basis.k..(id + 1) * basis.k];
        sum.iter_mut().zip(basis.row(i)).for_each(|(sum, q)| *sum += q * e);
    }
    sums
}

/// G/(G − 1)·(n − 1)/(n − k)·Σ_g s_g s_g', s_g = Q_g'e_g.
pub(super) fn cr1(basis: &Basis, residuals: &[f64], ids: &[usize]) -> Result<Vec<f64>, Undefined> {
    let clusters = checked(basis, residuals, ids)? as f64;
    let (n, k) = (residuals.len() as f64, basis.k);
    let correction = clusters / (clusters - 1.0) * (n - 1.0) / (n - k as f64);
    let mut sum = vec![0.0; k * k];
    for score in scores(basis, residuals, ids).chunks_exact(k) {
        add_outer(&mut sum, score, correction);
    }
    Ok(sum)
}

/// The eigenvalues of Q_g'Q_g for every cluster: they are those of the block X_g(X'X)⁻¹X_g' of the hat
/// matrix, which itself may be as large as the sample.
fn blocks(basis: &Basis, ids: &[usize]) -> Vec<Eigen> {
    let k = basis.k;
    let mut grams = vec![0.0; count(ids) * k * k];
    for (i, &id) in ids.iter().enumerate() {
        add_outer(&mut grams[id * k * k..(id + 1) * k * k], basis.row(i), 1.0);
    }
    grams.chunks_exact(k * k).map(|gram| Eigen::new(gram, k)).collect()
}

/// Σ_g s_g s_g' with s_g = Q_g'(I − H_g)^(−1/2)e_g, H_g the cluster's block of the hat matrix; the root
/// is symmetric, and a generalised inverse where a cluster alone decides a coefficient. In the basis
/// Q_g'(I − H_g)^(−1/2) = (I − Q_g'Q_g)^(−1/2)Q_g'.
pub(super) fn cr2(basis: &Basis, residuals: &[f64], ids: &[usize]) -> Result<Vec<f64>, Undefined> {
    checked(basis, residuals, ids)?;
    let k = basis.k;
    let mut sum = vec![0.0; k * k];
    for (score, block) in scores(basis, residuals, ids).chunks_exact(k).zip(blocks(basis, ids)) {
        add_outer(&mut sum, &block.apply(score, |value| inverse(1.0 - value).sqrt()), 1.0);
    }
    Ok(sum)
}

fn inverse(rest: f64) -> f64 {
    if rest < ALONE { 0.0 } else { 1.0 / rest }
}

/// Degrees of freedom of the CR2 variance of every coefficient, if errors are independent and normal.
///
/// The variance is Σ_g(p_g'ε)² with p_g = (I − H)_g'(I − H_g)^(−1/2)Q_g d, so by Satterthwaite (1946)
/// its degrees of freedom are (Σ_g p_g'p_g)²/Σ_gΣ_h(p_g'p_h)² (Bell & McCaffrey 2002). With z_g =
/// Q_g'(I − H_g)^(−1/2)Q_g d and a_g = d'Q_g'(I − H_g)⁻¹Q_g d, p_g'p_h = a_g[g = h] − z_g'z_h, and the
/// double sum is Σ(a_g² − 2a_g z_g'z_g) + ‖Σ z_g z_g'‖², linear in the number of clusters.
pub(super) fn satterthwaite(basis: &Basis, ids: &[usize]) -> Vec<f64> {
    let blocks = blocks(basis, ids);
    let of = |coefficient: usize| {
        let d = basis.combination(coefficient);
        let (mut trace, mut squares, mut outer) = (0.0, 0.0, vec![0.0; basis.k * basis.k]);
        for block in &blocks {
            let inside = block.coordinates(d);
            let weighted = |f: &dyn Fn(f64) -> f64| -> f64 {
                block.values.iter().zip(&inside).map(|(&value, c)| f(value) * c * c).sum()
            };
            let a = weighted(&|value| value * inverse(1.0 - value));
            let own = weighted(&|value| value * value * inverse(1.0 - value));
            let z = block.apply(d, |value| value * inverse(1.0 - value).sqrt());
            trace += a - own;
            squares += a * (a - 2.0 * own);
            add_outer(&mut outer, &z, 1.0);
        }
        let double: f64 = squares + outer.iter().map(|element| element * element).sum::<f64>();
        trace * trace / double
    };
    (0..basis.k).map(of).collect()
}

/// The clusters that two ways make together.
fn both(a: &[usize], b: &[usize]) -> Vec<usize> {
    let mut known = HashMap::new();
    let mut number = |pair: (usize, usize)| {
        let next = known.len();
        *known.entry(pair).or_insert(next)
    };
    a.iter().zip(b).map(|(&a, &b)| number((a, b))).collect()
}

/// S_a + S_b − S_ab; negative eigenvalues become zero, as Cameron, Gelbach & Miller (2011, §2.3)
/// suggest. In the coordinates of the basis this does not depend on the units of the columns.
pub(super) fn two_way(basis: &Basis, residuals: &[f64], a: &[usize], b: &[usize]) -> Result<Filling, Undefined> {
    let of = |ids: &[usize]| cr1(basis, residuals, ids);
    let (mut sum, second, both) = (of(a)?, of(b)?, of(&both(a, b))?);
    for (sum, (second, both)) in sum.iter_mut().zip(second.iter().zip(both)) {
        *sum += second - both;
    }
    let eigen = Eigen::new(&sum, basis.k);
    let largest = eigen.values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let raised = eigen.values.iter().any(|&value| value < -NEGATIVE * largest);
    Ok(Filling { matrix: if raised { eigen.rebuilt(|value| value.max(0.0)) } else { sum }, raised })
}
