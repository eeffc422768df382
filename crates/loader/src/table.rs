//! Small tables from Parquet or CSV, whole: events, factors, benchmarks.

use std::path::{Path, PathBuf};

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field};
use dayzero_model::Date;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::columns::Dates;
use crate::names::FILL_OR_DROP;
use crate::paths::InputFile;
use crate::schema::{Kind, unreadable};
use crate::table_files::{file_schema, read_file, with_plain_texts};
use crate::texts::Texts;
use crate::{DataError, columns};

/// A table in memory, which remembers the file and row of everything in it.
#[derive(Clone, Debug)]
pub struct Table {
    batch: RecordBatch,
    /// Files with the number of rows before each.
    files: Vec<(PathBuf, usize)>,
}

impl Table {
    /// Reads the named columns of these files, one after the other; `optional` ones where they
    /// exist. CSV files have a header, and their values stay text until they are asked for.
    ///
    /// # Errors
    /// A file that cannot be read, or that lacks a column.
    pub fn read(files: &[InputFile], required: &[&str], optional: &[&str]) -> Result<Self, DataError> {
        let (mut parts, mut starts, mut rows) = (Vec::new(), Vec::new(), 0);
        for file in files {
            let part = read_file(file, required, optional)?;
            starts.push((file.path.clone(), rows));
            rows += part.num_rows();
            parts.push(part);
        }
        if !parts.array_windows().all(|[a, b]| a.schema() == b.schema()) {
            parts = parts.iter().map(with_plain_texts).collect();
        }
        let Some(first) = parts.first() else { return Err(DataError::new("no file to read")) };
        let schema = first.schema();
        if let Some(other) = parts.iter().position(|part| part.schema().fields() != schema.fields()) {
            return Err(DataError::new("the columns differ in type or presence from those of the first file")
                .file(&files[other].path)
                .remedy("write the files with one schema"));
        }
        let batch = concat_batches(&schema, &parts).map_err(|e| unreadable(&files[0].path, &e))?;
        Ok(Self { batch, files: starts })
    }

    /// Names of the columns that the first of these files has.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn names(files: &[InputFile]) -> Result<Vec<String>, DataError> {
        let Some(first) = files.first() else { return Ok(Vec::new()) };
        let schema = file_schema(first)?;
        let partitions = first.partitions.iter().map(|(name, _)| name);
        Ok(schema.fields().iter().map(|field| field.name()).chain(partitions).cloned().collect())
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.batch.num_rows()
    }

    /// Whether a column is there.
    pub fn has(&self, column: &str) -> bool {
        self.batch.column_by_name(column).is_some()
    }

    /// The type of a column.
    pub fn data_type(&self, column: &str) -> Option<&DataType> {
        self.batch.column_by_name(column).map(|array| array.data_type())
    }

    /// An error at a row of a column.
    pub fn error_at(&self, column: &str, row: usize, problem: impl Into<String>) -> DataError {
        let file = self.files.iter().rev().find(|(_, start)| *start <= row);
        let error = DataError::new(problem).column(column);
        match file {
            Some((path, start)) => error.file(path).row((row - start) as u64),
            None => error,
        }
    }

    /// An error about a whole column.
    pub fn error_in(&self, column: &str, problem: impl Into<String>) -> DataError {
        let error = DataError::new(problem).column(column);
        self.files.first().map_or(error.clone(), |(path, _)| error.file(path))
    }

    fn column(&self, name: &str) -> Result<&ArrayRef, DataError> {
        self.batch.column_by_name(name).ok_or_else(|| self.error_in(name, "no such column"))
    }

    /// A column as text; `None` where null.
    ///
    /// # Errors
    /// The type has no text.
    pub fn texts(&self, name: &str) -> Result<Vec<Option<String>>, DataError> {
        columns::texts(self.column(name)?).map_err(|problem| self.error_in(name, problem))
    }

    /// A column of texts that repeat; `None` where null.
    ///
    /// # Errors
    /// The type has no text.
    pub fn labels(&self, name: &str) -> Result<Texts, DataError> {
        Texts::read(self.column(name)?).map_err(|problem| self.error_in(name, problem))
    }

    /// A column of identifiers; `None` where null.
    ///
    /// # Errors
    /// The type is neither a string nor an integer.
    pub fn identifiers(&self, name: &str) -> Result<Texts, DataError> {
        self.check(name, Kind::Identifier)?;
        self.labels(name)
    }

    /// An error at a row that lacks what it cannot do without.
    pub(crate) fn missing(&self, column: &str, row: usize, what: &str) -> DataError {
        self.error_at(column, row, format!("the {what} is missing")).remedy(FILL_OR_DROP)
    }

    /// A column of finite numbers; NaN where null.
    pub(crate) fn finite_numbers(&self, name: &str) -> Result<Vec<f64>, DataError> {
        let values = self.numbers(name)?;
        match values.iter().position(|value| value.is_infinite()) {
            Some(row) => Err(self.error_at(name, row, "the value is infinite").remedy("leave unknown values empty")),
            None => Ok(values),
        }
    }

    /// A column of numbers; NaN where null.
    ///
    /// # Errors
    /// The type is no number, or a text is none.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, DataError> {
        let column = self.column(name)?;
        if !columns::is_text(column.data_type()) {
            self.check(name, Kind::Number)?;
            return columns::numbers(column).map_err(|problem| self.error_in(name, problem));
        }
        let read = |(row, text): (usize, Option<String>)| match text.as_deref().map(str::trim) {
            None | Some("") => Ok(f64::NAN),
            Some(text) => text.parse().map_err(|_| {
                self.error_at(name, row, format!("`{text}` is no number"))
                    .remedy("leave unknown values empty, or name another column")
            }),
        };
        self.texts(name)?.into_iter().enumerate().map(read).collect()
    }

    /// A column of civil dates; `None` where null. Timestamps with a zone are dated in UTC, unless all
    /// are midnights of their own zone.
    ///
    /// # Errors
    /// The type is no date, or a text is none.
    pub fn dates(&self, name: &str) -> Result<Vec<Option<Date>>, DataError> {
        self.check(name, Kind::Date)?;
        let dates = columns::dates(self.column(name)?, |_| TimeZone::UTC);
        dates.map(Dates::settle).map_err(|bad| self.error_at(name, bad.row, bad.problem))
    }

    /// A column of instants, each read or refused on its own: `None` where null, a sentence where it
    /// cannot be read. Times without a zone are taken in `naive`.
    ///
    /// # Errors
    /// The column holds dates or numbers, or times without a zone while `naive` is `None`.
    pub fn instants(&self, name: &str, naive: Option<&TimeZone>) -> Result<Vec<Instant>, DataError> {
        let column = self.column(name)?;
        match column.data_type() {
            DataType::Timestamp(_, zone) => {
                let naive = match (zone, naive) {
                    (Some(_), _) => None,
                    (None, Some(zone)) => Some(zone),
                    (None, None) => return Err(self.zone_needed(name)),
                };
                let micros = columns::microseconds(column).map_err(|problem| self.error_in(name, problem))?;
                Ok(micros.into_iter().map(|micros| micros.map(|m| from_micros(m, naive))).collect())
            }
            other if columns::is_text(other) => {
                let read = |text: Option<String>| match text {
                    Some(text) if !text.trim().is_empty() => Some(parse_instant(text.trim(), naive)),
                    _ => None,
                };
                let texts = self.texts(name)?;
                let mut given =
                    texts.iter().flatten().map(|text| text.trim()).filter(|text| !text.is_empty()).peekable();
                if naive.is_none() && given.peek().is_some() && given.all(lacks_zone) {
                    return Err(self.zone_needed(name));
                }
                Ok(texts.into_iter().map(read).collect())
            }
            other => Err(self
                .error_in(name, format!("the type is {other}, an instant is needed"))
                .remedy("for dates use `announced_on` with `session`")),
        }
    }

    fn zone_needed(&self, name: &str) -> DataError {
        self.error_in(name, "the times have no zone, so they are no instants")
            .remedy("say in which zone they are: [events] timezone = \"UTC\"")
    }

    fn check(&self, name: &str, kind: Kind) -> Result<(), DataError> {
        let field = Field::new(name, self.column(name)?.data_type().clone(), true);
        kind.check(self.files.first().map_or(Path::new(""), |(path, _)| path), &field)
    }
}

/// An instant that is absent, read, or refused with a sentence.
pub type Instant = Option<Result<Timestamp, String>>;

fn from_micros(micros: i64, naive: Option<&TimeZone>) -> Result<Timestamp, String> {
    let instant = Timestamp::from_microsecond(micros).map_err(|e| e.to_string())?;
    match naive {
        None => Ok(instant),
        Some(zone) => zone.to_timestamp(TimeZone::UTC.to_datetime(instant)).map_err(|e| e.to_string()),
    }
}

/// Whether a text is a date and time, but no instant.
fn lacks_zone(text: &str) -> bool {
    text.len() > 10 && text.parse::<Timestamp>().is_err() && text.parse::<jiff::civil::DateTime>().is_ok()
}

fn parse_instant(text: &str, naive: Option<&TimeZone>) -> Result<Timestamp, String> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    let local: jiff::civil::DateTime =
        text.parse().map_err(|_| format!("`{text}` is no time like 2025-08-29T17:30:00+08:00"))?;
    if text.len() <= 10 {
        return Err(format!("`{text}` is a date without a time; use `announced_on` with `session` for dates"));
    }
    match naive {
        Some(zone) => zone.to_timestamp(local).map_err(|e| e.to_string()),
        None => Err(format!("`{text}` has no zone; write an offset, or set [events] timezone")),
    }
}
