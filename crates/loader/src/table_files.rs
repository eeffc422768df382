//! The files behind a table: Parquet and CSV.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchReader, StringArray};
use arrow::compute::{cast, concat_batches};
use arrow::csv::reader::{Format, ReaderBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::paths::InputFile;
use crate::schema::{missing_column, open_metadata, unreadable, with_texts_as};
use crate::{DataError, columns};

/// The named columns of a file.
pub(crate) fn read_file(file: &InputFile, required: &[&str], optional: &[&str]) -> Result<RecordBatch, DataError> {
    let is_csv = file.path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
    let (schema, batches) = if is_csv { read_csv(&file.path)? } else { read_parquet(&file.path, required, optional)? };
    let batch = concat_batches(&schema, &batches).map_err(|e| unreadable(&file.path, &e))?;
    let (mut fields, mut arrays) = (Vec::new(), Vec::new());
    let mut names: Vec<&str> = Vec::new();
    for &name in required.iter().chain(optional) {
        if names.contains(&name) {
            continue;
        }
        names.push(name);
        let array: ArrayRef = match (batch.column_by_name(name), file.partition(name)) {
            (Some(array), _) => array.clone(),
            (None, Some(value)) => Arc::new(StringArray::from(vec![value; batch.num_rows()])),
            (None, None) if required.contains(&name) => {
                return Err(missing_column(&file.path, name, &file_schema(file)?));
            }
            (None, None) => continue,
        };
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(|e| unreadable(&file.path, &e))
}

/// The whole schema of a file, for messages.
pub(crate) fn file_schema(file: &InputFile) -> Result<Schema, DataError> {
    if file.path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")) {
        return Ok(read_csv(&file.path)?.0.as_ref().clone());
    }
    Ok(open_metadata(&file.path)?.schema().as_ref().clone())
}

fn read_parquet(path: &Path, required: &[&str], optional: &[&str]) -> Result<(SchemaRef, Vec<RecordBatch>), DataError> {
    let names: Vec<&str> = required.iter().chain(optional).copied().collect();
    // One type, so that files whose strings are stored in different ways are one table.
    let metadata = with_texts_as(path, &open_metadata(path)?, &names, &columns::dictionary_type())?;
    let mask = ProjectionMask::columns(metadata.parquet_schema(), names);
    let file = File::open(path).map_err(|e| unreadable(path, &e))?;
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
        .with_projection(mask)
        .build()
        .map_err(|e| unreadable(path, &e))?;
    let schema = reader.schema();
    Ok((schema, reader.collect::<Result<_, _>>().map_err(|e| unreadable(path, &e))?))
}

fn read_csv(path: &Path) -> Result<(SchemaRef, Vec<RecordBatch>), DataError> {
    let failed = |e: &dyn std::fmt::Display| {
        DataError::new(format!("cannot be read as CSV: {e}")).file(path).remedy("the first line names the columns")
    };
    let open = || File::open(path).map_err(|e| failed(&e));
    let (header, _) = Format::default().with_header(true).infer_schema(open()?, Some(0)).map_err(|e| failed(&e))?;
    // Text throughout: inference would turn the identifier 0700 into the number 700.
    let text = |field: &Arc<Field>| Field::new(field.name(), DataType::Utf8, true);
    let schema = Arc::new(Schema::new(header.fields().iter().map(text).collect::<Vec<_>>()));
    let reader = ReaderBuilder::new(schema.clone()).with_header(true).build(open()?).map_err(|e| failed(&e))?;
    Ok((schema, reader.collect::<Result<_, _>>().map_err(|e| failed(&e))?))
}

/// The same with strings of whatever kind as plain ones, for tables whose files have them in several ways.
pub(crate) fn with_plain_texts(batch: &RecordBatch) -> RecordBatch {
    let plain = |(field, array): (&Arc<Field>, &ArrayRef)| match columns::is_text(array.data_type()) {
        true => Some((Field::new(field.name(), DataType::Utf8, true), cast(array, &DataType::Utf8).ok()?)),
        false => Some((field.as_ref().clone(), array.clone())),
    };
    let columns: Option<(Vec<Field>, Vec<ArrayRef>)> =
        batch.schema().fields().iter().zip(batch.columns()).map(plain).collect();
    let whole = columns.and_then(|(fields, arrays)| RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).ok());
    whole.unwrap_or_else(|| batch.clone())
}
