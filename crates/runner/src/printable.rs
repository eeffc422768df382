//! Batches as Arrow's text formats can print them: these know offsets from UTC, but not its name.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;

/// A type with the offset in place of the name.
pub fn data_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Timestamp(unit, Some(zone)) if zone.as_ref() == "UTC" => {
            DataType::Timestamp(*unit, Some("+00:00".into()))
        }
        other => other.clone(),
    }
}

/// A schema with the offset in place of the name.
pub fn schema(schema: &Schema) -> SchemaRef {
    let field = |field: &Arc<Field>| field.as_ref().clone().with_data_type(data_type(field.data_type()));
    Arc::new(Schema::new_with_metadata(
        schema.fields().iter().map(field).collect::<Vec<_>>(),
        schema.metadata().clone(),
    ))
}

/// A batch with the offset in place of the name.
///
/// # Errors
/// Arrow cannot relabel a column, which does not happen.
pub fn batch(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let schema = schema(&batch.schema());
    let relabel = |(array, field): (&ArrayRef, &Arc<Field>)| match array.data_type() == field.data_type() {
        true => Ok(array.clone()),
        false => cast(array, field.data_type()),
    };
    let arrays = batch.columns().iter().zip(schema.fields()).map(relabel).collect::<Result<_, _>>()?;
    RecordBatch::try_new(schema, arrays)
}
