//! Batches of price rows to a chunk: the wanted rows, run by run of one security.

use std::collections::HashMap;
use std::ops::Range;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int32Type, Int64Type};
use dayzero_model::Date;

use crate::DataError;
use crate::chunk::{Chunk, Labels};
use crate::columns::{self, BadValue, Dates, Interner};
use crate::prices::{OpenFile, Request};

/// What to do about a row that lacks its key.
const FILL_OR_DROP: &str = "fill it in, or drop the row";

/// The code of a name that is not wanted.
const LEFT_OUT: u32 = u32::MAX;

/// One row group in the making.
pub(crate) struct Decoder<'a> {
    file: &'a OpenFile<'a>,
    request: &'a Request<'a>,
    chunk: Chunk,
    securities: Names,
    markets: Names,
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(file: &'a OpenFile<'a>, request: &'a Request<'a>, rows: usize) -> Self {
        let chunk = Chunk::with_capacity(rows, request.source.extras.len());
        Self { file, request, chunk, securities: Names::default(), markets: Names::default() }
    }

    /// The chunk, its file not yet named.
    pub(crate) fn finish(self) -> Chunk {
        let mut chunk = self.chunk;
        chunk.securities = self.securities.interner.names;
        chunk.markets = self.markets.interner.names;
        chunk
    }

    /// Adds the wanted rows of a batch that starts at this row.
    pub(crate) fn take(&mut self, batch: &RecordBatch, first_row: u64) -> Result<(), DataError> {
        let Request { source, wanted, zones } = *self.request;
        let file = self.file;
        let bad = |column: &str, error: BadValue| file.error_at(column, first_row + error.row as u64, error.problem);
        self.securities.read(file, (batch, first_row), &source.security, |name| wanted.has(name))?;
        if file.has_markets() {
            self.markets.read(file, (batch, first_row), &source.market, |_| true)?;
        } else {
            self.markets.codes.clear();
            self.markets.codes.resize(batch.num_rows(), 0);
        }
        let markets = &self.markets;
        let zone = |row: usize| zones.of(markets.interner.names.get(markets.codes[row] as usize).map(String::as_str));
        let dates = match file.partition(&source.date) {
            Some(text) if batch.column_by_name(&source.date).is_none() => {
                let problem = || BadValue { row: 0, problem: format!("`{text}` is no date") };
                let date = Date::parse(text).ok_or_else(|| bad(&source.date, problem()))?;
                DateColumn::Every(date)
            }
            _ => DateColumn::new(&batch[source.date.as_str()], zone).map_err(|e| bad(&source.date, e))?,
        };
        if let DateColumn::Read(Dates::Zoned { midnights, .. }) = &dates {
            self.chunk.labels.extend_with(midnights.is_some());
        }
        let numbers =
            |name: &str| columns::float_array(&batch[name]).map_err(|problem| bad(name, BadValue { row: 0, problem }));
        let value = numbers(source.value.name())?;
        let extras = source.extras.iter().map(|(_, name)| numbers(name)).collect::<Result<Vec<_>, _>>()?;
        for run in runs(&self.securities.codes, &self.markets.codes) {
            let (security, market) = (self.securities.codes[run.start], self.markets.codes[run.start]);
            if security == LEFT_OUT {
                continue;
            }
            let missing = |row| BadValue { row, problem: "the date is missing".into() };
            dates
                .append(run.clone(), &mut self.chunk)
                .map_err(|row| bad(&source.date, missing(row)).remedy(FILL_OR_DROP))?;
            self.chunk.push_run((security, market), run.len(), first_row + run.start as u64);
            self.chunk.values.extend_from_slice(&value.as_primitive::<Float64Type>().values()[run.clone()]);
            for (kept, read) in self.chunk.extras.iter_mut().zip(&extras) {
                kept.extend_from_slice(&read.as_primitive::<Float64Type>().values()[run.clone()]);
            }
        }
        Ok(())
    }
}

/// Rows with the same codes in a row.
fn runs<'a>(securities: &'a [u32], markets: &'a [u32]) -> impl Iterator<Item = Range<usize>> + use<'a> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let (&security, &market) = (securities.get(start)?, &markets[start]);
        let same = |(s, m): (&u32, &u32)| *s == security && *m == market;
        let len = securities[start..].iter().zip(&markets[start..]).take_while(|&pair| same(pair)).count();
        start += len;
        Some(start - len..start)
    })
}

/// The dates of a batch.
enum DateColumn {
    /// The same for every row.
    Every(Date),
    /// As they are stored, none of them missing.
    Plain(ArrayRef),
    /// Converted.
    Read(Dates),
}

impl DateColumn {
    fn new(column: &ArrayRef, zone: impl Fn(usize) -> jiff::tz::TimeZone) -> Result<Self, BadValue> {
        let plain = *column.data_type() == DataType::Date32 && column.null_count() == 0;
        if plain && column.as_primitive::<Date32Type>().values().iter().all(|&day| Date(day).is_civil()) {
            return Ok(Self::Plain(column.clone()));
        }
        columns::dates(column, zone).map(Self::Read)
    }

    /// Adds the dates of some rows to a chunk; the row whose date is missing is an error.
    fn append(&self, rows: Range<usize>, chunk: &mut Chunk) -> Result<(), usize> {
        match self {
            Self::Every(date) => chunk.dates.extend(rows.map(|_| *date)),
            Self::Plain(column) => {
                chunk.dates.extend(column.as_primitive::<Date32Type>().values()[rows].iter().map(|&day| Date(day)));
            }
            Self::Read(Dates::Civil(dates) | Dates::Zoned { local: dates, .. }) => {
                for row in rows.clone() {
                    chunk.dates.push(dates[row].ok_or(row)?);
                }
                if let Self::Read(Dates::Zoned { midnights: Some(midnights), .. }) = self
                    && let Labels::Midnights(labels) = &mut chunk.labels
                {
                    labels.extend(midnights[rows].iter().flatten());
                }
            }
        }
        Ok(())
    }
}

/// The names of one column, with codes in the order of their first appearance.
#[derive(Default)]
struct Names {
    interner: Interner,
    /// Codes of the rows of the batch at hand.
    codes: Vec<u32>,
    /// The dictionary at hand, and the code of each of its names. Batches of one row group share it.
    dictionary: Option<ArrayRef>,
    by_key: Vec<u32>,
    by_integer: HashMap<i64, u32>,
}

impl Names {
    /// Reads the codes of the rows of a batch, which starts at `first_row`, from the column or from the
    /// path.
    fn read(
        &mut self,
        file: &OpenFile<'_>,
        (batch, first_row): (&RecordBatch, u64),
        name: &str,
        keep: impl Fn(&str) -> bool,
    ) -> Result<(), DataError> {
        self.codes.clear();
        let Some(column) = batch.column_by_name(name) else {
            let value = file.partition(name).unwrap_or_default();
            let code = if keep(value) { self.interner.code(value) } else { LEFT_OUT };
            self.codes.resize(batch.num_rows(), code);
            return Ok(());
        };
        let missing =
            |row: usize| file.error_at(name, first_row + row as u64, "the identifier is missing").remedy(FILL_OR_DROP);
        if column.null_count() > 0
            && let Some(row) = (0..column.len()).find(|&row| column.is_null(row))
        {
            return Err(missing(row));
        }
        if *column.data_type() == columns::dictionary_type()
            && column.as_dictionary::<Int32Type>().values().null_count() == 0
        {
            self.take_dictionary(column, keep);
        } else if let Some(integers) =
            columns::value_type(column.data_type()).is_integer().then(|| integers(column)).flatten()
        {
            self.take_integers(integers.as_primitive::<Int64Type>().values(), keep);
        } else {
            let found = columns::identifiers(column).map_err(|problem| file.error_at(name, first_row, problem))?;
            if let Some(row) = found.first_null {
                return Err(missing(row));
            }
            let codes: Vec<u32> = found.names.iter().map(|name| self.code(name, &keep)).collect();
            self.codes.extend(found.codes.iter().map(|&code| codes[code as usize]));
        }
        Ok(())
    }

    fn code(&mut self, name: &str, keep: &impl Fn(&str) -> bool) -> u32 {
        if keep(name) { self.interner.code(name) } else { LEFT_OUT }
    }

    fn take_dictionary(&mut self, column: &ArrayRef, keep: impl Fn(&str) -> bool) {
        let column = column.as_dictionary::<Int32Type>();
        let values = column.values();
        let same = |known: &ArrayRef| known.to_data().ptr_eq(&values.to_data());
        if !self.dictionary.as_ref().is_some_and(same) {
            self.by_key.clear();
            for name in values.as_string::<i32>().iter().flatten() {
                let code = self.code(name, &keep);
                self.by_key.push(code);
            }
            self.dictionary = Some(values.clone());
        }
        let by_key = &self.by_key;
        self.codes.extend(column.keys().values().iter().map(|&key| by_key[key as usize]));
    }

    fn take_integers(&mut self, values: &[i64], keep: impl Fn(&str) -> bool) {
        let mut last = None;
        for &value in values {
            let code = match last {
                Some((known, code)) if known == value => code,
                _ => match self.by_integer.get(&value) {
                    Some(&code) => code,
                    None => {
                        let code = self.code(&value.to_string(), &keep);
                        self.by_integer.insert(value, code);
                        code
                    }
                },
            };
            last = Some((value, code));
            self.codes.push(code);
        }
    }
}

/// A column of integers as 64-bit ones; `None` where they are beyond that.
fn integers(column: &ArrayRef) -> Option<ArrayRef> {
    let plain = cast(column, columns::value_type(column.data_type())).ok()?;
    let wide = cast(&plain, &DataType::Int64).ok()?;
    (wide.null_count() == 0).then_some(wide)
}
