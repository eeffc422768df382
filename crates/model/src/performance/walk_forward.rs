//! Walk-forward selection: chosen on past days only, reported on the days that follow.

use std::ops::Range;

use super::{Sharpe, Undefined, days_of};

/// A choice and the days on which it was held.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The days that were looked at.
    pub train: Range<usize>,
    /// The days that follow, at most `test_days` of them.
    pub test: Range<usize>,
    /// The strategy; none where no strategy has a score on the training days: nothing is held then.
    pub strategy: Option<usize>,
}

/// The record of a strategy that chooses among others.
#[derive(Clone, Debug, PartialEq)]
pub struct WalkForward {
    /// Returns of the chosen strategies on the test days, joined: day `choices[0].test.start` and on. Zero
    /// where nothing is held.
    pub returns: Vec<f64>,
    /// The choices in the order of time. Their test days follow each other without a gap.
    pub choices: Vec<Choice>,
    /// The strategy with the best score over the whole record, which only hindsight knows.
    pub hindsight: Option<usize>,
}

impl WalkForward {
    /// The days of `returns` in the whole record.
    pub fn days(&self) -> Range<usize> {
        self.choices[0].test.start..self.choices[0].test.start + self.returns.len()
    }
}

/// Chooses among strategies, every `test_days` days, the one with the best Sharpe ratio over the
/// `train_days` days before.
///
/// # Errors
/// Those of [`walk_forward_by`].
///
/// # Panics
/// Those of [`walk_forward_by`].
pub fn walk_forward(strategies: &[&[f64]], train_days: usize, test_days: usize) -> Result<WalkForward, Undefined> {
    walk_forward_by(strategies, train_days, test_days, |returns| Sharpe::of(returns).ok().map(|sharpe| sharpe.ratio))
}

/// As [`walk_forward`], with another score, larger for better. It sees the training days and nothing else.
/// The first of equals is chosen; a strategy without a score, or with one that is not finite, is not.
///
/// # Errors
/// No strategies, or no day after the first training days.
///
/// # Panics
/// Records are not of one length, or a span has no days.
pub fn walk_forward_by(
    strategies: &[&[f64]],
    train_days: usize,
    test_days: usize,
    score: impl Fn(&[f64]) -> Option<f64>,
) -> Result<WalkForward, Undefined> {
    assert!(train_days > 0 && test_days > 0, "spans of {train_days} and {test_days} days");
    let days = days_of(strategies);
    if strategies.is_empty() {
        return Err(Undefined::TooFewStrategies { found: 0, needed: 1 });
    }
    if days <= train_days {
        return Err(Undefined::TooFewDays { found: days, needed: train_days + 1 });
    }
    let best = |span: Range<usize>| best_of(strategies.iter().map(|returns| score(&returns[span.clone()])));
    let mut walked = WalkForward { returns: Vec::new(), choices: Vec::new(), hindsight: best(0..days) };
    for start in (train_days..days).step_by(test_days) {
        let (train, test) = (start - train_days..start, start..(start + test_days).min(days));
        let strategy = best(train.clone());
        match strategy {
            Some(strategy) => walked.returns.extend(&strategies[strategy][test.clone()]),
            None => walked.returns.extend(test.clone().map(|_| 0.0)),
        }
        walked.choices.push(Choice { train, test, strategy });
    }
    Ok(walked)
}

fn best_of(scores: impl Iterator<Item = Option<f64>>) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for (strategy, score) in scores.enumerate() {
        if let Some(score) = score.filter(|score| score.is_finite())
            && best.is_none_or(|(_, highest)| score > highest)
        {
            best = Some((strategy, score));
        }
    }
    best.map(|(strategy, _)| strategy)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UP_THEN_DOWN: [f64; 7] = [0.01, 0.02, 0.01, -0.01, -0.02, -0.03, -0.01];
    const DOWN_THEN_UP: [f64; 7] = [-0.01, -0.02, -0.01, 0.03, 0.04, 0.05, 0.06];

    /// Three days to train, two to test: the last test span has one of the seven days less.
    #[test]
    fn by_hand() {
        let found = walk_forward(&[&UP_THEN_DOWN, &DOWN_THEN_UP], 3, 2).expect("defined");
        assert_eq!(found.returns, [-0.01, -0.02, 0.05, 0.06]);
        assert_eq!(found.hindsight, Some(1));
        assert_eq!(found.days(), 3..7);
        let spans: Vec<_> = found.choices.iter().map(|c| (c.train.clone(), c.test.clone(), c.strategy)).collect();
        assert_eq!(spans, [(0..3, 3..5, Some(0)), (2..5, 5..7, Some(1))]);
    }

    /// What happens from a test day on does not change what is chosen for it.
    #[test]
    fn the_future_is_not_seen() {
        let before = walk_forward(&[&UP_THEN_DOWN, &DOWN_THEN_UP], 3, 2).expect("defined");
        let mut changed = DOWN_THEN_UP;
        changed[5..].copy_from_slice(&[-0.9, -0.8]);
        let after = walk_forward(&[&UP_THEN_DOWN, &changed], 3, 2).expect("defined");
        assert_eq!(before.choices, after.choices);
        assert_ne!(before.hindsight, after.hindsight);
    }

    #[test]
    fn nothing_is_held_without_a_score() {
        let found = walk_forward(&[&[0.0; 5]], 3, 2).expect("defined");
        assert_eq!(
            (found.choices[0].strategy, found.returns.as_slice(), found.hindsight),
            (None, [0.0; 2].as_slice(), None)
        );
        assert_eq!(walk_forward(&[&[0.0; 3]], 3, 2), Err(Undefined::TooFewDays { found: 3, needed: 4 }));
        assert_eq!(walk_forward(&[], 3, 2), Err(Undefined::TooFewStrategies { found: 0, needed: 1 }));
    }
}
