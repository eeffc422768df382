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
    /// Every period, the shortest first.
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Quarter];

    /// The name in configurations and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
        }
    }

    /// The period of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.name() == name)
    }

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

    /// The period in which a date lies, as in `2025-08-29`, `2025-W35`, `2025-08` or `2025-Q3`; absent
    /// beyond the years of the calendar.
    pub fn label(self, date: Date) -> Option<String> {
        let civil = date.civil()?;
        Some(match self {
            Self::Day => date.to_string(),
            Self::Week => {
                let week = civil.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Self::Month => format!("{:04}-{:02}", civil.year(), civil.month()),
            Self::Quarter => format!("{:04}-Q{}", civil.year(), (civil.month() - 1) / 3 + 1),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_may_belong_to_another_year() {
        let of = |text: &str| {
            let date = Date::parse(text).expect("a date");
            Period::ALL.map(|period| period.label(date).expect("civil")).join(" ")
        };
        assert_eq!(of("2025-08-29"), "2025-08-29 2025-W35 2025-08 2025-Q3");
        assert_eq!(of("2024-12-30"), "2024-12-30 2025-W01 2024-12 2024-Q4");
        assert_eq!(of("2021-01-03"), "2021-01-03 2020-W53 2021-01 2021-Q1");
        assert_eq!(Period::named("week"), Some(Period::Week));
        assert_eq!(Period::named("year"), None);
    }
}
