//! What a fitted line makes one expect of the days of an event window, and what they bring beyond it.

use pulp::{Arch, Simd, WithSimd};

use crate::Maybe;

/// Days of an event window, and where the numbers of each go.
pub(super) struct Forecast<'a, const K: usize> {
    pub(super) constant: f64,
    pub(super) slopes: [f64; K],
    /// Columns over these days, or longer ones.
    pub(super) columns: [&'a [f64]; K],
    /// As the columns, for models of excess returns.
    pub(super) risk_free: Option<&'a [f64]>,
    /// What happened.
    pub(super) actual: &'a [f64],
    /// Room for what happened, what was expected, and the differences.
    pub(super) into: [&'a mut [Maybe]; 3],
}

impl<const K: usize> WithSimd for Forecast<'_, K> {
    type Output = Option<bool>;

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _: S) -> Option<bool> {
        // All are cut to one length, so that one look tells that all have some days.
        let length = self.actual.len();
        for column in self.columns.iter_mut().chain(&mut self.risk_free) {
            *column = column.get(..length)?;
        }
        let [actual, expected, abnormal] = self.into;
        self.into = [actual.get_mut(..length)?, expected.get_mut(..length)?, abnormal.get_mut(..length)?];
        let mut nothing = [0.0; WIDTH];
        for first in (0..length / WIDTH * WIDTH).step_by(WIDTH) {
            self.some::<WIDTH>(first, &mut nothing)?;
        }
        match length.checked_sub(WIDTH) {
            // Some days are made twice, which costs less than to make each of the last ones by itself.
            Some(first) => self.some::<WIDTH>(first, &mut nothing)?,
            None => {
                for day in 0..length {
                    self.some::<1>(day, nothing.first_chunk_mut()?)?;
                }
            }
        }
        Some(nothing == [0.0; WIDTH])
    }
}

/// Days at a time, for which any processor's registers are filled.
const WIDTH: usize = 8;

impl<const K: usize> Forecast<'_, K> {
    /// Makes the numbers of some days. What was nothing is so no longer if a difference is not finite, and so something
    /// that it is made of. `None` where days are lacking.
    #[inline(always)]
    fn some<const N: usize>(&mut self, first: usize, nothing: &mut [f64; N]) -> Option<()> {
        let actual: [f64; N] = *self.actual.get(first..)?.first_chunk()?;
        let mut expected = [self.constant; N];
        // In the order of the general way: the sum over the coefficients, then the risk-free return.
        for j in 0..K {
            let x: &[f64; N] = self.columns[j].get(first..)?.first_chunk()?;
            for day in 0..N {
                expected[day] += self.slopes[j] * x[day];
            }
        }
        if let Some(risk_free) = self.risk_free {
            let rates: &[f64; N] = risk_free.get(first..)?.first_chunk()?;
            for day in 0..N {
                expected[day] += rates[day];
            }
        }
        let mut abnormal = [0.0; N];
        for day in 0..N {
            abnormal[day] = actual[day] - expected[day];
            // Zero, or NaN.
            nothing[day] += abnormal[day] * 0.0;
        }
        for (into, numbers) in self.into.iter_mut().zip([actual, expected, abnormal]) {
            let into: &mut [Maybe; N] = into.get_mut(first..)?.first_chunk_mut()?;
            for day in 0..N {
                into[day] = Maybe::unchecked(numbers[day]);
            }
        }
        Some(())
    }
}

/// Fills the room for every day; whether all numbers are finite. `None` where there is room for fewer days, or where
/// a column has fewer.
pub(super) fn forecast<const K: usize>(arch: Arch, days: Forecast<'_, K>) -> Option<bool> {
    arch.dispatch(days)
}
