//! The floor under a run: decoding the price columns with the stock reader and writing the arrays of the
//! finished tables with the same properties, and nothing between.
//!
//! `cargo bench --bench floor -- PRICES.parquet OUT_DIR [COLUMN...]` prints the seconds of the fastest of
//! five, and of the first, which like a run has to touch its memory for the first time; OUT_DIR is that of a
//! finished run, whose tables are loaded before the clock starts.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::arrow::arrow_writer::{ArrowColumnWriter, compute_leaves};
use parquet::arrow::{ArrowWriter, ProjectionMask};
use rayon::prelude::*;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Outcome<()> {
    // Cargo adds `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let [prices, out, columns @ ..] = arguments.as_slice() else {
        println!("usage: cargo bench --bench floor -- PRICES.parquet OUT_DIR [COLUMN...]");
        return Ok(());
    };
    let defaults = ["ticker", "date", "adj_close"].map(str::to_owned);
    let columns = if columns.is_empty() { &defaults[..] } else { columns };
    let tables = tables(Path::new(out))?;
    let scratch = tempfile::tempdir()?;
    let mut fastest = (f64::INFINITY, 0.0, 0.0);
    let mut first = None;
    for _ in 0..5 {
        let start = Instant::now();
        let rows = decode(Path::new(prices), columns)?;
        let decoded = start.elapsed().as_secs_f64();
        tables.par_iter().try_for_each(|table| write(table, scratch.path()))?;
        let total = start.elapsed().as_secs_f64();
        assert!(rows > 0, "the price table has rows");
        first.get_or_insert(total);
        if total < fastest.0 {
            fastest = (total, decoded, total - decoded);
        }
    }
    let (total, decoded, written) = fastest;
    println!("floor {total:.3} decode {decoded:.3} write {written:.3} first {:.3}", first.unwrap_or(total));
    Ok(())
}

/// Decodes columns row group by row group in parallel, identifiers as dictionaries; returns the rows.
fn decode(path: &Path, columns: &[String]) -> Outcome<usize> {
    let plain = ArrowReaderMetadata::load(&File::open(path)?, ArrowReaderOptions::new())?;
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let hinted = plain.schema().fields().iter().map(|field| match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Dictionary(..) => {
            Arc::new(Field::new(field.name(), dictionary.clone(), true))
        }
        _ => field.clone(),
    });
    let schema = Arc::new(Schema::new(hinted.collect::<Vec<_>>()));
    let options = ArrowReaderOptions::new().with_schema(schema);
    let metadata = ArrowReaderMetadata::load(&File::open(path)?, options)?;
    let mask = ProjectionMask::columns(metadata.parquet_schema(), columns.iter().map(String::as_str));
    let groups = 0..metadata.metadata().num_row_groups();
    let rows = groups.into_par_iter().map(|group| -> Outcome<usize> {
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(File::open(path)?, metadata.clone());
        let reader =
            builder.with_projection(mask.clone()).with_row_groups(vec![group]).with_batch_size(32_768).build()?;
        reader.map(|batch| Ok(batch?.num_rows())).sum()
    });
    rows.sum()
}

/// A finished table: its file, and the batches of each row group.
struct Loaded {
    file: PathBuf,
    groups: Vec<Vec<RecordBatch>>,
}

fn tables(directory: &Path) -> Outcome<Vec<Loaded>> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<Outcome<_>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "parquet"));
    files.sort();
    let load = |file: PathBuf| -> Outcome<Loaded> {
        let count =
            ArrowReaderMetadata::load(&File::open(&file)?, ArrowReaderOptions::new())?.metadata().num_row_groups();
        let group = |group: usize| -> Outcome<Vec<RecordBatch>> {
            let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(&file)?)?;
            let reader = builder.with_row_groups(vec![group]).with_batch_size(65_536).build()?;
            Ok(reader.collect::<Result<_, _>>()?)
        };
        let groups = (0..count).map(group).collect::<Outcome<_>>()?;
        Ok(Loaded { file, groups })
    };
    files.into_iter().map(load).collect()
}

/// Writes a table as a run does.
fn write(table: &Loaded, directory: &Path) -> Outcome<()> {
    let Some(schema) = table.groups.first().and_then(|group| group.first()).map(RecordBatch::schema) else {
        return Ok(());
    };
    let name = table.file.file_name().unwrap_or_default();
    let properties = dayzero_runner::parquet_file::properties(&schema, "{}");
    let out = std::io::BufWriter::with_capacity(1 << 20, File::create(directory.join(name))?);
    let (mut file, factory) = ArrowWriter::try_new(out, schema.clone(), Some(properties))?.into_serialized_writer()?;
    let encode = |index: usize| -> Outcome<Vec<_>> {
        let mut writers = factory.create_column_writers(index)?;
        for batch in &table.groups[index] {
            let columns = writers.par_iter_mut().zip(batch.columns()).zip(schema.fields().as_ref());
            columns.try_for_each(|((writer, array), field)| -> Outcome<()> {
                compute_leaves(field, array)?.iter().try_for_each(|leaf| Ok(writer.write(leaf)?))
            })?;
        }
        Ok(writers.into_par_iter().map(ArrowColumnWriter::close).collect::<Result<_, _>>()?)
    };
    let indices: Vec<usize> = (0..table.groups.len()).collect();
    for some in indices.chunks(4) {
        for chunks in some.par_iter().map(|&index| encode(index)).collect::<Outcome<Vec<_>>>()? {
            let mut group = file.next_row_group()?;
            chunks.into_iter().try_for_each(|chunk| chunk.append_to_row_group(&mut group))?;
            group.close()?;
        }
    }
    file.close()?;
    Ok(())
}
