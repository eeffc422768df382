//! The columns of a design as the kernel wants them, and what depends on the days of a window only.

use std::ops::Range;
use std::sync::OnceLock;

use pulp::Arch;

use super::fitted::{MOST_COLUMNS, for_columns};
use super::gram;
use super::lanes::LANES;
use super::sums::products;

/// The columns of a design on the calendar of a market, as they are: were they centred over the calendar, what
/// lies beyond a window would move the last digits of what is estimated on it. Returns are nearly orthogonal to the
/// constant by themselves; columns that are far from it are left to others ([`gram::invert`]).
#[derive(Clone, Debug)]
pub(super) struct Columns {
    /// The regressors; zero on days that lack one, and on so many days behind the last as there are lanes.
    pub(super) values: Vec<Vec<f64>>,
    /// Risk-free returns, for models of excess returns; zero on days that lack one.
    pub(super) risk_free: Option<Vec<f64>>,
    /// For every day, how many days before it lack a regressor or the risk-free return.
    lacking: Vec<u32>,
    length: usize,
    arch: Arch,
    /// By first day of a window without such days: X'X, then (X'X)⁻¹ where the regressors are not nearly dependent.
    /// Together, and without a detour, since the windows of events are far from each other in memory.
    windows: Vec<OnceLock<Box<[f64]>>>,
}

/// What a fit takes from the regressors of its days, row after row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moments<'a> {
    /// X'X.
    pub(super) gram: &'a [f64],
    /// (X'X)⁻¹; empty where the regressors are nearly dependent.
    pub(super) inverse: &'a [f64],
}

/// Room for the moments of a window without some of its days.
#[derive(Clone, Debug, Default)]
pub(super) struct Room {
    gram: Vec<f64>,
    inverse: Vec<f64>,
}

impl Columns {
    /// The columns for windows of so many days; `None` where there are more regressors than the kernel
    /// is compiled for.
    pub(super) fn new(
        arch: Arch,
        regressors: &[&[f64]],
        risk_free: Option<&[f64]>,
        days: usize,
        length: usize,
    ) -> Option<Self> {
        if regressors.len() > MOST_COLUMNS || length == 0 || length > days {
            return None;
        }
        let complete = |day: usize| regressors.iter().copied().chain(risk_free).all(|column| column[day].is_finite());
        let complete: Vec<bool> = (0..days).map(complete).collect();
        let mut lacking = vec![0];
        for &complete in &complete {
            lacking.push(lacking[lacking.len() - 1] + u32::from(!complete));
        }
        let or_zero = |day: usize, value: f64| if complete[day] { value } else { 0.0 };
        let padded = |column: &&[f64]| {
            let values = column.iter().enumerate().map(|(day, &x)| or_zero(day, x));
            values.chain([0.0; LANES]).collect()
        };
        let values = regressors.iter().map(padded);
        let risk_free = risk_free.map(|column| column.iter().enumerate().map(|(day, &r)| or_zero(day, r)).collect());
        let windows = (0..=days - length).map(|_| OnceLock::new()).collect();
        Some(Self { values: values.collect(), risk_free, lacking, length, arch, windows })
    }

    /// Days of a window.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// The regressors from a day on.
    #[inline]
    pub(super) fn since<const K: usize>(&self, start: usize) -> [&[f64]; K] {
        std::array::from_fn(|j| &self.values[j][start..])
    }

    /// Whether every day has all regressors.
    pub(super) fn are_complete(&self, days: &Range<usize>) -> bool {
        self.lacking[days.start] == self.lacking[days.end]
    }

    /// Whether a day has all regressors.
    pub(super) fn has(&self, day: usize) -> bool {
        self.are_complete(&(day..day + 1))
    }

    /// The moments of a whole window whose days all have all regressors.
    pub(super) fn moments(&self, start: usize) -> Moments<'_> {
        let k = self.values.len() + 1;
        let both = self.windows[start].get_or_init(|| {
            let (mut both, mut inverse) = (self.gram(start..start + self.length), Vec::new());
            if gram::invert(&both, k, &mut inverse).is_some() {
                both.extend(inverse);
            }
            both.into()
        });
        let (gram, inverse) = both.split_at(k * k);
        Moments { gram, inverse }
    }

    /// The moments of a window without some of its days: X'X of the window less what these add to it. `None` where the
    /// rest says too little of a regressor.
    pub(super) fn moments_without<'a>(
        &self,
        start: usize,
        left_out: &[usize],
        room: &'a mut Room,
    ) -> Option<Moments<'a>> {
        let k = self.values.len() + 1;
        let whole = match self.are_complete(&(start..start + self.length)) {
            true => self.moments(start).gram,
            false => &self.gram(start..start + self.length),
        };
        room.gram.clear();
        room.gram.extend_from_slice(whole);
        for &day in left_out {
            let row = |j: usize| if j == 0 { 1.0 } else { self.values[j - 1][day] };
            for i in 0..k {
                for j in 0..k {
                    room.gram[i * k + j] -= row(i) * row(j);
                }
            }
        }
        // Where little is left of a sum of squares, rounding of the rest would count.
        let little = (0..k).any(|j| room.gram[j * (k + 1)] < LITTLE * whole[j * (k + 1)]);
        if little {
            return None;
        }
        if gram::invert(&room.gram, k, &mut room.inverse).is_none() {
            room.inverse.clear();
        }
        Some(Moments { gram: &room.gram, inverse: &room.inverse })
    }

    /// X'X of the constant and the columns: each with those before it.
    fn gram(&self, days: Range<usize>) -> Vec<f64> {
        let k = self.values.len() + 1;
        let mut gram = vec![0.0; k * k];
        gram[0] = self.length as f64;
        for (before, column) in self.values.iter().enumerate() {
            let i = before + 1;
            for_columns!(before, |K| {
                let sums = products::<K>(self.arch, &column[days.clone()], self.since(days.start));
                gram[i * k] = sums.y;
                gram[i * k + i] = sums.yy;
                gram[i * k + 1..i * k + i].copy_from_slice(&sums.yx);
            });
            for j in 0..i {
                gram[j * k + i] = gram[i * k + j];
            }
        }
        gram
    }
}

/// The share of a sum of squares that must be left when days are taken out of it.
const LITTLE: f64 = 0.05;
