//! Writing tables: beside their place first, renamed at the end.
//!
//! A run that is interrupted before that leaves the previous results whole.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use arrow::datatypes::{Field, SchemaRef};
use dayzero_loader::columns::value_type;
use dayzero_loader::paths::InputFile;
use tempfile::TempDir;

use crate::Failure;
use crate::config::raw::Format;
use crate::manifest::{MANIFEST, Manifest, WrittenColumn, WrittenTable};
use crate::parquet_file;
use crate::printable;
use crate::table_names::{CHART_NAMES, SIMULATION_TABLE_NAMES, TABLE_NAMES};
use crate::tables::Table;

/// The key of the metadata that every table file carries: how it came about, as JSON.
pub const METADATA_KEY: &str = "dayzero";

/// An output directory in the making.
pub struct Staging {
    target: PathBuf,
    beside: TempDir,
}

/// The file name of a table.
pub fn file_name(table: &str, format: Format) -> String {
    let extension = match format {
        Format::Parquet => "parquet",
        Format::Arrow => "arrow",
        Format::Csv => "csv",
    };
    format!("{table}.{extension}")
}

/// The names of every file that this program writes beside a manifest: all tables in all formats, and
/// charts.
fn own_files() -> Vec<String> {
    let formats = [Format::Parquet, Format::Arrow, Format::Csv];
    let tables = TABLE_NAMES.iter().chain(SIMULATION_TABLE_NAMES);
    let files = tables.flat_map(|name| formats.map(|format| file_name(name, format)));
    files.chain(CHART_NAMES.iter().map(|&name| name.to_owned())).collect()
}

/// Whether a table of the output directory could take the place of this file.
fn is_place_of_table(target: &Path, file: &Path) -> bool {
    let named =
        file.file_name().and_then(|name| name.to_str()).is_some_and(|name| own_files().iter().any(|own| own == name));
    let directory = || Some((target.canonicalize().ok()?, file.canonicalize().ok()?.parent()?.to_owned()));
    named && directory().is_some_and(|(target, parent)| target == parent)
}

impl Staging {
    /// Opens the outputs before the work begins.
    ///
    /// # Errors
    /// The directory is not empty and may not be overwritten, it cannot be written, or a table
    /// would replace one of the inputs.
    pub fn open(target: &Path, overwrite: bool, inputs: &[&InputFile]) -> Result<Self, Failure> {
        if let Some(input) = inputs.iter().find(|input| is_place_of_table(target, &input.path)) {
            return Err(Failure::usage(format!(
                "a table would replace the input {}\n  help: name another directory with --out or [output] dir",
                input.path.display()
            )));
        }
        let failed = |error: std::io::Error| {
            Failure::Other(format!(
                "cannot write to {}: {error}\n  help: name another directory with --out or [output] dir",
                target.display()
            ))
        };
        if target.exists() {
            let mut entries = std::fs::read_dir(target).map_err(failed)?;
            if entries.next().is_some() && !overwrite {
                return Err(Failure::usage(format!(
                    "the output directory {} is not empty\n  help: --overwrite replaces its tables; --out names another",
                    target.display()
                )));
            }
            // The results are moved in by renaming, so the directory itself must be writable.
            tempfile::tempfile_in(target).map_err(failed)?;
        }
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        std::fs::create_dir_all(parent).map_err(failed)?;
        let name = target.file_name().and_then(|name| name.to_str()).unwrap_or("out");
        let beside = tempfile::Builder::new().prefix(&format!(".{name}.")).suffix(".partial").tempdir_in(parent);
        Ok(Self { target: target.to_owned(), beside: beside.map_err(failed)? })
    }

    /// Writes a table.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn write(&self, table: &Table<'_>, format: Format, metadata: &str) -> Result<WrittenTable, Failure> {
        let file = file_name(table.name, format);
        let path = self.beside.path().join(&file);
        let failed =
            |error: &dyn std::fmt::Display| Failure::Other(format!("cannot write {}: {error}", path.display()));
        let own = match format {
            Format::Arrow => BTreeMap::from([(METADATA_KEY.to_owned(), metadata.to_owned())]),
            Format::Parquet | Format::Csv => BTreeMap::new(),
        };
        let schema = table.schema(own);
        let out = BufWriter::with_capacity(1 << 20, File::create(&path).map_err(|e| failed(&e))?);
        let rows = match format {
            Format::Parquet => parquet_file::write(table, out, &schema, metadata).map_err(AnyError::from),
            Format::Arrow => Sink::arrow(out, &schema).and_then(|sink| sink.take(table, &schema)),
            Format::Csv => Sink::csv(out).take(table, &schema),
        };
        let rows = rows.map_err(|e| failed(&e))?;
        let columns = schema.fields().iter().map(|field| WrittenColumn::new(field)).collect();
        Ok(WrittenTable { name: table.name.to_owned(), file, rows, columns })
    }

    /// Writes a file that is no table.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn write_text(&self, file: &str, text: &str) -> Result<String, Failure> {
        let path = self.beside.path().join(file);
        let failed = |error: std::io::Error| Failure::Other(format!("cannot write {}: {error}", path.display()));
        std::fs::write(&path, text).map_err(failed)?;
        Ok(file.to_owned())
    }

    /// Puts everything in its place, the manifest last, and removes files of an earlier run that
    /// this one did not write.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn commit(self, manifest: &Manifest) -> Result<(), Failure> {
        let failed =
            |error: std::io::Error| Failure::Other(format!("cannot write to {}: {error}", self.target.display()));
        let text = serde_json::to_string_pretty(manifest).map_err(|e| Failure::Other(e.to_string()))?;
        let staged = self.beside.path().join(MANIFEST);
        std::fs::write(&staged, text + "\n").map_err(failed)?;
        std::fs::create_dir_all(&self.target).map_err(failed)?;
        let written = files_of(manifest);
        for file in &written {
            std::fs::rename(self.beside.path().join(file), self.target.join(file)).map_err(failed)?;
        }
        // Only what an earlier run says it wrote is removed: other files may be the user's own.
        let earlier = Manifest::read(&self.target).map_or_else(|_| Vec::new(), |earlier| files_of(&earlier));
        for file in earlier.iter().filter(|file| own_files().contains(file) && !written.contains(file)) {
            let path = self.target.join(file);
            if path.exists() {
                std::fs::remove_file(path).map_err(failed)?;
            }
        }
        std::fs::rename(staged, self.target.join(MANIFEST)).map_err(failed)
    }
}

/// The files of a run, but for the manifest.
fn files_of(manifest: &Manifest) -> Vec<String> {
    manifest.tables.iter().map(|table| &table.file).chain(&manifest.files).cloned().collect()
}

/// A file of one of the formats.
enum Sink {
    Arrow(arrow::ipc::writer::FileWriter<BufWriter<File>>, SchemaRef),
    Csv(arrow::csv::Writer<BufWriter<File>>),
}

type AnyError = Box<dyn std::error::Error>;

impl Sink {
    fn arrow(out: BufWriter<File>, schema: &SchemaRef) -> Result<Self, AnyError> {
        // The file format has one dictionary per column, so dictionaries are written out.
        let plain = plain_schema(schema);
        Ok(Self::Arrow(arrow::ipc::writer::FileWriter::try_new(out, &plain)?, plain))
    }

    fn csv(out: BufWriter<File>) -> Self {
        Self::Csv(arrow::csv::WriterBuilder::new().with_header(true).build(out))
    }

    /// Writes a table; returns its number of rows.
    fn take(mut self, table: &Table<'_>, schema: &SchemaRef) -> Result<usize, AnyError> {
        let mut rows = 0;
        for batch in table.batches(schema) {
            let batch = batch?;
            rows += batch.num_rows();
            self.write(&batch)?;
        }
        self.finish()?;
        Ok(rows)
    }

    fn write(&mut self, batch: &arrow::array::RecordBatch) -> Result<(), AnyError> {
        match self {
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
