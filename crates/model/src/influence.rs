//! How much a mean rests on single events and on single periods.

use std::collections::BTreeMap;

use crate::significance::Distribution;

/// What became of a mean and its t when each of several parts was left out in turn.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOut<K> {
    /// The smallest mean, and what was left out.
    pub lowest_mean: (f64, K),
    /// The largest mean.
    pub highest_mean: (f64, K),
    /// The smallest t; without one, no rest has a t.
    pub lowest_t: Option<(f64, K)>,
    /// The largest t.
    pub highest_t: Option<(f64, K)>,
    /// A part without which the mean becomes significant, or is no longer so; of several the one whose rest
    /// has the t that is farthest from the whole.
    pub flips: Option<Flip<K>>,
}

/// A part that decides on significance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flip<K> {
    /// The part.
    pub what: K,
    /// The mean without it.
    pub mean: f64,
    /// The t without it.
    pub t: f64,
}

/// How much a mean rests on single events and periods.
#[derive(Clone, Debug, PartialEq)]
pub struct Influence {
    /// Events.
    pub events: usize,
    /// Their mean.
    pub mean: f64,
    /// √N·mean/sd with divisor N − 1; absent for one event or without variation.
    pub t: Option<f64>,
    /// Leaving out one event at a time; keys are places in the sample. Absent for a single event.
    pub event: Option<LeftOut<usize>>,
    /// Leaving out one period at a time. Absent for a single period.
    pub period: Option<LeftOut<i32>>,
    /// Share of the sum that the five events carry that contribute most in its direction; it exceeds one where
    /// the others together point the other way. Absent for five events or fewer, and without a sum.
    pub top_five: Option<f64>,
}

/// Events in the share of the largest.
pub const TOP: usize = 5;

impl Influence {
    /// The influence of every value and period; significance is at 1 − `confidence`. `None` without a value.
    ///
    /// Leaving out is done by merging what comes before with what comes after, not by taking away: sums of
    /// squares are added only (Chan, Golub & LeVeque 1983, eq. 2.1), so a single value that dwarfs all others
    /// leaves exact rests.
    pub fn new(values: &[f64], periods: &[i32], confidence: f64) -> Option<Self> {
        let each: Vec<Moments> = values.iter().map(|&value| Moments::of(value)).collect();
        let whole = each.iter().fold(Moments::default(), |sum, one| sum.and(one));
        if values.is_empty() {
            return None;
        }
        let mut by_period: BTreeMap<i32, Moments> = BTreeMap::new();
        for (&period, one) in periods.iter().zip(&each) {
            let sum = by_period.entry(period).or_default();
            *sum = sum.and(one);
        }
        let parts: Vec<Moments> = by_period.values().copied().collect();
        let level = 1.0 - confidence;
        Some(Self {
            events: values.len(),
            mean: whole.mean,
            t: whole.t(),
            event: left_out(&whole, &each, (0..values.len()).collect(), level),
            period: left_out(&whole, &parts, by_period.keys().copied().collect(), level),
            top_five: top_share(values),
        })
    }
}

/// Number, mean and sum of squares about the mean.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Moments {
    n: f64,
    mean: f64,
    squares: f64,
    /// Largest size of a value.
    largest: f64,
}

impl Moments {
    fn of(value: f64) -> Self {
        Self { n: 1.0, mean: value, squares: 0.0, largest: value.abs() }
    }

    fn and(&self, other: &Self) -> Self {
        let n = self.n + other.n;
        if n == 0.0 {
            return *self;
        }
        let apart = other.mean - self.mean;
        Self {
            n,
            mean: (self.n * self.mean + other.n * other.mean) / n,
            squares: self.squares + other.squares + apart * apart * self.n * other.n / n,
            largest: self.largest.max(other.largest),
        }
    }

    fn t(&self) -> Option<f64> {
        let deviation = (self.squares / (self.n - 1.0)).sqrt();
        // Equal values may leave a deviation of rounding errors.
        (self.n > 1.0 && deviation > 1e-14 * self.largest).then(|| self.n.sqrt() * self.mean / deviation)
    }

    fn is_significant(&self, level: f64) -> Option<bool> {
        let distribution = Distribution::StudentT { dof: self.n - 1.0 };
        self.t().map(|t| distribution.two_sided(t) < level)
    }
}

/// Leaves each part out in turn; `None` where no part leaves a rest.
fn left_out<K: Copy>(whole: &Moments, parts: &[Moments], keys: Vec<K>, level: f64) -> Option<LeftOut<K>> {
    if parts.len() < 2 {
        return None;
    }
    let mut after = vec![Moments::default(); parts.len()];
    for place in (1..parts.len()).rev() {
        after[place - 1] = parts[place].and(&after[place]);
    }
    let mut before = Moments::default();
    let mut rests = Vec::with_capacity(parts.len());
    for ((part, after), key) in parts.iter().zip(&after).zip(keys) {
        rests.push((before.and(after), key));
        before = before.and(part);
    }
    let means = || rests.iter().map(|&(rest, key)| (rest.mean, key));
    let ts = || rests.iter().filter_map(|&(rest, key)| Some((rest.t()?, key)));
    let flips = whole.t().and_then(|t| {
        let differs =
            |rest: &Moments| rest.is_significant(level).is_some_and(|is| Some(is) != whole.is_significant(level));
        let flipped = rests.iter().filter(|(rest, _)| differs(rest));
        let flips = flipped.filter_map(|&(rest, what)| Some(Flip { what, mean: rest.mean, t: rest.t()? }));
        flips.max_by(|a, b| (a.t - t).abs().total_cmp(&(b.t - t).abs()))
    });
    let lower = |a: &(f64, K), b: &(f64, K)| a.0.total_cmp(&b.0);
    Some(LeftOut {
        lowest_mean: means().min_by(lower)?,
        highest_mean: means().max_by(lower)?,
        lowest_t: ts().min_by(lower),
        highest_t: ts().max_by(lower),
        flips,
    })
}

fn top_share(values: &[f64]) -> Option<f64> {
    let sum: f64 = values.iter().sum();
    if values.len() <= TOP || sum == 0.0 {
        return None;
    }
    let mut contributions: Vec<f64> = values.iter().map(|value| value * sum.signum()).collect();
    contributions.sort_unstable_by(|a, b| b.total_cmp(a));
    Some(contributions[..TOP].iter().sum::<f64>() / sum.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values 1, 2, 3 and 10 in periods 1, 1, 2, 2. Without the 10: mean 2, sd 1, t = 2√3. Without the first
    /// period: mean 6.5, sd 7/√2, t = √2·6.5/(7/√2) = 13/7; without the second: mean 1.5, t = 3.
    #[test]
    fn by_hand() {
        let found = Influence::new(&[1.0, 2.0, 3.0, 10.0], &[1, 1, 2, 2], 0.95).expect("values");
        assert_eq!((found.events, found.mean), (4, 4.0));
        let event = found.event.expect("four events");
        assert_eq!((event.lowest_mean, event.highest_mean), ((2.0, 3), (5.0, 0)));
        let (t, which) = event.highest_t.expect("varied");
        assert!((t - 2.0 * 3.0_f64.sqrt()).abs() < 1e-14 && which == 3);
        let period = found.period.expect("two periods");
        assert_eq!((period.lowest_mean, period.highest_mean), ((1.5, 2), (6.5, 1)));
        let (low, high) = (period.lowest_t.expect("varied"), period.highest_t.expect("varied"));
        assert!((low.0 - 13.0 / 7.0).abs() < 1e-14 && (high.0 - 3.0).abs() < 1e-14, "{low:?} {high:?}");
        assert_eq!(found.top_five, None, "five events or fewer");
    }

    /// A value of 10⁹ among hundredths: the rest is exact, where taking squares away would leave nothing.
    #[test]
    fn one_value_dwarfs_the_others() {
        let rest = [0.01, 0.02, 0.015, 0.03, 0.012, 0.018, 0.022];
        let mut values = rest.to_vec();
        values.insert(3, 1e9);
        let found = Influence::new(&values, &[0; 8], 0.95).expect("values");
        let alone = Influence::new(&rest, &[0; 7], 0.95).expect("values");
        let event = found.event.expect("events");
        assert!((event.highest_t.expect("varied").0 - alone.t.expect("varied")).abs() < 1e-12);
        assert_eq!(event.highest_t.expect("varied").1, 3);
        assert_eq!(event.flips.map(|flip| flip.what), Some(3), "only without it is the mean significant");
        assert!(found.top_five.expect("eight events") > 0.99 && found.period.is_none());
    }

    /// The five largest of 1, …, 10 and −5, …: (10 + 9 + 8 + 7 + 6)/Σ.
    #[test]
    fn the_share_of_five() {
        let values: Vec<f64> = (1..=10).map(f64::from).chain([-5.0]).collect();
        let share = |values: &[f64]| Influence::new(values, &vec![0; values.len()], 0.95).expect("values").top_five;
        assert_eq!(share(&values), Some(40.0 / 50.0));
        let mirrored: Vec<f64> = values.iter().map(|v| -v).collect();
        assert_eq!(share(&mirrored), Some(40.0 / 50.0));
        assert_eq!(share(&[1.0, -1.0, 2.0, -2.0, 3.0, -3.0]), None, "no sum");
    }
}
