//! Abnormal returns and betas of events, each with the moment from which on it is known.

use super::moment::Moment;
use super::record::Announcement;
use super::stamped::Stamped;
use crate::results::Results;
use crate::{Maybe, Specification, Window};

/// Abnormal returns and betas of the events under one specification. They come out with a stamp, which
/// follows from the days that the specification looks at and from nothing else: there is no way to state an
/// earlier one.
#[derive(Clone, Copy, Debug)]
pub struct Reactions<'a> {
    results: &'a Results,
    window: Window,
    looks_through: i32,
    beta: Option<usize>,
    known: &'a [Vec<Moment>],
}

impl<'a> Reactions<'a> {
    /// The estimates of a specification, in the order of the announcements. `known` says by market and
    /// calendar index when the returns of a day are known: at the close, or later where they are held against
    /// those of other markets.
    ///
    /// # Panics
    /// The results are of another specification, as far as their shape tells.
    pub fn new(specification: &Specification, results: &'a Results, known: &'a [Vec<Moment>]) -> Self {
        let shape = (specification.event.days(), specification.recipe.reported.len());
        assert_eq!(shape, (results.days_len, results.reported_len), "results of another specification");
        let (window, looks_through) = (specification.event, specification.looks_through());
        Self { results, window, looks_through, beta: specification.market_beta(), known }
    }

    /// The end of a day of event time, but not before that of the last day that the estimate looks at.
    fn known(&self, announcement: &Announcement, tau: i32) -> Option<Moment> {
        let day = announcement.day0 as i64 + i64::from(tau.max(self.looks_through));
        // What lies before the calendar has no data that could be known later.
        self.known[announcement.market].get(usize::try_from(day).unwrap_or(0)).copied()
    }

    /// When the abnormal returns of a window are all known; `None` where that lies beyond the data.
    pub(super) fn due(&self, announcement: &Announcement, window: Window) -> Option<Moment> {
        self.known(announcement, window.last())
    }

    /// The abnormal return of an event on a day of the event window.
    pub(super) fn abnormal_return(
        &self,
        event: usize,
        announcement: &Announcement,
        tau: i32,
    ) -> Option<Stamped<Maybe>> {
        let place = usize::try_from(tau - self.window.first()).ok().filter(|&place| place < self.window.days())?;
        Some(Stamped::new(self.known(announcement, tau)?, self.results.ar(event, place)))
    }

    /// The estimated beta of an event's security.
    pub(super) fn beta(&self, event: usize, announcement: &Announcement) -> Option<Stamped<Maybe>> {
        let beta = self.results.reported.of(event)[self.beta?];
        Some(Stamped::new(self.known(announcement, self.looks_through)?, beta))
    }
}
