//! Prices that are missing, and prices on days that are none.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array};
use dayzero_model::Date;

use super::{Tables, Trial, dates, prices, tickers};
use crate::support::{Case, Table, strings};

/// The row of the price table for a day of the event window of an event.
fn price_row(trial: &Trial, event: usize, tau: i32) -> usize {
    let ids = tickers(&trial.case.data("events"));
    let returns = trial.expected.get("abnormal_returns");
    let row = returns.row(&[("event_id", &event.to_string()), ("tau", &tau.to_string())]);
    let date = returns.dates("date")[row].expect("a date");
    trial.case.data("prices").row(&[("ticker", &ids[event]), ("date", &date.to_string())])
}

/// A column of the abnormal returns of one event, by τ from −10.
fn path(tables: &Tables, event: usize, column: &str) -> Vec<Option<f64>> {
    let table = tables.get("abnormal_returns");
    table.take(&table.find(&[("event_id", &event.to_string())])).numbers(column)
}

/// The event table's ok events, each of which is tried.
const EVENT: usize = 33;

#[test]
fn a_missing_price_makes_two_returns_missing() {
    let trial = Trial::new();
    let table = trial.case.data("prices");
    let hole = price_row(&trial, EVENT, 2);
    let without: Vec<usize> = (0..table.rows()).filter(|&row| row != hole).collect();
    let values = |missing: Option<f64>| -> ArrayRef {
        let all = prices(&table).into_iter().enumerate();
        Arc::new(all.map(|(row, price)| if row == hole { missing } else { Some(price) }).collect::<Float64Array>())
    };
    let ways = [
        ("no row", table.take(&without)),
        ("null", table.with("adj_close", values(None))),
        ("NaN", table.with("adj_close", values(Some(f64::NAN)))),
    ];
    let mut first: Option<Tables> = None;
    for (what, prices) in ways {
        trial.case.write_table("data/prices.parquet", &prices.batch);
        trial.case.run(&[]).success();
        let got = Tables::of(&trial.case);
        let (before, after) = (path(&trial.expected, EVENT, "return"), path(&got, EVENT, "return"));
        for tau in -10..=10_i32 {
            let place = (tau + 10) as usize;
            let wanted = if tau == 2 || tau == 3 { None } else { before[place] };
            assert_eq!(after[place], wanted, "{what}: return at {tau}");
            assert_eq!(path(&got, EVENT, "ar")[place].is_some(), wanted.is_some(), "{what}: ar at {tau}");
        }
        assert_eq!(got.outcomes("incomplete_event_window"), [EVENT], "{what}");
        let reason = got.get("events").texts("reason")[EVENT].clone();
        assert!(reason.is_some_and(|reason| !reason.is_empty()), "{what}: a reason");
        let car = |first: i32, last: i32| {
            let cars = got.get("cars");
            let key = [("event_id", EVENT.to_string()), ("first", first.to_string()), ("last", last.to_string())];
            let key: Vec<(&str, &str)> = key.iter().map(|(name, value)| (*name, value.as_str())).collect();
            cars.find(&key).into_iter().find_map(|row| cars.numbers("car")[row])
        };
        assert!(car(-1, 1).is_some() && car(0, 0).is_some(), "{what}: windows without the gap");
        assert_eq!(car(2, 10), None, "{what}: the window with the gap");
        // Day by day, one event fewer takes part exactly where it has no return.
        for tau in [1, 2, 3, 4] {
            let events =
                |t: &Tables| t.get("averages").number("events", &[("group", "all"), ("tau", &tau.to_string())]);
            let missing = f64::from(u8::from(tau == 2 || tau == 3));
            assert_eq!(events(&got), events(&trial.expected) - missing, "{what}: events at {tau}");
        }
        match &first {
            None => first = Some(got),
            Some(first) => first.assert_same(&got, what),
        }
    }
}

#[test]
fn a_missing_price_in_the_estimation_window() {
    let trial = Trial::new();
    let table = trial.case.data("prices");
    let hole = price_row(&trial, EVENT, -10) - 40;
    let without: Vec<usize> = (0..table.rows()).filter(|&row| row != hole).collect();
    trial.case.write_table("data/prices.parquet", &table.take(&without).batch);
    trial.case.run(&[]).success();
    let got = Tables::of(&trial.case);
    let observations = |t: &Tables| t.get("estimates").integers("observations")[EVENT].expect("a number");
    assert_eq!(observations(&got), observations(&trial.expected) - 2);
    assert_eq!(path(&got, EVENT, "return"), path(&trial.expected, EVENT, "return"));
    assert_ne!(path(&got, EVENT, "ar"), path(&trial.expected, EVENT, "ar"), "the estimate has changed");
}

/// A benchmark without a price on a trading day has no return on two days, and neither has a model.
#[test]
fn a_benchmark_without_a_price() {
    let trial = Trial::new();
    let table = trial.case.data("prices");
    let at = price_row(&trial, EVENT, 2);
    let date = dates(&table)[at];
    let hole = table.row(&[("ticker", "US-INDEX"), ("date", &date.to_string())]);
    let all = prices(&table).into_iter().enumerate();
    let values: Float64Array = all.map(|(row, price)| (row != hole).then_some(price)).collect();
    trial.case.write_table("data/prices.parquet", &table.with("adj_close", Arc::new(values)).batch);
    trial.case.run(&[]).success();
    let got = Tables::of(&trial.case);
    let (before, after) = (path(&trial.expected, EVENT, "return"), path(&got, EVENT, "return"));
    assert!((0..21).filter(|i| ![12, 13].contains(i)).all(|i| before[i].is_some() && before[i] == after[i]));
    let missing: Vec<usize> = (0..21).filter(|&i| path(&got, EVENT, "ar")[i].is_none()).collect();
    assert_eq!(missing, [12, 13]);
}

/// Rows on days that are no trading days are left out and counted; they change nothing.
#[test]
fn prices_off_the_calendar_are_a_note() {
    let trial = Trial::new();
    let table = trial.case.data("prices");
    let friday = dates(&table).into_iter().find(|d| d.0 % 7 == 1 && d.0 > 18_900).expect("a Friday");
    let rows: Vec<usize> =
        (0..3).map(|i| table.row(&[("ticker", &format!("US01{i}")), ("date", &friday.to_string())])).collect();
    let extra = table.take(&rows);
    let saturday = arrow::array::Date32Array::from_iter_values(vec![friday.0 + 1; 3]);
    let extra = extra.with("date", Arc::new(saturday)).with("adj_close", Arc::new(Float64Array::from(vec![9.0; 3])));
    let columns = |t: &Table| {
        let texts = |name| strings(t.texts(name).into_iter().flatten());
        let columns = [
            ("ticker", texts("ticker")),
            ("market", texts("market")),
            ("date", t.column("date").clone()),
            ("adj_close", t.column("adj_close").clone()),
        ];
        arrow::array::RecordBatch::try_from_iter_with_nullable(columns.map(|(n, c)| (n, c, true))).expect("a table")
    };
    let both = [columns(&table), columns(&extra)];
    let batch = arrow::compute::concat_batches(&both[0].schema(), &both).expect("one schema");
    trial.prices(&Table { batch }, "prices on a Saturday");
    let summary = trial.case.run(&[]).success().stdout;
    assert!(summary.contains("note: 3 price rows on dates that are no trading days of US"), "{summary}");
    assert!(summary.contains(&Date(friday.0 + 1).to_string()), "the first of them: {summary}");
    let manifest = std::fs::read_to_string(trial.case.path().join("out/manifest.json")).expect("a manifest");
    assert!(manifest.contains("3 price rows on dates"), "{manifest}");
}

/// Without any common day there is no study.
#[test]
fn no_common_day_is_an_error() {
    let case = Case::new();
    let table = case.data("prices");
    let (ids, days) = (tickers(&table), dates(&table));
    let moved = (0..table.rows()).map(|row| if ids[row] == "US-INDEX" { days[row].0 } else { days[row].0 + 3650 });
    let moved = table.with("date", Arc::new(arrow::array::Date32Array::from_iter_values(moved)));
    case.write_table("data/prices.parquet", &moved.batch);
    case.run(&[]).failure(1, &["no trading day of US", "help"]);
}
