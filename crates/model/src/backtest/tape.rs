//! The prices of one security, as those who trade it meet them.

use crate::{Measure, Panel};

/// A price of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum At {
    /// The opening price.
    Open,
    /// The closing price.
    Close,
}

impl At {
    /// The name in configurations and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Close => "close",
        }
    }
}

/// The prices of one security.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tape<'a> {
    first: usize,
    closes: &'a [f64],
    opens: &'a [f64],
    values: &'a [f64],
}

impl<'a> Tape<'a> {
    pub(super) fn new(panel: &'a Panel, security: usize) -> Self {
        let run = |measure| panel.run(security, measure);
        Self {
            first: panel.securities()[security].first,
            closes: run(Measure::Close),
            opens: run(Measure::Open),
            values: run(Measure::TradedValue),
        }
    }

    /// Whether opening prices were loaded.
    pub(super) fn has_opens(&self) -> bool {
        !self.opens.is_empty()
    }

    fn of(&self, column: &[f64], day: usize) -> f64 {
        day.checked_sub(self.first).and_then(|i| column.get(i)).copied().unwrap_or(f64::NAN)
    }

    /// A closing price for the mark of a day, where there is one.
    pub(super) fn mark(&self, day: usize) -> Option<f64> {
        Some(self.of(self.closes, day)).filter(|price| price.is_finite())
    }

    /// A price that could be traded at: it is there, positive, and the day was not without volume.
    pub(super) fn price(&self, day: usize, at: At) -> Option<f64> {
        let price = match at {
            At::Open => self.of(self.opens, day),
            At::Close => self.of(self.closes, day),
        };
        (price.is_finite() && price > 0.0 && self.of(self.values, day) != 0.0).then_some(price)
    }

    /// The last day with a close.
    pub(super) fn last(&self) -> Option<usize> {
        self.closes.iter().rposition(|price| price.is_finite()).map(|i| self.first + i)
    }

    /// Closes of consecutive days from the first one, up to but without `end`.
    pub(super) fn closes_before(&self, end: usize) -> &'a [f64] {
        before(self.closes, self.first, end)
    }

    /// Traded values of the same days.
    pub(super) fn values_before(&self, end: usize) -> &'a [f64] {
        before(self.values, self.first, end)
    }
}

fn before(column: &[f64], first: usize, end: usize) -> &[f64] {
    &column[..end.saturating_sub(first).min(column.len())]
}
