//! The record up to a moment.

use super::earlier::Earlier;
use super::moment::Moment;
use super::record::{Announcement, Figure, Record};
use super::stamped::Stamped;
use super::tape::Tape;

/// What was known at a moment. A rule gets nothing else, and there is no way from here to what came later:
/// every accessor holds the stamp of what it returns against the moment.
///
/// The record behind it cannot be reached:
///
/// ```compile_fail
/// fn look_ahead(history: &dayzero_model::backtest::History<'_>) -> usize {
///     history.record.announcements.len()
/// }
/// ```
///
/// nor can its moment be moved:
///
/// ```compile_fail
/// fn look_ahead(history: &mut dayzero_model::backtest::History<'_>) {
///     history.now = dayzero_model::backtest::Moment(i64::MAX);
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct History<'a> {
    record: &'a Record<'a>,
    now: Moment,
    earlier: &'a [Earlier],
}

impl<'a> History<'a> {
    /// The record up to `now`; `earlier` must hold what was decided strictly before.
    pub(super) fn new(record: &'a Record<'a>, now: Moment, earlier: &'a [Earlier]) -> Self {
        Self { record, now, earlier }
    }

    /// The moment at which this history ends.
    pub fn now(&self) -> Moment {
        self.now
    }

    /// Whether an event has been announced.
    pub fn is_announced(&self, event: usize) -> bool {
        self.announcement(event).is_some_and(|announcement| announcement.known <= self.now)
    }

    fn announcement(&self, event: usize) -> Option<&'a Announcement> {
        self.record.announcements.get(event)
    }

    /// What is asked for, if it is known at the moment of this history: every answer about an event goes through
    /// here.
    fn known<T>(&self, stamped: Option<Stamped<T>>) -> Option<T> {
        stamped?.by(self.now)
    }

    /// A number that came with an announcement; `None` before it, and where it is missing.
    pub fn column(&self, event: usize, column: usize) -> Option<f64> {
        let value = *self.record.columns.get(column)?.get(event)?;
        let stamped = self.announcement(event).map(|announcement| Stamped::new(announcement.known, value));
        self.known(stamped).filter(|value| value.is_finite())
    }

    /// The abnormal return of an event on a day of event time; `None` before it and its estimate are known, and
    /// where there is none.
    pub fn abnormal_return(&self, event: usize, tau: i32) -> Option<f64> {
        let stamped = self.record.reactions?.abnormal_return(event, self.announcement(event)?, tau);
        self.known(stamped)?.get()
    }

    /// The estimated beta of an event's security; `None` before all that the estimate looks at is known, and where
    /// there is none.
    pub fn beta(&self, event: usize) -> Option<f64> {
        let stamped = self.record.reactions?.beta(event, self.announcement(event)?);
        self.known(stamped)?.get()
    }

    /// Closing prices of a security on consecutive trading days from its first to the last that has closed,
    /// NaN where missing.
    pub fn closes(&self, security: usize) -> &'a [f64] {
        Tape::new(self.record.panel, security).closes_before(self.closed(security))
    }

    /// Traded values of the same days: price times volume; empty where volumes were not loaded.
    pub fn traded_values(&self, security: usize) -> &'a [f64] {
        Tape::new(self.record.panel, security).values_before(self.closed(security))
    }

    fn closed(&self, security: usize) -> usize {
        self.record.sessions[self.record.panel.securities()[security].market].closed(self.now)
    }

    /// The quarterly figure of an event, last, and those of earlier quarters of the security that are known,
    /// oldest first; empty before its own is known, and where it has none.
    pub fn figures(&self, event: usize) -> Vec<Figure> {
        let Some(own) = self.known(self.record.figure_of.get(event).copied().flatten()) else { return Vec::new() };
        let (before, own) = (&self.record.figures[..own], self.record.figures[own]);
        let before = &before[before.partition_point(|figure| figure.security < own.security)..];
        before.iter().filter(|figure| figure.known <= self.now).copied().chain([own]).collect()
    }

    /// Signals that were decided strictly before, within the lookback; those of the weight come last.
    pub fn earlier(&self, signal: usize) -> &'a Earlier {
        &self.earlier[signal]
    }
}
