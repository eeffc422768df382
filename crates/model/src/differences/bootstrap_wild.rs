//! The wild cluster bootstrap of a difference.

use super::{DifferenceTest, Pair, Sums, by_period, clustered, clustered_error};
use crate::significance::wild::{Weights, share_as_large};
use crate::significance::{Needs, Statistic, Undefined};

/// `difference_clustered` against its distribution when the residuals about the common mean of both groups,
/// which is the null, are multiplied by one random weight per calendar period (Cameron, Gelbach & Miller 2008,
/// §III.C), with the weights of `bootstrap_wild`. p = (1 + #{|t*| ≥ |t|})/(B + 1).
pub(super) struct BootstrapWild;

impl DifferenceTest for BootstrapWild {
    fn name(&self) -> &'static str {
        "difference_bootstrap_wild"
    }

    fn summary(&self) -> &'static str {
        "difference_clustered against random signs of whole periods; assumes independent periods"
    }

    fn reference(&self) -> &'static str {
        "Cameron, Gelbach & Miller 2008; Webb 2023"
    }

    fn needs(&self) -> Needs {
        Needs { draws: true, ..Needs::default() }
    }

    fn evaluate(&self, pair: &Pair) -> Result<Statistic, Undefined> {
        let draws = pair.first.draws.ok_or(Undefined::NotResampled)?;
        let (value, _) = clustered::statistic(pair)?;
        let cars = || pair.first.car.iter().chain(&pair.second.car);
        let common = cars().sum::<f64>() / pair.events() as f64;
        let (periods, sums): (Vec<i32>, Vec<Sums>) = by_period(pair, common)?.into_iter().unzip();
        let mut source = Weights::new(&draws, &periods, 0);
        let (mut weights, mut weighted) = (vec![0.0; periods.len()], sums.clone());
        let drawn = (0..draws.count).map(|_| {
            source.next(&mut weights);
            for ((weighted, sums), weight) in weighted.iter_mut().zip(&sums).zip(&weights) {
                weighted.first.1 = weight * sums.first.1;
                weighted.second.1 = weight * sums.second.1;
            }
            let (difference, error) = clustered_error(&weighted);
            (difference / error).abs()
        });
        let p_value = share_as_large(value, drawn, draws.count);
        Ok(Statistic::bootstrap(value, p_value, pair.events()))
    }
}
