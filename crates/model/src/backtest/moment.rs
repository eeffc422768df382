//! Instants, and the sessions of several markets on one axis of civil dates.

use super::tape::At;
use crate::{Date, Market};

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

impl Moment {
    /// So many civil days earlier.
    #[must_use]
    pub fn days_before(self, days: u32) -> Self {
        Self(self.0 - i64::from(days) * 86_400_000_000)
    }
}

/// When the sessions of one market open and close, by calendar index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sessions {
    /// Openings.
    pub opens: Vec<Moment>,
    /// Closes, each after its opening and before the next.
    pub closes: Vec<Moment>,
}

impl Sessions {
    /// When a price of a day is made; `None` beyond the calendar.
    pub fn moment(&self, day: usize, at: At) -> Option<Moment> {
        match at {
            At::Open => self.opens.get(day).copied(),
            At::Close => self.closes.get(day).copied(),
        }
    }

    /// Number of sessions that had closed at a moment.
    pub fn closed(&self, now: Moment) -> usize {
        self.closes.partition_point(|&close| close <= now)
    }
}

/// The civil dates on which any market was open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    dates: Vec<Date>,
    /// By market and calendar index, the place of its date.
    places: Vec<Vec<usize>>,
    /// By market and place, the number of its sessions through that date.
    sessions: Vec<Vec<usize>>,
}

impl Timeline {
    /// The dates of these markets.
    pub fn new(markets: &[Market]) -> Self {
        let mut dates: Vec<Date> = markets.iter().flat_map(|market| market.calendar.dates()).copied().collect();
        dates.sort_unstable();
        dates.dedup();
        let place = |date: &Date| dates.partition_point(|known| known < date);
        let places = markets.iter().map(|market| market.calendar.dates().iter().map(place).collect()).collect();
        let through = |market: &Market| {
            let own = market.calendar.dates();
            dates.iter().map(|date| own.partition_point(|known| known <= date)).collect()
        };
        let sessions = markets.iter().map(through).collect();
        Self { dates, places, sessions }
    }

    /// The dates, rising.
    pub fn dates(&self) -> &[Date] {
        &self.dates
    }

    /// Place of the date of a session.
    pub fn place(&self, market: usize, day: usize) -> usize {
        self.places[market][day]
    }

    /// The session of a market on a date, or its last one before; `None` before its first.
    pub fn session(&self, market: usize, place: usize) -> Option<usize> {
        self.sessions[market][place].checked_sub(1)
    }
}
