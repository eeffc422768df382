//! Calendar periods by which events cluster.

use crate::Date;

/// A calendar period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Period {
    /// A civil day.
    Day,
    /// A week of ISO 8601, from Monday.
    #[default]
    Week,
    /// A month.
    Month,
    /// A quarter of a year.
    Quarter,
}

impl Period {
    /// A number that two dates share if and only if they lie in the same period.
    ///
    /// ```
    /// use dayzero_model::{Date, period::Period};
    /// let day = |text: &str| Date::parse(text).unwrap();
    /// assert_eq!(Period::Week.of(day("2025-12-29")), Period::Week.of(day("2026-01-04")));
    /// assert_ne!(Period::Week.of(day("2025-12-28")), Period::Week.of(day("2025-12-29")));
    /// assert_ne!(Period::Month.of(day("2025-12-29")), Period::Month.of(day("2026-01-04")));
    /// assert_eq!(Period::Quarter.of(day("2025-10-01")), Period::Quarter.of(day("2025-12-31")));
    /// ```
    pub fn of(self, date: Date) -> i32 {
        // The first Monday before 1970-01-01, a Thursday, is day -3.
        let monday = |Date(day)| (day + 3).div_euclid(7);
        // Calendars hold civil dates only; any other date is a period of its own.
        let months = |length: i32| {
            let civil = date.civil().map(|date| i32::from(date.year()) * 12 + i32::from(date.month()) - 1);
            civil.map_or(date.0, |month| month.div_euclid(length))
        };
        match self {
            Self::Day => date.0,
            Self::Week => monday(date),
            Self::Month => months(1),
            Self::Quarter => months(3),
        }
    }
}
