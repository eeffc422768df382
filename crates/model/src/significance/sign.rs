//! The sign test.

use super::{Sample, Statistic, TestStatistic, Undefined, at_least, is_exact};

/// (N⁺ − N/2)/(√N/2), standard normal; up to 25 events with the exact binomial p-value (Arbuthnot 1710;
/// Conover 1999, §3.4). A CAR of exactly zero is not positive.
pub(super) struct Sign;

impl TestStatistic for Sign {
    fn name(&self) -> &'static str {
        "sign"
    }

    fn summary(&self) -> &'static str {
        "share of positive CARs against one half; assumes independent events"
    }

    fn reference(&self) -> &'static str {
        "Conover 1999"
    }

    fn evaluate(&self, sample: &Sample) -> Result<Statistic, Undefined> {
        let events = sample.car.len();
        at_least(1, events)?;
        let positive = sample.car.iter().filter(|&&car| car > 0.0).count();
        let n = events as f64;
        let value = (positive as f64 - n / 2.0) / (n.sqrt() / 2.0);
        Ok(if is_exact(sample, events) {
            Statistic::exact(value, binomial_two_sided(positive, events), events)
        } else {
            Statistic::normal(value, events)
        })
    }
}

/// P of a count at least as far from n/2 as `k`, for n fair tosses.
fn binomial_two_sided(k: usize, n: usize) -> f64 {
    let far = k.max(n - k);
    let mut coefficient = 1.0;
    let mut tail = 0.0;
    // C(n, j) from j = n downwards.
    for j in (far..=n).rev() {
        tail += coefficient;
        coefficient = coefficient * j as f64 / (n - j + 1) as f64;
    }
    (2.0 * tail / 2.0_f64.powi(n as i32)).min(1.0)
}
