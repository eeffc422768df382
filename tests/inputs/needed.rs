//! Only what is needed is read.

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array, Int64Array, ListArray, StructArray};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field};
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::Value;

use super::{Trial, dates, digits, edited, prices, renamed, sorted_by, tickers, write_row_groups};
use crate::support::{Case, STUDY, Table, strings};

/// A column of lists of records.
fn nested(rows: usize) -> ArrayRef {
    let records = StructArray::from(vec![(
        Arc::new(Field::new("ticker", DataType::Int64, false)),
        Arc::new(Int64Array::from_iter_values(0..rows as i64)) as ArrayRef,
    )]);
    let field = Arc::new(Field::new("item", records.data_type().clone(), true));
    Arc::new(ListArray::new(field, OffsetBuffer::from_lengths(vec![1; rows]), Arc::new(records), None))
}

/// Overwrites the bytes of a column in every row group.
fn destroy(path: &Path, column: &str) {
    let reader = SerializedFileReader::new(std::fs::File::open(path).expect("a file")).expect("Parquet");
    let mut file = std::fs::File::options().write(true).open(path).expect("writable");
    let mut found = false;
    for group in reader.metadata().row_groups() {
        for chunk in group.columns().iter().filter(|chunk| chunk.column_path().string() == column) {
            let (start, length) = chunk.byte_range();
            file.seek(SeekFrom::Start(start)).expect("in the file");
            file.write_all(&vec![0xff; length as usize]).expect("written");
            found = true;
        }
    }
    assert!(found, "{column} is in {}", path.display());
}

#[test]
fn other_columns_do_no_harm() {
    let trial = Trial::new();
    let (prices, events) = (trial.case.data("prices"), trial.case.data("events"));
    let first = |table: &Table, name: &str, column: ArrayRef| {
        let arrays = table.names().into_iter().map(|n| (n.clone(), table.column(&n).clone(), true));
        let all = [(name.to_owned(), column, true)].into_iter().chain(arrays);
        Table { batch: arrow::array::RecordBatch::try_from_iter_with_nullable(all).expect("a table") }
    };
    trial.prices(&first(&prices, "notes", nested(prices.rows())), "a nested column before the prices");
    trial.prices(&prices.with("notes", nested(prices.rows())), "a nested column behind the prices");
    trial.events(&first(&events, "notes", nested(80)), "a nested column before the events");
    let broken = prices.with("broken", strings((0..prices.rows()).map(|row| row.to_string())));
    trial.case.write_table("data/prices.parquet", &broken.batch);
    destroy(&trial.case.path().join("data/prices.parquet"), "broken");
    let unreadable = std::panic::catch_unwind(|| trial.case.data("prices"));
    assert!(unreadable.is_err(), "the column is really broken");
    trial.assert_same("a broken column beside the prices");
}

/// Events of a few securities; the rows of all others are impossible, and nobody asks for them.
#[test]
fn row_groups_that_no_event_needs() {
    let study = edited(STUDY, "\"US-INDEX\"", "\"29999\"");
    for integers in [false, true] {
        let case = Case::with(&study);
        let table = renamed(&case.data("prices"), "ticker", digits);
        let events = renamed(&case.data("events"), "ticker", digits);
        let wanted = |id: &str| id == "20003" || id == "20021";
        let rows: Vec<usize> = (0..80).filter(|&row| wanted(&tickers(&events)[row])).collect();
        case.write_table("data/events.parquet", &events.take(&rows).batch);
        let (ids, days) = (tickers(&table), dates(&table));
        let table = sorted_by(&table, |row| (ids[row].clone(), days[row]));
        case.write_table("data/prices.parquet", &table.batch);
        case.run(&[]).success();
        let expected = super::Tables::of(&case);
        assert_eq!(expected.outcomes("ok").len(), 4);

        let ids = tickers(&table);
        let negative = |row: usize| if wanted(&ids[row]) || ids[row] == "29999" { 1.0 } else { -1.0 };
        let bad: Vec<f64> = prices(&table).iter().enumerate().map(|(row, price)| price * negative(row)).collect();
        let mut table = table.with("adj_close", Arc::new(Float64Array::from(bad)));
        if integers {
            table = super::converted(&table, "ticker", &DataType::Int64);
        }
        let path = case.path().join("data/prices.parquet");
        // As many rows as a security has days, so that a row group holds one security.
        write_row_groups(&path, &table, 410);
        case.run(&[]).success();
        expected.assert_same(&super::Tables::of(&case), "negative prices of others");
        destroy_groups(&path, |group| ![3, 21, 40].contains(&group));
        case.run(&[]).success();
        expected.assert_same(&super::Tables::of(&case), "destroyed row groups of others");
        // The same damage where an event needs the rows stops the run.
        destroy_groups(&path, |group| group == 21);
        case.run(&[]).failure(1, &["prices.parquet", "cannot be read as Parquet"]);
    }
}

/// Overwrites the bytes of all columns in some row groups.
fn destroy_groups(path: &Path, which: impl Fn(usize) -> bool) {
    let mut bytes = Vec::new();
    std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).expect("readable");
    let reader = SerializedFileReader::new(std::fs::File::open(path).expect("a file")).expect("Parquet");
    let groups = reader.metadata().row_groups();
    assert_eq!(groups.len(), 41, "one row group per security");
    for (_, group) in groups.iter().enumerate().filter(|(index, _)| which(*index)) {
        for chunk in group.columns() {
            let (start, length) = chunk.byte_range();
            bytes[start as usize..(start + length) as usize].fill(0xff);
        }
    }
    std::fs::write(path, bytes).expect("written");
}

/// What the manifest says of the price file: its size, how many bytes were hashed, and the hash.
fn fingerprint(case: &Case) -> (u64, u64, String) {
    let text = std::fs::read_to_string(case.path().join("out/manifest.json")).expect("a manifest");
    let manifest: Value = serde_json::from_str(&text).expect("JSON");
    let is_prices = |input: &&Value| input["path"] == "data/prices.parquet";
    let input = manifest["inputs"].as_array().and_then(|inputs| inputs.iter().find(is_prices)).expect("the prices");
    let number = |key: &str| input[key].as_u64().expect("a number");
    (number("bytes"), number("hashed"), input["blake3"].as_str().expect("a hash").to_owned())
}

/// The hash is that of all bytes, unless few were read: then of those.
#[test]
fn fingerprints_cover_what_was_read() {
    let case = Case::new();
    let path = case.path().join("data/prices.parquet");
    let (table, events) = (case.data("prices"), case.data("events"));
    let (ids, days) = (tickers(&table), dates(&table));
    let table = sorted_by(&table, |row| (ids[row].clone(), days[row]));
    write_row_groups(&path, &table, 410);
    let all = std::fs::read(&path).expect("readable");
    let whole = (all.len() as u64, all.len() as u64, blake3::hash(&all).to_hex().to_string());
    case.run(&[]).success();
    assert_eq!(fingerprint(&case), whole);

    let names = tickers(&events);
    let rows: Vec<usize> = (0..80).filter(|&row| names[row] == "US003" || names[row] == "US021").collect();
    case.write_table("data/events.parquet", &events.take(&rows).batch);
    let part = || {
        case.run(&[]).success();
        let part = fingerprint(&case);
        assert_eq!(part.0, whole.0);
        assert!(part.1 < whole.1 / 2, "{} of {} bytes", part.1, part.0);
        part.2
    };
    let few = part();
    assert_ne!(few, whole.2);
    let group_of = |name: &str| {
        let ids = tickers(&table);
        ids.iter().position(|id| id == name).expect("a security") / 410
    };
    let (read, other) = (group_of("US021"), group_of("US022"));
    destroy_groups(&path, |group| group == other);
    assert_eq!(part(), few, "bytes of others are not read");
    let mut changed = prices(&table);
    changed[read * 410 + 7] *= 1.001;
    write_row_groups(&path, &table.with("adj_close", Arc::new(Float64Array::from(changed))), 410);
    assert_ne!(part(), few, "a price that was read has changed");
    write_row_groups(&path, &table, 410);
    assert_eq!(part(), few);
}

/// A duplicate or an impossible price stops a run whose events need it, and no other.
#[test]
fn defects_matter_where_they_are_needed() {
    let case = Case::new();
    let table = case.data("prices");
    let events = case.data("events");
    let ids = tickers(&table);
    let row = ids.iter().position(|id| id == "US012").expect("a security") + 100;
    let with_duplicate = table.take(&(0..table.rows()).chain([row]).collect::<Vec<_>>());
    let mut values = prices(&table);
    values[row] = -values[row];
    let negative = table.with("adj_close", Arc::new(Float64Array::from(values)));
    let others: Vec<usize> = (0..80).filter(|&row| tickers(&events)[row] != "US012").collect();
    assert_eq!(others.len(), 78);
    for (table, parts) in [(with_duplicate, ["US012 on", "second time"]), (negative, ["adj_close", "not positive"])] {
        case.write_table("data/prices.parquet", &table.batch);
        case.write_table("data/events.parquet", &events.batch);
        case.run(&[]).failure(1, &parts);
        case.write_table("data/events.parquet", &events.take(&others).batch);
        case.run(&[]).success();
        assert_eq!(case.table("events").find(&[("outcome", "ok")]).len(), 78);
    }
}
