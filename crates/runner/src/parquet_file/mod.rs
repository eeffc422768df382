//! Tables to Parquet: row groups and their columns are made and encoded in parallel, and appended in
//! their order, so that the bytes do not depend on the number of threads.
//!
//! Pages are made here, by the format's own description (Apache Parquet 2.11, `parquet.thrift`, Encodings); schema,
//! statistics and footer are the library's.

mod chunk;
mod delta;
mod dictionary;
mod header;
mod hybrid;
mod out;
mod pages;
mod values;

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::Write;
use std::ops::Range;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, SchemaRef};
use parquet::arrow::{ArrowSchemaConverter, add_encoded_arrow_schema_to_metadata};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::{
    ColumnChunkMetaData, FileMetaData, KeyValue, ParquetMetaDataBuilder, ParquetMetaDataWriter, RowGroupMetaData,
};
use parquet::file::page_index::offset_index::OffsetIndexMetaData;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::TrackedWrite;
use parquet::schema::types::{ColumnPath, SchemaDescPtr};
use rayon::prelude::*;

use crate::output::METADATA_KEY;
use crate::tables::Table;
use chunk::Chunk;
use out::Out;

/// Rows per row group: few enough that the memory of one is used again for the next.
const GROUP_ROWS: usize = 1 << 17;

/// What a Parquet file begins with.
const MAGIC: &[u8] = b"PAR1";

/// The columns of a row group.
type Group = Vec<Chunk>;

/// A Parquet file in the making, to which a table is added bit by bit.
pub(crate) struct ParquetFile {
    out: TrackedWrite<Out>,
    schema: SchemaDescPtr,
    properties: WriterProperties,
    /// Row groups that are encoded and not yet written.
    pending: Vec<Group>,
    /// Row groups that were written, for their memory.
    spare: Vec<Group>,
    /// What the footer says of those that were written: of each, and of the pages of its columns.
    written: Vec<(RowGroupMetaData, Vec<OffsetIndexMetaData>)>,
}

impl ParquetFile {
    pub(crate) fn new(out: File, schema: &SchemaRef, metadata: &str) -> Result<Self, ParquetError> {
        let mut properties = properties(schema, metadata);
        add_encoded_arrow_schema_to_metadata(schema, &mut properties);
        let schema = Arc::new(ArrowSchemaConverter::new().convert(schema)?);
        let mut out = TrackedWrite::new(Out::new(out));
        out.write_all(MAGIC)?;
        Ok(Self { out, schema, properties, pending: Vec::new(), spare: Vec::new(), written: Vec::new() })
    }

    /// Adds the rows of some units of a table, in row groups of their own; returns how many there are.
    pub(crate) fn add(&mut self, table: &Table<'_>, units: Range<usize>) -> Result<usize, ParquetError> {
        let mut rows = 0;
        // Encoded row groups are held until they are appended: as many as are made at once.
        for some in table.pieces(units, GROUP_ROWS).chunks(rayon::current_num_threads()) {
            let pending = std::mem::take(&mut self.pending);
            let new = (0..some.len()).map(|_| self.new_group()).collect::<Result<Vec<_>, _>>()?;
            let encode =
                || some.par_iter().zip(new).map(|(units, group)| encode(table, group, units.clone())).collect();
            let (appended, encoded): (_, Result<Vec<Group>, _>) = rayon::join(|| self.write(&pending), encode);
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
        let columns = self.schema.columns();
        columns.iter().map(|column| Chunk::new(column.clone(), &self.properties)).collect()
    }

    fn write(&mut self, groups: &[Group]) -> Result<(), ParquetError> {
        // A table without rows has no row group.
        for group in groups.iter().filter(|group| rows_of(group) > 0) {
            let mut columns = Vec::with_capacity(group.len());
            for chunk in group {
                let at = self.out.bytes_written();
                chunk.write(&mut self.out)?;
                columns.push(chunk.metadata(at)?);
            }
            let (columns, pages): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
            let ordinal = i16::try_from(self.written.len())
                .map_err(|_| ParquetError::General("a Parquet file has 32,768 row groups at most".to_owned()))?;
            let group = RowGroupMetaData::builder(self.schema.clone())
                .set_num_rows(rows_of(group) as i64)
                .set_total_byte_size(columns.iter().map(ColumnChunkMetaData::uncompressed_size).sum())
                .set_file_offset(columns.first().map_or(0, |first| first.byte_range().0 as i64))
                .set_column_metadata(columns)
                .set_ordinal(ordinal)
                .build()?;
            self.written.push((group, pages));
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<(), ParquetError> {
        let pending = std::mem::take(&mut self.pending);
        self.write(&pending)?;
        let (groups, pages): (Vec<_>, Vec<_>) = self.written.into_iter().unzip();
        let file = FileMetaData::new(
            self.properties.writer_version().as_num(),
            groups.iter().map(RowGroupMetaData::num_rows).sum(),
            Some(self.properties.created_by().to_owned()),
            self.properties.key_value_metadata().cloned(),
            self.schema,
            None,
        );
        let footer = ParquetMetaDataBuilder::new(file).set_row_groups(groups).set_offset_index(Some(pages)).build();
        let refusal = self.out.inner().refusal();
        ParquetMetaDataWriter::new_with_tracked(self.out, &footer).finish()?;
        Ok(refusal.check()?)
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

/// Encodings by what the values are like: strings repeat, so they get a dictionary; identifiers and dates go on in small
/// steps; days run in patterns that zstd folds; the digits of returns are noise, which nothing folds.
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
            DataType::Int32 | DataType::Date32 => builder
                .set_column_encoding(path.clone(), Encoding::DELTA_BINARY_PACKED)
                .set_column_compression(path, Compression::UNCOMPRESSED),
            DataType::Float64 => builder.set_column_compression(path, Compression::UNCOMPRESSED),
            _ => builder,
        }
    };
    schema.fields().iter().fold(builder, column).build()
}
