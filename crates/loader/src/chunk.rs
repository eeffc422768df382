//! Price rows in memory, one chunk per row group.

use std::ops::Range;

use dayzero_model::Date;

use crate::DataError;
use crate::days::Days;
use crate::spill::{Columns, Spill, Waiting};

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
    /// What the entries have, from `base` on.
    pub(crate) columns: Columns,
    base: usize,
    /// Where the columns wait, if they do: then only some entries are here, or none.
    waiting: Option<Waiting>,
    /// Whether one of the values cannot be.
    pub(crate) unsound: bool,
    rows: RowNumbers,
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
    /// Place of its first entry among the rows as they were read.
    place: u32,
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
        let columns = Columns { values: column(), extras: (0..extras).map(|_| column()).collect(), order: Vec::new() };
        Self { columns, ..Self::default() }
    }

    /// Adds the keys of rows of one security, from `row` on; their values go to the ends of the columns.
    /// `midnights` are the dates as labels, where they could be.
    pub(crate) fn push_rows(&mut self, names: (u32, u32), row: u64, dates: &[i32], midnights: &[i32]) {
        let place = self.runs.last().map_or(0, |run| run.end);
        self.rows.push(place, row);
        let starts = append(&mut self.runs, names, dates.len(), place);
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

    /// Names of the securities that have rows; dictionaries may name others.
    pub(crate) fn securities_with_rows(&self) -> impl Iterator<Item = &String> {
        let mut has_rows = vec![false; self.securities.len()];
        self.runs.iter().for_each(|run| has_rows[run.security as usize] = true);
        self.securities.iter().zip(has_rows).filter(|(_, has_rows)| *has_rows).map(|(name, _)| name)
    }

    /// The date of every entry of a run.
    pub(crate) fn dates(&self, run: usize) -> impl Iterator<Item = (usize, Date)> {
        self.runs[run].entries().zip(self.days.of(run)).map(|(entry, &day)| (entry, Date(day)))
    }

    /// Row of an entry within its file.
    pub(crate) fn row(&self, entry: usize) -> u64 {
        self.rows.of(self.place(entry) as u32)
    }

    /// Row of the first entry of a run.
    pub(crate) fn first_row(&self, run: &Run) -> u64 {
        self.rows.of(run.place)
    }

    /// Place of an entry among the rows as they were read.
    pub(crate) fn place(&self, entry: usize) -> usize {
        self.columns.order.get(entry - self.base).map_or(entry, |&place| place as usize)
    }

    /// Places of entries in the columns that are here.
    pub(crate) fn here(&self, entries: Range<usize>) -> Range<usize> {
        entries.start - self.base..entries.end - self.base
    }

    /// Puts rows of one security side by side, in the order of the securities' names and of the reading, where
    /// they are scattered as in files that are sorted by date; then they can wait in the temporary file.
    pub(crate) fn regroup(&mut self, spill: &Spill) -> Result<(), DataError> {
        if self.runs.len() * SHORT_RUN <= self.len() {
            return Ok(());
        }
        let sorted = self.runs_by_name();
        let mut runs: Vec<Run> = Vec::new();
        let (mut days, mut labels) = (Days::default(), Days::default());
        for run in sorted.iter().map(|&run| run as usize) {
            let Run { security, market, place, .. } = self.runs[run];
            let starts = append(&mut runs, (security, market), self.runs[run].entries().len(), place);
            let add =
                |to: &mut Days, from: &Days| if starts { to.start(from.of(run)) } else { to.extend(from.of(run)) };
            add(&mut days, &self.days);
            if let Labels::Midnights(from) = &self.labels {
                add(&mut labels, from);
            }
        }
        if let Labels::Midnights(from) = &mut self.labels {
            *from = labels;
        }
        let entries = |run: u32| self.runs[run as usize].entries().map(|entry| entry as u32);
        self.columns.reorder(sorted.into_iter().flat_map(entries).collect());
        (self.days, self.runs) = (days, runs);
        self.waiting = spill.offer(&mut self.columns)?;
        Ok(())
    }

    /// The runs in the order of the names of their securities, those of one as they were read.
    fn runs_by_name(&self) -> Vec<u32> {
        let mut next = vec![0; self.securities.len()];
        self.runs.iter().for_each(|run| next[run.security as usize] += 1);
        let mut by_name: Vec<usize> = (0..next.len()).collect();
        by_name.sort_unstable_by_key(|&security| &self.securities[security]);
        let mut before = 0;
        for security in by_name {
            before += std::mem::replace(&mut next[security], before);
        }
        let mut sorted = vec![0; self.runs.len()];
        for (index, run) in self.runs.iter().enumerate() {
            let place = &mut next[run.security as usize];
            sorted[*place] = index as u32;
            *place += 1;
        }
        sorted
    }

    /// Whether the columns wait in the temporary file.
    pub(crate) fn waits(&self) -> bool {
        self.waiting.is_some()
    }

    /// Brings back what some entries have, and nothing else, where the columns wait.
    pub(crate) fn bring_back(&mut self, spill: &Spill, extras: usize, entries: Range<usize>) -> Result<(), DataError> {
        if let Some(waiting) = self.waiting {
            self.columns = spill.read(waiting, extras, &entries)?;
            self.base = entries.start;
        }
        Ok(())
    }
}

/// Lengthens the last run, or starts another where it is of something else; whether it does.
fn append(runs: &mut Vec<Run>, (security, market): (u32, u32), len: usize, place: u32) -> bool {
    let start = runs.last().map_or(0, |run| run.end);
    let end = start + len as u32;
    match runs.last_mut() {
        Some(last) if (last.security, last.market) == (security, market) => {
            last.end = end;
            false
        }
        _ => {
            runs.push(Run { security, market, start, end, place });
            true
        }
    }
}

/// Decides over all rows whether timestamps are instants, or dates that were stored as midnights.
pub(crate) fn settle(chunks: &mut [Chunk]) {
    let instants = chunks.iter().any(|chunk| chunk.labels == Labels::Instants);
    for chunk in chunks {
        if let Labels::Midnights(labels) = std::mem::take(&mut chunk.labels)
            && !instants
        {
            chunk.days = labels;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scattered_rows_come_together_and_know_where_they_stood() {
        let mut chunk = Chunk::with_capacity(6, 1);
        // Row 12 was not wanted.
        for (i, (security, row)) in [(0, 10), (1, 11), (0, 13), (0, 14), (1, 15)].into_iter().enumerate() {
            chunk.push_rows((security, 0), row, &[i as i32], &[]);
            chunk.columns.values.push(i as f64);
            chunk.columns.extras[0].push(-(i as f64));
        }
        chunk.securities = ["B", "A"].map(str::to_owned).to_vec();
        for room in [u64::MAX, 0] {
            let mut chunk = chunk.clone();
            let spill = Spill::new(&std::env::temp_dir(), room);
            chunk.regroup(&spill).expect("a temporary file");
            assert_eq!(chunk.waits(), room == 0);
            chunk.bring_back(&spill, 1, 1..5).expect("what was written");
            let rest = chunk.here(1..5);
            assert_eq!(chunk.columns.values[rest.clone()], [4.0, 0.0, 2.0, 3.0]);
            assert_eq!(chunk.columns.extras[0][rest], [-4.0, -0.0, -2.0, -3.0]);
            let of = |run: &Run| (chunk.securities[run.security as usize].as_str(), run.entries());
            assert_eq!(chunk.runs.iter().map(of).collect::<Vec<_>>(), [("A", 0..2), ("B", 2..5)]);
            assert_eq!((chunk.days.of(0), chunk.days.of(1)), (&[1, 4][..], &[0, 2, 3][..]));
            assert_eq!((1..5).map(|entry| chunk.row(entry)).collect::<Vec<_>>(), [15, 10, 13, 14]);
            assert_eq!(chunk.first_row(&chunk.runs[0]), 11);
        }
    }
}
