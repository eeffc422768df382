//! The sums over an estimation window, in a fixed number of lanes that are folded in one order, so that
//! every processor gives the same bits.
//!
//! Additions of one lane wait for each other; 32 lanes keep the widest units busy. The loops are plain;
//! `pulp` compiles them for what the processor has. Nothing is fused, which would round differently.

use pulp::{Arch, NullaryFnOnce};

const LANES: usize = 32;

type Lanes = [f64; LANES];

/// Lanes for what is left of a window after whole blocks, before the last days go one by one.
const FEW: usize = 8;

#[inline(always)]
fn fold(lanes: Lanes) -> f64 {
    let sixteen: [f64; 16] = std::array::from_fn(|lane| lanes[lane] + lanes[lane + 16]);
    let eight: [f64; 8] = std::array::from_fn(|lane| sixteen[lane] + sixteen[lane + 8]);
    let four: [f64; 4] = std::array::from_fn(|lane| eight[lane] + eight[lane + 4]);
    (four[0] + four[2]) + (four[1] + four[3])
}

/// Σab, lane by lane.
#[inline(always)]
fn add_products<const N: usize>(sums: &mut Lanes, a: &[f64; N], b: &[f64; N]) {
    for lane in 0..N {
        sums[lane] += a[lane] * b[lane];
    }
}

#[inline(always)]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a.iter().zip(b) {
        add_products(&mut sums, a, b);
    }
    let ((a, a_rest), (b, b_rest)) = (a_rest.as_chunks::<FEW>(), b_rest.as_chunks::<FEW>());
    for (a, b) in a.iter().zip(b) {
        add_products(&mut sums, a, b);
    }
    for ((sum, a), b) in sums.iter_mut().zip(a_rest).zip(b_rest) {
        *sum += a * b;
    }
    fold(sums)
}

#[inline(always)]
fn sum(a: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let (a, rest) = a.as_chunks::<LANES>();
    for a in a {
        for lane in 0..LANES {
            sums[lane] += a[lane];
        }
    }
    let (a, rest) = rest.as_chunks::<FEW>();
    for a in a {
        for lane in 0..FEW {
            sums[lane] += a[lane];
        }
    }
    for (sum, a) in sums.iter_mut().zip(rest) {
        *sum += a;
    }
    fold(sums)
}

/// Takes a mean away from values, and sums their squares about it.
struct Demean<'a> {
    values: &'a mut [f64],
    weights: Option<&'a [f64]>,
    count: f64,
}

impl NullaryFnOnce for Demean<'_> {
    type Output = (f64, f64);

    #[inline(always)]
    fn call(self) -> (f64, f64) {
        let mean = sum(self.values) / self.count;
        match self.weights {
            None => self.values.iter_mut().for_each(|value| *value -= mean),
            Some(weights) => self.values.iter_mut().zip(weights).for_each(|(value, weight)| *value -= mean * weight),
        }
        (mean, dot(self.values, self.values))
    }
}

/// Takes their mean away from the values that count, of which there are so many; the others are zero.
/// Returns the mean, and the sum of squares about it.
pub(super) fn demean(arch: Arch, values: &mut [f64], weights: Option<&[f64]>, count: f64) -> (f64, f64) {
    arch.dispatch(Demean { values, weights, count })
}

/// Σy and Σyx for each of some columns.
pub(super) struct Moments<'a, const K: usize> {
    /// The responses.
    pub(super) y: &'a [f64],
    /// Columns of the same length.
    pub(super) columns: [&'a [f64]; K],
    /// Where the sums go: K + 1 of them.
    pub(super) sums: &'a mut [f64],
}

impl<const K: usize> NullaryFnOnce for Moments<'_, K> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.sums[0] = sum(self.y);
        for (slot, column) in self.sums[1..].iter_mut().zip(self.columns) {
            *slot = dot(self.y, column);
        }
    }
}

/// What the residuals of an event sum to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct ResidualSums {
    /// Sum of their squares.
    pub(super) squares: f64,
    /// Sum of the squares of the responses about their mean.
    pub(super) total: f64,
    /// How many are above zero.
    pub(super) positive: f64,
}

/// The residuals y − b₀ − Σ b x of an event, and their sums.
pub(super) struct Residuals<'a, const K: usize> {
    /// The responses.
    pub(super) y: &'a [f64],
    /// Columns of the same length.
    pub(super) columns: [&'a [f64]; K],
    /// One for the days that count and zero for the others; all count without it.
    pub(super) weights: Option<&'a [f64]>,
    /// b₀, then one for each column.
    pub(super) coefficients: &'a [f64],
    /// Mean of the responses.
    pub(super) mean: f64,
    /// Where the residuals go; zero on the days that do not count.
    pub(super) residuals: &'a mut [f64],
}

impl<const K: usize> NullaryFnOnce for Residuals<'_, K> {
    type Output = ResidualSums;

    #[inline(always)]
    fn call(self) -> ResidualSums {
        match self.weights {
            None => self.sums::<false>(&[]),
            Some(weights) => self.sums::<true>(weights),
        }
    }
}

/// The lanes of [`ResidualSums`].
struct Sums {
    squares: Lanes,
    total: Lanes,
    positive: Lanes,
}

impl<const K: usize> Residuals<'_, K> {
    #[inline(always)]
    fn sums<const WEIGHTED: bool>(self, weights: &[f64]) -> ResidualSums {
        let mut sums = Sums { squares: [0.0; LANES], total: [0.0; LANES], positive: [0.0; LANES] };
        let slopes: [f64; K] = std::array::from_fn(|j| self.coefficients[j + 1]);
        let days = self.y.len();
        let (blocks, few) = (days / LANES * LANES, days / FEW * FEW);
        let mut day = 0;
        while day < blocks {
            let e = self.block::<LANES, WEIGHTED>(weights, &slopes, day, &mut sums);
            self.residuals[day..day + LANES].copy_from_slice(&e);
            day += LANES;
        }
        while day < few {
            let e = self.block::<FEW, WEIGHTED>(weights, &slopes, day, &mut sums);
            self.residuals[day..day + FEW].copy_from_slice(&e);
            day += FEW;
        }
        while day < days {
            self.residuals[day] = self.block::<1, WEIGHTED>(weights, &slopes, day, &mut sums)[0];
            day += 1;
        }
        ResidualSums { squares: fold(sums.squares), total: fold(sums.total), positive: fold(sums.positive) }
    }

    /// The residuals of N days, which are added to the first N lanes.
    #[inline(always)]
    fn block<const N: usize, const WEIGHTED: bool>(
        &self,
        weights: &[f64],
        slopes: &[f64; K],
        day: usize,
        sums: &mut Sums,
    ) -> [f64; N] {
        let part = |values: &[f64]| -> [f64; N] {
            let values = &values[day..day + N];
            std::array::from_fn(|lane| values[lane])
        };
        let (y, b0) = (part(self.y), self.coefficients[0]);
        let mut e: [f64; N] = std::array::from_fn(|lane| y[lane] - b0);
        for (slope, column) in slopes.iter().zip(&self.columns) {
            let x = part(column);
            for lane in 0..N {
                e[lane] -= slope * x[lane];
            }
        }
        let mut distance: [f64; N] = std::array::from_fn(|lane| y[lane] - self.mean);
        if WEIGHTED {
            let weights = part(weights);
            for lane in 0..N {
                e[lane] *= weights[lane];
                distance[lane] *= weights[lane];
            }
        }
        for lane in 0..N {
            sums.squares[lane] += e[lane] * e[lane];
            sums.total[lane] += distance[lane] * distance[lane];
            sums.positive[lane] += if e[lane] > 0.0 { 1.0 } else { 0.0 };
        }
        e
    }
}

/// The most columns beside the constant that the sums are compiled for.
pub(super) const MOST_COLUMNS: usize = 8;

/// Calls a kernel for the number of columns at hand.
macro_rules! for_columns {
    ($columns:expr, $kernel:ident, $arch:expr, |$array:ident| $fields:expr) => {{
        let columns: &[&[f64]] = $columns;
        for_columns!(@arms columns, $kernel, $arch, $array, $fields, 0 1 2 3 4 5 6 7 8)
    }};
    (@arms $columns:ident, $kernel:ident, $arch:expr, $array:ident, $fields:expr, $($k:literal)*) => {
        match $columns.len() {
            $($k => {
                let $array: [&[f64]; $k] = std::array::from_fn(|j| $columns[j]);
                $arch.dispatch($fields)
            })*
            _ => unreachable!("a kernel has {MOST_COLUMNS} columns at most"),
        }
    };
}

/// Σy and Σyx for each column, into `sums`.
pub(super) fn moments(arch: Arch, y: &[f64], columns: &[&[f64]], sums: &mut [f64]) {
    for_columns!(columns, Moments, arch, |columns| Moments { y, columns, sums });
}

/// The arguments of [`residuals`] that are no slices of days.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// b₀, then one for each column.
    pub(super) coefficients: &'a [f64],
    /// Mean of the responses.
    pub(super) mean: f64,
}

/// Residuals and their sums.
pub(super) fn residuals(
    arch: Arch,
    y: &[f64],
    columns: &[&[f64]],
    weights: Option<&[f64]>,
    line: Line<'_>,
    residuals: &mut [f64],
) -> ResidualSums {
    let Line { coefficients, mean } = line;
    for_columns!(columns, Residuals, arch, |columns| Residuals { y, columns, weights, coefficients, mean, residuals })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(n: usize, seed: f64) -> Vec<f64> {
        (0..n).map(|i| ((i as f64 + seed) * 12.9898).sin() * 0.02).collect()
    }

    #[test]
    fn sums_agree_with_plain_loops_for_every_length() {
        for n in [1, 5, 31, 32, 33, 64, 250, 251] {
            let (y, x, z) = (values(n, 0.1), values(n, 0.7), values(n, 0.4));
            let mut sums = [0.0; 3];
            moments(Arch::new(), &y, &[&x, &z], &mut sums);
            let plain = |column: &[f64]| y.iter().zip(column).map(|(a, b)| a * b).sum::<f64>();
            for (got, want) in sums.iter().zip([y.iter().sum(), plain(&x), plain(&z)]) {
                assert!((got - want).abs() < 1e-15 * (n as f64), "{n} days: {got} against {want}");
            }
            let weights: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i % 3 != 1))).collect();
            for weights in [None, Some(&weights[..])] {
                let line = Line { coefficients: &[0.001, 0.5, -0.3], mean: 0.002 };
                let mut e = vec![0.0; n];
                let got = residuals(Arch::new(), &y, &[&x, &z], weights, line, &mut e);
                let weight = |i: usize| weights.map_or(1.0, |weights| weights[i]);
                let want: Vec<f64> = (0..n).map(|i| (y[i] - 0.001 - 0.5 * x[i] + 0.3 * z[i]) * weight(i)).collect();
                let squares: f64 = want.iter().map(|e| e * e).sum();
                let total: f64 = (0..n).map(|i| weight(i) * (y[i] - 0.002) * (y[i] - 0.002)).sum();
                assert!((got.squares - squares).abs() < 1e-17 * n as f64);
                assert!((got.total - total).abs() < 1e-17 * n as f64);
                assert_eq!(got.positive, want.iter().filter(|&&e| e > 0.0).count() as f64);
                assert!(e.iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-17));
            }
        }
    }

    #[test]
    fn every_processor_gives_the_same_bits() {
        let (y, x) = (values(250, 0.3), values(250, 0.9));
        let (mut wide, mut narrow) = ([0.0; 2], [0.0; 2]);
        moments(Arch::new(), &y, &[&x], &mut wide);
        moments(Arch::Scalar, &y, &[&x], &mut narrow);
        assert_eq!(wide, narrow);
        let line = Line { coefficients: &[0.001, 0.5], mean: 0.002 };
        let (mut a, mut b) = (vec![0.0; 250], vec![0.0; 250]);
        let wide = residuals(Arch::new(), &y, &[&x], None, line, &mut a);
        let narrow = residuals(Arch::Scalar, &y, &[&x], None, line, &mut b);
        assert_eq!((wide, a), (narrow, b));
    }
}
