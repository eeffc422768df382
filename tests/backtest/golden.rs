//! The committed data traded by an independent script in plain loops: lots, days, reasons.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use arrow::array::Date32Array;
use dayzero_model::Date;
use serde_json::Value;

use crate::golden_support::golden;
use crate::support::{Table, close, dayzero, real_data, root, write_parquet};

const TOLERANCE: f64 = 1e-11;

fn check_row(table: &Table, row: usize, want: &Value, what: &str) {
    for (name, value) in want.as_object().expect("a row") {
        match value {
            Value::Number(number) if name == "decided_at" => {
                assert_eq!(table.integers(name)[row], number.as_i64(), "{name} of {what}");
            }
            Value::Number(number) => {
                let got = table.numbers(name)[row].expect("a number");
                close(got, number.as_f64().expect("a number"), TOLERANCE, &format!("{name} of {what}"));
            }
            Value::String(text) => {
                let got = match name.ends_with("date") {
                    true => table.dates(name)[row].map(|date| date.to_string()),
                    false => table.texts(name)[row].clone(),
                };
                assert_eq!(got.as_ref(), Some(text), "{name} of {what}");
            }
            _ => assert_eq!(table.texts(name)[row], None, "{name} of {what}"),
        }
    }
}

fn rows_of(table: &Table, strategy: usize) -> Vec<usize> {
    let ids = table.integers("strategy_id");
    (0..table.rows()).filter(|&row| ids[row] == Some(strategy as i64)).collect()
}

fn check_sums(table: &Table, rows: &[usize], want: &Value, what: &str) {
    for (name, value) in want.as_object().expect("sums") {
        let values = table.numbers(name);
        let sum: f64 = rows.iter().map(|&row| values[row].expect("a number")).sum();
        close(sum, value.as_f64().expect("a number"), TOLERANCE, &format!("sum of {name} of {what}"));
    }
}

#[test]
fn the_committed_data() {
    check("backtest.json", "quickstart");
}

/// 23,375 real announcements: sums over all lots and days.
#[test]
fn real_announcements() {
    if real_data().is_some() {
        check("backtest_us.json", "us-earnings");
    }
}

/// The real announcements as a table of quarters, which end with the calendar quarter before them; of two in one
/// quarter the first.
fn quarters(events: &Table, path: &Path) {
    let (ids, instants) = (events.texts("ticker"), events.integers("announced_at"));
    let dates: Vec<Date> = events.dates("announced_on").into_iter().flatten().collect();
    let end = |date: Date| {
        let civil = Date(date.0).civil().expect("a date");
        let first = civil.with().month((civil.month() - 1) / 3 * 3 + 1).day(1).build().expect("a date");
        Date::from(first.yesterday().expect("a date"))
    };
    let ends: Vec<Date> = dates.iter().map(|&date| end(date)).collect();
    let mut order: Vec<usize> = (0..events.rows()).collect();
    order.sort_by_key(|&row| (instants[row], row));
    let mut seen = HashSet::new();
    order.retain(|&row| seen.insert((ids[row].clone(), ends[row])));
    let days = |column: &[Date]| Arc::new(Date32Array::from_iter_values(column.iter().map(|date| date.0)));
    let table = events.with("period", days(&ends)).with("on", days(&dates)).take(&order);
    write_parquet(path, &table.batch);
}

fn check(file: &str, experiment: &str) {
    let study = root().join("experiments").join(experiment).join("study.toml");
    for (name, case) in golden(file).as_object().expect("cases") {
        let dir = tempfile::tempdir().expect("a directory");
        let mut args = vec!["run", study.to_str().expect("a path"), "--out", "out"];
        // As the script took them; only model and tests are narrowed for speed.
        let made = dir.path().join("quarters.parquet");
        let settings: Vec<String> = case["settings"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|set| {
                let text = set.as_str().expect("a text");
                if text.contains("QUARTERS") {
                    let events = real_data().expect("there").join("us_large_caps/events.parquet");
                    quarters(&Table::read(&events), &made);
                }
                text.replace("QUARTERS", made.to_str().expect("a path"))
            })
            .collect();
        settings.iter().for_each(|set| args.extend(["--set", set]));
        args.extend(["--set", "study.tests=[\"bmp\"]", "--set", "sweep.model=[\"market\"]"]);
        dayzero(dir.path(), &args).success();
        let table = |name: &str| Table::read(&dir.path().join("out").join(format!("{name}.parquet")));
        let (trades, portfolio, strategies) = (table("trades"), table("portfolio"), table("strategies"));
        let wanted = case["strategies"].as_array().expect("strategies");
        assert_eq!(strategies.rows(), wanted.len(), "{name}");
        for (strategy, want) in wanted.iter().enumerate() {
            let what = format!("strategy {strategy} of {name}");
            let (lots, days) = (rows_of(&trades, strategy), rows_of(&portfolio, strategy));
            let counts = [&want["lots"], &want["days"]].map(Value::as_u64);
            assert_eq!([lots.len(), days.len()].map(|count| Some(count as u64)), counts, "{what}");
            assert!(lots.len() > 30, "{what} has {} lots", lots.len());
            for (reason, count) in want["reasons"].as_object().expect("reasons") {
                assert_eq!(strategies.integers(reason)[strategy], count.as_i64(), "{reason} of {what}");
            }
            check_sums(&trades, &lots, &want["sums"], &what);
            check_sums(&portfolio, &days, &want["day_sums"], &what);
            for lot in want["some_lots"].as_array().expect("lots") {
                let number = lot["lot"].as_u64().expect("a number") as usize;
                check_row(&trades, lots[number], lot, &format!("lot {number} of {what}"));
            }
            let dates = portfolio.dates("date");
            for day in want["some_days"].as_array().expect("days") {
                let date = day["date"].as_str().expect("a date");
                let row = days.iter().find(|&&row| dates[row].is_some_and(|d| d.to_string() == date));
                check_row(&portfolio, *row.expect("the day"), day, &format!("{date} of {what}"));
            }
        }
    }
}
