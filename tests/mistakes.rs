//! Mistakes of users: each ends with a code and a message that says where and what to do, and none
//! of them touches the results of an earlier run.

mod files;
mod study;
mod values;

use crate::support::{Case, Outcome, STUDY, TABLES, Table, strings};
use arrow::array::{ArrayRef, Date32Array, Float64Array, StringArray, TimestampMicrosecondArray};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// A study with results, on which mistakes are then made.
struct Finished {
    case: Case,
    before: BTreeMap<String, Vec<u8>>,
}

impl Finished {
    fn new() -> Self {
        let case = Case::new();
        case.run(&["-q"]).success();
        let before = files(&case.path().join("out"));
        assert_eq!(before.len(), TABLES.len() + 1, "every table and the manifest");
        Self { case, before }
    }

    /// The run with these arguments must fail, say all of this, and leave everything as it was.
    #[track_caller]
    fn refuses(&self, args: &[&str], code: i32, parts: &[&str]) -> Outcome {
        let outcome = self.case.run(args).failure(code, parts);
        assert_eq!(outcome.stdout, "", "a failure has no results to print");
        assert!(!outcome.stderr.contains("panicked"), "{}", outcome.stderr);
        assert!(self.before == files(&self.case.path().join("out")), "the earlier results changed");
        assert_eq!(staged(self.case.path()), Vec::<String>::new(), "a directory was left behind");
        outcome
    }

    /// The same with one setting.
    #[track_caller]
    fn refuses_setting(&self, edit: &str, code: i32, parts: &[&str]) {
        self.refuses(&["--set", edit], code, parts);
    }

    /// The same with `from` replaced by `to` in the study file.
    #[track_caller]
    fn refuses_study(&self, from: &str, to: &str, code: i32, parts: &[&str]) {
        assert!(STUDY.contains(from), "`{from}` is not in the study");
        self.case.write("study.toml", &STUDY.replacen(from, to, 1));
        self.refuses(&[], code, parts);
        self.case.write("study.toml", STUDY);
    }

    /// The same with another table in place of one of the inputs.
    #[track_caller]
    fn refuses_table(&self, section: &str, table: &Table, code: i32, parts: &[&str]) {
        self.case.write_table("broken.parquet", &table.batch);
        self.refuses_setting(&format!("{section}.path=broken.parquet"), code, &[&["broken.parquet"], parts].concat());
    }

    /// The prices with some values replaced.
    fn prices_with(&self, rows: &[usize], value: Option<f64>) -> Table {
        let prices = self.case.data("prices");
        let mut values = prices.numbers("adj_close");
        rows.iter().for_each(|&row| values[row] = value);
        prices.with("adj_close", Arc::new(Float64Array::from(values)))
    }
}

/// Every file of a directory with its bytes.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(dir).expect("a directory").map(|entry| entry.expect("an entry"));
    entries.map(|e| (e.file_name().to_string_lossy().into_owned(), std::fs::read(e.path()).expect("a file"))).collect()
}

/// Directories that a run writes into before it renames.
fn staged(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).expect("a directory").map(|entry| entry.expect("an entry"));
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(".partial")).collect()
}

/// Data rows count from 1.
fn data_row(row: usize) -> String {
    format!("data row {}", row + 1)
}

fn shifted_dates(table: &Table, days: i32) -> Table {
    let dates = table.dates("date").into_iter().map(|date| date.map(|date| date.0 + days));
    table.with("date", Arc::new(dates.collect::<Date32Array>()))
}

/// The table without a column.
fn without(table: &Table, name: &str) -> Table {
    let index = table.batch.schema().index_of(name).expect("the column");
    let mut batch = table.batch.clone();
    batch.remove_column(index);
    Table { batch }
}

fn scaled(table: &Table, name: &str, by: f64) -> Table {
    let values = table.numbers(name).into_iter().map(|value| value.map(|value| value * by));
    table.with(name, Arc::new(values.collect::<Float64Array>()))
}

/// Rows of a security in the price table.
fn rows_of(prices: &Table, id: &str) -> Vec<usize> {
    prices.find(&[("ticker", id)])
}

/// A security that has an event.
fn announcer(case: &Case) -> String {
    case.data("events").texts("ticker")[0].clone().expect("a name")
}
