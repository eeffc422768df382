//! Fits in closed form: coefficients from sums of products, and the residuals in a second pass, in which nothing
//! cancels. The loops are written once; `pulp` compiles them for what the processor has.

use pulp::{Arch, Simd, WithSimd};

use super::lanes::{Column, Lanes, dot, for_registers, sum};

/// The estimation days of an event.
#[derive(Clone, Copy, Debug)]
pub(super) struct Days<'a, const K: usize> {
    /// The responses.
    pub(super) y: &'a [f64],
    /// Columns of the same length.
    pub(super) columns: [&'a [f64]; K],
    /// One for the days that count and zero for the others, whose responses are zero; all count without it.
    pub(super) weights: Option<&'a [f64]>,
    /// How many days count.
    pub(super) count: f64,
}

/// What a fit sums to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Fitted {
    /// Sum of the squared residuals.
    pub(super) squares: f64,
    /// Sum of the squares of the responses about their mean.
    pub(super) total: f64,
    /// How many residuals are above zero.
    pub(super) positive: f64,
    /// Mean of the responses.
    pub(super) mean: f64,
    /// What was taken from the residuals to demean them.
    pub(super) residual_mean: f64,
}

/// Least squares on a constant and some columns.
struct LeastSquares<'a, const K: usize> {
    days: Days<'a, K>,
    inverse: &'a [f64],
    coefficients: &'a mut [f64],
    residuals: &'a mut [f64],
}

impl<const K: usize> WithSimd for LeastSquares<'_, K> {
    type Output = Option<Fitted>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Option<Fitted> {
        for_registers!(S, fit_line::<S, K>(simd, self))
    }
}

#[inline(always)]
fn fit_line<S: Simd, const K: usize, const R: usize>(simd: S, fit: LeastSquares<'_, K>) -> Option<Fitted> {
    let LeastSquares { days, inverse, coefficients, residuals } = fit;
    let mut sums = [0.0; MOST_COLUMNS + 1];
    sums[0] = sum::<S, R>(simd, days.y);
    if !sums[0].is_finite() {
        return None;
    }
    for (slot, column) in sums[1..].iter_mut().zip(days.columns) {
        *slot = dot::<S, R>(simd, days.y, column);
    }
    for (b, line) in coefficients.iter_mut().zip(inverse.chunks_exact(K + 1)) {
        *b = line.iter().zip(&sums).map(|(a, b)| a * b).sum();
    }
    let slopes = std::array::from_fn(|j| coefficients[j + 1]);
    let line = Line { constant: coefficients[0], slopes, mean: sums[0] / days.count };
    Some(days.residuals::<S, R>(simd, &line, residuals))
}

/// Nothing is estimated: the responses less their one column, demeaned.
struct Given<'a> {
    days: Days<'a, 1>,
    residuals: &'a mut [f64],
}

impl WithSimd for Given<'_> {
    type Output = Option<Fitted>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Option<Fitted> {
        for_registers!(S, take_away::<S>(simd, self))
    }
}

#[inline(always)]
fn take_away<S: Simd, const R: usize>(simd: S, given: Given<'_>) -> Option<Fitted> {
    let Given { days, residuals } = given;
    let line = Line { constant: 0.0, slopes: [1.0], mean: sum::<S, R>(simd, days.y) / days.count };
    if !line.mean.is_finite() {
        return None;
    }
    let fitted = days.residuals::<S, R>(simd, &line, residuals);
    let residual_mean = sum::<S, R>(simd, residuals) / days.count;
    match days.weights {
        None => residuals.iter_mut().for_each(|e| *e -= residual_mean),
        Some(weights) => residuals.iter_mut().zip(weights).for_each(|(e, weight)| *e -= residual_mean * weight),
    }
    Some(Fitted { squares: dot::<S, R>(simd, residuals, residuals), residual_mean, ..fitted })
}

/// The line y = b₀ + Σ b x, and the mean of the responses.
struct Line<const K: usize> {
    constant: f64,
    slopes: [f64; K],
    mean: f64,
}

/// The lanes of [`Fitted`].
struct Sums<S: Simd, const R: usize> {
    squares: Lanes<S, R>,
    total: Lanes<S, R>,
    positive: Lanes<S, R>,
}

impl<S: Simd, const R: usize> Sums<S, R> {
    /// Adds the residuals of some days and the distances of their responses from the mean.
    #[inline(always)]
    fn add(&mut self, simd: S, register: usize, (e, distance): (S::f64s, S::f64s)) {
        let (one, zero) = (simd.splat_f64s(1.0), simd.splat_f64s(0.0));
        self.squares.add(simd, register, simd.mul_f64s(e, e));
        self.total.add(simd, register, simd.mul_f64s(distance, distance));
        self.positive.add(simd, register, simd.select_f64s(simd.less_than_f64s(zero, e), one, zero));
    }
}

impl<const K: usize> Days<'_, K> {
    /// The residuals y − b₀ − Σ b x, and their sums; they are kept if there is room for them, zero on days that do
    /// not count.
    #[inline(always)]
    fn residuals<S: Simd, const R: usize>(&self, simd: S, line: &Line<K>, residuals: &mut [f64]) -> Fitted {
        let sums = match (self.weights, residuals.is_empty()) {
            (None, true) => self.pass::<S, R, false, false>(simd, line, residuals),
            (None, false) => self.pass::<S, R, false, true>(simd, line, residuals),
            (Some(_), true) => self.pass::<S, R, true, false>(simd, line, residuals),
            (Some(_), false) => self.pass::<S, R, true, true>(simd, line, residuals),
        };
        let (squares, total) = (sums.squares.fold(simd), sums.total.fold(simd));
        Fitted { squares, total, positive: sums.positive.fold(simd), mean: line.mean, residual_mean: 0.0 }
    }

    #[inline(always)]
    fn pass<S: Simd, const R: usize, const WEIGHTED: bool, const KEPT: bool>(
        &self,
        simd: S,
        line: &Line<K>,
        residuals: &mut [f64],
    ) -> Sums<S, R> {
        let zero = Lanes::zero(simd);
        let mut sums = Sums { squares: zero, total: zero, positive: zero };
        let y = Column::<S, R>::new(self.y);
        let columns: [Column<'_, S, R>; K] = std::array::from_fn(|j| Column::new(self.columns[j]));
        let weights = Column::<S, R>::new(self.weights.unwrap_or_default());
        let (kept, kept_rest) = S::as_mut_simd_f64s(residuals);
        for (block, values) in y.blocks().iter().enumerate() {
            for register in 0..R {
                let weight = if WEIGHTED { Some(weights.blocks()[block][register]) } else { None };
                let x = |j: usize| columns[j].blocks()[block][register];
                let found = line.errors(simd, values[register], x, weight);
                sums.add(simd, register, found);
                if KEPT {
                    kept[block * R + register] = found.0;
                }
            }
        }
        let ones = Column::<S, R>::new(&ONES[..self.y.len() % ONES.len()]);
        for register in 0..R {
            let Some(values) = y.behind(simd, register) else { continue };
            let weights = if WEIGHTED { weights.behind(simd, register) } else { ones.behind(simd, register) };
            let x = |j: usize| columns[j].behind(simd, register).unwrap_or(values);
            let found = line.errors(simd, values, x, weights);
            sums.add(simd, register, found);
            if KEPT {
                match kept.get_mut(y.blocks().len() * R + register) {
                    Some(place) => *place = found.0,
                    None => simd.partial_store_f64s(kept_rest, found.0),
                }
            }
        }
        sums
    }
}

/// Weights of the days behind the last whole block, of which there are fewer.
const ONES: [f64; 32] = [1.0; 32];

impl<const K: usize> Line<K> {
    /// The residuals of some days, and the distances of the responses from their mean; zero where the weight is.
    #[inline(always)]
    fn errors<S: Simd>(
        &self,
        simd: S,
        y: S::f64s,
        x: impl Fn(usize) -> S::f64s,
        weights: Option<S::f64s>,
    ) -> (S::f64s, S::f64s) {
        let mut e = simd.sub_f64s(y, simd.splat_f64s(self.constant));
        for j in 0..K {
            e = simd.sub_f64s(e, simd.mul_f64s(simd.splat_f64s(self.slopes[j]), x(j)));
        }
        let distance = simd.sub_f64s(y, simd.splat_f64s(self.mean));
        match weights {
            None => (e, distance),
            Some(weights) => (simd.mul_f64s(e, weights), simd.mul_f64s(distance, weights)),
        }
    }
}

/// The most columns beside the constant that the sums are compiled for.
pub(super) const MOST_COLUMNS: usize = 8;

/// Least squares on a constant and some columns, from (X'X)⁻¹, row after row; the coefficients go where there is
/// room for them, and so do the residuals, if there is any. `None` where a response is not finite.
pub(super) fn least_squares(
    arch: Arch,
    (y, columns): (&[f64], &[&[f64]]),
    (weights, count): (Option<&[f64]>, f64),
    inverse: &[f64],
    coefficients: &mut [f64],
    residuals: &mut [f64],
) -> Option<Fitted> {
    macro_rules! for_columns {
        ($($k:literal)*) => {
            match columns.len() {
                $($k => {
                    let columns: [&[f64]; $k] = std::array::from_fn(|j| columns[j]);
                    let days = Days { y, columns, weights, count };
                    arch.dispatch(LeastSquares { days, inverse, coefficients, residuals })
                })*
                _ => unreachable!("a kernel has {MOST_COLUMNS} columns at most"),
            }
        };
    }
    for_columns!(0 1 2 3 4 5 6 7 8)
}

/// The responses less a column, demeaned; `None` where a response is not finite.
pub(super) fn given(arch: Arch, days: Days<'_, 1>, residuals: &mut [f64]) -> Option<Fitted> {
    arch.dispatch(Given { days, residuals })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(n: usize, seed: f64) -> Vec<f64> {
        (0..n).map(|i| ((i as f64 + seed) * 12.9898).sin() * 0.02).collect()
    }

    /// A fit whose "inverse" is any matrix: sums and residuals are what is tested.
    const INVERSE: [f64; 9] = [0.5, 0.1, -0.2, 0.3, 2.0, 0.4, -0.1, 0.2, 3.0];

    #[test]
    fn sums_agree_with_plain_loops_for_every_length() {
        for n in [1, 5, 8, 12, 31, 32, 33, 64, 240, 250, 251] {
            let (mut y, x, z) = (values(n, 0.1), values(n, 0.7), values(n, 0.4));
            let all: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i % 3 != 1))).collect();
            for weights in [None, Some(&all[..])] {
                if weights.is_some() {
                    y.iter_mut().zip(&all).for_each(|(y, weight)| *y *= weight);
                }
                let weight = |i: usize| weights.map_or(1.0, |weights| weights[i]);
                let count = (0..n).map(weight).sum::<f64>();
                let (mut b, mut e) = ([0.0; 3], vec![0.0; n]);
                let got = least_squares(Arch::new(), (&y, &[&x, &z]), (weights, count), &INVERSE, &mut b, &mut e)
                    .expect("finite");
                let plain = |column: &[f64]| y.iter().zip(column).map(|(a, b)| a * b).sum::<f64>();
                let sums = [y.iter().sum(), plain(&x), plain(&z)];
                for (b, line) in b.iter().zip(INVERSE.chunks(3)) {
                    let want: f64 = line.iter().zip(&sums).map(|(a, b)| a * b).sum();
                    assert!((b - want).abs() < 1e-15 * (n as f64), "{n} days: {b} against {want}");
                }
                let mean = sums[0] / count;
                let residual = |i: usize| (y[i] - b[0] - b[1] * x[i] - b[2] * z[i]) * weight(i);
                let want: Vec<f64> = (0..n).map(residual).collect();
                let squares: f64 = want.iter().map(|e| e * e).sum();
                let total: f64 = (0..n).map(|i| weight(i) * (y[i] - mean) * (y[i] - mean)).sum();
                assert!((got.squares - squares).abs() < 1e-17 * n as f64);
                assert!((got.total - total).abs() < 1e-17 * n as f64);
                assert_eq!(got.positive, want.iter().filter(|&&e| e > 0.0).count() as f64);
                assert!(e.iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-17));
                let unkept = least_squares(Arch::new(), (&y, &[&x, &z]), (weights, count), &INVERSE, &mut b, &mut [])
                    .expect("finite");
                assert_eq!(unkept, got);
            }
        }
    }

    #[test]
    fn every_processor_gives_the_same_bits() {
        let (y, x) = (values(250, 0.3), values(250, 0.9));
        let fit = |arch: Arch| {
            let (mut b, mut e) = ([0.0; 2], vec![0.0; 250]);
            let fitted = least_squares(arch, (&y, &[&x]), (None, 250.0), &INVERSE[..4], &mut b, &mut e);
            let mut given = vec![0.0; 250];
            let days = Days { y: &y, columns: [&x], weights: None, count: 250.0 };
            let about = super::given(arch, days, &mut given);
            (b, e, fitted.expect("finite"), given, about.expect("finite"))
        };
        let narrow = fit(Arch::Scalar);
        assert_eq!(fit(Arch::new()), narrow);
        #[cfg(target_arch = "x86_64")]
        if let Some(half) = pulp::x86::V3::try_new() {
            assert_eq!(fit(Arch::V3(half)), narrow);
        }
    }

    #[test]
    fn a_gap_among_the_responses_is_told() {
        let (mut y, x) = (values(40, 0.3), values(40, 0.9));
        y[7] = f64::NAN;
        let mut b = [0.0; 2];
        assert_eq!(least_squares(Arch::new(), (&y, &[&x]), (None, 40.0), &INVERSE[..4], &mut b, &mut []), None);
    }
}
