//! Day 0: the first session in which a market could react to an announcement.

use std::fmt;

use crate::{Date, Market, Outcome};

/// When, within its day, something was announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    /// Before the open.
    BeforeOpen,
    /// While the market was open.
    During,
    /// After the close.
    AfterClose,
    /// Not known: treated as known at the close of the announcement's date.
    Unknown,
}

impl Session {
    /// Reads `bmo`, `during`, `amc` or `unknown`, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "bmo" => Some(Self::BeforeOpen),
            "during" => Some(Self::During),
            "amc" => Some(Self::AfterClose),
            "unknown" => Some(Self::Unknown),
            _ => None,
        }
    }

    /// The code in configurations and tables.
    pub fn code(self) -> &'static str {
        match self {
            Self::BeforeOpen => "bmo",
            Self::During => "during",
            Self::AfterClose => "amc",
            Self::Unknown => "unknown",
        }
    }
}

/// When something was announced, in the local time of the security's market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Announcement {
    /// An instant: the local date and the seconds after local midnight.
    At {
        /// Local date.
        date: Date,
        /// Seconds after local midnight.
        second: u32,
    },
    /// A date and the part of the day.
    On {
        /// Local date.
        date: Date,
        /// Part of the day.
        session: Session,
    },
}

impl Announcement {
    /// The local date.
    pub fn date(self) -> Date {
        match self {
            Self::At { date, .. } | Self::On { date, .. } => date,
        }
    }

    /// The part of the day: as given, or from the hours of the market. An instant on a day without
    /// a session is classified by the usual hours.
    pub fn session(self, market: &Market) -> Session {
        match self {
            Self::On { session, .. } => session,
            Self::At { second, .. } if second < market.hours.open() => Session::BeforeOpen,
            Self::At { date, second } if second < market.hours.close_on(date) => Session::During,
            Self::At { .. } => Session::AfterClose,
        }
    }
}

/// The rule that led from the announcement to day 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day0Rule {
    /// Announced before the open: the same day.
    SameDayBeforeOpen,
    /// Announced during the session: the same day.
    SameDayDuring,
    /// Announced after the close: the next session.
    NextSessionAfterClose,
    /// Announced on a day without a session: the next session.
    NextSessionMarketClosed,
    /// Part of the day unknown: the same day.
    SameDaySessionUnknown,
}

impl Day0Rule {
    /// Every rule, in the order of their declaration.
    pub const ALL: [Self; 5] = [
        Self::SameDayBeforeOpen,
        Self::SameDayDuring,
        Self::NextSessionAfterClose,
        Self::NextSessionMarketClosed,
        Self::SameDaySessionUnknown,
    ];

    /// The code in the tables.
    pub fn code(self) -> &'static str {
        match self {
            Self::SameDayBeforeOpen => "same_day_before_open",
            Self::SameDayDuring => "same_day_during",
            Self::NextSessionAfterClose => "next_session_after_close",
            Self::NextSessionMarketClosed => "next_session_market_closed",
            Self::SameDaySessionUnknown => "same_day_session_unknown",
        }
    }
}

/// Day 0 of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day0 {
    /// Calendar index in the security's market.
    pub index: usize,
    /// The rule that was applied.
    pub rule: Day0Rule,
}

/// Why an announcement has no day 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unaligned {
    /// The outcome for the ledger.
    pub outcome: Outcome,
    /// A sentence for the ledger.
    pub reason: String,
}

/// A longer wait for the next session is taken for a hole in the calendar. Holidays last a week or so;
/// the rare longer closures (wars, capital controls) are no time to date a reaction either.
const LONGEST_CLOSURE_DAYS: i32 = 14;

/// Finds day 0: the first session whose close is strictly after the announcement.
///
/// # Errors
/// The announcement lies outside the calendar, or in a hole of it.
pub fn day0(market: &Market, announcement: Announcement) -> Result<Day0, Unaligned> {
    let calendar = &market.calendar;
    let date = announcement.date();
    let fail = |outcome, reason: fmt::Arguments<'_>| Unaligned { outcome, reason: reason.to_string() };
    if date < calendar.first() {
        return Err(fail(
            Outcome::BeforeCalendar,
            format_args!("announced on {date}, but the calendar of {} begins on {}", market.name, calendar.first()),
        ));
    }
    let rule = match (calendar.index_of(date), announcement.session(market)) {
        (None, _) => Day0Rule::NextSessionMarketClosed,
        (Some(_), Session::BeforeOpen) => Day0Rule::SameDayBeforeOpen,
        (Some(_), Session::During) => Day0Rule::SameDayDuring,
        (Some(_), Session::AfterClose) => Day0Rule::NextSessionAfterClose,
        (Some(_), Session::Unknown) => Day0Rule::SameDaySessionUnknown,
    };
    // "amc" on a day without a session still waits for the session after that date, which is the
    // next one in either reading.
    let earliest = if rule == Day0Rule::NextSessionAfterClose { Date(date.0 + 1) } else { date };
    let index = calendar.at_or_after(earliest).ok_or_else(|| {
        fail(
            Outcome::AfterCalendar,
            format_args!("announced on {date}, but the calendar of {} ends on {}", market.name, calendar.last()),
        )
    })?;
    let session = calendar.dates()[index];
    if session.0 - date.0 > LONGEST_CLOSURE_DAYS {
        return Err(fail(
            Outcome::NoSession,
            format_args!("announced on {date}, but the next session of {} in its calendar is {session}", market.name),
        ));
    }
    Ok(Day0 { index, rule })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Calendar, Hours};
    use std::collections::BTreeMap;

    const HOUR: u32 = 3600;

    /// Sessions on Mon 1, Tue 2, Thu 4, Fri 5 and Mon 8 January 2024 (Wednesday is a holiday); the
    /// session of the 5th closes at 13:00.
    fn market() -> Market {
        let day = |d| Date::from_ymd(2024, 1, d).expect("valid");
        let early = BTreeMap::from([(day(5), 13 * HOUR)]);
        Market {
            name: "US".into(),
            calendar: Calendar::new([1, 2, 4, 5, 8].map(day).to_vec()).expect("dates"),
            hours: Hours::new(9 * HOUR + HOUR / 2, 16 * HOUR, early).expect("hours"),
            benchmark: vec![0.0; 5],
            measures: vec![],
            factors: vec![],
            risk_free: None,
        }
    }

    fn at(day: i8, second: u32) -> Result<(usize, Day0Rule), Outcome> {
        let date = Date::from_ymd(2024, 1, day).expect("valid");
        day0(&market(), Announcement::At { date, second }).map(|d| (d.index, d.rule)).map_err(|u| u.outcome)
    }

    fn on(day: i8, session: Session) -> Result<(usize, Day0Rule), Outcome> {
        let date = Date::from_ymd(2024, 1, day).expect("valid");
        day0(&market(), Announcement::On { date, session }).map(|d| (d.index, d.rule)).map_err(|u| u.outcome)
    }

    #[test]
    fn instants() {
        assert_eq!(at(2, 7 * HOUR), Ok((1, Day0Rule::SameDayBeforeOpen)));
        assert_eq!(at(2, 9 * HOUR + HOUR / 2), Ok((1, Day0Rule::SameDayDuring)));
        assert_eq!(at(2, 16 * HOUR - 1), Ok((1, Day0Rule::SameDayDuring)));
        // "Strictly after": an announcement at the very close can only move the next session.
        assert_eq!(at(2, 16 * HOUR), Ok((2, Day0Rule::NextSessionAfterClose)));
        assert_eq!(at(3, 10 * HOUR), Ok((2, Day0Rule::NextSessionMarketClosed)));
        assert_eq!(at(5, 12 * HOUR), Ok((3, Day0Rule::SameDayDuring)));
        assert_eq!(at(5, 13 * HOUR), Ok((4, Day0Rule::NextSessionAfterClose)));
        assert_eq!(at(6, 0), Ok((4, Day0Rule::NextSessionMarketClosed)));
        assert_eq!(at(8, 17 * HOUR), Err(Outcome::AfterCalendar));
        assert_eq!(at(9, 0), Err(Outcome::AfterCalendar));
    }

    #[test]
    fn dates_with_sessions() {
        assert_eq!(on(4, Session::BeforeOpen), Ok((2, Day0Rule::SameDayBeforeOpen)));
        assert_eq!(on(4, Session::AfterClose), Ok((3, Day0Rule::NextSessionAfterClose)));
        assert_eq!(on(4, Session::Unknown), Ok((2, Day0Rule::SameDaySessionUnknown)));
        assert_eq!(on(3, Session::AfterClose), Ok((2, Day0Rule::NextSessionMarketClosed)));
    }

    #[test]
    fn outside_the_calendar() {
        let before = Announcement::On { date: Date(0), session: Session::BeforeOpen };
        assert_eq!(day0(&market(), before).map_err(|u| u.outcome), Err(Outcome::BeforeCalendar));
        let mut holed = market();
        let late = Date::from_ymd(2024, 3, 1).expect("valid");
        holed.calendar = Calendar::new(vec![Date::from_ymd(2024, 1, 1).expect("valid"), late]).expect("dates");
        let announced =
            Announcement::On { date: Date::from_ymd(2024, 1, 9).expect("valid"), session: Session::BeforeOpen };
        assert_eq!(day0(&holed, announced).map_err(|u| u.outcome), Err(Outcome::NoSession));
    }
}
