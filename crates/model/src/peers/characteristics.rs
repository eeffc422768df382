//! What is known of securities, and from when.

use std::collections::HashMap;

use crate::{Date, Maybe};

/// Numbers and labels of securities as they became known: one row per security and date.
///
/// A row replaces the one before it as a whole. A value that is missing in the latest row is
/// therefore missing: what was true a year ago is no longer known to be.
#[derive(Clone, Debug, Default)]
pub struct Characteristics {
    /// The rows of security s are `starts[s]..starts[s + 1]`, rising by date.
    starts: Vec<usize>,
    /// Nothing stands for a row that was always known; it sorts before every date.
    known_from: Vec<Option<Date>>,
    numbers: Vec<(String, Vec<Maybe>)>,
    labels: Vec<(String, Labels)>,
}

/// A column of labels: a number for each different text.
#[derive(Clone, Debug, Default)]
struct Labels {
    numbers: Vec<Option<u32>>,
    texts: Vec<String>,
}

/// Two rows of the input, counted from 0, that are of the same security and date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DuplicateRows {
    /// The earlier row.
    pub first: usize,
    /// The later row.
    pub second: usize,
}

impl Characteristics {
    /// A table of these rows, which may be in any order. `known_from` is the day from which a row
    /// is known, nothing where it always was; a number that is not finite is missing.
    ///
    /// # Errors
    /// Two rows are of the same security and date.
    ///
    /// # Panics
    /// A column is shorter than `securities`.
    pub fn new(
        securities: &[usize],
        known_from: &[Option<Date>],
        numbers: Vec<(String, Vec<f64>)>,
        labels: Vec<(String, Vec<Option<String>>)>,
    ) -> Result<Self, DuplicateRows> {
        let key = |row: usize| (securities[row], known_from[row]);
        let mut order: Vec<usize> = (0..securities.len()).collect();
        order.sort_by_key(|&row| key(row));
        let repeated = order.windows(2).filter(|pair| key(pair[0]) == key(pair[1]));
        if let Some(pair) = repeated.min_by_key(|pair| pair[1]) {
            return Err(DuplicateRows { first: pair[0], second: pair[1] });
        }
        let count = order.last().map_or(0, |&row| securities[row] + 1);
        let sort_numbers = |values: Vec<f64>| order.iter().map(|&row| Maybe::finite(values[row])).collect();
        Ok(Self {
            starts: (0..=count).map(|s| order.partition_point(|&row| securities[row] < s)).collect(),
            known_from: order.iter().map(|&row| known_from[row]).collect(),
            numbers: numbers.into_iter().map(|(name, values)| (name, sort_numbers(values))).collect(),
            labels: labels.into_iter().map(|(name, values)| (name, intern(values, &order))).collect(),
        })
    }

    /// The column of numbers of that name.
    pub fn number_column(&self, name: &str) -> Option<usize> {
        self.numbers.iter().position(|(column, _)| column == name)
    }

    /// The column of labels of that name.
    pub fn label_column(&self, name: &str) -> Option<usize> {
        self.labels.iter().position(|(column, _)| column == name)
    }

    /// The number in the last row of a security that was known before a date.
    pub fn number(&self, column: usize, security: usize, date: Date) -> Option<f64> {
        self.numbers[column].1[self.row(security, date)?].get()
    }

    /// The label in the last row of a security that was known before a date. Equal labels of one
    /// column are equal numbers, and these mean nothing else.
    pub fn label(&self, column: usize, security: usize, date: Date) -> Option<u32> {
        self.labels[column].1.numbers[self.row(security, date)?]
    }

    /// The text of a label.
    pub fn label_text(&self, column: usize, label: u32) -> &str {
        &self.labels[column].1.texts[label as usize]
    }

    /// The days from which the rows of a security are known, rising.
    pub fn known_from(&self, security: usize) -> &[Option<Date>] {
        match self.starts.get(security..security + 2) {
            Some(&[start, end]) => &self.known_from[start..end],
            _ => &[],
        }
    }

    /// A row dated on `date` itself is too late: it may be the very news of the event.
    fn row(&self, security: usize, date: Date) -> Option<usize> {
        let earlier = self.known_from(security).partition_point(|known| known.is_none_or(|known| known < date));
        let last = earlier.checked_sub(1)?;
        Some(self.starts[security] + last)
    }
}

fn intern(mut texts: Vec<Option<String>>, order: &[usize]) -> Labels {
    let mut labels = Labels::default();
    let mut known: HashMap<String, u32> = HashMap::new();
    for &row in order {
        let number = texts[row].take().map(|text| {
            *known.entry(text).or_insert_with_key(|text| {
                labels.texts.push(text.clone());
                labels.texts.len() as u32 - 1
            })
        });
        labels.numbers.push(number);
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i32) -> Option<Date> {
        Some(Date(day))
    }

    #[test]
    fn the_last_row_strictly_before_a_date_counts_as_a_whole() {
        let size = ("size".to_owned(), vec![30.0, f64::NAN, 10.0, 7.0, f64::INFINITY]);
        let text = |text: &str| Some(text.to_owned());
        let industry = ("industry".to_owned(), vec![text("oil"), text("tin"), None, text("tin"), text("oil")]);
        let dates = [day(30), day(20), day(10), None, None];
        let table = Characteristics::new(&[2, 2, 2, 0, 3], &dates, vec![size], vec![industry]).expect("no duplicates");
        let number = |security, date| table.number(0, security, Date(date));
        assert_eq!(
            [10, 11, 20, 21, 30, 31].map(|date| number(2, date)),
            [None, Some(10.0), Some(10.0), None, None, Some(30.0)]
        );
        assert_eq!(number(0, i32::MIN), Some(7.0));
        assert_eq!([number(1, 99), number(3, 99), number(4, 99), number(50, 99)], [None; 4]);

        let label = |security, date| table.label(0, security, Date(date));
        assert_eq!(label(2, 20), None);
        assert_eq!(label(2, 21), label(0, 0));
        assert_eq!(label(2, 31), label(3, 0));
        assert_ne!(label(0, 0), label(3, 0));
        assert_eq!(table.label_text(0, label(3, 0).expect("a label")), "oil");
        assert_eq!((table.number_column("size"), table.label_column("industry")), (Some(0), Some(0)));
        assert_eq!((table.number_column("industry"), table.label_column("size")), (None, None));
        assert_eq!(table.known_from(2), [day(10), day(20), day(30)]);
    }

    #[test]
    fn an_undated_row_is_older_than_every_dated_one() {
        let size = ("size".to_owned(), vec![2.0, 1.0]);
        let table = Characteristics::new(&[0, 0], &[day(5), None], vec![size], vec![]).expect("no duplicates");
        assert_eq!([5, 6].map(|date| table.number(0, 0, Date(date))), [Some(1.0), Some(2.0)]);
    }

    #[test]
    fn the_first_row_that_repeats_another_is_reported_with_it() {
        let duplicates = |securities: &[usize], dates: &[Option<Date>]| {
            Characteristics::new(securities, dates, vec![], vec![]).err().map(|rows| (rows.first, rows.second))
        };
        assert_eq!(duplicates(&[1, 0, 1, 0, 1], &[day(3), None, day(4), None, day(3)]), Some((1, 3)));
        assert_eq!(duplicates(&[1, 1, 1], &[day(3); 3]), Some((0, 1)));
        assert_eq!(duplicates(&[], &[]), None);
        assert_eq!(Characteristics::default().number_column("size"), None);
        assert!(Characteristics::default().known_from(0).is_empty());
    }
}
