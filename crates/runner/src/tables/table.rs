//! A table: its columns, and which rows it has.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{Schema, SchemaRef};
use arrow::error::ArrowError;
use dayzero_model::Outcome;
use dayzero_model::results::{Part, Results};
use rayon::prelude::*;

use super::runs::Event;
use super::{Cell, Column, Runs};
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
    /// The most rows of a unit.
    longest: usize,
    /// Units of each specification, one specification after the other, where the table grows with every
    /// specification that is estimated.
    per_specification: Option<usize>,
    rows: Rows<'a>,
}

/// The rows of some units.
type Rows<'a> = Box<dyn Fn(Range<usize>) -> Runs + Sync + 'a>;

/// Rows per chunk: about what fits a core's cache.
const CHUNK_ROWS: usize = 16_384;

impl<'a> Table<'a> {
    /// A table with one row per unit.
    pub(super) fn rows(
        name: &'static str,
        description: &'static str,
        rows: usize,
        cell: impl Fn(usize) -> Cell<'static> + Sync + 'a,
    ) -> Self {
        Self::runs(name, description, (rows, 1), move |unit, runs| runs.push(cell(unit), 1))
    }

    /// A table of so many units, which are runs of so many rows at most: `run` adds the rows of a unit.
    pub(super) fn runs(
        name: &'static str,
        description: &'static str,
        (units, longest): (usize, usize),
        run: impl Fn(usize, &mut Runs) + Sync + 'a,
    ) -> Self {
        let rows = move |units: Range<usize>| {
            let mut runs = Runs::default();
            units.for_each(|unit| run(unit, &mut runs));
            runs
        };
        Self { name, description, columns: Vec::new(), units, longest, per_specification: None, rows: Box::new(rows) }
    }

    /// A table with a row for every specification and input event, and the columns of a part of the estimates.
    pub(super) fn per_event(
        name: &'static str,
        description: &'static str,
        finished: &'a Finished<'a>,
        part: Part,
    ) -> Self {
        Self::per_specification(name, description, (finished, part, 1), |_, _| 1)
    }

    /// A table with a run of rows for every specification and event that has an estimate; `length` says
    /// how many.
    pub(super) fn per_estimate(
        name: &'static str,
        description: &'static str,
        (finished, part): (&'a Finished<'a>, Part),
        length: fn(&Results) -> usize,
    ) -> Self {
        let longest = finished.results.iter().map(length).max().unwrap_or_default();
        Self::per_specification(name, description, (finished, part, longest), move |estimated, results| {
            if estimated { length(results) } else { 0 }
        })
    }

    /// A table with a run for every specification and input event: `length` says of how many rows, `longest` at most,
    /// from whether the event has an estimate and the results it is in.
    fn per_specification(
        name: &'static str,
        description: &'static str,
        (finished, part, longest): (&'a Finished<'a>, Part, usize),
        length: impl Fn(bool, &Results) -> usize + Sync + 'a,
    ) -> Self {
        let events = finished.ledger.rows.len();
        let rows = move |units: Range<usize>| {
            let mut runs = Runs::default();
            let mut start = units.start;
            while start < units.end {
                let specification = start / events;
                let before = specification * events;
                let end = units.end.min(before + events);
                let results = &finished.results[specification];
                let event = |item: usize| {
                    let place = finished.place(item);
                    let outcome = finished.outcome_at(specification, item, place);
                    let is_estimated = outcome.is_some_and(Outcome::is_estimated);
                    Event { item, outcome, place: place.filter(|_| is_estimated) }
                };
                let events = (start - before..end - before).map(event);
                runs.push_events((specification, results), events, part, |estimated| length(estimated, results));
                start = end;
            }
            runs
        };
        let units = finished.results.len() * events;
        let (columns, per_specification) = (Vec::new(), Some(events));
        Self { name, description, columns, units, longest, per_specification, rows: Box::new(rows) }
    }

    pub(super) fn with(mut self, column: Column<'a>) -> Self {
        self.columns.push(column);
        self
    }

    pub(super) fn with_all(mut self, columns: impl IntoIterator<Item = Column<'a>>) -> Self {
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

    /// All its units.
    pub fn units(&self) -> Range<usize> {
        0..self.units
    }

    /// Whether it grows with every specification that is estimated.
    pub fn grows(&self) -> bool {
        self.per_specification.is_some()
    }

    /// The units of some specifications, of a table that grows with them.
    pub fn units_of(&self, specifications: Range<usize>) -> Range<usize> {
        let each = self.per_specification.unwrap_or_default();
        specifications.start * each..specifications.end * each
    }

    /// Units in pieces of so many rows at most, as long as a unit has no more.
    pub fn pieces(&self, units: Range<usize>, rows: usize) -> Vec<Range<usize>> {
        let (step, end) = ((rows / self.longest.max(1)).max(1), units.end);
        units.step_by(step).map(|start| start..(start + step).min(end)).collect()
    }

    /// The same in as few rows as fit a core's cache.
    pub fn chunks(&self, units: Range<usize>) -> Vec<Range<usize>> {
        self.pieces(units, CHUNK_ROWS)
    }

    /// Which rows some units have.
    pub fn runs_of(&self, units: Range<usize>) -> Runs {
        (self.rows)(units)
    }

    /// The columns.
    pub fn columns(&self) -> &[Column<'a>] {
        &self.columns
    }

    /// The rows of some units, chunk by chunk; one chunk without rows where there are no units, for formats
    /// whose header comes with it.
    pub fn batches(
        &self,
        units: Range<usize>,
        schema: &SchemaRef,
    ) -> impl Iterator<Item = Result<RecordBatch, ArrowError>> {
        let mut chunks = self.chunks(units.clone());
        if chunks.is_empty() {
            chunks.push(units);
        }
        chunks.into_iter().map(move |units| {
            let runs = self.runs_of(units);
            let arrays: Vec<ArrayRef> = self.columns.par_iter().map(|column| column.array(&runs)).collect();
            RecordBatch::try_new(schema.clone(), arrays)
        })
    }
}
