//! The events traded as strategies: the record is made once, decisions once per specification, and the
//! strategies run in parallel.

mod clock;
mod columns;
mod figures;
mod ground;
pub mod note;

use std::collections::BTreeMap;
use std::ops::Range;

use dayzero_model::backtest::{Decisions, Moment, Strategy, Timeline, Traded, decide, run};
use dayzero_model::results::Results;
use dayzero_model::{Outcome, backtest};
use rayon::prelude::*;

use crate::config::Study;
use crate::config::backtest::Backtest;
use crate::prepare::Ground;
pub use columns::check_columns;
use ground::Grounds;

/// The strategies of a study, traded.
pub struct Backtested {
    /// The dates on which any market was open.
    pub timeline: Timeline,
    /// The strategies, in the order of specifications, quantiles, entries, holding periods, hedges, sizes and costs.
    pub strategies: Vec<StrategyRun>,
    /// Places on the timeline of the dates from the first entry to the last exit of all strategies.
    pub days: Range<usize>,
    /// Input events that cannot be traded at all, by outcome.
    pub excluded: BTreeMap<Outcome, usize>,
    /// When every candidate was surely known.
    pub known: Vec<Moment>,
}

/// A strategy and what it did.
pub struct StrategyRun {
    /// The specification whose estimates it takes, where it takes any.
    pub specification: Option<usize>,
    /// Its place among the strategies of a specification.
    pub strategy: usize,
    /// What it did.
    pub traded: Traded,
}

/// The events, traded; `None` without a `[backtest]`.
pub fn backtest(study: &Study, ground: Ground<'_>, results: &[Results]) -> Option<Backtested> {
    let section = study.backtest.as_ref()?;
    let panel = &ground.loaded.assembled.panel;
    let timeline = Timeline::new(&panel.markets);
    let grounds = Grounds::new(study, section, ground);
    let specifications: Vec<Option<usize>> = match section.per_specification {
        true => (0..study.specifications.len()).map(Some).collect(),
        false => vec![None],
    };
    let decided: Vec<Decisions> = specifications
        .par_iter()
        .map(|&specification| decide(&grounds.record(specification, results), &section.rule))
        .collect();
    let one = |task: usize| {
        let (place, strategy) = (task / section.strategies.len(), task % section.strategies.len());
        let record = grounds.record(specifications[place], results);
        let traded = run(&record, &timeline, &decided[place], &section.strategies[strategy]);
        StrategyRun { specification: specifications[place], strategy, traded }
    };
    let tasks = specifications.len() * section.strategies.len();
    let strategies: Vec<StrategyRun> = (0..tasks).into_par_iter().map(one).collect();
    let days = days(&timeline, &strategies);
    let mut excluded = BTreeMap::new();
    for outcome in ground.ledger.exclusions() {
        *excluded.entry(outcome).or_default() += 1;
    }
    let known = grounds.facts.announcements.iter().map(|announcement| announcement.known).collect();
    Some(Backtested { timeline, strategies, days, excluded, known })
}

/// From the first entry to the last exit.
fn days(timeline: &Timeline, strategies: &[StrategyRun]) -> Range<usize> {
    let lots = || strategies.iter().flat_map(|run| &run.traded.lots);
    let first = lots().map(|lot| timeline.place(lot.market, lot.entry.day)).min();
    let last = lots().map(|lot| timeline.place(lot.market, lot.exit.day)).max();
    first.zip(last).map_or(0..0, |(first, last)| first..last + 1)
}

impl StrategyRun {
    /// The keys that may be listed, in a few words.
    pub fn label(&self, section: &Backtest) -> String {
        let Strategy { sort, enter, exit, hedge, size, costs, .. } = &section.strategies[self.strategy];
        let specification = self.specification.map_or(String::new(), |number| format!("[{number}] "));
        format!(
            "{specification}{}, {} quantiles, day {} {}, {} sessions, hedge {}, size {size}, {} bps",
            section.signals.join(" and "),
            section.rule.sort.counts()[*sort],
            enter.day,
            enter.at.name(),
            exit.hold_days,
            hedge.name(),
            costs.commission_bps + costs.half_spread_bps
        )
    }
}

impl Backtested {
    /// Input events that a strategy did not trade, by reason; with its lots they add up to all of them.
    pub fn untraded(&self, run: &StrategyRun) -> BTreeMap<String, usize> {
        let excluded = self.excluded.iter().map(|(outcome, &count)| (outcome.code().to_owned(), count));
        excluded.chain(run.traded.untraded.iter().map(|(why, count)| (why.code().to_owned(), *count))).collect()
    }
}

/// Every reason why a candidate is not traded.
pub fn reasons() -> impl Iterator<Item = backtest::Untraded> {
    backtest::Untraded::ALL.iter().copied()
}
