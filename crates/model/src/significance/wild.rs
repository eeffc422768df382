//! Wild cluster bootstrap: the weights of calendar periods, and the t of one mean under them.

use std::collections::BTreeMap;
use std::ops::Range;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

use super::{Sample, TestStatistic, Undefined, t_clustered};
use crate::sample::Draws;

/// From so many periods on two weights are enough: they make thousands of different draws.
const MANY: usize = 12;

/// Draws that differ by rounding only, such as all signs alike, are as large as the statistic.
pub(crate) const ROUNDING: f64 = 1e-10;

/// One random weight for each of some calendar periods, draw by draw: Rademacher's ±1, or Webb's (2023) six
/// values ±√½, ±1, ±√(3/2) where there are fewer than twelve periods.
///
/// A weight depends on the seed, the draw and the period, and not on the sample: so the draws of all samples of
/// a study are common. Webb's weights have the signs of Rademacher's, so that samples with few periods keep most
/// of what they share with the others.
pub(crate) struct Weights {
    signs: Vec<ChaCha8Rng>,
    sizes: Vec<ChaCha8Rng>,
    bits: Vec<u64>,
    draw: usize,
}

impl Weights {
    /// The weights of these periods from a draw on.
    pub(crate) fn new(draws: &Draws, periods: &[i32], first: usize) -> Self {
        let few = periods.len() < MANY;
        let streams = |what: &str, words: usize| -> Vec<ChaCha8Rng> {
            let stream = |period: &i32| {
                let mut generator = draws.common(&format!("{what}|{period}"));
                generator.set_word_pos(words as u128);
                generator
            };
            periods.iter().map(stream).collect()
        };
        // Sixty-four signs are two words of the generator, a size is one.
        let signs = streams("sign", first / 64 * 2);
        let sizes = if few { streams("size", first) } else { Vec::new() };
        let mut weights = Self { bits: vec![0; signs.len()], signs, sizes, draw: first };
        if !first.is_multiple_of(64) {
            weights.refill();
        }
        weights
    }

    fn refill(&mut self) {
        self.bits.iter_mut().zip(&mut self.signs).for_each(|(bits, generator)| *bits = generator.next_u64());
    }

    /// The weights of the next draw.
    pub(crate) fn next(&mut self, weights: &mut [f64]) {
        let place = self.draw % 64;
        if place == 0 {
            self.refill();
        }
        for (weight, bits) in weights.iter_mut().zip(&self.bits) {
            *weight = if bits >> place & 1 == 0 { 1.0 } else { -1.0 };
        }
        let sizes = [0.5_f64.sqrt(), 1.0, 1.5_f64.sqrt()];
        for (weight, generator) in weights.iter_mut().zip(&mut self.sizes) {
            // The high half of the product is uniform over the three to one part in 2³².
            *weight *= sizes[((u64::from(generator.next_u32()) * 3) >> 32) as usize];
        }
        self.draw += 1;
    }
}

/// A sample as the wild cluster bootstrap sees it: its t clustered by period, and the sums of its periods.
///
/// With S_g = Σ CAR and n_g events in period g, a draw has N·mean* = Σ w_g S_g and
/// V* = G/(G − 1)·Σ (w_g S_g − n_g mean*)²/N².
#[derive(Clone, Debug, PartialEq)]
pub struct WildCell {
    /// t clustered by period, of the sample itself.
    pub observed: f64,
    periods: Vec<i32>,
    sums: Vec<(f64, f64)>,
    draws: Draws,
}

impl WildCell {
    /// The cell of a sample.
    ///
    /// # Errors
    /// The sample has no clustered t, or no draws.
    pub fn new(sample: &Sample) -> Result<Self, Undefined> {
        let draws = sample.draws.ok_or(Undefined::NotResampled)?;
        let observed = t_clustered::TClustered.evaluate(sample)?.value;
        let mut by_period: BTreeMap<i32, (f64, f64)> = BTreeMap::new();
        for (period, car) in sample.period.iter().zip(&sample.car) {
            let (sum, events) = by_period.entry(*period).or_default();
            *sum += car;
            *events += 1.0;
        }
        let (periods, sums) = by_period.into_iter().unzip();
        Ok(Self { observed, periods, sums, draws })
    }

    /// How many draws there are.
    pub fn draws(&self) -> usize {
        self.draws.count
    }

    /// The size of t* in some of the draws; infinite, or NaN, where the weights leave no variance.
    pub fn drawn(&self, draws: Range<usize>) -> Vec<f64> {
        let mut source = Weights::new(&self.draws, &self.periods, draws.start);
        let mut weights = vec![0.0; self.periods.len()];
        let next = |_| {
            source.next(&mut weights);
            self.statistic(&weights).abs()
        };
        draws.map(next).collect()
    }

    /// t of the weighted periods.
    fn statistic(&self, weights: &[f64]) -> f64 {
        let weighted = || self.sums.iter().zip(weights).map(|(&(sum, events), weight)| (weight * sum, events));
        let events: f64 = self.sums.iter().map(|(_, events)| events).sum();
        let mean = weighted().map(|(sum, _)| sum).sum::<f64>() / events;
        let squares: f64 = weighted().map(|(sum, events)| (sum - events * mean) * (sum - events * mean)).sum();
        let g = self.sums.len() as f64;
        mean / ((g / (g - 1.0) * squares).sqrt() / events)
    }
}

/// (1 + #{|t*| ≥ |t|})/(B + 1).
pub(crate) fn share_as_large(observed: f64, drawn: impl IntoIterator<Item = f64>, draws: usize) -> f64 {
    let bound = observed.abs() * (1.0 - ROUNDING);
    let as_large = drawn.into_iter().filter(|&t| t >= bound).count();
    (1 + as_large) as f64 / (1 + draws) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::significance::test;

    fn sample(draws: usize) -> Sample {
        // Thirteen periods of one to three events.
        let events = (0..13).flat_map(|period| (0..=period % 3).map(move |event| (period, event)));
        let (period, car): (Vec<i32>, Vec<f64>) =
            events.map(|(p, e)| (p, 0.01 * f64::from((p * 7 + e * 3) % 11 - 4))).unzip();
        Sample { car, period, draws: Some(Draws::new(3, "wild", draws)), ..Sample::default() }
    }

    /// With weights of one the statistic is that of the clusters.
    #[test]
    fn weights_of_one_change_nothing() {
        let cell = WildCell::new(&sample(99)).expect("defined");
        assert!((cell.statistic(&vec![1.0; cell.periods.len()]) - cell.observed).abs() < 1e-12);
    }

    /// All 8,192 patterns of signs give the exact p-value; draws come near it.
    #[test]
    fn draws_approach_every_pattern_of_signs() {
        let sample = sample(40_000);
        let cell = WildCell::new(&sample).expect("defined");
        let found = test("bootstrap_wild").expect("registered").evaluate(&sample).expect("defined");
        let signs = |pattern: u32| -> Vec<f64> {
            (0..13).map(|bit| if pattern >> bit & 1 == 0 { 1.0 } else { -1.0 }).collect()
        };
        let large = |&pattern: &u32| cell.statistic(&signs(pattern)).abs() >= found.value.abs() * (1.0 - 1e-10);
        let exact = (0..8192).filter(large).count() as f64 / 8192.0;
        let error = (exact * (1.0 - exact) / 40_000.0).sqrt();
        assert!((found.p_value - exact).abs() < 4.0 * error, "{} against {exact}", found.p_value);
        assert!((0.001..0.9).contains(&exact), "{exact} tells nothing");
    }

    /// Webb's weights have mean zero and variance one, and the signs of Rademacher's.
    #[test]
    fn few_periods_have_six_weights() {
        let draws = Draws::new(1, "webb", 1);
        let periods: Vec<i32> = (0..12).collect();
        let (mut few, mut many) = (Weights::new(&draws, &periods[..11], 0), Weights::new(&draws, &periods, 0));
        let (mut webb, mut rademacher) = (vec![0.0; 11], vec![0.0; 12]);
        let (mut sum, mut squares, mut values) = (0.0, 0.0, std::collections::BTreeSet::new());
        for _ in 0..20_000 {
            few.next(&mut webb);
            many.next(&mut rademacher);
            assert!(webb.iter().zip(&rademacher).all(|(w, r)| w.signum() == *r));
            sum += webb.iter().sum::<f64>();
            squares += webb.iter().map(|w| w * w).sum::<f64>();
            values.extend(webb.iter().map(|w| (w * 1e6) as i64));
        }
        let n = 20_000.0 * 11.0;
        assert!((sum / n).abs() < 0.01 && (squares / n - 1.0).abs() < 0.01, "{sum} and {squares}");
        assert_eq!(values.len(), 6);
    }

    /// A draw is the same wherever one begins, and for a period the same in every sample.
    #[test]
    fn draws_are_common() {
        let sample = sample(1000);
        let cell = WildCell::new(&sample).expect("defined");
        let all = cell.drawn(0..1000);
        assert_eq!([cell.drawn(0..333), cell.drawn(333..1000)].concat(), all);
        let other = Sample { draws: Some(Draws::new(3, "another window", 1000)), ..sample };
        assert_eq!(WildCell::new(&other).expect("defined").drawn(0..1000), all);
        let first: Vec<i32> = (0..5).collect();
        let mut weights = [0.0; 5];
        Weights::new(&Draws::new(3, "wild", 1), &first, 77).next(&mut weights);
        let mut shifted = [0.0; 4];
        Weights::new(&Draws::new(3, "wild", 1), &first[1..], 77).next(&mut shifted);
        assert_eq!(weights[1..], shifted);
    }
}
