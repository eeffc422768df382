//! Sums over an estimation window in 32 lanes, which are folded in one order, so that every processor gives the
//! same bits.
//!
//! Day i belongs to lane i modulo 32, however many lanes a register has. Additions of one lane wait for each other;
//! 32 lanes keep the widest units busy. Nothing is fused, which would round differently.

use pulp::Simd;

/// Lanes of a sum.
pub(super) const LANES: usize = 32;

/// Four registers, which are worked on together: enough for additions not to wait for each other, and few enough for
/// several sums to stay in sixteen registers.
pub(super) type Quad<S> = [<S as Simd>::f64s; 4];

/// A register for every lane: G times four.
pub(super) type Block<S, const G: usize> = [Quad<S>; G];

/// Calls a function for the number of quads that hold the lanes on a processor.
macro_rules! for_quads {
    ($simd:ty, $function:ident :: <$($generic:tt),*> ($($argument:expr),*)) => {
        match <$simd>::F64_LANES {
            1 => $function::<$($generic,)* 8>($($argument),*),
            2 => $function::<$($generic,)* 4>($($argument),*),
            4 => $function::<$($generic,)* 2>($($argument),*),
            _ => $function::<$($generic,)* 1>($($argument),*),
        }
    };
}
pub(super) use for_quads;

/// The days that fill all lanes, and nothing of those behind them.
#[inline(always)]
pub(super) fn blocks<S: Simd, const G: usize>(days: &[f64]) -> &[Block<S, G>] {
    S::as_simd_f64s(days).0.as_chunks::<4>().0.as_chunks::<G>().0
}

/// As [`blocks`], to be written to.
#[inline(always)]
pub(super) fn blocks_mut<S: Simd, const G: usize>(days: &mut [f64]) -> &mut [Block<S, G>] {
    S::as_mut_simd_f64s(days).0.as_chunks_mut::<4>().0.as_chunks_mut::<G>().0
}

/// Puts the days behind those that fill all lanes into some that are zero.
#[inline(always)]
pub(super) fn copy_last<'a>(days: &[f64], lanes: &'a mut [f64; LANES]) -> &'a [f64; LANES] {
    let last = days.as_chunks::<LANES>().1;
    lanes[..last.len()].copy_from_slice(last);
    lanes
}

#[inline(always)]
pub(super) fn zero<S: Simd>(simd: S) -> Quad<S> {
    [simd.splat_f64s(0.0); 4]
}

/// a + b. Without a closure, which need not be compiled for the registers of its surroundings.
#[inline(always)]
pub(super) fn add<S: Simd>(simd: S, mut a: Quad<S>, b: &Quad<S>) -> Quad<S> {
    for (a, &b) in a.iter_mut().zip(b) {
        *a = simd.add_f64s(*a, b);
    }
    a
}

/// The sum of all lanes: the upper half added to the lower one, until one is left.
#[inline(always)]
pub(super) fn fold<S: Simd, const G: usize>(simd: S, mut lanes: Block<S, G>) -> f64 {
    let mut half = G / 2;
    while half > 0 {
        for group in 0..half {
            lanes[group] = add(simd, lanes[group], &lanes[group + half]);
        }
        half /= 2;
    }
    let [a, b, c, d] = lanes[0];
    // Within a register `pulp` halves in the same way.
    simd.reduce_sum_f64s(simd.add_f64s(simd.add_f64s(a, c), simd.add_f64s(b, d)))
}
