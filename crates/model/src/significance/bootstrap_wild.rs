//! The wild cluster bootstrap.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

use super::{Needs, Sample, Statistic, TestStatistic, Undefined, t_clustered};

/// `t_clustered` against its distribution when the CARs of every calendar period are multiplied by one random
/// weight, which imposes the null of no mean (Cameron, Gelbach & Miller 2008, §III.C): Rademacher's ±1, or
/// Webb's (2023) six values with fewer than twelve periods. p = (1 + #{|t*| ≥ |t|})/(B + 1).
///
/// A draw needs the sums of the periods only: with S_g = Σ CAR and n_g events in period g,
/// N·mean* = Σ w_g S_g and V* = G/(G − 1)·Σ (w_g S_g − n_g mean*)²/N².
pub(super) struct BootstrapWild;

/// From so many periods on two weights are enough: they make thousands of different draws.
const MANY: usize = 12;

impl TestStatistic for BootstrapWild {
    fn name(&self) -> &'static str {
        "bootstrap_wild"
    }

    fn summary(&self) -> &'static str {
        "t_clustered against random signs of whole periods; assumes independent periods, and hardly rejects with fewer than five"
    }

    fn reference(&self) -> &'static str {
        "Cameron, Gelbach & Miller 2008; Webb 2023"
    }

    fn needs(&self) -> Needs {
        Needs { draws: true, ..Needs::default() }
    }

    fn evaluate(&self, sample: &Sample) -> Result<Statistic, Undefined> {
        let draws = sample.draws.ok_or(Undefined::NotResampled)?;
        let found = t_clustered::TClustered.evaluate(sample)?;
        let periods = periods(sample);
        let mut generator = draws.generator();
        let mut weights = vec![0.0; periods.len()];
        let mut as_large = 1_usize;
        for _ in 0..draws.count {
            draw(&mut generator, &mut weights);
            // Draws that differ by rounding only, such as all signs alike, are as large as the statistic.
            as_large += usize::from(statistic(&periods, &weights).abs() >= found.value.abs() * (1.0 - 1e-10));
        }
        let p_value = as_large as f64 / (draws.count + 1) as f64;
        Ok(Statistic::bootstrap(found.value, p_value, found.events))
    }
}

/// Sum of the CARs and number of events of every period.
fn periods(sample: &Sample) -> Vec<(f64, f64)> {
    let mut sums: BTreeMap<i32, (f64, f64)> = BTreeMap::new();
    for (period, car) in sample.period.iter().zip(&sample.car) {
        let (sum, events) = sums.entry(*period).or_default();
        *sum += car;
        *events += 1.0;
    }
    sums.into_values().collect()
}

/// One weight for every period.
fn draw(generator: &mut ChaCha8Rng, weights: &mut [f64]) {
    if weights.len() >= MANY {
        for signs in weights.chunks_mut(64) {
            let mut bits = generator.next_u64();
            for weight in signs {
                *weight = if bits & 1 == 0 { 1.0 } else { -1.0 };
                bits >>= 1;
            }
        }
        return;
    }
    let (large, small) = (1.5_f64.sqrt(), 0.5_f64.sqrt());
    let values = [-large, -1.0, -small, small, 1.0, large];
    for weight in weights {
        // The high half of the product is uniform over the six to one part in 2³².
        *weight = values[((u64::from(generator.next_u32()) * 6) >> 32) as usize];
    }
}

/// t of the weighted periods; infinite where they leave no variance.
fn statistic(periods: &[(f64, f64)], weights: &[f64]) -> f64 {
    let weighted = || periods.iter().zip(weights).map(|(&(sum, events), weight)| (weight * sum, events));
    let events: f64 = periods.iter().map(|(_, events)| events).sum();
    let mean = weighted().map(|(sum, _)| sum).sum::<f64>() / events;
    let squares: f64 = weighted().map(|(sum, events)| (sum - events * mean) * (sum - events * mean)).sum();
    let g = periods.len() as f64;
    mean / ((g / (g - 1.0) * squares).sqrt() / events)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Draws;

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
        let sample = sample(99);
        let periods = periods(&sample);
        let found = t_clustered::TClustered.evaluate(&sample).expect("defined");
        assert!((statistic(&periods, &vec![1.0; periods.len()]) - found.value).abs() < 1e-12);
    }

    /// All 8,192 patterns of signs give the exact p-value; draws come near it.
    #[test]
    fn draws_approach_every_pattern_of_signs() {
        let sample = sample(40_000);
        let periods = periods(&sample);
        let found = BootstrapWild.evaluate(&sample).expect("defined");
        let signs = |pattern: u32| -> Vec<f64> {
            (0..13).map(|bit| if pattern >> bit & 1 == 0 { 1.0 } else { -1.0 }).collect()
        };
        let large = |&pattern: &u32| statistic(&periods, &signs(pattern)).abs() >= found.value.abs() * (1.0 - 1e-10);
        let exact = (0..8192).filter(large).count() as f64 / 8192.0;
        let error = (exact * (1.0 - exact) / 40_000.0).sqrt();
        assert!((found.p_value - exact).abs() < 4.0 * error, "{} against {exact}", found.p_value);
        assert!((0.001..0.9).contains(&exact), "{exact} tells nothing");
    }

    /// Webb's weights have mean zero and variance one.
    #[test]
    fn few_periods_have_six_weights() {
        let mut generator = Draws::new(1, "webb", 1).generator();
        let mut weights = vec![0.0; 11];
        let (mut sum, mut squares, mut values) = (0.0, 0.0, std::collections::BTreeSet::new());
        for _ in 0..20_000 {
            draw(&mut generator, &mut weights);
            sum += weights.iter().sum::<f64>();
            squares += weights.iter().map(|w| w * w).sum::<f64>();
            values.extend(weights.iter().map(|w| (w * 1e6) as i64));
        }
        let n = 20_000.0 * 11.0;
        assert!((sum / n).abs() < 0.01 && (squares / n - 1.0).abs() < 0.01, "{sum} and {squares}");
        assert_eq!(values.len(), 6);
    }
}
