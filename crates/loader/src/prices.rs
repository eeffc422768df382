//! Price rows from Parquet, row group by row group in parallel.

use std::fs::File;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::Field;
use dayzero_model::Date;
use jiff::tz::TimeZone;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};
use rayon::prelude::*;

use crate::chunk::{Chunk, Labels, settle_dates};
use crate::columns::{self, Dates, Identifiers, Interner};
use crate::paths::InputFile;
use crate::schema::{Kind, missing_column, open_metadata, unreadable, with_texts_as};
use crate::wanted::Wanted;
use crate::{DataError, PriceSource};

/// Zones of the markets, for dates that are stored as instants.
#[derive(Clone, Debug)]
pub struct Zones {
    /// (market, zone)
    pub by_market: Vec<(String, TimeZone)>,
}

impl Zones {
    fn of(&self, market: Option<&str>) -> TimeZone {
        let named = market.and_then(|name| self.by_market.iter().find(|(known, _)| known == name));
        named.or(self.by_market.first()).map_or(TimeZone::UTC, |(_, zone)| zone.clone())
    }
}

/// What to do about a row that lacks its key.
const FILL_OR_DROP: &str = "fill it in, or drop the row";

const BATCH_ROWS: usize = 32_768;

/// What is asked of the price table.
struct Request<'a> {
    source: &'a PriceSource,
    wanted: &'a Wanted,
    zones: &'a Zones,
}

/// Reads the rows of the wanted securities; row groups whose statistics rule all of them out are
/// not opened. The order of the chunks is that of the files and their row groups.
///
/// # Errors
/// A file that is not Parquet, or whose columns are missing or of the wrong type; a row without a
/// security or date; a table without rows.
pub fn read(source: &PriceSource, wanted: &Wanted, zones: &Zones) -> Result<Vec<Chunk>, DataError> {
    let request = Request { source, wanted, zones };
    let opened: Vec<OpenFile<'_>> =
        source.files.par_iter().map(|file| OpenFile::new(file, source)).collect::<Result<_, _>>()?;
    let mut tasks = Vec::new();
    let mut rows = 0;
    for (index, file) in opened.iter().enumerate() {
        let mut first_row = 0;
        for (group, meta) in file.metadata.metadata().row_groups().iter().enumerate() {
            if meta.num_rows() > 0 && file.may_hold(group, source, wanted) {
                tasks.push((index, group, first_row));
            }
            first_row += meta.num_rows() as u64;
        }
        rows += first_row;
    }
    if rows == 0 {
        return Err(DataError::new("the price table has no rows")
            .file(&source.files[0].path)
            .remedy("write the prices into it, or name another file in [prices] path"));
    }
    let decode = |(file, group, first_row): (usize, usize, u64)| {
        opened[file].decode(group, first_row, &request).map(|chunk| Chunk { file, ..chunk })
    };
    let mut chunks: Vec<Chunk> = tasks.into_par_iter().map(decode).collect::<Result<_, _>>()?;
    settle_dates(&mut chunks);
    Ok(chunks)
}

/// Where the market of a row stands.
enum MarketColumn {
    /// In a column or in the path.
    Here,
    /// Nowhere: the study has one market.
    None,
}

struct OpenFile<'a> {
    input: &'a InputFile,
    metadata: ArrowReaderMetadata,
    /// Columns to decode; those that the path spells out are not among them.
    projection: ProjectionMask,
    market: MarketColumn,
}

impl<'a> OpenFile<'a> {
    fn new(input: &'a InputFile, source: &PriceSource) -> Result<Self, DataError> {
        let path = &input.path;
        let metadata = open_metadata(path)?;
        let schema = metadata.schema().clone();
        // A column that happens to have the default name and cannot name markets is somebody else's.
        let usable = |field: &Field| source.market_required || Kind::Identifier.fits(field.data_type());
        let named =
            schema.field_with_name(&source.market).is_ok_and(usable) || input.partition(&source.market).is_some();
        let market = if named { MarketColumn::Here } else { MarketColumn::None };
        let mut needs: Vec<(&str, Kind)> =
            vec![(&source.security, Kind::Identifier), (&source.date, Kind::Date), (source.value.name(), Kind::Number)];
        needs.extend(source.extras.iter().map(|(_, name)| (name.as_str(), Kind::Number)));
        if source.market_required || matches!(market, MarketColumn::Here) {
            needs.push((&source.market, Kind::Identifier));
        }
        let mut names = Vec::new();
        for (name, kind) in needs {
            match schema.field_with_name(name) {
                Ok(field) => {
                    kind.check(path, field)?;
                    names.push(name);
                }
                Err(_) if input.partition(name).is_some() && !matches!(kind, Kind::Number) => {}
                Err(_) => return Err(missing_column(path, name, &schema)),
            }
        }
        // Identifiers name few things many times, so that each is decoded once.
        let identifiers: [&str; 2] = [&source.security, &source.market];
        let metadata = with_texts_as(path, &metadata, &identifiers, &columns::dictionary_type())?;
        let projection = ProjectionMask::columns(metadata.parquet_schema(), names);
        Ok(Self { input, metadata, projection, market })
    }

    /// Whether a row group may hold a wanted security, by its statistics.
    fn may_hold(&self, group: usize, source: &PriceSource, wanted: &Wanted) -> bool {
        // A column of the file counts, whatever its path says.
        let in_file = self.metadata.schema().field_with_name(&source.security).is_ok();
        if !in_file && let Some(security) = self.input.partition(&source.security) {
            return wanted.has(security);
        }
        let bounds = || {
            let (schema, parquet) = (self.metadata.schema(), self.metadata.parquet_schema());
            let field = schema.field_with_name(&source.security).ok()?;
            // The converter knows plain types, not the dictionary that the reader is asked for.
            let plain = Field::new(field.name(), columns::value_type(field.data_type()).clone(), true);
            let index = parquet.columns().iter().position(|c| c.path().string() == source.security)?;
            let converter = StatisticsConverter::from_column_index(index, &plain, parquet).ok()?;
            let groups = [self.metadata.metadata().row_group(group)];
            let first = |array: ArrayRef| columns::texts(&array).ok()?.into_iter().next()?;
            let low = first(converter.row_group_mins(groups).ok()?)?;
            let high = first(converter.row_group_maxes(groups).ok()?)?;
            Some((low, high, plain.data_type().is_integer()))
        };
        bounds().is_none_or(|(low, high, integer)| wanted.any_between(&low, &high, integer))
    }

    fn decode(&self, group: usize, first_row: u64, request: &Request<'_>) -> Result<Chunk, DataError> {
        let path = &self.input.path;
        let file = File::open(path).map_err(|e| unreadable(path, &e))?;
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_projection(self.projection.clone())
            .with_row_groups(vec![group])
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(|e| unreadable(path, &e))?;
        let mut chunk = Chunk::default();
        let mut names = Interner::default();
        let mut markets = Interner::default();
        let mut row = first_row;
        for batch in reader {
            let batch = batch.map_err(|e| unreadable(path, &e))?;
            self.take(&batch, row, request, &mut chunk, &mut names, &mut markets)?;
            row += batch.num_rows() as u64;
        }
        chunk.security.names = names.names;
        chunk.market.names = markets.names;
        Ok(chunk)
    }

    /// Adds the wanted rows of a batch to the chunk.
    fn take(
        &self,
        batch: &RecordBatch,
        first_row: u64,
        request: &Request<'_>,
        chunk: &mut Chunk,
        names: &mut Interner,
        markets: &mut Interner,
    ) -> Result<(), DataError> {
        let Request { source, wanted, zones } = request;
        let security = self.identifiers(batch, &source.security, first_row)?;
        let market = match self.market {
            MarketColumn::None => None,
            MarketColumn::Here => Some(self.identifiers(batch, &source.market, first_row)?),
        };
        let kept: Vec<Option<u32>> =
            security.names.iter().map(|name| wanted.has(name).then(|| names.code(name))).collect();
        let market_codes: Option<Vec<u32>> =
            market.as_ref().map(|market| market.names.iter().map(|name| markets.code(name)).collect());
        let zone = |row: usize| zones.of(market.as_ref().map(|m| m.names[m.codes[row] as usize].as_str()));
        let bad = |column: &str, row: usize, problem: String| self.error_at(column, first_row + row as u64, problem);
        let dates = match self.input.partition(&source.date) {
            Some(text) if batch.column_by_name(&source.date).is_none() => {
                let date = Date::parse(text).ok_or_else(|| bad(&source.date, 0, format!("`{text}` is no date")))?;
                Dates::Civil(vec![Some(date); batch.num_rows()])
            }
            _ => columns::dates(&batch[source.date.as_str()], zone).map_err(|e| bad(&source.date, e.row, e.problem))?,
        };
        let (dates, midnights) = match dates {
            Dates::Civil(dates) => (dates, None),
            Dates::Zoned { local, midnights } => {
                chunk.labels.extend_with(midnights.is_some());
                (local, midnights)
            }
        };
        let value = source.value.name();
        let numbers = |name: &str| columns::numbers(&batch[name]).map_err(|problem| bad(name, 0, problem));
        let values = numbers(value)?;
        let extras = source.extras.iter().map(|(_, name)| numbers(name)).collect::<Result<Vec<_>, _>>()?;
        chunk.extras.resize(extras.len(), Vec::new());
        for (row, &code) in security.codes.iter().enumerate() {
            let Some(code) = kept[code as usize] else { continue };
            let date =
                dates[row].ok_or_else(|| bad(&source.date, row, "the date is missing".into()).remedy(FILL_OR_DROP))?;
            chunk.rows.push(first_row + row as u64);
            chunk.security.codes.push(code);
            if let (Some(market), Some(codes)) = (&market, &market_codes) {
                chunk.market.codes.push(codes[market.codes[row] as usize]);
            }
            chunk.dates.push(date);
            if let (Some(Some(label)), Labels::Midnights(labels)) =
                (midnights.as_ref().map(|m| m[row]), &mut chunk.labels)
            {
                labels.push(label);
            }
            chunk.values.push(values[row]);
            chunk.extras.iter_mut().zip(&extras).for_each(|(kept, read)| kept.push(read[row]));
        }
        Ok(())
    }

    /// A column of identifiers, from the batch or from the path.
    fn identifiers(&self, batch: &RecordBatch, name: &str, first_row: u64) -> Result<Identifiers, DataError> {
        let Some(column) = batch.column_by_name(name) else {
            let value = self.input.partition(name).unwrap_or_default().to_owned();
            return Ok(Identifiers { codes: vec![0; batch.num_rows()], names: vec![value], first_null: None });
        };
        let found = columns::identifiers(column).map_err(|problem| self.error_at(name, first_row, problem))?;
        match found.first_null {
            Some(row) => {
                Err(self.error_at(name, first_row + row as u64, "the identifier is missing").remedy(FILL_OR_DROP))
            }
            None => Ok(found),
        }
    }

    fn error_at(&self, column: &str, row: u64, problem: impl Into<String>) -> DataError {
        DataError::new(problem).file(&self.input.path).column(column).row(row)
    }
}
