//! A strategy, and what it did.

use super::book::Book;
use super::decide::{Decision, Decisions};
use super::lot::{Day, Lot, TooLarge};
use super::moment::{Moment, Timeline};
use super::plan::{Enter, Exit, Planned, plan};
use super::reason::{CappedBy, Untraded};
use super::record::Record;
use crate::Maybe;

/// How a strategy protects itself from the market, lot by lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hedge {
    /// Not at all.
    None,
    /// The benchmark of the lot's market, of the same value and the other side.
    Benchmark,
    /// The same, times the beta that was estimated before the event.
    Beta,
}

impl Hedge {
    /// The name in configurations and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Benchmark => "benchmark",
            Self::Beta => "beta",
        }
    }
}

/// What trading costs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Costs {
    /// Commission per side, in basis points of the value traded.
    pub commission_bps: f64,
    /// Half of the spread between bid and ask per side, in basis points of the value traded.
    pub half_spread_bps: f64,
    /// Borrowing of short lots per year, in basis points of their value.
    pub borrow_bps_per_year: f64,
}

impl Costs {
    /// Costs of one side as a decimal of the value traded.
    pub fn per_side(&self) -> f64 {
        (self.commission_bps + self.half_spread_bps) / 1e4
    }

    /// Borrowing for some civil days as a decimal of the value.
    pub fn borrow(&self, days: i32) -> f64 {
        self.borrow_bps_per_year / 1e4 * f64::from(days) / 365.0
    }
}

/// How much a strategy may hold, as decimals of its equity.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// Long and short together, hedges apart.
    pub gross: Option<f64>,
    /// Lots of one security together.
    pub name: Option<f64>,
    /// Open lots.
    pub positions: Option<usize>,
    /// Share of a security's average traded value that a lot may have, for an account that began with so
    /// much money.
    pub participation: Option<(f64, f64)>,
}

/// A strategy: everything that decides its lots but for the rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Strategy {
    /// Which of the rule's ways to sort.
    pub sort: usize,
    /// Quantiles that are bought.
    pub long: Vec<u16>,
    /// Quantiles that are sold short.
    pub short: Vec<u16>,
    /// When lots are entered.
    pub enter: Enter,
    /// When lots are left.
    pub exit: Exit,
    /// Weight of a lot like most others, as a decimal of equity.
    pub size: f64,
    /// The hedge.
    pub hedge: Hedge,
    /// The limits.
    pub limits: Limits,
    /// The costs.
    pub costs: Costs,
}

/// What a strategy did. Every announcement is a lot or is counted among the untraded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traded {
    /// The lots, in the order of their entry.
    pub lots: Vec<Lot>,
    /// Every date of the timeline.
    pub days: Vec<Day>,
    /// The lots that were not entered because too little of their security trades, in the order of their entry.
    pub too_large: Vec<TooLarge>,
    /// Announcements that were not traded, by reason, in the order of [`Untraded::ALL`].
    pub untraded: Vec<(Untraded, usize)>,
}

/// A lot that is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    pub(super) event: usize,
    pub(super) short: bool,
    decision: Decision,
    quantiles: [Option<u16>; 2],
    pub(super) planned: Planned,
    pub(super) enters: Moment,
    pub(super) leaves: Moment,
    /// Weight before limits.
    pub(super) weight: f64,
    /// Value of the hedge over that of the lot, of the lot's own sign.
    pub(super) hedge_ratio: f64,
    /// Most value, in the money of the account; absent without a limit.
    pub(super) most: Maybe,
}

impl Order {
    /// The lot that it does not become.
    pub(super) fn too_large(&self, record: &Record<'_>) -> TooLarge {
        TooLarge {
            market: record.announcements[self.event].market,
            entry: self.planned.entry,
            wanted: self.weight,
            traded_value: self.decision.traded_value,
        }
    }

    /// The lot that it becomes, before it is left.
    pub(super) fn lot(&self, record: &Record<'_>, weight: f64, notional: f64, capped_by: Option<CappedBy>) -> Lot {
        let announcement = &record.announcements[self.event];
        Lot {
            event: self.event,
            security: announcement.security,
            market: announcement.market,
            short: self.short,
            signals: self.decision.signals,
            quantiles: self.quantiles,
            decided: self.decision.at,
            entry: self.planned.entry,
            entry_reason: self.planned.entry_reason,
            exit: self.planned.exit,
            exit_reason: self.planned.exit_reason,
            sessions: self.planned.sessions,
            weight,
            notional,
            wanted: self.weight,
            traded_value: self.decision.traded_value,
            capped_by,
            gross_return: 0.0,
            hedge_return: 0.0,
            costs: 0.0,
            borrow: 0.0,
        }
    }
}

/// Trades the decisions. The work is one step per lot and session.
pub fn run(record: &Record<'_>, timeline: &Timeline, decisions: &Decisions, strategy: &Strategy) -> Traded {
    let mut counts = vec![0; Untraded::ALL.len()];
    let mut orders = Vec::new();
    for event in 0..record.announcements.len() {
        match order(record, decisions, strategy, event) {
            Ok(order) => orders.push(order),
            Err(untraded) => counts[untraded as usize] += 1,
        }
    }
    // The strongest signals come first where not all can be had; then the order of the announcements.
    let strength = |order: &Order| order.decision.signals[0].unwrap_or(0.0).abs();
    orders
        .sort_by(|a, b| a.enters.cmp(&b.enters).then(strength(b).total_cmp(&strength(a))).then(a.event.cmp(&b.event)));
    let book = Book::new(record, timeline, strategy, &orders);
    let mut traded = book.trade(|untraded| counts[untraded as usize] += 1);
    let untraded = Untraded::ALL.iter().map(|&reason| (reason, counts[reason as usize])).filter(|(_, n)| *n > 0);
    traded.untraded = untraded.collect();
    traded
}

/// What a strategy wants of an event.
fn order(record: &Record<'_>, decisions: &Decisions, strategy: &Strategy, event: usize) -> Result<Order, Untraded> {
    let decision = decisions.decisions[event].as_ref().map_err(|untraded| *untraded)?;
    let quantiles = decisions.quantiles[strategy.sort][event].ok_or(Untraded::TooFewEarlier)?;
    let within = |chosen: &[u16]| quantiles.iter().flatten().all(|quantile| chosen.contains(quantile));
    let short = match (within(&strategy.long), within(&strategy.short)) {
        (true, _) => false,
        (false, true) => true,
        (false, false) => return Err(Untraded::NotSelected),
    };
    let market = record.announcements[event].market;
    let weight = decision.weight.ok_or(Untraded::NoWeight)?;
    let hedge_ratio = match strategy.hedge {
        Hedge::None => 0.0,
        Hedge::Benchmark => -1.0,
        Hedge::Beta => -decision.beta.ok_or(Untraded::NoHedge)?,
    };
    let most = match strategy.limits.participation {
        Some((share, capital)) => Maybe::finite(share * decision.traded_value.ok_or(Untraded::NoVolume)? / capital),
        None => Maybe::NONE,
    };
    let planned = plan(record, event, decision, short, strategy.enter, strategy.exit)?;
    let benchmark = &record.benchmarks[market].close;
    if strategy.hedge != Hedge::None && !benchmark.get(planned.entry.day).is_some_and(|level| level.is_finite()) {
        return Err(Untraded::NoHedge);
    }
    let sessions = &record.sessions[market];
    let moment = |day, at| sessions.moment(day, at).ok_or(Untraded::BeyondData);
    Ok(Order {
        event,
        short,
        decision: *decision,
        quantiles,
        enters: moment(planned.entry.day, planned.entry.at)?,
        leaves: moment(planned.exit.day, planned.exit.at)?,
        planned,
        weight: strategy.size * weight,
        hedge_ratio,
        most,
    })
}
