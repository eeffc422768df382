//! The file of a table in one of the formats, to which rows are added bit by bit.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::ops::Range;
use std::path::{Path, PathBuf};

use arrow::datatypes::{Field, SchemaRef};
use dayzero_loader::columns::value_type;

use crate::Failure;
use crate::config::raw::Format;
use crate::manifest::{WrittenColumn, WrittenTable};
use crate::output::{METADATA_KEY, file_name};
use crate::parquet_file::ParquetFile;
use crate::printable;
use crate::tables::Table;

/// A file that is written in pieces of 64 KiB.
fn buffered(file: File) -> BufWriter<File> {
    BufWriter::with_capacity(1 << 16, file)
}

/// The file of a table.
pub struct TableFile {
    path: PathBuf,
    schema: SchemaRef,
    sink: Sink,
    written: WrittenTable,
}

impl TableFile {
    /// Opens the file of a table in a directory.
    ///
    /// # Errors
    /// The file system refuses.
    pub(crate) fn open(directory: &Path, table: &Table<'_>, format: Format, metadata: &str) -> Result<Self, Failure> {
        let file = file_name(table.name, format);
        let path = directory.join(&file);
        let own = match format {
            Format::Arrow => BTreeMap::from([(METADATA_KEY.to_owned(), metadata.to_owned())]),
            Format::Parquet | Format::Csv => BTreeMap::new(),
        };
        let schema = table.schema(own);
        let open = || -> Result<Sink, AnyError> {
            let out = File::create(&path)?;
            Ok(match format {
                Format::Parquet => Sink::Parquet(Box::new(ParquetFile::new(out, &schema, metadata)?)),
                Format::Arrow => Sink::arrow(buffered(out), &schema)?,
                Format::Csv => Sink::csv(buffered(out)),
            })
        };
        let sink = open().map_err(|error| refused(&path, &*error))?;
        let columns = schema.fields().iter().map(|field| WrittenColumn::new(field)).collect();
        let written = WrittenTable { name: table.name.to_owned(), file, rows: 0, columns };
        Ok(Self { path, schema, sink, written })
    }

    /// Adds the rows of some units.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn add(&mut self, table: &Table<'_>, units: Range<usize>) -> Result<(), Failure> {
        let rows = self.sink.add(table, units, &self.schema).map_err(|error| refused(&self.path, &*error))?;
        self.written.rows += rows;
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn finish(self) -> Result<WrittenTable, Failure> {
        self.sink.finish().map_err(|error| refused(&self.path, &*error))?;
        Ok(self.written)
    }
}

fn refused(path: &Path, error: &dyn std::error::Error) -> Failure {
    Failure::Other(format!("cannot write {}: {error}", path.display()))
}

/// A file of one of the formats.
enum Sink {
    Parquet(Box<ParquetFile>),
    Arrow(arrow::ipc::writer::FileWriter<BufWriter<File>>, SchemaRef),
    Csv(arrow::csv::Writer<BufWriter<File>>),
}

type AnyError = Box<dyn std::error::Error + Send + Sync>;

impl Sink {
    fn arrow(out: BufWriter<File>, schema: &SchemaRef) -> Result<Self, AnyError> {
        // The file format has one dictionary per column, so dictionaries are written out.
        let plain = plain_schema(schema);
        Ok(Self::Arrow(arrow::ipc::writer::FileWriter::try_new(out, &plain)?, plain))
    }

    fn csv(out: BufWriter<File>) -> Self {
        Self::Csv(arrow::csv::WriterBuilder::new().with_header(true).build(out))
    }

    /// Adds the rows of some units; returns how many there are.
    fn add(&mut self, table: &Table<'_>, units: Range<usize>, schema: &SchemaRef) -> Result<usize, AnyError> {
        if let Self::Parquet(file) = self {
            return Ok(file.add(table, units)?);
        }
        let mut rows = 0;
        for batch in table.batches(units, schema) {
            let batch = batch?;
            rows += batch.num_rows();
            self.write(&batch)?;
        }
        Ok(rows)
    }

    fn write(&mut self, batch: &arrow::array::RecordBatch) -> Result<(), AnyError> {
        match self {
            Self::Parquet(_) => {}
            Self::Arrow(writer, plain) => {
                let cast = |(array, field): (&arrow::array::ArrayRef, &std::sync::Arc<Field>)| {
                    arrow::compute::cast(array, field.data_type())
                };
                let arrays = batch.columns().iter().zip(plain.fields()).map(cast).collect::<Result<_, _>>()?;
                writer.write(&arrow::array::RecordBatch::try_new(plain.clone(), arrays)?)?;
            }
            Self::Csv(writer) => writer.write(&printable::batch(batch)?)?,
        }
        Ok(())
    }

    fn finish(self) -> Result<(), AnyError> {
        use std::io::Write;
        match self {
            Self::Parquet(file) => file.finish()?,
            Self::Arrow(mut writer, _) => {
                writer.finish()?;
                writer.into_inner()?.flush()?;
            }
            Self::Csv(writer) => writer.into_inner().flush()?,
        }
        Ok(())
    }
}

fn plain_schema(schema: &SchemaRef) -> SchemaRef {
    let plain =
        |field: &std::sync::Arc<Field>| field.as_ref().clone().with_data_type(value_type(field.data_type()).clone());
    let fields: Vec<Field> = schema.fields().iter().map(plain).collect();
    std::sync::Arc::new(arrow::datatypes::Schema::new_with_metadata(fields, schema.metadata().clone()))
}
