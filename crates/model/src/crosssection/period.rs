//! Periods of the calendar, in which errors of events may go together.

use crate::Date;

/// A period of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// A civil day.
    Day,
    /// A week by ISO 8601, from Monday.
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

    /// The period in which a date lies, as in `2025-08-29`, `2025-W35`, `2025-08` or `2025-Q3`; absent
    /// beyond the years of the calendar.
    pub fn of(self, date: Date) -> Option<String> {
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
            Period::ALL.map(|period| period.of(date).expect("civil")).join(" ")
        };
        assert_eq!(of("2025-08-29"), "2025-08-29 2025-W35 2025-08 2025-Q3");
        assert_eq!(of("2024-12-30"), "2024-12-30 2025-W01 2024-12 2024-Q4");
        assert_eq!(of("2021-01-03"), "2021-01-03 2020-W53 2021-01 2021-Q1");
        assert_eq!(Period::named("week"), Some(Period::Week));
        assert_eq!(Period::named("year"), None);
    }
}
