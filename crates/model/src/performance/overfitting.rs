//! The probability of backtest overfitting, by combinatorially symmetric cross-validation.

use super::moments::mean;
use super::undefined::finite;
use super::{Undefined, days_of};

/// Most blocks: C(20, 10) = 184 756 splits.
const MOST_BLOCKS: usize = 20;
/// A variance below this share of the mean square is rounding.
const CONSTANT: f64 = 1e-12;

/// What becomes, out of sample, of the strategy that is best in sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Overfitting {
    /// Share of splits with a logit of at most zero, where the best in sample is in the lower half.
    pub probability: f64,
    /// ln(ω/(1 − ω)) of each split, with ω the rank out of sample of the best in sample, from 1 for the
    /// worst, by N + 1. Equals share the mean of their ranks.
    pub logits: Vec<f64>,
    /// Share of splits in which the best in sample has a negative Sharpe ratio out of sample.
    pub loss: f64,
    /// Slope of the Sharpe ratio out of sample on that in sample, over the splits; none where the latter
    /// does not vary.
    pub degradation: Option<f64>,
    /// Days used: the first few are left out where the blocks do not divide the record.
    pub days: usize,
}

/// Cuts the days into `blocks` blocks of one length. Each half of them in turn is the sample, from which the
/// strategy with the best Sharpe ratio is chosen, the first of equals; the other half says what became of
/// it, for all C(S, S/2) splits (Bailey, Borwein, López de Prado & Zhu 2017). A strategy
/// that does not vary over a half has a ratio of zero there.
///
/// Sums of r and r² by block make a split cost N additions for each of S/2 blocks, whatever the days.
///
/// # Errors
/// Fewer than two strategies; blocks that are odd in number, fewer than two, more than twenty or shorter
/// than two days; returns that are not finite.
///
/// # Panics
/// Records are not of one length.
pub fn overfitting(strategies: &[&[f64]], blocks: usize) -> Result<Overfitting, Undefined> {
    let (days, n) = (days_of(strategies), strategies.len());
    if n < 2 {
        return Err(Undefined::TooFewStrategies { found: n, needed: 2 });
    }
    if blocks < 2 || !blocks.is_multiple_of(2) || blocks > MOST_BLOCKS || days < 2 * blocks {
        return Err(Undefined::Blocks { blocks });
    }
    let sums = BlockSums::of(strategies, days, blocks)?;
    let mut found = Splits::default();
    let (mut inside, mut outside) = (vec![0.0; n], vec![0.0; n]);
    for mask in 0..1_u32 << blocks {
        if mask.count_ones() as usize * 2 == blocks {
            sums.ratios(mask, &mut inside);
            sums.ratios(!mask, &mut outside);
            found.add(&inside, &outside);
        }
    }
    found.finish(sums.length * blocks)
}

/// Σr and Σr² of each block and strategy, block after block.
struct BlockSums {
    sums: Vec<(f64, f64)>,
    strategies: usize,
    blocks: usize,
    /// Days of a block.
    length: usize,
}

impl BlockSums {
    fn of(strategies: &[&[f64]], days: usize, blocks: usize) -> Result<Self, Undefined> {
        let length = days / blocks;
        let first = days - length * blocks;
        let mut sums = Vec::with_capacity(blocks * strategies.len());
        for block in 0..blocks {
            for returns in strategies {
                let part = &returns[first + block * length..][..length];
                let sum = finite(part.iter().sum())?;
                sums.push((sum, finite(part.iter().map(|r| r * r).sum())?));
            }
        }
        Ok(Self { sums, strategies: strategies.len(), blocks, length })
    }

    /// The Sharpe ratios of a day over the blocks of the mask.
    fn ratios(&self, mask: u32, ratios: &mut [f64]) {
        let mut totals = vec![(0.0, 0.0); self.strategies];
        for block in (0..self.blocks).filter(|block| mask >> block & 1 == 1) {
            let sums = &self.sums[block * self.strategies..][..self.strategies];
            for ((total, squares), (sum, square)) in totals.iter_mut().zip(sums) {
                *total += sum;
                *squares += square;
            }
        }
        let days = (self.length * self.blocks / 2) as f64;
        for (ratio, (total, squares)) in ratios.iter_mut().zip(totals) {
            let rest = squares - total * total / days;
            *ratio = if rest > CONSTANT * squares { total / days / (rest / (days - 1.0)).sqrt() } else { 0.0 };
        }
    }
}

/// What every split found.
#[derive(Default)]
struct Splits {
    logits: Vec<f64>,
    inside: Vec<f64>,
    outside: Vec<f64>,
}

impl Splits {
    fn add(&mut self, inside: &[f64], outside: &[f64]) {
        let best = (1..inside.len()).fold(0, |best, i| if inside[i] > inside[best] { i } else { best });
        let chosen = outside[best];
        let below = outside.iter().filter(|&&other| other < chosen).count() as f64;
        let equal = outside.iter().filter(|&&other| other == chosen).count() as f64;
        let rank = below + 0.5 * (equal + 1.0);
        self.logits.push(libm::log(rank / (outside.len() as f64 + 1.0 - rank)));
        self.inside.push(inside[best]);
        self.outside.push(chosen);
    }

    fn finish(self, days: usize) -> Result<Overfitting, Undefined> {
        let splits = self.logits.len() as f64;
        let (x, y) = (mean(&self.inside), mean(&self.outside));
        let products: f64 = self.inside.iter().zip(&self.outside).map(|(a, b)| (a - x) * (b - y)).sum();
        let squares: f64 = self.inside.iter().map(|a| (a - x) * (a - x)).sum();
        Ok(Overfitting {
            probability: self.logits.iter().filter(|&&logit| logit <= 0.0).count() as f64 / splits,
            loss: self.outside.iter().filter(|&&ratio| ratio < 0.0).count() as f64 / splits,
            degradation: (squares > 0.0).then(|| finite(products / squares)).transpose()?,
            logits: self.logits,
            days,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two blocks: the best of one half is the worst of the other, in both splits.
    #[test]
    fn by_hand() {
        let one = [0.02, 0.01, -0.02, -0.01];
        let other = [-0.02, -0.01, 0.02, 0.01];
        let found = overfitting(&[&one, &other], 2).expect("defined");
        assert_eq!((found.probability, found.loss, found.days), (1.0, 1.0, 4));
        assert!(found.logits.iter().all(|logit| (logit + 2.0_f64.ln()).abs() < 1e-15), "{:?}", found.logits);
        // A strategy that earns in both halves is the best in both; a flat one has a ratio of zero.
        let good = [0.02, 0.01, 0.02, 0.01];
        let found = overfitting(&[&good, &[0.0; 4], &other], 2).expect("defined");
        assert_eq!((found.probability, found.loss), (0.0, 0.0));
    }

    #[test]
    fn splits_are_all_there_and_odd_days_are_dropped() {
        let series = |k: usize| (0..43).map(|t| ((t * (7 + k) % 11) as f64 - 5.0) / 100.0).collect::<Vec<_>>();
        let all: Vec<Vec<f64>> = (0..5).map(series).collect();
        let all: Vec<&[f64]> = all.iter().map(Vec::as_slice).collect();
        let found = overfitting(&all, 8).expect("defined");
        assert_eq!((found.logits.len(), found.days), (70, 40));
        for blocks in [0, 1, 7, 22] {
            assert_eq!(overfitting(&all, blocks), Err(Undefined::Blocks { blocks }));
        }
        assert_eq!(overfitting(&all[..1], 8), Err(Undefined::TooFewStrategies { found: 1, needed: 2 }));
    }
}
