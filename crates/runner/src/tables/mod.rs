//! The tables of a run: one file per table, which says what each column is and where it comes from.
//!
//! A table is a list of columns over [`Cell`]s; arrays are made chunk by chunk, only for the columns
//! that are written. To add a table: one file here, one line in [`TABLES`], and its name in
//! [`crate::table_names`].

pub(crate) mod abnormal_returns;
mod averages;
mod calendar_time;
mod cars;
mod column;
mod estimates;
mod events;
mod influence;
mod performance;
mod portfolio;
mod rats;
mod regressions;
pub mod rejections;
mod specifications;
mod strategies;
mod tests;
mod trades;
mod walk_forward;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{Schema, SchemaRef};
use arrow::error::ArrowError;
use dayzero_model::results::Results;
use rayon::prelude::*;

pub use column::{Cell, Column};

use crate::config::Mistake;
use crate::finished::Finished;

/// A table, ready to be written.
pub struct Table<'a> {
    /// Its name, which is that of its file.
    pub name: &'static str,
    /// A row per what.
    pub description: &'static str,
    columns: Vec<Column<'a>>,
    /// Number of units; a unit is a row or a run of rows that belong together.
    units: usize,
    cells: Box<dyn Fn(Range<usize>) -> Vec<Cell> + Sync + 'a>,
}

/// How a table is made.
type Builder = for<'a> fn(&'a Finished<'a>) -> Table<'a>;

/// Every table, in the order in which lists show them.
pub const TABLES: &[(&str, Builder)] = &[
    ("events", events::table),
    ("specifications", specifications::table),
    ("estimates", estimates::table),
    ("abnormal_returns", abnormal_returns::table),
    ("cars", cars::table),
    ("averages", averages::table),
    ("tests", tests::table),
    ("influence", influence::table),
    ("calendar_time", calendar_time::table),
    ("rats", rats::table),
    ("regressions", regressions::table),
    ("strategies", strategies::table),
    ("trades", trades::table),
    ("portfolio", portfolio::table),
    ("performance", performance::table),
    ("walk_forward", walk_forward::table),
];

/// Units per chunk: about what fits a core's cache.
const CHUNK_ROWS: usize = 65_536;

impl<'a> Table<'a> {
    /// A table with one row per unit.
    fn rows(
        name: &'static str,
        description: &'static str,
        rows: usize,
        cell: impl Fn(usize) -> Cell + Sync + 'a,
    ) -> Self {
        let cells = move |units: Range<usize>| units.map(&cell).collect();
        Self { name, description, columns: Vec::new(), units: rows, cells: Box::new(cells) }
    }

    /// A table whose units are runs of rows.
    fn runs(
        name: &'static str,
        description: &'static str,
        units: usize,
        cells: impl Fn(Range<usize>) -> Vec<Cell> + Sync + 'a,
    ) -> Self {
        Self { name, description, columns: Vec::new(), units, cells: Box::new(cells) }
    }

    /// A table with a run of rows for every specification and event that has an estimate; `rows` says
    /// how many.
    fn per_estimate(
        name: &'static str,
        description: &'static str,
        finished: &'a Finished<'a>,
        rows: fn(&Results) -> usize,
    ) -> Self {
        let pairs = finished.estimated();
        let units = pairs.len();
        let cells = move |units: Range<usize>| {
            let run = |&(specification, item): &(usize, usize)| {
                (0..rows(&finished.results[specification])).map(move |part| Cell { specification, item, part })
            };
            pairs[units].iter().flat_map(run).collect()
        };
        Self::runs(name, description, units, cells)
    }

    fn with(mut self, column: Column<'a>) -> Self {
        self.columns.push(column);
        self
    }

    fn with_all(mut self, columns: impl IntoIterator<Item = Column<'a>>) -> Self {
        self.columns.extend(columns);
        self
    }

    /// Keeps the keys and these columns.
    ///
    /// # Errors
    /// A column that the table does not have.
    pub fn narrow(mut self, keep: &[String]) -> Result<Self, Mistake> {
        for (i, name) in keep.iter().enumerate() {
            if !self.columns.iter().any(|column| column.name() == name) {
                let known: Vec<&str> = self.columns.iter().map(Column::name).collect();
                let place = ["output", "columns", self.name, &i.to_string()];
                let mistake = Mistake::new(place, format!("the table {} has no column `{name}`", self.name));
                return Err(mistake.did_you_mean(name, known));
            }
        }
        self.columns.retain(|column| column.is_key() || keep.iter().any(|name| name == column.name()));
        Ok(self)
    }

    /// The schema; each field's metadata say what it is.
    pub fn schema(&self, metadata: BTreeMap<String, String>) -> SchemaRef {
        let fields: Vec<_> = self.columns.iter().map(Column::field).collect();
        Arc::new(Schema::new_with_metadata(fields, metadata.into_iter().collect()))
    }

    /// The units, in pieces of about so many rows; without any, one empty piece, for formats whose header
    /// comes with it.
    pub fn pieces(&self, rows: usize) -> Vec<Range<usize>> {
        let per_unit = (self.cells)(0..self.units.min(1)).len().max(1);
        cut(0..self.units.max(1), (rows / per_unit).max(1), self.units)
    }

    /// The same for the units of one piece, as few rows as fit a core's cache.
    pub fn chunks(&self, units: Range<usize>) -> Vec<Range<usize>> {
        let per_unit = (self.cells)(units.start..(units.start + 1).min(units.end)).len().max(1);
        let end = units.end;
        cut(units, (CHUNK_ROWS / per_unit).max(1), end)
    }

    /// Which rows some units have.
    pub fn cells(&self, units: Range<usize>) -> Vec<Cell> {
        (self.cells)(units)
    }

    /// The columns.
    pub fn columns(&self) -> &[Column<'a>] {
        &self.columns
    }

    /// The rows, chunk by chunk.
    pub fn batches(&self, schema: &SchemaRef) -> impl Iterator<Item = Result<RecordBatch, ArrowError>> {
        self.pieces(CHUNK_ROWS).into_iter().map(move |units| {
            let cells = self.cells(units);
            let arrays: Vec<ArrayRef> = self.columns.par_iter().map(|column| column.array(&cells)).collect();
            RecordBatch::try_new(schema.clone(), arrays)
        })
    }
}

/// Cuts a range into pieces of `step`, the last of them ending at `end`.
fn cut(range: Range<usize>, step: usize, end: usize) -> Vec<Range<usize>> {
    range.step_by(step).map(|start| start..(start + step).min(end)).collect()
}

/// The tables that a study asks for, narrowed as it asks.
///
/// # Errors
/// `[output] columns` names a column that its table does not have.
pub fn requested<'a>(finished: &'a Finished<'a>) -> Result<Vec<Table<'a>>, Mistake> {
    let output = &finished.study.output;
    let mut wanted = Vec::new();
    for (name, build) in TABLES {
        // Narrowed even where it is not written, so that a misspelt column is found.
        let table = match output.columns.get(*name) {
            Some(keep) => build(finished).narrow(keep)?,
            None => build(finished),
        };
        if output.tables.iter().any(|written| written == name) {
            wanted.push(table);
        }
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests_of_registry {
    use super::*;
    use crate::table_names::TABLE_NAMES;

    #[test]
    fn names_agree() {
        assert_eq!(TABLES.iter().map(|(name, _)| *name).collect::<Vec<_>>(), TABLE_NAMES);
    }
}
