//! Types of columns.

use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array, Float64Array, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, TimeUnit};

use super::{
    Tables, Trial, converted, dates, digits, edited, instant, prices, renamed, seconds, tickers, two_markets_study,
    write_row_groups,
};
use crate::support::{Case, STUDY, Table, strings};

fn dictionary(key: DataType, value: DataType) -> DataType {
    DataType::Dictionary(Box::new(key), Box::new(value))
}

#[test]
fn identifiers_as_any_string() {
    let trial = Trial::two_markets();
    let (prices, events) = (trial.case.data("prices"), trial.case.data("events"));
    let types = [
        DataType::Utf8,
        DataType::LargeUtf8,
        DataType::Utf8View,
        dictionary(DataType::Int32, DataType::Utf8),
        dictionary(DataType::Int8, DataType::Utf8),
        dictionary(DataType::UInt16, DataType::Utf8),
        dictionary(DataType::Int64, DataType::LargeUtf8),
    ];
    for data_type in types {
        let prices = converted(&converted(&prices, "ticker", &data_type), "market", &data_type);
        trial.prices(&prices, &format!("prices by {data_type}"));
        trial.events(&converted(&events, "ticker", &data_type), &format!("prices and events by {data_type}"));
        trial.case.write_table("data/prices.parquet", &trial_prices(&prices).batch);
        trial.assert_same(&format!("events by {data_type}"));
        trial.case.write_table("data/events.parquet", &events.batch);
    }
}

/// The prices with plain strings.
fn trial_prices(prices: &Table) -> Table {
    converted(&converted(prices, "ticker", &DataType::Utf8), "market", &DataType::Utf8)
}

#[test]
fn identifiers_as_integers() {
    let case = Case::with(&edited(STUDY, "\"US-INDEX\"", "\"29999\""));
    let prices = renamed(&case.data("prices"), "ticker", digits);
    let events = renamed(&case.data("events"), "ticker", digits);
    case.write_table("data/prices.parquet", &prices.batch);
    case.write_table("data/events.parquet", &events.batch);
    let trial = Trial::of(case);
    for data_type in [DataType::Int32, DataType::Int64, DataType::UInt32, DataType::UInt16] {
        trial.prices(&converted(&prices, "ticker", &data_type), &format!("prices by {data_type}, events by strings"));
        trial.events(&converted(&events, "ticker", &data_type), &format!("prices and events by {data_type}"));
        trial.prices(&prices, &format!("prices by strings, events by {data_type}"));
        trial.case.write_table("data/events.parquet", &events.batch);
    }
    let coded = dictionary(DataType::Int32, DataType::Int64);
    trial.prices(
        &converted(&converted(&prices, "ticker", &DataType::Int64), "ticker", &coded),
        "a dictionary of integers",
    );
    // A benchmark may be written as a number too.
    trial.case.write("study.toml", &edited(STUDY, "\"US-INDEX\"", "29999"));
    trial.assert_same("the benchmark as a number");
}

/// The dates of the prices in this form must give the same tables.
#[track_caller]
fn dated(trial: &Trial, prices: &Table, column: ArrayRef, what: &str) {
    trial.prices(&prices.with("date", column), what);
}

#[test]
fn dates_without_a_zone() {
    let trial = Trial::new();
    let prices = trial.case.data("prices");
    let units = [TimeUnit::Second, TimeUnit::Millisecond, TimeUnit::Microsecond, TimeUnit::Nanosecond];
    for data_type in units.map(|unit| DataType::Timestamp(unit, None)).into_iter().chain([DataType::Date64]) {
        trial.prices(&converted(&prices, "date", &data_type), &format!("dates as {data_type}"));
    }
    let text = |suffix: &str| strings(dates(&prices).into_iter().map(|date| format!("{date}{suffix}")));
    dated(&trial, &prices, text(""), "dates as text");
    dated(&trial, &prices, text(" 00:00:00"), "dates as text with a time");
    let dictionary = cast(&text(""), &dictionary(DataType::Int16, DataType::Utf8)).expect("a dictionary");
    dated(&trial, &prices, dictionary, "dates as a dictionary of text");
}

#[test]
fn dates_with_a_zone() {
    let trial = Trial::new();
    let prices = trial.case.data("prices");
    let at = |hour, minute, zone| dates(&prices).into_iter().map(move |date| instant(date, hour, minute, zone));
    dated(&trial, &prices, seconds(at(0, 0, "UTC"), "UTC"), "midnight in UTC");
    dated(&trial, &prices, seconds(at(0, 0, "UTC"), "+00:00"), "midnight at offset 0");
    dated(&trial, &prices, seconds(at(0, 0, "America/New_York"), "America/New_York"), "midnight in New York");
    dated(&trial, &prices, seconds(at(16, 0, "America/New_York"), "UTC"), "the close in New York, in UTC");
    dated(&trial, &prices, seconds(at(16, 0, "America/New_York"), "America/New_York"), "the close in New York");
    dated(&trial, &prices, seconds(at(9, 30, "America/New_York"), "Asia/Hong_Kong"), "the open, in Hong Kong time");
    // In summer these are midnights in UTC, of the day after; the winter gives them away.
    dated(&trial, &prices, seconds(at(20, 0, "America/New_York"), "UTC"), "the end of late trading, in UTC");
    let nanoseconds = DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into()));
    let column = cast(&seconds(at(16, 0, "America/New_York"), "UTC"), &nanoseconds).expect("nanoseconds");
    dated(&trial, &prices, column, "the close in nanoseconds");
}

/// Each row is dated in the zone of its own market.
#[test]
fn dates_of_two_markets() {
    let trial = Trial::two_markets();
    let prices = trial.case.data("prices");
    let rows = || dates(&prices).into_iter().zip(prices.texts("market").into_iter().flatten());
    let zone = |market: &str| if market == "HK" { "Asia/Hong_Kong" } else { "America/New_York" };
    for hour in [0, 16] {
        for column_zone in ["UTC", "+08:00"] {
            let labels = rows().map(|(date, market)| instant(date, hour, 0, zone(&market)));
            dated(
                &trial,
                &prices,
                seconds(labels, column_zone),
                &format!("{hour}:00 of each market, in {column_zone}"),
            );
        }
    }
}

#[test]
fn dates_at_the_offset_of_hong_kong() {
    let study = two_markets_study();
    let case = Case::with(&study);
    let synth = "synth --out data --overwrite --markets 2 --securities 80 --days 420 --events 160 --seed 11";
    case.dayzero(&synth.split(' ').collect::<Vec<_>>()).success();
    // Hong Kong alone: the only market of the study, so that no market column is needed.
    let prices = case.data("prices");
    let prices = prices.take(&prices.find(&[("market", "HK")]));
    let without = Table { batch: prices.batch.project(&[0, 2, 3]).expect("columns") };
    assert_eq!(without.names(), ["ticker", "date", "adj_close"]);
    let us = study.find("[markets.US]").expect("a market")..study.find("[markets.HK]").expect("a market");
    case.write("study.toml", &edited(&study, &study[us], ""));
    case.write_table("data/prices.parquet", &without.batch);
    let trial = Trial::of(case);
    assert_eq!(trial.expected.outcomes("unknown_security").len(), 80, "the events of New York");
    let at = |hour| dates(&without).into_iter().map(move |date| instant(date, hour, 0, "Asia/Hong_Kong"));
    for hour in [0, 16] {
        dated(&trial, &without, seconds(at(hour), "+08:00"), &format!("{hour}:00 at +08:00"));
        dated(&trial, &without, seconds(at(hour), "UTC"), &format!("{hour}:00 in UTC"));
    }
}

#[test]
fn prices_as_other_numbers() {
    let trial = Trial::new();
    let table = trial.case.data("prices");
    // Simulated prices have four decimals.
    let scaled: Vec<i64> = prices(&table).iter().map(|price| (price * 1e4).round() as i64).collect();
    let decimal = Decimal128Array::from_iter_values(scaled.iter().map(|&s| i128::from(s)));
    let decimal: ArrayRef = Arc::new(decimal.with_precision_and_scale(18, 4).expect("in range"));
    for data_type in [DataType::Decimal128(18, 4), DataType::Decimal256(40, 4), DataType::Decimal64(16, 4)] {
        let column = cast(&decimal, &data_type).expect("a decimal");
        trial.prices(&table.with("adj_close", column), &format!("prices as {data_type}"));
    }
    // Smaller types hold other numbers, which must give what the same numbers give as f64.
    let whole: ArrayRef = Arc::new(Int64Array::from(scaled));
    let single = cast(table.column("adj_close"), &DataType::Float32).expect("numbers");
    for (column, types) in [
        (whole, vec![DataType::Int64, DataType::Int32, DataType::UInt32, DataType::UInt64]),
        (single, vec![DataType::Float32]),
    ] {
        let double = cast(&column, &DataType::Float64).expect("numbers");
        trial.case.write_table("data/prices.parquet", &table.with("adj_close", double).batch);
        trial.case.run(&[]).success();
        let expected = Tables::of(&trial.case);
        for data_type in types {
            let column = cast(&column, &data_type).expect("a conversion");
            trial.case.write_table("data/prices.parquet", &table.with("adj_close", column).batch);
            trial.case.run(&[]).success();
            expected.assert_same(&Tables::of(&trial.case), &format!("prices as {data_type}"));
        }
    }
}

#[test]
fn returns_in_place_of_prices() {
    let trial = Trial::new();
    let table = trial.case.data("prices");
    let (ids, prices) = (tickers(&table), prices(&table));
    let returns = |row: usize| (row > 0 && ids[row] == ids[row - 1]).then(|| prices[row] / prices[row - 1] - 1.0);
    let column: ArrayRef = Arc::new((0..table.rows()).map(returns).collect::<Float64Array>());
    let with = Table { batch: table.with("ret", column).batch.project(&[0, 1, 2, 4]).expect("columns") };
    assert_eq!(with.names(), ["ticker", "market", "date", "ret"]);
    let path = "path = \"data/prices.parquet\"";
    trial.case.write("study.toml", &edited(STUDY, path, &format!("{path}\nreturn = \"ret\"")));
    trial.prices(&with, "returns");
}

/// Dictionaries of a small key type that were fine batch by batch hold more names than the key can
/// count once they share a row group.
#[test]
fn a_dictionary_that_outgrows_its_key() {
    let trial = Trial::new();
    let table = trial.case.data("prices");
    let small = dictionary(DataType::Int8, DataType::Utf8);
    let extra = table.take(&(0..120).collect::<Vec<_>>());
    let extra = extra.with("ticker", strings((0..120).map(|i| format!("X{i:03}"))));
    let batches = [&extra, &table].map(|table| {
        let columns = ["ticker", "date", "adj_close"].map(|name| (name, table.column(name).clone(), true));
        let table = Table { batch: arrow::array::RecordBatch::try_from_iter_with_nullable(columns).expect("a table") };
        converted(&table, "ticker", &small).batch
    });
    let file = std::fs::File::create(trial.case.path().join("data/prices.parquet")).expect("created");
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, batches[0].schema(), None).expect("a writer");
    batches.iter().for_each(|batch| writer.write(batch).expect("written"));
    writer.close().expect("closed");
    trial.assert_same("a dictionary by Int8 of 161 names");
}

/// Identifiers beyond the range of the signed type that Parquet stores them in, in many row groups,
/// most of which are passed over by their statistics.
#[test]
fn large_unsigned_identifiers() {
    let large = |id: &str| format!("30000{}", digits(id));
    let case = Case::with(&edited(STUDY, "\"US-INDEX\"", "\"3000029999\""));
    let prices = renamed(&case.data("prices"), "ticker", large);
    let events = renamed(&case.data("events"), "ticker", large);
    case.write_table("data/prices.parquet", &prices.batch);
    case.write_table("data/events.parquet", &events.batch);
    let trial = Trial::of(case);
    for data_type in [DataType::UInt32, DataType::UInt64, DataType::Int64] {
        let prices = converted(&prices, "ticker", &data_type);
        write_row_groups(&trial.case.path().join("data/prices.parquet"), &prices, 100);
        trial.assert_same(&format!("large identifiers as {data_type}"));
    }
}

/// The comparison that all of these tests rest on sees one bit of one price.
#[test]
#[should_panic(expected = "one bit of a price: ")]
fn one_bit_is_a_difference() {
    let trial = Trial::new();
    let table = trial.case.data("prices");
    let mut values = prices(&table);
    let row = table.find(&[("ticker", "US011")])[200];
    values[row] = values[row].next_up();
    trial.case.write_table("data/prices.parquet", &table.with("adj_close", Arc::new(Float64Array::from(values))).batch);
    trial.case.run(&[]).success();
    let got = Tables::of(&trial.case);
    trial.expected.assert_same(&got, "one bit of a price");
}
