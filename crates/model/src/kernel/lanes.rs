//! Sums over an estimation window in 32 lanes, which are folded in one order, so that every processor gives the
//! same bits.
//!
//! Day i belongs to lane i modulo 32, however many lanes a register has. Additions of one lane wait for each other;
//! 32 lanes keep the widest units busy. Nothing is fused, which would round differently.

use pulp::{Simd, bytemuck};

/// The lanes of one sum in R registers.
#[derive(Clone, Copy)]
pub(super) struct Lanes<S: Simd, const R: usize>([S::f64s; R]);

/// Calls a function for the number of registers that hold the lanes on a processor.
macro_rules! for_registers {
    ($simd:ty, $function:ident :: <$($generic:tt),*> ($($argument:expr),*)) => {
        match <$simd>::F64_LANES {
            1 => $function::<$($generic,)* 32>($($argument),*),
            2 => $function::<$($generic,)* 16>($($argument),*),
            4 => $function::<$($generic,)* 8>($($argument),*),
            _ => $function::<$($generic,)* 4>($($argument),*),
        }
    };
}
pub(super) use for_registers;

impl<S: Simd, const R: usize> Lanes<S, R> {
    #[inline(always)]
    pub(super) fn zero(simd: S) -> Self {
        Self([simd.splat_f64s(0.0); R])
    }

    #[inline(always)]
    pub(super) fn add(&mut self, simd: S, register: usize, values: S::f64s) {
        self.0[register] = simd.add_f64s(self.0[register], values);
    }

    /// The sum of all lanes: the upper half added to the lower one, until one is left.
    #[inline(always)]
    pub(super) fn fold(mut self, simd: S) -> f64 {
        let mut half = R / 2;
        while half > 0 {
            for register in 0..half {
                self.0[register] = simd.add_f64s(self.0[register], self.0[register + half]);
            }
            half /= 2;
        }
        let mut lanes = [0.0; 8];
        lanes[..S::F64_LANES].copy_from_slice(bytemuck::cast_slice(&self.0[..1]));
        let mut half = S::F64_LANES / 2;
        while half > 0 {
            for lane in 0..half {
                lanes[lane] += lanes[lane + half];
            }
            half /= 2;
        }
        lanes[0]
    }
}

/// A column over the days of a window: blocks of R registers, and what is behind them.
#[derive(Clone, Copy)]
pub(super) struct Column<'a, S: Simd, const R: usize> {
    blocks: &'a [[S::f64s; R]],
    behind: &'a [S::f64s],
    rest: &'a [f64],
}

impl<'a, S: Simd, const R: usize> Column<'a, S, R> {
    #[inline(always)]
    pub(super) fn new(days: &'a [f64]) -> Self {
        let (whole, rest) = S::as_simd_f64s(days);
        let (blocks, behind) = whole.as_chunks::<R>();
        Self { blocks, behind, rest }
    }

    /// Blocks of days that fill all lanes.
    #[inline(always)]
    pub(super) fn blocks(&self) -> &'a [[S::f64s; R]] {
        self.blocks
    }

    /// A register of the days behind the last block, zero in lanes without a day; `None` behind the last day.
    #[inline(always)]
    pub(super) fn behind(&self, simd: S, register: usize) -> Option<S::f64s> {
        match self.behind.get(register) {
            Some(&values) => Some(values),
            None if register == self.behind.len() && !self.rest.is_empty() => Some(simd.partial_load_f64s(self.rest)),
            None => None,
        }
    }
}

/// Σab of columns of the same length.
#[inline(always)]
pub(super) fn dot<S: Simd, const R: usize>(simd: S, a: &[f64], b: &[f64]) -> f64 {
    let mut sums = Lanes::<S, R>::zero(simd);
    let (a, b) = (Column::<S, R>::new(a), Column::<S, R>::new(b));
    for (a, b) in a.blocks().iter().zip(b.blocks()) {
        for register in 0..R {
            sums.add(simd, register, simd.mul_f64s(a[register], b[register]));
        }
    }
    for register in 0..R {
        if let Some((a, b)) = a.behind(simd, register).zip(b.behind(simd, register)) {
            sums.add(simd, register, simd.mul_f64s(a, b));
        }
    }
    sums.fold(simd)
}

/// Σa.
#[inline(always)]
pub(super) fn sum<S: Simd, const R: usize>(simd: S, a: &[f64]) -> f64 {
    let mut sums = Lanes::<S, R>::zero(simd);
    let a = Column::<S, R>::new(a);
    for a in a.blocks() {
        for (register, &a) in a.iter().enumerate() {
            sums.add(simd, register, a);
        }
    }
    for register in 0..R {
        if let Some(a) = a.behind(simd, register) {
            sums.add(simd, register, a);
        }
    }
    sums.fold(simd)
}
