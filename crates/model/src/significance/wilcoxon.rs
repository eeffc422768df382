//! The signed-rank test.

use super::{Sample, Statistic, TestStatistic, Undefined, at_least, is_exact};

/// (W⁺ − N(N + 1)/4)/√(N(N + 1)(2N + 1)/24 − Σ(t³ − t)/48), W⁺ the sum of the ranks of |CAR| over the
/// positive ones, midranks for ties, no continuity correction; standard normal, up to 25 events without
/// ties with the exact p-value (Wilcoxon 1945; Conover 1999, §5.7). A CAR of zero is not positive.
pub(super) struct Wilcoxon;

impl TestStatistic for Wilcoxon {
    fn name(&self) -> &'static str {
        "wilcoxon"
    }

    fn summary(&self) -> &'static str {
        "ranks of positive CARs by size; assumes independent events and symmetry"
    }

    fn reference(&self) -> &'static str {
        "Wilcoxon 1945"
    }

    fn evaluate(&self, sample: &Sample) -> Result<Statistic, Undefined> {
        let events = sample.car.len();
        at_least(1, events)?;
        let mut order: Vec<&f64> = sample.car.iter().collect();
        order.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
        let (mut positive_ranks, mut ties, mut rank) = (0.0, 0.0, 0.0);
        for tied in order.chunk_by(|a, b| a.abs() == b.abs()) {
            let t = tied.len() as f64;
            let midrank = rank + (t + 1.0) / 2.0;
            positive_ranks += midrank * tied.iter().filter(|&&&car| car > 0.0).count() as f64;
            ties += t * t * t - t;
            rank += t;
        }
        let n = events as f64;
        let variance = n * (n + 1.0) * (2.0 * n + 1.0) / 24.0 - ties / 48.0;
        let value = (positive_ranks - n * (n + 1.0) / 4.0) / variance.sqrt();
        let untied = ties == 0.0 && *order[0] != 0.0;
        Ok(if untied && is_exact(sample, events) {
            Statistic::exact(value, exact_two_sided(positive_ranks as usize, events), events)
        } else {
            Statistic::normal(value, events)
        })
    }
}

/// P of a rank sum at least as far from its mean as `w`, over all 2ᴺ assignments of signs to the ranks.
fn exact_two_sided(w: usize, n: usize) -> f64 {
    let most = n * (n + 1) / 2;
    let mut ways = vec![0.0_f64; most + 1];
    ways[0] = 1.0;
    for rank in 1..=n {
        for sum in (rank..=most).rev() {
            ways[sum] += ways[sum - rank];
        }
    }
    let far = w.max(most - w);
    let tail: f64 = ways[far..].iter().sum();
    (2.0 * tail / 2.0_f64.powi(n as i32)).min(1.0)
}
