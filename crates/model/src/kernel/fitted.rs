//! Fits in closed form: coefficients and sums of squares from sums of products, and the residuals in a second pass
//! where they are wanted, or where digits of the squares would cancel. The loops are written once; `pulp` compiles them
//! for what the processor has.

use pulp::{Arch, Simd, WithSimd};

use super::columns::Moments;
use super::lanes::{Block, LANES, blocks, blocks_mut, copy_last, fold, for_quads, zero};
use super::sums::{Line, Products, Sums};

/// The estimation days of an event.
#[derive(Clone, Copy, Debug)]
pub(super) struct Days<'a, const K: usize> {
    /// The responses.
    pub(super) y: &'a [f64],
    /// Columns over the same days, and finite numbers behind them: as many as there are lanes, or more.
    pub(super) columns: [&'a [f64]; K],
    /// One for the days that count and zero for the others, whose responses are zero; all count without it.
    pub(super) weights: Option<&'a [f64]>,
    /// How many days count.
    pub(super) count: f64,
}

/// What is wanted of the residuals beside their squares.
#[derive(Debug)]
pub(super) struct Residuals<'a> {
    /// Whether it is counted how many are above zero.
    pub(super) counted: bool,
    /// Where they are put, zero on days that do not count; if there is no room for them, nowhere.
    pub(super) kept: &'a mut [f64],
}

impl Residuals<'_> {
    fn are_wanted(&self) -> bool {
        self.counted || !self.kept.is_empty()
    }
}

/// What a fit sums to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Fitted {
    /// Sum of the squared residuals.
    pub(super) squares: f64,
    /// Sum of the squares of the responses about their mean.
    pub(super) total: f64,
    /// Sum of the squares of the responses.
    pub(super) responses: f64,
    /// How many residuals are above zero, where they are counted.
    pub(super) positive: f64,
    /// What was taken from the residuals to demean them.
    pub(super) residual_mean: f64,
}

/// Least squares on a constant and some columns.
struct LeastSquares<'a, const K: usize> {
    days: Days<'a, K>,
    moments: Moments<'a>,
    coefficients: &'a mut [f64],
    residuals: Residuals<'a>,
}

impl<const K: usize> WithSimd for LeastSquares<'_, K> {
    type Output = Option<Fitted>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Option<Fitted> {
        for_quads!(S, fit_line::<S, K>(simd, self))
    }
}

#[inline(always)]
fn fit_line<S: Simd, const K: usize, const G: usize>(simd: S, fit: LeastSquares<'_, K>) -> Option<Fitted> {
    let LeastSquares { days, moments, coefficients, residuals } = fit;
    let mut last = [0.0; LANES];
    let last = copy_last(days.y, &mut last);
    let sums = Products::sum::<S, G>(simd, days.y, last, days.columns);
    if !sums.y.is_finite() {
        return None;
    }
    for (b, line) in coefficients.iter_mut().zip(moments.inverse.chunks_exact(K + 1)) {
        *b = line[1..].iter().zip(sums.yx).fold(line[0] * sums.y, |b, (a, product)| b + a * product);
    }
    let slopes = std::array::from_fn(|j| coefficients[j + 1]);
    let line = Line { constant: coefficients[0], slopes, mean: sums.y / days.count };
    Some(days.fitted::<S, G>(simd, last, &sums, &line, moments.gram, residuals))
}

/// Nothing is estimated: the responses less their one column, demeaned.
struct Given<'a> {
    days: Days<'a, 1>,
    gram: &'a [f64],
    residuals: Residuals<'a>,
}

impl WithSimd for Given<'_> {
    type Output = Option<Fitted>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Option<Fitted> {
        for_quads!(S, take_away::<S>(simd, self))
    }
}

#[inline(always)]
fn take_away<S: Simd, const G: usize>(simd: S, given: Given<'_>) -> Option<Fitted> {
    let Given { days, gram, residuals: Residuals { counted, kept } } = given;
    let mut last = [0.0; LANES];
    let last = copy_last(days.y, &mut last);
    let sums = Products::sum::<S, G>(simd, days.y, last, days.columns);
    if !sums.y.is_finite() {
        return None;
    }
    // Beside the number of days stands Σx.
    let residual_mean = (sums.y - gram[1]) / days.count;
    let mut line = Line { constant: residual_mean, slopes: [1.0], mean: sums.y / days.count };
    let unseen = Residuals { counted: false, kept: &mut [] };
    let mut fitted = days.fitted::<S, G>(simd, last, &sums, &line, gram, unseen);
    fitted.residual_mean = residual_mean;
    let residuals = Residuals { counted, kept: &mut *kept };
    if residuals.are_wanted() {
        // Signs are those before any demeaning.
        line.constant = 0.0;
        [.., fitted.positive] = days.residuals::<S, G>(simd, last, &line, residuals);
    }
    match days.weights {
        None => kept.iter_mut().for_each(|e| *e -= residual_mean),
        Some(weights) => kept.iter_mut().zip(weights).for_each(|(e, weight)| *e -= residual_mean * weight),
    }
    Some(fitted)
}

impl<const K: usize> Days<'_, K> {
    /// The sums of a line: from those of the products, and from its residuals where digits would cancel there. What is
    /// wanted of the residuals does not decide which, or it would move the last digits.
    #[inline(always)]
    fn fitted<S: Simd, const G: usize>(
        &self,
        simd: S,
        last: &[f64; LANES],
        sums: &Products<K>,
        line: &Line<K>,
        gram: &[f64],
        residuals: Residuals<'_>,
    ) -> Fitted {
        let known = sums.squares_about(line, gram);
        let [squares, total, positive] = match known {
            Some([squares, total]) if !residuals.are_wanted() => [squares, total, f64::NAN],
            _ => self.residuals::<S, G>(simd, last, line, residuals),
        };
        let [squares, total] = known.unwrap_or([squares, total]);
        Fitted { squares, total, responses: sums.yy, positive, residual_mean: 0.0 }
    }

    /// The residuals of a line: their squares, the squares of the responses about the mean, and how many are above zero.
    #[inline(always)]
    fn residuals<S: Simd, const G: usize>(
        &self,
        simd: S,
        last: &[f64; LANES],
        line: &Line<K>,
        residuals: Residuals<'_>,
    ) -> [f64; 3] {
        let Residuals { counted, kept } = residuals;
        match (self.weights, counted, kept.is_empty()) {
            (None, false, true) => self.pass::<S, G, false, false, false>(simd, last, line, kept),
            (None, true, true) => self.pass::<S, G, false, true, false>(simd, last, line, kept),
            (None, _, false) => self.pass::<S, G, false, true, true>(simd, last, line, kept),
            (Some(_), _, true) => self.pass::<S, G, true, true, false>(simd, last, line, kept),
            (Some(_), _, false) => self.pass::<S, G, true, true, true>(simd, last, line, kept),
        }
    }

    #[inline(always)]
    fn pass<S: Simd, const G: usize, const WEIGHTED: bool, const COUNTED: bool, const KEPT: bool>(
        &self,
        simd: S,
        last: &[f64; LANES],
        line: &Line<K>,
        kept: &mut [f64],
    ) -> [f64; 3] {
        let (whole, last) = (blocks::<S, G>(self.y), &blocks::<S, G>(last)[0]);
        let columns: [&[Block<S, G>]; K] = std::array::from_fn(|j| blocks::<S, G>(self.columns[j]));
        let weights = blocks::<S, G>(self.weights.unwrap_or_default());
        let mut last_weights = [0.0; LANES];
        let last_weights = match self.weights {
            None => &ONES[LANES - self.y.len() % LANES..],
            Some(weights) => copy_last(weights, &mut last_weights),
        };
        let last_weights = &blocks::<S, G>(last_weights)[0];
        let mut last_kept = [0.0; LANES];
        let mut lanes = [[zero(simd); G]; 3];
        for group in 0..G {
            let mut sums = Sums::<S, COUNTED>([zero(simd); 3]);
            for (block, y) in whole.iter().enumerate() {
                let x = std::array::from_fn(|j| &columns[j][block][group]);
                let weights = if WEIGHTED { Some(&weights[block][group]) } else { None };
                let errors = sums.add(simd, line, &y[group], x, weights);
                if KEPT {
                    blocks_mut::<S, G>(kept)[block][group] = errors;
                }
            }
            let x = std::array::from_fn(|j| &columns[j][whole.len()][group]);
            let errors = sums.add(simd, line, &last[group], x, Some(&last_weights[group]));
            if KEPT {
                blocks_mut::<S, G>(&mut last_kept)[0][group] = errors;
            }
            for (lanes, sum) in lanes.iter_mut().zip(sums.0) {
                lanes[group] = sum;
            }
        }
        if KEPT {
            let behind = kept.as_chunks_mut::<LANES>().1;
            behind.copy_from_slice(&last_kept[..behind.len()]);
        }
        [fold(simd, lanes[0]), fold(simd, lanes[1]), if COUNTED { fold(simd, lanes[2]) } else { f64::NAN }]
    }
}

/// As many ones as there are lanes, then as many zeros.
static ONES: [f64; 2 * LANES] = {
    let mut ones = [0.0; 2 * LANES];
    let mut lane = 0;
    while lane < LANES {
        ones[lane] = 1.0;
        lane += 1;
    }
    ones
};

/// The most columns beside the constant that the sums are compiled for.
pub(super) const MOST_COLUMNS: usize = 8;

/// The value of an expression in which a constant stands for the number of columns.
macro_rules! for_columns {
    ($columns:expr, |$constant:ident| $body:expr) => {
        for_columns!($columns, |$constant| $body, 0 1 2 3 4 5 6 7 8)
    };
    ($columns:expr, |$constant:ident| $body:expr, $($number:literal)*) => {
        match $columns {
            $($number => {
                const $constant: usize = $number;
                $body
            })*
            _ => unreachable!("a kernel has no more columns"),
        }
    };
}
pub(super) use for_columns;

/// Least squares on a constant and some columns, from (X'X)⁻¹, row after row; the coefficients go where there is
/// room for them. `None` where a response is not finite.
pub(super) fn least_squares<const K: usize>(
    arch: Arch,
    days: Days<'_, K>,
    moments: Moments<'_>,
    coefficients: &mut [f64],
    residuals: Residuals<'_>,
) -> Option<Fitted> {
    arch.dispatch(LeastSquares { days, moments, coefficients, residuals })
}

/// The responses less a column, demeaned, in the residuals that are kept; `None` where a response is not finite.
pub(super) fn given(arch: Arch, days: Days<'_, 1>, gram: &[f64], residuals: Residuals<'_>) -> Option<Fitted> {
    arch.dispatch(Given { days, gram, residuals })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(n: usize, seed: f64) -> Vec<f64> {
        (0..n).map(|i| ((i as f64 + seed) * (12.9898 + seed)).sin() * 0.02).collect()
    }

    /// A fit whose "inverse" is any matrix: sums and residuals are what is tested.
    const INVERSE: [f64; 9] = [0.5, 0.1, -0.2, 0.3, 2.0, 0.4, -0.1, 0.2, 3.0];

    fn all_of(kept: &mut [f64]) -> Residuals<'_> {
        Residuals { counted: true, kept }
    }

    /// X'X of the days that count.
    fn gram(columns: &[&[f64]], weights: &[f64]) -> Vec<f64> {
        let x = |j: usize, day: usize| if j == 0 { 1.0 } else { columns[j - 1][day] };
        let product = |i, j| (0..weights.len()).map(|day| weights[day] * x(i, day) * x(j, day)).sum();
        let places = (0..=columns.len()).flat_map(|i| (0..=columns.len()).map(move |j| (i, j)));
        places.map(|(i, j)| product(i, j)).collect()
    }

    #[test]
    fn sums_agree_with_plain_loops_for_every_length() {
        for n in [1, 5, 8, 12, 31, 32, 33, 64, 240, 250, 251] {
            let (mut y, x, z) = (values(n, 0.1), values(n + LANES, 0.7), values(n + LANES, 0.4));
            let all: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i % 3 != 1))).collect();
            for weights in [None, Some(&all[..])] {
                if weights.is_some() {
                    y.iter_mut().zip(&all).for_each(|(y, weight)| *y *= weight);
                }
                let weight = |i: usize| weights.map_or(1.0, |weights| weights[i]);
                let count = (0..n).map(weight).sum::<f64>();
                let (mut b, mut e) = ([0.0; 3], vec![0.0; n]);
                let days = Days { y: &y, columns: [&x, &z], weights, count };
                let gram = gram(&[&x, &z], &(0..n).map(weight).collect::<Vec<_>>());
                let moments = Moments { gram: &gram, inverse: &INVERSE };
                let got = least_squares(Arch::new(), days, moments, &mut b, all_of(&mut e)).expect("finite");
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
                let unkept = least_squares(Arch::new(), days, moments, &mut b, all_of(&mut [])).expect("finite");
                assert_eq!(unkept, got);
            }
        }
    }

    /// Fits whose squares follow from the sums, and others of which the residuals must be looked at: the line explains
    /// nearly all, or the mean does.
    fn compare<const K: usize>(weights: Option<&[f64]>) {
        let columns: [Vec<f64>; K] = std::array::from_fn(|j| values(250 + LANES, j as f64 + 0.9));
        let columns: [&[f64]; K] = std::array::from_fn(|j| &columns[j][..]);
        let weight = |i: usize| weights.map_or(1.0, |weights| weights[i]);
        let gram = gram(&columns, &(0..250).map(weight).collect::<Vec<_>>());
        let mut inverse = Vec::new();
        super::super::gram::invert(&gram, K + 1, &mut inverse).expect("well conditioned");
        for (slope, mean) in [(0.3, 0.0), (1.0, 0.0), (20.0, 0.0), (1e6, 0.0), (0.3, 0.01), (0.3, 1e3)] {
            let mut y = values(250, 0.3);
            for (i, y) in y.iter_mut().enumerate() {
                *y = weight(i) * (*y + mean + columns.iter().map(|x| slope * x[i]).sum::<f64>());
            }
            let days = Days { y: &y, columns, weights, count: gram[0] };
            let fit = |arch: Arch, residuals: Residuals<'_>| {
                let mut b = [0.0; MOST_COLUMNS + 1];
                let moments = Moments { gram: &gram, inverse: &inverse };
                let fitted = least_squares(arch, days, moments, &mut b[..=K], residuals).expect("finite");
                let [squares, total] = [fitted.squares, fitted.total].map(f64::to_bits);
                (b, squares, total, fitted.responses.to_bits())
            };
            let take = |arch: Arch, residuals: Residuals<'_>| {
                let days = Days { y: days.y, columns: [columns[0]], weights, count: days.count };
                let fitted = given(arch, days, &gram, residuals).expect("finite");
                [fitted.squares, fitted.residual_mean, fitted.responses].map(f64::to_bits)
            };
            let mut archs = vec![Arch::Scalar];
            #[cfg(target_arch = "x86_64")]
            archs.extend(pulp::x86::V3::try_new().map(Arch::V3));
            let (want, mut residuals) = (fit(Arch::new(), all_of(&mut [])), Vec::new());
            let mut demeaned = Vec::new();
            for arch in archs.into_iter().chain([Arch::new()]) {
                for (counted, kept) in [(false, 0), (true, 0), (true, 250)] {
                    let mut e = vec![0.0; kept];
                    assert_eq!(fit(arch, Residuals { counted, kept: &mut e }), want, "{K} columns, slope {slope}");
                    residuals.extend((kept > 0).then_some(e));
                    if K == 1 {
                        let mut e = vec![0.0; kept];
                        let taken = take(arch, Residuals { counted, kept: &mut e });
                        assert_eq!(taken, take(Arch::new(), all_of(&mut [])), "slope {slope}");
                        demeaned.extend((kept > 0).then_some(e));
                    }
                }
            }
            let same = |all: &[Vec<f64>]| all.windows(2).all(|two| two[0] == two[1]);
            assert!(same(&residuals) && same(&demeaned));
        }
    }

    #[test]
    fn processors_and_what_is_wanted_do_not_change_a_bit() {
        let some: Vec<f64> = (0..250).map(|i| f64::from(u8::from(i % 7 != 1))).collect();
        for weights in [None, Some(&some[..])] {
            compare::<0>(weights);
            compare::<1>(weights);
            compare::<2>(weights);
            compare::<3>(weights);
            compare::<4>(weights);
            compare::<6>(weights);
            compare::<8>(weights);
        }
    }

    #[test]
    fn a_gap_among_the_responses_is_told() {
        let (mut y, x) = (values(40, 0.3), values(40 + LANES, 0.9));
        y[7] = f64::NAN;
        let mut b = [0.0; 2];
        let days = Days { y: &y, columns: [&x], weights: None, count: 40.0 };
        let moments = Moments { gram: &INVERSE[..4], inverse: &INVERSE[..4] };
        assert_eq!(least_squares(Arch::new(), days, moments, &mut b, all_of(&mut [])), None);
        assert_eq!(given(Arch::new(), days, moments.gram, all_of(&mut [])), None);
    }
}
