//! A benchmark in a file of its own, in any form, against one in the price table.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch};
use arrow::datatypes::{DataType, TimeUnit};

use super::{Trial, converted, csv, date_texts, edited, number_texts, prices, shuffled, two_markets_study};
use crate::support::{STUDY, Table, strings};

/// The benchmark's dates, prices and returns, and the price table without it.
fn apart(trial: &Trial) -> (Table, Table) {
    let table = trial.case.data("prices");
    let mine = table.find(&[("ticker", "US-INDEX")]);
    let others: Vec<usize> = (0..table.rows()).filter(|row| !mine.contains(row)).collect();
    let index = table.take(&mine);
    let prices = prices(&index);
    let returns = (0..prices.len()).map(|i| (i > 0).then(|| prices[i] / prices[i - 1] - 1.0));
    let columns: [(&str, ArrayRef); 3] = [
        ("day", index.column("date").clone()),
        ("level", index.column("adj_close").clone()),
        ("ret", Arc::new(returns.collect::<Float64Array>())),
    ];
    (Table { batch: RecordBatch::try_from_iter(columns).expect("a table") }, table.take(&others))
}

/// The study with a benchmark in this file.
fn study(file: &str, value: &str) -> String {
    let table = format!("{{ path = \"data/{file}\", date = \"day\", {value} }}");
    edited(STUDY, "\"US-INDEX\"", &table)
}

const PRICE: &str = "price = \"level\"";
const RETURN: &str = "return = \"ret\"";

#[test]
fn in_parquet() {
    let trial = Trial::new();
    let (index, others) = apart(&trial);
    trial.case.write_table("data/prices.parquet", &others.batch);
    let text = strings(index.dates("day").into_iter().flatten().map(|date| date.to_string()));
    for (what, table) in [
        ("as they are", index.clone()),
        ("in another order", index.take(&shuffled(index.rows()))),
        ("with timestamps", converted(&index, "day", &DataType::Timestamp(TimeUnit::Nanosecond, None))),
        ("with dates as text", index.with("day", text)),
    ] {
        trial.case.write_table("data/index.parquet", &table.batch);
        for value in [PRICE, RETURN] {
            trial.case.write("study.toml", &study("index.parquet", value));
            trial.assert_same(&format!("a benchmark of its own {what}, {value}"));
        }
    }
}

#[test]
fn in_csv() {
    let trial = Trial::new();
    let (index, others) = apart(&trial);
    trial.case.write_table("data/prices.parquet", &others.batch);
    let days: Vec<_> = index.dates("day").into_iter().flatten().collect();
    let columns = [
        ("note", vec![Some("\"a, b\"".to_owned()); index.rows()]),
        ("day", date_texts(&days)),
        ("level", number_texts(&index.numbers("level"))),
        ("ret", number_texts(&index.numbers("ret"))),
    ];
    trial.case.write("data/index.csv", &csv(&columns));
    for value in [PRICE, RETURN] {
        trial.case.write("study.toml", &study("index.csv", value));
        trial.assert_same(&format!("a benchmark in CSV, {value}"));
    }
}

/// One market with a table, the other with a security.
#[test]
fn in_one_of_two_markets() {
    let trial = Trial::two_markets();
    let (index, others) = apart(&trial);
    trial.case.write_table("data/prices.parquet", &others.batch);
    trial.case.write_table("data/index.parquet", &index.batch);
    let table = format!("{{ path = \"data/index.parquet\", date = \"day\", {PRICE} }}");
    trial.case.write("study.toml", &edited(&two_markets_study(), "\"US-INDEX\"", &table));
    trial.assert_same("New York by a table, Hong Kong by a security");
}

/// Trading days are the dates of the benchmark, also where no security has a price.
#[test]
fn the_calendar_is_that_of_the_benchmark() {
    let trial = Trial::new();
    let (index, others) = apart(&trial);
    trial.case.write_table("data/prices.parquet", &others.batch);
    // A benchmark with a longer history has more trading days; windows that lie within stay the same.
    let first = index.dates("day")[0].expect("a date");
    let early = index.take(&[0]).with("day", Arc::new(arrow::array::Date32Array::from(vec![first.0 - 3])));
    let parts = [early, index.clone()].map(|table| {
        let columns = ["day", "level"].map(|name| (name, table.column(name).clone(), true));
        RecordBatch::try_from_iter_with_nullable(columns).expect("a table")
    });
    let batch = arrow::compute::concat_batches(&parts[0].schema(), &parts).expect("one schema");
    trial.case.write_table("data/index.parquet", &batch);
    trial.case.write("study.toml", &study("index.parquet", PRICE));
    let summary = trial.case.run(&[]).success().stdout;
    assert!(summary.contains(&format!("{} trading days", index.rows() + 1)), "{summary}");
    trial.expected.assert_same(&super::Tables::of(&trial.case), "a longer benchmark");
}
