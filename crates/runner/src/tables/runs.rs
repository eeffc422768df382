//! Which rows a table has.

/// Where a row of a table comes from. What the numbers count depends on the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Specification.
    pub specification: usize,
    /// Input row of the event, or the group.
    pub item: usize,
    /// Day, window or test.
    pub part: usize,
    /// Place of the event among the candidates, in tables of estimates, where it has one.
    pub place: Option<u32>,
}

/// Rows in runs: those of a run differ in their part only, which counts up. A long table has one run per event, so
/// that what its rows share is looked up once.
#[derive(Debug, Default)]
pub struct Runs {
    runs: Vec<(Cell, usize)>,
    rows: usize,
}

impl Runs {
    /// Adds a run of so many rows, of which a cell is the first.
    pub(crate) fn push(&mut self, first: Cell, rows: usize) {
        if rows > 0 {
            self.runs.push((first, rows));
            self.rows += rows;
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The runs: the cell that begins each, and its number of rows.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Cell, usize)> {
        self.runs.iter().map(|(first, rows)| (first, *rows))
    }

    /// Shows every row.
    pub(super) fn for_each(&self, mut show: impl FnMut(&Cell)) {
        for (first, rows) in &self.runs {
            for part in first.part..first.part + rows {
                show(&Cell { part, ..*first });
            }
        }
    }
}
