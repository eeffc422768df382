//! Mistakes of users: each ends with a code and a message that says where and what to do, and none
//! of them touches the results of an earlier run.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float64Array, StringArray, TimestampMicrosecondArray};

use crate::support::{Case, Outcome, STUDY, Table, strings};

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
        assert_eq!(before.len(), 8, "seven tables and the manifest");
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

#[test]
fn unknown_keys_come_all_at_once_in_the_order_of_their_lines() {
    let finished = Finished::new();
    let study = STUDY.replace("mask_other_events", "mask_other_event").replace("[prices]", "[prices]\ndaet = \"date\"");
    let study = study.replace("close = \"16:00\"", "close = \"16:00\"\nclosed = \"16:00\"");
    finished.case.write("study.toml", &study);
    let line = |key: &str| 1 + study.lines().position(|line| line.starts_with(&format!("{key} ="))).expect("the key");
    let places = ["daet", "closed", "mask_other_event"].map(|key| format!("study.toml:{}:1", line(key)));
    let hints = ["did you mean `date`?", "did you mean `close`?", "did you mean `mask_other_events`?"];
    let parts: Vec<&str> = places.iter().map(String::as_str).chain(hints).collect();
    let outcome = finished.refuses(&[], 2, &parts);
    let found: Vec<_> = places.iter().map(|place| outcome.stderr.find(place)).collect();
    assert!(found.is_sorted(), "not in the order of the lines:\n{}", outcome.stderr);
    assert_eq!(outcome.stderr.matches("unknown key").count(), 3);
}

/// An unknown key does not hide that a name is unknown too.
#[test]
fn unknown_keys_and_unknown_names_come_together() {
    let study = Finished::new();
    let (from, to) = ("model = \"market\"", "modle = \"ff3\"\nmodel = \"markt\"\ncar_windows = [[0, 99]]");
    let parts = ["unknown key `modle`", "did you mean `model`?", "unknown model `markt`", "did you mean `market`?"];
    assert!(STUDY.contains("car_windows = [[0, 0]"));
    study.case.write(
        "study.toml",
        &STUDY.replacen("car_windows = [[0, 0], [-1, 1], [2, 10]]\n", "", 1).replacen(from, to, 1),
    );
    study.refuses(&[], 2, &[&parts[..], &["the window [0, 99] reaches beyond the event window [-10, 10]"]].concat());
}

#[test]
fn misspelt_names_are_recognised() {
    let finished = Finished::new();
    finished.refuses_setting("study.returns=simpel", 2, &["unknown value `simpel`", "did you mean `simple`?"]);
    finished.refuses_setting("study.model=markt", 2, &["unknown model `markt`", "did you mean `market`?"]);
    finished.refuses_setting("study.tests=[\"bmp_k\"]", 2, &["unknown test `bmp_k`", "did you mean `bmp_kp`?"]);
    finished.refuses_setting("study.tests=al", 2, &["`al`", "tests = \"all\"", "dayzero list tests"]);
    finished.refuses_setting("output.tables=[\"car\"]", 2, &["unknown table `car`", "did you mean `cars`?"]);
    finished.refuses_setting("output.columns={car=[\"car\"]}", 2, &["unknown table `car`", "did you mean `cars`?"]);
    finished.refuses_setting("output.format=parkett", 2, &["unknown value `parkett`", "`parquet`"]);
    finished.refuses_setting("events.duplicates=last", 2, &["unknown value `last`", "first, exclude, keep"]);
    finished.refuses_setting("study.missing=availible", 2, &["did you mean `available`?"]);
    finished.refuses_study("model = \"market\"", "model = \"markt\"", 2, &["study.toml:23:9", "`market`"]);
}

#[test]
fn unknown_columns_of_the_output_are_refused() {
    let finished = Finished::new();
    let parts = ["the table cars has no column `carr`", "did you mean `car`?"];
    finished.refuses_setting("output.columns={cars=[\"carr\"]}", 2, &parts);
    // Even of a table that is not written.
    let edits = ["--set", "output.columns={cars=[\"carr\"]}", "--set", "output.tables=[\"events\"]"];
    finished.refuses(&edits, 2, &parts);
}

#[test]
fn wrong_types_name_what_is_needed() {
    let finished = Finished::new();
    finished.refuses_setting("study.estimation_window=\"long\"", 2, &["a list is needed here, not a string"]);
    finished.refuses_setting("study.estimation_window=[-250]", 2, &["2 values are needed here, not 1"]);
    finished.refuses_setting("study.minimum_observations=12.5", 2, &["a whole number", "not a number"]);
    finished.refuses_setting("study.mask_other_events=-1", 2, &["-1 is too small"]);
    finished.refuses_setting("inference.confidence=high", 2, &["a number is needed here, not a string"]);
    finished.refuses_setting("inference.confidence=nan", 2, &["inference.confidence", "a finite number"]);
    finished.refuses_setting("inference.confidence=1.0", 2, &["between 0 and 1"]);
    finished.refuses_setting("study.event_window=[-99999999999,10]", 2, &["study.event_window", "-99999999999"]);
    finished.refuses_setting("study.event_window=[-99999,10]", 2, &["study.event_window", "10000 days"]);
    finished.refuses_setting("study=5", 2, &["a table is needed here, not a whole number"]);
    finished.refuses_study("name = \"case\"", "name = 5", 2, &["study.toml:2:8", "a string is needed here"]);
}

#[test]
fn missing_keys_and_sections_are_named() {
    let finished = Finished::new();
    finished.refuses_study("name = \"case\"", "", 2, &["the study lacks the key `name`"]);
    let parts = ["study.toml:4:1", "[prices] lacks the key `path`"];
    finished.refuses_study("path = \"data/prices.parquet\"", "", 2, &parts);
    finished.refuses_study("benchmark = \"US-INDEX\"", "", 2, &["[markets.US] lacks the key `benchmark`"]);
    finished.refuses_study("timezone = \"America/New_York\"", "", 2, &["[markets.US] lacks `timezone`"]);
    finished.case.write("study.toml", "");
    finished.refuses(&[], 2, &["`name`", "`prices`", "`events`", "`markets`"]);
}

#[test]
fn text_that_is_no_toml_shows_its_lines_in_order() {
    let finished = Finished::new();
    finished.case.write("study.toml", "name = \n[x");
    let outcome = finished.refuses(&[], 2, &["this is no TOML", "study.toml:1:8", "study.toml:2:3"]);
    assert!(outcome.stderr.find("study.toml:1:8") < outcome.stderr.find("study.toml:2:3"), "{}", outcome.stderr);
    let gone = finished.case.dayzero(&["run", "studi.toml"]).failure(2, &["error:", "studi.toml", "No such file"]);
    assert_eq!(gone.stdout, "");
}

#[test]
fn nonsense_after_set_is_refused() {
    let finished = Finished::new();
    finished.refuses_setting("nonsense", 2, &["error:", "--set nonsense", "key=value"]);
    finished.refuses_setting("=5", 2, &["--set =5"]);
    finished.refuses_setting("study.modle=market", 2, &["--set study.modle=market", "did you mean `model`?"]);
}

#[test]
fn paths_that_lead_nowhere() {
    let finished = Finished::new();
    for section in ["prices", "events"] {
        let edit = format!("{section}.path=data/none.parquet");
        finished.refuses_setting(&edit, 2, &["data/none.parquet: no such file", "relative to the study file"]);
    }
    let edits = ["--set", "factors.path=none.parquet", "--set", "study.model=ff3"];
    finished.refuses(&edits, 2, &["none.parquet: no such file"]);
    finished.refuses_setting("prices.path=data/*.none", 2, &["no file matches", "pattern"]);
    let unset = ["the environment variable `DAYZERO_UNSET` is not set", "${DAYZERO_UNSET:-default}"];
    finished.refuses_setting("prices.path=${DAYZERO_UNSET}/prices.parquet", 2, &unset);
    finished.refuses_setting("output.dir=${DAYZERO_UNSET}/out", 2, &unset);
    finished.refuses_study("data/prices.parquet", "data/none.parquet", 2, &["study.toml:5:8"]);
}

#[test]
fn files_that_are_no_parquet() {
    let finished = Finished::new();
    finished.case.write("text.parquet", "ticker,date,adj_close\nA,2024-01-02,10\n");
    let edits = ["--set", "factors.path=broken.parquet", "--set", "study.model=ff3"];
    for section in ["prices", "events"] {
        let parts = ["text.parquet", "cannot be read as Parquet", "help:"];
        finished.refuses_setting(&format!("{section}.path=text.parquet"), 1, &parts);
        let whole = std::fs::read(finished.case.path().join(format!("data/{section}.parquet"))).expect("a file");
        std::fs::write(finished.case.path().join("half.parquet"), &whole[..whole.len() / 2]).expect("written");
        let parts = ["half.parquet", "cannot be read as Parquet", "truncated"];
        finished.refuses_setting(&format!("{section}.path=half.parquet"), 1, &parts);
    }
    finished.case.write("broken.parquet", "date,mktrf\n");
    finished.refuses(&edits, 1, &["broken.parquet", "cannot be read as Parquet"]);
    // A footer that is whole over pages that are not.
    let mut bytes = std::fs::read(finished.case.path().join("data/prices.parquet")).expect("a file");
    let length = bytes.len();
    bytes[4..length / 2].fill(0xAA);
    std::fs::write(finished.case.path().join("pages.parquet"), bytes).expect("written");
    finished.refuses_setting("prices.path=pages.parquet", 1, &["pages.parquet", "cannot be read as Parquet"]);
}

#[test]
fn tables_without_rows() {
    let finished = Finished::new();
    let none = finished.case.data("prices").take(&[]);
    finished.refuses_table("prices", &none, 1, &["the price table has no rows", "help:"]);
    let none = finished.case.data("events").take(&[]);
    finished.refuses_table("events", &none, 1, &["the event table has no rows", "help:"]);
    let none = finished.case.data("factors").take(&[]);
    finished.case.write_table("broken.parquet", &none.batch);
    let edits = ["--set", "factors.path=broken.parquet", "--set", "study.model=ff3"];
    finished.refuses(&edits, 1, &["broken.parquet", "the table has no rows", "help:"]);
}

#[test]
fn columns_that_are_not_there() {
    let finished = Finished::new();
    for column in ["ticker", "date", "adj_close"] {
        let table = without(&finished.case.data("prices"), column);
        finished.refuses_table(
            "prices",
            &table,
            1,
            &[&format!("column `{column}`: no such column"), "the columns are"],
        );
    }
    for column in ["ticker", "announced_at", "surprise_pct"] {
        let table = without(&finished.case.data("events"), column);
        finished.refuses_table(
            "events",
            &table,
            1,
            &[&format!("column `{column}`: no such column"), "the columns are"],
        );
    }
    let factors = without(&finished.case.data("factors"), "smb");
    finished.case.write_table("broken.parquet", &factors.batch);
    let edits = ["--set", "factors.path=broken.parquet", "--set", "study.model=ff3"];
    finished.refuses(&edits, 1, &["column `smb`: no such column", "the columns are", "hml"]);
    finished.refuses_setting("prices.market=land", 1, &["column `land`: no such column", "the columns are"]);
    finished.refuses_setting("events.session=part", 1, &["column `part`: no such column"]);
    finished.refuses_setting("events.group=[\"sector\"]", 1, &["column `sector`: no such column"]);
}

#[test]
fn columns_of_the_wrong_type() {
    let finished = Finished::new();
    let prices = finished.case.data("prices");
    let words: ArrayRef = strings(vec!["ten"; prices.rows()]);
    finished.refuses_table(
        "prices",
        &prices.with("adj_close", words),
        1,
        &["column `adj_close`", "a number is needed"],
    );
    let numbers: ArrayRef = Arc::new(Float64Array::from(vec![20240102.0; prices.rows()]));
    finished.refuses_table("prices", &prices.with("date", numbers.clone()), 1, &["column `date`", "a date", "help:"]);
    finished.refuses_table(
        "prices",
        &prices.with("ticker", numbers),
        1,
        &["column `ticker`", "a string or an integer"],
    );
    let events = finished.case.data("events");
    let words: ArrayRef = strings(vec!["much"; events.rows()]);
    let parts = ["column `surprise_pct`, data row 1", "`much` is no number"];
    finished.refuses_table("events", &events.with("surprise_pct", words), 1, &parts);
    let numbers: ArrayRef = Arc::new(Float64Array::from(vec![1.5; events.rows()]));
    let parts = ["column `announced_at`", "an instant is needed", "announced_on"];
    finished.refuses_table("events", &events.with("announced_at", numbers), 1, &parts);
}

#[test]
fn a_row_that_stands_twice() {
    let finished = Finished::new();
    let prices = finished.case.data("prices");
    for id in [announcer(&finished.case), "US-INDEX".to_owned()] {
        let doubled = rows_of(&prices, &id)[37];
        let date = prices.dates("date")[doubled].expect("a date").to_string();
        let mut rows: Vec<usize> = (0..prices.rows()).collect();
        rows.push(doubled);
        let place = data_row(prices.rows());
        finished.refuses_table("prices", &prices.take(&rows), 1, &[&id, &date, &place, "second time", "keep one row"]);
        // The same, in two files.
        finished.case.write_table("parts/a.parquet", &prices.batch);
        finished.case.write_table("parts/b.parquet", &prices.take(&[doubled]).batch);
        let parts = ["parts/b.parquet", &data_row(0), &date, "second time", "keep one row"];
        finished.refuses_setting("prices.path=parts", 1, &parts);
    }
}

#[test]
fn prices_that_cannot_be() {
    let finished = Finished::new();
    let row = rows_of(&finished.case.data("prices"), &announcer(&finished.case))[50];
    for value in [-3.5, 0.0, f64::INFINITY] {
        let table = finished.prices_with(&[row], Some(value));
        let parts = ["column `adj_close`", &data_row(row), "is not positive and finite", "help:"];
        finished.refuses_table("prices", &table, 1, &parts);
    }
    let index = rows_of(&finished.case.data("prices"), "US-INDEX")[50];
    let parts = [&data_row(index), "is not positive and finite"];
    finished.refuses_table("prices", &finished.prices_with(&[index], Some(-1.0)), 1, &parts);
}

#[test]
fn returns_that_cannot_be() {
    let finished = Finished::new();
    let prices = finished.case.data("prices");
    let row = rows_of(&prices, &announcer(&finished.case))[50];
    let returns = |value: f64, size: f64| {
        let mut values: Vec<f64> =
            (0..prices.rows()).map(|i| size * ((i * 7919 % 201) as f64 - 100.0) / 100.0).collect();
        values[row] = value;
        let column: ArrayRef = Arc::new(Float64Array::from(values));
        without(&prices, "adj_close").with("ret", column)
    };
    let study = STUDY.replace("data/prices.parquet\"", "broken.parquet\"\nreturn = \"ret\"");
    let check = |table: Table, parts: &[&str]| {
        finished.case.write("study.toml", &study);
        finished.case.write_table("broken.parquet", &table.batch);
        finished.refuses(&[], 1, &[&["broken.parquet", "column `ret`", "help:"], parts].concat());
    };
    check(returns(-1.5, 0.02), &[&data_row(row), "-1.5 is below -1"]);
    check(returns(f64::NEG_INFINITY, 0.02), &[&data_row(row), "below -1 or infinite"]);
    check(returns(0.5, 0.99), &["look like percent", "divide the column by 100"]);
}

#[test]
fn factors_that_cannot_be() {
    let finished = Finished::new();
    let factors = finished.case.data("factors");
    let refuses = |table: Table, parts: &[&str]| {
        finished.case.write_table("broken.parquet", &table.batch);
        let edits = ["--set", "factors.path=broken.parquet", "--set", "study.model=ff3"];
        finished.refuses(&edits, 1, &[&["broken.parquet", "help:"], parts].concat());
    };
    refuses(scaled(&factors, "smb", 100.0), &["column `smb`", "look like percent", "divide the column by 100"]);
    refuses(scaled(&factors, "rf", 100.0), &["column `rf`", "look like percent"]);
    refuses(scaled(&factors, "hml", f64::INFINITY), &["column `hml`", "is below -1 or infinite"]);
    refuses(shifted_dates(&factors, 36_525), &["column `date`", "no date is a trading day of US", "same years"]);
    let twice: Vec<usize> = (0..factors.rows()).chain([3]).collect();
    refuses(factors.take(&twice), &["column `date`", &data_row(factors.rows()), "second time", "one row per date"]);
    let mut dates: Vec<Option<i32>> = factors.dates("date").into_iter().map(|date| date.map(|d| d.0)).collect();
    dates[5] = None;
    refuses(factors.with("date", Arc::new(Date32Array::from(dates))), &["column `date`, data row 6", "is missing"]);
}

#[test]
fn securities_off_the_calendar_of_their_market() {
    let finished = Finished::new();
    let prices = finished.case.data("prices");
    let names = prices.texts("ticker");
    let moved = prices.dates("date").into_iter().zip(&names).map(|(date, name)| {
        let days = if name.as_deref() == Some("US-INDEX") { 0 } else { 36_525 };
        date.map(|date| date.0 + days)
    });
    let table = prices.with("date", Arc::new(moved.collect::<Date32Array>()));
    finished.refuses_table("prices", &table, 1, &["column `date`", "no trading day of US", "check the benchmark"]);
    let parts = ["column `ticker`", "`US-INDX`", "not among the securities", "{ path, date, return }"];
    finished.refuses_setting("markets.US.benchmark=US-INDX", 1, &parts);
}

#[test]
fn rows_without_a_date_or_security() {
    let finished = Finished::new();
    let prices = finished.case.data("prices");
    let row = rows_of(&prices, &announcer(&finished.case))[12];
    let mut dates: Vec<Option<i32>> = prices.dates("date").into_iter().map(|date| date.map(|d| d.0)).collect();
    dates[row] = None;
    let table = prices.with("date", Arc::new(Date32Array::from(dates)));
    finished.refuses_table("prices", &table, 1, &["column `date`", &data_row(row), "the date is missing", "help:"]);
    let mut names = prices.texts("ticker");
    names[row] = None;
    let table = prices.with("ticker", Arc::new(StringArray::from(names)));
    finished.refuses_table("prices", &table, 1, &["column `ticker`", &data_row(row), "is missing", "help:"]);
}

#[test]
fn windows_that_make_no_sense() {
    let finished = Finished::new();
    let parts = ["study.toml:24:21", "overlaps the event window [-20, 10]", "end the estimation window before"];
    finished.refuses_setting("study.event_window=[-20,10]", 2, &parts);
    let parts = ["[0, 30] reaches beyond the event window [-10, 10]", "widen event_window"];
    finished.refuses_setting("study.car_windows=[[0,30]]", 2, &parts);
    finished.refuses_setting("study.car_windows=[[1,0]]", 2, &["[1, 0] is no window"]);
    finished.refuses_setting("study.car_windows=[[0,1],[0,1]]", 2, &["[0, 1] is listed twice"]);
    let parts = ["minimum_observations = 500 exceeds the 240 days", "study.minimum_observations=500"];
    finished.refuses_setting("study.minimum_observations=500", 2, &parts);
    finished.refuses_setting("study.minimum_observations=2", 2, &["minimum_observations = 2 is too few"]);
    let edit = "events.filter={column=\"surprise_pct\", from=5, to=1}";
    finished.refuses_setting(edit, 2, &["`from` is above `to`", "exchange them"]);
    let edit = "events.filter={column=\"announced_at\", from=2022-01-01, to=2021-01-01}";
    finished.refuses_setting(edit, 2, &["`from` is above `to`"]);
    finished.refuses_setting("sweep.model=[]", 2, &["the list is empty", "leave the key out"]);
}

#[test]
fn clocks_that_do_not_exist() {
    let finished = Finished::new();
    let parts = ["unknown time zone `America/NewYork`", "did you mean `America/New_York`?"];
    finished.refuses_setting("markets.US.timezone=America/NewYork", 2, &parts);
    finished.refuses_setting("markets.US.open=25:00", 2, &["`25:00` is no time of day", "09:30"]);
    finished.refuses_setting("markets.US.open=17:00", 2, &["market US must open before it closes"]);
    finished.refuses_setting("markets.US.early_closes={\"2024-07-03\"=\"noon\"}", 2, &["`noon`", "no early close"]);
}

#[test]
fn announcements_that_are_no_instants() {
    let finished = Finished::new();
    let events = finished.case.data("events");
    let micros: Vec<i64> = events.integers("announced_at").into_iter().flatten().collect();
    let naive: ArrayRef = Arc::new(TimestampMicrosecondArray::from(micros));
    let parts = ["column `announced_at`", "the times have no zone", "[events] timezone = \"UTC\""];
    finished.refuses_table("events", &events.with("announced_at", naive), 1, &parts);
    let text = |zone: &str| {
        let times = (0..events.rows()).map(|row| format!("2022-05-{:02}T07:00:00{zone}", row % 28 + 1));
        events.with("announced_at", strings(times))
    };
    finished.refuses_table("events", &text(""), 1, &parts);
    finished.case.write_table("sound.parquet", &text("-04:00").batch);
    finished.case.run(&["-q", "--out", "sound", "--set", "events.path=sound.parquet"]).success();
    let parts = ["`announced_at` and `announced_on` exclude each other"];
    finished.refuses_setting("events.announced_on=date", 2, &parts);
}

#[test]
fn output_directories_that_cannot_be_used() {
    let finished = Finished::new();
    let below_a_file = ["cannot write to", "study.toml/results/deep", "--out"];
    finished.refuses(&["--out", "study.toml/results/deep"], 1, &below_a_file);
    finished.refuses(&["--out", "study.toml"], 1, &["cannot write to", "study.toml", "--out"]);
    let plain = finished.case.dayzero(&["run", "study.toml"]).failure(2, &["out is not empty", "--overwrite", "--out"]);
    assert_eq!(plain.stdout, "");
    assert!(finished.before == files(&finished.case.path().join("out")), "the earlier results changed");
    finished.refuses(&["--threads", "4000000000"], 2, &["4000000000 threads are too many", "0 for all cores"]);
}

#[test]
fn two_markets_need_a_column_that_tells_them_apart() {
    let finished = Finished::new();
    let table = without(&finished.case.data("prices"), "market");
    let second =
        "[markets.HK]\nbenchmark = \"US-INDEX\"\ntimezone = \"Asia/Hong_Kong\"\nopen = \"09:30\"\nclose = \"16:00\"\n";
    finished.case.write("study.toml", &STUDY.replace("[factors]", &format!("{second}\n[factors]")));
    let parts = ["column `market`", "2 markets", "name the market of every row"];
    finished.refuses_table("prices", &table, 1, &parts);
}

/// Codes for missing values and prices that cannot be, in whatever table they stand.
#[test]
fn codes_are_no_returns() {
    let study = Finished::new();
    let factors = study.case.data("factors");
    let mut values = factors.numbers("mktrf");
    values[300] = Some(-99.99);
    let coded = factors.with("mktrf", Arc::new(Float64Array::from(values)));
    study.case.write_table("coded.parquet", &coded.batch);
    let place = ["coded.parquet", "column `mktrf`", "data row 301", "-99.99", "must be left empty"];
    study.refuses(&["--set", "factors.path=coded.parquet", "--set", "study.model=ff3"], 1, &place);
    // A benchmark that is in no configured market is checked like any other.
    let prices = study.case.data("prices");
    let ids = prices.texts("ticker");
    let benchmark: Vec<usize> = (0..prices.rows()).filter(|&row| ids[row].as_deref() == Some("US-INDEX")).collect();
    let markets = ids.iter().map(|id| if id.as_deref() == Some("US-INDEX") { "INDEX" } else { "US" });
    let mut values = prices.numbers("adj_close");
    values[benchmark[280]] = Some(-5.0);
    let table = prices.with("market", strings(markets)).with("adj_close", Arc::new(Float64Array::from(values)));
    study.refuses_table("prices", &table, 1, &["column `adj_close`", &data_row(benchmark[280]), "-5", "not positive"]);
}

#[test]
fn days_and_dates_beyond_all_years() {
    let study = Finished::new();
    study.refuses_setting("study.estimation_window=[-2147483648, -11]", 2, &["is no window", "within 10000 days"]);
    let prices = study.case.data("prices");
    let dates = prices.dates("date").into_iter().enumerate();
    let wild = dates.map(|(row, date)| if row == 7 { Some(100_000_000) } else { date.map(|d| d.0) });
    let table = prices.with("date", Arc::new(wild.collect::<Date32Array>()));
    study.refuses_table("prices", &table, 1, &["column `date`", &data_row(7), "beyond all years", "unit"]);
}

#[test]
fn what_would_be_ignored_is_refused() {
    let study = Finished::new();
    study.refuses(
        &["--set", "study.model=nonsense", "--set", "sweep.model=[\"market\"]"],
        2,
        &["unknown model `nonsense`"],
    );
    study.refuses_setting("sweep.model=[\"market\", \"ff3\", \"market\"]", 2, &["listed twice"]);
    study.refuses(
        &["--set", "events.announced_on=announced_at", "--set", "events.timezone=UTC"],
        2,
        &["`announced_at` and `announced_on` exclude each other"],
    );
    let by_date =
        STUDY.replace("announced_at = \"announced_at\"", "announced_on = \"announced_at\"\ntimezone = \"UTC\"");
    study.case.write("study.toml", &by_date);
    study.refuses(&[], 2, &["`timezone` belongs to `announced_at`"]);
}
