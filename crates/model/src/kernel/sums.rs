//! What some days add to the sums of a fit, in four registers.

use pulp::{Arch, Simd, WithSimd};

use super::lanes::{Block, LANES, Quad, blocks, copy_last, fold, for_quads, zero};

/// Σy, Σy² and the Σyx of the estimation days.
#[derive(Clone, Copy, Debug)]
pub(super) struct Products<const K: usize> {
    pub(super) y: f64,
    pub(super) yy: f64,
    pub(super) yx: [f64; K],
}

impl<const K: usize> Products<K> {
    /// Σy, Σy² and the Σyx, a few at a time, which stay in the registers.
    #[inline(always)]
    pub(super) fn sum<S: Simd, const G: usize>(
        simd: S,
        days: &[f64],
        last: &[f64; LANES],
        columns: [&[f64]; K],
    ) -> Self {
        let mut yx = [0.0; K];
        let (own, others) = match (&columns[..], &mut yx[..]) {
            ([first, others @ ..], [product, rest @ ..]) => {
                let (own, [of_first]) = products_with::<S, G, 1, true>(simd, days, last, [first]);
                *product = of_first;
                (own, (others, rest))
            }
            _ => (products_with::<S, G, 0, true>(simd, days, last, []).0, (&[][..], &mut [][..])),
        };
        for (columns, products) in others.0.chunks(3).zip(others.1.chunks_mut(3)) {
            match *columns {
                [a, b, c] => {
                    products.copy_from_slice(&products_with::<S, G, 3, false>(simd, days, last, [a, b, c]).1);
                }
                [a, b] => products.copy_from_slice(&products_with::<S, G, 2, false>(simd, days, last, [a, b]).1),
                [a] => products.copy_from_slice(&products_with::<S, G, 1, false>(simd, days, last, [a]).1),
                _ => {}
            }
        }
        let [y, yy] = own;
        Self { y, yy, yx }
    }

    /// The squares about a line and about the mean, y'y − b'(2X'y − X'Xb) and y'y − (Σy)²/M. The line lies where its
    /// coefficients make the first least, so that their rounding counts only squared. `None` where digits would cancel.
    #[inline(always)]
    pub(super) fn squares_about(&self, line: &Line<K>, gram: &[f64]) -> Option<[f64; 2]> {
        let of = |j: usize, first: f64, others: &[f64; K]| if j == 0 { first } else { others[j - 1] };
        let (mut squares, mut size) = (self.yy, self.yy);
        for (i, row) in gram.chunks_exact(K + 1).enumerate().take(K + 1) {
            let b = of(i, line.constant, &line.slopes);
            let mut expected = row[0] * line.constant;
            for (slope, x) in line.slopes.iter().zip(&row[1..]) {
                expected += slope * x;
            }
            squares -= b * (2.0 * of(i, self.y, &self.yx) - expected);
            size += b * b * row[i];
        }
        let of_mean = self.y * line.mean;
        let keeps_digits = squares >= LEAST_SHARE * size && of_mean <= MOST_OF_MEAN * self.yy;
        keeps_digits.then_some([squares, self.yy - of_mean])
    }
}

/// A column and others over the same days, behind which these have as many finite numbers as there are lanes.
struct Column<'a, const K: usize> {
    days: &'a [f64],
    others: [&'a [f64]; K],
}

impl<const K: usize> WithSimd for Column<'_, K> {
    type Output = Products<K>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Products<K> {
        for_quads!(S, sum_column::<S, K>(simd, self))
    }
}

#[inline(always)]
fn sum_column<S: Simd, const K: usize, const G: usize>(simd: S, column: Column<'_, K>) -> Products<K> {
    let (Column { days, others }, mut last) = (column, [0.0; LANES]);
    Products::sum::<S, G>(simd, days, copy_last(days, &mut last), others)
}

/// The sum of a column, that of its squares and those of its products with others.
pub(super) fn products<const K: usize>(arch: Arch, days: &[f64], others: [&[f64]; K]) -> Products<K> {
    arch.dispatch(Column { days, others })
}

/// The share of the squares of the responses and of the parts of a line that must be left for the rest to have its
/// digits: two of sixteen are lost.
const LEAST_SHARE: f64 = 0.01;

/// The share of the mean in the squares of the responses up to which those about the mean have their digits.
const MOST_OF_MEAN: f64 = 0.5;

/// Four registers of the lanes of Σy and Σy², if they are asked for, and of the Σyx of some columns.
struct Registers<S: Simd, const N: usize, const OWN: bool> {
    own: [Quad<S>; 2],
    yx: [Quad<S>; N],
}

impl<S: Simd, const N: usize, const OWN: bool> Registers<S, N, OWN> {
    /// Adds some days, register by register, since sixteen hold little beside the sums.
    #[inline(always)]
    fn add(&mut self, simd: S, y: &Quad<S>, x: [&Quad<S>; N]) {
        let [of_y, of_yy] = &mut self.own;
        for register in 0..4 {
            let y = y[register];
            if OWN {
                of_y[register] = simd.add_f64s(of_y[register], y);
                of_yy[register] = simd.add_f64s(of_yy[register], simd.mul_f64s(y, y));
            }
            for (of_yx, x) in self.yx.iter_mut().zip(x) {
                of_yx[register] = simd.add_f64s(of_yx[register], simd.mul_f64s(y, x[register]));
            }
        }
    }
}

/// Σy and Σy² if they are asked for, and the Σyx of some columns, in one pass. `last` holds the days behind those that
/// fill all lanes; the columns have finite numbers for as many days as there are lanes.
#[inline(always)]
fn products_with<S: Simd, const G: usize, const N: usize, const OWN: bool>(
    simd: S,
    y: &[f64],
    last: &[f64; LANES],
    columns: [&[f64]; N],
) -> ([f64; 2], [f64; N]) {
    let (whole, last) = (blocks::<S, G>(y), &blocks::<S, G>(last)[0]);
    let columns: [&[Block<S, G>]; N] = std::array::from_fn(|j| &blocks::<S, G>(columns[j])[..=whole.len()]);
    let (mut own, mut yx) = ([[zero(simd); G]; 2], [[zero(simd); G]; N]);
    for group in 0..G {
        let mut registers = Registers::<S, N, OWN> { own: [zero(simd); 2], yx: [zero(simd); N] };
        for (block, y) in whole.iter().enumerate() {
            registers.add(simd, &y[group], std::array::from_fn(|j| &columns[j][block][group]));
        }
        registers.add(simd, &last[group], std::array::from_fn(|j| &columns[j][whole.len()][group]));
        [own[0][group], own[1][group]] = registers.own;
        for (lanes, sum) in yx.iter_mut().zip(registers.yx) {
            lanes[group] = sum;
        }
    }
    let sums = if OWN { [fold(simd, own[0]), fold(simd, own[1])] } else { [0.0; 2] };
    let mut products = [0.0; N];
    for (product, lanes) in products.iter_mut().zip(yx) {
        *product = fold(simd, lanes);
    }
    (sums, products)
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
