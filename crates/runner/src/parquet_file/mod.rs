//! Tables to Parquet: row groups and their columns are made and encoded in parallel, and appended in
//! their order, so that the bytes do not depend on the number of threads.
//!
//! Pages are made here, by the format's own description (Apache Parquet 2.11, `parquet.thrift`, Encodings); the file
//! around them, with its schema and footer, is the library's.

mod chunk;
mod dictionary;
mod header;
mod hybrid;
mod pages;
mod values;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use rayon::prelude::*;

use crate::output::METADATA_KEY;
use crate::tables::Table;
use chunk::Chunk;

/// Rows per row group: few enough that the memory of one is used again for the next.
const GROUP_ROWS: usize = 1 << 17;

/// The columns of a row group.
type Group = Vec<Chunk>;

/// A Parquet file in the making, to which a table is added bit by bit.
pub(crate) struct ParquetFile {
    file: SerializedFileWriter<BufWriter<File>>,
    /// Row groups that are encoded and not yet appended.
    pending: Vec<Group>,
    /// Row groups that were appended, for their memory.
    spare: Vec<Group>,
}

impl ParquetFile {
    pub(crate) fn new(out: BufWriter<File>, schema: &SchemaRef, metadata: &str) -> Result<Self, ParquetError> {
        let properties = properties(schema, metadata);
        let (file, _) = ArrowWriter::try_new(out, schema.clone(), Some(properties))?.into_serialized_writer()?;
        Ok(Self { file, pending: Vec::new(), spare: Vec::new() })
    }

    /// Adds the rows of some units of a table, in row groups of their own; returns how many there are.
    pub(crate) fn add(&mut self, table: &Table<'_>, units: Range<usize>) -> Result<usize, ParquetError> {
        let mut rows = 0;
        // Encoded row groups are held until they are appended: as many as are made at once.
        for some in table.pieces(units, GROUP_ROWS).chunks(2 * rayon::current_num_threads()) {
            let pending = std::mem::take(&mut self.pending);
            let new = (0..some.len()).map(|_| self.new_group()).collect::<Result<Vec<_>, _>>()?;
            let encode =
                || some.par_iter().zip(new).map(|(units, group)| encode(table, group, units.clone())).collect();
            let (appended, encoded): (_, Result<Vec<Group>, _>) =
                rayon::join(|| append(&mut self.file, &pending), encode);
            appended?;
            self.pending = encoded?;
            self.spare.extend(pending);
            rows += self.pending.iter().map(rows_of).sum::<usize>();
        }
        Ok(rows)
    }

    fn new_group(&mut self) -> Result<Group, ParquetError> {
        if let Some(mut group) = self.spare.pop() {
            group.iter_mut().for_each(Chunk::clear);
            return Ok(group);
        }
        let columns = self.file.schema_descr().columns();
        columns.iter().map(|column| Chunk::new(column.clone(), self.file.properties())).collect()
    }

    pub(crate) fn finish(mut self) -> Result<(), ParquetError> {
        append(&mut self.file, &self.pending)?;
        self.file.into_inner()?.flush()?;
        Ok(())
    }
}

fn rows_of(group: &Group) -> usize {
    group.first().map_or(0, Chunk::rows)
}

/// Makes the columns of one row group.
fn encode(table: &Table<'_>, mut group: Group, units: Range<usize>) -> Result<Group, ParquetError> {
    for units in table.chunks(units) {
        let runs = table.runs_of(units);
        group.par_iter_mut().zip(table.columns()).try_for_each(|(chunk, column)| chunk.add(&column.array(&runs)))?;
    }
    group.par_iter_mut().try_for_each(Chunk::finish)?;
    Ok(group)
}

fn append(file: &mut SerializedFileWriter<BufWriter<File>>, groups: &[Group]) -> Result<(), ParquetError> {
    // A table without rows has no row group.
    for group in groups.iter().filter(|group| rows_of(group) > 0) {
        let mut writer = file.next_row_group()?;
        group.iter().try_for_each(|chunk| writer.append_column(&chunk.source(), chunk.metadata()?))?;
        writer.close()?;
    }
    Ok(())
}

/// Encodings by what the values are like: strings repeat, so they get a dictionary; identifiers and
/// days run in patterns that zstd folds; the digits of returns are noise, which nothing folds.
pub fn properties(schema: &SchemaRef, metadata: &str) -> WriterProperties {
    let zstd = Compression::ZSTD(ZstdLevel::try_new(1).unwrap_or_default());
    let builder = WriterProperties::builder()
        .set_compression(zstd)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_key_value_metadata(Some(vec![KeyValue::new(METADATA_KEY.to_owned(), metadata.to_owned())]));
    let column = |builder: WriterPropertiesBuilder, field: &Arc<Field>| {
        let path = ColumnPath::from(field.name().as_str());
        match field.data_type() {
            DataType::Dictionary(..) => builder.set_column_dictionary_enabled(path, true),
            DataType::Float64 => builder.set_column_compression(path, Compression::UNCOMPRESSED),
            _ => builder,
        }
    };
    schema.fields().iter().fold(builder, column).build()
}
