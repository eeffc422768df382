//! The commands, as users type them.

mod running;
mod showing;
mod starting;
mod writing;

use crate::support::{Case, STUDY, TABLES, Table, dayzero};
use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, TimeUnit};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// Names of the files of a directory.
fn listing(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).expect("a directory").map(|entry| entry.expect("an entry"));
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn manifest(dir: &Path) -> Value {
    let text = std::fs::read_to_string(dir.join("manifest.json")).expect("a manifest");
    serde_json::from_str(&text).expect("JSON")
}

/// The outcomes of a manifest.
fn outcomes(manifest: &Value) -> BTreeMap<String, u64> {
    let counts = manifest["outcomes"].as_object().expect("outcomes").iter();
    counts.map(|(code, count)| (code.clone(), count.as_u64().expect("a count"))).collect()
}

/// A study of data with defects, none of whose events is duplicated on purpose.
fn defective() -> Case {
    let case = Case::new();
    let synth = "synth --out data --securities 40 --days 420 --events 80 --effect 0.03 --seed 11 --defects --overwrite";
    case.dayzero(&synth.split(' ').collect::<Vec<_>>()).success();
    case
}

/// Counts of a summary by outcome.
fn counted(summary: &str) -> BTreeMap<String, u64> {
    let words = summary.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let pairs = words.filter_map(|words| match words[..] {
        [count, code] if code != "events" => Some((code.to_owned(), count.parse().ok()?)),
        _ => None,
    });
    pairs.collect()
}

/// Every value of a table as text, nulls as nothing.
fn cells(batch: &RecordBatch) -> Vec<Vec<String>> {
    let options = FormatOptions::default();
    // Arrow prints instants at an offset, but not at the name UTC.
    let offset = DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into()));
    let plain = |column: &ArrayRef| match column.data_type() {
        DataType::Timestamp(..) => cast(column, &offset).expect("instants"),
        _ => column.clone(),
    };
    let arrays: Vec<ArrayRef> = batch.columns().iter().map(plain).collect();
    let columns: Vec<ArrayFormatter<'_>> =
        arrays.iter().map(|c| ArrayFormatter::try_new(c, &options).expect("a formatter")).collect();
    (0..batch.num_rows()).map(|row| columns.iter().map(|c| c.value(row).to_string()).collect()).collect()
}

/// Rows of CSV text without quoted line breaks.
fn parse_csv(text: &str) -> Vec<Vec<String>> {
    let split = |line: &str| {
        let (mut fields, mut quoted) = (vec![String::new()], false);
        for letter in line.chars() {
            match letter {
                '"' => quoted = !quoted,
                ',' if !quoted => fields.push(String::new()),
                _ => fields.last_mut().expect("a field").push(letter),
            }
        }
        fields
    };
    text.lines().map(split).collect()
}

/// A table of an output directory in any format, as text.
fn any_format(case: &Case, dir: &str, name: &str) -> Vec<Vec<String>> {
    let shown = case.dayzero(&["show", dir, name, "--format", "csv"]).success();
    parse_csv(&shown.stdout)
}
