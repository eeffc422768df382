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

/// Rows per row group.
const GROUP_ROWS: usize = 1 << 20;

/// The columns of a row group, encoded, and its number of rows.
type Encoded = (Vec<ArrowColumnChunk>, usize);

/// Writes a table; returns its number of rows.
pub(crate) fn write(
    table: &Table<'_>,
    out: BufWriter<File>,
    schema: &SchemaRef,
    metadata: &str,
) -> Result<usize, ParquetError> {
    let properties = properties(schema, metadata);
    let (mut file, factory) = ArrowWriter::try_new(out, schema.clone(), Some(properties))?.into_serialized_writer()?;
    let groups: Vec<(usize, Range<usize>)> = table.pieces(GROUP_ROWS).into_iter().enumerate().collect();
    let encode = |some: &[(usize, Range<usize>)]| -> Result<Vec<Encoded>, ParquetError> {
        some.par_iter().map(|(index, units)| encode(table, schema, &factory, *index, units.clone())).collect()
    };
    let mut rows = 0;
    // Encoded row groups are held until they are appended: as many as are made at once.
    let mut pending: Vec<Encoded> = Vec::new();
    for some in groups.chunks(rayon::current_num_threads()) {
        let (appended, encoded) = rayon::join(|| append(&mut file, std::mem::take(&mut pending)), || encode(some));
        rows += appended?;
        pending = encoded?;
    }
    rows += append(&mut file, pending)?;
    file.into_inner()?.flush()?;
    Ok(rows)
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
        let cells = table.cells(units);
        rows += cells.len();
        let write = |((writer, column), field): ((&mut ArrowColumnWriter, &Column<'_>), &Arc<Field>)| {
            let array = column.array(&cells);
            compute_leaves(field, &array)?.iter().try_for_each(|leaf| writer.write(leaf))
        };
        writers.par_iter_mut().zip(table.columns()).zip(schema.fields().as_ref()).try_for_each(write)?;
    }
    let chunks = writers.into_par_iter().map(ArrowColumnWriter::close).collect::<Result<_, _>>()?;
    Ok((chunks, rows))
}

fn append(file: &mut SerializedFileWriter<BufWriter<File>>, groups: Vec<Encoded>) -> Result<usize, ParquetError> {
    let mut total = 0;
    for (chunks, rows) in groups {
        // A table without rows has no row group.
        if rows == 0 {
            continue;
        }
        let mut group = file.next_row_group()?;
        chunks.into_iter().try_for_each(|chunk| chunk.append_to_row_group(&mut group))?;
        group.close()?;
        total += rows;
    }
    Ok(total)
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
