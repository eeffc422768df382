//! An event on the calendar of its security's market.

use crate::panel::{Measure, Panel, ReturnKind, Series};
use crate::peers::{Characteristics, Peers};
use crate::{Market, Window};

/// Day 0 of every event of every security, whether or not it is estimated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventCalendar {
    by_security: Vec<Vec<usize>>,
}

impl EventCalendar {
    /// The days of (security, calendar index of day 0) pairs, in any order and with repetitions.
    pub fn new(events: impl IntoIterator<Item = (usize, usize)>) -> Self {
        let mut by_security: Vec<Vec<usize>> = Vec::new();
        for (security, day0) in events {
            if by_security.len() <= security {
                by_security.resize(security + 1, Vec::new());
            }
            by_security[security].push(day0);
        }
        for days in &mut by_security {
            days.sort_unstable();
            days.dedup();
        }
        Self { by_security }
    }

    /// The days of a security, rising.
    pub fn of(&self, security: usize) -> &[usize] {
        self.by_security.get(security).map_or(&[], Vec::as_slice)
    }

    /// Whether a security has an event within these calendar days.
    pub fn any_within(&self, security: usize, days: &std::ops::Range<usize>) -> bool {
        let own = self.of(security);
        own.get(own.partition_point(|&day| day < days.start)).is_some_and(|&day| day < days.end)
    }
}

/// An event to be estimated.
#[derive(Clone, Copy, Debug)]
pub struct EventPlace<'a> {
    /// The panel of its security.
    pub panel: &'a Panel,
    /// Place of its security in the panel.
    pub security: usize,
    /// Calendar index of day 0.
    pub day0: usize,
    /// All events, for the masking of the security's others and the choice of donors.
    pub events: &'a EventCalendar,
    /// The securities that may stand for this one, where the model asks for any; or why there are
    /// none.
    pub peers: Result<Peers<'a>, &'a str>,
    /// What is known of the securities, for the weights of a portfolio of peers.
    pub characteristics: Option<&'a Characteristics>,
}

impl<'a> EventPlace<'a> {
    /// The market of its security.
    #[inline]
    pub fn market(&self) -> &'a Market {
        self.panel.market_of(self.security)
    }

    /// A measure of its security.
    #[inline]
    pub fn series(&self, measure: Measure, kind: ReturnKind) -> Series<'a> {
        self.panel.series(self.security, measure, kind)
    }

    /// Calendar indices of a window around day 0, as far as the calendar goes.
    #[inline]
    pub fn days(&self, window: Window) -> std::ops::Range<usize> {
        window.on_calendar(self.day0, self.market().calendar.len())
    }

    /// Days of a window that lie within `width` days of other events of the security, event by event;
    /// none with width 0.
    pub(crate) fn masked(
        &self,
        window: &std::ops::Range<usize>,
        width: usize,
    ) -> impl Iterator<Item = std::ops::Range<usize>> + use<'a> {
        let (window, day0) = (window.clone(), self.day0);
        let own = if width == 0 { &[][..] } else { self.events.of(self.security) };
        let next = own.partition_point(|&day| day + width < window.start);
        let near = own[next..].iter().take_while(move |&&day| day < window.end + width);
        near.filter(move |&&day| day != day0)
            .map(move |&day| day.saturating_sub(width).max(window.start)..(day + width + 1).min(window.end))
    }

    /// Whether a day lies within `width` days of another event of the security; never with width 0.
    pub fn is_masked(&self, day: usize, width: usize) -> bool {
        if width == 0 {
            return false;
        }
        let own = self.events.of(self.security);
        let next = own.partition_point(|&d| d + width < day);
        own[next..].iter().take_while(|&&d| d <= day + width).any(|&d| d != self.day0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_events_are_masked_and_the_own_is_not() {
        let mut panel = Panel::default();
        panel.push("A".into(), 0, 0, &[]);
        let events = EventCalendar::new([(0, 90), (0, 11), (0, 10), (0, 50), (1, 30), (0, 11)]);
        let place = EventPlace {
            panel: &panel,
            security: 0,
            day0: 50,
            events: &events,
            peers: Err("no model asks for any"),
            characteristics: None,
        };
        let masked = |width: usize| (0..100).filter(|&day| place.is_masked(day, width)).collect::<Vec<_>>();
        assert_eq!(masked(0), Vec::<usize>::new());
        assert_eq!(masked(1), [9, 10, 11, 12, 89, 90, 91]);
        assert_eq!(masked(2), [8, 9, 10, 11, 12, 13, 88, 89, 90, 91, 92]);
        for (window, width) in [(0..100, 1), (12..89, 2), (13..88, 2), (14..88, 2), (0..100, 0)] {
            let mut ranges: Vec<usize> = place.masked(&window, width).flatten().collect();
            ranges.sort_unstable();
            ranges.dedup();
            let days: Vec<usize> = masked(width).into_iter().filter(|day| window.contains(day)).collect();
            assert_eq!(ranges, days, "{window:?} {width}");
        }
        assert!(events.any_within(1, &(30..31)) && !events.any_within(1, &(31..99)));
    }
}
