//! Price rows from Parquet, row group by row group in parallel.

use arrow::array::ArrayRef;
use arrow::datatypes::Field;
use jiff::tz::TimeZone;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection,
};
use rayon::prelude::*;

use crate::chunk::{Chunk, settle};
use crate::columns;
use crate::decode::Decoder;
use crate::fingerprint::Covered;
use crate::found::Found;
use crate::paths::InputFile;
use crate::ration::Ration;
use crate::reads::{NotedFile, Reads};
use crate::schema::{Kind, metadata_of, missing_column, unreadable, with_texts_as};
use crate::selected::Selected;
use crate::spill::{Bound, Spill};
use crate::wanted::Wanted;
use crate::{DataError, PriceSource};

/// Zones of the markets, for dates that are stored as instants.
#[derive(Clone, Debug)]
pub struct Zones {
    /// (market, zone)
    pub by_market: Vec<(String, TimeZone)>,
}

impl Zones {
    pub(crate) fn of(&self, market: Option<&str>) -> TimeZone {
        let named = market.and_then(|name| self.by_market.iter().find(|(known, _)| known == name));
        named.or(self.by_market.first()).map_or(TimeZone::UTC, |(_, zone)| zone.clone())
    }
}

const BATCH_ROWS: usize = 32_768;

/// What is asked of the price table.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) source: &'a PriceSource,
    pub(crate) wanted: &'a Wanted,
    pub(crate) zones: &'a Zones,
}

/// The price rows of the wanted securities.
pub struct PriceRows {
    /// In the order of the files and their row groups.
    pub(crate) chunks: Vec<Chunk>,
    /// Where columns of some of them wait.
    pub(crate) spill: Spill,
    /// What was read of the files, in their order.
    pub(crate) read: Vec<Covered>,
}

impl PriceRows {
    /// What was read of each file, in their order: what the rows rest on.
    pub fn read(&self) -> &[Covered] {
        &self.read
    }
}

/// Reads the rows of the wanted securities; row groups whose statistics rule all of them out are
/// not opened.
///
/// # Errors
/// A file that is not Parquet, or whose columns are missing or of the wrong type; a row without a
/// security or date; a table without rows; a bound that is too low.
pub fn read(
    source: &PriceSource,
    wanted: &Wanted,
    zones: &Zones,
    bound: Option<&Bound>,
) -> Result<PriceRows, DataError> {
    let request = Request { source, wanted, zones };
    let opened: Vec<OpenFile<'_>> =
        source.files.par_iter().map(|file| OpenFile::new(file, source)).collect::<Result<_, _>>()?;
    let mut tasks = Vec::new();
    let mut rows = 0;
    for (index, file) in opened.iter().enumerate() {
        let mut first_row = 0;
        for (group, meta) in file.metadata.metadata().row_groups().iter().enumerate() {
            if meta.num_rows() > 0 && file.may_hold(group, source, wanted) {
                tasks.push((index, group, first_row, meta.num_rows() as u64));
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
    let sizes: Vec<u64> = tasks.iter().map(|(.., rows)| *rows).collect();
    let ration = Ration::new(bound, &sizes);
    let decode = |(file, group, first_row, _): (usize, usize, u64, u64)| {
        let mut chunk = opened[file].decode(group, first_row, &request)?;
        chunk.file = file;
        if !ration.take(chunk.len()) {
            // The rest is only counted, for the message.
            return Ok(Chunk::default());
        }
        chunk.regroup(&ration.spill)?;
        Ok(chunk)
    };
    let mut chunks: Vec<Chunk> = tasks.into_par_iter().map(decode).collect::<Result<_, _>>()?;
    ration.check().map_err(|error| error.file(&source.files[0].path))?;
    settle(&mut chunks);
    let read = opened.iter().map(|file| Covered::part(&file.input.path, file.reads.ranges())).collect();
    Ok(PriceRows { chunks, spill: ration.spill, read })
}

/// Where the market of a row stands.
enum MarketColumn {
    /// In a column or in the path.
    Here,
    /// Nowhere: the study has one market.
    None,
}

pub(crate) struct OpenFile<'a> {
    pub(crate) input: &'a InputFile,
    pub(crate) metadata: ArrowReaderMetadata,
    /// Columns to decode; those that the path spells out are not among them.
    projection: ProjectionMask,
    /// The same without the security.
    others: ProjectionMask,
    market: MarketColumn,
    reads: Reads,
}

impl<'a> OpenFile<'a> {
    fn new(input: &'a InputFile, source: &PriceSource) -> Result<Self, DataError> {
        let path = &input.path;
        let reads = Reads::default();
        let file = NotedFile::open(path, &reads).map_err(|e| unreadable(path, &e))?;
        let metadata = metadata_of(&file, path)?;
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
        let security = usize::from(names.first() == Some(&source.security.as_str()));
        let mask = |names: &[&str]| ProjectionMask::columns(metadata.parquet_schema(), names.iter().copied());
        let (projection, others) = (mask(&names), mask(&names[security..]));
        Ok(Self { input, metadata, projection, others, market, reads })
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
            let index = self.column(&source.security)?;
            let converter = StatisticsConverter::from_column_index(index, &plain, parquet).ok()?;
            let groups = [self.metadata.metadata().row_group(group)];
            let first = |array: ArrayRef| columns::texts(&array).ok()?.into_iter().next()?;
            let low = first(converter.row_group_mins(groups).ok()?)?;
            let high = first(converter.row_group_maxes(groups).ok()?)?;
            Some((low, high, plain.data_type().is_integer()))
        };
        bounds().is_none_or(|(low, high, integer)| wanted.any_between(&low, &high, integer))
    }

    /// Place of a column among those of the file.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.metadata.parquet_schema().columns().iter().position(|column| column.path().string() == name)
    }

    fn decode(&self, group: usize, first_row: u64, request: &Request<'_>) -> Result<Chunk, DataError> {
        let rows = self.metadata.metadata().row_group(group).num_rows() as usize;
        let Found { names, few } = self.find(group, first_row, request)?;
        let columns = if names.is_some() { &self.others } else { &self.projection };
        let is_few = few.is_some();
        let selected = match few {
            Some(ranges) => Selected::new(first_row, ranges),
            None => Selected::new(first_row, std::iter::once(0..rows)),
        };
        let reader = self.reader(group, columns, is_few.then(|| selected.selection(rows)))?;
        let mut decoder = Decoder::new(self, request, selected, names);
        for batch in reader {
            decoder.take(&batch.map_err(|e| unreadable(&self.input.path, &e))?)?;
        }
        Ok(decoder.finish())
    }

    pub(crate) fn reader(
        &self,
        group: usize,
        columns: &ProjectionMask,
        rows: Option<RowSelection>,
    ) -> Result<ParquetRecordBatchReader, DataError> {
        let path = &self.input.path;
        let file = self.open()?;
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_projection(columns.clone())
            .with_row_groups(vec![group])
            .with_batch_size(rows.as_ref().map_or(BATCH_ROWS, |rows| rows.row_count().clamp(1, BATCH_ROWS)));
        let reader = if let Some(rows) = rows { reader.with_row_selection(rows) } else { reader };
        reader.build().map_err(|e| unreadable(path, &e))
    }

    /// The file, to read more of it.
    pub(crate) fn open(&self) -> Result<NotedFile, DataError> {
        let path = &self.input.path;
        NotedFile::open(path, &self.reads).map_err(|e| unreadable(path, &e))
    }

    /// Whether rows name their market.
    pub(crate) fn has_markets(&self) -> bool {
        matches!(self.market, MarketColumn::Here)
    }

    /// The value of a column that the path spells out.
    pub(crate) fn partition(&self, name: &str) -> Option<&str> {
        self.input.partition(name)
    }

    pub(crate) fn error_at(&self, column: &str, row: u64, problem: impl Into<String>) -> DataError {
        DataError::new(problem).file(&self.input.path).column(column).row(row)
    }
}
