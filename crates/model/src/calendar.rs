//! Trading days of a market, as small integers.

use crate::Date;

/// The trading days of one market in rising order. A day's *index* is its place in this list; all
/// window arithmetic is done on indices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    dates: Vec<Date>,
}

impl Calendar {
    /// A calendar of these dates, in any order and with repetitions; `None` when there are none.
    pub fn new(mut dates: Vec<Date>) -> Option<Self> {
        dates.sort_unstable();
        dates.dedup();
        (!dates.is_empty()).then_some(Self { dates })
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
    pub fn index_of(&self, date: Date) -> Option<usize> {
        self.dates.binary_search(&date).ok()
    }

    /// Index of the first trading day on or after a date.
    pub fn at_or_after(&self, date: Date) -> Option<usize> {
        let index = self.dates.partition_point(|&d| d < date);
        (index < self.dates.len()).then_some(index)
    }

    /// Index by civil date for repeated look-ups: `table[date − first]`, `u32::MAX` on other days.
    pub fn lookup(&self) -> Lookup {
        let span = (self.last().0 - self.first().0) as usize + 1;
        let mut table = vec![u32::MAX; span];
        for (index, date) in self.dates.iter().enumerate() {
            table[(date.0 - self.first().0) as usize] = index as u32;
        }
        Lookup { first: self.first().0, table }
    }
}

/// A table from civil date to calendar index, for the loading of many rows.
#[derive(Clone, Debug)]
pub struct Lookup {
    first: i32,
    table: Vec<u32>,
}

impl Lookup {
    /// The index of a date, if it is a trading day.
    #[inline]
    pub fn index_of(&self, date: Date) -> Option<usize> {
        let offset = usize::try_from(i64::from(date.0) - i64::from(self.first)).ok()?;
        self.table.get(offset).filter(|&&index| index != u32::MAX).map(|&index| index as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_by_search_and_by_table_agree() {
        let calendar = Calendar::new([9, 5, 6, 12, 6].map(Date).to_vec()).expect("dates");
        assert_eq!(calendar.dates(), [5, 6, 9, 12].map(Date));
        let lookup = calendar.lookup();
        for day in 0..20 {
            assert_eq!(calendar.index_of(Date(day)), lookup.index_of(Date(day)), "day {day}");
        }
        assert_eq!(calendar.at_or_after(Date(7)), Some(2));
        assert_eq!(calendar.at_or_after(Date(13)), None);
        assert!(Calendar::new(vec![]).is_none());
    }
}
