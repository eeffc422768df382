//! Tables to Parquet: row groups and their columns are made and encoded in parallel, and appended in
//! their order, so that the bytes do not depend on the number of threads.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use rayon::prelude::*;

use crate::output::METADATA_KEY;
use crate::tables::{Column, Table};

/// Rows per row group: few enough that the memory of one is used again for the next.
const GROUP_ROWS: usize = 1 << 17;

/// The columns of a row group, encoded, and its number of rows.
type Encoded = (Vec<ArrowColumnChunk>, usize);

/// A Parquet file in the making, to which a table is added bit by bit.
pub(crate) struct ParquetFile {
    file: SerializedFileWriter<BufWriter<File>>,
    factory: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
    /// Row groups so far.
    groups: usize,
    /// Row groups that are encoded and not yet appended.
    pending: Vec<Encoded>,
}

impl ParquetFile {
    pub(crate) fn new(out: BufWriter<File>, schema: &SchemaRef, metadata: &str) -> Result<Self, ParquetError> {
        let properties = properties(schema, metadata);
        let (file, factory) = ArrowWriter::try_new(out, schema.clone(), Some(properties))?.into_serialized_writer()?;
        Ok(Self { file, factory, schema: schema.clone(), groups: 0, pending: Vec::new() })
    }

    /// Adds the rows of some units of a table, in row groups of their own; returns how many there are.
    pub(crate) fn add(&mut self, table: &Table<'_>, units: Range<usize>) -> Result<usize, ParquetError> {
        let pieces: Vec<(usize, Range<usize>)> = (self.groups..).zip(table.pieces(units, GROUP_ROWS)).collect();
        self.groups += pieces.len();
        let (schema, factory) = (&self.schema, &self.factory);
        let encode = |some: &[(usize, Range<usize>)]| -> Result<Vec<Encoded>, ParquetError> {
            some.par_iter().map(|(index, units)| encode(table, schema, factory, *index, units.clone())).collect()
        };
        let mut rows = 0;
        // Encoded row groups are held until they are appended: as many as are made at once.
        for some in pieces.chunks(2 * rayon::current_num_threads()) {
            let pending = std::mem::take(&mut self.pending);
            let (appended, encoded) = rayon::join(|| append(&mut self.file, pending), || encode(some));
            appended?;
            self.pending = encoded?;
            rows += self.pending.iter().map(|(_, rows)| rows).sum::<usize>();
        }
        Ok(rows)
    }

    pub(crate) fn finish(mut self) -> Result<(), ParquetError> {
        append(&mut self.file, self.pending)?;
        self.file.into_inner()?.flush()?;
        Ok(())
    }
}

/// Makes the columns of one row group.
fn encode(
    table: &Table<'_>,
    schema: &SchemaRef,
    factory: &ArrowRowGroupWriterFactory,
    index: usize,
    units: Range<usize>,
) -> Result<Encoded, ParquetError> {
    let mut rows = 0;
    let mut writers = factory.create_column_writers(index)?;
    for units in table.chunks(units) {
        let runs = table.runs_of(units);
        rows += runs.rows();
        let write = |((writer, column), field): ((&mut ArrowColumnWriter, &Column<'_>), &Arc<Field>)| {
            let array = column.array(&runs);
            compute_leaves(field, &array)?.iter().try_for_each(|leaf| writer.write(leaf))
        };
        writers.par_iter_mut().zip(table.columns()).zip(schema.fields().as_ref()).try_for_each(write)?;
    }
    let chunks = writers.into_par_iter().map(ArrowColumnWriter::close).collect::<Result<_, _>>()?;
    Ok((chunks, rows))
}

fn append(file: &mut SerializedFileWriter<BufWriter<File>>, groups: Vec<Encoded>) -> Result<(), ParquetError> {
    for (chunks, rows) in groups {
        // A table without rows has no row group.
        if rows == 0 {
            continue;
        }
        let mut group = file.next_row_group()?;
        chunks.into_iter().try_for_each(|chunk| chunk.append_to_row_group(&mut group))?;
        group.close()?;
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
