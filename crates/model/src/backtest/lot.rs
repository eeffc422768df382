//! What a strategy did: its lots and its days.

use super::moment::Moment;
use super::plan::Fill;
use super::reason::{CappedBy, EntryReason, ExitReason};
use crate::Date;

/// A position that was opened and closed once. Returns are decimals of the value at entry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lot {
    /// Place of the event among the announcements.
    pub event: usize,
    /// Place of the security in the panel.
    pub security: usize,
    /// Its market.
    pub market: usize,
    /// Whether it gains when the price falls.
    pub short: bool,
    /// The signals; the second one where events are sorted by two.
    pub signals: [Option<f64>; 2],
    /// Their quantiles, from 1; the second one where events are sorted by two.
    pub quantiles: [Option<u16>; 2],
    /// From when on the signals were known.
    pub decided: Moment,
    /// Where it was entered.
    pub entry: Fill,
    /// Why then.
    pub entry_reason: EntryReason,
    /// Where it was left.
    pub exit: Fill,
    /// Why then.
    pub exit_reason: ExitReason,
    /// Closes at which it was held, the last one included where it was left at a close.
    pub sessions: usize,
    /// Value at entry over the equity of the date before.
    pub weight: f64,
    /// Value at entry, where equity started at one.
    pub notional: f64,
    /// Weight before limits.
    pub wanted: f64,
    /// Average value traded in the security in a day before the decision, in money; absent without volumes.
    pub traded_value: Option<f64>,
    /// What made it smaller than its weight.
    pub capped_by: Option<CappedBy>,
    /// Gain or loss in the security.
    pub gross_return: f64,
    /// Gain or loss in the hedge.
    pub hedge_return: f64,
    /// Commission and half-spreads of the lot and its hedge, a positive number.
    pub costs: f64,
    /// Borrowing, a positive number.
    pub borrow: f64,
}

impl Lot {
    /// What is left after everything, a decimal of the value at entry.
    pub fn net_return(&self) -> f64 {
        self.gross_return + self.hedge_return - self.costs - self.borrow
    }

    /// What is left after everything, where equity started at one. Over all lots these add up to the
    /// change of equity.
    pub fn profit(&self) -> f64 {
        self.net_return() * self.notional
    }
}

/// A lot that was wanted and not entered, because too little of its security trades.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TooLarge {
    /// Its market.
    pub market: usize,
    /// Where it would have been entered.
    pub entry: Fill,
    /// Its weight before limits.
    pub wanted: f64,
    /// Average value traded in the security in a day before the decision, in money; absent without volumes.
    pub traded_value: Option<f64>,
}

/// A day of a strategy, at its last close. Exposures are decimals of the day's equity; returns, costs and
/// turnover of the equity of the date before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Day {
    /// The civil date.
    pub date: Date,
    /// Return after costs.
    pub net_return: f64,
    /// Return before costs.
    pub gross_return: f64,
    /// Commission, half-spreads and borrowing, a positive number.
    pub costs: f64,
    /// Value bought and sold, hedges included.
    pub turnover: f64,
    /// Value of the long lots.
    pub long: f64,
    /// Value of the short lots, a positive number.
    pub short: f64,
    /// Value of the hedges, negative where they are short.
    pub hedge: f64,
    /// Cash.
    pub cash: f64,
    /// Open lots.
    pub positions: usize,
    /// Equity, which started at one.
    pub equity: f64,
}

impl Day {
    /// Long and short together.
    pub fn gross_exposure(&self) -> f64 {
        self.long + self.short
    }

    /// Long less short, and the hedges.
    pub fn net_exposure(&self) -> f64 {
        self.long - self.short + self.hedge
    }
}
