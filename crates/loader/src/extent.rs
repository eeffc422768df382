//! What the dates of a security's rows say.

use std::ops::Range;

use crate::dense::OffCalendar;

/// What is known of one security's rows before they are put in place.
#[derive(Default)]
pub(crate) struct Extent {
    pub(crate) days: Range<usize>,
    pub(crate) off_calendar: OffCalendar,
    /// Whether the days rise from row to row, so that none can stand twice.
    pub(crate) rising: bool,
    /// Rows on trading days, and the day of the last.
    pub(crate) rows: usize,
    last: usize,
    /// Whether a value in one of its chunks cannot be.
    pub(crate) unsound: bool,
}

impl Extent {
    /// No row yet.
    pub(crate) fn none() -> Self {
        Self { rising: true, ..Self::default() }
    }

    /// Adds a row for each of consecutive days.
    pub(crate) fn add(&mut self, days: Range<usize>) {
        let known = self.rows > 0;
        self.rising &= !known || self.last < days.start;
        self.last = days.end - 1;
        self.rows += days.len();
        self.days = if known { self.days.start.min(days.start)..self.days.end.max(days.end) } else { days };
    }

    /// Whether there is a row for every day, in order, all of them sound.
    pub(crate) fn is_whole(&self) -> bool {
        self.rising && self.off_calendar.rows == 0 && self.rows == self.days.len() && !self.unsound
    }
}
