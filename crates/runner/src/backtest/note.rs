//! What a manifest says of each strategy.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::StrategyRun;
use crate::finished::Finished;
use crate::performance::luck::Telling;

/// A strategy in a few words.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StrategyNote {
    /// Number.
    pub strategy_id: usize,
    /// As in `[0] surprise_pct, 5 quantiles, day 1 open, 20 sessions, hedge benchmark, size 0.01, 4 bps`.
    pub label: String,
    /// Events that became a lot.
    pub traded: usize,
    /// Events that did not, by reason; with the lots they add up to all of them.
    pub untraded: BTreeMap<String, usize>,
    /// What was left of a unit of equity after the last exit.
    pub equity: Option<f64>,
    /// What its record says.
    #[serde(default)]
    pub telling: Telling,
}

/// The strategies, with what became of the events.
pub fn strategy_notes(finished: &Finished<'_>) -> Vec<StrategyNote> {
    let (Some(backtest), Some(section)) = (&finished.backtest, &finished.study.backtest) else { return Vec::new() };
    let performance = finished.performance.as_ref();
    let note = |(strategy_id, run): (usize, &StrategyRun)| StrategyNote {
        strategy_id,
        label: run.label(section),
        traded: run.traded.lots.len(),
        untraded: backtest.untraded(run),
        equity: run.traded.days.last().map(|day| day.equity),
        telling: performance.map_or(Telling::default(), |found| Telling::of(&found.rows[strategy_id])),
    };
    backtest.strategies.iter().enumerate().map(note).collect()
}
