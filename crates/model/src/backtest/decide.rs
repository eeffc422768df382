//! Decisions: every event judged once, at the moment when its signals are known.

use super::earlier::Earlier;
use super::history::History;
use super::moment::Moment;
use super::reason::Untraded;
use super::record::Record;
use super::signal::Signal;
use crate::significance::mean_and_deviation;

/// How events are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sort {
    /// By the sign of the signal: quantile 1 below zero, 2 above, none at zero.
    Sign,
    /// By the quantile of each signal among those decided strictly earlier, within the lookback.
    Quantiles {
        /// Numbers of quantiles, one for each way to sort.
        counts: Vec<usize>,
        /// Civil days before the decision.
        lookback_days: u32,
        /// Fewest earlier signals.
        minimum: usize,
    },
}

impl Sort {
    /// Numbers of quantiles, one for each way to sort.
    pub fn counts(&self) -> &[usize] {
        match self {
            Self::Sign => &[2],
            Self::Quantiles { counts, .. } => counts,
        }
    }
}

/// What the weight of a lot is proportional to. It is relative to the median among the earlier decisions
/// within the lookback, so that a lot like most others has the strategy's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighting {
    /// All alike.
    Equal,
    /// One over the standard deviation of so many daily returns before the decision.
    InverseVolatility {
        /// Most returns; at least half of them must be there.
        days: usize,
    },
    /// The size of the first signal.
    Signal,
    /// One over the estimated beta: every lot moves as much with the market, so long and short cancel.
    BetaNeutral,
}

/// How every event is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What it is judged by: one signal, or two. With two, both must lie in a quantile that is traded.
    pub signals: Vec<Signal>,
    /// How events are told apart.
    pub sort: Sort,
    /// What weights are proportional to.
    pub weighting: Weighting,
    /// Trading days before the decision over whose traded value is averaged.
    pub volume_days: usize,
}

/// An event, judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// When.
    pub at: Moment,
    /// The signals.
    pub signals: [Option<f64>; 2],
    /// The weight relative to others; absent where it cannot be computed.
    pub weight: Option<f64>,
    /// The estimated beta, where there is one.
    pub beta: Option<f64>,
    /// The average traded value per day, where volumes are known.
    pub traded_value: Option<f64>,
}

/// Every event, judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Decisions {
    /// By announcement.
    pub decisions: Vec<Result<Decision, Untraded>>,
    /// By way to sort and announcement, the quantiles of the signals; absent with too few earlier ones.
    pub quantiles: Vec<Vec<Option<[Option<u16>; 2]>>>,
}

impl Rule {
    /// The moment at which an event is judged: when all its signals can be known.
    fn due(&self, record: &Record<'_>, event: usize) -> Option<Moment> {
        self.signals.iter().map(|signal| signal.due(record, event)).try_fold(Moment(i64::MIN), |a, b| Some(a.max(b?)))
    }

    /// Judges an event by what is known.
    ///
    /// # Errors
    /// A signal is missing, with the reason.
    pub fn decide(&self, history: &History<'_>, event: usize, security: usize) -> Result<Decision, Untraded> {
        let mut signals = [None; 2];
        for (value, signal) in signals.iter_mut().zip(&self.signals) {
            *value = Some(signal.value(history, event)?);
        }
        Ok(Decision {
            at: history.now(),
            signals,
            weight: self.raw_weight(history, event, security, signals[0]),
            beta: history.beta(event),
            traded_value: average_value(history.traded_values(security), self.volume_days),
        })
    }

    fn raw_weight(&self, history: &History<'_>, event: usize, security: usize, signal: Option<f64>) -> Option<f64> {
        let weight = match self.weighting {
            Weighting::Equal => 1.0,
            Weighting::InverseVolatility { days } => 1.0 / volatility(history.closes(security), days)?,
            Weighting::Signal => signal?.abs(),
            Weighting::BetaNeutral => 1.0 / history.beta(event)?,
        };
        (weight.is_finite() && weight > 0.0).then_some(weight)
    }

    /// The weight relative to the median of earlier ones.
    fn relative(&self, history: &History<'_>, weight: f64) -> Option<f64> {
        match self.weighting {
            Weighting::Equal => Some(1.0),
            _ => history.earlier(self.signals.len()).breakpoint(1, 2).map(|median| weight / median),
        }
    }

    /// The quantiles of the signals, sorted in one way.
    fn quantiles(&self, history: &History<'_>, signals: [Option<f64>; 2], count: usize) -> Option<[Option<u16>; 2]> {
        let mut found = [None; 2];
        for (j, signal) in signals.iter().enumerate() {
            let Some(signal) = *signal else { continue };
            found[j] = match self.sort {
                Sort::Sign => Some(if signal > 0.0 { 2 } else { u16::from(signal < 0.0) }),
                Sort::Quantiles { minimum, .. } => {
                    let earlier = history.earlier(j);
                    let enough = earlier.len() >= minimum.max(1);
                    Some(earlier.quantile(signal, count).filter(|_| enough)? as u16)
                }
            };
        }
        Some(found)
    }

    fn lookback_days(&self) -> u32 {
        match self.sort {
            Sort::Sign => 0,
            Sort::Quantiles { lookback_days, .. } => lookback_days,
        }
    }
}

/// Judges every event, in the order of time, each by its own history.
pub fn decide(record: &Record<'_>, rule: &Rule) -> Decisions {
    let events = record.announcements.len();
    let counts = rule.sort.counts();
    let mut found = Decisions {
        decisions: vec![Err(Untraded::BeyondData); events],
        quantiles: vec![vec![None; events]; counts.len()],
    };
    let due = |event: usize| rule.due(record, event).map(|moment| (moment, event));
    let mut order: Vec<(Moment, usize)> = (0..events).filter_map(due).collect();
    order.sort_unstable();
    let mut earlier = vec![Earlier::default(); rule.signals.len() + 1];
    let mut raw: Vec<Option<f64>> = vec![None; events];
    let (mut entering, mut leaving) = (0, 0);
    for &(now, event) in &order {
        while order[entering].0 < now {
            each_value(&found, &raw, order[entering].1, |j, value| earlier[j].insert(value));
            entering += 1;
        }
        let start = now.days_before(rule.lookback_days());
        while leaving < entering && order[leaving].0 < start {
            each_value(&found, &raw, order[leaving].1, |j, value| earlier[j].remove(value));
            leaving += 1;
        }
        let history = History::new(record, now, &earlier);
        let decision = rule.decide(&history, event, record.announcements[event].security);
        found.decisions[event] = decision.map(|decision| {
            raw[event] = decision.weight;
            let weight = decision.weight.and_then(|weight| rule.relative(&history, weight));
            for (quantiles, &count) in found.quantiles.iter_mut().zip(counts) {
                quantiles[event] = rule.quantiles(&history, decision.signals, count);
            }
            Decision { weight, ..decision }
        });
    }
    found
}

/// The signals of an event, then its raw weight, each with the place of its window.
fn each_value(found: &Decisions, raw: &[Option<f64>], event: usize, mut visit: impl FnMut(usize, f64)) {
    let Ok(decision) = &found.decisions[event] else { return };
    let signals = decision.signals.iter().flatten().count();
    decision.signals.iter().flatten().enumerate().for_each(|(j, &value)| visit(j, value));
    raw[event].iter().for_each(|&value| visit(signals, value));
}

/// Standard deviation of the last daily returns; at least half of the days must have one.
fn volatility(closes: &[f64], days: usize) -> Option<f64> {
    let recent = &closes[closes.len().saturating_sub(days + 1)..];
    let returns: Vec<f64> = recent.windows(2).map(|pair| pair[1] / pair[0] - 1.0).filter(|r| r.is_finite()).collect();
    let enough = returns.len() >= 2 && 2 * returns.len() >= days;
    enough.then(|| mean_and_deviation(&returns).1).filter(|&deviation| deviation > 0.0)
}

/// Mean of the last days' traded values; a day without a price counts as one without trade.
fn average_value(values: &[f64], days: usize) -> Option<f64> {
    let recent = &values[values.len().saturating_sub(days)..];
    let traded: f64 = recent.iter().filter(|value| value.is_finite()).sum();
    (!recent.is_empty()).then(|| traded / recent.len() as f64)
}
