//! Batches of price rows to a chunk: the wanted rows, run by run of one security.

use std::ops::Range;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Float64Type};
use dayzero_model::Date;

use crate::chunk::Chunk;
use crate::columns::{self, BadValue, Dates};
use crate::names::{FILL_OR_DROP, LEFT_OUT, NameRun, Names, runs};
use crate::prices::{OpenFile, Request};
use crate::selected::Selected;
use crate::{DataError, PriceSource};

/// One row group in the making.
pub(crate) struct Decoder<'a> {
    file: &'a OpenFile<'a>,
    request: &'a Request<'a>,
    rows: Selected,
    /// Position of the next batch.
    position: usize,
    chunk: Chunk,
    securities: Names,
    /// The names of all positions, where they are known before.
    known: Option<Vec<NameRun>>,
    markets: Names,
    dates: Vec<i32>,
    midnights: Vec<i32>,
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(file: &'a OpenFile<'a>, request: &'a Request<'a>, rows: Selected, names: Option<Names>) -> Self {
        let chunk = Chunk::with_capacity(rows.len(), request.source.extras.len());
        let known = names.is_some();
        let mut securities = names.unwrap_or_default();
        let known = known.then(|| std::mem::take(&mut securities.runs));
        let (markets, dates, midnights) = (Names::default(), vec![], vec![]);
        Self { file, request, rows, position: 0, chunk, securities, known, markets, dates, midnights }
    }

    /// The chunk, its file not yet named.
    pub(crate) fn finish(self) -> Chunk {
        let mut chunk = self.chunk;
        chunk.securities = self.securities.interner.names;
        chunk.markets = self.markets.interner.names;
        chunk
    }

    /// Adds the wanted rows of the next batch.
    pub(crate) fn take(&mut self, batch: &RecordBatch) -> Result<(), DataError> {
        let Request { source, wanted, zones } = *self.request;
        let file = self.file;
        let first = self.position;
        self.position += batch.num_rows();
        let row = |row: usize| self.rows.row(first + row);
        let bad = |column: &str, error: BadValue| file.error_at(column, row(error.row), error.problem);
        match &self.known {
            Some(known) => self.securities.take_part(known, first..self.position),
            None => self.securities.read(file, (batch, &row), &source.security, |name| wanted.has(name))?,
        }
        if file.has_markets() {
            self.markets.read(file, (batch, &row), &source.market, |_| true)?;
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
        let numbers = Numbers::new(source, &value, &extras);
        for (rows, (security, market)) in runs(&self.securities.runs, &self.markets.runs) {
            if security == LEFT_OUT {
                continue;
            }
            let missing = |row| BadValue { row, problem: "the date is missing".into() };
            let days = dates
                .of(rows.clone(), &mut self.dates, &mut self.midnights)
                .map_err(|row| bad(&source.date, missing(row)).remedy(FILL_OR_DROP))?;
            for piece in self.rows.pieces(first + rows.start..first + rows.end) {
                let own = piece.start - first - rows.start..piece.end - first - rows.start;
                let midnights = self.midnights.get(own.clone()).unwrap_or_default();
                self.chunk.push_rows((security, market), self.rows.row(piece.start), &days[own], midnights);
            }
            self.chunk.unsound |= !numbers.are_sound(source, rows.clone());
            self.chunk.columns.values.extend_from_slice(&numbers.value[rows.clone()]);
            for (kept, read) in self.chunk.columns.extras.iter_mut().zip(&numbers.extras) {
                kept.extend_from_slice(&read[rows.clone()]);
            }
        }
        Ok(())
    }
}

/// The numbers of a batch.
struct Numbers<'a> {
    value: &'a [f64],
    extras: Vec<&'a [f64]>,
    /// Whether all are sound, which most batches are.
    sound: bool,
}

impl<'a> Numbers<'a> {
    fn new(source: &PriceSource, value: &'a ArrayRef, extras: &'a [ArrayRef]) -> Self {
        let slice = |array: &'a ArrayRef| -> &'a [f64] { array.as_primitive::<Float64Type>().values() };
        let mut numbers = Self { value: slice(value), extras: extras.iter().map(slice).collect(), sound: false };
        numbers.sound = numbers.are_sound(source, 0..value.len());
        numbers
    }

    /// Whether the numbers of some rows are sound, or those of all.
    fn are_sound(&self, source: &PriceSource, rows: Range<usize>) -> bool {
        let mut extras = source.extras.iter().zip(&self.extras);
        let is_sound = || source.value.all_sound(&self.value[rows.clone()]);
        self.sound || is_sound() && extras.all(|((extra, _), read)| extra.all_sound(&read[rows.clone()]))
    }
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
