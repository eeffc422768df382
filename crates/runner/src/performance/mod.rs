//! What the daily records of strategies say: one row of measures for each, and for the strategy that is chosen
//! anew on past days only.

pub mod luck;
mod measures;
mod regressors;
mod walk;

use std::collections::HashMap;
use std::ops::Range;

use dayzero_model::backtest::{Day, Fill, Lot, Strategy, TooLarge, Traded};
use dayzero_model::longrun::automatic_lags;
use dayzero_model::performance::{Alpha, Drawdown, Sharpe};
use rayon::prelude::*;

use crate::backtest::{Backtested, StrategyRun};
use crate::config::Study;
use crate::config::backtest::Backtest;
use crate::prepare::Ground;
pub use measures::{MEASURES, Value};
use measures::{Measured, Search};
pub use regressors::Regressors;
pub use walk::{Span, Walked};

/// Which record a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A strategy over all days.
    Strategy,
    /// The strategies that were chosen on past days, joined.
    WalkForward,
    /// The best strategy of the whole record, on the days of the walk-forward.
    Hindsight,
}

impl Kind {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Strategy => "strategy",
            Self::WalkForward => "walk_forward",
            Self::Hindsight => "hindsight",
        }
    }
}

/// A row of the table `performance`.
pub struct Row {
    /// Which record.
    pub kind: Kind,
    /// The strategy; none for the walk-forward.
    pub strategy: Option<usize>,
    /// Its days, as places on the timeline.
    pub days: Range<usize>,
    /// Strategies with the same costs, itself among them.
    pub searched: usize,
    /// Its closed lots.
    pub lots: usize,
    /// Lags of the errors that allow for autocorrelation.
    pub lags: usize,
    /// The measures, in the order of [`MEASURES`].
    pub values: Vec<Value>,
    /// The deepest drawdown, by days of the record.
    pub drawdown: Option<Drawdown>,
    /// Coefficients of the benchmarks, where there is a regression.
    pub betas: Vec<f64>,
    /// Coefficients of the factors, where there is a regression.
    pub loadings: Vec<f64>,
}

impl Row {
    /// A measure by its name.
    pub fn value(&self, name: &str) -> Option<f64> {
        let place = MEASURES.iter().position(|measure| measure.name == name)?;
        self.values[place].as_ref().ok().copied()
    }
}

/// The measures of every strategy.
pub struct Performance {
    /// Dates of the timeline in a year of 365.25 civil days.
    pub days_per_year: f64,
    /// What the records are regressed on.
    pub regressors: Regressors,
    /// The strategies in their order; then, where there is a walk-forward, its record and that of hindsight.
    pub rows: Vec<Row>,
    /// The walk-forward, or why there is none; `None` where none is asked for.
    pub walked: Option<Result<Walked, String>>,
}

/// A record to be measured.
struct Case<'a> {
    kind: Kind,
    strategy: Option<usize>,
    first: usize,
    days: &'a [Day],
    lots: Vec<&'a Lot>,
    too_large: Vec<&'a TooLarge>,
    hold_days: usize,
    participation: Option<f64>,
}

/// Measures the strategies.
pub fn performance(study: &Study, ground: Ground<'_>, backtested: &Backtested) -> Option<Performance> {
    let section = study.backtest.as_ref()?;
    let dates = backtested.timeline.dates();
    let first_to_last = f64::from(dates[dates.len() - 1].0 - dates[0].0).max(1.0);
    let days_per_year = dates.len().saturating_sub(1).max(1) as f64 * 365.25 / first_to_last;
    let regressors = Regressors::new(ground, &backtested.timeline);
    let records: Vec<Vec<f64>> =
        backtested.strategies.iter().map(|run| returns(&run.traded.days[backtested.days.clone()])).collect();
    let records: Vec<&[f64]> = records.iter().map(Vec::as_slice).collect();
    let walked = section.walk_forward.map(|spans| walk::walk(backtested, &records, spans));
    let measure = |case: &Case<'_>, search: &Search| row(study, &regressors, days_per_year, case, search);
    let rivals = Rivals::new(section, backtested);
    let searches: Vec<Search> = rivals.groups.iter().map(|group| Search::of(&of_group(group, &records, 0))).collect();
    let strategy =
        |number: usize| measure(&of_strategy(section, backtested, number), &searches[rivals.group_of[number]]);
    let mut rows: Vec<Row> = (0..records.len()).into_par_iter().map(strategy).collect();
    if let Some(Ok(walked)) = &walked {
        let case = of_walk(section, backtested, walked);
        rows.push(measure(&case, &Search::none()));
        let skipped = walked.first - backtested.days.start;
        rows.extend(walked.hindsight.map(|best| {
            let search = Search::of(&of_group(&rivals.groups[rivals.group_of[best]], &records, skipped));
            measure(&of_hindsight(section, backtested, walked, best), &search)
        }));
    }
    Some(Performance { days_per_year, regressors, rows, walked })
}

/// Strategies with the same costs, which are one search. What trading costs is no choice, and a cheap copy of a
/// strategy beats its dear twin on whatever days.
struct Rivals {
    groups: Vec<Vec<usize>>,
    /// The group of every strategy.
    group_of: Vec<usize>,
}

impl Rivals {
    fn new(section: &Backtest, backtested: &Backtested) -> Self {
        let mut known: HashMap<[u64; 5], usize> = HashMap::new();
        let mut found = Self { groups: Vec::new(), group_of: Vec::new() };
        for (number, run) in backtested.strategies.iter().enumerate() {
            let Strategy { costs, limits, .. } = &section.strategies[run.strategy];
            let (share, capital) = limits.participation.unwrap_or((0.0, 0.0));
            let costs = [costs.commission_bps, costs.half_spread_bps, costs.borrow_bps_per_year, share, capital];
            let group = *known.entry(costs.map(f64::to_bits)).or_insert(found.groups.len());
            if group == found.groups.len() {
                found.groups.push(Vec::new());
            }
            found.groups[group].push(number);
            found.group_of.push(group);
        }
        found
    }
}

/// The records of some strategies, without their first days.
fn of_group<'a>(group: &[usize], records: &[&'a [f64]], skipped: usize) -> Vec<&'a [f64]> {
    group.iter().map(|&number| &records[number][skipped..]).collect()
}

fn returns(days: &[Day]) -> Vec<f64> {
    days.iter().map(|day| day.net_return).collect()
}

fn of_strategy<'a>(section: &Backtest, backtested: &'a Backtested, number: usize) -> Case<'a> {
    let run = &backtested.strategies[number];
    let strategy = &section.strategies[run.strategy];
    Case {
        kind: Kind::Strategy,
        strategy: Some(number),
        first: backtested.days.start,
        days: &run.traded.days[backtested.days.clone()],
        lots: run.traded.lots.iter().collect(),
        too_large: run.traded.too_large.iter().collect(),
        hold_days: strategy.exit.hold_days,
        participation: strategy.limits.participation.map(|(share, _)| share),
    }
}

/// Whether an entry lies on some days.
fn on(backtested: &Backtested, days: &Range<usize>, market: usize, entry: &Fill) -> bool {
    days.contains(&backtested.timeline.place(market, entry.day))
}

/// The lots of a strategy that were entered on some days, and those that would have been.
fn entered<'a>(
    backtested: &Backtested,
    run: &'a StrategyRun,
    days: &Range<usize>,
) -> (Vec<&'a Lot>, Vec<&'a TooLarge>) {
    let Traded { lots, too_large, .. } = &run.traded;
    let lots = lots.iter().filter(|lot| on(backtested, days, lot.market, &lot.entry));
    let too_large = too_large.iter().filter(|lot| on(backtested, days, lot.market, &lot.entry));
    (lots.collect(), too_large.collect())
}

fn of_hindsight<'a>(section: &Backtest, backtested: &'a Backtested, walked: &Walked, best: usize) -> Case<'a> {
    let days = walked.first..backtested.days.end;
    let run = &backtested.strategies[best];
    let (lots, too_large) = entered(backtested, run, &days);
    Case {
        kind: Kind::Hindsight,
        first: days.start,
        days: &run.traded.days[days.clone()],
        lots,
        too_large,
        ..of_strategy(section, backtested, best)
    }
}

fn of_walk<'a>(section: &Backtest, backtested: &'a Backtested, walked: &'a Walked) -> Case<'a> {
    let chosen = walked.spans.iter().filter_map(|span| Some((&backtested.strategies[span.strategy?], span)));
    let (lots, too_large): (Vec<_>, Vec<_>) = chosen.map(|(run, span)| entered(backtested, run, &span.test)).unzip();
    let shares = || section.strategies.iter().map(|strategy| strategy.limits.participation.map(|(share, _)| share));
    let first = shares().next().flatten();
    Case {
        kind: Kind::WalkForward,
        strategy: None,
        first: walked.first,
        days: &walked.days,
        lots: lots.concat(),
        too_large: too_large.concat(),
        hold_days: section.strategies.iter().map(|strategy| strategy.exit.hold_days).max().unwrap_or(0),
        participation: first.filter(|_| shares().all(|share| share == first)),
    }
}

fn row(study: &Study, regressors: &Regressors, days_per_year: f64, case: &Case<'_>, search: &Search) -> Row {
    let returns = returns(case.days);
    let days = case.first..case.first + returns.len();
    let lags = automatic_lags(returns.len()).max(case.hold_days);
    let measured = Measured {
        days_per_year,
        lags,
        confidence: study.confidence,
        market: regressors::alpha(&returns, &regressors.benchmarks, days.clone(), lags),
        factors: regressors::alpha(&returns, &regressors.factors, days.clone(), lags),
        search,
        returns: &returns,
        sharpe: Sharpe::of(&returns),
        lots: measures::lots(case),
        activity: measures::activity(case, days_per_year),
        capacity: measures::capacity(case),
    };
    let betas = |alpha: &Result<Alpha, String>| alpha.as_ref().map_or(Vec::new(), |alpha| alpha.betas.clone());
    Row {
        kind: case.kind,
        strategy: case.strategy,
        days,
        searched: search.count,
        lots: case.lots.len(),
        lags,
        values: MEASURES.iter().map(|measure| (measure.of)(&measured)).collect(),
        drawdown: Drawdown::deepest(&returns).ok(),
        betas: betas(&measured.market),
        loadings: betas(&measured.factors),
    }
}
