//! Few securities of many: only their rows are read.

use std::sync::Arc;

use arrow::array::Float64Array;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use super::{Tables, Trial, prices, shuffled, sorted_by, tickers};
use crate::support::{Case, Table};

/// The events of nine securities, and the price table of all.
fn case() -> (Case, Table) {
    let case = Case::new();
    let events = case.data("events");
    let ids = tickers(&events);
    let mut few: Vec<String> = ids.clone();
    few.sort();
    few.dedup();
    few.truncate(9);
    let rows: Vec<usize> = (0..events.rows()).filter(|&row| few.contains(&ids[row])).collect();
    case.write_table("data/events.parquet", &events.take(&rows).batch);
    let all = case.data("prices");
    let ids = tickers(&all);
    few.push("US-INDEX".into());
    let rows: Vec<usize> = (0..all.rows()).filter(|&row| few.contains(&ids[row])).collect();
    case.write_table("data/prices.parquet", &all.take(&rows).batch);
    (case, all)
}

/// Writes pages of so many rows, with an index of them or without.
fn write_pages(case: &Case, table: &Table, rows: usize, index: bool) {
    let properties = WriterProperties::builder()
        .set_data_page_row_count_limit(rows)
        .set_write_batch_size(rows)
        .set_offset_index_disabled(!index)
        .set_statistics_enabled(if index { EnabledStatistics::Page } else { EnabledStatistics::Chunk })
        .build();
    let file = std::fs::File::create(case.path().join("data/prices.parquet")).expect("created");
    let mut writer = ArrowWriter::try_new(file, table.batch.schema(), Some(properties)).expect("a writer");
    writer.write(&table.batch).expect("written");
    writer.close().expect("closed");
}

#[test]
fn the_other_securities_change_nothing() {
    let (case, all) = case();
    case.run(&[]).success();
    let expected = Tables::of(&case);
    assert!(expected.outcomes("ok").len() > 8, "the case has events to compare");
    let trial = Trial { case, expected };
    let mixed = all.take(&shuffled(all.rows()));
    let (dates, ids) = (super::dates(&all), tickers(&all));
    let by_date = sorted_by(&all, |row| dates[row]);
    // Every security twice, so that its rows are two ranges.
    let halves = sorted_by(&all, |row| (dates[row].0 % 2, ids[row].clone()));
    let ways = [("in order", &all), ("shuffled", &mixed), ("by date", &by_date), ("in halves", &halves)];
    for (what, table) in ways {
        for (rows, index) in [(64, true), (64, false), (100_000, true)] {
            write_pages(&trial.case, table, rows, index);
            trial.assert_same(&format!("{what}, pages of {rows} rows, index {index}"));
        }
    }
}

#[test]
fn a_mistake_is_still_found_at_its_row() {
    let (case, all) = case();
    let wanted = tickers(&case.data("events"))[0].clone();
    let row = tickers(&all).iter().position(|id| *id == wanted).expect("it has prices") + 7;
    let mut values = prices(&all);
    values[row] = -1.0;
    write_pages(&case, &all.with("adj_close", Arc::new(Float64Array::from(values))), 64, true);
    case.run(&[]).failure(1, &["data/prices.parquet", "adj_close", &format!("data row {}", row + 1), "-1"]);
}
