//! What stands in a book.

use crate::backtest::moment::Moment;
use crate::backtest::tape::Tape;

/// An open lot. Shares and units have the sign of the side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position<'a> {
    /// Place of the lot.
    pub(super) lot: usize,
    pub(super) tape: Tape<'a>,
    pub(super) shares: f64,
    pub(super) mark: f64,
    /// The hedge, in units of the benchmark.
    pub(super) units: f64,
    pub(super) level: f64,
    pub(super) costs: f64,
    pub(super) borrow: f64,
}

impl Position<'_> {
    pub(super) fn value(&self) -> f64 {
        self.shares * self.mark
    }

    pub(super) fn hedge(&self) -> f64 {
        self.units * self.level
    }
}

/// What is done with an order: it is left, or entered. At one instant the exits come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Step {
    pub(super) place: usize,
    pub(super) moment: Moment,
    pub(super) enters: bool,
    pub(super) order: usize,
}

/// Values of the open lots and hedges.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    pub(super) long: f64,
    pub(super) short: f64,
    pub(super) hedge: f64,
}

impl Sums {
    pub(super) fn net(self) -> f64 {
        self.long - self.short + self.hedge
    }
}
