//! Values that cannot be: prices, returns, factors, dates.

use super::*;

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
fn days_and_dates_beyond_all_years() {
    let study = Finished::new();
    study.refuses_setting("study.estimation_window=[-2147483648, -11]", 2, &["is no window", "within 10000 days"]);
    let prices = study.case.data("prices");
    let dates = prices.dates("date").into_iter().enumerate();
    let wild = dates.map(|(row, date)| if row == 7 { Some(100_000_000) } else { date.map(|d| d.0) });
    let table = prices.with("date", Arc::new(wild.collect::<Date32Array>()));
    study.refuses_table("prices", &table, 1, &["column `date`", &data_row(7), "beyond all years", "unit"]);
}
