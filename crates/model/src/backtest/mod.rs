//! The events traded as a strategy: signals, decisions, lots, a book.
//!
//! 1. [`Record`]: everything that happened, each thing with the [`Moment`] from which on it was known: prices
//!    with their sessions, [`Facts`] with their announcements, estimates in [`Reactions`] with the days that
//!    they look at.
//! 2. [`History`]: the record up to a moment. A rule sees nothing else, and what is [`Stamped`] with a later
//!    moment is nothing.
//! 3. [`Rule`] and [`decide`]: signals, their quantiles among earlier announcements, and relative weights,
//!    once for all strategies.
//! 4. [`plan`]: when a decision is bought and sold, at prices that can be traded.
//! 5. [`run`]: one [`Strategy`]'s lots and days.
//!
//! # The convention of the accounts
//! Equity starts at one. A lot is sized when it is entered, as its weight times the equity at the marks of
//! the civil date before, and its shares then stay fixed. So do the units of the benchmark that hedge it,
//! which are bought and sold together with the lot; where the benchmark has no open, at that day's close.
//! Everything is marked at the close of each civil date on which any market was open; a market that was
//! shut, or a security without a price, keeps its last mark. Cash earns nothing, and currencies stay as
//! they are: returns are local.
//!
//! Commission and half-spread are paid on the value of every purchase and sale, those of hedges too.
//! Borrowing is paid on the marked value of short lots (not of hedges) for each night, 1/365 of the yearly
//! rate per civil day. Prices are adjusted, so dividends are in them.
//!
//! Lots that are entered at the same instant share what a limit on gross exposure leaves in proportion. A
//! lot that limits would cut below a hundredth of its size is not entered.

mod book;
mod decide;
mod earlier;
mod history;
mod lot;
mod moment;
mod plan;
mod reactions;
mod reason;
mod record;
mod signal;
mod stamped;
mod strategy;
mod surprise;
mod tape;

#[cfg(test)]
mod tests;

pub use decide::{Decision, Decisions, Rule, Sort, Weighting, decide};
pub use earlier::Earlier;
pub use history::History;
pub use lot::{Day, Lot, TooLarge};
pub use moment::{Moment, Sessions, Timeline};
pub use plan::{Enter, Exit, Fill, Planned, plan};
pub use reactions::Reactions;
pub use reason::{CappedBy, EntryReason, ExitReason, Untraded};
pub use record::{Announcement, BenchmarkLevels, Facts, Figure, Record};
pub use signal::Signal;
pub use stamped::Stamped;
pub use strategy::{Costs, Hedge, Limits, Strategy, Traded, run};
pub use surprise::{Forecast, Surprise};
pub use tape::At;
