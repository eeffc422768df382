//! The rank-sum test.

use super::{DifferenceTest, Pair, each_at_least};
use crate::significance::{Statistic, Undefined, is_exact};

/// (U − n₁n₂/2)/√(n₁n₂/12·(n + 1 − Σ(t³ − t)/(n(n − 1)))), U the pairs in which the CAR of the first group is the
/// larger one, ties half; standard normal without continuity correction, up to 25 events without ties with
/// the exact p-value (Wilcoxon 1945; Mann & Whitney 1947; Conover 1999, §5.1).
pub(super) struct RankSum;

impl DifferenceTest for RankSum {
    fn name(&self) -> &'static str {
        "difference_rank_sum"
    }

    fn summary(&self) -> &'static str {
        "ranks of the CARs of one group among those of both; assumes independent events"
    }

    fn reference(&self) -> &'static str {
        "Wilcoxon 1945; Mann & Whitney 1947"
    }

    fn evaluate(&self, pair: &Pair) -> Result<Statistic, Undefined> {
        let (first, second) = (pair.first.car.len(), pair.second.car.len());
        each_at_least(1, first, second)?;
        let mut cars: Vec<(f64, bool)> = pair.first.car.iter().map(|&car| (car, true)).collect();
        cars.extend(pair.second.car.iter().map(|&car| (car, false)));
        cars.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut ranks, mut ties, mut below) = (0.0, 0.0, 0.0);
        for tied in cars.chunk_by(|a, b| a.0 == b.0) {
            let t = tied.len() as f64;
            ranks += (below + (t + 1.0) / 2.0) * tied.iter().filter(|(_, of_first)| *of_first).count() as f64;
            ties += t * t * t - t;
            below += t;
        }
        let (n_1, n_2, n) = (first as f64, second as f64, below);
        let u = ranks - n_1 * (n_1 + 1.0) / 2.0;
        let variance = n_1 * n_2 / 12.0 * (n + 1.0 - ties / (n * (n - 1.0)));
        if variance <= 0.0 {
            return Err(Undefined::ZeroVariance);
        }
        let value = (u - n_1 * n_2 / 2.0) / variance.sqrt();
        Ok(if ties == 0.0 && is_exact(&pair.first, pair.events()) {
            Statistic::exact(value, exact_two_sided(u as usize, first, second), pair.events())
        } else {
            Statistic::normal(value, pair.events())
        })
    }
}

/// P of a U at least as far from its mean as `u`, over all assignments of the ranks to two groups: the number of
/// them with each U, by the recursion of Mann & Whitney (1947) on the largest value.
fn exact_two_sided(u: usize, first: usize, second: usize) -> f64 {
    let most = first * second;
    // ways[n][u]: assignments of n values of the first group among those of the second that were added so far.
    let mut ways = vec![vec![0.0_f64; most + 1]; first + 1];
    ways.iter_mut().for_each(|row| row[0] = 1.0);
    for added in 1..=second {
        for n in 1..=first {
            // The largest value is of the first group and beats all `added`, or it is of the second.
            for u in (added..=most).rev() {
                let with = ways[n - 1][u - added];
                ways[n][u] += with;
            }
        }
    }
    let far = u.max(most - u);
    let tail: f64 = ways[first][far..].iter().sum();
    (2.0 * tail / ways[first].iter().sum::<f64>()).min(1.0)
}
