//! Opening Parquet files, and checking that their columns are there and of a sensible type.

use std::fmt;
use std::fs::File;
use std::path::Path;

use arrow::datatypes::{DataType, Field, FieldRef, Schema};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::file::metadata::PageIndexPolicy;
use parquet::file::reader::ChunkReader;

use crate::{DataError, columns, suggest};

/// The kind of value that a column must carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Identifier,
    Date,
    Number,
}

impl Kind {
    /// Whether a column of this type can carry such values.
    pub(crate) fn fits(self, data_type: &DataType) -> bool {
        match self {
            Self::Identifier => columns::is_identifier(data_type),
            Self::Date => columns::is_date(data_type),
            Self::Number => columns::is_number(data_type),
        }
    }

    /// Refuses a column that cannot carry such values.
    pub(crate) fn check(self, path: &Path, field: &Field) -> Result<(), DataError> {
        let data_type = field.data_type();
        if self.fits(data_type) {
            return Ok(());
        }
        let wanted = match self {
            Self::Identifier => "a string or an integer",
            Self::Date => "a date, a timestamp or a string like 2025-08-29",
            Self::Number => "a number",
        };
        let problem = format!("the type is {data_type}, {wanted} is needed");
        Err(DataError::new(problem)
            .file(path)
            .column(field.name())
            .remedy("name another column in the study, or cast this one"))
    }
}

/// Reads the footer of a file, with the places of its pages where it tells them.
pub(crate) fn open_metadata(path: &Path) -> Result<ArrowReaderMetadata, DataError> {
    let file = File::open(path).map_err(|e| unreadable(path, &e))?;
    metadata_of(&file, path)
}

/// The same of a file that is open.
pub(crate) fn metadata_of(file: &impl ChunkReader, path: &Path) -> Result<ArrowReaderMetadata, DataError> {
    let options = ArrowReaderOptions::new().with_offset_index_policy(PageIndexPolicy::Optional);
    ArrowReaderMetadata::load(file, options).map_err(|e| unreadable(path, &e))
}

/// A file that cannot be read as Parquet.
pub(crate) fn unreadable(path: &Path, error: &dyn fmt::Display) -> DataError {
    DataError::new(format!("cannot be read as Parquet: {error}"))
        .file(path)
        .remedy("the file may be truncated, corrupt or of another format; write it again")
}

/// A column that is not there, with those that are.
pub(crate) fn missing_column(path: &Path, name: &str, schema: &Schema) -> DataError {
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let remedy = match suggest::closest(name, names.iter().copied()) {
        Some(close) => format!("did you mean `{close}`? The columns are {}", names.join(", ")),
        None => format!("the columns are {}", names.join(", ")),
    };
    DataError::new("no such column").file(path).column(name).remedy(remedy)
}

/// The same file with the strings among these columns, of whatever kind, read as one type.
///
/// Dictionaries are among them: a row group may name more things than the keys of a dictionary that
/// was written in parts can count.
pub(crate) fn with_texts_as(
    path: &Path,
    metadata: &ArrowReaderMetadata,
    names: &[&str],
    text: &DataType,
) -> Result<ArrowReaderMetadata, DataError> {
    let schema = metadata.schema();
    let hint = |field: &FieldRef| match columns::is_text(field.data_type()) && names.contains(&field.name().as_str()) {
        true => field.as_ref().clone().with_data_type(text.clone()).into(),
        false => field.clone(),
    };
    let fields: Vec<FieldRef> = schema.fields().iter().map(hint).collect();
    let hinted = Schema::new_with_metadata(fields, schema.metadata().clone());
    let options = ArrowReaderOptions::new().with_schema(hinted.into());
    ArrowReaderMetadata::try_new(metadata.metadata().clone(), options).map_err(|e| unreadable(path, &e))
}
