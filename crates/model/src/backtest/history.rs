//! The record up to a moment.

use super::earlier::Earlier;
use super::moment::Moment;
use super::record::{Announcement, Figure, Record};
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
        self.record.announcements.get(event).is_some_and(|announcement| announcement.known <= self.now)
    }

    /// A number that came with an announcement; `None` before it, and where it is missing.
    pub fn column(&self, event: usize, column: usize) -> Option<f64> {
        let value = *self.record.columns.get(column)?.get(event)?;
        (self.is_announced(event) && value.is_finite()).then_some(value)
    }

    /// The abnormal return of an event on a day of event time; `None` before it is known, and where
    /// there is none.
    pub fn abnormal_return(&self, event: usize, tau: i32) -> Option<f64> {
        let reactions = self.record.reactions?;
        let announcement = self.record.announcements.get(event)?;
        let day = usize::try_from(announcement.day0 as i64 + i64::from(tau)).ok()?;
        let known = *reactions.known[announcement.market].get(day)?;
        let place = usize::try_from(tau - reactions.window.first()).ok()?;
        let inside = known <= self.now && place < reactions.window.days();
        inside.then(|| reactions.results.ar(event, place).get()).flatten()
    }

    /// The estimated beta of an event's security; `None` before the estimation window has ended. That its last days
    /// have no return is known at their end too.
    pub fn beta(&self, event: usize) -> Option<f64> {
        let reactions = self.record.reactions?;
        let Announcement { market, day0, .. } = *self.record.announcements.get(event)?;
        let known = &reactions.known[market];
        let end = reactions.estimation.on_calendar(day0, known.len()).end;
        let known = known[end.checked_sub(1)?];
        let slope = reactions.beta?;
        (known <= self.now).then(|| reactions.results.reported.of(event)[slope].get()).flatten()
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

    /// The quarterly figures of an event's security through its own, oldest first; empty before the event.
    pub fn figures(&self, event: usize) -> &'a [Figure] {
        let Some(&own) = self.record.figure_of.get(event).filter(|_| self.is_announced(event)) else { return &[] };
        let figures = &self.record.figures[..=own];
        let security = figures[own].security;
        &figures[figures.partition_point(|figure| figure.security < security)..]
    }

    /// Signals that were decided strictly before, within the lookback; those of the weight come last.
    pub fn earlier(&self, signal: usize) -> &'a Earlier {
        &self.earlier[signal]
    }
}
