//! The skewness-adjusted t-test with critical values from resamples.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

use super::t_skewness::{TSkewness, adjusted};
use super::{Needs, Sample, Statistic, TestStatistic, Undefined, at_least};

/// `t_skewness` against its distribution over resamples of size N/4, drawn with replacement and taken
/// about the mean of the sample (Lyon, Barber & Tsai 1999, §III.B; Sutton 1993). The p-value is twice
/// the smaller tail, each counted with the statistic itself among the draws.
pub(super) struct TSkewnessBootstrap;

/// Smallest sample: its resamples have five events.
const SMALLEST: usize = 20;

impl TestStatistic for TSkewnessBootstrap {
    fn name(&self) -> &'static str {
        "t_skewness_bootstrap"
    }

    fn summary(&self) -> &'static str {
        "t_skewness with critical values from resamples, for long horizons; assumes independent events"
    }

    fn reference(&self) -> &'static str {
        "Lyon, Barber & Tsai 1999"
    }

    fn needs(&self) -> Needs {
        Needs { draws: true, ..Needs::default() }
    }

    fn evaluate(&self, sample: &Sample) -> Result<Statistic, Undefined> {
        at_least(SMALLEST, sample.car.len())?;
        let draws = sample.draws.ok_or(Undefined::NotResampled)?;
        let found = TSkewness.evaluate(sample)?;
        let mean = sample.car.iter().sum::<f64>() / sample.car.len() as f64;
        let about: Vec<f64> = sample.car.iter().map(|x| x - mean).collect();
        let mut generator = draws.generator();
        let (mut below, mut above) = (1_usize, 1_usize);
        for _ in 0..draws.count {
            let drawn = resampled(&about, &mut generator);
            below += usize::from(drawn <= found.value);
            above += usize::from(drawn >= found.value);
        }
        let p_value = (2 * below.min(above)) as f64 / (draws.count + 1) as f64;
        Ok(Statistic::bootstrap(found.value, p_value.min(1.0), found.events))
    }
}

/// The statistic of a resample whose values vary; one whose values are all equal is drawn again.
fn resampled(about: &[f64], generator: &mut ChaCha8Rng) -> f64 {
    let size = about.len() / 4;
    loop {
        let (mut sum, mut squares, mut cubes) = (0.0, 0.0, 0.0);
        for _ in 0..size {
            // The high half of the product is uniform over the events to one part in 2³².
            let place = (u64::from(generator.next_u32()) * about.len() as u64) >> 32;
            let x = about[place as usize];
            sum += x;
            squares += x * x;
            cubes += x * x * x;
        }
        let n = size as f64;
        let mean = sum / n;
        let variance = (squares - n * mean * mean) / (n - 1.0);
        if variance > 1e-12 * squares / n {
            let deviation = variance.sqrt();
            let third = cubes - 3.0 * mean * squares + 2.0 * n * mean * mean * mean;
            return adjusted(n, mean / deviation, third / (deviation * deviation * deviation));
        }
    }
}
