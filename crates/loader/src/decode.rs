//! Batches of price rows to a chunk: the wanted rows, run by run of one security.

use std::collections::HashMap;
use std::ops::Range;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int32Type, Int64Type};
use dayzero_model::Date;

use crate::DataError;
use crate::chunk::Chunk;
use crate::columns::{self, BadValue, Dates, Interner};
use crate::prices::{OpenFile, Request};

/// What to do about a row that lacks its key.
const FILL_OR_DROP: &str = "fill it in, or drop the row";

/// The code of a name that is not wanted.
const LEFT_OUT: u32 = u32::MAX;

/// Keys that are compared at once.
const BLOCK: usize = 64;

/// One row group in the making.
pub(crate) struct Decoder<'a> {
    file: &'a OpenFile<'a>,
    request: &'a Request<'a>,
    chunk: Chunk,
    securities: Names,
    markets: Names,
    dates: Vec<i32>,
    midnights: Vec<i32>,
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(file: &'a OpenFile<'a>, request: &'a Request<'a>, rows: usize) -> Self {
        let chunk = Chunk::with_capacity(rows, request.source.extras.len());
        let (securities, markets) = (Names::default(), Names::default());
        Self { file, request, chunk, securities, markets, dates: Vec::new(), midnights: Vec::new() }
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
            self.markets.all_the_same(batch.num_rows(), 0);
        }
        let zone = |row: usize| zones.of(self.markets.at(row));
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
        for (rows, (security, market)) in runs(&self.securities.runs, &self.markets.runs) {
            if security == LEFT_OUT {
                continue;
            }
            let missing = |row| BadValue { row, problem: "the date is missing".into() };
            let days = dates
                .of(rows.clone(), &mut self.dates, &mut self.midnights)
                .map_err(|row| bad(&source.date, missing(row)).remedy(FILL_OR_DROP))?;
            self.chunk.push_rows((security, market), first_row + rows.start as u64, days, &self.midnights);
            let read = &value.as_primitive::<Float64Type>().values()[rows.clone()];
            self.chunk.unsound |= !source.value.all_sound(read);
            self.chunk.values.extend_from_slice(read);
            for ((kept, read), (extra, _)) in self.chunk.extras.iter_mut().zip(&extras).zip(&source.extras) {
                let read = &read.as_primitive::<Float64Type>().values()[rows.clone()];
                self.chunk.unsound |= !read.iter().all(|&value| extra.is_sound(value));
                kept.extend_from_slice(read);
            }
        }
        Ok(())
    }
}

/// Rows with the same names in a row, from those of the securities and those of the markets.
fn runs<'a>(
    mut securities: &'a [NameRun],
    mut markets: &'a [NameRun],
) -> impl Iterator<Item = (Range<usize>, (u32, u32))> + use<'a> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let (security, market) = (securities.first()?, markets.first()?);
        let rows = start..security.end.min(market.end);
        start = rows.end;
        for (names, end) in [(&mut securities, security.end), (&mut markets, market.end)] {
            if end == start {
                *names = &names[1..];
            }
        }
        Some((rows, (security.code, market.code)))
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
        let civil = |days: &[i32]| days.iter().fold(true, |civil, &day| civil & Date(day).is_civil());
        if plain && civil(column.as_primitive::<Date32Type>().values()) {
            return Ok(Self::Plain(column.clone()));
        }
        columns::dates(column, zone).map(Self::Read)
    }

    /// The dates of some rows, and the dates as midnights where they are known; the row whose date is missing
    /// is an error. What has to be converted is kept in these buffers.
    fn of<'a>(
        &'a self,
        rows: Range<usize>,
        dates: &'a mut Vec<i32>,
        midnights: &mut Vec<i32>,
    ) -> Result<&'a [i32], usize> {
        midnights.clear();
        match self {
            Self::Every(date) => {
                dates.clear();
                dates.resize(rows.len(), date.0);
            }
            Self::Plain(column) => return Ok(&column.as_primitive::<Date32Type>().values()[rows]),
            Self::Read(Dates::Civil(read) | Dates::Zoned { local: read, .. }) => {
                dates.clear();
                for row in rows.clone() {
                    dates.push(read[row].ok_or(row)?.0);
                }
                if let Self::Read(Dates::Zoned { midnights: Some(read), .. }) = self {
                    midnights.extend(read[rows].iter().flatten().map(|date| date.0));
                }
            }
        }
        Ok(dates)
    }
}

/// Consecutive rows with one name.
#[derive(Clone, Copy)]
struct NameRun {
    code: u32,
    /// First row behind them.
    end: usize,
}

/// The names of one column, with codes in the order of their first appearance.
#[derive(Default)]
struct Names {
    interner: Interner,
    /// The rows of the batch at hand.
    runs: Vec<NameRun>,
    /// The dictionary at hand, and the code of each of its names. Batches of one row group share it.
    dictionary: Option<ArrayRef>,
    by_key: Vec<u32>,
    by_integer: HashMap<i64, u32>,
}

impl Names {
    /// The name of a row of the batch at hand.
    fn at(&self, row: usize) -> Option<&str> {
        let run = self.runs.get(self.runs.partition_point(|run| run.end <= row))?;
        self.interner.names.get(run.code as usize).map(String::as_str)
    }

    fn all_the_same(&mut self, rows: usize, code: u32) {
        self.runs.clear();
        self.runs.push(NameRun { code, end: rows });
    }

    /// Reads the names of the rows of a batch, which starts at `first_row`, from the column or from the
    /// path.
    fn read(
        &mut self,
        file: &OpenFile<'_>,
        (batch, first_row): (&RecordBatch, u64),
        name: &str,
        keep: impl Fn(&str) -> bool,
    ) -> Result<(), DataError> {
        let Some(column) = batch.column_by_name(name) else {
            let code = self.code(file.partition(name).unwrap_or_default(), &keep);
            self.all_the_same(batch.num_rows(), code);
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
            let integers = integers.as_primitive::<Int64Type>().values();
            self.take_runs(integers, |names, value| names.integer(value, &keep));
        } else {
            let found = columns::identifiers(column).map_err(|problem| file.error_at(name, first_row, problem))?;
            if let Some(row) = found.first_null {
                return Err(missing(row));
            }
            let codes: Vec<u32> = found.names.iter().map(|name| self.code(name, &keep)).collect();
            self.take_runs(&found.codes, |_, code| codes[code as usize]);
        }
        Ok(())
    }

    fn code(&mut self, name: &str, keep: &impl Fn(&str) -> bool) -> u32 {
        if keep(name) { self.interner.code(name) } else { LEFT_OUT }
    }

    fn integer(&mut self, value: i64, keep: &impl Fn(&str) -> bool) -> u32 {
        if let Some(&code) = self.by_integer.get(&value) {
            return code;
        }
        let code = self.code(&value.to_string(), keep);
        self.by_integer.insert(value, code);
        code
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
        self.take_runs(column.keys().values(), |names, key| names.by_key[key as usize]);
    }

    /// Finds the rows with the same key in a row.
    fn take_runs<T: Copy + PartialEq>(&mut self, mut keys: &[T], code: impl Fn(&mut Self, T) -> u32) {
        self.runs.clear();
        let mut end = 0;
        while let Some(&key) = keys.first() {
            // Whole blocks first: runs are long in most files.
            let all = |block: &&[T]| block.iter().fold(true, |all, &other| all & (other == key));
            let blocks = keys.chunks_exact(BLOCK).take_while(all).count() * BLOCK;
            let len = blocks + keys[blocks..].iter().take_while(|&&other| other == key).count();
            (end, keys) = (end + len, &keys[len..]);
            let code = code(self, key);
            self.runs.push(NameRun { code, end });
        }
    }
}

/// A column of integers as 64-bit ones; `None` where they are beyond that.
fn integers(column: &ArrayRef) -> Option<ArrayRef> {
    let plain = cast(column, columns::value_type(column.data_type())).ok()?;
    let wide = cast(&plain, &DataType::Int64).ok()?;
    (wide.null_count() == 0).then_some(wide)
}
