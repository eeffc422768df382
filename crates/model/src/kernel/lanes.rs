//! The sums over an estimation window, in a fixed number of lanes that are folded in one order, so that
//! every processor gives the same bits.
//!
//! Additions of one lane wait for each other; 32 lanes keep the widest units busy. The loops are plain;
//! `pulp` compiles them for what the processor has. Nothing is fused, which would round differently.

use pulp::{Arch, NullaryFnOnce};

const LANES: usize = 32;

type Lanes = [f64; LANES];

#[inline(always)]
fn fold(mut lanes: Lanes) -> f64 {
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            lanes[lane] += lanes[lane + width];
        }
        width /= 2;
    }
    lanes[0]
}

#[inline(always)]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
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

impl<const K: usize> Residuals<'_, K> {
    #[inline(always)]
    fn sums<const WEIGHTED: bool>(self, weights: &[f64]) -> ResidualSums {
        let Self { y, columns, coefficients, mean, residuals, .. } = self;
        let b0 = coefficients[0];
        let slopes: [f64; K] = std::array::from_fn(|j| coefficients[j + 1]);
        let (mut squares, mut total, mut positive) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        let (whole, rest) = residuals.as_chunks_mut::<LANES>();
        let blocks = whole.len();
        for (block, out) in whole.iter_mut().enumerate() {
            let at = block * LANES;
            let part = |values: &[f64]| -> Lanes { std::array::from_fn(|lane| values[at..at + LANES][lane]) };
            let (y, weights) = (part(y), if WEIGHTED { part(weights) } else { [1.0; LANES] });
            let mut e: Lanes = std::array::from_fn(|lane| y[lane] - b0);
            for j in 0..K {
                let x = part(columns[j]);
                for lane in 0..LANES {
                    e[lane] -= slopes[j] * x[lane];
                }
            }
            for lane in 0..LANES {
                let mut distance = y[lane] - mean;
                if WEIGHTED {
                    e[lane] *= weights[lane];
                    distance *= weights[lane];
                }
                squares[lane] += e[lane] * e[lane];
                total[lane] += distance * distance;
                positive[lane] += f64::from(u8::from(e[lane] > 0.0));
            }
            *out = e;
        }
        for (lane, out) in rest.iter_mut().enumerate() {
            let day = blocks * LANES + lane;
            let weight = if WEIGHTED { weights[day] } else { 1.0 };
            let mut e = y[day] - b0;
            for j in 0..K {
                e -= slopes[j] * columns[j][day];
            }
            let mut distance = y[day] - mean;
            if WEIGHTED {
                e *= weight;
                distance *= weight;
            }
            squares[lane] += e * e;
            total[lane] += distance * distance;
            positive[lane] += f64::from(u8::from(e > 0.0));
            *out = e;
        }
        ResidualSums { squares: fold(squares), total: fold(total), positive: fold(positive) }
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
