//! What a summary says of the records: the most telling numbers, and a sentence on luck.

use serde::{Deserialize, Serialize};

use super::{Kind, Performance, Row};
use crate::config::Study;

/// The most telling numbers of a record; absent where they have no value.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Telling {
    /// Compounded return of a year.
    pub annual_return: Option<f64>,
    /// Sharpe ratio of a year.
    pub sharpe: Option<f64>,
    /// Its standard error, for autocorrelated returns.
    pub sharpe_se: Option<f64>,
    /// Deepest fall from a peak.
    pub max_drawdown: Option<f64>,
    /// Newey-West t of the return beside the benchmarks.
    pub alpha_t: Option<f64>,
    /// One less the p-value of the Sharpe ratio as the best of all.
    pub selected: Option<f64>,
}

impl Telling {
    /// Those of a row.
    pub fn of(row: &Row) -> Self {
        Self {
            annual_return: row.value("annual_return"),
            sharpe: row.value("sharpe"),
            sharpe_se: row.value("sharpe_se_robust"),
            max_drawdown: row.value("max_drawdown"),
            alpha_t: row.value("alpha_t"),
            selected: row.value("selected"),
        }
    }
}

/// Sentences on what luck alone would have found.
pub fn sentences(study: &Study, performance: &Performance) -> Vec<String> {
    let mut said: Vec<String> = best(study, performance).into_iter().collect();
    match &performance.walked {
        Some(Ok(_)) => said.extend(walked(study, performance)),
        Some(Err(reason)) => said.push(format!("walk_forward: {reason}")),
        None => {}
    }
    said
}

fn best(study: &Study, performance: &Performance) -> Option<String> {
    let strategies = || performance.rows.iter().filter(|row| row.kind == Kind::Strategy);
    let ranked = strategies().filter_map(|row| Some((row.value("sharpe")?, row)));
    let (sharpe, row) = ranked.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    let (number, selected) = (row.strategy?, row.value("selected")?);
    let count = row.searched;
    if sharpe <= 0.0 {
        return Some(format!(
            "no Sharpe ratio is above zero: nothing was earned, by luck or otherwise ({count} strategies)"
        ));
    }
    let p = 1.0 - selected;
    let verdict =
        if p < 1.0 - study.confidence { "luck alone rarely does that" } else { "luck alone may have done that" };
    if count == 1 {
        return Some(format!(
            "a strategy without skill has a Sharpe ratio of {sharpe:.2} or more in {:.1} % of such records: {verdict}",
            100.0 * p
        ));
    }
    let overfitting = row.value("overfitting").map_or(String::new(), |probability| {
        format!(
            "; the best of half of the days is in the lower half on the others in {:.0} % of splits",
            100.0 * probability
        )
    });
    Some(format!(
        "strategy {number} is the best of {count}, which are about {:.1} independent ones: without skill in any, the best \
         has a Sharpe ratio of {sharpe:.2} or more in {:.1} % of searches: {verdict}{overfitting}",
        row.value("trials")?,
        100.0 * p
    ))
}

fn walked(study: &Study, performance: &Performance) -> Option<String> {
    let spans = study.backtest.as_ref()?.walk_forward?;
    let sharpe = |kind: Kind| {
        let row = performance.rows.iter().find(|row| row.kind == kind);
        row.and_then(|row| row.value("sharpe")).map_or("no Sharpe ratio".into(), |ratio| format!("{ratio:.2}"))
    };
    Some(format!(
        "chosen on the {} days before, every {} days: a Sharpe ratio of {}, against {} of the strategy that hindsight \
         would have chosen for the same days",
        spans.train_days,
        spans.test_days,
        sharpe(Kind::WalkForward),
        sharpe(Kind::Hindsight)
    ))
}
