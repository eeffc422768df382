//! `dayzero show`: results of a finished run in the terminal.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::csv::reader::ReaderBuilder;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::print;
use crate::cli::{ShowArgs, ShowFormat};
use crate::config::Mistake;
use crate::manifest::{Manifest, WrittenColumn, WrittenTable};
use crate::terminal::{align_right, lines, plain_table};
use crate::{Failure, printable, summary};

/// Rows of a table for people, unless they ask for more.
const ROWS_FOR_PEOPLE: usize = 40;

type AnyError = Box<dyn std::error::Error>;

pub(super) fn show(args: &ShowArgs) -> Result<(), Failure> {
    let manifest = Manifest::read(&args.dir)?;
    let Some(name) = &args.table else {
        let names: Vec<&str> = manifest.tables.iter().map(|table| table.name.as_str()).collect();
        return match args.format {
            _ if args.schema => print(&manifest.tables.iter().map(describe).collect::<Vec<_>>().join("\n")),
            ShowFormat::Table => print(&summary::render(&manifest, Some(&args.dir))),
            _ => Err(Failure::usage(format!("--format needs a table\n  help: one of: {}", names.join(", ")))),
        };
    };
    let written = manifest.tables.iter().find(|table| table.name == *name).ok_or_else(|| {
        let known = manifest.tables.iter().map(|table| table.name.as_str());
        let mistake = Mistake::new(["show"], format!("{} has no table `{name}`", args.dir.display()));
        Failure::Config(crate::config::ConfigError::plain(mistake.did_you_mean(name, known).plain()))
    })?;
    let path = args.dir.join(&written.file);
    let failed = |e: AnyError| Failure::Other(format!("cannot read {}: {e}", path.display()));
    let limit = match (args.rows, args.format) {
        (Some(0), _) | (None, ShowFormat::Json | ShowFormat::Csv) => usize::MAX,
        (Some(rows), _) => rows,
        (None, ShowFormat::Table) => ROWS_FOR_PEOPLE,
    };
    if args.schema {
        return print(&describe(written));
    }
    let (schema, batches) = read(&path, written, limit).map_err(failed)?;
    let text = match args.format {
        ShowFormat::Table => for_people(&schema, &batches, written.rows),
        ShowFormat::Json => as_json(&batches),
        ShowFormat::Csv => as_csv(&batches),
    };
    print(&text.map_err(failed)?)
}

/// The first rows of a table file.
fn read(path: &Path, written: &WrittenTable, limit: usize) -> Result<(SchemaRef, Vec<RecordBatch>), AnyError> {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    let file = File::open(path)?;
    match extension {
        "parquet" => {
            let builder = ParquetRecordBatchReaderBuilder::try_new(file)?;
            let schema = builder.schema().clone();
            let batches = take(builder.build()?, &schema, limit)?;
            Ok((schema, batches))
        }
        "arrow" => {
            let reader = arrow::ipc::reader::FileReader::try_new(file, None)?;
            let schema = reader.schema();
            let batches = take(reader, &schema, limit)?;
            Ok((schema, batches))
        }
        _ => {
            // Guesses at the types would turn the identifier 0700 into the number 700.
            let field = |column: &WrittenColumn| {
                Ok(Field::new(&column.name, printable::data_type(&column.data_type.parse()?), true))
            };
            let fields = written.columns.iter().map(field).collect::<Result<Vec<_>, ArrowError>>()?;
            let schema = Arc::new(Schema::new(fields));
            let reader = ReaderBuilder::new(schema.clone()).with_header(true).build(file)?;
            let batches = take(reader, &schema, limit)?;
            Ok((schema, batches))
        }
    }
}

/// The first rows; a batch without rows where there are none, so that a header can be written.
fn take(
    batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
    schema: &SchemaRef,
    limit: usize,
) -> Result<Vec<RecordBatch>, AnyError> {
    let (mut left, mut taken) = (limit, Vec::new());
    for batch in batches {
        if left == 0 {
            break;
        }
        let batch = printable::batch(&batch?)?;
        let rows = batch.num_rows().min(left);
        left -= rows;
        taken.push(batch.slice(0, rows));
    }
    if taken.is_empty() {
        taken.push(printable::batch(&RecordBatch::new_empty(schema.clone()))?);
    }
    Ok(taken)
}

/// Every column of a table with its type and what it is.
fn describe(written: &WrittenTable) -> String {
    let mut table = plain_table();
    for WrittenColumn { name, data_type, description } in &written.columns {
        table.add_row([name, data_type, description]);
    }
    format!("{}\n{}", written.name, lines(&table))
}

fn for_people(schema: &SchemaRef, batches: &[RecordBatch], rows: usize) -> Result<String, AnyError> {
    let options = FormatOptions::default();
    let mut table = plain_table();
    table.set_header(schema.fields().iter().map(|field| field.name().clone()));
    let mut shown = 0;
    for batch in batches {
        let formatters: Vec<ArrayFormatter<'_>> =
            batch.columns().iter().map(|array| ArrayFormatter::try_new(array, &options)).collect::<Result<_, _>>()?;
        for row in 0..batch.num_rows() {
            let cells = formatters.iter().zip(schema.fields()).map(|(formatter, field)| {
                let text = formatter.value(row).to_string();
                if field.data_type() == &DataType::Float64 { shorten(&text) } else { text }
            });
            table.add_row(cells.collect::<Vec<_>>());
        }
        shown += batch.num_rows();
    }
    let numeric = schema.fields().iter().enumerate().filter(|(_, field)| field.data_type().is_numeric());
    align_right(&mut table, numeric.map(|(index, _)| index));
    let more = rows.saturating_sub(shown);
    let rest = if more > 0 {
        format!("… {} more rows (--rows 0 shows all)\n", summary::thousands(more))
    } else {
        String::new()
    };
    Ok(lines(&table) + &rest)
}

/// Six significant digits are enough for the eye.
fn shorten(text: &str) -> String {
    match text.parse::<f64>() {
        Ok(0.0) => "0".into(),
        Ok(value) if (1e-4..1e6).contains(&value.abs()) => {
            let digits = 5 - value.abs().log10().floor() as i32;
            format!("{value:.*}", digits.max(0) as usize)
        }
        Ok(value) => format!("{value:.5e}"),
        Err(_) => text.to_owned(),
    }
}

fn as_json(batches: &[RecordBatch]) -> Result<String, AnyError> {
    let mut writer = arrow::json::WriterBuilder::new()
        .with_explicit_nulls(true)
        .build::<_, arrow::json::writer::LineDelimited>(Vec::new());
    for batch in batches {
        writer.write(batch)?;
    }
    writer.finish()?;
    Ok(String::from_utf8(writer.into_inner())?)
}

fn as_csv(batches: &[RecordBatch]) -> Result<String, AnyError> {
    let mut writer = arrow::csv::WriterBuilder::new().with_header(true).build(Vec::new());
    for batch in batches {
        writer.write(batch)?;
    }
    Ok(String::from_utf8(writer.into_inner())?)
}
