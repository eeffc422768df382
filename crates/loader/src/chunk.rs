//! Price rows in memory, one chunk per row group.

use std::ops::Range;

use dayzero_model::Date;

use crate::days::Days;

/// The rows of one row group that are wanted, column by column. An *entry* is a place in the columns.
#[derive(Clone, Debug, Default)]
pub struct Chunk {
    /// Index of the file.
    pub file: usize,
    /// Names of its securities.
    pub(crate) securities: Vec<String>,
    /// Names of its markets; empty when the table has no market column.
    pub(crate) markets: Vec<String>,
    /// Entries of one security each, one run after the other.
    pub(crate) runs: Vec<Run>,
    /// Dates of the runs.
    pub(crate) days: Days,
    /// The same dates as labels, for timestamps with a zone.
    pub(crate) labels: Labels,
    /// Prices or returns, NaN where missing.
    pub(crate) values: Vec<f64>,
    /// Further columns, in the order of [`crate::PriceSource::extras`], NaN where missing.
    pub(crate) extras: Vec<Vec<f64>>,
    /// Whether one of the values cannot be.
    pub(crate) unsound: bool,
    rows: RowNumbers,
    /// Place of every entry among the rows as they were read, where they were put in another order.
    order: Option<Vec<u32>>,
}

/// Consecutive entries of one security.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// Place among the chunk's securities.
    pub(crate) security: u32,
    /// Place among the chunk's markets; zero without any.
    pub(crate) market: u32,
    start: u32,
    end: u32,
}

impl Run {
    /// Its entries.
    pub(crate) fn entries(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Rows of the file, in pieces of consecutive ones: (first entry, its row).
#[derive(Clone, Debug, Default)]
struct RowNumbers(Vec<(u32, u64)>);

impl RowNumbers {
    fn push(&mut self, entry: u32, row: u64) {
        if self.0.last().is_none_or(|&(first, known)| known + u64::from(entry - first) != row) {
            self.0.push((entry, row));
        }
    }

    fn of(&self, entry: u32) -> u64 {
        let (first, row) = self.0[self.0.partition_point(|&(first, _)| first <= entry) - 1];
        row + u64::from(entry - first)
    }
}

/// Whether the dates of a chunk could be dates that were stored as timestamps.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Labels {
    /// They are dates.
    #[default]
    Dates,
    /// They are timestamps at midnight of their own zone, on these dates.
    Midnights(Days),
    /// They are timestamps, and not all are at midnight.
    Instants,
}

impl Labels {
    /// Prepares for a batch of timestamps that are midnights, or not.
    pub(crate) fn extend_with(&mut self, midnights: bool) {
        if !midnights {
            *self = Self::Instants;
        } else if *self == Self::Dates {
            *self = Self::Midnights(Days::default());
        }
    }
}

/// Runs shorter than this on average are not worth keeping apart.
const SHORT_RUN: usize = 16;

impl Chunk {
    /// A chunk with room for so many rows.
    pub(crate) fn with_capacity(rows: usize, extras: usize) -> Self {
        let column = || Vec::with_capacity(rows);
        Self { values: column(), extras: (0..extras).map(|_| column()).collect(), ..Self::default() }
    }

    /// Adds the keys of rows of one security, from `row` on; their values go to the ends of the columns.
    /// `midnights` are the dates as labels, where they could be.
    pub(crate) fn push_rows(&mut self, names: (u32, u32), row: u64, dates: &[i32], midnights: &[i32]) {
        self.rows.push(self.runs.last().map_or(0, |run| run.end), row);
        let starts = append(&mut self.runs, names, dates.len());
        let add = |days: &mut Days, dates: &[i32]| if starts { days.start(dates) } else { days.extend(dates) };
        add(&mut self.days, dates);
        if let Labels::Midnights(labels) = &mut self.labels {
            add(labels, midnights);
        }
    }

    /// Number of entries.
    pub(crate) fn len(&self) -> usize {
        self.runs.last().map_or(0, |run| run.end as usize)
    }

    /// The date of every entry of a run.
    pub(crate) fn dates(&self, run: usize) -> impl Iterator<Item = (usize, Date)> {
        self.runs[run].entries().zip(self.days.of(run)).map(|(entry, &day)| (entry, Date(day)))
    }

    /// Row of an entry within its file.
    pub(crate) fn row(&self, entry: usize) -> u64 {
        self.rows.of(self.place(entry) as u32)
    }

    /// Place of an entry among the rows as they were read.
    pub(crate) fn place(&self, entry: usize) -> usize {
        self.order.as_ref().map_or(entry, |order| order[entry] as usize)
    }

    /// Puts rows of one security side by side, in the order in which they were read, where they are
    /// scattered as in files that are sorted by date.
    fn regroup(&mut self) {
        if self.runs.len() * SHORT_RUN <= self.len() {
            return;
        }
        let mut sorted: Vec<usize> = (0..self.runs.len()).collect();
        sorted.sort_by_key(|&run| self.runs[run].security);
        let mut days = Days::default();
        let mut runs: Vec<Run> = Vec::new();
        for &run in &sorted {
            let Run { security, market, .. } = self.runs[run];
            let dates = self.days.of(run);
            if append(&mut runs, (security, market), dates.len()) { days.start(dates) } else { days.extend(dates) }
        }
        let order: Vec<u32> = sorted.iter().flat_map(|&run| self.runs[run].start..self.runs[run].end).collect();
        let permute = |column: &mut Vec<f64>| *column = order.iter().map(|&entry| column[entry as usize]).collect();
        permute(&mut self.values);
        self.extras.iter_mut().for_each(permute);
        (self.days, self.runs, self.order) = (days, runs, Some(order));
    }
}

/// Lengthens the last run, or starts another where it is of something else; whether it does.
fn append(runs: &mut Vec<Run>, (security, market): (u32, u32), len: usize) -> bool {
    let start = runs.last().map_or(0, |run| run.end);
    let end = start + len as u32;
    match runs.last_mut() {
        Some(last) if (last.security, last.market) == (security, market) => {
            last.end = end;
            false
        }
        _ => {
            runs.push(Run { security, market, start, end });
            true
        }
    }
}

/// Decides over all rows whether timestamps are instants, or dates that were stored as midnights; then
/// puts the rows of each security side by side.
pub(crate) fn settle(chunks: &mut [Chunk]) {
    use rayon::prelude::*;
    let instants = chunks.iter().any(|chunk| chunk.labels == Labels::Instants);
    chunks.par_iter_mut().for_each(|chunk| {
        if let Labels::Midnights(labels) = std::mem::take(&mut chunk.labels)
            && !instants
        {
            chunk.days = labels;
        }
        chunk.regroup();
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scattered_rows_come_together_and_know_where_they_stood() {
        let mut chunk = Chunk::with_capacity(6, 1);
        // Row 12 was not wanted.
        for (i, (security, row)) in [(1, 10), (0, 11), (1, 13), (0, 14), (1, 15)].into_iter().enumerate() {
            chunk.push_rows((security, 0), row, &[i as i32], &[]);
            chunk.values.push(i as f64);
            chunk.extras[0].push(-(i as f64));
        }
        settle(std::slice::from_mut(&mut chunk));
        assert_eq!(chunk.values, [1.0, 3.0, 0.0, 2.0, 4.0]);
        assert_eq!(chunk.extras[0], [-1.0, -3.0, 0.0, -2.0, -4.0]);
        assert_eq!(
            chunk.runs.iter().map(|run| (run.security, run.entries())).collect::<Vec<_>>(),
            [(0, 0..2), (1, 2..5)]
        );
        assert_eq!((chunk.days.of(0), chunk.days.of(1)), (&[1, 3][..], &[0, 2, 4][..]));
        assert_eq!((0..5).map(|entry| chunk.row(entry)).collect::<Vec<_>>(), [11, 14, 10, 13, 15]);
    }
}
