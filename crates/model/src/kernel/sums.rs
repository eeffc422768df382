//! What some days add to the sums of a fit, in four registers.

use pulp::Simd;

use super::lanes::{Quad, add, add_product};

/// Four registers of the lanes of Σy and the Σyx.
pub(super) struct Products<S: Simd, const K: usize> {
    pub(super) y: Quad<S>,
    pub(super) yx: [Quad<S>; K],
}

impl<S: Simd, const K: usize> Products<S, K> {
    /// Adds some days.
    #[inline(always)]
    pub(super) fn add(&mut self, simd: S, y: &Quad<S>, x: [&Quad<S>; K]) {
        self.y = add(simd, self.y, y);
        for (sum, x) in self.yx.iter_mut().zip(x) {
            *sum = add_product(simd, *sum, y, x);
        }
    }
}

/// The line y = b₀ + Σ b x, and the mean of the responses.
pub(super) struct Line<const K: usize> {
    pub(super) constant: f64,
    pub(super) slopes: [f64; K],
    pub(super) mean: f64,
}

/// Four registers of the lanes of the squared residuals, of the squares about the mean, and of the number of
/// residuals above zero if that is counted.
pub(super) struct Sums<S: Simd, const COUNTED: bool>(pub(super) [Quad<S>; 3]);

impl<S: Simd, const COUNTED: bool> Sums<S, COUNTED> {
    /// Adds the residuals y − b₀ − Σ b x of some days and the distances of their responses from the mean; zero where
    /// the weight is. Returns the residuals.
    #[inline(always)]
    pub(super) fn add<const K: usize>(
        &mut self,
        simd: S,
        line: &Line<K>,
        y: &Quad<S>,
        x: [&Quad<S>; K],
        weights: Option<&Quad<S>>,
    ) -> Quad<S> {
        let Self([squares, total, positive]) = self;
        let (one, zero) = (simd.splat_f64s(1.0), simd.splat_f64s(0.0));
        let mut errors = [zero; 4];
        for register in 0..4 {
            let mut e = simd.sub_f64s(y[register], simd.splat_f64s(line.constant));
            for (&slope, x) in line.slopes.iter().zip(x) {
                e = simd.sub_f64s(e, simd.mul_f64s(simd.splat_f64s(slope), x[register]));
            }
            let mut distance = simd.sub_f64s(y[register], simd.splat_f64s(line.mean));
            if let Some(weights) = weights {
                (e, distance) = (simd.mul_f64s(e, weights[register]), simd.mul_f64s(distance, weights[register]));
            }
            squares[register] = simd.add_f64s(squares[register], simd.mul_f64s(e, e));
            total[register] = simd.add_f64s(total[register], simd.mul_f64s(distance, distance));
            if COUNTED {
                let above = simd.select_f64s(simd.less_than_f64s(zero, e), one, zero);
                positive[register] = simd.add_f64s(positive[register], above);
            }
            errors[register] = e;
        }
        errors
    }
}
