//! Trading days of a market, as small integers.

use crate::Date;

/// The trading days of one market in rising order. A day's *index* is its place in this list; all
/// window arithmetic is done on indices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    dates: Vec<Date>,
    /// For every civil day from the first to the last, the index of the first trading day on or after it: rows and
    /// events are many, and a search costs each of them more than all else about its day.
    next: Vec<u32>,
}

impl Calendar {
    /// A calendar of these dates, in any order and with repetitions; `None` when there are none.
    pub fn new(mut dates: Vec<Date>) -> Option<Self> {
        dates.sort_unstable();
        dates.dedup();
        let first = *dates.first()?;
        let mut next = Vec::new();
        for (index, date) in (0..).zip(&dates) {
            next.resize((i64::from(date.0) - i64::from(first.0)) as usize + 1, index);
        }
        Some(Self { dates, next })
    }

    /// The trading days.
    pub fn dates(&self) -> &[Date] {
        &self.dates
    }

    /// Number of trading days.
    #[expect(clippy::len_without_is_empty, reason = "a calendar is never empty")]
    pub fn len(&self) -> usize {
        self.dates.len()
    }

    /// First trading day.
    pub fn first(&self) -> Date {
        self.dates[0]
    }

    /// Last trading day.
    pub fn last(&self) -> Date {
        self.dates[self.dates.len() - 1]
    }

    /// The index of a date, if it is a trading day.
    #[inline]
    pub fn index_of(&self, date: Date) -> Option<usize> {
        self.at_or_after(date).filter(|&index| self.dates[index] == date)
    }

    /// Index of the first trading day on or after a date.
    #[inline]
    pub fn at_or_after(&self, date: Date) -> Option<usize> {
        let days = usize::try_from(i64::from(date.0) - i64::from(self.first().0)).unwrap_or(0);
        self.next.get(days).map(|&index| index as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_what_a_search_finds() {
        let calendar = Calendar::new([9, 5, 6, 12, 6].map(Date).to_vec()).expect("dates");
        assert_eq!(calendar.dates(), [5, 6, 9, 12].map(Date));
        for date in (0..20).chain([i32::MIN, i32::MAX]).map(Date) {
            assert_eq!(calendar.index_of(date), calendar.dates().binary_search(&date).ok(), "{date}");
            let next = calendar.dates().iter().position(|&day| day >= date);
            assert_eq!(calendar.at_or_after(date), next, "{date}");
        }
        assert!(Calendar::new(vec![]).is_none());
    }
}
