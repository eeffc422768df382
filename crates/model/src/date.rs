//! A civil date as the number of days since 1970-01-01.

use std::fmt;

/// A civil date: days since 1970-01-01, the same integer as Arrow's `date32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub i32);

const EPOCH: jiff::civil::Date = jiff::civil::date(1970, 1, 1);

impl Date {
    /// The date of a proleptic Gregorian year, month and day; `None` where there is no such day.
    pub fn from_ymd(year: i16, month: i8, day: i8) -> Option<Self> {
        jiff::civil::Date::new(year, month, day).ok().map(Self::from)
    }

    /// Reads `YYYY-MM-DD`; a time of day after `T` or a blank is ignored.
    pub fn parse(text: &str) -> Option<Self> {
        let date = text.trim().split(['T', ' ']).next()?;
        date.parse::<jiff::civil::Date>().ok().map(Self::from)
    }

    /// Whether this is a date of the years 1 to 9999; a timestamp in the wrong unit is not.
    #[inline]
    pub fn is_civil(self) -> bool {
        (-719_162..=2_932_896).contains(&self.0)
    }

    /// The calendar form, or `None` beyond the years that the calendar covers (−9999 to 9999).
    pub fn civil(self) -> Option<jiff::civil::Date> {
        EPOCH.checked_add(jiff::Span::new().try_days(self.0).ok()?).ok()
    }
}

impl From<jiff::civil::Date> for Date {
    fn from(date: jiff::civil::Date) -> Self {
        Self((date - EPOCH).get_days())
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.civil() {
            Some(date) => write!(f, "{date}"),
            None => write!(f, "day {} of the epoch", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epoch_and_known_dates() {
        assert_eq!(Date(0).to_string(), "1970-01-01");
        assert_eq!(Date::parse("2025-08-29"), Some(Date(20329)));
        assert_eq!(Date::parse("2025-08-29 17:30:00"), Some(Date(20329)));
        assert_eq!(Date::from_ymd(1969, 12, 31), Some(Date(-1)));
        assert_eq!(Date::parse("2025-02-30"), None);
        assert_eq!(Date::parse("29.08.2025"), None);
        assert_eq!(Date::parse("2025-08-29garbage"), None);
        for (date, civil) in [("0001-01-01", true), ("9999-12-31", true)] {
            let date = Date::parse(date).expect("a date");
            assert_eq!(date.is_civil(), civil);
        }
        assert!(!Date(2_932_897).is_civil() && !Date(-719_163).is_civil() && !Date(100_000_000).is_civil());
    }
}
