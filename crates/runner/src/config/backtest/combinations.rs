//! Every combination of the lists is a strategy.

use dayzero_model::backtest::{At, Costs, Enter, Exit, Hedge, Limits, Strategy};

use super::choices::Listed;
use crate::config::raw::{RawAt, RawBacktest, RawCosts, RawEnter, RawHedge};

/// The keys that may be lists, quantiles apart.
pub(super) struct Lists {
    pub(super) enter: Vec<Listed<RawEnter>>,
    pub(super) hold_days: Vec<Listed<usize>>,
    pub(super) hedge: Vec<Listed<RawHedge>>,
    pub(super) size: Vec<Listed<f64>>,
    pub(super) costs: Vec<Listed<RawCosts>>,
}

/// The strategies, in the order of quantiles, entries, holding periods, hedges, sizes and costs. `sides` are the
/// quantiles that are bought and sold for each way to sort.
pub(super) fn strategies(section: &RawBacktest, sides: &[(Vec<u16>, Vec<u16>)], lists: &Lists) -> Vec<Strategy> {
    let mut found = Vec::new();
    for (sort, sides) in sides.iter().enumerate() {
        for enter in &lists.enter {
            for hold_days in &lists.hold_days {
                let sorted = unhedged(section, (sort, sides), &enter.value, hold_days.value);
                for hedge in &lists.hedge {
                    for size in &lists.size {
                        for costs in &lists.costs {
                            let mut strategy = sorted.clone();
                            (strategy.hedge, strategy.size) = (hedge_of(hedge.value), size.value);
                            strategy.costs = costs_of(&costs.value);
                            strategy.limits.participation = costs.value.max_participation.zip(section.capital);
                            found.push(strategy);
                        }
                    }
                }
            }
        }
    }
    found
}

/// A strategy before hedge, size and costs.
fn unhedged(
    section: &RawBacktest,
    (sort, (long, short)): (usize, &(Vec<u16>, Vec<u16>)),
    enter: &RawEnter,
    hold_days: usize,
) -> Strategy {
    Strategy {
        sort,
        long: long.clone(),
        short: short.clone(),
        enter: enter_of(enter),
        exit: Exit {
            hold_days,
            before_next_event: section.exit_before_next_event,
            stop: section.stop,
            target: section.target,
        },
        size: 0.0,
        hedge: Hedge::None,
        limits: Limits {
            gross: section.max_gross,
            name: section.max_name,
            positions: section.max_positions,
            participation: None,
        },
        costs: Costs::default(),
    }
}

fn costs_of(raw: &RawCosts) -> Costs {
    Costs {
        commission_bps: raw.commission_bps,
        half_spread_bps: raw.half_spread_bps,
        borrow_bps_per_year: raw.borrow_bps_per_year,
    }
}

fn enter_of(raw: &RawEnter) -> Enter {
    let at = match raw.at {
        RawAt::Open => At::Open,
        RawAt::Close => At::Close,
    };
    Enter { day: raw.day, at, wait_days: raw.wait_days }
}

fn hedge_of(raw: RawHedge) -> Hedge {
    match raw {
        RawHedge::None => Hedge::None,
        RawHedge::Benchmark => Hedge::Benchmark,
        RawHedge::Beta => Hedge::Beta,
    }
}
