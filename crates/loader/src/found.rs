//! Where the wanted securities are in a row group, before the other columns are read.

use std::ops::Range;

use arrow::datatypes::{DataType, Field};
use parquet::arrow::ProjectionMask;

use crate::DataError;
use crate::key_runs::KeyRuns;
use crate::names::{LEFT_OUT, NameRun, Names};
use crate::prices::{OpenFile, Request};
use crate::schema::unreadable;

/// Ranges of rows that are shorter than this on average are not worth looking for.
const SHORT_RANGE: usize = 32;

/// What the identifiers of a row group say.
#[derive(Default)]
pub(crate) struct Found {
    /// The names of the rows to read, where they are known already.
    pub(crate) names: Option<Names>,
    /// The rows of the wanted securities, where they are few: then only the pages with them are read.
    pub(crate) few: Option<Vec<Range<usize>>>,
}

impl OpenFile<'_> {
    /// Finds the wanted securities of a row group.
    pub(crate) fn find(&self, group: usize, first_row: u64, request: &Request<'_>) -> Result<Found, DataError> {
        let (wanted, schema) = (request.wanted, self.metadata.schema());
        let is_zoned = |field: &Field| matches!(field.data_type(), DataType::Timestamp(_, Some(_)));
        // Whether instants are dates is for all rows to say.
        let zoned = schema.field_with_name(&request.source.date).is_ok_and(is_zoned);
        let all = wanted.is_all() || zoned;
        if let Some(mut names) = self.stored_runs(group, request) {
            let few = if all { None } else { few_of(&mut names) };
            return Ok(Found { names: Some(names), few });
        }
        let absent = schema.field_with_name(&request.source.security).is_err();
        Ok(Found { names: None, few: if all || absent { None } else { self.few_rows(group, first_row, request)? } })
    }

    fn stored_runs(&self, group: usize, request: &Request<'_>) -> Option<Names> {
        let name = &request.source.security;
        let field = self.metadata.schema().field_with_name(name).ok()?;
        let group = self.metadata.metadata().row_group(group);
        let column = group.column(self.column(name)?);
        let found = KeyRuns::read(&self.open().ok()?, column, field.data_type(), group.num_rows() as usize)?;
        Names::of_group(&found, |name| request.wanted.has(name))
    }

    /// The few rows by the identifiers of all.
    fn few_rows(
        &self,
        group: usize,
        first_row: u64,
        request: &Request<'_>,
    ) -> Result<Option<Vec<Range<usize>>>, DataError> {
        let source = request.source;
        let identifiers = ProjectionMask::columns(self.metadata.parquet_schema(), [source.security.as_str()]);
        let mut names = Names::default();
        let mut ranges: Vec<Range<usize>> = Vec::new();
        let mut read = 0;
        for batch in self.reader(group, &identifiers, None)? {
            let batch = batch.map_err(|e| unreadable(&self.input.path, &e))?;
            let row_of = |row: usize| first_row + (read + row) as u64;
            names.read(self, (&batch, &row_of), &source.security, |name| request.wanted.has(name))?;
            if !names.keeps_few() {
                return Ok(None);
            }
            add_ranges(&mut ranges, &names.runs, read);
            read += batch.num_rows();
        }
        Ok(are_long(&ranges, read).then_some(ranges))
    }
}

/// The few rows by the runs of all, which then are those of the few.
fn few_of(names: &mut Names) -> Option<Vec<Range<usize>>> {
    let rows = names.runs.last().map_or(0, |run| run.end);
    let mut ranges = Vec::new();
    add_ranges(&mut ranges, &names.runs, 0);
    if !names.keeps_few() || !are_long(&ranges, rows) {
        return None;
    }
    let (mut start, mut end) = (0, 0);
    let mut kept = Vec::new();
    for run in &names.runs {
        if run.code != LEFT_OUT {
            end += run.end - start;
            kept.push(NameRun { code: run.code, end });
        }
        start = run.end;
    }
    names.runs = kept;
    Some(ranges)
}

/// Adds the wanted rows of some runs, whose first row is this.
fn add_ranges(ranges: &mut Vec<Range<usize>>, runs: &[NameRun], first: usize) {
    let mut start = first;
    for run in runs {
        let range = start..first + run.end;
        start = range.end;
        match ranges.last_mut() {
            _ if run.code == LEFT_OUT => {}
            Some(last) if last.end == range.start => last.end = range.end,
            _ => ranges.push(range),
        }
    }
}

/// Whether ranges of so many rows can be picked out: rows that are scattered over all pages are found by reading them
/// all.
fn are_long(ranges: &[Range<usize>], rows: usize) -> bool {
    ranges.len() * SHORT_RANGE <= rows
}
