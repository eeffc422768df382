//! The same study gives bit-identical tables however its prices and events are stored, and what
//! cannot be used is accounted for.

mod benchmarks;
mod clock;
mod events;
mod factors;
mod few;
mod filters;
mod gaps;
mod layout;
mod memory;
mod needed;
mod storage;

use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, TimestampMicrosecondArray, TimestampSecondArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, TimestampMicrosecondType};
use dayzero_model::Date;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

use crate::support::{Case, STUDY, TABLES, Table};

/// The tables of a run, by name.
pub(crate) struct Tables(Vec<(&'static str, Table)>);

impl Tables {
    /// Reads what the last run of a case left.
    pub(crate) fn of(case: &Case) -> Self {
        Self(TABLES.map(|name| (name, case.table(name))).into())
    }

    pub(crate) fn get(&self, name: &str) -> &Table {
        &self.0.iter().find(|(known, _)| *known == name).expect("a table").1
    }

    /// Every value of every table must be the same to the last bit.
    #[track_caller]
    pub(crate) fn assert_same(&self, other: &Self, what: &str) {
        self.assert_same_but(other, &[], what);
    }

    /// The same, but for these columns (table, column).
    #[track_caller]
    pub(crate) fn assert_same_but(&self, other: &Self, excepted: &[(&str, &str)], what: &str) {
        for ((name, mine), (_, theirs)) in self.0.iter().zip(&other.0) {
            assert_eq!(mine.names(), theirs.names(), "{what}: columns of {name}");
            assert_eq!(mine.rows(), theirs.rows(), "{what}: rows of {name}");
            for column in mine.names().iter().filter(|column| !excepted.contains(&(name, column))) {
                let (a, b) = (plain(mine.column(column)), plain(theirs.column(column)));
                assert_eq!(a.data_type(), b.data_type(), "{what}: type of {name}.{column}");
                let row = (0..a.len()).find(|&row| a.slice(row, 1) != b.slice(row, 1));
                if let Some(row) = row {
                    let (a, b) = (a.slice(row, 1), b.slice(row, 1));
                    panic!("{what}: {name}.{column} differs in row {row}: {a:?} against {b:?}");
                }
            }
        }
    }

    /// Events of the ledger with this outcome.
    pub(crate) fn outcomes(&self, code: &str) -> Vec<usize> {
        self.get("events").find(&[("outcome", code)])
    }
}

/// A column without its dictionary.
fn plain(column: &ArrayRef) -> ArrayRef {
    match column.data_type() {
        DataType::Dictionary(_, value) => cast(column, value).expect("decoded"),
        _ => column.clone(),
    }
}

/// A case with the tables that every other way to store its inputs must give.
struct Trial {
    case: Case,
    expected: Tables,
}

impl Trial {
    fn new() -> Self {
        Self::of(Case::new())
    }

    fn with(study: &str) -> Self {
        Self::of(Case::with(study))
    }

    /// Two markets in place of one.
    fn two_markets() -> Self {
        let case = Case::with(&two_markets_study());
        let synth = "synth --out data --overwrite --markets 2 --securities 40 --days 420 --events 80 --seed 11";
        case.dayzero(&synth.split(' ').collect::<Vec<_>>()).success();
        Self::of(case)
    }

    fn of(case: Case) -> Self {
        case.run(&[]).success();
        let expected = Tables::of(&case);
        // Nothing would be compared in a study without estimates.
        assert!(expected.outcomes("ok").len() > 40, "the case has events to compare");
        Self { case, expected }
    }

    /// Runs again and compares.
    #[track_caller]
    fn assert_same(&self, what: &str) {
        self.case.run(&[]).success();
        self.expected.assert_same(&Tables::of(&self.case), what);
    }

    /// Runs with this price table and compares.
    #[track_caller]
    fn prices(&self, prices: &Table, what: &str) {
        self.case.write_table("data/prices.parquet", &prices.batch);
        self.assert_same(what);
    }

    /// Runs with this event table and compares.
    #[track_caller]
    fn events(&self, events: &Table, what: &str) {
        self.case.write_table("data/events.parquet", &events.batch);
        self.assert_same(what);
    }
}

/// The study with one part replaced, which must be there.
#[track_caller]
fn edited(study: &str, from: &str, to: &str) -> String {
    assert!(study.contains(from), "`{from}` is not in the study");
    study.replace(from, to)
}

fn two_markets_study() -> String {
    let hong_kong = r#"
[markets.HK]
benchmark = "HK-INDEX"
timezone = "Asia/Hong_Kong"
open = "09:30"
close = "16:00"

[factors]
"#;
    edited(STUDY, "\n[factors]\n", hong_kong)
}

/// The table with every text of a column replaced.
fn renamed(table: &Table, column: &str, name: impl Fn(&str) -> String) -> Table {
    let texts = table.texts(column).into_iter().map(|text| text.map(|text| name(&text)));
    table.with(column, Arc::new(texts.collect::<arrow::array::StringArray>()))
}

/// The table with a column converted by Arrow.
fn converted(table: &Table, column: &str, data_type: &DataType) -> Table {
    let plain = plain(table.column(column));
    table.with(column, cast(&plain, data_type).expect("a conversion"))
}

/// Identifiers of five digits: `US007` becomes 20007, `HK-INDEX` 19999.
fn digits(id: &str) -> String {
    let market = if id.starts_with("HK") { 1 } else { 2 };
    match id.strip_suffix("-INDEX") {
        Some(_) => format!("{market}9999"),
        None => format!("{market}0{}", &id[2..]),
    }
}

/// The instant of a local time of day.
fn instant(date: Date, hour: i8, minute: i8, zone: &str) -> Timestamp {
    let civil = date.civil().expect("in the calendar").at(hour, minute, 0, 0);
    civil.to_zoned(TimeZone::get(zone).expect("a zone")).expect("in range").timestamp()
}

/// Instants as seconds with a zone.
fn seconds(instants: impl IntoIterator<Item = Timestamp>, zone: &str) -> ArrayRef {
    let seconds = instants.into_iter().map(|instant| Some(instant.as_second()));
    Arc::new(seconds.collect::<TimestampSecondArray>().with_timezone(zone))
}

/// Instants as microseconds with a zone.
fn microseconds(instants: &[Option<Timestamp>], zone: &str) -> ArrayRef {
    let micros = instants.iter().map(|instant| instant.map(Timestamp::as_microsecond));
    Arc::new(micros.collect::<TimestampMicrosecondArray>().with_timezone(zone))
}

/// The instants of a column of microseconds.
fn instants(table: &Table, column: &str) -> Vec<Option<Timestamp>> {
    let micros = table.column(column).as_primitive::<TimestampMicrosecondType>();
    micros.iter().map(|m| m.map(|m| Timestamp::from_microsecond(m).expect("in range"))).collect()
}

/// The dates of a column, all of them there.
fn dates(table: &Table) -> Vec<Date> {
    table.dates("date").into_iter().map(|date| date.expect("a date")).collect()
}

/// The prices, all of them there.
fn prices(table: &Table) -> Vec<f64> {
    table.numbers("adj_close").into_iter().map(|price| price.expect("a price")).collect()
}

/// The identifiers, all of them there.
fn tickers(table: &Table) -> Vec<String> {
    table.texts("ticker").into_iter().map(|ticker| ticker.expect("an identifier")).collect()
}

/// A fixed permutation.
pub(crate) fn shuffled(count: usize) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..count).collect();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for i in (1..count).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        rows.swap(i, (state >> 33) as usize % (i + 1));
    }
    rows
}

/// Rows in the order of a key; equal keys keep theirs.
fn sorted_by<K: Ord>(table: &Table, key: impl Fn(usize) -> K) -> Table {
    let mut rows: Vec<usize> = (0..table.rows()).collect();
    rows.sort_by_key(|&row| key(row));
    table.take(&rows)
}

/// Parquet with so many rows per row group.
fn write_row_groups(path: &Path, table: &Table, rows: usize) {
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(rows)).build();
    let file = std::fs::File::create(path).expect("created");
    let mut writer = ArrowWriter::try_new(file, table.batch.schema(), Some(properties)).expect("a writer");
    writer.write(&table.batch).expect("written");
    writer.close().expect("closed");
}

/// CSV with these columns of text; a missing value is an empty cell.
fn csv(columns: &[(&str, Vec<Option<String>>)]) -> String {
    let mut lines = vec![columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(",")];
    for row in 0..columns[0].1.len() {
        let cells = columns.iter().map(|(_, values)| values[row].clone().unwrap_or_default());
        lines.push(cells.collect::<Vec<_>>().join(","));
    }
    lines.join("\n") + "\n"
}

/// Numbers as text that reads back to the same bits.
fn number_texts(values: &[Option<f64>]) -> Vec<Option<String>> {
    values.iter().map(|value| value.map(|value| value.to_string())).collect()
}

/// Dates as text.
fn date_texts(dates: &[Date]) -> Vec<Option<String>> {
    dates.iter().map(|date| Some(date.to_string())).collect()
}
